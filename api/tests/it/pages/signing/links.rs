//! Who comes in by a link, and who does not.

use domain::{
    agreements::{
        commands,
        entity::{AgreementState, agreement, link, session},
        queries,
    },
    links::Purpose,
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, sea_query::Expr};

use super::{ADA, BEN, Browser, Sent, assert_strict, on_each_database};
use crate::pages::support::OVER_TLS;

#[actix_web::test]
async fn links_that_open_nothing_say_why_and_lead_to_another() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let (link, stranger) = (sent.link(ADA.1).await, Browser::new(&shop.url));
        sent.visitor(ADA).await;
        let used = stranger.get(&link).await;
        assert_strict(&used);
        assert_eq!(used.status, StatusCode::GONE);
        assert!(used.text.contains("opened before") && used.text.contains("Send me a new link"), "{}", used.text);
        assert_eq!(stranger.post(&link, &[]).await.status, StatusCode::GONE);
        let again = stranger.post(&format!("{link}/again"), &[]).await;
        assert_eq!(again.status, StatusCode::OK, "{}", again.text);
        let newer = sent.link(ADA.1).await;
        assert_ne!(newer, link);
        let later = async || {
            let past = shop.services.env.now() - chrono::Duration::minutes(2);
            let made = link::Entity::update_many().col_expr(link::Column::CreatedAt, Expr::value(past));
            made.exec(&shop.services.db).await.unwrap();
        };
        for _ in 0..4 {
            later().await;
            stranger.post(&format!("{link}/again"), &[]).await;
        }
        later().await;
        let often = stranger.post(&format!("{link}/again"), &[]).await;
        assert_eq!(often.status, StatusCode::TOO_MANY_REQUESTS, "{}", often.text);
        let replaced = stranger.get(&newer).await;
        assert!(replaced.status == StatusCode::GONE && replaced.text.contains("newer link"), "{}", replaced.text);

        let forged = link.replace("/sign/sign.slink", "/sign/sign.slink_");
        for path in [&*forged, "/sign/x", "/sign/sign.slink_1.0.00"] {
            let page = stranger.get(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!page.text.contains("Send me a new link"), "{}", page.text);
            assert_eq!(stranger.post(path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let services = &shop.services;
        let tx = services.begin().await.unwrap();
        commands::void_agreement(&tx, &sent.owner, sent.id, "Written anew.").await.unwrap();
        services.commit(tx).await.unwrap();
        let over = stranger.get(&sent.link(BEN.1).await).await;
        assert!(over.status == StatusCode::GONE && over.text.contains("nothing to sign any more"), "{}", over.text);
    })
    .await;
}

#[actix_web::test]
async fn a_session_opens_its_own_signers_pages_and_no_others() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let other = Sent::new(shop).await;
        let ada = sent.visitor(ADA).await;
        // A cookie is confined to its path; somebody who sends it elsewhere by hand gets no further.
        let row = session::Entity::find().one(&shop.services.db).await.unwrap().unwrap();
        assert_eq!(row.signer_id, sent.signer(ADA.1).await.id);
        let forger = reqwest::Client::new();
        for foreign in [sent.signer(BEN.1).await.id, other.signer(ADA.1).await.id, shop.services.env.id()] {
            for page in ["", "/code", "/signature", "/done", "/read.pdf", "/counter"] {
                let url = format!("{}/signing/{foreign}{page}", shop.url);
                let answer =
                    forger.get(&url).header("cookie", format!("ll_signing={}", ada.cookie)).send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{page}");
                let text = answer.text().await.unwrap();
                assert!(!text.contains(BEN.0) && !text.contains("Harbour"), "{text}");
            }
        }
        // Nor does what is sent to another's pages do anything.
        let form = [
            ("version", "1"),
            ("text", "0".repeat(64).as_str()),
            ("name", "Mallory"),
            ("email", "mallory@example.com"),
            ("words", "No"),
            ("drawing", ""),
            ("code", "000000"),
        ]
        .map(|(field, value)| (field, value.to_owned()));
        let before = [&sent, &other].map(|sent| queries::evidence_of(&shop.services.db, sent.id));
        let before = futures::future::try_join_all(before).await.unwrap();
        for foreign in [sent.signer(BEN.1).await.id, other.signer(ADA.1).await.id, shop.services.env.id()] {
            for page in
                ["/code", "/code/again", "/consent", "/signature", "/counter", "/delegate", "/decline", "/paper"]
            {
                let request = forger.post(format!("{}/signing/{foreign}{page}", shop.url)).form(&form[..]);
                let request =
                    request.header("origin", &shop.url).header("cookie", format!("ll_signing={}", ada.cookie));
                assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{page}");
            }
        }
        for (sent, before) in [&sent, &other].into_iter().zip(before) {
            assert_eq!(queries::evidence_of(&shop.services.db, sent.id).await.unwrap(), before);
        }
        let own =
            forger.get(format!("{}{}", shop.url, ada.pages)).header("cookie", format!("ll_signing={}", ada.cookie));
        assert_eq!(own.send().await.unwrap().status(), StatusCode::OK);
        // Another site's form does not act in the signer's name.
        let decline = format!("{}/decline", ada.pages);
        let evil = ada.browser.post_from("https://evil.example", &decline, &[("words", "No")]).await;
        assert_eq!(evil.status, StatusCode::FORBIDDEN);
        assert_eq!(sent.row().await.state, AgreementState::Sent);
    })
    .await;
}

#[actix_web::test]
async fn over_tls_a_signers_cookie_is_held_to_it_by_its_name() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let (base, server) = shop.over_tls();
        let opened = Browser::new(&base).post_from(OVER_TLS, &sent.link(ADA.1).await, &[]).await;
        let (pages, set) = (opened.header("location"), opened.header("set-cookie"));
        assert!(set.starts_with("__Secure-ll_signing=") && set.contains("; Secure"), "{set}");
        let cookie = set.split(';').next().unwrap();
        let http = reqwest::Client::new();
        let answered = async |cookie: &str| {
            http.get(format!("{base}{pages}")).header("Cookie", cookie).send().await.unwrap().status()
        };
        assert_eq!(answered(cookie).await, StatusCode::OK);
        assert_eq!(answered(cookie.trim_start_matches("__Secure-")).await, StatusCode::UNAUTHORIZED);
        server.stop(true).await;
    })
    .await;
}

#[actix_web::test]
async fn a_link_of_one_kind_is_none_of_another() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let signs = sent.link(ADA.1).await;
        let signs = signs.strip_prefix("/sign/").unwrap();
        let signer = sent.signer(ADA.1).await.id;
        let lasting = queries::agreement_url("", &shop.services.links, signer);
        let lasting = lasting.strip_prefix("/agreement/").unwrap();
        let withdraws = shop.services.links.token(Purpose::WithdrawConsent, signer, None);
        let browser = Browser::new(&shop.url);
        let asked = |path: &str, tokens: [&str; 2]| tokens.map(|token| path.replace("{}", token));
        let paths = [
            asked("/sign/{}", [lasting, &withdraws]),
            asked("/sign/{}/again", [lasting, &withdraws]),
            asked("/agreement/{}", [signs, &withdraws]),
            asked("/agreement/{}/consent/withdraw", [signs, &withdraws]),
            asked("/agreement/{}/consent/confirm", [signs, lasting]),
        ];
        let before = queries::evidence_of(&shop.services.db, sent.id).await.unwrap();
        for path in paths.as_flattened() {
            for page in [browser.get(path).await, browser.post(path, &[]).await] {
                assert!(page.status.is_client_error(), "{path}: {} {}", page.status, page.text);
                assert!(!page.text.contains("Harbour") && !page.text.contains(BEN.0), "{path}: {}", page.text);
            }
        }
        // Nor is the lasting link of what is not executed.
        for path in [format!("/agreement/{lasting}"), format!("/agreement/{lasting}/consent/withdraw")] {
            let page = browser.get(&path).await;
            assert!(page.status.is_client_error() && !page.text.contains(BEN.0), "{path}: {}", page.text);
        }
        assert_eq!(queries::evidence_of(&shop.services.db, sent.id).await.unwrap(), before);
    })
    .await;
}

#[actix_web::test]
async fn past_its_time_the_pages_say_so_before_the_schedule_does() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let ada = sent.visitor(ADA).await;
        let past = shop.services.env.now() - chrono::Duration::seconds(1);
        let late = agreement::ActiveModel { expires_at: Set(Some(past)), ..sent.row().await.into_active_model() };
        late.update(&shop.services.db).await.unwrap();
        for page in ["", "/done"] {
            let page = ada.get(page).await;
            assert!(page.text.contains("Its time is over"), "{}", page.text);
        }
        let link = ada.browser.get(&sent.link(BEN.1).await).await;
        assert!(link.status == StatusCode::GONE && link.text.contains("nothing to sign any more"), "{}", link.text);
    })
    .await;
}
