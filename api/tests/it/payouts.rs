//! A collaborator is paid: by the link in a mail to the gateway, and through a week in which it refuses.

use std::net::TcpListener;

use chrono::Duration;
use domain::{
    actor::Actor,
    env::testing::{self, ManualClock},
    licensing::terms::TierCode,
    money::{Currency, Money},
    outbox::{
        Job,
        entity::{JobState, job},
    },
    parties::entity as party,
    payouts::{
        commands::{AskPayout, follow_payout, invite_payee, request_payout, sync_payee, tend},
        entity::{PayeeState, PayoutState, payee, payout},
        queries::{find_payee_letter, list_payee_balances},
    },
    sales::{
        self, PlaceOrder,
        commands::carts::add_to_cart,
        entitlements::entitlement,
        entity::{OrderState, order},
        proof::prove_all,
        rules::money_back::Entitlement,
    },
    services::Services,
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use crate::{
    pages::support::{Browser, Shop},
    support::on_each_database,
};

/// Does the jobs of payouts that wait, as the back office does.
async fn do_jobs(services: &Services) {
    let open = job::Entity::find().filter(job::Column::State.eq(JobState::Open)).all(&services.db).await.unwrap();
    for row in open {
        match serde_json::from_value(row.payload.clone()).unwrap() {
            Job::FollowPayout { payout } => follow_payout(services, payout).await.unwrap(),
            Job::SyncPayee { payee } => sync_payee(services, payee).await.unwrap(),
            _ => continue,
        }
        let finished_at = Set(Some(services.env.now()));
        let row = job::ActiveModel { state: Set(JobState::Done), finished_at, ..row.into_active_model() };
        row.update(&services.db).await.unwrap();
    }
}

/// Somebody buys a lease and pays it by card.
async fn sell(shop: &Shop, browser: &Browser) -> order::Model {
    let (services, beat) = (&shop.services, shop.beat("Night Drive", "night-drive", 140_000).await);
    let nobody = services.ctx(Actor::Anonymous);
    let tx = services.begin().await.unwrap();
    let cart = add_to_cart(&tx, &nobody, shop.studio, None, beat, TierCode::Mp3, None).await.unwrap();
    tx.commit().await.unwrap();
    let request = PlaceOrder {
        buyer_name: "Ada Lovelace".into(),
        buyer_email: "ada@example.com".into(),
        seen_total: Money::new(3_000, Currency::EUR),
        ip: None,
        user_agent: None,
    };
    let placed = sales::place_order(services, &nobody, shop.studio, &cart.secret, &request).await.unwrap();
    let pay_url = sales::open_checkout(services, placed.id).await.unwrap();
    let paid = browser.post(&pay_url, &[("card", "4242 4242 4242 4242"), ("outcome", "pay")]).await;
    assert_eq!(paid.status, StatusCode::SEE_OTHER, "{}", paid.text);
    sales::settle_order(services, placed.id).await.unwrap();
    order::Entity::find_by_id(placed.id).one(&services.db).await.unwrap().unwrap()
}

/// A payee who has gone through with the sandbox's onboarding, by the link that was mailed to them.
async fn onboarded(shop: &Shop, browser: &Browser, clock: &ManualClock) -> payee::Model {
    let (services, system) = (&shop.services, shop.services.ctx(Actor::System));
    let maker = party::Entity::find().filter(party::Column::StudioId.eq(shop.studio)).one(&services.db).await;
    let maker = maker.unwrap().unwrap();
    let row = party::ActiveModel {
        email: Set(Some("maker@example.com".parse().unwrap())),
        ..maker.clone().into_active_model()
    };
    row.update(&services.db).await.unwrap();
    let tx = services.begin().await.unwrap();
    let invited = invite_payee(&tx, &system, "sandbox", shop.studio, maker.id, "DE").await.unwrap();
    tx.commit().await.unwrap();
    let link = async || {
        let letter = find_payee_letter(&services.db, invited.id).await.unwrap().unwrap();
        letter.url(&services.public_url, &services.links)
    };
    let superseded = link().await;
    clock.advance(Duration::minutes(11));
    let tx = services.begin().await.unwrap();
    invite_payee(&tx, &system, "sandbox", shop.studio, maker.id, "DE").await.unwrap();
    tx.commit().await.unwrap();
    let link = link().await;
    assert_eq!(browser.get(&superseded).await.status, StatusCode::GONE, "a later link was mailed");
    assert_eq!(browser.post(&superseded, &[]).await.status, StatusCode::GONE);

    let page = browser.get(&link).await;
    assert!(page.status == StatusCode::OK && page.text.contains("Say where your money goes"), "{}", page.text);
    assert_eq!(page.header("cache-control"), "no-store");
    let led = browser.post(&link, &[]).await;
    assert_eq!(led.status, StatusCode::SEE_OTHER, "{}", led.text);
    let there = led.header("location").to_owned();
    assert!(there.contains("/sandbox/onboarding/"), "{there}");
    let missing = browser.post(&there, &[("outcome", "missing")]).await;
    assert_eq!(missing.header("location"), link);
    assert!(browser.get(&link).await.text.contains("Something is still missing"));
    let there = browser.post(&link, &[]).await.header("location").to_owned();
    assert_eq!(browser.post(&there, &[("outcome", "complete")]).await.header("location"), link);
    assert!(browser.get(&link).await.text.contains("Your money finds you"));
    assert_eq!(browser.post(&link, &[]).await.header("location"), link.trim_start_matches(&*services.public_url));
    let forged = browser.get(&link.replace("payee.payee_", "order.payee_")).await;
    assert_eq!(forged.status, StatusCode::NOT_FOUND);
    payee::Entity::find_by_id(invited.id).one(&services.db).await.unwrap().unwrap()
}

#[actix_web::test]
async fn a_transfer_that_fails_for_a_week_holds_nobodys_files_and_is_paid_once() {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let (env, clock) = testing::env(7);
        let shop = Shop::open_in(&database, TcpListener::bind("127.0.0.1:0").unwrap(), env).await;
        let (services, browser) = (&shop.services, Browser::new(&shop.url));
        let system = services.ctx(Actor::System);
        let sold = sell(&shop, &browser).await;
        assert_eq!(sold.state, OrderState::Paid, "the buyer has their licence at once");
        let payee = onboarded(&shop, &browser, &clock).await;
        assert_eq!(payee.state, PayeeState::Ready);

        clock.advance(Duration::days(15));
        let told = browser.post("/sandbox/control/transfers", &[("fail", "true")]).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
        let balances =
            async || list_payee_balances(&services.db, &system, "sandbox", shop.studio).await.unwrap().remove(0);
        let owed = balances().await.payable;
        let asked = AskPayout { party: payee.party_id, currency: Currency::EUR, amount: None, key: None };
        let tx = services.begin().await.unwrap();
        let asked = request_payout(&tx, &system, "sandbox", shop.studio, asked).await.unwrap();
        services.commit(tx).await.unwrap();
        do_jobs(services).await;
        let found = async || payout::Entity::find_by_id(asked.id).one(&services.db).await.unwrap().unwrap();
        for day in 0..7 {
            let row = found().await;
            assert_eq!(row.state, PayoutState::Failed, "day {day}");
            assert!(row.failure.as_deref().unwrap().contains("transfers_not_allowed"), "{row:?}");
            let seen = balances().await;
            assert_eq!((seen.payable, seen.under_way.map(|row| row.id)), (owed, Some(asked.id)));
            assert_eq!(entitlement(&services.db, &sold).await.unwrap(), Entitlement::Stands, "no file waits for it");
            clock.advance(Duration::days(1));
            tend(services).await.unwrap();
            do_jobs(services).await;
        }
        let told = browser.post("/sandbox/control/transfers", &[("fail", "false")]).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER);
        for _ in 0..3 {
            clock.advance(Duration::hours(25));
            tend(services).await.unwrap();
            // What is answered first is lost on the way, too.
            browser.post("/sandbox/control/faults", &[("lose", "1")]).await;
            do_jobs(services).await;
        }
        let paid = found().await;
        assert_eq!((paid.state, paid.failure.as_deref()), (PayoutState::Paid, None));
        let sent = services.gateway.find_transfer(paid.gateway_transfer.as_deref().unwrap()).await.unwrap().unwrap();
        assert_eq!((sent.amount, sent.reversed.minor), (owed, 0));
        let account = services.gateway.find_account(payee.gateway_account.as_deref().unwrap()).await.unwrap();
        assert!(account.unwrap().can_receive);
        assert_eq!(balances().await.owed.minor, 0);
        let events = services.gateway.events(services.env.now() - Duration::days(60), None).await.unwrap().events;
        let made = events.iter().filter(|event| event.kind == "transfer.created").count();
        assert_eq!(made, 1, "paid once: {events:?}");
        let proof = prove_all(&services.db).await.unwrap();
        assert!(proof.holds(), "{proof:?}");
        shop.close(database).await;
    }
}

#[tokio::test]
async fn who_set_which_bank_account_is_listed_masked() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        let token = world.token(owner).await.1;
        let ask = async |document: &str, variables: serde_json::Value| {
            let answer = world.ask(Some(&token), document, variables).await;
            assert_eq!(answer.get("errors"), None, "{document}: {answer}");
            answer["data"].clone()
        };
        let own = json!({ "studio": studio.to_string() });
        let parties = ask("query($studio: ID!) { parties(studio: $studio) { nodes { id name } } }", own.clone()).await;
        let party = parties["parties"]["nodes"][0].clone();
        let set = "mutation($studio: ID!, $party: ID!, $account: String!) { setPayeeBank(input: { studio: $studio, party: $party,
            scheme: SEPA, holder: \"Nova\", account: $account }) { bank { account } userErrors { code } } }";
        for account in ["DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "FR1420041010050500013M02606"] {
            world.clock.advance(Duration::seconds(1));
            let variables = json!({ "studio": studio.to_string(), "party": party["id"], "account": account });
            assert_eq!(ask(set, variables).await["setPayeeBank"]["userErrors"], json!([]), "{account}");
        }
        let read = "query($studio: ID!) { payeeBankChanges(studio: $studio) {
            nodes { maskedAccount holder partyName setByName } pageInfo { hasNextPage } } }";
        let listed = ask(read, own).await["payeeBankChanges"].clone();
        let change = |masked: &str| json!({ "maskedAccount": masked, "holder": "Nova", "partyName": party["name"], "setByName": "Nova" });
        assert_eq!(listed["nodes"], json!([change("FR…2606"), change("DE…3000")]), "the same again is no change");
        assert_eq!(listed["pageInfo"]["hasNextPage"], false);
    })
    .await;
}

const RECORD: &str = "mutation($studio: ID!, $party: ID!, $minor: Int64!) {
    recordPayout(input: { studio: $studio, party: $party, amount: { minor: $minor, currency: \"EUR\" }, note: \"by wire\" }) {
        payout { state amount { minor } note partyName } userErrors { code field message } } }";

#[tokio::test]
async fn what_is_refused_names_its_field_and_the_remedy() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        let token = world.token(owner).await.1;
        let parties = "query($studio: ID!) { parties(studio: $studio) { nodes { id } } }";
        let answer = world.ask(Some(&token), parties, json!({ "studio": studio.to_string() })).await;
        let party = answer["data"]["parties"]["nodes"][0]["id"].clone();
        let variables = json!({ "studio": studio.to_string(), "party": party, "minor": 1 });
        let answer = world.ask(Some(&token), RECORD, variables.clone()).await;
        let refused = &answer["data"]["recordPayout"]["userErrors"][0];
        assert_eq!((&refused["code"], &refused["field"]), (&json!("BEYOND_OWED"), &json!("amount")), "{answer}");
        let bank = "mutation($studio: ID!, $party: ID!) { setPayeeBank(input: { studio: $studio, party: $party, scheme: ACH,
            holder: \"Nova\", account: \"123456789\", bank: \"021000022\" }) { bank { account } userErrors { code field remedy } } }";
        let variables = json!({ "studio": studio.to_string(), "party": variables["party"] });
        let answer = world.ask(Some(&token), bank, variables).await;
        let refused = &answer["data"]["setPayeeBank"]["userErrors"][0];
        assert_eq!((&refused["code"], &refused["field"]), (&json!("BAD_BANK_DETAILS"), &json!("bank")), "{answer}");
        let file = "mutation($studio: ID!) { exportPayouts(input: { studio: $studio, executeOn: \"2026-11-24\" }) {
            batch { file } userErrors { code remedy } } }";
        let answer = world.ask(Some(&token), file, json!({ "studio": studio.to_string() })).await;
        assert_eq!(answer["data"]["exportPayouts"]["userErrors"][0]["code"], "BAD_SCHEME", "{answer}");
    })
    .await;
}
