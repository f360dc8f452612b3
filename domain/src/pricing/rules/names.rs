//! What discounts are called.

use std::fmt;

use crate::pricing::entity::DiscountKind;

/// What a discount is called. Pages say it in their reader's language; by itself it is English, as orders keep it and receipts print it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiscountName {
    /// A bundle, by the name that its studio has given it.
    Bundle(String),
    /// A bulk deal, by its numbers.
    Bulk {
        /// How many are paid.
        buy: i32,
        /// How many more are free.
        free: i32,
    },
    /// A coupon, by its code.
    Coupon(String),
    /// What an order has kept in no form of its kind, as it stands.
    AsKept(String),
}

/// `Two for the road`, `Buy 2, get 1 free`, `Coupon SUMMER`.
impl fmt::Display for DiscountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bundle(name) | Self::AsKept(name) => f.write_str(name),
            Self::Bulk { buy, free } => write!(f, "Buy {buy}, get {free} free"),
            Self::Coupon(code) => write!(f, "Coupon {code}"),
        }
    }
}

impl DiscountName {
    /// What an order has kept of a discount of a kind. Displayed, it is word for word what was kept.
    pub fn kept(kind: DiscountKind, text: &str) -> Self {
        let read = match kind {
            DiscountKind::Bundle => Some(Self::Bundle(text.to_owned())),
            DiscountKind::Bulk => read_bulk(text),
            DiscountKind::Coupon => text.strip_prefix("Coupon ").map(|code| Self::Coupon(code.to_owned())),
        };
        // A number can be written in several ways, and only one of them is ours.
        read.filter(|name| name.to_string() == text).unwrap_or_else(|| Self::AsKept(text.to_owned()))
    }
}

fn read_bulk(text: &str) -> Option<DiscountName> {
    let (buy, free) = text.strip_prefix("Buy ")?.strip_suffix(" free")?.split_once(", get ")?;
    Some(DiscountName::Bulk { buy: buy.parse().ok()?, free: free.parse().ok()? })
}
