//! Previews and pictures of published beats, with ranges so that a player can seek.

use std::ops::Range;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
    web,
};
use domain::{catalog, ids::AssetId};

use super::errors::PageError;
use crate::Caller;

/// What a `Range` header asks for of a file of so many bytes; more than one range is answered with the whole file, as RFC 9110 allows.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    Part(Range<u64>),
    Unsatisfiable,
}

fn asked(header: Option<&str>, bytes: u64) -> Asked {
    let Some(spec) = header.and_then(|text| text.trim().strip_prefix("bytes=")) else { return Asked::Whole };
    let Some((from, to)) = spec.split_once('-').filter(|_| !spec.contains(',')) else { return Asked::Whole };
    let range = match (from.trim().parse::<u64>(), to.trim().parse::<u64>()) {
        (Ok(from), Ok(to)) if from <= to => from..to.saturating_add(1).min(bytes),
        (Ok(from), Err(_)) if to.trim().is_empty() => from..bytes,
        (Err(_), Ok(last)) if from.trim().is_empty() => bytes.saturating_sub(last)..bytes,
        _ => return Asked::Whole,
    };
    if range.start < range.end { Asked::Part(range) } else { Asked::Unsatisfiable }
}

/// Sends a file of a published beat.
pub(super) async fn send(caller: Caller, request: HttpRequest, id: web::Path<String>) -> Result<HttpResponse, PageError> {
    let id: AssetId = id.parse().map_err(|_| PageError::not_found())?;
    let services = &caller.services;
    let asset = catalog::find_public_asset(&services.db, id).await?.ok_or_else(PageError::not_found)?;
    let bytes = u64::try_from(asset.bytes).unwrap_or(0);
    let text = |name| request.headers().get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let tag = format!("\"{}\"", asset.sha256);
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, asset.media_type.as_str()))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::ETAG, tag.as_str()))
        .insert_header((header::CONTENT_DISPOSITION, "inline"))
        // An hour, not for ever: a beat can be withdrawn.
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"));
    if text(header::IF_NONE_MATCH).is_some_and(|known| known.contains(&tag)) {
        return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    let same = text(header::IF_RANGE).is_none_or(|known| known == tag);
    let range = match asked(text(header::RANGE).filter(|_| same), bytes) {
        Asked::Unsatisfiable => {
            response.insert_header((header::CONTENT_RANGE, format!("bytes */{bytes}")));
            return Ok(response.status(StatusCode::RANGE_NOT_SATISFIABLE).finish());
        }
        Asked::Whole => None,
        Asked::Part(range) => {
            response.status(StatusCode::PARTIAL_CONTENT);
            let last = range.end - 1;
            response.insert_header((header::CONTENT_RANGE, format!("bytes {}-{last}/{bytes}", range.start)));
            Some(range)
        }
    };
    let length = range.as_ref().map_or(bytes, |range| range.end - range.start);
    response.no_chunking(length);
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    let found = services.files.read(&asset.sha256, range).await.map_err(|cause| PageError::broken(&cause))?;
    Ok(response.streaming(found.ok_or_else(PageError::not_found)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_rfc_9110_says() {
        for (header, expected) in [
            (None, Asked::Whole),
            (Some("bytes=0-0"), Asked::Part(0..1)),
            (Some("bytes=10-"), Asked::Part(10..100)),
            (Some("bytes=-10"), Asked::Part(90..100)),
            (Some("bytes=-1000"), Asked::Part(0..100)),
            (Some("bytes=90-1000"), Asked::Part(90..100)),
            (Some("bytes=100-"), Asked::Unsatisfiable),
            (Some("bytes=-0"), Asked::Unsatisfiable),
            (Some("bytes=5-4"), Asked::Whole),
            (Some("bytes=0-1,3-4"), Asked::Whole),
            (Some("items=0-1"), Asked::Whole),
            (Some("bytes=99999999999999999999-"), Asked::Whole),
        ] {
            assert_eq!(asked(header, 100), expected, "{header:?}");
        }
    }
}
