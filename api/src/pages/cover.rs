//! Covers for beats without a picture: a drawing that follows from the beat's id, so that it is always the same one. Pages of ours hold it; the dashboard
//! shows it as a picture of its own address.

use std::fmt::Write;

use actix_web::{HttpResponse, http::header, web};
use domain::ids::{BeatId, TypedId};
use sha2::{Digest, Sha256};

use super::errors::PageError;

/// The drawing within a page, which says beside it what it is of.
pub(super) fn svg(beat: BeatId) -> String {
    draw(beat, "class=\"cover\" aria-hidden=\"true\" focusable=\"false\"")
}

/// The drawing by itself. It follows from the id alone and tells nothing of the beat, nor whether there is one: anybody may have it, and keep it for good.
pub(super) async fn show(path: web::Path<String>) -> Result<HttpResponse, PageError> {
    let beat: BeatId = path.parse().map_err(|_| PageError::not_found())?;
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(draw(beat, "xmlns=\"http://www.w3.org/2000/svg\"")))
}

/// An SVG of 400 × 400 units with attributes of its own. Colours are presentation attributes, for the content security policy allows no inline style.
fn draw(beat: BeatId, attributes: &str) -> String {
    let seed: [u8; 32] = Sha256::digest(beat.uuid().as_bytes()).into();
    let id = beat.uuid().simple();
    let hue = u32::from(seed[0]) * 360 / 256;
    let second = (hue + 35 + u32::from(seed[1]) % 70) % 360;
    let (x, y) = (u32::from(seed[2]) * 100 / 255, u32::from(seed[3]) * 100 / 255);
    let motif = match seed[4] % 4 {
        0 => grooves(&seed),
        1 => bars(&seed),
        2 => arcs(&seed),
        _ => swell(&seed),
    };
    format!(
        "<svg {attributes} viewBox=\"0 0 400 400\"><defs>\
         <linearGradient id=\"g{id}\" x1=\"0\" y1=\"0\" x2=\"1\" y2=\"1\"><stop offset=\"0\" stop-color=\"hsl({hue} 62% 46%)\"/>\
         <stop offset=\"1\" stop-color=\"hsl({second} 70% 22%)\"/></linearGradient>\
         <radialGradient id=\"r{id}\" cx=\"{x}%\" cy=\"{y}%\" r=\"75%\"><stop offset=\"0\" stop-color=\"hsl({second} 90% 68%)\" stop-opacity=\".85\"/>\
         <stop offset=\"1\" stop-color=\"hsl({second} 90% 60%)\" stop-opacity=\"0\"/></radialGradient></defs>\
         <rect width=\"400\" height=\"400\" fill=\"url(#g{id})\"/><rect width=\"400\" height=\"400\" fill=\"url(#r{id})\"/>{motif}</svg>"
    )
}

fn grooves(seed: &[u8; 32]) -> String {
    let (x, y) = (90 + u32::from(seed[5]) % 220, 90 + u32::from(seed[6]) % 220);
    let mut out = String::from("<g fill=\"none\" stroke=\"#fff\" stroke-width=\"2\">");
    for ring in 0..11_u32 {
        let opacity = 12 + u32::from(seed[7 + ring as usize % 8]) % 26;
        let _ = write!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{}\" stroke-opacity=\".{opacity}\"/>", 24 + ring * 26);
    }
    let _ = write!(out, "</g><circle cx=\"{x}\" cy=\"{y}\" r=\"9\" fill=\"#fff\" fill-opacity=\".85\"/>");
    out
}

fn bars(seed: &[u8; 32]) -> String {
    let mut out = String::from("<g fill=\"#fff\" fill-opacity=\".3\">");
    for (place, byte) in seed[5..24].iter().enumerate() {
        let height = 30 + u32::from(*byte) * 290 / 255;
        let _ = write!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"9\" height=\"{height}\" rx=\"4.5\"/>",
            15 + place * 20,
            200 - height / 2
        );
    }
    out.push_str("</g>");
    out
}

fn arcs(seed: &[u8; 32]) -> String {
    let turn = u32::from(seed[5]) % 4 * 90;
    let mut out = format!("<g fill=\"none\" stroke=\"#fff\" transform=\"rotate({turn} 200 200)\">");
    for ring in 0..7_u32 {
        let (radius, width) = (60 + ring * 52, 3 + u32::from(seed[6 + ring as usize]) % 18);
        let _ = write!(
            out,
            "<path d=\"M{radius} 0A{radius} {radius} 0 0 1 0 {radius}\" stroke-width=\"{width}\" stroke-opacity=\".{}\"/>",
            40 - ring * 4
        );
    }
    out.push_str("</g>");
    out
}

fn swell(seed: &[u8; 32]) -> String {
    let mut out = String::from("<g fill=\"none\" stroke=\"#fff\" stroke-width=\"3\">");
    for line in 0..9_u32 {
        let base = 60 + line * 36;
        let lift = 10 + u32::from(seed[5 + line as usize]) % 60;
        let _ = write!(
            out,
            "<path d=\"M-10 {base}C90 {} 150 {} 210 {base}S330 {} 410 {base}\" stroke-opacity=\".{}\"/>",
            base.saturating_sub(lift),
            base + lift,
            base.saturating_sub(lift),
            14 + line * 4
        );
    }
    out.push_str("</g>");
    out
}

#[cfg(test)]
mod tests {
    use domain::env::testing;

    use super::*;

    #[test]
    fn a_cover_follows_from_the_id_and_needs_no_inline_style() {
        let (env, _) = testing::env(7);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..64 {
            let beat: BeatId = env.id();
            let drawn = svg(beat);
            assert_eq!(drawn, svg(beat));
            assert!(!drawn.contains("style") && drawn.ends_with("</svg>"));
            seen.insert(drawn);
        }
        assert_eq!(seen.len(), 64);
    }
}
