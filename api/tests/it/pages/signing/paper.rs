//! A signature on paper: asked for on the signer's page, recorded by the studio at the API, and seen by both.

use api::auth::tokens::AccessTokens;
use domain::{
    actor::Role,
    identity::entity::{member, sign_in},
    ids::SignInId,
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::{Value, json};

use super::{BEN, Sent, on_each_database};

const RECORD: &str = "mutation($input: RecordPaperSignatureInput!) { recordPaperSignature(input: $input) {
    agreement { state signers { name state paperSignedOn signedAt consentVersion } } userErrors { field code } } }";

impl Sent<'_> {
    /// An access token of the studio's owner.
    async fn token(&self) -> String {
        let services = &self.shop.services;
        let (now, user) = (services.env.now(), self.owner.actor.user().unwrap());
        let row = member::ActiveModel {
            studio_id: Set(self.shop.studio),
            user_id: Set(user),
            role: Set(Role::Owner),
            joined_at: Set(now),
        };
        row.insert(&services.db).await.unwrap();
        let id: SignInId = services.env.id();
        let row = sign_in::ActiveModel {
            id: Set(id),
            user_id: Set(user),
            user_agent: Set("test".to_owned()),
            ip: Set("127.0.0.1".to_owned()),
            created_at: Set(now),
            last_seen_at: Set(now),
            revoked_at: Set(None),
            revoked_reason: Set(None),
            proved_at: Set(None),
        };
        row.insert(&services.db).await.unwrap();
        AccessTokens::new(&services.links).issue(user, id, now).unwrap().text
    }
}

#[actix_web::test]
async fn a_signature_on_paper_is_recorded_at_the_api_and_seen_on_the_page() {
    on_each_database(async |shop| {
        let sent = Sent::new(shop).await;
        let ben = sent.visitor(BEN).await;
        assert_eq!(ben.post("/paper", &[("words", "by hand, please")]).await.status, StatusCode::SEE_OTHER);

        let (token, http) = (sent.token().await, reqwest::Client::builder().no_proxy().build().unwrap());
        let today = shop.services.env.now().date_naive().to_string();
        let signer = sent.signer(BEN.1).await.id.to_string();
        let record = async |scan: &str| -> Value {
            let input = json!({
                "agreement": sent.id.to_string(), "signer": signer, "version": 1, "signedOn": today, "scanSha256": scan,
            });
            let body = json!({ "query": RECORD, "variables": { "input": input } });
            let asked = http.post(format!("{}/graphql", shop.url)).bearer_auth(&token).json(&body);
            let answer: Value = asked.send().await.unwrap().json().await.unwrap();
            assert_eq!(answer.get("errors"), None, "{answer}");
            answer["data"]["recordPaperSignature"].clone()
        };
        let refused = record("not a hash").await;
        assert_eq!(refused["userErrors"], json!([{ "field": "scanSha256", "code": "BAD_SHA256" }]), "{refused}");
        assert_eq!(refused["agreement"], Value::Null);

        // Some programs write hashes in capitals.
        let recorded = record(&"AB".repeat(32)).await;
        assert_eq!(recorded["userErrors"], json!([]), "{recorded}");
        let agreement = &recorded["agreement"];
        assert_eq!(agreement["state"], "PARTLY_SIGNED");
        let theirs = agreement["signers"].as_array().unwrap().iter().find(|row| row["name"] == BEN.0).unwrap();
        assert_eq!((&theirs["state"], &theirs["paperSignedOn"]), (&json!("SIGNED"), &json!(today)));
        assert!(theirs["signedAt"].is_string() && theirs["consentVersion"].is_null(), "{theirs}");
        let row = sent.signer(BEN.1).await;
        let scan = row.paper().unwrap().scan_sha256.map(|sha256| sha256.to_string());
        assert_eq!(scan, Some("ab".repeat(32)));

        let again = record(&"ab".repeat(32)).await;
        assert_eq!(again["userErrors"][0]["code"], "ALREADY_SIGNED", "{again}");
        let page = ben.get("/done").await;
        assert!(page.text.contains("Signed on paper"), "{}", page.text);
    })
    .await;
}
