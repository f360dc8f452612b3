//! Reference tracks.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, ModelTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use super::{hold_open, hold_open_part, require_song};
use crate::{
    actor::Ctx,
    catalog::entity::{AssetKind, AssetState, asset},
    ids::{AssetId, ProjectId, ReferenceTrackId, SongId, StudioId},
    policy::Action,
    production::{
        ProductionError,
        entity::{project, reference},
        rules::{self, MAX_REFERENCES},
    },
    store::Tx,
};

/// A reference track as entered; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceInput {
    /// The project.
    pub project: ProjectId,
    /// The song; none for all of them.
    pub song: Option<SongId>,
    /// What it is called.
    pub title: String,
    /// What to listen for.
    pub notes: String,
    /// Where it can be heard; this or the file.
    pub url: Option<String>,
    /// The file, which is measured.
    pub asset: Option<AssetId>,
}

/// Adds a reference track.
///
/// # Errors
/// If the caller may not, the project is over or full, song or file are not its studio's, or it is neither a file nor an address, or both.
pub async fn add_reference(tx: &Tx, ctx: &Ctx, input: ReferenceInput) -> Result<reference::Model, ProductionError> {
    let project = hold_open(tx, ctx, input.project, Action::WriteProduction).await?;
    require_song(tx, project.id, input.song).await?;
    let title = rules::title("title", &input.title)?;
    let notes = rules::text("notes", &input.notes)?;
    let url = input.url.as_deref().filter(|text| !text.trim().is_empty()).map(rules::url).transpose()?;
    if url.is_some() == input.asset.is_some() {
        return Err(ProductionError::FileOrUrl);
    }
    require_audio(tx, project.studio_id, input.asset).await?;
    let of_project = reference::Entity::find().filter(reference::Column::ProjectId.eq(project.id));
    if of_project.count(tx).await? >= MAX_REFERENCES as u64 {
        return Err(ProductionError::Full { what: "reference tracks", most: MAX_REFERENCES });
    }
    let row = reference::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(project.studio_id),
        project_id: Set(project.id),
        song_id: Set(input.song),
        title: Set(title),
        notes: Set(notes),
        url: Set(url),
        asset_id: Set(input.asset),
        created_at: Set(ctx.env.now()),
    };
    Ok(row.insert(tx).await?)
}

/// Removes a reference track; a file stays.
///
/// # Errors
/// If the caller may not, there is no such reference, or its project is over.
pub async fn remove_reference(tx: &Tx, ctx: &Ctx, id: ReferenceTrackId) -> Result<project::Model, ProductionError> {
    let (project, row) = hold_open_part::<reference::Entity, _>(tx, ctx, id, Action::WriteProduction).await?;
    row.delete(tx).await?;
    Ok(project)
}

/// Whether a file of the studio is music that is listened to or has been: a source that was uploaded, or a master that was rendered.
pub(super) async fn require_audio(tx: &Tx, studio: StudioId, id: Option<AssetId>) -> Result<(), ProductionError> {
    let Some(id) = id else { return Ok(()) };
    let found = asset::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let asset = found
        .filter(|asset| asset.studio_id == studio)
        .ok_or(ProductionError::NotFound { what: "file", field: "asset" })?;
    if !matches!(asset.kind, AssetKind::Source | AssetKind::Master) {
        return Err(ProductionError::File { why: "it was not uploaded as a source" });
    }
    match asset.state {
        AssetState::Refused => Err(ProductionError::File { why: "it was refused when it was looked through" }),
        AssetState::Checking | AssetState::Ready => Ok(()),
    }
}
