//! What mails about payouts say to payees, and about their bank details to the studio too. For the program itself.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity::{payee_bank_change, payout};
use crate::{
    email::EmailAddress,
    identity::entity::{studio, user},
    ids::{PayeeBankChangeId, PayoutId},
    parties::entity as parties,
    report::StoreError,
    store::Db,
};

/// What a mail about a payout says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutLetter {
    /// The payout.
    pub payout: payout::Model,
    /// The payee's name.
    pub party_name: String,
    /// Where the payee is reached; none if nobody has said.
    pub email: Option<EmailAddress>,
    /// Who pays.
    pub studio: studio::Model,
}

/// What a mail about a payout says; none if it is gone.
pub async fn find_payout_letter(db: &Db, id: PayoutId) -> Result<Option<PayoutLetter>, StoreError> {
    let Some(payout) = payout::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let party = parties::Entity::find_by_id(payout.party_id).one(db).await?;
    let studio = studio::Entity::find_by_id(payout.studio_id).one(db).await?;
    Ok(party.zip(studio).map(|(party, studio)| PayoutLetter {
        payout,
        party_name: party.name,
        email: party.email,
        studio,
    }))
}

/// What a mail about other bank details says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankLetter {
    /// What they were changed to.
    pub change: payee_bank_change::Model,
    /// What they were before; none if they were told for the first time.
    pub before: Option<payee_bank_change::Model>,
    /// Who changed them; none if it was the program itself.
    pub set_by: Option<String>,
    /// The payee's name.
    pub party_name: String,
    /// Where the payee is reached; none if nobody has said.
    pub email: Option<EmailAddress>,
    /// Who pays.
    pub studio: studio::Model,
}

/// What a mail about other bank details says; none if the change is not known.
pub async fn find_bank_letter(db: &Db, id: PayeeBankChangeId) -> Result<Option<BankLetter>, StoreError> {
    let Some(change) = payee_bank_change::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let before = payee_bank_change::Entity::find()
        .filter(payee_bank_change::Column::PartyId.eq(change.party_id))
        .filter(payee_bank_change::Column::Id.lt(change.id))
        .order_by_desc(payee_bank_change::Column::Id)
        .one(db)
        .await?;
    let set_by = match change.set_by {
        Some(user) => user::Entity::find_by_id(user).one(db).await?.map(|user| user.name),
        None => None,
    };
    let party = parties::Entity::find_by_id(change.party_id).one(db).await?;
    let studio = studio::Entity::find_by_id(change.studio_id).one(db).await?;
    Ok(party.zip(studio).map(|(party, studio)| BankLetter {
        change,
        before,
        set_by,
        party_name: party.name,
        email: party.email,
        studio,
    }))
}
