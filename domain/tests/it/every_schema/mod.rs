//! Whoever comes from any schema that ever was, with rows in every table of it, has lost nothing when they are at the present one.
//!
//! `rows/<step>.sql` holds the rows that are put in right behind a step, as its schema takes them: together a small studio that lives through all of them.
//! **A step that adds a table or a column adds a row of it there**, or the first test here fails and names it. What a step changes on purpose of rows that it
//! finds is said in [`CHANGED`]; whatever else has changed is lost. What it no longer takes as the program of the version before writes it is said in [`REFUSED`]:
//! a new version takes the place of the one before process by process, and both write meanwhile.

mod rolling;
mod rows;
mod snapshot;

use std::collections::BTreeSet;

use domain::{
    agreements::chains::{self, Chains},
    sales::proof::prove_all,
    store::{self, Db},
};
use migrations::{
    Migrator, MigratorTrait,
    testing::{TestDatabase, databases, databases_before, sqlite_before},
};
use rows::put_rows;
use snapshot::{Snapshot, bare, columns, differences, faults, schema_of, snapshot};

/// What steps change on purpose of the rows that they find: the step, the table, the column or `*` for the whole table, and why.
const CHANGED: [(&str, &str, &str, &str); 5] = [
    ("m20261124_7_render_beats", "renders", "studio_id", "it is that of the beats in `render_beats`"),
    ("m20261124_7_render_beats", "renders", "beat_id", "it stands in `render_beats`"),
    ("m20261124_7_render_beats", "renders", "requested_at", "it stands in `render_beats`, for each beat"),
    ("m20261128_c_samples", "beats", "samples", "what was one text is a list"),
    ("m20261208_a_account_activities", "royalty_run_activities", "*", "they are in `royalty_account_activities`"),
];

/// What steps no longer take as the program of the step before them writes it: the step, the table, and why. **No further one**: what is not needed any more is taken
/// away by a version that follows those which write it.
const REFUSED: [(&str, &str, &str); 4] = [
    ("m20261124_7_render_beats", "renders", "whose it is stands in `render_beats`; older than the first release"),
    ("m20261127_8_audio_jobs", "outbox", "a job has a priority; older than the first release"),
    ("m20261128_c_samples", "beats", "what was one text is a list; older than the first release"),
    (
        "m20261208_a_account_activities",
        "royalty_run_activities",
        "they are in `royalty_account_activities`; older than the first release",
    ),
];

/// PostgreSQL takes many times as long as SQLite to come up, so that it comes in one go from every eleventh schema only. That nothing is lost by any one step
/// the first test here finds there too.
const POSTGRES_STRIDE: usize = 11;

fn steps() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// One database of each kind at hand without any table, and beside it one that came up to the present schema without a row.
async fn empty_and_present(steps: &[String]) -> Vec<(TestDatabase, TestDatabase)> {
    databases_before(&steps[0]).await.into_iter().zip(databases().await).collect()
}

async fn open(database: &TestDatabase) -> Db {
    // One connection, for each step changes what the others have prepared.
    store::connect_unsynced(&database.url, 1).await.unwrap()
}

async fn take_step(db: &Db, step: &str, database: &TestDatabase) {
    Migrator::up(db, Some(1)).await.unwrap_or_else(|why| panic!("{step} on {}: {why}", database.name));
}

/// What some steps change on purpose of the rows that there were before them.
fn changed_on_purpose(steps: &[String], before: &Snapshot) -> BTreeSet<(String, String)> {
    let stood = |table: &str, column: &str| {
        before.get(table).and_then(|rows| rows.first()).is_some_and(|row| column == "*" || row.contains_key(column))
    };
    CHANGED
        .iter()
        .filter(|(step, table, column, _)| steps.iter().any(|taken| taken == step) && stood(table, column))
        .map(|(_, table, column, _)| ((*table).to_owned(), (*column).to_owned()))
        .collect()
}

/// Nothing dangles, and the schema is that of a database which never had a row.
async fn assert_whole(db: &Db, present: &[String], whence: &str) {
    assert_eq!(faults(db).await, Vec::<String>::new(), "{whence}");
    let schema = schema_of(db).await;
    let other = || schema.iter().filter(|part| !present.contains(part)).collect::<Vec<_>>();
    assert!(schema == present, "{whence} the schema is another: {:#?}", other());
}

#[tokio::test]
async fn what_is_put_in_behind_each_step_is_there_behind_every_later_one() {
    let steps = steps();
    for (database, present) in empty_and_present(&steps).await {
        let db = open(&database).await;
        let mut before = Snapshot::new();
        for step in &steps {
            take_step(&db, step, &database).await;
            let whence = format!("{step} on {}", database.name);
            let expected = changed_on_purpose(std::slice::from_ref(step), &before);
            assert_eq!(differences(&before, &snapshot(&db).await), expected, "what {whence} has changed");
            put_rows(&db, step).await;
            let filled = snapshot(&db).await;
            let bare = bare(&before, &filled);
            assert!(
                bare.is_empty(),
                "{whence} adds {bare:?}: put a row of it into domain/tests/it/every_schema/rows/{step}.sql"
            );
            before = filled;
        }
        let unstained = open(&present).await;
        assert_whole(&db, &schema_of(&unstained).await, &format!("at the end on {}", database.name)).await;
        // The program reads what the rows have become: the books are right, their closed period is as it was closed, and no evidence was altered.
        let proof = prove_all(&db).await.unwrap();
        assert!(proof.holds() && proof.journals > 0, "on {}: {proof:?}", database.name);
        let found = chains::verify_all(&db).await.unwrap();
        assert_eq!(found, Chains { count: 2, broken: Vec::new() }, "on {}", database.name);
        present.drop(unstained).await;
        database.drop(db).await;
    }
}

#[tokio::test]
async fn a_database_of_any_schema_comes_up_in_one_go() {
    let steps = steps();
    for (database, present) in empty_and_present(&steps).await {
        let unstained = open(&present).await;
        let schema = schema_of(&unstained).await;
        let stride = if database.name == "sqlite" { 1 } else { POSTGRES_STRIDE };
        for (at, step) in steps.iter().enumerate() {
            let db = open(&database).await;
            take_step(&db, step, &database).await;
            put_rows(&db, step).await;
            let before = snapshot(&db).await;
            db.close().await.unwrap();
            if at % stride != 0 {
                continue;
            }
            let copy = database.copied().await;
            let db = open(&copy).await;
            let whence = format!("from {step} on {}", copy.name);
            Migrator::up(&db, None).await.unwrap_or_else(|why| panic!("{whence}: {why}"));
            let expected = changed_on_purpose(&steps[at + 1..], &before);
            assert_eq!(differences(&before, &snapshot(&db).await), expected, "what was changed {whence}");
            assert_whole(&db, &schema, &whence).await;
            copy.drop(db).await;
        }
        present.drop(unstained).await;
        let db = open(&database).await;
        database.drop(db).await;
    }
}

/// The rows of a step are taken by the schema of the next one too, by all that guards it.
#[tokio::test]
async fn what_is_put_in_as_the_step_before_takes_it_is_taken() {
    let steps = steps();
    for database in databases_before(&steps[0]).await {
        let db = open(&database).await;
        let mut before = None;
        for step in &steps {
            take_step(&db, step, &database).await;
            if let Some(before) = before.replace(step) {
                put_rows(&db, before).await;
            }
        }
        assert_eq!(faults(&db).await, Vec::<String>::new(), "on {}", database.name);
        database.drop(db).await;
    }
}

/// A step drops and renames nothing that the program of the step before it goes on writing, and requires nothing that this leaves out. Both databases have the same
/// columns and checks, so that the quicker one is asked alone. A trigger that refuses rows of an older table is not found here: the test above
/// tries the rows of one step.
#[tokio::test]
async fn every_table_takes_the_rows_that_the_step_before_has_made_it() {
    let steps = steps();
    let database = sqlite_before(&steps[0]).await;
    let mut refused = Vec::new();
    for step in &steps {
        let before = database.copied().await;
        let db = open(&database).await;
        let tables = columns(&db).await;
        take_step(&db, step, &database).await;
        db.close().await.unwrap();
        let behind = database.copied().await;
        let db = open(&behind).await;
        let found = rolling::written_as_before(&db, &before, &tables).await;
        refused.extend(found.into_iter().map(|(table, why)| (step.as_str(), table, why)));
        assert_eq!(faults(&db).await, Vec::<String>::new(), "written as before {step}");
        behind.drop(db).await;
        let db = open(&database).await;
        put_rows(&db, step).await;
        db.close().await.unwrap();
    }
    let found: Vec<(&str, &str)> = refused.iter().map(|(step, table, _)| (*step, table.as_str())).collect();
    assert_eq!(found, REFUSED.map(|(step, table, _)| (step, table)), "what is refused, and why: {refused:#?}");
}

#[test]
fn rows_are_of_steps_that_there_are() {
    let steps = steps();
    let strays: Vec<String> = rows::files().into_iter().filter(|file| !steps.contains(file)).collect();
    assert_eq!(strays, Vec::<String>::new());
}
