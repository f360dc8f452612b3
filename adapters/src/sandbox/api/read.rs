//! What requests have in common: metadata, amounts, addresses, cursors, objects by their id.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use serde_json::Value;

use super::Call;
use crate::sandbox::{
    currency,
    form::Form,
    objects,
    store::{Cursor, Failure, Page, Refusal, page},
};

/// Stripe's own limits, in the units of its interface.
pub(super) mod limits {
    /// The largest amount: eight digits.
    pub(in crate::sandbox::api) const AMOUNT: i64 = 99_999_999;
    /// Most keys of a metadata map.
    pub(in crate::sandbox::api) const METADATA_KEYS: usize = 50;
    /// Most objects of a page.
    pub(in crate::sandbox::api) const PAGE: u64 = 100;
    /// Objects of a page, unless it is told otherwise.
    pub(in crate::sandbox::api) const USUAL_PAGE: u64 = 10;
}

/// A parameter that must be there.
pub(super) fn needed<'a>(form: &'a Form, name: &str) -> Result<&'a str, Failure> {
    form.text(name).ok_or_else(|| Refusal::missing(name).into())
}

/// A whole number of at least `least`, if it is given.
pub(super) fn integer(form: &Form, name: &str, least: i64) -> Result<Option<i64>, Failure> {
    let Some(text) = form.text(name) else { return Ok(None) };
    let number = text.parse::<i64>().ok().filter(|number| *number >= least);
    number.map(Some).ok_or_else(|| Refusal::not_integer(name, text).into())
}

/// An amount to move, if it is given: at least 1, and one that the currency can have.
pub(super) fn amount(form: &Form, name: &str, code: Option<&str>) -> Result<Option<i64>, Failure> {
    let Some(amount) = integer(form, name, 1)? else { return Ok(None) };
    if amount > limits::AMOUNT {
        return Err(Refusal::coded("amount_too_large", "Amount must be no more than 999,999.99").about(name).into());
    }
    if let Some(code) = code {
        divisible(amount, code, name)?;
    }
    Ok(Some(amount))
}

/// Refuses an amount that ends in digits which its currency does not have.
pub(super) fn divisible(amount: i64, code: &str, name: &str) -> Result<(), Failure> {
    let step = currency::step(code);
    if amount % step == 0 {
        return Ok(());
    }
    let message = format!("Invalid amount: amounts in {} must be evenly divisible by {step}.", code.to_uppercase());
    Err(Refusal::coded("invalid_charge_amount", message).about(name).into())
}

/// A currency that must be there, in lower case.
pub(super) fn currency_code(form: &Form, name: &str) -> Result<String, Failure> {
    let code = needed(form, name)?.to_lowercase();
    if currency::known(&code) {
        return Ok(code);
    }
    let code: String = code.chars().take(20).collect();
    Err(Refusal::invalid(name, format!("Invalid currency: {code}.")).into())
}

/// Yes or no; as the client's language writes it.
pub(super) fn flag(form: &Form, name: &str) -> Result<Option<bool>, Failure> {
    match form.text(name).map(str::to_lowercase).as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(Refusal::invalid(name, "Invalid boolean: it must be true or false.").into()),
    }
}

/// An address of the web: a browser is sent there, so nothing but http and https will do.
pub(super) fn web_address(form: &Form, name: &str) -> Result<Option<String>, Failure> {
    let Some(text) = form.text(name) else { return Ok(None) };
    let good = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if good {
        Ok(Some(text.to_owned()))
    } else {
        Err(Refusal::coded("url_invalid", "Not a valid URL").about(name).into())
    }
}

/// A metadata map within Stripe's bounds.
pub(super) fn metadata(form: &Form, name: &str) -> Result<BTreeMap<String, String>, Failure> {
    let map = form.map(name);
    let fits = map.len() <= limits::METADATA_KEYS
        && map.iter().all(|(key, value)| key.chars().count() <= 40 && value.chars().count() <= 500);
    if fits {
        Ok(map)
    } else {
        Err(Refusal::invalid(name, "Metadata has at most 50 keys of 40 characters with values of 500.").into())
    }
}

/// An object by its id.
pub(super) async fn whole(call: &Call<'_>, kind: &str, param: &str, id: &str, prefix: &str) -> Result<Value, Failure> {
    let found = if id.starts_with(prefix) { call.store.object(call.tx, id).await? } else { None };
    Ok(found.ok_or_else(|| Refusal::no_such(kind, param, id))?)
}

/// Where the page that is asked for lies.
fn cursor(form: &Form) -> Result<Cursor, Failure> {
    let limit = match integer(form, "limit", 1)? {
        None => limits::USUAL_PAGE,
        Some(limit) => u64::try_from(limit)
            .ok()
            .filter(|limit| *limit <= limits::PAGE)
            .ok_or_else(|| Refusal::not_integer("limit", &limit.to_string()))?,
    };
    let text = |name: &str| form.text(name).map(str::to_owned);
    let cursor = Cursor { starting_after: text("starting_after"), ending_before: text("ending_before"), limit };
    if cursor.starting_after.is_some() && cursor.ending_before.is_some() {
        let message = "You may only specify one of these parameters: starting_after, ending_before.";
        return Err(Refusal::coded("parameters_exclusive", message).into());
    }
    Ok(cursor)
}

/// The page of a list that is asked for.
pub(super) async fn page_of<E: EntityTrait>(call: &Call<'_>, found: Select<E>) -> Result<Page<E::Model>, Failure> {
    let cursor = cursor(call.form)?;
    for (param, id) in [("starting_after", &cursor.starting_after), ("ending_before", &cursor.ending_before)] {
        if let Some(id) = id
            && call.store.object(call.tx, id).await?.is_none()
        {
            return Err(Refusal::names_none("object", param, id).into());
        }
    }
    Ok(page(call.tx, found, &cursor).await?)
}

/// A list object of what was found.
pub(super) fn listed<M>(call: &Call<'_>, found: &Page<M>, show: impl FnMut(&M) -> Value) -> Value {
    objects::list(call.path, found.rows.iter().map(show).collect(), found.has_more)
}

/// Narrows a list to what was made when `created[gte]` and its like say.
pub(super) fn created<E: EntityTrait>(
    form: &Form,
    mut found: Select<E>,
    column: E::Column,
) -> Result<Select<E>, Failure> {
    for bound in ["gte", "gt", "lte", "lt"] {
        let Some(at) = integer(form, &format!("created[{bound}]"), 0)? else { continue };
        found = found.filter(match bound {
            "gte" => column.gte(at),
            "gt" => column.gt(at),
            "lte" => column.lte(at),
            _ => column.lt(at),
        });
    }
    match integer(form, "created", 0)? {
        Some(at) => Ok(found.filter(column.eq(at))),
        None => Ok(found),
    }
}
