//! `/v1/payment_intents` as programs make and confirm them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Call,
    read::{self, needed},
};
use crate::sandbox::{
    cards::Card,
    currency,
    store::{Failure, NewIntent, Refusal},
};

/// What a payment intent takes over as it is told, beside metadata and the way it is captured.
const INTENT_DATA: [&str; 5] =
    ["description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group"];

pub(super) async fn create(call: &Call<'_>) -> Result<Value, Failure> {
    let new = read_new(call)?;
    let confirmed = read::flag(call.form, "confirm")? == Some(true);
    let card = if confirmed { Some(test_card(call)?) } else { None };
    let mut intent = call.store.create_intent(call.tx, new).await?;
    if let Some(card) = card {
        intent = call.store.confirm(call.tx, &intent.id, card).await?;
    }
    call.store.intent_object(call.tx, &intent).await
}

pub(super) async fn confirm(call: &Call<'_>, id: &str) -> Result<Value, Failure> {
    let confirmed = call.store.confirm(call.tx, id, test_card(call)?).await?;
    call.store.intent_object(call.tx, &confirmed).await
}

/// The test card behind one of Stripe's own names for it.
fn test_card(call: &Call<'_>) -> Result<Card, Failure> {
    let name = needed(call.form, "payment_method")?;
    let card = Card::named(name).ok_or_else(|| Refusal::names_none("PaymentMethod", "payment_method", name))?;
    Ok(card)
}

fn read_new(call: &Call<'_>) -> Result<NewIntent, Failure> {
    let code = read::currency_code(call.form, "currency")?;
    let amount = read::amount(call.form, "amount", Some(&code))?.ok_or_else(|| Refusal::missing("amount"))?;
    let least = currency::least(&code);
    if amount < least {
        let message = format!("Amount must be at least {}.", currency::show(least, &code));
        return Err(Refusal::coded("amount_too_small", message).about("amount").into());
    }
    let capture_method = match call.form.text("capture_method") {
        None | Some("automatic" | "automatic_async") => "automatic",
        Some("manual") => "manual",
        Some(_) => {
            let message = "It must be one of automatic, automatic_async, or manual.";
            return Err(Refusal::invalid("capture_method", message).into());
        }
    };
    let method_types = call.form.list("payment_method_types");
    if method_types.iter().any(|method| method != "card") {
        let message = "Without a checkout the sandbox takes cards alone.";
        return Err(Refusal::invalid("payment_method_types", message).into());
    }
    let intent_data: BTreeMap<String, String> =
        INTENT_DATA.iter().filter_map(|name| Some(((*name).to_owned(), call.form.text(name)?.to_owned()))).collect();
    Ok(NewIntent {
        amount,
        currency: code,
        metadata: read::metadata(call.form, "metadata")?,
        intent_data,
        capture_method,
        method_types: vec!["card".to_owned()],
    })
}
