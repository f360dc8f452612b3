//! `/v1/refunds`.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use super::{Call, read};
use crate::sandbox::{
    objects,
    store::{Failure, NewRefund, Refusal, refund},
};

/// Why money may be given back.
const REASONS: [&str; 3] = ["duplicate", "fraudulent", "requested_by_customer"];

pub(super) async fn create(call: &Call<'_>) -> Result<Value, Failure> {
    let form = call.form;
    let payment = form.text("payment_intent").or_else(|| form.text("charge"));
    let payment = payment.ok_or_else(|| Refusal::missing("payment_intent"))?.to_owned();
    let reason = form.text("reason");
    if reason.is_some_and(|reason| !REASONS.contains(&reason)) {
        let message = "It must be one of duplicate, fraudulent, or requested_by_customer.";
        return Err(Refusal::invalid("reason", message).into());
    }
    call.store.tick(call.tx).await?;
    let charge = call.store.find_charge(call.tx, &payment).await?;
    let new = NewRefund {
        payment,
        amount: read::amount(form, "amount", Some(&charge.currency))?,
        reason: reason.map(str::to_owned),
        metadata: read::metadata(form, "metadata")?,
    };
    Ok(objects::refund(&call.store.refund(call.tx, new).await?))
}

pub(super) async fn list(call: &Call<'_>) -> Result<Value, Failure> {
    let mut found = read::created(call.form, refund::Entity::find(), refund::Column::Created)?;
    if let Some(intent) = call.form.text("payment_intent") {
        found = found.filter(refund::Column::PaymentIntent.eq(intent));
    }
    if let Some(charge) = call.form.text("charge") {
        found = found.filter(refund::Column::Charge.eq(charge));
    }
    let found = read::page_of(call, found).await?;
    Ok(read::listed(call, &found, objects::refund))
}
