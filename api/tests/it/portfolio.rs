//! The portfolio in GraphQL.

use serde_json::{Value, json};

use crate::{
    clients::statements,
    matrix::fixture::Fixture,
    support::{World, on_each_database},
};

/// The column of the studio's owner.
const OWNER: usize = 2;

async fn ask(world: &World, fixture: &Fixture, document: &str) -> Value {
    let token = fixture.token(world, OWNER).await.unwrap();
    world.ask(Some(&token), document, fixture.variables_of(document)).await
}

/// Adds a work with what is said of it.
async fn add(world: &World, fixture: &Fixture, variables: &str, said: &str) -> Value {
    let document = format!(
        "mutation({variables}) {{ addPortfolioEntry(input: {{ studio: $studio, {said} }}) {{
            entry {{ id title artist isPublic roles links {{ name }} credits {{ roleName names }} }} userErrors {{ code field remedy }} }} }}"
    );
    ask(world, fixture, &document).await["data"]["addPortfolioEntry"].clone()
}

#[tokio::test]
async fn a_work_is_added_with_what_is_known_and_refused_by_its_field() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let said = r#"song: $loggedSong, artist: "Ada", links: ["https://open.spotify.com/track/1"]"#;
        let added = add(world, &fixture, "$studio: ID!, $loggedSong: ID!", said).await;
        let entry = &added["entry"];
        assert_eq!((&entry["title"], &entry["isPublic"]), (&json!("First Light"), &json!(false)), "{added}");
        assert_eq!(entry["links"], json!([{ "name": "Spotify" }]));
        assert_eq!(entry["credits"][0]["roleName"], json!("Lead vocalist"), "{added}");

        for (said, code, field) in [
            (r#"song: $loggedSong, artist: "Ada""#, "SONG_LISTED", "song"),
            (r#"title: "Old""#, "BAD_TEXT", "artist"),
            (r#"title: "Old", artist: "Ada", isPublic: true"#, "NO_RELEASE_DATE", "releasedOn"),
            (r#"title: "Old", artist: "Ada", links: ["http://open.spotify.com/a"]"#, "LINK_URL", "links.0"),
            (r#"title: "Old", artist: "Ada", roles: [PRODUCER, VISITOR]"#, "PORTFOLIO_ROLE", "roles.1"),
        ] {
            let variables =
                if said.contains("$loggedSong") { "$studio: ID!, $loggedSong: ID!" } else { "$studio: ID!" };
            let refused = add(world, &fixture, variables, said).await;
            let error = &refused["userErrors"][0];
            assert_eq!((&error["code"], &error["field"]), (&json!(code), &json!(field)), "{refused}");
            assert!(error["remedy"].is_string() && refused["entry"].is_null(), "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_longer_portfolio_asks_no_more_of_the_database() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let list = "query($studio: ID!) { portfolioEntries(studio: $studio, first: 100) { nodes { title roles links { name url } credits { role names } } } }";
        for song in ["loggedSong", "song", "overSong"] {
            let variables = format!("$studio: ID!, ${song}: ID!");
            let added = add(world, &fixture, &variables, &format!(r#"song: ${song}, artist: "Ada""#)).await;
            assert_eq!(added["userErrors"], json!([]), "{added}");
        }
        let few = statements(world, &fixture, list).await;
        for n in 0..20 {
            let said = format!(r#"title: "Work {n}", artist: "Ada", roles: [REMIXER], links: ["https://youtu.be/{n}"]"#);
            add(world, &fixture, "$studio: ID!", &said).await;
        }
        let page = ask(world, &fixture, list).await;
        let nodes = page["data"]["portfolioEntries"]["nodes"].as_array().unwrap().len();
        assert_eq!(nodes, 24, "with the one that was there");
        assert!(few > 0, "the statements are counted");
        assert_eq!(statements(world, &fixture, list).await, few);
    })
    .await;
}
