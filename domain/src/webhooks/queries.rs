//! Reading webhooks.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    WebhookError,
    entity::{EventKind, attempt, delivery, event, webhook},
};
use crate::{
    actor::Ctx,
    identity::entity::studio,
    ids::{StudioId, WebhookDeliveryId, WebhookEventId, WebhookId},
    page::{self, Page, PageRequest},
    policy::{Action, require},
    report::StoreError,
    store::Db,
};

/// What is sent to a webhook.
pub fn kinds_of(row: &webhook::Model) -> BTreeSet<EventKind> {
    let words = row.kinds.as_array().map(Vec::as_slice).unwrap_or_default();
    words.iter().filter_map(|word| serde_json::from_value(word.clone()).ok()).collect()
}

/// A studio's webhooks, the newest first.
pub async fn list_webhooks(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<webhook::Model>, WebhookError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    let webhooks = webhook::Entity::find().filter(webhook::Column::StudioId.eq(studio));
    Ok(webhooks.order_by_desc(webhook::Column::Id).all(db).await?)
}

/// A webhook of a studio.
pub async fn find_webhook(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    studio: StudioId,
    id: WebhookId,
) -> Result<webhook::Model, WebhookError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    let found = webhook::Entity::find_by_id(id).filter(webhook::Column::StudioId.eq(studio)).one(db).await?;
    found.ok_or(WebhookError::NotFound)
}

/// What was and is to be sent to a webhook, the newest first.
pub async fn list_deliveries(
    db: &Db,
    ctx: &Ctx,
    (studio, webhook): (StudioId, WebhookId),
    page: PageRequest<WebhookDeliveryId>,
) -> Result<Page<delivery::Model>, WebhookError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    let deliveries = delivery::Entity::find()
        .filter(delivery::Column::StudioId.eq(studio))
        .filter(delivery::Column::WebhookId.eq(webhook));
    Ok(page::fetch(db, deliveries, delivery::Column::Id, page).await?)
}

/// The events of deliveries that the caller has been given.
pub async fn events_of(
    db: &Db,
    deliveries: &[delivery::Model],
) -> Result<HashMap<WebhookEventId, event::Model>, StoreError> {
    let ids = deliveries.iter().map(|row| row.event_id);
    let rows = event::Entity::find().filter(event::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// How deliveries that the caller has been given went, each attempt of each, the last first.
pub async fn attempts_of(
    db: &Db,
    deliveries: &[delivery::Model],
) -> Result<HashMap<WebhookDeliveryId, Vec<attempt::Model>>, StoreError> {
    let ids = deliveries.iter().map(|row| row.id);
    let rows = attempt::Entity::find()
        .filter(attempt::Column::DeliveryId.is_in(ids))
        .order_by_desc(attempt::Column::Number)
        .all(db)
        .await?;
    let mut attempts: HashMap<WebhookDeliveryId, Vec<attempt::Model>> = HashMap::new();
    for row in rows {
        attempts.entry(row.delivery_id).or_default().push(row);
    }
    Ok(attempts)
}

/// A webhook and whose it is, for the letter that it was turned off. For the program itself.
pub async fn find_with_studio(db: &Db, id: WebhookId) -> Result<Option<(webhook::Model, studio::Model)>, StoreError> {
    let Some(row) = webhook::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let studio = studio::Entity::find_by_id(row.studio_id).one(db).await?;
    Ok(studio.map(|studio| (row, studio)))
}
