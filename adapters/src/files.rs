//! The file store: content-addressed files over `object_store`, on a local folder or in a bucket ([`crate::s3`]).
//!
//! A file of SHA-256 `abcd…` lies at `sha256/ab/cd/abcd…`. In a folder it is written beside its place, flushed to the disk, and renamed into it, so a
//! crash leaves at most a leftover with a `#` in its name that nothing ever reads; whoever stores the same content again starts anew. Memory holds one
//! piece of a file at a time.

use std::{
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use domain::{
    catalog::Sha256,
    ports::{FileStore, FileStream, Inbox, PortError, Presentation, Stored},
};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, GetResult, GetResultPayload, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutPayload, local::LocalFileSystem, path::Path as Key,
};
use sha2::Digest;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};
use tokio_util::io::ReaderStream;
use url::Url;

use crate::s3::Outside;

/// Length of the parts that a file is written in. Object stores on the network ask for 5 MiB or more.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Length of the pieces that a file is read in.
const PIECE_BYTES: usize = 256 * 1024;

/// Content-addressed files in any object store.
#[derive(Debug, Clone)]
pub struct ObjectFiles {
    store: Arc<dyn ObjectStore>,
    /// None if nobody else reaches the store.
    outside: Option<Arc<Outside>>,
}

impl ObjectFiles {
    /// Files in a local folder, which is made if it is not there.
    pub fn local(folder: &Path) -> Result<Self, PortError> {
        let what = "opening the folder of the files";
        std::fs::create_dir_all(folder).map_err(|cause| PortError::lasting(what, cause))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|cause| PortError::lasting(what, cause))?;
        Ok(Self::over(Arc::new(store.with_fsync(true))))
    }

    /// Files in any store whose writes are atomic and durable.
    pub fn over(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, outside: None }
    }

    /// The same, with a store that gives files out and takes them in itself.
    pub(crate) fn given_out(self, outside: Outside) -> Self {
        Self { outside: Some(Arc::new(outside)), ..self }
    }

    /// The addresses of all files that are here, in no order.
    pub fn addresses(&self) -> BoxStream<'static, Result<Sha256, PortError>> {
        let address = |meta: ObjectMeta| meta.location.filename().and_then(|name| name.parse::<Sha256>().ok());
        self.store
            .list(None)
            .map_err(|cause| broken("listing the files of the store", cause))
            .try_filter_map(move |meta| std::future::ready(Ok(address(meta))))
            .boxed()
    }

    /// Whether the store holds the whole content.
    async fn holds(&self, stored: &Stored) -> Result<bool, PortError> {
        match self.store.head(&key(&stored.sha256)).await {
            Ok(meta) => Ok(meta.size == stored.bytes),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(cause) => Err(broken("looking for a file in the store", cause)),
        }
    }

    async fn get(&self, sha256: &Sha256, range: Option<Range<u64>>) -> Result<Option<GetResult>, PortError> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        match self.store.get_opts(&key(sha256), options).await {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(cause) => Err(broken("opening a file of the store", cause)),
        }
    }

    /// Tries whether the store lists its files and takes new ones. Nothing is left behind: what was begun is called off.
    pub async fn try_out(&self) -> Result<(), PortError> {
        let listed = self.store.list(Some(&Key::from("sha256"))).next().await.transpose();
        listed.map_err(|cause| broken("listing the files of the store", cause))?;
        let what = "beginning a file in the store";
        let place = key(&Sha256::of(b"a file that is never finished"));
        let mut upload = self.store.put_multipart(&place).await.map_err(|cause| broken(what, cause))?;
        upload.abort().await.map_err(|cause| broken(what, cause))
    }

    /// Tries whether pages at an origin can fetch what the store gives out itself, and send what it takes in; fine if it does neither. Gives why uploads go through
    /// this program although it gives files out.
    pub async fn try_outside(&self, page: &str) -> Result<Option<&'static str>, PortError> {
        match &self.outside {
            Some(outside) => outside.try_out(&key(&Sha256::of(b"a file that is not there")), page).await,
            None => Ok(None),
        }
    }

    /// Writes a file that is held in memory, in one request.
    async fn put_whole(&self, stored: Stored, bytes: Bytes) -> Result<Stored, PortError> {
        let put = self.store.put(&key(&stored.sha256), PutPayload::from(bytes)).await;
        put.map_err(|cause| broken("writing a file to the store", cause))?;
        Ok(stored)
    }
}

pub(crate) fn key(sha256: &Sha256) -> Key {
    let digits = sha256.as_str();
    Key::from_iter(["sha256", &digits[..2], &digits[2..4], digits])
}

fn broken(what: &'static str, cause: object_store::Error) -> PortError {
    PortError::transient(what, cause)
}

/// Reads the next part of a file, full unless it is the last.
async fn next_part(file: &mut File, length: usize) -> io::Result<Bytes> {
    let mut part = BytesMut::with_capacity(length);
    while part.len() < length {
        if (&mut *file).take((length - part.len()) as u64).read_buf(&mut part).await? == 0 {
            break;
        }
    }
    Ok(part.freeze())
}

async fn digest_of(path: &Path) -> io::Result<Stored> {
    let mut file = File::open(path).await?;
    let (mut digest, mut bytes) = (sha2::Sha256::new(), 0);
    loop {
        let piece = next_part(&mut file, PIECE_BYTES).await?;
        if piece.is_empty() {
            break;
        }
        digest.update(&piece);
        bytes += piece.len() as u64;
    }
    Ok(Stored { sha256: Sha256::from_digest(digest.finalize().into()), bytes })
}

/// Sends a file's parts, and gives what was sent.
async fn send(path: &Path, upload: &mut dyn MultipartUpload) -> Result<Stored, PortError> {
    let what = "copying a file to the store";
    let unread = |cause: io::Error| PortError::lasting("reading a file to be stored", cause);
    let mut file = File::open(path).await.map_err(unread)?;
    let (mut digest, mut bytes) = (sha2::Sha256::new(), 0);
    loop {
        let part = next_part(&mut file, PART_BYTES).await.map_err(unread)?;
        if part.is_empty() {
            break;
        }
        digest.update(&part);
        bytes += part.len() as u64;
        upload.put_part(PutPayload::from(part)).await.map_err(|cause| broken(what, cause))?;
    }
    Ok(Stored { sha256: Sha256::from_digest(digest.finalize().into()), bytes })
}

#[async_trait]
impl FileStore for ObjectFiles {
    async fn put_file(&self, path: &Path) -> Result<Stored, PortError> {
        let what = "copying a file to the store";
        let stored = digest_of(path).await.map_err(|cause| PortError::lasting("reading a file to be stored", cause))?;
        if self.holds(&stored).await? {
            return Ok(stored);
        }
        let changed = || PortError::lasting(what, io::Error::other("the file changed while it was read"));
        if let Ok(length) = usize::try_from(stored.bytes)
            && length <= PART_BYTES
        {
            let unread = |cause: io::Error| PortError::lasting("reading a file to be stored", cause);
            let mut file = File::open(path).await.map_err(unread)?;
            let bytes = next_part(&mut file, length).await.map_err(unread)?;
            return if Sha256::of(&bytes) == stored.sha256 {
                self.put_whole(stored, bytes).await
            } else {
                Err(changed())
            };
        }
        let mut upload = self.store.put_multipart(&key(&stored.sha256)).await.map_err(|cause| broken(what, cause))?;
        let sent = send(path, upload.as_mut()).await;
        match sent {
            Ok(sent) if sent == stored => {
                upload.complete().await.map_err(|cause| broken(what, cause))?;
                Ok(stored)
            }
            outcome => {
                // What cannot be removed now is a leftover that nothing reads.
                if let Err(cause) = upload.abort().await {
                    tracing::warn!(error = %cause, "a file that was not stored left a part behind");
                }
                outcome?;
                Err(changed())
            }
        }
    }

    async fn put_bytes(&self, bytes: Bytes) -> Result<Stored, PortError> {
        let stored = Stored { sha256: Sha256::of(&bytes), bytes: bytes.len() as u64 };
        if self.holds(&stored).await? { Ok(stored) } else { self.put_whole(stored, bytes).await }
    }

    async fn read(&self, sha256: &Sha256, range: Option<Range<u64>>) -> Result<Option<FileStream>, PortError> {
        let what = "reading a file of the store";
        if range.as_ref().is_some_and(Range::is_empty) {
            return Ok(self.exists(sha256).await?.then(|| futures::stream::empty().boxed()));
        }
        let Some(found) = self.get(sha256, range).await? else { return Ok(None) };
        let span = found.range.clone();
        let GetResultPayload::File(file, _) = found.payload else {
            return Ok(Some(found.into_stream().map_err(move |cause| broken(what, cause)).boxed()));
        };
        let mut file = File::from_std(file);
        file.seek(io::SeekFrom::Start(span.start)).await.map_err(|cause| PortError::transient(what, cause))?;
        let pieces = ReaderStream::with_capacity(file.take(span.end - span.start), PIECE_BYTES);
        Ok(Some(pieces.map_err(move |cause| PortError::transient(what, cause)).boxed()))
    }

    async fn open(&self, sha256: &Sha256) -> Result<Option<std::fs::File>, PortError> {
        let Some(found) = self.get(sha256, None).await? else { return Ok(None) };
        let GetResultPayload::File(file, _) = found.payload else { return Ok(None) };
        Ok(Some(file))
    }

    async fn fetch(&self, sha256: &Sha256, to: &Path) -> Result<bool, PortError> {
        let Some(mut pieces) = self.read(sha256, None).await? else { return Ok(false) };
        let what = "copying a file from the store";
        let unwritten = |cause: io::Error| PortError::transient(what, cause);
        let partial = partial_path(to);
        let mut file = File::create(&partial).await.map_err(unwritten)?;
        let mut digest = sha2::Sha256::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece?;
            digest.update(&piece);
            file.write_all(&piece).await.map_err(unwritten)?;
        }
        file.flush().await.map_err(unwritten)?;
        drop(file);
        if Sha256::from_digest(digest.finalize().into()) != *sha256 {
            tokio::fs::remove_file(&partial).await.map_err(unwritten)?;
            return Err(PortError::lasting(what, io::Error::other(format!("the stored file {sha256} is damaged"))));
        }
        tokio::fs::rename(&partial, to).await.map_err(unwritten)?;
        Ok(true)
    }

    async fn exists(&self, sha256: &Sha256) -> Result<bool, PortError> {
        match self.store.head(&key(sha256)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(cause) => Err(broken("looking for a file in the store", cause)),
        }
    }

    async fn presign(
        &self,
        sha256: &Sha256,
        life: Duration,
        shown: Presentation<'_>,
    ) -> Result<Option<Url>, PortError> {
        match &self.outside {
            Some(outside) => outside.presign(&key(sha256), life, shown).await.map(Some),
            None => Ok(None),
        }
    }

    fn presigned_origin(&self) -> Option<&str> {
        self.outside.as_deref().map(Outside::origin)
    }

    fn inbox(&self) -> Option<&dyn Inbox> {
        self.outside.as_deref().map(|outside| outside as &dyn Inbox)
    }
}

fn partial_path(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_os_string();
    name.push(".partial");
    to.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> (tempfile::TempDir, ObjectFiles) {
        let folder = tempfile::tempdir().unwrap();
        let files = ObjectFiles::local(&folder.path().join("files")).unwrap();
        (folder, files)
    }

    /// Bytes that differ from place to place.
    fn content(length: usize) -> Vec<u8> {
        (0..length).map(|at| u8::try_from((at * 31 + at / 251) % 256).unwrap()).collect()
    }

    async fn all(stream: Option<FileStream>) -> Vec<u8> {
        stream.unwrap().map(Result::unwrap).collect::<Vec<Bytes>>().await.concat()
    }

    fn stored_files(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![folder.to_owned()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    found.push(path.file_name().unwrap().to_string_lossy().into());
                }
            }
        }
        found
    }

    #[tokio::test]
    async fn a_file_reads_back_whole_and_in_part() {
        let (folder, files) = open();
        let bytes = content(PART_BYTES * 2 + 12_345);
        let path = folder.path().join("source.wav");
        std::fs::write(&path, &bytes).unwrap();
        let stored = files.put_file(&path).await.unwrap();
        assert_eq!((stored.sha256.clone(), stored.bytes), (Sha256::of(&bytes), bytes.len() as u64));
        assert!(path.exists(), "the file stays where it was");
        assert_eq!(files.put_file(&path).await.unwrap(), stored);
        assert!(all(files.read(&stored.sha256, None).await.unwrap()).await == bytes);
        for range in [0..1, 5..5, 1_000_000..1_700_000, stored.bytes - 1..stored.bytes] {
            let part = all(files.read(&stored.sha256, Some(range.clone())).await.unwrap()).await;
            assert!(
                part == bytes[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()],
                "{range:?}"
            );
        }
        let copy = folder.path().join("copy.wav");
        assert!(files.fetch(&stored.sha256, &copy).await.unwrap());
        assert!(std::fs::read(&copy).unwrap() == bytes);
        let mut opened = files.open(&stored.sha256).await.unwrap().unwrap();
        let mut found = Vec::new();
        io::Read::read_to_end(&mut opened, &mut found).unwrap();
        assert!(found == bytes);
        let addresses: Vec<Sha256> = files.addresses().try_collect().await.unwrap();
        assert_eq!(addresses, std::slice::from_ref(&stored.sha256));
        assert_eq!(stored_files(&folder.path().join("files")), [stored.sha256.to_string()]);
    }

    #[tokio::test]
    async fn a_store_elsewhere_opens_no_file_and_gives_its_copy() {
        let folder = tempfile::tempdir().unwrap();
        let files = ObjectFiles::over(Arc::new(object_store::memory::InMemory::new()));
        files.try_out().await.unwrap();
        for length in [0, 1, PART_BYTES, PART_BYTES + 1] {
            let (bytes, path) = (content(length), folder.path().join("source"));
            std::fs::write(&path, &bytes).unwrap();
            let stored = files.put_file(&path).await.unwrap();
            assert_eq!(stored, Stored { sha256: Sha256::of(&bytes), bytes: length as u64 });
            assert!(files.open(&stored.sha256).await.unwrap().is_none(), "it lies on no disk of this machine");
            assert!(all(files.read(&stored.sha256, None).await.unwrap()).await == bytes);
            let copy = folder.path().join("copy");
            assert!(files.fetch(&stored.sha256, &copy).await.unwrap());
            assert!(std::fs::read(&copy).unwrap() == bytes);
        }
    }

    #[tokio::test]
    async fn trying_the_store_out_leaves_nothing() {
        let (folder, files) = open();
        files.try_out().await.unwrap();
        assert!(stored_files(&folder.path().join("files")).is_empty());
    }

    #[tokio::test]
    async fn what_is_not_there_is_not_there() {
        let (folder, files) = open();
        let nothing = Sha256::of(b"nothing");
        assert!(files.read(&nothing, None).await.unwrap().is_none());
        assert!(files.read(&nothing, Some(0..0)).await.unwrap().is_none());
        assert!(!files.exists(&nothing).await.unwrap());
        assert!(!files.fetch(&nothing, &folder.path().join("x")).await.unwrap());
        assert!(files.open(&nothing).await.unwrap().is_none());
        assert!(files.put_file(&folder.path().join("no such file")).await.is_err());
    }

    #[tokio::test]
    async fn storing_at_once_is_storing_once() {
        let (folder, files) = open();
        let bytes = content(3_000_000);
        let path = folder.path().join("a");
        std::fs::write(&path, &bytes).unwrap();
        let puts = (0..16).map(|_| {
            let (files, path) = (files.clone(), path.clone());
            tokio::spawn(async move { files.put_file(&path).await.unwrap() })
        });
        for put in futures::future::join_all(puts).await {
            assert_eq!(put.unwrap().sha256, Sha256::of(&bytes));
        }
        assert_eq!(stored_files(&folder.path().join("files")).len(), 1);
        assert!(all(files.read(&Sha256::of(&bytes), None).await.unwrap()).await == bytes);
    }

    #[tokio::test]
    async fn what_a_crash_leaves_behind_is_never_taken_for_the_file() {
        let (folder, files) = open();
        let bytes = Bytes::from(content(10_000));
        let sha256 = Sha256::of(&bytes);
        let mut cut_off = files.store.put_multipart(&key(&sha256)).await.unwrap();
        cut_off.put_part(PutPayload::from(bytes.slice(..4_000))).await.unwrap();
        // A killed process runs no destructor.
        std::mem::forget(cut_off);
        assert!(!files.exists(&sha256).await.unwrap());
        assert!(files.read(&sha256, None).await.unwrap().is_none());

        let path = folder.path().join("again");
        std::fs::write(&path, &bytes).unwrap();
        files.put_file(&path).await.unwrap();
        assert!(all(files.read(&sha256, None).await.unwrap()).await == bytes);
    }

    #[tokio::test]
    async fn damage_is_noticed_when_a_file_is_fetched_and_mended_when_it_is_stored_again() {
        let (folder, files) = open();
        let stored = files.put_bytes(Bytes::from_static(b"the whole content")).await.unwrap();
        let place = folder.path().join("files").join(key(&stored.sha256).as_ref());
        std::fs::write(&place, b"the whole").unwrap();
        let copy = folder.path().join("copy");
        let refusal = files.fetch(&stored.sha256, &copy).await.unwrap_err();
        assert!(!refusal.transient && !copy.exists());
        files.put_bytes(Bytes::from_static(b"the whole content")).await.unwrap();
        assert!(files.fetch(&stored.sha256, &copy).await.unwrap());
    }
}
