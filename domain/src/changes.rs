//! Which kinds of things have changed in a studio, for those who look at it: a page that shows such things asks for them again.
//!
//! The database writes a mark with each change (triggers, in the step `studio_marks`), whichever program makes it. Transactions end in another order than they
//! begin in, so that a mark may appear behind one that is newer: how many there are is compared as well as which is the newest.
//!
//! **To add a kind:** a variant here and in `api/src/graphql/changes.rs`, and a migration that puts the trigger on its tables.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};

use crate::{ids::StudioId, policy::Action, report::StoreError, text_enum};

text_enum! {
    /// What has changed.
    pub enum ChangeKind {
        /// Agreements and their signatures.
        Agreements = "agreements",
        /// Beats and their files.
        Beats = "beats",
        /// Bookings of rooms.
        Bookings = "bookings",
        /// What the ledger has posted.
        Books = "books",
        /// Clients, and what is noted of them.
        Clients = "clients",
        /// Quotes, invoices and what was paid of them by hand.
        Invoices = "invoices",
        /// Offers for beats.
        Offers = "offers",
        /// Orders, their payments and licences, and what became of the money.
        Orders = "orders",
        /// Payouts, and files for the bank.
        Payouts = "payouts",
        /// Projects, their songs, stages and tasks.
        Projects = "projects",
        /// Mixes, their reviews and their masters.
        Reviews = "reviews",
        /// Runs of royalties, and what payees dispute.
        Runs = "runs",
        /// Statements of royalties.
        Statements = "statements",
        /// Webhooks, and what was sent to them.
        Webhooks = "webhooks",
    }
}

impl ChangeKind {
    /// What one must be allowed, to be told of it.
    pub const fn read_by(self) -> Action {
        match self {
            Self::Agreements => Action::ReadAgreements,
            Self::Beats => Action::ReadCatalog,
            Self::Bookings | Self::Projects | Self::Reviews => Action::ReadProduction,
            Self::Books | Self::Payouts => Action::ReadLedger,
            Self::Clients => Action::ReadClients,
            Self::Invoices | Self::Offers | Self::Orders => Action::ReadSales,
            Self::Runs | Self::Statements => Action::ReadRoyalties,
            Self::Webhooks => Action::ManageStudio,
        }
    }
}

pub mod entity {
    //! Marks.
    use sea_orm::entity::prelude::*;

    use super::ChangeKind;
    use crate::ids::StudioId;

    /// That something has changed.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "studio_marks")]
    pub struct Model {
        /// Counted by the database.
        #[sea_orm(primary_key)]
        pub id: i64,
        /// In which studio.
        pub studio_id: StudioId,
        /// What.
        pub kind: ChangeKind,
    }

    crate::plain_entity!();
}

/// How the marks of one kind stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Standing {
    count: i64,
    newest: i64,
}

/// How the marks of a studio stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(BTreeMap<ChangeKind, Standing>);

impl Marks {
    /// What has changed since they stood otherwise. Fewer marks than before are forgotten ones, and no change.
    pub fn since(&self, before: &Self) -> Vec<ChangeKind> {
        let has_changed = |(kind, now): (&ChangeKind, &Standing)| {
            let then = before.0.get(kind).copied().unwrap_or_default();
            (now.newest > then.newest || now.count > then.count).then_some(*kind)
        };
        self.0.iter().filter_map(has_changed).collect()
    }
}

#[derive(FromQueryResult)]
struct Row {
    kind: ChangeKind,
    marks: i64,
    newest: i64,
}

/// How the marks of a studio stand at this moment. Whoever is told of them must be allowed to be; see [`ChangeKind::read_by`].
///
/// # Errors
/// If the database fails.
pub async fn marks(db: &impl ConnectionTrait, studio: StudioId) -> Result<Marks, StoreError> {
    let rows = entity::Entity::find()
        .select_only()
        .column(entity::Column::Kind)
        .column_as(entity::Column::Id.count(), "marks")
        .column_as(entity::Column::Id.max(), "newest")
        .filter(entity::Column::StudioId.eq(studio))
        .group_by(entity::Column::Kind)
        .into_model::<Row>()
        .all(db)
        .await?;
    let standing = |row: Row| (row.kind, Standing { count: row.marks, newest: row.newest });
    Ok(Marks(rows.into_iter().map(standing).collect()))
}

/// How many of the newest marks are kept: far more than are written between two looks.
pub const KEPT: i64 = 10_000;

/// Forgets all but so many of the newest marks, and says how many those were.
///
/// # Errors
/// If the database fails.
pub async fn forget(db: &impl ConnectionTrait, kept: i64) -> Result<u64, StoreError> {
    let newest: Option<Option<i64>> =
        entity::Entity::find().select_only().column_as(entity::Column::Id.max(), "newest").into_tuple().one(db).await?;
    let Some(newest) = newest.flatten() else { return Ok(0) };
    let gone =
        entity::Entity::delete_many().filter(entity::Column::Id.lte(newest.saturating_sub(kept))).exec(db).await?;
    Ok(gone.rows_affected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(kind: ChangeKind, count: i64, newest: i64) -> Marks {
        Marks([(kind, Standing { count, newest })].into())
    }

    #[test]
    fn a_mark_that_comes_late_is_a_change_and_a_forgotten_one_is_none() {
        let before = standing(ChangeKind::Orders, 3, 9);
        assert_eq!(standing(ChangeKind::Orders, 4, 10).since(&before), [ChangeKind::Orders]);
        assert_eq!(standing(ChangeKind::Orders, 4, 9).since(&before), [ChangeKind::Orders]);
        assert_eq!(standing(ChangeKind::Orders, 1, 9).since(&before), []);
        assert_eq!(Marks::default().since(&before), []);
        assert_eq!(before.since(&before), []);
        assert_eq!(before.since(&Marks::default()), [ChangeKind::Orders]);
    }
}
