//! Giving money back.

use std::collections::BTreeMap;

use domain::store::Tx;

use super::{
    Failure, Refusal, Store, add,
    balance::Movement,
    entity::{
        charge,
        refund::{Entity, Model},
    },
    json_map, load, save,
};

/// A refund as it is asked for, already checked as far as it can be without looking.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct NewRefund {
    /// A charge, or a payment intent.
    pub(in crate::sandbox) payment: String,
    /// All that is left if none.
    pub(in crate::sandbox) amount: Option<i64>,
    pub(in crate::sandbox) reason: Option<String>,
    pub(in crate::sandbox) metadata: BTreeMap<String, String>,
}

impl charge::Model {
    /// How much was collected and not given back. What was held and let go never moved, and is no refund.
    pub(in crate::sandbox) fn left(&self) -> i64 {
        self.amount_captured - self.amount_refunded
    }
}

impl Store {
    /// Gives a charge back, wholly or in part, never more than what is left of it. Stripe keeps its fee.
    pub(in crate::sandbox) async fn refund(&self, tx: &Tx, new: NewRefund) -> Result<Model, Failure> {
        let mut charge = self.find_charge(tx, &new.payment).await?;
        if !charge.captured || charge.status != "succeeded" {
            let message =
                format!("This PaymentIntent ({}) does not have a successful charge to refund.", charge.payment_intent);
            return Err(Refusal::payment_state(message).into());
        }
        if self.is_charged_back(tx, &charge.id).await? {
            let message = format!("Charge {} has been charged back; cannot issue a refund.", charge.id);
            return Err(Refusal::coded("charge_disputed", message).into());
        }
        let left = charge.left();
        if left == 0 {
            let message = format!("Charge {} has already been refunded.", charge.id);
            return Err(Refusal::coded("charge_already_refunded", message).into());
        }
        let amount = new.amount.unwrap_or(left);
        if !(1..=left).contains(&amount) {
            let message = if amount > left {
                format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})")
            } else {
                "A refund is of at least 1.".to_owned()
            };
            return Err(Refusal::invalid("amount", message).into());
        }
        let mut refund = self.new_refund(&charge, amount);
        (refund.reason, refund.metadata) = (new.reason, json_map(new.metadata));
        let moved = Movement { kind: "refund", category: "refund", source: &refund.id, amount: -amount, fee: 0 };
        let transaction = self.move_money(tx, &moved, &charge.currency, self.now_s()).await?;
        refund.balance_transaction = Some(transaction);
        let refund = add(tx, refund).await?;
        charge.amount_refunded += amount;
        save(tx, &charge).await?;
        self.record_refund(tx, "refund.created", &refund).await?;
        self.record_charge(tx, "charge.refunded", &charge).await?;
        Ok(refund)
    }

    fn new_refund(&self, charge: &charge::Model, amount: i64) -> Model {
        Model {
            id: self.fresh_id("re"),
            charge: charge.id.clone(),
            payment_intent: charge.payment_intent.clone(),
            amount,
            currency: charge.currency.clone(),
            status: "succeeded".to_owned(),
            reason: None,
            failure_reason: None,
            balance_transaction: None,
            failure_balance_transaction: None,
            metadata: json_map(BTreeMap::new()),
            created: self.now_s(),
        }
    }

    /// The buyer's bank has sent a refund back: the money is on the balance again, and the charge is as it was before.
    pub(in crate::sandbox) async fn fail_refund(&self, tx: &Tx, id: &str) -> Result<(), Failure> {
        let found = load::<Entity>(tx, id).await?;
        let mut refund = found.ok_or_else(|| Refusal::names_none("refund", "refund", id))?;
        if refund.status != "succeeded" || refund.balance_transaction.is_none() {
            return Err(Refusal::invalid("refund", "This refund cannot fail any more.").into());
        }
        let mut charge = self.find_charge(tx, &refund.charge).await?;
        let moved = Movement {
            kind: "refund_failure",
            category: "refund_failure",
            source: &refund.id,
            amount: refund.amount,
            fee: 0,
        };
        let transaction = self.move_money(tx, &moved, &refund.currency, self.now_s()).await?;
        "failed".clone_into(&mut refund.status);
        refund.failure_balance_transaction = Some(transaction);
        refund.failure_reason = Some("lost_or_stolen_card".to_owned());
        save(tx, &refund).await?;
        charge.amount_refunded -= refund.amount;
        save(tx, &charge).await?;
        self.record_refund(tx, "refund.updated", &refund).await?;
        self.record_refund(tx, "refund.failed", &refund).await
    }
}
