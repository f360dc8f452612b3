//! The API under whatever fits its schema: each operation is answered, none breaks the program or holds it up. `cargo xtask fuzz api` goes on for as
//! long as it is told.

mod bombs;
mod operations;
mod schemathesis;
mod values;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::{Value, json};

use self::{operations::Schema, values::Pool};
use crate::{
    chance::{self, Chance},
    program::{Server, free_port},
};

/// The variables that say for how many seconds, and with which seed.
const SECONDS: &str = "LEDGERLINE_FUZZ_SECONDS";
const SEED: &str = "LEDGERLINE_FUZZ_SEED";

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// After so many operations the owner signs in anew, for some of them sign out.
const SIGNED_IN_FOR: usize = 200;

/// After so many faults there is enough to look at.
const ENOUGH: usize = 5;

const EMAIL: &str = "fuzz@example.com";
const PASSWORD: &str = "ten characters or more";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_asked_is_answered() {
    let seed = chance::said(SEED).unwrap_or(1);
    let time = Duration::from_secs(chance::said(SECONDS).unwrap_or(15));
    eprintln!("seed {seed} ({SEED} and {SECONDS} repeat it; ids are the server's own, and differ)");
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = Session::open(folder.path()).await;
    let mut faults = session.fuzz(seed, time).await;
    if faults.is_empty() {
        faults.extend(schemathesis::fault(&session.base, session.key.as_deref(), seed, time).await);
    }
    if faults.is_empty() {
        faults = session.throw_bombs().await;
    }
    assert!(faults.is_empty(), "seed {seed}:\n\n{}", faults.join("\n\n"));
}

/// A server in a folder of its own, and who asks it.
struct Session {
    server: Server,
    http: Client,
    base: String,
    /// The tokens of the studio's owner and of its program.
    owner: Option<String>,
    key: Option<String>,
}

impl Session {
    /// Starts the server, opens a studio, and signs its owner in.
    async fn open(data: &Path) -> Self {
        let (data, port) = (data.to_owned(), free_port());
        let started = tokio::task::spawn_blocking(move || Server::start(&data, port, &[]));
        let server = started.await.expect("the server starts");
        let http = Client::builder().timeout(PATIENCE).build().expect("a client");
        let mut session = Self { server, http, base: format!("http://127.0.0.1:{port}"), owner: None, key: None };
        let sign_up = "mutation($email: String!, $password: String!) {
            signUp(input: { name: \"Fuzz\", email: $email, password: $password, studioName: \"Fuzz\" }) { message } }";
        session.ask(None, sign_up, json!({ "email": EMAIL, "password": PASSWORD })).await;
        session.enter().await;
        assert!(session.owner.is_some() && session.key.is_some(), "the owner signs in, and makes a key");
        session
    }

    /// Signs the owner in, and makes a key; what does not succeed leaves the one before.
    async fn enter(&mut self) {
        let sign_in = "mutation($email: String!, $password: String!) {
            signIn(input: { email: $email, password: $password, transport: ANSWER }) {
                session { me { studios { id } } tokens { accessToken } } } }";
        let answer = self.ask(None, sign_in, json!({ "email": EMAIL, "password": PASSWORD })).await;
        let session = &answer["data"]["signIn"]["session"];
        let (Some(token), Some(studio)) =
            (session["tokens"]["accessToken"].as_str(), session["me"]["studios"][0]["id"].as_str())
        else {
            return;
        };
        self.owner = Some(token.to_owned());
        let make_key = "mutation($studio: ID!) { createApiKey(studio: $studio, name: \"fuzz\",
            scopes: [CATALOG_READ, CATALOG_WRITE, SALES_READ, SALES_WRITE, LEDGER_READ]) { created { secret } } }";
        let answer = self.ask(Some(token), make_key, json!({ "studio": studio })).await;
        if let Some(secret) = answer["data"]["createApiKey"]["created"]["secret"].as_str() {
            self.key = Some(secret.to_owned());
        }
    }

    /// The answer to a document of our own.
    async fn ask(&self, token: Option<&str>, document: &str, variables: Value) -> Value {
        let body = json!({ "query": document, "variables": variables }).to_string();
        let (_, answer) = self.post(token, body).await.expect("the server answers");
        serde_json::from_str(&answer).expect("in JSON")
    }

    /// The status and the body of an answer.
    async fn post(&self, token: Option<&str>, body: String) -> reqwest::Result<(u16, String)> {
        let request = self.http.post(format!("{}/graphql", self.base)).header("content-type", "application/json");
        let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
        let answer = request.body(body).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    /// What is wrong with what came of a request; the server's end is.
    async fn fault(&mut self, outcome: &reqwest::Result<(u16, String)>) -> Option<String> {
        match outcome {
            Ok((status, body)) => fault(*status, body).map(|what| format!("{what}: {status} {}", cut(body))),
            Err(error) => match self.server.died(Duration::from_secs(1)).await {
                Some(status) => Some(format!("the server has ended with {status}")),
                None => Some(format!("no answer within {} s: {error}", PATIENCE.as_secs())),
            },
        }
    }

    /// Asks for as long as this, in turns as nobody, the owner and a program; tells what was wrong.
    async fn fuzz(&mut self, seed: u64, time: Duration) -> Vec<String> {
        let schema = Schema::of(&self.ask(None, operations::INTROSPECTION, json!({})).await);
        let (mut chance, mut pool, mut faults) = (Chance::new(seed), Pool::default(), Vec::new());
        let began = Instant::now();
        let (mut asked, mut given) = (0, 0);
        while began.elapsed() < time && faults.len() < ENOUGH {
            if asked % SIGNED_IN_FOR == 0 {
                self.enter().await;
                let me = self.ask(self.owner.as_deref(), "{ me { studios { id } } }", json!({})).await;
                pool.learn(&me.to_string());
            }
            let body = operations::make(&schema, &mut chance, &pool).body();
            let (who, token) = [("nobody", None), ("the owner", self.owner.clone()), ("a program", self.key.clone())]
                [asked % 3]
                .clone();
            let outcome = self.post(token.as_deref(), body.clone()).await;
            if let Some(what) = self.fault(&outcome).await {
                faults.push(format!("operation {asked}, as {who}: {what}\n{}", cut(&body)));
                if what.starts_with("the server has ended") {
                    break;
                }
            }
            if let Ok((_, answer)) = outcome {
                given += usize::from(!answer.starts_with("{\"data\":null"));
                pool.learn(&answer);
            }
            asked += 1;
        }
        eprintln!("{asked} operations, {given} of them answered with data");
        assert!(given * 20 > asked || !faults.is_empty(), "most are refused before anything is tried");
        faults
    }

    /// Sends what costs far more than it says; each must be refused, at once.
    async fn throw_bombs(&mut self) -> Vec<String> {
        let mut faults = Vec::new();
        for bomb in bombs::all() {
            let token = if bomb.is_owners { self.owner.clone() } else { None };
            let is_long = bomb.body.len() > bombs::LONG;
            let began = Instant::now();
            let outcome = self.post(token.as_deref(), bomb.body).await;
            let took = began.elapsed();
            // Whoever is refused before all was sent may lose the line before the answer is read.
            let is_cut_off = is_long && outcome.as_ref().is_err_and(|error| !error.is_timeout());
            if is_cut_off && self.server.died(Duration::from_millis(200)).await.is_none() {
                continue;
            }
            if let Some(what) = self.fault(&outcome).await {
                faults.push(format!("{}: {what}", bomb.name));
                // What hangs, or has ended, answers nothing else.
                break;
            }
            let is_refused = outcome.is_ok_and(|(status, body)| status != 200 || body.contains("\"errors\""));
            if !is_refused || took > bombs::AT_ONCE {
                faults.push(format!("{}: refused: {is_refused}, after {took:?}", bomb.name));
            }
        }
        faults
    }
}

/// What is wrong with an answer; none of one that gives something or refuses by a code.
fn fault(status: u16, body: &str) -> Option<&'static str> {
    if status != 200 && !(400..500).contains(&status) {
        return Some("neither an answer nor a refusal");
    }
    let Ok(answer) = serde_json::from_str::<Value>(body) else { return Some("not in JSON") };
    let errors = answer["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let codes: Vec<Option<&str>> = if status == 200 || answer.get("errors").is_some() {
        errors.iter().map(|error| error["extensions"]["code"].as_str()).collect()
    } else {
        vec![answer["code"].as_str()]
    };
    if codes.contains(&Some("INTERNAL")) {
        return Some("something broke");
    }
    if codes.contains(&None) {
        return Some("a refusal without a code");
    }
    (codes.is_empty() && answer["data"].is_null()).then_some("neither data nor errors")
}

/// The beginning of a text that may be long.
fn cut(text: &str) -> String {
    text.chars().take(4_000).collect()
}

#[test]
fn an_answer_is_told_from_a_fault() {
    let coded = |code: &str| json!({ "data": null, "errors": [{ "extensions": { "code": code } }] }).to_string();
    assert_eq!(fault(200, r#"{"data":{"me":null}}"#), None);
    assert_eq!(fault(200, &coded("NOT_FOUND")), None);
    assert_eq!(fault(413, r#"{"code":"BODY_TOO_LONG"}"#), None);
    assert!(fault(200, &coded("INTERNAL")).is_some());
    assert!(fault(500, &coded("NOT_FOUND")).is_some());
    assert!(fault(200, "<html>").is_some() && fault(400, "{}").is_some() && fault(200, r#"{"data":null}"#).is_some());
    assert!(fault(200, r#"{"data":null,"errors":[{}]}"#).is_some());
}
