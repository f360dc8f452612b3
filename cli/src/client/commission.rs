//! What a producer's program does around a commission: the client, the project and its stages, the quote, and what is invoiced of it.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use domain::env::{Clock, SystemClock};
use serde::Serialize;
use serde_json::{Value, json};

use super::{AgreementFacts, Producer, Studio, text};

/// For how long a quote can be accepted.
const VALID: Duration = Duration::from_hours(14 * 24);

/// What is asked of stages, those of a project and those of its song alike.
const STAGES: &str = "{ id stage tasks { id isGate doneAt } }";

/// A client of a studio.
#[derive(Debug, Clone, Serialize)]
pub struct ClientFacts {
    /// Their id.
    pub id: String,
    /// The party that they are.
    pub party: String,
    /// How far they have come, in the API's word, such as `LEAD`.
    pub stage: String,
}

/// A project with its one song.
#[derive(Debug, Clone, Serialize)]
pub struct Commission {
    /// The project's id.
    pub project: String,
    /// The song's.
    pub song: String,
    /// What both are called.
    pub title: String,
    /// The party that is the client.
    pub client_party: String,
    /// The party that is the producer.
    pub producer_party: String,
}

/// A quote.
#[derive(Debug, Clone, Serialize)]
pub struct QuoteFacts {
    /// Its id.
    pub id: String,
    /// Its reference.
    pub reference: String,
    /// What it comes to, as it is read.
    pub total: String,
}

/// An invoice of a project.
#[derive(Debug, Clone, Serialize)]
pub struct InvoiceFacts {
    /// Its number.
    pub reference: String,
    /// What it comes to, as it is read.
    pub total: String,
    /// How it stands, in the API's word, such as `PAID`.
    pub state: String,
    /// Its page.
    pub url: String,
}

impl Producer {
    /// Runs a mutation that takes one input, and gives what is wanted of its payload.
    pub(super) async fn change(&self, (name, input_type): (&str, &str), input: Value, wanted: &str) -> Result<Value> {
        let query = format!(
            "mutation ($input: {input_type}!) {{ {name}(input: $input) {{ {wanted} userErrors {{ field code message remedy }} }} }}"
        );
        self.api.mutate(name, &query, json!({ "input": input })).await
    }

    /// Enters somebody as a client, who is a lead at first.
    pub async fn enter_client(&self, studio: &Studio, name: &str, email: &str) -> Result<ClientFacts> {
        let party = json!({ "kind": "PERSON", "name": name, "email": email });
        let input = json!({ "studio": studio.id, "party": party });
        let entered =
            self.change(("createClient", "CreateClientInput"), input, "client { id stage party { id } }").await?;
        client(&entered)
    }

    /// Moves a client to another stage, and says why.
    pub async fn move_client(&self, id: &str, stage: &str, why: &str) -> Result<ClientFacts> {
        let input = json!({ "id": id, "stage": stage, "words": why });
        client(&self.change(("moveClient", "MoveClientInput"), input, "client { id stage party { id } }").await?)
    }

    /// Enters a party.
    pub async fn enter_party(&self, studio: &Studio, name: &str, email: &str) -> Result<String> {
        let input = json!({ "studio": studio.id, "kind": "PERSON", "name": name, "email": email });
        text(&self.change(("createParty", "CreatePartyInput"), input, "party { id }").await?, "/party/id")
    }

    /// The party that the owner of a studio is.
    async fn own_party(&self, studio: &Studio) -> Result<String> {
        let query = "query ($studio: ID!) { parties(studio: $studio, first: 100) { nodes { id email } } }";
        let data = self.api.graphql(query, json!({ "studio": studio.id })).await?;
        let parties = data["parties"]["nodes"].as_array().context("parties are a list")?;
        let own = parties.iter().find(|party| party["email"] == Self::LOGIN.email);
        text(own.context("the owner is no party of the studio")?, "/id")
    }

    /// Opens a record of one song for a client, says what it is to become and who decides, and maps the song.
    pub async fn open_record(&self, studio: &Studio, client: &ClientFacts, title: &str) -> Result<Commission> {
        let input = json!({ "studio": studio.id, "kind": "RECORD", "title": title, "client": client.id });
        let opened = self.change(("createProject", "CreateProjectInput"), input, "project { id }").await?;
        let project = text(&opened, "/project/id")?;
        let brief = json!({
            "project": project,
            "goals": "A single that sounds as close as the demo, and larger",
            "genre": "R&B",
            "deliverables": "Masters for streaming, CD and reference",
            "decider": client.party,
        });
        self.change(("updateProject", "UpdateProjectInput"), brief, "project { id }").await?;
        let song = json!({ "project": project, "title": title });
        let song = text(&self.change(("addSong", "AddSongInput"), song, "song { id }").await?, "/song/id")?;
        let producer_party = self.own_party(studio).await?;
        for (party, role) in [(&client.party, "ARTIST"), (&producer_party, "PRODUCER")] {
            let person = json!({ "project": project, "song": song, "party": party, "role": role });
            self.change(("addProjectPerson", "AddProjectPersonInput"), person, "person { id }").await?;
        }
        let client_party = client.party.clone();
        Ok(Commission { project, song, title: title.to_owned(), client_party, producer_party })
    }

    /// Maps a song: sections of so many bars at one tempo, in thousandths of a beat per minute.
    pub async fn map_song(&self, commission: &Commission, bpm_milli: i64, sections: &[(&str, i64)]) -> Result<()> {
        let query = "mutation ($song: ID!, $sections: [ArrangementSectionInput!]!) {
            setArrangement(song: $song, sections: $sections) { userErrors { field code message remedy } } }";
        let section = |(name, bars): &(&str, i64)| json!({ "name": name, "bars": bars, "bpmMilli": bpm_milli });
        let sections: Value = sections.iter().map(section).collect();
        let variables = json!({ "song": commission.song, "sections": sections });
        self.api.mutate("setArrangement", query, variables).await.map(drop)
    }

    /// Gives the song's recording its code.
    pub async fn name_recording(&self, commission: &Commission, isrc: &str) -> Result<()> {
        let query = "mutation ($song: ID!, $isrc: String) {
            setSongIsrc(song: $song, isrc: $isrc) { userErrors { field code message remedy } } }";
        self.api.mutate("setSongIsrc", query, json!({ "song": commission.song, "isrc": isrc })).await.map(drop)
    }

    /// Writes a quote in euros: what is done and what that costs, a share that is paid ahead, and nothing before an agreement is signed.
    pub async fn write_quote(
        &self,
        commission: &Commission,
        lines: &[(&str, i64)],
        deposit_ppm: i64,
    ) -> Result<QuoteFacts> {
        let line =
            |(what, minor): &(&str, i64)| json!({ "what": what, "unitPrice": { "minor": minor, "currency": "EUR" } });
        let input = json!({
            "project": commission.project,
            "title": format!("{}: recording, mix and masters", commission.title),
            "billTo": { "address": "Kanalstraße 5\n80538 München" },
            "currency": "EUR",
            "lines": lines.iter().map(line).collect::<Value>(),
            "validUntil": (SystemClock.now() + VALID).to_rfc3339(),
            "depositPpm": deposit_ppm,
            "requiresAgreement": true,
        });
        let wanted = "quote { id reference total { formatted } }";
        let quote = self.change(("createQuote", "CreateQuoteInput"), input, wanted).await?;
        Ok(QuoteFacts {
            id: text(&quote, "/quote/id")?,
            reference: text(&quote, "/quote/reference")?,
            total: text(&quote, "/quote/total/formatted")?,
        })
    }

    /// Mails a quote to its client.
    pub async fn send_quote(&self, quote: &QuoteFacts) -> Result<()> {
        let input = json!({ "quote": quote.id });
        self.change(("sendQuote", "QuoteInput"), input, "quote { state }").await.map(drop)
    }

    /// Lets a project wait for an agreement.
    pub async fn link_agreement(&self, commission: &Commission, agreement: &AgreementFacts) -> Result<()> {
        let input = json!({ "project": commission.project, "agreement": agreement.id });
        self.change(("linkProjectAgreement", "ProjectAgreementInput"), input, "project { id }").await.map(drop)
    }

    /// Names the agreement that opens a quote's way: once it is executed, the deposit is invoiced.
    pub async fn name_agreement(&self, quote: &QuoteFacts, agreement: &AgreementFacts) -> Result<()> {
        let input = json!({ "quote": quote.id, "agreement": agreement.id });
        self.change(("setQuoteAgreement", "SetQuoteAgreementInput"), input, "quote { agreementId }").await.map(drop)
    }

    /// Invoices all that is left of a quote.
    pub async fn invoice_balance(&self, quote: &QuoteFacts) -> Result<()> {
        let query = "query ($id: ID!) { quote(id: $id) { stages { position kind } } }";
        let data = self.api.graphql(query, json!({ "id": quote.id })).await?;
        let stages = data["quote"]["stages"].as_array().context("stages are a list")?;
        let balance = stages.iter().find(|stage| stage["kind"] == "BALANCE").context("the quote has no balance")?;
        let input = json!({ "quote": quote.id, "position": balance["position"] });
        self.change(("reachStage", "ReachStageInput"), input, "invoice { reference }").await.map(drop)
    }

    /// The invoices of a project, the oldest first.
    pub async fn invoices(&self, studio: &Studio, commission: &Commission) -> Result<Vec<InvoiceFacts>> {
        let query = "query ($studio: ID!, $project: ID!) { invoices(studio: $studio, project: $project, first: 20) {
            nodes { reference total { formatted } standing { state } url } } }";
        let data = self.api.graphql(query, json!({ "studio": studio.id, "project": commission.project })).await?;
        let rows = data["invoices"]["nodes"].as_array().context("invoices are a list")?;
        let facts = |row: &Value| {
            Ok(InvoiceFacts {
                reference: text(row, "/reference")?,
                total: text(row, "/total/formatted")?,
                state: text(row, "/standing/state")?,
                url: text(row, "/url")?,
            })
        };
        rows.iter().rev().map(facts).collect()
    }

    /// Begins the work of a project.
    pub async fn activate(&self, commission: &Commission) -> Result<()> {
        let input = json!({ "project": commission.project });
        self.change(("activateProject", "ActivateProjectInput"), input, "project { state }").await.map(drop)
    }

    /// Does what gates a stage of the project or of its song, and closes it.
    pub async fn close_stage(&self, commission: &Commission, stage: &str) -> Result<()> {
        let query =
            format!("query ($id: ID!) {{ project(id: $id) {{ stages {STAGES} songs {{ stages {STAGES} }} }} }}");
        let data = self.api.graphql(&query, json!({ "id": commission.project })).await?;
        let own = data["project"]["stages"].as_array().into_iter().flatten();
        let of_song = data["project"]["songs"][0]["stages"].as_array().into_iter().flatten();
        let found = own.chain(of_song).find(|row| row["stage"] == stage);
        let found = found.with_context(|| format!("the project has no stage {stage}"))?;
        for task in found["tasks"].as_array().into_iter().flatten() {
            if task["isGate"] == true && task["doneAt"].is_null() {
                let query =
                    "mutation ($task: ID!) { completeTask(task: $task) { userErrors { code message remedy } } }";
                self.api.mutate("completeTask", query, json!({ "task": task["id"] })).await?;
            }
        }
        let query = "mutation ($stage: ID!) { closeStage(stage: $stage) { userErrors { code message remedy } } }";
        self.api.mutate("closeStage", query, json!({ "stage": found["id"] })).await.map(drop)
    }

    /// Delivers a project all of whose stages are closed, and gives where it stands then.
    pub async fn deliver(&self, commission: &Commission) -> Result<String> {
        let query = "mutation ($project: ID!) { deliverProject(project: $project) {
            project { state } userErrors { code message remedy } } }";
        let payload = self.api.mutate("deliverProject", query, json!({ "project": commission.project })).await?;
        let state = text(&payload, "/project/state")?;
        if state == "DELIVERED" { Ok(state) } else { bail!("the project is {state}, not delivered") }
    }

    /// Lists the song in the studio's portfolio as released today, with what the studio did and who made it, shows the portfolio to everybody, and gives the
    /// address of its page.
    pub async fn show_in_portfolio(&self, studio: &Studio, commission: &Commission, artist: &str) -> Result<String> {
        let entry = json!({
            "studio": studio.id,
            "song": commission.song,
            "artist": artist,
            "releasedOn": SystemClock.now().date_naive().to_string(),
            "roles": ["PRODUCER", "MIXING_ENGINEER"],
            "isPublic": true,
            "showsCredits": true,
        });
        self.change(("addPortfolioEntry", "AddPortfolioEntryInput"), entry, "entry { id }").await?;
        let shown = json!({ "studio": studio.id, "headline": "Songs, mixed and made", "isPublic": true });
        self.change(("updatePortfolio", "UpdatePortfolioInput"), shown, "portfolio { isPublic }").await?;
        Ok(format!("{}/portfolio/{}", self.api.base, studio.slug))
    }
}

fn client(payload: &Value) -> Result<ClientFacts> {
    Ok(ClientFacts {
        id: text(payload, "/client/id")?,
        party: text(payload, "/client/party/id")?,
        stage: text(payload, "/client/stage")?,
    })
}
