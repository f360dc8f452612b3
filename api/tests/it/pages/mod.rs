//! The public pages as a browser without JavaScript meets them: what tests of them share, and what holds wherever somebody is.

mod booking;
mod currencies;
mod domains;
mod finding;
mod first_refusal;
mod free_downloads;
mod german;
mod invoices;
mod licences;
mod masters;
mod meter;
mod offers;
mod portfolio;
mod pricing;
mod replica;
mod reviews;
mod royalties;
mod shopfront;
pub(crate) mod signing;
pub(crate) mod support;
mod verify;
mod visits;

use domain::{
    ids::OrderId,
    links::Purpose,
    ports::{Mail, Mailer},
};
use reqwest::StatusCode;
use support::{Browser, Shop};
use visits::order;

async fn on_each_database(test: impl AsyncFn(&Shop)) {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let shop = Shop::open(&database).await;
        test(&shop).await;
        shop.close(database).await;
    }
}

/// Every page's promises: a policy without anything inline, and HTML that keeps them. Of scripts there are only the built ones, if they were built.
fn assert_strict(seen: &support::Seen) {
    let policy = seen.header("content-security-policy");
    assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let html = seen.text.replace("<script type=\"module\" src=\"/assets/", "");
    // Data, which no browser runs.
    let html = html.replace("<script type=\"application/ld+json\">", "");
    for forbidden in ["<script", " style=", "<style", " onclick=", "javascript:"] {
        assert!(!html.contains(forbidden), "{forbidden} in {}", seen.text);
    }
    assert!(seen.text.contains("<html lang=\"en\">") && seen.text.contains("<h1"), "{}", seen.text);
}

#[actix_web::test]
async fn whoever_asks_with_head_is_answered_as_with_get_and_gets_no_body() {
    on_each_database(async |shop| {
        shop.beat("Night Drive", "night-drive", 140_000).await;
        let browser = Browser::new(&shop.url);
        for path in [
            "/",
            "/s/nova",
            "/s/nova/cart",
            "/s/nova/night-drive",
            "/s/nova/night-drive/embed",
            "/s/nova/night-drive/wav/contract",
            "/covers/x.svg",
            "/oembed?url=x",
            "/s/nova/nowhere",
            "/orders/x",
            "/offers/x",
            "/quotes/x",
            "/invoices/x",
            "/invoices/x/invoice.pdf",
            "/free/x",
            "/first-refusal/x",
            "/unsubscribe/x",
            "/royalties/x",
            "/royalties/x/y",
            "/royalties/x/y/z",
            "/royalties/x/y/statement.pdf",
            "/review/x",
            "/account/forgotten",
            "/account/verify?token=x",
            "/dashboard",
            "/verify",
            "/verify/authority.pem",
            "/verify/AG-7K3M9Q2X",
            "/agreement/x",
            "/sign/x",
            "/mailbox",
            "/favicon.ico",
            "/health",
            "/metrics",
            "/graphql",
            "/nowhere",
        ] {
            let (got, asked) = (browser.get(path).await, browser.head(path).await);
            assert_eq!(asked.status, got.status, "{path}");
            for name in ["content-type", "location", "cache-control"] {
                assert_eq!(asked.header(name), got.header(name), "{path}: {name}");
            }
            // A policy may name a number that is used once.
            let policies = [&asked, &got].map(|answer| answer.header("content-security-policy").split('\'').count());
            assert_eq!(policies[0], policies[1], "{path}");
            assert!(asked.text.is_empty(), "{path}: {}", asked.text);
        }
        assert_eq!(browser.head("/s/nova/night-drive").await.status, StatusCode::OK);
    })
    .await;
}

#[actix_web::test]
async fn what_people_type_stays_text() {
    on_each_database(async |shop| {
        let evil = "\"><img src=x onerror=alert(1)></title><b>";
        shop.beat(evil, "night-drive", 140_000).await;
        let browser = Browser::new(&shop.url);
        for path in ["/s/nova", "/s/nova/night-drive", "/s/nova/night-drive/exclusive/contract"] {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(
                !page.text.contains("<img src=x") && page.text.contains("onerror=alert(1)"),
                "{path}: {}",
                page.text
            );
        }
        let search = browser.get("/s/nova?q=%22%3E%3Csvg+onload%3Dalert(1)%3E&key=%3Cb%3E&after=beat_1").await;
        assert!(!search.text.contains("<svg onload") && !search.text.contains("<b>"), "{}", search.text);
        let pay_url = order(&browser).await;
        let pay = browser.get(&pay_url).await;
        assert!(!pay.text.contains("<img src=x") && pay.text.contains("onerror=alert(1)"), "{}", pay.text);
    })
    .await;
}

#[actix_web::test]
async fn forms_of_other_sites_and_odd_addresses_change_nothing() {
    on_each_database(async |shop| {
        let beat = shop.beat("Night Drive", "night-drive", 140_000).await.to_string();
        let browser = Browser::new(&shop.url);
        let form = [("beat", beat.as_str()), ("tier", "wav")];
        for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
            let refused = browser.post_from(origin, "/s/nova/cart", &form).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{origin}");
            assert_eq!(refused.header("set-cookie"), "");
        }
        let bad = browser.post("/s/nova/cart", &[("beat", "order_1"), ("tier", "gold")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        let short = browser.post("/s/nova/cart", &[("beat", &beat)]).await;
        assert!(short.status.is_client_error() && short.text.contains("<h1"), "{}", short.text);
        let no_cart = browser.post("/s/nova/checkout", &[("name", "Ada")]).await;
        assert_eq!(no_cart.status, StatusCode::CONFLICT);
        for path in [
            "/s/nobody",
            "/s/nova/no-such-beat",
            "/s/nova/night-drive/gold/contract",
            "/orders/order.x.0.00",
            "/no/such/page",
            "/s/nova/%00",
            "/mailbox/job_1",
        ] {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            assert_strict(&page);
        }
        assert_eq!(browser.get("/s/nova?q=%00&mood=%00&key=%00").await.status, StatusCode::OK);
        let expired = shop.services.links.token::<OrderId>(
            Purpose::Order,
            shop.services.env.id(),
            Some(shop.services.env.now() - chrono::Duration::days(1)),
        );
        let gone = browser.get(&format!("/orders/{expired}")).await;
        assert_eq!(gone.status, StatusCode::GONE);
        assert!(gone.text.contains("This link has expired"));
    })
    .await;
}

#[actix_web::test]
async fn newcomers_are_shown_where_to_sign_up() {
    on_each_database(async |shop| {
        let browser = Browser::new(&shop.url);
        let none = browser.get("/").await;
        assert_strict(&none);
        let (sign_up, sign_in) = ("href=\"/dashboard?new\">Sign up<", "href=\"/dashboard\">");
        assert!(none.text.contains(sign_up) && none.text.contains(sign_in), "{}", none.text);
    })
    .await;
}

#[actix_web::test]
async fn every_refusal_says_what_to_do_next() {
    on_each_database(async |shop| {
        let base = &shop.url;
        let http = reqwest::Client::new();
        let send = async |request: reqwest::RequestBuilder| {
            let answer = request.header("Accept", "text/html,application/xhtml+xml").send().await.unwrap();
            (answer.status(), answer.text().await.unwrap())
        };
        let expired = |purpose: Purpose| {
            let (id, until) = (shop.services.env.id(), shop.services.env.now() - chrono::Duration::days(1));
            shop.services.links.token::<OrderId>(purpose, id, Some(until))
        };
        let foreign = http.post(format!("{base}/s/nova/cart")).header("Origin", "https://evil.example");
        let dead = http.post(format!("{base}/s/nova/cart")).header("Origin", base).header("Cookie", "ll_access=dead");
        let signer = http.get(format!("{base}/signing/signer_00000000000000000000000000"));
        let order = http.get(format!("{base}/orders/{}", expired(Purpose::Order)));
        for (request, status, next) in [
            (foreign, StatusCode::FORBIDDEN, "Go back, reload the page and send it again."),
            (dead, StatusCode::UNAUTHORIZED, "Go back and send it again."),
            (signer, StatusCode::UNAUTHORIZED, "allow cookies for this site first"),
            (order, StatusCode::GONE, "Ask whoever has sent it for a fresh one."),
            (http.get(format!("{base}/no/such/page")), StatusCode::NOT_FOUND, "look for it from the start"),
        ] {
            let (answered, page) = send(request).await;
            assert_eq!(answered, status, "{page}");
            assert!(page.contains("<h1>") && page.contains(next) && page.contains("class=\"button"), "{page}");
        }
        let told = http.post(format!("{base}/s/nova/cart")).header("Origin", "https://evil.example").send().await;
        let told = told.unwrap().headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(told, "application/problem+json", "a program is told in its own way");
    })
    .await;
}

#[actix_web::test]
async fn the_mailbox_shows_mail_to_this_machine_and_runs_none_of_it() {
    on_each_database(async |shop| {
        let mail = Mail {
            job: shop.services.env.id(),
            to: "ada@example.com".parse().unwrap(),
            from_name: "Nova".into(),
            reply_to: None,
            subject: "Your files <script>".into(),
            text: "Here they are.".into(),
            html: "<html><head></head><p>Here they are.</p><script>alert(1)</script></html>".into(),
            calendar: None,
        };
        shop.mailbox.send(&mail).await.unwrap();
        let browser = Browser::new(&shop.url);
        let list = browser.get("/mailbox").await;
        assert_strict(&list);
        assert!(list.text.contains("Your files"));
        let letter = browser.get(&format!("/mailbox/{}", mail.job)).await;
        assert_strict(&letter);
        assert!(letter.text.contains("sandbox=") && letter.text.contains("Here they are."));
        let html = browser.get(&format!("/mailbox/{}/html", mail.job)).await;
        let policy = html.header("content-security-policy");
        assert!(policy.starts_with("sandbox") && !policy.contains("allow-scripts"), "{policy}");
        assert!(html.text.contains(r#"<head><base target="_blank">"#), "links open beside the frame: {}", html.text);
        let passed_on =
            reqwest::Client::new().get(format!("{}/mailbox", shop.url)).header("X-Forwarded-For", "1.2.3.4");
        assert_eq!(passed_on.send().await.unwrap().status(), StatusCode::NOT_FOUND);
        let of_a_shop = reqwest::Client::new().get(format!("{}/mailbox", shop.url)).header("Host", "shop.example");
        assert_eq!(
            of_a_shop.send().await.unwrap().status(),
            StatusCode::NOT_FOUND,
            "a proxy that says nothing of itself"
        );
    })
    .await;
}

#[actix_web::test]
async fn the_style_sheet_is_kept_for_good_under_its_own_address() {
    on_each_database(async |shop| {
        let browser = Browser::new(&shop.url);
        let page = browser.get("/").await;
        let href = page.text.split_once("rel=\"stylesheet\" href=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        let style = browser.get(&href).await;
        assert!(
            style.header("cache-control").contains("immutable") && style.header("content-type").starts_with("text/css")
        );
        let old = browser.get("/assets/0000000000000000/site.css").await;
        assert!(!old.header("cache-control").contains("immutable"));
    })
    .await;
}

#[actix_web::test]
async fn the_dashboard_is_there_or_says_how_to_build_it() {
    on_each_database(async |shop| {
        let browser = Browser::new(&shop.url);
        for path in ["/dashboard", "/dashboard/nova/beats"] {
            let page = browser.get(path).await;
            if page.status == StatusCode::OK {
                let script =
                    page.text.split_once("<script type=\"module\" src=\"").unwrap().1.split_once('"').unwrap().0;
                let script = browser.get(script).await;
                assert!(script.header("cache-control").contains("immutable"));
                assert!(script.header("content-type").starts_with("text/javascript"));
            } else {
                assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
                assert_strict(&page);
                assert!(page.text.contains("npm --prefix web run build"), "{}", page.text);
            }
        }
        assert_eq!(browser.get("/assets/none-of-this-name.js").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[actix_web::test]
async fn the_links_in_an_accounts_mails_are_spent_by_a_form_and_once() {
    use domain::identity::{
        commands::{SignUp, prepare_sign_up, sign_up},
        entity::{MailPurpose, mail_token, user},
        queries::find_mail_token,
    };
    use sea_orm::EntityTrait;

    on_each_database(async |shop| {
        let services = &shop.services;
        let ctx = services.ctx(domain::actor::Actor::Anonymous);
        let input = SignUp {
            name: "Ada Lovelace".into(),
            email: "ada@example.com".into(),
            password: "an engine of brass and patience".into(),
            studio_name: "Analytical".into(),
            currency: domain::money::Currency::EUR,
        };
        let accepted = prepare_sign_up(&services.env, &input).unwrap();
        sign_up(services, &ctx, accepted, "127.0.0.1").await.unwrap();
        let link = async |purpose: MailPurpose| {
            let tokens = mail_token::Entity::find().all(&services.db).await.unwrap();
            let token = tokens.into_iter().find(|token| token.purpose == purpose).expect("a mail");
            find_mail_token(&services.db, token.id).await.unwrap().unwrap().url(&services.public_url, &services.links)
        };
        let verified =
            async || user::Entity::find().one(&services.db).await.unwrap().unwrap().email_verified_at.is_some();
        let browser = Browser::new(&shop.url);

        let ask = browser.get(&link(MailPurpose::VerifyEmail).await).await;
        assert_strict(&ask);
        assert!(!verified().await, "looking at a link spends nothing");
        let done = browser.post("/account/verify", &[("token", &ask.hidden("token"))]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
        assert!(verified().await);
        assert!(done.text.contains("href=\"/dashboard\">Open the dashboard<"), "{}", done.text);

        let known = browser.post("/account/forgotten", &[("email", "ada@example.com")]).await;
        let unknown = browser.post("/account/forgotten", &[("email", "nobody@example.com")]).await;
        assert_eq!((known.status, known.text), (unknown.status, unknown.text), "nobody learns who has an account");
        assert!(browser.post("/account/forgotten", &[("email", "x")]).await.text.contains("aria-invalid"));

        let ask = browser.get(&link(MailPurpose::ResetPassword).await).await;
        assert_strict(&ask);
        let field = "name=\"password\" type=\"password\" required autocomplete=\"new-password\"";
        assert!(ask.text.contains(field), "{}", ask.text);
        let token = ask.hidden("token");
        let reset =
            async |password: &str| browser.post("/account/reset", &[("token", &token), ("password", password)]).await;
        let short = reset("short").await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(short.text.contains("aria-invalid") && !short.text.contains("value=\"short\""));
        let set = reset("a difference of some magnitude").await;
        assert_eq!(set.status, StatusCode::OK);
        assert!(set.text.contains("href=\"/dashboard\">Sign in<"), "{}", set.text);
        let again = reset("a difference of some magnitude").await;
        assert!(again.status.is_client_error() && again.text.contains("Ask for a new link"), "{}", again.text);
        for path in ["/account/reset?token=x", "/account/invitation?token=x", "/account/invitation"] {
            assert!(browser.get(path).await.status.is_client_error(), "{path}");
        }
    })
    .await;
}
