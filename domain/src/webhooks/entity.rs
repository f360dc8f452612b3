//! Tables of webhooks.

use crate::text_enum;

text_enum! {
    /// What was told.
    pub enum EventKind {
        /// A session was booked, or a time set aside: it stands.
        BookingMade = "booking.made",
        /// A booking has another time.
        BookingMoved = "booking.moved",
        /// A booking was called off.
        BookingCancelled = "booking.cancelled",
        /// An agreement has all its signatures.
        AgreementExecuted = "agreement.executed",
        /// A licence was granted.
        LicenceGranted = "licence.granted",
        /// The masters of a project were delivered.
        MastersDelivered = "masters.delivered",
        /// An order was paid.
        OrderPaid = "order.paid",
        /// Money of an order went back to who had paid it.
        OrderRefunded = "order.refunded",
        /// Money left to a payee.
        PayoutSent = "payout.sent",
        /// A mix was approved.
        ReviewApproved = "review.approved",
        /// A run of royalties was posted: its statements are made.
        RoyaltyRunIssued = "royalty_run.issued",
        /// Nothing has happened: the studio tries a webhook. Sent to that one alone.
        Test = "webhook.test",
    }
}

text_enum! {
    /// Why a webhook is off.
    pub enum OffBecause {
        /// The studio has turned it off.
        Studio = "studio",
        /// Nothing has arrived there for days.
        Failing = "failing",
    }
}

text_enum! {
    /// Where a delivery stands.
    pub enum DeliveryState {
        /// It is sent when it is due.
        Waiting = "waiting",
        /// It was taken.
        Delivered = "delivered",
        /// It was given up.
        Dead = "dead",
    }
}

pub mod webhook {
    //! Webhooks.
    use sea_orm::entity::prelude::*;

    use super::OffBecause;
    use crate::{
        env::Instant,
        ids::{StudioId, WebhookId},
    };

    /// An address outside that a studio has events sent to.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhooks")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: WebhookId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Where events are sent, as [`address`](crate::webhooks::rules::address) writes it.
        pub url: String,
        /// What is sent there: a list of [`EventKind`](super::EventKind).
        pub kinds: Json,
        /// What messages are signed with, sealed.
        pub sealed_secret: String,
        /// The secret before that one, sealed.
        pub sealed_secret_before: Option<String>,
        /// Until when messages are signed with the one before as well.
        pub secret_before_until: Option<Instant>,
        /// When it was made.
        pub created_at: Instant,
        /// Since when nothing is sent there.
        pub off_at: Option<Instant>,
        /// Why.
        pub off_because: Option<OffBecause>,
        /// Since when nothing has arrived there; none if the last has.
        pub failing_since: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod event {
    //! Events.
    use sea_orm::entity::prelude::*;

    use super::EventKind;
    use crate::{
        env::Instant,
        ids::{StudioId, WebhookEventId},
    };

    /// What was told. The database refuses to change it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook_events")]
    pub struct Model {
        /// The id, by which receivers know it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: WebhookEventId,
        /// Where it happened.
        pub studio_id: StudioId,
        /// What.
        pub kind: EventKind,
        /// The text that is sent, to the byte.
        pub body: String,
        /// When.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod delivery {
    //! Deliveries.
    use sea_orm::entity::prelude::*;

    use super::DeliveryState;
    use crate::{
        env::Instant,
        ids::{StudioId, WebhookDeliveryId, WebhookEventId, WebhookId},
    };

    /// An event on its way to a webhook.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook_deliveries")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: WebhookDeliveryId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// Where to.
        pub webhook_id: WebhookId,
        /// What.
        pub event_id: WebhookEventId,
        /// Where it stands.
        pub state: DeliveryState,
        /// How often it was sent since it was last asked for.
        pub tries: i32,
        /// How often it was sent in all.
        pub attempts: i32,
        /// When it was written.
        pub created_at: Instant,
        /// When it is sent next; none unless it waits.
        pub due_at: Option<Instant>,
        /// When it was taken or given up.
        pub settled_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod attempt {
    //! Attempts.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::WebhookDeliveryId};

    /// An attempt to deliver, and what was answered.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook_attempts")]
    pub struct Model {
        /// The delivery.
        #[sea_orm(primary_key, auto_increment = false)]
        pub delivery_id: WebhookDeliveryId,
        /// Which attempt it was, from 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        /// When it began.
        pub at: Instant,
        /// How long it took, in milliseconds.
        pub took_ms: i64,
        /// The status of the answer; none if there was none.
        pub status: Option<i32>,
        /// How the answer begins; none if there was none.
        pub answer: Option<String>,
        /// Why there was no answer.
        pub fault: Option<String>,
    }

    crate::plain_entity!();
}
