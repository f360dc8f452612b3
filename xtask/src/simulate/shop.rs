//! What sales and uploads there are, and which jobs they make.

use std::f64::consts::TAU;

use super::{
    HOUR_S, Terms,
    chance::Chance,
    jobs::{Arrival, Job, Kind},
};

const DAY_S: f64 = 24.0 * HOUR_S;

/// An hour's jobs come independently of each other. The busiest hour is in the middle, and again every day; twelve hours from it it is night.
pub(super) fn arrivals(terms: &Terms) -> Vec<Arrival> {
    let mut chance = Chance::new(terms.seed);
    let sales = times(terms, terms.sales * terms.times, &mut chance);
    let uploads = times(terms, terms.beats * terms.times, &mut chance);
    let mut all: Vec<Arrival> = sales.into_iter().map(|at_s| sale(terms, at_s, &mut chance)).collect();
    all.extend(uploads.into_iter().map(|at_s| upload(terms, at_s, &mut chance)));
    // Stable: what comes in the same moment keeps its order.
    all.sort_by(|one, other| one.at_s.total_cmp(&other.at_s));
    all
}

/// When something happens that happens so often in the busiest hour: drawn as if that hour lasted, and thinned out by the hour of the day.
fn times(terms: &Terms, an_hour: f64, chance: &mut Chance) -> Vec<f64> {
    let end_s = f64::from(terms.hours) * HOUR_S;
    let mut times = Vec::new();
    let mut now_s = chance.exponential(HOUR_S / an_hour);
    while now_s < end_s {
        if chance.unit() < busyness(now_s - end_s / 2.0, terms.night) {
            times.push(now_s);
        }
        now_s += chance.exponential(HOUR_S / an_hour);
    }
    times
}

/// How busy it is so long after the busiest moment of a day, which is one.
fn busyness(after_s: f64, night: f64) -> f64 {
    night + (1.0 - night) * f64::midpoint(1.0, (TAU * after_s / DAY_S).cos())
}

/// A sale: its contract, word of it to the studio, and the letter with the links once its files are there.
fn sale(terms: &Terms, at_s: f64, chance: &mut Chance) -> Arrival {
    let mail = |kind| Job { kind, computes_s: 0.0, awaits_s: terms.mail_ms / 1_000.0, then: Vec::new() };
    let mut files = vec![job(Kind::TypesetContract, terms.contract_ms / 1_000.0)];
    if chance.unit() < terms.stale / 100.0 {
        files.push(job(Kind::BounceForSale, length_s(terms, chance) / terms.mastered));
    }
    Arrival { at_s, jobs: vec![mail(Kind::MailSale)], files, letter: Some(mail(Kind::MailDelivery)) }
}

/// A beat that comes in or changes: once it has been looked through, it is listened to and rendered.
fn upload(terms: &Terms, at_s: f64, chance: &mut Chance) -> Arrival {
    let length_s = length_s(terms, chance);
    // What is not told apart is shared out alike.
    let each_s = length_s / terms.heard / 3.0;
    let then = vec![
        job(Kind::AnalyseAsset, each_s),
        job(Kind::RenderPreview, each_s),
        job(Kind::BounceMasters, length_s / terms.mastered),
    ];
    let inspection = Job { then, ..job(Kind::InspectAsset, each_s) };
    Arrival { at_s, jobs: vec![inspection], files: Vec::new(), letter: None }
}

fn job(kind: Kind, computes_s: f64) -> Job {
    Job { kind, computes_s, awaits_s: 0.0, then: Vec::new() }
}

/// From half of the average to half as much again.
fn length_s(terms: &Terms, chance: &mut Chance) -> f64 {
    terms.seconds * (0.5 + chance.unit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{
        queue::{count, whole},
        tests::terms,
    };

    #[test]
    fn the_busiest_hour_has_as_many_as_were_asked_for_and_the_night_its_share() {
        let terms = terms(&["--sales", "2000", "--beats", "500", "--night", "0.25"]);
        let all = arrivals(&terms);
        assert!(all.is_sorted_by(|one, other| one.at_s <= other.at_s));
        let sales_between = |from: f64, to: f64| {
            all.iter().filter(|one| one.letter.is_some() && (from..to).contains(&(one.at_s / HOUR_S))).count()
        };
        let (busiest, night) = (count(sales_between(11.5, 12.5)), count(sales_between(0.0, 0.5)) * 2.0);
        assert!((busiest / 2_000.0 - 1.0).abs() < 0.1, "{busiest}");
        assert!((night / 500.0 - 1.0).abs() < 0.2, "{night}");
        // Over a whole day, midway between the two.
        let uploads = count(all.iter().filter(|one| one.letter.is_none()).count());
        assert!((uploads / (24.0 * 500.0 * 0.625) - 1.0).abs() < 0.05, "{uploads}");
    }

    #[test]
    fn sales_and_uploads_make_the_jobs_of_the_program() {
        let terms = terms(&["--times", "30", "--stale", "10", "--seconds", "200", "--mastered", "50", "--heard", "20"]);
        let all = arrivals(&terms);
        let (sales, uploads): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.letter.is_some());
        let mut lengths_s = Vec::new();
        for upload in &uploads {
            let [inspection] = upload.jobs.as_slice() else { panic!("one job: {upload:?}") };
            assert_eq!(inspection.kind, Kind::InspectAsset);
            let then: Vec<_> = inspection.then.iter().map(|job| job.kind).collect();
            assert_eq!(then, [Kind::AnalyseAsset, Kind::RenderPreview, Kind::BounceMasters]);
            lengths_s.push(inspection.then[2].computes_s * 50.0);
            let heard_s = inspection.computes_s + inspection.then[0].computes_s + inspection.then[1].computes_s;
            assert!((heard_s * 20.0 - lengths_s[lengths_s.len() - 1]).abs() < 1e-6);
        }
        let average_s = lengths_s.iter().sum::<f64>() / count(lengths_s.len());
        assert_eq!(whole((average_s / 10.0).round()), 20, "{average_s}");
        assert!(lengths_s.iter().all(|length_s| (100.0..=300.0).contains(length_s)));
        let stale = count(sales.iter().filter(|sale| sale.files.len() == 2).count());
        assert!((stale / count(sales.len()) - 0.1).abs() < 0.02);
        assert!(sales.iter().all(|sale| sale.files[0].kind == Kind::TypesetContract && sale.jobs.len() == 1));
    }
}
