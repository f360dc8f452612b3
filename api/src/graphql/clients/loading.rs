//! Batches of clients and of what is known of parties. They are asked for ids that stand in rows which the caller has been shown.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use domain::{
    clients::{entity, queries},
    ids::PartyId,
    parties::{self, Profile, entity as party},
};

use crate::graphql::{errors::Failure, loaders::CallerLoader};

/// Loads what is known of a party beside the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ProfileOf(pub(super) PartyId);

/// Loads the client that a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ClientOf(pub(super) PartyId);

impl Loader<PartyId> for CallerLoader {
    type Value = party::Model;
    type Error = Failure;

    async fn load(&self, keys: &[PartyId]) -> Result<HashMap<PartyId, Self::Value>, Failure> {
        Ok(parties::find_parties_by_ids(&self.caller.services.db, keys).await?)
    }
}

impl Loader<ProfileOf> for CallerLoader {
    type Value = Profile;
    type Error = Failure;

    async fn load(&self, keys: &[ProfileOf]) -> Result<HashMap<ProfileOf, Self::Value>, Failure> {
        let ids: Vec<PartyId> = keys.iter().map(|key| key.0).collect();
        let found = parties::profiles_of(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(party, profile)| (ProfileOf(party), profile)).collect())
    }
}

impl Loader<ClientOf> for CallerLoader {
    type Value = entity::Model;
    type Error = Failure;

    async fn load(&self, keys: &[ClientOf]) -> Result<HashMap<ClientOf, Self::Value>, Failure> {
        let ids: Vec<PartyId> = keys.iter().map(|key| key.0).collect();
        let found = queries::clients_of_parties(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(party, client)| (ClientOf(party), client)).collect())
    }
}
