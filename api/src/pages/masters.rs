//! The masters of a project, for whoever holds its mailed link: what is being made, what waits for the balance, and what can be downloaded.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{self, ServiceConfig},
};
use askama::Template;
use domain::{
    delivery::rules::escaped,
    invoices::queries::invoice_url,
    masters::{
        MasterError,
        entity::{MasterState, MasterStepKind, master},
        qc::Report,
        queries::{Desk, View, find_by_link, find_desk},
        rules::{self, DeliveryState},
    },
    money::Money,
};

use super::{
    chrome::{Chrome, render},
    errors::PageError,
    orders::keep_to_itself,
    words,
};
use crate::{Caller, edge::look};

pub(super) fn configure(app: &mut ServiceConfig) {
    app.route("/masters/{token}", look().to(show));
}

#[derive(Template)]
#[template(path = "masters.html")]
struct MastersPage {
    chrome: Chrome,
    project: String,
    heading: String,
    said: String,
    /// What is to be paid: the invoice's number, what is left of it, and its page.
    invoices: Vec<(String, String, String)>,
    songs: Vec<SongView>,
}

struct SongView {
    title: String,
    /// Which version it is, and how it stands.
    said: String,
    files: Vec<FileView>,
    /// The reports, as text and as data; both empty while there are none.
    report: String,
    data: String,
}

struct FileView {
    label: &'static str,
    name: String,
    /// What is said of it in the place of a download; empty if it can be downloaded.
    instead: String,
    href: String,
    size: String,
    levels: String,
    /// What the checks came to.
    passed: &'static str,
    sha256: String,
}

/// Shows the masters.
pub(super) async fn show(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let project = find_by_link(&services.db, &services.links, &token, services.env.now()).await;
    let project = project.map_err(|error| match error {
        MasterError::Link(cause) => PageError::bad_link(cause),
        other => other.into(),
    })?;
    let desk = find_desk(&services.db, project.id).await?.ok_or_else(PageError::not_found)?;
    let (heading, said) = describe(&desk);
    let invoices = desk.invoices.iter().map(|row| {
        let url = invoice_url(services, row.invoice.id);
        (row.invoice.reference.clone(), words::amount(row.open), url)
    });
    let view = MastersPage {
        chrome: Chrome::private(format!("Masters of {}", desk.project.title))
            .of_sender(&desk.studio.name)
            .with_island("download"),
        project: desk.project.title.clone(),
        heading,
        said,
        invoices: invoices.collect(),
        songs: desk.deliveries.iter().map(|view| song(&desk, view, &token)).collect(),
    };
    let mut response = render(StatusCode::OK, &view)?;
    keep_to_itself(&mut response);
    Ok(response)
}

fn amounts(money: &[Money]) -> String {
    money.iter().map(|sum| words::amount(*sum)).collect::<Vec<_>>().join(" and ")
}

/// How it all stands: a heading and a sentence.
fn describe(desk: &Desk) -> (String, String) {
    let balance = &desk.balance;
    let is = |wanted: DeliveryState| desk.deliveries.iter().any(|view| view.state(balance) == wanted);
    if is(DeliveryState::Open) {
        let more = if is(DeliveryState::Locked) {
            " Others open once what is left is paid."
        } else if is(DeliveryState::Making) {
            " Others are still being made."
        } else {
            ""
        };
        let said = format!("Download them, and keep a copy. Each has a quality report and a checksum.{more}");
        return ("Your masters are here".to_owned(), said);
    }
    if is(DeliveryState::Locked) {
        let was_out = desk
            .deliveries
            .iter()
            .any(|view| view.steps.last().is_some_and(|last| last.kind == MasterStepKind::Recalled));
        let heading = if was_out { "Your masters are withheld" } else { "Your masters are ready" };
        return (heading.to_owned(), why_locked(desk));
    }
    if is(DeliveryState::Making) {
        let said = "Come back in a few minutes, or wait for the mail: it is sent by itself.";
        return ("Your masters are being made".to_owned(), said.to_owned());
    }
    if is(DeliveryState::Failed) {
        let said = format!(
            "Something went wrong with a master, and {} has been shown what. You need not do anything.",
            desk.studio.name
        );
        return ("Your masters take a little longer".to_owned(), said);
    }
    let said = "They are made as soon as a mix is approved. You hear by mail when they are here.";
    ("There are no masters yet".to_owned(), said.to_owned())
}

/// What keeps them locked: all of it, for paying a part opens nothing.
fn why_locked(desk: &Desk) -> String {
    let Desk { balance, project, studio, .. } = desk;
    let disputed = amounts(&balance.disputed);
    if balance.open.is_empty() && balance.unissued.is_empty() {
        return format!(
            "A bank disputes {disputed} that was paid for {}. They open again once it has decided for the payment.",
            project.title
        );
    }
    let mut parts = Vec::new();
    if !balance.open.is_empty() {
        parts.push(format!("{} can be paid now", amounts(&balance.open)));
    }
    if !balance.unissued.is_empty() {
        parts.push(format!("{} is still to be invoiced by {}", amounts(&balance.unissued), studio.name));
    }
    if !balance.disputed.is_empty() {
        parts.push(format!("a bank disputes {disputed}"));
    }
    format!("They are locked until all of the balance is paid, and open then by themselves: {}.", parts.join(", and "))
}

fn song(desk: &Desk, view: &View, token: &str) -> SongView {
    let state = view.state(&desk.balance);
    let how = match (state, view.is_current) {
        (DeliveryState::Superseded, _) => "a later version took its place",
        (_, false) => "a later version was sent since",
        (DeliveryState::Making, true) => "being made",
        (DeliveryState::Failed, true) => "delayed",
        (DeliveryState::Locked, true) => "locked until the balance is paid",
        (DeliveryState::Open, true) => "ready",
    };
    let files = rules::standing(&view.masters);
    let here = format!("/masters/{token}/qc/{}", view.delivery.id);
    let is_reported = !view.reports().is_empty();
    SongView {
        title: view.song.clone(),
        said: format!("Mix {} · {how}", view.version),
        files: files.into_iter().map(|row| file(desk, (view, row), token)).collect(),
        report: if is_reported { format!("{here}/report.txt") } else { String::new() },
        data: if is_reported { here } else { String::new() },
    }
}

fn file(desk: &Desk, (view, row): (&View, &master::Model), token: &str) -> FileView {
    let facts = view.facts(&desk.balance);
    let instead = match row.state {
        MasterState::Waiting => "Being made",
        MasterState::Refused => "Delayed",
        MasterState::Ready if !facts.is_current && !facts.is_out() => "Superseded",
        MasterState::Ready if view.opens(row, &desk.balance) => "",
        MasterState::Ready => "Locked",
    };
    let name = rules::file_name(&view.song, row.profile);
    let size = row.asset_id.and_then(|id| desk.files.get(&id)).map_or_else(String::new, |file| words::size(file.bytes));
    FileView {
        label: rules::label(row.profile),
        instead: instead.to_owned(),
        href: if instead.is_empty() {
            format!("/masters/{token}/files/{}/{}", row.id, escaped(&name))
        } else {
            String::new()
        },
        size,
        levels: row.qc.as_ref().map_or_else(String::new, Report::levels),
        passed: match &row.qc {
            None => "",
            Some(qc) if qc.passed => "all checks passed",
            Some(_) => "see the report",
        },
        sha256: row.qc.as_ref().map_or_else(String::new, |qc| qc.sha256.clone()),
        name,
    }
}
