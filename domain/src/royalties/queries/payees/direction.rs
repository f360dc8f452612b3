//! Letters of direction: what a contract says that pays points of another's royalty, as a letter to whoever pays that. And those that were made.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    actor::Ctx,
    agreements::entity::{AgreementState, agreement},
    catalog::{self, Sha256},
    env::Instant,
    identity::entity::studio,
    ids::{LetterOfDirectionId, PartyId, RecordingId, StudioId, WorkId},
    page::{self, Page, PageRequest},
    parties::{self, present},
    policy::{self, Action},
    royalties::{
        RoyaltyError,
        entity::{direction, rule},
        queries::terms::version_of,
        rules::{Base, Contract, Covers, Fraction, Payable, Rule, RuleRef, Subject, When},
    },
    store::Db,
};

/// What a letter of direction says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterOfDirection {
    /// In whose books it stands.
    pub studio: studio::Model,
    /// The version of the contract.
    pub rule: RuleRef,
    /// When that was written.
    pub written_at: Instant,
    /// From which day of use on.
    pub effective_on: NaiveDate,
    /// The agreement that it carries out; none if none was executed here.
    pub agreed: Option<Agreed>,
    /// Whose royalty it is.
    pub payer: parties::entity::Model,
    /// Who is paid of it.
    pub payee: parties::entity::Model,
    /// Which part of it.
    pub part: Fraction,
    /// Of which titles; none of all.
    pub titles: Option<Vec<String>>,
}

/// An agreement that was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Its reference.
    pub reference: String,
    /// The day of the last signature.
    pub executed_on: NaiveDate,
    /// The hash of the document that was signed, as the contract names it.
    pub document_sha256: Sha256,
}

/// What the last version of a contract says as a letter of direction, of whom was merged in the name of who took their place.
///
/// # Errors
/// If the actor may not, there is no such rule, or it says more than such a letter can: another rate than one that holds for all lines, or one that rises or
/// is paid later; or both became one.
pub async fn letter_of_direction(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    name: &str,
) -> Result<LetterOfDirection, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    let found = rule::Entity::find()
        .filter(rule::Column::StudioId.eq(studio))
        .filter(rule::Column::Rule.eq(name))
        .order_by_desc(rule::Column::Number)
        .one(db)
        .await?;
    let row = found.ok_or(RoyaltyError::NotFound { what: "rule", field: "rule" })?;
    let version = version_of(&row)?;
    let Rule::Contract(contract) = &version.rule else { return Err(RoyaltyError::NoDirection) };
    let part = part_of(contract).ok_or(RoyaltyError::NoDirection)?;
    let (payer, payee) = (party(db, studio, contract.payer).await?, party(db, studio, contract.payee).await?);
    if payer.id == payee.id {
        return Err(RoyaltyError::NoDirection);
    }
    let owner = studio::Entity::find_by_id(studio).one(db).await?;
    Ok(LetterOfDirection {
        studio: owner.ok_or(RoyaltyError::NotFound { what: "studio", field: "studio" })?,
        rule: version.named(),
        written_at: row.written_at,
        effective_on: version.effective_on,
        agreed: agreed(db, &row).await?,
        payer,
        payee,
        part,
        titles: titles(db, &contract.covers).await?,
    })
}

/// Who stands for a party of a studio now.
async fn party(db: &Db, studio: StudioId, id: PartyId) -> Result<parties::entity::Model, RoyaltyError> {
    let found = parties::entity::Entity::find_by_id(present(db, id).await?).one(db).await?;
    found.filter(|row| row.studio_id == studio).ok_or(RoyaltyError::NotFound { what: "party", field: "rule" })
}

/// The executed agreement that a version of a contract comes from.
async fn agreed(db: &Db, row: &rule::Model) -> Result<Option<Agreed>, RoyaltyError> {
    let (Some(id), Some(document_sha256)) = (row.agreement_id, row.document_sha256.clone()) else { return Ok(None) };
    let found = agreement::Entity::find_by_id(id).one(db).await?;
    let executed = found.filter(|row| row.state == AgreementState::Executed);
    Ok(executed.and_then(|agreement| {
        let executed_on = agreement.executed_at?.date_naive();
        Some(Agreed { reference: agreement.reference, executed_on, document_sha256 })
    }))
}

/// A letter of direction that was made, for who sees the studio's royalties.
///
/// # Errors
/// If the actor may not.
pub async fn find_direction(
    db: &Db,
    ctx: &Ctx,
    id: LetterOfDirectionId,
) -> Result<Option<direction::Model>, RoyaltyError> {
    let found = direction::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadRoyalties, found, |row| row.studio_id)?)
}

/// The letters of direction that a studio has made, newest first.
///
/// # Errors
/// If the actor may not.
pub async fn list_directions(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<LetterOfDirectionId>,
) -> Result<Page<direction::Model>, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    let query = direction::Entity::find().filter(direction::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, direction::Column::Id, page).await?)
}

/// Which part of the other royalty it pays, if that is all that it says.
fn part_of(contract: &Contract) -> Option<Fraction> {
    let [rate] = &contract.rates[..] else { return None };
    let is_plain = rate.when == When::default()
        && contract.escalation.is_none()
        && contract.reserve.is_none()
        && contract.payable == Payable::RecordOne;
    if is_plain && matches!(rate.base, Base::RoyaltyOf(_)) { Some(rate.rate) } else { None }
}

/// What a contract is about, by titles in alphabetical order.
async fn titles(db: &Db, covers: &Covers) -> Result<Option<Vec<String>>, RoyaltyError> {
    let Covers::Only(subjects) = covers else { return Ok(None) };
    let (mut recordings, mut works, mut titles): (Vec<RecordingId>, Vec<WorkId>, Vec<String>) = Default::default();
    for subject in subjects {
        match subject {
            Subject::Recording(id) => recordings.push(*id),
            Subject::Work(id) => works.push(*id),
            Subject::Release(ean) => titles.push(format!("EAN {ean}")),
        }
    }
    titles.extend(catalog::find_recordings_by_ids(db, &recordings).await?.into_values().map(|row| row.title));
    titles.extend(catalog::find_works_by_ids(db, &works).await?.into_values().map(|row| row.title));
    titles.sort_unstable();
    Ok(Some(titles))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{env::testing, royalties::rules::Rate};

    #[test]
    fn only_a_plain_part_of_anothers_royalty_is_a_direction() {
        let (env, _) = testing::env(1);
        let rate = Rate {
            when: When::default(),
            base: Base::RoyaltyOf(crate::royalties::rules::RuleId("contract:artist".into())),
            rate: Fraction::new(3, 15).unwrap(),
        };
        let plain = Contract {
            payer: env.id(),
            payer_group: None,
            payee: env.id(),
            group: None,
            covers: Covers::Everything,
            rates: vec![rate.clone()],
            escalation: None,
            payable: Payable::RecordOne,
            reserve: None,
        };
        assert_eq!(part_of(&plain), Some(rate.rate));
        let of_net = Rate { base: Base::NetReceipts, ..rate.clone() };
        let since = Rate { when: When { from: Some(chrono::NaiveDate::MIN), ..When::default() }, ..rate.clone() };
        for rates in [vec![of_net], vec![since], vec![rate.clone(), rate], Vec::new()] {
            assert_eq!(part_of(&Contract { rates, ..plain.clone() }), None);
        }
    }
}
