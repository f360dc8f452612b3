//! Signing as a browser without JavaScript does it: the link, the code, the agreement, the signature, and every other answer.

use domain::{
    actor::Actor,
    agreements::{
        Prepared,
        commands::{self, AgreementEdit, NewAgreement, SealedFile},
        entity::{AgreementState, EvidenceKind, SignerState, SigningOrder, agreement, link, session, signer},
        queries,
    },
    catalog::{
        Sha256,
        entity::{AssetKind, asset},
    },
    ids::{AgreementId, SignerId},
    outbox::entity::job,
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::{
    on_each_database,
    support::{Browser, Seen, Shop},
};

const ADA: (&str, &str) = ("Ada Nowak", "ada@example.com");
const BEN: (&str, &str) = ("Ben Okafor", "ben@example.com");

/// A split sheet between two.
pub(crate) fn sheet(first: u32) -> Value {
    let shares = [first, 1_000_000 - first];
    json!({
        "dated": "2026-11-28",
        "title": "Harbour <Lights>",
        "parties": [
            { "name": ADA.0, "email": ADA.1, "role": "writer", "signs": true },
            { "name": BEN.0, "email": BEN.1, "role": "producer", "signs": true },
        ],
        "terms": {
            "template": "split_sheet",
            "composition": {
                "title": "Harbour Lights",
                "writers": [
                    { "party": 0, "role": "A", "share_ppm": shares[0] },
                    { "party": 1, "role": "C", "share_ppm": shares[1] },
                ],
            },
            "master": {
                "owners": [{ "party": 0, "share_ppm": shares[0] }, { "party": 1, "share_ppm": shares[1] }],
            },
        },
        "general": {
            "payment_terms": { "due_days": 30 },
            "term": { "kind": "perpetual" },
            "territory": "the whole world",
            "governing_law": "England and Wales",
        },
    })
}

/// An agreement that was sent, and its studio's owner.
struct Sent<'a> {
    shop: &'a Shop,
    owner: domain::actor::Ctx,
    id: AgreementId,
}

impl<'a> Sent<'a> {
    async fn new(shop: &'a Shop) -> Self {
        Self::of(shop, &sheet(500_000)).await
    }

    async fn of(shop: &'a Shop, document: &Value) -> Self {
        let services = &shop.services;
        let owner = shop.owner().await;
        let document = Prepared::new(services.agreements.as_ref(), &services.env, &document.to_string()).unwrap();
        let new = NewAgreement { document, signing_order: SigningOrder::Parallel };
        let tx = services.begin().await.unwrap();
        let id = commands::create_agreement(&tx, &owner, shop.studio, &new).await.unwrap().id;
        commands::send_agreement(&tx, &owner, id, 1, None).await.unwrap();
        services.commit(tx).await.unwrap();
        Self { shop, owner, id }
    }

    async fn row(&self) -> agreement::Model {
        agreement::Entity::find_by_id(self.id).one(&self.shop.services.db).await.unwrap().unwrap()
    }

    async fn signer(&self, email: &str) -> signer::Model {
        let rows = queries::signers_of(&self.shop.services.db, self.id).await.unwrap();
        rows.into_iter().find(|row| row.email.as_str() == email).unwrap_or_else(|| panic!("{email} signs"))
    }

    /// The path of the latest link that was mailed to somebody.
    async fn link(&self, email: &str) -> String {
        let services = &self.shop.services;
        let row = link::Entity::find()
            .filter(link::Column::SignerId.eq(self.signer(email).await.id))
            .order_by_desc(link::Column::Id)
            .one(&services.db)
            .await
            .unwrap()
            .unwrap();
        let mail = queries::find_link_mail(&services.db, row.id).await.unwrap().unwrap();
        mail.url("", &services.links)
    }

    /// The code of the latest session of somebody, as the mail says it.
    async fn code(&self, email: &str) -> String {
        let services = &self.shop.services;
        let row = session::Entity::find()
            .filter(session::Column::SignerId.eq(self.signer(email).await.id))
            .order_by_desc(session::Column::Id)
            .one(&services.db)
            .await
            .unwrap()
            .unwrap();
        let mail = queries::find_code_mail(&services.db, &services.links, row.id, services.env.now()).await;
        mail.unwrap().unwrap().code
    }

    /// Somebody who has opened the link and entered the code.
    async fn visitor(&self, who: (&str, &str)) -> Visitor {
        let browser = Browser::new(&self.shop.url);
        let opened = browser.post(&self.link(who.1).await, &[]).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
        let pages = opened.header("location").trim_end_matches("/code").to_owned();
        let cookie = opened.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
        let code = self.code(who.1).await;
        let entered = browser.post(&format!("{pages}/code"), &[("code", &code)]).await;
        assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, pages.as_str()));
        Visitor { browser, pages, name: who.0.to_owned(), cookie }
    }

    async fn edit(&self, document: &Value) {
        let services = &self.shop.services;
        let row = self.row().await;
        let present = queries::find_version(&services.db, self.id, row.version).await.unwrap().unwrap();
        let documents = services.agreements.as_ref();
        let edit = AgreementEdit {
            expected_version: row.version,
            document: Prepared::revising(documents, &document.to_string(), &present).unwrap(),
            signing_order: None,
            note: Some("The shares were typed wrongly.".to_owned()),
        };
        let tx = services.begin().await.unwrap();
        commands::edit_agreement(&tx, &self.owner, self.id, &edit).await.unwrap();
        services.commit(tx).await.unwrap();
    }
}

/// A browser with a session.
struct Visitor {
    browser: Browser,
    pages: String,
    name: String,
    /// The session's secret.
    cookie: String,
}

impl Visitor {
    async fn get(&self, page: &str) -> Seen {
        self.browser.get(&format!("{}{page}", self.pages)).await
    }

    async fn post(&self, page: &str, form: &[(&str, &str)]) -> Seen {
        self.browser.post(&format!("{}{page}", self.pages), form).await
    }

    /// Reads, agrees and signs.
    async fn sign(&self) -> Seen {
        assert_eq!(self.get("").await.status, StatusCode::OK);
        let consent = self.get("/consent").await;
        if consent.status == StatusCode::OK {
            let agreed = self.post("/consent", &[("version", &consent.hidden("version"))]).await;
            assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text);
        }
        let page = self.get("/signature").await;
        let (version, text) = (page.hidden("version"), page.hidden("text"));
        self.post("/signature", &[("version", &version), ("text", &text), ("name", &self.name)]).await
    }
}

/// Nothing inline, one page with one heading; a script of our own may stand on it, for nothing depends on it.
fn assert_strict(seen: &Seen) {
    let policy = seen.header("content-security-policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    for forbidden in ["<script>", " style=", "<style", " onclick=", "javascript:", "<Lights>"] {
        assert!(!seen.text.contains(forbidden), "{forbidden} in {}", seen.text);
    }
    assert_eq!(seen.text.matches("<h1").count() - seen.text.matches("class=\"contract\"").count(), 1, "{}", seen.text);
    assert_eq!(seen.header("cache-control"), "no-store");
    assert_eq!(seen.header("referrer-policy"), "same-origin");
}

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
        assert!(ada.get("").await.text.contains("You have signed"), "and so does the first page");

        let ben = sent.visitor(BEN).await;
        assert_eq!(ben.sign().await.status, StatusCode::SEE_OTHER);
        assert_eq!(sent.row().await.state, AgreementState::Executed);
        let done = ben.get("/done").await;
        assert_strict(&done);
        assert!(done.text.contains("Everybody has signed") && done.text.contains("is being sealed"), "{}", done.text);
        assert!(done.text.contains("Ada Nowak signed version 1"), "{}", done.text);
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
            ("Ada", "10.10_500.200_900.20", StatusCode::SEE_OTHER),
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
        for _ in 0..4 {
            stranger.post(&format!("{link}/again"), &[]).await;
        }
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
        let same = ada.post("/counter", &[&fifty[..], &[("version", "1"), ("words", "Hello.")]].concat()).await;
        assert_strict(&same);
        assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(same.text.contains("The proposal says what the document says."), "{}", same.text);
        assert_eq!(sent.row().await.state, AgreementState::Sent, "nobody is held up");
        for _ in 0..2 {
            let proposed = ada.post("/counter", &form("60.0001", "I wrote more.")).await;
            assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.text);
        }
        assert_eq!(sent.row().await.state, AgreementState::Countered);
        assert!(ada.get("/done").await.text.contains("Your proposal is on its way"));
        assert!(ben.get("").await.text.contains("Somebody proposes a change"), "nobody signs meanwhile");

        let services = &shop.services;
        let tx = services.begin().await.unwrap();
        commands::accept_counter(&tx, &sent.owner, sent.id, 2).await.unwrap();
        services.commit(tx).await.unwrap();
        let page = ben.get("").await;
        assert!(page.text.contains("I wrote more.") && page.text.contains(ADA.0), "{}", page.text);
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
