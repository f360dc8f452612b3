//! What a random catalogue is made of.

use super::*;
use crate::{ids::WorkId, share::WHOLE_PPM};

const PARTIES: u64 = 5;
const RECORDINGS: u128 = 3;
const RELEASE: &str = "ean_5901234123457";

/// What a line, a contract or a charge is made of: throws of dice, and how much.
pub(super) type Seed = (u64, i64);

/// Throws that have nothing to do with each other, out of one number.
struct Dice(u64);

impl Dice {
    /// One of so many, from zero.
    fn of(&mut self, sides: u64) -> u64 {
        let thrown = self.0 % sides;
        self.0 /= sides;
        thrown
    }

    fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.of(len as u64)).unwrap()
    }

    /// Once in so many times.
    fn is_once_in(&mut self, times: u64) -> bool {
        self.of(times) == 0
    }

    fn month(&mut self) -> u32 {
        1 + u32::try_from(self.of(12)).unwrap()
    }

    fn ppm(&mut self) -> u32 {
        u32::try_from(self.of(u64::from(WHOLE_PPM) + 1)).unwrap()
    }

    fn someone(&mut self) -> PartyId {
        party(1 + u128::from(self.of(PARTIES)))
    }
}

fn amount(raw: i64) -> Exact {
    Exact::whole(raw).times(Fraction::new(1, 1_000_000_000_000).unwrap()).unwrap()
}

fn release() -> Subject {
    RELEASE.parse().unwrap()
}

/// One of the recordings, or the work, that somebody has signed for.
fn subject(n: u64) -> Subject {
    match u128::from(n) {
        n if n < RECORDINGS => recording(n),
        n => Subject::Work(WorkId(Uuid::from_u128(n))),
    }
}

pub(super) fn line_of((throws, raw): Seed) -> Line {
    let mut dice = Dice(throws);
    let subject = match dice.of(8) {
        0 => None,
        1 => Some(release()),
        // Nobody has signed for it.
        2 => Some(recording(RECORDINGS)),
        n => Some(subject(n % 4)),
    };
    let net = if dice.is_once_in(9) { Exact::ZERO } else { amount(raw) };
    Line {
        subject,
        used_on: day(dice.month(), 1),
        territory: ["DE", "JP"].get(dice.index(3)).map(|code| code.parse().unwrap()),
        channel: [Channel::Stream, Channel::Download, Channel::Physical][dice.index(3)],
        format: dice.is_once_in(4).then(|| "vinyl".to_owned()),
        source: dice.is_once_in(3).then(|| "shop".to_owned()),
        units: i64::try_from(dice.of(50)).unwrap() - 5,
        net,
        gross: dice.is_once_in(2).then(|| amount(raw.saturating_mul(2))),
    }
}

fn reserve_of(dice: &mut Dice) -> Option<Reserve> {
    let release = |after_months, ppm| Release { after_months, share: Share::from_ppm(ppm).unwrap() };
    let (is_held, is_before, is_of_one) = (dice.is_once_in(3), dice.is_once_in(2), dice.is_once_in(3));
    let (rate, first) = (dice.ppm(), dice.ppm());
    is_held.then(|| Reserve {
        rate: Share::from_ppm(rate).unwrap(),
        held_at: if is_before { HeldAt::BeforeRate } else { HeldAt::AfterRate },
        channels: if is_of_one { [Channel::Physical].into() } else { [].into() },
        releases: vec![release(1, first), release(30, WHOLE_PPM - first)],
    })
}

/// Two versions of the split of each recording and of the work, and the tracks of the release: of one of them nobody has signed the split.
pub(super) fn splits(picks: &[u64]) -> Vec<Version> {
    let mut rules = Vec::new();
    for (n, pick) in (0..8_u32).zip(picks.iter().cycle()) {
        let mut dice = Dice(pick.rotate_left(7 * n));
        let cut = dice.ppm();
        let mut part = |ppm| Part { payee: dice.someone(), share: Share::from_ppm(ppm).unwrap(), group: None };
        let parts = vec![part(cut), part(WHOLE_PPM - cut)];
        let losses = if dice.is_once_in(2) { Losses::Classic } else { Losses::Flexible };
        let number = 1 + n / 4;
        let effective_on = if number == 1 { day(1, 1) } else { day(dice.month(), 1) };
        let subject = subject(u64::from(n % 4));
        let split = Split { subject, parts, losses, reserve: reserve_of(&mut dice) };
        rules.push(Version { number, effective_on, ..version(&format!("split-{}", n % 4), Rule::Split(split)) });
    }
    let tracks =
        (0..=RECORDINGS).zip([3, 1, 0, 2]).map(|(n, weight)| (RecordingId(Uuid::from_u128(n)), weight)).collect();
    let Subject::Release(release) = release() else { unreachable!("an EAN is a release") };
    rules.push(version("album", Rule::Album(Album { release, tracks })));
    rules
}

/// How everybody is paid, and what is withheld.
pub(super) fn terms(picks: &[u64]) -> Vec<Version> {
    let mut rules = Vec::new();
    for (n, pick) in (1..=PARTIES).zip(picks.iter().cycle()) {
        let mut dice = Dice(pick.rotate_left(u32::try_from(n).unwrap() * 11));
        if dice.is_once_in(2) {
            continue;
        }
        let mut order = payee::ORDER;
        order.rotate_left(dice.index(3));
        let terms = Payee {
            payee: party(u128::from(n)),
            country: dice.is_once_in(2).then(|| "DE".parse().unwrap()),
            treaty: dice.is_once_in(4).then(|| percent(5)),
            minimum: Some(Money::new(i64::try_from(dice.of(5_000)).unwrap(), Currency::EUR)),
            hold: dice.is_once_in(5).then(|| Hold { reason: "a question".to_owned(), through: None }),
            order,
        };
        rules.push(version(&format!("payee-{n}"), Rule::Payee(terms)));
    }
    if picks[0].is_multiple_of(2) {
        let law = Withholding { countries: [("DE".parse().unwrap(), percent(15))].into(), otherwise: percent(30) };
        rules.push(version("tax", Rule::Withholding(law)));
    }
    rules
}

fn base_of(dice: &mut Dice, before: Option<&RuleId>) -> Base {
    let price = ListPrice { price: exact("7.77"), uplift: Fraction::new(130, 100).unwrap(), deductions: Vec::new() };
    match (dice.of(6), before) {
        (0, _) => Base::GrossReceipts,
        (1, _) => Base::DealerPrice(price),
        (2, _) => Base::PerUnit(exact("0.0123456789")),
        (3, _) => Base::RoyaltyOf(rule(&format!("split-{}", dice.of(4)))),
        (4, Some(before)) => Base::RoyaltyOf(before.clone()),
        _ => Base::NetReceipts,
    }
}

fn rates_of(dice: &mut Dice, base: &Base) -> Vec<Rate> {
    let points = dice.of(1_500);
    let vinyl = When { formats: ["vinyl".to_owned()].into(), ..When::default() };
    let abroad =
        When { territories: ["JP".parse().unwrap()].into(), channels: [Channel::Stream].into(), ..When::default() };
    let in_shops = When {
        sources: ["shop".to_owned()].into(),
        from: Some(day(3, 1)),
        through: Some(day(8, 31)),
        ..When::default()
    };
    vec![
        Rate { when: vinyl, ..rate(Base::NetReceipts, 1, 3) },
        Rate { when: abroad, ..rate(base.clone(), points, 700) },
        Rate { when: in_shops, ..rate(base.clone(), points, 2_000) },
        rate(base.clone(), points, 999),
    ]
}

fn escalation_of(dice: &mut Dice, raw: i64) -> Option<Escalation> {
    let steps = |first: i64| {
        let step = |above, adds| Step { above: Exact::whole(above), adds: Fraction::new(adds, 30).unwrap() };
        vec![step(first, 1), step(first + 20, 3)]
    };
    match dice.of(5) {
        0 => Some(Escalation::Units(steps(i64::try_from(dice.of(60)).unwrap()))),
        1 => Some(Escalation::Amount(steps((raw / 1_000_000_000_000).abs()))),
        2 => Some(Escalation::Date(vec![DateStep { from: day(4, 1), adds: Fraction::new(1, 7).unwrap() }])),
        _ => None,
    }
}

/// Contracts of which each may depend on the one before it, and be paid out of what that one pays; and the accounts that they pay.
pub(super) fn contracts(seeds: &[Seed]) -> (Vec<Version>, Vec<AccountKey>) {
    let (mut made, mut accounts) = (Vec::new(), Vec::<AccountKey>::new());
    for (n, &(throws, raw)) in seeds.iter().enumerate() {
        let mut dice = Dice(throws);
        let before = n.checked_sub(1).map(|before| (rule(&format!("contract-{before}")), accounts[before].clone()));
        let base = base_of(&mut dice, before.as_ref().map(|(before, _)| before));
        let is_all_in = dice.is_once_in(3);
        // Points of a royalty are borne by who earns it.
        let is_of_before = matches!((&base, &before), (Base::RoyaltyOf(of), Some((before, _))) if of == before);
        let (payer, payer_group) = match &before {
            Some((_, artist)) if is_all_in => (artist.payee, Some(artist.group.clone())),
            Some((_, artist)) if is_of_before => (artist.payee, None),
            _ => (dice.someone(), None),
        };
        let others: Vec<PartyId> =
            (1..=PARTIES).map(|n| party(u128::from(n))).filter(|other| *other != payer).collect();
        let payee = others[dice.index(others.len())];
        let group = match dice.of(5) {
            0 => Some(Group::shares()),
            1 | 2 => Some(Group("career".to_owned())),
            _ => None,
        };
        let covers = if dice.is_once_in(3) {
            Covers::Only([recording(0), recording(1), subject(3)].into())
        } else {
            Covers::Everything
        };
        let recouped_at = if dice.is_once_in(2) { RecoupedAt::CombinedRate } else { RecoupedAt::NetRate };
        let (waits, retroactive) = (dice.is_once_in(2), !dice.is_once_in(3));
        let payable = match before {
            Some((of, _)) if waits => Payable::AfterCosts { of, recouped_at, retroactive },
            _ => Payable::RecordOne,
        };
        let rates = rates_of(&mut dice, &base);
        let escalation = escalation_of(&mut dice, raw);
        let reserve = reserve_of(&mut dice);
        let id = format!("contract-{n}");
        accounts.push(AccountKey { payee, group: group.clone().unwrap_or_else(|| Group(id.clone())) });
        let terms =
            Contract { payer_group, group, covers, escalation, payable, reserve, ..contract(payer, payee, rates) };
        made.push(under(&id, terms));
    }
    (made, accounts)
}

/// Charges of a half of the year, 0 or 1.
pub(super) fn charges(seeds: &[Seed], later: u32, accounts: &[AccountKey]) -> Vec<Charge> {
    let charged = |(n, &(throws, raw)): (usize, &Seed)| {
        let mut dice = Dice(throws);
        let one = |dice: &mut Dice| match accounts {
            [] => account(dice.someone(), "shares"),
            accounts => accounts[dice.index(accounts.len())].clone(),
        };
        let to = match dice.of(6) {
            0 => ChargedTo::Shared { subject: subject(dice.of(4)) },
            1 => ChargedTo::Shared { subject: release() },
            2 | 3 => ChargedTo::Cost { account: one(&mut dice) },
            // Whoever gives back to whom, in a circle, too.
            _ => {
                ChargedTo::Advance { account: one(&mut dice), included_in: dice.is_once_in(2).then(|| one(&mut dice)) }
            }
        };
        let minor = 1 + raw.rem_euclid(20_000);
        let month = 6 * later + 1 + u32::try_from(dice.of(6)).unwrap();
        Charge {
            id: format!("{later}-{n}"),
            on: day(month, 1),
            amount: Money::new(minor, Currency::EUR),
            to,
            reverses: None,
        }
    };
    seeds.iter().enumerate().map(charged).collect()
}

/// What takes every other charge of the first half of the year back, in the second.
pub(super) fn reversals(charges: &[Charge]) -> Vec<Charge> {
    let back = |of: &Charge| Charge {
        id: format!("{} back", of.id),
        on: day(7, 1),
        amount: Money::new(-of.amount.minor, of.amount.currency),
        to: of.to.clone(),
        reverses: Some(of.id.clone()),
    };
    charges.iter().step_by(2).map(back).collect()
}

/// Who is owed most after a period is paid, and more than that, for something of what they were paid before has come back.
pub(super) fn payments(after: &Outcome) -> Vec<Charge> {
    let Some(line) = after.accounts.iter().max_by_key(|line| line.closing.owed_minor) else { return Vec::new() };
    let owed_minor = line.closing.owed_minor;
    if owed_minor == 0 {
        return Vec::new();
    }
    let payment = |id: &str, minor| Charge {
        id: id.to_owned(),
        on: day(7, 1),
        amount: Money::new(minor, Currency::EUR),
        to: ChargedTo::Payment { account: line.account.clone() },
        reverses: None,
    };
    vec![payment("paid", owed_minor + 7), payment("back", -7)]
}
