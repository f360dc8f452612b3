//! Songs of a project: entered, named, ordered, taken out, and made beats.

use async_graphql::{Context, InputObject, Object};
use domain::{
    catalog::entity::beat,
    ids::{ProjectId, RecordingId, SongId, WorkId},
    production::{
        commands::{self, SongInput},
        entity::{project, song},
    },
};

use super::{ProductionStage, Project, Song, optional};
use crate::{
    caller::Caller,
    graphql::{caller, catalog::Beat, errors::Failure, scalars::Id},
    payload,
};

/// A song to be added.
#[derive(Debug, InputObject)]
pub struct AddSongInput {
    /// The project.
    pub project: Id<ProjectId>,
    /// What it is called; left out, as the recording or work that is named.
    pub title: Option<String>,
    /// A work that is there already; left out, a new one, or the recording's.
    pub work: Option<Id<WorkId>>,
    /// A recording that is there already, and no song yet; left out, a new one.
    pub recording: Option<Id<RecordingId>>,
    /// The stages that it goes through; left out, those of the project's kind.
    pub stages: Option<Vec<ProductionStage>>,
}

payload! {
    /// What came of a mutation of a song.
    pub struct SongPayload {
        /// The song as it is now.
        song: Song
    }
}

payload! {
    /// What came of `removeSong`.
    pub struct RemoveSongPayload {
        /// The project that it was of.
        project: Project
    }
}

payload! {
    /// What came of `makeBeatOfSong`.
    pub struct MakeBeatOfSongPayload {
        /// The beat, a draft, or the one that there is of its recording.
        beat: Beat
    }
}

/// Mutations of songs.
#[derive(Debug, Default)]
pub struct SongsMutation;

#[Object]
impl SongsMutation {
    /// Adds a song behind the others, with its stages and their tasks: a work and a recording, new ones unless they are named.
    async fn add_song(&self, ctx: &Context<'_>, input: AddSongInput) -> Result<SongPayload, Failure> {
        SongPayload::of(add(caller(ctx)?, input).await)
    }

    /// Names a song anew, and its work and recording as long as they are called like it and no beat is made of them.
    async fn rename_song(&self, ctx: &Context<'_>, song: Id<SongId>, title: String) -> Result<SongPayload, Failure> {
        SongPayload::of(rename(caller(ctx)?, &song, &title).await)
    }

    /// Gives a song's recording its ISRC, with or without hyphens; left out or empty, it has none. Masters that are ordered from then on say it in their tags.
    /// A delivered project's songs get theirs too.
    async fn set_song_isrc(
        &self,
        ctx: &Context<'_>,
        song: Id<SongId>,
        isrc: Option<String>,
    ) -> Result<SongPayload, Failure> {
        SongPayload::of(code(caller(ctx)?, &song, isrc).await)
    }

    /// Moves a song to a place among the others, from 1; they keep their order.
    async fn move_song(&self, ctx: &Context<'_>, song: Id<SongId>, place: i32) -> Result<SongPayload, Failure> {
        SongPayload::of(place_song(caller(ctx)?, &song, place).await)
    }

    /// Takes a song out of its project, with its stages, tasks, map, references and people. Its work and recording stay in the catalogue.
    async fn remove_song(&self, ctx: &Context<'_>, song: Id<SongId>) -> Result<RemoveSongPayload, Failure> {
        RemoveSongPayload::of(remove(caller(ctx)?, &song).await)
    }

    /// Makes a draft beat of a song's recording, with the tempo and key of its first section and those who made it as collaborators.
    async fn make_beat_of_song(&self, ctx: &Context<'_>, song: Id<SongId>) -> Result<MakeBeatOfSongPayload, Failure> {
        MakeBeatOfSongPayload::of(make_beat(caller(ctx)?, &song).await)
    }
}

async fn add(caller: &Caller, input: AddSongInput) -> Result<song::Model, Failure> {
    let song = SongInput {
        project: input.project.named("project")?,
        title: input.title,
        work: optional(input.work.as_ref(), "work")?,
        recording: optional(input.recording.as_ref(), "recording")?,
        stages: input.stages.map(|stages| stages.into_iter().map(Into::into).collect()),
    };
    Ok(in_transaction!(caller, tx => commands::add_song(&tx, &caller.ctx, song)))
}

async fn rename(caller: &Caller, song: &Id<SongId>, title: &str) -> Result<song::Model, Failure> {
    let id = song.named("song")?;
    Ok(in_transaction!(caller, tx => commands::rename_song(&tx, &caller.ctx, id, title)))
}

async fn code(caller: &Caller, song: &Id<SongId>, isrc: Option<String>) -> Result<song::Model, Failure> {
    let id = song.named("song")?;
    Ok(in_transaction!(caller, tx => commands::set_song_isrc(&tx, &caller.ctx, id, isrc)))
}

async fn place_song(caller: &Caller, song: &Id<SongId>, place: i32) -> Result<song::Model, Failure> {
    let id = song.named("song")?;
    Ok(in_transaction!(caller, tx => commands::move_song(&tx, &caller.ctx, id, place)))
}

async fn remove(caller: &Caller, song: &Id<SongId>) -> Result<project::Model, Failure> {
    let id = song.named("song")?;
    Ok(in_transaction!(caller, tx => commands::remove_song(&tx, &caller.ctx, id)))
}

async fn make_beat(caller: &Caller, song: &Id<SongId>) -> Result<beat::Model, Failure> {
    let id = song.named("song")?;
    Ok(in_transaction!(caller, tx => commands::make_beat(&tx, &caller.ctx, id)))
}
