//! The state machine of an agreement, pure: who signs, who must still, what an edit voids and what an accepted counter-proposal keeps.
//!
//! [`Standing::apply`] takes one [`Step`] and gives the standing after it, or says why the step cannot be taken. Commands do nothing else than
//! carry the difference into the database.

use chrono::Duration;
use serde::Deserialize;
use serde_json::Value;

use super::{
    document::{DocumentProblem, Template},
    entity::{AgreementState, SignerState, SigningOrder},
};
use crate::{catalog::Sha256, env::Env, ids::SignerId, legible, visible::is_steering};

mod hand;

pub(crate) use hand::letters;
pub use hand::{Hand, Typed, hand, same_name};

/// How long a signing link opens.
pub const LINK_LIFE: Duration = Duration::days(14);
/// How long a browser's session lasts.
pub const SESSION_LIFE: Duration = Duration::hours(12);
/// How long a code is good.
pub const CODE_LIFE: Duration = Duration::minutes(10);
/// How long after a code was mailed another is, as long as the one can be entered.
pub const CODE_PAUSE: Duration = Duration::minutes(1);
/// How often one code may be entered wrongly.
pub const CODE_ATTEMPTS: i32 = 5;
/// How many codes a session may ask for.
pub const CODES_PER_SESSION: i32 = 5;
/// How many links a signer may ask for within [`LINKS_WINDOW`].
pub const LINKS_PER_WINDOW: u64 = 5;
/// See [`LINKS_PER_WINDOW`].
pub const LINKS_WINDOW: Duration = Duration::hours(1);
/// How many links a signer may ask for within [`LINKS_DAY`].
pub const LINKS_PER_DAY: u64 = 10;
/// See [`LINKS_PER_DAY`].
pub const LINKS_DAY: Duration = Duration::hours(24);
/// How long after a link was made another is mailed, as long as the one can be opened: whoever holds an old link, which opens nothing any more, must not
/// keep a signer from opening a new one.
pub const LINK_PAUSE: Duration = Duration::minutes(1);
/// For how many days an agreement can be signed, unless the studio says otherwise.
pub const DEFAULT_EXPIRY_DAYS: u16 = 30;
/// For how many days it can be signed at the most.
pub const MAX_EXPIRY_DAYS: u16 = 365;
/// After how long without an answer a signer is reminded by the schedule.
pub const REMIND_AFTER: Duration = Duration::days(3);
/// How often the schedule reminds a signer.
pub const MAX_REMINDERS: i32 = 3;
/// How long after a signer was last mailed a link the studio may remind them by hand.
pub const REMIND_AGAIN_AFTER: Duration = Duration::hours(24);
/// How long the link opens under which the consent to electronic records is withdrawn.
pub const WITHDRAWAL_LIFE: Duration = Duration::days(7);
/// How long after that link was asked for another is mailed: whoever is shown an executed agreement can ask for it.
pub const WITHDRAWAL_AGAIN_AFTER: Duration = Duration::hours(24);
/// How long before a contract's term ends this is announced.
pub const ANNOUNCE_TERM_BEFORE: Duration = Duration::days(30);
/// The longest reason or note, in characters.
pub const MAX_NOTE_CHARS: usize = 2000;
/// The longest name of a signer, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// Points of a drawn mark at the most.
pub const MAX_MARK_POINTS: usize = 5000;

/// Crockford's base 32: no I, L, O or U, so that a reference survives being read out.
const CROCKFORD: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A fresh reference, `AG-` and eight characters: 40 random bits.
pub fn reference(env: &Env) -> String {
    let bits = env.random::<5>().into_iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(byte));
    let digits = (0..8).rev().map(|place| {
        let digit = usize::try_from(bits >> (5 * place) & 31).unwrap_or(0);
        char::from(CROCKFORD[digit])
    });
    "AG-".chars().chain(digits).collect()
}

/// Whether two titles are the same to who reads them: but for case and the blanks around them.
pub fn same_title(one: &str, other: &str) -> bool {
    let key = |title: &str| title.trim().to_lowercase();
    key(one) == key(other)
}

/// Where a document holds what is not seen and steers what is: it would be shown, mailed and filed as something else than it says. Lines may break
/// in longer texts, and in no name or title.
pub fn steering(document: &Value) -> Vec<DocumentProblem> {
    let mut found = Vec::new();
    each_text(document, "", "", &mut |path, field, text| {
        let on_one_line = matches!(field, "name" | "legal_name" | "title" | "email");
        let steers = |c: &char| is_steering(*c) && (on_one_line || !matches!(c, '\n' | '\r' | '\t'));
        if let Some(c) = text.chars().find(steers) {
            found.push(DocumentProblem {
                path: path.to_owned(),
                code: "STEERING".to_owned(),
                message: format!("has a character that is not seen and steers what is, U+{:04X}", u32::from(c)),
                remedy: "take it out".to_owned(),
            });
        }
    });
    found
}

/// Where a document holds what its typesetter cannot show. `illegible` gives the characters of a text that it cannot. The title of the work is the
/// catalogue's, and stays as it is there.
pub fn illegible(document: &Value, illegible: &impl Fn(&str) -> Vec<char>) -> Vec<DocumentProblem> {
    let mut found = Vec::new();
    each_text(document, "", "", &mut |path, _, text| {
        let characters = if path == "terms.composition.title" { Vec::new() } else { illegible(text) };
        if !characters.is_empty() {
            found.push(DocumentProblem {
                path: path.to_owned(),
                code: "ILLEGIBLE".to_owned(),
                message: legible::problem(&characters),
                remedy: legible::REMEDY.to_owned(),
            });
        }
    });
    found
}

/// Calls for each text of a document, with its path and the name of its field.
fn each_text(value: &Value, path: &str, field: &str, call: &mut impl FnMut(&str, &str, &str)) {
    match value {
        Value::String(text) => call(path, field, text),
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                each_text(item, &format!("{path}[{place}]"), field, call);
            }
        }
        Value::Object(fields) => {
            for (name, inner) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                each_text(inner, &path, name, call);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The template whose default clauses a document takes: none if it has clauses of its own, be it that nothing is changed in them, or if it names no
/// template.
pub fn takes_default_clauses(document: &Value) -> Option<Template> {
    if document.get("clauses").is_some() { None } else { template(document) }
}

/// The template that a document names, if it names one.
pub fn template(document: &Value) -> Option<Template> {
    Template::deserialize(&document["terms"]["template"]).ok()
}

/// A place at the table: a party of the document that signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The party's index in the document.
    pub party: usize,
    /// The party's address as an account's key.
    pub key: String,
    /// SHA-256 of the text that concerns the party.
    pub concerns: Sha256,
    /// The id of the signer who is made if none sits here yet.
    pub fresh: SignerId,
}

/// A signer as the machine sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The id.
    pub id: SignerId,
    /// For which party of the document.
    pub party: usize,
    /// That party's address as an account's key.
    pub key: String,
    /// Place in the order, from 1.
    pub position: i32,
    /// Where they stand.
    pub state: SignerState,
    /// What they signed concerned them in these words; none unless they have.
    pub signed: Option<Sha256>,
    /// Whether they have asked for paper, or signed on it.
    pub on_paper: bool,
}

impl Signer {
    /// Whether the agreement cannot be executed without them.
    pub const fn counts(&self) -> bool {
        self.state.counts()
    }
}

/// How an agreement stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: AgreementState,
    /// In which order it is signed.
    pub order: SigningOrder,
    /// Its signers, those who no longer count among them.
    pub signers: Vec<Signer>,
    /// Who has proposed a change that waits for the studio.
    pub counter_by: Option<SignerId>,
}

/// What can happen to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The studio sends the draft.
    Send(Vec<Seat>),
    /// The studio changes the document.
    Edit(Vec<Seat>),
    /// A signer proposes a change.
    Counter(SignerId),
    /// The studio takes it.
    AcceptCounter(Vec<Seat>),
    /// The studio does not.
    RefuseCounter,
    /// A signer signs.
    Sign {
        /// Who.
        by: SignerId,
        /// SHA-256 of the text that concerns them.
        concerns: Sha256,
    },
    /// The studio has the signature of a signer who wanted paper.
    SignOnPaper {
        /// Whose.
        by: SignerId,
        /// SHA-256 of the text that concerns them.
        concerns: Sha256,
    },
    /// A signer declines.
    Decline(SignerId),
    /// A signer hands it on.
    Delegate {
        /// Who.
        by: SignerId,
        /// The id of the signer who is made.
        to: SignerId,
    },
    /// A signer wants paper.
    Withdraw(SignerId),
    /// The studio takes it back.
    Void,
    /// Its time is over.
    Expire,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is over.
    #[error("the agreement is {0}: nothing about it can change")]
    Final(AgreementState),
    /// Nobody but the studio has it yet.
    #[error("the agreement has not been sent")]
    NotSent,
    /// It is with the signers already.
    #[error("the agreement has been sent already")]
    AlreadySent,
    /// No party of the document signs.
    #[error("nobody is to sign this document")]
    NobodySigns,
    /// Not somebody who is to sign.
    #[error("you are not a signer of this agreement (any more)")]
    NotASigner,
    /// The signature stands.
    #[error("you have signed already")]
    AlreadySigned,
    /// The consent was withdrawn.
    #[error("you have asked for paper, and cannot sign online before the studio has changed the agreement")]
    WantsPaper,
    /// Paper was not asked for.
    #[error("they have not asked for paper: they sign by themselves")]
    NotOnPaper,
    /// Others come before who has signed on paper.
    #[error("those before them have not signed yet")]
    OthersFirst,
    /// Others come first.
    #[error("it is not your turn: those before you have not signed yet")]
    NotYourTurn,
    /// Somebody has proposed a change.
    #[error("a change has been proposed; the studio must answer first")]
    CounterOpen,
    /// Nobody has.
    #[error("no change has been proposed")]
    NoCounter,
}

impl Standing {
    /// A draft that nobody has seen.
    pub const fn draft(order: SigningOrder) -> Self {
        Self { state: AgreementState::Draft, order, signers: Vec::new(), counter_by: None }
    }

    /// The standing after a step.
    pub fn apply(&self, step: &Step) -> Result<Self, Fault> {
        if self.state.is_final() {
            return Err(Fault::Final(self.state));
        }
        let is_draft = self.state == AgreementState::Draft;
        let mut next = self.clone();
        match step {
            Step::Send(_) if !is_draft => return Err(Fault::AlreadySent),
            Step::Send(seats) => next.seat(seats, false)?,
            // Nobody has been asked yet: the document alone changes.
            Step::Edit(_) if is_draft => {}
            Step::Void => next.state = AgreementState::Voided,
            _ if is_draft => return Err(Fault::NotSent),
            Step::Edit(seats) => next.seat(seats, false)?,
            Step::AcceptCounter(_) | Step::RefuseCounter if self.counter_by.is_none() => return Err(Fault::NoCounter),
            Step::AcceptCounter(seats) => next.seat(seats, true)?,
            Step::RefuseCounter => next.reopen(),
            Step::Expire => next.state = AgreementState::Expired,
            Step::Counter(by) => {
                self.waiting(*by)?;
                if self.counter_by.is_some_and(|other| other != *by) {
                    return Err(Fault::CounterOpen);
                }
                next.counter_by = Some(*by);
                next.state = AgreementState::Countered;
            }
            Step::Sign { by, concerns } => next.sign(*by, concerns)?,
            Step::SignOnPaper { by, concerns } => next.sign_on_paper(*by, concerns)?,
            Step::Decline(by) => {
                let at = self.waiting(*by)?;
                next.signers[at].state = SignerState::Declined;
                next.state = AgreementState::Declined;
            }
            Step::Delegate { by, to } => {
                let at = self.waiting(*by)?;
                next.signers[at].state = SignerState::Replaced;
                next.signers.push(Signer { id: *to, state: SignerState::Waiting, ..self.signers[at].clone() });
            }
            Step::Withdraw(by) => {
                let at = self.place(*by)?;
                next.signers[at].state = SignerState::Paper;
                next.signers[at].signed = None;
                next.signers[at].on_paper = true;
                if next.counter_by.is_none() {
                    next.reopen();
                }
            }
        }
        if next.state.is_final() {
            next.counter_by = None;
        }
        Ok(next)
    }

    /// Those who may sign this very moment.
    pub fn turn(&self) -> Vec<SignerId> {
        if !matches!(self.state, AgreementState::Sent | AgreementState::PartlySigned) {
            return Vec::new();
        }
        let first = self.open().map(|signer| signer.position).min();
        self.open()
            .filter(|signer| signer.state == SignerState::Waiting)
            .filter(|signer| self.order == SigningOrder::Parallel || Some(signer.position) == first)
            .map(|signer| signer.id)
            .collect()
    }

    /// Those without whose signatures it cannot be executed, and who have not signed.
    fn open(&self) -> impl Iterator<Item = &Signer> {
        self.signers.iter().filter(|signer| signer.counts() && signer.state != SignerState::Signed)
    }

    /// Where somebody stands who counts.
    fn place(&self, id: SignerId) -> Result<usize, Fault> {
        let at = self.signers.iter().position(|signer| signer.id == id && signer.counts()).ok_or(Fault::NotASigner)?;
        if self.signers[at].state == SignerState::Paper { Err(Fault::WantsPaper) } else { Ok(at) }
    }

    /// Where somebody stands who is still to sign.
    fn waiting(&self, id: SignerId) -> Result<usize, Fault> {
        let at = self.place(id)?;
        if self.signers[at].state == SignerState::Signed { Err(Fault::AlreadySigned) } else { Ok(at) }
    }

    fn sign(&mut self, by: SignerId, concerns: &Sha256) -> Result<(), Fault> {
        let at = self.waiting(by)?;
        if self.counter_by.is_some() {
            return Err(Fault::CounterOpen);
        }
        if !self.turn().contains(&by) {
            return Err(Fault::NotYourTurn);
        }
        self.signed(at, concerns);
        Ok(())
    }

    fn sign_on_paper(&mut self, by: SignerId, concerns: &Sha256) -> Result<(), Fault> {
        let at = self.signers.iter().position(|signer| signer.id == by && signer.counts()).ok_or(Fault::NotASigner)?;
        match self.signers[at].state {
            SignerState::Paper => {}
            SignerState::Signed => return Err(Fault::AlreadySigned),
            _ => return Err(Fault::NotOnPaper),
        }
        if self.counter_by.is_some() {
            return Err(Fault::CounterOpen);
        }
        let first = self.open().map(|signer| signer.position).min();
        if self.order == SigningOrder::InOrder && first != Some(self.signers[at].position) {
            return Err(Fault::OthersFirst);
        }
        self.signed(at, concerns);
        Ok(())
    }

    /// A signature stands; with the last one the agreement is executed.
    fn signed(&mut self, at: usize, concerns: &Sha256) {
        self.signers[at].state = SignerState::Signed;
        self.signers[at].signed = Some(concerns.clone());
        self.reopen();
        if self.open().next().is_none() {
            self.state = AgreementState::Executed;
        }
    }

    /// With the signers, nothing proposed: sent, or partly signed if a signature stands.
    fn reopen(&mut self) {
        self.counter_by = None;
        let signed = self.signers.iter().any(|signer| signer.state == SignerState::Signed);
        self.state = if signed { AgreementState::PartlySigned } else { AgreementState::Sent };
    }

    /// Seats the signers at the parties of another document. Whoever signs for a party keeps its seat, one to whom it was handed on too. A
    /// signature stands only if `keep` says so and what concerns the party reads as it did. Where it says so, whoever has asked for paper, or has
    /// signed on it, is not asked online for another signature either: that is for paper again.
    fn seat(&mut self, seats: &[Seat], keep: bool) -> Result<(), Fault> {
        if seats.is_empty() {
            return Err(Fault::NobodySigns);
        }
        let (mut present, gone): (Vec<Signer>, Vec<Signer>) = self.signers.drain(..).partition(Signer::counts);
        let mut signers = gone;
        for (position, seat) in (1..).zip(seats) {
            let own = |signer: &Signer| signer.key == seat.key;
            let at = present
                .iter()
                .position(|signer| own(signer) && signer.party == seat.party)
                .or_else(|| present.iter().position(own));
            let mut signer = at.map_or_else(
                || Signer {
                    id: seat.fresh,
                    party: seat.party,
                    key: seat.key.clone(),
                    position,
                    state: SignerState::Waiting,
                    signed: None,
                    on_paper: false,
                },
                |at| present.remove(at),
            );
            (signer.party, signer.position) = (seat.party, position);
            let stands = keep && (signer.state == SignerState::Paper || signer.signed.as_ref() == Some(&seat.concerns));
            if !stands {
                signer.on_paper &= keep;
                signer.state = if signer.on_paper { SignerState::Paper } else { SignerState::Waiting };
                signer.signed = None;
            }
            signers.push(signer);
        }
        signers.extend(present.into_iter().map(|signer| Signer {
            state: SignerState::Released,
            signed: None,
            on_paper: false,
            ..signer
        }));
        self.signers = signers;
        self.reopen();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
