//! Setting tiers.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use super::{
    LicensingError,
    entity::{tier, tier_price},
    prices::prices_of_tiers,
    queries,
    rules::{self, TierSettings},
    terms::TierCode,
};
use crate::{
    actor::Ctx,
    acts::{self, NewAct, entity::Act, listed},
    catalog::entity::beat,
    identity::entity::studio,
    ids::{BeatId, StudioId, TierId},
    money::{Currency, Money},
    policy::{self, Action},
    report::StoreError,
    store::{self, Tx},
};

/// Gives a studio the five default tiers; what it has already set stays. Called where a studio is founded, which is permission enough.
pub async fn seed_default_tiers(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    currency: Currency,
    credit_name: &str,
) -> Result<(), StoreError> {
    for settings in rules::default_tiers(currency, credit_name) {
        store::insert_new(tx, row(ctx, ctx.env.id(), studio, None, &settings)).await?;
    }
    Ok(())
}

/// Sets a tier: the studio's default (`beat` none), or one beat's own version of it. Its prices in further currencies take the place of those that were.
/// Licences and open orders keep the terms they had.
pub async fn set_tier(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    beat: Option<BeatId>,
    settings: &TierSettings,
) -> Result<tier::Model, LicensingError> {
    policy::require(&ctx.actor, Action::ManageTiers, studio)?;
    let currency = studio::Entity::find_by_id(studio).one(tx).await?.ok_or(LicensingError::NoStudio)?.currency;
    let has_stems = match beat {
        None => None,
        Some(beat) => {
            require_beat(tx, studio, beat).await?;
            Some(queries::with_stems(tx, &[beat]).await?.contains(&beat))
        }
    };
    rules::check_tier(settings, currency, has_stems)?;
    save(tx, ctx, studio, beat, settings).await
}

/// Puts a tier on sale or takes it off, for the studio or for one beat. A beat without a version of its own gets one, the default's.
pub async fn set_tier_enabled(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    beat: Option<BeatId>,
    code: TierCode,
    enabled: bool,
) -> Result<tier::Model, LicensingError> {
    policy::require(&ctx.actor, Action::ManageTiers, studio)?;
    if let Some(beat) = beat {
        require_beat(tx, studio, beat).await?;
    }
    // Held, so that what somebody else sets meanwhile is not undone.
    let own = hold(tx, studio, beat, code).await?;
    let standing = match own {
        Some(own) => own,
        None => hold(tx, studio, None, code).await?.ok_or(LicensingError::NoTier(code))?,
    };
    let further = prices_of_tiers(tx, &[standing.id]).await?.remove(&standing.id).unwrap_or_default();
    let settings = TierSettings { enabled, ..queries::settings(&standing, further) };
    save(tx, ctx, studio, beat, &settings).await
}

/// Drops a beat's own version of a tier, so that the studio's default holds again. False if it had none.
pub async fn reset_tier(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    beat: BeatId,
    code: TierCode,
) -> Result<bool, LicensingError> {
    policy::require(&ctx.actor, Action::ManageTiers, studio)?;
    require_beat(tx, studio, beat).await?;
    let dropped = tier::Entity::delete_many()
        .filter(tier::Column::StudioId.eq(studio))
        .filter(tier::Column::BeatId.eq(beat))
        .filter(tier::Column::Code.eq(code))
        .exec(tx)
        .await?;
    let had_one = dropped.rows_affected > 0;
    if had_one {
        acts::record(tx, ctx, studio, NewAct::of(Act::TierReset).on(beat).with("tier", code)).await?;
    }
    Ok(had_one)
}

async fn require_beat(tx: &Tx, studio: StudioId, beat: BeatId) -> Result<(), LicensingError> {
    let found = beat::Entity::find_by_id(beat).filter(beat::Column::StudioId.eq(studio)).one(tx).await?;
    found.map(drop).ok_or(LicensingError::NoBeat)
}

/// Finds a tier and holds it until the transaction ends.
async fn hold(
    tx: &Tx,
    studio: StudioId,
    beat: Option<BeatId>,
    code: TierCode,
) -> Result<Option<tier::Model>, StoreError> {
    let of_beat = beat.map_or_else(|| tier::Column::BeatId.is_null(), |beat| tier::Column::BeatId.eq(beat));
    Ok(tier::Entity::find()
        .filter(tier::Column::StudioId.eq(studio))
        .filter(tier::Column::Code.eq(code))
        .filter(of_beat)
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?)
}

async fn save(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    beat: Option<BeatId>,
    settings: &TierSettings,
) -> Result<tier::Model, LicensingError> {
    let standing = hold(tx, studio, beat, settings.terms.tier).await?;
    let further = match &standing {
        Some(standing) => prices_of_tiers(tx, &[standing.id]).await?.remove(&standing.id).unwrap_or_default(),
        None => Vec::new(),
    };
    let before = standing.as_ref().map(|standing| queries::settings(standing, further));
    let saved = if let Some(standing) = standing {
        // Every column but the key is set, so that what comes back is what was asked for.
        row(ctx, standing.id, studio, beat, settings).update(tx).await?
    } else {
        let id = ctx.env.id();
        if !store::insert_new(tx, row(ctx, id, studio, beat, settings)).await? {
            return Err(LicensingError::Raced);
        }
        tier::Entity::find_by_id(id).one(tx).await?.ok_or(LicensingError::Raced)?
    };
    replace_prices(tx, &saved, &settings.further).await?;
    let now = queries::settings(&saved, settings.further.clone());
    acts::record(tx, ctx, studio, told(beat, before.as_ref(), &now)).await?;
    Ok(saved)
}

/// What a tier has become. Of its terms, which are long, that they are others.
fn told(beat: Option<BeatId>, before: Option<&TierSettings>, now: &TierSettings) -> NewAct {
    let set = NewAct::of(Act::TierSet)
        .with("tier", now.terms.tier)
        .set("price", before.map(|before| before.price), Some(now.price))
        .set("prices", before.and_then(|before| listed(&before.further)), listed(&now.further))
        .set("enabled", before.map(|before| before.enabled), Some(now.enabled))
        .set_unseen("terms", &before.map(|before| &before.terms), &Some(&now.terms));
    match beat {
        Some(beat) => set.on(beat),
        None => set,
    }
}

/// Sets what a tier, which is held, costs in further currencies.
async fn replace_prices(tx: &Tx, tier: &tier::Model, further: &[Money]) -> Result<(), StoreError> {
    tier_price::Entity::delete_many().filter(tier_price::Column::TierId.eq(tier.id)).exec(tx).await?;
    for price in further {
        let row = tier_price::ActiveModel {
            tier_id: Set(tier.id),
            currency: Set(price.currency),
            studio_id: Set(tier.studio_id),
            price_minor: Set(price.minor),
        };
        row.insert(tx).await?;
    }
    Ok(())
}

fn row(ctx: &Ctx, id: TierId, studio: StudioId, beat: Option<BeatId>, settings: &TierSettings) -> tier::ActiveModel {
    let TierSettings { price, terms, enabled, .. } = settings;
    let model = tier::Model {
        id,
        studio_id: studio,
        beat_id: beat,
        code: terms.tier,
        name: terms.tier_name.trim().to_owned(),
        price_minor: price.minor,
        currency: price.currency,
        delivers_mp3: terms.files.mp3,
        delivers_wav: terms.files.wav,
        delivers_stems: terms.files.stems,
        max_streams: terms.caps.streams,
        max_copies: terms.caps.copies,
        max_music_videos: terms.caps.music_videos,
        max_radio_stations: terms.caps.radio_stations,
        max_performances: terms.caps.performances,
        at_cap: terms.at_cap,
        term_months: terms.term_months,
        publishing_kept: terms.publishing_kept,
        credit_line: terms.credit_line.trim().to_owned(),
        enabled: *enabled,
        updated_at: ctx.env.now(),
    };
    let row = model.into_active_model().reset_all();
    tier::ActiveModel { id: Set(id), ..row }
}
