//! ISWC, ISO 15707: works.

use std::str::FromStr;

use super::{IdentifierError, digits, excerpt, identifier, squeeze, weighted_check, without_name};

identifier! {
    /// An International Standard Musical Work Code, 11 characters: `T`, nine digits, and the check digit C = (10 − S mod 10) mod 10 with
    /// S = 1 + Σ i·dᵢ.
    Iswc
}

impl Iswc {
    /// The printed form, `T-034.524.680-1`.
    pub fn printed(&self) -> String {
        let text = &self.0;
        format!("T-{}.{}.{}-{}", &text[1..4], &text[4..7], &text[7..10], &text[10..])
    }
}

impl FromStr for Iswc {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let plain = squeeze(text);
        let code = without_name(&plain, "ISWC");
        let form = || IdentifierError::Form {
            name: "ISWC",
            form: "a T, nine digits and a check digit",
            example: "T-034.524.680-1",
            given: excerpt(text),
        };
        let values = code.strip_prefix('T').filter(|rest| rest.len() == 10).and_then(digits).ok_or_else(form)?;
        let expected = weighted_check(1, &values[..9]);
        if expected != values[9] {
            return Err(IdentifierError::Check { name: "ISWC", expected: expected.to_string(), given: excerpt(text) });
        }
        Ok(Self(code.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_standards_example_holds() {
        let iswc: Iswc = "iswc T-034.524.680-1".parse().unwrap();
        assert_eq!((iswc.as_str(), iswc.printed().as_str()), ("T0345246801", "T-034.524.680-1"));
        assert_eq!(
            "T-034.524.680-2".parse::<Iswc>().unwrap_err().to_string(),
            "\"T-034.524.680-2\" is not a valid ISWC: by its other digits it would end in 1, so one of them is mistyped"
        );
        for text in ["", "T", "0345246801", "T03452468011", "T034524680X"] {
            assert!(matches!(text.parse::<Iswc>(), Err(IdentifierError::Form { .. })), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn exactly_one_check_digit_is_right(work in "[0-9]{9}") {
            let right: Vec<Iswc> = (0..10).filter_map(|check| format!("T{work}{check}").parse().ok()).collect();
            prop_assert_eq!(right.len(), 1);
            prop_assert_eq!(right[0].printed().parse::<Iswc>(), Ok(right[0].clone()));
        }
    }
}
