//! Keys for programs.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::super::{
    IdentityError,
    entity::api_key,
    rules::{self, API_KEY_PREFIX},
};
use crate::{
    actor::{Ctx, Scope},
    acts::{self, NewAct, entity::Act},
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
    let scopes = serde_json::to_value(scopes).expect("scopes are plain data");
    let words: Vec<&str> = scopes.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
    let made = NewAct::of(Act::ApiKeyCreated).with("name", &name).with("scopes", words.join(", "));
    let row = api_key::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(studio),
        name: Set(name),
        fingerprint: Set(fingerprint(&secret)),
        scopes: Set(scopes),
        created_at: Set(ctx.env.now()),
        revoked_at: Set(None),
    };
    let key = row.insert(tx).await?;
    acts::record(tx, ctx, studio, made.on(key.id)).await?;
    Ok(NewApiKey { key, secret })
}

/// Revokes a key at once and for good. Revoking twice is revoking once.
pub async fn revoke_api_key(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    id: ApiKeyId,
) -> Result<api_key::Model, IdentityError> {
    require(&ctx.actor, Action::ManageApiKeys, studio)?;
    let revoked = api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::value(ctx.env.now()))
        .filter(api_key::Column::Id.eq(id))
        .filter(api_key::Column::StudioId.eq(studio))
        .filter(api_key::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    if revoked.rows_affected > 0 {
        acts::record(tx, ctx, studio, NewAct::of(Act::ApiKeyRevoked).on(id)).await?;
    }
    let row = api_key::Entity::find_by_id(id).filter(api_key::Column::StudioId.eq(studio)).one(tx).await?;
    row.ok_or(IdentityError::NoApiKey)
}
