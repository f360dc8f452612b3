//! The chunks that make a WAV file a broadcast one: `bext` version 2 (EBU Tech 3285) and `iXML` 2.10.

use super::ascii::in_ascii;
use super::metadata::{VENDOR, set};
use crate::measure::Measurement;
use crate::render::Metadata;

/// Bytes of a `bext` chunk before its coding history.
const BEXT_BYTES: usize = 602;
/// Where the five loudness fields lie within it.
pub(super) const LOUDNESS_AT: usize = 412;
/// A loudness field that says nothing (Tech 3285, 2.4).
const UNKNOWN: i16 = 0x7FFF;

/// A `bext` body with its loudness fields still unknown.
pub(super) fn bext(metadata: &Metadata, rate: u32, bits: u16, channels: usize) -> Vec<u8> {
    let mut body = vec![0; BEXT_BYTES];
    let description = [set(metadata.title.as_ref()), set(metadata.comment.as_ref())];
    let description: Vec<String> = description.into_iter().flatten().collect();
    put(&mut body[..256], &description.join(" / "));
    put(&mut body[256..288], VENDOR);
    put(&mut body[288..320], &set(metadata.isrc.as_ref()).unwrap_or_default());
    if let Some(date) = set(metadata.date.as_ref()).filter(|date| is_date(date)) {
        put(&mut body[320..330], &date);
        put(&mut body[330..338], "00:00:00");
    }
    // Version 2; the time reference and the UMID are left at zero.
    body[346] = 2;
    body[LOUDNESS_AT..LOUDNESS_AT + 10].copy_from_slice(&loudness(None));
    let mode = match channels {
        1 => "mono",
        2 => "stereo",
        _ => "multitrack",
    };
    body.extend_from_slice(format!("A=PCM,F={rate},W={bits},M={mode},T={VENDOR}\r\n").as_bytes());
    body
}

/// The loudness fields in hundredths: integrated, range, true peak, momentary, short-term.
pub(super) fn loudness(measured: Option<&Measurement>) -> [u8; 10] {
    let fields = measured.map_or([None; 5], |m| {
        [m.integrated_lufs, m.loudness_range_lu, m.true_peak_dbtp, m.momentary_max_lufs, m.short_term_max_lufs]
    });
    let mut bytes = [0; 10];
    for (to, field) in bytes.chunks_exact_mut(2).zip(fields) {
        to.copy_from_slice(&field.map_or(UNKNOWN, hundredths).to_le_bytes());
    }
    bytes
}

#[expect(clippy::cast_possible_truncation, reason = "levels lie within ±327 dB")]
fn hundredths(level: f64) -> i16 {
    (level * 100.0).round().clamp(-32_000.0, 32_000.0) as i16
}

/// ASCII, cut to the field; Tech 3285 knows nothing else.
fn put(field: &mut [u8], text: &str) {
    for (to, from) in field.iter_mut().zip(in_ascii(text).into_bytes()) {
        *to = from;
    }
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() })
}

/// An `iXML` body.
pub(super) fn ixml(metadata: &Metadata, rate: u32, bits: u16, channels: usize) -> Vec<u8> {
    let element = |name: &str, text: Option<String>| {
        text.map(|text| format!("<{name}>{}</{name}>", escape(&text))).unwrap_or_default()
    };
    let names: &[&str] = if channels == 2 { &["L", "R"] } else { &["M"] };
    let track = |i: usize| {
        let name = names.get(i - 1).copied().unwrap_or("");
        format!(
            "<TRACK><CHANNEL_INDEX>{i}</CHANNEL_INDEX><INTERLEAVE_INDEX>{i}</INTERLEAVE_INDEX><NAME>{name}</NAME></TRACK>"
        )
    };
    let tracks = (1..=channels).map(track).collect::<Vec<_>>().concat();
    let user = [
        element("ISRC", set(metadata.isrc.as_ref())),
        element("ARTIST", set(metadata.artist.as_ref())),
        element("TEMPO", metadata.bpm.filter(|bpm| bpm.is_finite()).map(|bpm| format!("{bpm}"))),
        element("KEY", set(metadata.key.as_ref())),
    ];
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BWFXML><IXML_VERSION>2.10</IXML_VERSION>{}{}{}<SPEED><FILE_SAMPLE_RATE>{rate}</FILE_SAMPLE_RATE><AUDIO_BIT_DEPTH>{bits}</AUDIO_BIT_DEPTH></SPEED><TRACK_LIST><TRACK_COUNT>{channels}</TRACK_COUNT>{tracks}</TRACK_LIST><USER>{}</USER></BWFXML>\n",
        element("PROJECT", set(metadata.album.as_ref())),
        element("SCENE", set(metadata.title.as_ref())),
        element("NOTE", set(metadata.comment.as_ref())),
        user.concat(),
    )
    .into_bytes()
}

fn escape(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    plain.fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
        out
    })
}
