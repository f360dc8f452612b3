//! The mapping editor: what the columns of a statement mean whose header no known format has. What is saved is a description, by which it and all like it are
//! read. For members of the studio who are signed in.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use domain::{
    ids::StatementImportId,
    report::Kind,
    royalties::{
        commands::imports::teach_format,
        entity::{ImportState, import},
        queries::imports::find_import,
    },
};
use interchange::statements::{Description, Drift};
use serde_json::{Value, json};

use super::{
    chrome::{Chrome, render, see_other},
    errors::{PageError, sentences},
    orders::keep_to_itself,
    texts::t,
    wording::Wording,
};
use crate::{Caller, errors::is_expected};

/// What a column may mean: as descriptions say it, and by what message.
const FIELDS: [(&str, &str); 25] = [
    ("amount", "statement-field-amount"),
    ("currency", "statement-field-currency"),
    ("gross", "statement-field-gross"),
    ("rate", "statement-field-rate"),
    ("quantity", "statement-field-quantity"),
    ("release_quantity", "statement-field-release-quantity"),
    ("period", "statement-field-period"),
    ("period_end", "statement-field-period-end"),
    ("sold", "statement-field-sold"),
    ("sold_end", "statement-field-sold-end"),
    ("isrc", "statement-field-isrc"),
    ("upc", "statement-field-upc"),
    ("iswc", "statement-field-iswc"),
    ("code", "statement-field-code"),
    ("release_code", "statement-field-release-code"),
    ("title", "statement-field-title"),
    ("artist", "statement-field-artist"),
    ("writer", "statement-field-writer"),
    ("release", "statement-field-release"),
    ("label", "statement-field-label"),
    ("store", "statement-field-store"),
    ("channel", "statement-field-channel"),
    ("kind", "statement-field-kind"),
    ("product", "statement-field-product"),
    ("territory", "statement-field-territory"),
];
/// How a file may write its decimals.
const MARKS: [(&str, &str); 3] =
    [("", "statement-format-as-shown"), ("point", "statement-format-point"), ("comma", "statement-format-comma")];
/// What comes first in dates such as `05/06/2026`.
const ORDERS: [(&str, &str); 3] = [
    ("", "statement-format-no-dates"),
    ("day_first", "statement-format-day-first"),
    ("month_first", "statement-format-month-first"),
];

struct Choice {
    word: &'static str,
    name: String,
    chosen: bool,
}

struct ColumnView {
    number: usize,
    heading: String,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "statement_format.html")]
struct FormatPage {
    chrome: Chrome,
    heading: String,
    said: String,
    changes: Vec<String>,
    problem: Wording,
    action: String,
    /// None if there is nothing to teach.
    columns: Vec<ColumnView>,
    name: String,
    currency: String,
    marks: Vec<Choice>,
    orders: Vec<Choice>,
}

/// What was chosen, by the form's names.
#[derive(Default)]
struct Chosen(Vec<(String, String)>);

impl Chosen {
    fn of(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim())
    }
}

fn choices(all: &[(&'static str, &'static str)], chosen: &str) -> Vec<Choice> {
    all.iter().map(|&(word, key)| Choice { word, name: t(key).into(), chosen: word == chosen }).collect()
}

/// The statement that an address names.
async fn open(caller: &Caller, id: &str) -> Result<import::Model, PageError> {
    let id: StatementImportId = id.parse().map_err(|_| PageError::not_found())?;
    find_import(&caller.services.db, &caller.ctx, id).await?.ok_or_else(PageError::not_found)
}

/// Shows the columns of a statement that waits for its format, with what the nearest one takes them for.
pub(super) async fn show(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, PageError> {
    let statement = open(&caller, &id).await?;
    shown(StatusCode::OK, &page(&statement, &Chosen::default(), Wording::default()))
}

/// Teaches the format.
pub(super) async fn teach(
    caller: Caller,
    id: web::Path<String>,
    form: web::Form<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let (statement, chosen) = (open(&caller, &id).await?, Chosen(form.into_inner()));
    let Some(drift) = waiting(&statement) else { return Ok(see_other(&action(&statement))) };
    match save(&caller, &statement, &drift, &chosen).await {
        Ok(()) => Ok(see_other(&action(&statement))),
        Err(problem) if is_expected(problem.report().kind) => {
            let said = sentences(&problem);
            shown(StatusCode::UNPROCESSABLE_ENTITY, &page(&statement, &chosen, said))
        }
        Err(problem) => Err(problem),
    }
}

async fn save(caller: &Caller, statement: &import::Model, drift: &Drift, chosen: &Chosen) -> Result<(), PageError> {
    let description = description(drift, chosen)?;
    let tx = caller.services.begin().await?;
    teach_format(&tx, &caller.ctx, statement.studio_id, description).await?;
    caller.services.commit(tx).await?;
    Ok(())
}

/// The description that was chosen: what is left open in the form is left out.
fn description(drift: &Drift, chosen: &Chosen) -> Result<Description, PageError> {
    let said = |name: &str| chosen.of(name).filter(|value| !value.is_empty());
    let name = said("name").unwrap_or_default();
    let word: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let columns = drift.header.iter().enumerate().map(|(at, heading)| {
        let mut column = json!({ "heading": heading });
        if let Some(field) = said(&format!("column.{at}")) {
            column["field"] = field.into();
        }
        column
    });
    let columns: Vec<Value> = columns.collect();
    let mut description = json!({ "id": word.to_lowercase(), "name": name, "columns": columns });
    for (field, value) in [
        ("currency", said("currency").map(str::to_uppercase)),
        ("decimal", said("decimal").map(str::to_owned)),
        ("dates", said("dates").map(str::to_owned)),
    ] {
        if let Some(value) = value {
            description[field] = value.into();
        }
    }
    serde_json::from_value(description).map_err(|error| {
        let said = t("statement-format-unreadable").with("cause", &error.to_string()).to_string();
        PageError::saying(Kind::Invalid, "BAD_FORMAT", said).advising(t("statement-format-anew"))
    })
}

/// The header of a statement that waits for its format.
fn waiting(statement: &import::Model) -> Option<Drift> {
    statement.drift().filter(|_| statement.state == ImportState::Quarantined)
}

fn action(statement: &import::Model) -> String {
    format!("/statements/{}/format", statement.id)
}

fn page(statement: &import::Model, chosen: &Chosen, problem: Wording) -> FormatPage {
    let file = &statement.file_name;
    let Some(drift) = waiting(statement) else {
        let key = match statement.state {
            ImportState::Waiting | ImportState::Reading => "statement-format-known",
            ImportState::Quarantined => "statement-format-quarantined",
            ImportState::Held => "statement-format-held",
            ImportState::Ready => "statement-format-ready",
            ImportState::Cancelled => "statement-format-cancelled",
            ImportState::Refused => "statement-format-refused",
            ImportState::Duplicate => "statement-format-duplicate",
        };
        return filled(file, t(key).into(), Vec::new(), Vec::new(), (statement, chosen, problem));
    };
    let (said, changes) = match &drift.nearest {
        Some(near) => (
            t("statement-format-near").with("name", &near.name),
            near.changes.iter().map(ToString::to_string).collect(),
        ),
        None => (t("statement-format-unknown"), Vec::new()),
    };
    let proposed = |at: usize| -> Option<String> {
        let field = drift.nearest.as_ref()?.proposal.get(at)?.field?;
        serde_json::to_value(field).ok()?.as_str().map(str::to_owned)
    };
    let column = |(at, heading): (usize, &String)| {
        let typed = chosen.of(&format!("column.{at}")).map(str::to_owned);
        let word = typed.or_else(|| proposed(at)).unwrap_or_default();
        ColumnView { number: at, heading: heading.clone(), choices: choices(&FIELDS, &word) }
    };
    let columns = drift.header.iter().enumerate().map(column).collect();
    filled(file, said.into(), changes, columns, (statement, chosen, problem))
}

fn filled(
    file: &str,
    said: String,
    changes: Vec<String>,
    columns: Vec<ColumnView>,
    (statement, chosen, problem): (&import::Model, &Chosen, Wording),
) -> FormatPage {
    let typed = |name: &str| chosen.of(name).unwrap_or_default();
    FormatPage {
        chrome: Chrome::private(t("statement-format")),
        heading: t("statement-format-heading").with("file", file).into(),
        said,
        changes,
        problem,
        action: action(statement),
        columns,
        name: typed("name").to_owned(),
        currency: chosen.of("currency").map_or_else(|| proposed_currency(statement), str::to_owned),
        marks: choices(&MARKS, typed("decimal")),
        orders: choices(&ORDERS, typed("dates")),
    }
}

/// The currency that goes with what is proposed; empty if none does.
fn proposed_currency(statement: &import::Model) -> String {
    let currency = waiting(statement).and_then(|drift| drift.nearest?.currency);
    currency.map_or_else(String::new, |currency| currency.to_string())
}

fn shown(status: StatusCode, page: &FormatPage) -> Result<HttpResponse, PageError> {
    let mut response = render(status, page)?;
    keep_to_itself(&mut response);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use interchange::statements::Field;

    use super::*;

    #[test]
    fn every_choice_is_a_word_of_descriptions() {
        for (word, _) in FIELDS {
            assert!(serde_json::from_value::<Field>(word.into()).is_ok(), "{word}");
        }
        let drift =
            Drift { header: vec!["Song".into(), "Euro".into()], line: 1, fingerprint: String::new(), nearest: None };
        let typed = |pairs: &[(&str, &str)]| {
            Chosen(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        for (mark, order) in [("", ""), ("point", "day_first"), ("comma", "month_first")] {
            let chosen = typed(&[
                ("name", "Our Label"),
                ("currency", "eur"),
                ("decimal", mark),
                ("dates", order),
                ("column.0", "title"),
                ("column.1", "amount"),
            ]);
            let made = description(&drift, &chosen).unwrap();
            assert_eq!((made.id.as_str(), made.check()), ("our_label", Ok(())));
            assert_eq!(made.decimal.is_some(), !mark.is_empty());
        }
        assert!(description(&drift, &typed(&[("name", "x"), ("column.0", "nonsense")])).is_err());
    }
}
