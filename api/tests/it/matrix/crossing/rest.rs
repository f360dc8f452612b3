//! The same over REST: paths and links in which another's things stand.

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::{super::rows::EDGES, INTRUDERS, Studios, kinds};
use crate::{
    matrix::ACTORS,
    support::{World, on_each_database},
};

/// The other paths that name things: as they are described, and with the fixture's variables in them. A token is the caller's own.
const LINKS: &[(&str, &str)] = &[
    ("/media/{asset}", "/media/{asset}"),
    (
        "/orders/{token}/licences/{reference}/claim-release.zip",
        "/orders/{orderToken}/licences/{licenceReference}/claim-release.zip",
    ),
    ("/masters/{token}/files/{master}/{name}", "/masters/{mastersToken}/files/{master}/a.wav"),
    ("/masters/{token}/qc/{delivery}", "/masters/{mastersToken}/qc/{masterDelivery}"),
    ("/masters/{token}/qc/{delivery}/report.txt", "/masters/{mastersToken}/qc/{masterDelivery}/report.txt"),
];

/// Where uploads begin; the studio stands in a header.
const UPLOADS: &str = "/uploads";

/// The words in braces of a path.
fn braced(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

impl Studios {
    /// A path with what is said for some of its words in place of the caller's own.
    fn path(&self, path: &str, chosen: &[&str], said: &impl Fn(&str) -> String) -> String {
        let filled =
            chosen.iter().fold(path.to_owned(), |path, name| path.replace(&format!("{{{name}}}"), &said(name)));
        self.ours.path_of(&filled)
    }

    /// The status and the body, without ids.
    async fn fetched(&self, world: &World, column: usize, request: RequestBuilder) -> String {
        let request = match self.ours.token(world, column).await {
            Some(token) => request.bearer_auth(token),
            None => request.header("cookie", self.ours.cookie(column).unwrap_or_default()),
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        assert!(!status.is_server_error(), "{} answers with {status}", answer.url());
        format!("{status} {}", self.masked(&String::from_utf8_lossy(&answer.bytes().await.unwrap())))
    }

    /// What is told apart of a path: with each of its words that is another's, and with all.
    async fn path_told_apart(&self, world: &World, method: &Method, path: &str) -> Vec<String> {
        let crossed: Vec<&str> = braced(path).into_iter().filter(|name| !name.ends_with("Token")).collect();
        let mut choices: Vec<Vec<&str>> = crossed.iter().map(|name| vec![*name]).collect();
        choices.push(crossed);
        let theirs = |name: &str| self.theirs.text(name).to_owned();
        let nowhere = |name: &str| self.of_nowhere(name).as_str().unwrap_or_default().to_owned();
        let mut wrong = Vec::new();
        for chosen in choices {
            let (known, unknown) = (self.path(path, &chosen, &theirs), self.path(path, &chosen, &nowhere));
            // A year, say, is everybody's; and numbers that each studio counts for itself are the caller's own, too.
            if known == unknown || known == self.ours.path_of(path) {
                continue;
            }
            for column in INTRUDERS {
                let request = |path: &str| {
                    let request = world.http.request(method.clone(), format!("{}{path}", world.base));
                    if *method == Method::POST {
                        request.header("content-type", "text/csv").body("Name\nEve\n")
                    } else {
                        request
                    }
                };
                let mut told = [String::new(), String::new()];
                for (told, path) in told.iter_mut().zip([&unknown, &known]) {
                    *told = self.fetched(world, column, request(path)).await;
                }
                if told[0] != told[1] {
                    wrong.push(format!(
                        "{method} {known} as {}: {}, but {unknown}: {}",
                        ACTORS[column], told[1], told[0]
                    ));
                }
            }
        }
        wrong
    }
}

fn described() -> Value {
    serde_json::from_str(&api::openapi_json()).unwrap()
}

#[tokio::test]
async fn a_path_to_anothers_things_leads_nowhere() {
    on_each_database(async |world| {
        let (studios, document) = (Studios::open(world).await, described());
        let mut wrong = Vec::new();
        let edges = EDGES.iter().map(|edge| (edge.path, edge.path));
        for (described, path) in edges.chain(LINKS.iter().copied()) {
            for (name, method) in [("get", Method::GET), ("post", Method::POST)] {
                if document["paths"][described][name].is_object() {
                    wrong.extend(studios.path_told_apart(world, &method, path).await);
                }
            }
        }
        for column in INTRUDERS {
            let upload = |studio: &str| {
                let metadata = [("studio", studio), ("kind", "source"), ("filename", "a.wav")]
                    .map(|(key, value)| format!("{key} {}", BASE64_STANDARD.encode(value)))
                    .join(",");
                let request = world.http.post(format!("{}{UPLOADS}", world.base)).header("Tus-Resumable", "1.0.0");
                request.header("Upload-Length", 4).header("Upload-Metadata", metadata)
            };
            let id = studios.theirs.text("studio");
            let known = studios.fetched(world, column, upload(id)).await;
            let unknown = studios.fetched(world, column, upload(&studios.nowhere(id))).await;
            if known != unknown {
                wrong.push(format!("{UPLOADS} as {}: {known}, but of no studio: {unknown}", ACTORS[column]));
            }
        }
        wrong.extend(studios.touched(world).await);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

#[test]
fn every_described_path_is_crossed_or_says_why_not() {
    let document = described();
    let paths: Vec<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let left_out = |path: &str| kinds::PATHS_NOT_CROSSED.iter().any(|(known, _)| *known == path);
    let is_crossed = |path: &str| {
        path == UPLOADS || EDGES.iter().any(|edge| edge.path == path) || LINKS.iter().any(|(known, _)| *known == path)
    };
    let missing: Vec<&&str> = paths.iter().filter(|path| is_crossed(path) == left_out(path)).collect();
    assert!(missing.is_empty(), "these paths are to be crossed, or to say why not: {missing:?}");
    let gone: Vec<&(&str, &str)> =
        kinds::PATHS_NOT_CROSSED.iter().filter(|(known, _)| !paths.contains(known)).collect();
    assert!(gone.is_empty(), "these paths are described no more: {gone:?}");
}
