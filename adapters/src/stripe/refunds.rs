//! Refunds.

use std::collections::HashMap;

use domain::{
    money::Money,
    ports::gateway::{GatewayRefund, IdempotencyKey, RefundStanding},
};
use serde_json::Value;
use stripe_client_core::StripeRequest;
use stripe_core::refund::{CreateRefund, ListRefund};

use super::{StripeGateway, amounts::to_units, answers, call::PAGE, failure::Failure, fees::fee_of};

impl StripeGateway {
    pub(super) async fn create_refund(
        &self,
        payment: &str,
        amount: Money,
        key: &IdempotencyKey,
    ) -> Result<GatewayRefund, Failure> {
        // A refund does not name its currency: so many yen given back as euros would be a hundred times as much.
        let collected = answers::currency(&self.raw_intent(payment).await?, "currency")?;
        if collected != amount.currency {
            return Err(Failure::Request(format!("{amount} are to be given back of a payment in {collected}")));
        }
        if self.is_old(key) {
            let refunds = self.list_refunds(payment).await?;
            let made = refunds.iter().find(|refund| answers::metadata(refund, "key").as_ref() == Some(&key.value));
            if let Some(made) = made {
                return read_refund(made);
            }
        }
        let request = CreateRefund::new()
            .payment_intent(payment)
            .amount(to_units(amount)?)
            .metadata(HashMap::from([("key".to_owned(), key.value.clone())]))
            .expand(["balance_transaction".to_owned()]);
        read_refund(&self.ask(request.build(), Some(key)).await?)
    }

    /// All refunds of a payment that gave something back, oldest first.
    pub(super) async fn refunds_of(&self, payment: &str) -> Result<Vec<GatewayRefund>, Failure> {
        self.list_refunds(payment).await?.iter().filter(|refund| !is_release(refund)).map(read_refund).collect()
    }

    async fn list_refunds(&self, payment: &str) -> Result<Vec<Value>, Failure> {
        let page = |behind: Option<String>| {
            let request =
                ListRefund::new().payment_intent(payment).limit(PAGE).expand(["data.balance_transaction".to_owned()]);
            match behind {
                Some(behind) => request.starting_after(behind),
                None => request,
            }
            .build()
        };
        self.list(page).await
    }
}

/// Whether it only let go of what was held, as earlier versions of the interface show it: it is done, and moved nothing.
fn is_release(refund: &Value) -> bool {
    refund["status"] == "succeeded" && refund["balance_transaction"].is_null()
}

fn read_refund(refund: &Value) -> Result<GatewayRefund, Failure> {
    let currency = answers::currency(refund, "currency")?;
    let amount = answers::amount(refund, "amount", currency)?;
    // One that is still pending has none.
    let transaction = &refund["balance_transaction"];
    let fee = if transaction.is_object() { fee_of(transaction, amount)? } else { Money::zero(currency) };
    Ok(GatewayRefund {
        id: answers::text(refund, "id")?,
        key: answers::metadata(refund, "key"),
        standing: match refund["status"].as_str() {
            Some("succeeded") => RefundStanding::Succeeded,
            Some("failed" | "canceled") => RefundStanding::Failed,
            // `pending`, `requires_action`, and whatever is not known: it still can go either way.
            _ => RefundStanding::Pending,
        },
        amount,
        fee,
    })
}

#[cfg(test)]
mod tests {
    use domain::money::Currency;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_held_and_let_go_was_not_given_back() {
        assert!(is_release(&json!({ "status": "succeeded", "balance_transaction": null })));
        for moved in [
            json!({ "status": "succeeded", "balance_transaction": "txn_1" }),
            json!({ "status": "succeeded", "balance_transaction": { "id": "txn_1" } }),
            json!({ "status": "pending", "balance_transaction": null }),
            json!({ "status": "failed" }),
        ] {
            assert!(!is_release(&moved), "{moved}");
        }
    }

    #[test]
    fn a_refund_says_whose_it_is_and_what_it_cost() {
        let ours = json!({
            "id": "re_1", "amount": 1_000, "currency": "eur", "status": "succeeded", "metadata": { "key": "refund:1" },
            "balance_transaction": { "fee": -14, "currency": "eur" },
        });
        let read = read_refund(&ours).unwrap();
        assert_eq!((read.key.as_deref(), read.standing), (Some("refund:1"), RefundStanding::Succeeded));
        assert_eq!((read.amount.minor, read.fee.minor), (1_000, -14));
        let mut settled_elsewhere = ours;
        settled_elsewhere["balance_transaction"] = json!({ "amount": -1_087, "fee": -15, "currency": "usd" });
        assert_eq!(read_refund(&settled_elsewhere).unwrap().fee, Money::new(-14, Currency::EUR), "-13.80");
        let elsewhere = json!({ "id": "re_2", "amount": 5, "currency": "eur", "status": "a_new_one", "metadata": {} });
        let read = read_refund(&elsewhere).unwrap();
        assert_eq!((read.key, read.standing, read.fee.minor), (None, RefundStanding::Pending, 0));
        let strange = json!({ "id": "re_3", "amount": "5", "currency": "eur" });
        assert!(matches!(read_refund(&strange), Err(Failure::Shape("amount"))));
    }
}
