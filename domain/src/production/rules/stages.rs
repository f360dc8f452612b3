//! When a stage can be closed.

use std::fmt;

use crate::production::entity::Stage;

/// What must be there before a stage is closed, besides its gated tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Requirement {
    /// The brief says what is to be reached.
    Brief,
    /// The song has an arrangement map.
    ArrangementMap,
    /// Somebody is named whose word decides.
    Decider,
    /// Somebody is named who made it.
    Credits,
}

/// What keeps a stage open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// An earlier stage is open.
    Stage {
        /// Which.
        stage: Stage,
        /// Of which song; none if of the whole project.
        song: Option<String>,
    },
    /// A gated task is open.
    Task {
        /// What is to be done.
        title: String,
    },
    /// A mix that is reviewed is not approved.
    Mix {
        /// Of which song.
        song: String,
    },
    /// Something is not there.
    Requirement(Requirement),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stage { stage, song: None } => write!(f, "the project's {stage} is open"),
            Self::Stage { stage, song: Some(song) } => write!(f, "the {stage} of {song:?} is open"),
            Self::Task { title } => write!(f, "the task {title:?} is not done"),
            Self::Mix { song } => write!(f, "the mix of {song:?} is under review and not approved"),
            Self::Requirement(Requirement::Brief) => f.write_str("the brief says no goals"),
            Self::Requirement(Requirement::ArrangementMap) => f.write_str("there is no arrangement map"),
            Self::Requirement(Requirement::Decider) => f.write_str("no decider is named"),
            Self::Requirement(Requirement::Credits) => f.write_str("nobody is named who made it"),
        }
    }
}

/// What is known of a stage that shall be closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact that a requirement asks for")]
pub struct StageFacts {
    /// The stages that are open and come before it, of the project and of its song (of all songs, if it is the project's), with the song's title.
    pub open_before: Vec<(Stage, Option<String>)>,
    /// Its gated tasks that are not done.
    pub open_gates: Vec<String>,
    /// The songs whose mixes are reviewed and not approved, if it is that they are mixed in.
    pub unapproved: Vec<String>,
    /// Whether the brief says what is to be reached.
    pub has_goals: bool,
    /// Whether the song has an arrangement map.
    pub has_map: bool,
    /// Whether a decider is named.
    pub has_decider: bool,
    /// Whether somebody is named who made it.
    pub has_credits: bool,
}

/// All that keeps a stage open; nothing if it can be closed.
pub fn missing(facts: StageFacts, requires: &[Requirement]) -> Vec<Missing> {
    let is_there = |requirement: &Requirement| match requirement {
        Requirement::Brief => facts.has_goals,
        Requirement::ArrangementMap => facts.has_map,
        Requirement::Decider => facts.has_decider,
        Requirement::Credits => facts.has_credits,
    };
    let absent = requires.iter().filter(|requirement| !is_there(requirement)).copied().map(Missing::Requirement);
    let absent: Vec<Missing> = absent.collect();
    let stages = facts.open_before.into_iter().map(|(stage, song)| Missing::Stage { stage, song });
    let tasks = facts.open_gates.into_iter().map(|title| Missing::Task { title });
    let mixes = facts.unapproved.into_iter().map(|song| Missing::Mix { song });
    stages.chain(tasks).chain(mixes).chain(absent).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        let facts = StageFacts {
            open_before: vec![(Stage::Editing, Some("Night Drive".into())), (Stage::Ideation, None)],
            open_gates: vec!["Mix it".into()],
            unapproved: vec!["Day Walk".into()],
            has_goals: true,
            ..StageFacts::default()
        };
        let named: Vec<String> = missing(facts.clone(), &[Requirement::Brief, Requirement::Decider])
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            named,
            [
                "the editing of \"Night Drive\" is open",
                "the project's ideation is open",
                "the task \"Mix it\" is not done",
                "the mix of \"Day Walk\" is under review and not approved",
                "no decider is named"
            ]
        );
        assert_eq!(missing(facts, &[]).len(), 4);
        assert!(missing(StageFacts::default(), &[]).is_empty());
    }
}
