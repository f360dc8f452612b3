//! The catalogue: beats, works, recordings and files, as the studio sees them. Files are uploaded over REST (`/uploads`) and named here by their ids.

mod analysis;
mod folders;
mod inputs;
mod loading;
mod types;

use async_graphql::{Context, Object};
use domain::{
    catalog::{self, entity::beat},
    ids::{AssetId, BeatId, StudioId, WorkId},
    legible,
    outbox::entity::job,
};

use super::{
    caller,
    connection::{Connection, CountedConnection, connection, counted, page, page_cost, wants_total},
    errors::Failure,
    jobs::Job,
    scalars::Id,
};
use crate::{caller::Caller, payload};
pub use analysis::{AlikeBeat, Analysis, Finding, Severity, StemCheck, StemFindings, Suggestion, Verdict};
pub use folders::{FolderBeat, FolderStem};
pub(super) use inputs::edit;
pub use inputs::{BeatFilterInput, CollaboratorInput, CreateBeatInput, SampleInput, StemInput, UpdateBeatInput};
pub use types::{
    Asset, AssetKind, AssetState, Beat, BeatState, Collaborator, Recording, Sample, SampleClearance, Stem, Work,
};

/// Queries of the catalogue.
#[derive(Debug, Default)]
pub struct CatalogQuery;

#[Object]
impl CatalogQuery {
    /// A beat, in any state.
    async fn beat(&self, ctx: &Context<'_>, id: Id<BeatId>) -> Result<Option<Beat>, Failure> {
        let caller = caller(ctx)?;
        let found = catalog::find_beat(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        found.map(|row| Some(Beat::from(row))).ok_or_else(|| Failure::not_found("beat"))
    }

    /// A studio's beats, in any state, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn beats(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        filter: Option<BeatFilterInput>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<CountedConnection<Beat>, Failure> {
        let caller = caller(ctx)?;
        let filter = filter.unwrap_or_default().read()?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let (db, who) = (&caller.services.db, &caller.ctx);
        let rows = catalog::list_beats(db, who, studio, &filter, request).await?;
        let total = if wants_total(ctx) { catalog::count_beats(db, who, studio, &filter).await? } else { 0 };
        Ok(counted(rows, |row| row.id, Beat::from, total))
    }

    /// Which of a folder's files (paths with `/`, relative to it) make which beats, and what their names say of these, in the order of the beats' paths:
    /// for whoever is about to upload them. Files that belong to no beat are left out.
    #[expect(clippy::unused_async, reason = "a resolver is asynchronous whether it waits or not")]
    async fn folder_beats(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        paths: Vec<String>,
    ) -> Result<Vec<FolderBeat>, Failure> {
        folders::sort(caller(ctx)?, studio.named("studio")?, &paths)
    }

    /// The characters of a text, such as a beat's title, that contracts cannot print: they stand there as code points, `[U+1F525]`. None of most texts; for
    /// whoever is about to save one.
    #[expect(clippy::unused_async, reason = "a resolver is asynchronous whether it waits or not")]
    async fn unprintable(&self, ctx: &Context<'_>, text: String) -> Result<Vec<String>, Failure> {
        let documents = caller(ctx)?.services.agreements.as_ref();
        Ok(legible::unprintable(documents, &text).into_iter().map(String::from).collect())
    }

    /// A work.
    async fn work(&self, ctx: &Context<'_>, id: Id<WorkId>) -> Result<Option<Work>, Failure> {
        let caller = caller(ctx)?;
        let found = catalog::find_work(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        found.map(|row| Some(Work::from(row))).ok_or_else(|| Failure::not_found("work"))
    }

    /// A studio's works, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn works(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Work>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let rows = catalog::list_works(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.id, Work::from))
    }

    /// A file: how it stands after its upload, and what was found in it.
    async fn asset(&self, ctx: &Context<'_>, id: Id<AssetId>) -> Result<Option<Asset>, Failure> {
        let caller = caller(ctx)?;
        let found = catalog::find_asset(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        found.map(|row| Some(Asset::from(row))).ok_or_else(|| Failure::not_found("file"))
    }

    /// A studio's files, of one kind or of all, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn assets(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        kind: Option<AssetKind>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Asset>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let kind = kind.map(Into::into);
        let rows = catalog::list_assets(&caller.services.db, &caller.ctx, studio, kind, request).await?;
        Ok(connection(rows, |row| row.id, Asset::from))
    }
}

payload! {
    /// What came of `createBeat`.
    pub struct CreateBeatPayload {
        /// The beat, a draft.
        beat: Beat
    }
}

payload! {
    /// What came of `updateBeat`.
    pub struct UpdateBeatPayload {
        /// The beat as it is now.
        beat: Beat
    }
}

payload! {
    /// What came of `setCollaborators`.
    pub struct SetCollaboratorsPayload {
        /// The beat as it is now.
        beat: Beat
    }
}

payload! {
    /// What came of `setStems`.
    pub struct SetStemsPayload {
        /// The beat as it is now.
        beat: Beat
    }
}

payload! {
    /// What came of `publishBeat`.
    pub struct PublishBeatPayload {
        /// The beat as it is now.
        beat: Beat
    }
}

payload! {
    /// What came of `unpublishBeat`.
    pub struct UnpublishBeatPayload {
        /// The beat as it is now.
        beat: Beat
    }
}

payload! {
    /// What came of `analyseAsset`.
    pub struct AnalyseAssetPayload {
        /// The job that listens, which may have been asked for before.
        job: Job
    }
}

/// Mutations of the catalogue.
#[derive(Debug, Default)]
pub struct CatalogMutation;

#[Object]
impl CatalogMutation {
    /// Enters a beat, as a draft. Its preview is rendered as soon as its audio has been looked through.
    async fn create_beat(&self, ctx: &Context<'_>, input: CreateBeatInput) -> Result<CreateBeatPayload, Failure> {
        CreateBeatPayload::of(create_beat(caller(ctx)?, input).await)
    }

    /// Changes a beat. What is left out stays; null empties a field that may be empty.
    async fn update_beat(&self, ctx: &Context<'_>, input: UpdateBeatInput) -> Result<UpdateBeatPayload, Failure> {
        UpdateBeatPayload::of(update_beat(caller(ctx)?, input).await)
    }

    /// Sets who made a beat and what part of its income is theirs. The shares total exactly 1,000,000 parts per million.
    async fn set_collaborators(
        &self,
        ctx: &Context<'_>,
        beat: Id<BeatId>,
        collaborators: Vec<CollaboratorInput>,
    ) -> Result<SetCollaboratorsPayload, Failure> {
        SetCollaboratorsPayload::of(set_collaborators(caller(ctx)?, &beat, &collaborators).await)
    }

    /// Sets a beat's stems, in order: of one sampling rate and one length.
    async fn set_stems(
        &self,
        ctx: &Context<'_>,
        beat: Id<BeatId>,
        stems: Vec<StemInput>,
    ) -> Result<SetStemsPayload, Failure> {
        SetStemsPayload::of(set_stems(caller(ctx)?, &beat, stems).await)
    }

    /// Asks for a file of music to be listened to again, when all that is more urgent is done. Asking again while it waits or runs changes nothing.
    async fn analyse_asset(&self, ctx: &Context<'_>, asset: Id<AssetId>) -> Result<AnalyseAssetPayload, Failure> {
        AnalyseAssetPayload::of(analyse_asset(caller(ctx)?, &asset).await)
    }

    /// Puts a beat on the storefront.
    async fn publish_beat(&self, ctx: &Context<'_>, beat: Id<BeatId>) -> Result<PublishBeatPayload, Failure> {
        PublishBeatPayload::of(publish_beat(caller(ctx)?, &beat).await)
    }

    /// Takes a beat off the storefront and out of the carts; licences already granted stay as they are.
    async fn unpublish_beat(&self, ctx: &Context<'_>, beat: Id<BeatId>) -> Result<UnpublishBeatPayload, Failure> {
        UnpublishBeatPayload::of(unpublish_beat(caller(ctx)?, &beat).await)
    }
}

async fn create_beat(caller: &Caller, input: CreateBeatInput) -> Result<beat::Model, Failure> {
    let (studio, new) = input.read()?;
    let tx = caller.services.begin().await?;
    let beat = catalog::create_beat(&tx, &caller.ctx, studio, new).await?;
    caller.services.commit(tx).await?;
    Ok(beat)
}

async fn update_beat(caller: &Caller, input: UpdateBeatInput) -> Result<beat::Model, Failure> {
    let (id, change) = input.read()?;
    let tx = caller.services.begin().await?;
    let beat = catalog::update_beat(&tx, &caller.ctx, id, change).await?;
    caller.services.commit(tx).await?;
    Ok(beat)
}

async fn set_collaborators(
    caller: &Caller,
    beat: &Id<BeatId>,
    lines: &[CollaboratorInput],
) -> Result<beat::Model, Failure> {
    let (id, lines) = (beat.named("beat")?, inputs::share_lines(lines)?);
    let tx = caller.services.begin().await?;
    let beat = catalog::set_collaborators(&tx, &caller.ctx, id, &lines).await?;
    caller.services.commit(tx).await?;
    Ok(beat)
}

async fn set_stems(caller: &Caller, beat: &Id<BeatId>, stems: Vec<StemInput>) -> Result<beat::Model, Failure> {
    let (id, stems) = (beat.named("beat")?, inputs::stems(stems)?);
    let tx = caller.services.begin().await?;
    let beat = catalog::set_stems(&tx, &caller.ctx, id, &stems).await?;
    caller.services.commit(tx).await?;
    Ok(beat)
}

async fn publish_beat(caller: &Caller, beat: &Id<BeatId>) -> Result<beat::Model, Failure> {
    let id = beat.named("beat")?;
    let tx = caller.services.begin().await?;
    let beat = catalog::publish_beat(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(beat)
}

async fn unpublish_beat(caller: &Caller, beat: &Id<BeatId>) -> Result<beat::Model, Failure> {
    let id = beat.named("beat")?;
    let tx = caller.services.begin().await?;
    let beat = catalog::unpublish_beat(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(beat)
}

async fn analyse_asset(caller: &Caller, asset: &Id<AssetId>) -> Result<job::Model, Failure> {
    let id = asset.named("asset")?;
    let tx = caller.services.begin().await?;
    let job = catalog::request_analysis(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(job)
}
