//! Reading agreements: for the studio, for signers, for the jobs, and for whoever verifies.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Alias, Expr, Query, SelectStatement},
};

use super::{
    AgreementError,
    document::{Mark, Reading, Signature},
    entity::{AgreementState, SignerState, SigningOrder, agreement, evidence, link, session, signer, version},
    evidence::{self as chain, EvidenceFault},
    rules,
};
use crate::{
    actor::{Actor, Ctx},
    email::EmailAddress,
    env::{Instant, fingerprint},
    identity::queries::closed_studios,
    ids::{AgreementId, SignerId, SigningLinkId, StudioId, WorkId},
    links::{LinkError, LinkKey, Purpose},
    page::{self, Page, PageRequest},
    policy::{Action, Denied, require, visible},
    report::StoreError,
    store::Db,
};

mod batches;
mod clauses;
mod execution;
mod mails;
mod prefill;
mod proposals;

pub use batches::versions_of_agreements;
pub use clauses::{default_clauses_of, list_clause_edits, with_default_clauses};
pub(in crate::agreements) use execution::other_sheets;
pub use execution::{Executed, Replacement, count_worded_otherwise, find_execution, find_replacement};
pub use mails::{
    AgreementMail, CodeMail, Compared, LinkMail, agreement_url, find_agreement_mail, find_code_mail, find_link_mail,
};
pub(crate) use mails::{Told, told};
pub use prefill::{prefill_from_agreement, prefill_logged_split_sheet, prefill_song_split_sheet, prefill_split_sheet};
pub use proposals::{Proposal, find_proposal, proposal_url};

/// What a version says.
pub fn reading(row: &version::Model) -> Result<Reading, StoreError> {
    let mut reading: Reading =
        serde_json::from_value(row.reading.clone()).map_err(|cause| sea_orm::DbErr::Json(cause.to_string()))?;
    reading.canonical_json.clone_from(&row.document);
    Ok(reading)
}

/// An agreement, for who may read the studio's; none if there is none that the caller may see.
pub async fn find_agreement(db: &Db, ctx: &Ctx, id: AgreementId) -> Result<Option<agreement::Model>, AgreementError> {
    let found = agreement::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadAgreements, found, |row| row.studio_id)?)
}

/// Which of a studio's agreements are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AgreementFilter {
    /// Of this state alone.
    pub state: Option<AgreementState>,
    /// About this work alone.
    pub work: Option<WorkId>,
}

/// A studio's agreements, newest first.
pub async fn list_agreements(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    filter: AgreementFilter,
    page: PageRequest<AgreementId>,
) -> Result<Page<agreement::Model>, AgreementError> {
    require(&ctx.actor, Action::ReadAgreements, studio)?;
    let mut wanted = Condition::all().add(agreement::Column::StudioId.eq(studio));
    if let Some(state) = filter.state {
        wanted = wanted.add(agreement::Column::State.eq(state));
    }
    if let Some(work) = filter.work {
        wanted = wanted.add(agreement::Column::WorkId.eq(work));
    }
    Ok(page::fetch(db, agreement::Entity::find().filter(wanted), agreement::Column::Id, page).await?)
}

/// The signers of an agreement, in their order, those who no longer count among them. For who may see it: it asks nothing itself.
pub async fn signers_of(db: &impl ConnectionTrait, id: AgreementId) -> Result<Vec<signer::Model>, StoreError> {
    Ok(signers_of_agreements(db, &[id]).await?.remove(&id).unwrap_or_default())
}

/// The signers of agreements, by agreement. For who may see them: it asks nothing itself.
pub async fn signers_of_agreements(
    db: &impl ConnectionTrait,
    ids: &[AgreementId],
) -> Result<HashMap<AgreementId, Vec<signer::Model>>, StoreError> {
    let rows = signer::Entity::find()
        .filter(signer::Column::AgreementId.is_in(ids.iter().copied()))
        .order_by_asc(signer::Column::Position)
        .order_by_asc(signer::Column::CreatedAt)
        .order_by_asc(signer::Column::Id)
        .all(db)
        .await?;
    let mut by_agreement: HashMap<AgreementId, Vec<signer::Model>> = HashMap::new();
    for row in rows {
        by_agreement.entry(row.agreement_id).or_default().push(row);
    }
    Ok(by_agreement)
}

/// One version. For who may see the agreement: it asks nothing itself.
pub async fn find_version(
    db: &impl ConnectionTrait,
    id: AgreementId,
    number: i32,
) -> Result<Option<version::Model>, StoreError> {
    Ok(version::Entity::find_by_id((id, number)).one(db).await?)
}

/// The evidence chain of an agreement, in its order. For who may see it: it asks nothing itself.
pub async fn evidence_of(db: &impl ConnectionTrait, id: AgreementId) -> Result<Vec<evidence::Model>, StoreError> {
    Ok(evidence::Entity::find()
        .filter(evidence::Column::AgreementId.eq(id))
        .order_by_asc(evidence::Column::Seq)
        .all(db)
        .await?)
}

/// The evidence of an agreement as it was read, and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedEvidence {
    /// The entries, in their order.
    pub rows: Vec<evidence::Model>,
    /// The first entry that does not hold; none if all do.
    pub fault: Option<EvidenceFault>,
}

/// The evidence chain up to the length that an agreement's row knows, held against the head in it. For who may see it: it asks nothing itself.
pub async fn checked_evidence(
    db: &impl ConnectionTrait,
    agreement: &agreement::Model,
) -> Result<CheckedEvidence, StoreError> {
    let mut rows = evidence_of(db, agreement.id).await?;
    // What was noted after the agreement's row was read is none of its chain's length and head, and no reason to call the chain broken.
    rows.retain(|row| row.seq <= agreement.evidence_count);
    let fault = chain::verify_to(&rows, agreement.evidence_count, &agreement.evidence_head).err();
    Ok(CheckedEvidence { rows, fault })
}

/// The amendment of an executed agreement that is under way or has been executed; at most one can be.
pub async fn amendment_of(db: &impl ConnectionTrait, id: AgreementId) -> Result<Option<agreement::Model>, StoreError> {
    let over = [AgreementState::Declined, AgreementState::Voided, AgreementState::Expired];
    Ok(agreement::Entity::find()
        .filter(agreement::Column::SupersedesId.eq(id))
        .filter(agreement::Column::State.is_not_in(over))
        .one(db)
        .await?)
}

/// What a link's page says before it is opened: reading it uses nothing up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// The agreement.
    pub agreement: agreement::Model,
    /// The studio's name.
    pub studio_name: String,
    /// The signer's name.
    pub signer_name: String,
    /// Where the code will go, most of it hidden, such as `a…@example.com`.
    pub masked_email: String,
    /// Whether it can be opened, and if not, why.
    pub standing: LinkStanding,
}

/// Whether a link can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStanding {
    /// It can.
    Open,
    /// It was; ask for another.
    Used,
    /// Its time is over; ask for another.
    Expired,
    /// A later one replaced it.
    Replaced,
    /// Its signer signs no longer.
    NotASigner,
    /// The agreement is over, in this state.
    Over(AgreementState),
}

/// What a link is about, for whoever holds it.
pub async fn find_link(db: &Db, links: &LinkKey, token: &str, now: Instant) -> Result<LinkView, AgreementError> {
    let id: SigningLinkId = links.open(Purpose::Sign, token, now)?;
    let found = link::Entity::find_by_id(id).one(db).await?.ok_or(LinkError::Forged)?;
    let mail = find_link_mail(db, id).await?.ok_or(LinkError::Forged)?;
    let state = mail.agreement.stands_at(now);
    let standing = match &found {
        _ if !state.is_out() => LinkStanding::Over(state),
        _ if !mail.signer.state.counts() => LinkStanding::NotASigner,
        link if link.used_at.is_some() => LinkStanding::Used,
        link if link.voided_at.is_some() => LinkStanding::Replaced,
        link if link.expires_at <= now => LinkStanding::Expired,
        _ => LinkStanding::Open,
    };
    Ok(LinkView {
        masked_email: masked(&mail.signer.email),
        signer_name: mail.signer.name,
        studio_name: mail.studio.name,
        agreement: mail.agreement,
        standing,
    })
}

/// An address for whoever has not shown yet that it is theirs: most of it is hidden.
pub fn masked(email: &EmailAddress) -> String {
    let (local, host) = email.as_str().rsplit_once('@').unwrap_or(("", email.as_str()));
    format!("{}…@{host}", local.chars().next().map_or(String::new(), String::from))
}

/// Who acts in a browser that holds a session's secret; none if the session is over or never was.
pub async fn find_session(db: &Db, secret: &str, now: Instant) -> Result<Option<Actor>, StoreError> {
    let found = session::Entity::find()
        .filter(session::Column::SecretFingerprint.eq(fingerprint(secret)))
        .filter(session::Column::ExpiresAt.gt(now))
        .one(db)
        .await?;
    Ok(found.map(|row| Actor::Signer { agreement: row.agreement_id, signer: row.signer_id, session: row.id }))
}

/// The present code of a session: six digits that follow from the session, the code's number and the installation's secret, so that none is stored. None if
/// that secret is gone.
pub(crate) fn code(links: &LinkKey, session: &session::Model) -> Option<String> {
    let secret = links.named(session.code_secret.as_deref())?;
    let derived = secret.derive(&format!("signing code\n{}\n{}", session.id, session.codes));
    let value = derived[..8].iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    Some(format!("{:06}", value % 1_000_000))
}

/// An agreement as one of its signers may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerView {
    /// The agreement.
    pub agreement: agreement::Model,
    /// The studio's name.
    pub studio_name: String,
    /// The signer.
    pub signer: signer::Model,
    /// Everybody who signs, the signer too, in their order; those who no longer count are left out.
    pub signers: Vec<signer::Model>,
    /// The browser's session.
    pub session: session::Model,
    /// The current version; none before a code has been entered.
    pub version: Option<version::Model>,
    /// The version that somebody has proposed; none before a code has been entered.
    pub counter: Option<version::Model>,
    /// Whether the signer may sign this very moment.
    pub may_sign: bool,
}

/// The agreement of the signer who acts. It is theirs alone: no other can be asked for.
pub async fn signer_view(db: &Db, ctx: &Ctx) -> Result<SignerView, AgreementError> {
    let Actor::Signer { agreement: id, signer: own, session } = ctx.actor else {
        return Err(Denied::Unauthenticated.into());
    };
    let session = session::Entity::find_by_id(session)
        .filter(session::Column::AgreementId.eq(id))
        .filter(session::Column::SignerId.eq(own))
        .filter(session::Column::ExpiresAt.gt(ctx.env.now()))
        .one(db)
        .await?
        .ok_or(AgreementError::NoSession)?;
    let agreement = agreement::Entity::find_by_id(id).one(db).await?.ok_or(AgreementError::NotFound)?;
    let all = signers_of(db, id).await?;
    let signer = all.iter().find(|row| row.id == own).cloned().ok_or(AgreementError::NotFound)?;
    if matches!(signer.state, SignerState::Replaced | SignerState::Released) {
        // What was handed on, or concerns them no longer, is not theirs to read.
        return Err(rules::Fault::NotASigner.into());
    }
    let verified = session.verified_at.is_some();
    let number = Some(agreement.version).filter(|_| verified);
    let proposed = agreement.counter_version.filter(|_| verified);
    let in_time = agreement.stands_at(ctx.env.now()).is_out();
    let may_sign = in_time && standing(&agreement, &all).turn().contains(&own);
    let studio = mails::studio(db, agreement.studio_id).await?.ok_or(AgreementError::NotFound)?;
    let gone = |row: &signer::Model| matches!(row.state, SignerState::Replaced | SignerState::Released);
    Ok(SignerView {
        version: match number {
            Some(number) => find_version(db, id, number).await?,
            None => None,
        },
        counter: match proposed {
            Some(number) => find_version(db, id, number).await?,
            None => None,
        },
        studio_name: studio.name,
        signers: all.into_iter().filter(|row| !gone(row)).collect(),
        agreement,
        signer,
        session,
        may_sign,
    })
}

/// The executed agreement of a lasting link (see [`agreement_url`]) and its signer.
pub async fn find_signed(
    db: &Db,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<(agreement::Model, signer::Model), AgreementError> {
    signed(db, links.open(Purpose::Agreement, token, now)?).await
}

/// The same for the link under which a signer withdraws the consent to electronic records.
pub async fn find_withdrawing(
    db: &Db,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<(agreement::Model, signer::Model), AgreementError> {
    signed(db, open_withdrawal(links, token, now)?).await
}

/// Whose consent a link withdraws.
pub(crate) fn open_withdrawal(links: &LinkKey, token: &str, now: Instant) -> Result<SignerId, AgreementError> {
    links.open(Purpose::WithdrawConsent, token, now).map_err(|cause| match cause {
        LinkError::Expired => AgreementError::LinkExpired,
        LinkError::Forged => cause.into(),
    })
}

async fn signed(db: &Db, id: SignerId) -> Result<(agreement::Model, signer::Model), AgreementError> {
    let signer = signer::Entity::find_by_id(id).one(db).await?.ok_or(LinkError::Forged)?;
    let agreement = agreement::Entity::find_by_id(signer.agreement_id).one(db).await?.ok_or(LinkError::Forged)?;
    if agreement.state != AgreementState::Executed {
        return Err(AgreementError::NotExecuted(agreement.state));
    }
    if signer.state != SignerState::Signed {
        return Err(rules::Fault::NotASigner.into());
    }
    Ok((agreement, signer))
}

/// How an agreement stands, as the machine sees it.
pub fn standing(agreement: &agreement::Model, signers: &[signer::Model]) -> rules::Standing {
    let signers = signers.iter().map(|row| rules::Signer {
        id: row.id,
        party: usize::try_from(row.party_index).unwrap_or(usize::MAX),
        key: row.party_key.clone(),
        position: row.position,
        state: row.state,
        signed: row.concerns_sha256.clone(),
        on_paper: row.is_on_paper(),
    });
    rules::Standing {
        state: agreement.state,
        order: agreement.signing_order,
        signers: signers.collect(),
        counter_by: agreement.counter_by,
    }
}

/// The signatures that stand, in the order in which they were made.
pub fn signatures(signers: &[signer::Model], rows: &[evidence::Model]) -> Vec<Signature> {
    let mut made: Vec<Signature> = signers.iter().filter_map(|row| signature(row, rows)).collect();
    made.sort_by_key(|signature| signature.signed_at);
    made
}

fn signature(row: &signer::Model, rows: &[evidence::Model]) -> Option<Signature> {
    if row.state != SignerState::Signed {
        return None;
    }
    let mark: Mark = serde_json::from_value(row.mark.clone()?).ok()?;
    Some(Signature {
        party: usize::try_from(row.party_index).ok()?,
        name: row.name.clone(),
        on_behalf: row.delegated_by.is_some(),
        representative: chain::representative(rows, row.id).filter(|_| row.paper().is_none()),
        confirmed_name: chain::confirmed_name(rows, row.id).filter(|_| row.paper().is_none()),
        mark,
        signed_at: row.signed_at?,
        ip: row.ip.clone().unwrap_or_default(),
        user_agent: row.user_agent.clone().unwrap_or_default(),
        version: row.signed_version?,
        shown_sha256: row.shown_sha256.clone(),
        consent_version: row.consent_version.clone(),
    })
}

/// What the schedule has to look after.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Due {
    /// Agreements whose time to sign is over.
    pub expired: Vec<AgreementId>,
    /// Agreements with somebody whose turn it is, and who was mailed long ago and has not answered, or was never mailed.
    pub unanswered: Vec<AgreementId>,
    /// Executed agreements whose term ends soon, and whose end was not announced.
    pub terms: Vec<AgreementId>,
}

/// Those of a signer's agreement who are to sign before them.
fn still_before() -> SelectStatement {
    let before = || Alias::new("before");
    let open = [SignerState::Waiting.word(), SignerState::Paper.word()];
    Query::select()
        .expr(Expr::val(1))
        .from_as(signer::Entity, before())
        .and_where(
            Expr::col((before(), signer::Column::AgreementId)).equals((signer::Entity, signer::Column::AgreementId)),
        )
        .and_where(
            Expr::col((before(), signer::Column::Position)).lt(Expr::col((signer::Entity, signer::Column::Position))),
        )
        .and_where(Expr::col((before(), signer::Column::State)).is_in(open))
        .take()
}

/// What is due, a few hundred of each at the most. For the program itself.
pub async fn list_due(db: &Db, now: Instant) -> Result<Due, StoreError> {
    const MOST: u64 = 500;
    let out = [AgreementState::Sent, AgreementState::PartlySigned, AgreementState::Countered];
    let ids = || agreement::Entity::find().select_only().column(agreement::Column::Id).limit(MOST);
    let expired = ids()
        .filter(agreement::Column::State.is_in(out))
        .filter(agreement::Column::ExpiresAt.lte(now))
        .order_by_asc(agreement::Column::ExpiresAt)
        .into_tuple()
        .all(db)
        .await?;
    let waiting = || {
        signer::Entity::find()
            .select_only()
            .column(signer::Column::AgreementId)
            .filter(signer::Column::State.eq(SignerState::Waiting))
            .filter(signer::Column::Reminders.lt(rules::MAX_REMINDERS))
    };
    let silent = || {
        let long_ago = signer::Column::MailedAt.lte(now - rules::REMIND_AFTER);
        waiting().filter(Condition::any().add(long_ago).add(signer::Column::MailedAt.is_null()))
    };
    // Nobody is late whose turn it is not: in order, as long as others are to sign before them.
    let foremost = silent().filter(Expr::exists(still_before()).not()).into_query();
    let late = Condition::any().add(agreement::Column::Id.in_subquery(foremost)).add(
        agreement::Column::SigningOrder
            .eq(SigningOrder::Parallel)
            .and(agreement::Column::Id.in_subquery(silent().into_query())),
    );
    let unanswered = ids()
        .filter(agreement::Column::State.is_in([AgreementState::Sent, AgreementState::PartlySigned]))
        .filter(agreement::Column::ExpiresAt.gt(now))
        .filter(late)
        .filter(agreement::Column::StudioId.not_in_subquery(closed_studios()))
        .order_by_asc(agreement::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let terms = ids()
        .filter(agreement::Column::State.eq(AgreementState::Executed))
        .filter(agreement::Column::TermAnnouncedAt.is_null())
        .filter(agreement::Column::StudioId.not_in_subquery(closed_studios()))
        .filter(agreement::Column::TermEndsOn.lte((now + rules::ANNOUNCE_TERM_BEFORE).date_naive()))
        .order_by_asc(agreement::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(Due { expired, unanswered, terms })
}
