//! Hand-off packs: what one asks for, and what the worker records of it. A version is packed once for each state of what is said of its song; whoever asks
//! holds the song, so that two who ask at once get the same pack.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, sea_query::LockType,
};

use super::{
    MixError,
    entity::{HandoffState, MixKind, MixState, PackComment, PackFacts, PackSection, document, pack, sound, version},
    queries,
};
use crate::{
    actor::Ctx,
    catalog::{Sha256, entity::asset},
    delivery::rules::file_name_part,
    identity::entity::studio,
    ids::{AssetId, HandoffPackId, MixVersionId},
    outbox::{self, Job},
    policy::{Action, visible},
    production::entity::{section, song},
    report::StoreError,
    reviews::entity::comment,
    store::{Db, Tx},
};

/// The most comments that a pack takes along: no workstation's ruler shows more.
pub const MAX_COMMENTS: u64 = 1_000;
/// So much of a comment is taken along, in characters.
const MAX_COMMENT_CHARS: usize = 500;

/// Asks for a version's pack: its stems, tempo and markers, and the mix as a DAWproject. A version that is packed already, with nothing new to be said of its
/// song, is not packed again: that pack is given.
///
/// # Errors
/// If the caller may not, there is no such version, it is a file, or it cannot be heard (yet).
pub async fn pack_mix(tx: &Tx, ctx: &Ctx, id: MixVersionId) -> Result<pack::Model, MixError> {
    let found = version::Entity::find_by_id(id).one(tx).await?;
    let found = visible(&ctx.actor, Action::WriteProduction, found, |version| version.studio_id)?;
    let version = found.ok_or(MixError::NoVersion { field: "version" })?;
    let song = song::Entity::find_by_id(version.song_id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let song = song.ok_or(MixError::NoSong)?;
    if version.kind == MixKind::File {
        return Err(MixError::NoStems { number: version.number });
    }
    let sound = sound::Entity::find_by_id(id).one(tx).await?;
    match sound.as_ref().map_or(MixState::Waiting, |sound| sound.state) {
        MixState::Ready => {}
        MixState::Waiting => return Err(MixError::NotHeard { number: version.number }),
        MixState::Refused => {
            let reason = sound.and_then(|sound| sound.refusal).unwrap_or_default();
            return Err(MixError::NeverHeard { number: version.number, reason });
        }
    }
    let facts = facts(tx, &version, song).await?;
    let facts_sha256 = Sha256::of(&serde_json::to_vec(&facts).expect("facts are plain data"));
    let before = pack::Entity::find()
        .filter(pack::Column::VersionId.eq(id))
        .filter(pack::Column::FactsSha256.eq(facts_sha256.clone()))
        .filter(pack::Column::State.ne(HandoffState::Refused));
    if let Some(before) = before.one(tx).await? {
        return Ok(before);
    }
    let row = pack::Model {
        id: ctx.env.id(),
        studio_id: version.studio_id,
        version_id: id,
        facts_sha256,
        facts,
        state: HandoffState::Waiting,
        refusal: None,
        asset_id: None,
        stems: None,
        requested_by: ctx.actor.user(),
        requested_at: ctx.env.now(),
        settled_at: None,
    };
    row.clone().into_active_model().insert(tx).await?;
    outbox::put(tx, ctx, Some(row.studio_id), &Job::PackMix { pack: row.id }).await?;
    Ok(row)
}

/// What is said of a version's song now.
async fn facts(tx: &Tx, version: &version::Model, song: song::Model) -> Result<PackFacts, StoreError> {
    let studio = studio::Entity::find_by_id(version.studio_id).one(tx).await?;
    let sections = section::Entity::find()
        .filter(section::Column::SongId.eq(song.id))
        .order_by_asc(section::Column::Position)
        .all(tx)
        .await?;
    let mut open = comment::Entity::find()
        .filter(comment::Column::VersionId.eq(version.id))
        .filter(comment::Column::FromMs.is_not_null())
        .filter(comment::Column::ResolvedAt.is_null())
        .order_by_asc(comment::Column::FromMs)
        .order_by_asc(comment::Column::Id)
        .limit(MAX_COMMENTS + 1)
        .all(tx)
        .await?;
    let has_more_comments = open.len() as u64 > MAX_COMMENTS;
    if has_more_comments {
        open.pop();
    }
    let sections = sections.into_iter().map(|section| PackSection {
        name: section.name,
        bars: section.bars,
        bpm_milli: section.bpm_milli,
        meter_beats: section.meter_beats,
        meter_unit: section.meter_unit,
        musical_key: section.musical_key,
    });
    Ok(PackFacts {
        song: song.title,
        studio: studio.map(|studio| studio.name).unwrap_or_default(),
        sections: sections.collect(),
        comments: open.iter().filter_map(said).collect(),
        has_more_comments,
    })
}

/// A comment under the name of who said it; none if it points nowhere.
fn said(comment: &comment::Model) -> Option<PackComment> {
    let words = comment.words.as_deref().unwrap_or("(voice note)");
    Some(PackComment {
        text: format!("{}: {words}", comment.author).chars().take(MAX_COMMENT_CHARS).collect(),
        from_ms: comment.from_ms?,
        to_ms: comment.to_ms,
    })
}

/// What the worker has packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packed {
    /// The ZIP archive.
    pub archive: AssetId,
    /// How many stems are in it.
    pub stems: i32,
}

/// Records what the worker has packed, or a sentence why it cannot be. What is settled stays as it is.
pub async fn record_pack(
    tx: &Tx,
    ctx: &Ctx,
    id: HandoffPackId,
    outcome: Result<Packed, String>,
) -> Result<(), MixError> {
    let found = pack::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    let found = visible(&ctx.actor, Action::WriteProduction, found, |pack| pack.studio_id)?;
    let Some(waiting) = found.filter(|pack| pack.state == HandoffState::Waiting) else { return Ok(()) };
    let mut row = waiting.into_active_model();
    row.settled_at = Set(Some(ctx.env.now()));
    match outcome {
        Ok(packed) => {
            row.state = Set(HandoffState::Ready);
            row.asset_id = Set(Some(packed.archive));
            row.stems = Set(Some(packed.stems));
        }
        Err(why) => {
            row.state = Set(HandoffState::Refused);
            row.refusal = Set(Some(why));
        }
    }
    row.update(tx).await?;
    Ok(())
}

/// A version that is to be packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packing {
    /// The pack.
    pub pack: pack::Model,
    /// The version.
    pub version: version::Model,
    /// Its document, JSON.
    pub json: String,
    /// The files that it plays, by name.
    pub sources: BTreeMap<String, asset::Model>,
    /// Its bounce.
    pub bounce: asset::Model,
}

impl Packing {
    /// What the pack and what is in it are called, such as `Night Drive mix 3`.
    pub fn name(&self) -> String {
        format!("{} mix {}", file_name_part(&self.pack.facts.song, "Song"), self.version.number)
    }
}

/// What is to be packed; none if that is settled. For the program itself.
pub async fn find_packing(db: &Db, id: HandoffPackId) -> Result<Option<Packing>, StoreError> {
    let found = pack::Entity::find_by_id(id).one(db).await?;
    let Some(pack) = found.filter(|pack| pack.state == HandoffState::Waiting) else { return Ok(None) };
    let Some(version) = version::Entity::find_by_id(pack.version_id).one(db).await? else { return Ok(None) };
    let Some(sha256) = version.document_sha256.clone() else { return Ok(None) };
    let document = document::Entity::find_by_id((version.studio_id, sha256.to_string())).one(db).await?;
    let bounce = match sound::Entity::find_by_id(version.id).one(db).await?.and_then(|sound| sound.audio_asset_id) {
        Some(audio) => asset::Entity::find_by_id(audio).one(db).await?,
        None => None,
    };
    let sources = queries::find_sources(db, version.id).await?;
    Ok(document.zip(bounce).map(|(document, bounce)| Packing { pack, version, json: document.body, sources, bounce }))
}

/// A pack by its id, with its archive if it is ready; none if there is none that the caller may see.
pub async fn find_pack(
    db: &Db,
    ctx: &Ctx,
    id: HandoffPackId,
) -> Result<Option<(pack::Model, Option<asset::Model>)>, MixError> {
    let found = pack::Entity::find_by_id(id).one(db).await?;
    let found = visible(&ctx.actor, Action::ReadProduction, found, |pack| pack.studio_id)?;
    let Some(pack) = found else { return Ok(None) };
    let archive = match pack.asset_id {
        Some(archive) => asset::Entity::find_by_id(archive).one(db).await?,
        None => None,
    };
    Ok(Some((pack, archive)))
}

/// The latest pack of each version that the caller has been shown.
pub async fn find_packs(
    db: &impl ConnectionTrait,
    ids: &[MixVersionId],
) -> Result<HashMap<MixVersionId, pack::Model>, StoreError> {
    let all: Vec<(MixVersionId, HandoffPackId)> = pack::Entity::find()
        .select_only()
        .column(pack::Column::VersionId)
        .column(pack::Column::Id)
        .filter(pack::Column::VersionId.is_in(ids.iter().copied()))
        .order_by_asc(pack::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    // Of one version the latest stands last. What the others say of their songs is not read.
    let latest: HashMap<MixVersionId, HandoffPackId> = all.into_iter().collect();
    let rows = pack::Entity::find().filter(pack::Column::Id.is_in(latest.into_values())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.version_id, row)).collect())
}
