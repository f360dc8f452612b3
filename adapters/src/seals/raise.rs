//! Raising a seal: B-B, B-T, B-LT, B-LTA, as far as the authority answers; and its renewal.

use bytes::Bytes;
use chrono::Duration;
use documents::seal::{
    Level, Options, Period, Report, RevocationSource, SealError, SignatureKind, ValidationData, Verdict, add_timestamp,
    add_validation_data, missing_revocations, prepare_archive_timestamp, request_timestamp, revocation_sources, verify,
};
use domain::{
    env::Instant,
    ports::{PortError, Raised},
};

use super::{AskError, Keys, StudioSeals, client::Client, level};

/// How long before its certificate lapses an archive timestamp is renewed.
const RENEW_DAYS: i64 = 90;

/// For how long a revocation list of the installation's own authority speaks.
const LIST_DAYS: i64 = 365;

/// Why a seal is not raised further.
enum Halt {
    /// It may be raised another time: a sentence for whoever waits.
    Pending(String),
    /// It cannot be raised.
    Broken(SealError),
}

impl From<AskError> for Halt {
    fn from(error: AskError) -> Self {
        tracing::warn!(error = &error as &dyn std::error::Error, "a timestamp is pending");
        Self::Pending(format!("timestamp pending: {error}"))
    }
}

impl From<SealError> for Halt {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Timestamp(error) => Self::Pending(format!("timestamp pending: {error}")),
            SealError::RevocationList => Self::Pending(format!("long-term proof pending: {error}")),
            other => Self::Broken(other),
        }
    }
}

/// What keeps a file from being raised: it is not what was sealed.
#[derive(Debug, thiserror::Error)]
#[error("the file is refused: {0}")]
struct Refused(String);

impl StudioSeals {
    pub(super) async fn raise_as_far_as_it_goes(&self, pdf: Bytes, now: Instant) -> Result<Raised, PortError> {
        const WHAT: &str = "raising a seal";
        let before = sound(&pdf)?;
        let Some(client) = &self.client else {
            return Ok(Raised { bytes: pdf, level: level(before.1), renew_before: None, waits_for: None });
        };
        let mut climb = Climb { seals: self, client, file: pdf.to_vec(), now };
        let waits_for = match climb.up_from(&before.0, before.1).await {
            Ok(()) => None,
            Err(Halt::Pending(sentence)) => Some(sentence),
            Err(Halt::Broken(cause)) => return Err(PortError::lasting(WHAT, cause)),
        };
        let (report, reached) = sound(&climb.file)?;
        Ok(Raised { bytes: climb.file.into(), level: level(reached), renew_before: renew_before(&report), waits_for })
    }

    /// The list of the installation's own authority, if it is the issuer. It is made after the timestamp that it is to prove.
    fn own_list(&self, issuer: &str) -> Result<Option<Vec<u8>>, SealError> {
        match &self.keys {
            Keys::House(house) if house.authority.subject() == issuer => {
                let now = self.env.now();
                let period = Period { from: now, until: now + Duration::days(LIST_DAYS) };
                let number = u64::try_from(now.timestamp()).unwrap_or_default();
                house.authority.revocation_list(number, period, &[]).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// What is said of a file that is as it was sealed, and its level.
fn sound(file: &[u8]) -> Result<(Report, Level), PortError> {
    let report = verify(file, &Options::default());
    match report.level {
        Some(level) if report.verdict != Verdict::Refused => Ok((report, level)),
        _ => {
            let said: Vec<&str> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
            Err(PortError::lasting("raising a seal", Refused(said.join(" "))))
        }
    }
}

/// Before when a seal is to be renewed: well before the certificate of its last timestamp lapses.
fn renew_before(report: &Report) -> Option<Instant> {
    let archive = report.signatures.iter().rfind(|it| it.kind == SignatureKind::DocumentTimestamp && it.holds);
    let (stamped_at, until) = if let Some(archive) = archive {
        (archive.time?.at(), archive.certificates.iter().map(|it| it.valid_until).min()?)
    } else {
        let stamp = report.seal()?.timestamp.as_ref()?;
        (stamp.at, stamp.authority.valid_until)
    };
    // Certificates of a month exist; those are renewed in their last third.
    let margin = Duration::days(RENEW_DAYS).min((until - stamped_at) / 3);
    Some(until - margin)
}

/// A file on its way up.
struct Climb<'a> {
    seals: &'a StudioSeals,
    client: &'a Client,
    file: Vec<u8>,
    now: Instant,
}

impl Climb<'_> {
    async fn up_from(&mut self, report: &Report, reached: Level) -> Result<(), Halt> {
        if reached == Level::BLTA {
            if renew_before(report).is_some_and(|before| before > self.now) {
                return Ok(());
            }
            // A list that cannot be had must not keep the timestamp from being renewed: an older one is in the file.
            if let Err(Halt::Pending(why)) = self.keep(&revocation_sources(&self.file)?, reached).await {
                tracing::warn!(why, "a seal is renewed without newer revocation lists");
            }
            return self.archive().await;
        }
        if reached == Level::BB {
            self.stamp().await?;
        }
        if reached < Level::BLT {
            self.keep(&missing_revocations(&self.file)?, Level::BLT).await?;
        }
        self.archive().await
    }

    /// B-T.
    async fn stamp(&mut self) -> Result<(), Halt> {
        let request = request_timestamp(&self.file, self.seals.random())?;
        let answer = self.client.stamp(request.bytes()).await?;
        let stamped = add_timestamp(&self.file, &request, &answer)?;
        self.believe(&stamped, |report| report.seal()?.timestamp.as_ref()?.trusted)?;
        self.file = stamped;
        Ok(())
    }

    /// B-LT: everything that proves the signatures in the file, or nothing.
    async fn keep(&mut self, sources: &[RevocationSource], least: Level) -> Result<(), Halt> {
        let mut data = ValidationData::default();
        if let Some(roots) = &self.seals.timestamp_root {
            data.add_certificates(roots)?;
        }
        for source in sources {
            let list = match self.seals.own_list(&source.issuer)? {
                Some(list) => list,
                None => self.list_of(source).await?,
            };
            data.revocation_lists.push(list);
        }
        let kept = add_validation_data(&self.file, &data)?;
        let report = verify(&kept, &Options::default());
        if report.level.is_none_or(|level| level < least) {
            let lost: Vec<&str> = sources.iter().filter(|it| it.issuer_missing).map(|it| it.issuer.as_str()).collect();
            return Err(Halt::Pending(if lost.is_empty() {
                "long-term proof pending: the revocation lists that were fetched do not cover every certificate"
                    .to_owned()
            } else {
                format!("long-term proof pending: name the certificate of “{}” in timestamp_root", lost.join("”, “"))
            }));
        }
        self.file = kept;
        Ok(())
    }

    async fn list_of(&self, source: &RevocationSource) -> Result<Vec<u8>, Halt> {
        let mut failure = None;
        for url in &source.crl_urls {
            match self.client.list(url).await {
                Ok(list) => return Ok(list),
                Err(error) => failure = Some(error),
            }
        }
        let subject = &source.subject;
        Err(Halt::Pending(match failure {
            Some(error) => format!("long-term proof pending: {error}, with the revocation list of “{subject}”"),
            None => format!("long-term proof pending: the certificate of “{subject}” names no revocation list"),
        }))
    }

    /// B-LTA, and its renewal.
    async fn archive(&mut self) -> Result<(), Halt> {
        let archive = prepare_archive_timestamp(&self.file, self.seals.random())?;
        let answer = self.client.stamp(archive.request().bytes()).await?;
        let archived = archive.complete(&answer)?;
        self.believe(&archived, |report| report.signatures.last()?.trusted)?;
        self.file = archived;
        Ok(())
    }

    /// Refuses a timestamp of somebody else than the operator named: whoever stands between us and the authority has keys too.
    fn believe(&self, file: &[u8], trusted: impl Fn(&Report) -> Option<bool>) -> Result<(), Halt> {
        let Some(roots) = &self.seals.timestamp_root else { return Ok(()) };
        let report = verify(file, &Options::default().trusting_timestamps(roots)?);
        if trusted(&report) == Some(true) {
            return Ok(());
        }
        Err(Halt::Pending(format!(
            "timestamp pending: what {} answered leads to none of the certificates in timestamp_root",
            self.client.authority()
        )))
    }
}
