//! Files of uploads in progress. The length on the disk is the truth of how far an upload has come: it is flushed before anybody is told.

use std::{
    fs::TryLockError,
    io::{self, SeekFrom},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use domain::{
    catalog::rules::files::HEAD_BYTES,
    env::Instant,
    ids::{TypedId, UploadId},
};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};

/// In front of the names of files that belong to one request.
pub(super) const SINGLE: &str = "single-";
/// How long such a file may lie about after a crash, in hours.
const LEFTOVER_HOURS: i64 = 24;

/// The file of an upload, held by one request alone.
#[derive(Debug)]
pub(super) struct Partial {
    file: File,
    /// How many bytes are in it.
    pub(super) length: u64,
    path: PathBuf,
}

impl Partial {
    /// Opens an upload's file, made if it is not there; none if another request, of this process or another, is writing it.
    pub(super) async fn open(folder: &Path, name: &str) -> io::Result<Option<Self>> {
        let path = folder.join(name);
        let place = path.clone();
        let opened = tokio::task::spawn_blocking(move || {
            if let Some(folder) = place.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let file = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&place)?;
            match file.try_lock() {
                Ok(()) => Ok(Some((file.metadata()?.len(), file))),
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(cause)) => Err(cause),
            }
        });
        let opened = opened.await.map_err(io::Error::other)??;
        let Some((length, file)) = opened else { return Ok(None) };
        let mut file = File::from_std(file);
        file.seek(SeekFrom::Start(length)).await?;
        Ok(Some(Self { file, length, path }))
    }

    /// Appends bytes. They are not safe before [`flush`](Self::flush).
    pub(super) async fn append(&mut self, bytes: &Bytes) -> io::Result<()> {
        self.file.write_all(bytes).await?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Takes back what was appended beyond a length.
    pub(super) async fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.flush().await?;
        self.file.set_len(length).await?;
        self.file.seek(SeekFrom::Start(length)).await?;
        self.length = length;
        self.file.sync_data().await
    }

    /// Makes what was appended outlive a power cut.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.file.flush().await?;
        self.file.sync_data().await
    }

    /// The first bytes, by which a file's type is told.
    pub(super) async fn head(&mut self) -> io::Result<Vec<u8>> {
        self.file.flush().await?;
        self.file.seek(SeekFrom::Start(0)).await?;
        let mut head = Vec::new();
        (&mut self.file).take(HEAD_BYTES as u64).read_to_end(&mut head).await?;
        self.file.seek(SeekFrom::Start(self.length)).await?;
        Ok(head)
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Writes what has arrived whole to a file of its own.
pub(super) async fn write(folder: &Path, name: &str, bytes: &Bytes) -> io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    tokio::fs::write(folder.join(name), bytes).await
}

/// Removes an upload's file. One that stays behind is harmless, so a failure is only logged.
pub(super) async fn remove(folder: &Path, name: &str) {
    match tokio::fs::remove_file(folder.join(name)).await {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(error = %cause, name, "an upload's file could not be removed");
        }
        _ => {}
    }
}

/// Removes the files of single requests that a crash cut off: their names hold ids, and ids hold the time.
pub(super) async fn remove_leftovers(folder: &Path, now: Instant) {
    let Ok(mut entries) = tokio::fs::read_dir(folder).await else { return };
    while let Ok(Some(entry)) = entries.next_entry().await {
        let name = entry.file_name().to_string_lossy().into_owned();
        let begun = name
            .strip_prefix(SINGLE)
            .and_then(|id| id.parse::<UploadId>().ok())
            .and_then(|id| id.uuid().get_timestamp())
            .map(|time| time.to_unix().0.cast_signed());
        if begun.is_some_and(|begun| now.timestamp() - begun > LEFTOVER_HOURS * 3_600) {
            remove(folder, &name).await;
        }
    }
}
