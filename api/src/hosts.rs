//! Which shop a request is for, by the host that it names. A name that a studio has proved to be its own is its shop: `/` is the storefront and `/<beat>` a beat,
//! and beside them is what a shop's pages lead to. Neither dashboard nor API answer there, and other studios' shops do not either.
//!
//! A page is found by the path that it has on the platform ([`path_at_home`]), and makes its links with the services of that host
//! ([`Services::at_home`]), so that whoever is there stays there.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    dev::ServiceRequest,
    http::{
        Uri, header,
        uri::{Authority, PathAndQuery},
    },
    web::{Data, Query, ServiceConfig},
};
use chrono::Duration;
use domain::{
    domains::{
        queries::{Home, find_home},
        rules::{host_of, is_name, is_platforms},
    },
    env::Instant,
    report::StoreError,
    services::Services,
};

use crate::{
    edge::{is_from_inside, look},
    errors::Problem,
    state::ApiState,
};

/// How long it is remembered whose a host is. A domain that is given up answers for as long.
const REMEMBERED: Duration = Duration::seconds(5);

/// How many hosts are remembered: whoever asks may name any.
const MOST_REMEMBERED: usize = 1_000;

/// What stands at a shop's own domain beside the shop, by the first word of its path: what pages load, and what mails lead to.
const BESIDE: [&str; 15] = [
    "assets",
    "bookings",
    "d",
    "first-refusal",
    "free",
    "invoices",
    "language",
    "masters",
    "media",
    "offers",
    "orders",
    "quotes",
    "review",
    "unsubscribe",
    "verify",
];

/// What is for the inside, where a machine may go by any name; messages to it prove themselves.
const INSIDE: [&str; 4] = ["health", "internal", "metrics", "webhooks"];

/// Where nothing is.
const NOWHERE: &str = "/nowhere/at/all";

/// What this process remembers of hosts.
#[derive(Debug, Default)]
pub(crate) struct Homes(Mutex<HashMap<String, (Instant, Option<Home>)>>);

impl Homes {
    fn remembered(&self) -> MutexGuard<'_, HashMap<String, (Instant, Option<Home>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The shop that stands at a host, which is in lower case.
    async fn find(&self, services: &Services, host: &str) -> Result<Option<Home>, StoreError> {
        let now = services.env.now();
        let known = self.remembered().get(host).filter(|(until, _)| now < *until).map(|(_, home)| home.clone());
        if let Some(home) = known {
            return Ok(home);
        }
        let home = find_home(&services.db, host).await?;
        let mut remembered = self.remembered();
        if remembered.len() >= MOST_REMEMBERED {
            remembered.retain(|_, (until, _)| now < *until);
        }
        if remembered.len() < MOST_REMEMBERED {
            remembered.insert(host.to_owned(), (now + REMEMBERED, home.clone()));
        }
        Ok(home)
    }
}

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/internal/domains", look().to(ask));
}

/// Of which domain a proxy asks.
#[derive(Debug, serde::Deserialize)]
struct Asked {
    domain: String,
}

/// Tells a proxy that fetches certificates on demand whether a shop is at a domain: 200 if one is, else 404, as to everybody outside.
async fn ask(request: HttpRequest, state: Data<ApiState>, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    if !is_from_inside(&request) {
        return Err(Problem::not_found());
    }
    let host = plain(&asked.domain);
    let home = if is_name(&host) { state.homes.find(&state.services, &host).await? } else { None };
    home.map(|_| HttpResponse::Ok().finish()).ok_or_else(Problem::not_found)
}

/// A host without its port, in lower case.
fn plain(host: &str) -> String {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// The host that a request names.
fn host_named(request: &ServiceRequest) -> Option<String> {
    let said = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    said.or_else(|| request.uri().authority().map(Authority::as_str)).map(plain)
}

/// Leads a request that names a studio's own domain to that studio's shop. One that names nobody's leads nowhere, once the platform has a name of its own.
pub(crate) async fn lead(request: &mut ServiceRequest, state: &ApiState) -> Result<(), StoreError> {
    let services = &state.services;
    let is_others = |host: &String| is_name(host) && !is_platforms(host, &services.public_url);
    let Some(host) = host_named(request).filter(is_others) else { return Ok(()) };
    let is_inside = request.path().split('/').nth(1).is_some_and(|word| INSIDE.contains(&word));
    let path = match state.homes.find(services, &host).await {
        Ok(Some(home)) => {
            request.extensions_mut().insert(services.at_home(home.studio, &host));
            path_at_home(&home.slug, request.path())
        }
        Ok(None) | Err(_) if is_inside => return Ok(()),
        Ok(None) if host_of(&services.public_url).is_some_and(|own| is_name(&own)) => NOWHERE.to_owned(),
        Ok(None) => return Ok(()),
        Err(error) => return Err(error),
    };
    turn(request, &path);
    Ok(())
}

/// What a request's host reaches: the platform, or a shop at its own domain.
pub(crate) fn services_of(request: &ServiceRequest, state: &ApiState) -> Services {
    request.extensions().get::<Services>().cloned().unwrap_or_else(|| state.services.clone())
}

/// Gives a request another path, with the same query.
fn turn(request: &mut ServiceRequest, path: &str) {
    let query = request.uri().query().map_or_else(String::new, |query| format!("?{query}"));
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(format!("{path}{query}")).ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

/// The path that a path at a shop's own domain has on the platform.
fn path_at_home(slug: &str, path: &str) -> String {
    let words: Vec<&str> = path.split('/').skip(1).collect();
    let is_beside = match words.as_slice() {
        ["favicon.ico" | "oembed" | "verify"] => true,
        // Whose they are stands in the path.
        ["book" | "portfolio" | "s", studio, ..] => *studio == slug,
        // What a beat has, whatever the beat is called.
        [_, "embed" | "free"] | [_, _, "contract" | "offer"] => false,
        [_, picture] if picture.starts_with("card-") => false,
        [first, _, ..] => BESIDE.contains(first),
        _ => false,
    };
    if is_beside { path.to_owned() } else { format!("/s/{slug}{}", path.trim_end_matches('/')) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_named_without_its_port() {
        for (named, host) in [
            ("Nova.Example:8080", "nova.example"),
            ("nova.example.", "nova.example"),
            ("nova.example", "nova.example"),
            ("[::1]:8080", "[::1]"),
            ("[::1]", "[::1]"),
        ] {
            assert_eq!(plain(named), host);
        }
    }

    #[test]
    fn a_shop_has_short_paths_at_its_own_domain() {
        for (path, leads_to) in [
            ("/", "/s/nova"),
            ("/night-drive", "/s/nova/night-drive"),
            ("/night-drive/", "/s/nova/night-drive"),
            ("/night-drive/embed", "/s/nova/night-drive/embed"),
            ("/night-drive/wav/contract", "/s/nova/night-drive/wav/contract"),
            ("/night-drive/wav/offer", "/s/nova/night-drive/wav/offer"),
            ("/cart", "/s/nova/cart"),
            ("/cart/remove", "/s/nova/cart/remove"),
            ("/checkout", "/s/nova/checkout"),
            // Beats may be called as what stands beside them.
            ("/orders", "/s/nova/orders"),
            ("/free/free", "/s/nova/free/free"),
            ("/orders/wav/contract", "/s/nova/orders/wav/contract"),
            ("/card-0123456789abcdef.png", "/s/nova/card-0123456789abcdef.png"),
            ("/masters/card-0123456789abcdef.png", "/s/nova/masters/card-0123456789abcdef.png"),
        ] {
            assert_eq!(path_at_home("nova", path), leads_to, "{path}");
        }
    }

    #[test]
    fn what_a_shop_leads_to_stands_beside_it() {
        for path in [
            "/assets/0123456789abcdef/site.css",
            "/media/asset_0",
            "/favicon.ico",
            "/oembed",
            "/orders/order.order_1.0.00ff",
            "/orders/order.order_1.0.00ff/licences/LL-1/upgrade/wav/contract",
            "/free/free.freereq_1.0.00ff/file",
            "/d/download.dlv_1.0.00ff/a.wav",
            "/s/nova/night-drive",
            "/portfolio/nova",
            "/book/nova/room-a",
            "/verify/LL-1",
            "/language/de",
        ] {
            assert_eq!(path_at_home("nova", path), path);
        }
    }

    #[test]
    fn neither_the_platform_nor_others_are_there() {
        for path in [
            "/dashboard",
            "/dashboard/beats",
            "/graphql",
            "/mailbox",
            "/account/forgotten",
            "/uploads/single",
            "/s/other",
            "/s/other/night-drive",
            "/portfolio/other",
            "/book/other",
            "/sign/sign.slink_1.0.00ff",
            "/internal/domains",
        ] {
            assert_eq!(path_at_home("nova", path), format!("/s/nova{path}"));
        }
    }
}
