//! Everything that a history came to, told in lines without ids and times, so that two can be compared.

use std::collections::BTreeMap;

use domain::{
    ids::{JournalId, OrderId, PartyId, PaymentId},
    ledger::{
        entity::{AccountKind, account, entry, journal},
        queries as ledger,
    },
    licensing::entity::licence,
    sales::{
        entitlements::money_of_orders,
        entity::{dispute, order, payment, refund},
        rules::money_back::entitlement,
    },
};
use sea_orm::EntityTrait;

use super::plot::Plot;
use crate::support::World;

/// What belongs to an order, each in words.
#[derive(Default)]
struct Of {
    payments: Vec<String>,
    licences: Vec<String>,
    refunds: Vec<String>,
    disputes: Vec<String>,
    journals: Vec<String>,
    /// What its journals come to on each account, in minor units.
    sums: BTreeMap<String, i64>,
}

/// Tells all orders with what belongs to them, and then the balances.
pub(super) async fn tell(world: &World, plot: &Plot) -> Vec<String> {
    let mut told = read(world, plot).await;
    let ids: Vec<OrderId> = plot.orders.iter().map(|(order, _)| *order).collect();
    let money = money_of_orders(&world.db, &ids).await.unwrap();
    let rows = order::Entity::find().all(&world.db).await.unwrap();
    let rows: BTreeMap<OrderId, order::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut lines = Vec::new();
    for (number, (id, fate)) in plot.orders.iter().enumerate() {
        let (row, mut of) = (&rows[id], told.remove(id).unwrap_or_default());
        let may = entitlement(row.state, &money.get(id).copied().unwrap_or_default());
        for words in [&mut of.payments, &mut of.licences, &mut of.refunds, &mut of.disputes, &mut of.journals] {
            words.sort();
        }
        let Of { payments, licences, refunds, disputes, journals, sums } = of;
        let (state, reason) = (row.state, row.closed_reason.as_deref().unwrap_or_default());
        let sums: Vec<_> = sums.into_iter().filter(|(_, minor)| *minor != 0).collect();
        lines.push(format!(
            "{number} {fate:?}: {state} ({reason}), {may:?}; payments {payments:?}, licences {licences:?}, refunds {refunds:?}, \
             disputes {disputes:?}, journals {journals:?}, {sums:?}"
        ));
    }
    assert!(told.is_empty(), "nothing belongs to an order that was never placed");
    lines.extend(balances(world, plot).await);
    lines
}

async fn read(world: &World, plot: &Plot) -> BTreeMap<OrderId, Of> {
    let db = &world.db;
    let mut all: BTreeMap<OrderId, Of> = BTreeMap::new();
    let mut order_of: BTreeMap<PaymentId, OrderId> = BTreeMap::new();
    for row in payment::Entity::find().all(db).await.unwrap() {
        order_of.insert(row.id, row.order_id);
        let words = format!("{} {} less {}", row.state, row.amount_minor, row.fee_minor);
        all.entry(row.order_id).or_default().payments.push(words);
    }
    for row in licence::Entity::find().all(db).await.unwrap() {
        let words = format!("{:?} {} {}", row.terms.tier, row.price_minor, row.exclusive);
        all.entry(row.order_id).or_default().licences.push(words);
    }
    for row in refund::Entity::find().all(db).await.unwrap() {
        let words = format!("{} {} booked {}", row.state, row.amount_minor, row.journal_id.is_some());
        all.entry(order_of[&row.payment_id]).or_default().refunds.push(words);
    }
    for row in dispute::Entity::find().all(db).await.unwrap() {
        let (opened, closed) = (row.opened_journal.is_some(), row.closed_journal.is_some());
        let words = format!("{} {} fee {}, booked {opened} {closed}", row.state, row.amount_minor, row.fee_minor);
        all.entry(order_of[&row.payment_id]).or_default().disputes.push(words);
    }
    let mut order_of: BTreeMap<JournalId, OrderId> = BTreeMap::new();
    for row in journal::Entity::find().all(db).await.unwrap() {
        let order = row.order_id.expect("every journal here is an order's");
        order_of.insert(row.id, order);
        all.entry(order).or_default().journals.push(row.kind.to_string());
    }
    let accounts = account::Entity::find().all(db).await.unwrap();
    let names: BTreeMap<_, _> = accounts.into_iter().map(|row| (row.id, name(plot, row.kind, row.party_id))).collect();
    for row in entry::Entity::find().all(db).await.unwrap() {
        let of = all.entry(order_of[&row.journal_id]).or_default();
        *of.sums.entry(names[&row.account_id].clone()).or_default() += row.amount_minor;
    }
    all
}

/// An account by what it stands for. What a payee is owed and what they owe are two sides of one thing: which of them holds it depends on the order in
/// which it was learned.
fn name(plot: &Plot, kind: AccountKind, party: Option<PartyId>) -> String {
    let kind = match kind {
        AccountKind::Payable | AccountKind::Receivable => "payee",
        other => other.word(),
    };
    let maker = party.and_then(|party| plot.shop.makers.iter().position(|maker| *maker == party));
    maker.map_or_else(|| kind.to_owned(), |maker| format!("{kind} {maker}"))
}

async fn balances(world: &World, plot: &Plot) -> Vec<String> {
    let rows = ledger::list_balances(&world.db, &world.ctx, plot.shop.studio, None).await.unwrap();
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for row in rows {
        *sums.entry(name(plot, row.account.kind, row.account.party_id)).or_default() += row.balance.minor;
    }
    sums.into_iter().map(|(name, minor)| format!("{name} {minor}")).collect()
}
