//! Typesets and seals contracts, one after the other, and prints how long it took as JSON: `sealing COUNT [DIRECTORY]`. With a
//! directory, the sealed files are kept there, each with its page beside it for typesetters that start from HTML.

#[expect(dead_code, reason = "offers are not sealed")]
#[path = "../tests/samples/mod.rs"]
mod samples;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use documents::licence::{LicenceContract, Tier, preview_page, to_pdf};
use documents::seal::{Authority, Options, Period, SealFacts, Sealer, Subject, Verdict, seal, verify};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[expect(clippy::print_stdout, reason = "a command-line example reports what it measured")]
fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let count: u32 = arguments.next().ok_or("give a number of contracts")?.parse()?;
    let directory = arguments.next().map(PathBuf::from);
    if let Some(directory) = &directory {
        std::fs::create_dir_all(directory)?;
    }
    let sealer = sealer()?;
    let (mut typesetting, mut sealing, mut verifying) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let mut early_kb = 0;
    for number in 0..count {
        let contract = contract(number);
        let started = Instant::now();
        let pdf = to_pdf(&contract)?;
        typesetting += started.elapsed();
        let started = Instant::now();
        let facts = SealFacts { at: now(), reason: "Accepted at checkout", location: None, name: None };
        let file = seal(&pdf.bytes, &sealer, &facts)?;
        sealing += started.elapsed();
        let started = Instant::now();
        let report = verify(&file, &Options::default());
        verifying += started.elapsed();
        if report.verdict != Verdict::Intact {
            return Err(format!("contract {number} is refused: {:?}", report.findings).into());
        }
        if let Some(directory) = &directory {
            std::fs::write(directory.join(format!("{number}.pdf")), &file)?;
            std::fs::write(directory.join(format!("{number}.html")), preview_page(&contract)?)?;
        }
        if number == count / 10 {
            early_kb = resident_kb();
        }
    }
    let each_ms = |spent: Duration| spent.as_secs_f64() * 1e3 / f64::from(count.max(1));
    let figures = serde_json::json!({
        "contracts": count,
        "typeset_ms": each_ms(typesetting),
        "seal_ms": each_ms(sealing),
        "verify_ms": each_ms(verifying),
        "resident_after_a_tenth_kb": early_kb,
        "resident_kb": resident_kb(),
    });
    println!("{figures}");
    Ok(())
}

/// A contract of each tier in turn, each about another beat.
fn contract(number: u32) -> LicenceContract {
    let mut contract = samples::sold(Tier::ALL[number as usize % Tier::ALL.len()]);
    contract.terms.beat.title = format!("Noc nad Wisłą {number}");
    contract
}

/// The day of the samples.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_392_000, 0).unwrap_or_default()
}

/// A key that anybody can foretell: fit for measuring alone.
fn sealer() -> Outcome<Sealer> {
    let mut next = 0_u8;
    let mut random = |bytes: &mut [u8]| {
        next += 1;
        bytes.fill(next);
    };
    let period = Period { from: now() - TimeDelta::days(1), until: now() + TimeDelta::days(365) };
    let subject = |common_name| Subject { organization: "Studio Żółta Łódź", common_name };
    let root = Authority::create(subject("Seal root"), period, &mut random)?;
    Ok(root.issue_sealer(subject("Seal"), period, None, &mut random)?)
}

/// Memory in use, where the system says so.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
