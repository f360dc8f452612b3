//! Seals, raised in the background.

use adapters::jobs::JobError;
use bytes::{Bytes, BytesMut};
use domain::{
    catalog::{Sha256, entity::asset},
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
        let outcome = match self.raise(&file).await {
            Ok(outcome) => outcome,
            Err(JobError::Lasting { what, source }) => {
                // Said once, and asked again ever more seldom: a dead letter each time would tell nobody more.
                let cause = source.as_deref().map(|cause| cause as &(dyn std::error::Error + 'static));
                tracing::error!(document = seal.reference, what, error = cause, "a seal cannot be raised");
                let waits_for = Some(format!("it cannot be raised: {what}"));
                RaisedSeal { from: file.id, stored: None, level: seal.level, renew_before: None, waits_for }
            }
            Err(error) => return Err(error),
        };
        tracing::info!(
            document = seal.reference, from = %seal.level, to = %outcome.level, waits_for = outcome.waits_for, "seal looked at"
        );
        let (ctx, tx) = (self.ctx(), services.begin().await?);
        record_raised(&tx, &ctx, id, outcome).await.map_err(refused)?;
        services.commit(tx).await?;
        Ok(())
    }

    async fn raise(&self, file: &asset::Model) -> Result<RaisedSeal, JobError> {
        let services = &self.services;
        let pdf = self.read_whole(&file.sha256).await?;
        let raised = services.seals.raise(pdf.clone(), services.env.now()).await?;
        let stored = if raised.bytes == pdf { None } else { Some(services.files.put_bytes(raised.bytes).await?) };
        Ok(RaisedSeal {
            from: file.id,
            stored,
            level: raised.level,
            renew_before: raised.renew_before,
            waits_for: raised.waits_for,
        })
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
