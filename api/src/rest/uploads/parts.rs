//! Uploads whose parts are sent straight to the store, where it takes files in itself. They are begun, asked about and given up as all resumable uploads are
//! ([`super::tus`]): before each part the client asks where it goes, sends it there, and tells the tag that the store gave. What it cannot send there it appends
//! here as ever, a part at a time, and it is passed on. Whole, the file is read once, here, and is looked at as all files are before it is kept.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Data, Path, Payload, ServiceConfig},
};
use bytes::{Bytes, BytesMut};
use domain::{
    catalog::{
        self, CatalogError,
        entity::{asset, upload},
        rules::files,
    },
    ids::UploadId,
    ports::{FileStream, Inbox, Incoming, Part, Stored},
};
use futures::StreamExt;
use sha2::{Digest, Sha256};

use super::{
    disk::Partial,
    invalid, refused, remove_bytes,
    tus::{
        Checksum, answer, elsewhere, forget, header_of, hold, lose, mismatch, number, open, or_problem,
        require_version, standing, too_long,
    },
};
use crate::{caller::Caller, errors::Problem, state::ApiState};

/// How long an address takes its part: what was begun in time goes on to its end, and who comes too late asks for another.
const ADDRESS_LIFE: Duration = Duration::from_mins(5);
/// The most characters of a store's tag; they have some 40.
const MAX_TAG_CHARS: usize = 256;

pub(super) fn configure(app: &mut ServiceConfig) {
    app.service(
        web::resource("/uploads/{upload}/part").route(web::post().to(part_address)).route(web::put().to(part_arrived)),
    );
}

/// Where a part goes.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartAddress {
    /// The address at the store to PUT the part to, good for a few minutes.
    pub address: String,
    /// The part's length in bytes: exactly as many are taken.
    pub bytes: u64,
}

/// Says where the next part of an upload goes.
#[utoipa::path(
    post, path = "/uploads/{upload}/part", tag = "files",
    params(
        ("upload" = String, Path, description = "The upload's id"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "Where the part begins: the present offset"),
    ),
    responses(
        (status = 200, description = "To the store: PUT it there, and tell the ETag of the answer", body = PartAddress),
        (status = 204, description = "Here: append it by PATCH"),
        (status = 404, description = "No such upload", body = crate::errors::ProblemBody),
        (status = 409, description = "The offset is another", body = crate::errors::ProblemBody),
        (status = 410, description = "It has expired", body = crate::errors::ProblemBody),
        (status = 412, description = "Another version of the protocol", body = crate::errors::ProblemBody),
    ),
)]
pub async fn part_address(
    request: HttpRequest,
    caller: Caller,
    state: Data<ApiState>,
    id: Path<String>,
) -> HttpResponse {
    or_problem(lead(&request, &caller, &state, &id).await)
}

async fn lead(request: &HttpRequest, caller: &Caller, state: &ApiState, id: &str) -> Result<HttpResponse, Problem> {
    require_version(request)?;
    let offset = number(request, "Upload-Offset")?;
    let upload = open(caller, state, id).await?;
    let (stands, length) = (upload.offset_bytes.unsigned_abs(), upload.length_bytes.unsigned_abs());
    let inbox = caller.services.files.inbox();
    // What has begun to come here goes on to come here.
    let comes_here = upload.multipart.is_none() && (offset > 0 || stands > 0);
    let Some(inbox) = inbox.filter(|_| !comes_here) else {
        return Ok(answer(StatusCode::NO_CONTENT).finish());
    };
    if offset != stands || stands == length {
        return Err(elsewhere(stands));
    }
    let upload = if upload.multipart.is_some() { Some(upload) } else { begin(caller, inbox, upload.id).await? };
    let Some(upload) = upload else {
        return Ok(answer(StatusCode::NO_CONTENT).finish());
    };
    let file =
        incoming(&upload).ok_or_else(|| Problem::broken("an upload was begun in the store and has no name there"))?;
    let part = Part { index: upload.part_tags.0.len(), bytes: files::part_bytes(length, stands) };
    let address = inbox.address(file, part, ADDRESS_LIFE).await?;
    Ok(answer(StatusCode::OK).json(PartAddress { address: address.into(), bytes: part.bytes }))
}

/// Begins an upload in the store; none if it has to come here.
async fn begin(caller: &Caller, inbox: &dyn Inbox, id: UploadId) -> Result<Option<upload::Model>, Problem> {
    let Some(multipart) = inbox.begin(id).await? else { return Ok(None) };
    let led = record_lead(caller, id, multipart.clone()).await;
    // Another request was quicker, and its name stays; or this one was never noted.
    let is_ours = matches!(&led, Ok(upload) if upload.multipart.as_ref() == Some(&multipart));
    if !is_ours {
        inbox.abandon(Incoming { upload: id, multipart: &multipart }).await?;
    }
    led.map(Some)
}

async fn record_lead(caller: &Caller, id: UploadId, multipart: String) -> Result<upload::Model, Problem> {
    let tx = caller.services.begin().await?;
    let upload = catalog::lead_upload(&tx, &caller.ctx, id, multipart).await.map_err(refused)?;
    caller.services.commit(tx).await?;
    Ok(upload)
}

/// Takes note of a part that was sent to the store; the last of them make it a file.
#[utoipa::path(
    put, path = "/uploads/{upload}/part", tag = "files",
    params(
        ("upload" = String, Path, description = "The upload's id"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "Where the part begins: the present offset"),
        ("Upload-Part-Tag" = String, Header, description = "The ETag with which the store answered"),
    ),
    responses(
        (status = 204, description = "Upload-Offset; Upload-Asset once it is complete"),
        (status = 400, description = "A header is missing or malformed", body = crate::errors::ProblemBody),
        (status = 404, description = "No such upload", body = crate::errors::ProblemBody),
        (status = 409, description = "The offset is another", body = crate::errors::ProblemBody),
        (status = 410, description = "It has expired", body = crate::errors::ProblemBody),
        (status = 412, description = "Another version of the protocol", body = crate::errors::ProblemBody),
        (status = 415, description = "Not the file that it was declared as", body = crate::errors::ProblemBody),
        (status = 423, description = "Another request is finishing it", body = crate::errors::ProblemBody),
    ),
)]
pub async fn part_arrived(
    request: HttpRequest,
    caller: Caller,
    state: Data<ApiState>,
    id: Path<String>,
) -> HttpResponse {
    or_problem(note(&request, &caller, &state, &id).await)
}

async fn note(request: &HttpRequest, caller: &Caller, state: &ApiState, id: &str) -> Result<HttpResponse, Problem> {
    require_version(request)?;
    let offset = number(request, "Upload-Offset")?;
    let tag = tag_of(request)?;
    let upload = open(caller, state, id).await?;
    if let Some(asset) = upload.asset_id {
        return Ok(standing(StatusCode::NO_CONTENT, &upload, upload.length_bytes.unsigned_abs(), Some(asset)));
    }
    let upload = record(caller, upload.id, offset, tag).await?;
    stand(caller, state, &upload, StatusCode::NO_CONTENT).await
}

fn tag_of(request: &HttpRequest) -> Result<String, Problem> {
    let given = header_of(request, "Upload-Part-Tag").map(str::trim);
    let given = given.filter(|tag| (1..=MAX_TAG_CHARS).contains(&tag.len()));
    let tag =
        given.ok_or_else(|| invalid("BAD_HEADER", "Upload-Part-Tag", "the ETag with which the store answered"))?;
    Ok(tag.to_owned())
}

/// Says how far an upload in the store has come, and finishes it if all of it is there.
pub(super) async fn stand(
    caller: &Caller,
    state: &ApiState,
    upload: &upload::Model,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let offset = upload.offset_bytes.unsigned_abs();
    if upload.offset_bytes < upload.length_bytes {
        return Ok(standing(status, upload, offset, None));
    }
    let mut partial = hold(state, upload.id).await?;
    match settle(caller, state, upload, &mut partial).await? {
        Some(asset) => Ok(standing(status, upload, offset, Some(asset.id))),
        None => lost(caller, state, upload, status).await,
    }
}

/// Says what became of an upload that the store does not know, or not as it was found here: another request has been quicker, or it is forgotten.
async fn lost(
    caller: &Caller,
    state: &ApiState,
    upload: &upload::Model,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let found = lose(caller, state, upload).await?;
    match found.asset_id {
        Some(asset) => Ok(standing(status, &found, found.length_bytes.unsigned_abs(), Some(asset))),
        None => Err(elsewhere(found.offset_bytes.unsigned_abs())),
    }
}

/// Passes on to the store what was sent here: the next part, whole.
pub(super) async fn pass_on(
    caller: &Caller,
    state: &ApiState,
    upload: &upload::Model,
    offset: u64,
    (body, checksum): (Payload, Option<Checksum>),
) -> Result<HttpResponse, Problem> {
    let stands = upload.offset_bytes.unsigned_abs();
    if offset != stands {
        return Err(elsewhere(stands));
    }
    let bytes = files::part_bytes(upload.length_bytes.unsigned_abs(), stands);
    if bytes == 0 {
        return stand(caller, state, upload, StatusCode::NO_CONTENT).await;
    }
    let part = part_of(body, bytes, checksum).await?;
    let tag = match (caller.services.files.inbox(), incoming(upload)) {
        (Some(inbox), Some(file)) => inbox.put(file, upload.part_tags.0.len(), part).await?,
        _ => None,
    };
    let Some(tag) = tag else {
        return lost(caller, state, upload, StatusCode::NO_CONTENT).await;
    };
    let upload = record(caller, upload.id, stands, tag).await?;
    stand(caller, state, &upload, StatusCode::NO_CONTENT).await
}

/// A part, whole, as it was sent here.
async fn part_of(mut body: Payload, bytes: u64, mut checksum: Option<Checksum>) -> Result<Bytes, Problem> {
    let mut part = BytesMut::new();
    // What breaks off is too short.
    while let Some(Ok(piece)) = body.next().await {
        let found = (part.len() + piece.len()) as u64;
        if found > bytes {
            return Err(too_long(found, bytes));
        }
        if let Some(checksum) = &mut checksum {
            checksum.update(&piece);
        }
        part.extend_from_slice(&piece);
    }
    if (part.len() as u64) < bytes {
        let message = format!("its other parts lie in the store, so send the next {bytes} bytes at once");
        return Err(invalid("PART_LENGTH", "Content-Length", message));
    }
    if checksum.is_some_and(|checksum| !checksum.holds()) {
        return Err(mismatch());
    }
    Ok(part.freeze())
}

async fn record(caller: &Caller, id: UploadId, offset: u64, tag: String) -> Result<upload::Model, Problem> {
    let tx = caller.services.begin().await?;
    let upload = catalog::record_upload_part(&tx, &caller.ctx, id, offset, tag).await.map_err(refused)?;
    caller.services.commit(tx).await?;
    Ok(upload)
}

/// The upload as the store knows it; none if it is not sent there.
pub(super) fn incoming(upload: &upload::Model) -> Option<Incoming<'_>> {
    let multipart = upload.multipart.as_deref()?;
    Some(Incoming { upload: upload.id, multipart })
}

/// Makes a file of an upload whose parts are all in the store; none if the store does not know them. One that is refused is forgotten: sending it again would not
/// make it another.
async fn settle(
    caller: &Caller,
    state: &ApiState,
    upload: &upload::Model,
    partial: &mut Partial,
) -> Result<Option<asset::Model>, Problem> {
    let (Some(inbox), Some(file)) = (caller.services.files.inbox(), incoming(upload)) else { return Ok(None) };
    if !inbox.join(file, &upload.part_tags.0).await? {
        return Ok(None);
    }
    let length = upload.length_bytes.unsigned_abs();
    let (stored, head) = read(caller, inbox.read(file).await?, length, partial).await?;
    if let Some(refusal) = refusal_of(caller, upload, &stored, &head, partial).await? {
        forget(caller, state, upload).await?;
        return Err(refused(refusal));
    }
    inbox.keep(file, &stored).await?;
    let tx = caller.services.begin().await?;
    let asset = catalog::finish_upload(&tx, &caller.ctx, upload.id, stored, head).await.map_err(refused)?;
    caller.services.commit(tx).await?;
    remove_bytes(state, upload).await;
    Ok(Some(asset))
}

/// Reads a file once: what it is, and its first bytes. For a scanner it is put on the disk on the way. One that is longer than it was to be is read no further.
async fn read(
    caller: &Caller,
    mut pieces: FileStream,
    length: u64,
    partial: &mut Partial,
) -> Result<(Stored, Vec<u8>), Problem> {
    partial.cut(0).await.map_err(Problem::of_disk)?;
    let (mut digest, mut bytes, mut head) = (Sha256::new(), 0, Vec::new());
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        digest.update(&piece);
        bytes += piece.len() as u64;
        if bytes > length {
            break;
        }
        head.extend_from_slice(&piece[..piece.len().min(files::HEAD_BYTES - head.len())]);
        if caller.services.scanner.is_some() {
            partial.append(&piece).await.map_err(Problem::of_disk)?;
        }
    }
    partial.flush().await.map_err(Problem::of_disk)?;
    let sha256 = catalog::Sha256::from_digest(digest.finalize().into());
    Ok((Stored { sha256, bytes }, head))
}

/// Why a file is not taken in; none if it is.
async fn refusal_of(
    caller: &Caller,
    upload: &upload::Model,
    stored: &Stored,
    head: &[u8],
    partial: &Partial,
) -> Result<Option<CatalogError>, Problem> {
    let length = upload.length_bytes.unsigned_abs();
    if stored.bytes != length {
        return Ok(Some(CatalogError::UploadLength { found: stored.bytes, length }));
    }
    if let Err(refusal) = files::accept(upload.kind, &upload.file_name, upload.media_type.as_deref(), head) {
        return Ok(Some(CatalogError::File(refusal)));
    }
    let scanned = catalog::scan(&caller.services, &upload.file_name, partial.path()).await?;
    Ok(scanned.map(CatalogError::File))
}
