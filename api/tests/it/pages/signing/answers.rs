//! Other answers than a signature.

use domain::agreements::entity::AgreementState;
use reqwest::StatusCode;

use super::{ADA, BEN, Sent, assert_strict, on_each_database};

#[actix_web::test]
async fn it_can_be_handed_on_declined_or_asked_for_on_paper() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let ada = sent.visitor(ADA).await;
        let wrong = ada.post("/delegate", &[("name", "Cleo"), ("email", "cleo"), ("words", "")]).await;
        assert_strict(&wrong);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("value=\"Cleo\"") && wrong.text.contains("aria-invalid"), "{}", wrong.text);
        for name in ["\u{202e}oelC", "Cleo\u{2066}", "Cleo\u{85}Diaz"] {
            let steered = ada.post("/delegate", &[("name", name), ("email", "cleo@example.com")]).await;
            assert_eq!(steered.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
        }
        let signs = ada.post("/delegate", &[("name", "Ben"), ("email", BEN.1)]).await;
        assert_eq!(signs.status, StatusCode::CONFLICT, "{}", signs.text);
        let words = "Look at \u{202e}the\u{202c} credits.\r\nThe rest is as we said.";
        let handed =
            ada.post("/delegate", &[("name", "Cleo Diaz"), ("email", "cleo@example.com"), ("words", words)]).await;
        assert!(handed.text.contains("You have handed it on"), "{}", handed.text);
        assert!(ada.get("").await.status.is_client_error(), "what was handed on is no longer theirs");
        let cleo = sent.visitor(("Cleo Diaz", "cleo@example.com")).await;
        let page = cleo.get("").await;
        assert!(page.text.contains("for Ada Nowak") && page.text.contains("Look at the credits."), "{}", page.text);
        assert_eq!(cleo.sign().await.status, StatusCode::SEE_OTHER);

        let ben = sent.visitor(BEN).await;
        let paper = ben.get("/paper").await;
        assert_strict(&paper);
        assert!(paper.text.contains("you are asked to sign here anew"), "{}", paper.text);
        assert!(paper.text.contains("Nova Sound reads this, and nobody else."), "{}", paper.text);
        assert_eq!(ben.post("/paper", &[("words", "")]).await.status, StatusCode::SEE_OTHER);
        assert!(ben.get("/done").await.text.contains("You get it on paper"));

        let other = Sent::new(shop).await;
        let ada = other.visitor(ADA).await;
        let silent = ada.post("/decline", &[("words", "  ")]).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
        assert_eq!(ada.post("/decline", &[("words", "I wrote none of it.")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(other.row().await.state, AgreementState::Declined);
        let done = ada.get("").await;
        assert!(done.text.contains("You have declined") && done.text.contains("I wrote none of it."), "{}", done.text);
    })
    .await;
}

#[actix_web::test]
async fn the_longest_words_in_any_script_arrive() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let ada = sent.visitor(ADA).await;
        let words = "𠮷".repeat(2_000);
        let declined = ada.post("/decline", &[("words", &words)]).await;
        assert_eq!(declined.status, StatusCode::SEE_OTHER, "{}", declined.text);
        assert_eq!(sent.row().await.closed_reason, Some(words));
    })
    .await;
}
