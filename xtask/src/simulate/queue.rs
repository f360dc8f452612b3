//! The two queues and those who work them, event by event, by the rules of `domain::outbox` and `adapters::jobs`.
//!
//! Of jobs that wait, the larger priority begins first, and of the same whichever was handed over earlier; what runs is not interrupted. A worker is one core
//! with so many places: jobs in them share the core while they compute, and leave it to each other while they wait for another machine. A worker that dies
//! takes nothing with it: its jobs are handed anew once it has been silent for the lease, and begin again. Handing over itself takes milliseconds, and is left out.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use super::{
    HOUR_S,
    chance::Chance,
    jobs::{Arrival, Fate, Job, Queue, Row, Rules, Seen},
};

/// How often a worker shows that it is alive.
const BEAT_S: f64 = 1.0;
/// Without a sign of life for so long, a worker is believed dead.
const LEASE_S: f64 = 5.0;
/// The longest that a relay sleeps before it looks for the jobs of the dead.
const LONGEST_SLEEP_S: f64 = 1.0;
/// After how long systemd starts a worker anew.
const RESTART_S: f64 = 2.0;
/// The wait after an attempt that failed; it doubles with each further one.
const FIRST_WAIT_S: f64 = 3.0;
/// The longest of these waits.
const LONGEST_WAIT_S: f64 = 600.0;
/// After how many attempts a job is given up.
const MOST_ATTEMPTS: u32 = 8;

/// What is less than this of a second has passed: far above what is lost by rounding, far below what any job takes.
const NOTHING_S: f64 = 1e-9;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Moment(f64);

impl Eq for Moment {}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// Something comes from outside.
    Arrive(usize),
    /// A job is due.
    Hand(usize),
    /// A worker's next job is through with something, unless it has had another look since.
    Look { worker: usize, version: u64 },
    /// A worker dies.
    Die,
    /// A worker is there again.
    Return(usize),
}

/// An attempt under way.
struct Attempt {
    row: usize,
    /// What is still to be computed.
    left_s: f64,
    /// Until when it waits for another machine, once it has computed.
    away_until_s: Option<f64>,
    fails: bool,
}

struct Worker {
    queue: Queue,
    is_alive: bool,
    attempts: Vec<Attempt>,
    /// Up to when its computing is accounted for.
    accounted_s: f64,
    /// Counts its looks.
    version: u64,
}

impl Worker {
    fn computing(&self) -> usize {
        self.attempts.iter().filter(|attempt| attempt.away_until_s.is_none()).count()
    }
}

/// A sale whose files are not all there.
struct Sale<'l> {
    at_s: f64,
    missing: usize,
    letter: Option<&'l Job>,
    ready_s: Option<f64>,
}

/// What a row stands for.
#[derive(Clone, Copy)]
struct Written<'l> {
    job: &'l Job,
    /// The sale whose files wait for it.
    sale: Option<usize>,
}

/// A job that waits: its priority, when and as which it was handed over, and which it is.
type Waiting = (u8, Reverse<(Moment, u64)>, usize);

struct Run<'l> {
    rules: &'l Rules,
    load: &'l [Arrival],
    chance: Chance,
    now_s: f64,
    /// What is to happen, by time, and of the same time in the order in which it was noted.
    agenda: BinaryHeap<Reverse<(Moment, u64, Event)>>,
    noted: u64,
    /// By priority, then by the time of handing over.
    waiting: [BinaryHeap<Waiting>; 2],
    workers: Vec<Worker>,
    written: Vec<Written<'l>>,
    sales: Vec<Sale<'l>>,
    seen: Seen,
}

/// Has a load worked off to its end. Arrivals are in the order of their times.
pub(super) fn work_off(rules: &Rules, load: &[Arrival]) -> Seen {
    let workers = Queue::ALL.into_iter().flat_map(|queue| {
        (0..rules.workers[queue as usize]).map(move |_| Worker {
            queue,
            is_alive: true,
            attempts: Vec::new(),
            accounted_s: 0.0,
            version: 0,
        })
    });
    let mut run = Run {
        rules,
        load,
        chance: Chance::new(rules.seed),
        now_s: 0.0,
        agenda: BinaryHeap::new(),
        noted: 0,
        waiting: [BinaryHeap::new(), BinaryHeap::new()],
        workers: workers.collect(),
        written: Vec::new(),
        sales: Vec::new(),
        seen: Seen {
            rows: Vec::new(),
            sales_s: Vec::new(),
            busy_s: [Vec::new(), Vec::new()],
            computed_s: [0.0; 2],
            lost_attempts: 0,
        },
    };
    for &death_s in &rules.deaths_s {
        run.note(death_s, Event::Die);
    }
    if let Some(first) = load.first() {
        run.note(first.at_s, Event::Arrive(0));
    }
    run.until_the_end();
    run.seen.sales_s = run.sales.iter().map(|sale| sale.ready_s.map(|ready_s| ready_s - sale.at_s)).collect();
    run.seen
}

impl<'l> Run<'l> {
    fn until_the_end(&mut self) {
        while let Some(Reverse((Moment(at_s), _, event))) = self.agenda.pop() {
            self.now_s = at_s;
            match event {
                Event::Arrive(index) => self.arrive(index),
                Event::Hand(row) => self.hand(row),
                Event::Look { worker, version } if self.workers[worker].version == version => self.look(worker),
                // It has looked since.
                Event::Look { .. } => {}
                Event::Die => self.die(),
                Event::Return(worker) => {
                    self.workers[worker].is_alive = true;
                    self.workers[worker].accounted_s = self.now_s;
                    self.look(worker);
                }
            }
        }
    }

    fn note(&mut self, at_s: f64, event: Event) {
        self.agenda.push(Reverse((Moment(at_s), self.noted, event)));
        self.noted += 1;
    }

    fn arrive(&mut self, index: usize) {
        let load = self.load;
        let arrival = &load[index];
        if let Some(next) = load.get(index + 1) {
            self.note(next.at_s, Event::Arrive(index + 1));
        }
        for job in &arrival.jobs {
            self.write(job, None);
        }
        if !arrival.files.is_empty() {
            let sale = self.sales.len();
            self.sales.push(Sale {
                at_s: self.now_s,
                missing: arrival.files.len(),
                letter: arrival.letter.as_ref(),
                ready_s: None,
            });
            for job in &arrival.files {
                self.write(job, Some(sale));
            }
        }
    }

    /// Writes a job, which is due at once.
    fn write(&mut self, job: &'l Job, sale: Option<usize>) {
        let row = self.written.len();
        self.written.push(Written { job, sale });
        self.seen.rows.push(Row {
            kind: job.kind,
            written_s: self.now_s,
            begun_s: self.now_s,
            attempts: 0,
            fate: Fate::Open,
        });
        self.note(self.now_s, Event::Hand(row));
    }

    /// Hands a job to its queue; any worker that has a place may be the first to ask.
    fn hand(&mut self, row: usize) {
        let kind = self.written[row].job.kind;
        let (queue, places) = (kind.queue(), self.rules.places[kind.queue() as usize]);
        self.waiting[queue as usize].push((kind.level(), Reverse((Moment(self.now_s), self.noted)), row));
        // So that those of the same moment keep their order.
        self.noted += 1;
        let has_place = |worker: &&Worker| worker.queue == queue && worker.is_alive && worker.attempts.len() < places;
        let free = self.workers.iter().filter(has_place).count();
        if free > 0 {
            let chosen = self.chance.below(free);
            let mut indexed = self.workers.iter().enumerate().filter(|(_, worker)| has_place(worker));
            let worker = indexed.nth(chosen).map(|(index, _)| index);
            if let Some(worker) = worker {
                self.look(worker);
            }
        }
    }

    /// A worker looks: at what has come to its end, then for what it has a place for.
    fn look(&mut self, worker: usize) {
        self.account(worker);
        let now_s = self.now_s;
        let mut ended = Vec::new();
        let (written, attempts) = (&self.written, &mut self.workers[worker].attempts);
        attempts.retain_mut(|attempt| {
            if attempt.away_until_s.is_none() && attempt.left_s <= NOTHING_S {
                attempt.away_until_s = Some(now_s + written[attempt.row].job.awaits_s);
            }
            let has_ended = attempt.away_until_s.is_some_and(|until_s| until_s <= now_s + NOTHING_S);
            if has_ended {
                ended.push((attempt.row, attempt.fails));
            }
            !has_ended
        });
        for (row, fails) in ended {
            self.settle(row, fails);
        }
        self.take(worker);
        self.plan(worker);
    }

    /// Lets a worker's core have computed up to now, for all its jobs alike.
    fn account(&mut self, worker: usize) {
        let now_s = self.now_s;
        let worker = &mut self.workers[worker];
        let (from_s, sharing) = (worker.accounted_s, worker.computing());
        worker.accounted_s = now_s;
        if sharing == 0 {
            return;
        }
        let each_s = (now_s - from_s) / count(sharing);
        for attempt in worker.attempts.iter_mut().filter(|attempt| attempt.away_until_s.is_none()) {
            attempt.left_s -= each_s;
        }
        add_hours(&mut self.seen.busy_s[worker.queue as usize], from_s, now_s);
    }

    /// Writes what became of an attempt.
    fn settle(&mut self, row: usize, fails: bool) {
        let Written { job, sale } = self.written[row];
        self.seen.computed_s[job.kind.queue() as usize] += job.computes_s;
        if fails {
            match wait_after_s(self.seen.rows[row].attempts) {
                Some(wait_s) => self.note(self.now_s + wait_s, Event::Hand(row)),
                None => self.seen.rows[row].fate = Fate::GivenUp,
            }
            return;
        }
        self.seen.rows[row].fate = Fate::Done { at_s: self.now_s };
        for next in &job.then {
            self.write(next, None);
        }
        if let Some(sale) = sale {
            let sale = &mut self.sales[sale];
            sale.missing -= 1;
            if sale.missing == 0 {
                sale.ready_s = Some(self.now_s);
                if let Some(letter) = sale.letter {
                    self.write(letter, None);
                }
            }
        }
    }

    /// Begins what waits, the most urgent first, as long as a worker has places.
    fn take(&mut self, worker: usize) {
        let queue = self.workers[worker].queue as usize;
        while self.workers[worker].is_alive && self.workers[worker].attempts.len() < self.rules.places[queue] {
            let Some((_, _, row)) = self.waiting[queue].pop() else { return };
            let known = &mut self.seen.rows[row];
            known.attempts += 1;
            if known.attempts > MOST_ATTEMPTS {
                // Its worker died in each attempt.
                known.fate = Fate::GivenUp;
                continue;
            }
            known.begun_s = self.now_s;
            let fails = self.chance.unit() < self.rules.failing;
            let left_s = self.written[row].job.computes_s;
            self.workers[worker].attempts.push(Attempt { row, left_s, away_until_s: None, fails });
        }
    }

    /// Notes when the next of a worker's jobs will be through with something.
    fn plan(&mut self, worker: usize) {
        let known = &mut self.workers[worker];
        known.version += 1;
        let sharing = count(known.computing());
        let now_s = self.now_s;
        let ends_s = known
            .attempts
            .iter()
            .map(|attempt| attempt.away_until_s.unwrap_or(now_s + attempt.left_s.max(0.0) * sharing));
        let version = known.version;
        if let Some(next_s) = ends_s.min_by(f64::total_cmp) {
            self.note(next_s, Event::Look { worker, version });
        }
    }

    /// One of those that are alive dies. Its jobs are handed anew when the lease after their last signs of life is over, and a relay has seen it.
    fn die(&mut self) {
        let alive: Vec<usize> = (0..self.workers.len()).filter(|&worker| self.workers[worker].is_alive).collect();
        if alive.is_empty() {
            return;
        }
        let worker = alive[self.chance.below(alive.len())];
        self.account(worker);
        let known = &mut self.workers[worker];
        known.is_alive = false;
        known.version += 1;
        let queue = known.queue as usize;
        for attempt in std::mem::take(&mut known.attempts) {
            let begun_s = self.seen.rows[attempt.row].begun_s;
            let last_beat_s = begun_s + ((self.now_s - begun_s) / BEAT_S).floor() * BEAT_S;
            self.seen.computed_s[queue] += self.written[attempt.row].job.computes_s - attempt.left_s;
            self.seen.lost_attempts += 1;
            self.note(last_beat_s + LEASE_S + LONGEST_SLEEP_S, Event::Hand(attempt.row));
        }
        self.note(self.now_s + RESTART_S, Event::Return(worker));
    }
}

/// How long a job waits after its n-th attempt (from 1) has failed; none if that was the last.
fn wait_after_s(attempt: u32) -> Option<f64> {
    let doubled = FIRST_WAIT_S * f64::from(1_u32 << attempt.saturating_sub(1).min(20));
    (attempt < MOST_ATTEMPTS).then_some(doubled.min(LONGEST_WAIT_S))
}

/// Adds a stretch of time to the hours that it lies in.
fn add_hours(hours: &mut Vec<f64>, mut from_s: f64, to_s: f64) {
    while from_s < to_s {
        let hour = whole(from_s / HOUR_S);
        if hours.len() <= hour {
            hours.resize(hour + 1, 0.0);
        }
        let end_s = to_s.min(count(hour + 1) * HOUR_S);
        hours[hour] += end_s - from_s;
        from_s = end_s;
    }
}

/// A count as what is reckoned with.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(super) fn count(of: usize) -> f64 {
    of as f64
}

/// What of a number stands before the point.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what is below nought is nought")]
pub(super) fn whole(number: f64) -> usize {
    number as usize
}

#[cfg(test)]
mod tests;
