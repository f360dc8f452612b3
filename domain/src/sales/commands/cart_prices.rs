//! What changes the prices of a cart: a coupon, where the buyer is, a bundle.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

use super::{
    carts::{OpenCart, add_to_cart, lock_cart, touch},
    tries,
};
use crate::{
    actor::Ctx,
    ids::{BundleId, StudioId},
    pricing::{Country, queries as pricing, rules::CouponFault},
    sales::{SalesError, entity::cart, rules::COUPONS_PER_IP},
    services::Services,
    store::Tx,
};

/// Enters a coupon by its code, in the place of another; without one, takes it out. What it takes off, or why nothing, the cart says: it may depend on
/// what is put in later. Codes that somebody at a network address tries are counted.
///
/// # Errors
/// If there is no such cart or coupon, or too many were tried.
pub async fn enter_coupon(
    services: &Services,
    ctx: &Ctx,
    studio: StudioId,
    secret: &str,
    (code, ip): (Option<&str>, Option<&str>),
) -> Result<cart::Model, SalesError> {
    if code.is_some() {
        let subject = format!("{studio}:{}", ip.unwrap_or_default());
        tries::count(services, ctx, ip, &[(COUPONS_PER_IP, subject.as_str())]).await?;
    }
    let tx = services.begin().await?;
    let cart = lock_cart(&tx, ctx, studio, secret).await?.ok_or(SalesError::NoCart)?;
    let coupon = match code {
        Some(code) => Some(pricing::coupon_of_code(&tx, studio, code).await?.ok_or(CouponFault::Unknown)?.id),
        None => None,
    };
    let id = cart.id;
    let row = cart::ActiveModel { coupon_id: Set(coupon), ..cart.into_active_model() };
    let cart = row.update(&tx).await?;
    touch(&tx, ctx, id).await?;
    services.commit(tx).await?;
    Ok(cart)
}

/// Says where the buyer is, by which the tax goes.
pub async fn say_country(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    secret: &str,
    country: Country,
) -> Result<cart::Model, SalesError> {
    let cart = lock_cart(tx, ctx, studio, secret).await?.ok_or(SalesError::NoCart)?;
    let id = cart.id;
    let row = cart::ActiveModel { country: Set(Some(country)), ..cart.into_active_model() };
    let cart = row.update(tx).await?;
    touch(tx, ctx, id).await?;
    Ok(cart)
}

/// Puts all beats of a bundle into the cart, each under the bundle's tier; a beat that is in it already changes its tier.
pub async fn add_bundle(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    secret: Option<&str>,
    bundle: BundleId,
) -> Result<OpenCart, SalesError> {
    let view = pricing::bundle_on_sale(tx, studio, bundle).await?.ok_or(SalesError::NoBundle)?;
    let mut open: Option<OpenCart> = None;
    for beat in view.beats {
        let known = open.as_ref().map(|open| open.secret.as_str()).or(secret);
        open = Some(add_to_cart(tx, ctx, studio, known, beat, view.bundle.tier_code).await?);
    }
    open.ok_or(SalesError::NoBundle)
}
