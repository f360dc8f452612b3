//! Statements that are taken in, read, matched, accepted and rated.
//!
//! A file is kept as it came, and read by a job ([`read_import`]): its lines are gathered by several threads (`part`, `counts`, `gather`), what they come to is written
//! at once when all of it was read (`writing`), and the index beside it leads back to each line (`index`). So whatever ends a reading leaves nothing behind,
//! and the next one begins anew. What lines are of is found by codes, and by what was learned (`matching`); what is not found waits, and keeps nobody from
//! being paid.

mod counts;
mod formats;
mod gather;
pub(in crate::royalties) mod index;
pub(in crate::royalties) mod lines;
mod matching;
mod overlaps;
mod part;
mod rates;
mod reading;
mod receipts;
mod single;
mod writing;

use interchange::statements::Drift;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, prelude::Json, sea_query::LockType,
};

pub(in crate::royalties) use self::{formats::Formats, single::line_of};
pub use self::{
    formats::teach_format,
    matching::{match_item, rematch},
    rates::{Rate, set_rate},
    reading::{read_import, reaggregate},
    receipts::{Receipt, correct_receipt, record_receipt},
};
use crate::{
    actor::Ctx,
    catalog::entity::{AssetKind, asset},
    identity::{commands::hold_open, entity::studio},
    ids::{AssetId, StatementImportId, StudioId},
    money::Currency,
    outbox::{self, Job},
    policy::{self, Action},
    royalties::{
        RoyaltyError,
        entity::{ImportState, import, total},
    },
    store::Tx,
};

const NO_STATEMENT: RoyaltyError = RoyaltyError::NotFound { what: "statement", field: "statement" };

/// A file to be read as a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakeIn {
    /// The file, uploaded as a statement.
    pub asset: AssetId,
    /// The currency, for a file that does not say it.
    pub currency: Option<Currency>,
}

/// A statement that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The statement.
    pub import: import::Model,
    /// Whether the very same file was taken in before: nothing was written.
    pub is_known: bool,
}

/// Why a statement is held, refused or a duplicate, and what to do about it; or what is worth a look though it counts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// A code for programs, such as `TOTAL_DIFFERS`.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// Whether it holds nothing.
    #[serde(default)]
    pub is_warning: bool,
}

impl Problem {
    pub(super) fn new(code: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), remedy: remedy.into(), is_warning: false }
    }

    pub(super) fn warning(code: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { is_warning: true, ..Self::new(code, message, remedy) }
    }

    /// It says what another statement says.
    pub(super) fn same_as(other: &import::Model) -> Self {
        let message = format!("it says what {} says, which counts", called(other));
        Self::warning("DUPLICATE", message, "leave it: nothing of it is counted twice")
    }
}

/// What people call a statement: its file, and the days that it accounts for.
pub(super) fn called(import: &import::Model) -> String {
    let days = import.period_from.zip(import.period_to);
    let days =
        days.map_or_else(
            String::new,
            |(from, to)| {
                if from == to { format!(" ({from})") } else { format!(" ({from} to {to})") }
            },
        );
    format!("“{}”{days}", import.file_name)
}

impl import::Model {
    /// Why it is held, refused or a duplicate, and what is worth a look.
    pub fn problems(&self) -> Vec<Problem> {
        self.problem.clone().and_then(|problem| serde_json::from_value(problem).ok()).unwrap_or_default()
    }

    /// What its header has otherwise than the nearest format, if it is quarantined for that.
    pub fn drift(&self) -> Option<Drift> {
        self.problem.clone().and_then(|problem| serde_json::from_value(problem).ok())
    }
}

/// Takes a file in and has it read. The same file again is the same statement, and nothing is written; one that waits for its currency is read once that
/// is named.
pub async fn take_in(tx: &Tx, ctx: &Ctx, studio: StudioId, new: TakeIn) -> Result<Taken, RoyaltyError> {
    policy::require(&ctx.actor, Action::ManageRoyalties, studio)?;
    let file = asset::Entity::find_by_id(new.asset).one(tx).await?.filter(|file| file.studio_id == studio);
    let file = file.ok_or(RoyaltyError::NotFound { what: "file", field: "asset" })?;
    if file.kind != AssetKind::Statement {
        return Err(RoyaltyError::NotStatement);
    }
    hold_studio(tx, studio).await?;
    hold_open(tx, studio).await??;
    let known = import::Entity::find()
        .filter(import::Column::StudioId.eq(studio))
        .filter(import::Column::Sha256.eq(file.sha256.clone()))
        .filter(import::Column::State.is_not_in([ImportState::Cancelled, ImportState::Refused]))
        .order_by_desc(import::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?;
    if let Some(known) = known {
        let waits_for_currency = known.state == ImportState::Held && known.content_sha256.is_none();
        if !waits_for_currency || new.currency.is_none() {
            return Ok(Taken { import: known, is_known: true });
        }
        let again = import::ActiveModel {
            state: Set(ImportState::Waiting),
            given_currency: Set(new.currency),
            problem: Set(None),
            ..known.into_active_model()
        };
        let import = put_to_be_read(tx, ctx, again.update(tx).await?).await?;
        return Ok(Taken { import, is_known: false });
    }
    let row = import::Model {
        given_currency: new.currency,
        created_by: ctx.actor.user(),
        ..import::Model::waiting(ctx.env.id(), file, ctx.env.now())
    };
    let import = put_to_be_read(tx, ctx, row.into_active_model().insert(tx).await?).await?;
    Ok(Taken { import, is_known: false })
}

async fn put_to_be_read(tx: &Tx, ctx: &Ctx, import: import::Model) -> Result<import::Model, RoyaltyError> {
    outbox::put(tx, ctx, Some(import.studio_id), &Job::ImportStatement { import: import.id }).await?;
    Ok(import)
}

/// Stops a statement: one that is not being read is over at once, one that is stops as soon as its reader looks. Stopping twice is stopping once. One whose
/// reading was given up has nobody left who would look, and is over at once, too.
pub async fn cancel_import(tx: &Tx, ctx: &Ctx, id: StatementImportId) -> Result<import::Model, RoyaltyError> {
    let found = lock(tx, ctx, id).await?;
    let now = ctx.env.now();
    let has_reader = match found.state {
        ImportState::Cancelled => return Ok(found),
        ImportState::Reading => {
            outbox::queries::find_open(tx, found.studio_id, &Job::ImportStatement { import: id }).await?.is_some()
        }
        ImportState::Waiting | ImportState::Quarantined | ImportState::Held => false,
        state @ (ImportState::Ready | ImportState::Refused | ImportState::Duplicate) => {
            return Err(RoyaltyError::StatementNotNow { state });
        }
    };
    if has_reader && found.cancel_asked_at.is_some() {
        return Ok(found);
    }
    let mut row = found.into_active_model();
    row.cancel_asked_at = Set(Some(now));
    if !has_reader {
        row.state = Set(ImportState::Cancelled);
        row.ended_at = Set(Some(now));
    }
    Ok(row.update(tx).await?)
}

/// Accepts what holds a statement: its lines count from now on, and who has said so is kept. Accepting twice is accepting once. If another that says the
/// same counts already, it is the duplicate of that.
pub async fn accept_import(tx: &Tx, ctx: &Ctx, id: StatementImportId) -> Result<import::Model, RoyaltyError> {
    let seen = import::Entity::find_by_id(id).one(tx).await?;
    let seen = policy::visible(&ctx.actor, Action::ManageRoyalties, seen, |row| row.studio_id)?;
    // The studio comes before its statements.
    let studio = seen.ok_or(NO_STATEMENT)?.studio_id;
    hold_studio(tx, studio).await?;
    hold_open(tx, studio).await??;
    let found = lock(tx, ctx, id).await?;
    match found.state {
        ImportState::Ready if found.accepted_at.is_some() => return Ok(found),
        ImportState::Held if found.content_sha256.is_none() => return Err(RoyaltyError::NoCurrency),
        ImportState::Held => {}
        state => return Err(RoyaltyError::StatementNotNow { state }),
    }
    let now = ctx.env.now();
    let same = same_content(tx, &found).await?;
    let mut problems = found.problems();
    problems.extend(same.as_ref().map(Problem::same_as));
    let mut row = found.into_active_model();
    row.state = Set(if same.is_some() { ImportState::Duplicate } else { ImportState::Ready });
    row.problem = Set(Some(as_json(&problems)?));
    row.duplicate_of = Set(same.map(|same| same.id));
    row.accepted_at = Set(Some(now));
    row.accepted_by = Set(ctx.actor.user());
    row.ended_at = Set(Some(now));
    let accepted = row.update(tx).await?;
    if accepted.state == ImportState::Ready {
        put_to_be_booked(tx, ctx, &accepted).await?;
    }
    Ok(accepted)
}

/// Has what a statement says is due booked, if it has a rate already.
async fn put_to_be_booked(tx: &Tx, ctx: &Ctx, import: &import::Model) -> Result<(), RoyaltyError> {
    let rated = total::Entity::find()
        .filter(total::Column::ImportId.eq(import.id))
        .filter(total::Column::AccountCurrency.is_not_null());
    if rated.one(tx).await?.is_some() {
        outbox::put(tx, ctx, Some(import.studio_id), &Job::PostStatement { import: import.id }).await?;
    }
    Ok(())
}

/// The statement of the studio that counts and says the same as another.
async fn same_content(tx: &Tx, import: &import::Model) -> Result<Option<import::Model>, RoyaltyError> {
    let same = import::Entity::find()
        .filter(import::Column::StudioId.eq(import.studio_id))
        .filter(import::Column::State.eq(ImportState::Ready))
        .filter(import::Column::ContentSha256.eq(import.content_sha256.clone()))
        .filter(import::Column::Id.ne(import.id));
    Ok(same.one(tx).await?)
}

/// One statement, held, for who may change it.
async fn lock(tx: &Tx, ctx: &Ctx, id: StatementImportId) -> Result<import::Model, RoyaltyError> {
    let found = import::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageRoyalties, found, |row| row.studio_id)?;
    found.ok_or(NO_STATEMENT)
}

/// Holds the studio: of two who take in, teach or accept, the later sees what the earlier has.
async fn hold_studio(tx: &Tx, studio: StudioId) -> Result<studio::Model, RoyaltyError> {
    let held = studio::Entity::find_by_id(studio).lock(LockType::NoKeyUpdate).one(tx).await?;
    held.ok_or(RoyaltyError::NotFound { what: "studio", field: "studio" })
}

/// Problems as they are kept.
fn as_json(problems: &[Problem]) -> Result<Json, RoyaltyError> {
    Ok(serde_json::to_value(problems)?)
}
