//! Orders without lines: what is paid ahead of a booking, or of an invoice. Such an order licenses nothing and delivers nothing; all else of it is as with any other.

use super::orders::insert_drawn;
use crate::{
    actor::Ctx,
    collectable,
    email::EmailAddress,
    ids::StudioId,
    money::Money,
    sales::{
        SalesError,
        entity::{OrderState, order},
        rules,
    },
    store::Tx,
};

/// Who pays how much, and to whom.
#[derive(Debug)]
pub(crate) struct DepositOrder<'a> {
    /// The seller.
    pub(crate) studio: StudioId,
    /// Who pays.
    pub(crate) buyer_name: &'a str,
    /// Where they are reached.
    pub(crate) buyer_email: &'a EmailAddress,
    /// How much.
    pub(crate) total: Money,
    /// The address that orders; evidence in a dispute.
    pub(crate) ip: Option<String>,
    /// The browser that orders; evidence in a dispute.
    pub(crate) user_agent: Option<String>,
}

/// Places an order without lines, of more than nothing, to be paid at a gateway.
///
/// # Errors
/// If no payment service collects so much.
pub(crate) async fn place_deposit(
    tx: &Tx,
    ctx: &Ctx,
    gateway: &str,
    deposit: DepositOrder<'_>,
) -> Result<order::Model, SalesError> {
    collectable::check(deposit.total).map_err(SalesError::Uncollectable)?;
    let order = order::Model {
        id: ctx.env.id(),
        studio_id: deposit.studio,
        reference: rules::reference(&ctx.env),
        cart_id: None,
        state: OrderState::AwaitingPayment,
        buyer_name: deposit.buyer_name.to_owned(),
        buyer_email: deposit.buyer_email.clone(),
        total_minor: deposit.total.minor,
        currency: deposit.total.currency,
        gateway: gateway.to_owned(),
        checkout_id: None,
        pay_url: None,
        placed_at: ctx.env.now(),
        paid_at: None,
        delivered_at: None,
        closed_reason: None,
        buyer_ip: deposit.ip,
        buyer_user_agent: deposit.user_agent,
    };
    insert_drawn(tx, ctx, order).await
}
