//! A shop that sells in two currencies, as a visitor without JavaScript meets it.

use domain::{
    licensing::{
        commands::set_tier,
        rules::{TierSettings, default_tiers},
        terms::TierCode,
    },
    money::{Currency, Money},
    offers::commands::{OfferSettings, set_offers},
};
use reqwest::StatusCode;

use super::{
    assert_strict, on_each_database,
    support::{Browser, Shop},
};

/// MP3 and WAV leases cost a tenth more in dollars than in euros, the others are not sold in them; for a WAV lease offers are taken.
async fn sell_in_dollars(shop: &Shop) {
    let owner = shop.owner().await;
    let tx = shop.services.begin().await.unwrap();
    for (code, minor) in [(TierCode::Mp3, 3_300), (TierCode::Wav, 6_600)] {
        let tier = default_tiers(Currency::EUR, "Nova").into_iter().find(|tier| tier.terms.tier == code).unwrap();
        let settings = TierSettings { further: vec![Money::new(minor, Currency::USD)], ..tier };
        set_tier(&tx, &owner, shop.studio, None, &settings).await.unwrap();
    }
    let taken = OfferSettings { tier: TierCode::Wav, takes_offers: true, minimum: None, answer_days: 7 };
    set_offers(&tx, &owner, shop.studio, None, &taken).await.unwrap();
    tx.commit().await.unwrap();
}

const BEAT: &str = "/s/nova/night-drive";

#[actix_web::test]
async fn a_visitor_looks_at_a_shop_in_the_currency_that_its_address_asks_for() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let browser = Browser::new(&shop.url);
        assert!(!browser.get(BEAT).await.text.contains("?currency="), "there is nothing to choose from");
        sell_in_dollars(shop).await;
        let euros = browser.get(BEAT).await;
        assert_strict(&euros);
        for said in [
            "EUR\u{a0}60.00",
            "EUR\u{a0}110.00",
            "/s/nova/night-drive?currency=USD",
            "/s/nova/night-drive/wav/contract\"",
        ] {
            assert!(euros.text.contains(said), "{said} in {}", euros.text);
        }
        assert_eq!(euros.hidden("currency"), "EUR");
        for asked in ["USD", "usd", "+USD+"] {
            let dollars = browser.get(&format!("{BEAT}?currency={asked}")).await;
            assert_strict(&dollars);
            for said in
                ["USD\u{a0}66.00", "/night-drive/wav/contract?currency=USD", "href=\"/s/nova?currency=USD\"", "in EUR<"]
            {
                assert!(dollars.text.contains(said), "{said} in {}", dollars.text);
            }
            assert!(
                !dollars.text.contains("Trackout lease") && !dollars.text.contains("EUR\u{a0}60.00"),
                "{}",
                dollars.text
            );
            assert_eq!(dollars.hidden("currency"), "USD");
        }
        let shown = browser.get("/s/nova?q=night&currency=USD").await;
        assert!(
            shown.text.contains("From USD\u{a0}33.00")
                && shown.text.contains("href=\"/s/nova/night-drive?currency=USD\"")
        );
        assert_eq!(shown.hidden("currency"), "USD", "what narrows the shop keeps its currency");
        let contract = browser.get(&format!("{BEAT}/wav/contract?currency=USD")).await;
        assert!(contract.text.contains("Add WAV lease · USD\u{a0}66.00"), "{}", contract.text);
        let unsold = browser.get(&format!("{BEAT}/trackout/contract?currency=USD")).await;
        assert_eq!(unsold.status, StatusCode::NOT_FOUND);

        for asked in ["CHF", "dollars", "%3Cb%3E"] {
            for page in ["/s/nova", BEAT, "/s/nova/night-drive/wav/contract"] {
                let other = browser.get(&format!("{page}?currency={asked}")).await;
                assert_strict(&other);
                let note = "Nothing is sold here in the currency that you asked for. These are the prices in EUR.";
                assert!(other.text.contains(note) && other.text.contains("EUR\u{a0}"), "{page}: {}", other.text);
                assert!(!other.text.contains("?currency=CHF"), "{page}");
            }
        }

        let offer = browser.get(&format!("{BEAT}/wav/offer")).await;
        assert!(offer.text.contains("The studio takes offers in EUR alone."), "{}", offer.text);
        assert!(offer.text.contains("/wav/contract?currency=EUR") && offer.text.contains("On sale for EUR\u{a0}60.00"));
    })
    .await;
}

#[actix_web::test]
async fn a_price_is_looked_for_in_the_currency_that_is_shown() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        sell_in_dollars(shop).await;
        let browser = Browser::new(&shop.url);
        let get = async |query: &str| browser.get(&format!("/s/nova?{query}")).await;
        assert_eq!(get("").await.hidden("currency"), "EUR", "a price that is typed is one in euros");
        for (query, found) in [
            ("price_max=32.99&currency=USD", false),
            ("price_max=33&currency=USD", true),
            ("price_max=32.99&currency=EUR", true),
            ("tier=wav&price_min=66&price_max=66&currency=USD", true),
            ("tier=trackout&currency=EUR", true),
            ("tier=trackout&currency=USD", false),
        ] {
            let seen = get(query).await;
            assert_strict(&seen);
            assert_eq!(seen.text.contains("<li class=\"beat\">"), found, "{query}: {}", seen.text);
        }
        let dollars = get("tier=mp3&price_max=33&currency=USD").await;
        assert!(dollars.text.contains("<legend>Price, USD</legend>"), "{}", dollars.text);
        assert!(!dollars.text.contains("<option value=\"trackout\""), "that is not sold in dollars: {}", dollars.text);
        let links = dollars.text.replace("&#38;", "&").replace("&amp;", "&");
        assert!(links.contains("href=\"/s/nova?price_max=33&tier=mp3&currency=USD\""), "{links}");
        assert!(links.contains("href=\"/s/nova?tier=mp3&currency=EUR\""), "33 dollars are no 33 euros: {links}");
    })
    .await;
}

#[actix_web::test]
async fn a_cart_is_paid_in_its_currency_and_changed_as_a_whole() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let other = shop.beat("Slow Tide", "slow-tide", 72_500).await.to_string();
        sell_in_dollars(shop).await;
        let browser = Browser::new(&shop.url);
        let front = browser.get(&format!("{BEAT}?currency=USD")).await;
        let (beat, currency) = (front.hidden("beat"), front.hidden("currency"));
        let wav = [("beat", beat.as_str()), ("tier", "wav"), ("currency", currency.as_str())];
        assert_eq!(browser.post("/s/nova/cart", &wav).await.status, StatusCode::SEE_OTHER);
        let back = browser.get("/s/nova").await;
        assert!(
            back.text.contains("From USD\u{a0}33.00"),
            "what is in the cart decides where no address asks: {}",
            back.text
        );

        let trackout = [("beat", other.as_str()), ("tier", "trackout"), ("currency", "EUR")];
        let refused = browser.post("/s/nova/cart", &trackout).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert_strict(&refused);
        assert!(refused.text.contains("Your cart is in USD, and this is in EUR."), "{}", refused.text);
        assert!(refused.text.contains("value=\"EUR\">Change to EUR<"), "the remedy is at hand: {}", refused.text);
        assert!(
            refused.text.contains("USD\u{a0}66.00") && !refused.text.contains("Slow Tide"),
            "the cart is as it was"
        );

        let turn = async |currency| browser.post("/s/nova/cart/currency", &[("currency", currency)]).await;
        assert_eq!(turn("EUR").await.status, StatusCode::SEE_OTHER);
        assert_eq!(browser.post("/s/nova/cart", &trackout).await.status, StatusCode::SEE_OTHER);
        let mixed = turn("USD").await;
        assert_eq!(mixed.status, StatusCode::CONFLICT);
        assert!(mixed.text.contains("This is not sold in USD: Slow Tide (Trackout lease)."), "{}", mixed.text);
        assert!(mixed.text.contains("EUR\u{a0}170.00"), "nothing is lost: {}", mixed.text);
        for (asked, status) in [("CHF", StatusCode::CONFLICT), ("euros", StatusCode::UNPROCESSABLE_ENTITY)] {
            assert_eq!(turn(asked).await.status, status, "{asked}");
        }
        let both = browser.get("/s/nova/cart").await;
        let last = both.text.rsplit_once("name=\"line\" value=\"").unwrap().1.split_once('"').unwrap().0;
        browser.post("/s/nova/cart/remove", &[("line", last)]).await;
        assert_eq!(turn("USD").await.status, StatusCode::SEE_OTHER);

        let cart = browser.get("/s/nova/cart").await;
        assert_strict(&cart);
        let (minor, currency) = (cart.hidden("seen_minor"), cart.hidden("seen_currency"));
        assert_eq!((minor.as_str(), currency.as_str()), ("6600", "USD"));
        let contract = browser.get(&format!("/s/nova/cart/{}/contract", cart.hidden("line"))).await;
        assert!(contract.text.contains("WAV lease · USD\u{a0}66.00"), "{}", contract.text);
        let typed = [
            ("name", "Ada Lovelace"),
            ("email", "ada@example.com"),
            ("seen_minor", minor.as_str()),
            ("seen_currency", currency.as_str()),
        ];
        let placed = browser.post("/s/nova/checkout", &typed).await;
        assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
        let pay_url = placed.header("location").to_owned();
        assert!(browser.get(&pay_url).await.text.contains("USD 66.00"));
        let paid = browser.post(&pay_url, &[("card", "4242424242424242"), ("outcome", "pay")]).await;
        let order_url = paid.header("location").to_owned();
        let order = browser.get(&order_url).await;
        assert!(order.text.contains("USD\u{a0}66.00"), "{}", order.text);
        let receipt = browser.get(&format!("{order_url}/receipt.pdf")).await;
        assert_eq!((receipt.status, receipt.header("content-type")), (StatusCode::OK, "application/pdf"));
    })
    .await;
}
