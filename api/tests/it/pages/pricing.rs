//! Bundles, coupons, tax and the receipt, as a buyer without JavaScript meets them.

use std::collections::BTreeSet;

use domain::{
    licensing::terms::TierCode,
    money::{Currency, Money},
    pricing::{
        commands::settings,
        rules::{
            Off,
            settings::{BundleSettings, CouponSettings, TaxSettings},
        },
    },
    share::Share,
};
use reqwest::StatusCode;

use super::{
    assert_strict, on_each_database,
    support::{Browser, Shop},
};

/// A bundle of two beats for 90 euros, a coupon over 10, and German tax within the prices.
async fn set_prices(shop: &Shop) {
    let beats =
        vec![shop.beat("Night Drive", "night-drive", 140_000).await, shop.beat("Slow Tide", "slow-tide", 72_500).await];
    let owner = shop.owner().await;
    let bundle = BundleSettings {
        name: "Two for the road".into(),
        tier: TierCode::Wav,
        beats,
        price: Money::new(9000, Currency::EUR),
        further: Vec::new(),
        enabled: true,
    };
    let coupon = CouponSettings {
        code: "SUMMER".into(),
        off: Off::Amount(Money::new(1000, Currency::EUR)),
        minimum: None,
        beats: BTreeSet::new(),
        tiers: BTreeSet::new(),
        starts_at: None,
        ends_at: None,
        max_uses: Some(1),
        enabled: true,
    };
    let rate = TaxSettings {
        country: "DE".parse().unwrap(),
        name: "VAT".into(),
        rate: Share::from_ppm(190_000).unwrap(),
        included: true,
    };
    let tx = shop.services.begin().await.unwrap();
    settings::set_bundle(&tx, &owner, shop.studio, None, &bundle).await.unwrap();
    settings::set_coupon(&tx, &owner, shop.studio, &coupon).await.unwrap();
    settings::set_tax_rates(&tx, &owner, shop.studio, &[rate]).await.unwrap();
    tx.commit().await.unwrap();
}

#[actix_web::test]
async fn a_bundle_with_a_coupon_is_taxed_paid_and_receipted() {
    on_each_database(async |shop| {
        set_prices(shop).await;
        let browser = Browser::new(&shop.url);
        let front = browser.get("/s/nova").await;
        assert_strict(&front);
        assert!(
            front.text.contains("Two for the road") && front.text.contains("<s>EUR\u{a0}120.00</s> EUR\u{a0}90.00")
        );
        let added = browser.post("/s/nova/cart/bundle", &[("bundle", &front.hidden("bundle"))]).await;
        assert_eq!((added.status, added.header("location")), (StatusCode::SEE_OTHER, "/s/nova/cart?added=1"));

        let asked = browser.get("/s/nova/cart").await;
        assert_strict(&asked);
        assert!(asked.text.contains("Set your country first") && !asked.text.contains("seen_minor"), "{}", asked.text);
        let nowhere = browser.post("/s/nova/cart/country", &[("country", "XX")]).await;
        assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
        let unknown = browser.post("/s/nova/cart/coupon", &[("coupon", "WINTER")]).await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unknown.text.contains("There is no coupon with this code"), "{}", unknown.text);
        for (path, field, value) in [("country", "country", "DE"), ("coupon", "coupon", "summer")] {
            let set = browser.post(&format!("/s/nova/cart/{path}"), &[(field, value)]).await;
            assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
        }

        let cart = browser.get("/s/nova/cart").await;
        for said in [
            "Two for the road",
            "−EUR\u{a0}30.00",
            "Coupon SUMMER",
            "−EUR\u{a0}10.00",
            "VAT 19 % (Germany)",
            "EUR\u{a0}12.77",
        ] {
            assert!(cart.text.contains(said), "{said} in {}", cart.text);
        }
        let contract_path = format!("/s/nova/cart/{}/contract", cart.hidden("line"));
        assert!(cart.text.contains(&contract_path), "{}", cart.text);
        let contract = browser.get(&contract_path).await;
        assert_strict(&contract);
        assert!(contract.text.contains("WAV lease · EUR\u{a0}40.00") && contract.text.contains("England and Wales"));
        assert_eq!(Browser::new(&shop.url).get(&contract_path).await.status, StatusCode::NOT_FOUND);
        let (minor, currency) = (cart.hidden("seen_minor"), cart.hidden("seen_currency"));
        assert_eq!(minor, "8000");
        let typed = [
            ("name", "Ada Lovelace"),
            ("email", "ada@example.com"),
            ("seen_minor", minor.as_str()),
            ("seen_currency", currency.as_str()),
        ];
        let placed = browser.post("/s/nova/checkout", &typed).await;
        assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
        let pay_url = placed.header("location").to_owned();
        let paid = browser.post(&pay_url, &[("card", "4242424242424242"), ("outcome", "pay")]).await;
        let order_url = paid.header("location").to_owned();
        let early = browser.get(&format!("{order_url}/receipt.pdf")).await;
        assert_eq!(early.status, StatusCode::NOT_FOUND, "what is not paid has no receipt");

        let order = browser.get(&order_url).await;
        assert!(order.text.contains("Coupon SUMMER") && order.text.contains("VAT 19 % (Germany)"), "{}", order.text);
        assert!(
            order.text.contains("<p class=\"amount\">EUR\u{a0}60.00</p>"),
            "the list, of which the discounts are: {}",
            order.text
        );
        assert!(order.text.contains("Receipt, PDF"), "{}", order.text);
        let german = Browser::in_german(&shop.url).get(&order_url).await;
        assert!(
            german.text.contains("Gutschein SUMMER") && german.text.contains("Two for the road"),
            "{}",
            german.text
        );
        let receipt = browser.get(&format!("{order_url}/receipt.pdf")).await;
        assert_eq!((receipt.status, receipt.header("content-type")), (StatusCode::OK, "application/pdf"));
        assert!(receipt.text.starts_with("%PDF-"));
        assert_eq!(receipt.header("cache-control"), "no-store");
    })
    .await;
}
