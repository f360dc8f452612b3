//! Telling people what was changed of their accounts.

use super::super::entity::AccountNotice;
use crate::{
    actor::Ctx,
    ids::UserId,
    outbox::{self, Job},
    report::StoreError,
    store::Tx,
};

/// Has the owner of an account mailed what has just been changed of how it is opened.
pub(super) async fn tell(tx: &Tx, ctx: &Ctx, user: UserId, what: AccountNotice) -> Result<(), StoreError> {
    outbox::put(tx, ctx, None, &Job::MailAccount { user, what, when: ctx.env.now() }).await?;
    Ok(())
}
