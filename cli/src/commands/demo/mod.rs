//! `ledgerline demo`: one real sale from end to end, or with `--studio` one commission, over the same doors that everybody uses: the producer over the API,
//! the guests, the clients and the signers over pages and links.

mod agreement;
mod chaos;
mod facts;
mod studio;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context, Result, bail};
use audio_engine::compose::{Style, compose};
use facts::{Facts, Sale};
use tokio_util::sync::CancellationToken;

use crate::{
    client::{Beat, Guest, Ledger, Producer, Studio},
    config::Config,
    folder::{self, FoundBeat},
    wiring,
};

/// What the demo sells and when it ends.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Args {
    /// Sell the music of this folder instead of beats that the program composes.
    #[arg(long, value_name = "DIR")]
    audio: Option<PathBuf>,
    /// End when the walk is done, with 0 or 1, instead of staying up for a look.
    #[arg(long)]
    once: bool,
    /// Print the facts as one JSON object on standard output (the steps then go to standard error).
    #[arg(long)]
    pub(crate) json: bool,
    /// Sell in a storm instead: messages duplicated, held, overtaken and dropped, money that goes back, disputes; the books are proved after each step.
    #[arg(long)]
    chaos: bool,
    /// What the storm follows from.
    #[arg(long, requires = "chaos", value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Walk a commission instead: a client's song from lead to masters that are paid and delivered.
    #[arg(long, conflicts_with_all = ["chaos", "audio"])]
    studio: bool,
}

/// The beats that the program composes.
static REPERTOIRE: [(u64, Style); 5] =
    [(1, Style::Trap), (2, Style::BoomBap), (3, Style::Drill), (4, Style::Rnb), (5, Style::House)];

/// Walks the sale, in a data folder of its own that is `kept` if somebody named it. Whatever else is configured, it touches no other database, sends
/// no mail, collects no money, and is reached at the address it listens on.
pub(crate) async fn run(mut config: Config, args: Args, kept: bool) -> Result<ExitCode> {
    // Its guests pay with test cards: a key that moves real money has no business here.
    if let Some(account) = config.stripe() {
        if adapters::stripe::is_live_key(&account.secret_key) {
            bail!("stripe_secret_key is a live key, and the demo pays through the sandbox gateway: unset it first");
        }
        (config.stripe_secret_key, config.stripe_webhook_secret) = (None, None);
    }
    let temporary = tempfile::Builder::new().prefix("ledgerline-demo-").tempdir()?;
    if !kept {
        // A demo of its own each time; `--data` keeps one.
        config.data_dir = temporary.path().to_owned();
    }
    (config.database_url, config.smtp_url, config.public_url) = (None, None, None);
    // The walk leads there, for a look at the ledger.
    config.graphiql = true;
    if config.listen == Config::default().listen && std::net::TcpListener::bind(config.listen).is_err() {
        config.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    }
    let folder = config.data_dir.join("demo");
    tokio::fs::create_dir_all(&folder).await?;

    let stop = CancellationToken::new();
    let server = wiring::start(config, stop.clone(), true).await?;
    let mut walk = Walk {
        json: args.json,
        facts: Facts::new(&server.public_url, &folder),
        base: server.public_url.clone(),
        folder,
    };
    let audio = args.audio.as_deref();
    let walked = if args.chaos {
        walk.through_chaos(&server.services, args.seed, audio).await
    } else if args.studio {
        walk.through_studio().await
    } else {
        walk.through(audio).await
    };
    match &walked {
        Ok(()) => walk.facts.finish(),
        Err(error) => walk.say(&format!("✗ {error:#}")),
    }
    walk.facts.ok = walked.is_ok();
    if args.json {
        super::print(&serde_json::to_string_pretty(&walk.facts)?);
    }
    if !args.once && walked.is_ok() {
        let login = Producer::LOGIN;
        walk.say(&format!(
            "\nThe producer signs in at {}/dashboard with {} and the password “{}”.",
            walk.base, login.email, login.password
        ));
        walk.say(&format!("\nStaying up for a look at {} — Ctrl-C ends it.", walk.base));
        wiring::stop_signal().await;
    }
    stop.cancel();
    // Said, not answered: with --json the facts are out, and one document is all that programs read.
    let stopped = server.stopped().await;
    if let Err(error) = &stopped {
        walk.say(&format!("✗ the server did not stop as it should: {error:#}"));
    }
    if !kept && (args.json || args.once) {
        // What was told names files in it.
        let _kept = temporary.keep();
    }
    Ok(if walked.is_ok() && stopped.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The walk, and what it has learned so far.
struct Walk {
    json: bool,
    facts: Facts,
    base: String,
    folder: PathBuf,
}

impl Walk {
    #[expect(clippy::print_stderr, reason = "with --json, standard output carries the facts alone")]
    fn say(&self, line: &str) {
        if self.json { eprintln!("{line}") } else { super::print(line) }
    }

    /// Tells a finished step, how long it took, and where to look.
    fn told(&self, what: &str, since: Instant, link: &str) {
        let seconds = since.elapsed().as_secs_f64();
        self.say(&format!("✓ {what:<58} {seconds:>6.2} s   {link}"));
    }

    async fn through(&mut self, audio: Option<&Path>) -> Result<()> {
        self.say(&format!("Ledgerline, one real sale, at {}\n", self.base));
        let (producer, studio) = self.open_shop(audio, &REPERTOIRE).await?;
        let beats = self.facts.beats.clone();
        self.agree(&producer, &studio, &beats[0]).await?;
        let lease_tier = if beats[0].stems > 0 { "trackout" } else { "wav" };
        for (beat, tier, name, email) in [
            (&beats[0], lease_tier, "Ada Nowak", "ada@example.com"),
            (&beats[1], "exclusive", "Ben Okafor", "ben@example.com"),
        ] {
            self.sell(&studio, beat, tier, name, email).await?;
        }

        self.check_split(&producer, &studio).await?;
        let (began, authority) = (Instant::now(), self.folder.join("seal-authority.pem"));
        Guest::new(&self.base)?.save_seal_authority(&authority).await?;
        self.told("contracts sealed; who sealed is told by a certificate", began, &format!("{}/verify", self.base));
        self.facts.seal_ca_pem = Some(authority);

        let began = Instant::now();
        if !Guest::new(&self.base)?.finds_it_sold(&studio, &beats[1]).await? {
            bail!("“{}” was sold exclusively and is still on sale", beats[1].title);
        }
        self.told(&format!("“{}” is withdrawn: it was sold exclusively", short(&beats[1].title)), began, &beats[1].url);

        let began = Instant::now();
        let ledger = producer.ledger(&studio).await?;
        self.check_ledger(&ledger)?;
        self.told("the ledger sums to zero", began, &format!("{}/graphql", self.base));
        for account in &ledger.balances {
            self.say(&format!("      {:<36} {:>16}", account.name, account.balance));
        }
        self.facts.ledger = Some(ledger);
        self.say(&format!(
            "\n  storefront {}\n  mailbox    {}/mailbox\n  files      {}",
            studio.url,
            self.base,
            self.folder.display()
        ));
        Ok(())
    }

    /// A studio with beats on sale: found in a folder, or so much of the repertoire composed.
    async fn open_shop(
        &mut self,
        audio: Option<&Path>,
        repertoire: &'static [(u64, Style)],
    ) -> Result<(Producer, Studio)> {
        let began = Instant::now();
        let found = match audio {
            Some(folder) => folder::scan(folder)?,
            None => self.compose(repertoire).await?,
        };
        if found.len() < 2 {
            bail!(
                "the demo sells a lease and an exclusive: it needs two audio files at least, and found {}",
                found.len()
            );
        }
        self.told(
            &format!("{} beats {}", found.len(), if audio.is_some() { "found" } else { "composed, with stems" }),
            began,
            "",
        );

        let mut producer = Producer::new(&self.base)?;
        let began = Instant::now();
        let studio = producer.sign_up("Nova Sound", "EUR").await?;
        self.told("studio opened", began, &studio.url);
        self.facts.studio = Some(studio.clone());
        self.facts.login = Some(Producer::LOGIN);

        for beat in &found {
            let began = Instant::now();
            let beat = producer
                .bring_in_found(&studio, beat)
                .await
                .with_context(|| format!("bringing in {}", beat.source.display()))?;
            self.told(&format!("“{}” uploaded, previewed, on sale", short(&beat.title)), began, &beat.url);
            self.facts.beats.push(beat);
        }
        self.wait_for_masters(&producer).await?;
        Ok((producer, studio))
    }

    /// One guest buys one licence: order, payment, mail, files.
    async fn sell(&mut self, studio: &Studio, beat: &Beat, tier: &str, name: &str, email: &str) -> Result<()> {
        let guest = Guest::new(&self.base)?;
        let began = Instant::now();
        let order = guest.place_order(studio, beat, tier, name, email).await?;
        let paid = Instant::now();
        guest.pay(&order).await?;
        self.told(&format!("{name} paid {} for “{}” ({tier})", order.total, short(&beat.title)), began, &order.url);
        guest.wait_for_delivery(&order).await?;
        let mail_url = guest.wait_for_mail(&order).await?;
        self.told("  the mail with contract and files is there", paid, &mail_url);
        let seconds_to_mail = paid.elapsed().as_secs_f64();
        let began = Instant::now();
        let files = guest.download_all(&order, &self.folder.join("downloads")).await?;
        self.told(&format!("  {} files downloaded, checksums right", files.len()), began, "");
        for file in &files {
            self.say(&format!("      {:<10} {:>10} B  {}", file.kind, file.bytes, file.path.display()));
        }
        self.facts.sales.push(Sale {
            reference: order.reference,
            tier: tier.to_owned(),
            beat: beat.title.clone(),
            buyer: name.to_owned(),
            buyer_email: email.to_owned(),
            price: order.total,
            order_url: order.url,
            mail_url,
            seconds_to_mail,
            files,
        });
        Ok(())
    }

    fn check_ledger(&self, ledger: &Ledger) -> Result<()> {
        if ledger.trial_balance_minor != 0 {
            bail!("the ledger sums to {}, not to zero", ledger.trial_balance_minor);
        }
        if ledger.journals < self.facts.sales.len() {
            bail!("{} sales, but only {} journals", self.facts.sales.len(), ledger.journals);
        }
        Ok(())
    }

    /// Writes a repertoire as a folder that an import would understand.
    async fn compose(&self, repertoire: &'static [(u64, Style)]) -> Result<Vec<FoundBeat>> {
        let folder = self.folder.join("beats");
        let composed = folder.clone();
        tokio::task::spawn_blocking(move || -> Result<()> {
            for (index, (seed, style)) in repertoire.iter().copied().enumerate() {
                let composition = compose(seed, style);
                // A note alone is no key in a file's name: `Plan B`.
                let mode = if composition.key.ends_with('m') { "" } else { "maj" };
                let base =
                    format!("{} {}bpm {}{mode}", composition.title_hint, composition.bpm.round(), composition.key);
                let rate = if index % 2 == 0 { 48_000 } else { 44_100 };
                let stems = composed.join(format!("{base} stems"));
                std::fs::create_dir_all(&stems)?;
                let files = composition.write(&stems, &base, rate)?;
                std::fs::rename(&files.mix, composed.join(format!("{base}.wav")))?;
            }
            Ok(())
        })
        .await??;
        folder::scan(&folder)
    }

    /// Until every job of bringing in is done, so that the sale's times are a sale's.
    async fn wait_for_masters(&self, producer: &Producer) -> Result<()> {
        let began = Instant::now();
        for beat in &self.facts.beats {
            producer.wait_for_masters(beat).await?;
        }
        self.told("masters bounced ahead of the first buyer", began, "");
        Ok(())
    }
}

/// A title that fits a line.
fn short(title: &str) -> String {
    if title.chars().count() <= 28 { title.to_owned() } else { title.chars().take(27).chain(['…']).collect() }
}
