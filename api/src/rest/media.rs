//! `GET /media/{asset}`: what anybody may see and hear of published beats, and to members the files of their studio.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Path, ServiceConfig},
};
use domain::{
    catalog::{self, entity::AssetState},
    ids::AssetId,
    report::{Explain, Kind},
};

use super::stored::{StoredFile, serve_stored};
use crate::{caller::Caller, edge::look, errors::Problem};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.service(web::resource("/media/{asset}").route(look().to(media)));
}

/// Serves a published beat's preview, waveform or artwork to anybody, and any file of a studio to its members. Ranges and conditional requests are
/// understood.
#[utoipa::path(
    get, path = "/media/{asset}", tag = "files",
    params(("asset" = String, Path, description = "The file's id, `asset_…`")),
    responses(
        (status = 200, description = "The file"),
        (status = 206, description = "The part that was asked for"),
        (status = 304, description = "The caller has it"),
        (status = 404, description = "No such file, or not one for the caller", body = crate::errors::ProblemBody),
        (status = 416, description = "The file is shorter than that"),
    ),
)]
pub async fn media(request: HttpRequest, caller: Caller, asset: Path<String>) -> Result<HttpResponse, Problem> {
    let id: AssetId = asset.parse().map_err(|_| Problem::not_found())?;
    let db = &caller.services.db;
    let (asset, cache_control) = match catalog::find_public_asset(db, id).await? {
        Some(asset) => (asset, "public, max-age=3600"),
        None => match catalog::find_asset(db, &caller.ctx, id).await {
            Ok(found) => (found.ok_or_else(Problem::not_found)?, "private, no-cache"),
            // Whether there is such a file is nobody's business.
            Err(error) if error.explain().kind == Kind::Unauthenticated => return Err(Problem::not_found()),
            Err(error) => return Err(error.into()),
        },
    };
    if asset.state == AssetState::Refused {
        return Err(Problem::not_found());
    }
    let file = StoredFile {
        sha256: asset.sha256,
        bytes: asset.bytes.unsigned_abs(),
        media_type: asset.media_type,
        download_as: None,
        cache_control,
    };
    Ok(serve_stored(&request, caller.services.files.as_ref(), &file).await?.response)
}
