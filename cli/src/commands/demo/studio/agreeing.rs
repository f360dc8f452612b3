//! From the first talk to the deposit: client, project, quote, the signed engagement, and each invoice as it is paid.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use domain::env::{Clock, SystemClock};
use serde_json::{Value, json};

use super::{ARTIST, Engagement, PaidInvoice, TITLE};
use crate::{
    client::{AgreementFacts, Commission, Producer, Signer},
    commands::demo::{Walk, agreement::Agreed},
};

/// What is done, and what that costs in cents.
const LINES: [(&str, i64); 3] = [("Recording, one day", 40_000), ("Mix, two rounds", 60_000), ("Masters", 20_000)];

/// What of it is paid ahead, in parts per million.
const DEPOSIT_PPM: i64 = 400_000;

impl Walk {
    /// A studio, a lead, a project, and a quote that is read and accepted by its mailed link.
    pub(super) async fn meet(&mut self) -> Result<Engagement> {
        let began = Instant::now();
        let mut producer = Producer::new(&self.base)?;
        let studio = producer.sign_up("Nova Sound", "EUR").await?;
        producer.confirm_address().await?;
        producer.introduce(&studio, "Lindenstraße 1\n10969 Berlin").await?;
        self.told("studio opened", began, &studio.url);
        self.facts.studio = Some(studio.clone());
        self.facts.login = Some(Producer::LOGIN);

        let began = Instant::now();
        let client = producer.enter_client(&studio, ARTIST.0, ARTIST.1).await?;
        if client.stage != "LEAD" {
            bail!("a new client is a lead, not {}", client.stage);
        }
        let commission = producer.open_record(&studio, &client, TITLE).await?;
        self.told(&format!("{} is a lead; the record “{TITLE}” is planned", ARTIST.0), began, "");

        let began = Instant::now();
        let quote = producer.write_quote(&commission, &LINES, DEPOSIT_PPM).await?;
        producer.send_quote(&quote).await?;
        let mut artist = Signer::new(&self.base, ARTIST.0, ARTIST.1)?;
        let page = artist.wait_for_page("quotes", &[]).await?;
        artist.accept_quote(&page).await?;
        self.told(&format!("quote {} over {} accepted on its page", quote.reference, quote.total), began, &page);
        let commissioned = self.commissioned();
        TITLE.clone_into(&mut commissioned.title);
        commissioned.quote = Some(quote.clone());
        let owner = producer.signer()?;
        Ok(Engagement { producer, studio, client, commission, artist, owner, quote })
    }

    /// The engagement to mix and master, signed by both; quote and project wait for it.
    pub(super) async fn sign_engagement(&mut self, engagement: &mut Engagement) -> Result<()> {
        let Engagement { producer, studio, client, commission, quote, .. } = &*engagement;
        let drafted = producer.draft_agreement(studio, &terms(commission)).await?;
        producer.link_agreement(commission, &drafted).await?;
        producer.name_agreement(quote, &drafted).await?;
        let client = producer.move_client(&client.id, "TALKING", "The quote is accepted").await?;
        self.sign_both(engagement, &drafted, "mix_master").await?;

        let began = Instant::now();
        let producer = &engagement.producer;
        let client = producer.move_client(&client.id, "AGREED", "The engagement is signed").await?;
        producer.activate(&engagement.commission).await?;
        producer.close_stage(&engagement.commission, "IDEATION").await?;
        self.told(&format!("{} is agreed; the project is active", ARTIST.0), began, "");
        engagement.client = client;
        Ok(())
    }

    /// Sends an agreement to client and producer, who sign it from their mails, and keeps the sealed file.
    pub(super) async fn sign_both(
        &mut self,
        engagement: &mut Engagement,
        drafted: &AgreementFacts,
        kind: &str,
    ) -> Result<()> {
        let began = Instant::now();
        let Engagement { producer, artist, owner, commission, .. } = engagement;
        producer.send_agreement(drafted).await?;
        for signer in [&mut *artist, &mut *owner] {
            let link = signer.wait_for_link().await?;
            signer.open(&link).await?;
            signer.sign().await?;
        }
        let (pdf, sealed) = self.keep_sealed(producer, drafted, artist).await?;
        let what = format!("{} {} signed by both and sealed", kind.replace('_', " "), drafted.reference);
        // The signing pages are open in the signers' own browsers alone; the sealed file is for whoever is shown it.
        self.told(&what, began, &sealed.url);
        self.facts.agreements.push(Agreed {
            kind: kind.to_owned(),
            reference: drafted.reference.clone(),
            beat: commission.title.clone(),
            signers: vec![artist.name().to_owned(), owner.name().to_owned()],
            pdf,
            sealed,
        });
        Ok(())
    }

    /// The newest invoice, paid by its mailed link, and its document kept.
    pub(super) async fn collect(&mut self, engagement: &mut Engagement, what: &str) -> Result<()> {
        let began = Instant::now();
        let known: Vec<String> = self.commissioned().invoices.iter().map(|paid| paid.invoice.url.clone()).collect();
        let page = engagement.artist.wait_for_page("invoices", &known).await?;
        engagement.artist.pay_invoice(&page).await?;
        let invoices = engagement.producer.invoices(&engagement.studio, &engagement.commission).await?;
        let invoice = invoices.into_iter().find(|invoice| invoice.url == page);
        let invoice = invoice.with_context(|| format!("no invoice of the project has the page {page}"))?;
        if invoice.state != "PAID" {
            bail!("the invoice {} is {}, and was paid", invoice.reference, invoice.state);
        }
        let pdf = self.kept().join(format!("{}.pdf", invoice.reference));
        engagement.artist.save(&format!("{page}/invoice.pdf"), &pdf).await?;
        self.told(&format!("{what} {} of {} paid", invoice.reference, invoice.total), began, &page);
        self.commissioned().invoices.push(PaidInvoice { invoice, pdf });
        Ok(())
    }
}

/// What both sign: the engagement to mix and master the song, for what the quote asks.
fn terms(commission: &Commission) -> Value {
    let fee: i64 = LINES.iter().map(|(_, minor)| minor).sum();
    json!({
        "language": "en",
        "dated": SystemClock.now().date_naive().to_string(),
        "title": format!("Recording, mixing and mastering of {}", commission.title),
        "parties": [
            { "name": "Nova Reyes", "email": Producer::LOGIN.email, "role": "engineer" },
            { "name": ARTIST.0, "email": ARTIST.1, "role": "client" },
        ],
        "terms": {
            "template": "mix_master",
            "songs": [commission.title],
            "services": "mix_and_master",
            "fee": { "minor_units": fee, "currency": "EUR", "decimals": 2 },
            "deposit_ppm": DEPOSIT_PPM,
            "formats": ["WAV, 24 bit", "WAV, 16 bit, 44.1 kHz", "MP3, 320 kbit/s"],
            "ownership": { "master": [{ "party": 1, "share_ppm": 1_000_000 }] },
        },
        "general": {
            "payment_terms": { "due_days": 14 },
            "term": { "kind": "perpetual" },
            "territory": "the whole world",
            "governing_law": "Germany",
            "revision_limit": { "rounds": 2 },
        },
    })
}
