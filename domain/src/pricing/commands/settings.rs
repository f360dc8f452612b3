//! Setting coupons, bulk deals, bundles and rates of tax. Orders that are placed keep what they cost.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, sea_query::LockType,
};

use crate::{
    actor::Ctx,
    acts::{self, NewAct, entity::Act, listed},
    catalog::entity::beat,
    identity::entity::studio,
    ids::{BeatId, BulkDealId, BundleId, StudioId},
    money::{Currency, Money},
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
    acts::record(tx, ctx, studio, coupon_told(standing.as_ref(), &row)).await?;
    Ok(queries::coupon_as_set(tx, row).await?)
}

/// What a coupon has become.
fn coupon_told(before: Option<&coupon::Model>, now: &coupon::Model) -> NewAct {
    let money = |row: &coupon::Model, minor: Option<i64>| minor.map(|minor| Money::new(minor, row.currency));
    let off = |row: &coupon::Model| match row.off_part {
        Some(part) => Some(format!("{part} %")),
        None => money(row, row.off_minor).map(|amount| amount.to_string()),
    };
    NewAct::of(Act::CouponSet)
        .on(now.id)
        .with("code", &now.code)
        .set("off", before.and_then(off), off(now))
        .set("minimum", before.and_then(|row| money(row, row.minimum_minor)), money(now, now.minimum_minor))
        .set("startsAt", before.and_then(|row| row.starts_at), now.starts_at)
        .set("endsAt", before.and_then(|row| row.ends_at), now.ends_at)
        .set("maxUses", before.and_then(|row| row.max_uses), now.max_uses)
        .set("enabled", before.map(|row| row.enabled), Some(now.enabled))
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
    let before = bulk_deal::Entity::find().filter(bulk_deal::Column::StudioId.eq(studio)).all(tx).await?;
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
    let before = before.iter().map(|deal| (deal.buy, deal.free));
    let (before, now) = (deals_told(before), deals_told(deals.iter().map(|deal| (deal.buy, deal.free))));
    acts::record(tx, ctx, studio, NewAct::of(Act::BulkDealsSet).set("deals", before, now)).await?;
    Ok(queries::deals_of(tx, studio).await?)
}

/// Bulk deals as an act tells them: how many are paid, and how many more are free; none if there are none.
fn deals_told(deals: impl Iterator<Item = (i32, i32)>) -> Option<String> {
    let mut deals: Vec<(i32, i32)> = deals.collect();
    deals.sort_unstable();
    let told: Vec<String> = deals.iter().map(|(buy, free)| format!("{buy} + {free}")).collect();
    (!told.is_empty()).then(|| told.join(", "))
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
    let before = match id {
        Some(id) => {
            let row = of_studio().filter(bundle::Column::Id.eq(id)).one(tx).await?.ok_or(PricingError::NoBundle)?;
            queries::whole(tx, vec![row]).await?.pop()
        }
        None => None,
    };
    let id = id.unwrap_or_else(|| ctx.env.id());
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
    let set = queries::whole(tx, vec![row]).await?.pop().ok_or(PricingError::NoBundle)?;
    acts::record(tx, ctx, studio, bundle_told(before.as_ref(), &set)).await?;
    Ok(set)
}

/// What a bundle has become.
fn bundle_told(before: Option<&BundleView>, now: &BundleView) -> NewAct {
    NewAct::of(Act::BundleSet)
        .on(now.bundle.id)
        .with("name", &now.bundle.name)
        .set("tier", before.map(|before| before.bundle.tier_code), Some(now.bundle.tier_code))
        .set("price", before.map(BundleView::price), Some(now.price()))
        .set("prices", before.and_then(|before| listed(&before.further)), listed(&now.further))
        .set("enabled", before.map(|before| before.bundle.enabled), Some(now.bundle.enabled))
        .set_unseen("beats", &before.map(|before| &before.beats), &Some(&now.beats))
}

/// Drops a bundle. False if there was none.
pub async fn remove_bundle(tx: &Tx, ctx: &Ctx, studio: StudioId, id: BundleId) -> Result<bool, PricingError> {
    policy::require(&ctx.actor, Action::ManageTiers, studio)?;
    let own = bundle::Entity::find_by_id(id).filter(bundle::Column::StudioId.eq(studio));
    let Some(found) = own.lock(LockType::Update).one(tx).await? else { return Ok(false) };
    bundle::Entity::delete_by_id(id).exec(tx).await?;
    acts::record(tx, ctx, studio, NewAct::of(Act::BundleRemoved).on(id).with("name", &found.name)).await?;
    Ok(true)
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
    let before = tax_rate::Entity::find().filter(tax_rate::Column::StudioId.eq(studio)).all(tx).await?;
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
    let told = NewAct::of(Act::TaxRatesSet).set("rates", rates_told(&before), rates_told(&set));
    acts::record(tx, ctx, studio, told).await?;
    Ok(set)
}

/// Rates of tax as an act tells them, in the order of their countries; none if there are none.
fn rates_told(rates: &[tax_rate::Model]) -> Option<String> {
    let mut told: Vec<String> = rates.iter().map(|rate| format!("{} {} %", rate.country, rate.rate)).collect();
    told.sort_unstable();
    (!told.is_empty()).then(|| told.join(", "))
}
