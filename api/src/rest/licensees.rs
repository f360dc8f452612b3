//! `GET /studios/{slug}/licensees.csv`: the licensees whom a studio lets pass, as a list for spreadsheets and for services that find recordings.

use std::{future::ready, io};

use actix_web::{
    HttpResponse,
    http::header,
    web::{Path, ServiceConfig},
};
use bytes::Bytes;
use csv::{Terminator, WriterBuilder};
use domain::{
    ids::{LicenceId, StudioId},
    licensing::{
        channels::{AllowedLicensee, list_allowlist},
        queries::ends_at,
    },
    page::PageRequest,
    policy::{self, Action, Denied},
    sales::queries::find_storefront,
};
use futures::{Stream, StreamExt, stream};

use super::stored::attachment;
use crate::{caller::Caller, edge::look, errors::Problem};

/// A line's cells.
type Cells = [String; 8];

/// The first line.
const COLUMNS: [&str; 8] =
    ["channel_url", "beat", "isrc", "licence_reference", "tier", "licensee", "granted_on", "ends_on"];

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/studios/{slug}/licensees.csv", look().to(licensees));
}

/// Lists the licensees whose licences stand, a line for each licence and address under which its song is online, newest licence first; a
/// licence without addresses has one line whose first cell is empty. Quoted as RFC 4180 says; a cell that a spreadsheet would take for a formula has an
/// apostrophe in front. For who may see licences.
#[utoipa::path(
    get, path = "/studios/{slug}/licensees.csv", tag = "files",
    params(("slug" = String, Path, description = "The studio's word in addresses")),
    responses(
        (status = 200, description = "The list: `channel_url`, `beat`, `isrc`, `licence_reference`, `tier`, `licensee`, `granted_on`, `ends_on`", body = String, content_type = "text/csv"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such studio, or not the caller's", body = crate::errors::ProblemBody),
    ),
)]
pub async fn licensees(caller: Caller, slug: Path<String>) -> Result<HttpResponse, Problem> {
    let found = find_storefront(&caller.services.db, &slug).await?;
    let studio = policy::visible(&caller.ctx.actor, Action::ReadSales, found, |studio| studio.id)?;
    let studio = studio.ok_or(Denied::Stranger)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header(attachment(&format!("{} licensees.csv", studio.slug)))
        .streaming(lines(caller, studio.id)))
}

/// The list, batch by batch, in constant memory. If one cannot be read the stream ends in an error, so that nobody takes a torso for the whole.
fn lines(caller: Caller, studio: StudioId) -> impl Stream<Item = io::Result<Bytes>> + use<> {
    let head = stream::once(ready(written([COLUMNS.map(str::to_owned)])));
    let batches = stream::try_unfold(Some(PageRequest::<LicenceId>::largest()), move |next| {
        let caller = caller.clone();
        async move {
            let Some(request) = next else { return Ok(None) };
            let page = list_allowlist(&caller.services.db, &caller.ctx, studio, request).await;
            let page = page.map_err(io::Error::other)?;
            let next = page.rows.last().filter(|_| page.has_next).map(|row| request.behind(row.licence.id));
            Ok(Some((written(page.rows.iter().flat_map(cells))?, next)))
        }
    });
    head.chain(batches)
}

/// A licensee's lines: one for each address, or one without.
fn cells(allowed: &AllowedLicensee) -> Vec<Cells> {
    let licence = &allowed.licence;
    let ends_at = ends_at(licence.granted_at, &licence.terms);
    let line = |url: &str| {
        [
            url.to_owned(),
            allowed.beat_title.clone(),
            allowed.isrc.clone().unwrap_or_default(),
            licence.reference.clone(),
            licence.terms.tier_name.clone(),
            licence.licensee_name.clone(),
            licence.granted_at.date_naive().to_string(),
            ends_at.map_or_else(String::new, |end| end.date_naive().to_string()),
        ]
    };
    if allowed.channels.is_empty() {
        return vec![line("")];
    }
    allowed.channels.iter().map(|channel| line(&channel.url)).collect()
}

fn written(lines: impl IntoIterator<Item = Cells>) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(&mut bytes);
    for line in lines {
        writer.write_record(line.map(harmless))?;
    }
    writer.flush()?;
    drop(writer);
    Ok(bytes.into())
}

/// A cell that no spreadsheet takes for a formula: buyers name themselves as they like.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(beat: &str, licensee: &str) -> Cells {
        ["https://a.example/", beat, "", "LL-7K3M9Q2X-1", "WAV lease", licensee, "2026-11-23", ""].map(str::to_owned)
    }

    #[test]
    fn cells_are_quoted_and_lines_end_as_the_standard_says() {
        let text = written([line("Night, \"Drive\"", "Ada\nLovelace")]).unwrap();
        let expected =
            "https://a.example/,\"Night, \"\"Drive\"\"\",,LL-7K3M9Q2X-1,WAV lease,\"Ada\nLovelace\",2026-11-23,\r\n";
        assert_eq!(text, expected);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&text[..]);
        let read = reader.records().next().unwrap().unwrap();
        assert_eq!((&read[1], &read[5]), ("Night, \"Drive\"", "Ada\nLovelace"));
    }

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=HYPERLINK(\"https://evil.example\")", "+1", "-1", "@SUM(A1)"] {
            let text = written([line("Night Drive", formula)]).unwrap();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&text[..]);
            let read = reader.records().next().unwrap().unwrap();
            assert_eq!(read[5], format!("'{formula}"));
        }
        assert_eq!(harmless("A = B".to_owned()), "A = B");
    }
}
