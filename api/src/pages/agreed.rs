//! What was agreed upon, on the page where it is ordered: the buyer's country, the total with its tax, and the contract, all as the order freezes them.

use actix_web::web;
use domain::{
    email::EmailAddress,
    licensing::contract::Contract,
    money::Money,
    pricing::{Country, Priced, queries::asks_country},
    sales::shown::Agreed,
    services::Services,
};

use super::{
    cart::{CountryChoice, countries},
    errors::PageError,
    words,
};

/// The country in an address.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct CountryQuery {
    pub(super) country: String,
}

/// What `agreed.html` shows.
pub(super) struct AgreedPart {
    /// Where the forms go.
    pub(super) action: String,
    /// The price that was agreed upon.
    pub(super) price: String,
    /// The countries to choose from; none if nobody asks.
    pub(super) countries: Vec<CountryChoice>,
    /// Whether nothing is ordered before one is chosen.
    pub(super) needs_country: bool,
    /// The code of the one that is; empty if none is.
    pub(super) country: &'static str,
    /// The tax, by name; both empty if there is none.
    pub(super) tax_name: String,
    pub(super) tax: String,
    pub(super) total: String,
    /// What the form says that the buyer saw: minor units and currency.
    pub(super) seen_minor: i64,
    pub(super) seen_currency: &'static str,
    pub(super) name: String,
    pub(super) email: String,
    /// The contract at the total, escaped by the documents crate, which made it; empty if it cannot be made any more.
    pub(super) contract: String,
}

impl AgreedPart {
    /// For a buyer of an address who has typed a name, maybe, and chosen a country, maybe.
    pub(super) async fn new(
        services: &Services,
        agreed: Agreed<'_>,
        (action, email): (String, &EmailAddress),
        (name, country): (String, Option<Country>),
    ) -> Result<Self, PageError> {
        let (db, now) = (&services.db, services.env.now());
        let is_asked = asks_country(db, agreed.studio).await?;
        let priced = agreed.priced(db, country, now).await?;
        let facts = match &priced {
            Some(priced) => agreed.contract(db, priced, now).await?,
            None => None,
        };
        let contract = match facts {
            Some(facts) => contract_html(services, facts).await?,
            None => String::new(),
        };
        let total = priced.as_ref().map_or(agreed.price, Priced::total);
        let tax_amount = priced.as_ref().map_or(Money::zero(total.currency), Priced::tax_amount);
        let (tax_name, tax) = words::tax(priced.as_ref().and_then(|priced| priced.tax.as_ref()), tax_amount);
        Ok(Self {
            action,
            price: words::amount(agreed.price),
            countries: countries(is_asked, country),
            needs_country: priced.is_none(),
            country: country.map_or("", Country::code),
            tax_name,
            tax,
            total: words::amount(total),
            seen_minor: total.minor,
            seen_currency: total.currency.code(),
            name,
            email: email.to_string(),
            contract,
        })
    }
}

/// The total that a form says its buyer saw.
pub(super) fn read_seen(minor: i64, currency: &str) -> Result<Money, PageError> {
    let currency = currency.parse().map_err(|_| PageError::bad_form())?;
    Ok(Money::new(minor, currency))
}

/// A contract as it reads before paying.
pub(super) async fn contract_html(services: &Services, facts: Contract) -> Result<String, PageError> {
    let contracts = services.contracts.clone();
    web::block(move || contracts.preview_html(&facts))
        .await
        .map_err(|cause| PageError::broken(&cause))?
        .map_err(|cause| PageError::broken(&cause))
}
