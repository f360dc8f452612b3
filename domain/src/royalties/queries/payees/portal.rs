//! A payee's portal: what they see by their link, and nobody else's.

use std::collections::HashMap;

use chrono::Duration;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::view::{StatementView, figures_of, statement_view};
use crate::{
    env::Instant,
    identity::entity::studio,
    ids::{PartyId, PayeeStatementId, PortalLinkId, RoyaltyRunId},
    links::{LinkError, LinkKey, Purpose},
    parties::{self, family_of, present},
    payouts::queries::{PayeeRoute, find_route},
    royalties::{
        RoyaltyError,
        entity::{ChargeKind, account, charge, payee, payee_statement, portal_link, run},
        rules::Exact,
    },
    services::Services,
    store::Db,
};

/// The most statements that a portal lists: those of twelve years, a quarter each, in two currencies.
pub const MOST_STATEMENTS: u64 = 100;

/// For how many days a signed link opens a portal: two quarters. Each mail brings a fresh one.
pub const LINK_DAYS: i64 = 180;

/// What a payee sees first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// Who accounts.
    pub studio: studio::Model,
    /// The payee; of one that was merged, who took their place.
    pub party: parties::entity::Model,
    /// Their statements, newest first.
    pub statements: Vec<Listed>,
    /// What was paid to them, newest first; below zero, what came back.
    pub payments: Vec<charge::Model>,
    /// Where they are paid.
    pub route: PayeeRoute,
}

/// A statement in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The statement.
    pub statement: payee_statement::Model,
    /// Its run.
    pub run: run::Model,
    /// What it comes to.
    pub payee: payee::Model,
    /// What was earned in its period, before reserves, costs and advances.
    pub earned: Exact,
}

/// Where a payee's portal is, by a link signed now, and until when that opens it.
pub fn portal_url(services: &Services, link: PortalLinkId) -> (String, Instant) {
    let until = services.env.now() + Duration::days(LINK_DAYS);
    let token = services.links.token(Purpose::Royalties, link, Some(until));
    (format!("{}/royalties/{token}", services.public_url), until)
}

/// Whose portal a signed link opens: the link has to be ours, its time must not be over, and it must not have been revoked.
pub async fn enter_portal(
    db: &Db,
    key: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<portal_link::Model, RoyaltyError> {
    let id: PortalLinkId = key.open(Purpose::Royalties, token, now)?;
    let found = portal_link::Entity::find_by_id(id).one(db).await?;
    let link = found.ok_or(RoyaltyError::Link(LinkError::Forged))?;
    if link.revoked_at.is_some() { Err(RoyaltyError::PortalRevoked) } else { Ok(link) }
}

/// What the holder of a link sees first: the statements of the payee and of all that were merged into them, and where they are paid, at the gateway in use or
/// by the studio's bank.
pub async fn find_portal(db: &Db, gateway: &str, link: &portal_link::Model) -> Result<Option<Portal>, RoyaltyError> {
    let party = present(db, link.party_id).await?;
    let studio = studio::Entity::find_by_id(link.studio_id).one(db).await?;
    let found = parties::entity::Entity::find_by_id(party).one(db).await?;
    let Some((studio, party)) = studio.zip(found) else { return Ok(None) };
    let family = family_of(db, party.id).await?;
    let rows = payee_statement::Entity::find()
        .filter(payee_statement::Column::PartyId.is_in(family.iter().copied()))
        .filter(payee_statement::Column::StudioId.eq(studio.id))
        .order_by_desc(payee_statement::Column::Id)
        .limit(MOST_STATEMENTS);
    let rows = rows.all(db).await?;
    let keys: Vec<_> = rows.iter().map(|row| (row.run_id, row.party_id)).collect();
    let mut figures = figures_of(db, &keys).await?;
    let mut earned = earned_by_run(db, &keys).await?;
    let listed = |statement: payee_statement::Model| {
        let of = (statement.run_id, statement.party_id);
        let (run, payee) = figures.remove(&of)?;
        Some(Listed { statement, run, payee, earned: earned.remove(&of).unwrap_or(Exact::ZERO) })
    };
    let statements = rows.into_iter().filter_map(listed).collect();
    let payments = charge::Entity::find()
        .filter(charge::Column::StudioId.eq(studio.id))
        .filter(charge::Column::Kind.eq(ChargeKind::Payment))
        .filter(charge::Column::PartyId.is_in(family.iter().copied()))
        .order_by_desc(charge::Column::OnDate)
        .order_by_desc(charge::Column::Id);
    let payments = payments.all(db).await?;
    let route = find_route(db, gateway, studio.id, party.id).await?;
    Ok(Some(Portal { studio, party, statements, payments, route }))
}

/// What payees have earned in runs, all accounts together.
async fn earned_by_run(
    db: &Db,
    of: &[(RoyaltyRunId, PartyId)],
) -> Result<HashMap<(RoyaltyRunId, PartyId), Exact>, RoyaltyError> {
    let rows = account::Entity::find()
        .filter(account::Column::RunId.is_in(of.iter().map(|(run, _)| *run)))
        .filter(account::Column::PartyId.is_in(of.iter().map(|(_, party)| *party)));
    let mut earned: HashMap<(RoyaltyRunId, PartyId), Exact> = HashMap::new();
    for row in rows.all(db).await? {
        earned.entry((row.run_id, row.party_id)).or_insert(Exact::ZERO).accumulate(row.activity)?;
    }
    Ok(earned)
}

/// A statement that the holder of a link may see; none of anybody else's.
pub async fn statement_in_portal(
    db: &Db,
    link: &portal_link::Model,
    id: PayeeStatementId,
) -> Result<Option<StatementView>, RoyaltyError> {
    let Some(view) = statement_view(db, id).await? else { return Ok(None) };
    let family = family_of(db, present(db, link.party_id).await?).await?;
    let is_theirs = view.statement.studio_id == link.studio_id && family.contains(&view.statement.party_id);
    Ok(is_theirs.then_some(view))
}
