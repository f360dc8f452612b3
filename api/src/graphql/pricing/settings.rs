//! What a studio sets of its prices.

use async_graphql::{Context, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::{
    ids::{BeatId, BundleId, StudioId},
    pricing::{
        Country,
        commands::settings as commands,
        entity::tax_rate,
        queries::BundleView,
        rules::{
            BulkRule, CouponRule, Off,
            settings::{BulkSettings, BundleSettings, CouponSettings, TaxSettings},
        },
    },
    report::{Kind, Report},
};

use super::{BulkDeal, Bundle, Coupon, TaxRate};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        errors::Failure,
        licensing::TierCode,
        scalars::{Id, MoneyInput, amounts, share},
    },
    payload,
};

/// A coupon to be set.
#[derive(Debug, InputObject)]
pub struct SetCouponInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// Its code, 1 to 40 letters, digits and hyphens. One that the studio has is changed; its uses stay.
    pub code: String,
    /// The amount that it takes off; this or `percentOffPpm`.
    pub amount_off: Option<MoneyInput>,
    /// The part that it takes off, in parts per million.
    pub percent_off_ppm: Option<i32>,
    /// What an order comes to at the least before it is taken off.
    pub minimum: Option<MoneyInput>,
    /// The beats that it is for; any, if none is named.
    #[graphql(default)]
    pub beats: Vec<Id<BeatId>>,
    /// The tiers that it is for; any, if none is named.
    #[graphql(default)]
    pub tiers: Vec<TierCode>,
    /// From when on it can be used.
    pub starts_at: Option<DateTime<Utc>>,
    /// Until when, exclusively.
    pub ends_at: Option<DateTime<Utc>>,
    /// How often it can be used; absent for without end.
    pub max_uses: Option<i32>,
    /// Whether it is given out.
    #[graphql(default = true)]
    pub enabled: bool,
}

/// A bulk deal to be set.
#[derive(Debug, InputObject)]
pub struct BulkDealInput {
    /// How many are paid, 1 to 20.
    pub buy: i32,
    /// How many more are free, 1 to 20: the cheapest.
    pub free: i32,
    /// Of which tiers; each tier is in one deal at the most, and the exclusive one in none.
    pub tiers: Vec<TierCode>,
}

/// All bulk deals of a studio.
#[derive(Debug, InputObject)]
pub struct SetBulkDealsInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The deals, in the place of those that were.
    pub deals: Vec<BulkDealInput>,
}

/// A bundle to be set.
#[derive(Debug, InputObject)]
pub struct SetBundleInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The bundle to be changed; absent for a new one.
    pub id: Option<Id<BundleId>>,
    /// Its name.
    pub name: String,
    /// The tier.
    pub tier: TierCode,
    /// The beats, 2 to 50, in the order in which they are shown.
    pub beats: Vec<Id<BeatId>>,
    /// What they cost together, in the studio's currency.
    pub price: MoneyInput,
    /// What they cost together in further currencies, each of them once, in the place of those that were; in any other it is not sold.
    #[graphql(default)]
    pub prices: Vec<MoneyInput>,
    /// Whether it is on sale.
    #[graphql(default = true)]
    pub enabled: bool,
}

/// A bundle to be dropped.
#[derive(Debug, InputObject)]
pub struct RemoveBundleInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The bundle.
    pub id: Id<BundleId>,
}

/// A rate of tax to be set.
#[derive(Debug, InputObject)]
pub struct TaxRateInput {
    /// The buyer's country, its ISO 3166-1 code such as `DE`.
    pub country: String,
    /// What the tax is called there, such as `VAT`.
    pub name: String,
    /// The rate, in parts per million.
    pub rate_ppm: i32,
    /// Whether the studio's prices have it in them; otherwise it comes on top.
    pub included: bool,
}

/// All rates of tax of a studio.
#[derive(Debug, InputObject)]
pub struct SetTaxRatesInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The rates, in the place of those that were. With any, buyers are asked for their country.
    pub rates: Vec<TaxRateInput>,
}

payload! {
    /// What came of `setCoupon`.
    pub struct SetCouponPayload {
        /// The coupon as it is set now.
        coupon: Coupon
    }
}

payload! {
    /// What came of `setBulkDeals`.
    pub struct SetBulkDealsPayload {
        /// The deals as they are set now.
        deals: Vec<BulkDeal>
    }
}

payload! {
    /// What came of `setBundle`.
    pub struct SetBundlePayload {
        /// The bundle as it is set now.
        bundle: Bundle
    }
}

payload! {
    /// What came of `removeBundle`.
    pub struct RemoveBundlePayload {
        /// Whether there was one to drop.
        dropped: bool
    }
}

payload! {
    /// What came of `setTaxRates`.
    pub struct SetTaxRatesPayload {
        /// The rates as they are set now.
        rates: Vec<TaxRate>
    }
}

/// Mutations of a studio's prices.
#[derive(Debug, Default)]
pub struct PricingMutation;

#[Object]
impl PricingMutation {
    /// Makes a coupon, or changes the one of the same code. Orders that are placed keep what they cost.
    async fn set_coupon(&self, ctx: &Context<'_>, input: SetCouponInput) -> Result<SetCouponPayload, Failure> {
        SetCouponPayload::of(set_coupon(caller(ctx)?, input).await)
    }

    /// Sets all bulk deals of a studio, in the place of those that were.
    async fn set_bulk_deals(
        &self,
        ctx: &Context<'_>,
        input: SetBulkDealsInput,
    ) -> Result<SetBulkDealsPayload, Failure> {
        let set = set_bulk_deals(caller(ctx)?, input).await;
        SetBulkDealsPayload::of(set.map(|deals| deals.into_iter().map(BulkDeal::from).collect::<Vec<_>>()))
    }

    /// Makes a bundle, or changes one.
    async fn set_bundle(&self, ctx: &Context<'_>, input: SetBundleInput) -> Result<SetBundlePayload, Failure> {
        SetBundlePayload::of(set_bundle(caller(ctx)?, input).await)
    }

    /// Drops a bundle.
    async fn remove_bundle(&self, ctx: &Context<'_>, input: RemoveBundleInput) -> Result<RemoveBundlePayload, Failure> {
        RemoveBundlePayload::of(remove_bundle(caller(ctx)?, input).await)
    }

    /// Sets all rates of tax of a studio, in the place of those that were.
    async fn set_tax_rates(&self, ctx: &Context<'_>, input: SetTaxRatesInput) -> Result<SetTaxRatesPayload, Failure> {
        let set = set_tax_rates(caller(ctx)?, input).await;
        SetTaxRatesPayload::of(set.map(|rates| rates.into_iter().map(TaxRate::from).collect::<Vec<_>>()))
    }
}

/// The beats of a list, or a refusal that names the one that is none.
fn beats_of(ids: &[Id<BeatId>]) -> Result<Vec<BeatId>, Failure> {
    ids.iter().enumerate().map(|(place, id)| id.named(&format!("beats.{place}"))).collect()
}

async fn set_coupon(caller: &Caller, input: SetCouponInput) -> Result<CouponRule, Failure> {
    let studio = input.studio.named("studio")?;
    let off = match (input.amount_off, input.percent_off_ppm) {
        (Some(amount), None) => Off::Amount(amount.named("amountOff")?),
        (None, Some(ppm)) => Off::Part(share(ppm, "percentOffPpm")?),
        _ => {
            let report = Report::new(Kind::Invalid, "COUPON_OFF", "a coupon takes off either an amount or a part");
            return Err(Failure::new(
                report.field("amountOff").remedy("give amountOff or percentOffPpm, and not both"),
            ));
        }
    };
    let settings = CouponSettings {
        code: input.code,
        off,
        minimum: input.minimum.map(|minimum| minimum.named("minimum")).transpose()?,
        beats: beats_of(&input.beats)?.into_iter().collect(),
        tiers: input.tiers.into_iter().map(Into::into).collect(),
        starts_at: input.starts_at,
        ends_at: input.ends_at,
        max_uses: input.max_uses,
        enabled: input.enabled,
    };
    let tx = caller.services.begin().await?;
    let coupon = commands::set_coupon(&tx, &caller.ctx, studio, &settings).await?;
    caller.services.commit(tx).await?;
    Ok(coupon)
}

async fn set_bulk_deals(caller: &Caller, input: SetBulkDealsInput) -> Result<Vec<BulkRule>, Failure> {
    let studio = input.studio.named("studio")?;
    let deal = |deal: BulkDealInput| BulkSettings {
        buy: deal.buy,
        free: deal.free,
        tiers: deal.tiers.into_iter().map(Into::into).collect(),
    };
    let deals: Vec<BulkSettings> = input.deals.into_iter().map(deal).collect();
    let tx = caller.services.begin().await?;
    let deals = commands::set_bulk_deals(&tx, &caller.ctx, studio, &deals).await?;
    caller.services.commit(tx).await?;
    Ok(deals)
}

async fn set_bundle(caller: &Caller, input: SetBundleInput) -> Result<BundleView, Failure> {
    let studio = input.studio.named("studio")?;
    let id = input.id.map(|id| id.named("id")).transpose()?;
    let settings = BundleSettings {
        name: input.name,
        tier: input.tier.into(),
        beats: beats_of(&input.beats)?,
        price: input.price.named("price")?,
        further: amounts(&input.prices, "prices")?,
        enabled: input.enabled,
    };
    let tx = caller.services.begin().await?;
    let bundle = commands::set_bundle(&tx, &caller.ctx, studio, id, &settings).await?;
    caller.services.commit(tx).await?;
    Ok(bundle)
}

async fn remove_bundle(caller: &Caller, input: RemoveBundleInput) -> Result<bool, Failure> {
    let (studio, id) = (input.studio.named("studio")?, input.id.named("id")?);
    let tx = caller.services.begin().await?;
    let dropped = commands::remove_bundle(&tx, &caller.ctx, studio, id).await?;
    caller.services.commit(tx).await?;
    Ok(dropped)
}

async fn set_tax_rates(caller: &Caller, input: SetTaxRatesInput) -> Result<Vec<tax_rate::Model>, Failure> {
    let studio = input.studio.named("studio")?;
    let rate = |(place, rate): (usize, TaxRateInput)| -> Result<TaxSettings, Failure> {
        let country = rate.country.parse::<Country>().map_err(|error| {
            let report = Report::new(Kind::Invalid, "COUNTRY", error.to_string());
            Failure::new(report.field(format!("rates.{place}.country")).remedy("give a code such as DE or US"))
        })?;
        let ppm = share(rate.rate_ppm, &format!("rates.{place}.ratePpm"))?;
        Ok(TaxSettings { country, name: rate.name, rate: ppm, included: rate.included })
    };
    let rates: Vec<TaxSettings> = input.rates.into_iter().enumerate().map(rate).collect::<Result<_, _>>()?;
    let tx = caller.services.begin().await?;
    let rates = commands::set_tax_rates(&tx, &caller.ctx, studio, &rates).await?;
    caller.services.commit(tx).await?;
    Ok(rates)
}
