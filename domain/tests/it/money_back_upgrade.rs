//! Payments that went back before refunds had rows, and the jobs of then, go on as if they had had them.

use domain::{
    outbox::{Job, entity::job},
    sales::entity::{PaymentState, RefundState, payment, refund},
    store,
};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};

const AT: &str = "2026-11-02T00:00:00+00:00";

/// A studio with an order that was paid three times: one payment is kept, one is to go back, and one has gone back.
fn before(postgres: bool) -> String {
    let id = |n: u32| {
        let digits = format!("01935a8e7b4c7def81234567000{n:05}");
        if postgres { format!("'{digits}'") } else { format!("x'{digits}'") }
    };
    let payment = |n: u32, state: &str| {
        format!(
            "INSERT INTO payments (id, studio_id, order_id, gateway, gateway_payment, state, amount_minor, fee_minor, currency, received_at)
             VALUES ({}, {}, {}, 'test', 'pi_{n}', '{state}', 1000, 29, 'EUR', '{AT}');",
            id(n),
            id(1),
            id(2)
        )
    };
    let digits = "01935a8e7b4c7def8123456700000011";
    format!(
        "BEGIN;
         INSERT INTO studios (id, slug, name, currency, contact_email, governing_law, created_at)
         VALUES ({studio}, 'nova', 'Nova', 'EUR', 'a@example.com', 'E', '{AT}');
         INSERT INTO orders (id, studio_id, reference, state, buyer_name, buyer_email, total_minor, currency, gateway, placed_at, paid_at)
         VALUES ({order}, {studio}, 'LL-1', 'paid', 'Ada', 'ada@example.com', 1000, 'EUR', 'test', '{AT}', '{AT}');
         {} {} {}
         INSERT INTO outbox (id, studio_id, queue, kind, payload, priority, state, round, attempts, created_at, due_at)
         VALUES ({job}, {studio}, 'office', 'refund_payment', '{{\"job\":\"refund_payment\",\"payment\":\"pay_{digits}\"}}', 2, 'open', 0, 0, '{AT}', '{AT}');
         COMMIT;",
        payment(10, "captured"),
        payment(11, "refunding"),
        payment(12, "refunded"),
        studio = id(1),
        order = id(2),
        job = id(3),
    )
}

#[tokio::test]
async fn what_went_back_before_has_a_refund_of_the_payments_number() {
    for database in migrations::testing::databases_before("m20261129_l_money_back").await {
        let db = store::connect(&database.url, 4).await.unwrap();
        db.execute_unprepared(&before(store::is_postgres(&db))).await.unwrap();
        Migrator::up(&db, None).await.unwrap();
        let payments = payment::Entity::find().order_by_asc(payment::Column::Id).all(&db).await.unwrap();
        let states: Vec<_> = payments.iter().map(|row| row.state).collect();
        assert_eq!(states, [PaymentState::Captured, PaymentState::Refunding, PaymentState::Refunded]);
        let refunds = refund::Entity::find().order_by_asc(refund::Column::Id).all(&db).await.unwrap();
        let told: Vec<_> = refunds.iter().map(|row| (row.payment_id, row.state, row.amount_minor)).collect();
        let expected =
            [(payments[1].id, RefundState::Requested, 1_000), (payments[2].id, RefundState::Succeeded, 1_000)];
        assert_eq!(told, expected);
        let job = job::Entity::find().one(&db).await.unwrap().unwrap();
        assert_eq!(serde_json::from_value::<Job>(job.payload).unwrap(), Job::RefundPayment { refund: refunds[0].id });
        database.drop(db).await;
    }
}
