//! Signing as a browser without JavaScript does it: the link, the code, the agreement, the signature, and every other answer.

mod answers;
mod links;
mod paper;
mod proposals;
mod sealed;
mod signatures;

use domain::{
    agreements::{
        Prepared,
        commands::{self, AgreementEdit, NewAgreement},
        entity::{SigningOrder, agreement, link, session, signer},
        queries,
    },
    ids::AgreementId,
};
use reqwest::StatusCode;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
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
            expires_in_days: None,
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
