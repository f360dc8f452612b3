//! Packs that other workstations open, and sessions of theirs that are opened here.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use audio_engine::{decode::Decoder, render::Mix};
use audio_worker::dawproject::{Marker, export, import};
use domain::{
    actor::Actor,
    catalog::entity::{AssetKind, AssetState},
    ids::{AssetId, HandoffPackId, MixVersionId, SongId},
    mixes::{
        daw_sessions::open_daw_session,
        entity::{DawSessionKind, Fidelity, HandoffState, MixState, daw_session, pack},
        handoffs::pack_mix,
    },
    production::entity::section,
};
use interchange::bwf::Bext;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use tokio_util::sync::CancellationToken;
use zip::ZipArchive;

use super::{House, on_each_database, stop, tones};

/// Tracks at places and of rates of their own, so quiet that the bounce is their plain sum.
const MIX: &str = r#"{
    "version": 2,
    "tempo_bpm": 120,
    "tracks": [
        {"name": "Drums", "clips": [{"source": "drums.wav"}]},
        {"name": "Bass / DI", "clips": [{"source": "bass.wav", "position": {"beats": 2}, "gain_db": -6}]}
    ],
    "master": {"target": "as_is"},
    "outputs": [{"file": "mix.wav", "format": "wav24"}]
}"#;

impl House {
    async fn packed(&self, version: MixVersionId) -> pack::Model {
        let tx = self.services.begin().await.unwrap();
        let id: HandoffPackId = pack_mix(&tx, &self.services.ctx(Actor::System), version).await.unwrap().id;
        self.services.commit(tx).await.unwrap();
        self.idle().await;
        pack::Entity::find_by_id(id).one(&self.services.db).await.unwrap().unwrap()
    }

    /// A file of the store, in a file of the house.
    async fn fetched(&self, asset: AssetId, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let file = self.find_asset(asset).await;
        assert!(self.services.files.fetch(&file.sha256, &path).await.unwrap());
        path
    }

    async fn opened(&self, song: SongId, name: &str, bytes: Vec<u8>) -> daw_session::Model {
        let file = self.upload(AssetKind::Session, name, bytes).await;
        let tx = self.services.begin().await.unwrap();
        let id = open_daw_session(&tx, &self.services.ctx(Actor::System), song, file, "").await.unwrap().id;
        self.services.commit(tx).await.unwrap();
        self.idle().await;
        daw_session::Entity::find_by_id(id).one(&self.services.db).await.unwrap().unwrap()
    }
}

/// Unpacks an archive, and gives the names in it, in order.
fn unpack(archive: &Path, into: &Path) -> Vec<String> {
    let mut zip = ZipArchive::new(File::open(archive).unwrap()).unwrap();
    zip.extract(into).unwrap();
    let mut names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort_unstable();
    names
}

/// The left channel of a file that has the rate and the bits of a hand-off.
fn left(path: &Path) -> Vec<f32> {
    let mut decoder = Decoder::open(path).unwrap();
    let spec = decoder.spec();
    assert_eq!((spec.sample_rate_hz, spec.bits_per_sample, spec.channels), (48_000, Some(24), 2), "{}", path.display());
    let mut samples = Vec::new();
    while let Some(block) = decoder.next_block().unwrap() {
        samples.extend_from_slice(&block[0]);
    }
    samples
}

fn bext(path: &Path) -> Bext {
    let mut head = vec![0; 4_096];
    File::open(path).unwrap().read_exact(&mut head).unwrap();
    let at = head.windows(4).position(|word| word == b"bext").unwrap();
    Bext::parse(&head[at + 8..]).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_opens_aligned_and_sums_to_the_mix() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let project = house.project().await;
        let song = house.song(project, "Night Drive", 1).await;
        let drums = house.upload(AssetKind::Stem, "drums.wav", tones(48_000, 3, 6000.0)).await;
        let bass = house.upload(AssetKind::Stem, "bass.wav", tones(44_100, 4, 6000.0)).await;
        house.idle().await;
        let version = house.document_version(song, MIX, &[("drums.wav", drums), ("bass.wav", bass)]).await;
        house.idle().await;
        let hook = section::Model {
            song_id: song,
            position: 1,
            name: "Hook".into(),
            bars: 1,
            bpm_milli: 120_000,
            meter_beats: 4,
            meter_unit: 4,
            musical_key: None,
        };
        hook.into_active_model().insert(&house.services.db).await.unwrap();
        let packed = house.packed(version.id).await;
        assert_eq!((packed.state, packed.refusal.as_deref(), packed.stems), (HandoffState::Ready, None, Some(2)));
        let archive = house.find_asset(packed.asset_id.unwrap()).await;
        assert_eq!((archive.kind, archive.file_name.as_str()), (AssetKind::Handoff, "Night Drive mix 1 hand-off.zip"));

        let into = house.folder.path().join("unpacked");
        let names = unpack(&house.fetched(archive.id, "pack.zip").await, &into);
        let folder = into.join("Night Drive mix 1");
        let expected = [
            "Night Drive mix 1.dawproject",
            "Night Drive mix 1.mid",
            "Night Drive mix 1.wav",
            "README.txt",
            "Stems/01 Drums.wav",
            "Stems/02 Bass DI.wav",
        ];
        assert_eq!(names, expected.map(|name| format!("Night Drive mix 1/{name}")));
        let [mix, drums, bass] =
            ["Night Drive mix 1.wav", expected[4], expected[5]].map(|name| left(&folder.join(name)));
        assert_eq!((drums.len(), bass.len()), (mix.len(), mix.len()), "all are of one length");
        let apart = mix.iter().zip(drums.iter().zip(&bass)).map(|(mix, (drums, bass))| (mix - drums - bass).abs());
        let apart = apart.fold(0.0, f32::max);
        assert!(apart < 1e-5, "the stems sum to the mix: {apart}");
        let stamp = bext(&folder.join(expected[5]));
        assert_eq!((stamp.time_reference, stamp.originator.as_str()), (0, "Nova"));
        assert_eq!(stamp.description, "Night Drive - Bass / DI");

        let midi = interchange::midi::read(&fs::read(folder.join(expected[1])).unwrap()).unwrap();
        assert_eq!(midi.tempos[0].micros_per_quarter, 500_000);
        let again = import(&folder.join(expected[0]), &house.folder.path().join("again"), None).unwrap();
        assert_eq!(
            again.mix.tracks.iter().map(|track| track.name.as_str()).collect::<Vec<_>>(),
            ["Drums", "Bass / DI"]
        );
        let markers: Vec<(&str, f64)> = again.markers.iter().map(|one| (one.name.as_str(), one.at_s)).collect();
        assert_eq!(markers, [("Hook", 0.0)], "the project has the markers, too");
        let notes = fs::read_to_string(folder.join("README.txt")).unwrap();
        assert!(notes.contains("02 Bass DI.wav: fader +0.0 dB") && !notes.contains("turned down"), "{notes}");
        stop(token, tasks).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stem_that_is_too_loud_is_turned_down_and_no_limiter_touches_it() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let project = house.project().await;
        let song = house.song(project, "Night Drive", 1).await;
        let drums = house.upload(AssetKind::Stem, "drums.wav", tones(48_000, 2, 20_000.0)).await;
        house.idle().await;
        let loud = r#"{"version": 2, "tracks": [{"name": "Drums", "clips": [{"source": "drums.wav", "gain_db": 12}]}],
            "outputs": [{"file": "mix.wav", "format": "wav24"}]}"#;
        let version = house.document_version(song, loud, &[("drums.wav", drums)]).await;
        house.idle().await;
        let packed = house.packed(version.id).await;
        assert_eq!((packed.state, packed.refusal.as_deref()), (HandoffState::Ready, None));
        let into = house.folder.path().join("unpacked");
        unpack(&house.fetched(packed.asset_id.unwrap(), "pack.zip").await, &into);
        let stem = left(&into.join("Night Drive mix 1/Stems/01 Drums.wav"));
        let peak = stem.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
        assert!((0.95..1.0).contains(&peak), "{peak}");
        let notes = fs::read_to_string(into.join("Night Drive mix 1/README.txt")).unwrap();
        assert!(notes.contains("turned down by"), "{notes}");
        stop(token, tasks).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_taken_over_and_bounced_or_refused_by_name() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let project = house.project().await;
        let song = house.song(project, "Night Drive", 1).await;
        let folder = tempfile::tempdir().unwrap();
        for (name, rate, seconds) in [("drums.wav", 48_000, 3), ("bass.wav", 44_100, 4)] {
            fs::write(folder.path().join(name), tones(rate, seconds, 6000.0)).unwrap();
        }
        let mix = Mix::from_json(MIX).unwrap();
        let sources = ["drums.wav", "bass.wav"].map(|name| (name.to_owned(), folder.path().join(name)));
        let markers = [Marker { name: "Hook".to_owned(), at_s: 1.5, color: None }];
        let path = folder.path().join("mix.dawproject");
        export(&mix, &sources.into_iter().collect(), &markers, File::create(&path).unwrap()).unwrap();
        let bytes = fs::read(&path).unwrap();

        let opened = house.opened(song, "Night Drive.dawproject", bytes.clone()).await;
        assert_eq!(
            (opened.kind, opened.state),
            (DawSessionKind::Dawproject, HandoffState::Ready),
            "{:?}",
            opened.refusal
        );
        let ledger = opened.fidelity.unwrap();
        assert_eq!((ledger.markers[0].name.as_str(), ledger.markers[0].at_ms), ("Hook", 1_500));
        assert!(ledger.entries.iter().all(|entry| entry.fidelity != Fidelity::Bypassed), "{:?}", ledger.entries);
        let heard = house.sound(opened.version_id.unwrap()).await;
        assert_eq!((heard.state, heard.refusal.as_deref()), (MixState::Ready, None));
        assert_eq!(house.count_assets(AssetKind::Stem).await, 2, "its audio is the studio's");

        let torso = bytes[..bytes.len() / 2].to_vec();
        let refused = house.opened(song, "torso.dawproject", torso).await;
        assert_eq!((refused.state, refused.version_id), (HandoffState::Refused, None));
        assert!(refused.refusal.as_ref().unwrap().contains("export the project anew"), "{:?}", refused.refusal);
        let kept = house.find_asset(refused.asset_id).await;
        assert_eq!(kept.state, AssetState::Ready, "what was handed in is not lost");
        assert_eq!(house.count_assets(AssetKind::Stem).await, 2, "and nothing of it is kept by half");
        stop(token, tasks).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_listed_or_refused_by_name() {
    const TEXT: &[u8] = b"SESSION NAME:\tNight Drive\nSAMPLE RATE:\t48000.000000\nBIT DEPTH:\t24-bit\n\n\n\
        O N L I N E  F I L E S  I N  S E S S I O N\nFilename            \tLocation\n\
        Kick.wav            \tMacintosh HD:Night Drive:Audio Files:\n\
        Vox.wav             \tMacintosh HD:Night Drive:Audio Files:\n\n\n\
        T R A C K  L I S T I N G\nTRACK NAME:\tKick\nCOMMENTS:\t\nUSER DELAY:\t0 Samples\nSTATE: \t\n\n\n";
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let project = house.project().await;
        let song = house.song(project, "Night Drive", 1).await;
        house.upload(AssetKind::Stem, "Kick.wav", tones(48_000, 1, 6000.0)).await;
        let listed = house.opened(song, "Night Drive.txt", TEXT.to_vec()).await;
        assert_eq!(
            (listed.kind, listed.state),
            (DawSessionKind::Inventory, HandoffState::Ready),
            "{:?}",
            listed.refusal
        );
        let inventory = listed.inventory.unwrap();
        assert_eq!((inventory.program.as_str(), inventory.sample_rate_hz), ("Pro Tools", Some(48_000)));
        let media: Vec<(&str, bool)> =
            inventory.media.iter().map(|media| (media.name.as_str(), media.is_missing)).collect();
        assert_eq!(media, [("Kick.wav", false), ("Vox.wav", true)]);
        assert_eq!(inventory.tracks.iter().map(|track| track.name.as_str()).collect::<Vec<_>>(), ["Kick"]);

        let refused = house.opened(song, "broken.als", b"\x1f\x8b\x08\0\0\0\0\0\0\x03 no set".to_vec()).await;
        assert_eq!(refused.state, HandoffState::Refused);
        assert!(refused.refusal.as_ref().unwrap().contains("the set is damaged"), "{:?}", refused.refusal);
        stop(token, tasks).await;
    })
    .await;
}
