//! Prices in several currencies, set, shown and paid.

use domain::actor::Actor;
use serde_json::{Value, json};

use super::{PLACE, on_each_database};

#[tokio::test]
async fn beats_are_looked_for_by_tier_and_price_in_a_currency() {
    on_each_database(async |world| {
        let query = "query($filter: StorefrontFilter) { storefront(slug: \"nova\") { beats(filter: $filter) { nodes { slug } } } }";
        let find = async |filter: Value| {
            let found = world.ask(Actor::Anonymous, query, json!({ "filter": filter })).await;
            found["storefront"]["beats"]["nodes"] == json!([{ "slug": "night-drive" }])
        };
        for (filter, found) in [
            (json!({ "tier": "WAV" }), true),
            (json!({ "tier": "TRACKOUT" }), false),
            (json!({ "minPriceMinor": 3000, "maxPriceMinor": 3000, "currency": "EUR" }), true),
            (json!({ "maxPriceMinor": 2999 }), false),
            (json!({ "tier": "WAV", "minPriceMinor": 6001 }), false),
            (json!({ "tier": "WAV", "currency": "USD" }), false),
            (json!({ "currency": "USD" }), true),
            (json!({ "musicalKey": "A minor", "compatibleKeys": true }), false),
        ] {
            assert_eq!(find(filter.clone()).await, found, "{filter}");
        }
        let unknown = json!({ "filter": { "tier": "WAV", "currency": "dollars" } });
        let unknown = world.raw(Actor::Anonymous, query, unknown).await["errors"][0]["extensions"].clone();
        assert_eq!((&unknown["code"], &unknown["field"]), (&json!("UNKNOWN_CURRENCY"), &json!("filter.currency")));
    })
    .await;
}

#[tokio::test]
async fn a_studio_sells_in_several_currencies_and_a_cart_is_in_one_of_them() {
    on_each_database(async |world| {
        let studio = world.studio.to_string();
        let set = "mutation($input: SetTierInput!) { setTier(input: $input) {
            tier { price { formatted } prices { formatted } } userErrors { code field } } }";
        let input = |prices: Value| {
            json!({ "input": { "studio": studio, "code": "WAV", "name": "WAV lease", "prices": prices,
                "price": { "minor": 6000, "currency": "EUR" }, "files": { "mp3": true, "wav": true, "stems": false },
                "caps": {}, "publishingKeptPpm": 500_000, "creditLine": "prod. by Nova" } })
        };
        let (dollars, yen) = (json!({ "minor": 6600, "currency": "USD" }), json!({ "minor": 9000, "currency": "JPY" }));
        for (second, code, field) in [
            (dollars.clone(), "CURRENCY_TWICE", "prices.1.currency"),
            (json!({ "minor": 6000, "currency": "EUR" }), "CURRENCY_TWICE", "prices.1.currency"),
            (json!({ "minor": 6000, "currency": "euro" }), "UNKNOWN_CURRENCY", "prices.1.currency"),
            (json!({ "minor": 49, "currency": "JPY" }), "AMOUNT_TOO_SMALL", "prices.1"),
        ] {
            let refused = world.ask(world.manager(), set, input(json!([dollars, second]))).await["setTier"].clone();
            assert_eq!(refused["userErrors"], json!([{ "code": code, "field": field }]));
        }
        let done = world.ask(world.manager(), set, input(json!([dollars, yen]))).await["setTier"]["tier"].clone();
        let prices = json!([{ "formatted": "JPY 9,000" }, { "formatted": "USD 66.00" }]);
        assert_eq!((&done["price"]["formatted"], &done["prices"]), (&json!("EUR 60.00"), &prices));

        let shop = r#"query { storefront(slug: "nova") { currency currencies bundles(currency: "USD") { name } beat(slug: "night-drive") {
            euros: offers { price { formatted } } dollars: offers(currency: "USD") { price { formatted } }
            francs: offers(currency: "CHF") { price { formatted } }
            contractHtml(tier: WAV, currency: "USD") unsold: contractHtml(tier: MP3, currency: "USD") } } }"#;
        let shop = world.ask(Actor::Anonymous, shop, json!({})).await["storefront"].clone();
        assert_eq!((&shop["currency"], &shop["currencies"]), (&json!("EUR"), &json!(["EUR", "JPY", "USD"])));
        let beat = &shop["beat"];
        assert_eq!(beat["euros"].as_array().unwrap().len(), 4);
        assert_eq!(beat["dollars"], json!([{ "price": { "formatted": "USD 66.00" } }]));
        assert_eq!((&beat["francs"], &shop["bundles"], &beat["unsold"]), (&json!([]), &json!([]), &Value::Null));
        assert!(beat["contractHtml"].as_str().unwrap().contains("66.00"));
        let unknown = r#"query { storefront(slug: "nova") { beat(slug: "night-drive") { offers(currency: "dollars") { price { minor } } } } }"#;
        let unknown = world.raw(Actor::Anonymous, unknown, json!({})).await["errors"][0]["extensions"].clone();
        assert_eq!((&unknown["code"], &unknown["field"]), (&json!("UNKNOWN_CURRENCY"), &json!("currency")));

        let add = "mutation($input: AddToCartInput!) { addToCart(input: $input) {
            secret cart { currency total { formatted } lines { offer { price { formatted } } } } userErrors { code field remedy } } }";
        let add = async |secret: &Value, tier: &str, currency: &str| {
            let input = json!({ "studio": studio, "beat": world.beat.to_string(), "tier": tier, "secret": secret, "currency": currency });
            world.ask(Actor::Anonymous, add, json!({ "input": input })).await["addToCart"].clone()
        };
        let unsold = add(&Value::Null, "MP3", "USD").await["userErrors"][0].clone();
        let remedy = "choose a currency that it is sold in: EUR";
        assert_eq!(unsold, json!({ "code": "TIER_NOT_SOLD_IN_CURRENCY", "field": "currency", "remedy": remedy }));
        let added = add(&Value::Null, "WAV", "USD").await;
        let cart = json!({ "currency": "USD", "total": { "formatted": "USD 66.00" },
            "lines": [{ "offer": { "price": { "formatted": "USD 66.00" } } }] });
        assert_eq!(added["cart"], cart);
        let other = add(&added["secret"], "WAV", "EUR").await["userErrors"][0].clone();
        assert_eq!((&other["code"], &other["field"]), (&json!("CART_OTHER_CURRENCY"), &json!("currency")));

        let turn = "mutation($input: SetCartCurrencyInput!) {
            setCartCurrency(input: $input) { cart { currency total { formatted } } userErrors { code field } } }";
        let turn = async |currency: &str| {
            let input = json!({ "studio": studio, "secret": added["secret"], "currency": currency });
            world.ask(Actor::Anonymous, turn, json!({ "input": input })).await["setCartCurrency"].clone()
        };
        let yen = json!({ "currency": "JPY", "total": { "formatted": "JPY 9,000" } });
        assert_eq!(turn("JPY").await["cart"], yen);
        let francs = json!([{ "code": "CURRENCY_NOT_SOLD", "field": "currency" }]);
        assert_eq!(turn("CHF").await["userErrors"], francs);
        assert_eq!(turn("USD").await["cart"]["currency"], "USD");
        let order = json!({ "input": { "studio": studio, "secret": added["secret"], "buyerName": "Ada Lovelace",
            "buyerEmail": "ada@example.com", "seenTotal": { "minor": 6600, "currency": "USD" } } });
        let placed = world.ask(Actor::Anonymous, PLACE, order).await["placeOrder"]["placed"].clone();
        assert_eq!(placed["order"]["state"], "AWAITING_PAYMENT");
        let mine = "query($token: String!) { buyerOrder(token: $token) { total { formatted } } }";
        let mine = world.ask(Actor::Anonymous, mine, json!({ "token": placed["token"] })).await["buyerOrder"].clone();
        assert_eq!(mine["total"]["formatted"], "USD 66.00");
    })
    .await;
}
