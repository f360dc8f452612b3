//! The server: which address leads where.

use std::{io, net::TcpListener};

use actix_web::{
    App, HttpServer,
    dev::Server,
    middleware::from_fn,
    web::{self, Data, ServiceConfig},
};
use domain::services::Services;

use crate::{auth, config::ApiConfig, edge, graphql, health, hosts, metrics, pages, rest, state::ApiState};

/// Mounts everything on an actix application.
pub fn configure(app: &mut ServiceConfig, state: ApiState) {
    // The last middleware wrapped is the first to see a request.
    let scope = web::scope("")
        .wrap(from_fn(auth::name_the_caller))
        .wrap(from_fn(edge::accompany))
        .wrap(from_fn(pages::texts::in_readers_language))
        .configure(graphql::http::configure)
        .configure(health::configure)
        .configure(hosts::configure)
        .configure(metrics::configure)
        .configure(rest::configure)
        .configure(pages::configure)
        .default_service(web::to(pages::nothing_here));
    app.app_data(Data::new(state)).service(scope);
}

/// Starts the server on a bound listener, in the present tokio runtime. The result is a future that ends when the server has stopped; its
/// `handle().stop(true)` stops it gracefully: no new connections, and requests in progress have [`ApiConfig::shutdown_timeout`] to finish.
/// Signals are left to the caller.
///
/// `beside` mounts what runs in the same process and is no part of the API, such as the sandbox gateway's own server; its paths win. A
/// [`Replica`](domain::replica::Replica) that it leaves as `Data` is read from by pages that are the same for everybody.
pub fn serve(
    listener: TcpListener,
    services: Services,
    config: ApiConfig,
    beside: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> io::Result<Server> {
    let state = ApiState::new(services, config);
    let (workers, shutdown_timeout) = (state.config.workers, state.config.shutdown_timeout);
    let mut server =
        HttpServer::new(move || App::new().configure(beside.clone()).configure(|app| configure(app, state.clone())))
            .disable_signals()
            .shutdown_timeout(shutdown_timeout.as_secs());
    if let Some(workers) = workers {
        server = server.workers(workers);
    }
    Ok(server.listen(listener)?.run())
}
