//! An archive made as it is sent: members stored as they are, ZIP64 so that any size fits, constant memory.

use std::{io, sync::Arc};

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use async_zip::{Compression, ZipDateTimeBuilder, ZipEntryBuilder, base::write::ZipFileWriter};
use bytes::Bytes;
use chrono::Datelike;
use domain::{catalog::Sha256, delivery::queries::StemFile, env::Instant, ports::FileStore};
use futures::{Stream, StreamExt, io::AsyncWriteExt, stream};
use tokio::io::{DuplexStream, duplex};
use tokio_util::{compat::TokioAsyncWriteCompatExt, io::ReaderStream, task::AbortOnDropHandle};

use super::stored::attachment;

/// How many bytes may wait between the packer and the connection.
const WINDOW_BYTES: usize = 256 * 1024;

/// What everybody may do with an unpacked member: read it, and its owner write it.
const MEMBER_MODE: u16 = 0o644;

/// What a member holds.
pub(super) enum Content {
    /// A file of the store.
    Stored(Sha256),
    /// What was made for this archive.
    Made(Bytes),
}

/// A file in the archive.
pub(super) struct Member {
    /// Its name, unique in the archive.
    pub(super) name: String,
    /// When it was made.
    pub(super) made_at: Instant,
    /// What it holds.
    pub(super) content: Content,
}

impl From<StemFile> for Member {
    fn from(stem: StemFile) -> Self {
        Self { name: stem.entry_name, made_at: stem.asset.created_at, content: Content::Stored(stem.asset.sha256) }
    }
}

/// An answer that an archive is sent with, under a name to save it as.
pub(super) fn archive_answer(name: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(StatusCode::OK);
    response
        .insert_header((header::CONTENT_TYPE, "application/zip"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::ACCEPT_RANGES, "none"))
        .insert_header(attachment(name));
    response
}

/// The archive's bytes. If a member cannot be read, the stream ends in an error, so that the connection breaks off and nobody takes a torso for the
/// whole.
pub(super) fn zip_stream(
    files: Arc<dyn FileStore>,
    members: Vec<Member>,
) -> impl Stream<Item = io::Result<Bytes>> + use<> {
    let (writer, reader) = duplex(WINDOW_BYTES);
    let packing = AbortOnDropHandle::new(tokio::spawn(pack(files, members, writer)));
    let verdict = stream::once(async move {
        match packing.await {
            Ok(Ok(())) => None,
            Ok(Err(cause)) => Some(Err(cause)),
            Err(cause) => Some(Err(io::Error::other(cause))),
        }
    });
    ReaderStream::new(reader).chain(verdict.filter_map(std::future::ready)).boxed()
}

async fn pack(files: Arc<dyn FileStore>, members: Vec<Member>, writer: DuplexStream) -> io::Result<()> {
    let mut archive = ZipFileWriter::new(writer.compat_write());
    for member in members {
        let day = member.made_at;
        let date = ZipDateTimeBuilder::new().year(day.year()).month(day.month()).day(day.day()).build();
        let entry = ZipEntryBuilder::new(member.name.into(), Compression::Stored)
            .last_modification_date(date)
            .unix_permissions(MEMBER_MODE);
        let mut into = archive.write_entry_stream(entry).await.map_err(io::Error::other)?;
        match member.content {
            Content::Made(bytes) => into.write_all(&bytes).await?,
            Content::Stored(sha256) => {
                let pieces = files.read(&sha256, None).await.map_err(io::Error::other)?;
                let mut pieces = pieces.ok_or_else(|| io::Error::other("the store lacks a member"))?;
                while let Some(piece) = pieces.next().await {
                    into.write_all(&piece.map_err(io::Error::other)?).await?;
                }
            }
        }
        into.close().await.map_err(io::Error::other)?;
    }
    let mut writer = archive.close().await.map_err(io::Error::other)?;
    writer.close().await
}

#[cfg(test)]
mod tests {
    use domain::env::Env;

    use super::*;

    fn member(name: &str, content: Content) -> Member {
        Member { name: name.to_owned(), made_at: Env::system().now(), content }
    }

    #[tokio::test]
    #[expect(deprecated, reason = "the crate's newer reader cannot read members out of memory yet")]
    async fn what_is_packed_is_unpacked_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let files: Arc<dyn FileStore> = Arc::new(adapters::files::ObjectFiles::local(folder.path()).unwrap());
        let (big, small) = (Bytes::from(vec![7_u8; 3_000_000]), Bytes::from_static(b"snare"));
        let made = Bytes::from_static(b"I have a licence");
        let stored = async |bytes: &Bytes| Content::Stored(files.put_bytes(bytes.clone()).await.unwrap().sha256);
        let members = vec![
            member("01 Drums.wav", stored(&big).await),
            member("02 Bäss.wav", stored(&small).await),
            member("dispute.txt", Content::Made(made.clone())),
        ];
        let pieces: Vec<Bytes> =
            zip_stream(files, members).collect::<Vec<_>>().await.into_iter().collect::<Result<_, _>>().unwrap();
        let archive = async_zip::base::read::mem::ZipFileReader::new(pieces.concat()).await.unwrap();
        let names: Vec<_> =
            archive.file().entries().iter().map(|e| e.filename().as_str().unwrap().to_owned()).collect();
        assert_eq!(names, ["01 Drums.wav", "02 Bäss.wav", "dispute.txt"]);
        for (index, content) in [big, small, made].iter().enumerate() {
            let mut read = Vec::new();
            let mut reader = archive.reader_with_entry(index).await.unwrap();
            reader.read_to_end_checked(&mut read).await.unwrap();
            assert!(read == content.as_ref(), "member {index}");
        }
    }

    #[tokio::test]
    async fn a_missing_member_breaks_the_archive_off() {
        let folder = tempfile::tempdir().unwrap();
        let files: Arc<dyn FileStore> = Arc::new(adapters::files::ObjectFiles::local(folder.path()).unwrap());
        let missing = Content::Stored(Sha256::of(b"lost"));
        let members = vec![member("01 Lost.wav", missing)];
        let last = zip_stream(files, members).collect::<Vec<_>>().await.pop().unwrap();
        assert!(last.is_err());
    }
}
