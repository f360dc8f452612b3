//! What a shop's beats are narrowed by, in its form and in its addresses.

use std::collections::BTreeSet;

use domain::{
    catalog::{BeatFilter, rules::music::Key},
    ids::BeatId,
    licensing::{on_sale::OfferFilter, terms::TierCode},
    money::Currency,
    offers::rules::read_amount,
};

use super::{
    texts::{Text, language, t},
    words,
};

/// An option of a select.
pub(super) struct Choice {
    pub(super) word: String,
    pub(super) chosen: bool,
}

/// A key in the select of keys.
pub(super) struct KeyChoice {
    pub(super) word: String,
    pub(super) name: String,
    pub(super) chosen: bool,
}

/// A tier in the select of licences.
pub(super) struct TierChoice {
    pub(super) word: &'static str,
    pub(super) name: String,
    pub(super) chosen: bool,
}

/// Two ends between which something lies, as typed. What cannot be read narrows nothing, and neither do ends that nothing lies between.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Range<T> {
    min: Option<T>,
    max: Option<T>,
    /// What is wrong with them, and how to mend it; empty if nothing is.
    pub(super) problem: String,
    pub(super) is_min_wrong: bool,
    pub(super) is_max_wrong: bool,
}

impl<T: PartialOrd> Range<T> {
    /// The ends as typed; `unread` says how one is written, and `crossed` which belongs first.
    fn read((min, max): (&str, &str), read: impl Fn(&str) -> Option<T>, unread: Text<'_>, crossed: Text<'_>) -> Self {
        let end = |typed: &str| {
            let value = read(typed);
            let is_wrong = value.is_none() && !typed.trim().is_empty();
            (value, is_wrong)
        };
        let ((min, is_min_wrong), (max, is_max_wrong)) = (end(min), end(max));
        if min.as_ref().zip(max.as_ref()).is_some_and(|(min, max)| min > max) {
            return Self { min: None, max: None, problem: crossed.into(), is_min_wrong: true, is_max_wrong: true };
        }
        let problem = if is_min_wrong || is_max_wrong { unread.into() } else { String::new() };
        Self { min, max, problem, is_min_wrong, is_max_wrong }
    }
}

/// What a shop is narrowed by, as typed. What makes no sense narrows nothing.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    pub(super) q: String,
    pub(super) bpm_min: String,
    pub(super) bpm_max: String,
    pub(super) price_min: String,
    pub(super) price_max: String,
    pub(super) tier: String,
    pub(super) key: String,
    /// Whether the keys that mix with the key are looked for as well, if it says anything.
    pub(super) compatible: String,
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
            ("price_min", self.price_min.trim()),
            ("price_max", self.price_max.trim()),
            ("tier", self.tier_code().map_or("", TierCode::word)),
            ("key", self.known_key().map_or("", |_| self.key.trim())),
            ("compatible", if self.is_compatible() { "1" } else { "" }),
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

    /// The tier that is looked for.
    pub(super) fn tier_code(&self) -> Option<TierCode> {
        words::tier(self.tier.trim())
    }

    /// What is wrong with the licence that is looked for, and how to mend it; none if nothing is.
    pub(super) fn tier_problem(&self) -> Option<String> {
        let is_unknown = !self.tier.trim().is_empty() && self.tier_code().is_none();
        is_unknown.then(|| t("filter-tier").into())
    }

    /// The key that is looked for.
    pub(super) fn known_key(&self) -> Option<Key> {
        Key::parse(&self.key)
    }

    /// What is wrong with the key that is looked for, and how to mend it; none if nothing is.
    pub(super) fn key_problem(&self) -> Option<String> {
        match (self.known_key(), self.key.trim()) {
            (None, "") if self.wants_compatible() => Some(t("filter-key-first").into()),
            (None, typed) if !typed.is_empty() => Some(t("filter-key").into()),
            _ => None,
        }
    }

    /// Whether the keys that mix with the key are asked for, be there a key or not.
    pub(super) fn wants_compatible(&self) -> bool {
        !self.compatible.trim().is_empty()
    }

    /// Whether there is a key, and the keys that mix with it are looked for as well.
    fn is_compatible(&self) -> bool {
        self.known_key().is_some() && self.wants_compatible()
    }

    /// The tempi that are typed, in thousandths of a beat per minute.
    pub(super) fn tempi(&self) -> Range<i32> {
        let (unread, crossed) = (t("filter-tempo"), t("filter-tempo-crossed"));
        Range::read((&self.bpm_min, &self.bpm_max), bpm_milli, unread, crossed)
    }

    /// The prices that are typed, in minor units of the currency that the page shows.
    pub(super) fn prices(&self, currency: Currency) -> Range<i64> {
        let read = |typed: &str| read_amount(typed, currency).ok().map(|price| price.minor);
        let example = if currency.decimals() == 0 { "3000".into() } else { language().figures("49.50") };
        let unread = t("filter-price").with("currency", currency.code()).with("example", &example);
        let crossed = t("filter-price-crossed");
        Range::read((&self.price_min, &self.price_max), read, unread, crossed)
    }

    /// The same without prices: where another currency is shown they mean something else.
    pub(super) fn without_prices(&self) -> Self {
        Self { price_min: String::new(), price_max: String::new(), ..self.clone() }
    }

    pub(super) fn beats(&self, currency: Currency, prices: &Range<i64>, tempi: &Range<i32>) -> BeatFilter {
        let text = |value: &str| {
            Some(value.trim().chars().filter(|c| !c.is_control()).take(200).collect::<String>())
                .filter(|text| !text.is_empty())
        };
        let offer = OfferFilter { currency, tier: self.tier_code(), min_minor: prices.min, max_minor: prices.max };
        BeatFilter {
            title: text(&self.q),
            min_bpm_milli: tempi.min,
            max_bpm_milli: tempi.max,
            musical_key: self.known_key().map(|key| key.to_string()),
            compatible_keys: self.is_compatible(),
            mood: text(&self.mood),
            tag: text(&self.tag),
            offer: Some(offer).filter(OfferFilter::narrows),
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

/// The options of the select of keys, the chosen one kept even if no beat has it any more.
pub(super) fn key_choices(mut known: BTreeSet<String>, chosen: Option<Key>) -> Vec<KeyChoice> {
    let chosen = chosen.map(|key| key.to_string());
    known.extend(chosen.clone());
    let choice = |word: String| KeyChoice { name: words::key(&word), chosen: chosen.as_ref() == Some(&word), word };
    known.into_iter().map(choice).collect()
}

/// The options of the select of licences, the chosen one kept even if no beat is sold so any more.
pub(super) fn tier_choices(mut on_sale: BTreeSet<TierCode>, chosen: Option<TierCode>) -> Vec<TierChoice> {
    on_sale.extend(chosen);
    let choice =
        |tier: TierCode| TierChoice { word: tier.word(), name: words::lease(tier), chosen: Some(tier) == chosen };
    on_sale.into_iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_narrows_the_shop() {
        let filter = Filter { q: " night ".into(), currency: "EUR".into(), ..Filter::default() };
        assert_eq!(filter.address("/s/nova", None, None), "/s/nova?q=night");
        assert_eq!(filter.address("/s/nova", Some(Currency::USD), None), "/s/nova?q=night&currency=USD");
        let filter = Filter {
            price_max: " 49,50".into(),
            tier: "wav".into(),
            key: "A minor".into(),
            compatible: "on".into(),
            ..Filter::default()
        };
        let address = "/s/nova?price_max=49%2C50&tier=wav&key=A+minor&compatible=1";
        assert_eq!(filter.address("/s/nova", None, None), address);
        assert_eq!(filter.without_prices().given().len(), 3);
        let nothing = Filter { tier: "gold".into(), compatible: "1".into(), ..Filter::default() };
        assert!(nothing.given().is_empty(), "there is no such tier, and no key that others could mix with");
    }

    #[test]
    fn prices_are_read_or_explained() {
        let prices = |min: &str, max: &str, currency| {
            let filter = Filter { price_min: min.into(), price_max: max.into(), ..Filter::default() };
            filter.prices(currency)
        };
        let read = |min: &str, max: &str, currency| {
            let prices = prices(min, max, currency);
            assert_eq!(prices.problem, "", "{min:?} {max:?}");
            (prices.min, prices.max)
        };
        assert_eq!(read("", " ", Currency::EUR), (None, None));
        assert_eq!(read("0", "49.5", Currency::EUR), (Some(0), Some(4_950)));
        assert_eq!(read("1,200", "", Currency::JPY), (Some(1_200), None));
        assert_eq!(read("30", "30", Currency::BHD), (Some(30_000), Some(30_000)));
        for (min, max, currency, wrong) in [
            ("cheap", "50", Currency::EUR, (true, false)),
            ("10", "-50", Currency::EUR, (false, true)),
            ("€10", "1e3", Currency::EUR, (true, true)),
            ("", "49.50", Currency::JPY, (false, true)),
            ("50", "49.99", Currency::EUR, (true, true)),
        ] {
            let prices = prices(min, max, currency);
            assert!(!prices.problem.is_empty(), "{min:?} {max:?}");
            assert_eq!((prices.is_min_wrong, prices.is_max_wrong), wrong, "{min:?} {max:?}");
        }
        assert_eq!(prices("cheap", "50", Currency::EUR).max, Some(5_000), "what can be read narrows");
        assert_eq!(prices("50", "49.99", Currency::EUR).max, None);
    }

    #[test]
    fn tempi_are_read_or_explained() {
        let tempi =
            |min: &str, max: &str| Filter { bpm_min: min.into(), bpm_max: max.into(), ..Filter::default() }.tempi();
        for (min, max, read) in [
            ("", " ", (None, None)),
            ("90", "92.5", (Some(90_000), Some(92_500))),
            ("140", "140", (Some(140_000), Some(140_000))),
        ] {
            let tempi = tempi(min, max);
            assert_eq!((tempi.problem.as_str(), tempi.min, tempi.max), ("", read.0, read.1), "{min:?} {max:?}");
        }
        for (min, max, wrong, read) in [
            ("fast", "140", (true, false), (None, Some(140_000))),
            ("90", "-5", (false, true), (Some(90_000), None)),
            ("x", "y", (true, true), (None, None)),
            ("150", "90", (true, true), (None, None)),
        ] {
            let tempi = tempi(min, max);
            assert!(!tempi.problem.is_empty(), "{min:?} {max:?}");
            assert_eq!((tempi.is_min_wrong, tempi.is_max_wrong), wrong, "{min:?} {max:?}");
            assert_eq!((tempi.min, tempi.max), read, "{min:?} {max:?}");
        }
    }

    #[test]
    fn a_licence_or_key_that_is_none_is_explained() {
        for (tier, key, compatible, explained) in [
            ("", "", "", (false, false)),
            ("wav", "A minor", "1", (false, false)),
            ("gold", "", "", (true, false)),
            ("", "H sharp", "", (false, true)),
            ("", "", "1", (false, true)),
            ("", "H sharp", "1", (false, true)),
        ] {
            let filter =
                Filter { tier: tier.into(), key: key.into(), compatible: compatible.into(), ..Filter::default() };
            let problems = (filter.tier_problem().is_some(), filter.key_problem().is_some());
            assert_eq!(problems, explained, "{tier:?} {key:?} {compatible:?}");
        }
    }

    #[test]
    fn a_tier_stays_chosen_even_if_it_is_sold_no_more() {
        let choices = tier_choices(BTreeSet::from([TierCode::Unlimited, TierCode::Mp3]), Some(TierCode::Wav));
        let choices: Vec<_> = choices.iter().map(|choice| (choice.word, choice.chosen)).collect();
        assert_eq!(choices, [("mp3", false), ("wav", true), ("unlimited", false)]);
    }

    #[test]
    fn a_key_stays_chosen_however_it_is_written() {
        let choices = key_choices(BTreeSet::from(["F# minor".into(), "A minor".into()]), Key::parse("am"));
        let choices: Vec<_> = choices.iter().map(|choice| (choice.name.as_str(), choice.chosen)).collect();
        assert_eq!(choices, [("A minor", true), ("F# minor", false)]);
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
