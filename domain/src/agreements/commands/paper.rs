//! Paper: what a signer has signed by hand, as the studio records it; and the wish to get what is to come on paper.

use chrono::{Duration, NaiveDate};
use sea_orm::EntityTrait;
use serde_json::json;

use super::{
    super::{
        AgreementError,
        document::{Mark, PaperMark},
        entity::{AgreementNotice, AgreementState, EvidenceKind, SignerState, agreement, signer},
        evidence, queries,
        rules::{self, Fault, Step},
    },
    Device,
    dossier::{Dossier, from_device},
    execution, note,
    studio::by,
};
use crate::{
    actor::{Actor, Ctx},
    catalog::Sha256,
    identity::entity::{api_key, user},
    ids::{AgreementId, SignerId},
    links::{LinkError, LinkKey, Purpose},
    report::StoreError,
    store::Tx,
};

/// How far a day's date can be ahead of, and behind, that of Coordinated Universal Time.
const AHEAD: Duration = Duration::hours(14);
const BEHIND: Duration = Duration::hours(12);

/// A signature on paper that the studio has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperSignature {
    /// Who has signed; they have asked for paper.
    pub signer: SignerId,
    /// The version that the paper holds.
    pub version: i32,
    /// The day that stands beside the signature.
    pub signed_on: NaiveDate,
    /// SHA-256 of a scan, if there is one.
    pub scan_sha256: Option<Sha256>,
    /// What to say about it.
    pub note: Option<String>,
}

/// Records that somebody who wanted paper has signed on paper: from then on it is a signature like any other, and marked as what it is. The
/// evidence says who recorded it, and the signer is told by mail. With the last signature the agreement is executed, in this transaction.
pub async fn record_paper_signature(
    tx: &Tx,
    ctx: &Ctx,
    id: AgreementId,
    paper: &PaperSignature,
) -> Result<agreement::Model, AgreementError> {
    let mut dossier = Dossier::for_studio(tx, ctx, id).await?;
    let (before, now) = (dossier.standing(), ctx.env.now());
    if before.state.is_final() {
        return Err(Fault::Final(before.state).into());
    }
    dossier.require_in_time()?;
    dossier.require_version(paper.version)?;
    let said = note("note", paper.note.as_deref())?;
    let version = queries::find_version(tx, id, paper.version).await?.ok_or(AgreementError::NotFound)?;
    let (earliest, latest) = ((version.created_at - BEHIND).date_naive(), (now + AHEAD).date_naive());
    if !(earliest..=latest).contains(&paper.signed_on) {
        return Err(AgreementError::PaperDay);
    }
    let reading = queries::reading(&version)?;
    let row = dossier.signer(paper.signer)?;
    let (name, party) = (row.name.clone(), usize::try_from(row.party_index).ok());
    let own = party.and_then(|party| reading.parties.get(party)).ok_or(Fault::NotASigner)?;
    let concerns = own.concerns_sha256.clone();
    let step = Step::SignOnPaper { by: paper.signer, concerns: concerns.clone() };
    let after = dossier.take(&step, |_| None).await?;
    let mark = Mark::Paper(PaperMark { signed_on: paper.signed_on, scan_sha256: paper.scan_sha256.clone() });
    let mark = serde_json::to_value(&mark).map_err(|cause| sea_orm::DbErr::Json(cause.to_string()))?;
    let recorded_by = recorder(tx, ctx).await?;
    let data = json!({
        "name": name, "party": party, "version": paper.version, "text_sha256": reading.text_sha256,
        "concerns_sha256": concerns, "signed_on": paper.signed_on, "scan_sha256": paper.scan_sha256, "note": said,
        "by": by(ctx), "recorded_by": recorded_by,
    });
    dossier
        .change(paper.signer, |row| {
            row.signed_version = Some(paper.version);
            row.signed_text_sha256 = Some(reading.text_sha256.clone());
            row.concerns_sha256 = Some(concerns);
            row.mark = Some(mark);
            row.signed_at = Some(now);
        })
        .await?;
    dossier.note(EvidenceKind::SignedOnPaper, Some(paper.signer), data).await?;
    // Whoever has signed nothing hears of it while the agreement can still be kept from being built upon.
    dossier.tell(Some(paper.signer), AgreementNotice::PaperRecorded, None).await?;
    if after.state == AgreementState::Executed {
        execution::execute(&mut dossier, &reading).await?;
    } else {
        dossier.mail_new_turn(&before, &after).await?;
    }
    Ok(dossier.save().await?)
}

/// Who records, by name: a recorded signature is worth what this person's word is.
async fn recorder(tx: &Tx, ctx: &Ctx) -> Result<String, StoreError> {
    let named = match &ctx.actor {
        Actor::User { user, .. } => user::Entity::find_by_id(*user).one(tx).await?.map(|row| row.name),
        Actor::ApiKey { key, .. } => {
            api_key::Entity::find_by_id(*key).one(tx).await?.map(|row| format!("a program with the key “{}”", row.name))
        }
        _ => None,
    };
    Ok(named.unwrap_or_else(|| "the studio".to_owned()))
}

/// Mails the signer of an executed agreement a link under which they withdraw the consent to electronic records. Their lasting link may be shown
/// to anybody, so this is all that it can do: the mail goes to the signer's own address, once within [`rules::WITHDRAWAL_AGAIN_AFTER`], and not
/// at all if the consent was withdrawn.
pub async fn ask_withdrawal(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    token: &str,
    device: &Device,
) -> Result<(), AgreementError> {
    let now = ctx.env.now();
    let id: SignerId = links.open(Purpose::Agreement, token, now)?;
    let (mut dossier, _) = consenting(tx, ctx, id).await?;
    let rows = queries::evidence_of(tx, dossier.row.id).await?;
    let again_from = evidence::withdrawal_asked_at(&rows, id).map(|at| at + rules::WITHDRAWAL_AGAIN_AFTER);
    if again_from.is_some_and(|from| from > now) || evidence::wants_records_on_paper(&rows, id) {
        return Ok(());
    }
    let email = dossier.signer(id)?.email.clone();
    let data = from_device(device, json!({ "email": email }));
    dossier.note(EvidenceKind::WithdrawalAsked, Some(id), data).await?;
    dossier.tell(Some(id), AgreementNotice::WithdrawalAsked, None).await?;
    dossier.save().await?;
    Ok(())
}

/// A signer of an executed agreement withdraws the consent to electronic records, by the link that was mailed to them for this: it holds for
/// what is to come, and what was signed stands. The studio is told, and mails about this agreement go to them no more. Twice is once. Gives
/// who they are.
pub async fn withdraw_consent(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    token: &str,
    device: &Device,
) -> Result<SignerId, AgreementError> {
    let id = queries::open_withdrawal(links, token, ctx.env.now())?;
    let (mut dossier, consent) = consenting(tx, ctx, id).await?;
    if evidence::wants_records_on_paper(&queries::evidence_of(tx, dossier.row.id).await?, id) {
        return Ok(id);
    }
    let data = from_device(device, json!({ "consent": consent }));
    dossier.note(EvidenceKind::ConsentWithdrawn, Some(id), data).await?;
    dossier.tell(None, AgreementNotice::ConsentWithdrawn, Some(id)).await?;
    dossier.save().await?;
    Ok(id)
}

/// The executed agreement of a signer, and the version of the consent to electronic records that they gave.
async fn consenting<'a>(tx: &'a Tx, ctx: &'a Ctx, id: SignerId) -> Result<(Dossier<'a>, String), AgreementError> {
    let found = signer::Entity::find_by_id(id).one(tx).await?.ok_or(LinkError::Forged)?;
    let dossier = Dossier::open(tx, ctx, found.agreement_id).await?.ok_or(LinkError::Forged)?;
    if dossier.row.state != AgreementState::Executed {
        return Err(AgreementError::NotExecuted(dossier.row.state));
    }
    let row = dossier.signer(id)?;
    if row.state != SignerState::Signed {
        return Err(Fault::NotASigner.into());
    }
    let consent = row.consent_version.clone().ok_or(AgreementError::NoRecords)?;
    Ok((dossier, consent))
}
