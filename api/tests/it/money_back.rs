//! What the API says of money that goes back: refunds by the studio, and what of them a buyer sees.

use domain::{
    ids::{BeatId, OrderId, PaymentId, StudioId, WorkId},
    links::Purpose,
    money::Currency,
    sales::entity::{DisputeState, dispute, payment},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

use crate::{
    splits::sell,
    support::{World, on_each_database},
};

const BEAT: &str = "mutation($studio: ID!) { createBeat(input: { studio: $studio, title: \"Night Drive\" }) {
    beat { id work { id } } userErrors { code } } }";
const REFUND: &str = "mutation($studio: ID!, $order: ID!, $minor: Int64!, $key: String) {
    refundOrder(input: { studioId: $studio, orderId: $order, amount: { minor: $minor, currency: \"EUR\" },
                         reason: \"it clicks\", idempotencyKey: $key }) {
        refund { id state amount { minor } } userErrors { code message field } } }";
const PAYMENTS: &str = "payments { state amount { minor } fee { minor } refunded { minor }
    refunds { state reason amount { minor } } disputes { state } }";

#[tokio::test]
async fn a_studio_gives_back_in_parts_and_the_buyer_sees_how_much() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        let token = world.token(owner).await.1;
        let ask = async |document: &str, variables: Value| {
            let answer = world.ask(Some(&token), document, variables).await;
            assert_eq!(answer.get("errors"), None, "{document}: {answer}");
            answer["data"].clone()
        };
        let made = ask(BEAT, json!({ "studio": studio.to_string() })).await;
        let made = &made["createBeat"]["beat"];
        let beat: BeatId = made["id"].as_str().unwrap().parse().unwrap();
        let work: WorkId = made["work"]["id"].as_str().unwrap().parse().unwrap();
        let order = sell(world, studio, beat, work, "LL-BACK").await;

        let refund = async |minor: i64, key: Option<&str>| {
            let variables =
                json!({ "studio": studio.to_string(), "order": order.to_string(), "minor": minor, "key": key });
            ask(REFUND, variables).await["refundOrder"].clone()
        };
        let first = refund(1_000, Some("form-1")).await;
        assert_eq!(first["refund"]["state"], "REQUESTED");
        assert_eq!(refund(1_000, Some("form-1")).await["refund"]["id"], first["refund"]["id"]);
        let beyond = refund(5_001, None).await;
        assert_eq!(beyond["userErrors"][0]["code"], "BEYOND_REST");
        let said = beyond["userErrors"][0]["message"].as_str().unwrap();
        assert!(said.contains("the EUR 50.00 that can still be given back"), "{said}");
        assert_eq!(refund(0, None).await["userErrors"][0]["code"], "REFUND_NOTHING");

        let read = format!("query($order: ID!) {{ order(id: $order) {{ {PAYMENTS} }} }}");
        let seen = ask(&read, json!({ "order": order.to_string() })).await["order"]["payments"].clone();
        assert_eq!(
            seen[0]["refunds"],
            json!([{ "state": "REQUESTED", "reason": "it clicks", "amount": { "minor": 1_000 } }])
        );
        assert_eq!((&seen[0]["refunded"]["minor"], &seen[0]["state"]), (&json!(0), &json!("CAPTURED")));

        let link = world.services.links.token(Purpose::Order, order, None);
        let read = format!("query($token: String!) {{ buyerOrder(token: $token) {{ {PAYMENTS} }} }}");
        let answer = world.ask(None, &read, json!({ "token": link })).await;
        let seen = &answer["data"]["buyerOrder"]["payments"][0];
        assert_eq!(seen["refunds"], json!([{ "state": "REQUESTED", "reason": null, "amount": { "minor": 1_000 } }]));
        assert_eq!(seen["disputes"], json!([]));
    })
    .await;
}

/// A bank that disputes a payment.
async fn disputed(world: &World, studio: StudioId, payment: PaymentId, amount_minor: i64) -> dispute::Model {
    let env = &world.services.env;
    let row = dispute::Model {
        id: env.id(),
        studio_id: studio,
        payment_id: payment,
        gateway: "sandbox".into(),
        gateway_dispute: "dp_1".into(),
        state: DisputeState::NeedsResponse,
        amount_minor,
        fee_minor: 0,
        currency: Currency::EUR,
        reason: "fraudulent".into(),
        evidence_by: None,
        learned_at: env.now(),
        statement: None,
        answered_by: None,
        answer_requested_at: None,
        answered_at: None,
        told_state: None,
        told_fee_minor: None,
        evidence: None,
        opened_journal: None,
        closed_journal: None,
    };
    row.into_active_model().insert(&world.services.db).await.unwrap()
}

#[tokio::test]
async fn a_paid_order_whose_money_is_gone_says_so_to_the_studio_and_to_the_buyer() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        let token = world.token(owner).await.1;
        let made = world.ask(Some(&token), BEAT, json!({ "studio": studio.to_string() })).await;
        let made = &made["data"]["createBeat"]["beat"];
        let beat: BeatId = made["id"].as_str().unwrap().parse().unwrap();
        let work: WorkId = made["work"]["id"].as_str().unwrap().parse().unwrap();
        let order: OrderId = sell(world, studio, beat, work, "LL-GONE").await;
        let link = world.services.links.token(Purpose::Order, order, None);
        let says = async |state: &str, money: &str| {
            let list = "query($studio: ID!) { orders(studio: $studio) { nodes { state moneyState } } }";
            let listed = world.ask(Some(&token), list, json!({ "studio": studio.to_string() })).await;
            let expected = json!({ "state": state, "moneyState": money });
            assert_eq!(listed["data"]["orders"]["nodes"], json!([expected]), "{listed}");
            let read = "query($token: String!) { buyerOrder(token: $token) { state moneyState } }";
            let seen = world.ask(None, read, json!({ "token": link })).await;
            assert_eq!(seen["data"]["buyerOrder"], expected, "{seen}");
        };
        says("PAID", "KEPT").await;
        let db = &world.services.db;
        let payment =
            payment::Entity::find().filter(payment::Column::OrderId.eq(order)).one(db).await.unwrap().unwrap();
        let dispute = disputed(world, studio, payment.id, 6_000).await;
        says("PAID", "DISPUTED").await;
        let lost = dispute::ActiveModel { state: Set(DisputeState::Lost), ..dispute.into_active_model() };
        lost.update(db).await.unwrap();
        says("PAID", "RETURNED").await;
    })
    .await;
}
