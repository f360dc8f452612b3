//! What buyers do with prices: enter a coupon, say where they are, take a bundle.

use async_graphql::{Context, InputObject, Object};
use domain::{
    ids::{BundleId, StudioId},
    pricing::Country,
    sales::{
        SalesError,
        commands::cart_prices,
        queries::{self, CartView},
    },
};

use crate::{
    caller::Caller,
    graphql::{caller, errors::Failure, sales::Cart, scalars::Id},
    payload,
};

/// A coupon for a cart.
#[derive(Debug, InputObject)]
pub struct EnterCouponInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The cart's secret.
    pub secret: String,
    /// The coupon's code; absent to take it out.
    pub coupon: Option<String>,
}

/// Where the buyer of a cart is.
#[derive(Debug, InputObject)]
pub struct SetCartCountryInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The cart's secret.
    pub secret: String,
    /// The country's ISO 3166-1 code, such as `DE`.
    pub country: String,
}

/// A bundle for a cart.
#[derive(Debug, InputObject)]
pub struct AddBundleToCartInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The cart's secret; absent to begin a new cart.
    pub secret: Option<String>,
    /// The bundle.
    pub bundle: Id<BundleId>,
}

payload! {
    /// What came of `enterCoupon`.
    pub struct EnterCouponPayload {
        /// The cart as it is now.
        cart: Cart
    }
}

payload! {
    /// What came of `setCartCountry`.
    pub struct SetCartCountryPayload {
        /// The cart as it is now.
        cart: Cart
    }
}

payload! {
    /// What came of `addBundleToCart`.
    pub struct AddBundleToCartPayload {
        /// The cart as it is now.
        cart: Cart,
        /// The secret that finds the cart again; nobody else has it.
        secret: String
    }
}

/// Mutations of a cart's prices.
#[derive(Debug, Default)]
pub struct CartPricesMutation;

#[Object]
impl CartPricesMutation {
    /// Enters a coupon, in the place of another, or takes it out. The cart says what it takes off, or why nothing.
    async fn enter_coupon(&self, ctx: &Context<'_>, input: EnterCouponInput) -> Result<EnterCouponPayload, Failure> {
        EnterCouponPayload::of(enter_coupon(caller(ctx)?, input).await)
    }

    /// Says where the buyer is; asked for where the studio has rates of tax.
    async fn set_cart_country(
        &self,
        ctx: &Context<'_>,
        input: SetCartCountryInput,
    ) -> Result<SetCartCountryPayload, Failure> {
        SetCartCountryPayload::of(set_cart_country(caller(ctx)?, input).await)
    }

    /// Puts all beats of a bundle into a cart; one that is in it already changes its tier.
    async fn add_bundle_to_cart(
        &self,
        ctx: &Context<'_>,
        input: AddBundleToCartInput,
    ) -> Result<AddBundleToCartPayload, Failure> {
        match add_bundle(caller(ctx)?, input).await {
            Ok((view, secret)) => Ok(AddBundleToCartPayload::done(view.into(), secret)),
            Err(failure) => AddBundleToCartPayload::refused(failure),
        }
    }
}

async fn view(caller: &Caller, studio: StudioId, secret: &str) -> Result<CartView, Failure> {
    let found = queries::find_cart(&caller.services.db, studio, secret, caller.services.env.now()).await?;
    Ok(found.ok_or(SalesError::NoCart)?)
}

async fn enter_coupon(caller: &Caller, input: EnterCouponInput) -> Result<CartView, Failure> {
    let studio = input.studio.named("studio")?;
    let entered = (input.coupon.as_deref(), Some(&*caller.ip));
    cart_prices::enter_coupon(&caller.services, &caller.ctx, studio, &input.secret, entered).await?;
    view(caller, studio, &input.secret).await
}

async fn set_cart_country(caller: &Caller, input: SetCartCountryInput) -> Result<CartView, Failure> {
    let studio = input.studio.named("studio")?;
    let country: Country = input.country.parse().map_err(SalesError::Country)?;
    let tx = caller.services.begin().await?;
    cart_prices::say_country(&tx, &caller.ctx, studio, &input.secret, country).await?;
    caller.services.commit(tx).await?;
    view(caller, studio, &input.secret).await
}

async fn add_bundle(caller: &Caller, input: AddBundleToCartInput) -> Result<(CartView, String), Failure> {
    let (studio, bundle) = (input.studio.named("studio")?, input.bundle.named("bundle")?);
    let tx = caller.services.begin().await?;
    let open = cart_prices::add_bundle(&tx, &caller.ctx, studio, input.secret.as_deref(), bundle).await?;
    caller.services.commit(tx).await?;
    Ok((view(caller, studio, &open.secret).await?, open.secret))
}
