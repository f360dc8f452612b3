//! Registrations in GraphQL, and their files.

use serde_json::{Value, json};

use crate::{
    matrix::fixture::Fixture,
    support::{World, on_each_database},
};

/// The column of the studio's owner.
const OWNER: usize = 2;

async fn ask(world: &World, fixture: &Fixture, document: &str) -> Value {
    let token = fixture.token(world, OWNER).await.unwrap();
    world.ask(Some(&token), document, fixture.variables_of(document)).await
}

async fn get(world: &World, fixture: &Fixture, path: &str) -> String {
    let token = fixture.token(world, OWNER).await.unwrap();
    let answer = world.http.get(format!("{}{path}", world.base)).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn what_is_wrong_is_told_by_its_field() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let settings = |said: &str| {
            format!("mutation($studio: ID!) {{ done: setRegistrationSettings(input: {{ studio: $studio, {said} }}) {{ userErrors {{ code field remedy }} }} }}")
        };
        let release = |said: &str| {
            format!("mutation($studio: ID!) {{ done: saveRelease(input: {{ studio: $studio, kind: EP, title: \"Night\", artist: \"Ada\", label: \"Nova\", {said} }}) {{ userErrors {{ code field remedy }} }} }}")
        };
        for (document, code, field) in [
            (settings(r#"isrcPrefix: "1""#), "REGISTRATION", "isrcPrefix"),
            (settings(r#"senderIpi: "00045620793""#), "REGISTRATION", "senderIpi"),
            (settings(r#"senderCode: "N""#), "REGISTRATION", "senderCode"),
            (settings("society: 1000"), "REGISTRATION", "society"),
            (settings(r#"dpid: "PADPIDA2013020802J""#), "REGISTRATION", "dpid"),
            (settings("firstIsrc: { year: 2027, number: 1 }"), "REGISTRATION", "isrcPrefix"),
            (release(r#"ean: "5901234123458""#), "REGISTRATION", "ean"),
            (release("facts: { gender: 1 }"), "REGISTRATION", "facts.gender"),
        ] {
            let answer = ask(world, &fixture, &document).await;
            let error = &answer["data"]["done"]["userErrors"][0];
            assert_eq!((&error["code"], &error["field"]), (&json!(code), &json!(field)), "{answer}");
            assert!(error["remedy"].is_string(), "{answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_that_is_given_out_stands_in_the_catalogue() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let none = "mutation($recording: ID!) { assignIsrc(input: { recording: $recording, year: 2027 }) { assignment { isrc } userErrors { field } } }";
        let refused = ask(world, &fixture, none).await;
        assert_eq!(refused["data"]["assignIsrc"]["userErrors"][0]["field"], json!("isrcPrefix"), "{refused}");
        let settings = r#"mutation($studio: ID!) { setRegistrationSettings(input: { studio: $studio, isrcPrefix: "aa-6q7", firstIsrc: { year: 2027, number: 47 } }) { settings { isrcPrefix } userErrors { field } } }"#;
        let set = ask(world, &fixture, settings).await;
        assert_eq!(set["data"]["setRegistrationSettings"]["settings"]["isrcPrefix"], json!("AA6Q7"), "{set}");
        let given = ask(world, &fixture, none).await;
        assert_eq!(given["data"]["assignIsrc"]["assignment"]["isrc"], json!("AA-6Q7-27-00047"), "{given}");
        let list = get(world, &fixture, &fixture.path_of("/studios/{slug}/catalogue.csv")).await;
        assert!(list.contains("AA-6Q7-27-00047"), "{list}");
        let file = get(world, &fixture, &fixture.path_of("/registrations/{cwrFile}.txt")).await;
        assert_eq!(file, "a file");
        let release = "query($release: ID!) { release(id: $release) { tracks { position weight } messages { number path } } }";
        let told = ask(world, &fixture, release).await;
        assert_eq!(told["data"]["release"]["tracks"], json!([{ "position": 1, "weight": 1 }]), "{told}");
        let path = told["data"]["release"]["messages"][0]["path"].as_str().unwrap();
        assert_eq!(get(world, &fixture, path).await, "a file");
    })
    .await;
}
