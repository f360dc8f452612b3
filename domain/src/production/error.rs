//! Why production refuses.

use super::{
    entity::{CandidateState, ProjectState},
    rules::{MAX_DETAIL_CHARS, arrangement::MapFault, budget::BudgetFault, stages::Missing, states::GateShut},
};
use crate::{
    catalog::{
        CatalogError,
        rules::texts::{MAX_DESCRIPTION_CHARS, MAX_TITLE_CHARS},
    },
    money::MoneyError,
    page::PageError,
    parties::PartyError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why production refuses.
#[derive(Debug, thiserror::Error)]
pub enum ProductionError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such thing in this studio.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// The field that names it.
        field: &'static str,
    },
    /// Who is named was merged into another, or erased.
    #[error("{problem}")]
    Gone {
        /// The field that names them.
        field: &'static str,
        /// What became of them.
        #[source]
        problem: PartyError,
    },
    /// A title is empty or too long.
    #[error("a title has 1 to {MAX_TITLE_CHARS} characters on one line")]
    Title {
        /// The field.
        field: &'static str,
    },
    /// A text is too long.
    #[error("this text has at most {MAX_DESCRIPTION_CHARS} characters")]
    TooLong {
        /// The field.
        field: &'static str,
    },
    /// What somebody's role is more exactly is too long.
    #[error("this has at most {MAX_DETAIL_CHARS} characters on one line")]
    Detail,
    /// No reason was given.
    #[error("a reason is needed, for the history tells it")]
    Reason {
        /// The field.
        field: &'static str,
    },
    /// Not an address of the web.
    #[error("this is no address of the web")]
    Url,
    /// Too many of something.
    #[error("there are {most} {what} already, the most there can be")]
    Full {
        /// Of what.
        what: &'static str,
        /// How many.
        most: usize,
    },
    /// It is due before it begins.
    #[error("it is due before it begins")]
    Dates,
    /// The project is over.
    #[error("the project is {state}, and nothing of it changes but what it has cost")]
    Over {
        /// Where it stands.
        state: ProjectState,
    },
    /// The project has not begun.
    #[error("the project is {state}: nothing is done before it is active")]
    NotActive {
        /// Where it stands.
        state: ProjectState,
    },
    /// The project cannot do that from where it stands.
    #[error("the project is {state}")]
    Step {
        /// Where it stands.
        state: ProjectState,
    },
    /// Its agreement is not signed.
    #[error("the project cannot start: {0}")]
    Gate(GateShut),
    /// Stages are open.
    #[error("the project cannot be delivered: {}", listed(.0))]
    Undelivered(Vec<Missing>),
    /// Nothing was made.
    #[error("the project has neither songs nor stages, so that there is nothing to deliver")]
    Nothing,
    /// Something keeps the stage open.
    #[error("the stage cannot be closed: {}", listed(.0))]
    StageGate(Vec<Missing>),
    /// The stage is closed.
    #[error("the stage is closed, and its tasks stay as they are")]
    StageClosed,
    /// The stages of a song are none, or one stands twice.
    #[error("a song goes through each of its stages once, and through one at the least")]
    Stages,
    /// A task of a member and of a party.
    #[error("a task has one owner: a member or a party")]
    TwoOwners,
    /// Not a file or an address.
    #[error("a reference track is a file or an address")]
    FileOrUrl,
    /// The file is none to be listened to.
    #[error("this file cannot be listened to: {why}")]
    File {
        /// Why not.
        why: &'static str,
    },
    /// The recording is a song already.
    #[error("this recording is a song of a project already")]
    RecordingTaken,
    /// The recording is of another work.
    #[error("this recording is of another work")]
    OtherWork,
    /// Not a place among the songs.
    #[error("a place among the songs is 1 to {last}")]
    Place {
        /// The last.
        last: usize,
    },
    /// Something hangs on the song.
    #[error("sessions, mixes or reviews hang on this song")]
    SongUsed,
    /// The candidate is no candidate any more.
    #[error("the candidate is {state}")]
    Candidate {
        /// Where it stands.
        state: CandidateState,
    },
    /// A program votes for nobody.
    #[error("a program has no vote of its own")]
    NoVoter,
    /// They have that role already.
    #[error("this party has this role already")]
    PersonTwice,
    /// The arrangement map is wrong.
    #[error(transparent)]
    Map(#[from] MapFault),
    /// A line or a cost is wrong.
    #[error(transparent)]
    Budget(#[from] BudgetFault),
    /// Amounts cannot be reckoned together.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The line has costs.
    #[error("this line has costs, which are not forgotten")]
    LineSpent,
    /// The cost was corrected.
    #[error("this cost has been corrected already")]
    Corrected,
    /// The key stands for another request.
    #[error("this key stands for another request")]
    KeyTaken,
    /// The key is empty or too long.
    #[error("a key has 1 to 100 characters")]
    Key,
    /// The cursor is of no row of the list.
    #[error(transparent)]
    Page(#[from] PageError),
    /// The catalogue refused.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The database failed.
    #[error("production could not be read or written")]
    Store(#[from] StoreError),
}

crate::from_db_err!(ProductionError);

/// The most that is named of what is missing.
const MOST_NAMED: usize = 10;

fn listed(missing: &[Missing]) -> String {
    let mut named: Vec<String> = missing.iter().take(MOST_NAMED).map(ToString::to_string).collect();
    if let Some(more) = missing.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
        named.push(format!("and {more} more"));
    }
    named.join("; ")
}

impl Explain for ProductionError {
    fn explain(&self) -> Report {
        let invalid = |code| Report::new(Kind::Invalid, code, self.to_string());
        let conflict = |code| Report::new(Kind::Conflict, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::NotFound { field, .. } => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field(*field),
            Self::Gone { field, problem } => problem.explain().field(*field),
            Self::Title { field } => invalid("BAD_TITLE").field(*field).remedy("give a title of one line"),
            Self::TooLong { field } => invalid("TOO_LONG").field(*field).remedy("shorten it"),
            Self::Detail => invalid("BAD_DETAIL").field("detail").remedy("say in a few words what they do"),
            Self::Reason { field } => invalid("NO_REASON").field(*field).remedy("say why in a sentence"),
            Self::Url => {
                invalid("BAD_URL").field("url").remedy("give the whole address, such as https://example.com/track")
            }
            Self::Full { .. } => conflict("FULL").remedy("remove some that are not needed any more"),
            Self::Dates => invalid("BAD_DATES").field("dueOn").remedy("let it be due on the day it begins, or later"),
            Self::Over { .. } => conflict("PROJECT_OVER").remedy("reopen the project first"),
            Self::NotActive { .. } => conflict("PROJECT_NOT_ACTIVE").remedy("activate the project first"),
            Self::Step { .. } => conflict("PROJECT_STATE").field("project").remedy("look at where the project stands"),
            Self::Gate(_) => conflict("AGREEMENT_UNSIGNED")
                .field("overrideReason")
                .remedy("have its agreement signed and linked, or say why it starts without"),
            Self::Undelivered(_) => conflict("STAGES_OPEN").field("project").remedy("close what is named first"),
            Self::Nothing => conflict("NOTHING_MADE").field("project").remedy("add songs, or cancel the project"),
            Self::StageGate(_) => conflict("STAGE_GATE").field("stage").remedy("do what is named, then close it"),
            Self::StageClosed => conflict("STAGE_CLOSED").field("stage").remedy("reopen the stage first"),
            Self::Stages => invalid("BAD_STAGES").field("stages").remedy("name each stage once, or leave them out"),
            Self::TwoOwners => invalid("TWO_OWNERS").field("ownerParty").remedy("name the member or the party"),
            Self::FileOrUrl => invalid("FILE_OR_URL").field("url").remedy("give either an asset or a url"),
            Self::File { .. } => {
                conflict("UNFIT_FILE").field("asset").remedy("upload it as kind source, and wait until it is ready")
            }
            Self::RecordingTaken => {
                conflict("RECORDING_TAKEN").field("recording").remedy("choose another recording, or make a new one")
            }
            Self::OtherWork => invalid("OTHER_WORK").field("work").remedy("leave the work out: the recording names it"),
            Self::Place { last } => invalid("BAD_PLACE").field("place").remedy(format!("give 1 to {last}")),
            Self::SongUsed => conflict("SONG_USED").field("song").remedy("keep the song, or remove what hangs on it"),
            Self::Candidate { .. } => {
                conflict("CANDIDATE_STATE").field("candidate").remedy("vote on and choose what is proposed")
            }
            Self::NoVoter => invalid("NO_VOTER").field("party").remedy("name the party whose vote it is"),
            Self::PersonTwice => conflict("PERSON_TWICE").field("party").remedy("change what is there, or leave it"),
            Self::Map(fault) => explain_map(fault, invalid),
            Self::Budget(fault) => explain_budget(*fault, invalid, conflict),
            Self::Money(_) => invalid("BAD_AMOUNT").remedy("correct the largest amounts of the budget"),
            Self::LineSpent => conflict("LINE_SPENT").field("line").remedy("correct its costs to nothing and keep it"),
            Self::Corrected => conflict("CORRECTED").field("corrects").remedy("correct what stands in its place"),
            Self::KeyTaken => conflict("KEY_TAKEN").field("idempotencyKey").remedy("use a fresh key"),
            Self::Key => invalid("BAD_KEY").field("idempotencyKey").remedy("shorten it, or leave it out"),
            Self::Page(error) => error.explain(),
            Self::Catalog(error) => error.explain(),
            Self::Store(error) => error.explain(),
        }
    }
}

fn explain_map(fault: &MapFault, invalid: impl Fn(&'static str) -> Report) -> Report {
    let (place, field, remedy) = match fault {
        MapFault::TooMany => {
            return invalid("TOO_MANY_SECTIONS").field("sections").remedy("draw several short sections as one");
        }
        MapFault::Name { place } => (place, "name", "name it as musicians do, such as Verse 1"),
        MapFault::Bars { place } => (place, "bars", "give whole bars"),
        MapFault::Tempo { place } => (place, "bpmMilli", "give thousandths of a beat per minute, such as 140000"),
        MapFault::Meter { place } => (place, "meterBeats", "give a meter such as 4 and 4, or 6 and 8"),
        MapFault::Key { place, .. } => (place, "musicalKey", "write it as `A minor`, `F#m` or `Gb major`"),
        MapFault::Overlap { place, .. } => {
            (place, "startBar", "move it behind the one before it, or leave startBar out")
        }
        MapFault::Gap { place, .. } => {
            (place, "startBar", "draw a section for the bars between, or leave startBar out")
        }
    };
    let code = match fault {
        MapFault::Overlap { .. } => "SECTIONS_OVERLAP",
        MapFault::Gap { .. } => "SECTIONS_GAP",
        _ => "BAD_SECTION",
    };
    invalid(code).field(format!("sections.{place}.{field}")).remedy(remedy)
}

fn explain_budget(
    fault: BudgetFault,
    invalid: impl Fn(&'static str) -> Report,
    conflict: impl Fn(&'static str) -> Report,
) -> Report {
    match fault {
        BudgetFault::Amount { field } => invalid("BAD_AMOUNT").field(field).remedy("give nothing or more"),
        BudgetFault::Currency { field, project, .. } => {
            invalid("OTHER_CURRENCY").field(field).remedy(format!("give the amount in {project}"))
        }
        BudgetFault::Quantity => {
            invalid("BAD_QUANTITY").field("quantityMilli").remedy("give thousandths: 2500 for two and a half")
        }
        BudgetFault::Flat => {
            invalid("BAD_QUANTITY").field("quantityMilli").remedy("leave it out, or choose a rate by hour, day or song")
        }
        BudgetFault::Lines => conflict("FULL").field("project").remedy("put several small things into one line"),
        BudgetFault::Costs => conflict("FULL").field("line").remedy("record further costs in another line"),
    }
}
