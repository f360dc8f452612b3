//! Pages as somebody meets them who reads German: they are in German, and what is left of English is marked as such (WCAG 2.2, 3.1.2).

use reqwest::StatusCode;

use super::{
    on_each_database,
    support::{Browser, Seen},
};

/// Words that hardly an English sentence does without, and that are none in German.
const ENGLISH: [&str; 10] = ["the", "this", "is", "are", "of", "you", "your", "to", "and", "with"];

/// The English words in what a page says that it does not say to be English.
fn unmarked(page: &Seen) -> Vec<String> {
    let (_, main) = page.text.split_once("<main").unwrap_or_else(|| panic!("no main part in {}", page.text));
    let mut html = main.split_once("</main>").unwrap().0.to_owned();
    while let Some(at) = html.find(" lang=\"en\"") {
        let begins = html[..at].rfind('<').unwrap();
        let end = format!("</{}>", html[begins + 1..at].split(' ').next().unwrap());
        let ends = at + html[at..].find(&end).unwrap() + end.len();
        html.replace_range(begins..ends, " ");
    }
    let texts = html.split('<').filter_map(|piece| Some(piece.split_once('>')?.1));
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphabetic()));
    words.map(str::to_lowercase).filter(|word| ENGLISH.contains(&word.as_str())).collect()
}

fn assert_german(page: &Seen) {
    assert!(page.text.contains("<html lang=\"de\""), "{}", page.text);
    let english = unmarked(page);
    assert!(english.is_empty(), "{english:?} in {}", page.text);
}

#[actix_web::test]
async fn a_buyer_is_refused_in_german_or_is_told_where_it_is_english() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let browser = Browser::in_german(&shop.url);
        let beat = browser.get("/s/nova/night-drive").await;
        assert_german(&beat);
        assert!(beat.text.contains("WAV-Lease") && beat.text.contains("a-Moll"), "{}", beat.text);
        let shown = browser.get("/s/nova?key=Am").await;
        assert!(shown.text.contains("<option value=\"A minor\" selected>a-Moll</option>"), "{}", shown.text);

        browser.post("/s/nova/cart", &[("beat", &beat.hidden("beat")), ("tier", "wav")]).await;
        let cart = browser.get("/s/nova/cart").await;
        assert_german(&cart);
        assert!(cart.text.contains("WAV-Lease"), "{}", cart.text);
        let unknown = browser.post("/s/nova/cart/coupon", &[("coupon", "NONSENSE")]).await;
        assert_german(&unknown);
        assert!(unknown.text.contains("Einen Gutschein mit diesem Code gibt es nicht."), "{}", unknown.text);

        let (minor, currency) = (cart.hidden("seen_minor"), cart.hidden("seen_currency"));
        let order = async |name: &str, email: &str| {
            let seen = [("seen_minor", minor.as_str()), ("seen_currency", currency.as_str())];
            let typed = [&seen[..], &[("name", name), ("email", email)]].concat();
            let refused = browser.post("/s/nova/checkout", &typed).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
            assert_german(&refused);
            refused.text
        };
        assert!(order("Ada", "ada").await.contains("Das ist keine E-Mail-Adresse."));
        let hangul = order("김민수", "ada@example.com").await;
        let (_, problem) = hangul.split_once("id=\"problem\">").unwrap();
        assert!(problem.starts_with("<span lang=\"en\">") && problem.contains("김 (U+AE40)"), "{hangul}");
        let offer = browser.get("/s/nova/night-drive/exclusive/offer").await;
        assert_german(&offer);
        assert!(offer.text.contains("nimmt das Studio keine Angebote an"), "{}", offer.text);

        let english = Browser::new(&shop.url).get("/s/nova/cart").await;
        assert!(!unmarked(&english).is_empty(), "whoever judges pages sees English");
    })
    .await;
}

#[actix_web::test]
async fn links_that_open_nothing_say_so_in_german() {
    on_each_database(async |shop| {
        let browser = Browser::in_german(&shop.url);
        for path in [
            "/nowhere",
            "/s/nova/nowhere",
            "/orders/x",
            "/offers/x",
            "/quotes/x",
            "/invoices/x",
            "/bookings/x",
            "/free/x",
            "/first-refusal/x",
            "/review/x",
            "/royalties/x",
            "/sign/x",
            "/agreement/x",
            "/account/verify?token=x",
        ] {
            let page = browser.get(path).await;
            assert_german(&page);
        }
    })
    .await;
}
