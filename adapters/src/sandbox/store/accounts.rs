//! Payees' accounts, and the pages on which they tell what must be known of them.

use std::collections::BTreeMap;

use domain::store::Tx;

use super::{
    Failure, Refusal, Store, add,
    entity::{
        account::{Entity, Model},
        account_link,
    },
    json_map, load, save,
};

/// How long an onboarding page is good, in seconds: five minutes.
const LINK_S: i64 = 5 * 60;

/// An account as it is asked for, already checked.
pub(in crate::sandbox) struct NewAccount {
    pub(in crate::sandbox) kind: String,
    pub(in crate::sandbox) country: String,
    pub(in crate::sandbox) default_currency: &'static str,
    pub(in crate::sandbox) email: Option<String>,
    pub(in crate::sandbox) metadata: BTreeMap<String, String>,
}

impl Store {
    /// Makes an account of which nothing is known yet.
    pub(in crate::sandbox) async fn create_account(&self, tx: &Tx, new: NewAccount) -> Result<Model, Failure> {
        let row = Model {
            id: self.fresh_id("acct"),
            kind: new.kind,
            state: "new".to_owned(),
            country: new.country,
            default_currency: new.default_currency.to_owned(),
            email: new.email,
            metadata: json_map(new.metadata),
            created: self.now_s(),
        };
        Ok(add(tx, row).await?)
    }

    /// An account, which must be there.
    pub(in crate::sandbox) async fn find_account(&self, tx: &Tx, id: &str) -> Result<Model, Failure> {
        let found = load::<Entity>(tx, id).await?;
        Ok(found.ok_or_else(|| Refusal::no_such("account", "account", id))?)
    }

    /// Puts an account into a state: `new`, `incomplete`, `enabled` or `rejected`.
    pub(in crate::sandbox) async fn set_account(&self, tx: &Tx, id: &str, state: &str) -> Result<Model, Failure> {
        if !matches!(state, "new" | "incomplete" | "enabled" | "rejected") {
            let message = "An account is new, incomplete, enabled or rejected.";
            return Err(Refusal::invalid("state", message).into());
        }
        let mut account = self.find_account(tx, id).await?;
        state.clone_into(&mut account.state);
        save(tx, &account).await?;
        self.record_account(tx, &account).await?;
        Ok(account)
    }

    /// A page for the payee.
    pub(in crate::sandbox) async fn create_link(
        &self,
        tx: &Tx,
        account: &str,
        return_url: String,
        refresh_url: String,
    ) -> Result<account_link::Model, Failure> {
        if load::<Entity>(tx, account).await?.is_none() {
            return Err(Refusal::names_none("account", "account", account).into());
        }
        let row = account_link::Model {
            id: self.fresh_id("link"),
            account: account.to_owned(),
            return_url,
            refresh_url,
            used: false,
            expires_at: self.now_s() + LINK_S,
            created: self.now_s(),
        };
        Ok(add(tx, row).await?)
    }

    /// A page that is still good; none in the second place if it lapsed or was used.
    pub(in crate::sandbox) async fn find_link(
        &self,
        tx: &Tx,
        id: &str,
    ) -> Result<(account_link::Model, Option<Model>), Failure> {
        let found = load::<account_link::Entity>(tx, id).await?;
        let link = found.ok_or_else(|| Refusal::no_such("account_link", "account_link", id))?;
        if link.used || link.expires_at <= self.now_s() {
            return Ok((link, None));
        }
        let account = self.find_account(tx, &link.account).await?;
        Ok((link, Some(account)))
    }

    /// What the payee did there; the page is used up.
    pub(in crate::sandbox) async fn use_link(
        &self,
        tx: &Tx,
        mut link: account_link::Model,
        state: &str,
    ) -> Result<account_link::Model, Failure> {
        self.set_account(tx, &link.account, state).await?;
        link.used = true;
        save(tx, &link).await?;
        Ok(link)
    }
}
