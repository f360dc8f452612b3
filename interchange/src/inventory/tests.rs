use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::*;

fn packed(xml: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(xml.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn read_all(bytes: &[u8]) -> Result<Inventory, InventoryError> {
    read(bytes, &mut |_| true)
}

/// A set of version 11, and a sample as version 10 wrote it.
const SET: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Ableton MajorVersion="5" MinorVersion="11.0_11300" SchemaChangeCount="3" Creator="Ableton Live 11.3.13" Revision="b376">
 <LiveSet>
  <Tracks>
   <MidiTrack Id="1">
    <Name><EffectiveName Value="1-Serum" /><UserName Value="" /><Annotation Value="x" /></Name>
    <DeviceChain>
     <MainSequencer><ClipTimeable><ArrangerAutomation><Events>
      <MidiClip Id="0" Time="0"><Name Value="Hook" /></MidiClip>
      <MidiClip Id="1" Time="16" />
     </Events></ArrangerAutomation></ClipTimeable></MainSequencer>
     <DeviceChain><Devices>
      <PluginDevice Id="0"><PluginDesc><VstPluginInfo Id="0"><Path Value="/x" /><PlugName Value="Serum" /></VstPluginInfo></PluginDesc></PluginDevice>
      <PluginDevice Id="1"><PluginDesc><Vst3PluginInfo Id="0"><Preset><Vst3Preset Id="0"><Name Value="Init" /><Buffer>00FF</Buffer></Vst3Preset></Preset><Name Value="Pro-Q 3" /></Vst3PluginInfo></PluginDesc></PluginDevice>
      <AudioEffectGroupDevice Id="2"><Branches><AudioEffectBranch><DeviceChain><AudioToAudioDeviceChain><Devices>
       <Eq8 Id="0" /><PluginDevice Id="1"><PluginDesc><VstPluginInfo Id="0"><PlugName Value="Serum" /></VstPluginInfo></PluginDesc></PluginDevice>
      </Devices></AudioToAudioDeviceChain></DeviceChain></AudioEffectBranch></Branches></AudioEffectGroupDevice>
      <Eq8 Id="3"></Eq8>
      <MxDeviceAudioEffect Id="4" />
     </Devices></DeviceChain>
    </DeviceChain>
   </MidiTrack>
   <AudioTrack Id="2">
    <Name><EffectiveName Value="2-Audio" /><UserName Value="Vocals &amp; &lt;ad-libs&gt;" /></Name>
    <DeviceChain><MainSequencer><ClipSlotList><ClipSlot><ClipSlot><Value>
     <AudioClip Id="0"><SampleRef>
      <FileRef><RelativePathType Value="3" /><RelativePath Value="Samples/Imported/Ada.wav" /><Path Value="/Users/ada/Night Drive/Samples/Imported/Ada.wav" /><LivePackName Value="" /></FileRef>
      <SourceContext><SourceContext Id="0"><OriginalFileRef><FileRef Id="0"><Path Value="/elsewhere/old.wav" /></FileRef></OriginalFileRef></SourceContext></SourceContext>
     </SampleRef></AudioClip>
    </Value></ClipSlot></ClipSlot></ClipSlotList></MainSequencer>
    <DeviceChain><Devices><AuPluginDevice Id="0"><PluginDesc><AuPluginInfo Id="0"><Name Value="Sumu" /><Manufacturer Value="Madrona Labs" /></AuPluginInfo></PluginDesc></AuPluginDevice></Devices></DeviceChain>
    </DeviceChain>
   </AudioTrack>
   <GroupTrack Id="3"><Name><EffectiveName Value="3-Group" /></Name></GroupTrack>
   <ReturnTrack Id="4" />
  </Tracks>
  <MasterTrack><DeviceChain><Mixer><Tempo><LomId Value="0" /><Manual Value="127.5" /></Tempo></Mixer></DeviceChain></MasterTrack>
  <OldSample><SampleRef><FileRef>
   <HasRelativePath Value="true" /><RelativePath><RelativePathElement Id="0" Dir="" /><RelativePathElement Id="1" Dir="Kit" /></RelativePath>
   <Name Value="Kick.wav" /><Data>00</Data><LivePackName Value="Core Library" />
  </FileRef></SampleRef></OldSample>
  <Again><SampleRef><FileRef><RelativePath Value="Samples/Imported/Ada.wav" /><Path Value="/Users/ada/Night Drive/Samples/Imported/Ada.wav" /></FileRef></SampleRef></Again>
 </LiveSet>
</Ableton>"#;

#[test]
fn a_set_is_taken_apart() {
    let mut asked = Vec::new();
    let inventory = read(&packed(SET), &mut |media| {
        asked.push(media.name.clone());
        media.name != "Ada.wav"
    })
    .unwrap();
    assert_eq!(asked, ["Ada.wav", "Kick.wav"]);
    assert_eq!((inventory.program, inventory.version.as_deref()), (Program::AbletonLive, Some("11.3.13")));
    assert_eq!(inventory.milli_bpm, Some(127_500));
    let tracks: Vec<(&str, TrackKind, u32)> =
        inventory.tracks.iter().map(|track| (track.name.as_str(), track.kind, track.clips)).collect();
    let expected = [
        ("1-Serum", TrackKind::Midi, 2),
        ("Vocals & <ad-libs>", TrackKind::Audio, 1),
        ("3-Group", TrackKind::Group, 0),
        ("", TrackKind::Return, 0),
    ];
    assert_eq!(tracks, expected);
    let ada = Media {
        name: "Ada.wav".to_owned(),
        path: Some("/Users/ada/Night Drive/Samples/Imported/Ada.wav".to_owned()),
        relative_path: Some("Samples/Imported/Ada.wav".to_owned()),
        pack: None,
        is_missing: true,
    };
    let kick = Media {
        name: "Kick.wav".to_owned(),
        path: None,
        relative_path: Some("../Kit/Kick.wav".to_owned()),
        pack: Some("Core Library".to_owned()),
        is_missing: false,
    };
    assert_eq!(inventory.media, [ada, kick]);
    let plugins: Vec<(&str, PluginFormat, u32)> =
        inventory.plugins.iter().map(|plugin| (plugin.name.as_str(), plugin.format, plugin.instances)).collect();
    let expected = [
        ("AudioEffectGroupDevice", PluginFormat::BuiltIn, 1),
        ("Eq8", PluginFormat::BuiltIn, 2),
        ("MxDeviceAudioEffect", PluginFormat::MaxForLive, 1),
        ("Pro-Q 3", PluginFormat::Vst3, 1),
        ("Serum", PluginFormat::Vst2, 2),
        ("Sumu", PluginFormat::AudioUnit, 1),
    ];
    assert_eq!(plugins, expected);
    assert_eq!(inventory.plugins[5].maker.as_deref(), Some("Madrona Labs"));
    // Unpacked by hand it is the same set.
    assert_eq!(read(SET.as_bytes(), &mut |media| media.name != "Ada.wav").unwrap(), inventory);
}

#[test]
fn version_12_has_another_name_for_its_main_track() {
    let xml = r#"<Ableton Creator="Ableton Live 12.1"><LiveSet><Tracks /><MainTrack><DeviceChain><Mixer><Tempo><Manual Value="90" /></Tempo></Mixer></DeviceChain></MainTrack></LiveSet></Ableton>"#;
    let inventory = read_all(&packed(xml)).unwrap();
    assert_eq!((inventory.milli_bpm, inventory.tracks.len()), (Some(90_000), 0));
    assert_eq!(read_all(&packed(&xml.replace("90", "fast"))).unwrap().milli_bpm, None);
}

const TEXT: &str = "SESSION NAME:\tNight Drive\nSAMPLE RATE:\t48000.000000\nBIT DEPTH:\t32-bit float\nSESSION START TIMECODE:\t01:00:00:00\n\
TIMECODE FORMAT:\t25 Frame\n# OF AUDIO TRACKS:\t2\n# OF AUDIO CLIPS:\t2\n# OF AUDIO FILES:\t2\n\n\n\
O N L I N E  F I L E S  I N  S E S S I O N\nFilename            \tLocation\nKick.wav            \tMacintosh HD:Night Drive:Audio Files:\n\
Vox.wav             \tMacintosh HD:Night Drive:Audio Files:\n\n\n\
O F F L I N E  F I L E S  I N  S E S S I O N\nFilename            \tLocation\nGone.wav            \tMacintosh HD:Old:\n\n\n\
O N L I N E  C L I P S  I N  S E S S I O N\nCLIP NAME           \tSource File\nKick-01             \tKick.wav\n\n\n\
P L U G - I N S  L I S T I N G\nMANUFACTURER            \tPLUG-IN NAME            \tVERSION         \tFORMAT          \tSTEMS                   \tNUMBER OF INSTANCES\n\
Avid                    \tEQ3 7-Band              \t24.10.0.240     \tAAX Native      \tMono / Mono             \t3 active\n\n\n\
T R A C K  L I S T I N G\nTRACK NAME:\tKick (Stereo)\nCOMMENTS:\tP L U G - I N S  L I S T I N G\nUSER DELAY:\t0 Samples\nSTATE: \t\nPLUG-INS: \tEQ3 7-Band (stereo)\n\
CHANNEL \tEVENT   \tCLIP NAME                     \tSTART TIME    \tEND TIME      \tDURATION      \tSTATE\n\
1       \t1       \tKick-01.L                     \t01:00:00:00   \t01:00:02:00   \t00:00:02:00   \tUnmuted\n\
1       \t2       \tKick-02.L                     \t01:00:02:00   \t01:00:04:00   \t00:00:02:00   \tUnmuted\n\n\
2       \t1       \tKick-01.R                     \t01:00:00:00   \t01:00:02:00   \t00:00:02:00   \tUnmuted\n\n\n\
TRACK NAME:\tVox\nCOMMENTS:\t\nUSER DELAY:\t0 Samples\nSTATE: \tMuted\n\n\n\
M A R K E R S  L I S T I N G\n#   \tLOCATION     \tTIME REFERENCE    \tUNITS    \tNAME                             \tCOMMENTS\n1   \t01:00:00:00  \t0                 \tSamples  \tIntro\n";

#[test]
fn session_info_is_taken_apart() {
    let inventory = read(TEXT.as_bytes(), &mut |media| media.name != "Vox.wav").unwrap();
    assert_eq!((inventory.program, inventory.name.as_deref()), (Program::ProTools, Some("Night Drive")));
    assert_eq!((inventory.sample_rate_hz, inventory.bit_depth, inventory.milli_bpm), (Some(48_000), Some(32), None));
    let media: Vec<(&str, bool)> =
        inventory.media.iter().map(|media| (media.name.as_str(), media.is_missing)).collect();
    assert_eq!(media, [("Kick.wav", false), ("Vox.wav", true), ("Gone.wav", true)]);
    assert_eq!(inventory.media[0].path.as_deref(), Some("Macintosh HD:Night Drive:Audio Files:"));
    let eq = Plugin {
        name: "EQ3 7-Band".to_owned(),
        maker: Some("Avid".to_owned()),
        format: PluginFormat::Aax,
        version: Some("24.10.0.240".to_owned()),
        instances: 3,
    };
    assert_eq!(inventory.plugins, [eq]);
    let tracks: Vec<(&str, u32)> = inventory.tracks.iter().map(|track| (track.name.as_str(), track.clips)).collect();
    assert_eq!(tracks, [("Kick (Stereo)", 2), ("Vox", 0)]);
    // Old versions know no missing files, and end lines as they like.
    let old = TEXT.replace("O N L I N E  F I L E S", "F I L E S").replace('\n', "\r\n");
    assert_eq!(read_all(old.as_bytes()).unwrap().media.len(), 3);
}

#[test]
fn what_is_no_session_is_refused_by_name() {
    let what = |bytes: &[u8]| match read_all(bytes) {
        Err(InventoryError::NotASession { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(what(b""), "neither a set of Ableton Live nor session info of Pro Tools");
    assert_eq!(what(b"RIFF\0\0\0\0WAVE"), "neither a set of Ableton Live nor session info of Pro Tools");
    assert_eq!(what(b"PK\x03\x04"), "a ZIP archive");
    assert_eq!(what(b"\x030010111100101011\0\x05"), "a Pro Tools session");
    assert_eq!(what(&packed("<Project><Ableton /></Project>")), "XML that is no set of Ableton Live");
    assert!(matches!(read_all(&vec![0; MAX_BYTES + 1]), Err(InventoryError::TooLarge { .. })));
}

#[test]
fn damaged_and_hostile_sets_are_refused() {
    let whole = packed(SET);
    for length in [2, 9, 20, whole.len() / 2, whole.len() - 9] {
        assert!(matches!(read_all(&whole[..length]), Err(InventoryError::Damaged { .. })), "{length}");
    }
    for xml in [
        "",
        "<Ableton><LiveSet></Ableton>",
        "<Ableton>",
        "<Ableton><SampleRef><FileRef><Path Value=\"&lol;\" /></FileRef></SampleRef></Ableton>",
        "<Ableton Creator=\"&lol;\" />",
        "<!DOCTYPE a [<!ENTITY lol \"lol\">]><Ableton />",
        "<Ableton><A x=1 /></Ableton x>",
    ] {
        let refused = read_all(&packed(xml));
        assert!(matches!(refused, Err(InventoryError::Damaged { .. })), "{xml}: {refused:?}");
    }
    let named = |bytes: usize| read_all(&packed(&format!("<Ableton><{} /></Ableton>", "a".repeat(bytes))));
    assert!(named(256).is_ok() && matches!(named(257), Err(InventoryError::Damaged { .. })));
    let deep = format!("<Ableton>{}", "<a>".repeat(300));
    assert_eq!(read_all(&packed(&deep)), Err(InventoryError::TooDeep { limit: 256 }));
    let many = format!("<Ableton><LiveSet><Tracks>{}</Tracks></LiveSet></Ableton>", "<ReturnTrack />".repeat(10_001));
    assert_eq!(read_all(&packed(&many)), Err(InventoryError::TooMany { what: "tracks", limit: 10_000 }));
}

#[test]
fn bombs_are_not_unpacked() {
    // A text without end, and elements without end: both are a few hundred kilobytes packed.
    let chunk = "A".repeat(1 << 20);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(b"<Ableton><Buffer>").unwrap();
    for _ in 0..40 {
        encoder.write_all(chunk.as_bytes()).unwrap();
    }
    assert_eq!(read_all(&encoder.finish().unwrap()), Err(InventoryError::Bomb));
    let chunk = "<a/>".repeat(1 << 18);
    let mut guard = guard::Guard::new(std::io::repeat(b'<'));
    let mut sink = vec![0; 1 << 20];
    let passed = (0..1_000).take_while(|_| std::io::Read::read(&mut guard, &mut sink).is_ok()).count();
    assert_eq!(passed, 512);
    assert!(read_all(&packed(&format!("<Ableton>{chunk}</Ableton>"))).unwrap().plugins.is_empty());
}

proptest! {
    #[test]
    fn no_bytes_make_it_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..200), xml in "(<(Ableton|LiveSet|Tracks|AudioTrack|SampleRef|FileRef|Devices|/[A-Za-z]{1,8})( (Value|Dir)=\"[^\"]{0,8}\")? ?/?>){0,12}") {
        let _ = read_all(&bytes);
        let _ = read_all(&packed(&xml));
        let _ = read_all(&[b"SESSION NAME:\t".as_slice(), &bytes].concat());
        let _ = read_all(format!("<Ableton >{xml}</Ableton>").as_bytes());
    }
}
