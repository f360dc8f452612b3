//! The file store in a bucket: on a stand-in that has troubles, and on a real server, where one is there. That is the one whose bucket
//! `LEDGERLINE_TEST_S3` names (`http://server:port/bucket`, with keys in the usual variables, which leaves files below `ledgerline-test` in it), else a
//! throw-away `s3s-fs`, where that program is installed.

mod stand_in;

use std::{process::Stdio, sync::atomic::Ordering, time::Duration};

use actix_web::http::StatusCode;
use adapters::{
    files::ObjectFiles,
    s3::{self, S3Config},
};
use bytes::Bytes;
use domain::{
    catalog::{Sha256, rules::files::PART_BYTES},
    env,
    ids::UploadId,
    ports::{FileStore, FileStream, Incoming, Part, Stored},
};
use futures::StreamExt;

fn bucket(endpoint: &str, bucket: &str, prefix: &str) -> S3Config {
    S3Config {
        bucket: bucket.to_owned(),
        endpoint: Some(endpoint.to_owned()),
        public_endpoint: None,
        region: "us-east-1".to_owned(),
        prefix: prefix.to_owned(),
        path_style: true,
        allow_http: false,
    }
}

fn keys(name: &str) -> Option<String> {
    match name {
        "AWS_ACCESS_KEY_ID" => Some(stand_in::WHO.to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some("a secret of the tests".to_owned()),
        _ => None,
    }
}

/// Bytes that differ from place to place.
fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from((at * 31 + at / 251) % 256).unwrap()).collect()
}

async fn all(stream: Option<FileStream>) -> Vec<u8> {
    stream.unwrap().map(Result::unwrap).collect::<Vec<Bytes>>().await.concat()
}

/// What the port promises, of any store.
async fn keeps_its_promises(files: &ObjectFiles) {
    files.try_out().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("source"), folder.path().join("copy"));
    // In one request, in parts of which the last is short, and nothing at all.
    for length in [100_000, 20 << 20, 0] {
        let bytes = content(length);
        std::fs::write(&path, &bytes).unwrap();
        let stored = files.put_file(&path).await.unwrap();
        assert_eq!(stored, Stored { sha256: Sha256::of(&bytes), bytes: length as u64 });
        assert_eq!(files.put_file(&path).await.unwrap(), stored, "twice is once");
        assert!(files.exists(&stored.sha256).await.unwrap());
        assert!(files.open(&stored.sha256).await.unwrap().is_none(), "it lies on no disk of this machine");
        assert!(all(files.read(&stored.sha256, None).await.unwrap()).await == bytes);
        assert!(files.fetch(&stored.sha256, &copy).await.unwrap());
        assert!(std::fs::read(&copy).unwrap() == bytes);
        for range in [0..1, 5..5, 1_000..90_000, 99_999..100_000] {
            if range.end <= length {
                let part = all(files.read(&stored.sha256, Some(range.start as u64..range.end as u64)).await.unwrap());
                assert!(part.await == bytes[range.clone()], "{range:?} of {length}");
            }
        }
    }
    let nothing = Sha256::of(b"nobody has stored this");
    assert!(!files.exists(&nothing).await.unwrap());
    assert!(files.read(&nothing, None).await.unwrap().is_none());
    assert!(!files.fetch(&nothing, &copy).await.unwrap());

    let bytes = Bytes::from(content(300_000));
    let puts = (0..8).map(|_| files.put_bytes(bytes.clone()));
    for put in futures::future::join_all(puts).await {
        assert_eq!(put.unwrap().sha256, Sha256::of(&bytes));
    }
}

/// A part as a browser sends it to its address.
fn sending(address: &url::Url, bytes: &[u8]) -> reqwest::RequestBuilder {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.put(address.as_str()).body(bytes.to_vec())
}

/// Sends a part to its address; the status, and the tag of what was taken.
async fn send(address: &url::Url, bytes: &[u8]) -> (u16, String) {
    let answer = sending(address, bytes).send().await.unwrap();
    let tag = answer.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
    (answer.status().as_u16(), tag.unwrap_or_default())
}

/// Begins a file in a store that takes files in itself.
async fn begun(files: &ObjectFiles, upload: UploadId) -> String {
    files.inbox().unwrap().begin(upload).await.unwrap().unwrap()
}

/// What the port promises of a store that takes files in itself.
async fn takes_files_in(files: &ObjectFiles) {
    const LIFE: Duration = Duration::from_mins(1);
    let inbox = files.inbox().unwrap();
    let (env, _) = env::testing::env(7);
    let bytes = content(usize::try_from(PART_BYTES).unwrap() + 100_000);
    let (first, last) = bytes.split_at(usize::try_from(PART_BYTES).unwrap());
    let upload: UploadId = env.id();
    let multipart = begun(files, upload).await;
    let file = Incoming { upload, multipart: &multipart };
    let passed_on = inbox.put(file, 0, Bytes::copy_from_slice(first)).await.unwrap().unwrap();
    let address = inbox.address(file, Part { index: 1, bytes: last.len() as u64 }, LIFE).await.unwrap();
    // A part whose answer was lost is sent again.
    assert_eq!(send(&address, last).await.0, 200);
    let (status, tag) = send(&address, last).await;
    assert_eq!(status, 200);
    let tags = [passed_on, tag];
    // Another request began it, too, and was slower: what it calls off is its own.
    let slower = begun(files, upload).await;
    assert!(inbox.join(file, &tags).await.unwrap());
    inbox.abandon(Incoming { upload, multipart: &slower }).await.unwrap();
    assert!(inbox.join(file, &tags).await.unwrap(), "twice is once");
    assert!(all(Some(inbox.read(file).await.unwrap())).await == bytes);
    assert_ne!(send(&address, last).await.0, 200, "what was joined takes no part");

    let sha256 = Sha256::of(&bytes);
    assert!(!files.exists(&sha256).await.unwrap(), "it is no file before it is kept");
    let stored = Stored { sha256: sha256.clone(), bytes: bytes.len() as u64 };
    inbox.keep(file, &stored).await.unwrap();
    inbox.keep(file, &stored).await.unwrap();
    inbox.discard(file).await.unwrap();
    assert!(all(files.read(&sha256, None).await.unwrap()).await == bytes);
    assert!(inbox.read(file).await.is_err());

    let upload: UploadId = env.id();
    let multipart = begun(files, upload).await;
    let given_up = Incoming { upload, multipart: &multipart };
    let address = inbox.address(given_up, Part { index: 0, bytes: 1_000 }, LIFE).await.unwrap();
    let (status, tag) = send(&address, &content(1_000)).await;
    assert_eq!(status, 200);
    inbox.discard(given_up).await.unwrap();
    assert_ne!(send(&address, &content(1_000)).await.0, 200, "what was given up takes no part");
    assert!(!matches!(inbox.join(given_up, &[tag]).await, Ok(true)));
}

/// An address takes one part of one length, and is for nothing else. Only a server that checks signatures knows.
async fn takes_nothing_else_in(files: &ObjectFiles) {
    let inbox = files.inbox().unwrap();
    let (env, _) = env::testing::env(8);
    let upload: UploadId = env.id();
    let multipart = begun(files, upload).await;
    let file = Incoming { upload, multipart: &multipart };
    let part = Part { index: 0, bytes: 1_000 };
    let address = inbox.address(file, part, Duration::from_mins(1)).await.unwrap();
    for length in [999, 1_001, 20_000] {
        assert_eq!(send(&address, &content(length)).await.0, 403, "{length} bytes");
    }
    for (from, to) in [
        ("/incoming/", "/sha256/"),
        ("partNumber=1&", "partNumber=2&"),
        ("X-Amz-Expires=60&", "X-Amz-Expires=600&"),
        ("content-length%3Bhost", "host"),
    ] {
        let forged = address.as_str().replace(from, to);
        assert_ne!(forged, address.as_str(), "{from}");
        assert_eq!(send(&forged.parse().unwrap(), &content(1_000)).await.0, 403, "{to}");
    }
    let copy = sending(&address, &content(1_000)).header("x-amz-copy-source", "beats/some/file").send().await.unwrap();
    assert!([400, 403].contains(&copy.status().as_u16()), "{copy:?}");
    assert_eq!(send(&address, &content(1_000)).await.0, 200);
    inbox.discard(file).await.unwrap();
}

#[tokio::test]
async fn a_bucket_that_is_reached_from_outside_takes_files_in() {
    let server = stand_in::start();
    let inside = bucket(&server.url, "beats", "studio/one");
    let files = s3::open(&S3Config { public_endpoint: Some(server.url.clone()), ..inside }, keys).unwrap();
    takes_files_in(&files).await;
    let kept = server.held.keys();
    assert!(kept.len() == 1 && kept[0].starts_with("/beats/studio/one/sha256/"), "{kept:?}");
    assert_eq!(server.held.unfinished(), 0);
    let asked = server.held.asked.lock().unwrap().clone();
    let trials = asked.iter().filter(|asked| asked.starts_with("DELETE /beats/studio/one/incoming/trial")).count();
    assert_eq!(trials, 2, "what was tried is called off and removed, once: {asked:?}");
}

#[tokio::test]
async fn a_bucket_whose_addresses_are_good_for_more_than_a_part_takes_nothing_in() {
    let server = stand_in::start();
    let inside = bucket(&server.url, "beats", "studio/one");
    let outside = S3Config { public_endpoint: Some(server.url.clone()), ..inside };
    let (env, _) = env::testing::env(9);
    for (refusal, is_strict) in [
        (Some((StatusCode::FORBIDDEN, "<Code>AccessDenied</Code>")), true),
        (Some((StatusCode::BAD_REQUEST, "Header `x-amz-copy-source` should be signed")), true),
        (Some((StatusCode::BAD_REQUEST, "<Code>InvalidArgument</Code>")), false),
        (Some((StatusCode::NOT_FOUND, "<Code>NoSuchKey</Code>")), false),
        // It fails, and is asked again with the next.
        (Some((StatusCode::INTERNAL_SERVER_ERROR, "")), false),
        (None, false),
    ] {
        *server.held.unsigned.lock().unwrap() = refusal;
        let files = s3::open(&outside, keys).unwrap();
        let begun = files.inbox().unwrap().begin(env.id()).await.unwrap();
        assert_eq!(begun.is_some(), is_strict, "{refusal:?}");
        assert!(server.held.keys().is_empty(), "nothing is left behind");
    }
}

#[tokio::test]
async fn parts_that_the_bucket_does_not_have_are_never_joined() {
    let server = stand_in::start();
    let inside = bucket(&server.url, "beats", "");
    let files = s3::open(&S3Config { public_endpoint: Some(server.url.clone()), ..inside }, keys).unwrap();
    let inbox = files.inbox().unwrap();
    let (env, _) = env::testing::env(10);
    let upload: UploadId = env.id();
    let multipart = begun(&files, upload).await;
    let file = Incoming { upload, multipart: &multipart };
    let tag = inbox.put(file, 0, content(1_000).into()).await.unwrap().unwrap();
    assert!(!inbox.join(file, &["\"of-another-part\"".to_owned()]).await.unwrap());
    assert!(inbox.join(file, &[tag]).await.unwrap());
    inbox.discard(file).await.unwrap();
    assert!(server.held.keys().is_empty() && server.held.unfinished() == 0);
}

#[tokio::test]
async fn a_bucket_keeps_files_as_a_folder_does() {
    let server = stand_in::start();
    let files = s3::open(&bucket(&server.url, "beats", "studio/one"), keys).unwrap();
    keeps_its_promises(&files).await;
    let sha256 = Sha256::of(&content(100_000));
    let (first, second) = (&sha256.as_str()[..2], &sha256.as_str()[2..4]);
    let place = format!("/beats/studio/one/sha256/{first}/{second}/{sha256}");
    assert!(server.held.keys().contains(&place), "{:?}", server.held.keys());
    assert_eq!((server.held.keys().len(), server.held.unfinished()), (4, 0));
}

#[tokio::test]
async fn a_small_file_is_one_request_and_a_large_one_its_parts() {
    let server = stand_in::start();
    let files = s3::open(&bucket(&server.url, "beats", ""), keys).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("source");
    for (length, puts) in [(1_000_usize, 1), (20 << 20, 3)] {
        std::fs::write(&path, content(length)).unwrap();
        server.held.asked.lock().unwrap().clear();
        files.put_file(&path).await.unwrap();
        let asked = server.held.asked.lock().unwrap().clone();
        assert_eq!(asked.iter().filter(|request| request.starts_with("PUT ")).count(), puts, "{asked:?}");
    }
}

#[tokio::test]
async fn a_server_that_stumbles_is_asked_again() {
    let server = stand_in::start();
    let files = s3::open(&bucket(&server.url, "beats", ""), keys).unwrap();
    let bytes = content(400_000);
    server.held.busy.store(2, Ordering::SeqCst);
    let stored = files.put_bytes(bytes.clone().into()).await.unwrap();
    assert_eq!(server.held.busy.load(Ordering::SeqCst), 0);

    // What has come is not asked for again.
    server.held.breaks.store(1, Ordering::SeqCst);
    server.held.asked.lock().unwrap().clear();
    assert!(all(files.read(&stored.sha256, None).await.unwrap()).await == bytes);
    assert_eq!(server.held.breaks.load(Ordering::SeqCst), 0);
    assert_eq!(server.held.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn keys_that_are_not_believed_are_an_error_and_no_missing_file() {
    let server = stand_in::start();
    let other = |name: &str| keys(name).map(|key| format!("not-{key}"));
    let files = s3::open(&bucket(&server.url, "beats", ""), other).unwrap();
    assert!(files.exists(&Sha256::of(b"a file")).await.is_err());
    assert!(files.try_out().await.is_err());
    let refusal = files.put_bytes(Bytes::from_static(b"a file")).await.unwrap_err();
    assert!(!format!("{refusal:?}").contains("a secret of the tests"));
    assert!(server.held.keys().is_empty());
}

#[tokio::test]
async fn a_bucket_that_pages_cannot_fetch_from_is_found_out() {
    const PAGE: &str = "https://beats.example";
    let server = stand_in::start();
    let inside = bucket(&server.url, "beats", "studio/one");
    s3::open(&inside, keys).unwrap().try_outside(PAGE).await.unwrap();
    let outside = S3Config { public_endpoint: Some(server.url.clone()), ..inside };
    let files = s3::open(&outside, keys).unwrap();
    *server.held.exposed.lock().unwrap() = "ETag";
    *server.held.methods.lock().unwrap() = "GET, PUT";
    for (rule, lets) in [(None, false), (Some("*"), true), (Some(PAGE), true), (Some("https://other.example"), false)] {
        *server.held.rule.lock().unwrap() = rule;
        let tried = files.try_outside(PAGE).await.map_err(|refusal| refusal.source.to_string());
        assert_eq!(tried.is_ok(), lets, "{rule:?}");
        assert!(tried.is_ok() || tried.unwrap_err().contains("no CORS rule"));
    }
    *server.held.rule.lock().unwrap() = Some("*");
    for (exposed, goes_on) in [("", false), ("Content-Range", false), ("x-amz-id, etag", true), ("*", true)] {
        *server.held.exposed.lock().unwrap() = exposed;
        let tried = files.try_outside(PAGE).await.map_err(|refusal| refusal.source.to_string());
        assert_eq!(tried.is_ok(), goes_on, "{exposed:?}");
        assert!(tried.is_ok() || tried.unwrap_err().contains("does not expose the ETag"));
    }
    for (methods, takes) in [("", false), ("GET", false), ("GET,PUT", true), ("*", true)] {
        *server.held.methods.lock().unwrap() = methods;
        let tried = files.try_outside(PAGE).await.map_err(|refusal| refusal.source.to_string());
        assert_eq!(tried.unwrap(), (!takes).then_some("its CORS rule does not allow PUT"), "{methods:?}");
    }
    *server.held.unsigned.lock().unwrap() = None;
    let why = s3::open(&outside, keys).unwrap().try_outside(PAGE).await.unwrap();
    assert!(why.is_some_and(|why| why.contains("heeds headers")), "{why:?}");
    let other = |name: &str| keys(name).map(|key| format!("not-{key}"));
    let refusal = s3::open(&outside, other).unwrap().try_outside(PAGE).await.unwrap_err();
    assert!(refusal.source.to_string().contains("it answers 403"), "{refusal:?}");
}

/// What a real server must hold to.
async fn holds_to_all(files: &ObjectFiles) {
    keeps_its_promises(files).await;
    let (env, _) = env::testing::env(6);
    let upload: UploadId = env.id();
    let Some(multipart) = files.inbox().unwrap().begin(upload).await.unwrap() else {
        eprintln!("SKIPPED: this S3 server heeds headers that were not signed, and is sent no parts");
        return;
    };
    files.inbox().unwrap().abandon(Incoming { upload, multipart: &multipart }).await.unwrap();
    takes_files_in(files).await;
    takes_nothing_else_in(files).await;
}

/// A server that was started for the test, and ends with it.
struct Throwaway {
    endpoint: String,
    _process: tokio::process::Child,
    _folder: tempfile::TempDir,
}

/// Starts `s3s-fs` with a bucket; none if it is not installed.
async fn throwaway() -> Option<Throwaway> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("beats")).unwrap();
    // Free a moment ago: the program takes no port of 0 and tells it.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let process = tokio::process::Command::new("s3s-fs")
        .args(["--host", "127.0.0.1", "--port", &address.port().to_string()])
        .args(["--access-key", stand_in::WHO, "--secret-key", &keys("AWS_SECRET_ACCESS_KEY").unwrap()])
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(address).await.is_ok() {
            return Some(Throwaway { endpoint: format!("http://{address}"), _process: process, _folder: folder });
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("s3s-fs does not listen on {address}");
}

#[tokio::test]
async fn a_real_server_keeps_its_promises() {
    if let Ok(address) = std::env::var("LEDGERLINE_TEST_S3") {
        let url = url::Url::parse(&address).unwrap();
        let name = url.path().trim_matches('/').to_owned();
        let mut server = url.clone();
        server.set_path("");
        let public_endpoint = Some(server.to_string());
        let config =
            S3Config { allow_http: true, public_endpoint, ..bucket(server.as_str(), &name, "ledgerline-test") };
        let files = s3::open(&config, |name| std::env::var(name).ok()).unwrap();
        holds_to_all(&files).await;
    } else if let Some(server) = throwaway().await {
        let public_endpoint = Some(server.endpoint.clone());
        let config = S3Config { public_endpoint, ..bucket(&server.endpoint, "beats", "") };
        let files = s3::open(&config, keys).unwrap();
        holds_to_all(&files).await;
    } else {
        eprintln!("SKIPPED: neither LEDGERLINE_TEST_S3 nor s3s-fs is there, no real S3 server was asked");
    }
}
