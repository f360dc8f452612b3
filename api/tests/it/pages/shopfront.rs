//! How a shop looks, helps to choose, and is passed on.

use domain::{
    actor::Actor,
    catalog::{
        entity::{BeatState, beat},
        unpublish_beat,
    },
    edit::Edit,
    identity::{
        commands::{StudioSettings, close_studio_of, reopen_studio, update_studio},
        entity::Accent,
    },
    links::Purpose,
    sales::{commands::settlement::expire_order, entity::order},
};
use reqwest::StatusCode;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{Set, Unchanged},
    EntityTrait,
};
use serde_json::Value;

use super::{assert_strict, on_each_database, support::Browser};

const BEAT: &str = "/s/nova/night-drive";

#[actix_web::test]
async fn a_shop_has_the_colour_that_its_studio_chose() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let (browser, owner) = (Browser::new(&shop.url), shop.owner().await);
        assert!(!browser.get("/s/nova").await.text.contains("data-accent"));
        let set = async |accent| {
            let settings = StudioSettings {
                name: "Nova Sound".into(),
                contact_email: "nova@example.com".parse().unwrap(),
                legal_name: None,
                address: None,
                governing_law: "England and Wales".into(),
                unsigned_splits: Edit::Keep,
                accent,
            };
            let tx = shop.services.begin().await.unwrap();
            let row = update_studio(&tx, &owner, shop.studio, settings).await.unwrap();
            tx.commit().await.unwrap();
            row.accent
        };
        assert_eq!(set(Edit::To(Some(Accent::Violet))).await, Some(Accent::Violet));
        assert_eq!(set(Edit::Keep).await, Some(Accent::Violet), "what is left out stays");
        for page in ["/s/nova", BEAT, "/s/nova/cart", "/s/nova/night-drive/embed"] {
            let seen = browser.get(page).await;
            assert!(seen.text.contains("<html lang=\"en\" data-accent=\"violet\">"), "{page}: {}", seen.text);
        }
        let style = browser.get("/assets/0000000000000000/site.css").await;
        assert!(style.text.contains("[data-accent=\"violet\"]"));
        assert_eq!(set(Edit::To(None)).await, None);
    })
    .await;
}

#[actix_web::test]
async fn the_cheapest_licence_that_fits_is_found_without_a_script() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let browser = Browser::new(&shop.url);
        let plain = browser.get(BEAT).await;
        assert!(plain.text.contains("id=\"finder\"") && !plain.text.contains("Fits your plan"), "{}", plain.text);
        let found = browser.get(&format!("{BEAT}?streams=80%2C000&music_videos=2&copies=")).await;
        assert_strict(&found);
        for said in [
            "<strong>Trackout lease</strong> is the cheapest that fits",
            "Fits your plan",
            "ends at 10,000 of the 80,000 streams that you plan and ends at 1 of the 2 music videos that you plan.",
            "value=\"80,000\"",
        ] {
            assert!(found.text.contains(said), "{said} in {}", found.text);
        }
        let wishes = browser.get(&format!("{BEAT}?wav=1&exclusive=1")).await;
        assert!(wishes.text.contains("<strong>Exclusive licence</strong> is the cheapest"), "{}", wishes.text);
        assert!(wishes.text.contains("leaves the beat on sale for others"), "{}", wishes.text);
        let wrong = browser.get(&format!("{BEAT}?streams=%3Cb%3Emany&stems=1")).await;
        assert_eq!(wrong.status, StatusCode::OK);
        assert_strict(&wrong);
        assert!(wrong.text.contains("Streams: give a whole number") && wrong.text.contains("aria-invalid"));
        assert!(!wrong.text.contains("is the cheapest that fits") && !wrong.text.contains("<b>"), "{}", wrong.text);
    })
    .await;
}

/// What stands in a page's data for programs.
fn json_ld(html: &str) -> Value {
    let data = html.split_once("<script type=\"application/ld+json\">").expect("data").1;
    serde_json::from_str(data.split_once("</script>").expect("an end").0).unwrap()
}

#[actix_web::test]
async fn a_beat_is_passed_on_with_its_sound_and_its_prices() {
    on_each_database(async |shop| {
        shop.beat("Night </script><b>Drive", "night-drive", 140_000).await;
        let browser = Browser::new(&shop.url);
        let page = browser.get(BEAT).await;
        assert_strict(&page);
        let url = format!("{}{BEAT}", shop.url);
        for said in [
            format!("<link rel=\"canonical\" href=\"{url}\">"),
            format!("property=\"og:url\" content=\"{url}\""),
            "property=\"og:type\" content=\"music.song\"".to_owned(),
            format!("property=\"og:audio\" content=\"{}/media/", shop.url),
            "type=\"application/json+oembed\"".to_owned(),
        ] {
            assert!(page.text.contains(&said), "{said} in {}", page.text);
        }
        let data = json_ld(&page.text);
        assert_eq!(data["name"], "Night </script><b>Drive");
        assert_eq!((&data["url"], &data["byArtist"]["name"]), (&url.as_str().into(), &"Nova Sound".into()));
        let offers = data["offers"].as_array().unwrap();
        assert_eq!(offers.len(), 5);
        assert_eq!((&offers[1]["price"], &offers[1]["priceCurrency"]), (&"60.00".into(), &"EUR".into()));
        assert_eq!(json_ld(&browser.get("/s/nova").await.text)["name"], "Nova Sound");
    })
    .await;
}

/// What a page says of the picture that links to it show, by the name of the property.
fn picture_of(html: &str, property: &str) -> String {
    let name = format!("property=\"og:image{property}\" content=\"");
    let rest = html.split_once(&name).unwrap_or_else(|| panic!("no {name} in {html}")).1;
    rest.split_once('"').expect("an end").0.to_owned()
}

/// A PNG's width and height as it states them itself.
fn png_size(png: &[u8]) -> (u32, u32) {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let word = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (word(16), word(20))
}

#[actix_web::test]
async fn a_link_shows_a_picture_of_the_beat_or_the_shop() {
    on_each_database(async |shop| {
        shop.beat("ليل \"Night\" 夜", "night-drive", 140_000).await;
        let (browser, http) = (Browser::new(&shop.url), reqwest::Client::builder().no_proxy().build().unwrap());
        for (page, alt) in [
            (BEAT, "ليل &#34;Night&#34; 夜 · Nova Sound · 140 BPM · A minor · 2:31"),
            ("/s/nova", "Nova Sound · ليل &#34;Night&#34; 夜"),
        ] {
            let seen = browser.get(page).await.text;
            assert!(seen.contains("name=\"twitter:card\" content=\"summary_large_image\""), "{seen}");
            assert_eq!(picture_of(&seen, ":alt"), alt);
            let url = picture_of(&seen, "");
            assert!(
                url.starts_with(&format!("{}{page}/card-", shop.url)) && url.strip_suffix(".png").is_some(),
                "{url}"
            );
            let answer = http.get(&url).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(answer.headers()["content-type"], "image/png");
            assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
            let (width, height) = png_size(&answer.bytes().await.unwrap());
            assert_eq!((width, height), (1200, 630));
            assert_eq!(picture_of(&seen, ":width"), width.to_string());
            assert_eq!(picture_of(&seen, ":height"), height.to_string());

            let older = browser.get(&format!("{page}/card-0000000000000000.png")).await;
            assert_eq!((older.status, older.header("cache-control")), (StatusCode::FOUND, "no-store"));
            assert_eq!(format!("{}{}", shop.url, older.header("location")), url);
        }
        for none in ["/s/nova/nothing/card-0000000000000000.png", "/s/nothing/card-0000000000000000.png"] {
            assert_eq!(browser.get(none).await.status, StatusCode::NOT_FOUND, "{none}");
        }
    })
    .await;
}

#[actix_web::test]
async fn the_address_of_a_picture_follows_what_it_shows() {
    on_each_database(async |shop| {
        let first = shop.beat("Night Drive", "night-drive", 140_000).await;
        let (browser, owner) = (Browser::new(&shop.url), shop.owner().await);
        let of = async |page: &str| picture_of(&browser.get(page).await.text, "");
        let (shown, front) = (of(BEAT).await, of("/s/nova").await);
        assert_eq!(of(&format!("{BEAT}?currency=USD")).await, shown);
        assert_eq!(of("/s/nova?q=none").await, front, "the newest beats, whatever is looked for");
        let second = shop.beat("Slow Tide", "slow-tide", 90_000).await;
        assert_eq!(of(BEAT).await, shown, "another beat is none of its business");
        assert_ne!(of("/s/nova").await, front);

        let sold = beat::ActiveModel { id: Unchanged(first), state: Set(BeatState::Sold), ..Default::default() };
        sold.update(&shop.services.db).await.unwrap();
        let silent = of(BEAT).await;
        assert_ne!(silent, shown, "what was sold is shown without its sound");
        assert_eq!(browser.get(&shown).await.header("location"), silent.trim_start_matches(&shop.url));

        let tide = of("/s/nova/slow-tide").await;
        assert_eq!(browser.head(&tide).await.status, StatusCode::OK);
        let tx = shop.services.begin().await.unwrap();
        unpublish_beat(&tx, &owner, second).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(browser.get(&tide).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[actix_web::test]
async fn the_player_alone_is_shown_in_frames_of_other_sites() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let browser = Browser::new(&shop.url);
        let page = browser.get(BEAT).await;
        assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(page.header("x-frame-options"), "DENY");
        let player = browser.get(&format!("{BEAT}/embed")).await;
        assert_eq!(player.status, StatusCode::OK);
        let policy = player.header("content-security-policy");
        assert!(policy.contains("frame-ancestors *") && policy.contains("default-src 'none'"), "{policy}");
        assert!(!policy.contains("script-src") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(player.header("x-frame-options"), "");
        assert!(player.text.contains("<audio controls") && player.text.contains("From EUR\u{a0}30.00"));
        assert!(!player.text.contains("<script") && !player.text.contains("<form") && !player.text.contains(" style="));

        let url = format!("{}{BEAT}", shop.url);
        let ask = async |query: &str| browser.get(&format!("/oembed?{query}")).await;
        let answer = ask(&format!("url={url}&maxwidth=400&format=json")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let answer: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!((&answer["version"], &answer["type"]), (&"1.0".into(), &"rich".into()));
        assert_eq!((&answer["title"], &answer["width"]), (&"Night Drive".into(), &400.into()));
        let html = answer["html"].as_str().unwrap();
        assert!(html.starts_with(&format!("<iframe src=\"{url}/embed\"")) && html.contains("width=\"400\""), "{html}");
        for (query, status) in [
            (format!("url={url}&format=xml"), StatusCode::NOT_IMPLEMENTED),
            ("url=https://evil.example/s/nova/night-drive".to_owned(), StatusCode::NOT_FOUND),
            (format!("url={}/s/nova/nothing", shop.url), StatusCode::NOT_FOUND),
            (String::new(), StatusCode::NOT_FOUND),
        ] {
            assert_eq!(ask(&query).await.status, status, "{query}");
        }
    })
    .await;
}

#[actix_web::test]
async fn what_is_odd_is_met_with_help() {
    on_each_database(async |shop| {
        let long = "ليل ".repeat(50);
        let beat = shop.beat(&long, "night-drive", 140_000).await.to_string();
        let browser = Browser::new(&shop.url);
        let page = browser.get(BEAT).await;
        assert_strict(&page);
        assert!(page.text.contains("<h1 dir=\"auto\" class=\"long\">"), "{}", page.text);
        let none = browser.get("/s/nova?q=%D7%A9%D7%9C%D7%95%D7%9D").await;
        assert!(none.text.contains("No beat fits") && none.text.contains("<bdi>שלום</bdi>"), "{}", none.text);

        let added = browser.post("/s/nova/cart", &[("beat", &beat), ("tier", "mp3")]).await;
        let cart = added.header("location").to_owned();
        assert!(!browser.get(&cart).await.text.contains("keeps no cookies"), "this one does");
        let again = browser.post("/s/nova/cart", &[("beat", &beat), ("tier", "wav")]).await;
        assert_eq!(again.header("location"), "/s/nova/cart");
        let forgetful = Browser::new(&shop.url).get_from(&format!("{}{BEAT}", shop.url), &cart).await;
        assert_strict(&forgetful);
        assert!(forgetful.text.contains("Your browser keeps no cookies here"), "{}", forgetful.text);
        let copied = Browser::new(&shop.url).get(&cart).await;
        let followed = Browser::new(&shop.url).get_from("https://chat.example/", &cart).await;
        let empty = Browser::new(&shop.url).get("/s/nova/cart").await;
        for seen in [copied, followed, empty] {
            assert_eq!(seen.status, StatusCode::OK);
            assert!(!seen.text.contains("cookies") && seen.text.contains("Nothing in it yet"), "{}", seen.text);
        }
    })
    .await;
}

#[actix_web::test]
async fn a_closed_studio_says_so_wherever_its_shop_was() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let (browser, services) = (Browser::new(&shop.url), &shop.services);
        let pages = ["/s/nova", BEAT, "/s/nova/cart", "/portfolio/nova", "/book/nova"];
        assert_eq!(browser.get("/s/nova").await.status, StatusCode::OK);
        let tx = services.begin().await.unwrap();
        close_studio_of(&tx, &services.ctx(Actor::System), "nova", "moving on").await.unwrap();
        services.commit(tx).await.unwrap();
        for page in pages {
            let seen = browser.get(page).await;
            assert_eq!(seen.status, StatusCode::GONE, "{page}: {}", seen.text);
            assert!(seen.text.contains("This studio is closed"), "{page}: {}", seen.text);
            assert!(seen.text.contains("stays where its link leads") && !seen.text.contains("moving on"), "{page}");
            let is_once = !seen.text.contains("This studio is closed.");
            assert!(is_once && !seen.text.contains("opens the studio again"), "{page}: {}", seen.text);
            assert_strict(&seen);
        }
        assert!(!browser.get("/").await.text.contains("Nova Sound"));

        let tx = services.begin().await.unwrap();
        reopen_studio(&tx, &services.ctx(Actor::System), shop.studio).await.unwrap();
        services.commit(tx).await.unwrap();
        assert_eq!(browser.get(BEAT).await.status, StatusCode::OK);
    })
    .await;
}

#[actix_web::test]
async fn an_order_of_a_closed_studio_is_not_led_to_a_payment() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let browser = Browser::new(&shop.url);
        super::visits::order(&browser).await;
        let order = order::Entity::find().one(&shop.services.db).await.unwrap().unwrap();
        let own = format!("/orders/{}", shop.services.links.token(Purpose::Order, order.id, None));
        let pay = format!("action=\"{own}/pay\"");
        assert!(browser.get(&own).await.text.contains(&pay));

        shop.shut().await;
        let seen = browser.get(&own).await;
        assert_eq!(seen.status, StatusCode::OK);
        assert!(!seen.text.contains(&pay), "{}", seen.text);
        assert!(seen.text.contains("This order can no longer be paid"), "{}", seen.text);
        let refused = browser.post(&format!("{own}/pay"), &[]).await;
        assert_eq!(refused.status, StatusCode::GONE, "{}", refused.text);
        assert!(refused.text.contains("This order can no longer be paid"), "{}", refused.text);
        assert!(refused.text.contains(&format!("href=\"{own}\"")), "it leads back: {}", refused.text);

        shop.reopen().await;
        assert!(browser.get(&own).await.text.contains(&pay));

        shop.shut().await;
        expire_order(&shop.services, order.id).await.unwrap();
        let closed = browser.get(&own).await;
        assert!(closed.text.contains("The shop has closed, and nothing was charged."), "{}", closed.text);
    })
    .await;
}
