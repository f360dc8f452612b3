//! Stripe: the domain's [`PaymentGateway`], through async-stripe.
//!
//! [`StripeGateway`] is the one client there is. It serves the live gateway and the sandbox ([`crate::sandbox`]) alike, which differ in
//! address, keys and name alone, so that whatever a test or a demo goes through is what real money goes through.
//!
//! Requests are async-stripe's, which know the interface's parameters. Answers are read by `answers`: every amount is checked, and a word
//! that a later version of the interface brings is no reason to lose sight of a payment. To add a request: its subject's file
//! (`checkouts`, `payments`, `refunds`, `disputes`, `accounts`, `transfers`, `events`), and its line in the port's implementation here.

mod accounts;
mod amounts;
mod answers;
mod call;
mod checkouts;
mod disputes;
mod events;
mod failure;
mod fees;
mod payments;
mod refunds;
mod transfers;

use std::fmt;

use async_trait::async_trait;
use domain::{
    env::{Env, Instant},
    money::Money,
    ports::gateway::{
        AccountRequest, Checkout, CheckoutRequest, CheckoutState, DisputeEvidence, EventError, EventPage,
        GatewayDispute, GatewayError, GatewayEvent, GatewayPayment, GatewayRefund, IdempotencyKey, PayeeAccount,
        PaymentGateway, Transfer, TransferRequest,
    },
};

pub use self::call::Patience;
use self::{
    call::Connection,
    failure::{Failure, lasting},
};
use crate::sandbox::SandboxKeys;

/// The name of Stripe where real money moves.
const LIVE: &str = "stripe";

/// The name of Stripe where none does. Another than [`LIVE`]'s, for what was tried with one key is not to be looked for, counted or given back with
/// the other.
const TEST: &str = "stripe_test";

/// The sandbox's name.
const SANDBOX: &str = "sandbox";

/// Whether a secret key moves real money.
pub fn is_live_key(secret_key: &str) -> bool {
    ["sk_live_", "rk_live_"].iter().any(|prefix| secret_key.starts_with(prefix))
}

/// Collects money at Stripe, or none at the sandbox. Cheap to clone.
#[derive(Clone)]
pub struct StripeGateway {
    name: &'static str,
    connection: Connection,
    /// Any of them may have signed an event.
    webhook_secrets: Vec<String>,
    patience: Patience,
    env: Env,
}

impl fmt::Debug for StripeGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeGateway")
            .field("name", &self.name)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

impl StripeGateway {
    /// Stripe itself, named `stripe`, or `stripe_test` where its secret key (`sk_…` or `rk_…`) moves no real money. Events are believed that any of
    /// the webhook secrets (`whsec_…`) has signed, so that one can be exchanged for another without losing any.
    ///
    /// # Errors
    /// [`GatewayError::Lasting`] if the key cannot be sent.
    pub fn live(secret_key: &str, webhook_secrets: Vec<String>, env: Env) -> Result<Self, GatewayError> {
        let name = if is_live_key(secret_key) { LIVE } else { TEST };
        Self::connect(name, stripe::ClientBuilder::new(secret_key), webhook_secrets, env)
    }

    /// The sandbox at `server_url`, such as `http://127.0.0.1:8080`, without a slash at the end. No live key gets there: the sandbox's are
    /// its own.
    ///
    /// # Errors
    /// [`GatewayError::Lasting`] if that is no address.
    pub fn sandbox(server_url: &str, keys: &SandboxKeys, env: Env) -> Result<Self, GatewayError> {
        let client = stripe::ClientBuilder::new(keys.secret_key()).url(format!("{server_url}/sandbox/"));
        Self::connect(SANDBOX, client, vec![keys.webhook_secret().to_owned()], env)
    }

    fn connect(
        name: &'static str,
        client: stripe::ClientBuilder,
        webhook_secrets: Vec<String>,
        env: Env,
    ) -> Result<Self, GatewayError> {
        let client = client
            .app_info("Ledgerline", Some(env!("CARGO_PKG_VERSION").to_owned()), None)
            .build()
            .map_err(|cause| lasting("building the gateway's client", cause))?;
        Ok(Self { name, connection: Connection(client), webhook_secrets, patience: Patience::default(), env })
    }

    /// The same gateway, waited for longer or shorter.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Waits for what was attempted, and not for ever; says what it was if it failed.
    async fn within<T>(
        &self,
        what: &'static str,
        attempted: impl Future<Output = Result<T, Failure>> + Send,
    ) -> Result<T, GatewayError> {
        let outcome = tokio::time::timeout(self.patience.in_all, attempted).await;
        outcome.unwrap_or(Err(Failure::TimedOut)).map_err(|failure| failure.at(what))
    }
}

#[async_trait]
impl PaymentGateway for StripeGateway {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn open_checkout(&self, request: &CheckoutRequest) -> Result<Checkout, GatewayError> {
        self.within("opening a checkout", self.create_session(request)).await
    }

    async fn find_checkout(&self, id: &str) -> Result<Option<CheckoutState>, GatewayError> {
        self.within("reading a checkout", self.session(id)).await
    }

    async fn close_checkout(&self, id: &str) -> Result<Option<CheckoutState>, GatewayError> {
        self.within("closing a checkout", self.expire_session(id)).await
    }

    async fn find_payment(&self, id: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        self.within("reading a payment", self.intent(id)).await
    }

    async fn capture(&self, payment: &str, key: &IdempotencyKey) -> Result<GatewayPayment, GatewayError> {
        self.within("capturing a payment", self.capture_intent(payment, key)).await
    }

    async fn cancel(&self, payment: &str, key: &IdempotencyKey) -> Result<GatewayPayment, GatewayError> {
        self.within("cancelling a payment", self.cancel_intent(payment, key)).await
    }

    async fn refund(&self, payment: &str, amount: Money, key: &IdempotencyKey) -> Result<GatewayRefund, GatewayError> {
        self.within("refunding a payment", self.create_refund(payment, amount, key)).await
    }

    async fn answer_dispute(
        &self,
        dispute: &str,
        evidence: &DisputeEvidence,
        key: &IdempotencyKey,
    ) -> Result<GatewayDispute, GatewayError> {
        self.within("answering a dispute", self.submit_evidence(dispute, evidence, key)).await
    }

    async fn create_account(&self, request: &AccountRequest) -> Result<PayeeAccount, GatewayError> {
        self.within("making a payee's account", self.make_account(request)).await
    }

    async fn find_account(&self, id: &str) -> Result<Option<PayeeAccount>, GatewayError> {
        self.within("reading a payee's account", self.account(id)).await
    }

    async fn onboarding_link(
        &self,
        account: &str,
        return_url: &str,
        refresh_url: &str,
    ) -> Result<String, GatewayError> {
        self.within("opening a payee's onboarding", self.account_link(account, return_url, refresh_url)).await
    }

    async fn transfer(&self, request: &TransferRequest) -> Result<Transfer, GatewayError> {
        self.within("sending a transfer", self.create_transfer(request)).await
    }

    async fn find_transfer(&self, id: &str) -> Result<Option<Transfer>, GatewayError> {
        self.within("reading a transfer", self.sent_transfer(id)).await
    }

    async fn list_transfers(&self, group: &str) -> Result<Vec<Transfer>, GatewayError> {
        self.within("reading a group of transfers", self.transfers_of(group)).await
    }

    async fn reverse_transfer(
        &self,
        transfer: &str,
        amount: Money,
        key: &IdempotencyKey,
    ) -> Result<Transfer, GatewayError> {
        self.within("reversing a transfer", self.create_reversal(transfer, amount, key)).await
    }

    async fn events(&self, since: Instant, page: Option<&str>) -> Result<EventPage, GatewayError> {
        self.within("reading the gateway's events", self.list_events(since, page)).await
    }

    fn read_event(&self, signature: Option<&str>, body: &[u8], now: Instant) -> Result<GatewayEvent, EventError> {
        events::verify(&self.webhook_secrets, signature, body, now)?;
        events::parse(body)
    }
}
