//! How invoices stand, derived each time it is asked from the money that is kept for them.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::lists::{credit_notes_of_invoices, transfers_of_invoices};
use crate::{
    env::Instant,
    ids::{InvoiceId, OrderId, PaymentId},
    invoices::{
        entity::{TransferKind, invoice, invoice_order},
        rules::{lines::Sums, standing::Standing},
    },
    ledger::{entity::journal, queries::find_sale},
    report::StoreError,
    sales::{
        entitlements::money_of_orders,
        entity::{DisputeState, RefundState},
        queries::{disputes_of_payments, payments_of_orders, refunds_of_payments},
    },
};

/// How invoices stand, by invoice. For who may see them: it asks nothing itself.
pub async fn standings(
    db: &impl ConnectionTrait,
    invoices: &[invoice::Model],
) -> Result<HashMap<InvoiceId, Standing>, StoreError> {
    let ids: Vec<InvoiceId> = invoices.iter().map(|row| row.id).collect();
    let mut standings: HashMap<InvoiceId, Standing> =
        invoices.iter().map(|row| (row.id, Standing { total_minor: row.total_minor, ..Standing::default() })).collect();
    for (id, notes) in credit_notes_of_invoices(db, &ids).await? {
        if let Some(standing) = standings.get_mut(&id) {
            standing.credited_minor = notes.iter().map(|note| note.total_minor).fold(0, i64::saturating_add);
        }
    }
    for (id, transfers) in transfers_of_invoices(db, &ids).await? {
        if let Some(standing) = standings.get_mut(&id) {
            for transfer in transfers {
                standing.kept_minor = standing.kept_minor.saturating_add(transfer.applied_minor);
                standing.excess_minor = standing.excess_minor.saturating_add(transfer.excess_minor);
                if transfer.kind != TransferKind::Received {
                    standing.gone_minor = standing.gone_minor.saturating_sub(transfer.applied_minor);
                }
            }
        }
    }
    let paid_by = orders_of(db, &ids).await?;
    let orders: Vec<OrderId> = paid_by.iter().map(|row| row.order_id).collect();
    let money = money_of_orders(db, &orders).await?;
    for row in paid_by {
        let (Some(standing), Some(money)) = (standings.get_mut(&row.invoice_id), money.get(&row.order_id)) else {
            continue;
        };
        let gone_minor = money.given_back_minor.saturating_add(money.lost_minor);
        // A bank may take all of a payment of which a part was given back before: nobody owes more than the invoice for that.
        let kept_minor = money.captured_minor.saturating_sub(gone_minor).max(0);
        standing.kept_minor = standing.kept_minor.saturating_add(kept_minor);
        standing.gone_minor = standing.gone_minor.saturating_add(gone_minor);
        standing.disputed_minor = standing.disputed_minor.saturating_add(money.disputed_minor.min(kept_minor));
    }
    Ok(standings)
}

/// How one invoice stands.
pub(crate) async fn standing(db: &impl ConnectionTrait, invoice: &invoice::Model) -> Result<Standing, StoreError> {
    let found = standings(db, std::slice::from_ref(invoice)).await?.remove(&invoice.id);
    Ok(found.unwrap_or_default())
}

/// What was credited of an invoice.
pub(crate) async fn credited(db: &impl ConnectionTrait, id: InvoiceId) -> Result<Sums, StoreError> {
    let notes = credit_notes_of_invoices(db, &[id]).await?.remove(&id).unwrap_or_default();
    let sum = |of: fn(&invoice::Model) -> i64| notes.iter().map(of).fold(0, i64::saturating_add);
    Ok(Sums { net_minor: sum(|note| note.net_minor), tax_minor: sum(|note| note.tax_minor) })
}

async fn orders_of(db: &impl ConnectionTrait, invoices: &[InvoiceId]) -> Result<Vec<invoice_order::Model>, StoreError> {
    Ok(invoice_order::Entity::find()
        .filter(invoice_order::Column::InvoiceId.is_in(invoices.iter().copied()))
        .all(db)
        .await?)
}

/// When money of an invoice last went, or was taken back: since then it is owed anew. None if none ever did. For who may see the invoice: it asks nothing
/// itself.
pub async fn reopened_at(db: &impl ConnectionTrait, id: InvoiceId) -> Result<Option<Instant>, StoreError> {
    let transfers = transfers_of_invoices(db, &[id]).await?.remove(&id).unwrap_or_default();
    let taken = transfers.iter().filter(|row| row.kind != TransferKind::Received && row.applied_minor < 0);
    let mut last = taken.map(|row| row.recorded_at).max();
    let orders: Vec<OrderId> = orders_of(db, &[id]).await?.into_iter().map(|row| row.order_id).collect();
    let mut ids: Vec<PaymentId> = Vec::new();
    for payment in payments_of_orders(db, &orders).await?.values().flatten() {
        // What came a second time, or for nothing, had paid nothing of it: that it goes back reopens nothing.
        if find_sale(db, &payment.gateway, &payment.gateway_payment).await?.is_some() {
            ids.push(payment.id);
        }
    }
    let refunds = refunds_of_payments(db, &ids).await?;
    let given_back = refunds.values().flatten().filter(|row| row.state != RefundState::Failed);
    last = last.max(given_back.map(|row| row.requested_at).max());
    let disputes = disputes_of_payments(db, &ids).await?;
    let lost_disputes = disputes.values().flatten().filter(|row| row.state == DisputeState::Lost);
    // Not since it was disputed: while the bank decides nothing is asked for, and nothing can be paid.
    let ends = journal::Entity::find()
        .filter(journal::Column::Id.is_in(lost_disputes.filter_map(|row| row.closed_journal)))
        .all(db)
        .await?;
    Ok(last.max(ends.iter().map(|end| end.posted_at).max()))
}
