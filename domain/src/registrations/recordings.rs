//! What the studio knows of recordings, wherever it keeps it: how long they are, of which song they are, and on which release.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::entity::{release, track};
use crate::{
    catalog::entity::{asset, beat, recording},
    ids::{AssetId, MixVersionId, RecordingId, ReleaseId, SongId},
    mixes::entity::{sound, version},
    production::entity::song,
    report::StoreError,
};

/// A recording, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// The recording.
    pub(super) recording: recording::Model,
    /// How long it is, in milliseconds.
    pub(super) duration_ms: Option<u64>,
    /// The release that it was first on; one without a date comes last.
    pub(super) release: Option<release::Model>,
}

impl Known {
    /// How long it is, to the nearest second.
    pub(super) fn duration_s(&self) -> Option<u32> {
        self.duration_ms.and_then(|millis| u32::try_from((millis + 500) / 1000).ok())
    }
}

/// What is known of recordings, in their order.
pub(super) async fn known(
    db: &impl ConnectionTrait,
    recordings: Vec<recording::Model>,
) -> Result<Vec<Known>, StoreError> {
    let ids: Vec<RecordingId> = recordings.iter().map(|row| row.id).collect();
    let durations = durations(db, &ids).await?;
    let mut releases = releases(db, &ids).await?;
    let known = recordings.into_iter().map(|recording| Known {
        duration_ms: durations.get(&recording.id).copied(),
        release: releases.remove(&recording.id),
        recording,
    });
    Ok(known.collect())
}

/// The songs that recordings are made in.
pub(super) async fn songs(
    db: &impl ConnectionTrait,
    recordings: &[RecordingId],
) -> Result<HashMap<SongId, RecordingId>, StoreError> {
    let rows = song::Entity::find().filter(song::Column::RecordingId.is_in(recordings.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|song| (song.id, song.recording_id)).collect())
}

/// How long recordings are: as long as the last mix of their song that can be heard, or as their beat's file.
async fn durations(
    db: &impl ConnectionTrait,
    recordings: &[RecordingId],
) -> Result<HashMap<RecordingId, u64>, StoreError> {
    let beats =
        beat::Entity::find().filter(beat::Column::RecordingId.is_in(recordings.iter().copied())).all(db).await?;
    let of_beats: HashMap<AssetId, RecordingId> =
        beats.into_iter().filter_map(|beat| Some((beat.source_asset_id?, beat.recording_id))).collect();
    let files = asset::Entity::find().filter(asset::Column::Id.is_in(of_beats.keys().copied())).all(db).await?;
    let mut found: HashMap<RecordingId, u64> = files
        .into_iter()
        .filter_map(|file| Some((*of_beats.get(&file.id)?, u64::try_from(file.duration_ms?).ok()?)))
        .collect();
    let songs = songs(db, recordings).await?;
    let versions = version::Entity::find().filter(version::Column::SongId.is_in(songs.keys().copied())).all(db).await?;
    let versions: HashMap<MixVersionId, (i32, SongId)> =
        versions.into_iter().map(|version| (version.id, (version.number, version.song_id))).collect();
    let sounds = sound::Entity::find().filter(sound::Column::VersionId.is_in(versions.keys().copied())).all(db).await?;
    let mut heard: Vec<(i32, RecordingId, u64)> = sounds
        .into_iter()
        .filter_map(|sound| {
            let (number, song) = versions.get(&sound.version_id)?;
            Some((*number, *songs.get(song)?, u64::try_from(sound.duration_ms?).ok()?))
        })
        .collect();
    // The last mix is put in last.
    heard.sort_unstable();
    found.extend(heard.into_iter().map(|(_, recording, duration_ms)| (recording, duration_ms)));
    Ok(found)
}

/// The releases that recordings were first on.
async fn releases(
    db: &impl ConnectionTrait,
    recordings: &[RecordingId],
) -> Result<HashMap<RecordingId, release::Model>, StoreError> {
    let tracks =
        track::Entity::find().filter(track::Column::RecordingId.is_in(recordings.iter().copied())).all(db).await?;
    let rows = release::Entity::find()
        .filter(release::Column::Id.is_in(tracks.iter().map(|track| track.release_id)))
        .all(db)
        .await?;
    let rows: HashMap<ReleaseId, release::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut first: HashMap<RecordingId, release::Model> = HashMap::new();
    for track in tracks {
        let Some(row) = rows.get(&track.release_id) else { continue };
        let rank = |row: &release::Model| (row.released_on.is_none(), row.released_on, row.id);
        if first.get(&track.recording_id).is_none_or(|standing| rank(row) < rank(standing)) {
            first.insert(track.recording_id, row.clone());
        }
    }
    Ok(first)
}
