//! Unpacking an archive of stems.

use std::path::Path;

use adapters::jobs::{Attempt, JobError};
use domain::{
    catalog::{
        NewFile,
        entity::{AssetKind, AssetState},
        find_asset, record_unpacking,
        rules::files,
    },
    ids::AssetId,
};
use tokio::io::AsyncReadExt;

use crate::{
    AudioWorker,
    inspect::Unheard,
    limits,
    listener::{Member, Task, Unpacked},
    refused,
};

impl AudioWorker {
    /// Has an archive unpacked, and makes each stem in it a file of its own, or says why the archive is refused.
    pub(crate) async fn unpack_stems(&self, id: AssetId, attempt: &Attempt) -> Result<(), JobError> {
        let ctx = self.ctx();
        let found = find_asset(&self.services.db, &ctx, id).await.map_err(refused)?;
        let Some(archive) = found.filter(|asset| asset.state == AssetState::Checking) else { return Ok(()) };
        let folder = self.scratch.job().map_err(JobError::passing_from)?;
        let (path, into) = (folder.path().join("archive"), folder.path().join("stems"));
        tokio::fs::create_dir(&into).await.map_err(JobError::passing_from)?;
        self.fetch(&archive.sha256, &path).await?;
        let outcome = match self.listen(Task::Unpack { archive: path, into }, limits::FILE, attempt).await {
            Ok(Unpacked { members }) => self.take_in(members).await?,
            Err(Unheard::Refused(why)) => Err(why),
            Err(Unheard::Job(failure)) => return Err(failure),
        };
        let tx = self.services.begin().await?;
        record_unpacking(&tx, &ctx, id, outcome).await.map_err(refused)?;
        self.services.commit(tx).await?;
        Ok(())
    }

    /// Stores each member; or says which of them is no stem, before anything is stored.
    async fn take_in(&self, members: Vec<Member>) -> Result<Result<Vec<NewFile>, String>, JobError> {
        let mut heads = Vec::with_capacity(members.len());
        for member in &members {
            let head = head(&member.file).await.map_err(JobError::passing_from)?;
            if let Err(refusal) = files::accept(AssetKind::Stem, &member.name, None, &head) {
                return Ok(Err(format!("{} in the ZIP archive is refused: {refusal}", member.name)));
            }
            heads.push(head);
        }
        let mut stems = Vec::with_capacity(members.len());
        for (member, head) in members.into_iter().zip(heads) {
            let stored = self.services.files.put_file(&member.file).await?;
            stems.push(NewFile { kind: AssetKind::Stem, file_name: member.name, declared: None, stored, head });
        }
        Ok(Ok(stems))
    }
}

async fn head(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    tokio::fs::File::open(file).await?.take(files::HEAD_BYTES as u64).read_to_end(&mut head).await?;
    Ok(head)
}
