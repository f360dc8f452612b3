//! The engine's findings in the catalogue's words, which are the same.

use audio_engine::qc;
use domain::catalog::entity::{Finding, Findings, Severity, Verdict};

pub(crate) fn of(found: Vec<qc::Finding>) -> Findings {
    let finding = |found: qc::Finding| Finding {
        severity: match found.severity {
            qc::Severity::Note => Severity::Note,
            qc::Severity::Warning => Severity::Warning,
            qc::Severity::Fault => Severity::Fault,
        },
        code: found.code,
        message: found.message,
        remedy: found.remedy,
    };
    Findings(found.into_iter().map(finding).collect())
}

pub(crate) fn verdict(verdict: qc::Verdict) -> Verdict {
    match verdict {
        qc::Verdict::Pass => Verdict::Pass,
        qc::Verdict::Listen => Verdict::Listen,
        qc::Verdict::Fail => Verdict::Fail,
    }
}
