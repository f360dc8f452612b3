//! Payees' accounts: Stripe's connected accounts.

use std::collections::HashMap;

use domain::ports::gateway::{AccountRequest, PayeeAccount};
use serde_json::Value;
use stripe_client_core::StripeRequest;
use stripe_connect::{
    account::{
        CreateAccount, CreateAccountCapabilities, CreateAccountCapabilitiesTransfers, CreateAccountController,
        CreateAccountControllerFees, CreateAccountControllerFeesPayer, CreateAccountControllerLosses,
        CreateAccountControllerLossesPayments, CreateAccountControllerRequirementCollection,
        CreateAccountControllerStripeDashboard, CreateAccountControllerStripeDashboardType, ListAccount,
        RetrieveAccount,
    },
    account_link::{CreateAccountLink, CreateAccountLinkType},
};
use stripe_types::RangeQueryTs;

use super::{StripeGateway, answers, call::PAGE, failure::Failure};

impl StripeGateway {
    pub(super) async fn make_account(&self, request: &AccountRequest) -> Result<PayeeAccount, Failure> {
        let key = &request.key;
        if self.is_old(key) {
            let page = |behind: Option<String>| {
                let request = ListAccount::new().created(RangeQueryTs::gte(key.since.timestamp())).limit(PAGE);
                match behind {
                    Some(behind) => request.starting_after(behind),
                    None => request,
                }
                .build()
            };
            let accounts = self.list(page).await?;
            let ours = |account: &&Value| answers::metadata(account, "key").as_ref() == Some(&key.value);
            if let Some(made) = accounts.iter().find(ours) {
                return read_account(made);
            }
        }
        read_account(&self.ask(new_account(request).build(), Some(key)).await?)
    }

    pub(super) async fn account(&self, id: &str) -> Result<Option<PayeeAccount>, Failure> {
        if !answers::is_id(id) {
            return Ok(None);
        }
        match self.ask(RetrieveAccount::new(id).build(), None).await {
            Ok(account) => read_account(&account).map(Some),
            Err(failed) if failed.is_missing_account() => Ok(None),
            Err(failed) => Err(failed),
        }
    }

    /// Without a key: a link that nobody opens is nothing.
    pub(super) async fn account_link(
        &self,
        account: &str,
        return_url: &str,
        refresh_url: &str,
    ) -> Result<String, Failure> {
        let request = CreateAccountLink::new(account, CreateAccountLinkType::AccountOnboarding)
            .return_url(return_url)
            .refresh_url(refresh_url);
        answers::text(&self.ask(request.build(), None).await?, "url")
    }
}

/// An account that the gateway asks its holder about and keeps a page for. What it can lose is ours to bear, as the payee sells nothing.
fn new_account(request: &AccountRequest) -> CreateAccount {
    let mut fees = CreateAccountControllerFees::new();
    fees.payer = Some(CreateAccountControllerFeesPayer::Application);
    let mut losses = CreateAccountControllerLosses::new();
    losses.payments = Some(CreateAccountControllerLossesPayments::Application);
    let mut dashboard = CreateAccountControllerStripeDashboard::new();
    dashboard.type_ = Some(CreateAccountControllerStripeDashboardType::Express);
    let mut controller = CreateAccountController::new();
    controller.fees = Some(fees);
    controller.losses = Some(losses);
    controller.requirement_collection = Some(CreateAccountControllerRequirementCollection::Stripe);
    controller.stripe_dashboard = Some(dashboard);

    let mut transfers = CreateAccountCapabilitiesTransfers::new();
    transfers.requested = Some(true);
    let mut capabilities = CreateAccountCapabilities::new();
    capabilities.transfers = Some(transfers);

    CreateAccount::new()
        .controller(controller)
        .capabilities(capabilities)
        .country(request.country.as_str())
        .email(request.email.as_str())
        .metadata(HashMap::from([
            ("key".to_owned(), request.key.value.clone()),
            ("studio".to_owned(), request.studio.to_string()),
            ("party".to_owned(), request.party.to_string()),
        ]))
}

fn read_account(account: &Value) -> Result<PayeeAccount, Failure> {
    let mut missing: Vec<String> = Vec::new();
    for path in ["requirements.past_due", "requirements.currently_due"] {
        for field in answers::at(account, path).as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !missing.iter().any(|known| known == field) {
                missing.push(field.to_owned());
            }
        }
    }
    Ok(PayeeAccount {
        id: answers::text(account, "id")?,
        can_receive: answers::at(account, "capabilities.transfers") == "active",
        missing,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_account_says_once_what_is_missing() {
        let account = json!({
            "id": "acct_1", "capabilities": { "transfers": "pending" },
            "requirements": { "currently_due": ["individual.dob", "external_account"], "past_due": ["external_account"] },
        });
        let read = read_account(&account).unwrap();
        assert!(!read.can_receive);
        assert_eq!(read.missing, ["external_account", "individual.dob"]);
        let ready = read_account(&json!({ "id": "acct_1", "capabilities": { "transfers": "active" } })).unwrap();
        assert!(ready.can_receive && ready.missing.is_empty());
    }
}
