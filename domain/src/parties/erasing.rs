//! Erasing a party on request. What law or a contract needs stays: accounts, contracts with their evidence, credits, and who they are about. All else
//! goes for good, and what is written down of it tells classes and numbers alone.

mod outstanding;

use std::collections::BTreeSet;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QueryOrder, Statement, Value,
};

use super::{
    ErasureError, PartyError,
    classes::{Class, DataClass, EARNING, ERASED, ERASED_BY_ADDRESS, KEPT, KEPT_BY_ADDRESS, ROUTES, SIGNED, TAX},
    commands::lock_present,
    entity,
    keys::{self, folded},
    merging::payout_under_way,
    queries::find_party_as,
    records::{ContactKind, KeyKind, contact, erasure, key},
    succession::family_of,
};
use crate::{
    actor::Ctx,
    email::EmailAddress,
    free_downloads::entity::consent,
    ids::{PartyId, StudioId},
    ledger::commands::standing_of_party,
    policy::{Action, require},
    report::StoreError,
    royalties::queries::terms::count_contracts_of,
    store::{self, Db, Tx},
};

/// The name of a party of whom nothing is kept.
pub const ERASED_NAME: &str = "Erased party";

/// What becomes of a class.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ErasureLine {
    /// The class.
    pub class: DataClass,
    /// Whether it is erased; else it is kept.
    pub erased: bool,
    /// How many rows it has.
    pub rows: i64,
    /// Why, a sentence.
    pub why: String,
}

/// What is erased of a party and what is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct ErasureReport {
    /// The classes of which there is anything.
    pub lines: Vec<ErasureLine>,
}

#[derive(FromQueryResult)]
struct Count {
    number: i64,
}

/// Whose data it is: a party with those that were merged into it, and the addresses of all of them.
struct Subject {
    studio: StudioId,
    family: Vec<PartyId>,
    addresses: BTreeSet<String>,
    /// Those of the addresses that another party of the studio has, too: what stands under them may be the other's.
    shared: BTreeSet<String>,
}

impl Subject {
    async fn of(db: &impl ConnectionTrait, party: &entity::Model) -> Result<Self, StoreError> {
        let family = family_of(db, party.id).await?;
        let rows = entity::Entity::find().filter(entity::Column::Id.is_in(family.iter().copied())).all(db).await?;
        let further = contact::Entity::find()
            .filter(contact::Column::PartyId.is_in(family.iter().copied()))
            .filter(contact::Column::Kind.eq(ContactKind::Email))
            .all(db)
            .await?;
        let consents =
            consent::Entity::find().filter(consent::Column::PartyId.is_in(family.iter().copied())).all(db).await?;
        let own = rows.iter().filter_map(|row| row.email.as_ref().map(EmailAddress::account_key));
        let further = further.iter().map(|row| row.value.to_lowercase());
        let addresses: BTreeSet<String> =
            own.chain(further).chain(consents.into_iter().map(|row| row.email_key)).collect();
        let of_others = key::Entity::find()
            .filter(key::Column::StudioId.eq(party.studio_id))
            .filter(key::Column::Kind.eq(KeyKind::Email))
            .filter(key::Column::Key.is_in(addresses.iter().cloned()))
            .filter(key::Column::PartyId.is_not_in(family.iter().copied()))
            .all(db)
            .await?;
        let shared = of_others.into_iter().map(|row| row.key).collect();
        Ok(Self { studio: party.studio_id, family, addresses, shared })
    }

    /// The values of a statement by party, one set for each.
    fn by_party(&self) -> Vec<Vec<Value>> {
        self.family.iter().map(|party| vec![(*party).into()]).collect()
    }

    /// The values of a statement by address, of those that are its own alone.
    fn by_address(&self) -> Vec<Vec<Value>> {
        self.values(self.addresses.difference(&self.shared))
    }

    /// The values of a statement by any address.
    fn by_any_address(&self) -> Vec<Vec<Value>> {
        self.values(self.addresses.iter())
    }

    fn values<'a>(&self, addresses: impl Iterator<Item = &'a String>) -> Vec<Vec<Value>> {
        addresses.map(|address| vec![self.studio.into(), address.clone().into()]).collect()
    }
}

async fn count(db: &impl ConnectionTrait, class: &Class, values: Vec<Vec<Value>>) -> Result<i64, StoreError> {
    let mut number = 0;
    for values in values {
        let text = format!("SELECT COUNT(*) AS number FROM {}", class.rows);
        let statement = Statement::from_sql_and_values(db.get_database_backend(), text, values);
        number += Count::find_by_statement(statement).one(db).await?.map_or(0, |row| row.number);
    }
    Ok(number)
}

async fn erase(tx: &Tx, class: &Class, values: &[Vec<Value>]) -> Result<(), StoreError> {
    for values in values {
        for statement in class.erase {
            let statement = Statement::from_sql_and_values(tx.get_database_backend(), *statement, values.clone());
            tx.execute_raw(statement).await?;
        }
    }
    Ok(())
}

/// What of a party binds the studio to know who it is.
#[derive(Debug, Clone, Copy)]
struct Bonds {
    /// Something signed, credited or booked names it.
    named: bool,
    /// Money was booked for it.
    booked: bool,
    /// It has a part of what is sold.
    earns: bool,
}

async fn report(
    db: &impl ConnectionTrait,
    party: &entity::Model,
    subject: &Subject,
) -> Result<(ErasureReport, Bonds), StoreError> {
    let mut lines: Vec<ErasureLine> = Vec::new();
    let mut add = |class: DataClass, erased: bool, rows: i64, why: &str| {
        if rows == 0 {
            return;
        }
        match lines.iter_mut().find(|line| line.class == class) {
            Some(line) => line.rows += rows,
            None => lines.push(ErasureLine { class, erased, rows, why: why.to_owned() }),
        }
    };
    let mut bonds = Bonds { named: false, booked: false, earns: false };
    for (class, why) in &KEPT {
        let rows = count(db, class, subject.by_party()).await?;
        bonds.named |= rows > 0;
        bonds.booked |= rows > 0 && matches!(class.class, DataClass::Accounting | DataClass::Royalties);
        bonds.earns |= rows > 0 && class.rows == EARNING;
        add(class.class, false, rows, why);
    }
    let contracts = count_contracts_of(db, subject.studio, &subject.family).await?;
    bonds.named |= contracts > 0;
    bonds.earns |= contracts > 0;
    let contracts = i64::try_from(contracts).unwrap_or(i64::MAX);
    add(DataClass::Agreements, false, contracts, SIGNED);
    for (class, why) in &KEPT_BY_ADDRESS {
        add(class.class, false, count(db, class, subject.by_address()).await?, why);
    }
    let named = "what is signed, credited or booked has to say of whom it is";
    add(DataClass::Identity, !bonds.named, 1, if bonds.named { named } else { "nothing needs it" });
    add(DataClass::Email, true, i64::from(party.email.is_some()), "nothing needs it");
    let booked = "what was paid is reported with it";
    let why = if bonds.booked { booked } else { "nothing needs it" };
    add(DataClass::Tax, !bonds.booked, count(db, &TAX, subject.by_party()).await?, why);
    let earns = "a contract still pays the party";
    let why = if bonds.earns { earns } else { "nothing is paid to the party any more" };
    add(DataClass::PayeeRoutes, !bonds.earns, count(db, &ROUTES, subject.by_party()).await?, why);
    for class in &ERASED {
        add(class.class, true, count(db, class, subject.by_party()).await?, "nothing needs it");
    }
    for class in &ERASED_BY_ADDRESS {
        add(class.class, true, count(db, class, subject.by_address()).await?, "nothing needs it");
    }
    lines.sort_by_key(|line| line.class);
    Ok((ErasureReport { lines }, bonds))
}

/// What erasing a party would erase, and what it would keep; of one that was erased, what it did.
///
/// # Errors
/// If the actor may not, or there is no such party.
pub async fn preview_erasure(db: &Db, ctx: &Ctx, party: PartyId) -> Result<ErasureReport, PartyError> {
    let party = find_party_as(db, ctx, Action::ManageClients, party).await?;
    if let Some(erased) = erasure::Entity::find_by_id(party.id).one(db).await? {
        return Ok(erased.report);
    }
    let subject = Subject::of(db, &party).await?;
    Ok(report(db, &party, &subject).await?.0)
}

/// Erases a party for good, with those that were merged into it: what law and contracts do not need is deleted, and that it was is written down without
/// saying what. The name confirms that nobody else is meant. No key may do this, for it takes away how a payee is paid.
///
/// # Errors
/// If the actor may not, the name is another, or something is still open with the party: money, a payout, a signature, a project, a booking, a quote, an invoice.
pub async fn erase_party(tx: &Tx, ctx: &Ctx, party: PartyId, name: &str) -> Result<erasure::Model, ErasureError> {
    let party = lock_present(tx, ctx, Action::ManageClients, party).await?;
    require(&ctx.actor, Action::ManagePayouts, party.studio_id).map_err(PartyError::from)?;
    if name.trim() != party.name {
        return Err(ErasureError::OtherName);
    }
    let subject = Subject::of(tx, &party).await?;
    require_nothing_open(tx, &party, &subject).await?;
    outstanding::require_none(tx, ctx, &subject).await?;
    let (report, bonds) = report(tx, &party, &subject).await?;
    for of in &subject.family {
        let row = erasure::Model {
            party_id: *of,
            studio_id: party.studio_id,
            erased_at: ctx.env.now(),
            erased_by: ctx.actor.user(),
            report: report.clone(),
        };
        store::insert_new(tx, row.into_active_model()).await?;
    }
    let (by_party, by_address) = (subject.by_party(), subject.by_address());
    for class in &ERASED {
        erase(tx, class, &by_party).await?;
    }
    for class in &ERASED_BY_ADDRESS {
        erase(tx, class, &by_address).await?;
    }
    if !bonds.booked {
        erase(tx, &TAX, &by_party).await?;
    }
    if !bonds.earns {
        erase(tx, &ROUTES, &by_party).await?;
    }
    forget_names(tx, &subject, bonds).await?;
    keys::forget(tx, &subject.family).await?;
    // By it they are listed among others, and found by nothing.
    let name = if bonds.named { party.name.as_str() } else { ERASED_NAME };
    let listed = [(KeyKind::Name, folded(name))].into();
    keys::write(tx, [(party.id, party.studio_id, listed)]).await?;
    Ok(erasure::Model {
        party_id: party.id,
        studio_id: party.studio_id,
        erased_at: ctx.env.now(),
        erased_by: ctx.actor.user(),
        report,
    })
}

async fn forget_names(tx: &Tx, subject: &Subject, bonds: Bonds) -> Result<(), StoreError> {
    for of in &subject.family {
        let mut row = entity::ActiveModel { id: Set(*of), email: Set(None), ..Default::default() };
        if !bonds.named {
            row.name = Set(ERASED_NAME.to_owned());
            row.legal_name = Set(None);
            row.ipi = Set(None);
            row.isni = Set(None);
        }
        row.update(tx).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Named {
    name: String,
}

async fn first_named(tx: &Tx, text: &str, sets: Vec<Vec<Value>>) -> Result<Option<String>, StoreError> {
    for values in sets {
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), text, values);
        if let Some(row) = Named::find_by_statement(statement).one(tx).await? {
            return Ok(Some(row.name));
        }
    }
    Ok(None)
}

/// Refuses while something is open that cannot be ended without knowing whom to write to.
async fn require_nothing_open(tx: &Tx, party: &entity::Model, subject: &Subject) -> Result<(), ErasureError> {
    let first = entity::Entity::find()
        .filter(entity::Column::StudioId.eq(party.studio_id))
        .order_by_asc(entity::Column::Id)
        .one(tx)
        .await?;
    if first.is_some_and(|first| subject.family.contains(&first.id)) {
        return Err(ErasureError::OwnParty);
    }
    for of in &subject.family {
        for standing in standing_of_party(tx, *of).await? {
            if standing.owed.minor != 0 || standing.suspended.minor != 0 {
                return Err(ErasureError::Owed { owed: standing.owed, suspended: standing.suspended });
            }
            if standing.due.minor != 0 {
                return Err(ErasureError::Owes { due: standing.due });
            }
        }
        if let Some(row) = payout_under_way(tx, *of).await? {
            return Err(ErasureError::PayoutUnderWay { reference: row.reference });
        }
    }
    let signing = "SELECT agreements.reference AS name FROM agreement_signers
         JOIN agreements ON agreements.id = agreement_signers.agreement_id
         WHERE agreements.studio_id = $1 AND lower(agreement_signers.email) = $2
         AND agreements.state IN ('sent', 'partly_signed', 'countered')
         AND agreement_signers.state IN ('waiting', 'signed', 'paper') ORDER BY agreements.id LIMIT 1";
    if let Some(reference) = first_named(tx, signing, subject.by_any_address()).await? {
        return Err(ErasureError::Signing { reference });
    }
    let working = "SELECT projects.title AS name FROM projects WHERE projects.state IN ('planned', 'active')
         AND (projects.client_id IN (SELECT id FROM clients WHERE party_id = $1)
              OR projects.id IN (SELECT project_id FROM project_people WHERE party_id = $1
                   UNION SELECT project_id FROM project_plans WHERE decider_id = $1
                   UNION SELECT project_id FROM budget_lines WHERE hire_id = $1
                   UNION SELECT project_id FROM project_tasks WHERE owner_party_id = $1))
         ORDER BY projects.id LIMIT 1";
    match first_named(tx, working, subject.by_party()).await? {
        Some(title) => Err(ErasureError::OpenProject { title }),
        None => Ok(()),
    }
}
