//! How a signer comes in: a single-use link, then a code.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use serde_json::json;
use subtle::ConstantTimeEq;

use super::{
    super::{
        AgreementError,
        entity::{EvidenceKind, LinkReason, link, session},
        queries, rules,
    },
    Device,
    dossier::{Dossier, from_device},
};
use crate::{
    actor::{Actor, Ctx},
    env::{Instant, fingerprint},
    ids::{SigningLinkId, SigningSessionId},
    links::{LinkError, LinkKey, Purpose},
    outbox::{self, Job},
    services::Services,
    store::Tx,
};

/// A session that was begun by opening a link.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// Who acts from now on.
    pub actor: Actor,
    /// The session.
    pub session: SigningSessionId,
    /// What the browser's cookie holds; shown once, its fingerprint stored.
    pub secret: String,
    /// Until when the session lasts.
    pub expires_at: Instant,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("actor", &self.actor).field("session", &self.session).finish_non_exhaustive()
    }
}

/// Opens a link: it is used, and a session begins. Only a deliberate act may call this (a form that is sent), not the reading of the page: mail
/// scanners read pages.
pub async fn open_link(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    token: &str,
    device: &Device,
) -> Result<Opened, AgreementError> {
    let now = ctx.env.now();
    let (mut dossier, link) = by_token(tx, ctx, links, token).await?;
    dossier.require_open_to(link.signer_id)?;
    if link.used_at.is_some() {
        return Err(AgreementError::LinkUsed);
    }
    if link.voided_at.is_some() {
        return Err(AgreementError::LinkReplaced);
    }
    if link.expires_at <= now {
        return Err(AgreementError::LinkExpired);
    }
    let signer = link.signer_id;
    let opened = link::ActiveModel { used_at: Set(Some(now)), ..link.clone().into_active_model() };
    opened.update(tx).await?;
    let (id, secret, expires_at): (SigningSessionId, _, _) =
        (ctx.env.id(), ctx.env.secret(), now + rules::SESSION_LIFE);
    let row = session::ActiveModel {
        id: Set(id),
        agreement_id: Set(dossier.row.id),
        signer_id: Set(signer),
        link_id: Set(link.id),
        secret_fingerprint: Set(fingerprint(&secret)),
        codes: Set(0),
        code_secret: Set(None),
        code_expires_at: Set(None),
        attempts: Set(0),
        codes_mailed: Set(0),
        verified_at: Set(None),
        shown_version: Set(None),
        shown_sha256: Set(None),
        consent_version: Set(None),
        consented_at: Set(None),
        created_at: Set(now),
        expires_at: Set(expires_at),
    };
    row.insert(tx).await?;
    let data = from_device(device, json!({ "link": link.id, "session": id }));
    dossier.note(EvidenceKind::LinkOpened, Some(signer), data).await?;
    let agreement = dossier.save().await?.id;
    Ok(Opened { actor: Actor::Signer { agreement, signer, session: id }, session: id, secret, expires_at })
}

/// The link of a token, and its agreement. A token has no expiry of its own, so that who comes late can ask for another.
async fn by_token<'a>(
    tx: &'a Tx,
    ctx: &'a Ctx,
    links: &LinkKey,
    token: &str,
) -> Result<(Dossier<'a>, link::Model), AgreementError> {
    let id: SigningLinkId = links.open(Purpose::Sign, token, ctx.env.now())?;
    let found = link::Entity::find_by_id(id).one(tx).await?.ok_or(LinkError::Forged)?;
    let dossier = Dossier::open(tx, ctx, found.agreement_id).await?.ok_or(LinkError::Forged)?;
    // Read again under the lock: of two who open it at once, the later finds it used.
    let link = link::Entity::find_by_id(id).one(tx).await?.ok_or(LinkError::Forged)?;
    Ok((dossier, link))
}

/// Mails a fresh link to the signer of an older one, which may be used or expired: to the same address, a few times an hour and a few more a day. One
/// that was made a moment ago and can be opened is left as it is, and no other is mailed.
pub async fn request_link(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    token: &str,
    device: &Device,
) -> Result<(), AgreementError> {
    let (mut dossier, old) = by_token(tx, ctx, links, token).await?;
    let signer = old.signer_id;
    dossier.require_open_to(signer)?;
    let made_within = |window: chrono::Duration| {
        link::Entity::find()
            .filter(link::Column::SignerId.eq(signer))
            .filter(link::Column::CreatedAt.gt(ctx.env.now() - window))
    };
    let young = made_within(rules::LINK_PAUSE);
    if young.filter(link::Column::UsedAt.is_null()).filter(link::Column::VoidedAt.is_null()).count(tx).await? > 0 {
        return Ok(());
    }
    for (window, most) in [(rules::LINKS_WINDOW, rules::LINKS_PER_WINDOW), (rules::LINKS_DAY, rules::LINKS_PER_DAY)] {
        let asked = made_within(window).filter(link::Column::Reason.eq(LinkReason::Requested));
        if asked.count(tx).await? >= most {
            return Err(AgreementError::TooManyLinks);
        }
    }
    let link = dossier.mail(signer, LinkReason::Requested).await?;
    let data = from_device(device, json!({ "link": link, "requested_by_link": old.id }));
    dossier.note(EvidenceKind::LinkRequested, Some(signer), data).await?;
    dossier.save().await?;
    Ok(())
}

/// Mails the signer a code of six digits; an earlier one is void. One that was mailed a moment ago and can be entered is not sent again.
pub async fn ask_code(tx: &Tx, ctx: &Ctx, links: &LinkKey, device: &Device) -> Result<(), AgreementError> {
    let (mut dossier, signer, session) = Dossier::for_signer(tx, ctx).await?;
    if session.verified_at.is_some() {
        return Err(AgreementError::AlreadyVerified);
    }
    // A second click, or the page opened again: two codes in a mailbox, of which the first is void, are worse than one.
    let next_at = session.code_expires_at.map(|until| until - rules::CODE_LIFE + rules::CODE_PAUSE);
    let can_enter = session.attempts < rules::CODE_ATTEMPTS;
    if let Some(next_at) = next_at.filter(|next_at| can_enter && *next_at > ctx.env.now()) {
        return Err(AgreementError::CodeOnItsWay { next_at });
    }
    if session.codes >= rules::CODES_PER_SESSION {
        return Err(AgreementError::TooManyCodes);
    }
    let number = session.codes.saturating_add(1);
    let asked = session::ActiveModel {
        codes: Set(number),
        code_secret: Set(Some(links.current().id().to_string())),
        attempts: Set(0),
        code_expires_at: Set(Some(ctx.env.now() + rules::CODE_LIFE)),
        ..session.clone().into_active_model()
    };
    asked.update(tx).await?;
    outbox::put(tx, ctx, Some(dossier.row.studio_id), &Job::MailCode { session: session.id }).await?;
    let data = from_device(device, json!({ "session": session.id, "code_number": number }));
    dossier.note(EvidenceKind::CodeAsked, Some(signer), data).await?;
    dossier.save().await?;
    Ok(())
}

/// Enters the code. A wrong one is counted, so this commits by itself.
pub async fn enter_code(services: &Services, ctx: &Ctx, code: &str, device: &Device) -> Result<(), AgreementError> {
    let tx = services.begin().await?;
    let outcome = try_code(&tx, ctx, &services.links, code, device).await;
    match &outcome {
        Ok(()) | Err(AgreementError::WrongCode { .. }) => services.commit(tx).await?,
        Err(_) => tx.rollback().await?,
    }
    outcome
}

async fn try_code(tx: &Tx, ctx: &Ctx, links: &LinkKey, code: &str, device: &Device) -> Result<(), AgreementError> {
    let now = ctx.env.now();
    let (mut dossier, signer, session) = Dossier::for_signer(tx, ctx).await?;
    if session.verified_at.is_some() {
        return Err(AgreementError::AlreadyVerified);
    }
    let fresh = session.code_expires_at.is_some_and(|until| until > now);
    if session.codes == 0 || !fresh || session.attempts >= rules::CODE_ATTEMPTS {
        return Err(AgreementError::NoCode);
    }
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let wanted = queries::code(links, &session).ok_or(AgreementError::NoCode)?;
    let data = from_device(device, json!({ "session": session.id, "code_number": session.codes }));
    if bool::from(digits.as_bytes().ct_eq(wanted.as_bytes())) {
        let entered = session::ActiveModel { verified_at: Set(Some(now)), ..session.into_active_model() };
        entered.update(tx).await?;
        dossier.note(EvidenceKind::CodeEntered, Some(signer), data).await?;
        dossier.save().await?;
        return Ok(());
    }
    let attempts = session.attempts.saturating_add(1);
    let refused = session::ActiveModel { attempts: Set(attempts), ..session.into_active_model() };
    refused.update(tx).await?;
    dossier.note(EvidenceKind::CodeRefused, Some(signer), data).await?;
    dossier.save().await?;
    Err(AgreementError::WrongCode { left: rules::CODE_ATTEMPTS - attempts })
}
