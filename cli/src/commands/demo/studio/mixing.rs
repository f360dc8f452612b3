//! The mix: two versions by mix documents, two rounds of review by a mailed link, the first with comments, the second approved.

use std::time::Instant;

use anyhow::{Result, bail};
use audio_engine::compose::compose;

use super::{ARTIST, Engagement, recording::SONG};
use crate::{
    client::{MixFacts, Stem},
    commands::demo::Walk,
};

/// What is wanted changed: from where to where, and what.
const WISHES: [((&str, &str), &str); 2] =
    [(("0:04", ""), "The lead could come up here."), (("0:08", "0:12"), "The drums are a little in front of me.")];

/// How far the faders of the second version are from the first one's, in dB.
const MOVES: [(&str, f64); 2] = [("lead", 2.0), ("drums", -1.5)];

/// The code of the recording: that with which the standard explains itself.
const ISRC: &str = "AA-6Q7-20-00047";

/// The masters that are wanted.
const PROFILES: [&str; 3] = ["STREAMING", "CD", "MP3"];

impl Walk {
    /// Mixes, has it reviewed, revises, and has it approved.
    pub(super) async fn mix_and_review(&mut self, engagement: &mut Engagement, stems: &[Stem]) -> Result<()> {
        let Engagement { producer, commission, artist, .. } = engagement;
        producer.name_recording(commission, ISRC).await?;
        producer.plan_masters(commission, &PROFILES).await?;
        let review = producer.open_review(commission, ARTIST).await?;
        let tempo_bpm = compose(SONG.0, SONG.1).bpm;

        let began = Instant::now();
        let flat: Vec<(&Stem, f64)> = stems.iter().map(|stem| (stem, 0.0)).collect();
        let first = producer.mix(commission, tempo_bpm, &flat, None).await?;
        let round = producer.send_for_review(&first).await?;
        self.told(&format!("mix {} bounced at {}, sent: round {round}", first.number, lufs(&first)), began, "");

        let began = Instant::now();
        let page = artist.wait_for_page("review", &[]).await?;
        artist.hear(&page, first.number).await?;
        for (place, words) in WISHES {
            artist.comment(&page, first.number, place, words).await?;
        }
        artist.decide(&page, first.number, "revise", "Nearly there.").await?;
        let markers = self.kept().join("mix 1 comments.csv");
        producer.save_markers(&first, &markers).await?;
        self.told(&format!("{} listens, comments, asks for a revision", ARTIST.0), began, &page);

        let began = Instant::now();
        let moved = |stem: &Stem| MOVES.iter().find(|(name, _)| *name == stem.name).map_or(0.0, |(_, db)| *db);
        let faders: Vec<(&Stem, f64)> = stems.iter().map(|stem| (stem, moved(stem))).collect();
        let second = producer.mix(commission, tempo_bpm, &faders, Some(&first)).await?;
        if second.changes.is_empty() {
            bail!("mix {} says nothing of what it changes", second.number);
        }
        let round = producer.send_for_review(&second).await?;
        self.told(&format!("mix {} bounced at {}, sent: round {round}", second.number, lufs(&second)), began, "");
        for change in &second.changes {
            self.say(&format!("      {change}"));
        }

        let began = Instant::now();
        artist.hear(&page, second.number).await?;
        artist.decide(&page, second.number, "approve", "That is it.").await?;
        let rounds = producer.round_outcomes(&review).await?;
        if rounds != ["REVISION", "APPROVED"] {
            bail!("the rounds ended {rounds:?}");
        }
        producer.close_stage(commission, "MIXING").await?;
        self.told(&format!("mix {} approved in round {round} of 2", second.number), began, &page);
        let commissioned = self.commissioned();
        commissioned.mixes = vec![first, second];
        commissioned.markers = Some(markers);
        commissioned.rounds = rounds;
        Ok(())
    }
}

/// The loudness of a mix, as it is read.
fn lufs(mix: &MixFacts) -> String {
    let tenths = (mix.loudness_mlufs.abs() + 50) / 100;
    format!("-{}.{} LUFS", tenths / 10, tenths % 10)
}
