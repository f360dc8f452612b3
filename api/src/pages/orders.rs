//! An order's page, for whoever holds its link: pay, wait, download, tell where the songs are online.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
    web,
};
use askama::Template;
use domain::{
    actor::{Actor, Ctx},
    booking::queries::{booking_of_order, booking_url},
    catalog,
    delivery::{self, entity::DeliverableKind, queries::DeliverableFile},
    identity::entity::studio,
    ids::{LicenceId, OrderId, OrderLineId},
    licensing::{
        channels::channels_of_licences,
        entity::channel,
        queries::licences_of_orders,
        upgrades::{predecessors, restored, successors},
        usage::meters_of_licences,
    },
    links::Purpose,
    money::{Currency, Money},
    policy::STUDIO_CLOSED,
    pricing::{
        queries::{OrderFacts, facts_of_lines},
        rules::DiscountName,
    },
    sales::{
        self, Settled,
        entity::{OrderState, order, order_line},
        rules::{money_back::Entitlement, paying::PayWindow},
    },
    services::Services,
};

use super::{
    cart::allow_paying,
    chrome::{Chrome, render, see_other},
    cover,
    errors::{PageError, sentence, sentences},
    meter::{Facts, MeterPart, RefusedUsage},
    texts::t,
    wording::Wording,
    words,
};
use crate::Caller;

/// How often a page that waits loads itself again, in seconds.
const RELOAD_S: u32 = 3;

struct FileView {
    name: String,
    kind: String,
    /// Where it is downloaded; empty until it is ready.
    href: String,
    size: String,
    sha256: String,
}

struct ChannelView {
    id: String,
    url: String,
}

struct LineView {
    title: String,
    tier: String,
    /// The price on the list.
    list: String,
    cover: String,
    /// The licence's reference, once granted.
    reference: String,
    files: Vec<FileView>,
    /// What the addresses of the licence's pages begin with; empty if it has none.
    licence: String,
    /// Where the song is online.
    channels: Vec<ChannelView>,
    /// An address that was refused, as it was typed, and why; empty if none was.
    typed: String,
    problem: Wording,
    /// What the song has come to, and how the licence is upgraded; none if it has no pages.
    meter: Option<MeterPart>,
}

/// An address that a licence does not take.
pub(super) struct RefusedChannel {
    pub(super) reference: String,
    pub(super) typed: String,
    pub(super) problem: PageError,
}

/// What was typed on an order's page and is not taken.
#[derive(Clone, Copy, Default)]
pub(super) struct Refused<'a> {
    pub(super) channel: Option<&'a RefusedChannel>,
    pub(super) usage: Option<&'a RefusedUsage>,
}

impl Refused<'_> {
    fn problem(&self) -> Option<&PageError> {
        let of_channel = self.channel.map(|refused| &refused.problem);
        of_channel.or_else(|| self.usage.map(|refused| &refused.problem))
    }
}

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    chrome: Chrome,
    reference: String,
    state: &'static str,
    heading: String,
    said: Wording,
    lines: Vec<LineView>,
    /// What was taken off, by name.
    discounts: Vec<(String, String)>,
    /// The tax, by name; both empty if there is none.
    tax_name: String,
    tax: String,
    total: String,
    /// What was collected and what of it was given back; both empty if nothing was.
    paid: String,
    given_back: String,
    /// Where the receipt is; empty if there is none.
    receipt: String,
    buyer: String,
    email: String,
    placed: String,
    pay: String,
    ready: usize,
    owed: usize,
    /// Where the page is loaded again.
    own: String,
    /// Whether addresses and counts can be typed: a page that loads itself again would lose them.
    takes_channels: bool,
}

/// The order that a token opens, for its buyer.
pub(super) async fn open(services: &Services, token: &str) -> Result<(Ctx, order::Model), PageError> {
    let id: OrderId = services.links.open(Purpose::Order, token, services.env.now()).map_err(PageError::bad_link)?;
    let ctx = services.ctx(Actor::Buyer { order: id });
    let order = sales::queries::find_order(&services.db, &ctx, id).await?.ok_or_else(PageError::not_found)?;
    Ok((ctx, order))
}

/// Shows an order. One that awaits its payment is settled on the way: the buyer may be back before the gateway's event is here.
pub(super) async fn show(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (ctx, mut order) = open(services, &token).await?;
    if let Some(booking) = booking_of_order(&services.db, order.id).await? {
        // Who comes back from paying a deposit sees what they have booked; that page settles it.
        return Ok(see_other(&booking_url(services, booking)));
    }
    let mut settled = None;
    if order.state == OrderState::AwaitingPayment {
        match sales::settle_order(services, order.id).await {
            Ok(came_to) => (settled, order) = (Some(came_to), open(services, &token).await?.1),
            // The page shows what is known; the order's own job asks again.
            Err(error) => {
                let causes = crate::errors::chain(&error);
                tracing::warn!(order = %order.id, causes, "an order could not be settled by its page");
            }
        }
    }
    page(services, &ctx, &order, &token, (settled, Refused::default())).await
}

/// The page of an order, with what settling it has just come to, if it was settled, and what was refused of what was typed.
pub(super) async fn page(
    services: &Services,
    ctx: &Ctx,
    order: &order::Model,
    token: &str,
    (settled, refused): (Option<Settled>, Refused<'_>),
) -> Result<HttpResponse, PageError> {
    let studio = catalog::find_shop(&services.db, order.studio_id).await?;
    let studio = studio.ok_or_else(PageError::not_found)?;
    let status = refused.problem().map_or(StatusCode::OK, ResponseError::status_code);
    let page = view(services, ctx, &studio, order, token, (settled, refused)).await?;
    let mut response = render(status, &page)?;
    allow_paying(&mut response);
    keep_to_itself(&mut response);
    Ok(response)
}

/// For pages whose address is the key to the files: nobody keeps them, and no other site is told of it.
pub(super) fn keep_to_itself(response: &mut HttpResponse) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("same-origin"));
}

async fn chrome(services: &Services, studio: &studio::Model, order: &order::Model) -> Result<Chrome, PageError> {
    let chrome =
        Chrome::private(t("order-title").with("reference", &order.reference)).of_studio(services, studio).await?;
    Ok(chrome.with_island("progress").with_island("download").with_island("checkout"))
}

async fn view(
    services: &Services,
    ctx: &Ctx,
    studio: &studio::Model,
    order: &order::Model,
    token: &str,
    (settled, refused): (Option<Settled>, Refused<'_>),
) -> Result<OrderPage, PageError> {
    let lines = sales::queries::lines_of_order(&services.db, order.id).await?;
    let licences = licences_of_orders(&services.db, &[order.id]).await?.remove(&order.id).unwrap_or_default();
    let mut files = delivery::queries::list_of_order(&services.db, ctx, order).await?;
    files.sort_by_key(|file| file.deliverable.kind);
    let (ready, owed) = (files.iter().filter(|file| file.deliverable.ready_at.is_some()).count(), files.len());
    let entitled = sales::entitlements::entitlement(&services.db, order).await?;
    let fetchable = delivery::rules::access(entitled).is_ok();
    let ids: Vec<LicenceId> = licences.iter().map(|licence| licence.id).collect();
    let mut channels = channels_of_licences(&services.db, &ids).await?;
    let mut meters = meters_of_licences(&services.db, &licences).await?;
    let (mut before, mut after) = (predecessors(&services.db, &ids).await?, successors(&services.db, &ids).await?);
    let window = sales::queries::pay_window(&services.db, order).await?;
    let line_ids: Vec<OrderLineId> = lines.iter().map(|line| line.id).collect();
    let of_lines = facts_of_lines(&services.db, &line_ids).await?;
    let facts = OrderFacts::of(line_ids.iter().filter_map(|line| of_lines.get(line)));
    let money = |minor| Money::new(minor, order.currency);
    let (tax_name, tax) = words::tax(facts.tax.as_ref(), money(facts.tax_minor));
    let back = sales::receipt::given_back(&services.db, order).await?;
    let own = sales::entitlements::own_entitlement(&services.db, order).await?;
    let chrome = chrome(services, studio, order).await?;
    // A closed studio has no shop.
    let is_open = chrome.shop.is_some();
    // Without lines it pays what was agreed upon before.
    let (is_unpaid, is_payable) = (awaits_payment(order, settled), is_open || lines.is_empty());
    let (state, mut heading, mut said, waits) = describe(order, (settled, (entitled, own), window), ready, owed);
    if is_unpaid && !is_payable {
        heading = "order-shut";
        said = t("order-shut-said").into();
    }
    if entitled == Entitlement::Revoked
        && let Some(earlier) = restored(&services.db, order.id).await?
    {
        said = said.then(t("order-holds-again").with("reference", &earlier.reference).into());
    }
    let reload_s = (waits && refused.problem().is_none()).then_some(RELOAD_S);
    let view_line = |line: order_line::Model| {
        let licence = licences.iter().find(|licence| licence.order_line_id == line.id);
        let reference = licence.map_or_else(String::new, |licence| licence.reference.clone());
        let typed = refused.channel.filter(|refused| refused.reference == reference);
        let own = files.iter().filter(|file| licence.is_some_and(|licence| file.deliverable.licence_id == licence.id));
        let address = match licence {
            Some(licence) if fetchable => format!("/orders/{token}/licences/{}", licence.reference),
            _ => String::new(),
        };
        let meter = licence.filter(|_| fetchable).map(|licence| {
            let facts = Facts {
                meters: meters.remove(&licence.id).unwrap_or_default(),
                replaces: before.remove(&licence.id),
                superseded_by: after.remove(&licence.id),
                is_open,
            };
            MeterPart::new(services, licence, facts, address.clone(), refused.usage)
        });
        LineView {
            title: line.beat_title,
            tier: words::tier_name(&line.terms),
            // What is taken off and comes on top stands below.
            list: words::price(money(
                of_lines.get(&line.id).map_or(line.price_minor, |of| of.list_minor(line.price_minor)),
            )),
            cover: cover::svg(line.beat_id),
            files: own.map(|file| view_file(services, file, fetchable)).collect(),
            licence: address,
            meter,
            channels: licence
                .and_then(|licence| channels.remove(&licence.id))
                .unwrap_or_default()
                .into_iter()
                .map(|row: channel::Model| ChannelView { id: row.id.to_string(), url: row.url })
                .collect(),
            typed: typed.map_or_else(String::new, |refused| refused.typed.clone()),
            problem: typed.map(|refused| sentences(&refused.problem)).unwrap_or_default(),
            reference,
        }
    };
    Ok(OrderPage {
        chrome: chrome.looking_after(reload_s),
        reference: order.reference.clone(),
        state,
        heading: t(heading).into(),
        said,
        lines: lines.into_iter().map(view_line).collect(),
        discounts: discounts(&facts, order.currency),
        tax_name,
        tax,
        total: words::amount(Money::new(order.total_minor, order.currency)),
        paid: back.map_or_else(String::new, |back| words::amount(back.collected)),
        given_back: back.map_or_else(String::new, |back| words::amount(back.gone)),
        receipt: match order.state {
            OrderState::Paid | OrderState::Delivered => format!("/orders/{token}/receipt.pdf"),
            OrderState::AwaitingPayment | OrderState::Expired | OrderState::Refunded => String::new(),
        },
        buyer: order.buyer_name.clone(),
        email: order.buyer_email.to_string(),
        placed: words::day(order.placed_at),
        pay: if is_unpaid && is_payable { format!("/orders/{token}/pay") } else { String::new() },
        ready,
        owed,
        own: format!("/orders/{token}"),
        takes_channels: reload_s.is_none(),
    })
}

/// What was taken off, by name.
fn discounts(facts: &OrderFacts, currency: Currency) -> Vec<(String, String)> {
    let discount =
        |(name, minor): &(DiscountName, i64)| (words::discount(name), words::amount(Money::new(*minor, currency)));
    facts.discounts.iter().map(discount).collect()
}

/// Whether the buyer has still to do their part.
fn awaits_payment(order: &order::Model, settled: Option<Settled>) -> bool {
    let is_done = matches!(settled, Some(Settled::Processing | Settled::Capturing | Settled::Queued));
    order.state == OrderState::AwaitingPayment && !is_done
}

/// An order's state as its page says it: a word for the style, the key of a heading, a sentence, and whether the page waits for something. What may be done
/// with it comes with what might be by what was paid for it alone: an upgrade stands on what was paid before it, too.
fn describe(
    order: &order::Model,
    (settled, (entitled, own), window): (Option<Settled>, (Entitlement, Entitlement), PayWindow),
    ready: usize,
    owed: usize,
) -> (&'static str, &'static str, Wording, bool) {
    let closed = |otherwise: &'static str| match &order.closed_reason {
        Some(reason) => Wording::english(sentence(reason)),
        None => Wording::own(sentence(&t(otherwise).to_string())),
    };
    match entitled {
        Entitlement::Suspended if own == Entitlement::Stands => {
            return ("closed", "order-earlier-disputed", t("order-earlier-disputed-said").into(), false);
        }
        Entitlement::Suspended => {
            return ("closed", "order-disputed", t("order-disputed-said").into(), false);
        }
        Entitlement::Revoked if own != Entitlement::Revoked => {
            return ("closed", "order-upgrade-ended", t("order-upgrade-ended-said").into(), false);
        }
        Entitlement::Revoked if order.state != OrderState::Refunded => {
            return ("closed", "order-returned", t("order-returned-said").into(), false);
        }
        Entitlement::Stands | Entitlement::Unpaid | Entitlement::Revoked => {}
    }
    match order.state {
        OrderState::AwaitingPayment if settled == Some(Settled::Processing) => {
            let said = t("order-processing-said").with("email", &order.buyer_email.to_string()).into();
            ("waiting", "order-processing", said, false)
        }
        OrderState::AwaitingPayment if settled == Some(Settled::Queued) => {
            ("waiting", "order-nearly-done", t("order-queued-said").into(), true)
        }
        OrderState::AwaitingPayment if settled == Some(Settled::Capturing) => {
            ("waiting", "order-nearly-done", t("order-capturing-said").into(), true)
        }
        OrderState::AwaitingPayment if matches!(window, PayWindow::Again { .. }) => {
            let until = words::moment(window.payable_until(order.pay_url.is_some()));
            ("waiting", "order-pay-again", t("order-pay-again-said").with("until", &until).into(), true)
        }
        OrderState::AwaitingPayment => ("waiting", "order-awaiting", t("order-awaiting-said").into(), true),
        OrderState::Paid => {
            let said = t("order-making-said").with("ready", &ready).with("owed", &owed).into();
            ("making", "order-making", said, true)
        }
        OrderState::Delivered => {
            let said = t("order-ready-said").with("email", &order.buyer_email.to_string()).into();
            ("ready", "order-ready", said, false)
        }
        OrderState::Expired => ("closed", "order-unpaid", closed("order-unpaid-why"), false),
        OrderState::Refunded => ("closed", "order-refunded", closed("order-refunded-why"), false),
    }
}

fn view_file(services: &Services, file: &DeliverableFile, fetchable: bool) -> FileView {
    let row = &file.deliverable;
    let expires_at = delivery::rules::download_link_expiry(services.env.now());
    let href = || {
        let token = services.links.token(Purpose::Download, row.id, Some(expires_at));
        let mut url = url::Url::parse("http://x/d").ok()?;
        url.path_segments_mut().ok()?.push(&token).push(&row.file_name);
        Some(url.path().to_owned())
    };
    let is_ready = row.ready_at.is_some() && fetchable;
    let kind = match row.kind {
        DeliverableKind::Contract => "order-contract",
        DeliverableKind::Mp3 => "order-mp3",
        DeliverableKind::Wav => "order-wav",
        DeliverableKind::Stems => "order-stems",
    };
    FileView {
        name: row.file_name.clone(),
        kind: t(kind).into(),
        href: if is_ready { href().unwrap_or_default() } else { String::new() },
        size: file.asset.as_ref().map_or_else(String::new, |asset| words::size(asset.bytes)),
        sha256: file.asset.as_ref().map_or_else(String::new, |asset| asset.sha256.to_string()),
    }
}

/// Leads to the page where the order is paid.
pub(super) async fn pay(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (_, order) = open(services, &token).await?;
    if order.state != OrderState::AwaitingPayment {
        return Ok(see_other(&format!("/orders/{token}")));
    }
    let back = format!("/orders/{token}");
    let url = sales::open_checkout(services, order.id).await.map_err(|error| {
        let refused = PageError::from(error).leading_to(back, t("order-back"));
        let is_shut = refused.report().code == STUDIO_CLOSED;
        if is_shut { refused.advising(t("order-shut-remedy")) } else { refused }
    })?;
    Ok(see_other(&url))
}
