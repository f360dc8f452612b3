//! Payouts: what is owed reaches its payee once, whatever fails on the way.

use std::sync::atomic::Ordering;

use chrono::Duration;
use domain::{
    ids::{OrderId, PartyId, PayoutId},
    ledger::entity::AccountKind,
    licensing::terms::TierCode,
    money::{Currency, Money},
    outbox::{Job, entity::job},
    parties::entity as party,
    payouts::{
        PayoutError,
        commands::{
            AskPayout, PaidByHand, cancel_payout, follow_payout, invite_payee, onboard, record_payout, request_payout,
            retry_payout, return_payout, set_hold_days, set_minimum, sync_payee, tend,
        },
        entity::{PayeeState, PayoutNotice, PayoutState, payee, payout},
        queries::{PayeeBalance, find_payee_letter, list_payee_balances},
    },
    ports::GatewayEvent,
    sales::{self, rules::money_back::Entitlement},
    store::{self, Tx},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};

use crate::{
    books::{assert_proved, balance, may},
    shop::Shop,
    support::{World, on_each_database},
};

pub(crate) async fn alone<T>(
    world: &World,
    act: impl AsyncFnOnce(&Tx) -> Result<T, PayoutError>,
) -> Result<T, PayoutError> {
    let tx = store::begin(&world.db).await.unwrap();
    let done = act(&tx).await?;
    tx.commit().await.unwrap();
    Ok(done)
}

/// Sells a lease; what the first maker gets of it is more than zero.
pub(crate) async fn sell(shop: &Shop, title: &str) -> OrderId {
    let beat = shop.beat(title, true).await;
    shop.sell(&[(beat, TierCode::Mp3)], 3_000).await.id
}

pub(crate) async fn invited(world: &World, shop: &Shop, party: PartyId) -> payee::Model {
    let row = party::ActiveModel {
        id: Set(party),
        email: Set(Some(format!("{}@example.com", party.0.simple()).parse().unwrap())),
        ..Default::default()
    };
    row.update(&world.db).await.unwrap();
    alone(world, async |tx| invite_payee(tx, &world.ctx, "test", shop.studio, party, "de").await).await.unwrap()
}

/// A payee who has told the gateway all that it has to know.
pub(crate) async fn ready(world: &World, shop: &Shop, party: PartyId) -> payee::Model {
    let row = invited(world, shop, party).await;
    onboard(&shop.services, row.id, "http://shop.test/payee/x").await.unwrap();
    let row = payee::Entity::find_by_id(row.id).one(&world.db).await.unwrap().unwrap();
    shop.gateway.enable(row.gateway_account.as_deref().unwrap());
    sync_payee(&shop.services, row.id).await.unwrap();
    payee::Entity::find_by_id(row.id).one(&world.db).await.unwrap().unwrap()
}

pub(crate) async fn ask(world: &World, shop: &Shop, amount: Option<i64>) -> Result<payout::Model, PayoutError> {
    let asked = AskPayout {
        party: shop.makers[0],
        currency: shop.currency,
        amount: amount.map(|minor| Money::new(minor, shop.currency)),
        key: None,
    };
    alone(world, async |tx| request_payout(tx, &world.ctx, "test", shop.studio, asked).await).await
}

pub(crate) async fn record(world: &World, shop: &Shop, minor: i64) -> Result<payout::Model, PayoutError> {
    let amount = Money::new(minor, shop.currency);
    let paid =
        PaidByHand { party: shop.makers[0], amount, paid_at: None, note: "by wire", key: None, despite_terms: false };
    alone(world, async |tx| record_payout(tx, &world.ctx, "test", shop.studio, paid).await).await
}

pub(crate) async fn found(world: &World, id: PayoutId) -> payout::Model {
    payout::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap()
}

pub(crate) async fn standing(world: &World, shop: &Shop, maker: usize) -> PayeeBalance {
    let all = list_payee_balances(&world.db, &world.ctx, "test", shop.studio).await.unwrap();
    all.into_iter().find(|row| row.party == shop.makers[maker]).unwrap()
}

/// What the payee is told of a payout, sorted.
pub(crate) async fn told(world: &World, id: PayoutId) -> Vec<PayoutNotice> {
    let rows = job::Entity::find().all(&world.db).await.unwrap();
    let jobs = rows.into_iter().map(|row| serde_json::from_value::<Job>(row.payload).unwrap());
    let mut told: Vec<_> = jobs
        .filter_map(|job| match job {
            Job::MailPayout { payout, what } if payout == id => Some(what),
            _ => None,
        })
        .collect();
    told.sort_unstable();
    told
}

pub(crate) fn past_the_hold(world: &World) {
    world.clock.advance(Duration::days(15));
}

#[tokio::test]
async fn what_is_older_than_the_hold_is_paid_once_and_what_is_younger_waits() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        assert_eq!(ready(world, &shop, shop.makers[0]).await.state, PayeeState::Ready);
        sell(&shop, "Night Drive").await;
        let young = standing(world, &shop, 0).await;
        assert_eq!((young.payable.minor, young.held), (0, young.owed));
        assert!(
            matches!(ask(world, &shop, None).await, Err(PayoutError::NothingPayable { held }) if held == young.owed)
        );
        past_the_hold(world);
        sell(&shop, "Slow Tide").await;
        let now = standing(world, &shop, 0).await;
        assert_eq!((now.payable, now.held), (young.owed, young.owed), "two sales alike");
        let beyond = ask(world, &shop, Some(now.payable.minor + 1)).await;
        assert!(matches!(beyond, Err(PayoutError::BeyondPayable { .. })), "{beyond:?}");
        let asked = ask(world, &shop, None).await.unwrap();
        assert_eq!((asked.state, asked.amount_minor), (PayoutState::Sending, young.owed.minor));
        let twice = ask(world, &shop, None).await;
        assert!(matches!(twice, Err(PayoutError::UnderWay { state: PayoutState::Sending, .. })), "{twice:?}");
        shop.do_jobs().await;
        let paid = found(world, asked.id).await;
        assert_eq!((paid.state, paid.failure.as_deref()), (PayoutState::Paid, None));
        let sent = shop.gateway.transfers();
        assert_eq!(
            (sent.len(), sent[0].amount, sent[0].key.as_deref()),
            (1, young.owed, Some(format!("payout:{}:1", asked.id)).as_deref())
        );
        follow_payout(&shop.services, asked.id).await.unwrap();
        assert_eq!(shop.gateway.transfers().len(), 1, "told twice");
        let left = standing(world, &shop, 0).await;
        assert_eq!((left.owed, left.payable.minor, left.under_way), (young.owed, 0, None));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_transfer_that_fails_for_a_week_is_owed_visibly_and_paid_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        ready(world, &shop, shop.makers[0]).await;
        let order = sell(&shop, "Night Drive").await;
        past_the_hold(world);
        shop.gateway.refuse_transfers(true);
        let owed = standing(world, &shop, 0).await.payable;
        let asked = ask(world, &shop, None).await.unwrap();
        shop.do_jobs().await;
        for hours in 0..7 * 24 {
            let row = found(world, asked.id).await;
            assert_eq!(row.state, PayoutState::Failed, "after {hours} h");
            assert!(row.failure.as_deref().unwrap().contains("transfers_not_allowed"), "{row:?}");
            let now = standing(world, &shop, 0).await;
            assert_eq!((now.payable, now.under_way.map(|row| row.id)), (owed, Some(asked.id)), "it is owed, and seen");
            world.clock.advance(Duration::hours(1));
            tend(&shop.services).await.unwrap();
            shop.do_jobs().await;
        }
        assert_proved(world).await;
        assert_eq!(may(world, &shop, order).await, Entitlement::Stands);
        assert!(shop.gateway.transfer_keys() > 8, "a key for each attempt that was refused");
        shop.gateway.refuse_transfers(false);
        for _ in 0..3 {
            world.clock.advance(Duration::hours(25));
            tend(&shop.services).await.unwrap();
            shop.do_jobs().await;
        }
        let paid = found(world, asked.id).await;
        assert_eq!((paid.state, paid.failure), (PayoutState::Paid, None));
        assert!(paid.attempt > 8);
        assert_eq!(shop.gateway.transfers().iter().map(|sent| sent.amount).collect::<Vec<_>>(), [owed]);
        assert_eq!(standing(world, &shop, 0).await.owed.minor, 0);
        let letters = told(world, asked.id).await;
        assert_eq!(letters, [PayoutNotice::Left, PayoutNotice::Failed], "a week of attempts is mailed once");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again_and_nothing_is_sent_twice() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        ready(world, &shop, shop.makers[0]).await;
        sell(&shop, "Night Drive").await;
        past_the_hold(world);
        let asked = ask(world, &shop, None).await.unwrap();
        shop.gateway.lose_transfers(true);
        let lost = follow_payout(&shop.services, asked.id).await.unwrap_err();
        assert!(lost.is_silence(), "{lost:?}");
        let row = found(world, asked.id).await;
        assert_eq!((row.state, row.attempt, row.tried_at), (PayoutState::Sending, 1, None));
        assert!(row.failure.is_some(), "why it has not arrived is seen");
        assert!(matches!(
            alone(world, async |tx| cancel_payout(tx, &world.ctx, asked.id).await).await,
            Err(PayoutError::State(PayoutState::Sending))
        ));
        shop.gateway.lose_transfers(false);
        // Without its job: the round finds it.
        world.clock.advance(Duration::minutes(11));
        assert_eq!(tend(&shop.services).await.unwrap().followed, 1);
        assert_eq!(found(world, asked.id).await.state, PayoutState::Paid);
        assert_eq!((shop.gateway.transfers().len(), shop.gateway.transfer_keys()), (1, 1));
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_is_killed_while_asking_is_followed_by_another_after_a_while() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        ready(world, &shop, shop.makers[0]).await;
        sell(&shop, "Night Drive").await;
        past_the_hold(world);
        let asked = ask(world, &shop, None).await.unwrap();
        let asking =
            payout::ActiveModel { id: Set(asked.id), tried_at: Set(Some(world.ctx.env.now())), ..Default::default() };
        asking.update(&world.db).await.unwrap();
        assert!(matches!(follow_payout(&shop.services, asked.id).await, Err(PayoutError::Busy)));
        assert_eq!(shop.gateway.transfer_keys(), 0);
        world.clock.advance(Duration::minutes(4));
        let all = (0..4).map(|_| follow_payout(&shop.services, asked.id));
        let done = futures::future::join_all(all).await;
        assert!(done.iter().all(|done| matches!(done, Ok(()) | Err(PayoutError::Busy))), "{done:?}");
        assert_eq!(found(world, asked.id).await.state, PayoutState::Paid);
        assert_eq!(shop.gateway.transfer_calls.load(Ordering::SeqCst), 1, "one asks, however many are there");
        assert_eq!(shop.gateway.transfers().len(), 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn many_who_ask_at_once_pay_no_more_than_is_owed() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        ready(world, &shop, shop.makers[0]).await;
        sell(&shop, "Night Drive").await;
        past_the_hold(world);
        let owed = standing(world, &shop, 0).await.payable;
        let shop = &shop;
        let asked = futures::future::join_all((0..8).map(|_| ask(world, shop, None))).await;
        assert_eq!(asked.iter().filter(|asked| asked.is_ok()).count(), 1, "{asked:?}");
        let recorded = futures::future::join_all((0..8).map(|_| record(world, shop, 1))).await;
        assert!(recorded.iter().all(|done| matches!(done, Err(PayoutError::BeyondOwed { .. }))), "{recorded:?}");
        shop.do_jobs().await;
        assert_eq!(shop.gateway.transfers()[0].amount, owed);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_payout_is_retried_cancelled_or_given_up_when_nothing_is_owed() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        ready(world, &shop, shop.makers[0]).await;
        sell(&shop, "Night Drive").await;
        past_the_hold(world);
        shop.gateway.refuse_transfers(true);
        let owed = standing(world, &shop, 0).await.payable.minor;
        let first = ask(world, &shop, None).await.unwrap();
        shop.do_jobs().await;
        let again = alone(world, async |tx| retry_payout(tx, &world.ctx, "test", first.id).await).await.unwrap();
        assert_eq!((again.state, again.attempt), (PayoutState::Sending, 2));
        shop.do_jobs().await;
        alone(world, async |tx| cancel_payout(tx, &world.ctx, first.id).await).await.unwrap();
        let retried = alone(world, async |tx| retry_payout(tx, &world.ctx, "test", first.id).await).await;
        assert!(matches!(retried, Err(PayoutError::State(PayoutState::Cancelled))));
        let second = ask(world, &shop, Some(owed)).await.unwrap();
        shop.do_jobs().await;
        assert_eq!(found(world, second.id).await.state, PayoutState::Failed);
        record(world, &shop, owed).await.unwrap();
        shop.gateway.refuse_transfers(false);
        world.clock.advance(Duration::hours(2));
        assert_eq!(tend(&shop.services).await.unwrap().given_up, 1);
        assert_eq!(found(world, second.id).await.state, PayoutState::Cancelled);
        shop.do_jobs().await;
        assert!(shop.gateway.transfers().is_empty(), "it was paid by hand");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn who_owes_the_studio_is_paid_nothing() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        ready(world, &shop, shop.makers[0]).await;
        let order = sell(&shop, "Night Drive").await;
        past_the_hold(world);
        ask(world, &shop, None).await.unwrap();
        shop.do_jobs().await;
        shop.give_back(shop.payment(order).await.id, None).await.unwrap();
        let now = standing(world, &shop, 0).await;
        assert!(now.due.minor > 0 && now.owed.minor == 0, "{now:?}");
        let (earned, due) = (shop.gateway.transfers()[0].amount.minor, now.due.minor);
        assert!(matches!(ask(world, &shop, None).await, Err(PayoutError::NothingPayable { .. })));
        assert!(matches!(record(world, &shop, 1).await, Err(PayoutError::BeyondOwed { .. })));
        sell(&shop, "Slow Tide").await;
        past_the_hold(world);
        let now = standing(world, &shop, 0).await;
        assert_eq!(
            (now.payable.minor, now.due.minor),
            (earned - due, 0),
            "of two sales alike the second settles what was due"
        );
        assert_eq!(shop.gateway.transfers()[0].reversed.minor, 0, "nothing is taken back from the payee's account");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_comes_back_is_owed_again() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        ready(world, &shop, shop.makers[0]).await;
        sell(&shop, "Night Drive").await;
        past_the_hold(world);
        let owed = standing(world, &shop, 0).await.payable.minor;
        let asked = ask(world, &shop, None).await.unwrap();
        shop.do_jobs().await;
        let transfer = found(world, asked.id).await.gateway_transfer.unwrap();
        let own = alone(world, async |tx| return_payout(tx, &world.ctx, asked.id, "wrong account").await).await;
        assert!(matches!(own, Err(PayoutError::GatewaysOwn)));
        shop.gateway.take_back(&transfer, owed);
        let event = GatewayEvent {
            id: "evt_transfer".into(),
            kind: "transfer.reversed".into(),
            at: world.ctx.env.now(),
            order: None,
            checkout: None,
            payment: None,
            account: None,
            transfer: Some(transfer),
        };
        assert!(sales::receive_event(&shop.services, &event).await.unwrap().first);
        shop.do_jobs().await;
        assert_eq!(found(world, asked.id).await.state, PayoutState::Returned);
        assert_eq!(told(world, asked.id).await, [PayoutNotice::Left, PayoutNotice::Returned]);
        assert_eq!(standing(world, &shop, 0).await.payable.minor, owed);
        let by_hand = record(world, &shop, owed).await.unwrap();
        assert_eq!(balance(world, &shop, AccountKind::Bank).await, -owed);
        alone(world, async |tx| return_payout(tx, &world.ctx, by_hand.id, "wrong account").await).await.unwrap();
        let twice = alone(world, async |tx| return_payout(tx, &world.ctx, by_hand.id, "again").await).await;
        assert!(matches!(twice, Err(PayoutError::State(PayoutState::Returned))));
        assert_eq!(told(world, by_hand.id).await, [PayoutNotice::Left, PayoutNotice::Returned], "once each");
        assert_eq!(
            (balance(world, &shop, AccountKind::Bank).await, standing(world, &shop, 0).await.owed.minor),
            (0, owed)
        );
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_payee_is_led_to_the_gateway_and_events_tell_when_they_are_ready() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let party = shop.makers[0];
        let unknown =
            alone(world, async |tx| invite_payee(tx, &world.ctx, "test", shop.studio, party, "DE").await).await;
        assert!(matches!(unknown, Err(PayoutError::NoEmail)), "{unknown:?}");
        let row = invited(world, &shop, party).await;
        let job = job::Entity::find().all(&world.db).await.unwrap().pop().unwrap();
        assert_eq!(serde_json::from_value::<Job>(job.payload).unwrap(), Job::MailPayee { payee: row.id });
        let again = alone(world, async |tx| invite_payee(tx, &world.ctx, "test", shop.studio, party, "DE").await).await;
        assert!(matches!(again, Err(PayoutError::InvitedLately)));
        let letter = find_payee_letter(&world.db, row.id).await.unwrap().unwrap();
        let url = letter.url("http://shop.test", &shop.services.links);
        assert!(url.starts_with("http://shop.test/payee/payee.payee_"), "{url}");
        assert_eq!((letter.party_name.as_str(), letter.studio_name.as_str()), ("Nova", "Nova Sound"));

        let first = onboard(&shop.services, row.id, &url).await.unwrap();
        assert_eq!(onboard(&shop.services, row.id, &url).await.unwrap(), first, "one account however often they come");
        let known = payee::Entity::find_by_id(row.id).one(&world.db).await.unwrap().unwrap();
        assert_eq!((known.state, known.missing.as_str()), (PayeeState::Incomplete, "external_account\ntos"));
        sell(&shop, "Night Drive").await;
        past_the_hold(world);
        assert!(matches!(ask(world, &shop, None).await, Err(PayoutError::NotReady)));
        let account = known.gateway_account.unwrap();
        shop.gateway.enable(&account);
        let event = GatewayEvent {
            id: "evt_account".into(),
            kind: "account.updated".into(),
            at: world.ctx.env.now(),
            order: None,
            checkout: None,
            payment: None,
            account: Some(account),
            transfer: None,
        };
        sales::receive_event(&shop.services, &event).await.unwrap();
        shop.do_jobs().await;
        let known = payee::Entity::find_by_id(row.id).one(&world.db).await.unwrap().unwrap();
        assert_eq!((known.state, known.missing.as_str()), (PayeeState::Ready, ""));
        ask(world, &shop, None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn with_every_message_lost_the_round_learns_the_same() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let row = invited(world, &shop, shop.makers[0]).await;
        onboard(&shop.services, row.id, "http://shop.test/").await.unwrap();
        let known = payee::Entity::find_by_id(row.id).one(&world.db).await.unwrap().unwrap();
        shop.gateway.enable(known.gateway_account.as_deref().unwrap());
        assert_eq!(tend(&shop.services).await.unwrap().payees, 0, "it was looked at a moment ago");
        world.clock.advance(Duration::minutes(11));
        assert_eq!(tend(&shop.services).await.unwrap().payees, 1);
        sell(&shop, "Night Drive").await;
        past_the_hold(world);
        let asked = ask(world, &shop, None).await.unwrap();
        shop.do_jobs().await;
        let sent = shop.gateway.transfers().remove(0);
        shop.gateway.take_back(&sent.id, sent.amount.minor);
        world.clock.advance(Duration::hours(25));
        shop.gateway.fall_silent(true);
        tend(&shop.services).await.unwrap();
        assert_eq!(found(world, asked.id).await.state, PayoutState::Paid);
        shop.gateway.fall_silent(false);
        world.clock.advance(Duration::hours(25));
        tend(&shop.services).await.unwrap();
        assert_eq!(found(world, asked.id).await.state, PayoutState::Returned);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn the_same_key_asks_once_and_terms_are_kept() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        ready(world, &shop, shop.makers[0]).await;
        sell(&shop, "Night Drive").await;
        let days = async |days| alone(world, async |tx| set_hold_days(tx, &world.ctx, shop.studio, days).await).await;
        assert!(matches!(days(366).await, Err(PayoutError::HoldDays)));
        days(0).await.unwrap();
        world.clock.advance(Duration::seconds(1));
        let owed = standing(world, &shop, 0).await.payable;
        let least = async |minor| {
            let minimum = Money::new(minor, shop.currency);
            alone(world, async |tx| set_minimum(tx, &world.ctx, shop.studio, None, minimum).await).await
        };
        assert!(matches!(least(-1).await, Err(PayoutError::Minimum)));
        least(owed.minor + 1).await.unwrap();
        assert!(matches!(ask(world, &shop, None).await, Err(PayoutError::BelowMinimum { .. })));
        least(owed.minor).await.unwrap();
        let asked = |amount, key| AskPayout { party: shop.makers[0], currency: shop.currency, amount, key };
        let ask_by = async |asked: AskPayout<'static>| {
            alone(world, async |tx| request_payout(tx, &world.ctx, "test", shop.studio, asked).await).await
        };
        let first = ask_by(asked(None, Some("form-1"))).await.unwrap();
        assert_eq!(ask_by(asked(Some(owed), Some("form-1"))).await.unwrap(), first);
        let other = ask_by(asked(Some(Money::new(1, shop.currency)), Some("form-1"))).await;
        assert!(matches!(other, Err(PayoutError::KeyTaken)));
        assert!(matches!(ask_by(asked(None, Some(""))).await, Err(PayoutError::RequestKey)));
        shop.do_jobs().await;
        assert_eq!(shop.gateway.transfers().len(), 1);
    })
    .await;
}
