//! `kill -9` at twenty random moments while guests buy: whatever was paid ends delivered, exactly once, and the books sum to zero.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use cli::client::{Beat, Guest, OrderFacts, Producer, Studio};

use crate::{
    chance::{self, Chance},
    program::{Server, free_port},
    shop::again,
};

const KILLS: usize = 20;
/// A server lives between these two before it is killed, counted from its answer to its first request.
const LIFE_MS: std::ops::Range<u64> = 30..1_500;
/// How long everything may take to come to rest after the last kill.
const REST: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_paid_is_delivered_once_though_the_server_dies_twenty_times() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let base = format!("http://127.0.0.1:{port}");
    let seed = chance::said("LEDGERLINE_KILL_SEED").unwrap_or_else(chance::random_seed);
    eprintln!("seed {seed} (LEDGERLINE_KILL_SEED repeats the moments)");

    let beats = beats(folder.path());
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).expect("a data folder");
    let over = AtomicBool::new(false);
    let killer = async {
        let mut chance = Chance::new(seed);
        for kill in 0..KILLS {
            let server = start(&data, port).await;
            let life = LIFE_MS.start + chance.draw() % (LIFE_MS.end - LIFE_MS.start);
            tokio::time::sleep(Duration::from_millis(life)).await;
            server.kill();
            eprintln!("killed {} of {KILLS} after {life} ms", kill + 1);
        }
        over.store(true, Ordering::SeqCst);
        start(&data, port).await
    };
    let (_server, shop) = tokio::join!(killer, shop(&base, &beats, &over));
    let shop = shop.expect("the shop comes to its end");
    shop.check().await.expect("everything paid is delivered once, and the books sum to zero");
}

/// Starts the server without holding up the guests.
async fn start(data: &Path, port: u16) -> Server {
    let data = data.to_owned();
    tokio::task::spawn_blocking(move || Server::start(&data, port, &[])).await.expect("the server starts")
}

/// Two short beats, composed.
fn beats(folder: &Path) -> Vec<PathBuf> {
    use audio_engine::compose::{Style, compose};
    [(11, Style::Trap), (12, Style::House)]
        .into_iter()
        .map(|(seed, style)| {
            let folder = folder.join(format!("beat {seed}"));
            std::fs::create_dir_all(&folder).expect("a folder");
            compose(seed, style).write(&folder, &format!("Beat {seed}"), 44_100).expect("it is written").mix
        })
        .collect()
}

/// What was sold, and by whom.
struct Shop {
    producer: Producer,
    studio: Studio,
    /// References of orders whose payment the pay page has confirmed.
    paid: HashSet<String>,
}

/// Opens a studio and lets guests buy until it is over, taking up each step again that the server's death has cut off.
async fn shop(base: &str, files: &[PathBuf], over: &AtomicBool) -> Result<Shop> {
    let mut producer = Producer::new(base)?;
    let studio = again(async || {
        let mut attempt = producer.clone();
        let studio = match attempt.sign_in().await {
            Ok(studio) => studio,
            Err(_) => attempt.sign_up("Kill Test", "EUR").await?,
        };
        Ok((attempt, studio))
    })
    .await;
    let studio = {
        let (signed_in, studio) = studio?;
        producer = signed_in;
        studio
    };
    let mut beats: Vec<Beat> = Vec::new();
    for file in files {
        beats.push(again(async || producer.bring_in(&studio, file).await).await?);
    }
    let mut paid = HashSet::new();
    let mut guests = 0;
    while !over.load(Ordering::SeqCst) || paid.is_empty() {
        guests += 1;
        let email = format!("guest{guests}@example.com");
        let (beat, tier) = (&beats[0], if guests % 2 == 0 { "wav" } else { "mp3" });
        let reference = again(async || {
            let guest = Guest::new(base)?;
            let order = guest.place_order(&studio, beat, tier, "A Guest", &email).await?;
            guest.pay(&order).await?;
            Ok(order.reference)
        })
        .await?;
        paid.insert(reference);
    }
    // The exclusive comes last, for it withdraws what the leases are sold from.
    let exclusive = again(async || {
        let guest = Guest::new(base)?;
        let order = guest.place_order(&studio, &beats[1], "exclusive", "The Last Guest", "last@example.com").await?;
        guest.pay(&order).await?;
        Ok(order.reference)
    })
    .await?;
    paid.insert(exclusive);
    eprintln!("{} orders paid", paid.len());
    Ok(Shop { producer, studio, paid })
}

impl Shop {
    async fn check(&self) -> Result<()> {
        let deadline = Instant::now() + REST;
        let orders = loop {
            let orders = self.producer.orders(&self.studio).await?;
            let waiting: Vec<_> = orders
                .iter()
                .filter(|order| self.paid.contains(&order.reference) && order.state != "DELIVERED")
                .collect();
            if waiting.is_empty() {
                break orders;
            }
            if Instant::now() > deadline {
                bail!("paid, and not delivered: {waiting:?}");
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        let known: HashSet<_> = orders.iter().map(|order| order.reference.clone()).collect();
        assert!(self.paid.is_subset(&known), "no paid order is lost");
        for order in &orders {
            check_order(order);
        }
        let ledger = self.producer.ledger(&self.studio).await?;
        assert_eq!(ledger.trial_balance_minor, 0);
        let delivered = orders.iter().filter(|order| order.state == "DELIVERED").count();
        assert_eq!(ledger.journals, delivered, "one journal a sale");
        eprintln!("{} orders, {delivered} delivered", orders.len());
        Ok(())
    }
}

/// Whatever was paid was granted once, and nothing else.
pub(crate) fn check_order(order: &OrderFacts) {
    match order.state.as_str() {
        "DELIVERED" => assert_eq!((order.licences, order.payments), (1, 1), "granted once and charged once: {order:?}"),
        "AWAITING_PAYMENT" | "EXPIRED" => assert_eq!((order.licences, order.payments), (0, 0), "{order:?}"),
        _ => panic!("neither delivered nor unpaid: {order:?}"),
    }
}
