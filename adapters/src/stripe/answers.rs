//! Reads the gateway's answers: strict about money, and lenient about all that is not read.
//!
//! Answers are read as JSON rather than as async-stripe's types, which refuse a whole object for one field that a later version of the
//! interface leaves out. A field is named by its path, such as `latest_charge.balance_transaction.fee`.

use chrono::DateTime;
use domain::{
    env::Instant,
    ids::OrderId,
    money::{Currency, Money},
};
use serde_json::Value;

use super::{amounts, failure::Failure};

/// The longest id, in characters.
const ID_CHARS: usize = 255;

/// What is at a path; null if nothing is.
pub(super) fn at<'a>(object: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(object, |inner, field| &inner[field])
}

/// A text that must be there.
pub(super) fn text(object: &Value, path: &'static str) -> Result<String, Failure> {
    at(object, path).as_str().map(str::to_owned).ok_or(Failure::Shape(path))
}

/// The id of another object, whether it was expanded or not.
pub(super) fn id_of(object: &Value, path: &str) -> Option<String> {
    let found = at(object, path);
    let id = found.as_str().or_else(|| found["id"].as_str());
    id.filter(|id| !id.is_empty() && id.len() <= ID_CHARS).map(str::to_owned)
}

/// An instant, of whole seconds since 1970; none if it is not there, or 0, by which the gateway means never.
pub(super) fn instant(object: &Value, path: &str) -> Option<Instant> {
    at(object, path).as_i64().filter(|seconds| *seconds > 0).and_then(|seconds| DateTime::from_timestamp(seconds, 0))
}

/// A currency that must be there.
pub(super) fn currency(object: &Value, path: &'static str) -> Result<Currency, Failure> {
    let code = at(object, path).as_str().unwrap_or_default().to_uppercase();
    code.parse().map_err(|_| Failure::Shape(path))
}

/// A whole number that must be there.
pub(super) fn whole(object: &Value, path: &'static str) -> Result<i64, Failure> {
    at(object, path).as_i64().ok_or(Failure::Shape(path))
}

/// An amount in a currency that is known, below zero too.
pub(super) fn signed(object: &Value, path: &'static str, currency: Currency) -> Result<Money, Failure> {
    let units = at(object, path).as_i64();
    units.and_then(|units| amounts::from_units(units, currency)).ok_or(Failure::Shape(path))
}

/// An amount in a currency that is known, not below zero.
pub(super) fn amount(object: &Value, path: &'static str, currency: Currency) -> Result<Money, Failure> {
    signed(object, path, currency).and_then(|money| if money.minor < 0 { Err(Failure::Shape(path)) } else { Ok(money) })
}

/// What we have kept with an object under a name.
pub(super) fn metadata(object: &Value, name: &str) -> Option<String> {
    object["metadata"][name].as_str().filter(|kept| !kept.is_empty()).map(str::to_owned)
}

/// The order that an object names.
pub(super) fn order(object: &Value) -> Option<OrderId> {
    metadata(object, "order")?.parse().ok()
}

/// Whether an id can be one of the gateway's: it goes into a path, and whatever else it is cannot exist there.
pub(super) fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= ID_CHARS && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn money_that_does_not_fit_is_named_and_the_rest_is_let_be() {
        let answer = json!({
            "amount": 4_999, "currency": "eur", "charge": { "id": "ch_1", "fee": -12, "part": 1.5, "of": "xau" },
            "intent": "pi_1", "due": 0, "metadata": { "key": "refund:1", "order": "4711", "none": "" }, "new": [{}],
        });
        let euro = currency(&answer, "currency").unwrap();
        assert_eq!(amount(&answer, "amount", euro).unwrap(), Money::new(4_999, Currency::EUR));
        assert_eq!(signed(&answer, "charge.fee", euro).unwrap().minor, -12);
        for path in ["charge.fee", "charge.part", "charge.of", "charge.none.at.all", "intent"] {
            let failure = amount(&answer, path, euro).unwrap_err();
            assert!(matches!(failure, Failure::Shape(named) if named == path), "{failure}");
        }
        assert!(matches!(currency(&answer, "charge.of"), Err(Failure::Shape("charge.of"))));
        assert_eq!(id_of(&answer, "charge").as_deref(), Some("ch_1"));
        assert_eq!(id_of(&answer, "intent").as_deref(), Some("pi_1"));
        assert_eq!(id_of(&answer, "new"), None);
        assert_eq!(instant(&answer, "due"), None);
        assert_eq!(metadata(&answer, "key").as_deref(), Some("refund:1"));
        assert_eq!((metadata(&answer, "none"), order(&answer)), (None, None));
    }

    #[test]
    fn an_id_is_never_a_path() {
        assert!(is_id("cs_test_a1"));
        for id in ["", "..", "../refunds", "a/b", "a?b", "ż", &"a".repeat(256)] {
            assert!(!is_id(id), "{id}");
        }
    }
}
