//! Writes a contract of each tier, and the offers as pages, into the directory given as argument.

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::path::PathBuf;
use std::time::Instant;

use documents::licence::{LicenceContract, Stage, Tier, preview_page, to_pdf};

#[expect(clippy::print_stdout, reason = "a command-line example reports what it wrote")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = PathBuf::from(std::env::args_os().nth(1).ok_or("give a directory to write to")?);
    std::fs::create_dir_all(&directory)?;
    let mut contracts: Vec<(String, LicenceContract)> =
        Tier::ALL.into_iter().map(|tier| (format!("{tier:?}").to_lowercase(), samples::sold(tier))).collect();
    contracts.push(("hostile".to_owned(), hostile()));
    for (name, contract) in &contracts {
        let started = Instant::now();
        let pdf = to_pdf(contract)?;
        println!("{name}: {} bytes in {:?}, {}", pdf.bytes.len(), started.elapsed(), pdf.sha256);
        std::fs::write(directory.join(format!("{name}.pdf")), &pdf.bytes)?;
    }
    for tier in Tier::ALL {
        let name = format!("{tier:?}-offer.html").to_lowercase();
        std::fs::write(directory.join(name), preview_page(&samples::offer(tier))?)?;
    }
    for rounds in [100, 400] {
        let started = Instant::now();
        for round in 0..rounds {
            let mut contract = samples::sold(Tier::ALL[round % 5]);
            contract.terms.beat.title = format!("Beat {round}");
            to_pdf(&contract)?;
        }
        println!("{rounds} contracts, {:?} each", started.elapsed() / u32::try_from(rounds)?);
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        status
            .lines()
            .filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"))
            .for_each(|line| println!("{line}"));
    }
    Ok(())
}

/// Long names, other scripts, markup and emoji where names belong.
fn hostile() -> LicenceContract {
    let mut contract = samples::sold(Tier::Exclusive);
    contract.terms.beat.title = "#eval(\"1\") $x^2$ `raw` \\ *bold* _it_ <label> @ref // ליאת عمر 山田 🔥 ".to_owned()
        + &"Wielkanocnawersja".repeat(8);
    contract.terms.licensor.studio_name = "W".repeat(300);
    contract.terms.governing_law = "everywhere ".repeat(880);
    if let Stage::Sold(sale) = &mut contract.stage {
        "ليلى بنت عبد الله Al-Hashimi & Søn <script>".clone_into(&mut sale.licensee.name);
        sale.acceptance.accepted_by.clone_from(&sale.licensee.name);
        sale.licensee.email = format!("{}@example.org", "a".repeat(200));
    }
    contract
}
