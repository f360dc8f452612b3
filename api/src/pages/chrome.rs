//! What every page has around it.

use std::sync::LazyLock;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use askama::Template;
use domain::{
    identity::{
        entity::{Accent, studio},
        queries::require_open,
    },
    services::Services,
};
use sha2::{Digest, Sha256};

use super::{
    bundle::Loads,
    errors::PageError,
    sharing::Head,
    texts::{Choice, choices, language},
};

/// The style sheet of all pages, the contract's included.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    [
        include_str!("../../templates/tokens.css"),
        include_str!("../../templates/accents.css"),
        include_str!("../../templates/site.css"),
        include_str!("../../templates/shop.css"),
        include_str!("../../templates/sign.css"),
        include_str!("../../templates/review.css"),
        include_str!("../../templates/book.css"),
        include_str!("../../templates/royalties.css"),
        include_str!("../../templates/verify.css"),
        adapters::contracts::PREVIEW_CSS,
    ]
    .join("\n")
});

/// Its address, which changes with its content, so that browsers may keep it for good.
static STYLE_HREF: LazyLock<String> = LazyLock::new(|| {
    let hash = hex::encode(Sha256::digest(STYLE.as_bytes()));
    format!("/assets/{}/site.css", &hash[..16])
});

/// For pages whose form leads on to a gateway's pay page, which lies on another origin: browsers hold a redirect after a form to this too.
pub(super) const PAYING_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     media-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self' http: https:; frame-ancestors 'none'";

/// What every page has around it.
pub(super) struct Chrome {
    /// The tag of the language that it is in.
    pub(super) lang: &'static str,
    /// What it could be read in instead.
    pub(super) languages: Vec<Choice>,
    pub(super) style: &'static str,
    /// What it loads of the built pages; nothing where there are none.
    pub(super) loads: Loads,
    pub(super) title: String,
    /// A sentence for search engines and shared links; empty for pages that are nobody else's.
    pub(super) about: String,
    /// Whether search engines are asked to stay away.
    pub(super) private: bool,
    /// The shop that the page belongs to, if any, and if it is open: its name and its address.
    pub(super) shop: Option<(String, String)>,
    /// The studio that the page comes from, where it is in no shop.
    pub(super) sender: Option<String>,
    /// The word of the studio's colour; empty for the house's own.
    pub(super) accent: &'static str,
    /// What a page says of itself to those who pass it on; none for pages that are nobody else's.
    pub(super) share: Option<Head>,
    /// Lines in the cart.
    pub(super) in_cart: usize,
    /// What the shop's address ends in, such as `?currency=USD`; empty if in nothing.
    pub(super) carry: String,
    /// Whether a script looks whether there is more, so that the page is not to be loaded again where scripts run.
    pub(super) looks_itself: bool,
    /// How many seconds until the page loads itself again; none if it stays.
    pub(super) reload_s: Option<u32>,
}

impl Chrome {
    /// A page that search engines may list.
    pub(super) fn public(title: impl Into<String>, about: impl Into<String>) -> Self {
        Self { about: about.into(), private: false, ..Self::private(title) }
    }

    /// A page for one person.
    pub(super) fn private(title: impl Into<String>) -> Self {
        Self {
            lang: language().tag(),
            languages: choices(),
            style: &STYLE_HREF,
            loads: Loads::of_public_pages(),
            title: title.into(),
            about: String::new(),
            private: true,
            shop: None,
            sender: None,
            accent: "",
            share: None,
            in_cart: 0,
            carry: String::new(),
            looks_itself: false,
            reload_s: None,
        }
        // Another language can be chosen at its foot.
        .with_island("language")
    }

    /// The page looks by itself whether there is more, after so many seconds if any: by its script where that runs, else by loading itself again.
    pub(super) fn looking_after(mut self, reload_s: Option<u32>) -> Self {
        self.reload_s = reload_s;
        self.looks_itself = !self.loads.scripts.is_empty();
        self
    }

    /// The same from a studio, outside of its shop.
    pub(super) fn of_sender(mut self, studio: &str) -> Self {
        self.sender = Some(studio.to_owned());
        self
    }

    /// The same within a studio's shop.
    pub(super) fn of_shop(mut self, services: &Services, studio: &studio::Model, in_cart: usize) -> Self {
        self.shop = Some((studio.name.clone(), services.shop_url(studio)));
        self.in_cart = in_cart;
        self.coloured(studio)
    }

    /// The same of a page that outlasts the shop: within it, or, if its studio is closed, with the studio's name and no way into the shop.
    pub(super) async fn of_studio(self, services: &Services, studio: &studio::Model) -> Result<Self, PageError> {
        let is_open = require_open(&services.db, studio.id).await?.is_ok();
        Ok(if is_open { self.of_shop(services, studio, 0) } else { self.of_sender(&studio.name).coloured(studio) })
    }

    /// The same with an island, by the name of its folder under `web/src/islands`. The page works without it, too.
    pub(super) fn with_island(mut self, name: &str) -> Self {
        self.loads.add_island(name);
        self
    }

    /// The same with what it says of itself to those who pass it on.
    pub(super) fn shared(mut self, share: Head) -> Self {
        self.share = Some(share);
        self
    }

    /// The same in a studio's colour.
    pub(super) fn coloured(mut self, studio: &studio::Model) -> Self {
        self.accent = studio.accent.map_or("", Accent::word);
        self
    }

    /// The same, which leads to the shop with what its address ends in.
    pub(super) fn carrying(mut self, carry: &str) -> Self {
        carry.clone_into(&mut self.carry);
        self
    }
}

/// A page as an answer; its caller may add headers.
pub(super) fn render(status: StatusCode, page: &impl Template) -> Result<HttpResponse, PageError> {
    let body = page.render().map_err(|cause| PageError::broken(&cause))?;
    Ok(HttpResponse::build(status)
        .insert_header(header::ContentType::html())
        // A page may show a cart or an order: kept by nobody, checked each time.
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Cookie, Accept-Language"))
        .body(body))
}

/// A redirect after a form.
pub(super) fn see_other(url: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, url))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// The style sheet.
pub(super) async fn style(hash: web::Path<String>) -> HttpResponse {
    // An address with another hash, from a page of an older version, gets the present sheet, briefly.
    let current = STYLE_HREF.contains(hash.as_str()) && hash.len() == 16;
    let keep = if current { "public, max-age=31536000, immutable" } else { "public, max-age=60" };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, keep))
        .body(STYLE.as_str())
}

/// The icon: a note on a ledger line.
pub(super) async fn icon() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .body(include_str!("../../templates/icon.svg"))
}
