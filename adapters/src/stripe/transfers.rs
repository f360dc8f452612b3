//! Transfers to payees, and what is taken back of them.

use std::collections::HashMap;

use domain::{
    money::Money,
    ports::gateway::{IdempotencyKey, Transfer, TransferRequest},
};
use serde_json::Value;
use stripe_client_core::{RequestBuilder, StripeRequest};
use stripe_connect::{
    transfer::{CreateTransfer, ListTransfer, RetrieveTransfer},
    transfer_reversal::{CreateIdTransferReversal, ListIdTransferReversal},
};

use super::{
    StripeGateway,
    amounts::{to_currency, to_units},
    answers,
    call::PAGE,
    failure::Failure,
};

impl StripeGateway {
    pub(super) async fn create_transfer(&self, request: &TransferRequest) -> Result<Transfer, Failure> {
        let key = &request.key;
        if self.is_old(key) {
            let sent = self.transfers_of(&request.group).await.map_err(Failure::beside)?;
            if let Some(made) = sent.into_iter().find(|sent| sent.key.as_ref() == Some(&key.value)) {
                return Ok(made);
            }
        }
        let new = CreateTransfer::new(to_currency(request.amount.currency), request.account.as_str())
            .amount(to_units(request.amount)?)
            .transfer_group(request.group.as_str())
            .metadata(HashMap::from([("key".to_owned(), key.value.clone())]));
        let new = match &request.source_payment {
            Some(payment) => new.source_transaction(self.charge_of(payment).await.map_err(Failure::beside)?),
            None => new,
        };
        // The answer is the key's, and may be of yesterday: how much has come back since is asked anew.
        let made = self.ask(new.build(), Some(key)).await?;
        let found = self.sent_transfer(&answers::text(&made, "id")?).await.map_err(Failure::beside)?;
        found.ok_or(Failure::Shape("id"))
    }

    /// All transfers of a group, oldest first.
    pub(super) async fn transfers_of(&self, group: &str) -> Result<Vec<Transfer>, Failure> {
        let page = |behind: Option<String>| {
            let list = ListTransfer::new().transfer_group(group).limit(PAGE);
            match behind {
                Some(behind) => list.starting_after(behind),
                None => list,
            }
            .build()
        };
        self.list(page).await?.iter().map(read_transfer).collect()
    }

    /// Transfers wait for charges, which are the payments' own.
    async fn charge_of(&self, payment: &str) -> Result<String, Failure> {
        let intent = self.raw_intent(payment).await?;
        answers::id_of(&intent, "latest_charge").ok_or_else(|| Failure::Request(format!("{payment} was never charged")))
    }

    pub(super) async fn sent_transfer(&self, id: &str) -> Result<Option<Transfer>, Failure> {
        if !answers::is_id(id) {
            return Ok(None);
        }
        self.find(retrieve(id)).await?.as_ref().map(read_transfer).transpose()
    }

    pub(super) async fn create_reversal(
        &self,
        id: &str,
        amount: Money,
        key: &IdempotencyKey,
    ) -> Result<Transfer, Failure> {
        let sent = self.sent_transfer(id).await?.ok_or_else(|| Failure::missing(id))?;
        // A reversal does not name its currency.
        if sent.amount.currency != amount.currency {
            return Err(Failure::Request(format!(
                "{amount} are to be taken back of a transfer in {}",
                sent.amount.currency
            )));
        }
        if self.is_old(key) {
            let page = |behind: Option<String>| {
                let list = ListIdTransferReversal::new(id).limit(PAGE);
                match behind {
                    Some(behind) => list.starting_after(behind),
                    None => list,
                }
                .build()
            };
            if self.list(page).await?.iter().any(|reversal| is_of(reversal, key)) {
                return Ok(sent);
            }
        }
        let new = CreateIdTransferReversal::new(id)
            .amount(to_units(amount)?)
            .metadata(HashMap::from([("key".to_owned(), key.value.clone())]));
        self.ask(new.build(), Some(key)).await?;
        self.sent_transfer(id).await?.ok_or(Failure::Shape("id"))
    }
}

fn retrieve(id: &str) -> RequestBuilder {
    RetrieveTransfer::new(id).build()
}

/// Whether a key made an object.
fn is_of(object: &Value, key: &IdempotencyKey) -> bool {
    answers::metadata(object, "key").as_ref() == Some(&key.value)
}

fn read_transfer(transfer: &Value) -> Result<Transfer, Failure> {
    let currency = answers::currency(transfer, "currency")?;
    Ok(Transfer {
        id: answers::text(transfer, "id")?,
        key: answers::metadata(transfer, "key"),
        account: answers::id_of(transfer, "destination").ok_or(Failure::Shape("destination"))?,
        amount: answers::amount(transfer, "amount", currency)?,
        reversed: answers::amount(transfer, "amount_reversed", currency)?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_transfer_says_what_came_back() {
        let transfer = json!({
            "id": "tr_1", "amount": 500, "amount_reversed": 120, "currency": "eur", "destination": { "id": "acct_1" },
            "metadata": { "key": "payout:1" },
        });
        let read = read_transfer(&transfer).unwrap();
        assert_eq!((read.account.as_str(), read.key.as_deref()), ("acct_1", Some("payout:1")));
        assert_eq!((read.amount.minor, read.reversed.minor), (500, 120));
        let nobodys = json!({ "id": "tr_1", "amount": 500, "amount_reversed": 0, "currency": "eur" });
        assert!(matches!(read_transfer(&nobodys), Err(Failure::Shape("destination"))));
    }
}
