//! Coupons: what one takes off, and when it does.

use std::collections::BTreeSet;

use super::Item;
use crate::{
    env::Instant,
    ids::{BeatId, CouponId},
    licensing::terms::TierCode,
    money::{Currency, Money},
    report::{Explain, Kind, Report},
    share::{Share, WHOLE_PPM},
};

/// The longest code, in characters.
const MAX_CODE_CHARS: usize = 40;

/// What a coupon takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Off {
    /// An amount, or all that there is.
    Amount(Money),
    /// A part.
    Part(Share),
}

impl Off {
    /// How much of so much, in minor units: in whole steps, a part rounded to the nearest.
    pub(super) fn of(self, base_minor: i64, step: i64) -> i64 {
        match self {
            Self::Amount(amount) => amount.minor.min(base_minor) / step * step,
            Self::Part(part) => {
                let whole = i128::from(WHOLE_PPM);
                let steps = (i128::from(base_minor / step) * i128::from(part.ppm()) + whole / 2) / whole;
                i64::try_from(steps).unwrap_or(i64::MAX / step) * step
            }
        }
    }
}

/// A coupon as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponRule {
    /// Which.
    pub id: CouponId,
    /// Its code.
    pub code: String,
    /// What it takes off.
    pub off: Off,
    /// What the order comes to at the least before it is taken off; none if any will do.
    pub minimum: Option<Money>,
    /// The beats that it is for; any, if none is named.
    pub beats: BTreeSet<BeatId>,
    /// The tiers that it is for; any, if none is named.
    pub tiers: BTreeSet<TierCode>,
    /// From when on it can be used; none if always before its end.
    pub starts_at: Option<Instant>,
    /// Until when, exclusively; none if for ever.
    pub ends_at: Option<Instant>,
    /// How often it can be used; none if without end.
    pub max_uses: Option<i32>,
    /// How often others use it.
    pub uses: i32,
    /// Whether it is given out.
    pub enabled: bool,
}

impl CouponRule {
    /// Whether it is for a line.
    pub(super) fn is_for(&self, item: &Item) -> bool {
        (self.beats.is_empty() || self.beats.contains(&item.beat))
            && (self.tiers.is_empty() || self.tiers.contains(&item.tier))
    }

    /// Why it takes nothing off an order of so much, of which some lines are such as it is for, or none are.
    pub(super) fn fault(&self, order: Money, is_for_none: bool, now: Instant) -> Option<CouponFault> {
        let code = || self.code.clone();
        if !self.enabled || self.ends_at.is_some_and(|end| now >= end) {
            return Some(CouponFault::Over(code()));
        }
        if let Some(starts_at) = self.starts_at.filter(|start| now < *start) {
            return Some(CouponFault::NotYet { code: code(), starts_at });
        }
        if self.max_uses.is_some_and(|most| self.uses >= most) {
            return Some(CouponFault::UsedUp(code()));
        }
        let amounts = [self.minimum, if let Off::Amount(amount) = self.off { Some(amount) } else { None }];
        if let Some(other) = amounts.into_iter().flatten().find(|amount| amount.currency != order.currency) {
            return Some(CouponFault::OtherCurrency { code: code(), coupon: other.currency, order: order.currency });
        }
        if is_for_none {
            return Some(CouponFault::NotForThese(code()));
        }
        let minimum = self.minimum.filter(|minimum| order.minor < minimum.minor)?;
        Some(CouponFault::BelowMinimum { code: code(), minimum })
    }
}

/// Why a coupon takes nothing off.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CouponFault {
    /// The studio has no such coupon.
    #[error("there is no coupon with this code")]
    Unknown,
    /// Its time is over, or the studio has taken it back.
    #[error("the coupon {0} is not valid any more")]
    Over(String),
    /// Its time has not come.
    #[error("the coupon {code} is valid from {} on", starts_at.format("%-d %B %Y, %H:%M UTC"))]
    NotYet {
        /// Its code.
        code: String,
        /// When it comes.
        starts_at: Instant,
    },
    /// Others were first.
    #[error("the coupon {0} has been used as often as it can be")]
    UsedUp(String),
    /// It is of another currency.
    #[error("the coupon {code} is in {coupon}, and this order is in {order}")]
    OtherCurrency {
        /// Its code.
        code: String,
        /// Its currency.
        coupon: Currency,
        /// The order's.
        order: Currency,
    },
    /// Nothing in the order is what it is for.
    #[error("the coupon {0} is for other beats or licences than these")]
    NotForThese(String),
    /// The order is too small for it.
    #[error("the coupon {code} is for orders of {minimum} or more")]
    BelowMinimum {
        /// Its code.
        code: String,
        /// The least order.
        minimum: Money,
    },
}

impl Explain for CouponFault {
    fn explain(&self) -> Report {
        let (code, remedy) = match self {
            Self::Unknown => ("COUPON_UNKNOWN", "check how it is written"),
            Self::Over(_) => ("COUPON_OVER", "order without it, or ask the studio for another"),
            Self::NotYet { .. } => ("COUPON_NOT_YET", "order without it, or come back then"),
            Self::UsedUp(_) => (
                "COUPON_USED_UP",
                "order without it, or come back in an hour: an order that is not paid by then gives its use back",
            ),
            Self::OtherCurrency { .. } => ("COUPON_CURRENCY", "order without it, or in the coupon's currency"),
            Self::NotForThese(_) => ("COUPON_NOT_FOR_THESE", "order without it, or put in what it is for"),
            Self::BelowMinimum { .. } => ("COUPON_BELOW_MINIMUM", "put more into the cart, or order without it"),
        };
        let kind = if matches!(self, Self::Unknown) { Kind::Invalid } else { Kind::Conflict };
        Report::new(kind, code, self.to_string()).field("coupon").remedy(remedy)
    }
}

/// A code in the form in which it is kept: capital letters, digits and hyphens, 1 to 40. None if it cannot be one.
pub fn code(text: &str) -> Option<String> {
    let code = text.trim().to_uppercase();
    let fits = (1..=MAX_CODE_CHARS).contains(&code.len());
    (fits && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')).then_some(code)
}
