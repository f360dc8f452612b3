//! The gateway that collects money, gives it back and sends it on.
//!
//! The truth about money is always fetched: an event only says when to look, and what about. Whatever changes something carries an
//! [`IdempotencyKey`], so that asking again, after a crash too, changes nothing more.

use async_trait::async_trait;

use crate::{
    email::EmailAddress,
    env::Instant,
    ids::{OrderId, PartyId, StudioId},
    money::Money,
};

/// Why the gateway did not do what it was asked. The cause is the `source`, for the log alone.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// It could not be reached, did not answer in time, or failed: it may have done what it was asked, and asking again with the same key tells.
    #[error("{what}: the gateway did not answer")]
    Transient {
        /// What was attempted, such as `capturing a payment`.
        what: &'static str,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It refused, and will refuse again.
    #[error("{what}: the gateway refused ({code}: {message})")]
    Refused {
        /// What was attempted.
        what: &'static str,
        /// The gateway's word for why, such as `charge_already_refunded` or `amount_too_small`.
        code: String,
        /// Its sentence.
        message: String,
    },
    /// Its answer makes no sense, or the request could not be made at all: a fault of the program or of its setup.
    #[error("{what} failed")]
    Lasting {
        /// What was attempted.
        what: &'static str,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl GatewayError {
    /// Whether the very same request may succeed later.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Transient { .. })
    }
}

/// Names one change, however often it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key, 1 to 255 characters, such as `refund:0192…`; also kept at the gateway with what it made (metadata `key`).
    pub value: String,
    /// When it was first used, at the earliest. Gateways forget keys after 24 hours: from then on what the key may have made is looked up
    /// before anything is sent.
    pub since: Instant,
}

/// When a payment is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capture {
    /// At once, by every method that the studio takes.
    AtOnce,
    /// Authorised first and collected by [`PaymentGateway::capture`], by methods alone that can.
    Later,
}

/// What the gateway is asked to collect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutRequest {
    /// The order; travels along as metadata and comes back with every event.
    pub order: OrderId,
    /// The order's reference, shown to the buyer and on their card statement.
    pub reference: String,
    /// Each line as the buyer reads it, and its price.
    pub lines: Vec<(String, Money)>,
    /// What is to be paid; the lines' sum.
    pub total: Money,
    /// When it is collected.
    pub capture: Capture,
    /// Who pays.
    pub buyer_email: EmailAddress,
    /// Where the browser goes after payment.
    pub success_url: String,
    /// Where the browser goes if the buyer turns back.
    pub cancel_url: String,
    /// When the pay page closes.
    pub expires_at: Instant,
    /// The same key opens the same checkout.
    pub key: IdempotencyKey,
}

/// An open checkout at the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// The gateway's id for it.
    pub id: String,
    /// The page where the buyer pays.
    pub pay_url: String,
}

/// How a checkout stands at the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckoutState {
    /// The buyer has not paid yet.
    Open,
    /// Closed without a payment, and nobody can pay it any more.
    Expired,
    /// Nothing was to be paid.
    Free,
    /// The buyer has gone through with it; how the payment stands is in it.
    Completed(GatewayPayment),
    /// The buyer had gone through with it, and their bank has let the payment fail since: nobody can pay it any more.
    Failed(GatewayPayment),
}

/// Where a payment stands at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentStanding {
    /// The buyer has something left to do, or the last attempt was declined.
    Unpaid,
    /// A method that takes days: it succeeds or fails later.
    Processing,
    /// Held, and to be collected before this instant or never.
    Authorised {
        /// Until when it can be captured.
        capture_before: Instant,
    },
    /// Collected.
    Captured,
    /// Given up: nothing was or will be collected.
    Cancelled,
}

/// A payment, with all that became of it. Amounts are whole: what is known now, never what is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayPayment {
    /// The gateway's id for it.
    pub id: String,
    /// The order that it names.
    pub order: Option<OrderId>,
    /// Where it stands.
    pub standing: PaymentStanding,
    /// What was asked for.
    pub amount: Money,
    /// What was collected; nothing unless captured.
    pub captured: Money,
    /// What the gateway kept of it.
    pub fee: Money,
    /// What was given back, made by us or in the gateway's own dashboard, oldest first.
    pub refunds: Vec<GatewayRefund>,
    /// What the buyer's bank disputes, oldest first.
    pub disputes: Vec<GatewayDispute>,
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundStanding {
    /// Accepted; it still can fail.
    Pending,
    /// Given back.
    Succeeded,
    /// It could not be given back: the money is with the gateway again.
    Failed,
}

/// Money that was given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayRefund {
    /// The gateway's id for it.
    pub id: String,
    /// The key under which we asked for it; none if it was made elsewhere.
    pub key: Option<String>,
    /// Where it stands.
    pub standing: RefundStanding,
    /// How much.
    pub amount: Money,
    /// What the gateway takes for it; below zero what it gives back of its fee.
    pub fee: Money,
}

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeStanding {
    /// The bank only asks: no money has moved.
    Inquiry,
    /// Evidence is awaited.
    NeedsResponse,
    /// The bank decides.
    UnderReview,
    /// The money came back; of an inquiry that was closed, it never left.
    Won,
    /// It did not.
    Lost,
}

/// A payment that the buyer's bank disputes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayDispute {
    /// The gateway's id for it.
    pub id: String,
    /// Where it stands.
    pub standing: DisputeStanding,
    /// How much of the payment.
    pub amount: Money,
    /// What the gateway has taken for it so far, beside the amount.
    pub fee: Money,
    /// The bank's reason, such as `fraudulent`.
    pub reason: String,
    /// Until when evidence is taken; none if no longer.
    pub evidence_by: Option<Instant>,
}

/// What answers a dispute.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisputeEvidence {
    /// Whom the goods went to.
    pub customer_name: String,
    /// Their address.
    pub customer_email: EmailAddress,
    /// The address that ordered.
    pub customer_ip: Option<String>,
    /// What was sold, a sentence.
    pub product_description: String,
    /// When and from where it was accessed, one line each.
    pub access_log: String,
    /// All else that speaks for the studio, in words.
    pub statement: String,
}

/// An account to which a payee's money goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRequest {
    /// Whose books it is paid from.
    pub studio: StudioId,
    /// Whose it is.
    pub party: PartyId,
    /// Their address.
    pub email: EmailAddress,
    /// Their country, ISO 3166-1 alpha-2.
    pub country: String,
    /// The same key makes the same account.
    pub key: IdempotencyKey,
}

/// Whether a payee's account can be paid to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayeeAccount {
    /// The gateway's id for it.
    pub id: String,
    /// Whether money can be sent to it now.
    pub can_receive: bool,
    /// What is missing, in the gateway's words, such as `individual.verification.document`.
    pub missing: Vec<String>,
}

/// Money for a payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRequest {
    /// The payee's account.
    pub account: String,
    /// How much.
    pub amount: Money,
    /// The payment it comes from, if from one alone: then it waits until that has arrived.
    pub source_payment: Option<String>,
    /// What belongs together, such as an order's reference.
    pub group: String,
    /// The same key sends once.
    pub key: IdempotencyKey,
}

/// Money sent to a payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The gateway's id for it.
    pub id: String,
    /// The key under which it was sent; none if it was made elsewhere.
    pub key: Option<String>,
    /// To whom.
    pub account: String,
    /// How much.
    pub amount: Money,
    /// How much of it has come back.
    pub reversed: Money,
}

/// What an event from the gateway says, once its signature has been found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayEvent {
    /// The gateway's id for the event; each is handled once.
    pub id: String,
    /// The gateway's word for what happened, such as `checkout.session.completed`.
    pub kind: String,
    /// When it happened, to the second.
    pub at: Instant,
    /// The order it is about; none for an event that is not ours, or whose object does not say.
    pub order: Option<OrderId>,
    /// The checkout it is about.
    pub checkout: Option<String>,
    /// The payment it is about, by which the order is found where the event does not name it (refunds and disputes).
    pub payment: Option<String>,
    /// The payee's account it is about.
    pub account: Option<String>,
    /// The transfer to a payee it is about.
    pub transfer: Option<String>,
}

/// Some of the gateway's events, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// The events.
    pub events: Vec<GatewayEvent>,
    /// Where the next page begins; none if there is none.
    pub next: Option<String>,
}

/// Why an event's message is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// No signature, or none that is ours.
    #[error("the signature does not belong to this message")]
    BadSignature,
    /// Signed too long ago (or ahead): a replay, or a clock that is wrong.
    #[error("the signature's time is more than 300 s away from ours")]
    Stale,
    /// Signed well, yet not an event.
    #[error("the message is not an event: {0}")]
    Malformed(String),
}

/// Collects money, gives it back and sends it on. None of it is called inside a transaction.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// The gateway's name, part of every key under which its objects are kept.
    fn name(&self) -> &'static str;

    /// Opens a checkout.
    async fn open_checkout(&self, request: &CheckoutRequest) -> Result<Checkout, GatewayError>;
    /// How a checkout stands; none if the gateway does not know it.
    async fn find_checkout(&self, id: &str) -> Result<Option<CheckoutState>, GatewayError>;
    /// Closes a checkout, so that nobody can pay it any more, and says how it stands: one that was paid a moment before stays so.
    async fn close_checkout(&self, id: &str) -> Result<Option<CheckoutState>, GatewayError>;

    /// A payment with all that became of it; none if the gateway does not know it.
    async fn find_payment(&self, id: &str) -> Result<Option<GatewayPayment>, GatewayError>;
    /// Collects what was authorised, wholly; collected already, it only says so.
    async fn capture(&self, payment: &str, key: &IdempotencyKey) -> Result<GatewayPayment, GatewayError>;
    /// Lets go of what was authorised; let go already, it only says so. One that is captured is refused.
    async fn cancel(&self, payment: &str, key: &IdempotencyKey) -> Result<GatewayPayment, GatewayError>;
    /// Gives back so much of a payment. The same key refunds once.
    async fn refund(&self, payment: &str, amount: Money, key: &IdempotencyKey) -> Result<GatewayRefund, GatewayError>;
    /// Answers a dispute, once and for all.
    async fn answer_dispute(
        &self,
        dispute: &str,
        evidence: &DisputeEvidence,
        key: &IdempotencyKey,
    ) -> Result<GatewayDispute, GatewayError>;

    /// Makes an account for a payee.
    async fn create_account(&self, request: &AccountRequest) -> Result<PayeeAccount, GatewayError>;
    /// How a payee's account stands; none if the gateway does not know it.
    async fn find_account(&self, id: &str) -> Result<Option<PayeeAccount>, GatewayError>;
    /// A page, good once and for minutes, where the payee tells the gateway what it has to know. From there the browser comes back to
    /// `return_url`, or to `refresh_url` if the page had lapsed.
    async fn onboarding_link(&self, account: &str, return_url: &str, refresh_url: &str)
    -> Result<String, GatewayError>;
    /// Sends money to a payee. The same key sends once.
    async fn transfer(&self, request: &TransferRequest) -> Result<Transfer, GatewayError>;
    /// How a transfer stands; none if the gateway does not know it.
    async fn find_transfer(&self, id: &str) -> Result<Option<Transfer>, GatewayError>;
    /// All transfers of a group, such as of one payout.
    async fn list_transfers(&self, group: &str) -> Result<Vec<Transfer>, GatewayError>;
    /// Takes so much of a transfer back. The same key takes once.
    async fn reverse_transfer(
        &self,
        transfer: &str,
        amount: Money,
        key: &IdempotencyKey,
    ) -> Result<Transfer, GatewayError>;

    /// The gateway's events since an instant, newest first, page by page: what the reconciler reads where messages were lost. Gateways keep 30
    /// days.
    async fn events(&self, since: Instant, page: Option<&str>) -> Result<EventPage, GatewayError>;
    /// Checks an event's signature on the raw bytes and reads it.
    fn read_event(&self, signature: Option<&str>, body: &[u8], now: Instant) -> Result<GatewayEvent, EventError>;
}
