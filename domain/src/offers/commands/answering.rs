//! Answering: each side accepts, declines, or names another amount.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{Device, NewStep, hold, last_named, lock, take};
use crate::{
    actor::Ctx,
    catalog::entity::beat,
    first_refusal,
    identity::commands::hold_open,
    ids::OfferId,
    money::Money,
    offers::{
        OfferError,
        entity::{OfferAct, OfferSide, OfferState, offer},
        rules::{self, Next, Standing},
    },
    policy::{self, Action},
    sales::commands::direct,
    store::Tx,
};

/// What is answered, and what is said with it; the words may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// The other's amount is accepted.
    Accept,
    /// It is declined; or, of what nobody has answered yet, one's own taken back.
    Decline(&'a str),
    /// Another amount is named.
    Counter(Money, &'a str),
}

/// The studio answers an offer.
pub async fn answer_as_studio(tx: &Tx, ctx: &Ctx, id: OfferId, answer: Answer<'_>) -> Result<offer::Model, OfferError> {
    // Nothing of a stranger's is held, nor read any more than of one that is nowhere.
    let found = offer::Entity::find_by_id(id).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageSales, found, |row| row.studio_id)?;
    let offer = hold(tx, &found.ok_or(OfferError::NoOffer)?).await?.ok_or(OfferError::NoOffer)?;
    let act = match answer {
        Answer::Accept => OfferAct::Accepted,
        Answer::Decline(_) => OfferAct::Declined,
        Answer::Counter(..) => OfferAct::Offered,
    };
    reply(tx, ctx, offer, (OfferSide::Studio, act), answer, Device::default()).await
}

/// The buyer answers, who holds the link of the offer: [`super::super::queries::find_by_link`] tells which it is.
pub async fn answer_as_buyer(
    tx: &Tx,
    ctx: &Ctx,
    id: OfferId,
    answer: Answer<'_>,
    device: Device,
) -> Result<offer::Model, OfferError> {
    let offer = lock(tx, id).await?.ok_or(OfferError::NoOffer)?;
    let act = match answer {
        Answer::Accept => OfferAct::Accepted,
        // What the studio has not answered is the buyer's own.
        Answer::Decline(_) if offer.state == OfferState::Open => OfferAct::Withdrawn,
        Answer::Decline(_) => OfferAct::Declined,
        Answer::Counter(..) => OfferAct::Offered,
    };
    if !matches!(answer, Answer::Decline(_)) {
        hold_open(tx, offer.studio_id).await??;
    }
    reply(tx, ctx, offer, (OfferSide::Buyer, act), answer, device).await
}

async fn reply(
    tx: &Tx,
    ctx: &Ctx,
    offer: offer::Model,
    (side, act): (OfferSide, OfferAct),
    answer: Answer<'_>,
    device: Device,
) -> Result<offer::Model, OfferError> {
    let (amount, words) = match answer {
        Answer::Accept => (None, ""),
        Answer::Decline(words) => (None, words),
        Answer::Counter(amount, words) => (Some(amount), words),
    };
    let standing = Standing {
        state: offer.state,
        amount: Money::new(offer.amount_minor, offer.currency),
        own: last_named(tx, &offer, side).await?,
        steps: offer.steps,
        expires_at: offer.expires_at,
    };
    let to = rules::step(standing, Next { side, act, amount }, ctx.env.now())?;
    let words = rules::check_words(words)?;
    // Nobody promises what is not to be had.
    let promised = match to {
        OfferState::Accepted | OfferState::Countered => {
            Some(direct::require_licensable(tx, offer.beat_id, &offer.terms).await?)
        }
        _ => None,
    };
    let user = ctx.actor.user().filter(|_| side == OfferSide::Studio);
    let new = NewStep { side, act, amount_minor: amount.map(|amount| amount.minor), words, user, device };
    let offer = take(tx, ctx, offer, to, new).await?;
    match promised {
        Some(beat) if to == OfferState::Accepted => ask_leaseholders(tx, ctx, offer, &beat).await,
        _ => Ok(offer),
    }
}

/// Has those who hold a lease asked at once whether they want an exclusive that was just promised to somebody; the time to order it begins when theirs is
/// over.
async fn ask_leaseholders(
    tx: &Tx,
    ctx: &Ctx,
    offer: offer::Model,
    beat: &beat::Model,
) -> Result<offer::Model, OfferError> {
    let wish = (beat, &offer.terms, Money::new(offer.amount_minor, offer.currency));
    let Some(until) = first_refusal::commands::hold_back(tx, ctx, wish, None).await? else { return Ok(offer) };
    let expires_at = rules::expires_at(until, offer.answer_days).max(offer.expires_at);
    let row = offer::ActiveModel { expires_at: Set(expires_at), ..offer.into_active_model() };
    Ok(row.update(tx).await?)
}
