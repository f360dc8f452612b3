//! What tests about money ask of the books.

use domain::{
    ids::OrderId,
    ledger::{entity::AccountKind, queries as ledger},
    sales::{entitlements::entitlement, proof::prove_all, rules::money_back::Entitlement},
};

use crate::{shop::Shop, support::World};

/// The proof holds.
pub(crate) async fn assert_proved(world: &World) {
    let proof = prove_all(&world.db).await.unwrap();
    assert!(proof.holds(), "{proof:?}");
}

/// What a studio's accounts of a kind come to, in minor units.
pub(crate) async fn balance(world: &World, shop: &Shop, kind: AccountKind) -> i64 {
    let balances = ledger::list_balances(&world.db, &world.ctx, shop.studio, None).await.unwrap();
    balances.iter().filter(|row| row.account.kind == kind).map(|row| row.balance.minor).sum()
}

/// What an order's buyer may do.
pub(crate) async fn may(world: &World, shop: &Shop, order: OrderId) -> Entitlement {
    entitlement(&world.db, &shop.found(order).await).await.unwrap()
}
