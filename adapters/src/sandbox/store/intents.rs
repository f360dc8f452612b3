//! Payments that a program makes by itself, without a checkout: made, and confirmed with one of Stripe's test cards.

use std::collections::BTreeMap;

use domain::store::Tx;

use super::{Failure, Refusal, Store, add, entity::intent, json_map};
use crate::sandbox::cards::{Card, Outcome};

/// What a payment is made of, already checked.
pub(in crate::sandbox) struct NewIntent {
    pub(in crate::sandbox) amount: i64,
    pub(in crate::sandbox) currency: String,
    pub(in crate::sandbox) metadata: BTreeMap<String, String>,
    pub(in crate::sandbox) intent_data: BTreeMap<String, String>,
    pub(in crate::sandbox) capture_method: &'static str,
    pub(in crate::sandbox) method_types: Vec<String>,
}

impl Store {
    /// Makes a payment that nothing was paid of yet.
    pub(in crate::sandbox) async fn create_intent(&self, tx: &Tx, new: NewIntent) -> Result<intent::Model, Failure> {
        let row = intent::Model {
            metadata: json_map(new.metadata),
            intent_data: json_map(new.intent_data),
            capture_method: new.capture_method.to_owned(),
            method_types: new.method_types.into(),
            ..self.new_intent(new.amount, new.currency)
        };
        let intent = add(tx, row).await?;
        self.record_intent(tx, "payment_intent.created", &intent).await?;
        Ok(intent)
    }

    /// Pays with a test card: it is collected, held or declined. There is nobody to ask for approval, so that a card whose bank wants it is declined.
    pub(in crate::sandbox) async fn confirm(&self, tx: &Tx, id: &str, card: Card) -> Result<intent::Model, Failure> {
        let mut intent = self.find_intent(tx, id).await?;
        if !intent.is_open() || self.session_of(tx, id).await?.is_some() {
            let message = format!(
                "You cannot confirm this PaymentIntent because it has a status of {}, or belongs to a checkout.",
                intent.status
            );
            return Err(Refusal::payment_state(message).into());
        }
        let reason = match card.outcome {
            Outcome::Pays | Outcome::IsDisputed => {
                if let Some(collected) = self.take(tx, &mut intent, None, card.last4()).await? {
                    self.dispute_if_told(tx, collected).await?;
                }
                return Ok(intent);
            }
            Outcome::Declines(reason) => reason,
            Outcome::Challenges => "payment_intent_authentication_failure",
        };
        self.decline(tx, intent, reason).await?;
        let declined = self.find_intent(tx, id).await?;
        Err(Refusal::declined(reason, self.intent_object(tx, &declined).await?).into())
    }
}
