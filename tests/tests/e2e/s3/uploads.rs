//! Uploads whose parts go straight into the bucket, and one whose parts must not.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use cli::client::Producer;
use domain::{
    catalog::{Sha256, rules::files::PART_BYTES},
    store,
};

use super::{BUCKET, data_folder, objects};
use crate::{
    backup::{paths, sqlite},
    program::{Server, free_port},
    request::{self, Answer},
    s3_server::S3Server,
    shop::{base, come_to_rest},
};

/// A program whose bucket is reached from outside: its process and address, the cookies of somebody who is signed in there, and their studio's id.
async fn reached_from_outside(s3: &S3Server, data: &Path, name: &str) -> (Server, String, String, String) {
    let port = free_port();
    let outside = [("LEDGERLINE_S3_PUBLIC_ENDPOINT", s3.endpoint())];
    let server = Server::start(data, port, &[s3.settings(BUCKET).as_slice(), outside.as_slice()].concat());
    let base = base(port);
    let mut producer = Producer::new(&base).expect("a producer");
    let studio = producer.sign_up(name, "EUR").await.expect("a studio opens");
    let cookies = request::sign_in(&base).await.expect("its owner signs in");
    (server, base, cookies, studio.id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_goes_straight_into_a_bucket_that_is_reached_from_outside() {
    let folder = tempfile::tempdir().expect("a folder");
    let s3 = S3Server::start(&[BUCKET]);
    let data = data_folder(folder.path());
    let (_server, base, cookies, studio) = reached_from_outside(&s3, &data, "Straight In").await;
    let whose = (base.as_str(), cookies.as_str(), studio.as_str());

    // A statement, for nothing is done with it but that it is stored: two whole parts, and a short one.
    let part = usize::try_from(PART_BYTES).expect("a length");
    let mut statement = b"Reporting Date\tTrack\n".repeat(part / 10);
    statement.truncate(2 * part + 20_000);
    let upload = Sending::begin(whose, ("statement", "earnings.tsv"), statement.len()).await.expect("it begins");
    let (address, bytes) = upload.address(0).await.expect("the first part's address");
    let place = format!("{}/{BUCKET}/incoming/", s3.endpoint());
    assert!(address.starts_with(&place) && address.contains("X-Amz-Expires=300&"), "{address}");
    assert_eq!(bytes, part);
    let tag = put(&address, &statement[..part]).await.expect("the bucket takes it");
    // The tag never arrives: what nobody was told of has not come, and is sent again.
    assert_eq!(upload.stands().await.expect("how far"), 0);
    assert_eq!(put(&address, &statement[..part]).await.expect("once more"), tag);
    let told = upload.tell(0, &tag).await.expect("an answer");
    assert_eq!((told.status, upload.stands().await.expect("how far")), (204, part));
    assert_eq!(upload.tell(0, &tag).await.expect("an answer").status, 409, "twice is no part more");
    // What a browser cannot send there is sent here, a part at a time, and passed on.
    let short = upload.append(part, &statement[part..part + 1_000]).await.expect("an answer");
    assert_eq!((short.status, short.json().expect("a problem")["code"].clone()), (400, "PART_LENGTH".into()));
    assert_eq!(upload.append(part, &statement[part..2 * part]).await.expect("an answer").status, 204);
    let (address, bytes) = upload.address(2 * part).await.expect("the last part's address");
    assert_eq!(bytes, 20_000);
    let last = &statement[2 * part..];
    for wrong in [&last[1..], &statement[2 * part - 1..]] {
        let refused = request::send("PUT", &address, &[], wrong).await.expect("an answer");
        assert_eq!(refused.status, 403, "{} bytes", wrong.len());
    }
    // Nor does an address make a copy of what lies in the bucket.
    let copy = [("x-amz-copy-source", "beats/incoming/trial")];
    assert_eq!(request::send("PUT", &address, &copy, last).await.expect("an answer").status, 403);
    assert!(paths(&s3.bucket(BUCKET)).is_empty(), "parts are no file");
    let tag = put(&address, last).await.expect("the bucket takes it");
    let told = upload.tell(2 * part, &tag).await.expect("an answer");
    let asset = told.headers("upload-asset").concat();
    assert!(told.status == 204 && asset.starts_with("asset_"), "{}", String::from_utf8_lossy(&told.body));
    let sha256 = Sha256::of(&statement);
    assert_eq!(objects(&s3, BUCKET).into_values().collect::<Vec<_>>(), std::slice::from_ref(&sha256));
    assert!(!s3.holds_parts());
    // Told once more, as after a lost answer, it is the same file; and no address opens it again.
    assert_eq!(upload.tell(2 * part, &tag).await.expect("an answer").headers("upload-asset"), [asset.as_str()]);
    assert_ne!(request::send("PUT", &address, &[], last).await.expect("an answer").status, 200);
    assert_eq!(objects(&s3, BUCKET).into_values().collect::<Vec<_>>(), std::slice::from_ref(&sha256));
    assert!(!s3.holds_parts());

    // What is given up, and what is not what it was said to be, leaves nothing.
    let given_up = Sending::begin(whose, ("statement", "earnings.tsv"), 20_000).await.expect("it begins");
    let (address, _) = given_up.address(0).await.expect("its address");
    put(&address, last).await.expect("the bucket takes it");
    assert!(s3.holds_parts());
    assert_eq!(given_up.ask("DELETE", "", &[], &[]).await.expect("an answer").status, 204);
    assert!(!s3.holds_parts());
    assert_ne!(request::send("PUT", &address, &[], last).await.expect("an answer").status, 200);
    let lying = Sending::begin(whose, ("source", "mix.wav"), 20_000).await.expect("it begins");
    let (address, _) = lying.address(0).await.expect("its address");
    let tag = put(&address, last).await.expect("the bucket takes it");
    assert_eq!(lying.tell(0, &tag).await.expect("an answer").status, 415);
    assert_eq!(lying.ask("HEAD", "", &[], &[]).await.expect("an answer").status, 404);
    assert!(!s3.holds_parts());
    assert_eq!(objects(&s3, BUCKET).into_values().collect::<Vec<_>>(), [sha256]);
    let db = store::connect(&sqlite(&data), 1).await.expect("the database opens");
    come_to_rest(&db).await.expect("all comes to rest");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_goes_through_the_program_where_an_address_would_be_good_for_more_than_its_part() {
    let folder = tempfile::tempdir().expect("a folder");
    let s3 = S3Server::start_heedless(&[BUCKET]);
    let data = data_folder(folder.path());
    let (_server, base, cookies, studio) = reached_from_outside(&s3, &data, "Round About").await;
    let whose = (base.as_str(), cookies.as_str(), studio.as_str());
    let statement = b"Reporting Date\tTrack\n".repeat(1_000);
    let upload = Sending::begin(whose, ("statement", "earnings.tsv"), statement.len()).await.expect("it begins");
    let led = upload.ask("POST", "/part", &[("Upload-Offset", "0")], &[]).await.expect("an answer");
    assert_eq!(led.status, 204, "{}", String::from_utf8_lossy(&led.body));
    assert!(!s3.holds_parts() && paths(&s3.bucket(BUCKET)).is_empty(), "what was tried leaves nothing");
    let whole = upload.append(0, &statement).await.expect("an answer");
    assert!(whole.status == 204 && whole.headers("upload-asset").concat().starts_with("asset_"));
    assert_eq!(objects(&s3, BUCKET).into_values().collect::<Vec<_>>(), [Sha256::of(&statement)]);
    let db = store::connect(&sqlite(&data), 1).await.expect("the database opens");
    come_to_rest(&db).await.expect("all comes to rest");
}

/// A resumable upload of whoever has these cookies.
struct Sending<'a> {
    base: &'a str,
    cookies: &'a str,
    url: String,
}

impl<'a> Sending<'a> {
    async fn begin(
        (base, cookies, studio): (&'a str, &'a str, &str),
        (kind, name): (&str, &str),
        length: usize,
    ) -> Result<Self> {
        let uploads = Self { base, cookies, url: format!("{base}/uploads") };
        let said = [("studio", studio), ("kind", kind), ("filename", name)];
        let said = said.map(|(key, value)| format!("{key} {}", BASE64_STANDARD.encode(value))).join(",");
        let length = length.to_string();
        let headers = [("Upload-Length", length.as_str()), ("Upload-Metadata", said.as_str())];
        let answer = uploads.ask("POST", "", &headers, &[]).await?;
        let location = answer.headers("location").concat();
        let (_, id) = location.rsplit_once('/').with_context(|| format!("{} leads nowhere", answer.status))?;
        Ok(Self { url: format!("{base}/uploads/{id}"), ..uploads })
    }

    async fn ask(&self, method: &str, below: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let own = [("Tus-Resumable", "1.0.0"), ("Origin", self.base), ("Cookie", self.cookies)];
        request::send(method, &format!("{}{below}", self.url), &[own.as_slice(), headers].concat(), body).await
    }

    /// Where the part goes that begins there, and how long it is.
    async fn address(&self, offset: usize) -> Result<(String, usize)> {
        let offset = offset.to_string();
        let answer = self.ask("POST", "/part", &[("Upload-Offset", offset.as_str())], &[]).await?;
        ensure!(answer.status == 200, "{} {}", answer.status, String::from_utf8_lossy(&answer.body));
        let led = answer.json()?;
        let address = led["address"].as_str().context("an address")?.to_owned();
        Ok((address, usize::try_from(led["bytes"].as_u64().context("a length")?)?))
    }

    /// Tells what the bucket called the part.
    async fn tell(&self, offset: usize, tag: &str) -> Result<Answer> {
        let headers = [("Upload-Offset", offset.to_string()), ("Upload-Part-Tag", tag.to_owned())];
        self.ask("PUT", "/part", &headers.each_ref().map(|(name, value)| (*name, value.as_str())), &[]).await
    }

    async fn append(&self, offset: usize, bytes: &[u8]) -> Result<Answer> {
        let offset = offset.to_string();
        let headers = [("Content-Type", "application/offset+octet-stream"), ("Upload-Offset", offset.as_str())];
        self.ask("PATCH", "", &headers, bytes).await
    }

    /// How many bytes have come.
    async fn stands(&self) -> Result<usize> {
        let answer = self.ask("HEAD", "", &[], &[]).await?;
        Ok(answer.headers("upload-offset").concat().parse()?)
    }
}

/// Sends a part to the bucket, as a browser does; gives its tag.
async fn put(address: &str, part: &[u8]) -> Result<String> {
    let answer = request::send("PUT", address, &[], part).await?;
    ensure!(answer.status == 200, "{} {}", answer.status, String::from_utf8_lossy(&answer.body));
    Ok(answer.headers("etag").concat())
}
