//! Who asks for a bit of everything all the time, and holds each answer against what is promised for when something fails.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use domain::catalog::Sha256;
use reqwest::{Client, RequestBuilder, StatusCode, header::RETRY_AFTER};
use serde_json::json;

use super::{
    board::{Board, Outcome},
    street::{Sale, Street},
};
use crate::request;

/// How long an answer may take, whatever fails: a store is tried for 20 s, and before the last try there is a pause.
const LIMIT: Duration = Duration::from_secs(40);

/// An upload looks whether the store has the file, and then sends it.
const UPLOAD_LIMIT: Duration = Duration::from_secs(80);

/// How long is waited between two questions.
const PAUSE: Duration = Duration::from_millis(300);

/// Somebody who asks, and where it is written down.
pub(super) struct Watch<'a> {
    street: &'a Street,
    board: &'a Board,
    http: Client,
}

impl<'a> Watch<'a> {
    /// Somebody who makes a connection for each question, so that none is found dead.
    pub(super) fn new(street: &'a Street, board: &'a Board) -> Result<Self> {
        let http = Client::builder().pool_max_idle_per_host(0).build()?;
        Ok(Self { street, board, http })
    }

    /// Asks for pages, and by GraphQL, at each server.
    pub(super) async fn pages(&self) -> Result<()> {
        let sale = self.sale()?;
        let query = json!({
            "query": "query ($token: String!) { buyerOrder(token: $token) { state } }",
            "variables": { "token": sale.order.token },
        });
        let shop = format!("/s/{}", self.street.studio.slug);
        while !self.street.is_over() {
            let base = self.street.base();
            self.ask("the shop", self.http.get(format!("{base}{shop}")), LIMIT, false).await;
            let base = self.street.base();
            self.ask("an order", self.http.post(format!("{base}/graphql")).json(&query), LIMIT, false).await;
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Asks for a bought file, by the link on the order's page.
    pub(super) async fn files(&self) -> Result<()> {
        let page = self.sale()?.order.url;
        while !self.street.is_over() {
            let order = self.ask("the order's page", self.http.get(&page), LIMIT, false).await;
            let order = order.map(|body| String::from_utf8_lossy(&body).into_owned()).unwrap_or_default();
            if let Some(link) = cli::client::links(&order).find(|link| link.starts_with("/d/")) {
                let file = self.http.get(format!("{}{link}", self.street.base()));
                if let Some(file) = self.ask("a file", file, LIMIT, true).await
                    && !order.contains(Sha256::of(&file).as_str())
                {
                    self.board.note(Outcome::Wrong(format!("{link} has other bytes than were promised")), true);
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Sends files, each another; they are statements, with which nothing is done but that they are stored.
    pub(super) async fn uploads(&self) -> Result<()> {
        let base = &self.street.bases[1];
        let address =
            format!("{base}/uploads/single?studio={}&kind=statement&name=earnings.tsv", self.street.studio.id);
        let (mut cookies, mut number) = (String::new(), 0_u32);
        while !self.street.is_over() {
            tokio::time::sleep(PAUSE).await;
            if cookies.is_empty() {
                // Whoever cannot be signed in now is later.
                cookies = request::sign_in(base).await.unwrap_or_default();
                continue;
            }
            number += 1;
            let statement = format!("Reporting Date\tTrack\n2026-01-01\t{number}\n");
            let upload = self.http.post(&address).header("content-type", "text/plain").header("origin", base);
            let upload = upload.header("cookie", &cookies).body(statement);
            if self.ask("an upload", upload, UPLOAD_LIMIT, false).await.is_some_and(|said| is_signed_out(&said)) {
                cookies.clear();
            }
        }
        Ok(())
    }

    fn sale(&self) -> Result<Sale> {
        self.street.sales().into_iter().next().context("something was sold before")
    }

    /// Asks, and writes down what came of it; gives what was answered, unless that was for later.
    async fn ask(&self, what: &str, request: RequestBuilder, limit: Duration, is_file: bool) -> Option<Vec<u8>> {
        let began = Instant::now();
        let asked = tokio::time::timeout(limit, async {
            let answer = request.send().await?;
            let (status, says_when) = (answer.status(), answer.headers().contains_key(RETRY_AFTER));
            Ok::<_, reqwest::Error>((status, says_when, answer.bytes().await?.to_vec()))
        });
        let (outcome, body) = match asked.await {
            Err(_) => (Outcome::Wrong(format!("{what} was not answered within {limit:?}")), None),
            Ok(Err(error)) => {
                let after = began.elapsed();
                (Outcome::BrokenOff(format!("{what} broke off after {after:?}: {error:?}")), None)
            }
            Ok(Ok((status, says_when, body))) => outcome(what, status, says_when, body),
        };
        self.board.note(outcome, is_file);
        body
    }
}

/// What an answer is worth.
fn outcome(what: &str, status: StatusCode, says_when: bool, body: Vec<u8>) -> (Outcome, Option<Vec<u8>>) {
    if status == StatusCode::SERVICE_UNAVAILABLE && says_when {
        return (Outcome::Told, None);
    }
    let text = String::from_utf8_lossy(&body);
    if status.is_server_error() || text.contains(r#""code":"INTERNAL""#) {
        return (Outcome::Wrong(format!("{what} was answered with {status}: {text}")), None);
    }
    (Outcome::Served, Some(body))
}

/// Whether an answer says that the sign-in is over.
fn is_signed_out(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    ["TOKEN_EXPIRED", "SIGN_IN_ENDED", "BAD_TOKEN"].iter().any(|code| text.contains(code))
}

#[test]
fn an_answer_that_is_for_later_says_when() {
    let of = |status: StatusCode, says_when, body: &str| outcome("it", status, says_when, body.as_bytes().to_vec()).0;
    assert_eq!(of(StatusCode::OK, false, "{}"), Outcome::Served);
    assert_eq!(of(StatusCode::NOT_FOUND, false, "{}"), Outcome::Served);
    assert_eq!(of(StatusCode::SERVICE_UNAVAILABLE, true, "{}"), Outcome::Told);
    for (status, body) in [
        (StatusCode::SERVICE_UNAVAILABLE, "{}"),
        (StatusCode::INTERNAL_SERVER_ERROR, "{}"),
        (StatusCode::OK, r#"{"errors":[{"extensions":{"code":"INTERNAL"}}]}"#),
    ] {
        assert!(matches!(of(status, false, body), Outcome::Wrong(_)), "{status} {body}");
    }
}
