//! `ledgerline migrate`.

use std::process::ExitCode;

use crate::{config::Config, wiring};

/// Brings the database to the present schema and says what was done.
pub(crate) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let db = wiring::connect(config).await?;
    let done = match wiring::migrate(&db).await? {
        0 => "the schema is up to date".to_owned(),
        n => format!("applied {n} steps; the schema is up to date"),
    };
    super::print(&match wiring::taken_further(&wiring::steps(&db).await?) {
        Some(further) => format!("{done}; {further}"),
        None => done,
    });
    Ok(ExitCode::SUCCESS)
}
