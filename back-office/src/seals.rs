//! Seals, raised in the background.

use adapters::jobs::JobError;
use bytes::{Bytes, BytesMut};
use domain::{
    catalog::Sha256,
    ids::SealId,
    seals::{
        commands::{RaisedSeal, record_raised},
        queries,
    },
};
use futures::TryStreamExt;

use crate::{BackOffice, refused};

impl BackOffice {
    /// Raises a document's seal as far as the timestamp authority allows, and keeps the revision. An authority that fails is no failure of the
    /// job: the seal says what it waits for, and comes round again.
    pub(crate) async fn raise_seal(&self, id: SealId) -> Result<(), JobError> {
        let services = &self.services;
        let Some((seal, file)) = queries::find(&services.db, id).await? else { return Ok(()) };
        if !services.seals.can_raise() {
            return Ok(());
        }
        let pdf = self.read_whole(&file.sha256).await?;
        let raised = services.seals.raise(pdf.clone(), services.env.now()).await?;
        tracing::info!(
            document = seal.reference, from = %seal.level, to = %raised.level, waits_for = raised.waits_for, "seal raised"
        );
        let stored = if raised.bytes == pdf { None } else { Some(services.files.put_bytes(raised.bytes).await?) };
        let outcome = RaisedSeal {
            from: file.id,
            stored,
            level: raised.level,
            renew_before: raised.renew_before,
            waits_for: raised.waits_for,
        };
        let (ctx, tx) = (self.ctx(), services.begin().await?);
        record_raised(&tx, &ctx, id, outcome).await.map_err(refused)?;
        services.commit(tx).await?;
        Ok(())
    }

    /// A stored document's bytes.
    pub(crate) async fn read_whole(&self, sha256: &Sha256) -> Result<Bytes, JobError> {
        let stream = self.services.files.read(sha256, None).await?;
        let stream = stream.ok_or_else(|| JobError::lasting("the document's file is gone from the store"))?;
        let bytes = stream.try_fold(BytesMut::new(), |mut all, piece| async move {
            all.extend_from_slice(&piece);
            Ok(all)
        });
        Ok(bytes.await?.freeze())
    }
}
