//! Packs for other workstations, and the sessions that come from them.

use domain::{
    catalog::entity::AssetKind,
    mixes::{
        daw_sessions::{Project, record_inventory, record_project, refuse_daw_session},
        entity::{
            Fidelity, FidelityEffect, FidelityEntry, FidelityLedger, InventoryMedia, InventoryTrack, SessionInventory,
        },
        handoffs::{Packed, record_pack},
    },
};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::{DRUMS, desk::Desk, done, owner, refusal};
use crate::support::{World, on_each_database};

async fn archive(world: &World, token: &str, pack: &Value) -> Response {
    let url = format!("{}/handoffs/{}.zip", world.base, pack["id"].as_str().unwrap());
    world.http.get(url).bearer_auth(token).send().await.unwrap()
}

#[tokio::test]
async fn a_version_is_packed_once_and_downloaded() {
    on_each_database(async |world| {
        let (token, studio) = owner(world).await;
        let desk = Desk::open(&world.services, studio).await;
        let song = desk.song("Night Drive", 1).await;
        let ask = async |version: String| {
            let gives = "pack { id state stems }";
            done(world, &token, "packMix", gives, json!({ "version": version })).await
        };
        let file = desk.version(song, b"first", -14_000).await.id;
        assert_eq!(refusal(&ask(file.to_string()).await), ("NO_STEMS", "version"));
        let drums = desk.file(AssetKind::Stem, "audio/wav", b"drums").await;
        let version = desk.document(song, DRUMS, drums).await.id;
        assert_eq!(refusal(&ask(version.to_string()).await), ("MIX_NOT_READY", "version"));
        desk.bounce(version).await;
        let pack = ask(version.to_string()).await["pack"].take();
        assert_eq!((&pack["state"], &pack["stems"]), (&json!("WAITING"), &Value::Null));
        assert_eq!(ask(version.to_string()).await["pack"], pack, "asked for twice is made once");
        assert_eq!(archive(world, &token, &pack).await.status(), StatusCode::CONFLICT);

        let zip = desk.file(AssetKind::Handoff, "application/zip", b"PK the stems").await;
        let tx = world.services.begin().await.unwrap();
        let ctx = world.services.ctx(domain::actor::Actor::System);
        let id = pack["id"].as_str().unwrap().parse().unwrap();
        record_pack(&tx, &ctx, id, Ok(Packed { archive: zip, stems: 1 })).await.unwrap();
        world.services.commit(tx).await.unwrap();
        let query = "query($version: ID!) { mixVersion(id: $version) { handoffPack { id state stems refusal } } }";
        let answer = world.ask(Some(&token), query, json!({ "version": version.to_string() })).await;
        assert_eq!(
            answer["data"]["mixVersion"]["handoffPack"],
            json!({ "id": pack["id"], "state": "READY", "stems": 1, "refusal": null })
        );
        let sent = archive(world, &token, &pack).await;
        assert_eq!(sent.status(), StatusCode::OK);
        assert_eq!(sent.headers()["content-type"], "application/zip");
        assert!(sent.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
        assert_eq!(&sent.bytes().await.unwrap()[..], b"PK the stems");
    })
    .await;
}

const SESSION: &str = "session { id kind state refusal note version { number } fidelity { exact bypassed entries { place fidelity effect effectMdb note } }
    inventory { program bpmMilli trackCount missingCount media { name isMissing } } }";

/// Reads a session, which is the one of its song's or is not.
async fn session(world: &World, token: &str, id: &Value) -> Value {
    let query = format!("query($id: ID!) {{ {} }}", SESSION.replacen("session {", "dawSession(id: $id) {", 1));
    let mut answer = world.ask(Some(token), &query, json!({ "id": id })).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"]["dawSession"].take()
}

#[tokio::test]
async fn sessions_are_uploaded_opened_and_read() {
    on_each_database(async |world| {
        let (token, studio) = owner(world).await;
        let desk = Desk::open(&world.services, studio).await;
        let song = desk.song("Night Drive", 1).await;
        let upload = async |name: &str, bytes: &'static [u8]| {
            let url = format!("{}/uploads/single?studio={studio}&kind=session&name={name}", world.base);
            let sent = world.http.post(url).bearer_auth(&token).header("content-type", "application/octet-stream");
            let sent = sent.body(bytes).send().await.unwrap();
            (sent.status(), sent.json::<Value>().await.unwrap())
        };
        let open = async |file: &Value| {
            let input = json!({ "song": song.to_string(), "file": file, "note": "" });
            done(world, &token, "openDawSession", SESSION, input).await
        };
        let (status, _) = upload("mix.session", b"MZ\x90\0").await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let (status, project) = upload("Night%20Drive.dawproject", b"PK\x03\x04 a project").await;
        assert_eq!((status, &project["state"]), (StatusCode::CREATED, &json!("ready")), "{project}");
        let opened = open(&project["assetId"]).await["session"].take();
        assert_eq!((&opened["kind"], &opened["state"]), (&json!("DAWPROJECT"), &json!("WAITING")));
        assert_eq!(open(&project["assetId"]).await["session"]["id"], opened["id"], "opened once");
        let stem = desk.file(AssetKind::Stem, "audio/wav", b"drums").await;
        assert_eq!(refusal(&open(&json!(stem.to_string())).await), ("ASSET_KIND", "file"));

        let ctx = world.services.ctx(domain::actor::Actor::System);
        let entry = FidelityEntry {
            place: "Drums › Magic".into(),
            fidelity: Fidelity::Bypassed,
            effect: FidelityEffect::Residue,
            effect_mdb: Some(-60_500),
            note: "a foreign plug-in was left out".into(),
        };
        let fidelity = FidelityLedger { entries: vec![entry], markers: Vec::new() };
        let made = Project { document: DRUMS.into(), sources: vec![("drums.wav".into(), stem)], fidelity };
        let tx = world.services.begin().await.unwrap();
        let id = opened["id"].as_str().unwrap().parse().unwrap();
        record_project(&tx, &ctx, world.services.mixes.as_ref(), id, made).await.unwrap();
        world.services.commit(tx).await.unwrap();
        let found = session(world, &token, &opened["id"]).await;
        assert_eq!((&found["state"], &found["version"]["number"]), (&json!("READY"), &json!(1)));
        let entry = json!({
            "place": "Drums › Magic", "fidelity": "BYPASSED", "effect": "RESIDUE", "effectMdb": -60_500,
            "note": "a foreign plug-in was left out",
        });
        assert_eq!(found["fidelity"], json!({ "exact": 0, "bypassed": 1, "entries": [entry] }));

        let (_, set) = upload("Night%20Drive.als", b"\x1f\x8b a set").await;
        let set = open(&set["assetId"]).await["session"].take();
        assert_eq!(set["kind"], "INVENTORY");
        let media = |name: &str| InventoryMedia { name: name.into(), path: None, pack: None, is_missing: false };
        let inventory = SessionInventory {
            program: "Ableton Live".into(),
            version: None,
            name: None,
            bpm_milli: Some(92_500),
            sample_rate_hz: None,
            bit_depth: None,
            tracks: vec![InventoryTrack { name: "Drums".into(), kind: "audio".into(), clips: 2 }],
            media: vec![media("file"), media("kick.wav")],
            plugins: Vec::new(),
        };
        let (_, text) = upload("Night%20Drive.txt", b"SESSION NAME:\tNight Drive").await;
        let text = open(&text["assetId"]).await["session"].take();
        let tx = world.services.begin().await.unwrap();
        let id = set["id"].as_str().unwrap().parse().unwrap();
        record_inventory(&tx, &ctx, id, inventory).await.unwrap();
        let id = text["id"].as_str().unwrap().parse().unwrap();
        refuse_daw_session(&tx, &ctx, id, "the text ends early").await.unwrap();
        world.services.commit(tx).await.unwrap();
        assert_eq!(
            session(world, &token, &set["id"]).await["inventory"],
            json!({
                "program": "Ableton Live", "bpmMilli": 92_500, "trackCount": 1, "missingCount": 1,
                "media": [{ "name": "kick.wav", "isMissing": true }, { "name": "file", "isMissing": false }],
            })
        );
        let refused = session(world, &token, &text["id"]).await;
        assert_eq!((&refused["state"], &refused["refusal"]), (&json!("REFUSED"), &json!("the text ends early")));
        let list = "query($song: ID!) { dawSessions(song: $song) { nodes { state } } }";
        let answer = world.ask(Some(&token), list, json!({ "song": song.to_string() })).await;
        let states = answer["data"]["dawSessions"]["nodes"].clone();
        assert_eq!(states, json!([{ "state": "REFUSED" }, { "state": "READY" }, { "state": "READY" }]));
    })
    .await;
}
