//! Closing an account.

use async_graphql::{Context, Object};
use domain::identity::commands;

use super::{email, security::require_proved, sessions::forget_cookies};
use crate::{
    graphql::{caller, errors::Failure},
    payload,
};

payload! {
    /// What came of `closeAccount`.
    pub struct CloseAccountPayload {
        /// Whether it is closed.
        closed: bool,
    }
}

/// The mutation that closes an account.
#[derive(Debug, Default)]
pub struct ClosingMutation;

#[Object]
impl ClosingMutation {
    /// Closes the caller's own account for good, whose address is given once more: ends all of its sign-ins, takes back the invitations that it has sent, takes it out of its studios and erases its name and address; a comment on a mix keeps the name of whoever has made it, and an invitation the address that it was sent to. Refused while it is the only owner of a studio. Asks for proof as `stepUp` gives it.
    async fn close_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "email")] address: String,
    ) -> Result<CloseAccountPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            require_proved(caller).await?;
            let address = email(&address)?;
            let tx = caller.services.begin().await?;
            commands::close_account(&tx, &caller.ctx, &address).await?;
            caller.services.commit(tx).await?;
            forget_cookies(ctx, caller);
            Ok::<_, Failure>(true)
        };
        CloseAccountPayload::of(outcome.await)
    }
}
