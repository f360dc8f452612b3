//! Who is asking: every request leaves here with a [`Caller`].

use std::sync::Arc;

use actix_web::{
    Error, HttpMessage,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web::Data,
};
use domain::actor::Actor;

use crate::{
    caller::{Caller, Credential},
    edge::RequestId,
    errors::Problem,
    state::ApiState,
};

pub(crate) async fn name_the_caller<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match find_caller(&request).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(problem) => Ok(request.error_response(problem).map_into_right_body()),
    }
}

#[expect(clippy::unused_async, reason = "an access token is looked up in the database")]
async fn find_caller(request: &ServiceRequest) -> Result<Caller, Problem> {
    let state = request.app_data::<Data<ApiState>>().ok_or_else(|| Problem::broken("the application has no state"))?;
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.0.clone())
        .ok_or_else(|| Problem::broken("`edge` did not give the request an id"))?;
    Ok(Caller {
        services: state.services.clone(),
        ctx: state.services.ctx(Actor::Anonymous),
        credential: Credential::None,
        sign_in: None,
        request_id,
        ip: ip(request, state.config.trust_forwarded_headers),
        user_agent: user_agent(request),
    })
}

fn ip(request: &ServiceRequest, trust_forwarded: bool) -> Arc<str> {
    if trust_forwarded && let Some(text) = request.connection_info().realip_remote_addr() {
        return text.into();
    }
    request.peer_addr().map_or_else(|| Arc::from(""), |address| address.ip().to_string().into())
}

fn user_agent(request: &ServiceRequest) -> Arc<str> {
    let text = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    text.chars().take(400).collect::<String>().into()
}
