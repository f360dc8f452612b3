//! A producer's program.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Api, Balance, Beat, Ledger, OrderFacts, Signer, Studio, minor, text, until};
use crate::folder::{self, FoundBeat};

/// The owner that programs sign up and in as; their studio is for trials alone.
const OWNER: &str = "nova@example.com";
const OWNER_NAME: &str = "Nova Reyes";
const PASSWORD: &str = "four small words here";

/// How the owner of a trial's studio signs in.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Login {
    /// Their address.
    pub email: &'static str,
    /// Their password, the same in every trial.
    pub password: &'static str,
}

/// How long rendering may take before something must be wrong.
const PATIENCE: Duration = Duration::from_mins(15);

/// How long a beat waits for what is heard in it; it goes on sale without.
const LISTENING: Duration = Duration::from_mins(5);

/// A producer's program, signed in or not.
#[derive(Debug, Clone)]
pub struct Producer {
    pub(super) api: Api,
    /// Whether the owner's address was confirmed before they signed in.
    is_confirmed: bool,
}

impl Producer {
    /// How people sign in as the owner.
    pub const LOGIN: Login = Login { email: OWNER, password: PASSWORD };

    /// Not signed in yet.
    pub fn new(base: &str) -> Result<Self> {
        Ok(Self { api: Api::new(base)?, is_confirmed: false })
    }

    /// Opens a studio and signs its owner in. Signing up again with the same address changes nothing, so this may be repeated.
    pub async fn sign_up(&mut self, studio: &str, currency: &str) -> Result<Studio> {
        let input = json!({ "name": OWNER_NAME, "email": OWNER, "password": PASSWORD, "studioName": studio, "currency": currency });
        self.api
            .mutate(
                "signUp",
                "mutation ($input: SignUpInput!) { signUp(input: $input) { userErrors { field message remedy } } }",
                json!({ "input": input }),
            )
            .await?;
        self.sign_in().await
    }

    /// Signs the owner in.
    pub async fn sign_in(&mut self) -> Result<Studio> {
        self.api.token = Some(self.owner_token().await?);
        let me = self.api.graphql("{ me { emailVerified studios { id slug name } } }", json!({})).await?;
        self.is_confirmed = me["me"]["emailVerified"] == true;
        let studio = me.pointer("/me/studios/0").context("the account has no studio")?;
        let (id, slug) = (text(studio, "/id")?, text(studio, "/slug")?);
        self.take_key(&id).await?;
        Ok(Studio { id, name: text(studio, "/name")?, url: format!("{}/s/{slug}", self.api.base), slug })
    }

    /// The owner at a browser, who signs as anybody does.
    pub fn signer(&self) -> Result<Signer> {
        Signer::new(&self.api.base, OWNER_NAME, OWNER)
    }

    /// A token of the owner's own.
    async fn owner_token(&self) -> Result<String> {
        let query = "mutation ($input: SignInInput!) { signIn(input: $input) { session { tokens { accessToken } } userErrors { message remedy } } }";
        let input = json!({ "email": OWNER, "password": PASSWORD, "transport": "ANSWER" });
        let payload = Api::new(&self.api.base)?.mutate("signIn", query, json!({ "input": input })).await?;
        text(&payload, "/session/tokens/accessToken")
    }

    /// Says who the studio is and where, as its quotes and invoices name it. No key may do that, so that the owner does.
    pub async fn introduce(&self, studio: &Studio, address: &str) -> Result<()> {
        let owner = Api { token: Some(self.owner_token().await?), ..Api::new(&self.api.base)? };
        let query = "mutation ($input: UpdateStudioInput!) { updateStudio(input: $input) { userErrors { field message remedy } } }";
        let input = json!({
            "studio": studio.id,
            "name": studio.name,
            "contactEmail": OWNER,
            "legalName": OWNER_NAME,
            "address": address,
            "governingLaw": "Germany",
        });
        owner.mutate("updateStudio", query, json!({ "input": input })).await.map(drop)
    }

    /// Confirms the owner's address from their mail: before that, nothing is mailed to anybody else. Confirmed before, it does nothing.
    pub async fn confirm_address(&self) -> Result<()> {
        if self.is_confirmed {
            return Ok(());
        }
        let start = format!("{}/account/verify?token=", self.api.base);
        let mut reader = self.signer()?;
        let token = reader.next_mail("a link to confirm the address", |text| {
            Some(text.split_once(&start)?.1.split_whitespace().next()?.to_owned())
        });
        let query = "mutation ($token: String!) { verifyEmail(token: $token) { completed userErrors { field message remedy } } }";
        self.api.mutate("verifyEmail", query, json!({ "token": token.await? })).await.map(drop)
    }

    /// Goes on with a key of the studio's own, as programs do: it does not run out while a large folder is brought in.
    async fn take_key(&mut self, studio: &str) -> Result<()> {
        let query = "mutation ($studio: ID!, $name: String!, $scopes: [Scope!]!) {
            createApiKey(studio: $studio, name: $name, scopes: $scopes) { created { secret } userErrors { field message remedy } } }";
        let scopes = ["CATALOG_READ", "CATALOG_WRITE", "SALES_READ", "SALES_WRITE", "LEDGER_READ"];
        let variables = json!({ "studio": studio, "name": "a trial's program", "scopes": scopes });
        let payload = self.api.mutate("createApiKey", query, variables).await?;
        self.api.token = Some(text(&payload, "/created/secret")?);
        Ok(())
    }

    /// Brings a file in as a beat and waits until it is on sale.
    pub async fn bring_in(&self, studio: &Studio, file: &Path) -> Result<Beat> {
        self.bring_in_found(studio, &folder::describe_file(file)).await
    }

    /// Uploads a beat with its stems, puts it on sale and waits for its preview.
    pub(crate) async fn bring_in_found(&self, studio: &Studio, found: &FoundBeat) -> Result<Beat> {
        let began = Instant::now();
        let source = self.upload(studio, "SOURCE", &found.source).await?;
        let mut stems = Vec::with_capacity(found.stems.len());
        for (name, file) in &found.stems {
            stems.push(json!({ "assetId": self.upload(studio, "STEM", file).await?, "name": name }));
        }
        for asset in std::iter::once(&source).chain(stems.iter().filter_map(|stem| match &stem["assetId"] {
            Value::String(id) => Some(id),
            _ => None,
        })) {
            self.wait_until_checked(asset).await?;
        }
        let (mut bpm_milli, mut musical_key) = (json!(found.bpm_milli), json!(found.musical_key));
        if bpm_milli.is_null() || musical_key.is_null() {
            // Where neither name nor tags tell, what was heard surely enough stands in.
            let heard = self.wait_until_heard(&source).await?;
            bpm_milli = if bpm_milli.is_null() { heard["bpmMilli"].clone() } else { bpm_milli };
            musical_key = if musical_key.is_null() { heard["musicalKey"].clone() } else { musical_key };
        }
        let input = json!({
            "studio": studio.id,
            "title": found.title,
            "sourceAssetId": source,
            "bpmMilli": bpm_milli,
            "musicalKey": musical_key,
        });
        let query = "mutation ($input: CreateBeatInput!) { createBeat(input: $input) { beat { id slug title } userErrors { field message remedy } } }";
        let payload = self.api.mutate("createBeat", query, json!({ "input": input })).await?;
        let id = text(&payload, "/beat/id")?;
        if !stems.is_empty() {
            let query = "mutation ($beat: ID!, $stems: [StemInput!]!) { setStems(beat: $beat, stems: $stems) { userErrors { field message remedy } } }";
            self.api.mutate("setStems", query, json!({ "beat": id, "stems": stems })).await?;
        }
        let query = "mutation ($id: ID!) { publishBeat(beat: $id) { userErrors { field message remedy } } }";
        self.api.mutate("publishBeat", query, json!({ "id": id })).await?;
        let (preview, waveform) = until("the preview", PATIENCE, async || self.media(&id).await).await?;
        let slug = text(&payload, "/beat/slug")?;
        Ok(Beat {
            title: text(&payload, "/beat/title")?,
            url: format!("{}/{slug}", studio.url),
            stems: stems.len(),
            preview_url: format!("{}/media/{preview}", self.api.base),
            waveform_url: format!("{}/media/{waveform}", self.api.base),
            seconds: began.elapsed().as_secs_f64(),
            id,
            slug,
        })
    }

    /// The assets of a beat's preview and waveform, once they are there.
    async fn media(&self, beat: &str) -> Result<Option<(String, String)>> {
        let data = self
            .api
            .graphql("query ($id: ID!) { beat(id: $id) { preview { id } waveform { id } } }", json!({ "id": beat }))
            .await?;
        let id = |what: &str| data["beat"][what]["id"].as_str().map(str::to_owned);
        Ok(id("preview").zip(id("waveform")))
    }

    /// Waits until a beat's masters are bounced.
    pub async fn wait_for_masters(&self, beat: &Beat) -> Result<()> {
        let query = "query ($id: ID!) { renders(beatId: $id) { purpose state failure } }";
        until("the masters", PATIENCE, async || {
            let data = self.api.graphql(query, json!({ "id": beat.id })).await?;
            let renders = data["renders"].as_array().context("renders are a list")?;
            if let Some(failed) = renders.iter().find(|render| render["state"] == "FAILED") {
                bail!("a render of {} failed: {}", beat.title, failed["failure"]);
            }
            Ok(renders.iter().any(|render| render["purpose"] == "MASTERS" && render["state"] == "DONE").then_some(()))
        })
        .await
    }

    pub(super) async fn upload(&self, studio: &Studio, kind: &str, file: &Path) -> Result<String> {
        let name = file.file_name().and_then(|name| name.to_str()).context("the file's name is not UTF-8")?;
        let body = tokio::fs::File::open(file).await.with_context(|| format!("cannot open {}", file.display()))?;
        let length = body.metadata().await?.len();
        let request = self
            .api
            .http
            .post(format!("{}/uploads/single", self.api.base))
            .query(&[("studio", studio.id.as_str()), ("kind", &kind.to_lowercase()), ("name", name)])
            .header("content-type", "application/octet-stream")
            .header("content-length", length)
            .body(body);
        let answer = self.api.authorized(request).send().await?;
        let status = answer.status();
        let body: Value = answer
            .json()
            .await
            .with_context(|| format!("the upload of {name} was answered with {status} and no JSON"))?;
        if !status.is_success() {
            bail!("{name} was refused: {body}");
        }
        text(&body, "/assetId")
    }

    async fn wait_until_checked(&self, asset: &str) -> Result<()> {
        match self.wait_for_refusal(asset).await? {
            Some(refusal) => bail!("a file was refused: {refusal}"),
            None => Ok(()),
        }
    }

    /// Waits until a file was looked through; why it was refused, if it was.
    pub(super) async fn wait_for_refusal(&self, asset: &str) -> Result<Option<String>> {
        let query = "query ($id: ID!) { asset(id: $id) { state refusal fileName } }";
        until("a file to be looked through", PATIENCE, async || {
            let data = self.api.graphql(query, json!({ "id": asset })).await?;
            match data["asset"]["state"].as_str() {
                Some("READY") => Ok(Some(None)),
                Some("CHECKING") => Ok(None),
                _ => Ok(Some(Some(format!("{}: {}", text(&data, "/asset/fileName")?, text(&data, "/asset/refusal")?)))),
            }
        })
        .await
    }

    /// Tempo and key as they are suggested for a file; null if it has not been heard after [`LISTENING`].
    async fn wait_until_heard(&self, asset: &str) -> Result<Value> {
        let query = "query ($asset: ID!) { asset(id: $asset) { analysis { suggestion { bpmMilli musicalKey } } } }";
        let give_up = Instant::now() + LISTENING;
        until("a file to be listened to", PATIENCE, async || {
            let data = self.api.graphql(query, json!({ "asset": asset })).await?;
            let suggestion = &data["asset"]["analysis"]["suggestion"];
            Ok((!suggestion.is_null() || Instant::now() > give_up).then(|| suggestion.clone()))
        })
        .await
    }

    /// Every order of the studio.
    pub async fn orders(&self, studio: &Studio) -> Result<Vec<OrderFacts>> {
        let query = "query ($studio: ID!, $after: String) { orders(studio: $studio, first: 100, after: $after) {
            nodes { reference state licences { id } payments { id } } pageInfo { hasNextPage endCursor } } }";
        let (mut orders, mut after) = (Vec::new(), Value::Null);
        loop {
            let data = self.api.graphql(query, json!({ "studio": studio.id, "after": after })).await?;
            let page = &data["orders"];
            for node in page["nodes"].as_array().context("orders are a list")? {
                orders.push(OrderFacts {
                    reference: text(node, "/reference")?,
                    state: text(node, "/state")?,
                    licences: node["licences"].as_array().map_or(0, Vec::len),
                    payments: node["payments"].as_array().map_or(0, Vec::len),
                });
            }
            if page["pageInfo"]["hasNextPage"] != true {
                return Ok(orders);
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// Gives so much of an order's payment back, in minor units.
    pub async fn refund(&self, studio: &Studio, reference: &str, minor: i64, currency: &str) -> Result<()> {
        let query = "query ($studio: ID!) { orders(studio: $studio, first: 100) { nodes { id reference } } }";
        let data = self.api.graphql(query, json!({ "studio": studio.id })).await?;
        let orders = data["orders"]["nodes"].as_array().context("orders are a list")?;
        let order = orders.iter().find(|order| order["reference"] == reference);
        let order = order.with_context(|| format!("there is no order {reference} among the latest"))?;
        let query = "mutation ($input: RefundOrderInput!) { refundOrder(input: $input) { refund { id } userErrors { field message remedy } } }";
        let input = json!({
            "studioId": studio.id,
            "orderId": order["id"],
            "amount": { "minor": minor, "currency": currency },
            "reason": "as agreed",
        });
        self.api.mutate("refundOrder", query, json!({ "input": input })).await.map(drop)
    }

    /// The studio's books.
    pub async fn ledger(&self, studio: &Studio) -> Result<Ledger> {
        let query = "query ($studio: ID!) {
            trialBalance(studio: $studio) { minor currency }
            balances(studio: $studio) { account { kind partyName } balance { minor formatted } } }";
        let data = self.api.graphql(query, json!({ "studio": studio.id })).await?;
        let sums = data["trialBalance"].as_array().context("the trial balance is a list")?;
        let mut trial_balance_minor = 0;
        for sum in sums {
            trial_balance_minor += minor(&sum["minor"])?.abs();
        }
        let balances = data["balances"].as_array().context("balances are a list")?.iter().map(|row| {
            let party = row["account"]["partyName"].as_str().map(|name| format!(" · {name}")).unwrap_or_default();
            Ok(Balance {
                name: format!("{}{party}", text(row, "/account/kind")?.to_lowercase().replace('_', " ")),
                balance_minor: minor(&row["balance"]["minor"])?,
                balance: text(row, "/balance/formatted")?,
            })
        });
        Ok(Ledger {
            currency: sums.first().map_or(Ok(String::new()), |sum| text(sum, "/currency"))?,
            trial_balance_minor,
            journals: self.count_journals(studio).await?,
            balances: balances.collect::<Result<_>>()?,
        })
    }

    async fn count_journals(&self, studio: &Studio) -> Result<usize> {
        let query = "query ($studio: ID!, $after: String) { journals(studio: $studio, first: 100, after: $after) {
            nodes { id } pageInfo { hasNextPage endCursor } } }";
        let (mut count, mut after) = (0, Value::Null);
        loop {
            let data = self.api.graphql(query, json!({ "studio": studio.id, "after": after })).await?;
            let page = &data["journals"];
            count += page["nodes"].as_array().context("journals are a list")?.len();
            if page["pageInfo"]["hasNextPage"] != true {
                return Ok(count);
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
}
