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
    texts::t,
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
    passed: String,
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
        chrome: Chrome::private(t("masters-title").with("project", &desk.project.title))
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
    let and = |said: String, next: String| t("masters-and").with("said", &said).with("next", &next).into();
    money.iter().map(|sum| words::amount(*sum)).reduce(and).unwrap_or_default()
}

/// How it all stands: a heading and a sentence.
fn describe(desk: &Desk) -> (String, String) {
    let balance = &desk.balance;
    let is = |wanted: DeliveryState| desk.deliveries.iter().any(|view| view.state(balance) == wanted);
    if is(DeliveryState::Open) {
        let others = if is(DeliveryState::Locked) {
            Some(t("masters-others-locked"))
        } else {
            is(DeliveryState::Making).then(|| t("masters-others-making"))
        };
        let said = t("masters-here-said");
        let said = others.map_or_else(|| said.to_string(), |others| format!("{said} {others}"));
        return (t("masters-here").into(), said);
    }
    if is(DeliveryState::Locked) {
        let was_out = desk
            .deliveries
            .iter()
            .any(|view| view.steps.last().is_some_and(|last| last.kind == MasterStepKind::Recalled));
        let heading = if was_out { "masters-withheld" } else { "masters-ready" };
        return (t(heading).into(), why_locked(desk));
    }
    if is(DeliveryState::Making) {
        return (t("masters-making").into(), t("masters-making-said").into());
    }
    if is(DeliveryState::Failed) {
        let said = t("masters-failed-said").with("studio", &desk.studio.name).into();
        return (t("masters-failed").into(), said);
    }
    (t("masters-none").into(), t("masters-none-said").into())
}

/// What keeps them locked: all of it, for paying a part opens nothing.
fn why_locked(desk: &Desk) -> String {
    let Desk { balance, project, studio, .. } = desk;
    let disputed = amounts(&balance.disputed);
    if balance.open.is_empty() && balance.unissued.is_empty() {
        return t("masters-disputed").with("amounts", &disputed).with("project", &project.title).into();
    }
    let mut parts: Vec<String> = Vec::new();
    if !balance.open.is_empty() {
        parts.push(t("masters-can-be-paid").with("amounts", &amounts(&balance.open)).into());
    }
    if !balance.unissued.is_empty() {
        let unissued = amounts(&balance.unissued);
        parts.push(t("masters-to-be-invoiced").with("amounts", &unissued).with("studio", &studio.name).into());
    }
    if !balance.disputed.is_empty() {
        parts.push(t("masters-bank-disputes").with("amounts", &disputed).into());
    }
    let and = |said: String, next: String| t("masters-and-this").with("said", &said).with("next", &next).into();
    let why = parts.into_iter().reduce(and).unwrap_or_default();
    t("masters-locked").with("why", &why).into()
}

fn song(desk: &Desk, view: &View, token: &str) -> SongView {
    let state = view.state(&desk.balance);
    let how = match (state, view.is_current) {
        (DeliveryState::Superseded, _) => "masters-song-superseded",
        (_, false) => "masters-song-later",
        (DeliveryState::Making, true) => "masters-song-making",
        (DeliveryState::Failed, true) => "masters-song-delayed",
        (DeliveryState::Locked, true) => "masters-song-locked",
        (DeliveryState::Open, true) => "masters-song-ready",
    };
    let files = rules::standing(&view.masters);
    let here = format!("/masters/{token}/qc/{}", view.delivery.id);
    let is_reported = !view.reports().is_empty();
    SongView {
        title: view.song.clone(),
        said: t("masters-song").with("version", &view.version.to_string()).with("how", &t(how)).into(),
        files: files.into_iter().map(|row| file(desk, (view, row), token)).collect(),
        report: if is_reported { format!("{here}/report.txt") } else { String::new() },
        data: if is_reported { here } else { String::new() },
    }
}

fn file(desk: &Desk, (view, row): (&View, &master::Model), token: &str) -> FileView {
    let facts = view.facts(&desk.balance);
    let instead = match row.state {
        MasterState::Waiting => Some("masters-file-making"),
        MasterState::Refused => Some("masters-file-delayed"),
        MasterState::Ready if !facts.is_current && !facts.is_out() => Some("masters-file-superseded"),
        MasterState::Ready if view.opens(row, &desk.balance) => None,
        MasterState::Ready => Some("masters-file-locked"),
    };
    let name = rules::file_name(&view.song, row.profile);
    let size = row.asset_id.and_then(|id| desk.files.get(&id)).map_or_else(String::new, |file| words::size(file.bytes));
    FileView {
        label: rules::label(row.profile),
        instead: instead.map_or_else(String::new, |key| t(key).into()),
        href: if instead.is_none() {
            format!("/masters/{token}/files/{}/{}", row.id, escaped(&name))
        } else {
            String::new()
        },
        size,
        levels: row.qc.as_ref().map_or_else(String::new, Report::levels),
        passed: match &row.qc {
            None => String::new(),
            Some(qc) if qc.passed => t("masters-passed").into(),
            Some(_) => t("masters-see-report").into(),
        },
        sha256: row.qc.as_ref().map_or_else(String::new, |qc| qc.sha256.clone()),
        name,
    }
}
