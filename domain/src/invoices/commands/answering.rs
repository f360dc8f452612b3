//! What a client does with a quote by its link: accepts it, once, or declines it.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{issuing, lock_quote, quotes};
use crate::{
    actor::Ctx,
    env::Instant,
    identity::commands::hold_open,
    ids::QuoteId,
    invoices::{
        InvoiceError,
        content::Stage,
        entity::{QuoteAct, QuoteNotice, QuoteState, answer, quote, stage, version},
        rules::texts,
    },
    offers::commands::Device,
    report::StoreError,
    store::Tx,
};

/// What is accepted, by whom, and where they sit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptQuote {
    /// The version that was read.
    pub version: i32,
    /// The name of who accepts, as typed.
    pub name: String,
    /// Where they sit.
    pub device: Device,
}

/// Accepts a quote, by its client, who holds the link: [`super::super::queries::find_quote_by_link`] tells which it is. It is frozen, and its schedule begins:
/// the deposit is invoiced at once, unless an agreement is to be executed before. Accepting the same version again changes nothing.
///
/// # Errors
/// If another version was read, it was answered or taken back, the studio is changing it, or its time is over.
pub async fn accept_quote(tx: &Tx, ctx: &Ctx, id: QuoteId, accept: &AcceptQuote) -> Result<quote::Model, InvoiceError> {
    let quote = lock_quote(tx, id).await?.ok_or(InvoiceError::NoQuote)?;
    if quote.state == QuoteState::Accepted {
        return if quote.version == accept.version { Ok(quote) } else { Err(InvoiceError::QuoteChanged) };
    }
    hold_open(tx, quote.studio_id).await??;
    require_answerable(&quote, accept.version, ctx.env.now())?;
    let name = texts::line("name", &accept.name, texts::MAX_NAME_CHARS)?;
    let (row, content) = quotes::present(tx, &quote).await?;
    write_answer(tx, ctx, &row, (Some(name), None), &accept.device).await?;
    let now = ctx.env.now();
    let accepted = quote::ActiveModel {
        state: Set(QuoteState::Accepted),
        accepted_at: Set(Some(now)),
        updated_at: Set(now),
        ..quote.into_active_model()
    };
    let quote = accepted.update(tx).await?;
    write_schedule(tx, &quote, &content.stages).await?;
    quotes::tell(tx, ctx, &quote, QuoteNotice::Confirmed).await?;
    quotes::tell(tx, ctx, &quote, QuoteNotice::Accepted).await?;
    issuing::open_way(tx, ctx, &quote).await?;
    Ok(quote)
}

/// Declines a quote, by its client, and says why. Declining it again changes nothing.
///
/// # Errors
/// As [`accept_quote`]; and if no reason is given.
pub async fn decline_quote(
    tx: &Tx,
    ctx: &Ctx,
    id: QuoteId,
    (version, reason): (i32, &str),
    device: &Device,
) -> Result<quote::Model, InvoiceError> {
    let quote = lock_quote(tx, id).await?.ok_or(InvoiceError::NoQuote)?;
    if quote.state == QuoteState::Declined {
        return Ok(quote);
    }
    require_answerable(&quote, version, ctx.env.now())?;
    let reason = texts::filled_block("reason", reason, texts::MAX_REASON_CHARS)?;
    let (row, _) = quotes::present(tx, &quote).await?;
    write_answer(tx, ctx, &row, (None, Some(reason)), device).await?;
    let now = ctx.env.now();
    let declined =
        quote::ActiveModel { state: Set(QuoteState::Declined), updated_at: Set(now), ..quote.into_active_model() };
    let quote = declined.update(tx).await?;
    quotes::tell(tx, ctx, &quote, QuoteNotice::Declined).await?;
    Ok(quote)
}

/// Refuses an answer to a quote that waits for none, or to another version than the present one.
fn require_answerable(quote: &quote::Model, seen: i32, now: Instant) -> Result<(), InvoiceError> {
    match quote.state {
        QuoteState::Sent if quote.version != seen => Err(InvoiceError::QuoteChanged),
        QuoteState::Sent if quote.is_expired(now) => Err(InvoiceError::QuoteExpired),
        QuoteState::Sent => Ok(()),
        QuoteState::Draft => Err(InvoiceError::QuoteChanging),
        state => Err(InvoiceError::QuoteAnswered { state }),
    }
}

async fn write_answer(
    tx: &Tx,
    ctx: &Ctx,
    version: &version::Model,
    (name, reason): (Option<String>, Option<String>),
    device: &Device,
) -> Result<(), StoreError> {
    let row = answer::ActiveModel {
        quote_id: Set(version.quote_id),
        version: Set(version.number),
        act: Set(if name.is_some() { QuoteAct::Accepted } else { QuoteAct::Declined }),
        name: Set(name),
        reason: Set(reason),
        sha256: Set(version.sha256.clone()),
        ip: Set(device.ip.clone()),
        user_agent: Set(device.user_agent.clone()),
        at: Set(ctx.env.now()),
    };
    row.insert(tx).await?;
    Ok(())
}

async fn write_schedule(tx: &Tx, quote: &quote::Model, stages: &[Stage]) -> Result<(), StoreError> {
    let rows = (1..).zip(stages).map(|(position, planned)| stage::ActiveModel {
        quote_id: Set(quote.id),
        position: Set(position),
        kind: Set(planned.kind),
        name: Set(planned.name.clone()),
        net_minor: Set(planned.net_minor),
        tax_minor: Set(planned.tax_minor),
        due_on: Set(planned.due_on),
        phase: Set(planned.phase),
        reached_at: Set(None),
        invoice_id: Set(None),
    });
    stage::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}
