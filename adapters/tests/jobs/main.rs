//! Jobs from the outbox through the queue to a handler and back, on SQLite always and on PostgreSQL where a server is named.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod lost;
mod told;

use std::{
    collections::HashMap,
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use adapters::jobs::{
    Attempt, JobError, JobHandler, LONGEST_SLEEP, Runtime, Settings, WakeUp, listen, run_queue, run_relay, set_up,
    sweep,
};
use async_trait::async_trait;
use domain::{
    actor::Ctx,
    env::Env,
    ids::{BeatId, JobId},
    outbox::{
        self, Job, Priority, Queue,
        entity::{JobState, job},
        queries,
        rules::Retries,
    },
    ports::Wake,
    store,
};
use sea_orm::{ConnectionTrait, EntityTrait};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

async fn on_each_database(test: impl AsyncFn(&Runtime)) {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let db = store::connect(&database.url, 10).await.expect("the test's database opens");
        set_up(&db).await.expect("the queue's tables");
        let runtime = Runtime { db: db.clone(), env: Env::system(), wake: WakeUp::default() };
        test(&runtime).await;
        drop(runtime);
        database.drop(db).await;
    }
}

/// Counts how often each job was handled, and does with it what the test says.
struct Counting<F> {
    seen: Mutex<HashMap<JobId, u32>>,
    changed: Notify,
    then: F,
}

impl<F> Counting<F> {
    fn new(then: F) -> Arc<Self> {
        Arc::new(Self { seen: Mutex::default(), changed: Notify::new(), then })
    }

    fn seen(&self) -> HashMap<JobId, u32> {
        self.seen.lock().unwrap().clone()
    }
}

#[async_trait]
impl<F: AsyncOutcome> JobHandler for Counting<F> {
    async fn handle(&self, attempt: &Attempt) -> Result<(), JobError> {
        *self.seen.lock().unwrap().entry(attempt.id).or_default() += 1;
        self.changed.notify_waiters();
        self.then.outcome(attempt).await
    }
}

#[async_trait]
trait AsyncOutcome: Send + Sync + 'static {
    async fn outcome(&self, attempt: &Attempt) -> Result<(), JobError>;
}

struct Succeed;

#[async_trait]
impl AsyncOutcome for Succeed {
    async fn outcome(&self, _: &Attempt) -> Result<(), JobError> {
        Ok(())
    }
}

/// Fails for as long as it is told to.
#[derive(Clone)]
struct Failing(Arc<AtomicBool>);

#[async_trait]
impl AsyncOutcome for Failing {
    async fn outcome(&self, _: &Attempt) -> Result<(), JobError> {
        if self.0.load(Ordering::SeqCst) { Err(JobError::passing("the far side is away")) } else { Ok(()) }
    }
}

/// Hangs in the first attempt, as a worker does that is about to be killed.
struct HangFirst(AtomicU32);

#[async_trait]
impl AsyncOutcome for HangFirst {
    async fn outcome(&self, _: &Attempt) -> Result<(), JobError> {
        if self.0.fetch_add(1, Ordering::SeqCst) == 0 { pending().await } else { Ok(()) }
    }
}

/// A panic and a refusal that stays.
struct Break;

#[async_trait]
impl AsyncOutcome for Break {
    async fn outcome(&self, attempt: &Attempt) -> Result<(), JobError> {
        if matches!(attempt.job, Job::RenderPreview { .. }) {
            panic!("a defect in a handler");
        }
        Err(JobError::lasting("this can never be done"))
    }
}

async fn put(runtime: &Runtime, how_many: usize) -> Vec<JobId> {
    let ctx = Ctx::system(runtime.env.clone());
    let mut ids = Vec::new();
    let tx = store::begin(&runtime.db).await.unwrap();
    for _ in 0..how_many {
        let job = Job::BounceMasters { beat: ctx.env.id::<BeatId>() };
        ids.push(outbox::put(&tx, &ctx, None, &job).await.unwrap());
    }
    tx.commit().await.unwrap();
    ids
}

fn work(runtime: &Runtime, handler: Arc<dyn JobHandler>, retries: Retries, stop: &CancellationToken) -> JoinSet<()> {
    work_with(runtime, LONGEST_SLEEP, handler, retries, stop)
}

fn work_with(
    runtime: &Runtime,
    longest_sleep: Duration,
    handler: Arc<dyn JobHandler>,
    retries: Retries,
    stop: &CancellationToken,
) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(run_relay(runtime.clone(), longest_sleep, stop.clone()));
    tasks.spawn(listen(runtime.clone(), stop.clone()));
    let settings = Settings { concurrency: 4, retries, grace: Duration::from_millis(50) };
    let queue = run_queue(runtime.clone(), Queue::Audio, handler, settings, stop.clone());
    tasks.spawn(async move { queue.await.expect("the queue runs") });
    tasks
}

fn quick(most_attempts: u32) -> Retries {
    Retries {
        first_wait: chrono::Duration::milliseconds(20),
        longest_wait: chrono::Duration::milliseconds(80),
        most_attempts,
    }
}

async fn until(what: &str, limit: Duration, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    while !holds().await {
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
        ticks.tick().await;
    }
    begun.elapsed()
}

async fn none_open(runtime: &Runtime) -> bool {
    queries::count_open(&runtime.db).await.unwrap() == 0
}

async fn row(runtime: &Runtime, id: JobId) -> job::Model {
    job::Entity::find_by_id(id).one(&runtime.db).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_relays_and_two_workers_do_each_job_once() {
    on_each_database(async |runtime| {
        let ids = put(runtime, 200).await;
        let handler = Counting::new(Succeed);
        let stop = CancellationToken::new();
        // A second process: its own wake, the same database.
        let other = Runtime { wake: WakeUp::default(), ..runtime.clone() };
        let mut here = work(runtime, handler.clone(), quick(3), &stop);
        let mut there = work(&other, handler.clone(), quick(3), &stop);
        let took = until("all done", Duration::from_mins(1), async || none_open(runtime).await).await;
        eprintln!("200 jobs in {took:?}");
        stop.cancel();
        while here.join_next().await.is_some() {}
        while there.join_next().await.is_some() {}
        let seen = handler.seen();
        assert_eq!(seen.len(), ids.len());
        assert!(ids.iter().all(|id| seen.get(id) == Some(&1)), "each once");
        sweep(&runtime.db).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_queue_is_woken_and_does_not_wait_for_the_relays_next_look() {
    on_each_database(async |runtime| {
        let handler = Counting::new(Succeed);
        let stop = CancellationToken::new();
        // A relay that would look by itself in an hour: whatever is done before was woken.
        let mut tasks = work_with(runtime, Duration::from_hours(1), handler.clone(), quick(3), &stop);
        for _ in 0..10 {
            let before = handler.seen().len();
            put(runtime, 1).await;
            runtime.wake.jobs_written();
            let took = until("begun", Duration::from_mins(1), async || handler.seen().len() > before).await;
            eprintln!("from commit to handler: {took:?}");
            until("done", Duration::from_mins(1), async || none_open(runtime).await).await;
        }
        stop.cancel();
        while tasks.join_next().await.is_some() {}
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_wakes_the_relays_of_other_processes() {
    on_each_database(async |runtime| {
        if !store::is_postgres(&runtime.db) {
            return;
        }
        let handler = Counting::new(Succeed);
        let stop = CancellationToken::new();
        let other = Runtime { wake: WakeUp::default(), ..runtime.clone() };
        let mut tasks = work_with(&other, Duration::from_hours(1), handler.clone(), quick(3), &stop);
        // Heard only once it listens: jobs are written until one has been begun.
        let heard = async || {
            put(runtime, 1).await;
            !handler.seen().is_empty()
        };
        until("begun", Duration::from_mins(1), heard).await;
        until("done", Duration::from_mins(1), async || none_open(runtime).await).await;
        stop.cancel();
        while tasks.join_next().await.is_some() {}
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_job_is_tried_to_the_end_buried_and_can_be_retried() {
    on_each_database(async |runtime| {
        let fails = Arc::new(AtomicBool::new(true));
        let handler = Counting::new(Failing(fails.clone()));
        let stop = CancellationToken::new();
        let mut tasks = work(runtime, handler.clone(), quick(3), &stop);
        let ctx = Ctx::system(runtime.env.clone());
        let studio = studio(runtime).await;
        let tx = store::begin(&runtime.db).await.unwrap();
        let job = Job::BounceMasters { beat: ctx.env.id::<BeatId>() };
        let id = outbox::put(&tx, &ctx, Some(studio), &job).await.unwrap();
        tx.commit().await.unwrap();
        runtime.wake.jobs_written();
        until("given up", Duration::from_secs(10), async || row(runtime, id).await.state == JobState::Dead).await;
        let dead = row(runtime, id).await;
        assert_eq!((dead.attempts, dead.last_error.as_deref()), (3, Some("the far side is away")));
        assert_eq!(handler.seen()[&id], 3);
        assert_eq!(
            queries::list_dead(&runtime.db, &ctx, studio, domain::page::PageRequest::default()).await.unwrap().rows,
            [dead]
        );

        fails.store(false, Ordering::SeqCst);
        let tx = store::begin(&runtime.db).await.unwrap();
        outbox::retry_dead(&tx, &ctx, studio, id).await.unwrap();
        tx.commit().await.unwrap();
        runtime.wake.jobs_written();
        until("done", Duration::from_secs(10), async || row(runtime, id).await.state == JobState::Done).await;
        stop.cancel();
        while tasks.join_next().await.is_some() {}
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_and_a_lasting_failure_are_dead_letters_at_once() {
    on_each_database(async |runtime| {
        let handler = Counting::new(Break);
        let stop = CancellationToken::new();
        let mut tasks = work(runtime, handler.clone(), quick(5), &stop);
        let ids = put(runtime, 1).await;
        let ctx = Ctx::system(runtime.env.clone());
        let tx = store::begin(&runtime.db).await.unwrap();
        let panics = Job::RenderPreview { beat: ctx.env.id::<BeatId>() };
        let panics = outbox::put(&tx, &ctx, None, &panics).await.unwrap();
        tx.commit().await.unwrap();
        runtime.wake.jobs_written();
        until("both given up", Duration::from_secs(10), async || none_open(runtime).await).await;
        for id in [ids[0], panics] {
            let found = row(runtime, id).await;
            assert_eq!((found.state, found.attempts), (JobState::Dead, 1));
        }
        stop.cancel();
        while tasks.join_next().await.is_some() {}
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_told_to_stop_gives_its_job_back() {
    on_each_database(async |runtime| {
        let handler = Counting::new(HangFirst(AtomicU32::new(0)));
        let stop = CancellationToken::new();
        let mut tasks = work(runtime, handler.clone(), quick(3), &stop);
        let ids = put(runtime, 1).await;
        runtime.wake.jobs_written();
        until("begun", Duration::from_secs(10), async || handler.seen().contains_key(&ids[0])).await;
        stop.cancel();
        while tasks.join_next().await.is_some() {}
        let found = row(runtime, ids[0]).await;
        assert_eq!((found.state, found.attempts, found.handed_at), (JobState::Open, 0, None));
    })
    .await;
}

async fn studio(runtime: &Runtime) -> domain::ids::StudioId {
    use domain::ids::TypedId;
    let id: domain::ids::StudioId = runtime.env.id();
    let hex = id.uuid().simple().to_string();
    let (id_text, now) = if store::is_postgres(&runtime.db) {
        (format!("'{hex}'"), "now()".to_owned())
    } else {
        (format!("x'{hex}'"), "'2026-11-23 12:00:00+00:00'".to_owned())
    };
    let insert = format!(
        "INSERT INTO studios (id, slug, name, currency, contact_email, governing_law, created_at)
         VALUES ({id_text}, 'nova', 'Nova', 'EUR', 'nova@example.com', 'Germany', {now})"
    );
    runtime.db.execute_unprepared(&insert).await.unwrap();
    id
}

/// Writes down what is begun, and holds the first until it is let go.
#[derive(Default)]
struct HoldFirst {
    begun: Mutex<Vec<JobId>>,
    go: Notify,
}

#[async_trait]
impl JobHandler for HoldFirst {
    async fn handle(&self, attempt: &Attempt) -> Result<(), JobError> {
        let is_first = {
            let mut begun = self.begun.lock().unwrap();
            begun.push(attempt.id);
            begun.len() == 1
        };
        if is_first {
            self.go.notified().await;
        }
        Ok(())
    }
}

/// Never done, and allowed a twentieth of a second; remembers by which token each attempt is told to stop.
#[derive(Default)]
struct Endless(Mutex<Vec<CancellationToken>>);

#[async_trait]
impl JobHandler for Endless {
    async fn handle(&self, attempt: &Attempt) -> Result<(), JobError> {
        self.0.lock().unwrap().push(attempt.stop.clone());
        pending().await
    }

    fn time_limit(&self, _: &Job) -> Duration {
        Duration::from_millis(50)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_done_in_its_time_is_told_to_stop_and_given_up_in_the_end() {
    on_each_database(async |runtime| {
        let id = put(runtime, 1).await[0];
        let handler = Arc::new(Endless::default());
        let stop = CancellationToken::new();
        let mut tasks = work(runtime, handler.clone(), quick(2), &stop);
        until("given up", Duration::from_mins(1), async || none_open(runtime).await).await;
        let found = row(runtime, id).await;
        assert_eq!((found.state, found.attempts), (JobState::Dead, 2));
        assert!(found.last_error.as_deref().unwrap().contains("not done within"), "{:?}", found.last_error);
        let told = handler.0.lock().unwrap().clone();
        assert!(told.len() == 2 && told.iter().all(CancellationToken::is_cancelled), "nobody goes on for nothing");
        stop.cancel();
        while tasks.join_next().await.is_some() {}
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_paid_for_begins_before_what_was_written_earlier() {
    on_each_database(async |runtime| {
        let handler = Arc::new(HoldFirst::default());
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(run_relay(runtime.clone(), LONGEST_SLEEP, stop.clone()));
        let settings = Settings { concurrency: 1, ..Settings::default() };
        let queue = run_queue(runtime.clone(), Queue::Audio, handler.clone(), settings, stop.clone());
        tasks.spawn(async move { queue.await.expect("the queue runs") });

        let ctx = Ctx::system(runtime.env.clone());
        let put = async |job: &Job, priority: Priority| {
            let tx = store::begin(&runtime.db).await.unwrap();
            let id = outbox::put_at(&tx, &ctx, None, job, priority).await.unwrap();
            tx.commit().await.unwrap();
            runtime.wake.jobs_written();
            id
        };
        let mut analyses = Vec::new();
        for _ in 0..10 {
            analyses.push(put(&Job::AnalyseAsset { asset: ctx.env.id() }, Priority::Idle).await);
        }
        until("the only slot is busy", Duration::from_mins(1), async || !handler.begun.lock().unwrap().is_empty())
            .await;
        let preview = put(&Job::RenderPreview { beat: ctx.env.id() }, Priority::Usual).await;
        let paid = put(&Job::BounceMasters { beat: ctx.env.id() }, Priority::Paid).await;
        let handed =
            async || row(runtime, paid).await.handed_at.is_some() && row(runtime, preview).await.handed_at.is_some();
        until("both are in the queue", Duration::from_mins(1), handed).await;
        handler.go.notify_one();
        until("all done", Duration::from_mins(1), async || none_open(runtime).await).await;

        let begun = handler.begun.lock().unwrap().clone();
        assert_eq!(begun.len(), 12, "each once");
        assert!(analyses.contains(&begun[0]));
        assert_eq!(begun[1..3], [paid, preview]);
        stop.cancel();
        while tasks.join_next().await.is_some() {}
    })
    .await;
}
