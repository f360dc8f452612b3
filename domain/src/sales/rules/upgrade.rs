//! The rules of upgrades: what of an earlier price is credited, what an upgrade then costs, and why a licence is not upgraded.

use crate::{
    ids::OrderLineId,
    ledger::rules::{
        JournalFault, Position,
        parts::{take_live, totals},
    },
    licensing::terms::TierCode,
    money::{Money, MoneyError},
    report::{Explain, Kind, Report},
};

/// Why a licence is not upgraded, or not so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpgradeRefusal {
    /// There is nothing above it.
    #[error("an exclusive licence is the highest there is")]
    Exclusive,
    /// It was upgraded before.
    #[error("this licence was upgraded, and {by} has taken its place")]
    Superseded {
        /// The reference of the licence that did.
        by: String,
    },
    /// Its term is over.
    #[error("the term of this licence is over")]
    Ended,
    /// By its terms it ends at a limit, and one is reached.
    #[error("a limit of this licence is reached, and with that it has ended")]
    AtLimit,
    /// Nothing above it is on sale in its currency.
    #[error("no higher licence of this beat is on sale in the currency of this one")]
    NothingHigher,
    /// The tier is none above it that is on sale.
    #[error("the {0} tier is no upgrade of this licence that is on sale")]
    NotOffered(TierCode),
    /// It costs something else than the buyer saw.
    #[error("the upgrade now costs {now}, you saw {seen}")]
    PriceChanged {
        /// What the buyer saw.
        seen: Money,
        /// What it costs now.
        now: Money,
    },
}

impl Explain for UpgradeRefusal {
    fn explain(&self) -> Report {
        let (code, field, remedy) = match self {
            Self::Exclusive => ("EXCLUSIVE_ALREADY", "licence", "there is nothing left to upgrade to"),
            Self::Superseded { .. } => ("LICENCE_SUPERSEDED", "licence", "upgrade the licence that is in force"),
            Self::Ended => ("LICENCE_ENDED", "licence", "buy a licence of the beat"),
            Self::AtLimit => ("LIMIT_REACHED", "licence", "buy a licence of the beat that allows the use"),
            Self::NothingHigher => ("NOTHING_HIGHER", "licence", "ask the studio what it can offer"),
            Self::NotOffered(_) => ("TIER_NOT_OFFERED", "tier", "choose one of the upgrades offered"),
            Self::PriceChanged { .. } => ("UPGRADE_PRICE_CHANGED", "seenPrice", "look at the upgrades again"),
        };
        Report::new(Kind::Conflict, code, self.to_string()).field(field).remedy(remedy)
    }
}

/// What an upgrade costs: the new tier's price less what is kept of what was paid before, up to the next step in which payment services move money (in minor
/// units, above zero), no less than they collect, and never more than the tier costs anybody.
///
/// # Errors
/// If the amounts are of several currencies.
pub fn upgrade_price(full: Money, kept: Money, least: Money, step_minor: i64) -> Result<Money, MoneyError> {
    let difference = full.minus(kept)?;
    full.minus(least)?;
    // What was given back before in part leaves a rest of any digits.
    let below_step = difference.minor.rem_euclid(step_minor);
    let up_minor = if below_step == 0 { 0 } else { step_minor - below_step };
    let price_minor = difference.minor.saturating_add(up_minor);
    Ok(Money::new(price_minor.max(least.minor).min(full.minor), full.currency))
}

/// What remains of a sale once so much more of it has gone back, in minor units: what was asked for is not there to be credited, though it is in no book yet.
pub fn left_beside(mut left: Vec<Position>, asked_minor: i64) -> Result<Vec<Position>, JournalFault> {
    let (live_minor, _) = totals(&left)?;
    let asked_minor = asked_minor.min(live_minor);
    if asked_minor > 0 {
        for part in take_live(&left, asked_minor)? {
            if let Some(at) = left.iter_mut().find(|at| (at.line, at.holder) == (part.line, part.holder)) {
                at.live_minor = at.live_minor.saturating_add(part.live_minor);
            }
        }
    }
    Ok(left)
}

/// What is kept of what was paid for a line, in minor units, from what remains of its sale: nothing of it disputed, and no more than the line's price. Of
/// a sale that was booked before lines were told apart, the line's part by its price.
pub fn kept_of_line(left: &[Position], line: OrderLineId, price_minor: i64, total_minor: i64) -> i64 {
    let sum = |of: Option<OrderLineId>| {
        left.iter().filter(|at| at.line == of).map(|at| at.live_minor).fold(0, i64::saturating_add)
    };
    let undivided = i128::from(sum(None)) * i128::from(price_minor) / i128::from(total_minor.max(1));
    let kept = sum(Some(line)).saturating_add(i64::try_from(undivided).unwrap_or(i64::MAX));
    kept.min(price_minor).max(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::{collectable, ids::PartyId, ledger::rules::Holder, money::Currency};

    fn euros(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn price(full: i64, kept: i64) -> i64 {
        upgrade_price(euros(full), euros(kept), euros(50), 1).unwrap().minor
    }

    fn line(n: u128) -> OrderLineId {
        OrderLineId(Uuid::from_u128(n))
    }

    fn at(line: Option<OrderLineId>, n: u128, live_minor: i64) -> Position {
        Position { line, holder: Holder::Party(PartyId(Uuid::from_u128(n))), live_minor, suspended_minor: 0 }
    }

    #[test]
    fn the_difference_is_paid_and_no_less_than_the_gateway_collects() {
        assert_eq!(price(11_000, 6_000), 5_000);
        assert_eq!(price(11_000, 0), 11_000, "what came back is not credited");
        assert_eq!(price(6_000, 5_980), 50);
        assert_eq!(price(3_000, 6_000), 50, "a tier that has become cheaper");
        assert_eq!((price(0, 6_000), price(20, 0)), (0, 20), "nobody pays more than the tier's own price");
        let yen = Money::new(50, Currency::JPY);
        let of = |kept, least| upgrade_price(euros(1), kept, least, 1);
        assert!(of(yen, euros(1)).is_err() && of(euros(1), yen).is_err());
    }

    #[test]
    fn three_decimals_are_paid_up_to_the_next_ten() {
        let dinars = |minor| Money::new(minor, "KWD".parse().unwrap());
        let price = |kept| upgrade_price(dinars(60_000), dinars(kept), dinars(500), 10).unwrap();
        assert_eq!([30_000, 29_991, 29_999, 59_999].map(|kept| price(kept).minor), [30_000, 30_010, 30_010, 500]);
        assert_eq!(collectable::check(price(29_999)), Ok(()));
    }

    #[test]
    fn a_line_keeps_its_own_parts() {
        let left = [at(Some(line(1)), 1, 1_800), at(Some(line(1)), 2, 1_200), at(Some(line(2)), 1, 6_000)];
        assert_eq!(kept_of_line(&left, line(1), 3_000, 9_000), 3_000);
        assert_eq!(kept_of_line(&left, line(3), 3_000, 9_000), 0);
        assert_eq!(kept_of_line(&left[2..], line(2), 5_000, 9_000), 5_000, "no more than its price");
        assert_eq!(kept_of_line(&[at(None, 1, 8_999)], line(1), 3_000, 9_000), 2_999, "by its part, rounded down");
        assert_eq!(kept_of_line(&[], line(1), 0, 0), 0);
    }

    #[test]
    fn what_is_asked_back_is_as_good_as_gone() {
        let left = vec![at(Some(line(1)), 1, 3_000), at(Some(line(2)), 1, 6_000)];
        let kept = |asked| kept_of_line(&left_beside(left.clone(), asked).unwrap(), line(1), 3_000, 9_000);
        assert_eq!([0, 900, 9_000, 9_999].map(kept), [3_000, 2_700, 0, 0]);
    }

    #[test]
    fn each_refusal_says_what_to_do() {
        for refusal in [
            UpgradeRefusal::Exclusive,
            UpgradeRefusal::Superseded { by: "LL-7K3M9Q2X-1".into() },
            UpgradeRefusal::Ended,
            UpgradeRefusal::AtLimit,
            UpgradeRefusal::NothingHigher,
            UpgradeRefusal::NotOffered(TierCode::Wav),
            UpgradeRefusal::PriceChanged { seen: euros(1), now: euros(2) },
        ] {
            let report = refusal.explain();
            assert!(report.kind == Kind::Conflict && report.field.is_some() && report.remedy.is_some(), "{refusal}");
        }
    }

    proptest! {
        #[test]
        fn a_price_lies_between_the_least_and_the_tiers_own(
            full in 0_i64..1_000_000, kept in 0_i64..1_000_000, least in 0_i64..1_000, step in 1_i64..100,
        ) {
            let price = upgrade_price(euros(full), euros(kept), euros(least), step).unwrap().minor;
            prop_assert!(price <= full && price >= least.min(full));
            prop_assert!(price + kept >= full, "whoever upgrades has paid no less than the tier costs");
        }
    }
}
