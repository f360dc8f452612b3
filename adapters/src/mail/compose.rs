//! A mail as a MIME message.

use std::time::SystemTime;

use domain::{
    email::EmailAddress,
    env::{Env, Instant},
    ports::{Mail, MailCalendar, PortError},
};
use lettre::{
    Address, Message,
    message::{Attachment, Body, Mailbox as Person, MultiPart, SinglePart, header},
};

const WHAT: &str = "composing a mail";

/// Tells other programs that nobody wrote this by hand, so that absence notices do not answer it (RFC 3834).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Whom mails come from, and what time it is.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The address that mails are sent from; the name before it is the studio's.
    pub from: EmailAddress,
    /// The time.
    pub env: Env,
}

/// One line without control characters, for a header: whatever a person typed, it stays within its header. What looks like an encoded word
/// (RFC 2047) is broken up, for a reader would decode it into something that nobody typed.
fn one_line(text: &str) -> String {
    let line = text.split(|c: char| c.is_control()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    line.replace("=?", "= ?")
}

fn address(of: &EmailAddress) -> Result<Address, PortError> {
    of.as_str().parse().map_err(|cause: lettre::address::AddressError| PortError::lasting(WHAT, cause))
}

impl Sender {
    /// The message, dated `at`: plain text with HTML as its alternative. The Message-ID is the job's, so a mail that was sent twice is known
    /// as one.
    pub(super) fn message(&self, mail: &Mail, at: Instant) -> Result<Message, PortError> {
        let host = self.from.as_str().rsplit_once('@').map_or("localhost", |(_, host)| host);
        let name = Some(one_line(&mail.from_name)).filter(|name| !name.is_empty());
        let mut message = Message::builder()
            .from(Person::new(name, address(&self.from)?))
            .to(Person::new(None, address(&mail.to)?))
            .subject(one_line(&mail.subject))
            .date(SystemTime::from(at))
            .message_id(Some(format!("<{}@{host}>", mail.job)))
            .header(AutoSubmitted);
        if let Some(reply_to) = &mail.reply_to {
            message = message.reply_to(Person::new(None, address(reply_to)?));
        }
        let said = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
        let parts = match &mail.calendar {
            None => said,
            Some(calendar) => with_calendar(said, calendar)?,
        };
        message.multipart(parts).map_err(|cause| PortError::lasting(WHAT, cause))
    }
}

/// What is said, with a calendar: an invitation stands beside the words as another way to say the same, which is where calendars look for it (RFC 6047, 2.4),
/// and once more as a file for those that do not.
fn with_calendar(said: MultiPart, calendar: &MailCalendar) -> Result<MultiPart, PortError> {
    let media_type = |text: &str| header::ContentType::parse(text).map_err(|cause| PortError::lasting(WHAT, cause));
    let said = match calendar.method {
        Some(method) => said.singlepart(
            SinglePart::builder()
                .content_type(media_type(&format!("text/calendar; charset=utf-8; method={}", method.name()))?)
                .body(calendar.text.clone()),
        ),
        None => said,
    };
    // As bytes, so that no line of it is broken anew on the way.
    let file = Body::new(calendar.text.clone().into_bytes());
    let name = one_line(&calendar.file_name);
    let attached = Attachment::new(name).body(file, media_type("application/ics")?);
    Ok(MultiPart::mixed().multipart(said).singlepart(attached))
}
