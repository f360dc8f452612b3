//! Who is owed what in the examples that everybody in the trade knows: record-one producers as Passman reckons them, a letter of direction, classic and
//! flexible profit shares, an album's tracks, participations of more than all.

use super::*;

const LABEL: u128 = 1;
const ARTIST: u128 = 2;
const PRODUCER: u128 = 3;

/// All-in 0.60 a unit, of which the producer has 0.10.
fn all_in(payable: Payable) -> RuleBook {
    let per_unit = |amount: &str| vec![rate(Base::PerUnit(exact(amount)), 1, 1)];
    let producer = Contract {
        payer_group: Some(Group("artist".to_owned())),
        payable,
        ..contract(party(ARTIST), party(PRODUCER), per_unit("0.10"))
    };
    RuleBook::new(vec![
        split("master", recording(1), &[(party(LABEL), 100)]),
        under("artist", contract(party(LABEL), party(ARTIST), per_unit("0.60"))),
        under("producer", producer),
    ])
    .unwrap()
}

/// Recording costs of 120,000, among them an advance of 10,000 to the producer.
fn recording_costs() -> [Charge; 2] {
    let artist = account(party(ARTIST), "artist");
    let producer = account(party(PRODUCER), "producer");
    [
        charge("recording", 120_000, ChargedTo::Cost { account: artist.clone() }),
        charge("advance", 10_000, ChargedTo::Advance { account: producer, included_in: Some(artist) }),
    ]
}

/// What the producer is owed after so many units, at 3.00 received for each.
fn producer_after(payable: Payable, units: i64) -> (i64, Outcome) {
    let lines = [line(recording(1), units, &(units * 3).to_string())];
    let outcome = reckon(&all_in(payable), half(1), &State::default(), &recording_costs(), &lines);
    (owed(&outcome, &account(party(PRODUCER), "producer")), outcome)
}

fn after_costs(recouped_at: RecoupedAt, retroactive: bool) -> Payable {
    Payable::AfterCosts { of: rule("artist"), recouped_at, retroactive }
}

#[test]
fn a_record_one_producer_is_paid_while_the_artist_is_unrecouped() {
    let (producer, outcome) = producer_after(Payable::RecordOne, 150_000);
    assert_eq!(producer, 500_000);
    let artist = outcome.account(&account(party(ARTIST), "artist")).unwrap();
    let all_in = outcome
        .activities
        .iter()
        .find(|activity| activity.rule.rule == rule("artist") && activity.kind == Kind::Royalty);
    assert_eq!(all_in.map(|all_in| all_in.amount), Some(Exact::whole(90_000)));
    // Of 90,000 the producer has 15,000; the 10,000 of it that recoup the advance come back, for the artist's costs have it already.
    assert_eq!((artist.movement.earned_minor, artist.movement.given_back_minor), (7_500_000, 1_000_000));
    assert_eq!((artist.closing.owed_minor, artist.closing.costs_minor), (0, 3_500_000));
}

#[test]
fn a_producer_after_the_combined_rate_is_paid_at_200_000_units() {
    let payable = || after_costs(RecoupedAt::CombinedRate, true);
    assert_eq!(producer_after(payable(), 199_999).0, 0);
    assert_eq!(producer_after(payable(), 200_000).0, 1_000_000);
}

#[test]
fn a_producer_after_the_net_rate_is_paid_at_240_000_units() {
    let payable = || after_costs(RecoupedAt::NetRate, true);
    assert_eq!(producer_after(payable(), 239_999).0, 0);
    let (producer, outcome) = producer_after(payable(), 240_000);
    assert_eq!(producer, 1_400_000);
    // All-in 144,000 less costs of 120,000 and the 14,000 that were paid to the producer after the advance.
    assert_eq!(owed(&outcome, &account(party(ARTIST), "artist")), 1_000_000);
}

#[test]
fn what_waited_for_costs_is_paid_in_the_period_that_recoups_them() {
    let book = all_in(after_costs(RecoupedAt::CombinedRate, true));
    let producer = account(party(PRODUCER), "producer");
    let sold = |units| [line(recording(1), units, "0")];
    let first = reckon(&book, half(1), &State::default(), &recording_costs(), &sold(150_000));
    assert_eq!(owed(&first, &producer), 0);
    assert_eq!(first.closing.contracts[&rule("producer")].waiting, Exact::whole(15_000));
    let second = reckon(&book, half(2), &first.closing, &[], &sold(50_000));
    assert_eq!(owed(&second, &producer), 1_000_000);
    let kinds: Vec<Kind> = second
        .activities
        .iter()
        .filter(|activity| activity.account == producer)
        .map(|activity| activity.kind)
        .collect();
    assert_eq!(kinds, [Kind::Retroactive, Kind::Royalty]);
}

#[test]
fn a_prospective_producer_is_paid_for_what_comes_after_the_costs() {
    let costs = |units| producer_after(after_costs(RecoupedAt::CombinedRate, false), units).1;
    let producer = account(party(PRODUCER), "producer");
    // 50,000 units after the first 200,000: 5,000, all of it for the advance.
    let outcome = costs(250_000);
    assert_eq!(outcome.account(&producer).unwrap().movement.advances_minor, 500_000);
    assert_eq!(costs(200_000).account(&producer).unwrap().movement.earned_minor, 0);
}

#[test]
fn a_letter_of_direction_pays_three_of_fifteen_points() {
    let outcome = first(
        vec![
            split("master", recording(1), &[(party(LABEL), 50), (party(ARTIST), 45), (party(4), 5)]),
            under(
                "letter",
                contract(party(ARTIST), party(PRODUCER), vec![rate(Base::RoyaltyOf(rule("master")), 3, 15)]),
            ),
        ],
        &[],
        &[line(recording(1), 0, "10000")],
    );
    assert_eq!(owed(&outcome, &account(party(PRODUCER), "letter")), 90_000);
    assert_eq!(owed(&outcome, &account(party(ARTIST), "shares")), 360_000);
}

#[test]
fn half_of_one_of_two_tracks_is_a_quarter_of_the_album() {
    let release = "5901234123457".parse().unwrap();
    let tracks = [1, 2].map(|n| (RecordingId(Uuid::from_u128(n)), 1)).to_vec();
    let mut rules = vec![
        version("album", Rule::Album(Album { release, tracks })),
        split("one", recording(1), &[(party(LABEL), 50), (party(ARTIST), 50)]),
        split("two", recording(2), &[(party(LABEL), 100)]),
    ];
    let album = line("ean_5901234123457".parse().unwrap(), 1, "10");
    let outcome = first(rules.clone(), &[], std::slice::from_ref(&album));
    assert_eq!(owed(&outcome, &account(party(ARTIST), "shares")), 250);
    assert_eq!(owed(&outcome, &account(party(LABEL), "shares")), 750);
    // A track that nobody has signed for waits; the other is paid all the same.
    rules.pop();
    let outcome = first(rules, &[], &[album]);
    assert_eq!((owed(&outcome, &account(party(ARTIST), "shares")), outcome.proof.suspense_minor), (250, 500));
    assert_eq!((outcome.suspense[0].subject.clone(), outcome.suspense[0].why), (Some(recording(2)), Why::NoSplit));
}

fn profit_share(losses: Losses) -> RuleBook {
    let mut version = split("master", recording(1), &[(party(ARTIST), 80), (party(LABEL), 20)]);
    if let Rule::Split(split) = &mut version.rule {
        split.losses = losses;
    }
    RuleBook::new(vec![version]).unwrap()
}

#[test]
fn a_loss_is_the_recordings_classically_and_everybodys_flexibly() {
    let cost = [charge("video", 1_000, ChargedTo::Shared { subject: recording(1) })];
    let artist = account(party(ARTIST), "shares");
    for (losses, deficit, waiting) in
        [(Losses::Classic, 0, Some(Exact::whole(1_000))), (Losses::Flexible, 80_000, None)]
    {
        let book = profit_share(losses);
        let loss = reckon(&book, half(1), &State::default(), &cost, &[]);
        let standing = loss.account(&artist).map(|line| line.closing.deficit_minor);
        assert_eq!(standing.unwrap_or(0), deficit);
        assert_eq!(loss.closing.costs.get(&recording(1)).copied(), waiting);
        // A profit of 1,000 is 800 in both, and after the loss income of 2,000 comes to the same.
        let profit = reckon(&book, half(1), &State::default(), &[], &[line(recording(1), 1, "1000")]);
        assert_eq!(owed(&profit, &artist), 80_000);
        let later = reckon(&book, half(2), &loss.closing, &[], &[line(recording(1), 1, "2000")]);
        assert_eq!(owed(&later, &artist), 80_000);
    }
}

#[test]
fn participations_may_come_to_more_than_all() {
    let net = |percent| vec![rate(Base::NetReceipts, percent, 100)];
    let outcome = first(
        vec![
            split("master", recording(1), &[(party(LABEL), 100)]),
            under("artist", contract(party(LABEL), party(ARTIST), net(70))),
            under("producer", contract(party(LABEL), party(PRODUCER), net(60))),
        ],
        &[],
        &[line(recording(1), 10, "100")],
    );
    assert_eq!(owed(&outcome, &account(party(ARTIST), "artist")), 7_000);
    assert_eq!(owed(&outcome, &account(party(PRODUCER), "producer")), 6_000);
    let label = outcome.account(&account(party(LABEL), "shares")).unwrap();
    assert_eq!((label.closing.owed_minor, label.closing.deficit_minor), (0, 3_000));
}

#[test]
fn shares_that_change_in_mid_period_hold_from_their_day() {
    let before = split("master", recording(1), &[(party(LABEL), 100)]);
    let sold = Version { number: 2, effective_on: day(3, 1), ..split("master", recording(1), &[(party(ARTIST), 100)]) };
    let on = |month, net| Line { used_on: day(month, 1), ..line(recording(1), 1, net) };
    let outcome = first(vec![sold, before], &[], &[on(2, "1"), on(3, "10"), on(4, "100")]);
    assert_eq!(owed(&outcome, &account(party(LABEL), "shares")), 100);
    assert_eq!(owed(&outcome, &account(party(ARTIST), "shares")), 11_000);
}

#[test]
fn a_dealer_price_is_paid_by_the_unit_and_abroad_at_less() {
    let price = ListPrice { price: exact("8"), uplift: Fraction::WHOLE, deductions: Vec::new() };
    let abroad = When { territories: ["JP".parse().unwrap()].into(), ..When::default() };
    let rates = vec![
        Rate { when: abroad, ..rate(Base::DealerPrice(price.clone()), 10, 100) },
        rate(Base::DealerPrice(price), 15, 100),
    ];
    let rules = vec![
        split("master", recording(1), &[(party(LABEL), 100)]),
        under("artist", contract(party(LABEL), party(ARTIST), rates)),
    ];
    let in_country = |code: &str| Line { territory: Some(code.parse().unwrap()), ..line(recording(1), 100, "500") };
    let outcome = first(rules, &[], &[in_country("JP"), in_country("DE")]);
    // 100 × 8 × 10 % and 100 × 8 × 15 %.
    assert_eq!(owed(&outcome, &account(party(ARTIST), "artist")), 20_000);
}

#[test]
fn lines_without_gross_earn_nothing_on_it_and_are_told_of() {
    let rules = vec![
        split("master", recording(1), &[(party(LABEL), 100)]),
        under("artist", contract(party(LABEL), party(ARTIST), vec![rate(Base::GrossReceipts, 10, 100)])),
    ];
    let said = Line { gross: Some(exact("20")), ..line(recording(1), 1, "10") };
    let outcome = first(rules, &[], &[said, line(recording(1), 1, "10")]);
    assert_eq!(owed(&outcome, &account(party(ARTIST), "artist")), 200);
    assert_eq!(outcome.contracts[0].grossless, 1);
}
