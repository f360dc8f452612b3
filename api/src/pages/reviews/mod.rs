//! The review of a song's mix, for whoever holds a link: versions side by side at one level, comments drawn on the waveform, and the decision. No account, and no
//! JavaScript; where there is some, one deck plays the versions, ranges are drawn, and a note that is made without a network waits for it.
//!
//! Looking at the page decides nothing, for mail programs look at links by themselves. What is heard is rendered at its level; see [`domain::reviews::levels`].

mod form;
mod marks;
mod views;

use actix_multipart::Multipart;
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Data, ServiceConfig},
};
use domain::{
    catalog::{
        self,
        entity::{AssetState, asset},
    },
    ids::{AssetId, CommentId},
    report::{Explain, Kind},
    reviews::{
        ReviewError,
        commands::{self, Device, NewComment, Say, Voice},
        levels,
        queries::{self, SentVersion, Visitor},
        rules::{Verdict, places::read_place},
    },
};

use super::{agreed::read_seen, chrome::see_other, errors::PageError, orders::keep_to_itself, texts::t};
use crate::{
    Caller,
    edge::look,
    errors::Problem,
    rest::{
        stored::{StoredFile, not_ready, serve_stored},
        uploads::scan_bytes,
    },
    state::ApiState,
};
use form::{Typed, read_comment};
use views::{Chosen, Refused, render_page};

pub(super) fn configure(app: &mut ServiceConfig) {
    app.route("/review/{token}", look().to(show))
        .route("/review/{token}/comments", web::post().to(comment))
        .route("/review/{token}/settled", web::post().to(settle))
        .route("/review/{token}/decision", web::post().to(decide))
        .route("/review/{token}/versions/{number}.mp3", look().to(audio))
        .route("/review/{token}/voice/{comment}", look().to(voice));
}

/// What of the review is looked at.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Looking {
    /// The version's number; the latest, if none is named.
    version: Option<i32>,
    /// The comment behind which the page of comments begins.
    after: String,
}

/// A comment that is marked.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct SettleForm {
    comment: String,
    settled: bool,
}

/// A decision.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct DecisionForm {
    verdict: String,
    version: i32,
    words: String,
    /// `yes`, if an extra round is agreed to at the price that was shown.
    agree: String,
    seen_minor: i64,
    seen_currency: String,
}

async fn enter(caller: &Caller, token: &str) -> Result<Visitor, ReviewError> {
    let services = &caller.services;
    queries::find_by_link(&services.db, &services.links, token, services.env.now()).await
}

/// A link that does not open anything any more has a page that says so.
fn refused_at_the_door(error: ReviewError) -> PageError {
    match error {
        ReviewError::Link(cause) => PageError::bad_link(cause),
        ReviewError::Revoked | ReviewError::Expired => {
            PageError::new(error.explain()).titled(StatusCode::GONE, t("review-gone"))
        }
        other => other.into(),
    }
}

fn device(caller: &Caller) -> Device {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Device { ip: some(&caller.ip), user_agent: some(&caller.user_agent) }
}

/// Shows the review.
pub(super) async fn show(
    caller: Caller,
    token: web::Path<String>,
    looking: web::Query<Looking>,
) -> Result<HttpResponse, PageError> {
    let visitor = enter(&caller, &token).await.map_err(refused_at_the_door)?;
    let looking = looking.into_inner();
    let chosen = Chosen { version: looking.version, after: looking.after };
    page(&caller, &visitor, &token, chosen, Refused::Nothing).await
}

/// The page, as it stands, with what was refused.
async fn page(
    caller: &Caller,
    visitor: &Visitor,
    token: &str,
    chosen: Chosen,
    refused: Refused<'_>,
) -> Result<HttpResponse, PageError> {
    let mut response = render_page(&caller.services, visitor, token, chosen, refused).await?;
    keep_to_itself(&mut response);
    Ok(response)
}

/// What a form leads to if it was refused as can be expected: the page once more, with what was typed.
fn is_shown(problem: &PageError) -> bool {
    matches!(problem.report().kind, Kind::Invalid | Kind::Conflict | Kind::TooMany)
}

/// Takes a comment, written or spoken.
pub(super) async fn comment(
    caller: Caller,
    state: Data<ApiState>,
    token: web::Path<String>,
    form: Multipart,
) -> Result<HttpResponse, PageError> {
    let visitor = enter(&caller, &token).await.map_err(refused_at_the_door)?;
    let typed = read_comment(form).await?;
    let version = typed.version;
    match say(&caller, &state, &visitor, &typed).await {
        Ok(said) => Ok(see_other(&format!("/review/{token}?version={version}#{said}"))),
        Err(problem) if is_shown(&problem) => {
            let chosen = Chosen { version: Some(version), after: String::new() };
            page(&caller, &visitor, &token, chosen, Refused::Comment(&typed, &problem)).await
        }
        Err(problem) => Err(problem.leading_to(format!("/review/{token}"), t("review-back"))),
    }
}

/// The comment under which what was said stands: a reply stands with its comment. What is spoken is stored when the rest was admitted,
/// and the scanner has found nothing in it.
async fn say(caller: &Caller, state: &ApiState, visitor: &Visitor, typed: &Typed) -> Result<CommentId, PageError> {
    let services = &caller.services;
    let version = find_sent(caller, visitor, typed.version).await?.version.id;
    let fault = |fault| PageError::from(ReviewError::Fault(fault));
    let spoken = typed.voice_file().map_err(|refusal| PageError::from(ReviewError::Voice(refusal.into())))?;
    let mut new = NewComment {
        version,
        parent: typed.parent()?,
        from_ms: read_place(&typed.from, "from").map_err(fault)?,
        to_ms: read_place(&typed.to, "to").map_err(fault)?,
        words: typed.words.clone(),
        voice: Voice::None,
    };
    let by = visitor.reviewer.id;
    commands::admit_comment(services, &caller.ctx, by, &new, spoken.is_some()).await?;
    if let Some(file) = spoken {
        let scanned = scan_bytes(caller, &state.config.upload_dir, &file.file_name, &file.bytes).await;
        if let Some(refusal) = scanned.map_err(|problem| PageError::new(problem.report().clone()))? {
            return Err(ReviewError::Voice(refusal.into()).into());
        }
        let stored = services.files.put_bytes(file.bytes.clone()).await?;
        new.voice = Voice::File(file.stored(stored));
    }
    let said = commands::comment_as_reviewer(services, &caller.ctx, by, new, device(caller)).await?;
    Ok(said.parent_id.unwrap_or(said.id))
}

/// The version of a review by its number, if it was sent.
async fn find_sent(caller: &Caller, visitor: &Visitor, number: i32) -> Result<SentVersion, ReviewError> {
    let sent = queries::sent_versions(&caller.services.db, visitor.review.id).await?;
    let found = sent.into_iter().find(|sent| sent.version.number == number);
    found.ok_or(ReviewError::NotFound { what: "version under review", field: "version" })
}

/// Marks a comment as settled, or as unsettled again.
pub(super) async fn settle(
    caller: Caller,
    token: web::Path<String>,
    form: web::Form<SettleForm>,
) -> Result<HttpResponse, PageError> {
    let visitor = enter(&caller, &token).await.map_err(refused_at_the_door)?;
    let comment: CommentId = form.comment.parse().map_err(|_| PageError::bad_form())?;
    let tx = caller.services.begin().await?;
    let from = device(&caller);
    let by = (form.settled, &from);
    let settled = commands::resolve_as_reviewer(&tx, &caller.ctx, visitor.reviewer.id, comment, by).await;
    let settled =
        settled.map_err(|error| PageError::from(error).leading_to(format!("/review/{token}"), t("review-back")))?;
    caller.services.commit(tx).await?;
    let versions = queries::sent_versions(&caller.services.db, visitor.review.id).await?;
    let number = versions.iter().find(|sent| sent.version.id == settled.version_id).map(|sent| sent.version.number);
    let version = number.map_or_else(String::new, |number| format!("?version={number}"));
    Ok(see_other(&format!("/review/{token}{version}#{comment}")))
}

/// Takes a decision, or an opinion.
pub(super) async fn decide(
    caller: Caller,
    token: web::Path<String>,
    form: web::Form<DecisionForm>,
) -> Result<HttpResponse, PageError> {
    let visitor = enter(&caller, &token).await.map_err(refused_at_the_door)?;
    let form = form.into_inner();
    match end(&caller, &visitor, &form).await {
        Ok(()) => Ok(see_other(&format!("/review/{token}"))),
        Err(problem) if is_shown(&problem) => {
            page(&caller, &visitor, &token, Chosen::default(), Refused::Decision(&form, &problem)).await
        }
        Err(problem) => Err(problem.leading_to(format!("/review/{token}"), t("review-back"))),
    }
}

async fn end(caller: &Caller, visitor: &Visitor, form: &DecisionForm) -> Result<(), PageError> {
    let verdict = match form.verdict.as_str() {
        "approve" => Verdict::Approve,
        "revise" => Verdict::Revise,
        _ => return Err(PageError::bad_form()),
    };
    let agreed = match form.agree.as_str() {
        "yes" => Some(read_seen(form.seen_minor, &form.seen_currency)?),
        _ => None,
    };
    let say = Say { verdict, version: form.version, words: form.words.clone(), agreed, device: device(caller) };
    let tx = caller.services.begin().await?;
    commands::decide(&tx, &caller.ctx, visitor.reviewer.id, &say).await?;
    Ok(caller.services.commit(tx).await?)
}

/// A version as it is heard: at the level of the review.
pub(super) async fn audio(
    request: HttpRequest,
    caller: Caller,
    path: web::Path<(String, i32)>,
) -> Result<HttpResponse, Problem> {
    let (token, number) = path.into_inner();
    let visitor = enter(&caller, &token).await?;
    let sent = find_sent(&caller, &visitor, number).await?;
    let mut heard = levels::find_heard(&caller.services.db, visitor.review.id).await?;
    let level = heard.remove(&sent.version.id).ok_or_else(|| not_ready("version"))?;
    serve(&request, &caller, level.asset_id).await
}

/// A voice note, once it was looked through.
pub(super) async fn voice(
    request: HttpRequest,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (token, comment) = path.into_inner();
    let visitor = enter(&caller, &token).await?;
    let id: CommentId = comment.parse().map_err(|_| Problem::not_found())?;
    let found = queries::find_comment(&caller.services.db, visitor.review.id, id).await?;
    let voice = found.and_then(|comment| comment.voice_asset_id).ok_or_else(Problem::not_found)?;
    serve(&request, &caller, voice).await
}

async fn serve(request: &HttpRequest, caller: &Caller, id: AssetId) -> Result<HttpResponse, Problem> {
    let mut found = catalog::find_assets_by_ids(&caller.services.db, &[id]).await?;
    let file: asset::Model = found.remove(&id).ok_or_else(Problem::not_found)?;
    match file.state {
        AssetState::Ready => {}
        AssetState::Checking => return Err(not_ready("voice note")),
        AssetState::Refused => return Err(Problem::not_found()),
    }
    let stored = StoredFile {
        sha256: file.sha256,
        bytes: file.bytes.unsigned_abs(),
        media_type: file.media_type,
        download_as: None,
        cache_control: "private, no-store",
    };
    Ok(serve_stored(request, caller.services.files.as_ref(), &stored).await?.response)
}
