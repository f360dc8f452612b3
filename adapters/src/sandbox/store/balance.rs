//! The account's balance: what moved on it, and what of it can be sent elsewhere.

use domain::store::Tx;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::{
    Failure, Store, add,
    entity::balance::{Column, Entity, Model},
};

/// Money that moves.
pub(super) struct Movement<'a> {
    /// Stripe's word for what it is.
    pub(super) kind: &'static str,
    /// Stripe's word for reports.
    pub(super) category: &'static str,
    /// The object that moves it.
    pub(super) source: &'a str,
    /// Below zero for what leaves.
    pub(super) amount: i64,
    /// What is kept of it; below zero for what is given back of a fee.
    pub(super) fee: i64,
}

impl Store {
    /// Moves money on the balance; answers the id of the transaction.
    pub(super) async fn move_money(
        &self,
        tx: &Tx,
        moved: &Movement<'_>,
        currency: &str,
        available_on: i64,
    ) -> Result<String, Failure> {
        let row = Model {
            id: self.fresh_id("txn"),
            kind: moved.kind.to_owned(),
            reporting_category: moved.category.to_owned(),
            source: moved.source.to_owned(),
            amount: moved.amount,
            fee: moved.fee,
            currency: currency.to_owned(),
            description: None,
            available_on,
            created: self.now_s(),
        };
        Ok(add(tx, row).await?.id)
    }

    /// What can be sent elsewhere now; below zero if more was taken back than was there.
    pub(in crate::sandbox) async fn available(&self, tx: &Tx, currency: &str) -> Result<i64, Failure> {
        let there = Entity::find().filter(Column::Currency.eq(currency)).filter(Column::AvailableOn.lte(self.now_s()));
        let sum = there.select_only().expr(Expr::cust("COALESCE(SUM(amount - fee), 0)")).into_tuple::<i64>();
        Ok(sum.one(tx).await?.unwrap_or(0))
    }

    /// Everything that an object moved, oldest first.
    pub(in crate::sandbox) async fn movements_of(&self, tx: &Tx, source: &str) -> Result<Vec<Model>, Failure> {
        Ok(Entity::find().filter(Column::Source.eq(source)).order_by_asc(Expr::cust("rowid")).all(tx).await?)
    }
}
