//! Rows by their id, and lists of them, newest first, as every list of the interface is.

use domain::store::Tx;
use sea_orm::{
    ActiveModelTrait, DbErr, EntityName, EntityTrait, IntoActiveModel, ModelTrait, PrimaryKeyTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, sea_query::Expr,
};

/// The row with an id.
pub(in crate::sandbox) async fn load<E>(tx: &Tx, id: &str) -> Result<Option<E::Model>, DbErr>
where
    E: EntityTrait,
    E::PrimaryKey: PrimaryKeyTrait<ValueType = String>,
{
    E::find_by_id(id.to_owned()).one(tx).await
}

/// A new row.
pub(in crate::sandbox) async fn add<M>(tx: &Tx, row: M) -> Result<M, DbErr>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    M::Entity: EntityTrait<Model = M>,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    row.into_active_model().insert(tx).await
}

/// A row as it is now.
pub(in crate::sandbox) async fn save<M>(tx: &Tx, row: &M) -> Result<(), DbErr>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    M::Entity: EntityTrait<Model = M>,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    row.clone().into_active_model().reset_all().update(tx).await?;
    Ok(())
}

/// Where a page of a list lies, and how many it holds.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Cursor {
    /// What is older than the one with this id.
    pub(in crate::sandbox) starting_after: Option<String>,
    /// What is newer than the one with this id.
    pub(in crate::sandbox) ending_before: Option<String>,
    /// 1 to 100.
    pub(in crate::sandbox) limit: u64,
}

/// A page of a list, newest first.
pub(in crate::sandbox) struct Page<M> {
    pub(in crate::sandbox) rows: Vec<M>,
    /// Whether the list goes on in the direction that was read.
    pub(in crate::sandbox) has_more: bool,
}

/// A page of what a query finds. Order is that of insertion: no row of the lists is ever deleted, so SQLite's own row numbers only grow.
pub(in crate::sandbox) async fn page<E>(tx: &Tx, found: Select<E>, cursor: &Cursor) -> Result<Page<E::Model>, DbErr>
where
    E: EntityTrait + EntityName,
{
    let table = E::default().table_name().to_owned();
    let beside = |sign: &str, id: &str| {
        Expr::cust_with_values(format!("rowid {sign} (SELECT rowid FROM {table} WHERE id = ?)"), [id.to_owned()])
    };
    let upwards = cursor.ending_before.is_some();
    let found = match (&cursor.starting_after, &cursor.ending_before) {
        (_, Some(id)) => found.filter(beside(">", id)).order_by_asc(Expr::cust("rowid")),
        (Some(id), None) => found.filter(beside("<", id)).order_by_desc(Expr::cust("rowid")),
        (None, None) => found.order_by_desc(Expr::cust("rowid")),
    };
    let mut rows = found.limit(cursor.limit + 1).all(tx).await?;
    let most = usize::try_from(cursor.limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > most;
    rows.truncate(most);
    if upwards {
        rows.reverse();
    }
    Ok(Page { rows, has_more })
}
