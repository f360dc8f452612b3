//! Payments: Stripe's payment intents.

use chrono::Duration;
use domain::{
    money::Money,
    ports::gateway::{GatewayPayment, IdempotencyKey, PaymentStanding},
};
use serde_json::Value;
use stripe_client_core::{RequestBuilder, StripeRequest};
use stripe_core::payment_intent::{CancelPaymentIntent, CapturePaymentIntent, RetrievePaymentIntent};

use super::{StripeGateway, answers, failure::Failure, fees::fee_of};

/// How long a hold on a card is taken to last where the gateway does not say, in hours: seven days, less one hour to be on the safe side.
const HOLD_HOURS: i64 = 7 * 24 - 1;

impl StripeGateway {
    pub(super) async fn intent(&self, id: &str) -> Result<Option<GatewayPayment>, Failure> {
        if !answers::is_id(id) {
            return Ok(None);
        }
        match self.find(retrieve(id)).await? {
            Some(intent) => self.read_intent(&intent).await.map(Some),
            None => Ok(None),
        }
    }

    /// The intent as the gateway has it, with its charge.
    pub(super) async fn raw_intent(&self, id: &str) -> Result<Value, Failure> {
        if !answers::is_id(id) {
            return Err(Failure::missing(id));
        }
        self.ask(retrieve(id), None).await
    }

    pub(super) async fn capture_intent(&self, id: &str, key: &IdempotencyKey) -> Result<GatewayPayment, Failure> {
        let request = CapturePaymentIntent::new(id).build();
        self.move_intent(id, request, key, PaymentStanding::Captured).await
    }

    pub(super) async fn cancel_intent(&self, id: &str, key: &IdempotencyKey) -> Result<GatewayPayment, Failure> {
        let request = CancelPaymentIntent::new(id).build();
        self.move_intent(id, request, key, PaymentStanding::Cancelled).await
    }

    /// Moves an intent to where it may be already.
    async fn move_intent(
        &self,
        id: &str,
        request: RequestBuilder,
        key: &IdempotencyKey,
        to: PaymentStanding,
    ) -> Result<GatewayPayment, Failure> {
        if !answers::is_id(id) {
            return Err(Failure::missing(id));
        }
        if self.is_old(key)
            && let Some(known) = self.intent(id).await?
            && known.standing == to
        {
            return Ok(known);
        }
        match self.ask(request, Some(key)).await {
            // The answer is the key's, and may be of yesterday: how the payment stands is asked anew.
            Ok(_) => self.intent(id).await?.ok_or(Failure::Shape("id")),
            Err(refused) if refused.is_refusal() && !refused.is_missing() => match self.intent(id).await? {
                Some(known) if known.standing == to => Ok(known),
                _ => Err(refused),
            },
            Err(failed) => Err(failed),
        }
    }

    /// Reads an intent whose charge and balance transaction are expanded, and asks for what became of it.
    pub(super) async fn read_intent(&self, intent: &Value) -> Result<GatewayPayment, Failure> {
        let id = answers::text(intent, "id")?;
        let currency = answers::currency(intent, "currency")?;
        let standing = standing(intent)?;
        let mut payment = GatewayPayment {
            order: answers::order(intent),
            standing,
            amount: answers::amount(intent, "amount", currency)?,
            captured: Money::zero(currency),
            fee: Money::zero(currency),
            refunds: Vec::new(),
            disputes: Vec::new(),
            id,
        };
        // Nothing else was collected, so nothing of it can have been given back or be disputed.
        if standing == PaymentStanding::Captured {
            payment.captured = answers::amount(intent, "amount_received", currency)?;
            payment.fee = fee(intent, payment.captured)?;
            (payment.refunds, payment.disputes) =
                tokio::try_join!(self.refunds_of(&payment.id), self.disputes_of(&payment.id))?;
        }
        Ok(payment)
    }
}

fn retrieve(id: &str) -> RequestBuilder {
    RetrievePaymentIntent::new(id).expand(["latest_charge.balance_transaction".to_owned()]).build()
}

fn standing(intent: &Value) -> Result<PaymentStanding, Failure> {
    Ok(match answers::text(intent, "status")?.as_str() {
        "succeeded" => PaymentStanding::Captured,
        "requires_capture" => PaymentStanding::Authorised { capture_before: capture_before(intent)? },
        "canceled" => PaymentStanding::Cancelled,
        "requires_payment_method" | "requires_confirmation" | "requires_action" => PaymentStanding::Unpaid,
        "processing" => PaymentStanding::Processing,
        other => {
            tracing::warn!(status = other, "the gateway has a state of payments that is new; it is looked at again");
            PaymentStanding::Processing
        }
    })
}

fn capture_before(intent: &Value) -> Result<domain::env::Instant, Failure> {
    let said = answers::instant(intent, "latest_charge.payment_method_details.card.capture_before");
    let held_since =
        || answers::instant(intent, "latest_charge.created").or_else(|| answers::instant(intent, "created"));
    said.or_else(|| held_since()?.checked_add_signed(Duration::hours(HOLD_HOURS))).ok_or(Failure::Shape("created"))
}

/// What the gateway kept of what was collected, in the payment's currency, whichever one the gateway settles in.
fn fee(intent: &Value, captured: Money) -> Result<Money, Failure> {
    let transaction = answers::at(intent, "latest_charge.balance_transaction");
    if !transaction.is_object() {
        return Err(Failure::NotYet("latest_charge.balance_transaction"));
    }
    let fee = fee_of(transaction, captured)?;
    if fee.minor < 0 { Err(Failure::Shape("latest_charge.balance_transaction.fee")) } else { Ok(fee) }
}

#[cfg(test)]
mod tests {
    use domain::{env::testing, money::Currency};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hold_ends_when_the_gateway_says_or_within_the_week() {
        let held_until = |charge: Value| {
            let intent = json!({ "status": "requires_capture", "created": 1_795_000_000, "latest_charge": charge });
            match standing(&intent).unwrap() {
                PaymentStanding::Authorised { capture_before } => capture_before.timestamp(),
                other => panic!("{other:?}"),
            }
        };
        let card = json!({ "created": 1_795_000_100, "payment_method_details": { "card": { "capture_before": 1_795_400_000 } } });
        assert_eq!(held_until(card), 1_795_400_000);
        assert_eq!(held_until(json!({ "created": 1_795_000_100 })), 1_795_000_100 + 604_800 - 3_600);
        assert_eq!(held_until(json!("ch_1")), 1_795_000_000 + 604_800 - 3_600);
    }

    #[test]
    fn states_are_read_leniently() {
        let of = |status: &str| standing(&json!({ "status": status })).unwrap();
        assert_eq!(of("succeeded"), PaymentStanding::Captured);
        assert_eq!(of("requires_action"), PaymentStanding::Unpaid);
        assert_eq!(of("a_new_one"), PaymentStanding::Processing);
        assert!(matches!(standing(&json!({})), Err(Failure::Shape("status"))));
    }

    #[test]
    fn a_fee_is_told_in_the_payments_currency_whatever_it_was_settled_in() {
        let collected = Money::new(4_999, Currency::EUR);
        let intent = |currency: &str, amount: i64, fee: i64| {
            let transaction = json!({ "amount": amount, "fee": fee, "currency": currency });
            json!({ "latest_charge": { "balance_transaction": transaction } })
        };
        assert_eq!(fee(&intent("eur", 4_999, 95), collected).unwrap(), Money::new(95, Currency::EUR));
        assert_eq!(fee(&intent("usd", 5_433, 103), collected).unwrap(), Money::new(95, Currency::EUR), "94.77");
        assert!(matches!(fee(&intent("eur", 4_999, -1), collected), Err(Failure::Shape(_))));
        let unknown = fee(&json!({ "latest_charge": { "balance_transaction": "txn_1" } }), collected);
        assert!(unknown.is_err_and(|failure| failure.is_transient()));
    }

    #[tokio::test]
    async fn a_payment_that_cannot_exist_is_not_asked_for() {
        let keys = crate::sandbox::SandboxKeys::derive(&domain::links::LinkKey::new([7; 32]));
        let (env, _) = testing::env(1);
        let gateway = StripeGateway::sandbox("http://127.0.0.1:9", &keys, env).unwrap();
        assert!(gateway.intent("../refunds").await.unwrap().is_none());
        assert!(gateway.raw_intent("a/b").await.unwrap_err().is_missing());
    }
}
