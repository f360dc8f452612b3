//! Who signs here: the session of the browser, as the domain finds it, with everything that the pages show.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, time::Duration},
    http::StatusCode,
};
use domain::{
    actor::{Actor, Ctx},
    agreements::{
        AgreementError,
        commands::{Device, Opened},
        entity::{signer, version},
        queries::{self, SignerView},
    },
    ids::SignerId,
    report::Kind,
    services::Services,
};

use super::views::{self, Head, Step};
use crate::{
    Caller,
    auth::cookies::{self, Kind::Signing},
    pages::{chrome::Chrome, errors::PageError, texts::t},
};

/// Where a signer's pages begin.
pub(super) fn base(signer: SignerId) -> String {
    format!("/signing/{signer}")
}

/// The cookie of an opened link.
pub(super) fn cookie(services: &Services, signer: SignerId, opened: &Opened) -> Cookie<'static> {
    let life = (opened.expires_at - services.env.now()).num_seconds();
    cookies::build(Signing, &services.public_url, opened.secret.clone(), base(signer), Duration::seconds(life))
}

/// The device that the caller uses, for the evidence.
pub(super) fn device(caller: &Caller) -> Device {
    Device { user_agent: caller.user_agent.to_string(), ip: caller.ip.to_string() }
}

/// A signer at their pages.
pub(super) struct Visit {
    /// The signer as the actor.
    pub(super) ctx: Ctx,
    /// What they may see.
    pub(super) view: SignerView,
    /// Everybody who signs or did, those who have handed it on among them.
    pub(super) signers: Vec<signer::Model>,
}

impl Visit {
    /// The visit of the browser that asks, whether or not its code was entered. The session must be of the very signer whose pages are asked for.
    pub(super) async fn find(caller: &Caller, request: &HttpRequest, signer: &str) -> Result<Self, PageError> {
        let services = &caller.services;
        let secret = cookies::find(Signing, &services.public_url, request);
        let (Ok(asked), Some(secret)) = (signer.parse::<SignerId>(), secret) else { return Err(no_session()) };
        let found = queries::find_session(&services.db, &secret, services.env.now()).await?;
        let own = |actor: &Actor| matches!(actor, Actor::Signer { signer, .. } if *signer == asked);
        let ctx = services.ctx(found.filter(own).ok_or_else(no_session)?);
        let view = match queries::signer_view(&services.db, &ctx).await {
            Ok(view) => view,
            Err(AgreementError::NoSession) => return Err(no_session()),
            Err(error) => return Err(error.into()),
        };
        let signers = queries::signers_of(&services.db, view.agreement.id).await?;
        Ok(Self { ctx, view, signers })
    }

    /// The same for pages that show the agreement: none before the code was entered. With the present version of the document.
    pub(super) async fn verified(
        caller: &Caller,
        request: &HttpRequest,
        signer: &str,
    ) -> Result<(Self, version::Model), PageError> {
        let visit = Self::find(caller, request, signer).await?;
        let version = visit.view.version.clone().filter(|_| visit.view.session.verified_at.is_some());
        if let Some(version) = version {
            return Ok((visit, version));
        }
        Err(PageError::saying(Kind::Forbidden, "CODE_MISSING", t("sign-code-missing"))
            .titled(StatusCode::FORBIDDEN, t("sign-code-missing-heading"))
            .leading_to(format!("{}/code", visit.base()), t("sign-code-type")))
    }

    /// Where the signer's pages begin.
    pub(super) fn base(&self) -> String {
        base(self.view.signer.id)
    }

    /// What stands over the page.
    pub(super) fn head(&self, steps: Vec<Step>) -> Head {
        let agreement = &self.view.agreement;
        Head {
            kind: views::kind(agreement.template),
            reference: agreement.reference.clone(),
            title: agreement.title.clone(),
            studio: self.view.studio_name.clone(),
            base: self.base(),
            steps,
        }
    }

    /// What stands around the page.
    pub(super) fn chrome(&self, title: impl Into<String>) -> Chrome {
        let title = title.into();
        Chrome::private(format!("{title} · {}", self.view.agreement.title))
            .of_sender(&self.view.studio_name)
            .with_island("keep")
    }
}

fn no_session() -> PageError {
    PageError::saying(Kind::Unauthenticated, "NO_SESSION", t("sign-session-none"))
        .advising(t("sign-session-none-remedy"))
        .titled(StatusCode::UNAUTHORIZED, t("sign-session-none-heading"))
        .leading_to("/", t("errors-start"))
}
