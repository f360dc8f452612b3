//! An offer as a browser without JavaScript makes it, answers it and orders what was accepted.

use domain::{
    ids::{OfferId, OrderId},
    licensing::terms::TierCode,
    links::Purpose,
    money::{Currency, Money},
    offers::{
        commands::{Answer, OfferSettings, answer_as_studio, set_offers},
        entity::{OfferState, offer},
    },
    sales::{self, entity::OrderState},
};
use reqwest::StatusCode;
use sea_orm::EntityTrait;

use super::{
    assert_strict, on_each_database,
    support::{Browser, Shop},
};

async fn opened(shop: &Shop) {
    let owner = shop.owner().await;
    let settings = OfferSettings {
        tier: TierCode::Exclusive,
        takes_offers: true,
        minimum: Some(Money::new(65_000, Currency::EUR)),
        answer_days: 7,
    };
    let tx = shop.services.begin().await.unwrap();
    set_offers(&tx, &owner, shop.studio, None, &settings).await.unwrap();
    tx.commit().await.unwrap();
}

async fn only(shop: &Shop) -> offer::Model {
    offer::Entity::find().one(&shop.services.db).await.unwrap().unwrap()
}

#[actix_web::test]
async fn an_offer_is_made_answered_by_link_and_ordered() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let browser = Browser::new(&shop.url);
        let form = "/s/nova/night-drive/exclusive/offer";
        assert!(!browser.get("/s/nova/night-drive").await.text.contains(form), "no offers are taken");
        assert_eq!(browser.get(form).await.status, StatusCode::CONFLICT);
        opened(shop).await;
        let beat = browser.get("/s/nova/night-drive").await;
        assert!(beat.text.contains(form) && !beat.text.contains("/wav/offer"), "{}", beat.text);
        assert_strict(&browser.get(form).await);

        let typed = |amount, email| [("amount", amount), ("email", email), ("words", "For <b>my</b> album")];
        let wrong = browser.post(form, &typed("plenty", "ada@example.com")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("aria-invalid") && wrong.text.contains("value=\"ada@example.com\""));
        let dear = browser.post(form, &typed("900", "ada@example.com")).await;
        assert!(dear.text.contains("into the cart"), "{}", dear.text);
        // What the studio does not want to hear of is taken in as anything else, and the minimum is nowhere.
        let low = browser.post(form, &typed("100", "low@example.com")).await;
        let fair = browser.post(form, &typed("700.50", "ada@example.com")).await;
        assert_eq!((low.status, fair.status), (StatusCode::OK, StatusCode::OK));
        assert_eq!(low.text.replace("low@", "ada@"), fair.text);
        assert!(!fair.text.contains("EUR\u{a0}650") && !fair.text.contains("<b>my"));
    })
    .await;
}

#[actix_web::test]
async fn what_is_agreed_upon_is_ordered_at_its_price() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        opened(shop).await;
        let (browser, services, owner) = (Browser::new(&shop.url), &shop.services, shop.owner().await);
        let typed = [("amount", "700"), ("email", "ada@example.com"), ("words", "")];
        browser.post("/s/nova/night-drive/exclusive/offer", &typed).await;
        let made = only(shop).await;
        let page = format!("/offers/{}", services.links.token(Purpose::Offer, made.id, None));
        let asking = browser.get(&page).await;
        assert_strict(&asking);
        assert!(asking.text.contains("Take the offer back") && !asking.text.contains("name=\"name\""));
        assert_eq!(asking.header("cache-control"), "no-store");
        let tx = services.begin().await.unwrap();
        let counter = Answer::Counter(Money::new(80_000, Currency::EUR), "It took a month");
        answer_as_studio(&tx, &owner, made.id, counter).await.unwrap();
        tx.commit().await.unwrap();
        let asked = browser.get(&page).await;
        assert_strict(&asked);
        assert!(asked.text.contains("Accept EUR\u{a0}800.00") && asked.text.contains("It took a month"));
        assert_eq!(only(shop).await.state, OfferState::Countered, "looking at it answers nothing");
        let high = browser.post(&page, &[("act", "counter"), ("amount", "850")]).await;
        assert_eq!(high.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(high.text.contains("value=\"850\""), "{}", high.text);
        assert_eq!(browser.post(&page, &[("act", "accept")]).await.status, StatusCode::SEE_OTHER);

        let agreed = browser.get(&page).await;
        assert_strict(&agreed);
        assert!(
            agreed.text.contains("Pay EUR\u{a0}800.00") && agreed.text.contains("England and Wales"),
            "with the contract"
        );
        let (minor, currency) = (agreed.hidden("seen_minor"), agreed.hidden("seen_currency"));
        let seen = [("act", "order"), ("seen_minor", minor.as_str()), ("seen_currency", currency.as_str())];
        let nameless = browser.post(&page, &[&seen[..], &[("name", " ")]].concat()).await;
        assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
        let placed = browser.post(&page, &[&seen[..], &[("name", "Ada Lovelace")]].concat()).await;
        assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
        let paid =
            browser.post(placed.header("location"), &[("card", "4242 4242 4242 4242"), ("outcome", "pay")]).await;
        browser.get(paid.header("location")).await;
        let order: OrderId = only(shop).await.order_id.unwrap();
        let found = sales::queries::find_order(&services.db, &owner, order).await.unwrap().unwrap();
        assert_eq!(
            (found.total_minor, found.state),
            (80_000, OrderState::AwaitingPayment),
            "held until it is collected"
        );
        let done = browser.get(&page).await;
        assert!(done.text.contains("You have ordered it") && !done.text.contains("name=\"name\""));
        for token in ["x".to_owned(), services.links.token(Purpose::Order, order, None)] {
            assert_eq!(browser.get(&format!("/offers/{token}")).await.status, StatusCode::NOT_FOUND);
        }
        let unknown: OfferId = services.env.id();
        let page = format!("/offers/{}", services.links.token(Purpose::Offer, unknown, None));
        assert_eq!(browser.get(&page).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
