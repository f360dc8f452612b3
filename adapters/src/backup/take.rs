//! Taking a backup.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::Write,
    pin::pin,
};

use domain::{
    catalog::Sha256,
    env::Instant,
    ports::{FileStore, Stored},
    store::{Db, Tx, is_postgres},
};
use futures::TryStreamExt;
use sea_orm::{
    AccessMode, ConnectionTrait, IsolationLevel, Statement, StreamTrait, TransactionOptions, TransactionTrait,
};

use super::{
    BackupError,
    cell::write_row,
    folder::{FILES, Folder, TABLES, digest_of, make_folder},
    manifest::{ColumnKept, FORMAT, FilesKept, Manifest, OtherKept, TableKept},
    schema::{self, Table},
};

/// What the rows are read by: one transaction that sees the database as it was when it began, whatever is written meanwhile, and writes nothing.
#[derive(Debug)]
pub struct Snapshot {
    tx: Tx,
    steps: Vec<String>,
}

/// What only the caller knows of a backup.
#[derive(Debug)]
pub struct About {
    /// The program's version.
    pub program: String,
    /// Now.
    pub made_at: Instant,
    /// What was kept of the data folder.
    pub others: Vec<OtherKept>,
    /// What has to be kept by other means.
    pub lacks: Vec<String>,
    /// Whether files that the store has not, or has damaged, are done without.
    pub may_lack_files: bool,
}

/// A backup that was made.
#[derive(Debug)]
pub struct Taken {
    /// What is in it.
    pub manifest: Manifest,
    /// How many files were copied; the others were there already.
    pub copied: u64,
}

impl Snapshot {
    /// Begins to see.
    pub async fn begin(db: &Db) -> Result<Self, BackupError> {
        // SQLite's transactions see one state by themselves, from their first read on.
        let options = if is_postgres(db) {
            TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            }
        } else {
            TransactionOptions::default()
        };
        let tx = db.begin_with_options(options).await?;
        if !schema::names(&tx).await?.iter().any(|name| name == "seaql_migrations") {
            return Err(BackupError::Schema("the database has no tables of this program".to_owned()));
        }
        let ask = Statement::from_string(
            ConnectionTrait::get_database_backend(&tx),
            "SELECT version FROM seaql_migrations ORDER BY version",
        );
        let steps = tx.query_all_raw(ask).await?;
        let mut steps = steps.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<String>, _>>()?;
        steps.sort_unstable();
        Ok(Self { tx, steps })
    }

    /// Writes what it sees into a folder, which is a backup of it once this is done.
    pub async fn take(self, store: &dyn FileStore, folder: &Folder, about: About) -> Result<Taken, BackupError> {
        let mut tables = Vec::new();
        for table in schema::tables(&self.tx).await? {
            tables.push(write_table(&self.tx, folder, &table).await?);
        }
        let database = if is_postgres(&self.tx) { "postgres" } else { "sqlite" };
        let named = named_files(&self.tx).await?;
        // What is copied from here on is named by its content, and does not change.
        self.tx.rollback().await?;
        let (files, here, copied) = copy_files(store, folder, named, about.may_lack_files).await?;
        let manifest = Manifest {
            format: FORMAT,
            program: about.program,
            made_at: about.made_at,
            database: database.to_owned(),
            steps: self.steps,
            tables,
            files,
            others: about.others,
            lacks: about.lacks,
        };
        folder.finish(&manifest, &here)?;
        Ok(Taken { manifest, copied })
    }
}

async fn write_table(tx: &Tx, folder: &Folder, table: &Table) -> Result<TableKept, BackupError> {
    let name = format!("{}.jsonl.gz", table.name);
    let path = folder.root.join(TABLES).join(&name);
    let mut to = folder.compressed(TABLES, &name)?;
    let select = table.select(ConnectionTrait::get_database_backend(tx));
    let mut rows = pin!(tx.stream_raw(select).await?);
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        write_row(&table.read(&row)?, &mut to).map_err(BackupError::disk(&path))?;
        count += 1;
    }
    let member = to.finish().map_err(BackupError::disk(&path))?.finish()?;
    let column = |column: &schema::Column| ColumnKept { name: column.name.clone(), class: column.class };
    let columns = table.columns.iter().map(column).collect();
    Ok(TableKept { name: table.name.clone(), columns, rows: count, member })
}

/// The stored files that the rows name. Every file of the store is an asset of some studio.
async fn named_files(tx: &Tx) -> Result<Vec<Sha256>, BackupError> {
    let ask = "SELECT DISTINCT sha256 FROM assets ORDER BY sha256";
    let rows = tx.query_all_raw(Statement::from_string(ConnectionTrait::get_database_backend(tx), ask)).await?;
    let read = |row: &sea_orm::QueryResult| {
        let text: String = row.try_get_by_index(0)?;
        text.parse()
            .map_err(|_| BackupError::Schema(format!("{text:?} stands in the database as a checksum and is none")))
    };
    rows.iter().map(read).collect()
}

/// Copies what is not there yet. Gives what there is now, its names, and how much of it was copied.
async fn copy_files(
    store: &dyn FileStore,
    folder: &Folder,
    named: Vec<Sha256>,
    may_lack: bool,
) -> Result<(FilesKept, HashSet<Sha256>, u64), BackupError> {
    let root = folder.root.join(FILES);
    let mut list = folder.compressed(FILES, "list.gz")?;
    let (mut here, mut missing) = (HashSet::new(), Vec::new());
    let (mut bytes, mut copied) = (0, 0);
    for sha256 in named {
        let Some((file, is_new)) = copy_file(store, folder, &sha256).await? else {
            missing.push(sha256);
            continue;
        };
        writeln!(list, "{} {}", file.sha256, file.bytes).map_err(BackupError::disk(&root))?;
        bytes += file.bytes;
        copied += u64::from(is_new);
        here.insert(sha256);
    }
    if let Some(such_as) = missing.first().filter(|_| !may_lack) {
        return Err(BackupError::Missing { count: missing.len(), such_as: such_as.clone() });
    }
    let list = list.finish().map_err(BackupError::disk(&root))?.finish()?;
    Ok((FilesKept { count: here.len() as u64, bytes, missing, list }, here, copied))
}

/// Copies a file unless it is there already, whole; whether it was copied. None if it is not to be had whole.
async fn copy_file(
    store: &dyn FileStore,
    folder: &Folder,
    sha256: &Sha256,
) -> Result<Option<(Stored, bool)>, BackupError> {
    let place = folder.place_of_file(sha256);
    let found = digest_of(&place).map_err(BackupError::disk(&place))?;
    if let Some(found) = found.filter(|found| found.sha256 == *sha256) {
        // Of a backup that broke off it may not have reached the disk.
        File::open(&place).and_then(|file| file.sync_all()).map_err(BackupError::disk(&place))?;
        return Ok(Some((found, false)));
    }
    if let Some(parent) = place.parent() {
        make_folder(parent)?;
    }
    match store.fetch(sha256, &place).await {
        Ok(true) => {}
        Ok(false) => return Ok(None),
        // Damaged: whatever it is now, the rows do not name it.
        Err(cause) if !cause.transient => {
            tracing::warn!(error = &cause as &dyn std::error::Error, %sha256, "a stored file is not whole");
            return Ok(None);
        }
        Err(cause) => return Err(cause.into()),
    }
    let synced = File::open(&place).and_then(|file| file.sync_all()).and_then(|()| fs::metadata(&place));
    let bytes = synced.map_err(BackupError::disk(&place))?.len();
    Ok(Some((Stored { sha256: sha256.clone(), bytes }, true)))
}
