//! Books that were kept before sales had parts go on as if they had had them.

use std::fmt::Write;

use domain::{
    actor::Ctx,
    ids::JournalId,
    ledger::{
        commands::book_refund,
        entity::{JournalKind, journal},
        queries::{list_balances, remaining_of_sale},
        rules::Holder,
    },
    money::Currency,
    store,
};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// One studio with a sale of 10.00 less 0.29, shared between two, and one that was given back.
fn before(postgres: bool) -> String {
    let id = |n: u32| {
        let digits = format!("01935a8e7b4c7def81234567000{n:05}");
        if postgres { format!("'{digits}'") } else { format!("x'{digits}'") }
    };
    let mut text = format!(
        "INSERT INTO studios (id, slug, name, currency, contact_email, governing_law, created_at)
         VALUES ({studio}, 'nova', 'Nova', 'EUR', 'a@example.com', 'E', '2026-11-01T00:00:00+00:00');
         INSERT INTO parties (id, studio_id, kind, name, created_at) VALUES
         ({a}, {studio}, 'person', 'A', '2026-11-01T00:00:00+00:00'), ({b}, {studio}, 'person', 'B', '2026-11-01T00:00:00+00:00');",
        studio = id(1),
        a = id(2),
        b = id(3),
    );
    let accounts: [(u32, &str, Option<u32>); 6] = [
        (10, "gateway_clearing", None),
        (11, "gateway_fees", None),
        (12, "sales", None),
        (13, "splits_expense", None),
        (14, "payable", Some(2)),
        (15, "payable", Some(3)),
    ];
    for (n, kind, party) in accounts {
        let party = party.map_or("NULL".to_owned(), id);
        write!(
            text,
            "INSERT INTO accounts (id, studio_id, kind, party_id, currency, opened_at)
             VALUES ({}, {}, '{kind}', {party}, 'EUR', '2026-11-01T00:00:00+00:00');",
            id(n),
            id(1)
        )
        .unwrap();
    }
    let sale = [(10, 971), (11, 29), (12, -1000), (13, 971), (14, -486), (15, -485)];
    for (journal, kind, external, sign) in
        [(20, "sale", "pi_1", 1), (21, "sale", "pi_2", 1), (22, "refund", "pi_2", -1)]
    {
        for (account, minor) in sale {
            write!(
                text,
                "INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES ({}, {}, {}, {}, 'EUR');",
                id(journal * 100 + account),
                id(journal),
                id(account),
                minor * sign
            )
            .unwrap();
        }
        write!(
            text,
            "INSERT INTO journals (id, studio_id, kind, source, external_id, reference, memo, posted_at)
             VALUES ({}, {}, '{kind}', 'test', '{external}', 'LL-1', 'x', '2026-11-02T00:00:00+00:00');",
            id(journal),
            id(1)
        )
        .unwrap();
    }
    format!("BEGIN; {text} COMMIT;")
}

#[tokio::test]
async fn what_was_sold_before_is_given_back_by_its_parts() {
    for database in migrations::testing::databases_before("m20261129_h_accounts").await {
        let db = store::connect(&database.url, 4).await.unwrap();
        db.execute_unprepared(&before(store::is_postgres(&db))).await.unwrap();
        Migrator::up(&db, None).await.unwrap();
        let ctx = Ctx::system(domain::env::testing::env(7).0);
        let sold = journal::Entity::find().filter(journal::Column::Kind.eq(JournalKind::Sale)).all(&db).await.unwrap();
        let sale = |id: &str| sold.iter().find(|row| row.external_id == id).unwrap();
        let whose = async |id: JournalId| {
            let at = remaining_of_sale(&db, id).await.unwrap();
            at.into_iter().map(|at| (matches!(at.holder, Holder::Party(_)), at.live_minor)).collect::<Vec<_>>()
        };
        let standing = sale("pi_1");
        assert_eq!(whose(standing.id).await, [(true, 486), (true, 485), (false, 29)]);
        assert!(whose(sale("pi_2").id).await.iter().all(|(_, minor)| *minor == 0), "it was given back");
        let studio = standing.studio_id;
        let tx = store::begin(&db).await.unwrap();
        let refund = domain::ledger::commands::Event {
            studio,
            source: "test",
            external_id: "re_1",
            order: None,
            reference: "LL-1",
            memo: "x",
            currency: Currency::EUR,
            occurred_at: None,
        };
        book_refund(&tx, &ctx, refund, standing.id, 1000, -29).await.unwrap();
        tx.commit().await.unwrap();
        let balances = list_balances(&db, &ctx, studio, None).await.unwrap();
        assert!(balances.len() == 6 && balances.iter().all(|row| row.balance.minor == 0), "{balances:?}");
        let proof = domain::sales::proof::prove_all(&db).await.unwrap();
        let kinds: Vec<_> = proof.drifts.iter().map(|drift| drift.kind.word()).collect();
        assert!(kinds.iter().all(|kind| *kind == "journal_unpaid"), "{kinds:?}");
        database.drop(db).await;
    }
}
