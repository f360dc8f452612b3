//! Taking offers, and making them.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, QueryTrait,
};

use super::{Device, NewStep, ending::UNDER_WAY, write_step};
use crate::{
    actor::Ctx,
    acts::{self, NewAct, entity::Act},
    catalog::entity::beat,
    email::EmailAddress,
    env::Instant,
    identity::{
        commands::{hold_open, throttle},
        entity::studio,
    },
    ids::{BeatId, OfferSettingId, StudioId},
    licensing::terms::TierCode,
    money::Money,
    offers::{
        OfferError,
        entity::{OfferAct, OfferSide, OfferState, offer, setting, step},
        queries, rules,
    },
    outbox::{self, Job},
    policy::{self, Action},
    report::StoreError,
    sales::{
        commands::{carts, claims},
        rules::told_apart,
    },
    services::Services,
    store::{self, Tx},
};

/// Which offers a studio takes for a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferSettings {
    /// The tier.
    pub tier: TierCode,
    /// Whether any are taken.
    pub takes_offers: bool,
    /// The least that the studio wants to hear of; none for every offer.
    pub minimum: Option<Money>,
    /// For how many days each side can answer the other.
    pub answer_days: i32,
}

/// Sets which offers are taken for a tier: of all the studio's beats (`beat` none), or of one. What has been offered stays as it is.
pub async fn set_offers(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    beat: Option<BeatId>,
    settings: &OfferSettings,
) -> Result<setting::Model, OfferError> {
    policy::require(&ctx.actor, Action::ManageTiers, studio)?;
    let currency = studio::Entity::find_by_id(studio).one(tx).await?.ok_or(OfferError::NoStudio)?.currency;
    if let Some(beat) = beat {
        let found = beat::Entity::find_by_id(beat).filter(beat::Column::StudioId.eq(studio)).one(tx).await?;
        found.ok_or(OfferError::NoBeat)?;
    }
    rules::check_setting(settings.minimum, settings.answer_days, currency)?;
    let of_beat = beat.map_or_else(|| setting::Column::BeatId.is_null(), |beat| setting::Column::BeatId.eq(beat));
    let standing = setting::Entity::find()
        .filter(setting::Column::StudioId.eq(studio))
        .filter(setting::Column::TierCode.eq(settings.tier))
        .filter(of_beat)
        .one(tx)
        .await?;
    let id: OfferSettingId = standing.as_ref().map_or_else(|| ctx.env.id(), |row| row.id);
    let model = setting::Model {
        id,
        studio_id: studio,
        beat_id: beat,
        tier_code: settings.tier,
        takes_offers: settings.takes_offers,
        minimum_minor: settings.minimum.map(|minimum| minimum.minor),
        currency,
        answer_days: settings.answer_days,
        updated_at: ctx.env.now(),
    };
    let row = setting::ActiveModel { id: Set(id), ..model.clone().into_active_model().reset_all() };
    if standing.is_some() {
        row.update(tx).await?;
    } else if !store::insert_new(tx, row).await? {
        return Err(OfferError::Raced);
    }
    acts::record(tx, ctx, studio, told(standing.as_ref(), &model)).await?;
    Ok(model)
}

/// What has become of the offers that a tier takes.
fn told(before: Option<&setting::Model>, now: &setting::Model) -> NewAct {
    let minimum = |row: &setting::Model| row.minimum_minor.map(|minor| Money::new(minor, row.currency));
    let set = NewAct::of(Act::OffersSet)
        .with("tier", now.tier_code)
        .set("takesOffers", before.map(|row| row.takes_offers), Some(now.takes_offers))
        .set("minimum", before.and_then(minimum), minimum(now))
        .set("answerDays", before.map(|row| row.answer_days), Some(now.answer_days));
    match now.beat_id {
        Some(beat) => set.on(beat),
        None => set,
    }
}

/// An offer as it is made on a beat's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakeOffer {
    /// The beat.
    pub beat: BeatId,
    /// The tier.
    pub tier: TierCode,
    /// Where the answer is mailed.
    pub email: String,
    /// What the buyer would pay.
    pub amount: Money,
    /// What they say to it; may be empty.
    pub words: String,
    /// Where they sit.
    pub device: Device,
}

/// What came of making an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeOffer {
    /// The offer; that which the address had under way, as it stands, if it had one. Nothing of it is for who has just asked: its link is mailed.
    pub offer: offer::Model,
    /// Until when the studio can answer what is made now; said to who has just asked, whether or not it was.
    pub answered_by: Instant,
    /// Whether it was.
    is_new: bool,
}

/// Makes an offer at a studio, for a tier that takes offers, on the terms of now. The buyer is mailed their link, and the studio hears of it, unless it is
/// below the minimum: then it is declined hours or days later, and nothing tells it from any other until then.
///
/// If the address has one under way, that stands as it is, and its link is mailed once more: whoever asks learns nothing of it here.
///
/// # Errors
/// If the tier is not on sale or takes no offers, the amount is none, not in the studio's currency or no less than the price, or too many are made.
pub async fn make_offer(
    services: &Services,
    ctx: &Ctx,
    studio: StudioId,
    request: &MakeOffer,
) -> Result<MadeOffer, OfferError> {
    let email: EmailAddress = request.email.parse().map_err(|_| OfferError::Email)?;
    let words = rules::check_words(&request.words)?;
    let tx = services.begin().await?;
    let inserted = match count(&tx, ctx, &email, &request.device).await {
        Ok(()) => insert(&tx, ctx, studio, request, &email).await,
        Err(error) => Err(error),
    };
    let made = match inserted {
        Ok(made) => made,
        Err(error) => {
            // An attempt counts whatever comes of it.
            services.commit(tx).await?;
            return Err(error);
        }
    };
    let offer = &made.offer;
    if !made.is_new {
        let job = Job::MailOffer { offer: offer.id, step: 1, to: OfferSide::Buyer };
        outbox::put(&tx, ctx, Some(studio), &job).await?;
        services.commit(tx).await?;
        return Ok(made);
    }
    let first = NewStep {
        side: OfferSide::Buyer,
        act: OfferAct::Offered,
        amount_minor: Some(offer.amount_minor),
        words,
        user: None,
        device: request.device.clone(),
    };
    write_step(&tx, ctx, offer, first, offer.decline_at.is_some()).await?;
    services.commit(tx).await?;
    Ok(made)
}

async fn count(tx: &Tx, ctx: &Ctx, email: &EmailAddress, device: &Device) -> Result<(), OfferError> {
    let ip = device.ip.as_deref().unwrap_or_default();
    throttle::count(tx, &ctx.env, rules::OFFERS_PER_IP, ip).await?;
    throttle::count(tx, &ctx.env, rules::OFFERS_PER_ADDRESS, &email.account_key()).await?;
    Ok(())
}

async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    request: &MakeOffer,
    email: &EmailAddress,
) -> Result<MadeOffer, OfferError> {
    hold_open(tx, studio).await??;
    let (id, tier) = (request.beat, request.tier);
    let beat = beat::Entity::find_by_id(id).filter(beat::Column::StudioId.eq(studio)).one(tx).await?;
    let beat = beat.ok_or(OfferError::NoBeat)?;
    // So that its exclusive is not sold between this look and the offer.
    claims::lock_works(tx, std::iter::once((beat.work_id, false))).await?;
    // Whatever else it is sold in, offers are taken in the studio's currency, in which its minimum is.
    let on_sale = carts::find_offer(tx, studio, id, tier).await?;
    let taken = queries::taken_for(tx, studio, id).await?.remove(&tier).ok_or(OfferError::NotTaken(tier))?;
    rules::check_first(request.amount, on_sale.price)?;
    // Before any address is looked at: nothing here tells one that has an offer under way from others.
    if open_from(tx, (id, tier), request.device.ip.as_deref()).await? >= rules::MAX_OPEN_PER_IP {
        return Err(OfferError::FromHere);
    }
    let now = ctx.env.now();
    let answered_by = rules::expires_at(now, taken.answer_days);
    if let Some(offer) = standing(tx, (id, tier), email).await? {
        return Ok(MadeOffer { offer, answered_by, is_new: false });
    }
    let is_below = is_below(&taken, request.amount);
    let decline_at: Option<Instant> =
        is_below.then(|| rules::quiet_decline_at(now, ctx.env.random::<8>(), answered_by));
    let row = offer::Model {
        id: ctx.env.id(),
        studio_id: studio,
        beat_id: id,
        work_id: beat.work_id,
        beat_title: beat.title,
        tier_code: tier,
        terms: on_sale.terms,
        buyer_email: email.clone(),
        buyer_key: email.account_key(),
        state: OfferState::Open,
        amount_minor: request.amount.minor,
        currency: request.amount.currency,
        below_minimum: is_below,
        answer_days: taken.answer_days,
        steps: 1,
        made_at: now,
        expires_at: answered_by,
        decline_at,
        order_id: None,
    };
    if store::insert_new(tx, row.clone().into_active_model()).await? {
        return Ok(MadeOffer { offer: row, answered_by, is_new: true });
    }
    // Made by another click a moment ago.
    let offer = standing(tx, (id, tier), email).await?.ok_or(OfferError::Raced)?;
    Ok(MadeOffer { offer, answered_by, is_new: false })
}

/// The offer of an address for a tier of a beat that is under way.
async fn standing(
    tx: &Tx,
    (beat, tier): (BeatId, TierCode),
    email: &EmailAddress,
) -> Result<Option<offer::Model>, StoreError> {
    let found = offer::Entity::find()
        .filter(offer::Column::BeatId.eq(beat))
        .filter(offer::Column::TierCode.eq(tier))
        .filter(offer::Column::BuyerKey.eq(email.account_key()))
        .filter(offer::Column::State.is_in(UNDER_WAY));
    Ok(found.one(tx).await?)
}

/// How many offers for a tier of a beat are under way that were made from a network address; none of one that is not known.
async fn open_from(tx: &Tx, (beat, tier): (BeatId, TierCode), ip: Option<&str>) -> Result<u64, StoreError> {
    let Some(ip) = told_apart(ip) else { return Ok(0) };
    let from_there = step::Entity::find()
        .select_only()
        .column(step::Column::OfferId)
        .filter(step::Column::Seq.eq(1))
        .filter(step::Column::Ip.eq(ip));
    let open = offer::Entity::find()
        .filter(offer::Column::BeatId.eq(beat))
        .filter(offer::Column::TierCode.eq(tier))
        .filter(offer::Column::State.is_in(UNDER_WAY))
        .filter(offer::Column::Id.in_subquery(from_there.into_query()));
    Ok(open.count(tx).await?)
}

/// Whether an offer is below the minimum. Both are in the studio's currency; what is not in the minimum's is held to be below it, and never past it.
fn is_below(setting: &setting::Model, amount: Money) -> bool {
    setting.minimum_minor.is_some_and(|minimum| amount.currency != setting.currency || amount.minor < minimum)
}
