//! The sign-off clock on the database: warned, approved by silence, and never against a word.

use chrono::Duration;
use domain::{
    catalog::entity::{AssetKind, AssetState},
    mixes::commands::add_file_version,
    production::commands::{cancel_project, reopen_project},
    report::Explain,
    reviews::{
        commands::{Said, open_review, revoke_reviewer, set_decider, tend},
        entity::{ReviewNotice, ReviewState, RoundOutcome, StepAct, StepSide, step},
        queries::find_approval,
        rules::{MAX_SIGN_OFF_DAYS, Terms, Verdict},
    },
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::House;
use crate::support::on_each_database;

fn terms(days: Option<i32>) -> Terms {
    Terms { rounds: 2, extra_price: None, sign_off_days: days }
}

#[tokio::test]
async fn silence_is_warned_twice_and_approves() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(Some(7))).await;
        let ada = house.invite(review.id, "Ada", true).await;
        let version = house.version().await;
        house.send(version.id).await.unwrap();
        let services = &house.shop.services;
        assert_eq!(tend(services).await.unwrap(), 0);
        world.clock.advance(Duration::hours(84));
        assert_eq!(tend(services).await.unwrap(), 1);
        assert_eq!(tend(services).await.unwrap(), 0, "once");
        world.clock.advance(Duration::hours(60));
        assert_eq!(tend(services).await.unwrap(), 1);
        world.clock.advance(Duration::hours(23));
        assert_eq!(tend(services).await.unwrap(), 0);
        assert_eq!(house.found(review.id).await.state, ReviewState::Open);
        world.clock.advance(Duration::hours(1));
        assert_eq!(tend(services).await.unwrap(), 1);
        assert_eq!(house.found(review.id).await.state, ReviewState::Approved);
        let approved = find_approval(&world.db, house.song).await.unwrap().unwrap();
        assert_eq!((approved.version_id, approved.approved_by), (version.id, None));
        assert_eq!(
            house.mails().await,
            [
                (Some(ada), ReviewNotice::Sent),
                (Some(ada), ReviewNotice::HalfTime),
                (Some(ada), ReviewNotice::LastDay),
                (None, ReviewNotice::SignedOff),
                (Some(ada), ReviewNotice::SignedOff)
            ]
        );
        let signed = step::Entity::find().filter(step::Column::Act.eq(StepAct::SignedOff));
        assert_eq!(signed.one(&world.db).await.unwrap().unwrap().side, StepSide::House);
        assert!(house.say(ada, Verdict::Revise, 1, None).await.is_err(), "it is too late for a revision");
        assert_eq!(tend(services).await.unwrap(), 0, "once");
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_jumps_warns_first_and_gives_a_day() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(Some(7))).await;
        let ada = house.invite(review.id, "Ada", true).await;
        house.send(house.version().await.id).await.unwrap();
        let services = &house.shop.services;
        // The installation was down for a month.
        world.clock.advance(Duration::days(30));
        assert_eq!(tend(services).await.unwrap(), 1);
        assert_eq!(house.mails().await.last(), Some(&(Some(ada), ReviewNotice::LastDay)));
        assert_eq!(house.round(review.id).await.outcome, None);
        world.clock.advance(Duration::hours(23));
        assert_eq!(tend(services).await.unwrap(), 0);
        // And back again: what was told in the future was not told.
        world.clock.advance(Duration::days(-28));
        assert_eq!(tend(services).await.unwrap(), 0);
        assert!(matches!(house.say(ada, Verdict::Approve, 1, None).await, Ok(Said::Decided(_))));
    })
    .await;
}

#[tokio::test]
async fn silence_and_a_word_at_once_have_one_outcome() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(Some(1))).await;
        let ada = house.invite(review.id, "Ada", true).await;
        house.send(house.version().await.id).await.unwrap();
        world.clock.advance(Duration::days(1));
        let (signed, revised) =
            futures::future::join(tend(&house.shop.services), house.say(ada, Verdict::Revise, 1, None)).await;
        let outcome = house.round(review.id).await.outcome.unwrap();
        match revised {
            Ok(_) => assert_eq!((outcome, signed.unwrap()), (RoundOutcome::Revision, 0)),
            Err(_) => assert_eq!((outcome, signed.unwrap()), (RoundOutcome::Approved, 1)),
        }
        let approved = find_approval(&world.db, house.song).await.unwrap();
        assert_eq!(approved.is_some(), outcome == RoundOutcome::Approved);
    })
    .await;
}

#[tokio::test]
async fn the_silence_of_nobody_approves_nothing() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(Some(2))).await;
        let ada = house.invite(review.id, "Ada", true).await;
        house.send(house.version().await.id).await.unwrap();
        let services = &house.shop.services;
        let tx = services.begin().await.unwrap();
        revoke_reviewer(&tx, &house.engineer, ada).await.unwrap();
        services.commit(tx).await.unwrap();
        world.clock.advance(Duration::days(10));
        assert_eq!(tend(services).await.unwrap(), 0);
        // Whoever decides after her has the whole time.
        house.invite(review.id, "Bob", true).await;
        assert_eq!(tend(services).await.unwrap(), 0);
        world.clock.advance(Duration::days(1));
        assert_eq!(tend(services).await.unwrap(), 1, "the last day is told");
        world.clock.advance(Duration::days(1));
        assert_eq!(tend(services).await.unwrap(), 1);
        assert_eq!(house.found(review.id).await.state, ReviewState::Approved);
    })
    .await;
}

#[tokio::test]
async fn without_days_silence_means_nothing() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(None)).await;
        house.invite(review.id, "Ada", true).await;
        house.send(house.version().await.id).await.unwrap();
        world.clock.advance(Duration::days(80));
        assert_eq!(tend(&house.shop.services).await.unwrap(), 0);
        assert_eq!(house.found(review.id).await.state, ReviewState::Open);
    })
    .await;
}

#[tokio::test]
async fn the_longest_time_ends_even_for_who_was_named_late() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let services = &house.shop.services;
        let review = house.review(terms(Some(MAX_SIGN_OFF_DAYS))).await;
        house.invite(review.id, "Ada", true).await;
        let bob = house.invite(review.id, "Bob", false).await;
        house.send(house.version().await.id).await.unwrap();
        world.clock.advance(Duration::days(80));
        let tx = services.begin().await.unwrap();
        set_decider(&tx, &house.engineer, bob).await.unwrap();
        services.commit(tx).await.unwrap();
        assert_eq!(house.mails().await.last(), Some(&(Some(bob), ReviewNotice::Sent)), "with the end of his time");
        for days in [45, 44, 1] {
            assert_eq!(house.found(review.id).await.state, ReviewState::Open);
            world.clock.advance(Duration::days(days));
            assert_eq!(tend(services).await.unwrap(), 1);
        }
        assert_eq!(house.found(review.id).await.state, ReviewState::Approved);
    })
    .await;
}

#[tokio::test]
async fn what_is_over_waits_until_it_is_taken_up_again() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let services = &house.shop.services;
        let review = house.review(terms(Some(1))).await;
        let ada = house.invite(review.id, "Ada", true).await;
        let (first, later) = (house.version().await.id, house.version().await.id);
        house.send(first).await.unwrap();
        let file = house.file(AssetKind::Source, AssetState::Ready).await;
        let tx = services.begin().await.unwrap();
        cancel_project(&tx, &house.manager, house.project, "They went elsewhere.").await.unwrap();
        services.commit(tx).await.unwrap();
        world.clock.advance(Duration::days(2));
        assert_eq!(tend(services).await.unwrap(), 0, "nothing of it is approved by silence");
        let said = house.say(ada, Verdict::Approve, 1, None).await.unwrap_err().explain();
        let sent = house.send(later).await.unwrap_err().explain();
        let tx = services.begin().await.unwrap();
        let opened = open_review(&tx, &house.manager, house.song, None).await.unwrap_err().explain();
        let mixed = add_file_version(&tx, &house.engineer, house.song, file, "").await.unwrap_err().explain();
        tx.rollback().await.unwrap();
        for (refused, field) in [(said, "version"), (sent, "version"), (opened, "song"), (mixed, "song")] {
            assert_eq!((refused.code, refused.field.as_deref()), ("PROJECT_OVER", Some(field)));
        }

        let tx = services.begin().await.unwrap();
        reopen_project(&tx, &house.manager, house.project, "They came back.").await.unwrap();
        services.commit(tx).await.unwrap();
        assert_eq!(house.round(review.id).await.clock_from, world.ctx.env.now(), "the time begins anew");
        assert_eq!(house.mails().await, [(Some(ada), ReviewNotice::Sent); 2], "and she hears of it");
        assert_eq!(tend(services).await.unwrap(), 0);
        world.clock.advance(Duration::days(1));
        assert_eq!(tend(services).await.unwrap(), 1);
        assert_eq!(house.found(review.id).await.state, ReviewState::Approved);
    })
    .await;
}
