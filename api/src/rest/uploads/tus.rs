//! Resumable uploads after tus 1.0.0 (tus.io/protocols/resumable-upload) with the extensions creation, expiration, checksum and termination.
//!
//! `POST /uploads` with `Upload-Length` and the metadata `studio`, `kind`, `filename` and, if it is known, `filetype` begins one; `PATCH` appends; `HEAD`
//! says how far it has come. The answer that completes an upload names the file that it became in `Upload-Asset`. Who knows [`super::parts`] may be led to the
//! store instead of appending here.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
    web::{self, Data, Path, Payload, ServiceConfig},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    catalog::{
        self, BeginUpload, CatalogError,
        entity::{asset, upload},
        rules::files,
    },
    ids::{AssetId, UploadId},
    report::{Kind, Report},
};
use futures::StreamExt;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use super::{
    disk::{self, Partial},
    invalid, kind_of, parts, refused, remove_bytes, store, studio_of, sweep,
};
use crate::{caller::Caller, errors::Problem, state::ApiState};

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,expiration,checksum,termination";
const CHECKSUMS: &str = "sha1,sha256";
/// What tus answers to bytes that do not match their checksum.
const CHECKSUM_MISMATCH: u16 = 460;

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.service(
        web::resource("/uploads")
            .route(web::method(actix_web::http::Method::OPTIONS).to(options))
            .route(web::post().to(create)),
    )
    .service(
        web::resource("/uploads/{upload}")
            .route(web::head().to(head))
            .route(web::patch().to(append))
            .route(web::delete().to(terminate)),
    );
}

/// Says what this server can.
#[utoipa::path(options, path = "/uploads", tag = "files", responses((status = 204, description = "Version, extensions and the largest file")))]
pub async fn options() -> HttpResponse {
    answer(StatusCode::NO_CONTENT)
        .insert_header(("Tus-Version", VERSION))
        .insert_header(("Tus-Extension", EXTENSIONS))
        .insert_header(("Tus-Max-Size", files::MAX_STATEMENT_BYTES.to_string()))
        .insert_header(("Tus-Checksum-Algorithm", CHECKSUMS))
        .finish()
}

/// Begins an upload.
#[utoipa::path(
    post, path = "/uploads", tag = "files",
    params(
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Length" = u64, Header, description = "The file's length in bytes"),
        ("Upload-Metadata" = String, Header, description = "`studio`, `kind`, `filename` and optionally `filetype`, each with its value in Base64"),
    ),
    responses(
        (status = 201, description = "The upload's address is in Location"),
        (status = 400, description = "A header is missing or malformed", body = crate::errors::ProblemBody),
        (status = 401, description = "Sign in first", body = crate::errors::ProblemBody),
        (status = 412, description = "Another version of the protocol", body = crate::errors::ProblemBody),
        (status = 413, description = "The file is larger than its kind may be", body = crate::errors::ProblemBody),
    ),
)]
pub async fn create(request: HttpRequest, caller: Caller, state: Data<ApiState>) -> HttpResponse {
    or_problem(begin(&request, &caller, &state).await)
}

async fn begin(request: &HttpRequest, caller: &Caller, state: &ApiState) -> Result<HttpResponse, Problem> {
    require_version(request)?;
    let length_bytes = number(request, "Upload-Length")?;
    let metadata = metadata(header_of(request, "Upload-Metadata").unwrap_or_default())?;
    let said = |key: &str| metadata.get(key).map(String::as_str);
    let studio = studio_of(said("studio"))?;
    let wanted = BeginUpload {
        kind: kind_of(said("kind"))?,
        file_name: said("filename").or(said("name")).unwrap_or_default().to_owned(),
        declared: said("filetype").or(said("type")).map(String::from),
        length_bytes,
    };
    sweep(state).await?;
    let tx = caller.services.begin().await?;
    let upload = catalog::begin_upload(&tx, &caller.ctx, studio, wanted).await.map_err(refused)?;
    caller.services.commit(tx).await?;
    Ok(answer(StatusCode::CREATED)
        .insert_header((header::LOCATION, format!("{}/uploads/{}", caller.services.public_url, upload.id)))
        .insert_header(("Upload-Expires", expiry(&upload)))
        .insert_header(("Upload-Offset", "0"))
        .finish())
}

/// Says how far an upload has come.
#[utoipa::path(
    head, path = "/uploads/{upload}", tag = "files",
    params(("upload" = String, Path, description = "The upload's id"), ("Tus-Resumable" = String, Header, description = "1.0.0")),
    responses(
        (status = 200, description = "Upload-Offset and Upload-Length; Upload-Asset once it is complete"),
        (status = 404, description = "No such upload"),
        (status = 410, description = "It has expired"),
        (status = 412, description = "Another version of the protocol"),
    ),
)]
pub async fn head(request: HttpRequest, caller: Caller, state: Data<ApiState>, id: Path<String>) -> HttpResponse {
    or_problem(look(&request, &caller, &state, &id).await)
}

async fn look(request: &HttpRequest, caller: &Caller, state: &ApiState, id: &str) -> Result<HttpResponse, Problem> {
    require_version(request)?;
    let upload = open(caller, state, id).await?;
    if let Some(asset) = upload.asset_id {
        return Ok(standing(StatusCode::OK, &upload, upload.length_bytes.unsigned_abs(), Some(asset)));
    }
    if upload.multipart.is_some() {
        return parts::stand(caller, state, &upload, StatusCode::OK).await;
    }
    let mut partial = hold(state, upload.id).await?;
    // A kill between the last byte and the store leaves a whole file that nobody has taken in.
    let asset = settle(caller, state, &upload, &mut partial).await?;
    Ok(standing(StatusCode::OK, &upload, partial.length, asset.map(|asset| asset.id)))
}

/// Appends bytes to an upload; the last of them make it a file.
#[utoipa::path(
    patch, path = "/uploads/{upload}", tag = "files",
    params(
        ("upload" = String, Path, description = "The upload's id"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "Where these bytes belong: the present offset"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha1` or `sha256` and the Base64 of the digest of these bytes"),
    ),
    request_body(content = String, content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "Upload-Offset; Upload-Asset once it is complete"),
        (status = 404, description = "No such upload", body = crate::errors::ProblemBody),
        (status = 409, description = "The offset is another", body = crate::errors::ProblemBody),
        (status = 410, description = "It has expired", body = crate::errors::ProblemBody),
        (status = 412, description = "Another version of the protocol", body = crate::errors::ProblemBody),
        (status = 413, description = "More bytes than were announced", body = crate::errors::ProblemBody),
        (status = 415, description = "Another content type, or not the file that it was declared as", body = crate::errors::ProblemBody),
        (status = 423, description = "Another request is appending", body = crate::errors::ProblemBody),
        (status = 460, description = "The checksum does not match", body = crate::errors::ProblemBody),
    ),
)]
pub async fn append(
    request: HttpRequest,
    caller: Caller,
    state: Data<ApiState>,
    id: Path<String>,
    body: Payload,
) -> HttpResponse {
    or_problem(extend(&request, &caller, &state, &id, body).await)
}

async fn extend(
    request: &HttpRequest,
    caller: &Caller,
    state: &ApiState,
    id: &str,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    require_version(request)?;
    if header_of(request, "Content-Type") != Some("application/offset+octet-stream") {
        let problem = invalid("BAD_CONTENT_TYPE", "Content-Type", "send the bytes as application/offset+octet-stream");
        return Err(problem.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let offset = number(request, "Upload-Offset")?;
    let checksum = Checksum::of(request)?;
    let upload = open(caller, state, id).await?;
    let length = upload.length_bytes.unsigned_abs();
    if let Some(asset) = upload.asset_id {
        let same = offset == length;
        return if same {
            Ok(standing(StatusCode::NO_CONTENT, &upload, length, Some(asset)))
        } else {
            Err(elsewhere(length))
        };
    }
    if upload.multipart.is_some() {
        return parts::pass_on(caller, state, &upload, offset, (body, checksum)).await;
    }
    let mut partial = hold(state, upload.id).await?;
    if partial.length != offset {
        let found = partial.length;
        record(caller, upload.id, found).await?;
        return Err(elsewhere(found));
    }
    let taken = take(body, &mut partial, length, checksum).await;
    if taken.is_err() {
        partial.cut(offset).await.map_err(Problem::of_disk)?;
    }
    partial.flush().await.map_err(Problem::of_disk)?;
    let upload = record(caller, upload.id, partial.length).await?;
    taken?;
    let asset = settle(caller, state, &upload, &mut partial).await?;
    Ok(standing(StatusCode::NO_CONTENT, &upload, partial.length, asset.map(|asset| asset.id)))
}

/// Appends a body. If the connection breaks off, what has come is kept, but where a checksum was to prove it.
async fn take(
    mut body: Payload,
    partial: &mut Partial,
    length: u64,
    mut checksum: Option<Checksum>,
) -> Result<(), Problem> {
    while let Some(piece) = body.next().await {
        let Ok(piece) = piece else {
            return if checksum.is_some() { Err(mismatch()) } else { Ok(()) };
        };
        let found = partial.length + piece.len() as u64;
        if found > length {
            return Err(too_long(found, length));
        }
        if let Some(checksum) = &mut checksum {
            checksum.update(&piece);
        }
        partial.append(&piece).await.map_err(Problem::of_disk)?;
    }
    match checksum {
        Some(checksum) => checksum.holds().then_some(()).ok_or_else(mismatch),
        None => Ok(()),
    }
}

/// Gives an upload up.
#[utoipa::path(
    delete, path = "/uploads/{upload}", tag = "files",
    params(("upload" = String, Path, description = "The upload's id"), ("Tus-Resumable" = String, Header, description = "1.0.0")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "No such upload", body = crate::errors::ProblemBody),
        (status = 423, description = "Another request is finishing it", body = crate::errors::ProblemBody),
    ),
)]
pub async fn terminate(request: HttpRequest, caller: Caller, state: Data<ApiState>, id: Path<String>) -> HttpResponse {
    or_problem(give_up(&request, &caller, &state, &id).await)
}

async fn give_up(request: &HttpRequest, caller: &Caller, state: &ApiState, id: &str) -> Result<HttpResponse, Problem> {
    require_version(request)?;
    let upload = open(caller, state, id).await?;
    // What is being joined would come to lie in the store after it was removed there.
    let _held = if upload.multipart.is_some() { Some(hold(state, upload.id).await?) } else { None };
    forget(caller, state, &upload).await?;
    Ok(answer(StatusCode::NO_CONTENT).finish())
}

/// The upload, if the caller may continue it and it has not expired. One that lies in a store which takes nothing in any more can only be begun anew.
pub(super) async fn open(caller: &Caller, state: &ApiState, id: &str) -> Result<upload::Model, Problem> {
    let id: UploadId = id.parse().map_err(|_| Problem::not_found())?;
    let found = catalog::find_upload(&caller.services.db, &caller.ctx, id).await?;
    let upload = found.ok_or_else(Problem::not_found)?;
    let is_lost = upload.multipart.is_some() && caller.services.files.inbox().is_none();
    let is_over = is_lost || upload.expires_at <= caller.services.env.now();
    if upload.asset_id.is_none() && is_over { lose(caller, state, &upload).await } else { Ok(upload) }
}

pub(super) async fn hold(state: &ApiState, id: UploadId) -> Result<Partial, Problem> {
    let partial = Partial::open(&state.config.upload_dir, &id.to_string()).await.map_err(Problem::of_disk)?;
    partial.ok_or_else(|| {
        let report = Report::new(Kind::Conflict, "UPLOAD_LOCKED", "another request is writing this upload");
        Problem::new(report.remedy("wait for it to end, then ask for the offset")).with_status(StatusCode::LOCKED)
    })
}

async fn record(caller: &Caller, id: UploadId, offset: u64) -> Result<upload::Model, Problem> {
    let tx = caller.services.begin().await?;
    let upload = catalog::record_upload_offset(&tx, &caller.ctx, id, offset).await.map_err(refused)?;
    caller.services.commit(tx).await?;
    Ok(upload)
}

pub(super) async fn forget(caller: &Caller, state: &ApiState, upload: &upload::Model) -> Result<(), Problem> {
    let tx = caller.services.begin().await?;
    catalog::end_upload(&tx, &caller.ctx, upload.id).await?;
    caller.services.commit(tx).await?;
    remove_bytes(state, upload).await;
    Ok(())
}

/// Forgets an upload that can only be begun anew, and says so; gives it as it is if another request has brought it further meanwhile.
pub(super) async fn lose(caller: &Caller, state: &ApiState, upload: &upload::Model) -> Result<upload::Model, Problem> {
    let tx = caller.services.begin().await?;
    let found = catalog::lose_upload(&tx, &caller.ctx, upload).await?;
    caller.services.commit(tx).await?;
    if let Some(found) = found {
        return Ok(found);
    }
    remove_bytes(state, upload).await;
    Err(refused(CatalogError::UploadExpired))
}

/// Makes a file of an upload that is whole, and refuses one as soon as its first bytes show that it is not what it should be. A refused upload is
/// forgotten: sending it again would not make it another.
async fn settle(
    caller: &Caller,
    state: &ApiState,
    upload: &upload::Model,
    partial: &mut Partial,
) -> Result<Option<asset::Model>, Problem> {
    let length = upload.length_bytes.unsigned_abs();
    if partial.length < length.min(files::HEAD_BYTES as u64) {
        return Ok(None);
    }
    let head = partial.head().await.map_err(Problem::of_disk)?;
    if let Err(refusal) = files::accept(upload.kind, &upload.file_name, upload.media_type.as_deref(), &head) {
        forget(caller, state, upload).await?;
        return Err(refused(CatalogError::File(refusal)));
    }
    if partial.length < length {
        return Ok(None);
    }
    if let Some(refusal) = catalog::scan(&caller.services, &upload.file_name, partial.path()).await? {
        forget(caller, state, upload).await?;
        return Err(refused(CatalogError::File(refusal)));
    }
    let stored = store(caller, partial.path()).await?;
    let tx = caller.services.begin().await?;
    let asset = catalog::finish_upload(&tx, &caller.ctx, upload.id, stored, head).await.map_err(refused)?;
    caller.services.commit(tx).await?;
    disk::remove(&state.config.upload_dir, &upload.id.to_string()).await;
    Ok(Some(asset))
}

/// An answer of this protocol.
pub(super) fn answer(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header(("Tus-Resumable", VERSION)).insert_header((header::CACHE_CONTROL, "no-store"));
    response
}

pub(super) fn standing(
    status: StatusCode,
    upload: &upload::Model,
    offset: u64,
    asset: Option<AssetId>,
) -> HttpResponse {
    let mut response = answer(status);
    response
        .insert_header(("Upload-Offset", offset.to_string()))
        .insert_header(("Upload-Length", upload.length_bytes.to_string()));
    match asset {
        Some(asset) => response.insert_header(("Upload-Asset", asset.to_string())),
        None => response.insert_header(("Upload-Expires", expiry(upload))),
    };
    response.finish()
}

/// A problem as an answer of this protocol.
pub(super) fn or_problem(outcome: Result<HttpResponse, Problem>) -> HttpResponse {
    let mut response = match outcome {
        Ok(response) => return response,
        Err(problem) => problem.error_response(),
    };
    let headers = response.headers_mut();
    let name = |text: &'static str| header::HeaderName::from_static(text);
    headers.insert(name("tus-resumable"), header::HeaderValue::from_static(VERSION));
    headers.insert(name("tus-version"), header::HeaderValue::from_static(VERSION));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

fn expiry(upload: &upload::Model) -> String {
    upload.expires_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

pub(super) fn header_of<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

pub(super) fn number(request: &HttpRequest, name: &'static str) -> Result<u64, Problem> {
    let given = header_of(request, name).and_then(|text| text.parse().ok());
    given.ok_or_else(|| invalid("BAD_HEADER", name, format!("{name} is a whole number of bytes")))
}

pub(super) fn require_version(request: &HttpRequest) -> Result<(), Problem> {
    if header_of(request, "Tus-Resumable") == Some(VERSION) {
        return Ok(());
    }
    let problem = invalid("TUS_VERSION", "Tus-Resumable", format!("this server speaks tus {VERSION}"));
    Err(problem.with_status(StatusCode::PRECONDITION_FAILED))
}

pub(super) fn elsewhere(offset: u64) -> Problem {
    Problem::from(CatalogError::UploadOffset { offset })
}

pub(super) fn too_long(found: u64, length: u64) -> Problem {
    Problem::from(CatalogError::UploadLength { found, length }).with_status(StatusCode::PAYLOAD_TOO_LARGE)
}

pub(super) fn mismatch() -> Problem {
    let problem =
        invalid("CHECKSUM_MISMATCH", "Upload-Checksum", "the bytes do not match their checksum and were dropped");
    match StatusCode::from_u16(CHECKSUM_MISMATCH) {
        Ok(status) => problem.with_status(status),
        Err(_) => problem,
    }
}

/// Reads `key base64,key base64`; a key may stand alone.
fn metadata(text: &str) -> Result<HashMap<String, String>, Problem> {
    let bad = || invalid("BAD_HEADER", "Upload-Metadata", "each key is followed by a blank and its value in Base64");
    let mut all = HashMap::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = BASE64_STANDARD.decode(value.trim()).map_err(|_| bad())?;
        all.insert(key.to_owned(), String::from_utf8(value).map_err(|_| bad())?);
    }
    Ok(all)
}

/// What the bytes of one request must amount to.
pub(super) struct Checksum {
    digest: Digest,
    expected: Vec<u8>,
}

enum Digest {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Checksum {
    fn of(request: &HttpRequest) -> Result<Option<Self>, Problem> {
        let Some(text) = header_of(request, "Upload-Checksum") else { return Ok(None) };
        let bad =
            || invalid("BAD_HEADER", "Upload-Checksum", "an algorithm (sha1 or sha256), a blank, the digest in Base64");
        let (algorithm, value) = text.split_once(' ').ok_or_else(bad)?;
        let digest = match algorithm {
            "sha1" => Digest::Sha1(Sha1::new()),
            "sha256" => Digest::Sha256(Sha256::new()),
            _ => return Err(bad()),
        };
        let expected = BASE64_STANDARD.decode(value.trim()).map_err(|_| bad())?;
        Ok(Some(Self { digest, expected }))
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.digest {
            Digest::Sha1(digest) => digest.update(bytes),
            Digest::Sha256(digest) => digest.update(bytes),
        }
    }

    pub(super) fn holds(self) -> bool {
        match self.digest {
            Digest::Sha1(digest) => digest.finalize()[..] == self.expected[..],
            Digest::Sha256(digest) => digest.finalize()[..] == self.expected[..],
        }
    }
}
