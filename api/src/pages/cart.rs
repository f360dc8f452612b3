//! The cart and the order that is placed from it. The cart's secret is in a cookie that no script can read; one cookie for each shop.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use domain::{
    identity::entity::studio,
    ids::{BeatId, BundleId, CartLineId},
    licensing::prices::currencies_of,
    money::{Currency, Money},
    pricing::{
        Country,
        rules::{CouponFault, DiscountName},
    },
    report::{Explain, Kind},
    sales::{
        self, PlaceOrder, SalesError,
        commands::{cart_prices, carts, checkout::order_url},
        error::StaleLine,
        queries::{CartLineView, CartView},
        shown::contract_of_line,
    },
    services::Services,
    store::Tx,
};

use super::{
    agreed::contract_html,
    cart_cookie::{self, JustAdded, secret},
    chrome::{Chrome, PAYING_POLICY, render, see_other},
    cover,
    currencies::read_currency,
    errors::{PageError, sentences},
    storefront,
    texts::{language, t},
    wording::Wording,
    words,
};
use crate::Caller;

/// A line as the page shows it.
struct LineView {
    id: String,
    title: String,
    tier: String,
    files: String,
    cover: String,
    picture: String,
    beat: String,
    contract: String,
    price: String,
    /// How it differs from what was put in; empty if it does not.
    note: String,
    gone: bool,
}

/// A country in the list.
pub(super) struct CountryChoice {
    pub(super) code: &'static str,
    pub(super) name: String,
    pub(super) chosen: bool,
}

/// The countries to choose from, by their names in the reader's language; none if nobody asks.
pub(super) fn countries(is_asked: bool, chosen: Option<Country>) -> Vec<CountryChoice> {
    let choice = |country: Country| CountryChoice {
        code: country.code(),
        name: words::country(country),
        chosen: chosen == Some(country),
    };
    let mut choices: Vec<CountryChoice> = Country::all().filter(|_| is_asked).map(choice).collect();
    choices.sort_by_cached_key(|choice| language().sorted(&choice.name));
    choices
}

/// The country that a form names; none if it names none.
pub(super) fn read_country(word: &str) -> Result<Option<Country>, SalesError> {
    let word = Some(word.trim()).filter(|word| !word.is_empty());
    word.map(str::parse).transpose().map_err(SalesError::Country)
}

#[derive(Template)]
#[template(path = "cart_contract.html")]
struct ContractPage {
    chrome: Chrome,
    cart: String,
    title: String,
    tier: String,
    price: String,
    contract: String,
}

#[derive(Template)]
#[template(path = "cart.html")]
struct CartPage {
    chrome: Chrome,
    shop: String,
    lines: Vec<LineView>,
    /// What the lines cost on the list; empty if nothing is taken off it and nothing comes on top.
    list: String,
    /// What is taken off, by name.
    discounts: Vec<(String, String)>,
    /// The tax, by name; both empty if there is none.
    tax_name: String,
    tax: String,
    total: String,
    /// The code of the coupon that was entered, and why it takes nothing off; empty if none was, or it does.
    coupon: String,
    coupon_note: Wording,
    /// The countries to choose from; none if nobody asks.
    countries: Vec<CountryChoice>,
    /// Whether nothing is ordered before one is chosen.
    needs_country: bool,
    /// What the form says that the buyer saw: minor units and currency.
    seen_minor: i64,
    seen_currency: String,
    /// What the cart's currency can be changed to; none if the studio sells in no other.
    other_currencies: Vec<&'static str>,
    can_order: bool,
    form: CheckoutForm,
    /// What is wrong with what was typed; empty if nothing is.
    problem: Wording,
    problem_field: &'static str,
}

/// What a buyer types.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct CheckoutForm {
    name: String,
    email: String,
    seen_minor: i64,
    seen_currency: String,
}

/// A beat and a tier to be put in.
#[derive(Debug, serde::Deserialize)]
pub(super) struct AddForm {
    beat: String,
    tier: String,
    /// What the price was shown in; empty for the cart's own.
    #[serde(default)]
    currency: String,
}

/// A bundle to be put in.
#[derive(Debug, serde::Deserialize)]
pub(super) struct BundleForm {
    bundle: String,
    /// What the price was shown in; empty for the cart's own.
    #[serde(default)]
    currency: String,
}

/// A line to be taken out.
#[derive(Debug, serde::Deserialize)]
pub(super) struct RemoveForm {
    line: String,
}

/// What a shop's other pages know of the visitor's cart.
#[derive(Debug, Default)]
pub(super) struct InCart {
    /// How many lines it has.
    pub(super) lines: usize,
    /// What they are priced in; none if there are none.
    pub(super) currency: Option<Currency>,
}

/// What is in the caller's cart at this shop.
pub(super) async fn in_cart(
    caller: &Caller,
    studio: &studio::Model,
    request: &HttpRequest,
) -> Result<InCart, PageError> {
    let Some(secret) = secret(caller, request) else { return Ok(InCart::default()) };
    let found = sales::queries::find_cart(&caller.services.db, studio.id, &secret, caller.ctx.env.now()).await?;
    Ok(found
        .filter(|view| !view.lines.is_empty())
        .map_or_else(InCart::default, |view| InCart { lines: view.lines.len(), currency: Some(view.cart.currency) }))
}

/// The cart, brought up to date.
pub(super) async fn show(
    caller: Caller,
    request: HttpRequest,
    slug: web::Path<String>,
    just: web::Query<JustAdded>,
) -> Result<HttpResponse, PageError> {
    let studio = storefront::find_shop(&caller.services, &slug).await?;
    let secret = secret(&caller, &request);
    let lost = cart_cookie::lost(&caller, &request, &just);
    page(&caller, &studio, secret.as_deref(), None, lost).await
}

/// The cart with what was typed, and why that was refused. Where nothing was, it says who ordered what is in it and did not pay: they come back from the
/// gateway, and need not type it again.
pub(super) async fn page(
    caller: &Caller,
    studio: &studio::Model,
    secret: Option<&str>,
    form: Option<CheckoutForm>,
    problem: Option<PageError>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let view = match secret {
        None => None,
        Some(secret) => {
            let tx = services.begin().await?;
            let view = match carts::refresh_cart(&tx, &caller.ctx, studio.id, secret).await {
                Ok(view) => Some(view),
                Err(SalesError::NoCart) => None,
                Err(error) => return Err(error.into()),
            };
            services.commit(tx).await?;
            view
        }
    };
    let form = match (form, &view) {
        (Some(form), _) => form,
        (None, Some(view)) => unpaid_form(caller, view).await?,
        (None, None) => CheckoutForm::default(),
    };
    let sums = view.as_ref().map(view_sums).transpose()?.unwrap_or_default();
    let other_currencies = match &view {
        Some(view) => other_currencies(caller, studio, view.cart.currency).await?,
        None => Vec::new(),
    };
    let (lines, total) = match view {
        Some(CartView { lines, total, .. }) => (lines, total.map_err(SalesError::from)?),
        None => (Vec::new(), Money::zero(studio.currency)),
    };
    let status = problem.as_ref().map_or(StatusCode::OK, actix_web::ResponseError::status_code);
    let report = problem.as_ref().map(PageError::report);
    let said = problem.as_ref().map(sentences).unwrap_or_default();
    let page = CartPage {
        chrome: Chrome::private(t("cart-title").with("studio", &studio.name))
            .of_shop(services, studio, lines.len())
            .with_island("player")
            .with_island("checkout"),
        shop: services.shop_url(studio),
        can_order: !lines.is_empty() && lines.iter().all(|line| line.offer.is_some()),
        lines: lines.iter().map(|line| view_line(services, studio, line)).collect(),
        list: sums.list,
        discounts: sums.discounts,
        tax_name: sums.tax_name,
        tax: sums.tax,
        coupon: sums.coupon,
        coupon_note: sums.coupon_note,
        countries: sums.countries,
        needs_country: sums.needs_country,
        total: words::amount(total),
        seen_minor: total.minor,
        seen_currency: total.currency.code().to_owned(),
        other_currencies,
        form,
        problem: said,
        problem_field: match report.and_then(|report| report.field.as_deref()) {
            Some("buyerName") => "name",
            Some("buyerEmail") => "email",
            Some("coupon") => "coupon",
            Some("country") => "country",
            _ => "",
        },
    };
    let mut response = render(status, &page)?;
    // Who was about to buy stands there, with their address.
    let kept = actix_web::http::header::HeaderValue::from_static("no-store");
    response.headers_mut().insert(actix_web::http::header::CACHE_CONTROL, kept);
    allow_paying(&mut response);
    Ok(response)
}

/// What was typed where this cart was last ordered and not paid; nothing if it was not.
async fn unpaid_form(caller: &Caller, view: &CartView) -> Result<CheckoutForm, PageError> {
    let unpaid = sales::queries::last_unpaid_order(&caller.services.db, view.cart.id).await?;
    Ok(unpaid.map_or_else(CheckoutForm::default, |order| CheckoutForm {
        name: order.buyer_name,
        email: order.buyer_email.to_string(),
        ..CheckoutForm::default()
    }))
}

/// What a cart's currency can be changed to.
async fn other_currencies(
    caller: &Caller,
    studio: &studio::Model,
    present: Currency,
) -> Result<Vec<&'static str>, PageError> {
    let sold_in = currencies_of(&caller.services.db, studio.id, studio.currency).await?;
    Ok(sold_in.into_iter().filter(|currency| *currency != present).map(Currency::code).collect())
}

/// What stands between the lines and the total.
#[derive(Default)]
struct Sums {
    list: String,
    discounts: Vec<(String, String)>,
    tax_name: String,
    tax: String,
    coupon: String,
    coupon_note: Wording,
    countries: Vec<CountryChoice>,
    needs_country: bool,
}

fn view_sums(view: &CartView) -> Result<Sums, SalesError> {
    let priced = view.priced.as_ref().map_err(|error| SalesError::from(error.clone()))?;
    let discount = |(name, amount): (DiscountName, Money)| (words::discount(&name), words::amount(amount));
    let (tax_name, tax) = words::tax(priced.tax.as_ref(), priced.tax_amount());
    Ok(Sums {
        list: if priced.list() == priced.total() { String::new() } else { words::amount(priced.list()) },
        discounts: priced.discounts().into_iter().map(discount).collect(),
        tax_name,
        tax,
        coupon: view.coupon.as_ref().map_or_else(String::new, |coupon| coupon.code.clone()),
        coupon_note: priced.coupon_fault.as_ref().map(why_nothing_off).unwrap_or_default(),
        countries: countries(view.asks_country, view.cart.country),
        needs_country: view.needs_country,
    })
}

/// Why a coupon takes nothing off.
fn why_nothing_off(fault: &CouponFault) -> Wording {
    Wording::of_report(&fault.explain()).0
}

/// Lets the page's form lead on to the gateway's pay page.
pub(super) fn allow_paying(response: &mut HttpResponse) {
    let policy = actix_web::http::header::HeaderValue::from_static(PAYING_POLICY);
    response.headers_mut().insert(actix_web::http::header::CONTENT_SECURITY_POLICY, policy);
}

fn view_line(services: &Services, studio: &studio::Model, line: &CartLineView) -> LineView {
    let price = line.offer.as_ref().map_or_else(|| line.seen_price(), |offer| offer.price);
    let terms = line.offer.as_ref().map_or(&line.line.terms, |offer| &offer.terms);
    let (title, beat) = match &line.beat {
        Some(beat) => (beat.title.clone(), format!("{}/{}", services.shop_url(studio), beat.slug)),
        None => (t("cart-gone-beat").into(), services.shop_url(studio)),
    };
    LineView {
        id: line.line.id.to_string(),
        title,
        tier: words::tier_name(terms),
        files: words::files(terms.files),
        cover: cover::svg(line.line.beat_id),
        picture: line
            .beat
            .as_ref()
            .and_then(|beat| beat.artwork_asset_id)
            .map_or_else(String::new, |id| format!("/media/{id}")),
        contract: format!("{}/cart/{}/contract", services.shop_url(studio), line.line.id),
        beat,
        price: words::price(price),
        note: line.stale.as_ref().map_or_else(String::new, stale_note),
        gone: line.offer.is_none(),
    }
}

/// How a line differs from what was put in.
fn stale_note(line: &StaleLine) -> String {
    match line.now {
        None if line.is_sold_otherwise => t("cart-stale-currency").with("currency", line.seen.currency.code()).into(),
        None => t("cart-stale-gone").into(),
        Some(now) if now == line.seen => t("cart-stale-terms").into(),
        Some(now) => {
            t("cart-stale-price").with("now", &words::amount(now)).with("seen", &words::amount(line.seen)).into()
        }
    }
}

/// The whole contract of a line at what the line costs, as it is ordered.
pub(super) async fn contract(
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = storefront::find_shop(services, &path.0).await?;
    let cart = format!("{}/cart", services.shop_url(&studio));
    let gone = || PageError::not_found().leading_to(cart.clone(), t("cart-back"));
    let (Some(secret), Ok(line)) = (secret(&caller, &request), path.1.parse::<CartLineId>()) else {
        return Err(gone());
    };
    let now = services.env.now();
    let view = sales::queries::find_cart(&services.db, studio.id, &secret, now).await?.ok_or_else(gone)?;
    let facts = contract_of_line(&services.db, &view, line, now).await?.ok_or_else(gone)?;
    let (title, tier, price) = (facts.beat.title.clone(), words::tier_name(&facts.terms), words::price(facts.price));
    let contract = contract_html(services, facts).await?;
    let chrome =
        Chrome::private(format!("{tier}: {title}")).of_shop(services, &studio, view.lines.len()).with_island("player");
    render(StatusCode::OK, &ContractPage { chrome, cart, title, tier, price, contract })
}

/// Puts a beat into the cart.
pub(super) async fn add(
    caller: Caller,
    request: HttpRequest,
    slug: web::Path<String>,
    form: web::Form<AddForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = storefront::find_shop(services, &slug).await?;
    let (Ok(beat), Some(tier)) = (form.beat.parse::<BeatId>(), words::tier(&form.tier)) else {
        return Err(PageError::bad_form().leading_to(services.shop_url(&studio), t("cart-back-to-beats")));
    };
    let (secret, currency) = (secret(&caller, &request), read_currency(&form.currency)?);
    let tx = services.begin().await?;
    let put = carts::add_to_cart(&tx, &caller.ctx, studio.id, secret.as_deref(), beat, tier, currency).await;
    to_cart(&caller, &studio, secret.as_deref(), tx, put).await
}

/// Puts a bundle into the cart.
pub(super) async fn add_bundle(
    caller: Caller,
    request: HttpRequest,
    slug: web::Path<String>,
    form: web::Form<BundleForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = storefront::find_shop(services, &slug).await?;
    let Ok(bundle) = form.bundle.parse::<BundleId>() else {
        return Err(PageError::bad_form().leading_to(services.shop_url(&studio), t("cart-back-to-beats")));
    };
    let (secret, currency) = (secret(&caller, &request), read_currency(&form.currency)?);
    let tx = services.begin().await?;
    let put = cart_prices::add_bundle(&tx, &caller.ctx, studio.id, secret.as_deref(), bundle, currency).await;
    to_cart(&caller, &studio, secret.as_deref(), tx, put).await
}

/// Keeps what was put into a cart, and leads there with the cart's secret in the cookie.
async fn to_cart(
    caller: &Caller,
    studio: &studio::Model,
    secret: Option<&str>,
    tx: Tx,
    put: Result<carts::OpenCart, SalesError>,
) -> Result<HttpResponse, PageError> {
    let open = match put {
        Ok(open) => open,
        Err(error) => {
            // Before the cart is shown, which brings it up to date.
            tx.rollback().await.map_err(SalesError::from)?;
            let is_cart = matches!(error, SalesError::CartOtherCurrency { .. });
            let problem = PageError::from(error).leading_to(caller.services.shop_url(studio), t("cart-back-to-beats"));
            // There its currency is changed.
            return if is_cart { page(caller, studio, secret, None, Some(problem)).await } else { Err(problem) };
        }
    };
    caller.services.commit(tx).await?;
    cart_cookie::to_cart(caller, studio, secret.is_some(), open.secret)
}

/// Takes a line out of the cart.
pub(super) async fn remove(
    caller: Caller,
    request: HttpRequest,
    slug: web::Path<String>,
    form: web::Form<RemoveForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = storefront::find_shop(services, &slug).await?;
    if let (Some(secret), Ok(line)) = (secret(&caller, &request), form.line.parse::<CartLineId>()) {
        let tx = services.begin().await?;
        match carts::remove_from_cart(&tx, &caller.ctx, studio.id, &secret, line).await {
            Ok(_) => services.commit(tx).await?,
            // Gone already, by a second click or in another tab: that is what was wanted.
            Err(SalesError::NoLine | SalesError::NoCart) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(see_other(&format!("{}/cart", services.shop_url(&studio))))
}

/// Places the order and leads to the page where it is paid.
pub(super) async fn check_out(
    caller: Caller,
    request: HttpRequest,
    slug: web::Path<String>,
    form: web::Form<CheckoutForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let studio = storefront::find_shop(services, &slug).await?;
    let Some(secret) = secret(&caller, &request) else {
        return Err(PageError::from(SalesError::NoCart).leading_to(services.shop_url(&studio), t("cart-back-to-beats")));
    };
    let form = form.into_inner();
    let currency = form.seen_currency.parse().map_err(|_| PageError::bad_form())?;
    let placing = PlaceOrder {
        buyer_name: form.name.clone(),
        buyer_email: form.email.clone(),
        seen_total: Money::new(form.seen_minor, currency),
        ip: Some(caller.ip.to_string()).filter(|ip| !ip.is_empty()),
        user_agent: Some(caller.user_agent.to_string()).filter(|agent| !agent.is_empty()),
    };
    let order = match sales::place_order(services, &caller.ctx, studio.id, &secret, &placing).await {
        Ok(order) => order,
        Err(error) => {
            let problem = PageError::from(error);
            return match problem.report().kind {
                Kind::Invalid | Kind::Conflict | Kind::TooMany => {
                    page(&caller, &studio, Some(&secret), Some(form), Some(problem)).await
                }
                _ => Err(problem.leading_to(format!("{}/cart", services.shop_url(&studio)), t("cart-back"))),
            };
        }
    };
    if order.state != sales::entity::OrderState::AwaitingPayment {
        return Ok(see_other(&order_url(services, order.id)));
    }
    match sales::open_checkout(services, order.id).await {
        Ok(pay_url) => Ok(see_other(&pay_url)),
        // The order stands; its page opens the checkout again.
        Err(error) => Err(PageError::from(error).leading_to(order_url(services, order.id), t("cart-to-order"))),
    }
}
