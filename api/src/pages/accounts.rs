//! Where the links in an account's mails lead: prove an address, set a password, accept an invitation. A link is spent by a form, never by
//! looking at it, for mail programs look at links by themselves.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use domain::{
    actor::Role,
    identity::{IdentityError, commands, queries},
    report::Kind,
};

use super::{
    chrome::{Chrome, render},
    errors::{PageError, sentences},
    texts::{Text, t},
    wording::Wording,
};
use crate::Caller;

/// What such a page asks.
#[derive(Clone, Copy)]
enum Ask {
    Verify,
    Forgotten,
    Reset,
    Invitation,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    chrome: Chrome,
    heading: String,
    said: String,
    /// Where the form goes; empty if there is nothing to do.
    action: &'static str,
    /// Where the page leads that asks for nothing.
    way_on: (&'static str, String),
    button: String,
    token: String,
    ask_email: bool,
    ask_name: bool,
    ask_password: bool,
    /// The address that the account has, for password managers.
    username: String,
    form: AccountForm,
    problem: Wording,
    problem_field: &'static str,
}

/// What is typed; each page asks for its part.
#[derive(Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct AccountForm {
    token: String,
    email: String,
    name: String,
    password: String,
}

/// A link's token.
#[derive(serde::Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

impl AccountPage {
    fn asking(ask: Ask, heading: impl Into<String>, said: impl Into<String>, form: AccountForm) -> Self {
        let heading = heading.into();
        let (action, button) = match ask {
            Ask::Verify => ("/account/verify", t("account-verify-go")),
            Ask::Forgotten => ("/account/forgotten", t("account-forgotten-go")),
            Ask::Reset => ("/account/reset", t("account-reset-go")),
            Ask::Invitation => ("/account/invitation", t("account-invitation-go")),
        };
        Self {
            chrome: Chrome::private(heading.clone()),
            heading,
            said: said.into(),
            action,
            way_on: ("/dashboard", t("account-sign-in").into()),
            button: button.into(),
            token: form.token.clone(),
            ask_email: matches!(ask, Ask::Forgotten),
            ask_name: matches!(ask, Ask::Invitation),
            ask_password: matches!(ask, Ask::Reset | Ask::Invitation),
            username: String::new(),
            form,
            problem: Wording::default(),
            problem_field: "",
        }
    }

    fn saying(heading: Text<'_>, said: Text<'_>, words: Text<'_>) -> Self {
        let page = Self::asking(Ask::Verify, heading, said, AccountForm::default());
        Self { action: "", way_on: ("/dashboard", words.into()), ..page }
    }

    /// The same page again, with what is wrong with what was typed; what typing cannot mend is an error page.
    fn again(mut self, error: IdentityError) -> Result<HttpResponse, PageError> {
        let problem = PageError::from(error);
        let report = problem.report();
        if report.kind != Kind::Invalid {
            return Err(problem.leading_to("/account/forgotten", t("account-new-link")));
        }
        self.problem_field = match report.field.as_deref() {
            Some("name") => "name",
            Some("email") => "email",
            _ => "password",
        };
        self.problem = sentences(&problem);
        self.answer(StatusCode::UNPROCESSABLE_ENTITY)
    }

    fn answer(self, status: StatusCode) -> Result<HttpResponse, PageError> {
        let mut response = render(status, &self)?;
        let same = actix_web::http::header::HeaderValue::from_static("same-origin");
        response.headers_mut().insert(actix_web::http::header::REFERRER_POLICY, same);
        Ok(response)
    }
}

/// Asks to confirm an address.
pub(super) async fn ask_verify(link: web::Query<Link>) -> Result<HttpResponse, PageError> {
    let form = AccountForm { token: link.into_inner().token, ..AccountForm::default() };
    AccountPage::asking(Ask::Verify, t("account-verify"), t("account-verify-said"), form).answer(StatusCode::OK)
}

/// Confirms an address.
pub(super) async fn verify(caller: Caller, form: web::Form<AccountForm>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let tx = services.begin().await?;
    commands::verify_email(&tx, &caller.ctx, &services.links, &form.token)
        .await
        .map_err(|error| PageError::from(error).leading_to("/dashboard", t("account-verify-again")))?;
    services.commit(tx).await?;
    AccountPage::saying(t("account-verified"), t("account-verified-said"), t("account-open-dashboard"))
        .answer(StatusCode::OK)
}

/// Asks which account's password was forgotten.
pub(super) async fn ask_forgotten() -> Result<HttpResponse, PageError> {
    let form = AccountForm::default();
    AccountPage::asking(Ask::Forgotten, t("account-forgotten"), t("account-forgotten-said"), form)
        .answer(StatusCode::OK)
}

/// Mails a link to set a new password. The answer is the same whether there is an account or not.
pub(super) async fn forgotten(caller: Caller, form: web::Form<AccountForm>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let form = form.into_inner();
    let email = match form.email.parse() {
        Ok(email) => email,
        Err(cause) => {
            let page = AccountPage::asking(Ask::Forgotten, t("account-forgotten"), "", form);
            return page.again(IdentityError::from(cause));
        }
    };
    commands::request_password_reset(services, &caller.ctx, &email, &caller.ip).await?;
    AccountPage::saying(t("account-mailed"), t("account-mailed-said"), t("account-back-to-sign-in"))
        .answer(StatusCode::OK)
}

/// Asks for a new password.
pub(super) async fn ask_reset(caller: Caller, link: web::Query<Link>) -> Result<HttpResponse, PageError> {
    let form = AccountForm { token: link.into_inner().token, ..AccountForm::default() };
    reset_page(&caller, form).await?.answer(StatusCode::OK)
}

async fn reset_page(caller: &Caller, form: AccountForm) -> Result<AccountPage, PageError> {
    let services = &caller.services;
    let owner = queries::find_reset(&services.db, &services.links, &form.token, services.env.now())
        .await
        .map_err(|error| PageError::from(error).leading_to("/account/forgotten", t("account-new-link")))?;
    let page = AccountPage::asking(Ask::Reset, t("account-reset"), t("account-reset-said"), form);
    Ok(AccountPage { username: owner.user.email.to_string(), ..page })
}

/// Sets a new password.
pub(super) async fn reset(caller: Caller, form: web::Form<AccountForm>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let form = form.into_inner();
    let page = reset_page(&caller, form.clone()).await?;
    let owner = queries::find_reset(&services.db, &services.links, &form.token, services.env.now()).await?;
    let (env, password) = (services.env.clone(), form.password);
    let hashed = web::block(move || commands::prepare_password_reset(&env, &owner, &password))
        .await
        .map_err(|cause| PageError::broken(&cause))?;
    let hashed = match hashed {
        Ok(hashed) => hashed,
        Err(error) => return page.again(error),
    };
    let tx = services.begin().await?;
    commands::complete_password_reset(&tx, &caller.ctx, &services.links, &form.token, hashed).await?;
    services.commit(tx).await?;
    AccountPage::saying(t("account-reset-done"), t("account-reset-done-said"), t("account-sign-in"))
        .answer(StatusCode::OK)
}

/// Shows an invitation.
pub(super) async fn ask_invitation(caller: Caller, link: web::Query<Link>) -> Result<HttpResponse, PageError> {
    let form = AccountForm { token: link.into_inner().token, ..AccountForm::default() };
    invitation_page(&caller, form).await?.answer(StatusCode::OK)
}

/// A role as what somebody is invited.
fn role(role: Role) -> Text<'static> {
    t(match role {
        Role::Owner => "account-role-owner",
        Role::Manager => "account-role-manager",
        Role::Engineer => "account-role-engineer",
        Role::Collaborator => "account-role-collaborator",
        Role::Viewer => "account-role-viewer",
    })
}

async fn invitation_page(caller: &Caller, form: AccountForm) -> Result<AccountPage, PageError> {
    let services = &caller.services;
    let facts =
        queries::find_invitation_by_link(&services.db, &services.links, &form.token, services.env.now()).await?;
    let heading = t("account-invitation").with("studio", &facts.studio_name);
    let (by, role) = (&facts.invited_by, role(facts.invitation.role));
    let known = caller.ctx.actor.user().is_some();
    let said = match (facts.has_account, known) {
        (false, _) => t("account-invitation-new").with("by", by).with("role", &role),
        (true, true) => t("account-invitation-known").with("by", by).with("role", &role),
        (true, false) => t("account-invitation-sign-in").with("by", by).with("role", &role),
    };
    let username = facts.invitation.email.to_string();
    let mut page = AccountPage { username, ..AccountPage::asking(Ask::Invitation, heading, said, form) };
    if facts.has_account {
        (page.ask_name, page.ask_password) = (false, false);
        page.action = if known { page.action } else { "" };
    }
    Ok(page)
}

/// Accepts an invitation: as the signed-in person, or by making an account.
pub(super) async fn accept_invitation(caller: Caller, form: web::Form<AccountForm>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let form = form.into_inner();
    let token = form.token.clone();
    let page = invitation_page(&caller, form.clone()).await?;
    if !page.ask_password {
        let tx = services.begin().await?;
        commands::accept_invitation(&tx, &caller.ctx, &services.links, &token).await?;
        services.commit(tx).await?;
        return AccountPage::saying(t("account-welcome"), t("account-joined"), t("account-open-dashboard"))
            .answer(StatusCode::OK);
    }
    let now = services.env.now();
    let facts = queries::find_invitation_by_link(&services.db, &services.links, &token, now).await?;
    let env = services.env.clone();
    let prepared = web::block(move || commands::prepare_new_member(&env, &facts, &form.name, &form.password))
        .await
        .map_err(|cause| PageError::broken(&cause))?;
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return page.again(error),
    };
    let tx = services.begin().await?;
    commands::accept_invitation_as_new(&tx, &caller.ctx, &services.links, &token, prepared).await?;
    services.commit(tx).await?;
    AccountPage::saying(t("account-welcome"), t("account-made"), t("account-sign-in")).answer(StatusCode::OK)
}
