//! Merging two entries of one party. Nothing is lost: what can be moved is (see [`references`](super::references)), what was signed or booked stays and is
//! followed, and what was owed is moved by a journal.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};

use super::{
    MergeError, PartyError,
    commands::require_present,
    entity, keys,
    records::{ContactKind, contact, detail, successor, tax},
    references::{self, follow},
};
use crate::{
    actor::Ctx,
    clients::entity as clients,
    email::EmailAddress,
    ids::{ClientId, PartyId, WorkId},
    ledger::commands::{book_merge, hold_accounts, standing_of_party},
    payouts::entity::{PayoutState, payout},
    policy::{Action, visible},
    report::StoreError,
    sales::rules::reference_of,
    splits,
    store::{self, Tx},
};

/// Merges a party into another of the same studio, which takes its place everywhere. It keeps its row, which leads to the other. Merging the same twice is
/// merging once. No key may do this, for it moves what payees are owed.
///
/// # Errors
/// If the actor may not, the two are told to be different by their kinds, numbers, credits or signatures, or the party has a payout under way or a disputed
/// sale.
pub async fn merge_parties(tx: &Tx, ctx: &Ctx, from: PartyId, into: PartyId) -> Result<entity::Model, MergeError> {
    let (from, into) = lock_both(tx, ctx, from, into).await?;
    if from.id == into.id {
        return Err(MergeError::Itself);
    }
    if from.studio_id != into.studio_id {
        return Err(MergeError::OtherStudio);
    }
    let merged = successor::Entity::find_by_id(from.id).one(tx).await?;
    if merged.is_some_and(|merged| merged.successor_id == into.id) {
        return Ok(into);
    }
    require_present(tx, into.id).await?;
    require_present(tx, from.id).await?;
    require_alike(&from, &into)?;
    // They may stand from before there were keys.
    keys::refresh(tx, &from).await?;
    keys::refresh(tx, &into).await?;
    require_not_together(tx, &from, &into).await?;
    require_no_payout(tx, from.id).await?;
    // Accounts that were opened until the parties were held are held now, too.
    hold_accounts(tx, &[from.id, into.id]).await?;
    let standings = standing_of_party(tx, from.id).await?;
    if let Some(disputed) = standings.iter().find(|standing| standing.suspended.minor != 0) {
        return Err(MergeError::Disputed { suspended: disputed.suspended });
    }
    let reference = reference_of("PM-", &ctx.env);
    book_merge(tx, ctx, from.studio_id, (from.id, into.id), &reference, &standings).await?;
    let row = successor::Model {
        party_id: from.id,
        studio_id: from.studio_id,
        successor_id: into.id,
        reference,
        merged_at: ctx.env.now(),
        merged_by: ctx.actor.user(),
    };
    row.into_active_model().insert(tx).await?;
    let into = fill(tx, &from, into).await?;
    follow_clients(tx, from.id, into.id).await?;
    follow(tx, references::OF_PARTIES, from.id, into.id).await?;
    keys::forget(tx, &[from.id]).await?;
    keys::refresh(tx, &into).await?;
    release_parked(tx, ctx, &into).await?;
    Ok(into)
}

/// Both parties, held alone until the end of the transaction; behind their accounts, for whoever books holds those before it refers to the parties.
async fn lock_both(
    tx: &Tx,
    ctx: &Ctx,
    from: PartyId,
    into: PartyId,
) -> Result<(entity::Model, entity::Model), MergeError> {
    let both =
        || entity::Entity::find().filter(entity::Column::Id.is_in([from, into])).order_by_asc(entity::Column::Id);
    let rows = both().all(tx).await?;
    visible_one(ctx, &rows, from, "from")?;
    visible_one(ctx, &rows, into, "into")?;
    hold_accounts(tx, &[from, into]).await?;
    let rows = both().lock_exclusive().all(tx).await?;
    Ok((visible_one(ctx, &rows, from, "from")?, visible_one(ctx, &rows, into, "into")?))
}

/// One of the parties, if the actor may merge it.
fn visible_one(
    ctx: &Ctx,
    rows: &[entity::Model],
    id: PartyId,
    field: &'static str,
) -> Result<entity::Model, MergeError> {
    let found = rows.iter().find(|row| row.id == id).cloned();
    let found = visible(&ctx.actor, Action::ManageClients, found, |row| row.studio_id).map_err(PartyError::from)?;
    let found = visible(&ctx.actor, Action::ManagePayouts, found, |row| row.studio_id).map_err(PartyError::from)?;
    found.ok_or(MergeError::NoParty { field })
}

/// Refuses two that say of themselves that they are different.
fn require_alike(from: &entity::Model, into: &entity::Model) -> Result<(), MergeError> {
    if from.kind != into.kind {
        return Err(MergeError::Kinds);
    }
    for (what, one, other) in [("IPI name numbers", &from.ipi, &into.ipi), ("ISNIs", &from.isni, &into.isni)] {
        if let (Some(one), Some(other)) = (one, other)
            && one != other
        {
            return Err(MergeError::Numbers { what, from: one.clone(), into: other.clone() });
        }
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Named {
    name: String,
}

async fn first_named(tx: &Tx, text: &str, values: Vec<Value>) -> Result<Option<String>, StoreError> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), text, values);
    Ok(Named::find_by_statement(statement).one(tx).await?.map(|row| row.name))
}

/// Each of two parties with those that were merged into it: what these have signed, it has.
const FAMILIES: &str = "WITH from_family (party_id) AS (
        SELECT id FROM parties WHERE id = $1 UNION SELECT party_id FROM party_successors WHERE successor_id = $1
    ), into_family (party_id) AS (
        SELECT id FROM parties WHERE id = $2 UNION SELECT party_id FROM party_successors WHERE successor_id = $2
    )";

/// Refuses two that stand beside each other in what was or is to be signed, or in credits: there they are two.
async fn require_not_together(tx: &Tx, from: &entity::Model, into: &entity::Model) -> Result<(), MergeError> {
    let both = || vec![from.id.into(), into.id.into()];
    let credited = "SELECT beats.title AS name FROM collaborators AS theirs
         JOIN collaborators AS others ON others.beat_id = theirs.beat_id AND others.party_id = $2
         JOIN beats ON beats.id = theirs.beat_id WHERE theirs.party_id = $1 ORDER BY beats.id LIMIT 1";
    if let Some(beat) = first_named(tx, credited, both()).await? {
        return Err(MergeError::CreditedTogether { beat });
    }
    let signed = "SELECT agreements.reference AS name FROM agreement_signers AS theirs
         JOIN agreement_signers AS others ON others.agreement_id = theirs.agreement_id
         JOIN agreements ON agreements.id = theirs.agreement_id
         WHERE theirs.party_id IN (SELECT party_id FROM from_family) AND others.party_id IN (SELECT party_id FROM into_family)
         ORDER BY agreements.id LIMIT 1";
    let divided = "SELECT agreements.reference AS name FROM split_shares AS theirs
         JOIN split_shares AS others ON others.version_id = theirs.version_id
         JOIN split_versions ON split_versions.id = theirs.version_id
         JOIN agreements ON agreements.id = split_versions.agreement_id
         WHERE theirs.party_id IN (SELECT party_id FROM from_family) AND others.party_id IN (SELECT party_id FROM into_family)
         ORDER BY agreements.id LIMIT 1";
    for signed in [signed, divided] {
        if let Some(reference) = first_named(tx, &format!("{FAMILIES} {signed}"), both()).await? {
            return Err(MergeError::SignedTogether { reference });
        }
    }
    // Until it is executed an agreement knows its signers by their addresses.
    let signing = "SELECT agreements.reference AS name FROM agreements
         JOIN agreement_signers AS theirs ON theirs.agreement_id = agreements.id
         JOIN agreement_signers AS others ON others.agreement_id = agreements.id AND others.party_index <> theirs.party_index
         WHERE agreements.studio_id = $3 AND agreements.state IN ('sent', 'partly_signed', 'countered')
         AND theirs.state IN ('waiting', 'signed', 'paper') AND others.state IN ('waiting', 'signed', 'paper')
         AND lower(theirs.email) IN (SELECT key FROM party_keys WHERE party_id = $1 AND kind = 'email')
         AND lower(others.email) IN (SELECT key FROM party_keys WHERE party_id = $2 AND kind = 'email')
         ORDER BY agreements.id LIMIT 1";
    let values = vec![from.id.into(), into.id.into(), from.studio_id.into()];
    match first_named(tx, signing, values).await? {
        Some(reference) => Err(MergeError::SigningTogether { reference }),
        None => Ok(()),
    }
}

/// Refuses a party to which a payout is on its way, or waits to be tried again: it would be paid twice, or to nobody.
async fn require_no_payout(tx: &Tx, party: PartyId) -> Result<(), MergeError> {
    match payout_under_way(tx, party).await? {
        Some(row) => Err(MergeError::PayoutUnderWay { reference: row.reference, state: row.state }),
        None => Ok(()),
    }
}

/// A payout to a party that is on its way, or has failed and waits.
pub(super) async fn payout_under_way(tx: &Tx, party: PartyId) -> Result<Option<payout::Model>, StoreError> {
    Ok(payout::Entity::find()
        .filter(payout::Column::PartyId.eq(party))
        .filter(payout::Column::State.is_in([PayoutState::Sending, PayoutState::Failed]))
        .one(tx)
        .await?)
}

/// Puts what was known of the one where nothing stood of the other. What differs stays where it was, and is read there.
async fn fill(tx: &Tx, from: &entity::Model, into: entity::Model) -> Result<entity::Model, StoreError> {
    let row = entity::ActiveModel {
        legal_name: Set(into.legal_name.clone().or_else(|| from.legal_name.clone())),
        email: Set(into.email.clone().or_else(|| from.email.clone())),
        ipi: Set(into.ipi.clone().or_else(|| from.ipi.clone())),
        isni: Set(into.isni.clone().or_else(|| from.isni.clone())),
        ..into.into_active_model()
    };
    let into = row.update(tx).await?;
    keep_address(tx, from.email.as_ref(), &into).await?;
    fill_details(tx, from, &into).await?;
    if let Some(theirs) = tax::Entity::find_by_id(from.id).one(tx).await? {
        let copy = tax::Model { party_id: into.id, ..theirs };
        store::insert_new(tx, copy.into_active_model()).await?;
    }
    Ok(into)
}

/// Keeps another address for mail as a further contact.
async fn keep_address(tx: &Tx, email: Option<&EmailAddress>, into: &entity::Model) -> Result<(), StoreError> {
    let Some(email) =
        email.filter(|email| Some(email.account_key()) != into.email.as_ref().map(EmailAddress::account_key))
    else {
        return Ok(());
    };
    let row = contact::Model {
        party_id: into.id,
        studio_id: into.studio_id,
        kind: ContactKind::Email,
        value: email.to_string(),
        label: None,
        position: 0,
    };
    store::insert_new(tx, row.into_active_model()).await?;
    Ok(())
}

async fn fill_details(tx: &Tx, from: &entity::Model, into: &entity::Model) -> Result<(), StoreError> {
    let Some(theirs) = detail::Entity::find_by_id(from.id).one(tx).await? else { return Ok(()) };
    let theirs = detail::Model { party_id: into.id, ..theirs };
    let Some(own) = detail::Entity::find_by_id(into.id).one(tx).await? else {
        theirs.into_active_model().insert(tx).await?;
        return Ok(());
    };
    let mut filled = own.clone();
    filled.pro = own.pro.or_else(|| theirs.pro.clone());
    if own.publisher.is_none() {
        (filled.publisher, filled.publisher_ipi) = (theirs.publisher, theirs.publisher_ipi);
    }
    // An address is one: half of each would lead nowhere.
    let has_address = own.street.is_some()
        || own.city.is_some()
        || own.region.is_some()
        || own.postcode.is_some()
        || own.country.is_some();
    if !has_address {
        (filled.street, filled.city, filled.region) = (theirs.street, theirs.city, theirs.region);
        (filled.postcode, filled.country) = (theirs.postcode, theirs.country);
    }
    let row = detail::ActiveModel {
        pro: Set(filled.pro),
        publisher: Set(filled.publisher),
        publisher_ipi: Set(filled.publisher_ipi),
        street: Set(filled.street),
        city: Set(filled.city),
        region: Set(filled.region),
        postcode: Set(filled.postcode),
        country: Set(filled.country),
        party_id: Set(into.id),
        ..Default::default()
    };
    row.update(tx).await?;
    Ok(())
}

/// Moves what refers to the client that a party is, if the other is a client, too: of two clients one goes on.
async fn follow_clients(tx: &Tx, from: PartyId, into: PartyId) -> Result<(), StoreError> {
    if let (Some(from), Some(into)) = (client_of(tx, from).await?, client_of(tx, into).await?) {
        follow(tx, references::OF_CLIENTS, from, into).await?;
    }
    Ok(())
}

async fn client_of(tx: &Tx, party: PartyId) -> Result<Option<ClientId>, StoreError> {
    let found = clients::Entity::find().filter(clients::Column::PartyId.eq(party)).one(tx).await?;
    Ok(found.map(|client| client.id))
}

#[derive(FromQueryResult)]
struct Waiting {
    work_id: WorkId,
}

/// Has what is parked for the works of a party given out, if anything is: one of the two may have signed what the other is credited with.
async fn release_parked(tx: &Tx, ctx: &Ctx, party: &entity::Model) -> Result<(), StoreError> {
    let statement = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "SELECT DISTINCT beats.work_id AS work_id FROM collaborators JOIN beats ON beats.id = collaborators.beat_id
         JOIN split_parkings ON split_parkings.work_id = beats.work_id WHERE collaborators.party_id = $1",
        [party.id.into()],
    );
    for waiting in Waiting::find_by_statement(statement).all(tx).await? {
        splits::put_release(tx, ctx, party.studio_id, waiting.work_id).await?;
    }
    Ok(())
}
