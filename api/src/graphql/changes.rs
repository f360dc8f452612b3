//! What changes in a studio, told to those who look at it.
//!
//! The marks of a studio that anybody in this process follows are looked at every two seconds, once for all who follow it. What is told comes from the
//! database alone, so that it does not matter which process has changed it.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_graphql::{Context, Enum, Subscription};
use domain::{
    changes::{self, Marks},
    ids::StudioId,
    policy::{Action, require},
    store::Db,
};
use futures::{Stream, StreamExt};
use tokio::{runtime::Handle, sync::watch};

use super::{caller, errors::Failure, limits::Slots, scalars::Id};

/// How often the marks of a studio are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// For how long a studio is followed at the most: whoever was in it then may have left. A follower who wants more asks again.
const AT_MOST: Duration = Duration::from_hours(1);

/// What of a studio has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::changes::ChangeKind")]
pub enum ChangeKind {
    /// Agreements and their signatures.
    Agreements,
    /// Beats and their files.
    Beats,
    /// Bookings of rooms.
    Bookings,
    /// What the ledger has posted.
    Books,
    /// Clients, and what is noted of them.
    Clients,
    /// Quotes, invoices and what was paid of them by hand.
    Invoices,
    /// Offers for beats.
    Offers,
    /// Orders, their payments and licences, and what became of the money.
    Orders,
    /// Payouts, and files for the bank.
    Payouts,
    /// Projects, their songs, stages and tasks.
    Projects,
    /// Mixes, their reviews and their masters.
    Reviews,
    /// Runs of royalties, and what payees dispute.
    Runs,
    /// Statements of royalties.
    Statements,
    /// Webhooks, and what was sent to them.
    Webhooks,
}

/// The studios that are followed in this process.
pub(crate) struct Watches {
    db: Db,
    runtime: Handle,
    open: Mutex<HashMap<StudioId, watch::Sender<Marks>>>,
}

impl Watches {
    /// None yet; they are looked at in a runtime that outlives those who follow.
    pub(crate) fn new(db: Db, runtime: Handle) -> Arc<Self> {
        Arc::new(Self { db, runtime, open: Mutex::default() })
    }

    /// How a studio's marks stand, and each newer standing of them.
    async fn follow(self: &Arc<Self>, studio: StudioId) -> Result<(Marks, watch::Receiver<Marks>), Failure> {
        let marks = changes::marks(&self.db, studio).await?;
        let mut receiver = match self.open().entry(studio) {
            Entry::Occupied(known) => known.get().subscribe(),
            Entry::Vacant(place) => {
                let (sender, receiver) = watch::channel(marks.clone());
                place.insert(sender.clone());
                self.runtime.spawn(Arc::clone(self).look(studio, sender));
                receiver
            }
        };
        // Somebody may have looked between the two, and what they saw would be passed over.
        receiver.mark_changed();
        Ok((marks, receiver))
    }

    /// Looks until nobody follows the studio any more.
    async fn look(self: Arc<Self>, studio: StudioId, sender: watch::Sender<Marks>) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            {
                // Whoever comes meanwhile waits for the lock, and begins anew.
                let mut open = self.open();
                if sender.receiver_count() == 0 {
                    open.remove(&studio);
                    return;
                }
            }
            match changes::marks(&self.db, studio).await {
                Ok(now) => _ = sender.send_if_modified(|marks| std::mem::replace(marks, now.clone()) != now),
                Err(error) => {
                    let error: &(dyn std::error::Error + 'static) = &error;
                    tracing::warn!(%studio, error, "what has changed was not seen; it is looked at again");
                }
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<StudioId, watch::Sender<Marks>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What of studios can be followed.
#[derive(Debug, Default)]
pub struct ChangesSubscription;

#[Subscription]
impl ChangesSubscription {
    /// Which kinds of things have changed in a studio, each time some have, of those that the caller could read when it began. It begins with none: from there on nothing is
    /// missed. Ends after an hour.
    async fn studio_changed(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
    ) -> Result<impl Stream<Item = Vec<ChangeKind>> + use<>, Failure> {
        let slot = Slots::take_one(ctx)?;
        let (actor, studio) = (caller(ctx)?.ctx.actor.clone(), studio.named("studio")?);
        require(&actor, Action::ReadStudio, studio)?;
        let watches = ctx
            .data_opt::<Arc<Watches>>()
            .ok_or_else(|| Failure::broken("a request was executed without what follows studios"))?;
        let (seen, receiver) = watches.follow(studio).await?;
        let readable = move |kinds: Vec<changes::ChangeKind>| -> Vec<ChangeKind> {
            let may = |kind: &changes::ChangeKind| require(&actor, kind.read_by(), studio).is_ok();
            kinds.into_iter().filter(may).map(ChangeKind::from).collect()
        };
        let told = futures::stream::once(async { Vec::new() })
            .chain(changed(seen, receiver).map(readable).filter(|kinds| std::future::ready(!kinds.is_empty())));
        Ok(told.take_until(tokio::time::sleep(AT_MOST)).inspect(move |_| _ = &slot).boxed())
    }
}

/// What has changed, each time something has.
fn changed(seen: Marks, receiver: watch::Receiver<Marks>) -> impl Stream<Item = Vec<changes::ChangeKind>> {
    futures::stream::unfold((seen, receiver), |(mut seen, mut receiver)| async move {
        loop {
            receiver.changed().await.ok()?;
            let now = receiver.borrow_and_update().clone();
            let kinds = now.since(&seen);
            // A look that began before ours may end behind it: it shows nothing new.
            if !kinds.is_empty() {
                return Some((kinds, (now, receiver)));
            }
            // Marks may have been forgotten: what comes is counted from what is there.
            seen = now;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_did_not_change_is_not_told() {
        let (sender, receiver) = watch::channel(Marks::default());
        sender.send_replace(Marks::default());
        drop(sender);
        let told: Vec<_> = changed(Marks::default(), receiver).collect().await;
        assert_eq!(told, Vec::<Vec<changes::ChangeKind>>::new());
    }
}
