//! A beat's page: its sound, its tiers compared, and the tier finder.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use domain::{
    catalog::{self, entity::Sample},
    domains::queries::at_home_of,
    first_refusal,
    licensing::{
        queries::{Offer, effective_tiers, sold_in},
        terms::TierCode,
    },
};

use super::{
    beats::{BeatView, view_beats},
    cart,
    chrome::Chrome,
    currencies::{CurrencyChoice, Showing},
    errors::PageError,
    finder::{Finder, FinderQuery},
    free_downloads::{self, FreeForm},
    offers,
    sharing::{self, ShareView},
    storefront::{find_beat, find_shop, render_heard},
    texts::t,
    words,
};
use crate::Caller;

/// A tier beside the others.
struct TierRow {
    code: &'static str,
    name: String,
    kind: String,
    exclusive: bool,
    files: String,
    uses: Vec<String>,
    at_cap: String,
    term: String,
    publishing: String,
    price: String,
    contract: String,
    /// Where an offer is made; empty if the tier takes none.
    offer: String,
    /// Until when leaseholders may buy it first; empty if nobody waits for them.
    held_until: String,
    /// Whether it is the one that the finder has found.
    found: bool,
}

#[derive(Template)]
#[template(path = "beat.html")]
struct BeatPage {
    chrome: Chrome,
    beat: BeatView,
    beat_id: String,
    cart: String,
    currencies: Vec<CurrencyChoice>,
    currency_note: String,
    currency: &'static str,
    /// The one currency in which offers are taken, where the prices are in another; else empty.
    offers_in: &'static str,
    /// Whether it is on sale, and in other currencies alone.
    sold_otherwise: bool,
    tiers: Vec<TierRow>,
    /// The tier finder; none where there is nothing to choose from.
    finder: Option<Finder>,
    share: ShareView,
    credits: Vec<(String, String)>,
    /// `Title — source — clearance`.
    samples: Vec<String>,
    /// The form of its free download; none if there is none.
    free: Option<FreeForm>,
}

/// A beat with its tiers compared.
pub(super) async fn show(
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    asked: web::Query<FinderQuery>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = find_shop(services, &path.0).await?;
    let beat = find_beat(services, &studio, &path.1).await?;
    let in_cart = cart::in_cart(&caller, &studio, &request).await?;
    let showing = Showing::of(services, &studio, &asked.currency, &in_cart).await?;
    let (href, carry) = (format!("{}/{}", services.shop_url(&studio), beat.slug), showing.carry());
    let all = effective_tiers(&services.db, studio.id, &[beat.id]).await?.remove(&beat.id).unwrap_or_default();
    let on_sale = sold_in(&all, showing.currency);
    let mut credits = catalog::list_credits_of_beats(&services.db, &[beat.id]).await?;
    let credits = credits.remove(&beat.id).unwrap_or_default();
    let mut views = view_beats(services, &studio, std::slice::from_ref(&beat), (&showing, None)).await?;
    let view = views.pop().ok_or_else(PageError::not_found)?;
    let finder = (on_sale.len() > 1).then(|| Finder::new(&href, &asked, &on_sale));
    let negotiable = offers::open_tiers(services, &beat).await?;
    let mut tiers = Vec::with_capacity(on_sale.len());
    for offer in &on_sale {
        let (now, wish) = (services.env.now(), (&offer.terms, offer.price));
        let held = first_refusal::queries::held_until(&services.db, (beat.studio_id, beat.work_id), wish, now).await?;
        let held_until = held.map_or_else(String::new, words::moment);
        let row = tier_row((href.as_str(), carry.as_str()), offer, &negotiable);
        let found = finder.as_ref().is_some_and(|finder| finder.found(offer.terms.tier));
        tiers.push(TierRow { held_until, found, ..row });
    }
    let facts = view.facts.join(" · ");
    let about =
        t("beat-about").with("title", &beat.title).with("studio", &studio.name).with("facts", &facts).to_string();
    let free = free_downloads::form(services, &beat, &href).await?;
    let home = at_home_of(services, studio.id).await?;
    let shared = sharing::Shared { services: &home, studio: &studio, beat: &beat, view: &view, offers: &on_sale };
    let chrome = Chrome::public(format!("{} · {}", beat.title, studio.name), about).shared(shared.head()?);
    let page = BeatPage {
        chrome: chrome.of_shop(services, &studio, in_cart.lines).carrying(&carry).with_island("player"),
        cart: format!("{}/cart", services.shop_url(&studio)),
        currencies: showing.choices(|currency| format!("{href}?currency={currency}")),
        currency: showing.currency.code(),
        offers_in: if showing.currency == studio.currency { "" } else { studio.currency.code() },
        sold_otherwise: on_sale.is_empty() && !all.is_empty(),
        currency_note: showing.note,
        beat_id: beat.id.to_string(),
        free,
        share: shared.view(),
        finder,
        tiers,
        credits: credits.into_iter().map(|credit| (credit.party.name, credit.line.role)).collect(),
        samples: beat.samples.0.iter().map(view_sample).collect(),
        beat: view,
    };
    render_heard(&page)
}

fn view_sample(sample: &Sample) -> String {
    format!("{} — {} — {}", sample.title, sample.source, words::clearance(sample.clearance))
}

fn tier_row((beat_href, carry): (&str, &str), offer: &Offer, negotiable: &[TierCode]) -> TierRow {
    let terms = &offer.terms;
    let page = format!("{beat_href}/{}", terms.tier.word());
    TierRow {
        code: terms.tier.word(),
        name: words::tier_name(terms),
        kind: words::kind(terms.tier),
        exclusive: terms.is_exclusive(),
        files: words::files(terms.files),
        uses: words::uses(&terms.caps),
        at_cap: words::at_cap(&terms.caps, terms.at_cap),
        term: words::term(terms.term_months),
        publishing: words::percent(terms.publishing_kept),
        price: words::price(offer.price),
        contract: format!("{page}/contract{carry}"),
        offer: if negotiable.contains(&terms.tier) { format!("{page}/offer") } else { String::new() },
        held_until: String::new(),
        found: false,
    }
}
