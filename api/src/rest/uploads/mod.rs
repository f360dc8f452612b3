//! Uploads: resumable after tus 1.0 ([`tus`]), or in a single request ([`single`]). Bytes go to a file of the upload folder as they come ([`disk`]),
//! and from there into the store; or straight into the store, where it takes files in itself ([`parts`]). Memory holds a part at most, and only one that is
//! passed on to such a store.

mod disk;
pub mod parts;
pub mod single;
pub mod tus;

use std::path::Path;

use actix_web::{
    http::StatusCode,
    web::{self, ServiceConfig},
};
use bytes::Bytes;
use domain::{
    catalog::{
        self,
        entity::{AssetKind, asset, upload},
        rules::files::FileRefusal,
    },
    ids::{IdError, StudioId, UploadId},
    report::{Kind, Report},
    services::Services,
};

use crate::{caller::Caller, errors::Problem, state::ApiState};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.service(web::resource("/uploads/single").route(web::post().to(single::upload)));
    app.configure(tus::configure).configure(parts::configure);
}

/// A file as it was taken in.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadedAsset {
    /// The file's id, to be named where a beat is entered.
    pub asset_id: String,
    /// `ready`, or `checking` while the audio is looked through.
    pub state: &'static str,
    /// What it is by its content.
    pub media_type: String,
    /// Its name.
    pub file_name: String,
    /// Its length in bytes.
    pub bytes: i64,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
}

impl From<asset::Model> for UploadedAsset {
    fn from(asset: asset::Model) -> Self {
        Self {
            asset_id: asset.id.to_string(),
            state: asset.state.word(),
            media_type: asset.media_type,
            file_name: asset.file_name,
            bytes: asset.bytes,
            sha256: asset.sha256.to_string(),
        }
    }
}

fn invalid(code: &'static str, field: &str, message: impl Into<String>) -> Problem {
    Problem::new(Report::new(Kind::Invalid, code, message).field(field)).with_status(StatusCode::BAD_REQUEST)
}

/// Reads which studio an upload is for.
fn studio_of(text: Option<&str>) -> Result<StudioId, Problem> {
    let text = text.ok_or_else(|| invalid("MISSING", "studio", "say which studio the file is for, by its id"))?;
    text.parse().map_err(|error: IdError| invalid("BAD_ID", "studio", error.to_string()))
}

/// Reads what an uploaded file is for.
fn kind_of(text: Option<&str>) -> Result<AssetKind, Problem> {
    match text {
        Some("source") => Ok(AssetKind::Source),
        Some("stem") => Ok(AssetKind::Stem),
        Some("artwork") => Ok(AssetKind::Artwork),
        Some("tag") => Ok(AssetKind::Tag),
        Some("voice_note") => Ok(AssetKind::VoiceNote),
        Some("session") => Ok(AssetKind::Session),
        Some("statement") => Ok(AssetKind::Statement),
        _ => {
            let kinds = "say what the file is for: source, stem, artwork, tag, voice_note, session or statement";
            Err(invalid("BAD_KIND", "kind", kinds))
        }
    }
}

/// A refused file's problem, with the statuses that HTTP has for some.
fn refused(error: catalog::CatalogError) -> Problem {
    let status = match &error {
        catalog::CatalogError::File(FileRefusal::TooLarge { .. }) => Some(StatusCode::PAYLOAD_TOO_LARGE),
        catalog::CatalogError::File(
            FileRefusal::Unknown { .. } | FileRefusal::WrongKind { .. } | FileRefusal::MediaType { .. },
        ) => Some(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        catalog::CatalogError::UploadExpired => Some(StatusCode::GONE),
        _ => None,
    };
    let problem = Problem::from(error);
    match status {
        Some(status) => problem.with_status(status),
        None => problem,
    }
}

/// Why the scanner refuses what has arrived whole and is not on the disk; none if it does not, or if there is no scanner. It lies in the upload folder meanwhile.
pub(crate) async fn scan_bytes(
    caller: &Caller,
    folder: &Path,
    name: &str,
    bytes: &Bytes,
) -> Result<Option<FileRefusal>, Problem> {
    if caller.services.scanner.is_none() {
        return Ok(None);
    }
    let place = format!("{}{}", disk::SINGLE, caller.services.env.id::<UploadId>());
    let scanned = match disk::write(folder, &place, bytes).await {
        Ok(()) => catalog::scan(&caller.services, name, &folder.join(&place)).await.map_err(Problem::from),
        Err(cause) => Err(Problem::of_disk(cause)),
    };
    disk::remove(folder, &place).await;
    scanned
}

/// Puts a file of the upload folder into the store.
async fn store(caller: &Caller, path: &Path) -> Result<domain::ports::Stored, Problem> {
    Ok(caller.services.files.put_file(path).await?)
}

/// Removes what has come of an upload, from the disk and, if it was sent there, from the store.
async fn remove_bytes(state: &ApiState, upload: &upload::Model) {
    disk::remove(&state.config.upload_dir, &upload.id.to_string()).await;
    remove_parts(&state.services, upload).await;
}

/// Removes what was sent of an upload to the store. What stays behind is harmless, and the bucket's own rule removes it, so a failure is only logged.
async fn remove_parts(services: &Services, upload: &upload::Model) {
    let (Some(inbox), Some(file)) = (services.files.inbox(), parts::incoming(upload)) else { return };
    if let Err(cause) = inbox.discard(file).await {
        tracing::warn!(error = %cause, upload = %upload.id, "an upload's parts could not be removed from the store");
    }
}

/// Forgets uploads whose time is over, with their bytes. Whoever begins an upload sweeps first; what fails is tried again by the next. For the store, which may be
/// slow, nobody waits.
async fn sweep(state: &ApiState) -> Result<(), Problem> {
    let services = &state.services;
    let ctx = services.ctx(domain::actor::Actor::System);
    let tx = services.begin().await?;
    let over = catalog::take_expired_uploads(&tx, &ctx).await?;
    services.commit(tx).await?;
    for upload in &over {
        disk::remove(&state.config.upload_dir, &upload.id.to_string()).await;
    }
    let services = services.clone();
    state.runtime.spawn(async move {
        for upload in &over {
            remove_parts(&services, upload).await;
        }
    });
    disk::remove_leftovers(&state.config.upload_dir, state.services.env.now()).await;
    Ok(())
}
