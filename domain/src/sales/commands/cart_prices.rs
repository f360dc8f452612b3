//! What changes the prices of a cart: a coupon, where the buyer is, the currency, a bundle.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{
    carts::{OpenCart, add_to_cart, lock_cart, reprice, touch, turn},
    tries,
};
use crate::{
    actor::Ctx,
    identity::entity::studio,
    ids::{BundleId, StudioId},
    licensing::prices::currencies_of,
    money::Currency,
    pricing::{Country, queries as pricing, rules::CouponFault},
    sales::{
        SalesError,
        entity::cart,
        queries::{CartLineView, view_cart},
        rules::COUPONS_PER_IP,
    },
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

/// Changes the currency of a cart: what is in it costs what it costs in that currency now. A change of terms since it was put in is still told.
///
/// # Errors
/// If there is no such cart, the studio sells nothing in that currency, or the cart holds what is not sold in it: then it stays as it is, line by line.
pub async fn change_currency(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    secret: &str,
    currency: Currency,
) -> Result<cart::Model, SalesError> {
    let cart = lock_cart(tx, ctx, studio, secret).await?.ok_or(SalesError::NoCart)?;
    let own = studio::Entity::find_by_id(studio).one(tx).await?.ok_or(SalesError::NoStudio)?.currency;
    let sold_in = currencies_of(tx, studio, own).await?;
    if !sold_in.contains(&currency) {
        return Err(SalesError::CurrencyNotSold { currency, sold_in });
    }
    if cart.currency == currency {
        return Ok(cart);
    }
    let view = view_cart(tx, cart::Model { currency, ..cart.clone() }, ctx.env.now()).await?;
    let is_unsold = |line: &&CartLineView| line.offer.is_none();
    let unsold: Vec<_> = view.lines.iter().filter(is_unsold).filter_map(|line| line.stale.clone()).collect();
    if !unsold.is_empty() {
        return Err(SalesError::LinesNotSoldIn { cart: cart.currency, asked: currency, lines: unsold });
    }
    // The cart first: its lines are in its currency.
    let cart = turn(tx, cart, currency).await?;
    for line in &view.lines {
        if let Some(offer) = &line.offer {
            reprice(tx, &line.line, offer.price).await?;
        }
    }
    touch(tx, ctx, cart.id).await?;
    Ok(cart)
}

/// Puts all beats of a bundle into the cart, each under the bundle's tier, in a currency as [`add_to_cart`] does; a beat that is in it already changes its
/// tier.
///
/// # Errors
/// As there, for any of its beats; if the bundle is not on sale, or has no price in that currency.
pub async fn add_bundle(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    secret: Option<&str>,
    bundle: BundleId,
    asked: Option<Currency>,
) -> Result<OpenCart, SalesError> {
    let view = pricing::bundle_on_sale(tx, studio, bundle).await?.ok_or(SalesError::NoBundle)?;
    let mut open: Option<OpenCart> = None;
    for beat in &view.beats {
        let known = open.as_ref().map(|open| open.secret.as_str()).or(secret);
        open = Some(add_to_cart(tx, ctx, studio, known, *beat, view.bundle.tier_code, asked).await?);
    }
    let open = open.ok_or(SalesError::NoBundle)?;
    let currency = open.cart.currency;
    if view.price_in(currency).is_some() { Ok(open) } else { Err(SalesError::BundleNotSoldIn(currency)) }
}
