//! Typesets and seals contracts and prints how long it took as JSON: `sealing licence|agreement COUNT THREADS [DIRECTORY]`. Each thread makes
//! its part of them, one after the other. A licence is as it was sold; an agreement is a split sheet that four have signed, with its evidence
//! page and its data attached. With a directory, the sealed files are kept there, each with its page beside it for typesetters that start from
//! HTML.

#[expect(dead_code, reason = "one template is enough, and nothing is read back")]
#[path = "../tests/agreement/samples.rs"]
mod agreements;
#[expect(dead_code, reason = "offers are not sealed")]
#[path = "../tests/samples/mod.rs"]
mod samples;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use documents::agreement::{self, Execution, Template};
use documents::licence::{Checkout, LicenceContract, Stage, Tier, accepted_pdf, offer_sha256, preview_page};
use documents::seal::{Authority, Options, Period, SealFacts, Sealer, Subject, Verdict, seal, verify};
use serde_json::{Value, json};

/// As in the program that is measured by this.
#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What the stages took of all contracts of a thread.
#[derive(Default)]
struct Spent {
    typesetting: Duration,
    sealing: Duration,
    verifying: Duration,
}

#[expect(clippy::print_stdout, reason = "a command-line example reports what it measured")]
fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let typeset: Typeset = match arguments.next().as_deref() {
        Some("licence") => licence,
        Some("agreement") => split_sheet,
        _ => return Err("give a kind: licence or agreement".into()),
    };
    let count: u32 = arguments.next().ok_or("give a number of contracts")?.parse()?;
    let threads: u32 = arguments.next().ok_or("give a number of threads")?.parse()?;
    let directory = arguments.next().map(PathBuf::from);
    if let Some(directory) = &directory {
        std::fs::create_dir_all(directory)?;
    }
    let sealer = sealer()?;
    let early_kb = OnceLock::new();
    let make = |first: u32| -> Result<Spent, String> {
        let mut spent = Spent::default();
        for number in (first..count).step_by(threads as usize) {
            one(typeset, number, &sealer, directory.as_deref(), &mut spent).map_err(|error| error.to_string())?;
            if number >= count / 10 {
                early_kb.get_or_init(resident_kb);
            }
        }
        Ok(spent)
    };
    let parts: Vec<Spent> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|first| scope.spawn(move || make(first))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no thread panics")).collect::<Result<_, _>>()
    })?;
    let each_ms = |spent: Duration| spent.as_secs_f64() * 1e3 / f64::from(count.max(1));
    let of = |stage: fn(&Spent) -> Duration| parts.iter().map(stage).sum::<Duration>();
    let (typesetting, sealing, verifying) =
        (of(|part| part.typesetting), of(|part| part.sealing), of(|part| part.verifying));
    let figures = serde_json::json!({
        "contracts": count,
        "threads": threads,
        "typeset_ms": each_ms(typesetting),
        "seal_ms": each_ms(sealing),
        "verify_ms": each_ms(verifying),
        "resident_after_a_tenth_kb": early_kb.get(),
        "resident_kb": resident_kb(),
    });
    println!("{figures}");
    Ok(())
}

/// A document of a number: its pages, how long they took, and its page for typesetters that start from HTML.
type Typeset = fn(u32) -> Outcome<(Vec<u8>, Duration, String)>;

fn licence(number: u32) -> Outcome<(Vec<u8>, Duration, String)> {
    let contract = contract(number)?;
    let checkout = Checkout {
        order: format!("LL-{number:08}"),
        placed_at: now(),
        ip: Some("203.0.113.7".to_owned()),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned()),
        shown_text_sha256: Some(offer_sha256(&contract)?),
    };
    let started = Instant::now();
    let bytes = accepted_pdf(&contract, &checkout)?.bytes;
    Ok((bytes, started.elapsed(), preview_page(&contract)?))
}

/// A split sheet of four, each about another song and signed under another number.
fn split_sheet(number: u32) -> Outcome<(Vec<u8>, Duration, String)> {
    let mut agreement = agreements::example(Template::SplitSheet);
    agreement.title = format!("Noc nad Wisłą {number}");
    agreement.reference.number = Some(format!("AG-{number:08}"));
    let mut execution = agreements::execution(&agreement);
    execution.evidence_json = evidence(&execution);
    let started = Instant::now();
    let bytes = agreement::typeset(&agreement, agreement::Stage::Executed(&execution))?.bytes;
    Ok((bytes, started.elapsed(), agreement::html(&agreement)?))
}

/// Evidence for machines, as long as it is of such a signing.
fn evidence(execution: &Execution) -> String {
    let entry = |line: &agreement::EvidenceLine| {
        let told = json!({ "at": line.at, "kind": line.what, "seq": line.seq, "signer": line.who, "data": {
            "concerns_sha256": line.hash, "shown_sha256": line.hash, "text_sha256": line.hash, "mark_sha256": line.hash,
            "ip": line.ip, "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        } });
        json!({ "event": told.to_string(), "hash": line.hash, "previous": line.hash })
    };
    let entries: Vec<Value> = execution.evidence.iter().map(entry).collect();
    json!({ "entries": entries, "head": execution.evidence_head, "reference": execution.reference }).to_string()
}

/// Makes one contract, and verifies what came out.
fn one(typeset: Typeset, number: u32, sealer: &Sealer, directory: Option<&Path>, spent: &mut Spent) -> Outcome<()> {
    let (pdf, typesetting, page) = typeset(number)?;
    spent.typesetting += typesetting;
    let started = Instant::now();
    let facts = SealFacts { at: now(), reason: "Accepted at checkout", location: None, name: None };
    let file = seal(&pdf, sealer, &facts)?;
    spent.sealing += started.elapsed();
    let started = Instant::now();
    let report = verify(&file, &Options::default());
    spent.verifying += started.elapsed();
    if report.verdict != Verdict::Intact {
        return Err(format!("contract {number} is refused: {:?}", report.findings).into());
    }
    if let Some(directory) = directory {
        std::fs::write(directory.join(format!("{number}.pdf")), &file)?;
        std::fs::write(directory.join(format!("{number}.html")), page)?;
    }
    Ok(())
}

/// A contract of each tier in turn, each about another beat, under another reference and with somebody else.
fn contract(number: u32) -> Outcome<LicenceContract> {
    let mut contract = samples::sold(Tier::ALL[number as usize % Tier::ALL.len()]);
    contract.terms.beat.title = format!("Noc nad Wisłą {number}");
    contract.terms.beat.audio_sha256 = documents::world::sha256_hex(&number.to_be_bytes());
    let Stage::Sold(sale) = &mut contract.stage else { return Err("a contract that was not sold".into()) };
    sale.reference = format!("LL-{number:08}-1");
    sale.licensee.name = format!("Zoë Ångström the {number}th");
    Ok(contract)
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
