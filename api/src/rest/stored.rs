//! Serving a file of the store over HTTP: ranges (RFC 9110, 14), conditional requests by its SHA-256, its checksum (RFC 9530), its name. Where the store
//! gives its files out itself, downloads are led there.

use std::{ops::Range, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::{
        Method, StatusCode,
        header::{self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue, HeaderMap},
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    catalog::Sha256,
    ports::{FileStore, Presentation},
    report::{Kind, Report},
};
use futures::StreamExt;

use crate::errors::Problem;

/// How long an address of the store opens its file: long enough to take a download up again that broke off, too short to be worth passing on. What was
/// begun in time goes on to its end.
const ADDRESS_LIFE: Duration = Duration::from_mins(15);

/// A file of the store as it is to be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its address.
    pub sha256: Sha256,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its media type.
    pub media_type: String,
    /// The name to save it under; none to show it in place.
    pub download_as: Option<String>,
    /// The `Cache-Control` of the answer.
    pub cache_control: &'static str,
}

/// An answer, and what it sends.
#[derive(Debug)]
pub struct Served {
    /// The answer.
    pub response: HttpResponse,
    /// The bytes that it sends or leads to, first to behind the last; none if there are none (`HEAD`, 304, 416).
    pub sent: Option<Range<u64>>,
    /// Whether that is a part that was asked for, not the whole.
    pub partial: bool,
}

/// What a `Range` header asks of a file of so many bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(Range<u64>),
    Impossible,
}

/// Serves a file: 200 whole, 206 in part, 304 if the caller has it, 416 if it is shorter than the range asked for. A header with several ranges is answered
/// with the whole, as the standard allows. A file that the database knows and the store lacks is a failure of ours.
pub async fn serve_stored(request: &HttpRequest, files: &dyn FileStore, file: &StoredFile) -> Result<Served, Problem> {
    let tag = tag_of(file);
    let headers = request.headers();
    if is_known(headers, &tag) {
        let response = described(StatusCode::NOT_MODIFIED, file, &tag).finish();
        return Ok(Served { response, sent: None, partial: false });
    }
    let (status, part) = match wanted(headers, &tag, file.bytes) {
        Wanted::Whole => (StatusCode::OK, 0..file.bytes),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Wanted::Impossible => return Ok(impossible(file.bytes)),
    };
    let mut response = described(status, file, &tag);
    response.insert_header((header::CONTENT_TYPE, file.media_type.clone()));
    let partial = status == StatusCode::PARTIAL_CONTENT;
    if partial {
        let span = format!("bytes {}-{}/{}", part.start, part.end - 1, file.bytes);
        response.insert_header((header::CONTENT_RANGE, span));
    }
    let length = part.end - part.start;
    if request.method() == Method::HEAD {
        let nothing = futures::stream::empty::<Result<bytes::Bytes, std::io::Error>>();
        return Ok(Served { response: response.body(SizedStream::new(length, nothing)), sent: None, partial });
    }
    let pieces = files.read(&file.sha256, Some(part.clone())).await;
    let pieces = pieces?.ok_or_else(|| lacking(file))?;
    let response = response.body(SizedStream::new(length, pieces.boxed()));
    Ok(Served { response, sent: Some(part), partial })
}

/// Serves a file that is to be saved. Where the store gives its files out itself, whoever asks is led to an address there, at which ranges and resuming
/// work as here. What is logged is then that the address was handed out: what is fetched there nobody tells of. `HEAD` is answered here, and so is who goes on with what they have from here, for the store tells a file's versions apart in its own way.
pub async fn serve_download(
    request: &HttpRequest,
    files: &dyn FileStore,
    file: &StoredFile,
) -> Result<Served, Problem> {
    let headers = request.headers();
    let goes_on = names_version(headers, &tag_of(file));
    let address = match &file.download_as {
        Some(name) if request.method() != Method::HEAD && !goes_on => address_of(files, file, name).await?,
        _ => None,
    };
    let Some(address) = address else { return serve_stored(request, files, file).await };
    let (part, partial) = match asked(headers, file.bytes) {
        Wanted::Whole => (0..file.bytes, false),
        Wanted::Part(part) => (part, true),
        Wanted::Impossible => return Ok(impossible(file.bytes)),
    };
    let response = HttpResponse::Found()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .finish();
    Ok(Served { response, sent: Some(part), partial })
}

/// Where the store gives a file out itself, if it does. It is asked whether it has the file, so that what is missing or out of reach is told of here.
async fn address_of(files: &dyn FileStore, file: &StoredFile, name: &str) -> Result<Option<String>, Problem> {
    let disposition = attachment(name).to_string();
    let shown = Presentation { media_type: &file.media_type, disposition: &disposition };
    let address = files.presign(&file.sha256, ADDRESS_LIFE, shown).await?;
    let Some(address) = address else { return Ok(None) };
    if files.exists(&file.sha256).await? { Ok(Some(address.into())) } else { Err(lacking(file)) }
}

fn lacking(file: &StoredFile) -> Problem {
    Problem::broken(format!("the store lacks the file {}", file.sha256))
}

fn tag_of(file: &StoredFile) -> String {
    format!("\"{}\"", file.sha256)
}

/// An answer with what describes the file in every status.
fn described(status: StatusCode, file: &StoredFile, tag: &str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::ETAG, tag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CACHE_CONTROL, file.cache_control))
        .insert_header(("Repr-Digest", repr_digest(&file.sha256)));
    if let Some(name) = &file.download_as {
        response.insert_header(attachment(name));
    }
    response
}

fn repr_digest(sha256: &Sha256) -> String {
    let digest = hex::decode(sha256.as_str()).unwrap_or_default();
    format!("sha-256=:{}:", BASE64_STANDARD.encode(digest))
}

/// A name in ASCII for old programs, and the name as it is for all others.
pub(crate) fn attachment(name: &str) -> ContentDisposition {
    let ascii =
        name.chars().map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\') || c == ' ' { c } else { '_' });
    let exact = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: name.as_bytes().to_vec(),
    };
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(ascii.collect()), DispositionParam::FilenameExt(exact)],
    }
}

fn impossible(bytes: u64) -> Served {
    let response = HttpResponse::build(StatusCode::RANGE_NOT_SATISFIABLE)
        .insert_header((header::CONTENT_RANGE, format!("bytes */{bytes}")))
        .finish();
    Served { response, sent: None, partial: false }
}

/// Whether `If-None-Match` names the file.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let Some(given) = text(headers, header::IF_NONE_MATCH) else { return false };
    given.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// Whether the caller names the file's version as it is named here.
fn names_version(headers: &HeaderMap, tag: &str) -> bool {
    is_known(headers, tag) || text(headers, header::IF_RANGE) == Some(tag)
}

fn wanted(headers: &HeaderMap, tag: &str, bytes: u64) -> Wanted {
    // A part of another version, or of one told by its date, which files here have not, would be a part of the wrong file.
    if text(headers, header::IF_RANGE).is_some_and(|given| given != tag) {
        return Wanted::Whole;
    }
    asked(headers, bytes)
}

/// What is asked of whichever version.
fn asked(headers: &HeaderMap, bytes: u64) -> Wanted {
    let range = text(headers, header::RANGE).and_then(|given| given.trim().strip_prefix("bytes="));
    range.map_or(Wanted::Whole, |range| part_of(range, bytes))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Reads `first-last`, `first-` or `-count`. What is not of that form is as if it were not there.
fn part_of(range: &str, bytes: u64) -> Wanted {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    let Some((first, last)) = range.trim().split_once('-') else { return Wanted::Whole };
    match (number(first.trim()), number(last.trim())) {
        (None, Some(count)) if first.trim().is_empty() => match count.min(bytes) {
            0 => Wanted::Impossible,
            count => Wanted::Part(bytes - count..bytes),
        },
        (Some(first), None) if last.trim().is_empty() => within(first, u64::MAX, bytes),
        (Some(first), Some(last)) if first <= last => within(first, last, bytes),
        _ => Wanted::Whole,
    }
}

fn within(first: u64, last: u64, bytes: u64) -> Wanted {
    if first >= bytes { Wanted::Impossible } else { Wanted::Part(first..last.saturating_add(1).min(bytes)) }
}

/// What is answered where a file is only being made.
pub fn not_ready(what: &str) -> Problem {
    let report = Report::new(Kind::Conflict, "NOT_READY", format!("the {what} is not ready yet"));
    Problem::new(report.remedy("try again in a moment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (range, expected) in [
            ("0-0", Wanted::Part(0..1)),
            ("0-499", Wanted::Part(0..500)),
            ("500-", Wanted::Part(500..1_000)),
            ("-1", Wanted::Part(999..1_000)),
            ("-5000", Wanted::Part(0..1_000)),
            ("990-2000", Wanted::Part(990..1_000)),
            ("0-99999999999999999999999", Wanted::Part(0..1_000)),
            ("1000-", Wanted::Impossible),
            ("-0", Wanted::Impossible),
            ("5-2", Wanted::Whole),
            ("a-b", Wanted::Whole),
            ("-", Wanted::Whole),
            ("0-1,5-6", Wanted::Whole),
        ] {
            assert_eq!(part_of(range, 1_000), expected, "{range:?}");
        }
        assert_eq!(part_of("0-", 0), Wanted::Impossible);
    }

    #[test]
    fn a_range_of_another_version_is_not_served() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, header::HeaderValue::from_static("bytes=0-1"));
        assert_eq!(wanted(&headers, "\"a\"", 9), Wanted::Part(0..2));
        headers.insert(header::IF_RANGE, header::HeaderValue::from_static("\"b\""));
        assert_eq!(wanted(&headers, "\"a\"", 9), Wanted::Whole);
        headers.insert(header::IF_NONE_MATCH, header::HeaderValue::from_static("\"x\", W/\"a\""));
        assert!(is_known(&headers, "\"a\"") && !is_known(&headers, "\"c\""));
    }

    #[test]
    fn who_goes_on_with_what_came_from_the_store_is_led_there_again() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, header::HeaderValue::from_static("bytes=2-"));
        assert!(!names_version(&headers, "\"a\""));
        headers.insert(header::IF_RANGE, header::HeaderValue::from_static("\"of-the-store\""));
        assert!(!names_version(&headers, "\"a\""));
        assert_eq!(asked(&headers, 9), Wanted::Part(2..9));
        headers.insert(header::IF_RANGE, header::HeaderValue::from_static("\"a\""));
        assert!(names_version(&headers, "\"a\""));
    }
}
