//! What pages say of themselves to those who pass them on: link previews, search engines, and sites that embed the player by oEmbed.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use askama::Template;
use domain::{
    catalog::{self, entity::beat},
    domains::queries::at_home_of,
    identity::{entity::studio, queries::require_open},
    licensing::queries::Offer,
    services::Services,
};
use serde_json::{Value, json};

use super::{
    beats::{BeatView, view_beats},
    bundle::Loads,
    cards::{self, Picture},
    cart::InCart,
    chrome::{Chrome, render},
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
    /// The picture that links to it show.
    pub(super) card: Picture,
    /// The addresses of its own picture and of its sound, whole; empty if there is none.
    pub(super) artwork: String,
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

/// A beat as others are told of it, by the addresses of where its shop is.
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

/// A shop as others are told of it, by the address of where it is.
pub(super) async fn of_shop(home: &Services, studio: &studio::Model) -> Result<Head, PageError> {
    let url = home.whole_shop_url(studio);
    let card = cards::picture(home, &url, &cards::of_shop(home, studio).await?)?;
    let json_ld = in_script(&json!({
        "@context": "https://schema.org",
        "@type": "OnlineStore",
        "name": studio.name,
        "url": url,
    }));
    Ok(Head {
        url,
        kind: "website",
        site: studio.name.clone(),
        card,
        artwork: String::new(),
        audio: String::new(),
        oembed: String::new(),
        json_ld,
    })
}

impl Shared<'_> {
    fn whole(&self, path: &str) -> String {
        if path.is_empty() { String::new() } else { format!("{}{path}", self.services.public_url) }
    }

    fn url(&self) -> String {
        format!("{}/{}", self.services.whole_shop_url(self.studio), self.beat.slug)
    }

    fn frame(&self, (width, height): (u32, u32)) -> String {
        let (src, title) = (format!("{}/embed", self.url()), format!("{} · {}", self.view.title, self.studio.name));
        // A template of five values that writes to memory cannot fail.
        Frame { src: &src, title: &title, width, height }.render().unwrap_or_default()
    }

    /// What stands in the head of its page.
    pub(super) fn head(&self) -> Result<Head, PageError> {
        let url = self.url();
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("url", &url).finish();
        Ok(Head {
            kind: "music.song",
            site: self.studio.name.clone(),
            card: cards::picture(self.services, &url, &cards::of_beat(self.studio, self.beat, self.view))?,
            // What was sold is public no more, its files included.
            artwork: if self.view.sold { String::new() } else { self.whole(&self.view.picture) },
            audio: if self.view.sold { String::new() } else { self.whole(&self.view.preview) },
            oembed: if self.view.sold { String::new() } else { self.whole(&format!("/oembed?{query}")) },
            json_ld: in_script(&self.json_ld(&url)),
            url,
        })
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

/// A beat of a shop as it stands there for a stranger, in the studio's own currency.
pub(super) async fn look_at(
    services: &Services,
    studio: studio::Model,
    beat: &str,
) -> Result<(studio::Model, beat::Model, BeatView), PageError> {
    let beat = find_beat(services, &studio, beat).await?;
    let showing = Showing::of(services, &studio, "", &InCart::default()).await?;
    let view = view_beats(services, &studio, std::slice::from_ref(&beat), (&showing, None)).await?.pop();
    Ok((studio, beat, view.ok_or_else(PageError::not_found)?))
}

/// The same of what is played on other sites: whatever was not sold.
async fn look_at_playable(
    services: &Services,
    studio: studio::Model,
    beat: &str,
) -> Result<(studio::Model, beat::Model, BeatView), PageError> {
    let found = look_at(services, studio, beat).await?;
    if found.2.sold { Err(PageError::not_found()) } else { Ok(found) }
}

/// The player of one beat, which other sites show in a frame.
pub(super) async fn embed(caller: Caller, path: web::Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = find_shop(services, &path.0).await?;
    let (studio, beat, view) = look_at_playable(services, studio, &path.1).await?;
    let home = at_home_of(services, studio.id).await?;
    let url = format!("{}/{}", home.whole_shop_url(&studio), beat.slug);
    // It is the beat's page that is listed and passed on.
    let page = Chrome::private(format!("{} · {}", view.title, studio.name)).coloured(&studio);
    // It has no foot, and runs no script.
    let chrome = Chrome { loads: Loads::of_public_pages(), ..page };
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

/// The studio and the beat of an address of ours, at a studio's own domain without the studio; none of any other.
fn parts_of((public_url, is_home): (&str, bool), wanted: &str) -> Option<(Option<String>, String)> {
    let (ours, wanted) = (url::Url::parse(public_url).ok()?, url::Url::parse(wanted).ok()?);
    if wanted.origin() != ours.origin() {
        return None;
    }
    let (studio, beat) = match (is_home, wanted.path().split('/').collect::<Vec<_>>().as_slice()) {
        (false, ["", "s", studio, beat]) => (Some((*studio).to_owned()), *beat),
        (true, ["", beat]) => (None, *beat),
        _ => return None,
    };
    (!beat.is_empty()).then(|| (studio, beat.to_owned()))
}

/// How a beat's page is embedded, by oEmbed 1.0.
pub(super) async fn oembed(caller: Caller, query: web::Query<OembedQuery>) -> Result<HttpResponse, Problem> {
    let services = &caller.services;
    if !matches!(query.format.as_str(), "" | "json") {
        return Err(Problem::not_found().with_status(StatusCode::NOT_IMPLEMENTED));
    }
    let asked = (&*services.public_url, services.home.is_some());
    let (studio, beat) = parts_of(asked, &query.url).ok_or_else(Problem::not_found)?;
    // A program is told in English, whatever language it asks for.
    let refused = |cause: PageError| match cause.report() {
        report if report.code == "NOT_FOUND" => Problem::not_found(),
        report => Problem::new(report.clone()),
    };
    let studio = match (studio, &services.home) {
        (Some(slug), _) => find_shop(services, &slug).await.map_err(refused)?,
        (None, Some(home)) => {
            require_open(&services.db, home.studio).await??;
            catalog::find_shop(&services.db, home.studio).await?.ok_or_else(Problem::not_found)?
        }
        (None, None) => return Err(Problem::not_found()),
    };
    let (studio, beat, view) = look_at_playable(services, studio, &beat).await.map_err(refused)?;
    let home = at_home_of(services, studio.id).await?;
    let width = query.maxwidth.map_or(EMBED_SIZE.0, |most| most.clamp(LEAST_WIDTH, EMBED_SIZE.0));
    let size = (width, EMBED_SIZE.1);
    let shared = Shared { services: &home, studio: &studio, beat: &beat, view: &view, offers: &[] };
    let answer = json!({
        "version": "1.0",
        "type": "rich",
        "title": view.title,
        "author_name": studio.name,
        "author_url": home.whole_shop_url(&studio),
        "provider_name": "Ledgerline",
        "provider_url": services.platform_url(),
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
        let parts = |wanted| parts_of(("https://beats.example", false), wanted);
        let night = Some((Some("nova".to_owned()), "night-drive".to_owned()));
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
        let at_home = |wanted| parts_of(("https://nova.example", true), wanted);
        assert_eq!(at_home("https://nova.example/night-drive"), Some((None, "night-drive".to_owned())));
        for other in
            ["https://nova.example/", "https://nova.example/s/nova/night-drive", "https://beats.example/night-drive"]
        {
            assert_eq!(at_home(other), None, "{other}");
        }
    }

    #[test]
    fn what_stands_in_a_script_cannot_end_it() {
        let text = in_script(&json!({ "name": "</script><b>&" }));
        assert_eq!(text, r#"{"name":"\u003c/script\u003e\u003cb\u003e\u0026"}"#);
    }
}
