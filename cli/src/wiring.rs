//! The parts, built from the configuration and joined. Nothing here decides; it only says what is plugged where.

use std::{io, net::TcpListener, path::PathBuf, sync::Arc, time::Duration};

use adapters::{
    agreements::AgreementTypesetter,
    clamav::Clamav,
    contracts::ContractTypesetter,
    dns::SystemDns,
    files::ObjectFiles,
    jobs::{self, Runtime, Settings, WakeUp},
    mail::{Mailbox, Sender, SmtpMailer},
    mixes::EngineMixes,
    s3,
    sandbox::{SandboxConfig, SandboxKeys, SandboxServer},
    seals::{SealConfig, SealConfigError, StudioSeals},
    stripe::StripeGateway,
    webhooks::HttpSender,
};
use anyhow::{Context, Result, bail};
use audio_worker::{AudioWorker, StemCache, listener::Ear};
use domain::{
    env::{Env, SystemEntropy, WrongClock},
    ids::StudioId,
    links::LinkKey,
    outbox::{self, Queue, entity::JobState},
    ports::{Mailer, Scanner},
    report::StoreError,
    services::Services,
    stages::End,
    store::{self, Db, Tx},
};
use migrations::{Migrator, MigratorTrait, Steps};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{config::Config, replica, secrets, smtp_url};

/// The file in the data folder that says where the server listens: links in mails and the sandbox gateway lead there, whichever process follows them.
const LISTENING: &str = "listening";

/// Everything that was built.
#[derive(Clone)]
pub(crate) struct Parts {
    /// What the rooms hold.
    pub(crate) services: Services,
    /// What the workers hold.
    runtime: Runtime,
    /// The sandbox gateway's own server, unless Stripe collects.
    sandbox: Option<SandboxServer>,
    /// The local mailbox, unless mail goes out by SMTP.
    mailbox: Option<Mailbox>,
}

/// How long whoever needs a connection to PostgreSQL waits for one. Far less than a request may take, so that who asked hears from us what is away.
const DATABASE_PATIENCE: Duration = Duration::from_secs(5);

/// How long a process that is to run on waits for a database that is away.
const DATABASE_AWAITED: Duration = Duration::from_mins(1);

/// Waits until PostgreSQL can be used, for a server or a worker: after a power cut both come back, in any order. After [`DATABASE_AWAITED`] it is an error, as
/// is at once whatever waiting does not mend.
pub(crate) async fn wait_for_database(config: &Config) -> Result<()> {
    if !config.database_url().starts_with("postgres") {
        return Ok(());
    }
    let began = tokio::time::Instant::now();
    loop {
        match connect(config).await {
            Ok(db) => return Ok(db.close().await?),
            Err(error) if is_away(&error) && began.elapsed() < DATABASE_AWAITED => {
                tracing::warn!("waiting for the database: {error:#}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Whether the database's door is closed, or there is nobody behind it yet.
fn is_away(error: &anyhow::Error) -> bool {
    let mut causes = error.chain();
    causes.any(|cause| cause.is::<io::Error>() || cause.downcast_ref::<StoreError>().is_some_and(StoreError::is_away))
}

/// Connects to the configured database, making SQLite's folder if need be.
pub(crate) async fn connect(config: &Config) -> Result<Db> {
    if config.database_url.is_none() {
        std::fs::create_dir_all(&config.data_dir)
            .with_context(|| format!("cannot make {}", config.data_dir.display()))?;
    }
    let url = config.database_url();
    let address = url::Url::parse(&url).context("database_url is no address")?;
    store::knock(DATABASE_PATIENCE, &address)
        .await
        .context("cannot reach the database; `ledgerline doctor` looks closer")?;
    store::connect_within(DATABASE_PATIENCE, &url, config.database_connections)
        .await
        .context("cannot open the database; `ledgerline doctor` looks closer")
}

/// The database of an installation that is there, and of this program's version or a later one: for what an operator does to it, or asks of it.
///
/// # Errors
/// If there is none, it cannot be reached, or it is of an older version.
pub(crate) async fn installed(config: &Config) -> Result<Db> {
    if config.database_url.is_none() && !config.data_dir.join("ledgerline.db").exists() {
        bail!("there is nothing in {}; name the folder with --data", crate::shown(&config.data_dir));
    }
    let db = connect(config).await?;
    if !steps(&db).await?.pending.is_empty() {
        bail!("the database is of an older version; `ledgerline migrate` brings it up to date");
    }
    Ok(db)
}

/// In which steps the schema is not this program's. Looked up without changing anything.
pub(crate) async fn steps(db: &Db) -> Result<Steps> {
    Steps::of(db).await.context("the schema is not one that this program can work with")
}

/// What is said of a schema that a later version of the program has taken further; none if it has not.
pub(crate) fn taken_further(steps: &Steps) -> Option<String> {
    let later = steps.later.join(", ");
    (!later.is_empty()).then(|| format!("a later version of the program has taken it further, by {later}"))
}

/// Brings the schema up to date; how many steps that took. The first that fails is named, and those before it stay applied.
pub(crate) async fn migrate(db: &Db) -> Result<usize> {
    let mut applied = 0;
    // Looked up anew each time: another process may apply steps as well.
    while let Some(step) = steps(db).await?.pending.first() {
        Migrator::up(db, Some(1)).await.with_context(|| cannot_apply(step))?;
        applied += 1;
    }
    jobs::set_up(db).await.context("cannot set the job queue up")?;
    Ok(applied)
}

/// Applies steps of the schema and takes all of it back: whether the next start could. What it locks nobody else uses meanwhile; for a lock that others
/// hold it waits 2 s on PostgreSQL, since who comes after it waits too.
pub(crate) async fn try_steps(db: &Db, pending: &[String]) -> Result<()> {
    let tx = store::begin(db).await?;
    if store::is_postgres(&tx) {
        tx.execute_unprepared("SET LOCAL lock_timeout = '2s'").await?;
    }
    apply_within(&tx, pending).await?;
    tx.rollback().await?;
    Ok(())
}

/// Applies the next steps of the schema, which are these, within a transaction.
pub(crate) async fn apply_within(tx: &Tx, steps: &[String]) -> Result<()> {
    for step in steps {
        let applied = async {
            Migrator::up(tx, Some(1)).await?;
            if store::is_postgres(tx) {
                // As at the end of the step's own transaction.
                tx.execute_unprepared("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED").await?;
            }
            Ok::<(), DbErr>(())
        };
        applied.await.with_context(|| cannot_apply(step))?;
    }
    Ok(())
}

/// All steps of the schema that this program knows, in their order.
pub(crate) fn known_steps() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}

fn cannot_apply(step: &str) -> String {
    format!("cannot bring the schema up to date: its step {step} fails")
}

/// The file store.
pub(crate) fn files(config: &Config) -> Result<ObjectFiles> {
    let files = match config.s3() {
        Some(bucket) => s3::open(&bucket, |name| std::env::var(name).ok()),
        None => ObjectFiles::local(&config.data_dir.join("files")),
    };
    files.context("cannot open the file store; `ledgerline doctor` looks closer")
}

/// The variable with which a test tells where the program dies: [a stage](domain::stages), or one of a kind of job, such as `job_begun:mail_delivery`.
const KILL_AT: &str = "LEDGERLINE_TEST_KILL_AT";

/// The variable with which a test names a file that says by how many seconds the clock is ahead, or behind; it is asked each time.
const CLOCK: &str = "LEDGERLINE_TEST_CLOCK";

/// The real world. A build for development goes by the clock that a test sets, and dies where one tells it to; a release does not ask.
fn surroundings() -> Result<Env> {
    let env = match std::env::var_os(CLOCK) {
        Some(file) if cfg!(debug_assertions) => {
            let file = PathBuf::from(file);
            let said = move || std::fs::read_to_string(&file).ok()?.trim().parse::<i64>().ok();
            Env::new(Arc::new(WrongClock(move || said().unwrap_or(0))), Arc::new(SystemEntropy))
        }
        _ => Env::system(),
    };
    match std::env::var(KILL_AT) {
        Ok(end) if cfg!(debug_assertions) => Ok(env.ending_at(end.parse::<End>().context(KILL_AT)?)),
        _ => Ok(env),
    }
}

/// Builds every part.
pub(crate) async fn build(config: &Config) -> Result<Parts> {
    let data = &config.data_dir;
    std::fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
    let env = surroundings()?;
    let links = secrets::open(config, &env)?;
    let db = connect(config).await?;
    migrate(&db).await?;
    if let Some(further) = taken_further(&steps(&db).await?) {
        tracing::warn!("the schema is ahead of this program: {further}");
    }

    let public_url = config.public_url();
    let from = config.mail_from.parse().context("mail_from is no e-mail address")?;
    let sender = Sender { from, env: env.clone() };
    let mailbox = config.smtp_url.is_none().then(|| Mailbox::new(data.join("mailbox"), sender.clone()));
    let mailer: Arc<dyn Mailer> = match (&config.smtp_url, &mailbox) {
        (None, Some(mailbox)) => Arc::new(mailbox.clone()),
        (url, _) => Arc::new(SmtpMailer::new(smtp_url::read(url.as_deref().unwrap_or_default())?, sender)?),
    };
    let (gateway, sandbox) = gateway(config, &links, env.clone()).await?;
    let wake = WakeUp::default();
    let services = Services {
        db: db.clone(),
        env: env.clone(),
        links,
        files: Arc::new(files(config)?),
        mailer,
        gateway: Arc::new(gateway),
        contracts: Arc::new(ContractTypesetter),
        agreements: Arc::new(AgreementTypesetter),
        mixes: Arc::new(EngineMixes),
        dns: Arc::new(SystemDns),
        scanner: config.clamav.as_deref().map(|address| Arc::new(Clamav::new(address)) as Arc<dyn Scanner>),
        webhooks: Arc::new(HttpSender::new(config.webhooks_allow_private)),
        seals: Arc::new(seals(config, env.clone()).context("cannot seal; `ledgerline doctor` looks closer")?),
        wake: Arc::new(wake.clone()),
        public_url: public_url.into(),
        home: None,
    };
    Ok(Parts { services, runtime: Runtime { db, env, wake }, sandbox, mailbox })
}

/// What collects money, and the sandbox's server if that does. Where Stripe collects there is none: nobody pays with test cards there.
async fn gateway(config: &Config, links: &LinkKey, env: Env) -> Result<(StripeGateway, Option<SandboxServer>)> {
    if let Some(gateway) = stripe(config, env.clone())? {
        return Ok((gateway, None));
    }
    let keys = SandboxKeys::derive(links);
    let own_address = format!("http://{}", config.listen);
    let sandbox = SandboxServer::open(
        SandboxConfig {
            database_url: format!("sqlite://{}?mode=rwc", config.data_dir.join("sandbox.db").display()),
            public_url: config.public_url(),
            webhook_url: format!("{own_address}/webhooks/sandbox"),
            keys: keys.clone(),
            first_retry_ms: 1_000,
        },
        env.clone(),
    )
    .await
    .context("cannot open the sandbox gateway")?;
    let reached_at = config.sandbox_url.as_deref().map_or(own_address.as_str(), |url| url.trim_end_matches('/'));
    let gateway = StripeGateway::sandbox(reached_at, &keys, env).context("cannot reach the sandbox gateway")?;
    Ok((gateway, Some(sandbox)))
}

/// The configured Stripe account.
pub(crate) fn stripe(config: &Config, env: Env) -> Result<Option<StripeGateway>> {
    let Some(account) = config.stripe() else { return Ok(None) };
    let gateway = StripeGateway::live(&account.secret_key, account.webhook_secrets, env);
    gateway.context("stripe_secret_key cannot be used").map(Some)
}

/// What seals documents.
pub(crate) fn seals(config: &Config, env: Env) -> Result<StudioSeals, SealConfigError> {
    StudioSeals::open(&seal_config(config), env)
}

/// What seals are made with.
pub(crate) fn seal_config(config: &Config) -> SealConfig {
    SealConfig {
        own: config.seal_key.clone().zip(config.seal_certificate.clone()),
        timestamp_url: config.timestamp_url.clone(),
        timestamp_root: config.timestamp_root.clone(),
        ..SealConfig::in_folder(&config.data_dir.join("seals"))
    }
}

/// Builds every part for work beside a server: unless told otherwise, links lead to where the server of this data folder listened last.
pub(crate) async fn build_beside_server(config: &mut Config) -> Result<Parts> {
    if config.listen == Config::default().listen
        && let Ok(text) = std::fs::read_to_string(config.data_dir.join(LISTENING))
        && let Ok(listening) = text.trim().parse()
    {
        config.listen = listening;
    }
    build(config).await
}

/// A server that runs.
pub(crate) struct Running {
    /// Where people reach it.
    pub(crate) public_url: String,
    /// What its rooms hold.
    pub(crate) services: Services,
    server: JoinHandle<io::Result<()>>,
    work: JoinHandle<Result<()>>,
}

impl Running {
    /// Until it has stopped, which it does once its token is cancelled.
    pub(crate) async fn stopped(self) -> Result<()> {
        self.server.await??;
        self.work.await?
    }
}

/// Binds the address, builds the parts, serves, and works the jobs off if told to.
pub(crate) async fn start(mut config: Config, stop: CancellationToken, with_work: bool) -> Result<Running> {
    let listener = TcpListener::bind(config.listen).with_context(|| format!("cannot listen on {}", config.listen))?;
    // A port of 0 has become a real one, which links and webhooks must name.
    config.listen = listener.local_addr()?;
    survive_full_disks()?;
    wait_for_database(&config).await?;
    let parts = build(&config).await?;
    std::fs::write(config.data_dir.join(LISTENING), config.listen.to_string())?;
    let uploads = config.data_dir.join("uploads");
    std::fs::create_dir_all(&uploads)?;
    let api_config = api::ApiConfig {
        upload_dir: uploads,
        graphiql: config.graphiql,
        trust_forwarded_headers: config.trust_forwarded_headers,
        ..api::ApiConfig::default()
    };
    let (sandbox, mailbox) = (parts.sandbox.clone(), parts.mailbox.clone().map(actix_web::web::Data::new));
    let replica = replica::watched(&config, &parts.services.db, &stop).await?;
    let server = api::serve(listener, parts.services.clone(), api_config, move |app| {
        replica.configure(app);
        if let Some(sandbox) = &sandbox {
            sandbox.configure(app);
        }
        if let Some(mailbox) = &mailbox {
            app.app_data(mailbox.clone());
        }
    })?;
    let handle = server.handle();
    let server = tokio::spawn(server);
    let stopping = stop.clone();
    tokio::spawn(async move {
        stopping.cancelled().await;
        handle.stop(true).await;
    });
    let (public_url, services) = (config.public_url(), parts.services.clone());
    let work = tokio::spawn(async move {
        let (sandbox, until) = (parts.sandbox.clone(), stop.clone());
        let sender = async move {
            if let Some(sandbox) = sandbox {
                sandbox.run_sender(until.cancelled_owned()).await;
            }
        };
        if with_work {
            let (done, ()) = tokio::join!(work(parts.clone(), config, stop), sender);
            done
        } else {
            sender.await;
            Ok(())
        }
    });
    Ok(Running { public_url, services, server, work })
}

/// Works jobs off until told to stop.
pub(crate) async fn work(parts: Parts, config: Config, stop: CancellationToken) -> Result<()> {
    let scratch = config.data_dir.join("scratch");
    let ear = Ear::own().context("cannot tell which program this is")?;
    let audio = Arc::new(
        AudioWorker::new(parts.services.clone(), &scratch, ear, stem_cache(&config))
            .with_context(|| format!("cannot work in {}", scratch.display()))?,
    );
    let office = Arc::new(back_office::BackOffice::new(parts.services.clone()));
    let with = |concurrency| Settings { concurrency, ..Settings::default() };
    let (audio, office, (), (), ()) = tokio::join!(
        jobs::run_queue(parts.runtime.clone(), Queue::Audio, audio, with(config.audio_jobs), stop.clone()),
        jobs::run_queue(parts.runtime.clone(), Queue::Office, office, with(config.office_jobs), stop.clone()),
        jobs::run_relay(parts.runtime.clone(), jobs::LONGEST_SLEEP, stop.clone()),
        jobs::listen(parts.runtime.clone(), stop.clone()),
        back_office::schedule::run(parts.services.clone(), stop.clone()),
    );
    audio?;
    office?;
    Ok(())
}

/// Where tracks are kept from render to render; none if none are to be kept.
pub(crate) fn stem_cache(config: &Config) -> Option<StemCache> {
    let max_bytes = config.stem_cache_mb.saturating_mul(1_000_000);
    (max_bytes > 0).then(|| StemCache { folder: config.data_dir.join("stem-cache"), max_bytes })
}

/// Until every job of a studio is done or given up, whatever others wait for; that more were given up than the `dead_before` is an error.
pub(crate) async fn wait_for_jobs(services: &Services, studio: StudioId, dead_before: u64) -> Result<()> {
    while outbox::queries::count_of(&services.db, studio, JobState::Open).await? > 0 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let dead = outbox::queries::count_of(&services.db, studio, JobState::Dead).await?.saturating_sub(dead_before);
    if dead > 0 {
        bail!("{dead} jobs were given up; the studio's dead letters say why");
    }
    Ok(())
}

/// The studio of that address, or the only one.
pub(crate) async fn find_studio(db: &Db, slug: Option<&str>) -> Result<StudioId> {
    use domain::identity::entity::studio;
    let query = match slug {
        Some(slug) => studio::Entity::find().filter(studio::Column::Slug.eq(slug)),
        None => studio::Entity::find(),
    };
    match query.limit(2).all(db).await?.as_slice() {
        [only] => Ok(only.id),
        [] if slug.is_some() => bail!("there is no studio {:?}", slug.unwrap_or_default()),
        [] => bail!("there is no studio yet: start `ledgerline serve` and sign up first"),
        _ => bail!("there are several studios: name one with --studio"),
    }
}

/// What Linux sends to whoever writes beyond the length that it lets files have: `SIGXFSZ`.
const FILE_TOO_LONG: i32 = 25;

/// Takes a limit on the length of files for a full disk, as PostgreSQL does: what is written beyond it fails, and the process lives.
pub(crate) fn survive_full_disks() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    // Listening to it once is enough: from then on it ends nobody.
    signal(SignalKind::from_raw(FILE_TOO_LONG)).map(drop).context("cannot listen to signals")
}

/// Resolves at Ctrl-C, or when the system asks the program to end.
pub(crate) async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be waited for");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn fresh() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = connect(&Config { data_dir: folder.path().to_owned(), ..Config::default() }).await.unwrap();
        (folder, db)
    }

    #[tokio::test]
    async fn a_step_that_fails_is_named_by_whoever_applies_or_tries_it() {
        let (_folder, db) = fresh().await;
        let last = steps(&db).await.unwrap().pending.pop().unwrap();
        migrate(&db).await.unwrap();
        assert!(steps(&db).await.unwrap().pending.is_empty());
        // What it makes is there already.
        db.execute_unprepared(&format!("DELETE FROM seaql_migrations WHERE version = '{last}'")).await.unwrap();
        let pending = steps(&db).await.unwrap().pending;
        assert_eq!(pending, std::slice::from_ref(&last));
        for failed in [try_steps(&db, &pending).await.unwrap_err(), migrate(&db).await.unwrap_err()] {
            let said = format!("{failed:#}");
            // A table or a column, by whatever the last step begins with.
            let is_there = said.contains("already exists") || said.contains("duplicate column");
            assert!(said.contains(&format!("its step {last} fails")) && is_there, "{said}");
        }
    }

    #[tokio::test]
    async fn what_was_only_tried_is_still_to_be_applied() {
        let (_folder, db) = fresh().await;
        let pending = steps(&db).await.unwrap().pending;
        assert!(pending.len() > 30, "{pending:?}");
        try_steps(&db, &pending).await.unwrap();
        assert_eq!(steps(&db).await.unwrap().pending, pending);
        assert_eq!(migrate(&db).await.unwrap(), pending.len());
    }

    #[tokio::test]
    async fn a_schema_that_a_later_version_took_further_is_worked_with() {
        let (_folder, db) = fresh().await;
        migrate(&db).await.unwrap();
        db.execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_a_later', 0)")
            .await
            .unwrap();
        // The queue's part of the schema may be ahead likewise.
        db.execute_unprepared(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (29990101000000, 'later', TRUE, X'00', 0)",
        )
        .await
        .unwrap();
        assert_eq!(migrate(&db).await.unwrap(), 0);
        let said = taken_further(&steps(&db).await.unwrap()).unwrap();
        assert!(said.contains("m29990101_a_later"), "{said}");
    }
}
