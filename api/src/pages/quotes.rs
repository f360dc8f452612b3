//! A quote, read and answered by whoever holds its mailed link.

use std::collections::HashMap;

use actix_web::{HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use domain::{
    catalog,
    ids::InvoiceId,
    invoices::{
        commands::{self, AcceptQuote},
        content::{Line, QuoteContent},
        entity::{Phase, QuoteAct, QuoteState, StageKind, answer, invoice, quote, version},
        queries,
        rules::{
            fees::{Charge, LateFee},
            standing::{InvoiceState, Standing},
        },
    },
    money::{Currency, Money},
    report::Kind,
    services::Services,
};

use super::{
    chrome::{Chrome, render, see_other},
    errors::{PageError, sentences},
    offers::device,
    orders::keep_to_itself,
    words,
};
use crate::Caller;

/// What is done with a quote by its link.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct AnswerForm {
    act: String,
    version: i32,
    name: String,
    reason: String,
}

/// A line as a page shows it.
pub(super) struct LineView {
    pub(super) what: String,
    pub(super) quantity: String,
    pub(super) unit: String,
    pub(super) net: String,
    pub(super) recoupable: bool,
}

/// A stage as the page shows it.
struct StageView {
    name: String,
    when: String,
    amount: String,
    /// Its invoice, where that is and how it stands; all empty as long as there is none.
    invoice: String,
    href: String,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "quote.html")]
struct QuotePage {
    chrome: Chrome,
    reference: String,
    title: String,
    studio: String,
    heading: String,
    said: String,
    client: String,
    address: String,
    lines: Vec<LineView>,
    net: String,
    /// The tax, by name; both empty if there is none.
    tax_name: String,
    tax: String,
    total: String,
    stages: Vec<StageView>,
    late_fee: String,
    notes: String,
    valid_until: String,
    version: i32,
    sha256: String,
    /// Where the forms go; empty if there is nothing to answer.
    action: String,
    form: AnswerForm,
    problem: String,
    problem_field: &'static str,
}

/// Lines as a page shows them.
pub(super) fn view_lines(lines: &[Line], currency: Currency) -> Vec<LineView> {
    let amount = |minor| words::amount(Money::new(minor, currency));
    lines
        .iter()
        .map(|line| LineView {
            what: line.what.clone(),
            quantity: words::thousandths(line.quantity_milli),
            unit: amount(line.unit_minor),
            net: amount(line.net_minor),
            recoupable: line.recoupable,
        })
        .collect()
}

/// How an invoice stands, in a few words.
pub(super) const fn state_words(standing: Standing, is_overdue: bool) -> &'static str {
    match standing.state() {
        InvoiceState::Open | InvoiceState::PartlyPaid if is_overdue => "overdue",
        InvoiceState::Open => "to be paid",
        InvoiceState::PartlyPaid => "partly paid",
        InvoiceState::Paid => "paid",
        InvoiceState::Disputed => "disputed",
        InvoiceState::Credited => "credited",
    }
}

/// What paying late costs, in a sentence.
pub(super) fn late_fee(terms: &LateFee, currency: Currency) -> String {
    let cap = words::percent(terms.cap);
    let late = match terms.grace_days {
        0 => "late".to_owned(),
        1 => "more than a day late".to_owned(),
        days => format!("more than {days} days late"),
    };
    match terms.charge {
        Charge::Flat(minor) => format!(
            "If an invoice is paid {late}, {} is charged, once, and no more than {cap} of it.",
            words::amount(Money::new(minor, currency))
        ),
        Charge::Monthly(share) => format!(
            "If an invoice is paid {late}, {} of what is left to pay is charged for each whole month; all of that together is no more than {cap} of the invoice, and nothing is charged on a fee.",
            words::percent(share)
        ),
    }
}

/// Shows a quote to whoever holds its link. Looking at the page decides nothing, for mail programs look at links by themselves.
pub(super) async fn show(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    page(&caller.services, &token, AnswerForm::default(), None).await
}

/// Does what the client has decided.
pub(super) async fn answer(
    caller: Caller,
    token: web::Path<String>,
    form: web::Form<AnswerForm>,
) -> Result<HttpResponse, PageError> {
    let (services, form) = (&caller.services, form.into_inner());
    let here = format!("/quotes/{token}");
    match reply(&caller, &token, &form).await {
        Ok(()) => Ok(see_other(&here)),
        Err(problem) if matches!(problem.report().kind, Kind::Invalid | Kind::Conflict) => {
            page(services, &token, form, Some(&problem)).await
        }
        Err(problem) => Err(problem.leading_to(here, "Back to the quote")),
    }
}

async fn reply(caller: &Caller, token: &str, form: &AnswerForm) -> Result<(), PageError> {
    let services = &caller.services;
    let now = services.env.now();
    let (quote, ..) = queries::find_quote_by_link(&services.db, &services.links, token, now).await?;
    let tx = services.begin().await?;
    match form.act.as_str() {
        "accept" => {
            let accept = AcceptQuote { version: form.version, name: form.name.clone(), device: device(caller) };
            commands::accept_quote(&tx, &caller.ctx, quote.id, &accept).await?;
        }
        "decline" => {
            let why = (form.version, form.reason.as_str());
            commands::decline_quote(&tx, &caller.ctx, quote.id, why, &device(caller)).await?;
        }
        _ => return Err(PageError::bad_form()),
    }
    Ok(services.commit(tx).await?)
}

async fn page(
    services: &Services,
    token: &str,
    form: AnswerForm,
    problem: Option<&PageError>,
) -> Result<HttpResponse, PageError> {
    let now = services.env.now();
    let (quote, sent, content) = queries::find_quote_by_link(&services.db, &services.links, token, now).await?;
    let studio = catalog::find_shop(&services.db, quote.studio_id).await?.ok_or_else(PageError::not_found)?;
    let answers = queries::answers_of_quotes(&services.db, &[quote.id]).await?.remove(&quote.id).unwrap_or_default();
    let answer = answers.into_iter().find(|answer| answer.version == sent.number);
    let (heading, said) = describe(&quote, &content, answer.as_ref(), quote.is_expired(now));
    let may_answer = quote.state == QuoteState::Sent && !quote.is_expired(now);
    let view = QuotePage {
        chrome: Chrome::private(format!("Quote {}", quote.reference)).of_sender(&studio.name),
        stages: view_stages(services, &quote, &content).await?,
        heading,
        said,
        action: if may_answer { format!("/quotes/{token}") } else { String::new() },
        form,
        problem: problem.map_or_else(String::new, sentences),
        problem_field: match problem.and_then(|problem| problem.report().field.as_deref()) {
            Some("name") => "name",
            Some("reason") => "reason",
            _ => "",
        },
        ..view_content(&quote, &sent, content)
    };
    let mut response = render(problem.map_or(StatusCode::OK, ResponseError::status_code), &view)?;
    keep_to_itself(&mut response);
    Ok(response)
}

/// What a version says, without how the quote stands.
fn view_content(quote: &quote::Model, sent: &version::Model, content: QuoteContent) -> QuotePage {
    let amount = |minor| words::amount(Money::new(minor, content.currency));
    QuotePage {
        chrome: Chrome::private(""),
        reference: quote.reference.clone(),
        studio: content.seller.name,
        heading: String::new(),
        said: String::new(),
        client: content.client.name,
        address: content.client.address,
        lines: view_lines(&content.lines, content.currency),
        net: amount(content.net_minor),
        tax_name: content.tax.as_ref().map_or_else(String::new, ToString::to_string),
        tax: content.tax.as_ref().map_or_else(String::new, |_| amount(content.tax_minor)),
        total: amount(content.net_minor.saturating_add(content.tax_minor)),
        stages: Vec::new(),
        late_fee: content.late_fee.map_or_else(String::new, |fee| late_fee(&fee, content.currency)),
        title: content.title,
        notes: content.notes,
        valid_until: words::moment(content.valid_until),
        version: sent.number,
        sha256: sent.sha256.to_string(),
        action: String::new(),
        form: AnswerForm::default(),
        problem: String::new(),
        problem_field: "",
    }
}

/// The schedule: as it is planned, and once the quote is accepted with the invoices that there are.
async fn view_stages(
    services: &Services,
    quote: &quote::Model,
    content: &QuoteContent,
) -> Result<Vec<StageView>, PageError> {
    let rows = queries::stages_of_quotes(&services.db, &[quote.id]).await?.remove(&quote.id).unwrap_or_default();
    let ids: Vec<InvoiceId> = rows.iter().filter_map(|row| row.invoice_id).collect();
    let issued: HashMap<InvoiceId, invoice::Model> = queries::invoices_by_ids(&services.db, &ids).await?;
    let all: Vec<invoice::Model> = issued.values().cloned().collect();
    let standings = queries::standings(&services.db, &all).await?;
    let now = services.env.now();
    let view = |(place, stage): (usize, &domain::invoices::content::Stage)| {
        let row = rows.get(place);
        let invoice = row.and_then(|row| issued.get(&row.invoice_id?));
        let standing = invoice.and_then(|invoice| standings.get(&invoice.id)).copied().unwrap_or_default();
        let is_overdue = invoice.and_then(|row| row.due_on).is_some_and(|day| standing.is_overdue(day, now));
        StageView {
            name: stage.name.clone(),
            when: if quote.state == QuoteState::Ended {
                "no more".to_owned()
            } else {
                when(stage.kind, stage.due_on, stage.phase, content.requires_agreement)
            },
            amount: words::amount(Money::new(stage.total_minor(), content.currency)),
            invoice: invoice.map_or_else(String::new, |invoice| invoice.reference.clone()),
            href: invoice.map_or_else(String::new, |invoice| queries::invoice_url(services, invoice.id)),
            state: invoice.map_or("", |_| state_words(standing, is_overdue)),
        }
    };
    Ok(content.stages.iter().enumerate().map(view).collect())
}

/// When a stage is invoiced.
fn when(kind: StageKind, due_on: Option<chrono::NaiveDate>, phase: Option<Phase>, requires_agreement: bool) -> String {
    match (kind, due_on, phase) {
        (_, Some(day), _) => format!("on {}", words::date(day)),
        (StageKind::Deposit, None, _) if requires_agreement => "once the agreement is signed by all".to_owned(),
        (StageKind::Deposit, None, _) => "when you accept".to_owned(),
        (StageKind::Balance, None, _) => "at the end".to_owned(),
        (StageKind::Milestone, None, None) => "when it is reached".to_owned(),
        (StageKind::Milestone, None, Some(phase)) => format!("when this is done: {}", phase_words(phase)),
    }
}

const fn phase_words(phase: Phase) -> &'static str {
    match phase {
        Phase::Ideation => "ideas and brief",
        Phase::Arrangement => "arrangement",
        Phase::Recording => "recording",
        Phase::Editing => "editing",
        Phase::Mixing => "mix",
        Phase::Mastering => "master",
    }
}

/// How a quote stands: a heading and a sentence.
fn describe(
    quote: &quote::Model,
    content: &QuoteContent,
    answer: Option<&answer::Model>,
    is_expired: bool,
) -> (String, String) {
    let studio = &content.seller.name;
    let total = words::amount(Money::new(content.net_minor.saturating_add(content.tax_minor), content.currency));
    let (heading, said) = match quote.state {
        QuoteState::Sent if is_expired => (
            "The time for this quote is over".to_owned(),
            format!("Nothing is owed for it. Ask {studio} for a new one if you still want it."),
        ),
        QuoteState::Sent => (
            format!("{studio} quotes {total}"),
            format!("You can accept it until {}. Nothing is owed before that.", words::moment(content.valid_until)),
        ),
        QuoteState::Draft => (
            "This quote is being changed".to_owned(),
            format!("{studio} writes another version of it and mails you that. This is the one that you had before."),
        ),
        QuoteState::Accepted => {
            let by = answer.filter(|answer| answer.act == QuoteAct::Accepted);
            let by = by.map_or_else(String::new, |answer| {
                let name = answer.name.as_deref().unwrap_or_default();
                format!("Accepted by {name} on {}. ", words::moment(answer.at))
            });
            ("You have accepted this quote".to_owned(), format!("{by}It is frozen as you have read it."))
        }
        QuoteState::Declined => {
            let why = answer.and_then(|answer| answer.reason.as_deref()).unwrap_or_default();
            ("You have declined this quote".to_owned(), format!("Nothing is owed for it. You wrote: “{why}”"))
        }
        QuoteState::Withdrawn => (format!("{studio} has taken this quote back"), "Nothing is owed for it.".to_owned()),
        QuoteState::Ended => {
            let why = quote.end_reason.as_deref().unwrap_or_default();
            let said = format!(
                "What was invoiced stays as it is, and the rest is not asked for any more. {studio} writes: “{why}”"
            );
            (format!("{studio} has ended this quote"), said)
        }
    };
    (heading, said)
}
