//! Stripe's request bodies: URL-encoded forms whose names nest with brackets, such as `line_items[0][price_data][currency]`.

use std::collections::BTreeMap;

/// How many fields a request may have.
const MAX_FIELDS: usize = 1_000;

/// A request's fields in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body or a query; none if it has more than 1,000 fields.
    pub(super) fn parse(encoded: &[u8]) -> Option<Self> {
        let fields: Vec<_> = url::form_urlencoded::parse(encoded).take(MAX_FIELDS + 1).collect();
        let fits = fields.len() <= MAX_FIELDS;
        fits.then(|| Self(fields.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()))
    }

    /// The last value of a field that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Every `name[key]` as a map.
    pub(super) fn map(&self, name: &str) -> BTreeMap<String, String> {
        let inner = |key: &str| {
            let rest = key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
            (!rest.is_empty() && !rest.contains('[')).then(|| rest.to_owned())
        };
        self.0.iter().filter_map(|(key, value)| Some((inner(key)?, value.clone()))).collect()
    }

    /// The indices of an array of objects `name[0][…]`, ascending.
    pub(super) fn indices(&self, name: &str) -> Vec<usize> {
        let index = |key: &str| key.strip_prefix(name)?.strip_prefix('[')?.split_once(']')?.0.parse::<usize>().ok();
        let mut found: Vec<usize> = self.0.iter().filter_map(|(key, _)| index(key)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The values of a plain array, `name[]` or `name[0]`.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let belongs = |key: &str| {
            key.strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('['))
                .and_then(|rest| rest.strip_suffix(']'))
                .is_some_and(|index| index.chars().all(|digit| digit.is_ascii_digit()))
        };
        self.0.iter().filter(|(key, _)| belongs(key)).map(|(_, value)| value.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_nest_and_arrays_count() {
        let form = Form::parse(
            b"mode=payment&line_items[1][quantity]=1&line_items%5B0%5D%5Bprice_data%5D%5Bcurrency%5D=eur\
              &metadata[order]=a%20b&metadata[x][y]=no&expand[]=payment_intent&expand[1]=z&empty=",
        )
        .unwrap();
        assert_eq!(form.text("mode"), Some("payment"));
        assert_eq!(form.text("empty"), None);
        assert_eq!(form.text("line_items[0][price_data][currency]"), Some("eur"));
        assert_eq!(form.indices("line_items"), [0, 1]);
        assert_eq!(form.map("metadata"), BTreeMap::from([("order".to_owned(), "a b".to_owned())]));
        assert_eq!(form.list("expand"), ["payment_intent", "z"]);
        assert!(Form::parse("a=1&".repeat(1_001).as_bytes()).is_none());
    }
}
