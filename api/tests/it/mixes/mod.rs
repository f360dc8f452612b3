//! Mixes and their reviews as the studio's members meet them: in GraphQL, and as markers for their DAWs.

pub(crate) mod desk;
mod handoffs;
mod masters;

use domain::{
    catalog::entity::AssetKind,
    identity::entity::user,
    ids::{MixVersionId, StudioId},
    reviews::{
        commands::{Device, NewComment, Voice, comment_as_reviewer},
        rules::Terms,
    },
};
use interchange::markers::{Marker, read_audacity, read_midi, read_reaper};
use reqwest::{Response, StatusCode};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::{Value, json};

use crate::support::{World, on_each_database};
use desk::Desk;

const DRUMS: &str = r#"{"version": 2, "tempo_bpm": 140, "beats_per_bar": 3, "outputs": [{"file": "mix.wav", "format": "wav24"}],
    "tracks": [{"name": "Drums", "clips": [{"source": "drums.wav"}], "strip": {"fader_db": -3}}]}"#;

/// The token of an owner who has confirmed their address, and their studio.
async fn owner(world: &World) -> (String, StudioId) {
    let (owner, studio) = world.sign_up("Owner").await;
    let now = world.services.env.now();
    let confirmed = user::ActiveModel { id: Set(owner), email_verified_at: Set(Some(now)), ..Default::default() };
    confirmed.update(&world.services.db).await.unwrap();
    (world.token(owner).await.1, studio)
}

/// The answer of a mutation of one field.
async fn done(world: &World, token: &str, field: &str, gives: &str, input: Value) -> Value {
    let kind = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
    let document = format!(
        "mutation($input: {kind}!) {{ {field}(input: $input) {{ {gives} userErrors {{ field code message remedy }} }} }}"
    );
    let mut answer = world.ask(Some(token), &document, json!({ "input": input })).await;
    assert!(answer["errors"].is_null(), "{answer}");
    // What is listed stands in the order of time.
    world.clock.advance(chrono::Duration::milliseconds(1));
    answer["data"][field].take()
}

fn refusal(payload: &Value) -> (&str, &str) {
    let error = &payload["userErrors"][0];
    assert!(!error["remedy"].is_null(), "{error}");
    (error["code"].as_str().unwrap(), error["field"].as_str().unwrap())
}

#[tokio::test]
async fn versions_are_made_listed_and_compared() {
    on_each_database(async |world| {
        let (token, studio) = owner(world).await;
        let desk = Desk::open(&world.services, studio).await;
        let song = desk.song("Night Drive", 1).await.to_string();
        let file = desk.file(AssetKind::Source, "audio/wav", b"mix").await.to_string();
        let drums = desk.file(AssetKind::Stem, "audio/wav", b"drums").await.to_string();
        let input = json!({ "song": song, "file": file, "note": "Vocals up" });
        let made =
            done(world, &token, "addMixFile", "version { number kind note sound { state } sources { name } }", input)
                .await;
        assert_eq!(
            made["version"],
            json!({ "number": 1, "kind": "FILE", "note": "Vocals up", "sound": { "state": "WAITING" }, "sources": [] })
        );
        let input = json!({ "song": song, "file": drums });
        let stem = done(world, &token, "addMixFile", "version { id }", input).await;
        assert_eq!(refusal(&stem), ("ASSET_KIND", "file"));

        let add = async |document: Value, sources: Value| {
            let input = json!({ "song": song, "document": document, "sources": sources });
            let gives = "version { id number sources { name assetId } }";
            done(world, &token, "addMixDocument", gives, input).await
        };
        let mut document: Value = serde_json::from_str(DRUMS).unwrap();
        let sources = json!([{ "name": "drums.wav", "asset": drums }]);
        let bare = add(document.clone(), json!([])).await;
        assert_eq!(refusal(&bare), ("SOURCE_MISSING", "sources"));
        let first = add(document.clone(), sources.clone()).await;
        assert_eq!(first["version"]["sources"], json!([{ "name": "drums.wav", "assetId": drums }]));
        document["tracks"][0]["strip"]["fader_db"] = json!(90);
        let loud = add(document.clone(), sources.clone()).await;
        assert_eq!(refusal(&loud), ("MIX_DOCUMENT", "document.tracks[0].strip.fader_db"));
        document["tracks"][0]["strip"]["fader_db"] = json!(-1.5);
        let second = add(document, sources).await;

        let query = "query($song: ID!, $from: ID!, $to: ID!) {
            mixChanges(from: $from, to: $to) mixDocument(version: $from)
            mixVersions(song: $song, first: 2) { nodes { number } pageInfo { hasNextPage } } }";
        let variables = json!({ "song": song, "from": first["version"]["id"], "to": second["version"]["id"] });
        let answer = world.ask(Some(&token), query, variables).await;
        let data = &answer["data"];
        assert_eq!(data["mixChanges"], json!(["Drums: fader +1.5 dB (-3 → -1.5 dB)"]), "{answer}");
        assert_eq!(data["mixDocument"]["tempo_bpm"], json!(140.0));
        assert_eq!(
            data["mixVersions"],
            json!({ "nodes": [{ "number": 3 }, { "number": 2 }], "pageInfo": { "hasNextPage": true } })
        );
    })
    .await;
}

#[tokio::test]
async fn a_review_is_opened_held_and_read() {
    on_each_database(async |world| {
        let (token, studio) = owner(world).await;
        let desk = Desk::open(&world.services, studio).await;
        let song = desk.song("Night Drive", 1).await;
        let version = desk.version(song, b"first", -14_000).await.id.to_string();
        let terms = json!({ "rounds": 1, "extraPrice": { "minor": 5_000, "currency": "EUR" }, "signOffDays": null });
        let set = async |terms: Value| {
            let input = json!({ "project": desk.project.to_string(), "terms": terms });
            let gives = "terms { rounds extraPrice { minor currency } signOffDays }";
            done(world, &token, "setReviewTerms", gives, input).await
        };
        assert_eq!(set(terms.clone()).await["terms"], terms);
        for (wrong, refused) in [
            (json!({ "rounds": 0 }), ("REVIEW_ROUNDS", "terms.rounds")),
            (json!({ "signOffDays": 91 }), ("SIGN_OFF_DAYS", "terms.signOffDays")),
            (
                json!({ "extraPrice": { "minor": 1, "currency": "USD" } }),
                ("OTHER_CURRENCY", "terms.extraPrice.currency"),
            ),
            (json!({ "extraPrice": { "minor": 0, "currency": "EUR" } }), ("EXTRA_PRICE", "terms.extraPrice")),
        ] {
            assert_eq!(refusal(&set(wrong).await), refused);
        }
        let input = json!({ "song": song.to_string() });
        let opened =
            done(world, &token, "openReview", "review { id state terms { rounds } }", input).await;
        assert_eq!((&opened["review"]["state"], &opened["review"]["terms"]["rounds"]), (&json!("PREPARING"), &json!(1)));
        let review = opened["review"]["id"].clone();
        let input = json!({ "version": version });
        let send = async || {
            let gives = "round { number signsOffAt version { number } }";
            done(world, &token, "sendForReview", gives, input.clone()).await
        };
        assert_eq!(refusal(&send().await), ("NO_DECIDER", "review"));
        let input = json!({ "review": review, "name": "Ada", "email": "ada@example.com", "decides": true });
        let gives = "reviewer { name email decides revokedAt }";
        let ada = done(world, &token, "inviteReviewer", gives, input).await;
        assert_eq!(
            ada["reviewer"],
            json!({ "name": "Ada", "email": "ada@example.com", "decides": true, "revokedAt": null })
        );
        assert_eq!(send().await["round"], json!({ "number": 1, "signsOffAt": null, "version": { "number": 1 } }));

        let say = async |from: Value, to: Value| {
            let input = json!({ "version": version, "fromMs": from, "toMs": to, "words": "Louder" });
            let gives = "comment { id fromMs author version { number } replies { words } }";
            done(world, &token, "commentOnMix", gives, input).await
        };
        assert_eq!(refusal(&say(json!(61_000), Value::Null).await), ("PAST_END", "fromMs"));
        assert_eq!(refusal(&say(json!(2_000), json!(1_000)).await), ("REVERSED_RANGE", "toMs"));
        let comment = say(json!(2_000), Value::Null).await["comment"].take();
        assert_eq!((&comment["fromMs"], &comment["author"]), (&json!(2_000), &json!("Owner")));
        let input = json!({ "version": version, "parent": comment["id"], "words": "Done" });
        done(world, &token, "commentOnMix", "comment { id }", input).await;
        let input = json!({ "comment": comment["id"] });
        let gives = "comment { resolvedAt }";
        let settled = done(world, &token, "resolveComment", gives, input).await;
        assert!(settled["comment"]["resolvedAt"].is_string());
        let input = json!({ "review": review, "price": { "minor": 4_000, "currency": "EUR" } });
        let gives = "extraRound { price { minor } agreedBy }";
        let extra = done(world, &token, "grantExtraRound", gives, input).await;
        assert_eq!(extra["extraRound"], json!({ "price": { "minor": 4_000 }, "agreedBy": null }));

        let query = "query($song: ID!, $review: ID!) {
            reviewOfSong(song: $song) { state rounds { number outcome } reviewers { name } extraRounds { price { minor } } approvals { versionId } }
            open: reviewComments(review: $review, unsettled: true) { nodes { id } }
            all: reviewComments(review: $review) { nodes { replies { words author } } }
            reviewSteps(review: $review) { nodes { act side } }
            reviewLevels(review: $review) { gainMdb } }";
        let answer = world.ask(Some(&token), query, json!({ "song": song.to_string(), "review": review })).await;
        let data = &answer["data"];
        assert_eq!(
            data["reviewOfSong"],
            json!({
                "state": "OPEN", "rounds": [{ "number": 1, "outcome": null }], "reviewers": [{ "name": "Ada" }],
                "extraRounds": [{ "price": { "minor": 4_000 } }], "approvals": [],
            }),
            "{answer}"
        );
        assert_eq!(data["open"]["nodes"], json!([]));
        assert_eq!(data["all"]["nodes"], json!([{ "replies": [{ "words": "Done", "author": "Owner" }] }]));
        assert_eq!(data["reviewLevels"], json!([]), "no worker has rendered it");
        let acts = data["reviewSteps"]["nodes"].as_array().unwrap().iter().map(|step| step["act"].as_str().unwrap());
        // Who is invited to decide is named in the same moment.
        let acts: Vec<&str> = acts.filter(|act| *act != "DECIDER_NAMED").collect();
        assert_eq!(acts, ["EXTRA_GRANTED", "RESOLVED", "SENT", "INVITED", "OPENED"]);
    })
    .await;
}

async fn markers(world: &World, token: &str, version: MixVersionId, rest: &str) -> Response {
    world.http.get(format!("{}/mixes/{version}/markers.{rest}", world.base)).bearer_auth(token).send().await.unwrap()
}

#[tokio::test]
async fn comments_become_markers_for_each_daw() {
    on_each_database(async |world| {
        let (token, studio) = owner(world).await;
        let desk = Desk::open(&world.services, studio).await;
        let song = desk.song("Night / Drive", 1).await;
        let version = desk.version(song, b"first", -14_000).await.id;
        let review = desk.review(song, Terms::default()).await;
        let ada = desk.invite(review, "Ada", true).await;
        desk.send(version).await;
        for (from_ms, to_ms, words) in [
            (Some(1_500), None, "Snare, \"louder\"\nplease"),
            (Some(4_000), Some(8_250), "Vocals"),
            (None, None, "Good"),
        ] {
            let new = NewComment { version, parent: None, from_ms, to_ms, words: words.into(), voice: Voice::None };
            let nobody = world.services.ctx(domain::actor::Actor::Anonymous);
            comment_as_reviewer(&world.services, &nobody, ada, new, Device::default()).await.unwrap();
        }
        let snare = "Ada: Snare, \"louder\" please";
        let expected = [
            Marker { start_us: 1_500_000, end_us: None, text: snare.into() },
            Marker { start_us: 4_000_000, end_us: Some(8_250_000), text: "Ada: Vocals".into() },
        ];
        let list = markers(world, &token, version, "csv").await;
        assert_eq!(list.headers()["content-type"], "text/csv; charset=utf-8; header=present");
        let disposition = list.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(disposition.contains("mix 1 comments.csv") && !disposition.contains("/ Drive"), "{disposition}");
        assert_eq!(read_reaper(&list.text().await.unwrap()).unwrap(), expected);
        let labels = markers(world, &token, version, "txt").await.text().await.unwrap();
        assert_eq!(read_audacity(&labels).unwrap(), expected);
        let midi = markers(world, &token, version, "mid").await;
        assert_eq!(midi.headers()["content-type"], "audio/midi");
        let read = read_midi(&midi.bytes().await.unwrap()).unwrap();
        let texts: Vec<&str> = read.iter().map(|marker| marker.text.as_str()).collect();
        assert_eq!(texts, [snare, "Ada: Vocals", "Ada: Vocals (end)"]);
        assert!(read[2].start_us.abs_diff(8_250_000) < 1_000, "to a tick");

        let settle = "mutation($input: ResolveCommentInput!) { resolveComment(input: $input) { userErrors { code } } }";
        let comments = "query($review: ID!) { reviewComments(review: $review) { nodes { id fromMs } } }";
        let answer = world.ask(Some(&token), comments, json!({ "review": review.to_string() })).await;
        let nodes = answer["data"]["reviewComments"]["nodes"].as_array().unwrap();
        let first = nodes.iter().find(|node| node["fromMs"] == 1_500).unwrap();
        world.ask(Some(&token), settle, json!({ "input": { "comment": first["id"] } })).await;
        let left = markers(world, &token, version, "txt").await.text().await.unwrap();
        assert_eq!(read_audacity(&left).unwrap(), expected[1..]);
        let all = markers(world, &token, version, "txt?settled=true").await.text().await.unwrap();
        assert_eq!(read_audacity(&all).unwrap(), expected);
        assert_eq!(markers(world, &token, version, "wav").await.status(), StatusCode::NOT_FOUND);

        // A document says how fast the song is.
        let drums = desk.file(AssetKind::Stem, "audio/wav", b"drums").await;
        let bounced = desk.document(song, DRUMS, drums).await.id;
        let midi = markers(world, &token, bounced, "mid").await.bytes().await.unwrap();
        let conductor = interchange::midi::read(&midi).unwrap();
        assert_eq!((conductor.tempos[0].micros_per_quarter, conductor.meters[0].numerator), (428_571, 3));
    })
    .await;
}
