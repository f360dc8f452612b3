//! All that stands in an executed document beside its text, and what anybody may know of it.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    super::{
        AgreementError,
        document::{EvidenceLine, Execution},
        entity::{AgreementState, EvidenceKind, agreement, evidence, signer},
        evidence as chain,
    },
    CheckedEvidence, checked_evidence, find_version, mails, signatures, signers_of,
};
use crate::{
    catalog::Sha256, env::Instant, identity::entity::studio, ids::AgreementId, ports::AgreementDocuments,
    report::StoreError, seals::rules::verify_url, splits::entity::split_version, store::Db,
};

/// An executed agreement, ready to be typeset and sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed {
    /// The agreement.
    pub agreement: agreement::Model,
    /// The studio.
    pub studio: studio::Model,
    /// The document.
    pub document: String,
    /// SHA-256 of its text as it was signed.
    pub text_sha256: Sha256,
    /// What stands beside its text.
    pub execution: Execution,
}

/// An executed agreement with all that its file holds; none if it is not executed. The evidence is verified first: what does not hold is not
/// sealed. For the program itself.
pub async fn find_execution(db: &Db, public_url: &str, id: AgreementId) -> Result<Option<Executed>, AgreementError> {
    let Some(agreement) = agreement::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let Some(executed_at) = agreement.executed_at else { return Ok(None) };
    let studio = mails::studio(db, agreement.studio_id).await?.ok_or(AgreementError::NotFound)?;
    let version = find_version(db, id, agreement.version).await?.ok_or(AgreementError::NotFound)?;
    let signers = signers_of(db, id).await?;
    let CheckedEvidence { rows, fault } = checked_evidence(db, &agreement).await?;
    if let Some(fault) = fault {
        return Err(AgreementError::Evidence(fault));
    }
    // Up to the execution: what comes after it, such as the seal, cannot stand in what is sealed.
    let last = rows.iter().position(|row| row.kind == EvidenceKind::Executed).ok_or(AgreementError::NotFound)?;
    let rows = &rows[..=last];
    let supersedes = match agreement.supersedes_id {
        Some(earlier) => text_of(db, earlier).await?,
        None => None,
    };
    let execution = Execution {
        reference: agreement.reference.clone(),
        executed_at,
        verify_url: verify_url(public_url, &agreement.reference),
        signatures: signatures(&signers, rows),
        evidence_json: chain::export(&agreement.reference, rows),
        evidence: rows.iter().map(|row| line(row, &signers, &studio.name)).collect(),
        evidence_head: rows[last].hash.clone(),
        supersedes,
    };
    let (document, text_sha256) = (version.document, version.text_sha256);
    Ok(Some(Executed { agreement, studio, document, text_sha256, execution }))
}

/// An entry for a person.
fn line(row: &evidence::Model, signers: &[signer::Model], studio: &str) -> EvidenceLine {
    EvidenceLine {
        seq: row.seq,
        at: row.at,
        what: chain::sentence(row),
        who: chain::who(row, signers, studio).to_owned(),
        ip: chain::text(row, "ip"),
        hash: row.hash.clone(),
    }
}

/// The hash of an agreement's current text.
async fn text_of(db: &impl ConnectionTrait, id: AgreementId) -> Result<Option<Sha256>, StoreError> {
    let Some(row) = agreement::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    Ok(find_version(db, id, row.version).await?.map(|version| version.text_sha256))
}

/// The other sheets of the work of one that is executed, or about to be, that are with their signers; not those that shall replace it. For the
/// program itself.
pub(in crate::agreements) async fn other_sheets(
    db: &impl ConnectionTrait,
    row: &agreement::Model,
) -> Result<Vec<AgreementId>, StoreError> {
    let Some(work) = row.work_id else { return Ok(Vec::new()) };
    let out = [AgreementState::Sent, AgreementState::PartlySigned, AgreementState::Countered];
    let rows = agreement::Entity::find()
        .filter(agreement::Column::WorkId.eq(work))
        .filter(agreement::Column::Id.ne(row.id))
        .filter(agreement::Column::State.is_in(out))
        .all(db)
        .await?;
    Ok(rows.into_iter().filter(|other| other.supersedes_id != Some(row.id)).map(|other| other.id).collect())
}

/// How many agreements are with their signers that this program words otherwise than they were sent: nobody can sign them before the studio has
/// changed them. For the program itself, such as its `doctor`.
pub async fn count_worded_otherwise(db: &Db, documents: &dyn AgreementDocuments) -> Result<usize, StoreError> {
    let out = [AgreementState::Sent, AgreementState::PartlySigned, AgreementState::Countered];
    let rows = agreement::Entity::find().filter(agreement::Column::State.is_in(out)).all(db).await?;
    let mut count = 0;
    for row in rows {
        let Some(version) = find_version(db, row.id, row.version).await? else { continue };
        let same = documents.read(&version.document).is_ok_and(|read| read.text_sha256 == version.text_sha256);
        count += usize::from(!same);
    }
    Ok(count)
}

/// What replaced an executed agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// Its reference.
    pub reference: String,
    /// From when on it holds: the earlier one holds until then.
    pub from: Instant,
}

/// The executed agreement that replaced an executed one; none if none did, or there is none of this reference. Anybody who has the reference may
/// know it: no names, no text.
pub async fn find_replacement(db: &Db, reference: &str) -> Result<Option<Replacement>, StoreError> {
    if reference.contains('\0') {
        // No text of PostgreSQL holds it, so it is no reference either.
        return Ok(None);
    }
    let executed = || agreement::Entity::find().filter(agreement::Column::State.eq(AgreementState::Executed));
    let Some(row) = executed().filter(agreement::Column::Reference.eq(reference)).one(db).await? else {
        return Ok(None);
    };
    let Some(later) = executed().filter(agreement::Column::SupersedesId.eq(row.id)).one(db).await? else {
        return Ok(None);
    };
    let by_agreement = split_version::Column::AgreementId.eq(later.id);
    let split = split_version::Entity::find().filter(by_agreement).one(db).await?;
    let from = split.map(|split| split.effective_at).or(later.executed_at);
    Ok(from.map(|from| Replacement { reference: later.reference, from }))
}
