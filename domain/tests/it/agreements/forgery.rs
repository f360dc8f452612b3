//! What somebody does who writes the database: refused by it, and found by verification when forced underneath it.

use domain::{
    agreements::{
        AgreementError,
        entity::{EvidenceKind, SigningOrder, agreement, evidence, signer},
        evidence::{self as chain, Event, EvidenceFault},
        queries,
    },
    ids::{AgreementId, TypedId},
    store,
};
use sea_orm::{ActiveModelTrait, ConnectionTrait, IntoActiveModel};
use serde_json::json;

use super::table::{Table, sheet};
use crate::support::{World, on_each_database};

async fn executed(table: &Table) -> AgreementId {
    let draft = table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await;
    table.send(draft.id).await.unwrap();
    table.signs(draft.id, 0).await;
    table.signs(draft.id, 1).await;
    draft.id
}

/// An id as SQL writes it.
pub(super) fn literal(world: &World, id: AgreementId) -> String {
    let hex = id.uuid().simple();
    if store::is_postgres(&world.db) { format!("'{hex}'") } else { format!("x'{hex}'") }
}

/// Takes the guards off the evidence, as whoever owns the database can.
async fn unguard(world: &World) {
    let text = if store::is_postgres(&world.db) {
        "ALTER TABLE agreement_evidence DISABLE TRIGGER USER"
    } else {
        "DROP TRIGGER agreement_evidence_no_UPDATE; DROP TRIGGER agreement_evidence_no_DELETE;
         DROP TRIGGER agreement_evidence_chain"
    };
    world.db.execute_unprepared(text).await.unwrap();
}

#[tokio::test]
async fn the_database_refuses_to_alter_delete_reorder_or_forge_evidence() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = executed(&table).await;
        let own = literal(world, id);
        for statement in [
            format!("UPDATE agreement_evidence SET event = '{{}}' WHERE agreement_id = {own} AND seq = 3"),
            format!("UPDATE agreement_evidence SET seq = 900 WHERE agreement_id = {own} AND seq = 3"),
            format!("DELETE FROM agreement_evidence WHERE agreement_id = {own} AND seq = 3"),
            format!("UPDATE agreement_versions SET document = '{{}}' WHERE agreement_id = {own}"),
            format!("DELETE FROM agreement_versions WHERE agreement_id = {own}"),
            format!("UPDATE agreements SET version = 2 WHERE id = {own}"),
            format!("UPDATE agreement_signers SET name = 'Mallory' WHERE agreement_id = {own}"),
            format!("DELETE FROM agreement_signers WHERE agreement_id = {own}"),
            format!("DELETE FROM agreements WHERE id = {own}"),
        ] {
            let refused = world.db.execute_unprepared(&statement).await;
            assert!(refused.is_err(), "{statement}");
        }
        let row = table.row(id).await;
        let event = || Event { at: world.ctx.env.now(), kind: EvidenceKind::Signed, signer: None, data: json!({}) };
        let insert = async |entry: evidence::Model| entry.into_active_model().insert(&world.db).await;
        // A gap, a fork at an earlier entry, and one that does not know the head.
        let rows = queries::evidence_of(&world.db, id).await.unwrap();
        for (count, head) in [
            (row.evidence_count + 1, row.evidence_head.clone()),
            (2, rows[1].hash.clone()),
            (row.evidence_count, rows[1].hash.clone()),
        ] {
            assert!(insert(chain::follow(id, count, &head, &event())).await.is_err());
        }
        if store::is_postgres(&world.db) {
            let mut wrong = chain::follow(id, row.evidence_count, &row.evidence_head, &event());
            wrong.hash = chain::beginning();
            assert!(insert(wrong).await.is_err(), "an entry has the hash of its text");
        }
        table.assert_chain_holds(id).await;
    })
    .await;
}

#[tokio::test]
async fn the_database_refuses_to_replace_or_add_to_what_was_executed() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let (other, id) = (table.sent(SigningOrder::Parallel).await, executed(&table).await);
        let (own, open) = (literal(world, id), literal(world, other));
        let refused = async |statement: &str, why: &str| {
            let error = world.db.execute_unprepared(statement).await.map(drop).unwrap_err().to_string();
            assert!(error.contains(why), "{statement}: {error}");
        };
        for change in [
            "title = 'Hit'",
            "work_id = NULL",
            "signing_order = 'in_order'",
            "expires_at = NULL",
            "sent_at = executed_at",
            "executed_at = created_at",
            "closed_reason = 'none'",
        ] {
            refused(&format!("UPDATE agreements SET {change} WHERE id = {own}"), "does not change").await;
        }
        for change in ["template = 'producer'".to_owned(), format!("supersedes_id = {open}")] {
            refused(&format!("UPDATE agreements SET {change} WHERE id = {own}"), "keeps its number").await;
        }
        let zeros = "0".repeat(64);
        for change in [format!("evidence_head = '{zeros}'"), "evidence_count = evidence_count + 1".to_owned()] {
            refused(&format!("UPDATE agreements SET {change} WHERE id = {own}"), "the head of the evidence").await;
        }

        // Nobody joins those who have signed.
        let joins = format!("UPDATE agreement_signers SET agreement_id = {own} WHERE agreement_id = {open}");
        refused(&joins, "keeps their agreement").await;
        let late = signer::Model { id: world.ctx.env.id(), ..table.signer(id, 0).await };
        let error = late.into_active_model().insert(&world.db).await.unwrap_err().to_string();
        assert!(error.contains("do not change"), "{error}");

        // SQLite takes out what stands in the way of a row without asking whether it may be deleted.
        let reference = table.row(id).await.reference;
        let moved = [format!("id = {own}"), format!("reference = '{reference}'")];
        let moved = moved.map(|change| format!("agreements SET {change} WHERE id = {open}"));
        for statement in moved {
            refused(&format!("UPDATE {statement}"), "keeps its number").await;
            if !store::is_postgres(&world.db) {
                refused(&format!("UPDATE OR REPLACE {statement}"), "keeps its number").await;
            }
        }
        if !store::is_postgres(&world.db) {
            for kept in [
                format!("agreements SELECT * FROM agreements WHERE id = {own}"),
                format!("agreement_versions SELECT * FROM agreement_versions WHERE agreement_id = {own}"),
                format!("agreement_signers SELECT * FROM agreement_signers WHERE agreement_id = {open}"),
            ] {
                refused(&format!("INSERT OR REPLACE INTO {kept}"), "is not replaced").await;
            }
        }
        table.assert_chain_holds(id).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_forced_underneath_is_found_and_not_sealed() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let forgeries = [
            (
                "UPDATE agreement_evidence SET event = replace(event, '192.0.2.7', '192.0.2.8')",
                EvidenceFault::Altered { seq: 3 },
            ),
            ("DELETE FROM agreement_evidence", EvidenceFault::Missing { seq: 3 }),
            ("UPDATE agreement_evidence SET seq = 900", EvidenceFault::Missing { seq: 3 }),
            ("UPDATE agreement_evidence SET kind = 'signed'", EvidenceFault::Altered { seq: 3 }),
        ];
        let mut ids = Vec::new();
        for _ in 0..forgeries.len() + 2 {
            let work = table.shop.work("Night Drive").await;
            let draft = table.draft(&sheet(Some(work), &[500_000; 2]), SigningOrder::Parallel).await;
            table.send(draft.id).await.unwrap();
            table.signs(draft.id, 0).await;
            table.signs(draft.id, 1).await;
            ids.push(draft.id);
        }
        unguard(world).await;
        let verify = async |id| {
            let row: agreement::Model = table.row(id).await;
            queries::checked_evidence(&world.db, &row).await.unwrap().fault
        };
        for ((statement, fault), id) in forgeries.into_iter().zip(&ids) {
            assert_eq!(verify(*id).await, None);
            let own = literal(world, *id);
            world.db.execute_unprepared(&format!("{statement} WHERE agreement_id = {own} AND seq = 3")).await.unwrap();
            assert_eq!(verify(*id).await, Some(fault), "{statement}");
            let sealed = queries::find_execution(&world.db, "http://shop.test", *id).await;
            assert!(matches!(sealed, Err(AgreementError::Evidence(_))));
        }
        // Two entries that change places, numbers and all.
        let own = literal(world, ids[4]);
        for (from, to) in [(3, 900), (4, 3), (900, 4)] {
            let swap = format!("UPDATE agreement_evidence SET seq = {to} WHERE agreement_id = {own} AND seq = {from}");
            world.db.execute_unprepared(&swap).await.unwrap();
        }
        assert_eq!(verify(ids[4]).await, Some(EvidenceFault::Reordered { seq: 3, found: 4 }));
        // The end cut off.
        let (own, count) = (literal(world, ids[5]), table.row(ids[5]).await.evidence_count);
        let cut = format!("DELETE FROM agreement_evidence WHERE agreement_id = {own} AND seq = {count}");
        world.db.execute_unprepared(&cut).await.unwrap();
        assert_eq!(verify(ids[5]).await, Some(EvidenceFault::Missing { seq: count }));
    })
    .await;
}

#[tokio::test]
async fn evidence_that_grows_while_it_is_read_holds() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let before = table.row(id).await;
        table.signs(id, 0).await;
        assert!(table.row(id).await.evidence_count > before.evidence_count);
        let checked = queries::checked_evidence(&world.db, &before).await.unwrap();
        assert_eq!(checked.fault, None);
        assert_eq!(checked.rows.last().map(|row| &row.hash), Some(&before.evidence_head));
    })
    .await;
}
