//! A free download as a browser without JavaScript asks for it, confirms it, fetches it and unsubscribes.

use domain::{
    free_downloads::{
        commands::set_free_download,
        entity::{consent, request},
    },
    links::Purpose,
};
use reqwest::StatusCode;
use sea_orm::{EntityTrait, PaginatorTrait};

use super::{assert_strict, on_each_database, support::Browser};

#[actix_web::test]
async fn a_preview_is_downloaded_for_an_address_that_proves_itself() {
    on_each_database(async |shop| {
        let beat = shop.beat("Night Drive", "night-drive", 140_000).await;
        let (browser, services, owner) = (Browser::new(&shop.url), &shop.services, shop.owner().await);
        assert!(!browser.get("/s/nova/night-drive").await.text.contains("Free download"));
        let tx = services.begin().await.unwrap();
        set_free_download(&tx, &owner, beat, true).await.unwrap();
        tx.commit().await.unwrap();
        let page = browser.get("/s/nova/night-drive").await;
        assert_strict(&page);
        assert!(page.text.contains("Free download") && page.text.contains("unsubscribe at any time"));
        let wording = page.hidden("wording");
        let ask = async |email: &str| {
            browser.post("/s/nova/night-drive/free", &[("email", email), ("wording", wording.as_str())]).await
        };
        let wrong = ask("ada").await;
        assert_strict(&wrong);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("value=\"ada\"") && wrong.text.contains("aria-invalid"), "{}", wrong.text);
        let sent = ask("ada@example.com").await;
        assert_strict(&sent);
        assert!(sent.text.contains("Look into your mail") && !sent.text.contains("/free/"));

        let asked = request::Entity::find().one(&services.db).await.unwrap().unwrap();
        let token = services.links.token(Purpose::FreeDownload, asked.id, Some(asked.expires_at));
        let (link, file) = (format!("/free/{token}"), format!("/free/{token}/file"));
        let looking = browser.get(&link).await;
        assert_strict(&looking);
        assert!(looking.text.contains("Confirm and download"));
        assert_eq!(browser.get(&file).await.status, StatusCode::CONFLICT);
        assert_eq!(consent::Entity::find().count(&services.db).await.unwrap(), 0, "looking confirms nothing");
        assert_eq!(browser.post(&link, &[]).await.status, StatusCode::SEE_OTHER);
        let ready = browser.get(&link).await;
        assert_strict(&ready);
        assert!(ready.text.contains(&file) && ready.text.contains("Unsubscribe"));
        let got = browser.get(&file).await;
        assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, "audio/mpeg"));
        assert!(got.header("content-disposition").contains("Night Drive (tagged preview).mp3"));

        let given = consent::Entity::find().one(&services.db).await.unwrap().unwrap();
        let way_out = format!("/unsubscribe/{}", services.links.token(Purpose::Unsubscribe, given.id, None));
        let asking = browser.get(&way_out).await;
        assert_strict(&asking);
        assert!(asking.text.contains("Unsubscribe?"));
        let out = browser.post(&way_out, &[]).await;
        assert!(out.status == StatusCode::OK && out.text.contains("You are unsubscribed"), "{}", out.text);
        assert!(!browser.get(&link).await.text.contains("Unsubscribe"));
        assert!(browser.get(&link).await.text.contains("Back to the shop"));
        shop.shut().await;
        for path in [&link, &way_out] {
            let shut = browser.get(path).await;
            assert_strict(&shut);
            assert!(shut.status == StatusCode::OK && !shut.text.contains("/s/nova"), "{}", shut.text);
        }
        for path in ["/free/x", "/free/x/file", "/unsubscribe/x"] {
            assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    })
    .await;
}
