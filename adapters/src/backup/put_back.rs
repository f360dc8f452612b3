//! Putting a backup back.

use std::path::Path;

use domain::{
    catalog::Sha256,
    ports::FileStore,
    store::{Tx, is_postgres},
};
use sea_orm::{ConnectionTrait, Statement};

use super::{
    BackupError,
    cell::{Cell, read_row},
    folder::Folder,
    manifest::{Manifest, TableKept},
    schema::{self, Table, quoted},
};

/// Rows are inserted together until they have so many cells, or so many bytes, or are so many.
const BATCH_CELLS: usize = 8_000;
const BATCH_BYTES: usize = 1 << 20;
const BATCH_ROWS: usize = 500;

const TRIGGERS_SQLITE: &str = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";

const FOREIGN_KEYS_POSTGRES: &str = "
SELECT keys.conrelid::regclass::text, keys.conname::text, pg_get_constraintdef(keys.oid)
FROM pg_constraint AS keys JOIN pg_namespace AS spaces ON spaces.oid = keys.connamespace
WHERE spaces.nspname = current_schema() AND keys.contype = 'f' AND keys.conparentid = 0";

/// Refuses a database that has any table.
pub async fn require_empty(tx: &Tx) -> Result<(), BackupError> {
    match schema::names(tx).await?.first() {
        None => Ok(()),
        Some(name) => Err(BackupError::Schema(format!("the database is not empty, it has a table {name}"))),
    }
}

/// Copies the files of a backup into a store, each held against its checksum. What the store has already it keeps, if that is whole.
pub async fn put_files_back(store: &dyn FileStore, folder: &Folder, manifest: &Manifest) -> Result<(), BackupError> {
    for file in folder.files(manifest)? {
        let file = file?;
        // The store itself looks at no more than the length of what it has.
        if store.exists(&file.sha256).await? {
            fetch_whole(store, &file.sha256).await?;
            continue;
        }
        let place = folder.place_of_file(&file.sha256);
        if store.put_file(&place).await? != file {
            return Err(BackupError::Damaged(format!("{} is not what it was", place.display())));
        }
    }
    Ok(())
}

/// Reads a file of the store to its end, which holds it against its address.
async fn fetch_whole(store: &dyn FileStore, sha256: &Sha256) -> Result<(), BackupError> {
    let scratch = tempfile::tempdir().map_err(BackupError::disk(Path::new("a temporary folder")))?;
    match store.fetch(sha256, &scratch.path().join("file")).await {
        Ok(true) => Ok(()),
        Err(cause) if cause.transient => Err(cause.into()),
        Ok(false) | Err(_) => Err(BackupError::NotWhole(sha256.clone())),
    }
}

/// Fills tables that were just made, by the very steps that the backup names, with its rows: what the steps have written themselves gives way. The
/// caller's transaction makes it all or nothing.
pub async fn put_back(tx: &Tx, folder: &Folder, manifest: &Manifest) -> Result<(), BackupError> {
    let tables = schema::tables(tx).await?;
    let kept = pair(&tables, manifest)?;
    let tighten = loosen(tx, &tables).await?;
    for table in &tables {
        tx.execute_unprepared(&format!("DELETE FROM {}", quoted(&table.name))).await?;
    }
    for (table, kept) in tables.iter().zip(kept) {
        fill(tx, folder, table, kept).await?;
        count_on(tx, table).await?;
    }
    for statement in tighten {
        tx.execute_unprepared(&statement).await?;
    }
    hold_references(tx).await
}

/// The backup's tables in the order of the database's: they must be the same, with the same columns.
fn pair<'a>(tables: &[Table], manifest: &'a Manifest) -> Result<Vec<&'a TableKept>, BackupError> {
    if let Some(alone) = manifest.tables.iter().find(|kept| tables.iter().all(|table| table.name != kept.name)) {
        return Err(BackupError::Schema(format!("the schema has no table {}, which the backup has", alone.name)));
    }
    let find = |table: &Table| {
        let kept = manifest.tables.iter().find(|kept| kept.name == table.name);
        let kept = kept.ok_or_else(|| {
            BackupError::Schema(format!("the backup has no table {}, which the schema has", table.name))
        })?;
        let here = table.columns.iter().map(|column| (&column.name, column.class));
        if here.eq(kept.columns.iter().map(|column| (&column.name, column.class))) {
            Ok(kept)
        } else {
            Err(BackupError::Schema(format!("table {} has other columns in the backup", table.name)))
        }
    };
    tables.iter().map(find).collect()
}

/// Lets the triggers rest and holds references back until all rows are there; gives the statements that undo it. SQLite looks at references when the
/// transaction ends; on PostgreSQL the keys are made anew behind the rows, which checks them all at once and without a list of those still to be checked.
async fn loosen(tx: &Tx, tables: &[Table]) -> Result<Vec<String>, BackupError> {
    let mut tighten = Vec::new();
    if is_postgres(tx) {
        for table in tables {
            let name = quoted(&table.name);
            tx.execute_unprepared(&format!("ALTER TABLE {name} DISABLE TRIGGER USER")).await?;
            tighten.push(format!("ALTER TABLE {name} ENABLE TRIGGER USER"));
        }
        for row in tx.query_all_raw(Statement::from_string(tx.get_database_backend(), FOREIGN_KEYS_POSTGRES)).await? {
            let (table, key, definition): (String, String, String) =
                (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            let key = quoted(&key);
            tx.execute_unprepared(&format!("ALTER TABLE {table} DROP CONSTRAINT {key}")).await?;
            tighten.push(format!("ALTER TABLE {table} ADD CONSTRAINT {key} {definition}"));
        }
    } else {
        tx.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
        for row in tx.query_all_raw(Statement::from_string(tx.get_database_backend(), TRIGGERS_SQLITE)).await? {
            let (name, made): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            tx.execute_unprepared(&format!("DROP TRIGGER {}", quoted(&name))).await?;
            tighten.push(made);
        }
    }
    Ok(tighten)
}

async fn fill(tx: &Tx, folder: &Folder, table: &Table, kept: &TableKept) -> Result<(), BackupError> {
    let classes = table.classes();
    let most = (BATCH_CELLS / classes.len().max(1)).clamp(1, BATCH_ROWS);
    let mut lines = folder.lines(&kept.member)?;
    let (mut batch, mut bytes, mut count) = (Vec::new(), 0, 0);
    while let Some(line) = lines.next_line()? {
        let row = read_row(line, &classes);
        let row = row.ok_or_else(|| BackupError::Damaged(format!("a row of {} cannot be read", table.name)))?;
        bytes += row.iter().map(Cell::bytes).sum::<usize>();
        batch.push(row);
        count += 1;
        if batch.len() >= most || bytes >= BATCH_BYTES {
            tx.execute_raw(table.insert(tx.get_database_backend(), std::mem::take(&mut batch))).await?;
            bytes = 0;
        }
    }
    if !batch.is_empty() {
        tx.execute_raw(table.insert(tx.get_database_backend(), batch)).await?;
    }
    if count == kept.rows {
        Ok(())
    } else {
        Err(BackupError::Damaged(format!("table {} has {count} rows and not {}", table.name, kept.rows)))
    }
}

/// What PostgreSQL counts up itself goes on behind the largest number. SQLite does so by itself.
async fn count_on(tx: &Tx, table: &Table) -> Result<(), BackupError> {
    for column in table.columns.iter().filter(|column| column.is_counted) {
        let (name, counted) = (quoted(&table.name), quoted(&column.name));
        let (of_table, of_column) = (name.replace('\'', "''"), column.name.replace('\'', "''"));
        let sequence = format!("pg_get_serial_sequence('{of_table}', '{of_column}')");
        let go_on = format!("SELECT setval({sequence}, MAX({counted})) FROM {name} HAVING COUNT(*) > 0");
        tx.execute_unprepared(&go_on).await?;
    }
    Ok(())
}

/// SQLite would refuse the commit, and not say why. PostgreSQL has looked.
async fn hold_references(tx: &Tx) -> Result<(), BackupError> {
    if is_postgres(tx) {
        return Ok(());
    }
    let ask = Statement::from_string(tx.get_database_backend(), "PRAGMA foreign_key_check");
    match tx.query_one_raw(ask).await? {
        None => Ok(()),
        Some(row) => {
            let table: String = row.try_get_by_index(0)?;
            Err(BackupError::Damaged(format!("a row of {table} refers to one that is not there")))
        }
    }
}
