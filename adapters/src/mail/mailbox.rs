//! The local mailbox: every mail a file in a folder. The default while no mail server is configured, so that nothing is lost and nothing is
//! sent to strangers by a trial.

use std::{
    io,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use chrono::DateTime;
use domain::{
    env::Instant,
    ids::{JobId, TypedId},
    ports::{Mail, Mailer, PortError},
};
use mail_parser::{Addr, Address, MessageParser};
use tokio::fs;

use super::Sender;

/// How many letters a list has at the most.
const LISTED: usize = 500;

/// A letter in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterSummary {
    /// The job that sent it.
    pub id: JobId,
    /// Who it says it is from: name and address.
    pub from: String,
    /// To whom.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// When it was sent.
    pub sent_at: Instant,
}

/// A letter, read back from its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its head.
    pub summary: LetterSummary,
    /// The plain text.
    pub text: String,
    /// The HTML. It came from outside this page: show it in a sandboxed frame alone.
    pub html: String,
}

/// Keeps mail in a folder.
#[derive(Debug, Clone)]
pub struct Mailbox {
    folder: PathBuf,
    sender: Sender,
}

impl Mailbox {
    /// A mailbox in a folder, which is made when the first mail comes.
    pub fn new(folder: impl Into<PathBuf>, sender: Sender) -> Self {
        Self { folder: folder.into(), sender }
    }

    /// The file of a job's mail, named by the job's own time so that files sort by time and a repeat lands on its first.
    fn path(&self, job: JobId) -> PathBuf {
        self.folder.join(format!("{}-{job}.eml", written_at(job).format("%Y%m%dT%H%M%S%3fZ")))
    }

    /// The latest 500 letters, newest first. A file that is no mail is passed over.
    pub async fn list(&self) -> Result<Vec<LetterSummary>, PortError> {
        let mut names = Vec::new();
        match fs::read_dir(&self.folder).await {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(PortError::transient("listing the mailbox", cause)),
            Ok(mut entries) => {
                while let Some(entry) =
                    entries.next_entry().await.map_err(|cause| PortError::transient("listing the mailbox", cause))?
                {
                    names.extend(
                        entry
                            .file_name()
                            .to_str()
                            .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "eml"))
                            .map(str::to_owned),
                    );
                }
            }
        }
        names.sort_unstable_by(|one, other| other.cmp(one));
        let mut letters = Vec::new();
        for name in names.into_iter().take(LISTED) {
            let Some(id) = job_in(&name) else { continue };
            letters.extend(self.find(id).await?.map(|letter| letter.summary));
        }
        Ok(letters)
    }

    /// One letter.
    pub async fn find(&self, id: JobId) -> Result<Option<Letter>, PortError> {
        match fs::read(self.path(id)).await {
            Ok(bytes) => Ok(read(id, &bytes)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(PortError::transient("reading a letter", cause)),
        }
    }
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: &Mail) -> Result<(), PortError> {
        // Dated by its job: a repeat is the same file with the same bytes but for the boundary between its parts.
        let message = self.sender.message(mail, written_at(mail.job))?;
        store(&self.path(mail.job), &message.formatted())
            .await
            .map_err(|cause| PortError::transient("keeping a mail", cause))
    }
}

/// Writes the whole file aside, then gives it its name: a reader sees all of it or nothing.
async fn store(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).await?;
    }
    let aside = path.with_extension("part");
    fs::write(&aside, bytes).await?;
    fs::File::open(&aside).await?.sync_all().await?;
    fs::rename(&aside, path).await
}

/// When a job was written: its id is a `UUIDv7`, whose first 48 bits are unix milliseconds.
fn written_at(job: JobId) -> Instant {
    let millis = i64::try_from(job.uuid().as_u128() >> 80).unwrap_or(0);
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

fn job_in(name: &str) -> Option<JobId> {
    name.strip_suffix(".eml")?.split_once('-')?.1.parse().ok()
}

fn people(address: Option<&Address<'_>>) -> String {
    let one = |person: &Addr<'_>| {
        let address = person.address().unwrap_or_default();
        person.name().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>"))
    };
    address.into_iter().flat_map(|address| address.iter().map(one)).collect::<Vec<_>>().join(", ")
}

fn read(id: JobId, bytes: &[u8]) -> Option<Letter> {
    let message = MessageParser::default().parse(bytes)?;
    let summary = LetterSummary {
        id,
        from: people(message.from()),
        to: people(message.to()),
        subject: message.subject().unwrap_or_default().to_owned(),
        sent_at: message
            .date()
            .and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0))
            .unwrap_or_else(|| written_at(id)),
    };
    let text = message.body_text(0).map(std::borrow::Cow::into_owned).unwrap_or_default();
    let html = message.body_html(0).map(std::borrow::Cow::into_owned).unwrap_or_default();
    Some(Letter { summary, text, html })
}
