//! What is recorded: the arrangement, two sessions, the log of one, and the stems as they are handed in.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use audio_engine::compose::{Style, compose};
use domain::catalog::rules::music;

use super::{ARTIST, BASSIST, Engagement, TITLE};
use crate::{
    client::{RoomFacts, Stem},
    commands::demo::Walk,
};

/// What the song is composed of.
pub(super) const SONG: (u64, Style) = (4, Style::Rnb);

/// Its form, in bars.
const SECTIONS: [(&str, i64); 4] = [("Intro", 2), ("Verse", 4), ("Hook", 4), ("Outro", 2)];

const ROOM: &str = "Room A";

/// How long its first session is, in minutes.
const MINUTES: i64 = 240;

const SAMPLE_RATE_HZ: u32 = 48_000;

impl Walk {
    /// Maps the song, books the room twice, and logs the first session; its id.
    pub(super) async fn record(&mut self, engagement: &Engagement) -> Result<String> {
        let Engagement { producer, commission, .. } = engagement;
        let began = Instant::now();
        let tempo = format!("{:.3}", compose(SONG.0, SONG.1).bpm);
        let bpm_milli = music::bpm_milli(&tempo).with_context(|| format!("{tempo} is no tempo"))?;
        producer.map_song(commission, i64::from(bpm_milli), &SECTIONS).await?;
        producer.close_stage(commission, "ARRANGEMENT").await?;
        self.told("the arrangement is mapped", began, "");

        let room = producer.open_room(&engagement.studio, ROOM).await?;
        let bassist = producer.enter_party(&engagement.studio, BASSIST.0, BASSIST.1).await?;
        self.book(engagement, &room, &bassist).await?;
        let session = self.log(engagement, &bassist).await?;
        producer.close_stage(commission, "RECORDING").await?;
        Ok(session)
    }

    /// One session that the client books and pays ahead on the public page, and one that the studio books.
    async fn book(&mut self, engagement: &Engagement, room: &RoomFacts, bassist: &str) -> Result<()> {
        let Engagement { producer, studio, commission, artist, .. } = engagement;
        let began = Instant::now();
        let page = artist.book(studio, &room.slug, MINUTES, &format!("Vocals of {TITLE}")).await?;
        let vocals = producer.take_booking(studio, commission, ARTIST.1).await?;
        self.told(&format!("{} books {ROOM} online, {} ahead", ARTIST.0, vocals.deposit), began, &page);
        self.say(&format!("      {}", vocals.when));

        let began = Instant::now();
        let bass = producer.book_last(room, commission, ARTIST, bassist).await?;
        self.told(&format!("the studio books {ROOM}, and asks {} to come", BASSIST.0), began, "");
        self.say(&format!("      {}", bass.when));

        let (began, calendar) = (Instant::now(), self.kept().join("calendar.ics"));
        let url = producer.save_calendar(studio, &calendar).await?;
        self.told("both are in the studio’s calendar", began, &url);
        let commissioned = self.commissioned();
        commissioned.bookings = vec![vocals, bass];
        commissioned.calendar = Some(calendar);
        Ok(())
    }

    /// Who did what in the client's session, and which takes there are; its id.
    async fn log(&mut self, engagement: &Engagement, bassist: &str) -> Result<String> {
        let Engagement { producer, studio, commission, .. } = engagement;
        let began = Instant::now();
        let booked = self.commissioned().bookings.first().context("a session is booked")?.clone();
        let session = producer.start_session(studio, &booked).await?;
        let (singer, maker) = (commission.client_party.as_str(), commission.producer_party.as_str());
        for credit in [
            (singer, "ARTIST", None),
            (singer, "SONGWRITER", None),
            (singer, "LEAD_VOCALIST", Some("vocals")),
            (maker, "PRODUCER", None),
            (maker, "COMPOSER", None),
            (maker, "RECORDING_ENGINEER", None),
            (bassist, "SESSION_MUSICIAN", Some("bass guitar")),
        ] {
            producer.log_credit(&session, commission, credit).await?;
        }
        let mut takes = Vec::new();
        for rating in [2, 4, 5] {
            takes.push(producer.log_take(&session, commission, ("lead vocal", rating), None).await?);
        }
        producer.log_take(&session, commission, ("lead vocal comp", 5), Some(&takes[1..])).await?;
        producer.log_gear(&session, "Neumann U 87", "lead vocal").await?;
        let credits = producer.credits(commission).await?;
        self.told("session logged: three takes, a comp of two, a microphone", began, "");
        for credit in &credits {
            let role = credit.role.to_lowercase().replace('_', " ");
            let instrument = credit.instrument.as_deref().map_or_else(String::new, |name| format!(" ({name})"));
            self.say(&format!("      {:<20} {role}{instrument}", credit.name));
        }
        self.commissioned().credits = credits;
        Ok(session)
    }

    /// The stems as they are handed in: one breaks off and is refused, and comes again whole.
    pub(super) async fn take_stems(&mut self, engagement: &Engagement) -> Result<Vec<Stem>> {
        let Engagement { producer, studio, commission, .. } = engagement;
        let (began, folder) = (Instant::now(), self.kept().join("stems"));
        let files = write_stems(folder.clone()).await?;
        let (name, whole) = files.first().context("the song has stems")?;
        let broken = break_off(whole, &folder.join("broken off")).await?;
        let Err(refused) = producer.hand_in_stem(studio, &broken).await? else {
            bail!("the stem {name} breaks off and was taken")
        };
        self.told(&format!("the stem “{name}” is refused at intake"), began, "");
        self.say(&format!("      {refused}"));
        self.commissioned().stem_refused = refused;

        let began = Instant::now();
        let stems = producer.hand_in_stems(studio, &files).await?;
        producer.close_stage(commission, "EDITING").await?;
        let names: Vec<String> = stems.iter().map(|stem| stem.name.clone()).collect();
        self.told(&format!("corrected; {} stems taken: {}", names.len(), names.join(", ")), began, "");
        self.commissioned().stems = names;
        Ok(stems)
    }
}

/// Plays the song into a file a stem.
async fn write_stems(folder: PathBuf) -> Result<Vec<(String, PathBuf)>> {
    let written = tokio::task::spawn_blocking(move || -> Result<_> {
        std::fs::create_dir_all(&folder)?;
        Ok(compose(SONG.0, SONG.1).write(&folder, TITLE, SAMPLE_RATE_HZ)?)
    });
    Ok(written.await??.stems)
}

/// The first half of a file, under the same name in another folder.
async fn break_off(file: &Path, folder: &Path) -> Result<PathBuf> {
    let content = tokio::fs::read(file).await?;
    tokio::fs::create_dir_all(folder).await?;
    let broken = folder.join(file.file_name().context("a stem has a name")?);
    tokio::fs::write(&broken, &content[..content.len() / 2]).await?;
    Ok(broken)
}
