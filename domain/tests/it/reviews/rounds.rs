//! Rounds: begun, decided once, limited; and who may.

use chrono::Duration;
use domain::{
    actor::Actor,
    catalog::entity::{AssetKind, AssetState},
    edit::Edit,
    identity::entity::user,
    ids::ReviewerId,
    links::Purpose,
    mixes::commands::{add_file_version, record_sound},
    money::{Currency, Money},
    outbox::Job,
    page::PageRequest,
    production::{
        commands::{ProjectChange, close_stage, update_project},
        entity::{Stage, stage},
    },
    report::Explain,
    reviews::{
        ReviewError,
        commands::{
            Invitation, Said, change_terms, grant_extra_round, invite_reviewer, open_review, revoke_reviewer,
            set_decider, set_project_terms,
        },
        entity::{ReviewNotice, ReviewState, RoundOutcome, StepAct, approval, extra, review, round, step},
        levels::{self, Leveled, find_leveling, record_level},
        queries::{find_approval, find_by_link, list_steps},
        rules::{INVITED_AGAIN, LINK_LIFE, ReviewFault, Terms, Verdict},
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait};

use super::{House, eur};
use crate::support::on_each_database;

fn terms(rounds: i32) -> Terms {
    Terms { rounds, extra_price: Some(eur(5_000)), sign_off_days: Some(7) }
}

fn code(error: &ReviewError) -> &'static str {
    error.explain().code
}

#[tokio::test]
async fn two_rounds_lead_to_an_approval_that_stands_as_a_row() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(3)).await;
        let ada = house.invite(review.id, "Ada", true).await;
        let bob = house.invite(review.id, "Bob", false).await;
        assert!(house.mails().await.is_empty(), "there is nothing to hear yet");
        let early = house.say(ada, Verdict::Approve, 1, None).await.unwrap_err();
        assert_eq!(code(&early), "NOTHING_SENT");

        let first = house.version().await;
        let round = house.send(first.id).await.unwrap();
        assert_eq!((round.number, round.version_id, round.sign_off_days), (1, first.id, Some(7)));
        assert_eq!(house.mails().await, [(Some(ada), ReviewNotice::Sent), (Some(bob), ReviewNotice::Sent)]);
        assert_eq!(house.say(bob, Verdict::Approve, 1, None).await.unwrap(), Said::Opinion, "Bob does not decide");
        assert_eq!(house.found(review.id).await.state, ReviewState::Open);
        let revision = house.say(ada, Verdict::Revise, 1, None).await.unwrap();
        assert_eq!(revision, Said::Decided(RoundOutcome::Revision));
        assert_eq!(house.found(review.id).await.state, ReviewState::Revising);
        assert!(find_approval(&world.db, house.song).await.unwrap().is_none());

        let second = house.version().await;
        assert_eq!(house.send(second.id).await.unwrap().number, 2);
        let old = house.say(ada, Verdict::Approve, 1, None).await.unwrap_err();
        assert!(matches!(old, ReviewError::Fault(ReviewFault::OldVersion { given: 1, current: 2 })), "{old}");
        house.say(ada, Verdict::Approve, 2, None).await.unwrap();
        let approved = find_approval(&world.db, house.song).await.unwrap().unwrap();
        assert_eq!((approved.version_id, approved.approved_by), (second.id, Some(ada)));
        let again = house.say(ada, Verdict::Revise, 2, None).await.unwrap_err();
        assert_eq!(code(&again), "DECIDED");
        let mails = house.mails().await;
        assert_eq!(mails[2], (None, ReviewNotice::Revision));
        assert_eq!(mails.last(), Some(&(None, ReviewNotice::Approved)));

        let steps = list_steps(&world.db, &house.manager, review.id, PageRequest::default()).await.unwrap().rows;
        let acts: Vec<StepAct> = steps.iter().rev().map(|step| step.act).collect();
        let acts: Vec<_> = acts.into_iter().filter(|act| *act != StepAct::DeciderNamed).collect();
        assert_eq!(
            acts,
            [
                StepAct::Opened,
                StepAct::Invited,
                StepAct::Invited,
                StepAct::Sent,
                StepAct::InFavour,
                StepAct::RevisionAsked,
                StepAct::Sent,
                StepAct::Approved
            ]
        );
        assert_eq!((steps[0].ip.as_deref(), steps[0].words.as_deref()), (Some("203.0.113.7"), Some("As we said")));
        let changed = step::ActiveModel { ip: Set(None), ..steps[0].clone().into_active_model() };
        assert!(changed.update(&world.db).await.is_err(), "what was done stays");
        assert!(approved.into_active_model().delete(&world.db).await.is_err());

        // A version after the approval opens the review again, and takes a round.
        let third = house.version().await;
        assert_eq!(house.send(third.id).await.unwrap().number, 3);
        assert!(find_approval(&world.db, house.song).await.unwrap().is_none(), "it stands no more");
        assert_eq!(approval::Entity::find().count(&world.db).await.unwrap(), 1, "and is not forgotten");
    })
    .await;
}

#[tokio::test]
async fn a_revision_beyond_the_limit_takes_an_extra_round_at_its_price() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(1)).await;
        let ada = house.invite(review.id, "Ada", true).await;
        house.send(house.version().await.id).await.unwrap();
        let used = house.say(ada, Verdict::Revise, 1, None).await.unwrap_err();
        assert_eq!(code(&used), "ROUNDS_USED");
        assert!(used.explain().remedy.unwrap().contains("EUR 50.00"), "with what it costs");
        let cheap = house.say(ada, Verdict::Revise, 1, Some(eur(100))).await.unwrap_err();
        assert_eq!(code(&cheap), "EXTRA_PRICE_CHANGED");
        assert_eq!(extra::Entity::find().count(&world.db).await.unwrap(), 0);
        house.say(ada, Verdict::Revise, 1, Some(eur(5_000))).await.unwrap();
        let sold = extra::Entity::find().one(&world.db).await.unwrap().unwrap();
        assert_eq!((sold.price(), sold.agreed_by, sold.ip.as_deref()), (eur(5_000), Some(ada), Some("203.0.113.7")));
        assert_eq!(house.send(house.version().await.id).await.unwrap().number, 2);
        assert_eq!(code(&house.say(ada, Verdict::Revise, 2, None).await.unwrap_err()), "ROUNDS_USED", "one each");
        house.say(ada, Verdict::Approve, 2, None).await.unwrap();

        let third = house.version().await;
        assert_eq!(code(&house.send(third.id).await.unwrap_err()), "NO_ROUND_LEFT", "for the studio as well");
        let tx = house.shop.services.begin().await.unwrap();
        assert!(grant_extra_round(&tx, &house.engineer, review.id, None).await.is_err(), "who sets no terms");
        let granted = grant_extra_round(&tx, &house.manager, review.id, None).await.unwrap();
        house.shop.services.commit(tx).await.unwrap();
        assert_eq!((granted.price(), granted.agreed_by), (eur(0), None));
        house.send(third.id).await.unwrap();

        // The database holds the limit by itself.
        let round = house.round(review.id).await;
        let more = round::Model { id: world.ctx.env.id(), number: 4, ..round };
        assert!(more.into_active_model().insert(&world.db).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn of_two_clicks_at_once_one_wins() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        for attempt in 0..4 {
            let song = house.song("Another", 10 + attempt).await;
            let review = {
                let tx = house.shop.services.begin().await.unwrap();
                let review = open_review(&tx, &house.manager, song, Some(terms(3))).await.unwrap();
                house.shop.services.commit(tx).await.unwrap();
                review
            };
            let ada = house.invite(review.id, "Ada", true).await;
            house.send(house.version_at(song, -14_000).await.id).await.unwrap();
            let (approved, revised) = futures::future::join(
                house.say(ada, Verdict::Approve, 1, None),
                house.say(ada, Verdict::Revise, 1, None),
            )
            .await;
            assert_ne!(approved.is_ok(), revised.is_ok(), "{approved:?} {revised:?}");
            let lost = approved.as_ref().err().or(revised.as_ref().err()).unwrap();
            assert_eq!(code(lost), "DECIDED");
            let outcome = house.round(review.id).await.outcome.unwrap();
            assert_eq!(outcome == RoundOutcome::Approved, approved.is_ok());
            let rows = approval::Entity::find_by_id(house.round(review.id).await.id).one(&world.db).await.unwrap();
            assert_eq!(rows.is_some(), approved.is_ok());
        }
    })
    .await;
}

#[tokio::test]
async fn a_version_that_cannot_be_heard_or_came_before_is_not_sent() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let first = house.version().await;
        assert_eq!(code(&house.send(first.id).await.unwrap_err()), "REVIEW_NOT_OPENED");
        let review = house.review(terms(3)).await;
        assert_eq!(code(&house.send(first.id).await.unwrap_err()), "NO_DECIDER");
        house.invite(review.id, "Bob", false).await;
        assert_eq!(code(&house.send(first.id).await.unwrap_err()), "NO_DECIDER", "Bob only listens");
        house.invite(review.id, "Ada", true).await;

        let file = house.file(AssetKind::Source, AssetState::Ready).await;
        let tx = house.shop.services.begin().await.unwrap();
        let waiting = add_file_version(&tx, &house.engineer, house.song, file, "").await.unwrap();
        house.shop.services.commit(tx).await.unwrap();
        assert_eq!(code(&house.send(waiting.id).await.unwrap_err()), "MIX_NOT_READY");
        let tx = house.shop.services.begin().await.unwrap();
        record_sound(&tx, &world.ctx, waiting.id, Err("this is silence".into())).await.unwrap();
        house.shop.services.commit(tx).await.unwrap();
        let refused = house.send(waiting.id).await.unwrap_err();
        assert_eq!(code(&refused), "MIX_REFUSED");
        assert!(refused.to_string().contains("this is silence"));

        let third = house.version().await;
        house.send(third.id).await.unwrap();
        assert_eq!(code(&house.send(first.id).await.unwrap_err()), "SENT_BEFORE");
        assert_eq!(code(&house.send(third.id).await.unwrap_err()), "SENT_BEFORE", "twice is once");
        // The studio's own correction goes on in the same round.
        let fourth = house.version().await;
        let round = house.send(fourth.id).await.unwrap();
        assert_eq!((round.number, round.version_id), (1, fourth.id));
        let elsewhere = house.song("Slow Tide", 2).await;
        let elsewhere = house.version_at(elsewhere, -14_000).await;
        assert_eq!(code(&house.send(elsewhere.id).await.unwrap_err()), "REVIEW_NOT_OPENED");
    })
    .await;
}

#[tokio::test]
async fn a_link_opens_its_own_review_until_it_expires_or_is_revoked() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let (links, env) = (&house.shop.services.links, &world.ctx.env);
        let review = house.review(terms(3)).await;
        let (ada, bob) = (house.invite(review.id, "Ada", true).await, house.invite(review.id, "Bob", false).await);
        house.send(house.version().await.id).await.unwrap();
        let open = async |token: &str| find_by_link(&world.db, links, token, env.now()).await;
        let token = links.token(Purpose::Review, bob, None);
        assert_eq!(open(&token).await.unwrap().review.id, review.id);
        for stranger in
            ["x".to_owned(), links.token(Purpose::Offer, bob, None), token.replace(&bob.to_string(), &ada.to_string())]
        {
            assert_eq!(code(&open(&stranger).await.unwrap_err()), "LINK_INVALID");
        }
        let unknown = links.token(Purpose::Review, env.id::<ReviewerId>(), None);
        assert_eq!(code(&open(&unknown).await.unwrap_err()), "NOT_FOUND");

        let tx = house.shop.services.begin().await.unwrap();
        revoke_reviewer(&tx, &house.engineer, bob).await.unwrap();
        house.shop.services.commit(tx).await.unwrap();
        assert_eq!(code(&open(&token).await.unwrap_err()), "LINK_REVOKED");
        assert_eq!(code(&house.say(bob, Verdict::Approve, 1, None).await.unwrap_err()), "LINK_REVOKED");
        let again = house.invite(review.id, "Bob", false).await;
        assert_ne!(again, bob, "a new link");
        world.clock.advance(LINK_LIFE);
        let expired = links.token(Purpose::Review, ada, None);
        assert_eq!(code(&open(&expired).await.unwrap_err()), "LINK_EXPIRED");
        assert_eq!(code(&house.say(ada, Verdict::Approve, 1, None).await.unwrap_err()), "LINK_EXPIRED");
        assert_eq!(house.invite(review.id, "Ada", false).await, ada, "the same link holds again");
        assert!(open(&expired).await.is_ok() && house.reviewer(ada).await.decides, "and she still decides");
    })
    .await;
}

#[tokio::test]
async fn a_mail_names_the_version_that_it_brings() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(3)).await;
        let ada = house.invite(review.id, "Ada", true).await;
        let (first, second) = (house.version().await, house.version().await);
        house.send(first.id).await.unwrap();
        let round = house.send(second.id).await.unwrap().id;
        let jobs = house.jobs().await;
        for version in [first.id, second.id] {
            let (reviewer, version) = (Some(ada), Some(version));
            assert!(jobs.contains(&Job::MailReview { round, reviewer, version, what: ReviewNotice::Sent }));
        }
    })
    .await;
}

#[tokio::test]
async fn one_decides_and_a_new_one_has_the_whole_time() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(3)).await;
        let (ada, bob) = (house.invite(review.id, "Ada", true).await, house.invite(review.id, "Bob", false).await);
        house.send(house.version().await.id).await.unwrap();
        world.clock.advance(Duration::days(6));
        let tx = house.shop.services.begin().await.unwrap();
        set_decider(&tx, &house.engineer, bob).await.unwrap();
        set_decider(&tx, &house.engineer, bob).await.unwrap();
        house.shop.services.commit(tx).await.unwrap();
        let sent = (Some(bob), ReviewNotice::Sent);
        assert_eq!(house.mails().await, [(Some(ada), ReviewNotice::Sent), sent, sent], "he hears of it, once");
        assert!(!house.reviewer(ada).await.decides && house.reviewer(bob).await.decides);
        let round = house.round(review.id).await;
        assert_eq!((round.clock_from, round.last_told_at), (world.ctx.env.now(), None));
        assert_eq!(house.say(ada, Verdict::Approve, 1, None).await.unwrap(), Said::Opinion);
        assert!(matches!(house.say(bob, Verdict::Approve, 1, None).await.unwrap(), Said::Decided(_)));
        // The database knows no two.
        let mut row = house.reviewer(ada).await.into_active_model();
        row.decides = Set(true);
        assert!(row.update(&world.db).await.is_err());
        let tx = house.shop.services.begin().await.unwrap();
        revoke_reviewer(&tx, &house.engineer, ada).await.unwrap();
        assert_eq!(code(&set_decider(&tx, &house.engineer, ada).await.unwrap_err()), "REVIEWER_REVOKED");
    })
    .await;
}

#[tokio::test]
async fn terms_come_from_the_project_and_are_set_by_who_runs_it() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let tx = house.shop.services.begin().await.unwrap();
        assert!(set_project_terms(&tx, &house.engineer, house.project, terms(2)).await.is_err());
        for _ in 0..2 {
            set_project_terms(&tx, &house.manager, house.project, terms(2)).await.unwrap();
        }
        let dollars = Terms { extra_price: Some(Money::new(1, Currency::USD)), ..terms(2) };
        let wrong = set_project_terms(&tx, &house.manager, house.project, dollars).await.unwrap_err();
        assert_eq!(code(&wrong), "OTHER_CURRENCY");
        assert!(open_review(&tx, &house.engineer, house.song, Some(terms(9))).await.is_err(), "no terms of one's own");
        let review = open_review(&tx, &house.engineer, house.song, None).await.unwrap();
        assert_eq!((review.rounds, review.extra_price(), review.sign_off_days), (2, Some(eur(5_000)), Some(7)));
        assert_eq!(code(&open_review(&tx, &house.engineer, house.song, None).await.unwrap_err()), "REVIEW_OPENED");
        let changed = change_terms(&tx, &house.manager, review.id, Terms::default()).await.unwrap();
        assert_eq!((changed.rounds, changed.extra_price(), changed.sign_off_days), (3, None, Some(14)));
        let bad = Invitation { name: " ".into(), email: "ada@example.com".into(), decides: false };
        assert_eq!(code(&invite_reviewer(&tx, &house.engineer, review.id, &bad).await.unwrap_err()), "BAD_NAME");
        let bad = Invitation { name: "Ada".into(), email: "ada".into(), decides: false };
        assert_eq!(code(&invite_reviewer(&tx, &house.engineer, review.id, &bad).await.unwrap_err()), "BAD_EMAIL");
        let nobody = world.as_actor(Actor::Anonymous);
        assert_eq!(code(&change_terms(&tx, &nobody, review.id, terms(1)).await.unwrap_err()), "UNAUTHENTICATED");
        house.shop.services.commit(tx).await.unwrap();
        assert_eq!(review::Entity::find().count(&world.db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn versions_are_compared_at_the_level_of_the_quietest() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(3)).await;
        let ada = house.invite(review.id, "Ada", true).await;
        let (loud, quiet) = (house.version().await, house.version_at(house.song, -16_500).await);
        house.send(loud.id).await.unwrap();
        assert!(house.jobs().await.contains(&Job::LevelMix { version: loud.id }));
        let leveling = find_leveling(&world.db, loud.id).await.unwrap().unwrap();
        assert_eq!(leveling.gain_mdb, 0, "alone it stays as it is");
        assert!(find_leveling(&world.db, quiet.id).await.unwrap().is_none(), "it was not sent");
        let record = async |version, gain_mdb, loudness_mlufs| {
            let asset = house.file(AssetKind::Preview, AssetState::Ready).await;
            let tx = house.shop.services.begin().await.unwrap();
            let made = Leveled { gain_mdb, asset, loudness_mlufs };
            record_level(&tx, &world.ctx, version, made).await.unwrap();
            record_level(&tx, &world.ctx, version, made).await.unwrap();
            house.shop.services.commit(tx).await.unwrap();
        };
        record(loud.id, 0, -14_000).await;
        assert!(find_leveling(&world.db, loud.id).await.unwrap().is_none(), "rendered once");
        house.say(ada, Verdict::Revise, 1, None).await.unwrap();
        house.send(quiet.id).await.unwrap();
        let gains = levels::find_gains(&world.db, review.id).await.unwrap();
        assert_eq!((gains[&loud.id], gains[&quiet.id]), (-2_500, 0));
        assert!(levels::find_heard(&world.db, review.id).await.unwrap().is_empty(), "neither is at its level yet");
        record(loud.id, -2_500, -16_490).await;
        record(quiet.id, 0, -16_500).await;
        let heard = levels::find_heard(&world.db, review.id).await.unwrap();
        let difference = heard[&loud.id].loudness_mlufs - heard[&quiet.id].loudness_mlufs;
        assert!(difference.abs() <= 100, "within a tenth of a LU: {difference}");
    })
    .await;
}

#[tokio::test]
async fn rounds_that_have_begun_stay_included() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(3)).await;
        let ada = house.invite(review.id, "Ada", true).await;
        house.send(house.version().await.id).await.unwrap();
        house.say(ada, Verdict::Revise, 1, None).await.unwrap();
        house.send(house.version().await.id).await.unwrap();
        let change = async |rounds: i32| {
            let tx = house.shop.services.begin().await.unwrap();
            let changed = change_terms(&tx, &house.manager, review.id, terms(rounds)).await?;
            house.shop.services.commit(tx).await.unwrap();
            Ok::<_, ReviewError>(changed)
        };
        let fewer = change(1).await.unwrap_err();
        assert!(matches!(fewer, ReviewError::Fault(ReviewFault::RoundsBegun { given: 1, least: 2 })), "{fewer}");
        assert_eq!((code(&fewer), fewer.explain().field.as_deref()), ("ROUNDS_BEGUN", Some("rounds")));
        let forced = review::ActiveModel { rounds: Set(1), ..house.found(review.id).await.into_active_model() };
        assert!(forced.update(&world.db).await.is_err(), "the database knows it, too");
        assert_eq!(change(2).await.unwrap().rounds, 2);
        let tx = house.shop.services.begin().await.unwrap();
        grant_extra_round(&tx, &house.manager, review.id, None).await.unwrap();
        house.shop.services.commit(tx).await.unwrap();
        assert_eq!(change(1).await.unwrap().rounds, 1, "the second may be an extra one");
    })
    .await;
}

#[tokio::test]
async fn only_who_has_confirmed_their_address_has_others_mailed_and_not_too_often() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let review = house.review(terms(3)).await;
        let (ada, bob) = (house.invite(review.id, "Ada", true).await, house.invite(review.id, "Bob", false).await);
        let version = house.version().await.id;
        let engineer = house.engineer.actor.user().unwrap();
        let confirm = async |at| {
            let row = user::ActiveModel { id: Set(engineer), email_verified_at: Set(at), ..Default::default() };
            row.update(&world.db).await.unwrap();
        };
        confirm(None).await;
        let unconfirmed = house.send(version).await.unwrap_err();
        assert_eq!(
            (code(&unconfirmed), unconfirmed.explain().field.as_deref()),
            ("EMAIL_NOT_CONFIRMED", Some("version"))
        );
        let eve = Invitation { name: "Eve".into(), email: "eve@example.com".into(), decides: false };
        let tx = house.shop.services.begin().await.unwrap();
        let invited = invite_reviewer(&tx, &house.engineer, review.id, &eve).await.unwrap_err();
        let named = set_decider(&tx, &house.engineer, bob).await.unwrap_err();
        tx.rollback().await.unwrap();
        assert_eq!((code(&invited), code(&named)), ("EMAIL_NOT_CONFIRMED", "EMAIL_NOT_CONFIRMED"));
        confirm(Some(world.ctx.env.now())).await;
        house.send(version).await.unwrap();

        let count = async || house.mails().await.len();
        assert_eq!(count().await, 2);
        house.invite(review.id, "Bob", false).await;
        assert_eq!(count().await, 2, "he was invited a moment ago");
        world.clock.advance(INVITED_AGAIN);
        for _ in 0..2 {
            house.invite(review.id, "Bob", false).await;
        }
        assert_eq!(count().await, 3, "once a day");
        house.invite(review.id, "Bob", true).await;
        assert_eq!(count().await, 4, "but that he decides he hears at once");
        assert!(!house.reviewer(ada).await.decides);
    })
    .await;
}

#[tokio::test]
async fn a_mix_under_review_is_approved_before_its_stage_is_closed() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let services = &house.shop.services;
        let row = stage::Model {
            id: world.ctx.env.id(),
            studio_id: house.shop.studio,
            project_id: house.project,
            song_id: Some(house.song),
            stage: Stage::Mixing,
            due_on: None,
            closed_at: None,
        };
        let mixing = row.into_active_model().insert(&world.db).await.unwrap().id;
        let decider = ProjectChange { decider: Edit::To(Some(house.shop.makers[0])), ..ProjectChange::default() };
        let tx = services.begin().await.unwrap();
        update_project(&tx, &house.manager, house.project, decider).await.unwrap();
        services.commit(tx).await.unwrap();
        let review = house.review(terms(3)).await;
        let ada = house.invite(review.id, "Ada", true).await;
        house.send(house.version().await.id).await.unwrap();
        let tx = services.begin().await.unwrap();
        let early = close_stage(&tx, &house.engineer, mixing).await.unwrap_err();
        tx.rollback().await.unwrap();
        let told = "the stage cannot be closed: the mix of \"Night Drive\" is under review and not approved";
        assert_eq!(early.to_string(), told);
        house.say(ada, Verdict::Approve, 1, None).await.unwrap();
        let tx = services.begin().await.unwrap();
        assert!(close_stage(&tx, &house.engineer, mixing).await.unwrap().closed_at.is_some());
        services.commit(tx).await.unwrap();
    })
    .await;
}
