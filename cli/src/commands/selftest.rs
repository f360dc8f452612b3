//! `ledgerline selftest`.

use std::process::ExitCode;

use audio_engine::conformance::{self, Case};

/// How to answer.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print one JSON array: a case with `standard`, `number`, `title`, `expected`, `measured`, `margin`, `passes`, `unit`.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Synthesises the EBU's cases, measures each and prints its margin; fails if one fails.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let bar = indicatif::ProgressBar::new_spinner();
    let cases = conformance::run(|case| {
        bar.tick();
        if !args.json {
            bar.suspend(|| super::print(&line(case)));
        }
    });
    bar.finish_and_clear();
    let failed = cases.iter().filter(|case| !case.passes()).count();
    if args.json {
        let rows = cases.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        super::print(&serde_json::to_string_pretty(&rows)?);
    } else {
        super::print(&format!("{} figures, {failed} outside their tolerance", cases.len()));
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn row(case: &Case) -> serde_json::Result<serde_json::Value> {
    let mut row = serde_json::to_value(case)?;
    row["margin"] = case.margin().into();
    row["passes"] = case.passes().into();
    Ok(row)
}

fn line(case: &Case) -> String {
    let measured = case.measured.map_or_else(|| "none".to_owned(), |value| format!("{value:.2}"));
    format!(
        "{} {} {:<4} {:<64} {:>7.2} {:<4}  measured {:>7}  margin {:.3}",
        if case.passes() { "✓" } else { "✗" },
        case.standard,
        case.number,
        case.title,
        case.expected,
        case.unit,
        measured,
        case.margin(),
    )
}
