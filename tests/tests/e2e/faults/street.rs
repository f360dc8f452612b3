//! Who comes to the shop meanwhile: guests who buy and fetch their files, and the producer with further beats. What is cut off they take up again.

use std::{
    path::PathBuf,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail};
use cli::client::{Beat, Guest, PlacedOrder, Producer, Studio, until};

use super::{catcher::Catcher, house::House};
use crate::shop::{PATIENCE, Shop, again, struck};

/// How long a step may take before it is tried again.
const STEP: Duration = Duration::from_secs(45);

/// How long guests and the producer rest between two of what they do.
const REST: Duration = Duration::from_secs(2);

/// An order that somebody saw as paid.
#[derive(Debug, Clone)]
pub(super) struct Sale {
    pub(super) order: PlacedOrder,
    pub(super) email: String,
}

/// The street before the shop.
pub(super) struct Street {
    pub(super) bases: [String; 2],
    pub(super) producer: Producer,
    pub(super) studio: Studio,
    pub(super) beat: Beat,
    folder: PathBuf,
    sales: Mutex<Vec<Sale>>,
    turn: AtomicUsize,
    is_over: AtomicBool,
}

impl Street {
    /// Opens the shop, and sells once before anything fails.
    pub(super) async fn open(house: &House) -> Result<Self> {
        let bases = house.bases();
        let folder = house.folder().to_owned();
        let Shop { studio, beat, .. } = Shop::open(&bases[0], &struck(&folder, "First Light", 220.0)).await?;
        let mut producer = Producer::new(&bases[1])?;
        producer.sign_in().await?;
        let (sales, turn, is_over) = (Mutex::default(), AtomicUsize::new(0), AtomicBool::new(false));
        let street = Self { bases, producer, studio, beat, folder, sales, turn, is_over };
        street.sell_whole("before@example.com", &house.catcher).await?;
        Ok(street)
    }

    /// Nobody begins anything any more.
    pub(super) fn close(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// Whether the street is closed.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Sale>> {
        self.sales.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that was sold so far.
    pub(super) fn sales(&self) -> Vec<Sale> {
        self.kept().clone()
    }

    /// The server whose turn it is: whoever finds one gone finds the other.
    pub(super) fn base(&self) -> &str {
        &self.bases[self.turn.fetch_add(1, Ordering::SeqCst) % 2]
    }

    /// A guest after the other buys, until the street is closed. Each looks for the files once; in the end everybody's are looked for.
    pub(super) async fn buy(&self, lane: usize) -> Result<()> {
        let mut guest = 0;
        while !self.is_over() {
            guest += 1;
            let (tier, comes_back) = (if guest % 2 == 0 { "wav" } else { "mp3" }, guest % 3 > 0);
            let sale = self.sell(tier, comes_back, format!("guest{guest}-of{lane}@example.com")).await?;
            if let Err(error) = self.fetch(&sale).await
                && format!("{error:#}").contains("was promised")
            {
                return Err(error.context("other bytes were delivered than were promised"));
            }
            tokio::time::sleep(REST).await;
        }
        Ok(())
    }

    /// Beat after beat is brought in, so that there is always something to render.
    pub(super) async fn bring_in(&self) -> Result<()> {
        let mut beat = 0_u32;
        while !self.is_over() {
            beat += 1;
            let file = struck(&self.folder, &format!("Song {beat}"), 220.0 + f64::from(beat % 24) * 20.0);
            let brought = again(async || within(self.producer.bring_in(&self.studio, &file)).await);
            brought.await.context("bringing a beat in")?;
            std::fs::remove_file(file)?;
            tokio::time::sleep(REST).await;
        }
        Ok(())
    }

    /// Orders at either server, and pays; then comes back to the order's page, or leaves the gateway to tell of it.
    async fn sell(&self, tier: &str, comes_back: bool, email: String) -> Result<Sale> {
        let order = again(async || {
            let guest = Guest::new(self.base())?;
            within(guest.place_order(&self.studio, &self.beat, tier, "A Guest", &email)).await
        });
        let order = order.await.context("placing an order")?;
        let guest = Guest::new(&self.bases[1])?;
        let paid = again(async || {
            if comes_back {
                within(guest.pay(&order)).await
            } else {
                within(guest.pay_and_leave(&order)).await.map(drop)
            }
        });
        paid.await.context("paying")?;
        let sale = Sale { order, email };
        self.kept().push(sale.clone());
        Ok(sale)
    }

    /// Waits until an order is delivered and fetches its files, each of which must have the checksum that was promised.
    async fn fetch(&self, sale: &Sale) -> Result<()> {
        let guest = Guest::new(self.base())?;
        within(guest.wait_for_delivery(&sale.order)).await?;
        let files = within(guest.download_all(&sale.order, &self.folder.join("bought"))).await?;
        let Some(folder) = files.first().and_then(|file| file.path.parent()) else { bail!("nothing was delivered") };
        tokio::fs::remove_dir_all(folder).await?;
        if files.len() < 2 {
            bail!("a contract and music should be there: {files:?}");
        }
        Ok(())
    }

    /// The same, however often it takes.
    pub(super) async fn fetch_at_last(&self, sale: &Sale) -> Result<()> {
        again(async || self.fetch(sale).await).await.with_context(|| format!("the files of {sale:?}"))
    }

    /// A sale from the order to the files and the letter. It comes through as soon as all is well.
    pub(super) async fn sell_whole(&self, email: &str, catcher: &Catcher) -> Result<()> {
        let sale = self.sell("mp3", true, email.to_owned()).await?;
        self.fetch_at_last(&sale).await?;
        until("the letter", PATIENCE, async || Ok((!catcher.letters_to(email).is_empty()).then_some(()))).await
    }
}

/// A step that must not hang.
async fn within<T>(step: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(STEP, step).await.context("a step hangs")?
}
