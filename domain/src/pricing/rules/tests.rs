use proptest::prelude::*;
use sea_orm::prelude::Uuid;

use super::*;
use crate::{env::testing, pricing::Country, report::Explain, share::Share};

fn beat(n: u128) -> BeatId {
    BeatId(Uuid::from_u128(n))
}

fn item(n: u128, tier: TierCode, minor: i64) -> Item {
    Item { beat: beat(n), tier, list: Money::new(minor, Currency::EUR) }
}

fn coupon(off: Off) -> CouponRule {
    CouponRule {
        id: CouponId(Uuid::from_u128(1)),
        code: "SUMMER".into(),
        off,
        minimum: None,
        beats: BTreeSet::new(),
        tiers: BTreeSet::new(),
        starts_at: None,
        ends_at: None,
        max_uses: None,
        uses: 0,
        enabled: true,
    }
}

fn euros(minor: i64) -> Off {
    Off::Amount(Money::new(minor, Currency::EUR))
}

fn part(ppm: u32) -> Off {
    Off::Part(Share::from_ppm(ppm).unwrap())
}

fn two_for_one(tiers: &[TierCode]) -> BulkRule {
    BulkRule { id: BulkDealId(Uuid::from_u128(2)), buy: 2, free: 1, tiers: tiers.iter().copied().collect() }
}

fn tax(ppm: u32, included: bool) -> TaxRule {
    let rate = Share::from_ppm(ppm).unwrap();
    TaxRule { country: "DE".parse().unwrap(), name: "VAT".into(), rate, included }
}

fn now() -> Instant {
    testing::env(1).0.now()
}

fn priced(items: &[Item], rules: &PriceRules) -> Priced {
    price(Currency::EUR, items, rules, now()).unwrap()
}

fn prices(priced: &Priced) -> Vec<i64> {
    priced.lines.iter().map(|line| line.price_minor).collect()
}

#[test]
fn without_rules_the_list_is_the_price() {
    let all = priced(&[item(1, TierCode::Mp3, 3000), item(2, TierCode::Wav, 6000)], &PriceRules::default());
    assert_eq!((prices(&all), all.total().minor, all.tax_amount().minor), (vec![3000, 6000], 9000, 0));
    assert!(all.discounts().is_empty() && all.coupon_fault.is_none());
    let dollars = Item { list: Money::new(1, Currency::USD), ..item(3, TierCode::Mp3, 1) };
    let mixed = price(Currency::EUR, &[item(1, TierCode::Mp3, 1), dollars], &PriceRules::default(), now());
    assert!(matches!(mixed, Err(MoneyError::CurrencyMismatch { .. })));
}

#[test]
fn a_coupon_is_distributed_over_the_lines_to_the_cent() {
    let items = [item(1, TierCode::Mp3, 1000), item(2, TierCode::Mp3, 1000), item(3, TierCode::Mp3, 1000)];
    let of = |off| PriceRules { coupon: Some(coupon(off)), ..PriceRules::default() };
    let all = priced(&items, &of(euros(100)));
    assert_eq!((prices(&all), all.total().minor), (vec![966, 967, 967], 2900));
    assert_eq!(all.discounts(), [(DiscountName::Coupon("SUMMER".into()), Money::new(100, Currency::EUR))]);
    assert_eq!(prices(&priced(&items, &of(part(250_000)))), [750, 750, 750]);
    assert_eq!(priced(&items, &of(euros(1_000_000))).total().minor, 0, "no more than there is");
    assert_eq!(priced(&items, &of(part(1_000_000))).total().minor, 0);
}

#[test]
fn a_coupon_is_for_what_it_names_and_says_why_it_is_for_nothing() {
    let items = [item(1, TierCode::Mp3, 3000), item(2, TierCode::Wav, 6000)];
    let named = CouponRule { tiers: [TierCode::Wav].into(), ..coupon(part(500_000)) };
    let of = |coupon: CouponRule| priced(&items, &PriceRules { coupon: Some(coupon), ..PriceRules::default() });
    assert_eq!(prices(&of(named.clone())), [3000, 3000]);
    let elsewhere = CouponRule { beats: [beat(9)].into(), ..named.clone() };
    let hour = chrono::Duration::hours(1);
    for (coupon, code) in [
        (elsewhere, "COUPON_NOT_FOR_THESE"),
        (CouponRule { enabled: false, ..named.clone() }, "COUPON_OVER"),
        (CouponRule { ends_at: Some(now()), ..named.clone() }, "COUPON_OVER"),
        (CouponRule { starts_at: Some(now() + hour), ..named.clone() }, "COUPON_NOT_YET"),
        (CouponRule { max_uses: Some(2), uses: 2, ..named.clone() }, "COUPON_USED_UP"),
        (CouponRule { minimum: Some(Money::new(9001, Currency::EUR)), ..named.clone() }, "COUPON_BELOW_MINIMUM"),
        (CouponRule { off: Off::Amount(Money::new(1, Currency::USD)), ..named.clone() }, "COUPON_CURRENCY"),
    ] {
        let all = of(coupon);
        assert_eq!(all.total().minor, 9000, "{code}");
        assert_eq!(all.coupon_fault.unwrap().explain().code, code);
    }
    let just = CouponRule {
        minimum: Some(Money::new(9000, Currency::EUR)),
        starts_at: Some(now()),
        ends_at: Some(now() + hour),
        max_uses: Some(2),
        uses: 1,
        ..named
    };
    assert_eq!(of(just).coupon_fault, None);
}

#[test]
fn of_three_leases_the_cheapest_is_free_and_exclusives_never_count() {
    let leases = [TierCode::Mp3, TierCode::Wav];
    // Named all the same, as no database keeps it.
    let deal = two_for_one(&[TierCode::Mp3, TierCode::Wav, TierCode::Exclusive]);
    let rules = PriceRules { deals: vec![deal], ..PriceRules::default() };
    let mut items = vec![item(1, leases[0], 3000), item(2, leases[1], 6000)];
    assert_eq!(priced(&items, &rules).total().minor, 9000);
    items.push(item(3, TierCode::Exclusive, 90_000));
    assert_eq!(priced(&items, &rules).total().minor, 99_000);
    items.push(item(4, leases[1], 6000));
    let all = priced(&items, &rules);
    assert_eq!(all.total().minor, 102_000, "15,000 for three, less the cheapest");
    assert_eq!(prices(&all), [2400, 4800, 90_000, 4800], "each maker bears a fifth");
    assert_eq!(all.discounts()[0].0, DiscountName::Bulk { buy: 2, free: 1 });
}

#[test]
fn what_comes_free_comes_as_far_as_it_is_there() {
    let deal = BulkRule { buy: 2, free: 2, ..two_for_one(&[]) };
    let free: Vec<usize> = (0..=8).map(|count| deal.free_of(count)).collect();
    assert_eq!(free, [0, 0, 0, 1, 2, 2, 2, 3, 4]);
}

#[test]
fn a_whole_bundle_has_its_price_and_a_part_of_it_has_none() {
    let bundle = |id, beats: &[u128], minor| BundleRule {
        id: BundleId(Uuid::from_u128(id)),
        name: format!("Bundle {id}"),
        tier: TierCode::Wav,
        beats: beats.iter().copied().map(beat).collect(),
        price: Money::new(minor, Currency::EUR),
    };
    let items: Vec<Item> = (1..=3).map(|n| item(n, TierCode::Wav, 6000)).collect();
    let rules = |bundles| PriceRules { bundles, ..PriceRules::default() };
    let pair = bundle(1, &[1, 2], 9000);
    assert_eq!(prices(&priced(&items, &rules(vec![pair.clone()]))), [4500, 4500, 6000]);
    assert_eq!(priced(&items[1..], &rules(vec![pair.clone()])).total().minor, 12_000);
    let other_tier = [item(1, TierCode::Mp3, 3000), items[1]];
    assert_eq!(priced(&other_tier, &rules(vec![pair.clone()])).total().minor, 9000);
    let all = priced(&items, &rules(vec![pair.clone(), bundle(2, &[2, 3], 5000)]));
    assert_eq!(prices(&all), [6000, 2500, 2500], "of two that share a line the greater saving");
    assert_eq!(all.discounts()[0].0, DiscountName::Bundle("Bundle 2".into()));
    assert!(priced(&items, &rules(vec![bundle(3, &[1, 2], 12_000)])).discounts().is_empty(), "no saving, no bundle");
    let both = PriceRules { deals: vec![two_for_one(&[TierCode::Wav])], ..rules(vec![pair]) };
    assert_eq!(priced(&items, &both).total().minor, 15_000, "what is bundled counts in no deal");
}

#[test]
fn tax_is_within_the_price_or_on_top_and_of_what_is_paid() {
    let items = [item(1, TierCode::Mp3, 1000), item(2, TierCode::Mp3, 1000), item(3, TierCode::Mp3, 1000)];
    let rules = |tax| PriceRules { tax: Some(tax), coupon: Some(coupon(euros(2000))), ..PriceRules::default() };
    let within = priced(&items, &rules(tax(190_000, true)));
    assert_eq!((within.total().minor, within.tax_amount().minor), (1000, 160));
    let on_top = priced(&items, &rules(tax(190_000, false)));
    assert_eq!((on_top.total().minor, on_top.tax_amount().minor), (1190, 190));
    assert_eq!(on_top.lines.iter().map(|line| line.tax_minor).collect::<Vec<_>>(), [63, 63, 64]);
    let nothing = priced(&items, &rules(TaxRule::none("JP".parse::<Country>().unwrap())));
    assert_eq!((nothing.total().minor, nothing.tax_amount().minor), (1000, 0));
    assert_eq!(tax(77_000, true).to_string(), "VAT 7.7 % (Germany)");
}

#[test]
fn where_thousandths_are_not_moved_none_arise() {
    let dinars = |n, minor| Item { list: Money::new(minor, Currency::BHD), ..item(n, TierCode::Mp3, 0) };
    let items = [dinars(1, 10_010), dinars(2, 10_010), dinars(3, 10_010)];
    let rules =
        PriceRules { coupon: Some(coupon(part(333_333))), tax: Some(tax(100_000, false)), ..Default::default() };
    let all = price(Currency::BHD, &items, &rules, now()).unwrap();
    for line in &all.lines {
        assert_eq!(line.price_minor % 10, 0, "{line:?}");
    }
    assert!(collectable::check(all.total()).is_ok());
}

#[test]
fn a_discount_that_an_order_has_kept_is_read_by_its_kind() {
    let bundle = |name: &str| DiscountName::Bundle(name.into());
    let as_kept = |text: &str| DiscountName::AsKept(text.into());
    for (kind, text, name) in [
        (DiscountKind::Coupon, "Coupon SUMMER", DiscountName::Coupon("SUMMER".into())),
        (DiscountKind::Bulk, "Buy 2, get 1 free", DiscountName::Bulk { buy: 2, free: 1 }),
        (DiscountKind::Bundle, "Two for the road", bundle("Two for the road")),
        (DiscountKind::Bundle, "Coupon SUMMER", bundle("Coupon SUMMER")),
        (DiscountKind::Bundle, "Buy 2, get 1 free", bundle("Buy 2, get 1 free")),
        (DiscountKind::Coupon, "SUMMER", as_kept("SUMMER")),
        (DiscountKind::Bulk, "2 + 1", as_kept("2 + 1")),
        (DiscountKind::Bulk, "Buy +2, get 01 free", as_kept("Buy +2, get 01 free")),
        (DiscountKind::Bulk, "Buy 3000000000, get 1 free", as_kept("Buy 3000000000, get 1 free")),
    ] {
        assert_eq!(DiscountName::kept(kind, text), name);
    }
}

fn rules_of(off_ppm: u32, off_minor: i64, tax_ppm: u32, included: bool) -> PriceRules {
    PriceRules {
        bundles: vec![BundleRule {
            id: BundleId(Uuid::from_u128(1)),
            name: "Two".into(),
            tier: TierCode::Mp3,
            beats: [beat(0), beat(1)].into(),
            price: Money::new(1_000, Currency::EUR),
        }],
        deals: vec![two_for_one(&[TierCode::Mp3])],
        coupon: Some(coupon(if off_minor > 0 { euros(off_minor) } else { part(off_ppm) })),
        tax: Some(tax(tax_ppm, included)),
    }
}

proptest! {
    #[test]
    fn what_an_order_keeps_of_a_discount_is_read_back(
        title in "\\PC{1,100}",
        buy in 1..=i32::MAX,
        free in 1..=i32::MAX,
        code in "[A-Z0-9-]{1,40}",
    ) {
        for (kind, name) in [
            (DiscountKind::Bundle, DiscountName::Bundle(title)),
            (DiscountKind::Bulk, DiscountName::Bulk { buy, free }),
            (DiscountKind::Coupon, DiscountName::Coupon(code)),
        ] {
            prop_assert_eq!(DiscountName::kept(kind, &name.to_string()), name);
        }
    }

    #[test]
    fn no_word_is_lost_of_what_an_order_has_kept(
        text in prop_oneof!["\\PC{0,40}", "Coupon \\PC{0,9}", "Buy [+0-9]{1,12}, get [+0-9]{1,12} free"],
    ) {
        for kind in [DiscountKind::Bundle, DiscountKind::Bulk, DiscountKind::Coupon] {
            prop_assert_eq!(DiscountName::kept(kind, &text).to_string(), text.clone());
        }
    }

    #[test]
    fn every_cent_has_its_place(
        lists in prop::collection::vec(0_i64..=100_000, 1..12),
        off_ppm in 1_u32..=1_000_000,
        off_minor in 0_i64..=200_000,
        tax_ppm in 0_u32..=1_000_000,
        included in any::<bool>(),
    ) {
        let items: Vec<Item> = (0..).zip(&lists).map(|(n, minor)| item(n, TierCode::Mp3, *minor)).collect();
        let all = priced(&items, &rules_of(off_ppm, off_minor, tax_ppm, included));
        let mut taken = 0;
        for (line, list) in all.lines.iter().zip(&lists) {
            let off: i64 = line.discounts.iter().map(|discount| discount.minor).sum();
            let added = if included { 0 } else { line.tax_minor };
            prop_assert_eq!(line.list_minor, *list);
            prop_assert_eq!(line.price_minor, list - off + added);
            prop_assert!(off <= *list && line.tax_minor >= 0 && line.tax_minor <= line.price_minor);
            prop_assert!(line.discounts.iter().all(|discount| discount.minor > 0));
            taken += off;
        }
        prop_assert_eq!(all.discounts().iter().map(|(_, amount)| amount.minor).sum::<i64>(), taken);
        prop_assert_eq!(all.total().minor, prices(&all).iter().sum::<i64>());
    }
}
