//! Upgrades of licences by the buyer who holds their order's link: what is offered, and the order that pays the difference.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::{
    actor::Actor,
    links::Purpose,
    sales::{
        self, PlaceUpgrade,
        commands::checkout::order_url,
        entity::OrderState,
        upgrades::{self, Upgradable},
    },
};

use super::{PlacedOrder, open_token};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        errors::Failure,
        licensing::{Offer, TierCode},
        scalars::{Money, MoneyInput},
    },
    payload,
};

/// What a licence can be upgraded to.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct UpgradeOffers {
    /// What was paid for the licence and is kept, and is credited.
    pub credited: Money,
    /// The higher tiers that are on sale, lowest first.
    pub offers: Vec<UpgradeOffer>,
}

/// A tier that a licence can be upgraded to.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct UpgradeOffer {
    /// The tier as it is on sale for anybody.
    pub offer: Offer,
    /// What it costs the licensee without the credit, tax and all.
    pub full_price: Money,
    /// What it costs as an upgrade, tax and all: the full price less the credit, and no less than payment services collect.
    pub price: Money,
}

impl From<Upgradable> for UpgradeOffers {
    fn from(upgradable: Upgradable) -> Self {
        let offers = upgradable.offers.into_iter();
        Self {
            credited: upgradable.credited.into(),
            offers: offers
                .map(|at| UpgradeOffer { offer: at.offer.into(), full_price: at.full.into(), price: at.price.into() })
                .collect(),
        }
    }
}

/// A licence to be upgraded.
#[derive(Debug, InputObject)]
pub struct UpgradeLicenceInput {
    /// The token of the order that bought it.
    pub token: String,
    /// The licence's reference.
    pub reference: String,
    /// The tier that it is upgraded to.
    pub tier: TierCode,
    /// The price that the buyer saw and agrees to.
    pub seen_price: MoneyInput,
}

payload! {
    /// What came of `upgradeLicence`.
    pub struct UpgradeLicencePayload {
        /// The order of the upgrade and where it is paid.
        placed: PlacedOrder
    }
}

/// Queries about upgrades.
#[derive(Debug, Default)]
pub struct UpgradeQuery;

#[Object]
impl UpgradeQuery {
    /// What a licence of a buyer's link can be upgraded to now, and what that costs. Refused with a code where there is nothing to upgrade to:
    /// `LICENCE_SUPERSEDED`, `LICENCE_ENDED`, `LIMIT_REACHED`, `EXCLUSIVE_ALREADY` or `NOTHING_HIGHER`.
    async fn upgrade_offers(
        &self,
        ctx: &Context<'_>,
        token: String,
        reference: String,
    ) -> Result<UpgradeOffers, Failure> {
        let caller = caller(ctx)?;
        let services = &caller.services;
        let buyer = services.ctx(Actor::Buyer { order: open_token(caller, &token)? });
        let found = upgrades::find_upgradable(&services.db, &buyer, &reference).await?;
        Ok(found.into())
    }
}

/// Mutations of upgrades.
#[derive(Debug, Default)]
pub struct UpgradeMutation;

#[Object]
impl UpgradeMutation {
    /// Places the order that upgrades a licence of a buyer's link for the difference, and opens its pay page. When it is paid, the new licence takes the
    /// place of the old one; placed again while it can be paid, it is the same order.
    async fn upgrade_licence(
        &self,
        ctx: &Context<'_>,
        input: UpgradeLicenceInput,
    ) -> Result<UpgradeLicencePayload, Failure> {
        UpgradeLicencePayload::of(upgrade_licence(caller(ctx)?, input).await)
    }
}

async fn upgrade_licence(caller: &Caller, input: UpgradeLicenceInput) -> Result<PlacedOrder, Failure> {
    let services = &caller.services;
    let buyer = services.ctx(Actor::Buyer { order: open_token(caller, &input.token)? });
    let request = PlaceUpgrade {
        reference: input.reference,
        tier: input.tier.into(),
        seen_price: input.seen_price.named("seenPrice")?,
        ip: Some(caller.ip.to_string()).filter(|ip| !ip.is_empty()),
        user_agent: Some(caller.user_agent.to_string()),
    };
    let mut order = sales::place_upgrade(services, &buyer, &request).await?;
    let is_due = order.state == OrderState::AwaitingPayment;
    let pay_url = if is_due { Some(sales::open_checkout(services, order.id).await?) } else { None };
    order.pay_url.clone_from(&pay_url);
    let token = services.links.token(Purpose::Order, order.id, None);
    Ok(PlacedOrder { pay_url, token, url: order_url(services, order.id), order: order.into() })
}
