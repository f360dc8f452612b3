//! `ledgerline import`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use domain::{
    actor::{Actor, Ctx},
    catalog::{
        NewBeat, NewFile, NewStem, add_asset, create_beat,
        entity::{AssetKind, AssetState, asset, beat},
        find_analyses, find_beat_with_source, list_alike, publish_beat,
        rules::{
            files,
            suggestions::{self, Suggestion},
        },
        set_stems,
    },
    ids::{AssetId, StudioId},
    outbox::{self, Job, entity::JobState},
    ports::Stored,
    report::Explain,
    services::Services,
};
use tokio::io::AsyncReadExt;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    folder::{self, FoundBeat},
    wiring,
};

/// How often the state of a file that is being looked through is asked for.
const POLL: Duration = Duration::from_millis(100);

/// What to import, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of beats: names like `Title 140bpm Am.wav` and tags inside the files are understood; stems beside a beat belong to it.
    folder: PathBuf,
    /// The studio, by the word in its address; not needed where there is only one.
    #[arg(long, value_name = "SLUG")]
    studio: Option<String>,
    /// Put each beat on the storefront as soon as it is ready.
    #[arg(long)]
    publish: bool,
}

/// Imports each beat; fails if any was refused, after having imported the others.
pub(crate) async fn run(mut config: Config, args: &Args) -> Result<ExitCode> {
    let found = folder::scan(&args.folder)?;
    if found.is_empty() {
        bail!("{} holds no audio files", args.folder.display());
    }
    let parts = wiring::build_beside_server(&mut config).await?;
    let studio = wiring::find_studio(&parts.services.db, args.studio.as_deref()).await?;
    // The files are looked through and rendered here, too, so that importing needs no server.
    let stop = CancellationToken::new();
    let work = tokio::spawn(wiring::work(parts.clone(), config, stop.clone()));
    let import = Import { services: parts.services.clone(), studio, publish: args.publish };
    let dead_before = outbox::queries::count_of(&parts.services.db, studio, JobState::Dead).await?;
    let bar = super::file_bar(found.len());
    let (mut imported, mut known, mut refused, mut rows) = (0, 0, 0, Vec::new());
    for beat in &found {
        bar.set_message(beat.title.clone());
        match import.beat(beat).await {
            Ok(Outcome::Imported(row)) => {
                imported += 1;
                bar.suspend(|| super::print(&format!("✓ {}", describe(beat, &row))));
                rows.push(*row);
            }
            Ok(Outcome::Known(title)) => {
                known += 1;
                bar.suspend(|| super::print(&format!("= {}: the studio has it as “{title}”", beat.source.display())));
            }
            Err(error) => {
                refused += 1;
                bar.suspend(|| super::print(&format!("✗ {}: {error:#}", beat.source.display())));
            }
        }
        bar.inc(1);
    }
    bar.set_message("finishing previews and masters");
    wiring::wait_for_jobs(&parts.services, studio, dead_before).await?;
    bar.finish_and_clear();
    for row in &rows {
        if let Some(other) = import.find_alike(row).await? {
            super::print(&format!("? “{}” sounds like “{other}”", row.title));
        }
    }
    stop.cancel();
    work.await??;
    super::print(&format!("{imported} imported, {known} known already, {refused} refused"));
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn describe(beat: &FoundBeat, row: &beat::Model) -> String {
    let heard = |was_told: bool| if was_told { "" } else { " (heard)" };
    let bpm = row.bpm_milli.map(|milli| {
        let printed = domain::catalog::rules::music::print_bpm(milli);
        format!(" · {printed} bpm{}", heard(beat.bpm_milli.is_some()))
    });
    let key = row.musical_key.as_ref().map(|key| format!(" · {key}{}", heard(beat.musical_key.is_some())));
    let stems = (!beat.stems.is_empty()).then(|| format!(" · {} stems", beat.stems.len()));
    [Some(beat.title.clone()), bpm, key, stems].into_iter().flatten().collect()
}

/// What became of a beat that was found.
enum Outcome {
    /// The beat, tempo and key heard where neither name nor tags told them.
    Imported(Box<beat::Model>),
    /// The studio has a beat of that title with the very same audio.
    Known(String),
}

struct Import {
    services: Services,
    studio: StudioId,
    publish: bool,
}

impl Import {
    fn ctx(&self) -> Ctx {
        self.services.ctx(Actor::System)
    }

    /// Imports a beat, unless the studio has one with the very same audio: importing a folder again adds only what is new in it.
    async fn beat(&self, beat: &FoundBeat) -> Result<Outcome> {
        let (name, stored) = super::store_file(&self.services, &beat.source).await?;
        if let Some(known) = find_beat_with_source(&self.services.db, &self.ctx(), self.studio, &stored.sha256).await? {
            return Ok(Outcome::Known(known.title));
        }
        let source = self.add(&beat.source, AssetKind::Source, (name, stored)).await?;
        let artwork = match &beat.artwork {
            Some(path) => Some(self.store(path, AssetKind::Artwork).await?),
            None => None,
        };
        let mut stems = Vec::with_capacity(beat.stems.len());
        for (name, path) in &beat.stems {
            stems.push(NewStem { asset: self.store(path, AssetKind::Stem).await?, name: Some(name.clone()) });
        }
        for asset in std::iter::once(source).chain(stems.iter().map(|stem| stem.asset)) {
            self.wait_until_checked(asset).await?;
        }
        let heard = if beat.bpm_milli.is_none() || beat.musical_key.is_none() {
            self.wait_until_heard(source).await?
        } else {
            Suggestion::default()
        };
        let ctx = self.ctx();
        let tx = self.services.begin().await?;
        let new = NewBeat {
            title: beat.title.clone(),
            source: Some(source),
            artwork,
            bpm_milli: beat.bpm_milli.or(heard.bpm_milli),
            musical_key: beat.musical_key.clone().or(heard.musical_key),
            ..NewBeat::default()
        };
        let row = create_beat(&tx, &ctx, self.studio, new).await.map_err(explained)?;
        if !stems.is_empty() {
            set_stems(&tx, &ctx, row.id, &stems).await.map_err(explained)?;
        }
        if self.publish {
            publish_beat(&tx, &ctx, row.id).await.map_err(explained)?;
        }
        self.services.commit(tx).await?;
        Ok(Outcome::Imported(Box::new(row)))
    }

    async fn store(&self, path: &Path, kind: AssetKind) -> Result<AssetId> {
        self.add(path, kind, super::store_file(&self.services, path).await?).await
    }

    async fn add(&self, path: &Path, kind: AssetKind, (file_name, stored): (String, Stored)) -> Result<AssetId> {
        let mut head = Vec::new();
        let file = tokio::fs::File::open(path).await.with_context(|| format!("cannot open {}", path.display()))?;
        file.take(files::HEAD_BYTES as u64).read_to_end(&mut head).await?;
        let tx = self.services.begin().await?;
        let new = NewFile { kind, file_name, declared: None, stored, head };
        let asset = add_asset(&tx, &self.ctx(), self.studio, new).await.map_err(explained)?;
        self.services.commit(tx).await?;
        Ok(asset.id)
    }

    async fn wait_until_checked(&self, id: AssetId) -> Result<()> {
        use sea_orm::EntityTrait;
        loop {
            let asset = asset::Entity::find_by_id(id)
                .one(&self.services.db)
                .await?
                .context("the file has gone from the database")?;
            match asset.state {
                AssetState::Ready => return Ok(()),
                AssetState::Refused => bail!("{}", asset.refusal.unwrap_or_else(|| "the file was refused".to_owned())),
                AssetState::Checking => tokio::time::sleep(POLL).await,
            }
        }
    }

    /// What was heard surely enough in a file; nothing if the listening was given up.
    async fn wait_until_heard(&self, id: AssetId) -> Result<Suggestion> {
        let job = Job::AnalyseAsset { asset: id };
        loop {
            let is_over = outbox::queries::find_open(&self.services.db, self.studio, &job).await?.is_none();
            if let Some(heard) = find_analyses(&self.services.db, &[id]).await?.get(&id) {
                return Ok(suggestions::sure(heard));
            }
            if is_over {
                return Ok(Suggestion::default());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// The title of another beat that sounds like this one.
    async fn find_alike(&self, beat: &beat::Model) -> Result<Option<String>> {
        let Some(id) = beat.source_asset_id else { return Ok(None) };
        let alike = list_alike(&self.services.db, &[id]).await?.remove(&id).unwrap_or_default();
        Ok(alike.into_iter().map(|like| like.beat.title).next())
    }
}

/// A refusal as a person reads it on a terminal.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn explained(error: impl Explain) -> anyhow::Error {
    let report = error.explain();
    let remedy = report.remedy.map(|remedy| format!("; {remedy}")).unwrap_or_default();
    anyhow::anyhow!("{}{remedy}", report.message)
}
