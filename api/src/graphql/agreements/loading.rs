//! What agreements in one answer ask for, fetched at once. The agreements themselves have been shown to the caller.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use domain::{
    agreements::{
        entity::{signer, version},
        queries,
    },
    ids::AgreementId,
    seals::{
        self,
        entity::{revision, seal},
    },
};

use crate::graphql::{errors::Failure, loaders::CallerLoader};

/// The signers of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SignersOf(pub(super) AgreementId);

/// The versions of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct VersionsOf(pub(super) AgreementId);

/// The seal of a document with its revisions, by the document's reference.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct SealOf(pub(super) String);

impl Loader<SignersOf> for CallerLoader {
    type Value = Vec<signer::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[SignersOf]) -> Result<HashMap<SignersOf, Self::Value>, Failure> {
        let ids: Vec<AgreementId> = keys.iter().map(|key| key.0).collect();
        let found = queries::signers_of_agreements(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (SignersOf(id), rows)).collect())
    }
}

impl Loader<VersionsOf> for CallerLoader {
    type Value = Vec<version::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[VersionsOf]) -> Result<HashMap<VersionsOf, Self::Value>, Failure> {
        let ids: Vec<AgreementId> = keys.iter().map(|key| key.0).collect();
        let found = queries::versions_of_agreements(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, rows)| (VersionsOf(id), rows)).collect())
    }
}

impl Loader<SealOf> for CallerLoader {
    type Value = (seal::Model, Vec<revision::Model>);
    type Error = Failure;

    async fn load(&self, keys: &[SealOf]) -> Result<HashMap<SealOf, Self::Value>, Failure> {
        let references: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let found = seals::queries::find_by_references(&self.caller.services.db, &references).await?;
        Ok(found.into_iter().map(|(reference, found)| (SealOf(reference), found)).collect())
    }
}
