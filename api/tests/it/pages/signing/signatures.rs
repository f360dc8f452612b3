//! Reading, agreeing and signing, once and twice, and what changes meanwhile.

use domain::{
    agreements::{
        commands::CONSENT_TEXT,
        entity::{AgreementState, EvidenceKind, SignerState, agreement},
        queries,
    },
    catalog::Sha256,
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use serde_json::json;

use super::{ADA, BEN, Browser, Sent, Visitor, assert_strict, on_each_database, sheet};

#[actix_web::test]
async fn two_sign_from_their_mails() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let link = sent.link(ADA.1).await;
        let browser = Browser::new(&shop.url);
        for _ in 0..3 {
            let landing = browser.get(&link).await;
            assert_eq!(landing.status, StatusCode::OK);
            assert_strict(&landing);
            assert!(landing.text.contains("a…@example.com") && !landing.text.contains(ADA.1), "{}", landing.text);
            assert!(!landing.text.contains(BEN.0), "nothing is shown before the code: {}", landing.text);
        }
        let opened = browser.post(&link, &[]).await;
        let pages = format!("/signing/{}", sent.signer(ADA.1).await.id);
        assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, &*format!("{pages}/code")));
        let cookie = opened.header("set-cookie");
        for attribute in ["HttpOnly", "SameSite=Strict", &format!("Path={pages}"), "Max-Age="] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        for page in ["", "/consent", "/signature", "/counter", "/done", "/read.pdf"] {
            let early = browser.get(&format!("{pages}{page}")).await;
            assert!(!early.text.contains(BEN.0) && early.status != StatusCode::OK, "{page}: {}", early.text);
        }
        // A second mail would make the code of the first void.
        let hasty = browser.post(&format!("{pages}/code/again"), &[]).await;
        assert_strict(&hasty);
        assert_eq!(hasty.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(hasty.text.contains("a…@example.com") && !hasty.text.contains(ADA.1), "{}", hasty.text);
        assert!(hasty.text.contains("A code is on its way") && hasty.text.contains("name=\"code\""), "{}", hasty.text);
        let code = sent.code(ADA.1).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let refused = browser.post(&format!("{pages}/code"), &[("code", wrong)]).await;
        assert_strict(&refused);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("4 tries are left") && refused.text.contains("aria-invalid"), "{}", refused.text);
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        let entered = browser.post(&format!("{pages}/code"), &[("code", &spaced)]).await;
        assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, pages.as_str()));

        let ada = Visitor { browser, pages, name: ADA.0.to_owned(), cookie: String::new() };
        // Whoever asks whether the page is there has not been shown what is on it.
        assert_eq!(ada.browser.head(&ada.pages).await.status, StatusCode::OK);
        let shown = queries::evidence_of(&shop.services.db, sent.id).await.unwrap();
        assert!(shown.iter().all(|row| row.kind != EvidenceKind::Shown));
        let page = ada.get("").await;
        assert_strict(&page);
        assert!(page.text.contains(BEN.0) && page.text.contains("Propose other shares"), "{}", page.text);
        let pdf = ada.get("/read.pdf").await;
        assert_eq!((pdf.status, pdf.header("content-type")), (StatusCode::OK, "application/pdf"));
        let early = ada.get("/signature").await;
        assert_eq!(
            (early.status, early.header("location")),
            (StatusCode::SEE_OTHER, &*format!("{}/consent", ada.pages))
        );
        let consent = ada.get("/consent").await;
        assert_strict(&consent);
        assert!(consent.text.contains("on paper") && consent.text.contains("withdraw"), "{}", consent.text);
        // What the text says to choose is there to be chosen: before one signs and, until everybody has, after it.
        let choice = ">I want paper</a>";
        assert!(CONSENT_TEXT.contains("choose \"I want paper\""), "{CONSENT_TEXT}");
        assert!(consent.text.contains(choice) && page.text.contains(choice), "{}", consent.text);
        let stale = ada.post("/consent", &[("version", "1999-01-01")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
        let signed = ada.sign().await;
        assert_eq!(
            (signed.status, signed.header("location")),
            (StatusCode::SEE_OTHER, &*format!("{}/done", ada.pages))
        );
        let done = ada.get("/done").await;
        assert_strict(&done);
        assert!(done.text.contains("You have signed") && done.text.contains("One more signature"), "{}", done.text);
        assert!(done.text.contains(choice) && done.text.contains("/paper"), "{}", done.text);
        assert!(ada.get("").await.text.contains("You have signed"), "and so does the first page");

        let ben = sent.visitor(BEN).await;
        assert_eq!(ben.sign().await.status, StatusCode::SEE_OTHER);
        assert_eq!(sent.row().await.state, AgreementState::Executed);
        let done = ben.get("/done").await;
        assert_strict(&done);
        assert!(done.text.contains("Everybody has signed") && done.text.contains("is being sealed"), "{}", done.text);
        assert!(done.text.contains("Ada Nowak signed version 1"), "{}", done.text);
        let link = ben.browser.get(&sent.link(BEN.1).await).await;
        assert_strict(&link);
        assert!(link.status == StatusCode::GONE && link.text.contains("It was signed by all"), "{}", link.text);
        let verify = format!("href=\"/verify/{}\"", sent.row().await.reference);
        assert!(link.text.contains(&verify) && !link.text.contains("new agreement"), "{}", link.text);
    })
    .await;
}

#[actix_web::test]
async fn a_second_click_lands_where_the_first_did() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let (ada, ben) = (sent.visitor(ADA).await, sent.visitor(BEN).await);
        for visitor in [&ada, &ben] {
            visitor.get("").await;
            let version = visitor.get("/consent").await.hidden("version");
            visitor.post("/consent", &[("version", &version)]).await;
            let page = visitor.get("/signature").await;
            let (version, text) = (page.hidden("version"), page.hidden("text"));
            let form = [("version", &*version), ("text", &*text), ("name", &*visitor.name)];
            // Both at once, and one more when all is over.
            let (one, two) = tokio::join!(visitor.post("/signature", &form), visitor.post("/signature", &form));
            for seen in [one, two, visitor.post("/signature", &form).await] {
                let done = format!("{}/done", visitor.pages);
                assert_eq!((seen.status, seen.header("location")), (StatusCode::SEE_OTHER, &*done), "{}", seen.text);
            }
        }
        assert_eq!(sent.row().await.state, AgreementState::Executed);
        assert!(ben.get("/done").await.text.contains("Everybody has signed"));

        let other = Sent::new(shop).await;
        let (ada, ben) = (other.visitor(ADA).await, other.visitor(BEN).await);
        for _ in 0..2 {
            assert_eq!(ada.post("/paper", &[("words", "")]).await.status, StatusCode::SEE_OTHER);
        }
        for _ in 0..2 {
            let declined = ben.post("/decline", &[("words", "I wrote none of it.")]).await;
            assert_eq!(declined.status, StatusCode::SEE_OTHER, "{}", declined.text);
        }
        assert!(ben.get("/done").await.text.contains("You have declined"));
    })
    .await;
}

#[actix_web::test]
async fn a_signature_is_typed_or_drawn_and_never_made_of_nothing() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let ada = sent.visitor(ADA).await;
        ada.get("").await;
        ada.post("/consent", &[("version", &ada.get("/consent").await.hidden("version"))]).await;
        let page = ada.get("/signature").await;
        let (version, text) = (page.hidden("version"), page.hidden("text"));
        let form = |name: &'static str, drawing: &'static str| {
            [
                ("version", version.clone()),
                ("text", text.clone()),
                ("name", name.to_owned()),
                ("drawing", drawing.to_owned()),
            ]
        };
        for (name, drawing, status) in [
            (" ", "", StatusCode::UNPROCESSABLE_ENTITY),
            ("Ada", "0.0_1001.1", StatusCode::UNPROCESSABLE_ENTITY),
            ("Ada", "5.5", StatusCode::UNPROCESSABLE_ENTITY),
            ("Ada", "[[1,2]]", StatusCode::UNPROCESSABLE_ENTITY),
            (" ", "10.10_500.200", StatusCode::UNPROCESSABLE_ENTITY),
            ("ada  NOWAK", "10.10_500.200_900.20", StatusCode::SEE_OTHER),
        ] {
            let form = form(name, drawing);
            let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(ada.post("/signature", &form).await.status, status, "{name:?} {drawing}");
        }
        assert_eq!(sent.signer(ADA.1).await.mark, Some(json!({ "drawn": [[[10, 10], [500, 200], [900, 20]]] })));
    })
    .await;
}

#[actix_web::test]
async fn another_name_is_confirmed_and_both_are_kept() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let ada = sent.visitor(ADA).await;
        ada.get("").await;
        ada.post("/consent", &[("version", &ada.get("/consent").await.hidden("version"))]).await;
        let page = ada.get("/signature").await;
        let (version, text) = (page.hidden("version"), page.hidden("text"));
        let form =
            |name, confirmed| [("version", &*version), ("text", &*text), ("name", name), ("confirmed", confirmed)];
        let asked = ada.post("/signature", &form("Benny <O>", "")).await;
        assert_strict(&asked);
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            asked.text.contains("type=\"checkbox\"") && asked.text.contains("“<bdi>Ada Nowak</bdi>” was asked"),
            "{}",
            asked.text
        );
        let other = ada.post("/signature", &form("Benno", "Benny <O>")).await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "it was another name that was confirmed");
        // What was drawn is drawn again.
        let drawing = "10.10_500.200-7.0";
        let again = ada.post("/signature", &[&form("Benny <O>", "")[..], &[("drawing", drawing)]].concat()).await;
        assert_eq!((again.status, again.hidden("drawing").as_str()), (StatusCode::UNPROCESSABLE_ENTITY, drawing));
        let hangul = ada.post("/signature", &form("김민수", "김민수")).await;
        assert_eq!(hangul.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(hangul.text.contains("김 (U+AE40)") && hangul.text.contains("aria-invalid"), "{}", hangul.text);
        assert_eq!(ada.post("/signature", &form("Benny <O>", "Benny <O>")).await.status, StatusCode::SEE_OTHER);
        let rows = queries::evidence_of(&shop.services.db, sent.id).await.unwrap();
        let said = domain::agreements::evidence::sentence(rows.last().unwrap());
        assert_eq!(said, "signed version 1 as Benny <O>, having confirmed that name instead of Ada Nowak");
    })
    .await;
}

#[actix_web::test]
async fn for_a_company_somebody_signs_by_their_own_name_and_says_in_what_capacity() {
    on_each_database(async |shop| {
        let mut document = sheet(500_000);
        document["parties"][0]["kind"] = json!("company");
        let sent = Sent::of(shop, &document).await;
        let (ada, ben) = (sent.visitor(ADA).await, sent.visitor(BEN).await);
        ada.get("").await;
        ada.post("/consent", &[("version", &ada.get("/consent").await.hidden("version"))]).await;
        let page = ada.get("/signature").await;
        assert!(page.text.contains("In what capacity do you sign for Ada Nowak?"), "{}", page.text);
        let (version, text) = (page.hidden("version"), page.hidden("text"));
        let form = |name, capacity| [("version", &*version), ("text", &*text), ("name", name), ("capacity", capacity)];
        for (name, capacity, said) in
            [("Jo Bell", " ", "say in what capacity"), ("ada nowak", "Director", "a person signs for it")]
        {
            let refused = ada.post("/signature", &form(name, capacity)).await;
            assert_strict(&refused);
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.text.contains(said), "{}", refused.text);
        }
        let owner = ada.post("/signature", &form("ada nowak", "Owner")).await;
        assert!(owner.text.contains("name=\"confirmed\" value=\"ada nowak\""), "{}", owner.text);
        assert_eq!(ada.post("/signature", &form("Jo Bell", "Director")).await.status, StatusCode::SEE_OTHER);
        assert!(!ben.get("").await.text.contains("In what capacity"), "{}", BEN.0);
        assert_eq!(ben.sign().await.status, StatusCode::SEE_OTHER);
        let executed = queries::find_execution(&shop.services.db, "", sent.id).await.unwrap().unwrap();
        let by: Vec<_> = executed.execution.signatures.into_iter().map(|made| made.representative).collect();
        let person = by[0].as_ref().unwrap();
        assert_eq!((person.name.as_str(), person.capacity.as_str(), &by[1]), ("Jo Bell", "Director", &None));
    })
    .await;
}

#[actix_web::test]
async fn what_changes_while_somebody_reads_is_refused_by_name_and_shown() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let (ada, ben) = (sent.visitor(ADA).await, sent.visitor(BEN).await);
        assert_eq!(ben.sign().await.status, StatusCode::SEE_OTHER);
        ada.get("").await;
        ada.post("/consent", &[("version", &ada.get("/consent").await.hidden("version"))]).await;
        let page = ada.get("/signature").await;
        let (version, text) = (page.hidden("version"), page.hidden("text"));
        sent.edit(&sheet(600_000)).await;
        let stale = ada.post("/signature", &[("version", &version), ("text", &text), ("name", ADA.0)]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.text.contains("changed while you read"), "{}", stale.text);
        assert!(stale.text.contains("Read it as it is now"), "{}", stale.text);

        let now = ada.get("").await;
        assert!(now.text.contains("Changed since you read it") && now.text.contains("<ins>"), "{}", now.text);
        assert!(now.text.contains("The shares were typed wrongly."), "{}", now.text);
        // Every signature is void after an edit, and who had signed sees what is different.
        assert_eq!(sent.signer(BEN.1).await.state, SignerState::Waiting);
        let again = sent.visitor(BEN).await.get("").await;
        assert!(again.text.contains("Changed since you signed"), "{}", again.text);
        assert_eq!(ada.sign().await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[actix_web::test]
async fn what_would_read_otherwise_than_it_was_sent_is_not_shown() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let ada = sent.visitor(ADA).await;
        let db = &shop.services.db;
        let mut earlier = queries::find_version(db, sent.id, 1).await.unwrap().unwrap();
        (earlier.number, earlier.text_sha256) = (2, Sha256::of(b"as an earlier program worded it"));
        earlier.into_active_model().insert(db).await.unwrap();
        let row = agreement::ActiveModel { id: Set(sent.id), version: Set(2), ..Default::default() };
        row.update(db).await.unwrap();
        for _ in 0..2 {
            let page = ada.get("").await;
            assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.text);
            assert!(page.text.contains("It cannot be signed as it stands"), "{}", page.text);
            assert!(page.text.contains("The studio is told"), "{}", page.text);
        }
        let rows = queries::evidence_of(db, sent.id).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.kind == EvidenceKind::WordsChanged).count(), 1);
    })
    .await;
}
