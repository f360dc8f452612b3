//! Why a backup, or its restoring, came to nothing.

use std::{
    io,
    path::{Path, PathBuf},
};

use domain::{catalog::Sha256, ports::PortError, report::StoreError};

/// A backup could not be made, read or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database.
    #[error("the database did not answer as expected")]
    Store(#[from] StoreError),
    /// The file store.
    #[error(transparent)]
    Files(#[from] PortError),
    /// A file or folder of the backup.
    #[error("cannot read or write {}", path.display())]
    Disk {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The folder is none of a backup.
    #[error("{0}")]
    Folder(String),
    /// The backup is not what it was when it was made.
    #[error("the backup is damaged: {0}; take another one, this one cannot be trusted")]
    Damaged(String),
    /// The store has had a file before that is not what its address says.
    #[error("the store holds {0} already, and not whole: move it away, and restore once more")]
    NotWhole(Sha256),
    /// The database is not one that this can be done with.
    #[error("{0}")]
    Schema(String),
    /// The database names files that are not to be had.
    #[error("the store has not, or has damaged, {count} of the files that the database names, such as {such_as}")]
    Missing {
        /// How many.
        count: usize,
        /// One of them.
        such_as: Sha256,
    },
}

domain::from_db_err!(BackupError);

impl BackupError {
    pub(super) fn disk(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Disk { path: path.to_owned(), cause }
    }
}
