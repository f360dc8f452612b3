//! The walk's step about shares: a split sheet between four people, one of whom proposes others, signed from their mails.

use std::{path::PathBuf, time::Instant};

use anyhow::{Context, Result, bail};
use documents::seal::{self, Options, Verdict};
use domain::env::{Clock, SystemClock};
use serde::Serialize;

use super::{Walk, short};
use crate::client::{AgreementFacts, Beat, Producer, SealedAgreement, Signer, Studio, split_sheet};

/// The one who proposes other shares, and what: fields of the form.
const COUNTER: [(&str, &str); 4] =
    [("composition.0", "35"), ("composition.2", "25"), ("master.0", "35"), ("master.2", "25")];

/// An agreement as the facts tell it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Agreed {
    pub(super) kind: String,
    pub(super) reference: String,
    /// The title of the beat, or of the song, that it is about.
    pub(super) beat: String,
    /// Who signed.
    pub(super) signers: Vec<String>,
    pub(super) pdf: PathBuf,
    #[serde(flatten)]
    pub(super) sealed: SealedAgreement,
}

impl Walk {
    /// From the draft to the sealed file.
    pub(super) async fn agree(&mut self, producer: &Producer, studio: &Studio, beat: &Beat) -> Result<()> {
        let began = Instant::now();
        let document = split_sheet::among_four(producer.split_sheet_draft(beat).await?);
        let drafted = producer.draft_agreement(studio, &document).await?;
        producer.confirm_address().await?;
        producer.send_agreement(&drafted).await?;
        let mut signers = Vec::with_capacity(split_sheet::FOUR.len());
        for (name, email) in split_sheet::FOUR {
            let mut signer = Signer::new(&self.base, name, email)?;
            let link = signer.wait_for_link().await?;
            signers.push((signer, link));
        }
        let what = format!("split sheet of “{}” sent to four people", short(&beat.title));
        self.told(&what, began, &signers[0].1);

        let began = Instant::now();
        for place in [1, 3] {
            let (signer, link) = &mut signers[place];
            signer.open(link).await?;
            signer.sign().await?;
        }
        let (proposer, link) = &mut signers[2];
        proposer.open(link).await?;
        let sent = proposer.counter(&COUNTER, "I wrote the bridge, too.").await?;
        if !sent.status.is_redirection() {
            bail!("the proposal was answered with {}: {}", sent.status, sent.text);
        }
        let countered = producer.agreement(&drafted.id).await?;
        self.told("  two signed, one proposed other shares", began, "");

        let began = Instant::now();
        producer.accept_counter(&countered).await?;
        let first = &mut signers[0].0;
        // What changed was mailed with another link; the first one is void.
        let link = first.wait_for_link().await?;
        first.open(&link).await?;
        first.sign().await?;
        signers[2].0.sign().await?;
        self.told("  accepted; those whose shares changed signed, no one else", began, "");

        let began = Instant::now();
        let (pdf, sealed) = self.keep_sealed(producer, &drafted, &signers[1].0).await?;
        let what = format!("  executed, sealed ({}), verified by itself", sealed.level);
        self.told(&what, began, &sealed.url);
        self.facts.agreements.push(Agreed {
            kind: "split_sheet".to_owned(),
            reference: drafted.reference,
            beat: beat.title.clone(),
            signers: split_sheet::FOUR.map(|(name, _)| name.to_owned()).into(),
            pdf,
            sealed,
        });
        Ok(())
    }

    /// Waits for the seal, downloads the sealed file as one of its signers does, and verifies it by itself.
    pub(super) async fn keep_sealed(
        &self,
        producer: &Producer,
        drafted: &AgreementFacts,
        signer: &Signer,
    ) -> Result<(PathBuf, SealedAgreement)> {
        let sealed = producer.wait_for_seal(drafted).await?;
        let pdf = self.folder.join("downloads").join(format!("{}.pdf", drafted.reference));
        tokio::fs::create_dir_all(pdf.parent().context("a folder")?).await?;
        signer.download_sealed(&pdf).await?;
        let report = seal::verify(&tokio::fs::read(&pdf).await?, &Options::default().at(SystemClock.now()));
        if report.verdict == Verdict::Refused || report.sha256 != sealed.sha256 {
            bail!("the sealed agreement does not verify: {:?}", report.findings);
        }
        Ok((pdf, sealed))
    }

    /// That the first sale was divided by the signed shares.
    pub(super) async fn check_split(&self, producer: &Producer, studio: &Studio) -> Result<()> {
        let began = Instant::now();
        let (Some(sale), Some(agreed)) = (self.facts.sales.first(), self.facts.agreements.first()) else {
            bail!("nothing was sold, or nothing was agreed");
        };
        let journal = producer.sale_journal(studio, &sale.reference).await?;
        if journal.basis != [agreed.sealed.text_sha256.as_str()] {
            bail!("the sale {} names {:?}, not the agreement {}", sale.reference, journal.basis, agreed.reference);
        }
        split_sheet::check_parts(&journal)?;
        let what = format!("the sale was split by {}, whose hash the journal names", agreed.reference);
        self.told(&what, began, "");
        for (name, minor) in &journal.payees {
            self.say(&format!("      {name:<36} {minor:>16}"));
        }
        Ok(())
    }
}
