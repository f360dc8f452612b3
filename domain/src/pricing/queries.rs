//! What prices are changed by, as it stands: for carts, for the storefront, and for the studio.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    Country, PricingError,
    entity::{
        bulk_deal, bulk_deal_tier, bundle, bundle_beat, bundle_price, coupon, coupon_beat, coupon_tier, coupon_use,
        order_discount, order_tax, tax_rate,
    },
    rules::{BulkRule, BundleRule, CouponRule, DiscountName, Off, PriceRules, TaxRule, code},
};
use crate::{
    actor::Ctx,
    catalog::entity::{BeatState, beat},
    ids::{BeatId, BulkDealId, BundleId, CartId, CouponId, OrderId, OrderLineId, StudioId},
    licensing::{queries::effective_tiers, terms::TierCode},
    money::{Currency, Money},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    sales::entity::{OrderState, cart, order},
    share::Share,
    store::Db,
};

/// What the prices of a cart are changed by, and whether that is all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartRules {
    /// The rules.
    pub rules: PriceRules,
    /// Whether the buyer's country has to be known before anything is ordered, and is not.
    pub needs_country: bool,
    /// Whether it is asked for at all.
    pub asks_country: bool,
}

/// What the prices of a cart are changed by; of bundles, those that are sold in its currency. Uses of the coupon by open orders of the same cart are its own,
/// and not others'.
pub async fn rules_of(db: &impl ConnectionTrait, cart: &cart::Model) -> Result<CartRules, StoreError> {
    let (studio, country) = (cart.studio_id, cart.country);
    let rates = rates_of(db, studio).await?;
    let asks_country = !rates.is_empty();
    let coupon = match cart.coupon_id {
        Some(coupon) => coupon_for(db, coupon, cart.id).await?,
        None => None,
    };
    let bundles = bundles_on_sale(db, studio).await?;
    let rules = PriceRules {
        bundles: bundles.into_iter().filter_map(|bundle| bundle.rule(cart.currency)).collect(),
        deals: deals_of(db, studio).await?,
        coupon,
        tax: country.filter(|_| asks_country).map(|country| tax_of(&rates, country)),
    };
    Ok(CartRules { rules, needs_country: asks_country && country.is_none(), asks_country })
}

/// Whether a studio asks its buyers where they are: it does once it has a rate of tax. Open to anybody.
pub async fn asks_country(db: &impl ConnectionTrait, studio: StudioId) -> Result<bool, StoreError> {
    Ok(!rates_of(db, studio).await?.is_empty())
}

/// By which rate a studio's sales to a country are taxed now; none if it asks nobody where they are. Open to anybody: carts show it.
pub async fn tax_in(
    db: &impl ConnectionTrait,
    studio: StudioId,
    country: Country,
) -> Result<Option<TaxRule>, StoreError> {
    let rates = rates_of(db, studio).await?;
    Ok((!rates.is_empty()).then(|| tax_of(&rates, country)))
}

fn tax_of(rates: &[tax_rate::Model], country: Country) -> TaxRule {
    match rates.iter().find(|rate| rate.country == country) {
        Some(rate) => TaxRule { country, name: rate.name.clone(), rate: rate.rate, included: rate.included },
        None => TaxRule::none(country),
    }
}

/// A coupon as it stands for a cart.
async fn coupon_for(db: &impl ConnectionTrait, id: CouponId, cart: CartId) -> Result<Option<CouponRule>, StoreError> {
    let Some(row) = coupon::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let own = own_uses(db, id, cart).await?.len();
    let (beats, tiers) = scopes_of(db, &[id]).await?.remove(&id).unwrap_or_default();
    let uses = row.uses.saturating_sub(i32::try_from(own).unwrap_or(i32::MAX));
    Ok(Some(CouponRule { uses, ..coupon_rule(row, beats, tiers) }))
}

/// The open orders of a cart that use a coupon, the oldest first: what is ordered anew from the cart takes their place.
pub(crate) async fn own_uses(
    db: &impl ConnectionTrait,
    coupon: CouponId,
    cart: CartId,
) -> Result<Vec<OrderId>, StoreError> {
    let open = order::Entity::find()
        .select_only()
        .column(order::Column::Id)
        .filter(order::Column::CartId.eq(cart))
        .filter(order::Column::State.eq(OrderState::AwaitingPayment));
    let rows = coupon_use::Entity::find()
        .filter(coupon_use::Column::CouponId.eq(coupon))
        .filter(coupon_use::Column::OrderId.in_subquery(open.into_query()))
        .order_by_asc(coupon_use::Column::OrderId)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.order_id).collect())
}

fn coupon_rule(row: coupon::Model, beats: BTreeSet<BeatId>, tiers: BTreeSet<TierCode>) -> CouponRule {
    let of = |minor| Money::new(minor, row.currency);
    CouponRule {
        id: row.id,
        off: match (row.off_minor, row.off_part) {
            (Some(minor), _) => Off::Amount(of(minor)),
            (None, part) => Off::Part(part.unwrap_or(Share::ZERO)),
        },
        minimum: row.minimum_minor.map(of),
        code: row.code,
        beats,
        tiers,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        max_uses: row.max_uses,
        uses: row.uses,
        enabled: row.enabled,
    }
}

/// The beats and the tiers that coupons are for.
type Scopes = (BTreeSet<BeatId>, BTreeSet<TierCode>);

async fn scopes_of(db: &impl ConnectionTrait, coupons: &[CouponId]) -> Result<HashMap<CouponId, Scopes>, StoreError> {
    let mut scopes: HashMap<CouponId, Scopes> = HashMap::new();
    let beats = coupon_beat::Entity::find()
        .filter(coupon_beat::Column::CouponId.is_in(coupons.iter().copied()))
        .all(db)
        .await?;
    for row in beats {
        scopes.entry(row.coupon_id).or_default().0.insert(row.beat_id);
    }
    let tiers = coupon_tier::Entity::find()
        .filter(coupon_tier::Column::CouponId.is_in(coupons.iter().copied()))
        .all(db)
        .await?;
    for row in tiers {
        scopes.entry(row.coupon_id).or_default().1.insert(row.tier_code);
    }
    Ok(scopes)
}

/// The studio's coupon of a code as typed; none if there is none. For carts: it asks nothing itself.
pub async fn coupon_of_code(
    db: &impl ConnectionTrait,
    studio: StudioId,
    text: &str,
) -> Result<Option<coupon::Model>, StoreError> {
    let Some(code) = code(text) else { return Ok(None) };
    Ok(coupon::Entity::find()
        .filter(coupon::Column::StudioId.eq(studio))
        .filter(coupon::Column::Code.eq(code))
        .one(db)
        .await?)
}

/// The studio's coupons, newest first.
pub async fn list_coupons(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    request: PageRequest<CouponId>,
) -> Result<Page<CouponRule>, PricingError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    let query = coupon::Entity::find().filter(coupon::Column::StudioId.eq(studio));
    let page = page::fetch(db, query, coupon::Column::Id, request).await?;
    let ids: Vec<CouponId> = page.rows.iter().map(|row| row.id).collect();
    let mut scopes = scopes_of(db, &ids).await?;
    Ok(page.map(|row| {
        let (beats, tiers) = scopes.remove(&row.id).unwrap_or_default();
        coupon_rule(row, beats, tiers)
    }))
}

/// One coupon as it is set. For who has just set it: it asks nothing itself.
pub(super) async fn coupon_as_set(db: &impl ConnectionTrait, row: coupon::Model) -> Result<CouponRule, StoreError> {
    let (beats, tiers) = scopes_of(db, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    Ok(coupon_rule(row, beats, tiers))
}

/// The studio's bulk deals. Open to anybody: the storefront says them.
pub async fn deals_of(db: &impl ConnectionTrait, studio: StudioId) -> Result<Vec<BulkRule>, StoreError> {
    let tiers = bulk_deal_tier::Entity::find().filter(bulk_deal_tier::Column::StudioId.eq(studio)).all(db).await?;
    let mut by_deal: BTreeMap<BulkDealId, BTreeSet<TierCode>> = BTreeMap::new();
    for row in tiers {
        by_deal.entry(row.deal_id).or_default().insert(row.tier_code);
    }
    let rows = bulk_deal::Entity::find()
        .filter(bulk_deal::Column::StudioId.eq(studio))
        .order_by_asc(bulk_deal::Column::Id)
        .all(db)
        .await?;
    let rule = |row: bulk_deal::Model| BulkRule {
        id: row.id,
        buy: row.buy,
        free: row.free,
        tiers: by_deal.remove(&row.id).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(rule).collect())
}

/// A bundle with its beats and prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleView {
    /// The bundle.
    pub bundle: bundle::Model,
    /// Its beats, in their order.
    pub beats: Vec<BeatId>,
    /// What they cost together in further currencies, in the order of their codes.
    pub further: Vec<Money>,
}

impl BundleView {
    /// What they cost together, in the studio's currency.
    pub fn price(&self) -> Money {
        Money::new(self.bundle.price_minor, self.bundle.currency)
    }

    /// What they cost together in a currency; none if it is not sold in it.
    pub fn price_in(&self, currency: Currency) -> Option<Money> {
        std::iter::once(self.price()).chain(self.further.iter().copied()).find(|price| price.currency == currency)
    }

    /// It as a rule of carts in a currency; none if it is not sold in it.
    pub fn rule(self, currency: Currency) -> Option<BundleRule> {
        Some(BundleRule {
            price: self.price_in(currency)?,
            id: self.bundle.id,
            name: self.bundle.name,
            tier: self.bundle.tier_code,
            beats: self.beats.into_iter().collect(),
        })
    }
}

/// The studio's bundles that are on sale, the oldest first. Open to anybody: whether each of their beats is on sale is asked where it is bought.
pub async fn bundles_on_sale(db: &impl ConnectionTrait, studio: StudioId) -> Result<Vec<BundleView>, StoreError> {
    let rows = bundle::Entity::find()
        .filter(bundle::Column::StudioId.eq(studio))
        .filter(bundle::Column::Enabled.eq(true))
        .order_by_asc(bundle::Column::Id)
        .all(db)
        .await?;
    whole(db, rows).await
}

/// A bundle that can be bought whole, now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedBundle {
    /// The bundle.
    pub bundle: BundleView,
    /// Its beats, in their order.
    pub beats: Vec<beat::Model>,
    /// What they cost together, in the currency that was asked for.
    pub price: Money,
    /// What they cost one by one, in the same.
    pub list: Money,
}

/// The studio's bundles that are sold in a currency, of which every beat is on sale in it under their tier, and which cost less than their beats, the oldest
/// first. Open to anybody.
pub async fn offered_bundles(
    db: &impl ConnectionTrait,
    studio: StudioId,
    currency: Currency,
) -> Result<Vec<OfferedBundle>, StoreError> {
    let bundles = bundles_on_sale(db, studio).await?;
    let ids: BTreeSet<BeatId> = bundles.iter().flat_map(|view| view.beats.iter().copied()).collect();
    let ids: Vec<BeatId> = ids.into_iter().collect();
    let offers = effective_tiers(db, studio, &ids).await?;
    let published: HashMap<BeatId, beat::Model> = beat::Entity::find()
        .filter(beat::Column::Id.is_in(ids))
        .filter(beat::Column::State.eq(BeatState::Published))
        .all(db)
        .await?
        .into_iter()
        .map(|beat| (beat.id, beat))
        .collect();
    let offered = |bundle: BundleView| {
        let price = bundle.price_in(currency)?;
        let price_of = |beat: &BeatId| {
            let offer = offers.get(beat)?.iter().find(|offer| offer.terms.tier == bundle.bundle.tier_code)?;
            offer.price_in(currency)
        };
        let beats: Option<Vec<beat::Model>> = bundle.beats.iter().map(|beat| published.get(beat).cloned()).collect();
        let prices: Option<Vec<Money>> = bundle.beats.iter().map(price_of).collect();
        let list = Money::sum(currency, prices?).ok()?;
        let beats = beats?;
        (list.minor > price.minor).then_some(OfferedBundle { bundle, beats, price, list })
    };
    Ok(bundles.into_iter().filter_map(offered).collect())
}

/// All bundles of a studio, the oldest first.
pub async fn list_bundles(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<BundleView>, PricingError> {
    policy::require(&ctx.actor, Action::ReadTiers, studio)?;
    let all = bundle::Entity::find().filter(bundle::Column::StudioId.eq(studio)).order_by_asc(bundle::Column::Id);
    Ok(whole(db, all.all(db).await?).await?)
}

/// A bundle of a studio that is on sale; none if there is none such. Open to anybody.
pub async fn bundle_on_sale(
    db: &impl ConnectionTrait,
    studio: StudioId,
    id: BundleId,
) -> Result<Option<BundleView>, StoreError> {
    let found = bundle::Entity::find_by_id(id)
        .filter(bundle::Column::StudioId.eq(studio))
        .filter(bundle::Column::Enabled.eq(true))
        .all(db)
        .await?;
    Ok(whole(db, found).await?.pop())
}

/// Bundles with their beats and prices.
pub(super) async fn whole(db: &impl ConnectionTrait, rows: Vec<bundle::Model>) -> Result<Vec<BundleView>, StoreError> {
    let beats = bundle_beat::Entity::find()
        .filter(bundle_beat::Column::BundleId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(bundle_beat::Column::Position)
        .all(db)
        .await?;
    let priced = bundle_price::Entity::find()
        .filter(bundle_price::Column::BundleId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(bundle_price::Column::Currency)
        .all(db)
        .await?;
    let mut by_bundle: HashMap<BundleId, Vec<BeatId>> = HashMap::new();
    for row in beats {
        by_bundle.entry(row.bundle_id).or_default().push(row.beat_id);
    }
    let mut further_prices: HashMap<BundleId, Vec<Money>> = HashMap::new();
    for row in priced {
        further_prices.entry(row.bundle_id).or_default().push(Money::new(row.price_minor, row.currency));
    }
    let view = |bundle: bundle::Model| BundleView {
        beats: by_bundle.remove(&bundle.id).unwrap_or_default(),
        further: further_prices.remove(&bundle.id).unwrap_or_default(),
        bundle,
    };
    Ok(rows.into_iter().map(view).collect())
}

async fn rates_of(db: &impl ConnectionTrait, studio: StudioId) -> Result<Vec<tax_rate::Model>, StoreError> {
    Ok(tax_rate::Entity::find()
        .filter(tax_rate::Column::StudioId.eq(studio))
        .order_by_asc(tax_rate::Column::Country)
        .all(db)
        .await?)
}

/// The studio's rates of tax, in the order of the countries' codes.
pub async fn list_tax_rates(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<tax_rate::Model>, PricingError> {
    policy::require(&ctx.actor, Action::ReadTiers, studio)?;
    Ok(rates_of(db, studio).await?)
}

/// What was taken off and taxed of a line of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineFacts {
    /// What was taken off, in the order in which it was.
    pub discounts: Vec<order_discount::Model>,
    /// Its tax; none if nobody asked for the buyer's country.
    pub tax: Option<order_tax::Model>,
}

impl LineFacts {
    /// The tax within a line's price, in minor units.
    pub fn tax_minor(&self) -> i64 {
        self.tax.as_ref().map_or(0, |tax| tax.amount_minor)
    }

    /// What a line of a price would have cost on the list, in minor units.
    pub fn list_minor(&self, price_minor: i64) -> i64 {
        let added = self.tax.as_ref().filter(|tax| !tax.included).map_or(0, |tax| tax.amount_minor);
        let taken = self.discounts.iter().map(|discount| discount.amount_minor).fold(0, i64::saturating_add);
        price_minor.saturating_sub(added).saturating_add(taken)
    }
}

/// What was taken off and taxed of a whole order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFacts {
    /// What was taken off, by name, with how much, in minor units.
    pub discounts: Vec<(DiscountName, i64)>,
    /// By which rate it was taxed; none if nobody asked for the buyer's country.
    pub tax: Option<TaxRule>,
    /// The tax within the total, in minor units.
    pub tax_minor: i64,
}

impl OrderFacts {
    /// Sums up lines, in their order.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a LineFacts>) -> Self {
        let mut facts = Self::default();
        for line in lines {
            for discount in &line.discounts {
                let name = DiscountName::kept(discount.kind, &discount.name);
                match facts.discounts.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, minor)) => *minor = minor.saturating_add(discount.amount_minor),
                    None => facts.discounts.push((name, discount.amount_minor)),
                }
            }
            if let Some(tax) = &line.tax {
                facts.tax_minor = facts.tax_minor.saturating_add(tax.amount_minor);
                facts.tax = Some(TaxRule {
                    country: tax.country,
                    name: tax.name.clone(),
                    rate: tax.rate,
                    included: tax.included,
                });
            }
        }
        facts
    }
}

/// What was taken off and taxed of lines, by line. For who may see their orders: it asks nothing itself.
pub async fn facts_of_lines(
    db: &impl ConnectionTrait,
    lines: &[OrderLineId],
) -> Result<HashMap<OrderLineId, LineFacts>, StoreError> {
    let mut facts: HashMap<OrderLineId, LineFacts> = HashMap::new();
    let taxes =
        order_tax::Entity::find().filter(order_tax::Column::OrderLineId.is_in(lines.iter().copied())).all(db).await?;
    for tax in taxes {
        let line = tax.order_line_id;
        facts.entry(line).or_default().tax = Some(tax);
    }
    let discounts = order_discount::Entity::find()
        .filter(order_discount::Column::OrderLineId.is_in(lines.iter().copied()))
        .all(db)
        .await?;
    for discount in discounts {
        facts.entry(discount.order_line_id).or_default().discounts.push(discount);
    }
    for of_line in facts.values_mut() {
        of_line.discounts.sort_by_key(|discount| discount.kind);
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::pricing::entity::DiscountKind;

    #[test]
    fn discounts_that_are_written_alike_are_one_only_if_they_are_of_one_kind() {
        let row = |line, kind, name: &str, amount_minor| order_discount::Model {
            order_line_id: OrderLineId(Uuid::from_u128(line)),
            kind,
            name: name.to_owned(),
            coupon_id: (kind == DiscountKind::Coupon).then(|| CouponId(Uuid::from_u128(1))),
            amount_minor,
        };
        let bundle = |line, minor| row(line, DiscountKind::Bundle, "Coupon SUMMER", minor);
        let coupon = |line, minor| row(line, DiscountKind::Coupon, "Coupon SUMMER", minor);
        let deal = row(3, DiscountKind::Bulk, "Buy 2, get 1 free", 500);
        let lines = [vec![bundle(1, 30), coupon(1, 7)], vec![bundle(2, 40), coupon(2, 5)], vec![deal]];
        let lines = lines.map(|discounts| LineFacts { discounts, tax: None });
        assert_eq!(
            OrderFacts::of(&lines).discounts,
            [
                (DiscountName::Bundle("Coupon SUMMER".into()), 70),
                (DiscountName::Coupon("SUMMER".into()), 12),
                (DiscountName::Bulk { buy: 2, free: 1 }, 500)
            ]
        );
    }
}
