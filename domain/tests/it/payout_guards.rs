//! Who may pay, and what is refused or found of payouts that are changed underneath.

use domain::{
    actor::{Actor, Role},
    ids::StudioId,
    money::Currency,
    payouts::{
        PayoutError,
        commands::{AskPayout, request_payout, return_payout},
    },
    sales::proof::{DriftKind, prove_all},
    store,
};
use sea_orm::ConnectionTrait;

use crate::{
    books::assert_proved,
    payouts::{alone, ask, past_the_hold, ready, record, sell},
    shop::Shop,
    support::on_each_database,
};

#[tokio::test]
async fn nobody_else_pays_or_takes_back() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        ready(world, &shop, shop.makers[0]).await;
        sell(&shop, "Night Drive").await;
        past_the_hold(world);
        let asked = AskPayout { party: shop.makers[0], currency: shop.currency, amount: None, key: None };
        let other: StudioId = world.ctx.env.id();
        let manager =
            Actor::User { user: world.ctx.env.id(), memberships: vec![(other, Role::Manager)], closed: Vec::new() };
        let manager = world.as_actor(manager);
        let theirs = alone(world, async |tx| request_payout(tx, &manager, "test", shop.studio, asked).await).await;
        assert!(matches!(theirs, Err(PayoutError::Denied(_))));
        let elsewhere = alone(world, async |tx| request_payout(tx, &manager, "test", other, asked).await).await;
        assert!(matches!(elsewhere, Err(PayoutError::NoParty)), "a party of another studio is none of theirs");
        let paid = record(world, &shop, 1).await.unwrap();
        let returned = alone(world, async |tx| return_payout(tx, &manager, paid.id, "mine").await).await;
        assert!(matches!(returned, Err(PayoutError::NoPayout)));
        let engineer = Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(shop.studio, Role::Engineer)],
            closed: Vec::new(),
        };
        let engineer = world.as_actor(engineer);
        let denied = alone(world, async |tx| return_payout(tx, &engineer, paid.id, "mine").await).await;
        assert!(matches!(denied, Err(PayoutError::Denied(_))));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn the_proof_finds_what_is_forced_underneath() {
    let cases = [
        ("UPDATE payouts SET amount_minor = amount_minor + 1", DriftKind::PayoutUnbooked),
        ("UPDATE payouts SET reversed_minor = 1", DriftKind::PayoutAstray),
        ("DELETE FROM payouts", DriftKind::PayoutUnknown),
    ];
    for (statement, expected) in cases {
        on_each_database(async |world| {
            let shop = Shop::open(world, Currency::EUR).await;
            ready(world, &shop, shop.makers[0]).await;
            sell(&shop, "Night Drive").await;
            past_the_hold(world);
            ask(world, &shop, None).await.unwrap();
            shop.do_jobs().await;
            assert_proved(world).await;
            let unguard = if store::is_postgres(&world.db) {
                "ALTER TABLE payouts DISABLE TRIGGER ALL"
            } else {
                "DROP TRIGGER payouts_identity; DROP TRIGGER payouts_stay"
            };
            world.db.execute_unprepared(&format!("{unguard}; {statement}")).await.unwrap();
            let proof = prove_all(&world.db).await.unwrap();
            assert_eq!(proof.drifts.iter().map(|drift| drift.kind).collect::<Vec<_>>(), [expected], "{statement}");
        })
        .await;
    }
}

#[tokio::test]
async fn the_database_keeps_what_was_paid() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        ready(world, &shop, shop.makers[0]).await;
        sell(&shop, "Night Drive").await;
        past_the_hold(world);
        ask(world, &shop, None).await.unwrap();
        shop.do_jobs().await;
        for (statement, said) in [
            ("DELETE FROM payouts", "not forgotten"),
            ("UPDATE payouts SET amount_minor = amount_minor + 1", "stays what it was"),
            ("UPDATE payouts SET gateway_transfer = 'tr_other'", "stays what it was"),
            ("UPDATE payouts SET state = 'sending'", "not paid again"),
            ("UPDATE payouts SET attempt = attempt + 1", "stays what it was"),
            ("UPDATE payouts SET request_key = 'another'", "stays what it was"),
            ("UPDATE payouts SET reversed_minor = amount_minor + 1", "constraint"),
        ] {
            let error = world.db.execute_unprepared(statement).await.unwrap_err();
            assert!(error.to_string().to_lowercase().contains(said), "{statement}: {error}");
        }
        if store::is_postgres(&world.db) {
            let error = world.db.execute_unprepared("TRUNCATE payouts CASCADE").await.unwrap_err();
            assert!(error.to_string().contains("not forgotten"), "{error}");
        }
    })
    .await;
}
