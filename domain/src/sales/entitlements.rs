//! What buyers may do with what they have bought: derived from the order and the money that is kept for it each time it is asked, and written down nowhere.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    entity::{DisputeState, OrderState, PaymentState, RefundState, dispute, order, payment, refund},
    rules::money_back::{self, Entitlement, OrderMoney, holds_money},
};
use crate::{
    ids::{OrderId, PaymentId},
    ledger::entity::{JournalKind, journal},
    licensing::entity::exclusive_end,
    report::StoreError,
};

/// What the buyer of an order may do now. For who may see the order: it asks nothing itself.
pub async fn entitlement(db: &impl ConnectionTrait, order: &order::Model) -> Result<Entitlement, StoreError> {
    let money = money_of_orders(db, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    Ok(money_back::entitlement(order.state, &money))
}

/// What came of the payments that orders were granted for, by order; of orders without one, nothing. What came beside them and is owed back, such as a
/// second charge, takes nothing along whatever becomes of it. For who may see the orders: it asks nothing itself.
pub async fn money_of_orders(
    db: &impl ConnectionTrait,
    orders: &[OrderId],
) -> Result<HashMap<OrderId, OrderMoney>, StoreError> {
    let payments = payment::Entity::find()
        .filter(payment::Column::OrderId.is_in(orders.iter().copied()))
        .filter(payment::Column::State.is_in(COLLECTED))
        .all(db)
        .await?;
    let sales: HashSet<(String, String)> = journal::Entity::find()
        .filter(journal::Column::OrderId.is_in(orders.iter().copied()))
        .filter(journal::Column::Kind.eq(JournalKind::Sale))
        .all(db)
        .await?
        .into_iter()
        .map(|sale| (sale.source, sale.external_id))
        .collect();
    let is_of_sale = |row: &payment::Model| sales.contains(&(row.gateway.clone(), row.gateway_payment.clone()));
    let payments: Vec<payment::Model> = payments.into_iter().filter(is_of_sale).collect();
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
            if refund.state == RefundState::Requested {
                money.under_way_minor = money.under_way_minor.saturating_add(refund.amount_minor);
            }
        }
        for dispute in disputes.iter().filter(|dispute| dispute.payment_id == payment.id) {
            money.is_disputed |= holds_money(dispute.state);
            if dispute.state == DisputeState::Lost {
                money.lost_minor = money.lost_minor.saturating_add(dispute.amount_minor);
            }
        }
    }
    let ended =
        exclusive_end::Entity::find().filter(exclusive_end::Column::OrderId.is_in(orders.iter().copied())).all(db);
    for end in ended.await? {
        by_order.entry(end.order_id).or_default().has_ended = true;
    }
    Ok(by_order)
}

/// The states of payments that were collected, whatever became of them.
const COLLECTED: [PaymentState; 3] = [PaymentState::Captured, PaymentState::Refunding, PaymentState::Refunded];

/// Whether a payment is of the order at hand, and was booked as its sale.
const OF_SALE: &str = "payments.order_id = orders.id AND EXISTS (SELECT 1 FROM journals
      WHERE journals.source = payments.gateway AND journals.external_id = payments.gateway_payment AND journals.kind = 'sale')";

/// What of an order's payment is gone, in minor units.
const REFUNDED: &str =
    "SELECT COALESCE(SUM(refunds.amount_minor), 0) FROM refunds JOIN payments ON payments.id = refunds.payment_id
      WHERE refunds.journal_id IS NOT NULL AND refunds.state <> 'failed'";

/// And by disputes that were lost.
const LOST: &str =
    "SELECT COALESCE(SUM(disputes.amount_minor), 0) FROM disputes JOIN payments ON payments.id = disputes.payment_id
      WHERE disputes.state = 'lost'";

/// What was collected for an order, in minor units.
const CAME: &str = "SELECT COALESCE(SUM(payments.amount_minor), 0) FROM payments
      WHERE payments.state IN ('captured', 'refunding', 'refunded')";

/// The disputes of an order's payment that are undecided.
const DISPUTED: &str = "SELECT 1 FROM disputes JOIN payments ON payments.id = disputes.payment_id
      WHERE disputes.state IN ('needs_response', 'under_review')";

/// [`Entitlement::Stands`] as a condition on orders, for lists.
pub(crate) fn stands() -> Condition {
    let gone = format!("(({REFUNDED} AND {OF_SALE}) + ({LOST} AND {OF_SALE}))");
    Condition::all()
        .add(order::Column::State.is_in([OrderState::Paid, OrderState::Delivered]))
        .add(Expr::cust(format!("NOT ({gone} > 0 AND ({CAME} AND {OF_SALE}) <= {gone})")))
        .add(Expr::cust(format!("NOT EXISTS ({DISPUTED} AND {OF_SALE})")))
        .add(Expr::cust("NOT EXISTS (SELECT 1 FROM exclusive_ends WHERE exclusive_ends.order_id = orders.id)"))
}
