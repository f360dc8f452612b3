//! Licence contracts: typeset, and sealed at once.

use std::sync::Arc;

use adapters::jobs::JobError;
use domain::{
    catalog::{RenderedFile, add_rendered_asset, entity::AssetKind},
    delivery::{commands::record_contract, queries::find_waiting_contract},
    ids::LicenceId,
    licensing,
    ports::{PortError, SealRequest},
    sales::queries::acceptance,
    seals::{
        commands::{SealedDocument, record_sealed},
        entity::SealedKind,
    },
    stages::Stage,
};

use crate::{BackOffice, blocking, refused};

impl BackOffice {
    /// Typesets and seals a licence's contract, stores it, and makes ready what waits for it.
    pub(crate) async fn typeset_contract(&self, id: LicenceId) -> Result<(), JobError> {
        let db = &self.services.db;
        let Some((licence, waiting)) = find_waiting_contract(db, id).await? else { return Ok(()) };
        let facts = licensing::queries::contract(db, id).await?;
        let facts = facts.ok_or_else(|| JobError::lasting("the licence's beat has lost its source"))?;
        let accepted = acceptance(db, &licence).await?;
        let accepted = accepted.ok_or_else(|| JobError::lasting("the licence's order is not known"))?;
        let reference = licence.reference.clone();
        let (contracts, seals) = (Arc::clone(&self.services.contracts), Arc::clone(&self.services.seals));
        let request = SealRequest {
            studio: licence.studio_id,
            studio_name: facts.licensor.name.clone(),
            reason: format!("Licence {} was accepted at checkout", licence.reference),
            at: self.services.env.now(),
        };
        let (pdf, sealed) = blocking(move || {
            // What the sale adds apart, these are the words that were offered. What has changed since, such as leases granted meanwhile, is sealed
            // as it is now, and the file tells both.
            let offered = contracts.offer_sha256(&facts)?;
            if accepted.shown_text_sha256.as_ref() != Some(&offered) {
                tracing::warn!(licence = %reference, %offered, "a contract is sealed with other words than were offered");
            }
            let pdf = contracts.typeset(&facts, &accepted)?;
            let sealed = seals.seal(pdf.bytes.clone(), &request)?;
            Ok::<_, PortError>((pdf, sealed))
        })
        .await??;
        tracing::info!(
            licence = %licence.reference, template = %pdf.template_sha256, engine = pdf.engine_version,
            "contract typeset and sealed"
        );
        let stored = self.services.files.put_bytes(sealed).await?;
        self.services.env.reach(Stage::ContractStored);
        let file = RenderedFile {
            kind: AssetKind::Contract,
            file_name: waiting.file_name,
            media_type: "application/pdf".to_owned(),
            stored,
            facts: None,
        };
        let (ctx, tx) = (self.ctx(), self.services.begin().await?);
        let asset = add_rendered_asset(&tx, &ctx, licence.studio_id, file).await.map_err(refused)?;
        record_contract(&tx, &ctx, &licence, asset.id).await?;
        let document = SealedDocument {
            kind: SealedKind::Licence,
            reference: &licence.reference,
            file: &asset,
            template_sha256: &pdf.template_sha256,
            engine_version: &pdf.engine_version,
            can_raise: self.services.seals.can_raise(),
        };
        record_sealed(&tx, &ctx, document).await?;
        self.services.commit(tx).await?;
        self.services.env.reach(Stage::ContractRecorded);
        Ok(())
    }
}
