//! An invoice or a credit note, read and paid by whoever holds its mailed link.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
    web,
};
use askama::Template;
use domain::{
    catalog,
    invoices::{
        commands,
        content::{InvoiceContent, read},
        entity::{InvoiceKind, invoice},
        queries,
        rules::standing::{InvoiceState, Standing},
    },
    report::Kind,
    sales::Settled,
    services::Services,
};

use super::{
    cart::allow_paying,
    chrome::{Chrome, render, see_other},
    errors::{PageError, sentences},
    offers::device,
    orders::keep_to_itself,
    quotes::{LineView, late_fee, view_lines},
    texts::{Text, t},
    wording::Wording,
    words,
};
use crate::Caller;

#[derive(Template)]
#[template(path = "invoice.html")]
struct InvoicePage {
    chrome: Chrome,
    reference: String,
    title: String,
    heading: String,
    said: String,
    studio: String,
    client: String,
    lines: Vec<LineView>,
    net: String,
    /// The tax, by name; both empty if there is none.
    tax_name: String,
    tax: String,
    total: String,
    /// What has become of it, by name.
    became: Vec<(String, String)>,
    /// The invoice's own facts, by name.
    facts: Vec<(String, String)>,
    /// Credit notes over it: the reference and the amount.
    credited_by: Vec<(String, String)>,
    late_fee: String,
    notes: String,
    /// What is left to pay, and where the form to pay it goes; both empty if there is nothing, or nothing now.
    open: String,
    pay: String,
    bank_details: String,
    pdf: String,
    problem: Wording,
}

async fn open(services: &Services, token: &str) -> Result<invoice::Model, PageError> {
    let now = services.env.now();
    Ok(queries::find_invoice_by_link(&services.db, &services.links, token, now).await?)
}

/// Shows an invoice. What is being paid is settled on the way: the client may be back before the gateway's event is here.
pub(super) async fn show(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let invoice = open(services, &token).await?;
    let settled = match commands::settle_payments(services, invoice.id).await {
        Ok(settled) => settled,
        // The page shows what is known; the order's own job asks again.
        Err(error) => {
            let causes = crate::errors::chain(&error);
            tracing::warn!(invoice = %invoice.id, causes, "an invoice could not be settled by its page");
            None
        }
    };
    page(services, &invoice, &token, (settled, None)).await
}

/// Leads to the gateway's page, where what is left is paid.
pub(super) async fn pay(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let invoice = open(services, &token).await?;
    let here = format!("/invoices/{token}");
    match commands::open_payment(services, &caller.ctx, invoice.id, &device(&caller)).await {
        Ok(url) => Ok(see_other(url.as_deref().unwrap_or(&here))),
        Err(error) => {
            let problem = PageError::from(error);
            match problem.report().kind {
                Kind::Invalid | Kind::Conflict => page(services, &invoice, &token, (None, Some(&problem))).await,
                _ => Err(problem.leading_to(here, t("invoice-back"))),
            }
        }
    }
}

/// Shows the document, a PDF.
pub(super) async fn pdf(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let invoice = open(services, &token).await?;
    let document = queries::document(services, &invoice)?;
    let contracts = services.contracts.clone();
    let typeset = tokio::task::spawn_blocking(move || contracts.invoice(&document)).await;
    let pdf = typeset.map_err(|cause| PageError::broken(&cause))?.map_err(|cause| PageError::broken(&cause))?;
    let name = format!("inline; filename=\"{}.pdf\"", invoice.reference);
    let mut response =
        HttpResponse::Ok().content_type("application/pdf").insert_header((header::CONTENT_DISPOSITION, name)).body(pdf);
    keep_to_itself(&mut response);
    Ok(response)
}

async fn page(
    services: &Services,
    invoice: &invoice::Model,
    token: &str,
    (settled, problem): (Option<Settled>, Option<&PageError>),
) -> Result<HttpResponse, PageError> {
    let studio = catalog::find_shop(&services.db, invoice.studio_id).await?.ok_or_else(PageError::not_found)?;
    let content: InvoiceContent = read(&invoice.content)?;
    let all = queries::standings(&services.db, std::slice::from_ref(invoice)).await?;
    let standing = all.get(&invoice.id).copied().unwrap_or_default();
    let now = services.env.now();
    let is_overdue = invoice.due_on.is_some_and(|day| standing.is_overdue(day, now));
    let (heading, said) = describe(invoice, standing, is_overdue, settled);
    let notes = queries::credit_notes_of_invoices(&services.db, &[invoice.id]).await?.remove(&invoice.id);
    let amount = |minor| words::amount(invoice.money(minor));
    // Nothing is asked for while the bank still decides.
    let asks = invoice.kind == InvoiceKind::Invoice
        && standing.open_minor() > 0
        && standing.disputed_minor == 0
        && settled != Some(Settled::Processing);
    let view = InvoicePage {
        chrome: Chrome::private(named(invoice)).of_sender(&studio.name),
        reference: named(invoice).into(),
        heading,
        said,
        lines: view_lines(&content.lines, invoice.currency),
        net: amount(invoice.net_minor),
        tax_name: content.tax.as_ref().map_or_else(String::new, words::invoiced_tax),
        tax: content.tax.as_ref().map_or_else(String::new, |_| amount(invoice.tax_minor)),
        total: amount(invoice.total_minor),
        became: became(invoice, standing),
        facts: facts(invoice, &content),
        credited_by: notes
            .unwrap_or_default()
            .iter()
            .map(|note| (note.reference.clone(), words::amount(note.total())))
            .collect(),
        late_fee: content.late_fee.map_or_else(String::new, |fee| late_fee(&fee, invoice.currency)),
        open: if asks { amount(standing.open_minor()) } else { String::new() },
        pay: if asks { format!("/invoices/{token}/pay") } else { String::new() },
        bank_details: content.bank_details.filter(|_| asks).unwrap_or_default(),
        pdf: format!("/invoices/{token}/invoice.pdf"),
        problem: problem.map(sentences).unwrap_or_default(),
        title: content.title,
        studio: content.seller.name,
        client: content.client.name,
        notes: content.notes,
    };
    let mut response = render(problem.map_or(StatusCode::OK, ResponseError::status_code), &view)?;
    allow_paying(&mut response);
    keep_to_itself(&mut response);
    Ok(response)
}

/// What it is, with its number.
fn named(invoice: &invoice::Model) -> Text<'_> {
    match invoice.kind {
        InvoiceKind::Invoice => t("invoice-named").with("reference", &invoice.reference),
        InvoiceKind::CreditNote => t("invoice-credit-note-named").with("reference", &invoice.reference),
    }
}

/// What has become of an invoice; nothing, as long as nothing has.
fn became(invoice: &invoice::Model, standing: Standing) -> Vec<(String, String)> {
    let paid_minor = standing.kept_minor.saturating_sub(standing.disputed_minor);
    let all = [
        (t("invoice-became-credited"), standing.credited_minor),
        (t("invoice-became-paid"), paid_minor),
        (t("invoice-became-disputed"), standing.disputed_minor),
        (t("invoice-became-owed-back"), standing.owed_back_minor()),
    ];
    let of = |minor| words::amount(invoice.money(minor));
    let mut rows: Vec<(String, String)> =
        all.into_iter().filter(|(_, minor)| *minor > 0).map(|(name, minor)| (name.into(), of(minor))).collect();
    if !rows.is_empty() {
        rows.push((t("invoice-became-open").into(), of(standing.open_minor())));
    }
    rows
}

fn facts(invoice: &invoice::Model, content: &InvoiceContent) -> Vec<(String, String)> {
    let of_invoice = match invoice.kind {
        InvoiceKind::CreditNote => "invoice-credits",
        InvoiceKind::Invoice => "invoice-late-one",
    };
    let all = [
        ("invoice-issued", Some(words::day(invoice.issued_at))),
        ("invoice-supplied", content.supplied_on.map(words::date)),
        ("invoice-due", invoice.due_on.map(words::date)),
        ("invoice-quote", content.quote.clone()),
        (of_invoice, content.of_invoice.clone()),
        ("invoice-no-tax", content.tax_note.clone().filter(|_| invoice.tax_minor == 0)),
    ];
    all.into_iter().filter_map(|(name, said)| Some((t(name).into(), said?))).collect()
}

/// How an invoice stands: a heading and a sentence.
fn describe(
    invoice: &invoice::Model,
    standing: Standing,
    is_overdue: bool,
    settled: Option<Settled>,
) -> (String, String) {
    let amount = |minor| words::amount(invoice.money(minor));
    if invoice.kind == InvoiceKind::CreditNote {
        let heading = t("invoice-note").with("amount", &amount(invoice.total_minor)).into();
        return (heading, t("invoice-note-said").into());
    }
    if settled == Some(Settled::Processing) {
        return (t("invoice-processing").into(), t("invoice-processing-said").into());
    }
    let due = invoice.due_on.map_or_else(String::new, words::date);
    let open = amount(standing.open_minor());
    let when = if is_overdue { t("invoice-was-due").with("day", &due) } else { t("invoice-is-due").with("day", &due) };
    let overdue = || t("invoice-overdue").with("amount", &open);
    let (heading, said): (_, String) = match standing.state() {
        InvoiceState::Open if is_overdue => (overdue(), when.into()),
        InvoiceState::Open => (t("invoice-open").with("amount", &open), when.into()),
        InvoiceState::PartlyPaid if is_overdue => (overdue(), format!("{} {when}", t("invoice-partly-paid"))),
        InvoiceState::PartlyPaid => {
            (t("invoice-left").with("amount", &open), format!("{} {when}", t("invoice-partly-paid")))
        }
        InvoiceState::Paid => (t("invoice-paid"), t("invoice-paid-said").into()),
        InvoiceState::Disputed => (t("invoice-disputed"), t("invoice-disputed-said").into()),
        InvoiceState::Credited => (t("invoice-credited"), t("invoice-credited-said").into()),
    };
    (heading.into(), said)
}

#[cfg(test)]
mod tests {
    use domain::{env::testing, money::Currency};

    use super::*;

    fn invoice(kind: InvoiceKind) -> invoice::Model {
        let (env, _) = testing::env(1);
        invoice::Model {
            id: env.id(),
            studio_id: env.id(),
            kind,
            year: 2026,
            number: 1,
            reference: "INV-2026-0001".into(),
            client_id: env.id(),
            project_id: None,
            quote_id: None,
            stage: None,
            credits_id: None,
            late_fee_of: None,
            late_fee_through: None,
            net_minor: 1_000,
            tax_minor: 190,
            total_minor: 1_190,
            currency: Currency::EUR,
            issued_at: env.now(),
            due_on: chrono::NaiveDate::from_ymd_opt(2026, 12, 24),
            content: "{}".into(),
            sha256: domain::catalog::Sha256::of(b"{}"),
            request_key: None,
            issued_by: None,
        }
    }

    #[test]
    fn it_says_what_is_owed_and_since_when() {
        let row = invoice(InvoiceKind::Invoice);
        let open = Standing { total_minor: 1_190, ..Standing::default() };
        let heading = |standing, is_overdue| describe(&row, standing, is_overdue, None).0;
        assert_eq!(heading(open, false), "EUR\u{a0}11.90 to pay");
        assert_eq!(heading(open, true), "EUR\u{a0}11.90 overdue");
        assert_eq!(heading(Standing { kept_minor: 1_000, ..open }, false), "EUR\u{a0}1.90 left to pay");
        assert_eq!(heading(Standing { kept_minor: 1_190, ..open }, false), "Paid");
        assert_eq!(
            heading(Standing { kept_minor: 1_190, disputed_minor: 1_190, ..open }, true),
            "The payment is disputed"
        );
        assert_eq!(heading(Standing { credited_minor: 1_190, ..open }, true), "Credited");
        assert!(describe(&row, open, true, None).1.contains("24 December 2026"));
        assert_eq!(describe(&row, open, true, Some(Settled::Processing)).0, "Your payment is on its way");
        let note = invoice(InvoiceKind::CreditNote);
        assert_eq!(describe(&note, Standing::default(), false, None).0, "EUR\u{a0}11.90 credited");
    }

    #[test]
    fn it_says_what_has_become_of_it_only_once_something_has() {
        let row = invoice(InvoiceKind::Invoice);
        let open = Standing { total_minor: 1_190, ..Standing::default() };
        assert!(became(&row, open).is_empty());
        let names = |standing| became(&row, standing).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(Standing { kept_minor: 200, ..open }), ["Paid", "Left to pay"]);
        let beyond = Standing { kept_minor: 1_190, credited_minor: 90, excess_minor: 10, ..open };
        assert_eq!(became(&row, beyond)[2], ("To be given back to you".to_owned(), "EUR\u{a0}1.00".to_owned()));
    }
}
