//! Requests as they go over the wire, for what the program's own clients have no words for.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use cli::client::Producer;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The values of a header, each as it came.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| String::from_utf8_lossy(&self.body).into_owned())
    }
}

/// Sends a request to a server of this machine: by HTTP/1.0, for then the answer comes in one piece and ends with the connection.
pub(crate) async fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
    let address = url.strip_prefix("http://").and_then(|rest| rest.split_once('/'));
    let (host, path) = address.with_context(|| format!("{url} is no address of this machine"))?;
    let mut head = format!("{method} /{path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n")?;
    }
    head.push_str("\r\n");
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;

    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").context("the answer has no head")?;
    let body = answer.split_off(end + 4);
    let head = String::from_utf8(answer).context("the answer's head is text")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(Answer { status: status.context("the answer has no status")?, head, body })
}

/// Asks a server in GraphQL, as a browser does that holds these cookies; none before it has signed in.
pub(crate) async fn graphql(base: &str, cookies: &str, query: &str, variables: Value) -> Result<Answer> {
    let mut headers = vec![("Content-Type", "application/json"), ("Origin", base)];
    if !cookies.is_empty() {
        headers.push(("Cookie", cookies));
    }
    let body = json!({ "query": query, "variables": variables }).to_string();
    send("POST", &format!("{base}/graphql"), &headers, body.as_bytes()).await
}

/// Signs the owner of a trial's studio in at a server, as a browser does; gives the cookies.
pub(crate) async fn sign_in(base: &str) -> Result<String> {
    let query = "mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { message } } }";
    let login = Producer::LOGIN;
    let input = json!({ "email": login.email, "password": login.password, "transport": "COOKIES" });
    let answer = graphql(base, "", query, json!({ "input": input })).await?;
    let cookies: Vec<&str> =
        answer.headers("set-cookie").into_iter().filter_map(|cookie| cookie.split(';').next()).collect();
    ensure!(!cookies.is_empty(), "nobody was signed in: {}", String::from_utf8_lossy(&answer.body));
    Ok(cookies.join("; "))
}
