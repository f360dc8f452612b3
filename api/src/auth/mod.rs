//! Who is asking: every request leaves here with a [`Caller`]. A token or key that is not good is an answer of 401, never a silent nobody.
//!
//! Programs send `Authorization: Bearer` with an access token or an API key (`ll_…`). Browsers send the cookies that signing in has set;
//! whatever changes something must then come from our own pages, see [`csrf`].

pub(crate) mod cookies;
pub mod csrf;
pub mod tokens;

use std::sync::Arc;

use actix_web::{
    Error, HttpMessage,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use domain::{
    actor::Actor,
    env::Instant,
    identity::{queries, rules::API_KEY_PREFIX},
    ids::SignInId,
    report::{Kind, Report},
    services::Services,
};

use crate::{
    caller::{Caller, Credential},
    edge::RequestId,
    errors::Problem,
    hosts::services_of,
    pages::{self, PageError},
    state::ApiState,
};
use tokens::{AccessTokens, TokenFault};

/// Who a credential belongs to.
pub(crate) struct Proved {
    pub(crate) actor: Actor,
    pub(crate) credential: Credential,
    pub(crate) sign_in: Option<SignInId>,
}

impl Proved {
    const NOBODY: Self = Self { actor: Actor::Anonymous, credential: Credential::None, sign_in: None };
}

pub(crate) async fn name_the_caller<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some(state) = request.app_data::<Data<ApiState>>().cloned() else {
        return Ok(request.error_response(Problem::broken("the application has no state")).map_into_right_body());
    };
    let services = &services_of(&request, &state);
    let cookie = |kind| cookies::find(kind, &services.public_url, request.request());
    let (access, refresh) = (cookie(cookies::Kind::Access), cookie(cookies::Kind::Refresh));
    let signs = cookie(cookies::Kind::Signing).is_some();
    let has_cookies = access.is_some() || refresh.is_some() || signs;
    if !csrf::may_pass(request.method(), request.headers(), has_cookies, &services.public_url) {
        let report = Report::new(Kind::Forbidden, "CROSS_SITE", "this request does not come from one of our pages");
        tracing::info!(code = report.code, "a request of another site was refused");
        let problem =
            Problem::new(report.remedy(format!("send the header {}: 1, or an Authorization header", csrf::HEADER)));
        return Ok(refused(request, problem).map_into_right_body());
    }
    let authorization = request.headers().get(header::AUTHORIZATION).cloned();
    let mut dead_cookie = false;
    let proved = match (authorization, access) {
        (Some(value), _) => prove_header(&state, &value).await,
        (None, Some(token)) => match prove_token(services, &state.tokens, &token, Credential::Cookie).await {
            Err(problem) if problem.report().kind == Kind::Unauthenticated => {
                dead_cookie = true;
                // A reader with a cookie that has died becomes nobody, and loses it; who wants to change something is told.
                if is_plain_reading(&request) { Ok(Proved::NOBODY) } else { Err(problem) }
            }
            other => other,
        },
        (None, None) => Ok(Proved::NOBODY),
    };
    let mut response = match proved {
        Ok(proved) => {
            let caller = caller(&request, (services, &state), proved, refresh.map(Into::into));
            request.extensions_mut().insert(caller);
            next.call(request).await?.map_into_left_body()
        }
        Err(problem) => refused(request, problem).map_into_right_body(),
    };
    if dead_cookie && let Ok(value) = HeaderValue::from_str(&cookies::forget(cookies::Kind::Access, services)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// A refusal as whoever has sent the request reads it: a page in a browser, else a problem document.
fn refused(request: ServiceRequest, problem: Problem) -> ServiceResponse {
    if pages::is_read_by_people(request.headers()) {
        request.error_response(PageError::of_form(&problem))
    } else {
        request.error_response(problem)
    }
}

fn is_plain_reading(request: &ServiceRequest) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD) && !request.headers().contains_key(header::UPGRADE)
}

/// Who is behind an `Authorization` header.
pub(crate) async fn prove_header(state: &ApiState, value: &HeaderValue) -> Result<Proved, Problem> {
    let text = value.to_str().unwrap_or("");
    let token =
        text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    match token {
        None => Err(refuse("BAD_AUTHORIZATION", "the Authorization header is not of the form `Bearer <token>`")),
        Some(key) if key.starts_with(API_KEY_PREFIX) => {
            let actor = queries::find_api_key_actor(&state.services.db, key).await?;
            let actor = actor.ok_or_else(|| refuse("BAD_API_KEY", "this API key is unknown or has been revoked"))?;
            Ok(Proved { actor, credential: Credential::ApiKey, sign_in: None })
        }
        Some(token) => prove_token(&state.services, &state.tokens, token, Credential::Bearer).await,
    }
}

async fn prove_token(
    services: &Services,
    tokens: &AccessTokens,
    token: &str,
    credential: Credential,
) -> Result<Proved, Problem> {
    let now: Instant = services.env.now();
    let (user, sign_in) = tokens.read(token, now).map_err(|fault| match fault {
        TokenFault::Forged => refuse("BAD_TOKEN", "this access token is not valid"),
        TokenFault::Expired => refuse("TOKEN_EXPIRED", "this access token has expired"),
    })?;
    let actor = queries::find_signed_in(&services.db, user, sign_in).await?;
    let actor = actor.ok_or_else(|| refuse("SIGN_IN_ENDED", "this sign-in has ended"))?;
    Ok(Proved { actor, credential, sign_in: Some(sign_in) })
}

fn refuse(code: &'static str, message: &str) -> Problem {
    tracing::info!(code, "a credential was refused");
    Problem::new(Report::new(Kind::Unauthenticated, code, message).remedy("refresh the token, or sign in again"))
}

fn caller(
    request: &ServiceRequest,
    (services, state): (&Services, &ApiState),
    proved: Proved,
    refresh_cookie: Option<Arc<str>>,
) -> Caller {
    let request_id = request.extensions().get::<RequestId>().map_or_else(|| Arc::from("unnamed"), |id| id.0.clone());
    let services = services.within(request_id.clone());
    Caller {
        ctx: services.ctx(proved.actor),
        services,
        credential: proved.credential,
        sign_in: proved.sign_in,
        refresh_cookie,
        request_id,
        ip: ip(request, state.config.trust_forwarded_headers),
        user_agent: user_agent(request),
    }
}

fn ip(request: &ServiceRequest, trust_forwarded: bool) -> Arc<str> {
    if trust_forwarded && let Some(text) = request.connection_info().realip_remote_addr() {
        return text.into();
    }
    request.peer_addr().map_or_else(|| Arc::from(""), |address| address.ip().to_string().into())
}

/// What is kept of what a program calls itself, in characters.
const MAX_USER_AGENT_CHARS: usize = 400;

fn user_agent(request: &ServiceRequest) -> Arc<str> {
    let text = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    text.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT_CHARS).collect::<String>().into()
}
