//! Forgetting how people have come in, once that is long over.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::super::{
    entity::{invitation, mail_token, refresh_token, sign_in},
    rules,
};
use crate::{actor::Ctx, report::StoreError, store::Tx};

/// Forgets sign-ins that were last used, and mailed links and invitations that lapsed, longer ago than [`rules::WAYS_IN_KEPT`]: from where and with what
/// somebody came, and who was invited. What they have done since stands where they did it. Tells how many those were.
///
/// # Errors
/// If the database fails.
pub async fn forget_ways_in(tx: &Tx, ctx: &Ctx) -> Result<u64, StoreError> {
    let before = ctx.env.now() - rules::WAYS_IN_KEPT;
    // Held before their tokens are, as by whoever closes an account, so that the two never wait for each other.
    let unused = sign_in::Entity::find()
        .select_only()
        .column(sign_in::Column::Id)
        .filter(sign_in::Column::LastSeenAt.lt(before))
        .lock_exclusive()
        .into_query();
    refresh_token::Entity::delete_many().filter(refresh_token::Column::SignInId.in_subquery(unused)).exec(tx).await?;
    let sign_ins = sign_in::Entity::delete_many().filter(sign_in::Column::LastSeenAt.lt(before)).exec(tx).await?;
    let links = mail_token::Entity::delete_many().filter(mail_token::Column::ExpiresAt.lt(before)).exec(tx).await?;
    let invited = invitation::Entity::delete_many().filter(invitation::Column::ExpiresAt.lt(before)).exec(tx).await?;
    Ok(sign_ins.rows_affected + links.rows_affected + invited.rows_affected)
}
