//! The objects as the interface shows them: every field that Stripe's own clients insist on, and those that tell what happened.

mod expand;
mod moved;
mod payees;
mod payments;

pub(super) use expand::Expand;
pub(super) use moved::{EVIDENCE, balance_transaction, refund};
pub(super) use payees::{account, account_link, reversal};
pub(super) use payments::{charge, session};

use domain::store::Tx;
use serde_json::{Value, json};

use super::store::{
    Failure, Store, account as account_row, balance_transaction as balance_row, charge as charge_row,
    dispute as dispute_row, event as event_row, intent as intent_row, load, refund as refund_row,
    reversal as reversal_row, session as session_row, transfer as transfer_row,
};

/// A list object; `url` is the address of the list without the host, such as `/v1/refunds`.
pub(super) fn list(url: &str, data: Vec<Value>, has_more: bool) -> Value {
    let mut list = json!({ "object": "list", "url": url, "has_more": has_more });
    list["data"] = Value::Array(data);
    list
}

/// An event as the list shows it: what was sent, and whether it is still to be.
pub(super) fn event(row: &event_row::Model) -> Value {
    let mut event: Value = serde_json::from_str(&row.body).unwrap_or_default();
    event["pending_webhooks"] = i32::from(row.next_attempt_at_ms.is_some()).into();
    event
}

impl Store {
    /// A payment intent, with the charge of its last attempt by id.
    pub(super) async fn intent_object(&self, tx: &Tx, row: &intent_row::Model) -> Result<Value, Failure> {
        let session = match &row.challenged_card {
            Some(_) => self.session_of(tx, &row.id).await?,
            None => None,
        };
        Ok(payments::intent(row, session.as_ref().map(|found| found.id.as_str()), &self.public_url))
    }

    /// A dispute, with all that it moved.
    pub(super) async fn dispute_object(&self, tx: &Tx, row: &dispute_row::Model) -> Result<Value, Failure> {
        let moved = self.movements_of(tx, &row.id).await?;
        Ok(moved::dispute(row, &moved, self.now_s()))
    }

    /// A transfer, with its latest reversals.
    pub(super) async fn transfer_object(&self, tx: &Tx, row: &transfer_row::Model) -> Result<Value, Failure> {
        let (reversals, has_more) = self.latest_reversals(tx, &row.id).await?;
        Ok(payees::transfer(row, &reversals, has_more))
    }

    /// Any object by its id; none if there is no such thing.
    pub(super) async fn object(&self, tx: &Tx, id: &str) -> Result<Option<Value>, Failure> {
        let prefix = id.split('_').next().unwrap_or_default();
        Ok(match prefix {
            "cs" => load::<session_row::Entity>(tx, id).await?.map(|row| session(&row, &self.public_url)),
            "pi" => match load::<intent_row::Entity>(tx, id).await? {
                Some(row) => Some(self.intent_object(tx, &row).await?),
                None => None,
            },
            "ch" => load::<charge_row::Entity>(tx, id).await?.map(|row| charge(&row)),
            "re" => load::<refund_row::Entity>(tx, id).await?.map(|row| refund(&row)),
            "txn" => {
                let now_s = self.now_s();
                load::<balance_row::Entity>(tx, id).await?.map(|row| balance_transaction(&row, now_s))
            }
            "du" => match load::<dispute_row::Entity>(tx, id).await? {
                Some(row) => Some(self.dispute_object(tx, &row).await?),
                None => None,
            },
            "acct" => load::<account_row::Entity>(tx, id).await?.map(|row| account(&row)),
            "tr" => match load::<transfer_row::Entity>(tx, id).await? {
                Some(row) => Some(self.transfer_object(tx, &row).await?),
                None => None,
            },
            "trr" => load::<reversal_row::Entity>(tx, id).await?.map(|row| reversal(&row)),
            "evt" => load::<event_row::Entity>(tx, id).await?.map(|row| event(&row)),
            _ => None,
        })
    }
}
