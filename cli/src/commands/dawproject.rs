//! `ledgerline dawproject`.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Component, Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use audio_engine::render::Mix;
use audio_worker::dawproject::{Fidelity, Imported, Ledger, Marker, export, import};
use serde_json::json;

/// Which way.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    way: Way,
}

impl Args {
    /// Whether it answers in JSON.
    pub(crate) fn answers_in_json(&self) -> bool {
        match &self.way {
            Way::Import(import) => import.json,
            Way::Export(export) => export.json,
        }
    }
}

#[derive(Debug, clap::Subcommand)]
enum Way {
    /// Take a project over: write `mix.json`, its audio and its markers into a folder, and print what became of each device.
    Import(Import),
    /// Write a mix document as a project, with the audio that its clips play in it.
    Export(Export),
}

#[derive(Debug, clap::Args)]
struct Import {
    /// A project (`.dawproject`); files that it has outside are looked for beside it, and nowhere else.
    project: PathBuf,
    /// The folder for `mix.json`, `markers.json` and their files; made if need be. It must hold neither of the two already.
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// Print one JSON object: `mix` (the document's path), `ledger` and `markers`.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Export {
    /// A mix document (`ledgerline schema mix`); the files that it names lie beside it.
    mix: PathBuf,
    /// Where the project goes; what is there already is not written over.
    #[arg(long, value_name = "FILE.dawproject")]
    to: PathBuf,
    /// Markers for it: a JSON list of `name` and `at_s` (seconds), as `import` writes it.
    #[arg(long, value_name = "FILE.json")]
    markers: Option<PathBuf>,
    /// Print one JSON object: `project` (its path) and `ledger`.
    #[arg(long)]
    json: bool,
}

/// Imports or exports.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    match &args.way {
        Way::Import(import) => take_over(import),
        Way::Export(export) => write(export),
    }
}

fn take_over(Import { project, into, json }: &Import) -> Result<ExitCode> {
    for name in ["mix.json", "markers.json"] {
        if into.join(name).exists() {
            bail!("--into names {}, which holds a {name} already: name another folder", into.display());
        }
    }
    let document = into.join("mix.json");
    fs::create_dir_all(into).with_context(|| format!("cannot make {}", into.display()))?;
    let beside = project.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    let spinner = super::spinner(project.display().to_string());
    let imported = import(project, into, beside).with_context(|| format!("cannot take over {}", project.display()));
    spinner.finish_and_clear();
    let Imported { mix, ledger, markers } = imported?;
    create(&document, &mix)?;
    if !markers.is_empty() {
        create(&into.join("markers.json"), &markers)?;
    }
    if *json {
        let facts = json!({ "mix": document, "ledger": ledger, "markers": markers });
        super::print(&serde_json::to_string_pretty(&facts)?);
        return Ok(ExitCode::SUCCESS);
    }
    super::print(&format!(
        "{}: {} tracks, {} buses, {} markers",
        document.display(),
        mix.tracks.len(),
        mix.buses.len(),
        markers.len()
    ));
    print_ledger(&ledger);
    Ok(ExitCode::SUCCESS)
}

/// Writes a JSON file that must not be there yet.
fn create(path: &Path, value: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value)? + "\n";
    let written = fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("cannot write {}", path.display()))
}

fn write(Export { mix, to, markers, json }: &Export) -> Result<ExitCode> {
    if to.exists() {
        bail!("--to names {}, which is there already: give the project another name", to.display());
    }
    let text = fs::read_to_string(mix).with_context(|| format!("cannot read {}", mix.display()))?;
    let document = Mix::from_json(&text).with_context(|| format!("{} does not hold", mix.display()))?;
    let markers: Vec<Marker> = match markers {
        None => Vec::new(),
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            serde_json::from_str(&text).with_context(|| format!("{} is no list of markers", path.display()))?
        }
    };
    let sources = sources(&document, mix.parent().unwrap_or(Path::new("")))?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // It takes its name when it is whole.
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(|| format!("cannot write {}", to.display()))?;
    let exported = export(&document, &sources, &markers, file.as_file_mut())
        .with_context(|| format!("cannot write {} as a project", mix.display()))?;
    file.persist_noclobber(to).with_context(|| format!("cannot write {}", to.display()))?;
    if *json {
        let facts = json!({ "project": to, "ledger": exported.ledger });
        super::print(&serde_json::to_string_pretty(&facts)?);
        return Ok(ExitCode::SUCCESS);
    }
    super::print(&format!("wrote {}", to.display()));
    print_ledger(&exported.ledger);
    Ok(ExitCode::SUCCESS)
}

/// The files that clips play, beside the document.
fn sources(mix: &Mix, beside: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut sources = BTreeMap::new();
    for name in mix.tracks.iter().flat_map(|track| &track.clips).map(|clip| &clip.source) {
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(name).components().all(plain) {
            bail!("the mix names {name}: sources lie in the document's folder or below it");
        }
        sources.insert(name.clone(), beside.join(name));
    }
    Ok(sources)
}

/// One line an entry, what was lost first.
fn print_ledger(ledger: &Ledger) {
    // Tracks and clips that are as they were have no entry, so that a number of what is exact would leave out most of it.
    let lost = [Fidelity::Approximated, Fidelity::Bypassed].map(|fidelity| (ledger.count(fidelity), fidelity.name()));
    let lost: Vec<String> =
        lost.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect();
    if lost.is_empty() {
        super::print("nothing was lost: nothing is approximated or bypassed");
    } else {
        super::print(&format!("{}; all else is exact", lost.join(", ")));
    }
    let place = ledger.entries.iter().map(|entry| entry.place.chars().count()).max().unwrap_or(0).min(40);
    for fidelity in [Fidelity::Bypassed, Fidelity::Approximated, Fidelity::Exact] {
        for entry in ledger.entries.iter().filter(|entry| entry.fidelity == fidelity) {
            let effect = entry.effect.to_string();
            super::print(&format!("{:<12}  {:<place$}  {effect:<15}  {}", fidelity.name(), entry.place, entry.note));
        }
    }
}
