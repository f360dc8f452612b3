//! What rules and accounts are called.

use std::fmt;

use crate::ids::PartyId;

/// The name of a rule: of a split, a contract or a set of terms, the same in all of its versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RuleId(pub String);

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One version of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct RuleRef {
    /// The rule.
    pub rule: RuleId,
    /// The version.
    pub number: u32,
}

/// `contract:ana v2`.
impl fmt::Display for RuleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{}", self.rule, self.number)
    }
}

/// A cross-collateral group: what is earned under all that name it recoups all that is charged to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Group(pub String);

impl Group {
    /// What a payee's shares are earned in where the split names no other.
    pub fn shares() -> Self {
        Self("shares".to_owned())
    }
}

/// What a payee earns in a group, and what is recouped of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct AccountKey {
    /// Whose.
    pub payee: PartyId,
    /// The group.
    pub group: Group,
}

/// `party_… (shares)`.
impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.payee, self.group.0)
    }
}
