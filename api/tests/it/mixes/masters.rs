//! Masters as the studio's members meet them.

use reqwest::StatusCode;
use serde_json::json;

use super::{desk::Desk, done, owner, refusal};
use crate::support::on_each_database;

#[tokio::test]
async fn masters_are_planned_ordered_made_and_sent() {
    on_each_database(async |world| {
        let (token, studio) = owner(world).await;
        let desk = Desk::open(&world.services, studio).await;
        let project = desk.project.to_string();
        let input = json!({ "project": project, "profiles": ["MP3", "CD", "MP3"] });
        let plan = done(world, &token, "setMasterPlan", "plan { profiles }", input).await;
        assert_eq!(plan["plan"]["profiles"], json!(["CD", "MP3"]), "each once");

        let bare = desk.song("Slow Tide", 2).await.to_string();
        let none = done(world, &token, "orderMasters", "delivery { id }", json!({ "song": bare })).await;
        assert_eq!(refusal(&none), ("NOT_APPROVED", "song"));
        let song = desk.approved_song("Night Drive", 1).await.to_string();
        let query = "query($project: ID!, $song: ID!) { masterDeliveries(project: $project, song: $song) { nodes {
            id state superseded url masters { profile number state assetId sha256 passed isCurrent qc } steps { number kind } } } }";
        let read = async || {
            let variables = json!({ "project": project, "song": song });
            let mut answer = world.ask(Some(&token), query, variables).await;
            assert!(answer["errors"].is_null(), "{answer}");
            answer["data"]["masterDeliveries"]["nodes"].take()
        };
        let ordered = read().await;
        assert_eq!(ordered.as_array().unwrap().len(), 1, "by itself, as the plan wants it: {ordered}");
        assert_eq!((&ordered[0]["state"], &ordered[0]["superseded"]), (&json!("MAKING"), &json!(false)));
        let input = json!({ "project": project });
        let early = done(world, &token, "sendMasters", "recipient { email }", input.clone()).await;
        assert_eq!(refusal(&early), ("NOTHING_READY", "project"));

        let wanted = json!({ "song": song, "profiles": ["STREAMING"] });
        let more = done(world, &token, "orderMasters", "delivery { id masters { profile } }", wanted).await;
        assert_eq!(more["delivery"]["id"], ordered[0]["id"], "the same delivery");
        assert_eq!(more["delivery"]["masters"].as_array().unwrap().len(), 3);
        let empty = done(world, &token, "orderMasters", "delivery { id }", json!({ "song": song, "profiles": [] })).await;
        assert_eq!(refusal(&empty), ("NO_PROFILES", "profiles"));

        desk.make_masters(b"0123456789").await;
        let made = read().await;
        assert_eq!((&made[0]["state"], &made[0]["steps"]), (&json!("OPEN"), &json!([])), "nothing is owed");
        let master = &made[0]["masters"][0];
        assert_eq!((&master["profile"], &master["passed"]), (&json!("STREAMING"), &json!(true)));
        assert_eq!(master["qc"]["tags"]["title"], json!("Night Drive"));
        let media = format!("{}/media/{}", world.base, master["assetId"].as_str().unwrap());
        let file = world.http.get(&media).bearer_auth(&token).send().await.unwrap();
        assert_eq!((file.status(), file.text().await.unwrap().as_str()), (StatusCode::OK, "0123456789"));
        let sent = done(world, &token, "sendMasters", "recipient { name email }", input).await;
        assert_eq!(sent["recipient"], json!({ "name": "Ada", "email": "ada@example.com" }), "who decides");
        let isrc = "mutation($song: ID!, $isrc: String) { setSongIsrc(song: $song, isrc: $isrc) {
            song { recording { isrc } } userErrors { field code } } }";
        let given = world.ask(Some(&token), isrc, json!({ "song": song, "isrc": "aa6q72000047" })).await;
        assert_eq!(given["data"]["setSongIsrc"]["song"]["recording"]["isrc"], json!("AA-6Q7-20-00047"), "{given}");
        let stale = read().await;
        let stands: Vec<_> = stale[0]["masters"].as_array().unwrap().iter().map(|row| &row["isCurrent"]).collect();
        assert_eq!(stands, [&json!(false); 3], "their tags say no ISRC");
        let wrong = world.ask(Some(&token), isrc, json!({ "song": song, "isrc": "AA6" })).await;
        assert_eq!(wrong["data"]["setSongIsrc"]["userErrors"][0]["field"], json!("isrc"), "{wrong}");
    })
    .await;
}
