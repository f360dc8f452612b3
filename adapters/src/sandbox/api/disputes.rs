//! `/v1/disputes`.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use super::{Call, read};
use crate::sandbox::{
    objects,
    store::{Failure, Refusal, dispute},
};

/// The longest text of evidence, in characters; all of it together may be so long at Stripe too.
const EVIDENCE_CHARS: usize = 150_000;

pub(super) async fn list(call: &Call<'_>) -> Result<Value, Failure> {
    let mut found = read::created(call.form, dispute::Entity::find(), dispute::Column::Created)?;
    if let Some(intent) = call.form.text("payment_intent") {
        found = found.filter(dispute::Column::PaymentIntent.eq(intent));
    }
    if let Some(charge) = call.form.text("charge") {
        found = found.filter(dispute::Column::Charge.eq(charge));
    }
    let found = read::page_of(call, found).await?;
    let mut data = Vec::new();
    for row in &found.rows {
        data.push(call.store.dispute_object(call.tx, row).await?);
    }
    Ok(objects::list(call.path, data, found.has_more))
}

pub(super) async fn update(call: &Call<'_>, id: &str) -> Result<Value, Failure> {
    let evidence = call.form.map("evidence");
    if let Some(unknown) = evidence.keys().find(|name| !objects::EVIDENCE.contains(&name.as_str())) {
        let name = format!("evidence[{unknown}]");
        return Err(Refusal::coded("parameter_unknown", format!("Received unknown parameter: {name}"))
            .about(name)
            .into());
    }
    if evidence.values().map(|text| text.chars().count()).sum::<usize>() > EVIDENCE_CHARS {
        return Err(Refusal::invalid("evidence", "All evidence together has at most 150,000 characters.").into());
    }
    // As at Stripe, evidence is submitted unless it is told not to be.
    let submit = read::flag(call.form, "submit")?.unwrap_or(true);
    let metadata = read::metadata(call.form, "metadata")?;
    let updated = call.store.answer_dispute(call.tx, id, evidence, metadata, submit).await?;
    call.store.dispute_object(call.tx, &updated).await
}
