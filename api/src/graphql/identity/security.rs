//! How an account is kept safe: a second factor, another password, and proof that whoever sits there is still the person who signed in.

use std::fmt::Write as _;

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    identity::{
        IdentityError,
        commands::{self, Checked, NewSecondFactor},
        queries,
    },
    policy::Denied,
};
use qrcode::{Color, QrCode};

use super::slowly;
use crate::{
    caller::Caller,
    graphql::{caller, errors::Failure},
    payload,
};

/// What an authenticator is given; shown once.
#[derive(SimpleObject)]
pub struct SecondFactorSetUp {
    /// The secret in base 32, to be typed.
    secret: String,
    /// The `otpauth:` address that holds it, with the account's name.
    uri: String,
    /// That address as a picture to be photographed: the path of its dark modules, as SVG has it, each one unit wide.
    qr_path: String,
    /// How many modules the picture is wide and high.
    qr_size: i32,
}

impl std::fmt::Debug for SecondFactorSetUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecondFactorSetUp(…)")
    }
}

impl SecondFactorSetUp {
    fn of(new: NewSecondFactor) -> Result<Self, Failure> {
        let code = QrCode::new(&new.uri).map_err(Failure::broken)?;
        let qr_size = i32::try_from(code.width()).map_err(Failure::broken)?;
        Ok(Self { secret: new.secret, uri: new.uri, qr_path: path_of(&code), qr_size })
    }
}

/// The dark modules of a code, a stroke for each run of them.
fn path_of(code: &QrCode) -> String {
    let (width, colors) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                let _ = write!(path, "M{x} {y}h{length}v1H{x}z", length = run.len());
            }
            x += run.len();
        }
    }
    path
}

payload! {
    /// What came of `setUpSecondFactor`.
    pub struct SetUpSecondFactorPayload {
        /// What to give to an authenticator.
        set_up: SecondFactorSetUp,
    }
}

payload! {
    /// What came of `confirmSecondFactor`.
    pub struct ConfirmSecondFactorPayload {
        /// Ten codes that stand in for the authenticator, each good for one use. They are not shown again.
        recovery_codes: Vec<String>,
    }
}

payload! {
    /// What came of `turnOffSecondFactor`.
    pub struct TurnOffSecondFactorPayload {
        /// Whether it is off.
        turned_off: bool,
    }
}

payload! {
    /// What came of `stepUp`.
    pub struct StepUpPayload {
        /// Until when what asks for proof is done.
        proved_until: DateTime<Utc>,
    }
}

payload! {
    /// What came of `changePassword`.
    pub struct ChangePasswordPayload {
        /// Whether it was changed.
        changed: bool,
    }
}

/// Mutations that keep an account safe.
#[derive(Debug, Default)]
pub struct SecurityMutation;

#[Object]
impl SecurityMutation {
    /// Proves for ten minutes that whoever sits there is the person who signed in, as signing in itself does: by the password, and a code where the account has
    /// a second factor. What lets money leave to payees asks for it (`STEP_UP_REQUIRED`), and what says where it goes, who may do what, how an account is opened, and what ends its other sign-ins. Ten wrong tries in a quarter of an hour close it for the rest of it.
    async fn step_up(
        &self,
        ctx: &Context<'_>,
        password: String,
        code: Option<String>,
    ) -> Result<StepUpPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let checked = check(caller, password).await?;
            let own = caller.sign_in.ok_or(Denied::Unauthenticated)?;
            let services = &caller.services;
            let tx = services.begin().await?;
            let until = commands::step_up(&tx, &caller.ctx, &services.links, own, checked, code.as_deref()).await?;
            services.commit(tx).await?;
            tracing::info!(sign_in = %own, with_code = code.is_some(), "a sign-in has proved itself");
            Ok::<_, Failure>(until)
        };
        StepUpPayload::of(outcome.await)
    }

    /// Changes the password, and ends all of the person's other sign-ins.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        current: String,
        new: String,
    ) -> Result<ChangePasswordPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let services = &caller.services;
            let owner = queries::find_password_owner(&services.db, &caller.ctx).await?;
            let owner = owner.ok_or(Denied::Unauthenticated)?;
            let checked = check(caller, current).await?;
            let env = services.env.clone();
            let hash = slowly(move || commands::prepare_password_reset(&env, &owner, &new)).await?;
            let hash = hash.map_err(|error| of_field("new", error))?;
            let tx = services.begin().await?;
            let done = commands::change_password(&tx, &caller.ctx, caller.sign_in, checked, hash).await;
            done.map_err(|error| of_field("current", error))?;
            services.commit(tx).await?;
            told(caller, "a password was changed");
            Ok::<_, Failure>(true)
        };
        ChangePasswordPayload::of(outcome.await)
    }

    /// Makes a second factor, which counts once `confirmSecondFactor` has confirmed it. Asks for proof as `stepUp` gives it.
    async fn set_up_second_factor(&self, ctx: &Context<'_>) -> Result<SetUpSecondFactorPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            require_proved(caller).await?;
            let services = &caller.services;
            let tx = services.begin().await?;
            let new = commands::set_up_second_factor(&tx, &caller.ctx, &services.links).await?;
            services.commit(tx).await?;
            SecondFactorSetUp::of(new)
        };
        SetUpSecondFactorPayload::of(outcome.await)
    }

    /// Turns the second factor on by a first code, and gives the recovery codes.
    async fn confirm_second_factor(
        &self,
        ctx: &Context<'_>,
        code: String,
    ) -> Result<ConfirmSecondFactorPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let services = &caller.services;
            let tx = services.begin().await?;
            let codes = commands::confirm_second_factor(&tx, &caller.ctx, &services.links, &code).await?;
            services.commit(tx).await?;
            told(caller, "a second factor was turned on");
            Ok::<_, Failure>(codes)
        };
        ConfirmSecondFactorPayload::of(outcome.await)
    }

    /// Turns the second factor off: by the password, and a code of it or a recovery code.
    async fn turn_off_second_factor(
        &self,
        ctx: &Context<'_>,
        password: String,
        code: String,
    ) -> Result<TurnOffSecondFactorPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let checked = check(caller, password).await?;
            let services = &caller.services;
            let tx = services.begin().await?;
            commands::turn_off_second_factor(&tx, &caller.ctx, &services.links, checked, &code).await?;
            services.commit(tx).await?;
            told(caller, "a second factor was turned off");
            Ok::<_, Failure>(true)
        };
        TurnOffSecondFactorPayload::of(outcome.await)
    }
}

/// The caller's own password, counted and checked.
async fn check(caller: &Caller, password: String) -> Result<Checked, Failure> {
    let attempt = commands::begin_proof(&caller.services, &caller.ctx).await?;
    slowly(move || attempt.check(&password)).await
}

/// Leaves a line in the log of what decides how an account is opened, with the sign-in that did it.
pub(super) fn told(caller: &Caller, what: &'static str) {
    let sign_in = caller.sign_in.map_or_else(String::new, |id| id.to_string());
    tracing::info!(%sign_in, "{what}");
}

/// A refusal of a password, of that one of two which was typed into a field.
fn of_field(field: &str, error: IdentityError) -> Failure {
    let failure = Failure::from(error);
    let report = failure.report().clone();
    if report.field.is_some() { Failure::new(report.field(field)) } else { failure }
}

/// Refuses a signed-in person who has not proved themselves for ten minutes. To be asked by whatever lets money leave to payees, or says where it goes or who may.
pub(in crate::graphql) async fn require_proved(caller: &Caller) -> Result<(), IdentityError> {
    queries::require_proved(&caller.services.db, &caller.ctx, caller.sign_in).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_run_by_run() {
        let code = QrCode::new("otpauth://totp/Ledgerline").unwrap();
        let path = path_of(&code);
        assert!(path.starts_with("M0 0h7v1H0z"), "its corner is seven modules wide: {path}");
        let drawn: usize =
            path.split('h').skip(1).map(|run| run.split('v').next().unwrap().parse::<usize>().unwrap()).sum();
        assert_eq!(drawn, code.to_colors().iter().filter(|color| **color == Color::Dark).count());
    }
}
