//! A leaseholder buys an exclusive before a stranger, both by browser.

use domain::{
    first_refusal::{commands::set_first_refusal, entity::holder},
    ids::OrderId,
    links::Purpose,
    pricing::{commands::settings::set_tax_rates, rules::settings::TaxSettings},
    sales::queries::find_order,
    share::Share,
};
use reqwest::StatusCode;
use sea_orm::EntityTrait;

use super::{assert_strict, on_each_database, support::Browser};
use crate::downloads::sold;

#[actix_web::test]
async fn a_stranger_sees_until_when_and_the_leaseholder_orders_by_link() {
    on_each_database(async |shop| {
        // Ada holds a trackout lease.
        sold(shop).await;
        let (browser, services, owner) = (Browser::new(&shop.url), &shop.services, shop.owner().await);
        let tx = services.begin().await.unwrap();
        set_first_refusal(&tx, &owner, shop.studio, true).await.unwrap();
        tx.commit().await.unwrap();
        let beat = browser.get("/s/nova/night-drive").await;
        assert!(!beat.text.contains("may buy it first"), "nobody wants it yet");
        browser.post("/s/nova/cart", &[("beat", &beat.hidden("beat")), ("tier", "exclusive")]).await;
        let cart = browser.get("/s/nova/cart").await;
        let (minor, currency) = (cart.hidden("seen_minor"), cart.hidden("seen_currency"));
        let typed = [
            ("name", "Eve"),
            ("email", "eve@example.com"),
            ("seen_minor", minor.as_str()),
            ("seen_currency", currency.as_str()),
        ];
        let refused = browser.post("/s/nova/checkout", &typed).await;
        assert_strict(&refused);
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text.contains("may buy it exclusively first, until"), "{}", refused.text);
        assert!(browser.get("/s/nova/night-drive").await.text.contains("may buy it first, until"));

        let ada = holder::Entity::find().one(&services.db).await.unwrap().unwrap();
        let link = format!("/first-refusal/{}", services.links.token(Purpose::FirstRefusal, ada.id, None));
        let asking = browser.get(&link).await;
        assert_strict(&asking);
        assert!(
            asking.text.contains("Pay EUR\u{a0}900.00") && asking.text.contains("England and Wales"),
            "{}",
            asking.text
        );
        assert!(asking.text.contains("ada@example.com"));
        let tax = TaxSettings {
            country: "DE".parse().unwrap(),
            name: "VAT".into(),
            rate: Share::from_ppm(190_000).unwrap(),
            included: false,
        };
        let tx = services.begin().await.unwrap();
        set_tax_rates(&tx, &owner, shop.studio, &[tax]).await.unwrap();
        tx.commit().await.unwrap();
        let (minor, currency) = (asking.hidden("seen_minor"), asking.hidden("seen_currency"));
        let untaxed = [("name", "Ada"), ("country", "DE"), ("seen_minor", &*minor), ("seen_currency", &*currency)];
        let refused = browser.post(&link, &untaxed).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "nobody is charged more than they saw");
        assert!(refused.text.contains("Pay EUR\u{a0}1,071.00"), "{}", refused.text);
        let nowhere = browser.get(&link).await;
        assert!(nowhere.text.contains("Set your country first") && !nowhere.text.contains("England and Wales"));
        let taxed = browser.get(&format!("{link}?country=DE")).await;
        assert_strict(&taxed);
        assert!(taxed.text.contains("VAT 19 % (Germany)") && taxed.text.contains("EUR\u{a0}171.00"), "{}", taxed.text);
        let fields = ["country", "seen_minor", "seen_currency"].map(|field| (field, taxed.hidden(field)));
        let order_as = async |name: &str| {
            let mut typed: Vec<(&str, &str)> = fields.iter().map(|(field, value)| (*field, value.as_str())).collect();
            typed.push(("name", name));
            browser.post(&link, &typed).await
        };
        assert_eq!(order_as(" ").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let placed = order_as("Ada Lovelace").await;
        assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
        let paid =
            browser.post(placed.header("location"), &[("card", "4242 4242 4242 4242"), ("outcome", "pay")]).await;
        let order_url = paid.header("location").to_owned();
        let token = order_url.rsplit('/').next().unwrap();
        let order: OrderId = services.links.open(Purpose::Order, token, services.env.now()).unwrap();
        let found = find_order(&services.db, &owner, order).await.unwrap().unwrap();
        assert_eq!((found.total_minor, found.buyer_email.as_str()), (107_100, "ada@example.com"));
        assert!(browser.get(&order_url).await.text.contains("The exclusive is yours"));
        let other = services.links.token(Purpose::Order, order, None);
        assert_eq!(browser.get(&format!("/first-refusal/{other}")).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
