//! What a cart comes to: one pure function from list prices and rules to what each line costs.
//!
//! In this order: bundles, bulk deals among the lines that no bundle took, then the coupon on what is left, then tax on what is to be paid. What is taken
//! off several lines is distributed over them by largest remainder, in proportion to what each would cost without it: so whoever made a beat bears a
//! discount as its price does, and the lines sum to the total exactly. Amounts move in the steps that payment services take.

mod coupons;
mod names;
pub mod settings;
mod tax;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use coupons::{CouponFault, CouponRule, Off, code};
pub use names::DiscountName;
pub use tax::TaxRule;

use crate::{
    collectable,
    env::Instant,
    ids::{BeatId, BulkDealId, BundleId, CouponId},
    licensing::terms::TierCode,
    money::{Currency, Money, MoneyError},
    pricing::entity::DiscountKind,
    share::allocate,
};

/// A line to be priced. A cart has each beat once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// The beat.
    pub beat: BeatId,
    /// The tier.
    pub tier: TierCode,
    /// Its price on the list, zero or more.
    pub list: Money,
}

/// A bundle: beats that together, each under the same tier, cost one price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleRule {
    /// Which.
    pub id: BundleId,
    /// Its name.
    pub name: String,
    /// The tier.
    pub tier: TierCode,
    /// The beats: all of them, or it is none.
    pub beats: BTreeSet<BeatId>,
    /// What they cost together.
    pub price: Money,
}

/// A bulk deal: of so many leases some are free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkRule {
    /// Which.
    pub id: BulkDealId,
    /// How many are paid, one or more.
    pub buy: i32,
    /// How many more are free, one or more.
    pub free: i32,
    /// Of which tiers; never exclusives.
    pub tiers: BTreeSet<TierCode>,
}

impl BulkRule {
    /// How many of so many are free: for each group that is bought those that come with it, as far as they are there.
    fn free_of(&self, count: usize) -> usize {
        let (buy, free) = (usize::try_from(self.buy).unwrap_or(0), usize::try_from(self.free).unwrap_or(0));
        if buy == 0 || free == 0 {
            return 0;
        }
        let group = buy + free;
        count / group * free + (count % group).saturating_sub(buy)
    }
}

/// What changes the prices of a cart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceRules {
    /// The studio's bundles.
    pub bundles: Vec<BundleRule>,
    /// The studio's bulk deals; a tier is in one at the most.
    pub deals: Vec<BulkRule>,
    /// The coupon that was entered.
    pub coupon: Option<CouponRule>,
    /// The tax of the buyer's country; none if nobody asks for it.
    pub tax: Option<TaxRule>,
}

/// By what something is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// By a bundle.
    Bundle(BundleId),
    /// By a bulk deal.
    Bulk(BulkDealId),
    /// By a coupon.
    Coupon(CouponId),
}

impl Source {
    /// Of which kind it is.
    pub const fn kind(self) -> DiscountKind {
        match self {
            Self::Bundle(_) => DiscountKind::Bundle,
            Self::Bulk(_) => DiscountKind::Bulk,
            Self::Coupon(_) => DiscountKind::Coupon,
        }
    }
}

/// What is taken off a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discount {
    /// By what.
    pub source: Source,
    /// What it is called.
    pub name: DiscountName,
    /// How much, in minor units, more than nothing.
    pub minor: i64,
}

/// A line with its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// The price on the list, in minor units.
    pub list_minor: i64,
    /// What is taken off it, in the order in which it was.
    pub discounts: Vec<Discount>,
    /// The tax within the price, in minor units.
    pub tax_minor: i64,
    /// What is paid, tax and all, in minor units.
    pub price_minor: i64,
}

/// A cart with its prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// The currency of all of it.
    pub currency: Currency,
    /// The lines, in the order in which they were given.
    pub lines: Vec<PricedLine>,
    /// Why the coupon takes nothing off; none if it does, or there is none.
    pub coupon_fault: Option<CouponFault>,
    /// By which rate it is taxed; none if nobody asks.
    pub tax: Option<TaxRule>,
}

impl Priced {
    fn sum(&self, of: impl Fn(&PricedLine) -> i64) -> Money {
        Money::new(self.lines.iter().map(of).fold(0, i64::saturating_add), self.currency)
    }

    /// What the lines cost on the list.
    pub fn list(&self) -> Money {
        self.sum(|line| line.list_minor)
    }

    /// What is taken off, by name, in the order of the first line that has it.
    pub fn discounts(&self) -> Vec<(DiscountName, Money)> {
        let mut named: Vec<(&Discount, i64)> = Vec::new();
        for discount in self.lines.iter().flat_map(|line| &line.discounts) {
            match named.iter_mut().find(|(known, _)| known.source == discount.source) {
                Some((_, minor)) => *minor = minor.saturating_add(discount.minor),
                None => named.push((discount, discount.minor)),
            }
        }
        named.into_iter().map(|(of, minor)| (of.name.clone(), Money::new(minor, self.currency))).collect()
    }

    /// The tax within the total.
    pub fn tax_amount(&self) -> Money {
        self.sum(|line| line.tax_minor)
    }

    /// What is paid, tax and all.
    pub fn total(&self) -> Money {
        self.sum(|line| line.price_minor)
    }
}

/// Prices a cart.
///
/// # Errors
/// If the lines are in several currencies, one of them not the given one, or the sum does not fit.
pub fn price(currency: Currency, items: &[Item], rules: &PriceRules, now: Instant) -> Result<Priced, MoneyError> {
    // What sums up here cannot overflow below, but for tax that is added.
    Money::sum(currency, items.iter().map(|item| item.list))?;
    let mut draft = Draft { currency, items, step: step_of(currency, items), lines: Vec::new() };
    draft.lines = items
        .iter()
        .map(|item| {
            let minor = item.list.minor;
            PricedLine { list_minor: minor, discounts: Vec::new(), tax_minor: 0, price_minor: minor }
        })
        .collect();
    let unbundled = draft.take_bundles(&rules.bundles)?;
    draft.take_deals(&rules.deals, &unbundled)?;
    let coupon_fault = match &rules.coupon {
        Some(coupon) => draft.take_coupon(coupon, now)?,
        None => None,
    };
    if let Some(tax) = &rules.tax {
        tax.put_on(&mut draft.lines, draft.step)?;
    }
    Ok(Priced { currency, lines: draft.lines, coupon_fault, tax: rules.tax.clone() })
}

/// The steps in which prices move. A list that does not keep to those of payment services is refused where it is ordered, and moves by the unit till then.
fn step_of(currency: Currency, items: &[Item]) -> i64 {
    let step = collectable::step_minor(currency);
    if items.iter().all(|item| item.list.minor % step == 0) { step } else { 1 }
}

/// A cart while it is priced.
struct Draft<'a> {
    currency: Currency,
    items: &'a [Item],
    step: i64,
    lines: Vec<PricedLine>,
}

impl Draft<'_> {
    /// What lines come to as they stand.
    fn sum_of(&self, places: &[usize]) -> i64 {
        places.iter().map(|place| self.lines[*place].price_minor).sum()
    }

    /// Takes the bundles off that are whole in the cart and cheaper than their lines, the greatest saving first; the lines that none took.
    fn take_bundles(&mut self, bundles: &[BundleRule]) -> Result<Vec<usize>, MoneyError> {
        let mut found: Vec<(i64, &BundleRule, Vec<usize>)> = bundles
            .iter()
            .filter(|bundle| bundle.price.currency == self.currency)
            .filter_map(|bundle| {
                let places = self.places(|item| item.tier == bundle.tier && bundle.beats.contains(&item.beat));
                let saving = self.sum_of(&places).saturating_sub(bundle.price.minor);
                let is_whole = !places.is_empty() && places.len() == bundle.beats.len();
                (is_whole && saving > 0).then_some((saving, bundle, places))
            })
            .collect();
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.id.cmp(&b.1.id)));
        let mut left = self.places(|_| true);
        for (saving, bundle, places) in found {
            if places.iter().all(|place| left.contains(place)) {
                let name = DiscountName::Bundle(bundle.name.clone());
                self.take_off(&places, saving, Source::Bundle(bundle.id), &name)?;
                left.retain(|place| !places.contains(place));
            }
        }
        Ok(left)
    }

    /// Takes the bulk deals off: as many as are free, and the cheapest. What costs nothing anyway is neither bought nor given.
    fn take_deals(&mut self, deals: &[BulkRule], unbundled: &[usize]) -> Result<(), MoneyError> {
        for deal in deals {
            let takes_part = |place: &usize| {
                let Item { tier, list, .. } = self.items[*place];
                tier != TierCode::Exclusive && deal.tiers.contains(&tier) && list.minor > 0
            };
            let places: Vec<usize> = unbundled.iter().copied().filter(takes_part).collect();
            let mut prices: Vec<i64> = places.iter().map(|place| self.lines[*place].price_minor).collect();
            prices.sort_unstable();
            let saving: i64 = prices.iter().take(deal.free_of(prices.len())).sum();
            let name = DiscountName::Bulk { buy: deal.buy, free: deal.free };
            self.take_off(&places, saving, Source::Bulk(deal.id), &name)?;
        }
        Ok(())
    }

    /// Takes the coupon off the lines that it is for, or says why not.
    fn take_coupon(&mut self, coupon: &CouponRule, now: Instant) -> Result<Option<CouponFault>, MoneyError> {
        let all = self.places(|_| true);
        let places: Vec<usize> = self
            .places(|item| coupon.is_for(item))
            .into_iter()
            .filter(|place| self.lines[*place].price_minor > 0)
            .collect();
        let order = Money::new(self.sum_of(&all), self.currency);
        if let Some(fault) = coupon.fault(order, places.is_empty(), now) {
            return Ok(Some(fault));
        }
        let off_minor = coupon.off.of(self.sum_of(&places), self.step);
        let name = DiscountName::Coupon(coupon.code.clone());
        self.take_off(&places, off_minor, Source::Coupon(coupon.id), &name)?;
        Ok(None)
    }

    fn places(&self, is_one: impl Fn(&Item) -> bool) -> Vec<usize> {
        (0..).zip(self.items).filter(|(_, item)| is_one(item)).map(|(place, _)| place).collect()
    }

    /// Takes so much off these lines together, in proportion to what each costs. No line goes below zero: no more is taken than they come to.
    fn take_off(
        &mut self,
        places: &[usize],
        minor: i64,
        source: Source,
        name: &DiscountName,
    ) -> Result<(), MoneyError> {
        if minor <= 0 {
            return Ok(());
        }
        let weights: Vec<u64> =
            places.iter().map(|place| (self.lines[*place].price_minor / self.step).unsigned_abs()).collect();
        for (place, steps) in places.iter().zip(allocate(minor / self.step, &weights)?) {
            if steps > 0 {
                let (line, minor) = (&mut self.lines[*place], steps * self.step);
                line.price_minor -= minor;
                line.discounts.push(Discount { source, name: name.clone(), minor });
            }
        }
        Ok(())
    }
}
