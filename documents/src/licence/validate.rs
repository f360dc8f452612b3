//! What must be true before a contract is written. Every fault is reported at once, with its field and its remedy.

use super::model::{
    Beat, ContentId, DeliveredFile, LicenceContract, LicenceTerms, MasterOwnership, Sale, SampleClearance, Stage, Term,
};
use crate::error::DocumentError;
use crate::faults::{Faults, MAX_PARAGRAPH_CHARS};
use crate::format::{self, WHOLE_PPM};

/// Most producers, and most writers.
pub const MAX_PEOPLE: usize = 100;
/// Most files of one licence, stems included.
pub const MAX_FILES: usize = 500;
/// Most declared samples.
pub const MAX_SAMPLES: usize = 100;
/// Most earlier leases listed one by one; more are counted.
pub const MAX_LEASES: usize = 500;
/// Longest term, in months: a century.
const MAX_MONTHS: u16 = 1_200;

/// Checks the whole contract.
pub(super) fn validate(contract: &LicenceContract) -> Result<(), DocumentError> {
    let mut faults = Faults::default();
    let terms = &contract.terms;
    check_parties(&mut faults, terms);
    check_beat(&mut faults, &terms.beat);
    check_files(&mut faults, &terms.files);
    check_price_and_term(&mut faults, terms);
    check_rights(&mut faults, terms);
    check_samples(&mut faults, terms);
    check_earlier_leases(&mut faults, terms);
    check_replaced(&mut faults, terms);
    if let Stage::Sold(sale) = &contract.stage {
        check_sale(&mut faults, sale, terms.term);
    }
    faults.done()
}

fn check_parties(faults: &mut Faults, terms: &LicenceTerms) {
    faults.line("terms.tier_name", &terms.tier_name);
    faults.line("terms.licensor.studio_name", &terms.licensor.studio_name);
    faults.email("terms.licensor.email", &terms.licensor.email);
    if let Some(address) = &terms.licensor.address {
        faults.text("terms.licensor.address", address, MAX_PARAGRAPH_CHARS);
    }
    faults.count("terms.licensor.producers", terms.licensor.producers.len(), MAX_PEOPLE);
    for (index, producer) in terms.licensor.producers.iter().enumerate() {
        faults.line(format!("terms.licensor.producers[{index}].legal_name"), &producer.legal_name);
        let field = format!("terms.licensor.producers[{index}].professional_name");
        faults.optional(field, producer.professional_name.as_deref());
    }
    faults.text("terms.governing_law", &terms.governing_law, MAX_PARAGRAPH_CHARS);
}

fn check_beat(faults: &mut Faults, beat: &Beat) {
    faults.line("terms.beat.title", &beat.title);
    faults.optional("terms.beat.work_title", beat.work_title.as_deref());
    faults.optional("terms.beat.isrc", beat.isrc.as_deref());
    faults.optional("terms.beat.iswc", beat.iswc.as_deref());
    faults.optional("terms.beat.key", beat.key.as_deref());
    faults.sha256("terms.beat.audio_sha256", &beat.audio_sha256);
    if beat.bpm_milli == Some(0) {
        faults.add("terms.beat.bpm_milli", "is zero", "give the tempo, or leave it out when it is not known");
    }
}

fn check_files(faults: &mut Faults, files: &[DeliveredFile]) {
    faults.count("terms.files", files.len(), MAX_FILES);
    for (index, file) in files.iter().enumerate() {
        faults.line(format!("terms.files[{index}].name"), &file.name);
        faults.line(format!("terms.files[{index}].format"), &file.format);
        if let Some(content) = &file.content {
            faults.sha256(format!("terms.files[{index}].content.sha256"), &content.sha256);
            if content.bytes == 0 {
                let remedy = "give the size of the finished file, or leave the content out until it exists";
                faults.add(format!("terms.files[{index}].content.bytes"), "is zero", remedy);
            }
        }
    }
}

fn check_price_and_term(faults: &mut Faults, terms: &LicenceTerms) {
    faults.currency("terms.price", &terms.price.currency, terms.price.decimals);
    if let Term::Months(months) = terms.term
        && !(1..=MAX_MONTHS).contains(&months)
    {
        let remedy = format!("give 1 to {MAX_MONTHS} months, or a perpetual term");
        faults.add("terms.term", format!("is {months} months"), remedy);
    }
}

fn check_rights(faults: &mut Faults, terms: &LicenceTerms) {
    if terms.publishing_kept_ppm > WHOLE_PPM {
        let problem = format!("is {} parts per million", terms.publishing_kept_ppm);
        faults.add("terms.publishing_kept_ppm", problem, format!("give at most {WHOLE_PPM}, which is 100%"));
    }
    faults.count("terms.writers", terms.writers.len(), MAX_PEOPLE);
    for (index, writer) in terms.writers.iter().enumerate() {
        faults.line(format!("terms.writers[{index}].name"), &writer.name);
        faults.line(format!("terms.writers[{index}].role"), &writer.role);
        faults.optional(format!("terms.writers[{index}].ipi"), writer.ipi.as_deref());
        faults.optional(format!("terms.writers[{index}].pro"), writer.pro.as_deref());
    }
    let total: u64 = terms.writers.iter().map(|writer| u64::from(writer.share_ppm)).sum();
    if !terms.writers.is_empty() && total != u64::from(WHOLE_PPM) {
        let problem = format!("the shares total {total} parts per million");
        faults.add("terms.writers", problem, format!("make them total exactly {WHOLE_PPM}, which is 100%"));
    }
    if terms.master_ownership == MasterOwnership::AssignedToLicensee && !terms.tier.is_exclusive() {
        let problem = "hands the recording over in a licence that is not exclusive";
        faults.add("terms.master_ownership", problem, "keep it with the licensor, or sell an exclusive");
    }
    faults.line("terms.credit_line", &terms.credit_line);
}

fn check_samples(faults: &mut Faults, terms: &LicenceTerms) {
    faults.most("terms.samples", terms.samples.len(), MAX_SAMPLES);
    for (index, sample) in terms.samples.iter().enumerate() {
        faults.line(format!("terms.samples[{index}].title"), &sample.title);
        faults.line(format!("terms.samples[{index}].source"), &sample.source);
    }
    let shared = terms.samples.iter().any(|sample| sample.clearance == SampleClearance::RoyaltyFree);
    match terms.content_id {
        ContentId::AllowedExceptEarlierLicensees if shared => {
            let problem = "allows a registration that would strike others who may use the same royalty-free sample";
            faults.add("terms.content_id", problem, "do not allow it, because of the shared recordings");
        }
        ContentId::NotAllowedSharedRecordings if !shared => {
            let problem = "is refused for a royalty-free sample, and none is declared";
            faults.add("terms.content_id", problem, "declare the sample, or allow the registration");
        }
        _ => {}
    }
}

fn check_earlier_leases(faults: &mut Faults, terms: &LicenceTerms) {
    match (&terms.earlier_leases, terms.tier.is_exclusive()) {
        (None, true) => {
            let remedy = "disclose the leases that survive, with a count of zero when there are none";
            faults.add("terms.earlier_leases", "is missing from an exclusive licence", remedy);
        }
        (Some(_), false) => {
            let remedy = "leave it out: only an exclusive discloses them";
            faults.add("terms.earlier_leases", "is given for a licence that is not exclusive", remedy);
        }
        (Some(leases), true) => {
            if leases.listed.len() > MAX_LEASES || leases.listed.len() as u64 > leases.count {
                let problem = format!("lists {} of {} leases", leases.listed.len(), leases.count);
                let remedy = format!("list at most {MAX_LEASES}, and never more than are counted");
                faults.add("terms.earlier_leases.listed", problem, remedy);
            }
            for (index, lease) in leases.listed.iter().enumerate() {
                faults.line(format!("terms.earlier_leases.listed[{index}].reference"), &lease.reference);
                faults.line(format!("terms.earlier_leases.listed[{index}].tier_name"), &lease.tier_name);
            }
        }
        (None, false) => {}
    }
}

fn check_replaced(faults: &mut Faults, terms: &LicenceTerms) {
    let Some(replaced) = &terms.replaces else { return };
    faults.line("terms.replaces.reference", &replaced.reference);
    faults.line("terms.replaces.tier_name", &replaced.tier_name);
    for (field, price) in
        [("terms.replaces.full_price", &replaced.full_price), ("terms.replaces.credited", &replaced.credited)]
    {
        if (&price.currency, price.decimals) != (&terms.price.currency, terms.price.decimals) {
            let problem = format!("is in {} with {} decimals", price.currency, price.decimals);
            faults.add(field, problem, "give it in the currency of the price");
        }
    }
}

fn check_sale(faults: &mut Faults, sale: &Sale, term: Term) {
    faults.line("stage.sold.reference", &sale.reference);
    faults.line("stage.sold.licensee.name", &sale.licensee.name);
    faults.email("stage.sold.licensee.email", &sale.licensee.email);
    faults.line("stage.sold.acceptance.accepted_by", &sale.acceptance.accepted_by);
    faults.line("stage.sold.acceptance.order_reference", &sale.acceptance.order_reference);
    let expected = match term {
        Term::Perpetual => None,
        Term::Months(months) => format::last_day(sale.contract_date, months),
    };
    if sale.expires_on != expected {
        let problem = match sale.expires_on {
            Some(given) => format!("is {given}"),
            None => "is missing".to_owned(),
        };
        let remedy = match expected {
            Some(day) => format!("the term ends on {day}"),
            None => "leave it out: the term does not end".to_owned(),
        };
        faults.add("stage.sold.expires_on", problem, remedy);
    }
}
