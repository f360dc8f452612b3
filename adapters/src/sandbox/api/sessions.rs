//! `/v1/checkout/sessions`.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{
    Call,
    read::{self, limits, needed},
};
use crate::sandbox::{
    currency,
    form::Form,
    objects,
    store::{Failure, NewSession, Refusal, session},
};

/// A checkout stays open for at most 24 hours, in seconds; Stripe's least is half an hour, the sandbox takes any time to come.
const OPEN_S: i64 = 24 * 60 * 60;

/// Most lines of a checkout.
const LINES: usize = 100;

/// What a payment intent takes over from `payment_intent_data`, beside metadata and the way it is captured.
const INTENT_DATA: [&str; 5] =
    ["description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group"];

pub(super) async fn create(call: &Call<'_>) -> Result<Value, Failure> {
    let new = read_new(call.form, call.store.now_s(), call.store.settings().clock_ahead_s)?;
    let session = call.store.create_session(call.tx, new).await?;
    Ok(objects::session(&session, &call.store.public_url))
}

pub(super) async fn retrieve(call: &Call<'_>, id: &str) -> Result<Value, Failure> {
    call.store.tick(call.tx).await?;
    let found = call.store.find_session(call.tx, id).await?;
    let found = found.ok_or_else(|| Refusal::no_such("checkout.session", "session", id))?;
    Ok(objects::session(&found, &call.store.public_url))
}

pub(super) async fn expire(call: &Call<'_>, id: &str) -> Result<Value, Failure> {
    let expired = call.store.expire_session(call.tx, id).await?;
    Ok(objects::session(&expired, &call.store.public_url))
}

pub(super) async fn list(call: &Call<'_>) -> Result<Value, Failure> {
    call.store.tick(call.tx).await?;
    let mut found = read::created(call.form, session::Entity::find(), session::Column::Created)?;
    if let Some(intent) = call.form.text("payment_intent") {
        found = found.filter(session::Column::PaymentIntent.eq(intent));
    }
    if let Some(status) = call.form.text("status") {
        found = found.filter(session::Column::Status.eq(status));
    }
    let found = read::page_of(call, found).await?;
    Ok(read::listed(call, &found, |row| objects::session(row, &call.store.public_url)))
}

fn read_new(form: &Form, now_s: i64, ahead_s: i64) -> Result<NewSession, Failure> {
    match needed(form, "mode")? {
        "payment" => {}
        _ => return Err(Refusal::invalid("mode", "The sandbox knows the mode payment alone.").into()),
    }
    let success_url = read::web_address(form, "success_url")?.ok_or_else(|| Refusal::missing("success_url"))?;
    let (currency, amount_total, line_items) = read_lines(form)?;
    let expires_at = match form.text("expires_at") {
        None => now_s + OPEN_S,
        // A shop's clock does not follow when this one is driven ahead: what is 24 hours from either is meant so.
        Some(text) => text
            .parse::<i64>()
            .ok()
            .and_then(|at| {
                [at, at.saturating_add(ahead_s)].into_iter().find(|at| (now_s + 1..=now_s + OPEN_S).contains(at))
            })
            .ok_or_else(|| Refusal::invalid("expires_at", "expires_at must be in the coming 24 hours."))?,
    };
    let capture_method = match form.text("payment_intent_data[capture_method]") {
        None | Some("automatic" | "automatic_async") => "automatic",
        Some("manual") => "manual",
        Some(_) => {
            let name = "payment_intent_data[capture_method]";
            return Err(Refusal::invalid(name, "It must be one of automatic, automatic_async, or manual.").into());
        }
    };
    let intent_data: BTreeMap<String, String> = INTENT_DATA
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), form.text(&format!("payment_intent_data[{name}]"))?.to_owned())))
        .collect();
    Ok(NewSession {
        amount_total,
        line_items,
        metadata: read::metadata(form, "metadata")?,
        intent_metadata: read::metadata(form, "payment_intent_data[metadata]")?,
        intent_data,
        capture_method,
        method_types: read_methods(form, &currency, capture_method)?,
        currency,
        client_reference_id: form.text("client_reference_id").map(str::to_owned),
        customer_email: form.text("customer_email").map(str::to_owned),
        success_url,
        cancel_url: read::web_address(form, "cancel_url")?,
        expires_at,
    })
}

/// How it can be paid. Unless told, by all that goes with the currency and the way it is captured, as Stripe chooses by itself.
fn read_methods(form: &Form, code: &str, capture_method: &str) -> Result<Vec<String>, Failure> {
    const NAME: &str = "payment_method_types";
    let debit = currency::debit(code);
    let asked = form.list(NAME);
    if asked.is_empty() {
        let debit = debit.filter(|_| capture_method == "automatic");
        return Ok(["card"].into_iter().chain(debit).map(str::to_owned).collect());
    }
    for method in &asked {
        let method = method.as_str();
        if method == "card" {
            continue;
        }
        let message = if Some(method) != debit {
            let method: String = method.chars().take(40).collect();
            format!(
                "The payment method type provided: {method} is invalid, or cannot be used with {code} in the sandbox."
            )
        } else if capture_method == "manual" {
            format!("The payment method type {method} cannot be used with capture_method manual.")
        } else {
            continue;
        };
        return Err(Refusal::invalid(NAME, message).into());
    }
    Ok(asked)
}

fn read_lines(form: &Form) -> Result<(String, i64, Value), Failure> {
    let indices = form.indices("line_items");
    if indices.is_empty() {
        return Err(Refusal::missing("line_items").into());
    }
    if indices.len() > LINES {
        return Err(Refusal::invalid("line_items", "A checkout has at most 100 lines.").into());
    }
    let (mut currency, mut total, mut lines) = (None::<String>, 0_i64, Vec::new());
    for index in indices {
        let field = |name: &str| format!("line_items[{index}]{name}");
        let number = |name: &str, least: i64| {
            let name = field(name);
            let text = needed(form, &name)?;
            let range = least..=limits::AMOUNT;
            let value = text.parse::<i64>().ok().filter(|value| range.contains(value));
            value.ok_or_else(|| Failure::from(Refusal::not_integer(&name, text)))
        };
        let of_line = read::currency_code(form, &field("[price_data][currency]"))?;
        if *currency.get_or_insert_with(|| of_line.clone()) != of_line {
            return Err(Refusal::invalid(&field("[price_data][currency]"), "All lines share one currency.").into());
        }
        let name = needed(form, &field("[price_data][product_data][name]"))?;
        let (unit, quantity) = (number("[price_data][unit_amount]", 0)?, number("[quantity]", 1)?);
        read::divisible(unit, &of_line, &field("[price_data][unit_amount]"))?;
        total = unit
            .checked_mul(quantity)
            .and_then(|amount| total.checked_add(amount))
            .filter(|total| *total <= limits::AMOUNT)
            .ok_or_else(|| {
                let message = "The Checkout Session's total amount due must be no more than 999,999.99.";
                Refusal::coded("amount_too_large", message).about("line_items")
            })?;
        lines.push(json!({ "name": name, "unit_amount": unit, "quantity": quantity }));
    }
    let currency = currency.unwrap_or_default();
    let least = currency::least(&currency);
    if (1..least).contains(&total) {
        let least = currency::show(least, &currency);
        let message = format!("The Checkout Session's total amount due must add up to at least {least}.");
        return Err(Refusal::coded("amount_too_small", message).into());
    }
    Ok((currency, total, Value::Array(lines)))
}
