//! Carts: anybody's, by the secret in their cookie.

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use crate::{
    actor::Ctx,
    catalog::entity::{BeatState, beat},
    env,
    identity::{entity::studio, queries::require_open},
    ids::{BeatId, CartId, CartLineId, StudioId},
    licensing::{
        queries::{self as licensing, Offer},
        terms::TierCode,
    },
    money::{Currency, Money},
    sales::{
        SalesError,
        entity::{cart, cart_line},
        queries::{self, CartView},
        rules::{CART_DAYS, MAX_CART_LINES},
    },
    splits,
    store::Tx,
};

/// A cart and the secret that finds it again; the secret is kept nowhere but with the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCart {
    /// The cart.
    pub cart: cart::Model,
    /// Its secret.
    pub secret: String,
}

/// Puts a beat under a tier into the cart, at the price and terms of now; a beat that is in it already changes its tier. Without a secret, or
/// with one whose cart is gone, a new cart begins. A cart is in one currency, a new one in the studio's unless another is asked for; while something is in
/// it, nothing in another is put in.
///
/// # Errors
/// If the beat is not on sale so, or not in that currency; if the cart holds what is in another one, or is full.
pub async fn add_to_cart(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    secret: Option<&str>,
    beat: BeatId,
    tier: TierCode,
    asked: Option<Currency>,
) -> Result<OpenCart, SalesError> {
    let on_sale = find_offer(tx, studio, beat, tier).await?;
    let known = match secret {
        Some(secret) => lock_cart(tx, ctx, studio, secret).await?.map(|cart| OpenCart { cart, secret: secret.into() }),
        None => None,
    };
    let lines = match &known {
        Some(open) => queries::lines_of_cart(tx, open.cart.id).await?,
        None => Vec::new(),
    };
    let present = known.as_ref().map(|open| open.cart.currency);
    let currency = match (present, asked) {
        (Some(cart), Some(asked)) if asked != cart && !lines.is_empty() => {
            return Err(SalesError::CartOtherCurrency { cart, asked });
        }
        _ => asked.or(present).unwrap_or(on_sale.price.currency),
    };
    let offer = in_currency(&on_sale, currency)?;
    let open = match known {
        Some(OpenCart { cart, secret }) => OpenCart { cart: turn(tx, cart, currency).await?, secret },
        None => begin(tx, ctx, studio, currency).await?,
    };
    if let Some(line) = lines.iter().find(|line| line.beat_id == beat) {
        see(tx, line, &offer).await?;
    } else if lines.len() >= MAX_CART_LINES {
        return Err(SalesError::CartFull);
    } else {
        let line = cart_line::ActiveModel {
            id: Set(ctx.env.id()),
            cart_id: Set(open.cart.id),
            beat_id: Set(beat),
            tier_code: Set(tier),
            price_minor: Set(offer.price.minor),
            currency: Set(offer.price.currency),
            terms: Set(offer.terms),
            created_at: Set(ctx.env.now()),
        };
        line.insert(tx).await?;
    }
    touch(tx, ctx, open.cart.id).await?;
    Ok(open)
}

/// Changes the tier of a line, at the price and terms of now, in the cart's currency.
pub async fn change_tier(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    secret: &str,
    line: CartLineId,
    tier: TierCode,
) -> Result<cart::Model, SalesError> {
    let cart = lock_cart(tx, ctx, studio, secret).await?.ok_or(SalesError::NoCart)?;
    let line = find_line(tx, cart.id, line).await?;
    let offer = in_currency(&find_offer(tx, studio, line.beat_id, tier).await?, cart.currency)?;
    see(tx, &line, &offer).await?;
    touch(tx, ctx, cart.id).await?;
    Ok(cart)
}

/// Takes a line out.
pub async fn remove_from_cart(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    secret: &str,
    line: CartLineId,
) -> Result<cart::Model, SalesError> {
    let cart = lock_cart(tx, ctx, studio, secret).await?.ok_or(SalesError::NoCart)?;
    let line = find_line(tx, cart.id, line).await?;
    cart_line::Entity::delete_by_id(line.id).exec(tx).await?;
    touch(tx, ctx, cart.id).await?;
    Ok(cart)
}

/// Drops the carts whose time is over; how many.
pub async fn drop_expired_carts(tx: &Tx, ctx: &Ctx) -> Result<u64, SalesError> {
    let dropped = cart::Entity::delete_many().filter(cart::Column::ExpiresAt.lte(ctx.env.now())).exec(tx).await?;
    Ok(dropped.rows_affected)
}

/// Finds a cart by its secret and holds it until the end of the transaction; none if its time is over.
pub(super) async fn lock_cart(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    secret: &str,
) -> Result<Option<cart::Model>, SalesError> {
    Ok(cart::Entity::find()
        .filter(cart::Column::SecretFingerprint.eq(env::fingerprint(secret)))
        .filter(cart::Column::StudioId.eq(studio))
        .filter(cart::Column::ExpiresAt.gt(ctx.env.now()))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?)
}

/// Writes down that the buyer now sees this offer.
pub(super) async fn see(tx: &Tx, line: &cart_line::Model, offer: &Offer) -> Result<(), SalesError> {
    let row = cart_line::ActiveModel {
        tier_code: Set(offer.terms.tier),
        price_minor: Set(offer.price.minor),
        currency: Set(offer.price.currency),
        terms: Set(offer.terms.clone()),
        ..line.clone().into_active_model()
    };
    row.update(tx).await?;
    Ok(())
}

/// Writes down that the buyer now sees this price. The terms stay those that they saw, so that a change of these is still told.
pub(super) async fn reprice(tx: &Tx, line: &cart_line::Model, price: Money) -> Result<(), SalesError> {
    let row = cart_line::ActiveModel {
        price_minor: Set(price.minor),
        currency: Set(price.currency),
        ..line.clone().into_active_model()
    };
    row.update(tx).await?;
    Ok(())
}

/// The same cart in a currency; what is in it is repriced by whoever calls this.
pub(super) async fn turn(tx: &Tx, cart: cart::Model, currency: Currency) -> Result<cart::Model, SalesError> {
    if cart.currency == currency {
        return Ok(cart);
    }
    let row = cart::ActiveModel { currency: Set(currency), ..cart.into_active_model() };
    Ok(row.update(tx).await?)
}

async fn begin(tx: &Tx, ctx: &Ctx, studio: StudioId, currency: Currency) -> Result<OpenCart, SalesError> {
    studio::Entity::find_by_id(studio).one(tx).await?.ok_or(SalesError::NoStudio)?;
    require_open(tx, studio).await??;
    let secret = ctx.env.secret();
    let now = ctx.env.now();
    let cart = cart::Model {
        id: ctx.env.id(),
        studio_id: studio,
        secret_fingerprint: env::fingerprint(&secret),
        created_at: now,
        expires_at: now + Duration::days(CART_DAYS),
        coupon_id: None,
        country: None,
        currency,
    };
    cart.clone().into_active_model().insert(tx).await?;
    Ok(OpenCart { cart, secret })
}

pub(super) async fn touch(tx: &Tx, ctx: &Ctx, cart: CartId) -> Result<(), SalesError> {
    let expires_at = ctx.env.now() + Duration::days(CART_DAYS);
    cart::Entity::update_many()
        .set(cart::ActiveModel { expires_at: Set(expires_at), ..Default::default() })
        .filter(cart::Column::Id.eq(cart))
        .exec(tx)
        .await?;
    Ok(())
}

async fn find_line(tx: &Tx, cart: CartId, line: CartLineId) -> Result<cart_line::Model, SalesError> {
    let found = cart_line::Entity::find_by_id(line).filter(cart_line::Column::CartId.eq(cart)).one(tx).await?;
    found.ok_or(SalesError::NoLine)
}

/// What is on sale, at its price in a currency.
fn in_currency(offer: &Offer, currency: Currency) -> Result<Offer, SalesError> {
    offer.sold_in(currency).ok_or_else(|| SalesError::TierNotSoldIn {
        tier: offer.terms.tier,
        currency,
        sold_in: offer.prices.iter().map(|price| price.currency).collect(),
    })
}

/// A tier as it is on sale for a beat of the storefront, at its price in the studio's currency.
pub(crate) async fn find_offer(tx: &Tx, studio: StudioId, beat: BeatId, tier: TierCode) -> Result<Offer, SalesError> {
    let published = beat::Entity::find_by_id(beat)
        .filter(beat::Column::StudioId.eq(studio))
        .filter(beat::Column::State.eq(BeatState::Published))
        .one(tx)
        .await?;
    if published.is_none() {
        return Err(SalesError::NotOnSale);
    }
    if splits::withheld_beats(tx, studio, &[beat]).await?.contains(&beat) {
        return Err(SalesError::SplitUnsigned);
    }
    let offers = licensing::effective_tiers(tx, studio, &[beat]).await?.remove(&beat).unwrap_or_default();
    offers.into_iter().find(|offer| offer.terms.tier == tier).ok_or(SalesError::TierNotOffered(tier))
}

/// Brings the lines up to what is on sale now, as a page does that shows the cart; what is not on sale any more stays, and says so. Returns
/// the cart as it was found, each line with how it differed.
pub async fn refresh_cart(tx: &Tx, ctx: &Ctx, studio: StudioId, secret: &str) -> Result<CartView, SalesError> {
    let cart = lock_cart(tx, ctx, studio, secret).await?.ok_or(SalesError::NoCart)?;
    let view = queries::view_cart(tx, cart, ctx.env.now()).await?;
    for line in view.lines.iter().filter(|line| line.stale.is_some()) {
        if let Some(offer) = &line.offer {
            see(tx, &line.line, offer).await?;
        }
    }
    Ok(view)
}
