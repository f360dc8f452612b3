//! Free downloads of tagged previews: asked for on a beat's page, confirmed by the mailed link; and the link that withdraws the consent.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use domain::{
    catalog::{self, entity::beat},
    delivery::rules::file_name_part,
    free_downloads::{
        FreeDownloadError,
        commands::{self, AskDownload},
        queries::{self, Requested},
        rules::{WORDING, WORDING_VERSION, wording},
    },
    links::Purpose,
    services::Services,
};

use super::{
    chrome::{Chrome, render, see_other},
    errors::{PageError, sentences},
    orders::keep_to_itself,
    storefront::{find_beat, find_shop},
    texts::{Text, t},
    wording::Wording,
};
use crate::{
    Caller,
    errors::Problem,
    rest::stored::{StoredFile, serve_download},
};

/// What a beat's page asks for its free download.
pub(super) struct FreeForm {
    pub(super) action: String,
    pub(super) wording: &'static str,
    pub(super) version: &'static str,
}

/// What is typed there.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct AskForm {
    email: String,
    wording: String,
}

#[derive(Template)]
#[template(path = "free.html")]
struct FreePage {
    chrome: Chrome,
    heading: String,
    said: String,
    /// What the visitor consents to; empty if nothing is asked.
    consented: &'static str,
    problem: Wording,
    /// The form that asks, again; none if there is nothing to be asked.
    ask: Option<FreeForm>,
    email: String,
    /// Where a button leads that changes something; empty if there is none.
    action: String,
    button: String,
    /// Where the file is; empty if it is not to be had.
    file: String,
    /// Where the consent is withdrawn; empty if none stands.
    unsubscribe: String,
    shop: String,
}

impl FreePage {
    fn new(chrome: Chrome, heading: impl Into<String>, said: impl Into<String>, shop: String) -> Self {
        Self {
            chrome,
            heading: heading.into(),
            said: said.into(),
            consented: "",
            problem: Wording::default(),
            ask: None,
            email: String::new(),
            action: String::new(),
            button: String::new(),
            file: String::new(),
            unsubscribe: String::new(),
            shop,
        }
    }
}

/// The form of a beat that is downloaded for free.
pub(super) async fn form(
    services: &Services,
    beat: &beat::Model,
    beat_href: &str,
) -> Result<Option<FreeForm>, PageError> {
    let is_free = queries::free_preview(&services.db, beat).await?.is_some();
    Ok(is_free.then(|| the_form(beat_href)))
}

fn the_form(beat_href: &str) -> FreeForm {
    FreeForm { action: format!("{beat_href}/free"), wording: WORDING, version: WORDING_VERSION }
}

/// Asks for the download; the mail with the link is on its way.
pub(super) async fn ask(
    caller: Caller,
    path: web::Path<(String, String)>,
    form: web::Form<AskForm>,
) -> Result<HttpResponse, PageError> {
    let (services, form) = (&caller.services, form.into_inner());
    let studio = find_shop(services, &path.0).await?;
    let beat = find_beat(services, &studio, &path.1).await?;
    let href = format!("{}/{}", services.shop_url(&studio), beat.slug);
    let asked = AskDownload {
        beat: beat.id,
        email: form.email.clone(),
        wording_version: form.wording,
        ip: caller.ip.to_string(),
    };
    let chrome = Chrome::private(t("free-title").with("title", &beat.title)).of_shop(services, &studio, 0);
    match commands::request_download(services, &caller.ctx, studio.id, &asked).await {
        Ok(request) => {
            let email = request.email.to_string();
            let said = t("free-sent").with("email", &email);
            render(StatusCode::OK, &FreePage::new(chrome, t("free-look"), said, href))
        }
        Err(
            error @ (FreeDownloadError::Email | FreeDownloadError::WordingChanged | FreeDownloadError::TooMany { .. }),
        ) => {
            let problem = PageError::from(error);
            let heading = t("free-of").with("title", &beat.title);
            let page = FreePage {
                problem: sentences(&problem),
                ask: Some(the_form(&href)),
                email: form.email,
                ..FreePage::new(chrome, heading, "", href)
            };
            render(problem.status_code(), &page)
        }
        Err(error) => Err(PageError::from(error).leading_to(href, t("free-back"))),
    }
}

/// Shows what a link opens: a button that confirms, or the file. Looking at it confirms nothing, for mail programs look at links by themselves.
pub(super) async fn show(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let found = queries::find_by_link(&services.db, &services.links, &token, services.env.now()).await?;
    let Requested { request, beat, preview, consent } = found;
    let studio = catalog::find_shop(&services.db, request.studio_id).await?.ok_or_else(PageError::not_found)?;
    let chrome = Chrome::private(t("free-title").with("title", &beat.title)).of_studio(services, &studio).await?;
    let page = |heading: String, said: String| FreePage::new(chrome, heading, said, services.shop_url(&studio));
    let page = match (preview.is_some(), request.confirmed_at.is_some()) {
        (false, _) => page(t("free-no-more").with("title", &beat.title).into(), t("free-no-more-help").into()),
        (true, false) => FreePage {
            action: format!("/free/{token}"),
            button: t("free-confirm").into(),
            // What the visitor read beside the form.
            consented: wording(&request.wording_version).unwrap_or_default(),
            ..page(t("free-yours").with("title", &beat.title).into(), String::new())
        },
        (true, true) => {
            FreePage { file: format!("/free/{token}/file"), ..page(beat.title.clone(), t("free-here").into()) }
        }
    };
    let unsubscribe = consent.filter(|_| request.confirmed_at.is_some()).map_or_else(String::new, |consent| {
        format!("/unsubscribe/{}", services.links.token(Purpose::Unsubscribe, consent, None))
    });
    let mut response = render(StatusCode::OK, &FreePage { unsubscribe, ..page })?;
    keep_to_itself(&mut response);
    Ok(response)
}

/// Confirms the address.
pub(super) async fn confirm(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let ip = Some(caller.ip.to_string()).filter(|ip| !ip.is_empty());
    let tx = services.begin().await?;
    match commands::confirm(&tx, &caller.ctx, &services.links, &token, ip).await {
        Ok(_) => services.commit(tx).await?,
        // The page says so.
        Err(FreeDownloadError::NotFree) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(see_other(&format!("/free/{token}")))
}

/// The file.
pub(super) async fn file(
    request: HttpRequest,
    caller: Caller,
    token: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let services = &caller.services;
    let (beat, preview) = queries::find_file(&services.db, &services.links, &token, services.env.now()).await?;
    let file = StoredFile {
        sha256: preview.sha256,
        bytes: preview.bytes.unsigned_abs(),
        media_type: preview.media_type,
        download_as: Some(format!("{} (tagged preview).mp3", file_name_part(&beat.title, "Beat"))),
        cache_control: "private, no-store",
    };
    Ok(serve_download(&request, services.files.as_ref(), &file).await?.response)
}

/// Asks whether the consent is to be withdrawn.
pub(super) async fn ask_unsubscribe(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    unsubscribe_page(&caller, &token).await
}

/// Withdraws it.
pub(super) async fn unsubscribe(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let tx = services.begin().await?;
    commands::unsubscribe(&tx, &caller.ctx, &services.links, &token).await?;
    services.commit(tx).await?;
    unsubscribe_page(&caller, &token).await
}

async fn unsubscribe_page(caller: &Caller, token: &str) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let consent = queries::find_consent_by_link(&services.db, &services.links, token, services.env.now()).await?;
    let studio = catalog::find_shop(&services.db, consent.studio_id).await?.ok_or_else(PageError::not_found)?;
    let chrome = Chrome::private(t("free-news").with("studio", &studio.name)).of_studio(services, &studio).await?;
    let (name, email) = (&studio.name, consent.email.to_string());
    let page = |heading: Text<'_>, said: Text<'_>| FreePage::new(chrome, heading, said, services.shop_url(&studio));
    let page = if consent.withdrawn_at.is_some() {
        page(t("free-unsubscribed"), t("free-unsubscribed-said").with("studio", name).with("email", &email))
    } else {
        FreePage {
            action: format!("/unsubscribe/{token}"),
            button: t("free-unsubscribe").into(),
            ..page(t("free-ask-unsubscribe"), t("free-ask-unsubscribe-said").with("studio", name).with("email", &email))
        }
    };
    let mut response = render(StatusCode::OK, &page)?;
    keep_to_itself(&mut response);
    Ok(response)
}
