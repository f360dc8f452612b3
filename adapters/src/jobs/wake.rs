//! Waking the relay and the workers of this process.

use std::{sync::Arc, time::Duration};

use domain::{outbox::Queue, ports::Wake};
use futures::{StreamExt, stream::BoxStream};
use tokio::sync::watch;

/// Wakes whoever waits in this process. Waking never blocks, and what was woken before it waited finds out.
#[derive(Debug, Clone)]
pub struct WakeUp(Arc<Channels>);

#[derive(Debug)]
struct Channels {
    relay: watch::Sender<u64>,
    audio: watch::Sender<u64>,
    office: watch::Sender<u64>,
}

impl Default for WakeUp {
    fn default() -> Self {
        let channel = || watch::Sender::new(0);
        Self(Arc::new(Channels { relay: channel(), audio: channel(), office: channel() }))
    }
}

impl Wake for WakeUp {
    fn jobs_written(&self) {
        self.0.relay.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// A fetch that was under way when the wake came may have looked before the push was committed; it is made to look again after these waits.
const ECHOES: [Duration; 2] = [Duration::from_millis(15), Duration::from_millis(150)];

/// How long a queue that nobody calls stays without a look of its own. By its looks it also gives its signs of life and takes back what dead workers
/// had taken and not begun. The queue's own timer for that is not enough: where it runs out during a fetch, nothing wakes the worker any more until
/// the next call. A sign of life that is late by this is still given before two are missed.
const LONGEST_QUIET: Duration = Duration::from_secs(1);

impl WakeUp {
    fn queue(&self, queue: Queue) -> &watch::Sender<u64> {
        match queue {
            Queue::Audio => &self.0.audio,
            Queue::Office => &self.0.office,
        }
    }

    /// Tells the workers of a queue that something was pushed.
    pub(super) fn pushed(&self, queue: Queue) {
        self.queue(queue).send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Says when jobs may have been written.
    pub(super) fn relay_calls(&self) -> watch::Receiver<u64> {
        self.0.relay.subscribe()
    }

    /// Yields when something may be in a queue, and once in [`LONGEST_QUIET`] whatever happens.
    pub(super) fn queue_calls(&self, queue: Queue) -> BoxStream<'static, ()> {
        let calls = self.queue(queue).subscribe();
        // Before the first call there is nothing to echo.
        futures::stream::unfold((calls, ECHOES.len()), async |(mut calls, echo)| {
            let wait = ECHOES.get(echo).copied().unwrap_or(LONGEST_QUIET);
            let next_echo = tokio::select! {
                called = calls.changed() => { called.ok()?; 0 }
                () = tokio::time::sleep(wait) => ECHOES.len().min(echo + 1),
            };
            Some(((), (calls, next_echo)))
        })
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn a_queue_that_nobody_calls_looks_by_itself() {
        let wake = WakeUp::default();
        let mut calls = wake.queue_calls(Queue::Office);
        let mut look = async || {
            tokio::time::timeout(LONGEST_QUIET * 10, calls.next()).await.expect("it looks").expect("and goes on");
        };
        look().await;
        look().await;
        wake.pushed(Queue::Office);
        let called = Instant::now();
        // The call, its echoes, and what comes by itself after them.
        for _ in 0..=ECHOES.len() {
            look().await;
        }
        assert!(called.elapsed() < LONGEST_QUIET, "a call is not waited for");
        look().await;
    }
}
