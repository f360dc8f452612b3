//! Visits of a shop: a beat is looked at, ordered, paid and delivered, and the gateway tells of it.

use domain::{
    actor::Ctx,
    catalog::{
        self, BeatChange,
        entity::{Sample, SampleClearance},
    },
    edit::Edit,
    ids::OrderId,
    links::Purpose,
    sales::{self, entity::OrderState},
};
use reqwest::StatusCode;

use super::{
    assert_strict, on_each_database,
    support::{Browser, OVER_TLS},
};

#[actix_web::test]
async fn a_beat_is_found_bought_and_delivered_without_javascript() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let slow = shop.beat("Slow Tide", "slow-tide", 72_500).await.to_string();
        let browser = Browser::new(&shop.url);

        let home = browser.get("/").await;
        assert_eq!((home.status, home.header("location")), (StatusCode::FOUND, "/s/nova"));
        let all = browser.get("/s/nova").await;
        assert_strict(&all);
        assert!(
            all.text.contains("Night Drive") && all.text.contains("72.5 BPM") && all.text.contains("<path d=\"M2 ")
        );
        let narrowed = browser.get("/s/nova?bpm_min=100&mood=dark&key=A+minor").await;
        // The head tells of the shop as a whole, whatever is looked for.
        let (_, listed) = narrowed.text.split_once("<main").unwrap();
        assert!(listed.contains("Night Drive") && !listed.contains("Slow Tide"));
        assert!(browser.get("/s/nova?q=nothing").await.text.contains("No beat fits"));

        let beat = browser.get("/s/nova/night-drive").await;
        assert_strict(&beat);
        assert!(beat.text.contains("Read the contract") && beat.text.contains("<audio controls"));
        let contract = browser.get("/s/nova/night-drive/wav/contract").await;
        assert_strict(&contract);
        assert!(contract.text.contains("England and Wales") && contract.text.contains("Night Drive"));

        let added = browser.post("/s/nova/cart", &[("beat", &beat.hidden("beat")), ("tier", "wav")]).await;
        assert_eq!((added.status, added.header("location")), (StatusCode::SEE_OTHER, "/s/nova/cart?added=1"));
        let cookie = added.header("set-cookie");
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/s/nova", "Max-Age="] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let cart = browser.get("/s/nova/cart").await;
        assert_strict(&cart);
        assert_eq!(cart.header("cache-control"), "no-store");
        let (minor, currency) = (cart.hidden("seen_minor"), cart.hidden("seen_currency"));

        let typed = |name, email| {
            [("name", name), ("email", email), ("seen_minor", minor.as_str()), ("seen_currency", currency.as_str())]
        };
        let hangul = browser.post("/s/nova/checkout", &typed("김민수", "ada@example.com")).await;
        assert_eq!(hangul.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(hangul.text.contains("김 (U+AE40)") && hangul.text.contains("aria-invalid"), "{}", hangul.text);
        let wrong = browser.post("/s/nova/checkout", &typed("Ada Lovelace", "ada")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("value=\"Ada Lovelace\"") && wrong.text.contains("aria-invalid"), "{}", wrong.text);

        let placed = browser.post("/s/nova/checkout", &typed("Ada Lovelace", "ada@example.com")).await;
        assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
        let pay_url = placed.header("location").to_owned();
        let twice = browser.post("/s/nova/checkout", &typed("Ada Lovelace", "ada@example.com")).await;
        assert_eq!(twice.header("location"), pay_url, "a second click is the same order");

        // Who turns back at the gateway finds what they typed; nobody else does.
        let left = browser.post(&pay_url, &[("outcome", "cancel")]).await;
        let back = browser.get(left.header("location")).await;
        assert_strict(&back);
        assert!(
            back.text.contains("value=\"Ada Lovelace\"") && back.text.contains("value=\"ada@example.com\""),
            "{}",
            back.text
        );
        let other = Browser::new(&shop.url);
        other.post("/s/nova/cart", &[("beat", &slow), ("tier", "wav")]).await;
        let others = other.get("/s/nova/cart").await;
        assert!(others.text.contains("Name of the licensee") && !others.text.contains("Ada"), "{}", others.text);

        let paid = browser.post(&pay_url, &[("card", "4242 4242 4242 4242"), ("outcome", "pay")]).await;
        assert_eq!(paid.status, StatusCode::SEE_OTHER);

        // The event has not been sent: the buyer's own return settles the order.
        let order_url = paid.header("location").to_owned();
        let making = browser.get(&order_url).await;
        assert_strict(&making);
        assert!(
            making.text.contains("http-equiv=\"refresh\"") && making.text.contains("Your files are being made"),
            "{}",
            making.text
        );
        assert!(making.text.contains("data-progress=\"making ") && making.text.contains(">Look again</a>"));
        assert_eq!(making.header("cache-control"), "no-store");
        assert_eq!(making.header("referrer-policy"), "same-origin");
        assert!(making.text.contains("WAV, 24 bit") && !making.text.contains("/d/"));

        // Once it is paid, the cart is a new one.
        browser.post("/s/nova/cart", &[("beat", &slow), ("tier", "wav")]).await;
        let next = browser.get("/s/nova/cart").await;
        assert!(next.text.contains("Name of the licensee") && !next.text.contains("Ada"), "{}", next.text);
    })
    .await;
}

#[actix_web::test]
async fn over_tls_a_carts_cookie_is_held_to_it_by_its_name() {
    on_each_database(async |shop| {
        let beat = shop.beat("Night Drive", "night-drive", 140_000).await.to_string();
        let (base, server) = shop.over_tls();
        let line = [("beat", beat.as_str()), ("tier", "wav")];
        let added = Browser::new(&base).post_from(OVER_TLS, "/s/nova/cart", &line).await;
        let set = added.header("set-cookie");
        assert!(set.starts_with("__Secure-cart=") && set.contains("; Secure"), "{set}");
        let cookie = set.split(';').next().unwrap();
        let http = reqwest::Client::new();
        let is_known_by = async |cookie: &str| {
            let cart = http.get(format!("{base}/s/nova/cart")).header("Cookie", cookie).send().await.unwrap();
            cart.text().await.unwrap().contains("Night Drive")
        };
        assert!(is_known_by(cookie).await);
        assert!(!is_known_by(cookie.trim_start_matches("__Secure-")).await, "anybody in between could set that one");
        server.stop(true).await;
    })
    .await;
}

#[actix_web::test]
async fn a_beats_cover_is_drawn_the_same_by_itself_as_in_its_shop() {
    on_each_database(async |shop| {
        let beat = shop.beat("Night Drive", "night-drive", 140_000).await;
        let browser = Browser::new(&shop.url);
        let cover = browser.get(&format!("/covers/{beat}.svg")).await;
        assert_eq!((cover.status, cover.header("content-type")), (StatusCode::OK, "image/svg+xml"));
        assert!(cover.header("cache-control").contains("immutable"));
        let (_, drawing) = cover.text.split_once("<defs>").unwrap();
        assert!(browser.get("/s/nova").await.text.contains(drawing), "{drawing}");
        assert_eq!(browser.get("/covers/beat_x.svg").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[actix_web::test]
async fn a_beats_samples_stand_on_its_page_and_decide_its_tiers() {
    on_each_database(async |shop| {
        let beat = shop.beat("Night Drive", "night-drive", 140_000).await;
        let browser = Browser::new(&shop.url);
        let before = browser.get("/s/nova/night-drive").await;
        assert!(before.text.contains("Exclusive licence") && !before.text.contains("Samples"), "{}", before.text);

        let sample = |title: &str, clearance| Sample { title: title.into(), source: "Kalina, 1974".into(), clearance };
        let samples =
            vec![sample("Tęsknota", SampleClearance::NotCleared), sample("<b>Loop", SampleClearance::RoyaltyFree)];
        let change = BeatChange { samples: Edit::To(samples), ..BeatChange::default() };
        let tx = shop.services.begin().await.unwrap();
        catalog::update_beat(&tx, &Ctx::system(shop.services.env.clone()), beat, change).await.unwrap();
        tx.commit().await.unwrap();

        let page = browser.get("/s/nova/night-drive").await;
        assert_strict(&page);
        assert!(page.text.contains("Tęsknota — Kalina, 1974 — not cleared"), "{}", page.text);
        assert!(page.text.contains("Loop — Kalina, 1974 — royalty-free") && !page.text.contains("<b>"));
        assert!(page.text.contains("WAV lease") && !page.text.contains("Unlimited lease"), "{}", page.text);
        assert!(!page.text.contains("Exclusive licence"), "{}", page.text);
        let contract = browser.get("/s/nova/night-drive/exclusive/contract").await;
        assert_eq!(contract.status, StatusCode::NOT_FOUND);
        let contract = browser.get("/s/nova/night-drive/wav/contract").await;
        assert!(contract.text.contains("not cleared; the Licensee clears it"), "{}", contract.text);
    })
    .await;
}

#[actix_web::test]
async fn the_gateways_event_settles_an_order_that_nobody_returns_to() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let browser = Browser::new(&shop.url);
        let pay_url = order(&browser).await;
        let paid = browser.post(&pay_url, &[("card", "4242424242424242"), ("outcome", "pay")]).await;
        let token = paid.header("location").rsplit_once('/').unwrap().1.to_owned();
        let id: OrderId = shop.services.links.open(Purpose::Order, &token, shop.services.env.now()).unwrap();
        let ctx = Ctx::system(shop.services.env.clone());
        let state = async || sales::queries::find_order(&shop.services.db, &ctx, id).await.unwrap().unwrap().state;
        assert_eq!(state().await, OrderState::AwaitingPayment);
        let settled = shop.with_events(async {
            while state().await == OrderState::AwaitingPayment {
                tokio::task::yield_now().await;
            }
        });
        tokio::time::timeout(std::time::Duration::from_secs(30), settled).await.expect("the event arrives");
        assert_eq!(state().await, OrderState::Paid);
    })
    .await;
}

/// Orders the first beat of the shop; returns the pay page.
pub(super) async fn order(browser: &Browser) -> String {
    let beat = browser.get("/s/nova/night-drive").await;
    browser.post("/s/nova/cart", &[("beat", &beat.hidden("beat")), ("tier", "mp3")]).await;
    let cart = browser.get("/s/nova/cart").await;
    let (minor, currency) = (cart.hidden("seen_minor"), cart.hidden("seen_currency"));
    let form = [("name", "Ada"), ("email", "ada@example.com"), ("seen_minor", &minor), ("seen_currency", &currency)];
    let placed = browser.post("/s/nova/checkout", &form.map(|(name, value)| (name, value))).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
    placed.header("location").to_owned()
}

#[actix_web::test]
async fn a_webhook_is_believed_by_its_signature_alone() {
    on_each_database(async |shop| {
        let http = reqwest::Client::new();
        let url = format!("{}/webhooks/sandbox", shop.url);
        let keys = adapters::sandbox::SandboxKeys::derive(&shop.services.links);
        let post =
            |body: &'static str, header: String| http.post(&url).header("Stripe-Signature", header).body(body).send();
        let now = shop.services.env.now();
        let foreign =
            r#"{"id":"evt_1","type":"customer.created","created":1764374400,"data":{"object":{"id":"cus_1"}}}"#;
        let sign = |body: &str, at| adapters::sandbox::sign(keys.webhook_secret(), body.as_bytes(), at);
        assert_eq!(post(foreign, sign(foreign, now)).await.unwrap().status(), StatusCode::OK);
        assert_eq!(post(foreign, sign(foreign, now)).await.unwrap().status(), StatusCode::OK, "a repeat");
        let stale = sign(foreign, now - chrono::Duration::seconds(400));
        for (body, header, code) in [
            (foreign, sign("{}", now), "BAD_SIGNATURE"),
            (foreign, String::new(), "BAD_SIGNATURE"),
            (foreign, stale, "STALE_SIGNATURE"),
            ("[]", sign("[]", now), "MALFORMED_EVENT"),
        ] {
            let refused = post(body, header).await.unwrap();
            assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
            assert!(refused.text().await.unwrap().contains(code), "{code}");
        }
        let long = "x".repeat(600 * 1024);
        let header = sign(&long, now);
        let refused = http.post(&url).header("Stripe-Signature", header).body(long).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert!(refused.text().await.unwrap().contains("BODY_TOO_LONG"));
        let other = http.post(format!("{}/webhooks/stripe", shop.url)).send().await.unwrap();
        assert_eq!(other.status(), StatusCode::NOT_FOUND);
    })
    .await;
}
