//! At which rate a statement is accounted for.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, sea_query::LockType,
};

use super::lock;
use crate::{
    actor::Ctx,
    identity::commands::hold_open,
    ids::StatementImportId,
    money::Currency,
    outbox::{self, Job},
    royalties::{
        RoyaltyError,
        entity::{ImportState, RateSource, import, sum, total},
        rules::Exact,
    },
    store::Tx,
};

/// A rate: so much of the statement's currency is so much of the account's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// In which currency it is accounted for.
    pub account_currency: Currency,
    /// So much of the statement's currency …
    pub of: Exact,
    /// … is so much of the account's.
    pub to: Exact,
    /// Where it comes from: the statement, or the studio.
    pub source: RateSource,
}

/// Sets at which rate a statement's lines in a currency are accounted for, as long as nothing was booked by another.
pub async fn set_rate(
    tx: &Tx,
    ctx: &Ctx,
    id: StatementImportId,
    currency: Currency,
    rate: Rate,
) -> Result<total::Model, RoyaltyError> {
    let (import, total) = find(tx, ctx, id, currency).await?;
    if !rate.of.is_positive() || !rate.to.is_positive() {
        return Err(RoyaltyError::Rate { problem: "a rate is more than nothing on both sides" });
    }
    let is_same = rate.account_currency == currency;
    let source = match rate.source {
        RateSource::Bank => {
            return Err(RoyaltyError::Rate { problem: "the bank’s rate follows from what reached it: record that" });
        }
        RateSource::Same if !is_same => {
            return Err(RoyaltyError::Rate { problem: "another currency has a rate: say it" });
        }
        _ if is_same && rate.of != rate.to => {
            return Err(RoyaltyError::Rate { problem: "a currency is worth as much as itself" });
        }
        _ if is_same => RateSource::Same,
        source => source,
    };
    let unchanged = total.account_currency == Some(rate.account_currency)
        && total.rate_of == Some(rate.of)
        && total.rate_to == Some(rate.to)
        && total.rate_source == Some(source);
    if unchanged {
        return Ok(total);
    }
    require_open(tx, &total).await?;
    if total.bank_minor.is_some() && total.account_currency != Some(rate.account_currency) {
        return Err(RoyaltyError::Rate { problem: "what reached the bank was recorded in another currency" });
    }
    let rated = total::ActiveModel {
        account_currency: Set(Some(rate.account_currency)),
        rate_of: Set(Some(rate.of)),
        rate_to: Set(Some(rate.to)),
        rate_source: Set(Some(source)),
        rated_at: Set(Some(ctx.env.now())),
        rated_by: Set(ctx.actor.user()),
        ..total.into_active_model()
    };
    book(tx, ctx, &import, rated.update(tx).await?).await
}

/// Has what is new booked, once the statement counts.
pub(super) async fn book(
    tx: &Tx,
    ctx: &Ctx,
    import: &import::Model,
    total: total::Model,
) -> Result<total::Model, RoyaltyError> {
    if import.state == ImportState::Ready {
        outbox::put(tx, ctx, Some(import.studio_id), &Job::PostStatement { import: import.id }).await?;
    }
    Ok(total)
}

/// A rate stays once something was booked or reckoned by it.
pub(super) async fn require_open(tx: &Tx, total: &total::Model) -> Result<(), RoyaltyError> {
    if total.journal_id.is_some() || is_taken(tx, total).await? { Err(RoyaltyError::RateBooked) } else { Ok(()) }
}

/// Whether a run has taken lines.
pub(super) async fn is_taken(tx: &Tx, total: &total::Model) -> Result<bool, RoyaltyError> {
    let taken = sum::Entity::find()
        .filter(sum::Column::ImportId.eq(total.import_id))
        .filter(sum::Column::Currency.eq(total.currency))
        .filter(sum::Column::RunId.is_not_null());
    Ok(taken.count(tx).await? > 0)
}

/// What a statement comes to in a currency, both held, for who may change it.
pub(super) async fn find(
    tx: &Tx,
    ctx: &Ctx,
    id: StatementImportId,
    currency: Currency,
) -> Result<(import::Model, total::Model), RoyaltyError> {
    let import = lock(tx, ctx, id).await?;
    // What comes of it is booked to be given out.
    hold_open(tx, import.studio_id).await??;
    if !matches!(import.state, ImportState::Ready | ImportState::Held) {
        return Err(RoyaltyError::StatementNotNow { state: import.state });
    }
    let total = total::Entity::find_by_id((id, currency)).lock(LockType::NoKeyUpdate).one(tx).await?;
    Ok((import, total.ok_or(RoyaltyError::NotFound { what: "currency of the statement", field: "currency" })?))
}
