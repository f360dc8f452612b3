//! What one party pays another of what it earns: artist royalties, producers' points, participations.
//!
//! A contract moves money from the payer's account to the payee's, so that whatever its base and however many points there are in all, nothing is
//! made or lost: participations of more than 100 % leave the payer below nothing. In an all-in deal the producer's contract names the artist as its payer,
//! and the producer is paid directly all the same.

use std::collections::BTreeSet;

use super::{Escalation, Group, LineKey, Rate, Reserve, RuleId, Subject, rate::Base};
use crate::ids::PartyId;

/// What a contract is about.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Covers {
    /// Everything that earns.
    Everything,
    /// These recordings and works.
    Only(BTreeSet<Subject>),
}

impl Covers {
    /// Whether it is about a recording or work.
    pub fn includes(&self, subject: &Subject) -> bool {
        match self {
            Self::Everything => true,
            Self::Only(subjects) => subjects.contains(subject),
        }
    }
}

/// By which rate it is told whether the costs are recouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoupedAt {
    /// By all that the artist's contract earns, the producer's part included: the combined, or all-in, rate.
    CombinedRate,
    /// By what is left of it for the artist.
    NetRate,
}

/// From when royalties are paid.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Payable {
    /// From the first copy and stream.
    #[default]
    RecordOne,
    /// Once the costs charged to the artist's account are recouped.
    AfterCosts {
        /// The artist's contract.
        of: RuleId,
        /// By which rate.
        recouped_at: RecoupedAt,
        /// Whether everything from record one is paid then, or only what is earned afterwards.
        retroactive: bool,
    },
}

/// A contract.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Who bears it.
    pub payer: PartyId,
    /// Of which of the payer's accounts; of its shares if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_group: Option<Group>,
    /// Who is paid.
    pub payee: PartyId,
    /// In which group it is earned: contracts of one payee and group are cross-collateralised. Of itself if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    /// What it is about.
    pub covers: Covers,
    /// The rates, of which the first that holds for a line is taken: put the special before the general. A line that none holds for earns nothing.
    pub rates: Vec<Rate>,
    /// How the rates rise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
    /// From when it is paid.
    #[serde(default)]
    pub payable: Payable,
    /// What is held back. Held before the rate, it stays with the payer until it is released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve: Option<Reserve>,
}

impl Contract {
    /// The rules that have to be reckoned before it.
    pub(super) fn waits_for(&self) -> BTreeSet<&RuleId> {
        let bases = self.rates.iter().filter_map(|rate| match &rate.base {
            Base::RoyaltyOf(rule) => Some(rule),
            _ => None,
        });
        let costs = match &self.payable {
            Payable::AfterCosts { of, .. } => Some(of),
            Payable::RecordOne => None,
        };
        bases.chain(costs).collect()
    }

    /// The rate of a sum of lines of a recording or work, if it is about it.
    pub(super) fn rate_for(&self, subject: &Subject, key: &LineKey) -> Option<&Rate> {
        if self.covers.includes(subject) { super::rate::rate_for(&self.rates, key) } else { None }
    }

    /// What is wrong with it and in which field, if something is. Of two who became one since, one pays themselves: that moves money between their accounts.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        if self.rates.is_empty() {
            return Some(("rates", "say at least one rate".to_owned()));
        }
        if self.rates.iter().any(|rate| rate.base.is_below_zero()) {
            return Some(("rates", "a price is zero or more".to_owned()));
        }
        if let Covers::Only(subjects) = &self.covers {
            if subjects.is_empty() {
                return Some(("covers", "name at least one recording or work".to_owned()));
            }
            if subjects.iter().any(|subject| matches!(subject, Subject::Release(_))) {
                return Some(("covers", "a release is spread over its tracks: name those".to_owned()));
            }
        }
        if let Some(problem) = self.escalation.as_ref().and_then(Escalation::problem) {
            return Some(("escalation", problem));
        }
        let problem = self.reserve.as_ref().and_then(Reserve::problem)?;
        Some(("reserve", problem))
    }
}
