//! A shop at its studio's own domain.

use api::ApiConfig;
use domain::{domains::entity::claim, ids::StudioId, services::Services};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::Value;

use super::{
    assert_strict, on_each_database,
    support::{Browser, Shop},
};
use crate::support::with_config;

const HOST: &str = "beats.example";

/// Lets a studio have shown that the host is its own.
async fn prove(services: &Services, studio: StudioId) {
    let now = services.env.now();
    let row = claim::Model {
        id: services.env.id(),
        studio_id: studio,
        host: HOST.into(),
        token: "0".repeat(32),
        created_at: now,
        verified_at: Some(now),
        looked_at: Some(now),
        missed: 0,
    };
    row.into_active_model().insert(&services.db).await.unwrap();
}

/// A browser that is at the shop's own domain.
async fn at_home(shop: &Shop) -> Browser {
    shop.beat("Night Drive", "night-drive", 140_000).await;
    prove(&shop.services, shop.studio).await;
    Browser::under(HOST, &shop.url)
}

#[actix_web::test]
async fn a_shop_is_at_the_root_of_its_own_domain() {
    on_each_database(async |shop| {
        let browser = at_home(shop).await;
        let base = &browser.base;
        let front = browser.get("/").await;
        assert_eq!(front.status, StatusCode::OK);
        assert_strict(&front);
        for said in [
            format!("<link rel=\"canonical\" href=\"{base}\">"),
            format!("href=\"{base}/night-drive\""),
            format!("href=\"{base}/cart\""),
        ] {
            assert!(front.text.contains(&said), "{said} in {}", front.text);
        }
        assert!(!front.text.contains("/s/nova"), "{}", front.text);
        let beat = browser.get("/night-drive").await;
        assert_strict(&beat);
        for said in [
            format!("<link rel=\"canonical\" href=\"{base}/night-drive\">"),
            format!("<meta property=\"og:url\" content=\"{base}/night-drive\">"),
            format!("<meta property=\"og:audio\" content=\"{base}/media/"),
        ] {
            assert!(beat.text.contains(&said), "{said} in {}", beat.text);
        }
        assert_eq!(browser.get("/night-drive/wav/contract").await.status, StatusCode::OK);
        assert_eq!(browser.get("/night-drive/embed").await.status, StatusCode::OK);
        let told = browser.get(&format!("/oembed?url={base}/night-drive")).await;
        let told: Value = serde_json::from_str(&told.text).unwrap();
        assert_eq!(told["author_url"], base.as_str());
        assert!(told["html"].as_str().unwrap().contains(&format!("{base}/night-drive/embed")));

        // On the platform it is as well, and says where it belongs.
        let platform = Browser::new(&shop.url);
        let elsewhere = platform.get("/s/nova/night-drive").await;
        assert!(elsewhere.text.contains(&format!("<link rel=\"canonical\" href=\"{base}/night-drive\">")));
        assert!(elsewhere.text.contains("href=\"/s/nova/cart\""), "who is there stays there: {}", elsewhere.text);
        assert_eq!(platform.get("/").await.header("location"), base);
        assert_eq!(platform.get("/internal/domains?domain=Beats.Example").await.status, StatusCode::OK);
        assert_eq!(platform.get("/internal/domains?domain=other.example").await.status, StatusCode::NOT_FOUND);
        let asked = format!("{}/internal/domains?domain=beats.example", shop.url);
        let passed_on = reqwest::Client::new().get(asked).header("X-Forwarded-For", "10.1.2.3");
        assert_eq!(passed_on.send().await.unwrap().status(), StatusCode::NOT_FOUND, "that is for proxies themselves");
    })
    .await;
}

#[actix_web::test]
async fn neither_the_dashboard_nor_other_shops_are_at_a_shops_own_domain() {
    on_each_database(async |shop| {
        shop.found(shop.services.env.id(), "other", "Other Sound").await;
        let browser = at_home(shop).await;
        for path in [
            "/dashboard",
            "/dashboard/nova/beats",
            "/graphql",
            "/mailbox",
            "/account/forgotten",
            "/health",
            "/internal/domains?domain=beats.example",
            "/s/other",
            "/portfolio/other",
        ] {
            assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(browser.post("/graphql", &[("query", "{ me { id } }")]).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[actix_web::test]
async fn who_buys_at_a_shops_own_domain_comes_back_to_it() {
    on_each_database(async |shop| {
        let browser = at_home(shop).await;
        let base = &browser.base;
        let beat = browser.get("/night-drive").await;
        let id = beat.hidden("beat");
        let line = [("beat", id.as_str()), ("tier", "wav")];
        let foreign = browser.post_from("https://evil.example", "/cart", &line).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        let added = browser.post("/cart", &line).await;
        assert_eq!(added.header("location"), format!("{base}/cart?added=1"), "{}", added.text);
        assert!(added.header("set-cookie").contains("Path=/;"), "{}", added.header("set-cookie"));
        let cart = browser.get("/cart").await;
        assert_strict(&cart);
        let (minor, currency) = (cart.hidden("seen_minor"), cart.hidden("seen_currency"));
        let form = [
            ("name", "Ada"),
            ("email", "ada@example.com"),
            ("seen_minor", minor.as_str()),
            ("seen_currency", currency.as_str()),
        ];
        let placed = browser.post("/checkout", &form).await;
        assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
        let pay_url = placed.header("location");
        let left = browser.post(pay_url, &[("outcome", "cancel")]).await;
        assert_eq!(left.header("location"), format!("{base}/cart"));
        assert!(browser.get("/cart").await.text.contains("Night Drive"), "the cart is still there");
        let paid = browser.post(pay_url, &[("card", "4242 4242 4242 4242"), ("outcome", "pay")]).await;
        let order = paid.header("location");
        assert!(order.starts_with(&format!("{base}/orders/")), "{order}");
        let making = browser.get(order).await;
        assert_strict(&making);
        assert!(making.text.contains("Your files are being made"), "{}", making.text);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_nobodys_leads_nowhere_once_the_platform_has_one() {
    let config = ApiConfig { graphiql: true, ..ApiConfig::default() };
    with_config(config, "https://ledgerline.example", async |world| {
        let (_, studio) = world.sign_up("Nova").await;
        let get = async |host: &str, path: &str| {
            let request = world.http.get(format!("{}{path}", world.base)).header("Host", host);
            request.send().await.unwrap()
        };
        for path in ["/", "/dashboard", "/graphql"] {
            assert_eq!(get("stranger.example", path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
        // Probes and the gateway may know a machine by any name.
        assert_eq!(get("stranger.example", "/health").await.status(), StatusCode::OK);
        for host in ["ledgerline.example", "www.ledgerline.example:443", "127.0.0.1:8080", "api-1:8080"] {
            let seen = get(host, "/verify").await;
            assert_eq!(seen.status(), StatusCode::OK, "{host}");
            let over_tls = seen.headers()["strict-transport-security"].to_str().unwrap();
            assert!(over_tls.contains("includeSubDomains"));
        }
        prove(&world.services, studio).await;
        let seen = get("Beats.Example", "/").await;
        assert_eq!(seen.status(), StatusCode::OK);
        assert_eq!(seen.headers()["strict-transport-security"], "max-age=31536000", "what lies below it is not ours");
        assert!(seen.text().await.unwrap().contains("<link rel=\"canonical\" href=\"https://beats.example\">"));
    })
    .await;
}
