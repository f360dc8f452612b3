//! Taking in lists of people, in two steps: a list that was read is kept with what would become of each line; once somebody has seen that, it is entered.
//!
//! A line that names somebody who is known adds to them and changes nothing that stands ([`known`](super::known)). Entering decides anew, for others may have
//! worked meanwhile, and in the order of the file. The same list twice enters nobody twice.

mod book;
mod entering;

use std::collections::HashSet;

use chrono::Duration;
use interchange::contact::{Import, Imported, Rejected};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType},
};

pub use entering::enter_import;

use self::book::Book;
use super::{
    ClientError,
    people::{PersonFacts, facts_of},
    records::{ImportFormat, ImportState, LineOutcome, import, import_line},
};
use crate::{
    actor::Ctx,
    catalog::Sha256,
    email::EmailAddress,
    ids::{ClientImportId, StudioId},
    outbox::{self, Job},
    policy::{Action, require, visible},
    report::StoreError,
    services::Services,
    store::{self, Tx},
};

/// For how many days a list is kept, entered or not.
pub const KEPT_DAYS: i64 = 7;
/// How many lines are written at once.
const BATCH: usize = 500;

/// A line as it was read: what it says, or why that cannot be taken.
struct Line {
    number: i32,
    name: String,
    read: Result<PersonFacts, String>,
}

/// Keeps a list that was read, whose bytes have that digest, with what would become of each line. Until it is entered the same list is that one, read
/// anew.
///
/// # Errors
/// If the actor may not.
pub async fn stage_import(
    services: &Services,
    ctx: &Ctx,
    studio: StudioId,
    format: ImportFormat,
    sha256: Sha256,
    list: Import,
) -> Result<import::Model, ClientError> {
    require(&ctx.actor, Action::ManageClients, studio)?;
    let lines = lines_of(list);
    let tx = services.begin().await?;
    let standing = import::Entity::find()
        .filter(import::Column::StudioId.eq(studio))
        .filter(import::Column::Sha256.eq(sha256.clone()))
        .filter(import::Column::State.ne(ImportState::Entered))
        .lock(LockType::NoKeyUpdate)
        .one(&tx)
        .await?;
    let row = match standing {
        Some(standing) if standing.state == ImportState::Entering => return Ok(standing),
        Some(standing) => {
            import_line::Entity::delete_many().filter(import_line::Column::ImportId.eq(standing.id)).exec(&tx).await?;
            let row = import::ActiveModel {
                created_at: Set(ctx.env.now()),
                created_by: Set(ctx.actor.user()),
                ..standing.into_active_model()
            };
            row.update(&tx).await?
        }
        None => {
            let row = import::Model {
                id: ctx.env.id(),
                studio_id: studio,
                format,
                sha256,
                state: ImportState::Staged,
                created_at: ctx.env.now(),
                created_by: ctx.actor.user(),
                ended_at: None,
            };
            row.into_active_model().insert(&tx).await?
        }
    };
    let rows = decided(&tx, ctx, &row, lines).await?;
    for chunk in rows.chunks(BATCH) {
        let chunk: Vec<import_line::ActiveModel> =
            chunk.iter().cloned().map(IntoActiveModel::into_active_model).collect();
        import_line::Entity::insert_many(chunk).exec_without_returning(&tx).await?;
    }
    services.commit(tx).await?;
    Ok(row)
}

/// All lines of a list in the order of the file, each under a number of its own: that of the line on which it begins.
fn lines_of(read: Import) -> Vec<Line> {
    let taken = read.contacts.into_iter().map(|Imported { line, contact, notices }| {
        // What was not taken of it stands in its extras, and comes from there into a note.
        let name: String = contact.display_name().chars().take(200).collect();
        let read = facts_of(&contact).map(|mut facts| {
            facts.notices.extend(notices.iter().map(ToString::to_string));
            facts
        });
        (line, name, read)
    });
    let refused = read.rejected.into_iter().map(|Rejected { line, fault, source }| {
        let name: String = source.first().map(|first| first.chars().take(200).collect()).unwrap_or_default();
        (line, name, Err(fault.to_string()))
    });
    let mut all: Vec<_> = taken.chain(refused).collect();
    all.sort_by_key(|(line, ..)| *line);
    let mut seen = HashSet::new();
    let line = |(line, name, read): (u64, String, Result<PersonFacts, String>)| {
        let mut number = i32::try_from(line.max(1)).unwrap_or(i32::MAX);
        while !seen.insert(number) {
            number = number.saturating_add(1);
        }
        Line { number, name, read }
    };
    all.into_iter().map(line).collect()
}

/// The rows of lines, each with what would become of it now.
async fn decided(
    tx: &Tx,
    ctx: &Ctx,
    import: &import::Model,
    lines: Vec<Line>,
) -> Result<Vec<import_line::Model>, StoreError> {
    let mut book = Book::new(import.studio_id);
    let facts: Vec<&PersonFacts> = lines.iter().filter_map(|line| line.read.as_ref().ok()).collect();
    for chunk in facts.chunks(BATCH) {
        book.load(tx, chunk, false).await?;
    }
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let blank = import_line::Model {
            import_id: import.id,
            number: line.number,
            studio_id: import.studio_id,
            outcome: LineOutcome::Refuse,
            name: line.name,
            facts: None,
            problem: None,
            party_id: None,
            email_key: None,
            done_at: None,
        };
        let settled = line.read.and_then(|facts| book.settle(ctx, &facts).map(|settled| (facts, settled)));
        rows.push(match settled {
            Ok((mut facts, settled)) => {
                let (outcome, party_id) = (settled.outcome(), settled.known_party());
                facts.notices.extend(settled.notice);
                import_line::Model { outcome, party_id, email_key: email_key(&facts), facts: Some(facts), ..blank }
            }
            Err(problem) => import_line::Model { problem: Some(problem), ..blank },
        });
    }
    Ok(rows)
}

/// The address that a line names first, as an account's key.
fn email_key(facts: &PersonFacts) -> Option<String> {
    facts.email.as_ref().and_then(|email| email.parse::<EmailAddress>().ok()).map(|email| email.account_key())
}

/// Has a list entered that was read; entering it twice is entering it once.
///
/// # Errors
/// If the actor may not, or there is no such list.
pub async fn commit_import(tx: &Tx, ctx: &Ctx, id: ClientImportId) -> Result<import::Model, ClientError> {
    let found = import::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let import = visible(&ctx.actor, Action::ManageClients, found, |import| import.studio_id)?;
    let import = import.ok_or(ClientError::NoImport)?;
    if import.state != ImportState::Staged {
        return Ok(import);
    }
    outbox::put(tx, ctx, Some(import.studio_id), &Job::EnterImport { import: import.id }).await?;
    let row = import::ActiveModel { state: Set(ImportState::Entering), ..import.into_active_model() };
    Ok(row.update(tx).await?)
}

/// Forgets lists that were sent long ago, but for those that are being entered by a job that is still open; how many lines. For the program itself, now and
/// then.
///
/// # Errors
/// If the database fails.
pub async fn forget_imports(services: &Services) -> Result<u64, StoreError> {
    let before = services.env.now() - Duration::days(KEPT_DAYS);
    // While any list of the studio is being entered, none that stands at that is forgotten.
    let is_given_up = Expr::cust(
        "NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.studio_id = client_imports.studio_id
         AND outbox.kind = 'enter_import' AND outbox.state = 'open')",
    );
    let tx = store::begin(&services.db).await?;
    let old: Vec<ClientImportId> = import::Entity::find()
        .select_only()
        .column(import::Column::Id)
        .filter(import::Column::CreatedAt.lt(before))
        .filter(Condition::any().add(import::Column::State.ne(ImportState::Entering)).add(is_given_up))
        .order_by_asc(import::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple()
        .all(&tx)
        .await?;
    let of_old = import_line::Column::ImportId.is_in(old.iter().copied());
    let lines = import_line::Entity::delete_many().filter(of_old).exec(&tx).await?;
    import::Entity::delete_many().filter(import::Column::Id.is_in(old)).exec(&tx).await?;
    tx.commit().await?;
    Ok(lines.rows_affected)
}
