//! The ledger on real databases.

mod explained;
mod exported;
mod folds;
mod periods;
mod posting;
mod taking;
mod together;
mod upgrade;

use std::collections::BTreeMap;

use domain::{
    actor::Ctx,
    ids::{JournalId, OrderLineId, PartyId},
    ledger::{
        LedgerError,
        commands::{Event, Posting, book_sale, post},
        entity::{AccountKind, JournalKind, journal},
        queries,
        rules::{AccountRef, Division, Leg, SaleLine},
    },
    sales::proof::prove_all,
    share::Share,
    store,
};

use crate::{shop::Shop, support::World};

fn legs(shop: &Shop, amount_minor: i64) -> Vec<Leg> {
    vec![
        Leg { account: AccountRef::own(AccountKind::GatewayClearing), amount_minor },
        Leg { account: AccountRef::payable(shop.makers[0]), amount_minor: -amount_minor },
    ]
}

fn event<'a>(shop: &Shop, external_id: &'a str) -> Event<'a> {
    Event {
        studio: shop.studio,
        source: "test",
        external_id,
        order: None,
        reference: "LL-TEST0000",
        memo: "a test",
        currency: shop.currency,
        occurred_at: None,
    }
}

fn posting<'a>(shop: &Shop, external_id: &'a str, legs: Vec<Leg>) -> Posting<'a> {
    Posting::plain(event(shop, external_id), JournalKind::Sale, legs)
}

async fn post_alone(world: &World, posting: &Posting<'_>) -> Result<journal::Model, LedgerError> {
    let tx = store::begin(&world.db).await.unwrap();
    let posted = post(&tx, &world.ctx, posting).await?;
    tx.commit().await.unwrap();
    Ok(posted)
}

/// Does something in a transaction of its own; what is refused leaves nothing behind.
async fn alone<T>(
    world: &World,
    doing: impl AsyncFnOnce(&store::Tx, &Ctx) -> Result<T, LedgerError>,
) -> Result<T, LedgerError> {
    let tx = store::begin(&world.db).await.unwrap();
    let done = doing(&tx, &world.ctx).await?;
    tx.commit().await.unwrap();
    Ok(done)
}

/// A sale of one line by halves between the makers, the odd cent to the first; the gateway keeps a fee.
async fn sell(world: &World, shop: &Shop, external_id: &str, price_minor: i64, fee_minor: i64) -> JournalId {
    sell_line(world, shop, external_id, None, price_minor, fee_minor).await
}

async fn sell_line(
    world: &World,
    shop: &Shop,
    external_id: &str,
    line: Option<OrderLineId>,
    price_minor: i64,
    fee_minor: i64,
) -> JournalId {
    let half = Share::from_ppm(500_000).unwrap();
    let division = Division::Shared(shop.makers.map(|maker| (maker, half)).to_vec());
    let lines = [SaleLine { line, price_minor, tax_minor: 0, division }];
    let sold = alone(world, async |tx, ctx| {
        book_sale(tx, ctx, event(shop, external_id), price_minor, fee_minor, &lines).await
    });
    sold.await.unwrap().unwrap().id
}

/// What each account comes to that comes to something.
async fn books(world: &World, shop: &Shop) -> BTreeMap<(AccountKind, Option<PartyId>), i64> {
    let balances = queries::list_balances(&world.db, &world.ctx, shop.studio, None).await.unwrap();
    let balance = |row: queries::Balance| ((row.account.kind, row.account.party_id), row.balance.minor);
    balances.into_iter().map(balance).filter(|(_, minor)| *minor != 0).collect()
}

async fn balance(world: &World, shop: &Shop, kind: AccountKind, party: Option<PartyId>) -> i64 {
    books(world, shop).await.get(&(kind, party)).copied().unwrap_or(0)
}

/// The proof holds but for what tests without payments leave out.
async fn assert_proved(world: &World) {
    use domain::sales::proof::DriftKind::JournalUnpaid;
    let proof = prove_all(&world.db).await.unwrap();
    let drifts: Vec<_> = proof.drifts.iter().filter(|drift| drift.kind != JournalUnpaid).collect();
    assert!(drifts.is_empty() && proof.sums.iter().all(|sum| sum.minor == 0), "{proof:?}");
}
