//! Ogg pages around packets (RFC 3533).

use std::io::Write;

/// A page takes at most this many segments of 255 bytes.
const MAX_SEGMENTS: usize = 255;
/// The checksum's polynomial.
const POLYNOMIAL: u32 = 0x04C1_1DB7;

/// Gathers packets into the pages of one logical stream.
pub(super) struct OggWriter<W: Write> {
    out: W,
    serial: u32,
    sequence: u32,
    segments: Vec<u8>,
    body: Vec<u8>,
    /// Position at the end of the last packet that ends on the gathered page.
    position: Option<u64>,
    continued: bool,
}

impl<W: Write> OggWriter<W> {
    pub(super) fn new(out: W, serial: u32) -> Self {
        Self { out, serial, sequence: 0, segments: Vec::new(), body: Vec::new(), position: None, continued: false }
    }

    /// Adds a packet whose last frame ends at `position`.
    pub(super) fn packet(&mut self, packet: &[u8], position: u64) -> std::io::Result<()> {
        let mut rest = packet;
        loop {
            if self.segments.len() == MAX_SEGMENTS {
                self.write_page(false)?;
                self.continued = rest.len() < packet.len();
            }
            let len = rest.len().min(255);
            self.segments.push(u8::try_from(len).unwrap_or(255));
            self.body.extend_from_slice(&rest[..len]);
            rest = &rest[len..];
            // A packet ends with a segment below 255, even an empty one.
            if len < 255 {
                self.position = Some(position);
                return Ok(());
            }
        }
    }

    /// Ends the page, so that the next packet starts a new one.
    pub(super) fn end_page(&mut self) -> std::io::Result<()> {
        if self.segments.is_empty() { Ok(()) } else { self.write_page(false) }
    }

    /// Ends the stream and hands the writer back.
    pub(super) fn finish(mut self) -> std::io::Result<W> {
        self.write_page(true)?;
        Ok(self.out)
    }

    fn write_page(&mut self, last: bool) -> std::io::Result<()> {
        let kind = u8::from(self.continued) | u8::from(self.sequence == 0) << 1 | u8::from(last) << 2;
        let mut page = Vec::with_capacity(27 + self.segments.len() + self.body.len());
        page.extend_from_slice(b"OggS\0");
        page.push(kind);
        // All ones: no packet ends here.
        page.extend_from_slice(&self.position.unwrap_or(u64::MAX).to_le_bytes());
        page.extend_from_slice(&self.serial.to_le_bytes());
        page.extend_from_slice(&self.sequence.to_le_bytes());
        page.extend_from_slice(&[0; 4]);
        page.push(u8::try_from(self.segments.len()).unwrap_or(u8::MAX));
        page.extend_from_slice(&self.segments);
        page.extend_from_slice(&self.body);
        let sum = checksum(&page);
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        self.out.write_all(&page)?;
        self.sequence += 1;
        self.segments.clear();
        self.body.clear();
        self.position = None;
        self.continued = false;
        Ok(())
    }
}

/// The page checksum: CRC-32 from the top bit, without inversion.
pub(super) fn checksum(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    bytes.iter().fold(0, |sum, byte| (sum << 8) ^ TABLE[usize::from((sum >> 24) as u8 ^ byte)])
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut i = 0_u32;
    while i < 256 {
        let mut sum = i << 24;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 0x8000_0000 == 0 { sum << 1 } else { (sum << 1) ^ POLYNOMIAL };
            bit += 1;
        }
        table[i as usize] = sum;
        i += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_longer_than_a_page_are_continued() {
        let mut writer = OggWriter::new(Vec::new(), 7);
        writer.packet(&vec![1; 255 * 255], 10).unwrap();
        writer.packet(&[2; 3], 20).unwrap();
        let bytes = writer.finish().unwrap();
        let pages: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(b"OggS")).collect();
        assert_eq!(pages.len(), 2);
        // Nothing ends on the first page; the second continues the packet and ends the stream.
        assert_eq!(bytes[6..14], [0xFF; 8]);
        let second = &bytes[pages[1]..];
        assert_eq!((second[5], second[26], second[27], second[28]), (0b101, 2, 0, 3));
    }

    #[test]
    fn checksum_is_that_of_the_specification() {
        // The CRC-32/MPEG-2 family without inversion: the check value of "123456789".
        assert_eq!(checksum(b"123456789"), 0x89A1_897F);
    }
}
