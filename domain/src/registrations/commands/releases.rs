//! Releases with their tracks, and how their income is spread over them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::LockType,
};

use super::{hold_studio, named, rematch};
use crate::{
    actor::Ctx,
    catalog::{entity::recording, rules::texts},
    identifiers::Ean,
    identity::rules::{self as said, optional_text},
    ids::{RecordingId, ReleaseId, StudioId},
    policy::{self, Action},
    registrations::{
        RegistrationError,
        entity::{ReleaseKind, release, track},
        facts::ReleaseFacts,
    },
    royalties::{
        commands::terms::{NewRule, save_rule},
        entity::rule,
        rules::{Album, Rule, RuleId},
    },
    store::Tx,
};

/// The most characters of an artist and of a label.
const MAX_NAME_CHARS: usize = 200;
/// The most characters of a catalogue number.
const MAX_NUMBER_CHARS: usize = 60;
/// The most tracks of a release.
const MAX_TRACKS: usize = 500;

/// A release as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseInput {
    /// Which one; none for a new one.
    pub id: Option<ReleaseId>,
    /// The UPC or EAN, once it has one.
    pub ean: Option<String>,
    /// What it is.
    pub kind: ReleaseKind,
    /// The title.
    pub title: String,
    /// The artist, in words.
    pub artist: String,
    /// The label.
    pub label: String,
    /// The label's own number.
    pub catalogue_number: Option<String>,
    /// When it was released, or will be.
    pub released_on: Option<NaiveDate>,
    /// What a notification says of it beyond that.
    pub facts: ReleaseFacts,
    /// Its tracks, in their order.
    pub tracks: Vec<NewTrack>,
    /// From which day of use its income is spread over these tracks by these weights: left out, from its release on at first, and from today on when that is
    /// changed.
    pub spread_from: Option<NaiveDate>,
}

/// A track of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewTrack {
    /// The recording.
    pub recording: RecordingId,
    /// Its weight when the release's income is spread: one, where all count alike.
    pub weight: u32,
}

/// Enters a release, or changes it. Where its EAN, its tracks or their weights change, the next version of how its income is spread is written; that takes
/// somebody who may write terms.
pub async fn save_release(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    input: ReleaseInput,
) -> Result<release::Model, RegistrationError> {
    policy::require(&ctx.actor, Action::ManageRegistrations, studio)?;
    hold_studio(tx, studio).await?;
    let before = match input.id {
        Some(id) => Some(standing(tx, studio, id).await?),
        None => None,
    };
    let row = checked(ctx, studio, before.as_ref(), &input)?;
    check_tracks(tx, studio, &input).await?;
    if let Some(ean) = &row.ean {
        let others = release::Entity::find()
            .filter(release::Column::StudioId.eq(studio))
            .filter(release::Column::Ean.eq(ean.as_str()))
            .filter(release::Column::Id.ne(row.id));
        if others.one(tx).await?.is_some() {
            return Err(RegistrationError::EanTaken);
        }
    }
    let saved = match &before {
        Some(_) => row.into_active_model().reset_all().update(tx).await?,
        None => row.into_active_model().insert(tx).await?,
    };
    named::on_release(tx, (studio, saved.id), &input.facts.named()).await?;
    write_tracks(tx, &saved, &input.tracks).await?;
    let was_spread = spread(tx, ctx, &saved, &input).await?;
    if was_spread || saved.ean != before.and_then(|before| before.ean) {
        rematch(tx, ctx, studio).await?;
    }
    Ok(saved)
}

async fn standing(tx: &Tx, studio: StudioId, id: ReleaseId) -> Result<release::Model, RegistrationError> {
    let found = release::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = found.filter(|row| row.studio_id == studio);
    found.ok_or(RegistrationError::NotFound { what: "release", field: "release" })
}

/// The release as it is kept.
fn checked(
    ctx: &Ctx,
    studio: StudioId,
    before: Option<&release::Model>,
    input: &ReleaseInput,
) -> Result<release::Model, RegistrationError> {
    let title = texts::title(&input.title);
    let title = title.ok_or_else(|| RegistrationError::of("title", "a title has 1 to 200 characters", "shorten it"))?;
    let name = |field: &'static str, text: &str| {
        let remedy = format!("write 1 to {MAX_NAME_CHARS} characters");
        said::name(text, MAX_NAME_CHARS).map_err(|fault| RegistrationError::of(field, fault.to_string(), remedy))
    };
    let number = optional_text(input.catalogue_number.as_deref(), MAX_NUMBER_CHARS);
    let number = number.map_err(|fault| {
        let remedy = format!("write {MAX_NUMBER_CHARS} characters at the most");
        RegistrationError::of("catalogueNumber", fault.to_string(), remedy)
    })?;
    let ean = input.ean.as_deref().filter(|ean| !ean.trim().is_empty()).map(str::parse::<Ean>).transpose();
    let ean =
        ean.map_err(|problem| RegistrationError::of("ean", problem.to_string(), "correct it, or leave it out"))?;
    if input.facts.tracks.len() > input.tracks.len() {
        let problem = "the facts tell of more tracks than there are";
        return Err(RegistrationError::of("facts.tracks", problem, "say one thing for each track, in their order"));
    }
    let now = ctx.env.now();
    Ok(release::Model {
        id: before.map_or_else(|| ctx.env.id(), |before| before.id),
        studio_id: studio,
        ean: ean.map(String::from),
        kind: input.kind,
        title,
        artist: name("artist", &input.artist)?,
        label: name("label", &input.label)?,
        catalogue_number: number,
        released_on: input.released_on,
        facts: serde_json::to_value(&input.facts)?,
        created_at: before.map_or(now, |before| before.created_at),
        updated_at: now,
    })
}

async fn check_tracks(tx: &Tx, studio: StudioId, input: &ReleaseInput) -> Result<(), RegistrationError> {
    let tracks = &input.tracks;
    if tracks.len() > MAX_TRACKS {
        let problem = format!("a release has {MAX_TRACKS} tracks at the most");
        return Err(RegistrationError::of("tracks", problem, "enter it as several releases"));
    }
    if !tracks.is_empty() && tracks.iter().all(|track| track.weight == 0) {
        let remedy = "give at least one track a weight of one or more";
        return Err(RegistrationError::of("tracks", "the release's income would go nowhere", remedy));
    }
    let ids: BTreeSet<RecordingId> = tracks.iter().map(|track| track.recording).collect();
    if ids.len() < tracks.len() {
        return Err(RegistrationError::of("tracks", "a recording is on it twice", "name each recording once"));
    }
    let known = recording::Entity::find()
        .filter(recording::Column::StudioId.eq(studio))
        .filter(recording::Column::Id.is_in(ids.iter().copied()))
        .count(tx)
        .await?;
    if known < ids.len() as u64 {
        return Err(RegistrationError::NotFound { what: "recording", field: "tracks" });
    }
    match tracks.iter().position(|track| i32::try_from(track.weight).is_err()) {
        Some(place) => Err(RegistrationError::of(format!("tracks.{place}.weight"), "it is too large", "reduce it")),
        None => Ok(()),
    }
}

async fn write_tracks(tx: &Tx, release: &release::Model, tracks: &[NewTrack]) -> Result<(), RegistrationError> {
    track::Entity::delete_many().filter(track::Column::ReleaseId.eq(release.id)).exec(tx).await?;
    let rows: Vec<track::ActiveModel> = (1..)
        .zip(tracks)
        .map(|(position, track)| track::ActiveModel {
            release_id: Set(release.id),
            position: Set(position),
            studio_id: Set(release.studio_id),
            recording_id: Set(track.recording),
            weight: Set(track.weight.cast_signed()),
        })
        .collect();
    if !rows.is_empty() {
        track::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Writes how the release's income is spread, if it is to be spread otherwise than before; whether it was written.
async fn spread(tx: &Tx, ctx: &Ctx, release: &release::Model, input: &ReleaseInput) -> Result<bool, RegistrationError> {
    let Some(ean) = release.ean.as_ref().filter(|_| !input.tracks.is_empty()) else { return Ok(false) };
    let code = ean.parse::<Ean>();
    let code = code.map_err(|problem| RegistrationError::of("ean", problem.to_string(), "correct it"))?;
    let album =
        Album { release: code, tracks: input.tracks.iter().map(|track| (track.recording, track.weight)).collect() };
    let id = format!("album:{ean}");
    let last = rule::Entity::find()
        .filter(rule::Column::StudioId.eq(release.studio_id))
        .filter(rule::Column::Rule.eq(id.as_str()))
        .order_by_desc(rule::Column::Number)
        .one(tx)
        .await?;
    if let Some(last) = &last
        && serde_json::from_str::<Rule>(&last.content)? == Rule::Album(album.clone())
    {
        return Ok(false);
    }
    let today = ctx.env.now().date_naive();
    let usual = if last.is_some() { today } else { release.released_on.unwrap_or(today) };
    let version = NewRule {
        rule: RuleId(id),
        title: release.title.clone(),
        effective_on: input.spread_from.unwrap_or(usual),
        ends_on: None,
        content: Rule::Album(album),
        document_sha256: None,
        agreement: None,
        request_key: None,
    };
    save_rule(tx, ctx, release.studio_id, version).await?;
    Ok(true)
}
