//! Quotes and invoices, for clients who hold their links and for the studio.

mod balance;
mod lists;
mod standings;

pub use balance::{ProjectBalance, balance_of_project};
pub use lists::{
    InvoiceFilter, answers_of_quotes, credit_notes_of_invoices, find_balance, find_invoice, find_quote, find_settings,
    invoices_by_ids, list_invoices, list_quotes, orders_of_invoices, reminders_of_invoices, stages_of_quotes,
    transfers_of_invoices, versions_of_quotes,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
pub(crate) use standings::{credited, standing};
pub use standings::{reopened_at, standings};

use super::{
    InvoiceError,
    content::{InvoiceContent, QuoteContent, read},
    entity::{InvoiceKind, invoice, invoice_order, quote, settings, version},
    rules::{lines::Sums, reminders::Wanted, settings::Settings},
};
use crate::{
    env::Instant,
    ids::{InvoiceId, OrderId, QuoteId, StudioId},
    links::{LinkKey, Purpose},
    money::Currency,
    report::StoreError,
    services::Services,
};

/// How a studio invoices, as it has set, or as everybody begins. For the program itself: it asks nothing.
pub async fn settings_of(db: &impl ConnectionTrait, studio: StudioId) -> Result<Settings, StoreError> {
    let row = settings::Entity::find_by_id(studio).one(db).await?;
    Ok(row.map_or_else(Settings::default, |row| Settings {
        prefix: row.prefix,
        country: row.country,
        vat_id: row.vat_id,
        tax_number: row.tax_number,
        tax_note: row.tax_note,
        bank_details: row.bank_details,
        due_days: row.due_days,
        reminders: Wanted {
            before_days: row.remind_before_days,
            at_due: row.remind_at_due,
            every_days: row.remind_every_days,
            most: row.max_reminders,
        },
    }))
}

/// Where a client reads and answers a quote.
pub fn quote_url(services: &Services, quote: QuoteId) -> String {
    format!("{}/quotes/{}", services.public_url, services.links.token(Purpose::Quote, quote, None))
}

/// Where a client reads and pays an invoice.
pub fn invoice_url(services: &Services, invoice: InvoiceId) -> String {
    format!("{}/invoices/{}", services.public_url, services.links.token(Purpose::Invoice, invoice, None))
}

/// The quote of a client's link, with what was sent last; that it is being changed says its state. For whoever holds the link: the client.
///
/// # Errors
/// If the link opens nothing, or nothing was sent yet.
pub async fn find_quote_by_link(
    db: &impl ConnectionTrait,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<(quote::Model, version::Model, QuoteContent), InvoiceError> {
    let id: QuoteId = links.open(Purpose::Quote, token, now)?;
    let quote = quote::Entity::find_by_id(id).one(db).await?.ok_or(InvoiceError::NoQuote)?;
    let versions = versions_of_quotes(db, &[id]).await?.remove(&id).unwrap_or_default();
    let sent = versions.into_iter().rfind(|version| version.sent_at.is_some()).ok_or(InvoiceError::NoQuote)?;
    let content = read(&sent.content)?;
    Ok((quote, sent, content))
}

/// The invoice or credit note of a client's link. For whoever holds it: the client.
///
/// # Errors
/// If the link opens nothing.
pub async fn find_invoice_by_link(
    db: &impl ConnectionTrait,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<invoice::Model, InvoiceError> {
    let id: InvoiceId = links.open(Purpose::Invoice, token, now)?;
    invoice::Entity::find_by_id(id).one(db).await?.ok_or(InvoiceError::NoInvoice)
}

/// The invoice that an order pays; none of any other order. For who may see the order: it asks nothing itself.
pub async fn invoice_of_order(db: &impl ConnectionTrait, order: OrderId) -> Result<Option<invoice::Model>, StoreError> {
    let Some(row) = invoice_order::Entity::find_by_id(order).one(db).await? else { return Ok(None) };
    Ok(invoice::Entity::find_by_id(row.invoice_id).one(db).await?)
}

/// What was agreed before an invoice was issued, in a sentence: who has accepted its quote, when and from where. None of one beside any quote. For who may see
/// the invoice: it asks nothing itself.
pub async fn acceptance_of(db: &impl ConnectionTrait, invoice: &invoice::Model) -> Result<Option<String>, StoreError> {
    let Some(id) = invoice.quote_id else { return Ok(None) };
    let Some(quote) = quote::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let answers = answers_of_quotes(db, &[id]).await?.remove(&id).unwrap_or_default();
    let accepted = answers.into_iter().find(|answer| answer.name.is_some());
    Ok(accepted.map(|answer| {
        format!(
            "The quote {} (version {}, SHA-256 {}) was accepted by {} on {} from {} ({}).",
            quote.reference,
            answer.version,
            answer.sha256,
            answer.name.unwrap_or_default(),
            answer.at.format("%Y-%m-%d %H:%M:%S UTC"),
            answer.ip.as_deref().unwrap_or("an address that is not known"),
            answer.user_agent.as_deref().unwrap_or("browser not known"),
        )
    }))
}

/// An invoice or a credit note as it is printed. Typeset behind [`crate::ports::Contracts`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceDocument {
    /// What it is.
    pub kind: InvoiceKind,
    /// Its number.
    pub reference: String,
    /// When it was issued.
    pub issued_at: Instant,
    /// The last day on which it can be paid in time; none of a credit note.
    pub due_on: Option<chrono::NaiveDate>,
    /// Its currency.
    pub currency: Currency,
    /// What it comes to.
    pub sums: Sums,
    /// What it says.
    pub content: InvoiceContent,
    /// Where it is paid online; none of a credit note.
    pub pay_url: Option<String>,
}

/// What is printed of an invoice. The same each time: nothing of it follows from what was paid since. For who may see the invoice: it asks nothing itself.
///
/// # Errors
/// If what was kept of it cannot be read.
pub fn document(services: &Services, invoice: &invoice::Model) -> Result<InvoiceDocument, InvoiceError> {
    let is_payable = invoice.kind == InvoiceKind::Invoice;
    Ok(InvoiceDocument {
        kind: invoice.kind,
        reference: invoice.reference.clone(),
        issued_at: invoice.issued_at,
        due_on: invoice.due_on,
        currency: invoice.currency,
        sums: Sums { net_minor: invoice.net_minor, tax_minor: invoice.tax_minor },
        content: read(&invoice.content)?,
        pay_url: is_payable.then(|| invoice_url(services, invoice.id)),
    })
}

/// The invoice of a number in print, of a studio. For who may see the studio's sales: it asks nothing itself.
pub async fn invoice_of_reference(
    db: &impl ConnectionTrait,
    studio: StudioId,
    reference: &str,
) -> Result<Option<invoice::Model>, StoreError> {
    if reference.contains('\0') {
        // No text of PostgreSQL holds it, so it is no number either.
        return Ok(None);
    }
    Ok(invoice::Entity::find()
        .filter(invoice::Column::StudioId.eq(studio))
        .filter(invoice::Column::Reference.eq(reference))
        .one(db)
        .await?)
}
