//! The tables that a database has, from its own catalogue, and how their rows are read and written in the one form of [`Cell`].

use domain::store::{Tx, is_postgres};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};

use super::{
    BackupError,
    cell::{Cell, Class},
};
use crate::jobs::QUEUE_TABLES;

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    /// By name, for the two databases may have them in different orders.
    pub(super) columns: Vec<Column>,
}

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) class: Class,
    /// PostgreSQL's word for what it holds; none on SQLite.
    kind: Option<String>,
    /// Its place in the primary key.
    key: Option<i64>,
    /// Whether the database counts it up itself.
    pub(super) is_counted: bool,
}

/// A name as SQL takes it, whatever is in it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

const TABLES_SQLITE: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'";

const TABLES_POSTGRES: &str = "
SELECT tables.relname::text AS name FROM pg_class AS tables JOIN pg_namespace AS spaces ON spaces.oid = tables.relnamespace
WHERE spaces.nspname = current_schema() AND tables.relkind IN ('r', 'p') AND NOT tables.relispartition";

const COLUMNS_SQLITE: &str = "SELECT name, type, pk FROM pragma_table_info(?)";

const COLUMNS_POSTGRES: &str = "
SELECT columns.attname::text, types.typname::text, (array_position(keys.indkey::int2[], columns.attnum) + 1)::int8, columns.attidentity <> ''
FROM pg_attribute AS columns JOIN pg_type AS types ON types.oid = columns.atttypid
LEFT JOIN pg_index AS keys ON keys.indrelid = columns.attrelid AND keys.indisprimary
WHERE columns.attrelid = $1::text::regclass AND columns.attnum > 0 AND NOT columns.attisdropped AND columns.attgenerated = ''";

/// The names of all tables, the job queue's too.
pub(super) async fn names(tx: &Tx) -> Result<Vec<String>, BackupError> {
    let ask = if is_postgres(tx) { TABLES_POSTGRES } else { TABLES_SQLITE };
    let rows = tx.query_all_raw(Statement::from_string(tx.get_database_backend(), ask)).await?;
    let mut names = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<String>, _>>()?;
    names.sort_unstable();
    Ok(names)
}

/// The program's own tables, by name.
pub(super) async fn tables(tx: &Tx) -> Result<Vec<Table>, BackupError> {
    let mut tables = Vec::new();
    for name in names(tx).await? {
        if !QUEUE_TABLES.contains(&name.as_str()) {
            let mut columns = columns(tx, &name).await?;
            columns.sort_unstable_by(|one, other| one.name.cmp(&other.name));
            tables.push(Table { name, columns });
        }
    }
    Ok(tables)
}

async fn columns(tx: &Tx, table: &str) -> Result<Vec<Column>, BackupError> {
    let is_postgres = is_postgres(tx);
    let (ask, named) = if is_postgres { (COLUMNS_POSTGRES, quoted(table)) } else { (COLUMNS_SQLITE, table.to_owned()) };
    let ask = Statement::from_sql_and_values(tx.get_database_backend(), ask, [named.into()]);
    let mut columns = Vec::new();
    for row in tx.query_all_raw(ask).await? {
        let (name, declared): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let key: Option<i64> = row.try_get_by_index(2)?;
        let class = if is_postgres { class_of_kind(&declared) } else { class_of_declared(&declared) };
        let class = class.ok_or_else(|| {
            BackupError::Schema(format!("column {table}.{name} is of type {declared}, which no backup keeps exactly"))
        })?;
        columns.push(Column {
            name,
            class,
            kind: is_postgres.then_some(declared),
            key: key.filter(|place| *place > 0),
            is_counted: is_postgres && row.try_get_by_index::<bool>(3)?,
        });
    }
    Ok(columns)
}

/// What SQLite stores under a type, by the rules by which it reads the type itself; none of what may be rounded.
fn class_of_declared(declared: &str) -> Option<Class> {
    let declared = declared.to_ascii_uppercase();
    let says = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if says(&["INT"]) {
        Some(Class::Integer)
    } else if says(&["CHAR", "TEXT", "CLOB"]) {
        Some(Class::Text)
    } else if says(&["BLOB"]) {
        Some(Class::Blob)
    } else {
        None
    }
}

/// As what SQLite stores what PostgreSQL has under a type.
fn class_of_kind(kind: &str) -> Option<Class> {
    match kind {
        "bool" | "int2" | "int4" | "int8" => Some(Class::Integer),
        "text" | "varchar" | "timestamptz" | "date" | "json" | "jsonb" | "numeric" => Some(Class::Text),
        "uuid" | "bytea" => Some(Class::Blob),
        _ => None,
    }
}

impl Column {
    /// What to select for it. An instant is written as SeaORM writes it on SQLite: no digits of a second, three, or six.
    fn selected(&self) -> String {
        let name = quoted(&self.name);
        match self.kind.as_deref() {
            None | Some("bytea") => name,
            Some("uuid") => format!("uuid_send({name})"),
            Some("bool") => format!("{name}::int4::int8"),
            Some("int2" | "int4" | "int8") => format!("{name}::int8"),
            Some("date") => format!("to_char({name}, 'YYYY-MM-DD')"),
            Some("timestamptz") => format!(
                "regexp_replace(to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '([.]000)?000$', '') || '+00:00'"
            ),
            Some(_) => format!("{name}::text"),
        }
    }

    /// What becomes of a value, given as its class, to be inserted.
    fn inserted(&self, place: usize) -> String {
        match self.kind.as_deref() {
            None => "?".to_owned(),
            Some("uuid") => format!("encode(${place}, 'hex')::uuid"),
            Some("bool") => format!("(${place} <> 0)"),
            Some("bytea") => format!("${place}"),
            Some(kind) => format!("${place}::{kind}"),
        }
    }

    /// By what rows are ordered: bytes, on either database.
    fn ordered(&self) -> String {
        let name = quoted(&self.name);
        match self.kind.as_deref() {
            Some("text" | "varchar") => format!("{name} COLLATE \"C\""),
            _ => name,
        }
    }

    fn read(&self, row: &QueryResult, place: usize) -> Result<Cell, BackupError> {
        let cell = match self.class {
            Class::Integer => row.try_get_by_index::<Option<i64>>(place)?.map(Cell::Integer),
            Class::Text => row.try_get_by_index::<Option<String>>(place)?.map(Cell::Text),
            Class::Blob => row.try_get_by_index::<Option<Vec<u8>>>(place)?.map(Cell::Blob),
        };
        Ok(cell.unwrap_or(Cell::Null))
    }

    fn bound(&self, cell: Cell) -> Value {
        match (self.class, cell) {
            (_, Cell::Integer(number)) => number.into(),
            (_, Cell::Text(text)) => text.into(),
            (_, Cell::Blob(bytes)) => bytes.into(),
            (Class::Integer, Cell::Null) => None::<i64>.into(),
            (Class::Text, Cell::Null) => None::<String>.into(),
            (Class::Blob, Cell::Null) => None::<Vec<u8>>.into(),
        }
    }
}

impl Table {
    pub(super) fn classes(&self) -> Vec<Class> {
        self.columns.iter().map(|column| column.class).collect()
    }

    /// All rows, in the order of their key, so that the same rows are written as the same bytes.
    pub(super) fn select(&self, backend: DbBackend) -> Statement {
        let selected: Vec<_> = self.columns.iter().map(Column::selected).collect();
        let mut key: Vec<_> = self.columns.iter().filter(|column| column.key.is_some()).collect();
        key.sort_unstable_by_key(|column| column.key);
        let key: Vec<_> = key.into_iter().map(Column::ordered).collect();
        let mut ask = format!("SELECT {} FROM {}", selected.join(", "), quoted(&self.name));
        if !key.is_empty() {
            ask = format!("{ask} ORDER BY {}", key.join(", "));
        }
        Statement::from_string(backend, ask)
    }

    pub(super) fn read(&self, row: &QueryResult) -> Result<Vec<Cell>, BackupError> {
        self.columns.iter().enumerate().map(|(place, column)| column.read(row, place)).collect()
    }

    /// Inserts rows as they are, numbers that the database counts up included.
    pub(super) fn insert(&self, backend: DbBackend, rows: Vec<Vec<Cell>>) -> Statement {
        let width = self.columns.len();
        let tuple = |row: usize| {
            let cells = self.columns.iter().enumerate().map(|(at, column)| column.inserted(row * width + at + 1));
            format!("({})", cells.collect::<Vec<_>>().join(", "))
        };
        let tuples: Vec<_> = (0..rows.len()).map(tuple).collect();
        let names: Vec<_> = self.columns.iter().map(|column| quoted(&column.name)).collect();
        let counted = self.columns.iter().any(|column| column.is_counted);
        let overriding = if counted { " OVERRIDING SYSTEM VALUE" } else { "" };
        let (name, names, tuples) = (quoted(&self.name), names.join(", "), tuples.join(", "));
        let text = format!("INSERT INTO {name} ({names}){overriding} VALUES {tuples}");
        let values: Vec<Value> = rows
            .into_iter()
            .flat_map(|row| self.columns.iter().zip(row).map(|(column, cell)| column.bound(cell)).collect::<Vec<_>>())
            .collect();
        Statement::from_sql_and_values(backend, text, values)
    }
}
