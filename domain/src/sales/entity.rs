//! Tables of sales.

use crate::text_enum;

text_enum! {
    /// Where an order stands. It only ever moves down this list.
    pub enum OrderState {
        /// Placed; the gateway is collecting.
        AwaitingPayment = "awaiting_payment",
        /// Paid and granted: licences, journal and deliverables exist, the files are on their way.
        Paid = "paid",
        /// Every file is ready and the mail is on its way.
        Delivered = "delivered",
        /// Closed unpaid.
        Expired = "expired",
        /// Paid, but the beat was gone: the money goes back.
        Refunded = "refunded",
    }
}

text_enum! {
    /// Where a payment stands, from the least to the most that is known of it. Of two that are told, the later in this list is true; only a refund that
    /// fails takes one step back, for the money is there again.
    pub enum PaymentState {
        /// Held at the buyer's bank, and not collected.
        Authorised = "authorised",
        /// Given up before it was collected: the buyer was charged nothing.
        Cancelled = "cancelled",
        /// Collected.
        Captured = "captured",
        /// Collected for nothing, and to be given back; the job is in the outbox.
        Refunding = "refunding",
        /// Given back, all of it.
        Refunded = "refunded",
    }
}

text_enum! {
    /// Where a refund stands. It only ever moves down this list.
    pub enum RefundState {
        /// Asked for; the gateway may have accepted it, and has not said that the money arrived.
        Requested = "requested",
        /// Given back.
        Succeeded = "succeeded",
        /// It could not be given back: the money is the studio's again.
        Failed = "failed",
    }
}

text_enum! {
    /// Where a dispute stands. It only ever moves down this list, and ends in one of the last two.
    pub enum DisputeState {
        /// The buyer's bank only asks: no money has moved.
        Inquiry = "inquiry",
        /// Evidence is awaited.
        NeedsResponse = "needs_response",
        /// The bank decides.
        UnderReview = "under_review",
        /// The money came back.
        Won = "won",
        /// It did not.
        Lost = "lost",
    }
}

pub mod cart {
    //! Carts.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{CartId, CouponId, StudioId},
        money::Currency,
        pricing::Country,
    };

    /// A guest's cart at one studio, found by the secret in their cookie.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "carts")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CartId,
        /// Where it shops.
        pub studio_id: StudioId,
        /// SHA-256 of the cookie's secret; unique.
        pub secret_fingerprint: String,
        /// When it began.
        pub created_at: Instant,
        /// When it is given up.
        pub expires_at: Instant,
        /// The coupon that was entered.
        pub coupon_id: Option<CouponId>,
        /// Where the buyer is, as they said; asked for where the studio has rates of tax.
        pub country: Option<Country>,
        /// What all that is put into it is priced in.
        pub currency: Currency,
    }

    crate::plain_entity!();
}

pub mod cart_line {
    //! Lines of carts.
    use sea_orm::entity::prelude::*;

    use crate::{
        env::Instant,
        ids::{BeatId, CartId, CartLineId},
        licensing::terms::{Terms, TierCode},
        money::Currency,
    };

    /// A beat and a tier in a cart, with the price and the terms that the buyer saw.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "cart_lines")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CartLineId,
        /// The cart.
        pub cart_id: CartId,
        /// The beat; once per cart.
        pub beat_id: BeatId,
        /// The tier.
        pub tier_code: TierCode,
        /// The price that the buyer saw, in minor units.
        pub price_minor: i64,
        /// Its currency, the cart's.
        pub currency: Currency,
        /// The terms that the buyer saw.
        #[sea_orm(column_type = "JsonBinary")]
        pub terms: Terms,
        /// When it was put in.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}

pub mod order {
    //! Orders.
    use sea_orm::entity::prelude::*;

    use super::OrderState;
    use crate::{
        email::EmailAddress,
        env::Instant,
        ids::{CartId, OrderId, StudioId},
        money::Currency,
    };

    /// An order.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: OrderId,
        /// The seller.
        pub studio_id: StudioId,
        /// The one reference, such as `LL-7K3M9Q2X`; unique everywhere.
        pub reference: String,
        /// The cart it was placed from.
        pub cart_id: Option<CartId>,
        /// Where it stands.
        pub state: OrderState,
        /// Who buys; the licensee.
        pub buyer_name: String,
        /// Where the files go.
        pub buyer_email: EmailAddress,
        /// What is to be paid, in minor units.
        pub total_minor: i64,
        /// Its currency.
        pub currency: Currency,
        /// The gateway that collects.
        pub gateway: String,
        /// The checkout at the gateway, once open; unique per gateway. Another only when the payment of the first has failed.
        pub checkout_id: Option<String>,
        /// The page where it is paid.
        pub pay_url: Option<String>,
        /// When it was placed.
        pub placed_at: Instant,
        /// When it was paid.
        pub paid_at: Option<Instant>,
        /// When its last file was ready.
        pub delivered_at: Option<Instant>,
        /// Why it was closed without a licence, a sentence for the buyer.
        pub closed_reason: Option<String>,
        /// The address that placed it; evidence in a dispute.
        pub buyer_ip: Option<String>,
        /// The browser that placed it.
        pub buyer_user_agent: Option<String>,
    }

    crate::plain_entity!();
}

pub mod order_line {
    //! Lines of orders.
    use sea_orm::entity::prelude::*;

    use crate::{
        catalog::Sha256,
        ids::{BeatId, OrderId, OrderLineId, WorkId},
        licensing::terms::{Terms, TierCode},
    };

    /// What was ordered, frozen as it was offered.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "order_lines")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: OrderLineId,
        /// The order.
        pub order_id: OrderId,
        /// Place in the order, from 1.
        pub position: i32,
        /// The beat.
        pub beat_id: BeatId,
        /// Its work.
        pub work_id: WorkId,
        /// The beat's title then.
        pub beat_title: String,
        /// The tier.
        pub tier_code: TierCode,
        /// The terms as offered.
        #[sea_orm(column_type = "JsonBinary")]
        pub terms: Terms,
        /// The price, in minor units of the order's currency.
        pub price_minor: i64,
        /// SHA-256 of the contract's text as it was offered then; none of orders from before it was kept.
        pub shown_text_sha256: Option<Sha256>,
    }

    crate::plain_entity!();
}

pub mod order_upgrade {
    //! Orders that upgrade a licence.
    use sea_orm::entity::prelude::*;

    use crate::ids::{LicenceId, OrderId};

    /// That an order of one line upgrades a licence: it costs what the new tier costs less what is kept of what was paid before.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "order_upgrades")]
    pub struct Model {
        /// The order.
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_id: OrderId,
        /// The licence that shall be replaced.
        pub licence_id: LicenceId,
        /// What the new tier cost without the credit, in minor units of the order's currency.
        pub full_price_minor: i64,
    }

    crate::plain_entity!();
}

pub mod upgrade_credit {
    //! What was credited to upgrades.
    use sea_orm::entity::prelude::*;

    use crate::ids::{LicenceId, OrderId};

    /// What of an earlier licence's price was credited to an upgrade: a row for the licence that it replaces, and for each that this one had replaced.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "upgrade_credits")]
    pub struct Model {
        /// The order that upgrades.
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_id: OrderId,
        /// The earlier licence.
        #[sea_orm(primary_key, auto_increment = false)]
        pub licence_id: LicenceId,
        /// What was paid for it and kept then, in minor units.
        pub credited_minor: i64,
    }

    crate::plain_entity!();
}

pub mod payment {
    //! Payments.
    use sea_orm::entity::prelude::*;

    use super::PaymentState;
    use crate::{
        env::Instant,
        ids::{OrderId, PaymentId, StudioId},
        money::Currency,
    };

    /// Money collected for an order.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payments")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PaymentId,
        /// The seller.
        pub studio_id: StudioId,
        /// The order.
        pub order_id: OrderId,
        /// The gateway.
        pub gateway: String,
        /// The gateway's id; unique per gateway.
        pub gateway_payment: String,
        /// Where it stands.
        pub state: PaymentState,
        /// What was collected, or is held, in minor units.
        pub amount_minor: i64,
        /// What the gateway kept of it.
        pub fee_minor: i64,
        /// Their currency.
        pub currency: Currency,
        /// When we learned of it.
        pub received_at: Instant,
        /// Until when it can be collected, while it is held.
        pub capture_before: Option<Instant>,
        /// When the gateway was last asked what became of it, whether or not it answered; none if it has not been since it was collected.
        pub checked_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod refund {
    //! Refunds.
    use sea_orm::entity::prelude::*;

    use super::RefundState;
    use crate::{
        env::Instant,
        ids::{JournalId, PaymentId, RefundId, StudioId, UserId},
        money::Currency,
    };

    /// Money of a payment that is given back: asked for here, or made in the gateway's own dashboard.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refunds")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RefundId,
        /// The seller.
        pub studio_id: StudioId,
        /// The payment.
        pub payment_id: PaymentId,
        /// The gateway.
        pub gateway: String,
        /// The gateway's id for it, once known; unique per gateway.
        pub gateway_refund: Option<String>,
        /// Where it stands.
        pub state: RefundState,
        /// How much, in minor units.
        pub amount_minor: i64,
        /// Its currency, the payment's.
        pub currency: Currency,
        /// Why, a sentence.
        pub reason: String,
        /// The key under which it was asked for here, if one was given; unique per studio.
        pub request_key: Option<String>,
        /// Who asked for it; none if the program did, or somebody at the gateway.
        pub requested_by: Option<UserId>,
        /// When it was asked for, or first seen.
        pub requested_at: Instant,
        /// Why it failed, or was refused the last time, in the gateway's words.
        pub failure: Option<String>,
        /// How often the gateway has refused it, of one that is asked for again: each time under another key.
        pub refusals: i32,
        /// When it last did.
        pub refused_at: Option<Instant>,
        /// The journal that books it; none until it is booked.
        pub journal_id: Option<JournalId>,
        /// The journal that takes that back, if it failed after it had been booked.
        pub undone_journal: Option<JournalId>,
    }

    crate::plain_entity!();
}

pub mod dispute {
    //! Disputes.
    use sea_orm::entity::prelude::*;

    use super::DisputeState;
    use crate::{
        env::Instant,
        ids::{DisputeId, JournalId, PaymentId, StudioId, UserId},
        money::Currency,
    };

    /// A payment that the buyer's bank disputes.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disputes")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DisputeId,
        /// The seller.
        pub studio_id: StudioId,
        /// The payment.
        pub payment_id: PaymentId,
        /// The gateway.
        pub gateway: String,
        /// The gateway's id for it; unique per gateway.
        pub gateway_dispute: String,
        /// Where it stands.
        pub state: DisputeState,
        /// How much of the payment, in minor units.
        pub amount_minor: i64,
        /// What the gateway has taken for it, as far as it is booked, in minor units.
        pub fee_minor: i64,
        /// Their currency, the payment's.
        pub currency: Currency,
        /// The bank's reason, such as `fraudulent`.
        pub reason: String,
        /// Until when evidence is taken; none if no longer.
        pub evidence_by: Option<Instant>,
        /// When we learned of it.
        pub learned_at: Instant,
        /// What the studio answers, in its own words.
        pub statement: Option<String>,
        /// Who answered.
        pub answered_by: Option<UserId>,
        /// When they did.
        pub answer_requested_at: Option<Instant>,
        /// When the answer was with the gateway.
        pub answered_at: Option<Instant>,
        /// What the gateway last said of where it stands; none of those it has said nothing of since this is kept.
        pub told_state: Option<DisputeState>,
        /// What the gateway last said that it has taken for it, in minor units.
        pub told_fee_minor: Option<i64>,
        /// The evidence as it is sent, in JSON; none until it is gathered for an answer.
        pub evidence: Option<String>,
        /// The journal of its opening; none while no money has moved.
        pub opened_journal: Option<JournalId>,
        /// The journal of its end.
        pub closed_journal: Option<JournalId>,
    }

    crate::plain_entity!();
}

pub mod failed_checkout {
    //! Checkouts whose payment has failed.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::OrderId};

    /// A checkout that its buyer had gone through with, and whose payment their bank has let fail later: nobody can pay it any more. Append-only.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "failed_checkouts")]
    pub struct Model {
        /// The gateway.
        #[sea_orm(primary_key, auto_increment = false)]
        pub gateway: String,
        /// The gateway's id for it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub checkout_id: String,
        /// The order.
        pub order_id: OrderId,
        /// Its number among the order's failed checkouts, from 1.
        pub number: i32,
        /// The gateway's id for the payment.
        pub gateway_payment: String,
        /// When we learned of it.
        pub failed_at: Instant,
    }

    crate::plain_entity!();
}

pub mod unmatched_payment {
    //! Payments that match no order.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::OrderId, money::Currency};

    /// A payment at the gateway that names an order which is not here. Never forgotten; what is kept of it is what was last seen.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "unmatched_payments")]
    pub struct Model {
        /// The gateway.
        #[sea_orm(primary_key, auto_increment = false)]
        pub gateway: String,
        /// The gateway's id for it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub gateway_payment: String,
        /// The order that it names.
        pub order_named: OrderId,
        /// What is collected or held of it, and neither given back nor taken by the buyer's bank, in minor units.
        pub kept_minor: i64,
        /// Its currency.
        pub currency: Currency,
        /// When it was first seen.
        pub seen_at: Instant,
        /// When it was last looked at.
        pub checked_at: Instant,
    }

    crate::plain_entity!();
}

pub mod gateway_read {
    //! How far the gateway's events have been read.
    use sea_orm::entity::prelude::*;

    use crate::env::Instant;

    /// Up to when a gateway's list of events was read.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "gateway_reads")]
    pub struct Model {
        /// The gateway.
        #[sea_orm(primary_key, auto_increment = false)]
        pub gateway: String,
        /// The instant: whatever happened before it was read.
        pub read_to: Instant,
    }

    crate::plain_entity!();
}

pub mod gateway_event {
    //! The inbox of the gateway's events.
    use sea_orm::entity::prelude::*;

    use crate::{env::Instant, ids::OrderId};

    /// An event, taken in once.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "gateway_events")]
    pub struct Model {
        /// The gateway.
        #[sea_orm(primary_key, auto_increment = false)]
        pub gateway: String,
        /// The gateway's id for it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_id: String,
        /// What happened, in the gateway's word.
        pub kind: String,
        /// The order it is about; none if it is not ours.
        pub order_id: Option<OrderId>,
        /// When it first came.
        pub received_at: Instant,
        /// How often it came.
        pub deliveries: i32,
    }

    crate::plain_entity!();
}
