//! Writes every example agreement, unsigned and executed, and its page into the directory given as argument.

#[path = "../tests/agreement/samples.rs"]
#[expect(dead_code, reason = "the tests read finished files with the rest of it")]
mod samples;

use std::path::PathBuf;
use std::time::Instant;

use documents::agreement::{AGREEMENT_CSS, Stage, Template, html, typeset};

#[expect(clippy::print_stdout, reason = "a command-line example reports what it wrote")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = PathBuf::from(std::env::args_os().nth(1).ok_or("give a directory to write to")?);
    std::fs::create_dir_all(&directory)?;
    for template in Template::ALL {
        let agreement = samples::example(template);
        let execution = samples::execution(&agreement);
        for (name, stage) in [("unsigned", Stage::Unsigned), ("executed", Stage::Executed(&execution))] {
            let started = Instant::now();
            let pdf = typeset(&agreement, stage)?;
            let name = format!("{}-{name}.pdf", template.code());
            println!("{name}: {} bytes in {:?}, {}", pdf.bytes.len(), started.elapsed(), pdf.sha256);
            std::fs::write(directory.join(name), &pdf.bytes)?;
        }
        let page = format!("<!doctype html><meta charset=utf-8><style>{AGREEMENT_CSS}</style>{}", html(&agreement)?);
        std::fs::write(directory.join(format!("{}.html", template.code())), page)?;
    }
    Ok(())
}
