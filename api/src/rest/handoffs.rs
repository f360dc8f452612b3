//! `GET /handoffs/{handoff}.zip`: a version of a mix packed for other workstations.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Path, ServiceConfig},
};
use domain::{
    ids::HandoffPackId,
    mixes::{entity::HandoffState, handoffs::find_pack},
};

use super::stored::{StoredFile, not_ready, serve_download};
use crate::{caller::Caller, edge::look, errors::Problem};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/handoffs/{handoff}.zip", look().to(download));
}

/// Downloads a hand-off pack, in ranges, if asked for. For who may see the studio's mixes.
#[utoipa::path(
    get, path = "/handoffs/{handoff}.zip", tag = "files",
    params(("handoff" = String, Path, description = "The pack's id, `handoff_…`")),
    responses(
        (status = 200, description = "The archive", content_type = "application/zip"),
        (status = 206, description = "The part that was asked for"),
        (status = 302, description = "The store gives the file out itself, at the address in `Location`"),
        (status = 304, description = "The caller has it"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such pack, not the caller's, or one that could not be made", body = crate::errors::ProblemBody),
        (status = 409, description = "The pack is still being made", body = crate::errors::ProblemBody),
        (status = 416, description = "The archive is shorter than that"),
    ),
)]
pub async fn download(request: HttpRequest, caller: Caller, handoff: Path<String>) -> Result<HttpResponse, Problem> {
    let id: HandoffPackId = handoff.parse().map_err(|_| Problem::not_found())?;
    let found = find_pack(&caller.services.db, &caller.ctx, id).await?;
    let (pack, archive) = found.ok_or_else(Problem::not_found)?;
    if pack.state == HandoffState::Waiting {
        return Err(not_ready("hand-off pack"));
    }
    let archive = archive.ok_or_else(Problem::not_found)?;
    let file = StoredFile {
        sha256: archive.sha256,
        bytes: archive.bytes.unsigned_abs(),
        media_type: archive.media_type,
        download_as: Some(archive.file_name),
        cache_control: "private, no-cache",
    };
    Ok(serve_download(&request, caller.services.files.as_ref(), &file).await?.response)
}
