//! ISRCs are given out one after the other, whoever asks at the same moment.

use std::sync::Arc;

use domain::{
    actor::{Actor, Role},
    ids::RecordingId,
    registrations::{
        RegistrationError,
        commands::{FirstIsrc, SettingsChange, assign_isrc, set_settings},
        entity::assignment,
    },
    services::Services,
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use tokio::{sync::Semaphore, task::JoinSet};

use super::Desk;
use crate::support::on_each_database;

const MANY: usize = 200;
const AT_ONCE: usize = 10;

async fn assign(services: &Services, recording: RecordingId) -> Result<String, RegistrationError> {
    let tx = services.begin().await?;
    let given = assign_isrc(&tx, &services.ctx(Actor::System), recording, 2026).await?;
    services.commit(tx).await?;
    Ok(given.isrc)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_codes_by_ten_at_once_have_neither_gap_nor_repeat() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let (work, _) = desk.song("Night Drive").await;
        let mut calls = JoinSet::new();
        let seats = Arc::new(Semaphore::new(AT_ONCE));
        for number in 0..MANY {
            let recording = desk.recording(work, &format!("Take {number}")).await;
            let (services, seats) = (desk.shop.services.clone(), Arc::clone(&seats));
            calls.spawn(async move {
                let _seat = seats.acquire().await.unwrap();
                (recording, assign(&services, recording).await.unwrap())
            });
        }
        let mut given = calls.join_all().await;
        given.sort_by(|one, other| one.1.cmp(&other.1));
        let expected: Vec<String> = (1..=MANY).map(|number| format!("AA6Q726{number:05}")).collect();
        assert_eq!(given.iter().map(|(_, isrc)| isrc.clone()).collect::<Vec<_>>(), expected);
        for (recording, isrc) in given {
            assert_eq!(desk.isrc(recording).await, Some(isrc));
        }
    })
    .await;
}

#[tokio::test]
async fn a_year_ends_with_its_last_number() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let (work, first) = desk.song("Night Drive").await;
        let begin =
            |number| SettingsChange { first_isrc: Some(FirstIsrc { year: 2026, number }), ..Default::default() };
        desk.set(begin(99_998)).await;
        desk.set(begin(99_998)).await;
        let tx = desk.shop.services.begin().await.unwrap();
        let again = set_settings(&tx, &desk.shop.services.ctx(Actor::System), desk.shop.studio, begin(7)).await;
        assert!(matches!(again, Err(RegistrationError::CountingBegun { year: 2026, first: 99_998 })), "{again:?}");
        tx.rollback().await.unwrap();
        let services = &desk.shop.services;
        assert_eq!(assign(services, first).await.unwrap(), "AA6Q72699998");
        let (second, third) = (desk.recording(work, "Second").await, desk.recording(work, "Third").await);
        assert_eq!(assign(services, second).await.unwrap(), "AA6Q72699999");
        let none = assign(services, third).await.unwrap_err();
        assert!(matches!(none, RegistrationError::IsrcsExhausted { year: 2026, .. }), "{none}");
        assert_eq!(desk.isrc(third).await, None);
    })
    .await;
}

#[tokio::test]
async fn codes_that_were_entered_by_hand_are_not_given_out_again() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let services = &desk.shop.services;
        let (work, by_hand) = desk.song("Night Drive").await;
        desk.code(by_hand, Some("AA6Q72600003")).await;
        let has_one = assign(services, by_hand).await.unwrap_err();
        assert!(matches!(&has_one, RegistrationError::HasIsrc { isrc } if isrc == "AA-6Q7-26-00003"), "{has_one}");
        let (fourth, later, sixth) =
            (desk.recording(work, "4").await, desk.recording(work, "5").await, desk.recording(work, "6").await);
        assert_eq!(assign(services, fourth).await.unwrap(), "AA6Q72600004");
        desk.code(later, Some("AA6Q72600005")).await;
        assert_eq!(assign(services, sixth).await.unwrap(), "AA6Q72600006");
        let rows = assignment::Entity::find().order_by_asc(assignment::Column::Number).all(&services.db).await.unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.number, row.recording_id)).collect();
        assert_eq!(told, [(4, fourth), (5, later), (6, sixth)]);
        // What was taken away by mistake comes back.
        desk.code(fourth, None).await;
        assert_eq!(assign(services, fourth).await.unwrap(), "AA6Q72600004");
        // Somebody else took the next code by hand, and had another one: nothing is guessed.
        desk.code(fourth, Some("AA6Q72600007")).await;
        let next = desk.recording(work, "7").await;
        let held = assign(services, next).await.unwrap_err();
        assert!(matches!(held, RegistrationError::IsrcHeld { .. }), "{held}");
    })
    .await;
}

#[tokio::test]
async fn who_may_not_gets_no_code_and_the_database_holds_the_numbers() {
    on_each_database(async |world| {
        let desk = Desk::open(world).await;
        let services = &desk.shop.services;
        let (_, recording) = desk.song("Night Drive").await;
        let engineer = Actor::User {
            user: services.env.id(),
            memberships: vec![(desk.shop.studio, Role::Engineer)],
            closed: Vec::new(),
        };
        let tx = services.begin().await.unwrap();
        let refused = assign_isrc(&tx, &services.ctx(engineer), recording, 2026).await;
        assert!(matches!(refused, Err(RegistrationError::Denied(_))));
        tx.rollback().await.unwrap();
        assign(services, recording).await.unwrap();
        for change in [
            "UPDATE isrc_counters SET last_number = last_number + 2",
            "DELETE FROM isrc_counters",
            "DELETE FROM isrc_assignments",
            "UPDATE isrc_assignments SET isrc = 'AA6Q72600009'",
        ] {
            assert!(services.db.execute_unprepared(change).await.is_err(), "{change}");
        }
    })
    .await;
}
