//! Why identity refuses.

use super::rules::{NameFault, PASSKEYS_MAX, PASSWORD_MIN, PasswordFault};
use crate::{
    email::{EmailAddress, EmailError},
    env::Instant,
    links::LinkError,
    money::Money,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// What keeps a studio from being closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InTheWay {
    /// It owes money to others than the owner who closes it.
    Owed {
        /// How much, in each currency.
        amounts: Vec<Money>,
        /// For how many days it holds the money of a sale back.
        hold_days: i32,
    },
    /// Payouts are under way, so many.
    Payouts(u64),
    /// Orders were paid, or are about to be, and wait for their files.
    Orders {
        /// How many.
        count: u64,
        /// The reference of the one that waits the longest.
        first: String,
    },
    /// Bookings are still to come, so many.
    Bookings(u64),
}

impl InTheWay {
    /// What it says to whoever would close the studio.
    fn report(&self) -> Report {
        let say = |code, message: String| Report::new(Kind::Conflict, code, message);
        match self {
            Self::Owed { amounts, hold_days } => {
                let amounts: Vec<String> = amounts.iter().map(ToString::to_string).collect();
                let held = match hold_days {
                    0 => String::new(),
                    days => format!(
                        "; money is held back for {days} days: shorten that under payouts, or wait; what was paid by hand is recorded at once"
                    ),
                };
                say("MONEY_OWED", format!("the studio still owes its payees or buyers {}", amounts.join(", "))).remedy(format!(
                    "pay the payees and record what you paid{held}; post the run that gives out royalties, have the splits signed whose money is parked, and let refunds and disputes end; what is owed to the owner, a payee with the confirmed address of their account, does not count"
                ))
            }
            Self::Payouts(count) => say("PAYOUTS_UNDER_WAY", format!("payouts are still under way: {count}"))
                .remedy("wait until they have arrived, or say under payouts what has become of them"),
            Self::Orders { count, first } => {
                let message = format!(
                    "orders that were paid, or are being paid, still wait for their files: {count}, first of all {first}"
                );
                say("ORDERS_UNFINISHED", message)
                    .remedy("wait until the money has come and the files are made, or retry under jobs what has failed")
            }
            Self::Bookings(count) => say("BOOKINGS_AHEAD", format!("bookings are still to come: {count}"))
                .remedy("call them off, so that deposits go back, or wait until they are over"),
        }
    }
}

/// Why identity refuses.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A name or text cannot be taken.
    #[error("{fault}")]
    Name {
        /// The field, as in the input.
        field: &'static str,
        /// What is wrong.
        fault: NameFault,
    },
    /// Not an address.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// The password cannot be taken.
    #[error(transparent)]
    Password(#[from] PasswordFault),
    /// No account has this address and this password; which of the two is wrong is not told.
    #[error("no account has this address and this password")]
    WrongCredentials,
    /// The password of whoever is signed in was not right.
    #[error("this is not your password")]
    WrongPassword,
    /// The password was right, and the account has a second factor.
    #[error("this account asks for a code as well")]
    SecondFactorRequired,
    /// The code is wrong, too old, or used.
    #[error("this code is wrong, too old, or has been used")]
    WrongCode,
    /// The first code of an authenticator that is being set up is wrong: nothing else stands in for it yet.
    #[error("this code is wrong or too old")]
    WrongFirstCode,
    /// There is a second factor already.
    #[error("a second factor is on already")]
    SecondFactorIsOn,
    /// There is no second factor, or none that was begun.
    #[error("there is no second factor")]
    NoSecondFactor,
    /// What was begun with a passkey took too long, or has had its answer.
    #[error("this was begun with a passkey too long ago, or is over")]
    CeremonyOver,
    /// The answer of a passkey does not hold.
    #[error("what this passkey has signed is not what was asked")]
    PasskeyRefused,
    /// The passkey is of no account, or of another than that of whoever is signed in.
    #[error("this passkey opens no account here, or another one")]
    UnknownPasskey,
    /// The passkey is some account's already.
    #[error("this passkey has been added already")]
    PasskeyIsKnown,
    /// The account has as many passkeys as one may have.
    #[error("an account has at most {PASSKEYS_MAX} passkeys")]
    TooManyPasskeys,
    /// Browsers have no passkeys for where the pages are.
    #[error("browsers have passkeys for names alone, and these pages are at the address of a machine")]
    NoPasskeysHere,
    /// No such passkey of this person.
    #[error("there is no such passkey")]
    NoPasskey,
    /// The sign-in has not proved whose it is for a while.
    #[error("this asks for your password once more")]
    StepUpRequired,
    /// Too many tries.
    #[error("this was tried too often; it can be tried again after {}", retry_at.format("%H:%M:%S UTC"))]
    Throttled {
        /// When it can be tried again.
        retry_at: Instant,
    },
    /// The refresh token is unknown, expired, or of a sign-in that has ended.
    #[error("this sign-in has ended")]
    SignInEnded,
    /// The refresh token has been used before; the whole sign-in has just been ended.
    #[error("this refresh token has been used before, so the sign-in was ended")]
    TokenReused,
    /// No such sign-in of this person.
    #[error("there is no such sign-in")]
    NoSignIn,
    /// A mailed link is not ours or too old.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// A mailed link was used before.
    #[error("this link has been used")]
    LinkUsed,
    /// No such invitation in this studio.
    #[error("there is no such invitation")]
    NoInvitation,
    /// The invitation was accepted or taken back.
    #[error("this invitation has been accepted or taken back")]
    InvitationClosed,
    /// The invitation was sent to another address than the account's.
    #[error("this invitation was sent to another address than your account's")]
    InvitationForAnother,
    /// Whoever is invited has an account already and must sign in to accept.
    #[error("this address has an account")]
    HasAccount,
    /// Is a member already.
    #[error("this person is a member already")]
    AlreadyMember,
    /// Has an open invitation already.
    #[error("this address has an open invitation already")]
    AlreadyInvited,
    /// No such member.
    #[error("there is no such member")]
    NoMember,
    /// A studio always has an owner.
    #[error("a studio keeps at least one owner")]
    LastOwner,
    /// Studios would be left without an owner.
    #[error("this account is the only owner of {}", studios.join(", "))]
    OnlyOwner {
        /// Their names.
        studios: Vec<String>,
    },
    /// Whoever owned the studio has gone. For whoever operates the program.
    #[error("nobody owns {studio} any more")]
    NoOwner {
        /// Its name.
        studio: String,
    },
    /// The name that was given is not the studio's.
    #[error("this is not the studio's name")]
    OtherStudioName,
    /// No studio has this word in its addresses. For whoever operates the program.
    #[error("there is no studio under {0}")]
    NoStudio(String),
    /// A studio that owes somebody something is not closed.
    #[error("this studio cannot be closed yet")]
    InTheWay(Vec<InTheWay>),
    /// The address that was given is not the account's own.
    #[error("this is not the address of your account")]
    OtherAddress,
    /// No account has this address. For whoever operates the program: to all others it is not told.
    #[error("there is no account under {0}")]
    NoAccount(EmailAddress),
    /// No such key in this studio.
    #[error("there is no such key")]
    NoApiKey,
    /// A key without scopes opens nothing.
    #[error("a key needs at least one scope")]
    NoScopes,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(IdentityError);

impl Explain for IdentityError {
    fn explain(&self) -> Report {
        let say = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Name { field, fault } => say(Kind::Invalid, "BAD_TEXT").field(*field).remedy(match fault {
                NameFault::Empty => "write something".to_owned(),
                NameFault::TooLong { max, .. } => format!("use at most {max} characters"),
                NameFault::Control => "write it on one line".to_owned(),
            }),
            Self::Email(_) => say(Kind::Invalid, "BAD_EMAIL").field("email"),
            Self::Password(_) => say(Kind::Invalid, "BAD_PASSWORD")
                .field("password")
                .remedy(format!("take a sentence of your own of {PASSWORD_MIN} or more characters")),
            Self::WrongCredentials => {
                say(Kind::Invalid, "WRONG_CREDENTIALS").remedy("check both, or reset the password")
            }
            Self::WrongPassword => say(Kind::Invalid, "WRONG_PASSWORD").field("password").remedy("type it once more"),
            Self::SecondFactorRequired => say(Kind::Invalid, "SECOND_FACTOR_REQUIRED")
                .field("code")
                .remedy("give the code that your authenticator shows, or a recovery code"),
            Self::WrongCode => say(Kind::Invalid, "WRONG_CODE")
                .field("code")
                .remedy("wait for the next code; without the authenticator, give a recovery code"),
            Self::WrongFirstCode => say(Kind::Invalid, "WRONG_CODE").field("code").remedy(
                "give the next code that the authenticator shows; if it is refused too, set the clock of its device right, or begin again",
            ),
            Self::SecondFactorIsOn => say(Kind::Conflict, "SECOND_FACTOR_IS_ON").remedy("turn it off first"),
            Self::NoSecondFactor => say(Kind::Conflict, "NO_SECOND_FACTOR").remedy("set one up first"),
            Self::CeremonyOver => say(Kind::Conflict, "CEREMONY_OVER").field("ceremony").remedy("begin again"),
            Self::PasskeyRefused => say(Kind::Invalid, "PASSKEY_REFUSED")
                .field("credential")
                .remedy("try once more, or sign in with the password"),
            Self::UnknownPasskey => say(Kind::Invalid, "UNKNOWN_PASSKEY")
                .field("credential")
                .remedy("take another passkey, or give the password; what was removed here can be deleted on the device"),
            Self::PasskeyIsKnown => {
                say(Kind::Conflict, "PASSKEY_IS_KNOWN").field("credential").remedy("take another device")
            }
            Self::TooManyPasskeys => say(Kind::Conflict, "TOO_MANY_PASSKEYS").remedy("remove one first"),
            Self::NoPasskeysHere => say(Kind::Conflict, "NO_PASSKEYS_HERE")
                .remedy("set `public_url` to an address with a name; until then there are password and code"),
            Self::StepUpRequired => say(Kind::Forbidden, "STEP_UP_REQUIRED").remedy(
                "give your password, and a code if you have set one up, to `stepUp`, or a passkey to `stepUpWithPasskey`, then try again",
            ),
            Self::Throttled { .. } => say(Kind::TooMany, "TOO_MANY_ATTEMPTS").remedy("wait, or reset the password"),
            Self::SignInEnded => say(Kind::Unauthenticated, "SIGN_IN_ENDED").remedy("sign in again"),
            Self::TokenReused => say(Kind::Unauthenticated, "REFRESH_TOKEN_REUSED")
                .remedy("sign in again; if you do not know why this happened, change the password"),
            Self::NoSignIn | Self::NoInvitation | Self::NoMember | Self::NoApiKey | Self::NoPasskey => {
                say(Kind::NotFound, "NOT_FOUND")
            }
            Self::Link(LinkError::Forged) => say(Kind::Invalid, "BAD_LINK").field("token"),
            Self::Link(LinkError::Expired) => {
                say(Kind::Invalid, "LINK_EXPIRED").field("token").remedy("ask for a new one")
            }
            Self::LinkUsed => say(Kind::Conflict, "LINK_USED").field("token").remedy("ask for a new one"),
            Self::InvitationClosed => {
                say(Kind::Conflict, "INVITATION_CLOSED").field("token").remedy("ask the studio for a new one")
            }
            Self::InvitationForAnother => {
                say(Kind::Conflict, "INVITATION_FOR_ANOTHER").field("token").remedy("sign in with the invited address")
            }
            Self::HasAccount => say(Kind::Conflict, "HAS_ACCOUNT").remedy("sign in, then accept the invitation"),
            Self::AlreadyMember => say(Kind::Conflict, "ALREADY_MEMBER").field("email"),
            Self::AlreadyInvited => {
                say(Kind::Conflict, "ALREADY_INVITED").field("email").remedy("take the open invitation back first")
            }
            Self::LastOwner => say(Kind::Conflict, "LAST_OWNER").remedy("make somebody else an owner first"),
            Self::OnlyOwner { .. } => {
                say(Kind::Conflict, "ONLY_OWNER").remedy(
                    "make somebody else an owner of it first, under its members, or close the studio, in its settings",
                )
            }
            Self::NoOwner { .. } => {
                say(Kind::Conflict, "NO_OWNER").field("newOwner").remedy("name an account that is to be an owner of it")
            }
            Self::OtherStudioName => say(Kind::Invalid, "OTHER_NAME")
                .field("name")
                .remedy("type the studio's name as it stands in its settings"),
            Self::NoStudio(_) => say(Kind::NotFound, "NOT_FOUND").field("slug").remedy("check how it is spelled"),
            Self::InTheWay(standing) => {
                let mut reports = standing.iter().map(InTheWay::report);
                let first = reports.next().unwrap_or_else(|| say(Kind::Conflict, "STUDIO_BUSY"));
                Report { more: reports.collect(), ..first }
            }
            Self::OtherAddress => {
                say(Kind::Invalid, "OTHER_ADDRESS").field("email").remedy("type the address that you sign in with")
            }
            Self::NoAccount(_) => say(Kind::NotFound, "NOT_FOUND").field("email").remedy("check how it is spelled"),
            Self::NoScopes => say(Kind::Invalid, "NO_SCOPES").field("scopes"),
            Self::Store(error) => error.explain(),
        }
    }
}
