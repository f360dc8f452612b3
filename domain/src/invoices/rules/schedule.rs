//! When what of a quote is paid: a deposit, milestones, and the balance, which is all that is left. The stages come to the quote to the cent, before tax and
//! with it: the tax is distributed over them by largest remainder.

use chrono::{Duration, NaiveDate};

use super::{
    Fault,
    lines::{Sums, rounded},
    texts,
};
use crate::{
    collectable::{self, step_minor},
    env::Instant,
    invoices::{
        content::{Milestone, Part, Stage},
        entity::{Phase, StageKind},
    },
    money::{Currency, Money},
    share::{Share, WHOLE_PPM, allocate},
};

/// The most milestones.
pub const MAX_MILESTONES: usize = 20;
/// The longest time for which a quote is valid, in days.
pub const MAX_VALID_DAYS: i64 = 365;
/// What the deposit is called on its invoice.
const DEPOSIT: &str = "Deposit";
/// What the last stage is called.
const BALANCE: &str = "Balance";

/// A milestone as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMilestone {
    /// What it is called.
    pub name: String,
    /// Which share of the quote it is; either this or an amount.
    pub share: Option<Share>,
    /// What it comes to before tax.
    pub amount: Option<Money>,
    /// On which day it is invoiced by itself; none: when it is reached.
    pub due_on: Option<NaiveDate>,
    /// The part of the work that reaches it, unless a day is set: once it is done for all songs, it is invoiced by itself.
    pub phase: Option<Phase>,
}

/// Checks milestones.
pub fn check_milestones(currency: Currency, given: &[NewMilestone]) -> Result<Vec<Milestone>, Fault> {
    if given.len() > MAX_MILESTONES {
        return Err(Fault::Milestones);
    }
    let check = |(place, new): (usize, &NewMilestone)| {
        let field = |name: &str| format!("milestones.{place}.{name}");
        let part = match (new.share, new.amount) {
            (Some(share), None) if share > Share::ZERO => Part::Share(share),
            (None, Some(amount)) if amount.currency != currency => {
                return Err(Fault::Currency { field: field("amount"), given: amount.currency, own: currency });
            }
            (None, Some(amount)) if amount.minor > 0 => Part::Net(amount.minor),
            _ => return Err(Fault::MilestoneNothing { field: field("sharePpm") }),
        };
        let name = texts::line(field("name"), &new.name, texts::MAX_TITLE_CHARS)?;
        let due_on = new.due_on.map(|day| texts::day(field("dueOn"), day)).transpose()?;
        Ok(Milestone { name, part, due_on, phase: new.phase })
    };
    given.iter().enumerate().map(check).collect()
}

/// Until when a quote can be accepted.
pub fn check_valid_until(until: Instant, now: Instant) -> Result<Instant, Fault> {
    if until <= now {
        Err(Fault::ValidUntilPast)
    } else if until > now + Duration::days(MAX_VALID_DAYS) {
        Err(Fault::ValidUntil)
    } else {
        Ok(until)
    }
}

/// The stages of a quote that comes to so much. A stage of nothing is none.
///
/// # Errors
/// If deposit and milestones come to more than the quote, or a stage to so little that no payment service collects it.
pub fn stages(currency: Currency, sums: Sums, deposit: Share, milestones: &[Milestone]) -> Result<Vec<Stage>, Fault> {
    let of_share = |share: Share| {
        let (net, ppm) = (i128::from(sums.net_minor), i128::from(share.ppm()));
        rounded(net, ppm, i128::from(WHOLE_PPM), step_minor(currency))
    };
    let plain = |kind, name: &str, net_minor| Stage {
        kind,
        name: name.to_owned(),
        net_minor,
        tax_minor: 0,
        due_on: None,
        phase: None,
    };
    let mut planned = vec![plain(StageKind::Deposit, DEPOSIT, of_share(deposit)?)];
    for milestone in milestones {
        let net_minor = match milestone.part {
            Part::Share(share) => of_share(share)?,
            Part::Net(minor) => minor,
        };
        let stage = plain(StageKind::Milestone, &milestone.name, net_minor);
        planned.push(Stage { due_on: milestone.due_on, phase: milestone.phase, ..stage });
    }
    let before = planned.iter().try_fold(0_i64, |sum, stage| sum.checked_add(stage.net_minor)).ok_or(Fault::TooMuch)?;
    if before > sums.net_minor {
        let of = |minor| Money::new(minor, currency);
        return Err(Fault::BeyondQuote { parts: of(before), whole: of(sums.net_minor) });
    }
    planned.push(plain(StageKind::Balance, BALANCE, sums.net_minor - before));
    planned.retain(|stage| stage.net_minor > 0);
    tax_stages(currency, sums.tax_minor, &mut planned)?;
    Ok(planned)
}

/// Puts the tax on the stages, and refuses those that nobody collects.
fn tax_stages(currency: Currency, tax_minor: i64, stages: &mut [Stage]) -> Result<(), Fault> {
    let step = step_minor(currency);
    let weights: Vec<u64> = stages.iter().map(|stage| stage.net_minor.unsigned_abs()).collect();
    let steps = allocate(tax_minor / step, &weights).map_err(|_| Fault::Nothing)?;
    for (stage, steps) in stages.iter_mut().zip(steps) {
        stage.tax_minor = steps.checked_mul(step).ok_or(Fault::TooMuch)?;
        let total = Money::new(stage.total_minor(), currency);
        collectable::check(total).map_err(|fault| Fault::Stage { name: stage.name.clone(), fault })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::env::testing;

    fn share(ppm: u32) -> Share {
        Share::from_ppm(ppm).unwrap()
    }

    fn milestone(part: Part) -> Milestone {
        Milestone { name: "Rough mix".into(), part, due_on: None, phase: Some(Phase::Mixing) }
    }

    #[test]
    fn what_is_left_is_the_balance() {
        let sums = Sums { net_minor: 100_001, tax_minor: 19_000 };
        let parts = [milestone(Part::Share(share(250_000))), milestone(Part::Net(10_000))];
        let stages = stages(Currency::EUR, sums, share(300_000), &parts).unwrap();
        let net: Vec<_> = stages.iter().map(|stage| (stage.kind, stage.net_minor)).collect();
        let expected = [
            (StageKind::Deposit, 30_000),
            (StageKind::Milestone, 25_000),
            (StageKind::Milestone, 10_000),
            (StageKind::Balance, 35_001),
        ];
        assert_eq!(net, expected);
        assert_eq!(stages.iter().map(|stage| stage.tax_minor).sum::<i64>(), 19_000);
    }

    #[test]
    fn a_stage_of_nothing_is_none() {
        let sums = Sums { net_minor: 10_000, tax_minor: 0 };
        let at_once = stages(Currency::EUR, sums, Share::WHOLE, &[]).unwrap();
        assert_eq!(at_once.iter().map(|stage| stage.kind).collect::<Vec<_>>(), [StageKind::Deposit]);
        let at_the_end = stages(Currency::EUR, sums, Share::ZERO, &[]).unwrap();
        assert_eq!(at_the_end.iter().map(|stage| stage.kind).collect::<Vec<_>>(), [StageKind::Balance]);
    }

    #[test]
    fn what_cannot_be_paid_so_is_refused() {
        let sums = Sums { net_minor: 10_000, tax_minor: 0 };
        let beyond = stages(Currency::EUR, sums, share(600_000), &[milestone(Part::Net(4_001))]).unwrap_err();
        assert_eq!(
            beyond.to_string(),
            "deposit and milestones come to EUR 100.01 before tax, and the whole quote to EUR 100.00"
        );
        let small = stages(Currency::EUR, sums, Share::ZERO, &[milestone(Part::Net(49))]);
        assert!(matches!(small, Err(Fault::Stage { name, .. }) if name == "Rough mix"));
        let fine = stages(Currency::BHD, sums, Share::ZERO, &[milestone(Part::Net(1_005))]);
        assert!(matches!(fine, Err(Fault::Stage { .. })), "fils are moved by tens");
    }

    #[test]
    fn a_milestone_is_a_share_or_an_amount() {
        let new = |share: Option<Share>, minor: Option<i64>| NewMilestone {
            name: "Rough mix".into(),
            share,
            amount: minor.map(|minor| Money::new(minor, Currency::EUR)),
            due_on: None,
            phase: None,
        };
        let check = |new: NewMilestone| check_milestones(Currency::EUR, &[new]);
        assert_eq!(check(new(Some(share(1)), None)).unwrap()[0].part, Part::Share(share(1)));
        assert_eq!(check(new(None, Some(1))).unwrap()[0].part, Part::Net(1));
        for wrong in [new(None, None), new(Some(share(1)), Some(1)), new(Some(Share::ZERO), None), new(None, Some(0))] {
            assert!(matches!(check(wrong), Err(Fault::MilestoneNothing { field }) if field == "milestones.0.sharePpm"));
        }
        let yen = NewMilestone { amount: Some(Money::new(1, Currency::JPY)), ..new(None, None) };
        assert!(matches!(check(yen), Err(Fault::Currency { .. })));
        assert!(check_milestones(Currency::EUR, &vec![new(None, Some(1)); 21]).is_err());
        let never = NewMilestone { due_on: Some(NaiveDate::MAX), ..new(None, Some(1)) };
        assert!(matches!(check(never), Err(Fault::Year { field }) if field == "milestones.0.dueOn"));
    }

    #[test]
    fn a_quote_is_valid_for_a_while() {
        let (env, _) = testing::env(1);
        let now = env.now();
        assert_eq!(check_valid_until(now, now), Err(Fault::ValidUntilPast));
        assert!(check_valid_until(now + Duration::days(MAX_VALID_DAYS), now).is_ok());
        let late = now + Duration::days(MAX_VALID_DAYS) + Duration::seconds(1);
        assert_eq!(check_valid_until(late, now), Err(Fault::ValidUntil));
    }

    proptest! {
        #[test]
        fn stages_come_to_the_quote_to_the_cent(
            net in 1_000_000_i64..=100_000_000, rate in 0_i64..=270_000, deposit in 0_u32..=400_000,
            parts in prop::collection::vec(10_000_u32..=50_000, 0..10),
        ) {
            let sums = Sums { net_minor: net, tax_minor: net * rate / 1_000_000 };
            let milestones: Vec<_> = parts.into_iter().map(|ppm| milestone(Part::Share(share(ppm)))).collect();
            if let Ok(stages) = stages(Currency::EUR, sums, share(deposit), &milestones) {
                prop_assert_eq!(stages.iter().map(|stage| stage.net_minor).sum::<i64>(), sums.net_minor);
                prop_assert_eq!(stages.iter().map(|stage| stage.tax_minor).sum::<i64>(), sums.tax_minor);
                prop_assert!(stages.iter().all(|stage| stage.net_minor > 0 && stage.tax_minor >= 0));
            } else {
                // A deposit of less than half a euro.
                prop_assert!(deposit < 1_000);
            }
        }
    }
}
