//! Reading rosters.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    actor::Ctx,
    env::Instant,
    identity::{
        entity::{member, studio, user},
        limits::limit_of,
    },
    ids::{StudioId, UserId},
    money::Money,
    policy::{self, Action},
    royalties::{
        RoyaltyError,
        entity::{alert, grant, limit},
    },
    store::Db,
};

/// The studios on the actor's roster, in the order in which they were granted: those alone whose royalties they may see. What was granted before they left a
/// studio and came again does not count.
pub async fn my_roster(db: &Db, ctx: &Ctx) -> Result<Vec<StudioId>, RoyaltyError> {
    let user = ctx.actor.user().ok_or(policy::Denied::Unauthenticated)?;
    let grants = grant::Entity::find()
        .filter(grant::Column::UserId.eq(user))
        .filter(grant::Column::RevokedAt.is_null())
        .order_by_asc(grant::Column::Id)
        .all(db)
        .await?;
    let memberships = member::Entity::find().filter(member::Column::UserId.eq(user)).all(db).await?;
    let joined: HashMap<StudioId, Instant> =
        memberships.into_iter().map(|row| (row.studio_id, row.joined_at)).collect();
    let seen = |grant: &grant::Model| {
        joined.get(&grant.studio_id).is_some_and(|since| *since <= grant.granted_at)
            && policy::require(&ctx.actor, Action::ReadRoyalties, grant.studio_id).is_ok()
    };
    Ok(grants.into_iter().filter(seen).map(|grant| grant.studio_id).collect())
}

/// Whether the actor may approve that so much is paid out: an owner any amount, others up to their limit in its currency, which is nothing unless an owner
/// has set one since they joined the studio.
pub async fn require_limit(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    studio: StudioId,
    asked: Money,
) -> Result<(), RoyaltyError> {
    policy::require(&ctx.actor, Action::ApproveRoyalties, studio)?;
    match limit_of(db, ctx, studio, asked.currency).await? {
        Some(limit) if asked.minor > limit.minor => Err(RoyaltyError::Limit { asked, limit }),
        _ => Ok(()),
    }
}

/// A studio on a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnRoster {
    /// The studio.
    pub studio: studio::Model,
    /// How many of its alerts are open.
    pub open_alerts: i64,
}

/// The studios on the actor's roster, in the order in which they were granted, with what wants looking at.
pub async fn list_roster(db: &Db, ctx: &Ctx) -> Result<Vec<OnRoster>, RoyaltyError> {
    let roster = my_roster(db, ctx).await?;
    let rows = studio::Entity::find().filter(studio::Column::Id.is_in(roster.iter().copied())).all(db).await?;
    let mut studios: HashMap<StudioId, studio::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let counts: Vec<(StudioId, i64)> = alert::Entity::find()
        .select_only()
        .column(alert::Column::StudioId)
        .column_as(alert::Column::Id.count(), "alerts")
        .filter(alert::Column::StudioId.is_in(roster.iter().copied()))
        .filter(alert::Column::SettledAt.is_null())
        .group_by(alert::Column::StudioId)
        .into_tuple()
        .all(db)
        .await?;
    let counts: HashMap<StudioId, i64> = counts.into_iter().collect();
    let on_roster = |id: StudioId| {
        let studio = studios.remove(&id)?;
        Some(OnRoster { studio, open_alerts: counts.get(&id).copied().unwrap_or(0) })
    };
    Ok(roster.into_iter().filter_map(on_roster).collect())
}

/// Who looks after a studio's royalties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manager {
    /// The account.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Since when they have the studio on their roster; none if they have not.
    pub granted_at: Option<Instant>,
    /// Up to which amounts they approve runs.
    pub limits: Vec<Money>,
}

/// The members who have the studio on their roster or a limit in it, by name. For owners.
pub async fn list_managers(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<Manager>, RoyaltyError> {
    policy::require_standing(&ctx.actor, Action::ManageMembers, studio)?;
    let grants = grant::Entity::find()
        .filter(grant::Column::StudioId.eq(studio))
        .filter(grant::Column::RevokedAt.is_null())
        .all(db)
        .await?;
    let limits = limit::Entity::find()
        .filter(limit::Column::StudioId.eq(studio))
        .filter(limit::Column::LimitMinor.gt(0_i64))
        .order_by_asc(limit::Column::Currency)
        .all(db)
        .await?;
    let members = member::Entity::find().filter(member::Column::StudioId.eq(studio)).all(db).await?;
    let joined: HashMap<UserId, Instant> = members.into_iter().map(|row| (row.user_id, row.joined_at)).collect();
    let holds = |user: UserId, given: Instant| joined.get(&user).is_some_and(|since| *since <= given);
    let mut by_user: BTreeMap<UserId, (Option<Instant>, Vec<Money>)> = BTreeMap::new();
    for row in grants.into_iter().filter(|row| holds(row.user_id, row.granted_at)) {
        by_user.entry(row.user_id).or_default().0 = Some(row.granted_at);
    }
    for row in limits.into_iter().filter(|row| holds(row.user_id, row.set_at)) {
        by_user.entry(row.user_id).or_default().1.push(Money::new(row.limit_minor, row.currency));
    }
    let users = user::Entity::find().filter(user::Column::Id.is_in(by_user.keys().copied())).all(db).await?;
    let manager = |row: user::Model| {
        let (granted_at, limits) = by_user.remove(&row.id).unwrap_or_default();
        Manager { user: row.id, name: row.name, granted_at, limits }
    };
    let mut managers: Vec<Manager> = users.into_iter().map(manager).collect();
    managers.sort_by(|one, other| one.name.cmp(&other.name).then(one.user.cmp(&other.user)));
    Ok(managers)
}
