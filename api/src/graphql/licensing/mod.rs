//! Licensing: tiers, offers and licences, and what their songs have come to.

mod licences;
mod meter;
mod terms;
mod tiers;

use async_graphql::{Context, Object};
use domain::{
    ids::{BeatId, LicenceId, StudioId},
    licensing::{channels, queries},
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    scalars::Id,
};
pub use licences::{AllowedLicensee, Licence, LicenceChannel, LicencesOfOrder};
pub use meter::{
    CapKind, CapMeter, MeterOfLicence, PredecessorOfLicence, ReportUsageInput, ReportUsagePayload, SuccessorOfLicence,
    UsageMutation, UsageQuery, UsageReport, UsageSide, UsageSource,
};
pub use terms::{AtCap, LicenceCaps, LicenceFiles, LicenceTerms, TierCode};
pub use tiers::{
    LicensingMutation, Offer, OffersOfBeat, PricesOfTier, ResetTierInput, ResetTierPayload, SetTierEnabledInput,
    SetTierEnabledPayload, SetTierInput, SetTierPayload, Tier, offers_of,
};

/// Queries about licensing.
#[derive(Debug, Default)]
pub struct LicensingQuery;

#[Object]
impl LicensingQuery {
    /// The tiers as they are set: the studio's defaults, or one beat's own versions alone.
    async fn tiers(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        beat: Option<Id<BeatId>>,
    ) -> Result<Vec<Tier>, Failure> {
        let caller = caller(ctx)?;
        let beat = beat.map(|beat| beat.named("beat")).transpose()?;
        let rows = queries::list_tiers(&caller.services.db, &caller.ctx, studio.named("studio")?, beat).await?;
        Ok(rows.into_iter().map(Tier::from).collect())
    }

    /// The studio's licences, newest first; of one beat, if one is named.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn licences(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        beat: Option<Id<BeatId>>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Licence>, Failure> {
        let caller = caller(ctx)?;
        let (studio, beat) = (studio.named("studio")?, beat.map(|beat| beat.named("beat")).transpose()?);
        let request = page(first, after, last, before)?;
        let rows = queries::list_licences(&caller.services.db, &caller.ctx, studio, beat, request).await?;
        Ok(connection(rows, |row| row.id, Licence::from))
    }

    /// The licensees whose licences are in force, neither refunded nor over nor past a limit, newest first, with the addresses under which they release: whom
    /// a service that finds recordings is to let pass. The same is at `GET /studios/{slug}/licensees.csv`.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn licensee_allowlist(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<AllowedLicensee>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let rows = channels::list_allowlist(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.licence.id, AllowedLicensee::from))
    }

    /// One licence of the studio.
    async fn licence(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        id: Id<LicenceId>,
    ) -> Result<Option<Licence>, Failure> {
        let caller = caller(ctx)?;
        let (studio, id) = (studio.named("studio")?, id.named("id")?);
        Ok(queries::find_licence(&caller.services.db, &caller.ctx, studio, id).await?.map(Licence::from))
    }
}
