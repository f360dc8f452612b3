//! The ports: what the domain asks of the outside world. `adapters` implements them; nothing in this crate reaches through them inside a
//! transaction.

pub mod gateway;

use std::{ops::Range, path::Path, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use serde_json::{Map, Value};
use url::Url;

use crate::{
    agreements::document::{DocumentChange, DocumentProblem, DocumentStage, Reading, Template, TemplateFacts},
    catalog::{Sha256, card::Card},
    email::EmailAddress,
    env::Instant,
    ids::{JobId, StudioId, UploadId},
    invoices::queries::InvoiceDocument,
    licensing::contract::{Acceptance, ClaimRelease, Contract},
    mixes::document::{MixProblem, MixReading},
    report::{Explain, Report, is_without_room},
    royalties::queries::payees::{LetterOfDirection, StatementDocument},
    sales::receipt::Receipt,
    seals::entity::SealLevel,
};

pub use gateway::{
    AccountRequest, Capture, Checkout, CheckoutRequest, CheckoutState, DisputeEvidence, DisputeStanding, EventError,
    EventPage, GatewayDispute, GatewayError, GatewayEvent, GatewayPayment, GatewayRefund, IdempotencyKey, PayeeAccount,
    PaymentGateway, PaymentStanding, RefundStanding, Transfer, TransferRequest,
};
pub use interchange::ical::Method as CalendarMethod;

/// Something outside failed. The cause is the `source`, for the log alone.
#[derive(Debug, thiserror::Error)]
#[error("{what} failed")]
pub struct PortError {
    /// What was attempted, such as `writing a file to the store`.
    pub what: &'static str,
    /// Whether trying the very same again can help.
    pub transient: bool,
    /// The cause.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl PortError {
    /// A failure that may pass by itself.
    pub fn transient(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { what, transient: true, source: source.into() }
    }

    /// A failure that will stay.
    pub fn lasting(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { what, transient: false, source: source.into() }
    }
}

impl Explain for PortError {
    fn explain(&self) -> Report {
        if is_without_room(self) {
            Report::no_room()
        } else if self.transient {
            Report::unavailable()
        } else {
            Report::internal()
        }
    }
}

/// What the store says of a file it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The content's address.
    pub sha256: Sha256,
    /// Its length in bytes.
    pub bytes: u64,
}

/// A stored file's bytes, in pieces.
pub type FileStream = BoxStream<'static, Result<Bytes, PortError>>;

/// How a file is shown that the store gives out itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presentation<'a> {
    /// Its media type.
    pub media_type: &'a str,
    /// Its `Content-Disposition`.
    pub disposition: &'a str,
}

/// A file that is sent straight to the store, in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incoming<'a> {
    /// The upload that it is.
    pub upload: UploadId,
    /// The name by which the store knows its parts.
    pub multipart: &'a str,
}

/// A part of such a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which it is; the first is 0.
    pub index: usize,
    /// Its length in bytes.
    pub bytes: u64,
}

/// Where a store takes files in itself, part by part, from whoever was given an address for each. What has come lies apart from the files until it is kept: nobody
/// reads it before, and no address leads to a file that is there.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Begins a file; gives the name by which the store knows its parts. None if it has to go through this program: an address that the store signs would be
    /// good for more than its part, or it cannot be said whether it would.
    async fn begin(&self, upload: UploadId) -> Result<Option<String>, PortError>;
    /// An address that the store has signed, at which whoever has it can `PUT` this part, of exactly that length, for so long.
    async fn address(&self, file: Incoming<'_>, part: Part, life: Duration) -> Result<Url, PortError>;
    /// Sends a part from here; gives the store's tag of it, or none if the store no longer knows the file.
    async fn put(&self, file: Incoming<'_>, index: usize, bytes: Bytes) -> Result<Option<String>, PortError>;
    /// Joins the parts, of which the store gave these tags; from then on none can be sent. False if the store no longer knows the file, or has other
    /// parts of it. Joining twice is joining once.
    async fn join(&self, file: Incoming<'_>, tags: &[String]) -> Result<bool, PortError>;
    /// Reads what was joined.
    async fn read(&self, file: Incoming<'_>) -> Result<FileStream, PortError>;
    /// Makes a file of the store of what was joined, as which it was read; one that is there already stays as it is.
    async fn keep(&self, file: Incoming<'_>, stored: &Stored) -> Result<(), PortError>;
    /// Removes the parts of a file that nobody else knows by this name; what was joined by another stays.
    async fn abandon(&self, file: Incoming<'_>) -> Result<(), PortError>;
    /// Removes what has come, joined or not; what was kept stays.
    async fn discard(&self, file: Incoming<'_>) -> Result<(), PortError>;
}

/// Content-addressed files: the address is the SHA-256, so nothing is ever overwritten and storing twice is storing once.
#[async_trait]
pub trait FileStore: Send + Sync {
    /// Stores the contents of a local file, which stays where it is.
    async fn put_file(&self, path: &Path) -> Result<Stored, PortError>;
    /// Stores a few bytes.
    async fn put_bytes(&self, bytes: Bytes) -> Result<Stored, PortError>;
    /// Reads a range of a file (`None`: all of it), or says that there is no such file.
    async fn read(&self, sha256: &Sha256, range: Option<Range<u64>>) -> Result<Option<FileStream>, PortError>;
    /// Opens a file where it lies, as it lies: none if there is no such file, or if it lies elsewhere than on this machine.
    async fn open(&self, _: &Sha256) -> Result<Option<std::fs::File>, PortError> {
        Ok(None)
    }
    /// Copies a file to a local path for a program that needs one; false if there is no such file.
    async fn fetch(&self, sha256: &Sha256, to: &Path) -> Result<bool, PortError>;
    /// Whether the file is there.
    async fn exists(&self, sha256: &Sha256) -> Result<bool, PortError>;
    /// An address that the store has signed, at which whoever has it gets this file from the store itself for so long: none if files go through this
    /// program alone. Whether the file is there is not looked up.
    async fn presign(&self, _: &Sha256, _: Duration, _: Presentation<'_>) -> Result<Option<Url>, PortError> {
        Ok(None)
    }
    /// The origin of such addresses, such as `https://s3.example`.
    fn presigned_origin(&self) -> Option<&str> {
        None
    }
    /// Where the store takes files in itself; none if they go through this program alone.
    fn inbox(&self) -> Option<&dyn Inbox> {
        None
    }
}

/// What a mail says to the reader's calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailCalendar {
    /// What is asked of the calendar: an invitation, or its end. None of a file that is only attached, to be taken into a calendar by hand.
    pub method: Option<CalendarMethod>,
    /// The file's name.
    pub file_name: String,
    /// The calendar, as iCalendar has it.
    pub text: String,
}

/// A mail, typeset and ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The job that sends it; becomes the Message-ID, so that a repeated send can be told from a second mail.
    pub job: JobId,
    /// To whom.
    pub to: EmailAddress,
    /// The studio's name, shown as the sender's.
    pub from_name: String,
    /// Where answers go.
    pub reply_to: Option<EmailAddress>,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// What it says to a calendar.
    pub calendar: Option<MailCalendar>,
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail over. Sending the same job twice may deliver twice; the caller keeps count.
    async fn send(&self, mail: &Mail) -> Result<(), PortError>;
}

/// A typeset contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractPdf {
    /// The PDF.
    pub bytes: Bytes,
    /// SHA-256 of the template it was made from.
    pub template_sha256: Sha256,
    /// SHA-256 of the text that it shows, the same in every rendering.
    pub text_sha256: Sha256,
    /// The typesetter's version.
    pub engine_version: String,
}

/// Typesets licence contracts, receipts of what was paid for them, invoices, and payees' statements; and the pictures of shared links. One text: what is read before paying is what is signed and sealed.
pub trait Contracts: Send + Sync {
    /// The signed contract as a PDF, with its data and its acceptance in it. Slow enough to be called from a blocking thread.
    fn typeset(&self, contract: &Contract, acceptance: &Acceptance) -> Result<ContractPdf, PortError>;
    /// SHA-256 of a contract's text as an offer, whether it was sold or not: nothing that a sale adds is in it.
    fn offer_sha256(&self, contract: &Contract) -> Result<Sha256, PortError>;
    /// The contract as it reads before paying, the buyer still to be named: an HTML fragment, escaped.
    fn preview_html(&self, contract: &Contract) -> Result<String, PortError>;
    /// What answers a claim on the licensee's song: the signed contract's facts, its clause about it, and a text that is true at that time.
    fn claim_release(&self, contract: &Contract, verify_url: &str, now: Instant) -> Result<ClaimRelease, PortError>;
    /// The certificate of a signed contract as a PDF of one page. Slow enough to be called from a blocking thread.
    fn certificate(&self, contract: &Contract, verify_url: &str) -> Result<Bytes, PortError>;
    /// The buyer's receipt of an order as a PDF. Slow enough to be called from a blocking thread.
    fn receipt(&self, receipt: &Receipt) -> Result<Bytes, PortError>;
    /// An invoice or a credit note as a PDF; the same each time. Slow enough to be called from a blocking thread.
    fn invoice(&self, invoice: &InvoiceDocument) -> Result<Bytes, PortError>;
    /// A payee's statement of royalties as a PDF; the same each time. Slow enough to be called from a blocking thread.
    fn royalty_statement(&self, statement: &StatementDocument) -> Result<Bytes, PortError>;
    /// A letter of direction as a PDF, to be signed; the same each time. Slow enough to be called from a blocking thread.
    fn letter_of_direction(&self, letter: &LetterOfDirection) -> Result<Bytes, PortError>;
    /// SHA-256 over all that decides how the picture of a shared link looks; told without painting it.
    fn card_sha256(&self, card: &Card) -> Result<Sha256, PortError>;
    /// The picture of a shared link as a PNG of [`SIZE`](crate::catalog::card::SIZE); the same each time. Slow enough to be called from a blocking thread.
    fn card(&self, card: &Card) -> Result<Bytes, PortError>;
}

/// Reads, shows, compares and typesets agreements. One text: what is shown is what is signed and sealed. All of it is pure.
pub trait AgreementDocuments: Send + Sync {
    /// Reads a document, or names everything in it that cannot stand.
    fn read(&self, json: &str) -> Result<Reading, Vec<DocumentProblem>>;
    /// The characters of a text that documents cannot show, each once, in their order: they would be printed as code points. None in white space.
    fn illegible(&self, text: &str) -> Vec<char>;
    /// What a template is called and which clauses it has, as far as that can be told without a document.
    fn template(&self, template: Template) -> Result<TemplateFacts, PortError>;
    /// Reads what a studio changes in a template's clauses, or names everything in it that cannot stand, by a path such as `clauses.off[0]`. Gives
    /// it without what changes nothing.
    fn read_edits(&self, template: Template, json: &str) -> Result<Map<String, Value>, Vec<DocumentProblem>>;
    /// The document as it reads: an HTML fragment, escaped, a plain-language summary beside each clause.
    fn html(&self, json: &str) -> Result<String, PortError>;
    /// What one document says that the other does not.
    fn diff(&self, before: &str, after: &str) -> Result<Vec<DocumentChange>, PortError>;
    /// The document as a PDF. Slow enough to be called from a blocking thread.
    fn typeset(&self, json: &str, stage: DocumentStage<'_>) -> Result<ContractPdf, PortError>;
}

/// Reads and compares mix documents, which are the audio engine's own. All of it is pure.
pub trait MixDocuments: Send + Sync {
    /// Reads a document, or names what in it cannot stand.
    fn read(&self, json: &str) -> Result<MixReading, MixProblem>;
    /// What one document changes of the other, a sentence each; none if they sound alike.
    fn changes(&self, before: &str, after: &str) -> Result<Vec<String>, PortError>;
}

/// Whose seal goes onto a document, and what it states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealRequest {
    /// The studio that seals.
    pub studio: StudioId,
    /// Its name, as the certificate names it.
    pub studio_name: String,
    /// Why, such as `Accepted at checkout`.
    pub reason: String,
    /// When, by our clock; only a timestamp proves it.
    pub at: Instant,
}

/// How far a seal was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// The file; the one that was given where nothing could be added.
    pub bytes: Bytes,
    /// The level that it has.
    pub level: SealLevel,
    /// Before when it is to be raised again, lest its last certificate lapse; none while nothing can be added.
    pub renew_before: Option<Instant>,
    /// What keeps it from a higher level, a sentence: the timestamp is pending. None if it is as high as it gets here.
    pub waits_for: Option<String>,
}

/// Seals documents. Sealing is done at once and offline; raising asks a timestamp authority, and never takes the local clock for its answer.
#[async_trait]
pub trait Seals: Send + Sync {
    /// Seals a finished PDF at level B-B. Slow enough to be called from a blocking thread.
    fn seal(&self, pdf: Bytes, request: &SealRequest) -> Result<Bytes, PortError>;
    /// Raises a sealed PDF as far as the timestamp authority allows, or renews it where its time has come. An authority that fails is no
    /// failure of this: what came of it stands in the answer.
    async fn raise(&self, pdf: Bytes, now: Instant) -> Result<Raised, PortError>;
    /// Whether there is a timestamp authority to ask.
    fn can_raise(&self) -> bool;
    /// The root certificates as PEM that this installation's seals lead to: what people who verify compare and install.
    fn authority_pem(&self) -> String;
    /// The certificates as PEM by which a seal is known as one of this installation's. Others than the roots where those certify the world.
    fn own_pem(&self) -> String {
        self.authority_pem()
    }
    /// The root certificates as PEM that its timestamps must lead to, where the operator named them.
    fn timestamp_authority_pem(&self) -> Option<String>;
}

/// Asks the domain name system.
#[async_trait]
pub trait Dns: Send + Sync {
    /// The texts of a name's TXT records as they stand now, each joined of its pieces; none if it has none, or if there is no such name.
    async fn texts(&self, name: &str) -> Result<Vec<String>, PortError>;
}

/// What a scanner says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanned {
    /// Nothing was found.
    Clean,
    /// Malware, as the scanner calls it.
    Infected(String),
    /// The scanner takes no file of that length, or has not looked through all that is in it.
    TooLong,
}

/// Looks for malware.
#[async_trait]
pub trait Scanner: Send + Sync {
    /// What is found in a file of this machine.
    async fn scan(&self, file: &Path) -> Result<Scanned, PortError>;
}

/// A message for an address outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookMessage {
    /// The address, whole.
    pub url: String,
    /// What stands in its headers beside what every message has.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON text.
    pub body: String,
}

/// What was answered to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The status.
    pub status: u16,
    /// How the answer begins.
    pub body: Bytes,
}

/// Why there is no answer, as the receiver's people read it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WebhookFault(pub String);

/// How sending a message went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookReply {
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// What was answered, whatever it says.
    pub outcome: Result<WebhookAnswer, WebhookFault>,
}

/// Sends messages to addresses that studios name. It speaks to public machines alone, unless the operator lets it reach the own network; what an answer leads to
/// is not followed.
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// Whether messages may be sent to an address, as far as that can be told now, within seconds: of a name that leads nowhere yet nothing can. It is looked at
    /// again with each message.
    async fn may_reach(&self, url: &str) -> bool;

    /// Posts a message once, and ends within seconds.
    async fn post(&self, message: &WebhookMessage) -> WebhookReply;
}

/// Wakes whoever hands jobs to the queue.
pub trait Wake: Send + Sync {
    /// Jobs may have been written. Never blocks; waking twice is waking once.
    fn jobs_written(&self);
}
