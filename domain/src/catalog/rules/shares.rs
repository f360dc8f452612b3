//! Share tables.

use crate::{
    ids::PartyId,
    share::{Share, ShareError},
};

/// The most lines of a share table.
pub const MAX_LINES: usize = 50;
/// The longest role, in characters.
pub const MAX_ROLE_CHARS: usize = 60;

/// One line of a share table, as entered; its place is its place in the credits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareLine {
    /// Who.
    pub party: PartyId,
    /// What they did, such as `producer`.
    pub role: String,
    /// Their part, in parts per million.
    pub share_ppm: u32,
}

/// Why a share table is refused; lines count from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareTableError {
    /// Nobody, or too many.
    #[error("a beat has 1 to {MAX_LINES} collaborators")]
    Length,
    /// The same party twice.
    #[error("this party stands in the table already")]
    Twice {
        /// The later line.
        line: usize,
    },
    /// A role is empty or too long.
    #[error("a role has 1 to {MAX_ROLE_CHARS} characters")]
    Role {
        /// The line.
        line: usize,
    },
    /// A share beyond the whole.
    #[error("{problem}")]
    Share {
        /// The line.
        line: usize,
        /// What is wrong.
        problem: ShareError,
    },
    /// The total is not exactly the whole.
    #[error("{problem}")]
    Total {
        /// What they total.
        problem: ShareError,
    },
}

/// Checks a share table: nobody twice, each role named, and the shares total exactly the whole.
pub fn check(lines: &[ShareLine]) -> Result<Vec<(PartyId, String, Share)>, ShareTableError> {
    if lines.is_empty() || lines.len() > MAX_LINES {
        return Err(ShareTableError::Length);
    }
    let mut table: Vec<(PartyId, String, Share)> = Vec::with_capacity(lines.len());
    for (line, given) in lines.iter().enumerate() {
        if table.iter().any(|(party, ..)| *party == given.party) {
            return Err(ShareTableError::Twice { line });
        }
        let role = given.role.split_whitespace().collect::<Vec<_>>().join(" ");
        if role.is_empty() || role.chars().count() > MAX_ROLE_CHARS {
            return Err(ShareTableError::Role { line });
        }
        let share = Share::from_ppm(given.share_ppm).map_err(|problem| ShareTableError::Share { line, problem })?;
        table.push((given.party, role, share));
    }
    let shares: Vec<Share> = table.iter().map(|(.., share)| *share).collect();
    Share::require_whole(&shares).map_err(|problem| ShareTableError::Total { problem })?;
    Ok(table)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::prelude::Uuid;

    use super::*;

    fn line(party: u128, share_ppm: u32) -> ShareLine {
        ShareLine { party: PartyId(Uuid::from_u128(party)), role: " producer ".into(), share_ppm }
    }

    #[test]
    fn only_the_exact_whole_is_accepted() {
        assert_eq!(check(&[line(1, 1_000_000)]).unwrap()[0].1, "producer");
        assert_eq!(
            check(&[line(1, 500_000), line(2, 499_999)]).unwrap_err().to_string(),
            "the shares total 99.9999 %, not 100 %"
        );
        assert!(matches!(check(&[line(1, 1_000_000), line(2, 1)]), Err(ShareTableError::Total { .. })));
        assert!(matches!(check(&[line(1, 1_000_001)]), Err(ShareTableError::Share { line: 0, .. })));
        assert_eq!(check(&[line(1, 500_000), line(1, 500_000)]), Err(ShareTableError::Twice { line: 1 }));
        assert_eq!(check(&[]), Err(ShareTableError::Length));
        let nameless = ShareLine { role: " ".into(), ..line(1, 1_000_000) };
        assert_eq!(check(&[nameless]), Err(ShareTableError::Role { line: 0 }));
    }

    proptest! {
        #[test]
        fn a_table_holds_exactly_if_it_totals_the_whole(parts in prop::collection::vec(0_u32..=500_000, 1..6)) {
            let lines: Vec<ShareLine> = (1..).zip(&parts).map(|(party, part)| line(party, *part)).collect();
            prop_assert_eq!(check(&lines).is_ok(), parts.iter().sum::<u32>() == 1_000_000);
        }
    }
}
