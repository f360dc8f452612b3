//! What a tier may be, what the five are when a studio begins, how long a licence stands, and under which addresses a song may be said to be.

use std::collections::HashSet;

use url::Url;

use super::terms::{AtCap, Caps, Files, Terms, TierCode};
use crate::{
    collectable::{self, AmountFault},
    env::Instant,
    money::{Currency, Money},
    report::{Explain, Kind, Report},
    share::Share,
    visible::{has_visible, is_steering},
};

/// A tier as a studio sets it: everything but whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierSettings {
    /// The price, zero or more, in the studio's currency.
    pub price: Money,
    /// What it costs in further currencies, each of them once; in any other it is not sold.
    pub further: Vec<Money>,
    /// The terms sold at that price.
    pub terms: Terms,
    /// Whether it is on sale.
    pub enabled: bool,
}

/// The longest name of a tier, in characters.
pub const MAX_NAME_CHARS: usize = 100;
/// The longest credit line, in characters.
pub const MAX_CREDIT_CHARS: usize = 300;
/// The longest term, in months: a hundred years.
pub const MAX_TERM_MONTHS: i32 = 1200;
/// The highest price, in minor units. Far above any licence, and low enough that a full cart never overflows.
pub const MAX_PRICE_MINOR: i64 = 1_000_000_000_000;

/// Why a tier is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TierFault {
    /// Below zero.
    #[error("a price is zero or more; {0} is below zero")]
    PriceNegative(Money),
    /// Beyond [`MAX_PRICE_MINOR`].
    #[error("{0} is more than a licence can cost here")]
    PriceTooHigh(Money),
    /// Collected by no payment service.
    #[error(transparent)]
    Uncollectable(#[from] AmountFault),
    /// Not the studio's currency.
    #[error("the studio's own currency is {studio}, and this price is in {given}")]
    OtherCurrency {
        /// The studio's own.
        studio: Currency,
        /// What was given.
        given: Currency,
    },
    /// A currency that has a price already, the studio's own among them.
    #[error("{currency} has two prices")]
    CurrencyTwice {
        /// The place of the second, from 0.
        place: usize,
        /// The currency.
        currency: Currency,
    },
    /// A price in a further currency that cannot be.
    #[error("{fault}")]
    Further {
        /// Its place, from 0.
        place: usize,
        /// Why not.
        fault: Box<TierFault>,
    },
    /// No name, or too long a one.
    #[error("a tier's name has 1 to {MAX_NAME_CHARS} characters")]
    Name,
    /// No credit line, or too long a one.
    #[error("a credit line has 1 to {MAX_CREDIT_CHARS} characters")]
    CreditLine,
    /// A cap below zero.
    #[error("a cap is zero or more, or none; {given} is below zero")]
    CapNegative {
        /// Which cap.
        cap: &'static str,
        /// What was given.
        given: i64,
    },
    /// Out of range.
    #[error("a term has 1 to {MAX_TERM_MONTHS} months, or none for perpetual; this is {0}")]
    Term(i32),
    /// Nothing but the contract.
    #[error("a tier delivers at least one of MP3, WAV and stems")]
    NoFiles,
    /// The tier lacks the file that it is named for.
    #[error("the {tier} tier delivers its {file}")]
    FilesContradict {
        /// The tier.
        tier: TierCode,
        /// What it must deliver.
        file: &'static str,
    },
    /// An unlimited tier with a limit.
    #[error("the unlimited tier has no caps, and this sets one on {cap}")]
    UnlimitedCapped {
        /// Which cap.
        cap: &'static str,
    },
    /// A trackout of a beat that has no stems.
    #[error("a trackout delivers stems, and this beat has none")]
    NoStems,
}

impl Explain for TierFault {
    fn explain(&self) -> Report {
        let (code, field, remedy) = match self {
            Self::Uncollectable(fault) => return fault.explain().field("price"),
            Self::Further { place, fault } => return fault.explain().field(format!("prices.{place}")),
            Self::CurrencyTwice { place, .. } => (
                "CURRENCY_TWICE",
                format!("prices.{place}.currency"),
                "give each currency one price; what it costs in the studio's own is the price itself",
            ),
            Self::PriceNegative(_) => ("PRICE_BELOW_ZERO", "price".into(), "give zero for a free licence"),
            Self::PriceTooHigh(_) => ("PRICE_TOO_HIGH", "price".into(), "check the decimals of the price"),
            Self::OtherCurrency { .. } => {
                ("OTHER_CURRENCY", "price.currency".into(), "give it in the studio's currency")
            }
            Self::Name => ("TIER_NAME", "name".into(), "give a name such as `WAV lease`"),
            Self::CreditLine => ("CREDIT_LINE", "creditLine".into(), "give a line such as `prod. by Nova`"),
            Self::CapNegative { cap, .. } => ("CAP_BELOW_ZERO", format!("caps.{cap}"), "leave it empty for no limit"),
            Self::Term(_) => ("TERM_OUT_OF_RANGE", "termMonths".into(), "leave it empty for a perpetual licence"),
            Self::NoFiles => ("NO_FILES", "files".into(), "switch on at least one file"),
            Self::FilesContradict { .. } => {
                ("FILES_CONTRADICT_TIER", "files".into(), "switch that file on, or sell another tier")
            }
            Self::UnlimitedCapped { cap } => {
                ("UNLIMITED_IS_CAPPED", format!("caps.{cap}"), "leave it empty, or cap another tier")
            }
            Self::NoStems => ("NO_STEMS", "files.stems".into(), "upload the stems first"),
        };
        Report::new(Kind::Invalid, code, self.to_string()).field(field).remedy(remedy)
    }
}

/// Each cap with its name in the API.
fn named(caps: &Caps) -> [(&'static str, Option<i64>); 5] {
    [
        ("streams", caps.streams),
        ("copies", caps.copies),
        ("musicVideos", caps.music_videos),
        ("radioStations", caps.radio_stations),
        ("performances", caps.performances),
    ]
}

fn has_chars(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.chars().count()) && has_visible(text) && !text.chars().any(is_steering)
}

/// Checks a tier. `has_stems` is known for one beat's own tier and `None` for a studio's default.
pub fn check_tier(tier: &TierSettings, studio: Currency, has_stems: Option<bool>) -> Result<(), TierFault> {
    let TierSettings { price, further, terms, .. } = tier;
    if price.currency != studio {
        return Err(TierFault::OtherCurrency { studio, given: price.currency });
    }
    check_price(*price)?;
    check_further(further, studio)?;
    if !has_chars(&terms.tier_name, MAX_NAME_CHARS) {
        return Err(TierFault::Name);
    }
    if !has_chars(&terms.credit_line, MAX_CREDIT_CHARS) {
        return Err(TierFault::CreditLine);
    }
    for (cap, given) in named(&terms.caps) {
        match given {
            Some(given) if given < 0 => return Err(TierFault::CapNegative { cap, given }),
            Some(_) if terms.tier == TierCode::Unlimited => return Err(TierFault::UnlimitedCapped { cap }),
            _ => {}
        }
    }
    if let Some(months) = terms.term_months
        && !(1..=MAX_TERM_MONTHS).contains(&months)
    {
        return Err(TierFault::Term(months));
    }
    check_files(terms.tier, terms.files, has_stems)
}

/// A price that is zero or more, no more than a licence can cost, and collected by payment services.
fn check_price(price: Money) -> Result<(), TierFault> {
    if price.minor < 0 {
        return Err(TierFault::PriceNegative(price));
    }
    if price.minor > MAX_PRICE_MINOR {
        return Err(TierFault::PriceTooHigh(price));
    }
    Ok(collectable::check(price)?)
}

fn check_further(further: &[Money], studio: Currency) -> Result<(), TierFault> {
    if let Some((place, currency)) = second_price(further, studio) {
        return Err(TierFault::CurrencyTwice { place, currency });
    }
    for (place, price) in further.iter().enumerate() {
        check_price(*price).map_err(|fault| TierFault::Further { place, fault: Box::new(fault) })?;
    }
    Ok(())
}

/// The first of some prices in further currencies whose currency has one already, as the studio's own has: its place, from 0, and the currency.
pub(crate) fn second_price(further: &[Money], studio: Currency) -> Option<(usize, Currency)> {
    let mut priced = HashSet::from([studio]);
    further.iter().map(|price| price.currency).enumerate().find(|(_, currency)| !priced.insert(*currency))
}

fn check_files(tier: TierCode, files: Files, has_stems: Option<bool>) -> Result<(), TierFault> {
    if !(files.mp3 || files.wav || files.stems) {
        return Err(TierFault::NoFiles);
    }
    let (needed, file) = match tier {
        TierCode::Mp3 => (files.mp3, "MP3"),
        TierCode::Wav => (files.wav, "WAV"),
        TierCode::Trackout => (files.stems, "stems"),
        TierCode::Unlimited | TierCode::Exclusive => (files.mp3 || files.wav, "MP3 or WAV"),
    };
    if !needed {
        return Err(TierFault::FilesContradict { tier, file });
    }
    if tier == TierCode::Trackout && has_stems == Some(false) {
        return Err(TierFault::NoStems);
    }
    Ok(())
}

/// The files that a tier delivers of a beat; none if the tier is not offered for it. A trackout is its stems, so it needs them; every other
/// tier delivers the stems that there are, and its terms promise no more.
pub fn files_of(tier: TierCode, files: Files, has_stems: bool) -> Option<Files> {
    if tier == TierCode::Trackout && !has_stems {
        return None;
    }
    let files = Files { stems: files.stems && has_stems, ..files };
    (files.mp3 || files.wav || files.stems).then_some(files)
}

/// A price in whole units, in a currency's minor ones. Where a currency has no minor unit its unit is worth about a hundredth of the
/// others', so 30 becomes 3,000; and where the least that is collected says that a unit is worth little, it becomes as much more.
fn price(units: i64, currency: Currency) -> Money {
    let per_unit = if currency.decimals() == 3 { 1000 } else { 100 };
    Money::new(units * per_unit.max(2 * collectable::least_minor(currency)), currency)
}

/// The five tiers of a new studio, cheapest first. Streams, copies, videos, radio and terms are what the market publishes. Paid performances,
/// which shops leave open, follow the size of an act: ten nights for an MP3 lease, a hundred for a trackout.
pub fn default_tiers(currency: Currency, credit_name: &str) -> Vec<TierSettings> {
    let half = Share::from_ppm(500_000).unwrap_or(Share::WHOLE);
    let name: String = credit_name.trim().chars().take(MAX_CREDIT_CHARS - "prod. by ".len()).collect();
    let lease = |streams, copies, music_videos, radio_stations, performances| Caps {
        streams: Some(streams),
        copies: Some(copies),
        music_videos: Some(music_videos),
        radio_stations: Some(radio_stations),
        performances: Some(performances),
    };
    let files = |wav, stems| Files { mp3: true, wav, stems };
    [
        (TierCode::Mp3, 30, files(false, false), lease(10_000, 2_000, 1, 2, 10), Some(36)),
        (TierCode::Wav, 60, files(true, false), lease(100_000, 3_000, 1, 2, 25), Some(60)),
        (TierCode::Trackout, 110, files(true, true), lease(500_000, 10_000, 2, 5, 100), Some(120)),
        (TierCode::Unlimited, 220, files(true, true), Caps::default(), None),
        (TierCode::Exclusive, 900, files(true, true), Caps::default(), None),
    ]
    .into_iter()
    .map(|(tier, units, files, caps, term_months)| TierSettings {
        price: price(units, currency),
        further: Vec::new(),
        terms: Terms {
            tier,
            tier_name: tier.usual_name().to_owned(),
            files,
            caps,
            at_cap: AtCap::Upgrade,
            term_months,
            publishing_kept: half,
            credit_line: format!("prod. by {name}"),
        },
        enabled: true,
    })
    .collect()
}

/// Whether a licence stands: to the end of the day on which it ends, as its contract says.
pub fn stands(ends_at: Option<Instant>, now: Instant) -> bool {
    ends_at.is_none_or(|end| now.date_naive() <= end.date_naive())
}

/// The longest address, in characters.
pub const MAX_URL_CHARS: usize = 300;
/// The most addresses of one licence.
pub const MAX_CHANNELS: usize = 20;

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelFault {
    /// Not an address on the web that everybody can open.
    #[error("this is not a web address that begins with https://")]
    Form,
    /// Longer than [`MAX_URL_CHARS`].
    #[error("an address has at most {MAX_URL_CHARS} characters; this has {0}")]
    TooLong(usize),
    /// The licence has it already.
    #[error("this address is in the list already")]
    Known,
    /// The licence has [`MAX_CHANNELS`] of them.
    #[error("a licence has at most {MAX_CHANNELS} addresses")]
    Full,
}

impl Explain for ChannelFault {
    fn explain(&self) -> Report {
        let (kind, code, remedy) = match self {
            Self::Form => (Kind::Invalid, "CHANNEL_URL", "copy it from the browser's address bar"),
            Self::TooLong(_) => (Kind::Invalid, "CHANNEL_URL_TOO_LONG", "give the channel's or the artist's own page"),
            Self::Known => (Kind::Conflict, "CHANNEL_KNOWN", "give another one, or leave the list as it is"),
            Self::Full => (Kind::Conflict, "CHANNELS_FULL", "remove one, or give the channel instead of each video"),
        };
        Report::new(kind, code, self.to_string()).field("url").remedy(remedy)
    }
}

/// An address in its normal form, so that each is told once: `https`, on a host with a name, without user or password.
pub fn channel_url(text: &str) -> Result<String, ChannelFault> {
    let url = Url::parse(text.trim()).map_err(|_| ChannelFault::Form)?;
    let is_named = url.domain().is_some_and(|domain| domain.contains('.'));
    let is_bare = url.username().is_empty() && url.password().is_none();
    if url.scheme() != "https" || !is_named || !is_bare {
        return Err(ChannelFault::Form);
    }
    let url = String::from(url);
    let chars = url.chars().count();
    if chars > MAX_URL_CHARS { Err(ChannelFault::TooLong(chars)) } else { Ok(url) }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    fn tier(code: TierCode) -> TierSettings {
        default_tiers(Currency::EUR, "Nova").into_iter().find(|tier| tier.terms.tier == code).unwrap()
    }

    #[test]
    fn the_defaults_pass_their_own_check_in_every_kind_of_currency() {
        let forint: Currency = "HUF".parse().unwrap();
        for currency in [Currency::EUR, Currency::JPY, Currency::BHD, forint] {
            for tier in default_tiers(currency, "Nova") {
                assert_eq!(check_tier(&tier, currency, Some(true)), Ok(()), "{tier:?}");
            }
        }
        let first = |currency| default_tiers(currency, "Nova")[0].price.to_string();
        assert_eq!(first(Currency::EUR), "EUR 30.00");
        assert_eq!(first(Currency::JPY), "JPY 3,000");
        assert_eq!(first(Currency::BHD), "BHD 30.000");
        assert_eq!(tier(TierCode::Wav).terms.credit_line, "prod. by Nova");
    }

    #[test]
    fn a_very_long_studio_name_still_makes_a_credit_line() {
        let tiers = default_tiers(Currency::EUR, &"ü".repeat(1000));
        assert_eq!(check_tier(&tiers[0], Currency::EUR, None), Ok(()));
    }

    #[test]
    fn each_fault_names_its_field() {
        type Change = fn(&mut TierSettings);
        let cases: [(TierCode, Change, &str, &str); 13] = [
            (TierCode::Mp3, |t| t.price.minor = 49, "AMOUNT_TOO_SMALL", "price"),
            (TierCode::Mp3, |t| t.price.minor = -1, "PRICE_BELOW_ZERO", "price"),
            (TierCode::Mp3, |t| t.price.minor = i64::MAX, "PRICE_TOO_HIGH", "price"),
            (TierCode::Mp3, |t| t.price.currency = Currency::USD, "OTHER_CURRENCY", "price.currency"),
            (TierCode::Mp3, |t| t.terms.tier_name = " ".into(), "TIER_NAME", "name"),
            (TierCode::Mp3, |t| t.terms.credit_line.clear(), "CREDIT_LINE", "creditLine"),
            (TierCode::Mp3, |t| t.terms.caps.music_videos = Some(-1), "CAP_BELOW_ZERO", "caps.musicVideos"),
            (TierCode::Mp3, |t| t.terms.term_months = Some(0), "TERM_OUT_OF_RANGE", "termMonths"),
            (TierCode::Mp3, |t| t.terms.files.mp3 = false, "NO_FILES", "files"),
            (TierCode::Wav, |t| t.terms.files.wav = false, "FILES_CONTRADICT_TIER", "files"),
            (TierCode::Trackout, |t| t.terms.files.stems = false, "FILES_CONTRADICT_TIER", "files"),
            (TierCode::Unlimited, |t| t.terms.caps.streams = Some(5), "UNLIMITED_IS_CAPPED", "caps.streams"),
            (TierCode::Trackout, |_| (), "NO_STEMS", "files.stems"),
        ];
        for (code, change, expected, field) in cases {
            let mut settings = tier(code);
            change(&mut settings);
            let report = check_tier(&settings, Currency::EUR, Some(false)).unwrap_err().explain();
            assert_eq!((report.code, report.field.as_deref()), (expected, Some(field)));
            assert!(report.remedy.is_some());
        }
    }

    #[test]
    fn each_currency_has_one_price_that_can_be_collected() {
        let [dollars, yen, dinars] = [(3_300, Currency::USD), (5_000, Currency::JPY), (12_340, Currency::BHD)]
            .map(|(minor, currency)| Money::new(minor, currency));
        let checked = |further: &[Money]| {
            let settings = TierSettings { further: further.to_vec(), ..tier(TierCode::Mp3) };
            check_tier(&settings, Currency::EUR, None)
        };
        let free = Money::zero(Currency::USD);
        for fine in [Vec::new(), vec![dollars, yen, dinars], vec![free]] {
            assert_eq!(checked(&fine), Ok(()), "{fine:?}");
        }
        for (further, code, field) in [
            (vec![dollars, free], "CURRENCY_TWICE", "prices.1.currency"),
            (vec![dollars, Money::new(1, Currency::EUR)], "CURRENCY_TWICE", "prices.1.currency"),
            (vec![dollars, Money::new(49, Currency::JPY)], "AMOUNT_TOO_SMALL", "prices.1"),
            (vec![Money::new(12_345, Currency::BHD)], "AMOUNT_DIGITS", "prices.0"),
            (vec![Money::new(490, Currency::BHD)], "AMOUNT_TOO_SMALL", "prices.0"),
            (vec![dollars, yen, Money::new(-1, Currency::BHD)], "PRICE_BELOW_ZERO", "prices.2"),
            (vec![Money::new(i64::MAX, Currency::JPY)], "PRICE_TOO_HIGH", "prices.0"),
        ] {
            let report = checked(&further).unwrap_err().explain();
            assert_eq!((report.code, report.field.as_deref()), (code, Some(field)), "{further:?}");
            assert!(report.remedy.is_some());
        }
    }

    #[test]
    fn a_licence_stands_to_the_end_of_its_last_day() {
        let end = Utc.with_ymd_and_hms(2029, 11, 23, 6, 16, 20).unwrap();
        let (late, next) = (end + chrono::Duration::hours(17), end + chrono::Duration::hours(18));
        assert!(stands(None, next) && stands(Some(end), late) && !stands(Some(end), next));
    }

    #[test]
    fn an_address_is_kept_in_one_form() {
        for same in ["https://www.youtube.com/@ada", " HTTPS://WWW.YouTube.com:443/@ada\n"] {
            assert_eq!(channel_url(same).as_deref(), Ok("https://www.youtube.com/@ada"));
        }
        assert_eq!(channel_url("https://open.spotify.com").as_deref(), Ok("https://open.spotify.com/"));
        for wrong in [
            "",
            "youtube.com/@ada",
            "http://youtube.com/@ada",
            "javascript:alert(1)",
            "https://localhost/x",
            "https://127.0.0.1/x",
            "https://ada:secret@youtube.com/",
            "https://ex\0ample.com/",
        ] {
            assert_eq!(channel_url(wrong), Err(ChannelFault::Form), "{wrong:?}");
        }
        let of_length = |chars: usize| format!("https://a.example/{}", "x".repeat(chars - "https://a.example/".len()));
        assert!(channel_url(&of_length(MAX_URL_CHARS)).is_ok());
        assert_eq!(channel_url(&of_length(MAX_URL_CHARS + 1)), Err(ChannelFault::TooLong(MAX_URL_CHARS + 1)));
        for fault in [ChannelFault::Form, ChannelFault::TooLong(301), ChannelFault::Known, ChannelFault::Full] {
            let report = fault.explain();
            assert!(report.field.as_deref() == Some("url") && report.remedy.is_some(), "{fault:?}");
        }
    }

    #[test]
    fn only_a_trackout_needs_stems() {
        let all = Files { mp3: true, wav: true, stems: true };
        assert_eq!(files_of(TierCode::Trackout, all, false), None);
        assert_eq!(files_of(TierCode::Exclusive, all, false), Some(Files { stems: false, ..all }));
        assert_eq!(files_of(TierCode::Trackout, all, true), Some(all));
    }
}
