//! The licence meter: what a licensed song has come to, and telling it.

use std::collections::HashMap;

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{ApiKeyId, LicenceId, StudioId, UsageId, UserId},
    licensing::{
        entity::{licence, usage as rows},
        meter, upgrades, usage,
    },
};

use crate::{
    caller::Caller,
    graphql::{
        caller,
        connection::{Connection, connection, page, page_cost},
        errors::Failure,
        loaders::CallerLoader,
        scalars::{Id, Int64},
    },
    payload,
};

/// A kind of use that a licence can cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::licensing::meter::CapKind")]
pub enum CapKind {
    /// Audio streams.
    Streams,
    /// Copies sold or given away.
    Copies,
    /// Music videos.
    MusicVideos,
    /// Radio stations.
    RadioStations,
    /// Paid performances.
    Performances,
}

/// Who tells what a song has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::licensing::meter::Side")]
pub enum UsageSide {
    /// Who holds the licence.
    Licensee,
    /// Who granted it.
    Studio,
}

/// What a song has come to against one cap of its licence.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct CapMeter {
    /// Which kind of use.
    pub cap: CapKind,
    /// What all sources count together.
    pub used: Int64,
    /// The cap.
    pub limit: Int64,
    /// How much of the cap is used, in whole percent, rounded down.
    pub percent: Int64,
    /// What each source counts, in the order of their names.
    pub sources: Vec<UsageSource>,
}

impl From<meter::CapMeter> for CapMeter {
    fn from(read: meter::CapMeter) -> Self {
        Self {
            cap: read.cap.into(),
            used: Int64(read.used),
            limit: Int64(read.limit),
            percent: Int64(read.percent()),
            sources: read.sources.into_iter().map(UsageSource::from).collect(),
        }
    }
}

/// What one source counts: the latest of what was told of it, and of what licensee and studio say the higher.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct UsageSource {
    /// The source, such as `Spotify`.
    pub source: String,
    /// How much it counts in all.
    pub total: Int64,
    /// The day to which it counts.
    pub as_of: NaiveDate,
    /// Who told.
    pub side: UsageSide,
}

impl From<meter::SourceUse> for UsageSource {
    fn from(of: meter::SourceUse) -> Self {
        Self { source: of.source, total: Int64(of.total), as_of: of.as_of, side: of.side.into() }
    }
}

/// What was told of a song once. It is neither changed nor taken back: telling again corrects it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct UsageReport {
    /// The id.
    pub id: Id<UsageId>,
    /// The licence under which it was told.
    pub licence_id: Id<LicenceId>,
    /// Which kind of use.
    pub cap: CapKind,
    /// Who counts it, such as `Spotify`.
    pub source: String,
    /// How much it counts in all.
    pub total: Int64,
    /// The day to which it counts.
    pub as_of: NaiveDate,
    /// Who told.
    pub side: UsageSide,
    /// The studio's member who did, if one did.
    pub user_id: Option<Id<UserId>>,
    /// The studio's key that did, if one did.
    pub api_key_id: Option<Id<ApiKeyId>>,
    /// When.
    pub reported_at: DateTime<Utc>,
}

impl From<rows::Model> for UsageReport {
    fn from(row: rows::Model) -> Self {
        Self {
            id: row.id.into(),
            licence_id: row.licence_id.into(),
            cap: row.cap.into(),
            source: row.source,
            total: Int64(row.total),
            as_of: row.as_of,
            side: row.side.into(),
            user_id: row.user_id.map(Id::from),
            api_key_id: row.api_key_id.map(Id::from),
            reported_at: row.reported_at,
        }
    }
}

/// Loads the meters of a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MeterOfLicence(pub LicenceId);

impl Loader<MeterOfLicence> for CallerLoader {
    type Value = Vec<meter::CapMeter>;
    type Error = Failure;

    async fn load(&self, keys: &[MeterOfLicence]) -> Result<HashMap<MeterOfLicence, Self::Value>, Failure> {
        let ids: Vec<LicenceId> = keys.iter().map(|key| key.0).collect();
        let found = usage::meters_by_ids(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(licence, meters)| (MeterOfLicence(licence), meters)).collect())
    }
}

/// Loads the licence that one replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PredecessorOfLicence(pub LicenceId);

impl Loader<PredecessorOfLicence> for CallerLoader {
    type Value = licence::Model;
    type Error = Failure;

    async fn load(&self, keys: &[PredecessorOfLicence]) -> Result<HashMap<PredecessorOfLicence, Self::Value>, Failure> {
        let ids: Vec<LicenceId> = keys.iter().map(|key| key.0).collect();
        let found = upgrades::predecessors(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(newer, licence)| (PredecessorOfLicence(newer), licence)).collect())
    }
}

/// Loads the licence that took the place of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SuccessorOfLicence(pub LicenceId);

impl Loader<SuccessorOfLicence> for CallerLoader {
    type Value = licence::Model;
    type Error = Failure;

    async fn load(&self, keys: &[SuccessorOfLicence]) -> Result<HashMap<SuccessorOfLicence, Self::Value>, Failure> {
        let ids: Vec<LicenceId> = keys.iter().map(|key| key.0).collect();
        let found = upgrades::successors(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(replaced, licence)| (SuccessorOfLicence(replaced), licence)).collect())
    }
}

/// What a song has come to, to be reported by the studio.
#[derive(Debug, InputObject)]
pub struct ReportUsageInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The licence.
    pub licence: Id<LicenceId>,
    /// Which kind of use; one that the licence caps.
    pub cap: CapKind,
    /// Who counts it, such as `Spotify`.
    pub source: String,
    /// How much it counts in all, from the beginning.
    pub total: Int64,
    /// The day to which it counts.
    pub as_of: NaiveDate,
}

payload! {
    /// What came of `reportUsage`.
    pub struct ReportUsagePayload {
        /// The report, or the one that said the same before.
        report: UsageReport
    }
}

/// Queries about what licensed songs have come to.
#[derive(Debug, Default)]
pub struct UsageQuery;

#[Object]
impl UsageQuery {
    /// What was told of a licence's song by licensee and studio, newest first, under the licences before and behind it too.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and whose list it is")]
    async fn usage_reports(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        licence: Id<LicenceId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<UsageReport>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let (studio, licence) = (studio.named("studio")?, licence.named("licence")?);
        let found = usage::list_usage(&caller.services.db, &caller.ctx, studio, licence, request).await?;
        Ok(connection(found, |row| row.id, UsageReport::from))
    }
}

/// Mutations of what licensed songs have come to.
#[derive(Debug, Default)]
pub struct UsageMutation;

#[Object]
impl UsageMutation {
    /// Reports what a licensed song has come to by one source: the whole count up to a day. Told again, the same counts once, and another count corrects it.
    /// At 80 % and at 100 % of a cap licensee and studio are warned by mail, once each. Licensees report on the order's page.
    async fn report_usage(&self, ctx: &Context<'_>, input: ReportUsageInput) -> Result<ReportUsagePayload, Failure> {
        ReportUsagePayload::of(report_usage(caller(ctx)?, input).await)
    }
}

async fn report_usage(caller: &Caller, input: ReportUsageInput) -> Result<rows::Model, Failure> {
    let (studio, licence) = (input.studio.named("studio")?, input.licence.named("licence")?);
    let new = meter::NewUsage { cap: input.cap.into(), source: input.source, total: input.total.0, as_of: input.as_of };
    let tx = caller.services.begin().await?;
    let report = usage::report_usage(&tx, &caller.ctx, studio, licence, &new).await?;
    caller.services.commit(tx).await?;
    Ok(report)
}
