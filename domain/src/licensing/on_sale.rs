//! What is on sale, asked of the database: the beats that are looked for by tier and price. Of each tier it says what
//! [`effective_tiers`](super::queries::effective_tiers) does, but for a split that the studio waits for: who has signed it is a rule that no query asks.

use sea_orm::{
    Condition, Iterable,
    sea_query::{Expr, ExprTrait},
};

use super::terms::TierCode;
use crate::{
    catalog::{entity::SampleClearance, rules::samples},
    money::Currency,
};

/// As what beats are looked for; what is none does not narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferFilter {
    /// In which currency they are bought: what has no price in it is not found.
    pub currency: Currency,
    /// The tier that they are bought as; none for the cheapest that is on sale.
    pub tier: Option<TierCode>,
    /// The least that this costs, in minor units.
    pub min_minor: Option<i64>,
    /// The most that this costs, in minor units.
    pub max_minor: Option<i64>,
}

impl OfferFilter {
    /// Of everything that is on sale in a currency.
    pub const fn all_in(currency: Currency) -> Self {
        Self { currency, tier: None, min_minor: None, max_minor: None }
    }

    /// Whether it narrows anything: the currency alone does not.
    pub const fn narrows(&self) -> bool {
        self.tier.is_some() || self.min_minor.is_some() || self.max_minor.is_some()
    }
}

/// That beats are on sale so, as a condition for lists.
pub(crate) fn on_sale(filter: &OfferFilter, is_postgres: bool) -> Condition {
    let mut conditions = offered(is_postgres);
    conditions.extend(filter.tier.map(|tier| format!("tiers.code = '{tier}'")));
    let price = price_in(filter.currency);
    let cheapest = Expr::cust(format!("(SELECT MIN({price}) FROM tiers WHERE {})", conditions.join(" AND ")));
    // Nothing costs less than nothing, and what is not on sale has no price at all.
    Condition::all()
        .add(cheapest.clone().gte(filter.min_minor.unwrap_or(0)))
        .add_option(filter.max_minor.map(|max| cheapest.lte(max)))
}

/// What a tier costs in a currency, in the words of SQL; null if it has no price in it.
fn price_in(currency: Currency) -> String {
    format!(
        "CASE WHEN tiers.currency = '{currency}' THEN tiers.price_minor ELSE (SELECT tier_prices.price_minor FROM tier_prices
          WHERE tier_prices.tier_id = tiers.id AND tier_prices.currency = '{currency}') END"
    )
}

/// What holds of a beat and a tier that it is bought as, in the words of SQL.
fn offered(is_postgres: bool) -> Vec<String> {
    let has_stems = "EXISTS (SELECT 1 FROM stems WHERE stems.beat_id = beats.id)
        AND NOT EXISTS (SELECT 1 FROM stems JOIN assets ON assets.id = stems.asset_id
                        WHERE stems.beat_id = beats.id AND assets.state <> 'ready')";
    let mut conditions = vec![
        "tiers.studio_id = beats.studio_id AND tiers.enabled".to_owned(),
        // A default holds for the beats that have no version of their own.
        "(tiers.beat_id = beats.id OR (tiers.beat_id IS NULL AND NOT EXISTS
          (SELECT 1 FROM tiers AS own_version WHERE own_version.beat_id = beats.id AND own_version.code = tiers.code)))"
            .to_owned(),
        // Every tier delivers something; where that is the stems, they have to be there.
        format!("((tiers.code <> 'trackout' AND (tiers.delivers_mp3 OR tiers.delivers_wav)) OR ({has_stems}))"),
        "NOT EXISTS (SELECT 1 FROM exclusive_claims WHERE exclusive_claims.work_id = beats.work_id)".to_owned(),
    ];
    for clearance in SampleClearance::iter() {
        let barred = TierCode::iter().filter(|tier| samples::bars(clearance, *tier));
        let barred: Vec<String> = barred.map(|tier| format!("'{tier}'")).collect();
        if !barred.is_empty() {
            let declared = is_declared(clearance, is_postgres);
            conditions.push(format!("NOT (tiers.code IN ({}) AND {declared})", barred.join(", ")));
        }
    }
    conditions
}

/// Whether a beat declares a sample of a clearance, in the words of either database.
fn is_declared(clearance: SampleClearance, is_postgres: bool) -> String {
    if is_postgres {
        return format!("beats.samples @> '[{{\"clearance\": \"{clearance}\"}}]'");
    }
    format!("EXISTS (SELECT 1 FROM json_each(beats.samples) WHERE json_each.value ->> 'clearance' = '{clearance}')")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_alone_narrows_nothing() {
        let all = OfferFilter::all_in(Currency::EUR);
        assert!(!all.narrows());
        for narrow in [
            OfferFilter { tier: Some(TierCode::Wav), ..all },
            OfferFilter { min_minor: Some(0), ..all },
            OfferFilter { max_minor: Some(0), ..all },
        ] {
            assert!(narrow.narrows(), "{narrow:?}");
        }
    }
}
