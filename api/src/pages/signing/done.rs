//! How an agreement stands: after one's own signature, after everybody's, or at another end.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use domain::{
    agreements::{
        AgreementError,
        entity::{AgreementState, SignerState, agreement, signer},
        evidence as chain,
        queries::{self, CheckedEvidence},
    },
    catalog, seals,
    services::Services,
};

use super::{
    private,
    read::diff,
    records,
    views::{self, ChangeView, EvidenceView, Head, Signers},
    visit::Visit,
};
use crate::{
    Caller,
    pages::{
        chrome::{Chrome, see_other},
        errors::{PageError, sentence},
        texts::{Text, t},
        wording::Wording,
        words,
    },
    rest,
};

/// How often a page that waits for the sealed file loads itself again, in seconds.
const RELOAD_S: u32 = 3;

#[derive(Template)]
#[template(path = "sign/done.html")]
struct DonePage {
    chrome: Chrome,
    head: Head,
    /// A word for the style.
    tone: &'static str,
    heading: String,
    said: Wording,
    /// Where the sealed file is; empty until it is.
    pdf: String,
    level: String,
    /// SHA-256 of the sealed file; empty until it is.
    sha256: String,
    /// Where anybody can verify it.
    verify: String,
    /// Where the text is read; empty if the sealed file takes its place.
    read: String,
    /// What the signer proposes and the studio has not answered; empty if they propose nothing.
    changes: Vec<ChangeView>,
    signers: Signers,
    evidence: Vec<EvidenceView>,
    chain_broken: Wording,
    head_hash: String,
    /// Where the signer asks for paper after having signed, while others are still to sign; empty if they cannot.
    paper: String,
    /// Where the signer withdraws the consent to electronic records; empty before the file is sealed, and if there is none to withdraw.
    withdraw: String,
    /// Whether they have.
    withdrawn: bool,
}

/// What is told of it, and in which tone.
struct Told {
    tone: &'static str,
    heading: String,
    said: Wording,
}

impl Told {
    fn new(tone: &'static str, heading: Text<'_>, said: Text<'_>) -> Self {
        Self { tone, heading: heading.into(), said: said.into() }
    }
}

/// How it stands, for the signer.
pub(super) async fn show(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let (visit, _) = Visit::verified(&caller, &request, &signer).await?;
    if visit.view.may_sign {
        return Ok(see_other(&visit.base()));
    }
    page(&caller, &visit).await
}

/// The page of who has nothing to sign at the moment.
pub(super) async fn page(caller: &Caller, visit: &Visit) -> Result<HttpResponse, PageError> {
    let view = &visit.view;
    let read = if view.agreement.state.is_final() { String::new() } else { format!("{}/read.pdf", visit.base()) };
    let changes = proposed(caller, visit).await?;
    let page = DonePage { read, changes, ..build(&caller.services, visit, tell(visit)).await? };
    private(StatusCode::OK, &page)
}

/// What is different in the proposal of the signer that waits for an answer.
async fn proposed(caller: &Caller, visit: &Visit) -> Result<Vec<ChangeView>, PageError> {
    let view = &visit.view;
    let waits = view.agreement.state == AgreementState::Countered && view.agreement.counter_by == Some(view.signer.id);
    match (&view.counter, &view.version) {
        (Some(proposal), Some(current)) if waits => {
            diff(caller, current.document.clone(), proposal.document.clone()).await
        }
        _ => Ok(Vec::new()),
    }
}

fn tell(visit: &Visit) -> Told {
    let view = &visit.view;
    let (agreement, studio) = (&view.agreement, &view.studio_name);
    let reason = sentence(agreement.closed_reason.as_deref().unwrap_or_default());
    let closed = |heading: &'static str, said: Text<'_>| Told {
        tone: "closed",
        heading: t(heading).into(),
        said: Wording::from(said).then(Wording::own(reason.as_str())),
    };
    let open = |heading: &'static str, said: Text<'_>| Told::new("waiting", t(heading), said);
    match (agreement.stands_at(visit.ctx.env.now()), view.signer.state) {
        (AgreementState::Executed, _) => executed_told(agreement),
        (AgreementState::Declined, SignerState::Declined) => {
            closed("sign-done-declined-own", t("sign-done-declined-own-said"))
        }
        (AgreementState::Declined, _) => closed("sign-done-declined", t("sign-done-declined-said")),
        (AgreementState::Voided, _) => closed("sign-done-voided", t("sign-done-voided-said").with("studio", studio)),
        // Nobody but the calendar has closed it.
        (AgreementState::Expired, _) => Told::new("closed", t("sign-done-expired"), t("sign-done-expired-said")),
        (_, SignerState::Paper) => open("sign-done-paper", t("sign-done-paper-said").with("studio", studio)),
        (AgreementState::Countered, _) if agreement.counter_by == Some(view.signer.id) => {
            open("sign-done-countered-own", t("sign-done-countered-own-said").with("studio", studio))
        }
        (AgreementState::Countered, _) => {
            open("sign-done-countered", t("sign-done-countered-said").with("studio", studio))
        }
        (_, SignerState::Signed) => {
            let missing = view.signers.iter().filter(|row| row.state != SignerState::Signed).count();
            Told::new("ready", t("sign-done-signed"), t("sign-done-missing").with("count", &missing))
        }
        _ => open("sign-done-not-yet", t("sign-done-not-yet-said")),
    }
}

fn executed_told(agreement: &agreement::Model) -> Told {
    let since = |at| t("sign-done-holds-since").with("when", &words::moment(at)).into();
    let said = agreement.executed_at.map_or_else(|| t("sign-done-holds").into(), since);
    Told { tone: "ready", heading: t("sign-done-executed").into(), said }
}

/// The executed agreement by a lasting link, for the signer whom it was mailed to and whoever they show it to.
pub(super) async fn executed(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let found = queries::find_signed(&services.db, &services.links, &token, services.env.now()).await;
    let (agreement, signer) = found.map_err(|error| match error {
        AgreementError::Link(cause) => PageError::bad_link(cause),
        other => other.into(),
    })?;
    let signers = queries::signers_of(&services.db, agreement.id).await?;
    let head = Head {
        kind: views::kind(agreement.template),
        reference: agreement.reference.clone(),
        title: agreement.title.clone(),
        studio: String::new(),
        base: format!("/agreement/{token}"),
        steps: Vec::new(),
    };
    let chrome = Chrome::private(agreement.title.clone());
    let page = assemble(services, chrome, head, (&agreement, &signer), &signers).await?;
    private(StatusCode::OK, &page)
}

async fn build(services: &Services, visit: &Visit, told: Told) -> Result<DonePage, PageError> {
    let view = &visit.view;
    let (chrome, head) = (visit.chrome(told.heading.as_str()), visit.head(Vec::new()));
    if view.agreement.state == AgreementState::Executed {
        return assemble(services, chrome, head, (&view.agreement, &view.signer), &visit.signers).await;
    }
    let may_withdraw = view.signer.state == SignerState::Signed && view.signer.consent_version.is_some();
    let is_over = view.agreement.stands_at(visit.ctx.env.now()).is_final();
    Ok(DonePage {
        chrome,
        paper: if may_withdraw && !is_over { format!("{}/paper", head.base) } else { String::new() },
        head,
        tone: told.tone,
        heading: told.heading,
        said: told.said,
        pdf: String::new(),
        level: String::new(),
        sha256: String::new(),
        verify: String::new(),
        read: String::new(),
        changes: Vec::new(),
        signers: views::signers(&visit.signers, Some(view.signer.id), view.agreement.state),
        evidence: Vec::new(),
        chain_broken: Wording::default(),
        head_hash: String::new(),
        withdraw: String::new(),
        withdrawn: false,
    })
}

/// The page of an executed agreement: file and evidence.
async fn assemble(
    services: &Services,
    mut chrome: Chrome,
    head: Head,
    (agreement, own): (&agreement::Model, &signer::Model),
    signers: &[signer::Model],
) -> Result<DonePage, PageError> {
    let CheckedEvidence { rows, fault } = queries::checked_evidence(&services.db, agreement).await?;
    let seal = seals::queries::find_by_reference(&services.db, &agreement.reference).await?;
    let file = match &seal {
        Some(seal) => catalog::find_assets_by_ids(&services.db, &[seal.asset_id]).await?.remove(&seal.asset_id),
        None => None,
    };
    if seal.is_none() {
        chrome.reload_s = Some(RELOAD_S);
    }
    let withdrawn = chain::wants_records_on_paper(&rows, own.id);
    // The executed copy is one of the electronic records: only what comes after it is left to withdraw the consent for.
    let can_withdraw =
        seal.is_some() && own.state == SignerState::Signed && own.consent_version.is_some() && !withdrawn;
    let Told { tone, heading, said } = executed_told(agreement);
    let said = if seal.is_some() { said } else { said.then(t("sign-done-sealing").into()) };
    Ok(DonePage {
        chrome,
        tone,
        heading,
        said,
        pdf: seal
            .as_ref()
            .map_or_else(String::new, |_| rest::agreements::file_path(&services.links, agreement, own.id)),
        level: seal.map_or_else(String::new, |seal| seal.level.word().to_owned()),
        sha256: file.map_or_else(String::new, |file| file.sha256.to_string()),
        verify: format!("/verify/{}", agreement.reference),
        read: String::new(),
        paper: String::new(),
        changes: Vec::new(),
        signers: views::signers(signers, Some(own.id), agreement.state),
        // Within sentences of the evidence, which are English.
        evidence: views::evidence(&rows, signers, if head.studio.is_empty() { "The studio" } else { &head.studio }),
        chain_broken: fault
            .map(|fault| Wording::english(sentence(&AgreementError::Evidence(fault).to_string())))
            .unwrap_or_default(),
        head_hash: agreement.evidence_head.to_string(),
        withdraw: if can_withdraw { records::path(&services.links, own.id) } else { String::new() },
        withdrawn,
        head,
    })
}
