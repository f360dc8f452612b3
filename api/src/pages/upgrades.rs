//! Upgrading a licence in place: what it can be upgraded to, the contract of each, and the order that pays the difference.

use actix_web::{
    HttpResponse, ResponseError,
    http::StatusCode,
    web::{self, Path},
};
use askama::Template;
use domain::{
    actor::Ctx,
    catalog,
    identity::{entity::studio, queries::require_open},
    money::{Currency, Money},
    report::Explain,
    sales::{
        self, PlaceUpgrade, SalesError,
        commands::checkout::order_url,
        entity::OrderState,
        rules::upgrade::UpgradeRefusal,
        upgrades::{Upgradable, UpgradeOffer, find_upgradable, upgrade_contract},
    },
    services::Services,
};

use super::{
    cart::allow_paying,
    chrome::{Chrome, render, see_other},
    errors::{PageError, sentences},
    orders::{self, keep_to_itself},
    texts::t,
    wording::Wording,
    words,
};
use crate::{Caller, errors};

/// A tier to be upgraded to, at the price that was seen.
#[derive(Debug, serde::Deserialize)]
pub(super) struct UpgradeForm {
    tier: String,
    seen_minor: i64,
    seen_currency: String,
}

struct OfferView {
    code: &'static str,
    name: String,
    files: String,
    uses: Vec<String>,
    term: String,
    /// What the tier costs without the credit.
    full: String,
    /// What it costs as an upgrade.
    price: String,
    /// The tax within that, by name; empty if there is none.
    tax: String,
    contract: String,
    seen_minor: i64,
    seen_currency: &'static str,
}

#[derive(Template)]
#[template(path = "upgrade.html")]
struct UpgradePage {
    chrome: Chrome,
    reference: String,
    tier: String,
    credited: String,
    /// The order's page, and this one.
    order: String,
    action: String,
    offers: Vec<OfferView>,
    /// What was refused; empty if nothing was.
    problem: Wording,
}

#[derive(Template)]
#[template(path = "upgrade_contract.html")]
struct ContractPage {
    chrome: Chrome,
    upgrade: String,
    tier: String,
    price: String,
    contract: String,
}

/// Shows what a licence can be upgraded to.
pub(super) async fn show(caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let (token, reference) = path.into_inner();
    let (ctx, _) = orders::open(&caller.services, &token).await?;
    page(&caller.services, &ctx, (token.as_str(), reference.as_str()), None).await
}

async fn page(
    services: &Services,
    ctx: &Ctx,
    (token, reference): (&str, &str),
    problem: Option<PageError>,
) -> Result<HttpResponse, PageError> {
    let found = find_upgradable(&services.db, ctx, reference).await;
    let upgradable = found.map_err(|error| refused(error, token))?;
    let studio = find_studio(services, &upgradable, token).await?;
    let order = format!("/orders/{token}");
    let action = format!("{order}/licences/{reference}/upgrade");
    let status = problem.as_ref().map_or(StatusCode::OK, ResponseError::status_code);
    let page = UpgradePage {
        chrome: Chrome::private(t("upgrade-title").with("reference", reference)).of_shop(services, &studio, 0),
        reference: upgradable.licence.reference.clone(),
        tier: words::tier_name(&upgradable.licence.terms),
        credited: words::amount(upgradable.credited),
        offers: upgradable.offers.iter().map(|offer| view(offer, &action)).collect(),
        order,
        action,
        problem: problem.as_ref().map(sentences).unwrap_or_default(),
    };
    let mut response = render(status, &page)?;
    allow_paying(&mut response);
    keep_to_itself(&mut response);
    Ok(response)
}

/// The studio that sells an upgrade. One that is closed sells none, and answers that it is.
async fn find_studio(services: &Services, upgradable: &Upgradable, token: &str) -> Result<studio::Model, PageError> {
    let studio = catalog::find_shop(&services.db, upgradable.licence.studio_id).await?;
    let studio = studio.ok_or_else(PageError::not_found)?;
    require_open(&services.db, studio.id).await?.map_err(|closed| refused(closed.into(), token))?;
    Ok(studio)
}

fn view(upgrade: &UpgradeOffer, action: &str) -> OfferView {
    let terms = &upgrade.offer.terms;
    OfferView {
        code: terms.tier.word(),
        name: words::tier_name(terms),
        files: words::files(terms.files),
        uses: words::uses(&terms.caps),
        term: words::term(terms.term_months),
        full: words::price(upgrade.full),
        price: words::price(upgrade.price),
        tax: match words::tax(upgrade.priced.tax.as_ref(), upgrade.priced.tax_amount()) {
            (name, amount) if !name.is_empty() => format!("{name}: {amount}"),
            _ => String::new(),
        },
        contract: format!("{action}/{}/contract", terms.tier.word()),
        seen_minor: upgrade.price.minor,
        seen_currency: upgrade.price.currency.code(),
    }
}

/// A refusal as a page that leads back to the order.
fn refused(error: SalesError, token: &str) -> PageError {
    let problem = match error {
        SalesError::Upgrade(refusal) => {
            let report = refusal.explain();
            let status = errors::status(report.kind);
            PageError::new(report).titled(status, t("upgrade-none"))
        }
        other => PageError::from(other),
    };
    problem.leading_to(format!("/orders/{token}"), t("order-back"))
}

/// Shows the contract of an upgrade before it is paid.
pub(super) async fn contract(caller: Caller, path: Path<(String, String, String)>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (token, reference, tier) = path.into_inner();
    let (ctx, _) = orders::open(services, &token).await?;
    let found = find_upgradable(&services.db, &ctx, &reference).await;
    let upgradable = found.map_err(|error| refused(error, &token))?;
    let upgrade = format!("/orders/{token}/licences/{reference}/upgrade");
    let gone = || PageError::not_found().leading_to(upgrade.clone(), t("upgrade-see"));
    let offer = words::tier(&tier).and_then(|tier| upgradable.offer(tier)).ok_or_else(gone)?;
    let facts = upgrade_contract(&services.db, &upgradable, offer, services.env.now()).await?.ok_or_else(gone)?;
    let (tier, price) = (words::tier_name(&offer.offer.terms), words::price(offer.price));
    let studio = find_studio(services, &upgradable, &token).await?;
    let contracts = services.contracts.clone();
    let contract = web::block(move || contracts.preview_html(&facts))
        .await
        .map_err(|cause| PageError::broken(&cause))?
        .map_err(|cause| PageError::broken(&cause))?;
    let titled = t("upgrade-contract-title").with("tier", &tier).with("reference", &reference);
    let chrome = Chrome::private(titled).of_shop(services, &studio, 0);
    let mut response = render(StatusCode::OK, &ContractPage { chrome, upgrade, tier, price, contract })?;
    keep_to_itself(&mut response);
    Ok(response)
}

/// Places the order of an upgrade and leads to the page where it is paid.
pub(super) async fn place(
    caller: Caller,
    path: Path<(String, String)>,
    form: web::Form<UpgradeForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (token, reference) = path.into_inner();
    let (ctx, _) = orders::open(services, &token).await?;
    let (Some(tier), Ok(currency)) = (words::tier(&form.tier), form.seen_currency.parse::<Currency>()) else {
        return Err(PageError::bad_form().leading_to(format!("/orders/{token}"), t("order-back")));
    };
    let request = PlaceUpgrade {
        reference: reference.clone(),
        tier,
        seen_price: Money::new(form.seen_minor, currency),
        ip: Some(caller.ip.to_string()).filter(|ip| !ip.is_empty()),
        user_agent: Some(caller.user_agent.to_string()).filter(|agent| !agent.is_empty()),
    };
    let order = match sales::place_upgrade(services, &ctx, &request).await {
        Ok(order) => order,
        Err(SalesError::Upgrade(refusal @ (UpgradeRefusal::PriceChanged { .. } | UpgradeRefusal::NotOffered(_)))) => {
            return page(services, &ctx, (token.as_str(), reference.as_str()), Some(refusal.into())).await;
        }
        Err(error) => return Err(refused(error, &token)),
    };
    if order.state != OrderState::AwaitingPayment {
        return Ok(see_other(&order_url(services, order.id)));
    }
    match sales::open_checkout(services, order.id).await {
        Ok(pay_url) => Ok(see_other(&pay_url)),
        // The order stands; its page opens the checkout again.
        Err(error) => Err(PageError::from(error).leading_to(order_url(services, order.id), t("cart-to-order"))),
    }
}
