//! What is told of attempts that no handler has seen.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::outbox::entity::{JobState, job};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{fmt, fmt::format::FmtSpan};

use crate::{Counting, Succeed, none_open, on_each_database, put, quick, row, until, work};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// On one thread, for which the log is set.
#[tokio::test]
async fn an_attempt_that_is_given_up_at_once_has_its_span_too() {
    on_each_database(async |runtime| {
        let log = Log::default();
        let writer = log.clone();
        let spans = fmt().with_ansi(false).with_span_events(FmtSpan::CLOSE).with_writer(move || writer.clone());
        let _guard = tracing::subscriber::set_default(spans.finish());

        let ids = put(runtime, 2).await;
        // One is a later version's, and with the other a worker died in the only attempt.
        let mut unknown = row(runtime, ids[0]).await.into_active_model();
        unknown.payload = Set(json!({ "job": "of_tomorrow" }));
        let mut lost: job::ActiveModel = row(runtime, ids[1]).await.into();
        lost.attempts = Set(1);
        for changed in [unknown, lost] {
            changed.update(&runtime.db).await.unwrap();
        }
        let handler = Counting::new(Succeed);
        let stop = CancellationToken::new();
        let mut tasks = work(runtime, handler.clone(), quick(1), &stop);
        until("both given up", Duration::from_mins(1), async || none_open(runtime).await).await;
        stop.cancel();
        while tasks.join_next().await.is_some() {}

        assert!(handler.seen().is_empty());
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        for id in ids {
            assert_eq!(row(runtime, id).await.state, JobState::Dead);
            let of_it =
                |line: &&str| line.contains("attempt{") && line.contains(&id.to_string()) && line.contains("close");
            let told: Vec<&str> = text.lines().filter(of_it).collect();
            assert!(matches!(told[..], [line] if line.contains("outcome=\"given_up\"")), "{told:?} of {text}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_a_later_version_waits_for_a_worker_that_knows_it() {
    on_each_database(async |runtime| {
        let ids = put(runtime, 1).await;
        let known = row(runtime, ids[0]).await.payload;
        let becomes = async |payload: Value| {
            let mut job = row(runtime, ids[0]).await.into_active_model();
            job.payload = Set(payload);
            job.update(&runtime.db).await.unwrap();
        };
        becomes(json!({ "job": "of_tomorrow" })).await;
        let handler = Counting::new(Succeed);
        let stop = CancellationToken::new();
        let mut tasks = work(runtime, handler.clone(), quick(u32::MAX), &stop);
        let failed = async || row(runtime, ids[0]).await.last_error.is_some();
        until("failed", Duration::from_mins(1), failed).await;
        assert!(handler.seen().is_empty());
        becomes(known).await;
        until("done", Duration::from_mins(1), async || none_open(runtime).await).await;
        assert_eq!(row(runtime, ids[0]).await.state, JobState::Done);
        stop.cancel();
        while tasks.join_next().await.is_some() {}
    })
    .await;
}
