//! Paying and refunding.

use domain::{money::Currency, store::Tx};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::Value;

use super::{
    Failure, Refusal, Store,
    entity::{charge, intent, refund, session},
};
use crate::sandbox::fee::fee_minor;

/// The test card that every bank declines.
const DECLINED: &str = "4000000000000002";

/// A card as it was typed. Only its last four digits are ever kept.
pub(in crate::sandbox) struct Card(String);

impl Card {
    /// Reads a number with or without spaces: 12 to 19 digits whose check digit (Luhn, ISO/IEC 7812-1) is right.
    pub(in crate::sandbox) fn parse(text: &str) -> Option<Self> {
        let number: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if !(12..=19).contains(&number.len()) || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let sum: u32 = number
            .bytes()
            .rev()
            .enumerate()
            .map(|(place, byte)| {
                let digit = u32::from(byte - b'0');
                match (place % 2, digit * 2) {
                    (0, _) => digit,
                    (_, doubled) if doubled > 9 => doubled - 9,
                    (_, doubled) => doubled,
                }
            })
            .sum();
        sum.is_multiple_of(10).then_some(Self(number))
    }

    fn last4(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
}

/// What came of an attempt to pay.
pub(in crate::sandbox) enum PayOutcome {
    /// Paid, now or by an earlier click: the buyer goes to the success page.
    Paid(session::Model),
    /// The card was declined; the checkout stays open.
    Declined(session::Model),
    /// The checkout is closed.
    Expired(session::Model),
}

impl Store {
    /// Pays a checkout with a card (none if nothing is to be paid). A second click finds it paid and pays nothing.
    pub(in crate::sandbox) async fn pay(&self, tx: &Tx, id: &str, card: Option<&Card>) -> Result<PayOutcome, Failure> {
        let Some(found) = self.find_session(tx, id).await? else {
            return Err(Refusal::no_such("checkout.session", id).into());
        };
        match found.status.as_str() {
            "complete" => return Ok(PayOutcome::Paid(found)),
            "expired" => return Ok(PayOutcome::Expired(found)),
            _ => {}
        }
        if found.amount_total == 0 {
            return Ok(PayOutcome::Paid(self.complete(tx, found, "no_payment_required").await?));
        }
        let card = card.ok_or_else(|| Refusal::missing("card"))?;
        let (found, intent) = self.intent_of(tx, found).await?;
        if card.0 == DECLINED {
            let mut row = intent.into_active_model();
            row.last_decline = Set(Some("card_declined".to_owned()));
            let intent = row.update(tx).await?;
            self.record_intent_event(tx, "payment_intent.payment_failed", &intent).await?;
            return Ok(PayOutcome::Declined(found));
        }
        let charge = self.charge(tx, &intent, card).await?;
        let mut row = intent.into_active_model();
        (row.status, row.latest_charge) = (Set("succeeded".to_owned()), Set(Some(charge.id)));
        row.last_decline = Set(None);
        let intent = row.update(tx).await?;
        self.record_intent_event(tx, "payment_intent.succeeded", &intent).await?;
        Ok(PayOutcome::Paid(self.complete(tx, found, "paid").await?))
    }

    async fn complete(&self, tx: &Tx, found: session::Model, payment_status: &str) -> Result<session::Model, Failure> {
        let mut row = found.into_active_model();
        (row.status, row.payment_status) = (Set("complete".to_owned()), Set(payment_status.to_owned()));
        let paid = row.update(tx).await?;
        self.record_session_event(tx, "checkout.session.completed", &paid).await?;
        Ok(paid)
    }

    /// The payment intent of a checkout; as at Stripe it is made when the buyer first tries to pay.
    async fn intent_of(&self, tx: &Tx, found: session::Model) -> Result<(session::Model, intent::Model), Failure> {
        if let Some(id) = &found.payment_intent {
            let intent = intent::Entity::find_by_id(id).one(tx).await?;
            return Ok((found, intent.ok_or_else(|| Refusal::unexpected_state("The payment intent is gone."))?));
        }
        let row = intent::ActiveModel {
            id: Set(self.fresh_id("pi")),
            status: Set("requires_payment_method".to_owned()),
            amount: Set(found.amount_total),
            currency: Set(found.currency.clone()),
            metadata: Set(found.intent_metadata.clone()),
            latest_charge: Set(None),
            last_decline: Set(None),
            created: Set(self.now_s()),
        };
        let intent = row.insert(tx).await?;
        let mut row = found.into_active_model();
        row.payment_intent = Set(Some(intent.id.clone()));
        Ok((row.update(tx).await?, intent))
    }

    async fn charge(&self, tx: &Tx, intent: &intent::Model, card: &Card) -> Result<charge::Model, Failure> {
        let currency: Currency = intent
            .currency
            .to_uppercase()
            .parse()
            .map_err(|_| Refusal::unexpected_state("The currency of this payment is not known."))?;
        let row = charge::ActiveModel {
            id: Set(self.fresh_id("ch")),
            payment_intent: Set(intent.id.clone()),
            amount: Set(intent.amount),
            amount_refunded: Set(0),
            currency: Set(intent.currency.clone()),
            fee: Set(fee_minor(intent.amount, currency)),
            balance_transaction: Set(self.fresh_id("txn")),
            card_last4: Set(card.last4().to_owned()),
            metadata: Set(intent.metadata.clone()),
            created: Set(self.now_s()),
        };
        Ok(row.insert(tx).await?)
    }

    /// Gives a charge back, wholly or in part, never more than what is left of it.
    pub(in crate::sandbox) async fn refund(
        &self,
        tx: &Tx,
        payment_intent: &str,
        amount: Option<i64>,
    ) -> Result<Value, Failure> {
        let of_intent = charge::Column::PaymentIntent.eq(payment_intent);
        let Some(found) = charge::Entity::find().filter(of_intent).one(tx).await? else {
            return Err(match intent::Entity::find_by_id(payment_intent).one(tx).await? {
                Some(_) => Refusal::unexpected_state("This PaymentIntent does not have a successful charge to refund."),
                None => Refusal::no_such("payment_intent", payment_intent),
            }
            .into());
        };
        let left = found.amount - found.amount_refunded;
        if left == 0 {
            return Err(Refusal::already_refunded(&found.id).into());
        }
        let amount = amount.unwrap_or(left);
        if !(1..=left).contains(&amount) {
            let message =
                format!("Refund amount ({amount}) is not between 1 and the unrefunded amount on charge ({left}).");
            return Err(Refusal::invalid("amount", message).into());
        }
        let row = refund::ActiveModel {
            id: Set(self.fresh_id("re")),
            charge: Set(found.id.clone()),
            payment_intent: Set(found.payment_intent.clone()),
            amount: Set(amount),
            currency: Set(found.currency.clone()),
            created: Set(self.now_s()),
        };
        let refund = row.insert(tx).await?;
        let refunded = found.amount_refunded + amount;
        let mut row = found.into_active_model();
        row.amount_refunded = Set(refunded);
        let charge = row.update(tx).await?;
        self.record_charge_event(tx, "charge.refunded", &charge).await?;
        Ok(super::objects::refund(&refund))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_needs_its_check_digit() {
        for good in ["4242 4242 4242 4242", "4000000000000002", "3782-822463-10005"] {
            assert!(Card::parse(good).is_some(), "{good}");
        }
        for bad in
            ["", "4242 4242 4242 4241", "0", "４２４２４２４２４２４２４２４２", "42424242424242424242424242", "card"]
        {
            assert!(Card::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(Card::parse("4242424242424242").unwrap().last4(), "4242");
    }
}
