//! As much of an S3 server as a file store asks of one, over a real connection, and the troubles that one on a network has. It believes whoever signs with
//! the right name; signatures are checked by the real servers, where there is one.

use std::{
    collections::BTreeMap,
    io,
    net::TcpListener,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    body::SizedStream,
    dev::ServerHandle,
    http::{Method, StatusCode, header},
    web::{self, Bytes, Data, Query},
};
use futures::StreamExt;

/// Whose signatures are believed.
pub(super) const WHO: &str = "the-program";

/// What the server has, and what is about to go wrong.
#[derive(Default)]
pub(super) struct Held {
    objects: Mutex<BTreeMap<String, Bytes>>,
    uploads: Mutex<BTreeMap<String, BTreeMap<u32, Bytes>>>,
    /// Each request, as `METHOD /path?query`.
    pub(super) asked: Mutex<Vec<String>>,
    /// So many requests are refused as a busy server does.
    pub(super) busy: AtomicU32,
    /// So many bodies break off in the middle.
    pub(super) breaks: AtomicU32,
    /// The origin whose pages may fetch (`*`: all); none if no rule lets any.
    pub(super) rule: Mutex<Option<&'static str>>,
    /// By which methods they may; empty for reading alone.
    pub(super) methods: Mutex<&'static str>,
    /// Which headers those pages may see besides.
    pub(super) exposed: Mutex<&'static str>,
    /// How it refuses what makes a copy of a part and was not signed; none if it heeds that.
    pub(super) unsigned: Mutex<Option<(StatusCode, &'static str)>>,
}

impl Held {
    /// The keys of all objects.
    pub(super) fn keys(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }

    /// How many uploads were begun and neither finished nor called off.
    pub(super) fn unfinished(&self) -> usize {
        self.uploads.lock().unwrap().len()
    }

    fn read(&self, request: &HttpRequest) -> HttpResponse {
        let Some(object) = self.objects.lock().unwrap().get(request.path()).cloned() else {
            let exposed = *self.exposed.lock().unwrap();
            return HttpResponse::NotFound().insert_header((header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed)).finish();
        };
        let whole = object.len();
        let asked = request.headers().get(header::RANGE).and_then(|range| range.to_str().ok());
        let part = asked.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
        let (status, span) = match part {
            Some((first, last)) => {
                let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
                (StatusCode::PARTIAL_CONTENT, first..(last + 1).min(whole))
            }
            None => (StatusCode::OK, 0..whole),
        };
        let mut answer = HttpResponse::build(status);
        answer.insert_header((header::ETAG, "\"of-the-whole\""));
        if status == StatusCode::PARTIAL_CONTENT {
            let range = format!("bytes {}-{}/{whole}", span.start, span.end - 1);
            answer.insert_header((header::CONTENT_RANGE, range));
        }
        let bytes = object.slice(span);
        let length = bytes.len() as u64;
        if request.method() == Method::HEAD {
            let nothing = futures::stream::empty::<Result<Bytes, io::Error>>();
            return answer.body(SizedStream::new(length, nothing));
        }
        let mut pieces = vec![Ok(bytes.clone())];
        if take_one(&self.breaks) {
            pieces = vec![Ok(bytes.slice(..bytes.len() / 2)), Err(io::Error::other("the cable is pulled"))];
        }
        // Given one by one, or the first would not be sent before the second fails.
        let pieces = futures::stream::iter(pieces).then(|piece| async {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            piece
        });
        answer.body(SizedStream::new(length, pieces.boxed()))
    }

    fn begin(&self, key: &str) -> HttpResponse {
        let mut uploads = self.uploads.lock().unwrap();
        let id = format!("{}-{}", uploads.len(), key.len());
        uploads.insert(id.clone(), BTreeMap::new());
        xml(format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"))
    }

    fn finish(&self, key: &str, id: &str, joined: &str) -> HttpResponse {
        let mut uploads = self.uploads.lock().unwrap();
        let Some(parts) = uploads.get(id) else { return HttpResponse::NotFound().finish() };
        if !parts.keys().all(|number| joined.contains(&format!("part-{number}"))) {
            return HttpResponse::BadRequest().body("<Error><Code>InvalidPart</Code></Error>");
        }
        let whole: Vec<u8> = parts.values().flatten().copied().collect();
        uploads.remove(id);
        self.objects.lock().unwrap().insert(key.to_owned(), whole.into());
        xml("<CompleteMultipartUploadResult><ETag>\"of-the-whole\"</ETag></CompleteMultipartUploadResult>".to_owned())
    }

    fn copy(&self, request: &HttpRequest) -> HttpResponse {
        let from = format!("/{}", request.headers().get("x-amz-copy-source").unwrap().to_str().unwrap());
        let mut objects = self.objects.lock().unwrap();
        let Some(object) = objects.get(&from).cloned() else { return HttpResponse::NotFound().finish() };
        objects.insert(request.path().to_owned(), object);
        xml("<CopyObjectResult><ETag>\"of-the-whole\"</ETag></CopyObjectResult>".to_owned())
    }

    fn take_part(&self, id: &str, number: u32, part: Bytes) -> HttpResponse {
        match self.uploads.lock().unwrap().get_mut(id) {
            Some(parts) => {
                parts.insert(number, part);
                HttpResponse::Ok().insert_header((header::ETAG, format!("\"part-{number}\""))).finish()
            }
            None => HttpResponse::NotFound().finish(),
        }
    }
}

fn xml(text: String) -> HttpResponse {
    HttpResponse::Ok().content_type("application/xml").body(text)
}

/// Counts one down; false if there was none.
fn take_one(left: &AtomicU32) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

async fn answer(
    held: Data<Held>,
    request: HttpRequest,
    query: Query<BTreeMap<String, String>>,
    body: Bytes,
) -> HttpResponse {
    held.asked.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
    if request.method() == Method::OPTIONS {
        let rule = *held.rule.lock().unwrap();
        return rule.map_or_else(
            || HttpResponse::Forbidden().finish(),
            |origin| {
                let methods = *held.methods.lock().unwrap();
                HttpResponse::Ok()
                    .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, origin))
                    .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, methods))
                    .finish()
            },
        );
    }
    let signed = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let presigned = query.get("X-Amz-Credential").is_some_and(|signer| signer.starts_with(&format!("{WHO}/")));
    if !presigned && !signed.starts_with(&format!("AWS4-HMAC-SHA256 Credential={WHO}/")) {
        return HttpResponse::Forbidden().finish();
    }
    if take_one(&held.busy) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    if presigned
        && request.headers().contains_key("x-amz-copy-source")
        && let Some((status, said)) = *held.unsigned.lock().unwrap()
    {
        return HttpResponse::build(status).body(said);
    }
    let (key, id) = (request.path(), query.get("uploadId"));
    match (request.method().as_str(), id) {
        ("GET", _) if query.contains_key("list-type") => xml("<ListBucketResult></ListBucketResult>".to_owned()),
        ("GET" | "HEAD", _) => held.read(&request),
        ("POST", None) => held.begin(key),
        ("POST", Some(id)) => held.finish(key, id, &String::from_utf8_lossy(&body)),
        ("PUT", Some(id)) => held.take_part(id, query["partNumber"].parse().unwrap(), body),
        ("PUT", None) if request.headers().contains_key("x-amz-copy-source") => held.copy(&request),
        ("PUT", None) => {
            held.objects.lock().unwrap().insert(key.to_owned(), body);
            HttpResponse::Ok().insert_header((header::ETAG, "\"of-the-whole\"")).finish()
        }
        ("DELETE", Some(id)) => {
            held.uploads.lock().unwrap().remove(id);
            HttpResponse::NoContent().finish()
        }
        ("DELETE", None) => {
            held.objects.lock().unwrap().remove(key);
            HttpResponse::NoContent().finish()
        }
        _ => HttpResponse::MethodNotAllowed().finish(),
    }
}

/// A server that runs until the test ends.
pub(super) struct StandIn {
    pub(super) url: String,
    pub(super) held: Data<Held>,
    _server: ServerHandle,
}

/// Starts a server on a port of its own.
pub(super) fn start() -> StandIn {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let held = Held { unsigned: Mutex::new(Some((StatusCode::FORBIDDEN, "AccessDenied"))), ..Held::default() };
    let held = Data::new(held);
    let of_the_app = held.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(of_the_app.clone())
            .app_data(web::PayloadConfig::new(64 << 20))
            .default_service(web::to(answer))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)
    .unwrap()
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    StandIn { url, held, _server: handle }
}
