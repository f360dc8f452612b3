//! What a period comes to, and how everything stands after it. Both are plain values in one order, so that the same lines under the same rules give
//! the same bytes and the same hash.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    AccountKey, Exact, Reached, RuleId, RuleRef, Subject, Why,
    account::{Movement, Standing},
    escalation::Blend,
    payee::Payout,
};
use crate::{catalog::Sha256, ids::PartyId, money::Currency, text_enum};

/// A value as bytes: JSON without spaces, its fields in the order of their types, maps by key and lists in the order that their makers give them.
pub(super) fn canonical<T: serde::Serialize + ?Sized>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("texts, whole numbers and maps by text are always JSON")
}

/// A period that is accounted for, both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Period {
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day: charges through it are booked, reserves due by it released, and terms of payees that hold on it apply.
    pub through: NaiveDate,
}

/// How everything stands between two periods.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct State {
    /// Each account, in the order of the keys.
    pub accounts: Vec<AccountStanding>,
    /// How far each contract has come.
    pub contracts: BTreeMap<RuleId, Progress>,
    /// What is open of each recording's or work's shared costs and losses.
    pub costs: BTreeMap<Subject, Exact>,
    /// What is held back and is still to be released.
    pub reserves: Vec<Held>,
}

impl State {
    /// What it comes to as bytes.
    pub fn canonical(&self) -> Vec<u8> {
        canonical(self)
    }
}

/// An account and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AccountStanding {
    /// Which.
    pub account: AccountKey,
    /// How.
    pub standing: Standing,
}

/// How far a contract has come since its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// What its escalation is measured by.
    pub reached: Reached,
    /// What it has earned, paid or not.
    pub earned: Exact,
    /// What of that waits until costs are recouped.
    pub waiting: Exact,
    /// Whether they have been: once they are, it stays so.
    pub open: bool,
}

/// Of what something is held back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldOf {
    /// Of the income of a recording or work, before costs and shares.
    Income {
        /// Which.
        subject: Subject,
    },
    /// Of what an account has earned.
    Earnings {
        /// Which.
        account: AccountKey,
    },
    /// Of what a contract will pay; until then it is the payer's.
    Base {
        /// Who will be paid.
        account: AccountKey,
        /// Who will pay.
        payer: AccountKey,
    },
}

/// What is held back and will be released on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Held {
    /// When it is released.
    pub on: NaiveDate,
    /// Of what.
    pub of: HeldOf,
    /// By which rule.
    pub rule: RuleRef,
    /// How much, in minor units.
    pub minor: i64,
}

text_enum! {
    /// Why an amount is in an account.
    pub enum Kind {
        /// A share of income.
        Share = "share",
        /// A royalty under a contract.
        Royalty = "royalty",
        /// A royalty under a contract, borne by its payer.
        Borne = "borne",
        /// Royalties from record one on that had waited for costs to be recouped.
        Retroactive = "retroactive",
        /// A royalty on income that is held back for now, taken out again; given out later, it comes back.
        HeldBase = "held_base",
    }
}

/// What an account has earned by a rule of a recording or work; less than nothing, what it bears.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Activity {
    /// The account.
    pub account: AccountKey,
    /// The rule.
    pub rule: RuleRef,
    /// Of what; of several where the rule does not tell them apart.
    pub subject: Option<Subject>,
    /// Why.
    pub kind: Kind,
    /// On how many units.
    pub units: Exact,
    /// How much.
    pub amount: Exact,
}

/// An account's line: from how it stood to how it stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AccountLine {
    /// The account.
    pub account: AccountKey,
    /// How it stood.
    pub opening: Standing,
    /// The sum of its activities.
    pub activity: Exact,
    /// What was held back of it, in minor units.
    pub held_minor: i64,
    /// What was released to it, in minor units.
    pub released_minor: i64,
    /// What the period did to it.
    pub movement: Movement,
    /// How it stands.
    pub closing: Standing,
}

/// A payee's line over all accounts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PayeeLine {
    /// Who.
    pub payee: PartyId,
    /// What all accounts are owed, in minor units.
    pub balance_minor: i64,
    /// What is paid out of it.
    pub payout: Payout,
}

/// What waits for somebody to say whose it is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Suspended {
    /// Of what, if that is known.
    pub subject: Option<Subject>,
    /// Why it waits.
    pub why: Why,
    /// How many lines it is of.
    pub lines: u64,
    /// How much.
    pub amount: Exact,
}

/// Shared costs that income has paid for; less than nothing, a loss that waits for later income.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recovered {
    /// Of what.
    pub subject: Subject,
    /// How much.
    pub amount: Exact,
}

/// How a version of a contract was applied in the period, beyond what it says itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Applied {
    /// The version.
    pub rule: RuleRef,
    /// What its escalation added, by units or amount.
    pub blends: Vec<Blend>,
    /// How much of its royalties is paid.
    pub passed: Passed,
    /// Lines that it earned nothing on, for they do not say the gross that it is reckoned on.
    pub grossless: u64,
}

/// How much of royalties is paid, and does not wait for costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Passed {
    /// All of them.
    All,
    /// None yet.
    Nothing,
    /// What was earned after the costs were recouped: so much of so much.
    Part {
        /// This.
        part: Exact,
        /// Of this.
        of: Exact,
    },
}

impl Passed {
    /// What is paid of a royalty.
    pub(super) fn of(self, royalty: Exact) -> Result<Exact, super::RoyaltyFault> {
        match self {
            Self::All => Ok(royalty),
            Self::Nothing => Ok(Exact::ZERO),
            Self::Part { part, of } => royalty.over(part, of),
        }
    }
}

/// Where all that came in has gone: accounts, suspense, costs, reserves and residue are what was received, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Proof {
    /// How many lines.
    pub lines: u64,
    /// What was received.
    pub received: Exact,
    /// What accounts have earned, after reserves, in minor units.
    pub accounts_minor: i64,
    /// What waits for somebody to say whose it is, in minor units.
    pub suspense_minor: i64,
    /// What has paid for shared costs, in minor units.
    pub costs_minor: i64,
    /// What was held back, less what was released, in minor units.
    pub reserves_minor: i64,
    /// What is left over of a minor unit.
    pub residue: Exact,
}

/// What a period comes to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Outcome {
    /// The period.
    pub period: Period,
    /// The currency of all of it.
    pub currency: Currency,
    /// The hash of the rules.
    pub rules_sha256: Sha256,
    /// Where all has gone.
    pub proof: Proof,
    /// What accounts have earned, by rule and subject.
    pub activities: Vec<Activity>,
    /// Each account.
    pub accounts: Vec<AccountLine>,
    /// Each payee.
    pub payees: Vec<PayeeLine>,
    /// What waits.
    pub suspense: Vec<Suspended>,
    /// Shared costs that were paid for.
    pub recovered: Vec<Recovered>,
    /// How contracts were applied.
    pub contracts: Vec<Applied>,
    /// How everything stands: the next period's opening.
    pub closing: State,
}

impl Outcome {
    /// What it comes to as bytes.
    pub fn canonical(&self) -> Vec<u8> {
        canonical(self)
    }

    /// The hash of those bytes.
    pub fn sha256(&self) -> Sha256 {
        Sha256::of(&self.canonical())
    }

    /// An account's line.
    pub fn account(&self, account: &AccountKey) -> Option<&AccountLine> {
        self.accounts.iter().find(|line| line.account == *account)
    }
}
