//! The kinds of users as programs: a producer over the API, a guest over the storefront and the pay page, a signer, who may be a studio's client, over mails
//! and pages; and whoever decides what happens at the sandbox gateway. The demo walks with them, and so do the tests that break the server in the middle.

mod agreements;
mod commission;
mod control;
mod customer;
mod guest;
mod mixing;
mod producer;
mod sessions;
mod signer;
pub mod split_sheet;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

pub use agreements::{AgreementFacts, SealedAgreement, SplitJournal};
use anyhow::{Context, Result, bail};
pub use commission::{ClientFacts, Commission, InvoiceFacts, QuoteFacts};
pub use control::{Charge, Control, Messages};
pub use customer::{Fetched, Refusal};
pub use guest::{Guest, PlacedOrder};
pub use mixing::{MasterFacts, MasterSet, MixFacts, Stem};
pub use producer::{Login, Producer};
use serde::Serialize;
use serde_json::{Value, json};
pub use sessions::{BookingFacts, CreditFacts, RoomFacts};
pub use signer::{Seen, Signer};

/// How long a single request may take; a large upload is the slowest.
const TIMEOUT: Duration = Duration::from_mins(10);

/// A studio.
#[derive(Debug, Clone, Serialize)]
pub struct Studio {
    /// Its id.
    pub id: String,
    /// Its word in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its storefront.
    pub url: String,
}

/// A beat on sale.
#[derive(Debug, Clone, Serialize)]
pub struct Beat {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its word in addresses.
    pub slug: String,
    /// Its page.
    pub url: String,
    /// How many stems it has.
    pub stems: usize,
    /// The tagged preview's address.
    pub preview_url: String,
    /// The waveform's address.
    pub waveform_url: String,
    /// From the start of its upload until it was on sale with its preview.
    pub seconds: f64,
}

/// An order as the studio sees it.
#[derive(Debug, Clone)]
pub struct OrderFacts {
    /// Its reference.
    pub reference: String,
    /// Where it stands, in the API's word, such as `DELIVERED`.
    pub state: String,
    /// How many licences it granted.
    pub licences: usize,
    /// How many payments it has.
    pub payments: usize,
}

/// A file as it was delivered.
#[derive(Debug, Clone, Serialize)]
pub struct DeliveredFile {
    /// `contract`, `wav`, `mp3` or `stems`.
    pub kind: String,
    /// Where it was saved.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// The books.
#[derive(Debug, Serialize)]
pub struct Ledger {
    /// The studio's currency.
    pub currency: String,
    /// The sum of all entries, in minor units: zero.
    pub trial_balance_minor: i64,
    /// How many journals there are.
    pub journals: usize,
    /// Each account with what it comes to.
    pub balances: Vec<Balance>,
}

/// An account's balance, debit positive.
#[derive(Debug, Serialize)]
pub struct Balance {
    /// What the account stands for, and to whom.
    pub name: String,
    /// Minor units.
    pub balance_minor: i64,
    /// The same with decimals and currency.
    pub balance: String,
}

/// A GraphQL endpoint and who asks.
#[derive(Debug, Clone)]
struct Api {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Api {
    fn new(base: &str) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        Ok(Self { http, base: base.to_owned(), token: None })
    }

    fn authorized(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Runs an operation; an error of the API is an error here.
    async fn graphql(&self, query: &str, variables: Value) -> Result<Value> {
        let request =
            self.http.post(format!("{}/graphql", self.base)).json(&json!({ "query": query, "variables": variables }));
        let answer = self.authorized(request).send().await?;
        let status = answer.status();
        let mut answer: Value =
            answer.json().await.with_context(|| format!("the API answered {status} without JSON"))?;
        if let Some(errors) = answer.get("errors").filter(|errors| !errors.is_null()) {
            bail!("the API refused: {errors}");
        }
        if !status.is_success() {
            bail!("the API answered {status}: {answer}");
        }
        Ok(answer["data"].take())
    }

    /// Runs a mutation whose payload has `userErrors`, and gives the payload.
    async fn mutate(&self, name: &str, query: &str, variables: Value) -> Result<Value> {
        let mut data = self.graphql(query, variables).await?;
        let payload = data[name].take();
        match payload["userErrors"].as_array() {
            Some(errors) if !errors.is_empty() => bail!("{name} was refused: {}", Value::from(errors.clone())),
            _ => Ok(payload),
        }
    }
}

/// The text at a path of an answer.
fn text(value: &Value, path: &str) -> Result<String> {
    value
        .pointer(path)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .with_context(|| format!("the answer has no text at {path}: {value}"))
}

/// Minor units, which travel as text because they may be wider than a number of JavaScript.
fn minor(value: &Value) -> Result<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok()).with_context(|| format!("{value} is no amount"))
}

/// Where the links of a page lead, or of a part of one, in its order.
pub fn links(html: &str) -> impl Iterator<Item = &str> {
    html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

/// Asks again and again until there is an answer, at most for the time given.
pub async fn until<T>(what: &str, limit: Duration, mut ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if Instant::now() > deadline {
            bail!("waited {} s for {what}", limit.as_secs());
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::links;

    #[test]
    fn links_come_in_the_order_of_the_page() {
        let page = "<a href=\"/first\">1</a><p>href</p><a class=\"button\" href=\"/second?a=1\">2</a>";
        assert_eq!(links(page).collect::<Vec<_>>(), ["/first", "/second?a=1"]);
        assert_eq!(links("<p>none</p>").next(), None);
    }
}
