//! Setting coupons, bulk deals, bundles and rates of tax. Orders that are placed keep what they cost.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, sea_query::LockType,
};

use crate::{
    actor::Ctx,
    catalog::entity::beat,
    identity::entity::studio,
    ids::{BeatId, BulkDealId, BundleId, StudioId},
    money::Currency,
    policy::{self, Action},
    pricing::{
        PricingError,
        entity::{
            bulk_deal, bulk_deal_tier, bundle, bundle_beat, bundle_price, coupon, coupon_beat, coupon_tier, tax_rate,
        },
        queries::{self, BundleView},
        rules::{
            BulkRule, CouponRule, Off, code,
            settings::{
                self as rules, BulkSettings, BundleSettings, CouponSettings, MAX_BUNDLES, SettingFault, TaxSettings,
            },
        },
    },
    store::{self, Tx},
};

/// Holds the studio until the end of the transaction, so that of two who set its prices the later sees what the earlier has set; its currency.
async fn hold_studio(tx: &Tx, ctx: &Ctx, studio: StudioId) -> Result<Currency, PricingError> {
    policy::require(&ctx.actor, Action::ManageTiers, studio)?;
    let row = studio::Entity::find_by_id(studio).lock(LockType::NoKeyUpdate).one(tx).await?;
    Ok(row.ok_or(PricingError::NoStudio)?.currency)
}

async fn require_beats(
    tx: &Tx,
    studio: StudioId,
    beats: impl ExactSizeIterator<Item = BeatId>,
) -> Result<(), PricingError> {
    let wanted = beats.len();
    let own = beat::Entity::find()
        .filter(beat::Column::StudioId.eq(studio))
        .filter(beat::Column::Id.is_in(beats))
        .count(tx)
        .await?;
    if usize::try_from(own) == Ok(wanted) { Ok(()) } else { Err(SettingFault::NoBeat.into()) }
}

/// Makes a coupon, or changes the one of the same code. Its code, and the uses that are taken, stay.
pub async fn set_coupon(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    settings: &CouponSettings,
) -> Result<CouponRule, PricingError> {
    let currency = hold_studio(tx, ctx, studio).await?;
    let kept = code(&settings.code).ok_or(SettingFault::Code)?;
    let standing = coupon::Entity::find()
        .filter(coupon::Column::StudioId.eq(studio))
        .filter(coupon::Column::Code.eq(kept))
        // Held: an order may be taking a use.
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?;
    let uses = standing.as_ref().map_or(0, |row| row.uses);
    let code = rules::check_coupon(settings, currency, uses)?;
    require_beats(tx, studio, settings.beats.iter().copied()).await?;
    let (is_new, id, created_at) = match &standing {
        Some(row) => (false, row.id, row.created_at),
        None => (true, ctx.env.id(), ctx.env.now()),
    };
    let row = coupon::Model {
        id,
        studio_id: studio,
        code,
        off_minor: if let Off::Amount(amount) = settings.off { Some(amount.minor) } else { None },
        off_part: if let Off::Part(part) = settings.off { Some(part) } else { None },
        minimum_minor: settings.minimum.map(|minimum| minimum.minor),
        currency,
        starts_at: settings.starts_at,
        ends_at: settings.ends_at,
        max_uses: settings.max_uses,
        uses,
        enabled: settings.enabled,
        created_at,
    };
    if is_new {
        if !store::insert_new(tx, row.clone().into_active_model()).await? {
            return Err(PricingError::Raced);
        }
    } else {
        let changed = row.clone().into_active_model().reset_all();
        coupon::ActiveModel { id: Set(id), ..changed }.update(tx).await?;
        coupon_beat::Entity::delete_many().filter(coupon_beat::Column::CouponId.eq(id)).exec(tx).await?;
        coupon_tier::Entity::delete_many().filter(coupon_tier::Column::CouponId.eq(id)).exec(tx).await?;
    }
    for beat in &settings.beats {
        coupon_beat::ActiveModel { coupon_id: Set(id), beat_id: Set(*beat) }.insert(tx).await?;
    }
    for tier in &settings.tiers {
        coupon_tier::ActiveModel { coupon_id: Set(id), tier_code: Set(*tier) }.insert(tx).await?;
    }
    Ok(queries::coupon_as_set(tx, row).await?)
}

/// Sets all bulk deals of a studio, in the place of those that were.
pub async fn set_bulk_deals(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    deals: &[BulkSettings],
) -> Result<Vec<BulkRule>, PricingError> {
    hold_studio(tx, ctx, studio).await?;
    rules::check_deals(deals)?;
    // Their tiers go with them.
    bulk_deal::Entity::delete_many().filter(bulk_deal::Column::StudioId.eq(studio)).exec(tx).await?;
    for deal in deals {
        let id: BulkDealId = ctx.env.id();
        let row =
            bulk_deal::ActiveModel { id: Set(id), studio_id: Set(studio), buy: Set(deal.buy), free: Set(deal.free) };
        row.insert(tx).await?;
        for tier in &deal.tiers {
            let row = bulk_deal_tier::ActiveModel { studio_id: Set(studio), tier_code: Set(*tier), deal_id: Set(id) };
            row.insert(tx).await?;
        }
    }
    Ok(queries::deals_of(tx, studio).await?)
}

/// Makes a bundle, or changes the one that is named; its prices in further currencies take the place of those that were.
pub async fn set_bundle(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    id: Option<BundleId>,
    settings: &BundleSettings,
) -> Result<BundleView, PricingError> {
    let currency = hold_studio(tx, ctx, studio).await?;
    let name = rules::check_bundle(settings, currency)?;
    require_beats(tx, studio, settings.beats.iter().copied()).await?;
    let of_studio = || bundle::Entity::find().filter(bundle::Column::StudioId.eq(studio));
    let is_new = id.is_none();
    if is_new && of_studio().count(tx).await? >= MAX_BUNDLES {
        return Err(SettingFault::Bundles.into());
    }
    let id = match id {
        Some(id) => of_studio().filter(bundle::Column::Id.eq(id)).one(tx).await?.ok_or(PricingError::NoBundle)?.id,
        None => ctx.env.id(),
    };
    let row = bundle::Model {
        id,
        studio_id: studio,
        name,
        tier_code: settings.tier,
        price_minor: settings.price.minor,
        currency,
        enabled: settings.enabled,
        updated_at: ctx.env.now(),
    };
    if is_new {
        row.clone().into_active_model().insert(tx).await?;
    } else {
        let changed = row.clone().into_active_model().reset_all();
        bundle::ActiveModel { id: Set(id), ..changed }.update(tx).await?;
        bundle_beat::Entity::delete_many().filter(bundle_beat::Column::BundleId.eq(id)).exec(tx).await?;
        bundle_price::Entity::delete_many().filter(bundle_price::Column::BundleId.eq(id)).exec(tx).await?;
    }
    for price in &settings.further {
        let row = bundle_price::ActiveModel {
            bundle_id: Set(id),
            currency: Set(price.currency),
            studio_id: Set(studio),
            price_minor: Set(price.minor),
        };
        row.insert(tx).await?;
    }
    for (position, beat) in (0..).zip(&settings.beats) {
        let row = bundle_beat::ActiveModel { bundle_id: Set(id), beat_id: Set(*beat), position: Set(position) };
        row.insert(tx).await?;
    }
    queries::whole(tx, vec![row]).await?.pop().ok_or(PricingError::NoBundle)
}

/// Drops a bundle. False if there was none.
pub async fn remove_bundle(tx: &Tx, ctx: &Ctx, studio: StudioId, id: BundleId) -> Result<bool, PricingError> {
    policy::require(&ctx.actor, Action::ManageTiers, studio)?;
    let dropped = bundle::Entity::delete_many()
        .filter(bundle::Column::Id.eq(id))
        .filter(bundle::Column::StudioId.eq(studio))
        .exec(tx)
        .await?;
    Ok(dropped.rows_affected > 0)
}

/// Sets all rates of tax of a studio, in the place of those that were. With none, nobody is asked for their country.
pub async fn set_tax_rates(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    rates: &[TaxSettings],
) -> Result<Vec<tax_rate::Model>, PricingError> {
    hold_studio(tx, ctx, studio).await?;
    let names = rules::check_rates(rates)?;
    tax_rate::Entity::delete_many().filter(tax_rate::Column::StudioId.eq(studio)).exec(tx).await?;
    let mut set = Vec::with_capacity(rates.len());
    for (rate, name) in rates.iter().zip(names) {
        let row = tax_rate::Model {
            studio_id: studio,
            country: rate.country,
            name,
            rate: rate.rate,
            included: rate.included,
        };
        row.clone().into_active_model().insert(tx).await?;
        set.push(row);
    }
    set.sort_by_key(|row| row.country);
    Ok(set)
}
