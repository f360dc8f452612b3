//! Huffman coding of quantised spectra: bits counted for every table in one pass, and written.
//!
//! A spectrum's lower lines are coded in pairs, by up to three regions with a table each; then come quads of lines that
//! are 0 or 1, and the rest is silent (ISO/IEC 11172-3, 2.4.2.7 and table B.7; the code books are `rusty_mp3`'s).

use super::layout::Layout;
use rusty_mp3::decode::codebooks::{PAIR_TABLES, QUAD_A, QUAD_B};
use rusty_mp3::frame::{GRANULE_LINES, GranuleSideInfo};
use std::sync::LazyLock;

/// The tables without escapes, by their lane: ordered by the largest level that they know.
const PLAIN: [u8; 13] = [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15];
/// The first of either family of eight that escape from 15 upwards and share one book.
const FAMILIES: [u8; 2] = [16, 24];
/// The lane of the first family: the next one behind the plain tables.
const FAMILY: u32 = 13;
/// The lane that counts levels which escape.
const ESCAPES: usize = 15;
/// The most bits that the escape of a level takes: those of the last table of either family.
const ESCAPE_BITS: usize = 13;
/// The largest level of a book.
const LARGEST: u32 = 15;

/// Bits of a run of lines by each table, and the number of escapes.
type Lanes = [u16; 16];

/// The code books, arranged for counting and for writing.
struct Books {
    /// By `16 · x + y` of a pair, levels above 15 as 15: bits with signs, without the escapes' own.
    pairs: Vec<Lanes>,
    /// By table and pair: code and its length, signs and escapes apart.
    codes: Vec<[(u16, u8); 256]>,
    /// By the bits of a quad: bits with signs in either table.
    quads: [[u32; 2]; 16],
    /// By the bits that the largest level's escape takes: the first of either family that reaches it, which is its cheapest,
    /// and the bits of its escapes.
    families: [[(u8, u32); 2]; ESCAPE_BITS + 1],
}

static BOOKS: LazyLock<Books> = LazyLock::new(|| {
    let code = |table: u8, pair: usize| {
        let book = PAIR_TABLES[usize::from(table)];
        let side = usize::from(book.dim);
        let (x, y) = (pair / 16, pair % 16);
        (x < side && y < side).then(|| book.book.code_len(x * side + y)).flatten()
    };
    let signs = |pair: usize| u16::from(pair / 16 != 0) + u16::from(!pair.is_multiple_of(16));
    let lanes = |pair: usize| {
        let mut lanes = Lanes::default();
        for (lane, table) in lanes.iter_mut().zip(PLAIN.iter().chain(&FAMILIES)) {
            // A table that lacks the pair is never asked for it: `cheapest` goes by the largest level.
            *lane = code(*table, pair).map_or(0, |(_, length)| u16::from(length) + signs(pair));
        }
        lanes[ESCAPES] = u16::from(pair / 16 == 15) + u16::from(pair % 16 == 15);
        lanes
    };
    let quad = |bits: usize| {
        [&QUAD_A, &QUAD_B].map(|table| {
            let length = table.book.code_len(bits).map_or(0, |(_, length)| u32::from(length));
            length + bits.count_ones()
        })
    };
    Books {
        pairs: (0..256).map(lanes).collect(),
        codes: (0..32).map(|table| std::array::from_fn(|pair| code(table, pair).unwrap_or_default())).collect(),
        quads: std::array::from_fn(quad),
        families: std::array::from_fn(|bits| {
            FAMILIES.map(|first| {
                let reaches = |table: &u8| escape_bits(*table) as usize >= bits;
                let table = (first..first + 8).find(reaches).expect("the last table of a family reaches every level");
                (table, escape_bits(table))
            })
        }),
    }
});

/// The number of bits that an escaped level takes in that table.
fn escape_bits(table: u8) -> u32 {
    u32::from(PAIR_TABLES[usize::from(table)].linbits)
}

fn add(sum: &mut Lanes, lanes: &Lanes) {
    for (sum, lane) in sum.iter_mut().zip(lanes) {
        *sum += lane;
    }
}

/// The table that codes a region in the fewest bits, and those bits.
#[inline]
fn cheapest(lanes: &Lanes, largest: u32) -> (u8, u32) {
    let first = match largest {
        0 => return (0, 0),
        1 => 0,
        2 => 1,
        3 => 3,
        4 | 5 => 5,
        6 | 7 => 8,
        8..=LARGEST => 11,
        _ => FAMILY,
    };
    let escape = u32::BITS - largest.saturating_sub(LARGEST).leading_zeros();
    let families = &BOOKS.families[escape as usize];
    // Of equals the first lane, which stands in the low bits.
    let mut best = u32::MAX;
    for lane in first..FAMILY {
        best = best.min(u32::from(lanes[lane as usize]) << 4 | lane);
    }
    let escapes = u32::from(lanes[ESCAPES]);
    for (lane, (_, escape)) in (FAMILY..).zip(families) {
        best = best.min((u32::from(lanes[lane as usize]) + escape * escapes) << 4 | lane);
    }
    let (lane, bits) = ((best & 15) as usize, best >> 4);
    (PLAIN.get(lane).copied().unwrap_or_else(|| families[lane - PLAIN.len()].0), bits)
}

/// Where the regions of the pairs end, in bands, with their tables; and the bits of all that is coded.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Division {
    /// Bands of the first region, and of the first two.
    ends: [usize; 2],
    /// The cheapest table of each region, and the bits that it takes.
    regions: [(u8, u32); 3],
    /// Bits of the quads.
    quads: u32,
}

impl Division {
    /// Bits of the pairs and quads.
    pub(super) fn bits(&self) -> u32 {
        self.regions.iter().map(|(_, bits)| bits).sum::<u32>() + self.quads
    }
}

/// A quantised spectrum, and what each part of it takes by each table.
#[derive(Clone)]
pub(super) struct Spectrum {
    /// The lines' magnitudes in steps, in the order of the bitstream.
    pub(super) levels: [u32; GRANULE_LINES],
    /// Lines below are coded in pairs.
    pairs_end: usize,
    /// Lines below and from there in quads.
    quads_end: usize,
    /// Bits of the quads by either table.
    quads: [u32; 2],
    lanes: [Lanes; Layout::MAX_BANDS],
    largest: [u32; Layout::MAX_BANDS],
}

impl Spectrum {
    pub(super) const fn new() -> Self {
        Self {
            levels: [0; GRANULE_LINES],
            pairs_end: 0,
            quads_end: 0,
            quads: [0; 2],
            lanes: [[0; 16]; Layout::MAX_BANDS],
            largest: [0; Layout::MAX_BANDS],
        }
    }

    /// Counts all bands anew.
    pub(super) fn count(&mut self, layout: &Layout) {
        let end = end_above(&self.levels, 0);
        let mut pairs_end = end_above(&self.levels[..end], 1).next_multiple_of(2);
        let mut quads_end = pairs_end + (end.max(pairs_end) - pairs_end).div_ceil(4) * 4;
        if quads_end > GRANULE_LINES {
            // The last quad would reach beyond the lines.
            pairs_end += 2;
            quads_end = GRANULE_LINES;
        }
        (self.pairs_end, self.quads_end) = (pairs_end, quads_end);
        self.quads = [0; 2];
        let books = &*BOOKS;
        for quad in self.levels[pairs_end..quads_end].chunks_exact(4) {
            let bits = &books.quads[quad_index(quad)];
            self.quads[0] += bits[0];
            self.quads[1] += bits[1];
        }
        for band in 0..layout.bands() {
            self.count_band(layout, band);
        }
    }

    /// Counts one band anew, whose levels have changed, and with it the cost of a division; all bands if the end of the
    /// pairs may have moved.
    pub(super) fn recount(&mut self, layout: &Layout, band: usize, division: &Division) -> Division {
        // The pairs may end one beyond the last level above 1, see `count`.
        if layout.edges[band + 1] + 2 >= self.pairs_end {
            self.count(layout);
            return self.divided(layout, division.ends);
        }
        self.count_band(layout, band);
        let mut division = *division;
        let region = division.ends.iter().filter(|end| **end <= band).count();
        let bounds = [0, division.ends[0], division.ends[1], layout.bands()];
        division.regions[region] = self.region(bounds[region], bounds[region + 1]);
        division
    }

    fn count_band(&mut self, layout: &Layout, band: usize) {
        let end = layout.edges[band + 1].min(self.pairs_end);
        let start = layout.edges[band].min(end);
        let mut lanes = Lanes::default();
        let mut largest = 0;
        let books = &BOOKS.pairs[..256];
        for pair in self.levels[start..end].chunks_exact(2) {
            largest = largest.max(pair[0]).max(pair[1]);
            add(&mut lanes, &books[pair_index(pair)]);
        }
        (self.lanes[band], self.largest[band]) = (lanes, largest);
    }

    fn region(&self, from: usize, to: usize) -> (u8, u32) {
        let mut sum = Lanes::default();
        let mut largest = 0;
        for band in from..to {
            add(&mut sum, &self.lanes[band]);
            largest = largest.max(self.largest[band]);
        }
        cheapest(&sum, largest)
    }

    /// The bands that hold pairs.
    fn bands(&self, layout: &Layout) -> usize {
        layout.edges[..layout.bands()].partition_point(|edge| *edge < self.pairs_end)
    }

    /// The cost with regions that end there.
    fn divided(&self, layout: &Layout, ends: [usize; 2]) -> Division {
        let bands = layout.bands();
        let regions = [(0, ends[0]), (ends[0], ends[1]), (ends[1], bands)]
            .map(|(from, to)| self.region(from.min(bands), to.min(bands)));
        Division { ends, regions, quads: self.quads[0].min(self.quads[1]) }
    }

    /// The cost with regions of about equal length, near to the best.
    pub(super) fn divided_evenly(&self, layout: &Layout) -> Division {
        if let Some(end) = layout.fixed_end {
            return self.divided(layout, [end, layout.bands()]);
        }
        let bands_in = |lines: usize| layout.edges[..=layout.bands()].partition_point(|edge| *edge <= lines) - 1;
        let first = bands_in(self.pairs_end / 3).clamp(1, 16);
        let second = bands_in(2 * self.pairs_end / 3).clamp(first + 1, first + 8);
        self.divided(layout, [first, second])
    }

    /// The best regions that the side information can tell: 1 to 16 bands, then 1 to 8.
    pub(super) fn divided_best(&self, layout: &Layout) -> Division {
        let even = self.divided_evenly(layout);
        if layout.fixed_end.is_some() {
            return even;
        }
        let bands = self.bands(layout);
        // Sums up to each band, so that any run of bands is a difference.
        let mut sums = [Lanes::default(); Layout::MAX_BANDS + 1];
        // And what they would take if each band had a table of its own, which no region can undercut.
        let mut floor = [0; Layout::MAX_BANDS + 1];
        for band in 0..bands {
            floor[band + 1] = floor[band] + cheapest(&self.lanes[band], self.largest[band]).1;
            let mut sum = sums[band];
            add(&mut sum, &self.lanes[band]);
            sums[band + 1] = sum;
        }
        let run = |from: usize, to: usize, largest: u32| {
            let lanes: Lanes = std::array::from_fn(|lane| sums[to][lane] - sums[from][lane]);
            cheapest(&lanes, largest)
        };
        let mut last = [(0, 0); Layout::MAX_BANDS + 1];
        let mut largest = 0;
        for from in (0..bands).rev() {
            largest = largest.max(self.largest[from]);
            last[from] = run(from, bands, largest);
        }
        let mut best = even;
        let mut fewest = even.bits() - even.quads;
        let mut largest_first = 0;
        for first in 1..=bands.min(16) {
            largest_first = largest_first.max(self.largest[first - 1]);
            let head = run(0, first, largest_first);
            let mut largest = 0;
            for second in first + 1..=(first + 8).min(layout.bands()) {
                let to = second.min(bands);
                if second <= bands {
                    largest = largest.max(self.largest[second - 1]);
                }
                if head.1 + floor[to] - floor[first] + last[to].1 < fewest {
                    let middle = run(first, to, largest);
                    let bits = head.1 + middle.1 + last[to].1;
                    if bits < fewest {
                        fewest = bits;
                        best = Division { ends: [first, second], regions: [head, middle, last[to]], ..even };
                    }
                }
                if to == bands {
                    break;
                }
            }
        }
        best
    }

    /// The side information that tells a decoder of this division.
    pub(super) fn side(&self, layout: &Layout, division: &Division) -> GranuleSideInfo {
        let windowed = layout.fixed_end.is_some();
        let count = |bands: usize| u8::try_from(bands.saturating_sub(1)).unwrap_or(0);
        GranuleSideInfo {
            big_values: u16::try_from(self.pairs_end / 2).unwrap_or(0),
            window_switching: windowed,
            table_select: division.regions.map(|(table, _)| table),
            region0_count: if windowed { 0 } else { count(division.ends[0]) },
            region1_count: if windowed { 0 } else { count(division.ends[1] - division.ends[0]) },
            count1table_select: self.quads[1] < self.quads[0],
            ..GranuleSideInfo::default()
        }
    }

    /// Writes the lines with the signs of `lines`.
    pub(super) fn write(
        &self,
        layout: &Layout,
        division: &Division,
        lines: &[f32; GRANULE_LINES],
        writer: &mut BitWriter,
    ) {
        let books = &*BOOKS;
        let edge = |bands: usize| layout.edges[bands.min(layout.bands())].min(self.pairs_end);
        let ends = [edge(division.ends[0]), edge(division.ends[1]), self.pairs_end];
        let mut at = 0;
        for (end, (table, _)) in ends.into_iter().zip(division.regions) {
            let (codes, escape) = (&books.codes[usize::from(table)], escape_bits(table));
            for (pair, lines) in self.levels[at..end].chunks_exact(2).zip(lines[at..end].chunks_exact(2)) {
                if table == 0 {
                    break;
                }
                let (code, length) = codes[pair_index(pair)];
                let (mut word, mut bits) = (u64::from(code), u32::from(length));
                for (level, line) in pair.iter().zip(lines) {
                    if escape > 0 && *level >= LARGEST {
                        word = word << escape | u64::from(level - LARGEST);
                        bits += escape;
                    }
                    if *level != 0 {
                        word = word << 1 | u64::from(*line < 0.0);
                        bits += 1;
                    }
                }
                writer.write(word, bits);
            }
            at = at.max(end);
        }
        let quads = if self.quads[1] < self.quads[0] { &QUAD_B } else { &QUAD_A };
        let range = self.pairs_end..self.quads_end;
        for (quad, lines) in self.levels[range.clone()].chunks_exact(4).zip(lines[range].chunks_exact(4)) {
            let (code, length) = quads.book.code_len(quad_index(quad)).unwrap_or_default();
            let (mut word, mut bits) = (u64::from(code), u32::from(length));
            for (level, line) in quad.iter().zip(lines) {
                if *level != 0 {
                    word = word << 1 | u64::from(*line < 0.0);
                    bits += 1;
                }
            }
            writer.write(word, bits);
        }
    }
}

/// Behind the last level above `floor`, which is 0 or 1.
fn end_above(levels: &[u32], floor: u32) -> usize {
    // Sixteen at a time, whose bits together tell whether one of them is.
    let is_below = |run: &&[u32]| run.iter().fold(0, |bits, level| bits | level) <= floor;
    let below: usize = levels.rchunks(16).take_while(is_below).map(<[u32]>::len).sum();
    levels[..levels.len() - below].iter().rposition(|level| *level > floor).map_or(0, |i| i + 1)
}

fn pair_index(pair: &[u32]) -> usize {
    // The mask tells the compiler that the index lies within the table.
    (pair[0].min(LARGEST) * 16 + pair[1].min(LARGEST)) as usize & 255
}

fn quad_index(quad: &[u32]) -> usize {
    (quad[0] * 8 + quad[1] * 4 + quad[2] * 2 + quad[3]) as usize & 15
}

/// Bits, the most significant first.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// The bits that are in no byte yet, in the low places.
    pending: u64,
    count: u32,
}

impl BitWriter {
    /// Appends the low `bits` of a word, 56 at most.
    pub(super) fn write(&mut self, word: u64, bits: u32) {
        debug_assert!(bits <= 56 && word >> bits == 0);
        if self.count + bits > u64::BITS {
            self.flush();
        }
        self.pending = self.pending << bits | word;
        self.count += bits;
    }

    /// Fills bytes with what is pending, but for the last few bits.
    fn flush(&mut self) {
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.pending >> self.count & 0xFF) as u8);
        }
    }

    /// The bits written so far.
    pub(super) fn bits(&self) -> usize {
        self.bytes.len() * 8 + self.count as usize
    }

    /// The bytes, the last filled with zeros.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let missing = self.count.next_multiple_of(8) - self.count;
        self.write(0, missing);
        self.flush();
        self.bytes
    }
}
