//! A sold contract as a file that proves itself: its data and how it was accepted travel in it, so that what was shown at checkout can be held
//! against what was sealed, and the file made again.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::model::{LicenceContract, Stage};
use super::render::{template_sha256, to_pdf_embedding};
use super::text::contract_text;
use crate::agreement::{EmbeddedError, Rebuilt, Versions};
use crate::error::DocumentError;
use crate::seal;
use crate::world::{EmbeddedFile, Pdf, Relationship, Typesetter, engine_version};

/// The contract's data.
const LICENCE: &str = "licence.json";
/// A [`Record`].
const ACCEPTANCE: &str = "acceptance.json";

/// The word by which `acceptance.json` tells its form.
const FORMAT: &str = "ledgerline-acceptance/1";

/// How a contract was accepted at checkout, beside what it prints of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkout {
    /// The order.
    pub order: String,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// From which address, where that is known.
    pub ip: Option<String>,
    /// With which browser, where that is known.
    pub user_agent: Option<String>,
    /// SHA-256 of the contract's text as it was offered then; none where it was not kept.
    pub shown_text_sha256: Option<String>,
}

/// `acceptance.json`: how a contract was accepted, and what made its file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record<'a> {
    format: Cow<'a, str>,
    template_sha256: Cow<'a, str>,
    engine_version: Cow<'a, str>,
    checkout: Cow<'a, Checkout>,
}

/// What a sealed contract tells of its acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// How it was accepted.
    pub checkout: Checkout,
    /// Whether the sealed text is the one that was offered, but for the buyer and the sale; none if that cannot be told: of what was not kept, and
    /// of what another version made.
    pub is_as_shown: Option<bool>,
}

/// SHA-256 of a contract's text as an offer: the same before the sale and after it, unless something else than the sale has changed it.
///
/// # Errors
/// [`DocumentError::Invalid`] when a value is missing or contradicts another.
pub fn offer_sha256(contract: &LicenceContract) -> Result<String, DocumentError> {
    let offer = LicenceContract { terms: contract.terms.clone(), stage: Stage::Offered };
    Ok(contract_text(&offer)?.sha256())
}

/// Typesets an accepted contract as PDF/A-3b, with its data and its acceptance in it. The same arguments give the same bytes.
///
/// # Errors
/// As [`to_pdf`](super::to_pdf).
pub fn accepted_pdf(contract: &LicenceContract, checkout: &Checkout) -> Result<Pdf, DocumentError> {
    let data = serde_json::to_string(contract)?;
    let record = serde_json::to_string(&Record {
        format: FORMAT.into(),
        template_sha256: template_sha256(contract.terms.language).into(),
        engine_version: engine_version().into(),
        checkout: Cow::Borrowed(checkout),
    })?;
    let embedded = [
        EmbeddedFile {
            name: LICENCE,
            media_type: "application/json",
            relationship: Relationship::Source,
            description: "The contract for machines",
            bytes: data.as_bytes(),
        },
        EmbeddedFile {
            name: ACCEPTANCE,
            media_type: "application/json",
            relationship: Relationship::Supplement,
            description: "How the contract was accepted, for machines",
            bytes: record.as_bytes(),
        },
    ];
    to_pdf_embedding(Typesetter::worldwide(), contract, &embedded)
}

/// What a sealed file tells of its acceptance; none if it is no contract that does. That the file is as it was sealed, [`seal::verify()`] says.
pub fn accepted(pdf: &[u8]) -> Option<Result<Accepted, EmbeddedError>> {
    match data(pdf) {
        Ok(Data::Incomplete { .. }) => None,
        Ok(Data::OtherVersions { checkout, .. }) => {
            checkout.map(|checkout| Ok(Accepted { checkout, is_as_shown: None }))
        }
        Ok(Data::Whole { contract, checkout }) => Some(judged(&contract, checkout)),
        Err(error) => Some(Err(error)),
    }
}

fn judged(contract: &LicenceContract, checkout: Checkout) -> Result<Accepted, EmbeddedError> {
    let offered = offer_sha256(contract).map_err(|error| EmbeddedError::new(error.to_string()))?;
    let is_as_shown = checkout.shown_text_sha256.as_ref().map(|shown| *shown == offered);
    Ok(Accepted { checkout, is_as_shown })
}

/// Typesets an accepted contract again out of what its file embeds, and compares it with the file as it was before it was sealed.
pub fn rebuild(pdf: &[u8]) -> Rebuilt {
    compared(pdf).unwrap_or_else(|why| Rebuilt::Unusable { why })
}

fn compared(pdf: &[u8]) -> Result<Rebuilt, String> {
    let (contract, checkout) = match data(pdf).map_err(|error| error.to_string())? {
        Data::Incomplete { missing } => return Ok(Rebuilt::NoData { missing }),
        Data::OtherVersions { template_sha256, engine_version, .. } => {
            return Ok(Rebuilt::OtherVersions { template_sha256, engine_version });
        }
        Data::Whole { contract, checkout } => (contract, checkout),
    };
    let sealed = seal::unsealed(pdf).map_err(|error| error.to_string())?;
    let made = accepted_pdf(&contract, &checkout).map_err(|error| error.to_string())?.bytes;
    Ok(Rebuilt::of(&made, sealed))
}

/// The data that a file embeds.
enum Data {
    Incomplete {
        missing: Vec<&'static str>,
    },
    OtherVersions {
        /// As far as this program can read it.
        checkout: Option<Checkout>,
        template_sha256: Option<Versions>,
        engine_version: Option<Versions>,
    },
    Whole {
        contract: Box<LicenceContract>,
        checkout: Checkout,
    },
}

/// What made a file, and how it was accepted: told in every form of a record.
#[derive(Deserialize)]
struct Makers {
    template_sha256: String,
    engine_version: String,
    checkout: serde_json::Value,
}

fn data(pdf: &[u8]) -> Result<Data, EmbeddedError> {
    let unreadable = |name: &str| EmbeddedError::new(format!("{name} cannot be read"));
    // Of the first revision: what was attached later is no part of what was sealed.
    let sealed = seal::unsealed(pdf).map_err(|error| EmbeddedError::new(error.to_string()))?;
    let files = seal::attachments(sealed).map_err(|error| EmbeddedError::new(error.to_string()))?;
    let find = |name: &str| files.iter().find(|file| file.attachment.name == name).map(|file| file.bytes.as_slice());
    let (Some(licence), Some(record)) = (find(LICENCE), find(ACCEPTANCE)) else {
        let missing = [LICENCE, ACCEPTANCE].into_iter().filter(|name| find(name).is_none()).collect();
        return Ok(Data::Incomplete { missing });
    };
    let makers: Makers = serde_json::from_slice(record).map_err(|_| unreadable(ACCEPTANCE))?;
    let contract = serde_json::from_slice::<LicenceContract>(licence);
    let engine_version = Versions::differing(makers.engine_version, engine_version());
    let template_sha256 = contract
        .as_ref()
        .ok()
        .and_then(|contract| Versions::differing(makers.template_sha256, template_sha256(contract.terms.language)));
    if template_sha256.is_some() || engine_version.is_some() {
        let checkout = serde_json::from_value(makers.checkout).ok();
        return Ok(Data::OtherVersions { checkout, template_sha256, engine_version });
    }
    let contract = contract.map_err(|_| unreadable(LICENCE))?;
    let record: Record<'_> = serde_json::from_slice(record).map_err(|_| unreadable(ACCEPTANCE))?;
    if record.format != FORMAT {
        return Err(unreadable(ACCEPTANCE));
    }
    Ok(Data::Whole { contract: Box::new(contract), checkout: record.checkout.into_owned() })
}
