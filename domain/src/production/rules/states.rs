//! Where a project can go from where it stands, and what its start waits for.

use crate::{
    agreements::entity::AgreementState,
    production::entity::{EventKind, ProjectState},
};

/// A step of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Work begins.
    Activate,
    /// It is delivered.
    Deliver,
    /// It is called off.
    Cancel,
    /// It is taken up again.
    Reopen,
}

impl Move {
    /// What the history says of it.
    pub const fn event(self) -> EventKind {
        match self {
            Self::Activate => EventKind::Activated,
            Self::Deliver => EventKind::Delivered,
            Self::Cancel => EventKind::Cancelled,
            Self::Reopen => EventKind::Reopened,
        }
    }
}

/// Where a step leads; none if it cannot be taken from there.
pub const fn after(state: ProjectState, step: Move) -> Option<ProjectState> {
    match (state, step) {
        (ProjectState::Planned, Move::Activate) | (ProjectState::Delivered, Move::Reopen) => Some(ProjectState::Active),
        (ProjectState::Active, Move::Deliver) => Some(ProjectState::Delivered),
        (ProjectState::Planned | ProjectState::Active, Move::Cancel) => Some(ProjectState::Cancelled),
        (ProjectState::Cancelled, Move::Reopen) => Some(ProjectState::Planned),
        _ => None,
    }
}

/// Whether a project is over: nothing of it changes but what it has cost.
pub const fn is_over(state: ProjectState) -> bool {
    matches!(state, ProjectState::Delivered | ProjectState::Cancelled)
}

/// Why a project may not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GateShut {
    /// It is for a client, and no agreement was signed for it.
    #[error("it is for a client, and no agreement of it has been signed")]
    NoAgreement,
    /// Agreements that it waits for are not signed.
    #[error("{waiting} of its agreements are not signed by all")]
    Unsigned {
        /// How many.
        waiting: usize,
    },
}

/// Whether a project may start: the studio's own at once, one for a client or with agreements when at least one of those has been executed and none is under
/// way. What was declined, taken back or has run out counts for nothing.
pub fn start_gate(has_client: bool, agreements: &[AgreementState]) -> Result<(), GateShut> {
    let waiting = agreements.iter().filter(|state| !state.is_final()).count();
    if waiting > 0 {
        return Err(GateShut::Unsigned { waiting });
    }
    let is_signed = agreements.contains(&AgreementState::Executed);
    if is_signed || (!has_client && agreements.is_empty()) { Ok(()) } else { Err(GateShut::NoAgreement) }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    const MOVES: [Move; 4] = [Move::Activate, Move::Deliver, Move::Cancel, Move::Reopen];

    #[test]
    fn what_is_over_is_only_taken_up_again() {
        for state in ProjectState::iter() {
            let open: Vec<Move> = MOVES.into_iter().filter(|step| after(state, *step).is_some()).collect();
            assert_eq!(open == [Move::Reopen], is_over(state), "{state}");
            assert!(MOVES.into_iter().all(|step| after(state, step) != Some(state)), "{state}");
        }
        assert_eq!(after(ProjectState::Planned, Move::Deliver), None, "nothing is delivered that was not begun");
    }

    #[test]
    fn a_client_s_project_waits_for_all_signatures() {
        use AgreementState::{Countered, Declined, Draft, Executed, Expired, PartlySigned, Sent, Voided};
        assert_eq!(start_gate(false, &[]), Ok(()));
        assert_eq!(start_gate(true, &[]), Err(GateShut::NoAgreement));
        for out in [Draft, Sent, PartlySigned, Countered] {
            assert_eq!(start_gate(true, &[out]), Err(GateShut::Unsigned { waiting: 1 }), "{out}");
            assert_eq!(start_gate(false, &[Executed, out]), Err(GateShut::Unsigned { waiting: 1 }), "{out}");
        }
        for over in [Declined, Voided, Expired] {
            assert_eq!(start_gate(false, &[over]), Err(GateShut::NoAgreement), "{over}");
            assert_eq!(start_gate(true, &[over, Executed]), Ok(()), "{over}");
        }
    }
}
