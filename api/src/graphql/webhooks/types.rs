//! What webhooks show.

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{StudioId, WebhookDeliveryId, WebhookEventId, WebhookId},
    webhooks::{
        entity::{attempt, webhook},
        queries::{self, Sent, kinds_of},
    },
};

use crate::graphql::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    scalars::{Id, Int64},
};

/// Queries of webhooks.
#[derive(Debug, Default)]
pub struct WebhooksQuery;

#[Object]
impl WebhooksQuery {
    /// A webhook of a studio. For owners.
    async fn webhook(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        webhook: Id<WebhookId>,
    ) -> Result<Webhook, Failure> {
        let caller = caller(ctx)?;
        let (studio, id) = (studio.named("studio")?, webhook.named("webhook")?);
        Ok(queries::find_webhook(&caller.services.db, &caller.ctx, studio, id).await?.into())
    }
}

/// What is told to webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::webhooks::entity::EventKind")]
pub enum WebhookEventKind {
    /// A session was booked, or a time set aside: it stands. `booking.made`
    BookingMade,
    /// A booking has another time. `booking.moved`
    BookingMoved,
    /// A booking was called off. `booking.cancelled`
    BookingCancelled,
    /// An agreement has all its signatures. `agreement.executed`
    AgreementExecuted,
    /// A licence was granted. `licence.granted`
    LicenceGranted,
    /// The masters of a project were delivered. `masters.delivered`
    MastersDelivered,
    /// An order was paid. `order.paid`
    OrderPaid,
    /// Money of an order went back to who had paid it. `order.refunded`
    OrderRefunded,
    /// Money left to a payee. `payout.sent`
    PayoutSent,
    /// A mix was approved. `review.approved`
    ReviewApproved,
    /// A run of royalties was posted: its statements are made. `royalty_run.issued`
    RoyaltyRunIssued,
    /// Nothing has happened: the studio tries a webhook. It is sent to that one alone, whatever that wants. `webhook.test`
    Test,
}

/// Why a webhook is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::webhooks::entity::OffBecause")]
pub enum WebhookOffBecause {
    /// The studio has turned it off.
    Studio,
    /// Nothing has arrived there for days.
    Failing,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::webhooks::entity::DeliveryState")]
pub enum WebhookDeliveryState {
    /// It is sent when it is due.
    Waiting,
    /// It was taken.
    Delivered,
    /// It was given up.
    Dead,
}

/// An address outside that a studio has events sent to.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct Webhook {
    /// The id.
    pub id: Id<WebhookId>,
    /// Where events are sent.
    pub url: String,
    /// What is sent there.
    pub kinds: Vec<WebhookEventKind>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when messages are signed with the secret before as well; none if it was never rotated.
    pub secret_before_until: Option<DateTime<Utc>>,
    /// Since when nothing is sent there.
    pub off_at: Option<DateTime<Utc>>,
    /// Why.
    pub off_because: Option<WebhookOffBecause>,
    /// Since when nothing has arrived there; none if the last has. Once an event is given up after five such days, it is turned off.
    pub failing_since: Option<DateTime<Utc>>,
    #[graphql(skip)]
    of: (StudioId, WebhookId),
}

impl From<webhook::Model> for Webhook {
    fn from(row: webhook::Model) -> Self {
        Self {
            id: row.id.into(),
            kinds: kinds_of(&row).into_iter().map(Into::into).collect(),
            url: row.url,
            created_at: row.created_at,
            secret_before_until: row.secret_before_until,
            off_at: row.off_at,
            off_because: row.off_because.map(Into::into),
            failing_since: row.failing_since,
            of: (row.studio_id, row.id),
        }
    }
}

#[ComplexObject]
impl Webhook {
    /// What was and is to be sent to it, newest first. What was settled is kept for thirty days.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<WebhookDelivery>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let rows = queries::list_deliveries(&caller.services.db, &caller.ctx, self.of, request).await?;
        Ok(connection(rows, |row| row.delivery.id, WebhookDelivery::from))
    }
}

/// An event on its way to a webhook.
#[derive(Debug, SimpleObject)]
pub struct WebhookDelivery {
    /// The id.
    pub id: Id<WebhookDeliveryId>,
    /// The event's id, which the header `webhook-id` bears, each time the same.
    pub event_id: Id<WebhookEventId>,
    /// What has happened.
    pub kind: WebhookEventKind,
    /// The JSON text that is sent, to the byte.
    pub body: String,
    /// Where it stands.
    pub state: WebhookDeliveryState,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it is sent next; none unless it waits.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it was taken or given up.
    pub settled_at: Option<DateTime<Utc>>,
    /// Each attempt, the last first.
    pub attempts: Vec<WebhookAttempt>,
}

impl From<Sent> for WebhookDelivery {
    fn from(Sent { delivery, event, attempts }: Sent) -> Self {
        Self {
            id: delivery.id.into(),
            event_id: event.id.into(),
            kind: event.kind.into(),
            body: event.body,
            state: delivery.state.into(),
            created_at: delivery.created_at,
            next_attempt_at: delivery.due_at,
            settled_at: delivery.settled_at,
            attempts: attempts.into_iter().map(WebhookAttempt::from).collect(),
        }
    }
}

/// An attempt to deliver an event, and what was answered.
#[derive(Debug, SimpleObject)]
pub struct WebhookAttempt {
    /// Which it was, from 1.
    pub number: i32,
    /// When it began.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub took_ms: Int64,
    /// The status of the answer; none if there was none.
    pub status: Option<i32>,
    /// How the answer begins.
    pub answer: Option<String>,
    /// Why there was no answer.
    pub fault: Option<String>,
}

impl From<attempt::Model> for WebhookAttempt {
    fn from(row: attempt::Model) -> Self {
        Self {
            number: row.number,
            at: row.at,
            took_ms: Int64(row.took_ms),
            status: row.status,
            answer: row.answer,
            fault: row.fault,
        }
    }
}
