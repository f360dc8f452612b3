//! What changes the prices of a cart: a coupon, the buyer's country, another currency.

use actix_web::{HttpRequest, HttpResponse, web};
use domain::{
    identity::entity::studio,
    pricing::Country,
    report::Kind,
    sales::{SalesError, commands::cart_prices, entity::cart},
    store::Tx,
};

use super::{
    cart::page, cart_cookie::secret, chrome::see_other, currencies::read_currency, errors::PageError, storefront,
    texts::t,
};
use crate::Caller;

/// A coupon to be entered; empty to take one out.
#[derive(Debug, serde::Deserialize)]
pub(super) struct CouponForm {
    coupon: String,
}

/// Another currency for the cart.
#[derive(Debug, serde::Deserialize)]
pub(super) struct CurrencyForm {
    currency: String,
}

/// Where the buyer is.
#[derive(Debug, serde::Deserialize)]
pub(super) struct CountryForm {
    country: String,
}

/// Enters a coupon, or takes it out.
pub(super) async fn enter_coupon(
    caller: Caller,
    request: HttpRequest,
    slug: web::Path<String>,
    form: web::Form<CouponForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = storefront::find_shop(services, &slug).await?;
    let secret = secret(&caller, &request).ok_or(SalesError::NoCart)?;
    let code = Some(form.coupon.trim()).filter(|code| !code.is_empty());
    let entered = cart_prices::enter_coupon(services, &caller.ctx, studio.id, &secret, (code, Some(&*caller.ip))).await;
    changed(&caller, &studio, &secret, entered).await
}

/// Changes the currency of the cart.
pub(super) async fn change_currency(
    caller: Caller,
    request: HttpRequest,
    slug: web::Path<String>,
    form: web::Form<CurrencyForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = storefront::find_shop(services, &slug).await?;
    let secret = secret(&caller, &request).ok_or(SalesError::NoCart)?;
    let currency = read_currency(&form.currency)?.ok_or_else(PageError::bad_form)?;
    let tx = services.begin().await?;
    let turned = cart_prices::change_currency(&tx, &caller.ctx, studio.id, &secret, currency).await;
    end(&caller, tx, turned.is_ok()).await?;
    changed(&caller, &studio, &secret, turned).await
}

/// Commits what was done, or takes it back: before the page is shown, which brings the cart up to date.
async fn end(caller: &Caller, tx: Tx, is_done: bool) -> Result<(), PageError> {
    if is_done { Ok(caller.services.commit(tx).await?) } else { Ok(tx.rollback().await.map_err(SalesError::from)?) }
}

/// Says where the buyer is.
pub(super) async fn say_country(
    caller: Caller,
    request: HttpRequest,
    slug: web::Path<String>,
    form: web::Form<CountryForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = storefront::find_shop(services, &slug).await?;
    let secret = secret(&caller, &request).ok_or(SalesError::NoCart)?;
    let tx = services.begin().await?;
    let said = match form.country.parse::<Country>() {
        Ok(country) => cart_prices::say_country(&tx, &caller.ctx, studio.id, &secret, country).await,
        Err(error) => Err(SalesError::Country(error)),
    };
    end(&caller, tx, said.is_ok()).await?;
    changed(&caller, &studio, &secret, said).await
}

/// Leads back to the cart that has been changed, or shows it with why it was not.
async fn changed(
    caller: &Caller,
    studio: &studio::Model,
    secret: &str,
    outcome: Result<cart::Model, SalesError>,
) -> Result<HttpResponse, PageError> {
    let cart = format!("{}/cart", caller.services.shop_url(studio));
    match outcome {
        Ok(_) => Ok(see_other(&cart)),
        Err(error) => {
            let problem = PageError::from(error);
            match problem.report().kind {
                Kind::Invalid | Kind::Conflict | Kind::TooMany => {
                    page(caller, studio, Some(secret), None, Some(problem)).await
                }
                _ => Err(problem.leading_to(cart, t("cart-back"))),
            }
        }
    }
}
