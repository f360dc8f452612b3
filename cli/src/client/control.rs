//! Whoever decides what happens at the sandbox gateway, as a program: buyers' banks, its dashboard, the way in which messages travel.

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{TIMEOUT, text};

/// The control interface of a sandbox gateway that is reached from its own machine.
#[derive(Debug, Clone)]
pub struct Control {
    http: reqwest::Client,
    base: String,
}

/// A charge at the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The payment that it belongs to.
    pub payment: String,
    /// The reference of the order that it pays.
    pub reference: String,
    /// What was collected, in minor units.
    pub captured_minor: i64,
    /// What was given back of that, in minor units.
    pub refunded_minor: i64,
}

/// How the gateway's messages have fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// How many events there are.
    pub events: u64,
    /// How often one of them was sent, and perhaps lost on its way.
    pub attempts: u64,
    /// How many of them were taken, once or several times.
    pub taken: u64,
    /// How many are to be sent, for the first time or once more.
    pub waiting: u64,
}

impl Control {
    /// The control interface of the sandbox gateway of a server.
    pub fn new(base: &str) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build()?;
        Ok(Self { http, base: format!("{base}/sandbox/control") })
    }

    /// Presses a button, and gives what it acted on.
    pub async fn act(&self, action: &str, form: &[(&str, &str)]) -> Result<Value> {
        self.answer(self.http.post(format!("{}/{action}", self.base)).form(form)).await
    }

    /// The latest charges, newest first, 20 at the most.
    pub async fn charges(&self) -> Result<Vec<Charge>> {
        let state = self.answer(self.http.get(&self.base)).await?;
        let charges = state["charges"].as_array().context("charges are a list")?;
        let read = |charge: &Value| {
            let minor = |name: &str| charge[name].as_i64().with_context(|| format!("{charge} has no {name}"));
            Ok(Charge {
                payment: text(charge, "/payment_intent")?,
                reference: text(charge, "/metadata/reference")?,
                captured_minor: minor("amount_captured")?,
                refunded_minor: minor("amount_refunded")?,
            })
        };
        charges.iter().map(read).collect()
    }

    /// How messages have fared.
    pub async fn messages(&self) -> Result<Messages> {
        let mut state = self.answer(self.http.get(&self.base)).await?;
        serde_json::from_value(state["messages"].take()).context("the sandbox gateway does not say how messages fare")
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Result<Value> {
        let answer = request.header("accept", "application/json").send().await?;
        let status = answer.status();
        let object: Value =
            answer.json().await.with_context(|| format!("the sandbox gateway answered {status} without JSON"))?;
        if !status.is_success() {
            bail!("the sandbox gateway refused: {object}");
        }
        Ok(object)
    }
}
