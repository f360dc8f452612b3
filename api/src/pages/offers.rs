//! Offers: made on a beat's page, and haggled over by whoever holds the mailed link.

use actix_web::{HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use domain::{
    actor::Actor,
    catalog::{self, entity::beat},
    first_refusal,
    identity::entity::studio,
    licensing::{
        queries::{Offer as OnSale, effective_tiers},
        terms::TierCode,
    },
    money::Money,
    offers::{
        OfferError,
        commands::{self, Answer, Device, MakeOffer, OrderOffer},
        entity::{OfferAct, OfferSide, OfferState, offer, step},
        queries, rules,
    },
    report::Kind,
    sales::{
        self,
        commands::checkout::order_url,
        entity::{OrderState, order},
    },
    services::Services,
};

use super::{
    agreed::{AgreedPart, CountryQuery, read_seen},
    cart::{allow_paying, read_country},
    chrome::{Chrome, render, see_other},
    errors::{PageError, sentences},
    orders::keep_to_itself,
    storefront::{find_beat, find_shop},
    texts::t,
    wording::Wording,
    words,
};
use crate::Caller;

/// What is typed when an offer is made.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct OfferForm {
    email: String,
    amount: String,
    words: String,
}

/// What is done with an offer by its link.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct AnswerForm {
    act: String,
    amount: String,
    words: String,
    name: String,
    country: String,
    seen_minor: i64,
    seen_currency: String,
}

#[derive(Template)]
#[template(path = "offer_form.html")]
struct OfferFormPage {
    chrome: Chrome,
    beat: String,
    title: String,
    tier: String,
    price: String,
    contract: String,
    /// Where the form goes; empty once the offer is made.
    action: String,
    currency: String,
    /// Whether the licence is sold in other currencies too, in which no offers are taken.
    sold_otherwise: bool,
    answer_days: i32,
    form: OfferForm,
    problem: Wording,
    problem_field: &'static str,
}

/// A step as the page tells it.
struct StepView {
    said: String,
    words: String,
    when: String,
}

#[derive(Template)]
#[template(path = "offer.html")]
struct OfferPage {
    chrome: Chrome,
    title: String,
    tier: String,
    heading: String,
    said: String,
    steps: Vec<StepView>,
    currency: String,
    /// Where the forms go.
    action: String,
    may_answer: bool,
    may_withdraw: bool,
    amount: String,
    /// What can be ordered; none if nothing can.
    ordering: Option<AgreedPart>,
    form: AnswerForm,
    problem: Wording,
    /// The order that it led to; empty if there is none.
    order: String,
}

/// Where a caller sits.
pub(super) fn device(caller: &Caller) -> Device {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Device { ip: some(&caller.ip), user_agent: some(&caller.user_agent) }
}

/// The tiers of a beat that take offers.
pub(super) async fn open_tiers(services: &Services, beat: &beat::Model) -> Result<Vec<TierCode>, PageError> {
    Ok(queries::taken_for(&services.db, beat.studio_id, beat.id).await?.into_keys().collect())
}

/// What a form of an offer is about.
struct Subject {
    studio: studio::Model,
    beat: beat::Model,
    on_sale: OnSale,
    answer_days: i32,
}

/// The tier that an address names, if it is on sale and takes offers.
async fn subject(services: &Services, (shop, slug, tier): &(String, String, String)) -> Result<Subject, PageError> {
    let studio = find_shop(services, shop).await?;
    let beat = find_beat(services, &studio, slug).await?;
    let back = || format!("{}/{}", services.shop_url(&studio), beat.slug);
    let code = words::tier(tier).ok_or_else(|| PageError::not_found().leading_to(back(), t("offer-see-beat")))?;
    let refused = |error: OfferError| PageError::from(error).leading_to(back(), t("offer-see-beat"));
    let offers = effective_tiers(&services.db, studio.id, &[beat.id]).await?.remove(&beat.id).unwrap_or_default();
    let on_sale = offers.into_iter().find(|offer| offer.terms.tier == code);
    let taken = queries::taken_for(&services.db, studio.id, beat.id).await?.remove(&code);
    let (Some(on_sale), Some(taken)) = (on_sale, taken) else { return Err(refused(OfferError::NotTaken(code))) };
    Ok(Subject { on_sale, answer_days: taken.answer_days, studio, beat })
}

fn form_page(services: &Services, subject: &Subject, form: OfferForm, problem: Option<&PageError>) -> OfferFormPage {
    let href = format!("{}/{}", services.shop_url(&subject.studio), subject.beat.slug);
    let code = subject.on_sale.terms.tier.word();
    // In the one currency in which offers are taken, whatever the visitor's cart is in.
    let currency = subject.on_sale.price.currency.code();
    OfferFormPage {
        chrome: Chrome::private(t("offer-form-title").with("title", &subject.beat.title)).of_shop(
            services,
            &subject.studio,
            0,
        ),
        title: subject.beat.title.clone(),
        tier: words::tier_name(&subject.on_sale.terms),
        price: words::price(subject.on_sale.price),
        contract: format!("{href}/{code}/contract?currency={currency}"),
        action: format!("{href}/{code}/offer"),
        beat: href,
        currency: currency.to_owned(),
        sold_otherwise: subject.on_sale.prices.len() > 1,
        answer_days: subject.answer_days,
        form,
        problem: problem.map(sentences).unwrap_or_default(),
        problem_field: match problem.and_then(|problem| problem.report().field.as_deref()) {
            Some("email") => "email",
            Some("amount") => "amount",
            Some("words") => "words",
            _ => "",
        },
    }
}

/// Asks what the visitor would pay.
pub(super) async fn ask(caller: Caller, path: web::Path<(String, String, String)>) -> Result<HttpResponse, PageError> {
    let subject = subject(&caller.services, &path).await?;
    render(StatusCode::OK, &form_page(&caller.services, &subject, OfferForm::default(), None))
}

/// Makes an offer. The answer is the same for every amount that can be one.
pub(super) async fn make(
    caller: Caller,
    path: web::Path<(String, String, String)>,
    form: web::Form<OfferForm>,
) -> Result<HttpResponse, PageError> {
    let (services, form) = (&caller.services, form.into_inner());
    let subject = subject(services, &path).await?;
    let made = match rules::read_amount(&form.amount, subject.on_sale.price.currency) {
        Ok(amount) => {
            let request = MakeOffer {
                beat: subject.beat.id,
                tier: subject.on_sale.terms.tier,
                email: form.email.clone(),
                amount,
                words: form.words.clone(),
                device: device(&caller),
            };
            commands::make_offer(services, &caller.ctx, subject.studio.id, &request).await.map(drop)
        }
        Err(fault) => Err(fault.into()),
    };
    match made {
        Ok(()) => {
            let page = OfferFormPage { action: String::new(), ..form_page(services, &subject, form, None) };
            render(StatusCode::OK, &page)
        }
        Err(error) => {
            let problem = PageError::from(error);
            match problem.report().kind {
                Kind::Invalid | Kind::Conflict | Kind::TooMany => {
                    render(problem.status_code(), &form_page(services, &subject, form, Some(&problem)))
                }
                _ => Err(problem),
            }
        }
    }
}

/// Shows an offer to whoever holds its link.
pub(super) async fn show(
    caller: Caller,
    token: web::Path<String>,
    chosen: web::Query<CountryQuery>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let offer = queries::find_by_link(&services.db, &services.links, &token, services.env.now()).await?;
    let form = AnswerForm { country: chosen.into_inner().country, ..AnswerForm::default() };
    page(services, &offer, &token, form, None).await
}

/// Does what the buyer has decided. Looking at the page decides nothing, for mail programs look at links by themselves.
pub(super) async fn answer(
    caller: Caller,
    token: web::Path<String>,
    form: web::Form<AnswerForm>,
) -> Result<HttpResponse, PageError> {
    let (services, form) = (&caller.services, form.into_inner());
    let offer = queries::find_by_link(&services.db, &services.links, &token, services.env.now()).await?;
    let done = if form.act == "order" {
        order(&caller, &offer, &form).await
    } else {
        reply(&caller, &offer, &form).await.map(|()| format!("/offers/{token}"))
    };
    match done {
        Ok(next) => Ok(see_other(&next)),
        Err(problem) if matches!(problem.report().kind, Kind::Invalid | Kind::Conflict) => {
            let offer = queries::find_by_link(&services.db, &services.links, &token, services.env.now()).await?;
            page(services, &offer, &token, form, Some(&problem)).await
        }
        Err(problem) => Err(problem.leading_to(format!("/offers/{token}"), t("offer-back"))),
    }
}

async fn reply(caller: &Caller, offer: &offer::Model, form: &AnswerForm) -> Result<(), PageError> {
    let answer = match form.act.as_str() {
        "accept" => Answer::Accept,
        "decline" => Answer::Decline(&form.words),
        "counter" => {
            let amount = rules::read_amount(&form.amount, offer.currency).map_err(OfferError::from)?;
            Answer::Counter(amount, &form.words)
        }
        _ => return Err(PageError::bad_form()),
    };
    let tx = caller.services.begin().await?;
    commands::answer_as_buyer(&tx, &caller.ctx, offer.id, answer, device(caller)).await?;
    Ok(caller.services.commit(tx).await?)
}

/// Places the order and leads to the page where it is paid.
async fn order(caller: &Caller, offer: &offer::Model, form: &AnswerForm) -> Result<String, PageError> {
    let services = &caller.services;
    let country = read_country(&form.country)?;
    let seen_total = read_seen(form.seen_minor, &form.seen_currency)?;
    let request = OrderOffer { buyer_name: form.name.clone(), country, seen_total, device: device(caller) };
    let order = commands::order_offer(services, &caller.ctx, offer.id, &request).await?;
    let back = order_url(services, order.id);
    // The order stands; its page opens the checkout again.
    sales::open_checkout(services, order.id)
        .await
        .map_err(|error| PageError::from(error).leading_to(back, t("cart-to-order")))
}

async fn page(
    services: &Services,
    offer: &offer::Model,
    token: &str,
    form: AnswerForm,
    problem: Option<&PageError>,
) -> Result<HttpResponse, PageError> {
    let studio = catalog::find_shop(&services.db, offer.studio_id).await?.ok_or_else(PageError::not_found)?;
    let steps = queries::steps_of_offers(&services.db, &[offer.id]).await?.remove(&offer.id).unwrap_or_default();
    let now = services.env.now();
    let in_time = now < offer.expires_at;
    let order = match offer.order_id {
        Some(order) => sales::queries::find_order(&services.db, &services.ctx(Actor::System), order).await?,
        None => None,
    };
    let came_to_nothing = |order: &order::Model| matches!(order.state, OrderState::Expired | OrderState::Refunded);
    let is_unordered = order.as_ref().is_none_or(came_to_nothing);
    let may_order = offer.state == OfferState::Accepted && in_time && is_unordered;
    let (heading, mut said) = describe(offer, &studio.name, in_time, is_unordered);
    let wish = (&offer.terms, offer.amount());
    let held = first_refusal::queries::held_until(&services.db, (offer.studio_id, offer.work_id), wish, now).await?;
    if let Some(until) = held.filter(|_| may_order) {
        said = format!("{said} {}", t("offer-held").with("until", &words::moment(until)));
    }
    let action = format!("/offers/{token}");
    let ordering = if may_order {
        let chosen = (form.name.clone(), read_country(&form.country).unwrap_or_default());
        Some(AgreedPart::new(services, offer.agreed(), (action.clone(), &offer.buyer_email), chosen).await?)
    } else {
        None
    };
    let chrome =
        Chrome::private(t("offer-title").with("title", &offer.beat_title)).of_studio(services, &studio).await?;
    let view = OfferPage {
        chrome,
        title: offer.beat_title.clone(),
        tier: words::tier_name(&offer.terms),
        heading,
        said,
        steps: steps.iter().map(|step| view_step(step, offer)).collect(),
        currency: offer.currency.code().to_owned(),
        action,
        may_answer: offer.state == OfferState::Countered && in_time,
        may_withdraw: offer.state == OfferState::Open && in_time,
        amount: words::amount(offer.amount()),
        ordering,
        form,
        problem: problem.map(sentences).unwrap_or_default(),
        order: order.filter(|_| !is_unordered).map_or_else(String::new, |order| order_url(services, order.id)),
    };
    let mut response = render(problem.map_or(StatusCode::OK, ResponseError::status_code), &view)?;
    allow_paying(&mut response);
    keep_to_itself(&mut response);
    Ok(response)
}

fn view_step(step: &step::Model, offer: &offer::Model) -> StepView {
    let amount = step.amount_minor.map(|minor| words::amount(Money::new(minor, offer.currency))).unwrap_or_default();
    let is_own = step.side == OfferSide::Buyer;
    let said = match step.act {
        OfferAct::Offered if is_own => t("offer-step-offered").with("amount", &amount),
        OfferAct::Offered => t("offer-step-asked").with("amount", &amount),
        OfferAct::Accepted if is_own => t("offer-step-accepted"),
        OfferAct::Accepted => t("offer-step-studio-accepted"),
        OfferAct::Declined if is_own => t("offer-step-declined"),
        // The studio's minimum is nobody's business: what the house declines the studio has declined.
        OfferAct::Declined => t("offer-step-studio-declined"),
        OfferAct::Withdrawn => t("offer-step-withdrawn"),
        OfferAct::Sold => t("offer-step-sold"),
        OfferAct::Bought => t("offer-step-bought"),
        OfferAct::Expired => t("offer-step-expired"),
    };
    StepView { said: said.into(), words: step.words.clone().unwrap_or_default(), when: words::moment(step.at) }
}

/// How an offer stands: a heading and a sentence.
fn describe(offer: &offer::Model, studio: &str, in_time: bool, is_unordered: bool) -> (String, String) {
    let amount = words::amount(Money::new(offer.amount_minor, offer.currency));
    let until = words::moment(offer.expires_at);
    let over = || (t("offer-over"), t("offer-over-said"));
    let (heading, said) = match offer.state {
        OfferState::Accepted if !is_unordered => (t("offer-ordered"), t("offer-ordered-said")),
        OfferState::Open | OfferState::Countered | OfferState::Accepted if !in_time => over(),
        OfferState::Open => (t("offer-open"), t("offer-open-said").with("studio", studio).with("until", &until)),
        OfferState::Countered => (
            t("offer-countered").with("studio", studio).with("amount", &amount),
            t("offer-countered-said").with("until", &until),
        ),
        OfferState::Accepted => {
            (t("offer-accepted").with("amount", &amount), t("offer-accepted-said").with("until", &until))
        }
        OfferState::Bought => (t("offer-bought"), t("offer-bought-said")),
        OfferState::Declined => (t("offer-declined"), t("offer-declined-said")),
        OfferState::Withdrawn => (t("offer-withdrawn"), t("offer-withdrawn-said")),
        OfferState::Expired => over(),
    };
    (heading.into(), said.into())
}
