//! In which steps a database and this program differ.

use sea_orm_migration::{
    MigratorTrait, SchemaManager,
    sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement},
};

use crate::Migrator;

/// The steps in which a database's schema and this program differ, each in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// Those that are still to be applied.
    pub pending: Vec<String>,
    /// Those behind the last that this program knows, which a later version has applied. They take nothing away from the version before it, so that both work
    /// beside each other while one takes the other's place.
    pub later: Vec<String>,
}

impl Steps {
    /// Looked up without changing anything. A step that is neither known nor a later one is an error, and so are later ones where a known one is lacking: no
    /// version has left the database like that.
    pub async fn of(db: &DatabaseConnection) -> Result<Self, DbErr> {
        let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
        Self::between(&known, &applied(db).await?).map_err(DbErr::Migration)
    }

    fn between(known: &[String], applied: &[String]) -> Result<Self, String> {
        let pending: Vec<String> = known.iter().filter(|step| !applied.contains(step)).cloned().collect();
        let unknown = applied.iter().filter(|step| !known.contains(step)).cloned();
        // Names begin with their day: they are in their order, which a test of `Migrator` holds them to.
        let (mut later, strange): (Vec<_>, Vec<_>) = unknown.partition(|step| known.iter().all(|one| one < step));
        later.sort_unstable();
        if !strange.is_empty() {
            return Err(format!("steps that this program does not know were applied: {}", strange.join(", ")));
        }
        if !pending.is_empty() && !later.is_empty() {
            let (later, pending) = (later.join(", "), pending.join(", "));
            return Err(format!("later steps were applied, {later}, but not those before them, {pending}"));
        }
        Ok(Self { pending, later })
    }
}

/// The steps that were applied, by name: none before the first, which also makes the table that lists them.
async fn applied(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    if !SchemaManager::new(db).has_table("seaql_migrations").await? {
        return Ok(Vec::new());
    }
    let ask = Statement::from_string(db.get_database_backend(), "SELECT version FROM seaql_migrations");
    db.query_all_raw(ask).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["m20261201_a", "m20261201_b", "m20261203_a"];

    fn between(applied: &[&str]) -> Result<Steps, String> {
        let owned = |steps: &[&str]| steps.iter().map(|step| (*step).to_owned()).collect::<Vec<_>>();
        Steps::between(&owned(&KNOWN), &owned(applied))
    }

    #[test]
    fn later_steps_are_told_apart_from_strange_ones() {
        let pending = between(&KNOWN[..1]).unwrap();
        assert_eq!((pending.pending.as_slice(), pending.later.len()), (&KNOWN.map(str::to_owned)[1..], 0));
        let all = [&KNOWN[..], &["m20261204_b", "m20261204_a"]].concat();
        let later = between(&all).unwrap();
        assert_eq!((later.pending.len(), later.later), (0, vec!["m20261204_a".to_owned(), "m20261204_b".to_owned()]));
        let strange = between(&[&KNOWN[..], &["m20261202_a"]].concat()).unwrap_err();
        assert!(strange.contains("m20261202_a"), "{strange}");
        let lacking = between(&[&KNOWN[..2], &["m20261204_a"]].concat()).unwrap_err();
        assert!(lacking.contains("m20261203_a") && lacking.contains("m20261204_a"), "{lacking}");
    }
}
