//! Licences that took another's place: which stands in whose, and what an upgrade's contract says of the one that it replaces.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder,
};

use super::{
    channels,
    contract::{Contract, Replaced},
    entity::{channel, licence, upgrade},
};
use crate::{
    actor::Ctx,
    ids::{LicenceId, OrderId},
    money::Money,
    report::StoreError,
    sales::{
        entitlements::{entitlement, entitlements},
        entity::{order, order_upgrade, upgrade_credit},
        rules::money_back::Entitlement,
    },
    store::Tx,
};

/// Which licence each replaced, of all that are connected with some by upgrades, given back or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lineage {
    replaced: HashMap<LicenceId, LicenceId>,
    known: BTreeSet<LicenceId>,
}

impl Lineage {
    /// Every licence that is connected with those that were asked about, those too.
    pub(super) fn licences(&self) -> impl Iterator<Item = LicenceId> {
        self.known.iter().copied()
    }

    /// The licence with which it began.
    pub(super) fn root(&self, licence: LicenceId) -> LicenceId {
        self.earlier(licence).last().unwrap_or(licence)
    }

    /// What a licence replaced, and what that one had, and so on.
    pub(super) fn earlier(&self, licence: LicenceId) -> impl Iterator<Item = LicenceId> {
        std::iter::successors(self.replaced.get(&licence).copied(), move |at| self.replaced.get(at).copied())
    }
}

/// How licences are connected by upgrades. A tier is only ever upgraded to a higher one, so that this takes no more rounds than there are tiers.
pub(super) async fn lineage(db: &impl ConnectionTrait, licences: &[LicenceId]) -> Result<Lineage, StoreError> {
    let mut lineage = Lineage { replaced: HashMap::new(), known: licences.iter().copied().collect() };
    let mut fresh: Vec<LicenceId> = lineage.licences().collect();
    while !fresh.is_empty() {
        let touching = Condition::any()
            .add(upgrade::Column::LicenceId.is_in(fresh.iter().copied()))
            .add(upgrade::Column::ReplacedId.is_in(fresh.iter().copied()));
        fresh.clear();
        for row in upgrade::Entity::find().filter(touching).all(db).await? {
            fresh.extend([row.licence_id, row.replaced_id].into_iter().filter(|id| lineage.known.insert(*id)));
            lineage.replaced.insert(row.licence_id, row.replaced_id);
        }
    }
    Ok(lineage)
}

/// A licence with all that it stands on: itself, the one that it replaced, the one that that had replaced, and so on.
pub(crate) async fn find_chain(
    db: &impl ConnectionTrait,
    licence: &licence::Model,
) -> Result<Vec<licence::Model>, StoreError> {
    let lineage = lineage(db, &[licence.id]).await?;
    let earlier: Vec<LicenceId> = lineage.earlier(licence.id).collect();
    let mut found = licences_by_id(db, &earlier).await?;
    let earlier = earlier.iter().filter_map(|id| found.remove(id));
    Ok(std::iter::once(licence.clone()).chain(earlier).collect())
}

async fn licences_by_id(
    db: &impl ConnectionTrait,
    ids: &[LicenceId],
) -> Result<HashMap<LicenceId, licence::Model>, StoreError> {
    let rows = licence::Entity::find().filter(licence::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The licences that took the place of some, by the replaced one; none that was revoked again, which restores the replaced one. For who may see the
/// licences: it asks nothing itself.
pub async fn successors(
    db: &impl ConnectionTrait,
    licences: &[LicenceId],
) -> Result<HashMap<LicenceId, licence::Model>, StoreError> {
    let rows = upgrade::Entity::find()
        .filter(upgrade::Column::ReplacedId.is_in(licences.iter().copied()))
        .order_by_asc(upgrade::Column::Attempt)
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let newer: Vec<LicenceId> = rows.iter().map(|row| row.licence_id).collect();
    let newer = licences_by_id(db, &newer).await?;
    let orders = order::Entity::find()
        .filter(order::Column::Id.is_in(newer.values().map(|licence| licence.order_id)))
        .all(db)
        .await?;
    let entitled = entitlements(db, &orders).await?;
    let mut standing = HashMap::new();
    // Of several the last counts: it was granted when the earlier had been given back.
    for row in rows {
        let Some(licence) = newer.get(&row.licence_id) else { continue };
        if entitled.get(&licence.order_id).is_some_and(|may| *may != Entitlement::Revoked) {
            standing.insert(row.replaced_id, licence.clone());
        }
    }
    Ok(standing)
}

/// The licence that took the place of one, while its upgrade stands.
pub(crate) async fn find_successor(
    db: &impl ConnectionTrait,
    licence: LicenceId,
) -> Result<Option<licence::Model>, StoreError> {
    Ok(successors(db, &[licence]).await?.remove(&licence))
}

/// The licences that some have replaced, by the newer one. For who may see the licences: it asks nothing itself.
pub async fn predecessors(
    db: &impl ConnectionTrait,
    licences: &[LicenceId],
) -> Result<HashMap<LicenceId, licence::Model>, StoreError> {
    let rows =
        upgrade::Entity::find().filter(upgrade::Column::LicenceId.is_in(licences.iter().copied())).all(db).await?;
    let replaced: Vec<LicenceId> = rows.iter().map(|row| row.replaced_id).collect();
    let found = licences_by_id(db, &replaced).await?;
    let by_newer = rows.into_iter().filter_map(|row| Some((row.licence_id, found.get(&row.replaced_id)?.clone())));
    Ok(by_newer.collect())
}

/// The licence that holds again after an upgrade was given back: the one that the order's licence had replaced, if its own money is kept and no upgrade that
/// stands has its place. For who may see the order: it asks nothing itself.
pub async fn restored(db: &impl ConnectionTrait, upgrading: OrderId) -> Result<Option<licence::Model>, StoreError> {
    let newer = licence::Entity::find().filter(licence::Column::OrderId.eq(upgrading)).all(db).await?;
    let newer: Vec<LicenceId> = newer.iter().map(|licence| licence.id).collect();
    for earlier in predecessors(db, &newer).await?.into_values() {
        let Some(order) = order::Entity::find_by_id(earlier.order_id).one(db).await? else { continue };
        let stands = entitlement(db, &order).await? == Entitlement::Stands;
        if stands && find_successor(db, earlier.id).await?.is_none() {
            return Ok(Some(earlier));
        }
    }
    Ok(None)
}

/// Writes down that a licence takes another's place. The song's addresses go with it, so that claims on them are released as before.
pub(crate) async fn record_upgrade(
    tx: &Tx,
    ctx: &Ctx,
    licence: &licence::Model,
    replaced: LicenceId,
) -> Result<(), StoreError> {
    let before = upgrade::Entity::find().filter(upgrade::Column::ReplacedId.eq(replaced)).count(tx).await?;
    let row = upgrade::ActiveModel {
        licence_id: Set(licence.id),
        replaced_id: Set(replaced),
        attempt: Set(i32::try_from(before).unwrap_or(i32::MAX).saturating_add(1)),
        granted_at: Set(licence.granted_at),
    };
    row.insert(tx).await?;
    let addresses = channels::channels_of_licences(tx, &[replaced]).await?.remove(&replaced).unwrap_or_default();
    for address in addresses {
        let own = channel::Model { id: ctx.env.id(), licence_id: licence.id, ..address };
        own.into_active_model().insert(tx).await?;
    }
    Ok(())
}

/// What an upgrade's contract says of the licences before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// The one that it replaces.
    pub replaced: Replaced,
    /// The references of that one and of those that it had replaced. None of them survives an exclusive beside it.
    pub references: Vec<String>,
}

/// What the contract of an order's licence says of the one that it replaces; none if the order upgrades nothing. It asks nothing itself.
pub(super) async fn replacement_of_order(
    db: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Option<Replacement>, StoreError> {
    let Some(row) = order_upgrade::Entity::find_by_id(order).one(db).await? else { return Ok(None) };
    let credits = upgrade_credit::Entity::find().filter(upgrade_credit::Column::OrderId.eq(order)).all(db).await?;
    let ids: Vec<LicenceId> = credits.iter().map(|credit| credit.licence_id).collect();
    let licences = licences_by_id(db, &ids).await?;
    let Some(replaced) = licences.get(&row.licence_id) else { return Ok(None) };
    let credited_minor = credits.iter().map(|credit| credit.credited_minor).fold(0, i64::saturating_add);
    Ok(Some(Replacement {
        replaced: Replaced {
            reference: replaced.reference.clone(),
            tier_name: replaced.terms.tier_name.clone(),
            granted_at: replaced.granted_at,
            full_price: Money::new(row.full_price_minor, replaced.currency),
            credited: Money::new(credited_minor, replaced.currency),
        },
        references: licences.into_values().map(|licence| licence.reference).collect(),
    }))
}

impl Contract {
    /// The same as the contract of an upgrade.
    #[must_use]
    pub fn replacing(mut self, Replacement { replaced, references }: Replacement) -> Self {
        self.earlier_leases.retain(|lease| !references.contains(&lease.reference));
        self.replaces = Some(replaced);
        self
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;

    #[test]
    fn a_lineage_leads_back_to_its_root_through_what_was_given_back() {
        let id = |n| LicenceId(Uuid::from_u128(n));
        // 2 was given back, and 3 followed in its place; 4 replaced 3.
        let replaced = [(id(2), id(1)), (id(3), id(1)), (id(4), id(3))].into_iter().collect();
        let lineage = Lineage { replaced, known: (1..=4).map(id).collect() };
        assert_eq!(lineage.earlier(id(4)).collect::<Vec<_>>(), [id(3), id(1)]);
        assert!((1..=4).all(|n| lineage.root(id(n)) == id(1)));
        assert_eq!(lineage.root(id(9)), id(9), "what was never upgraded is its own root");
    }
}
