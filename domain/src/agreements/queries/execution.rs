//! All that stands in an executed document beside its text, and what anybody may know of it.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    super::{
        AgreementError,
        document::{EvidenceLine, Execution},
        entity::{AgreementState, EvidenceKind, agreement, evidence},
        evidence as chain,
    },
    evidence_of, find_version, mails, signatures, signers_of,
};
use crate::{
    catalog::Sha256,
    env::Instant,
    identity::entity::studio,
    ids::{AgreementId, SignerId},
    report::StoreError,
    seals::rules::verify_url,
    store::Db,
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
    let mut rows = evidence_of(db, id).await?;
    // What was noted after the agreement's row was read is none of its chain's length and head, and no reason to call the chain broken.
    rows.retain(|row| row.seq <= agreement.evidence_count);
    chain::verify_to(&rows, agreement.evidence_count, &agreement.evidence_head).map_err(AgreementError::Evidence)?;
    // Up to the execution: what comes after it, such as the seal, cannot stand in what is sealed.
    let last = rows.iter().position(|row| row.kind == EvidenceKind::Executed).ok_or(AgreementError::NotFound)?;
    let rows = &rows[..=last];
    let names: HashMap<SignerId, &str> = signers.iter().map(|row| (row.id, row.name.as_str())).collect();
    let supersedes = match agreement.supersedes_id {
        Some(earlier) => text_of(db, earlier).await?,
        None => None,
    };
    let execution = Execution {
        reference: agreement.reference.clone(),
        executed_at,
        verify_url: verify_url(public_url, &agreement.reference),
        signatures: signatures(&signers),
        evidence_json: chain::export(&agreement.reference, rows),
        evidence: rows.iter().map(|row| line(row, &names, &studio.name)).collect(),
        evidence_head: rows[last].hash.clone(),
        supersedes,
    };
    Ok(Some(Executed { agreement, studio, document: version.document, execution }))
}

/// An entry for a person.
fn line(row: &evidence::Model, names: &HashMap<SignerId, &str>, studio: &str) -> EvidenceLine {
    let data = chain::data(row);
    let text =
        |key: &str| data.get(key).and_then(|value| value.as_str()).filter(|text| !text.is_empty()).map(String::from);
    let by_studio = matches!(row.kind, EvidenceKind::CounterRefused);
    let who = row.signer_id.filter(|_| !by_studio).and_then(|id| names.get(&id).copied()).unwrap_or(studio);
    EvidenceLine {
        seq: row.seq,
        at: row.at,
        what: chain::sentence(row),
        who: who.to_owned(),
        ip: text("ip"),
        user_agent: text("user_agent"),
        hash: row.hash.clone(),
    }
}

/// The hash of an agreement's current text.
async fn text_of(db: &impl ConnectionTrait, id: AgreementId) -> Result<Option<Sha256>, StoreError> {
    let Some(row) = agreement::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    Ok(find_version(db, id, row.version).await?.map(|version| version.text_sha256))
}

/// What anybody who has the reference of an executed agreement may know: that there is one, and what replaced it. No names, no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicFacts {
    /// The reference.
    pub reference: String,
    /// The studio's name.
    pub studio_name: String,
    /// When it was executed.
    pub executed_at: Instant,
    /// SHA-256 of its text.
    pub text_sha256: Sha256,
    /// The evidence chain's head as it was sealed.
    pub evidence_head: Sha256,
    /// The reference and the text's hash of the executed agreement that replaced it.
    pub superseded_by: Option<(String, Sha256)>,
}

/// What anybody may know of an executed agreement; none if there is none of this reference.
pub async fn find_public(db: &Db, reference: &str) -> Result<Option<PublicFacts>, StoreError> {
    if reference.contains('\0') {
        // No text of PostgreSQL holds it, so it is no reference either.
        return Ok(None);
    }
    let executed = || agreement::Entity::find().filter(agreement::Column::State.eq(AgreementState::Executed));
    let Some(row) = executed().filter(agreement::Column::Reference.eq(reference)).one(db).await? else {
        return Ok(None);
    };
    let sealed = evidence::Entity::find()
        .filter(evidence::Column::AgreementId.eq(row.id))
        .filter(evidence::Column::Kind.eq(EvidenceKind::Executed))
        .one(db)
        .await?;
    let studio = mails::studio(db, row.studio_id).await?;
    let text = find_version(db, row.id, row.version).await?.map(|version| version.text_sha256);
    let (Some(sealed), Some(studio), Some(text_sha256), Some(executed_at)) = (sealed, studio, text, row.executed_at)
    else {
        return Ok(None);
    };
    let later = executed().filter(agreement::Column::SupersedesId.eq(row.id)).one(db).await?;
    let superseded_by = match later {
        Some(later) => text_of(db, later.id).await?.map(|text| (later.reference, text)),
        None => None,
    };
    Ok(Some(PublicFacts {
        reference: row.reference,
        studio_name: studio.name,
        executed_at,
        text_sha256,
        evidence_head: sealed.hash,
        superseded_by,
    }))
}
