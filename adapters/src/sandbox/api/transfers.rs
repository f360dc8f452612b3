//! `/v1/transfers` and their reversals.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use super::{
    Call,
    read::{self, needed},
};
use crate::sandbox::{
    objects,
    store::{Failure, NewTransfer, Refusal, reversal, transfer},
};

pub(super) async fn create(call: &Call<'_>) -> Result<Value, Failure> {
    let form = call.form;
    let currency = read::currency_code(form, "currency")?;
    let amount = read::amount(form, "amount", Some(&currency))?.ok_or_else(|| Refusal::missing("amount"))?;
    let text = |name: &str| form.text(name).map(str::to_owned);
    let new = NewTransfer {
        amount,
        currency,
        destination: needed(form, "destination")?.to_owned(),
        source_transaction: text("source_transaction"),
        transfer_group: text("transfer_group"),
        description: text("description"),
        metadata: read::metadata(form, "metadata")?,
    };
    call.store.tick(call.tx).await?;
    let made = call.store.create_transfer(call.tx, new).await?;
    call.store.transfer_object(call.tx, &made).await
}

pub(super) async fn list(call: &Call<'_>) -> Result<Value, Failure> {
    let mut found = read::created(call.form, transfer::Entity::find(), transfer::Column::Created)?;
    if let Some(group) = call.form.text("transfer_group") {
        found = found.filter(transfer::Column::TransferGroup.eq(group));
    }
    if let Some(destination) = call.form.text("destination") {
        found = found.filter(transfer::Column::Destination.eq(destination));
    }
    let found = read::page_of(call, found).await?;
    let mut data = Vec::new();
    for row in &found.rows {
        data.push(call.store.transfer_object(call.tx, row).await?);
    }
    Ok(objects::list(call.path, data, found.has_more))
}

pub(super) async fn reverse(call: &Call<'_>, id: &str) -> Result<Value, Failure> {
    let transfer = call.store.find_transfer(call.tx, id).await?;
    let amount = read::amount(call.form, "amount", Some(&transfer.currency))?;
    let metadata = read::metadata(call.form, "metadata")?;
    Ok(objects::reversal(&call.store.reverse(call.tx, id, amount, metadata).await?))
}

pub(super) async fn list_reversals(call: &Call<'_>, id: &str) -> Result<Value, Failure> {
    call.store.find_transfer(call.tx, id).await?;
    let found = reversal::Entity::find().filter(reversal::Column::Transfer.eq(id));
    let found = read::page_of(call, found).await?;
    Ok(read::listed(call, &found, objects::reversal))
}
