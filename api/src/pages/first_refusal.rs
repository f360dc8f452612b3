//! Where a leaseholder's link leads who may buy an exclusive before others.

use actix_web::{HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use domain::{
    catalog,
    first_refusal::{
        commands::{self, OrderFirst},
        entity::{holder, window},
        queries,
    },
    money::Money,
    report::Kind,
    sales::{self, commands::checkout::order_url},
    services::Services,
};

use super::{
    agreed::{AgreedPart, CountryQuery, read_seen},
    cart::{allow_paying, read_country},
    chrome::{Chrome, render, see_other},
    errors::{PageError, sentences},
    orders::keep_to_itself,
    texts::t,
    wording::Wording,
    words,
};
use crate::Caller;

/// What is typed there.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct FirstForm {
    name: String,
    country: String,
    seen_minor: i64,
    seen_currency: String,
}

#[derive(Template)]
#[template(path = "first_refusal.html")]
struct FirstRefusalPage {
    chrome: Chrome,
    title: String,
    tier: String,
    price: String,
    /// What it costs as an upgrade of the lease; empty if that is not less.
    upgrade: String,
    until: String,
    agreed: AgreedPart,
    problem: Wording,
}

/// Shows what can be bought first, and until when.
pub(super) async fn show(
    caller: Caller,
    token: web::Path<String>,
    chosen: web::Query<CountryQuery>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let found = queries::find_by_link(&services.db, &services.links, &token, services.env.now()).await?;
    let form = FirstForm { country: chosen.into_inner().country, ..FirstForm::default() };
    page(services, &found, &token, form, None).await
}

async fn page(
    services: &Services,
    (holder, window): &(holder::Model, window::Model),
    token: &str,
    form: FirstForm,
    problem: Option<&PageError>,
) -> Result<HttpResponse, PageError> {
    let studio = catalog::find_shop(&services.db, window.studio_id).await?.ok_or_else(PageError::not_found)?;
    let upgrade = queries::find_upgrade(services, (holder, window)).await?;
    let chosen = (form.name, read_country(&form.country).unwrap_or_default());
    let agreed =
        AgreedPart::new(services, window.agreed(), (format!("/first-refusal/{token}"), &holder.email), chosen).await?;
    let chrome =
        Chrome::private(t("first-title").with("title", &window.beat_title)).of_studio(services, &studio).await?;
    let page = FirstRefusalPage {
        chrome,
        title: window.beat_title.clone(),
        tier: words::tier_name(&window.terms),
        price: words::amount(Money::new(window.price_minor, window.currency)),
        upgrade: upgrade.map_or_else(String::new, |(_, price)| words::amount(price)),
        until: words::moment(window.ends_at),
        agreed,
        problem: problem.map(sentences).unwrap_or_default(),
    };
    let mut response = render(problem.map_or(StatusCode::OK, ResponseError::status_code), &page)?;
    allow_paying(&mut response);
    keep_to_itself(&mut response);
    Ok(response)
}

/// Places the order and leads to the page where it is paid.
pub(super) async fn order(
    caller: Caller,
    token: web::Path<String>,
    form: web::Form<FirstForm>,
) -> Result<HttpResponse, PageError> {
    let (services, form) = (&caller.services, form.into_inner());
    let found = queries::find_by_link(&services.db, &services.links, &token, services.env.now()).await?;
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let seen_total = read_seen(form.seen_minor, &form.seen_currency)?;
    let placed = match read_country(&form.country) {
        Ok(country) => {
            let request = OrderFirst {
                buyer_name: form.name.clone(),
                country,
                seen_total,
                ip: some(&caller.ip),
                user_agent: some(&caller.user_agent),
            };
            commands::order_first(services, &caller.ctx, &token, &request).await
        }
        Err(error) => Err(error.into()),
    };
    let order = match placed {
        Ok(order) => order,
        Err(error) => {
            let problem = PageError::from(error);
            return match problem.report().kind {
                Kind::Invalid | Kind::Conflict => page(services, &found, &token, form, Some(&problem)).await,
                _ => Err(problem),
            };
        }
    };
    let back = order_url(services, order.id);
    // The order stands; its page opens the checkout again.
    let url = sales::open_checkout(services, order.id)
        .await
        .map_err(|error| PageError::from(error).leading_to(back, t("cart-to-order")))?;
    Ok(see_other(&url))
}
