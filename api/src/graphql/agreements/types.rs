//! What is told of agreements.

use async_graphql::{ComplexObject, Context, Enum, Json, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    agreements::{
        document::DocumentChange as DomainChange,
        entity::{
            AgreementState as DomainState, SignerState as DomainSignerState, agreement, evidence, signer, version,
        },
        queries::{self, CheckedEvidence},
    },
    ids::{AgreementId, PartyId, SignerId, StudioId, WorkId},
    seals::entity::{revision, seal},
};
use serde_json::Value;

use super::loading::{SealOf, SignersOf, VersionsOf};
use crate::graphql::{caller, errors::Failure, loader, scalars::Id};

/// The templates of agreements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::agreements::document::Template")]
pub enum AgreementTemplate {
    /// Who wrote and who owns, in shares.
    SplitSheet,
    /// A producer's work for an artist: advance, points, credit.
    Producer,
    /// Mixing and mastering.
    MixMaster,
    /// Work made for hire.
    WorkForHire,
    /// Two or more who make something together.
    Collaboration,
    /// A composer for hire who keeps the writer's share.
    ComposerForHire,
}

/// Where an agreement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::agreements::entity::AgreementState")]
pub enum AgreementState {
    /// The studio writes it; nobody has seen it.
    Draft,
    /// Sent; nobody's signature stands.
    Sent,
    /// Some have signed.
    PartlySigned,
    /// All have signed: it holds. Final.
    Executed,
    /// A signer has proposed a change, and the studio has not answered.
    Countered,
    /// A signer has declined. Final.
    Declined,
    /// The studio has taken it back. Final.
    Voided,
    /// Its time ran out before all had signed. Final.
    Expired,
}

/// In which order signers are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::agreements::entity::SigningOrder")]
pub enum SigningOrder {
    /// All at once.
    Parallel,
    /// One after the other, in the document's order.
    InOrder,
}

/// Where a signer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::agreements::entity::SignerState")]
pub enum SignerState {
    /// Is to sign.
    Waiting,
    /// Has signed, and the signature stands.
    Signed,
    /// Has declined.
    Declined,
    /// Has handed it on to somebody else.
    Replaced,
    /// Wants paper: has withdrawn the consent to sign electronically.
    Paper,
    /// Signs no longer: the document has changed and does not name them.
    Released,
}

/// An agreement: a document that people sign, and that is then executed.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Agreement {
    /// The id.
    pub id: Id<AgreementId>,
    /// Whose it is.
    pub studio_id: Id<StudioId>,
    /// The one reference, such as `AG-7K3M9Q2X`.
    pub reference: String,
    /// The template.
    pub template: AgreementTemplate,
    /// The current version's title.
    pub title: String,
    /// The work that it is about, if it is one of the studio's.
    pub work_id: Option<Id<WorkId>>,
    /// Where it stands.
    pub state: AgreementState,
    /// In which order it is signed.
    pub signing_order: SigningOrder,
    /// The current version's number.
    pub version: i32,
    /// The number of the version that a signer has proposed and the studio has not answered.
    pub counter_version: Option<i32>,
    /// Who has proposed it.
    pub counter_by: Option<Id<SignerId>>,
    /// The executed agreement that this one shall replace.
    pub supersedes_id: Option<Id<AgreementId>>,
    /// Until when it can be signed, once sent.
    pub expires_at: Option<DateTime<Utc>>,
    /// When its term ends, if it does.
    pub term_ends_on: Option<NaiveDate>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was last sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the last signature was made.
    pub executed_at: Option<DateTime<Utc>>,
    /// When it ended without execution.
    pub closed_at: Option<DateTime<Utc>>,
    /// Why, a sentence.
    pub closed_reason: Option<String>,
    #[graphql(skip)]
    row: agreement::Model,
}

impl From<agreement::Model> for Agreement {
    fn from(row: agreement::Model) -> Self {
        Self {
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            reference: row.reference.clone(),
            template: row.template.into(),
            title: row.title.clone(),
            work_id: row.work_id.map(Id::from),
            state: row.state.into(),
            signing_order: row.signing_order.into(),
            version: row.version,
            counter_version: row.counter_version,
            counter_by: row.counter_by.map(Id::from),
            supersedes_id: row.supersedes_id.map(Id::from),
            expires_at: row.expires_at,
            term_ends_on: row.term_ends_on,
            created_at: row.created_at,
            sent_at: row.sent_at,
            executed_at: row.executed_at,
            closed_at: row.closed_at,
            closed_reason: row.closed_reason.clone(),
            row,
        }
    }
}

#[ComplexObject]
impl Agreement {
    /// The current version's document, as `ledgerline schema agreement` describes it.
    async fn document(&self, ctx: &Context<'_>) -> Result<Option<Json<Value>>, Failure> {
        let current = self.all_versions(ctx).await?.into_iter().find(|version| version.number == self.row.version);
        current.map(|version| document(&version)).transpose()
    }

    /// The current document as it is read, clause by clause beside the summaries: a fragment of HTML, escaped.
    #[graphql(complexity = 50)]
    async fn html(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        let current = self.all_versions(ctx).await?.into_iter().find(|version| version.number == self.row.version);
        let Some(version) = current else { return Ok(None) };
        Ok(Some(super::html(caller(ctx)?, version.document).await?))
    }

    /// Every version of the document, those that signers have proposed too, oldest first.
    async fn versions(&self, ctx: &Context<'_>) -> Result<Vec<AgreementVersion>, Failure> {
        Ok(self.all_versions(ctx).await?.into_iter().map(AgreementVersion::from).collect())
    }

    /// Who signs, in the signing order; those who sign no longer too.
    async fn signers(&self, ctx: &Context<'_>) -> Result<Vec<Signer>, Failure> {
        let found = loader(ctx)?.load_one(SignersOf(self.row.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(Signer::from).collect())
    }

    /// What is on record, and whether it fits together.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Evidence, Failure> {
        let found = queries::checked_evidence(&caller(ctx)?.services.db, &self.row).await?;
        let CheckedEvidence { rows, fault } = found;
        Ok(Evidence {
            intact: fault.is_none(),
            fault: fault.map(|fault| fault.to_string()),
            head: self.row.evidence_head.to_string(),
            entries: rows.into_iter().map(EvidenceEntry::from).collect(),
        })
    }

    /// The seal of the executed agreement's file; none until it is sealed.
    async fn seal(&self, ctx: &Context<'_>) -> Result<Option<DocumentSeal>, Failure> {
        let found = loader(ctx)?.load_one(SealOf(self.row.reference.clone())).await?;
        Ok(found.map(|(seal, revisions)| DocumentSeal::of(seal, revisions)))
    }

    /// A link under which anybody downloads the newest sealed file; none before the execution.
    async fn file_url(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        if self.row.state != DomainState::Executed {
            return Ok(None);
        }
        let services = &caller(ctx)?.services;
        let signers = loader(ctx)?.load_one(SignersOf(self.row.id)).await?.unwrap_or_default();
        let signed = signers.iter().find(|row| row.state == DomainSignerState::Signed);
        Ok(signed.map(|signer| {
            let path = crate::rest::agreements::file_path(&services.links, &self.row, signer.id);
            format!("{}{path}", services.public_url)
        }))
    }

    /// What the version that a signer has proposed changes; empty if none is proposed.
    #[graphql(complexity = "50 + child_complexity")]
    async fn counter_changes(&self, ctx: &Context<'_>) -> Result<Vec<DocumentChange>, Failure> {
        let Some(proposed) = self.row.counter_version else { return Ok(Vec::new()) };
        let versions = self.all_versions(ctx).await?;
        let at = |number: i32| versions.iter().find(|version| version.number == number);
        let (Some(before), Some(after)) = (at(self.row.version), at(proposed)) else { return Ok(Vec::new()) };
        let (before, after) = (before.document.clone(), after.document.clone());
        let changes = super::changes(caller(ctx)?, before, after).await?;
        Ok(changes.into_iter().map(DocumentChange::from).collect())
    }
}

impl Agreement {
    async fn all_versions(&self, ctx: &Context<'_>) -> Result<Vec<version::Model>, Failure> {
        Ok(loader(ctx)?.load_one(VersionsOf(self.row.id)).await?.unwrap_or_default())
    }
}

fn document(version: &version::Model) -> Result<Json<Value>, Failure> {
    serde_json::from_str(&version.document).map(Json).map_err(Failure::broken)
}

/// A version of an agreement's document.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct AgreementVersion {
    /// Its number, from 1.
    pub number: i32,
    /// SHA-256 of its text, the same in every rendering.
    pub text_sha256: String,
    /// The signer who proposed it; none: the studio.
    pub proposed_by: Option<Id<SignerId>>,
    /// What the proposer said about it.
    pub note: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    row: version::Model,
}

impl From<version::Model> for AgreementVersion {
    fn from(row: version::Model) -> Self {
        Self {
            number: row.number,
            text_sha256: row.text_sha256.to_string(),
            proposed_by: row.proposed_by.map(Id::from),
            note: row.note.clone(),
            created_at: row.created_at,
            row,
        }
    }
}

#[ComplexObject]
impl AgreementVersion {
    /// The document.
    #[expect(clippy::unused_async, reason = "a field's function is asynchronous")]
    async fn document(&self) -> Result<Json<Value>, Failure> {
        document(&self.row)
    }
}

/// Somebody who signs for a party.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Signer {
    /// The id.
    pub id: Id<SignerId>,
    /// For which party of the document, by its place there, from 0.
    pub party_index: i32,
    /// Place in the signing order, from 1.
    pub position: i32,
    /// Their name.
    pub name: String,
    /// Where their links and codes go.
    pub email: String,
    /// Where they stand.
    pub state: SignerState,
    /// Who handed it on to them.
    pub delegated_by: Option<Id<SignerId>>,
    /// To whom they have handed it on.
    pub replaced_by: Option<Id<SignerId>>,
    /// Why they declined or want paper.
    pub reason: Option<String>,
    /// What whoever handed it on said to them.
    pub note: Option<String>,
    /// The party in the studio's books, once executed.
    pub party_id: Option<Id<PartyId>>,
    /// The version that was signed.
    pub signed_version: Option<i32>,
    /// When they signed; of a signature on paper, when the studio recorded it.
    pub signed_at: Option<DateTime<Utc>>,
    /// The day beside the signature, if they have signed on paper.
    pub paper_signed_on: Option<NaiveDate>,
    /// The version of the consent to electronic records.
    pub consent_version: Option<String>,
    /// When they were last mailed a link.
    pub mailed_at: Option<DateTime<Utc>>,
}

impl From<signer::Model> for Signer {
    fn from(row: signer::Model) -> Self {
        let paper = row.paper();
        Self {
            id: row.id.into(),
            party_index: row.party_index,
            position: row.position,
            name: row.name,
            email: row.email.to_string(),
            state: row.state.into(),
            delegated_by: row.delegated_by.map(Id::from),
            replaced_by: row.replaced_by.map(Id::from),
            reason: row.reason,
            note: row.note,
            party_id: row.party_id.map(Id::from),
            signed_version: row.signed_version,
            signed_at: row.signed_at,
            paper_signed_on: paper.map(|paper| paper.signed_on),
            consent_version: row.consent_version,
            mailed_at: row.mailed_at,
        }
    }
}

/// An agreement's evidence: entries that each carry the hash of the one before.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Evidence {
    /// Whether all entries fit together.
    pub intact: bool,
    /// The first entry that was altered, is missing or stands in the wrong place, in a sentence.
    pub fault: Option<String>,
    /// The last entry's hash.
    pub head: String,
    /// The entries, oldest first.
    pub entries: Vec<EvidenceEntry>,
}

/// An entry of an agreement's evidence.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct EvidenceEntry {
    /// Its number, from 1 without a gap.
    pub seq: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// What, such as `signed`, `code_entered`.
    pub kind: String,
    /// The signer who did it, or whom it was done to.
    pub signer_id: Option<Id<SignerId>>,
    /// The whole entry as canonical JSON: the text that is hashed.
    pub event: String,
    /// The hash of the entry before; 64 zeros for the first.
    pub previous: String,
    /// SHA-256 over `previous`, a line feed, and `event`.
    pub hash: String,
}

impl From<evidence::Model> for EvidenceEntry {
    fn from(row: evidence::Model) -> Self {
        Self {
            seq: row.seq,
            at: row.at,
            kind: row.kind.word().to_owned(),
            signer_id: row.signer_id.map(Id::from),
            event: row.event,
            previous: row.previous.to_string(),
            hash: row.hash.to_string(),
        }
    }
}

/// The seal of a document.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct DocumentSeal {
    /// How far it has been raised, such as `B-B`.
    pub level: String,
    /// What keeps it from a higher level, a sentence.
    pub waits_for: Option<String>,
    /// When the document was sealed.
    pub sealed_at: DateTime<Utc>,
    /// SHA-256 of the template that it was typeset from: with the document and the engine, the unsealed file can be made again byte for byte.
    pub template_sha256: String,
    /// The typesetter's version.
    pub engine_version: String,
    /// Every revision of the file, oldest first; each is kept.
    pub revisions: Vec<SealRevision>,
}

impl DocumentSeal {
    fn of(row: seal::Model, revisions: Vec<revision::Model>) -> Self {
        Self {
            level: row.level.word().to_owned(),
            waits_for: row.waits_for,
            sealed_at: row.sealed_at,
            template_sha256: row.template_sha256.to_string(),
            engine_version: row.engine_version,
            revisions: revisions.into_iter().map(SealRevision::from).collect(),
        }
    }
}

/// A revision of a sealed file.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct SealRevision {
    /// Its number, from 1.
    pub revision: i32,
    /// The file's SHA-256.
    pub sha256: String,
    /// The level that it reaches.
    pub level: String,
    /// When it was made.
    pub at: DateTime<Utc>,
}

impl From<revision::Model> for SealRevision {
    fn from(row: revision::Model) -> Self {
        Self { revision: row.revision, sha256: row.sha256.to_string(), level: row.level.word().to_owned(), at: row.at }
    }
}

/// A difference between two documents.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct DocumentChange {
    /// What has changed, for a person.
    pub label: String,
    /// Where.
    pub path: String,
    /// What stood there; none if it is new.
    pub before: Option<String>,
    /// What stands there; none if it is gone.
    pub after: Option<String>,
}

impl From<DomainChange> for DocumentChange {
    fn from(change: DomainChange) -> Self {
        Self { label: change.label, path: change.path, before: change.before, after: change.after }
    }
}
