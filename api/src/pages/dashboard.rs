//! The dashboard: a program of its own in the browser (`web/src/dashboard`), which asks GraphQL. Here is the page that it begins in, under any of its
//! addresses, or, where it was not built, how that is done.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use super::{
    bundle::Loads,
    chrome::{Chrome, render},
    errors::PageError,
    texts::t,
};

#[derive(Template)]
#[template(path = "dashboard.html")]
struct DashboardPage {
    chrome: Chrome,
}

#[derive(Template)]
#[template(path = "dashboard_missing.html")]
struct MissingPage {
    chrome: Chrome,
}

/// The page that the dashboard begins in.
pub(super) async fn show() -> Result<HttpResponse, PageError> {
    if let Some(loads) = Loads::of_dashboard() {
        let chrome = Chrome { loads, ..Chrome::private("Ledgerline") };
        render(StatusCode::OK, &DashboardPage { chrome })
    } else {
        let chrome = Chrome::private(t("dashboard-missing"));
        render(StatusCode::SERVICE_UNAVAILABLE, &MissingPage { chrome })
    }
}
