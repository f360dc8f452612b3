//! `/v1/accounts` and `/v1/account_links`.

use sea_orm::EntityTrait;
use serde_json::Value;

use super::{
    Call,
    read::{self, needed},
};
use crate::sandbox::{
    objects,
    store::{Failure, NewAccount, Refusal, account},
};

/// Where a payee may be, and the currency there. Beside these, the euro's countries.
const COUNTRIES: [(&str, &str); 20] = [
    ("AU", "aud"),
    ("BG", "eur"),
    ("BR", "brl"),
    ("CA", "cad"),
    ("CH", "chf"),
    ("CZ", "czk"),
    ("DK", "dkk"),
    ("GB", "gbp"),
    ("HK", "hkd"),
    ("HU", "huf"),
    ("JP", "jpy"),
    ("MX", "mxn"),
    ("NO", "nok"),
    ("NZ", "nzd"),
    ("PL", "pln"),
    ("RO", "ron"),
    ("SE", "sek"),
    ("SG", "sgd"),
    ("TH", "thb"),
    ("US", "usd"),
];

/// The countries whose currency is the euro.
const EURO: [&str; 20] = [
    "AT", "BE", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PT", "SI",
    "SK",
];

pub(super) async fn create(call: &Call<'_>) -> Result<Value, Failure> {
    let kind = call.form.text("type").unwrap_or("express");
    if !matches!(kind, "standard" | "express" | "custom") {
        return Err(Refusal::invalid("type", "It must be one of standard, express, or custom.").into());
    }
    let country = call.form.text("country").unwrap_or("DE").to_uppercase();
    let listed = COUNTRIES.iter().find(|(code, _)| *code == country).map(|(_, currency)| *currency);
    let default_currency = listed.or_else(|| EURO.contains(&country.as_str()).then_some("eur")).ok_or_else(|| {
        let country: String = country.chars().take(20).collect();
        Refusal::coded("country_unsupported", format!("Country '{country}' is unknown, or not supported."))
            .about("country")
    })?;
    let email = call.form.text("email");
    if email.is_some_and(|email| !email.contains('@')) {
        return Err(Refusal::coded("email_invalid", "Invalid email address.").about("email").into());
    }
    let new = NewAccount {
        kind: kind.to_owned(),
        country,
        default_currency,
        email: email.map(str::to_owned),
        metadata: read::metadata(call.form, "metadata")?,
    };
    Ok(objects::account(&call.store.create_account(call.tx, new).await?))
}

pub(super) async fn list(call: &Call<'_>) -> Result<Value, Failure> {
    let found = read::created(call.form, account::Entity::find(), account::Column::Created)?;
    let found = read::page_of(call, found).await?;
    Ok(read::listed(call, &found, objects::account))
}

pub(super) async fn create_link(call: &Call<'_>) -> Result<Value, Failure> {
    let account = needed(call.form, "account")?;
    match needed(call.form, "type")? {
        "account_onboarding" | "account_update" => {}
        _ => {
            let message = "It must be one of account_onboarding or account_update.";
            return Err(Refusal::invalid("type", message).into());
        }
    }
    let address = |name: &str| -> Result<String, Failure> {
        Ok(read::web_address(call.form, name)?.ok_or_else(|| Refusal::missing(name))?)
    };
    let (return_url, refresh_url) = (address("return_url")?, address("refresh_url")?);
    let link = call.store.create_link(call.tx, account, return_url, refresh_url).await?;
    Ok(objects::account_link(&link, &call.store.public_url))
}
