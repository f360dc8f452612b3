//! Files in a bucket, on a real S3 server: a sale whose files lie there and nowhere else, its backup and what is made of that; what the bucket gives out
//! itself; and what is found out of its keys and rules.

mod outages;
mod uploads;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use adapters::s3::{self, S3Config};
use anyhow::{Context, Result, ensure};
use audio_engine::compose::Style;
use cli::client::{DeliveredFile, Guest, PlacedOrder, Signer, links, until};
use domain::{
    catalog::Sha256,
    delivery::entity::download,
    ports::{FileStore, Presentation},
    store,
};
use sea_orm::EntityTrait;
use serde_json::Value;

use crate::{
    backup::{contents, paths, run, sqlite, told, verified},
    program::{self, Server, free_port},
    request::{self, Answer},
    s3_server::{KEYS, S3Server},
    shop::{PATIENCE, Shop, base, come_to_rest, composed, struck},
};

/// The bucket of the tests.
const BUCKET: &str = "beats";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sold_lies_in_the_bucket_alone_and_a_backup_brings_it_anywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let within = |name: &str| folder.path().join(name);
    let s3 = S3Server::start(&[BUCKET, "copies"]);
    let data = data_folder(folder.path());
    let port = free_port();
    let server = Server::start(&data, port, &s3.settings(BUCKET));
    let base = &base(port);

    let file = composed(folder.path(), Style::House);
    assert!(file.metadata().expect("a file").len() > 8 << 20, "longer than the first part of an upload");
    let shop = Shop::open(base, &file).await.expect("the shop opens");
    let guest = Guest::new(base).expect("a guest");
    let order = shop.sell(&guest, "wav", "ada@example.com").await.expect("it is sold");
    let bought = guest.download_all(&order, &within("bought")).await.expect("each file has its checksum");
    serves_a_part(base, &order, &bought).await.expect("a part is served");

    let db = store::connect(&sqlite(&data), 1).await.expect("the database opens");
    come_to_rest(&db).await.expect("all comes to rest");
    db.close().await.expect("it closes");
    let kept = within("kept");
    let backup = told(&run("backup", &kept, &data, &s3.settings(BUCKET)));
    verified(&kept);
    server.kill();

    let objects = objects(&s3, BUCKET);
    for file in &bought {
        assert!(objects.values().any(|content| content.as_str() == file.sha256), "{file:?}");
    }
    let stored: BTreeSet<&str> = objects.values().map(Sha256::as_str).collect();
    let here = contents(&data, paths(&data));
    let twice: Vec<_> = here.iter().filter(|(_, content)| stored.contains(content.as_str())).collect();
    assert!(twice.is_empty() && !data.join("files").exists(), "{twice:?}");

    // Out of the bucket into a folder, and into another bucket.
    let (home, platform) = (within("home"), within("platform"));
    let back = told(&run("restore", &kept, &home, &[]));
    assert_eq!(back["proof"]["holds"], true, "{back}");
    let files = contents(&home.join("files"), paths(&home.join("files")));
    assert_eq!(backup["files"], files.len(), "{backup}");
    assert!(files.iter().all(|(place, content)| objects.get(place) == Some(content)), "{files:?} of {objects:?}");
    let back = told(&run("restore", &kept, &platform, &s3.settings("copies")));
    assert_eq!(back["proof"]["holds"], true, "{back}");
    assert_eq!(self::objects(&s3, "copies"), files);
    assert!(!platform.join("files").exists());

    let port = free_port();
    let _server = Server::start(&platform, port, &s3.settings("copies"));
    let guest = Guest::new(&self::base(port)).expect("a guest");
    let once_more = guest.download_all(&order, &within("once more")).await.expect("the same link opens them");
    assert_eq!(checksums(&bought), checksums(&once_more));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_is_reached_from_outside_gives_out_what_was_bought() {
    let folder = tempfile::tempdir().expect("a folder");
    let s3 = S3Server::start(&[BUCKET]);
    let data = data_folder(folder.path());
    let port = free_port();
    let outside = [("LEDGERLINE_S3_PUBLIC_ENDPOINT", s3.endpoint())];
    let _server = Server::start(&data, port, &[s3.settings(BUCKET).as_slice(), outside.as_slice()].concat());
    let base = &base(port);
    let shop = Shop::open(base, &struck(folder.path(), "First Light", 220.0)).await.expect("the shop opens");
    let guest = Guest::new(base).expect("a guest");
    let order = shop.sell(&guest, "wav", "ada@example.com").await.expect("it is sold");
    let other = shop.sell(&guest, "wav", "bob@example.com").await.expect("and sold again");
    let bought = guest.download_all(&order, &folder.path().join("bought")).await.expect("each file has its checksum");
    let wav = bought.iter().find(|file| file.kind == "wav").expect("a WAV was bought");

    let db = store::connect(&sqlite(&data), 1).await.expect("the database opens");
    let before = download::Entity::find().all(&db).await.expect("the log").len();
    let link = format!("{base}{}", link_on(base, &order, ".wav").await.expect("it is on the order's page"));
    let address = gives_a_file_whole_and_in_part(&s3, &link, wav).await.expect("it leads to the file");
    let log = download::Entity::find().all(&db).await.expect("the log");
    let parts = log.iter().filter(|row| (row.range_start, row.range_end) == (Some(1_000), Some(5_000)));
    assert_eq!((log.len() - before, parts.count()), (3, 2), "each that was sent or led away is logged");

    opens_nothing_else(base, &address, &order, &other).await.expect("what is not theirs is refused");
    comes_to_its_end(&s3, wav).await.expect("an address ends");
    let page = request::send("GET", &order.url, &[("Accept", "text/html")], &[]).await.expect("the order's page");
    let policy = page.headers("content-security-policy").concat();
    assert!(policy.ends_with(&format!("; connect-src 'self' {}", s3.endpoint())), "{policy}");
}

#[test]
fn keys_that_the_store_does_not_believe_are_found_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let s3 = S3Server::start(&[BUCKET]);
    let files = |settings: &[(&str, &str)]| doctor(folder.path(), settings, "files");
    let (_, believed) = files(&s3.settings(BUCKET));
    assert_eq!(believed["ok"], true, "{believed}");
    let (name, secret) = KEYS;
    for (keys, why) in [((name, "guessed"), "SignatureDoesNotMatch"), (("somebody", secret), "NotSignedUp")] {
        let (ok, refused) = files(&s3.settings_with(BUCKET, keys));
        assert!(!ok && refused["ok"] == false, "{refused}");
        let said = refused["detail"].as_str().expect("a sentence");
        assert!(said.starts_with("listing the files of the store failed") && said.contains(why), "{said}");
        assert!(refused["remedy"].as_str().is_some_and(|remedy| remedy.contains("AWS_")), "{refused}");
    }
    let (ok, refused) = files(&s3.settings("elsewhere"));
    assert!(!ok && refused["detail"].to_string().contains("NoSuchBucket"), "{refused}");
}

#[test]
fn a_bucket_that_pages_may_not_fetch_from_is_found_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let s3 = S3Server::start(&[BUCKET]);
    let (_, inside) = doctor(folder.path(), &s3.settings(BUCKET), "downloads");
    assert_eq!(inside["ok"], true, "{inside}");
    let outside = [("LEDGERLINE_S3_PUBLIC_ENDPOINT", s3.endpoint())];
    let settings = [s3.settings(BUCKET).as_slice(), outside.as_slice()].concat();
    // What is signed is believed, and this server knows no rules.
    let (ok, shut) = doctor(folder.path(), &settings, "downloads");
    assert!(!ok && shut["detail"].to_string().contains("no CORS rule"), "{shut}");
    assert!(shut["remedy"].to_string().contains("s3_public_endpoint"), "{shut}");
}

/// Has the program look at its settings; whether all is well, and what it says of one thing.
fn doctor(folder: &Path, settings: &[(&str, &str)], name: &str) -> (bool, Value) {
    let mut doctor = program::command();
    doctor.args(["doctor", "--json", "--data"]).arg(folder).envs(settings.iter().copied());
    let output = doctor.output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!said.contains(KEYS.1), "{said}");
    let report: Value = serde_json::from_str(&said).expect("the report is JSON");
    let checks = report["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["name"] == name).expect("a check of that name").clone();
    (output.status.success(), check)
}

fn data_folder(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    fs::create_dir_all(&data).expect("a data folder");
    data
}

/// The objects of a bucket by their places, each of which ends with what it holds.
fn objects(s3: &S3Server, bucket: &str) -> BTreeMap<PathBuf, Sha256> {
    let bucket = s3.bucket(bucket);
    let objects = contents(&bucket, paths(&bucket));
    for (place, content) in &objects {
        assert!(
            place.starts_with("sha256") && place.ends_with(content.as_str()),
            "{} holds {content}",
            place.display()
        );
    }
    objects
}

fn checksums(files: &[DeliveredFile]) -> BTreeSet<(&str, &str)> {
    files.iter().map(|file| (file.kind.as_str(), file.sha256.as_str())).collect()
}

/// Where a link leads.
async fn led(link: &str, headers: &[(&str, &str)]) -> Result<String> {
    let answer = request::send("GET", link, headers, &[]).await?;
    ensure!(answer.status == 302 && answer.body.is_empty(), "{link} is answered with {}", answer.status);
    assert_eq!(answer.headers("cache-control"), ["private, no-store"]);
    answer.headers("location").first().map(|to| (*to).to_owned()).context("it leads somewhere")
}

/// Downloads a file where its link leads, whole and from within, and asks about it as managers of downloads do. Gives the address of the whole.
async fn gives_a_file_whole_and_in_part(s3: &S3Server, link: &str, file: &DeliveredFile) -> Result<String> {
    let whole = fs::read(&file.path)?;
    let name = file.path.file_name().context("it has a name")?.to_string_lossy();
    let address = led(link, &[]).await?;
    let place = format!("{}/{BUCKET}/sha256/", s3.endpoint());
    assert!(address.starts_with(&place) && address.contains("X-Amz-Expires=900&"), "{address}");
    let answer = request::send("GET", &address, &[], &[]).await?;
    let named = answer.headers("content-disposition").concat();
    assert_eq!((answer.status, answer.headers("content-type")), (200, vec!["audio/wav"]));
    assert!(named.starts_with("attachment") && named.contains(&*name), "{named}");
    assert!(answer.body == whole, "other bytes than those of the file");

    let range = ("Range", "bytes=1000-4999");
    let answer = request::send("GET", &led(link, &[range]).await?, &[range], &[]).await?;
    is_that_part(&answer, &whole);

    // What is only asked about is answered at once, and what goes on with that version too.
    let head = request::send("HEAD", link, &[], &[]).await?;
    let length = whole.len().to_string();
    assert_eq!((head.status, head.headers("content-length")), (200, vec![length.as_str()]));
    let tag = head.headers("etag").concat();
    is_that_part(&request::send("GET", link, &[range, ("If-Range", tag.as_str())], &[]).await?, &whole);
    let beyond = format!("bytes={length}-");
    assert_eq!(request::send("GET", link, &[("Range", beyond.as_str())], &[]).await?.status, 416);
    Ok(address)
}

fn is_that_part(answer: &Answer, whole: &[u8]) {
    let span = format!("bytes 1000-4999/{}", whole.len());
    assert_eq!((answer.status, answer.headers("content-range")), (206, vec![span.as_str()]));
    assert!(answer.body == whole[1000..5000], "other bytes than those of the file");
}

/// Tries what an address and a link of one order could be made into.
async fn opens_nothing_else(base: &str, address: &str, own: &PlacedOrder, other: &PlacedOrder) -> Result<()> {
    let (own, other) = (link_on(base, own, ".wav").await?, link_on(base, other, ".pdf").await?);
    let theirs = led(&format!("{base}{other}"), &[]).await?;
    let (place, _) = theirs.split_once('?').context("it is signed")?;
    let (_, signed) = address.split_once('?').context("it is signed")?;
    for forged in [
        format!("{place}?{signed}"),
        place.to_owned(),
        address.replace("X-Amz-Expires=900&", "X-Amz-Expires=90000&"),
        address.replace("audio%2Fwav", "text%2Fhtml"),
    ] {
        assert_ne!(forged, address);
        assert_eq!(request::send("GET", &forged, &[], &[]).await?.status, 403, "{forged}");
    }

    let token = |link: &str| link.split('/').nth(2).map(str::to_owned).context("a link has a token");
    let (own_token, other_token) = (token(&own)?, token(&other)?);
    let (subject, _) = own_token.rsplit_once('.').context("a token is signed")?;
    let (_, mac) = other_token.rsplit_once('.').context("a token is signed")?;
    let forged = format!("{base}{}", own.replace(&own_token, &format!("{subject}.{mac}")));
    let answer = request::send("GET", &forged, &[], &[]).await?;
    assert_eq!((answer.status, answer.headers("location").len()), (404, 0));
    Ok(())
}

/// Has an address signed for a second, and waits until it opens nothing any more.
async fn comes_to_its_end(s3: &S3Server, file: &DeliveredFile) -> Result<()> {
    let config = S3Config {
        bucket: BUCKET.to_owned(),
        endpoint: None,
        public_endpoint: Some(s3.endpoint().to_owned()),
        region: "us-east-1".to_owned(),
        prefix: String::new(),
        path_style: true,
        allow_http: false,
    };
    let files = s3::open(&config, |name| match name {
        "AWS_ACCESS_KEY_ID" => Some(KEYS.0.to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some(KEYS.1.to_owned()),
        _ => None,
    })?;
    let shown = Presentation { media_type: "audio/wav", disposition: "attachment" };
    let address = files.presign(&file.sha256.parse()?, Duration::from_secs(1), shown).await?;
    let address = address.context("it is reached from outside")?;
    let refusal = until("an address to end", PATIENCE, async || {
        let answer = request::send("GET", address.as_str(), &[], &[]).await?;
        Ok((answer.status != 200).then_some(answer))
    });
    let refusal = refusal.await?;
    let said = String::from_utf8_lossy(&refusal.body);
    assert!(refusal.status == 403 && said.contains("expired"), "{} {said}", refusal.status);
    Ok(())
}

/// Asks for a part of a bought file by the link on the order's page, as a download does that is taken up again.
async fn serves_a_part(base: &str, order: &PlacedOrder, bought: &[DeliveredFile]) -> Result<()> {
    let file = bought.iter().find(|file| file.kind == "wav").context("a WAV was bought")?;
    let whole = fs::read(&file.path)?;
    let link = format!("{base}{}", link_on(base, order, ".wav").await?);
    is_that_part(&request::send("GET", &link, &[("Range", "bytes=1000-4999")], &[]).await?, &whole);
    Ok(())
}

/// The link on an order's page to the file whose name ends so.
async fn link_on(base: &str, order: &PlacedOrder, ending: &str) -> Result<String> {
    let page = browser(base)?.get(&order.url).await?.text;
    let link = links(&page).find(|link| link.starts_with("/d/") && link.ends_with(ending));
    link.map(str::to_owned).with_context(|| format!("no link to a file {ending} on {page}"))
}

fn browser(base: &str) -> Result<Signer> {
    Signer::new(base, "A Guest", "guest@example.com")
}
