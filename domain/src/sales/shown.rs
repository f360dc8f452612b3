//! What a buyer is shown before they order: what it comes to, and the contract at that price. The order freezes both as they were shown.

use sea_orm::ConnectionTrait;

use super::{SalesError, queries::CartView};
use crate::{
    env::Instant,
    ids::{BeatId, CartLineId, StudioId},
    licensing::{contract::Contract, queries::contract_on, terms::Terms},
    money::Money,
    pricing::{
        self, Country, Priced,
        queries::{asks_country, tax_in},
        rules::{Item, PriceRules},
    },
    report::StoreError,
};

/// The contract of a line of a cart at what the line costs now, with what is taken off it and taxed; none if it is not on sale, or the cart cannot be
/// priced. For whoever holds the cart's secret.
pub async fn contract_of_line(
    db: &impl ConnectionTrait,
    view: &CartView,
    line: CartLineId,
    now: Instant,
) -> Result<Option<Contract>, StoreError> {
    let Some(found) = view.lines.iter().find(|found| found.line.id == line) else { return Ok(None) };
    let (Some(offer), Some(priced)) = (&found.offer, &found.priced) else { return Ok(None) };
    let price = Money::new(priced.price_minor, offer.price.currency);
    contract_on(db, view.cart.studio_id, found.line.beat_id, offer.terms.clone(), price, now).await
}

/// One licence at a price that was agreed upon, which stands in the place of the price on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed<'a> {
    /// The seller.
    pub studio: StudioId,
    /// The beat.
    pub beat: BeatId,
    /// The terms.
    pub terms: &'a Terms,
    /// The price, before tax that comes on top.
    pub price: Money,
}

impl Agreed<'_> {
    /// What it comes to for a buyer in a country: tax is within the price or comes on top, by the studio's rate, and nothing is taken off. None if the
    /// studio asks for the country and it is not given. Open to anybody who knows the price.
    ///
    /// # Errors
    /// If the sum does not fit.
    pub async fn priced(
        &self,
        db: &impl ConnectionTrait,
        country: Option<Country>,
        now: Instant,
    ) -> Result<Option<Priced>, SalesError> {
        let tax = match country {
            Some(country) => tax_in(db, self.studio, country).await?,
            None if asks_country(db, self.studio).await? => return Ok(None),
            None => None,
        };
        let item = Item { beat: self.beat, tier: self.terms.tier, list: self.price };
        let rules = PriceRules { tax, ..PriceRules::default() };
        Ok(Some(pricing::price(self.price.currency, &[item], &rules, now)?))
    }

    /// The contract at what it comes to; none if the beat has lost its source. Open to anybody who knows the price.
    pub async fn contract(
        &self,
        db: &impl ConnectionTrait,
        priced: &Priced,
        now: Instant,
    ) -> Result<Option<Contract>, StoreError> {
        contract_on(db, self.studio, self.beat, self.terms.clone(), priced.total(), now).await
    }
}
