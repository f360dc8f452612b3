//! What payouts are kept from: being sent twice, with money that is not there or not real, to another account, or for ever.

use std::sync::atomic::Ordering;

use chrono::{Days, Duration};
use domain::{
    ids::{PartyId, PayoutId},
    ledger::{
        commands::{Event, Posting, post},
        entity::{AccountKind, JournalKind},
        rules::{AccountRef, Leg},
    },
    money::{Currency, Money},
    payouts::{
        PayoutError,
        commands::{
            AskBatch, PaidByHand, cancel_payout, end_payout, export_payouts, follow_payout, invite_payee, onboard,
            record_payout, reset_payee, retry_payout, set_payee_bank, sync_payee, tend,
        },
        entity::{BankScheme, PayeeState, PayoutState, payee, payout, payout_batch},
        queries::{find_payee_letter, list_payee_balances},
        rules::bank::{AchDebtor, BankDetails, Debtor, SepaDebtor},
    },
    ports::GatewayError,
    sales::{
        AskRefund,
        commands::refunds::request_refund,
        proof::{DriftKind, prove, prove_all_at},
    },
    store,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait};

use crate::{
    books::{assert_proved, balance},
    payee_banks::sepa,
    payouts::{alone, ask, found, invited, past_the_hold, ready, sell, standing},
    shop::Shop,
    support::{World, on_each_database},
};

async fn bank(world: &World, shop: &Shop, party: PartyId, details: BankDetails) {
    alone(world, async |tx| set_payee_bank(tx, &world.ctx, shop.studio, party, details).await).await.unwrap();
}

fn iban() -> BankDetails {
    BankDetails {
        scheme: BankScheme::Sepa,
        holder: "Nova Reyes".into(),
        account: "DE89370400440532013000".into(),
        bank: None,
        savings: false,
    }
}

async fn export(world: &World, shop: &Shop, asked: AskBatch<'_>) -> Result<payout_batch::Model, PayoutError> {
    alone(world, async |tx| export_payouts(tx, &world.ctx, "test", shop.studio, asked).await).await
}

async fn retry(world: &World, gateway: &str, id: PayoutId) -> Result<payout::Model, PayoutError> {
    alone(world, async |tx| retry_payout(tx, &world.ctx, gateway, id).await).await
}

async fn end(world: &World, gateway: &str, id: PayoutId, transfer: Option<&str>) -> Result<payout::Model, PayoutError> {
    let reason = "looked up at the old payment service";
    alone(world, async |tx| end_payout(tx, &world.ctx, gateway, id, transfer, reason).await).await
}

/// A shop that owes its first maker, past the hold, by an account that is ready.
async fn owing(world: &World) -> Shop {
    let shop = Shop::open(world, Currency::EUR).await;
    ready(world, &shop, shop.makers[0]).await;
    sell(&shop, "Night Drive").await;
    past_the_hold(world);
    shop
}

/// A payout that the gateway has refused once.
async fn refused(world: &World, shop: &Shop) -> payout::Model {
    shop.gateway.refuse_transfers(true);
    let asked = ask(world, shop, None).await.unwrap();
    shop.do_jobs().await;
    shop.gateway.refuse_transfers(false);
    let row = found(world, asked.id).await;
    assert_eq!(row.state, PayoutState::Failed);
    row
}

#[tokio::test]
async fn files_asked_for_at_once_are_one_under_one_key_and_pay_once_under_several() {
    on_each_database(async |world| {
        let shop = &owing(world).await;
        bank(world, shop, shop.makers[0], iban()).await;
        let owed = standing(world, shop, 0).await.payable.minor;
        let today = world.ctx.env.now().date_naive();
        let same = futures::future::join_all((0..4).map(|_| export(world, shop, sepa(today)))).await;
        let first = same[0].as_ref().unwrap();
        assert!(same.iter().all(|file| file.as_ref().unwrap() == first), "{same:?}");
        assert_eq!((first.payouts, first.total_minor), (1, owed));

        let debtor = SepaDebtor { name: "Another".into(), iban: "FR1420041010050500013M02606".into(), bic: None };
        let others = [
            AskBatch { debtor: Debtor::Sepa(debtor), ..sepa(today) },
            AskBatch { parties: Some(vec![shop.makers[0]]), ..sepa(today) },
            sepa(today.checked_add_days(Days::new(1)).unwrap()),
        ];
        for other in others {
            let taken = export(world, shop, other.clone()).await;
            assert!(matches!(taken, Err(PayoutError::KeyTaken)), "{other:?}: {taken:?}");
        }

        sell(shop, "Slow Tide").await;
        past_the_hold(world);
        let today = world.ctx.env.now().date_naive();
        let asked = || AskBatch { key: None, ..sepa(today) };
        let several = futures::future::join_all((0..4).map(|_| export(world, shop, asked()))).await;
        assert_eq!(several.iter().filter(|file| file.is_ok()).count(), 1, "{several:?}");
        assert_eq!(balance(world, shop, AccountKind::Bank).await, -2 * owed);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_file_and_the_gateway_do_not_pay_the_same() {
    on_each_database(async |world| {
        let shop = &owing(world).await;
        bank(world, shop, shop.makers[0], iban()).await;
        let owed = standing(world, shop, 0).await.payable.minor;
        let today = world.ctx.env.now().date_naive();
        let (file, sent) = futures::future::join(export(world, shop, sepa(today)), ask(world, shop, None)).await;
        assert!(file.is_ok() != sent.is_ok(), "{file:?} {sent:?}");
        shop.do_jobs().await;
        let rows = payout::Entity::find().all(&world.db).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.amount_minor).collect::<Vec<_>>(), [owed]);
        assert_eq!(standing(world, shop, 0).await.owed.minor, 0);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_file_says_when_the_bank_pays_and_which_of_the_day_it_is() {
    on_each_database(async |world| {
        let shop = &Shop::open(world, Currency::USD).await;
        for party in shop.makers {
            let details = BankDetails {
                scheme: BankScheme::Ach,
                holder: "Nova Reyes".into(),
                account: "123456789".into(),
                bank: Some("021000021".into()),
                savings: false,
            };
            bank(world, shop, party, details).await;
        }
        sell(shop, "Night Drive").await;
        past_the_hold(world);
        let today = world.ctx.env.now().date_naive();
        let debtor = AchDebtor {
            name: "Nova Sound".into(),
            company_id: "1234567890".into(),
            bank_routing: "011000015".into(),
            bank_name: "First Bank".into(),
        };
        let later = today.checked_add_days(Days::new(31)).unwrap();
        for (execute_on, maker, modifier) in [(later, 0, b'A'), (today.pred_opt().unwrap(), 1, b'B')] {
            let parties = Some(vec![shop.makers[maker]]);
            let asked = AskBatch { debtor: Debtor::Ach(debtor.clone()), execute_on, parties, key: None };
            let file = export(world, shop, asked).await.unwrap();
            assert_eq!(file.file.as_bytes()[33], modifier, "{}", file.file);
            let rows = payout::Entity::find().all(&world.db).await.unwrap();
            let paid = rows.into_iter().find(|row| row.batch_id == Some(file.id)).unwrap();
            let expected = if maker == 0 { later } else { today };
            assert_eq!(paid.paid_at.unwrap().date_naive(), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn only_the_link_that_was_mailed_last_opens() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let links = &shop.services.links;
        let row = invited(world, &shop, shop.makers[0]).await;
        let token = async || {
            let letter = find_payee_letter(&world.db, row.id).await.unwrap().unwrap();
            letter.url("", links).trim_start_matches("/payee/").to_owned()
        };
        let opens =
            async |token: &str| find_payee_letter(&world.db, row.id).await.unwrap().unwrap().opens(token, links);
        let old = token().await;
        assert!(opens(&old).await);
        world.clock.advance(Duration::minutes(11));
        let party = shop.makers[0];
        alone(world, async |tx| invite_payee(tx, &world.ctx, "test", shop.studio, party, "DE").await).await.unwrap();
        let new = token().await;
        assert!(!opens(&old).await && opens(&new).await);
    })
    .await;
}

#[tokio::test]
async fn a_payee_begins_anew_with_another_account_and_nothing_more_goes_to_the_old_one() {
    on_each_database(async |world| {
        let shop = owing(world).await;
        let party = shop.makers[0];
        let failed = refused(world, &shop).await;
        let reset =
            alone(world, async |tx| reset_payee(tx, &world.ctx, "test", shop.studio, party, "AT").await).await.unwrap();
        assert_eq!((reset.state, reset.gateway_account.as_deref()), (PayeeState::Invited, None));
        assert_eq!((reset.country.as_str(), reset.invited_at), ("AT", world.ctx.env.now()));
        assert!(matches!(retry(world, "test", failed.id).await, Err(PayoutError::AccountReplaced)));
        onboard(&shop.services, reset.id, "http://shop.test/").await.unwrap();
        let known = payee::Entity::find_by_id(reset.id).one(&world.db).await.unwrap().unwrap();
        let account = known.gateway_account.unwrap();
        assert_ne!(Some(account.as_str()), failed.gateway_account.as_deref());
        shop.gateway.enable(&account);
        sync_payee(&shop.services, reset.id).await.unwrap();
        assert_eq!(tend(&shop.services).await.unwrap().given_up, 1);
        let ended = found(world, failed.id).await;
        assert!(ended.state == PayoutState::Cancelled && ended.failure.unwrap().contains("another account"));
        ask(world, &shop, None).await.unwrap();
        shop.do_jobs().await;
        assert_eq!(shop.gateway.transfers()[0].account, account);

        // One that is closed at the gateway is forgotten here, too.
        shop.gateway.close_account(&account);
        world.clock.advance(Duration::hours(1));
        sync_payee(&shop.services, reset.id).await.unwrap();
        let known = payee::Entity::find_by_id(reset.id).one(&world.db).await.unwrap().unwrap();
        assert_eq!((known.state, known.gateway_account), (PayeeState::Invited, None));
        assert_eq!(known.invited_at, world.ctx.env.now(), "earlier links open nothing");
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_look_up_that_is_refused_is_no_refusal_of_the_payout() {
    on_each_database(async |world| {
        let shop = owing(world).await;
        let failed = refused(world, &shop).await;
        shop.gateway.refuse_lists(true);
        retry(world, "test", failed.id).await.unwrap();
        let asked = follow_payout(&shop.services, failed.id).await;
        assert!(matches!(asked, Err(PayoutError::Gateway(GatewayError::Lasting { .. }))), "{asked:?}");
        let row = found(world, failed.id).await;
        assert_eq!((row.state, row.attempt, row.undone_journal), (PayoutState::Sending, 2, None));
        assert_eq!(shop.gateway.transfer_calls.load(Ordering::SeqCst), 1, "nothing is sent unseen");
        shop.gateway.refuse_lists(false);
        follow_payout(&shop.services, failed.id).await.unwrap();
        assert_eq!(found(world, failed.id).await.state, PayoutState::Paid);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_an_earlier_attempt_has_sent_is_not_sent_again() {
    on_each_database(async |world| {
        let shop = owing(world).await;
        let failed = refused(world, &shop).await;
        let transfer = shop.gateway.send_after_all(&format!("payout:{}:1", failed.id));
        retry(world, "test", failed.id).await.unwrap();
        shop.do_jobs().await;
        let paid = found(world, failed.id).await;
        assert_eq!((paid.state, paid.gateway_transfer.as_deref()), (PayoutState::Paid, Some(transfer.as_str())));
        assert_eq!(shop.gateway.transfer_calls.load(Ordering::SeqCst), 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_payout_known_to_have_been_sent_is_booked_and_not_sent_again() {
    on_each_database(async |world| {
        let shop = owing(world).await;
        let failed = refused(world, &shop).await;
        let transfer = shop.gateway.send_after_all(&format!("payout:{}:1", failed.id));
        // As whoever asked learns it when the attempt was given up meanwhile.
        let known =
            payout::ActiveModel { id: Set(failed.id), gateway_transfer: Set(Some(transfer)), ..Default::default() };
        known.update(&world.db).await.unwrap();
        let cancelled = alone(world, async |tx| cancel_payout(tx, &world.ctx, failed.id).await).await;
        assert!(matches!(cancelled, Err(PayoutError::SentAlready)), "{cancelled:?}");
        shop.gateway.refuse_lists(true);
        world.clock.advance(Duration::hours(2));
        assert_eq!(tend(&shop.services).await.unwrap().retried, 1);
        shop.do_jobs().await;
        let paid = found(world, failed.id).await;
        assert_eq!((paid.state, paid.failure), (PayoutState::Paid, None));
        assert_eq!(shop.gateway.transfer_calls.load(Ordering::SeqCst), 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_payout_of_a_gateway_that_is_gone_is_told_of_and_ended() {
    on_each_database(async |world| {
        let shop = owing(world).await;
        let owed = standing(world, &shop, 0).await.payable;
        let stuck = ask(world, &shop, None).await.unwrap();
        let kinds = async || {
            let proof = prove(&world.db, &world.ctx, shop.studio).await.unwrap();
            proof.drifts.into_iter().map(|drift| (drift.kind, drift.reference)).collect::<Vec<_>>()
        };
        world.clock.advance(Duration::days(3));
        assert!(kinds().await.is_empty());
        world.clock.advance(Duration::seconds(1));
        assert_eq!(kinds().await, [(DriftKind::PayoutStuck, stuck.reference.clone())]);
        assert!(!prove_all_at(&world.db, world.ctx.env.now()).await.unwrap().holds());

        assert!(matches!(end(world, "test", stuck.id, None).await, Err(PayoutError::GatewaysOwn)));
        let ended = end(world, "stripe", stuck.id, None).await.unwrap();
        assert_eq!((ended.state, ended.retry_at), (PayoutState::Cancelled, None));
        assert!(ended.failure.unwrap().contains("looked up"));
        assert_eq!(standing(world, &shop, 0).await.payable, owed);
        assert!(kinds().await.is_empty());
        let again = ask(world, &shop, None).await.unwrap();
        let paid = end(world, "stripe", again.id, Some(" tr_old ")).await.unwrap();
        assert_eq!((paid.state, paid.gateway_transfer.as_deref()), (PayoutState::Paid, Some("tr_old")));
        assert!(matches!(end(world, "stripe", again.id, None).await, Err(PayoutError::State(PayoutState::Paid))));
        assert_eq!(standing(world, &shop, 0).await.owed.minor, 0);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_payout_is_not_retried_at_another_gateway() {
    on_each_database(async |world| {
        let shop = owing(world).await;
        let failed = refused(world, &shop).await;
        let elsewhere = retry(world, "stripe", failed.id).await;
        assert!(matches!(elsewhere, Err(PayoutError::OtherGateway { .. })), "{elsewhere:?}");
    })
    .await;
}

#[tokio::test]
async fn no_more_is_sent_than_lies_at_the_gateway_of_the_studios_own() {
    on_each_database(async |world| {
        let shop = owing(world).await;
        let there = balance(world, &shop, AccountKind::GatewayClearing).await;
        let failed = refused(world, &shop).await;
        // The gateway has paid all but a cent of it to the studio's bank.
        let event = Event {
            studio: shop.studio,
            source: "test",
            external_id: "po_1",
            order: None,
            reference: "po_1",
            memo: "Paid out to the studio's bank",
            currency: shop.currency,
            occurred_at: None,
        };
        let legs = vec![
            Leg { account: AccountRef::own(AccountKind::GatewayClearing), amount_minor: 1 - there },
            Leg { account: AccountRef::own(AccountKind::Bank), amount_minor: there - 1 },
        ];
        let tx = store::begin(&world.db).await.unwrap();
        post(&tx, &world.ctx, &Posting::plain(event, JournalKind::Sale, legs)).await.unwrap();
        tx.commit().await.unwrap();
        let beyond = retry(world, "test", failed.id).await;
        assert!(matches!(&beyond, Err(PayoutError::BeyondGateway { available }) if available.minor == 1), "{beyond:?}");
        world.clock.advance(Duration::hours(2));
        let tended = tend(&shop.services).await.unwrap();
        assert_eq!((tended.retried, tended.given_up), (0, 0));
        let waits = found(world, failed.id).await;
        assert!(waits.failure.unwrap().contains("lie at the payment service"));
        alone(world, async |tx| cancel_payout(tx, &world.ctx, failed.id).await).await.unwrap();
        assert!(matches!(ask(world, &shop, None).await, Err(PayoutError::BeyondGateway { .. })));
        ask(world, &shop, Some(1)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_to_be_given_back_is_held_and_a_failed_payout_waits_for_it() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        ready(world, &shop, shop.makers[0]).await;
        let order = sell(&shop, "Night Drive").await;
        past_the_hold(world);
        let failed = refused(world, &shop).await;
        let asked = AskRefund { amount: Some(Money::new(100, shop.currency)), reason: "as agreed", key: None };
        let tx = store::begin(&world.db).await.unwrap();
        request_refund(&tx, &world.ctx, shop.payment(order).await.id, asked).await.unwrap();
        tx.commit().await.unwrap();
        let now = standing(world, &shop, 0).await;
        assert_eq!((now.payable.minor, now.held), (0, now.owed));
        world.clock.advance(Duration::hours(2));
        let tended = tend(&shop.services).await.unwrap();
        assert_eq!((tended.retried, tended.given_up), (0, 0), "it is owed, and only held");
        let row = found(world, failed.id).await;
        assert_eq!(row.state, PayoutState::Failed);
        assert!(row.failure.unwrap().contains("held back") && row.retry_at.unwrap() > world.ctx.env.now());
    })
    .await;
}

#[tokio::test]
async fn what_was_sold_for_play_money_is_not_paid_with_real_money() {
    on_each_database(async |world| {
        let shop = owing(world).await;
        let unguard = if store::is_postgres(&world.db) {
            "ALTER TABLE journals DISABLE TRIGGER ALL"
        } else {
            "DROP TRIGGER journals_no_UPDATE"
        };
        let played = "UPDATE journals SET source = 'sandbox' WHERE kind = 'sale'";
        world.db.execute_unprepared(&format!("{unguard}; {played}")).await.unwrap();
        let of = async |gateway: &str| {
            let all = list_payee_balances(&world.db, &world.ctx, gateway, shop.studio).await.unwrap();
            all.into_iter().find(|row| row.party == shop.makers[0]).unwrap()
        };
        let (real, play) = (of("stripe").await, of("sandbox").await);
        assert_eq!((real.payable.minor, real.held), (0, real.owed));
        assert_eq!(play.payable, play.owed);
        let by_hand = async |gateway: &str| {
            let amount = Money::new(1, shop.currency);
            let paid =
                PaidByHand { party: shop.makers[0], amount, paid_at: None, note: "", key: None, despite_terms: false };
            alone(world, async |tx| record_payout(tx, &world.ctx, gateway, shop.studio, paid).await).await
        };
        assert!(matches!(by_hand("stripe").await, Err(PayoutError::BeyondOwed { owed }) if owed.minor == 0));
        by_hand("sandbox").await.unwrap();
        bank(world, &shop, shop.makers[0], iban()).await;
        let asked = sepa(world.ctx.env.now().date_naive());
        let file = alone(world, async |tx| export_payouts(tx, &world.ctx, "stripe", shop.studio, asked).await).await;
        assert!(matches!(file, Err(PayoutError::NobodyPayable)), "{file:?}");
    })
    .await;
}
