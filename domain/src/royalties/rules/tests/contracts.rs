//! What contracts pay: rates by every particular of a line, rates that rise by units, amounts and days, and versions that follow each other.

use super::*;

const LABEL: u128 = 1;
const ARTIST: u128 = 2;

fn all_to_label() -> Version {
    split("master", recording(1), &[(party(LABEL), 100)])
}

/// What the artist is owed under these rates of lines, each of 100.
fn artist_of(rates: Vec<Rate>, lines: &[Line]) -> i64 {
    let rules = vec![all_to_label(), under("artist", contract(party(LABEL), party(ARTIST), rates))];
    owed(&first(rules, &[], lines), &account(party(ARTIST), "artist"))
}

fn sold() -> Line {
    Line {
        territory: Some("DE".parse().unwrap()),
        channel: Channel::Physical,
        format: Some("vinyl".to_owned()),
        source: Some("shop".to_owned()),
        ..line(recording(1), 10, "100")
    }
}

#[test]
fn a_rate_holds_for_its_territory_channel_format_source_and_days() {
    let asked = When {
        territories: ["DE".parse().unwrap()].into(),
        channels: [Channel::Physical].into(),
        formats: ["vinyl".to_owned()].into(),
        sources: ["shop".to_owned()].into(),
        from: Some(day(2, 1)),
        through: Some(day(3, 31)),
    };
    let owed_of = |line: Line| {
        let special = Rate { when: asked.clone(), ..rate(Base::NetReceipts, 20, 100) };
        artist_of(vec![special, rate(Base::NetReceipts, 10, 100)], &[line])
    };
    let in_time = || Line { used_on: day(3, 1), ..sold() };
    assert_eq!(owed_of(in_time()), 2_000);
    for other in [
        Line { territory: Some("JP".parse().unwrap()), ..in_time() },
        Line { territory: None, ..in_time() },
        Line { channel: Channel::Download, ..in_time() },
        Line { format: Some("cd".to_owned()), ..in_time() },
        Line { format: None, ..in_time() },
        Line { source: None, ..in_time() },
        Line { used_on: day(1, 31), ..in_time() },
        Line { used_on: day(4, 1), ..in_time() },
    ] {
        assert_eq!(owed_of(other.clone()), 1_000, "{other:?}");
    }
    // Where no rate holds nothing is earned.
    let special = vec![Rate { when: asked.clone(), ..rate(Base::NetReceipts, 20, 100) }];
    assert_eq!(artist_of(special, &[sold()]), 0);
}

#[test]
fn each_base_is_reckoned_on_what_it_names() {
    let price = ListPrice {
        price: exact("10"),
        uplift: Fraction::new(130, 100).unwrap(),
        deductions: vec![Deduction { what: "packaging".to_owned(), part: Fraction::new(25, 100).unwrap() }],
    };
    let sold = Line { gross: Some(exact("140")), ..sold() };
    for (base, minor) in [
        (Base::NetReceipts, 1_500),
        (Base::GrossReceipts, 2_100),
        // 10 units of 10 × 1.3 × 0.75 = 97.50.
        (Base::DealerPrice(price.clone()), 1_462),
        (Base::RetailPrice(price), 1_462),
        (Base::PerUnit(exact("0.6")), 90),
        (Base::RoyaltyOf(rule("master")), 1_500),
    ] {
        let named = format!("{base:?}");
        assert_eq!(artist_of(vec![rate(base, 15, 100)], std::slice::from_ref(&sold)), minor, "{named}");
    }
}

#[test]
fn rates_rise_by_amounts_and_by_days() {
    let points = |points: u64| Fraction::hundredths(points * 100);
    let rising = |escalation| {
        let rates = vec![rate(Base::NetReceipts, 10, 100)];
        let terms = Contract { escalation: Some(escalation), ..contract(party(LABEL), party(ARTIST), rates) };
        let rules = vec![all_to_label(), under("artist", terms)];
        let lines = [(1, "100"), (3, "100"), (5, "100")]
            .map(|(month, net)| Line { used_on: day(month, 1), ..line(recording(1), 1, net) });
        owed(&first(rules, &[], &lines), &account(party(ARTIST), "artist"))
    };
    // 10 % of 300, and 2 % more of the 150 above 150.
    let amounts = vec![Step { above: Exact::whole(150), adds: points(2) }];
    assert_eq!(rising(Escalation::Amount(amounts)), 3_300);
    // 10 %, 11 % and 13 %.
    let days = vec![DateStep { from: day(2, 1), adds: points(1) }, DateStep { from: day(4, 1), adds: points(3) }];
    assert_eq!(rising(Escalation::Date(days)), 3_400);
}

#[test]
fn what_is_used_follows_the_version_of_its_day_and_is_paid_by_the_terms_at_the_end() {
    let version_of = |number, effective_on, percent, group: &str| {
        let terms = Contract {
            group: Some(Group(group.to_owned())),
            ..contract(party(LABEL), party(ARTIST), vec![rate(Base::NetReceipts, percent, 100)])
        };
        Version { number, effective_on, ..under("artist", terms) }
    };
    let rules = vec![
        all_to_label(),
        version_of(1, day(2, 1), 10, "first"),
        version_of(2, day(4, 1), 20, "second"),
        // Signed and not effective yet.
        version_of(3, day(9, 1), 50, "third"),
    ];
    let lines = [1, 2, 3, 4, 5].map(|month| Line { used_on: day(month, 1), ..line(recording(1), 1, "100") });
    let outcome = first(rules, &[], &lines);
    // Nothing before it was agreed, 10 and 10 under the first, 20 and 20 under the second.
    assert_eq!(owed(&outcome, &account(party(ARTIST), "second")), 6_000);
    assert_eq!(outcome.account(&account(party(ARTIST), "first")), None);
    let by: Vec<(u32, Exact)> = outcome
        .activities
        .iter()
        .filter(|activity| activity.kind == Kind::Royalty)
        .map(|activity| (activity.rule.number, activity.amount))
        .collect();
    assert_eq!(by, [(1, Exact::whole(20)), (2, Exact::whole(40))]);
}

#[test]
fn what_was_sold_before_anything_was_signed_follows_the_first_split() {
    let signed = Version { effective_on: day(5, 1), ..all_to_label() };
    let outcome = first(vec![signed], &[], &[Line { used_on: day(1, 1), ..line(recording(1), 1, "7") }]);
    assert_eq!(owed(&outcome, &account(party(LABEL), "shares")), 700);
}

#[test]
fn nothing_is_recouped_before_anything_is_charged_and_earned() {
    let payable = Payable::AfterCosts { of: rule("artist"), recouped_at: RecoupedAt::CombinedRate, retroactive: true };
    let per_unit = |amount: &str| vec![rate(Base::PerUnit(exact(amount)), 1, 1)];
    let rules = vec![
        all_to_label(),
        under("artist", contract(party(LABEL), party(ARTIST), per_unit("0.60"))),
        under("producer", Contract { payable, ..contract(party(ARTIST), party(3), per_unit("0.10")) }),
    ];
    let book = RuleBook::new(rules).unwrap();
    let producer = account(party(3), "producer");
    let nothing = reckon(&book, half(1), &State::default(), &[], &[]);
    assert!(!nothing.closing.contracts[&rule("producer")].open);
    // The costs are charged later, and are waited for all the same.
    let costs = [charge("recording", 60, ChargedTo::Cost { account: account(party(ARTIST), "artist") })];
    let waits = reckon(&book, half(2), &nothing.closing, &costs, &[line(recording(1), 99, "300")]);
    assert_eq!(owed(&waits, &producer), 0);
    let opened = reckon(&book, half(2), &waits.closing, &[], &[line(recording(1), 1, "3")]);
    assert_eq!(owed(&opened, &producer), 1_000);
}

#[test]
fn points_of_points_follow_the_contract_that_they_are_of() {
    let rules = vec![
        all_to_label(),
        under("artist", contract(party(LABEL), party(ARTIST), vec![rate(Base::NetReceipts, 15, 100)])),
        under("letter", contract(party(ARTIST), party(3), vec![rate(Base::RoyaltyOf(rule("artist")), 3, 15)])),
    ];
    let outcome = first(rules, &[], &[line(recording(1), 1, "1000")]);
    // 150 of 1,000, and a fifth of it, borne by the artist's shares unless the letter names another account.
    assert_eq!(owed(&outcome, &account(party(3), "letter")), 3_000);
    let artist = |group| outcome.account(&account(party(ARTIST), group)).unwrap().closing.clone();
    assert_eq!((artist("artist").owed_minor, artist("shares").deficit_minor), (15_000, 3_000));
}
