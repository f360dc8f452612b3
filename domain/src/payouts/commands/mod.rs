//! What changes payouts.
//!
//! **Order of locks.** Whoever goes on with a payout holds its row first. Whoever then sends by the gateway, or writes a file, holds the studio ([`lock_studio`]),
//! so that no two spend the same of what lies at the gateway and a file is written once. Last comes the payee's account of the ledger, which everybody holds
//! who pays; nobody who holds one asks for a payout's row or the studio.

mod banks;
mod batches;
mod events;
mod payees;
mod requests;
mod sending;
mod tend;
mod terms;

pub use banks::set_payee_bank;
pub use batches::{AskBatch, export_payouts};
pub(crate) use events::heard;
pub use payees::{invite_payee, onboard, reset_payee, sync_payee};
pub use requests::{
    AskPayout, PaidByHand, cancel_payout, end_payout, record_payout, request_payout, retry_payout, return_payout,
};
pub use sending::follow_payout;
pub use tend::{Tended, tend};
pub use terms::{set_hold_days, set_minimum};

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, sea_query::LockType};

use super::{
    PayoutError,
    entity::payout,
    queries::TermsInForce,
    rules::{Standing, Terms},
};
use crate::{
    actor::Ctx,
    identity::{entity::studio, limits::limit_of},
    ids::{PartyId, PayoutId, StudioId},
    ledger::{
        commands::{Event, hold_owed},
        entity::AccountKind,
        queries::{find_own_balance, shares_of_sales},
    },
    money::{Currency, Money},
    parties::{entity as parties, present},
    report::StoreError,
    services::Services,
    store::Tx,
};

/// Where the ledger knows payouts from: with a payout's id and the number of its attempt, it names the journal.
const SOURCE: &str = "payouts";

/// The ledger's name for an attempt.
fn attempt_id(payout: PayoutId, attempt: i32) -> String {
    format!("{payout}:{attempt}")
}

/// The ledger's event of an attempt, which [`attempt_id`] names.
fn event_of<'a>(payout: &'a payout::Model, external_id: &'a str, memo: &'a str) -> Event<'a> {
    Event {
        studio: payout.studio_id,
        source: SOURCE,
        external_id,
        order: None,
        reference: payout.reference.as_str(),
        memo,
        currency: payout.currency,
        occurred_at: None,
    }
}

/// A party of the studio that is paid: one that was merged into another is not.
async fn party_of(tx: &Tx, studio: StudioId, party: PartyId) -> Result<parties::Model, PayoutError> {
    let found = parties::Entity::find_by_id(party).one(tx).await?;
    let found = found.filter(|row| row.studio_id == studio).ok_or(PayoutError::NoParty)?;
    let standing = present(tx, party).await?;
    if standing == party { Ok(found) } else { Err(PayoutError::Merged { into: standing }) }
}

/// A payout, held until the end of the transaction.
async fn lock_payout(tx: &Tx, id: PayoutId) -> Result<Option<payout::Model>, StoreError> {
    Ok(payout::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// The payout that was asked for under a key.
async fn payout_of_key(tx: &Tx, studio: StudioId, key: &str) -> Result<Option<payout::Model>, StoreError> {
    Ok(payout::Entity::find()
        .filter(payout::Column::StudioId.eq(studio))
        .filter(payout::Column::RequestKey.eq(key))
        .one(tx)
        .await?)
}

/// The studio, held until the end of the transaction.
async fn lock_studio(tx: &Tx, studio: StudioId) -> Result<(), StoreError> {
    studio::Entity::find_by_id(studio).lock(LockType::NoKeyUpdate).one(tx).await?;
    Ok(())
}

/// The ledger's event of nothing yet: whose books, and which currency.
const fn event_in(studio: StudioId, currency: Currency) -> Event<'static> {
    Event { studio, source: SOURCE, external_id: "", order: None, reference: "", memo: "", currency, occurred_at: None }
}

/// How a payee stands whose money of certain sales is withheld, their account held until the end of the transaction.
async fn hold(
    tx: &Tx,
    studio: StudioId,
    party: PartyId,
    currency: Currency,
    withheld: &Condition,
) -> Result<Standing, PayoutError> {
    let owed_minor = hold_owed(tx, &event_in(studio, currency), party).await?;
    let withheld = shares_of_sales(tx, studio, Some(party), withheld).await?;
    Ok(Standing { owed_minor, withheld_minor: withheld.get(&(party, currency)).copied().unwrap_or(0) })
}

/// Refuses to send more by the gateway than lies there of the studio's: what is more is other studios'. Who calls this holds the studio.
async fn require_at_gateway(tx: &Tx, studio: StudioId, amount: Money) -> Result<(), PayoutError> {
    let minor = find_own_balance(tx, studio, AccountKind::GatewayClearing, amount.currency).await?;
    if amount.minor > minor {
        return Err(PayoutError::BeyondGateway { available: Money::new(minor.max(0), amount.currency) });
    }
    Ok(())
}

/// What is kept to when a payee is paid.
async fn terms_of(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    party: PartyId,
    currency: Currency,
) -> Result<Terms, PayoutError> {
    Ok(TermsInForce::load(tx, ctx, studio).await?.of(party, currency))
}

/// Refuses to pay more than the actor may let the studio pay at once. Who calls this has seen that they may pay.
async fn require_limit(tx: &Tx, ctx: &Ctx, studio: StudioId, asked: Money) -> Result<(), PayoutError> {
    match limit_of(tx, ctx, studio, asked.currency).await? {
        Some(limit) if asked.minor > limit.minor => Err(PayoutError::Limit { asked, limit }),
        _ => Ok(()),
    }
}

/// Refuses what belongs to another gateway than the one in use.
fn require_gateway(services: &Services, gateway: &str) -> Result<(), PayoutError> {
    require_present(gateway, services.gateway.name())
}

fn require_present(gateway: &str, present: &str) -> Result<(), PayoutError> {
    let other = || PayoutError::OtherGateway { gateway: gateway.to_owned(), present: present.to_owned() };
    (gateway == present).then_some(()).ok_or_else(other)
}
