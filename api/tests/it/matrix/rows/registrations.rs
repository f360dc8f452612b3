use domain::{
    actor::Actor,
    catalog::{
        RenderedFile, add_rendered_asset,
        entity::{AssetKind, beat},
    },
    ids::BeatId,
    registrations::{
        commands::{NewTrack, ReleaseInput, save_release},
        entity::{ReleaseKind, cwr_file, message},
        facts::ReleaseFacts,
    },
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::{super::fixture::Fixture, Row};
use crate::support::World;

//                  nobody stranger owner manager engineer collaborator viewer key bare signer
pub(super) const ROWS: &[Row] = &[
    Row {
        field: "Mutation.setRegistrationSettings",
        document: r#"mutation($studio: ID!) { setRegistrationSettings(input: { studio: $studio, senderName: "Nova", senderCode: "NVA", isrcPrefix: "AA6Q7" }) { settings { isrcPrefix } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.registrationSettings",
        document: "query($studio: ID!) { registrationSettings(studio: $studio) { senderName society dpid isrcPrefix updatedAt } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Mutation.assignIsrc",
        document: "mutation($recording: ID!) { assignIsrc(input: { recording: $recording, year: 2027 }) { assignment { isrc } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.release",
        document: "query($release: ID!) { release(id: $release) { title facts tracks { position recordingId weight } messages { number path } } }",
        expected: "- 0 + + + + + + x -",
    },
    Row {
        field: "Query.releases",
        document: "query($studio: ID!) { releases(studio: $studio) { nodes { title } } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Mutation.saveRelease",
        document: r#"mutation($studio: ID!, $release: ID!, $recording: ID!) { saveRelease(input: { studio: $studio, release: $release, kind: SINGLE, title: "Night", artist: "Ada", label: "Nova", ean: "5901234123457", tracks: [{ recording: $recording }] }) { release { id } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.saveWorkRegistration",
        document: "mutation($work: ID!) { saveWorkRegistration(input: { work: $work, facts: { duration_s: 200 } }) { registration { code } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.workRegistration",
        document: "query($work: ID!) { workRegistration(work: $work) { code facts } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Mutation.exportCwr",
        document: r#"mutation($studio: ID!, $work: ID!) { exportCwr(input: { studio: $studio, works: [$work], recipient: "000", idempotencyKey: "matrix" }) { file { fileName } userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.cwrFiles",
        document: "query($studio: ID!) { cwrFiles(studio: $studio) { nodes { fileName works { code } } } }",
        expected: "- ? + + + + + + x -",
    },
    Row {
        field: "Mutation.exportErn",
        document: "mutation($release: ID!) { exportErn(release: $release) { message { path } userErrors { code } } }",
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Mutation.takeAcknowledgements",
        document: r#"mutation($studio: ID!) { takeAcknowledgements(input: { studio: $studio, content: "HDR" }) { acknowledgements { status } unread userErrors { code } } }"#,
        expected: "- ? + + x x x + x -",
    },
    Row {
        field: "Query.acknowledgements",
        document: "query($studio: ID!, $work: ID!) { acknowledgements(studio: $studio, work: $work) { nodes { status } } }",
        expected: "- ? + + + + + + x -",
    },
];

/// A release with the fixture's recording on it, a notification of it, and a file for societies.
pub(crate) async fn registered(fixture: &mut Fixture, world: &World) {
    let (services, system) = (&world.services, world.services.ctx(Actor::System));
    let (db, env, studio_id) = (&services.db, &services.env, fixture.studio());
    let beat: BeatId = fixture.text("beat").parse().unwrap();
    let recording = beat::Entity::find_by_id(beat).one(db).await.unwrap().unwrap().recording_id;
    let stored = services.files.put_bytes("a file".into()).await.unwrap();
    let sha256 = stored.sha256.clone();
    let input = ReleaseInput {
        id: None,
        ean: None,
        kind: ReleaseKind::Single,
        title: "Night".into(),
        artist: "Ada".into(),
        label: "Nova".into(),
        catalogue_number: None,
        released_on: None,
        facts: ReleaseFacts::default(),
        tracks: vec![NewTrack { recording, weight: 1 }],
        spread_from: None,
    };
    let tx = services.begin().await.unwrap();
    let release = save_release(&tx, &system, studio_id, input).await.unwrap();
    let file = RenderedFile {
        kind: AssetKind::Registration,
        file_name: "file.txt".into(),
        media_type: "text/plain".into(),
        stored,
        facts: None,
    };
    let asset = add_rendered_asset(&tx, &system, studio_id, file).await.unwrap();
    tx.commit().await.unwrap();
    let told = message::Model {
        id: env.id(),
        studio_id,
        release_id: release.id,
        number: 1,
        asset_id: asset.id,
        sha256: sha256.clone(),
        made_at: env.now(),
        made_by: None,
    };
    let sent = cwr_file::Model {
        id: env.id(),
        studio_id,
        year: 2026,
        number: 1,
        version: "2.1".into(),
        recipient: "000".into(),
        file_name: "CW260001NVA_000.V21".into(),
        asset_id: asset.id,
        sha256,
        request_key: None,
        made_at: env.now(),
        made_by: None,
    };
    fixture.set("recording", recording.to_string());
    fixture.set("release", release.id.to_string());
    fixture.set("releaseMessage", told.id.to_string());
    fixture.set("cwrFile", sent.id.to_string());
    told.into_active_model().insert(db).await.unwrap();
    sent.into_active_model().insert(db).await.unwrap();
}
