//! What a studio says of its webhooks.

use std::collections::BTreeSet;

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, QueryTrait,
};

use crate::{
    actor::Ctx,
    acts::{self, NewAct, entity::Act},
    ids::{StudioId, WebhookId},
    links::LinkKey,
    policy::{Action, require},
    sealing::{self, Use},
    services::Services,
    store::Tx,
    webhooks::{
        WebhookError,
        entity::{EventKind, OffBecause, attempt, delivery, webhook},
        queries::{find_webhook, kinds_of},
        rules::{
            self, AddressFault, BOTH_SECRETS_HOURS, MAX_WEBHOOKS,
            signature::{SECRET_BYTES, shown},
        },
    },
};

/// A webhook with its secret, which is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// The webhook.
    pub webhook: webhook::Model,
    /// The secret, `whsec_` and base64.
    pub secret: String,
}

impl std::fmt::Debug for NewWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewWebhook").field("webhook", &self.webhook.id).finish_non_exhaustive()
    }
}

/// An address that events may be sent to, as far as it could be told when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver(String);

/// Looks at the address that a studio names: at its form, and at where it leads. For that its name may have to be looked up: call it outside of transactions.
pub async fn accept_receiver(
    services: &Services,
    ctx: &Ctx,
    studio: StudioId,
    typed: &str,
) -> Result<Receiver, WebhookError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    let url = rules::address(typed, services.platform_url())?;
    if services.webhooks.may_reach(&url).await { Ok(Receiver(url)) } else { Err(AddressFault::NotPublic.into()) }
}

/// Has a studio's events of some kinds sent to an address from now on.
pub async fn create_webhook(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    studio: StudioId,
    (Receiver(url), kinds): (Receiver, impl IntoIterator<Item = EventKind>),
) -> Result<NewWebhook, WebhookError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    let kinds = rules::kinds(kinds).ok_or(WebhookError::NoKinds)?;
    let own = webhook::Entity::find().filter(webhook::Column::StudioId.eq(studio));
    if own.count(tx).await? >= MAX_WEBHOOKS {
        return Err(WebhookError::TooMany);
    }
    let (id, secret) = (ctx.env.id(), ctx.env.random::<SECRET_BYTES>());
    let row = webhook::ActiveModel {
        id: Set(id),
        studio_id: Set(studio),
        url: Set(url),
        kinds: Set(as_json(&kinds)),
        sealed_secret: Set(sealing::seal(&ctx.env, links, (Use::Webhook, id), &secret)),
        sealed_secret_before: Set(None),
        secret_before_until: Set(None),
        created_at: Set(ctx.env.now()),
        off_at: Set(None),
        off_because: Set(None),
        failing_since: Set(None),
    };
    let webhook = row.insert(tx).await?;
    let made = NewAct::of(Act::WebhookCreated).on(id).set("kinds", None, Some(kinds_told(&webhook)));
    acts::record(tx, ctx, studio, made).await?;
    Ok(NewWebhook { webhook, secret: shown(&secret) })
}

fn as_json(kinds: &BTreeSet<EventKind>) -> serde_json::Value {
    serde_json::to_value(kinds).expect("kinds are plain data")
}

/// What is sent to a webhook, as an act tells it.
fn kinds_told(row: &webhook::Model) -> String {
    kinds_of(row).into_iter().map(EventKind::word).collect::<Vec<_>>().join(", ")
}

/// Has events sent to another address, or of other kinds. What waits goes to the new address.
pub async fn change_webhook(
    tx: &Tx,
    ctx: &Ctx,
    (studio, id): (StudioId, WebhookId),
    (Receiver(url), kinds): (Receiver, impl IntoIterator<Item = EventKind>),
) -> Result<webhook::Model, WebhookError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    let found = find_webhook(tx, ctx, studio, id).await?;
    let kinds = rules::kinds(kinds).ok_or(WebhookError::NoKinds)?;
    let mut row = found.clone().into_active_model();
    row.url = Set(url);
    row.kinds = Set(as_json(&kinds));
    let row = row.update(tx).await?;
    // An address may have a secret in it.
    let changed = NewAct::of(Act::WebhookChanged).on(id).set_unseen("url", &found.url, &row.url);
    let changed = changed.set("kinds", Some(kinds_told(&found)), Some(kinds_told(&row)));
    acts::record(tx, ctx, studio, changed).await?;
    Ok(row)
}

/// Turns a webhook on or off. What it has missed while it was off is not sent to it by itself; turned on, it has all its days anew.
pub async fn switch_webhook(
    tx: &Tx,
    ctx: &Ctx,
    (studio, id): (StudioId, WebhookId),
    is_on: bool,
) -> Result<webhook::Model, WebhookError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    let found = find_webhook(tx, ctx, studio, id).await?;
    if found.off_at.is_none() == is_on {
        return Ok(found);
    }
    let mut row = found.into_active_model();
    row.off_at = Set((!is_on).then(|| ctx.env.now()));
    row.off_because = Set((!is_on).then_some(OffBecause::Studio));
    if is_on {
        row.failing_since = Set(None);
    }
    let row = row.update(tx).await?;
    let switched = NewAct::of(Act::WebhookSwitched).on(id).set("on", Some(!is_on), Some(is_on));
    acts::record(tx, ctx, studio, switched).await?;
    tracing::info!(%studio, webhook = %id, is_on, "a webhook was switched");
    Ok(row)
}

/// Gives a webhook another secret. For a day messages are signed with the one before as well, so that receivers can change over; rotated again within it, with
/// the last one alone.
pub async fn rotate_secret(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    (studio, id): (StudioId, WebhookId),
) -> Result<NewWebhook, WebhookError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    // Of two who rotate it at once, the later comes behind the earlier.
    let own = webhook::Entity::find_by_id(id).filter(webhook::Column::StudioId.eq(studio));
    let found = own.lock_exclusive().one(tx).await?.ok_or(WebhookError::NotFound)?;
    let (before, secret) = (found.sealed_secret.clone(), ctx.env.random::<SECRET_BYTES>());
    let mut row = found.into_active_model();
    row.sealed_secret = Set(sealing::seal(&ctx.env, links, (Use::Webhook, id), &secret));
    row.sealed_secret_before = Set(Some(before));
    row.secret_before_until = Set(Some(ctx.env.now() + Duration::hours(BOTH_SECRETS_HOURS)));
    let webhook = row.update(tx).await?;
    acts::record(tx, ctx, studio, NewAct::of(Act::WebhookSecretRotated).on(id)).await?;
    tracing::info!(%studio, webhook = %id, "a webhook has another secret");
    Ok(NewWebhook { webhook, secret: shown(&secret) })
}

/// Removes a webhook with all that was sent to it and waits for it.
pub async fn remove_webhook(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    id: WebhookId,
) -> Result<webhook::Model, WebhookError> {
    require(&ctx.actor, Action::ManageStudio, studio)?;
    // Whoever is telling it something is waited for, and whoever would next finds it gone.
    let own = webhook::Entity::find_by_id(id).filter(webhook::Column::StudioId.eq(studio));
    let found = own.lock_exclusive().one(tx).await?.ok_or(WebhookError::NotFound)?;
    let deliveries = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::Id)
        .filter(delivery::Column::WebhookId.eq(id))
        .into_query();
    attempt::Entity::delete_many().filter(attempt::Column::DeliveryId.in_subquery(deliveries)).exec(tx).await?;
    delivery::Entity::delete_many().filter(delivery::Column::WebhookId.eq(id)).exec(tx).await?;
    webhook::Entity::delete_by_id(id).exec(tx).await?;
    acts::record(tx, ctx, studio, NewAct::of(Act::WebhookRemoved).on(id)).await?;
    tracing::info!(%studio, webhook = %id, "a webhook was removed");
    Ok(found)
}
