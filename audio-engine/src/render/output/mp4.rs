//! The boxes of an MPEG-4 file with one AAC track (ISO 14496-12 and -14).

use std::io::Write;

/// Frames of one AAC packet.
const PACKET_FRAMES: u32 = 1024;
/// Packets of one chunk: half a second.
const CHUNK_PACKETS: usize = 22;

/// What the header has to tell about the packets: four bytes for each.
pub(super) struct Movie {
    rate: u32,
    channels: u16,
    /// The decoder's configuration (`AudioSpecificConfig`).
    config: Vec<u8>,
    sizes: Vec<u32>,
    bytes: u64,
    largest: u32,
}

impl Movie {
    /// Where the 64-bit size of the media box lies in the file.
    pub(super) const MDAT_SIZE_AT: u64 = FTYP.len() as u64 + 8;
    const MEDIA_AT: u64 = FTYP.len() as u64 + 16;

    /// Writes the file's type and opens its media box.
    pub(super) fn begin(out: &mut impl Write, rate: u32, channels: usize, config: &[u8]) -> std::io::Result<Self> {
        out.write_all(FTYP)?;
        // A size of 1 stands for the 64-bit one behind the name.
        out.write_all(&[0, 0, 0, 1])?;
        out.write_all(b"mdat")?;
        out.write_all(&[0; 8])?;
        let channels = u16::try_from(channels).unwrap_or(2);
        Ok(Self { rate, channels, config: config.to_vec(), sizes: Vec::new(), bytes: 0, largest: 0 })
    }

    pub(super) fn add_packet(&mut self, bytes: usize) {
        let size = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.sizes.push(size);
        self.bytes += u64::from(size);
        self.largest = self.largest.max(size);
    }

    /// The movie box, and the media box's size.
    pub(super) fn finish(&self, priming: u64, frames: u64, ilst: &[u8]) -> (Vec<u8>, u64) {
        let coded = self.sizes.len() as u64 * u64::from(PACKET_FRAMES);
        let mut parts = vec![self.movie_header(frames), self.track(priming, frames, coded)];
        if !ilst.is_empty() {
            parts.push(user_data(ilst));
        }
        (boxed(*b"moov", &parts.concat()), self.bytes + 16)
    }

    fn movie_header(&self, frames: u64) -> Vec<u8> {
        let mut body = vec![1, 0, 0, 0];
        body.extend_from_slice(&[0; 16]);
        body.extend_from_slice(&self.rate.to_be_bytes());
        body.extend_from_slice(&frames.to_be_bytes());
        // Normal speed, full volume.
        body.extend_from_slice(&[0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        body.extend_from_slice(&MATRIX);
        body.extend_from_slice(&[0; 24]);
        body.extend_from_slice(&2_u32.to_be_bytes());
        boxed(*b"mvhd", &body)
    }

    fn track(&self, priming: u64, frames: u64, coded: u64) -> Vec<u8> {
        let mut header = vec![1, 0, 0, 7];
        header.extend_from_slice(&[0; 16]);
        header.extend_from_slice(&1_u32.to_be_bytes());
        header.extend_from_slice(&[0; 4]);
        header.extend_from_slice(&frames.to_be_bytes());
        header.extend_from_slice(&[0; 12]);
        header.extend_from_slice(&[1, 0, 0, 0]);
        header.extend_from_slice(&MATRIX);
        header.extend_from_slice(&[0; 8]);
        // One edit: behind the encoder's delay, for as long as the audio lasts.
        let mut edit = vec![1, 0, 0, 0, 0, 0, 0, 1];
        edit.extend_from_slice(&frames.to_be_bytes());
        edit.extend_from_slice(&priming.to_be_bytes());
        edit.extend_from_slice(&[0, 1, 0, 0]);
        let edits = boxed(*b"edts", &boxed(*b"elst", &edit));
        boxed(*b"trak", &[boxed(*b"tkhd", &header), edits, self.media(coded)].concat())
    }

    fn media(&self, coded: u64) -> Vec<u8> {
        let mut header = vec![1, 0, 0, 0];
        header.extend_from_slice(&[0; 16]);
        header.extend_from_slice(&self.rate.to_be_bytes());
        header.extend_from_slice(&coded.to_be_bytes());
        // "und": no language.
        header.extend_from_slice(&[0x55, 0xC4, 0, 0]);
        let handler = [&[0; 8][..], b"soun", &[0; 12], b"sound\0"].concat();
        let data = boxed(
            *b"dinf",
            &boxed(*b"dref", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &boxed(*b"url ", &[0, 0, 0, 1])].concat()),
        );
        let info = [boxed(*b"smhd", &[0; 8]), data, self.sample_table()].concat();
        boxed(*b"mdia", &[boxed(*b"mdhd", &header), boxed(*b"hdlr", &handler), boxed(*b"minf", &info)].concat())
    }

    fn sample_table(&self) -> Vec<u8> {
        let count = u32::try_from(self.sizes.len()).unwrap_or(u32::MAX);
        let mut description = vec![0, 0, 0, 0, 0, 0, 0, 1];
        description.extend_from_slice(&self.audio_entry());
        let times = [0, 1, count, PACKET_FRAMES].map(u32::to_be_bytes).concat();
        let sizes = [0, 0, count].into_iter().chain(self.sizes.iter().copied()).flat_map(u32::to_be_bytes);
        let (chunks, offsets) = self.chunks();
        let parts = [
            boxed(*b"stsd", &description),
            boxed(*b"stts", &times),
            boxed(*b"stsc", &chunks),
            boxed(*b"stsz", &sizes.collect::<Vec<u8>>()),
            boxed(*b"co64", &offsets),
        ];
        boxed(*b"stbl", &parts.concat())
    }

    /// Which packets lie together, and where.
    fn chunks(&self) -> (Vec<u8>, Vec<u8>) {
        let whole = u32::try_from(CHUNK_PACKETS).unwrap_or(1);
        let count = self.sizes.len().div_ceil(CHUNK_PACKETS);
        let last = u32::try_from(self.sizes.len() % CHUNK_PACKETS).unwrap_or(0);
        let last_chunk = u32::try_from(count).unwrap_or(u32::MAX);
        let mut runs = vec![[1, whole, 1]];
        if last != 0 {
            if count == 1 {
                runs.clear();
            }
            runs.push([last_chunk, last, 1]);
        }
        let mut table = [0, u32::try_from(runs.len()).unwrap_or(0)].map(u32::to_be_bytes).concat();
        table.extend(runs.into_iter().flatten().flat_map(u32::to_be_bytes));
        let mut offsets = [0, last_chunk].map(u32::to_be_bytes).concat();
        let mut at = Self::MEDIA_AT;
        for chunk in self.sizes.chunks(CHUNK_PACKETS) {
            offsets.extend_from_slice(&at.to_be_bytes());
            at += chunk.iter().map(|size| u64::from(*size)).sum::<u64>();
        }
        (table, offsets)
    }

    fn audio_entry(&self) -> Vec<u8> {
        let mut body = vec![0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        body.extend_from_slice(&self.channels.to_be_bytes());
        body.extend_from_slice(&[0, 16, 0, 0, 0, 0]);
        body.extend_from_slice(&(self.rate << 16).to_be_bytes());
        body.extend_from_slice(&self.elementary_stream());
        boxed(*b"mp4a", &body)
    }

    fn elementary_stream(&self) -> Vec<u8> {
        let packets = (self.sizes.len() as u64).max(1);
        let average = self.bytes * 8 * u64::from(self.rate) / (packets * u64::from(PACKET_FRAMES));
        let most = u64::from(self.largest) * 8 * u64::from(self.rate) / u64::from(PACKET_FRAMES);
        let bits = |n: u64| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
        // MPEG-4 audio, an audio stream, and the largest packet as the decoder's buffer.
        let mut decoder = vec![0x40, 0x15];
        decoder.extend_from_slice(&self.largest.to_be_bytes()[1..]);
        decoder.extend_from_slice(&bits(most));
        decoder.extend_from_slice(&bits(average));
        decoder.extend_from_slice(&descriptor(5, &self.config));
        let stream = [&[0, 1, 0][..], &descriptor(4, &decoder), &descriptor(6, &[2])].concat();
        boxed(*b"esds", &[&[0, 0, 0, 0][..], &descriptor(3, &stream)].concat())
    }
}

const FTYP: &[u8; 28] = b"\0\0\0\x1CftypM4A \0\0\x02\0M4A mp42isom";

/// The identity, in fixed point.
const MATRIX: [u8; 36] = {
    let mut matrix = [0; 36];
    matrix[1] = 1;
    matrix[17] = 1;
    matrix[32] = 0x40;
    matrix
};

fn user_data(ilst: &[u8]) -> Vec<u8> {
    let handler = [&[0; 8][..], b"mdirappl", &[0; 9]].concat();
    let meta = [&[0; 4][..], &boxed(*b"hdlr", &handler), ilst].concat();
    boxed(*b"udta", &boxed(*b"meta", &meta))
}

fn boxed(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap_or(u32::MAX);
    [&size.to_be_bytes()[..], &kind, body].concat()
}

/// A descriptor of ISO 14496-1, whose length is below 128 here.
fn descriptor(tag: u8, body: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(body.len()).unwrap_or(0x7F)][..], body].concat()
}
