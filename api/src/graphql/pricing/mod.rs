//! Pricing: coupons, bulk deals, bundles, rates of tax, and what they make of carts and orders.

mod cart;
mod settings;

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{BeatId, BulkDealId, BundleId, CouponId, StudioId},
    money::Money as DomainMoney,
    pricing::{
        entity::{order_tax, tax_rate},
        queries::{self, BundleView},
        rules::{BulkRule, CouponRule, DiscountName, Off, Priced, TaxRule},
    },
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    licensing::TierCode,
    scalars::{Id, Money, Share},
};

pub use cart::*;
pub use settings::*;

/// A coupon.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Coupon {
    /// The id.
    pub id: Id<CouponId>,
    /// Its code.
    pub code: String,
    /// The amount that it takes off; absent if it takes off a part.
    pub amount_off: Option<Money>,
    /// The part that it takes off; absent if it takes off an amount.
    pub part_off: Option<Share>,
    /// What an order comes to at the least; absent if any will do.
    pub minimum: Option<Money>,
    /// The beats that it is for; any, if none is named.
    pub beats: Vec<Id<BeatId>>,
    /// The tiers that it is for; any, if none is named.
    pub tiers: Vec<TierCode>,
    /// From when on it can be used.
    pub starts_at: Option<DateTime<Utc>>,
    /// Until when, exclusively.
    pub ends_at: Option<DateTime<Utc>>,
    /// How often it can be used; absent if without end.
    pub max_uses: Option<i32>,
    /// How often it is used, by orders that are paid or wait for their payment.
    pub uses: i32,
    /// Whether it is given out.
    pub enabled: bool,
}

impl From<CouponRule> for Coupon {
    fn from(rule: CouponRule) -> Self {
        let (amount_off, part_off) = match rule.off {
            Off::Amount(amount) => (Some(amount.into()), None),
            Off::Part(part) => (None, Some(part.into())),
        };
        Self {
            id: rule.id.into(),
            code: rule.code,
            amount_off,
            part_off,
            minimum: rule.minimum.map(Money::from),
            beats: rule.beats.into_iter().map(Id::from).collect(),
            tiers: rule.tiers.into_iter().map(TierCode::from).collect(),
            starts_at: rule.starts_at,
            ends_at: rule.ends_at,
            max_uses: rule.max_uses,
            uses: rule.uses,
            enabled: rule.enabled,
        }
    }
}

/// A bulk deal: of so many leases the cheapest are free.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct BulkDeal {
    /// The id.
    pub id: Id<BulkDealId>,
    /// How many are paid.
    pub buy: i32,
    /// How many more are free.
    pub free: i32,
    /// Of which tiers.
    pub tiers: Vec<TierCode>,
}

impl From<BulkRule> for BulkDeal {
    fn from(rule: BulkRule) -> Self {
        let tiers = rule.tiers.into_iter().map(TierCode::from).collect();
        Self { id: rule.id.into(), buy: rule.buy, free: rule.free, tiers }
    }
}

/// A bundle: beats that together, each under the same tier, cost one price.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Bundle {
    /// The id.
    pub id: Id<BundleId>,
    /// Its name.
    pub name: String,
    /// The tier.
    pub tier: TierCode,
    /// The beats, in their order.
    pub beats: Vec<Id<BeatId>>,
    /// What they cost together, in the studio's currency, or on its storefront in the one that was asked for.
    pub price: Money,
    /// What they cost together in each currency that they are sold in, the studio's own first, the others in the order of their codes.
    pub prices: Vec<Money>,
    /// Whether it is on sale.
    pub enabled: bool,
}

impl From<BundleView> for Bundle {
    fn from(view: BundleView) -> Self {
        Self {
            price: view.price().into(),
            prices: std::iter::once(view.price()).chain(view.further).map(Money::from).collect(),
            id: view.bundle.id.into(),
            name: view.bundle.name,
            tier: view.bundle.tier_code.into(),
            beats: view.beats.into_iter().map(Id::from).collect(),
            enabled: view.bundle.enabled,
        }
    }
}

/// The rate at which sales to a country are taxed.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct TaxRate {
    /// The buyer's country, its ISO 3166-1 code.
    pub country: String,
    /// What the tax is called there.
    pub name: String,
    /// The rate.
    pub rate: Share,
    /// Whether the studio's prices have it in them; otherwise it comes on top.
    pub included: bool,
}

impl From<tax_rate::Model> for TaxRate {
    fn from(row: tax_rate::Model) -> Self {
        Self { country: row.country.to_string(), name: row.name, rate: row.rate.into(), included: row.included }
    }
}

/// What is taken off.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Discount {
    /// By what, as the buyer reads it.
    pub name: String,
    /// How much.
    pub amount: Money,
}

/// The tax of a cart, or of a line of an order.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Tax {
    /// The buyer's country, its ISO 3166-1 code.
    pub country: String,
    /// What it is called there.
    pub name: String,
    /// The rate; nothing for a country of which the studio has none.
    pub rate: Share,
    /// Whether the price on the list has it in it; otherwise it came on top.
    pub included: bool,
    /// The tax within what is paid.
    pub amount: Money,
}

impl Tax {
    fn of_cart(rule: &TaxRule, amount: DomainMoney) -> Self {
        Self {
            country: rule.country.to_string(),
            name: rule.name.clone(),
            rate: rule.rate.into(),
            included: rule.included,
            amount: amount.into(),
        }
    }

    /// The tax of a line of an order in a currency.
    pub fn of_line(row: &order_tax::Model, currency: domain::money::Currency) -> Self {
        Self {
            country: row.country.to_string(),
            name: row.name.clone(),
            rate: row.rate.into(),
            included: row.included,
            amount: DomainMoney::new(row.amount_minor, currency).into(),
        }
    }
}

/// What is taken off a cart, by name.
pub fn discounts_of(priced: &Priced) -> Vec<Discount> {
    let discount =
        |(name, amount): (DiscountName, DomainMoney)| Discount { name: name.to_string(), amount: amount.into() };
    priced.discounts().into_iter().map(discount).collect()
}

/// The tax of a cart; absent if nobody asks for it.
pub fn tax_of(priced: &Priced) -> Option<Tax> {
    priced.tax.as_ref().map(|rule| Tax::of_cart(rule, priced.tax_amount()))
}

/// Queries about pricing.
#[derive(Debug, Default)]
pub struct PricingQuery;

#[Object]
impl PricingQuery {
    /// The studio's coupons, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn coupons(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Coupon>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let rows = queries::list_coupons(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.id, Coupon::from))
    }

    /// All bundles of the studio, the oldest first; those that can be bought are in its storefront.
    async fn bundles(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<Vec<Bundle>, Failure> {
        let caller = caller(ctx)?;
        let rows = queries::list_bundles(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        Ok(rows.into_iter().map(Bundle::from).collect())
    }

    /// The studio's rates of tax, in the order of the countries' codes.
    async fn tax_rates(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<Vec<TaxRate>, Failure> {
        let caller = caller(ctx)?;
        let rows = queries::list_tax_rates(&caller.services.db, &caller.ctx, studio.named("studio")?).await?;
        Ok(rows.into_iter().map(TaxRate::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use domain::{env::testing, licensing::terms, money::Currency, pricing::entity::bundle};

    use super::*;

    #[test]
    fn a_bundles_prices_begin_with_that_in_the_studios_own_currency() {
        let (env, _) = testing::env(1);
        let bundle = bundle::Model {
            id: env.id(),
            studio_id: env.id(),
            name: "Two".to_owned(),
            tier_code: terms::TierCode::Mp3,
            price_minor: 5_000,
            currency: Currency::EUR,
            enabled: true,
            updated_at: env.now(),
        };
        let dollars = DomainMoney::new(5_500, Currency::USD);
        let told = Bundle::from(BundleView { bundle, beats: Vec::new(), further: vec![dollars] });
        let euros = Money::from(DomainMoney::new(5_000, Currency::EUR));
        assert_eq!(told.price, euros);
        assert_eq!(told.prices, [euros, dollars.into()]);
    }
}
