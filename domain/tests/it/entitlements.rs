//! What buyers may do is derived for each of them in Rust, and for lists in SQL: both say the same, whatever has become of the money.

use std::collections::BTreeSet;

use chrono::Duration;
use domain::{
    actor::Actor,
    ids::{BeatId, LicenceId, OrderId},
    licensing::{
        channels::list_allowlist,
        entity::licence,
        queries::{licences_of_orders, offer_contract},
        terms::TierCode,
        upgrades::successors,
    },
    money::Currency,
    page::PageRequest,
    ports::{DisputeStanding, RefundStanding},
    sales::{
        self, PlaceUpgrade, Settled, commands::sync::sync_payment, entitlements::entitlements, entity::order,
        rules::money_back::Entitlement, upgrades::find_upgradable,
    },
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

/// An order that was granted, what of it can still be taken back, in minor units, and what was: the gateway's id and how much.
struct Sold {
    order: OrderId,
    rest_minor: i64,
    dispute: Option<(String, i64)>,
    refund: Option<(String, i64)>,
}

/// What happens to the leases of one beat, drawn from a seed.
struct History<'a> {
    world: &'a World,
    shop: &'a Shop,
    beat: BeatId,
    seed: u64,
    sold: Vec<Sold>,
}

impl History<'_> {
    /// A number below another, by `SplitMix64`.
    fn draw(&mut self, below: usize) -> usize {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % below as u64).unwrap()
    }

    async fn step(&mut self) {
        if self.sold.is_empty() || self.draw(5) == 0 {
            let order = self.shop.order(&[(self.beat, TierCode::Mp3)], 3_000).await;
            return self.pay(&order).await;
        }
        let at = self.draw(self.sold.len());
        let kind = self.draw(6);
        let order = self.sold[at].order;
        if kind < 3 {
            return self.upgrade(order).await;
        }
        let is_part = self.draw(2) == 0;
        let (gateway, sold) = (&self.shop.gateway, &mut self.sold[at]);
        match (kind, sold.dispute.take(), sold.refund.take()) {
            (_, Some((id, minor)), refund) => {
                let standing = if is_part { DisputeStanding::Won } else { DisputeStanding::Lost };
                sold.rest_minor += if is_part { minor } else { 0 };
                sold.refund = refund;
                gateway.decide(order, &id, standing);
            }
            (3, None, Some((id, minor))) => {
                sold.rest_minor += minor;
                gateway.refund_stands(order, &id, RefundStanding::Failed);
            }
            (_, None, refund) if sold.rest_minor == 0 => sold.refund = refund,
            (4, None, refund) => {
                let minor = std::mem::take(&mut sold.rest_minor);
                let until = self.world.ctx.env.now() + Duration::days(7);
                (sold.dispute, sold.refund) = (Some((gateway.dispute(order, minor, until), minor)), refund);
            }
            (_, None, _) => {
                let minor = if is_part { (sold.rest_minor / 3).max(1) } else { sold.rest_minor };
                sold.rest_minor -= minor;
                sold.refund = Some((gateway.refund_by_hand(order, minor), minor));
            }
        }
        sync_payment(&self.shop.services, self.shop.payment(order).await.id).await.unwrap();
    }

    async fn upgrade(&mut self, order: OrderId) {
        let (db, ctx) = (&self.shop.services.db, self.world.as_actor(Actor::Buyer { order }));
        let licence = licences_of_orders(db, &[order]).await.unwrap().remove(&order).unwrap().remove(0);
        let Ok(found) = find_upgradable(db, &ctx, &licence.reference).await else { return };
        let leases: Vec<_> = found.offers.iter().filter(|at| at.offer.terms.tier != TierCode::Exclusive).collect();
        if leases.is_empty() {
            return;
        }
        let upgrade = leases[self.draw(leases.len())];
        let (tier, seen_price) = (upgrade.offer.terms.tier, upgrade.price);
        let request = PlaceUpgrade { reference: licence.reference, tier, seen_price, ip: None, user_agent: None };
        let placed = sales::place_upgrade(&self.shop.services, &ctx, &request).await.unwrap();
        sales::open_checkout(&self.shop.services, placed.id).await.unwrap();
        self.pay(&placed).await;
    }

    async fn pay(&mut self, order: &order::Model) {
        self.shop.gateway.pay(order.id);
        assert_eq!(sales::settle_order(&self.shop.services, order.id).await.unwrap(), Settled::Granted);
        self.sold.push(Sold { order: order.id, rest_minor: order.total_minor, dispute: None, refund: None });
        self.world.clock.advance(Duration::milliseconds(1));
    }

    /// Asks both for the licences that stand, and for those that nothing has ended.
    async fn check(&self) {
        let (db, studio) = (&self.world.db, self.shop.studio);
        let licences = licence::Entity::find().filter(licence::Column::BeatId.eq(self.beat)).all(db).await.unwrap();
        let ids: Vec<LicenceId> = licences.iter().map(|licence| licence.id).collect();
        let bought = order::Column::Id.is_in(licences.iter().map(|licence| licence.order_id));
        let orders = order::Entity::find().filter(bought).all(db).await.unwrap();
        let (may, newer) = (entitlements(db, &orders).await.unwrap(), successors(db, &ids).await.unwrap());
        let derived = |which: &[Entitlement]| -> BTreeSet<String> {
            let counts = |row: &&licence::Model| which.contains(&may[&row.order_id]) && !newer.contains_key(&row.id);
            licences.iter().filter(counts).map(|row| row.reference.clone()).collect()
        };
        let request = PageRequest::new(Some(100), None, None, None).unwrap();
        let manager = self.world.as_actor(self.shop.manager());
        let page = list_allowlist(db, &manager, studio, request).await.unwrap();
        let of_beat = page.rows.into_iter().map(|row| row.licence).filter(|licence| licence.beat_id == self.beat);
        let listed: BTreeSet<String> = of_beat.map(|licence| licence.reference).collect();
        assert_eq!(listed, derived(&[Entitlement::Stands]));
        let now = self.world.ctx.env.now();
        let offered = offer_contract(db, studio, self.beat, TierCode::Exclusive, None, now).await.unwrap().unwrap();
        let survive: BTreeSet<String> = offered.earlier_leases.into_iter().map(|lease| lease.reference).collect();
        assert_eq!(survive, derived(&[Entitlement::Stands, Entitlement::Suspended]));
    }
}

#[tokio::test]
async fn lists_and_rows_agree_whatever_became_of_the_money() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        for seed in 0..24 {
            let beat = shop.beat(&format!("Night Drive {seed}"), true).await;
            let mut history = History { world, shop: &shop, beat, seed, sold: Vec::new() };
            for _ in 0..8 {
                history.step().await;
                history.check().await;
            }
        }
    })
    .await;
}
