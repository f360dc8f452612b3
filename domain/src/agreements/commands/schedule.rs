//! What comes round by itself: agreements whose time is over, signers who have not answered, terms that end.

use serde_json::json;

use super::{
    super::{
        AgreementError,
        entity::{AgreementNotice, AgreementState, EvidenceKind, LinkReason},
        queries,
        rules::{self, Step},
    },
    dossier::Dossier,
};
use crate::{
    actor::{Actor, Ctx},
    ids::AgreementId,
    policy::Denied,
    services::Services,
    store::Tx,
};

/// What a round of the schedule did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tended {
    /// Agreements that expired.
    pub expired: usize,
    /// Signers who were reminded.
    pub reminded: usize,
    /// Terms whose end was announced.
    pub announced: usize,
}

/// What the schedule does with an agreement.
#[derive(Debug, Clone, Copy)]
enum Chore {
    Expire,
    Remind,
    AnnounceTerm,
}

/// Looks after all agreements, each in a transaction of its own. Two who do it at once do it once. One that cannot be looked after, for its
/// evidence is broken, keeps nobody from the others: it is logged, and comes round again.
pub async fn tend(services: &Services) -> Result<Tended, AgreementError> {
    let ctx = services.ctx(Actor::System);
    let due = queries::list_due(&services.db, ctx.env.now()).await?;
    let mut tended = Tended::default();
    for id in due.expired {
        tended.expired += look_after(services, &ctx, id, Chore::Expire).await;
    }
    for id in due.unanswered {
        tended.reminded += look_after(services, &ctx, id, Chore::Remind).await;
    }
    for id in due.terms {
        tended.announced += look_after(services, &ctx, id, Chore::AnnounceTerm).await;
    }
    Ok(tended)
}

/// Does a chore and gives how much was done.
async fn look_after(services: &Services, ctx: &Ctx, id: AgreementId, chore: Chore) -> usize {
    match attempt(services, ctx, id, chore).await {
        Ok(done) => done,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(agreement = %id, ?chore, error, "an agreement could not be looked after");
            0
        }
    }
}

async fn attempt(services: &Services, ctx: &Ctx, id: AgreementId, chore: Chore) -> Result<usize, AgreementError> {
    let tx = services.begin().await?;
    let done = match chore {
        Chore::Expire => usize::from(expire(&tx, ctx, id).await?),
        Chore::Remind => remind_overdue(&tx, ctx, id).await?,
        Chore::AnnounceTerm => usize::from(announce_term(&tx, ctx, id).await?),
    };
    services.commit(tx).await?;
    Ok(done)
}

async fn open<'a>(tx: &'a Tx, ctx: &'a Ctx, id: AgreementId) -> Result<Dossier<'a>, AgreementError> {
    if ctx.actor != Actor::System {
        return Err(Denied::NotAllowed.into());
    }
    Dossier::open(tx, ctx, id).await?.ok_or(AgreementError::NotFound)
}

/// Ends an agreement whose time to sign is over; false if it is not, or it has ended already.
pub async fn expire(tx: &Tx, ctx: &Ctx, id: AgreementId) -> Result<bool, AgreementError> {
    let mut dossier = open(tx, ctx, id).await?;
    let is_over = dossier.row.state.is_out() && dossier.row.stands_at(ctx.env.now()) == AgreementState::Expired;
    if !is_over {
        return Ok(false);
    }
    dossier.take(&Step::Expire, |_| None).await?;
    dossier.row.closed_reason = Some("the time to sign ran out".to_owned());
    dossier.note(EvidenceKind::Expired, None, json!({ "expires_at": dossier.row.expires_at })).await?;
    dossier.tell_all(AgreementNotice::Expired, None).await?;
    dossier.save().await?;
    Ok(true)
}

/// Reminds those whose turn it is and who were mailed [`rules::REMIND_AFTER`] ago, each [`rules::MAX_REMINDERS`] times at the most; gives how many.
pub async fn remind_overdue(tx: &Tx, ctx: &Ctx, id: AgreementId) -> Result<usize, AgreementError> {
    let mut dossier = open(tx, ctx, id).await?;
    let since = ctx.env.now() - rules::REMIND_AFTER;
    let mut reminded = 0;
    for signer in dossier.standing().turn() {
        let row = dossier.signer(signer)?;
        let overdue = row.mailed_at.is_none_or(|at| at <= since) && row.reminders < rules::MAX_REMINDERS;
        if !overdue {
            continue;
        }
        dossier.ask(signer, LinkReason::Reminded).await?;
        dossier.change(signer, |row| row.reminders = row.reminders.saturating_add(1)).await?;
        dossier.note(EvidenceKind::Reminded, Some(signer), json!({ "by": "schedule" })).await?;
        reminded += 1;
    }
    dossier.save().await?;
    Ok(reminded)
}

/// Announces, once, that an executed contract's term ends soon; false if it does not.
pub async fn announce_term(tx: &Tx, ctx: &Ctx, id: AgreementId) -> Result<bool, AgreementError> {
    let mut dossier = open(tx, ctx, id).await?;
    let row = &dossier.row;
    let soon = row.term_ends_on.is_some_and(|on| on <= (ctx.env.now() + rules::ANNOUNCE_TERM_BEFORE).date_naive());
    if !soon || row.state != AgreementState::Executed || row.term_announced_at.is_some() {
        return Ok(false);
    }
    dossier.row.term_announced_at = Some(ctx.env.now());
    dossier.note(EvidenceKind::TermAnnounced, None, json!({ "term_ends_on": dossier.row.term_ends_on })).await?;
    dossier.tell_all(AgreementNotice::TermEnds, None).await?;
    dossier.save().await?;
    Ok(true)
}
