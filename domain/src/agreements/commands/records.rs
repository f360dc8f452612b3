//! What the jobs that mail note when a mail was handed over: the evidence says what was sent, not what was meant to be.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{
    super::{
        AgreementError,
        entity::{EvidenceKind, link, session},
    },
    dossier::Dossier,
};
use crate::{
    actor::{Actor, Ctx},
    ids::{SigningLinkId, SigningSessionId},
    policy::Denied,
    store::Tx,
};

fn require_program(ctx: &Ctx) -> Result<(), Denied> {
    if ctx.actor == Actor::System { Ok(()) } else { Err(Denied::NotAllowed) }
}

/// A link's mail was handed over. Noted once; after the agreement's end too, for it was sent.
pub async fn record_link_mailed(tx: &Tx, ctx: &Ctx, id: SigningLinkId) -> Result<(), AgreementError> {
    require_program(ctx)?;
    let found = link::Entity::find_by_id(id).one(tx).await?.ok_or(AgreementError::NotFound)?;
    let mut dossier = Dossier::open(tx, ctx, found.agreement_id).await?.ok_or(AgreementError::NotFound)?;
    let link = link::Entity::find_by_id(id).one(tx).await?.ok_or(AgreementError::NotFound)?;
    if link.mailed_at.is_some() {
        return Ok(());
    }
    let (signer, reason) = (link.signer_id, link.reason);
    let row = link::ActiveModel { mailed_at: Set(Some(ctx.env.now())), ..link.into_active_model() };
    row.update(tx).await?;
    let email = dossier.signer(signer)?.email.clone();
    let data = json!({ "link": id, "email": email, "reason": reason });
    dossier.note(EvidenceKind::LinkMailed, Some(signer), data).await?;
    dossier.save().await?;
    Ok(())
}

/// A session's code was mailed: the one of this number. Noted once, after the agreement's end too.
pub async fn record_code_mailed(tx: &Tx, ctx: &Ctx, id: SigningSessionId, number: i32) -> Result<(), AgreementError> {
    require_program(ctx)?;
    let found = session::Entity::find_by_id(id).one(tx).await?.ok_or(AgreementError::NotFound)?;
    let mut dossier = Dossier::open(tx, ctx, found.agreement_id).await?.ok_or(AgreementError::NotFound)?;
    let session = session::Entity::find_by_id(id).one(tx).await?.ok_or(AgreementError::NotFound)?;
    if session.codes_mailed >= number {
        return Ok(());
    }
    let signer = session.signer_id;
    let row = session::ActiveModel { codes_mailed: Set(number), ..session.into_active_model() };
    row.update(tx).await?;
    let email = dossier.signer(signer)?.email.clone();
    let data = json!({ "session": id, "code_number": number, "email": email });
    dossier.note(EvidenceKind::CodeMailed, Some(signer), data).await?;
    dossier.save().await?;
    Ok(())
}
