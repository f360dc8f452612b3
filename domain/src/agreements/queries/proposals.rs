//! A change that a signer proposes, for the studio that answers it.

use std::{fmt, str::FromStr};

use sea_orm::{ConnectionTrait, EntityTrait};

use super::{
    super::{
        AgreementError,
        entity::{agreement, signer},
    },
    find_version, mails,
};
use crate::{
    env::Instant,
    identity::entity::studio,
    ids::AgreementId,
    links::{LinkError, LinkKey, Purpose},
    report::StoreError,
    store::Db,
};

/// A change that waits for the studio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The number of the version that is proposed.
    pub version: i32,
    /// Who proposes it.
    pub by: Option<String>,
    /// What they say about it.
    pub note: Option<String>,
    /// The document as it stands.
    pub before: String,
    /// The document as it is proposed.
    pub after: String,
}

/// What such a link is about: the proposal itself, so that who has the link sees no later one by it. Written `agr_…-2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Proposed {
    agreement: AgreementId,
    version: i32,
}

impl fmt::Display for Proposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.agreement, self.version)
    }
}

impl FromStr for Proposed {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        let (agreement, version) = text.split_once('-').ok_or(LinkError::Forged)?;
        let agreement = agreement.parse().map_err(|_| LinkError::Forged)?;
        Ok(Self { agreement, version: version.parse().map_err(|_| LinkError::Forged)? })
    }
}

/// Where the studio reads a proposed change, of that version, for as long as it waits. To read the whole document, and to answer, one signs in.
pub fn proposal_url(public_url: &str, links: &LinkKey, agreement: &agreement::Model, version: i32) -> String {
    let proposed = Proposed { agreement: agreement.id, version };
    format!("{public_url}/proposal/{}", links.token(Purpose::Proposal, proposed, agreement.expires_at))
}

/// The agreement of such a link, its studio, and what is proposed; nothing once it is answered, another has taken its place, or the agreement has
/// ended.
pub async fn find_proposal(
    db: &Db,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<(agreement::Model, studio::Model, Option<Proposal>), AgreementError> {
    let proposed: Proposed = links.open(Purpose::Proposal, token, now)?;
    let agreement = agreement::Entity::find_by_id(proposed.agreement).one(db).await?.ok_or(AgreementError::NotFound)?;
    let studio = mails::studio(db, agreement.studio_id).await?.ok_or(AgreementError::NotFound)?;
    let open = open_proposal(db, &agreement).await?.filter(|open| open.version == proposed.version);
    Ok((agreement, studio, open))
}

/// What waits to be answered.
pub(super) async fn open_proposal(
    db: &impl ConnectionTrait,
    agreement: &agreement::Model,
) -> Result<Option<Proposal>, StoreError> {
    let Some(version) = agreement.counter_version else { return Ok(None) };
    let Some(standing) = find_version(db, agreement.id, agreement.version).await? else { return Ok(None) };
    let Some(proposed) = find_version(db, agreement.id, version).await? else { return Ok(None) };
    let by = match proposed.proposed_by {
        Some(id) => signer::Entity::find_by_id(id).one(db).await?.map(|row| row.name),
        None => None,
    };
    Ok(Some(Proposal { version, by, note: proposed.note, before: standing.document, after: proposed.document }))
}
