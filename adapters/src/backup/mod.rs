//! Backups of a whole installation, and their way back: the rows of every table as of one moment, in a form that either database takes, the stored
//! files that they name, and what else the operator's data folder holds that cannot be made again.
//!
//! A backup is made while the program serves: [`Snapshot`] reads in one transaction, which holds up nobody. Tables and columns are those of the
//! database's own catalogue, so a new table is kept without a word here; only what the job queue has in hand stays out, for the outbox knows better.
//! [`put_back`] fills a schema that was just made with no check of a row left out: the constraints of the tables are in force or are held
//! again before it ends. Triggers alone rest meanwhile, for they guard how rows come about, one after the other, and these have come about already.

mod cell;
mod error;
mod folder;
mod manifest;
mod put_back;
mod schema;
mod take;

pub use cell::Class;
pub use error::BackupError;
pub use folder::{FileList, Folder};
pub use manifest::{ColumnKept, FORMAT, FilesKept, Manifest, Member, OtherKept, TableKept};
pub use put_back::{put_back, put_files_back, require_empty};
pub use take::{About, Snapshot, Taken};
