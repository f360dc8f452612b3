//! Batched loading: what many fields of one answer ask for one by one is fetched in one query. A loader is made for each request and carries
//! its caller, so that what it loads is scoped like everything else.
//!
//! To add a batch, implement [`async_graphql::dataloader::Loader`] for [`CallerLoader`] over the typed id, beside the aggregate's types, with
//! [`Failure`](super::errors::Failure) as its error; a resolver then says `loader(ctx)?.load_one(id).await?`.

use async_graphql::dataloader::DataLoader;

use crate::caller::Caller;

/// Loads on behalf of one caller.
#[derive(Debug, Clone)]
pub struct CallerLoader {
    /// Whose request it is.
    pub caller: Caller,
}

/// A loader for one request.
pub(crate) fn of(caller: &Caller) -> DataLoader<CallerLoader> {
    DataLoader::new(CallerLoader { caller: caller.clone() }, tokio::spawn)
}
