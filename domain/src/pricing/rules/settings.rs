//! What a studio may set: coupons, bulk deals, bundles and rates of tax, checked before they are kept.

use std::collections::BTreeSet;

use super::{Off, code};
use crate::{
    collectable::{self, AmountFault},
    env::Instant,
    ids::BeatId,
    licensing::{
        rules::{MAX_PRICE_MINOR, second_price},
        terms::TierCode,
    },
    money::{Currency, Money},
    pricing::Country,
    report::{Explain, Kind, Report},
    share::Share,
    visible::{has_visible, is_steering},
};

/// The most beats of a bundle, and the most that a coupon is for.
pub const MAX_BEATS: usize = 50;
/// The most bundles of a studio.
pub const MAX_BUNDLES: u64 = 50;
/// The most that is bought, or comes free, in a bulk deal.
pub const MAX_BULK: i32 = 20;
/// The longest name of a bundle or of a tax, in characters.
pub const MAX_NAME_CHARS: usize = 100;

/// A coupon as a studio sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponSettings {
    /// Its code, as typed; of a studio's coupons each has its own.
    pub code: String,
    /// What it takes off.
    pub off: Off,
    /// What an order comes to at the least; none if any will do.
    pub minimum: Option<Money>,
    /// The beats that it is for; any, if none is named.
    pub beats: BTreeSet<BeatId>,
    /// The tiers that it is for; any, if none is named.
    pub tiers: BTreeSet<TierCode>,
    /// From when on it can be used.
    pub starts_at: Option<Instant>,
    /// Until when, exclusively.
    pub ends_at: Option<Instant>,
    /// How often it can be used; none if without end.
    pub max_uses: Option<i32>,
    /// Whether it is given out.
    pub enabled: bool,
}

/// A bulk deal as a studio sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkSettings {
    /// How many are paid.
    pub buy: i32,
    /// How many more are free.
    pub free: i32,
    /// Of which tiers.
    pub tiers: BTreeSet<TierCode>,
}

/// A bundle as a studio sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleSettings {
    /// Its name.
    pub name: String,
    /// The tier.
    pub tier: TierCode,
    /// The beats, in the order in which they are shown; each once.
    pub beats: Vec<BeatId>,
    /// What they cost together, in the studio's currency.
    pub price: Money,
    /// What they cost together in further currencies, each of them once; in any other it is not sold.
    pub further: Vec<Money>,
    /// Whether it is on sale.
    pub enabled: bool,
}

/// A rate of tax as a studio sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxSettings {
    /// The country.
    pub country: Country,
    /// What the tax is called there, such as `VAT`.
    pub name: String,
    /// The rate.
    pub rate: Share,
    /// Whether the studio's prices have it in them.
    pub included: bool,
}

/// Why what a studio sets is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingFault {
    /// Not a code.
    #[error("a coupon's code has 1 to 40 letters, digits and hyphens")]
    Code,
    /// It takes nothing off.
    #[error("a coupon takes off more than nothing")]
    OffNothing,
    /// An amount that cannot be, by a field's name.
    #[error("{amount} is no amount for this: it is more than nothing and no more than a licence can cost")]
    Amount {
        /// The field.
        field: &'static str,
        /// The amount.
        amount: Money,
    },
    /// An amount that no payment service collects, by a field's name.
    #[error("{fault}")]
    Uncollectable {
        /// The field.
        field: &'static str,
        /// Why not.
        fault: AmountFault,
    },
    /// Not the studio's currency.
    #[error("the studio's own currency is {studio}, and this is in {given}")]
    OtherCurrency {
        /// The field.
        field: &'static str,
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
        fault: Box<SettingFault>,
    },
    /// It ends before it begins.
    #[error("a coupon ends after it begins")]
    Window,
    /// Used never, or less often than it has been.
    #[error("a coupon can be used once at the least, and as often as it has been used already")]
    MaxUses,
    /// Too many beats, or too few, or one twice.
    #[error("a bundle has 2 to {MAX_BEATS} different beats, and a coupon is for {MAX_BEATS} at the most")]
    Beats,
    /// A beat that is not the studio's.
    #[error("one of the beats is not the studio's")]
    NoBeat,
    /// No name, or too long a one.
    #[error("a name has 1 to {MAX_NAME_CHARS} characters that are seen")]
    Name {
        /// The field.
        field: String,
    },
    /// Too many bundles.
    #[error("a studio has {MAX_BUNDLES} bundles at the most")]
    Bundles,
    /// Too much is bought or free, or nothing.
    #[error("in a bulk deal 1 to {MAX_BULK} are bought, and 1 to {MAX_BULK} come free")]
    Bulk {
        /// Its place in the list, from 0.
        place: usize,
    },
    /// No tier, the exclusive one, or one of another deal.
    #[error(
        "a bulk deal is for one lease or several, each lease is in one deal at the most, and an exclusive is in none"
    )]
    BulkTiers {
        /// Its place in the list, from 0.
        place: usize,
    },
    /// A country with two rates.
    #[error("{} has two rates", country.name())]
    CountryTwice {
        /// The place of the second, from 0.
        place: usize,
        /// The country.
        country: Country,
    },
}

impl Explain for SettingFault {
    fn explain(&self) -> Report {
        let (code, field, remedy): (_, String, _) = match self {
            Self::Code => ("COUPON_CODE", "code".into(), "give a code such as `SUMMER-20`"),
            Self::OffNothing => ("COUPON_OFF", "percentOffPpm".into(), "give a part of more than nothing"),
            Self::Amount { field, .. } => ("AMOUNT", (*field).into(), "check the decimals of the amount"),
            Self::Uncollectable { field, fault } => {
                return fault.explain().field(*field);
            }
            Self::OtherCurrency { field, .. } => {
                ("OTHER_CURRENCY", format!("{field}.currency"), "give it in the studio's currency")
            }
            Self::CurrencyTwice { place, .. } => (
                "CURRENCY_TWICE",
                format!("prices.{place}.currency"),
                "give each currency one price; what it costs in the studio's own is the price itself",
            ),
            Self::Further { place, fault } => return fault.explain().field(format!("prices.{place}")),
            Self::Window => ("COUPON_WINDOW", "endsAt".into(), "give a later end, or none"),
            Self::MaxUses => ("COUPON_MAX_USES", "maxUses".into(), "give a higher limit, or none"),
            Self::Beats => ("BEATS", "beats".into(), "name each beat once, and fewer of them, or more"),
            Self::NoBeat => ("NOT_FOUND", "beats".into(), "name beats of this studio"),
            Self::Name { field } => ("NAME", field.clone(), "give a name as the buyer shall read it"),
            Self::Bundles => ("BUNDLES_FULL", "id".into(), "change one that is there"),
            Self::Bulk { place } => ("BULK_DEAL", format!("deals.{place}"), "give such as buy 2, free 1"),
            Self::BulkTiers { place } => {
                ("BULK_DEAL_TIERS", format!("deals.{place}.tiers"), "name leases that no other deal names")
            }
            Self::CountryTwice { place, .. } => {
                ("COUNTRY_TWICE", format!("rates.{place}.country"), "give each country one rate")
            }
        };
        Report::new(Kind::Invalid, code, self.to_string()).field(field).remedy(remedy)
    }
}

fn check_name(name: &str, field: impl FnOnce() -> String) -> Result<String, SettingFault> {
    let name = name.trim();
    let fits = name.chars().count() <= MAX_NAME_CHARS && has_visible(name) && !name.chars().any(is_steering);
    if fits { Ok(name.to_owned()) } else { Err(SettingFault::Name { field: field() }) }
}

/// An amount in the studio's currency that is more than nothing, not too much, and moves in steps that payment services take.
fn check_amount(amount: Money, studio: Currency, field: &'static str) -> Result<(), SettingFault> {
    if amount.currency != studio {
        return Err(SettingFault::OtherCurrency { field, studio, given: amount.currency });
    }
    if !(1..=MAX_PRICE_MINOR).contains(&amount.minor) {
        return Err(SettingFault::Amount { field, amount });
    }
    match collectable::check(amount) {
        Err(fault @ AmountFault::Digits { .. }) => Err(SettingFault::Uncollectable { field, fault }),
        // What is taken off may well be less than can be collected.
        Ok(()) | Err(AmountFault::TooSmall { .. }) => Ok(()),
    }
}

/// Checks a coupon, of which so many uses are taken; its code as it is kept.
pub fn check_coupon(coupon: &CouponSettings, studio: Currency, uses: i32) -> Result<String, SettingFault> {
    let code = code(&coupon.code).ok_or(SettingFault::Code)?;
    match coupon.off {
        Off::Amount(amount) => check_amount(amount, studio, "amountOff")?,
        Off::Part(part) if part == Share::ZERO => return Err(SettingFault::OffNothing),
        Off::Part(_) => {}
    }
    if let Some(minimum) = coupon.minimum {
        check_amount(minimum, studio, "minimum")?;
    }
    if let (Some(starts_at), Some(ends_at)) = (coupon.starts_at, coupon.ends_at)
        && ends_at <= starts_at
    {
        return Err(SettingFault::Window);
    }
    if coupon.max_uses.is_some_and(|most| most < uses.max(1)) {
        return Err(SettingFault::MaxUses);
    }
    if coupon.beats.len() > MAX_BEATS { Err(SettingFault::Beats) } else { Ok(code) }
}

/// Checks all bulk deals of a studio together.
pub fn check_deals(deals: &[BulkSettings]) -> Result<(), SettingFault> {
    let mut taken: BTreeSet<TierCode> = [TierCode::Exclusive].into();
    for (place, deal) in deals.iter().enumerate() {
        let fits = 1..=MAX_BULK;
        if !fits.contains(&deal.buy) || !fits.contains(&deal.free) {
            return Err(SettingFault::Bulk { place });
        }
        if deal.tiers.is_empty() || !deal.tiers.iter().all(|tier| taken.insert(*tier)) {
            return Err(SettingFault::BulkTiers { place });
        }
    }
    Ok(())
}

/// Checks a bundle; its name as it is kept.
pub fn check_bundle(bundle: &BundleSettings, studio: Currency) -> Result<String, SettingFault> {
    let name = check_name(&bundle.name, || "name".to_owned())?;
    check_bundle_price(bundle.price, studio)?;
    if let Some((place, currency)) = second_price(&bundle.further, studio) {
        return Err(SettingFault::CurrencyTwice { place, currency });
    }
    for (place, price) in bundle.further.iter().enumerate() {
        check_bundle_price(*price, price.currency)
            .map_err(|fault| SettingFault::Further { place, fault: Box::new(fault) })?;
    }
    let different: BTreeSet<BeatId> = bundle.beats.iter().copied().collect();
    let fits = (2..=MAX_BEATS).contains(&bundle.beats.len()) && different.len() == bundle.beats.len();
    if fits { Ok(name) } else { Err(SettingFault::Beats) }
}

/// A price of a bundle in a currency.
fn check_bundle_price(price: Money, currency: Currency) -> Result<(), SettingFault> {
    check_amount(price, currency, "price")?;
    collectable::check(price).map_err(|fault| SettingFault::Uncollectable { field: "price", fault })
}

/// Checks all rates of a studio together; their names as they are kept.
pub fn check_rates(rates: &[TaxSettings]) -> Result<Vec<String>, SettingFault> {
    let mut seen = BTreeSet::new();
    let checked = rates.iter().enumerate().map(|(place, rate)| {
        if !seen.insert(rate.country) {
            return Err(SettingFault::CountryTwice { place, country: rate.country });
        }
        check_name(&rate.name, || format!("rates.{place}.name"))
    });
    checked.collect()
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;

    fn coupon() -> CouponSettings {
        CouponSettings {
            code: " summer-20 ".into(),
            off: Off::Amount(Money::new(500, Currency::EUR)),
            minimum: None,
            beats: BTreeSet::new(),
            tiers: BTreeSet::new(),
            starts_at: None,
            ends_at: None,
            max_uses: Some(3),
            enabled: true,
        }
    }

    #[test]
    fn each_fault_of_a_coupon_names_its_field() {
        type Change = fn(&mut CouponSettings);
        assert_eq!(check_coupon(&coupon(), Currency::EUR, 3).as_deref(), Ok("SUMMER-20"));
        let cases: [(Change, &str, &str); 6] = [
            (|c| c.code = "ä".into(), "COUPON_CODE", "code"),
            (|c| c.off = Off::Part(Share::ZERO), "COUPON_OFF", "percentOffPpm"),
            (|c| c.off = Off::Amount(Money::new(0, Currency::EUR)), "AMOUNT", "amountOff"),
            (|c| c.off = Off::Amount(Money::new(5, Currency::USD)), "OTHER_CURRENCY", "amountOff.currency"),
            (|c| c.minimum = Some(Money::new(-1, Currency::EUR)), "AMOUNT", "minimum"),
            (|c| c.max_uses = Some(2), "COUPON_MAX_USES", "maxUses"),
        ];
        for (change, code, field) in cases {
            let mut settings = coupon();
            change(&mut settings);
            let report = check_coupon(&settings, Currency::EUR, 3).unwrap_err().explain();
            assert_eq!((report.code, report.field.as_deref()), (code, Some(field)));
            assert!(report.remedy.is_some(), "{code}");
        }
        let dinars = CouponSettings { off: Off::Amount(Money::new(1_234, Currency::BHD)), ..coupon() };
        assert_eq!(check_coupon(&dinars, Currency::BHD, 0).unwrap_err().explain().code, "AMOUNT_DIGITS");
    }

    #[test]
    fn bulk_deals_are_of_leases_and_share_none() {
        let deal = |tiers: &[TierCode]| BulkSettings { buy: 2, free: 1, tiers: tiers.iter().copied().collect() };
        let (mp3, wav) = (TierCode::Mp3, TierCode::Wav);
        assert_eq!(check_deals(&[deal(&[mp3]), deal(&[wav])]), Ok(()));
        for (deals, place) in
            [(vec![deal(&[mp3, wav]), deal(&[wav])], 1), (vec![deal(&[TierCode::Exclusive])], 0), (vec![deal(&[])], 0)]
        {
            assert_eq!(check_deals(&deals), Err(SettingFault::BulkTiers { place }));
        }
        let nothing = BulkSettings { free: 0, ..deal(&[mp3]) };
        assert_eq!(check_deals(&[nothing]), Err(SettingFault::Bulk { place: 0 }));
    }

    #[test]
    fn a_bundle_has_a_name_several_beats_and_a_price_that_is_collected() {
        let beat = |n| BeatId(Uuid::from_u128(n));
        let price = Money::new(5_000, Currency::EUR);
        let beats = vec![beat(1), beat(2)];
        let name = " Nights ".into();
        let bundle = BundleSettings { name, tier: TierCode::Wav, beats, price, further: Vec::new(), enabled: true };
        assert_eq!(check_bundle(&bundle, Currency::EUR).as_deref(), Ok("Nights"));
        let twice = BundleSettings { beats: vec![beat(1), beat(1)], ..bundle.clone() };
        assert_eq!(check_bundle(&twice, Currency::EUR), Err(SettingFault::Beats));
        let cheap = BundleSettings { price: Money::new(49, Currency::EUR), ..bundle.clone() };
        assert_eq!(check_bundle(&cheap, Currency::EUR).unwrap_err().explain().code, "AMOUNT_TOO_SMALL");
        let yen = |minor| Money::new(minor, Currency::JPY);
        for (further, expected) in [
            (vec![Money::new(5_500, Currency::USD), yen(9_000)], None),
            (vec![yen(9_000), yen(8_000)], Some(("CURRENCY_TWICE", "prices.1.currency"))),
            (vec![price], Some(("CURRENCY_TWICE", "prices.0.currency"))),
            (vec![yen(9_000), Money::new(12_345, Currency::BHD)], Some(("AMOUNT_DIGITS", "prices.1"))),
            (vec![yen(49)], Some(("AMOUNT_TOO_SMALL", "prices.0"))),
            (vec![yen(0)], Some(("AMOUNT", "prices.0"))),
        ] {
            let refused = check_bundle(&BundleSettings { further, ..bundle.clone() }, Currency::EUR).err();
            let report = refused.map(|fault| fault.explain());
            let found = report.as_ref().map(|report| (report.code, report.field.as_deref().unwrap()));
            assert_eq!(found, expected);
        }
        let nameless = BundleSettings { name: "\u{200b}".into(), ..bundle };
        assert_eq!(check_bundle(&nameless, Currency::EUR).unwrap_err().explain().field.as_deref(), Some("name"));
    }

    #[test]
    fn a_country_has_one_rate() {
        let rate = |code: &str| TaxSettings {
            country: code.parse().unwrap(),
            name: "VAT".into(),
            rate: Share::from_ppm(190_000).unwrap(),
            included: true,
        };
        assert_eq!(check_rates(&[rate("DE"), rate("FR")]), Ok(vec!["VAT".to_owned(), "VAT".to_owned()]));
        let twice = check_rates(&[rate("DE"), rate("FR"), rate("DE")]).unwrap_err();
        assert_eq!(twice.explain().field.as_deref(), Some("rates.2.country"));
    }
}
