//! `ledgerline doctor`.

use std::{collections::BTreeMap, process::ExitCode};

use adapters::{
    agreements::AgreementTypesetter,
    clamav::Clamav,
    seals::{SealConfig, StudioSeals},
    stripe::is_live_key,
};
use anyhow::anyhow;
use domain::{
    agreements::queries::count_worded_otherwise,
    ports::{SealRequest, Seals, gateway::PaymentGateway},
    reach::names_this_machine,
    seals::entity::SealLevel,
};
use serde::Serialize;

use crate::{
    config::{self, Config, Flags},
    replica, wiring,
};

/// A sealing certificate that is valid for less than this is told of.
const RENEW_KEY: std::time::Duration = std::time::Duration::from_hours(60 * 24);

/// How to answer.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print one JSON object: `settings` (key, value, source) and `checks` (name, ok, detail, remedy).
    #[arg(long)]
    pub(crate) json: bool,
}

/// A setting, its value as it may be shown, and where it comes from.
#[derive(Debug, Serialize)]
struct Setting {
    key: String,
    value: String,
    source: String,
}

/// Something that was tried.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
    remedy: Option<&'static str>,
}

impl Check {
    fn of(name: &'static str, outcome: anyhow::Result<String>, remedy: &'static str) -> Self {
        match outcome {
            Ok(detail) => Self { name, ok: true, detail, remedy: None },
            Err(error) => Self { name, ok: false, detail: format!("{error:#}"), remedy: Some(remedy) },
        }
    }
}

/// Explains the configuration and tries what it names; fails if anything is wrong. Changes nothing.
pub(crate) async fn run(args: &Args, flags: &Flags) -> anyhow::Result<ExitCode> {
    let settings = settings(flags);
    let loaded = config::load(flags);
    let mut checks = vec![Check::of(
        "configuration",
        loaded.as_ref().map(|_| "every key is known and well-formed".to_owned()).map_err(|error| anyhow!("{error:#}")),
        "correct or remove the key; the keys that exist are listed above",
    )];
    if let Ok(config) = loaded {
        checks.push(Check::of(
            "data folder",
            try_folder(&config),
            "make the folder writable, or set data_dir to another",
        ));
        checks.push(Check::of(
            "files",
            try_files(&config).await,
            "check the bucket, its endpoint and region, and that the AWS_… variables hold keys that may list it and write to it",
        ));
        checks.push(Check::of(
            "downloads",
            try_downloads(&config).await,
            "check s3_public_endpoint, and that the bucket has the CORS rule of docs/from-laptop-to-platform.md, and the keys may delete below incoming/",
        ));
        checks.push(Check::of(
            "stem cache",
            try_stem_cache(&config),
            "give the cache's disk more room, or set stem_cache_mb to less; 0 keeps nothing",
        ));
        checks.push(Check::of(
            "scanner",
            try_scanner(&config).await,
            "check clamav, and that clamd listens there (TCPSocket in clamd.conf); until it answers, no file is taken in",
        ));
        checks.push(Check::of("listener", try_listener().await, "start the program from where it is installed"));
        checks.push(Check::of(
            "database",
            try_database(&config).await,
            "check database_url, and that the server accepts the user",
        ));
        checks.push(Check::of(
            "replica",
            replica::try_out(&config).await,
            "check replica_url, and that a standby of database_url's server answers there; until it does, all is read from the database itself",
        ));
        checks.push(Check::of(
            "schema",
            try_schema(&config).await,
            "nothing was changed; see to what the step says, such as what the database's user may not do, before the next start",
        ));
        checks.push(Check::of(
            "agreements",
            try_agreements(&config).await,
            "edit them, with the same terms if you like: they are written with today's words then, and the signers asked anew",
        ));
        checks.push(Check::of(
            "listen address",
            try_listen(&config),
            "stop what listens there, or set listen to another address",
        ));
        checks.push(Check::of(
            "mail",
            try_mail(&config).await,
            "check smtp_url; without it mail stays in a local mailbox",
        ));
        checks.push(Check::of(
            "payments",
            try_gateway(&config).await,
            "check stripe_secret_key; without it the sandbox gateway collects no real money",
        ));
        checks.push(Check::of(
            "seals",
            try_seals(&config),
            "check seal_key and seal_certificate; without them the program makes keys and keeps them in the data folder",
        ));
        checks.push(Check::of(
            "timestamps",
            try_timestamps(&config).await,
            "check timestamp_url and timestamp_root; until it answers, contracts are sealed and their timestamp is pending",
        ));
        checks.push(Check::of(
            "public address",
            try_public_url(&config),
            "set public_url to the address that people use, beginning with https://",
        ));
    }
    let ok = checks.iter().all(|check| check.ok);
    if args.json {
        super::print(&serde_json::to_string_pretty(&serde_json::json!({ "settings": settings, "checks": checks }))?);
    } else {
        print_report(&settings, &checks);
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_report(settings: &[Setting], checks: &[Check]) {
    for Setting { key, value, source } in settings {
        super::print(&format!("{key:<24} {value:<44} {source}"));
    }
    super::print("");
    for check in checks {
        super::print(&format!("{} {:<16} {}", if check.ok { "✓" } else { "✗" }, check.name, check.detail));
        if let Some(remedy) = check.remedy {
            super::print(&format!("  {:<16} → {remedy}", ""));
        }
    }
}

/// Every key with its source, as it was written even where it does not hold; what could let somebody in is not shown.
fn settings(flags: &Flags) -> Vec<Setting> {
    let Ok(layers) = config::layers(flags) else {
        // A secret's file that cannot be read: the check of the configuration says which.
        return Vec::new();
    };
    let Ok(values) = layers.extract::<BTreeMap<String, serde_json::Value>>() else {
        // A file that is no TOML: it says where.
        return Vec::new();
    };
    values
        .into_iter()
        .map(|(key, value)| {
            let shown = match (key.as_str(), &value) {
                ("secret" | "stripe_secret_key" | "stripe_webhook_secret", serde_json::Value::String(_)) => {
                    "(set)".to_owned()
                }
                (
                    "database_url" | "replica_url" | "smtp_url" | "s3_endpoint" | "s3_public_endpoint" | "sandbox_url",
                    serde_json::Value::String(url),
                ) => without_password(url),
                (_, serde_json::Value::Null) => "(default)".to_owned(),
                (_, serde_json::Value::String(text)) => text.clone(),
                (_, other) => other.to_string(),
            };
            let source =
                layers.find_metadata(&key).map_or_else(|| "default".to_owned(), |found| source_name(found, &key));
            Setting { key, value: shown, source }
        })
        .collect()
}

fn source_name(metadata: &figment::Metadata, key: &str) -> String {
    match metadata.name.as_ref() {
        name if name.contains("InFile") => format!("{}{}_FILE variable", config::PREFIX, key.to_uppercase()),
        name if name.contains("environment") => format!("{}{} variable", config::PREFIX, key.to_uppercase()),
        name if name.contains("TOML") => metadata.source.as_ref().map_or_else(|| name.to_owned(), ToString::to_string),
        // Both come as serialised values; the defaults as the whole table.
        name if name.contains("Config") => "default".to_owned(),
        _ => "flag".to_owned(),
    }
}

fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            if parsed.set_password(Some("***")).is_err() {
                return "(set)".to_owned();
            }
            parsed.to_string()
        }
        Ok(_) => url.to_owned(),
        Err(_) => "(set, not an address)".to_owned(),
    }
}

fn try_folder(config: &Config) -> anyhow::Result<String> {
    let mut folder = config.data_dir.as_path();
    // A folder that does not exist yet will be made: its nearest ancestor decides.
    while !folder.exists() {
        folder = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    }
    tempfile::tempfile_in(folder)?;
    Ok(format!("{} is writable", crate::shown(folder)))
}

/// Lists the bucket and begins a file that is called off: keys that may only read, or only write, are found out.
async fn try_files(config: &Config) -> anyhow::Result<String> {
    let Some(bucket) = config.s3() else { return Ok("kept in the data folder".to_owned()) };
    let files = wiring::files(config)?;
    tokio::time::timeout(std::time::Duration::from_secs(30), files.try_out())
        .await
        .map_err(|_| anyhow!("the bucket {} did not answer within 30 s", bucket.bucket))??;
    Ok(format!("kept in the bucket {}, which lists them and takes new ones", bucket.bucket))
}

/// Fetches from the bucket as a page does that compares a download with its checksum, asks whether it may send there, and sends a part that is called off.
async fn try_downloads(config: &Config) -> anyhow::Result<String> {
    let Some(endpoint) = &config.s3_public_endpoint else { return Ok("sent through the program".to_owned()) };
    let files = wiring::files(config)?;
    let aside = tokio::time::timeout(std::time::Duration::from_secs(30), files.try_outside(&config.public_url()))
        .await
        .map_err(|_| anyhow!("{endpoint} did not answer within 30 s"))??;
    let uploads = match aside {
        None => "takes uploads in".to_owned(),
        Some(why) => format!("uploads go through the program, for {why}"),
    };
    Ok(format!("given out by the bucket itself at {endpoint}, which lets pages fetch them, and {uploads}"))
}

fn try_stem_cache(config: &Config) -> anyhow::Result<String> {
    let Some(cache) = wiring::stem_cache(config) else {
        return Ok("off: every render decodes and processes each track".to_owned());
    };
    let held: u64 = match std::fs::read_dir(&cache.folder) {
        Ok(entries) => entries.flatten().filter_map(|entry| Some(entry.metadata().ok()?.len())).sum(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error.into()),
    };
    Ok(format!("{} of {} MB hold tracks, in {}", held / 1_000_000, config.stem_cache_mb, crate::shown(&cache.folder)))
}

/// Has a file looked through that is none: it must be refused by a listener, as an upload would be.
async fn try_listener() -> anyhow::Result<String> {
    use audio_worker::listener::{Ear, EarError, Inspected, Limits, Task};
    let file = tempfile::NamedTempFile::new()?;
    let limits = Limits { memory_bytes: 1 << 30, cpu_s: 10, wall_s: 20 };
    let asked = Ear::own()?.ask::<Inspected>(Task::Inspect { file: file.path().to_owned() }, limits).await;
    match asked {
        Err(EarError::Refused(_)) => Ok("uploads are opened in a process of their own".to_owned()),
        Err(error) => Err(error.into()),
        Ok(_) => anyhow::bail!("an empty file was found to be music"),
    }
}

async fn try_scanner(config: &Config) -> anyhow::Result<String> {
    let Some(address) = &config.clamav else {
        return Ok("none: what is handed in is not looked through for malware".to_owned());
    };
    Clamav::new(address).ping().await?;
    Ok(format!("{address} answers, and looks for malware in what is handed in"))
}

async fn try_database(config: &Config) -> anyhow::Result<String> {
    let url = config.database_url();
    if config.database_url.is_none() && !config.data_dir.join("ledgerline.db").exists() {
        return Ok("none yet; the first start makes one".to_owned());
    }
    wiring::connect(config).await?;
    let kind = if url.starts_with("sqlite") { "SQLite" } else { "PostgreSQL" };
    Ok(format!("{kind} answers"))
}

/// Says how far the schema is, and tries what is still to be applied, which is taken back.
async fn try_schema(config: &Config) -> anyhow::Result<String> {
    if config.database_url.is_none() && !config.data_dir.join("ledgerline.db").exists() {
        return Ok("none yet; the first start makes it".to_owned());
    }
    let db = wiring::connect(config).await?;
    let steps = wiring::steps(&db).await?;
    if let Some(further) = wiring::taken_further(&steps) {
        return Ok(format!("all that this program needs; {further}"));
    }
    let pending = steps.pending;
    if pending.is_empty() {
        return Ok("up to date".to_owned());
    }
    wiring::try_steps(&db, &pending).await?;
    Ok(format!("{} steps are pending, and can be applied as it was tried: the next start does", pending.len()))
}

/// Holds what is out to be signed against the words that this program has for it.
async fn try_agreements(config: &Config) -> anyhow::Result<String> {
    if config.database_url.is_none() && !config.data_dir.join("ledgerline.db").exists() {
        return Ok("none yet".to_owned());
    }
    let db = wiring::connect(config).await?;
    if !wiring::steps(&db).await?.pending.is_empty() {
        return Ok("not looked at before the schema is up to date".to_owned());
    }
    match count_worded_otherwise(&db, &AgreementTypesetter).await? {
        0 => Ok("what is out to be signed reads as it was sent".to_owned()),
        1 => anyhow::bail!("one that is out to be signed would read otherwise than it was sent: nobody can sign it"),
        n => anyhow::bail!(
            "{n} that are out to be signed would read otherwise than they were sent: nobody can sign them"
        ),
    }
}

fn try_listen(config: &Config) -> anyhow::Result<String> {
    match std::net::TcpListener::bind(config.listen) {
        Ok(_) => Ok(format!("{} is free", config.listen)),
        // A running server of ours is fine; it answers for itself.
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Ok(format!("{} is taken, by a running server perhaps", config.listen))
        }
        Err(error) => Err(error.into()),
    }
}

async fn try_mail(config: &Config) -> anyhow::Result<String> {
    let Some(url) = &config.smtp_url else { return Ok("kept in a local mailbox, shown at /mailbox".to_owned()) };
    let adapters::mail::SmtpConfig { host, port, .. } = crate::smtp_url::read(url)?;
    let connect = tokio::net::TcpStream::connect((host.as_str(), port));
    tokio::time::timeout(std::time::Duration::from_secs(5), connect).await??;
    Ok(format!("{host}:{port} answers"))
}

/// Asks Stripe for the events of this moment: only a key that holds is answered.
async fn try_gateway(config: &Config) -> anyhow::Result<String> {
    let env = domain::env::Env::system();
    let now = env.now();
    let (Some(account), Some(gateway)) = (config.stripe(), wiring::stripe(config, env)?) else {
        return Ok("the sandbox gateway: test cards alone, and no real money".to_owned());
    };
    gateway.events(now, None).await?;
    Ok(if is_live_key(&account.secret_key) {
        "Stripe answers, and moves real money; its events come to /webhooks/stripe".to_owned()
    } else {
        "Stripe answers in test mode: no real money; its events come to /webhooks/stripe_test".to_owned()
    })
}

/// Says who seals. Keys that are not there yet are tried elsewhere, for nothing is changed here.
fn try_seals(config: &Config) -> anyhow::Result<String> {
    let mut sealing = wiring::seal_config(config);
    let scratch = tempfile::tempdir()?;
    let (mut described, env) = (String::new(), domain::env::Env::system());
    if sealing.own.is_none() && !sealing.folder.join("authority.pem").exists() {
        sealing.folder = scratch.path().join("seals");
        "none yet; the first start makes the installation's own authority and a key for each studio"
            .clone_into(&mut described);
    }
    let now = env.now();
    let seals = StudioSeals::open(&sealing, env)?;
    if described.is_empty() {
        described = seals.describe();
    }
    if seals.valid_until() < now + RENEW_KEY {
        anyhow::bail!("{described}: it lapses soon; give one that is valid for longer, and what is sealed stays valid");
    }
    Ok(format!(
        "{described}; readers show a seal as trusted once the root certificate, at /verify/authority.pem, is installed"
    ))
}

/// Has a page that says nothing sealed and its seal raised, by keys that are thrown away.
async fn try_timestamps(config: &Config) -> anyhow::Result<String> {
    let Some(url) = &config.timestamp_url else {
        return Ok("none: contracts are sealed at level B-B, and when is only claimed; set timestamp_url to prove it"
            .to_owned());
    };
    let (scratch, env) = (tempfile::tempdir()?, domain::env::Env::system());
    let sealing = SealConfig { own: None, folder: scratch.path().join("seals"), ..wiring::seal_config(config) };
    let seals = StudioSeals::open(&sealing, env.clone())?;
    let metadata = documents::world::Metadata { ident: "doctor", created_at: env.now() };
    let pdf = documents::Typesetter::bundled().render("A look at the timestamp authority.", &(), &metadata)?;
    let request = SealRequest {
        studio: env.id(),
        studio_name: "Doctor".to_owned(),
        reason: "A look at the timestamp authority".to_owned(),
        at: env.now(),
    };
    let raised = seals.raise(seals.seal(pdf.into(), &request)?, env.now()).await?;
    match raised.waits_for {
        None => Ok(format!("{url} stamps; seals are raised to {}", raised.level)),
        Some(why) if raised.level > SealLevel::BB => {
            Ok(format!("{url} stamps; seals are raised to {} and no further: {why}", raised.level))
        }
        Some(why) => anyhow::bail!("{url}: {why}"),
    }
}

fn try_public_url(config: &Config) -> anyhow::Result<String> {
    let url = config.public_url();
    let parsed = url::Url::parse(&url)?;
    match parsed.scheme() {
        "https" => Ok(url),
        "http" if names_this_machine(&parsed) => Ok(format!("{url}, for this machine alone")),
        "http" => anyhow::bail!("{url} is not encrypted: cookies and links would travel in the clear"),
        other => anyhow::bail!("{other}:// is not an address of pages"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_with_its_password_masked() {
        for (address, shown) in [
            ("postgres://nova:s3cret@db/beats?sslmode=require", "postgres://nova:***@db/beats?sslmode=require"),
            ("postgres://nova@db/beats", "postgres://nova@db/beats"),
            ("sqlite:beats.db", "sqlite:beats.db"),
            ("s3cret", "(set, not an address)"),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
