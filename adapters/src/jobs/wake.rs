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

    /// Yields when something may be in a queue.
    pub(super) fn queue_calls(&self, queue: Queue) -> BoxStream<'static, ()> {
        let calls = self.queue(queue).subscribe();
        futures::stream::unfold((calls, 0), async |(mut calls, echo)| {
            let next_echo = match ECHOES.get(echo) {
                // Before the first call there is nothing to echo.
                Some(wait) if *calls.borrow() > 0 => tokio::select! {
                    called = calls.changed() => { called.ok()?; 0 }
                    () = tokio::time::sleep(*wait) => echo + 1,
                },
                _ => {
                    calls.changed().await.ok()?;
                    0
                }
            };
            Some(((), (calls, next_echo)))
        })
        .boxed()
    }
}
