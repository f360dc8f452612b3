//! What is held back and released: of income or of earnings, never of returns, and all of it in the end.

use super::*;

const LABEL: u128 = 1;
const ARTIST: u128 = 2;

fn reserve(hundred: u32, held_at: HeldAt) -> Reserve {
    Reserve {
        rate: percent(hundred),
        held_at,
        channels: [Channel::Stream].into(),
        releases: vec![Release { after_months: 6, share: percent(100) }],
    }
}

/// A quarter of what the label receives, with a reserve of a fifth.
fn quarter(held_at: HeldAt) -> RuleBook {
    let held = Contract {
        reserve: Some(reserve(20, held_at)),
        ..contract(party(LABEL), party(ARTIST), vec![rate(Base::NetReceipts, 25, 100)])
    };
    RuleBook::new(vec![split("master", recording(1), &[(party(LABEL), 100)]), under("artist", held)]).unwrap()
}

#[test]
fn a_quarter_of_a_hundred_is_held() {
    let mut version = split("master", recording(1), &[(party(ARTIST), 100)]);
    if let Rule::Split(split) = &mut version.rule {
        split.reserve = Some(reserve(25, HeldAt::AfterRate));
    }
    let outcome = first(vec![version], &[], &[line(recording(1), 1, "100")]);
    let artist = outcome.account(&account(party(ARTIST), "shares")).unwrap();
    assert_eq!((artist.held_minor, artist.closing.owed_minor, outcome.proof.reserves_minor), (2_500, 7_500, 2_500));
}

#[test]
fn after_the_rate_five_of_twenty_five_are_held_and_later_released() {
    let book = quarter(HeldAt::AfterRate);
    let artist = account(party(ARTIST), "artist");
    let once = reckon(&book, half(1), &State::default(), &[], &[line(recording(1), 1, "100")]);
    let held = once.account(&artist).unwrap();
    assert_eq!((held.activity, held.held_minor, held.closing.owed_minor), (Exact::whole(25), 500, 2_000));
    // The label has paid for all of it.
    assert_eq!(owed(&once, &account(party(LABEL), "shares")), 7_500);
    let twice = reckon(&book, half(2), &once.closing, &[], &[]);
    let released = twice.account(&artist).unwrap();
    assert_eq!((released.released_minor, released.closing.owed_minor), (500, 2_500));
    assert_eq!((twice.proof.reserves_minor, twice.closing.reserves.len()), (-500, 0));
}

#[test]
fn before_the_rate_twenty_of_a_hundred_are_held_and_stay_with_the_label() {
    let book = quarter(HeldAt::BeforeRate);
    let (label, artist) = (account(party(LABEL), "shares"), account(party(ARTIST), "artist"));
    let once = reckon(&book, half(1), &State::default(), &[], &[line(recording(1), 1, "100")]);
    // 25 % of 80.
    assert_eq!((owed(&once, &artist), owed(&once, &label), once.proof.reserves_minor), (2_000, 8_000, 0));
    let twice = reckon(&book, half(2), &once.closing, &[], &[]);
    assert_eq!(owed(&twice, &artist), 2_500);
    // What the label has to give of it is set off against what it is still owed.
    assert_eq!(owed(&twice, &label), 7_500);
}

#[test]
fn before_the_shares_a_fifth_of_the_income_waits() {
    let mut version = split("master", recording(1), &[(party(ARTIST), 25), (party(LABEL), 75)]);
    if let Rule::Split(split) = &mut version.rule {
        split.reserve = Some(reserve(20, HeldAt::BeforeRate));
    }
    let book = RuleBook::new(vec![version]).unwrap();
    let artist = account(party(ARTIST), "shares");
    let once = reckon(&book, half(1), &State::default(), &[], &[line(recording(1), 1, "100")]);
    assert_eq!((owed(&once, &artist), once.proof.reserves_minor), (2_000, 2_000));
    let twice = reckon(&book, half(2), &once.closing, &[], &[]);
    assert_eq!((owed(&twice, &artist), twice.proof.reserves_minor), (2_500, -2_000));
}

#[test]
fn a_reserve_is_given_out_in_parts_to_the_cent() {
    let mut version = split("master", recording(1), &[(party(ARTIST), 100)]);
    if let Rule::Split(split) = &mut version.rule {
        let release = |after_months, hundred| Release { after_months, share: percent(hundred) };
        let releases = vec![release(1, 33), release(6, 33), release(12, 34)];
        split.reserve = Some(Reserve { releases, ..reserve(25, HeldAt::AfterRate) });
    }
    let book = RuleBook::new(vec![version]).unwrap();
    let artist = account(party(ARTIST), "shares");
    let once = reckon(&book, half(1), &State::default(), &[], &[line(recording(1), 1, "40.01")]);
    let parts: Vec<_> = once.closing.reserves.iter().map(|held| (held.on, held.minor)).collect();
    // A quarter of 40.01 is 10.00, whatever is left over of a cent.
    let later = NaiveDate::from_ymd_opt(2027, 6, 30).unwrap();
    assert_eq!(parts, [(day(7, 30), 330), (day(12, 30), 330), (later, 340)]);
    assert_eq!(owed(&once, &artist), 3_001);
    let twice = reckon(&book, half(2), &once.closing, &[], &[]);
    assert_eq!((owed(&twice, &artist), twice.proof.reserves_minor), (3_661, -660));
    let next = Period { from: NaiveDate::from_ymd_opt(2027, 1, 1).unwrap(), through: later };
    let last = reckon(&book, next, &twice.closing, &[], &[]);
    assert_eq!((owed(&last, &artist), last.closing.reserves.len()), (4_001, 0));
}

#[test]
fn no_more_is_held_than_returns_leave() {
    for (returned, held) in [("-40", 300), ("-99.99", 0), ("-300", 0)] {
        let lines = [line(recording(1), 1, "100"), line(recording(1), -1, returned)];
        let outcome = reckon(&quarter(HeldAt::AfterRate), half(1), &State::default(), &[], &lines);
        let artist = outcome.account(&account(party(ARTIST), "artist")).unwrap();
        // A fifth of what is left of the royalty: 15, 0.0025, nothing.
        assert_eq!(artist.held_minor, held, "{returned}");
    }
}

#[test]
fn nothing_is_held_of_returns_or_of_other_channels() {
    let sold = Line { channel: Channel::Download, ..line(recording(1), 1, "100") };
    let returned = line(recording(1), -1, "-40");
    let outcome = reckon(&quarter(HeldAt::AfterRate), half(1), &State::default(), &[], &[sold, returned]);
    let artist = outcome.account(&account(party(ARTIST), "artist")).unwrap();
    assert_eq!((artist.activity, artist.held_minor), (Exact::whole(15), 0));
}
