//! Free downloads of tagged previews, and the consents to be mailed that come with them.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    free_downloads::{
        commands,
        entity::{consent, free_download},
        queries, rules,
    },
    ids::{BeatId, MailingConsentId, PartyId, StudioId},
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    scalars::Id,
};
use crate::{caller::Caller, payload};

/// A beat whose tagged preview is downloaded for an address.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct FreeDownload {
    /// The beat.
    pub beat_id: Id<BeatId>,
    /// Since when it is switched on.
    pub opened_at: DateTime<Utc>,
}

impl From<free_download::Model> for FreeDownload {
    fn from(row: free_download::Model) -> Self {
        Self { beat_id: row.beat_id.into(), opened_at: row.opened_at }
    }
}

/// A party's consent to be mailed by a studio.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct MailingConsent {
    /// The id.
    pub id: Id<MailingConsentId>,
    /// Who consents.
    pub party_id: Id<PartyId>,
    /// Their address, which has proved itself.
    pub email: String,
    /// The version of the wording that they consented to.
    pub wording_version: String,
    /// The wording itself; absent of a version that this program does not know.
    pub wording: Option<String>,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// The network address that confirmed it.
    pub given_ip: Option<String>,
    /// When it was withdrawn; absent while it stands.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

impl From<consent::Model> for MailingConsent {
    fn from(row: consent::Model) -> Self {
        Self {
            id: row.id.into(),
            party_id: row.party_id.into(),
            email: row.email.to_string(),
            wording: rules::wording(&row.wording_version).map(str::to_owned),
            wording_version: row.wording_version,
            given_at: row.given_at,
            given_ip: row.given_ip,
            withdrawn_at: row.withdrawn_at,
        }
    }
}

/// Queries about free downloads.
#[derive(Debug, Default)]
pub struct FreeDownloadsQuery;

#[Object]
impl FreeDownloadsQuery {
    /// The studio's beats that are downloaded for free.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn free_downloads(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<FreeDownload>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let studio = studio.named("studio")?;
        let rows = queries::list_free_downloads(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.beat_id, FreeDownload::from))
    }

    /// The consents to be mailed that the studio was given, newest first; those alone that stand, if so asked.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn mailing_consents(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        #[graphql(default)] standing: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<MailingConsent>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let studio = studio.named("studio")?;
        let rows = queries::list_consents(&caller.services.db, &caller.ctx, studio, standing, request).await?;
        Ok(connection(rows, |row| row.id, MailingConsent::from))
    }
}

/// A beat's free download, to be switched.
#[derive(Debug, InputObject)]
pub struct SetFreeDownloadInput {
    /// The beat.
    pub beat: Id<BeatId>,
    /// Whether its tagged preview is downloaded for an address.
    pub free: bool,
}

payload! {
    /// What came of `setFreeDownload`.
    pub struct SetFreeDownloadPayload {
        /// Whether it is switched on now.
        free: bool
    }
}

/// Mutations of free downloads.
#[derive(Debug, Default)]
pub struct FreeDownloadsMutation;

#[Object]
impl FreeDownloadsMutation {
    /// Lets a beat's tagged preview be downloaded for an address that proves itself, or no more. It ends by itself when the exclusive is sold.
    async fn set_free_download(
        &self,
        ctx: &Context<'_>,
        input: SetFreeDownloadInput,
    ) -> Result<SetFreeDownloadPayload, Failure> {
        SetFreeDownloadPayload::of(set_free_download(caller(ctx)?, &input).await)
    }
}

async fn set_free_download(caller: &Caller, input: &SetFreeDownloadInput) -> Result<bool, Failure> {
    let beat = input.beat.named("beat")?;
    let tx = caller.services.begin().await?;
    commands::set_free_download(&tx, &caller.ctx, beat, input.free).await?;
    caller.services.commit(tx).await?;
    Ok(input.free)
}
