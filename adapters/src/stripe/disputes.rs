//! Disputes.

use domain::ports::gateway::{DisputeEvidence, DisputeStanding, GatewayDispute, IdempotencyKey};
use serde_json::Value;
use stripe_client_core::StripeRequest;
use stripe_core::dispute::{ListDispute, RetrieveDispute, UpdateDispute, UpdateDisputeEvidence};

use super::{StripeGateway, answers, call::PAGE, failure::Failure, fees::fee_of_all};

/// The longest text of evidence that the gateway takes in one field, in characters.
const EVIDENCE_CHARS: usize = 20_000;

impl StripeGateway {
    /// All disputes of a payment, oldest first.
    pub(super) async fn disputes_of(&self, payment: &str) -> Result<Vec<GatewayDispute>, Failure> {
        let page = |behind: Option<String>| {
            let request = ListDispute::new().payment_intent(payment).limit(PAGE);
            match behind {
                Some(behind) => request.starting_after(behind),
                None => request,
            }
            .build()
        };
        self.list(page).await?.iter().map(read_dispute).collect()
    }

    pub(super) async fn submit_evidence(
        &self,
        id: &str,
        evidence: &DisputeEvidence,
        key: &IdempotencyKey,
    ) -> Result<GatewayDispute, Failure> {
        if !answers::is_id(id) {
            return Err(Failure::missing(id));
        }
        if self.is_old(key) {
            let known = self.ask(RetrieveDispute::new(id).build(), None).await?;
            // Banks take evidence once: what was submitted was submitted with this key.
            if answers::at(&known, "evidence_details.submission_count").as_i64().is_some_and(|count| count > 0) {
                return read_dispute(&known);
            }
        }
        let request = UpdateDispute::new(id).evidence(fields(evidence)).submit(true);
        read_dispute(&self.ask(request.build(), Some(key)).await?)
    }
}

fn fields(evidence: &DisputeEvidence) -> UpdateDisputeEvidence {
    let cut = |text: &str| Some(text.chars().take(EVIDENCE_CHARS).collect::<String>());
    let mut fields = UpdateDisputeEvidence::new();
    fields.customer_name = cut(&evidence.customer_name);
    fields.customer_email_address = cut(evidence.customer_email.as_str());
    fields.customer_purchase_ip = evidence.customer_ip.as_deref().and_then(cut);
    fields.product_description = cut(&evidence.product_description);
    fields.access_activity_log = cut(&evidence.access_log);
    fields.uncategorized_text = cut(&evidence.statement);
    fields
}

fn read_dispute(dispute: &Value) -> Result<GatewayDispute, Failure> {
    let currency = answers::currency(dispute, "currency")?;
    let status = dispute["status"].as_str().unwrap_or_default();
    let amount = answers::amount(dispute, "amount", currency)?;
    // Opened, and won or not, each has moved the balance once, with a fee or without.
    let moved = dispute["balance_transactions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let fee = fee_of_all(moved, amount)?;
    let awaits_evidence = matches!(status, "needs_response" | "warning_needs_response");
    Ok(GatewayDispute {
        id: answers::text(dispute, "id")?,
        standing: match status {
            "needs_response" => DisputeStanding::NeedsResponse,
            // An inquiry that is closed, or a dispute that was prevented, is over and has taken nothing.
            "won" | "warning_closed" | "prevented" => DisputeStanding::Won,
            "lost" => DisputeStanding::Lost,
            asked if asked.starts_with("warning_") => DisputeStanding::Inquiry,
            // `under_review`, and whatever is not known: it is not over.
            _ => DisputeStanding::UnderReview,
        },
        amount,
        fee,
        reason: dispute["reason"].as_str().unwrap_or("general").to_owned(),
        evidence_by: answers::instant(dispute, "evidence_details.due_by").filter(|_| awaits_evidence),
    })
}

#[cfg(test)]
mod tests {
    use domain::money::{Currency, Money};
    use serde_json::json;

    use super::*;

    fn dispute(status: &str) -> Value {
        json!({
            "id": "du_1", "amount": 4_999, "currency": "eur", "status": status, "reason": "fraudulent",
            "evidence_details": { "due_by": 1_795_600_000, "submission_count": 0 },
            "balance_transactions": [
                { "amount": -4_999, "fee": 1_500, "currency": "eur" }, { "amount": 4_999, "fee": -500, "currency": "eur" },
            ],
        })
    }

    #[test]
    fn a_dispute_costs_what_all_its_movements_cost() {
        let read = read_dispute(&dispute("needs_response")).unwrap();
        assert_eq!((read.amount.minor, read.fee.minor), (4_999, 1_000));
        assert_eq!(read.evidence_by.map(|by| by.timestamp()), Some(1_795_600_000));
        let mut foreign = dispute("lost");
        foreign["balance_transactions"] = json!([{ "amount": -5_433, "fee": 1_630, "currency": "usd" }]);
        assert_eq!(read_dispute(&foreign).unwrap().fee, Money::new(1_500, Currency::EUR), "1,499.79");
    }

    #[test]
    fn inquiries_are_no_disputes_yet_and_end_and_new_states_are_not_over() {
        for (status, standing) in [
            ("warning_needs_response", DisputeStanding::Inquiry),
            ("warning_under_review", DisputeStanding::Inquiry),
            ("warning_closed", DisputeStanding::Won),
            ("prevented", DisputeStanding::Won),
            ("under_review", DisputeStanding::UnderReview),
            ("won", DisputeStanding::Won),
            ("lost", DisputeStanding::Lost),
            ("a_new_one", DisputeStanding::UnderReview),
        ] {
            let read = read_dispute(&dispute(status)).unwrap();
            assert_eq!(read.standing, standing, "{status}");
            assert_eq!(read.evidence_by.is_some(), status == "warning_needs_response", "{status}");
        }
    }
}
