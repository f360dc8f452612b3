//! What a shop's beats are narrowed by, in its form and in its addresses.

use std::collections::BTreeSet;

use domain::{catalog::BeatFilter, ids::BeatId, money::Currency};

/// An option of a select.
pub(super) struct Choice {
    pub(super) word: String,
    pub(super) chosen: bool,
}

/// What a shop is narrowed by, as typed. What makes no sense narrows nothing.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    pub(super) q: String,
    pub(super) bpm_min: String,
    pub(super) bpm_max: String,
    pub(super) key: String,
    pub(super) mood: String,
    pub(super) tag: String,
    pub(super) after: String,
    pub(super) before: String,
    /// What prices are shown in; it narrows nothing.
    pub(super) currency: String,
}

impl Filter {
    pub(super) fn given(&self) -> Vec<(&'static str, &str)> {
        [
            ("q", self.q.trim()),
            ("bpm_min", self.bpm_min.trim()),
            ("bpm_max", self.bpm_max.trim()),
            ("key", self.key.trim()),
            ("mood", self.mood.trim()),
            ("tag", self.tag.trim()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
    }

    /// Whether it is narrowed by more than a title.
    pub(super) fn is_more_than_words(&self) -> bool {
        self.given().iter().any(|(name, _)| *name != "q")
    }

    pub(super) fn beats(&self) -> BeatFilter {
        let text = |value: &str| {
            Some(value.trim().chars().filter(|c| !c.is_control()).take(200).collect::<String>())
                .filter(|text| !text.is_empty())
        };
        BeatFilter {
            title: text(&self.q),
            min_bpm_milli: bpm_milli(&self.bpm_min),
            max_bpm_milli: bpm_milli(&self.bpm_max),
            musical_key: text(&self.key),
            mood: text(&self.mood),
            tag: text(&self.tag),
            ..BeatFilter::default()
        }
    }

    /// The same narrowing with prices in a currency that is asked for, on another page or the first.
    pub(super) fn address(&self, shop: &str, currency: Option<Currency>, page: Option<(&str, BeatId)>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.given());
        if let Some(currency) = currency {
            query.append_pair("currency", currency.code());
        }
        if let Some((direction, cursor)) = page {
            query.append_pair(direction, &cursor.to_string());
        }
        format!("{shop}?{}", query.finish())
    }
}

/// A tempo as typed, such as `92.5`, in thousandths; none if it is no tempo.
fn bpm_milli(text: &str) -> Option<i32> {
    let (whole, rest) = text.trim().split_once(['.', ',']).unwrap_or((text.trim(), ""));
    let rest: String = rest.chars().chain("000".chars()).take(3).collect();
    whole.parse::<i32>().ok()?.checked_mul(1000)?.checked_add(rest.parse().ok()?).filter(|bpm| *bpm >= 0)
}

/// The options of a select, the chosen one kept even if no beat has it any more.
pub(super) fn choices(mut known: BTreeSet<String>, chosen: &str) -> Vec<Choice> {
    let chosen = chosen.trim();
    if !chosen.is_empty() {
        known.insert(chosen.to_owned());
    }
    known.into_iter().map(|word| Choice { chosen: word == chosen, word }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_narrows_the_shop() {
        let filter = Filter { q: " night ".into(), currency: "EUR".into(), ..Filter::default() };
        assert_eq!(filter.address("/s/nova", None, None), "/s/nova?q=night");
        assert_eq!(filter.address("/s/nova", Some(Currency::USD), None), "/s/nova?q=night&currency=USD");
    }

    #[test]
    fn a_tempo_is_read_or_ignored() {
        for (text, milli) in
            [("140", Some(140_000)), (" 92.5 ", Some(92_500)), ("92,125", Some(92_125)), ("0", Some(0))]
        {
            assert_eq!(bpm_milli(text), milli, "{text}");
        }
        for text in ["", "-5", "fast", "99999999999", "1.x", "𝟏"] {
            assert_eq!(bpm_milli(text), None, "{text}");
        }
    }
}
