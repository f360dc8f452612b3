//! What many releases and files of one answer ask for, loaded in one query each.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use domain::{
    ids::{CwrFileId, ReleaseId},
    registrations::{
        entity::{cwr_file_work, message, track},
        queries,
    },
};

use crate::graphql::{errors::Failure, loaders::CallerLoader};

/// Loads the tracks of a release that the caller has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TracksOf(pub(super) ReleaseId);

impl Loader<TracksOf> for CallerLoader {
    type Value = Vec<track::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[TracksOf]) -> Result<HashMap<TracksOf, Self::Value>, Failure> {
        let ids: Vec<ReleaseId> = keys.iter().map(|key| key.0).collect();
        let found = queries::tracks_of(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (TracksOf(id), rows)).collect())
    }
}

/// Loads the notifications of a release that the caller has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct MessagesOf(pub(super) ReleaseId);

impl Loader<MessagesOf> for CallerLoader {
    type Value = Vec<message::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[MessagesOf]) -> Result<HashMap<MessagesOf, Self::Value>, Failure> {
        let ids: Vec<ReleaseId> = keys.iter().map(|key| key.0).collect();
        let found = queries::messages_of(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (MessagesOf(id), rows)).collect())
    }
}

/// Loads the works of a file that the caller has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct WorksOf(pub(super) CwrFileId);

impl Loader<WorksOf> for CallerLoader {
    type Value = Vec<cwr_file_work::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[WorksOf]) -> Result<HashMap<WorksOf, Self::Value>, Failure> {
        let ids: Vec<CwrFileId> = keys.iter().map(|key| key.0).collect();
        let found = queries::works_of_files(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (WorksOf(id), rows)).collect())
    }
}
