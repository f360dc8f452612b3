//! What a bucket gives out itself: by addresses signed as all requests are (AWS Signature Version 4), each for reading one file, for a while.

use std::{error::Error, sync::Arc, time::Duration};

use domain::ports::{PortError, Presentation};
use hyper::{Request, StatusCode, header};
use object_store::{
    ClientOptions,
    client::{HttpClient, HttpConnector, HttpRequestBody, HttpResponse},
    path::Path as Key,
    signer::{Method, SignedUrlOptions, Signer},
};
use url::Url;

use super::http::Connector;

type Failure = Box<dyn Error + Send + Sync>;

/// How long the address holds that is only tried.
const TRIAL: Duration = Duration::from_mins(1);

/// Why a page cannot fetch what the bucket gives out.
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
}

/// The bucket as it is reached from outside. Signing asks nothing of it, and needs the keys alone.
#[derive(Debug)]
pub(crate) struct Outside {
    signer: Arc<dyn Signer>,
    origin: String,
}

impl Outside {
    pub(super) fn new(signer: Arc<dyn Signer>, address: &Url) -> Self {
        Self { signer, origin: address.origin().ascii_serialization() }
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

    /// Tries, as a script of a page at an origin does, whether a signed address is believed and may be fetched. No file is at that key.
    pub(crate) async fn try_out(&self, key: &Key, page: &str) -> Result<(), PortError> {
        let what = "fetching from the bucket as a page does";
        let shown = Presentation { media_type: "application/octet-stream", disposition: "attachment" };
        let address = self.presign(key, TRIAL, shown).await?;
        let options = ClientOptions::new().with_allow_http(address.scheme() == "http");
        let client = Connector.connect(&options).map_err(|cause| PortError::lasting(what, cause))?;
        let unanswered = |cause: Failure| PortError::transient(what, cause);
        let fetched = ask(&client, Method::GET, &address, page).await.map_err(unanswered)?;
        if fetched.status() != StatusCode::NOT_FOUND {
            return Err(PortError::lasting(what, Shut::Unbelieved(fetched.status())));
        }
        let asked = ask(&client, Method::OPTIONS, &address, page).await.map_err(unanswered)?;
        if !lets_fetch(&asked, page) {
            return Err(PortError::lasting(what, Shut::NoRule(page.to_owned())));
        }
        // Browsers look at what the answer itself says; some servers say it of a file alone, and of none when they are asked beforehand.
        if exposes_tag(&fetched) || exposes_tag(&asked) {
            Ok(())
        } else {
            Err(PortError::lasting(what, Shut::NoTag(page.to_owned())))
        }
    }
}

async fn ask(client: &HttpClient, method: Method, address: &Url, page: &str) -> Result<HttpResponse, Failure> {
    let request = Request::builder()
        .method(method)
        .uri(address.as_str())
        .header(header::ORIGIN, page)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "if-range,range")
        .body(HttpRequestBody::empty())?;
    Ok(client.execute(request).await?)
}

fn lets_fetch(answer: &HttpResponse, page: &str) -> bool {
    let allowed = answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).and_then(|origin| origin.to_str().ok());
    answer.status().is_success() && allowed.is_some_and(|origin| origin == "*" || origin == page)
}

fn exposes_tag(answer: &HttpResponse) -> bool {
    let exposed = answer.headers().get_all(header::ACCESS_CONTROL_EXPOSE_HEADERS).iter();
    exposed
        .filter_map(|names| names.to_str().ok())
        .flat_map(|names| names.split(','))
        .any(|name| name.trim() == "*" || name.trim().eq_ignore_ascii_case("etag"))
}

#[cfg(test)]
mod tests {
    use domain::{catalog::Sha256, ports::FileStore};
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Digest;
    use url::Position;

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

    fn hmac(key: &[u8], text: &str) -> Vec<u8> {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    /// The signature that an address for reading must bear, as Amazon describes it.
    fn signature(url: &Url) -> String {
        let query = url.query().unwrap().split('&');
        let mut signed: Vec<&str> = query.filter(|pair| !pair.starts_with("X-Amz-Signature=")).collect();
        signed.sort_unstable();
        let host = &url[Position::BeforeHost..Position::AfterPort];
        let request = format!("GET\n{}\n{}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD", url.path(), signed.join("&"));
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
    async fn a_bucket_that_nobody_else_reaches_gives_nothing_out() {
        let files = open(&S3Config { public_endpoint: None, ..outside(true, "") }, keys).unwrap();
        let shown = Presentation { media_type: "audio/wav", disposition: "attachment" };
        let address = files.presign(&Sha256::of(b"a beat"), Duration::from_mins(15), shown).await.unwrap();
        assert_eq!((address, files.presigned_origin()), (None, None));
    }
}
