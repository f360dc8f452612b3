//! The installation that faults come over: two servers and two workers on a PostgreSQL, a bucket, a mail server and a gateway that are all the test's own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use cli::client::Control;

use super::{
    catcher::{Catcher, Mood},
    plan::Fault,
    proxy::{Proxy, Way},
};
use crate::{
    chance::Chance,
    cluster::Cluster,
    postgres,
    program::{Server, Worker, free_port},
    s3_server::{KEYS, S3Server},
    shop::base,
};

const BUCKET: &str = "beats";

/// How many processes there are: first the servers, then the workers.
const PARTS: usize = 4;

/// How much longer everything takes on its way to a store that is slow.
const SLOW: Duration = Duration::from_millis(150);

/// By how many seconds a clock is set wrong, at the least and at the most.
const WRONG_S: [usize; 2] = [60, 900];

/// How many requests hang at the gateway, which is all of them; and for how long, in milliseconds: longer than it is waited for.
const HANGING: (&str, &str) = ("1000000", "15000");

/// A process of the program.
enum Running {
    Server(Server),
    Worker(Worker),
}

impl Running {
    fn id(&self) -> u32 {
        match self {
            Self::Server(server) => server.id(),
            Self::Worker(worker) => worker.id(),
        }
    }

    fn kill(self) {
        match self {
            Self::Server(server) => server.kill(),
            Self::Worker(worker) => worker.kill(),
        }
    }
}

/// The installation. The processes end first, then what they need.
pub(super) struct House {
    /// None of a process that has been killed.
    running: [Option<Running>; PARTS],
    ports: [u16; 2],
    settings: Vec<(&'static str, String)>,
    /// The address of its database.
    pub(super) database: String,
    /// Its mail server.
    pub(super) catcher: Catcher,
    way: Proxy,
    _store: S3Server,
    cluster: Arc<Cluster>,
    folder: tempfile::TempDir,
}

impl House {
    /// Builds all of it and starts the program. The first server brings the schema up to date, the others find it so.
    pub(super) async fn open(binaries: PathBuf) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("data")).expect("a data folder");
        let cluster = tokio::task::spawn_blocking(|| Cluster::make(binaries, "off")).await.expect("it is made");
        let cluster = Arc::new(cluster.expect("PostgreSQL starts"));
        let database = postgres::made(&cluster.url(), "faults").await;
        let store = S3Server::start(&[BUCKET]);
        let (way, catcher) = (Proxy::start(store.address()).await, Catcher::start().await);
        let ports = [free_port(), free_port()];
        let (name, secret) = KEYS;
        // Links, pay pages and the gateway lead to the second server, as a balancer's address would.
        let settings = vec![
            ("LEDGERLINE_DATABASE_URL", database.clone()),
            ("LEDGERLINE_DATABASE_CONNECTIONS", "8".to_owned()),
            ("LEDGERLINE_S3_BUCKET", BUCKET.to_owned()),
            ("LEDGERLINE_S3_ENDPOINT", format!("http://{}", way.address())),
            ("AWS_ACCESS_KEY_ID", name.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", secret.to_owned()),
            ("LEDGERLINE_SMTP_URL", catcher.url()),
            ("LEDGERLINE_SECRET", "ab".repeat(32)),
            ("LEDGERLINE_PUBLIC_URL", base(ports[1])),
            ("LEDGERLINE_SANDBOX_URL", base(ports[1])),
            ("LEDGERLINE_AUDIO_JOBS", "1".to_owned()),
            ("LEDGERLINE_STEM_CACHE_MB", "0".to_owned()),
            ("LEDGERLINE_TEST_CLOCK", folder.path().join("clock").display().to_string()),
        ];
        let running = [const { None }; PARTS];
        let mut house = Self { running, ports, settings, database, catcher, way, _store: store, cluster, folder };
        for part in 0..PARTS {
            house.start(part).await;
        }
        house
    }

    /// Where the servers are.
    pub(super) fn bases(&self) -> [String; 2] {
        self.ports.map(base)
    }

    /// A folder for what the test itself keeps.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder that the processes share.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Lets something fail for as long as this, and lets it be well again.
    pub(super) async fn strike(&mut self, fault: Fault, time: Duration, chance: &mut Chance) -> Result<()> {
        match fault {
            Fault::Database => {
                self.with_cluster(Cluster::end).await.context("ending the database")?;
                tokio::time::sleep(time).await;
                self.with_cluster(Cluster::start).await.context("starting the database")?;
            }
            Fault::StoreSlow => self.make_way(Way::Slow(SLOW), time).await,
            Fault::StoreCut => self.make_way(Way::Cut, time).await,
            Fault::StoreClosed => self.make_way(Way::Closed, time).await,
            Fault::StoreFull => self.make_way(Way::Answered("507 Insufficient Storage"), time).await,
            Fault::Disk => {
                self.limit_files("0:")?;
                tokio::time::sleep(time).await;
                self.limit_files("unlimited:")?;
            }
            Fault::ClockAhead | Fault::ClockBehind => {
                let [least, most] = WRONG_S;
                let by = i64::try_from(least + chance.below(most - least))?;
                self.set_clock(if fault == Fault::ClockAhead { by } else { -by })?;
                tokio::time::sleep(time).await;
                self.set_clock(0)?;
            }
            Fault::MailLater => self.be(Mood::Later, time).await,
            Fault::MailNever => self.be(Mood::Never, time).await,
            Fault::Gateway => {
                let (hang, hang_ms) = HANGING;
                let control = Control::new(&self.bases()[1])?;
                control.act("faults", &[("hang", hang), ("hang_ms", hang_ms)]).await?;
                tokio::time::sleep(time).await;
                control.act("faults", &[]).await?;
            }
            Fault::Death => {
                let part = chance.below(PARTS);
                self.running[part].take().context("it runs")?.kill();
                tokio::time::sleep(time).await;
                self.start(part).await;
            }
        }
        Ok(())
    }

    /// Starts a process without holding up the buyers; of a server, until it answers.
    async fn start(&mut self, part: usize) {
        let (data, settings, port) = (self.data(), self.settings.clone(), self.ports.get(part).copied());
        let starting = move || {
            let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
            match port {
                Some(port) => Running::Server(Server::start_without_worker(&data, port, &settings)),
                None => Running::Worker(Worker::start(&data, &settings)),
            }
        };
        self.running[part] = Some(tokio::task::spawn_blocking(starting).await.expect("the process starts"));
    }

    async fn with_cluster(&self, act: impl FnOnce(&Cluster) -> Result<()> + Send + 'static) -> Result<()> {
        let cluster = Arc::clone(&self.cluster);
        tokio::task::spawn_blocking(move || act(&cluster)).await?
    }

    async fn make_way(&self, way: Way, time: Duration) {
        self.way.make(way);
        tokio::time::sleep(time).await;
        self.way.make(Way::Open);
    }

    async fn be(&self, mood: Mood, time: Duration) {
        self.catcher.be(mood);
        tokio::time::sleep(time).await;
        self.catcher.be(Mood::Takes);
    }

    /// Lets no file of the processes grow: what they write fails as on a full disk, and needs nobody to fill one or to be root.
    fn limit_files(&self, length: &str) -> Result<()> {
        for process in self.running.iter().flatten() {
            let mut limit = Command::new("prlimit");
            limit.args(["--pid", &process.id().to_string(), &format!("--fsize={length}")]);
            ensure!(limit.status().context("prlimit starts")?.success(), "prlimit refused");
        }
        Ok(())
    }

    /// Sets the clock of all processes ahead, or back, in one step.
    fn set_clock(&self, ahead_s: i64) -> Result<()> {
        let (clock, draft) = (self.folder.path().join("clock"), self.folder.path().join("clock.draft"));
        fs::write(&draft, ahead_s.to_string())?;
        Ok(fs::rename(draft, clock)?)
    }
}
