//! What many works of one answer ask for, loaded in one query each.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use domain::{
    ids::SongId,
    portfolio::queries::{self, CreditLine},
};

use crate::graphql::{errors::Failure, loaders::CallerLoader};

/// Loads who made a song that stands in a row which the caller has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct MakersOf(pub(super) SongId);

impl Loader<MakersOf> for CallerLoader {
    type Value = Vec<CreditLine>;
    type Error = Failure;

    async fn load(&self, keys: &[MakersOf]) -> Result<HashMap<MakersOf, Self::Value>, Failure> {
        let ids: Vec<SongId> = keys.iter().map(|key| key.0).collect();
        let found = queries::credits_of_songs(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, lines)| (MakersOf(id), lines)).collect())
    }
}
