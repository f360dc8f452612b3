//! What a bucket gives out and takes in itself: by addresses signed as all requests are (AWS Signature Version 4), each for reading one file, or for sending one
//! part of one, for a while.

use std::{error::Error, io, time::Duration};

use bytes::Bytes;
use domain::ports::{Part, PortError, Presentation};
use hmac::{Hmac, KeyInit, Mac};
use hyper::{Request, StatusCode, header};
use object_store::{
    ClientOptions, ObjectStoreExt, PutPayload,
    aws::{AmazonS3, AwsCredentialProvider},
    client::{HttpClient, HttpConnector, HttpRequestBody, HttpResponse},
    multipart::MultipartStore,
    path::Path as Key,
    prefix::PrefixStore,
    signer::{Method, SignedUrlOptions, Signer},
};
use sha2::Digest;
use tokio::sync::OnceCell;
use url::{Position, Url};

use super::http::Connector;

type Failure = Box<dyn Error + Send + Sync>;

/// How long the address holds that is only tried.
const TRIAL: Duration = Duration::from_mins(1);
/// Where something lies while it is tried whether parts can be sent.
const TRIAL_KEY: &str = "incoming/trial";
/// What lies there, and is sent.
const TRIAL_BYTES: &[u8] = b"a trial";
/// How long that may take: somebody waits to send a file.
const TRYING: Duration = Duration::from_secs(10);
/// What is said to have failed then.
const SENDING: &str = "sending to the bucket below incoming/";
/// The header by which a part becomes a copy of what lies in some bucket already.
const COPY_SOURCE: &str = "x-amz-copy-source";

/// Why a page cannot fetch what the bucket gives out, or nobody send what it would take in.
#[derive(Debug, thiserror::Error)]
enum Shut {
    #[error("it answers {0} where a signed address leads to no file, and not 404")]
    Unbelieved(StatusCode),
    #[error("it has no CORS rule that lets pages of {0} fetch from it")]
    NoRule(String),
    #[error(
        "its CORS rule does not expose the ETag to pages of {0}, by which they go on with a download that broke off"
    )]
    NoTag(String),
    #[error("it answers {0} where a part is sent to a signed address")]
    Untaken(StatusCode),
}

/// The bucket as it is reached from outside, and from here. Signing asks nothing of it, and needs the keys alone.
#[derive(Debug)]
pub(crate) struct Outside {
    signer: PrefixStore<AmazonS3>,
    pub(super) bucket: PrefixStore<AmazonS3>,
    keys: AwsCredentialProvider,
    origin: String,
    /// The bucket's name, and what its keys begin with.
    root: Key,
    /// Whether it is strict ([`Outside::is_strict`]), once it was asked.
    strict: OnceCell<bool>,
}

impl Outside {
    /// `signer` is the bucket by its address outside, `bucket` by the one that this program asks it at; `root` is its name, and what its keys begin with.
    pub(super) fn new(
        signer: PrefixStore<AmazonS3>,
        bucket: PrefixStore<AmazonS3>,
        keys: AwsCredentialProvider,
        address: &Url,
        root: Key,
    ) -> Self {
        let origin = address.origin().ascii_serialization();
        Self { signer, bucket, keys, origin, root, strict: OnceCell::new() }
    }

    /// The origin of all addresses.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// An address that gives a file out for so long.
    pub(crate) async fn presign(&self, key: &Key, life: Duration, shown: Presentation<'_>) -> Result<Url, PortError> {
        let options = SignedUrlOptions::default().with_query([
            ("response-content-disposition", shown.disposition),
            ("response-content-type", shown.media_type),
        ]);
        let signed = self.signer.signed_url_opts(Method::GET, key, life, &options).await;
        signed.map_err(|cause| PortError::transient("signing the address of a file", cause))
    }

    /// An address at which one part of a file can be sent for so long. It is signed together with the part's length: the bucket takes no other.
    pub(super) async fn presign_part(
        &self,
        key: &Key,
        multipart: &str,
        part: Part,
        life: Duration,
    ) -> Result<Url, PortError> {
        let what = "signing the address of a part";
        let number = (part.index + 1).to_string();
        let options =
            SignedUrlOptions::default().with_query([("partNumber", number.as_str()), ("uploadId", multipart)]);
        let keys = self.keys.get_credential().await.map_err(|cause| PortError::transient(what, cause))?;
        let url = self.signer.signed_url_opts(Method::PUT, key, life, &options).await;
        let url = url.map_err(|cause| PortError::transient(what, cause))?;
        // Keys that a cluster or a machine gives are replaced now and then.
        let changed = || PortError::transient(what, io::Error::other("the keys were replaced in that moment"));
        sign_length(url, part.bytes, &keys.key_id, &keys.secret_key).ok_or_else(changed)
    }

    /// Whether the address of a part is good for that part alone. Signed are the part's length and the host; a bucket that heeds other headers as well, as Amazon's
    /// does not, takes a copy of whatever our keys may read in the part's place, if whoever has the address says so. Asked until it is known.
    pub(super) async fn is_strict(&self) -> Result<bool, PortError> {
        let trying = || async {
            let tried = tokio::time::timeout(TRYING, self.try_sending()).await;
            tried.map_err(|late| PortError::transient(SENDING, late))?
        };
        self.strict.get_or_try_init(trying).await.copied()
    }

    /// Sends a part and leaves nothing behind; whether the bucket is strict.
    async fn try_sending(&self) -> Result<bool, PortError> {
        let broken = |cause: object_store::Error| PortError::transient(SENDING, cause);
        let key = Key::from(TRIAL_KEY);
        self.bucket.put(&key, PutPayload::from_static(TRIAL_BYTES)).await.map_err(broken)?;
        let multipart = self.bucket.create_multipart(&key).await.map_err(broken)?;
        let is_strict = self.refuses_copies(&key, &multipart).await;
        self.bucket.abort_multipart(&key, &multipart).await.map_err(broken)?;
        let kept = |cause: object_store::Error| PortError::transient("removing from the bucket below incoming/", cause);
        self.bucket.delete(&key).await.map_err(kept)?;
        is_strict
    }

    /// Whether a part is refused with a header that makes it a copy of what lies at the key. Without one it must be taken, or the refusal says nothing.
    async fn refuses_copies(&self, key: &Key, multipart: &str) -> Result<bool, PortError> {
        let unanswered = |cause: Failure| PortError::transient(SENDING, cause);
        let part = Part { index: 0, bytes: TRIAL_BYTES.len() as u64 };
        let address = self.presign_part(key, multipart, part, TRIAL).await?;
        let client = client_for(&address).map_err(|cause| PortError::lasting(SENDING, cause))?;
        let (taken, _) = put(&client, &address, None).await.map_err(unanswered)?;
        if !taken.is_success() {
            return Err(PortError::lasting(SENDING, Shut::Untaken(taken)));
        }
        let source = format!("{}/{key}", self.root);
        let (copied, said) = put(&client, &address, Some(&source)).await.map_err(unanswered)?;
        match copied {
            StatusCode::FORBIDDEN => Ok(true),
            // Some say so, as of any request that is not as it should be.
            StatusCode::BAD_REQUEST => Ok(String::from_utf8_lossy(&said).contains("signed")),
            other if other.is_server_error() => Err(PortError::transient(SENDING, Shut::Untaken(other))),
            _ => Ok(false),
        }
    }

    /// Tries, as a script of a page at an origin does, whether a signed address is believed and may be fetched, and whether parts can be sent: gives why uploads go
    /// through this program nevertheless, if they do. No file is at that key.
    pub(crate) async fn try_out(&self, key: &Key, page: &str) -> Result<Option<&'static str>, PortError> {
        let what = "fetching from the bucket as a page does";
        let shown = Presentation { media_type: "application/octet-stream", disposition: "attachment" };
        let address = self.presign(key, TRIAL, shown).await?;
        let client = client_for(&address).map_err(|cause| PortError::lasting(what, cause))?;
        let unanswered = |cause: Failure| PortError::transient(what, cause);
        let fetched = ask(&client, Method::GET, &address, (page, "GET")).await.map_err(unanswered)?;
        if fetched.status() != StatusCode::NOT_FOUND {
            return Err(PortError::lasting(what, Shut::Unbelieved(fetched.status())));
        }
        let asked = ask(&client, Method::OPTIONS, &address, (page, "GET")).await.map_err(unanswered)?;
        if !lets(&asked, page, "GET") {
            return Err(PortError::lasting(what, Shut::NoRule(page.to_owned())));
        }
        // Browsers look at what the answer itself says; some servers say it of a file alone, and of none when they are asked beforehand.
        if !exposes_tag(&fetched) && !exposes_tag(&asked) {
            return Err(PortError::lasting(what, Shut::NoTag(page.to_owned())));
        }
        if !self.is_strict().await? {
            return Ok(Some("it heeds headers with which an address was not signed"));
        }
        let asked = ask(&client, Method::OPTIONS, &address, (page, "PUT")).await.map_err(unanswered)?;
        Ok((!lets(&asked, page, "PUT")).then_some("its CORS rule does not allow PUT"))
    }
}

/// What asks at an address as anybody does who has it.
fn client_for(address: &Url) -> object_store::Result<HttpClient> {
    Connector.connect(&ClientOptions::new().with_allow_http(address.scheme() == "http"))
}

/// Sends a trial to the address of a part, as a copy of something else if it is named; what is answered.
async fn put(client: &HttpClient, address: &Url, source: Option<&str>) -> Result<(StatusCode, Bytes), Failure> {
    let request = Request::builder().method(Method::PUT).uri(address.as_str());
    let request = match source {
        Some(source) => request.header(COPY_SOURCE, source),
        None => request,
    };
    let answer = client.execute(request.body(Bytes::from_static(TRIAL_BYTES).into())?).await?;
    Ok((answer.status(), answer.into_body().bytes().await?))
}

/// Signs an address once more that was signed without a length, for the library signs none; none if it was signed by other keys.
fn sign_length(mut url: Url, bytes: u64, key_id: &str, secret: &str) -> Option<Url> {
    let value = |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    let (credential, date) = (value("X-Amz-Credential")?, value("X-Amz-Date")?);
    let scope = credential.strip_prefix(key_id)?.strip_prefix('/')?;
    let mut query: Vec<&str> =
        url.query()?
            .split('&')
            .filter(|pair| !pair.starts_with("X-Amz-Signature="))
            .map(|pair| {
                if pair.starts_with("X-Amz-SignedHeaders=") {
                    "X-Amz-SignedHeaders=content-length%3Bhost"
                } else {
                    pair
                }
            })
            .collect();
    query.sort_unstable();
    let query = query.join("&");
    let host = &url[Position::BeforeHost..Position::AfterPort];
    let request = format!(
        "PUT\n{}\n{query}\ncontent-length:{bytes}\nhost:{host}\n\ncontent-length;host\nUNSIGNED-PAYLOAD",
        url.path()
    );
    let request = hex::encode(sha2::Sha256::digest(request.as_bytes()));
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{request}");
    let key = scope.split('/').fold(format!("AWS4{secret}").into_bytes(), |key, part| hmac(&key, part));
    let signature = hex::encode(hmac(&key, &to_sign));
    url.set_query(Some(&format!("{query}&X-Amz-Signature={signature}")));
    Some(url)
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Asks as a script of a page at an origin does that wants to use a method.
async fn ask(
    client: &HttpClient,
    method: Method,
    address: &Url,
    (page, wanted): (&str, &str),
) -> Result<HttpResponse, Failure> {
    let request = Request::builder()
        .method(method)
        .uri(address.as_str())
        .header(header::ORIGIN, page)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, wanted);
    // A part is sent with no header that a page would have to ask for.
    let request = if wanted == "GET" {
        request.header(header::ACCESS_CONTROL_REQUEST_HEADERS, "if-range,range")
    } else {
        request
    };
    Ok(client.execute(request.body(HttpRequestBody::empty())?).await?)
}

/// Whether an answer lets a page use a method. That of reading needs no mention.
fn lets(answer: &HttpResponse, page: &str, method: &str) -> bool {
    let allowed = answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).and_then(|origin| origin.to_str().ok());
    let lets_page = allowed.is_some_and(|origin| origin == "*" || origin == page);
    answer.status().is_success()
        && lets_page
        && (method == "GET" || names(answer, &header::ACCESS_CONTROL_ALLOW_METHODS, method))
}

fn exposes_tag(answer: &HttpResponse) -> bool {
    names(answer, &header::ACCESS_CONTROL_EXPOSE_HEADERS, "etag")
}

/// Whether a header's list names something, or all.
fn names(answer: &HttpResponse, header: &header::HeaderName, wanted: &str) -> bool {
    let lists = answer.headers().get_all(header).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|name| name.trim() == "*" || name.trim().eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use domain::{
        catalog::Sha256,
        env,
        ids::UploadId,
        ports::{FileStore, Incoming},
    };

    use super::*;
    use crate::s3::{S3Config, open};

    /// The keys of Amazon's example.
    const KEYS: (&str, &str) = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    /// The address of Amazon's example ("Authenticating Requests: Using Query Parameters").
    const EXAMPLE: &str = "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z\
         &X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

    fn keys(name: &str) -> Option<String> {
        match name {
            "AWS_ACCESS_KEY_ID" => Some(KEYS.0.to_owned()),
            "AWS_SECRET_ACCESS_KEY" => Some(KEYS.1.to_owned()),
            _ => None,
        }
    }

    fn outside(path_style: bool, prefix: &str) -> S3Config {
        S3Config {
            bucket: "beats".to_owned(),
            endpoint: Some("https://inside.example".to_owned()),
            public_endpoint: Some("https://s3.example".to_owned()),
            region: "eu-central-1".to_owned(),
            prefix: prefix.to_owned(),
            path_style,
            allow_http: false,
        }
    }

    fn value(url: &Url, name: &str) -> String {
        let found = url.query_pairs().find(|(known, _)| known == name);
        found.unwrap().1.into_owned()
    }

    /// The signature that an address for reading must bear, as Amazon describes it.
    fn signature(url: &Url) -> String {
        signature_of(url, "GET", &format!("host:{}\n\nhost", &url[Position::BeforeHost..Position::AfterPort]))
    }

    /// The signature of a request by a method with these headers.
    fn signature_of(url: &Url, method: &str, headers: &str) -> String {
        let query = url.query().unwrap().split('&');
        let mut signed: Vec<&str> = query.filter(|pair| !pair.starts_with("X-Amz-Signature=")).collect();
        signed.sort_unstable();
        let request = format!("{method}\n{}\n{}\n{headers}\nUNSIGNED-PAYLOAD", url.path(), signed.join("&"));
        let credential = value(url, "X-Amz-Credential");
        let (_, scope) = credential.split_once('/').unwrap();
        let request = hex::encode(sha2::Sha256::digest(request.as_bytes()));
        let to_sign = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{request}", value(url, "X-Amz-Date"));
        let key = scope.split('/').fold(format!("AWS4{}", KEYS.1).into_bytes(), |key, part| hmac(&key, part));
        hex::encode(hmac(&key, &to_sign))
    }

    #[tokio::test]
    async fn an_address_bears_the_signature_that_amazon_describes() {
        let example = Url::parse(EXAMPLE).unwrap();
        assert_eq!(signature(&example), value(&example, "X-Amz-Signature"));

        let sha256 = Sha256::of(b"a beat");
        let disposition = "attachment; filename=\"Night Drive+.wav\"; filename*=UTF-8''N%C3%A4chte.wav";
        let shown = Presentation { media_type: "audio/wav", disposition };
        for (path_style, prefix, origin, place) in [
            (true, "studio/one", "https://s3.example", "/beats/studio/one/sha256/"),
            (false, "", "https://beats.s3.example", "/sha256/"),
        ] {
            let files = open(&outside(path_style, prefix), keys).unwrap();
            assert_eq!(files.presigned_origin(), Some(origin));
            let url = files.presign(&sha256, Duration::from_mins(15), shown).await.unwrap().unwrap();
            assert!(url.as_str().starts_with(&format!("{origin}{place}")), "{url}");
            assert!(url.path().ends_with(sha256.as_str()) && !url.as_str().contains(KEYS.1), "{url}");
            assert_eq!(value(&url, "X-Amz-Signature"), signature(&url), "{url}");
            assert_eq!(value(&url, "X-Amz-Expires"), "900");
            assert_eq!(value(&url, "response-content-disposition"), disposition);
            assert_eq!(value(&url, "response-content-type"), "audio/wav");
        }
    }

    #[tokio::test]
    async fn the_address_of_a_part_is_signed_with_its_length() {
        let (env, _) = env::testing::env(7);
        let upload: UploadId = env.id();
        let files = open(&outside(true, "studio/one"), keys).unwrap();
        let file = Incoming { upload, multipart: "2~of/the+store=" };
        let part = Part { index: 2, bytes: 8_388_608 };
        let url = files.inbox().unwrap().address(file, part, Duration::from_mins(5)).await.unwrap();
        assert!(url.as_str().starts_with(&format!("https://s3.example/beats/studio/one/incoming/{upload}?")), "{url}");
        assert_eq!((value(&url, "partNumber"), value(&url, "uploadId")), ("3".to_owned(), file.multipart.to_owned()));
        assert_eq!(value(&url, "X-Amz-Expires"), "300");
        assert_eq!(value(&url, "X-Amz-SignedHeaders"), "content-length;host");
        let headers = |bytes: u64| format!("content-length:{bytes}\nhost:s3.example\n\ncontent-length;host");
        assert_eq!(value(&url, "X-Amz-Signature"), signature_of(&url, "PUT", &headers(8_388_608)));
        assert_ne!(value(&url, "X-Amz-Signature"), signature_of(&url, "PUT", &headers(8_388_609)));
        assert!(!url.as_str().contains(KEYS.1));
    }

    #[tokio::test]
    async fn a_bucket_that_nobody_else_reaches_gives_nothing_out() {
        let files = open(&S3Config { public_endpoint: None, ..outside(true, "") }, keys).unwrap();
        let shown = Presentation { media_type: "audio/wav", disposition: "attachment" };
        let address = files.presign(&Sha256::of(b"a beat"), Duration::from_mins(15), shown).await.unwrap();
        assert_eq!((address, files.presigned_origin()), (None, None));
        assert!(files.inbox().is_none());
    }
}
