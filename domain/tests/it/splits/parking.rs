//! What nobody has signed for is parked, and released once.

use std::time::Duration as Wall;

use chrono::Duration;
use domain::{
    ids::OrderLineId,
    ledger::queries as ledger,
    licensing::terms::TierCode,
    sales::{
        self,
        commands::refunds::refund_payment,
        entity::{PaymentState, payment},
    },
    splits::{
        self,
        entity::{journal_basis, split_parking, split_release, split_version},
    },
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{books, execute, jobs, journals, owed, parked, parking_shop, sell, waiting};
use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

#[tokio::test]
async fn what_nobody_has_signed_for_is_parked_and_released_once() {
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        let orders = [sell(&shop, beat).await, sell(&shop, beat).await];
        assert_eq!((parked(world, &shop).await, owed(world, &shop).await), (5826, [0, 0]));
        let sale = journals(world, "sale").await.remove(0);
        assert!(sale.memo.contains("parked until its split is signed"), "{}", sale.memo);
        assert!(splits::bases_of_journals(&world.db, &[sale.id]).await.unwrap().is_empty());
        assert_eq!(splits::release_parked(&shop.services, work).await.unwrap(), 0, "nothing is signed");

        let sheet = shop.sheet(work, [250_000, 750_000], world.ctx.env.now()).await;
        execute(world, &sheet).await.unwrap();
        execute(world, &sheet).await.unwrap();
        assert_eq!(jobs(world).await, 1);
        assert_eq!(splits::release_parked(&shop.services, work).await.unwrap(), 2);
        assert_eq!(splits::release_parked(&shop.services, work).await.unwrap(), 0);
        assert_eq!((parked(world, &shop).await, owed(world, &shop).await), (0, [1456, 4370]));
        assert!(waiting(world, &shop).await.is_empty());
        let released = journals(world, "split_release").await;
        assert_eq!(released.len(), 2);
        for (journal, order) in released.iter().zip(&orders) {
            assert!(journal.memo.contains(sheet.document_sha256.as_str()), "{}", journal.memo);
            assert!(orders.iter().any(|order| journal.order_id == Some(order.id)));
            let behind = ledger::journals_of_order(&world.db, &world.ctx, shop.studio, order.id).await.unwrap();
            assert_eq!(behind.iter().map(|row| row.kind.word()).collect::<Vec<_>>(), ["sale", "split_release"]);
            let bases = splits::bases_of_journals(&world.db, &[journal.id]).await.unwrap();
            assert_eq!(bases[&journal.id][0].row.document_sha256, sheet.document_sha256);
        }
        // From now on there is nothing to park.
        sell(&shop, beat).await;
        assert_eq!((parked(world, &shop).await, owed(world, &shop).await), (0, [1456 + 728, 4370 + 2185]));
    })
    .await;
}

#[tokio::test]
async fn sales_execution_and_releases_at_once_lose_nothing_and_give_nothing_twice() {
    const BUYERS: usize = 24;
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        let mut orders = Vec::new();
        for _ in 0..BUYERS {
            let order = shop.order(&[(beat, TierCode::Mp3)], 3000).await;
            shop.gateway.pay(order.id);
            orders.push(order.id);
        }
        let early = orders.split_off(BUYERS - 6);
        for order in &early {
            sales::settle_order(&shop.services, *order).await.unwrap();
        }
        let sheets = [
            shop.sheet(work, [500_000, 500_000], world.ctx.env.now()).await,
            shop.sheet(work, [250_000, 750_000], world.ctx.env.now()).await,
        ];
        let services = &shop.services;
        let settle = orders.iter().map(|order| async move { sales::settle_order(services, *order).await.unwrap() });
        // The second amends the first, so it is executed after it.
        let sign = async {
            for sheet in &sheets {
                execute(world, sheet).await.unwrap();
            }
        };
        let release = (0..4).map(|_| async move { splits::release_parked(services, work).await.unwrap() });
        futures::join!(futures::future::join_all(settle), sign, futures::future::join_all(release));
        let again = futures::future::join_all((0..4).map(|_| splits::release_parked(services, work))).await;
        assert!(again.iter().all(Result::is_ok));

        assert_eq!(parked(world, &shop).await, 0);
        let sold = i64::try_from(BUYERS).unwrap() * 2913;
        assert_eq!(owed(world, &shop).await.iter().sum::<i64>(), sold);
        let parkings = split_parking::Entity::find().count(&world.db).await.unwrap();
        assert!(parkings >= 6);
        assert_eq!(split_release::Entity::find().count(&world.db).await.unwrap(), parkings);
        assert_eq!(u64::try_from(journals(world, "split_release").await.len()).unwrap(), parkings);
        // Each line was divided by a document exactly once.
        let mut lines: Vec<OrderLineId> = Vec::new();
        lines.extend(journal_basis::Entity::find().all(&world.db).await.unwrap().iter().map(|row| row.order_line_id));
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), BUYERS);
        assert_eq!(journal_basis::Entity::find().count(&world.db).await.unwrap(), u64::try_from(BUYERS).unwrap());
        let numbers = split_version::Entity::find().all(&world.db).await.unwrap();
        assert_eq!(numbers.iter().map(|row| row.number).sum::<i32>(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_release_that_is_broken_off_goes_on_where_it_was() {
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        for _ in 0..12 {
            sell(&shop, beat).await;
        }
        shop.sign(work, [333_333, 666_667], world.ctx.env.now()).await;
        // Dropped in the middle, as by a crash: what was not committed is undone.
        for millis in 1..8 {
            let broken = tokio::time::timeout(Wall::from_millis(millis), splits::release_parked(&shop.services, work));
            let _ = broken.await;
            // A commit that was under way when its caller was dropped may still arrive; what is compared must be read between two arrivals.
            loop {
                let released = async || split_release::Entity::find().count(&world.db).await.unwrap();
                let done = released().await;
                let booked = u64::try_from(journals(world, "split_release").await.len()).unwrap();
                let left: i64 = waiting(world, &shop).await.iter().map(|line| line.parking.amount_minor).sum();
                let held = parked(world, &shop).await;
                if released().await == done {
                    assert_eq!((booked, held), (done, left));
                    break;
                }
            }
        }
        splits::release_parked(&shop.services, work).await.unwrap();
        assert_eq!((parked(world, &shop).await, owed(world, &shop).await), (0, [971 * 12, 1942 * 12]));
    })
    .await;
}

/// Random histories of sales, signatures, releases and refunds: after each step what is parked is what waits, to the cent.
#[tokio::test]
async fn in_any_history_what_is_parked_is_what_waits() {
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        let other = shop.work("Day Walk").await;
        let walk = shop.unsigned_beat_of(other, "Day Walk", true).await;
        let (mut sold, mut given_back) = (0_i64, 0_i64);
        for step in 0..40 {
            let [dice, ppm, days] = world.ctx.env.random::<3>();
            let (picked, of) = if dice & 1 == 0 { (work, beat) } else { (other, walk) };
            match (step, dice >> 1 & 7) {
                // Nothing is signed in the first steps, so that there is something to release.
                (0..6, _) | (_, 0..4) => {
                    sell(&shop, of).await;
                    sold += 2913;
                }
                (_, 4) => {
                    let share = u32::from(ppm) * 3_921;
                    let from = world.ctx.env.now() + Duration::days(i64::from(days % 20) - 10);
                    shop.sign(picked, [share, 1_000_000 - share], from).await;
                }
                (_, 5 | 6) => {
                    splits::release_parked(&shop.services, picked).await.unwrap();
                }
                _ => given_back += give_back_one(world, &shop).await,
            }
            world.clock.advance(Duration::days(1));
            let left: i64 = waiting(world, &shop).await.iter().map(|line| line.parking.amount_minor).sum();
            assert_eq!(parked(world, &shop).await, left, "step {step}");
            assert_eq!(left + owed(world, &shop).await.iter().sum::<i64>(), sold - given_back, "step {step}");
            assert!(owed(world, &shop).await.iter().all(|owed| *owed >= 0), "step {step}");
        }
        for work in [work, other] {
            shop.sign(work, [500_000, 500_000], world.ctx.env.now()).await;
            splits::release_parked(&shop.services, work).await.unwrap();
        }
        assert_eq!(parked(world, &shop).await, 0);
        assert_eq!(owed(world, &shop).await.iter().sum::<i64>(), sold - given_back);
        let parkings = split_parking::Entity::find().count(&world.db).await.unwrap();
        assert_eq!(split_release::Entity::find().count(&world.db).await.unwrap(), parkings);
        assert!(parkings >= 6);
    })
    .await;
}

/// Gives the earliest captured payment back; what of it had been shared or parked.
async fn give_back_one(world: &World, shop: &Shop) -> i64 {
    let captured = payment::Entity::find().filter(payment::Column::State.eq(PaymentState::Captured));
    let Some(row) = captured.one(&world.db).await.unwrap() else { return 0 };
    let (id, kept) = (row.id, row.amount_minor - row.fee_minor);
    let refund = shop.give_back(id, None).await.unwrap();
    // Once more, as a job may be.
    refund_payment(&shop.services, refund.id).await.unwrap();
    kept
}

#[tokio::test]
async fn a_sale_given_back_takes_its_parked_or_released_money_along() {
    on_each_database(async |world| {
        let (shop, work, beat) = parking_shop(world).await;
        sell(&shop, beat).await;
        assert_eq!(give_back_one(world, &shop).await, 2913);
        assert_eq!(parked(world, &shop).await, 0);
        sell(&shop, beat).await;
        shop.sign(work, [600_000, 400_000], world.ctx.env.now()).await;
        assert_eq!(splits::release_parked(&shop.services, work).await.unwrap(), 1, "the first went back");
        assert_eq!(owed(world, &shop).await, [1748, 1165]);
        give_back_one(world, &shop).await;
        let (kinds, owed) = books(world, &shop).await;
        assert_eq!(owed, [0, 0]);
        assert!(kinds.values().all(|minor| *minor == 0), "{kinds:?}");
    })
    .await;
}
