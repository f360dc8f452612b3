//! Sends events to the addresses that studios name: strangers' choice, made by a machine that stands in somebody's network. So a name is looked up here, each
//! address that it leads to must be one that events may be sent to ([`admits`]), and the connection goes to that very address, whatever the name is said to
//! lead to a moment later. No proxy of the surroundings is asked, what an answer leads to is not followed, and nothing is waited for without an end.

use std::{error::Error, net::SocketAddr, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    ports::{WebhookAnswer, WebhookFault, WebhookMessage, WebhookReply, WebhookSender},
    reach::{admits, said_reach},
};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response, Uri,
    body::Incoming,
    header::{CONTENT_TYPE, HOST, USER_AGENT},
};
use hyper_rustls::{DefaultServerNameResolver, HttpsConnector, HttpsConnectorBuilder, ResolveServerName};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::{Instant, timeout, timeout_at};
use url::{Host, Position, Url};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long all of it may take.
const WHOLE: Duration = Duration::from_secs(15);

/// How much of an answer is read, in bytes.
const MAX_ANSWER_BYTES: usize = 4 << 10;

/// How many of a name's addresses are tried, one after the other.
const MOST_ADDRESSES: usize = 3;

/// By what receivers know who asks.
const AGENT: &str = concat!("Ledgerline/", env!("CARGO_PKG_VERSION"));

/// Why there is no answer: a sentence for the receiver's people.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("this is no address that events can be sent to")]
    Address,
    #[error("the name leads nowhere")]
    Nowhere,
    #[error("the address does not lead to a public machine")]
    NotPublic,
    #[error("there is no connection: {0}")]
    Unreachable(String),
    #[error("the connection broke: {0}")]
    Broken(String),
    #[error("there was no answer within {} seconds", WHOLE.as_secs())]
    Late,
}

/// Sends events over HTTP.
#[derive(Debug, Clone, Copy)]
pub struct HttpSender {
    allow_private: bool,
}

impl HttpSender {
    /// A sender that speaks to public machines alone, or to the own network and this machine as well.
    pub const fn new(allow_private: bool) -> Self {
        Self { allow_private }
    }

    async fn send(&self, message: &WebhookMessage, until: Instant) -> Result<WebhookAnswer, SendError> {
        let answer = timeout_at(until, self.ask(message)).await.map_err(|_| SendError::Late)??;
        let status = answer.status().as_u16();
        Ok(WebhookAnswer { status, body: beginning(answer.into_body(), until).await })
    }

    async fn ask(&self, message: &WebhookMessage) -> Result<Response<Incoming>, SendError> {
        let url = Url::parse(&message.url).map_err(|_| SendError::Address)?;
        let mut failed = SendError::Nowhere;
        for address in self.addresses_of(&url).await?.into_iter().take(MOST_ADDRESSES) {
            match client(&url)?.request(request(&url, address, message)?).await {
                Ok(answer) => return Ok(answer),
                // Nobody there has read the message, and somebody may at the next.
                Err(cause) if cause.is_connect() => failed = SendError::Unreachable(innermost(&cause)),
                Err(cause) => return Err(SendError::Broken(innermost(&cause))),
            }
        }
        Err(failed)
    }

    /// Where an address leads. If any of that is not for events, all of it is refused.
    async fn addresses_of(&self, url: &Url) -> Result<Vec<SocketAddr>, SendError> {
        let port = url.port_or_known_default().ok_or(SendError::Address)?;
        let found: Vec<SocketAddr> = match url.host().ok_or(SendError::Address)? {
            Host::Ipv4(ip) => vec![(ip, port).into()],
            Host::Ipv6(ip) => vec![(ip, port).into()],
            Host::Domain(name) => {
                tokio::net::lookup_host((name, port)).await.map_err(|_| SendError::Nowhere)?.collect()
            }
        };
        if found.iter().all(|address| admits(address.ip(), self.allow_private)) {
            Ok(found)
        } else {
            Err(SendError::NotPublic)
        }
    }
}

#[async_trait]
impl WebhookSender for HttpSender {
    async fn may_reach(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else { return false };
        if let Some(reach) = said_reach(&url) {
            return reach.is_admitted(self.allow_private);
        }
        // A name that leads nowhere today may lead somewhere by the time that something is sent.
        !matches!(timeout(CONNECT, self.addresses_of(&url)).await, Ok(Err(SendError::NotPublic)))
    }

    async fn post(&self, message: &WebhookMessage) -> WebhookReply {
        let begun = Instant::now();
        let outcome = self.send(message, begun + WHOLE).await;
        WebhookReply {
            took_ms: i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX),
            outcome: outcome.map_err(|error| WebhookFault(error.to_string())),
        }
    }
}

/// What makes one connection. It goes to an address, and the certificate there must be the name's.
fn client(url: &Url) -> Result<Client<HttpsConnector<HttpConnector>, Full<Bytes>>, SendError> {
    let named: Uri = url.as_str().parse().map_err(|_| SendError::Address)?;
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT));
    let schemes = HttpsConnectorBuilder::new()
        .with_webpki_roots()
        .https_or_http()
        .with_server_name_resolver(move |_: &Uri| DefaultServerNameResolver::default().resolve(&named));
    let connector = schemes.enable_http1().wrap_connector(tcp);
    Ok(Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector))
}

/// A message to one address of its name's.
fn request(url: &Url, address: SocketAddr, message: &WebhookMessage) -> Result<Request<Full<Bytes>>, SendError> {
    let path = &url[Position::BeforePath..Position::AfterQuery];
    let mut request = Request::post(format!("{}://{address}{path}", url.scheme()))
        .header(HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, AGENT);
    for (name, value) in &message.headers {
        request = request.header(*name, value);
    }
    request.body(Full::new(Bytes::from(message.body.clone()))).map_err(|_| SendError::Address)
}

/// How an answer begins. One that breaks off or does not end begins as well, and its status is known.
async fn beginning(mut body: Incoming, until: Instant) -> Bytes {
    let mut kept = Vec::new();
    while kept.len() < MAX_ANSWER_BYTES {
        let Ok(Some(Ok(frame))) = timeout_at(until, body.frame()).await else { break };
        if let Some(data) = frame.data_ref() {
            kept.extend_from_slice(data);
        }
    }
    kept.truncate(MAX_ANSWER_BYTES);
    kept.into()
}

/// What an error comes from: what it is called above that says less.
fn innermost(mut error: &(dyn Error + 'static)) -> String {
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
        task::JoinHandle,
    };

    use super::*;

    async fn listen() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/in?of=a", listener.local_addr().unwrap());
        (listener, url)
    }

    /// Reads one request to the end of its body, and answers.
    fn answer(listener: TcpListener, answer: String) -> JoinHandle<String> {
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut read = Vec::new();
            while !read.ends_with(b"}") {
                let mut more = [0; 1_024];
                let length = stream.read(&mut more).await.unwrap();
                assert_ne!(length, 0, "a whole request");
                read.extend_from_slice(&more[..length]);
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(read).unwrap()
        })
    }

    fn message(url: &str) -> WebhookMessage {
        let headers = vec![("webhook-id", "event_1".to_owned()), ("webhook-signature", "v1,c2lnbmVk".to_owned())];
        WebhookMessage { url: url.to_owned(), headers, body: r#"{"id":"event_1"}"#.to_owned() }
    }

    #[tokio::test]
    async fn a_message_arrives_whole_and_the_answer_is_read_as_far_as_it_is_kept() {
        let (listener, url) = listen().await;
        let host = listener.local_addr().unwrap();
        let long = "a".repeat(MAX_ANSWER_BYTES + 1);
        let received =
            answer(listener, format!("HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n{long}", long.len()));
        let reply = HttpSender::new(true).post(&message(&url)).await;
        let answer = reply.outcome.unwrap();
        assert_eq!((answer.status, &answer.body[..]), (201, &long.as_bytes()[..MAX_ANSWER_BYTES]));
        let received = received.await.unwrap().to_lowercase();
        assert!(received.starts_with("post /in?of=a http/1.1\r\n"), "{received}");
        for line in [
            &*format!("host: {host}"),
            "content-type: application/json",
            "webhook-id: event_1",
            "webhook-signature: v1,c2lnbmvk",
        ] {
            assert!(received.contains(&format!("\r\n{line}\r\n")), "{line} in {received}");
        }
        assert!(received.ends_with("\r\n\r\n{\"id\":\"event_1\"}"), "{received}");
    }

    #[tokio::test]
    async fn nobody_is_led_elsewhere() {
        let (listener, url) = listen().await;
        let (elsewhere, other) = listen().await;
        let moved = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {other}\r\ncontent-length: 0\r\n\r\n");
        let received = answer(listener, moved);
        let reply = HttpSender::new(true).post(&message(&url)).await;
        assert_eq!(reply.outcome.unwrap().status, 307);
        received.await.unwrap();
        assert!(elsewhere.accept().now_or_never().is_none(), "nobody has come there");
    }

    #[tokio::test]
    async fn what_is_not_public_is_not_spoken_to() {
        let (listener, url) = listen().await;
        let port = listener.local_addr().unwrap().port();
        let refused = Err(WebhookFault(SendError::NotPublic.to_string()));
        for url in [
            url,
            format!("http://localhost:{port}/in"),
            format!("http://[::ffff:127.0.0.1]:{port}/in"),
            format!("http://2130706433:{port}/in"),
            "https://169.254.169.254/latest".to_owned(),
            "https://[fd00::1]/in".to_owned(),
        ] {
            assert_eq!(HttpSender::new(false).post(&message(&url)).await.outcome, refused, "{url}");
            assert!(!HttpSender::new(false).may_reach(&url).await, "{url}");
        }
        let metadata = HttpSender::new(true).post(&message("http://169.254.169.254/latest")).await;
        assert_eq!(metadata.outcome, refused, "not even where the own network may be reached");
        assert!(!HttpSender::new(true).may_reach("http://169.254.169.254/latest").await);
        assert!(HttpSender::new(true).may_reach("http://localhost/in").await);
        assert!(listener.accept().now_or_never().is_none(), "nobody has come there");
    }

    #[tokio::test]
    async fn who_breaks_off_or_is_not_there_has_not_answered() {
        let (listener, url) = listen().await;
        let broken_off = tokio::spawn(async move {
            drop(listener.accept().await.unwrap());
        });
        let reply = HttpSender::new(true).post(&message(&url)).await;
        let fault = reply.outcome.unwrap_err().to_string();
        assert!(fault.starts_with("the connection broke: "), "{fault}");
        broken_off.await.unwrap();
        let reply = HttpSender::new(true).post(&message(&url)).await;
        let fault = reply.outcome.unwrap_err().to_string();
        assert!(fault.starts_with("there is no connection: "), "{fault}");
    }
}
