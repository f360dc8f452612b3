//! The page that verifies a sealed PDF, and what it says of files that are none.

use adapters::seals::{SealConfig, StudioSeals};
use bytes::Bytes;
use domain::{
    actor::Actor,
    catalog::{
        RenderedFile, Sha256, add_rendered_asset,
        entity::{AssetKind, asset, beat},
    },
    licensing::{
        contract::{Acceptance, Grant},
        queries::offer_contract,
        terms::TierCode,
    },
    ports::{SealRequest, Seals},
    seals::{
        commands::{RaisedSeal, SealedDocument, record_raised, record_sealed},
        entity::{SealLevel, SealedKind, seal},
    },
};
use reqwest::StatusCode;
use sea_orm::EntityTrait;

use super::{
    assert_strict, on_each_database,
    support::{Browser, Shop},
};

impl Shop {
    /// A contract, typeset and sealed.
    async fn contract(&self) -> Bytes {
        self.beat("Night Drive", "night-drive", 140_000).await;
        let services = &self.services;
        let request = SealRequest {
            studio: self.studio,
            studio_name: "Nova Sound".to_owned(),
            reason: "Accepted <b>at</b> checkout".to_owned(),
            at: services.env.now(),
        };
        services.seals.seal(self.unsealed().await, &request).unwrap()
    }

    /// The same, typeset.
    async fn unsealed(&self) -> Bytes {
        let services = &self.services;
        let beat = beat::Entity::find().one(&services.db).await.unwrap().unwrap().id;
        let offer = offer_contract(&services.db, self.studio, beat, TierCode::Wav, None, services.env.now())
            .await
            .unwrap()
            .unwrap();
        let grant = Grant {
            reference: "LL-7K3M9Q2X-1".to_owned(),
            licensee_name: "Ada Lovelace".to_owned(),
            licensee_email: "ada@example.com".parse().unwrap(),
            accepted_at: services.env.now(),
        };
        let accepted = Acceptance {
            order: "LL-7K3M9Q2X".to_owned(),
            placed_at: services.env.now(),
            ip: Some("192.0.2.7".to_owned()),
            user_agent: None,
            shown_text_sha256: Some(services.contracts.offer_sha256(&offer).unwrap()),
        };
        let contract = domain::licensing::contract::Contract { grant: Some(grant), ..offer };
        services.contracts.typeset(&contract, &accepted).unwrap().bytes
    }

    /// The same pages, sealed in the same studio's name with the keys of another installation: what they are, they say themselves.
    async fn sealed_elsewhere(&self) -> Bytes {
        let folder = tempfile::tempdir().unwrap();
        let foreign = StudioSeals::open(&SealConfig::in_folder(folder.path()), self.services.env.clone()).unwrap();
        let request = SealRequest {
            studio: self.studio,
            studio_name: "Nova Sound".to_owned(),
            reason: "Accepted at checkout".to_owned(),
            at: self.services.env.now(),
        };
        foreign.seal(self.unsealed().await, &request).unwrap()
    }

    async fn file(&self, bytes: &Bytes) -> asset::Model {
        let stored = self.services.files.put_bytes(bytes.clone()).await.unwrap();
        let tx = self.services.begin().await.unwrap();
        let file = RenderedFile {
            kind: AssetKind::Contract,
            file_name: "contract.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            stored,
            facts: None,
        };
        let file = add_rendered_asset(&tx, &self.services.ctx(Actor::System), self.studio, file).await.unwrap();
        self.services.commit(tx).await.unwrap();
        file
    }

    async fn remember(&self, file: &asset::Model) -> seal::Model {
        let tx = self.services.begin().await.unwrap();
        let ctx = self.services.ctx(Actor::System);
        let document = SealedDocument {
            kind: SealedKind::Licence,
            reference: "LL-7K3M9Q2X-1",
            file,
            template_sha256: &Sha256::of(b"template"),
            engine_version: "typst 0",
            can_raise: false,
        };
        let seal = record_sealed(&tx, &ctx, document).await.unwrap();
        self.services.commit(tx).await.unwrap();
        seal
    }
}

#[actix_web::test]
async fn anybody_can_verify_a_file_without_javascript() {
    on_each_database(async |shop| {
        let (browser, sealed) = (Browser::new(&shop.url), shop.contract().await);
        let form = browser.get("/verify").await;
        assert_strict(&form);
        assert!(form.text.contains("enctype=\"multipart/form-data\"") && form.text.contains("type=\"file\""));

        let judged = browser.post_file("/verify", "a <b>.pdf", &sealed).await;
        assert_strict(&judged);
        assert_eq!(judged.status, StatusCode::OK);
        for said in ["Unchanged", "sealed by a studio of this installation", "B-B", "Nova Sound", "the whole file"] {
            assert!(judged.text.contains(said), "{said} in {}", judged.text);
        }
        for said in ["It was accepted with order LL-7K3M9Q2X", "Its text is the one that was offered then"] {
            assert!(judged.text.contains(said), "{said} in {}", judged.text);
        }
        assert!(judged.text.contains("a &#60;b&#62;.pdf") && judged.text.contains("Accepted &#60;b&#62;at"));
        assert!(!judged.text.contains("All revisions"));

        let mut changed = sealed.to_vec();
        let middle = changed.len() / 3;
        changed[middle] ^= 1;
        let refused = browser.post_file("/verify", "contract.pdf", &changed).await;
        assert!(
            refused.text.contains("Do not rely on this file") && refused.text.contains("Fault:"),
            "{}",
            refused.text
        );
        let refused = browser.post_file("/verify", "beat.mp3", b"ID3 no document at all").await;
        assert!(refused.text.contains("The file is no PDF."), "{}", refused.text);
    })
    .await;
}

#[actix_web::test]
async fn a_reference_leads_to_every_revision() {
    on_each_database(async |shop| {
        let (browser, sealed) = (Browser::new(&shop.url), shop.contract().await);
        let unknown = browser.get("/verify/LL-7K3M9Q2X-1").await;
        assert_strict(&unknown);
        assert!(unknown.status == StatusCode::NOT_FOUND && unknown.text.contains("type=\"file\""));

        let file = shop.file(&sealed).await;
        let seal = shop.remember(&file).await;
        let known = browser.get("/verify/LL-7K3M9Q2X-1").await;
        assert_strict(&known);
        for said in ["Licence contract", "Nova Sound", file.sha256.as_str(), "Revision 1, B-B"] {
            assert!(known.text.contains(said), "{said} in {}", known.text);
        }
        // Whoever guesses a reference does not learn who the parties are.
        assert!(!known.text.contains("Ada") && known.text.contains("noindex"));
        let judged = browser.post_file("/verify", "contract.pdf", &sealed).await;
        assert!(judged.text.contains("This is LL-7K3M9Q2X-1, the newest revision."), "{}", judged.text);

        let raised = RaisedSeal {
            from: file.id,
            stored: Some(shop.services.files.put_bytes(Bytes::from_static(b"raised")).await.unwrap()),
            level: SealLevel::BT,
            renew_before: None,
            waits_for: Some("long-term proof pending: time.example cannot be reached".to_owned()),
        };
        let tx = shop.services.begin().await.unwrap();
        record_raised(&tx, &shop.services.ctx(Actor::System), seal.id, raised).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        let known = browser.get("/verify/LL-7K3M9Q2X-1").await;
        assert!(known.text.contains("Revision 2, B-T") && known.text.contains("long-term proof pending"));
        let judged = browser.post_file("/verify", "contract.pdf", &sealed).await;
        assert!(judged.text.contains("This is LL-7K3M9Q2X-1, revision 1; a newer one"), "{}", judged.text);

        let root = browser.get("/verify/authority.pem").await;
        assert_eq!(root.text, shop.services.seals.authority_pem());
        assert!(root.text.starts_with("-----BEGIN CERTIFICATE-----") && !root.text.contains("PRIVATE"));
    })
    .await;
}

#[actix_web::test]
async fn what_passes_for_a_document_sealed_here_is_called_that() {
    on_each_database(async |shop| {
        let (browser, sealed) = (Browser::new(&shop.url), shop.contract().await);
        let forged = shop.sealed_elsewhere().await;

        // As long as nothing was sealed here under that reference, it is somebody's.
        let judged = browser.post_file("/verify", "contract.pdf", &forged).await;
        assert_strict(&judged);
        assert!(
            judged.text.contains("sealed by nobody known here") && judged.text.contains("Anybody can make such a seal")
        );

        let file = shop.file(&sealed).await;
        shop.remember(&file).await;
        let judged = browser.post_file("/verify", "contract.pdf", &forged).await;
        assert_strict(&judged);
        for said in [
            "Do not rely on this file",
            "the reference LL-7K3M9Q2X-1",
            "it was not sealed here",
            "/verify/LL-7K3M9Q2X-1",
        ] {
            assert!(judged.text.contains(said), "{said} in {}", judged.text);
        }
        assert!(!judged.text.contains("<h1>Unchanged"), "{}", judged.text);
        let genuine = browser.post_file("/verify", "contract.pdf", &sealed).await;
        assert!(
            genuine.text.contains("<h1>Unchanged") && !genuine.text.contains("not sealed here"),
            "{}",
            genuine.text
        );
    })
    .await;
}

#[actix_web::test]
async fn a_file_of_our_own_stays_that_under_another_certificate() {
    on_each_database(async |shop| {
        let browser = Browser::new(&shop.url);
        shop.contract().await;
        // What was sealed here before the certificate was renewed leads to none that is known now.
        let sealed = shop.sealed_elsewhere().await;
        let file = shop.file(&sealed).await;
        shop.remember(&file).await;
        let judged = browser.post_file("/verify", "contract.pdf", &sealed).await;
        assert_strict(&judged);
        for said in ["<h1>Unchanged", "sealed by a studio of this installation", "This is LL-7K3M9Q2X-1"] {
            assert!(judged.text.contains(said), "{said} in {}", judged.text);
        }
        assert!(!judged.text.contains("nobody known here"), "{}", judged.text);
    })
    .await;
}

#[actix_web::test]
async fn what_is_no_file_is_refused_by_name() {
    on_each_database(async |shop| {
        let browser = Browser::new(&shop.url);
        let large = vec![b'%'; (20 << 20) + 1];
        for (bytes, status, why) in [
            (&b""[..], StatusCode::UNPROCESSABLE_ENTITY, "Choose the PDF first"),
            (&large, StatusCode::PAYLOAD_TOO_LARGE, "larger than 20 MB"),
        ] {
            let refused = browser.post_file("/verify", "contract.pdf", bytes).await;
            assert_strict(&refused);
            assert!(refused.status == status && refused.text.contains(why), "{}: {}", refused.status, refused.text);
        }
        let refused = browser.post("/verify", &[("file", "contract.pdf")]).await;
        assert!(refused.status == StatusCode::BAD_REQUEST && refused.text.contains("did not arrive whole"));
    })
    .await;
}
