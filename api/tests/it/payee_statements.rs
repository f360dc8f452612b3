//! What payees are told over the API: letters of direction from a contract to the PDF, links to portals, and whose files are whose.

use domain::{
    actor::{Actor, Role},
    ids::{AssetId, PartyId, StudioId},
    money::Currency,
    parties::entity as party,
    royalties::{
        commands::payees::{Documents, issue_statements, record_documents},
        queries::payees::testing::{Earned, NewRun, post_run},
    },
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::{Value, json};

use crate::support::{World, on_each_database};

async fn party(world: &World, studio_id: StudioId, name: &str) -> PartyId {
    world.clock.advance(chrono::Duration::milliseconds(1));
    let row = party::Model {
        id: world.services.env.id(),
        studio_id,
        kind: party::PartyKind::Person,
        name: name.into(),
        legal_name: None,
        email: None,
        ipi: None,
        isni: None,
        created_at: world.services.env.now(),
    };
    row.into_active_model().insert(&world.services.db).await.unwrap().id
}

async fn get(world: &World, token: &str, path: &str) -> reqwest::Response {
    world.http.get(format!("{}{path}", world.base)).bearer_auth(token).send().await.unwrap()
}

const SAVE: &str = "mutation($studio: ID!, $rule: String!, $content: JSON!) { saveRoyaltyRule(input: { studio: $studio,
    rule: $rule, title: \"A deal\", effectiveOn: \"2026-01-01\", content: $content }) {
    rule { number } userErrors { code message } } }";

const MAKE: &str = "mutation($studio: ID!, $rule: String!) { makeLetterOfDirection(studio: $studio, rule: $rule) {
    letter { id path sha256 payerName payeeName number } userErrors { code field } } }";

#[tokio::test]
async fn a_letter_of_direction_is_made_of_points_and_fetched() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Owner").await;
        let (_, token) = world.token(owner).await;
        let mut parties = Vec::new();
        for name in ["Label", "Ana Flores", "Orson Vale"] {
            parties.push(party(world, studio, name).await);
        }
        for (rule, at, base) in
            [("contract:ana", 0, json!("net_receipts")), ("contract:orson", 1, json!({ "royalty_of": "contract:ana" }))]
        {
            let contract = json!({ "contract": {
                "payer": parties[at].to_string(), "payee": parties[at + 1].to_string(), "covers": "everything",
                "rates": [{ "base": base, "rate": [3, 15] }],
            } });
            let variables = json!({ "studio": studio.to_string(), "rule": rule, "content": contract });
            let saved = world.ask(Some(&token), SAVE, variables).await;
            assert_eq!(saved["data"]["saveRoyaltyRule"]["rule"]["number"], 1, "{saved}");
        }
        let make = async |rule: &str| -> Value {
            let answer = world.ask(Some(&token), MAKE, json!({ "studio": studio.to_string(), "rule": rule })).await;
            answer["data"]["makeLetterOfDirection"].clone()
        };
        let (made, again) = (make("contract:orson").await, make("contract:orson").await);
        assert_eq!(made, again, "one of the same words is made once");
        let letter = &made["letter"];
        assert_eq!(
            (&letter["payerName"], &letter["payeeName"]),
            (&json!("Ana Flores"), &json!("Orson Vale")),
            "{made}"
        );
        let refused = make("contract:ana").await;
        assert_eq!(refused["userErrors"], json!([{ "code": "NO_DIRECTION", "field": "rule" }]), "{refused}");

        let response = get(world, &token, letter["path"].as_str().unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "application/pdf");
        let disposition = response.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(
            disposition.starts_with("attachment") && disposition.contains("contract:orson v1.pdf"),
            "{disposition}"
        );
        let bytes = response.bytes().await.unwrap();
        assert!(bytes.starts_with(b"%PDF-"));
        assert_eq!(domain::catalog::Sha256::of(&bytes).to_string(), letter["sha256"].as_str().unwrap());
        let list = "query($studio: ID!) { lettersOfDirection(studio: $studio) { nodes { id } } }";
        let listed = world.ask(Some(&token), list, json!({ "studio": studio.to_string() })).await;
        assert_eq!(listed["data"]["lettersOfDirection"]["nodes"], json!([{ "id": letter["id"] }]), "{listed}");
    })
    .await;
}

/// The files of the statement of a run's one payee.
async fn told(world: &World, studio: StudioId, party: PartyId) -> [AssetId; 2] {
    let (services, system) = (&world.services, world.services.ctx(Actor::System));
    let day = |text: &str| text.parse().unwrap();
    let (from, through) = (day("2026-07-01"), day("2026-09-30"));
    let new = NewRun { studio, currency: Currency::EUR, number: 1, opening: None, from, through };
    let earned = Earned::plain(party, None, "12.34".parse().unwrap(), 1_234);
    let posted = post_run(&services.db, &services.env, new, &[earned]).await.unwrap();
    let tx = services.begin().await.unwrap();
    let statement = issue_statements(&tx, &system, posted.run).await.unwrap()[0];
    let documents = Documents {
        pdf: services.files.put_bytes("a document".into()).await.unwrap(),
        csv: services.files.put_bytes("a table".into()).await.unwrap(),
    };
    let made = record_documents(&tx, &system, statement, documents).await.unwrap();
    tx.commit().await.unwrap();
    [made.pdf_asset_id.unwrap(), made.csv_asset_id.unwrap()]
}

#[tokio::test]
async fn the_files_of_royalties_are_for_who_sees_royalties() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Owner").await;
        let (stranger, _) = world.sign_up("Stranger").await;
        let payee = party(world, studio, "Orson Vale").await;
        let files = told(world, studio, payee).await;
        let mut people = vec![(owner, StatusCode::OK), (stranger, StatusCode::NOT_FOUND)];
        for role in [Role::Manager, Role::Engineer, Role::Collaborator, Role::Viewer] {
            let may = if role == Role::Manager { StatusCode::OK } else { StatusCode::FORBIDDEN };
            people.push((world.add_member(studio, role, role.word()).await, may));
        }
        let list = "query($studio: ID!) { assets(studio: $studio) { nodes { id } } }";
        for (person, status) in people {
            let (_, token) = world.token(person).await;
            for file in files {
                assert_eq!(get(world, &token, &format!("/media/{file}")).await.status(), status, "{person}");
            }
            let listed = world.ask(Some(&token), list, json!({ "studio": studio.to_string() })).await.to_string();
            let sees = files.iter().all(|file| listed.contains(&file.to_string()));
            assert_eq!(sees, status == StatusCode::OK, "{person}: {listed}");
        }
        let nobody = world.http.get(format!("{}/media/{}", world.base, files[0])).send().await.unwrap();
        assert_eq!(nobody.status(), StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_portals_address_says_until_when_it_opens() {
    on_each_database(async |world| {
        let (owner, studio) = world.sign_up("Owner").await;
        let (_, token) = world.token(owner).await;
        let payee = party(world, studio, "Orson Vale").await;
        let open = "mutation($party: ID!) { openRoyaltyPortal(party: $party) {
            portal { url expiresAt } userErrors { code } } }";
        let answer = world.ask(Some(&token), open, json!({ "party": payee.to_string() })).await;
        let portal = &answer["data"]["openRoyaltyPortal"]["portal"];
        let until: domain::env::Instant = portal["expiresAt"].as_str().unwrap().parse().unwrap();
        let url = portal["url"].as_str().unwrap();
        let path = &url[url.find("/royalties/").unwrap()..];
        let status = async || world.http.get(format!("{}{path}", world.base)).send().await.unwrap().status();
        assert_eq!(status().await, StatusCode::OK, "{answer}");
        world.clock.advance(until - world.services.env.now());
        assert_eq!(status().await, StatusCode::GONE);
    })
    .await;
}
