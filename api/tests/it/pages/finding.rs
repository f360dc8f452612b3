//! How a visitor without JavaScript finds a beat in a shop.

use domain::{
    catalog::{self, BeatChange},
    edit::Edit,
    ids::BeatId,
    licensing::{
        commands::{set_tier, set_tier_enabled},
        rules::{TierSettings, default_tiers},
        terms::TierCode,
    },
    money::{Currency, Money},
};
use reqwest::StatusCode;

use super::{
    assert_strict, on_each_database,
    support::{Browser, Seen, Shop},
};

/// A beat has an MP3 lease of its own for ten euros, and no exclusive.
async fn discount(shop: &Shop, beat: BeatId) {
    let owner = shop.owner().await;
    let tier = default_tiers(Currency::EUR, "Nova").remove(0);
    let settings = TierSettings { price: Money::new(1_000, Currency::EUR), ..tier };
    let tx = shop.services.begin().await.unwrap();
    set_tier(&tx, &owner, shop.studio, Some(beat), &settings).await.unwrap();
    set_tier_enabled(&tx, &owner, shop.studio, Some(beat), TierCode::Exclusive, false).await.unwrap();
    tx.commit().await.unwrap();
}

/// Whether the list of a page has the first and the second beat.
fn lists(seen: &Seen) -> (bool, bool) {
    assert_strict(seen);
    assert_eq!(seen.status, StatusCode::OK);
    let has = |slug: &str| seen.text.contains(&format!("<h2 dir=\"auto\"><a href=\"/s/nova/{slug}\">"));
    (has("night-drive"), has("slow-tide"))
}

#[actix_web::test]
async fn beats_are_found_by_price_licence_and_keys_that_mix() {
    on_each_database(async |shop| {
        let first = shop.beat("Night Drive", "night-drive", 140_000).await;
        let second = shop.beat("Slow Tide", "slow-tide", 72_500).await;
        discount(shop, second).await;
        let change = BeatChange { musical_key: Edit::To(Some("E minor".into())), ..BeatChange::default() };
        let owner = shop.owner().await;
        let tx = shop.services.begin().await.unwrap();
        catalog::update_beat(&tx, &owner, first, change).await.unwrap();
        tx.commit().await.unwrap();

        let browser = Browser::new(&shop.url);
        let get = async |query: &str| browser.get(&format!("/s/nova?{query}")).await;
        for (query, found) in [
            ("price_min=&price_max=&tier=", (true, true)),
            ("price_max=29.99", (false, true)),
            ("price_min=10%2C01", (true, false)),
            ("price_min=10&price_max=30", (true, true)),
            ("tier=exclusive", (true, false)),
            ("tier=wav&price_min=60&price_max=60", (true, true)),
            ("tier=wav&price_max=59.99", (false, false)),
            ("tier=gold", (true, true)),
            ("key=A+minor", (false, true)),
            ("key=A+minor&compatible=1", (true, true)),
            ("key=A+minor&compatible=1&price_max=20", (false, true)),
            ("compatible=1", (true, true)),
        ] {
            assert_eq!(lists(&get(query).await), found, "{query}");
        }

        let cheap = get("price_max=29.99").await;
        for said in ["<legend>Price, EUR</legend>", "value=\"29.99\"", "From EUR\u{a0}10.00", ">Clear</a>"] {
            assert!(cheap.text.contains(said), "{said} in {}", cheap.text);
        }
        let exclusive = get("tier=exclusive").await;
        assert!(exclusive.text.contains("<option value=\"exclusive\" selected>Exclusive licence</option>"));
        assert!(exclusive.text.contains(">EUR\u{a0}900.00<"), "the price is that of the licence: {}", exclusive.text);
        let mixing = get("key=A+minor&compatible=1").await;
        assert!(mixing.text.contains("name=\"compatible\" value=\"1\" checked"), "{}", mixing.text);
        let none = get("tier=wav&price_max=59.99").await;
        assert!(none.text.contains("No beat fits") && none.text.contains("Widen the tempo or the price"));
    })
    .await;
}

#[actix_web::test]
async fn a_price_that_is_none_is_explained_by_its_field() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let browser = Browser::new(&shop.url);
        let example = "Give a price in EUR, such as 49.50.";
        for (query, problem, invalid) in [
            ("price_min=abc", example, 1),
            ("price_max=-5", example, 1),
            ("price_min=%3Cb%3E&price_max=1e9", example, 2),
            ("price_min=50&price_max=30", "No price lies between these: give the lower one first.", 2),
        ] {
            let seen = browser.get(&format!("/s/nova?{query}")).await;
            assert_eq!(lists(&seen), (true, false), "{query} narrows nothing");
            let told = format!("<p class=\"problem\" role=\"alert\" id=\"price-problem\">{problem}</p>");
            assert!(seen.text.contains(&told) && !seen.text.contains("<b>"), "{query}: {}", seen.text);
            let marked = seen.text.matches("aria-invalid=\"true\" aria-describedby=\"price-problem\"").count();
            assert_eq!(marked, invalid, "{query}");
        }
        let fine = browser.get("/s/nova?price_max=1%2C200").await;
        assert!(!fine.text.contains("price-problem"), "{}", fine.text);
    })
    .await;
}

#[actix_web::test]
async fn what_else_narrows_nothing_is_explained_by_its_field_and_the_rest_narrows() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        shop.beat("Slow Tide", "slow-tide", 72_500).await;
        let browser = Browser::new(&shop.url);
        let unread = "Give a tempo in BPM, such as 92.5.";
        for (query, field, problem, marked, found) in [
            ("bpm_min=fast", "tempo", unread, 1, (true, true)),
            ("bpm_min=fast&bpm_max=100", "tempo", unread, 1, (false, true)),
            ("bpm_min=x&bpm_max=%3Cb%3E&q=night", "tempo", unread, 2, (true, false)),
            (
                "bpm_min=150&bpm_max=90",
                "tempo",
                "No tempo lies between these: give the slower one first.",
                2,
                (true, true),
            ),
            ("tier=gold&bpm_min=100", "tier", "There is no such licence. Choose one from the list.", 1, (true, false)),
            ("key=H+sharp&q=slow", "key", "There is no such key. Choose one from the list.", 1, (false, true)),
            (
                "compatible=1",
                "key",
                "Choose a key: those that are compatible with it are shown as well.",
                1,
                (true, true),
            ),
        ] {
            let seen = browser.get(&format!("/s/nova?{query}")).await;
            assert_eq!(lists(&seen), found, "{query}");
            let told = format!("<p class=\"problem\" role=\"alert\" id=\"{field}-problem\">{problem}</p>");
            assert!(seen.text.contains(&told) && !seen.text.contains("<b>"), "{query}: {}", seen.text);
            let invalid = format!("aria-invalid=\"true\" aria-describedby=\"{field}-problem\"");
            assert_eq!(seen.text.matches(&invalid).count(), marked, "{query}");
            assert_eq!(seen.text.matches("class=\"problem\"").count(), 1, "{query}");
            assert!(seen.text.contains("<details class=\"finding-more\" open>"), "it is seen: {query}");
        }
        let both = browser.get("/s/nova?bpm_min=fast&price_max=cheap").await;
        for said in ["id=\"tempo-problem\"", "id=\"price-problem\"", "value=\"fast\"", "value=\"cheap\""] {
            assert!(both.text.contains(said), "{said} in {}", both.text);
        }
    })
    .await;
}

#[actix_web::test]
async fn pages_keep_what_narrows_the_shop() {
    on_each_database(async |shop| {
        for number in 1..=25 {
            shop.beat(&format!("Night {number}"), &format!("night-{number}"), 140_000).await;
        }
        let browser = Browser::new(&shop.url);
        let page = browser.get("/s/nova?tag=trap&tier=wav&compatible=1&price_max=+60&key=A+minor&q=&price_min=").await;
        let next = page.text.split_once("rel=\"next\" href=\"").unwrap().1.split_once('"').unwrap().0;
        let next = next.replace("&#38;", "&").replace("&amp;", "&");
        let kept = "/s/nova?price_max=60&tier=wav&key=A+minor&compatible=1&tag=trap&after=beat_";
        assert!(next.starts_with(kept), "{next}");
        assert_eq!(page.text.matches("<li class=\"beat\">").count(), 24);
        let rest = browser.get(&next).await;
        assert_eq!(rest.text.matches("<li class=\"beat\">").count(), 1, "{}", rest.text);
        assert!(rest.text.contains("rel=\"prev\" href=\"/s/nova?price_max=60"), "{}", rest.text);
    })
    .await;
}
