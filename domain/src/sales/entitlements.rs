//! What buyers may do with what they have bought: derived from the order and the money that is kept for it each time it is asked, and written down nowhere.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::Expr,
};

use super::{
    entity::{DisputeState, OrderState, PaymentState, RefundState, dispute, order, payment, refund, upgrade_credit},
    rules::money_back::{self, Entitlement, OrderMoney, holds_money},
};
use crate::{
    ids::{LicenceId, OrderId, PaymentId},
    ledger::entity::{JournalKind, journal},
    licensing::entity::{exclusive_end, licence},
    report::StoreError,
};

/// What the buyer of an order may do now. For who may see the order: it asks nothing itself.
pub async fn entitlement(db: &impl ConnectionTrait, order: &order::Model) -> Result<Entitlement, StoreError> {
    let found = entitlements(db, std::slice::from_ref(order)).await?.remove(&order.id);
    Ok(found.unwrap_or(Entitlement::Unpaid))
}

/// What the buyer of an order might do by what was paid for it alone, whatever became of what was credited to it. For who may see the order: it asks nothing
/// itself.
pub async fn own_entitlement(db: &impl ConnectionTrait, order: &order::Model) -> Result<Entitlement, StoreError> {
    let money = money_of_orders(db, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    Ok(money_back::entitlement(order.state, &money))
}

/// The orders of the upgrades to which something of what was paid for an order is credited, oldest first, paid or not.
pub(super) async fn upgrades_on(db: &impl ConnectionTrait, order: OrderId) -> Result<Vec<order::Model>, StoreError> {
    let licences =
        licence::Entity::find().select_only().column(licence::Column::Id).filter(licence::Column::OrderId.eq(order));
    let credited = upgrade_credit::Entity::find()
        .select_only()
        .column(upgrade_credit::Column::OrderId)
        .filter(upgrade_credit::Column::LicenceId.in_subquery(licences.into_query()))
        .filter(upgrade_credit::Column::CreditedMinor.gt(0));
    Ok(order::Entity::find()
        .filter(order::Column::Id.in_subquery(credited.into_query()))
        .order_by_asc(order::Column::Id)
        .all(db)
        .await?)
}

/// What the buyers of orders may do now, by order. An upgrade stands on what was paid for the licences before it, too: if all of that is gone, so is the
/// upgrade that it was credited to. For who may see the orders: it asks nothing itself.
pub async fn entitlements(
    db: &impl ConnectionTrait,
    orders: &[order::Model],
) -> Result<HashMap<OrderId, Entitlement>, StoreError> {
    let credited = credited_orders(db, orders).await?;
    let ids: Vec<OrderId> = orders.iter().chain(credited.values().flatten()).map(|order| order.id).collect();
    let money = money_of_orders(db, &ids).await?;
    let alone =
        |order: &order::Model| money_back::entitlement(order.state, &money.get(&order.id).copied().unwrap_or_default());
    let whole = |order: &order::Model| {
        let before = credited.get(&order.id).into_iter().flatten().map(alone);
        (order.id, money_back::standing_on(alone(order), before))
    };
    Ok(orders.iter().map(whole).collect())
}

/// The orders whose payments were credited to upgrades, by the upgrading order.
async fn credited_orders(
    db: &impl ConnectionTrait,
    orders: &[order::Model],
) -> Result<HashMap<OrderId, Vec<order::Model>>, StoreError> {
    let credits = upgrade_credit::Entity::find()
        .filter(upgrade_credit::Column::OrderId.is_in(orders.iter().map(|order| order.id)))
        // An upgrade does not stand on what it was given nothing for.
        .filter(upgrade_credit::Column::CreditedMinor.gt(0))
        .all(db)
        .await?;
    if credits.is_empty() {
        return Ok(HashMap::new());
    }
    let licences = licence::Entity::find()
        .filter(licence::Column::Id.is_in(credits.iter().map(|credit| credit.licence_id)))
        .all(db)
        .await?;
    let bought_by: HashMap<LicenceId, OrderId> =
        licences.into_iter().map(|licence| (licence.id, licence.order_id)).collect();
    let found: HashMap<OrderId, order::Model> = order::Entity::find()
        .filter(order::Column::Id.is_in(bought_by.values().copied()))
        .all(db)
        .await?
        .into_iter()
        .map(|order| (order.id, order))
        .collect();
    let mut by_upgrade: HashMap<OrderId, Vec<order::Model>> = HashMap::new();
    for credit in credits {
        let before = bought_by.get(&credit.licence_id).and_then(|order| found.get(order));
        by_upgrade.entry(credit.order_id).or_default().extend(before.cloned());
    }
    Ok(by_upgrade)
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
            if holds_money(dispute.state) {
                money.is_disputed = true;
                money.disputed_minor = money.disputed_minor.saturating_add(dispute.amount_minor);
            }
            if dispute.state == DisputeState::Lost {
                money.lost_minor = money.lost_minor.saturating_add(dispute.amount_minor);
                if dispute.closed_journal.is_none() {
                    money.unbooked_minor = money.unbooked_minor.saturating_add(dispute.amount_minor);
                }
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
pub(super) const COLLECTED: [PaymentState; 3] =
    [PaymentState::Captured, PaymentState::Refunding, PaymentState::Refunded];

/// Whether a payment is of an order, by the words for its id in the query around it, and was booked as its sale.
fn of_sale(order: &str) -> String {
    format!(
        "payments.order_id = {order} AND EXISTS (SELECT 1 FROM journals
          WHERE journals.source = payments.gateway AND journals.external_id = payments.gateway_payment AND journals.kind = 'sale')"
    )
}

/// Whether all that was collected for an order is gone again, or an exclusive of it has ended, in the words of SQL.
fn is_gone(order: &str) -> String {
    let of_sale = of_sale(order);
    let gone = format!(
        "((SELECT COALESCE(SUM(refunds.amount_minor), 0) FROM refunds JOIN payments ON payments.id = refunds.payment_id
           WHERE refunds.journal_id IS NOT NULL AND refunds.state <> 'failed' AND {of_sale})
          + (SELECT COALESCE(SUM(disputes.amount_minor), 0) FROM disputes JOIN payments ON payments.id = disputes.payment_id
             WHERE disputes.state = 'lost' AND {of_sale}))"
    );
    let came = format!(
        "(SELECT COALESCE(SUM(payments.amount_minor), 0) FROM payments
          WHERE payments.state IN ('captured', 'refunding', 'refunded') AND {of_sale})"
    );
    format!(
        "(({gone} > 0 AND {came} <= {gone})
          OR EXISTS (SELECT 1 FROM exclusive_ends WHERE exclusive_ends.order_id = {order}))"
    )
}

/// Whether a condition holds of an order that was credited to an upgrade's, both in the words of SQL.
fn of_credited(upgrade: &str, holds: impl FnOnce(&str) -> String) -> String {
    format!(
        "EXISTS (SELECT 1 FROM upgrade_credits JOIN licences AS credited ON credited.id = upgrade_credits.licence_id
         WHERE upgrade_credits.order_id = {upgrade} AND upgrade_credits.credited_minor > 0 AND {})",
        holds("credited.order_id")
    )
}

/// [`Entitlement::Revoked`] of an order that was granted, in the words of SQL.
fn is_revoked(order: &str) -> String {
    format!("({} OR {})", is_gone(order), of_credited(order, is_gone))
}

/// Whether an order's money is kept and nobody disputes it.
fn is_kept(order: &str) -> String {
    format!(
        "(NOT {} AND NOT EXISTS (SELECT 1 FROM disputes JOIN payments ON payments.id = disputes.payment_id
          WHERE disputes.state IN ('needs_response', 'under_review') AND {}))",
        is_gone(order),
        of_sale(order)
    )
}

/// [`Entitlement::Stands`] as a condition on orders, for lists.
pub(crate) fn stands() -> Condition {
    let on_credits = of_credited("orders.id", |order| format!("NOT {}", is_kept(order)));
    Condition::all()
        .add(order::Column::State.is_in([OrderState::Paid, OrderState::Delivered]))
        .add(Expr::cust(is_kept("orders.id")))
        .add(Expr::cust(format!("NOT {on_credits}")))
}

/// [`Entitlement::Stands`] or [`Entitlement::Suspended`] as a condition on orders, for lists: what is disputed may stand again.
pub(crate) fn not_revoked() -> Condition {
    Condition::all()
        .add(order::Column::State.is_in([OrderState::Paid, OrderState::Delivered]))
        .add(Expr::cust(format!("NOT {}", is_revoked("orders.id"))))
}

/// That no upgrade which stands has taken its place, as a condition on licences, for lists; as
/// [`successors`](crate::licensing::upgrades::successors) has it.
pub(crate) fn not_superseded() -> Condition {
    Condition::all().add(Expr::cust(format!(
        "NOT EXISTS (SELECT 1 FROM licence_upgrades JOIN licences AS newer ON newer.id = licence_upgrades.licence_id
         WHERE licence_upgrades.replaced_id = licences.id AND NOT {})",
        is_revoked("newer.order_id")
    )))
}
