//! The proof of the money: it holds after whatever the program does, and finds what is forced underneath it.

use domain::{
    actor::Actor,
    ids::{OrderId, StudioId},
    licensing::terms::TierCode,
    money::Currency,
    sales::{
        self, SalesError,
        commands::claims::capture_payment,
        proof::{Drift, DriftKind, Proof, prove, prove_all},
    },
    store,
};
use sea_orm::ConnectionTrait;

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

/// A sale that is granted and one whose money goes back, for its exclusive came too late.
async fn sold(shop: &Shop) -> [OrderId; 2] {
    let beat = shop.beat("Night Drive", false).await;
    let [first, late] =
        [shop.order(&[(beat, TierCode::Exclusive)], 90_000).await, shop.order(&[(beat, TierCode::Mp3)], 3_000).await];
    shop.gateway.pay(first.id);
    sales::settle_order(&shop.services, first.id).await.unwrap();
    capture_payment(&shop.services, shop.payment(first.id).await.id).await.unwrap();
    shop.gateway.pay(late.id);
    sales::settle_order(&shop.services, late.id).await.unwrap();
    [first.id, late.id]
}

fn kinds(proof: &Proof) -> Vec<DriftKind> {
    proof.drifts.iter().map(|drift| drift.kind).collect()
}

/// Changes rows as whoever owns the database can: past every guard.
async fn force(world: &World, statement: &str) {
    let unguard = if store::is_postgres(&world.db) {
        "ALTER TABLE licences DISABLE TRIGGER ALL; ALTER TABLE journals DISABLE TRIGGER ALL; ALTER TABLE entries DISABLE TRIGGER ALL;
         ALTER TABLE payments DISABLE TRIGGER ALL; ALTER TABLE deliverables DISABLE TRIGGER ALL"
    } else {
        "PRAGMA foreign_keys = OFF; DROP TRIGGER IF EXISTS licences_no_DELETE; DROP TRIGGER IF EXISTS journals_no_DELETE;
         DROP TRIGGER IF EXISTS entries_no_UPDATE; DROP TRIGGER IF EXISTS journals_no_UPDATE"
    };
    world.db.execute_unprepared(&format!("{unguard}; {statement}")).await.unwrap();
}

#[tokio::test]
async fn the_books_of_sales_and_refunds_are_proved() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let empty = prove(&world.db, &world.ctx, shop.studio).await.unwrap();
        assert!(empty.holds() && empty.orders == 0 && empty.sums.is_empty());
        sold(&shop).await;
        let refunding = prove(&world.db, &world.ctx, shop.studio).await.unwrap();
        assert!(refunding.holds(), "{refunding:?}");
        assert_eq!((refunding.orders, refunding.payments, refunding.licences, refunding.journals), (2, 2, 1, 2));
        assert_eq!(prove_all(&world.db).await.unwrap(), refunding);
        assert_eq!(refunding.oldest_drift(), None);
    })
    .await;
}

#[tokio::test]
async fn each_drift_is_found_and_named() {
    use DriftKind::{
        ClaimIdle, JournalUnbalanced, JournalUnpaid, LicenceUngranted, LineUnlicensed, OrderUnpaid, PaymentAstray,
        PaymentUnbooked, RefundUnbooked,
    };
    let cases: [(&str, &[DriftKind]); 6] = [
        (
            "UPDATE entries SET amount_minor = amount_minor + 1 WHERE amount_minor > 80000",
            &[JournalUnbalanced, PaymentAstray],
        ),
        ("UPDATE journals SET external_id = 'pi_foreign' WHERE kind = 'sale'", &[JournalUnpaid, PaymentUnbooked]),
        ("UPDATE payments SET state = 'refunded' WHERE state = 'refunding'", &[RefundUnbooked]),
        ("UPDATE payments SET amount_minor = amount_minor - 1 WHERE state = 'captured'", &[OrderUnpaid, PaymentAstray]),
        ("DELETE FROM deliverables; DELETE FROM licences", &[LineUnlicensed, ClaimIdle]),
        ("UPDATE orders SET state = 'expired' WHERE state = 'paid'", &[LicenceUngranted]),
    ];
    for (statement, expected) in cases {
        on_each_database(async |world| {
            let shop = Shop::open(world, Currency::EUR).await;
            sold(&shop).await;
            force(world, statement).await;
            let proof = prove_all(&world.db).await.unwrap();
            assert!(!proof.holds(), "{statement}");
            assert_eq!(kinds(&proof), expected, "{statement}: {:?}", proof.drifts);
            let own = prove(&world.db, &world.ctx, shop.studio).await.unwrap();
            assert_eq!(own, proof, "{statement}");
            let Drift { reference, since, .. } = &proof.drifts[0];
            assert!(!reference.is_empty(), "{statement}");
            assert_eq!(proof.oldest_drift(), Some(*since), "{statement}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_studio_sees_its_own_books_alone() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        sold(&shop).await;
        force(world, "UPDATE payments SET state = 'refunded' WHERE state = 'refunding'").await;
        let own = prove(&world.db, &world.ctx, shop.studio).await.unwrap();
        assert_eq!(kinds(&own), [DriftKind::RefundUnbooked]);
        let nobodys: StudioId = world.ctx.env.id();
        let theirs = prove(&world.db, &world.ctx, nobodys).await.unwrap();
        assert!(theirs.holds() && theirs.orders == 0, "{theirs:?}");
        let stranger = world.as_actor(Actor::Anonymous);
        assert!(matches!(prove(&world.db, &stranger, shop.studio).await, Err(SalesError::Denied(_))));
    })
    .await;
}
