//! Counting attempts, right across processes: one statement counts and tells the count.

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use super::super::{IdentityError, rules::Allowance};
use crate::{
    env::{Env, Instant, fingerprint},
    report::StoreError,
    store::Tx,
};

#[derive(FromQueryResult)]
struct Count {
    attempts: i32,
    window_started_at: Instant,
}

/// The subject's key: whom it is about is kept as a fingerprint.
fn key(allowance: &Allowance, subject: &str) -> String {
    format!("{}:{}", allowance.what, fingerprint(subject))
}

/// Counts an attempt; refuses it if the window's allowance is used up. Commit either way.
pub(crate) async fn count(tx: &Tx, env: &Env, allowance: Allowance, subject: &str) -> Result<(), IdentityError> {
    // Not known, so not to be told from any other.
    if subject.is_empty() {
        return Ok(());
    }
    let now = env.now();
    let fresh_since = now - allowance.window;
    let statement = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "INSERT INTO throttles (subject, window_started_at, attempts) VALUES ($1, $2, 1)
         ON CONFLICT (subject) DO UPDATE SET
             attempts = CASE WHEN throttles.window_started_at <= $3 THEN 1 ELSE throttles.attempts + 1 END,
             window_started_at = CASE WHEN throttles.window_started_at <= $3 THEN $2 ELSE throttles.window_started_at END
         RETURNING attempts, window_started_at",
        [key(&allowance, subject).into(), now.into(), fresh_since.into()],
    );
    let count = Count::find_by_statement(statement)
        .one(tx)
        .await?
        .ok_or_else(|| StoreError::from(sea_orm::DbErr::RecordNotInserted))?;
    if count.attempts > allowance.attempts {
        return Err(IdentityError::Throttled { retry_at: count.window_started_at + allowance.window });
    }
    if count.attempts == 1 {
        forget_old(tx, now).await?;
    }
    Ok(())
}

/// Holds a subject that was counted until the end of the transaction: of two tries of it the later sees what the earlier has done.
pub(crate) async fn hold(tx: &Tx, allowance: Allowance, subject: &str) -> Result<(), StoreError> {
    let statement = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "UPDATE throttles SET attempts = attempts WHERE subject = $1",
        [key(&allowance, subject).into()],
    );
    tx.execute_raw(statement).await?;
    Ok(())
}

/// Forgets the count of a subject: it has proved itself.
pub(super) async fn clear(tx: &Tx, allowance: Allowance, subject: &str) -> Result<(), IdentityError> {
    let statement = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "DELETE FROM throttles WHERE subject = $1",
        [key(&allowance, subject).into()],
    );
    tx.execute_raw(statement).await?;
    Ok(())
}

/// Whoever begins a window sweeps out those of yesterday, so that the table stays as small as a day's traffic.
async fn forget_old(tx: &Tx, now: Instant) -> Result<(), IdentityError> {
    let statement = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "DELETE FROM throttles WHERE window_started_at < $1",
        [(now - chrono::Duration::days(1)).into()],
    );
    tx.execute_raw(statement).await?;
    Ok(())
}
