//! `GET /mixes/{mixVersion}/markers.{markerFormat}`: the comments on a version of a mix, as markers that a DAW opens.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Path, Query, ServiceConfig},
};
use domain::{
    catalog::find_analyses,
    delivery::rules::file_name_part,
    ids::MixVersionId,
    mixes::{self, entity::version},
    report::{Kind, Report},
    reviews::{entity::comment, queries::placed_comments},
};
use interchange::{
    markers::{Marker, audacity, midi as marked, reaper},
    midi::{Conductor, Meter, Tempo},
};
use serde_json::Value;

use super::stored::attachment;
use crate::{caller::Caller, edge::look, errors::Problem};

/// The most markers of a list: no DAW shows more.
const MOST: u64 = 10_000;
/// The tempo of a MIDI file where nothing tells the song's, in thousandths of a beat per minute.
const DEFAULT_MILLI_BPM: u32 = 120_000;

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/mixes/{mixVersion}/markers.{markerFormat}", look().to(markers));
}

/// What is wanted of the comments.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[serde(default)]
pub struct MarkersQuery {
    settled: bool,
}

/// Gives the comments that point into a version and are not settled, points as markers and ranges as regions: as REAPER's list (`csv`), as an Audacity label
/// track (`txt`), or as a MIDI file with the song's tempo (`mid`), in which a range has a marker at either end. In a
/// DAWproject they stand in the version's hand-off pack, `GET /handoffs/{handoff}.zip`. For who may see the studio's mixes.
#[utoipa::path(
    get, path = "/mixes/{mixVersion}/markers.{markerFormat}", tag = "files",
    params(
        ("mixVersion" = String, Path, description = "The version's id, `mix_…`"),
        ("markerFormat" = String, Path, description = "`csv` for REAPER, `txt` for Audacity, `mid` for all others"),
        ("settled" = Option<bool>, Query, description = "Whether comments that are settled are wanted, too"),
    ),
    responses(
        (status = 200, description = "The markers", body = String, content_type = "text/csv"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such version, or not the caller's, or no such format", body = crate::errors::ProblemBody),
        (status = 409, description = "There are more comments than a list can have", body = crate::errors::ProblemBody),
    ),
)]
pub async fn markers(
    caller: Caller,
    path: Path<(String, String)>,
    query: Query<MarkersQuery>,
) -> Result<HttpResponse, Problem> {
    let (version, format) = path.into_inner();
    let id: MixVersionId = version.parse().map_err(|_| Problem::not_found())?;
    let db = &caller.services.db;
    let found = mixes::queries::find_version(db, &caller.ctx, id).await?;
    let version = found.ok_or_else(Problem::not_found)?;
    let song = mixes::queries::find_song(db, &caller.ctx, version.song_id).await?;
    let mut comments = placed_comments(db, id, MOST + 1).await?;
    if comments.len() as u64 > MOST {
        let message = format!("this version has more than {MOST} comments, and no list has more");
        let report = Report::new(Kind::Conflict, "TOO_MANY_MARKERS", message);
        return Err(Problem::new(report.remedy("read them page by page in GraphQL")));
    }
    comments.retain(|comment| query.settled || comment.resolved_at.is_none());
    let marks: Vec<Marker> = comments.iter().filter_map(mark).collect();
    let (media_type, written) = match format.as_str() {
        "csv" => ("text/csv; charset=utf-8; header=present", reaper(&marks).map(String::into_bytes)),
        "txt" => ("text/plain; charset=utf-8", audacity(&marks).map(String::into_bytes)),
        "mid" => ("audio/midi", marked(&marks, &conductor(&caller, &song.title, &version).await?)),
        _ => return Err(Problem::not_found()),
    };
    let written = written.map_err(|faults| Problem::broken(format!("markers cannot be written: {faults:?}")))?;
    let name = format!("{} mix {} comments.{format}", file_name_part(&song.title, "Song"), version.number);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header(attachment(&name))
        .body(written))
}

/// A comment as a marker, under the name of who said it; none if it points nowhere.
fn mark(comment: &comment::Model) -> Option<Marker> {
    let micros = |ms: i64| u64::try_from(ms).unwrap_or(0).saturating_mul(1_000);
    let said = comment.words.as_deref().unwrap_or("(voice note)");
    Some(Marker {
        start_us: micros(comment.from_ms?),
        end_us: comment.to_ms.map(micros),
        text: format!("{}: {said}", comment.author),
    })
}

/// The song's tempo and meter: those of the version's document, or the tempo that was heard in its file.
async fn conductor(caller: &Caller, title: &str, version: &version::Model) -> Result<Conductor, Problem> {
    let db = &caller.services.db;
    let document = mixes::queries::find_document(db, &caller.ctx, version.id).await?;
    let document: Value = document.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    let heard = match version.file_asset_id {
        Some(file) => find_analyses(db, &[file]).await?.remove(&file).and_then(|analysis| analysis.bpm_milli),
        None => None,
    };
    let milli = document["tempo_bpm"].as_f64().map(milli_bpm).or(heard.and_then(|bpm| u32::try_from(bpm).ok()));
    let tempo = milli.and_then(|milli| Tempo::from_milli_bpm(0, milli));
    let tempo = tempo.or_else(|| Tempo::from_milli_bpm(0, DEFAULT_MILLI_BPM));
    let tempo = tempo.ok_or_else(|| Problem::broken("120 beats per minute cannot be written"))?;
    let beats = document["beats_per_bar"].as_u64().and_then(|beats| u8::try_from(beats).ok()).unwrap_or(4);
    Ok(Conductor::steady(title, tempo, Meter { tick: 0, numerator: beats, denominator: 4 }))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and a tempo is 20 to 400")]
fn milli_bpm(bpm: f64) -> u32 {
    (bpm * 1000.0).round() as u32
}
