//! Reading the books: balances, now and at any instant; what remains of certain sales; journals; closed periods; and why an entry is what it is.

mod balances;
mod explain;
mod journals;
mod periods;
mod shares;

pub use balances::{
    Balance, Payee, Totals, TrialBalance, find_owed, find_own_balance, list_balances, list_debts, list_payees,
    trial_balance, trial_balance_at, trial_balance_of_all,
};
pub(super) use balances::{balance_minor, sums_before};
pub use explain::{Explanation, FundedBy, PartOfLine, explain};
pub use journals::{
    EntryOfAccount, entries_of_journals, find_income, find_sale, journals_of_order, list_journals, remaining_of_sale,
};
pub(super) use journals::{journals_from, parts_of_journal, parts_of_sale};
pub(super) use periods::{hash_period, last_period};
pub use periods::{list_periods, prove_periods};
pub use shares::shares_of_sales;

/// How many journals or rows are read or written at once.
pub(super) const BATCH: usize = 500;
