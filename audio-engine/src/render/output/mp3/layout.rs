//! How the 576 lines of a granule fall into bands that share a scalefactor.

use rusty_mp3::frame::SFB_LONG;
use rusty_mp3::tables::{SCALEFAC_COMPRESS_V1, sfb_long_offsets, sfb_short_offsets};

/// The bands of a granule in the order of the bitstream: those of a long window, or those of three short ones, which
/// alternate.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Lines at which the bands begin, and the end of the last.
    pub(super) edges: Vec<usize>,
    /// For each band that has a scalefactor, the bands of the masking model that it touches.
    pub(super) masking: Vec<std::ops::Range<usize>>,
    /// How many of the scalefactors go by the first of the two lengths.
    low: usize,
    /// The bands of the first region of pairs, where it is not for the encoder to choose.
    pub(super) fixed_end: Option<usize>,
}

impl Layout {
    /// Bands of a granule of short windows.
    pub(super) const MAX_BANDS: usize = 39;

    /// One long window; `switching` if it leads to short ones or back.
    pub(super) fn long(rate_hz: u32, switching: bool) -> Self {
        let edges: Vec<usize> = sfb_long_offsets(rate_hz).iter().map(|edge| usize::from(*edge)).collect();
        let masking = (0..SFB_LONG - 1).map(|band| band..band + 1).collect();
        Self { fixed_end: switching.then(|| first_region(&edges)), edges, masking, low: 11 }
    }

    /// Three short windows.
    pub(super) fn short(rate_hz: u32) -> Self {
        let long = sfb_long_offsets(rate_hz);
        let (mut edges, mut masking) = (vec![0], Vec::new());
        for band in sfb_short_offsets(rate_hz).windows(2) {
            for window in 1..=3 {
                edges.push(usize::from(3 * band[0] + window * (band[1] - band[0])));
                let from = long.partition_point(|edge| *edge <= 3 * band[0]) - 1;
                let to = long.partition_point(|edge| *edge < 3 * band[1]);
                masking.push(from.min(SFB_LONG - 2)..to.min(SFB_LONG - 1));
            }
        }
        // The highest band of each window has no scalefactor.
        masking.truncate(36);
        Self { fixed_end: Some(first_region(&edges)), edges, masking, low: 18 }
    }

    /// The number of bands.
    pub(super) fn bands(&self) -> usize {
        self.edges.len() - 1
    }

    /// The number of bands that have a scalefactor: the first ones.
    pub(super) fn scaled(&self) -> usize {
        self.masking.len()
    }

    /// The largest scalefactor that a band may have: four bits for the lower bands, three for the upper.
    pub(super) fn largest_scalefactor(&self, band: usize) -> u8 {
        if band < self.low { 15 } else { 7 }
    }

    /// The first pair of lengths that holds these scalefactors, by its index, and the bits that they take in it.
    pub(super) fn compress(&self, scalefactors: &[u8]) -> (u16, u32) {
        let length = |part: &[u8]| u8::BITS - part.iter().max().map_or(8, |most| most.leading_zeros());
        let (low, high) = scalefactors[..self.scaled()].split_at(self.low);
        let (first, second) = (length(low), length(high));
        (0_u16..)
            .zip(SCALEFAC_COMPRESS_V1)
            .map(|(index, (a, b))| (index, u32::from(a), u32::from(b)))
            .find(|(_, a, b)| *a >= first && *b >= second)
            .map_or((15, u32::MAX), |(index, a, b)| (index, self.bits(a, b)))
    }

    /// The lengths of a band's scalefactor under that index.
    pub(super) fn scalefactor_bits(&self, compress: u16, band: usize) -> u32 {
        let (low, high) = SCALEFAC_COMPRESS_V1[usize::from(compress) & 15];
        u32::from(if band < self.low { low } else { high })
    }

    fn bits(&self, low: u32, high: u32) -> u32 {
        #[expect(clippy::cast_possible_truncation, reason = "at most 39 bands")]
        let counts = [self.low as u32, (self.scaled() - self.low) as u32];
        counts[0] * low + counts[1] * high
    }
}

/// The bands below line 36, where the first region ends whenever windows are switched.
fn first_region(edges: &[usize]) -> usize {
    edges.partition_point(|edge| *edge < 36)
}
