//! A small shop, as the tests keep it that break something in the middle: beats, sales, steps that are taken up again, and the rest that all must come to.

use std::{
    f64::consts::TAU,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use audio_engine::compose::{Style, compose};
use cli::client::{Beat, Guest, PlacedOrder, Producer, Studio, until};
use domain::{
    outbox::queries as outbox,
    sales::proof::{Proof, prove_all},
    store::Db,
};

/// How long something may take to come right, however often it is tried.
pub(crate) const PATIENCE: Duration = Duration::from_mins(3);

const RATE_HZ: u32 = 44_100;

/// A studio with a beat that can be sold and delivered.
pub(crate) struct Shop {
    pub(crate) producer: Producer,
    pub(crate) studio: Studio,
    pub(crate) beat: Beat,
}

impl Shop {
    /// Signs up, brings a beat in and waits until its masters are bounced.
    pub(crate) async fn open(base: &str, file: &Path) -> Result<Self> {
        let mut producer = Producer::new(base)?;
        let studio = producer.sign_up("A Small Shop", "EUR").await?;
        let beat = producer.bring_in(&studio, file).await?;
        producer.wait_for_masters(&beat).await?;
        Ok(Self { producer, studio, beat })
    }

    /// Sells the beat, and waits until it is delivered.
    pub(crate) async fn sell(&self, guest: &Guest, tier: &str, email: &str) -> Result<PlacedOrder> {
        let order = guest.place_order(&self.studio, &self.beat, tier, "A Guest", email).await?;
        guest.pay(&order).await?;
        guest.wait_for_delivery(&order).await?;
        Ok(order)
    }
}

/// A beat of the program's own, of half a minute. Its name tells tempo and key, so that nobody waits until they are heard.
pub(crate) fn composed(folder: &Path, style: Style) -> PathBuf {
    compose(11, style).write(folder, "Composed 140bpm Am", RATE_HZ).expect("it is written").mix
}

/// A tone of six seconds, struck as its name says: the shortest way to a beat.
#[expect(clippy::cast_possible_truncation, reason = "far within 16 bits")]
pub(crate) fn struck(folder: &Path, title: &str, hz: f64) -> PathBuf {
    let path = folder.join(format!("{title} 120bpm Am.wav"));
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(&path, spec).expect("the file is made");
    for frame in 0..6 * RATE_HZ {
        let t = f64::from(frame) / f64::from(RATE_HZ);
        let sample = 12_000.0 * (-6.0 * (2.0 * t).fract()).exp() * (TAU * hz * t).sin();
        for _ in 0..2 {
            file.write_sample(sample as i16).expect("the file takes samples");
        }
    }
    file.finalize().expect("the file is closed");
    path
}

/// Where the program is that listens on a port.
pub(crate) fn base(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Tries a step until it succeeds: a dead program refuses connections, or breaks off in the middle.
pub(crate) async fn again<T>(mut step: impl AsyncFnMut() -> Result<T>) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match step().await {
            Ok(done) => return Ok(done),
            Err(error) if Instant::now() > deadline => return Err(error).context("still failing long after"),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Waits until every job is done, and proves the books.
pub(crate) async fn come_to_rest(db: &Db) -> Result<Proof> {
    let rest =
        until("all jobs to be done", PATIENCE, async || Ok((outbox::count_open(db).await? == 0).then_some(()))).await;
    if let Err(error) = rest {
        return Err(error.context(format!("open are {:?}", outbox::all_open(db).await?)));
    }
    assert_eq!(outbox::count_dead(db).await?, 0, "no job was given up");
    let proof = prove_all(db).await?;
    assert!(proof.holds(), "{proof:?}");
    Ok(proof)
}
