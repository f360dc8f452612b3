//! Waking the relay and the workers of this process.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use apalis::prelude::{PollSnapshot, PollStrategy};
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

    /// Calls a worker of a queue when something may be in it, and once in [`LONGEST_QUIET`] whatever happens.
    pub(super) fn queue_calls(&self, queue: Queue) -> Calls {
        let calls = self.queue(queue).subscribe();
        // Before the first call there is nothing to echo.
        let calls = futures::stream::unfold((calls, ECHOES.len()), async |(mut calls, echo)| {
            let wait = ECHOES.get(echo).copied().unwrap_or(LONGEST_QUIET);
            let next_echo = tokio::select! {
                called = calls.changed() => { called.ok()?; 0 }
                () = tokio::time::sleep(wait) => ECHOES.len().min(echo + 1),
            };
            Some(((), (calls, next_echo)))
        });
        Calls(calls.boxed())
    }
}

/// The calls of a queue, for its worker. The library's own strategy for streams takes one call at a time and is then not woken until it is asked again:
/// a call that comes in the moment in which a fetch ends empty would leave the worker asleep for ever, once its own timer has run out during that fetch.
pub(super) struct Calls(BoxStream<'static, ()>);

impl PollStrategy for Calls {
    /// Takes all calls that are there, and waits for the next: whoever looks now need not look twice.
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let mut called = Poll::Pending;
        loop {
            match self.0.poll_next_unpin(cx) {
                Poll::Ready(Some(())) => called = Poll::Ready(Some(())),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return called,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, time::Instant};

    use super::*;

    /// Waits until a worker is called, as a queue does: it looks, and sleeps until it is woken.
    async fn look(calls: &mut Calls) {
        let called = poll_fn(|cx| calls.poll_drive(cx, &PollSnapshot::new()));
        tokio::time::timeout(LONGEST_QUIET * 10, called).await.expect("it looks").expect("and goes on");
    }

    #[tokio::test]
    async fn a_queue_that_nobody_calls_looks_by_itself() {
        let wake = WakeUp::default();
        let mut calls = wake.queue_calls(Queue::Office);
        look(&mut calls).await;
        look(&mut calls).await;
        wake.pushed(Queue::Office);
        let called = Instant::now();
        // The call, its echoes, and what comes by itself after them.
        for _ in 0..=ECHOES.len() {
            look(&mut calls).await;
        }
        assert!(called.elapsed() < LONGEST_QUIET, "a call is not waited for");
        look(&mut calls).await;
    }

    #[tokio::test]
    async fn a_worker_that_was_called_is_woken_again_though_it_looked_once() {
        let wake = WakeUp::default();
        let mut calls = wake.queue_calls(Queue::Office);
        wake.pushed(Queue::Office);
        let mut looks = 0;
        // The first look finds the call, and the worker goes to sleep for another reason: its fetch came back empty.
        let woken = poll_fn(|cx| {
            looks += 1;
            let called = calls.poll_drive(cx, &PollSnapshot::new());
            if looks == 1 {
                assert!(called.is_ready());
                return Poll::Pending;
            }
            Poll::Ready(())
        });
        tokio::time::timeout(LONGEST_QUIET * 10, woken).await.expect("it is woken");
    }
}
