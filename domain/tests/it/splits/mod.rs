//! Splits: what was signed is what money follows.

mod keeping;
mod parking;
mod sales;

use std::collections::BTreeMap;

use domain::{
    identity::entity::UnsignedSplits,
    ids::{BeatId, PartyId, WorkId},
    ledger::{
        entity::{AccountKind, journal},
        queries as ledger,
    },
    licensing::terms::TierCode,
    money::Currency,
    outbox::entity::job,
    page::PageRequest,
    sales::{Settled, entity::order, settle_order},
    splits::{self, ExecutedSplit, SplitError, entity::split_version},
    store,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{shop::Shop, support::World};

/// A shop that parks what is unsigned, with a published beat whose makers have signed nothing.
pub(super) async fn parking_shop(world: &World) -> (Shop, WorkId, BeatId) {
    let shop = Shop::open(world, Currency::EUR).await;
    shop.set_unsigned(UnsignedSplits::Park).await;
    let work = shop.work("Night Drive").await;
    let beat = shop.unsigned_beat_of(work, "Night Drive", true).await;
    (shop, work, beat)
}

/// Sells an MP3 lease for 30.00, of which the gateway keeps 0.87.
pub(super) async fn sell(shop: &Shop, beat: BeatId) -> order::Model {
    let order = shop.order(&[(beat, TierCode::Mp3)], 3000).await;
    shop.gateway.pay(order.id);
    assert_eq!(settle_order(&shop.services, order.id).await.unwrap(), Settled::Granted);
    order
}

/// What an account kind comes to, and what is owed to each maker.
pub(super) async fn books(world: &World, shop: &Shop) -> (BTreeMap<AccountKind, i64>, [i64; 2]) {
    let (mut kinds, mut parties) = (BTreeMap::new(), BTreeMap::<PartyId, i64>::new());
    for row in ledger::list_balances(&world.db, &world.ctx, shop.studio, None).await.unwrap() {
        *kinds.entry(row.account.kind).or_default() += row.balance.minor;
        if let Some(party) = row.account.party_id {
            *parties.entry(party).or_default() -= row.balance.minor;
        }
    }
    let trial = ledger::trial_balance_of_all(&world.db).await.unwrap();
    assert!(trial.iter().all(|sum| sum.minor == 0));
    (kinds, shop.makers.map(|maker| parties.get(&maker).copied().unwrap_or(0)))
}

pub(super) async fn parked(world: &World, shop: &Shop) -> i64 {
    -books(world, shop).await.0.get(&AccountKind::SplitsParked).copied().unwrap_or(0)
}

pub(super) async fn owed(world: &World, shop: &Shop) -> [i64; 2] {
    books(world, shop).await.1
}

pub(super) async fn waiting(world: &World, shop: &Shop) -> Vec<splits::ParkedLine> {
    let request = PageRequest::new(Some(100), None, None, None).unwrap();
    splits::list_parked(&world.db, &world.ctx, shop.studio, true, request).await.unwrap().rows
}

pub(super) async fn jobs(world: &World) -> u64 {
    job::Entity::find().filter(job::Column::Kind.eq("release_parked")).count(&world.db).await.unwrap()
}

pub(super) async fn journals(world: &World, kind: &str) -> Vec<journal::Model> {
    journal::Entity::find().filter(journal::Column::Kind.eq(kind)).all(&world.db).await.unwrap()
}

pub(super) async fn execute(world: &World, split: &ExecutedSplit) -> Result<split_version::Model, SplitError> {
    let tx = store::begin(&world.db).await.unwrap();
    let version = splits::execute(&tx, &world.ctx, split).await?;
    tx.commit().await.unwrap();
    Ok(version)
}
