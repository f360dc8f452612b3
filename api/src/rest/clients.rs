//! `GET` and `POST /studios/{slug}/clients.csv` and `…/clients.vcf`: a studio's clients as a list for spreadsheets and address books, and lists that are taken
//! in.

use std::collections::HashMap;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::{self, Path, Payload, ServiceConfig},
};
use csv::{ReaderBuilder, Terminator, WriterBuilder};
use domain::{
    catalog::Sha256,
    clients::{
        ClientError,
        exports::{ExportedClient, export_clients},
        imports::stage_import,
        people::HEADINGS,
        queries::count_lines,
        records::{ImportFormat, LineOutcome},
    },
    identity::entity::studio,
    ids::ClientImportId,
    policy::{self, Action, Denied},
    sales::queries::find_storefront,
};
use interchange::{
    contact::{Contact, MAX_BYTES},
    people_csv, vcard,
};

use super::stored::attachment;
use crate::{body::read_body, caller::Caller, edge::look, errors::Problem};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.service(
        web::resource("/studios/{slug}/clients.csv")
            .route(look().to(clients_csv))
            .route(web::post().to(take_clients_csv)),
    )
    .service(
        web::resource("/studios/{slug}/clients.vcf")
            .route(look().to(clients_vcf))
            .route(web::post().to(take_clients_vcf)),
    );
}

/// A list that was read, and what would become of its lines.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct StagedImport {
    /// The list's id: `clientImport` in GraphQL tells what would become of each line, `commitClientImport` has it entered.
    pub id: String,
    /// How many lines would enter somebody new.
    pub enter: i64,
    /// How many would add to somebody who is known.
    pub update: i64,
    /// How many say nothing new.
    pub same: i64,
    /// How many are refused.
    pub refuse: i64,
}

/// A studio's clients, newest first, a line each, quoted as RFC 4180 says, with the headings that address books know and some that they do not. A cell
/// that a spreadsheet would take for a formula has an apostrophe in front. For who may see clients.
#[utoipa::path(
    get, path = "/studios/{slug}/clients.csv", tag = "files",
    params(("slug" = String, Path, description = "The studio's word in addresses")),
    responses(
        (status = 200, description = "The list, which `POST` to the same address takes in again", body = String, content_type = "text/csv"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such studio, or not the caller's", body = crate::errors::ProblemBody),
    ),
)]
pub async fn clients_csv(caller: Caller, slug: Path<String>) -> Result<HttpResponse, Problem> {
    let (studio, clients) = exported(&caller, &slug).await?;
    let (contacts, further): (Vec<Contact>, Vec<[String; 8]>) =
        clients.into_iter().map(|client| (client.contact, client.further)).unzip();
    let list = widened(&people_csv::write(&contacts), &further).map_err(Problem::broken)?;
    Ok(answer(&format!("{} clients.csv", studio.slug), "text/csv; charset=utf-8; header=present").body(list))
}

/// A studio's clients, newest first, as vCards of version 4.0. For who may see clients.
#[utoipa::path(
    get, path = "/studios/{slug}/clients.vcf", tag = "files",
    params(("slug" = String, Path, description = "The studio's word in addresses")),
    responses(
        (status = 200, description = "The cards", body = String, content_type = "text/vcard"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such studio, or not the caller's", body = crate::errors::ProblemBody),
    ),
)]
pub async fn clients_vcf(caller: Caller, slug: Path<String>) -> Result<HttpResponse, Problem> {
    let (studio, clients) = exported(&caller, &slug).await?;
    let contacts: Vec<Contact> = clients.into_iter().map(|client| client.contact).collect();
    let cards = vcard::write(&contacts);
    Ok(answer(&format!("{} clients.vcf", studio.slug), "text/vcard; charset=utf-8").body(cards))
}

/// Reads a list of people as Google, Outlook, Apple or this program write it, and keeps it with what would become of each line. Nothing is entered before
/// `commitClientImport` says so; the same list sent again is the same. For who may manage clients.
#[utoipa::path(
    post, path = "/studios/{slug}/clients.csv", tag = "files",
    params(("slug" = String, Path, description = "The studio's word in addresses")),
    request_body(content = String, content_type = "text/csv", description = "The list, with headings in its first row"),
    responses(
        (status = 201, description = "The list was read", body = StagedImport),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such studio, or not the caller's", body = crate::errors::ProblemBody),
        (status = 413, description = "The list is too long", body = crate::errors::ProblemBody),
        (status = 422, description = "The list cannot be read", body = crate::errors::ProblemBody),
    ),
)]
pub async fn take_clients_csv(caller: Caller, slug: Path<String>, body: Payload) -> Result<HttpResponse, Problem> {
    taken(&caller, &slug, ImportFormat::Csv, body).await
}

/// Reads vCards of version 3.0 or 4.0, and keeps them with what would become of each. Otherwise as with a list.
#[utoipa::path(
    post, path = "/studios/{slug}/clients.vcf", tag = "files",
    params(("slug" = String, Path, description = "The studio's word in addresses")),
    request_body(content = String, content_type = "text/vcard", description = "The cards"),
    responses(
        (status = 201, description = "The cards were read", body = StagedImport),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such studio, or not the caller's", body = crate::errors::ProblemBody),
        (status = 413, description = "The list is too long", body = crate::errors::ProblemBody),
        (status = 422, description = "The cards cannot be read", body = crate::errors::ProblemBody),
    ),
)]
pub async fn take_clients_vcf(caller: Caller, slug: Path<String>, body: Payload) -> Result<HttpResponse, Problem> {
    taken(&caller, &slug, ImportFormat::Vcard, body).await
}

/// The studio, for whoever may do that in it.
async fn studio_of(caller: &Caller, slug: &str, action: Action) -> Result<studio::Model, Problem> {
    let found = find_storefront(&caller.services.db, slug).await?;
    let studio = policy::visible(&caller.ctx.actor, action, found, |studio| studio.id)?;
    Ok(studio.ok_or(Denied::Stranger)?)
}

async fn exported(caller: &Caller, slug: &str) -> Result<(studio::Model, Vec<ExportedClient>), Problem> {
    let studio = studio_of(caller, slug, Action::ReadClients).await?;
    let clients = export_clients(&caller.services.db, &caller.ctx, studio.id).await?;
    Ok((studio, clients))
}

fn answer(name: &str, media_type: &'static str) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header(attachment(name));
    answer
}

/// A list with the columns that no address book has.
fn widened(list: &str, further: &[[String; 8]]) -> Result<Vec<u8>, csv::Error> {
    const MARK: &str = "\u{feff}";
    let list = list.strip_prefix(MARK).unwrap_or(list);
    let headings = HEADINGS.map(str::to_owned);
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(list.as_bytes());
    let mut bytes = MARK.as_bytes().to_vec();
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(&mut bytes);
    for (row, more) in reader.records().zip(std::iter::once(&headings).chain(further)) {
        let row = row?;
        let more = more.iter().map(|cell| harmless(cell));
        writer.write_record(row.iter().map(str::to_owned).chain(more))?;
    }
    writer.flush()?;
    drop(writer);
    Ok(bytes)
}

/// A cell that no spreadsheet takes for a formula: parties name themselves as they like.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() }
}

async fn taken(caller: &Caller, slug: &str, format: ImportFormat, body: Payload) -> Result<HttpResponse, Problem> {
    let studio = studio_of(caller, slug, Action::ManageClients).await?;
    let bytes = read_body(body, MAX_BYTES, "split the file, and import its parts").await?;
    let read = move || {
        let list = match format {
            ImportFormat::Csv => people_csv::read(&bytes),
            ImportFormat::Vcard => vcard::read(&bytes),
        };
        list.map(|list| (Sha256::of(&bytes), list))
    };
    let read = tokio::task::spawn_blocking(read).await.map_err(Problem::broken)?;
    let (sha256, list) = read.map_err(ClientError::Unread)?;
    let import = stage_import(&caller.services, &caller.ctx, studio.id, format, sha256, list).await?;
    let counts = count_lines(&caller.services.db, import.id).await?;
    Ok(HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .json(staged(import.id, &counts)))
}

fn staged(id: ClientImportId, counts: &HashMap<LineOutcome, i64>) -> StagedImport {
    let of = |outcome: LineOutcome| counts.get(&outcome).copied().unwrap_or(0);
    StagedImport {
        id: id.to_string(),
        enter: of(LineOutcome::Enter),
        update: of(LineOutcome::Update),
        same: of(LineOutcome::Same),
        refuse: of(LineOutcome::Refuse),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_the_columns_that_no_address_book_has_and_no_formulas() {
        let contact = Contact { nickname: "Ada, \"A\"\nL".to_owned(), ..Contact::default() };
        let further = ["=1+1", "person", "lead", "", "", "", "", ""].map(str::to_owned);
        let list = widened(&people_csv::write(&[contact]), &[further]).unwrap();
        let text = std::str::from_utf8(&list).unwrap();
        let mut reader = ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let headings = reader.headers().unwrap().clone();
        let row = reader.records().next().unwrap().unwrap();
        let cell = |heading: &str| row[headings.iter().position(|known| known == heading).unwrap()].to_owned();
        assert_eq!((cell("Nickname").as_str(), cell("Legal Name").as_str()), ("Ada, \"A\"\nL", "'=1+1"));
        assert_eq!((cell("Kind").as_str(), cell("Stage").as_str()), ("person", "lead"));
        assert!(list.starts_with("\u{feff}".as_bytes()));
    }
}
