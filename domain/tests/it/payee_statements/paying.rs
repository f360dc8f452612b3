//! A run is paid once: what is due, of the last run alone, and nobody who cannot be paid keeps the others from it.

use domain::{
    actor::{Actor, Role},
    ids::PartyId,
    ledger::{
        commands::{Event, Posting, post},
        entity::{AccountKind, JournalKind},
        rules::{AccountRef, Leg},
    },
    money::{Currency, Money},
    payouts::PayoutError,
    royalties::{
        RoyaltyError,
        commands::payees::pay_royalties,
        queries::payees::{
            testing::{Earned, NewRun, post_run},
            year_totals,
        },
    },
};

use super::quarter;
use crate::{
    payouts::{ready, record},
    shop::Shop,
    support::{World, on_each_database},
};

/// Books what a run owes a payee, and lays as much at the gateway.
async fn book(world: &World, shop: &Shop, party: PartyId, minor: i64) {
    let event = Event {
        studio: shop.studio,
        source: "royalties",
        external_id: "a run",
        order: None,
        reference: "a run",
        memo: "Royalties",
        currency: shop.currency,
        occurred_at: None,
    };
    let legs = vec![
        Leg { account: AccountRef::own(AccountKind::GatewayClearing), amount_minor: minor },
        Leg { account: AccountRef::payable(party), amount_minor: -minor },
    ];
    let posting = Posting::plain(event, JournalKind::RoyaltyRun, legs);
    let tx = shop.services.begin().await.unwrap();
    post(&tx, &world.ctx, &posting).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_is_due_is_paid_once_and_who_cannot_be_paid_keeps_nobody_from_it() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let [nova, orson] = shop.makers;
        let earned = [
            Earned::plain(nova, None, "12.34".parse().unwrap(), 1_234),
            Earned::plain(orson, None, "5".parse().unwrap(), 500),
        ];
        let posted = post_run(&world.db, &world.ctx.env, quarter(&shop), &earned).await.unwrap();
        ready(world, &shop, nova).await;
        book(world, &shop, nova, 1_234).await;
        let engineer = Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(shop.studio, Role::Engineer)],
            closed: Vec::new(),
        };
        let denied = pay_royalties(&shop.services, &world.as_actor(engineer), posted.run).await;
        assert!(matches!(denied, Err(RoyaltyError::Denied(_))));
        let paying = pay_royalties(&shop.services, &world.ctx, posted.run).await.unwrap();
        assert_eq!((paying.paid.len(), paying.left), (2, 0));
        let of = |party: PartyId| paying.paid.iter().find(|row| row.party == party).unwrap();
        let payout = of(nova).outcome.as_ref().unwrap();
        assert_eq!(Money::new(payout.amount_minor, payout.currency), Money::new(1_234, Currency::EUR));
        assert!(matches!(of(orson).outcome, Err(PayoutError::NotReady)), "{:?}", of(orson).outcome);
        shop.do_jobs().await;
        let again = pay_royalties(&shop.services, &world.ctx, posted.run).await.unwrap();
        assert_eq!(again.paid.iter().map(|row| row.party).collect::<Vec<_>>(), [orson], "the other was paid");
        let year = world.ctx.env.now().date_naive().format("%Y").to_string().parse().unwrap();
        let totals = year_totals(&world.db, &world.ctx, shop.studio, year).await.unwrap();
        assert_eq!(totals.iter().map(|total| total.paid_minor).sum::<i64>(), 1_234);
    })
    .await;
}

#[tokio::test]
async fn the_last_run_alone_is_paid_and_no_more_than_is_left_of_it() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let [nova, _] = shop.makers;
        let (db, env) = (&world.db, &world.ctx.env);
        let earned = [Earned::plain(nova, None, "5".parse().unwrap(), 500)];
        let first = post_run(db, env, quarter(&shop), &earned).await.unwrap();
        let next = NewRun {
            number: 2,
            opening: Some(first.run),
            from: "2026-10-01".parse().unwrap(),
            through: "2026-12-31".parse().unwrap(),
            ..quarter(&shop)
        };
        let earned = [Earned { opening_minor: 500, ..Earned::plain(nova, None, "7".parse().unwrap(), 1_200) }];
        let second = post_run(db, env, next, &earned).await.unwrap();
        let followed = pay_royalties(&shop.services, &world.ctx, first.run).await;
        assert!(matches!(followed, Err(RoyaltyError::RunFollowed { number: 2, .. })), "{followed:?}");
        ready(world, &shop, nova).await;
        book(world, &shop, nova, 1_200).await;
        record(world, &shop, 400).await.unwrap();
        let paying = pay_royalties(&shop.services, &world.ctx, second.run).await.unwrap();
        let [paid] = &paying.paid[..] else { panic!("{paying:?}") };
        assert_eq!((paid.due, paid.outcome.as_ref().unwrap().amount_minor), (Money::new(800, Currency::EUR), 800));
    })
    .await;
}
