//! The books for other programs: as a list for spreadsheets, and as a beancount file, which checks itself.
//!
//! Both are streams of pieces of text, read a batch of journals at a time, in constant memory. To add a format: a file beside [`beancount`] that says how
//! accounts, journals and the end are written, and a line in [`Format`].

mod beancount;
mod csv;

use std::{collections::HashMap, sync::Arc};

use chrono::Duration;
use futures::{Stream, StreamExt, stream};
use sea_orm::EntityTrait;

use super::{
    LedgerError,
    entity::{account, journal},
    queries::{self, BATCH, Balance, EntryOfAccount},
};
use crate::{
    actor::Ctx,
    env::Instant,
    identity::entity::studio,
    ids::{PartyId, StudioId},
    money::Money,
    parties::find_parties_by_ids,
    policy::{self, Action},
    store::Db,
    text_enum,
};

pub(crate) use csv::quoted as csv_cell;

text_enum! {
    /// How the books are written.
    pub enum Format {
        /// A line for each entry, quoted as RFC 4180 says.
        Csv = "csv",
        /// A file for beancount: every account opened, every journal a transaction, and at the end each balance asserted.
        Beancount = "beancount",
    }
}

impl Format {
    /// What it is called in HTTP.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Beancount => "text/plain; charset=utf-8",
        }
    }
}

/// What is written of the whole.
struct Books {
    studio: studio::Model,
    /// All that were opened until then, with what they come to.
    balances: Vec<Balance>,
    /// The names of the parties that accounts are of.
    names: HashMap<PartyId, String>,
    /// Up to which instant, included.
    until: Instant,
}

impl Books {
    fn name(&self, account: &account::Model) -> Option<&str> {
        account.party_id.and_then(|party| self.names.get(&party)).map(String::as_str)
    }
}

/// Writes all that was booked of a studio up to an instant, oldest first. The pieces put together are the file; if one cannot be read the stream ends
/// with why, so that nobody takes a torso for the whole. Refused before the first piece if the actor may not read the books.
pub async fn export(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    format: Format,
    until: Instant,
) -> Result<impl Stream<Item = Result<String, LedgerError>> + Send + use<>, LedgerError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    let missing = || sea_orm::DbErr::RecordNotFound("the studio of its books".into());
    let studio = studio::Entity::find_by_id(studio).one(db).await?.ok_or_else(missing)?;
    let balances = queries::list_balances(db, ctx, studio.id, Some(until)).await?;
    let parties: Vec<PartyId> = balances.iter().filter_map(|row| row.account.party_id).collect();
    let mut names = HashMap::new();
    for chunk in parties.chunks(BATCH) {
        names.extend(find_parties_by_ids(db, chunk).await?.into_iter().map(|(id, party)| (id, party.name)));
    }
    let books = Arc::new(Books { studio, balances, names, until });
    let (head, tail) = match format {
        Format::Csv => (csv::head(), String::new()),
        Format::Beancount => (beancount::head(&books), beancount::tail(&books)),
    };
    let first = stream::once(async move { Ok(head) });
    let last = stream::once(async move { Ok(tail) });
    let batches = stream::try_unfold((db.clone(), books, None::<journal::Model>, false), move |state| async move {
        let (db, books, behind, is_over) = state;
        if is_over {
            return Ok(None);
        }
        // Instants are of whole microseconds.
        let before = books.until.checked_add_signed(Duration::microseconds(1)).unwrap_or(books.until);
        let journals = queries::journals_from(&db, books.studio.id, None, before, behind.as_ref()).await?;
        let ids: Vec<_> = journals.iter().map(|journal| journal.id).collect();
        let mut entries = queries::entries_of_journals(&db, &ids).await?;
        let mut text = String::new();
        for journal in &journals {
            let entries = entries.remove(&journal.id).unwrap_or_default();
            match format {
                Format::Csv => csv::journal(&mut text, &books, journal, &entries),
                Format::Beancount => beancount::journal(&mut text, journal, &entries),
            }
        }
        let is_over = journals.len() < BATCH;
        let behind = journals.into_iter().next_back();
        Ok(Some((text, (db, books, behind, is_over))))
    });
    Ok(first.chain(batches).chain(last).filter(|piece| {
        let is_empty = piece.as_ref().is_ok_and(String::is_empty);
        async move { !is_empty }
    }))
}

fn amount(row: &EntryOfAccount) -> Money {
    Money::new(row.entry.amount_minor, row.entry.currency)
}
