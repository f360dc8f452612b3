//! Clauses that a studio switches and edits once, for the agreements that it writes from then on.

use domain::{
    agreements::entity::{AgreementState, agreement},
    ids::AgreementId,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::{Value, json};

use crate::{
    pages::signing::sheet,
    support::{World, on_each_database},
};

const TEMPLATES: &str = "query($studio: ID!) { agreementTemplates(studio: $studio) {
    template name clauses { id heading essential text summary } edits } }";
const SET: &str = "mutation($studio: ID!, $template: AgreementTemplate!, $edits: JSON!) {
    setClauseDefaults(input: { studio: $studio, template: $template, edits: $edits }) {
        template { template edits } userErrors { field code message } } }";
const DRAFT: &str = "mutation($studio: ID!, $document: JSON!) {
    draftAgreement(input: { studio: $studio, document: $document }) {
        agreement { id document html } userErrors { field code message } } }";
const AMEND: &str = "mutation($agreement: ID!, $document: JSON!) {
    amendAgreement(input: { agreement: $agreement, document: $document }) {
        agreement { document } userErrors { field code message } } }";
const PREFILL: &str = "query($agreement: ID!) { agreementDraft(agreement: $agreement) }";

/// A studio's owner at the API.
struct Owner<'a> {
    world: &'a World,
    token: String,
    studio: String,
}

impl<'a> Owner<'a> {
    async fn new(world: &'a World, name: &str) -> Self {
        let (user, studio) = world.sign_up(name).await;
        Self { world, token: world.token(user).await.1, studio: studio.to_string() }
    }

    async fn ask(&self, document: &str, mut variables: Value) -> Value {
        if document.contains("$studio:") {
            variables["studio"] = json!(self.studio);
        }
        let answer = self.world.ask(Some(&self.token), document, variables).await;
        assert_eq!(answer.get("errors"), None, "{document}");
        answer["data"].clone()
    }

    /// A template as the studio uses it.
    async fn template(&self, code: &str) -> Value {
        let all = self.ask(TEMPLATES, json!({})).await["agreementTemplates"].clone();
        assert_eq!(all.as_array().unwrap().len(), 6);
        all.as_array().unwrap().iter().find(|template| template["template"] == code).unwrap().clone()
    }

    async fn set(&self, template: &str, edits: &Value) -> Value {
        self.ask(SET, json!({ "template": template, "edits": edits })).await["setClauseDefaults"].clone()
    }

    async fn draft(&self, document: &Value) -> Value {
        let outcome = self.ask(DRAFT, json!({ "document": document })).await["draftAgreement"].clone();
        assert_eq!(outcome["userErrors"], json!([]));
        outcome["agreement"].clone()
    }

    async fn prefill(&self, agreement: &Value) -> Value {
        self.ask(PREFILL, json!({ "agreement": agreement["id"] })).await["agreementDraft"].clone()
    }
}

/// Puts an agreement down as if all had signed it.
async fn execute(world: &World, agreement: &Value) {
    let id: AgreementId = agreement["id"].as_str().unwrap().parse().unwrap();
    let now = Some(world.services.env.now());
    let row = agreement::ActiveModel {
        id: Set(id),
        state: Set(AgreementState::Executed),
        sent_at: Set(now),
        executed_at: Set(now),
        ..Default::default()
    };
    row.update(&world.services.db).await.unwrap();
}

#[tokio::test]
async fn a_studio_edits_the_clauses_that_its_agreements_begin_with() {
    on_each_database(async |world| {
        let (nova, other) = (Owner::new(world, "Nova").await, Owner::new(world, "Orson").await);
        let template = nova.template("SPLIT_SHEET").await;
        assert_eq!((&template["name"], &template["edits"]), (&json!("Split sheet"), &json!({})));
        let clause = |id: &str| {
            let all = template["clauses"].as_array().unwrap();
            all.iter().find(|clause| clause["id"] == id).unwrap().clone()
        };
        assert_eq!(clause("composition")["essential"], true);
        assert_eq!(clause("law")["text"], Value::Null);
        let disputes = clause("disputes");
        assert_eq!((&disputes["heading"], &disputes["essential"]), (&json!("Disagreements"), &json!(false)));
        assert_eq!(disputes["summary"], "Talk first, then a mediator, then a court.");
        assert!(disputes["text"][0].as_str().unwrap().contains("ask a mediator"));

        let refused = nova.set("SPLIT_SHEET", &json!({ "off": ["disputes", "composition"], "colour": 1 })).await;
        assert_eq!((&refused["template"], &refused["userErrors"][0]["field"]), (&Value::Null, &json!("edits.colour")));
        let refused = nova.set("SPLIT_SHEET", &json!({ "off": ["disputes", "composition"], "summaries": { "x": "" } })).await;
        let errors = refused["userErrors"].as_array().unwrap();
        assert_eq!((&errors[0]["field"], &errors[0]["code"]), (&json!("edits.off[1]"), &json!("ESSENTIAL")));
        assert!(errors[0]["message"].as_str().unwrap().contains("‘composition’"), "{refused}");
        assert_eq!(errors[1]["field"], "edits.summaries.x");
        assert_eq!(nova.template("SPLIT_SHEET").await["edits"], json!({}));

        let edits = json!({
            "off": ["disputes"],
            "added": [{ "id": "merch", "after": "money", "heading": "Merchandise", "body": ["Alike."], "summary": "T-shirts." }],
        });
        let set = nova.set("SPLIT_SHEET", &edits).await;
        assert_eq!((&set["template"]["edits"], &set["userErrors"]), (&edits, &json!([])));
        assert_eq!(nova.template("SPLIT_SHEET").await["edits"], edits);
        assert_eq!(nova.template("PRODUCER").await["edits"], json!({}));

        // Who says nothing of clauses gets the studio's; who does keeps their own, be it that nothing is changed.
        let bare = sheet(500_000);
        let with = nova.draft(&bare).await;
        assert_eq!(with["document"]["clauses"], edits);
        let html = with["html"].as_str().unwrap();
        assert!(html.contains("Merchandise") && !html.contains("Disagreements"), "{html}");
        let mut own = bare.clone();
        own["clauses"] = json!({});
        let without = nova.draft(&own).await;
        assert_eq!(without["document"].get("clauses"), None);
        assert!(without["html"].as_str().unwrap().contains("Disagreements"));

        // Another studio is not concerned, and what is written stays as it is.
        assert_eq!(other.template("SPLIT_SHEET").await["edits"], json!({}));
        assert_eq!(other.draft(&bare).await["document"].get("clauses"), None);
        let later = json!({ "off": ["warranty"] });
        nova.set("SPLIT_SHEET", &later).await;
        assert_eq!(nova.prefill(&with).await["clauses"], edits);
        assert_eq!(nova.prefill(&without).await["clauses"], json!({}));

        // An amendment begins as a draft does.
        for (document, expected) in [(bare.clone(), Some(&later)), (nova.prefill(&with).await, Some(&edits)), (own, None)] {
            let earlier = nova.draft(&bare).await;
            execute(world, &earlier).await;
            let asked = json!({ "agreement": earlier["id"], "document": document });
            let amended = nova.ask(AMEND, asked).await["amendAgreement"].clone();
            assert_eq!(amended["userErrors"], json!([]));
            assert_eq!(amended["agreement"]["document"].get("clauses"), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn a_split_sheet_is_begun_with_the_studios_clauses_until_it_changes_nothing() {
    on_each_database(async |world| {
        let nova = Owner::new(world, "Nova").await;
        let create =
            "mutation($studio: ID!) { createBeat(input: { studio: $studio, title: \"Night Drive\" }) { beat { id } } }";
        let beat = nova.ask(create, json!({})).await["createBeat"]["beat"]["id"].clone();
        let ask = "query($beat: ID!) { splitSheetDraft(beat: $beat) }";
        let begun = async || nova.ask(ask, json!({ "beat": beat })).await["splitSheetDraft"].clone();
        assert_eq!(begun().await.get("clauses"), None);
        let edits = json!({ "summaries": { "law": "The law of the place where we live." } });
        nova.set("SPLIT_SHEET", &edits).await;
        assert_eq!(begun().await["clauses"], edits);
        let reset = nova.set("SPLIT_SHEET", &json!({ "off": [], "added": [] })).await;
        assert_eq!(reset["template"], json!({ "template": "SPLIT_SHEET", "edits": {} }));
        assert_eq!(begun().await.get("clauses"), None);
    })
    .await;
}
