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
        entity::{AssetKind, AssetState, asset},
        find_beat_with_source, publish_beat,
        rules::files,
        set_stems,
    },
    ids::{AssetId, StudioId},
    outbox,
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
pub(crate) async fn run(config: Config, args: &Args) -> Result<ExitCode> {
    let found = folder::scan(&args.folder)?;
    if found.is_empty() {
        bail!("{} holds no audio files", args.folder.display());
    }
    let parts = wiring::build(&config).await?;
    let studio = wiring::find_studio(&parts.services, args.studio.as_deref()).await?;
    // The files are looked through and rendered here, too, so that importing needs no server.
    let stop = CancellationToken::new();
    let work = tokio::spawn(wiring::work(parts.clone(), config, stop.clone()));
    let import = Import { services: parts.services.clone(), studio, publish: args.publish };
    let dead_before = outbox::queries::count_dead(&parts.services.db).await?;
    let bar = super::file_bar(found.len());
    let (mut imported, mut known, mut refused) = (0, 0, 0);
    for beat in &found {
        bar.set_message(beat.title.clone());
        match import.beat(beat).await {
            Ok(Outcome::Imported) => {
                imported += 1;
                bar.suspend(|| super::print(&format!("✓ {}", describe(beat))));
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
    wiring::wait_for_jobs(&parts.services, dead_before).await?;
    bar.finish_and_clear();
    stop.cancel();
    work.await??;
    super::print(&format!("{imported} imported, {known} known already, {refused} refused"));
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn describe(beat: &FoundBeat) -> String {
    let bpm = beat.bpm_milli.map(|milli| format!(" · {} bpm", domain::catalog::rules::music::print_bpm(milli)));
    let key = beat.musical_key.as_ref().map(|key| format!(" · {key}"));
    let stems = (!beat.stems.is_empty()).then(|| format!(" · {} stems", beat.stems.len()));
    [Some(beat.title.clone()), bpm, key, stems].into_iter().flatten().collect()
}

/// What became of a beat that was found.
enum Outcome {
    Imported,
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
        let stored = self.services.files.put_file(&beat.source).await?;
        if let Some(known) = find_beat_with_source(&self.services.db, &self.ctx(), self.studio, &stored.sha256).await? {
            return Ok(Outcome::Known(known.title));
        }
        let source = self.add(&beat.source, AssetKind::Source, stored).await?;
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
        let ctx = self.ctx();
        let tx = self.services.begin().await?;
        let new = NewBeat {
            title: beat.title.clone(),
            source: Some(source),
            artwork,
            bpm_milli: beat.bpm_milli,
            musical_key: beat.musical_key.clone(),
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
        Ok(Outcome::Imported)
    }

    async fn store(&self, path: &Path, kind: AssetKind) -> Result<AssetId> {
        self.add(path, kind, self.services.files.put_file(path).await?).await
    }

    async fn add(&self, path: &Path, kind: AssetKind, stored: Stored) -> Result<AssetId> {
        let mut head = Vec::new();
        let file = tokio::fs::File::open(path).await.with_context(|| format!("cannot open {}", path.display()))?;
        file.take(files::HEAD_BYTES as u64).read_to_end(&mut head).await?;
        let file_name =
            path.file_name().and_then(|name| name.to_str()).context("the file's name is not UTF-8")?.to_owned();
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
}

/// A refusal as a person reads it on a terminal.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn explained(error: impl Explain) -> anyhow::Error {
    let report = error.explain();
    let remedy = report.remedy.map(|remedy| format!("; {remedy}")).unwrap_or_default();
    anyhow::anyhow!("{}{remedy}", report.message)
}
