//! Why an agreement refuses.

use super::{
    document::DocumentProblem,
    entity::AgreementState,
    rules::{CODES_PER_SESSION, Fault, LINKS_PER_DAY, LINKS_PER_WINDOW, MAX_EXPIRY_DAYS},
};
use crate::{
    email::EmailError,
    env::Instant,
    identity::rules::NameFault,
    legible::Illegible,
    links::LinkError,
    policy::Denied,
    ports::PortError,
    report::{Explain, Kind, Report, StoreError},
    splits::SplitError,
};

/// Prints what is wrong with a document and what to do about it, the first three by their words.
fn problems(all: &[DocumentProblem]) -> String {
    let said = |DocumentProblem { path, message, remedy, .. }: &DocumentProblem| {
        let place = if path.is_empty() { String::new() } else { format!("{path}: ") };
        let remedy = if remedy.is_empty() { String::new() } else { format!("; {remedy}") };
        format!("{place}{message}{remedy}")
    };
    let mut text: Vec<String> = all.iter().take(3).map(said).collect();
    if let Some(more) = all.len().checked_sub(3).filter(|more| *more > 0) {
        text.push(format!("and {more} more"));
    }
    text.join("; ")
}

/// How many tries are left, in words.
fn tries(left: i32) -> String {
    match left {
        0 => "no try is left".to_owned(),
        1 => "1 try is left".to_owned(),
        more => format!("{more} tries are left"),
    }
}

/// Why an agreement refuses.
#[derive(Debug, thiserror::Error)]
pub enum AgreementError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such agreement that the caller may see.
    #[error("there is no such agreement")]
    NotFound,
    /// The document cannot stand.
    #[error("the document cannot stand: {}", problems(.0))]
    Document(Vec<DocumentProblem>),
    /// What a studio changes in a template's clauses cannot stand.
    #[error("the clauses cannot stand: {}", problems(.0))]
    Clauses(Vec<DocumentProblem>),
    /// It names a work that is not the studio's.
    #[error("the document names a work that the studio does not have")]
    NoWork,
    /// It names a work of another title than it says.
    #[error("the document is about “{title}”, and the work that it names is “{work}”")]
    AnotherTitle {
        /// What the document calls it.
        title: String,
        /// What the catalogue calls it.
        work: String,
    },
    /// No such beat to take the shares from.
    #[error("there is no such beat")]
    NoBeat,
    /// No such song to take the people from.
    #[error("there is no such song")]
    NoSong,
    /// Another template than the agreement began with.
    #[error("an agreement keeps its template")]
    TemplateChanged,
    /// The document bears another agreement's number.
    #[error("the document bears the number {given}, and the agreement is {own}")]
    OtherNumber {
        /// What it bears.
        given: String,
        /// What it should.
        own: String,
    },
    /// A party is to sign and cannot be mailed.
    #[error("{name} is to sign, and the document gives no e-mail address")]
    NoAddress {
        /// Who.
        name: String,
    },
    /// Another version is current.
    #[error("the agreement has changed while you read: version {current} is current")]
    Changed {
        /// The current version.
        current: i32,
    },
    /// The program words the current version otherwise than it was written.
    #[error("version {version} would read otherwise than it was sent: the program has other words for it by now")]
    WordsChanged {
        /// The current version.
        version: i32,
    },
    /// The machine refuses the step.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// Whoever sends has not shown that their own address is theirs.
    #[error("only who has confirmed their own e-mail address may have agreements mailed to others")]
    Unconfirmed,
    /// All whose turn it is were mailed a short while ago.
    #[error("{name} was mailed less than a day ago; a reminder is possible from {} on", next_at.format("%-d %B %Y, %H:%M UTC"))]
    RemindedLately {
        /// Who can be reminded first.
        name: String,
        /// From when on.
        next_at: Instant,
    },
    /// So many days it cannot be open.
    #[error("an agreement can be signed for 1 to {MAX_EXPIRY_DAYS} days")]
    Expiry,
    /// A text is missing, too long, or no text.
    #[error("{fault}")]
    Text {
        /// The field.
        field: &'static str,
        /// What is wrong.
        fault: NameFault,
    },
    /// Documents cannot show it.
    #[error(transparent)]
    Illegible(#[from] Illegible),
    /// The address is none.
    #[error("the address is refused")]
    Email(#[source] EmailError),
    /// The link is none of ours.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// It was opened before.
    #[error("this link has been opened already, and it works once")]
    LinkUsed,
    /// Its time is over.
    #[error("this link has expired")]
    LinkExpired,
    /// A later link replaced it.
    #[error("a later link has replaced this one")]
    LinkReplaced,
    /// The agreement is over, so that no link to it can be opened.
    #[error("the agreement is {0}: there is nothing to sign")]
    Over(AgreementState),
    /// Links were asked for too often.
    #[error("{LINKS_PER_WINDOW} links an hour and {LINKS_PER_DAY} a day are mailed at the most")]
    TooManyLinks,
    /// The session is over, or was never one.
    #[error("your session is over")]
    NoSession,
    /// No code has been entered in this session.
    #[error("enter the code from the mail first")]
    NotVerified,
    /// A code has been entered already.
    #[error("a code has been entered already in this session")]
    AlreadyVerified,
    /// A code was mailed a moment ago.
    #[error("a code is on its way; another can be asked for from {} on", next_at.format("%H:%M:%S UTC"))]
    CodeOnItsWay {
        /// From when on.
        next_at: Instant,
    },
    /// Codes were asked for too often.
    #[error("a session gets {CODES_PER_SESSION} codes at the most")]
    TooManyCodes,
    /// No code to compare with: none asked for, expired, or entered wrongly too often.
    #[error("there is no code that could be entered: ask for a new one")]
    NoCode,
    /// Not the code.
    #[error("this is not the code; {}", tries(*left))]
    WrongCode {
        /// How many tries are left.
        left: i32,
    },
    /// The current version has not been shown in this session.
    #[error("the document has not been shown to you yet")]
    NotShown,
    /// No consent to electronic records in this session.
    #[error("consent to sign electronically first, or ask for paper")]
    NoConsent,
    /// Another text of the consent is current.
    #[error("the text of the consent has changed: {current} is current")]
    ConsentChanged {
        /// The current version.
        current: &'static str,
    },
    /// The name that was typed is not the one that was asked to sign.
    #[error("you typed “{typed}”, and the agreement asks “{asked}” to sign")]
    AnotherName {
        /// What was typed.
        typed: String,
        /// Who was asked.
        asked: String,
    },
    /// The name that was typed is that of the party for whom somebody else was asked to sign.
    #[error("you sign for “{party}”, by your own name")]
    PartyName {
        /// The party.
        party: String,
    },
    /// The name that was typed is the company's, and was not confirmed to be a person's, too.
    #[error("“{company}” is a company: a person signs for it")]
    CompanyName {
        /// The company.
        company: String,
    },
    /// Who signs for a company has not said in what capacity.
    #[error("“{company}” is a company: say in what capacity you sign for it")]
    NoCapacity {
        /// The company.
        company: String,
    },
    /// No mark that could be printed.
    #[error("the signature is empty, too large, or cannot be printed")]
    Mark,
    /// The day beside a signature on paper cannot be.
    #[error("the day on the paper lies in the future, or before what was signed was written")]
    PaperDay,
    /// What should tell a scan is no hash.
    #[error("the scan's SHA-256 has 64 hexadecimal digits, and this has not")]
    ScanHash,
    /// Consent to electronic records was never given: it was signed on paper.
    #[error("you have signed on paper, and consented to no electronic records")]
    NoRecords,
    /// It cannot be handed on to that address.
    #[error("it cannot be handed on to somebody who signs it anyway")]
    DelegateSigns,
    /// An edit changes nothing.
    #[error("the edit says what the document says; it stands as it is, and so do its signatures")]
    EditSame,
    /// A proposal changes nothing.
    #[error("the proposal says what the document says")]
    CounterSame,
    /// A proposal changes who the parties are.
    #[error("a proposal cannot change who the parties are, where they are mailed, or who signs")]
    CounterParties,
    /// Only what is executed can be amended.
    #[error("the agreement is {0}; only an executed one is amended")]
    NotExecuted(AgreementState),
    /// It was replaced, or is about to be.
    #[error("another amendment of it is under way, or has been executed")]
    AmendedElsewhere,
    /// An amendment leaves out somebody whom it concerns.
    #[error("{name} signed the agreement and must sign what replaces it")]
    AmendmentLeavesOut {
        /// Who.
        name: String,
    },
    /// The work's split is signed already.
    #[error("the split of this work is signed already, in {reference}, and only an amendment of that replaces it")]
    SplitStands {
        /// The agreement by which it stands.
        reference: String,
    },
    /// An amendment is of another work.
    #[error("an amendment is of the same work as the agreement that it replaces")]
    AmendsAnotherWork,
    /// A document could not be shown or compared.
    #[error("the document could not be prepared")]
    Port(#[source] PortError),
    /// The shares cannot be executed.
    #[error("the shares cannot be executed: {0}")]
    Splits(#[from] SplitError),
    /// The evidence chain does not hold.
    #[error("the agreement's evidence does not hold: {0}")]
    Evidence(super::evidence::EvidenceFault),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(AgreementError);

impl Explain for AgreementError {
    #[expect(clippy::too_many_lines, reason = "one explanation for each refusal, all in one place")]
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::NotFound => report(Kind::NotFound, "NOT_FOUND")
                .field("agreement")
                .remedy("look for it among the studio's agreements"),
            Self::Document(all) => {
                let path = all.first().map_or("", |first| first.path.as_str());
                report(Kind::Invalid, "BAD_DOCUMENT")
                    .field(format!("document.{path}").trim_end_matches('.'))
                    .remedy("correct what is named; `ledgerline schema agreement` prints what a document may say")
            }
            Self::Clauses(all) => report(Kind::Invalid, "BAD_CLAUSES")
                .field(all.first().map_or("edits", |first| first.path.as_str()))
                .remedy("correct what is named; `agreementTemplates` lists the clauses of each template"),
            Self::NoWork => {
                report(Kind::Invalid, "NO_WORK").field("document.reference.work").remedy("name a work of the studio's")
            }
            Self::AnotherTitle { .. } => report(Kind::Invalid, "ANOTHER_TITLE")
                .field("document.terms.composition.title")
                .remedy("give the title of the work or of one of its beats, or name the work that is meant"),
            Self::NoBeat => {
                report(Kind::NotFound, "NOT_FOUND").field("beat").remedy("name a beat of the studio's")
            }
            Self::NoSong => {
                report(Kind::NotFound, "NOT_FOUND").field("song").remedy("name a song of the studio's")
            }
            Self::TemplateChanged => report(Kind::Conflict, "TEMPLATE_CHANGED")
                .field("document.terms.template")
                .remedy("write a new agreement"),
            Self::OtherNumber { .. } => report(Kind::Conflict, "OTHER_NUMBER")
                .field("document.reference.number")
                .remedy("leave the number out; it is put in"),
            Self::NoAddress { .. } => report(Kind::Invalid, "SIGNER_WITHOUT_ADDRESS")
                .field("document.parties")
                .remedy("give the party an e-mail address, or let it not sign"),
            Self::Changed { .. } => {
                report(Kind::Conflict, "AGREEMENT_CHANGED").field("version").remedy("read the current version first")
            }
            Self::WordsChanged { .. } => report(Kind::Conflict, "WORDS_CHANGED")
                .field("version")
                .remedy("the studio is told, and changes it or sends it anew; you are mailed then"),
            Self::Fault(fault) => explain_fault(*fault),
            Self::Unconfirmed => report(Kind::Conflict, "EMAIL_NOT_CONFIRMED").field("agreement").remedy(
                "open the link in the mail that came when you signed up; `requestVerification` mails another. With a key, an owner of the studio does this",
            ),
            Self::RemindedLately { .. } => {
                report(Kind::TooMany, "REMINDED_LATELY").field("agreement").remedy("wait until then; the mail with the link is in their mailbox")
            }
            Self::Expiry => {
                report(Kind::Invalid, "BAD_EXPIRY")
                    .field("expiresInDays")
                    .remedy(format!("give a number from 1 to {MAX_EXPIRY_DAYS}"))
            }
            Self::Text { field, .. } => {
                report(Kind::Invalid, "BAD_TEXT").field(*field).remedy("write it in plain words, not too long")
            }
            Self::Illegible(illegible) => illegible.explain(),
            Self::Email(problem) => Report::new(Kind::Invalid, "BAD_EMAIL", problem.to_string())
                .field("email")
                .remedy("correct the address"),
            Self::Link(LinkError::Forged) => {
                report(Kind::Invalid, "BAD_LINK").field("token").remedy("copy the link whole from the mail")
            }
            Self::LinkUsed => ask_again(report(Kind::Conflict, "LINK_USED")),
            Self::LinkExpired | Self::Link(LinkError::Expired) => ask_again(report(Kind::Conflict, "LINK_EXPIRED")),
            Self::LinkReplaced => report(Kind::Conflict, "LINK_REPLACED")
                .field("token")
                .remedy("open the link of the latest mail, or ask for a new one"),
            Self::Over(AgreementState::Executed) => report(Kind::Conflict, "AGREEMENT_OVER")
                .field("agreement")
                .remedy("find the sealed PDF in the mail “Signed by all”"),
            Self::Over(_) => report(Kind::Conflict, "AGREEMENT_OVER")
                .field("agreement")
                .remedy("ask the studio for a new agreement"),
            Self::TooManyLinks => report(Kind::TooMany, "TOO_MANY_LINKS")
                .field("token")
                .remedy("look at your mail, or wait a while"),
            Self::NoSession => ask_again(report(Kind::Unauthenticated, "NO_SESSION")),
            Self::NotVerified => report(Kind::Forbidden, "CODE_MISSING").field("code").remedy("ask for a code"),
            Self::AlreadyVerified => report(Kind::Conflict, "CODE_ENTERED").field("code").remedy("read on"),
            Self::CodeOnItsWay { .. } => report(Kind::TooMany, "CODE_ON_ITS_WAY")
                .field("code")
                .remedy("look at your mail, in the spam folder too"),
            Self::TooManyCodes => report(Kind::TooMany, "TOO_MANY_CODES").field("code").remedy("ask for a new link"),
            Self::NoCode => report(Kind::Conflict, "NO_CODE").field("code").remedy("ask for a new code"),
            Self::WrongCode { .. } => {
                report(Kind::Invalid, "WRONG_CODE").field("code").remedy("copy the six digits of the latest mail")
            }
            Self::NotShown => {
                report(Kind::Conflict, "NOT_SHOWN").field("version").remedy("open the document and read it")
            },
            Self::NoConsent => report(Kind::Conflict, "NO_CONSENT").field("consent").remedy("tick the consent"),
            Self::ConsentChanged { .. } => {
                report(Kind::Conflict, "CONSENT_CHANGED").field("consent").remedy("read the current text")
            }
            Self::AnotherName { .. } => report(Kind::Invalid, "ANOTHER_NAME")
                .field("name")
                .remedy("type the name that was asked, or confirm that you sign by yours: both stand in the evidence then"),
            Self::PartyName { .. } => {
                report(Kind::Invalid, "PARTY_NAME").field("name").remedy("type your own full name")
            }
            Self::CompanyName { .. } => report(Kind::Invalid, "COMPANY_NAME")
                .field("name")
                .remedy("type your own full name, or confirm that it is the same as the company’s"),
            Self::NoCapacity { .. } => report(Kind::Invalid, "NO_CAPACITY")
                .field("capacity")
                .remedy("say what you are there, such as managing director"),
            Self::Mark => report(Kind::Invalid, "BAD_MARK").field("mark").remedy("type your name, or draw anew"),
            Self::PaperDay => {
                report(Kind::Invalid, "BAD_DAY").field("signedOn").remedy("give the day that stands beside the signature")
            }
            Self::ScanHash => {
                report(Kind::Invalid, "BAD_SHA256").field("scanSha256").remedy("leave it out, or give that of the file")
            }
            Self::NoRecords => report(Kind::Conflict, "NO_RECORDS").field("token").remedy("nothing is left to do"),
            Self::DelegateSigns => {
                report(Kind::Conflict, "DELEGATE_SIGNS").field("email").remedy("name somebody who does not sign yet")
            }
            Self::EditSame => report(Kind::Invalid, "NOTHING_CHANGED").field("document").remedy("change something first"),
            Self::CounterSame => {
                report(Kind::Invalid, "NOTHING_PROPOSED").field("document").remedy("change something, say what is wrong, or sign")
            }
            Self::CounterParties => report(Kind::Invalid, "PARTIES_CHANGED")
                .field("document.parties")
                .remedy("ask the studio to change the parties, or hand it on"),
            Self::NotExecuted(_) => report(Kind::Conflict, "NOT_EXECUTED")
                .field("agreement")
                .remedy("edit it while it is not executed"),
            Self::AmendedElsewhere => {
                report(Kind::Conflict, "AMENDED_ELSEWHERE")
                    .field("agreement")
                    .remedy("finish or take back the other amendment")
            }
            Self::AmendmentLeavesOut { .. } => report(Kind::Invalid, "AMENDMENT_LEAVES_OUT")
                .field("document.parties")
                .remedy("let everybody sign who has signed the agreement"),
            Self::SplitStands { .. } => report(Kind::Conflict, "SPLIT_STANDS")
                .field("document.reference.work")
                .remedy("amend that agreement: whoever signed it signs what replaces it"),
            Self::AmendsAnotherWork => report(Kind::Conflict, "AMENDS_ANOTHER_WORK")
                .field("document.reference.work")
                .remedy("name the work of the agreement that it replaces, or write a new agreement"),
            Self::Evidence(_) => {
                report(Kind::Conflict, "EVIDENCE_BROKEN")
                    .field("agreement")
                    .remedy("keep a copy of the database as it is")
            }
            Self::Splits(error) => error.explain(),
            Self::Port(error) => error.explain(),
            Self::Store(error) => error.explain(),
        }
    }
}

fn ask_again(report: Report) -> Report {
    report.field("token").remedy("ask for a new link: it is mailed to the same address")
}

fn explain_fault(fault: Fault) -> Report {
    let report = |code| Report::new(Kind::Conflict, code, fault.to_string());
    match fault {
        Fault::Final(_) => {
            report("AGREEMENT_OVER").field("agreement").remedy("write a new agreement; amend it if it is executed")
        }
        Fault::NotSent => report("NOT_SENT").field("agreement").remedy("send it first"),
        Fault::AlreadySent => report("ALREADY_SENT").field("agreement").remedy("remind the signers, or edit it"),
        Fault::NobodySigns => report("NOBODY_SIGNS").field("document.parties").remedy("let a party sign"),
        Fault::NotASigner => report("NOT_A_SIGNER").field("signer").remedy("ask the studio"),
        Fault::AlreadySigned => {
            report("ALREADY_SIGNED").field("signer").remedy("nothing is left to do; you get the file by mail")
        }
        Fault::WantsPaper => report("WANTS_PAPER").field("signer").remedy("ask the studio"),
        Fault::NotOnPaper => {
            report("NOT_ON_PAPER").field("signer").remedy("let them choose on their page that they want paper")
        }
        Fault::OthersFirst => report("OTHERS_FIRST").field("signer").remedy("wait for those before them"),
        Fault::NotYourTurn => report("NOT_YOUR_TURN").field("signer").remedy("you are mailed when it is your turn"),
        Fault::CounterOpen => report("COUNTER_OPEN")
            .field("agreement")
            .remedy("answer the change first; whoever signs waits for the studio's answer, and is mailed"),
        Fault::NoCounter => report("NO_COUNTER").field("counterVersion").remedy("look at the agreement again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreements::evidence::EvidenceFault;

    #[test]
    fn every_refusal_names_its_field_and_what_to_do() {
        let at = crate::env::testing::env(1).0.now();
        let (name, state) = (|| "Nova".to_owned(), AgreementState::Voided);
        let problem = || DocumentProblem {
            path: "title".to_owned(),
            code: "EMPTY".to_owned(),
            message: name(),
            remedy: "say it".to_owned(),
        };
        let faults = [
            Fault::Final(state),
            Fault::NotSent,
            Fault::AlreadySent,
            Fault::NobodySigns,
            Fault::NotASigner,
            Fault::AlreadySigned,
            Fault::WantsPaper,
            Fault::NotOnPaper,
            Fault::OthersFirst,
            Fault::NotYourTurn,
            Fault::CounterOpen,
            Fault::NoCounter,
        ];
        let others = [
            AgreementError::NotFound,
            AgreementError::Document(vec![problem()]),
            AgreementError::Clauses(vec![problem()]),
            AgreementError::NoWork,
            AgreementError::AnotherTitle { title: name(), work: name() },
            AgreementError::NoBeat,
            AgreementError::NoSong,
            AgreementError::TemplateChanged,
            AgreementError::OtherNumber { given: name(), own: name() },
            AgreementError::NoAddress { name: name() },
            AgreementError::Changed { current: 2 },
            AgreementError::WordsChanged { version: 2 },
            AgreementError::Unconfirmed,
            AgreementError::RemindedLately { name: name(), next_at: at },
            AgreementError::Expiry,
            AgreementError::Text { field: "reason", fault: NameFault::Empty },
            AgreementError::Link(LinkError::Forged),
            AgreementError::Link(LinkError::Expired),
            AgreementError::LinkUsed,
            AgreementError::LinkExpired,
            AgreementError::LinkReplaced,
            AgreementError::Over(state),
            AgreementError::TooManyLinks,
            AgreementError::NoSession,
            AgreementError::NotVerified,
            AgreementError::AlreadyVerified,
            AgreementError::CodeOnItsWay { next_at: at },
            AgreementError::TooManyCodes,
            AgreementError::NoCode,
            AgreementError::WrongCode { left: 1 },
            AgreementError::NotShown,
            AgreementError::NoConsent,
            AgreementError::ConsentChanged { current: "2026-11-29" },
            AgreementError::AnotherName { typed: name(), asked: name() },
            AgreementError::PartyName { party: name() },
            AgreementError::CompanyName { company: name() },
            AgreementError::NoCapacity { company: name() },
            AgreementError::Mark,
            AgreementError::PaperDay,
            AgreementError::ScanHash,
            AgreementError::NoRecords,
            AgreementError::DelegateSigns,
            AgreementError::EditSame,
            AgreementError::CounterSame,
            AgreementError::CounterParties,
            AgreementError::NotExecuted(state),
            AgreementError::AmendedElsewhere,
            AgreementError::AmendmentLeavesOut { name: name() },
            AgreementError::SplitStands { reference: name() },
            AgreementError::AmendsAnotherWork,
            AgreementError::Evidence(EvidenceFault::Missing { seq: 3 }),
        ];
        for error in faults.into_iter().map(AgreementError::from).chain(others) {
            let told = error.explain();
            assert!(told.field.is_some_and(|field| !field.is_empty()), "{}: {error}", told.code);
            assert!(told.remedy.is_some_and(|remedy| remedy.len() > 5), "{}: {error}", told.code);
        }
        let whole = AgreementError::Document(vec![DocumentProblem { path: String::new(), ..problem() }]).explain();
        assert_eq!((whole.field.as_deref(), whole.message.ends_with(": Nova; say it")), (Some("document"), true));
        assert!(!AgreementError::Link(LinkError::Expired).explain().message.contains("order"));
    }
}
