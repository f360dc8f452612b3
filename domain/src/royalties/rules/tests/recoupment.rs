//! What is set off against earnings and what is paid: costs, advances, tax, minimum payouts and holds, over one period or several.

use super::*;

const LABEL: u128 = 1;
const ARTIST: u128 = 2;

fn terms(id: &str, payee: Payee) -> Version {
    version(id, Rule::Payee(payee))
}

fn payee(n: u128) -> Payee {
    Payee {
        payee: party(n),
        country: None,
        treaty: None,
        minimum: None,
        hold: None,
        order: [Recoup::Costs, Recoup::Tax, Recoup::Advances],
    }
}

fn all_to_artist() -> Version {
    split("master", recording(1), &[(party(ARTIST), 100)])
}

fn payout(outcome: &Outcome, n: u128) -> Payout {
    outcome.payees.iter().find(|line| line.payee == party(n)).map(|line| line.payout.clone()).unwrap()
}

#[test]
fn income_goes_to_costs_tax_and_advances_before_it_is_owed() {
    let shares = account(party(ARTIST), "shares");
    let charges = [
        charge("flight", 100, ChargedTo::Cost { account: shares.clone() }),
        charge("advance", 200, ChargedTo::Advance { account: shares.clone(), included_in: None }),
    ];
    let law = Withholding { countries: [("FR".parse().unwrap(), percent(15))].into(), otherwise: percent(30) };
    let rules = vec![
        all_to_artist(),
        version("tax", Rule::Withholding(law)),
        terms("artist", Payee { country: Some("FR".parse().unwrap()), ..payee(ARTIST) }),
    ];
    let outcome = first(rules, &charges, &[line(recording(1), 1, "1000")]);
    let movement = outcome.account(&shares).unwrap().movement;
    // 1,000 less 100 is 900; 15 % of that is 135; 765 less 200 is 565.
    assert_eq!((movement.costs_minor, movement.tax_minor, movement.advances_minor), (10_000, 13_500, 20_000));
    assert_eq!(payout(&outcome, ARTIST), Payout::Due { minor: 56_500 });
    let entries = explain::entries(&outcome, &shares).unwrap();
    let steps: Vec<String> = entries.iter().map(|(_, amount)| amount.to_string()).collect();
    assert_eq!(steps, ["1000", "-100", "-135", "-200", "565"]);
}

#[test]
fn contracts_of_one_group_recoup_each_other_and_others_do_not() {
    let recouped_together = |group: Option<&str>| {
        let about = |n, id: &str| {
            let net = vec![rate(Base::NetReceipts, 1, 2)];
            let covers = Covers::Only([recording(n)].into());
            let group = group.map(|name| Group(name.to_owned()));
            under(id, Contract { group, covers, ..contract(party(LABEL), party(ARTIST), net) })
        };
        let rules = vec![
            split("one", recording(1), &[(party(LABEL), 100)]),
            split("two", recording(2), &[(party(LABEL), 100)]),
            about(1, "album-1"),
            about(2, "album-2"),
        ];
        let advanced = account(party(ARTIST), group.unwrap_or("album-1"));
        let advance = [charge("advance", 100, ChargedTo::Advance { account: advanced, included_in: None })];
        let outcome = first(rules, &advance, &[line(recording(1), 1, "40"), line(recording(2), 1, "180")]);
        outcome.payees.iter().find(|line| line.payee == party(ARTIST)).unwrap().balance_minor
    };
    // 20 and 90 are earned against 100.
    assert_eq!(recouped_together(Some("career")), 1_000);
    assert_eq!(recouped_together(None), 9_000);
}

#[test]
fn tax_follows_the_payees_country_and_treaty_and_a_hold_keeps_everything() {
    let country = |code: &str| Some(code.parse().unwrap());
    let law = Withholding { countries: [("FR".parse().unwrap(), percent(15))].into(), otherwise: percent(30) };
    let rules = vec![
        split("master", recording(1), &[(party(1), 25), (party(2), 25), (party(3), 25), (party(4), 25)]),
        version("tax", Rule::Withholding(law)),
        terms("one", Payee { country: country("FR"), ..payee(1) }),
        terms("two", Payee { country: country("FR"), treaty: Some(percent(0)), ..payee(2) }),
        terms("three", Payee { country: country("JP"), ..payee(3) }),
        terms("four", Payee { hold: Some(Hold { reason: "an address".to_owned(), through: None }), ..payee(4) }),
    ];
    let outcome = first(rules, &[], &[line(recording(1), 1, "400")]);
    let due = [1, 2, 3].map(|n| payout(&outcome, n));
    assert_eq!(due, [8_500, 10_000, 7_000].map(|minor| Payout::Due { minor }));
    assert_eq!(payout(&outcome, 4), Payout::Held { reason: "an address".to_owned() });
    // It is owed all the same, less tax.
    assert_eq!(owed(&outcome, &account(party(4), "shares")), 7_000);
}

#[test]
fn what_came_back_of_a_payment_is_owed_and_due_again() {
    let shares = account(party(ARTIST), "shares");
    let book = RuleBook::new(vec![all_to_artist()]).unwrap();
    let once = reckon(&book, half(1), &State::default(), &[], &[line(recording(1), 1, "60")]);
    let payment = |id: &str, minor| Charge {
        id: id.to_owned(),
        on: day(7, 1),
        amount: Money::new(minor, Currency::EUR),
        to: ChargedTo::Payment { account: shares.clone() },
        reverses: None,
    };
    let paid = reckon(&book, half(2), &once.closing, &[payment("paid", 6_000)], &[]);
    assert_eq!((payout(&paid, ARTIST), owed(&paid, &shares)), (Payout::Nothing, 0));
    let back = reckon(&book, half(2), &paid.closing, &[payment("back", -6_000)], &[]);
    assert_eq!(payout(&back, ARTIST), Payout::Due { minor: 6_000 });
    assert_eq!(back.account(&shares).unwrap().movement.paid_minor, -6_000);
    // In whatever order it is told, what came back is owed before anything is paid of it.
    for charges in [[payment("a", 6_000), payment("b", -6_000)], [payment("a", -6_000), payment("b", 6_000)]] {
        let again = reckon(&book, half(2), &paid.closing, &charges, &[]);
        assert_eq!((owed(&again, &shares), again.account(&shares).unwrap().movement.paid_minor), (0, 0));
    }
}

/// What takes a charge back.
fn taken_back(of: Charge) -> Charge {
    Charge {
        id: format!("{} back", of.id),
        amount: Money::new(-of.amount.minor, of.amount.currency),
        reverses: Some(of.id),
        ..of
    }
}

#[test]
fn what_is_taken_back_is_open_no_more_and_what_it_has_taken_is_given_back() {
    let shares = account(party(ARTIST), "shares");
    let book = RuleBook::new(vec![all_to_artist()]).unwrap();
    for to in [
        ChargedTo::Cost { account: shares.clone() },
        ChargedTo::Advance { account: shares.clone(), included_in: None },
        ChargedTo::Shared { subject: recording(1) },
    ] {
        let mistyped = charge("mistyped", 100, to);
        let first =
            reckon(&book, half(1), &State::default(), std::slice::from_ref(&mistyped), &[line(recording(1), 1, "60")]);
        assert_eq!(owed(&first, &shares), 0, "{mistyped:?}");
        let second = reckon(&book, half(2), &first.closing, &[taken_back(mistyped)], &[line(recording(1), 7, "40")]);
        assert_eq!(owed(&second, &shares), 10_000, "as if it had never been charged");
        assert_eq!(second.account(&shares).unwrap().closing, Standing { owed_minor: 10_000, ..Standing::default() });
        assert!(second.closing.costs.is_empty());
    }
}

#[test]
fn an_advance_among_others_costs_is_taken_back_there_too() {
    const PRODUCER: u128 = 3;
    let [artist, producer] = [ARTIST, PRODUCER].map(|n| account(party(n), "shares"));
    let book =
        RuleBook::new(vec![split("master", recording(1), &[(party(ARTIST), 50), (party(PRODUCER), 50)])]).unwrap();
    let charges = [
        charge("cost", 100, ChargedTo::Cost { account: artist.clone() }),
        charge("advance", 100, ChargedTo::Advance { account: producer.clone(), included_in: Some(artist.clone()) }),
    ];
    let first = reckon(&book, half(1), &State::default(), &charges, &[line(recording(1), 1, "200")]);
    assert_eq!((owed(&first, &artist), owed(&first, &producer)), (10_000, 0));
    let back = charges.map(taken_back);
    let second = reckon(&book, half(2), &first.closing, &back, &[]);
    assert_eq!((owed(&second, &artist), owed(&second, &producer)), (10_000, 10_000));
}

/// Two who have produced for each other: of each an advance of 100 is among the other's costs of 100.
#[test]
fn advances_that_are_included_in_a_circle_are_borne_once() {
    const OTHER: u128 = 3;
    let (one, other) = (account(party(ARTIST), "shares"), account(party(OTHER), "shares"));
    let advance = |id, to: &AccountKey, of: &AccountKey| {
        charge(id, 100, ChargedTo::Advance { account: to.clone(), included_in: Some(of.clone()) })
    };
    let charges = [
        charge("cost-1", 100, ChargedTo::Cost { account: one.clone() }),
        charge("cost-2", 100, ChargedTo::Cost { account: other.clone() }),
        advance("advance-1", &one, &other),
        advance("advance-2", &other, &one),
    ];
    let rules = vec![split("master", recording(1), &[(party(ARTIST), 50), (party(OTHER), 50)])];
    let outcome = first(rules.clone(), &charges, &[line(recording(1), 1, "500")]);
    // Each earns 250, bears costs of 100 and an advance of 100, and has 100 back of the other's.
    assert_eq!([&one, &other].map(|account| owed(&outcome, account)), [15_000, 15_000]);
    assert!(outcome.closing.accounts.iter().all(|line| line.standing.advances.is_empty()));
    // One alone, whose two accounts became one, bears it once, too.
    let own = [charges[0].clone(), advance("advance", &one, &one)];
    let outcome = first(rules, &own, &[line(recording(1), 1, "500")]);
    assert_eq!(owed(&outcome, &one), 15_000);
}

#[test]
fn little_waits_and_is_paid_with_what_comes_later() {
    let rules = vec![
        all_to_artist(),
        terms("artist", Payee { minimum: Some(Money::new(5_000, Currency::EUR)), ..payee(ARTIST) }),
    ];
    let book = RuleBook::new(rules).unwrap();
    let once = reckon(&book, half(1), &State::default(), &[], &[line(recording(1), 1, "30")]);
    assert_eq!(payout(&once, ARTIST), Payout::BelowMinimum { minimum_minor: 5_000 });
    let twice = reckon(&book, half(2), &once.closing, &[], &[line(recording(1), 1, "30")]);
    assert_eq!(payout(&twice, ARTIST), Payout::Due { minor: 6_000 });
    let shares = account(party(ARTIST), "shares");
    let paid = [Charge { on: day(12, 31), ..charge("payout", 60, ChargedTo::Payment { account: shares.clone() }) }];
    let after = reckon(&book, half(2), &twice.closing, &paid, &[]);
    let line = after.account(&shares).unwrap();
    assert_eq!((line.opening.owed_minor, line.movement.paid_minor, line.closing.owed_minor), (6_000, 6_000, 0));
    assert_eq!(payout(&after, ARTIST), Payout::Nothing);
}

#[test]
fn returns_of_what_was_paid_wait_for_later_income() {
    let book = RuleBook::new(vec![split("master", recording(1), &[(party(ARTIST), 100)])]).unwrap();
    let loss = reckon(&book, half(1), &State::default(), &[], &[line(recording(1), -3, "-30")]);
    // Classically the recording bears it; nobody owes anything for it.
    assert_eq!((loss.closing.costs[&recording(1)], loss.proof.costs_minor), (Exact::whole(30), -3_000));
    let later = reckon(&book, half(2), &loss.closing, &[], &[line(recording(1), 1, "50")]);
    assert_eq!(owed(&later, &account(party(ARTIST), "shares")), 2_000);
}

#[test]
fn escalations_carry_on_from_where_the_last_period_ended() {
    let step = |above, points: u64| Step { above: Exact::whole(above), adds: Fraction::hundredths(points * 100) };
    let rising = Contract {
        escalation: Some(Escalation::Units(vec![step(100, 1), step(200, 2)])),
        ..contract(party(LABEL), party(ARTIST), vec![rate(Base::NetReceipts, 10, 100)])
    };
    let rules = vec![split("master", recording(1), &[(party(LABEL), 100)]), under("artist", rising)];
    let book = RuleBook::new(rules).unwrap();
    let artist = account(party(ARTIST), "artist");
    let once = reckon(&book, half(1), &State::default(), &[], &[line(recording(1), 150, "150")]);
    // 100 at 10 % and 50 at 11 %.
    assert_eq!(owed(&once, &artist), 1_550);
    let twice = reckon(&book, half(2), &once.closing, &[], &[line(recording(1), 100, "100")]);
    // 50 at 11 % and 50 at 12 %.
    assert_eq!(owed(&twice, &artist), 1_550 + 1_150);
}

#[test]
fn charges_that_cannot_be_are_refused_by_name() {
    let shares = account(party(ARTIST), "shares");
    let book = RuleBook::new(vec![all_to_artist()]).unwrap();
    let refused = |charges: &[Charge]| {
        let opening = State::default();
        let run = Run { period: half(1), currency: Currency::EUR, book: &book, charges, opening: &opening };
        calculate(&run, &Sums::new(&book)).unwrap_err()
    };
    let cost = || charge("flight", 1, ChargedTo::Cost { account: shares.clone() });
    assert!(matches!(refused(&[cost(), cost()]), RoyaltyFault::ChargeTwice { .. }));
    assert!(matches!(refused(&[Charge { on: day(7, 1), ..cost() }]), RoyaltyFault::ChargeLater { .. }));
    let yen = Charge { amount: Money::new(1, Currency::JPY), ..cost() };
    assert!(matches!(refused(&[yen]), RoyaltyFault::ChargeAmount { .. }));
    let paid = charge("payout", 1, ChargedTo::Payment { account: shares.clone() });
    assert!(matches!(refused(&[paid]), RoyaltyFault::Overpaid { owed_minor: 0, .. }));
    let release = "ean_5901234123457".parse().unwrap();
    assert!(matches!(
        refused(&[charge("art", 1, ChargedTo::Shared { subject: release })]),
        RoyaltyFault::NoTracks { .. }
    ));
}

#[test]
fn rules_that_cannot_be_are_refused_by_name() {
    let net = || vec![rate(Base::NetReceipts, 1, 2)];
    let refused = |versions: Vec<Version>| RuleBook::new(versions).unwrap_err();
    let short = split("master", recording(1), &[(party(LABEL), 99)]);
    let said = refused(vec![short]).to_string();
    assert_eq!(said, "the rule master, version 1, parts: the shares total 99 %, not 100 %");
    assert!(matches!(refused(vec![all_to_artist(), all_to_artist()]), RoyaltyFault::Twice { number: 1, .. }));
    let rival = split("other", recording(1), &[(party(LABEL), 100)]);
    assert!(matches!(refused(vec![all_to_artist(), rival]), RoyaltyFault::Rival { .. }));
    let changed = Version { number: 2, ..split("master", recording(2), &[(party(LABEL), 100)]) };
    assert!(matches!(refused(vec![all_to_artist(), changed]), RoyaltyFault::Changed { .. }));
    for covers in [Covers::Only([].into()), Covers::Only(["ean_5901234123457".parse().unwrap()].into())] {
        let of_none = under("none", Contract { covers, ..contract(party(LABEL), party(ARTIST), net()) });
        assert!(matches!(refused(vec![of_none]), RoyaltyFault::Rule { field: "covers", .. }));
    }
    let below_zero = vec![rate(Base::PerUnit(exact("-0.1")), 1, 1)];
    let below_zero = under("below-zero", contract(party(LABEL), party(ARTIST), below_zero));
    assert!(matches!(refused(vec![below_zero]), RoyaltyFault::Rule { field: "rates", .. }));
    let waits = |id: &str, of: &str, (from, to)| {
        let payable = Payable::AfterCosts { of: rule(of), recouped_at: RecoupedAt::NetRate, retroactive: true };
        under(id, Contract { payable, ..contract(party(from), party(to), net()) })
    };
    assert!(matches!(refused(vec![waits("a", "none", (1, 2))]), RoyaltyFault::Unknown { .. }));
    assert!(matches!(refused(vec![waits("a", "b", (1, 2)), waits("b", "a", (2, 1))]), RoyaltyFault::Circle { .. }));
    let letter =
        |from| under("letter", contract(party(from), party(9), vec![rate(Base::RoyaltyOf(rule("artist")), 3, 15)]));
    let artist = || under("artist", contract(party(LABEL), party(ARTIST), net()));
    assert!(matches!(refused(vec![artist(), letter(LABEL)]), RoyaltyFault::Unknown { .. }));
    assert!(RuleBook::new(vec![artist(), letter(ARTIST)]).is_ok());
}
