//! What accounts had earned while each activity was a row of its own is what they have earned.

use domain::{
    ids::{RecordingId, TypedId, WorkId},
    royalties::{
        entity::activity::{self, Activity},
        rules::Kind,
    },
    store,
};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, prelude::Uuid};

fn uuid(number: u32) -> Uuid {
    format!("01935a8e7b4c7def81234567000{number:05}").parse().unwrap()
}

/// Three activities of one account and one of another, the first of them written last.
fn before(postgres: bool) -> String {
    let id = |number: u32| {
        let digits = uuid(number).simple();
        if postgres { format!("'{digits}'") } else { format!("x'{digits}'") }
    };
    let row = |position: i32, party: u32, (recording, work): (Option<u32>, Option<u32>), amount: &str| {
        let id_of = |number: Option<u32>| number.map_or_else(|| "NULL".to_owned(), id);
        format!(
            "INSERT INTO royalty_run_activities (run_id, position, studio_id, party_id, account_group, rule, rule_number, kind,
                recording_id, work_id, units, amount)
             VALUES ({}, {position}, {}, {}, 'shares', 'split:\"a\" work', 2, 'share', {}, {}, '12', '{amount}');",
            id(1), id(2), id(party), id_of(recording), id_of(work),
        )
    };
    // Nothing that they name is there: only they are looked at.
    let unheld = if postgres { "SET session_replication_role = replica;" } else { "PRAGMA foreign_keys = OFF;" };
    let rows = [
        row(2, 10, (None, Some(21)), "-0.5"),
        row(1, 11, (Some(20), None), "7"),
        row(0, 10, (Some(20), None), "1.000000000000000001"),
        row(3, 10, (None, None), "3"),
    ];
    format!("{unheld} {}", rows.concat())
}

#[tokio::test]
async fn what_was_a_row_each_is_told_in_the_same_order() {
    for database in migrations::testing::databases_before("m20261208_a_account_activities").await {
        let db = store::connect(&database.url, 1).await.unwrap();
        db.execute_unprepared(&before(store::is_postgres(&db))).await.unwrap();
        Migrator::up(&db, None).await.unwrap();
        let rows = activity::Entity::find().order_by_asc(activity::Column::PartyId).all(&db).await.unwrap();
        let (recording, work) = (RecordingId::from_uuid(uuid(20)), WorkId::from_uuid(uuid(21)));
        let activity = |recording_id: Option<RecordingId>, work_id: Option<WorkId>, amount: &str| Activity {
            rule: "split:\"a\" work".to_owned(),
            rule_number: 2,
            kind: Kind::Share,
            recording_id,
            work_id,
            units: "12".parse().unwrap(),
            amount: amount.parse().unwrap(),
        };
        let told: Vec<_> =
            rows.iter().map(|row| (row.party_id.uuid(), row.studio_id.uuid(), row.activities().unwrap())).collect();
        let first = vec![
            activity(Some(recording), None, "1.000000000000000001"),
            activity(None, Some(work), "-0.5"),
            activity(None, None, "3"),
        ];
        let second = vec![activity(Some(recording), None, "7")];
        assert_eq!(told, [(uuid(10), uuid(2), first), (uuid(11), uuid(2), second)], "{}", database.name);
        database.drop(db).await;
    }
}
