//! What carries the S3 store's requests: the HTTP client and the TLS that the payments' client brings already, so that the house has one of each.
//! Nothing is waited for without an end: a store that hangs becomes an error, which the caller tries again.

use std::{error::Error, io, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::Stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector as Tcp},
    rt::TokioExecutor,
};
use object_store::{
    ClientConfigKey, ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse,
        HttpResponseBody, HttpService,
    },
};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a request may take until its answer begins, with the part of a file that it sends.
const ANSWER: Duration = Duration::from_mins(2);
/// How long an answer that has begun may say nothing.
const SILENCE: Duration = Duration::from_secs(30);

/// Makes the clients: one for the store, and one for where credentials are fetched, if they are.
#[derive(Debug)]
pub(super) struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let mut tcp = Tcp::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        let schemes = HttpsConnectorBuilder::new().with_webpki_roots();
        let in_the_clear = options.get_config_value(&ClientConfigKey::AllowHttp).as_deref() == Some("true");
        let schemes = if in_the_clear { schemes.https_or_http() } else { schemes.https_only() };
        let client = Client::builder(TokioExecutor::new()).build(schemes.enable_http1().wrap_connector(tcp));
        Ok(HttpClient::new(Requests(client)))
    }
}

#[derive(Debug)]
struct Requests(Client<HttpsConnector<Tcp>, HttpRequestBody>);

#[async_trait]
impl HttpService for Requests {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answered = tokio::time::timeout(ANSWER, self.0.request(request)).await;
        let answer = answered.map_err(|late| HttpError::new(HttpErrorKind::Timeout, late))?.map_err(|cause| {
            let kind = if cause.is_connect() { HttpErrorKind::Connect } else { kind_of(&cause) };
            HttpError::new(kind, cause)
        })?;
        let (head, body) = answer.into_parts();
        Ok(HttpResponse::from_parts(head, HttpResponseBody::new(StreamBody::new(frames(body)))))
    }
}

/// A body's frames, each waited for no longer than [`SILENCE`].
fn frames(body: Incoming) -> impl Stream<Item = Result<Frame<Bytes>, HttpError>> + Send + Sync + 'static {
    futures::stream::try_unfold(body, |mut body| async move {
        let next = tokio::time::timeout(SILENCE, body.frame()).await;
        let next = next.map_err(|late| HttpError::new(HttpErrorKind::Timeout, late))?;
        let frame = next.transpose().map_err(|cause| HttpError::new(kind_of(&cause), cause))?;
        Ok::<_, HttpError>(frame.map(|frame| (frame, body)))
    })
}

/// What became of a request, which decides whether it is sent again.
fn kind_of(cause: &(dyn Error + 'static)) -> HttpErrorKind {
    let mut next = Some(cause);
    while let Some(cause) = next {
        if let Some(broken) = cause.downcast_ref::<hyper::Error>() {
            if broken.is_timeout() {
                return HttpErrorKind::Timeout;
            }
            // The store had closed a connection that was kept for the next request, or gave no answer. What is sent again is named by its content, and does no
            // harm twice.
            if broken.is_closed() || broken.is_canceled() || broken.is_incomplete_message() {
                return HttpErrorKind::Request;
            }
        }
        if let Some(broken) = cause.downcast_ref::<io::Error>() {
            return match broken.kind() {
                io::ErrorKind::TimedOut => HttpErrorKind::Timeout,
                io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof => HttpErrorKind::Interrupted,
                _ => HttpErrorKind::Unknown,
            };
        }
        next = cause.source();
    }
    HttpErrorKind::Unknown
}
