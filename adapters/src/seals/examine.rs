//! What a file is worth, for the public page: on the file alone, and whether it was sealed here.

use documents::{
    agreement::EmbeddedError,
    licence::{Accepted, accepted},
    seal::{Finding, FindingKind, Options, Report, Severity, Verdict, attachments, verify},
};
use domain::{env::Instant, ports::Seals, seals::entity::SealLevel};

use super::{
    evidence::{Evidence, EvidenceDoubt, evidence},
    level,
    references::references,
};

/// What the attached evidence is called.
const EVIDENCE: &str = "evidence.json";

/// What a file is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Everything that can be said of the file by itself.
    pub report: Report,
    /// Whether it was sealed here: its seal leads to a certificate of this installation's own.
    pub sealed_here: bool,
    /// The level that its seal reaches.
    pub level: Option<SealLevel>,
    /// The evidence that travels in it, or why it does not hold. It is worth what the verdict is.
    pub evidence: Option<Result<Evidence, EvidenceDoubt>>,
    /// How a licence in it was accepted, or why that cannot be read. It is worth what the verdict is.
    pub accepted: Option<Result<Accepted, EmbeddedError>>,
    /// Which documents it says that it is.
    pub references: Vec<String>,
}

/// Judges a file. Of whoever sealed elsewhere it is said whether the file is unchanged, not whether to trust them. Takes computing time and memory by
/// the size of the file: for a blocking thread.
pub fn examine(seals: &dyn Seals, pdf: &[u8], now: Instant) -> Examined {
    let own = Options::default().at(now).trusting(&seals.own_pem()).ok().map(|options| {
        // Without roots of its own, a timestamp's word is told with the name of whoever gave it.
        match seals.timestamp_authority_pem() {
            Some(pem) => (options.clone().trusting_timestamps(&pem).unwrap_or(options), true),
            None => (options, false),
        }
    });
    let alone = verify(pdf, &Options::default().at(now));
    let (mut report, mut sealed_here) = (alone, false);
    if let Some((options, knows_timestamps)) = own {
        let ours = verify(pdf, &options);
        sealed_here = ours.seal().is_some_and(|seal| seal.holds && seal.trusted == Some(true));
        let doubted = untrusted_timestamps(&ours);
        if sealed_here && report.verdict != Verdict::Refused && !doubted.is_empty() {
            // Stamped by an authority that the operator does not name any more, or not yet: the file is what was sealed all the same.
            report.verdict = Verdict::Valid;
            report.findings.splice(0..0, doubted);
        } else if sealed_here && knows_timestamps {
            report = ours;
        } else if sealed_here && report.verdict == Verdict::Intact {
            report.verdict = Verdict::Valid;
        }
    }
    let is_sound = report.verdict != Verdict::Refused;
    let attached = is_sound
        .then(|| attachments(pdf).ok()?.into_iter().find(|file| file.attachment.name == EVIDENCE))
        .flatten()
        .map(|file| file.bytes);
    let level = report.level.map(level);
    let references = references(pdf, attached.as_deref());
    let evidence = is_sound.then(|| evidence(pdf)).flatten();
    let accepted = is_sound.then(|| accepted(pdf)).flatten();
    Examined { report, sealed_here, level, evidence, accepted, references }
}

/// What speaks against a file, as warnings, if that is nothing but who stamped it.
fn untrusted_timestamps(report: &Report) -> Vec<Finding> {
    let faults: Vec<&Finding> = report.findings.iter().filter(|it| it.severity == Severity::Fault).collect();
    if faults.iter().any(|fault| fault.kind != FindingKind::TimestampUntrusted) {
        return Vec::new();
    }
    faults.into_iter().map(|fault| Finding { severity: Severity::Warning, ..fault.clone() }).collect()
}
