//! What mails to payees, and about what they say, have in them. For the program itself.

use sea_orm::EntityTrait;

use crate::{
    identity::entity::studio,
    ids::{LineDisputeId, PayeeStatementId},
    parties::{self, present},
    report::StoreError,
    royalties::entity::{line_dispute, payee, payee_statement, run},
    store::Db,
};

/// What a mail about a statement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLetter {
    /// The statement.
    pub statement: payee_statement::Model,
    /// Its run.
    pub run: run::Model,
    /// What it comes to.
    pub payee: payee::Model,
    /// Who is told: the payee, or who took their place.
    pub party: parties::entity::Model,
    /// Who tells.
    pub studio: studio::Model,
}

/// What a mail about a statement says; none if there is no such statement.
pub async fn find_statement_letter(db: &Db, id: PayeeStatementId) -> Result<Option<StatementLetter>, StoreError> {
    let Some(statement) = payee_statement::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let run = run::Entity::find_by_id(statement.run_id).one(db).await?;
    let payee = payee::Entity::find_by_id((statement.run_id, statement.party_id)).one(db).await?;
    let party = parties::entity::Entity::find_by_id(present(db, statement.party_id).await?).one(db).await?;
    let studio = studio::Entity::find_by_id(statement.studio_id).one(db).await?;
    let (Some((run, payee)), Some((party, studio))) = (run.zip(payee), party.zip(studio)) else { return Ok(None) };
    Ok(Some(StatementLetter { statement, run, payee, party, studio }))
}

/// What a mail about a dispute says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeLetter {
    /// The dispute.
    pub dispute: line_dispute::Model,
    /// The statement that it is about.
    pub about: StatementLetter,
}

/// What a mail about a dispute says; none if there is no such dispute.
pub async fn find_dispute_letter(db: &Db, id: LineDisputeId) -> Result<Option<DisputeLetter>, StoreError> {
    let Some(dispute) = line_dispute::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let about = find_statement_letter(db, dispute.statement_id).await?;
    Ok(about.map(|about| DisputeLetter { dispute, about }))
}
