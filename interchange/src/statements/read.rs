//! A statement read from its first line to its last: one thread reads blocks, others take them apart, and the results come in the order of the file.

use std::{
    io::{Read, Seek, SeekFrom},
    ops::ControlFlow,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use serde::{Deserialize, Serialize};

use super::{
    blocks::{Block, Blocks, Encoding},
    codes::Currency,
    decimal::Mark,
    description::Description,
    detect::{Found, detect},
    error::StatementError,
    line::{Line, Place},
    plan::Plan,
    source::{Limits, Packing, unpacked},
    tally::{Stated, Tally},
};

/// Blocks that wait for a thread or are taken apart by it: with the threads they bound what is in memory.
const DEPTH: usize = 2;
/// Threads that take blocks apart at the most.
const MAX_THREADS: usize = 16;
/// Bytes of a line that is shown as it is.
const MAX_LINE_BYTES: u64 = 4 << 20;

/// What is not in the file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// The currency of a file that does not say it; what the file says holds.
    pub currency: Option<Currency>,
    /// Threads that take lines apart; with 0 as many as there are processors.
    pub threads: usize,
    /// How much a packed file may hold.
    pub limits: Limits,
}

/// How a file is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The format's id.
    pub format: String,
    /// The format's name.
    pub name: String,
    /// What it is packed in.
    pub packing: Packing,
    /// Its encoding.
    pub encoding: Encoding,
    /// What stands between its cells.
    pub separator: char,
    /// Its decimal mark.
    pub decimal: Mark,
    /// Its headings, as they are.
    pub header: Vec<String>,
    /// The line that they stand on, from 1.
    pub header_line: u64,
    /// The currency of all its lines, if they have not each their own.
    pub currency: Option<Currency>,
}

/// How far the reading is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'p> {
    /// How the file is written, as far as was read.
    pub layout: &'p Layout,
    /// The lines until here.
    pub lines: u64,
}

/// What a statement comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How it is written.
    pub layout: Layout,
    /// Its lines, counted and added up.
    pub tally: Tally,
    /// The totals that it states itself, held against its lines.
    pub stated: Vec<Stated>,
}

impl Summary {
    /// Whether every row was taken, and every total that the file states is the sum of its lines.
    pub fn holds(&self) -> bool {
        self.tally.faults.count == 0 && self.stated.iter().all(|stated| stated.agreement.holds())
    }
}

/// Reads a statement whose format is one of these, the first that has its header.
///
/// The lines are taken apart in parts of about a megabyte, several at once: `part` makes what a part is gathered in, `line` puts a line into it, both on
/// threads of their own, and `take` gets the parts in the order of the file on the caller's, with how far the reading is. It may stop it. Of a file of any size a few
/// parts are in memory.
///
/// # Errors
/// Why it cannot be read, or not to its end; what `take` has got then holds nothing. A row that is not taken is no error but a fault in the summary.
pub fn read<R: Read + Seek, P: Send>(
    input: R,
    formats: &[Description],
    options: &Options,
    part: impl Fn() -> P + Sync,
    line: impl Fn(&mut P, &Line<'_>) + Sync,
    mut take: impl FnMut(P, Progress<'_>) -> ControlFlow<()>,
) -> Result<Summary, StatementError> {
    unpacked(input, options.limits, |source| {
        let packing = source.packing;
        let mut blocks = Blocks::open(source)?;
        let found = detect(&mut blocks, formats)?;
        let plan = Plan::new(&found, blocks.syntax, options.currency)?;
        let mut layout = laid_out(found, &plan, &blocks, packing);
        let mut tally = Tally::default();
        let work = |block: &Block| -> Result<(P, Tally, Encoding), StatementError> {
            let mut gathered = part();
            let counted = plan.read(block, |found| line(&mut gathered, found))?;
            Ok((gathered, counted, block.encoding))
        };
        let collect = |(gathered, counted, encoding): (P, Tally, Encoding)| -> Result<(), StatementError> {
            tally.absorb(counted)?;
            layout.encoding = encoding;
            match take(gathered, Progress { layout: &layout, lines: tally.lines }) {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(StatementError::Cancelled),
            }
        };
        side_by_side(threads(options), || blocks.next(), work, collect)?;
        let stated = tally.hold();
        Ok(Summary { layout, tally, stated })
    })
}

/// Reads a statement for what it comes to alone.
///
/// # Errors
/// As [`read`].
pub fn inspect<R: Read + Seek>(
    input: R,
    formats: &[Description],
    options: &Options,
) -> Result<Summary, StatementError> {
    read(input, formats, options, || (), |(), _| {}, |(), _| ControlFlow::Continue(()))
}

/// One line of a statement as the file has it, by the place that it was read at.
///
/// # Errors
/// Why it cannot be read: the file is another, or damaged.
pub fn raw_line<R: Read + Seek>(input: R, layout: &Layout, place: Place) -> Result<String, StatementError> {
    raw_lines(input, layout, &[place])?.pop().ok_or(StatementError::Truncated)
}

/// Lines of a statement as the file has them, by the places that they were read at, in the order of the file: what is packed is unpacked once for all of them.
///
/// # Errors
/// As [`raw_line`].
pub fn raw_lines<R: Read + Seek>(
    mut input: R,
    layout: &Layout,
    places: &[Place],
) -> Result<Vec<String>, StatementError> {
    if let Some(place) = places.iter().find(|place| place.bytes > MAX_LINE_BYTES) {
        let most_bytes = usize::try_from(MAX_LINE_BYTES).unwrap_or(usize::MAX);
        return Err(StatementError::RecordTooLarge { line: place.line, most_bytes });
    }
    let said = |place: &Place, bytes: &[u8]| {
        if bytes.len() as u64 == place.bytes { Ok(layout.encoding.text(bytes)) } else { Err(StatementError::Truncated) }
    };
    let mut lines = Vec::with_capacity(places.len());
    let mut bytes = Vec::new();
    if layout.packing == Packing::Plain {
        for place in places {
            bytes.clear();
            input.seek(SeekFrom::Start(place.offset))?;
            (&mut input).take(place.bytes).read_to_end(&mut bytes)?;
            lines.push(said(place, &bytes)?);
        }
        return Ok(lines);
    }
    unpacked(input, Limits::DEFAULT, |mut source| {
        let mut at = 0;
        for place in places {
            bytes.clear();
            source.skip(place.offset.checked_sub(at).ok_or(StatementError::Truncated)?)?;
            source.fill(&mut bytes, usize::try_from(place.bytes).unwrap_or_default())?;
            lines.push(said(place, &bytes)?);
            at = place.offset + place.bytes;
        }
        Ok(lines)
    })
}

fn laid_out(found: Found<'_>, plan: &Plan<'_>, blocks: &Blocks<'_>, packing: Packing) -> Layout {
    Layout {
        format: found.description.id.clone(),
        name: found.description.name.clone(),
        packing,
        encoding: blocks.encoding,
        separator: char::from(blocks.syntax.separator),
        decimal: found.mark,
        header: found.header,
        header_line: found.line,
        currency: plan.currency,
    }
}

fn threads(options: &Options) -> usize {
    let threads = match options.threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    threads.min(MAX_THREADS)
}

/// The way to a thread, and the way back.
type Lane<B, T> = (SyncSender<B>, Receiver<Result<T, StatementError>>);

/// Has what `next` gives worked on by several threads, and collects the results in its order.
fn side_by_side<B: Send, T: Send>(
    threads: usize,
    mut next: impl FnMut() -> Result<Option<B>, StatementError>,
    work: impl Fn(&B) -> Result<T, StatementError> + Sync,
    mut collect: impl FnMut(T) -> Result<(), StatementError>,
) -> Result<(), StatementError> {
    if threads < 2 {
        while let Some(block) = next()? {
            collect(work(&block)?)?;
        }
        return Ok(());
    }
    let work = &work;
    thread::scope(|scope| {
        let lanes: Vec<Lane<B, T>> = (0..threads)
            .map(|_| {
                let (give, given) = sync_channel::<B>(DEPTH);
                let (done, results) = sync_channel(DEPTH);
                scope.spawn(move || {
                    for block in given {
                        if done.send(work(&block)).is_err() {
                            break;
                        }
                    }
                });
                (give, results)
            })
            .collect();
        // A lane whose thread has panicked is gone; the scope passes the panic on.
        let result = |of: usize| lanes[of % threads].1.recv().unwrap_or(Err(StatementError::Cancelled));
        let (mut given, mut taken) = (0, 0);
        while let Some(block) = next()? {
            if given - taken == threads * DEPTH {
                collect(result(taken)?)?;
                taken += 1;
            }
            if lanes[given % threads].0.send(block).is_err() {
                break;
            }
            given += 1;
        }
        while taken < given {
            collect(result(taken)?)?;
            taken += 1;
        }
        Ok(())
    })
}
