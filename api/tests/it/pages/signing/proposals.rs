//! Changes that a signer proposes.

use domain::agreements::{
    commands,
    entity::{AgreementState, SignerState},
    queries,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{ADA, BEN, Browser, Sent, assert_strict, on_each_database, sheet};

#[actix_web::test]
async fn shares_are_proposed_in_a_form_that_holds_them_to_the_whole() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let (ada, ben) = (sent.visitor(ADA).await, sent.visitor(BEN).await);
        let page = ada.get("/counter").await;
        assert_strict(&page);
        assert!(page.text.contains("name=\"composition.1\"") && page.text.contains("value=\"50\""), "{}", page.text);
        let form = |composition: &'static str, words: &'static str| {
            [
                ("version", "1"),
                ("composition.0", composition),
                ("composition.1", "39.9999"),
                ("master.0", "60"),
                ("master.1", "40"),
                ("words", words),
            ]
        };
        let off = ada.post("/counter", &form("60", "I wrote more.")).await;
        assert_strict(&off);
        assert_eq!(off.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(off.text.contains("The composition totals 99.9999 %, not 100 %."), "{}", off.text);
        assert!(off.text.contains("value=\"39.9999\"") && off.text.contains("I wrote more."), "what was typed stays");
        let odd = ada.post("/counter", &form("most of it", "I wrote more.")).await;
        assert!(odd.text.contains("“most of it” for Ada Nowak is no share"), "{}", odd.text);
        let fifty = [("composition.0", "50"), ("composition.1", "50"), ("master.0", "50"), ("master.1", "50")];
        let same = ada.post("/counter", &[&fifty[..], &[("version", "1"), ("words", "  ")]].concat()).await;
        assert_strict(&same);
        assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(same.text.contains("The proposal says what the document says."), "{}", same.text);
        assert_eq!(sent.row().await.state, AgreementState::Sent, "nobody is held up");
        for _ in 0..2 {
            let proposed = ada.post("/counter", &form("60.0001", "I wrote more.")).await;
            assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.text);
        }
        assert_eq!(sent.row().await.state, AgreementState::Countered);
        let waiting = ada.get("/done").await.text;
        assert!(waiting.contains("Your proposal is on its way") && waiting.contains("What you propose"), "{waiting}");
        assert!(ben.get("").await.text.contains("Somebody proposes a change"), "nobody signs meanwhile");

        // By the link in its mail the studio reads what is different, until it has answered.
        let services = &shop.services;
        let (row, stranger) = (sent.row().await, Browser::new(&shop.url));
        let link = |version| queries::proposal_url("", &services.links, &row, version);
        let read = stranger.get(&link(2)).await;
        assert_strict(&read);
        assert!(read.text.contains("I wrote more.") && read.text.contains("<ins>"), "{}", read.text);
        assert!(!read.text.contains("England and Wales"), "the document is for who signs in: {}", read.text);
        // A later proposal is none of that link's.
        assert_eq!(ada.post("/counter", &form("60.0001", "I wrote all.")).await.status, StatusCode::SEE_OTHER);
        let replaced = stranger.get(&link(2)).await;
        assert!(
            replaced.text.contains("It no longer waits") && !replaced.text.contains("I wrote"),
            "{}",
            replaced.text
        );
        assert!(stranger.get(&link(3)).await.text.contains("I wrote all."));
        let link = link(3);
        assert_eq!(stranger.get(&link.replace("proposal.agr", "sign.agr")).await.status, StatusCode::NOT_FOUND);

        let tx = services.begin().await.unwrap();
        commands::accept_counter(&tx, &sent.owner, sent.id, 3).await.unwrap();
        services.commit(tx).await.unwrap();
        let answered = stranger.get(&link).await;
        assert!(
            answered.text.contains("It no longer waits") && !answered.text.contains("I wrote all."),
            "{}",
            answered.text
        );
        let page = ben.get("").await;
        assert!(page.text.contains("I wrote all.") && page.text.contains(ADA.0), "{}", page.text);
    })
    .await;
}

#[actix_web::test]
async fn where_the_shares_are_right_words_alone_say_what_is_wrong() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let ada = sent.visitor(ADA).await;
        assert!(ada.get("/counter").await.text.contains("say what else is wrong"));
        let form = [("version", "1"), ("composition.0", "50"), ("composition.1", "50"), ("master.0", "50")];
        let words = [("master.1", "50"), ("words", "My publisher is missing.")];
        let asked = ada.post("/counter", &[&form[..], &words[..]].concat()).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        assert_eq!(sent.row().await.state, AgreementState::Countered);
        let versions = queries::versions_of_agreements(&shop.services.db, &[sent.id]).await.unwrap().remove(&sent.id);
        let proposed = &versions.unwrap()[1];
        assert_eq!(proposed.note.as_deref(), Some("My publisher is missing."));
    })
    .await;
}

#[actix_web::test]
async fn what_was_typed_over_an_earlier_version_is_kept_and_the_difference_is_told() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let (ada, ben) = (sent.visitor(ADA).await, sent.visitor(BEN).await);
        ada.get("").await;
        assert_eq!(ada.get("/counter").await.hidden("version"), "1");
        let shares = |first: &'static str, second: &'static str, words: &'static str| {
            let composition = [("composition.0", first), ("composition.1", second)];
            [&composition[..], &[("version", "1"), ("master.0", "60"), ("master.1", "40"), ("words", words)]].concat()
        };
        let theirs = ben.post("/counter", &shares("30", "70", "I wrote more.")).await;
        assert_eq!(theirs.status, StatusCode::SEE_OTHER, "{}", theirs.text);
        let tx = shop.services.begin().await.unwrap();
        commands::accept_counter(&tx, &sent.owner, sent.id, 2).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        let late = ada.post("/counter", &shares("61", "39", "No, I did.")).await;
        assert_strict(&late);
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        for said in ["Changed while you typed", "<ins>", "value=\"61\"", "No, I did.</textarea>"] {
            assert!(late.text.contains(said), "{said} in {}", late.text);
        }
        assert_eq!(late.hidden("version"), "2", "sent again it is about what is there now");
    })
    .await;
}

/// Work for hire between the two: no shares that a form could ask for.
fn hired() -> Value {
    let mut document = sheet(500_000);
    document["parties"][0]["role"] = json!("contractor");
    document["parties"][1]["role"] = json!("client");
    document["terms"] = json!({
        "template": "work_for_hire",
        "services": "Arrange and record strings.",
        "results": ["the recorded takes"],
        "fee": { "minor_units": 95_000, "currency": "EUR", "decimals": 2 },
        "ownership": { "master": [{ "party": 1, "share_ppm": 1_000_000 }] },
    });
    document
}

#[actix_web::test]
async fn a_change_of_anything_but_shares_is_asked_for_in_words() {
    on_each_database(async |shop| {
        let sent = Sent::of(shop, &hired()).await;
        let (ada, ben) = (sent.visitor(ADA).await, sent.visitor(BEN).await);
        assert_eq!(ben.sign().await.status, StatusCode::SEE_OTHER);
        let page = ada.get("/counter").await;
        assert_strict(&page);
        assert!(page.text.contains("What should be otherwise?") && !page.text.contains("master.0"), "{}", page.text);
        let silent = ada.post("/counter", &[("version", "1"), ("words", "  ")]).await;
        assert_strict(&silent);
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.text);
        assert_eq!(sent.row().await.state, AgreementState::PartlySigned);
        let asked = ada.post("/counter", &[("version", "1"), ("words", "The fee is <1,200> euros.")]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        assert_eq!(sent.row().await.state, AgreementState::Countered);
        assert!(ada.get("/done").await.text.contains("Your proposal is on its way"));

        // What is asked for is the same text with a note; once the studio has answered, whoever had signed has still signed.
        let mut versions = queries::versions_of_agreements(&shop.services.db, &[sent.id]).await.unwrap();
        let versions = versions.remove(&sent.id).unwrap();
        assert_eq!(versions.len(), 2);
        assert_eq!(versions[1].note.as_deref(), Some("The fee is <1,200> euros."));
        assert_eq!(versions[1].text_sha256, versions[0].text_sha256);
        let services = &shop.services;
        let tx = services.begin().await.unwrap();
        commands::refuse_counter(&tx, &sent.owner, sent.id, 2, Some("We have agreed on 950.")).await.unwrap();
        services.commit(tx).await.unwrap();
        assert_eq!(sent.signer(BEN.1).await.state, SignerState::Signed);
        assert_eq!(ada.sign().await.status, StatusCode::SEE_OTHER);
        assert_eq!(sent.row().await.state, AgreementState::Executed);
    })
    .await;
}

#[actix_web::test]
async fn a_change_that_was_not_taken_is_told_of_the_studio() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let (ada, ben) = (sent.visitor(ADA).await, sent.visitor(BEN).await);
        let form = [("version", "1"), ("composition.0", "60"), ("composition.1", "40"), ("words", "I wrote more.")];
        let proposed = ada.post("/counter", &[&form[..], &[("master.0", "60"), ("master.1", "40")]].concat()).await;
        assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.text);
        let services = &shop.services;
        let tx = services.begin().await.unwrap();
        commands::refuse_counter(&tx, &sent.owner, sent.id, 2, None).await.unwrap();
        services.commit(tx).await.unwrap();
        for visitor in [&ada, &ben] {
            assert_eq!(visitor.sign().await.status, StatusCode::SEE_OTHER);
        }
        let done = ben.get("/done").await;
        assert!(done.text.contains("Nova Sound did not take the proposed version 2"), "{}", done.text);
    })
    .await;
}
