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
    policy::{Action, require_standing},
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
    require_standing(&ctx.actor, Action::ManageStudio, studio)?;
    let webhooks = webhook::Entity::find().filter(webhook::Column::StudioId.eq(studio));
    Ok(webhooks.order_by_desc(webhook::Column::Id).all(db).await?)
}

/// A webhook of a studio, which may be closed: who changes something of it asks for that before.
pub async fn find_webhook(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    studio: StudioId,
    id: WebhookId,
) -> Result<webhook::Model, WebhookError> {
    require_standing(&ctx.actor, Action::ManageStudio, studio)?;
    let found = webhook::Entity::find_by_id(id).filter(webhook::Column::StudioId.eq(studio)).one(db).await?;
    found.ok_or(WebhookError::NotFound)
}

/// A delivery with what it delivers, and how that went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The delivery.
    pub delivery: delivery::Model,
    /// What.
    pub event: event::Model,
    /// Each attempt, the last first.
    pub attempts: Vec<attempt::Model>,
}

/// What was and is to be sent to a webhook, the newest first.
pub async fn list_deliveries(
    db: &Db,
    ctx: &Ctx,
    (studio, webhook): (StudioId, WebhookId),
    page: PageRequest<WebhookDeliveryId>,
) -> Result<Page<Sent>, WebhookError> {
    require_standing(&ctx.actor, Action::ManageStudio, studio)?;
    let deliveries = delivery::Entity::find()
        .filter(delivery::Column::StudioId.eq(studio))
        .filter(delivery::Column::WebhookId.eq(webhook));
    let Page { rows, has_previous, has_next } = page::fetch(db, deliveries, delivery::Column::Id, page).await?;
    Ok(Page { rows: sent(db, rows).await?, has_previous, has_next })
}

/// A delivery of a studio.
pub async fn find_delivery(db: &Db, ctx: &Ctx, studio: StudioId, id: WebhookDeliveryId) -> Result<Sent, WebhookError> {
    require_standing(&ctx.actor, Action::ManageStudio, studio)?;
    let found = delivery::Entity::find_by_id(id).filter(delivery::Column::StudioId.eq(studio)).one(db).await?;
    sent(db, found.into_iter().collect()).await?.pop().ok_or(WebhookError::NoDelivery)
}

async fn sent(db: &Db, rows: Vec<delivery::Model>) -> Result<Vec<Sent>, StoreError> {
    let events =
        event::Entity::find().filter(event::Column::Id.is_in(rows.iter().map(|row| row.event_id))).all(db).await?;
    let events: HashMap<WebhookEventId, event::Model> = events.into_iter().map(|row| (row.id, row)).collect();
    let made = attempt::Entity::find()
        .filter(attempt::Column::DeliveryId.is_in(rows.iter().map(|row| row.id)))
        .order_by_desc(attempt::Column::Number)
        .all(db)
        .await?;
    let mut attempts: HashMap<WebhookDeliveryId, Vec<attempt::Model>> = HashMap::new();
    for row in made {
        attempts.entry(row.delivery_id).or_default().push(row);
    }
    let whole = |delivery: delivery::Model| {
        let event = events.get(&delivery.event_id)?.clone();
        let attempts = attempts.remove(&delivery.id).unwrap_or_default();
        Some(Sent { delivery, event, attempts })
    };
    Ok(rows.into_iter().filter_map(whole).collect())
}

/// A webhook and whose it is, for the letter that it was turned off. For the program itself.
pub async fn find_with_studio(db: &Db, id: WebhookId) -> Result<Option<(webhook::Model, studio::Model)>, StoreError> {
    let Some(row) = webhook::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let studio = studio::Entity::find_by_id(row.studio_id).one(db).await?;
    Ok(studio.map(|studio| (row, studio)))
}
