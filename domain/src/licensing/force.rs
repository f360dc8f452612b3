//! Whether a licence whose price is kept is in force: within its term, not upgraded, and not past what its contract says of a limit.

use std::collections::HashMap;

use chrono::Duration;
use sea_orm::ConnectionTrait;

use super::{
    entity::licence,
    queries::ends_at,
    rules::stands,
    terms::{AtCap, Terms},
    upgrades::successors,
    usage,
};
use crate::{env::Instant, ids::LicenceId, report::StoreError};

/// For how many days after a limit was reached a licence that is to be upgraded then stays in force, as its contract says.
pub const UPGRADE_DAYS: i64 = 30;

/// How a licence stands whose price is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Force {
    /// In force.
    Stands,
    /// Another licence has taken its place.
    Superseded {
        /// That one's reference.
        by: String,
    },
    /// Its term is over.
    Ended,
    /// By its terms it has ended with a limit that is reached.
    AtLimit,
    /// A limit was reached, and it was not upgraded in time: until it is, it is suspended.
    Suspended,
}

/// How a licence stands by its terms alone, given since when one of its limits is reached.
pub fn by_terms(terms: &Terms, granted_at: Instant, at_limit_since: Option<Instant>, now: Instant) -> Force {
    if !stands(ends_at(granted_at, terms), now) {
        return Force::Ended;
    }
    match (terms.at_cap, at_limit_since) {
        (AtCap::Terminate, Some(_)) => Force::AtLimit,
        // What was used before an upgrade may be a limit's worth already when it is granted.
        (AtCap::Upgrade, Some(since)) if since.max(granted_at) + Duration::days(UPGRADE_DAYS) <= now => {
            Force::Suspended
        }
        (_, None) | (AtCap::Upgrade, Some(_)) => Force::Stands,
    }
}

/// How licences stand whose price is kept, by licence. For who may see them: it asks nothing itself.
pub async fn forces(
    db: &impl ConnectionTrait,
    licences: &[licence::Model],
    now: Instant,
) -> Result<HashMap<LicenceId, Force>, StoreError> {
    let ids: Vec<LicenceId> = licences.iter().map(|licence| licence.id).collect();
    let mut newer = successors(db, &ids).await?;
    let at_limit_since = usage::at_limit_since(db, licences).await?;
    let force = |licence: &licence::Model| {
        let since = at_limit_since.get(&licence.id).copied();
        let by_terms = || by_terms(&licence.terms, licence.granted_at, since, now);
        let superseded = |newer: licence::Model| Force::Superseded { by: newer.reference };
        (licence.id, newer.remove(&licence.id).map_or_else(by_terms, superseded))
    };
    Ok(licences.iter().map(force).collect())
}

/// Those of some licences that are in force, in their order.
pub async fn in_force(
    db: &impl ConnectionTrait,
    licences: Vec<licence::Model>,
    now: Instant,
) -> Result<Vec<licence::Model>, StoreError> {
    let forces = forces(db, &licences, now).await?;
    Ok(licences.into_iter().filter(|licence| forces.get(&licence.id) == Some(&Force::Stands)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{env::testing, licensing::rules::default_tiers, money::Currency};

    #[test]
    fn a_limit_ends_it_or_leaves_thirty_days_to_upgrade() {
        let (env, _) = testing::env(1);
        let granted = env.now();
        let mut terms = default_tiers(Currency::EUR, "Nova").swap_remove(0).terms;
        terms.at_cap = AtCap::Upgrade;
        let day = |n| granted + Duration::days(n);
        let at = |terms: &Terms, since, now| by_terms(terms, granted, since, now);
        assert_eq!(at(&terms, None, day(400)), Force::Stands);
        assert_eq!(at(&terms, Some(day(10)), day(40) - Duration::microseconds(1)), Force::Stands);
        assert_eq!(at(&terms, Some(day(10)), day(40)), Force::Suspended);
        assert_eq!(at(&terms, Some(day(-300)), day(29)), Force::Stands, "from its own grant on");
        assert_eq!(at(&terms, Some(day(10)), day(3 * 366)), Force::Ended);
        terms.at_cap = AtCap::Terminate;
        assert_eq!(at(&terms, Some(day(10)), day(10)), Force::AtLimit);
        assert_eq!(at(&terms, None, day(10)), Force::Stands);
    }
}
