//! An upload in a single request: the file as the body, or the first file of a multipart form.

use actix_multipart::Multipart;
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, ContentDisposition, HeaderValue},
    },
    web::{Data, Payload, Query},
};
use bytes::Bytes;
use domain::{
    catalog::{self, CatalogError, NewFile, entity::AssetKind, rules::files},
    ids::UploadId,
    policy::{Action, require},
};
use futures::{Stream, StreamExt, TryStreamExt};

use super::{
    UploadedAsset,
    disk::{self, Partial},
    invalid, kind_of, refused, store, studio_of,
};
use crate::{caller::Caller, errors::Problem, state::ApiState};

/// What the address says of the file.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SingleQuery {
    studio: Option<String>,
    kind: Option<String>,
    name: Option<String>,
}

/// Takes a file in with a single request: as the body, named by `name`, or as the first file of a multipart form.
#[utoipa::path(
    post, path = "/uploads/single", tag = "files",
    params(
        ("studio" = String, Query, description = "The studio's id, `studio_…`"),
        ("kind" = String, Query, description = "`source`, `stem`, `artwork`, `tag`, `voice_note`, `session` or `statement`"),
        ("name" = Option<String>, Query, description = "The file's name; a form's file has its own"),
    ),
    request_body(content = String, content_type = "application/octet-stream", description = "The file, or a multipart form with it"),
    responses(
        (status = 201, description = "The file was taken in", body = UploadedAsset),
        (status = 400, description = "The address or the form lacks something", body = crate::errors::ProblemBody),
        (status = 401, description = "Sign in first", body = crate::errors::ProblemBody),
        (status = 413, description = "The file is larger than its kind may be", body = crate::errors::ProblemBody),
        (status = 415, description = "The file is not what is needed, or not what it was declared as", body = crate::errors::ProblemBody),
        (status = 422, description = "The file is refused", body = crate::errors::ProblemBody),
    ),
)]
pub async fn upload(
    request: HttpRequest,
    caller: Caller,
    state: Data<ApiState>,
    query: Query<SingleQuery>,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let studio = studio_of(query.studio.as_deref())?;
    require(&caller.ctx.actor, Action::WriteCatalog, studio)?;
    let kind = kind_of(query.kind.as_deref())?;
    let name = format!("{}{}", disk::SINGLE, caller.services.env.id::<UploadId>());
    let folder = &state.config.upload_dir;
    let received = receive(&request, kind, query.into_inner().name, body, folder, &name).await;
    let outcome = match received {
        Ok(received) => take_in(&caller, studio, kind, received).await,
        Err(problem) => Err(problem),
    };
    disk::remove(folder, &name).await;
    Ok(HttpResponse::build(StatusCode::CREATED).json(outcome?))
}

/// A file that has arrived.
struct Received {
    partial: Partial,
    file_name: String,
    declared: Option<String>,
}

async fn receive(
    request: &HttpRequest,
    kind: AssetKind,
    name: Option<String>,
    body: Payload,
    folder: &std::path::Path,
    place: &str,
) -> Result<Received, Problem> {
    let content_type = text(request.headers().get(header::CONTENT_TYPE));
    let max = files::max_bytes(kind).map_err(|refusal| refused(CatalogError::File(refusal)))?;
    let partial = Partial::open(folder, place).await.map_err(Problem::of_disk)?;
    let mut partial = partial.ok_or_else(|| Problem::broken("a fresh upload's file is in use"))?;
    if !content_type.as_deref().is_some_and(|text| text.starts_with("multipart/form-data")) {
        let sent_name = request
            .headers()
            .get(header::CONTENT_DISPOSITION)
            .and_then(|value| ContentDisposition::from_raw(value).ok()?.get_filename().map(String::from));
        let file_name =
            name.or(sent_name).ok_or_else(|| invalid("MISSING", "name", "say the file's name in `name`"))?;
        copy(body, &mut partial, kind, max).await?;
        return Ok(Received { partial, file_name, declared: content_type });
    }
    let mut form = Multipart::new(request.headers(), body);
    let broken = |cause| invalid("BAD_FORM", "body", format!("the form cannot be read: {cause}"));
    while let Some(mut field) = form.try_next().await.map_err(broken)? {
        let sent_name = field.content_disposition().and_then(|it| it.get_filename()).map(String::from);
        let Some(sent_name) = sent_name else {
            while field.try_next().await.map_err(broken)?.is_some() {}
            continue;
        };
        let declared = field.content_type().map(ToString::to_string);
        copy(field, &mut partial, kind, max).await?;
        return Ok(Received { partial, file_name: name.unwrap_or(sent_name), declared });
    }
    Err(invalid("NO_FILE", "body", "the form holds no file"))
}

/// Copies a body to the disk as it comes, refusing it as soon as it is too long.
async fn copy<E: std::fmt::Display>(
    mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    partial: &mut Partial,
    kind: AssetKind,
    max: u64,
) -> Result<(), Problem> {
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|cause| invalid("BROKEN_OFF", "body", format!("the file broke off: {cause}")))?;
        if partial.length + piece.len() as u64 > max {
            let bytes = partial.length + piece.len() as u64;
            return Err(refused(CatalogError::File(files::FileRefusal::TooLarge { what: kind, bytes, max })));
        }
        partial.append(&piece).await.map_err(Problem::of_disk)?;
    }
    partial.flush().await.map_err(Problem::of_disk)
}

async fn take_in(
    caller: &Caller,
    studio: domain::ids::StudioId,
    kind: AssetKind,
    mut received: Received,
) -> Result<UploadedAsset, Problem> {
    let head = received.partial.head().await.map_err(Problem::of_disk)?;
    // Refused before it is stored, so that nothing which was refused stays behind.
    files::accept(kind, &received.file_name, received.declared.as_deref(), &head)
        .map_err(|refusal| refused(CatalogError::File(refusal)))?;
    if let Some(refusal) = catalog::scan(&caller.services, &received.file_name, received.partial.path()).await? {
        return Err(refused(CatalogError::File(refusal)));
    }
    let stored = store(caller, received.partial.path()).await?;
    let file = NewFile { kind, file_name: received.file_name, declared: received.declared, stored, head };
    let tx = caller.services.begin().await?;
    let asset = catalog::add_asset(&tx, &caller.ctx, studio, file).await.map_err(refused)?;
    caller.services.commit(tx).await?;
    Ok(asset.into())
}

fn text(value: Option<&HeaderValue>) -> Option<String> {
    value.and_then(|value| value.to_str().ok()).map(String::from)
}
