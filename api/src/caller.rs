//! Who is asking, as every resolver and handler gets it.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use domain::{actor::Ctx, ids::SignInId, services::Services};

use crate::errors::Problem;

/// What the caller proved themselves with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// Nothing.
    None,
    /// The browser's cookies: requests that change something must prove that they come from our own pages.
    Cookie,
    /// An access token in the `Authorization` header.
    Bearer,
    /// A studio's API key in the `Authorization` header.
    ApiKey,
}

/// The caller of one request. Cheap to clone; as an argument of a REST handler it extracts itself.
#[derive(Clone)]
pub struct Caller {
    /// Everything the program holds.
    pub services: Services,
    /// The actor and the surroundings, as commands and queries take them.
    pub ctx: Ctx,
    /// What the caller proved themselves with.
    pub credential: Credential,
    /// The sign-in behind the access token, if the caller is a signed-in person.
    pub sign_in: Option<SignInId>,
    /// The refresh token in the browser's cookie.
    pub refresh_cookie: Option<Arc<str>>,
    /// The request's id, on every answer as `X-Request-Id` and in every line of the log.
    pub request_id: Arc<str>,
    /// The caller's network address; empty if it is not known.
    pub ip: Arc<str>,
    /// What the caller's program calls itself, at most 400 characters.
    pub user_agent: Arc<str>,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller")
            .field("actor", &self.ctx.actor)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        ready(caller.ok_or_else(|| Problem::broken("a handler stands outside `auth`, which names the caller")))
    }
}
