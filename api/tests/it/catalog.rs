//! Uploads, media and the catalogue over real HTTP, a program with an API key asking.
#![expect(clippy::unwrap_used, reason = "a test fails where something is not there")]

use std::{
    net::TcpListener,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use adapters::{
    agreements::AgreementTypesetter,
    clamav::Clamav,
    contracts::ContractTypesetter,
    files::ObjectFiles,
    mail::{Mailbox, Sender},
    mixes::EngineMixes,
    sandbox::SandboxKeys,
    seals::{SealConfig, StudioSeals},
    stripe::StripeGateway,
};
use api::ApiConfig;
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    actor::{Actor, Ctx, Scope},
    catalog::{
        self, Facts, RenderedFile,
        entity::{AssetKind, asset},
    },
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
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, PaginatorTrait};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

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

    fn tus(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header("Tus-Resumable", "1.0.0")
    }

    async fn begin(&self, kind: &str, name: &str, media_type: &str, length: u64) -> Response {
        let metadata = [
            ("studio", self.studio.to_string().as_str()),
            ("kind", kind),
            ("filename", name),
            ("filetype", media_type),
        ]
        .map(|(key, value)| format!("{key} {}", BASE64_STANDARD.encode(value)))
        .join(",");
        let request =
            self.tus(Method::POST, "/uploads").header("Upload-Length", length).header("Upload-Metadata", metadata);
        request.send().await.unwrap()
    }

    async fn begun(&self, length: u64) -> String {
        let answer = self.begin("source", "mix.wav", "audio/wav", length).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        header(&answer, "location")
    }

    fn patch(&self, upload: &str, offset: u64, bytes: &[u8]) -> RequestBuilder {
        self.tus(Method::PATCH, upload)
            .header("Content-Type", "application/offset+octet-stream")
            .header("Upload-Offset", offset)
            .body(bytes.to_vec())
    }

    async fn append(&self, upload: &str, offset: u64, bytes: &[u8]) -> Response {
        self.patch(upload, offset, bytes).send().await.unwrap()
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

async fn code(answer: Response) -> String {
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    body["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_upload_resumes_where_the_disk_says() {
    on_each_database(async |world| {
        let options = world.request(Method::OPTIONS, "/uploads").send().await.unwrap();
        assert_eq!(options.status(), StatusCode::NO_CONTENT);
        assert_eq!(header(&options, "tus-version"), "1.0.0");
        assert_eq!(header(&options, "tus-max-size"), "4294967296");

        let bytes = wav(300_000);
        let upload = world.begun(300_000).await;
        let first = world.append(&upload, 0, &bytes[..100_000]).await;
        assert_eq!((first.status(), header(&first, "upload-offset").as_str()), (StatusCode::NO_CONTENT, "100000"));
        let wrong = world.append(&upload, 50_000, &bytes[50_000..]).await;
        assert_eq!(wrong.status(), StatusCode::CONFLICT);

        // A kill after bytes reached the disk and before the database heard of them: the disk is the truth.
        let name = upload.rsplit('/').next().unwrap();
        let place = world.uploads.join(name);
        std::fs::write(&place, &bytes[..150_000]).unwrap();
        let standing = world.tus(Method::HEAD, &upload).send().await.unwrap();
        assert_eq!((standing.status(), header(&standing, "upload-offset").as_str()), (StatusCode::OK, "150000"));
        assert_eq!((header(&standing, "upload-length").as_str(), header(&standing, "cache-control").as_str()), ("300000", "no-store"));
        // And before the store had it: asking completes it.
        std::fs::write(&place, &bytes).unwrap();
        let whole = world.tus(Method::HEAD, &upload).send().await.unwrap();
        assert_eq!(header(&whole, "upload-offset"), "300000");
        let asset = header(&whole, "upload-asset");
        assert!(asset.starts_with("asset_") && !place.exists());
        let again = world.append(&upload, 300_000, &[]).await;
        assert_eq!((again.status(), header(&again, "upload-asset")), (StatusCode::NO_CONTENT, asset.clone()));

        let found = world.ask("query($id: ID!) { asset(id: $id) { state sha256 bytes mediaType } }", json!({ "id": asset })).await;
        let expected = json!({ "state": "CHECKING", "sha256": hex::encode(Sha256::digest(&bytes)), "bytes": 300_000, "mediaType": "audio/wav" });
        assert_eq!(found["data"]["asset"], expected);
    })
    .await;
}

#[tokio::test]
async fn what_the_protocol_forbids_is_refused_by_its_status() {
    on_each_database(async |world| {
        let old = world.request(Method::POST, "/uploads").header("Tus-Resumable", "0.2.2").send().await.unwrap();
        assert_eq!((old.status(), header(&old, "tus-version").as_str()), (StatusCode::PRECONDITION_FAILED, "1.0.0"));
        let large = world.begin("artwork", "cover.png", "image/png", 20 * 1024 * 1024 + 1).await;
        assert_eq!(
            (large.status(), header(&large, "tus-resumable").as_str()),
            (StatusCode::PAYLOAD_TOO_LARGE, "1.0.0")
        );
        let kind = world.begin("master", "m.wav", "audio/wav", 10).await;
        assert_eq!(kind.status(), StatusCode::BAD_REQUEST);

        let upload = world.begun(1_000).await;
        let long = world.append(&upload, 0, &wav(1_001)).await;
        assert_eq!((long.status(), code(long).await.as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "UPLOAD_LENGTH"));
        let plain = world.tus(Method::PATCH, &upload).header("Upload-Offset", 0).body("x").send().await.unwrap();
        assert_eq!(plain.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let bytes = wav(400);
        let sum = |bytes: &[u8]| format!("sha256 {}", BASE64_STANDARD.encode(Sha256::digest(bytes)));
        let bad = world.patch(&upload, 0, &bytes).header("Upload-Checksum", sum(b"other")).send().await.unwrap();
        assert_eq!(bad.status().as_u16(), 460);
        let good = world.patch(&upload, 0, &bytes).header("Upload-Checksum", sum(&bytes)).send().await.unwrap();
        assert_eq!((good.status(), header(&good, "upload-offset").as_str()), (StatusCode::NO_CONTENT, "400"));

        let theirs = world.client.head(&upload).bearer_auth(&world.stranger).header("Tus-Resumable", "1.0.0");
        assert_eq!(theirs.send().await.unwrap().status(), StatusCode::NOT_FOUND);
        let nobody = world.client.head(&upload).header("Tus-Resumable", "1.0.0").send().await.unwrap();
        assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);

        let ended = world.tus(Method::DELETE, &upload).send().await.unwrap();
        assert_eq!(ended.status(), StatusCode::NO_CONTENT);
        assert_eq!(world.tus(Method::HEAD, &upload).send().await.unwrap().status(), StatusCode::NOT_FOUND);

        let lying = world.begin("source", "mix.wav", "audio/mpeg", 400).await;
        let refused = world.append(&header(&lying, "location"), 0, &bytes).await;
        assert_eq!(
            (refused.status(), code(refused).await.as_str()),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "MEDIA_TYPE_MISMATCH")
        );

        let late = world.begun(1_000).await;
        world.append(&late, 0, &bytes).await;
        world.clock.advance(chrono::Duration::hours(catalog::UPLOAD_HOURS));
        assert_eq!(world.append(&late, 400, &bytes).await.status(), StatusCode::GONE);
        assert_eq!(
            std::fs::read_dir(&world.uploads).unwrap().count(),
            0,
            "no bytes of refused and expired uploads stay"
        );
    })
    .await;
}

#[tokio::test]
async fn parts_come_here_where_the_store_takes_nothing_in_itself() {
    on_each_database(async |world| {
        let upload = world.begun(1_000).await;
        let part = format!("{upload}/part");
        let asked = |method: Method| world.tus(method, &part).header("Upload-Offset", 0);
        let led = asked(Method::POST).send().await.unwrap();
        assert_eq!((led.status(), header(&led, "tus-resumable").as_str()), (StatusCode::NO_CONTENT, "1.0.0"));
        let told = asked(Method::PUT).header("Upload-Part-Tag", "\"made-up\"").send().await.unwrap();
        assert_eq!((told.status(), code(told).await.as_str()), (StatusCode::CONFLICT, "UPLOAD_OFFSET"));
        let untold = asked(Method::PUT).send().await.unwrap();
        assert_eq!((untold.status(), code(untold).await.as_str()), (StatusCode::BAD_REQUEST, "BAD_HEADER"));
        let old = world.request(Method::POST, &part).header("Upload-Offset", 0).send().await.unwrap();
        assert_eq!(old.status(), StatusCode::PRECONDITION_FAILED);
        for method in [Method::POST, Method::PUT] {
            let asked = || {
                let request = world.client.request(method.clone(), &part).header("Tus-Resumable", "1.0.0");
                request.header("Upload-Offset", 0).header("Upload-Part-Tag", "\"made-up\"")
            };
            let theirs = asked().bearer_auth(&world.stranger).send().await.unwrap();
            assert_eq!(theirs.status(), StatusCode::NOT_FOUND, "{method}");
            assert_eq!(asked().send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{method}");
        }
        let whole = world.append(&upload, 0, &wav(1_000)).await;
        assert!(header(&whole, "upload-asset").starts_with("asset_"));
    })
    .await;
}

#[tokio::test]
async fn a_single_request_uploads_a_file() {
    on_each_database(async |world| {
        let raw = world.single("kind=source&name=Night%20Drive.wav", wav(100_000), "audio/wav").await;
        assert_eq!(raw.status(), StatusCode::CREATED);
        let body: Value = serde_json::from_str(&raw.text().await.unwrap()).unwrap();
        assert_eq!(
            (&body["fileName"], &body["state"], &body["bytes"]),
            (&json!("Night Drive.wav"), &json!("checking"), &json!(100_000))
        );

        let part = reqwest::multipart::Part::bytes(wav(50_000)).file_name("Drums.wav").mime_str("audio/wav").unwrap();
        let form = reqwest::multipart::Form::new().text("note", "for the trackout").part("file", part);
        let path = format!("/uploads/single?studio={}&kind=stem", world.studio);
        let sent = world.request(Method::POST, &path).multipart(form).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::CREATED);

        let wrong = world.single("kind=source&name=a.mp3", wav(1_000), "application/octet-stream").await;
        assert_eq!(code(wrong).await, "EXTENSION_MISMATCH");
        let zip = world.single("kind=stem&name=stems.zip", b"PK\x05\x06".repeat(6), "application/zip").await;
        assert_eq!(code(zip).await, "EMPTY_STEM_ARCHIVE");
        let nothing = world.single("kind=source&name=a.wav", Vec::new(), "audio/wav").await;
        assert_eq!(code(nothing).await, "EMPTY_FILE");
        let large = world.single("kind=artwork&name=a.png", vec![0; 20 * 1024 * 1024 + 1], "image/png").await;
        assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let theirs =
            world.client.post(format!("{}{path}", world.url)).bearer_auth(&world.stranger).body("x").send().await;
        assert_eq!(theirs.unwrap().status(), StatusCode::NOT_FOUND);
        assert_eq!(std::fs::read_dir(&world.uploads).unwrap().count(), 0);
    })
    .await;
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

/// A scanner over a real connection, which finds something in what says so; while it is away it breaks off.
pub(crate) async fn scanner(away: Arc<AtomicBool>) -> Clamav {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let scanner = Clamav::new(listener.local_addr().unwrap().to_string());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            if away.load(Ordering::SeqCst) {
                continue;
            }
            let mut command = [0; 10];
            stream.read_exact(&mut command).await.unwrap();
            let mut taken = Vec::new();
            loop {
                let length = usize::try_from(stream.read_u32().await.unwrap()).unwrap();
                if length == 0 {
                    break;
                }
                let mut piece = vec![0; length];
                stream.read_exact(&mut piece).await.unwrap();
                taken.extend(piece);
            }
            let is_infected = taken.windows(5).any(|part| part == b"EICAR");
            let answer: &[u8] = if is_infected { b"stream: Eicar-Signature FOUND\0" } else { b"stream: OK\0" };
            stream.write_all(answer).await.unwrap();
        }
    });
    scanner
}

#[tokio::test]
async fn what_a_scanner_finds_is_refused_by_name_and_nothing_is_taken_in_unseen() {
    let away = Arc::new(AtomicBool::new(false));
    let scanner: Arc<dyn Scanner> = Arc::new(scanner(away.clone()).await);
    with_scanner(Some(scanner), async |world| {
        // A set of Ableton Live is packed by gzip.
        let (clean, infected) = (b"\x1f\x8b\x08 a song".to_vec(), b"\x1f\x8b\x08 EICAR".to_vec());
        let octets = "application/octet-stream";
        let session = async |bytes: &[u8]| world.single("kind=session&name=Night.als", bytes.to_vec(), octets).await;
        let count = async || asset::Entity::find().count(&world.services.db).await.unwrap();
        assert_eq!(session(&clean).await.status(), StatusCode::CREATED);

        let refused = session(&infected).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let said: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
        assert_eq!(said["code"], "FILE_INFECTED", "{said}");
        let detail = said["detail"].as_str().unwrap();
        assert!(detail.contains("Night.als") && detail.contains("Eicar-Signature"), "{detail}");
        let length = infected.len() as u64;
        let upload = header(&world.begin("session", "Night.als", octets, length).await, "location");
        assert_eq!(code(world.append(&upload, 0, &infected).await).await, "FILE_INFECTED");
        let gone = world.tus(Method::HEAD, &upload).send().await.unwrap();
        assert_eq!(gone.status(), StatusCode::NOT_FOUND);
        // Stems are handed on as they came: what hides behind sound is looked for, too.
        let stem = [wav(2_000), b"EICAR".to_vec()].concat();
        let refused = world.single("kind=stem&name=bass.wav", stem, octets).await;
        assert_eq!(
            (refused.status(), code(refused).await.as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "FILE_INFECTED")
        );
        assert_eq!(count().await, 1);

        // Without the scanner nothing is taken in, and an upload waits for it.
        away.store(true, Ordering::SeqCst);
        let unseen = session(&clean).await;
        assert_eq!((unseen.status(), code(unseen).await.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"));
        let length = clean.len() as u64;
        let upload = header(&world.begin("session", "Night.als", octets, length).await, "location");
        assert_eq!(world.append(&upload, 0, &clean).await.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(count().await, 1);
        let sound = world.single("kind=source&name=mix.wav", wav(2_000), octets).await;
        assert_eq!(sound.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(count().await, 1);
        away.store(false, Ordering::SeqCst);
        let finished = world.append(&upload, length, b"").await;
        assert_eq!(finished.status(), StatusCode::NO_CONTENT);
        assert!(header(&finished, "upload-asset").starts_with("asset_"), "it was whole already");
        assert_eq!(count().await, 2);
    })
    .await;
}
