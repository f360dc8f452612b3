//! The licensees whom a studio lets pass, in GraphQL and as a list for spreadsheets.

use domain::{
    actor::Actor,
    ids::OrderId,
    licensing::{channels::add_channel, entity::licence},
    sales::entity::order_line,
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::json;

use crate::{
    matrix::fixture::Fixture,
    support::{World, on_each_database},
};

const HEAD: &str = "channel_url,beat,isrc,licence_reference,tier,licensee,granted_on,ends_on\r\n";
const FACTS: &str = "Night Drive,,LL-MATRIX-1,MP3 lease,Ada,2026-11-23,2029-11-23\r\n";

/// The column of the studio's owner.
const OWNER: usize = 2;

async fn list(world: &World, fixture: &Fixture) -> String {
    let url = format!("{}{}", world.base, fixture.path_of("/studios/{slug}/licensees.csv"));
    let token = fixture.token(world, OWNER).await.unwrap();
    let answer = world.http.get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("licensees.csv"));
    answer.text().await.unwrap()
}

async fn tell(world: &World, fixture: &Fixture, url: &str) {
    let order: OrderId = fixture.path_of("{order}").parse().unwrap();
    let ctx = world.services.ctx(Actor::Buyer { order });
    let tx = world.services.begin().await.unwrap();
    add_channel(&tx, &ctx, "LL-MATRIX-1", url).await.unwrap();
    world.services.commit(tx).await.unwrap();
    world.clock.advance(chrono::Duration::seconds(1));
}

#[tokio::test]
async fn the_list_has_a_line_for_each_licence_and_address() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        assert_eq!(list(world, &fixture).await, format!("{HEAD},{FACTS}"));
        for url in ["https://www.youtube.com/@ada", "https://a.example/x,y"] {
            tell(world, &fixture, url).await;
        }
        let expected = format!("{HEAD}https://www.youtube.com/@ada,{FACTS}\"https://a.example/x,y\",{FACTS}");
        assert_eq!(list(world, &fixture).await, expected);

        let token = fixture.token(world, OWNER).await.unwrap();
        let query = "query($studio: ID!) { licenseeAllowlist(studio: $studio) { nodes {
            licence { reference licenseeName } beatTitle isrc channels { url } } pageInfo { hasNextPage } } }";
        let answer = world.ask(Some(&token), query, fixture.variables_of(query)).await;
        let allowed = json!({ "nodes": [{
            "licence": { "reference": "LL-MATRIX-1", "licenseeName": "Ada" }, "beatTitle": "Night Drive", "isrc": null,
            "channels": [{ "url": "https://www.youtube.com/@ada" }, { "url": "https://a.example/x,y" }],
        }], "pageInfo": { "hasNextPage": false } });
        assert_eq!(answer["data"]["licenseeAllowlist"], allowed, "{answer}");

        world.clock.advance(chrono::Duration::days(3 * 366));
        assert_eq!(list(world, &fixture).await, HEAD, "a licence that is over lets nobody pass");
    })
    .await;
}

#[tokio::test]
async fn a_long_list_is_whole_and_none_of_its_cells_is_a_formula() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let (db, env) = (&world.services.db, &world.services.env);
        let sold = licence::Entity::find().one(db).await.unwrap().unwrap();
        let line = order_line::Entity::find().one(db).await.unwrap().unwrap();
        for n in 2..=230 {
            world.clock.advance(chrono::Duration::milliseconds(1));
            let line = order_line::Model { id: env.id(), position: n, ..line.clone() };
            let line = line.into_active_model().insert(db).await.unwrap();
            let more = licence::Model {
                id: env.id(),
                order_line_id: line.id,
                reference: format!("LL-MATRIX-{n}"),
                licensee_name: "=1+1".to_owned(),
                ..sold.clone()
            };
            more.into_active_model().insert(db).await.unwrap();
        }
        let text = list(world, &fixture).await;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let lines: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        let references: Vec<String> = lines.iter().map(|line| line[3].to_owned()).collect();
        let expected: Vec<String> = (1..=230).rev().map(|n| format!("LL-MATRIX-{n}")).collect();
        assert_eq!(references, expected, "newest first, each once");
        assert!(lines[..229].iter().all(|line| &line[5] == "'=1+1"));
    })
    .await;
}
