//! `GET /royalty-runs/{run}/inputs.json` and `…/outcome.json`: what a run was reckoned from, and what it came to, for whoever reckons it again.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Path, ServiceConfig},
};
use domain::{catalog::entity::asset, ids::RoyaltyRunId, royalties::queries::runs::find_files};

use super::stored::{StoredFile, serve_stored};
use crate::{caller::Caller, edge::look, errors::Problem};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/royalty-runs/{royaltyRun}/inputs.json", look().to(inputs))
        .route("/royalty-runs/{royaltyRun}/outcome.json", look().to(outcome));
}

/// All that a run was reckoned from: period, rules, charges, how everything stood, and what the lines come to. `ledgerline royalties replay` reckons it again, without
/// a database. For who sees the studio's royalties.
#[utoipa::path(
    get, path = "/royalty-runs/{royaltyRun}/inputs.json", tag = "files",
    params(("royaltyRun" = String, Path, description = "The run's id, `run_…`")),
    responses(
        (status = 200, description = "The inputs, byte for byte as they were reckoned with", content_type = "application/json"),
        (status = 206, description = "The part that was asked for"),
        (status = 304, description = "The caller has it"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such run, or not the caller's", body = crate::errors::ProblemBody),
        (status = 416, description = "The file is shorter than that"),
    ),
)]
pub async fn inputs(request: HttpRequest, caller: Caller, run: Path<String>) -> Result<HttpResponse, Problem> {
    let (inputs, _) = files(&caller, &run).await?;
    serve(&request, &caller, inputs).await
}

/// What a run came to: accounts with their activities, payees, what waits, and how everything stands after it. For who sees the studio's royalties.
#[utoipa::path(
    get, path = "/royalty-runs/{royaltyRun}/outcome.json", tag = "files",
    params(("royaltyRun" = String, Path, description = "The run's id, `run_…`")),
    responses(
        (status = 200, description = "The outcome, byte for byte as a replay gives it", content_type = "application/json"),
        (status = 206, description = "The part that was asked for"),
        (status = 304, description = "The caller has it"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such run, or not the caller's", body = crate::errors::ProblemBody),
        (status = 416, description = "The file is shorter than that"),
    ),
)]
pub async fn outcome(request: HttpRequest, caller: Caller, run: Path<String>) -> Result<HttpResponse, Problem> {
    let (_, outcome) = files(&caller, &run).await?;
    serve(&request, &caller, outcome).await
}

async fn files(caller: &Caller, run: &str) -> Result<(asset::Model, asset::Model), Problem> {
    let id: RoyaltyRunId = run.parse().map_err(|_| Problem::not_found())?;
    let found = find_files(&caller.services.db, &caller.ctx, id).await?;
    found.ok_or_else(Problem::not_found)
}

async fn serve(request: &HttpRequest, caller: &Caller, of: asset::Model) -> Result<HttpResponse, Problem> {
    let file = StoredFile {
        sha256: of.sha256,
        bytes: of.bytes.unsigned_abs(),
        media_type: of.media_type,
        download_as: Some(of.file_name),
        cache_control: "private, no-cache",
    };
    Ok(serve_stored(request, caller.services.files.as_ref(), &file).await?.response)
}
