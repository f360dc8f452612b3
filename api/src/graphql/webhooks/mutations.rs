//! What changes webhooks.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::{
    ids::{StudioId, WebhookDeliveryId, WebhookId},
    webhooks::{
        commands::{self, NewWebhook},
        entity::EventKind,
        queries::find_delivery,
    },
};

use super::{Webhook, WebhookDelivery, WebhookEventKind};
use crate::{
    graphql::{caller, errors::Failure, scalars::Id},
    payload,
};

/// A webhook to be made.
#[derive(Debug, InputObject)]
pub struct CreateWebhookInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// Where events are to be sent: a whole address, by https.
    pub url: String,
    /// What is to be sent there.
    pub kinds: Vec<WebhookEventKind>,
}

/// What a webhook is to be from now on.
#[derive(Debug, InputObject)]
pub struct UpdateWebhookInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The webhook.
    pub webhook: Id<WebhookId>,
    /// Where events are to be sent: a whole address, by https.
    pub url: String,
    /// What is to be sent there.
    pub kinds: Vec<WebhookEventKind>,
}

payload! {
    /// What came of a change of a studio's webhooks.
    pub struct WebhookPayload {
        /// The webhook.
        webhook: Webhook,
    }
}

/// A webhook with a new secret.
#[derive(SimpleObject)]
pub struct WebhookSecret {
    /// The webhook.
    pub webhook: Webhook,
    /// What messages are signed with, `whsec_` and base64. It is never shown again.
    pub secret: String,
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSecret").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

impl From<NewWebhook> for WebhookSecret {
    fn from(new: NewWebhook) -> Self {
        Self { webhook: new.webhook.into(), secret: new.secret }
    }
}

payload! {
    /// What came of making a webhook's secret.
    pub struct WebhookSecretPayload {
        /// The webhook and its secret.
        made: WebhookSecret,
    }
}

payload! {
    /// What came of removing a webhook.
    pub struct RemoveWebhookPayload {
        /// The webhook that is gone.
        webhook_id: Id<WebhookId>,
    }
}

payload! {
    /// An event that is sent.
    pub struct WebhookDeliveryPayload {
        /// The delivery.
        delivery: WebhookDelivery,
    }
}

fn kinds(asked: Vec<WebhookEventKind>) -> Vec<EventKind> {
    asked.into_iter().map(Into::into).collect()
}

/// Mutations of webhooks.
#[derive(Debug, Default)]
pub struct WebhooksMutation;

#[Object]
impl WebhooksMutation {
    /// Has events of a studio sent to an address from now on. The secret that they are signed with is shown this once. For owners.
    async fn create_webhook(
        &self,
        ctx: &Context<'_>,
        input: CreateWebhookInput,
    ) -> Result<WebhookSecretPayload, Failure> {
        let caller = caller(ctx)?;
        let services = &caller.services;
        let outcome = async {
            let studio = input.studio.named("input.studio")?;
            let receiver = commands::accept_receiver(services, &caller.ctx, studio, &input.url).await?;
            let wanted = (receiver, kinds(input.kinds));
            let tx = services.begin().await?;
            let new = commands::create_webhook(&tx, &caller.ctx, &services.links, studio, wanted).await?;
            services.commit(tx).await?;
            Ok::<_, Failure>(new)
        };
        WebhookSecretPayload::of(outcome.await)
    }

    /// Has events sent to another address, or others. What waits goes to the new address. For owners.
    async fn update_webhook(&self, ctx: &Context<'_>, input: UpdateWebhookInput) -> Result<WebhookPayload, Failure> {
        let caller = caller(ctx)?;
        let services = &caller.services;
        let outcome = async {
            let of = (input.studio.named("input.studio")?, input.webhook.named("input.webhook")?);
            let receiver = commands::accept_receiver(services, &caller.ctx, of.0, &input.url).await?;
            let wanted = (receiver, kinds(input.kinds));
            let tx = services.begin().await?;
            let row = commands::change_webhook(&tx, &caller.ctx, of, wanted).await?;
            services.commit(tx).await?;
            Ok::<_, Failure>(row)
        };
        WebhookPayload::of(outcome.await)
    }

    /// Turns a webhook on or off. What happens while it is off is not sent to it later. For owners.
    async fn switch_webhook(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        webhook: Id<WebhookId>,
        on: bool,
    ) -> Result<WebhookPayload, Failure> {
        let caller = caller(ctx)?;
        let services = &caller.services;
        let outcome = async {
            let of = (studio.named("studio")?, webhook.named("webhook")?);
            let tx = services.begin().await?;
            let row = commands::switch_webhook(&tx, &caller.ctx, of, on).await?;
            services.commit(tx).await?;
            Ok::<_, Failure>(row)
        };
        WebhookPayload::of(outcome.await)
    }

    /// Gives a webhook another secret, shown this once. For 24 hours messages are signed with the one before as well. For owners.
    async fn rotate_webhook_secret(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        webhook: Id<WebhookId>,
    ) -> Result<WebhookSecretPayload, Failure> {
        let caller = caller(ctx)?;
        let services = &caller.services;
        let outcome = async {
            let of = (studio.named("studio")?, webhook.named("webhook")?);
            let tx = services.begin().await?;
            let new = commands::rotate_secret(&tx, &caller.ctx, &services.links, of).await?;
            services.commit(tx).await?;
            Ok::<_, Failure>(new)
        };
        WebhookSecretPayload::of(outcome.await)
    }

    /// Removes a webhook with the log of what was sent to it. For owners.
    async fn remove_webhook(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        webhook: Id<WebhookId>,
    ) -> Result<RemoveWebhookPayload, Failure> {
        let caller = caller(ctx)?;
        let services = &caller.services;
        let outcome = async {
            let (studio, id) = (studio.named("studio")?, webhook.named("webhook")?);
            let tx = services.begin().await?;
            let row = commands::remove_webhook(&tx, &caller.ctx, studio, id).await?;
            services.commit(tx).await?;
            Ok::<_, Failure>(row.id)
        };
        RemoveWebhookPayload::of(outcome.await)
    }

    /// Sends an event to a webhook that says that nothing has happened, once. Its delivery tells what was answered. For owners.
    async fn test_webhook(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        webhook: Id<WebhookId>,
    ) -> Result<WebhookDeliveryPayload, Failure> {
        let caller = caller(ctx)?;
        let services = &caller.services;
        let outcome = async {
            let (studio, id) = (studio.named("studio")?, webhook.named("webhook")?);
            let tx = services.begin().await?;
            let row = commands::send_test(&tx, &caller.ctx, studio, id).await?;
            services.commit(tx).await?;
            Ok::<_, Failure>(find_delivery(&services.db, &caller.ctx, studio, row.id).await?)
        };
        WebhookDeliveryPayload::of(outcome.await)
    }

    /// Sends an event again, however it stands: the same text under the same id, with all its attempts anew. For owners.
    async fn resend_webhook_delivery(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        delivery: Id<WebhookDeliveryId>,
    ) -> Result<WebhookDeliveryPayload, Failure> {
        let caller = caller(ctx)?;
        let services = &caller.services;
        let outcome = async {
            let (studio, id) = (studio.named("studio")?, delivery.named("delivery")?);
            let tx = services.begin().await?;
            commands::send_again(&tx, &caller.ctx, studio, id).await?;
            services.commit(tx).await?;
            Ok::<_, Failure>(find_delivery(&services.db, &caller.ctx, studio, id).await?)
        };
        WebhookDeliveryPayload::of(outcome.await)
    }
}
