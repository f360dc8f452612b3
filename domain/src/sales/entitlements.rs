//! What buyers may do with what they have bought: derived from the order and the money that is kept for it each time it is asked, and written down nowhere.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    entity::{DisputeState, OrderState, PaymentState, RefundState, dispute, order, payment, refund},
    rules::money_back::{self, Entitlement, OrderMoney, holds_money},
};
use crate::{
    ids::{OrderId, PaymentId},
    report::StoreError,
};

/// What the buyer of an order may do now. For who may see the order: it asks nothing itself.
pub async fn entitlement(db: &impl ConnectionTrait, order: &order::Model) -> Result<Entitlement, StoreError> {
    let money = money_of_orders(db, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    Ok(money_back::entitlement(order.state, &money))
}

/// What came of all payments of orders, by order; of orders without a payment, nothing. For who may see the orders: it asks nothing itself.
pub async fn money_of_orders(
    db: &impl ConnectionTrait,
    orders: &[OrderId],
) -> Result<HashMap<OrderId, OrderMoney>, StoreError> {
    let payments = payment::Entity::find()
        .filter(payment::Column::OrderId.is_in(orders.iter().copied()))
        .filter(payment::Column::State.is_in(COLLECTED))
        .all(db)
        .await?;
    let ids: Vec<PaymentId> = payments.iter().map(|payment| payment.id).collect();
    let refunds = refund::Entity::find()
        .filter(refund::Column::PaymentId.is_in(ids.iter().copied()))
        .filter(refund::Column::JournalId.is_not_null())
        .filter(refund::Column::State.ne(RefundState::Failed))
        .all(db)
        .await?;
    let disputes = dispute::Entity::find().filter(dispute::Column::PaymentId.is_in(ids)).all(db).await?;
    let mut by_order: HashMap<OrderId, OrderMoney> = HashMap::new();
    for payment in payments {
        let money = by_order.entry(payment.order_id).or_default();
        money.captured_minor = money.captured_minor.saturating_add(payment.amount_minor);
        for refund in refunds.iter().filter(|refund| refund.payment_id == payment.id) {
            money.given_back_minor = money.given_back_minor.saturating_add(refund.amount_minor);
        }
        for dispute in disputes.iter().filter(|dispute| dispute.payment_id == payment.id) {
            money.is_disputed |= holds_money(dispute.state);
            if dispute.state == DisputeState::Lost {
                money.lost_minor = money.lost_minor.saturating_add(dispute.amount_minor);
            }
        }
    }
    Ok(by_order)
}

/// The states of payments that were collected, whatever became of them.
const COLLECTED: [PaymentState; 3] = [PaymentState::Captured, PaymentState::Refunding, PaymentState::Refunded];

/// What of an order's payments is gone, in minor units.
const GONE: &str =
    "(SELECT COALESCE(SUM(refunds.amount_minor), 0) FROM refunds JOIN payments ON payments.id = refunds.payment_id
      WHERE payments.order_id = orders.id AND refunds.journal_id IS NOT NULL AND refunds.state <> 'failed')
   + (SELECT COALESCE(SUM(disputes.amount_minor), 0) FROM disputes JOIN payments ON payments.id = disputes.payment_id
      WHERE payments.order_id = orders.id AND disputes.state = 'lost')";

/// What was collected for an order, in minor units.
const CAME: &str = "(SELECT COALESCE(SUM(payments.amount_minor), 0) FROM payments
      WHERE payments.order_id = orders.id AND payments.state IN ('captured', 'refunding', 'refunded'))";

/// Whether an order's payment is disputed.
const DISPUTED: &str = "EXISTS (SELECT 1 FROM disputes JOIN payments ON payments.id = disputes.payment_id
      WHERE payments.order_id = orders.id AND disputes.state IN ('needs_response', 'under_review'))";

/// [`Entitlement::Stands`] as a condition on orders, for lists.
pub(crate) fn stands() -> Condition {
    Condition::all()
        .add(order::Column::State.is_in([OrderState::Paid, OrderState::Delivered]))
        .add(Expr::cust(format!("NOT (({GONE}) > 0 AND {CAME} <= ({GONE}))")))
        .add(Expr::cust(format!("NOT ({DISPUTED})")))
}
