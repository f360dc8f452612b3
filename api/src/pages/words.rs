//! Figures as a reader of the pages sees them.

use chrono::Datelike;
use domain::{
    catalog::{entity::SampleClearance, rules::music::Key},
    env::Instant,
    invoices::content::TaxFacts,
    licensing::terms::{AtCap, Caps, Files, Terms, TierCode},
    money::{Currency, Money},
    pricing::{
        Country,
        rules::{DiscountName, TaxRule},
    },
    share::Share,
};
use sea_orm::Iterable;

use super::texts::{Language, language, signed, t};

/// A price: `EUR 49.99`, `JPY 1,200`, `BHD 12.500`, `Free`; in German `49,99 EUR`.
pub(super) fn price(money: Money) -> String {
    if money.minor == 0 { t("words-free").into() } else { amount(money) }
}

/// An amount, zero too, that no line breaks apart: `EUR 0.00`, in German `0,00 EUR`.
pub(super) fn amount(money: Money) -> String {
    in_currency(&money.decimal(), money.currency)
}

/// A number of a currency's major units that is written as programs do (`-1234.50`), with the currency: `−EUR 1,234.50`, in German `−1.234,50 EUR`. No line
/// breaks it apart.
pub(super) fn in_currency(plain: &str, currency: Currency) -> String {
    let (minus, number) = signed(plain);
    let figures = language().figures(number);
    match language() {
        Language::English => format!("{minus}{currency}\u{a0}{figures}"),
        Language::German => format!("{minus}{figures}\u{a0}{currency}"),
    }
}

/// What takes something off, by its name: a coupon's and a bulk deal's in the reader's language, a bundle's as its studio has called it.
pub(super) fn discount(name: &DiscountName) -> String {
    match name {
        DiscountName::Bundle(name) | DiscountName::AsKept(name) => name.clone(),
        DiscountName::Bulk { buy, free } => t("words-bulk").with("buy", buy).with("free", free).into(),
        DiscountName::Coupon(code) => t("words-coupon").with("code", code).into(),
    }
}

/// A tax by its name and its amount, and whether it is within the prices; both empty if there is none.
pub(super) fn tax(rule: Option<&TaxRule>, amount: Money) -> (String, String) {
    let Some(rule) = rule else { return (String::new(), String::new()) };
    let key = if rule.included { "words-tax-within" } else { "words-tax" };
    (tax_of(&country(rule.country), key, &rule.name, rule.rate), self::amount(amount))
}

/// The tax of a quote or an invoice by its name.
pub(super) fn invoiced_tax(tax: &TaxFacts) -> String {
    // What has been sent stays as it is, and so may name a country that the list no longer has.
    let country = tax.country.parse::<Country>().map_or_else(|_| tax.country.clone(), country);
    if tax.reverse_charge {
        return t("words-reverse-charge").with("country", &country).into();
    }
    tax_of(&country, "words-tax", &tax.name, tax.rate)
}

fn tax_of(country: &str, key: &'static str, name: &str, rate: Share) -> String {
    if rate == Share::ZERO {
        return t("words-no-tax").with("country", country).into();
    }
    let rate = language().figures(&rate.to_string());
    t(key).with("name", name).with("rate", &rate).with("country", country).into()
}

/// A country by the name that the reader knows it by; its message is called by its code.
pub(super) fn country(country: Country) -> String {
    t(country.code()).into()
}

/// So many thousandths: `2.5`, `1`, `10,000`.
pub(super) fn thousandths(milli: i64) -> String {
    let plain = format!("{}.{:03}", milli / 1_000, milli % 1_000);
    language().figures(plain.trim_end_matches('0'))
}

/// A tempo: `140 BPM`, `92.5 BPM`.
pub(super) fn tempo(bpm_milli: i32) -> String {
    format!("{} BPM", thousandths(bpm_milli.into()))
}

/// A key: `F# minor`, in German `fis-Moll`; what is none stays as it is.
pub(super) fn key(text: &str) -> String {
    let Some(english) = Key::parse(text).map(|key| key.to_string()) else { return text.to_owned() };
    let (note, mode) = english.split_once(' ').unwrap_or((&english, ""));
    let is_minor = mode == "minor";
    let key = if is_minor { "words-minor" } else { "words-major" };
    t(key).with("note", &language().note(note, is_minor)).into()
}

/// A length: `3:07`.
pub(super) fn length(duration_ms: i64) -> String {
    let seconds = duration_ms / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// What a licensee may do, one line for each kind of use; a single line if nothing is limited: `100,000 streams`, `1 music video`, `Unlimited streams`,
/// `No radio stations`.
pub(super) fn uses(caps: &Caps) -> Vec<String> {
    if *caps == Caps::default() {
        return vec![t("words-uses").into()];
    }
    let cap = |limit: Option<i64>, some, all| match limit {
        Some(limit) => t(some).with("count", &limit).to_string(),
        None => t(all).to_string(),
    };
    vec![
        cap(caps.streams, "words-streams", "words-streams-unlimited"),
        cap(caps.copies, "words-copies", "words-copies-unlimited"),
        cap(caps.music_videos, "words-videos", "words-videos-unlimited"),
        cap(caps.radio_stations, "words-stations", "words-stations-unlimited"),
        cap(caps.performances, "words-performances", "words-performances-unlimited"),
    ]
}

/// What happens at a cap; empty if there is none.
pub(super) fn at_cap(caps: &Caps, at_cap: AtCap) -> String {
    match at_cap {
        _ if *caps == Caps::default() => String::new(),
        AtCap::Upgrade => t("words-cap-upgrades").into(),
        AtCap::Terminate => t("words-cap-ends").into(),
    }
}

/// The files of a tier: `MP3 + WAV + stems`.
pub(super) fn files(files: Files) -> String {
    let stems = t("words-stems").to_string();
    let named = [(files.mp3, "MP3"), (files.wav, "WAV"), (files.stems, &stems)];
    named.iter().filter(|(there, _)| *there).map(|(_, name)| *name).collect::<Vec<_>>().join(" + ")
}

/// A term: `3 years`, `18 months`, `For ever`.
pub(super) fn term(months: Option<i32>) -> String {
    match months {
        None => t("words-for-ever").into(),
        Some(months) if months % 12 == 0 => t("words-years").with("count", &(months / 12)).into(),
        Some(months) => t("words-months").with("count", &months).into(),
    }
}

/// A share: `50 %`, `33.3333 %`.
pub(super) fn percent(share: Share) -> String {
    format!("{} %", language().figures(&share.to_string()))
}

/// A file's size in decimal units, one place: `7.3 MB`.
pub(super) fn size(bytes: i64) -> String {
    let (unit, name) = match bytes {
        ..1_000 => return t("words-bytes").with("count", &bytes).into(),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes / (unit / 10);
    let plain = format!("{}.{}", tenths / 10, tenths % 10);
    format!("{} {name}", language().figures(&plain))
}

/// The months by their names in a date.
pub(super) const MONTHS: [&str; 12] = [
    "words-january",
    "words-february",
    "words-march",
    "words-april",
    "words-may",
    "words-june",
    "words-july",
    "words-august",
    "words-september",
    "words-october",
    "words-november",
    "words-december",
];

/// A day: `23 November 2026`.
pub(super) fn day(at: Instant) -> String {
    date(at.date_naive())
}

/// A day without a time, in the same words.
pub(super) fn date(day: chrono::NaiveDate) -> String {
    let month = t(MONTHS[day.month0() as usize]);
    t("words-date").with("day", &day.day()).with("month", &month).with("year", &day.year().to_string()).into()
}

/// A moment: `23 November 2026, 14:03 UTC`.
pub(super) fn moment(at: Instant) -> String {
    format!("{}, {}", day(at), at.format("%H:%M UTC"))
}

/// A moment as evidence tells it, to the second: `23 November 2026, 14:03:07 UTC`.
pub(super) fn second(at: Instant) -> String {
    format!("{}, {}", day(at), at.format("%H:%M:%S UTC"))
}

/// The tier of a word in an address or a form.
pub(super) fn tier(word: &str) -> Option<TierCode> {
    TierCode::iter().find(|code| code.word() == word)
}

/// A tier by the word of the trade.
pub(super) fn lease(code: TierCode) -> String {
    let key = match code {
        TierCode::Mp3 => "words-mp3-lease",
        TierCode::Wav => "words-wav-lease",
        TierCode::Trackout => "words-trackout-lease",
        TierCode::Unlimited => "words-unlimited-lease",
        TierCode::Exclusive => "words-exclusive-licence",
    };
    t(key).into()
}

/// A tier by the name that the studio sells it under: what every new studio calls it, in the reader's language.
pub(super) fn tier_name(terms: &Terms) -> String {
    if terms.tier_name == terms.tier.usual_name() { lease(terms.tier) } else { terms.tier_name.clone() }
}

/// A tier in one word for whom the studio's own name says nothing.
pub(super) fn kind(code: TierCode) -> String {
    let key = match code {
        TierCode::Exclusive => "words-exclusive",
        TierCode::Unlimited | TierCode::Mp3 | TierCode::Wav | TierCode::Trackout => "words-non-exclusive",
    };
    t(key).into()
}

/// By what right a sample is used, said to who buys.
pub(super) fn clearance(clearance: SampleClearance) -> String {
    let key = match clearance {
        SampleClearance::Cleared => "words-cleared",
        SampleClearance::ClearedForLeases => "words-cleared-for-leases",
        SampleClearance::RoyaltyFree => "words-royalty-free",
        SampleClearance::NotCleared => "words-not-cleared",
    };
    t(key).into()
}

#[cfg(test)]
mod tests {
    use domain::licensing::rules::default_tiers;

    use super::{super::texts::in_german, *};

    #[test]
    fn germans_read_their_own_figures() {
        let money = |minor, currency| Money::new(minor, currency);
        in_german(|| {
            assert_eq!(amount(money(123_456_789, Currency::EUR)), "1.234.567,89\u{a0}EUR");
            assert_eq!(amount(money(-5, Currency::USD)), "−0,05\u{a0}USD");
            assert_eq!(price(money(0, Currency::EUR)), "Kostenlos");
            let keys = ["A minor", "Bbm", "F# minor", "Eb", "B major", "Ab minor", "Gb", "B#m", "atonal"].map(key);
            assert_eq!(
                keys,
                ["a-Moll", "b-Moll", "fis-Moll", "Es-Dur", "H-Dur", "as-Moll", "Ges-Dur", "his-Moll", "atonal"]
            );
            assert_eq!((tempo(92_500), size(7_340_032)), ("92,5 BPM".into(), "7,3 MB".into()));
            assert_eq!(
                (term(Some(12)), term(Some(18)), term(None)),
                ("1 Jahr".into(), "18 Monate".into(), "Unbefristet".into())
            );
            assert_eq!(moment("2026-03-03T04:05:06Z".parse().unwrap()), "3. März 2026, 04:05 UTC");
            let caps =
                Caps { streams: Some(100_000), music_videos: Some(1), radio_stations: Some(0), ..Caps::default() };
            assert_eq!(
                uses(&caps),
                [
                    "100.000 Streams",
                    "Unbegrenzt viele Kopien",
                    "1 Musikvideo",
                    "Keine Radiosender",
                    "Unbegrenzt viele bezahlte Auftritte"
                ]
            );
        });
    }

    #[test]
    fn what_takes_something_off_is_called_as_its_reader_calls_it() {
        let names = [
            DiscountName::Coupon("SUMMER".into()),
            DiscountName::Bulk { buy: 2, free: 1 },
            DiscountName::Bundle("Coupon SUMMER".into()),
            DiscountName::AsKept("2 + 1".into()),
        ];
        let called = || names.each_ref().map(discount);
        assert_eq!(called(), ["Coupon SUMMER", "Buy 2, get 1 free", "Coupon SUMMER", "2 + 1"]);
        in_german(|| {
            assert_eq!(called(), ["Gutschein SUMMER", "Kauf 2, bekomm 1 gratis", "Coupon SUMMER", "2 + 1"]);
        });
    }

    #[test]
    fn a_tier_is_called_as_its_reader_calls_it_unless_its_studio_does_otherwise() {
        let tiers = default_tiers(Currency::EUR, "Nova");
        let names = || -> Vec<String> { tiers.iter().map(|tier| tier_name(&tier.terms)).collect() };
        let usual: Vec<&str> = tiers.iter().map(|tier| tier.terms.tier_name.as_str()).collect();
        assert_eq!(names(), usual);
        let own = Terms { tier_name: "Gold".into(), ..tiers[0].terms.clone() };
        in_german(|| {
            assert_eq!(names(), ["MP3-Lease", "WAV-Lease", "Trackout-Lease", "Unlimited-Lease", "Exklusivlizenz"]);
            assert_eq!(tier_name(&own), "Gold");
        });
    }

    #[test]
    fn taxes_name_the_country_as_the_reader_does() {
        let germany: Country = "DE".parse().unwrap();
        let rate = Share::from_ppm(75_000).unwrap();
        let within = TaxRule { name: "VAT".into(), rate, ..TaxRule::none(germany) };
        let sent = |code: &str, reverse_charge| {
            invoiced_tax(&TaxFacts { country: code.into(), name: "VAT".into(), rate, reverse_charge })
        };
        let told = || {
            let named = |rule: &TaxRule| tax(Some(rule), Money::zero(Currency::EUR)).0;
            [named(&TaxRule::none(germany)), named(&within), sent("AT", false), sent("AT", true), sent("AN", false)]
        };
        assert_eq!(
            told(),
            [
                "No tax (Germany)",
                "Included: VAT 7.5 % (Germany)",
                "VAT 7.5 % (Austria)",
                "Reverse charge (Austria)",
                "VAT 7.5 % (AN)"
            ]
        );
        in_german(|| {
            assert_eq!(
                told(),
                [
                    "Keine Steuer (Deutschland)",
                    "Enthalten: VAT 7,5 % (Deutschland)",
                    "VAT 7,5 % (Österreich)",
                    "Steuerschuldnerschaft des Leistungsempfängers (Österreich)",
                    "VAT 7,5 % (AN)"
                ]
            );
        });
    }

    #[test]
    fn days_read_the_same_everywhere() {
        let at: Instant = "2026-11-03T04:05:06Z".parse().unwrap();
        assert_eq!((day(at), date(at.date_naive())), ("3 November 2026".into(), "3 November 2026".into()));
        assert_eq!(moment(at), "3 November 2026, 04:05 UTC");
        assert_eq!(second(at), "3 November 2026, 04:05:06 UTC");
    }

    #[test]
    fn figures_read_well() {
        let money = |minor, currency| Money::new(minor, currency);
        assert_eq!(price(money(4_999, Currency::EUR)), "EUR\u{a0}49.99");
        assert_eq!(price(money(0, Currency::EUR)), "Free");
        assert_eq!(amount(money(-5, Currency::USD)), "−USD\u{a0}0.05");
        assert_eq!(amount(money(1_234_567, Currency::JPY)), "JPY\u{a0}1,234,567");
        assert_eq!(amount(money(1_234_567, Currency::BHD)), "BHD\u{a0}1,234.567");
        assert_eq!([1_000, 2_500, 25, 10_000_000].map(thousandths), ["1", "2.5", "0.025", "10,000"]);
        assert_eq!((tempo(140_000), tempo(92_500)), ("140 BPM".into(), "92.5 BPM".into()));
        assert_eq!(["Am", "F# minor", "Bb major", "atonal"].map(key), ["A minor", "F# minor", "Bb major", "atonal"]);
        assert_eq!((length(187_400), term(Some(36)), term(None)), ("3:07".into(), "3 years".into(), "For ever".into()));
        assert_eq!(
            (size(999), size(7_340_032), size(1_500_000_000)),
            ("999 bytes".into(), "7.3 MB".into(), "1.5 GB".into())
        );
        assert_eq!(percent(Share::from_ppm(333_333).unwrap()), "33.3333 %");
        let caps = Caps { streams: Some(100_000), music_videos: Some(1), radio_stations: Some(0), ..Caps::default() };
        assert_eq!(
            uses(&caps),
            [
                "100,000 streams",
                "Unlimited copies",
                "1 music video",
                "No radio stations",
                "Unlimited paid performances"
            ]
        );
    }
}
