//! Arrangement maps and reference tracks.

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{AssetId, ProjectId, ReferenceTrackId, SongId},
    production::{
        commands::{self, ReferenceInput},
        entity::{project, reference, section, song},
        rules::arrangement::{self, NewSection, Section},
    },
};

use super::{Project, Song, optional};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        catalog::Asset,
        errors::Failure,
        loader,
        scalars::{Id, Int64},
    },
    payload,
};

/// A section of a song's arrangement map.
#[derive(Debug, Clone, SimpleObject)]
pub struct ArrangementSection {
    /// Its place, from 1.
    pub position: i32,
    /// What it is called, such as `Verse 1`.
    pub name: String,
    /// How many bars it has.
    pub bars: i32,
    /// Its tempo, in thousandths of a quarter note per minute.
    pub bpm_milli: i32,
    /// How many beats a bar has.
    pub meter_beats: i32,
    /// Which note a beat is: 4 for a quarter.
    pub meter_unit: i32,
    /// Its key, such as `A minor`.
    pub musical_key: Option<String>,
    /// The bar in which it begins, from 1.
    pub start_bar: i32,
    /// When it begins, in milliseconds from the start of the song.
    pub start_ms: Int64,
    /// When it ends, in milliseconds from the start of the song.
    pub end_ms: Int64,
}

/// Sections of a song, in their order, with where each lies.
pub(super) fn laid_out(rows: Vec<section::Model>) -> Vec<ArrangementSection> {
    let (positions, sections): (Vec<i32>, Vec<Section>) = rows
        .into_iter()
        .map(|row| {
            let section::Model { position, name, bars, bpm_milli, meter_beats, meter_unit, musical_key, .. } = row;
            (position, Section { name, bars, bpm_milli, meter_beats, meter_unit, musical_key })
        })
        .unzip();
    let places = arrangement::places(&sections);
    let laid = positions.into_iter().zip(sections).zip(places).map(|((position, section), place)| ArrangementSection {
        position,
        name: section.name,
        bars: section.bars,
        bpm_milli: section.bpm_milli,
        meter_beats: section.meter_beats,
        meter_unit: section.meter_unit,
        musical_key: section.musical_key,
        start_bar: place.start_bar,
        start_ms: Int64(place.start_ms),
        end_ms: Int64(place.end_ms),
    });
    laid.collect()
}

/// What a project or song shall sound like.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ReferenceTrack {
    /// The id.
    pub id: Id<ReferenceTrackId>,
    /// What it is called.
    pub title: String,
    /// What to listen for.
    pub notes: String,
    /// Where it can be heard; absent for a file.
    pub url: Option<String>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    file: Option<AssetId>,
}

impl From<reference::Model> for ReferenceTrack {
    fn from(row: reference::Model) -> Self {
        Self {
            id: row.id.into(),
            title: row.title,
            notes: row.notes,
            url: row.url,
            created_at: row.created_at,
            file: row.asset_id,
        }
    }
}

#[ComplexObject]
impl ReferenceTrack {
    /// The file, with the tempo and key that were heard in it.
    async fn asset(&self, ctx: &Context<'_>) -> Result<Option<Asset>, Failure> {
        let Some(id) = self.file else { return Ok(None) };
        Ok(loader(ctx)?.load_one(id).await?.map(Asset::from))
    }

    /// How loud the file is; absent until it has been measured, and for an address.
    async fn loudness(&self, ctx: &Context<'_>) -> Result<Option<MeasuredLoudness>, Failure> {
        let Some(id) = self.file else { return Ok(None) };
        let measurement = loader(ctx)?.load_one(id).await?.and_then(|asset| asset.measurement);
        Ok(measurement.map(|measurement| {
            let figure = |name: &str| measurement.get(name).and_then(serde_json::Value::as_f64);
            MeasuredLoudness {
                integrated_lufs: figure("integrated_lufs"),
                loudness_range_lu: figure("loudness_range_lu"),
                true_peak_dbtp: figure("true_peak_dbtp"),
            }
        }))
    }
}

/// How loud a file is, as the engine has measured it. A figure is absent where there is nothing to measure, as in silence.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct MeasuredLoudness {
    /// Integrated loudness, in LUFS.
    pub integrated_lufs: Option<f64>,
    /// Loudness range, in LU.
    pub loudness_range_lu: Option<f64>,
    /// True peak, in dBTP.
    pub true_peak_dbtp: Option<f64>,
}

/// A section to be drawn.
#[derive(Debug, InputObject)]
pub struct ArrangementSectionInput {
    /// What it is called, 1 to 60 characters.
    pub name: String,
    /// How many bars it has, 1 to 1000.
    pub bars: i32,
    /// Its tempo, in thousandths of a quarter note per minute, 20000 to 400000.
    pub bpm_milli: i32,
    /// How many beats a bar has, 1 to 32.
    #[graphql(default = 4)]
    pub meter_beats: i32,
    /// Which note a beat is: 1, 2, 4, 8, 16 or 32.
    #[graphql(default = 4)]
    pub meter_unit: i32,
    /// Its key in any spelling.
    pub musical_key: Option<String>,
    /// The bar in which it begins, from 1; left out, behind the one before it. It has to fit: sections neither overlap nor leave bars between them.
    pub start_bar: Option<i32>,
}

/// A reference track to be added.
#[derive(Debug, InputObject)]
pub struct AddReferenceTrackInput {
    /// The project.
    pub project: Id<ProjectId>,
    /// The song; left out for all of them.
    pub song: Option<Id<SongId>>,
    /// What it is called.
    pub title: String,
    /// What to listen for.
    #[graphql(default)]
    pub notes: String,
    /// Where it can be heard; this or `asset`.
    pub url: Option<String>,
    /// The file, uploaded as kind `source`, which is measured.
    pub asset: Option<Id<AssetId>>,
}

payload! {
    /// What came of `setArrangement`.
    pub struct SetArrangementPayload {
        /// The song with its map.
        song: Song
    }
}

payload! {
    /// What came of `addReferenceTrack`.
    pub struct AddReferenceTrackPayload {
        /// The reference track.
        reference: ReferenceTrack
    }
}

payload! {
    /// What came of `removeReferenceTrack`.
    pub struct RemoveReferenceTrackPayload {
        /// The project that it was of.
        project: Project
    }
}

/// Mutations of pre-production.
#[derive(Debug, Default)]
pub struct PreproductionMutation;

#[Object]
impl PreproductionMutation {
    /// Sets a song's arrangement map, in the place of the one that was.
    async fn set_arrangement(
        &self,
        ctx: &Context<'_>,
        song: Id<SongId>,
        sections: Vec<ArrangementSectionInput>,
    ) -> Result<SetArrangementPayload, Failure> {
        SetArrangementPayload::of(set_arrangement(caller(ctx)?, &song, sections).await)
    }

    /// Adds a reference track: a file, which is measured, or an address.
    async fn add_reference_track(
        &self,
        ctx: &Context<'_>,
        input: AddReferenceTrackInput,
    ) -> Result<AddReferenceTrackPayload, Failure> {
        AddReferenceTrackPayload::of(add_reference(caller(ctx)?, input).await)
    }

    /// Removes a reference track; its file stays.
    async fn remove_reference_track(
        &self,
        ctx: &Context<'_>,
        reference: Id<ReferenceTrackId>,
    ) -> Result<RemoveReferenceTrackPayload, Failure> {
        RemoveReferenceTrackPayload::of(remove_reference(caller(ctx)?, &reference).await)
    }
}

async fn set_arrangement(
    caller: &Caller,
    song: &Id<SongId>,
    sections: Vec<ArrangementSectionInput>,
) -> Result<song::Model, Failure> {
    let id = song.named("song")?;
    let section = |given: ArrangementSectionInput| NewSection {
        name: given.name,
        bars: given.bars,
        bpm_milli: given.bpm_milli,
        meter_beats: given.meter_beats,
        meter_unit: given.meter_unit,
        musical_key: given.musical_key,
        start_bar: given.start_bar,
    };
    let sections = sections.into_iter().map(section).collect();
    Ok(in_transaction!(caller, tx => commands::set_arrangement(&tx, &caller.ctx, id, sections)))
}

async fn add_reference(caller: &Caller, input: AddReferenceTrackInput) -> Result<reference::Model, Failure> {
    let reference = ReferenceInput {
        project: input.project.named("project")?,
        song: optional(input.song.as_ref(), "song")?,
        title: input.title,
        notes: input.notes,
        url: input.url,
        asset: optional(input.asset.as_ref(), "asset")?,
    };
    Ok(in_transaction!(caller, tx => commands::add_reference(&tx, &caller.ctx, reference)))
}

async fn remove_reference(caller: &Caller, reference: &Id<ReferenceTrackId>) -> Result<project::Model, Failure> {
    let id = reference.named("reference")?;
    Ok(in_transaction!(caller, tx => commands::remove_reference(&tx, &caller.ctx, id)))
}
