//! What a licence contract is made of: facts gathered by a query, typeset behind [`crate::ports::Contracts`]; and what answers a claim by it.

use crate::{
    catalog::{Sha256, entity::Sample},
    email::EmailAddress,
    env::Instant,
    licensing::terms::Terms,
    money::Money,
    share::Share,
};

/// A contract's facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Who grants.
    pub licensor: Licensor,
    /// Who is granted, and under which reference; none before the sale.
    pub grant: Option<Grant>,
    /// What is licensed.
    pub beat: LicensedBeat,
    /// The terms.
    pub terms: Terms,
    /// The price.
    pub price: Money,
    /// Leases of the same work granted earlier, which survive an exclusive.
    pub earlier_leases: Vec<EarlierLease>,
    /// The licence that this one replaces; none of what is no upgrade.
    pub replaces: Option<Replaced>,
}

/// A licence that an upgrade replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// Its reference.
    pub reference: String,
    /// Its tier's name.
    pub tier_name: String,
    /// When it was granted.
    pub granted_at: Instant,
    /// What the new tier costs without the credit.
    pub full_price: Money,
    /// What was paid before and kept, and is credited.
    pub credited: Money,
}

/// The studio as a party to the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licensor {
    /// The studio's name.
    pub name: String,
    /// Its legal name, where it differs.
    pub legal_name: Option<String>,
    /// Its postal address, if given.
    pub address: Option<String>,
    /// Where it is reached.
    pub email: EmailAddress,
    /// Whose law governs, such as `England and Wales`.
    pub governing_law: String,
    /// Who made the beat, in the order of the credits.
    pub producers: Vec<Producer>,
}

/// One who made the beat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Producer {
    /// The name in print.
    pub name: String,
    /// The legal name, where it differs.
    pub legal_name: Option<String>,
    /// What they did.
    pub role: String,
    /// Their part of the composition, as it was signed; where nothing was, as the credits say.
    pub share: Share,
    /// IPI name number, when known.
    pub ipi: Option<String>,
}

/// The grant itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The reference on contract, files, payment and journal.
    pub reference: String,
    /// The licensee's name.
    pub licensee_name: String,
    /// The licensee's address.
    pub licensee_email: EmailAddress,
    /// When the licensee accepted, by paying.
    pub accepted_at: Instant,
}

/// How a contract was accepted: what is kept of the order, beside what the contract prints of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The order.
    pub order: String,
    /// When it was placed.
    pub placed_at: Instant,
    /// From which address.
    pub ip: Option<String>,
    /// With which browser.
    pub user_agent: Option<String>,
    /// SHA-256 of the contract's text as it was offered then.
    pub shown_text_sha256: Option<Sha256>,
}

/// The beat as the contract names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicensedBeat {
    /// The beat's title.
    pub title: String,
    /// The work's title.
    pub work_title: String,
    /// ISRC, when known.
    pub isrc: Option<String>,
    /// ISWC, when known.
    pub iswc: Option<String>,
    /// Tempo in thousandths of a beat per minute, when known.
    pub bpm_milli: Option<i32>,
    /// Key, when known.
    pub musical_key: Option<String>,
    /// SHA-256 of the untagged mix.
    pub audio_sha256: Sha256,
    /// What it holds of others' music, as the studio declares it.
    pub samples: Vec<Sample>,
}

/// An earlier lease, disclosed to who buys exclusively.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierLease {
    /// Its reference.
    pub reference: String,
    /// Its tier's name.
    pub tier_name: String,
    /// When it was granted.
    pub granted_at: Instant,
    /// When it ends; none if it does not.
    pub ends_at: Option<Instant>,
}

/// What a licensee shows a service that claims their song. Derived from the contract each time, stored nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRelease {
    /// The certificate's facts: label and value.
    pub certificate: Vec<(String, String)>,
    /// The contract's clause about such services.
    pub clause: ContractClause,
    /// What to write in the service's form: at most 1,000 characters.
    pub dispute: String,
}

/// A clause exactly as it stands in the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractClause {
    /// Its number there.
    pub number: u16,
    /// Its heading.
    pub heading: String,
    /// Its words, paragraph by paragraph.
    pub paragraphs: Vec<String>,
}
