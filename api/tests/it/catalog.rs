//! Media and the catalogue over real HTTP, a program with an API key asking.
#![expect(clippy::unwrap_used, reason = "a test fails where something is not there")]

pub(crate) mod uploads;

use std::{net::TcpListener, path::PathBuf, sync::Arc};

use adapters::{
    agreements::AgreementTypesetter,
    contracts::ContractTypesetter,
    files::ObjectFiles,
    mail::{Mailbox, Sender},
    mixes::EngineMixes,
    sandbox::SandboxKeys,
    seals::{SealConfig, StudioSeals},
    stripe::StripeGateway,
};
use api::ApiConfig;
use domain::{
    actor::{Actor, Ctx, Scope},
    catalog::{self, Facts, RenderedFile, entity::AssetKind},
    domains::testing::TestDns,
    env::{self, testing::ManualClock},
    identity::{self, entity::user},
    ids::{StudioId, UserId},
    links::LinkKey,
    money::Currency,
    ports::{Scanner, Wake},
    services::Services,
    store,
    webhooks::testing::TestReceiver,
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::{Value, json};

struct NoRelay;

impl Wake for NoRelay {
    fn jobs_written(&self) {}
}

/// A running server with a studio, and a key that reads and writes its catalogue.
struct World {
    services: Services,
    clock: Arc<ManualClock>,
    uploads: PathBuf,
    url: String,
    client: Client,
    studio: StudioId,
    key: String,
    stranger: String,
}

async fn studio(services: &Services, name: &str) -> (StudioId, String) {
    let (env, now) = (&services.env, services.env.now());
    let id: UserId = env.id();
    let email = format!("{name}@example.com");
    let row = user::Model {
        id,
        email: email.parse().unwrap(),
        email_key: email,
        name: name.into(),
        password_hash: "none".into(),
        email_verified_at: Some(now),
        created_at: now,
    };
    row.into_active_model().insert(&services.db).await.unwrap();
    let tx = services.begin().await.unwrap();
    let ctx = Ctx::new(Actor::User { user: id, memberships: Vec::new(), closed: Vec::new() }, env.clone());
    let studio = identity::commands::create_studio(&tx, &ctx, name, Currency::EUR).await.unwrap();
    let scopes = [Scope::CatalogRead, Scope::CatalogWrite];
    let system = Ctx::system(env.clone());
    let key = identity::commands::create_api_key(&tx, &system, studio.id, "test", scopes).await.unwrap();
    tx.commit().await.unwrap();
    (studio.id, key.secret)
}

async fn on_each_database(test: impl AsyncFn(&World)) {
    with_scanner(None, test).await;
}

async fn with_scanner(scanner: Option<Arc<dyn Scanner>>, test: impl AsyncFn(&World)) {
    for database in migrations::testing::databases().await {
        let db = store::connect(&database.url, 8).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (env, clock) = env::testing::env(7);
        let links = LinkKey::new([7; 32]);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sender = Sender { from: "shop@example.com".parse().unwrap(), env: env.clone() };
        let gateway = StripeGateway::sandbox(&url, &SandboxKeys::derive(&links), env.clone()).unwrap();
        let services = Services {
            db: db.clone(),
            seals: Arc::new(
                StudioSeals::open(&SealConfig::in_folder(&folder.path().join("seals")), env.clone()).unwrap(),
            ),
            env,
            files: Arc::new(ObjectFiles::local(&folder.path().join("files")).unwrap()),
            mailer: Arc::new(Mailbox::new(folder.path().join("mail"), sender)),
            gateway: Arc::new(gateway),
            links,
            contracts: Arc::new(ContractTypesetter),
            agreements: Arc::new(AgreementTypesetter),
            mixes: Arc::new(EngineMixes),
            dns: Arc::new(TestDns::default()),
            scanner: scanner.clone(),
            webhooks: Arc::new(TestReceiver::default()),
            wake: Arc::new(NoRelay),
            public_url: url.as_str().into(),
            home: None,
        };
        let (studio, key) = studio(&services, "nova").await;
        let (_, stranger) = self::studio(&services, "rival").await;
        let uploads = folder.path().join("uploads");
        let config = ApiConfig { upload_dir: uploads.clone(), workers: Some(1), ..ApiConfig::default() };
        let server = api::serve(listener, services.clone(), config, |_| {}).unwrap();
        let handle = server.handle();
        let running = tokio::spawn(server);
        let client = Client::builder().no_proxy().build().unwrap();
        let world = World { services, clock, uploads, url, client, studio, key, stranger };
        eprintln!("on {}", database.name);
        test(&world).await;
        handle.stop(false).await;
        running.await.unwrap().unwrap();
        drop(world);
        database.drop(db).await;
    }
}

fn wav(length: usize) -> Vec<u8> {
    let mut bytes = b"RIFF\x24\x00\x00\x00WAVEfmt ".to_vec();
    bytes.extend((bytes.len()..length).map(|at| u8::try_from((at * 31 + at / 251) % 256).unwrap()));
    bytes
}

impl World {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        self.client.request(method, url).bearer_auth(&self.key)
    }

    async fn single(&self, query: &str, bytes: Vec<u8>, media_type: &str) -> Response {
        let path = format!("/uploads/single?studio={}&{query}", self.studio);
        self.request(Method::POST, &path).header("Content-Type", media_type).body(bytes).send().await.unwrap()
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        let request = self.request(Method::POST, "/graphql").header("Content-Type", "application/json");
        let body = json!({ "query": query, "variables": variables }).to_string();
        let answer = request.body(body).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }
}

fn header(answer: &Response, name: &str) -> String {
    answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

const CREATE: &str = "mutation($input: CreateBeatInput!) { createBeat(input: $input) {
    beat { id slug state musicalKey moods collaborators { party { id name } role share { percent } } source { id state }
        work { title iswc } recording { isrc } }
    userErrors { code field message remedy } } }";

#[tokio::test]
async fn a_beat_goes_from_upload_to_storefront_and_its_preview_streams() {
    on_each_database(async |world| {
        let upload = world.single("kind=source&name=mix.wav", wav(10_000), "audio/wav").await;
        let source: Value = serde_json::from_str(&upload.text().await.unwrap()).unwrap();
        let input = |extra: Value| {
            let mut input = json!({ "studio": world.studio.to_string(), "title": "Night Drive", "sourceAssetId": source["assetId"],
                "musicalKey": "Am", "moods": ["Dark"], "isrc": "AA6Q72000047", "iswc": "T0345246801" });
            input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            json!({ "input": input })
        };
        let refused = world.ask(CREATE, input(json!({ "iswc": "T0345246802" }))).await;
        assert_eq!(refused["data"]["createBeat"]["userErrors"][0]["field"], "iswc");
        let made = world.ask(CREATE, input(json!({}))).await;
        let beat = made["data"]["createBeat"]["beat"].clone();
        assert_eq!((&beat["slug"], &beat["musicalKey"], &beat["moods"]), (&json!("night-drive"), &json!("A minor"), &json!(["dark"])));
        assert_eq!(beat["work"], json!({ "title": "Night Drive", "iswc": "T-034.524.680-1" }));
        assert_eq!(beat["collaborators"][0]["share"]["percent"], "100");
        let party = &beat["collaborators"][0]["party"]["id"];

        let shares = "mutation($beat: ID!, $lines: [CollaboratorInput!]!) { setCollaborators(beat: $beat, collaborators: $lines) {
            userErrors { code field message } } }";
        let short = json!({ "beat": beat["id"], "lines": [{ "partyId": party, "role": "producer", "sharePpm": 999_999 }] });
        let refused = world.ask(shares, short).await;
        let error = &refused["data"]["setCollaborators"]["userErrors"][0];
        assert_eq!((&error["code"], &error["message"]), (&json!("SHARES_NOT_WHOLE"), &json!("the shares total 99.9999 %, not 100 %")));

        let publish = "mutation($beat: ID!) { publishBeat(beat: $beat) { beat { state } userErrors { code } } }";
        let early = world.ask(publish, json!({ "beat": beat["id"] })).await;
        assert_eq!(early["data"]["publishBeat"]["userErrors"][0]["code"], "ASSET_NOT_READY");
        let preview = furnish(world, beat["id"].as_str().unwrap(), source["assetId"].as_str().unwrap()).await;
        let media = format!("{}/media/{preview}", world.url);
        assert_eq!(world.client.get(&media).send().await.unwrap().status(), StatusCode::NOT_FOUND, "a draft's preview");
        let done = world.ask(publish, json!({ "beat": beat["id"] })).await;
        assert_eq!(done["data"]["publishBeat"]["beat"]["state"], "PUBLISHED");

        let whole = world.client.get(&media).send().await.unwrap();
        let tag = header(&whole, "etag");
        assert_eq!((whole.status(), header(&whole, "content-type").as_str()), (StatusCode::OK, "audio/mpeg"));
        assert_eq!(whole.bytes().await.unwrap().len(), 1_000);
        let part = world.client.get(&media).header("Range", "bytes=10-19").send().await.unwrap();
        assert_eq!((part.status(), header(&part, "content-range").as_str()), (StatusCode::PARTIAL_CONTENT, "bytes 10-19/1000"));
        assert_eq!(part.bytes().await.unwrap()[..], preview_bytes()[10..20]);
        let known = world.client.get(&media).header("If-None-Match", &tag).send().await.unwrap();
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        let beyond = world.client.get(&media).header("Range", "bytes=1000-").send().await.unwrap();
        assert_eq!((beyond.status(), header(&beyond, "content-range").as_str()), (StatusCode::RANGE_NOT_SATISFIABLE, "bytes */1000"));
        let length = world.client.head(&media).send().await.unwrap();
        assert_eq!((length.status(), header(&length, "content-length").as_str()), (StatusCode::OK, "1000"));
        let hidden = format!("{}/media/{}", world.url, source["assetId"].as_str().unwrap());
        assert_eq!(world.client.get(&hidden).send().await.unwrap().status(), StatusCode::NOT_FOUND, "the source is nobody's");
        assert_eq!(world.request(Method::GET, &hidden).send().await.unwrap().status(), StatusCode::OK, "but its studio's");

        let list = "query($studio: ID!) { beats(studio: $studio, filter: { title: \"night\" }) { edges { node { id } } }
            parties(studio: $studio) { edges { node { name } } } works(studio: $studio) { edges { node { beats { edges { node { id } } } } } } }";
        let list = world.ask(list, json!({ "studio": world.studio.to_string() })).await;
        assert_eq!(list["data"]["beats"]["edges"][0]["node"]["id"], beat["id"]);
        assert_eq!(list["data"]["works"]["edges"][0]["node"]["beats"]["edges"][0]["node"]["id"], beat["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_folder_is_sorted_into_beats_before_it_is_uploaded() {
    on_each_database(async |world| {
        let query = "query($studio: ID!, $paths: [String!]!) {
            folderBeats(studio: $studio, paths: $paths) { source title bpmMilli musicalKey artwork stems { path name } } }";
        let ask = async |paths: Value| {
            world.ask(query, json!({ "studio": world.studio.to_string(), "paths": paths })).await
        };
        let paths = ["Beats/Night Drive 140bpm Am.wav", "Beats/Night Drive stems/Drums.wav", "Beats/Night Drive.png", "notes.txt"];
        let found = ask(json!(paths)).await;
        let beat = json!({
            "source": paths[0],
            "title": "Night Drive",
            "bpmMilli": 140_000,
            "musicalKey": "A minor",
            "artwork": paths[2],
            "stems": [{ "path": paths[1], "name": "Drums" }],
        });
        assert_eq!(found["data"]["folderBeats"], json!([beat]), "{found}");
        assert_eq!(ask(json!([])).await["data"]["folderBeats"], json!([]));
        let many = ask(json!(vec!["x.txt"; 10_001])).await;
        assert_eq!(many["errors"][0]["extensions"]["code"], "TOO_MANY_FILES");
    })
    .await;
}

#[tokio::test]
async fn a_title_that_contracts_print_otherwise_is_told_before_it_is_saved() {
    on_each_database(async |world| {
        let query = "query($text: String!) { unprintable(text: $text) }";
        for (text, told) in [("Fire 🔥, 夜", json!(["🔥"])), ("Night Drive, Ночь", json!([])), ("", json!([]))]
        {
            let found = world.ask(query, json!({ "text": text })).await;
            assert_eq!(found["data"]["unprintable"], told, "{found}");
        }
    })
    .await;
}

fn preview_bytes() -> Vec<u8> {
    wav(1_000)
}

/// What the audio worker does: looks the source through, and renders.
async fn furnish(world: &World, beat: &str, source: &str) -> String {
    let (services, ctx) = (&world.services, Ctx::system(world.services.env.clone()));
    let facts =
        Facts { duration_ms: 1_000, sample_rate_hz: 48_000, channels: 2, bits_per_sample: Some(24), measurement: None };
    let stored = services.files.put_bytes(preview_bytes().into()).await.unwrap();
    let rendered = |kind, name: &str| RenderedFile {
        kind,
        file_name: name.into(),
        media_type: "audio/mpeg".into(),
        stored: stored.clone(),
        facts: None,
    };
    let tx = services.begin().await.unwrap();
    let source = source.parse().unwrap();
    catalog::record_inspection(&tx, &ctx, source, Ok(facts)).await.unwrap();
    let preview =
        catalog::add_rendered_asset(&tx, &ctx, world.studio, rendered(AssetKind::Preview, "p.mp3")).await.unwrap();
    let waveform =
        catalog::add_rendered_asset(&tx, &ctx, world.studio, rendered(AssetKind::Waveform, "w.dat")).await.unwrap();
    let beat = beat.parse().unwrap();
    assert!(catalog::record_preview(&tx, &ctx, beat, source, preview.id, waveform.id).await.unwrap());
    tx.commit().await.unwrap();
    preview.id.to_string()
}
