//! The store gone for a while: in the middle of an upload, and of a render and a sale.

use std::time::Duration;

use anyhow::{Context, Result};
use audio_engine::compose::Style;
use cli::client::{Beat, Guest, PlacedOrder, Producer, Seen, Signer, until};
use domain::{
    catalog::Sha256,
    outbox::{entity::job, queries as outbox},
    store::{self, Db},
};

use super::{BUCKET, browser, data_folder, link_on, objects};
use crate::{
    backup::{paths, sqlite},
    program::{Server, free_port},
    request,
    s3_server::S3Server,
    shop::{PATIENCE, Shop, base, come_to_rest, composed, struck},
};

/// Within this time whoever asks for a file is answered, though its store is gone: the store is tried for 20 s, and before the last try there is a pause.
const ANSWERED: Duration = Duration::from_secs(40);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_the_store_breaks_off_is_told_of_and_is_taken_when_it_is_sent_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut s3 = S3Server::start(&[BUCKET]);
    let data = data_folder(folder.path());
    let port = free_port();
    let _server = Server::start(&data, port, &s3.settings(BUCKET));
    let base = &base(port);
    let mut producer = Producer::new(base).expect("a producer");
    let studio = producer.sign_up("Broken Off", "EUR").await.expect("a studio opens");
    let cookies = request::sign_in(base).await.expect("its owner signs in");

    // A statement, for nothing is done with it but that it is stored, in several parts.
    let statement = b"Reporting Date\tTrack\n".repeat(2 << 20);
    let address = format!("{base}/uploads/single?studio={}&kind=statement&name=earnings.tsv", studio.id);
    let headers = [("Content-Type", "text/plain"), ("Origin", base.as_str()), ("Cookie", cookies.as_str())];
    let upload = async || request::send("POST", &address, &headers, &statement).await;
    let broken_off = async {
        let seen = until("the middle of the upload", PATIENCE, async || Ok(s3.holds_parts().then_some(()))).await;
        seen.expect("the store holds some of its parts");
        s3.end();
    };
    // The part that is not taken is waited for, and then the upload's being called off.
    let (answer, ()) = tokio::join!(tokio::time::timeout(2 * ANSWERED, upload()), broken_off);
    let answer = answer.expect("it is answered in time").expect("and whole");
    let said = answer.json().expect("a problem");
    assert_eq!((answer.status, &said["code"]), (503, &"UNAVAILABLE".into()), "{said}");
    assert_eq!(answer.headers("retry-after"), ["5"], "{said}");
    assert!(paths(&s3.bucket(BUCKET)).is_empty(), "half a file is none");

    s3.begin();
    let answer = upload().await.expect("it is answered");
    let said = answer.json().expect("an asset");
    let sha256 = Sha256::of(&statement);
    assert_eq!((answer.status, said["sha256"].as_str()), (201, Some(sha256.as_str())), "{said}");
    assert_eq!(objects(&s3, BUCKET).into_values().collect::<Vec<_>>(), [sha256]);
    let db = store::connect(&sqlite(&data), 1).await.expect("the database opens");
    come_to_rest(&db).await.expect("all comes to rest");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_render_and_a_sale_come_to_their_end_though_the_store_is_gone_in_the_middle() {
    let folder = tempfile::tempdir().expect("a folder");
    let within = |name: &str| folder.path().join(name);
    let mut s3 = S3Server::start(&[BUCKET]);
    let data = data_folder(folder.path());
    let port = free_port();
    let _server = Server::start(&data, port, &s3.settings(BUCKET));
    let base = &base(port);
    let shop = Shop::open(base, &struck(folder.path(), "First Light", 220.0)).await.expect("the shop opens");
    let guest = Guest::new(base).expect("a guest");
    let before = shop.sell(&guest, "mp3", "before@example.com").await.expect("it is sold");
    let db = store::connect(&sqlite(&data), 1).await.expect("the database opens");

    let file = composed(folder.path(), Style::House);
    let outage = async {
        until_masters(&db, "a bounce to begin", |job| job.beat_at.is_some()).await?;
        s3.end();
        told_meanwhile(base, &shop, &before).await?;
        // Money needs no files: what is paid now is owed, and made as soon as it can be.
        let order = guest.place_order(&shop.studio, &shop.beat, "wav", "A Guest", "meanwhile@example.com").await?;
        guest.pay(&order).await?;
        until_masters(&db, "the bounce to fail", |job| job.last_error.is_some()).await?;
        s3.begin();
        Ok::<_, anyhow::Error>(order)
    };
    let (beat, meanwhile) = tokio::join!(shop.producer.bring_in(&shop.studio, &file), outage);
    let (beat, meanwhile) = (beat.expect("it is on sale"), meanwhile.expect("the store was gone and is there again"));
    shop.producer.wait_for_masters(&beat).await.expect("they are bounced after all");
    guest.wait_for_delivery(&meanwhile).await.expect("it is delivered after all");
    for order in [&before, &meanwhile] {
        guest.download_all(order, &within("bought")).await.expect("each file has its checksum");
    }
    let proof = come_to_rest(&db).await.expect("all comes to rest");
    assert_eq!((proof.payments, proof.licences, proof.journals), (2, 2, 2), "nothing is lost and nothing doubled");
    // Nothing that was stored is half of what it should be.
    objects(&s3, BUCKET);
}

/// Waits until an open bounce of masters is as it is looked for.
async fn until_masters(db: &Db, what: &str, is_so: impl Fn(&job::Model) -> bool) -> Result<()> {
    until(what, PATIENCE, async || {
        let open = outbox::all_open(db).await?;
        Ok(open.iter().any(|job| job.kind == "bounce_masters" && is_so(job)).then_some(()))
    })
    .await
}

/// Looks at an address, which must be answered in time.
async fn look(browser: &Signer, address: &str) -> Result<Seen> {
    tokio::time::timeout(ANSWERED, browser.get(address)).await.with_context(|| format!("{address} hangs"))?
}

/// What whoever asks is told while the store is gone: a file fails in words, and a page does without.
async fn told_meanwhile(base: &str, shop: &Shop, order: &PlacedOrder) -> Result<()> {
    let link = link_on(base, order, ".mp3").await?;
    let browser = browser(base)?;
    let Beat { preview_url, url, .. } = &shop.beat;
    let (download, preview, page) =
        tokio::join!(look(&browser, &link), look(&browser, preview_url), look(&browser, url));
    let (download, preview, page) = (download?, preview?, page?);
    assert_eq!((download.status.as_u16(), preview.status.as_u16(), page.status.as_u16()), (503, 503, 200));
    assert!(download.text.contains("This file cannot be downloaded"), "{}", download.text);
    assert!(preview.text.contains("does not answer just now"), "{}", preview.text);
    assert!(page.text.contains(&shop.beat.title), "{}", page.text);
    Ok(())
}
