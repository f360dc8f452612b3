//! `ledgerline keys`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use domain::{
    env::Env,
    links::LinkKey,
    sealing::{Resealed, count_sealed, reseal},
    secrets::{Secret, SecretId, Secrets},
    store::Db,
};
use serde_json::{Value, json};

use crate::{config::Config, secrets, wiring};

/// Links that hold for as long as the secret that has signed them. All others hold for days or hours, and end by themselves.
const LASTING_LINKS: &str = "orders and their files, quotes, invoices, bookings, calendars, offers, reviews, masters, agreements to sign and signed ones, and those \
                             that end mails to who agreed to be mailed";

/// What to do with the installation's secrets.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
    /// Print one JSON object. Of `list`: `configured`, `secrets` (`id`, `made_at`, `signs`, `sealed`) and `unreadable`; of `rotate`: `id` and, if the
    /// configuration gives the secrets, `secret`, else what `reseal` prints, `resealed` and `unreadable`; of `retire`: `id`, `configured` and `ends`.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Show the secrets by their ids: which of them seals and signs, and how much in the database is sealed under each.
    List,
    /// Make a new secret, which seals and signs from now on. Earlier ones stay, so that links go on working; what they have sealed in the database is sealed
    /// anew. Where the configuration gives the secrets, the new one is only printed.
    Rotate,
    /// Seal anew what earlier secrets have sealed in the database, a few rows at a time: after a rotation that broke off, or once the configuration gives
    /// another secret first.
    Reseal,
    /// Take an earlier secret away for good; refused while anything in the database is sealed under it. Links that it has signed open nothing any more.
    Retire {
        /// Its id.
        #[arg(value_name = "ID")]
        id: SecretId,
    },
}

/// Lists, makes or takes away.
pub(crate) async fn run(config: &Config, args: &Args) -> Result<ExitCode> {
    let db = wiring::installed(config).await?;
    let found = secrets::find(config)?.context("there is no secret yet: the first start makes one")?;
    let (facts, lines) = match &args.what {
        What::List => list(config, &db, found).await?,
        What::Rotate if config.secret.is_some() => announce(&found),
        What::Rotate => {
            let env = Env::system();
            let secrets = secrets::change(config, |secrets| Ok(secrets.followed_by(Secret::make(&env))))?;
            rotated(&db, &env, secrets).await?
        }
        What::Reseal => {
            let done = reseal(&db, &Env::system(), &LinkKey::of(found)).await?;
            (facts_of(done), told(done))
        }
        What::Retire { id } => retire(config, &db, found, *id).await?,
    };
    if args.json {
        super::print(&serde_json::to_string_pretty(&facts)?);
    } else {
        for line in &lines {
            super::print(line);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What programs and what people are told.
type Told = (Value, Vec<String>);

async fn list(config: &Config, db: &Db, secrets: Secrets) -> Result<Told> {
    let (signs, links) = (secrets.current().id(), LinkKey::of(secrets.clone()));
    let sealed = count_sealed(db, &links).await?;
    let (mut facts, mut lines) = (Vec::new(), Vec::new());
    for secret in secrets.all() {
        let (id, made_at, count) = (secret.id(), secret.made_at(), sealed.by(secret.id()));
        let made =
            made_at.map_or_else(|| "at the first start".to_owned(), |at| at.format("%Y-%m-%d %H:%M UTC").to_string());
        let does = if id == signs { "seals and signs" } else { "is kept for what it has signed" };
        lines.push(format!("{id}  made {made:<20}  {does}; {count} secrets at rest are sealed under it"));
        facts.push(json!({ "id": id.to_string(), "made_at": made_at, "signs": id == signs, "sealed": count }));
    }
    if sealed.unreadable > 0 {
        lines.push(format!(
            "✗ {} secrets at rest are sealed under one that is not here: accounts come in by a recovery code, webhooks are given another secret",
            sealed.unreadable
        ));
    }
    let facts = json!({ "configured": config.secret.is_some(), "secrets": facts, "unreadable": sealed.unreadable });
    Ok((facts, lines))
}

/// A new secret that only whoever keeps the configuration can put there.
fn announce(secrets: &Secrets) -> Told {
    let secret = Secret::make(&Env::system());
    let (id, text) = (secret.id(), secret.text());
    let lines = vec![
        format!("a new secret, {id}:"),
        text.clone(),
        format!(
            "the configuration gives the secrets, {} of them now: put it before them in LEDGERLINE_SECRET, with a comma between, and start every server and \
             worker anew; then `ledgerline keys reseal`",
            secrets.all().count()
        ),
        "where they are started one after the other, put it behind the others first, then before them: so each knows it before another signs with it"
            .to_owned(),
    ];
    (json!({ "id": id.to_string(), "secret": text }), lines)
}

/// The file has the new secret: what was sealed in the database follows.
async fn rotated(db: &Db, env: &Env, secrets: Secrets) -> Result<Told> {
    let id = secrets.current().id();
    let done = reseal(db, env, &LinkKey::of(secrets)).await.context(
        "the new secret is kept, and what the earlier ones have sealed is read as before; `ledgerline keys reseal` seals it anew",
    )?;
    let mut facts = facts_of(done);
    facts["id"] = id.to_string().into();
    let mut lines =
        vec![format!("✓ {id} seals and signs from now on; what the earlier secrets have signed goes on working")];
    lines.extend(told(done));
    lines.push(
        "servers and workers that run know it once they see it; start them anew before you retire an earlier one"
            .to_owned(),
    );
    Ok((facts, lines))
}

fn facts_of(done: Resealed) -> Value {
    json!({ "resealed": done.resealed, "unreadable": done.unreadable })
}

fn told(done: Resealed) -> Vec<String> {
    let mut lines = vec![format!("✓ {} secrets at rest were sealed anew", done.resealed)];
    if done.unreadable > 0 {
        lines.push(format!(
            "✗ {} are sealed under a secret that is not here, and were left as they are",
            done.unreadable
        ));
    }
    lines
}

async fn retire(config: &Config, db: &Db, found: Secrets, id: SecretId) -> Result<Told> {
    let sealed = count_sealed(db, &LinkKey::of(found.clone())).await?;
    let check = |secrets: &Secrets| -> Result<()> {
        if secrets.find(id).is_none() {
            bail!("there is no secret {id}; `ledgerline keys list` shows those that there are");
        }
        if secrets.current().id() == id {
            bail!("{id} seals and signs; `ledgerline keys rotate` makes another that does");
        }
        match sealed.by(id) {
            0 => Ok(()),
            count => bail!("{count} secrets at rest are sealed under {id}; `ledgerline keys reseal` seals them anew"),
        }
    };
    check(&found)?;
    let mut lines = vec![
        format!(
            "links that {id} has signed open nothing any more, among them those that hold for good: {LASTING_LINKS}"
        ),
        "whoever asks is mailed another, or finds it in the dashboard".to_owned(),
    ];
    if config.secret.is_some() {
        lines.push(format!(
            "nothing is sealed under {id}: take it out of LEDGERLINE_SECRET, and start every server and worker anew"
        ));
    } else {
        secrets::change(config, |secrets| {
            check(&secrets)?;
            Ok(secrets.without(id))
        })?;
        lines.push(format!("✓ {id} is gone; start servers and workers that run anew, for they know it still"));
    }
    Ok((json!({ "id": id.to_string(), "configured": config.secret.is_some(), "ends": LASTING_LINKS }), lines))
}
