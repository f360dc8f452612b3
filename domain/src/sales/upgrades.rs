//! What a licence can be upgraded to, what that costs, and what its contract says; for the buyer who holds its order's link.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    SalesError,
    entitlements::COLLECTED,
    entity::{order, payment},
    queries::unbooked_minor,
    rules::upgrade::{UpgradeRefusal, kept_of_line, left_beside, upgrade_price},
};
use crate::{
    actor::Ctx,
    catalog::entity::{BeatState, beat},
    collectable,
    env::Instant,
    ledger::{
        LedgerError,
        queries::{find_sale, remaining_of_sale},
    },
    licensing::{
        channels::find_own_licence,
        contract::{Contract, Replaced},
        entity::licence,
        force::{Force, forces},
        queries::{Offer, contract_on, effective_tiers},
        terms::TierCode,
        upgrades::{Replacement, find_chain},
    },
    money::{Money, MoneyError},
    pricing::{
        self, Priced,
        queries::{facts_of_lines, tax_in},
        rules::{Item, PriceRules, TaxRule},
    },
    report::StoreError,
};

/// A tier that a licence can be upgraded to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpgradeOffer {
    /// The tier as it is on sale for anybody.
    pub offer: Offer,
    /// What it costs the licensee without the credit, tax and all.
    pub full: Money,
    /// What it costs as an upgrade, tax and all.
    pub price: Money,
    /// The same as the one line of an order, with the tax that is within it.
    pub priced: Priced,
}

/// A licence that can be upgraded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgradable {
    /// The licence.
    pub licence: licence::Model,
    /// What was paid for it and is kept, and for each that it had replaced: itself first.
    pub credits: Vec<(licence::Model, Money)>,
    /// What all of that comes to.
    pub credited: Money,
    /// The higher tiers that are on sale, lowest first; never empty.
    pub offers: Vec<UpgradeOffer>,
}

impl Upgradable {
    /// The upgrade to a tier; none if it is not one of those offered.
    pub fn offer(&self, tier: TierCode) -> Option<&UpgradeOffer> {
        self.offers.iter().find(|upgrade| upgrade.offer.terms.tier == tier)
    }

    /// What the contract of such an upgrade says of the licence that it replaces.
    pub fn replacement(&self, upgrade: &UpgradeOffer) -> Replacement {
        Replacement {
            replaced: Replaced {
                reference: self.licence.reference.clone(),
                tier_name: self.licence.terms.tier_name.clone(),
                granted_at: self.licence.granted_at,
                full_price: upgrade.full,
                credited: self.credited,
            },
            references: self.credits.iter().map(|(licence, _)| licence.reference.clone()).collect(),
        }
    }
}

/// What the buyer's own licence can be upgraded to now. It is taxed by the country that the buyer had named for the licence, at the rate of today.
///
/// # Errors
/// If the caller's order has no such licence, or it does not stand ([`SalesError::Licensing`]); if there is nothing to upgrade it to, or it is not upgraded
/// any more ([`SalesError::Upgrade`]).
pub async fn find_upgradable(db: &impl ConnectionTrait, ctx: &Ctx, reference: &str) -> Result<Upgradable, SalesError> {
    let licence = find_own_licence(db, ctx, reference).await?;
    let now = ctx.env.now();
    require_in_force(db, &licence, now).await?;
    let higher = higher_offers(db, &licence).await?;
    let mut credits = Vec::new();
    for earlier in find_chain(db, &licence).await? {
        let kept = kept_of_licence(db, &earlier).await?;
        credits.push((earlier, kept));
    }
    let credited = Money::sum(licence.currency, credits.iter().map(|(_, kept)| *kept))?;
    let tax = tax_of_licence(db, &licence).await?;
    let offers = higher
        .into_iter()
        .map(|offer| price_upgrade(&licence, offer, credited, tax.as_ref(), now))
        .collect::<Result<Vec<_>, MoneyError>>()?;
    if offers.is_empty() {
        return Err(UpgradeRefusal::NothingHigher.into());
    }
    Ok(Upgradable { licence, credits, credited, offers })
}

/// How an upgrade of a licence is taxed; not at all if its buyer was never asked for their country, or nobody is any more.
async fn tax_of_licence(db: &impl ConnectionTrait, licence: &licence::Model) -> Result<Option<TaxRule>, StoreError> {
    let facts = facts_of_lines(db, &[licence.order_line_id]).await?.remove(&licence.order_line_id).unwrap_or_default();
    match facts.tax {
        Some(tax) => tax_in(db, licence.studio_id, tax.country).await,
        None => Ok(None),
    }
}

/// Prices an upgrade. What was paid before had its tax in it, and so has what is left to pay: of tax that comes on top, what was paid then is not paid again.
fn price_upgrade(
    licence: &licence::Model,
    offer: Offer,
    credited: Money,
    tax: Option<&TaxRule>,
    now: Instant,
) -> Result<UpgradeOffer, MoneyError> {
    let currency = offer.price.currency;
    let priced = |list: Money, tax: Option<TaxRule>| {
        let item = Item { beat: licence.beat_id, tier: offer.terms.tier, list };
        pricing::price(currency, &[item], &PriceRules { tax, ..PriceRules::default() }, now)
    };
    let full = priced(offer.price, tax.cloned())?.total();
    let least = Money::new(collectable::least_minor(currency), currency);
    let price = upgrade_price(full, credited, least, collectable::step_minor(currency))?;
    let priced = priced(price, tax.map(|rule| TaxRule { included: true, ..rule.clone() }))?;
    Ok(UpgradeOffer { offer, full, price, priced })
}

async fn require_in_force(db: &impl ConnectionTrait, licence: &licence::Model, now: Instant) -> Result<(), SalesError> {
    if licence.exclusive {
        return Err(UpgradeRefusal::Exclusive.into());
    }
    match forces(db, std::slice::from_ref(licence), now).await?.remove(&licence.id) {
        // To upgrade it is what puts it in force again.
        Some(Force::Stands | Force::Suspended) | None => Ok(()),
        Some(Force::Superseded { by }) => Err(UpgradeRefusal::Superseded { by }.into()),
        Some(Force::Ended) => Err(UpgradeRefusal::Ended.into()),
        Some(Force::AtLimit) => Err(UpgradeRefusal::AtLimit.into()),
    }
}

/// What is on sale of a licence's beat above its tier, in the currency that was paid in.
async fn higher_offers(db: &impl ConnectionTrait, licence: &licence::Model) -> Result<Vec<Offer>, StoreError> {
    let published =
        beat::Entity::find_by_id(licence.beat_id).filter(beat::Column::State.eq(BeatState::Published)).one(db).await?;
    let Some(beat) = published else { return Ok(Vec::new()) };
    let offers = effective_tiers(db, beat.studio_id, &[beat.id]).await?.remove(&beat.id).unwrap_or_default();
    let higher = offers.iter().filter(|offer| offer.terms.tier > licence.terms.tier);
    Ok(higher.filter_map(|offer| offer.sold_in(licence.currency)).collect())
}

/// What is kept of what was paid for a licence, and not asked back either.
pub(super) async fn kept_of_licence(db: &impl ConnectionTrait, licence: &licence::Model) -> Result<Money, SalesError> {
    let order = order::Entity::find_by_id(licence.order_id).one(db).await?.ok_or(SalesError::NoOrder)?;
    let payments = payment::Entity::find()
        .filter(payment::Column::OrderId.eq(order.id))
        .filter(payment::Column::State.is_in(COLLECTED))
        .all(db)
        .await?;
    let mut kept_minor = 0_i64;
    for payment in payments {
        // What came a second time, or for nothing sold, is no sale.
        if let Some(sale) = find_sale(db, &payment.gateway, &payment.gateway_payment).await? {
            let asked_minor = unbooked_minor(db, payment.id).await?;
            let left = left_beside(remaining_of_sale(db, sale.id).await?, asked_minor).map_err(LedgerError::from)?;
            let of_sale = kept_of_line(&left, licence.order_line_id, licence.price_minor, order.total_minor);
            kept_minor = kept_minor.saturating_add(of_sale);
        }
    }
    Ok(Money::new(kept_minor.min(licence.price_minor), licence.currency))
}

/// The contract that the buyer reads before upgrading; none if the beat has lost its source.
pub async fn upgrade_contract(
    db: &impl ConnectionTrait,
    upgradable: &Upgradable,
    upgrade: &UpgradeOffer,
    now: Instant,
) -> Result<Option<Contract>, StoreError> {
    let (studio, beat) = (upgradable.licence.studio_id, upgradable.licence.beat_id);
    let offered = contract_on(db, studio, beat, upgrade.offer.terms.clone(), upgrade.price, now).await?;
    Ok(offered.map(|contract| contract.replacing(upgradable.replacement(upgrade))))
}
