//! Files for societies, distributors and labels, written from the command line; or all that is missing of them.

use std::path::PathBuf;

use anyhow::{Context, Result};
use chrono::Duration;
use cli::client::Producer;
use domain::{
    actor::{Actor, Ctx},
    catalog::{NewBeat, Sha256, create_beat},
    edit::Edit,
    env::{Clock, Env, SystemClock},
    ids::{PartyId, RecordingId, ReleaseId, SessionId, StudioId, WorkId},
    page::PageRequest,
    parties::{PartyChange, list_parties, update_party},
    registrations::{
        commands::{
            NewTrack, ReleaseInput, SettingsChange, assign_isrc, save_release, save_work_registration, set_settings,
        },
        entity::ReleaseKind,
    },
    session_log::{
        commands::{CreditInput, NewSession, SessionChange, put_credit, start_session},
        entity::{SessionKind, SessionRole},
    },
    store::{self, Db, Tx},
};
use serde_json::{Value, json};

use crate::{
    judges,
    program::{Server, command, free_port},
};

const DPID: &str = "PADPIDA2013020802I";

/// A studio that registers, in a folder of its own. Nobody serves it.
struct Desk {
    folder: tempfile::TempDir,
    data: PathBuf,
    db: Db,
    ctx: Ctx,
    studio: StudioId,
}

impl Desk {
    async fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        std::fs::create_dir_all(&data)?;
        let port = free_port();
        let server = Server::start(&data, port, &[]);
        let mut producer = Producer::new(&format!("http://127.0.0.1:{port}"))?;
        let studio = producer.sign_up("Registrations", "EUR").await?.id.parse()?;
        server.kill();
        let db = store::connect(&format!("sqlite://{}?mode=rw", data.join("ledgerline.db").display()), 1).await?;
        let desk = Self { folder, data, db, ctx: Ctx::new(Actor::System, Env::system()), studio };
        let change = SettingsChange {
            sender_name: Edit::To(Some("Nova Publishing".into())),
            sender_ipi: Edit::To(Some("00045620792".into())),
            sender_code: Edit::To(Some("NVA".into())),
            society: Edit::To(Some(35)),
            dpid: Edit::To(Some(DPID.into())),
            isrc_prefix: Edit::To(Some("AA6Q7".into())),
            first_isrc: None,
        };
        desk.done(async |tx| set_settings(tx, &desk.ctx, studio, change).await).await?;
        Ok(desk)
    }

    async fn done<T, E>(&self, act: impl AsyncFnOnce(&Tx) -> Result<T, E>) -> Result<T>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let tx = store::begin(&self.db).await?;
        let done = act(&tx).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// The owner, who is the studio's first party.
    async fn owner(&self) -> Result<PartyId> {
        let parties = list_parties(&self.db, &self.ctx, self.studio, PageRequest::default()).await?;
        Ok(parties.rows.first().context("the owner is a party")?.id)
    }

    /// A beat that the owner has made alone: its work and its recording.
    async fn song(&self) -> Result<(WorkId, RecordingId)> {
        let new = NewBeat { title: "Night Drive".into(), ..NewBeat::default() };
        let beat = self.done(async |tx| create_beat(tx, &self.ctx, self.studio, new).await).await?;
        Ok((beat.work_id, beat.recording_id))
    }

    /// A release with one recording, a minute long.
    async fn release(&self, recording: RecordingId) -> Result<ReleaseId> {
        let facts = json!({
            "genre": "Soul",
            "recipients": [{ "dpid": "PADPIDA2007040502I", "name": "A distributor" }],
            "deals": [{
                "territories": "world",
                "starts_on": "2026-12-01",
                "models": ["subscription"],
                "uses": ["on_demand_stream"],
            }],
            "tracks": [{ "duration_ms": 60_000 }],
        });
        let input = ReleaseInput {
            id: None,
            ean: Some("5901234123457".into()),
            kind: ReleaseKind::Single,
            title: "First Light".into(),
            artist: "Nova".into(),
            label: "Nova Records".into(),
            catalogue_number: None,
            released_on: Some("2026-12-01".parse()?),
            facts: serde_json::from_value(facts)?,
            tracks: vec![NewTrack { recording, weight: 1 }],
            spread_from: None,
        };
        Ok(self.done(async |tx| save_release(tx, &self.ctx, self.studio, input).await).await?.id)
    }

    /// A session of two hours, which the owner has produced.
    async fn session(&self) -> Result<SessionId> {
        let new = NewSession {
            booking: None,
            kind: SessionKind::Vocal,
            title: Some("Vocals".into()),
            started_at: Some(SystemClock.now() - Duration::hours(2)),
            rest: SessionChange { ended_at: Edit::To(Some(SystemClock.now())), ..SessionChange::default() },
        };
        let session = self.done(async |tx| start_session(tx, &self.ctx, self.studio, new).await).await?.id;
        let credit = CreditInput {
            party: self.owner().await?,
            song: None,
            role: SessionRole::Producer,
            instrument: None,
            from: None,
            to: None,
            note: None,
        };
        self.done(async |tx| put_credit(tx, &self.ctx, (session, None), &credit).await).await?;
        Ok(session)
    }

    /// Whether the program does it, and what it says. It runs in the folder beside the data.
    fn run(&self, arguments: &[&str]) -> (bool, Value) {
        let mut program = command();
        program.args(arguments).args(["--json", "--data"]).arg(&self.data).current_dir(self.folder.path());
        let output = program.output().expect("it starts");
        let said = serde_json::from_slice(&output.stdout);
        (output.status.success(), said.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
    }

    /// A file that the program says it has written.
    fn written(&self, said: &Value) -> PathBuf {
        self.folder.path().join(said["file"].as_str().expect("it says which file"))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works_are_written_for_a_society_once_nothing_is_missing() {
    let desk = Desk::open().await.expect("a studio");
    let (work, _) = desk.song().await.expect("a song");
    let owner = desk.owner().await.expect("an owner");
    let facts = json!({ "parties": [{ "party": owner, "is_controlled": true, "societies": { "performing": 10 } }] });
    let facts = serde_json::from_value(facts).expect("facts");
    desk.done(async |tx| save_work_registration(tx, &desk.ctx, work, facts).await).await.expect("it is registered");
    let (is_written, said) = desk.run(&["cwr", "export", "--recipient", "010"]);
    assert!(!is_written, "{said}");
    let fields: Vec<&str> =
        said["faults"].as_array().into_iter().flatten().filter_map(|it| it["field"].as_str()).collect();
    assert_eq!(fields, ["works.0.party.ipi"], "{said}");

    let change = PartyChange { ipi: Edit::To(Some("00123456790".into())), ..PartyChange::default() };
    desk.done(async |tx| update_party(tx, &desk.ctx, owner, change).await).await.expect("it is changed");
    std::fs::create_dir(desk.folder.path().join("out")).expect("a folder");
    let (is_written, said) =
        desk.run(&["cwr", "export", &work.to_string(), "--recipient", "010", "--cwr", "2.2", "--out", "out"]);
    assert!(is_written && said["works"] == 1, "{said}");
    let path = desk.written(&said);
    let name = SystemClock.now().format("CW%y0001NVA_010.V22").to_string();
    assert_eq!(path.file_name().and_then(|name| name.to_str()), Some(name.as_str()));
    let text = std::fs::read_to_string(path).expect("the file");
    assert_eq!(said["sha256"], Sha256::of(text.as_bytes()).to_string());
    let kinds: Vec<&str> = text.lines().map(|line| &line[..3]).collect();
    assert_eq!(kinds, ["HDR", "GRH", "NWR", "SPU", "SPT", "SWR", "SWT", "PWR", "GRT", "TRL"], "{text}");
    assert!(text.contains("REYES") && text.contains("NIGHT DRIVE"), "{text}");

    // All that is registered, in the version that every society takes, under the next number.
    let (is_written, said) = desk.run(&["cwr", "export"]);
    assert!(is_written, "{said}");
    let name = SystemClock.now().format("CW%y0002NVA_000.V21").to_string();
    assert!(desk.written(&said).ends_with(&name) && desk.written(&said).is_file(), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_is_written_for_a_distributor_once_nothing_is_missing() {
    let desk = Desk::open().await.expect("a studio");
    let (_, recording) = desk.song().await.expect("a song");
    let release = desk.release(recording).await.expect("a release").to_string();
    let (is_written, said) = desk.run(&["ern", "export", &release]);
    assert!(!is_written && said["faults"][0]["field"] == "tracks.0.recording.isrc", "{said}");
    desk.done(async |tx| assign_isrc(tx, &desk.ctx, recording, 2026).await).await.expect("a code");
    let (is_written, said) = desk.run(&["ern", "export", &release]);
    assert!(is_written && said["number"] == 1, "{said}");
    assert!(desk.written(&said).ends_with(format!("{release}-1.xml")), "{said}");
    let (is_written, said) = desk.run(&["ern", "export", &release, "--out", "release.xml"]);
    assert!(is_written && said["number"] == 2, "{said}");
    let path = desk.written(&said);
    let text = std::fs::read_to_string(&path).expect("the file");
    assert_eq!(said["sha256"], Sha256::of(text.as_bytes()).to_string());
    assert!(text.contains("NewReleaseMessage") && text.contains(DPID), "{text}");
    if let Some(texts) = judges::xml_texts(&path) {
        for told in ["AA6Q72600001", "Night Drive", "First Light", "5901234123457", "PT1M0S"] {
            assert!(texts.iter().any(|text| text == told), "{told}: {texts:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_written_for_a_label_under_the_studios_identifier() {
    let desk = Desk::open().await.expect("a studio");
    let session = desk.session().await.expect("a session").to_string();
    let (is_written, said) = desk.run(&["rin", "export", &session]);
    assert!(is_written, "{said}");
    let path = desk.written(&said);
    assert!(path.ends_with(format!("{session}.rin.xml")), "{said}");
    let text = std::fs::read_to_string(&path).expect("the file");
    assert!(text.contains("RecordingInformationNotification"), "{text}");
    if let Some(texts) = judges::xml_texts(&path) {
        for told in [DPID, "Nova Reyes", "StudioProducer"] {
            assert!(texts.iter().any(|text| text == told), "{told}: {texts:?}");
        }
    }
    let (is_written, said) = desk.run(&["rin", "export", "session_00000000000000000000000000000001"]);
    assert!(!is_written && said["error"].as_str().is_some_and(|error| error.contains("no session")), "{said}");
}
