//! Entering and changing parties.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Func, LockType},
};

use super::{
    PartyError,
    entity::{self, PartyKind},
    keys,
    records::successor,
    rules::{self, PartyFacts},
    succession::{erasures_of, present},
};
use crate::{
    actor::Ctx,
    edit::Edit,
    email::EmailAddress,
    ids::{PartyId, StudioId},
    policy::{Action, require, visible},
    report::StoreError,
    store::Tx,
};

/// A party as entered; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyInput {
    /// Person or company.
    pub kind: PartyKind,
    /// The name used in print.
    pub name: String,
    /// The legal name, where it differs.
    pub legal_name: Option<String>,
    /// Where mail goes.
    pub email: Option<String>,
    /// IPI name number.
    pub ipi: Option<String>,
    /// ISNI.
    pub isni: Option<String>,
}

/// A change of a party; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartyChange {
    /// Person or company.
    pub kind: Edit<PartyKind>,
    /// The name used in print.
    pub name: Edit<String>,
    /// The legal name.
    pub legal_name: Edit<Option<String>>,
    /// Where mail goes.
    pub email: Edit<Option<String>>,
    /// IPI name number.
    pub ipi: Edit<Option<String>>,
    /// ISNI.
    pub isni: Edit<Option<String>>,
}

/// Enters a party.
pub async fn create_party(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    input: PartyInput,
) -> Result<entity::Model, PartyError> {
    require(&ctx.actor, Action::WriteCatalog, studio)?;
    enter_party(tx, ctx, studio, input).await
}

/// Enters a party. Who calls this has asked whether the actor may.
pub(crate) async fn enter_party(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    input: PartyInput,
) -> Result<entity::Model, PartyError> {
    let row = entity::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(studio),
        kind: Set(input.kind),
        name: Set(rules::name("name", &input.name)?),
        legal_name: Set(rules::legal_name(input.legal_name)?),
        email: Set(rules::email(input.email)?),
        ipi: Set(rules::ipi(input.ipi)?),
        isni: Set(rules::isni(input.isni)?),
        created_at: Set(ctx.env.now()),
    };
    let party = row.insert(tx).await?;
    keys::refresh(tx, &party).await?;
    Ok(party)
}

/// The party of a name and address, entered if it is not known: by its address if it has one, of several with the same address the one of that
/// name; else, if one party alone bears that name and has no address, that one, which has the address from now on. Without an address by its name
/// alone. What the document says of them is put into columns that are empty, of a party of that very name alone: several may share an address. Who was
/// merged into another is found as that one; who was erased is found by nothing. For the program itself, which books who has signed, booked or fetched something.
/// Nobody is held: who could be merged or erased before they are named is held by [`hold_if_present`].
pub(crate) async fn find_or_enter(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    name: &str,
    email: Option<&EmailAddress>,
    facts: &PartyFacts,
) -> Result<PartyId, StoreError> {
    let facts = facts.accepted();
    let mut known = entity::Entity::find().filter(entity::Column::StudioId.eq(studio));
    known = match email {
        Some(email) => known.filter(Func::lower(Expr::col(entity::Column::Email)).eq(email.account_key())),
        None => known.filter(entity::Column::Name.eq(name)),
    };
    let found = known.filter(not_erased()).order_by_asc(entity::Column::Id).all(tx).await?;
    if let Some(party) = found.iter().find(|party| party.name == name).or(found.first()) {
        // Of one that was merged nothing is filled in: its successor is who they are.
        let standing = present(tx, party.id).await?;
        let is_itself = standing == party.id && party.name == name;
        return if is_itself { fill(tx, party, email, facts).await } else { Ok(standing) };
    }
    if let Some(email) = email
        && let Some(party) = without_address(tx, studio, name).await?
    {
        return fill(tx, &party, Some(email), facts).await;
    }
    let row = entity::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(studio),
        kind: Set(facts.kind.unwrap_or(PartyKind::Person)),
        name: Set(name.chars().take(rules::MAX_NAME_CHARS).collect()),
        legal_name: Set(facts.legal_name),
        email: Set(email.cloned()),
        ipi: Set(facts.ipi),
        isni: Set(facts.isni),
        created_at: Set(ctx.env.now()),
    };
    let party = row.insert(tx).await?;
    keys::refresh(tx, &party).await?;
    Ok(party.id)
}

/// That a party was not erased.
fn not_erased() -> Expr {
    Expr::cust("NOT EXISTS (SELECT 1 FROM party_erasures WHERE party_erasures.party_id = parties.id)")
}

/// Puts what is known of a party where nothing stands, and nowhere else.
async fn fill(
    tx: &Tx,
    party: &entity::Model,
    email: Option<&EmailAddress>,
    facts: PartyFacts,
) -> Result<PartyId, StoreError> {
    let filled = entity::Model {
        email: party.email.clone().or_else(|| email.cloned()),
        legal_name: party.legal_name.clone().or(facts.legal_name),
        ipi: party.ipi.clone().or(facts.ipi),
        isni: party.isni.clone().or(facts.isni),
        ..party.clone()
    };
    if filled != *party {
        let row = entity::ActiveModel {
            email: Set(filled.email),
            legal_name: Set(filled.legal_name),
            ipi: Set(filled.ipi),
            isni: Set(filled.isni),
            ..party.clone().into_active_model()
        };
        let filled = row.update(tx).await?;
        keys::refresh(tx, &filled).await?;
    }
    Ok(party.id)
}

/// The one party of a name that has no address; none if there are several, for nobody knows then who is meant.
async fn without_address(tx: &Tx, studio: StudioId, name: &str) -> Result<Option<entity::Model>, StoreError> {
    let mut found = entity::Entity::find()
        .filter(entity::Column::StudioId.eq(studio))
        .filter(entity::Column::Name.eq(name))
        .filter(entity::Column::Email.is_null())
        .filter(not_erased())
        .filter(Expr::cust("NOT EXISTS (SELECT 1 FROM party_successors WHERE party_successors.party_id = parties.id)"))
        .limit(2)
        .all(tx)
        .await?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// A party that an actor may act on, held until the end of the transaction: neither merged into another nor erased.
pub(crate) async fn lock_present(tx: &Tx, ctx: &Ctx, action: Action, id: PartyId) -> Result<entity::Model, PartyError> {
    let found = entity::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let party = visible(&ctx.actor, action, found, |party| party.studio_id)?.ok_or(PartyError::NotFound)?;
    require_present(tx, party.id).await?;
    Ok(party)
}

/// Holds a party until the end of the transaction; whether it was neither merged into another nor erased before. For the program itself.
pub(crate) async fn hold_if_present(tx: &Tx, id: PartyId) -> Result<bool, StoreError> {
    entity::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    Ok(present(tx, id).await? == id && erasures_of(tx, &[id]).await?.is_empty())
}

/// Refuses a party that was merged into another, or erased.
pub(crate) async fn require_present(tx: &Tx, id: PartyId) -> Result<(), PartyError> {
    if let Some(merged) = successor::Entity::find_by_id(id).one(tx).await? {
        return Err(PartyError::Merged { into: merged.successor_id });
    }
    if erasures_of(tx, &[id]).await?.contains_key(&id) { Err(PartyError::Erased) } else { Ok(()) }
}

/// Changes a party. Licences and contracts already granted keep the names they were made with.
pub async fn update_party(tx: &Tx, ctx: &Ctx, id: PartyId, change: PartyChange) -> Result<entity::Model, PartyError> {
    let party = lock_present(tx, ctx, Action::WriteCatalog, id).await?;
    let mut row = party.clone().into_active_model();
    row.kind = Set(change.kind.or(party.kind));
    row.name = Set(change.name.try_map(|name| rules::name("name", &name))?.or(party.name));
    row.legal_name = Set(change.legal_name.try_map(rules::legal_name)?.or(party.legal_name));
    row.email = Set(change.email.try_map(rules::email)?.or(party.email));
    row.ipi = Set(change.ipi.try_map(rules::ipi)?.or(party.ipi));
    row.isni = Set(change.isni.try_map(rules::isni)?.or(party.isni));
    let changed = row.update(tx).await?;
    keys::refresh(tx, &changed).await?;
    Ok(changed)
}
