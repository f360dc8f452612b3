//! Pages that are the same for everybody, read from a replica of the database where one is named: a shop, its beats, its portfolio, and what other sites embed.
//!
//! The rule is who asks. Whoever has written anything that we could know them by sends a cookie (a sign-in, a cart, a signer's) or an `Authorization`, and is answered
//! by the primary: they see what they have just done. Everybody else may see what stood there a moment ago, and buys by the primary all the same: cart, checkout and
//! contract are asked of it.
//!
//! Of the replica only a page that it has, or leads on to, is believed. What it does not find may have been published just now, and what it breaks off over is none of the visitor's
//! business: both are asked of the primary. A page of these therefore only ever looks. GraphQL stays with the primary: programs send no cookies, read what
//! they have just written, and ask for a storefront and much else in one document.

use std::{fmt::Write, time::Duration};

use actix_web::{
    Error, FromRequest, Handler, HttpMessage, Responder, Route,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::{Next, from_fn},
    web::Data,
};
use domain::{replica::Replica, services::Services, store::Db};

use crate::{
    auth::cookies::{self, Kind::Language},
    caller::Caller,
    edge::look,
    state::ApiState,
};

/// How long a replica has for a page, before the primary is asked.
const PATIENCE: Duration = Duration::from_secs(3);

/// What became of a page that a replica could have given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Read {
    /// The replica has given it.
    Replica,
    /// The primary was asked as well.
    Both,
    /// The primary alone was asked, for the replica is out of use.
    Primary,
}

impl Read {
    /// Each of them.
    pub(crate) const ALL: [Self; 3] = [Self::Replica, Self::Both, Self::Primary];

    /// As measurements call it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Replica => "replica",
            Self::Both => "both",
            Self::Primary => "primary",
        }
    }
}

/// A route of what is looked at, and the same for everybody.
pub(crate) fn shown_to_all<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    look().to(handler).wrap(from_fn(read))
}

/// Whether nobody could tell who asks, nor what they have done before. In which language they read says neither.
fn is_stranger(request: &ServiceRequest, public_url: &str) -> bool {
    let language = cookies::name(Language, public_url);
    let shows_none = request.cookies().is_ok_and(|cookies| cookies.iter().all(|cookie| cookie.name() == language));
    shows_none && !request.headers().contains_key(header::AUTHORIZATION)
}

async fn read(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    let replica = request.app_data::<Data<Replica>>().cloned();
    let state = request.app_data::<Data<ApiState>>().cloned();
    let caller = request.extensions().get::<Caller>().cloned();
    let stranger = caller.filter(|caller| is_stranger(&request, &caller.services.public_url));
    let (Some(replica), Some(state), Some(caller)) = (replica, state, stranger) else {
        return next.call(request).await;
    };
    let Some(db) = replica.in_use() else {
        state.metrics.read(Read::Primary);
        return next.call(request).await;
    };
    // What is asked twice has no body.
    let (request, _payload) = request.into_parts();
    request.extensions_mut().insert(caller.reading(db));
    let asked = next.call(ServiceRequest::from_request(request.clone()));
    let found = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) if answer.status().is_success() || answer.status().is_redirection() => {
            state.metrics.read(Read::Replica);
            return Ok(answer);
        }
        Ok(answer) => answer.map(|answer| answer.status()).ok(),
        Err(_) => None,
    };
    state.metrics.read(Read::Both);
    request.extensions_mut().insert(caller);
    let of_primary = next.call(ServiceRequest::from_request(request)).await?;
    // What breaks at both is none of the replica's faults.
    if found.is_none_or(|status| status.is_server_error()) && !of_primary.status().is_server_error() {
        replica.doubt();
    }
    Ok(of_primary)
}

impl Caller {
    /// The same caller, whose pages are read from another database.
    fn reading(&self, db: &Db) -> Self {
        Self { services: Services { db: db.clone(), ..self.services.clone() }, ..self.clone() }
    }
}

/// What is measured of a replica.
pub(crate) fn text(replica: &Replica) -> String {
    let mut text = String::from(
        "# HELP ledgerline_replica_in_use Whether pages are read from the replica.\n# TYPE ledgerline_replica_in_use gauge\n",
    );
    // Writing to a string cannot fail.
    let _ = writeln!(text, "ledgerline_replica_in_use {}", u8::from(replica.in_use().is_some()));
    text
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    #[test]
    fn a_stranger_shows_nothing_by_which_they_could_be_known() {
        let is_stranger = |shown: (&'static str, &'static str), public_url| {
            super::is_stranger(&TestRequest::get().insert_header(shown).to_srv_request(), public_url)
        };
        for shown in [("Accept", "text/html"), ("Cookie", "language=de")] {
            assert!(is_stranger(shown, "http://127.0.0.1:8080"), "{shown:?}");
        }
        for shown in
            [("Cookie", "cart=00ff"), ("Cookie", "language=de; cart=00ff"), ("Authorization", "Bearer ll_00ff")]
        {
            assert!(!is_stranger(shown, "http://127.0.0.1:8080"), "{shown:?}");
        }
        for (shown, is) in [("__Host-language=de", true), ("language=de", false), ("__Secure-cart=00ff", false)] {
            assert_eq!(is_stranger(("Cookie", shown), "https://beats.example"), is, "{shown}");
        }
    }
}
