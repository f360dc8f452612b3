//! What a producer's program does with agreements.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Beat, Producer, Studio, text, until};

/// How long sealing may take before something must be wrong.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a mutation of agreements answers with.
const PAYLOAD: &str =
    "{ agreement { id reference state version counterVersion } userErrors { field code message remedy } }";

/// An agreement as the studio sees it.
#[derive(Debug, Clone, Serialize)]
pub struct AgreementFacts {
    /// Its id.
    pub id: String,
    /// Its reference.
    pub reference: String,
    /// Where it stands, in the API's word, such as `PARTLY_SIGNED`.
    pub state: String,
    /// The current version's number.
    pub version: i64,
    /// The version that somebody has proposed.
    pub counter_version: Option<i64>,
}

/// An executed and sealed agreement.
#[derive(Debug, Clone, Serialize)]
pub struct SealedAgreement {
    /// Where the sealed file is downloaded, by anybody who has the link.
    pub url: String,
    /// Its SHA-256.
    pub sha256: String,
    /// The seal's level.
    pub level: String,
    /// SHA-256 of the text that was signed: what journals name.
    pub text_sha256: String,
    /// How many entries of evidence there are.
    pub evidence: usize,
}

/// What one sale was booked as.
#[derive(Debug, Clone, Serialize)]
pub struct SplitJournal {
    /// The journal in a sentence.
    pub memo: String,
    /// SHA-256 of the agreements' texts that it was split by.
    pub basis: Vec<String>,
    /// Each payee and what is owed to them for it, in minor units.
    pub payees: Vec<(String, i64)>,
}

impl Producer {
    /// A split sheet of a beat, prefilled with what the studio knows.
    pub async fn split_sheet_draft(&self, beat: &Beat) -> Result<Value> {
        let query = "query ($beat: ID!) { splitSheetDraft(beat: $beat) }";
        let mut data = self.api.graphql(query, json!({ "beat": beat.id })).await?;
        Ok(data["splitSheetDraft"].take())
    }

    /// Writes an agreement.
    pub async fn draft_agreement(&self, studio: &Studio, document: &Value) -> Result<AgreementFacts> {
        let input = json!({ "studio": studio.id, "document": document });
        self.agree("draftAgreement", "DraftAgreementInput", input).await
    }

    /// Sends it to its signers.
    pub async fn send_agreement(&self, agreement: &AgreementFacts) -> Result<AgreementFacts> {
        self.agree("sendAgreement", "SendAgreementInput", json!({ "agreement": agreement.id })).await
    }

    /// Takes what a signer has proposed.
    pub async fn accept_counter(&self, agreement: &AgreementFacts) -> Result<AgreementFacts> {
        let input = json!({ "agreement": agreement.id, "counterVersion": agreement.counter_version });
        self.agree("acceptCounter", "AcceptCounterInput", input).await
    }

    async fn agree(&self, name: &str, input_type: &str, input: Value) -> Result<AgreementFacts> {
        let query = format!("mutation ($input: {input_type}!) {{ {name}(input: $input) {PAYLOAD} }}");
        let payload = self.api.mutate(name, &query, json!({ "input": input })).await?;
        facts(&payload["agreement"])
    }

    /// How an agreement stands.
    pub async fn agreement(&self, id: &str) -> Result<AgreementFacts> {
        let query = "query ($id: ID!) { agreement(id: $id) { id reference state version counterVersion } }";
        let data = self.api.graphql(query, json!({ "id": id })).await?;
        facts(&data["agreement"])
    }

    /// Waits until everybody has signed and the file is sealed.
    pub async fn wait_for_seal(&self, agreement: &AgreementFacts) -> Result<SealedAgreement> {
        let query = "query ($id: ID!) { agreement(id: $id) { state version versions { number textSha256 }
            fileUrl seal { level revisions { sha256 } } evidence { intact fault entries { seq } } } }";
        until("the sealed agreement", PATIENCE, async || {
            let data = self.api.graphql(query, json!({ "id": agreement.id })).await?;
            let found = &data["agreement"];
            let revisions = found["seal"]["revisions"].as_array();
            let Some(newest) = revisions.and_then(|revisions| revisions.last()) else { return Ok(None) };
            if found["evidence"]["intact"] != true {
                bail!("the evidence of {} does not hold: {}", agreement.reference, found["evidence"]["fault"]);
            }
            let versions = found["versions"].as_array().context("versions are a list")?;
            let signed = versions.iter().find(|version| version["number"] == found["version"]);
            Ok(Some(SealedAgreement {
                url: text(found, "/fileUrl")?,
                sha256: text(newest, "/sha256")?,
                level: text(found, "/seal/level")?,
                text_sha256: text(signed.context("a version is current")?, "/textSha256")?,
                evidence: found["evidence"]["entries"].as_array().map_or(0, Vec::len),
            }))
        })
        .await
    }

    /// How the sale of an order was booked.
    pub async fn sale_journal(&self, studio: &Studio, reference: &str) -> Result<SplitJournal> {
        let query = "query ($studio: ID!) { journals(studio: $studio, first: 100) { nodes { kind reference memo
            bases { documentSha256 } entries { account { kind partyName } amount { minor } } } } }";
        let data = self.api.graphql(query, json!({ "studio": studio.id })).await?;
        let journals = data["journals"]["nodes"].as_array().context("journals are a list")?;
        let is_sale = |journal: &&Value| journal["kind"] == "sale" && journal["reference"] == reference;
        let journal = journals.iter().find(is_sale).with_context(|| format!("no journal books {reference}"))?;
        let list = |name: &str| journal[name].as_array().cloned().unwrap_or_default();
        let owed = list("entries").into_iter().filter(|entry| entry["account"]["kind"] == "PAYABLE");
        let mut payees = Vec::new();
        for entry in owed {
            payees.push((text(&entry, "/account/partyName")?, -super::minor(&entry["amount"]["minor"])?));
        }
        let basis = list("bases").iter().map(|basis| text(basis, "/documentSha256")).collect::<Result<_>>()?;
        Ok(SplitJournal { memo: text(journal, "/memo")?, basis, payees })
    }
}

fn facts(agreement: &Value) -> Result<AgreementFacts> {
    Ok(AgreementFacts {
        id: text(agreement, "/id")?,
        reference: text(agreement, "/reference")?,
        state: text(agreement, "/state")?,
        version: agreement["version"].as_i64().context("a version is a number")?,
        counter_version: agreement["counterVersion"].as_i64(),
    })
}
