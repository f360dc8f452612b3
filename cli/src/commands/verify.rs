//! `ledgerline verify`.

use std::{path::PathBuf, process::ExitCode};

use adapters::seals::references;
use anyhow::{Context, Result};
use documents::{
    agreement::{Rebuilt, Versions, rebuild},
    seal::{
        self, Finding, FindingKind, Level, Options, Report, Severity, SignatureKind, SignatureReport, StatedTime,
        Verdict,
    },
};
use domain::{
    agreements::evidence::verify_export,
    env::{Clock, SystemClock},
};
use serde::Serialize;

/// What to verify, and whom to trust.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A sealed PDF.
    #[arg(value_name = "FILE.pdf")]
    file: PathBuf,
    /// The root certificates (PEM) that a seal must lead to; without any, it is said who sealed, and not whether to trust them.
    #[arg(long, value_name = "CA.pem")]
    trust: Vec<PathBuf>,
    /// The root certificates (PEM) that timestamps must lead to. Without any, those of --trust prove a time and others are only told.
    #[arg(long, value_name = "CA.pem")]
    trust_timestamps: Vec<PathBuf>,
    /// The level that the seal must reach.
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    level: Option<Level>,
    /// Typeset the document again out of the data that it embeds, and compare it byte for byte with what was sealed.
    #[arg(long)]
    rebuild: bool,
    /// Print one JSON object: `verdict` (`valid`, `intact`, `refused`), `level`, `signatures`, `attachments`, `findings` and more.
    #[arg(long)]
    json: bool,
}

fn level(text: &str) -> Result<Level, String> {
    let names = Level::ALL.map(Level::name);
    let found = Level::ALL.into_iter().find(|level| level.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("give one of {}", names.join(", ")))
}

/// Verifies the file by itself, offline; fails if it is refused, or shows something else than its data make.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut options = Options::default().at(SystemClock.now());
    for path in &args.trust {
        options = options.trusting(&pem(path)?).with_context(|| path.display().to_string())?;
    }
    for path in &args.trust_timestamps {
        options = options.trusting_timestamps(&pem(path)?).with_context(|| path.display().to_string())?;
    }
    if let Some(level) = args.level {
        options = options.at_least(level);
    }
    let pdf = std::fs::read(&args.file).with_context(|| args.file.display().to_string())?;
    let report = seal::verify(&pdf, &options);
    let evidence = evidence(&pdf, &report);
    let rebuilt = args.rebuild.then(|| rebuild(&pdf));
    let references = references(&pdf, attached_evidence(&pdf).as_deref());
    if args.json {
        let said =
            Said { report: &report, references: &references, evidence: evidence.as_ref(), rebuilt: rebuilt.as_ref() };
        super::print(&serde_json::to_string_pretty(&said)?);
    } else {
        tell(&args.file.display().to_string(), &report, &references);
        if let Some(evidence) = &evidence {
            tell_evidence(evidence);
        }
        if let Some(rebuilt) = &rebuilt {
            tell_rebuilt(rebuilt);
        }
    }
    let forged = evidence.is_some_and(|evidence| evidence.fault.is_some());
    let refused = report.verdict == Verdict::Refused || forged || rebuilt.is_some_and(|rebuilt| rebuilt.is_fault());
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// All that is said of a file.
#[derive(Debug, Serialize)]
struct Said<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// The documents that it says it is: worth what the seal is.
    references: &'a [String],
    /// The evidence of its signing, where it carries any.
    evidence: Option<&'a Evidence>,
    /// What came of typesetting it again, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    rebuilt: Option<&'a Rebuilt>,
}

/// The evidence of an agreement's signing, as it travels in the file.
#[derive(Debug, Serialize)]
struct Evidence {
    /// Why it does not hold.
    fault: Option<String>,
    /// The agreement.
    reference: Option<String>,
    /// The hash of its last entry.
    head: Option<String>,
    /// How many entries it has.
    entries: usize,
}

/// The evidence within a file that is as it was sealed.
fn evidence(pdf: &[u8], report: &Report) -> Option<Evidence> {
    if report.verdict == Verdict::Refused {
        return None;
    }
    Some(match verify_export(&attached_evidence(pdf)?) {
        Ok(chain) => Evidence {
            fault: None,
            reference: Some(chain.reference),
            head: Some(chain.head.to_string()),
            entries: chain.rows.len(),
        },
        Err(fault) => Evidence { fault: Some(fault.to_string()), reference: None, head: None, entries: 0 },
    })
}

fn attached_evidence(pdf: &[u8]) -> Option<Vec<u8>> {
    let files = seal::attachments(pdf).ok()?;
    files.into_iter().find(|file| file.attachment.name == "evidence.json").map(|file| file.bytes)
}

/// What must be said of a file that calls itself by a reference, and that nobody whom the caller trusts has sealed.
fn doubts(verdict: Verdict, is_foreign: bool, references: &[String]) -> Vec<String> {
    let doubt = |reference: &String| match verdict {
        _ if is_foreign => Some(format!(
            "  ✗ It calls itself {reference}, and somebody else has sealed it than whom you trust. Whoever made it wants it to be taken for that document.\n    → Do not rely on it; ask the studio for the file that it has sealed."
        )),
        Verdict::Intact => Some(format!(
            "  ! It calls itself {reference}. That shows nothing before its seal is known to be the studio’s.\n    → Give the studio’s root certificate with --trust; the page /verify/authority.pem of its address has it."
        )),
        Verdict::Valid | Verdict::Refused => None,
    };
    references.iter().filter_map(doubt).collect()
}

fn tell_evidence(evidence: &Evidence) {
    if let Some(fault) = &evidence.fault {
        super::print(&format!(
            "  ✗ The evidence of its signing does not hold: {fault}.\n    → Do not rely on this file; ask whoever sealed it how that came."
        ));
    } else {
        let (reference, head) = (evidence.reference.as_deref().unwrap_or_default(), evidence.head.as_deref());
        super::print(&format!("  the evidence of {reference} is whole, {} entries", evidence.entries));
        super::print(&format!("    head {}", head.unwrap_or_default()));
    }
}

fn tell_rebuilt(rebuilt: &Rebuilt) {
    const REMEDY: &str = "    → Do not rely on this file; ask whoever sealed it how that came.";
    super::print(&match rebuilt {
        Rebuilt::Identical { bytes } => format!("  rebuilt: identical, {bytes} bytes out of the data that it embeds"),
        Rebuilt::OtherVersions { template_sha256, engine_version } => {
            let differing: String = [("template", template_sha256), ("engine", engine_version)]
                .into_iter()
                .filter_map(|(what, versions)| {
                    let Versions { file, program } = versions.as_ref()?;
                    Some(format!("    other {what}: {file}\n      here: {program}\n"))
                })
                .collect();
            let remedy = "    → Rebuild it with the version of this program that made it.";
            format!("  · rebuilt: not compared, for another version made it\n{differing}{remedy}")
        }
        Rebuilt::Different { at } => {
            format!("  ✗ rebuilt: its data make another document with the same versions, from byte {at} on\n{REMEDY}")
        }
        Rebuilt::NoData { missing } => {
            format!("  · rebuilt: this document does not embed its data: it lacks {}", missing.join(", "))
        }
        Rebuilt::Unusable { why } => format!("  ✗ rebuilt: its data make no document: {why}\n{REMEDY}"),
    });
}

fn pem(path: &PathBuf) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

fn tell(name: &str, report: &Report, references: &[String]) {
    let (mark, verdict) = match report.verdict {
        Verdict::Valid => ("✓", "unchanged since it was sealed by somebody you trust"),
        Verdict::Intact => {
            ("!", "unchanged since it was sealed, and nobody says by whom: anybody can make such a seal, in any name")
        }
        Verdict::Refused => ("✗", "not to be relied on"),
    };
    let level = report.level.map_or_else(String::new, |level| format!(" ({})", level.name()));
    super::print(&format!("{mark} {name}: {verdict}{level}"));
    for Finding { severity, message, remedy, .. } in &report.findings {
        let mark = match severity {
            Severity::Note => "·",
            Severity::Warning => "!",
            Severity::Fault => "✗",
        };
        super::print(&format!("  {mark} {message}\n    → {remedy}"));
    }
    for doubt in doubts(report.verdict, report.found(FindingKind::SignerUntrusted), references) {
        super::print(&doubt);
    }
    report.signatures.iter().for_each(tell_signature);
    for file in &report.attachments {
        super::print(&format!("  attached: {} ({} bytes)\n    SHA-256 {}", file.name, file.bytes, file.sha256));
    }
    super::print(&format!("  SHA-256 {}", report.sha256));
}

fn tell_signature(signature: &SignatureReport) {
    let what = match signature.kind {
        SignatureKind::Seal => "seal",
        SignatureKind::DocumentTimestamp => "timestamp over the file",
    };
    let holds = if signature.holds { "holds" } else { "does not hold" };
    let coverage = if signature.covers_whole_file {
        "the whole file".to_owned()
    } else {
        format!("the first {} bytes", signature.covers_bytes)
    };
    super::print(&format!("  {what} “{}” {holds}, over {coverage}", signature.field));
    match signature.time {
        Some(StatedTime::Timestamp { at }) => super::print(&format!("    at {at}, by a timestamp")),
        Some(StatedTime::Claimed { at }) => super::print(&format!("    at {at}, by the clock of whoever sealed")),
        None => {}
    }
    for certificate in &signature.certificates {
        super::print(&format!("    {}\n      SHA-256 {}", certificate.subject, certificate.sha256));
    }
}
