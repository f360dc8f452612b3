//! Which clauses a contract has. Decides by the data; the words come from [`crate::texts`].

use super::model::{
    AtCap, ContentId, EarlierLeases, LicenceContract, LicenceTerms, MasterOwnership, Price, Sample, SampleClearance,
    Stage, Term, Writer,
};
use super::validate::validate;
use crate::error::DocumentError;
use crate::format;
use crate::texts::{Language, Texts};
use crate::words::{Clause, Draft, Finished, Voice, clean};

/// The clauses of a contract, in order.
///
/// # Errors
/// [`DocumentError::Invalid`] when the contract lacks a value or contradicts itself.
pub fn clauses(contract: &LicenceContract) -> Result<Vec<Clause>, DocumentError> {
    validate(contract)?;
    let speaker = Speaker::new(contract)?;
    let mut clauses = vec![parties(&speaker)?, beat(&speaker)?, grant(&speaker)?, limits(&speaker)?];
    clauses.extend(cap(&speaker)?);
    clauses.extend([term(&speaker)?, price(&speaker)?]);
    clauses.extend(replaced(&speaker)?);
    clauses.extend([
        files(&speaker)?,
        ban(&speaker)?,
        ownership(&speaker)?,
        publishing(&speaker)?,
        speaker.clause("credit", "credit.summary").says("credit.line")?.says("credit.remedy")?.done(),
        content_id(&speaker)?,
        samples(&speaker)?,
        others(&speaker)?,
        speaker
            .clause("warranty", "warranty.summary")
            .says("warranty.licensor")?
            .says("warranty.licensee")?
            .says("warranty.liability")?
            .done(),
        speaker.clause("breach", "breach.summary").says("breach.notice")?.says("breach.effect")?.done(),
        speaker.clause("law", "law.summary").says("law.governing")?.done(),
        speaker.clause("whole", "whole.summary").says("whole.entire")?.says("whole.notes")?.done(),
    ]);
    clauses.into_iter().zip(1..).map(|(draft, number)| draft.finish(&speaker.voice, number)).collect()
}

/// A contract with its texts and the values that its sentences name.
pub(crate) struct Speaker<'a> {
    pub(super) contract: &'a LicenceContract,
    pub(super) terms: &'a LicenceTerms,
    pub(super) language: Language,
    voice: Voice,
}

impl<'a> Speaker<'a> {
    pub(crate) fn new(contract: &'a LicenceContract) -> Result<Self, DocumentError> {
        let terms = &contract.terms;
        let language = terms.language;
        let mut speaker = Self { contract, terms, language, voice: Voice::new(language.texts()) };
        let terms_values = speaker.terms_values()?;
        speaker.voice.add(terms_values);
        let sale_values = speaker.sale_values()?;
        speaker.voice.add(sale_values);
        Ok(speaker)
    }

    /// The sale, once somebody has bought.
    pub(super) fn is_offered(&self) -> bool {
        self.contract.stage == Stage::Offered
    }

    fn terms_values(&self) -> Result<Vec<(&'static str, String)>, DocumentError> {
        let (terms, language) = (self.terms, self.language);
        let producers = terms
            .licensor
            .producers
            .iter()
            .map(|producer| match &producer.professional_name {
                Some(professional) => self.say_with(
                    "name.with_professional",
                    &[("legal", &clean(&producer.legal_name)), ("professional", &clean(professional))],
                ),
                None => Ok(clean(&producer.legal_name)),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let writers: Vec<_> = terms.writers.iter().map(|writer| clean(&writer.name)).collect();
        let price = &terms.price;
        let rest_ppm = format::WHOLE_PPM.saturating_sub(terms.publishing_kept_ppm);
        let mut values = vec![
            ("studio", clean(&terms.licensor.studio_name)),
            ("licensor_email", clean(&terms.licensor.email)),
            ("producers", self.list(producers)?),
            ("writers", self.list(writers)?),
            ("beat", clean(&terms.beat.title)),
            ("audio_sha256", terms.beat.audio_sha256.clone()),
            ("tier", clean(&terms.tier_name)),
            ("price", format::money(price.minor_units, &price.currency, price.decimals, language)),
            ("kept", format::percent(terms.publishing_kept_ppm, language)),
            ("rest", format::percent(rest_ppm, language)),
            ("credit", clean(&terms.credit_line)),
            ("law", clean(&terms.governing_law)),
        ];
        let optional = [
            ("address", &terms.licensor.address),
            ("work_title", &terms.beat.work_title),
            ("isrc", &terms.beat.isrc),
            ("iswc", &terms.beat.iswc),
        ];
        values.extend(optional.into_iter().filter_map(|(name, value)| Some((name, clean(value.as_ref()?)))));
        if let Some(replaced) = &terms.replaces {
            let money = |price: &Price| format::money(price.minor_units, &price.currency, price.decimals, language);
            values.extend([
                ("replaced", clean(&replaced.reference)),
                ("replaced_tier", clean(&replaced.tier_name)),
                ("replaced_date", format::date(replaced.granted_on, language)),
                ("full_price", money(&replaced.full_price)),
                ("credited", money(&replaced.credited)),
            ]);
        }
        if let Term::Months(months) = terms.term {
            values.push(("term", format::months(months, language)));
        }
        Ok(values)
    }

    fn sale_values(&self) -> Result<Vec<(&'static str, String)>, DocumentError> {
        let Stage::Sold(sale) = &self.contract.stage else {
            return Ok(vec![("licensee", self.say("licensee.to_be_named")?)]);
        };
        let mut values = vec![
            ("licensee", clean(&sale.licensee.name)),
            ("licensee_email", clean(&sale.licensee.email)),
            ("reference", clean(&sale.reference)),
            ("date", format::date(sale.contract_date, self.language)),
            ("accepted_by", clean(&sale.acceptance.accepted_by)),
            ("accepted_at", format::instant(sale.acceptance.accepted_at, self.language)),
            ("order_reference", clean(&sale.acceptance.order_reference)),
        ];
        values.extend(sale.expires_on.map(|day| ("expires", format::date(day, self.language))));
        Ok(values)
    }

    /// A sentence with the contract's values.
    pub(super) fn say(&self, key: &str) -> Result<String, DocumentError> {
        self.say_with(key, &[])
    }

    /// A sentence with values of its own, which come before the contract's. They are printed as given: see [`clean`].
    pub(super) fn say_with(&self, key: &str, own: &[(&str, &str)]) -> Result<String, DocumentError> {
        self.voice.say_with(key, own)
    }

    /// A value by name, for the parts of the document that are no sentences.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.voice.value(name)
    }

    /// The contract's values with other sentences.
    pub(crate) fn saying(self, texts: &'static Texts) -> Voice {
        self.voice.saying(texts)
    }

    fn list(&self, items: Vec<String>) -> Result<String, DocumentError> {
        self.voice.list(items)
    }

    fn clause(&self, id: &'static str, summary: &'static str) -> Draft<'_> {
        self.voice.clause(id, summary)
    }
}

fn parties(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let licensor = &speaker.terms.licensor;
    let licensor = match (licensor.is_sole_producer(), &licensor.address) {
        (true, Some(_)) => "parties.licensor.sole.address",
        (true, None) => "parties.licensor.sole",
        (false, Some(_)) => "parties.licensor.address",
        (false, None) => "parties.licensor",
    };
    let licensee = if speaker.is_offered() { "parties.licensee.offered" } else { "parties.licensee" };
    Ok(speaker.clause("parties", "parties.summary").says(licensor)?.says(licensee)?.done())
}

fn beat(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let beat = &speaker.terms.beat;
    let identity = match beat.work_title {
        Some(_) => "beat.identity.work",
        None => "beat.identity",
    };
    Ok(speaker
        .clause("beat", "beat.summary")
        .says(identity)?
        .says_if(beat.isrc.is_some(), "beat.isrc")?
        .says_if(beat.iswc.is_some(), "beat.iswc")?
        .says("beat.fingerprint")?
        .done())
}

fn grant(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let points = ["grant.point.edit", "grant.point.release", "grant.point.video", "grant.point.broadcast"];
    let [summary, scope, others] = if speaker.terms.tier.is_exclusive() {
        ["grant.summary.exclusive", "grant.use.exclusive", "grant.others.exclusive"]
    } else {
        ["grant.summary", "grant.use", "grant.others"]
    };
    Ok(speaker.clause("grant", summary).says(scope)?.says("grant.points")?.lists(&points)?.says(others)?.done())
}

fn limits(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let caps = &speaker.terms.caps;
    if caps.is_unlimited() {
        return Ok(speaker.clause("limits", "limits.summary.none").says("limits.none")?.done());
    }
    let each = [
        ("limits.streams", "streams", caps.streams),
        ("limits.copies", "copies", caps.copies),
        ("limits.videos", "videos", caps.videos),
        ("limits.radio", "radio", caps.radio_stations),
        ("limits.performances", "performances", caps.paid_performances),
    ];
    let points = each
        .into_iter()
        .map(|(key, name, cap)| {
            let value = match cap {
                None => speaker.say("limits.unlimited")?,
                Some(0) => speaker.say("limits.excluded")?,
                Some(cap) => format::number(cap, speaker.language),
            };
            speaker.say_with(key, &[(name, &value)])
        })
        .collect::<Result<_, _>>()?;
    Ok(speaker.clause("limits", "limits.summary").says("limits.intro")?.points(points).says("limits.unpaid")?.done())
}

fn cap(speaker: &Speaker<'_>) -> Result<Option<Finished>, DocumentError> {
    if speaker.terms.caps.is_unlimited() {
        return Ok(None);
    }
    let draft = match speaker.terms.at_cap {
        AtCap::Upgrade => {
            speaker.clause("cap", "cap.summary.upgrade").says("cap.upgrade")?.says("cap.upgrade.deadline")?
        }
        AtCap::Terminate => speaker.clause("cap", "cap.summary.terminate").says("cap.terminate")?,
    };
    Ok(Some(draft.done()))
}

fn term(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let sold = !speaker.is_offered();
    match speaker.terms.term {
        Term::Perpetual => {
            let draft = speaker.clause("term", "term.summary.perpetual").says("term.perpetual")?;
            Ok(draft.says_if(sold, "term.perpetual.sold")?.done())
        }
        Term::Months(_) => {
            let draft = speaker.clause("term", "term.summary.fixed").says("term.fixed")?;
            Ok(draft.says_if(sold, "term.fixed.sold")?.says("term.rule")?.says("term.after")?.done())
        }
    }
}

fn price(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    if speaker.terms.price.minor_units == 0 {
        return Ok(speaker.clause("price", "price.summary.free").says("price.free")?.done());
    }
    let draft = speaker.clause("price", "price.summary").says("price.whole")?.says("price.taxes")?;
    Ok(draft.says_if(!speaker.is_offered(), "price.paid")?.says("price.refund")?.done())
}

fn files(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    // No fingerprint is promised of a file that is still to be made.
    let known = speaker.terms.files.iter().all(|file| file.content.is_some());
    let summary = if known { "files.summary" } else { "files.summary.pending" };
    Ok(speaker.clause("files", summary).says("files.delivery")?.says("files.use")?.done())
}

fn replaced(speaker: &Speaker<'_>) -> Result<Option<Finished>, DocumentError> {
    let Some(replaced) = &speaker.terms.replaces else { return Ok(None) };
    let difference = replaced.full_price.minor_units.saturating_sub(replaced.credited.minor_units);
    let is_difference = speaker.terms.price.minor_units == difference;
    let paid = if is_difference { "replaced.difference" } else { "replaced.least" };
    let draft = speaker.clause("replaced", "replaced.summary").says("replaced.licence")?.says(paid)?;
    Ok(Some(draft.says("replaced.use")?.says("replaced.money")?.done()))
}

fn ban(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let mut keys = vec!["ban.resell", "ban.release"];
    if speaker.terms.tier.is_exclusive() {
        keys.push("ban.transfer.exclusive");
    } else {
        keys.extend(["ban.transfer", "ban.onesong"]);
    }
    // Whoever is assigned the recording may register it.
    let authorship = match speaker.terms.master_ownership {
        MasterOwnership::AssignedToLicensee => "ban.authorship.assigned",
        MasterOwnership::Licensor => "ban.authorship",
    };
    keys.extend([authorship, "ban.train", "ban.unlawful"]);
    Ok(speaker.clause("ban", "ban.summary").says("ban.intro")?.lists(&keys)?.done())
}

fn ownership(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    match (speaker.terms.master_ownership, speaker.terms.tier.is_exclusive()) {
        (MasterOwnership::AssignedToLicensee, _) => Ok(speaker
            .clause("ownership", "ownership.summary.assigned")
            .says("ownership.assigned")?
            .says("ownership.licensee")?
            .done()),
        (MasterOwnership::Licensor, exclusive) => {
            let summary = if exclusive { "ownership.summary.exclusive" } else { "ownership.summary" };
            Ok(speaker
                .clause("ownership", summary)
                .says("ownership.licensor")?
                .says_if(exclusive, "ownership.exclusive")?
                .says("ownership.licensee")?
                .done())
        }
    }
}

fn publishing(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let writers = speaker.terms.writers.iter().map(|writer| writer_point(speaker, writer)).collect::<Result<_, _>>()?;
    Ok(speaker
        .clause("publishing", "publishing.summary")
        .says("publishing.split")?
        .says("publishing.writers")?
        .points(writers)
        .says("publishing.register")?
        .says("publishing.sync")?
        .done())
}

fn writer_point(speaker: &Speaker<'_>, writer: &Writer) -> Result<String, DocumentError> {
    let mut ids = String::new();
    if let Some(pro) = &writer.pro {
        ids.push_str(&speaker.say_with("publishing.pro", &[("pro", &clean(pro))])?);
    }
    if let Some(ipi) = &writer.ipi {
        ids.push_str(&speaker.say_with("publishing.ipi", &[("ipi", &clean(ipi))])?);
    }
    let kept_ppm = speaker.terms.publishing_kept_ppm;
    let (name, role) = (clean(&writer.name), clean(&writer.role));
    let values = [
        ("name", name.as_str()),
        ("role", &role),
        ("song_share", &format::percent_of(writer.share_ppm, kept_ppm, speaker.language)),
        ("beat_share", &format::percent(writer.share_ppm, speaker.language)),
        ("ids", &ids),
    ];
    speaker.say_with("publishing.writer", &values)
}

fn content_id(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let draft = match speaker.terms.content_id {
        ContentId::NotAllowed => {
            speaker.clause("contentid", "contentid.summary.no").says("contentid.no")?.says("contentid.release")?
        }
        ContentId::NotAllowedSharedRecordings => speaker
            .clause("contentid", "contentid.summary.shared")
            .says("contentid.shared")?
            .says("contentid.release")?,
        ContentId::AllowedExceptEarlierLicensees => {
            speaker.clause("contentid", "contentid.summary.yes").says("contentid.yes")?
        }
    };
    Ok(draft.done())
}

fn samples(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let samples = &speaker.terms.samples;
    if samples.is_empty() {
        return Ok(speaker.clause("samples", "samples.summary.none").says("samples.none")?.done());
    }
    let points = samples.iter().map(|sample| sample_point(speaker, sample)).collect::<Result<_, _>>()?;
    let draft = speaker.clause("samples", "samples.summary.some").says("samples.some")?;
    Ok(draft.points(points).says("samples.end")?.done())
}

fn sample_point(speaker: &Speaker<'_>, sample: &Sample) -> Result<String, DocumentError> {
    let key = match sample.clearance {
        SampleClearance::Cleared => "samples.item.cleared",
        // Declared so after the exclusive was ordered: then its licensee has to clear it.
        SampleClearance::ClearedForLeases if speaker.terms.tier.is_exclusive() => {
            "samples.item.cleared_for_leases.exclusive"
        }
        SampleClearance::ClearedForLeases => "samples.item.cleared_for_leases",
        SampleClearance::RoyaltyFree => "samples.item.royalty_free",
        SampleClearance::NotCleared => "samples.item.not_cleared",
    };
    speaker.say_with(key, &[("title", &clean(&sample.title)), ("source", &clean(&sample.source))])
}

fn others(speaker: &Speaker<'_>) -> Result<Finished, DocumentError> {
    let Some(leases) = &speaker.terms.earlier_leases else {
        return Ok(speaker.clause("others", "others.summary.lease").says("others.lease")?.done());
    };
    if leases.count == 0 {
        return Ok(speaker.clause("others", "others.summary.none").says("others.none")?.done());
    }
    let key = if leases.count == 1 { "others.some.one" } else { "others.some.other" };
    let count = format::number(leases.count, speaker.language);
    let draft = speaker.clause("others", "others.summary.some").says_with(key, &[("lease_count", &count)])?;
    let points = lease_points(speaker, leases)?;
    Ok(draft.says_if(!points.is_empty(), "others.listed")?.points(points).says("others.end")?.done())
}

fn lease_points(speaker: &Speaker<'_>, leases: &EarlierLeases) -> Result<Vec<String>, DocumentError> {
    leases
        .listed
        .iter()
        .map(|lease| {
            let granted = format::date(lease.granted_on, speaker.language);
            let expires = lease.expires_on.map(|day| format::date(day, speaker.language));
            let (reference, tier) = (clean(&lease.reference), clean(&lease.tier_name));
            let mut values = vec![("reference", reference.as_str()), ("tier", &tier), ("granted", &granted)];
            let key = match &expires {
                Some(day) => {
                    values.push(("expires", day));
                    "others.item.until"
                }
                None => "others.item.perpetual",
            };
            speaker.say_with(key, &values)
        })
        .collect()
}
