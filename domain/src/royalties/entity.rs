//! Tables of royalties.

mod managers;
mod payees;
mod runs;
mod statements;
mod terms;

pub use managers::{AlertKind, alert, grant};
pub use payees::{LineDisputeState, direction, line_dispute, payee_statement, portal_link};
pub use runs::{RunState, WaitsFor, account, activity, carried, payee, reserve, run, run_import};
pub use statements::{
    AliasKind, Facet, ImportState, MatchedBy, RateSource, Stated, alias, facet, format, import, item, receipt, sum,
    total,
};
pub use terms::{ChargeKind, RuleKind, charge, rule};

pub use crate::identity::entity::approval_limit as limit;

use super::rules::Subject;
use crate::ids::{RecordingId, WorkId};

/// What earns, as three columns of which one at the most says something: a recording, a work, a release's EAN.
pub type SubjectColumns = (Option<RecordingId>, Option<WorkId>, Option<String>);

/// The columns of what earns.
pub fn subject_columns(subject: &Subject) -> SubjectColumns {
    match subject {
        Subject::Recording(id) => (Some(*id), None, None),
        Subject::Work(id) => (None, Some(*id), None),
        Subject::Release(ean) => (None, None, Some(ean.to_string())),
    }
}

/// What earns, by its columns.
pub fn subject_of(recording: Option<RecordingId>, work: Option<WorkId>, release: Option<&str>) -> Option<Subject> {
    let of_release = || release.and_then(|ean| ean.parse().ok()).map(Subject::Release);
    recording.map(Subject::Recording).or_else(|| work.map(Subject::Work)).or_else(of_release)
}

impl item::Model {
    /// What it is of; none while nobody has said so.
    pub fn subject(&self) -> Option<Subject> {
        subject_of(self.recording_id, self.work_id, self.release.as_deref())
    }
}

impl alias::Model {
    /// What it means.
    pub fn subject(&self) -> Option<Subject> {
        subject_of(self.recording_id, self.work_id, self.release.as_deref())
    }
}

impl charge::Model {
    /// What it is about, if it is shared.
    pub fn subject(&self) -> Option<Subject> {
        subject_of(self.recording_id, self.work_id, self.release.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_earns_reads_as_it_is_written() {
        for text in
            ["rec_00000000000000000000000000000001", "work_00000000000000000000000000000002", "ean_5901234123457"]
        {
            let subject: Subject = text.parse().unwrap();
            let (recording, work, release) = subject_columns(&subject);
            assert_eq!(subject_of(recording, work, release.as_deref()), Some(subject));
        }
        assert_eq!(subject_of(None, None, None), None);
    }
}
