//! Folding: what the entries of an account come to is written down from time to time, so that a balance is that and what came after it, however
//! long the account has been open.
//!
//! Only entries up to a number are folded behind which nothing can appear any more. PostgreSQL gives numbers before it commits, so a smaller one may
//! become visible after a larger; the table is held for the moment of looking, until whoever is writing has ended. Each batch is one transaction that
//! goes on from where the last one to be committed ended, and one is in work at a time: done twice, broken off, or by two at once, it comes to the
//! same.

use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use crate::{actor::Ctx, ledger::LedgerError, store, store::Db};

/// The most entries of one batch.
pub const BATCH: i64 = 50_000;

/// For how long a writer is waited for, while those behind us wait too. Who has not ended by then is left for the next round.
const PATIENCE: &str = "SET LOCAL lock_timeout = '1s'";

/// Each account's balance up to the number, from what was folded of it and the entries since.
const FOLD: &str = "
INSERT INTO account_folds (account_id, through_seq, balance_minor, folded_at)
SELECT entries.account_id, $1, COALESCE(account_folds.balance_minor, 0) + CAST(SUM(entries.amount_minor) AS bigint), $2
FROM entries LEFT JOIN account_folds ON account_folds.account_id = entries.account_id
WHERE entries.seq > $3 AND entries.seq <= $1
GROUP BY entries.account_id, account_folds.balance_minor
ON CONFLICT (account_id) DO UPDATE SET
    through_seq = excluded.through_seq, balance_minor = excluded.balance_minor, folded_at = excluded.folded_at";

#[derive(FromQueryResult)]
struct Number {
    number: Option<i64>,
}

/// Folds the balances of all accounts up to now; returns how many were moved forward. For the program itself, now and then.
pub async fn fold_balances(db: &Db, ctx: &Ctx) -> Result<u64, LedgerError> {
    fold_in_batches(db, ctx, BATCH).await
}

/// As [`fold_balances`], by so many entries at a time.
pub async fn fold_in_batches(db: &Db, ctx: &Ctx, batch: i64) -> Result<u64, LedgerError> {
    let (end, mut folded, mut reached) = (settled(db).await?, 0, 0);
    loop {
        let tx = store::begin(db).await?;
        if store::is_postgres(&tx) {
            tx.execute_unprepared("LOCK TABLE account_folds IN SHARE ROW EXCLUSIVE MODE").await?;
        }
        // Every batch reaches all accounts, so none has entries between its own fold and the furthest. One without entries, for PostgreSQL takes back no
        // number that it has given, moves no fold forward: it is behind us all the same.
        let done = number(&tx, "SELECT MAX(through_seq) AS number FROM account_folds").await?.max(reached);
        if done >= end {
            return Ok(folded);
        }
        let through = end.min(done.saturating_add(batch.max(1)));
        let values = [Value::from(through), Value::from(ctx.env.now()), Value::from(done)];
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), FOLD, values);
        folded += tx.execute_raw(statement).await?.rows_affected();
        tx.commit().await?;
        reached = through;
    }
}

/// The number up to which every entry that will ever be there is there.
async fn settled(db: &Db) -> Result<i64, LedgerError> {
    let tx = store::begin(db).await?;
    if store::is_postgres(&tx) {
        tx.execute_unprepared(PATIENCE).await?;
        tx.execute_unprepared("LOCK TABLE entries IN SHARE MODE").await?;
    }
    let end = number(&tx, "SELECT MAX(seq) AS number FROM entries").await?;
    tx.commit().await?;
    Ok(end)
}

async fn number(db: &impl ConnectionTrait, select: &str) -> Result<i64, LedgerError> {
    let statement = Statement::from_string(db.get_database_backend(), select);
    Ok(Number::find_by_statement(statement).one(db).await?.and_then(|row| row.number).unwrap_or(0))
}
