//! The queues beside what theory says of them, and their rules beside those of the program.

use super::{super::jobs::Kind, *};

/// A worker of the audio queue, with one place and without mishaps.
fn one() -> Rules {
    Rules { workers: [1, 0], places: [1, 1], failing: 0.0, deaths_s: Vec::new(), seed: 5 }
}

fn job(kind: Kind, computes_s: f64) -> Job {
    Job { kind, computes_s, awaits_s: 0.0, then: Vec::new() }
}

fn arrival(at_s: f64, job: Job) -> Arrival {
    Arrival { at_s, jobs: vec![job], files: Vec::new(), letter: None }
}

/// Previews that come independently of each other, so many a second, and take a second on average.
fn poisson(a_second: f64, many: usize, takes_s: impl Fn(&mut Chance) -> f64) -> Vec<Arrival> {
    let (mut chance, mut now_s) = (Chance::new(11), 0.0);
    let next = |_| {
        now_s += chance.exponential(1.0 / a_second);
        arrival(now_s, job(Kind::RenderPreview, takes_s(&mut chance)))
    };
    (0..many).map(next).collect()
}

/// How long the jobs waited for their beginning on average, and for their end.
fn means(seen: &Seen) -> (f64, f64) {
    let total = |of: fn(&Row) -> f64| seen.rows.iter().map(of).sum::<f64>() / count(seen.rows.len());
    let done_s = |row: &Row| match row.fate {
        Fate::Done { at_s } => at_s - row.written_s,
        _ => panic!("not done: {row:?}"),
    };
    (total(|row| row.begun_s - row.written_s), total(done_s))
}

fn is_near(seen: f64, theory: f64, percent: f64) -> bool {
    (seen / theory - 1.0).abs() < percent / 100.0
}

#[test]
fn the_mean_wait_is_the_one_of_theory() {
    let many = 200_000;
    // M/M/1: u / (1 - u) of a job's time.
    let by_chance = poisson(0.6, many, |chance| chance.exponential(1.0));
    let (wait_s, _) = means(&work_off(&one(), &by_chance));
    assert!(is_near(wait_s, 1.5, 6.0), "M/M/1: {wait_s}");
    // M/D/1: half of that.
    let (wait_s, _) = means(&work_off(&one(), &poisson(0.6, many, |_| 1.0)));
    assert!(is_near(wait_s, 0.75, 6.0), "M/D/1: {wait_s}");
    // M/M/2, by Erlang's formula: who waits, 0.45 of all, over 2 - 1.2.
    let two = Rules { workers: [2, 0], ..one() };
    let (wait_s, _) = means(&work_off(&two, &poisson(1.2, many, |chance| chance.exponential(1.0))));
    assert!(is_near(wait_s, 0.45 / 0.8, 6.0), "M/M/2: {wait_s}");
    // A core that all share: nobody waits, and what is through took 1 / (1 - u).
    let shared = Rules { places: [100_000, 1], ..one() };
    let (wait_s, took_s) = means(&work_off(&shared, &by_chance));
    assert!(wait_s.abs() < NOTHING_S && is_near(took_s, 2.5, 6.0), "M/M/1-PS: {wait_s}, {took_s}");
}

#[test]
fn what_was_paid_for_begins_first_and_of_the_same_the_earlier() {
    let (usual, paid) = (Kind::RenderPreview, Kind::BounceForSale);
    let load: Vec<_> = [(0.0, usual, 10.0), (1.0, usual, 1.0), (2.0, usual, 1.0), (3.0, paid, 1.0), (4.0, paid, 1.0)]
        .into_iter()
        .map(|(at_s, kind, takes_s)| arrival(at_s, job(kind, takes_s)))
        .collect();
    let seen = work_off(&one(), &load);
    let begun: Vec<_> = seen.rows.iter().map(|row| row.begun_s.round()).map(whole).collect();
    assert_eq!(begun, [0, 12, 13, 10, 11], "what runs is not interrupted");
}

#[test]
fn jobs_of_a_worker_share_its_core_and_wait_beside_each_other() {
    let rules = Rules { workers: [0, 1], places: [1, 2], ..one() };
    let mail = |computes_s, awaits_s| Job { awaits_s, ..job(Kind::MailSale, computes_s) };
    let load = [arrival(0.0, mail(1.0, 4.0)), arrival(0.0, mail(1.0, 0.0)), arrival(0.0, mail(1.0, 0.0))];
    let seen = work_off(&rules, &load);
    // Two at a time: both take two seconds for their one; then the first waits, and leaves the core to the third.
    let ends: Vec<_> = seen.rows.iter().map(|row| row.fate).collect();
    for (fate, theory_s) in ends.into_iter().zip([6.0, 2.0, 3.0]) {
        assert!(matches!(fate, Fate::Done { at_s } if (at_s - theory_s).abs() < 1e-6), "{fate:?}, not {theory_s}");
    }
    assert!((seen.busy_s[1][0] - 3.0).abs() < 1e-6, "{:?}", seen.busy_s);
}

#[test]
fn a_dead_workers_job_begins_again_after_the_lease() {
    let rules = Rules { deaths_s: vec![4.5], ..one() };
    let seen = work_off(&rules, &[arrival(0.0, job(Kind::BounceMasters, 10.0))]);
    // Its last sign of life was at 4; at 9 it is believed dead, and at 10 that is seen.
    let row = &seen.rows[0];
    assert!((row.begun_s - 10.0).abs() < 1e-6 && row.attempts == 2, "{row:?}");
    assert!(matches!(row.fate, Fate::Done { at_s } if (at_s - 20.0).abs() < 1e-6), "{row:?}");
    assert_eq!(seen.lost_attempts, 1);
    assert!((seen.busy_s[0][0] - 14.5).abs() < 1e-6, "what was lost was computed: {:?}", seen.busy_s);
}

#[test]
fn a_job_whose_worker_dies_each_time_is_given_up() {
    let rules = Rules { deaths_s: (1..=20).map(|n| 50.0 * f64::from(n)).collect(), ..one() };
    let seen = work_off(&rules, &[arrival(0.0, job(Kind::BounceMasters, 60.0))]);
    assert_eq!((seen.rows[0].fate, seen.lost_attempts), (Fate::GivenUp, 8));
}

#[test]
fn a_job_that_fails_is_tried_again_and_at_last_given_up() {
    let waits: Vec<_> = (1..=8).map(|attempt| wait_after_s(attempt).map(whole)).collect();
    assert_eq!(waits, [Some(3), Some(6), Some(12), Some(24), Some(48), Some(96), Some(192), None]);
    let seen = work_off(&Rules { failing: 1.0, ..one() }, &[arrival(0.0, job(Kind::BounceMasters, 1.0))]);
    let row = &seen.rows[0];
    assert_eq!((row.fate, row.attempts), (Fate::GivenUp, 8));
    assert!((row.begun_s - 388.0).abs() < 1e-6, "seven attempts and their waits: {row:?}");
}

#[test]
fn what_a_job_is_followed_by_comes_when_it_is_done_and_the_letter_when_all_files_are_there() {
    let rules = Rules { workers: [1, 1], ..one() };
    let upload = Job { then: vec![job(Kind::RenderPreview, 1.0)], ..job(Kind::InspectAsset, 2.0) };
    let sale = Arrival {
        at_s: 1.0,
        jobs: Vec::new(),
        files: vec![job(Kind::TypesetContract, 1.0), job(Kind::BounceForSale, 5.0)],
        letter: Some(job(Kind::MailDelivery, 1.0)),
    };
    let seen = work_off(&rules, &[arrival(0.0, upload), sale]);
    let written = |kind| seen.rows.iter().find(|row| row.kind == kind).unwrap().written_s;
    assert!((written(Kind::RenderPreview) - 2.0).abs() < 1e-6);
    // The masters begin when the inspection is done.
    assert!((written(Kind::MailDelivery) - 7.0).abs() < 1e-6);
    assert_eq!(seen.sales_s.len(), 1);
    assert!((seen.sales_s[0].unwrap() - 6.0).abs() < 1e-6);
}

#[test]
fn work_is_conserved_and_nothing_is_lost_though_workers_die_and_attempts_fail() {
    let mut load = poisson(2.0, 5_000, |chance| chance.exponential(1.0));
    for arrival in &mut load {
        arrival.files = vec![Job { awaits_s: 0.2, ..job(Kind::TypesetContract, 0.1) }];
    }
    let rules = Rules {
        workers: [4, 2],
        places: [2, 4],
        failing: 0.02,
        deaths_s: (1..40).map(|n| 60.0 * f64::from(n)).collect(),
        seed: 3,
    };
    let seen = work_off(&rules, &load);
    assert_eq!(seen.rows.len(), 10_000);
    assert!(seen.rows.iter().all(|row| matches!(row.fate, Fate::Done { .. })), "all are done");
    assert!(seen.sales_s.iter().all(Option::is_some));
    assert!(seen.lost_attempts > 0, "some had to be done again");
    for queue in Queue::ALL {
        let busy_s: f64 = seen.busy_s[queue as usize].iter().sum();
        let needed_s: f64 = match queue {
            Queue::Audio => load.iter().map(|arrival| arrival.jobs[0].computes_s).sum(),
            Queue::Office => 500.0,
        };
        assert!(is_near(busy_s, seen.computed_s[queue as usize], 0.0001), "{busy_s}, {:?}", seen.computed_s);
        assert!(busy_s > needed_s, "what was done twice took its time twice");
    }
    let untroubled = Rules { failing: 0.0, deaths_s: Vec::new(), ..rules.clone() };
    let busy_s: f64 = work_off(&untroubled, &load).busy_s[Queue::Office as usize].iter().sum();
    assert!(is_near(busy_s, 500.0, 0.0001), "and once without mishaps: {busy_s}");
    assert!(work_off(&rules, &load) == seen, "the same seed gives the same");
    assert!(work_off(&Rules { seed: 4, ..rules }, &load) != seen);
}

#[test]
fn time_is_told_by_the_hours_that_it_lies_in() {
    let mut hours = Vec::new();
    add_hours(&mut hours, 3_000.0, 8_000.0);
    add_hours(&mut hours, 3_000.0, 3_000.0);
    assert_eq!(hours.iter().map(|&seconds| whole(seconds)).collect::<Vec<_>>(), [600, 3_600, 800]);
}

#[test]
fn the_rules_are_those_of_the_program() {
    for (file, line) in [
        ("domain/src/outbox/work.rs", format!("pub const LEASE_S: i64 = {LEASE_S};")),
        ("domain/src/outbox/rules.rs", format!("first_wait: Duration::seconds({FIRST_WAIT_S})")),
        (
            "domain/src/outbox/rules.rs",
            format!("LONGEST_WAIT: Duration = Duration::minutes({})", LONGEST_WAIT_S / 60.0),
        ),
        ("domain/src/outbox/rules.rs", format!("most_attempts: {MOST_ATTEMPTS} }}")),
        ("adapters/src/jobs/attempt.rs", format!("const BEAT: Duration = Duration::from_secs({BEAT_S});")),
        ("adapters/src/jobs/relay.rs", format!("LONGEST_SLEEP: Duration = Duration::from_secs({LONGEST_SLEEP_S});")),
        ("deploy/systemd/ledgerline-worker@.service", format!("RestartSec={RESTART_S}\n")),
        ("cli/src/config.rs", "office_jobs: 4,".to_owned()),
    ] {
        assert!(of_the_program(file).contains(&line), "{file} says no longer: {line}");
    }
}

#[test]
fn jobs_go_where_they_go_in_the_program_and_are_as_urgent() {
    let queues = of_the_program("domain/src/outbox/queues.rs");
    let (of_queues, of_priorities) = queues.split_once("fn priority(").unwrap();
    let (audio, _) = of_queues.split_once("=> Queue::Audio,").unwrap();
    let (paid, others) = of_priorities.split_once("=> Priority::Paid,").unwrap();
    let (usual, _) = others.split_once("=> Priority::Usual,").unwrap();
    for kind in Kind::ALL {
        let word = format!("Self::{} {{", kind.name().trim_end_matches(", paid"));
        assert_eq!(kind.queue() == Queue::Audio, audio.contains(&word), "{word}");
        if kind != Kind::BounceForSale {
            let level = if paid.contains(&word) { 2 } else { u8::from(usual.contains(&word)) };
            assert_eq!(kind.level(), level, "{word}");
        }
    }
    // Masters are usual, but for those that a sale waits for.
    assert_eq!(Kind::BounceForSale.level(), Kind::TypesetContract.level());
    assert!(of_the_program("domain/src/delivery/commands.rs").contains("&bounce, Priority::Paid"));
}

fn of_the_program(file: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file)).unwrap()
}
