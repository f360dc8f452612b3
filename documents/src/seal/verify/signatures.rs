//! Seals and document timestamps: whether they hold, who made them, when, and what level they reach.

use chrono::{DateTime, NaiveDateTime, Utc};
use x509_cert::{Certificate, crl::CertificateList};

use super::{
    super::{
        chain::{self, Chain, Revocation},
        dss::Dss,
        fields::{self, Field, signature_fields},
        oids,
        pdf::{File, Object, PdfError},
        signed_data::{self, CmsFault},
        timestamp::{TimestampError, Token, check_token},
        x509,
    },
    Options,
    byte_range::{self, Coverage},
    changes,
    report::{
        CertificateReport, Finding, FindingKind, Level, Report, SignatureKind, SignatureReport, StatedTime,
        TimestampReport,
    },
};

/// Looks for signatures that an earlier revision had.
pub(super) fn removed(file: &File<'_>, fields: &[Field], findings: &mut Vec<Finding>) -> Result<(), PdfError> {
    for revisions in 1.. {
        let Some(earlier) = file.without_last(revisions) else { break };
        for field in signature_fields(&earlier)? {
            if fields.iter().all(|known| known.signature != field.signature) {
                let message = format!("The signature “{}” was taken out of the form by a later revision.", field.name);
                findings.push(Finding::new(FindingKind::SignatureRemoved, message));
            }
        }
    }
    Ok(())
}

/// What all signatures of a file are judged by.
struct Bench<'f, 'a> {
    file: &'f File<'a>,
    options: &'f Options,
    /// Certificates at hand.
    pool: Vec<Certificate>,
    lists: Vec<CertificateList>,
    findings: Vec<Finding>,
}

/// A document timestamp or the timestamp of a seal that holds.
struct Stamp {
    at: DateTime<Utc>,
    chain: Chain,
    trusted: Option<bool>,
}

impl Stamp {
    /// Whether it proves a time. Anybody can run an authority whose clock says what they like: once the caller has said whom to trust, a
    /// stamp of anybody else is worth no more than a claim.
    fn counts(&self) -> bool {
        self.trusted != Some(false)
    }
}

/// Judges all signatures of a file.
pub(super) fn judge(file: &File<'_>, fields: &[Field], options: &Options, report: &mut Report) -> Result<(), PdfError> {
    let dss = Dss::read(file)?;
    let mut pool = fields::carried_certificates(fields);
    pool.extend(dss.readable_certificates());
    pool.extend(options.roots.iter().chain(&options.timestamp_roots).cloned());
    let lists = dss.readable_revocation_lists();
    let mut bench = Bench { file, options, pool, lists, findings: Vec::new() };

    let mut archive = Vec::new();
    let mut judged: Vec<Option<SignatureReport>> = vec![None; fields.len()];
    for (place, field) in judged.iter_mut().zip(fields).filter(|(_, field)| field.is_timestamp()) {
        let (signature, stamp) = bench.document_timestamp(field)?;
        archive.extend(stamp);
        *place = Some(signature);
    }
    let first = first_seal(file, fields)?;
    for (place, (index, field)) in judged.iter_mut().zip(fields.iter().enumerate()) {
        if field.is_timestamp() {
            continue;
        }
        let (signature, level) = bench.seal(field, &archive, &dss, first == Some(index))?;
        if first == Some(index) {
            report.level = level;
        }
        *place = Some(signature);
    }
    report.signatures = judged.into_iter().flatten().collect();
    if let Some(wanted) = options.at_least
        && first.is_some()
        && report.level.is_none_or(|level| level < wanted)
    {
        let reached = report.level.map_or("none", Level::name);
        let message = format!("The seal is of level {reached}, and {} was asked for.", wanted.name());
        bench.findings.push(Finding::new(FindingKind::LevelTooLow, message));
    }
    report.findings.append(&mut bench.findings);
    Ok(())
}

/// The seal that was there first, by what it covers: where it stands in the form is said by whoever wrote the form last.
fn first_seal(file: &File<'_>, fields: &[Field]) -> Result<Option<usize>, PdfError> {
    let mut first: Option<(usize, usize)> = None;
    for (index, field) in fields.iter().enumerate().filter(|(_, field)| !field.is_timestamp()) {
        let end = byte_range::check(file, field)?.map_or(usize::MAX, |coverage| coverage.end());
        if first.is_none_or(|(_, earliest)| end < earliest) {
            first = Some((index, end));
        }
    }
    Ok(first.map(|(index, _)| index))
}

/// A document timestamp that holds, where it ends, and the store that it covers.
struct Archive {
    stamp: Stamp,
    end: usize,
    dss: Dss,
}

impl<'a> Bench<'_, 'a> {
    fn find(&mut self, kind: FindingKind, message: String) {
        self.findings.push(Finding::new(kind, message));
    }

    fn document_timestamp(&mut self, field: &Field) -> Result<(SignatureReport, Option<Archive>), PdfError> {
        let mut report = blank(field, SignatureKind::DocumentTimestamp);
        let Some(coverage) = self.coverage(field, &mut report)? else { return Ok((report, None)) };
        let Some(content) = self.content(field) else { return Ok((report, None)) };
        let token = check_token(&content, |algorithm| Some(algorithm.digest(&coverage.pieces)));
        let Some(stamp) = self.stamp(&field.name, token) else { return Ok((report, None)) };
        report.holds = true;
        report.time = Some(StatedTime::Timestamp { at: stamp.at });
        report.certificates = stamp.chain.certificates.iter().map(certificate_report).collect();
        report.chain_complete = stamp.chain.complete;
        report.trusted = stamp.trusted;
        let dss = Dss::read(&coverage.revision)?;
        Ok((report, Some(Archive { stamp, end: coverage.end(), dss })))
    }

    fn seal(
        &mut self,
        field: &Field,
        archive: &[Archive],
        dss: &Dss,
        is_first: bool,
    ) -> Result<(SignatureReport, Option<Level>), PdfError> {
        let mut report = blank(field, SignatureKind::Seal);
        let text = |key: &str| field.entries.get(key.as_bytes()).and_then(Object::to_text);
        (report.reason, report.location) = (text("Reason"), text("Location"));
        let claimed = text("M").as_deref().and_then(pdf_date);
        report.time = claimed.map(|at| StatedTime::Claimed { at });
        let Some(coverage) = self.coverage(field, &mut report)? else { return Ok((report, None)) };
        report.doc_mdp = doc_mdp(&coverage.revision, field)?;
        self.findings.extend(changes::since(&coverage.revision, self.file)?);
        if is_first && !report.doc_mdp.is_some_and(|allowed| (1..=2).contains(&allowed)) {
            self.find(FindingKind::NotLocked, format!("The seal “{}” does not forbid later changes.", field.name));
        }
        let Some(content) = self.content(field) else { return Ok((report, None)) };
        let checked = signed_data::read(&content).and_then(|signed| {
            // Content of its own would be what is signed, instead of the file.
            let detached = signed.encap_content_info.econtent.is_none();
            let checked = signed_data::check(&signed, oids::DATA, &coverage.pieces)?;
            if detached { Ok((signed, checked)) } else { Err(CmsFault::WrongContent) }
        });
        let (signed, checked) = match checked {
            Ok(checked) => checked,
            Err(fault) => {
                self.find(kind_of(fault), format!("The seal “{}” does not hold: {fault}.", field.name));
                return Ok((report, None));
            }
        };
        report.holds = true;

        let stamps: Vec<Stamp> = fields::tokens(&signed)
            .iter()
            .filter_map(|token| {
                let token = check_token(token, |algorithm| Some(algorithm.digest(&[&checked.signature])));
                self.stamp(&field.name, token)
            })
            .collect();
        report.timestamp = stamps.first().map(|stamp| TimestampReport {
            at: stamp.at,
            authority: certificate_report(&stamp.chain.certificates[0]),
            trusted: stamp.trusted,
        });
        let later = archive.iter().filter(|archive| archive.end >= coverage.end()).map(|archive| &archive.stamp);
        let proven = stamps.iter().chain(later).filter(|stamp| stamp.counts()).map(|stamp| stamp.at).min();
        if let Some(at) = proven {
            report.time = Some(StatedTime::Timestamp { at });
        } else {
            let why = if stamps.is_empty() { "" } else { ": its timestamp leads to none of the trusted roots" };
            let message = format!("The time of “{}” is claimed by whoever sealed, and not proven{why}.", field.name);
            self.find(FindingKind::TimeOnlyClaimed, message);
        }

        let chain = chain::build(&checked.certificate, &self.pool);
        self.judge_certificates(&field.name, &chain, &report);
        report.certificates = chain.certificates.iter().map(certificate_report).collect();
        report.chain_complete = chain.complete;
        if !self.options.roots.is_empty() {
            let trusted = chain.reaches(&self.options.roots);
            report.trusted = Some(trusted);
            if !trusted {
                let subject = &checked.certificate.tbs_certificate.subject;
                let message = format!("“{subject}” sealed, and leads to none of the trusted roots.");
                self.find(FindingKind::SignerUntrusted, message);
            }
        }

        let at = report.time.map(StatedTime::at);
        // By the store alone, so that an archive timestamp is worth what it covers, and not what was put behind it.
        let kept_by = |dss: &Dss| {
            let lists = dss.readable_revocation_lists();
            let is_proven = |chain: &Chain, at: Option<DateTime<Utc>>| {
                let known = |at| chain.revocations(&lists, at).all(|(_, state)| !matches!(state, Revocation::Unknown));
                chain.complete && at.is_some_and(known)
            };
            dss.present && is_proven(&chain, at) && stamps.iter().all(|stamp| is_proven(&stamp.chain, Some(stamp.at)))
        };
        let lasting = kept_by(dss);
        let archived = archive
            .iter()
            .any(|archive| archive.stamp.counts() && archive.end >= coverage.end() && kept_by(&archive.dss));
        let level = match (proven.is_some(), lasting, archived) {
            (true, true, true) => Level::BLTA,
            (true, true, false) => Level::BLT,
            (true, false, _) => Level::BT,
            (false, _, _) => Level::BB,
        };
        Ok((report, Some(level)))
    }

    fn coverage(&mut self, field: &Field, report: &mut SignatureReport) -> Result<Option<Coverage<'a>>, PdfError> {
        match byte_range::check(self.file, field)? {
            Ok(coverage) => {
                report.covers_bytes = coverage.end() as u64;
                report.covers_whole_file = coverage.end() == self.file.data().len();
                Ok(Some(coverage))
            }
            Err(finding) => {
                self.findings.push(finding);
                Ok(None)
            }
        }
    }

    fn content(&mut self, field: &Field) -> Option<cms::content_info::ContentInfo> {
        let Some((content, is_padded)) = field.content() else {
            self.find(FindingKind::SignatureUnreadable, format!("“{}” cannot be read as a signature.", field.name));
            return None;
        };
        if !is_padded {
            let message = format!("Something stands behind the signature in the room of “{}”.", field.name);
            self.find(FindingKind::SignaturePadding, message);
        }
        Some(content)
    }

    /// A timestamp's chain and trust, if it holds.
    fn stamp(&mut self, name: &str, token: Result<Token, TimestampError>) -> Option<Stamp> {
        let token = match token {
            Ok(token) => token,
            Err(error) => {
                self.find(FindingKind::TimestampInvalid, format!("The timestamp of “{name}” is refused: {error}."));
                return None;
            }
        };
        let chain = chain::build(&token.signed.certificate, &self.pool);
        let subject = token.signed.certificate.tbs_certificate.subject.to_string();
        if chain.breaks_its_rules().is_some() {
            self.find(
                FindingKind::CertificateRules,
                format!("A certificate of “{subject}” breaks its issuer's rules."),
            );
        }
        let revoked = |state: &Revocation| matches!(state, Revocation::Revoked(since) if *since <= token.at);
        if chain.revocations(&self.lists, token.at).any(|(_, state)| revoked(&state)) {
            let message = format!("The timestamp authority “{subject}” was revoked before it stamped.");
            self.find(FindingKind::CertificateRevoked, message);
        }
        let Options { roots, timestamp_roots, .. } = self.options;
        let judged = !roots.is_empty() || !timestamp_roots.is_empty();
        let trusted = judged.then(|| chain.reaches(timestamp_roots) || chain.reaches(roots));
        if trusted == Some(false) && !timestamp_roots.is_empty() {
            let message = format!("“{subject}” stamped “{name}”, and leads to none of the trusted roots.");
            self.find(FindingKind::TimestampUntrusted, message);
        }
        Some(Stamp { at: token.at, chain, trusted })
    }

    /// What the certificates of a seal say about themselves, and the lists about them.
    fn judge_certificates(&mut self, name: &str, chain: &Chain, report: &SignatureReport) {
        let subject = |certificate: &Certificate| certificate.tbs_certificate.subject.to_string();
        let first = &chain.certificates[0];
        if !x509::may_seal(first) {
            let message = format!("The certificate of “{}” is not for signing documents.", subject(first));
            self.find(FindingKind::CertificatePurpose, message);
        }
        if let Some(certificate) = chain.breaks_its_rules() {
            let message = format!("The certificate of “{}” breaks its issuer's rules.", subject(certificate));
            self.find(FindingKind::CertificateRules, message);
        }
        if !chain.complete {
            let message = format!("The certificates of “{name}” do not lead to a root that is in the file.");
            self.find(FindingKind::ChainIncomplete, message);
        }
        let Some(time) = report.time else { return };
        if let Some(certificate) = chain.invalid_at(time.at()) {
            let message =
                format!("The certificate of “{}” was not valid when “{name}” was sealed.", subject(certificate));
            self.find(FindingKind::CertificateNotValid, message);
        }
        let proven = matches!(time, StatedTime::Timestamp { .. });
        let revoked: Vec<String> = chain
            .revocations(&self.lists, time.at())
            // Without proof of the time, the seal may be younger than it claims.
            .filter(|(_, state)| matches!(state, Revocation::Revoked(since) if !proven || *since <= time.at()))
            .map(|(certificate, _)| subject(certificate))
            .collect();
        for subject in revoked {
            self.find(FindingKind::CertificateRevoked, format!("The certificate of “{subject}” was revoked."));
        }
        if let Some(now) = self.options.now.filter(|_| !proven)
            && let Some(certificate) = chain.invalid_at(now)
        {
            let message = format!("The certificate of “{}” is not valid any more.", subject(certificate));
            self.find(FindingKind::CertificateExpired, message);
        }
    }
}

fn blank(field: &Field, kind: SignatureKind) -> SignatureReport {
    SignatureReport {
        field: field.name.clone(),
        kind,
        holds: false,
        certificates: Vec::new(),
        chain_complete: false,
        trusted: None,
        time: None,
        timestamp: None,
        reason: None,
        location: None,
        byte_range: byte_range::numbers(field),
        covers_bytes: 0,
        covers_whole_file: false,
        doc_mdp: None,
    }
}

fn kind_of(fault: CmsFault) -> FindingKind {
    match fault {
        CmsFault::DigestMismatch => FindingKind::ContentChanged,
        CmsFault::NoCertificate | CmsFault::CertificateSubstituted => FindingKind::CertificateSubstituted,
        CmsFault::Invalid => FindingKind::SignatureInvalid,
        CmsFault::Unsupported => FindingKind::AlgorithmUnsupported,
        CmsFault::Unreadable | CmsFault::WrongContent | CmsFault::Attribute(_) => FindingKind::SignatureUnreadable,
    }
}

fn certificate_report(certificate: &Certificate) -> CertificateReport {
    let tbs = &certificate.tbs_certificate;
    CertificateReport {
        subject: tbs.subject.to_string(),
        issuer: tbs.issuer.to_string(),
        serial: hex::encode(tbs.serial_number.as_bytes()),
        sha256: x509::fingerprint(certificate),
        valid_from: x509::instant(tbs.validity.not_before),
        valid_until: x509::instant(tbs.validity.not_after),
    }
}

/// What `DocMDP` allows after a seal, if the catalogue names that seal for it.
fn doc_mdp(revision: &File<'_>, field: &Field) -> Result<Option<i64>, PdfError> {
    let permissions = revision.lookup_dict(&revision.catalog()?, "Perms")?;
    if permissions.get(b"DocMDP".as_slice()).and_then(Object::as_reference) != Some(field.signature) {
        return Ok(None);
    }
    for reference in revision.lookup_array(&field.entries, "Reference")? {
        let Object::Dict(reference) = revision.resolve(&reference)? else { continue };
        if reference.get(b"TransformMethod".as_slice()).is_some_and(|method| method.is_name("DocMDP")) {
            let parameters = revision.lookup_dict(&reference, "TransformParams")?;
            // The standard's default.
            return Ok(Some(parameters.get(b"P".as_slice()).and_then(Object::as_integer).unwrap_or(2)));
        }
    }
    Ok(None)
}

/// A date such as `D:20261123061620Z` or `D:20261123071620+01'00'`.
fn pdf_date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.strip_prefix("D:").unwrap_or(text);
    let (date, zone) = text.split_at_checked(14)?;
    let local = NaiveDateTime::parse_from_str(date, "%Y%m%d%H%M%S").ok()?;
    let zone: String = zone.chars().filter(|c| *c != '\'').collect();
    if zone.is_empty() || zone.starts_with('Z') {
        return Some(local.and_utc());
    }
    let sign = match zone.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let number = |range: std::ops::Range<usize>| zone.get(range).map_or(Some(0), |digits| digits.parse::<i64>().ok());
    let offset = chrono::TimeDelta::minutes(sign * (number(1..3)? * 60 + number(3..5)?));
    Some(local.checked_sub_signed(offset)?.and_utc())
}
