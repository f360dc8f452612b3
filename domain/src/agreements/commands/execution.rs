//! What happens in the moment in which everybody has signed, and what is kept of the sealed file.

use std::collections::HashMap;

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{
    super::{
        AgreementError,
        document::Reading,
        entity::{AgreementNotice, AgreementState, EvidenceKind, SignerState, file},
        queries,
        rules::Fault,
    },
    dossier::Dossier,
};
use crate::{
    actor::Ctx,
    catalog::Sha256,
    env::Instant,
    ids::{AgreementId, AssetId, PartyId, StudioId},
    outbox::{self, Job},
    parties,
    policy::Denied,
    share::Share,
    splits::{self, ExecutedSplit},
    store::Tx,
};

/// Executes: the parties stand in the studio's books, the shares become the rule, and the file is to be sealed.
pub(super) async fn execute(dossier: &mut Dossier<'_>, reading: &Reading) -> Result<(), AgreementError> {
    let (tx, ctx, now) = (dossier.tx, dossier.ctx, dossier.ctx.env.now());
    let parties = book_parties(tx, ctx, dossier.row.studio_id, reading).await?;
    for row in dossier.signers.clone().iter().filter(|row| row.state == SignerState::Signed) {
        let party = usize::try_from(row.party_index).ok().and_then(|index| parties.get(&index).copied());
        dossier.change(row.id, |row| row.party_id = party).await?;
    }
    dossier.row.executed_at = Some(now);
    if let Some(split) = executed_split(dossier, reading, &parties) {
        splits::execute(tx, ctx, &split).await?;
    }
    let data = json!({ "version": dossier.row.version, "text_sha256": reading.text_sha256 });
    dossier.note(EvidenceKind::Executed, None, data).await?;
    outbox::put(tx, ctx, Some(dossier.row.studio_id), &Job::SealAgreement { agreement: dossier.row.id }).await?;
    Ok(())
}

/// The shares that money follows from now on; none if the document has none, or is of no work of the studio's.
fn executed_split(
    dossier: &Dossier<'_>,
    reading: &Reading,
    parties: &HashMap<usize, PartyId>,
) -> Option<ExecutedSplit> {
    let split = reading.splits.as_ref()?;
    let side = |shares: &[(usize, Share)]| -> Option<Vec<(PartyId, Share)>> {
        shares.iter().map(|(index, share)| Some((*parties.get(index)?, *share))).collect()
    };
    let on = split.effective_on.map(|on| on.and_time(chrono::NaiveTime::MIN).and_utc());
    Some(ExecutedSplit {
        studio: dossier.row.studio_id,
        work: split.work?,
        agreement: dossier.row.id,
        document_sha256: reading.text_sha256.clone(),
        effective_at: on.unwrap_or_else(|| dossier.ctx.env.now()),
        composition: side(&split.composition)?,
        master: side(&split.master)?,
    })
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
        booked.insert(index, parties::find_or_enter(tx, ctx, studio, &party.name, party.email.as_ref()).await?);
    }
    Ok(booked)
}

/// A file that was sealed, or whose seal was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// The stored file.
    pub asset: AssetId,
    /// Its SHA-256.
    pub sha256: Sha256,
    /// The seal's level, such as `B-B`.
    pub level: String,
    /// What a higher level waits for, a sentence.
    pub waits_for: Option<String>,
    /// When it must be renewed at the latest.
    pub renew_before: Option<Instant>,
    /// SHA-256 of the template it was typeset from.
    pub template_sha256: Sha256,
    /// The typesetter's version.
    pub engine_version: String,
}

/// Keeps a further revision of an executed agreement's file; the very file that stands last is not kept twice. With the first, everybody is
/// mailed. For the program itself: the job that seals.
pub async fn record_file(tx: &Tx, ctx: &Ctx, id: AgreementId, new: &NewFile) -> Result<file::Model, AgreementError> {
    if ctx.actor != crate::actor::Actor::System {
        return Err(Denied::NotAllowed.into());
    }
    let mut dossier = Dossier::open(tx, ctx, id).await?.ok_or(AgreementError::NotFound)?;
    if dossier.row.state != AgreementState::Executed {
        return Err(AgreementError::NotExecuted(dossier.row.state));
    }
    let files = queries::files_of(tx, id).await?;
    if let Some(last) = files.last().filter(|last| last.sha256 == new.sha256) {
        return Ok(last.clone());
    }
    let row = file::Model {
        id: ctx.env.id(),
        agreement_id: id,
        revision: files.last().map_or(0, |last| last.revision).saturating_add(1),
        asset_id: new.asset,
        sha256: new.sha256.clone(),
        level: new.level.clone(),
        waits_for: new.waits_for.clone(),
        renew_before: new.renew_before,
        template_sha256: new.template_sha256.clone(),
        engine_version: new.engine_version.clone(),
        created_at: ctx.env.now(),
    };
    row.clone().into_active_model().insert(tx).await?;
    let data = json!({ "revision": row.revision, "sha256": row.sha256, "level": row.level });
    dossier.note(EvidenceKind::Sealed, None, data).await?;
    if files.is_empty() {
        dossier.tell(None, AgreementNotice::Executed).await?;
        dossier.tell_asked(None, AgreementNotice::Executed).await?;
    }
    dossier.save().await?;
    Ok(row)
}
