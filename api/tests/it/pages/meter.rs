//! The meter on the order's page, and the upgrade that is bought from there.

use domain::{
    ids::OrderId,
    licensing::entity::{licence, usage},
    links::Purpose,
    sales::entity::{OrderState, order},
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait};

use super::{
    assert_strict, on_each_database,
    support::{Browser, Shop},
};

/// Pays at the sandbox; the address of the order's page.
async fn pay(browser: &Browser, pay_url: &str) -> String {
    let paid = browser.post(pay_url, &[("card", "4242424242424242"), ("outcome", "pay")]).await;
    assert_eq!(paid.status, StatusCode::SEE_OTHER, "{}", paid.text);
    paid.header("location").to_owned()
}

/// An MP3 lease whose files are all ready: its order's page and its reference.
async fn bought(shop: &Shop, browser: &Browser) -> (String, String) {
    shop.beat("Night Drive", "night-drive", 140_000).await;
    let page = pay(browser, &super::visits::order(browser).await).await;
    browser.get(&page).await;
    let token = page.rsplit_once('/').unwrap().1;
    let id: OrderId = shop.services.links.open(Purpose::Order, token, shop.services.env.now()).unwrap();
    let delivered = order::ActiveModel {
        id: Set(id),
        state: Set(OrderState::Delivered),
        delivered_at: Set(Some(shop.services.env.now())),
        ..Default::default()
    };
    delivered.update(&shop.services.db).await.unwrap();
    let licence = licence::Entity::find().one(&shop.services.db).await.unwrap().unwrap();
    (page, licence.reference)
}

#[actix_web::test]
async fn a_licensee_tells_what_the_song_has_come_to_and_upgrades_without_javascript() {
    on_each_database(async |shop| {
        let browser = Browser::new(&shop.url);
        let (page, reference) = bought(shop, &browser).await;
        let (usage_path, upgrade_path) =
            (format!("{page}/licences/{reference}/usage"), format!("{page}/licences/{reference}/upgrade"));
        let today = shop.services.env.now().date_naive().to_string();
        let first = browser.get(&page).await;
        assert_strict(&first);
        for said in
            ["aria-label=\"Streams: 0 of 10,000 (0 %)\"", "Music videos", "Upgrade this licence", "name=\"total\""]
        {
            assert!(first.text.contains(said), "{said} in {}", first.text);
        }

        let form = |total| [("cap", "streams"), ("source", "Spotify"), ("total", total), ("as_of", today.as_str())];
        let wrong = browser.post(&usage_path, &form("many")).await;
        assert_strict(&wrong);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("not a whole number") && wrong.text.contains("value=\"many\""), "{}", wrong.text);
        let foreign = browser.post_from("https://evil.example", &usage_path, &form("1")).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        let elsewhere = usage_path.replace("-1/usage", "-2/usage");
        assert_eq!(browser.post(&elsewhere, &form("1")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(usage::Entity::find().count(&shop.services.db).await.unwrap(), 0);

        let told = browser.post(&usage_path, &form("8 500")).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
        let shown = browser.get(&page).await;
        for said in ["8,500 of 10,000 (85 %)", "value=\"85\"", "Close to the limit.", "Spotify: 8,500 on "] {
            assert!(shown.text.contains(said), "{said} in {}", shown.text);
        }

        let upgrades = browser.get(&upgrade_path).await;
        assert_strict(&upgrades);
        assert_eq!(upgrades.header("cache-control"), "no-store");
        assert!(upgrades.text.contains("EUR\u{a0}30.00 that you have paid is credited"), "{}", upgrades.text);
        assert_eq!((upgrades.hidden("tier").as_str(), upgrades.hidden("seen_minor").as_str()), ("wav", "3000"));
        let contract = browser.get(&format!("{upgrade_path}/wav/contract")).await;
        assert_strict(&contract);
        assert!(contract.text.contains("takes the place of the licence") && contract.text.contains(&reference));
        assert_eq!(browser.get(&format!("{upgrade_path}/mp3/contract")).await.status, StatusCode::NOT_FOUND);

        shop.shut().await;
        let shut = browser.get(&upgrade_path).await;
        assert_strict(&shut);
        assert_eq!(shut.status, StatusCode::GONE);
        assert!(shut.text.contains("Back to the order") && !shut.text.contains("EUR\u{a0}"), "{}", shut.text);
        assert!(!browser.get(&page).await.text.contains("Upgrade this licence"), "nothing is sold there any more");
        shop.reopen().await;

        let agreed = |minor| [("tier", "wav"), ("seen_minor", minor), ("seen_currency", "EUR")];
        let stale = browser.post(&upgrade_path, &agreed("1")).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.text.contains("The upgrade now costs EUR 30.00"), "{}", stale.text);
        let placed = browser.post(&upgrade_path, &agreed("3000")).await;
        assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
        let upgraded = browser.get(&pay(&browser, placed.header("location")).await).await;
        assert_strict(&upgraded);
        for said in [format!("it has taken the place of {reference}"), "8,500 of 100,000 (8 %)".to_owned()] {
            assert!(upgraded.text.contains(&said), "{said} in {}", upgraded.text);
        }

        let old = browser.get(&page).await;
        assert!(old.text.contains("This licence was upgraded") && !old.text.contains("name=\"total\""), "{}", old.text);
        assert!(old.text.contains("MP3, 320 kbit/s"), "its files stay: {}", old.text);
        assert_eq!(browser.post(&usage_path, &form("9000")).await.status, StatusCode::CONFLICT);
        let none = browser.get(&upgrade_path).await;
        assert_eq!(none.status, StatusCode::CONFLICT);
        assert!(
            none.text.contains("There is no upgrade") && none.text.contains("has taken its place"),
            "{}",
            none.text
        );
    })
    .await;
}
