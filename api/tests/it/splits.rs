//! What the API says of splits: versions with their shares, the document behind a journal, what is parked, and the studio's setting.

use chrono::Duration;
use domain::{
    actor::Actor,
    catalog::Sha256,
    ids::{BeatId, OrderId, StudioId, WorkId},
    licensing::rules::default_tiers,
    money::{Currency, Money},
    ports::{GatewayPayment, PaymentStanding},
    sales::{
        Settled,
        commands::recording::record_payment,
        entity::{OrderState, order, order_line},
    },
    share::Share,
    splits::{self, ExecutedSplit, testing::signed_sheet},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::{Value, json};

use crate::support::{World, on_each_database};

const PARTY: &str = "mutation($studio: ID!, $name: String!) {
    createParty(input: { studio: $studio, kind: PERSON, name: $name }) { party { id } } }";
const BEAT: &str = "mutation($studio: ID!, $lines: [CollaboratorInput!]!) {
    createBeat(input: { studio: $studio, title: \"Night Drive\", collaborators: $lines }) {
        beat { id splitUnsigned work { id } } userErrors { code } } }";
const SPLITS: &str = "query($work: ID!, $beat: ID!, $before: DateTime!) {
    beat(id: $beat) { splitUnsigned }
    now: splitAt(work: $work) { number }
    before: splitAt(work: $work, at: $before) { number }
    work(id: $work) { splits { nodes {
        number documentSha256 effectiveAt
        composition { party { name } share { percent } } master { party { name } share { percent } }
    } } } }";
const BOOKS: &str = "query($studio: ID!) {
    journals(studio: $studio) { nodes { kind bases { documentSha256 version { number } } } }
    balances(studio: $studio) { account { kind partyName } balance { minor } }
    waiting: parkedLines(studio: $studio, waiting: true) { nodes { amount { minor } } }
    parkedLines(studio: $studio) { nodes { amount { minor } releasedAt releaseJournalId splitVersionId } } }";

/// Sells the beat for 60.00, as if its buyer had just paid.
pub(crate) async fn sell(world: &World, studio: StudioId, beat: BeatId, work: WorkId, reference: &str) -> OrderId {
    let (services, env) = (&world.services, &world.services.env);
    let terms = default_tiers(Currency::EUR, "Nova").swap_remove(0).terms;
    let order: OrderId = env.id();
    let row = order::Model {
        id: order,
        studio_id: studio,
        reference: reference.into(),
        cart_id: None,
        state: OrderState::AwaitingPayment,
        buyer_name: "Ada".into(),
        buyer_email: "ada@example.com".parse().unwrap(),
        total_minor: 6_000,
        currency: Currency::EUR,
        gateway: "sandbox".into(),
        checkout_id: None,
        pay_url: None,
        placed_at: env.now(),
        paid_at: None,
        delivered_at: None,
        closed_reason: None,
        buyer_ip: None,
        buyer_user_agent: None,
    };
    row.into_active_model().insert(&services.db).await.unwrap();
    let line = order_line::Model {
        id: env.id(),
        order_id: order,
        position: 1,
        beat_id: beat,
        work_id: work,
        beat_title: "Night Drive".into(),
        tier_code: terms.tier,
        terms,
        price_minor: 6_000,
        shown_text_sha256: None,
    };
    line.into_active_model().insert(&services.db).await.unwrap();
    let paid = Money::new(6_000, Currency::EUR);
    let payment = GatewayPayment {
        id: format!("pi_{order}"),
        order: Some(order),
        standing: PaymentStanding::Captured,
        amount: paid,
        captured: paid,
        fee: Money::zero(Currency::EUR),
        refunds: Vec::new(),
        disputes: Vec::new(),
    };
    let tx = services.begin().await.unwrap();
    let settled = record_payment(&tx, &services.ctx(Actor::System), order, &payment).await.unwrap();
    assert_eq!(settled, Settled::Granted);
    services.commit(tx).await.unwrap();
    order
}

#[tokio::test]
async fn a_split_is_seen_from_signature_to_journal() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Nova").await;
        let token = world.token(owner).await.1;
        let ask = async |document: &str, variables: Value| {
            let answer = world.ask(Some(&token), document, variables).await;
            assert_eq!(answer.get("errors"), None, "{document}");
            answer["data"].clone()
        };
        let mut makers = Vec::new();
        for name in ["Zoë", "Ada"] {
            let made = ask(PARTY, json!({ "studio": studio.to_string(), "name": name })).await;
            makers.push(made["createParty"]["party"]["id"].as_str().unwrap().to_owned());
        }
        let line = |maker: &String| json!({ "partyId": maker, "role": "producer", "sharePpm": 500_000 });
        let lines: Vec<Value> = makers.iter().map(line).collect();
        let made = ask(BEAT, json!({ "studio": studio.to_string(), "lines": lines })).await;
        let made = &made["createBeat"]["beat"];
        assert_eq!(made["splitUnsigned"], true);
        let beat: BeatId = made["id"].as_str().unwrap().parse().unwrap();
        let work: WorkId = made["work"]["id"].as_str().unwrap().parse().unwrap();

        // A fresh studio refuses to sell what is unsigned, until its owner says otherwise.
        let set = "mutation($studio: ID!) { updateStudio(input: { studio: $studio, name: \"Nova\", contactEmail: \"a@example.com\",
            governingLaw: \"Austria\", unsignedSplits: PARK }) { studio { unsignedSplits } userErrors { code } } }";
        let read = "query($studio: ID!) { studio(id: $studio) { unsignedSplits } }";
        let asked = json!({ "studio": studio.to_string() });
        assert_eq!(ask(read, asked.clone()).await["studio"]["unsignedSplits"], "REFUSE");
        assert_eq!(ask(set, asked.clone()).await["updateStudio"]["studio"]["unsignedSplits"], "PARK");

        sell(world, studio, beat, work, "LL-PARKED").await;
        let books = ask(BOOKS, asked.clone()).await;
        assert_eq!(books["waiting"]["nodes"][0]["amount"]["minor"], 6_000);
        assert_eq!(books["journals"]["nodes"][0]["bases"], json!([]));

        let share = |maker: &String, ppm| (maker.parse().unwrap(), Share::from_ppm(ppm).unwrap());
        let document = Sha256::of(b"the text that both have signed");
        let split = ExecutedSplit {
            studio,
            work,
            agreement: signed_sheet(&world.services.db, &world.services.env, studio, work).await.unwrap(),
            document_sha256: document.clone(),
            effective_at: world.services.env.now(),
            composition: vec![share(&makers[0], 500_000), share(&makers[1], 500_000)],
            master: vec![share(&makers[0], 250_000), share(&makers[1], 750_000)],
        };
        let tx = world.services.begin().await.unwrap();
        splits::execute(&tx, &world.services.ctx(Actor::System), &split).await.unwrap();
        world.services.commit(tx).await.unwrap();
        assert_eq!(splits::release_parked(&world.services, work).await.unwrap(), 1);
        sell(world, studio, beat, work, "LL-SIGNED").await;

        let before = split.effective_at - Duration::seconds(1);
        let seen =
            ask(SPLITS, json!({ "work": work.to_string(), "beat": beat.to_string(), "before": before.to_rfc3339() }))
                .await;
        assert_eq!((&seen["beat"]["splitUnsigned"], &seen["now"]["number"]), (&json!(false), &json!(1)));
        assert_eq!(seen["before"], Value::Null);
        let version = &seen["work"]["splits"]["nodes"][0];
        assert_eq!(version["documentSha256"], document.as_str());
        assert_eq!(
            version["master"],
            json!([
                { "party": { "name": "Zoë" }, "share": { "percent": "25" } },
                { "party": { "name": "Ada" }, "share": { "percent": "75" } },
            ])
        );
        assert_eq!(version["composition"][1]["share"]["percent"], "50");

        let books = ask(BOOKS, asked).await;
        let basis = json!([{ "documentSha256": document.as_str(), "version": { "number": 1 } }]);
        let of = |kind: &str| -> Vec<Value> {
            let all = books["journals"]["nodes"].as_array().unwrap();
            all.iter().filter(|journal| journal["kind"] == kind).map(|journal| journal["bases"].clone()).collect()
        };
        assert_eq!(of("split_release"), std::slice::from_ref(&basis));
        assert_eq!(of("sale").iter().filter(|bases| **bases == basis).count(), 1);
        assert_eq!(books["waiting"]["nodes"], json!([]));
        assert!(books["parkedLines"]["nodes"][0]["splitVersionId"].is_string());
        let owed = |name: &str| {
            let rows = books["balances"].as_array().unwrap();
            rows.iter().find(|row| row["account"]["partyName"] == name).unwrap()["balance"]["minor"].clone()
        };
        assert_eq!((owed("Zoë"), owed("Ada")), (json!(-3_000), json!(-9_000)));
    })
    .await;
}
