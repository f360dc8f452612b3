//! Clicks at once, and clocks that jump: one outcome, no round more than was agreed upon, and nobody signed off unwarned.

use chrono::Duration;
use domain::{
    report::Explain,
    reviews::{
        ReviewError,
        commands::{Said, change_terms, open_review, tend},
        entity::{ReviewNotice, ReviewState, RoundOutcome, approval, extra, round},
        rules::{Terms, Verdict},
    },
};
use futures::future::{join, join_all};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{House, eur};
use crate::support::on_each_database;

/// How often somebody clicks who thinks that nothing has happened.
const CLICKS: usize = 6;

fn terms(rounds: i32) -> Terms {
    Terms { rounds, extra_price: Some(eur(5_000)), sign_off_days: Some(7) }
}

fn code(error: &ReviewError) -> &'static str {
    error.explain().code
}

/// The one that came through, and the codes by which all others were refused.
fn one_of<T>(outcomes: Vec<Result<T, ReviewError>>) -> (T, Vec<&'static str>) {
    let (mut through, mut refused) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(one) => through.push(one),
            Err(error) => refused.push(code(&error)),
        }
    }
    assert_eq!(through.len(), 1, "{refused:?}");
    (through.remove(0), refused)
}

async fn notices(house: &House<'_>, notice: ReviewNotice) -> usize {
    house.mails().await.iter().filter(|(_, what)| *what == notice).count()
}

#[tokio::test]
async fn of_many_approvals_at_once_one_stands() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(1)).await;
        let ada = house.invite(review.id, "Ada", true).await;
        house.send(house.version().await.id).await.unwrap();
        let clicks = (0..CLICKS).map(|_| house.say(ada, Verdict::Approve, 1, None));
        let (said, refused) = one_of(join_all(clicks).await);
        assert_eq!(said, Said::Decided(RoundOutcome::Approved));
        assert_eq!(refused, ["DECIDED"; CLICKS - 1]);
        assert_eq!(approval::Entity::find().count(&world.db).await.unwrap(), 1);
        assert_eq!(notices(&house, ReviewNotice::Approved).await, 1, "the studio hears of it once");
    })
    .await;
}

#[tokio::test]
async fn of_many_revisions_at_once_no_more_are_had_than_were_agreed_upon() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(2)).await;
        let ada = house.invite(review.id, "Ada", true).await;
        house.send(house.version().await.id).await.unwrap();
        let revise = async |version: i32, agreed| {
            let clicks = (0..CLICKS).map(|_| house.say(ada, Verdict::Revise, version, agreed));
            join_all(clicks).await
        };
        // One round is left: it is had once, and nothing is sold.
        let (said, refused) = one_of(revise(1, Some(eur(5_000))).await);
        assert_eq!(said, Said::Decided(RoundOutcome::Revision));
        assert_eq!(refused, ["DECIDED"; CLICKS - 1]);
        assert_eq!(extra::Entity::find().count(&world.db).await.unwrap(), 0);

        // None is left: without an agreement none is had, and with one it is sold once.
        house.send(house.version().await.id).await.unwrap();
        for refused in revise(2, None).await {
            assert_eq!(code(&refused.unwrap_err()), "ROUNDS_USED");
        }
        assert_eq!(house.round(review.id).await.outcome, None);
        let (_, refused) = one_of(revise(2, Some(eur(5_000))).await);
        assert_eq!(refused, ["DECIDED"; CLICKS - 1]);
        assert_eq!(extra::Entity::find().count(&world.db).await.unwrap(), 1, "one is paid for");
        assert_eq!(notices(&house, ReviewNotice::Revision).await, 2);
        house.send(house.version().await.id).await.unwrap();
        let rounds = round::Entity::find().filter(round::Column::ReviewId.eq(review.id));
        assert_eq!(rounds.count(&world.db).await.unwrap(), 3, "two that were included, and the extra one");
    })
    .await;
}

#[tokio::test]
async fn two_who_send_the_next_version_at_once_begin_one_round() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(2)).await;
        let ada = house.invite(review.id, "Ada", true).await;
        let first = house.version().await.id;
        let (round, refused) = one_of(join_all((0..CLICKS).map(|_| house.send(first))).await);
        assert_eq!((round.number, refused), (1, vec!["SENT_BEFORE"; CLICKS - 1]));
        house.say(ada, Verdict::Revise, 1, None).await.unwrap();

        // Two versions: the later one either corrects the earlier one in its round, or came first, and the earlier one is too late.
        let (second, third) = (house.version().await, house.version().await);
        let (earlier, later) = join(house.send(second.id), house.send(third.id)).await;
        assert_eq!((later.unwrap().number, house.round(review.id).await.version_id), (2, third.id));
        assert!(earlier.map_or_else(|error| code(&error) == "SENT_BEFORE", |round| round.number == 2));
        assert_eq!(house.round(review.id).await.number, 2, "one round was taken");
    })
    .await;
}

#[tokio::test]
async fn a_word_and_a_new_version_at_once_never_approve_what_was_not_heard() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        for attempt in 0..4 {
            let song = house.song("Another", 10 + attempt).await;
            let tx = house.shop.services.begin().await.unwrap();
            let review = open_review(&tx, &house.manager, song, Some(terms(3))).await.unwrap();
            house.commit(tx).await;
            let ada = house.invite(review.id, "Ada", true).await;
            let heard = house.version_at(song, -14_000).await;
            house.send(heard.id).await.unwrap();
            let new = house.version_at(song, -14_000).await;
            let (sent, said) = join(house.send(new.id), house.say(ada, Verdict::Approve, 1, None)).await;
            let round = house.round(review.id).await;
            assert_eq!((round.version_id, round.outcome), (new.id, None), "the new one is under review");
            let approvals = approval::Entity::find().filter(approval::Column::ReviewId.eq(review.id));
            let approved: Vec<_> =
                approvals.all(&world.db).await.unwrap().into_iter().map(|row| row.version_id).collect();
            match said {
                // Then the new version has opened the review again, in a round of its own.
                Ok(_) => assert_eq!((sent.unwrap().number, approved), (2, vec![heard.id])),
                Err(error) => {
                    assert_eq!((code(&error), sent.unwrap().number, approved), ("OLD_VERSION", 1, Vec::new()));
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn fewer_rounds_and_the_last_of_them_at_once_do_not_both_come_through() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(2)).await;
        let ada = house.invite(review.id, "Ada", true).await;
        house.send(house.version().await.id).await.unwrap();
        house.say(ada, Verdict::Revise, 1, None).await.unwrap();
        let second = house.version().await.id;
        let fewer = async {
            let tx = house.shop.services.begin().await.unwrap();
            let changed = change_terms(&tx, &house.manager, review.id, terms(1)).await?;
            house.commit(tx).await;
            Ok::<_, ReviewError>(changed)
        };
        let (fewer, sent) = join(fewer, house.send(second)).await;
        let (rounds, round) = (house.found(review.id).await.rounds, house.round(review.id).await.number);
        match (fewer, sent) {
            (Ok(_), Err(error)) => assert_eq!((code(&error), rounds, round), ("NO_ROUND_LEFT", 1, 1)),
            (Err(error), Ok(_)) => assert_eq!((code(&error), rounds, round), ("ROUNDS_BEGUN", 2, 2)),
            both => panic!("{both:?}"),
        }
    })
    .await;
}

#[tokio::test]
async fn workers_that_look_at_once_warn_and_sign_off_once() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(1)).await;
        house.invite(review.id, "Ada", true).await;
        house.send(house.version().await.id).await.unwrap();
        for (hours, notice) in
            [(84, ReviewNotice::HalfTime), (60, ReviewNotice::LastDay), (24, ReviewNotice::SignedOff)]
        {
            world.clock.advance(Duration::hours(hours));
            let looked = join_all((0..4).map(|_| tend(&house.shop.services))).await;
            assert_eq!(looked.into_iter().map(Result::unwrap).sum::<usize>(), 1, "{notice:?}");
        }
        for (notice, mails) in [(ReviewNotice::HalfTime, 1), (ReviewNotice::LastDay, 1), (ReviewNotice::SignedOff, 2)] {
            assert_eq!(notices(&house, notice).await, mails, "{notice:?}, the last to both sides");
        }
        assert_eq!(approval::Entity::find().count(&world.db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_set_forward_and_back_again_gives_the_whole_time() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let services = &house.shop.services;
        let review = house.review(terms(1)).await;
        let ada = house.invite(review.id, "Ada", true).await;
        house.send(house.version().await.id).await.unwrap();
        let looks_after = async |by: Duration| {
            world.clock.advance(by);
            (tend(services).await.unwrap(), house.found(review.id).await.state)
        };
        // A month forward by mistake, and back, even to before it was sent: what was told then was not told.
        assert_eq!(looks_after(Duration::days(30)).await, (1, ReviewState::Open));
        assert_eq!(looks_after(Duration::days(-40)).await, (0, ReviewState::Open));
        assert_eq!(looks_after(Duration::days(10)).await, (0, ReviewState::Open));
        assert_eq!(looks_after(Duration::days(6)).await, (1, ReviewState::Open), "the last day is told anew");
        assert_eq!(looks_after(Duration::hours(23)).await, (0, ReviewState::Open));
        assert_eq!(looks_after(Duration::hours(1)).await, (1, ReviewState::Approved));
        // What is approved stays so, wherever the clock stands.
        assert_eq!(looks_after(Duration::days(-20)).await, (0, ReviewState::Approved));
        assert_eq!(code(&house.say(ada, Verdict::Revise, 1, None).await.unwrap_err()), "DECIDED");
        assert_eq!(notices(&house, ReviewNotice::LastDay).await, 2);
        assert_eq!(approval::Entity::find().count(&world.db).await.unwrap(), 1);
    })
    .await;
}
