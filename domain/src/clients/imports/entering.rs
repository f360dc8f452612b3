//! Entering a list that was read, so many lines at a time: who ends in the middle goes on behind what is entered.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockType, OnConflict},
};

use super::book::{Book, Settled};
use crate::{
    actor::{Actor, Ctx},
    clients::{
        commands::new_client,
        entity::{self as clients, ClientStage},
        people::PersonFacts,
        records::{ImportState, LineOutcome, import, import_line, stage_move},
    },
    ids::{ClientImportId, PartyId},
    parties::{
        self, contact_rows, entity as party, keys_of, link_rows,
        records::{ContactKind, contact, detail, link, note, tag},
        tag_rows, write_keys,
    },
    report::StoreError,
    services::Services,
    store::Tx,
};

/// How many lines are entered in one transaction.
const LINES: u64 = 200;

/// Enters the lines of a list that can be entered; what the job `enter_import` does. Each line is entered once, wherever this was broken off. How many lines
/// were looked at.
///
/// # Errors
/// If the database fails.
pub async fn enter_import(services: &Services, id: ClientImportId) -> Result<u64, StoreError> {
    let (ctx, mut looked_at) = (services.ctx(Actor::System), 0);
    loop {
        let tx = services.begin().await?;
        let found = import::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&tx).await?;
        let Some(import) = found.filter(|import| import.state == ImportState::Entering) else { return Ok(looked_at) };
        let lines = import_line::Entity::find()
            .filter(import_line::Column::ImportId.eq(id))
            .filter(import_line::Column::DoneAt.is_null())
            .filter(import_line::Column::Outcome.ne(LineOutcome::Refuse))
            .order_by_asc(import_line::Column::Number)
            .limit(LINES)
            .all(&tx)
            .await?;
        if lines.is_empty() {
            let ended = import::ActiveModel {
                state: Set(ImportState::Entered),
                ended_at: Set(Some(ctx.env.now())),
                ..import.into_active_model()
            };
            ended.update(&tx).await?;
            services.commit(tx).await?;
            return Ok(looked_at);
        }
        looked_at += lines.len() as u64;
        enter(&tx, &ctx, &import, lines).await?;
        services.commit(tx).await?;
    }
}

async fn enter(tx: &Tx, ctx: &Ctx, import: &import::Model, lines: Vec<import_line::Model>) -> Result<(), StoreError> {
    let mut book = Book::new(import.studio_id);
    let facts: Vec<&PersonFacts> = lines.iter().filter_map(|line| line.facts.as_ref()).collect();
    book.load(tx, &facts, true).await?;
    let mut writes = Writes::default();
    let mut done = Vec::with_capacity(lines.len());
    for line in lines {
        let mut row = import_line::ActiveModel {
            import_id: Set(line.import_id),
            number: Set(line.number),
            facts: Set(None),
            done_at: Set(Some(ctx.env.now())),
            ..Default::default()
        };
        let nothing = || "nothing stands in the line any more; send the list anew".to_owned();
        let settled =
            line.facts.ok_or_else(nothing).and_then(|facts| book.settle(ctx, &facts).map(|settled| (facts, settled)));
        match settled {
            Ok((facts, settled)) => {
                row.outcome = Set(settled.outcome());
                row.party_id = Set(Some(settled.party));
                writes.take(ctx, import, &facts, &settled, &book);
            }
            Err(problem) => {
                row.outcome = Set(LineOutcome::Refuse);
                row.problem = Set(Some(problem));
            }
        }
        done.push(row);
    }
    writes.write(tx, &book).await?;
    for row in done {
        row.update(tx).await?;
    }
    Ok(())
}

/// What some lines add, to be written at once.
#[derive(Default)]
struct Writes {
    new: BTreeSet<PartyId>,
    changed: BTreeSet<PartyId>,
    details: BTreeMap<PartyId, detail::Model>,
    contacts: Vec<contact::ActiveModel>,
    links: Vec<link::ActiveModel>,
    tags: Vec<tag::ActiveModel>,
    notes: Vec<note::ActiveModel>,
    clients: Vec<clients::ActiveModel>,
    moves: Vec<stage_move::ActiveModel>,
}

impl Writes {
    fn take(&mut self, ctx: &Ctx, import: &import::Model, facts: &PersonFacts, settled: &Settled, book: &Book) {
        let Some(known) = book.known(settled.party) else { return };
        let (party, added) = (&known.party, &settled.added);
        if settled.is_new {
            self.new.insert(party.id);
        } else if !added.is_nothing() && settled.was_known {
            self.changed.insert(party.id);
        }
        let says_details = added.pro.is_some() || added.publisher.is_some() || added.address.is_some();
        if let Some(details) = known.profile.details.clone().filter(|_| says_details) {
            self.details.insert(party.id, details);
        }
        let (contacts_from, links_from) = settled.places;
        self.contacts.extend(contact_rows(party, contacts_from, added.contacts.clone()));
        self.links.extend(link_rows(party, links_from, added.links.clone()));
        self.tags.extend(tag_rows(party, added.tags.clone()));
        self.notes.extend(added.notes.iter().map(|words| note::ActiveModel {
            id: Set(ctx.env.id()),
            party_id: Set(party.id),
            studio_id: Set(party.studio_id),
            words: Set(words.clone()),
            written_by: Set(import.created_by),
            written_at: Set(ctx.env.now()),
            edited_at: Set(None),
        }));
        if added.becomes_client {
            let (client, mut moved) = new_client(ctx, party, facts.stage.unwrap_or(ClientStage::Lead));
            moved.moved_by = import.created_by;
            self.clients.push(client.into_active_model());
            self.moves.push(moved.into_active_model());
        }
    }

    async fn write(self, tx: &Tx, book: &Book) -> Result<(), StoreError> {
        let party_of = |id: &PartyId| book.known(*id).map(|known| known.party.clone());
        let new: Vec<party::ActiveModel> =
            self.new.iter().filter_map(party_of).map(IntoActiveModel::into_active_model).collect();
        party::Entity::insert_many(new).exec_without_returning(tx).await?;
        for changed in self.changed.iter().filter_map(party_of) {
            let row = party::ActiveModel {
                legal_name: Set(changed.legal_name.clone()),
                email: Set(changed.email.clone()),
                ipi: Set(changed.ipi.clone()),
                isni: Set(changed.isni.clone()),
                ..changed.into_active_model()
            };
            row.update(tx).await?;
        }
        let details: Vec<detail::ActiveModel> =
            self.details.into_values().map(IntoActiveModel::into_active_model).collect();
        detail::Entity::insert_many(details).on_conflict(parties::on_same_party()).exec_without_returning(tx).await?;
        let standing = || OnConflict::new().do_nothing().to_owned();
        contact::Entity::insert_many(self.contacts).on_conflict(standing()).exec_without_returning(tx).await?;
        link::Entity::insert_many(self.links).on_conflict(standing()).exec_without_returning(tx).await?;
        tag::Entity::insert_many(self.tags).on_conflict(standing()).exec_without_returning(tx).await?;
        note::Entity::insert_many(self.notes).exec_without_returning(tx).await?;
        clients::Entity::insert_many(self.clients).exec_without_returning(tx).await?;
        stage_move::Entity::insert_many(self.moves).exec_without_returning(tx).await?;
        let keys = self.new.iter().chain(&self.changed).filter_map(|id| book.known(*id)).map(|known| {
            let emails = known.profile.contacts.iter().filter(|contact| contact.kind == ContactKind::Email);
            let emails: Vec<String> = emails.map(|contact| contact.value.clone()).collect();
            (known.party.id, known.party.studio_id, keys_of(&known.party, &emails, &[]))
        });
        write_keys(tx, keys).await
    }
}
