//! What the holder of an order's link does with a licence: the addresses of the song, and what answers a claim on it.

use std::collections::BTreeMap;

use domain::{
    delivery::entity::download,
    ids::OrderId,
    licensing::entity::channel,
    links::Purpose,
    sales::entity::{OrderState, order},
};
use reqwest::{Client, StatusCode};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait};

use super::{
    assert_strict, on_each_database,
    support::{Browser, Shop},
};
use crate::downloads::sold;

const HOME: &str = "https://www.youtube.com/@ada";

/// The order's page, and its licence's.
fn paths(shop: &Shop, order: OrderId) -> (String, String) {
    let page = format!("/orders/{}", shop.services.links.token(Purpose::Order, order, None));
    let licence = format!("{page}/licences/LL-7K3M9Q2X-1");
    (page, licence)
}

async fn refund(shop: &Shop, order: OrderId) {
    let refunded = order::ActiveModel {
        id: Set(order),
        state: Set(OrderState::Refunded),
        delivered_at: Set(None),
        ..Default::default()
    };
    refunded.update(&shop.services.db).await.unwrap();
}

/// The members of an archive by name.
#[expect(deprecated, reason = "the crate's newer reader cannot read members out of memory yet")]
async fn unpacked(archive: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let archive = async_zip::base::read::mem::ZipFileReader::new(archive).await.unwrap();
    let mut members = BTreeMap::new();
    for (index, entry) in archive.file().entries().iter().enumerate() {
        let mut read = Vec::new();
        let mut reader = archive.reader_with_entry(index).await.unwrap();
        reader.read_to_end_checked(&mut read).await.unwrap();
        members.insert(entry.filename().as_str().unwrap().to_owned(), read);
    }
    members
}

#[actix_web::test]
async fn a_licensee_tells_where_the_song_is_without_javascript() {
    on_each_database(async |shop| {
        let order = sold(shop).await;
        let ((page, licence), browser) = (paths(shop, order.id), Browser::new(&shop.url));
        let (add, remove) = (format!("{licence}/channels"), format!("{licence}/channels/remove"));
        let first = browser.get(&page).await;
        assert_strict(&first);
        assert!(first.text.contains("Where your song is online") && first.text.contains(&add), "{}", first.text);

        let wrong = browser.post(&add, &[("url", "youtube.com/\"><b>")]).await;
        assert_strict(&wrong);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("aria-invalid") && wrong.text.contains("begins with https://"), "{}", wrong.text);
        assert!(wrong.text.contains("value=\"youtube.com/&#34;&#62;&#60;b&#62;\""), "{}", wrong.text);

        let added = browser.post(&add, &[("url", HOME)]).await;
        assert_eq!((added.status, added.header("location")), (StatusCode::SEE_OTHER, page.as_str()));
        let twice = browser.post(&add, &[("url", HOME)]).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        assert!(twice.text.contains("in the list already"), "{}", twice.text);
        let shown = browser.get(&page).await;
        assert!(shown.text.contains(HOME) && !shown.text.contains("aria-invalid"));

        let form = [("channel", shown.hidden("channel"))];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        for path in [&add, &remove] {
            let foreign = browser.post_from("https://evil.example", path, &form).await;
            assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        }
        for _ in 0..2 {
            assert_eq!(browser.post(&remove, &form).await.status, StatusCode::SEE_OTHER, "gone is gone");
        }
        assert_eq!(channel::Entity::find().count(&shop.services.db).await.unwrap(), 0);
        let elsewhere = browser.post(&add.replace("-1/", "-2/"), &[("url", HOME)]).await;
        assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);

        refund(shop, order.id).await;
        assert!(!browser.get(&page).await.text.contains(&add));
        assert_eq!(browser.post(&add, &[("url", HOME)]).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[actix_web::test]
async fn a_page_that_loads_itself_again_takes_no_typing() {
    on_each_database(async |shop| {
        let order = sold(shop).await;
        let ((page, licence), browser) = (paths(shop, order.id), Browser::new(&shop.url));
        let making = order::ActiveModel {
            id: Set(order.id),
            state: Set(OrderState::Paid),
            delivered_at: Set(None),
            ..Default::default()
        };
        making.update(&shop.services.db).await.unwrap();
        let making = browser.get(&page).await;
        assert!(making.text.contains("http-equiv=\"refresh\"") && !making.text.contains("name=\"url\""));
        assert!(making.text.contains(&format!("{licence}/claim-release")), "{}", making.text);
    })
    .await;
}

#[actix_web::test]
async fn what_was_bought_stays_where_its_link_leads_and_leads_into_no_closed_shop() {
    on_each_database(async |shop| {
        let order = sold(shop).await;
        let ((page, licence), browser) = (paths(shop, order.id), Browser::new(&shop.url));
        let claim = format!("{licence}/claim-release");
        for path in [&page, &claim] {
            let open = browser.get(path).await;
            assert!(open.text.contains("href=\"/s/nova/cart\""), "{}", open.text);
        }
        shop.shut().await;
        for path in [&page, &claim] {
            let shut = browser.get(path).await;
            assert_strict(&shut);
            assert_eq!(shut.status, StatusCode::OK);
            let is_outside = !shut.text.contains("/s/nova") && !shut.text.contains(">Cart");
            assert!(is_outside && shut.text.contains(">Nova Sound</span>"), "{}", shut.text);
        }
        refund(shop, order.id).await;
        assert!(!browser.get(&page).await.text.contains("Back to the beats"));
        shop.reopen().await;
        assert!(browser.get(&page).await.text.contains("Back to the beats"));
    })
    .await;
}

#[actix_web::test]
async fn a_claim_is_answered_by_page_and_archive() {
    on_each_database(async |shop| {
        let order = sold(shop).await;
        let ((page, licence), browser) = (paths(shop, order.id), Browser::new(&shop.url));
        let http = Client::builder().no_proxy().build().unwrap();
        browser.post(&format!("{licence}/channels"), &[("url", HOME)]).await;
        let seen = browser.get(&format!("{licence}/claim-release")).await;
        assert_strict(&seen);
        assert_eq!((seen.status, seen.header("cache-control")), (StatusCode::OK, "no-store"));
        assert_eq!(seen.header("referrer-policy"), "same-origin");
        let verify = format!("{}/verify/LL-7K3M9Q2X-1", shop.url);
        for said in [
            "I have a licence for the music that was claimed.",
            "My song uses the beat “Night Drive”. Nova Sound Ltd, trading as Nova Sound licensed it to Ada on",
            "Trackout lease",
            "without end",
            "of your contract: <span lang=\"en\">Content ID",
            "because others hold licences of the same Beat",
            HOME,
            verify.as_str(),
            "the sealed contract",
        ] {
            assert!(seen.text.contains(said), "{said} in {}", seen.text);
        }

        let archive_url = format!("{}{licence}/claim-release.zip", shop.url);
        let head = http.head(&archive_url).send().await.unwrap();
        assert_eq!(head.status(), StatusCode::OK);
        let downloads = async || download::Entity::find().count(&shop.services.db).await.unwrap();
        assert_eq!(downloads().await, 0, "asking about it is no download");
        let answer = http.get(&archive_url).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/zip");
        let members = unpacked(answer.bytes().await.unwrap().to_vec()).await;
        assert_eq!(downloads().await, 1, "the contract in it is");
        let contract = "Night Drive (Trackout lease) LL-7K3M9Q2X-1 contract.pdf";
        assert_eq!(members.keys().collect::<Vec<_>>(), [contract, "certificate.pdf", "dispute.txt"]);
        assert_eq!(members[contract], b"%PDF");
        assert!(members["certificate.pdf"].starts_with(b"%PDF-"));
        let dispute = String::from_utf8(members["dispute.txt"].clone()).unwrap();
        assert!(dispute.starts_with("I have a licence") && dispute.contains(&verify), "{dispute}");
        assert!(dispute.trim_end().chars().count() <= 1_000);

        for path in [
            format!("{page}/licences/LL-7K3M9Q2X-2/claim-release"),
            format!("{page}/licences/%00/claim-release.zip"),
            licence.replace("/orders/order.", "/orders/order.x") + "/claim-release.zip",
        ] {
            assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        refund(shop, order.id).await;
        for path in ["claim-release", "claim-release.zip"] {
            let gone = browser.get(&format!("{licence}/{path}")).await;
            assert_eq!(gone.status, StatusCode::GONE, "{path}");
            assert!(gone.text.contains("refunded"), "{}", gone.text);
        }
    })
    .await;
}
