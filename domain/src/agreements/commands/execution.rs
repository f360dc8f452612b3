//! What happens in the moment in which everybody has signed, and what is kept of the sealed file.

use std::collections::HashMap;

use sea_orm::EntityTrait;
use serde_json::json;

use super::{
    super::{
        AgreementError,
        document::{DocumentProblem, Reading},
        entity::{AgreementNotice, AgreementState, EvidenceKind, SignerState, agreement},
        queries,
        rules::Step,
    },
    dossier::Dossier,
    studio::{by, require_succession},
};
use crate::{
    actor::{Actor, Ctx},
    catalog::{Sha256, entity::asset},
    identity::entity::studio,
    ids::{AgreementId, PartyId, StudioId},
    invoices,
    outbox::{self, Job},
    parties,
    policy::Denied,
    seals::{
        self,
        commands::SealedDocument,
        entity::{SealedKind, seal},
    },
    services::Services,
    share::Share,
    splits::{self, ExecutedSplit},
    store::Tx,
    webhooks::events,
};

/// Executes: the parties stand in the studio's books, the shares become the rule, the file is to be sealed, and quotes that waited for it are invoiced.
pub(super) async fn execute(dossier: &mut Dossier<'_>, reading: &Reading) -> Result<(), AgreementError> {
    let (tx, ctx, now) = (dossier.tx, dossier.ctx, dossier.ctx.env.now());
    // Another sheet of the same work may have been executed since this one was written.
    require_succession(tx, reading, dossier.row.supersedes_id).await?;
    let parties = book_parties(tx, ctx, dossier.row.studio_id, reading).await?;
    for row in dossier.signers.clone().iter().filter(|row| row.state == SignerState::Signed) {
        let party = usize::try_from(row.party_index).ok().and_then(|index| parties.get(&index).copied());
        dossier.change(row.id, |row| row.party_id = party).await?;
    }
    dossier.row.executed_at = Some(now);
    if let Some(split) = executed_split(dossier, reading, &parties)? {
        splits::execute(tx, ctx, &split).await?;
        if !queries::other_sheets(tx, &dossier.row).await?.is_empty() {
            // Each under its own lock, which is not taken beside this one's.
            outbox::put(tx, ctx, Some(dossier.row.studio_id), &Job::VoidOthers { agreement: dossier.row.id }).await?;
        }
    }
    let data = json!({ "version": dossier.row.version, "text_sha256": reading.text_sha256 });
    dossier.note(EvidenceKind::Executed, None, data).await?;
    outbox::put(tx, ctx, Some(dossier.row.studio_id), &Job::SealAgreement { agreement: dossier.row.id }).await?;
    events::agreement_executed(tx, ctx, &dossier.row, &reading.text_sha256).await?;
    invoices::commands::agreement_executed(tx, ctx, dossier.row.id).await?;
    Ok(())
}

/// The shares that money follows from now on; none if the document has none, or is of no work of the studio's.
fn executed_split(
    dossier: &Dossier<'_>,
    reading: &Reading,
    parties: &HashMap<usize, PartyId>,
) -> Result<Option<ExecutedSplit>, AgreementError> {
    let Some(split) = &reading.splits else { return Ok(None) };
    let Some(work) = split.work else { return Ok(None) };
    let side = |shares: &[(usize, Share)]| -> Option<Vec<(PartyId, Share)>> {
        shares.iter().map(|(index, share)| Some((*parties.get(index)?, *share))).collect()
    };
    let nobody = || {
        let message = "a share names no party of the document".to_owned();
        AgreementError::Document(vec![DocumentProblem {
            path: "terms".to_owned(),
            code: "NO_PARTY".to_owned(),
            message,
            remedy: "give the position of a party".to_owned(),
        }])
    };
    let on = split.effective_on.map(|on| on.and_time(chrono::NaiveTime::MIN).and_utc());
    Ok(Some(ExecutedSplit {
        studio: dossier.row.studio_id,
        work,
        agreement: dossier.row.id,
        document_sha256: reading.text_sha256.clone(),
        effective_at: on.unwrap_or_else(|| dossier.ctx.env.now()),
        composition: side(&split.composition).ok_or_else(nobody)?,
        master: side(&split.master).ok_or_else(nobody)?,
    }))
}

/// Every party of a document in the studio's books, found by address or name, or entered.
async fn book_parties(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    reading: &Reading,
) -> Result<HashMap<usize, PartyId>, AgreementError> {
    let mut booked = HashMap::new();
    for (index, party) in reading.parties.iter().enumerate() {
        let id = parties::find_or_enter(tx, ctx, studio, &party.name, party.email.as_ref(), &party.facts).await?;
        booked.insert(index, id);
    }
    Ok(booked)
}

/// Takes back the other sheets of the work of an executed one that are out to be signed: they can be executed no more, and whoever was asked to
/// sign them is told, the studio too. Twice is once. Each is taken back in a transaction of its own, and one that cannot be keeps nobody from the
/// others. Gives how many were. For the program itself: the job that does this.
pub async fn void_others(services: &Services, id: AgreementId) -> Result<usize, AgreementError> {
    let ctx = services.ctx(Actor::System);
    let executed = agreement::Entity::find_by_id(id).one(&services.db).await?.ok_or(AgreementError::NotFound)?;
    if executed.state != AgreementState::Executed {
        return Err(AgreementError::NotExecuted(executed.state));
    }
    let (mut voided, mut broken) = (0, None);
    for other in queries::other_sheets(&services.db, &executed).await? {
        match void_other(services, &ctx, other, &executed.reference).await {
            Ok(done) => voided += usize::from(done),
            Err(error) => broken = Some(error),
        }
    }
    broken.map_or(Ok(voided), Err)
}

async fn void_other(services: &Services, ctx: &Ctx, id: AgreementId, executed: &str) -> Result<bool, AgreementError> {
    let tx = services.begin().await?;
    let mut dossier = Dossier::open(&tx, ctx, id).await?.ok_or(AgreementError::NotFound)?;
    if !dossier.row.stands_at(ctx.env.now()).is_out() {
        return Ok(false);
    }
    let why = format!("{executed} was signed by all for the same work");
    dossier.take(&Step::Void, |_| None).await?;
    dossier.row.closed_reason = Some(why.clone());
    dossier.note(EvidenceKind::Voided, None, json!({ "reason": why, "by": by(ctx) })).await?;
    dossier.tell_all(AgreementNotice::Voided, None).await?;
    dossier.save().await?;
    services.commit(tx).await?;
    Ok(true)
}

/// The sealed file of an executed agreement.
#[derive(Debug, Clone, Copy)]
pub struct SealedFile<'a> {
    /// The stored file.
    pub file: &'a asset::Model,
    /// SHA-256 of the template it was typeset from.
    pub template_sha256: &'a Sha256,
    /// The typesetter's version.
    pub engine_version: &'a str,
    /// Whether there is an authority to ask for a timestamp.
    pub can_raise: bool,
}

/// Remembers the sealed file of an executed agreement, and mails everybody; twice is once. For the program itself: the job that seals.
pub async fn record_sealed(
    tx: &Tx,
    ctx: &Ctx,
    id: AgreementId,
    sealed: SealedFile<'_>,
) -> Result<seal::Model, AgreementError> {
    if ctx.actor != Actor::System {
        return Err(Denied::NotAllowed.into());
    }
    let mut dossier = Dossier::open(tx, ctx, id).await?.ok_or(AgreementError::NotFound)?;
    if dossier.row.state != AgreementState::Executed {
        return Err(AgreementError::NotExecuted(dossier.row.state));
    }
    if let Some(known) = seals::queries::find_by_reference(tx, &dossier.row.reference).await? {
        return Ok(known);
    }
    let SealedFile { file, template_sha256, engine_version, can_raise } = sealed;
    let document = SealedDocument {
        kind: SealedKind::Agreement,
        reference: &dossier.row.reference,
        file,
        template_sha256,
        engine_version,
        can_raise,
    };
    let seal = seals::commands::record_sealed(tx, ctx, document).await?;
    let data = json!({ "sha256": file.sha256, "level": seal.level });
    dossier.note(EvidenceKind::Sealed, None, data).await?;
    // A producer who signs as well is mailed at the studio's own address: once is enough, unless somebody is to be told on paper.
    let studio = studio::Entity::find_by_id(dossier.row.studio_id).one(tx).await?;
    let own = studio.map(|row| row.contact_email.account_key());
    let signed = dossier.signers.iter().filter(|row| row.state == SignerState::Signed && row.mailed_at.is_some());
    let knows = signed.map(|row| row.email.account_key()).any(|key| Some(key) == own);
    let on_paper = dossier.tell_asked(AgreementNotice::Executed, None).await?;
    if on_paper || !knows {
        dossier.tell(None, AgreementNotice::Executed, None).await?;
    }
    dossier.save().await?;
    Ok(seal)
}
