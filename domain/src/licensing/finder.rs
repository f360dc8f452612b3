//! The tier finder: the cheapest tier whose terms allow what somebody plans, and why each cheaper one does not.

use std::fmt;

use sea_orm::Iterable;

use super::{
    meter::CapKind,
    queries::Offer,
    terms::{Caps, Terms},
};
use crate::money::grouped;

/// What somebody plans to do with a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Plan {
    /// How far they want to go in each kind of use; none is not planned.
    pub uses: Caps,
    /// Whether they want the WAV.
    pub wav: bool,
    /// Whether they want the stems.
    pub stems: bool,
    /// Whether nobody else may license it any more.
    pub exclusive: bool,
}

impl Plan {
    /// Whether nothing is planned, so that every tier does.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// In what a tier falls short of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortfall {
    /// A cap is lower.
    Cap {
        /// Of what.
        kind: CapKind,
        /// How far the tier goes.
        limit: i64,
        /// How far the plan does.
        planned: i64,
    },
    /// It delivers no WAV.
    NoWav,
    /// It delivers no stems.
    NoStems,
    /// Others may license the beat as well.
    NotExclusive,
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |number: i64| grouped(&number.to_string());
        match *self {
            Self::Cap { kind, limit: 0, .. } => write!(f, "allows no {}", kind.noun()),
            Self::Cap { kind, limit, planned } => {
                write!(f, "ends at {} of the {} {} that you plan", count(limit), count(planned), kind.noun())
            }
            Self::NoWav => f.write_str("comes without the WAV"),
            Self::NoStems => f.write_str("comes without the stems"),
            Self::NotExclusive => f.write_str("leaves the beat on sale for others"),
        }
    }
}

/// In what some terms fall short of a plan; nothing if they allow it.
pub fn shortfalls(terms: &Terms, plan: &Plan) -> Vec<Shortfall> {
    let caps = CapKind::iter().filter_map(|kind| {
        let (planned, limit) = (kind.limit(&plan.uses)?, kind.limit(&terms.caps)?);
        (planned > limit).then_some(Shortfall::Cap { kind, limit, planned })
    });
    let others = [
        (plan.wav && !terms.files.wav, Shortfall::NoWav),
        (plan.stems && !terms.files.stems, Shortfall::NoStems),
        (plan.exclusive && !terms.is_exclusive(), Shortfall::NotExclusive),
    ];
    caps.chain(others.into_iter().filter_map(|(short, of)| short.then_some(of))).collect()
}

/// What was found among some offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'a> {
    /// The cheapest whose terms allow the plan; none if none do.
    pub fit: Option<&'a Offer>,
    /// Those that cost less and do not, cheapest first, each with what it lacks; all of them if none fits.
    pub cheaper: Vec<(&'a Offer, Vec<Shortfall>)>,
}

/// Finds the cheapest of some offers whose terms allow a plan. All of them are priced in one currency; at the same price the lower tier is taken.
pub fn find<'a>(offers: &'a [Offer], plan: &Plan) -> Found<'a> {
    let mut by_price: Vec<&Offer> = offers.iter().collect();
    by_price.sort_by_key(|offer| (offer.price.minor, offer.terms.tier));
    let mut cheaper = Vec::new();
    for offer in by_price {
        let lacking = shortfalls(&offer.terms, plan);
        if lacking.is_empty() {
            return Found { fit: Some(offer), cheaper };
        }
        cheaper.push((offer, lacking));
    }
    Found { fit: None, cheaper }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::{
        ids::TierId,
        licensing::{rules::default_tiers, terms::TierCode},
        money::Currency,
    };

    fn offers() -> Vec<Offer> {
        let tiers = default_tiers(Currency::EUR, "Nova").into_iter();
        let offer = |tier: crate::licensing::rules::TierSettings| Offer {
            tier: TierId(Uuid::nil()),
            own: false,
            price: tier.price,
            prices: vec![tier.price],
            terms: tier.terms,
        };
        tiers.map(offer).collect()
    }

    fn uses(streams: i64, music_videos: i64) -> Plan {
        let uses = Caps { streams: Some(streams), music_videos: Some(music_videos), ..Caps::default() };
        Plan { uses, ..Plan::default() }
    }

    fn found(offers: &[Offer], plan: &Plan) -> (Option<TierCode>, Vec<(TierCode, Vec<String>)>) {
        let found = find(offers, plan);
        let said = |lacking: Vec<Shortfall>| lacking.iter().map(Shortfall::to_string).collect();
        let cheaper = found.cheaper.into_iter().map(|(offer, lacking)| (offer.terms.tier, said(lacking)));
        (found.fit.map(|offer| offer.terms.tier), cheaper.collect())
    }

    #[test]
    fn eighty_thousand_streams_and_two_videos_take_a_trackout() {
        let (fit, cheaper) = found(&offers(), &uses(80_000, 2));
        assert_eq!(fit, Some(TierCode::Trackout));
        let videos = "ends at 1 of the 2 music videos that you plan".to_owned();
        let streams = "ends at 10,000 of the 80,000 streams that you plan".to_owned();
        assert_eq!(cheaper, [(TierCode::Mp3, vec![streams, videos.clone()]), (TierCode::Wav, vec![videos])]);
    }

    #[test]
    fn a_plan_may_go_as_far_as_a_cap_and_no_further() {
        assert_eq!(found(&offers(), &uses(10_000, 1)), (Some(TierCode::Mp3), vec![]));
        assert_eq!(found(&offers(), &uses(10_001, 1)).0, Some(TierCode::Wav));
        assert_eq!(found(&offers(), &uses(i64::MAX, 1)).0, Some(TierCode::Unlimited));
        assert_eq!(found(&offers(), &Plan::default()), (Some(TierCode::Mp3), vec![]), "nothing planned: any does");
    }

    #[test]
    fn files_and_exclusivity_are_looked_at_too() {
        let wanted = |wav, stems, exclusive| Plan { wav, stems, exclusive, ..Plan::default() };
        assert_eq!(found(&offers(), &wanted(true, false, false)).0, Some(TierCode::Wav));
        assert_eq!(found(&offers(), &wanted(false, true, false)).0, Some(TierCode::Trackout));
        let (fit, cheaper) = found(&offers(), &wanted(true, true, true));
        assert_eq!(fit, Some(TierCode::Exclusive));
        let others = "leaves the beat on sale for others";
        assert_eq!(cheaper[0].1, ["comes without the WAV", "comes without the stems", others]);
        assert_eq!(cheaper[3], (TierCode::Unlimited, vec![others.to_owned()]));
    }

    #[test]
    fn what_no_tier_allows_is_said_of_each() {
        let leases: Vec<Offer> = offers().into_iter().take(2).collect();
        let (fit, cheaper) = found(&leases, &uses(1_000_000, 0));
        assert_eq!((fit, cheaper.len()), (None, 2));
        let mut excluded = leases;
        excluded[0].terms.caps.radio_stations = Some(0);
        let plan = Plan { uses: Caps { radio_stations: Some(1), ..Caps::default() }, ..Plan::default() };
        assert_eq!(found(&excluded, &plan).1[0].1, ["allows no radio stations"]);
        assert_eq!(find(&[], &plan), Found { fit: None, cheaper: vec![] });
    }

    proptest! {
        #[test]
        fn nothing_that_fits_costs_less(streams in 0_i64..1_000_000, videos in 0_i64..5, stems in any::<bool>()) {
            let (offers, plan) = (offers(), Plan { stems, ..uses(streams, videos) });
            let found = find(&offers, &plan);
            let fit = found.fit.expect("an unlimited lease has stems");
            prop_assert!(shortfalls(&fit.terms, &plan).is_empty());
            for offer in offers.iter().filter(|offer| offer.price.minor < fit.price.minor) {
                prop_assert!(!shortfalls(&offer.terms, &plan).is_empty());
            }
        }
    }
}
