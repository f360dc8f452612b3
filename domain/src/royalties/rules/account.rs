//! An account: what it earns, and what is set off against it, in whole minor units.
//!
//! What an account earns first makes up for what it has gone below nothing before; then it goes, in the order of the payee's terms, to costs, tax and advances,
//! and the rest is owed. What is earned below nothing is set off against what is still owed, and the rest of it waits for later earnings.

use super::{AccountKey, Charge, ChargedTo, RoyaltyFault, payee::Recoup};
use crate::share::{Share, WHOLE_PPM};

/// An advance that is not recouped yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct OpenAdvance {
    /// Its day: the oldest is recouped first.
    pub on: chrono::NaiveDate,
    /// The charge.
    pub charge: String,
    /// How much of it is open, in minor units.
    pub open_minor: i64,
    /// Where what is recouped of it is given back.
    pub included_in: Option<AccountKey>,
}

/// How an account stands, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Standing {
    /// What it is owed and was not paid.
    pub owed_minor: i64,
    /// How far its earnings are below nothing.
    pub deficit_minor: i64,
    /// Costs of its own that are not recouped.
    pub costs_minor: i64,
    /// All costs of its own that were ever charged to it.
    pub charged_minor: i64,
    /// Advances that are not recouped, the oldest first.
    pub advances: Vec<OpenAdvance>,
}

/// What a period did to an account, in minor units: `earned` and `given_back` are `owed` and what was set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Movement {
    /// What was earned, reserves held and released in it, rounded once.
    pub earned_minor: i64,
    /// What came back of costs that others' royalties have recouped, or that were taken back; less than zero, what others give back of that.
    pub given_back_minor: i64,
    /// How much further the account went below nothing; less than zero, what was made up for.
    pub deficit_minor: i64,
    /// What its own costs took.
    pub costs_minor: i64,
    /// What was withheld for tax.
    pub tax_minor: i64,
    /// What advances took.
    pub advances_minor: i64,
    /// What was added to what is owed; less than zero, what was set off against it.
    pub owed_minor: i64,
    /// What was paid since the last period; less than zero, what came back of payments.
    pub paid_minor: i64,
}

fn sum(one: i64, other: i64) -> Result<i64, RoyaltyFault> {
    one.checked_add(other).ok_or(RoyaltyFault::Overflow)
}

impl Movement {
    /// Adds another of the same account and period.
    pub(super) fn accumulate(&mut self, other: &Self) -> Result<(), RoyaltyFault> {
        *self = Self {
            earned_minor: sum(self.earned_minor, other.earned_minor)?,
            given_back_minor: sum(self.given_back_minor, other.given_back_minor)?,
            deficit_minor: sum(self.deficit_minor, other.deficit_minor)?,
            costs_minor: sum(self.costs_minor, other.costs_minor)?,
            tax_minor: sum(self.tax_minor, other.tax_minor)?,
            advances_minor: sum(self.advances_minor, other.advances_minor)?,
            owed_minor: sum(self.owed_minor, other.owed_minor)?,
            paid_minor: sum(self.paid_minor, other.paid_minor)?,
        };
        Ok(())
    }
}

impl Standing {
    /// Books what is charged to the account, whose name is given for messages; the amount paid, if it is a payment, below zero if one came back.
    pub(super) fn charge(&mut self, account: &AccountKey, charge: &Charge) -> Result<i64, RoyaltyFault> {
        let minor = charge.amount.minor;
        match &charge.to {
            ChargedTo::Shared { .. } => {}
            ChargedTo::Cost { .. } => {
                self.costs_minor = sum(self.costs_minor, minor)?;
                self.charged_minor = sum(self.charged_minor, minor)?;
            }
            ChargedTo::Advance { included_in, .. } => {
                let included_in = included_in.clone();
                self.advances.push(OpenAdvance {
                    on: charge.on,
                    charge: charge.id.clone(),
                    open_minor: minor,
                    included_in,
                });
                self.advances.sort();
            }
            ChargedTo::Payment { .. } => {
                if minor > self.owed_minor {
                    return Err(RoyaltyFault::Overpaid { account: account.clone(), owed_minor: self.owed_minor });
                }
                self.owed_minor = self.owed_minor.checked_sub(minor).ok_or(RoyaltyFault::Overflow)?;
                return Ok(minor);
            }
        }
        Ok(0)
    }

    /// Takes a cost or an advance back that was charged to the account: what is open of it is open no more, and what it has taken of earnings is given back, to the
    /// account; of an advance that was among another account's costs, it is taken back there. To whom how much is given back, in minor units.
    pub(super) fn reverse(&mut self, charge: &Charge, reverses: &str) -> Result<Vec<(AccountKey, i64)>, RoyaltyFault> {
        let minor = charge.amount.minor.checked_neg().ok_or(RoyaltyFault::Overflow)?;
        match &charge.to {
            ChargedTo::Cost { account } => {
                let open_minor = self.costs_minor.min(minor);
                self.costs_minor -= open_minor;
                self.charged_minor = (self.charged_minor - minor).max(0);
                Ok(vec![(account.clone(), minor - open_minor)])
            }
            ChargedTo::Advance { account, included_in } => {
                let place = self.advances.iter().position(|advance| advance.charge == reverses);
                let open_minor = place.map_or(0, |place| self.advances.remove(place).open_minor);
                let back_minor = minor - open_minor;
                let mut given_back = vec![(account.clone(), back_minor)];
                given_back.extend(included_in.iter().map(|other| (other.clone(), -back_minor)));
                Ok(given_back)
            }
            ChargedTo::Shared { .. } | ChargedTo::Payment { .. } => Ok(Vec::new()),
        }
    }

    /// Settles what a period has earned. With it comes what is recouped of advances that are included in others' costs.
    pub(super) fn settle(
        &mut self,
        earned_minor: i64,
        given_back_minor: i64,
        order: [Recoup; 3],
        tax: Share,
    ) -> Result<(Movement, Vec<(AccountKey, i64)>), RoyaltyFault> {
        let mut movement = Movement { earned_minor, given_back_minor, ..Movement::default() };
        let mut given_back = Vec::new();
        let mut left = sum(sum(earned_minor, given_back_minor)?, -self.deficit_minor)?;
        let deficit_before = self.deficit_minor;
        if left < 0 {
            // What is still owed makes up for it first.
            let taken = self.owed_minor.min(left.checked_neg().ok_or(RoyaltyFault::Overflow)?);
            movement.owed_minor = -taken;
            self.deficit_minor = -(left + taken);
            left = 0;
        } else {
            self.deficit_minor = 0;
        }
        movement.deficit_minor = self.deficit_minor - deficit_before;
        for step in order {
            let taken = match step {
                Recoup::Costs => {
                    movement.costs_minor = left.min(self.costs_minor);
                    self.costs_minor -= movement.costs_minor;
                    movement.costs_minor
                }
                Recoup::Tax => {
                    movement.tax_minor = withheld(left, tax);
                    movement.tax_minor
                }
                Recoup::Advances => {
                    movement.advances_minor = self.recoup(left, &mut given_back);
                    movement.advances_minor
                }
            };
            left -= taken;
        }
        movement.owed_minor = sum(movement.owed_minor, left)?;
        self.owed_minor = sum(self.owed_minor, movement.owed_minor)?;
        Ok((movement, given_back))
    }

    /// Recoups open advances, the oldest first.
    fn recoup(&mut self, mut left: i64, given_back: &mut Vec<(AccountKey, i64)>) -> i64 {
        let before = left;
        for advance in &mut self.advances {
            let taken = left.min(advance.open_minor);
            advance.open_minor -= taken;
            left -= taken;
            if let (Some(account), true) = (&advance.included_in, taken > 0) {
                given_back.push((account.clone(), taken));
            }
        }
        self.advances.retain(|advance| advance.open_minor > 0);
        before - left
    }
}

/// What is withheld of an amount that is not below zero, rounded down.
fn withheld(minor: i64, tax: Share) -> i64 {
    let exact = i128::from(minor) * i128::from(tax.ppm()) / i128::from(WHOLE_PPM);
    i64::try_from(exact).expect("a share of an amount is at most the amount")
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::royalties::rules::payee::ORDER;

    fn standing(owed: i64, deficit: i64, costs: i64, advance: i64) -> Standing {
        let open = |open_minor| OpenAdvance {
            on: NaiveDate::default(),
            charge: "advance".to_owned(),
            open_minor,
            included_in: None,
        };
        Standing {
            owed_minor: owed,
            deficit_minor: deficit,
            costs_minor: costs,
            charged_minor: costs,
            advances: (advance > 0).then(|| open(advance)).into_iter().collect(),
        }
    }

    fn tenth() -> Share {
        Share::from_ppm(100_000).unwrap()
    }

    #[test]
    fn expenses_recoup_before_tax_and_advances_last() {
        let mut account = standing(0, 0, 1_000, 2_000);
        let (movement, _) = account.settle(5_000, 0, ORDER, tenth()).unwrap();
        assert_eq!((movement.costs_minor, movement.tax_minor, movement.advances_minor), (1_000, 400, 2_000));
        assert_eq!((movement.owed_minor, account.owed_minor), (1_600, 1_600));
        // By another order the tax is of what the advance leaves.
        let order = [Recoup::Advances, Recoup::Costs, Recoup::Tax];
        let (movement, _) = standing(0, 0, 1_000, 2_000).settle(5_000, 0, order, tenth()).unwrap();
        assert_eq!((movement.tax_minor, movement.owed_minor), (200, 1_800));
    }

    #[test]
    fn what_goes_below_nothing_is_set_off_and_made_up_for() {
        let mut account = standing(300, 0, 0, 0);
        let (movement, _) = account.settle(-500, 0, ORDER, tenth()).unwrap();
        assert_eq!((movement.owed_minor, movement.deficit_minor, movement.tax_minor), (-300, 200, 0));
        assert_eq!((account.owed_minor, account.deficit_minor), (0, 200));
        let (movement, _) = account.settle(1_200, 0, ORDER, tenth()).unwrap();
        assert_eq!((movement.deficit_minor, movement.tax_minor, movement.owed_minor), (-200, 100, 900));
    }

    proptest! {
        #[test]
        fn every_cent_of_an_account_has_its_place(
            (owed, deficit, costs, advance) in (0_i64..9_999, 0_i64..9_999, 0_i64..9_999, 0_i64..9_999),
            earned in -20_000_i64..20_000, back in 0_i64..500, ppm in 0_u32..=WHOLE_PPM,
        ) {
            let mut account = standing(owed, deficit, costs, advance);
            let (moved, _) = account.settle(earned, back, ORDER, Share::from_ppm(ppm).unwrap()).unwrap();
            let placed = moved.costs_minor + moved.tax_minor + moved.advances_minor + moved.owed_minor - moved.deficit_minor;
            prop_assert_eq!(placed, earned + back);
            prop_assert!(account.owed_minor >= 0 && account.deficit_minor >= 0 && account.costs_minor >= 0);
            prop_assert_eq!(account.owed_minor, owed + moved.owed_minor);
            prop_assert_eq!(account.deficit_minor, deficit + moved.deficit_minor);
            prop_assert!(account.deficit_minor == 0 || account.owed_minor == 0);
        }
    }
}
