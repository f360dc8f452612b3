//! `ledgerline verify`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use adapters::seals::{self, EvidenceDoubt, references};
use anyhow::{Context, Result};
use documents::{
    agreement::{self, EmbeddedError, Rebuilt, Versions},
    licence,
    seal::{
        self, Finding, FindingKind, Level, Options, Report, Severity, SignatureKind, SignatureReport, StatedTime,
        Verdict,
    },
};
use domain::env::{Clock, Instant, SystemClock};
use serde::Serialize;

/// What to verify, and whom to trust.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A sealed PDF: a contract or an agreement. Of a receipt or a certificate it says that they are not sealed.
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
    /// Another sealed agreement: say whether it replaces this one, or this one it. It is judged as this one is.
    #[arg(long, value_name = "OTHER.pdf")]
    with: Option<PathBuf>,
    /// Print one JSON object: `verdict` (`valid`, `intact`, `refused`), `level`, `signatures`, `attachments`, `findings` and more.
    #[arg(long)]
    pub(crate) json: bool,
}

fn level(text: &str) -> Result<Level, String> {
    let names = Level::ALL.map(Level::name);
    let found = Level::ALL.into_iter().find(|level| level.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("give one of {}", names.join(", ")))
}

/// What programs are told of a file that was to be compared with what its data make, and could not be.
const NOT_COMPARED: u8 = 2;

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
    let this = Judged::read(&args.file, &options)?;
    let other = args.with.as_ref().map(|path| Judged::read(path, &options)).transpose()?;
    let rebuilt = args.rebuild.then(|| this.rebuilt());
    let succession = other.as_ref().map(|other| Succession::between(&this, other));
    let evidence = this.evidence.as_ref().map(Evidence::of);
    let acceptance = this.accepted.as_ref().map(Acceptance::of);
    if args.json {
        super::print(&serde_json::to_string_pretty(&Said {
            report: &this.report,
            references: &this.references,
            evidence: evidence.as_ref(),
            acceptance: acceptance.as_ref(),
            replaces: this.replaces(),
            with: succession.as_ref(),
            rebuilt: rebuilt.as_ref(),
        })?);
    } else {
        tell(&args.file.display().to_string(), &this.report, &this.references);
        if let Some(evidence) = &evidence {
            tell_evidence(evidence);
        }
        if let Some(acceptance) = &acceptance {
            tell_acceptance(acceptance);
        }
        if let Some(sha256) = this.replaces() {
            super::print(&format!("  replaces the agreement whose text has the SHA-256 {sha256}"));
        }
        if let Some(succession) = &succession {
            tell_succession(succession);
        }
        if let Some(rebuilt) = &rebuilt {
            tell_rebuilt(rebuilt);
        }
    }
    let refused = !this.holds() || other.is_some_and(|other| !other.holds());
    Ok(match rebuilt {
        _ if refused => ExitCode::FAILURE,
        Some(rebuilt) if rebuilt.is_fault() => ExitCode::FAILURE,
        Some(rebuilt) if !rebuilt.is_compared() => ExitCode::from(NOT_COMPARED),
        _ => ExitCode::SUCCESS,
    })
}

/// A file, and everything that can be said of it by itself.
struct Judged {
    name: String,
    pdf: Vec<u8>,
    report: Report,
    references: Vec<String>,
    /// Of a file that is as it was sealed: what of its signing it tells.
    evidence: Option<Result<seals::Evidence, EvidenceDoubt>>,
    /// The same of a licence: how it was accepted.
    accepted: Option<Result<licence::Accepted, EmbeddedError>>,
}

impl Judged {
    fn read(path: &Path, options: &Options) -> Result<Self> {
        let name = path.display().to_string();
        let pdf = std::fs::read(path).with_context(|| name.clone())?;
        let mut report = seal::verify(&pdf, options);
        let references = references(&pdf, attached_evidence(&pdf).as_deref());
        let (evidence, accepted) = match report.verdict {
            Verdict::Refused => (None, None),
            Verdict::Valid | Verdict::Intact => (seals::evidence(&pdf), licence::accepted(&pdf)),
        };
        // A seal over what contradicts itself only says who says so.
        if let Some(Err(doubt)) = &evidence {
            report.contradict(&format!("The evidence of its signing does not hold: {doubt}."));
        }
        if let Some(Err(fault)) = &accepted {
            report.contradict(&format!("What it tells of its acceptance does not hold: {fault}."));
        }
        Ok(Self { name, pdf, report, references, evidence, accepted })
    }

    /// Whether nothing speaks against it.
    fn holds(&self) -> bool {
        self.report.verdict != Verdict::Refused
    }

    /// What it says of its signing, if that holds.
    fn proven(&self) -> Option<&seals::Evidence> {
        self.evidence.as_ref()?.as_ref().ok()
    }

    /// SHA-256 of the text that it replaces.
    fn replaces(&self) -> Option<&str> {
        self.proven()?.replaces.as_deref()
    }

    /// What comes of typesetting it again. Data that contradict each other make the same pages, too, and prove nothing.
    fn rebuilt(&self) -> Rebuilt {
        let found = match agreement::rebuild(&self.pdf) {
            // No agreement at all: then a licence, or neither.
            Rebuilt::NoData { missing } if missing.len() == 3 => licence::rebuild(&self.pdf),
            found => found,
        };
        match (found, &self.evidence) {
            (Rebuilt::Identical { .. }, Some(Err(doubt))) => Rebuilt::Unusable { why: doubt.to_string() },
            (found, _) => found,
        }
    }
}

/// Which of two agreements replaces the other.
#[derive(Debug, Serialize)]
struct Succession {
    /// The other file.
    file: String,
    /// What that file is worth.
    verdict: Verdict,
    /// The agreement in it, if it holds one.
    reference: Option<String>,
    /// What it is to the first.
    outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// It replaces the first.
    Replaces,
    /// The first replaces it.
    IsReplaced,
    /// Neither names the text of the other.
    Unrelated,
    /// One of the two is no executed agreement, or not to be relied on.
    Unknown,
}

impl Succession {
    fn between(this: &Judged, other: &Judged) -> Self {
        let outcome = match (this.proven(), other.proven()) {
            (Some(first), Some(second)) => {
                let names = |later: &seals::Evidence, earlier: &seals::Evidence| {
                    later.replaces.as_deref() == Some(earlier.text_sha256.as_str())
                };
                if names(second, first) {
                    Outcome::Replaces
                } else if names(first, second) {
                    Outcome::IsReplaced
                } else {
                    Outcome::Unrelated
                }
            }
            _ => Outcome::Unknown,
        };
        let reference = other.proven().map(|evidence| evidence.chain.reference.clone());
        Self { file: other.name.clone(), verdict: other.report.verdict, reference, outcome }
    }
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
    /// How it was accepted, where it is a licence that tells it.
    acceptance: Option<&'a Acceptance>,
    /// SHA-256 of the text of the agreement that it replaces, where it does.
    replaces: Option<&'a str>,
    /// What another file is to it, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    with: Option<&'a Succession>,
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
    /// Whether what the pages print of it was compared with it.
    compared: bool,
}

/// How a licence was accepted at checkout, as its file tells it.
#[derive(Debug, Serialize)]
struct Acceptance {
    /// Why it cannot be read.
    fault: Option<String>,
    /// The order, and when it was placed.
    order: Option<String>,
    placed_at: Option<Instant>,
    /// SHA-256 of the text that was offered then.
    shown_text_sha256: Option<String>,
    /// Whether the sealed text is that one, but for what the sale adds; none if it cannot be told.
    as_shown: Option<bool>,
}

impl Acceptance {
    fn of(found: &Result<licence::Accepted, EmbeddedError>) -> Self {
        match found {
            Ok(licence::Accepted { checkout, is_as_shown }) => Self {
                fault: None,
                order: Some(checkout.order.clone()),
                placed_at: Some(checkout.placed_at),
                shown_text_sha256: checkout.shown_text_sha256.clone(),
                as_shown: *is_as_shown,
            },
            Err(error) => Self {
                fault: Some(error.to_string()),
                order: None,
                placed_at: None,
                shown_text_sha256: None,
                as_shown: None,
            },
        }
    }
}

fn tell_acceptance(acceptance: &Acceptance) {
    // What does not hold is among the findings.
    if acceptance.fault.is_some() {
        return;
    }
    let order = acceptance.order.as_deref().unwrap_or_default();
    let at = acceptance.placed_at.map(|at| format!(", placed at {at}")).unwrap_or_default();
    super::print(&format!("  accepted with order {order}{at}"));
    super::print(match acceptance.as_shown {
        Some(true) => "    its text is the one that was offered then",
        Some(false) => {
            "    ! its text is not quite the one that was offered then\n    → Ask the studio what has changed in between."
        }
        None => "    whether its text is the one that was offered then cannot be told here",
    });
}

impl Evidence {
    fn of(found: &Result<seals::Evidence, EvidenceDoubt>) -> Self {
        match found {
            Ok(found) => Self {
                fault: None,
                reference: Some(found.chain.reference.clone()),
                head: Some(found.chain.head.to_string()),
                entries: found.chain.rows.len(),
                compared: found.is_compared_whole,
            },
            Err(doubt) => {
                Self { fault: Some(doubt.to_string()), reference: None, head: None, entries: 0, compared: false }
            }
        }
    }
}

fn attached_evidence(pdf: &[u8]) -> Option<Vec<u8>> {
    let files = seal::attachments(pdf).ok()?;
    files.into_iter().find(|file| file.attachment.name == "evidence.json").map(|file| file.bytes)
}

/// What must be said of a file that names a document as its own, and that nobody whom the caller trusts has sealed.
fn doubts(verdict: Verdict, is_foreign: bool, references: &[String]) -> Vec<String> {
    let doubt = |reference: &String| match verdict {
        _ if is_foreign => Some(format!(
            "  ✗ It names {reference}; whom you trust has not sealed it.\n    → Do not rely on it before you have asked the studio whether it is theirs."
        )),
        Verdict::Intact => Some(format!(
            "  ! It calls itself {reference}. That shows nothing before its seal is known to be the studio’s.\n    → Give the studio’s root certificate with --trust; the page /verify/authority.pem of its address has it."
        )),
        Verdict::Valid | Verdict::Refused => None,
    };
    references.iter().filter_map(doubt).collect()
}

fn tell_evidence(evidence: &Evidence) {
    // What does not hold is among the findings.
    if evidence.fault.is_some() {
        return;
    }
    let (reference, head) = (evidence.reference.as_deref().unwrap_or_default(), evidence.head.as_deref());
    super::print(&format!("  the evidence of {reference} is whole, {} entries", evidence.entries));
    super::print(&format!("    head {}", head.unwrap_or_default()));
    if !evidence.compared {
        super::print(
            "  ! What its pages show of that was not compared, for another version made it.\n    → Verify it with the version of this program that made it.",
        );
    }
}

fn tell_succession(found: &Succession) {
    let Succession { file, verdict, reference, outcome } = found;
    let what = reference.as_deref().unwrap_or("what it holds");
    super::print(&match outcome {
        Outcome::Replaces if *verdict == Verdict::Valid => {
            format!(
                "  ! It was replaced by {what}, which is in {file}.\n    → Rely on that one for what comes after it."
            )
        }
        Outcome::Replaces => format!(
            "  ! {what}, which is in {file}, says that it replaces this one; nobody says by whom it was sealed.\n    → Give the studio’s root certificate with --trust."
        ),
        Outcome::IsReplaced => format!("  it replaces {what}, which is in {file}"),
        Outcome::Unrelated => format!("  neither replaces the other: {what}, which is in {file}, and this one"),
        Outcome::Unknown => format!(
            "  · not compared with {file}: one of the two is no executed agreement, or not to be relied on\n    → Verify each of them by itself."
        ),
    });
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
        Rebuilt::Unusable { why } => format!("  ✗ rebuilt: its data cannot stand: {why}\n{REMEDY}"),
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
        Verdict::Refused if report.found(FindingKind::NeverSealed) => {
            ("✗", "no sealed document, so that nothing of it can be verified")
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
