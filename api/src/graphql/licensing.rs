//! Licensing: tiers, offers and licences.

use std::collections::HashMap;

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    ids::{BeatId, ChannelId, LicenceId, OrderId, StudioId, TierId, WorkId},
    licensing::{
        self, channels, commands,
        entity::{channel, licence, tier},
        queries::{self, Offer as DomainOffer},
        rules::TierSettings,
        terms,
    },
    money::Money as DomainMoney,
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    loaders::CallerLoader,
    scalars::{self, Id, Int64, Money, MoneyInput, Share},
};
use crate::{caller::Caller, payload};

/// The five tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::licensing::terms::TierCode")]
pub enum TierCode {
    /// An MP3 lease.
    #[graphql(name = "MP3")]
    Mp3,
    /// A WAV lease.
    Wav,
    /// A trackout lease, with stems.
    Trackout,
    /// A lease without caps.
    Unlimited,
    /// The exclusive licence: the work is withdrawn from sale.
    Exclusive,
}

/// What happens when a cap is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::licensing::terms::AtCap")]
pub enum AtCap {
    /// The licensee upgrades; past use stays valid and the price paid is credited.
    Upgrade,
    /// The licence ends.
    Terminate,
}

/// Which files are delivered beside the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SimpleObject, InputObject)]
#[graphql(input_name = "LicenceFilesInput")]
pub struct LicenceFiles {
    /// A 320 kbps MP3.
    pub mp3: bool,
    /// A 24-bit WAV.
    pub wav: bool,
    /// The stems, in one zip.
    pub stems: bool,
}

/// How far the licensee may go; what is absent is without limit. All platforms count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SimpleObject, InputObject)]
#[graphql(input_name = "LicenceCapsInput")]
pub struct LicenceCaps {
    /// Audio streams.
    pub streams: Option<Int64>,
    /// Copies sold or given away.
    pub copies: Option<Int64>,
    /// Music videos.
    pub music_videos: Option<Int64>,
    /// Radio stations.
    pub radio_stations: Option<Int64>,
    /// Paid performances.
    pub performances: Option<Int64>,
}

/// The terms of a licence: all but the price.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct LicenceTerms {
    /// The tier.
    pub tier: TierCode,
    /// The tier's name as the studio sells it.
    pub tier_name: String,
    /// Whether it is exclusive.
    pub exclusive: bool,
    /// The files delivered.
    pub files: LicenceFiles,
    /// The caps.
    pub caps: LicenceCaps,
    /// What happens at a cap.
    pub at_cap: AtCap,
    /// The term in months; absent is perpetual.
    pub term_months: Option<i32>,
    /// The producers' part of the new work's publishing.
    pub publishing_kept: Share,
    /// The credit to give.
    pub credit_line: String,
}

impl From<terms::Terms> for LicenceTerms {
    fn from(terms: terms::Terms) -> Self {
        let (files, caps) = (terms.files, terms.caps);
        Self {
            tier: terms.tier.into(),
            exclusive: terms.is_exclusive(),
            tier_name: terms.tier_name,
            files: LicenceFiles { mp3: files.mp3, wav: files.wav, stems: files.stems },
            caps: LicenceCaps {
                streams: caps.streams.map(Int64),
                copies: caps.copies.map(Int64),
                music_videos: caps.music_videos.map(Int64),
                radio_stations: caps.radio_stations.map(Int64),
                performances: caps.performances.map(Int64),
            },
            at_cap: terms.at_cap.into(),
            term_months: terms.term_months,
            publishing_kept: terms.publishing_kept.into(),
            credit_line: terms.credit_line,
        }
    }
}

/// A tier as it is on sale for one beat, now.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Offer {
    /// The price.
    pub price: Money,
    /// The terms.
    pub terms: LicenceTerms,
}

impl From<DomainOffer> for Offer {
    fn from(offer: DomainOffer) -> Self {
        Self { price: offer.price.into(), terms: offer.terms.into() }
    }
}

/// A tier as a studio has set it: its default, or one beat's own version.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Tier {
    /// The id.
    pub id: Id<TierId>,
    /// The beat that it is for; absent for the studio's default.
    pub beat_id: Option<Id<BeatId>>,
    /// The price.
    pub price: Money,
    /// The terms.
    pub terms: LicenceTerms,
    /// Whether it is on sale.
    pub enabled: bool,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<tier::Model> for Tier {
    fn from(row: tier::Model) -> Self {
        let TierSettings { price, terms, enabled } = queries::settings(&row);
        Self {
            id: row.id.into(),
            beat_id: row.beat_id.map(Id::from),
            price: price.into(),
            terms: terms.into(),
            enabled,
            updated_at: row.updated_at,
        }
    }
}

/// A licence: an immutable grant with the terms as sold.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Licence {
    /// The id.
    pub id: Id<LicenceId>,
    /// The reference on contract, files, payment and journal.
    pub reference: String,
    /// The order that bought it.
    pub order_id: Id<OrderId>,
    /// The beat.
    pub beat_id: Id<BeatId>,
    /// Its work.
    pub work_id: Id<WorkId>,
    /// To whom, by name.
    pub licensee_name: String,
    /// To whom, by address.
    pub licensee_email: String,
    /// Whether it is exclusive.
    pub exclusive: bool,
    /// The terms as sold.
    pub terms: LicenceTerms,
    /// The price paid.
    pub price: Money,
    /// When it was granted.
    pub granted_at: DateTime<Utc>,
    /// When it ends; absent if it does not.
    pub ends_at: Option<DateTime<Utc>>,
}

impl From<licence::Model> for Licence {
    fn from(row: licence::Model) -> Self {
        Self {
            id: row.id.into(),
            reference: row.reference,
            order_id: row.order_id.into(),
            beat_id: row.beat_id.into(),
            work_id: row.work_id.into(),
            licensee_name: row.licensee_name,
            licensee_email: row.licensee_email.to_string(),
            exclusive: row.exclusive,
            ends_at: queries::ends_at(row.granted_at, &row.terms),
            terms: row.terms.into(),
            price: DomainMoney::new(row.price_minor, row.currency).into(),
            granted_at: row.granted_at,
        }
    }
}

/// An address under which a licensed song is or will be online, as its licensee told it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct LicenceChannel {
    /// The id.
    pub id: Id<ChannelId>,
    /// The address.
    pub url: String,
    /// When it was told.
    pub added_at: DateTime<Utc>,
}

impl From<channel::Model> for LicenceChannel {
    fn from(row: channel::Model) -> Self {
        Self { id: row.id.into(), url: row.url, added_at: row.added_at }
    }
}

/// A licensee whose claims are to be released: the licence stands, and this is where its song is online.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct AllowedLicensee {
    /// The licence.
    pub licence: Licence,
    /// The beat's title.
    pub beat_title: String,
    /// The recording's ISRC; absent if it has none.
    pub isrc: Option<String>,
    /// The addresses, at most 20, in the order in which they were told.
    pub channels: Vec<LicenceChannel>,
}

impl From<channels::AllowedLicensee> for AllowedLicensee {
    fn from(allowed: channels::AllowedLicensee) -> Self {
        Self {
            licence: allowed.licence.into(),
            beat_title: allowed.beat_title,
            isrc: allowed.isrc,
            channels: allowed.channels.into_iter().map(LicenceChannel::from).collect(),
        }
    }
}

/// Loads the licences that an order has bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LicencesOfOrder(pub OrderId);

impl Loader<LicencesOfOrder> for CallerLoader {
    type Value = Vec<licence::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[LicencesOfOrder]) -> Result<HashMap<LicencesOfOrder, Self::Value>, Failure> {
        let orders: Vec<OrderId> = keys.iter().map(|key| key.0).collect();
        let found = queries::licences_of_orders(&self.caller.services.db, &orders).await?;
        Ok(found.into_iter().map(|(order, rows)| (LicencesOfOrder(order), rows)).collect())
    }
}

/// Loads what is on sale for a beat of a studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OffersOfBeat(pub StudioId, pub BeatId);

impl Loader<OffersOfBeat> for CallerLoader {
    type Value = Vec<DomainOffer>;
    type Error = Failure;

    async fn load(&self, keys: &[OffersOfBeat]) -> Result<HashMap<OffersOfBeat, Self::Value>, Failure> {
        let mut by_studio: HashMap<StudioId, Vec<BeatId>> = HashMap::new();
        for OffersOfBeat(studio, beat) in keys {
            by_studio.entry(*studio).or_default().push(*beat);
        }
        let mut all = HashMap::with_capacity(keys.len());
        for (studio, beats) in by_studio {
            let offers = queries::effective_tiers(&self.caller.services.db, studio, &beats).await?;
            all.extend(offers.into_iter().map(|(beat, offers)| (OffersOfBeat(studio, beat), offers)));
        }
        Ok(all)
    }
}

/// What is on sale for a beat, through the request's loader.
pub async fn offers_of(ctx: &Context<'_>, studio: StudioId, beat: BeatId) -> Result<Vec<Offer>, Failure> {
    let offers = loader(ctx)?.load_one(OffersOfBeat(studio, beat)).await?.unwrap_or_default();
    Ok(offers.into_iter().map(Offer::from).collect())
}

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

    /// The licensees whose licences stand, neither refunded nor over, newest first, with the addresses under which they release: whom
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

/// A tier to be set.
#[derive(Debug, InputObject)]
pub struct SetTierInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The beat whose own version is set; absent for the studio's default.
    pub beat: Option<Id<BeatId>>,
    /// Which of the five.
    pub code: TierCode,
    /// Its name on the storefront.
    pub name: String,
    /// The price, zero or more, in the studio's currency.
    pub price: MoneyInput,
    /// The files delivered.
    pub files: LicenceFiles,
    /// The caps.
    pub caps: LicenceCaps,
    /// What happens at a cap.
    #[graphql(default_with = "AtCap::Upgrade")]
    pub at_cap: AtCap,
    /// The term in months; absent is perpetual.
    pub term_months: Option<i32>,
    /// The producers' part of the publishing, in parts per million.
    pub publishing_kept_ppm: i32,
    /// The credit to give.
    pub credit_line: String,
    /// Whether it is on sale.
    #[graphql(default = true)]
    pub enabled: bool,
}

/// A tier to be put on sale or taken off.
#[derive(Debug, InputObject)]
pub struct SetTierEnabledInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The beat; absent for the studio's default.
    pub beat: Option<Id<BeatId>>,
    /// Which of the five.
    pub code: TierCode,
    /// Whether it is on sale.
    pub enabled: bool,
}

/// A beat's own version of a tier, to be dropped.
#[derive(Debug, InputObject)]
pub struct ResetTierInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The beat.
    pub beat: Id<BeatId>,
    /// Which of the five.
    pub code: TierCode,
}

payload! {
    /// What came of `setTier`.
    pub struct SetTierPayload {
        /// The tier as it is set now.
        tier: Tier
    }
}

payload! {
    /// What came of `setTierEnabled`.
    pub struct SetTierEnabledPayload {
        /// The tier as it is set now.
        tier: Tier
    }
}

payload! {
    /// What came of `resetTier`.
    pub struct ResetTierPayload {
        /// Whether there was a version to drop.
        dropped: bool
    }
}

/// Mutations of licensing.
#[derive(Debug, Default)]
pub struct LicensingMutation;

#[Object]
impl LicensingMutation {
    /// Sets a tier: the studio's default, or one beat's own version. Licences and open orders keep the terms they had.
    async fn set_tier(&self, ctx: &Context<'_>, input: SetTierInput) -> Result<SetTierPayload, Failure> {
        SetTierPayload::of(set_tier(caller(ctx)?, input).await)
    }

    /// Puts a tier on sale or takes it off, for the studio or for one beat.
    async fn set_tier_enabled(
        &self,
        ctx: &Context<'_>,
        input: SetTierEnabledInput,
    ) -> Result<SetTierEnabledPayload, Failure> {
        SetTierEnabledPayload::of(set_tier_enabled(caller(ctx)?, input).await)
    }

    /// Drops a beat's own version of a tier, so that the studio's default holds again.
    async fn reset_tier(&self, ctx: &Context<'_>, input: ResetTierInput) -> Result<ResetTierPayload, Failure> {
        ResetTierPayload::of(reset_tier(caller(ctx)?, input).await)
    }
}

async fn set_tier(caller: &Caller, input: SetTierInput) -> Result<tier::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let beat = input.beat.map(|beat| beat.named("beat")).transpose()?;
    let (files, caps) = (input.files, input.caps);
    let settings = TierSettings {
        price: input.price.named("price")?,
        terms: terms::Terms {
            tier: input.code.into(),
            tier_name: input.name,
            files: terms::Files { mp3: files.mp3, wav: files.wav, stems: files.stems },
            caps: terms::Caps {
                streams: caps.streams.map(|cap| cap.0),
                copies: caps.copies.map(|cap| cap.0),
                music_videos: caps.music_videos.map(|cap| cap.0),
                radio_stations: caps.radio_stations.map(|cap| cap.0),
                performances: caps.performances.map(|cap| cap.0),
            },
            at_cap: input.at_cap.into(),
            term_months: input.term_months,
            publishing_kept: scalars::share(input.publishing_kept_ppm, "publishingKeptPpm")?,
            credit_line: input.credit_line,
        },
        enabled: input.enabled,
    };
    let tx = caller.services.begin().await?;
    let tier = commands::set_tier(&tx, &caller.ctx, studio, beat, &settings).await?;
    caller.services.commit(tx).await?;
    Ok(tier)
}

async fn set_tier_enabled(caller: &Caller, input: SetTierEnabledInput) -> Result<tier::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let beat = input.beat.map(|beat| beat.named("beat")).transpose()?;
    let tx = caller.services.begin().await?;
    let code = licensing::terms::TierCode::from(input.code);
    let tier = commands::set_tier_enabled(&tx, &caller.ctx, studio, beat, code, input.enabled).await?;
    caller.services.commit(tx).await?;
    Ok(tier)
}

async fn reset_tier(caller: &Caller, input: ResetTierInput) -> Result<bool, Failure> {
    let (studio, beat) = (input.studio.named("studio")?, input.beat.named("beat")?);
    let tx = caller.services.begin().await?;
    let dropped = commands::reset_tier(&tx, &caller.ctx, studio, beat, input.code.into()).await?;
    caller.services.commit(tx).await?;
    Ok(dropped)
}
