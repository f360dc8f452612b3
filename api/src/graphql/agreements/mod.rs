//! Agreements as the studio sees them: written as JSON, sent, answered, taken back, amended. Signing itself happens on the pages.

mod loading;
mod templates;
mod types;

use async_graphql::{Context, InputObject, Json, Object};
use chrono::NaiveDate;
use domain::{
    agreements::{
        AgreementError, Prepared,
        commands::{self, AgreementEdit, NewAgreement, PaperSignature},
        document::{DocumentChange as DomainChange, DocumentProblem},
        entity::{agreement, version},
        queries::{self, AgreementFilter},
    },
    catalog::Sha256,
    env::Env,
    ids::{AgreementId, BeatId, SignerId, StudioId, WorkId},
    policy::{Action, require},
    ports::AgreementDocuments,
};
use serde_json::Value;

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::{Failure, UserError},
    scalars::Id,
};
use crate::{caller::Caller, payload};
pub use templates::{SetClauseDefaultsInput, StudioTemplate, TemplateClause};
pub use types::{
    Agreement, AgreementState, AgreementTemplate, AgreementVersion, DocumentChange, DocumentSeal, Evidence,
    EvidenceEntry, SealRevision, Signer, SignerState, SigningOrder,
};

/// Queries about agreements.
#[derive(Debug, Default)]
pub struct AgreementsQuery;

#[Object]
impl AgreementsQuery {
    /// An agreement.
    async fn agreement(&self, ctx: &Context<'_>, id: Id<AgreementId>) -> Result<Option<Agreement>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_agreement(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        found.map(|row| Some(Agreement::from(row))).ok_or_else(|| Failure::not_found("agreement"))
    }

    /// A studio's agreements, newest first; of one state or about one work alone, if so asked.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn agreements(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        state: Option<AgreementState>,
        work: Option<Id<WorkId>>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Agreement>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let work = work.map(|work| work.named("work")).transpose()?;
        let filter = AgreementFilter { state: state.map(Into::into), work };
        let rows = queries::list_agreements(&caller.services.db, &caller.ctx, studio, filter, request).await?;
        Ok(connection(rows, |row| row.id, Agreement::from))
    }

    /// The templates of agreements with their clauses, and what a studio changes in these for the agreements that it writes from now on.
    async fn agreement_templates(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
    ) -> Result<Vec<StudioTemplate>, Failure> {
        templates::list(caller(ctx)?, studio.named("studio")?).await
    }

    /// A split sheet of a beat's work to begin with, from the beat's collaborators and with the studio's own clauses: a document for
    /// `draftAgreement`.
    async fn split_sheet_draft(&self, ctx: &Context<'_>, beat: Id<BeatId>) -> Result<Json<Value>, Failure> {
        let caller = caller(ctx)?;
        let (services, beat) = (&caller.services, beat.named("beat")?);
        let documents = services.agreements.as_ref();
        let draft = queries::prefill_split_sheet(&services.db, &caller.ctx, documents, beat).await?;
        serde_json::from_str(&draft).map(Json).map_err(Failure::broken)
    }

    /// An agreement's document to begin with, dated today and with its own clauses: for `amendAgreement`, or for another like it.
    async fn agreement_draft(&self, ctx: &Context<'_>, agreement: Id<AgreementId>) -> Result<Json<Value>, Failure> {
        let (caller, id) = (caller(ctx)?, agreement.named("agreement")?);
        let draft = queries::prefill_from_agreement(&caller.services.db, &caller.ctx, id).await?;
        serde_json::from_str(&draft).map(Json).map_err(Failure::broken)
    }
}

/// An agreement to be written.
#[derive(Debug, InputObject)]
pub struct DraftAgreementInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The document, as `ledgerline schema agreement` describes it. Without a field `clauses` it takes what `setClauseDefaults` has set for its
    /// template.
    pub document: Json<Value>,
    /// In which order it is signed.
    #[graphql(default_with = "SigningOrder::Parallel")]
    pub signing_order: SigningOrder,
}

/// A change of an agreement.
#[derive(Debug, InputObject)]
pub struct EditAgreementInput {
    /// The agreement.
    pub agreement: Id<AgreementId>,
    /// The version that was changed; another one that is current meanwhile is not overwritten.
    pub version: i32,
    /// The document as it shall be.
    pub document: Json<Value>,
    /// In which order it is signed; as before, if left out.
    pub signing_order: Option<SigningOrder>,
    /// What to tell the signers about the change.
    pub note: Option<String>,
    /// For how many days from now on it can be signed, 1 to 365; as before, if left out.
    pub expires_in_days: Option<u16>,
}

/// A draft to be sent.
#[derive(Debug, InputObject)]
pub struct SendAgreementInput {
    /// The agreement.
    pub agreement: Id<AgreementId>,
    /// The version to be sent; the current one, if left out.
    pub version: Option<i32>,
    /// For how many days it can be signed, 1 to 365; 30, if left out.
    pub expires_in_days: Option<u16>,
}

/// An agreement to be taken back.
#[derive(Debug, InputObject)]
pub struct VoidAgreementInput {
    /// The agreement.
    pub agreement: Id<AgreementId>,
    /// Why; whoever was asked to sign is told.
    pub reason: String,
}

/// A proposal to be taken.
#[derive(Debug, InputObject)]
pub struct AcceptCounterInput {
    /// The agreement.
    pub agreement: Id<AgreementId>,
    /// The version that was proposed.
    pub counter_version: i32,
}

/// A proposal not to be taken.
#[derive(Debug, InputObject)]
pub struct RefuseCounterInput {
    /// The agreement.
    pub agreement: Id<AgreementId>,
    /// The version that was proposed.
    pub counter_version: i32,
    /// Why; whoever proposed it is told.
    pub reason: Option<String>,
}

/// A signature on paper that the studio has.
#[derive(Debug, InputObject)]
pub struct RecordPaperSignatureInput {
    /// The agreement.
    pub agreement: Id<AgreementId>,
    /// Who has signed; they have asked for paper.
    pub signer: Id<SignerId>,
    /// The version that the paper holds.
    pub version: i32,
    /// The day that stands beside the signature.
    pub signed_on: NaiveDate,
    /// SHA-256 of a scan of it, hexadecimal: whoever has the scan can show that it is the one.
    pub scan_sha256: Option<String>,
    /// What to say about it; kept in the evidence, which everybody who signs gets.
    pub note: Option<String>,
}

/// What shall replace an executed agreement.
#[derive(Debug, InputObject)]
pub struct AmendAgreementInput {
    /// The executed agreement.
    pub agreement: Id<AgreementId>,
    /// The document that shall replace it; everybody who signed that one signs this one. Its clauses are as `draftAgreement` has them.
    pub document: Json<Value>,
    /// In which order it is signed.
    #[graphql(default_with = "SigningOrder::Parallel")]
    pub signing_order: SigningOrder,
}

payload! {
    /// What came of a mutation of an agreement.
    pub struct AgreementPayload {
        /// The agreement as it is now.
        agreement: Agreement
    }
}

payload! {
    /// What came of `setClauseDefaults`.
    pub struct SetClauseDefaultsPayload {
        /// The template as the studio uses it now.
        template: StudioTemplate
    }
}

payload! {
    /// What came of `remindSigners`.
    pub struct RemindSignersPayload {
        /// How many were mailed.
        reminded: i32
    }
}

/// Mutations of agreements.
#[derive(Debug, Default)]
pub struct AgreementsMutation;

#[Object]
impl AgreementsMutation {
    /// Writes an agreement. Nobody sees it before it is sent.
    async fn draft_agreement(
        &self,
        ctx: &Context<'_>,
        input: DraftAgreementInput,
    ) -> Result<AgreementPayload, Failure> {
        answered(draft(caller(ctx)?, input).await)
    }

    /// Changes an agreement. What was signed of it is void, and whoever is to sign is mailed again. An edit that changes nothing is refused; one of
    /// what has been sent takes a confirmed address, as sending does. One that gives more or less time to sign, and changes nothing else, voids
    /// nothing.
    async fn edit_agreement(&self, ctx: &Context<'_>, input: EditAgreementInput) -> Result<AgreementPayload, Failure> {
        answered(edit(caller(ctx)?, input).await)
    }

    /// Sends a draft to those who sign. Whoever sends has confirmed their own e-mail address.
    async fn send_agreement(&self, ctx: &Context<'_>, input: SendAgreementInput) -> Result<AgreementPayload, Failure> {
        answered(send(caller(ctx)?, &input).await)
    }

    /// Mails those whose turn it is to sign once more, each once a day at the most.
    async fn remind_signers(
        &self,
        ctx: &Context<'_>,
        agreement: Id<AgreementId>,
    ) -> Result<RemindSignersPayload, Failure> {
        RemindSignersPayload::of(remind(caller(ctx)?, &agreement).await)
    }

    /// Takes an agreement back that is not executed.
    async fn void_agreement(&self, ctx: &Context<'_>, input: VoidAgreementInput) -> Result<AgreementPayload, Failure> {
        answered(void(caller(ctx)?, &input).await)
    }

    /// Takes what a signer has proposed. The signatures of those whom it does not concern stand; the others are asked anew, which takes a confirmed
    /// address, as sending does.
    async fn accept_counter(&self, ctx: &Context<'_>, input: AcceptCounterInput) -> Result<AgreementPayload, Failure> {
        answered(accept(caller(ctx)?, &input).await)
    }

    /// Does not take what a signer has proposed: the document stays as it is, and everybody is asked again, which takes a confirmed address.
    async fn refuse_counter(&self, ctx: &Context<'_>, input: RefuseCounterInput) -> Result<AgreementPayload, Failure> {
        answered(refuse(caller(ctx)?, &input).await)
    }

    /// Records that a signer who asked for paper has signed on paper. It is a signature like any other from then on, marked as what it is; the
    /// evidence says who recorded it, and the signer is told by mail.
    async fn record_paper_signature(
        &self,
        ctx: &Context<'_>,
        input: RecordPaperSignatureInput,
    ) -> Result<AgreementPayload, Failure> {
        answered(record_paper(caller(ctx)?, input).await)
    }

    /// Sets what a studio changes in a template's clauses for the agreements that it writes from now on. Those that are written keep theirs.
    async fn set_clause_defaults(
        &self,
        ctx: &Context<'_>,
        input: SetClauseDefaultsInput,
    ) -> Result<SetClauseDefaultsPayload, Failure> {
        match templates::set(caller(ctx)?, input).await {
            Ok(template) => Ok(SetClauseDefaultsPayload::done(template)),
            Err(Refusal::One(failure)) => SetClauseDefaultsPayload::refused(failure),
            Err(Refusal::Many(user_errors)) => Ok(SetClauseDefaultsPayload { template: None, user_errors }),
        }
    }

    /// Writes a draft that shall replace an executed agreement.
    async fn amend_agreement(
        &self,
        ctx: &Context<'_>,
        input: AmendAgreementInput,
    ) -> Result<AgreementPayload, Failure> {
        answered(amend(caller(ctx)?, input).await)
    }
}

/// Why a mutation did not come about: one reason, or everything that is wrong with what was given.
enum Refusal {
    One(Failure),
    Many(Vec<UserError>),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::One(failure)
    }
}

impl From<AgreementError> for Refusal {
    fn from(error: AgreementError) -> Self {
        match error {
            AgreementError::Document(problems) => Self::Many(problems.into_iter().map(within_document).collect()),
            AgreementError::Clauses(problems) => Self::Many(problems.into_iter().map(user_error).collect()),
            other => Self::One(other.into()),
        }
    }
}

impl From<domain::report::StoreError> for Refusal {
    fn from(error: domain::report::StoreError) -> Self {
        Self::One(error.into())
    }
}

fn answered(outcome: Result<agreement::Model, Refusal>) -> Result<AgreementPayload, Failure> {
    match outcome {
        Ok(row) => Ok(AgreementPayload::done(row.into())),
        Err(Refusal::One(failure)) => AgreementPayload::refused(failure),
        Err(Refusal::Many(user_errors)) => Ok(AgreementPayload { agreement: None, user_errors }),
    }
}

fn user_error(problem: DocumentProblem) -> UserError {
    let DocumentProblem { path, code, message, remedy } = problem;
    UserError { field: Some(path), code, message, remedy: Some(remedy).filter(|remedy| !remedy.is_empty()) }
}

/// A document's problem under the path that the input has it at.
fn within_document(problem: DocumentProblem) -> UserError {
    let path = if problem.path.is_empty() { "document".to_owned() } else { format!("document.{}", problem.path) };
    user_error(DocumentProblem { path, ..problem })
}

/// Reads a document outside of any transaction, on a thread that may take its time.
async fn prepare(
    caller: &Caller,
    document: Value,
    read: impl FnOnce(&dyn AgreementDocuments, &Env, &str) -> Result<Prepared, AgreementError> + Send + 'static,
) -> Result<Prepared, Refusal> {
    let (documents, env) = (caller.services.agreements.clone(), caller.services.env.clone());
    let read = move || read(documents.as_ref(), &env, &document.to_string());
    Ok(tokio::task::spawn_blocking(read).await.map_err(Failure::broken)??)
}

/// A document as HTML.
pub(super) async fn html(caller: &Caller, json: String) -> Result<String, Failure> {
    let documents = caller.services.agreements.clone();
    let shown = tokio::task::spawn_blocking(move || documents.html(&json)).await.map_err(Failure::broken)?;
    Ok(shown.map_err(AgreementError::Port)?)
}

/// What one document says that the other does not.
async fn changes(caller: &Caller, before: String, after: String) -> Result<Vec<DomainChange>, Failure> {
    let documents = caller.services.agreements.clone();
    let compared = tokio::task::spawn_blocking(move || documents.diff(&before, &after)).await;
    Ok(compared.map_err(Failure::broken)?.map_err(AgreementError::Port)?)
}

async fn draft(caller: &Caller, input: DraftAgreementInput) -> Result<agreement::Model, Refusal> {
    let studio = input.studio.named("studio")?;
    // Asked before a document is read, so that nobody has documents read who may not write them.
    require(&caller.ctx.actor, Action::ManageAgreements, studio).map_err(Failure::from)?;
    let defaults = queries::default_clauses_of(&caller.services.db, studio, &input.document.0).await?;
    let document = queries::with_default_clauses(&caller.services.db, studio, input.document.0).await?;
    let beginning = move |documents: &dyn AgreementDocuments, env: &Env, json: &str| {
        Prepared::beginning(documents, env, json, &defaults)
    };
    let document = prepare(caller, document, beginning).await?;
    let new = NewAgreement { document, signing_order: input.signing_order.into() };
    let tx = caller.services.begin().await?;
    let row = commands::create_agreement(&tx, &caller.ctx, studio, &new).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

/// An agreement that the caller manages, and its present version.
async fn managed(caller: &Caller, id: AgreementId) -> Result<(agreement::Model, version::Model), Refusal> {
    let db = &caller.services.db;
    let found = queries::find_agreement(db, &caller.ctx, id).await?;
    let row = found.ok_or(AgreementError::NotFound)?;
    require(&caller.ctx.actor, Action::ManageAgreements, row.studio_id).map_err(Failure::from)?;
    let version = queries::find_version(db, id, row.version).await?;
    Ok((row, version.ok_or(AgreementError::NotFound)?))
}

async fn edit(caller: &Caller, input: EditAgreementInput) -> Result<agreement::Model, Refusal> {
    let id = input.agreement.named("agreement")?;
    let (_, present) = managed(caller, id).await?;
    let revise =
        move |documents: &dyn AgreementDocuments, _: &Env, json: &str| Prepared::revising(documents, json, &present);
    let edit = AgreementEdit {
        expected_version: input.version,
        document: prepare(caller, input.document.0, revise).await?,
        signing_order: input.signing_order.map(Into::into),
        note: input.note,
        expires_in_days: input.expires_in_days,
    };
    let tx = caller.services.begin().await?;
    let row = commands::edit_agreement(&tx, &caller.ctx, id, &edit).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn send(caller: &Caller, input: &SendAgreementInput) -> Result<agreement::Model, Refusal> {
    let id = input.agreement.named("agreement")?;
    let version = match input.version {
        Some(version) => version,
        None => managed(caller, id).await?.0.version,
    };
    let tx = caller.services.begin().await?;
    let row = commands::send_agreement(&tx, &caller.ctx, id, version, input.expires_in_days).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn remind(caller: &Caller, agreement: &Id<AgreementId>) -> Result<i32, Failure> {
    let id = agreement.named("agreement")?;
    let tx = caller.services.begin().await?;
    let reminded = commands::remind_signers(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(i32::try_from(reminded).unwrap_or(i32::MAX))
}

async fn void(caller: &Caller, input: &VoidAgreementInput) -> Result<agreement::Model, Refusal> {
    let id = input.agreement.named("agreement")?;
    let tx = caller.services.begin().await?;
    let row = commands::void_agreement(&tx, &caller.ctx, id, &input.reason).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn accept(caller: &Caller, input: &AcceptCounterInput) -> Result<agreement::Model, Refusal> {
    let id = input.agreement.named("agreement")?;
    let tx = caller.services.begin().await?;
    let row = commands::accept_counter(&tx, &caller.ctx, id, input.counter_version).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn refuse(caller: &Caller, input: &RefuseCounterInput) -> Result<agreement::Model, Refusal> {
    let id = input.agreement.named("agreement")?;
    let tx = caller.services.begin().await?;
    let (version, why) = (input.counter_version, input.reason.as_deref());
    let row = commands::refuse_counter(&tx, &caller.ctx, id, version, why).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn record_paper(caller: &Caller, input: RecordPaperSignatureInput) -> Result<agreement::Model, Refusal> {
    let id = input.agreement.named("agreement")?;
    let scan = input.scan_sha256.map(|hex| hex.to_lowercase().parse::<Sha256>());
    let paper = PaperSignature {
        signer: input.signer.named("signer")?,
        version: input.version,
        signed_on: input.signed_on,
        scan_sha256: scan.transpose().map_err(|_| AgreementError::ScanHash)?,
        note: input.note,
    };
    let tx = caller.services.begin().await?;
    let row = commands::record_paper_signature(&tx, &caller.ctx, id, &paper).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn amend(caller: &Caller, input: AmendAgreementInput) -> Result<agreement::Model, Refusal> {
    let id = input.agreement.named("agreement")?;
    let (earlier, replaced) = managed(caller, id).await?;
    let (db, studio) = (&caller.services.db, earlier.studio_id);
    let defaults = queries::default_clauses_of(db, studio, &input.document.0).await?;
    let amending = move |documents: &dyn AgreementDocuments, env: &Env, json: &str| {
        Prepared::amending(documents, env, json, &replaced, &defaults)
    };
    let document = queries::with_default_clauses(db, studio, input.document.0).await?;
    let document = prepare(caller, document, amending).await?;
    let new = NewAgreement { document, signing_order: input.signing_order.into() };
    let tx = caller.services.begin().await?;
    let row = commands::amend_agreement(&tx, &caller.ctx, id, &new).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}
