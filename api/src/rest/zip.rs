//! An archive of stored files, made as it is sent: members stored as they are, ZIP64 so that any size fits, constant memory.

use std::{io, sync::Arc};

use async_zip::{Compression, ZipDateTimeBuilder, ZipEntryBuilder, base::write::ZipFileWriter};
use bytes::Bytes;
use chrono::Datelike;
use domain::{delivery::queries::StemFile, ports::FileStore};
use futures::{Stream, StreamExt, io::AsyncWriteExt, stream};
use tokio::io::{DuplexStream, duplex};
use tokio_util::{compat::TokioAsyncWriteCompatExt, io::ReaderStream, task::AbortOnDropHandle};

/// How many bytes may wait between the packer and the connection.
const WINDOW_BYTES: usize = 256 * 1024;

/// What everybody may do with an unpacked member: read it, and its owner write it.
const MEMBER_MODE: u16 = 0o644;

/// The archive's bytes. If a member cannot be read, the stream ends in an error, so that the connection breaks off and nobody takes a torso for the
/// whole.
pub(super) fn zip_stream(
    files: Arc<dyn FileStore>,
    members: Vec<StemFile>,
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

async fn pack(files: Arc<dyn FileStore>, members: Vec<StemFile>, writer: DuplexStream) -> io::Result<()> {
    let mut archive = ZipFileWriter::new(writer.compat_write());
    for member in members {
        let day = member.asset.created_at;
        let date = ZipDateTimeBuilder::new().year(day.year()).month(day.month()).day(day.day()).build();
        let entry = ZipEntryBuilder::new(member.entry_name.into(), Compression::Stored)
            .last_modification_date(date)
            .unix_permissions(MEMBER_MODE);
        let mut into = archive.write_entry_stream(entry).await.map_err(io::Error::other)?;
        let pieces = files.read(&member.asset.sha256, None).await.map_err(io::Error::other)?;
        let mut pieces = pieces.ok_or_else(|| io::Error::other("the store lacks a stem"))?;
        while let Some(piece) = pieces.next().await {
            into.write_all(&piece.map_err(io::Error::other)?).await?;
        }
        into.close().await.map_err(io::Error::other)?;
    }
    let mut writer = archive.close().await.map_err(io::Error::other)?;
    writer.close().await
}

#[cfg(test)]
mod tests {
    use domain::{
        catalog::entity::{AssetKind, AssetState, asset},
        env::Env,
    };

    use super::*;

    fn member(env: &Env, name: &str, stored: &domain::ports::Stored) -> StemFile {
        let asset = asset::Model {
            id: env.id(),
            studio_id: env.id(),
            kind: AssetKind::Stem,
            state: AssetState::Ready,
            refusal: None,
            sha256: stored.sha256.clone(),
            bytes: stored.bytes.cast_signed(),
            media_type: "audio/wav".to_owned(),
            file_name: name.to_owned(),
            duration_ms: None,
            sample_rate_hz: None,
            channels: None,
            bits_per_sample: None,
            measurement: None,
            created_at: env.now(),
        };
        StemFile { entry_name: name.to_owned(), asset }
    }

    #[tokio::test]
    #[expect(deprecated, reason = "the crate's newer reader cannot read members out of memory yet")]
    async fn what_is_packed_is_unpacked_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let files: Arc<dyn FileStore> = Arc::new(adapters::files::ObjectFiles::local(folder.path()).unwrap());
        let (big, small) = (Bytes::from(vec![7_u8; 3_000_000]), Bytes::from_static(b"snare"));
        let env = Env::system();
        let members = vec![
            member(&env, "01 Drums.wav", &files.put_bytes(big.clone()).await.unwrap()),
            member(&env, "02 Bäss.wav", &files.put_bytes(small.clone()).await.unwrap()),
        ];
        let pieces: Vec<Bytes> =
            zip_stream(files, members).collect::<Vec<_>>().await.into_iter().collect::<Result<_, _>>().unwrap();
        let archive = async_zip::base::read::mem::ZipFileReader::new(pieces.concat()).await.unwrap();
        let names: Vec<_> =
            archive.file().entries().iter().map(|e| e.filename().as_str().unwrap().to_owned()).collect();
        assert_eq!(names, ["01 Drums.wav", "02 Bäss.wav"]);
        for (index, content) in [big, small].iter().enumerate() {
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
        let missing = domain::ports::Stored { sha256: domain::catalog::Sha256::of(b"lost"), bytes: 4 };
        let members = vec![member(&Env::system(), "01 Lost.wav", &missing)];
        let last = zip_stream(files, members).collect::<Vec<_>>().await.pop().unwrap();
        assert!(last.is_err());
    }
}
