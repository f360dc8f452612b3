//! What is sealed at rest follows the installation's secrets: sealed anew under the one that seals now.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::super::{entity::second_factor, sealing};
use crate::{
    env::Env,
    ids::UserId,
    links::LinkKey,
    report::StoreError,
    store::{self, Db, Tx},
};

/// How many rows one transaction seals anew.
const BATCH: u64 = 100;

/// What became of what earlier secrets had sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resealed {
    /// Sealed anew.
    pub resealed: u64,
    /// Left as it was: none of the secrets opens it.
    pub unreadable: u64,
}

/// Seals anew, a batch a transaction, whatever is not sealed under the present secret. One that breaks off has done whole batches, and all of it is read by the
/// secrets as before; the next goes on from there.
pub async fn reseal(db: &Db, env: &Env, links: &LinkKey) -> Result<Resealed, StoreError> {
    let (mut all, mut after) = (Resealed::default(), None);
    loop {
        let tx = store::begin(db).await?;
        let (of_batch, last) = reseal_batch(&tx, env, links, after, BATCH).await?;
        tx.commit().await?;
        all.resealed += of_batch.resealed;
        all.unreadable += of_batch.unreadable;
        match last {
            Some(last) => after = Some(last),
            None => return Ok(all),
        }
    }
}

/// Seals so many anew, of accounts behind the one before; with the last account that was looked at, none if there was none any more.
pub async fn reseal_batch(
    tx: &Tx,
    env: &Env,
    links: &LinkKey,
    after: Option<UserId>,
    most: u64,
) -> Result<(Resealed, Option<UserId>), StoreError> {
    let is_due = second_factor::Column::SealedSecret.not_like(format!("{}%", sealing::beginning(links.current().id())));
    let mut due = second_factor::Entity::find().filter(is_due).order_by_asc(second_factor::Column::UserId).limit(most);
    if let Some(after) = after {
        due = due.filter(second_factor::Column::UserId.gt(after));
    }
    let (due, mut done) = (due.all(tx).await?, Resealed::default());
    for row in &due {
        let Some(secret) = sealing::open(links, row.user_id, &row.sealed_secret) else {
            done.unreadable += 1;
            continue;
        };
        // Unless somebody has set it up anew meanwhile.
        let sealed = second_factor::Entity::update_many()
            .col_expr(second_factor::Column::SealedSecret, Expr::value(sealing::seal(env, links, row.user_id, &secret)))
            .filter(second_factor::Column::UserId.eq(row.user_id))
            .filter(second_factor::Column::SealedSecret.eq(&row.sealed_secret))
            .exec(tx)
            .await?;
        done.resealed += sealed.rows_affected;
    }
    Ok((done, due.last().map(|row| row.user_id)))
}
