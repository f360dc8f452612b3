//! Sessions of other workstations that are handed in for a song: a DAWproject becomes a version of its mix, of anything else it is written down what is
//! inside. The file itself is kept as it came, whatever becomes of it.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};

use super::{
    MixError,
    commands::{add_document_version, lock_song, read_document},
    entity::{DawSessionKind, FidelityLedger, HandoffState, SessionInventory, daw_session, version},
    queries::find_song,
    rules::MAX_NOTE_CHARS,
};
use crate::{
    actor::Ctx,
    catalog::entity::{AssetKind, asset},
    identity::rules::optional_text,
    ids::{AssetId, DawSessionId, SongId, StudioId},
    outbox::{self, Job},
    page::{self, Page, PageRequest},
    policy::{Action, visible},
    ports::MixDocuments,
    report::StoreError,
    store::{Db, Tx},
};

/// So many names are looked for in one query.
const NAMES_AT_A_TIME: usize = 500;

/// Has an uploaded session opened for a song. The same file for the same song is opened once, unless it was refused.
///
/// # Errors
/// If the caller may not, there is no such song, its project is over, or file or note cannot be.
pub async fn open_daw_session(
    tx: &Tx,
    ctx: &Ctx,
    song: SongId,
    file: AssetId,
    note: &str,
) -> Result<daw_session::Model, MixError> {
    let song = lock_song(tx, ctx, song).await?;
    let note = optional_text(Some(note.replace("\r\n", "\n").as_str()), MAX_NOTE_CHARS).map_err(MixError::Note)?;
    let found = asset::Entity::find_by_id(file).one(tx).await?;
    let found = found.filter(|file| file.studio_id == song.studio_id);
    let asset = found.ok_or_else(|| MixError::NoFile { field: "file".to_owned() })?;
    if asset.kind != AssetKind::Session {
        return Err(MixError::NoDawSession { found: asset.kind });
    }
    let before = daw_session::Entity::find()
        .filter(daw_session::Column::SongId.eq(song.id))
        .filter(daw_session::Column::AssetId.eq(file))
        .filter(daw_session::Column::State.ne(HandoffState::Refused));
    if let Some(before) = before.one(tx).await? {
        return Ok(before);
    }
    let row = daw_session::Model {
        id: ctx.env.id(),
        studio_id: song.studio_id,
        song_id: song.id,
        asset_id: file,
        kind: kind_of(&asset.media_type),
        note,
        state: HandoffState::Waiting,
        refusal: None,
        version_id: None,
        fidelity: None,
        inventory: None,
        taken_by: ctx.actor.user(),
        taken_at: ctx.env.now(),
        settled_at: None,
    };
    row.clone().into_active_model().insert(tx).await?;
    outbox::put(tx, ctx, Some(row.studio_id), &Job::OpenDawSession { session: row.id }).await?;
    Ok(row)
}

/// What is made of a session's file: of what can be one, only a DAWproject is a ZIP archive.
fn kind_of(media_type: &str) -> DawSessionKind {
    if media_type == "application/zip" { DawSessionKind::Dawproject } else { DawSessionKind::Inventory }
}

/// A session that is to be opened, and its file; none if that is settled. For the program itself.
pub async fn find_unopened(
    db: &Db,
    id: DawSessionId,
) -> Result<Option<(daw_session::Model, asset::Model)>, StoreError> {
    let found = daw_session::Entity::find_by_id(id).one(db).await?;
    let Some(session) = found.filter(|session| session.state == HandoffState::Waiting) else { return Ok(None) };
    let file = asset::Entity::find_by_id(session.asset_id).one(db).await?;
    Ok(file.map(|file| (session, file)))
}

/// A project as the worker has taken it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The mix document, JSON.
    pub document: String,
    /// The studio's file behind each name that it plays.
    pub sources: Vec<(String, AssetId)>,
    /// What became of everything in it.
    pub fidelity: FidelityLedger,
}

/// Records a project that was taken over: it is a version of the song's mix now. What is settled stays as it is.
///
/// # Errors
/// Why it cannot be a version: then nothing of this transaction may be kept, and [`refuse_daw_session`] records why.
pub async fn record_project(
    tx: &Tx,
    ctx: &Ctx,
    documents: &dyn MixDocuments,
    id: DawSessionId,
    project: Project,
) -> Result<(), MixError> {
    let Some(session) = lock_waiting(tx, ctx, id).await? else { return Ok(()) };
    let reading = read_document(documents, &project.document)?;
    let note = match &session.note {
        Some(note) => note.clone(),
        None => imported_from(tx, &session).await?,
    };
    let version: version::Model =
        add_document_version(tx, ctx, session.song_id, (&reading, &project.sources), &note).await?;
    let mut row = session.into_active_model();
    row.state = Set(HandoffState::Ready);
    row.settled_at = Set(Some(ctx.env.now()));
    row.version_id = Set(Some(version.id));
    row.fidelity = Set(Some(project.fidelity));
    row.update(tx).await?;
    Ok(())
}

async fn imported_from(tx: &Tx, session: &daw_session::Model) -> Result<String, StoreError> {
    let file = asset::Entity::find_by_id(session.asset_id).one(tx).await?;
    Ok(file.map(|file| format!("Taken over from {}", file.file_name)).unwrap_or_default())
}

/// Records what is inside a session; a file that it plays is missing, too, if it is of no pack and the studio has none of its name. What is settled stays as
/// it is.
pub async fn record_inventory(
    tx: &Tx,
    ctx: &Ctx,
    id: DawSessionId,
    mut inventory: SessionInventory,
) -> Result<(), MixError> {
    let Some(session) = lock_waiting(tx, ctx, id).await? else { return Ok(()) };
    let names: BTreeSet<&str> = inventory.media.iter().map(|media| media.name.as_str()).collect();
    let held = held_names(tx, session.studio_id, &names.into_iter().collect::<Vec<_>>()).await?;
    for media in &mut inventory.media {
        media.is_missing = media.is_missing || (media.pack.is_none() && !held.contains(&media.name));
    }
    let mut row = session.into_active_model();
    row.state = Set(HandoffState::Ready);
    row.settled_at = Set(Some(ctx.env.now()));
    row.inventory = Set(Some(inventory));
    row.update(tx).await?;
    Ok(())
}

/// Which of these are names of the studio's files.
async fn held_names(tx: &Tx, studio: StudioId, names: &[&str]) -> Result<BTreeSet<String>, StoreError> {
    let mut held = BTreeSet::new();
    for names in names.chunks(NAMES_AT_A_TIME) {
        let found: Vec<String> = asset::Entity::find()
            .select_only()
            .column(asset::Column::FileName)
            .distinct()
            .filter(asset::Column::StudioId.eq(studio))
            .filter(asset::Column::FileName.is_in(names.iter().copied()))
            .into_tuple()
            .all(tx)
            .await?;
        held.extend(found);
    }
    Ok(held)
}

/// Records why a session cannot be opened. What is settled stays as it is.
pub async fn refuse_daw_session(tx: &Tx, ctx: &Ctx, id: DawSessionId, why: &str) -> Result<(), MixError> {
    let Some(session) = lock_waiting(tx, ctx, id).await? else { return Ok(()) };
    let mut row = session.into_active_model();
    row.state = Set(HandoffState::Refused);
    row.settled_at = Set(Some(ctx.env.now()));
    // A name from the file may have what no text of a database has.
    row.refusal = Set(Some(why.replace('\0', "")));
    row.update(tx).await?;
    Ok(())
}

/// A session that is not settled, held.
async fn lock_waiting(tx: &Tx, ctx: &Ctx, id: DawSessionId) -> Result<Option<daw_session::Model>, MixError> {
    let found = daw_session::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    let found = visible(&ctx.actor, Action::WriteProduction, found, |session| session.studio_id)?;
    Ok(found.filter(|session| session.state == HandoffState::Waiting))
}

/// A session by its id; none if there is none that the caller may see.
pub async fn find_daw_session(db: &Db, ctx: &Ctx, id: DawSessionId) -> Result<Option<daw_session::Model>, MixError> {
    let found = daw_session::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadProduction, found, |session| session.studio_id)?)
}

/// The sessions that were handed in for a song, newest first.
pub async fn list_daw_sessions(
    db: &Db,
    ctx: &Ctx,
    song: SongId,
    request: PageRequest<DawSessionId>,
) -> Result<Page<daw_session::Model>, MixError> {
    let song = find_song(db, ctx, song).await?;
    let query = daw_session::Entity::find().filter(daw_session::Column::SongId.eq(song.id));
    Ok(page::fetch(db, query, daw_session::Column::Id, request).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::rules::files::FileType;

    #[test]
    fn only_a_zip_archive_is_a_dawproject() {
        assert_eq!(kind_of(FileType::Zip.media_type()), DawSessionKind::Dawproject);
        for other in [FileType::Gzip, FileType::SessionText] {
            assert_eq!(kind_of(other.media_type()), DawSessionKind::Inventory);
        }
    }
}
