//! Paying, holding, capturing, letting go.

use domain::store::Tx;

use super::{
    Failure, Refusal, Store, add,
    balance::Movement,
    entity::{charge, intent, session},
    load, save,
};
use crate::sandbox::{
    cards::{self, Card, Outcome},
    currency, fee,
};

/// How long what is held can be captured, in seconds: seven days.
const HELD_S: i64 = 7 * 24 * 60 * 60;

/// How long a debit is on its way, in seconds: Stripe's test accounts take three minutes.
const DEBIT_S: i64 = 180;

/// The last four digits of the accounts that Stripe's tests debit.
const DEBITED_LAST4: &str = "3000";

/// What a buyer pays with.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) enum Means {
    /// Nothing, for nothing is to be paid.
    Nothing,
    /// A card.
    Card(Card),
    /// A debit that takes days.
    Debit {
        /// Whether the money arrives in the end.
        succeeds: bool,
    },
}

/// What came of an attempt to pay.
#[derive(Debug)]
pub(in crate::sandbox) enum PayOutcome {
    /// The buyer is through, now or by an earlier click, and goes to the success page.
    Done(session::Model),
    /// The bank asks the buyer to approve first.
    Challenged(session::Model),
    /// The attempt failed for this reason of [`cards::declined`]; the checkout stays open.
    Declined(session::Model, String),
    /// The checkout is closed.
    Expired(session::Model),
}

impl intent::Model {
    /// Whether nothing has been collected, held or sent yet, and it was not given up.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.status.as_str(), "requires_payment_method" | "requires_confirmation" | "requires_action")
    }
}

impl Store {
    /// Pays a checkout. A second click finds it done and pays nothing.
    pub(in crate::sandbox) async fn pay(&self, tx: &Tx, id: &str, means: Means) -> Result<PayOutcome, Failure> {
        let Some(found) = self.find_session(tx, id).await? else {
            return Err(Refusal::no_such("checkout.session", "session", id).into());
        };
        match found.status.as_str() {
            "complete" => return Ok(PayOutcome::Done(found)),
            "expired" => return Ok(PayOutcome::Expired(found)),
            _ => {}
        }
        if found.amount_total == 0 {
            return Ok(PayOutcome::Done(self.complete(tx, found, "no_payment_required").await?));
        }
        match means {
            Means::Nothing => Err(Refusal::missing("card").into()),
            Means::Card(card) => self.pay_by_card(tx, found, card).await,
            Means::Debit { succeeds } => self.pay_by_debit(tx, found, succeeds).await,
        }
    }

    async fn pay_by_card(&self, tx: &Tx, found: session::Model, card: Card) -> Result<PayOutcome, Failure> {
        if !found.takes("card") {
            return Err(Refusal::invalid("card", "This checkout takes no cards.").into());
        }
        let (found, mut intent) = self.intent_of(tx, found).await?;
        match card.outcome {
            Outcome::Declines(reason) => {
                self.decline(tx, intent, reason).await?;
                Ok(PayOutcome::Declined(found, reason.to_owned()))
            }
            Outcome::Challenges => {
                "requires_action".clone_into(&mut intent.status);
                intent.challenged_card = Some(card.last4().to_owned());
                save(tx, &intent).await?;
                self.record_intent(tx, "payment_intent.requires_action", &intent).await?;
                Ok(PayOutcome::Challenged(found))
            }
            Outcome::Pays | Outcome::IsDisputed => self.authorised(tx, found, intent, card.last4()).await,
        }
    }

    /// The buyer's answer to their bank.
    pub(in crate::sandbox) async fn answer_challenge(
        &self,
        tx: &Tx,
        id: &str,
        approved: bool,
    ) -> Result<PayOutcome, Failure> {
        let Some(found) = self.find_session(tx, id).await? else {
            return Err(Refusal::no_such("checkout.session", "session", id).into());
        };
        match found.status.as_str() {
            "complete" => return Ok(PayOutcome::Done(found)),
            "expired" => return Ok(PayOutcome::Expired(found)),
            _ => {}
        }
        let (found, mut intent) = self.intent_of(tx, found).await?;
        let Some(last4) = intent.challenged_card.take() else {
            return Err(Refusal::payment_state("Nothing waits to be approved.").into());
        };
        if approved {
            return self.authorised(tx, found, intent, &last4).await;
        }
        let reason = "payment_intent_authentication_failure";
        self.decline(tx, intent, reason).await?;
        Ok(PayOutcome::Declined(found, reason.to_owned()))
    }

    /// The bank has agreed: the money is collected, or held if the payment is captured by hand.
    async fn authorised(
        &self,
        tx: &Tx,
        found: session::Model,
        mut intent: intent::Model,
        last4: &str,
    ) -> Result<PayOutcome, Failure> {
        let collected = self.take(tx, &mut intent, found.customer_email.clone(), last4).await?;
        // Nothing is paid until it is captured.
        let done = self.complete(tx, found, if collected.is_some() { "paid" } else { "unpaid" }).await?;
        if let Some(charge) = collected {
            self.dispute_if_told(tx, charge).await?;
        }
        Ok(PayOutcome::Done(done))
    }

    /// Takes the money of a card whose bank has agreed: it is collected, which its charge says, or held if the payment is captured by hand.
    pub(super) async fn take(
        &self,
        tx: &Tx,
        intent: &mut intent::Model,
        email: Option<String>,
        last4: &str,
    ) -> Result<Option<charge::Model>, Failure> {
        (intent.last_decline, intent.challenged_card) = (None, None);
        let mut charge = self.new_charge(email, intent, "card", last4);
        intent.latest_charge = Some(charge.id.clone());
        if intent.capture_method == "manual" {
            (charge.captured, charge.capture_before) = (false, Some(self.now_s() + HELD_S));
            add(tx, charge).await?;
            "requires_capture".clone_into(&mut intent.status);
            intent.amount_capturable = intent.amount;
            save(tx, intent).await?;
            self.record_intent(tx, "payment_intent.amount_capturable_updated", intent).await?;
            return Ok(None);
        }
        let charge = add(tx, charge).await?;
        let amount = charge.amount;
        self.collect(tx, intent, charge, amount).await.map(Some)
    }

    async fn pay_by_debit(&self, tx: &Tx, found: session::Model, succeeds: bool) -> Result<PayOutcome, Failure> {
        let Some(method) = currency::debit(&found.currency).filter(|method| found.takes(method)) else {
            return Err(Refusal::invalid("debit", "This checkout takes no debits.").into());
        };
        let (found, mut intent) = self.intent_of(tx, found).await?;
        let mut charge = self.new_charge(found.customer_email.clone(), &intent, method, DEBITED_LAST4);
        "pending".clone_into(&mut charge.status);
        (charge.captured, charge.settles_well) = (false, succeeds);
        charge.settles_at = Some(self.now_s() + DEBIT_S);
        let charge = add(tx, charge).await?;
        "processing".clone_into(&mut intent.status);
        (intent.latest_charge, intent.last_decline) = (Some(charge.id), None);
        save(tx, &intent).await?;
        self.record_intent(tx, "payment_intent.processing", &intent).await?;
        Ok(PayOutcome::Done(self.complete(tx, found, "unpaid").await?))
    }

    pub(super) async fn decline(&self, tx: &Tx, mut intent: intent::Model, reason: &str) -> Result<(), Failure> {
        "requires_payment_method".clone_into(&mut intent.status);
        (intent.last_decline, intent.challenged_card) = (Some(reason.to_owned()), None);
        save(tx, &intent).await?;
        self.record_intent(tx, "payment_intent.payment_failed", &intent).await
    }

    async fn complete(&self, tx: &Tx, mut found: session::Model, paid: &str) -> Result<session::Model, Failure> {
        "complete".clone_into(&mut found.status);
        paid.clone_into(&mut found.payment_status);
        save(tx, &found).await?;
        self.record_session(tx, "checkout.session.completed", &found).await?;
        Ok(found)
    }

    /// The payment intent of a checkout; as at Stripe it is made when the buyer first tries to pay.
    async fn intent_of(&self, tx: &Tx, mut found: session::Model) -> Result<(session::Model, intent::Model), Failure> {
        if let Some(id) = &found.payment_intent {
            let intent = load::<intent::Entity>(tx, id).await?;
            return Ok((found, intent.ok_or_else(|| Refusal::payment_state("The payment intent is gone."))?));
        }
        let row = intent::Model {
            metadata: found.intent_metadata.clone(),
            intent_data: found.intent_data.clone(),
            capture_method: found.capture_method.clone(),
            method_types: found.method_types.clone(),
            ..self.new_intent(found.amount_total, found.currency.clone())
        };
        let intent = add(tx, row).await?;
        found.payment_intent = Some(intent.id.clone());
        save(tx, &found).await?;
        self.record_intent(tx, "payment_intent.created", &intent).await?;
        Ok((found, intent))
    }

    /// A payment of an amount that nothing was paid of yet; not yet a row.
    pub(super) fn new_intent(&self, amount: i64, currency: String) -> intent::Model {
        intent::Model {
            id: self.fresh_id("pi"),
            status: "requires_payment_method".to_owned(),
            amount,
            currency,
            metadata: serde_json::json!({}),
            intent_data: serde_json::json!({}),
            capture_method: "automatic".to_owned(),
            method_types: serde_json::json!(["card"]),
            amount_received: 0,
            amount_capturable: 0,
            latest_charge: None,
            last_decline: None,
            challenged_card: None,
            canceled_at: None,
            cancellation_reason: None,
            created: self.now_s(),
        }
    }

    /// A charge of the whole intent, captured unless it is told otherwise; not yet a row.
    fn new_charge(&self, email: Option<String>, intent: &intent::Model, method: &str, last4: &str) -> charge::Model {
        charge::Model {
            id: self.fresh_id("ch"),
            payment_intent: intent.id.clone(),
            amount: intent.amount,
            amount_captured: 0,
            amount_refunded: 0,
            currency: intent.currency.clone(),
            fee: 0,
            balance_transaction: String::new(),
            method: method.to_owned(),
            card_last4: last4.to_owned(),
            status: "succeeded".to_owned(),
            captured: true,
            capture_before: None,
            settles_at: None,
            settles_well: true,
            disputed: false,
            transfer_group: intent.intent_data["transfer_group"].as_str().map(str::to_owned),
            billing_email: email,
            metadata: intent.metadata.clone(),
            created: self.now_s(),
        }
    }

    /// Collects so much of a charge: it and its intent say so, and the money is on the balance.
    pub(super) async fn collect(
        &self,
        tx: &Tx,
        intent: &mut intent::Model,
        mut charge: charge::Model,
        amount: i64,
    ) -> Result<charge::Model, Failure> {
        let fee = fee::charge(amount, &charge.currency);
        let moved = Movement { kind: "charge", category: "charge", source: &charge.id, amount, fee };
        let available_on = self.now_s() + self.settings().settlement_s;
        charge.balance_transaction = self.move_money(tx, &moved, &charge.currency, available_on).await?;
        (charge.amount_captured, charge.fee, charge.captured) = (amount, fee, true);
        (charge.capture_before, charge.settles_at) = (None, None);
        "succeeded".clone_into(&mut charge.status);
        save(tx, &charge).await?;
        "succeeded".clone_into(&mut intent.status);
        (intent.amount_received, intent.amount_capturable) = (amount, 0);
        save(tx, intent).await?;
        self.record_intent(tx, "payment_intent.succeeded", intent).await?;
        Ok(charge)
    }

    /// Disputes what was paid with the card that is disputed.
    pub(super) async fn dispute_if_told(&self, tx: &Tx, charge: charge::Model) -> Result<(), Failure> {
        if charge.method == "card" && cards::is_disputed(&charge.card_last4) {
            let amount = charge.amount_captured;
            self.open_dispute(tx, charge, Some(amount), "fraudulent", false).await?;
        }
        Ok(())
    }

    /// Captures what is held: all of it, or less; the rest is let go, which Stripe shows as nothing but the amount that was captured.
    pub(in crate::sandbox) async fn capture(
        &self,
        tx: &Tx,
        id: &str,
        amount: Option<i64>,
    ) -> Result<intent::Model, Failure> {
        self.release_overdue(tx).await?;
        let mut intent = self.find_intent(tx, id).await?;
        let held = match &intent.latest_charge {
            Some(charge) if intent.status == "requires_capture" => load::<charge::Entity>(tx, charge).await?,
            _ => None,
        };
        let Some(charge) = held else {
            let message = format!(
                "This PaymentIntent could not be captured because it has a status of {}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.",
                intent.status
            );
            return Err(Refusal::payment_state(message).into());
        };
        let amount = amount.unwrap_or(charge.amount);
        if amount > charge.amount {
            let message = "The payment could not be captured because the requested capture amount is greater than the authorized amount.";
            return Err(Refusal::coded("amount_too_large", message).about("amount_to_capture").into());
        }
        let charge = self.collect(tx, &mut intent, charge, amount).await?;
        self.record_charge(tx, "charge.captured", &charge).await?;
        if let Some(mut session) = self.session_of(tx, &intent.id).await? {
            "paid".clone_into(&mut session.payment_status);
            save(tx, &session).await?;
        }
        self.dispute_if_told(tx, charge).await?;
        Ok(intent)
    }

    /// Gives a payment up: one that is open, or held; of a checkout only what is held, for an open one is expired instead.
    pub(in crate::sandbox) async fn cancel(
        &self,
        tx: &Tx,
        id: &str,
        reason: Option<&str>,
    ) -> Result<intent::Model, Failure> {
        let intent = self.find_intent(tx, id).await?;
        if !intent.is_open() && intent.status != "requires_capture" {
            let message = format!(
                "You cannot cancel this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action.",
                intent.status
            );
            return Err(Refusal::payment_state(message).into());
        }
        if intent.is_open() && self.session_of(tx, &intent.id).await?.is_some() {
            let message = "You cannot cancel this PaymentIntent because it was created by a Checkout Session and nothing is held by it. Expire the Checkout Session instead.";
            return Err(Refusal::payment_state(message).into());
        }
        self.cancel_intent(tx, intent, reason).await
    }

    pub(super) async fn cancel_intent(
        &self,
        tx: &Tx,
        mut intent: intent::Model,
        reason: Option<&str>,
    ) -> Result<intent::Model, Failure> {
        let held = match &intent.latest_charge {
            Some(charge) if intent.status == "requires_capture" => load::<charge::Entity>(tx, charge).await?,
            _ => None,
        };
        "canceled".clone_into(&mut intent.status);
        (intent.amount_capturable, intent.challenged_card) = (0, None);
        (intent.canceled_at, intent.cancellation_reason) = (Some(self.now_s()), reason.map(str::to_owned));
        save(tx, &intent).await?;
        if let Some(mut charge) = held {
            charge.capture_before = None;
            save(tx, &charge).await?;
            if reason == Some("expired") {
                self.record_charge(tx, "charge.expired", &charge).await?;
            }
        }
        self.record_intent(tx, "payment_intent.canceled", &intent).await?;
        Ok(intent)
    }

    /// A payment intent, which must be there.
    pub(in crate::sandbox) async fn find_intent(&self, tx: &Tx, id: &str) -> Result<intent::Model, Failure> {
        let found = load::<intent::Entity>(tx, id).await?;
        Ok(found.ok_or_else(|| Refusal::no_such("payment_intent", "intent", id))?)
    }
}
