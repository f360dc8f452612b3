//! Finding versions, what they sound like, and what one changes of another.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    MixError,
    entity::{MixKind, MixState, document, sound, source, version},
};
use crate::{
    actor::Ctx,
    catalog::entity::{AssetState, asset},
    ids::{AssetId, MixVersionId, SongId},
    page::{self, Page, PageRequest},
    policy::{Action, visible},
    ports::MixDocuments,
    production::entity::song,
    report::StoreError,
    store::Db,
};

/// A version by its id; none if there is none that the caller may see.
pub async fn find_version(db: &Db, ctx: &Ctx, id: MixVersionId) -> Result<Option<version::Model>, MixError> {
    let found = version::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadProduction, found, |version| version.studio_id)?)
}

/// A song that the caller may see.
pub async fn find_song(db: &Db, ctx: &Ctx, id: SongId) -> Result<song::Model, MixError> {
    let found = song::Entity::find_by_id(id).one(db).await?;
    visible(&ctx.actor, Action::ReadProduction, found, |song| song.studio_id)?.ok_or(MixError::NoSong)
}

/// The versions of a song's mix, newest first.
pub async fn list_versions(
    db: &Db,
    ctx: &Ctx,
    song: SongId,
    request: PageRequest<MixVersionId>,
) -> Result<Page<version::Model>, MixError> {
    let song = find_song(db, ctx, song).await?;
    let query = version::Entity::find().filter(version::Column::SongId.eq(song.id));
    Ok(page::fetch(db, query, version::Column::Id, request).await?)
}

/// What one version's document changes of another's, a sentence each; none if they sound alike.
///
/// # Errors
/// If one of them is a file, or they are of two songs.
pub async fn changes(
    db: &Db,
    ctx: &Ctx,
    documents: &dyn MixDocuments,
    from: MixVersionId,
    to: MixVersionId,
) -> Result<Vec<String>, MixError> {
    let before = find_version(db, ctx, from).await?.ok_or(MixError::NoVersion { field: "from" })?;
    let after = find_version(db, ctx, to).await?.ok_or(MixError::NoVersion { field: "to" })?;
    if before.song_id != after.song_id {
        return Err(MixError::OtherSong);
    }
    let before = body(db, &before, "from").await?;
    let after = body(db, &after, "to").await?;
    Ok(documents.changes(&before, &after)?)
}

/// The document of a version that has one.
async fn body(db: &impl ConnectionTrait, version: &version::Model, field: &'static str) -> Result<String, MixError> {
    let none = || MixError::NoDocument { number: version.number, field };
    let sha256 = version.document_sha256.clone().ok_or_else(none)?;
    let found = document::Entity::find_by_id((version.studio_id, sha256.to_string())).one(db).await?;
    Ok(found.ok_or_else(none)?.body)
}

/// The document of a version, as it is kept; none if it is a file, or none that the caller may see.
pub async fn find_document(db: &Db, ctx: &Ctx, id: MixVersionId) -> Result<Option<String>, MixError> {
    let Some(version) = find_version(db, ctx, id).await? else { return Ok(None) };
    match version.kind {
        MixKind::File => Ok(None),
        MixKind::Document => Ok(Some(body(db, &version, "id").await?)),
    }
}

// For the loaders of one request and for the program itself: by ids of rows that the caller has been shown already.

/// Versions by ids that stand in rows which the caller has been shown.
pub async fn find_versions_by_ids(
    db: &impl ConnectionTrait,
    ids: &[MixVersionId],
) -> Result<HashMap<MixVersionId, version::Model>, StoreError> {
    let rows = version::Entity::find().filter(version::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What versions sound like that the caller has been shown.
pub async fn find_sounds(
    db: &impl ConnectionTrait,
    ids: &[MixVersionId],
) -> Result<HashMap<MixVersionId, sound::Model>, StoreError> {
    let rows = sound::Entity::find().filter(sound::Column::VersionId.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.version_id, row)).collect())
}

/// The files behind the names in the documents of versions that the caller has been shown, by name.
pub async fn list_sources(
    db: &impl ConnectionTrait,
    ids: &[MixVersionId],
) -> Result<HashMap<MixVersionId, Vec<source::Model>>, StoreError> {
    let rows = source::Entity::find()
        .filter(source::Column::VersionId.is_in(ids.iter().copied()))
        .order_by_asc(source::Column::Name)
        .all(db)
        .await?;
    let mut sources: HashMap<MixVersionId, Vec<source::Model>> = HashMap::new();
    for row in rows {
        sources.entry(row.version_id).or_default().push(row);
    }
    Ok(sources)
}

/// What a version is heard from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Material {
    /// Its file, looked through and found good.
    File(Box<asset::Model>),
    /// Its document, and the file behind each name in it.
    Document {
        /// The document, JSON.
        json: String,
        /// The files by name.
        sources: BTreeMap<String, asset::Model>,
    },
}

/// A version that is to be bounced, or taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// The version.
    pub version: version::Model,
    /// The song's title.
    pub title: String,
    /// What it is heard from.
    pub material: Material,
}

/// What a version is to be heard from; none if that is settled, or its file is still looked through: then its inspection asks again. For the program itself.
pub async fn find_bounce(db: &Db, id: MixVersionId) -> Result<Option<Bounce>, StoreError> {
    let Some(version) = version::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let waits = sound::Entity::find_by_id(id).one(db).await?.is_some_and(|sound| sound.state == MixState::Waiting);
    let Some(song) = song::Entity::find_by_id(version.song_id).one(db).await?.filter(|_| waits) else {
        return Ok(None);
    };
    let material = match (version.file_asset_id, version.document_sha256.clone()) {
        (Some(file), _) => {
            let file = asset::Entity::find_by_id(file).one(db).await?;
            let Some(file) = file.filter(|file| file.state == AssetState::Ready) else { return Ok(None) };
            Material::File(Box::new(file))
        }
        (None, Some(sha256)) => {
            let found = document::Entity::find_by_id((version.studio_id, sha256.to_string())).one(db).await?;
            let Some(document) = found else { return Ok(None) };
            Material::Document { json: document.body, sources: find_sources(db, id).await? }
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(Bounce { version, title: song.title, material }))
}

/// The file behind each name in a version's document.
pub(super) async fn find_sources(db: &Db, id: MixVersionId) -> Result<BTreeMap<String, asset::Model>, StoreError> {
    let rows = source::Entity::find().filter(source::Column::VersionId.eq(id)).all(db).await?;
    let files = asset::Entity::find().filter(asset::Column::Id.is_in(rows.iter().map(|row| row.asset_id))).all(db);
    let files: HashMap<AssetId, asset::Model> = files.await?.into_iter().map(|file| (file.id, file)).collect();
    // A foreign key holds that every name has its file.
    Ok(rows.into_iter().filter_map(|row| Some((row.name, files.get(&row.asset_id)?.clone()))).collect())
}
