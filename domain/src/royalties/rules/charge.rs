//! What is set off against royalties: shared costs, costs of one's own, advances, and what was paid.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{AccountKey, RoyaltyFault, Subject};
use crate::money::{Currency, Money};

/// A charge, given once: in the period in which it is booked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// Its name, by which it is given once.
    pub id: String,
    /// Its day.
    pub on: NaiveDate,
    /// How much; of a payment below zero, what came back of one, and of a reversal what is taken back.
    pub amount: Money,
    /// To whom.
    pub to: ChargedTo,
    /// The charge that this one takes back, all of it. What was recouped of it is given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<String>,
}

impl Charge {
    /// In which order charges are booked: what came back is owed again before anything is set off against it, and what is taken back was charged before.
    pub(super) const fn turn(&self) -> u8 {
        match (&self.reverses, self.amount.minor < 0) {
            (None, true) => 0,
            (None, false) => 1,
            (Some(_), _) => 2,
        }
    }
}

/// To whom something is charged.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargedTo {
    /// To the income of a recording or work before it is divided; of a release, spread over its tracks.
    Shared {
        /// What it is about.
        subject: Subject,
    },
    /// To an account: a cost of the payee's own.
    Cost {
        /// The account.
        account: AccountKey,
    },
    /// To an account: an advance.
    Advance {
        /// The account.
        account: AccountKey,
        /// The account among whose costs the advance is, too, such as the artist's whose producer got it. What the producer's royalties recoup of it is
        /// given back there, for nobody bears it twice.
        included_in: Option<AccountKey>,
    },
    /// To what an account is owed: it was paid, or a payment came back and is owed again.
    Payment {
        /// The account.
        account: AccountKey,
    },
}

/// Checks the charges of a period.
pub(super) fn check(charges: &[Charge], currency: Currency, through: NaiveDate) -> Result<(), RoyaltyFault> {
    let mut seen = BTreeSet::new();
    for charge in charges {
        let name = || charge.id.clone();
        if !seen.insert(&charge.id) {
            return Err(RoyaltyFault::ChargeTwice { charge: name() });
        }
        if charge.on > through {
            return Err(RoyaltyFault::ChargeLater { charge: name(), on: charge.on });
        }
        let is_payment = matches!(charge.to, ChargedTo::Payment { .. });
        let is_some = match (is_payment, &charge.reverses) {
            (true, None) => charge.amount.minor != 0,
            (false, None) => charge.amount.minor > 0,
            (false, Some(_)) => charge.amount.minor < 0,
            (true, Some(_)) => false,
        };
        if !is_some || charge.amount.currency != currency {
            return Err(RoyaltyFault::ChargeAmount { charge: name() });
        }
    }
    Ok(())
}
