//! Agreements: typeset with their evidence and sealed once all have signed, and every mail about them.

mod letters;

use std::sync::Arc;

use adapters::jobs::JobError;
use bytes::Bytes;
use domain::{
    agreements::{
        AgreementError,
        commands::{SealedFile, record_code_mailed, record_link_mailed, record_sealed, void_others},
        document::{DocumentChange, DocumentStage},
        entity::{AgreementNotice, agreement},
        queries,
    },
    catalog::{RenderedFile, add_rendered_asset, entity::AssetKind},
    email::EmailAddress,
    identity::entity::studio,
    ids::{AgreementId, JobId, SignerId, SigningLinkId, SigningSessionId},
    ports::{ContractPdf, Mail, SealRequest},
    seals::queries::find_by_reference,
};

use crate::{BackOffice, blocking, letters::Letter, refused};

impl BackOffice {
    /// Mails a signer the link under which they sign.
    pub(crate) async fn mail_signer(&self, job: JobId, id: SigningLinkId) -> Result<(), JobError> {
        let services = &self.services;
        let Some(facts) = queries::find_link_mail(&services.db, id).await? else { return Ok(()) };
        if !facts.is_open(services.env.now()) {
            return Ok(());
        }
        self.require_whole(&facts.agreement).await?;
        let changes = match &facts.compared {
            Some(compared) => self.changes(&compared.before, &compared.after).await?,
            None => None,
        };
        let letter = letters::link(&facts, changes.as_deref(), &facts.url(&services.public_url, &services.links));
        self.post(job, facts.signer.email, &facts.studio, &letter).await?;
        let (ctx, tx) = (self.ctx(), services.begin().await?);
        record_link_mailed(&tx, &ctx, id).await.map_err(refused)?;
        Ok(services.commit(tx).await?)
    }

    /// Mails a signer the code that shows that the mailbox is theirs.
    pub(crate) async fn mail_code(&self, job: JobId, id: SigningSessionId) -> Result<(), JobError> {
        let services = &self.services;
        let found = queries::find_code_mail(&services.db, &services.links, id, services.env.now()).await?;
        let Some(facts) = found else { return Ok(()) };
        self.require_whole(&facts.agreement).await?;
        let letter = letters::code(&facts);
        // Its subject has the code, which is written down nowhere.
        self.services.mailer.send(&mail(job, facts.signer.email, &facts.studio, &letter)?).await?;
        let (ctx, tx) = (self.ctx(), services.begin().await?);
        record_code_mailed(&tx, &ctx, id, facts.number).await.map_err(refused)?;
        Ok(services.commit(tx).await?)
    }

    /// What cannot be noted is not mailed: each attempt would mail it again.
    async fn require_whole(&self, agreement: &agreement::Model) -> Result<(), JobError> {
        match queries::checked_evidence(&self.services.db, agreement).await?.fault {
            None => Ok(()),
            Some(fault) => Err(JobError::lasting_from(AgreementError::Evidence(fault))),
        }
    }

    /// Tells a signer, or the studio, how an agreement stands.
    pub(crate) async fn mail_agreement(
        &self,
        job: JobId,
        id: AgreementId,
        signer: Option<SignerId>,
        what: AgreementNotice,
        by: Option<SignerId>,
    ) -> Result<(), JobError> {
        let services = &self.services;
        let Some(facts) = queries::find_agreement_mail(&services.db, id, signer, what, by).await? else {
            return Ok(());
        };
        if what == AgreementNotice::WithdrawalAsked
            && facts.withdraw_until.is_none_or(|until| until <= services.env.now())
        {
            return Ok(());
        }
        let changes = match &facts.proposal {
            Some(proposal) => self.changes(&proposal.before, &proposal.after).await?,
            None => None,
        };
        let letter = letters::notice(&facts, what, changes.as_deref(), (&services.public_url, &services.links));
        let to = facts.to.as_ref().map_or_else(|| facts.studio.contact_email.clone(), |signer| signer.email.clone());
        self.post(job, to, &facts.studio, &letter).await
    }

    /// What one document says otherwise than another; none if this program cannot tell. The mail goes out all the same.
    async fn changes(&self, before: &str, after: &str) -> Result<Option<Vec<DocumentChange>>, JobError> {
        let documents = Arc::clone(&self.services.agreements);
        let (before, after) = (before.to_owned(), after.to_owned());
        match blocking(move || documents.diff(&before, &after)).await? {
            Ok(changes) => Ok(Some(changes)),
            Err(error) => {
                tracing::warn!(%error, "two versions of an agreement could not be compared");
                Ok(None)
            }
        }
    }

    async fn post(
        &self,
        job: JobId,
        to: EmailAddress,
        studio: &studio::Model,
        letter: &impl Letter,
    ) -> Result<(), JobError> {
        self.deliver(studio.id, &mail(job, to, studio, letter)?).await
    }

    /// Takes back the other sheets of a work whose split is signed.
    pub(crate) async fn void_others(&self, id: AgreementId) -> Result<(), JobError> {
        let voided = void_others(&self.services, id).await.map_err(refused)?;
        tracing::info!(agreement = %id, voided, "other sheets of the work were taken back");
        Ok(())
    }

    /// Typesets an executed agreement with its signatures and evidence, seals it, and keeps the file; its copies are mailed then.
    pub(crate) async fn seal_agreement(&self, id: AgreementId) -> Result<(), JobError> {
        let services = &self.services;
        let found = queries::find_execution(&services.db, &services.public_url, id).await.map_err(refused)?;
        let Some(queries::Executed { agreement, studio, document, text_sha256, execution }) = found else {
            return Ok(());
        };
        if find_by_reference(&services.db, &agreement.reference).await?.is_some() {
            return Ok(());
        }
        let (documents, seals) = (Arc::clone(&services.agreements), Arc::clone(&services.seals));
        let request = SealRequest {
            studio: studio.id,
            studio_name: studio.name,
            reason: format!("{} was signed by all {} parties", agreement.reference, execution.signatures.len()),
            at: services.env.now(),
        };
        let (pdf, sealed) = blocking(move || -> Result<(ContractPdf, Bytes), JobError> {
            let pdf = documents.typeset(&document, DocumentStage::Executed(&execution))?;
            if pdf.text_sha256 != text_sha256 {
                return Err(JobError::lasting(format!(
                    "{} would be sealed with other words than were signed: its text has the SHA-256 {}, signed was {text_sha256}; \
                     seal it with the version of the program in which it was signed",
                    execution.reference, pdf.text_sha256
                )));
            }
            let sealed = seals.seal(pdf.bytes.clone(), &request)?;
            Ok((pdf, sealed))
        })
        .await??;
        tracing::info!(agreement = %agreement.reference, template = %pdf.template_sha256, "agreement typeset and sealed");
        let file = RenderedFile {
            kind: AssetKind::Contract,
            file_name: letters::file_name(&agreement),
            media_type: "application/pdf".to_owned(),
            stored: services.files.put_bytes(sealed).await?,
            facts: None,
        };
        let (ctx, tx) = (self.ctx(), services.begin().await?);
        let file = add_rendered_asset(&tx, &ctx, agreement.studio_id, file).await.map_err(refused)?;
        let sealed = SealedFile {
            file: &file,
            template_sha256: &pdf.template_sha256,
            engine_version: &pdf.engine_version,
            can_raise: services.seals.can_raise(),
        };
        record_sealed(&tx, &ctx, agreement.id, sealed).await.map_err(refused)?;
        Ok(services.commit(tx).await?)
    }
}

/// A letter of a studio as a mail.
fn mail(job: JobId, to: EmailAddress, studio: &studio::Model, letter: &impl Letter) -> Result<Mail, JobError> {
    Ok(Mail {
        job,
        to,
        from_name: studio.name.clone(),
        reply_to: Some(studio.contact_email.clone()),
        subject: letter.subject(),
        text: letter.text().map_err(JobError::lasting_from)?,
        html: letter.html().map_err(JobError::lasting_from)?,
        calendar: None,
    })
}
