//! The cookie that holds a cart's secret, and what is said where a browser keeps none.

use actix_web::{HttpRequest, cookie::time::Duration};
use domain::{identity::entity::studio, report::Kind, sales::rules::CART_DAYS};

use super::{chrome::see_other, errors::PageError, texts::t};
use crate::{
    Caller,
    auth::{
        cookies::{self, Kind::Cart},
        csrf::is_led_by_us,
    },
};

/// What the address of the cart says where something was just put into one that had no cookie yet.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct JustAdded {
    added: String,
}

/// The secret in the cookie; what cannot be one of ours is none.
pub(super) fn secret(caller: &Caller, request: &HttpRequest) -> Option<String> {
    let is_ours = |value: &String| value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    cookies::find(Cart, &caller.services.public_url, request).filter(is_ours)
}

/// Leads to the cart with its secret in the cookie.
pub(super) fn to_cart(
    caller: &Caller,
    studio: &studio::Model,
    had_cookie: bool,
    secret: String,
) -> Result<actix_web::HttpResponse, PageError> {
    let services = &caller.services;
    // Only a browser that had none may turn out to keep none.
    let asked = if had_cookie { "" } else { "?added=1" };
    let life = Duration::days(CART_DAYS);
    let cookie = cookies::build(Cart, &services.public_url, secret, services.shop_path(studio), life);
    let mut response = see_other(&format!("{}/cart{asked}", services.shop_url(studio)));
    response.add_cookie(&cookie).map_err(|cause| PageError::broken(&cause))?;
    Ok(response)
}

/// What is wrong if the cart is shown right after something was put in, and no cookie has come back. Whoever opens that address afresh, having copied or
/// kept it, has put nothing in: there no page of ours has led.
pub(super) fn lost(caller: &Caller, request: &HttpRequest, just: &JustAdded) -> Option<PageError> {
    let is_asked = !just.added.is_empty() && is_led_by_us(request.headers(), &caller.services.public_url);
    let is_lost = is_asked && secret(caller, request).is_none();
    is_lost.then(|| PageError::saying(Kind::Conflict, "NO_COOKIES", t("cart-lost")).advising(t("cart-lost-remedy")))
}
