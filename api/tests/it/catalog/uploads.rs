//! Uploads: taken up where the disk says, refused by their status, and looked through by a scanner.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use adapters::clamav::Clamav;
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    catalog::{self, entity::asset},
    ports::Scanner,
};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{World, header, on_each_database, wav, with_scanner};

impl World {
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
