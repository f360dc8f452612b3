//! The storefront: studios, beats, tiers and the contracts behind them.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use domain::{
    booking::queries::public_rooms,
    catalog::{self, entity::beat},
    domains::queries::at_home_of,
    identity::{entity::studio, queries::require_open},
    licensing::queries::offer_contract,
    money::Currency,
    page::PageRequest,
    pricing::{self, queries::OfferedBundle, rules::BulkRule},
    sales,
    services::Services,
};

use super::{
    beats::{BeatView, view_beats},
    booking::book_url,
    cart,
    chrome::{Chrome, render},
    currencies::{CurrencyChoice, CurrencyQuery, Showing},
    errors::PageError,
    filter::{Choice, Filter, KeyChoice, Range, TierChoice, choices, key_choices, tier_choices},
    portfolio, sharing,
    texts::t,
    words,
};
use crate::Caller;

/// How many beats a page of a shop has.
const PAGE: i64 = 24;

/// A studio in the list of shops.
struct ShopEntry {
    name: String,
    href: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    chrome: Chrome,
    shops: Vec<ShopEntry>,
}

#[derive(Template)]
#[template(path = "shop.html")]
struct ShopPage {
    chrome: Chrome,
    name: String,
    action: String,
    /// What the address ends in when it is narrowed by nothing.
    carry: String,
    currencies: Vec<CurrencyChoice>,
    currency_note: String,
    /// The currency of the prices; asked for again if the address has asked for it, or another could be meant by a price that is typed.
    currency: &'static str,
    filter: Filter,
    tempi: Range<i32>,
    prices: Range<i64>,
    /// Whether it is narrowed by anything, or meant to be.
    narrowed: bool,
    tiers: Vec<TierChoice>,
    keys: Vec<KeyChoice>,
    moods: Vec<Choice>,
    tags: Vec<Choice>,
    /// The bulk deals in words; shown with the bundles on the first page, and only there.
    deals: Vec<String>,
    bundles: Vec<BundleView>,
    /// Where rooms are booked, likewise; empty if none are.
    book: String,
    /// Where its portfolio is, likewise; empty if it has no page.
    portfolio: String,
    beats: Vec<BeatView>,
    previous: String,
    next: String,
}

/// A bundle on the shop's first page.
struct BundleView {
    id: String,
    name: String,
    /// The titles of its beats, with commas between.
    titles: String,
    tier: String,
    price: String,
    list: String,
}

#[derive(Template)]
#[template(path = "contract.html")]
struct ContractPage {
    chrome: Chrome,
    title: String,
    tier: String,
    price: String,
    beat: String,
    cart: String,
    beat_id: String,
    code: &'static str,
    currency: &'static str,
    currency_note: String,
    /// Escaped by the documents crate, which made it.
    contract: String,
}

/// Whether a part of an address can be anybody's word; PostgreSQL would refuse a NUL in a text as a fault of ours.
fn is_word(slug: &str) -> bool {
    slug.len() <= 200 && !slug.chars().any(char::is_control)
}

/// The shop behind an address. One that is closed answers that it is.
pub(super) async fn find_shop(services: &Services, slug: &str) -> Result<studio::Model, PageError> {
    let missing = || PageError::not_found().leading_to("/", t("shop-see-shops"));
    if !is_word(slug) {
        return Err(missing());
    }
    let studio = sales::queries::find_storefront(&services.db, slug).await?.ok_or_else(missing)?;
    require_open(&services.db, studio.id).await??;
    Ok(studio)
}

/// A page on which previews are heard. They play on without another document as far as the cart, whose form leads to a pay page: what its policy allows,
/// the policy of the document that began must.
pub(super) fn render_heard(page: &impl Template) -> Result<HttpResponse, PageError> {
    let mut response = render(StatusCode::OK, page)?;
    cart::allow_paying(&mut response);
    Ok(response)
}

/// All shops, or the only one.
pub(super) async fn home(caller: Caller) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let shops = catalog::list_shops(&services.db).await?;
    if let [only] = shops.as_slice() {
        let home = at_home_of(services, only.id).await?;
        return Ok(HttpResponse::Found().insert_header(("Location", home.shop_url(only))).finish());
    }
    let page = HomePage {
        chrome: Chrome::public(t("home-heading"), t("home-about")),
        shops: shops.iter().map(|shop| ShopEntry { name: shop.name.clone(), href: services.shop_url(shop) }).collect(),
    };
    render(StatusCode::OK, &page)
}

/// A shop's beats.
pub(super) async fn shop(
    caller: Caller,
    request: HttpRequest,
    slug: web::Path<String>,
    filter: web::Query<Filter>,
) -> Result<HttpResponse, PageError> {
    let (services, filter) = (&caller.services, filter.into_inner());
    let studio = find_shop(services, &slug).await?;
    let cursor = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let wanted = match cursor(&filter.before) {
        Some(before) => PageRequest::new(None, None, Some(PAGE), Some(&before))?,
        None => PageRequest::new(Some(PAGE), cursor(&filter.after).as_deref(), None, None)?,
    };
    let in_cart = cart::in_cart(&caller, &studio, &request).await?;
    let showing = Showing::of(services, &studio, &filter.currency, &in_cart).await?;
    let (prices, tempi) = (filter.prices(showing.currency), filter.tempi());
    let narrowing = filter.beats(showing.currency, &prices, &tempi);
    let page = catalog::list_storefront_beats(&services.db, studio.id, &narrowing, wanted).await?;
    let (href, carry) = (services.shop_url(&studio), showing.carry());
    let edge = |there: bool, direction, row: Option<&beat::Model>| {
        let row = row.filter(|_| there);
        row.map_or_else(String::new, |row| filter.address(&href, showing.asked, Some((direction, row.id))))
    };
    let (previous, next) =
        (edge(page.has_previous, "before", page.rows.first()), edge(page.has_next, "after", page.rows.last()));
    let about = t("shop-about").with("studio", &studio.name).to_string();
    let is_first = filter.given().is_empty() && filter.after.is_empty() && filter.before.is_empty();
    let (deals, bundles) =
        if is_first { view_deals(services, &studio, showing.currency).await? } else { (Vec::new(), Vec::new()) };
    let facets = catalog::list_facets(&services.db, studio.id, showing.currency).await?;
    let rooms = if is_first { public_rooms(&services.db, studio.id).await? } else { Vec::new() };
    let home = at_home_of(services, studio.id).await?;
    let portfolio = if is_first { portfolio::public_url(services, &studio).await? } else { String::new() };
    let elsewhere = filter.without_prices();
    let page = ShopPage {
        chrome: Chrome::public(studio.name.clone(), about)
            .of_shop(services, &studio, in_cart.lines)
            .carrying(&carry)
            .shared(sharing::of_shop(&home, &studio).await?)
            .with_island("player"),
        carry,
        currencies: showing.choices(|currency| {
            let filter = if currency == showing.currency { &filter } else { &elsewhere };
            filter.address(&href, Some(currency), None)
        }),
        currency: showing.currency.code(),
        deals,
        bundles,
        beats: view_beats(services, &studio, &page.rows, (&showing, filter.tier_code())).await?,
        currency_note: showing.note,
        book: if rooms.is_empty() { String::new() } else { book_url(&studio) },
        portfolio,
        keys: key_choices(facets.keys, filter.known_key()),
        moods: choices(facets.moods, &filter.mood),
        tags: choices(facets.tags, &filter.tag),
        tiers: tier_choices(facets.tiers, filter.tier_code()),
        tempi,
        prices,
        narrowed: !filter.given().is_empty() || filter.tier_problem().or(filter.key_problem()).is_some(),
        name: studio.name,
        action: href,
        filter,
        previous,
        next,
    };
    render_heard(&page)
}

/// What a shop says of its bulk deals, and of its bundles in a currency.
async fn view_deals(
    services: &Services,
    studio: &studio::Model,
    currency: Currency,
) -> Result<(Vec<String>, Vec<BundleView>), PageError> {
    let deals = pricing::queries::deals_of(&services.db, studio.id).await?;
    let said = |deal: BulkRule| {
        let tiers: Vec<String> = deal.tiers.iter().map(|tier| words::lease(*tier)).collect();
        t("shop-deal").with("buy", &deal.buy).with("free", &deal.free).with("tiers", &tiers.join(", ")).to_string()
    };
    let offered = pricing::queries::offered_bundles(&services.db, studio.id, currency).await?;
    let view = |offered: OfferedBundle| BundleView {
        id: offered.bundle.bundle.id.to_string(),
        titles: offered.beats.iter().map(|beat| beat.title.as_str()).collect::<Vec<_>>().join(", "),
        tier: words::lease(offered.bundle.bundle.tier_code),
        price: words::price(offered.price),
        list: words::price(offered.list),
        name: offered.bundle.bundle.name,
    };
    Ok((deals.into_iter().map(said).collect(), offered.into_iter().map(view).collect()))
}

/// A beat of a shop, by the words of its address.
pub(super) async fn find_beat(
    services: &Services,
    studio: &studio::Model,
    slug: &str,
) -> Result<beat::Model, PageError> {
    let missing = || PageError::not_found().leading_to(services.shop_url(studio), t("shop-see-beats"));
    if !is_word(slug) {
        return Err(missing());
    }
    catalog::find_storefront_beat(&services.db, &studio.slug, slug).await?.ok_or_else(missing)
}

/// The whole contract of a tier, before anything is paid.
pub(super) async fn contract(
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    asked: web::Query<CurrencyQuery>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = find_shop(services, &path.0).await?;
    let beat = find_beat(services, &studio, &path.1).await?;
    let in_cart = cart::in_cart(&caller, &studio, &request).await?;
    let showing = Showing::of(services, &studio, &asked.currency, &in_cart).await?;
    let (currency, carry) = (showing.currency, showing.carry());
    let href = format!("{}/{}{carry}", services.shop_url(&studio), beat.slug);
    let gone = || PageError::not_found().leading_to(href.clone(), t("shop-see-licences"));
    let code = words::tier(&path.2).ok_or_else(gone)?;
    let now = services.env.now();
    let facts = offer_contract(&services.db, studio.id, beat.id, code, Some(currency), now).await?.ok_or_else(gone)?;
    let (tier, price) = (words::tier_name(&facts.terms), words::price(facts.price));
    let contracts = services.contracts.clone();
    let contract = web::block(move || contracts.preview_html(&facts))
        .await
        .map_err(|cause| PageError::broken(&cause))?
        .map_err(|cause| PageError::broken(&cause))?;
    let about = t("shop-contract-about").with("tier", &tier).with("title", &beat.title).to_string();
    let chrome = Chrome::public(format!("{tier}: {}", beat.title), about);
    let page = ContractPage {
        chrome: chrome.of_shop(services, &studio, in_cart.lines).carrying(&carry).with_island("player"),
        currency: currency.code(),
        currency_note: showing.note,
        cart: format!("{}/cart", services.shop_url(&studio)),
        title: beat.title,
        tier,
        price,
        beat: href,
        beat_id: beat.id.to_string(),
        code: code.word(),
        contract,
    };
    render_heard(&page)
}
