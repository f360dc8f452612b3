//! The agreement: its text beside plain summaries, who has signed, and what changed since one knew it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
    web,
};
use askama::Template;
use domain::{
    agreements::{
        AgreementError,
        commands::{self, CONSENT_VERSION, Seen},
        document::{self, DocumentStage},
        entity::{evidence, version},
        evidence as chain, queries,
    },
    catalog::Sha256,
    ids::SignerId,
    report::Explain,
};
use serde_json::Value;

use super::{
    done, private,
    shares::{self, Side},
    views::{self, ChangeView, Head, Signers},
    visit::{self, Visit},
};
use crate::{
    Caller,
    pages::{
        chrome::{Chrome, see_other},
        errors::PageError,
        texts::t,
        words,
    },
};

#[derive(Template)]
#[template(path = "sign/document.html")]
struct DocumentPage {
    chrome: Chrome,
    head: Head,
    said: String,
    /// What was said to the signer, and about the present version.
    notes: Vec<Note>,
    changed_heading: String,
    changes: Vec<ChangeView>,
    signers: Signers,
    /// Who has which share, of a split sheet; empty of others.
    sides: Vec<Side>,
    expires: String,
    /// The document as HTML, escaped by whoever made it.
    document: String,
    text_sha256: String,
    is_split: bool,
    consented: bool,
}

/// Something that was said, and by whom.
struct Note {
    words: String,
    by: String,
}

/// Shows the agreement to whose turn it is, and notes that it was shown; to anybody else it shows how it stands.
pub(super) async fn show(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let visit = Visit::find(&caller, &request, &signer).await?;
    // None before the code was entered.
    let Some(version) = visit.view.version.clone() else { return Ok(see_other(&format!("{}/code", visit.base()))) };
    if !visit.view.may_sign {
        return done::page(&caller, &visit).await;
    }
    // The hash of what is shown, not of what was written: where the program's words are others now, nothing can be signed.
    let text_sha256 = text_sha256(&caller, version.document.clone()).await?;
    let document = html(&caller, version.document.clone()).await?;
    let seen = Seen { version: version.number, text_sha256, shown_sha256: Sha256::of(document.as_bytes()) };
    // Of an answer without a body nothing was shown.
    if request.method() != Method::HEAD {
        let tx = services.begin().await?;
        match commands::shown(&tx, &visit.ctx, &seen, &visit::device(&caller)).await {
            Ok(()) => services.commit(tx).await?,
            Err(error @ AgreementError::WordsChanged { .. }) => {
                drop(tx);
                tell_of_words(&caller, &visit, &seen).await?;
                let heading = t("sign-read-words-changed");
                return Err(PageError::new(error.explain()).titled(StatusCode::CONFLICT, heading));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let page = view(&caller, &visit, &version, (document, seen.text_sha256)).await?;
    private(StatusCode::OK, &page)
}

/// Has the studio told that nobody can sign its agreement as it was sent.
async fn tell_of_words(caller: &Caller, visit: &Visit, seen: &Seen) -> Result<(), PageError> {
    let tx = caller.services.begin().await?;
    commands::worded_otherwise(&tx, &visit.ctx, seen).await?;
    Ok(caller.services.commit(tx).await?)
}

async fn view(
    caller: &Caller,
    visit: &Visit,
    version: &version::Model,
    (document, text_sha256): (String, Sha256),
) -> Result<DocumentPage, PageError> {
    let view = &visit.view;
    let evidence = queries::evidence_of(&caller.services.db, view.agreement.id).await?;
    let (changed_heading, changes) = changes(caller, visit, &evidence, version).await?;
    let on_behalf = views::party_name(&visit.signers, &view.signer);
    let said = match on_behalf {
        Some(party) => t("sign-read-asks-for").with("studio", &view.studio_name).with("party", &party).to_string(),
        None => t("sign-read-asks").with("studio", &view.studio_name).with("name", &view.signer.name).to_string(),
    };
    let is_split = view.agreement.template == document::Template::SplitSheet;
    let until = |at| t("sign-read-until").with("when", &words::moment(at)).to_string();
    Ok(DocumentPage {
        chrome: visit.chrome(t("sign-step-read")),
        head: visit.head(views::steps(1)),
        said,
        notes: notes(visit, &evidence, version),
        changed_heading,
        changes,
        signers: views::signers(&visit.signers, Some(view.signer.id), view.agreement.state),
        sides: if is_split { shares::form(&parsed(version)?, &[]) } else { Vec::new() },
        expires: view.agreement.expires_at.map_or_else(String::new, until),
        document,
        text_sha256: text_sha256.to_string(),
        is_split,
        consented: view.session.consent_version.as_deref() == Some(CONSENT_VERSION),
    })
}

/// What whoever handed it on said to the signer, and what was said about the present version by whom it is of.
fn notes(visit: &Visit, evidence: &[evidence::Model], version: &version::Model) -> Vec<Note> {
    let view = &visit.view;
    let name = |id: Option<SignerId>| {
        let row = id.and_then(|id| visit.signers.iter().find(|row| row.id == id));
        row.map_or_else(|| view.studio_name.clone(), |row| row.name.clone())
    };
    let note = |words: Option<String>, by| words.map(|words| Note { words, by: name(by) });
    let handed_on = note(chain::said_to_delegate(evidence, &view.signer), view.signer.delegated_by);
    handed_on.into_iter().chain(note(version.note.clone(), version.proposed_by)).collect()
}

/// What reads otherwise than what the signer knew last.
pub(super) async fn changes(
    caller: &Caller,
    visit: &Visit,
    evidence: &[evidence::Model],
    current: &version::Model,
) -> Result<(String, Vec<ChangeView>), PageError> {
    let (services, view) = (&caller.services, &visit.view);
    let Some((number, signed)) = chain::last_known(evidence, view.signer.id, current.number) else {
        return Ok((String::new(), Vec::new()));
    };
    let known = queries::find_version(&services.db, view.agreement.id, number).await?;
    let Some(known) = known else { return Ok((String::new(), Vec::new())) };
    let heading = if signed { "sign-read-changed-signed" } else { "sign-read-changed-read" };
    Ok((t(heading).into(), diff(caller, known.document, current.document.clone()).await?))
}

/// A version's document.
pub(super) fn parsed(version: &version::Model) -> Result<Value, PageError> {
    serde_json::from_str(&version.document).map_err(|cause| PageError::broken(&cause))
}

/// What one document says that the other does not.
pub(super) async fn diff(caller: &Caller, before: String, after: String) -> Result<Vec<ChangeView>, PageError> {
    let documents = caller.services.agreements.clone();
    let compared = web::block(move || documents.diff(&before, &after)).await;
    let changes = compared.map_err(|cause| PageError::broken(&cause))?.map_err(|cause| PageError::broken(&cause))?;
    Ok(changes.into_iter().map(ChangeView::from).collect())
}

/// SHA-256 of the text as the program writes it now.
pub(super) async fn text_sha256(caller: &Caller, json: String) -> Result<Sha256, PageError> {
    let documents = caller.services.agreements.clone();
    let read = web::block(move || documents.read(&json)).await;
    let read = read.map_err(|cause| PageError::broken(&cause))?;
    Ok(read.map_err(|problems| PageError::from(AgreementError::Document(problems)))?.text_sha256)
}

pub(super) async fn html(caller: &Caller, json: String) -> Result<String, PageError> {
    let documents = caller.services.agreements.clone();
    let shown = web::block(move || documents.html(&json)).await;
    shown.map_err(|cause| PageError::broken(&cause))?.map_err(|cause| PageError::broken(&cause))
}

/// The agreement as a PDF to read: not signed, not sealed.
pub(super) async fn pdf(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let (visit, version) = Visit::verified(&caller, &request, &signer).await?;
    let (documents, number, document) = (caller.services.agreements.clone(), version.number, version.document);
    let typeset = web::block(move || documents.typeset(&document, DocumentStage::Unsigned)).await;
    let pdf = typeset.map_err(|cause| PageError::broken(&cause))?.map_err(|cause| PageError::broken(&cause))?;
    let file = t("sign-read-file")
        .with("reference", &visit.view.agreement.reference)
        .with("number", &number.to_string())
        .to_string();
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/pdf"))
        .insert_header((header::CONTENT_DISPOSITION, format!("inline; filename=\"{file}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(pdf.bytes))
}
