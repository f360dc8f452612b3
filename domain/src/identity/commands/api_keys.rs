//! Keys for programs.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::super::{
    IdentityError,
    entity::api_key,
    rules::{self, API_KEY_PREFIX},
};
use crate::{
    actor::{Ctx, Scope},
    env::fingerprint,
    ids::{ApiKeyId, StudioId},
    policy::{Action, require},
    store::Tx,
};

/// A fresh key with its secret, which is never shown again.
#[derive(Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// The key.
    pub key: api_key::Model,
    /// The secret, `ll_` and 64 hexadecimal digits.
    pub secret: String,
}

/// Makes a key for a program.
pub async fn create_api_key(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    name: &str,
    scopes: impl IntoIterator<Item = Scope>,
) -> Result<NewApiKey, IdentityError> {
    require(&ctx.actor, Action::ManageApiKeys, studio)?;
    let name = rules::name(name, 100).map_err(|fault| IdentityError::Name { field: "name", fault })?;
    let scopes = rules::scopes(scopes).ok_or(IdentityError::NoScopes)?;
    let secret = format!("{API_KEY_PREFIX}{}", ctx.env.secret());
    let row = api_key::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(studio),
        name: Set(name),
        fingerprint: Set(fingerprint(&secret)),
        scopes: Set(serde_json::to_value(scopes).expect("scopes are plain data")),
        created_at: Set(ctx.env.now()),
        revoked_at: Set(None),
    };
    Ok(NewApiKey { key: row.insert(tx).await?, secret })
}

/// Revokes a key at once and for good. Revoking twice is revoking once.
pub async fn revoke_api_key(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    id: ApiKeyId,
) -> Result<api_key::Model, IdentityError> {
    require(&ctx.actor, Action::ManageApiKeys, studio)?;
    api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::value(ctx.env.now()))
        .filter(api_key::Column::Id.eq(id))
        .filter(api_key::Column::StudioId.eq(studio))
        .filter(api_key::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    let row = api_key::Entity::find_by_id(id).filter(api_key::Column::StudioId.eq(studio)).one(tx).await?;
    row.ok_or(IdentityError::NoApiKey)
}
