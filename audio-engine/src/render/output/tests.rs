//! Every format: written, read back by our decoder and by ffmpeg, tags and cover included.

use super::*;
use crate::decode::read_broadcast;
use crate::render::Workspace;
use crate::testing::{decode, difference_dbfs, ffmpeg_decode, material, run, signal_to_noise_db};

const FRAMES: usize = 48_000 + 123;

/// The smallest picture there is: one transparent pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";

#[test]
fn all_files_get_their_names_or_none_does() {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");
    std::fs::create_dir(&work).unwrap();
    let partial = |name: &str| {
        std::fs::write(work.join(name), "new").unwrap();
        Partial::new(&work, folder.path(), name)
    };
    let partials = ["old.wav", "fresh.wav", "taken.wav"].map(partial);
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("old.wav"), "old").unwrap();
    std::fs::create_dir(at("taken.wav")).unwrap();
    let error = keep_all(&partials, &work).unwrap_err();
    assert!(matches!(&error, RenderError::Io(cause) if cause.to_string().contains("taken.wav")), "{error:?}");
    assert_eq!(std::fs::read(at("old.wav")).unwrap(), b"old");
    assert!(!at("fresh.wav").exists());

    std::fs::remove_dir(at("taken.wav")).unwrap();
    let partials = ["old.wav", "fresh.wav", "taken.wav"].map(partial);
    std::fs::create_dir(work.join("aside")).unwrap();
    keep_all(&partials, &work.join("aside")).unwrap();
    assert!(["old.wav", "fresh.wav", "taken.wav"].iter().all(|name| std::fs::read(at(name)).unwrap() == b"new"));
}

#[test]
fn what_cannot_be_written_or_shown_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    crate::testing::write_wav(&at("beat.wav"), 48_000, &material(48_000, 2, 48_000));
    std::fs::write(at("cover.webp"), b"RIFF....WEBP").unwrap();
    std::fs::create_dir(at("taken.wav")).unwrap();
    let workspace =
        |out: &str| Workspace::new(at(out)).with_source("beat", at("beat.wav")).with_source("cover", at("cover.webp"));
    let refused = |workspace: &Workspace, output: Output| {
        let outputs = vec![Output::new("a.wav", Format::Wav24), output];
        let mix = crate::render::Mix::master("beat", outputs);
        crate::render::render(&mix, workspace, &mut ()).unwrap_err()
    };
    let plain = Output::new("b.wav", Format::Wav24);
    let covered =
        Output { metadata: Metadata { artwork: Some("cover".into()), ..Metadata::default() }, ..plain.clone() };
    let error = refused(&workspace(""), covered);
    assert!(
        matches!(&error, RenderError::Document { path, reason } if path == "outputs[1].metadata.artwork" && reason.contains("PNG")),
        "{error}"
    );
    let error = refused(&workspace(""), Output::new("taken.wav", Format::Wav24));
    assert!(matches!(&error, RenderError::Document { path, .. } if path == "outputs[1].file"), "{error}");
    let error = refused(&workspace("nowhere"), plain);
    assert!(matches!(&error, RenderError::Io(cause) if cause.to_string().contains("output folder")), "{error:?}");
    let error = Workspace::new(folder.path()).with_source("lost", at("lost.wav")).hash_sources().unwrap_err();
    assert!(matches!(&error, RenderError::Io(cause) if cause.to_string().contains("lost")), "{error:?}");
}

fn tagged() -> Metadata {
    Metadata {
        title: Some("Night Drive & <more>".into()),
        artist: Some("Ana Ünlü".into()),
        album: Some("Album".into()),
        date: Some("2026-11-24".into()),
        comment: Some("LL-7K3M9Q2X".into()),
        isrc: Some("USRC17607839".into()),
        bpm: Some(93.0),
        key: Some("Am".into()),
        artwork: Some("cover".into()),
    }
}

fn write(folder: &Path, format: Format, rate: u32, signal: &[Vec<f32>], metadata: Metadata) -> (PathBuf, Measurement) {
    write_in_blocks(folder, format, rate, signal, metadata, 1000)
}

fn write_in_blocks(
    folder: &Path,
    format: Format,
    rate: u32,
    signal: &[Vec<f32>],
    metadata: Metadata,
    block: usize,
) -> (PathBuf, Measurement) {
    let cover = folder.join("cover.png");
    std::fs::write(&cover, PNG).unwrap();
    let workspace = Workspace::new(folder).with_source("cover", cover);
    let file = format!("{}-{}.{}", format.name(), signal.len(), format.extension());
    let output = Output { file, format, sample_rate_hz: Some(rate), metadata, tagged: None };
    let (mut sink, partial) =
        Sink::create(&output, (&workspace, folder), rate, signal.len(), crate::render::Dither::default()).unwrap();
    for at in (0..signal[0].len()).step_by(block) {
        let end = (at + block).min(signal[0].len());
        sink.write(&signal.iter().map(|c| c[at..end].to_vec()).collect::<Vec<_>>()).unwrap();
    }
    let measured = sink.finish(&partial, &Tracker::new(&mut (), None)).unwrap();
    (partial.target().to_owned(), measured)
}

/// The least signal to noise, in dB, that the material must keep.
fn least_db(format: Format) -> f64 {
    match format.coding() {
        Coding::WavFloat => f64::INFINITY,
        Coding::Wav { bits: 16 } | Coding::Flac { bits: 16 } => 75.0,
        Coding::Wav { .. } | Coding::Flac { .. } => 120.0,
        Coding::Mp3 { kbps: 128 } | Coding::Opus { .. } => 14.0,
        _ => 20.0,
    }
}

#[test]
fn every_format_is_read_back_by_us_and_by_ffmpeg() {
    let folder = tempfile::tempdir().unwrap();
    for (format, channels) in Format::ALL.into_iter().flat_map(|format| [(format, 1), (format, 2)]) {
        let signal = material(48_000, channels, FRAMES);
        let (path, measured) = write(folder.path(), format, 48_000, &signal, Metadata::default());
        let ours = decode(&path);
        assert_eq!((ours.len(), ours[0].len()), (channels, FRAMES), "{format}");
        let kept = signal_to_noise_db(&signal, &ours);
        assert!(kept >= least_db(format), "{format}, {channels} channels: {kept:.1} dB");
        assert_eq!((measured.channels, measured.sample_rate_hz), (channels, 48_000), "{format}");
        // libopus, for ffmpeg's own decoder differs from the reference.
        let input: &[&str] = if matches!(format.coding(), Coding::Opus { .. }) { &["-c:a", "libopus"] } else { &[] };
        let theirs = ffmpeg_decode(input, &path, channels);
        // ffmpeg gives AAC's last packet whole.
        let theirs: Vec<Vec<f32>> = theirs.into_iter().map(|c| c[..FRAMES].to_vec()).collect();
        let apart = difference_dbfs(&ours, &theirs);
        let most = if format.is_lossless() { f64::NEG_INFINITY } else { -90.0 };
        assert!(apart <= most, "{format}, {channels} channels: {apart:.1} dBFS from ffmpeg");
    }
}

#[test]
fn every_format_carries_tags_and_cover() {
    let folder = tempfile::tempdir().unwrap();
    for format in Format::ALL {
        let signal = material(48_000, 2, 48_000);
        let (path, _) = write(folder.path(), format, 48_000, &signal, tagged());
        let tags = crate::decode::read_tags(&path);
        assert_eq!(tags.title.as_deref(), Some("Night Drive & <more>"), "{format}");
        assert_eq!(tags.artist.as_deref(), Some("Ana Ünlü"), "{format}");
        assert_eq!(tags.isrc.as_deref(), Some("USRC17607839"), "{format}");
        assert_eq!((tags.bpm, tags.key.as_deref()), (Some(93.0), Some("Am")), "{format}");
        let shown = run("ffprobe", &["-v", "error", "-show_format", "-show_streams", path.to_str().unwrap()]);
        let shown = String::from_utf8_lossy(&shown).to_lowercase();
        assert!(shown.contains("night drive & <more>") && shown.contains("usrc17607839"), "{format}: {shown}");
        // ffmpeg does not look for covers in a WAV file's id3 chunk.
        let wav = format.extension() == "wav";
        assert!(wav || shown.contains("attached_pic=1"), "{format}: {shown}");
        assert!(decode(&path)[0].len() == 48_000, "{format}");
    }
}

#[test]
fn equal_input_gives_equal_bytes_in_any_blocks() {
    let folder = tempfile::tempdir().unwrap();
    for format in Format::ALL {
        // With an attack for those that change their blocks before one.
        let mut signal = material(48_000, 2, 30_000);
        signal[0][..15_000].fill(0.0);
        let bytes =
            |block| std::fs::read(write_in_blocks(folder.path(), format, 48_000, &signal, tagged(), block).0).unwrap();
        let (a, b) = (bytes(4096), bytes(64));
        let differs = a.iter().zip(&b).position(|(a, b)| a != b);
        let near = |x: &[u8]| {
            differs.map(|at| String::from_utf8_lossy(&x[at.saturating_sub(40)..(at + 40).min(x.len())]).into_owned())
        };
        assert_eq!((a.len(), differs), (b.len(), None), "{format}: {:?} {:?}", near(&a), near(&b));
    }
}

#[test]
fn the_rates_that_a_format_permits_are_written() {
    let folder = tempfile::tempdir().unwrap();
    for format in Format::ALL {
        for rate in [8_000, 32_000, 44_100, 48_000, 96_000, 192_000].into_iter().filter(|r| format.permits_rate(*r)) {
            let frames = rate as usize / 2 + 77;
            let (path, measured) = write(folder.path(), format, rate, &material(rate, 2, frames), Metadata::default());
            assert_eq!((decode(&path)[0].len(), measured.sample_rate_hz), (frames, rate), "{format} at {rate}");
        }
    }
}

#[test]
fn one_frame_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    for format in Format::ALL {
        let (path, _) = write(folder.path(), format, 48_000, &[vec![0.25], vec![-0.25]], Metadata::default());
        assert_eq!(decode(&path)[0].len(), 1, "{format}");
    }
}

#[test]
fn an_ogg_stream_ends_once_whatever_its_length() {
    let folder = tempfile::tempdir().unwrap();
    for format in [Format::VorbisQ6, Format::OpusKbps128] {
        for frames in [4095, 4096, 8192] {
            let (path, _) = write(folder.path(), format, 48_000, &material(48_000, 2, frames), Metadata::default());
            let bytes = std::fs::read(&path).unwrap();
            // A page's sixth byte holds its flags (RFC 3533); the third of them ends the stream.
            let pages = bytes.windows(6).filter(|page| page.starts_with(b"OggS\0"));
            let ends: Vec<bool> = pages.map(|page| page[5] & 4 != 0).collect();
            assert_eq!(ends.iter().position(|ends| *ends), Some(ends.len() - 1), "{format}, {frames} frames: {ends:?}");
            assert_eq!(decode(&path)[0].len(), frames, "{format}");
        }
    }
}

#[test]
fn broadcast_files_tell_the_loudness_that_was_measured() {
    let folder = tempfile::tempdir().unwrap();
    for format in [Format::Wav16, Format::Wav24, Format::Wav32Float] {
        let (path, measured) = write(folder.path(), format, 48_000, &material(48_000, 2, 5 * 48_000), tagged());
        let told = read_broadcast(&path).unwrap();
        assert_eq!(told.version, 2);
        assert_eq!((told.reference.as_str(), told.date.as_str()), ("USRC17607839", "2026-11-24"));
        assert_eq!(told.description, "Night Drive & <more> / LL-7K3M9Q2X");
        let fields = [
            (told.integrated_lufs, measured.integrated_lufs),
            (told.loudness_range_lu, measured.loudness_range_lu),
            (told.true_peak_dbtp, measured.true_peak_dbtp),
            (told.momentary_max_lufs, measured.momentary_max_lufs),
            (told.short_term_max_lufs, measured.short_term_max_lufs),
        ];
        for (told, measured) in fields {
            let (told, measured) = (told.unwrap(), measured.unwrap());
            assert!((told - measured).abs() <= 0.005 + 1e-9, "{format}: {told} is not {measured}");
        }
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.windows(10).any(|window| window == b"Ana Uenlue"), "{format}: INFO is ASCII");
        let ixml = told.ixml.unwrap();
        assert!(ixml.contains("<ISRC>USRC17607839</ISRC>") && ixml.contains("<SCENE>Night Drive &amp; &lt;more&gt;"));
        // A second opinion on the chunk's layout.
        let shown = run("ffprobe", &["-v", "error", "-show_format", path.to_str().unwrap()]);
        let shown = String::from_utf8_lossy(&shown);
        assert!(shown.contains("=Ledgerline") && shown.contains("T=Ledgerline"), "{shown}");
    }
    // Too short for any loudness: the fields stay unknown, and so does what is read back.
    let (path, _) = write(folder.path(), Format::Wav24, 48_000, &material(48_000, 2, 480), Metadata::default());
    let told = read_broadcast(&path).unwrap();
    assert_eq!((told.integrated_lufs, told.short_term_max_lufs), (None, None));
}

#[test]
fn a_file_too_large_for_riff_becomes_rf64() {
    let folder = tempfile::tempdir().unwrap();
    let signal = material(48_000, 2, 10_001);
    let workspace = Workspace::new(folder.path());
    for (bits, limit) in [(24, 1000), (24, u64::from(u32::MAX)), (16, 1000)] {
        let path = folder.path().join("large.wav");
        let tags = metadata::Tags::build(&Metadata::default(), &workspace, Coding::Wav { bits: 24 }).unwrap();
        let samples = wav::Samples::integers(bits, 48_000, 2, crate::render::Dither::default());
        let sink = wav::WavSink::create(&path, samples, 48_000, 2, tags, &tagged()).unwrap();
        let mut sink = Box::new(sink.with_largest_riff(limit));
        sink.write(&signal).unwrap();
        sink.finish().unwrap();
        let kind = if limit == 1000 { b"RF64" } else { b"RIFF" };
        assert_eq!(std::fs::read(&path).unwrap()[..4], kind[..]);
        let ours = decode(&path);
        assert!(signal_to_noise_db(&signal, &ours) > 75.0);
        let apart = difference_dbfs(&ours, &ffmpeg_decode(&[], &path, 2));
        assert!(apart <= f64::NEG_INFINITY, "{bits} bits: {apart}");
        assert_eq!(read_broadcast(&path).unwrap().reference, "USRC17607839");
    }
}
