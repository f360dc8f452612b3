//! `ledgerline demo --studio`: a song for a client, from the first talk to the masters that are paid and delivered; each of its people at the doors that are
//! theirs, the studio over the API, the client over mailed links and pages.

mod agreeing;
mod closing;
mod mixing;
mod recording;

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use super::Walk;
use crate::client::{
    BookingFacts, ClientFacts, Commission, CreditFacts, InvoiceFacts, MixFacts, Producer, QuoteFacts, Signer, Studio,
};

/// Whose song it is.
const ARTIST: (&str, &str) = ("Mara Lindqvist", "mara@example.com");

/// Who plays the bass on it.
const BASSIST: (&str, &str) = ("Jonas Weber", "jonas@example.com");

const TITLE: &str = "Night Bus";

/// A commission as the facts tell it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Commissioned {
    title: String,
    client: Option<ClientFacts>,
    quote: Option<QuoteFacts>,
    bookings: Vec<BookingFacts>,
    /// The calendar with both.
    calendar: Option<PathBuf>,
    credits: Vec<CreditFacts>,
    /// Why a stem was not taken at first.
    stem_refused: String,
    stems: Vec<String>,
    mixes: Vec<MixFacts>,
    /// What the client wants changed, for a DAW.
    markers: Option<PathBuf>,
    /// How each round of the review ended.
    rounds: Vec<String>,
    /// What the client was told who wanted the masters before the balance was paid.
    masters_refused: String,
    masters: Vec<DeliveredMaster>,
    /// What was measured of them.
    quality_report: Option<PathBuf>,
    invoices: Vec<PaidInvoice>,
    /// The recording information of the session.
    rin: Option<PathBuf>,
    /// Where the project stands in the end, in the API's word.
    state: String,
    /// The page of the studio's portfolio as it was shown.
    portfolio: Option<PathBuf>,
}

/// An invoice and its document.
#[derive(Debug, Serialize)]
struct PaidInvoice {
    #[serde(flatten)]
    invoice: InvoiceFacts,
    pdf: PathBuf,
}

/// A master as the client has it.
#[derive(Debug, Serialize)]
struct DeliveredMaster {
    profile: String,
    path: PathBuf,
    bytes: u64,
    /// As it was told and as it is.
    sha256: String,
    /// Whether it passed its quality control; a loud profile may ask more of a song than it gives.
    passed: bool,
}

/// Whom and what the commission is about.
struct Engagement {
    producer: Producer,
    studio: Studio,
    client: ClientFacts,
    commission: Commission,
    /// The client at their browser.
    artist: Signer,
    /// The producer at theirs.
    owner: Signer,
    quote: QuoteFacts,
}

impl Walk {
    /// From lead to paid and delivered.
    pub(super) async fn through_studio(&mut self) -> Result<()> {
        self.say(&format!("Ledgerline, one commission from lead to masters, at {}\n", self.base));
        tokio::fs::create_dir_all(self.kept()).await?;
        let mut engagement = self.meet().await?;
        self.sign_engagement(&mut engagement).await?;
        self.collect(&mut engagement, "deposit").await?;
        let session = self.record(&engagement).await?;
        let stems = self.take_stems(&engagement).await?;
        self.mix_and_review(&mut engagement, &stems).await?;
        self.refuse_unpaid(&engagement).await?;
        engagement.producer.invoice_balance(&engagement.quote).await?;
        self.collect(&mut engagement, "balance").await?;
        self.deliver_masters(&mut engagement).await?;
        self.settle_rights(&mut engagement, &session).await?;
        self.close(&engagement).await?;
        self.show(&engagement).await?;
        self.say(&format!("\n  mailbox    {}/mailbox\n  files      {}", self.base, self.kept().display()));
        Ok(())
    }

    /// Where the files of the commission are kept.
    fn kept(&self) -> PathBuf {
        self.folder.join("commission")
    }

    fn commissioned(&mut self) -> &mut Commissioned {
        self.facts.commission.get_or_insert_default()
    }
}
