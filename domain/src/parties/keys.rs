//! By what parties are found: words of their names and addresses, and the forms in which two of them are compared.
//!
//! Keys are written with what they are of. Parties that stand from before there were keys get theirs by [`index_parties`], a chore. Who was merged into
//! another has none, and who was erased only that of the name they are listed under.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Statement,
    sea_query::{Expr, LockType, OnConflict},
};

use super::{
    entity,
    records::{ContactKind, KeyKind, contact, key, successor},
};
use crate::{
    agreements::rules::letters,
    ids::{PartyId, StudioId},
    report::StoreError,
    services::Services,
    store::Tx,
};

/// How many keys are written, or parties looked at, at once.
const BATCH: usize = 500;
/// The most words of a search that count.
const MAX_SEARCH_WORDS: usize = 6;
/// The most parties that are told of those that may be one.
const MOST_ALIKE: u64 = 20;
/// The most endings of one word that are keys of their own.
const MAX_ENDINGS: usize = 20;

/// The keys of one party.
pub(crate) type Keys = BTreeSet<(KeyKind, String)>;

/// The words of a text: letters and digits alone, without case and accents.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    // An accent that is typed as a character of its own belongs to the letter before it.
    let is_gap = |c: char| !c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c);
    text.split(is_gap).map(letters).filter(|word| !word.is_empty())
}

/// A name in the form by which it is compared and sorted.
pub fn folded(name: &str) -> String {
    let folded = words(name).collect::<Vec<_>>().join(" ");
    // Of a name without any letter, every character counts.
    if folded.is_empty() { name.trim().to_lowercase() } else { folded }
}

/// The beginnings that all have to be found of what is searched for.
pub fn search_words(text: &str) -> BTreeSet<String> {
    words(text).take(MAX_SEARCH_WORDS).collect()
}

/// The keys of a party, with further addresses, and other names that it was known by.
pub(crate) fn keys_of(party: &entity::Model, emails: &[String], names: &[String]) -> Keys {
    let mut keys: Keys = [(KeyKind::Name, folded(&party.name))].into();
    let mut find_by = |text: &str| {
        for word in words(text) {
            keys.extend(endings(&word).map(|ending| (KeyKind::Word, ending)));
        }
    };
    find_by(&party.name);
    find_by(party.legal_name.as_deref().unwrap_or_default());
    for name in names {
        find_by(name);
    }
    let own = party.email.as_ref().map(crate::email::EmailAddress::account_key);
    let emails: Vec<String> = own.into_iter().chain(emails.iter().map(|email| email.to_lowercase())).collect();
    for email in &emails {
        find_by(email);
    }
    keys.extend(emails.into_iter().map(|email| (KeyKind::Email, email)));
    keys.extend(party.ipi.iter().map(|ipi| (KeyKind::Ipi, ipi.clone())));
    keys.extend(party.isni.iter().map(|isni| (KeyKind::Isni, isni.clone())));
    keys
}

/// A word, and of scripts that put no blanks between words everything it ends in, too: so a name is found by any of its parts.
fn endings(word: &str) -> impl Iterator<Item = String> {
    let unspaced = word.chars().any(|c| matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}'));
    let most = if unspaced { MAX_ENDINGS } else { 1 };
    word.char_indices().take(most).map(|(at, _)| word[at..].to_owned())
}

/// Writes the keys of a party anew. Who calls this has just changed it.
pub(crate) async fn refresh(tx: &Tx, party: &entity::Model) -> Result<(), StoreError> {
    let merged = successor::Entity::find()
        .select_only()
        .column(successor::Column::PartyId)
        .filter(successor::Column::SuccessorId.eq(party.id));
    let names: Vec<String> = entity::Entity::find()
        .select_only()
        .column(entity::Column::Name)
        .filter(entity::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(merged)))
        .into_tuple()
        .all(tx)
        .await?;
    let emails: Vec<String> = contact::Entity::find()
        .select_only()
        .column(contact::Column::Value)
        .filter(contact::Column::PartyId.eq(party.id))
        .filter(contact::Column::Kind.eq(ContactKind::Email))
        .into_tuple()
        .all(tx)
        .await?;
    forget(tx, &[party.id]).await?;
    write(tx, [(party.id, party.studio_id, keys_of(party, &emails, &names))]).await
}

/// Takes the keys of parties away: nobody finds them any more.
pub(super) async fn forget(tx: &Tx, parties: &[PartyId]) -> Result<(), StoreError> {
    key::Entity::delete_many().filter(key::Column::PartyId.is_in(parties.iter().copied())).exec(tx).await?;
    Ok(())
}

/// Writes keys of parties beside those that stand.
pub(crate) async fn write(tx: &Tx, of: impl IntoIterator<Item = (PartyId, StudioId, Keys)>) -> Result<(), StoreError> {
    let rows: Vec<key::ActiveModel> = of
        .into_iter()
        .flat_map(|(party, studio, keys)| {
            keys.into_iter().map(move |(kind, key)| key::ActiveModel {
                party_id: Set(party),
                studio_id: Set(studio),
                kind: Set(kind),
                key: Set(key),
            })
        })
        .collect();
    for chunk in rows.chunks(BATCH) {
        key::Entity::insert_many(chunk.iter().cloned())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Writes the keys of parties that have none yet; how many had none. For the program itself, now and then.
///
/// # Errors
/// If the database fails.
pub async fn index_parties(services: &Services) -> Result<u64, StoreError> {
    let mut indexed = 0;
    loop {
        let tx = services.begin().await?;
        let bare = entity::Entity::find()
            .filter(Expr::cust(
                "NOT EXISTS (SELECT 1 FROM party_keys WHERE party_keys.party_id = parties.id)
                 AND NOT EXISTS (SELECT 1 FROM party_successors WHERE party_successors.party_id = parties.id)
                 AND NOT EXISTS (SELECT 1 FROM party_erasures WHERE party_erasures.party_id = parties.id)",
            ))
            .order_by_asc(entity::Column::Id)
            .limit(BATCH as u64)
            .lock(LockType::NoKeyUpdate)
            .all(&tx)
            .await?;
        let found = bare.len();
        for party in &bare {
            refresh(&tx, party).await?;
        }
        services.commit(tx).await?;
        indexed += found as u64;
        if found < BATCH {
            return Ok(indexed);
        }
    }
}

/// Parties that may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// What they have in common.
    pub kind: KeyKind,
    /// That itself, in the form by which it is compared.
    pub key: String,
    /// How many they are.
    pub count: i64,
    /// Who they are, the one entered first first; 20 of them at the most.
    pub parties: Vec<PartyId>,
}

#[derive(FromQueryResult)]
struct SharedKey {
    kind: KeyKind,
    key: String,
    party_id: PartyId,
    total: i64,
}

/// What several parties of a studio have in common, by kind and key, from behind one on, so many at the most. For who may see the studio's parties: it asks
/// nothing itself.
pub(super) async fn likenesses(
    db: &impl ConnectionTrait,
    studio: StudioId,
    behind: Option<(KeyKind, String)>,
    most: u64,
) -> Result<Vec<Likeness>, StoreError> {
    let (kind, key) =
        behind.map_or_else(|| (String::new(), String::new()), |(kind, key)| (kind.word().to_owned(), key));
    let text = format!(
        "SELECT kind, key, party_id, total FROM (
         SELECT shared.kind AS kind, shared.key AS key, party_keys.party_id AS party_id, shared.total AS total,
                ROW_NUMBER() OVER (PARTITION BY shared.kind, shared.key ORDER BY party_keys.party_id) AS place
         FROM (SELECT kind, key, COUNT(*) AS total FROM party_keys
               WHERE studio_id = $1 AND kind IN ('email', 'ipi', 'isni', 'name') AND (kind > $2 OR (kind = $2 AND key > $3))
               AND NOT EXISTS (SELECT 1 FROM party_erasures WHERE party_erasures.party_id = party_keys.party_id)
               GROUP BY kind, key HAVING COUNT(*) > 1 ORDER BY kind, key LIMIT {most}) AS shared
         JOIN party_keys ON party_keys.studio_id = $1 AND party_keys.kind = shared.kind AND party_keys.key = shared.key
         WHERE NOT EXISTS (SELECT 1 FROM party_erasures WHERE party_erasures.party_id = party_keys.party_id)
         ) AS placed WHERE place <= {MOST_ALIKE} ORDER BY kind, key, party_id"
    );
    let values = [studio.into(), kind.into(), key.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), text, values);
    let mut found: Vec<Likeness> = Vec::new();
    for row in SharedKey::find_by_statement(statement).all(db).await? {
        if let Some(last) = found.last_mut().filter(|last| (last.kind, &last.key) == (row.kind, &row.key)) {
            last.parties.push(row.party_id);
        } else {
            let SharedKey { kind, key, party_id, total } = row;
            found.push(Likeness { kind, key, count: total, parties: vec![party_id] });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::{env::testing, parties::entity::PartyKind};

    fn party(name: &str, legal_name: Option<&str>, email: Option<&str>) -> entity::Model {
        entity::Model {
            id: PartyId(Uuid::from_u128(1)),
            studio_id: StudioId(Uuid::nil()),
            kind: PartyKind::Person,
            name: name.to_owned(),
            legal_name: legal_name.map(str::to_owned),
            email: email.map(|email| email.parse().unwrap()),
            ipi: None,
            isni: None,
            created_at: testing::env(1).0.now(),
        }
    }

    fn found_by(keys: &Keys, search: &str) -> bool {
        search_words(search)
            .iter()
            .all(|word| keys.iter().any(|(kind, key)| *kind == KeyKind::Word && key.starts_with(word)))
    }

    #[test]
    fn names_fold_as_people_compare_them() {
        assert_eq!(folded("  Łucja   O'Brien-Étoile "), "lucja o brien etoile");
        assert_eq!(folded("Lucja O Brien Etoile"), folded("ŁUCJA O’BRIEN\u{2010}E\u{301}toile"));
        assert_eq!(folded(" !!! "), "!!!", "a name without letters is itself");
        assert_ne!(folded("ばし"), folded("はし"));
    }

    #[test]
    fn a_party_is_found_by_the_beginnings_of_its_words() {
        let keys = keys_of(
            &party("DJ Łucja", Some("Łucja Nowak"), Some("Lucja.N@Example.com")),
            &["mgmt@label.example".into()],
            &["The Night Shift".into()],
        );
        for search in ["luc", "NOWAK dj", "lucja.n@example.com", "mgmt", "night", ""] {
            assert!(found_by(&keys, search), "{search:?}");
        }
        for search in ["ucja", "nowak anna", "lucja.x@"] {
            assert!(!found_by(&keys, search), "{search:?}");
        }
        assert!(keys.contains(&(KeyKind::Email, "lucja.n@example.com".to_owned())));
        assert!(keys.contains(&(KeyKind::Email, "mgmt@label.example".to_owned())));
        assert!(found_by(&keys_of(&party("山田夜子", None, None), &[], &[]), "夜"), "no blank stands before it");
    }
}
