//! The session log: what is written down and how it was before, and what is made of it.

mod split_sheets;

use std::fmt::Debug;

use domain::{
    actor::{Actor, Ctx, Role},
    agreements::{AgreementError, queries::prefill_logged_split_sheet, testing::PlainDocuments},
    booking::{
        commands::{ClientFacts, NewBooking, NewLength, RoomChange, RoomInput, create_booking, create_room},
        entity::booking,
        rules::{Opening, Span},
    },
    catalog::entity::{SampleClearance, recording},
    edit::Edit,
    env::Instant,
    ids::{EquipmentId, PartyId, ProjectId, SessionId, SongId, TakeId},
    money::Currency,
    page::PageRequest,
    policy::Denied,
    production::entity::{
        project::{self, ProjectKind, ProjectState},
        song,
    },
    report::{Explain, Kind},
    session_log::{
        SessionLogError,
        commands::{
            CreditInput, GearInput, NewSession, SampleInput, SessionChange, TakeInput, TakeView, put_credit, put_gear,
            put_sample, put_take, remove_credit, remove_gear, remove_sample, remove_take, start_session,
            update_session,
        },
        entity::{LogAct, LogEntry, SessionKind, SessionRole, credit, edit, session},
        queries::{SessionFilter, credits_of_song, edits_of_session, list_sessions, takes_of_sessions},
        rin::{self, Version},
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::Value;

use crate::{shop::Shop, support::on_each_database};

/// DDEX's own example.
const DPID: &str = "PADPIDA2013020802I";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn house(shop: &Shop) -> Ctx {
    shop.services.ctx(Actor::System)
}

fn member(shop: &Shop, role: Role) -> Ctx {
    shop.services.ctx(Actor::User {
        user: shop.services.env.id(),
        memberships: vec![(shop.studio, role)],
        closed: Vec::new(),
    })
}

/// A song of the studio, of a project of its own.
async fn song(shop: &Shop, title: &str) -> SongId {
    let (db, env) = (&shop.services.db, &shop.services.env);
    let (studio_id, created_at, work_id) = (shop.studio, env.now(), shop.work(title).await);
    let project = project::Model {
        id: env.id(),
        studio_id,
        client_id: None,
        kind: ProjectKind::Record,
        state: ProjectState::Active,
        title: "Debut".into(),
        created_at,
    };
    let recording = recording::Model { id: env.id(), studio_id, work_id, title: title.into(), isrc: None, created_at };
    let song = song::Model {
        id: env.id(),
        studio_id,
        project_id: project.id,
        position: 1,
        title: title.into(),
        work_id,
        recording_id: recording.id,
        created_at,
    };
    project.into_active_model().insert(db).await.unwrap();
    recording.into_active_model().insert(db).await.unwrap();
    song.into_active_model().insert(db).await.unwrap().id
}

fn vocals() -> NewSession {
    NewSession {
        booking: None,
        kind: SessionKind::Vocal,
        title: Some("Lead vocals".into()),
        started_at: Some(at("2026-11-23T09:00:00Z")),
        rest: SessionChange {
            ended_at: Edit::To(Some(at("2026-11-23T12:00:00Z"))),
            bit_depth: Edit::To(Some(24)),
            sample_rate_hz: Edit::To(Some(96_000)),
            ..SessionChange::default()
        },
    }
}

async fn start(shop: &Shop, new: NewSession) -> Result<session::Model, SessionLogError> {
    let tx = shop.services.begin().await.unwrap();
    let session = start_session(&tx, &house(shop), shop.studio, new).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(session)
}

fn did(party: PartyId, role: SessionRole, song: Option<SongId>) -> CreditInput {
    CreditInput { party, song, role, instrument: None, from: None, to: None, note: None }
}

async fn credit(shop: &Shop, session: SessionId, input: &CreditInput) -> Result<credit::Model, SessionLogError> {
    let tx = shop.services.begin().await.unwrap();
    let row = put_credit(&tx, &house(shop), (session, None), input).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(row)
}

fn sang(song: SongId) -> TakeInput {
    TakeInput {
        song,
        part: "lead vocal".into(),
        number: None,
        recorded_at: None,
        rating: None,
        notes: String::new(),
        comp_of: None,
    }
}

async fn take(shop: &Shop, place: (SessionId, Option<TakeId>), input: &TakeInput) -> Result<TakeView, SessionLogError> {
    let tx = shop.services.begin().await.unwrap();
    let view = put_take(&tx, &house(shop), place, input).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(view)
}

/// The code of a refusal and the field that it names.
fn refusal<T: Debug>(outcome: Result<T, SessionLogError>) -> (&'static str, String) {
    let report = outcome.unwrap_err().explain();
    (report.code, report.field.unwrap_or_default())
}

#[tokio::test]
async fn every_edit_is_kept_with_what_was_before() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (song, session) = (song(&shop, "First Light").await, start(&shop, vocals()).await.unwrap().id);
        let [nova, orson] = shop.makers;
        let sang = did(nova, SessionRole::LeadVocalist, Some(song));
        let row = credit(&shop, session, &sang).await.unwrap();
        let house = house(&shop);
        let tx = shop.services.begin().await.unwrap();
        let other = CreditInput { party: orson, ..sang };
        let changed = put_credit(&tx, &house, (session, Some(row.id)), &other).await.unwrap();
        put_credit(&tx, &house, (session, Some(row.id)), &other).await.unwrap();
        remove_credit(&tx, &house, session, row.id).await.unwrap();
        let notes = SessionChange { notes: Edit::To("Rain on the roof".into()), ..SessionChange::default() };
        let noted = update_session(&tx, &house, session, notes).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        assert_eq!((changed.id, changed.party_id, noted.notes.as_str()), (row.id, orson, "Rain on the roof"));

        let edits = edits_of_session(&world.db, session, None, 100).await.unwrap();
        let told: Vec<_> = edits.iter().rev().map(|edit| (edit.seq, edit.entry, edit.act)).collect();
        assert_eq!(
            told,
            [
                (1, LogEntry::Session, LogAct::Added),
                (2, LogEntry::Credit, LogAct::Added),
                (3, LogEntry::Credit, LogAct::Changed),
                (4, LogEntry::Credit, LogAct::Removed),
                (5, LogEntry::Session, LogAct::Changed),
            ],
            "what changes nothing is no edit"
        );
        let text_of = |value: Option<&Value>, key: &str| value.unwrap()[key].as_str().unwrap().to_owned();
        let change = &edits[2];
        let parties = (text_of(change.before.as_ref(), "party_id"), text_of(change.after.as_ref(), "party_id"));
        assert_eq!(parties, (nova.to_string(), orson.to_string()));
        assert_eq!(edits[1].after, None);
        assert_eq!(text_of(edits[1].before.as_ref(), "role"), "lead_vocalist");
        assert_eq!(text_of(edits[0].before.as_ref(), "notes"), "");
        let before_third = edits_of_session(&world.db, session, Some(3), 1).await.unwrap();
        assert_eq!(before_third.iter().map(|edit| edit.seq).collect::<Vec<_>>(), [2]);

        let forged = edit::ActiveModel { at: Set(at("2026-01-01T00:00:00Z")), ..change.clone().into_active_model() };
        assert!(forged.update(&world.db).await.is_err(), "nobody rewrites it");
        assert!(session::Entity::delete_by_id(session).exec(&world.db).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_so_is_refused_by_name() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (song, session) = (song(&shop, "First Light").await, start(&shop, vocals()).await.unwrap().id);
        let (nova, env) = (shop.makers[0], &shop.services.env);
        let sang_it = did(nova, SessionRole::LeadVocalist, Some(song));
        let (early, late) = (Some(at("2026-11-23T08:59:59Z")), Some(at("2026-11-23T12:00:01Z")));
        for (input, code, field) in [
            (CreditInput { party: env.id(), ..sang_it.clone() }, "NOT_FOUND", "party"),
            (CreditInput { song: Some(env.id()), ..sang_it.clone() }, "NOT_FOUND", "song"),
            (CreditInput { from: early, ..sang_it.clone() }, "LOG_SPAN", "from"),
            (CreditInput { to: late, ..sang_it.clone() }, "LOG_SPAN", "to"),
            (CreditInput { to: Some(at("2026-11-23T09:00:00Z")), ..sang_it.clone() }, "LOG_SPAN", "to"),
            (CreditInput { role: SessionRole::Other, ..sang_it.clone() }, "NOTE_MISSING", "note"),
            (CreditInput { instrument: Some("x".repeat(101)), ..sang_it.clone() }, "BAD_TEXT", "instrument"),
        ] {
            assert_eq!(refusal(credit(&shop, session, &input).await), (code, field.to_owned()));
        }
        let lost: SessionId = env.id();
        assert_eq!(refusal(credit(&shop, lost, &sang_it).await), ("NOT_FOUND", "session".to_owned()));
        let tx = shop.services.begin().await.unwrap();
        let gone = remove_credit(&tx, &house(&shop), session, env.id()).await;
        assert_eq!(refusal(gone), ("NOT_LOGGED", "credit".to_owned()));
        let gone = put_credit(&tx, &house(&shop), (session, Some(env.id())), &sang_it).await;
        assert_eq!(refusal(gone), ("NOT_LOGGED", "credit".to_owned()));
        let unknown: EquipmentId = env.id();
        let gear =
            |equipment, name: Option<&str>| GearInput { equipment, name: name.map(str::to_owned), used_for: None };
        let piece = put_gear(&tx, &house(&shop), (session, None), &gear(Some(unknown), None)).await;
        assert_eq!(refusal(piece), ("NOT_FOUND", "equipment".to_owned()));
        let nameless = put_gear(&tx, &house(&shop), (session, None), &gear(None, Some(" "))).await;
        assert_eq!(refusal(nameless), ("BAD_TEXT", "name".to_owned()));
        drop(tx);

        let end = |text: &str| SessionChange { ended_at: Edit::To(Some(at(text))), ..SessionChange::default() };
        let project: ProjectId = env.id();
        for (change, code, field) in [
            (end("2026-11-23T09:00:00Z"), "LOG_SPAN", "endedAt"),
            (SessionChange { bit_depth: Edit::To(Some(20)), ..SessionChange::default() }, "LOG_RANGE", "bitDepth"),
            (
                SessionChange { sample_rate_hz: Edit::To(Some(1)), ..SessionChange::default() },
                "LOG_RANGE",
                "sampleRateHz",
            ),
            (SessionChange { room: Edit::To(Some(env.id())), ..SessionChange::default() }, "NOT_FOUND", "room"),
            (SessionChange { project: Edit::To(Some(project)), ..SessionChange::default() }, "NOT_FOUND", "project"),
            (SessionChange { title: Edit::To(" ".into()), ..SessionChange::default() }, "BAD_TEXT", "title"),
        ] {
            let tx = shop.services.begin().await.unwrap();
            let refused = update_session(&tx, &house(&shop), session, change).await;
            assert_eq!(refusal(refused), (code, field.to_owned()));
        }
        let timeless = NewSession { started_at: None, ..vocals() };
        assert_eq!(refusal(start(&shop, timeless).await), ("NO_START", "startedAt".to_owned()));
        assert_eq!(edits_of_session(&world.db, session, None, 100).await.unwrap().len(), 1, "nothing was written");
    })
    .await;
}

#[tokio::test]
async fn takes_are_numbered_and_comps_hold_what_they_are_made_of() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (first, other) = (song(&shop, "First Light").await, song(&shop, "Afterglow").await);
        let session = start(&shop, vocals()).await.unwrap().id;
        let sung = |n: Option<i32>| TakeInput { number: n, rating: Some(4), ..sang(first) };
        let one = take(&shop, (session, None), &sung(None)).await.unwrap().take;
        let seven = take(&shop, (session, None), &sung(Some(7))).await.unwrap().take;
        let next = take(&shop, (session, None), &sung(None)).await.unwrap().take;
        assert_eq!((one.number, seven.number, next.number), (1, 7, 8));
        let elsewhere = take(&shop, (session, None), &sang(other)).await.unwrap().take;
        assert_eq!(elsewhere.number, 1, "each song counts for itself");
        assert_eq!(refusal(take(&shop, (session, None), &sung(Some(7))).await), ("TAKE_NUMBER", "number".to_owned()));
        let kept = take(&shop, (session, Some(seven.id)), &TakeInput { rating: None, ..sung(None) }).await.unwrap();
        assert_eq!((kept.take.number, kept.take.rating), (7, None), "it keeps its number");
        for (input, code, field) in [
            (TakeInput { rating: Some(6), ..sung(None) }, "LOG_RANGE", "rating"),
            (TakeInput { number: Some(0), ..sung(None) }, "LOG_RANGE", "number"),
            (TakeInput { recorded_at: Some(at("2026-11-23T13:00:00Z")), ..sung(None) }, "LOG_SPAN", "recordedAt"),
            (TakeInput { part: " ".into(), ..sung(None) }, "BAD_TEXT", "part"),
        ] {
            assert_eq!(refusal(take(&shop, (session, None), &input).await), (code, field.to_owned()));
        }

        let comp = |of: &[TakeId]| TakeInput { part: "lead comp".into(), comp_of: Some(of.to_vec()), ..sang(first) };
        let made = take(&shop, (session, None), &comp(&[next.id, one.id, one.id])).await.unwrap();
        assert_eq!((made.take.is_comp, made.comp_of.len()), (true, 2));
        let unknown: TakeId = shop.services.env.id();
        let own = (session, Some(made.take.id));
        for (place, of, code) in [
            ((session, None), vec![], "COMP_TAKES"),
            ((session, None), vec![elsewhere.id], "COMP_TAKES"),
            ((session, None), vec![unknown], "NOT_FOUND"),
            (own, vec![made.take.id], "COMP_TAKES"),
        ] {
            assert_eq!(refusal(take(&shop, place, &comp(&of)).await), (code, "compOf".to_owned()));
        }
        let house = house(&shop);
        let tx = shop.services.begin().await.unwrap();
        let in_comp = remove_take(&tx, &house, session, one.id).await;
        assert_eq!(refusal(in_comp), ("TAKE_IN_COMP", "take".to_owned()));
        drop(tx);
        let carried_off = take(&shop, (session, Some(one.id)), &sang(other)).await;
        assert_eq!(refusal(carried_off).0, "TAKE_IN_COMP");
        let plain = take(&shop, own, &comp(&[next.id])).await.unwrap();
        assert_eq!(plain.comp_of, [next.id]);
        let tx = shop.services.begin().await.unwrap();
        remove_take(&tx, &house, session, one.id).await.unwrap();
        remove_take(&tx, &house, session, made.take.id).await.unwrap();
        remove_take(&tx, &house, session, next.id).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        let left = takes_of_sessions(&world.db, &[session]).await.unwrap().remove(&session).unwrap();
        assert_eq!(left.len(), 2);
    })
    .await;
}

/// A room that never closes, and a booking of it.
async fn booked(shop: &Shop, client: Option<ClientFacts>) -> booking::Model {
    let span = Span { opens_minute: 0, closes_minute: 1_440 };
    let hours = (1..=7).map(|weekday| Opening { weekday, span }).collect();
    let room =
        RoomInput { name: "Room A".into(), time_zone: "Europe/Berlin".into(), hours, rest: RoomChange::default() };
    let tx = shop.services.begin().await.unwrap();
    let room = create_room(&tx, &house(shop), shop.studio, room).await.unwrap();
    let new = NewBooking {
        room: room.id,
        time: NewLength::Minutes { starts_at: at("2026-11-23T13:00:00Z"), minutes: 120 },
        is_block: false,
        title: Some("Ada’s vocals".into()),
        client,
        party: None,
        project: None,
        equipment: Vec::new(),
        people: Vec::new(),
        notes: String::new(),
        price: None,
        hold: None,
        outside_hours: false,
    };
    let booking = create_booking(&tx, &house(shop), &new).await.unwrap();
    shop.services.commit(tx).await.unwrap();
    booking
}

#[tokio::test]
async fn a_booking_is_logged_once_and_says_what_is_left_out() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let booking = booked(&shop, None).await;
        let of_booking = || NewSession {
            booking: Some(booking.id),
            title: None,
            started_at: None,
            rest: SessionChange::default(),
            ..vocals()
        };
        let early = start(&shop, of_booking()).await.unwrap();
        assert_eq!((early.title.as_str(), early.room_id), ("Ada’s vocals", Some(booking.room_id)));
        assert_eq!((early.started_at, early.ended_at), (booking.starts_at, None), "it has not ended yet");
        assert_eq!(refusal(start(&shop, of_booking()).await), ("BOOKING_LOGGED", "booking".to_owned()));
        let lost = NewSession { booking: Some(shop.services.env.id()), ..of_booking() };
        assert_eq!(refusal(start(&shop, lost).await), ("NOT_FOUND", "booking".to_owned()));
        let filter = SessionFilter { booking: Some(booking.id), ..SessionFilter::default() };
        let page = list_sessions(&world.db, &house(&shop), shop.studio, filter, PageRequest::default()).await.unwrap();
        assert_eq!(page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [early.id]);
    })
    .await;
}

#[tokio::test]
async fn who_may_write_in_the_log_and_who_may_read_it() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (song, session) = (song(&shop, "First Light").await, start(&shop, vocals()).await.unwrap().id);
        let sang = did(shop.makers[0], SessionRole::LeadVocalist, Some(song));
        let kind = async |ctx: &Ctx| {
            let tx = shop.services.begin().await.unwrap();
            put_credit(&tx, ctx, (session, None), &sang).await.unwrap_err().explain().kind
        };
        assert_eq!(kind(&member(&shop, Role::Viewer)).await, Kind::Forbidden);
        assert_eq!(kind(&shop.services.ctx(Actor::Anonymous)).await, Kind::Unauthenticated);
        let stranger = shop.services.ctx(Actor::User {
            user: shop.services.env.id(),
            memberships: Vec::new(),
            closed: Vec::new(),
        });
        assert_eq!(kind(&stranger).await, Kind::NotFound);
        let read = credits_of_song(&world.db, &stranger, song).await;
        assert_eq!(refusal(read), ("NOT_FOUND", "song".to_owned()));
        let drafted =
            prefill_logged_split_sheet(&world.db, &member(&shop, Role::Engineer), &PlainDocuments, song).await;
        assert!(matches!(drafted, Err(AgreementError::Denied(Denied::NotAllowed))), "{drafted:?}");
    })
    .await;
}

#[tokio::test]
async fn a_session_is_told_to_other_programs() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (song, session) = (song(&shop, "First Light").await, start(&shop, vocals()).await.unwrap().id);
        let [nova, orson] = shop.makers;
        credit(&shop, session, &did(nova, SessionRole::Songwriter, Some(song))).await.unwrap();
        credit(&shop, session, &did(nova, SessionRole::LeadVocalist, Some(song))).await.unwrap();
        credit(&shop, session, &did(orson, SessionRole::RecordingEngineer, None)).await.unwrap();
        let note = Some("Brought the cookies".to_owned());
        credit(&shop, session, &CreditInput { note, ..did(orson, SessionRole::Other, None) }).await.unwrap();
        let one = take(&shop, (session, None), &sang(song)).await.unwrap().take;
        let comp = TakeInput { part: "lead comp".into(), comp_of: Some(vec![one.id]), ..sang(song) };
        take(&shop, (session, None), &comp).await.unwrap();
        let tx = shop.services.begin().await.unwrap();
        let gear = GearInput { equipment: None, name: Some("U 87 microphone".into()), used_for: Some("vocals".into()) };
        let gear = put_gear(&tx, &house(&shop), (session, None), &gear).await.unwrap();
        let sample = SampleInput {
            song: Some(song),
            title: "Rain & thunder".into(),
            source: "Field recording".into(),
            clearance: SampleClearance::Cleared,
        };
        let sample = put_sample(&tx, &house(&shop), (session, None), &sample).await.unwrap();
        shop.services.commit(tx).await.unwrap();

        let engineer = member(&shop, Role::Engineer);
        let file = rin::notification(&shop.services, &engineer, session, (DPID, Version::V21)).await.unwrap();
        assert_eq!(file.file_name, format!("{session}.rin.xml"));
        for part in [
            "ComposerLyricist",
            "LeadVocalist",
            "RecordingEngineer",
            "Microphone",
            "Rain &amp; thunder",
            "SamplingRate",
            "Brought the cookies",
        ] {
            assert!(file.text.contains(part), "{part} in {}", file.text);
        }
        assert!(file.text.contains("Comp of 1") && file.text.contains("Nova Sound"), "{}", file.text);
        let older = rin::notification(&shop.services, &engineer, session, (DPID, Version::V20)).await.unwrap();
        assert_ne!(older.text, file.text);
        for wrong in ["", "PADPIDA2013020802X", "nova"] {
            let refused = rin::notification(&shop.services, &engineer, session, (wrong, Version::V21)).await;
            assert_eq!(refusal(refused), ("DPID", "dpid".to_owned()), "{wrong:?}");
        }
        let stranger = shop.services.ctx(Actor::User {
            user: shop.services.env.id(),
            memberships: Vec::new(),
            closed: Vec::new(),
        });
        let lost = rin::notification(&shop.services, &stranger, session, (DPID, Version::V21)).await;
        assert_eq!(refusal(lost), ("NOT_FOUND", "session".to_owned()));

        let tx = shop.services.begin().await.unwrap();
        remove_gear(&tx, &house(&shop), session, gear.id).await.unwrap();
        remove_sample(&tx, &house(&shop), session, sample.id).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        let without = rin::notification(&shop.services, &engineer, session, (DPID, Version::V21)).await.unwrap();
        assert!(!without.text.contains("U 87") && !without.text.contains("thunder"));
    })
    .await;
}
