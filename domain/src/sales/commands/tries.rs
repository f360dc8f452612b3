//! How often somebody may order and try coupons.

use crate::{
    actor::Ctx,
    identity::{commands::throttle, rules::Allowance},
    sales::{SalesError, rules},
    services::Services,
};

/// Counts tries of somebody at a network address, each under its subject. In a transaction of its own: a try counts whatever comes of it, and those who race
/// for the last of something do not wait for one another here.
///
/// # Errors
/// [`SalesError::TooMany`] if one of the allowances is used up.
pub(super) async fn count(
    services: &Services,
    ctx: &Ctx,
    ip: Option<&str>,
    tries: &[(Allowance, &str)],
) -> Result<(), SalesError> {
    if rules::told_apart(ip).is_none() {
        return Ok(());
    }
    let tx = services.begin().await?;
    let mut counted = Ok(());
    for (allowance, subject) in tries {
        if counted.is_ok() {
            counted = throttle::count(&tx, &ctx.env, *allowance, subject).await;
        }
    }
    services.commit(tx).await?;
    Ok(counted?)
}
