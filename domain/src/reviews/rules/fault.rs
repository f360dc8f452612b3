//! What the rules of reviews refuse.

use super::{MAX_REPLIES, MAX_REVIEWERS, MAX_ROUNDS, MAX_SIGN_OFF_DAYS, places::place};
use crate::{
    identity::rules::NameFault,
    money::{Currency, Money},
    report::{Explain, Kind, Report},
    reviews::entity::RoundOutcome,
};

/// What the rules of reviews refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReviewFault {
    /// Too few or too many rounds.
    #[error("a review has 1 to {MAX_ROUNDS} rounds; this is {0}")]
    Rounds(i32),
    /// More rounds have begun than would be included.
    #[error("{least} of the included rounds have begun already, and this is {given}")]
    RoundsBegun {
        /// What was given.
        given: i32,
        /// The fewest that can be included.
        least: i32,
    },
    /// Too short or too long a time.
    #[error("silence approves after 1 to {MAX_SIGN_OFF_DAYS} days; this is {0}")]
    SignOffDays(i32),
    /// A price that is none.
    #[error("an extra round costs more than nothing, and no more than a licence can cost here")]
    Price,
    /// A price in another currency.
    #[error("the studio reckons in {studio}, and this is in {given}")]
    Currency {
        /// The studio's.
        studio: Currency,
        /// What was given.
        given: Currency,
    },
    /// A reviewer's name.
    #[error("{0}")]
    Name(NameFault),
    /// An address that is none.
    #[error("this is not an e-mail address")]
    Email,
    /// Too many reviewers.
    #[error("{MAX_REVIEWERS} people can listen in a review at the most")]
    TooManyReviewers,
    /// Whose link was revoked decides nothing.
    #[error("the link of this reviewer was revoked")]
    RevokedReviewer,
    /// Nobody decides.
    #[error("nobody is named who decides")]
    NoDecider,
    /// Nothing was sent.
    #[error("no version has been sent for review yet")]
    NothingSent,
    /// A version that is not under review any more.
    #[error("version {given} is not under review any more: version {current} is the latest")]
    OldVersion {
        /// What was named.
        given: i32,
        /// What is under review, or was last.
        current: i32,
    },
    /// A version that was never sent.
    #[error("version {0} was not sent for review")]
    NoSuchVersion(i32),
    /// The round has ended.
    #[error("{}", decided(*.version, *.outcome))]
    Decided {
        /// Its version.
        version: i32,
        /// How it ended.
        outcome: RoundOutcome,
    },
    /// All rounds are used, and an extra one is for sale or not.
    #[error("{}", used(*.rounds, *.price))]
    RoundsUsed {
        /// How many there were.
        rounds: i32,
        /// What an extra one costs.
        price: Option<Money>,
    },
    /// An extra round costs something else by now.
    #[error("an extra round costs {price}, and {seen} was shown")]
    PriceChanged {
        /// What was agreed to.
        seen: Money,
        /// What it costs.
        price: Money,
    },
    /// The version came before one that was sent.
    #[error("version {given} was sent, or came before version {last}, which was")]
    SentBefore {
        /// What was to be sent.
        given: i32,
        /// The last that was.
        last: i32,
    },
    /// No round is left to begin.
    #[error("{}", all_used(*.rounds, " agreed upon"))]
    NoRoundLeft {
        /// How many there were.
        rounds: i32,
    },
    /// A place that cannot be read.
    #[error("this is no place in a song")]
    NoPlace {
        /// The field.
        field: &'static str,
    },
    /// A place behind the end.
    #[error("the version ends at {}", place(*.duration_ms))]
    PastEnd {
        /// The field.
        field: &'static str,
        /// How long the version is.
        duration_ms: i64,
    },
    /// A place before the beginning.
    #[error("a version begins at 0:00")]
    BeforeBeginning,
    /// A range that ends before it begins.
    #[error("a range ends behind its beginning")]
    Reversed,
    /// A range without a beginning.
    #[error("a range has a beginning")]
    NoBeginning,
    /// Too many words.
    #[error("this has {max} characters at the most")]
    Words {
        /// How many are kept.
        max: usize,
    },
    /// Nothing said.
    #[error("nothing is said")]
    Nothing,
    /// A reply that points somewhere.
    #[error("a reply points where its comment points")]
    PlacedReply,
    /// A reply to a reply.
    #[error("this is a reply itself")]
    ReplyToReply,
    /// Too many replies.
    #[error("a comment has {MAX_REPLIES} replies at the most")]
    TooManyReplies,
}

fn decided(version: i32, outcome: RoundOutcome) -> String {
    match outcome {
        RoundOutcome::Approved => format!("version {version} was approved already"),
        RoundOutcome::Revision => format!("a revision of version {version} was asked for already"),
    }
}

fn all_used(rounds: i32, which: &str) -> String {
    if rounds == 1 { format!("the only round{which} is used") } else { format!("all {rounds} rounds{which} are used") }
}

fn used(rounds: i32, price: Option<Money>) -> String {
    let used = all_used(rounds, "");
    match price {
        Some(price) => format!("{used}, and a revision needs an extra one, which costs {price}"),
        None => format!("{used}, and a revision needs an extra one"),
    }
}

impl Explain for ReviewFault {
    fn explain(&self) -> Report {
        let invalid = |code| Report::new(Kind::Invalid, code, self.to_string());
        let conflict = |code| Report::new(Kind::Conflict, code, self.to_string());
        match self {
            Self::Rounds(_) => invalid("REVIEW_ROUNDS").field("rounds").remedy("three are usual"),
            Self::RoundsBegun { least, .. } => {
                conflict("ROUNDS_BEGUN").field("rounds").remedy(format!("include {least} or more"))
            }
            Self::SignOffDays(_) => {
                invalid("SIGN_OFF_DAYS").field("signOffDays").remedy("leave it out if silence shall approve nothing")
            }
            Self::Price => invalid("EXTRA_PRICE").field("extraPrice").remedy("leave it out if none is for sale"),
            Self::Currency { studio, .. } => {
                invalid("OTHER_CURRENCY").field("extraPrice.currency").remedy(format!("name it in {studio}"))
            }
            Self::Name(_) => invalid("BAD_NAME").field("name").remedy("give the name on one line"),
            Self::Email => invalid("BAD_EMAIL").field("email").remedy("give the address that the link is mailed to"),
            Self::TooManyReviewers => {
                conflict("TOO_MANY_REVIEWERS").field("email").remedy("revoke a link that is not needed any more")
            }
            Self::RevokedReviewer => {
                conflict("REVIEWER_REVOKED").field("reviewer").remedy("invite them again, then name them")
            }
            Self::NoDecider => {
                conflict("NO_DECIDER").field("review").remedy("invite who decides, or name one of the reviewers")
            }
            Self::NothingSent => conflict("NOTHING_SENT").field("version").remedy("wait for the mail that brings it"),
            Self::OldVersion { current, .. } => conflict("OLD_VERSION")
                .field("version")
                .remedy(format!("listen to version {current} and decide on that")),
            Self::NoSuchVersion(_) => {
                conflict("NO_SUCH_VERSION").field("version").remedy("choose one of the versions of the review")
            }
            Self::Decided { .. } => conflict("DECIDED").field("version").remedy("look at how the review stands"),
            Self::RoundsUsed { price: Some(price), .. } => conflict("ROUNDS_USED")
                .field("verdict")
                .remedy(format!("agree to an extra round for {price}, or approve the version")),
            Self::RoundsUsed { price: None, .. } => conflict("ROUNDS_USED")
                .field("verdict")
                .remedy("ask the studio for an extra round, or approve the version"),
            Self::PriceChanged { .. } => {
                conflict("EXTRA_PRICE_CHANGED").field("agreed").remedy("look at the price, then agree or not")
            }
            Self::SentBefore { .. } => conflict("SENT_BEFORE").field("version").remedy("send a later version"),
            Self::NoRoundLeft { .. } => conflict("NO_ROUND_LEFT")
                .field("version")
                .remedy("grant an extra round, or have the client agree to one"),
            Self::NoPlace { field } => invalid("BAD_PLACE").field(*field).remedy("write it as 1:23 or 1:23.5"),
            Self::PastEnd { field, .. } => {
                invalid("PAST_END").field(*field).remedy("name a place before the end of the version")
            }
            Self::BeforeBeginning => invalid("BAD_PLACE").field("from").remedy("name a place from 0:00 on"),
            Self::Reversed => invalid("REVERSED_RANGE").field("to").remedy("name an end behind the beginning"),
            Self::NoBeginning => invalid("BAD_PLACE").field("from").remedy("name the beginning, or leave the end out"),
            Self::Words { .. } => invalid("TOO_LONG").field("words").remedy("say it in fewer words"),
            Self::Nothing => invalid("NOTHING_SAID").field("words").remedy("write something, or speak it"),
            Self::PlacedReply => invalid("PLACED_REPLY").field("from").remedy("leave the place out"),
            Self::ReplyToReply => invalid("REPLY_TO_REPLY").field("parent").remedy("answer the comment itself"),
            Self::TooManyReplies => conflict("TOO_MANY_REPLIES").field("parent").remedy("begin a comment of its own"),
        }
    }
}
