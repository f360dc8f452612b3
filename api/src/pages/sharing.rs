//! What pages say of themselves to those who pass them on: link previews, search engines, and sites that embed the player by oEmbed.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use askama::Template;
use domain::{catalog::entity::beat, identity::entity::studio, licensing::queries::Offer, services::Services};
use serde_json::{Value, json};

use super::{
    beats::{BeatView, view_beats},
    cart::InCart,
    chrome::{Chrome, render, shop_url},
    currencies::Showing,
    errors::PageError,
    storefront::{find_beat, find_shop},
};
use crate::{Caller, errors::Problem};

/// Any site may show the embedded player in a frame; it runs no script and has no form.
const EMBED_POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; media-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors *";
/// The width and height of the embedded player in pixels.
const EMBED_SIZE: (u32, u32) = (640, 240);
/// The least width at which it is still a player.
const LEAST_WIDTH: u32 = 280;

/// What stands in a page's head for those who pass it on.
pub(super) struct Head {
    /// The page's own address, whole.
    pub(super) url: String,
    /// What it is, in the words of Open Graph.
    pub(super) kind: &'static str,
    pub(super) site: String,
    /// The picture's and the sound's address, whole; empty if there is none.
    pub(super) image: String,
    pub(super) audio: String,
    /// Where its oEmbed answer is; empty if it cannot be embedded.
    pub(super) oembed: String,
    /// JSON-LD that can stand in a script element.
    pub(super) json_ld: String,
}

/// What a beat's page offers to who wants to pass it on.
pub(super) struct ShareView {
    pub(super) url: String,
    /// HTML for another site.
    pub(super) embed: String,
}

/// A beat as others are told of it.
#[derive(Clone, Copy)]
pub(super) struct Shared<'a> {
    pub(super) services: &'a Services,
    pub(super) studio: &'a studio::Model,
    pub(super) beat: &'a beat::Model,
    pub(super) view: &'a BeatView,
    pub(super) offers: &'a [Offer],
}

#[derive(Template)]
#[template(path = "embed.html")]
struct EmbedPage {
    chrome: Chrome,
    studio: String,
    beat: BeatView,
    /// The beat's page, whole, for it opens outside of the frame.
    url: String,
}

#[derive(Template)]
#[template(
    source = r#"<iframe src="{{ src }}" title="{{ title }}" width="{{ width }}" height="{{ height }}" loading="lazy" frameborder="0"></iframe>"#,
    ext = "html"
)]
struct Frame<'a> {
    src: &'a str,
    title: &'a str,
    width: u32,
    height: u32,
}

/// JSON-LD as it may stand in a script element, which ends with the first `</script`.
fn in_script(data: &Value) -> String {
    data.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// A shop as others are told of it.
pub(super) fn of_shop(services: &Services, studio: &studio::Model) -> Head {
    let url = format!("{}{}", services.public_url, shop_url(studio));
    let json_ld = in_script(&json!({
        "@context": "https://schema.org",
        "@type": "OnlineStore",
        "name": studio.name,
        "url": url,
    }));
    Head {
        url,
        kind: "website",
        site: studio.name.clone(),
        image: String::new(),
        audio: String::new(),
        oembed: String::new(),
        json_ld,
    }
}

impl Shared<'_> {
    fn whole(&self, path: &str) -> String {
        if path.is_empty() { String::new() } else { format!("{}{path}", self.services.public_url) }
    }

    fn url(&self) -> String {
        self.whole(&format!("{}/{}", shop_url(self.studio), self.beat.slug))
    }

    fn frame(&self, (width, height): (u32, u32)) -> String {
        let (src, title) = (format!("{}/embed", self.url()), format!("{} · {}", self.view.title, self.studio.name));
        // A template of five values that writes to memory cannot fail.
        Frame { src: &src, title: &title, width, height }.render().unwrap_or_default()
    }

    /// What stands in the head of its page.
    pub(super) fn head(&self) -> Head {
        let url = self.url();
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("url", &url).finish();
        Head {
            kind: "music.song",
            site: self.studio.name.clone(),
            // What was sold is public no more, its files included.
            image: if self.view.sold { String::new() } else { self.whole(&self.view.picture) },
            audio: if self.view.sold { String::new() } else { self.whole(&self.view.preview) },
            oembed: if self.view.sold { String::new() } else { self.whole(&format!("/oembed?{query}")) },
            json_ld: in_script(&self.json_ld(&url)),
            url,
        }
    }

    /// What its page offers to who wants to pass it on.
    pub(super) fn view(&self) -> ShareView {
        ShareView { url: self.url(), embed: if self.view.sold { String::new() } else { self.frame(EMBED_SIZE) } }
    }

    fn json_ld(&self, url: &str) -> Value {
        let offer = |offer: &Offer| {
            json!({
                "@type": "Offer",
                "name": offer.terms.tier_name,
                "price": offer.price.decimal(),
                "priceCurrency": offer.price.currency.code(),
                "availability": "https://schema.org/InStock",
                "url": format!("{url}#licences"),
                "seller": { "@type": "Organization", "name": self.studio.name },
            })
        };
        let mut data = json!({
            "@context": "https://schema.org",
            "@type": ["MusicRecording", "Product"],
            "name": self.view.title,
            "url": url,
            "byArtist": { "@type": "MusicGroup", "name": self.studio.name },
            "brand": { "@type": "Brand", "name": self.studio.name },
        });
        let mut add = |name: &str, value: Value| {
            if let Some(fields) = data.as_object_mut() {
                fields.insert(name.to_owned(), value);
            }
        };
        let view = self.view;
        if !view.description.is_empty() {
            add("description", json!(view.description));
        }
        if view.length_ms > 0 {
            add("duration", json!(format!("PT{}S", view.length_ms / 1000)));
        }
        let keywords: Vec<&str> = view.moods.iter().chain(&view.tags).map(String::as_str).collect();
        if !keywords.is_empty() {
            add("keywords", json!(keywords.join(", ")));
        }
        if view.sold {
            add("offers", json!({ "@type": "Offer", "availability": "https://schema.org/SoldOut", "url": url }));
            return data;
        }
        if !view.picture.is_empty() {
            add("image", json!(self.whole(&view.picture)));
        }
        if !view.preview.is_empty() {
            let content = self.whole(&view.preview);
            let audio = json!({ "@type": "AudioObject", "contentUrl": content, "encodingFormat": view.preview_type });
            add("audio", audio);
        }
        if !self.offers.is_empty() {
            add("offers", json!(self.offers.iter().map(offer).collect::<Vec<_>>()));
        }
        data
    }
}

/// A beat of a shop as it stands there for a stranger, in the studio's own currency; none if it was sold.
async fn look_at(
    services: &Services,
    (studio, beat): (&str, &str),
) -> Result<Option<(studio::Model, beat::Model, BeatView)>, PageError> {
    let studio = find_shop(services, studio).await?;
    let beat = find_beat(services, &studio, beat).await?;
    let showing = Showing::of(services, &studio, "", &InCart::default()).await?;
    let view = view_beats(services, &studio, std::slice::from_ref(&beat), &showing).await?.pop();
    Ok(view.filter(|view| !view.sold).map(|view| (studio, beat, view)))
}

/// The player of one beat, which other sites show in a frame.
pub(super) async fn embed(caller: Caller, path: web::Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (studio, beat, view) =
        look_at(services, (path.0.as_str(), path.1.as_str())).await?.ok_or_else(PageError::not_found)?;
    let url = format!("{}{}/{}", services.public_url, shop_url(&studio), beat.slug);
    // It is the beat's page that is listed and passed on.
    let chrome = Chrome::private(format!("{} · {}", view.title, studio.name)).coloured(&studio);
    let mut response = render(StatusCode::OK, &EmbedPage { chrome, studio: studio.name, beat: view, url })?;
    let policy = header::HeaderValue::from_static(EMBED_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// What an oEmbed consumer asks for.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct OembedQuery {
    url: String,
    maxwidth: Option<u32>,
    format: String,
}

/// The studio and the beat of an address of ours; none of any other.
fn parts_of(public_url: &str, wanted: &str) -> Option<(String, String)> {
    let (ours, wanted) = (url::Url::parse(public_url).ok()?, url::Url::parse(wanted).ok()?);
    if wanted.origin() != ours.origin() {
        return None;
    }
    match wanted.path().split('/').collect::<Vec<_>>().as_slice() {
        ["", "s", studio, beat] if !beat.is_empty() => Some(((*studio).to_owned(), (*beat).to_owned())),
        _ => None,
    }
}

/// How a beat's page is embedded, by oEmbed 1.0.
pub(super) async fn oembed(caller: Caller, query: web::Query<OembedQuery>) -> Result<HttpResponse, Problem> {
    let services = &caller.services;
    if !matches!(query.format.as_str(), "" | "json") {
        return Err(Problem::not_found().with_status(StatusCode::NOT_IMPLEMENTED));
    }
    let (studio, beat) = parts_of(&services.public_url, &query.url).ok_or_else(Problem::not_found)?;
    let found = look_at(services, (studio.as_str(), beat.as_str()))
        .await
        .map_err(|cause| Problem::new(cause.report().clone()))?;
    let (studio, beat, view) = found.ok_or_else(Problem::not_found)?;
    let width = query.maxwidth.map_or(EMBED_SIZE.0, |most| most.clamp(LEAST_WIDTH, EMBED_SIZE.0));
    let size = (width, EMBED_SIZE.1);
    let shared = Shared { services, studio: &studio, beat: &beat, view: &view, offers: &[] };
    let answer = json!({
        "version": "1.0",
        "type": "rich",
        "title": view.title,
        "author_name": studio.name,
        "author_url": format!("{}{}", services.public_url, shop_url(&studio)),
        "provider_name": "Ledgerline",
        "provider_url": &*services.public_url,
        "cache_age": 3600,
        "html": shared.frame(size),
        "width": size.0,
        "height": size.1,
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        // What anybody may ask for, a script of any site may.
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .json(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_beats_of_this_address_are_embedded() {
        let parts = |wanted| parts_of("https://beats.example", wanted);
        let night = Some(("nova".to_owned(), "night-drive".to_owned()));
        assert_eq!(parts("https://beats.example/s/nova/night-drive"), night);
        assert_eq!(parts("https://beats.example/s/nova/night-drive?currency=USD#licences"), night);
        for other in [
            "https://beats.example/s/nova",
            "https://beats.example/s/nova/",
            "https://beats.example/s/nova/night-drive/wav/contract",
            "https://beats.example.evil/s/nova/night-drive",
            "http://beats.example/s/nova/night-drive",
            "/s/nova/night-drive",
            "",
        ] {
            assert_eq!(parts(other), None, "{other}");
        }
    }

    #[test]
    fn what_stands_in_a_script_cannot_end_it() {
        let text = in_script(&json!({ "name": "</script><b>&" }));
        assert_eq!(text, r#"{"name":"\u003c/script\u003e\u003cb\u003e\u0026"}"#);
    }
}
