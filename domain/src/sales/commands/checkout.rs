//! The pay page.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{claims, settlement, upgrades};
use crate::{
    actor::Actor,
    booking::commands::find_deposit,
    identity::{commands::hold_open, entity::studio, queries::require_open},
    ids::OrderId,
    invoices,
    links::Purpose,
    money::Money,
    outbox::{self, Job},
    ports::{Capture, Checkout, CheckoutRequest, GatewayError, IdempotencyKey},
    sales::{
        SalesError,
        entity::{OrderState, order, order_line},
        queries,
        rules::paying::PayWindow,
    },
    services::Services,
    stages::Stage,
};

/// The order's own page, which settles it too: where the gateway sends the buyer after paying, and what the mail links to.
pub fn order_url(services: &Services, order: OrderId) -> String {
    format!("{}/orders/{}", services.public_url, services.links.token(Purpose::Order, order, None))
}

/// Opens the order's checkout at the gateway and returns the page where it is paid; opened already, the same page. The gateway is asked
/// outside any transaction, under a key that opens one checkout however often it is sent. What it refuses to collect closes the order, as does a beat that
/// was sold exclusively meanwhile, or an upgrade that cannot be granted any more. When a bank has let the payment of the first fail, another is opened.
pub async fn open_checkout(services: &Services, id: OrderId) -> Result<String, SalesError> {
    let order = queries::order(&services.db, id).await?.ok_or(SalesError::NoOrder)?;
    if order.state != OrderState::AwaitingPayment {
        return Err(SalesError::OrderClosed(order.state));
    }
    settlement::require_gateway(services, &order.gateway)?;
    if upgrades::is_refused(services, id).await? {
        // What is paid there would only go back. Paid a moment before, it is settled.
        settlement::close_checkout(services, id).await?;
        let order = queries::order(&services.db, id).await?.ok_or(SalesError::NoOrder)?;
        return Err(SalesError::OrderClosed(order.state));
    }
    let lines = queries::lines_of_order(&services.db, id).await?;
    if !lines.is_empty() {
        // Without lines it pays what was agreed upon before the studio closed.
        require_open(&services.db, order.studio_id).await??;
    }
    let now = services.env.now();
    let window = queries::pay_window(&services.db, &order).await?;
    if let Some(url) = &order.pay_url {
        let open = now < window.ends_at();
        return if open { Ok(url.clone()) } else { Err(SalesError::OrderTooOld) };
    }
    if now >= window.opening_ends_at() {
        settlement::expire_order(services, id).await?;
        return Err(SalesError::OrderTooOld);
    }
    if claims::is_sold(&services.db, id, &lines).await? {
        settlement::expire_order(services, id).await?;
        return Err(SalesError::OrderClosed(OrderState::Expired));
    }
    let is_sale = !lines.is_empty();
    let request = request(services, &order, lines, window).await?;
    match services.gateway.open_checkout(&request).await {
        Ok(checkout) => {
            services.env.reach(Stage::CheckoutOpened);
            store_checkout(services, &order, is_sale, checkout).await
        }
        Err(GatewayError::Refused { code, message, .. }) => {
            tracing::warn!(order = %id, code, message, "an order cannot be collected");
            settlement::close_unpaid(services, id, "the payment service does not collect its total").await?;
            Err(SalesError::NotCollectable { total: request.total, code })
        }
        Err(error) => Err(SalesError::Gateway(error)),
    }
}

async fn request(
    services: &Services,
    order: &order::Model,
    lines: Vec<order_line::Model>,
    window: PayWindow,
) -> Result<CheckoutRequest, SalesError> {
    let studio = studio::Entity::find_by_id(order.studio_id).one(&services.db).await?.ok_or(SalesError::NoStudio)?;
    let key = match window {
        PayWindow::First { .. } => format!("checkout:{}", order.id),
        PayWindow::Again { number, .. } => format!("checkout:{}:{number}", order.id),
    };
    let is_exclusive = lines.iter().any(|line| line.terms.is_exclusive());
    let total = Money::new(order.total_minor, order.currency);
    let deposit = find_deposit(&services.db, order.id).await?;
    let invoice = invoices::queries::invoice_of_order(&services.db, order.id).await?;
    let lines = match (deposit, &invoice) {
        (Some(deposit), _) => vec![(deposit.title, total)],
        (None, Some(invoice)) => vec![(format!("Invoice {}", invoice.reference), total)],
        (None, None) => lines
            .into_iter()
            .map(|line| {
                let price = Money::new(line.price_minor, order.currency);
                (format!("{} ({})", line.beat_title, line.terms.tier_name), price)
            })
            .collect(),
    };
    // Whoever pays an invoice came from its page, and goes back there.
    let own_page = match invoice {
        Some(invoice) => invoices::queries::invoice_url(services, invoice.id),
        None => order_url(services, order.id),
    };
    Ok(CheckoutRequest {
        order: order.id,
        reference: order.reference.clone(),
        lines,
        total,
        // Several may pay for the same exclusive: only the one who gets it is charged.
        capture: if is_exclusive { Capture::Later } else { Capture::AtOnce },
        buyer_email: order.buyer_email.clone(),
        cancel_url: match order.cart_id {
            Some(_) => format!("{}/cart", services.whole_shop_url(&studio)),
            // A cart there may be, but with something else in it.
            None => own_page.clone(),
        },
        success_url: own_page,
        // From the order, not from now: the same key must always carry the same request.
        expires_at: window.ends_at(),
        key: IdempotencyKey { value: key, since: window.begins_at() },
    })
}

/// Keeps the checkout with its order. If another call was faster, its page counts, and by the key it is the same one. If the studio was closed meanwhile, the
/// page of a sale is closed again, and given to nobody.
async fn store_checkout(
    services: &Services,
    order: &order::Model,
    is_sale: bool,
    checkout: Checkout,
) -> Result<String, SalesError> {
    let (ctx, id) = (services.ctx(Actor::System), order.id);
    let tx = services.begin().await?;
    order::Entity::update_many()
        .set(order::ActiveModel {
            checkout_id: Set(Some(checkout.id)),
            pay_url: Set(Some(checkout.pay_url.clone())),
            ..Default::default()
        })
        .filter(order::Column::Id.eq(id))
        .filter(order::Column::PayUrl.is_null())
        .exec(&tx)
        .await?;
    if is_sale && let Err(closed) = hold_open(&tx, order.studio_id).await? {
        outbox::put(&tx, &ctx, Some(order.studio_id), &Job::CloseCheckout { order: id }).await?;
        services.commit(tx).await?;
        return Err(closed.into());
    }
    services.commit(tx).await?;
    let order = queries::find_order(&services.db, &ctx, id).await?.ok_or(SalesError::NoOrder)?;
    Ok(order.pay_url.unwrap_or(checkout.pay_url))
}
