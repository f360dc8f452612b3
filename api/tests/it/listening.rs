//! What was heard in files and stems, asked for over GraphQL; jobs listed, asked for once, and cancelled.

use std::collections::BTreeMap;

use domain::{
    actor::Actor,
    catalog::{
        self, Facts, Heard, NewBeat, NewFile, NewStem,
        entity::{AssetKind, Finding, Findings, Fingerprint, Severity, StemFindings, StemSetFindings, Verdict},
    },
    ids::{AssetId, StudioId},
    ports::Stored,
};
use serde_json::{Value, json};

use crate::support::{World, on_each_database};

fn found() -> Findings {
    Findings(vec![Finding {
        code: "clipping".into(),
        severity: Severity::Fault,
        message: "12 clipped runs, the longest of 40 samples".into(),
        remedy: "lower the level".into(),
    }])
}

/// A file that has been looked through.
async fn ready(world: &World, studio: StudioId, kind: AssetKind, name: &str) -> AssetId {
    let (services, ctx) = (&world.services, world.services.ctx(Actor::System));
    let stored = Stored { sha256: catalog::Sha256::of(name.as_bytes()), bytes: 1_000 };
    let head = b"RIFF\x24\x00\x00\x00WAVEfmt ".to_vec();
    let file = NewFile { kind, file_name: name.into(), declared: None, stored, head };
    let facts = Facts {
        duration_ms: 180_000,
        sample_rate_hz: 48_000,
        channels: 2,
        bits_per_sample: Some(24),
        measurement: None,
    };
    let tx = services.begin().await.unwrap();
    let id = catalog::add_asset(&tx, &ctx, studio, file).await.unwrap().id;
    catalog::record_inspection(&tx, &ctx, id, Ok(facts)).await.unwrap();
    services.commit(tx).await.unwrap();
    id
}

async fn hear(world: &World, id: AssetId) {
    let heard = Heard {
        engine_version: "ear 1".into(),
        tempo: Some((139_960, 900_000)),
        alternative_bpm_milli: Some(70_000),
        key: Some(("F# minor".into(), 100_000)),
        tuning_cents: Some(4),
        verdict: Verdict::Fail,
        findings: found(),
        fingerprint: Fingerprint(vec![1, 2, 3]),
    };
    let tx = world.services.begin().await.unwrap();
    catalog::record_analysis(&tx, &world.services.ctx(Actor::System), id, heard).await.unwrap();
    world.services.commit(tx).await.unwrap();
}

#[tokio::test]
async fn what_was_heard_is_told_and_suggested_where_the_beat_is_silent() {
    on_each_database(async |world| {
        let (user, studio) = world.sign_up("Nova").await;
        let token = world.token(user).await.1;
        let ctx = world.services.ctx(Actor::System);
        let source = ready(world, studio, AssetKind::Source, "mix.wav").await;
        let double = ready(world, studio, AssetKind::Source, "mix (1).wav").await;
        let drums = ready(world, studio, AssetKind::Stem, "Drums.wav").await;
        let tx = world.services.begin().await.unwrap();
        let new = |title: &str, source| NewBeat { title: title.into(), source: Some(source), ..NewBeat::default() };
        let beat = catalog::create_beat(&tx, &ctx, studio, new("Night Drive", source)).await.unwrap().id;
        let copy = catalog::create_beat(&tx, &ctx, studio, new("Night Drive 2", double)).await.unwrap().id;
        let stems = [NewStem { asset: drums, name: None }];
        catalog::set_stems(&tx, &ctx, beat, &stems).await.unwrap();
        world.services.commit(tx).await.unwrap();

        let query = "query($id: ID!) { beat(id: $id) {
            suggestion { bpmMilli musicalKey }
            analysis { bpmMilli bpmConfidencePpm alternativeBpmMilli musicalKey keyConfidencePpm tuningCents verdict engineVersion
                findings { code severity message remedy } soundsLike { similarityPpm beat { id title } } }
            source { analysis { suggestion { bpmMilli musicalKey } } }
            stemCheck { verdict stems { name findings { code severity } asset { id } } } } }";
        let ask = async || world.ask(Some(&token), query, json!({ "id": beat.to_string() })).await["data"]["beat"].clone();
        let before = ask().await;
        assert_eq!((&before["analysis"], &before["stemCheck"]), (&Value::Null, &Value::Null));
        assert_eq!(before["suggestion"], json!({ "bpmMilli": null, "musicalKey": null }));

        hear(world, source).await;
        hear(world, double).await;
        let tx = world.services.begin().await.unwrap();
        catalog::record_likenesses(&tx, &ctx, double, &BTreeMap::from([(source, Some(970_000))])).await.unwrap();
        let stem = StemFindings { asset: drums, name: "Drums".into(), findings: found() };
        catalog::record_stem_check(&tx, &ctx, beat, Some(source), Verdict::Fail, StemSetFindings(vec![stem])).await.unwrap();
        world.services.commit(tx).await.unwrap();
        let told = ask().await;
        assert_eq!(told["suggestion"], json!({ "bpmMilli": 140_000, "musicalKey": null }), "the key is not sure");
        assert_eq!(told["source"]["analysis"]["suggestion"], told["suggestion"]);
        let finding = json!({ "code": "clipping", "severity": "FAULT", "message": "12 clipped runs, the longest of 40 samples", "remedy": "lower the level" });
        assert_eq!(
            told["analysis"],
            json!({
                "bpmMilli": 139_960, "bpmConfidencePpm": 900_000, "alternativeBpmMilli": 70_000,
                "musicalKey": "F# minor", "keyConfidencePpm": 100_000, "tuningCents": 4, "verdict": "FAIL", "engineVersion": "ear 1",
                "findings": [finding],
                "soundsLike": [{ "similarityPpm": 970_000, "beat": { "id": copy.to_string(), "title": "Night Drive 2" } }],
            })
        );
        assert_eq!(
            told["stemCheck"],
            json!({ "verdict": "FAIL", "stems": [{
                "name": "Drums", "findings": [{ "code": "clipping", "severity": "FAULT" }], "asset": { "id": drums.to_string() } }] })
        );
    })
    .await;
}

#[tokio::test]
async fn an_analysis_is_asked_for_once_listed_and_cancelled() {
    on_each_database(async |world| {
        let (user, studio) = world.sign_up("Nova").await;
        let token = world.token(user).await.1;
        let source = ready(world, studio, AssetKind::Source, "mix.wav").await;
        let open = async || {
            let query =
                "query($studio: ID!) { openJobs(studioId: $studio) { nodes { id kind subject priority state } } }";
            let answer = world.ask(Some(&token), query, json!({ "studio": studio.to_string() })).await;
            let nodes = answer["data"]["openJobs"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
            nodes.into_iter().filter(|job| job["kind"] == "analyse_asset").collect::<Vec<_>>()
        };
        let cancel = async |job: &Value| {
            let mutation = "mutation($studio: ID!, $job: ID!) { cancelJob(input: { studioId: $studio, jobId: $job }) {
                job { state finishedAt } userErrors { code remedy } } }";
            let answer = world.ask(Some(&token), mutation, json!({ "studio": studio.to_string(), "job": job })).await;
            answer["data"]["cancelJob"].clone()
        };
        let analyse = async || {
            let mutation =
                "mutation($asset: ID!) { analyseAsset(asset: $asset) { job { id priority } userErrors { code } } }";
            let answer = world.ask(Some(&token), mutation, json!({ "asset": source.to_string() })).await;
            answer["data"]["analyseAsset"]["job"].clone()
        };
        let first = open().await;
        assert_eq!(first.len(), 1);
        assert_eq!((&first[0]["subject"], &first[0]["priority"]), (&json!(source.to_string()), &json!("USUAL")));
        assert_eq!(analyse().await["id"], first[0]["id"], "it waits already");
        let cancelled = cancel(&first[0]["id"]).await;
        assert_eq!((&cancelled["job"]["state"], &cancelled["userErrors"]), (&json!("cancelled"), &json!([])));
        assert!(open().await.is_empty());
        assert_eq!(cancel(&first[0]["id"]).await["userErrors"][0]["code"], "JOB_OVER");
        let again = analyse().await;
        assert_eq!(again["priority"], "IDLE");
        assert_eq!(open().await[0]["id"], again["id"]);

        let inspection = "query($studio: ID!) { openJobs(studioId: $studio) { nodes { id kind } } }";
        let answer = world.ask(Some(&token), inspection, json!({ "studio": studio.to_string() })).await;
        let nodes = answer["data"]["openJobs"]["nodes"].as_array().unwrap();
        let inspection = nodes.iter().find(|job| job["kind"] == "inspect_asset").unwrap();
        assert_eq!(cancel(&inspection["id"]).await["userErrors"][0]["code"], "JOB_NEEDED");
    })
    .await;
}
