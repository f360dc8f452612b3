//! The configuration, in layers: defaults, then `ledgerline.toml`, then `LEDGERLINE_*` variables and the files that they name ([`secret_files`]), then flags. A key
//! that is not known is refused, for a misspelt setting that is silently ignored costs more than it saves.

use std::{collections::BTreeMap, io::IsTerminal, net::SocketAddr, path::PathBuf};

use adapters::{s3::S3Config, traces::Traces};
use anyhow::{Context, bail};
use clap::Args;
use domain::secrets::Secrets;
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

use crate::secret_files;

/// The variables' prefix.
pub(crate) const PREFIX: &str = "LEDGERLINE_";

/// Variables that go on like this are the tests' own, and no settings of the program.
const TEST_PREFIX: &str = "test_";

/// Flags that every command takes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Flags {
    /// Configuration file [default: ledgerline.toml, if it exists].
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder for the database, files and mailbox.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Address to listen on.
    #[arg(long, global = true, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
}

/// Every setting, with its default.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Config {
    /// Folder for the database, files, uploads, mailbox and the installation's secret.
    pub(crate) data_dir: PathBuf,
    /// Address to listen on.
    pub(crate) listen: SocketAddr,
    /// The address that people reach the pages under [default: `http://` and the address listened on].
    pub(crate) public_url: Option<String>,
    /// `sqlite:…` or `postgres:…` [default: `ledgerline.db` in the data folder].
    pub(crate) database_url: Option<String>,
    /// `postgres:…` of a standby of that database, from which servers read what anybody may see; an address of PostgreSQL's alone [default: none, all is read from the
    /// database itself].
    pub(crate) replica_url: Option<String>,
    /// Most connections to the database, and as many to its replica.
    pub(crate) database_connections: u32,
    /// The S3 bucket that files are kept in; its credentials come from `AWS_ACCESS_KEY_ID` and the other variables of its own tools [default: none, files
    /// are kept in the data folder].
    pub(crate) s3_bucket: Option<String>,
    /// The address of the S3 server, such as `https://s3.example` [default: Amazon's of the region].
    pub(crate) s3_endpoint: Option<String>,
    /// The address at which buyers and members reach the same S3 server: their downloads are led there, and their uploads, by addresses that are signed for
    /// minutes [default: none, files are sent through the program].
    pub(crate) s3_public_endpoint: Option<String>,
    /// The region that its requests are signed for.
    pub(crate) s3_region: String,
    /// What the bucket's keys begin with [default: nothing].
    pub(crate) s3_prefix: Option<String>,
    /// Whether the bucket is named in the path, not in the host's name.
    pub(crate) s3_path_style: bool,
    /// Whether an S3 server on another machine may be spoken to unencrypted.
    pub(crate) s3_allow_http: bool,
    /// The mail server; see [`crate::smtp_url`] [default: a mailbox in the data folder, with a page].
    pub(crate) smtp_url: Option<String>,
    /// The sender of every mail.
    pub(crate) mail_from: String,
    /// What links and tokens are signed with, and second factors and webhooks' secrets sealed: 64 hexadecimal digits. After a change of secrets several, with commas between them,
    /// of which the first seals and signs; see [`crate::secrets`] [default: made once and kept in the data folder].
    pub(crate) secret: Option<String>,
    /// The secret key of a Stripe account, `sk_…` or `rk_…`; a live one moves real money. With `stripe_webhook_secret` [default: the sandbox gateway, where no
    /// money is real].
    pub(crate) stripe_secret_key: Option<String>,
    /// Where the other processes reach the sandbox gateway, which servers serve, such as `http://balancer:8080` [default: `http://` and the address
    /// listened on].
    pub(crate) sandbox_url: Option<String>,
    /// What Stripe signs its events to `/webhooks/stripe` (with a test key `/webhooks/stripe_test`) with, `whsec_…`; two with a comma between them
    /// while one is exchanged for the other.
    pub(crate) stripe_webhook_secret: Option<String>,
    /// The operator's own key for seals, a PEM file with an ECDSA P-256 key; with `seal_certificate` [default: keys made once and kept in the data folder].
    pub(crate) seal_key: Option<PathBuf>,
    /// Its certificate, a PEM file, followed by its issuers.
    pub(crate) seal_certificate: Option<PathBuf>,
    /// The timestamp authority (RFC 3161) that proves when contracts were sealed, such as `http://timestamp.example/tsr` [default: none, the time is claimed].
    pub(crate) timestamp_url: Option<String>,
    /// The root certificates, a PEM file, that its timestamps must lead to [default: whoever answers is believed, and named].
    pub(crate) timestamp_root: Option<PathBuf>,
    /// Whether a caller's address is taken from `Forwarded` and `X-Forwarded-For`: only behind a balancer that sets them itself, else anyone can choose theirs.
    pub(crate) trust_forwarded_headers: bool,
    /// Whether `GET /graphql` shows GraphiQL, a page to try the API with, whose scripts come from a CDN; nothing else's do. The demo always shows it.
    pub(crate) graphiql: bool,
    /// Whether studios' webhooks may lead to this machine and the network that it stands in: for receivers of the operator's own, where every studio is trusted.
    pub(crate) webhooks_allow_private: bool,
    /// Host and port of `clamd`, which looks for malware in what is handed in, such as `127.0.0.1:3310` [default: none, nobody looks].
    pub(crate) clamav: Option<String>,
    /// The address of a collector of OpenTelemetry, such as `http://127.0.0.1:4318`, to which servers and workers send traces by OTLP over HTTP, at `/v1/traces`
    /// below it [default: none, no traces are made].
    pub(crate) otlp_endpoint: Option<String>,
    /// How many audio jobs run at once.
    pub(crate) audio_jobs: usize,
    /// How many other jobs run at once.
    pub(crate) office_jobs: usize,
    /// How many megabytes of disk the tracks of mixes may take that are kept from render to render, so that a fader's change sums again only; 0 keeps none.
    pub(crate) stem_cache_mb: u64,
    /// What is logged, such as `info` or `domain=debug,info`.
    pub(crate) log: String,
    /// Whether the log is JSON lines.
    pub(crate) log_json: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            database_url: None,
            replica_url: None,
            database_connections: 16,
            s3_bucket: None,
            s3_endpoint: None,
            s3_public_endpoint: None,
            s3_region: "us-east-1".to_owned(),
            s3_prefix: None,
            s3_path_style: true,
            s3_allow_http: false,
            smtp_url: None,
            mail_from: "studio@localhost.localdomain".to_owned(),
            secret: None,
            stripe_secret_key: None,
            stripe_webhook_secret: None,
            sandbox_url: None,
            seal_key: None,
            seal_certificate: None,
            timestamp_url: None,
            timestamp_root: None,
            trust_forwarded_headers: false,
            graphiql: false,
            webhooks_allow_private: false,
            clamav: None,
            otlp_endpoint: None,
            audio_jobs: std::thread::available_parallelism().map_or(1, usize::from).div_ceil(2),
            office_jobs: 4,
            stem_cache_mb: 2_048,
            log: "warn,adapters=info,api=info,audio_worker=info,back_office=info,cli=info,domain=info".to_owned(),
            log_json: false,
        }
    }
}

impl Config {
    /// The database's address.
    pub(crate) fn database_url(&self) -> String {
        self.database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite://{}?mode=rwc", self.data_dir.join("ledgerline.db").display()))
    }

    /// The address of the pages, without a slash at the end.
    pub(crate) fn public_url(&self) -> String {
        self.public_url
            .as_deref()
            .map_or_else(|| format!("http://{}", self.listen), |url| url.trim_end_matches('/').to_owned())
    }

    /// The bucket that files are kept in; none if they are kept in the data folder.
    pub(crate) fn s3(&self) -> Option<S3Config> {
        Some(S3Config {
            bucket: self.s3_bucket.clone()?,
            endpoint: self.s3_endpoint.clone(),
            public_endpoint: self.s3_public_endpoint.clone(),
            region: self.s3_region.clone(),
            prefix: self.s3_prefix.clone().unwrap_or_default(),
            path_style: self.s3_path_style,
            allow_http: self.s3_allow_http,
        })
    }

    /// The Stripe account that collects money; none if the sandbox does, and collects none.
    pub(crate) fn stripe(&self) -> Option<StripeAccount> {
        let secret_key = self.stripe_secret_key.as_deref()?.trim().to_owned();
        let secrets = self.stripe_webhook_secret.as_deref().unwrap_or_default();
        let webhook_secrets = secrets.split(',').map(|secret| secret.trim().to_owned()).collect();
        Some(StripeAccount { secret_key, webhook_secrets })
    }
}

/// What reaches a Stripe account.
pub(crate) struct StripeAccount {
    /// Calls are authorised with it.
    pub(crate) secret_key: String,
    /// Any of them may have signed an event.
    pub(crate) webhook_secrets: Vec<String>,
}

/// The layers, not yet joined; `doctor` asks them where each value comes from.
pub(crate) fn layers(flags: &Flags) -> anyhow::Result<Figment> {
    let file = flags.config.clone().unwrap_or_else(|| PathBuf::from("ledgerline.toml"));
    let variables = Env::prefixed(PREFIX).filter(|key| !key.starts_with(TEST_PREFIX));
    let variables = variables.filter(|key| !secret_files::names_one(key.as_str()));
    let mut layers = Figment::from(Serialized::defaults(Config::default())).merge(Toml::file(file)).merge(variables);
    for (setting, secret) in secret_files::read(&std::env::vars_os().collect())? {
        layers = layers.merge(Serialized::default(setting, secret));
    }
    if let Some(data) = &flags.data {
        layers = layers.merge(Serialized::default("data_dir", data).key("data_dir"));
    }
    if let Some(listen) = flags.listen {
        layers = layers.merge(Serialized::default("listen", listen).key("listen"));
    }
    Ok(layers)
}

/// Refuses a configuration file that was asked for and is not there, also where nothing would be read of it.
pub(crate) fn refuse_missing(flags: &Flags) -> anyhow::Result<()> {
    match &flags.config {
        Some(file) if !file.is_file() => bail!("--config names {}, and there is no such file", file.display()),
        _ => Ok(()),
    }
}

/// Joins and checks the layers.
pub(crate) fn load(flags: &Flags) -> anyhow::Result<Config> {
    let layers = layers(flags)?;
    refuse_unknown(&layers)?;
    let config: Config = layers.extract().context("the configuration does not hold")?;
    check(&config)?;
    Ok(config)
}

/// Names a key that is none of ours, and those that are.
fn refuse_unknown(layers: &Figment) -> anyhow::Result<()> {
    let serde_json::Value::Object(known) = serde_json::to_value(Config::default())? else {
        bail!("the configuration is a table")
    };
    // A file that is no TOML fails here as well, and says where.
    let found: BTreeMap<String, serde_json::Value> = layers.extract().context("the configuration does not hold")?;
    if let Some(unknown) = found.keys().find(|key| !known.contains_key(*key)) {
        let keys = known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        bail!("there is no setting `{unknown}`; the settings are {keys}");
    }
    Ok(())
}

fn is_host_and_port(address: &str) -> bool {
    let parts = address.rsplit_once(':');
    parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// What no type can say of the settings.
pub(crate) fn check(config: &Config) -> anyhow::Result<()> {
    let url = config.database_url();
    if !(url.starts_with("sqlite:") || is_postgres(&url)) {
        bail!("database_url must begin with sqlite: or postgres:");
    }
    crate::replica::check(config)?;
    if let Err(problem) = config.mail_from.parse::<domain::email::EmailAddress>() {
        bail!("mail_from: {problem}");
    }
    if let Some(public_url) = &config.public_url {
        check_server("public_url", public_url)?;
    }
    if let Err(problem) = tracing_subscriber::EnvFilter::try_new(&config.log) {
        bail!("log: {problem}; give a level, such as info, or levels for parts, such as domain=debug,info");
    }
    if let Some(Err(fault)) = config.secret.as_deref().map(str::parse::<Secrets>) {
        bail!("secret: {fault}; remove it and the program makes one and keeps it in the data folder");
    }
    check_stripe(config)?;
    check_s3(config)?;
    if config.clamav.as_deref().is_some_and(|address| !is_host_and_port(address)) {
        bail!("clamav: give host and port of clamd, such as 127.0.0.1:3310");
    }
    if let Some(sandbox_url) = &config.sandbox_url {
        check_server("sandbox_url", sandbox_url)?;
    }
    if let Some(endpoint) = &config.otlp_endpoint {
        check_collector(endpoint)?;
    }
    if config.seal_key.is_some() != config.seal_certificate.is_some() {
        bail!("seal_key and seal_certificate go together: give both, or neither and the program makes keys of its own");
    }
    if config.timestamp_root.is_some() && config.timestamp_url.is_none() {
        bail!("timestamp_root says whom to believe of timestamp_url, which is not set");
    }
    if config.audio_jobs == 0 || config.office_jobs == 0 || config.database_connections < 2 {
        bail!("audio_jobs and office_jobs must be at least 1, database_connections at least 2");
    }
    Ok(())
}

/// Whether an address is one of PostgreSQL's.
pub(crate) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

fn check_server(key: &str, address: &str) -> anyhow::Result<()> {
    let url = url::Url::parse(address).with_context(|| format!("{key} is no address"))?;
    if !matches!(url.scheme(), "http" | "https") || url.path() != "/" || url.query().is_some() {
        bail!("{key} must be an address without a path, such as https://beats.example");
    }
    Ok(())
}

/// A collector may stand below a path; what it wants to be shown is nothing for an address.
fn check_collector(address: &str) -> anyhow::Result<()> {
    let url = url::Url::parse(address).context("otlp_endpoint is no address")?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if !matches!(url.scheme(), "http" | "https") || !is_plain || url.fragment().is_some() {
        bail!(
            "otlp_endpoint must be an address such as http://127.0.0.1:4318; a token that its collector asks for goes into OTEL_EXPORTER_OTLP_HEADERS"
        );
    }
    if url.path().trim_end_matches('/').ends_with("/v1/traces") {
        bail!("otlp_endpoint is the collector's address alone: /v1/traces is added to it");
    }
    Ok(())
}

fn check_s3(config: &Config) -> anyhow::Result<()> {
    let of_a_bucket = [&config.s3_endpoint, &config.s3_public_endpoint, &config.s3_prefix];
    match config.s3() {
        Some(s3) if s3.bucket.is_empty() => {
            bail!("s3_bucket is empty; remove it and files are kept in the data folder")
        }
        Some(s3) => {
            s3.check().context("s3_endpoint")?;
            s3.check_public().context("s3_public_endpoint")?;
            check_downloads(config)
        }
        None if of_a_bucket.into_iter().any(Option::is_some) => {
            bail!("s3_endpoint, s3_public_endpoint and s3_prefix belong to s3_bucket, which is not set")
        }
        None => Ok(()),
    }
}

/// Browsers fetch nothing in the clear for a page that came over TLS.
fn check_downloads(config: &Config) -> anyhow::Result<()> {
    let is_in_the_clear = config.s3_public_endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http:"));
    if is_in_the_clear && config.public_url().starts_with("https:") {
        bail!("s3_public_endpoint must begin with https://, as public_url does: browsers refuse the downloads else");
    }
    Ok(())
}

/// Events that cannot be checked would all be refused, and a key of another kind collects nothing. What they are is never shown.
fn check_stripe(config: &Config) -> anyhow::Result<()> {
    if config.stripe_secret_key.is_some() != config.stripe_webhook_secret.is_some() {
        bail!(
            "stripe_secret_key and stripe_webhook_secret go together: give both, or neither and the sandbox gateway collects no real money"
        );
    }
    let Some(account) = config.stripe() else { return Ok(()) };
    if !["sk_live_", "sk_test_", "rk_live_", "rk_test_"].iter().any(|prefix| account.secret_key.starts_with(prefix)) {
        bail!(
            "stripe_secret_key must begin with sk_live_, sk_test_, rk_live_ or rk_test_, as Stripe's dashboard shows it"
        );
    }
    if account.webhook_secrets.len() > 2 || !account.webhook_secrets.iter().all(|secret| secret.starts_with("whsec_")) {
        bail!(
            "stripe_webhook_secret must begin with whsec_, as Stripe's dashboard shows it; two have a comma between them"
        );
    }
    Ok(())
}

/// Starts the log on standard error, and beside it the traces of a process that runs this command, if it makes any and there is a collector.
pub(crate) fn start_logging(config: &Config, traced: Option<&'static str>) -> anyhow::Result<Option<Traces>> {
    use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, prelude::*, registry};
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    // A line that finds no room is lost, and nothing with it: else its writer would tell of that where it found none, and break off.
    let log = log.log_internal_errors(false);
    let log: Box<dyn Layer<Registry> + Send + Sync> = if config.log_json { log.json().boxed() } else { log.boxed() };
    let log = registry().with(log.with_filter(filter));
    let Some((collector, command)) = config.otlp_endpoint.as_deref().zip(traced) else {
        log.init();
        return Ok(None);
    };
    let traces = Traces::start(collector, command, domain::env::Env::system(), tokio::runtime::Handle::current());
    let traces = traces.context("otlp_endpoint")?;
    log.with(traces.layer()).init();
    Ok(Some(traces))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(config: &Config) -> String {
        format!("{:#}", check(config).unwrap_err())
    }

    #[test]
    fn nobody_is_sent_elsewhere_for_scripts_unless_the_operator_says_so() {
        assert!(!Config::default().graphiql);
    }

    #[test]
    fn a_bucket_is_named_before_what_belongs_to_it() {
        let endpoint = Some("https://s3.example".to_owned());
        assert!(Config::default().s3().is_none());
        let nameless = Config { s3_endpoint: endpoint.clone(), ..Config::default() };
        assert!(refusal(&nameless).contains("belong to s3_bucket"));
        let named = Config { s3_bucket: Some("beats".to_owned()), ..nameless };
        check(&named).unwrap();
        let empty = Config { s3_bucket: Some(String::new()), ..named.clone() };
        assert!(refusal(&empty).contains("s3_bucket is empty"));
        let in_the_clear = Config { s3_endpoint: Some("http://s3.example".to_owned()), ..named };
        assert!(refusal(&in_the_clear).contains("s3_allow_http"));
        check(&Config { s3_allow_http: true, ..in_the_clear }).unwrap();
    }

    #[test]
    fn a_scanner_is_named_by_host_and_port() {
        let scanned = |address: &str| Config { clamav: Some(address.to_owned()), ..Config::default() };
        for address in ["127.0.0.1:3310", "clamd:3310", "[::1]:3310"] {
            check(&scanned(address)).unwrap();
        }
        for address in ["", "clamd", ":3310", "clamd:0", "clamd:port", "http://clamd"] {
            assert!(refusal(&scanned(address)).contains("clamav"), "{address}");
        }
    }

    #[test]
    fn a_collector_is_named_by_its_address_alone() {
        let traced = |address: &str| Config { otlp_endpoint: Some(address.to_owned()), ..Config::default() };
        for address in ["http://127.0.0.1:4318", "https://otlp.example/", "https://traces.example/api/otlp"] {
            check(&traced(address)).unwrap();
        }
        for address in [
            "",
            "collector:4318",
            "grpc://collector:4317",
            "https://user:s3cret@otlp.example",
            "https://otlp.example/?token=s3cret",
            "http://127.0.0.1:4318/v1/traces",
        ] {
            let said = refusal(&traced(address));
            assert!(said.contains("otlp_endpoint") && !said.contains("s3cret"), "{address}: {said}");
        }
    }

    #[test]
    fn a_bucket_that_gives_files_out_is_reached_as_the_pages_are() {
        let outside = |endpoint: &str| Config {
            s3_bucket: Some("beats".to_owned()),
            s3_public_endpoint: Some(endpoint.to_owned()),
            public_url: Some("https://beats.example".to_owned()),
            ..Config::default()
        };
        check(&outside("https://s3.example")).unwrap();
        assert!(refusal(&outside("s3.example")).contains("s3_public_endpoint"));
        let in_the_clear = Config { s3_allow_http: true, ..outside("http://s3.example") };
        assert!(refusal(&in_the_clear).contains("as public_url does"));
        check(&Config { public_url: None, ..in_the_clear }).unwrap();
        let nameless = Config { s3_bucket: None, ..outside("https://s3.example") };
        assert!(refusal(&nameless).contains("belong to s3_bucket"));
    }

    #[test]
    fn secrets_are_one_or_several_and_never_told() {
        let with = |secret: String| Config { secret: Some(secret), ..Config::default() };
        let (one, other) = ("ab".repeat(32), "cd".repeat(32));
        for secret in [one.clone(), format!("{other} 2026-12-08T09:30:00Z,{one}")] {
            check(&with(secret)).unwrap();
        }
        for secret in [String::new(), one[1..].to_owned(), format!("{one};{other}"), format!("{one} yesterday")] {
            let said = refusal(&with(secret));
            assert!(said.starts_with("secret: ") && !said.contains("abab"), "{said}");
        }
    }

    #[test]
    fn an_address_of_pages_or_of_the_sandbox_has_no_path() {
        for address in ["beats.example", "https://beats.example/shop", "ftp://beats.example"] {
            let public = Config { public_url: Some(address.to_owned()), ..Config::default() };
            assert!(refusal(&public).contains("public_url"), "{address}");
            let sandbox = Config { sandbox_url: Some(address.to_owned()), ..Config::default() };
            assert!(refusal(&sandbox).contains("sandbox_url"), "{address}");
        }
    }
}
