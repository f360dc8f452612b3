//! What a kind of producing brings along: which stages appear and where, with which tasks, what must be there before one is closed, and which roles.

use super::stages::Requirement;
use crate::production::entity::{PersonRole, ProjectKind, Stage};

/// Whether a stage is gone through once or song by song.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StageScope {
    /// Once, for the whole project.
    Project,
    /// By each song.
    Song,
}

/// A task that a stage begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskPlan {
    /// What is to be done.
    pub title: &'static str,
    /// Whether the stage cannot be closed before it is done.
    pub is_gate: bool,
}

/// A stage of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StagePlan {
    /// Which.
    pub stage: Stage,
    /// Whose.
    pub scope: StageScope,
    /// Its tasks.
    pub tasks: &'static [TaskPlan],
    /// What must be there before it is closed.
    pub requires: &'static [Requirement],
}

/// What a kind brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindPlan {
    /// Its stages, in their order.
    pub stages: &'static [StagePlan],
    /// The roles that are usual; people may have any.
    pub roles: &'static [PersonRole],
}

impl KindPlan {
    /// The stage of that name; none if the kind does without it.
    pub fn stage(&self, stage: Stage) -> Option<&'static StagePlan> {
        self.stages.iter().find(|plan| plan.stage == stage)
    }

    /// The stages that the whole project goes through, or each song.
    pub fn of_scope(&self, scope: StageScope) -> impl Iterator<Item = &'static StagePlan> + use<> {
        self.stages.iter().filter(move |plan| plan.scope == scope)
    }
}

const fn gate(title: &'static str) -> TaskPlan {
    TaskPlan { title, is_gate: true }
}

const fn task(title: &'static str) -> TaskPlan {
    TaskPlan { title, is_gate: false }
}

/// What a kind brings along.
pub fn plan(kind: ProjectKind) -> &'static KindPlan {
    match kind {
        ProjectKind::Beats => &BEATS,
        ProjectKind::Record => &RECORD,
        ProjectKind::Executive => &EXECUTIVE,
        ProjectKind::Artist => &ARTIST,
        ProjectKind::Electronic => &ELECTRONIC,
    }
}

static BEATS: KindPlan = KindPlan {
    stages: &[
        StagePlan {
            stage: Stage::Ideation,
            scope: StageScope::Song,
            tasks: &[task("Sketch drums, chords and the hook")],
            requires: &[],
        },
        StagePlan {
            stage: Stage::Arrangement,
            scope: StageScope::Song,
            tasks: &[gate("Lay out intro, verses and hooks")],
            requires: &[],
        },
        StagePlan {
            stage: Stage::Mixing,
            scope: StageScope::Song,
            tasks: &[gate("Mix it beside the reference tracks"), gate("Export the stems")],
            requires: &[],
        },
        StagePlan {
            stage: Stage::Mastering,
            scope: StageScope::Song,
            tasks: &[gate("Master it for the storefront"), task("Write down title, tempo, key and samples")],
            requires: &[Requirement::Credits],
        },
    ],
    roles: &[PersonRole::Producer, PersonRole::Writer, PersonRole::Performer, PersonRole::Mixer],
};

static RECORD: KindPlan = KindPlan {
    stages: &[
        StagePlan {
            stage: Stage::Ideation,
            scope: StageScope::Project,
            tasks: &[gate("Agree on the brief with the artist"), gate("Choose the songs")],
            requires: &[Requirement::Brief],
        },
        StagePlan {
            stage: Stage::Arrangement,
            scope: StageScope::Song,
            tasks: &[gate("Settle form, tempo and key with the artist")],
            requires: &[Requirement::ArrangementMap],
        },
        StagePlan {
            stage: Stage::Recording,
            scope: StageScope::Song,
            tasks: &[
                task("Book room and musicians"),
                gate("Record the rhythm tracks"),
                gate("Record the vocals"),
                task("Note who played what"),
            ],
            requires: &[],
        },
        StagePlan {
            stage: Stage::Editing,
            scope: StageScope::Song,
            tasks: &[gate("Comp the takes"), task("Tune and align"), gate("Consolidate the stems")],
            requires: &[],
        },
        StagePlan {
            stage: Stage::Mixing,
            scope: StageScope::Song,
            tasks: &[gate("Mix it"), gate("Have the decider approve the mix")],
            requires: &[Requirement::Decider],
        },
        StagePlan {
            stage: Stage::Mastering,
            scope: StageScope::Song,
            tasks: &[gate("Master it"), gate("Check credits and split sheet")],
            requires: &[Requirement::Credits],
        },
    ],
    roles: &[
        PersonRole::Producer,
        PersonRole::Artist,
        PersonRole::FeaturedArtist,
        PersonRole::Writer,
        PersonRole::Performer,
        PersonRole::Engineer,
        PersonRole::Mixer,
        PersonRole::MasteringEngineer,
    ],
};

static EXECUTIVE: KindPlan = KindPlan {
    stages: &[
        StagePlan {
            stage: Stage::Ideation,
            scope: StageScope::Project,
            tasks: &[gate("Agree on vision and budget"), gate("Hire producers and engineers")],
            requires: &[Requirement::Brief],
        },
        StagePlan {
            stage: Stage::Recording,
            scope: StageScope::Project,
            tasks: &[gate("Hear the rough mixes")],
            requires: &[],
        },
        StagePlan {
            stage: Stage::Mixing,
            scope: StageScope::Project,
            tasks: &[gate("Approve the mixes")],
            requires: &[Requirement::Decider],
        },
        StagePlan {
            stage: Stage::Mastering,
            scope: StageScope::Project,
            tasks: &[gate("Approve the masters"), gate("Collect credits and signed split sheets")],
            requires: &[Requirement::Credits],
        },
    ],
    roles: &[
        PersonRole::ExecutiveProducer,
        PersonRole::Producer,
        PersonRole::Artist,
        PersonRole::ArtistsAndRepertoire,
        PersonRole::Label,
        PersonRole::Manager,
        PersonRole::Engineer,
        PersonRole::Mixer,
        PersonRole::MasteringEngineer,
    ],
};

static ARTIST: KindPlan = KindPlan {
    stages: &[
        StagePlan { stage: Stage::Ideation, scope: StageScope::Song, tasks: &[task("Write the song")], requires: &[] },
        StagePlan {
            stage: Stage::Arrangement,
            scope: StageScope::Song,
            tasks: &[task("Build the arrangement")],
            requires: &[Requirement::ArrangementMap],
        },
        StagePlan {
            stage: Stage::Recording,
            scope: StageScope::Song,
            tasks: &[gate("Record everything that is not programmed")],
            requires: &[],
        },
        StagePlan {
            stage: Stage::Editing,
            scope: StageScope::Song,
            tasks: &[gate("Comp and clean the takes")],
            requires: &[],
        },
        StagePlan {
            stage: Stage::Mixing,
            scope: StageScope::Song,
            tasks: &[gate("Mix it"), task("Hear it on other loudspeakers")],
            requires: &[],
        },
        StagePlan {
            stage: Stage::Mastering,
            scope: StageScope::Song,
            tasks: &[gate("Master it for release")],
            requires: &[Requirement::Credits],
        },
    ],
    roles: &[
        PersonRole::Artist,
        PersonRole::Producer,
        PersonRole::FeaturedArtist,
        PersonRole::Writer,
        PersonRole::Performer,
        PersonRole::Mixer,
        PersonRole::MasteringEngineer,
    ],
};

static ELECTRONIC: KindPlan = KindPlan {
    stages: &[
        StagePlan {
            stage: Stage::Ideation,
            scope: StageScope::Song,
            tasks: &[task("Find groove and sounds")],
            requires: &[],
        },
        StagePlan {
            stage: Stage::Arrangement,
            scope: StageScope::Song,
            tasks: &[gate("Arrange it for the floor")],
            requires: &[Requirement::ArrangementMap],
        },
        StagePlan {
            stage: Stage::Mixing,
            scope: StageScope::Song,
            tasks: &[gate("Mix it down"), task("Bounce the extended mix")],
            requires: &[],
        },
        StagePlan {
            stage: Stage::Mastering,
            scope: StageScope::Song,
            tasks: &[gate("Master it for club and streaming")],
            requires: &[Requirement::Credits],
        },
    ],
    roles: &[
        PersonRole::Artist,
        PersonRole::Producer,
        PersonRole::FeaturedArtist,
        PersonRole::Writer,
        PersonRole::Mixer,
        PersonRole::MasteringEngineer,
    ],
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sea_orm::Iterable;

    use super::*;
    use crate::production::rules;

    #[test]
    fn every_kind_ends_with_a_master_and_says_who_made_it() {
        for kind in ProjectKind::iter() {
            let plan = plan(kind);
            assert!(plan.stages.is_sorted_by(|a, b| a.stage < b.stage), "{kind}: in order, none twice");
            let last = plan.stages.last().unwrap();
            assert_eq!((last.stage, last.requires), (Stage::Mastering, &[Requirement::Credits][..]), "{kind}");
            let roles: BTreeSet<_> = plan.roles.iter().collect();
            assert_eq!(roles.len(), plan.roles.len(), "{kind}: no role twice");
            assert!(roles.contains(&PersonRole::Producer), "{kind}");
            for task in plan.stages.iter().flat_map(|stage| stage.tasks) {
                assert_eq!(rules::title("title", task.title).unwrap(), task.title);
            }
        }
    }

    #[test]
    fn only_who_oversees_goes_through_no_stage_by_song() {
        for kind in ProjectKind::iter() {
            let by_song = plan(kind).of_scope(StageScope::Song).count();
            assert_eq!(by_song == 0, kind == ProjectKind::Executive, "{kind}");
        }
        assert!(plan(ProjectKind::Record).stage(Stage::Editing).is_some());
        assert!(plan(ProjectKind::Beats).stage(Stage::Recording).is_none());
    }
}
