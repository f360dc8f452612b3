//! Jobs whose workers were killed, and a queue that was kept waiting.

use std::{sync::atomic::AtomicU32, time::Duration};

use adapters::jobs::{LONGEST_SLEEP, Runtime, Settings, WakeUp, run_queue, run_relay};
use domain::{
    outbox::{Queue, entity::JobState},
    ports::Wake,
    store,
};
use sea_orm::{ConnectionTrait, Statement};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Counting, HangFirst, Succeed, none_open, on_each_database, put, quick, row, until, work};

/// A relay without workers.
fn relay(runtime: &Runtime, longest_sleep: Duration, stop: &CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(run_relay(runtime.clone(), longest_sleep, stop.clone()));
    tasks
}

async fn end(stop: CancellationToken, mut tasks: JoinSet<()>) {
    stop.cancel();
    while tasks.join_next().await.is_some() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_worker_was_killed_is_done_by_the_next() {
    on_each_database(async |runtime| {
        let handler = Counting::new(HangFirst(AtomicU32::new(0)));
        let mut killed = work(runtime, handler.clone(), quick(3), &CancellationToken::new());
        let ids = put(runtime, 1).await;
        runtime.wake.jobs_written();
        until("begun", Duration::from_secs(10), async || handler.seen().contains_key(&ids[0])).await;
        killed.shutdown().await;
        let stop = CancellationToken::new();
        let mut tasks = work(runtime, handler.clone(), quick(3), &stop);
        let took = until("done", Duration::from_secs(20), async || none_open(runtime).await).await;
        eprintln!("resumed and done {took:?} after the kill");
        let found = row(runtime, ids[0]).await;
        assert_eq!((found.state, found.attempts), (JobState::Done, 2));
        stop.cancel();
        while tasks.join_next().await.is_some() {}
    })
    .await;
}

/// All that the queue holds has been taken by a worker that died a minute ago, before it began any of it.
async fn take_and_die(runtime: &Runtime) {
    let statements = if store::is_postgres(&runtime.db) {
        [
            "INSERT INTO apalis.workers (id, worker_type, storage_name, last_seen)
             VALUES ('dead', 'audio', 'none', now() - interval '1 minute')",
            "UPDATE apalis.jobs SET status = 'Queued', lock_by = 'dead', lock_at = now()",
        ]
    } else {
        [
            "INSERT INTO Workers (id, worker_type, storage_name, last_seen)
             VALUES ('dead', 'audio', 'none', strftime('%s', 'now') - 60)",
            "UPDATE Jobs SET status = 'Queued', lock_by = 'dead', lock_at = strftime('%s', 'now')",
        ]
    };
    for statement in statements {
        runtime.db.execute_unprepared(statement).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_a_worker_had_taken_and_not_begun_when_it_was_killed_is_done_by_the_next() {
    on_each_database(async |runtime| {
        let ids = put(runtime, 1).await;
        let stop = CancellationToken::new();
        let handing = relay(runtime, LONGEST_SLEEP, &stop);
        until("handed", Duration::from_secs(10), async || row(runtime, ids[0]).await.handed_at.is_some()).await;
        end(stop, handing).await;
        take_and_die(runtime).await;

        let stop = CancellationToken::new();
        let tasks = work(runtime, Counting::new(Succeed), quick(3), &stop);
        let took = until("done", Duration::from_secs(20), async || none_open(runtime).await).await;
        eprintln!("taken back and done {took:?} after the start");
        let found = row(runtime, ids[0]).await;
        assert_eq!((found.state, found.attempts, found.round), (JobState::Done, 1, 0), "the queue gave it out again");
        end(stop, tasks).await;
    })
    .await;
}

/// How many tasks the queue knows to be done.
async fn acknowledged(runtime: &Runtime) -> i64 {
    let table = if store::is_postgres(&runtime.db) { "apalis.jobs" } else { "Jobs" };
    let count = format!("SELECT COUNT(*) AS number FROM {table} WHERE status = 'Done'");
    let count = Statement::from_string(runtime.db.get_database_backend(), count);
    runtime.db.query_one_raw(count).await.unwrap().unwrap().try_get("", "number").unwrap()
}

/// Longer than the time between two of the queue's signs of life.
const LONGER_THAN_A_BEAT: Duration = Duration::from_secs(3);

/// A sign of life that falls due while a fetch is kept waiting must not be the last one: of a job that another process hands over nobody else tells.
#[tokio::test(flavor = "multi_thread")]
async fn a_queue_whose_fetch_was_kept_waiting_looks_again_by_itself() {
    on_each_database(async |runtime| {
        let stop = CancellationToken::new();
        // Looks by itself in an hour: only what is written below wakes it.
        let mut tasks = relay(runtime, Duration::from_hours(1), &stop);
        let settings = Settings { concurrency: 4, retries: quick(3), grace: Duration::from_millis(50) };
        let queue = run_queue(runtime.clone(), Queue::Audio, Counting::new(Succeed), settings, stop.clone());
        tasks.spawn(async move { queue.await.expect("the queue runs") });
        put(runtime, 1).await;
        runtime.wake.jobs_written();
        until("acknowledged", Duration::from_secs(10), async || acknowledged(runtime).await == 1).await;

        // The last echo of the call runs into this, and the next sign of life falls due meanwhile.
        let held = store::begin(&runtime.db).await.unwrap();
        if store::is_postgres(&runtime.db) {
            held.execute_unprepared("LOCK TABLE apalis.jobs IN ACCESS EXCLUSIVE MODE").await.unwrap();
        }
        tokio::time::sleep(LONGER_THAN_A_BEAT).await;
        held.rollback().await.unwrap();

        let other = Runtime { wake: WakeUp::default(), ..runtime.clone() };
        let elsewhere = relay(&other, LONGEST_SLEEP, &stop);
        put(runtime, 1).await;
        until("done", Duration::from_secs(20), async || none_open(runtime).await).await;
        end(stop.clone(), tasks).await;
        end(stop, elsewhere).await;
    })
    .await;
}
