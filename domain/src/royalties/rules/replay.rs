//! All that a period is reckoned from, as plain values and as bytes: whoever has them reckons it again, without a database, and comes to the same bytes.

use std::collections::BTreeMap;

use super::{
    Charge, LineKey, Outcome, Period, RoyaltyFault, RuleBook, Run, State, Sums, Totals, Version, Why, calculate,
    outcome::canonical,
    place::{Placed, place},
};
use crate::{money::Currency, royalties::RoyaltyError};

/// All that a period is reckoned from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// The period.
    pub period: Period,
    /// The currency of lines and charges.
    pub currency: Currency,
    /// The rules, by rule and number.
    pub versions: Vec<Version>,
    /// What was charged and paid since the last period, by name.
    pub charges: Vec<Charge>,
    /// How everything stood.
    pub opening: State,
    /// What the lines come to, in the order of the keys.
    pub sums: Vec<(LineKey, Totals)>,
}

/// Lines that a period finds nobody's: they are lines of a later one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Why they wait.
    pub why: Why,
    /// What they have in common; of a release, each track has a sum of its own.
    pub key: LineKey,
    /// What they come to.
    pub totals: Totals,
}

impl Inputs {
    /// What it comes to as bytes.
    pub fn canonical(&self) -> Vec<u8> {
        canonical(self)
    }

    /// The rules as a book.
    pub fn book(&self) -> Result<RuleBook, RoyaltyFault> {
        RuleBook::new(self.versions.clone())
    }

    /// What the period comes to.
    pub fn outcome(&self) -> Result<Outcome, RoyaltyFault> {
        self.outcome_under(&self.book()?)
    }

    /// The same for who has made a book of the rules already.
    pub(in crate::royalties) fn outcome_under(&self, book: &RuleBook) -> Result<Outcome, RoyaltyFault> {
        let mut sums = Sums::new(book);
        for (key, totals) in &self.sums {
            sums.add(key.clone(), totals)?;
        }
        let run =
            Run { period: self.period, currency: self.currency, book, charges: &self.charges, opening: &self.opening };
        calculate(&run, &sums)
    }

    /// What waits of the lines, by why and what they are: together what the outcome says is suspended.
    pub fn waiting(&self) -> Result<Vec<Waiting>, RoyaltyFault> {
        let book = self.book()?;
        let mut waiting: BTreeMap<(Why, LineKey), Totals> = BTreeMap::new();
        for (key, totals) in &self.sums {
            for placed in place(&book, key, totals)? {
                if let Placed::Nowhere { subject, why, totals } = placed {
                    let key = LineKey { subject, ..key.clone() };
                    waiting.entry((why, key)).or_default().accumulate(&totals)?;
                }
            }
        }
        Ok(waiting.into_iter().map(|((why, key), totals)| Waiting { why, key, totals }).collect())
    }
}

/// The rules out of the bytes of inputs. What comes behind them, and may be long, is not looked at.
pub fn rules_in(inputs: &[u8]) -> Result<Vec<Version>, RoyaltyError> {
    const FIELD: &[u8] = b"\"versions\":";
    // What stands before it is two days and a currency.
    let found = inputs.windows(FIELD.len()).position(|bytes| bytes == FIELD);
    let behind = found.map_or(0, |place| place + FIELD.len());
    let mut values = serde_json::Deserializer::from_slice(&inputs[behind..]).into_iter::<Vec<Version>>();
    Ok(values.next().transpose()?.unwrap_or_default())
}

/// What a period comes to that was reckoned from these bytes.
pub fn replay(inputs: &[u8]) -> Result<Outcome, RoyaltyError> {
    let inputs: Inputs = serde_json::from_slice(inputs)?;
    Ok(inputs.outcome()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::royalties::rules::tests::{half, line, party, recording, split};

    #[test]
    fn bytes_are_reckoned_again_to_the_same_bytes_and_others_are_refused() {
        let book = RuleBook::new(vec![split("one", recording(1), &[(party(1), 60), (party(2), 40)])]).unwrap();
        let sums = Sums::of(&book, &[line(recording(1), 3, "10.005"), line(recording(2), 1, "7")]).unwrap();
        let inputs = Inputs {
            period: half(1),
            currency: Currency::EUR,
            versions: book.versions().to_vec(),
            charges: Vec::new(),
            opening: State::default(),
            sums: sums.groups().map(|(key, totals)| (key.clone(), *totals)).collect(),
        };
        let outcome = inputs.outcome().unwrap();
        let again = replay(&inputs.canonical()).unwrap();
        assert_eq!(again.canonical(), outcome.canonical());
        assert_eq!(rules_in(&inputs.canonical()).unwrap(), inputs.versions);
        let waiting = inputs.waiting().unwrap();
        let waits: Vec<_> = waiting.iter().map(|waits| (waits.key.subject.clone(), waits.totals.net)).collect();
        assert_eq!(waits, [(outcome.suspense[0].subject.clone(), outcome.suspense[0].amount)]);
        assert!(matches!(replay(b"{}"), Err(RoyaltyError::Content(_))));
    }
}
