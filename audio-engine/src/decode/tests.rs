//! Files made here: good ones, cut ones, lying ones and garbage.

#![expect(clippy::cast_precision_loss, reason = "signals are synthesised here")]

use super::*;
use proptest::prelude::*;
use std::io::Cursor;

fn wav(rate: u32, channels: u16, frames: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let spec =
        hound::WavSpec { channels, sample_rate: rate, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    for i in 0..frames * u32::from(channels) {
        writer.write_sample(((i * 37) % 2000) as i16 - 1000).unwrap();
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

fn mp3(frames: usize) -> Vec<u8> {
    let mut encoder = rusty_mp3::Mp3Encoder::new(rusty_mp3::Mp3EncoderConfig { bitrate_kbps: 128, vbr_quality: None });
    let pcm: Vec<f32> = (0..frames * 2).map(|i| 0.4 * (i as f32 * 0.03).sin()).collect();
    encoder.push_pcm_f32(&pcm, 2, 44_100).unwrap();
    encoder.finish();
    std::iter::from_fn(|| encoder.next_packet().ok()).flatten().collect()
}

fn decode(bytes: Vec<u8>) -> Result<u64, DecodeError> {
    let mut decoder = Decoder::from_reader(Cursor::new(bytes))?;
    let mut frames = 0;
    while let Some(block) = decoder.next_block()? {
        assert!(block.iter().all(|channel| channel.len() == block[0].len()));
        frames += block[0].len() as u64;
    }
    Ok(frames)
}

#[test]
fn wav_is_exact() {
    let bytes = wav(44_100, 2, 10_000);
    let decoder = Decoder::from_reader(Cursor::new(bytes.clone())).unwrap();
    let spec = decoder.spec();
    assert_eq!((spec.format, spec.codec.as_str()), (Container::Wav, "pcm_s16le"));
    assert_eq!(
        (spec.sample_rate_hz, spec.channels, spec.bits_per_sample, spec.frames),
        (44_100, 2, Some(16), Some(10_000))
    );
    assert_eq!(decode(bytes).unwrap(), 10_000);
}

#[test]
fn mp3_delay_is_trimmed() {
    assert_eq!(decode(mp3(30_000)).unwrap(), 30_000);
}

#[test]
fn name_does_not_decide() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("beat.mp3");
    std::fs::write(&path, wav(48_000, 1, 4_800)).unwrap();
    let facts = inspect(&path).unwrap();
    assert_eq!((facts.spec.format, facts.frames), (Container::Wav, 4_800));
    assert!((facts.duration_s - 0.1).abs() < 1e-9);
}

#[test]
fn each_breach_has_its_own_error() {
    assert!(matches!(decode(Vec::new()), Err(DecodeError::Empty)));
    assert!(matches!(decode(wav(44_100, 2, 0)), Err(DecodeError::Empty)));
    assert!(matches!(decode(b"just some words, no sound".repeat(50)), Err(DecodeError::NotAudio)));
    assert!(matches!(decode(b"PK\x03\x04 a zip archive".to_vec()), Err(DecodeError::NotAudio)));
    assert!(matches!(decode(wav(4_000, 1, 100)), Err(DecodeError::SampleRate { sample_rate_hz: 4_000 })));
    assert!(matches!(decode(wav(384_000, 1, 100)), Err(DecodeError::SampleRate { sample_rate_hz: 384_000 })));
    assert!(matches!(
        decode(wav(44_100, 9, 100)),
        Err(DecodeError::Channels { channels: 9 } | DecodeError::UnsupportedCodec { .. })
    ));
    assert!(
        matches!(decode(b"wvpk and so on".to_vec()), Err(DecodeError::UnsupportedCodec { codec }) if codec == "WavPack")
    );
}

#[test]
fn uploads_have_narrower_limits_than_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    std::fs::write(&path, wav(8_000, 1, 8_000 * 3_601)).unwrap();
    assert!(matches!(inspect(&path), Err(DecodeError::TooLong { limit_s: MAX_SECONDS })));
    assert!(Decoder::open(&path).is_ok());
}

#[test]
fn what_is_missing_and_what_is_a_folder_is_said() {
    assert!(matches!(inspect(Path::new("no/such/file.wav")), Err(DecodeError::Missing)));
    assert!(matches!(inspect(&std::env::temp_dir()), Err(DecodeError::Folder)));
}

#[test]
fn cut_files_are_truncated() {
    let whole = wav(44_100, 2, 50_000);
    let error = decode(whole[..whole.len() / 2].to_vec()).unwrap_err();
    assert!(matches!(error, DecodeError::Truncated { expected_frames: Some(50_000), .. }), "{error}");
    let whole = mp3(100_000);
    let error = decode(whole[..whole.len() / 2].to_vec()).unwrap_err();
    assert!(matches!(error, DecodeError::Truncated { expected_frames: Some(100_000), .. }), "{error}");
}

#[test]
fn lying_headers_are_refused_without_allocating_for_them() {
    let mut bytes = wav(44_100, 2, 1_000);
    // The data chunk claims almost 4 GiB.
    bytes[40..44].copy_from_slice(&0xFFFF_FF00_u32.to_le_bytes());
    let error = decode(bytes).unwrap_err();
    assert!(
        matches!(error, DecodeError::TooLong { .. } | DecodeError::Truncated { .. } | DecodeError::Corrupt { .. }),
        "{error}"
    );
    let mut m4a = b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42".to_vec();
    m4a.extend_from_slice(b"\xFF\xFF\xFF\xF0moov\0\0\0\x10stsz");
    assert!(decode(m4a).is_err());
}

#[test]
fn samples_that_are_not_numbers_are_refused() {
    let mut bytes = Cursor::new(Vec::new());
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    for x in [0.1, f32::NAN, f32::INFINITY] {
        writer.write_sample(x).unwrap();
    }
    writer.finalize().unwrap();
    assert!(matches!(decode(bytes.into_inner()), Err(DecodeError::Corrupt { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..4_000), kind in 0..8_usize) {
        let magic: &[u8] = [&b"RIFF\xFF\0\0\0WAVEfmt "[..], b"FORM\0\0\x10\0AIFFCOMM", b"fLaC\0\0\0\x22", b"OggS\0\x02",
            b"\0\0\0\x10ftypM4A \0\0\0\0", b"caff\0\x01\0\0desc", b"\xFF\xFB\x90\x64", b""][kind];
        drop(decode([magic, &bytes].concat()));
    }

    #[test]
    fn damaged_files_never_panic(at in 0..20_000_usize, value in any::<u8>(), cut in 0..20_000_usize, is_mp3 in any::<bool>()) {
        let mut bytes = if is_mp3 { mp3(20_000) } else { wav(44_100, 2, 5_000) };
        let len = bytes.len();
        bytes[at % len.min(200)] = value;
        bytes[at % len] = value;
        bytes.truncate(len - cut % len);
        drop(decode(bytes));
    }
}
