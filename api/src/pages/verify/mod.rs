//! The public page that verifies a sealed PDF, and the page where the code on a document leads.
//!
//! A file is judged by itself; it is kept by nobody. What this installation remembers of it, by its SHA-256 or its reference, is said beside that.

mod receive;

use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use adapters::seals::{
    Accepted, Evidence, EvidenceDoubt, Examined, Finding, FindingKind, Report, Severity, SignatureKind,
    SignatureReport, StatedTime, Verdict, examine,
};
use askama::Template;
use domain::{
    agreements::{
        evidence::{data, sentence},
        queries::find_replacement,
    },
    catalog::{self, Sha256},
    seals::{
        entity::{SealLevel, SealedKind, revision, seal},
        queries,
    },
    services::Services,
};
use tokio::sync::Semaphore;

use super::{
    chrome::{Chrome, render},
    errors::{self, PageError},
    texts::t,
    wording::Wording,
    words,
};
use crate::Caller;
use receive::{DOOR, MAX_BYTES, NoFile, receive};

/// How many files are judged at a time: those that have arrived.
static DESKS: Semaphore = Semaphore::const_new(8);

/// How long a file may take to arrive.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long a file that has arrived waits to be judged.
const TURN: Duration = Duration::from_secs(20);

struct FindingView {
    class: &'static str,
    word: String,
    message: String,
    remedy: &'static str,
}

struct CertificateView {
    subject: String,
    valid: String,
    sha256: String,
}

struct SignatureView {
    what: String,
    holds: bool,
    when: String,
    reason: String,
    covers: String,
    certificates: Vec<CertificateView>,
}

struct AttachmentView {
    name: String,
    size: String,
    sha256: String,
}

struct EventView {
    seq: i32,
    at: String,
    what: String,
    ip: String,
}

/// The evidence within the file: every step of its signing.
struct EvidenceView {
    /// Why it does not hold; empty if it does.
    fault: String,
    reference: String,
    head: String,
    events: Vec<EventView>,
    /// Whether it was sealed here: else it is what the file says of itself.
    vouched: bool,
    /// Whether what the pages print of it was compared with it.
    compared: bool,
}

struct VerdictView {
    class: &'static str,
    heading: String,
    said: String,
    /// The document sealed here whose reference it carries without being it, and what is known of that; empty if it is none.
    real: String,
    real_href: String,
    file: String,
    level: String,
    level_said: String,
    /// What this installation remembers of the very file; empty if nothing.
    known: String,
    known_href: String,
    /// What has replaced the agreement; empty if nothing.
    superseded: String,
    evidence: Option<EvidenceView>,
    /// How a licence in it was accepted; empty if that is not told.
    accepted: Wording,
    findings: Vec<FindingView>,
    signatures: Vec<SignatureView>,
    attachments: Vec<AttachmentView>,
    sha256: String,
}

struct RevisionView {
    number: String,
    level: String,
    made: String,
    sha256: String,
    is_newest: bool,
}

struct DocumentView {
    reference: String,
    /// What it is, and of which studio.
    what: String,
    sealed: String,
    level: String,
    level_said: String,
    waits_for: String,
    superseded: String,
    revisions: Vec<RevisionView>,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    chrome: Chrome,
    most_mb: usize,
    most_bytes: usize,
    problem: String,
    document: Option<DocumentView>,
    verdict: Option<VerdictView>,
}

impl VerifyPage {
    fn new(chrome: Chrome) -> Self {
        let chrome = chrome.with_island("verify");
        Self {
            chrome,
            most_mb: MAX_BYTES >> 20,
            most_bytes: MAX_BYTES,
            problem: String::new(),
            document: None,
            verdict: None,
        }
    }
}

/// Asks for a file.
pub(super) async fn ask() -> Result<HttpResponse, PageError> {
    render(StatusCode::OK, &VerifyPage::new(Chrome::public(t("verify-title"), t("verify-about"))))
}

/// What is remembered of the document with that reference, and the form for its file.
pub(super) async fn of_reference(caller: Caller, reference: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let mut page = VerifyPage::new(Chrome::private(t("verify-title")));
    let Some(found) = queries::find_by_reference(&services.db, &reference).await? else {
        page.problem = t("verify-unknown").into();
        return render(StatusCode::NOT_FOUND, &page);
    };
    page.chrome.title = t("verify-title-of").with("reference", &found.reference).into();
    page.document = Some(document(services, &found).await?);
    render(StatusCode::OK, &page)
}

/// The root certificate that seals of this installation lead to.
pub(super) async fn authority(caller: Caller) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/x-pem-file"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"seal-authority.pem\""))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(caller.services.seals.authority_pem())
}

/// Judges the file of the form.
pub(super) async fn judge(caller: Caller, request: HttpRequest, body: web::Payload) -> Result<HttpResponse, PageError> {
    let mut page = VerifyPage::new(Chrome::private(t("verify-title")));
    let Some(_place) = DOOR.enter(&caller.ip) else {
        page.problem = t("verify-busy").into();
        return render(StatusCode::TOO_MANY_REQUESTS, &page);
    };
    let received = tokio::time::timeout(PATIENCE, receive(Multipart::new(request.headers(), body))).await;
    let (name, pdf) = match received.unwrap_or(Err(NoFile::Late)) {
        Ok(received) => received,
        Err(why) => {
            page.problem = why.sentence();
            return render(why.status(), &page);
        }
    };
    let Ok(Ok(_desk)) = tokio::time::timeout(TURN, DESKS.acquire()).await else {
        page.problem = t("verify-busy").into();
        return render(StatusCode::TOO_MANY_REQUESTS, &page);
    };
    let (seals, now) = (caller.services.seals.clone(), caller.services.env.now());
    let examined = web::block(move || examine(&*seals, &pdf, now)).await;
    let examined = examined.map_err(|cause| PageError::broken(&cause))?;
    page.verdict = Some(verdict(&caller.services, name, examined).await?);
    render(StatusCode::OK, &page)
}

async fn document(services: &Services, found: &seal::Model) -> Result<DocumentView, PageError> {
    let studio = catalog::find_shop(&services.db, found.studio_id).await?;
    let revisions = queries::list_revisions(&services.db, found.id).await?;
    let revision = |row: revision::Model| RevisionView {
        number: row.revision.to_string(),
        level: row.level.to_string(),
        made: words::second(row.at),
        sha256: row.sha256.to_string(),
        is_newest: row.revision == found.revision,
    };
    let superseded = superseded(services, &found.reference).await?;
    let what = kind_in_words(found.kind);
    Ok(DocumentView {
        superseded,
        reference: found.reference.clone(),
        what: match studio {
            Some(studio) => t("verify-what-of").with("what", &what).with("studio", &studio.name).into(),
            None => what,
        },
        sealed: words::second(found.sealed_at),
        level: found.level.to_string(),
        level_said: level_in_words(found.level),
        waits_for: found.waits_for.clone().unwrap_or_default(),
        revisions: revisions.into_iter().map(revision).collect(),
    })
}

async fn verdict(services: &Services, file: String, examined: Examined) -> Result<VerdictView, PageError> {
    let Examined { report, sealed_here, level, evidence, accepted, references } = examined;
    let known = match report.sha256.parse::<Sha256>() {
        Ok(sha256) => queries::find_by_file(&services.db, &sha256).await?,
        Err(_) => None,
    };
    // A file of our own stays that when the certificate that it was sealed with is renewed.
    let ours = sealed_here || known.is_some();
    let evidence = evidence.map(|evidence| evidence_view(evidence, ours));
    let (known, known_href) = match known {
        Some((found, row)) if row.revision == found.revision => {
            (t("verify-known-newest").with("reference", &found.reference).to_string(), href(&found))
        }
        Some((found, row)) => (
            t("verify-known-older")
                .with("reference", &found.reference)
                .with("revision", &row.revision.to_string())
                .to_string(),
            href(&found),
        ),
        None => (String::new(), String::new()),
    };
    let forged = evidence.as_ref().is_some_and(|evidence| !evidence.fault.is_empty());
    let accepted = match &accepted {
        Some(Ok(accepted)) => Wording::own(accepted_in_words(accepted)),
        Some(Err(error)) => Wording::english(errors::sentence(&error.to_string())),
        None => Wording::default(),
    };
    // Sealed by somebody else, and not one of the files that were sealed here: who carries the reference of one passes for it.
    let passes_for = if ours { None } else { sealed_of_these(services, &references).await? };
    let (class, heading, said) = match &passes_for {
        Some(real) if report.verdict == Verdict::Intact => impostor(real),
        _ => in_words(&report, ours, forged),
    };
    let real = passes_for.as_ref().map_or_else(String::new, |real| real.reference.clone());
    let superseded = match &evidence {
        // What is remembered of a reference counts for what was sealed here alone.
        Some(evidence) if ours && !forged => superseded(services, &evidence.reference).await?,
        _ => String::new(),
    };
    Ok(VerdictView {
        superseded,
        evidence,
        accepted,
        class,
        heading,
        said,
        real,
        real_href: passes_for.as_ref().map_or_else(String::new, href),
        file,
        level: level.map_or_else(String::new, |level| level.to_string()),
        level_said: level.map_or_else(String::new, level_in_words),
        known,
        known_href,
        findings: report.findings.iter().map(finding).collect(),
        signatures: report.signatures.iter().map(signature).collect(),
        attachments: report
            .attachments
            .iter()
            .map(|file| AttachmentView {
                name: file.name.clone(),
                size: words::size(i64::try_from(file.bytes).unwrap_or(i64::MAX)),
                sha256: file.sha256.clone(),
            })
            .collect(),
        sha256: report.sha256,
    })
}

/// The document sealed here that one of these references is of.
async fn sealed_of_these(services: &Services, references: &[String]) -> Result<Option<seal::Model>, PageError> {
    for reference in references {
        if let Some(found) = queries::find_by_reference(&services.db, reference).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn impostor(real: &seal::Model) -> Words {
    let said = t("verify-impostor-said").with("reference", &real.reference);
    ("refused", t("verify-refused").into(), said.into())
}

fn href(found: &seal::Model) -> String {
    format!("/verify/{}", found.reference)
}

/// What has replaced an agreement, a sentence; empty if nothing has.
async fn superseded(services: &Services, reference: &str) -> Result<String, PageError> {
    let found = find_replacement(&services.db, reference).await?;
    Ok(found.map_or_else(String::new, |by| {
        let from = words::second(by.from);
        t("verify-replaced-by").with("reference", &by.reference).with("from", &from).into()
    }))
}

fn evidence_view(evidence: Result<Evidence, EvidenceDoubt>, vouched: bool) -> EvidenceView {
    match evidence {
        Ok(Evidence { chain, who, is_compared_whole, .. }) => EvidenceView {
            fault: String::new(),
            reference: chain.reference,
            head: chain.head.to_string(),
            events: chain.rows.iter().zip(&who).map(|(row, who)| event(row, who)).collect(),
            vouched,
            compared: is_compared_whole,
        },
        Err(doubt) => EvidenceView {
            fault: errors::sentence(&doubt.to_string()),
            reference: String::new(),
            head: String::new(),
            events: Vec::new(),
            vouched,
            compared: false,
        },
    }
}

/// How a licence was accepted, a sentence or two.
fn accepted_in_words(accepted: &Accepted) -> String {
    let (order, at) = (&accepted.checkout.order, words::second(accepted.checkout.placed_at));
    let shown = match accepted.is_as_shown {
        Some(true) => "verify-accepted-as-shown",
        Some(false) => "verify-accepted-otherwise",
        None => "verify-accepted-untold",
    };
    format!("{} {}", t("verify-accepted").with("order", order).with("when", &at), t(shown))
}

fn event(row: &domain::agreements::entity::evidence::Model, who: &str) -> EventView {
    let ip = data(row).get("ip").and_then(|ip| ip.as_str()).unwrap_or_default().to_owned();
    let what = errors::sentence(&format!("{who} {}", sentence(row)));
    EventView { seq: row.seq, at: words::second(row.at), what, ip }
}

/// A word for the style, a heading, and what is said below it.
type Words = (&'static str, String, String);

fn in_words(report: &Report, ours: bool, forged: bool) -> Words {
    let (class, heading, said) = match report.verdict {
        Verdict::Valid | Verdict::Intact if forged => ("refused", "verify-refused", "verify-forged-said"),
        Verdict::Refused if report.found(FindingKind::NeverSealed) => {
            ("refused", "verify-never-sealed", "verify-never-sealed-said")
        }
        Verdict::Refused if report.found(FindingKind::NotSealed) => {
            ("refused", "verify-not-sealed", "verify-not-sealed-said")
        }
        Verdict::Refused => ("refused", "verify-refused", "verify-refused-said"),
        Verdict::Valid => ("valid", "verify-unchanged", "verify-unchanged-said"),
        Verdict::Intact if ours => ("valid", "verify-unchanged", "verify-unchanged-said"),
        Verdict::Intact => ("intact", "verify-stranger", "verify-stranger-said"),
    };
    (class, t(heading).into(), t(said).into())
}

fn finding(finding: &Finding) -> FindingView {
    let (class, word) = match finding.severity {
        Severity::Note => ("quiet", "verify-note"),
        Severity::Warning => ("note", "verify-warning"),
        Severity::Fault => ("problem", "verify-fault"),
    };
    FindingView { class, word: t(word).into(), message: finding.message.clone(), remedy: finding.remedy }
}

fn signature(signature: &SignatureReport) -> SignatureView {
    let when = match signature.time {
        Some(StatedTime::Timestamp { at }) => t("verify-by-timestamp").with("when", &words::second(at)).to_string(),
        Some(StatedTime::Claimed { at }) => t("verify-by-clock").with("when", &words::second(at)).to_string(),
        None => String::new(),
    };
    let mut certificates: Vec<CertificateView> = signature.certificates.iter().map(certificate).collect();
    if let Some(stamp) = &signature.timestamp {
        certificates.push(certificate(&stamp.authority));
    }
    SignatureView {
        what: match signature.kind {
            SignatureKind::Seal => t("verify-seal").into(),
            SignatureKind::DocumentTimestamp => t("verify-timestamp").into(),
        },
        holds: signature.holds,
        when,
        reason: signature.reason.clone().unwrap_or_default(),
        covers: if signature.covers_whole_file {
            t("verify-covers-all").into()
        } else {
            t("verify-covers-part").with("count", &signature.covers_bytes.to_string()).into()
        },
        certificates,
    }
}

fn certificate(certificate: &adapters::seals::CertificateReport) -> CertificateView {
    CertificateView {
        subject: certificate.subject.clone(),
        valid: format!("{} – {}", words::day(certificate.valid_from), words::day(certificate.valid_until)),
        sha256: certificate.sha256.clone(),
    }
}

fn kind_in_words(kind: SealedKind) -> String {
    let key = match kind {
        SealedKind::Licence => "verify-licence",
        SealedKind::Agreement => "verify-agreement",
    };
    t(key).into()
}

fn level_in_words(level: SealLevel) -> String {
    let key = match level {
        SealLevel::BB => "verify-level-bb",
        SealLevel::BT => "verify-level-bt",
        SealLevel::BLT => "verify-level-blt",
        SealLevel::BLTA => "verify-level-blta",
    };
    t(key).into()
}
