//! Balances at an instant, and closed periods.

use chrono::{Duration, TimeDelta};
use domain::{
    actor::{Actor, Role},
    env::Instant,
    ledger::{
        LedgerError,
        commands::{book_sale, close_period},
        entity::{AccountKind, journal, period},
        queries,
        rules::{Division, SaleLine},
    },
    money::{Currency, Money},
    page::PageRequest,
    policy::Denied,
    sales::proof::{DriftKind, prove_all},
    store,
};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::{alone, assert_proved, event, sell};
use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

async fn sales_at(world: &World, shop: &Shop, at: Instant) -> i64 {
    let rows = queries::list_balances(&world.db, &world.ctx, shop.studio, Some(at)).await.unwrap();
    -rows.iter().find(|row| row.account.kind == AccountKind::Sales).map_or(0, |row| row.balance.minor)
}

async fn close(world: &World, shop: &Shop, ends_at: Instant) -> Result<period::Model, LedgerError> {
    alone(world, async |tx, ctx| close_period(tx, ctx, shop.studio, ends_at, "the month is over").await).await
}

#[tokio::test]
async fn a_balance_is_told_at_any_instant_before_and_after_closing() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let start = world.ctx.env.now();
        for day in 0..6 {
            sell(world, &shop, &format!("pi_{day}"), 100, 0).await;
            world.clock.advance(Duration::days(1));
        }
        let day = |n| start + TimeDelta::days(n);
        let told = async || {
            let mut told = Vec::new();
            for at in [start - TimeDelta::microseconds(1), start, day(2), day(3) - TimeDelta::microseconds(1), day(9)] {
                told.push(sales_at(world, &shop, at).await);
            }
            told
        };
        let expected = [0, 100, 300, 300, 600];
        assert_eq!(told().await, expected);
        for ends_at in [day(1), day(3)] {
            close(world, &shop, ends_at).await.unwrap();
            assert_eq!(told().await, expected);
        }
        let trial = queries::trial_balance_at(&world.db, &world.ctx, shop.studio, Some(day(2))).await.unwrap();
        let both = Money::new(600, Currency::EUR);
        assert_eq!((trial.totals.len(), trial.totals[0].debits, trial.totals[0].credits), (1, both, both));
        let now = queries::trial_balance_at(&world.db, &world.ctx, shop.studio, None).await.unwrap();
        assert_eq!(now.totals[0].debits, now.totals[0].credits);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_closed_period_takes_no_journal_and_a_late_event_keeps_its_date() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let start = world.ctx.env.now();
        sell(world, &shop, "pi_1", 100, 0).await;
        world.clock.advance(Duration::days(2));
        let first = close(world, &shop, start + TimeDelta::days(1)).await.unwrap();
        assert_eq!((first.number, first.starts_at, first.journals), (1, None, 1));
        // What happened within is learned of now.
        let happened = Some(start + TimeDelta::hours(1));
        let line = SaleLine { line: None, price_minor: 50, tax_minor: 0, division: Division::Shared(Vec::new()) };
        let late = domain::ledger::commands::Event { occurred_at: happened, ..event(&shop, "pi_2") };
        let late = alone(world, async |tx, ctx| book_sale(tx, ctx, late, 50, 0, &[line]).await).await.unwrap().unwrap();
        assert_eq!((late.posted_at, late.occurred_at), (world.ctx.env.now(), happened));
        assert_eq!(sales_at(world, &shop, start + TimeDelta::hours(23)).await, 100);

        // Not even by whoever writes to the database directly.
        let id = if store::is_postgres(&world.db) {
            "'01935a8e-7b4c-7def-8123-456789abcdef'"
        } else {
            "x'01935a8e7b4c7def8123456789abcdef'"
        };
        let tx = store::begin(&world.db).await.unwrap();
        let entries = "INSERT INTO entries (id, journal_id, account_id, amount_minor, currency)
                       SELECT id, $id, id, CASE WHEN kind = 'sales' THEN -5 ELSE 5 END, currency FROM accounts
                       WHERE kind IN ('sales', 'gateway_clearing')";
        tx.execute_unprepared(&entries.replace("$id", id)).await.unwrap();
        let dated = "INSERT INTO journals (id, studio_id, kind, source, external_id, reference, memo, posted_at)
                     SELECT $id, studio_id, 'sale', 'test', 'pi_9', 'LL-X', 'x', posted_at FROM journals WHERE external_id = 'pi_1'";
        let error = tx.execute_unprepared(&dated.replace("$id", id)).await.unwrap_err();
        assert!(error.to_string().contains("the period is closed"), "{error}");
        tx.rollback().await.unwrap();
        for table in ["ledger_periods", "period_balances"] {
            let error = world.db.execute_unprepared(&format!("DELETE FROM {table}")).await.unwrap_err();
            assert!(error.to_string().contains("append-only"), "{error}");
        }

        assert!(matches!(close(world, &shop, start).await, Err(LedgerError::PeriodClosed { .. })));
        assert!(matches!(close(world, &shop, world.ctx.env.now()).await, Err(LedgerError::PeriodRuns)));
        world.clock.advance(Duration::days(1));
        let second = close(world, &shop, start + TimeDelta::days(2) + TimeDelta::hours(1)).await.unwrap();
        assert_eq!((second.number, second.starts_at, second.journals), (2, Some(first.ends_at), 1));
        assert_ne!(second.sha256, first.sha256);
        let page = queries::list_periods(&world.db, &world.ctx, shop.studio, PageRequest::default()).await.unwrap();
        assert_eq!(page.rows, [second, first]);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_change_beneath_a_closed_period_is_found() {
    let forced = [
        "UPDATE journals SET memo = 'another' WHERE external_id = 'pi_1'",
        "UPDATE entries SET amount_minor = amount_minor * 2 WHERE journal_id = (SELECT id FROM journals WHERE external_id = 'pi_1')",
        "UPDATE period_balances SET balance_minor = balance_minor + 1",
        "UPDATE journals SET posted_at = (SELECT MAX(posted_at) FROM journals) WHERE external_id = 'pi_1'",
    ];
    for statement in forced {
        on_each_database(async |world| {
            let shop = Shop::open(world, Currency::EUR).await;
            sell(world, &shop, "pi_1", 100, 0).await;
            world.clock.advance(Duration::days(2));
            sell(world, &shop, "pi_2", 100, 0).await;
            close(world, &shop, world.ctx.env.now() - TimeDelta::days(1)).await.unwrap();
            let unguard = if store::is_postgres(&world.db) {
                "ALTER TABLE journals DISABLE TRIGGER ALL; ALTER TABLE entries DISABLE TRIGGER ALL; ALTER TABLE period_balances DISABLE TRIGGER ALL"
            } else {
                "DROP TRIGGER journals_no_UPDATE; DROP TRIGGER entries_no_UPDATE; DROP TRIGGER period_balances_no_UPDATE"
            };
            world.db.execute_unprepared(&format!("{unguard}; {statement}")).await.unwrap();
            let proof = prove_all(&world.db).await.unwrap();
            assert!(proof.drifts.iter().any(|drift| drift.kind == DriftKind::PeriodChanged), "{statement}: {proof:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn closing_and_selling_at_once_leave_no_journal_in_between() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let shop = &shop;
        sell(world, shop, "pi_0", 100, 0).await;
        for round in 0..4 {
            let start = world.ctx.env.now();
            let sales = (0..6).map(|n| async move { sell(world, shop, &format!("pi_{round}_{n}"), 100, 0).await });
            let closing =
                async { close(world, shop, start - TimeDelta::hours(1) - TimeDelta::microseconds(round)).await };
            let (_, closed) = futures::join!(futures::future::join_all(sales), closing);
            closed.unwrap();
            world.clock.advance(Duration::hours(2));
            assert_proved(world).await;
        }
        let journals = journal::Entity::find().all(&world.db).await.unwrap();
        assert_eq!(journals.len(), 25);
    })
    .await;
}

#[tokio::test]
async fn owners_alone_close_the_books() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ends_at = world.ctx.env.now() - TimeDelta::days(1);
        let member =
            |role| Actor::User { user: world.ctx.env.id(), memberships: vec![(shop.studio, role)], closed: Vec::new() };
        let refused = alone(world, async |tx, _| {
            close_period(tx, &world.as_actor(member(Role::Manager)), shop.studio, ends_at, "x").await
        });
        assert!(matches!(refused.await, Err(LedgerError::Denied(Denied::NotAllowed))));
        let stranger = world.as_actor(Actor::Anonymous);
        let refused = queries::list_periods(&world.db, &stranger, shop.studio, PageRequest::default());
        assert!(matches!(refused.await, Err(LedgerError::Denied(Denied::Unauthenticated))));
    })
    .await;
}
