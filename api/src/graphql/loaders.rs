//! Batched loading: what many fields of one answer ask for one by one is fetched in one query. A loader is made for each request and carries
//! its caller, so that what it loads is scoped like everything else.
//!
//! To add a batch, implement [`async_graphql::dataloader::Loader`] for [`CallerLoader`] over the typed id, beside the aggregate's types, with
//! [`Failure`](super::errors::Failure) as its error; a resolver then says `loader(ctx)?.load_one(id).await?`.

use std::time::Duration;

use async_graphql::dataloader::DataLoader;

use crate::caller::Caller;

/// Loads on behalf of one caller.
#[derive(Debug, Clone)]
pub struct CallerLoader {
    /// Whose request it is.
    pub caller: Caller,
}

/// How many turns the rest of a request gets before a batch begins. A long list is not asked in one go: its rows come two in a turn
/// (`FuturesUnordered` gives way after two that did), and a page has a hundred of them at most.
const TURNS: usize = 100;

/// A loader for one request. A batch begins when all that ask for it had their turn; a delay by the clock would cut a long list into
/// several where the machine is slow, and cost its time where it is not.
pub(crate) fn of(caller: &Caller) -> DataLoader<CallerLoader> {
    let in_turn = |batch| {
        tokio::spawn(async move {
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
            batch.await;
        })
    };
    DataLoader::new(CallerLoader { caller: caller.clone() }, in_turn).delay(Duration::ZERO)
}
