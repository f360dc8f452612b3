//! Why a party is refused.

use super::{
    details::{MAX_NOTE_CHARS, MAX_TAX_CHARS},
    rules::MAX_NAME_CHARS,
};
use crate::{
    catalog::rules::texts::{LabelRefusal, MAX_LABEL_CHARS, MAX_LABELS},
    email::EmailError,
    identifiers::IdentifierError,
    ids::PartyId,
    ledger::LedgerError,
    money::Money,
    payouts::entity::PayoutState,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why a party is refused.
#[derive(Debug, thiserror::Error)]
pub enum PartyError {
    /// The caller may not.
    #[error("not allowed")]
    Denied(#[from] Denied),
    /// The database failed.
    #[error("the parties could not be read or written")]
    Store(#[from] StoreError),
    /// No such party in this studio.
    #[error("there is no such party")]
    NotFound,
    /// The name is empty, too long, or holds control characters.
    #[error("a name has 1 to {MAX_NAME_CHARS} characters")]
    Name {
        /// The field.
        field: &'static str,
    },
    /// The address is none.
    #[error("the address is refused")]
    Email(#[source] EmailError),
    /// An identifier's form or check digit is wrong.
    #[error("{problem}")]
    Identifier {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        problem: IdentifierError,
    },
    /// The party was merged into another.
    #[error("this party was merged into {into}")]
    Merged {
        /// Who took its place.
        into: PartyId,
    },
    /// The party was erased.
    #[error("this party was erased, and nothing is written down of it any more")]
    Erased,
    /// A text of one line is too long, shows nothing, or holds control characters.
    #[error("this has at most {max} characters, none of them a control character")]
    Text {
        /// The field.
        field: &'static str,
        /// The most characters.
        max: usize,
    },
    /// Not a country.
    #[error("a country has the two letters of ISO 3166-1, such as DE or US")]
    Country {
        /// The field.
        field: &'static str,
    },
    /// A publisher's number without the publisher.
    #[error("an IPI name number of a publisher needs the publisher's name")]
    NoPublisher,
    /// More of something than a party may have.
    #[error("there are at most {max}")]
    TooMany {
        /// The field.
        field: &'static str,
        /// The most.
        max: usize,
    },
    /// A contact cannot be reached as it is written.
    #[error("{problem}")]
    Contact {
        /// Its place, from 0.
        place: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A link leads nowhere, or elsewhere than it says.
    #[error("{problem}")]
    Link {
        /// Its place, from 0.
        place: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Tags are too many, or one is too long.
    #[error("a party has at most {MAX_LABELS} tags of at most {MAX_LABEL_CHARS} characters")]
    Tags(LabelRefusal),
    /// Not a tax number.
    #[error("a tax number has letters, digits and signs between them, at most {MAX_TAX_CHARS}, and at least one digit")]
    TaxId,
    /// A note says nothing, or too much.
    #[error("a note has 1 to {MAX_NOTE_CHARS} characters")]
    NoteWords,
    /// No such note.
    #[error("there is no such note")]
    NoNote,
    /// Somebody else wrote the note.
    #[error("somebody else wrote this note")]
    NotAuthor,
}

crate::from_db_err!(PartyError);

impl Explain for PartyError {
    fn explain(&self) -> Report {
        let invalid = |code| Report::new(Kind::Invalid, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Store(broken) => broken.explain(),
            Self::NotFound | Self::NoNote => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field("id"),
            Self::Name { field } => invalid("BAD_NAME").field(*field).remedy("give a name without control characters"),
            Self::Email(problem) => Report::new(Kind::Invalid, "BAD_EMAIL", problem.to_string())
                .field("email")
                .remedy("correct the address"),
            Self::Identifier { field, .. } => {
                invalid("BAD_IDENTIFIER").field(*field).remedy("correct it, or leave it out")
            }
            Self::Merged { into } => Report::new(Kind::Conflict, "MERGED", self.to_string())
                .field("party")
                .remedy(format!("go on with {into}")),
            Self::Erased => Report::new(Kind::Conflict, "ERASED", self.to_string())
                .field("party")
                .remedy("enter the party anew, if they come back"),
            Self::Text { field, .. } => invalid("BAD_TEXT").field(*field).remedy("shorten it, or leave it out"),
            Self::Country { field } => invalid("BAD_COUNTRY").field(*field).remedy("send the two letters of a country"),
            Self::NoPublisher => invalid("NO_PUBLISHER").field("publisher").remedy("name the publisher, too"),
            Self::TooMany { field, .. } => invalid("TOO_MANY").field(*field).remedy("leave some out"),
            Self::Contact { place, .. } => {
                invalid("BAD_CONTACT").field(format!("contacts.{place}.value")).remedy("correct it, or leave it out")
            }
            Self::Link { place, .. } => invalid("BAD_LINK")
                .field(format!("links.{place}.url"))
                .remedy("send the https address of the page, and leave the kind out"),
            Self::Tags(LabelRefusal::TooMany) => invalid("TOO_MANY").field("tags").remedy("leave some out"),
            Self::Tags(LabelRefusal::TooLong { place }) => {
                invalid("BAD_TEXT").field(format!("tags.{place}")).remedy("shorten it")
            }
            Self::TaxId => invalid("BAD_TAX_ID").field("taxId").remedy("send the number as its country writes it"),
            Self::NoteWords => invalid("BAD_TEXT").field("words").remedy("write something, or split the note"),
            Self::NotAuthor => Report::new(Kind::Conflict, "NOT_AUTHOR", self.to_string())
                .field("id")
                .remedy("write a note of your own"),
        }
    }
}

/// Why two parties are not merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// One of the two cannot be acted on.
    #[error(transparent)]
    Party(#[from] PartyError),
    /// The database failed.
    #[error("the parties could not be merged")]
    Store(#[from] StoreError),
    /// What was owed could not be moved.
    #[error("what was owed could not be moved")]
    Ledger(#[from] LedgerError),
    /// No such party in this studio.
    #[error("there is no such party")]
    NoParty {
        /// `from` or `into`.
        field: &'static str,
    },
    /// One and the same.
    #[error("a party is not merged into itself")]
    Itself,
    /// Of two studios.
    #[error("the two are parties of different studios")]
    OtherStudio,
    /// A person and a company.
    #[error("one of the two is a person, the other a company")]
    Kinds,
    /// Their numbers say that they are two.
    #[error("their {what} differ: {from} and {into}")]
    Numbers {
        /// Which numbers.
        what: &'static str,
        /// That of the one.
        from: String,
        /// That of the other.
        into: String,
    },
    /// Money is on its way to the one.
    #[error("the payout {reference} to this party is still {state}")]
    PayoutUnderWay {
        /// Its reference.
        reference: String,
        /// Where it stands.
        state: PayoutState,
    },
    /// What the one earned is disputed.
    #[error("{suspended} of what this party earned are disputed")]
    Disputed {
        /// How much.
        suspended: Money,
    },
    /// Both are credited with one beat.
    #[error("both are credited with {beat:?}")]
    CreditedTogether {
        /// Its title.
        beat: String,
    },
    /// Both have signed one agreement, each for themselves.
    #[error("both have signed the agreement {reference}, each for themselves")]
    SignedTogether {
        /// Its reference.
        reference: String,
    },
    /// Both are to sign one agreement.
    #[error("both are to sign the agreement {reference}")]
    SigningTogether {
        /// Its reference.
        reference: String,
    },
}

crate::from_db_err!(MergeError);

impl Explain for MergeError {
    fn explain(&self) -> Report {
        let refused = |code, field: &'static str, remedy: &str| {
            Report::new(Kind::Conflict, code, self.to_string()).field(field).remedy(remedy)
        };
        match self {
            Self::Party(problem) => problem.explain(),
            Self::Store(broken) => broken.explain(),
            Self::Ledger(broken) => broken.explain(),
            Self::NoParty { field } => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field(*field),
            Self::Itself => {
                Report::new(Kind::Invalid, "SAME_PARTY", self.to_string()).field("into").remedy("name two parties")
            }
            Self::OtherStudio => refused("OTHER_STUDIO", "into", "name two parties of one studio"),
            Self::Kinds => refused("NOT_ALIKE", "from", "correct what one of them is, if they are one"),
            Self::Numbers { .. } => refused("NOT_ALIKE", "from", "correct one of the numbers, if they are one"),
            Self::PayoutUnderWay { .. } => {
                refused("PAYOUT_UNDER_WAY", "from", "wait until it has arrived, or cancel it if it has failed")
            }
            Self::Disputed { .. } => refused("DISPUTED", "from", "merge them once the dispute is decided"),
            Self::CreditedTogether { .. } => {
                refused("CREDITED_TOGETHER", "from", "take one of them out of the beat's credits first")
            }
            Self::SignedTogether { .. } => {
                refused("SIGNED_TOGETHER", "from", "leave them apart: what was signed says that they are two")
            }
            Self::SigningTogether { .. } => {
                refused("SIGNED_TOGETHER", "from", "take the agreement back, or take one of them out of it")
            }
        }
    }
}

/// Why a party is not erased.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// It cannot be acted on.
    #[error(transparent)]
    Party(#[from] PartyError),
    /// The database failed.
    #[error("the party could not be erased")]
    Store(#[from] StoreError),
    /// How it stands in the books could not be read.
    #[error("the books could not be read")]
    Ledger(#[from] LedgerError),
    /// The name that confirms it is another.
    #[error("the name that confirms the erasure is another than the party's")]
    OtherName,
    /// It is the studio's own.
    #[error("this is the studio's own party: beats that name nobody are credited to it")]
    OwnParty,
    /// Money is owed to it.
    #[error("{owed} are owed to this party, and {suspended} more are disputed")]
    Owed {
        /// What is owed.
        owed: Money,
        /// What is owed unless a dispute is lost.
        suspended: Money,
    },
    /// It owes money.
    #[error("this party owes {due}")]
    Owes {
        /// How much.
        due: Money,
    },
    /// Money is on its way to it.
    #[error("the payout {reference} to this party is not over")]
    PayoutUnderWay {
        /// Its reference.
        reference: String,
    },
    /// It has booked a room, or is asked to come.
    #[error("a booking of {room} with this party is still to come")]
    BookingToCome {
        /// The room's name.
        room: String,
    },
    /// It may accept a quote, or has accepted one that is not invoiced whole.
    #[error("the quote {reference} to this party is still open")]
    OpenQuote {
        /// Its reference.
        reference: String,
    },
    /// It owes what an invoice asks, or is owed what it has paid beyond that.
    #[error("the invoice {reference} to this party is not settled")]
    OpenInvoice {
        /// Its reference.
        reference: String,
    },
    /// It disputes a line of a royalty statement, and waits for the answer.
    #[error("this party disputes a line of the royalty statement {reference}")]
    OpenDispute {
        /// The statement's reference.
        reference: String,
    },
    /// It is to sign something.
    #[error("the agreement {reference} is out to be signed, and names this party")]
    Signing {
        /// Its reference.
        reference: String,
    },
    /// Work goes on for it, or with it.
    #[error("the project {title:?} is still open")]
    OpenProject {
        /// Its title.
        title: String,
    },
}

crate::from_db_err!(ErasureError);

impl Explain for ErasureError {
    fn explain(&self) -> Report {
        let refused =
            |code, remedy: &str| Report::new(Kind::Conflict, code, self.to_string()).field("party").remedy(remedy);
        match self {
            Self::Party(problem) => problem.explain(),
            Self::Store(broken) => broken.explain(),
            Self::Ledger(broken) => broken.explain(),
            Self::OtherName => Report::new(Kind::Invalid, "OTHER_NAME", self.to_string())
                .field("name")
                .remedy("type the party's name as it stands"),
            Self::OwnParty => refused("OWN_PARTY", "merge it into another party first"),
            Self::Owed { .. } => refused("STILL_OWED", "pay it first, and wait until disputes are decided"),
            Self::Owes { .. } => refused("STILL_OWES", "wait until what it earns has settled it, or merge it"),
            Self::PayoutUnderWay { .. } => {
                refused("PAYOUT_UNDER_WAY", "wait until it has arrived, or cancel it if it has failed")
            }
            Self::BookingToCome { .. } => refused("BOOKING_TO_COME", "cancel it, or take the party out of it"),
            Self::OpenQuote { .. } => refused("QUOTE_OPEN", "take it back, or invoice all of it"),
            Self::OpenInvoice { .. } => {
                refused("INVOICE_OPEN", "wait until it is paid, credit it, or send back what came beyond it")
            }
            Self::OpenDispute { .. } => refused("DISPUTE_OPEN", "answer it first"),
            Self::Signing { .. } => refused("STILL_SIGNING", "take the agreement back, or let it be signed"),
            Self::OpenProject { .. } => {
                refused("PROJECT_OPEN", "deliver the project, call it off, or take the party out of it")
            }
        }
    }
}
