//! What changes payouts.
//!
//! **Order of locks.** Whoever begins a payout holds the payee's account of the ledger first; whoever goes on with one holds the payout's row before that.
//! Nobody who holds a payee's account asks for a payout's row.

mod batches;
mod events;
mod payees;
mod requests;
mod sending;
mod tend;
mod terms;

pub use batches::{AskBatch, export_payouts};
pub(crate) use events::heard;
pub use payees::{invite_payee, onboard, set_payee_bank, sync_payee};
pub use requests::{AskPayout, PaidByHand, cancel_payout, record_payout, request_payout, retry_payout, return_payout};
pub use sending::follow_payout;
pub use tend::{Tended, tend};
pub use terms::{set_hold_days, set_minimum};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::LockType};

use super::{
    PayoutError,
    entity::payout,
    queries::{hold_days_of, minimum_of},
    rules::Standing,
};
use crate::{
    actor::Ctx,
    ids::{PartyId, PayoutId, StudioId},
    ledger::{
        commands::{Event, hold_owed},
        queries::young_shares,
    },
    money::{Currency, Money},
    parties::entity as parties,
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

/// A party of the studio.
async fn party_of(tx: &Tx, studio: StudioId, party: PartyId) -> Result<parties::Model, PayoutError> {
    let found = parties::Entity::find_by_id(party).one(tx).await?;
    found.filter(|row| row.studio_id == studio).ok_or(PayoutError::NoParty)
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

/// How a payee stands, their account held until the end of the transaction.
async fn hold(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    party: PartyId,
    currency: Currency,
) -> Result<Standing, PayoutError> {
    let event = Event {
        studio,
        source: SOURCE,
        external_id: "",
        order: None,
        reference: "",
        memo: "",
        currency,
        occurred_at: None,
    };
    let owed_minor = hold_owed(tx, &event, party).await?;
    let behind = ctx.env.now() - chrono::Duration::days(hold_days_of(tx, studio).await?.into());
    let young = young_shares(tx, studio, Some(party), behind).await?;
    Ok(Standing { owed_minor, young_minor: young.get(&(party, currency)).copied().unwrap_or(0) })
}

/// From which amount on a payee is paid.
async fn least(tx: &Tx, studio: StudioId, party: PartyId, currency: Currency) -> Result<Money, PayoutError> {
    Ok(Money::new(minimum_of(tx, studio, party, currency).await?, currency))
}

/// Refuses what belongs to another gateway than the one in use.
fn require_gateway(services: &Services, gateway: &str) -> Result<(), PayoutError> {
    let present = services.gateway.name();
    let other = || PayoutError::OtherGateway { gateway: gateway.to_owned(), present };
    (gateway == present).then_some(()).ok_or_else(other)
}
