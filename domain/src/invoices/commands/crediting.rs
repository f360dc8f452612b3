//! Credit notes: what is taken off an invoice, for a mistake or as a courtesy. What was paid of it is the client's again, and goes back by a refund or a
//! transfer.

use super::{
    close_pages,
    issuing::{self, NewInvoice, Of},
    look_at, of_key, own_invoice, sides,
};
use crate::{
    actor::Ctx,
    ids::InvoiceId,
    invoices::{
        InvoiceError,
        content::{InvoiceContent, Line, read},
        entity::{InvoiceKind, InvoiceNotice, invoice},
        queries,
        rules::{
            Fault,
            lines::{Sums, tax_within},
            texts,
        },
    },
    legible::require_legible,
    money::Money,
    policy::Action,
    services::Services,
};

/// What is credited, as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditInvoice {
    /// How much, tax and all; none for all that can be.
    pub amount: Option<Money>,
    /// Why.
    pub reason: String,
    /// The same key credits once.
    pub key: Option<String>,
}

/// Issues a credit note over an invoice, and has its client mailed. It takes as much of the tax as it takes of the invoice.
///
/// # Errors
/// If the actor may not, nothing or more than is left of the invoice is credited, or no reason is given.
pub async fn credit_invoice(
    services: &Services,
    ctx: &Ctx,
    id: InvoiceId,
    credit: &CreditInvoice,
) -> Result<invoice::Model, InvoiceError> {
    let tx = services.begin().await?;
    let invoice = own_invoice(&tx, ctx, id, Action::ManageProduction).await?;
    let reason = texts::filled_block("reason", &credit.reason, texts::MAX_REASON_CHARS)?;
    require_legible(services.agreements.as_ref(), "reason", &reason)?;
    let key = texts::key(credit.key.as_deref())?;
    if let Some(key) = &key
        && let Some(standing) = of_key(&tx, invoice.studio_id, key).await?
    {
        let is_same = standing.credits_id == Some(id)
            && credit.amount.is_none_or(|amount| amount == standing.total())
            && standing.kind == InvoiceKind::CreditNote;
        return is_same.then_some(standing).ok_or(InvoiceError::KeyTaken);
    }
    let before = queries::credited(&tx, id).await?;
    let rest = invoice.money(invoice.total_minor.saturating_sub(before.total_minor()));
    let amount = credit.amount.unwrap_or(rest);
    if amount.currency != invoice.currency {
        return Err(InvoiceError::OtherCurrency { given: amount.currency, own: invoice.currency });
    }
    if amount.minor > rest.minor || rest.minor <= 0 {
        return Err(InvoiceError::BeyondInvoice { asked: amount, rest });
    }
    if amount.minor <= 0 {
        return Err(Fault::Amount.into());
    }
    let after_minor = before.total_minor().saturating_add(amount.minor);
    let tax_after = tax_within(after_minor, invoice.total_minor, invoice.tax_minor);
    let tax_minor = tax_after.saturating_sub(before.tax_minor).clamp(0, amount.minor);
    let settings = queries::settings_of(&tx, invoice.studio_id).await?;
    let own: InvoiceContent = read(&invoice.content)?;
    let now = sides::seller(&tx, invoice.studio_id, &settings).await?;
    let net_minor = amount.minor - tax_minor;
    let line = Line {
        what: format!("Credit for {}: {}", invoice.reference, own.title),
        quantity_milli: 1_000,
        unit_minor: net_minor,
        net_minor,
        recoupable: false,
    };
    let content = InvoiceContent {
        seller: if sides::require_known(&now).is_ok() { now } else { own.seller },
        lines: vec![line],
        of_invoice: Some(invoice.reference.clone()),
        supplied_on: None,
        late_fee: None,
        bank_details: None,
        notes: reason,
        ..own
    };
    let new = NewInvoice {
        studio: invoice.studio_id,
        client: invoice.client_id,
        project: invoice.project_id,
        of: Of::Credit(id),
        currency: invoice.currency,
        sums: Sums { net_minor, tax_minor },
        due_days: None,
        content,
        key,
    };
    let note = issuing::issue(&tx, ctx, new, &settings).await?;
    let standing = queries::standing(&tx, &invoice).await?;
    close_pages(&tx, ctx, id, standing.open_minor()).await?;
    look_at(&tx, id, ctx.env.now()).await?;
    issuing::tell(&tx, ctx, &note, InvoiceNotice::Credited).await?;
    services.commit(tx).await?;
    Ok(note)
}
