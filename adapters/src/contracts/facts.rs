//! What is known of a licence, carried over into the model that `documents` typesets.

use chrono::{DateTime, Utc};
use documents::{
    Language,
    format::last_day,
    licence::{
        Acceptance, AtCap, Beat, Caps, Checkout, ContentId, DeliveredFile, EarlierLease, EarlierLeases,
        LicenceContract, LicenceTerms, Licensee, Licensor, MAX_LEASES, MasterOwnership, Price, Producer, Replaced,
        Sale, Sample, SampleClearance, Stage, Term, Tier, Writer,
    },
};
use domain::{
    catalog::entity as catalog,
    licensing::{
        contract::{self, Contract},
        terms::{self, Terms, TierCode},
    },
    money::Money,
};

use super::ContractError;

/// What is kept of the checkout at which it was accepted.
pub(super) fn checkout(from: &contract::Acceptance) -> Checkout {
    Checkout {
        order: from.order.clone(),
        placed_at: from.placed_at,
        ip: from.ip.clone(),
        user_agent: from.user_agent.clone(),
        shown_text_sha256: from.shown_text_sha256.as_ref().map(|hash| hash.as_str().to_owned()),
    }
}

fn in_range<To>(value: impl TryInto<To>, what: &'static str) -> Result<To, ContractError> {
    value.try_into().map_err(|_| ContractError::OutOfRange(what))
}

/// What the contract says, of an offer or of a licence that was sold.
pub(super) fn document(contract: &Contract) -> Result<LicenceContract, ContractError> {
    let terms = &contract.terms;
    let exclusive = terms.is_exclusive();
    let term = match terms.term_months {
        None => Term::Perpetual,
        Some(months) => Term::Months(in_range(months, "the term")?),
    };
    let terms = LicenceTerms {
        language: Language::En,
        tier: tier(terms.tier),
        tier_name: terms.tier_name.clone(),
        licensor: licensor(&contract.licensor),
        beat: beat(&contract.beat)?,
        files: files(terms.files),
        price: price(contract.price, "the price")?,
        caps: caps(terms.caps)?,
        at_cap: match terms.at_cap {
            terms::AtCap::Upgrade => AtCap::Upgrade,
            terms::AtCap::Terminate => AtCap::Terminate,
        },
        term,
        publishing_kept_ppm: terms.publishing_kept.ppm(),
        writers: contract.licensor.producers.iter().map(writer).collect(),
        // An exclusive is the last licence of the work, not a sale of the recording.
        master_ownership: MasterOwnership::Licensor,
        credit_line: credit_line(terms, &contract.licensor.name),
        content_id: content_id(exclusive, &contract.beat.samples),
        samples: contract.beat.samples.iter().map(sample).collect(),
        earlier_leases: exclusive.then(|| earlier_leases(&contract.earlier_leases)),
        replaces: contract.replaces.as_ref().map(replaced).transpose()?,
        governing_law: contract.licensor.governing_law.clone(),
    };
    let stage = match &contract.grant {
        None => Stage::Offered,
        Some(grant) => Stage::Sold(Box::new(sale(grant, term))),
    };
    Ok(LicenceContract { terms, stage })
}

fn price(money: Money, what: &'static str) -> Result<Price, ContractError> {
    Ok(Price {
        minor_units: in_range(money.minor, what)?,
        currency: money.currency.code().to_owned(),
        decimals: in_range(money.currency.decimals(), "the currency's decimals")?,
    })
}

fn replaced(from: &contract::Replaced) -> Result<Replaced, ContractError> {
    Ok(Replaced {
        reference: from.reference.clone(),
        tier_name: from.tier_name.clone(),
        granted_on: from.granted_at.date_naive(),
        full_price: price(from.full_price, "the full price")?,
        credited: price(from.credited, "the credit")?,
    })
}

const fn tier(code: TierCode) -> Tier {
    match code {
        TierCode::Mp3 => Tier::Mp3Lease,
        TierCode::Wav => Tier::WavLease,
        TierCode::Trackout => Tier::Trackout,
        TierCode::Unlimited => Tier::Unlimited,
        TierCode::Exclusive => Tier::Exclusive,
    }
}

fn licensor(from: &contract::Licensor) -> Licensor {
    let studio_name = match other_name(from.legal_name.as_deref(), &from.name) {
        Some(legal) => format!("{legal}, trading as {}", from.name),
        None => from.name.clone(),
    };
    let producer = |producer: &contract::Producer| {
        let legal = other_name(producer.legal_name.as_deref(), &producer.name);
        Producer {
            legal_name: legal.unwrap_or(&producer.name).to_owned(),
            professional_name: legal.map(|_| producer.name.clone()),
        }
    };
    Licensor {
        studio_name,
        producers: from.producers.iter().map(producer).collect(),
        address: from.address.as_deref().map(on_one_line).filter(|address| !address.is_empty()),
        email: from.email.to_string(),
    }
}

/// A second name, if there is one and it says anything new.
fn other_name<'a>(legal: Option<&'a str>, name: &str) -> Option<&'a str> {
    legal.map(str::trim).filter(|legal| !legal.is_empty() && *legal != name.trim())
}

fn on_one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
}

fn writer(producer: &contract::Producer) -> Writer {
    let legal = other_name(producer.legal_name.as_deref(), &producer.name);
    let role = producer.role.trim();
    Writer {
        name: legal.unwrap_or(&producer.name).to_owned(),
        role: if role.is_empty() { "producer" } else { role }.to_owned(),
        ipi: producer.ipi.clone(),
        pro: None,
        share_ppm: producer.share.ppm(),
    }
}

fn beat(from: &contract::LicensedBeat) -> Result<Beat, ContractError> {
    Ok(Beat {
        title: from.title.clone(),
        work_title: other_name(Some(from.work_title.as_str()), &from.title).map(str::to_owned),
        isrc: from.isrc.clone(),
        iswc: from.iswc.clone(),
        bpm_milli: from.bpm_milli.map(|bpm| in_range(bpm, "the tempo")).transpose()?.filter(|bpm| *bpm > 0),
        key: from.musical_key.clone().filter(|key| !key.trim().is_empty()),
        audio_sha256: from.audio_sha256.to_string(),
    })
}

fn files(from: terms::Files) -> Vec<DeliveredFile> {
    // Sizes and hashes stay out: the contract is typeset beside the bounce, not after it, and binds by the hash of the source.
    let file =
        |name: &str, format: &str| DeliveredFile { name: name.to_owned(), format: format.to_owned(), content: None };
    [
        from.mp3.then(|| file("Master (MP3)", "MP3, 320 kbit/s")),
        from.wav.then(|| file("Master (WAV)", "WAV, 24 bit")),
        from.stems.then(|| file("Stems", "one ZIP archive of every stem as uploaded")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn caps(from: terms::Caps) -> Result<Caps, ContractError> {
    let cap = |value: Option<i64>| value.map(|value| in_range(value, "a cap")).transpose();
    Ok(Caps {
        streams: cap(from.streams)?,
        copies: cap(from.copies)?,
        videos: cap(from.music_videos)?,
        radio_stations: cap(from.radio_stations)?,
        paid_performances: cap(from.performances)?,
    })
}

fn credit_line(terms: &Terms, studio: &str) -> String {
    let line = terms.credit_line.trim();
    if line.is_empty() { format!("prod. by {studio}") } else { line.to_owned() }
}

/// An exclusive's songs may be registered, unless others may use what is heard in the beat.
fn content_id(exclusive: bool, samples: &[catalog::Sample]) -> ContentId {
    let shared = samples.iter().any(|sample| sample.clearance == catalog::SampleClearance::RoyaltyFree);
    match (exclusive, shared) {
        (false, _) => ContentId::NotAllowed,
        (true, true) => ContentId::NotAllowedSharedRecordings,
        (true, false) => ContentId::AllowedExceptEarlierLicensees,
    }
}

fn sample(from: &catalog::Sample) -> Sample {
    Sample {
        title: from.title.clone(),
        source: from.source.clone(),
        clearance: match from.clearance {
            catalog::SampleClearance::Cleared => SampleClearance::Cleared,
            catalog::SampleClearance::ClearedForLeases => SampleClearance::ClearedForLeases,
            catalog::SampleClearance::RoyaltyFree => SampleClearance::RoyaltyFree,
            catalog::SampleClearance::NotCleared => SampleClearance::NotCleared,
        },
    }
}

fn earlier_leases(leases: &[contract::EarlierLease]) -> EarlierLeases {
    let lease = |lease: &contract::EarlierLease| EarlierLease {
        reference: lease.reference.clone(),
        tier_name: lease.tier_name.clone(),
        granted_on: lease.granted_at.date_naive(),
        expires_on: lease.ends_at.map(|at| at.date_naive()),
    };
    EarlierLeases { count: leases.len() as u64, listed: leases.iter().take(MAX_LEASES).map(lease).collect() }
}

fn sale(grant: &contract::Grant, term: Term) -> Sale {
    let accepted_at: DateTime<Utc> = grant.accepted_at;
    let contract_date = accepted_at.date_naive();
    // A licence's reference is its order's with the line behind it.
    let order = grant.reference.rsplit_once('-').filter(|(_, line)| line.len() <= 3 && line.parse::<u32>().is_ok());
    Sale {
        reference: grant.reference.clone(),
        contract_date,
        expires_on: match term {
            Term::Perpetual => None,
            Term::Months(months) => last_day(contract_date, months),
        },
        licensee: Licensee { name: grant.licensee_name.clone(), email: grant.licensee_email.to_string() },
        acceptance: Acceptance {
            accepted_by: grant.licensee_name.clone(),
            accepted_at,
            order_reference: order.map_or_else(|| grant.reference.clone(), |(order, _)| order.to_owned()),
        },
    }
}
