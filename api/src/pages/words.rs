//! Figures as a reader of the pages sees them.

use domain::{
    catalog::entity::SampleClearance,
    env::Instant,
    licensing::terms::{AtCap, Caps, Files, TierCode, months_in_words},
    money::{Money, grouped},
    pricing::rules::TaxRule,
    share::Share,
};
use sea_orm::Iterable;

/// A price: `EUR 49.99`, `JPY 1,200`, `BHD 12.500`, `Free`.
pub(super) fn price(money: Money) -> String {
    if money.minor == 0 { "Free".to_owned() } else { amount(money) }
}

/// An amount, zero too, that no line breaks apart: `EUR 0.00`.
pub(super) fn amount(money: Money) -> String {
    money.to_string().replace(' ', "\u{a0}")
}

/// A tax by its name and its amount, and whether it is within the prices; both empty if there is none.
pub(super) fn tax(rule: Option<&TaxRule>, amount: Money) -> (String, String) {
    let Some(rule) = rule else { return (String::new(), String::new()) };
    let within = if rule.included && rule.rate != Share::ZERO { "Included: " } else { "" };
    (format!("{within}{rule}"), self::amount(amount))
}

/// A whole number of zero or more: `10,000`.
pub(super) fn count(number: i64) -> String {
    grouped(&number.to_string())
}

/// So many thousandths: `2.5`, `1`, `10,000`.
pub(super) fn thousandths(milli: i64) -> String {
    let (whole, rest) = (count(milli / 1_000), milli % 1_000);
    if rest == 0 { whole } else { format!("{whole}.{}", format!("{rest:03}").trim_end_matches('0')) }
}

/// A tempo: `140 BPM`, `92.5 BPM`.
pub(super) fn tempo(bpm_milli: i32) -> String {
    let (whole, rest) = (bpm_milli / 1000, bpm_milli % 1000);
    if rest == 0 {
        format!("{whole} BPM")
    } else {
        format!("{whole}.{} BPM", format!("{rest:03}").trim_end_matches('0'))
    }
}

/// A length: `3:07`.
pub(super) fn length(duration_ms: i64) -> String {
    let seconds = duration_ms / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// A cap: `100,000 streams`, `1 music video`, `unlimited streams`, `no radio stations`.
fn cap(limit: Option<i64>, one: &str, many: &str) -> String {
    match limit {
        None => format!("unlimited {many}"),
        Some(0) => format!("no {many}"),
        Some(1) => format!("1 {one}"),
        Some(limit) => format!("{} {many}", grouped(&limit.to_string())),
    }
}

/// What a licensee may do, one line for each kind of use; a single line if nothing is limited.
pub(super) fn uses(caps: &Caps) -> Vec<String> {
    if *caps == Caps::default() {
        return vec!["Unlimited use".to_owned()];
    }
    [
        cap(caps.streams, "stream", "streams"),
        cap(caps.copies, "copy", "copies"),
        cap(caps.music_videos, "music video", "music videos"),
        cap(caps.radio_stations, "radio station", "radio stations"),
        cap(caps.performances, "paid performance", "paid performances"),
    ]
    .into_iter()
    .map(|line| {
        let mut letters = line.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    })
    .collect()
}

/// What happens at a cap; empty if there is none.
pub(super) fn at_cap(caps: &Caps, at_cap: AtCap) -> &'static str {
    match at_cap {
        _ if *caps == Caps::default() => "",
        AtCap::Upgrade => "At a limit you upgrade and pay the difference.",
        AtCap::Terminate => "At a limit the licence ends.",
    }
}

/// The files of a tier: `MP3 + WAV + stems`.
pub(super) fn files(files: Files) -> String {
    let named = [(files.mp3, "MP3"), (files.wav, "WAV"), (files.stems, "stems")];
    named.iter().filter(|(there, _)| *there).map(|(_, name)| *name).collect::<Vec<_>>().join(" + ")
}

/// A term: `3 years`, `18 months`, `For ever`.
pub(super) fn term(months: Option<i32>) -> String {
    months.map_or_else(|| "For ever".to_owned(), months_in_words)
}

/// A share: `50 %`, `33.3333 %`.
pub(super) fn percent(share: Share) -> String {
    let (whole, rest) = (share.ppm() / 10_000, share.ppm() % 10_000);
    if rest == 0 { format!("{whole} %") } else { format!("{whole}.{} %", format!("{rest:04}").trim_end_matches('0')) }
}

/// A file's size in decimal units, one place: `7.3 MB`.
pub(super) fn size(bytes: i64) -> String {
    let (unit, name) = match bytes {
        ..1_000 => return format!("{bytes} bytes"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes / (unit / 10);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

/// A day: `23 November 2026`.
pub(super) fn day(at: Instant) -> String {
    at.format("%-d %B %Y").to_string()
}

/// A day without a time, in the same words.
pub(super) fn date(day: chrono::NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// A moment: `23 November 2026, 14:03 UTC`.
pub(super) fn moment(at: Instant) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}

/// A moment as evidence tells it, to the second: `23 November 2026, 14:03:07 UTC`.
pub(super) fn second(at: Instant) -> String {
    at.format("%-d %B %Y, %H:%M:%S UTC").to_string()
}

/// The tier of a word in an address or a form.
pub(super) fn tier(word: &str) -> Option<TierCode> {
    TierCode::iter().find(|code| code.word() == word)
}

/// A tier by the word of the trade.
pub(super) const fn lease(code: TierCode) -> &'static str {
    match code {
        TierCode::Mp3 => "MP3 lease",
        TierCode::Wav => "WAV lease",
        TierCode::Trackout => "Trackout lease",
        TierCode::Unlimited => "Unlimited lease",
        TierCode::Exclusive => "Exclusive licence",
    }
}

/// A tier in one word for whom the studio's own name says nothing.
pub(super) const fn kind(code: TierCode) -> &'static str {
    match code {
        TierCode::Exclusive => "Exclusive",
        TierCode::Unlimited | TierCode::Mp3 | TierCode::Wav | TierCode::Trackout => "Non-exclusive",
    }
}

/// By what right a sample is used, said to who buys.
pub(super) const fn clearance(clearance: SampleClearance) -> &'static str {
    match clearance {
        SampleClearance::Cleared => "cleared",
        SampleClearance::ClearedForLeases => "cleared for leases",
        SampleClearance::RoyaltyFree => "royalty-free",
        SampleClearance::NotCleared => "not cleared, to be cleared by you before a release",
    }
}

#[cfg(test)]
mod tests {
    use domain::money::Currency;

    use super::*;

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
