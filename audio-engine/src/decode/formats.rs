//! Files of every accepted kind, made by ffmpeg and sox, decoded here and there: lossless ones bit by bit, lossy ones
//! to 90 dB below full scale, and every one to the length that went in.

use super::*;
use crate::testing::{decode, difference_dbfs, ffmpeg, ffmpeg_decode, material, planar, run};
use std::path::PathBuf;

const RATE: u32 = 44_100;
/// No multiple of any codec's frame.
const FRAMES: usize = 2 * 44_100 + 321;

/// The material as raw floats, from which the others are made; the arguments that make ffmpeg read it.
fn source(folder: &Path, channels: usize) -> Vec<String> {
    let path = folder.join(format!("source{channels}.raw"));
    let signal = material(RATE, channels, FRAMES);
    let bytes = (0..FRAMES).flat_map(|i| signal.iter().flat_map(move |channel| channel[i].to_le_bytes()));
    std::fs::write(&path, bytes.collect::<Vec<u8>>()).unwrap();
    let path = path.to_str().unwrap();
    format!("-f f32le -ar {RATE} -ac {channels} -i {path}").split(' ').map(str::to_owned).collect()
}

/// Makes a file with ffmpeg.
fn make(source: &[String], arguments: &[&str], path: &Path) {
    let source: Vec<&str> = source.iter().map(String::as_str).collect();
    ffmpeg(&[&source, arguments, &[path.to_str().unwrap()]].concat());
}

/// Makes many files with one run of ffmpeg, whose start takes longer than its work.
fn make_all(source: &[String], folder: &Path, files: &[(&str, &[&str])]) -> Vec<PathBuf> {
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    let outputs = files
        .iter()
        .zip(&paths)
        .flat_map(|((_, arguments), path)| arguments.iter().copied().chain(std::iter::once(path.to_str().unwrap())));
    let all: Vec<&str> = source.iter().map(String::as_str).chain(outputs).collect();
    ffmpeg(&all);
    paths
}

/// Decodes many files with one run of ffmpeg.
fn theirs_of_all(paths: &[PathBuf], channels: usize) -> Vec<Vec<Vec<f32>>> {
    let raw = |i: usize| paths[i].with_extension(format!("{i}.raw"));
    let inputs = paths.iter().flat_map(|path| ["-i".to_owned(), path.to_str().unwrap().to_owned()]);
    let outputs = (0..paths.len()).flat_map(|i| {
        ["-map".to_owned(), format!("{i}:a"), "-f".to_owned(), "f32le".to_owned(), raw(i).to_str().unwrap().to_owned()]
    });
    let arguments: Vec<String> = inputs.chain(outputs).collect();
    ffmpeg(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    (0..paths.len()).map(|i| planar(&std::fs::read(raw(i)).unwrap(), channels)).collect()
}

/// Decodes with both and returns how far apart they are, in dBFS.
fn apart(path: &Path, channels: usize, input: &[&str]) -> f64 {
    apart_from(path, ffmpeg_decode(input, path, channels))
}

fn apart_from(path: &Path, mut theirs: Vec<Vec<f32>>) -> f64 {
    let ours = decode(path);
    // ffmpeg gives the last packet of some streams whole; ours ends where the audio does.
    if theirs[0].len() > ours[0].len() && theirs[0].len() < ours[0].len() + 2048 {
        for channel in &mut theirs {
            channel.truncate(ours[0].len());
        }
    }
    difference_dbfs(&ours, &theirs)
}

#[test]
fn lossless_files_are_decoded_bit_by_bit() {
    let folder = tempfile::tempdir().unwrap();
    let files: [(&str, &[&str]); 19] = [
        ("u8.wav", &["-c:a", "pcm_u8"]),
        ("s16.wav", &["-c:a", "pcm_s16le"]),
        ("s24.wav", &["-c:a", "pcm_s24le"]),
        ("s32.wav", &["-c:a", "pcm_s32le"]),
        ("f32.wav", &["-c:a", "pcm_f32le"]),
        ("f64.wav", &["-c:a", "pcm_f64le"]),
        ("bext.wav", &["-c:a", "pcm_s24le", "-write_bext", "1", "-metadata", "description=x"]),
        ("rf64.wav", &["-c:a", "pcm_s24le", "-rf64", "always"]),
        ("rf64f.wav", &["-c:a", "pcm_f32le", "-rf64", "always"]),
        ("s16.aiff", &["-c:a", "pcm_s16be"]),
        ("s24.aiff", &["-c:a", "pcm_s24be"]),
        ("f32.aifc", &["-c:a", "pcm_f32be", "-f", "aiff"]),
        ("s16le.caf", &["-c:a", "pcm_s16le"]),
        ("s24.caf", &["-c:a", "pcm_s24be"]),
        ("f32.caf", &["-c:a", "pcm_f32le"]),
        ("s16.flac", &["-c:a", "flac", "-sample_fmt", "s16"]),
        ("s24.flac", &["-c:a", "flac", "-sample_fmt", "s32"]),
        ("s16.m4a", &["-c:a", "alac", "-sample_fmt", "s16p"]),
        ("s24.m4a", &["-c:a", "alac", "-sample_fmt", "s32p"]),
    ];
    for channels in [1, 2, 6] {
        let paths = make_all(&source(folder.path(), channels), folder.path(), &files);
        for (path, theirs) in paths.iter().zip(theirs_of_all(&paths, channels)) {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert_eq!(decode(path)[0].len(), FRAMES, "{name}, {channels} channels");
            let apart = apart_from(path, theirs);
            // ffmpeg narrows the widest samples by another road to f32: half a step of 24 bits.
            let most = if name.contains("s32") || name.contains("f64") { -144.0 } else { f64::NEG_INFINITY };
            assert!(apart <= most, "{name}, {channels} channels: {apart:.1} dBFS apart");
        }
    }
}

#[test]
fn alac_in_caf_is_decoded_bit_by_bit() {
    let folder = tempfile::tempdir().unwrap();
    for channels in [1, 2] {
        let source = source(folder.path(), channels);
        for (name, format) in [("s16.caf", "s16p"), ("s24.caf", "s32p")] {
            let path = folder.path().join(name);
            make(&source, &["-c:a", "alac", "-sample_fmt", format], &path);
            assert_eq!(decode(&path)[0].len(), FRAMES, "{name}, {channels} channels");
            let apart = apart(&path, channels, &[]);
            assert!(apart <= f64::NEG_INFINITY, "{name}, {channels} channels: {apart:.1} dBFS apart");
        }
    }
}

#[test]
fn bw64_is_rf64_by_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path(), 2);
    let path = folder.path().join("bw64.wav");
    make(&source, &["-c:a", "pcm_s24le", "-rf64", "always"], &path);
    let rf64 = decode(&path);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[..4].copy_from_slice(b"BW64");
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(decode(&path), rf64);
    // A cut one is found by what its ds64 chunk states.
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&path, &bytes).unwrap();
    let error = inspect(&path).unwrap_err();
    assert!(matches!(error, DecodeError::Truncated { expected_frames: Some(n), .. } if n == FRAMES as u64), "{error}");
}

#[test]
fn lossy_files_are_decoded_as_ffmpeg_does() {
    let folder = tempfile::tempdir().unwrap();
    for channels in [1, 2] {
        let source = source(folder.path(), channels);
        for (name, arguments, exact) in [
            ("c128.mp3", &["-c:a", "libmp3lame", "-b:a", "128k"][..], true),
            ("v2.mp3", &["-c:a", "libmp3lame", "-q:a", "2"], true),
            ("low.mp3", &["-c:a", "libmp3lame", "-b:a", "32k", "-ar", "22050"], true),
            ("c160.m4a", &["-c:a", "aac", "-b:a", "160k"], true),
            ("raw.aac", &["-c:a", "aac", "-b:a", "128k", "-f", "adts"], false),
            ("q4.ogg", &["-c:a", "libvorbis", "-q:a", "4"], true),
            ("c96.opus", &["-c:a", "libopus", "-b:a", "96k"], true),
            ("voice.opus", &["-c:a", "libopus", "-b:a", "20k", "-application", "voip"], true),
            ("long.opus", &["-c:a", "libopus", "-b:a", "48k", "-frame_duration", "60"], true),
            ("quick.opus", &["-c:a", "libopus", "-b:a", "128k", "-frame_duration", "2.5"], true),
        ] {
            let path = folder.path().join(name);
            make(&source, arguments, &path);
            let opus = name.ends_with("opus");
            // ffmpeg's own Opus decoder is no reference; libopus is, if it is not made to round to 16 bits.
            let input: &[&str] = if opus { &["-request_sample_fmt", "flt", "-c:a", "libopus"] } else { &[] };
            let apart = apart(&path, channels, input);
            // A few packets of these are decoded in fixed point, which rounds more.
            let most = if ["long.opus", "quick.opus"].contains(&name) { -66.0 } else { -90.0 };
            assert!(apart <= most, "{name}, {channels} channels: {apart:.1} dBFS apart");
            let rate = if opus {
                48_000
            } else if name == "low.mp3" {
                22_050
            } else {
                RATE
            };
            let expected = (FRAMES as u64 * u64::from(rate)).div_ceil(u64::from(RATE));
            let found = decode(&path)[0].len() as u64;
            assert!(
                !exact || found.abs_diff(expected) <= u64::from(rate != RATE),
                "{name}: {found} of {expected} frames"
            );
        }
    }
}

#[test]
fn what_sox_writes_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("source.wav");
    make(&source(folder.path(), 2), &["-c:a", "pcm_s24le"], &wav);
    for name in ["s.aiff", "s.flac", "s.caf", "s.w24.wav", "s.ogg"] {
        let path = folder.path().join(name);
        run("sox", &[wav.to_str().unwrap(), "-D", path.to_str().unwrap()]);
        let apart = apart(&path, 2, &[]);
        assert_eq!(decode(&path)[0].len(), FRAMES, "{name}");
        assert!(apart <= if name == "s.ogg" { -90.0 } else { f64::NEG_INFINITY }, "{name}: {apart}");
    }
}

#[test]
fn telephone_codecs_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    make(&source(folder.path(), 1), &["-c:a", "pcm_alaw"], &path);
    let error = inspect(&path).unwrap_err();
    assert!(matches!(&error, DecodeError::UnsupportedCodec { codec } if codec == "A-law"), "{error}");
}

#[test]
fn a_second_stream_behind_the_first_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path(), 2);
    let mut chain = Vec::new();
    for name in ["a.ogg", "b.ogg"] {
        let path = folder.path().join(name);
        make(&source, &["-c:a", "libvorbis"], &path);
        chain.extend(std::fs::read(path).unwrap());
    }
    let path = folder.path().join("chain.ogg");
    std::fs::write(&path, chain).unwrap();
    let error = inspect(&path).unwrap_err();
    assert!(matches!(&error, DecodeError::UnsupportedCodec { codec } if codec.contains("chain")), "{error}");
}

#[test]
fn more_channels_than_a_lossy_decoder_knows_are_refused_by_their_number() {
    let folder = tempfile::tempdir().unwrap();
    let vorbis = ["-c:a", "libvorbis", "-q:a", "4"];
    let refused: [(&str, usize, usize, &[&str]); 5] = [
        ("surround.opus", 6, 2, &["-c:a", "libopus", "-mapping_family", "1"]),
        ("surround.m4a", 6, 2, &["-c:a", "aac"]),
        ("surround.aac", 6, 2, &["-c:a", "aac", "-f", "adts"]),
        ("surround.ogg", 6, 5, &vorbis),
        ("large.ogg", 8, 5, &vorbis),
    ];
    for (name, count, limit, arguments) in refused {
        let path = folder.path().join(name);
        make(&source(folder.path(), count), arguments, &path);
        let error = inspect(&path).unwrap_err();
        let is_named =
            matches!(error, DecodeError::CodecChannels { channels, most, .. } if (channels, most) == (count, limit));
        assert!(is_named, "{name}: {error}");
    }
}

#[test]
fn high_efficiency_aac_is_refused_by_name_where_no_header_tells() {
    let signal = material(48_000, 2, 48_000);
    let encode = |options: syom::EncodeOptions| syom::encode_with(&signal, 48_000, &options).unwrap();
    let opened =
        |bytes: Vec<u8>| Decoder::from_reader(std::io::Cursor::new(bytes)).map(|decoder| decoder.spec().clone());
    let low = syom::EncodeOptions::adts().with_bitrate_bps(48_000);
    for (name, bytes) in [("v1", encode(low.clone().with_he(true))), ("v2", encode(low.clone().with_he_v2(true)))] {
        // The header is that of a plain stream at half the rate, and so is what a plain decoder gives.
        assert_eq!(syom::probe(&bytes).unwrap().profile, syom::ProbeProfile::Lc, "{name}");
        let error = opened(bytes).unwrap_err();
        assert!(matches!(&error, DecodeError::UnsupportedCodec { codec } if codec == "HE-AAC"), "{name}: {error}");
    }
    assert_eq!(opened(encode(low)).unwrap().sample_rate_hz, 48_000);
}

#[test]
fn high_efficiency_aac_is_known_by_its_configuration() {
    let lc = [0x11, 0x90];
    let (explicit, stereo) = ([0x2B, 0x11, 0x88, 0x00], [0xEB, 0x09, 0x88, 0x00]);
    let behind = [0x13, 0x90, 0x56, 0xE5, 0xA0];
    assert!(!mp4::is_high_efficiency(&lc) && !mp4::is_high_efficiency(&[]));
    assert!(mp4::is_high_efficiency(&explicit) && mp4::is_high_efficiency(&stereo));
    assert!(mp4::is_high_efficiency(&behind));
    // Announced, and not there.
    assert!(!mp4::is_high_efficiency(&[0x13, 0x90, 0x56, 0xE5, 0x00]));
}
