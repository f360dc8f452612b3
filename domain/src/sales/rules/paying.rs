//! For how long an order can be paid.

use chrono::Duration;

use super::{checkout_expires_at, opening_ends_at};
use crate::env::Instant;

/// For how long it can be paid again after a bank has let its payment fail: so that whoever reads of it by mail still can, and less than the day for which
/// gateways keep a pay page open.
pub const AGAIN_HOURS: i64 = 20;

/// How long before the end of that its checkout can be opened at the latest: gateways keep none open for less than half an hour.
const LEAST_OPEN_MINUTES: i64 = 35;

/// When an order can be paid: after it was placed, or after a bank has let its last payment fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayWindow {
    /// For the first time.
    First {
        /// When the order was placed.
        placed_at: Instant,
    },
    /// Again.
    Again {
        /// When the last payment failed.
        failed_at: Instant,
        /// How many have failed.
        number: i32,
    },
}

impl PayWindow {
    /// When it begins: what is asked of the gateway in it has keys as old as this at the most.
    pub const fn begins_at(self) -> Instant {
        match self {
            Self::First { placed_at } => placed_at,
            Self::Again { failed_at, .. } => failed_at,
        }
    }

    /// Until when the checkout can be opened for the first time in it.
    pub fn opening_ends_at(self) -> Instant {
        match self {
            Self::First { placed_at } => opening_ends_at(placed_at),
            Self::Again { .. } => self.ends_at() - Duration::minutes(LEAST_OPEN_MINUTES),
        }
    }

    /// When it ends: then the pay page closes.
    pub fn ends_at(self) -> Instant {
        match self {
            Self::First { placed_at } => checkout_expires_at(placed_at),
            Self::Again { failed_at, .. } => failed_at + Duration::hours(AGAIN_HOURS),
        }
    }

    /// Until when a buyer gets to the pay page: of one that is not open yet, it has to be opened before.
    pub fn payable_until(self, is_open: bool) -> Instant {
        if is_open { self.ends_at() } else { self.opening_ends_at() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing;

    #[test]
    fn gateways_take_what_a_pay_page_is_opened_for() {
        let (env, _) = testing::env(1);
        let at = env.now();
        for window in [PayWindow::First { placed_at: at }, PayWindow::Again { failed_at: at, number: 1 }] {
            assert_eq!(window.begins_at(), at);
            assert!(
                window.ends_at() - window.begins_at() < Duration::hours(24),
                "a page is open for a day at the most"
            );
            let least = window.ends_at() - window.opening_ends_at();
            assert!(least > Duration::minutes(30), "and for half an hour at least");
            assert_eq!(window.payable_until(true) - window.payable_until(false), least);
        }
    }
}
