//! The currency in which a shop's pages show prices. They lead on in it by their addresses, without a cookie and without a script.

use domain::{identity::entity::studio, licensing::prices::currencies_of, money::Currency, services::Services};

use super::{cart::InCart, errors::PageError, texts::t};

/// The currency that an address asks for, as typed; empty if it asks for none.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct CurrencyQuery {
    pub(super) currency: String,
}

/// A currency in the list, and where the same page shows prices in it.
pub(super) struct CurrencyChoice {
    pub(super) code: &'static str,
    pub(super) href: String,
    pub(super) shown: bool,
}

/// The currency in which a page shows prices.
pub(super) struct Showing {
    /// Which.
    pub(super) currency: Currency,
    /// The same, if the address asks for it: then it is asked for on the pages that this one leads to as well.
    pub(super) asked: Option<Currency>,
    /// Why it is not the one that the address asks for, a sentence; empty if it is.
    pub(super) note: String,
    sold_in: Vec<Currency>,
}

impl Showing {
    /// In a currency that the studio sells in: the one that the address asks for, else that of what is in the visitor's cart, else the studio's own.
    pub(super) async fn of(
        services: &Services,
        studio: &studio::Model,
        asked: &str,
        in_cart: &InCart,
    ) -> Result<Self, PageError> {
        let sold_in = currencies_of(&services.db, studio.id, studio.currency).await?;
        let is_none = asked.trim().is_empty();
        let asked = sold_in.iter().copied().find(|sold| sold.code().eq_ignore_ascii_case(asked.trim()));
        let of_cart = in_cart.currency.filter(|currency| sold_in.contains(currency));
        let currency = asked.or(of_cart).unwrap_or(studio.currency);
        let note = if is_none || asked.is_some() {
            String::new()
        } else {
            t("currencies-not-sold").with("currency", currency.code()).into()
        };
        Ok(Self { currency, asked, note, sold_in })
    }

    /// What the addresses of other pages end in.
    pub(super) fn carry(&self) -> String {
        self.asked.map_or_else(String::new, |currency| format!("?currency={currency}"))
    }

    /// The currencies to choose from, each with the address at which the page shows it; none if there is only one.
    pub(super) fn choices(&self, href: impl Fn(Currency) -> String) -> Vec<CurrencyChoice> {
        let choice = |currency: Currency| CurrencyChoice {
            code: currency.code(),
            href: href(currency),
            shown: currency == self.currency,
        };
        if self.sold_in.len() < 2 { Vec::new() } else { self.sold_in.iter().copied().map(choice).collect() }
    }
}

/// The currency that a form names; none if it names none.
pub(super) fn read_currency(word: &str) -> Result<Option<Currency>, PageError> {
    let word = Some(word.trim()).filter(|word| !word.is_empty());
    word.map(str::parse).transpose().map_err(|_| PageError::bad_form())
}
