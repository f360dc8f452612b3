//! What many sessions of one answer ask for, loaded in one query each.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use domain::{
    ids::{SessionId, SongId},
    session_log::{
        commands::TakeView,
        entity::{credit, gear, sample},
        queries,
    },
};

use crate::graphql::{errors::Failure, loaders::CallerLoader};

/// Loads the title of a song that stands in a row which the caller has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SongTitle(pub(super) SongId);

impl Loader<SongTitle> for CallerLoader {
    type Value = String;
    type Error = Failure;

    async fn load(&self, keys: &[SongTitle]) -> Result<HashMap<SongTitle, Self::Value>, Failure> {
        let ids: Vec<SongId> = keys.iter().map(|key| key.0).collect();
        let found = queries::titles_of_songs(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, title)| (SongTitle(id), title)).collect())
    }
}

/// Loads who did what in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CreditsOf(pub(super) SessionId);

impl Loader<CreditsOf> for CallerLoader {
    type Value = Vec<credit::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[CreditsOf]) -> Result<HashMap<CreditsOf, Self::Value>, Failure> {
        let ids: Vec<SessionId> = keys.iter().map(|key| key.0).collect();
        let found = queries::credits_of_sessions(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (CreditsOf(id), rows)).collect())
    }
}

/// Loads the takes of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TakesOf(pub(super) SessionId);

impl Loader<TakesOf> for CallerLoader {
    type Value = Vec<TakeView>;
    type Error = Failure;

    async fn load(&self, keys: &[TakesOf]) -> Result<HashMap<TakesOf, Self::Value>, Failure> {
        let ids: Vec<SessionId> = keys.iter().map(|key| key.0).collect();
        let found = queries::takes_of_sessions(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (TakesOf(id), rows)).collect())
    }
}

/// Loads the equipment that was used in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct GearOf(pub(super) SessionId);

impl Loader<GearOf> for CallerLoader {
    type Value = Vec<gear::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[GearOf]) -> Result<HashMap<GearOf, Self::Value>, Failure> {
        let ids: Vec<SessionId> = keys.iter().map(|key| key.0).collect();
        let found = queries::gear_of_sessions(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (GearOf(id), rows)).collect())
    }
}

/// Loads the samples that were used in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SamplesOf(pub(super) SessionId);

impl Loader<SamplesOf> for CallerLoader {
    type Value = Vec<sample::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[SamplesOf]) -> Result<HashMap<SamplesOf, Self::Value>, Failure> {
        let ids: Vec<SessionId> = keys.iter().map(|key| key.0).collect();
        let found = queries::samples_of_sessions(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (SamplesOf(id), rows)).collect())
    }
}
