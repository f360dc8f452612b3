//! What statements come to for everybody: a pure function of lines and rules.
//!
//! [`calculate()`] takes the [`Sums`] of a period's [`Line`]s, a [`RuleBook`] of versioned rules, what was charged since, and how everything stood, and gives
//! an [`Outcome`] with the closing state. It asks neither clock nor database, no order of lines, rules or charges changes a byte of what it gives, and each
//! step conserves the sum: accounts, suspense, shared costs, reserves and residue are what was received, to the last decimal.
//!
//! The way of the money, from outside in, and where each step is:
//!
//! 1. `place`: lines to recordings and works, a release over its tracks; what belongs nowhere waits and keeps nobody from being paid. Once somebody
//!    has said whose it is, its lines are lines of the period in which they did.
//! 2. `income`: reserves before the rate, shared costs, and everybody's share by the [`Split`] that was executed.
//! 3. `royalties`: what parties pay each other of it under a [`Contract`], at a [`Rate`] that may rise ([`Escalation`]), now or once costs are recouped ([`Payable`]).
//! 4. [`reserve`]: what is held of earnings, and what is released.
//! 5. `post`: each account's total is rounded to minor units, once; what is left over of one is the residue.
//! 6. [`account`]: deficits, costs, tax and advances, in the order of the [`Payee`]'s terms; the rest is owed, and paid by them.
//!
//! [`explain`] leads back from an account to its activities, and from a line to everybody's part of it. [`Inputs`] are all that a period is reckoned from, as
//! bytes: [`replay()`] gives its outcome again wherever they are. Of parties that became one since, `succession` makes one.
//!
//! **Where the rules come from**, and the worked example that holds each:
//!
//! | Rule | Source | Example |
//! |---|---|---|
//! | executed shares, the whole on each side | the split sheet that was signed ([`Split::executed`]) | `tests/examples.rs` |
//! | all-in deals, record-one producers, both ways of recouping | D. Passman, *All You Need to Know About the Music Business*, on producer deals | `tests/examples.rs`: 5,000, 10,000 and 14,000 |
//! | dealer price, uplift, packaging and other deductions | the same, on the royalty base | `rate.rs` |
//! | rates by territory, channel, format, source and day, and such that rise | contracts as they are written | `tests/contracts.rs` |
//! | points of an artist's royalty by letter of direction | 17 U.S.C. § 114(g)(2) and (5); `SoundExchange`'s form of the letter | `tests/examples.rs`: 900 |
//! | costs before advances, tax between them; reserves before or after the rate; classic and flexible losses; album pro rata | what labels' royalty systems do, as written into contracts | `tests/recoupment.rs`, `reserves.rs`, `examples.rs` |
//! | rounding of totals alone, the rest by largest remainder | [`crate::share::allocate`], as everywhere in these books | `post.rs` |
//! | tax withheld at the source by residence, less by treaty | the payer's law; the rates are the studio's to set | `payee.rs` |
//!
//! **To add a rule:** a variant of [`Rule`] with its check in the file of its subject, a step above that asks for it, and a worked example in `tests`.

pub mod account;
mod book;
mod calculate;
mod charge;
mod contract;
pub mod escalation;
mod exact;
pub mod explain;
mod fault;
mod income;
mod line;
mod names;
mod outcome;
pub mod payee;
mod place;
mod post;
mod rate;
mod replay;
pub mod reserve;
mod royalties;
mod split;
mod succession;
#[cfg(test)]
mod tests;
mod work;

pub use account::{Movement, OpenAdvance, Standing};
pub use book::{Rule, RuleBook, Version};
pub use calculate::{Run, calculate};
pub use charge::{Charge, ChargedTo};
pub use contract::{Contract, Covers, Payable, RecoupedAt};
pub use escalation::{Blend, DateStep, Escalation, Reached, Step};
pub use exact::{DECIMALS, Exact, Fraction};
pub use fault::RoyaltyFault;
pub use line::{Channel, Grain, Line, LineKey, Subject, Sums, Totals};
pub use names::{AccountKey, Group, RuleId, RuleRef};
pub use outcome::{
    AccountLine, AccountStanding, Activity, Applied, Held, HeldOf, Kind, Outcome, Passed, PayeeLine, Period, Progress,
    Proof, Recovered, State, Suspended,
};
pub use payee::{Hold, Payee, Payout, Recoup, Withholding};
pub use place::Why;
pub use rate::{Base, Deduction, ListPrice, Rate, When};
pub use replay::{Inputs, Waiting, replay, rules_in};
pub use reserve::{HeldAt, Release, Reserve};
pub use split::{Album, EXECUTED, Losses, Part, Split};
pub use succession::{Successors, succeeded};
