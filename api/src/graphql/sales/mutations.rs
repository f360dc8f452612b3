//! What buyers do: cart, order, settlement.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::{
    actor::{Actor, Ctx},
    ids::{BeatId, CartLineId, StudioId},
    links::Purpose,
    sales::{
        self, PlaceOrder, SalesError,
        commands::{carts, checkout::order_url},
        entity::order,
        queries::{self, CartView},
    },
};

use super::{Cart, Order, open_token};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        errors::Failure,
        licensing::TierCode,
        scalars::{Id, MoneyInput, currency_if_named},
    },
    payload,
};

/// A beat for a cart.
#[derive(Debug, InputObject)]
pub struct AddToCartInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The cart's secret; absent to begin a new cart.
    pub secret: Option<String>,
    /// The beat.
    pub beat: Id<BeatId>,
    /// The tier.
    pub tier: TierCode,
    /// What to pay in, an ISO 4217 code; absent for the cart's own currency, and of a new cart for the studio's. A cart that holds something stays in its
    /// currency: `setCartCurrency` changes it.
    pub currency: Option<String>,
}

/// Another tier for a line.
#[derive(Debug, InputObject)]
pub struct ChangeCartTierInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The cart's secret.
    pub secret: String,
    /// The line.
    pub line: Id<CartLineId>,
    /// The tier.
    pub tier: TierCode,
}

/// A line to be taken out.
#[derive(Debug, InputObject)]
pub struct RemoveFromCartInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The cart's secret.
    pub secret: String,
    /// The line.
    pub line: Id<CartLineId>,
}

/// An order of all that is in a cart.
#[derive(Debug, InputObject)]
pub struct PlaceOrderInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The cart's secret.
    pub secret: String,
    /// The licensee's name as it shall stand in the contract.
    pub buyer_name: String,
    /// The address that the files shall be sent to.
    pub buyer_email: String,
    /// The total that the buyer saw and agrees to.
    pub seen_total: MoneyInput,
}

/// An order that has been placed.
#[derive(Debug, SimpleObject)]
pub struct PlacedOrder {
    /// The order.
    pub order: Order,
    /// The page where it is paid; absent if there is nothing to pay.
    pub pay_url: Option<String>,
    /// The token that opens the order without an account; keep it.
    pub token: String,
    /// The order's own page.
    pub url: String,
}

payload! {
    /// What came of `addToCart`.
    pub struct AddToCartPayload {
        /// The cart as it is now.
        cart: Cart,
        /// The secret that finds the cart again; nobody else has it.
        secret: String
    }
}

payload! {
    /// What came of `changeCartTier`.
    pub struct ChangeCartTierPayload {
        /// The cart as it is now.
        cart: Cart
    }
}

payload! {
    /// What came of `removeFromCart`.
    pub struct RemoveFromCartPayload {
        /// The cart as it is now.
        cart: Cart
    }
}

payload! {
    /// What came of `placeOrder`.
    pub struct PlaceOrderPayload {
        /// The order and where it is paid.
        placed: PlacedOrder
    }
}

payload! {
    /// What came of `settleOrder`.
    pub struct SettleOrderPayload {
        /// The order as it stands now.
        order: Order
    }
}

/// Mutations of sales.
#[derive(Debug, Default)]
pub struct SalesMutation;

#[Object]
impl SalesMutation {
    /// Puts a beat under a tier into a cart, at the price and terms of now; a beat that is in it already changes its tier.
    async fn add_to_cart(&self, ctx: &Context<'_>, input: AddToCartInput) -> Result<AddToCartPayload, Failure> {
        match add_to_cart(caller(ctx)?, input).await {
            Ok((view, secret)) => Ok(AddToCartPayload::done(view.into(), secret)),
            Err(failure) => AddToCartPayload::refused(failure),
        }
    }

    /// Changes the tier of a line, at the price and terms of now.
    async fn change_cart_tier(
        &self,
        ctx: &Context<'_>,
        input: ChangeCartTierInput,
    ) -> Result<ChangeCartTierPayload, Failure> {
        ChangeCartTierPayload::of(change_cart_tier(caller(ctx)?, input).await)
    }

    /// Takes a line out of a cart.
    async fn remove_from_cart(
        &self,
        ctx: &Context<'_>,
        input: RemoveFromCartInput,
    ) -> Result<RemoveFromCartPayload, Failure> {
        RemoveFromCartPayload::of(remove_from_cart(caller(ctx)?, input).await)
    }

    /// Places an order of all that is in the cart and opens its pay page. A cart that is not what the buyer saw is brought up to date and
    /// refused (`CART_STALE`); placing the same cart again gives the same open order.
    async fn place_order(&self, ctx: &Context<'_>, input: PlaceOrderInput) -> Result<PlaceOrderPayload, Failure> {
        PlaceOrderPayload::of(place_order(caller(ctx)?, input).await)
    }

    /// Asks the gateway how the order of a buyer's link stands and acts on it, as its page does; safe at any time.
    async fn settle_order(&self, ctx: &Context<'_>, token: String) -> Result<SettleOrderPayload, Failure> {
        SettleOrderPayload::of(settle_order(caller(ctx)?, &token).await)
    }
}

async fn view(caller: &Caller, studio: StudioId, secret: &str) -> Result<CartView, Failure> {
    let now = caller.services.env.now();
    let found = queries::find_cart(&caller.services.db, studio, secret, now).await?;
    Ok(found.ok_or(SalesError::NoCart)?)
}

async fn add_to_cart(caller: &Caller, input: AddToCartInput) -> Result<(CartView, String), Failure> {
    let (studio, beat) = (input.studio.named("studio")?, input.beat.named("beat")?);
    let (secret, currency) = (input.secret.as_deref(), currency_if_named(input.currency.as_deref(), "currency")?);
    let tx = caller.services.begin().await?;
    let open = carts::add_to_cart(&tx, &caller.ctx, studio, secret, beat, input.tier.into(), currency).await?;
    caller.services.commit(tx).await?;
    Ok((view(caller, studio, &open.secret).await?, open.secret))
}

async fn change_cart_tier(caller: &Caller, input: ChangeCartTierInput) -> Result<CartView, Failure> {
    let (studio, line) = (input.studio.named("studio")?, input.line.named("line")?);
    let tx = caller.services.begin().await?;
    carts::change_tier(&tx, &caller.ctx, studio, &input.secret, line, input.tier.into()).await?;
    caller.services.commit(tx).await?;
    view(caller, studio, &input.secret).await
}

async fn remove_from_cart(caller: &Caller, input: RemoveFromCartInput) -> Result<CartView, Failure> {
    let (studio, line) = (input.studio.named("studio")?, input.line.named("line")?);
    let tx = caller.services.begin().await?;
    carts::remove_from_cart(&tx, &caller.ctx, studio, &input.secret, line).await?;
    caller.services.commit(tx).await?;
    view(caller, studio, &input.secret).await
}

async fn place_order(caller: &Caller, input: PlaceOrderInput) -> Result<PlacedOrder, Failure> {
    let services = &caller.services;
    let studio = input.studio.named("studio")?;
    let request = PlaceOrder {
        buyer_name: input.buyer_name,
        buyer_email: input.buyer_email,
        seen_total: input.seen_total.named("seenTotal")?,
        ip: Some(caller.ip.to_string()).filter(|ip| !ip.is_empty()),
        user_agent: Some(caller.user_agent.to_string()),
    };
    let mut order = sales::place_order(services, &caller.ctx, studio, &input.secret, &request).await?;
    let due = order.state == sales::entity::OrderState::AwaitingPayment;
    let pay_url = if due { Some(sales::open_checkout(services, order.id).await?) } else { None };
    order.pay_url.clone_from(&pay_url);
    let token = services.links.token(Purpose::Order, order.id, None);
    Ok(PlacedOrder { pay_url, token, url: order_url(services, order.id), order: order.into() })
}

async fn settle_order(caller: &Caller, token: &str) -> Result<order::Model, Failure> {
    let order = open_token(caller, token)?;
    sales::settle_order(&caller.services, order).await?;
    let buyer = Ctx::new(Actor::Buyer { order }, caller.services.env.clone());
    Ok(queries::find_order(&caller.services.db, &buyer, order).await?.ok_or(SalesError::NoOrder)?)
}
