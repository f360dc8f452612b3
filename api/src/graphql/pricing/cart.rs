//! What buyers do with prices: enter a coupon, say where they are, change the currency, take a bundle.

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
    graphql::{
        caller,
        errors::Failure,
        sales::Cart,
        scalars::{Id, currency, currency_if_named},
    },
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

/// Another currency for a cart.
#[derive(Debug, InputObject)]
pub struct SetCartCurrencyInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The cart's secret.
    pub secret: String,
    /// One of the storefront's currencies, an ISO 4217 code.
    pub currency: String,
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
    /// What to pay in, an ISO 4217 code; absent for the cart's own currency, and of a new cart for the studio's.
    pub currency: Option<String>,
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
    /// What came of `setCartCurrency`.
    pub struct SetCartCurrencyPayload {
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

    /// Changes the currency of a cart: what is in it costs what it costs in that currency now. While it holds what is not sold in it, it stays as it is
    /// (`LINES_NOT_SOLD_IN_CURRENCY`).
    async fn set_cart_currency(
        &self,
        ctx: &Context<'_>,
        input: SetCartCurrencyInput,
    ) -> Result<SetCartCurrencyPayload, Failure> {
        SetCartCurrencyPayload::of(set_cart_currency(caller(ctx)?, input).await)
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

async fn set_cart_currency(caller: &Caller, input: SetCartCurrencyInput) -> Result<CartView, Failure> {
    let (studio, currency) = (input.studio.named("studio")?, currency(&input.currency, "currency")?);
    let tx = caller.services.begin().await?;
    cart_prices::change_currency(&tx, &caller.ctx, studio, &input.secret, currency).await?;
    caller.services.commit(tx).await?;
    view(caller, studio, &input.secret).await
}

async fn add_bundle(caller: &Caller, input: AddBundleToCartInput) -> Result<(CartView, String), Failure> {
    let (studio, bundle) = (input.studio.named("studio")?, input.bundle.named("bundle")?);
    let (secret, currency) = (input.secret.as_deref(), currency_if_named(input.currency.as_deref(), "currency")?);
    let tx = caller.services.begin().await?;
    let open = cart_prices::add_bundle(&tx, &caller.ctx, studio, secret, bundle, currency).await?;
    caller.services.commit(tx).await?;
    Ok((view(caller, studio, &open.secret).await?, open.secret))
}
