//! Disputes: a payee says that a line is wrong, once, and the studio answers.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, sea_query::LockType,
};

use crate::{
    actor::Ctx,
    identity::commands::hold_open,
    ids::{LineDisputeId, PayeeStatementId, StatementImportId},
    links::LinkError,
    outbox::{self, Job},
    policy::{self, Action},
    royalties::{
        RoyaltyError,
        entity::{LineDisputeState, line_dispute, portal_link},
        queries::payees::{line_of_payee, statement_in_portal},
    },
    services::Services,
    store::{self, Tx},
    visible::{has_visible, undirected},
};

/// The most characters of what is said.
const MAX_CHARS: usize = 2_000;
/// The most disputes of one statement that wait for an answer: each is mailed.
pub const MOST_OPEN: u64 = 100;

/// What a payee says to a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDispute {
    /// Their statement.
    pub statement: PayeeStatementId,
    /// The file.
    pub import: StatementImportId,
    /// Where the line begins in it.
    pub offset: u64,
    /// What they say, as typed.
    pub words: String,
}

/// What is said, tidied, for it goes into mails and pages: line breaks kept, nothing that steers.
fn words(field: &'static str, text: &str) -> Result<String, RoyaltyError> {
    let text: String =
        undirected(text).replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let text = text.trim();
    let fits = has_visible(text) && text.chars().count() <= MAX_CHARS;
    if fits { Ok(text.to_owned()) } else { Err(RoyaltyError::Text { field, most: MAX_CHARS }) }
}

/// Writes down what the holder of a link says to a line of which they have a part, and has the studio told. The same words twice are said once.
///
/// # Errors
/// If the statement is not theirs, the line has no part of theirs, they have said something else to it, as many as may do wait for an answer, or the studio is
/// closed and answers nothing.
pub async fn open_dispute(
    services: &Services,
    ctx: &Ctx,
    link: &portal_link::Model,
    new: NewDispute,
) -> Result<line_dispute::Model, RoyaltyError> {
    let words = words("words", &new.words)?;
    let view = statement_in_portal(&services.db, link, new.statement).await?;
    let view = view.ok_or(RoyaltyError::NotFound { what: "statement", field: "statement" })?;
    // Files are read before anything is held.
    let line = line_of_payee(services, (&view.statement, &view.run), new.import, new.offset).await?;
    let line = line.ok_or(RoyaltyError::NotFound { what: "line", field: "line" })?;
    let whole = |number: u64| i64::try_from(number).map_err(|_| RoyaltyError::NotFound { what: "line", field: "line" });
    let row = line_dispute::Model {
        id: ctx.env.id(),
        studio_id: view.statement.studio_id,
        statement_id: view.statement.id,
        import_id: new.import,
        line_offset: whole(line.place.offset)?,
        line_bytes: whole(line.place.bytes)?,
        line_number: whole(line.place.line)?,
        state: LineDisputeState::Open,
        words,
        answer: None,
        opened_at: ctx.env.now(),
        answered_at: None,
        answered_by: None,
    };
    let tx = services.begin().await?;
    let standing = portal_link::Entity::find_by_id(link.id).lock(LockType::NoKeyUpdate).one(&tx).await?;
    if standing.is_none_or(|link| link.revoked_at.is_some()) {
        return Err(RoyaltyError::Link(LinkError::Forged));
    }
    hold_open(&tx, row.studio_id).await??;
    let said = write(&tx, ctx, row).await?;
    services.commit(tx).await?;
    Ok(said)
}

async fn write(tx: &Tx, ctx: &Ctx, row: line_dispute::Model) -> Result<line_dispute::Model, RoyaltyError> {
    if store::insert_new(tx, row.clone().into_active_model()).await? {
        let open = line_dispute::Entity::find()
            .filter(line_dispute::Column::StatementId.eq(row.statement_id))
            .filter(line_dispute::Column::State.eq(LineDisputeState::Open))
            .count(tx)
            .await?;
        if open > MOST_OPEN {
            return Err(RoyaltyError::Disputes { most: MOST_OPEN });
        }
        outbox::put(tx, ctx, Some(row.studio_id), &Job::MailLineDispute { dispute: row.id }).await?;
        return Ok(row);
    }
    let standing = line_dispute::Entity::find()
        .filter(line_dispute::Column::StatementId.eq(row.statement_id))
        .filter(line_dispute::Column::ImportId.eq(row.import_id))
        .filter(line_dispute::Column::LineOffset.eq(row.line_offset))
        .one(tx)
        .await?;
    standing.filter(|standing| standing.words == row.words).ok_or(RoyaltyError::Disputed)
}

/// Answers a payee's dispute, and has them told. What is agreed to is set right by the studio itself: by another match, another version of a rule, or a
/// charge. The same answer twice is given once.
///
/// # Errors
/// If the actor may not, there is no such dispute, or it was answered otherwise.
pub async fn answer_dispute(
    tx: &Tx,
    ctx: &Ctx,
    id: LineDisputeId,
    accepted: bool,
    answer: &str,
) -> Result<line_dispute::Model, RoyaltyError> {
    let found = line_dispute::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageRoyalties, found, |row| row.studio_id)?;
    let dispute = found.ok_or(RoyaltyError::NotFound { what: "dispute", field: "dispute" })?;
    let answer = words("answer", answer)?;
    let state = if accepted { LineDisputeState::Accepted } else { LineDisputeState::Declined };
    if dispute.state != LineDisputeState::Open {
        let is_same = dispute.state == state && dispute.answer.as_deref() == Some(answer.as_str());
        let now = dispute.state;
        return is_same.then_some(dispute).ok_or(RoyaltyError::DisputeNotNow { state: now });
    }
    let studio = dispute.studio_id;
    let mut row = dispute.into_active_model();
    row.state = Set(state);
    row.answer = Set(Some(answer));
    row.answered_at = Set(Some(ctx.env.now()));
    row.answered_by = Set(ctx.actor.user());
    let answered = row.update(tx).await?;
    outbox::put(tx, ctx, Some(studio), &Job::MailLineDispute { dispute: id }).await?;
    Ok(answered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_seen_as_it_stands() {
        assert_eq!(words("words", " Too\r\nlit\0tle\u{202e}. ").unwrap(), "Too\nlittle.");
        assert_eq!(words("words", &"ä".repeat(MAX_CHARS)).unwrap().chars().count(), MAX_CHARS);
        for none in ["", " \n", "\u{200b}", "\0", &"a".repeat(MAX_CHARS + 1)] {
            assert!(matches!(words("words", none), Err(RoyaltyError::Text { field: "words", .. })), "{none:?}");
        }
    }
}
