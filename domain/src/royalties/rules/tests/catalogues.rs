//! Random catalogues: splits that change, releases, contracts upon contracts, charges and reserves, over two periods. Whatever comes, each decimal has a place,
//! the order of what is given changes no byte, and a replay from what was written down is identical.

use proptest::prelude::*;

use super::*;
use crate::share::WHOLE_PPM;

const CASES: u32 = 10_000;
const PARTIES: u128 = 5;
const RECORDINGS: u128 = 3;
const RELEASE: &str = "ean_5901234123457";

/// What a line, a contract or a charge is made of: which, another which, and how much.
type Seed = (u8, u16, i64);

fn someone(n: u128) -> PartyId {
    party(1 + n % PARTIES)
}

fn amount(raw: i64) -> Exact {
    Exact::whole(raw).times(Fraction::new(1, 1_000_000_000_000).unwrap()).unwrap()
}

fn release() -> Subject {
    RELEASE.parse().unwrap()
}

fn line_of(&(kind, pick, raw): &Seed) -> Line {
    let subject = match kind % 8 {
        0 => None,
        1 => Some(release()),
        // Of the last nobody has signed a split.
        n => Some(recording(u128::from(n) % (RECORDINGS + 1))),
    };
    Line {
        subject,
        used_on: day(1 + u32::from(pick % 12), 1),
        territory: ["DE", "JP"].get(usize::from(pick % 3)).map(|code| code.parse().unwrap()),
        channel: [Channel::Stream, Channel::Download, Channel::Physical][usize::from(pick / 3 % 3)],
        format: pick.is_multiple_of(5).then(|| "vinyl".to_owned()),
        source: None,
        units: i64::from(pick % 50) - 5,
        net: amount(raw),
        gross: pick.is_multiple_of(2).then(|| amount(raw.saturating_mul(2))),
    }
}

fn reserve_of(pick: u16) -> Option<Reserve> {
    let release = |after_months, ppm| Release { after_months, share: Share::from_ppm(ppm).unwrap() };
    let first = u32::from(pick) * 10;
    pick.is_multiple_of(3).then(|| Reserve {
        rate: Share::from_ppm(u32::from(pick) * 15).unwrap(),
        held_at: if pick.is_multiple_of(2) { HeldAt::BeforeRate } else { HeldAt::AfterRate },
        channels: if pick.is_multiple_of(4) { [Channel::Physical].into() } else { [].into() },
        releases: vec![release(1, first), release(30, WHOLE_PPM - first)],
    })
}

/// Two versions of the split of each recording, and the tracks of the release: the last of them is nobody's yet.
fn splits(picks: &[u16]) -> Vec<Version> {
    let mut rules = Vec::new();
    for (n, &pick) in (0..RECORDINGS * 2).zip(picks.iter().cycle()) {
        let cut = (u32::from(pick) * 15).min(WHOLE_PPM);
        let part = |payee, ppm| Part { payee, share: Share::from_ppm(ppm).unwrap(), group: None };
        let parts = vec![part(someone(n), cut), part(someone(n + u128::from(pick)), WHOLE_PPM - cut)];
        let losses = if pick.is_multiple_of(2) { Losses::Classic } else { Losses::Flexible };
        let subject = recording(n % RECORDINGS);
        let id = format!("split-{}", n % RECORDINGS);
        let number = if n < RECORDINGS { 1 } else { 2 };
        let effective_on = if number == 1 { day(1, 1) } else { day(1 + u32::from(pick % 12), 1) };
        let split = Split { subject, parts, losses, reserve: reserve_of(pick) };
        rules.push(Version { number, effective_on, ..version(&id, Rule::Split(split)) });
    }
    let tracks =
        (0..=RECORDINGS).zip([3, 1, 0, 2]).map(|(n, weight)| (RecordingId(Uuid::from_u128(n)), weight)).collect();
    let Subject::Release(release) = release() else { unreachable!("an EAN is a release") };
    rules.push(version("album", Rule::Album(Album { release, tracks })));
    rules
}

fn base_of(n: usize, (kind, pick, _): Seed) -> Base {
    let price = ListPrice { price: exact("7.77"), uplift: Fraction::new(130, 100).unwrap(), deductions: Vec::new() };
    match kind % 6 {
        0 => Base::GrossReceipts,
        1 => Base::DealerPrice(price),
        2 => Base::PerUnit(exact("0.0123456789")),
        3 => Base::RoyaltyOf(rule(&format!("split-{}", u128::from(pick) % RECORDINGS))),
        4 if n > 0 => Base::RoyaltyOf(rule(&format!("contract-{}", n - 1))),
        _ => Base::NetReceipts,
    }
}

/// Contracts of which each may depend on the one before it.
fn contracts(seeds: &[Seed]) -> Vec<Version> {
    let mut made: Vec<Contract> = Vec::new();
    for (n, &seed) in seeds.iter().enumerate() {
        let (kind, pick, raw) = seed;
        let base = base_of(n, seed);
        // Points of a royalty are borne by who earns it.
        let from = match (&base, made.last()) {
            (Base::RoyaltyOf(of), Some(last)) if of.0.starts_with("contract") => last.payee,
            _ => someone(u128::from(pick)),
        };
        let to = (1..=PARTIES).map(party).find(|to| *to != from).unwrap();
        let vinyl = When { formats: ["vinyl".to_owned()].into(), ..When::default() };
        let abroad = When { territories: ["JP".parse().unwrap()].into(), ..When::default() };
        let points = u64::from(pick % 1_000);
        let steps = |above| vec![Step { above: Exact::whole(above), adds: Fraction::new(1, 30).unwrap() }];
        made.push(Contract {
            payer_group: (n > 0 && kind.is_multiple_of(2)).then(|| Group(format!("contract-{}", n - 1))),
            group: pick.is_multiple_of(7).then(Group::shares),
            covers: if kind.is_multiple_of(3) {
                Covers::Only([recording(0), recording(1)].into())
            } else {
                Covers::Everything
            },
            escalation: match kind % 4 {
                0 => Some(Escalation::Units(steps(i64::from(pick % 90)))),
                1 => Some(Escalation::Amount(steps((raw / 1_000_000_000_000).abs()))),
                2 => Some(Escalation::Date(vec![DateStep { from: day(4, 1), adds: Fraction::new(1, 7).unwrap() }])),
                _ => None,
            },
            payable: if n > 0 && kind.is_multiple_of(2) {
                Payable::AfterCosts {
                    of: rule(&format!("contract-{}", n - 1)),
                    recouped_at: if pick.is_multiple_of(2) { RecoupedAt::CombinedRate } else { RecoupedAt::NetRate },
                    retroactive: pick.is_multiple_of(3),
                }
            } else {
                Payable::RecordOne
            },
            reserve: reserve_of(pick),
            ..contract(
                from,
                to,
                vec![
                    Rate { when: vinyl, ..rate(Base::NetReceipts, 1, 3) },
                    Rate { when: abroad, ..rate(base.clone(), points, 700) },
                    rate(base, points, 999),
                ],
            )
        });
    }
    let named = (0..).zip(made);
    named.map(|(n, contract)| under(&format!("contract-{n}"), contract)).collect()
}

fn charges(seeds: &[Seed]) -> Vec<Charge> {
    let charged = |(n, &(kind, pick, raw)): (usize, &Seed)| {
        let payee = someone(u128::from(pick));
        let to = match kind % 4 {
            0 => ChargedTo::Shared { subject: recording(u128::from(pick) % RECORDINGS) },
            1 => ChargedTo::Shared { subject: release() },
            2 => ChargedTo::Cost { account: account(payee, &format!("contract-{}", pick % 4)) },
            _ => ChargedTo::Advance {
                account: account(payee, &format!("contract-{}", pick % 4)),
                included_in: pick.is_multiple_of(2).then(|| account(someone(u128::from(pick) + 1), "shares")),
            },
        };
        let minor = 1 + raw.rem_euclid(2_000);
        Charge { id: n.to_string(), on: day(1 + u32::from(pick % 6), 1), amount: Money::new(minor, Currency::EUR), to }
    };
    seeds.iter().enumerate().map(charged).collect()
}

/// What holds of every outcome.
fn prove(book: &RuleBook, outcome: &Outcome, lines: &[Line]) {
    let proof = &outcome.proof;
    let received = Exact::sum(lines.iter().map(|line| line.net)).unwrap();
    let minor = proof.accounts_minor + proof.suspense_minor + proof.costs_minor + proof.reserves_minor;
    assert_eq!(Exact::of_minor(minor, Currency::EUR).plus(proof.residue).unwrap(), received);
    assert!(!proof.residue.is_negative() && proof.residue < exact("0.01"), "{}", proof.residue);
    assert_eq!(outcome.accounts.iter().map(|line| line.movement.earned_minor).sum::<i64>(), proof.accounts_minor);
    let held: i64 = outcome.closing.reserves.iter().map(|held| held.minor).sum();
    assert!(held >= 0 && outcome.closing.reserves.iter().all(|held| held.on > outcome.period.through));
    for line in &outcome.accounts {
        let (before, after, moved) = (&line.opening, &line.closing, &line.movement);
        assert!(after.owed_minor >= 0 && after.deficit_minor >= 0 && after.costs_minor >= 0);
        assert_eq!(after.owed_minor, before.owed_minor + moved.owed_minor - moved.paid_minor);
        assert_eq!(after.deficit_minor, before.deficit_minor + moved.deficit_minor);
        let mut entries = explain::entries(outcome, &line.account).unwrap();
        let owed = entries.pop().map(|(_, owed)| owed);
        assert_eq!(Exact::sum(entries.into_iter().map(|(_, amount)| amount)).ok(), owed);
    }
    for line in lines {
        let traced = explain::trace(book, outcome, line).unwrap();
        let parts = traced.parts.iter().map(|part| part.amount);
        let waiting = traced.suspended.iter().map(|(_, _, amount)| *amount);
        assert_eq!(Exact::sum(parts.chain(waiting)).unwrap(), line.net);
    }
}

fn seeds(most: usize) -> impl Strategy<Value = Vec<Seed>> {
    prop::collection::vec((any::<u8>(), any::<u16>(), -10_000_000_000_000_i64..100_000_000_000_000), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_decimal_has_a_place_and_a_replay_is_identical(
        lines in seeds(10),
        deals in seeds(5),
        costs in seeds(4),
        picks in prop::collection::vec(any::<u16>(), 1..6),
        turn in any::<prop::sample::Index>(),
    ) {
        let rules = [splits(&picks), contracts(&deals)].concat();
        let (lines, costs): (Vec<Line>, Vec<Charge>) = (lines.iter().map(line_of).collect(), charges(&costs));
        let book = RuleBook::new(rules.clone()).unwrap();
        let turned = |len: usize| if len == 0 { 0 } else { turn.index(len) };
        // The second period is told the same lines once more, as another statement might.
        let reckoned = |book: &RuleBook, costs: &[Charge], lines: &[Line]| {
            let once = reckon(book, half(1), &State::default(), costs, lines);
            let twice = reckon(book, half(2), &once.closing, &[], lines);
            (once, twice)
        };
        let (once, twice) = reckoned(&book, &costs, &lines);
        prove(&book, &once, &lines);
        prove(&book, &twice, &lines);

        // Another order of lines, rules and charges, and the lines counted in two parts.
        let (mut other_rules, mut other_costs, mut other_lines) = (rules, costs, lines);
        other_rules.reverse();
        other_costs.reverse();
        let middle = turned(other_lines.len());
        other_lines.rotate_left(middle);
        let other = RuleBook::new(other_rules).unwrap();
        prop_assert_eq!(other.sha256(), book.sha256());
        let mut sums = Sums::of(&other, &other_lines[..middle]).unwrap();
        sums.merge(Sums::of(&other, &other_lines[middle..]).unwrap()).unwrap();
        prop_assert_eq!(&sums, &Sums::of(&book, &other_lines).unwrap());
        let (again, later) = reckoned(&other, &other_costs, &other_lines);
        prop_assert_eq!((again.sha256(), later.sha256()), (once.sha256(), twice.sha256()));

        // From what was written down.
        let read: RuleBook = serde_json::from_slice(&book.canonical()).unwrap();
        let opening: State = serde_json::from_slice(&once.closing.canonical()).unwrap();
        let replayed = reckon(&read, half(2), &opening, &[], &other_lines);
        prop_assert_eq!(replayed.canonical(), twice.canonical());
    }
}
