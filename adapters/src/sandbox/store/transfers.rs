//! Sending money to payees' accounts, and taking it back.

use std::collections::BTreeMap;

use domain::store::Tx;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    Cursor, Failure, Refusal, Store, add,
    balance::Movement,
    entity::{
        account, charge, reversal,
        transfer::{Column, Entity, Model},
    },
    json_map, load, page, save,
};

/// A transfer as it is asked for, already checked as far as it can be without looking.
pub(in crate::sandbox) struct NewTransfer {
    pub(in crate::sandbox) amount: i64,
    pub(in crate::sandbox) currency: String,
    pub(in crate::sandbox) destination: String,
    /// The charge that it is taken from; then it need not be available yet.
    pub(in crate::sandbox) source_transaction: Option<String>,
    pub(in crate::sandbox) transfer_group: Option<String>,
    pub(in crate::sandbox) description: Option<String>,
    pub(in crate::sandbox) metadata: BTreeMap<String, String>,
}

impl Store {
    /// Sends money.
    pub(in crate::sandbox) async fn create_transfer(&self, tx: &Tx, new: NewTransfer) -> Result<Model, Failure> {
        let Some(account) = load::<account::Entity>(tx, &new.destination).await? else {
            return Err(Refusal::names_none("destination", "destination", &new.destination).into());
        };
        if self.settings().transfers_fail {
            let message = "Transfers are not allowed: the sandbox was told to refuse them all.";
            return Err(Refusal::coded("transfers_not_allowed", message).into());
        }
        if account.state != "enabled" {
            let message = "Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments";
            return Err(Refusal::coded("insufficient_capabilities_for_transfer", message).into());
        }
        let source = match &new.source_transaction {
            Some(id) => Some(self.source_of(tx, id, &new).await?),
            None => None,
        };
        if source.is_none() && self.available(tx, &new.currency).await? < new.amount {
            let message = "You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by creating Charges using the 4000000000000077 test card.";
            return Err(Refusal::coded("balance_insufficient", message).into());
        }
        // Stripe puts what has a source and no group into the source's.
        let group = new.transfer_group.or_else(|| {
            source
                .as_ref()
                .map(|from| from.transfer_group.clone().unwrap_or_else(|| format!("group_{}", from.payment_intent)))
        });
        let id = self.fresh_id("tr");
        let moved = Movement { kind: "transfer", category: "transfer", source: &id, amount: -new.amount, fee: 0 };
        // What is taken from a charge leaves when the charge arrives.
        let available_on = match &source {
            Some(from) => self.movements_of(tx, &from.id).await?.first().map_or(0, |moved| moved.available_on),
            None => 0,
        };
        let available_on = available_on.max(self.now_s());
        let balance_transaction = self.move_money(tx, &moved, &new.currency, available_on).await?;
        let row = Model {
            id,
            amount: new.amount,
            amount_reversed: 0,
            currency: new.currency,
            destination: new.destination,
            source_transaction: new.source_transaction,
            transfer_group: group,
            balance_transaction,
            description: new.description,
            metadata: json_map(new.metadata),
            created: self.now_s(),
        };
        let transfer = add(tx, row).await?;
        self.record_transfer(tx, "transfer.created", &transfer).await?;
        Ok(transfer)
    }

    /// The charge that a transfer is taken from, which must carry it beside all that was taken from it before.
    async fn source_of(&self, tx: &Tx, id: &str, new: &NewTransfer) -> Result<charge::Model, Failure> {
        let found = load::<charge::Entity>(tx, id).await?;
        let charge = found.ok_or_else(|| Refusal::names_none("charge", "source_transaction", id))?;
        if !charge.captured || charge.status != "succeeded" {
            return Err(Refusal::invalid("source_transaction", "The source charge was not collected.").into());
        }
        if charge.currency != new.currency {
            let message = format!(
                "The currency of source_transaction's balance transaction ({}) must be the same as the transfer currency ({})",
                charge.currency, new.currency
            );
            return Err(Refusal::invalid("currency", message).into());
        }
        let taken = Entity::find().filter(Column::SourceTransaction.eq(id)).all(tx).await?;
        let taken: i64 = taken.iter().map(|one| one.amount - one.amount_reversed).sum();
        if new.amount > charge.amount_captured - taken {
            let message = "Cannot create a transfer with a source_transaction that is larger than what is left of the source charge.";
            return Err(Refusal::invalid("amount", message).into());
        }
        Ok(charge)
    }

    /// A transfer, which must be there.
    pub(in crate::sandbox) async fn find_transfer(&self, tx: &Tx, id: &str) -> Result<Model, Failure> {
        let found = load::<Entity>(tx, id).await?;
        Ok(found.ok_or_else(|| Refusal::no_such("transfer", "transfer", id))?)
    }

    /// The latest reversals of a transfer, as many as its object shows, and whether there are more.
    pub(in crate::sandbox) async fn latest_reversals(
        &self,
        tx: &Tx,
        transfer: &str,
    ) -> Result<(Vec<reversal::Model>, bool), Failure> {
        let found = reversal::Entity::find().filter(reversal::Column::Transfer.eq(transfer));
        let found = page(tx, found, &Cursor { limit: 10, ..Cursor::default() }).await?;
        Ok((found.rows, found.has_more))
    }

    /// Takes a transfer back, wholly or in part.
    pub(in crate::sandbox) async fn reverse(
        &self,
        tx: &Tx,
        id: &str,
        amount: Option<i64>,
        metadata: BTreeMap<String, String>,
    ) -> Result<reversal::Model, Failure> {
        let mut transfer = self.find_transfer(tx, id).await?;
        let left = transfer.amount - transfer.amount_reversed;
        let amount = amount.unwrap_or(left);
        if left == 0 {
            let message = format!("Transfer {id} is already fully reversed.");
            return Err(Refusal::invalid("id", message).into());
        }
        if amount > left {
            let message = format!("Reversal amount ({amount}) is greater than unreversed amount on transfer ({left})");
            return Err(Refusal::invalid("amount", message).into());
        }
        let id = self.fresh_id("trr");
        let moved = Movement { kind: "transfer_refund", category: "transfer_reversal", source: &id, amount, fee: 0 };
        let balance_transaction = self.move_money(tx, &moved, &transfer.currency, self.now_s()).await?;
        let row = reversal::Model {
            id,
            transfer: transfer.id.clone(),
            amount,
            currency: transfer.currency.clone(),
            balance_transaction,
            metadata: json_map(metadata),
            created: self.now_s(),
        };
        let reversal = add(tx, row).await?;
        transfer.amount_reversed += amount;
        save(tx, &transfer).await?;
        self.record_transfer(tx, "transfer.reversed", &transfer).await?;
        Ok(reversal)
    }
}
