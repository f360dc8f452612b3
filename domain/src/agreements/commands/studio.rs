//! What the studio does: write, send, change, answer, remind, take back, amend.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, sea_query::LockType,
};
use serde_json::json;

use super::{
    super::{
        AgreementError,
        document::Reading,
        entity::{AgreementNotice, AgreementState, EvidenceKind, LinkReason, SignerState, SigningOrder, agreement},
        evidence, queries,
        rules::{self, Fault, Step},
    },
    Prepared,
    dossier::{Dossier, insert_version},
    note, reason, seats, sha256_of,
};
use crate::{
    actor::Ctx,
    catalog::entity::{beat, work},
    env::Instant,
    identity,
    ids::{AgreementId, StudioId},
    policy::{Action, require, visible},
    splits,
    store::Tx,
};

/// An agreement to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAgreement {
    /// The document.
    pub document: Prepared,
    /// In which order it is signed.
    pub signing_order: SigningOrder,
}

/// A change of an agreement by the studio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementEdit {
    /// The version that was changed.
    pub expected_version: i32,
    /// The document as it shall be.
    pub document: Prepared,
    /// In which order it is signed; none: as before.
    pub signing_order: Option<SigningOrder>,
    /// What to say about the change.
    pub note: Option<String>,
    /// For how many days from now on it can be signed; none: as before.
    pub expires_in_days: Option<u16>,
}

/// Writes a draft.
pub async fn create_agreement(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    new: &NewAgreement,
) -> Result<agreement::Model, AgreementError> {
    require(&ctx.actor, Action::ManageAgreements, studio)?;
    draft(tx, ctx, studio, new, None).await
}

/// Writes a draft that shall replace an executed agreement: everybody who signed that one must sign this one.
pub async fn amend_agreement(
    tx: &Tx,
    ctx: &Ctx,
    id: AgreementId,
    new: &NewAgreement,
) -> Result<agreement::Model, AgreementError> {
    let found = agreement::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let earlier = visible(&ctx.actor, Action::ManageAgreements, found, |row| row.studio_id)?;
    let earlier = earlier.ok_or(AgreementError::NotFound)?;
    if earlier.state != AgreementState::Executed {
        return Err(AgreementError::NotExecuted(earlier.state));
    }
    if earlier.template != new.document.reading().template {
        return Err(AgreementError::TemplateChanged);
    }
    if queries::amendment_of(tx, id).await?.is_some() {
        return Err(AgreementError::AmendedElsewhere);
    }
    require_replaces(tx, &earlier, new.document.reading()).await?;
    draft(tx, ctx, earlier.studio_id, new, Some(id)).await
}

async fn draft(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    new: &NewAgreement,
    supersedes_id: Option<AgreementId>,
) -> Result<agreement::Model, AgreementError> {
    let reading = new.document.reading();
    require_work(tx, studio, reading).await?;
    require_succession(tx, reading, supersedes_id).await?;
    let row = agreement::Model {
        id: ctx.env.id(),
        studio_id: studio,
        reference: new.document.number().to_owned(),
        template: reading.template,
        title: reading.title.clone(),
        work_id: reading.splits.as_ref().and_then(|splits| splits.work),
        state: AgreementState::Draft,
        signing_order: new.signing_order,
        version: 1,
        counter_version: None,
        counter_by: None,
        supersedes_id,
        expires_at: None,
        term_ends_on: reading.term_ends_on,
        term_announced_at: None,
        evidence_count: 0,
        evidence_head: evidence::beginning(),
        created_at: ctx.env.now(),
        sent_at: None,
        executed_at: None,
        closed_at: None,
        closed_reason: None,
    };
    row.clone().into_active_model().insert(tx).await?;
    insert_version(tx, ctx, row.id, 1, reading, None, None).await?;
    let mut dossier = Dossier { tx, ctx, row, signers: Vec::new() };
    let by = by(ctx);
    let data = json!({ "version": 1, "text_sha256": reading.text_sha256, "by": by, "supersedes": supersedes_id });
    dossier.note(EvidenceKind::Created, None, data).await?;
    Ok(dossier.save().await?)
}

/// Who of the studio acts, for the evidence.
pub(super) fn by(ctx: &Ctx) -> String {
    ctx.actor.user().map_or_else(|| "program".to_owned(), |user| user.to_string())
}

/// What is sent goes to mailboxes of strangers: whoever has it sent has shown that their own is theirs.
async fn require_confirmed(tx: &Tx, ctx: &Ctx, studio: StudioId) -> Result<(), AgreementError> {
    let confirmed = identity::queries::has_confirmed_address(tx, &ctx.actor, studio).await?;
    if confirmed { Ok(()) } else { Err(AgreementError::Unconfirmed) }
}

/// The work that a document executes must be the studio's, and the one that it is about: who signs reads a title and thinks of a song.
pub(super) async fn require_work(tx: &Tx, studio: StudioId, reading: &Reading) -> Result<(), AgreementError> {
    let Some(splits) = &reading.splits else { return Ok(()) };
    let Some(id) = splits.work else { return Ok(()) };
    let own = work::Entity::find_by_id(id).filter(work::Column::StudioId.eq(studio)).one(tx).await?;
    let work = own.ok_or(AgreementError::NoWork)?;
    let mut known: Vec<String> = beat::Entity::find()
        .select_only()
        .column(beat::Column::Title)
        .filter(beat::Column::WorkId.eq(id))
        .into_tuple()
        .all(tx)
        .await?;
    known.push(work.title.clone());
    if known.iter().any(|known| rules::same_title(known, &splits.title)) {
        return Ok(());
    }
    Err(AgreementError::AnotherTitle { title: splits.title.clone(), work: work.title })
}

/// A work's split that was signed is replaced by an amendment of the agreement that it stands by, and by nothing else: else whoever signed
/// that one could be left out. The work is held until the end of the transaction: of two sheets of it whose last signatures are made at the same
/// moment, the later sees what the earlier has executed.
pub(super) async fn require_succession(
    tx: &Tx,
    reading: &Reading,
    supersedes_id: Option<AgreementId>,
) -> Result<(), AgreementError> {
    let Some(id) = reading.splits.as_ref().and_then(|splits| splits.work) else { return Ok(()) };
    work::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let Some(standing) = splits::standing_agreement(tx, id).await? else { return Ok(()) };
    if supersedes_id == Some(standing) {
        return Ok(());
    }
    let standing = agreement::Entity::find_by_id(standing).one(tx).await?.ok_or(AgreementError::NotFound)?;
    Err(AgreementError::SplitStands { reference: standing.reference })
}

/// What replaces an agreement is of the same work, and whoever signed that one signs this one.
async fn require_replaces(tx: &Tx, earlier: &agreement::Model, reading: &Reading) -> Result<(), AgreementError> {
    if earlier.work_id != reading.splits.as_ref().and_then(|splits| splits.work) {
        return Err(AgreementError::AmendsAnotherWork);
    }
    for row in queries::signers_of(tx, earlier.id).await?.into_iter().filter(|row| row.state == SignerState::Signed) {
        let signs = reading
            .parties
            .iter()
            .any(|party| party.signs && party.email.as_ref().is_some_and(|email| email.account_key() == row.party_key));
        if !signs {
            return Err(AgreementError::AmendmentLeavesOut { name: row.name });
        }
    }
    Ok(())
}

/// Changes the document. Once it is with the signers, every signature is void, a proposed change is off the table, and everybody whose turn it
/// is gets a new link. An edit that gives more or less time to sign, and changes nothing else, voids nothing.
pub async fn edit_agreement(
    tx: &Tx,
    ctx: &Ctx,
    id: AgreementId,
    edit: &AgreementEdit,
) -> Result<agreement::Model, AgreementError> {
    let mut dossier = Dossier::for_studio(tx, ctx, id).await?;
    dossier.require_version(edit.expected_version)?;
    let reading = edit.document.of(&dossier.row.reference)?;
    if reading.template != dossier.row.template {
        return Err(AgreementError::TemplateChanged);
    }
    dossier.require_in_time()?;
    let until = edit.expires_in_days.map(|days| in_days(ctx, days)).transpose()?;
    let same_order = edit.signing_order.is_none_or(|order| order == dossier.row.signing_order);
    if same_order && reading.says_what(&dossier.current().await?) {
        set_expiry(&mut dossier, until.ok_or(AgreementError::EditSame)?).await?;
        return Ok(dossier.save().await?);
    }
    require_work(tx, dossier.row.studio_id, reading).await?;
    require_succession(tx, reading, dossier.row.supersedes_id).await?;
    if let Some(earlier) = dossier.row.supersedes_id {
        let earlier = agreement::Entity::find_by_id(earlier).one(tx).await?.ok_or(AgreementError::NotFound)?;
        require_replaces(tx, &earlier, reading).await?;
    }
    let said = note("note", edit.note.as_deref())?;
    let was_out = dossier.row.state.is_out();
    if was_out {
        require_confirmed(tx, ctx, dossier.row.studio_id).await?;
    }
    dossier.row.signing_order = edit.signing_order.unwrap_or(dossier.row.signing_order);
    let step = Step::Edit(if was_out { seats(ctx, reading)? } else { Vec::new() });
    let standing = dossier.seat(&step, reading).await?;
    let number = dossier.write(reading, None, said.clone()).await?;
    dossier.adopt(number, reading);
    let data = json!({
        "version": number, "text_sha256": reading.text_sha256, "by": by(ctx), "note_sha256": sha256_of(said.as_ref()),
    });
    dossier.note(EvidenceKind::Edited, None, data).await?;
    if let Some(until) = until {
        set_expiry(&mut dossier, until).await?;
    }
    if was_out {
        dossier.mail_turn(&standing, LinkReason::Changed).await?;
    }
    Ok(dossier.save().await?)
}

/// The end of so many days from now on.
fn in_days(ctx: &Ctx, days: u16) -> Result<Instant, AgreementError> {
    if !(1..=rules::MAX_EXPIRY_DAYS).contains(&days) {
        return Err(AgreementError::Expiry);
    }
    Ok(ctx.env.now() + chrono::Duration::days(i64::from(days)))
}

/// Sets until when what is with the signers can be signed.
async fn set_expiry(dossier: &mut Dossier<'_>, until: Instant) -> Result<(), AgreementError> {
    match dossier.row.state {
        // Whoever sends it says so then.
        AgreementState::Draft => return Err(Fault::NotSent.into()),
        state if state.is_final() => return Err(Fault::Final(state).into()),
        _ => {}
    }
    dossier.row.expires_at = Some(until);
    let data = json!({ "expires_at": until, "by": by(dossier.ctx) });
    dossier.note(EvidenceKind::ExpirySet, None, data).await?;
    Ok(())
}

/// Sends a draft to those who sign; it can be signed for so many days.
pub async fn send_agreement(
    tx: &Tx,
    ctx: &Ctx,
    id: AgreementId,
    expected_version: i32,
    expires_in_days: Option<u16>,
) -> Result<agreement::Model, AgreementError> {
    let mut dossier = Dossier::for_studio(tx, ctx, id).await?;
    require_confirmed(tx, ctx, dossier.row.studio_id).await?;
    dossier.require_version(expected_version)?;
    let expires_at = in_days(ctx, expires_in_days.unwrap_or(rules::DEFAULT_EXPIRY_DAYS))?;
    let reading = dossier.current().await?;
    // Another sheet of the work may have been executed since this draft was written: nobody is asked to sign for nothing.
    require_succession(tx, &reading, dossier.row.supersedes_id).await?;
    let standing = dossier.seat(&Step::Send(seats(ctx, &reading)?), &reading).await?;
    dossier.row.sent_at = Some(ctx.env.now());
    dossier.row.expires_at = Some(expires_at);
    let signers: Vec<_> = dossier
        .signers
        .iter()
        .map(|row| json!({ "signer": row.id, "party": row.party_index, "name": row.name, "email": row.email }))
        .collect();
    let data = json!({
        "version": expected_version, "text_sha256": reading.text_sha256, "by": by(ctx), "order": dossier.row.signing_order,
        "expires_at": expires_at, "signers": signers,
    });
    dossier.note(EvidenceKind::Sent, None, data).await?;
    dossier.mail_turn(&standing, LinkReason::Invited).await?;
    Ok(dossier.save().await?)
}

/// Takes an agreement back, with a reason that those who were asked are told.
pub async fn void_agreement(
    tx: &Tx,
    ctx: &Ctx,
    id: AgreementId,
    why: &str,
) -> Result<agreement::Model, AgreementError> {
    let mut dossier = Dossier::for_studio(tx, ctx, id).await?;
    let why = reason(why)?;
    dossier.take(&Step::Void, |_| None).await?;
    dossier.row.closed_reason = Some(why.clone());
    dossier.note(EvidenceKind::Voided, None, json!({ "reason": why, "by": by(ctx) })).await?;
    if dossier.tell_asked(AgreementNotice::Voided, None).await? {
        // The studio knows that it took it back; the mail says who must be told on paper.
        dossier.tell(None, AgreementNotice::Voided, None).await?;
    }
    Ok(dossier.save().await?)
}

/// Mails those whose turn it is once more, but for whom a mail has reached within [`rules::REMIND_AGAIN_AFTER`]; gives how many. If it has
/// reached all of them, it says from when on who can be reminded.
pub async fn remind_signers(tx: &Tx, ctx: &Ctx, id: AgreementId) -> Result<usize, AgreementError> {
    let mut dossier = Dossier::for_studio(tx, ctx, id).await?;
    dossier.require_in_time()?;
    match dossier.row.state {
        AgreementState::Draft => return Err(Fault::NotSent.into()),
        AgreementState::Countered => return Err(Fault::CounterOpen.into()),
        state if state.is_final() => return Err(Fault::Final(state).into()),
        _ => {}
    }
    require_confirmed(tx, ctx, dossier.row.studio_id).await?;
    let now = ctx.env.now();
    let (mut due, mut waits) = (Vec::new(), None);
    for id in dossier.standing().turn() {
        let row = dossier.signer(id)?;
        match row.mailed_at.map(|at| at + rules::REMIND_AGAIN_AFTER).filter(|next_at| *next_at > now) {
            None => due.push(id),
            Some(next_at) if waits.as_ref().is_none_or(|(first, _)| next_at < *first) => {
                waits = Some((next_at, row.name.clone()));
            }
            Some(_) => {}
        }
    }
    if let Some((next_at, name)) = waits.filter(|_| due.is_empty()) {
        return Err(AgreementError::RemindedLately { name, next_at });
    }
    for signer in &due {
        dossier.ask(*signer, LinkReason::Reminded).await?;
        dossier.note(EvidenceKind::Reminded, Some(*signer), json!({ "by": by(ctx) })).await?;
    }
    dossier.save().await?;
    Ok(due.len())
}

/// Takes the change that a signer has proposed. The signatures of those whom it does not concern stand; the others are asked anew.
pub async fn accept_counter(
    tx: &Tx,
    ctx: &Ctx,
    id: AgreementId,
    proposed_version: i32,
) -> Result<agreement::Model, AgreementError> {
    let mut dossier = Dossier::for_studio(tx, ctx, id).await?;
    require_confirmed(tx, ctx, dossier.row.studio_id).await?;
    require_counter(&dossier, proposed_version)?;
    let reading = dossier.reading(proposed_version).await?;
    let standing = dossier.seat(&Step::AcceptCounter(seats(ctx, &reading)?), &reading).await?;
    dossier.adopt(proposed_version, &reading);
    let kept: Vec<_> =
        dossier.signers.iter().filter(|row| row.state == SignerState::Signed).map(|row| row.id).collect();
    let data = json!({
        "version": proposed_version, "text_sha256": reading.text_sha256, "by": by(ctx),
        "signatures_kept": kept.len(), "kept": kept,
    });
    dossier.note(EvidenceKind::CounterAccepted, None, data).await?;
    dossier.mail_turn(&standing, LinkReason::Changed).await?;
    Ok(dossier.save().await?)
}

/// Does not take it: the document stays as it is, who proposed the change is told, and everybody whose turn it is is asked again.
pub async fn refuse_counter(
    tx: &Tx,
    ctx: &Ctx,
    id: AgreementId,
    proposed_version: i32,
    why: Option<&str>,
) -> Result<agreement::Model, AgreementError> {
    let mut dossier = Dossier::for_studio(tx, ctx, id).await?;
    require_confirmed(tx, ctx, dossier.row.studio_id).await?;
    require_counter(&dossier, proposed_version)?;
    let why = note("reason", why)?;
    let proposer = dossier.row.counter_by;
    let standing = dossier.take(&Step::RefuseCounter, |_| None).await?;
    if let Some(proposer) = proposer {
        dossier.change(proposer, |row| row.refusal.clone_from(&why)).await?;
    }
    let data = json!({ "version": proposed_version, "reason_sha256": sha256_of(why.as_ref()), "by": by(ctx) });
    dossier.note(EvidenceKind::CounterRefused, proposer, data).await?;
    for signer in standing.turn() {
        let reason = if Some(signer) == proposer { LinkReason::CounterRefused } else { LinkReason::Reminded };
        dossier.ask(signer, reason).await?;
    }
    Ok(dossier.save().await?)
}

fn require_counter(dossier: &Dossier<'_>, proposed_version: i32) -> Result<(), AgreementError> {
    dossier.require_in_time()?;
    match dossier.row.counter_version {
        Some(open) if open == proposed_version => Ok(()),
        Some(open) => Err(AgreementError::Changed { current: open }),
        None if dossier.row.state.is_final() => Err(Fault::Final(dossier.row.state).into()),
        None => Err(Fault::NoCounter.into()),
    }
}
