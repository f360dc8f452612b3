//! `/v1/payment_intents`.

use sea_orm::EntityTrait;
use serde_json::Value;

use super::{Call, read};
use crate::sandbox::{
    objects,
    store::{Failure, Refusal, intent, save},
};

/// Why a payment may be given up.
const REASONS: [&str; 4] = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];

pub(super) async fn retrieve(call: &Call<'_>, id: &str) -> Result<Value, Failure> {
    call.store.tick(call.tx).await?;
    let found = call.store.find_intent(call.tx, id).await?;
    call.store.intent_object(call.tx, &found).await
}

pub(super) async fn list(call: &Call<'_>) -> Result<Value, Failure> {
    call.store.tick(call.tx).await?;
    let found = read::created(call.form, intent::Entity::find(), intent::Column::Created)?;
    let found = read::page_of(call, found).await?;
    let mut data = Vec::new();
    for row in &found.rows {
        data.push(call.store.intent_object(call.tx, row).await?);
    }
    Ok(objects::list(call.path, data, found.has_more))
}

pub(super) async fn update(call: &Call<'_>, id: &str) -> Result<Value, Failure> {
    let mut found = call.store.find_intent(call.tx, id).await?;
    for (name, value) in read::metadata(call.form, "metadata")? {
        // A value of nothing takes the key away.
        if value.is_empty() {
            if let Some(map) = found.metadata.as_object_mut() {
                map.remove(&name);
            }
        } else {
            found.metadata[name.as_str()] = value.into();
        }
    }
    if let Some(description) = call.form.text("description") {
        found.intent_data["description"] = description.into();
    }
    save(call.tx, &found).await?;
    call.store.intent_object(call.tx, &found).await
}

pub(super) async fn capture(call: &Call<'_>, id: &str) -> Result<Value, Failure> {
    let found = call.store.find_intent(call.tx, id).await?;
    let amount = read::amount(call.form, "amount_to_capture", Some(&found.currency))?;
    let captured = call.store.capture(call.tx, id, amount).await?;
    call.store.intent_object(call.tx, &captured).await
}

pub(super) async fn cancel(call: &Call<'_>, id: &str) -> Result<Value, Failure> {
    let reason = call.form.text("cancellation_reason");
    if reason.is_some_and(|reason| !REASONS.contains(&reason)) {
        let message = "It must be one of duplicate, fraudulent, requested_by_customer, or abandoned.";
        return Err(Refusal::invalid("cancellation_reason", message).into());
    }
    let canceled = call.store.cancel(call.tx, id, reason).await?;
    call.store.intent_object(call.tx, &canceled).await
}
