//! Letters of direction: made of a contract that pays points of another royalty, to be signed and sent to whoever owes that.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{LetterOfDirectionId, PartyId, StudioId},
    policy::{self, Action},
    ports::PortError,
    royalties::{commands::payees::keep_direction, entity::direction, queries::payees::letter_of_direction},
};

use crate::{
    caller::Caller,
    errors::chain,
    graphql::{errors::Failure, ledger::PartyName, loader, scalars::Id},
    payload,
};

/// A letter of direction, as it was made.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct LetterOfDirection {
    /// The id.
    pub id: Id<LetterOfDirectionId>,
    /// The contract.
    pub rule: String,
    /// Its version.
    pub number: i32,
    /// Whose royalties they are.
    pub payer_id: Id<PartyId>,
    /// Who is to be paid of them.
    pub payee_id: Id<PartyId>,
    /// Where the document is, for who may see the studio's royalties.
    pub path: String,
    /// SHA-256 of the document, in hexadecimal.
    pub sha256: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    #[graphql(skip)]
    payer: PartyId,
    #[graphql(skip)]
    payee: PartyId,
}

impl From<direction::Model> for LetterOfDirection {
    fn from(row: direction::Model) -> Self {
        Self {
            path: format!("/letters-of-direction/{}/letter.pdf", row.id),
            id: row.id.into(),
            rule: row.rule,
            number: row.rule_number,
            payer_id: row.payer_id.into(),
            payee_id: row.payee_id.into(),
            sha256: row.sha256.to_string(),
            made_at: row.made_at,
            payer: row.payer_id,
            payee: row.payee_id,
        }
    }
}

#[ComplexObject]
impl LetterOfDirection {
    /// The name of who directs.
    async fn payer_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.payer)).await
    }

    /// The name of who is to be paid.
    async fn payee_name(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(ctx)?.load_one(PartyName(self.payee)).await
    }
}

payload! {
    /// What came of `makeLetterOfDirection`.
    pub struct MakeLetterOfDirectionPayload {
        /// The letter.
        letter: LetterOfDirection
    }
}

/// Makes the letter of the last version of a contract, and keeps it.
pub(super) async fn make(caller: &Caller, studio: &Id<StudioId>, rule: &str) -> Result<direction::Model, Failure> {
    let (services, studio) = (&caller.services, studio.named("studio")?);
    policy::require(&caller.ctx.actor, Action::ManageRoyalties, studio)?;
    let letter = letter_of_direction(&services.db, &caller.ctx, studio, rule).await?;
    let (contracts, words) = (services.contracts.clone(), letter.clone());
    let typeset = tokio::task::spawn_blocking(move || contracts.letter_of_direction(&words)).await;
    let broken = |cause: PortError| Failure::broken(chain(&cause));
    let pdf = typeset.map_err(Failure::broken)?.map_err(broken)?;
    let stored = services.files.put_bytes(pdf).await?;
    let tx = services.begin().await?;
    let made = keep_direction(&tx, &caller.ctx, &letter, stored).await?;
    services.commit(tx).await?;
    Ok(made)
}
