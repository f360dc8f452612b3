//! `ledgerline bounce`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::{Context, Result, bail};
use audio_engine::render::{
    Format, Mix, Output, OutputReceipt, Progress, Receipt, Shortfall, TagNode, Workspace, render, render_key,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::wiring;

/// The mix, and what to make of it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A mix document (`ledgerline schema mix`); the files that it names lie beside it.
    mix: PathBuf,
    /// The folder that files are written to; made if need be.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write masters of these formats instead of the document's outputs, such as `wav24,flac,mp3-320`.
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    format: Vec<Format>,
    /// Write a tagged preview (MP3 at 128 kbit/s) out of the same render as well.
    #[arg(long)]
    preview: bool,
    /// Threads to render on; the files are the same for any number.
    #[arg(long, value_name = "N", default_value_t = threads(), value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: u16,
    /// Print one JSON object: `outputs` (file, loudness, peaks, SHA-256, and `shortfall` where the loudness target was missed) and
    /// `receipt` (key, engine, inputs, mix).
    #[arg(long)]
    pub(crate) json: bool,
}

fn threads() -> u16 {
    std::thread::available_parallelism().ok().and_then(|n| u16::try_from(n.get()).ok()).map_or(1, |n| n.min(256))
}

/// Renders the mix; fails if a file misses the loudness target by more than 1 LU, though all files are written then. Ctrl-C, or the
/// system, ends it, and nothing is left behind; a second time ends it at once.
pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let stopped = Arc::new(AtomicBool::new(false));
    let rendering = tokio::task::spawn_blocking({
        let stopped = Arc::clone(&stopped);
        move || bounce(&args, stopped)
    });
    tokio::pin!(rendering);
    tokio::select! {
        done = &mut rendering => return done?,
        () = wiring::stop_signal() => stopped.store(true, Ordering::Relaxed),
    }
    tokio::select! {
        done = &mut rendering => done?,
        () = wiring::stop_signal() => std::process::exit(1),
    }
}

fn bounce(args: &Args, stopped: Arc<AtomicBool>) -> Result<ExitCode> {
    let text = fs::read_to_string(&args.mix).with_context(|| format!("cannot read {}", args.mix.display()))?;
    let mut mix = Mix::from_json(&text).with_context(|| format!("{} does not hold", args.mix.display()))?;
    let name = args.mix.file_stem().map_or_else(|| "mix".to_owned(), |stem| stem.to_string_lossy().into_owned());
    choose_outputs(&mut mix, &name, args);
    let beside = args.mix.parent().unwrap_or(Path::new(""));
    if args.out.exists() && !args.out.is_dir() {
        bail!("--out names {}, which is no folder: name one, or one to be made", args.out.display());
    }
    fs::create_dir_all(&args.out).with_context(|| format!("cannot make {}", args.out.display()))?;
    let mut workspace = Workspace::new(&args.out).with_document(&args.mix).with_threads(args.threads.into());
    for source in mix.sources() {
        let path = beside.join(inside(source)?);
        fs::File::open(&path).with_context(|| format!("the mix names {source}: cannot open {}", path.display()))?;
        workspace = workspace.with_source(source, path);
    }
    let mut bar = Bar::new(stopped);
    let receipt = render(&mix, &workspace, &mut bar);
    bar.drawn.finish_and_clear();
    let receipt = receipt?;
    if args.json {
        let inputs = workspace.hash_sources()?;
        let key = render_key(&mix, &inputs)?;
        super::print(&serde_json::to_string_pretty(&facts(&receipt, &key, &inputs))?);
    } else {
        receipt.outputs.iter().for_each(print_output);
    }
    // The files are there, but one of them is not what the document asks for.
    let grave = receipt.outputs.iter().filter_map(|output| output.shortfall.as_ref()).any(Shortfall::is_grave);
    Ok(if grave { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What the command line asks for takes the place of the document's outputs; metadata of the first of those stays.
fn choose_outputs(mix: &mut Mix, name: &str, args: &Args) {
    let metadata = mix.outputs.first().map(|output| output.metadata.clone()).unwrap_or_default();
    let output = |file: String, format, tagged| Output {
        tagged: Some(tagged),
        metadata: metadata.clone(),
        ..Output::new(file, format)
    };
    if !args.format.is_empty() {
        let file = |format: &Format| {
            let alone = args.format.iter().filter(|other| other.extension() == format.extension()).count() == 1;
            if alone {
                format!("{name}.{}", format.extension())
            } else {
                format!("{name}-{format}.{}", format.extension())
            }
        };
        mix.outputs = args.format.iter().map(|format| output(file(format), *format, false)).collect();
    }
    if args.preview {
        let file = format!("{name}-preview.mp3");
        mix.outputs.retain(|known| known.file != file);
        mix.outputs.push(output(file, Format::Mp3Kbps128, true));
        if mix.tags.is_empty() {
            // What was a plain output stays one.
            let last = mix.outputs.len() - 1;
            mix.outputs[..last].iter_mut().for_each(|output| output.tagged = Some(false));
            mix.tags.push(TagNode::default());
        }
    }
}

/// A document that came from elsewhere reads nothing but what lies beside it.
fn inside(source: &str) -> Result<&Path> {
    let path = Path::new(source);
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if path.components().all(plain) && path.file_name().is_some() {
        return Ok(path);
    }
    bail!("the mix names {source}: sources lie in the document's folder or below it")
}

fn facts(receipt: &Receipt, key: &str, inputs: &BTreeMap<String, String>) -> serde_json::Value {
    json!({
        "outputs": receipt.outputs,
        "receipt": {
            "key": key,
            "engine_version": receipt.engine_version,
            "inputs": inputs,
            "sample_rate_hz": receipt.sample_rate_hz,
            "frames": receipt.frames,
            "mix": receipt.source,
            "tags_at_s": receipt.tags_at_s,
        },
    })
}

fn print_output(output: &OutputReceipt) {
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"));
    let mark = match &output.shortfall {
        None => "✓",
        Some(shortfall) if shortfall.is_grave() => "✗",
        Some(_) => "!",
    };
    super::print(&format!(
        "{mark} {}   {} LUFS   {} dBTP   {} bytes\n  limiter took {:.1} dB at most   sha256 {}",
        output.path.display(),
        shown(output.measured.integrated_lufs),
        shown(output.measured.true_peak_dbtp),
        output.bytes,
        output.limiter_max_reduction_db,
        output.sha256,
    ));
    if let Some(shortfall) = &output.shortfall {
        super::print(&format!("  {shortfall}\n    → {}", shortfall.remedy));
    }
}

/// The render's progress on a terminal, and whether it is to stop.
struct Bar {
    drawn: ProgressBar,
    stopped: Arc<AtomicBool>,
}

impl Bar {
    fn new(stopped: Arc<AtomicBool>) -> Self {
        let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {eta} left").expect("a valid template");
        Self { drawn: ProgressBar::new(1_000_000).with_style(style), stopped }
    }
}

impl Progress for Bar {
    fn report(&mut self, done_ppm: u32) {
        self.drawn.set_position(done_ppm.into());
    }

    fn is_cancelled(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}
