//! Runs take what waits once, give all of it out, and can be reckoned again.

use domain::{
    actor::{Actor, Role},
    identity::{IdentityError, InTheWay, commands::close_studio_of, entity::closure},
    ids::PartyId,
    ledger::{
        commands::{Event, Posting, post},
        entity::{AccountKind, JournalKind},
        rules::{AccountRef, Leg},
    },
    money::{Currency, Money},
    outbox::entity::job,
    parties::merge_parties,
    payouts::{
        commands::{PaidByHand, record_payout, return_payout},
        entity::payout,
        rules::DEFAULT_HOLD_DAYS,
    },
    policy::Denied,
    royalties::{
        RoyaltyError,
        commands::runs::{Reckon, approve_run, discard_run, post_run, post_statement, reckon},
        entity::{ChargeKind, RunState, account, activity, carried, charge, payee, sum},
        queries::{
            left::left_of,
            runs::{book_of_run, inputs_of, outcome_of},
        },
        rules::{Exact, Subject, Why, replay},
    },
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::{
    approve, booked, books, day, draft, exact, of, open, party, posted, recording, say, split, statement, unrate,
};
use crate::{shop::Shop, support::on_each_database};

#[tokio::test]
async fn what_comes_in_is_given_out_or_waits_and_is_reckoned_again_to_the_same_bytes() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [nova, orson] = shop.makers;
        let ((work, signed), (_, unsigned)) = (recording(&shop, "Signed").await, recording(&shop, "Unsigned").await);
        split(&shop, work, &[(nova, 600_000), (orson, 400_000)], 1).await;
        let sold = [of(signed, 9, "10.005"), of(signed, 10, "0.3333"), of(unsigned, 10, "5"), (None, 10, 1, "7")];
        booked(&shop, "october.csv", &sold).await;
        assert_eq!(books(world, &shop).await, [2_233, -2_233, 0, 0, 0, 0]);
        let made = draft(&shop, 10).await.unwrap();
        assert_eq!((made.state, made.lines, made.received), (RunState::Draft, 2, exact("10.3383")));
        assert_eq!((made.from_on, made.due_minor), (day(9, 1), 1_033));
        // A draft books nothing.
        assert_eq!(books(world, &shop).await, [2_233, -2_233, 0, 0, 0, 0]);
        approve(&shop, made.id).await;
        let system = shop.services.ctx(Actor::System);
        let run = post_run(&shop.services, &system, made.id).await.unwrap();
        assert_eq!(post_run(&shop.services, &system, made.id).await.unwrap(), run);
        // What nobody owns yet stays; what is left over of a cent is less than one.
        assert_eq!(books(world, &shop).await, [2_233, -1_200, 0, 0, 0, -1_033]);
        assert_eq!(run.residue, exact("0.0083"));

        let (inputs, outcome) =
            (inputs_of(&shop.services, &run).await.unwrap(), outcome_of(&shop.services, &run).await.unwrap());
        assert_eq!(replay(&inputs.canonical()).unwrap().canonical(), outcome.canonical());
        assert_eq!(
            (inputs.book().unwrap().sha256(), outcome.sha256()),
            (run.rules_sha256.clone(), run.outcome_sha256.clone())
        );
        assert_eq!(book_of_run(&shop.services, &run).await.unwrap(), inputs.book().unwrap());
        let proof = outcome.proof;
        let minor = proof.accounts_minor + proof.suspense_minor + proof.costs_minor + proof.reserves_minor;
        assert_eq!(Exact::of_minor(minor, Currency::EUR).plus(proof.residue).unwrap(), run.received);

        let db = &shop.services.db;
        let accounts = account::Entity::find().filter(account::Column::RunId.eq(run.id)).all(db).await.unwrap();
        let closing: i64 = accounts.iter().map(|row| row.closing_minor).sum();
        let payees = payee::Entity::find().filter(payee::Column::RunId.eq(run.id)).all(db).await.unwrap();
        let due: i64 = payees.iter().map(|row| row.due_minor).sum();
        assert_eq!((accounts.len(), closing, payees.len(), due), (2, 1_033, 2, 1_033));
        let activities = activity::Entity::find().filter(activity::Column::RunId.eq(run.id)).all(db).await.unwrap();
        let activities: Vec<_> = activities.iter().flat_map(|row| row.activities().unwrap()).collect();
        assert!(!activities.is_empty() && activities.iter().all(|row| row.recording_id == Some(signed)));
        let sum = Exact::sum(activities.iter().map(|row| row.amount)).unwrap();
        assert_eq!(sum, run.received);
        let jobs = job::Entity::find().filter(job::Column::Kind.eq("issue_statements")).count(db).await.unwrap();
        assert_eq!(jobs, 1);
        for change in ["UPDATE royalty_run_accounts SET closing_minor = 0", "DELETE FROM royalty_run_payees"] {
            assert!(db.execute_unprepared(change).await.is_err(), "{change}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_studio_is_not_closed_before_royalties_are_given_out_and_gives_out_none_when_closed() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let (services, system) = (&shop.services, shop.services.ctx(Actor::System));
        let (work, signed) = recording(&shop, "Signed").await;
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        booked(&shop, "october.csv", &[of(signed, 10, "10")]).await;
        let tx = services.begin().await.unwrap();
        let closed = close_studio_of(&tx, &system, "nova", "moving on").await;
        tx.rollback().await.unwrap();
        match closed {
            Err(IdentityError::InTheWay(standing)) => {
                let owed =
                    InTheWay::Owed { amounts: vec![Money::new(1_000, Currency::EUR)], hold_days: DEFAULT_HOLD_DAYS };
                assert_eq!(standing, [owed], "in suspense");
            }
            other => panic!("{other:?}"),
        }

        let made = draft(&shop, 10).await.unwrap();
        approve(&shop, made.id).await;
        let closed_at = services.env.now();
        let closed = closure::Model { studio_id: shop.studio, closed_at, closed_by: None, reason: None };
        closed.into_active_model().insert(&services.db).await.unwrap();
        let refused = post_run(services, &system, made.id).await;
        assert!(matches!(refused, Err(RoyaltyError::Denied(Denied::Closed))), "{refused:?}");
        assert_eq!(books(world, &shop).await, [1_000, -1_000, 0, 0, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_signed_or_matched_later_is_given_out_once() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [nova, orson] = shop.makers;
        let ((one, first), (other, second)) = (recording(&shop, "First").await, recording(&shop, "Second").await);
        split(&shop, one, &[(nova, 1_000_000)], 1).await;
        let statement = booked(&shop, "a.csv", &[(None, 8, 1, "3"), of(second, 8, "4"), of(first, 8, "1")]).await;
        posted(&shop, 8).await;
        assert_eq!(books(world, &shop).await, [800, -700, 0, 0, 0, -100]);
        split(&shop, other, &[(orson, 1_000_000)], 1).await;
        assert_eq!(posted(&shop, 9).await.received, exact("4"));
        say(&shop, statement, 0, first).await;
        assert_eq!(posted(&shop, 10).await.received, exact("3"));
        assert_eq!(books(world, &shop).await, [800, 0, 0, 0, 0, -800]);
        // What was accounted for stays as it was matched.
        let change = "UPDATE statement_items SET recording_id = NULL, matched_by = NULL, matched_at = NULL";
        assert!(shop.services.db.execute_unprepared(change).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_track_that_nobody_signed_for_is_carried_on_from_run_to_run() {
    use domain::royalties::{
        commands::terms::{NewRule, save_rule},
        rules::{Album, Rule, RuleId},
    };
    on_each_database(async |world| {
        let shop = open(world).await;
        let [nova, orson] = shop.makers;
        let ((one, first), (other, second)) = (recording(&shop, "First").await, recording(&shop, "Second").await);
        split(&shop, one, &[(nova, 1_000_000)], 1).await;
        let release: domain::identifiers::Ean = "5901234123457".parse().unwrap();
        let album = NewRule {
            rule: RuleId(format!("album:{release}")),
            title: "Album".into(),
            effective_on: day(1, 1),
            ends_on: None,
            content: Rule::Album(Album { release: release.clone(), tracks: vec![(first, 1), (second, 1)] }),
            document_sha256: None,
            agreement: None,
            request_key: None,
        };
        let tx = shop.services.begin().await.unwrap();
        save_rule(&tx, &shop.services.ctx(Actor::System), shop.studio, album).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        booked(&shop, "album.csv", &[(Some(Subject::Release(release)), 8, 2, "10")]).await;
        posted(&shop, 8).await;
        assert_eq!(books(world, &shop).await, [1_000, -500, 0, 0, 0, -500]);
        let waits = carried::Entity::find().all(&shop.services.db).await.unwrap();
        assert_eq!((waits.len(), waits[0].recording_id, waits[0].net), (1, Some(second), exact("5")));
        // Nothing has come, and nothing is done twice.
        assert_eq!(posted(&shop, 9).await.lines, 0);
        split(&shop, other, &[(orson, 1_000_000)], 1).await;
        assert_eq!(posted(&shop, 10).await.received, exact("5"));
        assert_eq!(books(world, &shop).await, [1_000, 0, 0, 0, 0, -1_000]);
    })
    .await;
}

#[tokio::test]
async fn what_was_thrown_away_waits_again_and_two_do_not_run_at_once() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        booked(&shop, "a.csv", &[of(song, 8, "12.34")]).await;
        let (one, other) = tokio::join!(draft(&shop, 10), draft(&shop, 10));
        let (made, refused) = if one.is_ok() { (one, other) } else { (other, one) };
        let (made, refused) = (made.unwrap(), refused.unwrap_err());
        assert!(matches!(refused, RoyaltyError::RunOpen { number: 1, .. }), "{refused}");
        let system = shop.services.ctx(Actor::System);
        // It is not posted before it is approved.
        let early = post_run(&shop.services, &system, made.id).await.unwrap_err();
        assert!(matches!(early, RoyaltyError::RunNotNow { state: RunState::Draft }), "{early}");
        let tx = shop.services.begin().await.unwrap();
        discard_run(&tx, &system, made.id).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        let free = sum::Entity::find().filter(sum::Column::RunId.is_null()).count(&shop.services.db).await.unwrap();
        assert_eq!(free, 1);
        let again = posted(&shop, 10).await;
        assert_eq!((again.number, again.received), (2, exact("12.34")));
        assert_eq!(books(world, &shop).await, [1_234, 0, 0, 0, 0, -1_234]);
        // A period begins behind the last one, and ends when it is over.
        let today = world.ctx.env.now().date_naive();
        for through in [day(10, 28), today, day(12, 31)] {
            let new = Reckon { currency: Currency::EUR, through, request_key: None };
            let refused = reckon(&shop.services, &system, shop.studio, new).await.unwrap_err();
            assert!(matches!(refused, RoyaltyError::Through { .. }), "{refused}");
            let latest = today.pred_opt().unwrap();
            assert!(refused.to_string().contains(&format!("{latest} at the latest")), "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_same_key_makes_one_run_and_others_may_not() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let none = draft(&shop, 9).await.unwrap_err();
        assert!(matches!(none, RoyaltyError::NothingToReckon { currency: Currency::EUR, .. }), "{none}");
        let (work, song) = recording(&shop, "Song").await;
        booked(&shop, "a.csv", &[of(song, 8, "12.34")]).await;
        let unowned = draft(&shop, 9).await.unwrap_err();
        assert!(matches!(unowned, RoyaltyError::NothingToReckon { .. }), "{unowned}");
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        let keyed = async |actor: Actor, through| {
            let new = Reckon { currency: Currency::EUR, through, request_key: Some("q3".into()) };
            reckon(&shop.services, &shop.services.ctx(actor), shop.studio, new).await
        };
        let made = keyed(Actor::System, day(9, 30)).await.unwrap();
        assert_eq!(keyed(Actor::System, day(9, 30)).await.unwrap(), made);
        assert!(matches!(keyed(Actor::System, day(10, 1)).await, Err(RoyaltyError::KeyTaken)));
        let engineer = Actor::User {
            user: shop.services.env.id(),
            memberships: vec![(shop.studio, Role::Engineer)],
            closed: Vec::new(),
        };
        assert!(matches!(keyed(engineer.clone(), day(9, 30)).await, Err(RoyaltyError::Denied(_))));
        let tx = shop.services.begin().await.unwrap();
        let refused = approve_run(&tx, &shop.services.ctx(engineer), made.id).await;
        assert!(matches!(refused, Err(RoyaltyError::Denied(_))));
    })
    .await;
}

#[tokio::test]
async fn what_nobody_owns_is_named_with_its_sum_and_a_run_of_nothing_is_not_made() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let ((work, signed), (_, unsigned)) = (recording(&shop, "Signed").await, recording(&shop, "Unsigned").await);
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        let system = shop.services.ctx(Actor::System);
        let ask = async |currency| {
            let new = Reckon { currency, through: day(10, 28), request_key: None };
            reckon(&shop.services, &system, shop.studio, new).await
        };
        let refused = ask(Currency::EUR).await.unwrap_err();
        assert!(matches!(&refused, RoyaltyError::NothingToReckon { unrated, .. } if unrated.is_empty()), "{refused}");
        // Half a euro a dollar, and one statement of which nobody has said that.
        let sold =
            [of(signed, 9, "10"), of(unsigned, 9, "4"), (None, 9, 1, "3"), (None, 10, 1, "5"), (None, 11, 1, "9")];
        let rated = statement(&shop, "rated.csv", (Currency::USD, ("2", "1")), &sold).await;
        let bare = statement(&shop, "bare.csv", (Currency::USD, ("2", "1")), &[of(signed, 9, "7")]).await;
        unrate(&shop, bare, Currency::USD).await;
        let refused = ask(Currency::USD).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "there is nothing to reckon in USD through 2026-10-28: no line that somebody owns and that has a rate, no charge, and nothing from before, and what “bare.csv” says has no rate"
        );
        post_statement(&shop.services, rated).await.unwrap();
        let run = posted(&shop, 10).await;
        let left = left_of(&shop.services.db, shop.studio, run.currency, run.through_on).await.unwrap();
        let sums: Vec<_> = left.sums.iter().map(|sum| (sum.why, sum.things, sum.lines, sum.amount)).collect();
        assert_eq!(sums, [(Why::Unmatched, 2, 2, exact("4")), (Why::NoSplit, 1, 1, exact("2"))]);
        assert_eq!(left.whole().unwrap(), (3, exact("6")));
        let named: Vec<_> = left.things.iter().map(|thing| (thing.title.as_str(), thing.amount)).collect();
        assert_eq!(named, [("Title 3", exact("2.5")), ("Title 1", exact("2")), ("Title 2", exact("1.5"))]);
        let unrated: Vec<_> = left.unrated.iter().map(|one| (one.import, one.lines, one.amount)).collect();
        assert_eq!(unrated, [(bare, 1, exact("7"))]);
    })
    .await;
}

#[tokio::test]
async fn shares_follow_the_day_of_use() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [nova, orson] = shop.makers;
        let ((shared, one), (sold, other)) = (recording(&shop, "Shared").await, recording(&shop, "Sold").await);
        split(&shop, shared, &[(nova, 600_000), (orson, 400_000)], 1).await;
        split(&shop, shared, &[(nova, 200_000), (orson, 800_000)], 9).await;
        // A recording that is sold: all of it is another's from then on.
        split(&shop, sold, &[(nova, 1_000_000)], 1).await;
        split(&shop, sold, &[(orson, 1_000_000)], 9).await;
        booked(&shop, "a.csv", &[of(one, 8, "10"), of(one, 9, "100"), of(other, 8, "1"), of(other, 9, "2")]).await;
        let outcome = outcome_of(&shop.services, &posted(&shop, 9).await).await.unwrap();
        let owed = |party| outcome.payees.iter().find(|line| line.payee == party).map(|line| line.balance_minor);
        assert_eq!((owed(nova), owed(orson)), (Some(600 + 2_000 + 100), Some(400 + 8_000 + 200)));
        assert_eq!(books(world, &shop).await, [11_300, 0, 0, 0, 0, -11_300]);
    })
    .await;
}

#[tokio::test]
async fn two_who_became_one_have_one_account() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [nova, orson] = shop.makers;
        let twin = party(&shop, "Nova again").await;
        let ((one, first), (other, second)) = (recording(&shop, "First").await, recording(&shop, "Second").await);
        split(&shop, one, &[(nova, 500_000), (orson, 500_000)], 1).await;
        split(&shop, other, &[(twin, 1_000_000)], 1).await;
        booked(&shop, "a.csv", &[of(first, 8, "10"), of(second, 8, "20")]).await;
        posted(&shop, 8).await;
        let tx = shop.services.begin().await.unwrap();
        merge_parties(&tx, &world.ctx, twin, nova).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        booked(&shop, "b.csv", &[of(second, 9, "1")]).await;
        let run = posted(&shop, 9).await;
        let of_nova = (run.id, nova, "shares".to_owned());
        let row = account::Entity::find_by_id(of_nova).one(&shop.services.db).await.unwrap().unwrap();
        assert_eq!((row.opening_minor, row.closing_minor), (2_500, 2_600));
        let of_twin = account::Entity::find().filter(account::Column::RunId.eq(run.id));
        assert_eq!(of_twin.filter(account::Column::PartyId.eq(twin)).count(&shop.services.db).await.unwrap(), 0);
        assert_eq!(books(world, &shop).await, [3_100, 0, 0, 0, 0, -3_100]);
    })
    .await;
}

/// Pays a payee by hand.
async fn pay(shop: &Shop, party: PartyId, minor: i64) -> payout::Model {
    let amount = Money::new(minor, Currency::EUR);
    let paid = PaidByHand { party, amount, paid_at: None, note: "", key: None, despite_terms: false };
    let tx = shop.services.begin().await.unwrap();
    let ctx = shop.services.ctx(Actor::System);
    let row = record_payout(&tx, &ctx, "test", shop.studio, paid).await.unwrap();
    shop.services.commit(tx).await.unwrap();
    row
}

/// Reckons a run and throws it away.
async fn discarded(shop: &Shop, month: u32) {
    let made = draft(shop, month).await.unwrap();
    let tx = shop.services.begin().await.unwrap();
    discard_run(&tx, &shop.services.ctx(Actor::System), made.id).await.unwrap();
    shop.services.commit(tx).await.unwrap();
}

#[tokio::test]
async fn what_was_paid_since_is_set_off_once() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let nova = shop.makers[0];
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(nova, 1_000_000)], 1).await;
        booked(&shop, "a.csv", &[of(song, 7, "50")]).await;
        posted(&shop, 7).await;
        pay(&shop, nova, 3_000).await;
        // Thrown away and reckoned again, it is still one payment.
        discarded(&shop, 8).await;
        let run = posted(&shop, 9).await;
        assert_eq!(run.due_minor, 2_000);
        let payments = charge::Entity::find().filter(charge::Column::Kind.eq(ChargeKind::Payment));
        let payments = payments.all(&shop.services.db).await.unwrap();
        assert_eq!((payments.len(), payments[0].amount_minor, payments[0].run_id), (1, 3_000, Some(run.id)));
        assert_eq!(books(world, &shop).await, [5_000, 0, 0, 0, 0, -2_000]);
        // The next begins from there.
        assert_eq!(posted(&shop, 10).await.due_minor, 2_000);
    })
    .await;
}

#[tokio::test]
async fn a_payout_that_comes_back_after_a_run_is_owed_again_once() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let nova = shop.makers[0];
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(nova, 1_000_000)], 1).await;
        booked(&shop, "a.csv", &[of(song, 6, "50")]).await;
        posted(&shop, 6).await;
        let payout = pay(&shop, nova, 5_000).await;
        assert_eq!(posted(&shop, 7).await.due_minor, 0);
        assert_eq!(books(world, &shop).await, [5_000, 0, 0, 0, 0, 0]);
        // The run has set it off, and then the bank sends it back.
        let tx = shop.services.begin().await.unwrap();
        return_payout(&tx, &shop.services.ctx(Actor::System), payout.id, "no such account").await.unwrap();
        shop.services.commit(tx).await.unwrap();
        discarded(&shop, 8).await;
        let run = posted(&shop, 8).await;
        assert_eq!(run.due_minor, 5_000);
        let payments = charge::Entity::find().filter(charge::Column::PayoutId.eq(payout.id));
        let mut payments: Vec<i64> =
            payments.all(&shop.services.db).await.unwrap().into_iter().map(|row| row.amount_minor).collect();
        payments.sort_unstable();
        assert_eq!(payments, [-5_000, 5_000]);
        assert_eq!(books(world, &shop).await, [5_000, 0, 0, 0, 0, -5_000]);
        // It is due once, and paid again it is set off again.
        assert_eq!(posted(&shop, 9).await.due_minor, 5_000);
        pay(&shop, nova, 5_000).await;
        assert_eq!(posted(&shop, 10).await.due_minor, 0);
        assert_eq!(books(world, &shop).await, [5_000, 0, 0, 0, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn what_was_booked_of_the_wrong_recording_is_put_right_by_lines_below_zero() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [nova, orson] = shop.makers;
        let ((one, first), (other, second)) = (recording(&shop, "First").await, recording(&shop, "Second").await);
        split(&shop, one, &[(nova, 1_000_000)], 1).await;
        split(&shop, other, &[(orson, 1_000_000)], 1).await;
        booked(&shop, "a.csv", &[of(first, 7, "100")]).await;
        posted(&shop, 7).await;
        booked(&shop, "put right.csv", &[of(first, 7, "-100"), of(second, 7, "100")]).await;
        let outcome = outcome_of(&shop.services, &posted(&shop, 8).await).await.unwrap();
        let owed = |party| outcome.payees.iter().find(|line| line.payee == party).map(|line| line.balance_minor);
        // What was given out stays theirs who had it; the recording makes up for it before it earns anything again.
        assert_eq!((owed(nova), owed(orson)), (Some(10_000), Some(10_000)));
        assert_eq!(books(world, &shop).await, [10_000, 0, 0, 10_000, 0, -20_000]);
        booked(&shop, "b.csv", &[of(first, 9, "130")]).await;
        assert_eq!(posted(&shop, 9).await.due_minor, 23_000);
        assert_eq!(books(world, &shop).await, [23_000, 0, 0, 0, 0, -23_000]);
    })
    .await;
}

#[tokio::test]
async fn what_an_owner_sold_returns_to_whoever_owned_it() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [nova, orson] = shop.makers;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(nova, 1_000_000)], 1).await;
        split(&shop, work, &[(orson, 1_000_000)], 8).await;
        // Late lines of before the sale are the seller's, returns against them, too.
        booked(&shop, "a.csv", &[of(song, 7, "40"), of(song, 7, "-15"), of(song, 8, "60")]).await;
        let outcome = outcome_of(&shop.services, &posted(&shop, 9).await).await.unwrap();
        let owed = |party| outcome.payees.iter().find(|line| line.payee == party).map(|line| line.balance_minor);
        assert_eq!((owed(nova), owed(orson)), (Some(2_500), Some(6_000)));
        assert_eq!(books(world, &shop).await, [8_500, 0, 0, 0, 0, -8_500]);
    })
    .await;
}

#[tokio::test]
async fn what_a_payee_had_to_give_back_is_not_due_any_more() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let nova = shop.makers[0];
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(nova, 1_000_000)], 1).await;
        booked(&shop, "a.csv", &[of(song, 6, "50")]).await;
        assert_eq!(posted(&shop, 6).await.due_minor, 5_000);
        // A sale that was refunded has taken 30 of it.
        let event = Event {
            studio: shop.studio,
            source: "test",
            external_id: "a refund",
            order: None,
            reference: "a refund",
            memo: "A refund",
            currency: Currency::EUR,
            occurred_at: None,
        };
        let legs = vec![
            Leg { account: AccountRef::payable(nova), amount_minor: 3_000 },
            Leg { account: AccountRef::own(AccountKind::Bank), amount_minor: -3_000 },
        ];
        let tx = shop.services.begin().await.unwrap();
        post(&tx, &world.ctx, &Posting::plain(event, JournalKind::Transfer, legs)).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        discarded(&shop, 7).await;
        let run = posted(&shop, 7).await;
        assert_eq!(run.due_minor, 2_000);
        let settled = charge::Entity::find().all(&shop.services.db).await.unwrap();
        let settled: Vec<_> = settled.iter().map(|row| (row.amount_minor, row.payout_id, row.run_id)).collect();
        assert_eq!(settled, [(3_000, None, Some(run.id))]);
        assert_eq!(books(world, &shop).await, [5_000, 0, 0, 0, 0, -2_000]);
        pay(&shop, nova, 2_000).await;
        assert_eq!(posted(&shop, 8).await.due_minor, 0);
    })
    .await;
}
