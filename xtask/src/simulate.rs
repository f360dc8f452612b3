//! `cargo xtask simulate`: how the two job queues stand a load, with as many workers as the formulas of docs/from-laptop-to-platform.md say, with fewer and with
//! more.
//!
//! Nothing is run, and no clock is asked: the load is drawn by chance that comes again with its seed (`shop`), and worked off event by event by the
//! queues' own rules (`queue`). What is measured comes in by the arguments, whose letters are those of that page.

#![expect(clippy::print_stdout, reason = "the table is the task's answer")]

mod chance;
mod jobs;
mod queue;
mod shop;

use std::process::ExitCode;

use crate::judge::Judge;
use jobs::{Arrival, Fate, Kind, Queue, Row, Rules, Seen};
use queue::{count, whole, work_off};

const HOUR_S: f64 = 3600.0;

/// What the simulation starts from.
#[derive(Debug, clap::Args)]
pub(crate) struct Terms {
    /// S: sales in the busiest hour.
    #[arg(long, value_name = "S", default_value_t = 100.0, value_parser = above_nought)]
    sales: f64,
    /// B: beats that come in, or change, in the busiest hour.
    #[arg(long, value_name = "B", default_value_t = 40.0, value_parser = above_nought)]
    beats: f64,
    /// How many times as many of both.
    #[arg(long, default_value_t = 1.0, value_parser = above_nought)]
    times: f64,
    /// t: seconds of an average beat.
    #[arg(long, value_name = "t", default_value_t = 180.0, value_parser = above_nought)]
    seconds: f64,
    /// a: seconds of audio that one core masters in a second; unless said, what `bench audio` holds its loudest task to.
    #[arg(long, value_name = "a", default_value_t = 40.0, value_parser = above_nought)]
    mastered: f64,
    /// e: seconds of audio that one core inspects, listens to and renders a preview of in a second, all three; unless said, as slow as masters.
    #[arg(long, value_name = "e", default_value_t = 40.0, value_parser = above_nought)]
    heard: f64,
    /// Milliseconds in which one core typesets and seals a contract: 1000 / d.
    #[arg(long, value_name = "MS", default_value_t = 14.5, value_parser = above_nought)]
    contract_ms: f64,
    /// m: milliseconds that the mail server takes for a letter, during which it holds a place and no core.
    #[arg(long, value_name = "MS", default_value_t = 100.0, value_parser = above_nought)]
    mail_ms: f64,
    /// W: seconds within which a buyer's files must be ready.
    #[arg(long, value_name = "W", default_value_t = 30.0, value_parser = above_nought)]
    within: f64,
    /// Of a hundred sales, those for which that is promised.
    #[arg(long, value_name = "N", default_value_t = 99.0, value_parser = of_a_hundred)]
    promised: f64,
    /// u: how full a core may be.
    #[arg(long, value_name = "u", default_value_t = 0.6, value_parser = of_one)]
    full: f64,
    /// Of a hundred sales, those of beats whose masters are out of date.
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = of_a_hundred)]
    stale: f64,
    /// Of a hundred attempts, those that fail of something that passes.
    #[arg(long, value_name = "N", default_value_t = 0.1, value_parser = of_a_hundred)]
    failing: f64,
    /// How busy the quietest moment of a day is, beside the busiest.
    #[arg(long, value_name = "SHARE", default_value_t = 0.2, value_parser = of_one)]
    night: f64,
    /// For how many hours sales and uploads come; the busiest is in the middle.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..))]
    hours: u32,
    /// Every so many minutes a worker dies.
    #[arg(long, value_name = "MINUTES", value_parser = above_nought)]
    kill_every: Option<f64>,
    /// The setting `audio_jobs` of a worker, which is one core here.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    audio_jobs: u32,
    /// The setting `office_jobs` of a worker, which is one core here.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    office_jobs: u32,
    /// Workers of the audio queue [default: as many as the formulas say].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    audio_workers: Option<u32>,
    /// Workers of the office queue [default: as many as the formulas say].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    office_workers: Option<u32>,
    /// The seed: the same gives the same table.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn number(text: &str, holds: impl Fn(f64) -> bool, else_said: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("{text} is no number"))?;
    if number.is_finite() && holds(number) { Ok(number) } else { Err(else_said.to_owned()) }
}

fn above_nought(text: &str) -> Result<f64, String> {
    number(text, |number| number > 0.0, "it must be above 0")
}

fn of_one(text: &str) -> Result<f64, String> {
    number(text, |number| number > 0.0 && number <= 1.0, "it must be above 0, and 1 at the most")
}

fn of_a_hundred(text: &str) -> Result<f64, String> {
    number(text, |number| (0.0..=100.0).contains(&number), "it must be from 0 to 100")
}

/// What the page's formulas say that a load needs.
#[derive(Debug)]
struct Needed {
    audio_cores: f64,
    office_cores: f64,
    /// Places of workers in which contracts are made and letters wait for the mail server.
    office_places: f64,
}

impl Needed {
    /// With cores that are so full.
    fn of(terms: &Terms, full: f64) -> Self {
        let (sales, beats) = (terms.sales * terms.times, terms.beats * terms.times);
        let (contract_s, mail_s) = (terms.contract_ms / 1_000.0, terms.mail_ms / 1_000.0);
        Self {
            audio_cores: beats * terms.seconds * (1.0 / terms.mastered + 1.0 / terms.heard) / (HOUR_S * full),
            office_cores: sales * contract_s / (HOUR_S * full),
            office_places: sales * (contract_s + 2.0 * mail_s) / (HOUR_S * full),
        }
    }

    /// In workers of one core, of both queues, before they are rounded.
    fn workers(&self, terms: &Terms) -> [f64; 2] {
        [self.audio_cores, self.office_cores.max(self.office_places / f64::from(terms.office_jobs))]
    }
}

/// How many workers of both queues there are: at least one.
type Workers = [usize; 2];

/// A number of workers that suffices, and is no more for what rounding has added.
fn rounded_up(workers: [f64; 2]) -> Workers {
    workers.map(|of_queue| whole((of_queue - 1e-9).ceil()).max(1))
}

fn fewer(workers: Workers) -> Workers {
    workers.map(|of_queue| of_queue.saturating_sub(1).max(1))
}

/// The workers that are tried, and why so many.
fn tries(terms: &Terms) -> Vec<(String, Workers)> {
    let by_formulas = rounded_up(Needed::of(terms, terms.full).workers(terms));
    let named = |said: Option<u32>, formula: usize| said.and_then(|said| usize::try_from(said).ok()).unwrap_or(formula);
    let first = [named(terms.audio_workers, by_formulas[0]), named(terms.office_workers, by_formulas[1])];
    let first_name = if first == by_formulas {
        format!("as the formulas say, cores {} full", terms.full)
    } else {
        "as was asked for".to_owned()
    };
    let half = terms.full / 2.0;
    vec![
        (first_name, first),
        ("one worker fewer".to_owned(), fewer(first)),
        (format!("as the formulas say, cores {half} full"), rounded_up(Needed::of(terms, half).workers(terms))),
        ("fewer than the busiest hour fills".to_owned(), fewer(rounded_up(Needed::of(terms, 1.0).workers(terms)))),
    ]
}

/// Simulates, and tells; fails if the promise is missed with the first number of workers.
pub(crate) fn simulate(terms: &Terms) -> ExitCode {
    let needed = Needed::of(terms, terms.full);
    println!(
        "{} sales and {} beats in the busiest of {} hours, seed {}",
        terms.sales * terms.times,
        terms.beats * terms.times,
        terms.hours,
        terms.seed
    );
    println!(
        "the formulas say: {:.3} cores for audio; for contracts {:.3} cores, and with their mails {:.2} places",
        needed.audio_cores, needed.office_cores, needed.office_places
    );
    let load = shop::arrivals(terms);
    let tries = tries(terms);
    let mut judge = Judge::default();
    for (index, (name, workers)) in tries.iter().enumerate() {
        println!(
            "\n── {name}: {} of {} and {} of {}",
            told(workers[0], "audio worker"),
            told(terms.audio_jobs, "job"),
            told(workers[1], "office worker"),
            told(terms.office_jobs, "job")
        );
        if let Some((earlier, _)) = tries[..index].iter().find(|(_, earlier)| earlier == workers) {
            println!("as many as above ({earlier})");
            continue;
        }
        let seen = work_off(&rules(terms, *workers), &load);
        tell(terms, *workers, &load, &seen);
        if index == 0 {
            hold(terms, &seen, &mut judge);
        }
    }
    judge.verdict()
}

fn told(many: impl TryInto<u64>, of: &str) -> String {
    let many = many.try_into().unwrap_or(u64::MAX);
    format!("{many} {of}{}", if many == 1 { "" } else { "s" })
}

fn rules(terms: &Terms, workers: Workers) -> Rules {
    let end_s = f64::from(terms.hours) * HOUR_S;
    let deaths = |minutes: f64| {
        let every_s = minutes * 60.0;
        (1..=whole(end_s / every_s)).map(|n| count(n) * every_s).collect()
    };
    Rules {
        workers,
        places: [terms.audio_jobs, terms.office_jobs].map(|jobs| usize::try_from(jobs).unwrap_or(usize::MAX)),
        failing: terms.failing / 100.0,
        deaths_s: terms.kill_every.map(deaths).unwrap_or_default(),
        // Not the numbers by which the load is drawn.
        seed: !terms.seed,
    }
}

/// Whether what was promised holds.
fn hold(terms: &Terms, seen: &Seen, judge: &mut Judge) {
    println!("{:<40} {:>9} {:>9} {:>9}", "", "", "seen", "promised");
    let ready = format!("files within {} s, of 100 sales", terms.within);
    judge.at_least(&ready, share(&sales_s(seen), terms.within), terms.promised);
    let undone = seen.rows.iter().filter(|row| !matches!(row.fate, Fate::Done { .. })).count();
    judge.at_most("jobs that were not done", count(undone), 0.0);
}

/// The table of one run.
fn tell(terms: &Terms, workers: Workers, load: &[Arrival], seen: &Seen) {
    for queue in Queue::ALL {
        let cores = count(workers[queue as usize]);
        let hours = &seen.busy_s[queue as usize];
        let busiest = hours.iter().copied().fold(0.0, f64::max) / HOUR_S / cores;
        let whole_s = f64::from(terms.hours).max(count(hours.len())) * HOUR_S;
        let all = hours.iter().sum::<f64>() / whole_s / cores;
        println!("cores of the {} queue: {all:.2} full, {busiest:.2} in the fullest hour", queue.name());
    }
    if let Some(minutes) = terms.kill_every {
        println!("a worker died every {minutes} minutes: {} attempts were lost", seen.lost_attempts);
    }
    println!(
        "{:<24} {:>9} {:>8} {:>8} {:>8} {:>9} {:>10}",
        "waited, s", "jobs", "50 %", "95 %", "99 %", "longest", "% within W"
    );
    for kind in Kind::ALL {
        let rows: Vec<&Row> = seen.rows.iter().filter(|row| row.kind == kind).collect();
        let waits_s = sorted(rows.iter().map(|row| row.begun_s - row.written_s));
        let took_s = sorted(rows.iter().map(|row| match row.fate {
            Fate::Done { at_s } => at_s - row.written_s,
            Fate::Open | Fate::GivenUp => f64::INFINITY,
        }));
        line(kind.name(), &waits_s, share(&took_s, terms.within));
    }
    let sales_s = sales_s(seen);
    line("a sale, to its files", &sales_s, share(&sales_s, terms.within));
    println!("{} sales and uploads came", load.len());
}

fn line(name: &str, times_s: &[f64], within: f64) {
    let of = |share| quantile(times_s, share);
    println!(
        "{name:<24} {:>9} {:>8.2} {:>8.2} {:>8.2} {:>9.2} {within:>10.2}",
        times_s.len(),
        of(0.5),
        of(0.95),
        of(0.99),
        of(1.0)
    );
}

/// How long sales took until their files were there, the shortest first.
fn sales_s(seen: &Seen) -> Vec<f64> {
    sorted(seen.sales_s.iter().map(|took_s| took_s.unwrap_or(f64::INFINITY)))
}

fn sorted(times_s: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut times_s: Vec<f64> = times_s.collect();
    times_s.sort_by(f64::total_cmp);
    times_s
}

/// How long such a share of all took at the most, of which the shortest is first; no number if there are none.
fn quantile(times_s: &[f64], share: f64) -> f64 {
    let at = whole((count(times_s.len()) * share).ceil()).saturating_sub(1);
    times_s.get(at).copied().unwrap_or(f64::NAN)
}

/// How many of a hundred took so long at the most; no number if there are none.
fn share(times_s: &[f64], most_s: f64) -> f64 {
    count(times_s.iter().filter(|&&time_s| time_s <= most_s).count()) / count(times_s.len()) * 100.0
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        terms: Terms,
    }

    /// The terms that a command line says.
    pub(super) fn terms(arguments: &[&str]) -> Terms {
        Line::try_parse_from(std::iter::once(&"simulate").chain(arguments)).unwrap().terms
    }

    #[test]
    fn the_formulas_are_those_of_the_page() {
        let page = std::fs::read_to_string(
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/from-laptop-to-platform.md"),
        );
        let page = page.unwrap();
        for formula in [
            "cores_audio = B × t × (1 / a + 1 / e) / (3600 × u)",
            "cores_office = S / (3600 × d × u)",
            "places_office = S × (1 / d + 2 × m) / (3600 × u)",
        ] {
            assert!(page.contains(formula), "the page says no longer: {formula}");
        }
        let terms = terms(&["--sales", "3600", "--beats", "36", "--times", "10", "--contract-ms", "20"]);
        let needed = Needed::of(&terms, 0.5);
        for (seen, reckoned) in [
            (needed.audio_cores, 360.0 * 180.0 / 20.0 / 3600.0 / 0.5),
            (needed.office_cores, 10.0 * 0.02 / 0.5),
            (needed.office_places, 10.0 * 0.22 / 0.5),
        ] {
            assert!((seen - reckoned).abs() < 1e-9, "{needed:?}");
        }
        // The mail server decides: 4.4 places, four in each worker.
        assert_eq!(rounded_up(needed.workers(&terms)), [2, 2]);
    }

    #[test]
    fn workers_are_rounded_up_and_there_is_always_one() {
        assert_eq!(rounded_up([0.01, 2.0 + 1e-12]), [1, 2]);
        assert_eq!(rounded_up([2.01, 0.0]), [3, 1]);
        assert_eq!(fewer([3, 1]), [2, 1]);
        let asked = terms(&["--audio-workers", "7"]);
        assert_eq!(tries(&asked)[0], ("as was asked for".to_owned(), [7, 1]));
    }

    #[test]
    fn odd_numbers_are_refused() {
        for [argument, value] in [
            ["--sales", "0"],
            ["--beats", "-1"],
            ["--mastered", "NaN"],
            ["--within", "inf"],
            ["--full", "1.5"],
            ["--stale", "101"],
            ["--hours", "0"],
        ] {
            let argument = format!("{argument}={value}");
            assert!(Line::try_parse_from(["simulate", argument.as_str()]).is_err(), "{argument}");
        }
    }

    #[test]
    fn so_many_took_at_the_most() {
        let times_s: Vec<f64> = (1..=200).map(f64::from).collect();
        let of = |share| whole(quantile(&times_s, share));
        assert_eq!([of(0.5), of(0.95), of(0.99), of(1.0)], [100, 190, 198, 200]);
        assert_eq!(whole(share(&times_s, 150.0)), 75);
        assert!(quantile(&[], 0.5).is_nan() && share(&[], 1.0).is_nan());
    }

    #[test]
    fn queues_stay_short_by_the_formulas_and_grow_with_too_few_workers() {
        let terms = terms(&["--times", "20", "--hours", "6", "--kill-every", "7"]);
        let load = shop::arrivals(&terms);
        let tries = tries(&terms);
        let run = |index: usize| work_off(&rules(&terms, tries[index].1), &load);
        let previews_s = |seen: &Seen| {
            let previews = seen.rows.iter().filter(|row| row.kind == Kind::RenderPreview);
            quantile(&sorted(previews.map(|row| row.begun_s - row.written_s)), 0.5)
        };
        let (by_formulas, roomier, too_few) = (run(0), run(2), run(3));
        for seen in [&by_formulas, &roomier, &too_few] {
            assert!(seen.rows.iter().all(|row| matches!(row.fate, Fate::Done { .. })), "nothing is lost");
            assert!(seen.lost_attempts > 0);
        }
        assert!(share(&sales_s(&by_formulas), terms.within) >= terms.promised);
        assert!(previews_s(&roomier) <= previews_s(&by_formulas));
        assert!(previews_s(&too_few) > 60.0, "{}", previews_s(&too_few));
        assert!(run(0) == by_formulas, "the same seed, the same result");
        let other = Terms { seed: 2, ..terms };
        assert!(work_off(&rules(&other, tries[0].1), &shop::arrivals(&other)) != by_formulas);
    }
}
