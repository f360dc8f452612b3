//! Mail: over SMTP ([`SmtpMailer`]), or, where no server is configured, into a folder that the mailbox page shows ([`Mailbox`]).
//!
//! Both send the very same message; [`compose`] builds it.

mod compose;
mod mailbox;
mod smtp;

pub use compose::Sender;
pub use mailbox::{Letter, LetterSummary, Mailbox};
pub use smtp::{SmtpConfig, SmtpMailer, SmtpSecurity};
