//! What a producer's program does with sound: hands stems in, makes versions of a mix, has them reviewed, and has the approved one mastered.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Commission, Fetched, Producer, Studio, text, until};

/// How long bouncing or mastering may take before something must be wrong.
const PATIENCE: Duration = Duration::from_mins(15);

/// A version of the mix.
#[derive(Debug, Clone, Serialize)]
pub struct MixFacts {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: i64,
    /// Its loudness, in thousandths of a LUFS.
    pub loudness_mlufs: i64,
    /// What its document changes of the version before, in sentences.
    pub changes: Vec<String>,
}

/// A stem that was taken in.
#[derive(Debug, Clone)]
pub struct Stem {
    /// Its name.
    pub name: String,
    /// Its file.
    pub asset: String,
}

/// The masters of an approved mix.
#[derive(Debug, Clone)]
pub struct MasterSet {
    /// Its id.
    pub id: String,
    /// The client's page.
    pub url: String,
    /// How they stand, in the API's word, such as `LOCKED`.
    pub state: String,
    /// Each of them.
    pub masters: Vec<MasterFacts>,
}

/// A master.
#[derive(Debug, Clone, Serialize)]
pub struct MasterFacts {
    /// Its id.
    pub id: String,
    /// What it was made for, in the API's word, such as `STREAMING`.
    pub profile: String,
    /// Its file's name.
    pub file_name: String,
    /// The SHA-256 that its quality control tells.
    pub sha256: String,
    /// Whether it passed that.
    pub passed: bool,
}

impl Producer {
    /// Hands a stem in; why it was refused, if it was.
    pub async fn hand_in_stem(&self, studio: &Studio, file: &Path) -> Result<Result<String, String>> {
        let asset = self.upload(studio, "STEM", file).await?;
        Ok(self.wait_for_refusal(&asset).await?.map_or(Ok(asset), Err))
    }

    /// Hands stems in that must be taken.
    pub async fn hand_in_stems(&self, studio: &Studio, files: &[(String, PathBuf)]) -> Result<Vec<Stem>> {
        let mut stems = Vec::with_capacity(files.len());
        for (name, file) in files {
            match self.hand_in_stem(studio, file).await? {
                Ok(asset) => stems.push(Stem { name: name.clone(), asset }),
                Err(refusal) => bail!("the stem {name} was refused: {refusal}"),
            }
        }
        Ok(stems)
    }

    /// Makes a version of the mix by a document that plays each stem at a level of its fader, and waits until it can be heard.
    pub async fn mix(
        &self,
        commission: &Commission,
        tempo_bpm: f64,
        faders: &[(&Stem, f64)],
        before: Option<&MixFacts>,
    ) -> Result<MixFacts> {
        let file = |stem: &Stem| format!("{}.wav", stem.name);
        let track = |(stem, fader_db): &(&Stem, f64)| {
            let clip = json!({ "source": file(stem) });
            json!({ "name": stem.name, "clips": [clip], "strip": { "fader_db": fader_db } })
        };
        let source = |(stem, _): &(&Stem, f64)| json!({ "name": file(stem), "asset": stem.asset });
        let document = json!({
            "version": 2,
            "tempo_bpm": tempo_bpm,
            "tracks": faders.iter().map(track).collect::<Value>(),
            "master": { "target": { "custom": -16 } },
            "outputs": [{ "file": "mix.wav", "format": "wav24" }],
        });
        let input = json!({
            "song": commission.song,
            "document": document,
            "sources": faders.iter().map(source).collect::<Value>(),
        });
        let made = self.change(("addMixDocument", "AddMixDocumentInput"), input, "version { id number }").await?;
        let id = text(&made, "/version/id")?;
        let loudness_mlufs = self.wait_for_mix(&id).await?;
        let changes = match before {
            Some(before) => self.mix_changes(before, &id).await?,
            None => Vec::new(),
        };
        let number = made["version"]["number"].as_i64().context("a version has a number")?;
        Ok(MixFacts { id, number, loudness_mlufs, changes })
    }

    /// The loudness of a version, once it is bounced and measured.
    async fn wait_for_mix(&self, version: &str) -> Result<i64> {
        let query = "query ($id: ID!) { mixVersion(id: $id) { sound { state refusal loudnessMlufs } } }";
        until("a bounced mix", PATIENCE, async || {
            let data = self.api.graphql(query, json!({ "id": version })).await?;
            let sound = &data["mixVersion"]["sound"];
            match sound["state"].as_str() {
                Some("READY") => {
                    Ok(Some(sound["loudnessMlufs"].as_i64().context("a mix that is heard has a loudness")?))
                }
                Some("REFUSED") => bail!("the mix was refused: {}", sound["refusal"]),
                _ => Ok(None),
            }
        })
        .await
    }

    async fn mix_changes(&self, before: &MixFacts, after: &str) -> Result<Vec<String>> {
        let query = "query ($from: ID!, $to: ID!) { mixChanges(from: $from, to: $to) }";
        let mut data = self.api.graphql(query, json!({ "from": before.id, "to": after })).await?;
        serde_json::from_value(data["mixChanges"].take()).context("changes are sentences")
    }

    /// Opens the review of the song's mix for two rounds, and lets one person decide.
    pub async fn open_review(&self, commission: &Commission, (name, email): (&str, &str)) -> Result<String> {
        let input = json!({ "song": commission.song, "terms": { "rounds": 2, "signOffDays": 7 } });
        let opened = self.change(("openReview", "OpenReviewInput"), input, "review { id }").await?;
        let review = text(&opened, "/review/id")?;
        let input = json!({ "review": review, "name": name, "email": email, "decides": true });
        self.change(("inviteReviewer", "InviteReviewerInput"), input, "reviewer { id }").await?;
        Ok(review)
    }

    /// Sends a version for review; the number of the round that it is under.
    pub async fn send_for_review(&self, mix: &MixFacts) -> Result<i64> {
        let input = json!({ "version": mix.id });
        let sent = self.change(("sendForReview", "SendForReviewInput"), input, "round { number }").await?;
        sent["round"]["number"].as_i64().context("a round has a number")
    }

    /// How the rounds of a review have ended, in the API's words, the first one first.
    pub async fn round_outcomes(&self, review: &str) -> Result<Vec<String>> {
        let query = "query ($id: ID!) { review(id: $id) { rounds { number outcome } } }";
        let data = self.api.graphql(query, json!({ "id": review })).await?;
        let mut rounds = data["review"]["rounds"].as_array().context("rounds are a list")?.clone();
        rounds.sort_by_key(|round| round["number"].as_i64());
        rounds.iter().map(|round| text(round, "/outcome")).collect()
    }

    /// Keeps the comments on a version as markers for REAPER.
    pub async fn save_markers(&self, mix: &MixFacts, to: &Path) -> Result<Fetched> {
        self.save(&format!("/mixes/{}/markers.csv", mix.id), to).await
    }

    /// Says which masters are made as soon as a mix is approved.
    pub async fn plan_masters(&self, commission: &Commission, profiles: &[&str]) -> Result<()> {
        let input = json!({ "project": commission.project, "profiles": profiles });
        self.change(("setMasterPlan", "SetMasterPlanInput"), input, "plan { profiles }").await.map(drop)
    }

    /// The newest masters of the project, once they have come to a state, such as `LOCKED`.
    pub async fn wait_for_master_set(&self, commission: &Commission, state: &str) -> Result<MasterSet> {
        let query = "query ($project: ID!) { masterDeliveries(project: $project, first: 1) { nodes { id state url
            masters { id profile fileName state refusal qc } } } }";
        until(&format!("masters that are {state}"), PATIENCE, async || {
            let data = self.api.graphql(query, json!({ "project": commission.project })).await?;
            let newest = &data["masterDeliveries"]["nodes"][0];
            match newest["state"].as_str() {
                Some("FAILED" | "SUPERSEDED") => bail!("the masters came to nothing: {newest}"),
                Some(found) if found == state => master_set(newest).map(Some),
                _ => Ok(None),
            }
        })
        .await
    }

    /// Keeps what the API serves to members as a file.
    pub(super) async fn save(&self, path: &str, to: &Path) -> Result<Fetched> {
        let request = self.api.authorized(self.api.http.get(format!("{}{path}", self.api.base)));
        let answer = request.send().await?.error_for_status()?;
        let content = answer.bytes().await?;
        tokio::fs::write(to, &content).await.with_context(|| format!("cannot write {}", to.display()))?;
        Ok(Fetched { bytes: content.len() as u64, sha256: hex::encode(Sha256::digest(&content)) })
    }
}

fn master_set(delivery: &Value) -> Result<MasterSet> {
    let rows = delivery["masters"].as_array().context("masters are a list")?;
    let master = |row: &Value| {
        Ok(MasterFacts {
            id: text(row, "/id")?,
            profile: text(row, "/profile")?,
            file_name: text(row, "/fileName")?,
            sha256: text(row, "/qc/sha256")?,
            passed: row["qc"]["passed"] == true,
        })
    };
    let masters = rows.iter().map(master).collect::<Result<_>>()?;
    Ok(MasterSet {
        id: text(delivery, "/id")?,
        url: text(delivery, "/url")?,
        state: text(delivery, "/state")?,
        masters,
    })
}
