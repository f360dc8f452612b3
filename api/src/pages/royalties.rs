//! A payee's portal: their royalty statements, what each amount is made of down to the single line, and what they say to a line. Opened by a signed link whose
//! time ends, and which the studio can revoke; it shows what is the payee's own, and of a line nobody else's part.

mod figures;
mod income;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, ServiceConfig},
};
use askama::Template;
use domain::{
    actor::Actor,
    catalog,
    ids::{AssetId, PayeeStatementId, StatementImportId},
    links::LinkError,
    money::{Currency, Money},
    report::Explain,
    royalties::{
        RoyaltyError,
        commands::payees::{NewDispute, note_seen, open_dispute},
        entity::{ChargeKind, LineDisputeState, WaitsFor, activity, charge, payee, portal_link},
        queries::payees::{
            AccountView, Behind, Listed, PayeeLine, StatementView, enter_portal, find_portal, lines_of_subject,
            statement_in_portal,
        },
        rules::{Channel, Exact, Kind, Subject},
    },
};

use super::{
    chrome::{Chrome, render, see_other},
    errors::PageError,
    orders::keep_to_itself,
    texts::t,
    words,
};
use crate::{
    Caller,
    edge::look,
    rest::stored::{StoredFile, serve_stored},
};
use figures::{exact, month, period, units};
use income::IncomeView;

/// The most titles of an account on one page; the table has all of them.
const MOST_TITLES: usize = 500;

/// The most payments that are listed.
const MOST_PAYMENTS: usize = 100;

pub(super) fn configure(app: &mut ServiceConfig) {
    app.route("/royalties/{token}", look().to(list))
        .route("/royalties/{token}/{statement}", look().to(statement))
        .route("/royalties/{token}/{statement}/statement.pdf", look().to(pdf))
        .route("/royalties/{token}/{statement}/statement.csv", look().to(csv))
        .route("/royalties/{token}/{statement}/dispute", web::post().to(dispute))
        .route("/royalties/{token}/{statement}/{subject}", look().to(lines));
}

#[derive(Template)]
#[template(path = "royalties.html")]
struct PortalPage {
    chrome: Chrome,
    payee: String,
    studio: String,
    incomes: Vec<IncomeView>,
    statements: Vec<ListedView>,
    payments: Vec<(String, String)>,
    /// Where the money goes, or what is missing for that.
    route: String,
}

struct ListedView {
    period: String,
    reference: String,
    href: String,
    earned: String,
    balance: String,
    due: String,
    /// Why nothing is paid out; empty if something is.
    waits: String,
}

#[derive(Template)]
#[template(path = "royalties_statement.html")]
struct StatementPage {
    chrome: Chrome,
    period: String,
    reference: String,
    balance: String,
    due: String,
    /// Why nothing is paid out; empty if something is.
    waits: String,
    accounts: Vec<AccountPage>,
    /// Where the files are; empty while they are being made.
    pdf: String,
    csv: String,
    back: String,
}

struct AccountPage {
    name: String,
    steps: Vec<(String, String)>,
    closing: String,
    /// What is still to be recouped; empty if nothing is.
    unrecouped: String,
    titles: Vec<TitleView>,
    /// How many more titles there are.
    more: usize,
    charges: Vec<(String, String)>,
    reserves: Vec<(String, String)>,
}

struct TitleView {
    title: String,
    /// Where its lines are; empty of several together.
    href: String,
    kind: String,
    units: String,
    amount: String,
}

#[derive(Template)]
#[template(path = "royalties_lines.html")]
struct LinesPage {
    chrome: Chrome,
    period: String,
    title: String,
    studio: String,
    lines: Vec<LineView>,
    /// Where the next page is; empty at the end.
    next: String,
    has_carried: bool,
    /// Where the forms go.
    action: String,
    subject: String,
    /// Behind which line this page begins; empty of the first.
    behind: String,
    back: String,
}

struct LineView {
    id: String,
    import: String,
    offset: u64,
    when: String,
    /// How, by whom and where it was used.
    facts: String,
    received: String,
    part: String,
    /// What the payee has said, what has come of it, and what the studio has answered; empty if nothing.
    said: String,
    state: String,
    answer: String,
}

/// What is said to a line.
#[derive(Debug, Clone, serde::Deserialize)]
pub(super) struct DisputeForm {
    subject: String,
    #[serde(default)]
    behind: String,
    import: String,
    offset: u64,
    words: String,
}

/// Where a page of lines begins.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct LinesQuery {
    behind: String,
}

fn refused(error: RoyaltyError) -> PageError {
    match error {
        RoyaltyError::Link(LinkError::Expired) => {
            PageError::new(error.explain()).titled(StatusCode::GONE, t("errors-link-expired"))
        }
        RoyaltyError::Link(cause) => PageError::bad_link(cause),
        other => other.into(),
    }
}

/// Behind which line a page begins that an address or a form asks for; none of the first.
fn behind(text: &str) -> Result<Option<Behind>, RoyaltyError> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

/// Where the lines of a title are that begin behind one of them.
fn lines_from(statement: &str, subject: &Subject, behind: Option<Behind>) -> String {
    let query = behind.map_or_else(String::new, |behind| format!("?behind={behind}"));
    format!("{statement}/{subject}{query}")
}

/// What a line is called on its page.
fn line_id(import: StatementImportId, offset: u64) -> String {
    format!("line-{import}-{offset}")
}

async fn enter(caller: &Caller, token: &str) -> Result<portal_link::Model, PageError> {
    let services = &caller.services;
    enter_portal(&services.db, &services.links, token, services.env.now()).await.map_err(refused)
}

/// A statement that the holder of the link may see.
async fn open(caller: &Caller, token: &str, statement: &str) -> Result<(portal_link::Model, StatementView), PageError> {
    let link = enter(caller, token).await?;
    let id: PayeeStatementId = statement.parse().map_err(|_| PageError::not_found())?;
    let view = statement_in_portal(&caller.services.db, &link, id).await?.ok_or_else(PageError::not_found)?;
    Ok((link, view))
}

fn shown(page: &impl Template) -> Result<HttpResponse, PageError> {
    let mut response = render(StatusCode::OK, page)?;
    keep_to_itself(&mut response);
    Ok(response)
}

/// Shows the payee's statements.
pub(super) async fn list(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let link = enter(&caller, &token).await?;
    let portal = find_portal(&caller.services.db, caller.services.gateway.name(), &link)
        .await?
        .ok_or_else(PageError::not_found)?;
    let incomes = income::of(&portal)?;
    let route = income::route(&portal);
    let payment =
        |row: &charge::Model| (words::date(row.on_date), words::amount(Money::new(row.amount_minor, row.currency)));
    let payments = portal.payments.iter().take(MOST_PAYMENTS).map(payment).collect();
    let listed = |row: Listed| {
        let amount = |minor| words::amount(Money::new(minor, row.run.currency));
        ListedView {
            period: period(&row.run),
            href: format!("/royalties/{token}/{}", row.statement.id),
            balance: amount(row.payee.balance_minor),
            due: amount(row.payee.due_minor),
            earned: exact(row.earned, row.run.currency),
            waits: waits(&row.payee),
            reference: row.statement.reference,
        }
    };
    shown(&PortalPage {
        chrome: Chrome::private(t("royalties-from").with("studio", &portal.studio.name)).of_sender(&portal.studio.name),
        payee: portal.party.name,
        studio: portal.studio.name,
        statements: portal.statements.into_iter().map(listed).collect(),
        incomes,
        payments,
        route,
    })
}

/// Shows a statement, and keeps when it was first opened.
pub(super) async fn statement(caller: Caller, path: web::Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let (token, id) = path.into_inner();
    let services = &caller.services;
    let (_, view) = open(&caller, &token, &id).await?;
    let studio = catalog::find_shop(&services.db, view.run.studio_id).await?.ok_or_else(PageError::not_found)?;
    if view.statement.seen_at.is_none() {
        let tx = services.begin().await?;
        note_seen(&tx, &services.ctx(Actor::Anonymous), view.statement.id).await?;
        services.commit(tx).await?;
    }
    let here = format!("/royalties/{token}/{}", view.statement.id);
    let amount = |minor| words::amount(Money::new(minor, view.run.currency));
    let accounts = view.accounts.iter().map(|of| account(&view, of, &here)).collect::<Result<_, _>>()?;
    let file = |asset: Option<AssetId>, name: &str| asset.map_or_else(String::new, |_| format!("{here}/{name}"));
    shown(&StatementPage {
        chrome: Chrome::private(t("royalties-statement").with("reference", &view.statement.reference))
            .of_sender(&studio.name),
        period: period(&view.run),
        reference: view.statement.reference.clone(),
        balance: amount(view.payee.balance_minor),
        due: amount(view.payee.due_minor),
        waits: waits(&view.payee),
        accounts,
        pdf: file(view.statement.pdf_asset_id, "statement.pdf"),
        csv: file(view.statement.csv_asset_id, "statement.csv"),
        back: format!("/royalties/{token}"),
    })
}

fn waits(payee: &payee::Model) -> String {
    match payee.waits_for {
        None => String::new(),
        Some(WaitsFor::Nothing) => t("royalties-waits-nothing").into(),
        Some(WaitsFor::Minimum) => t("royalties-waits-minimum").into(),
        Some(WaitsFor::Hold) => {
            t("royalties-waits-hold").with("reason", payee.reason.as_deref().unwrap_or_default()).into()
        }
    }
}

fn account(view: &StatementView, of: &AccountView, here: &str) -> Result<AccountPage, RoyaltyError> {
    let (row, currency) = (&of.account, view.run.currency);
    let minor = |minor: i64| Exact::of_minor(minor, currency);
    let amount = |minor| words::amount(Money::new(minor, currency));
    let mut steps = vec![(t("royalties-step-opening").to_string(), amount(row.opening_minor))];
    for (key, step) in [
        ("royalties-step-paid", minor(-of.paid_minor()?)),
        ("royalties-step-earned", row.activity),
        ("royalties-step-held", minor(-row.held_minor)),
        ("royalties-step-released", minor(row.released_minor)),
        ("royalties-step-adjusted", of.adjusted(currency)?),
        ("royalties-step-costs", minor(-row.costs_minor)),
        ("royalties-step-tax", minor(-row.tax_minor)),
        ("royalties-step-advances", minor(-row.advances_minor)),
    ] {
        if step != Exact::ZERO {
            steps.push((t(key).into(), exact(step, currency)));
        }
    }
    let charges = of.charges.iter().filter(|charge| charge.kind != ChargeKind::Payment);
    let charges = charges.map(|charge| (charged(charge), amount(charge.amount_minor)));
    let reserves = of.reserves.iter().map(|held| (words::date(held.release_on), amount(held.amount_minor)));
    let titles = of.activities.iter().take(MOST_TITLES).map(|activity| title(view, activity, here));
    Ok(AccountPage {
        name: row.account_group.clone(),
        steps,
        closing: amount(row.closing_minor),
        unrecouped: if row.unrecouped_minor == 0 { String::new() } else { amount(row.unrecouped_minor) },
        titles: titles.collect(),
        more: of.activities.len().saturating_sub(MOST_TITLES),
        charges: charges.collect(),
        reserves: reserves.collect(),
    })
}

/// What was charged when, and what for if that is said.
fn charged(row: &charge::Model) -> String {
    let (day, note) = (words::date(row.on_date), row.note.as_str());
    let text = match (row.kind == ChargeKind::Advance, note.is_empty()) {
        (true, true) => t("royalties-advance").with("day", &day),
        (true, false) => t("royalties-advance-for").with("day", &day).with("note", note),
        (false, true) => t("royalties-cost").with("day", &day),
        (false, false) => t("royalties-cost-for").with("day", &day).with("note", note),
    };
    text.into()
}

fn title(view: &StatementView, row: &activity::Activity, here: &str) -> TitleView {
    let subject = row.subject();
    let title = subject.as_ref().and_then(|subject| view.titles.get(subject)).cloned();
    TitleView {
        title: title.unwrap_or_else(|| t("royalties-several").into()),
        href: subject.map_or_else(String::new, |subject| format!("{here}/{subject}")),
        kind: match row.kind {
            Kind::Share => t("royalties-kind-share"),
            Kind::Royalty => t("royalties-kind-royalty"),
            Kind::Borne => match view.paid_to.get(&row.rule) {
                Some(name) => t("royalties-kind-borne-to").with("name", name),
                None => t("royalties-kind-borne"),
            },
            Kind::Retroactive => t("royalties-kind-retroactive"),
            Kind::HeldBase => t("royalties-kind-held"),
        }
        .into(),
        units: units(row.units),
        amount: exact(row.amount, view.run.currency),
    }
}

/// Shows the lines that a title has earned by, a page at a time.
pub(super) async fn lines(
    caller: Caller,
    path: web::Path<(String, String, String)>,
    query: web::Query<LinesQuery>,
) -> Result<HttpResponse, PageError> {
    let (token, id, subject) = path.into_inner();
    let services = &caller.services;
    let (_, view) = open(&caller, &token, &id).await?;
    let studio = catalog::find_shop(&services.db, view.run.studio_id).await?.ok_or_else(PageError::not_found)?;
    let here = format!("/royalties/{token}/{}", view.statement.id);
    let subject: Subject = subject.parse().map_err(|_| PageError::not_found())?;
    // What is not on the statement is none of the payee's business.
    let title = view.titles.get(&subject).cloned().ok_or_else(PageError::not_found)?;
    let behind = behind(&query.behind)?;
    let page = lines_of_subject(services, (&view.statement, &view.run), &subject, behind).await?;
    shown(&LinesPage {
        chrome: Chrome::private(t("royalties-lines").with("title", &title)).of_sender(&studio.name).with_island("keep"),
        period: period(&view.run),
        title,
        studio: studio.name,
        lines: page.lines.into_iter().map(|line| seen(line, view.run.currency)).collect(),
        next: page.next.map_or_else(String::new, |next| lines_from(&here, &subject, Some(next))),
        has_carried: page.has_carried,
        action: format!("{here}/dispute"),
        subject: subject.to_string(),
        behind: behind.map_or_else(String::new, |behind| behind.to_string()),
        back: here,
    })
}

/// How much was used, and how.
fn used(line: &PayeeLine) -> String {
    let key = match line.channel {
        Channel::Stream => "royalties-streamed",
        Channel::Download => "royalties-downloaded",
        Channel::Physical => "royalties-physical",
        Channel::Video => "royalties-video",
        Channel::Performance => "royalties-performed",
        Channel::Mechanical => "royalties-mechanical",
        Channel::Sync => "royalties-sync",
        Channel::Licence => "royalties-licensed",
        Channel::Other => "royalties-used",
    };
    t(key).with("units", &line.units).into()
}

fn seen(line: PayeeLine, currency: Currency) -> LineView {
    let mut facts = vec![used(&line)];
    facts.extend(line.source);
    facts.extend(line.territory.map(words::country));
    let (said, state, answer) = line.dispute.map_or_else(Default::default, |dispute| {
        let key = match dispute.state {
            LineDisputeState::Open => "royalties-lines-open",
            LineDisputeState::Accepted => "royalties-lines-accepted",
            LineDisputeState::Declined => "royalties-lines-declined",
        };
        (dispute.words, t(key).to_string(), dispute.answer.unwrap_or_default())
    });
    LineView {
        id: line_id(line.import, line.place.offset),
        import: line.import.to_string(),
        offset: line.place.offset,
        when: month(line.used_on),
        facts: facts.join(" · "),
        received: exact(line.received, line.currency),
        part: exact(line.part, currency),
        said,
        state,
        answer,
    }
}

/// Writes down what the payee says to a line, and leads back to it.
pub(super) async fn dispute(
    caller: Caller,
    path: web::Path<(String, String)>,
    form: web::Form<DisputeForm>,
) -> Result<HttpResponse, PageError> {
    let ((token, id), form) = (path.into_inner(), form.into_inner());
    let link = enter(&caller, &token).await?;
    let statement: PayeeStatementId = id.parse().map_err(|_| PageError::not_found())?;
    let import: StatementImportId = form.import.parse().map_err(|_| PageError::not_found())?;
    let subject: Subject = form.subject.parse().map_err(|_| PageError::not_found())?;
    let back = lines_from(&format!("/royalties/{token}/{statement}"), &subject, behind(&form.behind)?);
    let new = NewDispute { statement, import, offset: form.offset, words: form.words };
    match open_dispute(&caller.services, &caller.ctx, &link, new).await {
        Ok(_) => Ok(see_other(&format!("{back}#{}", line_id(import, form.offset)))),
        Err(error) => Err(refused(error).leading_to(back, t("royalties-lines-back"))),
    }
}

/// The statement as a document.
pub(super) async fn pdf(
    request: HttpRequest,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, PageError> {
    let (token, id) = path.into_inner();
    let (_, view) = open(&caller, &token, &id).await?;
    file(&request, &caller, view.statement.pdf_asset_id).await
}

/// The statement as a table.
pub(super) async fn csv(
    request: HttpRequest,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, PageError> {
    let (token, id) = path.into_inner();
    let (_, view) = open(&caller, &token, &id).await?;
    file(&request, &caller, view.statement.csv_asset_id).await
}

async fn file(request: &HttpRequest, caller: &Caller, asset: Option<AssetId>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let id = asset.ok_or_else(PageError::not_found)?;
    let found = catalog::find_assets_by_ids(&services.db, &[id]).await?.remove(&id);
    let asset = found.ok_or_else(PageError::not_found)?;
    let stored = StoredFile {
        sha256: asset.sha256,
        bytes: asset.bytes.unsigned_abs(),
        media_type: asset.media_type,
        download_as: Some(asset.file_name),
        cache_control: "private, no-store",
    };
    let served = serve_stored(request, services.files.as_ref(), &stored).await;
    let served = served.map_err(|problem| PageError::of_problem(&problem, t("royalties-file-unread")))?;
    let mut response = served.response;
    keep_to_itself(&mut response);
    Ok(response)
}
