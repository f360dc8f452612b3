//! Files for banks: [`pain001`] for SEPA, [`nacha`] for ACH. Pure: the same payments give the same file. What goes in has been checked by
//! [`crate::payouts::rules::bank`], so that every character is one that banks take.

pub mod nacha;
pub mod pain001;

use chrono::NaiveDate;

use super::{
    PayoutError,
    rules::bank::{AchDebtor, Debtor, SepaDebtor},
};
use crate::env::Instant;

/// A payment in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// What names it from end to end, up to 15 characters.
    pub id: String,
    /// How much, in cents, more than nothing.
    pub amount_minor: i64,
    /// Whose account it goes to.
    pub holder: String,
    /// The IBAN, or the account's number.
    pub account: String,
    /// The BIC, if it is known, or the bank's routing number.
    pub bank: Option<String>,
    /// Whether it is a savings account.
    pub savings: bool,
    /// Whether a company is paid.
    pub company: bool,
    /// What the payee reads on their statement.
    pub text: String,
}

/// What a file says beside its payments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading<'a, D> {
    /// The file's name for itself, up to 31 characters.
    pub id: &'a str,
    /// What tells it from others of the same day, where banks ask for that; see [`nacha::modifier`].
    pub modifier: char,
    /// When it is made.
    pub made_at: Instant,
    /// When the bank is to pay.
    pub execute_on: NaiveDate,
    /// Who pays.
    pub debtor: &'a D,
}

/// Writes the file that a bank takes.
pub fn write(
    id: &str,
    modifier: char,
    made_at: Instant,
    execute_on: NaiveDate,
    debtor: &Debtor,
    payments: &[Payment],
) -> Result<String, PayoutError> {
    match debtor {
        Debtor::Sepa(debtor) => {
            pain001::document(&Heading::<SepaDebtor> { id, modifier, made_at, execute_on, debtor }, payments)
        }
        Debtor::Ach(debtor) => {
            nacha::file(&Heading::<AchDebtor> { id, modifier, made_at, execute_on, debtor }, payments)
        }
    }
}

/// What all payments come to.
fn total(payments: &[Payment]) -> Result<i64, PayoutError> {
    let sum = payments.iter().try_fold(0_i64, |sum, payment| sum.checked_add(payment.amount_minor));
    sum.ok_or(PayoutError::TooLarge)
}
