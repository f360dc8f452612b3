//! What is charged can be taken back: before a run takes it nothing comes of it, after that the next run gives back what was recouped.

use chrono::Duration;
use domain::{
    actor::{Actor, Role},
    ids::RoyaltyChargeId,
    ledger::entity::AccountKind,
    money::{Currency, Money},
    royalties::{
        RoyaltyError,
        commands::{
            runs::post_run,
            terms::{MOST_AT_ONCE, NewCharge, reverse_charge, save_charge},
        },
        entity::charge,
        rules::{AccountKey, ChargedTo, Group, Subject},
    },
};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::{approve, booked, books, day, draft, of, open, posted, recording, split};
use crate::{
    books::balance,
    shop::Shop,
    support::{World, on_each_database},
};

async fn charge(shop: &Shop, minor: i64, to: ChargedTo) -> Result<charge::Model, RoyaltyError> {
    let amount = Money::new(minor, Currency::EUR);
    let new = NewCharge { on: day(7, 1), amount, to, note: "Strings".into(), request_key: None };
    let tx = shop.services.begin().await.unwrap();
    let charged = save_charge(&tx, &shop.services.ctx(Actor::System), shop.studio, new).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(charged)
}

async fn take_back(shop: &Shop, actor: Actor, id: RoyaltyChargeId) -> Result<charge::Model, RoyaltyError> {
    let tx = shop.services.begin().await.unwrap();
    let reversal = reverse_charge(&tx, &shop.services.ctx(actor), id, "Mistyped").await?;
    shop.services.commit(tx).await.unwrap();
    Ok(reversal)
}

/// A studio whose first maker has earned 50.00.
async fn earning(world: &World) -> (Shop, ChargedTo) {
    let shop = open(world).await;
    let (work, song) = recording(&shop, "Song").await;
    split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
    booked(&shop, "a.csv", &[of(song, 7, "50")]).await;
    let account = AccountKey { payee: shop.makers[0], group: Group::shares() };
    (shop, ChargedTo::Cost { account })
}

#[tokio::test]
async fn a_charge_that_no_run_has_taken_comes_to_nothing() {
    on_each_database(async |world| {
        let (shop, cost) = earning(world).await;
        let mistyped = charge(&shop, 4_000_000, cost).await.unwrap();
        assert_eq!(balance(world, &shop, AccountKind::Bank).await, -4_000_000);
        let reversal = take_back(&shop, Actor::System, mistyped.id).await.unwrap();
        assert_eq!((reversal.amount_minor, reversal.reverses_id), (-4_000_000, Some(mistyped.id)));
        assert_eq!(take_back(&shop, Actor::System, mistyped.id).await.unwrap(), reversal, "twice is once");
        assert_eq!(balance(world, &shop, AccountKind::Bank).await, 0);
        let run = posted(&shop, 7).await;
        assert_eq!(run.due_minor, 5_000);
        assert_eq!(books(world, &shop).await, [5_000, 0, 0, 0, 0, -5_000]);
        let rows = charge::Entity::find().all(&shop.services.db).await.unwrap();
        assert!(rows.len() == 2 && rows.iter().all(|row| row.run_id.is_none()), "{rows:?}");
    })
    .await;
}

#[tokio::test]
async fn what_a_run_has_recouped_of_a_charge_is_given_back_by_the_next() {
    on_each_database(async |world| {
        let (shop, cost) = earning(world).await;
        let mistyped = charge(&shop, 4_000, cost).await.unwrap();
        assert_eq!(posted(&shop, 7).await.due_minor, 1_000);
        assert_eq!(books(world, &shop).await, [5_000, 0, 0, 0, 0, -1_000]);
        let reversal = take_back(&shop, Actor::System, mistyped.id).await.unwrap();
        // The studio has it back already; the payee has it with the next run.
        assert_eq!(books(world, &shop).await, [5_000, 0, 0, -4_000, 0, -1_000]);
        let run = posted(&shop, 8).await;
        assert_eq!(run.due_minor, 5_000);
        assert_eq!(books(world, &shop).await, [5_000, 0, 0, 0, 0, -5_000]);
        let row = charge::Entity::find_by_id(reversal.id).one(&shop.services.db).await.unwrap().unwrap();
        assert_eq!(row.run_id, Some(run.id));
    })
    .await;
}

#[tokio::test]
async fn shared_costs_that_are_taken_back_are_income_again() {
    on_each_database(async |world| {
        let (shop, _) = earning(world).await;
        let (work, song) = recording(&shop, "Other").await;
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        booked(&shop, "b.csv", &[of(song, 7, "30")]).await;
        let shared = ChargedTo::Shared { subject: Subject::Recording(song) };
        let mistyped = charge(&shop, 10_000, shared).await.unwrap();
        assert_eq!(posted(&shop, 7).await.due_minor, 5_000);
        take_back(&shop, Actor::System, mistyped.id).await.unwrap();
        assert_eq!(posted(&shop, 8).await.due_minor, 8_000);
        assert_eq!(books(world, &shop).await, [8_000, 0, 0, 0, 0, -8_000]);
    })
    .await;
}

#[tokio::test]
async fn what_a_draft_has_taken_is_taken_back_by_the_run_behind_it() {
    on_each_database(async |world| {
        let (shop, cost) = earning(world).await;
        let mistyped = charge(&shop, 4_000, cost).await.unwrap();
        let made = draft(&shop, 7).await.unwrap();
        take_back(&shop, Actor::System, mistyped.id).await.unwrap();
        approve(&shop, made.id).await;
        let system = shop.services.ctx(Actor::System);
        post_run(&shop.services, &system, made.id).await.unwrap();
        shop.clock.advance(Duration::seconds(1));
        assert_eq!(posted(&shop, 8).await.due_minor, 5_000);
        assert_eq!(books(world, &shop).await, [5_000, 0, 0, 0, 0, -5_000]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_charged_or_taken_back_is_refused() {
    on_each_database(async |world| {
        let (shop, cost) = earning(world).await;
        for beyond in [MOST_AT_ONCE + 1, i64::MAX] {
            let refused = charge(&shop, beyond, cost.clone()).await.unwrap_err();
            assert!(matches!(refused, RoyaltyError::TooMuch { .. }), "{refused}");
        }
        let charged = charge(&shop, 100, cost).await.unwrap();
        let engineer = Actor::User {
            user: shop.services.env.id(),
            memberships: vec![(shop.studio, Role::Engineer)],
            closed: Vec::new(),
        };
        let denied = take_back(&shop, engineer, charged.id).await.unwrap_err();
        assert!(matches!(denied, RoyaltyError::Denied(_)), "{denied}");
        let stranger = Actor::User { user: shop.services.env.id(), memberships: vec![], closed: Vec::new() };
        let unseen = take_back(&shop, stranger, charged.id).await.unwrap_err();
        assert!(matches!(unseen, RoyaltyError::NotFound { what: "charge", .. }), "{unseen}");
        let reversal = take_back(&shop, Actor::System, charged.id).await.unwrap();
        let again = take_back(&shop, Actor::System, reversal.id).await.unwrap_err();
        assert!(matches!(again, RoyaltyError::NotReversible), "{again}");
        for change in [
            "UPDATE royalty_charges SET reverses_id = NULL",
            "UPDATE royalty_charges SET amount_minor = amount_minor - 1",
            "DELETE FROM royalty_charges",
        ] {
            assert!(world.db.execute_unprepared(change).await.is_err(), "{change}");
        }
    })
    .await;
}
