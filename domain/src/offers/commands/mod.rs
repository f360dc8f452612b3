//! What changes offers. Whoever changes one holds its work first, as sales do, so that an offer and a sale of the same work never wait for each other in a
//! circle, and an offer that is answered sees whether the work is still to be had.

mod answering;
mod ending;
mod making;
mod ordering;

pub use answering::{Answer, answer_as_buyer, answer_as_studio};
pub use ending::tend;
pub(crate) use ending::{mark_bought, withdraw_family};
pub use making::{MadeOffer, MakeOffer, OfferSettings, make_offer, set_offers};
pub use ordering::{OrderOffer, order_offer};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, sea_query::LockType,
};

use super::{
    entity::{OfferAct, OfferSide, OfferState, offer, step},
    rules,
};
use crate::{
    actor::Ctx,
    ids::{OfferId, UserId},
    money::Money,
    outbox::{self, Job},
    report::StoreError,
    sales::commands::claims,
    store::Tx,
};

/// Where a buyer sits; kept with what they do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The network address.
    pub ip: Option<String>,
    /// The browser.
    pub user_agent: Option<String>,
}

/// A step that has been decided upon.
struct NewStep {
    side: OfferSide,
    act: OfferAct,
    amount_minor: Option<i64>,
    words: Option<String>,
    user: Option<UserId>,
    device: Device,
}

impl NewStep {
    /// A step of the program itself.
    fn of_house(act: OfferAct) -> Self {
        Self { side: OfferSide::House, act, amount_minor: None, words: None, user: None, device: Device::default() }
    }
}

/// An offer and before it its work, held until the end of the transaction: an exclusive's alone, for to accept it may begin others' first refusal.
async fn lock(tx: &Tx, id: OfferId) -> Result<Option<offer::Model>, StoreError> {
    match offer::Entity::find_by_id(id).one(tx).await? {
        Some(found) => hold(tx, &found).await,
        None => Ok(None),
    }
}

/// The same of an offer that was read before: as it stands once it is held.
async fn hold(tx: &Tx, found: &offer::Model) -> Result<Option<offer::Model>, StoreError> {
    claims::lock_works(tx, std::iter::once((found.work_id, found.terms.is_exclusive()))).await?;
    Ok(offer::Entity::find_by_id(found.id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// The amount that a side has named last; none if it has named none.
async fn last_named(tx: &Tx, offer: &offer::Model, side: OfferSide) -> Result<Option<Money>, StoreError> {
    let last = step::Entity::find()
        .filter(step::Column::OfferId.eq(offer.id))
        .filter(step::Column::Side.eq(side))
        .filter(step::Column::AmountMinor.is_not_null())
        .order_by_desc(step::Column::Seq)
        .one(tx)
        .await?;
    Ok(last.and_then(|step| step.amount_minor).map(|minor| Money::new(minor, offer.currency)))
}

/// Takes a step of an offer that is held: writes it down, with what follows of it for the offer, and has those told whom it concerns.
async fn take(
    tx: &Tx,
    ctx: &Ctx,
    offer: offer::Model,
    to: OfferState,
    new: NewStep,
) -> Result<offer::Model, StoreError> {
    let (is_quiet, now) = (offer.decline_at.is_some(), ctx.env.now());
    let renews = matches!(new.act, OfferAct::Offered | OfferAct::Accepted);
    let expires_at = if renews { rules::expires_at(now, offer.answer_days) } else { offer.expires_at };
    let row = offer::ActiveModel {
        state: Set(to),
        amount_minor: Set(new.amount_minor.unwrap_or(offer.amount_minor)),
        steps: Set(offer.steps.saturating_add(1)),
        expires_at: Set(expires_at),
        decline_at: Set(None),
        ..offer.into_active_model()
    };
    let offer = row.update(tx).await?;
    write_step(tx, ctx, &offer, new, is_quiet).await?;
    Ok(offer)
}

/// Writes down the last step of an offer, and the mails about it.
async fn write_step(tx: &Tx, ctx: &Ctx, offer: &offer::Model, new: NewStep, is_quiet: bool) -> Result<(), StoreError> {
    let (side, act) = (new.side, new.act);
    let row = step::ActiveModel {
        offer_id: Set(offer.id),
        seq: Set(offer.steps),
        side: Set(side),
        act: Set(act),
        amount_minor: Set(new.amount_minor),
        words: Set(new.words),
        user_id: Set(new.user),
        ip: Set(new.device.ip),
        user_agent: Set(new.device.user_agent),
        at: Set(ctx.env.now()),
    };
    row.insert(tx).await?;
    for to in rules::told(side, act, offer.steps == 1, is_quiet) {
        let job = Job::MailOffer { offer: offer.id, step: offer.steps, to: *to };
        outbox::put(tx, ctx, Some(offer.studio_id), &job).await?;
    }
    Ok(())
}
