//! What the catalogue gives.

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    catalog::{
        self, BeatFilter, Credit,
        entity::{LabelKind, Sample as DomainSample, analysis, asset, beat, recording, stem, work},
        rules::suggestions,
    },
    identifiers::{Isrc, Iswc},
    ids::{AssetId, BeatId, RecordingId, StudioId, WorkId},
    licensing::terms,
    splits,
};
use sea_orm::Iterable;

use super::{
    analysis::{Analysis, StemCheck, Suggestion},
    loading::{AnalysisOf, CheckOfStems, CreditsOfBeat, LabelsOfBeat, StemsOfBeat, UnpackedFrom},
};
use crate::graphql::{
    caller,
    connection::{Connection, CountedConnection, connection, counted, page, page_cost, wants_total},
    errors::Failure,
    licensing::TierCode,
    loader,
    parties::Party,
    scalars::{Id, Int64, Share},
    splits::{SplitVersion, UnsignedBeat},
};

/// Where a beat stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::catalog::entity::BeatState")]
pub enum BeatState {
    /// Being prepared; only the studio sees it.
    Draft,
    /// On the storefront.
    Published,
    /// Taken off the storefront by the studio.
    Unpublished,
    /// Withdrawn for ever: the work was sold exclusively.
    Sold,
}

/// Whether a file has been looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::catalog::entity::AssetState")]
pub enum AssetState {
    /// Stored, not yet looked through.
    Checking,
    /// What it claims to be, whole, and within the limits.
    Ready,
    /// Refused; `refusal` says why.
    Refused,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::catalog::entity::AssetKind")]
pub enum AssetKind {
    /// A beat's source, or a version of a song's mix: the untagged mix.
    Source,
    /// One stem.
    Stem,
    /// A ZIP of stems; each becomes a file of its own.
    StemArchive,
    /// A cover picture.
    Artwork,
    /// A studio's own voice tag.
    Tag,
    /// A preview, rendered: a beat's, tagged, or a mix at the level of its review.
    Preview,
    /// Waveform data, rendered.
    Waveform,
    /// A file of full quality, rendered: a master for delivery, or a mix that was bounced.
    Master,
    /// A contract, typeset.
    Contract,
    /// What somebody says to a mix, spoken.
    VoiceNote,
    /// Another workstation's session: a DAWproject, a set of Ableton Live, or Pro Tools' session info as text.
    Session,
    /// A version of a mix packed for other workstations, a ZIP archive.
    Handoff,
    /// A royalty statement, as it came.
    Statement,
    /// The index of a royalty statement's lines.
    StatementIndex,
    /// What a run of royalties was reckoned from, what it came to, and what payees are told of it.
    Royalties,
    /// What is sent to societies and distributors.
    Registration,
}

/// By what right a sample stands in a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::catalog::entity::SampleClearance")]
pub enum SampleClearance {
    /// Cleared by the studio for every licence.
    Cleared,
    /// Cleared by the studio for licences that are not exclusive: the exclusive is not offered.
    ClearedForLeases,
    /// From a library whose licence covers it, and that others may use, too.
    RoyaltyFree,
    /// Not cleared, the licensee has to clear it before a release: neither the unlimited lease nor the exclusive is offered.
    NotCleared,
}

/// A recording or composition of others that is heard in a beat.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Sample {
    /// What was taken.
    pub title: String,
    /// Its artist, library or owner.
    pub source: String,
    /// By what right it is used.
    pub clearance: SampleClearance,
}

impl From<DomainSample> for Sample {
    fn from(sample: DomainSample) -> Self {
        Self { title: sample.title, source: sample.source, clearance: sample.clearance.into() }
    }
}

/// A beat: a recording of a work, offered for licensing.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Beat {
    /// The id.
    pub id: Id<BeatId>,
    /// Whose it is.
    pub studio_id: Id<StudioId>,
    /// Where it stands.
    pub state: BeatState,
    /// Its title.
    pub title: String,
    /// Its word in addresses, unique in the studio.
    pub slug: String,
    /// A few sentences about it.
    pub description: String,
    /// Tempo in thousandths of a beat per minute.
    pub bpm_milli: Option<i32>,
    /// Key, such as `A minor`.
    pub musical_key: Option<String>,
    /// What it holds of others' music, as the studio declares it.
    pub samples: Vec<Sample>,
    /// The tiers that its samples bar: they are not offered, however they are set.
    pub tiers_barred_by_samples: Vec<TierCode>,
    /// When it was last put on the storefront.
    pub published_at: Option<DateTime<Utc>>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    row: beat::Model,
}

impl From<beat::Model> for Beat {
    fn from(row: beat::Model) -> Self {
        Self {
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            state: row.state.into(),
            title: row.title.clone(),
            slug: row.slug.clone(),
            description: row.description.clone(),
            bpm_milli: row.bpm_milli,
            musical_key: row.musical_key.clone(),
            samples: row.samples.0.iter().cloned().map(Sample::from).collect(),
            tiers_barred_by_samples: terms::TierCode::iter()
                .filter(|code| row.samples.bar(*code))
                .map(TierCode::from)
                .collect(),
            published_at: row.published_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            row,
        }
    }
}

#[ComplexObject]
impl Beat {
    /// The work that it is of.
    async fn work(&self, ctx: &Context<'_>) -> Result<Option<Work>, Failure> {
        Ok(loader(ctx)?.load_one(self.row.work_id).await?.map(Work::from))
    }

    /// Its recording.
    async fn recording(&self, ctx: &Context<'_>) -> Result<Option<Recording>, Failure> {
        Ok(loader(ctx)?.load_one(self.row.recording_id).await?.map(Recording::from))
    }

    /// The untagged mix.
    async fn source(&self, ctx: &Context<'_>) -> Result<Option<Asset>, Failure> {
        asset_of(ctx, self.row.source_asset_id).await
    }

    /// The cover picture.
    async fn artwork(&self, ctx: &Context<'_>) -> Result<Option<Asset>, Failure> {
        asset_of(ctx, self.row.artwork_asset_id).await
    }

    /// The tagged preview, once rendered from the present source.
    async fn preview(&self, ctx: &Context<'_>) -> Result<Option<Asset>, Failure> {
        asset_of(ctx, self.row.preview_asset_id).await
    }

    /// The waveform data (BBC audiowaveform, version 2), once rendered from the present source.
    async fn waveform(&self, ctx: &Context<'_>) -> Result<Option<Asset>, Failure> {
        asset_of(ctx, self.row.waveform_asset_id).await
    }

    /// Moods, in alphabetical order.
    async fn moods(&self, ctx: &Context<'_>) -> Result<Vec<String>, Failure> {
        labels(ctx, self.row.id, LabelKind::Mood).await
    }

    /// Tags, in alphabetical order.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<String>, Failure> {
        labels(ctx, self.row.id, LabelKind::Tag).await
    }

    /// Who made it and what part of its income is theirs, in the order of the credits.
    async fn collaborators(&self, ctx: &Context<'_>) -> Result<Vec<Collaborator>, Failure> {
        let credits = loader(ctx)?.load_one(CreditsOfBeat(self.row.id)).await?.unwrap_or_default();
        Ok(credits.into_iter().map(Collaborator::from).collect())
    }

    /// Whether those who made it have not all signed the split of its work. Then it is not on sale, or its money is parked, as the studio has it.
    async fn split_unsigned(&self, ctx: &Context<'_>) -> Result<bool, Failure> {
        Ok(loader(ctx)?.load_one(UnsignedBeat(self.row.id)).await?.is_some())
    }

    /// Its stems, in the order of the set.
    async fn stems(&self, ctx: &Context<'_>) -> Result<Vec<Stem>, Failure> {
        let stems = loader(ctx)?.load_one(StemsOfBeat(self.row.id)).await?.unwrap_or_default();
        Ok(stems.into_iter().map(Stem::from).collect())
    }

    /// What was found in its present stems; absent until they have been checked.
    async fn stem_check(&self, ctx: &Context<'_>) -> Result<Option<StemCheck>, Failure> {
        Ok(loader(ctx)?.load_one(CheckOfStems(self.row.id)).await?.map(StemCheck::from))
    }

    /// What was heard in the untagged mix; absent until it has been listened to.
    async fn analysis(&self, ctx: &Context<'_>) -> Result<Option<Analysis>, Failure> {
        Ok(self.heard(ctx).await?.map(Analysis::from))
    }

    /// Tempo and key that it could be given, as they were heard surely enough; only what it does not say itself.
    async fn suggestion(&self, ctx: &Context<'_>) -> Result<Suggestion, Failure> {
        let heard = self.heard(ctx).await?;
        Ok(heard.map_or_else(Default::default, |heard| suggestions::for_beat(&self.row, &heard)).into())
    }
}

impl Beat {
    async fn heard(&self, ctx: &Context<'_>) -> Result<Option<analysis::Model>, Failure> {
        let Some(source) = self.row.source_asset_id else { return Ok(None) };
        loader(ctx)?.load_one(AnalysisOf(source)).await
    }
}

pub(super) async fn asset_of(ctx: &Context<'_>, id: Option<AssetId>) -> Result<Option<Asset>, Failure> {
    let Some(id) = id else { return Ok(None) };
    Ok(loader(ctx)?.load_one(id).await?.map(Asset::from))
}

async fn labels(ctx: &Context<'_>, beat: BeatId, kind: LabelKind) -> Result<Vec<String>, Failure> {
    let labels = loader(ctx)?.load_one(LabelsOfBeat(beat)).await?.unwrap_or_default();
    Ok(labels.into_iter().filter(|row| row.kind == kind).map(|row| row.label).collect())
}

/// Who made a beat, and what part of its income is theirs.
#[derive(Debug, Clone, SimpleObject)]
pub struct Collaborator {
    /// Who.
    pub party: Party,
    /// What they did, such as `producer`.
    pub role: String,
    /// Their part.
    pub share: Share,
}

impl From<Credit> for Collaborator {
    fn from(credit: Credit) -> Self {
        Self { party: credit.party.into(), role: credit.line.role, share: credit.line.share.into() }
    }
}

/// A stem of a beat.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Stem {
    /// Its name, such as `Drums`; unique in the set.
    pub name: String,
    #[graphql(skip)]
    file: AssetId,
}

impl From<stem::Model> for Stem {
    fn from(row: stem::Model) -> Self {
        Self { name: row.name, file: row.asset_id }
    }
}

#[ComplexObject]
impl Stem {
    /// The file.
    async fn asset(&self, ctx: &Context<'_>) -> Result<Option<Asset>, Failure> {
        asset_of(ctx, Some(self.file)).await
    }
}

/// A composition; alternates are beats of one work.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Work {
    /// The id.
    pub id: Id<WorkId>,
    /// Its title.
    pub title: String,
    /// ISWC in its printed form, `T-034.524.680-1`, when known.
    pub iswc: Option<String>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    key: (StudioId, WorkId),
}

impl From<work::Model> for Work {
    fn from(row: work::Model) -> Self {
        let iswc = row.iswc.map(|plain| plain.parse::<Iswc>().map_or(plain, |iswc| iswc.printed()));
        Self { id: row.id.into(), title: row.title, iswc, created_at: row.created_at, key: (row.studio_id, row.id) }
    }
}

#[ComplexObject]
impl Work {
    /// Its beats, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn beats(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<CountedConnection<Beat>, Failure> {
        let caller = caller(ctx)?;
        let (studio, work) = self.key;
        let filter = BeatFilter { work: Some(work), ..BeatFilter::default() };
        let request = page(first, after, last, before)?;
        let (db, who) = (&caller.services.db, &caller.ctx);
        let rows = catalog::list_beats(db, who, studio, &filter, request).await?;
        let total = if wants_total(ctx) { catalog::count_beats(db, who, studio, &filter).await? } else { 0 };
        Ok(counted(rows, |row| row.id, Beat::from, total))
    }

    /// The versions of its split that were signed, the last executed first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn splits(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<SplitVersion>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let rows = splits::list_versions(&caller.services.db, &caller.ctx, self.key.1, request).await?;
        Ok(connection(rows, |row| row.id, SplitVersion::from))
    }
}

/// A recording of a work.
#[derive(Debug, Clone, SimpleObject)]
pub struct Recording {
    /// The id.
    pub id: Id<RecordingId>,
    /// Its title.
    pub title: String,
    /// ISRC in its printed form, `AA-6Q7-20-00047`, when known.
    pub isrc: Option<String>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
}

impl From<recording::Model> for Recording {
    fn from(row: recording::Model) -> Self {
        let isrc = row.isrc.map(|plain| plain.parse::<Isrc>().map_or(plain, |isrc| isrc.printed()));
        Self { id: row.id.into(), title: row.title, isrc, created_at: row.created_at }
    }
}

/// A stored file with its facts.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Asset {
    /// The id.
    pub id: Id<AssetId>,
    /// What it is for.
    pub kind: AssetKind,
    /// Whether it has been looked through.
    pub state: AssetState,
    /// Why it was refused, a sentence for a person.
    pub refusal: Option<String>,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// Length in bytes.
    pub bytes: Int64,
    /// Media type by content.
    pub media_type: String,
    /// The name it was uploaded under, or was given when rendered.
    pub file_name: String,
    /// Length of the sound in milliseconds, once looked through.
    pub duration_ms: Option<Int64>,
    /// Sampling rate in hertz.
    pub sample_rate_hz: Option<i32>,
    /// Channels.
    pub channels: Option<i32>,
    /// Bits per sample, where the format has such a thing.
    pub bits_per_sample: Option<i32>,
    /// When it was stored.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    key: AssetId,
}

impl From<asset::Model> for Asset {
    fn from(row: asset::Model) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind.into(),
            state: row.state.into(),
            refusal: row.refusal,
            sha256: row.sha256.to_string(),
            bytes: Int64(row.bytes),
            media_type: row.media_type,
            file_name: row.file_name,
            duration_ms: row.duration_ms.map(Int64),
            sample_rate_hz: row.sample_rate_hz,
            channels: row.channels,
            bits_per_sample: row.bits_per_sample,
            created_at: row.created_at,
            key: row.id,
        }
    }
}

#[ComplexObject]
impl Asset {
    /// Where it is fetched: by anybody if a published beat shows it, else by members.
    #[expect(clippy::unused_async, reason = "a resolver is asynchronous whether it waits or not")]
    async fn url(&self, ctx: &Context<'_>) -> Result<String, Failure> {
        Ok(format!("{}/media/{}", caller(ctx)?.services.public_url, self.key))
    }

    /// The stems that were unpacked from it, if it is an archive, in the order of their names.
    async fn unpacked(&self, ctx: &Context<'_>) -> Result<Vec<Self>, Failure> {
        let members = loader(ctx)?.load_one(UnpackedFrom(self.key)).await?.unwrap_or_default();
        let mut rows = loader(ctx)?.load_many(members.iter().copied()).await?;
        Ok(members.iter().filter_map(|id| rows.remove(id)).map(Self::from).collect())
    }

    /// What was heard in it, if it is music and has been listened to.
    async fn analysis(&self, ctx: &Context<'_>) -> Result<Option<Analysis>, Failure> {
        Ok(loader(ctx)?.load_one(AnalysisOf(self.key)).await?.map(Analysis::from))
    }
}
