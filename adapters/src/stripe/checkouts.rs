//! Checkouts: Stripe's checkout sessions.

use std::collections::HashMap;

use domain::{
    money::Money,
    ports::gateway::{Capture, Checkout, CheckoutRequest, CheckoutState},
};
use serde_json::Value;
use stripe_checkout::{
    CheckoutSessionMode,
    checkout_session::{
        CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
        CreateCheckoutSessionPaymentIntentData, CreateCheckoutSessionPaymentIntentDataCaptureMethod,
        ExpireCheckoutSession, ProductData, RetrieveCheckoutSession,
    },
};
use stripe_client_core::StripeRequest;

use super::{
    StripeGateway,
    amounts::{to_currency, to_units},
    answers,
    failure::Failure,
};

impl StripeGateway {
    pub(super) async fn create_session(&self, request: &CheckoutRequest) -> Result<Checkout, Failure> {
        let prices = request.lines.iter().map(|(_, price)| *price);
        let sum = Money::sum(request.total.currency, prices)
            .map_err(|fault| Failure::Request(format!("the lines: {fault}")))?;
        if sum != request.total {
            return Err(Failure::Request(format!("the lines total {sum}, the order {}", request.total)));
        }
        let session = self.ask(new_session(request)?.build(), Some(&request.key)).await?;
        Ok(Checkout { id: answers::text(&session, "id")?, pay_url: answers::text(&session, "url")? })
    }

    pub(super) async fn session(&self, id: &str) -> Result<Option<CheckoutState>, Failure> {
        if !answers::is_id(id) {
            return Ok(None);
        }
        let expand = ["payment_intent.latest_charge.balance_transaction".to_owned()];
        match self.find(RetrieveCheckoutSession::new(id).expand(expand).build()).await? {
            Some(session) => self.read_session(&session).await.map(Some),
            None => Ok(None),
        }
    }

    /// Without a key: closing twice is closing once.
    pub(super) async fn expire_session(&self, id: &str) -> Result<Option<CheckoutState>, Failure> {
        if !answers::is_id(id) {
            return Ok(None);
        }
        match self.ask(ExpireCheckoutSession::new(id).build(), None).await {
            Ok(_) => self.session(id).await,
            Err(failed) if failed.is_missing() => Ok(None),
            // Not open any more: then what it has become is the answer.
            Err(refused) if refused.is_refusal() => match self.session(id).await? {
                Some(CheckoutState::Open) => Err(refused),
                closed => Ok(closed),
            },
            Err(failed) => Err(failed),
        }
    }

    async fn read_session(&self, session: &Value) -> Result<CheckoutState, Failure> {
        match session["status"].as_str() {
            Some("expired") => Ok(CheckoutState::Expired),
            Some("complete") => {
                let intent = &session["payment_intent"];
                if intent.is_object() {
                    let payment = self.read_intent(intent).await?;
                    // Of one that is gone through with, a payment waits for another method only if the first has failed.
                    let has_failed = intent["status"] == "requires_payment_method";
                    return Ok(if has_failed { CheckoutState::Failed } else { CheckoutState::Completed }(payment));
                }
                let free = session["payment_status"] == "no_payment_required" || session["amount_total"] == 0;
                if free { Ok(CheckoutState::Free) } else { Err(Failure::Shape("payment_intent")) }
            }
            _ => Ok(CheckoutState::Open),
        }
    }
}

fn new_session(request: &CheckoutRequest) -> Result<CreateCheckoutSession, Failure> {
    let order = ("order".to_owned(), request.order.to_string());
    let reference = ("reference".to_owned(), request.reference.clone());
    let metadata = HashMap::from([order, reference]);

    let mut payment = CreateCheckoutSessionPaymentIntentData::new();
    payment.capture_method = Some(match request.capture {
        // Not the default, which books the charge later: what the gateway keeps is to be known as soon as the money is here.
        Capture::AtOnce => CreateCheckoutSessionPaymentIntentDataCaptureMethod::Automatic,
        // The pay page then offers only methods that can.
        Capture::Later => CreateCheckoutSessionPaymentIntentDataCaptureMethod::Manual,
    });
    payment.description = Some(request.reference.clone());
    // The statement shows 22 characters in all, of which the studio's own name may take ten and the gateway two: what all references begin with
    // is left out.
    let suffix = request.reference.strip_prefix("LL-").unwrap_or(&request.reference);
    payment.statement_descriptor_suffix = Some(suffix.to_owned());
    payment.metadata = Some(metadata.clone());

    let lines = request.lines.iter().map(|(name, price)| line(name, *price)).collect::<Result<Vec<_>, _>>()?;
    let session = CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .line_items(lines)
        .client_reference_id(request.reference.as_str())
        .customer_email(request.buyer_email.as_str())
        .success_url(request.success_url.as_str())
        .cancel_url(request.cancel_url.as_str())
        .expires_at(request.expires_at.timestamp())
        .metadata(metadata);
    // A session that costs nothing has no payment to say anything of.
    Ok(if request.total.minor == 0 { session } else { session.payment_intent_data(payment) })
}

fn line(name: &str, price: Money) -> Result<CreateCheckoutSessionLineItems, Failure> {
    let mut data = CreateCheckoutSessionLineItemsPriceData::new(to_currency(price.currency));
    data.unit_amount = Some(to_units(price)?);
    data.product_data = Some(ProductData::new(name));
    let mut line = CreateCheckoutSessionLineItems::new();
    line.quantity = Some(1);
    line.price_data = Some(data);
    Ok(line)
}

#[cfg(test)]
mod tests {
    use domain::{env::testing, money::Currency};

    use super::*;

    #[test]
    fn the_statement_shows_all_that_tells_an_order_from_others() {
        let (env, _) = testing::env(1);
        let price = Money::new(4_999, Currency::EUR);
        let request = CheckoutRequest {
            order: env.id(),
            reference: "LL-7K3M9Q2X".to_owned(),
            lines: vec![("Night Bus".to_owned(), price)],
            total: price,
            capture: Capture::AtOnce,
            buyer_email: "ada@example.org".parse().unwrap(),
            success_url: "https://shop.example/".to_owned(),
            cancel_url: "https://shop.example/".to_owned(),
            expires_at: env.now(),
            key: domain::ports::gateway::IdempotencyKey { value: "checkout:1".to_owned(), since: env.now() },
        };
        let session = new_session(&request).unwrap().build();
        let fields: HashMap<String, String> =
            url::form_urlencoded::parse(session.body.unwrap().as_bytes()).into_owned().collect();
        assert_eq!(fields["payment_intent_data[statement_descriptor_suffix]"], "7K3M9Q2X");
        assert_eq!(fields["client_reference_id"], "LL-7K3M9Q2X");
    }
}
