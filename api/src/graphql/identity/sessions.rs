//! Signing in and out, and renewing tokens.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    identity::{
        IdentityError,
        commands::{self, Device},
        queries,
    },
    ids::SignInId,
};

use super::{
    email,
    security::require_proved,
    slowly,
    types::{Me, SignIn},
};
use crate::{
    auth::{
        cookies::{self, Kind},
        tokens::AccessTokens,
    },
    caller::Caller,
    graphql::{caller, errors::Failure, scalars::Id},
    payload,
};

/// How the tokens are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TokenTransport {
    /// In cookies that scripts cannot read: for browsers.
    Cookies,
    /// In the answer: for programs, which send them in the `Authorization` header.
    Answer,
}

/// A sign-in.
#[derive(InputObject)]
pub struct SignInInput {
    /// The address.
    email: String,
    /// The password.
    password: String,
    /// A code of the second factor, or a recovery code, where the account has one.
    code: Option<String>,
    /// How the tokens are kept.
    #[graphql(default_with = "TokenTransport::Cookies")]
    transport: TokenTransport,
}

/// Who has signed in, and their tokens.
#[derive(Debug, SimpleObject)]
pub struct Session {
    /// Who.
    me: Me,
    /// Until when the access token is good: 15 minutes.
    access_expires_at: DateTime<Utc>,
    /// Until when the refresh token is good: 30 days.
    refresh_expires_at: DateTime<Utc>,
    /// The tokens, if they are to come in the answer.
    tokens: Option<Tokens>,
}

/// The tokens of a program.
#[derive(SimpleObject)]
pub struct Tokens {
    /// For the `Authorization: Bearer` header.
    access_token: String,
    /// For `refresh`, once. Keep it secret.
    refresh_token: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

payload! {
    /// What came of `signIn`.
    pub struct SignInPayload {
        /// The session.
        session: Session,
    }
}

payload! {
    /// What came of `refresh`.
    pub struct RefreshPayload {
        /// The session.
        session: Session,
    }
}

payload! {
    /// What came of `signOut`.
    pub struct SignOutPayload {
        /// Whether the caller is out: always.
        signed_out: bool,
    }
}

payload! {
    /// What came of `revokeOtherSignIns`.
    pub struct RevokeOtherSignInsPayload {
        /// How many sign-ins were ended.
        ended: i32,
    }
}

payload! {
    /// What came of `revokeSignIn`.
    pub struct RevokeSignInPayload {
        /// The sign-in, ended.
        sign_in: SignIn,
    }
}

/// Mutations of sign-ins.
#[derive(Debug, Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Signs in. Ten wrong tries for one address in a quarter of an hour close it for the rest of it. Where the account has a second factor and no code came,
    /// it is refused with `SECOND_FACTOR_REQUIRED`: send all of it again, with the code.
    async fn sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> Result<SignInPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let SignInInput { email: address, password, code, transport } = input;
            let services = &caller.services;
            let attempt = commands::begin_sign_in(services, &caller.ctx, &email(&address)?, &caller.ip).await?;
            let checked = slowly(move || attempt.check(&password)).await?;
            let device = Device { user_agent: caller.user_agent.to_string(), ip: caller.ip.to_string() };
            let tx = services.begin().await?;
            let signed_in =
                commands::finish_sign_in(&tx, &caller.ctx, &services.links, checked, code.as_deref(), device).await?;
            services.commit(tx).await?;
            tracing::info!(sign_in = %signed_in.sign_in, with_code = code.is_some(), "somebody has signed in");
            session(ctx, caller, signed_in, transport).await
        };
        SignInPayload::of(outcome.await)
    }

    /// Trades a refresh token for a new pair. Without the argument, the browser's cookie is taken. A token that comes twice ends the sign-in.
    async fn refresh(&self, ctx: &Context<'_>, token: Option<String>) -> Result<RefreshPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let (token, transport) = match (token, &caller.refresh_cookie) {
                (Some(token), _) => (token, TokenTransport::Answer),
                (None, Some(cookie)) => (cookie.to_string(), TokenTransport::Cookies),
                (None, None) => return Err(Failure::from(IdentityError::SignInEnded)),
            };
            match commands::refresh(&caller.services, &caller.ctx, &token).await {
                Ok(signed_in) => session(ctx, caller, signed_in, transport).await,
                Err(error) => {
                    if transport == TokenTransport::Cookies {
                        forget_cookies(ctx, caller);
                    }
                    Err(Failure::from(error))
                }
            }
        };
        RefreshPayload::of(outcome.await)
    }

    /// Signs out: the device behind the access token, and the one behind the refresh token (the argument, or else the browser's cookie).
    async fn sign_out(&self, ctx: &Context<'_>, token: Option<String>) -> Result<SignOutPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let tx = caller.services.begin().await?;
            if let Some(token) = token.as_deref().or(caller.refresh_cookie.as_deref()) {
                commands::sign_out(&tx, &caller.ctx, token).await?;
            }
            if let Some(own) = caller.sign_in {
                commands::revoke_sign_in(&tx, &caller.ctx, own).await?;
            }
            caller.services.commit(tx).await?;
            forget_cookies(ctx, caller);
            Ok::<_, Failure>(true)
        };
        SignOutPayload::of(outcome.await)
    }

    /// Ends one of the caller's own sign-ins, on whatever device. Asks for proof as `stepUp` gives it, unless it is the one that asks.
    async fn revoke_sign_in(&self, ctx: &Context<'_>, id: Id<SignInId>) -> Result<RevokeSignInPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let id = id.named("id")?;
            if caller.sign_in != Some(id) {
                require_proved(caller).await?;
            }
            let tx = caller.services.begin().await?;
            let row = commands::revoke_sign_in(&tx, &caller.ctx, id).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>(SignIn::of(row, caller.sign_in))
        };
        RevokeSignInPayload::of(outcome.await)
    }

    /// Ends all of the caller's own sign-ins but the one that asks. Asks for proof as `stepUp` gives it.
    async fn revoke_other_sign_ins(&self, ctx: &Context<'_>) -> Result<RevokeOtherSignInsPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            require_proved(caller).await?;
            let tx = caller.services.begin().await?;
            let ended = commands::revoke_other_sign_ins(&tx, &caller.ctx, caller.sign_in).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>(i32::try_from(ended).unwrap_or(i32::MAX))
        };
        RevokeOtherSignInsPayload::of(outcome.await)
    }
}

pub(super) async fn session(
    ctx: &Context<'_>,
    caller: &Caller,
    signed_in: commands::SignedIn,
    transport: TokenTransport,
) -> Result<Session, Failure> {
    let services = &caller.services;
    let tokens =
        ctx.data_opt::<AccessTokens>().ok_or_else(|| Failure::broken("a request was executed without keys"))?;
    let access = tokens.issue(signed_in.user, signed_in.sign_in, services.env.now()).map_err(Failure::broken)?;
    let gone = || Failure::broken("the account is gone");
    let actor = queries::find_signed_in(&services.db, signed_in.user, signed_in.sign_in).await?.ok_or_else(gone)?;
    let seen_by = services.ctx(actor);
    let user = queries::find_me(&services.db, &seen_by).await?.ok_or_else(gone)?;
    let tokens = match transport {
        TokenTransport::Cookies => {
            set_cookie(ctx, &cookies::keep(Kind::Access, services, &access.text, access.expires_at));
            let refresh =
                cookies::keep(Kind::Refresh, services, &signed_in.refresh_token, signed_in.refresh_expires_at);
            set_cookie(ctx, &refresh);
            None
        }
        TokenTransport::Answer => Some(Tokens { access_token: access.text, refresh_token: signed_in.refresh_token }),
    };
    let (access_expires_at, refresh_expires_at) = (access.expires_at, signed_in.refresh_expires_at);
    Ok(Session { me: Me { user, seen_by }, access_expires_at, refresh_expires_at, tokens })
}

fn set_cookie(ctx: &Context<'_>, cookie: &str) {
    ctx.append_http_header("set-cookie", cookie);
}

/// Lets a browser forget the tokens that it holds.
pub(super) fn forget_cookies(ctx: &Context<'_>, caller: &Caller) {
    for kind in [Kind::Access, Kind::Refresh] {
        set_cookie(ctx, &cookies::forget(kind, &caller.services));
    }
}
