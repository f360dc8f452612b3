//! `ledgerline royalties`.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use domain::{
    actor::{Actor, Ctx},
    catalog::Sha256,
    ids::{PartyId, RoyaltyRunId, StatementImportId},
    money::{Currency, Money},
    parties,
    royalties::{
        RoyaltyError,
        commands::runs::{Reckon, approve_run, discard_run, post_run, reckon},
        entity::{RunState, run},
        queries::{
            left::{Left, left_of},
            runs::{explain_line, find_run, inputs_of, outcome_of},
        },
        rules::{Outcome, Payout, explain::Traced, replay},
    },
    services::Services,
};
use sea_orm::prelude::Date;
use serde_json::{Value, json};

use crate::{commands::explained, config::Config, wiring};

/// What to do with royalties.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

impl Args {
    /// Whether it answers in JSON.
    pub(crate) fn answers_in_json(&self) -> bool {
        match &self.what {
            What::Run(args) => args.json,
            What::Approve(args) | What::Post(args) | What::Discard(args) => args.json,
            What::Replay(args) => args.json,
            What::Explain(args) => args.json,
        }
    }

    /// Whether it works on files alone.
    pub(crate) fn is_offline(&self) -> bool {
        matches!(self.what, What::Replay(_))
    }
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Reckon what a period comes to, as a draft; with `--post` approve and post it.
    Run(RunArgs),
    /// Approve a run that is a draft.
    Approve(OfRunArgs),
    /// Post a run, a draft, too: it is booked, and payees are told.
    Post(OfRunArgs),
    /// Throw a run away that was not posted: what it had taken waits for the next one.
    Discard(OfRunArgs),
    /// Reckon a run again from the file of its inputs, without a database; fail if it does not come to the same.
    Replay(ReplayArgs),
    /// Say where a line of a statement has gone: everybody's part of it, by which rule and document.
    Explain(ExplainArgs),
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// The studio's word in addresses; the only one, if there is one only.
    #[arg(long, value_name = "SLUG")]
    studio: Option<String>,
    /// The currency, such as EUR.
    #[arg(long, value_name = "CODE")]
    currency: Currency,
    /// The last day of the period, such as 2026-09-30; it begins behind the last run.
    #[arg(long, value_name = "DATE")]
    through: Date,
    /// Approve and post it: it is booked, and payees are told.
    #[arg(long)]
    post: bool,
    /// Write all that it was reckoned from here, for `replay`.
    #[arg(long, value_name = "FILE")]
    inputs: Option<PathBuf>,
    /// Write what it came to here.
    #[arg(long, value_name = "FILE")]
    outcome: Option<PathBuf>,
    /// Print one JSON object: `id`, `number`, `currency`, `from`, `through`, `state`, `lines`, `received`, `residue`, `due`, the hashes, `payees`, `waiting` (of its own lines), and `left`: what waits
    /// beside it, by reason and by what it is, and what has no rate.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct OfRunArgs {
    /// The run, `run_…`.
    #[arg(value_name = "RUN")]
    run: RoyaltyRunId,
    /// Print one JSON object: `id`, `number`, `currency`, `state`, `due`.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ReplayArgs {
    /// The inputs of a run, as `GET /royalty-runs/{run}/inputs.json` or `run --inputs` gives them.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The outcome that it has to come to, byte for byte.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Write the outcome here.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print one JSON object: `inputs_sha256`, `outcome_sha256`, `rules_sha256`, `lines`, `received`, `residue`, `payees`, `waiting`, `same`.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ExplainArgs {
    /// The run, `run_…`.
    run: RoyaltyRunId,
    /// The statement, `simport_…`.
    statement: StatementImportId,
    /// Where the line begins in the statement's file, unpacked, in bytes.
    line: u64,
    /// Print one JSON object: `parts` and `suspended`.
    #[arg(long)]
    json: bool,
}

/// Reckons a run, or explains a line.
pub(crate) async fn run(mut config: Config, args: &Args) -> Result<ExitCode> {
    match &args.what {
        What::Replay(args) => replay_file(args),
        What::Run(args) => {
            let parts = wiring::build_beside_server(&mut config).await?;
            reckon_run(&parts.services, args).await
        }
        What::Approve(of) | What::Post(of) | What::Discard(of) => {
            let parts = wiring::build_beside_server(&mut config).await?;
            move_on(&parts.services, &args.what, of).await
        }
        What::Explain(args) => {
            let parts = wiring::build_beside_server(&mut config).await?;
            let ctx = parts.services.ctx(Actor::System);
            let traced = explain_line(&parts.services, &ctx, args.run, args.statement, args.line).await;
            let traced = traced.map_err(explained)?;
            tell_line(&parts.services, args, &traced).await
        }
    }
}

/// Reckons a run again from its inputs.
pub(crate) fn replay_offline(args: &Args) -> Result<ExitCode> {
    match &args.what {
        What::Replay(args) => replay_file(args),
        What::Run(_) | What::Approve(_) | What::Post(_) | What::Discard(_) | What::Explain(_) => {
            unreachable!("these need a database")
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn replay_file(args: &ReplayArgs) -> Result<ExitCode> {
    let spinner = super::spinner(format!("reckoning {}", args.file.display()));
    let inputs = read(&args.file)?;
    let outcome = replay(&inputs).with_context(|| format!("cannot reckon {}", args.file.display()));
    spinner.finish_and_clear();
    let outcome = outcome?;
    let bytes = outcome.canonical();
    if let Some(path) = &args.out {
        write(path, &bytes)?;
    }
    let is_same = args.against.as_deref().map(read).transpose()?.map(|expected| expected == bytes);
    if args.json {
        let mut facts = facts(&outcome, &HashMap::new());
        facts["inputs_sha256"] = Sha256::of(&inputs).to_string().into();
        facts["outcome_sha256"] = Sha256::of(&bytes).to_string().into();
        facts["same"] = is_same.into();
        super::print(&serde_json::to_string_pretty(&facts)?);
    } else {
        tell(&outcome, &HashMap::new());
        super::print(&format!("inputs  {}", Sha256::of(&inputs)));
        super::print(&format!("outcome {}", Sha256::of(&bytes)));
        match is_same {
            Some(true) => super::print("✓ the same, byte for byte"),
            Some(false) => {
                super::print("✗ it does not come to the same: one of the files is of another run, or was changed");
            }
            None => {}
        }
    }
    Ok(if is_same == Some(false) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn reckon_run(services: &Services, args: &RunArgs) -> Result<ExitCode> {
    let studio = wiring::find_studio(&services.db, args.studio.as_deref()).await?;
    let ctx = services.ctx(Actor::System);
    let spinner = super::spinner(format!("reckoning {} through {}", args.currency, args.through));
    let new = Reckon { currency: args.currency, through: args.through, request_key: None };
    let reckoned = reckon(services, &ctx, studio, new).await;
    if let Err(open) = &reckoned
        && let RoyaltyError::RunOpen { run, .. } = open
    {
        bail!(
            "{open}: post it (`ledgerline royalties post {run}`) or throw it away (`ledgerline royalties discard {run}`)"
        );
    }
    let mut made = reckoned.map_err(explained)?;
    if args.post {
        spinner.set_message(format!("posting {} through {}", args.currency, args.through));
        approve(services, &ctx, made.id).await?;
        made = post_run(services, &ctx, made.id).await.map_err(explained)?;
    }
    let outcome = outcome_of(services, &made).await?;
    let left = left_of(&services.db, studio, made.currency, made.through_on).await?;
    spinner.finish_and_clear();
    if let Some(path) = &args.inputs {
        write(path, &inputs_of(services, &made).await?.canonical())?;
    }
    if let Some(path) = &args.outcome {
        write(path, &outcome.canonical())?;
    }
    let names = names(services, outcome.payees.iter().map(|line| line.payee).collect()).await?;
    if args.json {
        super::print(&serde_json::to_string_pretty(&run_facts((&made, &left), &outcome, &names))?);
    } else {
        super::print(&format!("{} {} {}: {}", made.id, made.currency, made.number, made.state));
        tell(&outcome, &names);
        tell_left(&made, &left)?;
        if made.state == RunState::Draft {
            super::print(&format!("post it with `ledgerline royalties post {}`, or discard it", made.id));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn approve(services: &Services, ctx: &Ctx, id: RoyaltyRunId) -> Result<run::Model> {
    let tx = services.begin().await?;
    let approved = approve_run(&tx, ctx, id).await.map_err(explained)?;
    services.commit(tx).await?;
    Ok(approved)
}

/// Approves, posts or discards a run.
async fn move_on(services: &Services, what: &What, of: &OfRunArgs) -> Result<ExitCode> {
    let ctx = services.ctx(Actor::System);
    let moved = match what {
        What::Post(_) => {
            let found = find_run(&services.db, &ctx, of.run).await.map_err(explained)?;
            if found.is_some_and(|found| found.state == RunState::Draft) {
                approve(services, &ctx, of.run).await?;
            }
            post_run(services, &ctx, of.run).await.map_err(explained)?
        }
        What::Discard(_) => {
            let tx = services.begin().await?;
            let discarded = discard_run(&tx, &ctx, of.run).await.map_err(explained)?;
            services.commit(tx).await?;
            discarded
        }
        _ => approve(services, &ctx, of.run).await?,
    };
    let due = Money::new(moved.due_minor, moved.currency);
    if of.json {
        let facts = json!({
            "id": moved.id.to_string(),
            "number": moved.number,
            "currency": moved.currency.code(),
            "state": moved.state.word(),
            "due": due.decimal(),
        });
        super::print(&serde_json::to_string_pretty(&facts)?);
    } else {
        super::print(&format!("{} {} {}: {}, {due} due", moved.id, moved.currency, moved.number, moved.state));
    }
    Ok(ExitCode::SUCCESS)
}

/// Says what of the period waits beside the run, and what has no rate.
fn tell_left(run: &run::Model, left: &Left) -> Result<()> {
    let (lines, amount) = left.whole()?;
    super::print(&format!("in suspense through {}: {} {amount} of {lines} lines", run.through_on, run.currency));
    for sum in &left.sums {
        super::print(&format!("  ! {}: {} of {} lines of {} things", sum.why, sum.amount, sum.lines, sum.things));
    }
    for thing in &left.things {
        let subject = thing.subject.as_ref().map_or_else(String::new, |subject| format!(" {subject}"));
        super::print(&format!(
            "    “{}” {}{subject} ({}): {} of {} lines",
            thing.title, thing.artist, thing.why, thing.amount, thing.lines
        ));
    }
    for one in &left.unrated {
        super::print(&format!(
            "  ! {} has no rate: {} {} of {} lines are in no run; set its rate, or record what of it reached the bank",
            one.file_name, one.currency, one.amount, one.lines
        ));
    }
    Ok(())
}

fn left_facts(left: &Left) -> Value {
    let sums = left.sums.iter().map(|sum| {
        json!({ "why": sum.why.word(), "things": sum.things, "lines": sum.lines, "amount": sum.amount.to_string() })
    });
    let things = left.things.iter().map(|thing| {
        json!({
            "title": thing.title,
            "artist": thing.artist,
            "subject": thing.subject.as_ref().map(ToString::to_string),
            "why": thing.why.word(),
            "lines": thing.lines,
            "amount": thing.amount.to_string(),
        })
    });
    let unrated = left.unrated.iter().map(|one| {
        json!({
            "statement": one.import.to_string(),
            "file": one.file_name,
            "currency": one.currency.code(),
            "lines": one.lines,
            "amount": one.amount.to_string(),
        })
    });
    json!({
        "sums": sums.collect::<Vec<_>>(),
        "things": things.collect::<Vec<_>>(),
        "unrated": unrated.collect::<Vec<_>>(),
    })
}

async fn names(services: &Services, ids: Vec<PartyId>) -> Result<HashMap<PartyId, String>> {
    let found = parties::find_parties_by_ids(&services.db, &ids).await?;
    Ok(found.into_iter().map(|(id, party)| (id, party.name)).collect())
}

fn named(names: &HashMap<PartyId, String>, party: PartyId) -> String {
    names.get(&party).cloned().unwrap_or_else(|| party.to_string())
}

fn run_facts((made, left): (&run::Model, &Left), outcome: &Outcome, names: &HashMap<PartyId, String>) -> Value {
    let mut facts = facts(outcome, names);
    facts["id"] = made.id.to_string().into();
    facts["number"] = made.number.into();
    facts["state"] = made.state.word().into();
    facts["left"] = left_facts(left);
    facts["due"] = Money::new(made.due_minor, made.currency).decimal().into();
    facts["inputs_sha256"] = made.inputs_sha256.to_string().into();
    facts["outcome_sha256"] = made.outcome_sha256.to_string().into();
    facts
}

fn facts(outcome: &Outcome, names: &HashMap<PartyId, String>) -> Value {
    let money = |minor| Money::new(minor, outcome.currency).decimal();
    let payees = outcome.payees.iter().map(|line| {
        let due_minor = if let Payout::Due { minor } = line.payout { minor } else { 0 };
        json!({
            "party": line.payee.to_string(),
            "name": names.get(&line.payee),
            "balance": money(line.balance_minor),
            "due": money(due_minor),
        })
    });
    let waiting = outcome.suspense.iter().map(|waits| {
        json!({
            "subject": waits.subject.as_ref().map(ToString::to_string),
            "why": waits.why.word(),
            "lines": waits.lines,
            "amount": waits.amount.to_string(),
        })
    });
    json!({
        "currency": outcome.currency.code(),
        "from": outcome.period.from,
        "through": outcome.period.through,
        "rules_sha256": outcome.rules_sha256.to_string(),
        "lines": outcome.proof.lines,
        "received": outcome.proof.received.to_string(),
        "residue": outcome.proof.residue.to_string(),
        "payees": payees.collect::<Vec<_>>(),
        "waiting": waiting.collect::<Vec<_>>(),
    })
}

fn tell(outcome: &Outcome, names: &HashMap<PartyId, String>) {
    let (proof, currency) = (&outcome.proof, outcome.currency);
    let money = |minor| Money::new(minor, currency);
    super::print(&format!(
        "{} to {}: {} lines, {currency} {}",
        outcome.period.from, outcome.period.through, proof.lines, proof.received
    ));
    super::print(&format!(
        "accounts {}   costs {}   reserves {}   nobody’s {}   left over {currency} {}",
        money(proof.accounts_minor),
        money(proof.costs_minor),
        money(proof.reserves_minor),
        money(proof.suspense_minor),
        proof.residue,
    ));
    for line in &outcome.payees {
        let paid = match &line.payout {
            Payout::Due { minor } => format!("{} due", money(*minor)),
            Payout::Nothing => "nothing due".to_owned(),
            Payout::BelowMinimum { minimum_minor } => {
                format!("{} wait for {}", money(line.balance_minor), money(*minimum_minor))
            }
            Payout::Held { reason } => format!("{} held: {reason}", money(line.balance_minor)),
        };
        super::print(&format!("  {}: {paid}", named(names, line.payee)));
    }
    for waits in &outcome.suspense {
        let subject = waits.subject.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        super::print(&format!("  ! {subject} waits ({}): {currency} {}", waits.why, waits.amount));
    }
}

async fn tell_line(services: &Services, args: &ExplainArgs, traced: &Traced) -> Result<ExitCode> {
    if args.json {
        super::print(&serde_json::to_string_pretty(traced)?);
        return Ok(ExitCode::SUCCESS);
    }
    let names = names(services, traced.parts.iter().map(|part| part.account.payee).collect()).await?;
    for part in &traced.parts {
        let document = part.document_sha256.as_ref().map_or_else(String::new, |sha256| format!(", signed as {sha256}"));
        super::print(&format!(
            "{}: {} ({}, {} of {} by {}{document})",
            named(&names, part.account.payee),
            part.amount,
            part.kind,
            part.part,
            part.base,
            part.rule,
        ));
    }
    for (subject, why, amount) in &traced.suspended {
        let subject = subject.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        super::print(&format!("! {subject} waits ({why}): {amount}"));
    }
    Ok(ExitCode::SUCCESS)
}
