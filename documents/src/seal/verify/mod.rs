//! Verifying a file by itself.

mod attached;
mod byte_range;
mod changes;
mod report;
mod signatures;

use chrono::{DateTime, Utc};
use x509_cert::Certificate;

use super::{
    SealError,
    fields::signature_fields,
    pdf::{File, PdfError},
    x509,
};
use crate::{unsealed::unsealed, world::sha256_hex};
pub use attached::{AttachedFile, attachments};
pub use report::{
    Attachment, CertificateReport, Finding, FindingKind, Level, Report, Severity, SignatureKind, SignatureReport,
    StatedTime, TimestampReport, Verdict,
};

/// Whom to trust and what to insist on. The default judges the file by itself: whether it is unchanged, and by whom it was sealed.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub(in crate::seal) roots: Vec<Certificate>,
    pub(in crate::seal) timestamp_roots: Vec<Certificate>,
    pub(in crate::seal) at_least: Option<Level>,
    pub(in crate::seal) now: Option<DateTime<Utc>>,
}

impl Options {
    /// Refuses seals of anybody but those whose certificates lead to one of these, given as PEM. A timestamp that leads to no root that
    /// was given, here or in [`Self::trusting_timestamps`], proves no time: the seal then counts as B-B.
    ///
    /// # Errors
    /// [`SealError::Certificate`] for what is no PEM certificate.
    #[must_use = "the options are given back"]
    pub fn trusting(mut self, pem: &str) -> Result<Self, SealError> {
        self.roots.extend(x509::from_pem(pem)?);
        Ok(self)
    }

    /// Refuses timestamps of anybody but those whose certificates lead to one of these or of the trusted roots, given as PEM.
    ///
    /// # Errors
    /// As [`Self::trusting`].
    #[must_use = "the options are given back"]
    pub fn trusting_timestamps(mut self, pem: &str) -> Result<Self, SealError> {
        self.timestamp_roots.extend(x509::from_pem(pem)?);
        Ok(self)
    }

    /// Refuses seals below a level.
    #[must_use]
    pub fn at_least(mut self, level: Level) -> Self {
        self.at_least = Some(level);
        self
    }

    /// Warns of certificates that have expired by now, where no timestamp proves that the seal is older.
    #[must_use]
    pub fn at(mut self, now: DateTime<Utc>) -> Self {
        self.now = Some(now);
        self
    }
}

/// Judges a file: every seal and document timestamp, what they cover, and everything that was done to it afterwards. Never fails:
/// what cannot be read is refused by name.
pub fn verify(pdf: &[u8], options: &Options) -> Report {
    let mut report = Report {
        verdict: Verdict::Refused,
        level: None,
        sha256: sha256_hex(pdf),
        bytes: pdf.len() as u64,
        revisions: 0,
        signatures: Vec::new(),
        attachments: Vec::new(),
        findings: Vec::new(),
    };
    if let Err(error) = judge(pdf, options, &mut report) {
        report.findings.push(unreadable(&error));
    }
    report.findings.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.kind.cmp(&b.kind)));
    report.findings.dedup();
    report.verdict = verdict(&report);
    report
}

fn judge(pdf: &[u8], options: &Options, report: &mut Report) -> Result<(), PdfError> {
    let file = File::open(pdf)?;
    report.revisions = file.sections().len();
    report.attachments = attached::read(&file, drop)?.into_iter().map(|(attachment, ())| attachment).collect();
    let fields = signature_fields(&file)?;
    signatures::removed(&file, &fields, &mut report.findings)?;
    if fields.iter().all(super::fields::Field::is_timestamp) {
        report.findings.push(no_seal(pdf));
    }
    signatures::judge(&file, &fields, options, report)
}

/// That a file carries no seal, and what it is instead, if it says so.
fn no_seal(pdf: &[u8]) -> Finding {
    match unsealed(pdf) {
        None => Finding::new(FindingKind::NotSealed, "The document carries no seal."),
        Some(kind) => {
            let kind = kind.name();
            let message = format!("By what it says of itself, this is {kind}, which is not sealed.");
            Finding::new(FindingKind::NeverSealed, message)
        }
    }
}

fn unreadable(error: &PdfError) -> Finding {
    let (kind, message) = match error {
        PdfError::NotPdf => (FindingKind::NotPdf, "The file is no PDF.".to_owned()),
        PdfError::NoEnd => {
            (FindingKind::CutOff, "The file is cut off, or something was put behind its end.".to_owned())
        }
        PdfError::XrefStream => {
            (FindingKind::ForeignStructure, "Another program has saved the file in its own way since.".to_owned())
        }
        PdfError::Encrypted => (FindingKind::Encrypted, "The file is encrypted.".to_owned()),
        PdfError::Broken { .. } => (FindingKind::BrokenStructure, format!("The file is damaged: {error}.")),
    };
    Finding::new(kind, message)
}

fn verdict(report: &Report) -> Verdict {
    let refused = report.findings.iter().any(|finding| finding.severity == Severity::Fault);
    let trusted = report.seal().is_some_and(|seal| seal.trusted == Some(true));
    match (refused, trusted) {
        (true, _) => Verdict::Refused,
        (false, true) => Verdict::Valid,
        (false, false) => Verdict::Intact,
    }
}
