//! What Vite has built of `web/`, embedded by `build.rs`: the islands of the public pages, their fonts, and the dashboard. Where it was not built there
//! is nothing of it, and pages do without.
//!
//! A page says by [`Chrome::with_island`](super::chrome::Chrome::with_island) which island it wants; the names of the files change with their content,
//! so that browsers may keep them for good.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderMap},
    web,
};
use serde::Deserialize;

include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

/// The manifests among the files, as Vite writes them: of the islands and of the dashboard, which are built each for itself.
const MANIFESTS: [&str; 2] = ["islands.json", "dashboard.json"];
/// The style sheet of the public pages: their fonts, and what only pages with scripts have.
const PUBLIC_STYLE: &str = "src/styles/public.css";
/// The dashboard's script.
const DASHBOARD: &str = "src/dashboard/main.ts";
/// How the fonts end that every page in Latin letters needs.
const EVERY_PAGES_FONT: &str = "-latin-wght-normal.woff2";

/// One file of the manifest, by the name of what it was built of.
#[derive(Debug, Deserialize)]
struct Chunk {
    file: String,
    #[serde(default)]
    imports: Vec<String>,
    #[serde(default)]
    css: Vec<String>,
}

/// Empty where nothing was built.
static CHUNKS: LazyLock<BTreeMap<String, Chunk>> = LazyLock::new(|| {
    let mut chunks = BTreeMap::new();
    for manifest in MANIFESTS.into_iter().filter_map(find) {
        match serde_json::from_slice::<BTreeMap<String, Chunk>>(manifest) {
            Ok(mut more) => chunks.append(&mut more),
            Err(cause) => tracing::error!(%cause, "a manifest of the built pages cannot be read; build them anew"),
        }
    }
    chunks
});

/// What a page loads beside its own style sheet, each by its address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Loads {
    /// Fonts that are wanted at once.
    pub(super) fonts: Vec<String>,
    /// Style sheets.
    pub(super) styles: Vec<String>,
    /// Modules that the scripts import.
    pub(super) modules: Vec<String>,
    /// Scripts, each a module.
    pub(super) scripts: Vec<String>,
}

impl Loads {
    /// What every public page loads.
    pub(super) fn of_public_pages() -> Self {
        let mut loads = Self { fonts: fonts(), ..Self::default() };
        loads.add(PUBLIC_STYLE);
        loads
    }

    /// What the dashboard loads; none if it was not built.
    pub(super) fn of_dashboard() -> Option<Self> {
        let mut loads = Self { fonts: fonts(), ..Self::default() };
        loads.add(DASHBOARD);
        (!loads.scripts.is_empty()).then_some(loads)
    }

    /// Adds an island, by the name of its folder under `web/src/islands`.
    pub(super) fn add_island(&mut self, name: &str) {
        self.add(&format!("src/islands/{name}/main.ts"));
    }

    fn add(&mut self, source: &str) {
        let Some(entry) = CHUNKS.get(source) else { return };
        let mut seen = BTreeSet::from([source]);
        let mut waiting: Vec<&str> = entry.imports.iter().map(String::as_str).collect();
        push_new(if is_style(&entry.file) { &mut self.styles } else { &mut self.scripts }, &entry.file);
        for file in &entry.css {
            push_new(&mut self.styles, file);
        }
        while let Some(name) = waiting.pop() {
            let Some(chunk) = CHUNKS.get(name).filter(|_| seen.insert(name)) else { continue };
            push_new(&mut self.modules, &chunk.file);
            for file in &chunk.css {
                push_new(&mut self.styles, file);
            }
            waiting.extend(chunk.imports.iter().map(String::as_str));
        }
    }
}

fn is_style(file: &str) -> bool {
    media_type(file).starts_with("text/css")
}

fn fonts() -> Vec<String> {
    let wanted = CHUNKS.iter().filter(|(source, _)| source.ends_with(EVERY_PAGES_FONT));
    wanted.map(|(_, chunk)| address(&chunk.file)).collect()
}

fn address(file: &str) -> String {
    format!("/assets/{file}")
}

fn push_new(list: &mut Vec<String>, file: &str) {
    let address = address(file);
    if !list.contains(&address) {
        list.push(address);
    }
}

fn find(name: &str) -> Option<&'static [u8]> {
    FILES.binary_search_by_key(&name, |(name, _)| *name).ok().map(|place| FILES[place].1)
}

fn media_type(file: &str) -> &'static str {
    match file.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("md" | "txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether a caller takes a coding, by `Accept-Encoding` (RFC 9110, 12.5.3).
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let said = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|weight| weight.trim_matches(['0', '.']).is_empty());
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

/// A built file, packed where the build has packed it and the caller takes that.
pub(super) async fn file(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    let name = name.into_inner();
    let Some(plain) = find(&name) else { return HttpResponse::NotFound().finish() };
    let packed = [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(coding, extension)| {
        let bytes = find(&format!("{name}.{extension}"))?;
        takes(request.headers(), coding).then_some((coding, bytes))
    });
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, media_type(&name)))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"));
    match packed {
        Some((coding, bytes)) => response.insert_header((header::CONTENT_ENCODING, coding)).body(bytes),
        None => response.body(plain),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn accepting(value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn a_coding_is_taken_unless_its_weight_is_nothing() {
        for (said, taken) in [
            ("gzip, deflate, br", true),
            ("BR", true),
            ("br;q=0.1", true),
            ("br;q=0", false),
            ("br; q=0.000", false),
            ("gzip", false),
            ("", false),
        ] {
            assert_eq!(takes(&accepting(said), "br"), taken, "{said:?}");
        }
        assert!(!takes(&HeaderMap::new(), "br"));
    }

    #[test]
    fn what_was_built_is_whole() {
        assert!(FILES.is_sorted_by_key(|(name, _)| *name));
        let names: Vec<&String> = CHUNKS.values().flat_map(|chunk| chunk.css.iter().chain([&chunk.file])).collect();
        assert!(names.iter().all(|name| find(name).is_some()), "{names:?}");
        let mut imports = CHUNKS.values().flat_map(|chunk| &chunk.imports);
        assert!(imports.all(|name| CHUNKS.contains_key(name)));
        assert_eq!(CHUNKS.is_empty(), Loads::of_dashboard().is_none(), "all of it or nothing");
    }

    #[test]
    fn an_island_that_was_not_built_adds_nothing() {
        let mut loads = Loads::of_public_pages();
        let before = loads.clone();
        loads.add_island("none-of-this-name");
        assert_eq!(loads, before);
    }
}
