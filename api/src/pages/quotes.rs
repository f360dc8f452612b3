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
    texts::t,
    wording::Wording,
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
    /// When it is invoiced.
    when: String,
    amount: String,
    /// Its invoice, where that is and how it stands; all empty as long as there is none.
    invoice: String,
    href: String,
    state: String,
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
    problem: Wording,
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
fn state_words(standing: Standing, is_overdue: bool) -> String {
    let key = match standing.state() {
        InvoiceState::Open | InvoiceState::PartlyPaid if is_overdue => "quote-invoice-overdue",
        InvoiceState::Open => "quote-invoice-open",
        InvoiceState::PartlyPaid => "quote-invoice-partly-paid",
        InvoiceState::Paid => "quote-invoice-paid",
        InvoiceState::Disputed => "quote-invoice-disputed",
        InvoiceState::Credited => "quote-invoice-credited",
    };
    t(key).into()
}

/// What paying late costs, in a sentence.
pub(super) fn late_fee(terms: &LateFee, currency: Currency) -> String {
    let cap = words::percent(terms.cap);
    let days = terms.grace_days;
    match terms.charge {
        Charge::Flat(minor) => {
            let amount = words::amount(Money::new(minor, currency));
            t("quote-late-flat").with("days", &days).with("amount", &amount).with("cap", &cap).into()
        }
        Charge::Monthly(share) => {
            let share = words::percent(share);
            t("quote-late-monthly").with("days", &days).with("share", &share).with("cap", &cap).into()
        }
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
        Err(problem) => Err(problem.leading_to(here, t("quote-back"))),
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
        chrome: Chrome::private(t("quote-title").with("reference", &quote.reference)).of_sender(&studio.name),
        stages: view_stages(services, &quote, &content).await?,
        heading,
        said,
        action: if may_answer { format!("/quotes/{token}") } else { String::new() },
        form,
        problem: problem.map(sentences).unwrap_or_default(),
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
        tax_name: content.tax.as_ref().map_or_else(String::new, words::invoiced_tax),
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
        problem: Wording::default(),
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
                t("quote-stage-ended").into()
            } else {
                when(stage.kind, stage.due_on, stage.phase, content.requires_agreement)
            },
            amount: words::amount(Money::new(stage.total_minor(), content.currency)),
            invoice: invoice.map_or_else(String::new, |invoice| invoice.reference.clone()),
            href: invoice.map_or_else(String::new, |invoice| queries::invoice_url(services, invoice.id)),
            state: invoice.map_or_else(String::new, |_| state_words(standing, is_overdue)),
        }
    };
    Ok(content.stages.iter().enumerate().map(view).collect())
}

/// When a stage is invoiced.
fn when(kind: StageKind, due_on: Option<chrono::NaiveDate>, phase: Option<Phase>, requires_agreement: bool) -> String {
    match (kind, due_on, phase) {
        (_, Some(day), _) => t("quote-stage-on").with("day", &words::date(day)).into(),
        (StageKind::Deposit, None, _) if requires_agreement => t("quote-stage-signed").into(),
        (StageKind::Deposit, None, _) => t("quote-stage-accepted").into(),
        (StageKind::Balance, None, _) => t("quote-stage-end").into(),
        (StageKind::Milestone, None, None) => t("quote-stage-reached").into(),
        (StageKind::Milestone, None, Some(phase)) => t("quote-stage-phase").with("phase", &t(phase_key(phase))).into(),
    }
}

const fn phase_key(phase: Phase) -> &'static str {
    match phase {
        Phase::Ideation => "quote-phase-ideation",
        Phase::Arrangement => "quote-phase-arrangement",
        Phase::Recording => "quote-phase-recording",
        Phase::Editing => "quote-phase-editing",
        Phase::Mixing => "quote-phase-mixing",
        Phase::Mastering => "quote-phase-mastering",
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
    let (heading, said): (_, String) = match quote.state {
        QuoteState::Sent if is_expired => (t("quote-over"), t("quote-over-said").with("studio", studio).into()),
        QuoteState::Sent => {
            let until = words::moment(content.valid_until);
            (
                t("quote-sent").with("studio", studio).with("total", &total),
                t("quote-sent-said").with("until", &until).into(),
            )
        }
        QuoteState::Draft => (t("quote-changing"), t("quote-changing-said").with("studio", studio).into()),
        QuoteState::Accepted => {
            let by = answer.filter(|answer| answer.act == QuoteAct::Accepted);
            let by = by.map_or_else(String::new, |answer| {
                let (name, when) = (answer.name.as_deref().unwrap_or_default(), words::moment(answer.at));
                format!("{} ", t("quote-accepted-by").with("name", name).with("when", &when))
            });
            (t("quote-accepted"), format!("{by}{}", t("quote-accepted-said")))
        }
        QuoteState::Declined => {
            let why = answer.and_then(|answer| answer.reason.as_deref()).unwrap_or_default();
            (t("quote-declined"), t("quote-declined-said").with("why", why).into())
        }
        QuoteState::Withdrawn => (t("quote-withdrawn").with("studio", studio), t("quote-withdrawn-said").into()),
        QuoteState::Ended => {
            let why = quote.end_reason.as_deref().unwrap_or_default();
            let said = t("quote-ended-said").with("studio", studio).with("why", why).into();
            (t("quote-ended").with("studio", studio), said)
        }
    };
    (heading.into(), said)
}

#[cfg(test)]
mod tests {
    use domain::share::Share;

    use super::{super::texts::in_german, *};

    #[test]
    fn what_paying_late_costs_says_how_late() {
        let said = |charge, grace_days| {
            late_fee(&LateFee { charge, grace_days, cap: Share::from_ppm(100_000).unwrap() }, Currency::EUR)
        };
        let flat = |grace_days| said(Charge::Flat(500), grace_days);
        for (days, late) in [(0, "late"), (1, "more than a day late"), (3, "more than 3 days late")] {
            let whole =
                format!("If an invoice is paid {late}, EUR\u{a0}5.00 is charged, once, and no more than 10 % of it.");
            assert_eq!(flat(days), whole);
        }
        let monthly = said(Charge::Monthly(Share::from_ppm(15_000).unwrap()), 0);
        assert!(
            monthly.starts_with("If an invoice is paid late, 1.5 % of what is left to pay is charged"),
            "{monthly}"
        );
        in_german(|| {
            for (days, late) in [(0, ""), (1, "mehr als einen Tag "), (3, "mehr als 3 Tage ")] {
                let begin =
                    format!("Wird eine Rechnung {late}zu spät bezahlt, werden einmalig 5,00\u{a0}EUR berechnet");
                assert!(flat(days).starts_with(&begin), "{}", flat(days));
            }
        });
    }
}
