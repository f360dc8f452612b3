//! Reading acts.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    ActError,
    entity::{Act, studio_act},
};
use crate::{
    actor::Ctx,
    identity::entity::{api_key, invitation, user},
    ids::{ApiKeyId, InvitationId, StudioActId, StudioId, UserId},
    page::{self, Page, PageRequest},
    policy::{Action, require_standing},
    report::StoreError,
    store::Db,
};

/// An act, with the names of whom it is about as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The act.
    pub act: studio_act::Model,
    /// What whoever has done it is called: a person, or a key; none if it was the program itself.
    pub by: Option<String>,
    /// What it was done to is called, where that is a person, a key or an invitation: of the latter the address.
    pub to: Option<String>,
}

/// What was done in a studio, newest first; of these acts alone, if so asked. For its owners, whether it is closed or not.
///
/// # Errors
/// If the actor may not.
pub async fn list_acts(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    acts: Option<&[Act]>,
    request: PageRequest<StudioActId>,
) -> Result<Page<Done>, ActError> {
    require_standing(&ctx.actor, Action::ManageStudio, studio)?;
    let mut query = studio_act::Entity::find().filter(studio_act::Column::StudioId.eq(studio));
    if let Some(acts) = acts {
        query = query.filter(studio_act::Column::Act.is_in(acts.iter().copied()));
    }
    let acts = page::fetch(db, query, studio_act::Column::Id, request).await?;
    let names = names_of(db, studio, &acts.rows).await?;
    Ok(acts.map(|act| {
        let user = act.user_id.map(|id| id.to_string());
        let by = user.or_else(|| act.api_key_id.map(|id| id.to_string()));
        let name = |id: &String| names.get(id).cloned();
        Done { by: by.as_ref().and_then(name), to: act.subject.as_ref().and_then(name), act }
    }))
}

/// What the accounts, keys and invitations of some acts are called, by their ids. Keys and invitations are those of the studio alone.
async fn names_of(
    db: &Db,
    studio: StudioId,
    acts: &[studio_act::Model],
) -> Result<HashMap<String, String>, StoreError> {
    let subjects = || acts.iter().filter_map(|act| act.subject.as_deref());
    let users = acts.iter().filter_map(|act| act.user_id).chain(subjects().filter_map(|id| id.parse().ok()));
    let users: Vec<UserId> = users.collect();
    let keys = acts.iter().filter_map(|act| act.api_key_id).chain(subjects().filter_map(|id| id.parse().ok()));
    let keys: Vec<ApiKeyId> = keys.collect();
    let invitations: Vec<InvitationId> = subjects().filter_map(|id| id.parse().ok()).collect();
    let users = user::Entity::find().filter(user::Column::Id.is_in(users)).all(db).await?;
    let keys = api_key::Entity::find()
        .filter(api_key::Column::StudioId.eq(studio))
        .filter(api_key::Column::Id.is_in(keys))
        .all(db)
        .await?;
    let invitations = invitation::Entity::find()
        .filter(invitation::Column::StudioId.eq(studio))
        .filter(invitation::Column::Id.is_in(invitations))
        .all(db)
        .await?;
    let users = users.into_iter().map(|row| (row.id.to_string(), row.name));
    let keys = keys.into_iter().map(|row| (row.id.to_string(), row.name));
    let invitations = invitations.into_iter().map(|row| (row.id.to_string(), row.email.as_str().to_owned()));
    Ok(users.chain(keys).chain(invitations).collect())
}
