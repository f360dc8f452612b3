//! Whose the income of a recording or work is: splits as they were executed, and the tracks of a release.
//!
//! Recoupable costs that are shared come out of the income before it is divided. Divided classically, a loss stays with the recording until later income
//! has made up for it; flexibly, everybody bears their share of it at once: at 80 %, a loss of 1,000 is 800 of theirs, and a profit of 1,000 is
//! 800 of theirs in both.

use super::{Group, Reserve, Rule, RuleId, Subject, Version};
use crate::{
    identifiers::Ean,
    ids::{PartyId, RecordingId},
    share::Share,
    splits,
};

/// What the names of executed splits begin with.
pub const EXECUTED: &str = "split:";

/// What becomes of a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Losses {
    /// The whole of it waits for later income; shares are of profits alone.
    #[default]
    Classic,
    /// Everybody has their share of it.
    Flexible,
}

/// Somebody's share.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Whose.
    pub payee: PartyId,
    /// How much.
    pub share: Share,
    /// In which group it is earned; in that of the payee's shares if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
}

/// Who has which share of a recording's or a work's income. The shares are exactly the whole: points and participations beside them are contracts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// Of what: a recording for the master's side, a work for the composition's.
    pub subject: Subject,
    /// The shares.
    pub parts: Vec<Part>,
    /// What becomes of a loss.
    #[serde(default)]
    pub losses: Losses,
    /// What is held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve: Option<Reserve>,
}

impl Split {
    /// What the parts are divided by.
    pub(super) fn weights(&self) -> Vec<u64> {
        self.parts.iter().map(|part| u64::from(part.share.ppm())).collect()
    }

    /// What is wrong with it and in which field, if something is.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        if matches!(self.subject, Subject::Release(_)) {
            return Some(("subject", "a release is spread over its tracks: divide those".to_owned()));
        }
        let shares: Vec<Share> = self.parts.iter().map(|part| part.share).collect();
        if let Err(problem) = Share::require_whole(&shares) {
            return Some(("parts", problem.to_string()));
        }
        let problem = self.reserve.as_ref().and_then(Reserve::problem)?;
        Some(("reserve", problem))
    }

    /// The rule that an executed split sheet is for a recording or a work: nothing of it is typed again, and it names the document that was signed. It holds
    /// from the whole day on which the sheet became effective, for statements know days at best.
    pub fn executed(signed: &splits::rules::Rule, subject: Subject) -> Version {
        let shares = if matches!(subject, Subject::Work(_)) { &signed.composition } else { &signed.master };
        let parts = shares.iter().map(|&(payee, share)| Part { payee, share, group: None }).collect();
        Version {
            id: RuleId(format!("{EXECUTED}{subject}")),
            // Versions are numbered from one.
            number: signed.version.number.unsigned_abs(),
            effective_on: signed.version.effective_at.date_naive(),
            document_sha256: Some(signed.version.document_sha256.clone()),
            rule: Rule::Split(Self { subject, parts, losses: Losses::default(), reserve: None }),
        }
    }
}

/// The tracks of a release, over which its income is spread pro rata: half of one of two tracks is a quarter of the release.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Album {
    /// The release.
    pub release: Ean,
    /// Each track and its weight, one each where all count alike.
    pub tracks: Vec<(RecordingId, u32)>,
}

impl Album {
    /// What the tracks are spread by.
    pub(super) fn weights(&self) -> Vec<u64> {
        self.tracks.iter().map(|(_, weight)| u64::from(*weight)).collect()
    }

    /// What is wrong with it and in which field, if something is.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        let weightless = self.tracks.iter().all(|(_, weight)| *weight == 0);
        weightless.then(|| ("tracks", "name at least one track with a weight of one or more".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::{
        catalog::Sha256,
        env::testing,
        ids::{AgreementId, SplitVersionId, StudioId, WorkId},
        splits::entity::split_version,
    };

    #[test]
    fn what_was_signed_is_the_rule_on_either_side() {
        let party = |n| PartyId(Uuid::from_u128(n));
        let half = Share::from_ppm(500_000).unwrap();
        let effective_at = testing::env(1).0.now() + Duration::days(3);
        let signed = splits::rules::Rule {
            version: split_version::Model {
                id: SplitVersionId(Uuid::nil()),
                studio_id: StudioId(Uuid::nil()),
                work_id: WorkId(Uuid::nil()),
                number: 2,
                agreement_id: AgreementId(Uuid::nil()),
                document_sha256: Sha256::of(b"signed"),
                effective_at,
                executed_at: effective_at,
            },
            composition: vec![(party(1), Share::WHOLE)],
            master: vec![(party(1), half), (party(2), half)],
            signers: vec![party(1), party(2)],
        };
        let payees = |subject: Subject| {
            let version = Split::executed(&signed, subject);
            assert_eq!((version.number, version.effective_on), (2, effective_at.date_naive()));
            assert_eq!(version.document_sha256, Some(Sha256::of(b"signed")));
            let Rule::Split(split) = version.rule else { unreachable!("an executed split is one") };
            assert_eq!(split.problem(), None);
            split.parts.iter().map(|part| (part.payee, part.share)).collect::<Vec<_>>()
        };
        assert_eq!(payees(Subject::Recording(RecordingId(Uuid::nil()))), signed.master);
        assert_eq!(payees(Subject::Work(WorkId(Uuid::nil()))), signed.composition);
    }
}
