//! After the last signature.

use domain::{
    actor::Actor,
    agreements::{
        commands::{self, SealedFile},
        queries,
    },
    catalog::{
        Sha256,
        entity::{AssetKind, asset},
    },
    ids::SignerId,
    outbox::entity::job,
};
use reqwest::StatusCode;
use sea_orm::EntityTrait;

use super::{ADA, BEN, Browser, Sent, assert_strict, on_each_database};

#[actix_web::test]
async fn the_sealed_file_is_there_for_whoever_has_the_link() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        for who in [ADA, BEN] {
            assert_eq!(sent.visitor(who).await.sign().await.status, StatusCode::SEE_OTHER);
        }
        let services = &shop.services;
        let signer = sent.signer(ADA.1).await.id;
        let page = queries::agreement_url("", &services.links, signer);
        let stranger = Browser::new(&shop.url);
        let waiting = stranger.get(&page).await;
        assert!(
            waiting.status == StatusCode::OK && waiting.text.contains("http-equiv=\"refresh\""),
            "{}",
            waiting.text
        );
        let early = stranger.get(&format!("{page}/AG.pdf")).await;
        assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text);

        let content = b"%PDF-1.7 sealed";
        let asset = shop.asset(AssetKind::Contract, "application/pdf", content).await;
        let file = asset::Entity::find_by_id(asset).one(&services.db).await.unwrap().unwrap();
        let template_sha256 = Sha256::of(b"template");
        let sealed =
            SealedFile { file: &file, template_sha256: &template_sha256, engine_version: "test", can_raise: false };
        let tx = services.begin().await.unwrap();
        commands::record_sealed(&tx, &services.ctx(Actor::System), sent.id, sealed).await.unwrap();
        services.commit(tx).await.unwrap();
        let executed = stranger.get(&page).await;
        assert_strict(&executed);
        let href = executed.text.split("href=\"").find(|rest| rest.starts_with("/agreement/")).unwrap();
        let file = stranger.get(href.split('"').next().unwrap()).await;
        assert_eq!((file.status, file.text.as_bytes()), (StatusCode::OK, &content[..]));
        assert!(file.header("content-disposition").starts_with("attachment"));
        // What is to come may come on paper; what was signed stands.
        let withdraw = format!("{page}/consent/withdraw");
        assert!(executed.text.contains(&format!("href=\"{withdraw}\"")), "{}", executed.text);
        let asked = stranger.get(&withdraw).await;
        assert_strict(&asked);
        assert!(asked.text.contains("What you have signed stands"), "{}", asked.text);
        for _ in 0..2 {
            let done = stranger.post(&withdraw, &[]).await;
            assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, page.as_str()), "{}", done.text);
        }
        let after = stranger.get(&page).await;
        assert!(after.text.contains("You have withdrawn your consent") && !after.text.contains(&withdraw));
        assert!(after.text.contains("Everybody has signed") && after.text.contains("Download the sealed PDF"));
        assert_eq!(stranger.post("/agreement/x/consent/withdraw", &[]).await.status, StatusCode::NOT_FOUND);

        for forged in ["/agreement/x", "/agreement/x/x.pdf"] {
            let answer = stranger.get(forged).await;
            assert!(answer.status.is_client_error(), "{forged}");
        }
        let bare = page.replace(&signer.to_string(), &services.env.id::<SignerId>().to_string());
        assert!(stranger.get(&bare).await.status.is_client_error());
        let mails = job::Entity::find().all(&services.db).await.unwrap();
        assert!(mails.iter().any(|row| row.kind == "mail_agreement"));
    })
    .await;
}
