//! Whom the log brings into a song's credits and split sheet.

use chrono::Duration;
use domain::{
    agreements::{queries::prefill_logged_split_sheet, testing::PlainDocuments},
    booking::commands::ClientFacts,
    edit::Edit,
    money::Currency,
    parties::{ProfileChange, update_profile},
    production::entity::{PersonRole, person},
    session_log::{
        commands::{CreditInput, NewSession, SessionChange},
        entity::{SessionKind, SessionRole},
        queries::credits_of_song,
    },
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::{booked, credit, did, house, sang, song, start, take, vocals};
use crate::{shop::Shop, support::on_each_database};

#[tokio::test]
async fn credits_and_the_split_sheet_are_made_of_what_was_logged() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (first, other) = (song(&shop, "First Light").await, song(&shop, "Afterglow").await);
        let [nova, orson] = shop.makers;
        let writing = start(&shop, NewSession { kind: SessionKind::Writing, ..vocals() }).await.unwrap().id;
        shop.clock.advance(Duration::hours(1));
        let singing = start(&shop, vocals()).await.unwrap().id;
        for (session, input) in [
            (writing, did(nova, SessionRole::Composer, Some(first))),
            (writing, did(nova, SessionRole::Lyricist, Some(first))),
            (writing, did(orson, SessionRole::Composer, Some(first))),
            (writing, did(orson, SessionRole::Visitor, Some(first))),
            (singing, did(nova, SessionRole::Artist, None)),
            (singing, did(orson, SessionRole::Engineer, None)),
            (
                singing,
                CreditInput {
                    instrument: Some("bass".into()),
                    ..did(orson, SessionRole::SessionMusician, Some(first))
                },
            ),
            (
                singing,
                CreditInput { instrument: Some("piano".into()), ..did(orson, SessionRole::Performer, Some(other)) },
            ),
        ] {
            credit(&shop, session, &input).await.unwrap();
        }
        take(&shop, (singing, None), &sang(first)).await.unwrap();

        let credits = credits_of_song(&world.db, &house(&shop), first).await.unwrap();
        let told: Vec<_> =
            credits.iter().map(|credit| (credit.party.id, credit.role, credit.sessions.clone())).collect();
        assert_eq!(
            told,
            [
                (nova, SessionRole::Composer, vec![writing]),
                (orson, SessionRole::Composer, vec![writing]),
                (nova, SessionRole::Lyricist, vec![writing]),
                (nova, SessionRole::Artist, vec![singing]),
                (orson, SessionRole::SessionMusician, vec![singing]),
                (orson, SessionRole::Engineer, vec![singing]),
            ],
            "those of all songs too, and of no other"
        );
        let text = prefill_logged_split_sheet(&world.db, &house(&shop), &PlainDocuments, first).await.unwrap();
        let sheet: Value = serde_json::from_str(&text).unwrap();
        let names: Vec<_> =
            sheet["parties"].as_array().unwrap().iter().map(|party| party["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Nova", "Orson"]);
        let writers = &sheet["terms"]["composition"]["writers"];
        assert_eq!(writers[0], json!({ "party": 0, "role": "CA", "share_ppm": 500_000 }));
        assert_eq!(writers[1], json!({ "party": 1, "role": "C", "share_ppm": 500_000 }));
        let owners = json!([{ "party": 0, "share_ppm": 1_000_000 }]);
        assert_eq!(sheet["terms"]["master"]["owners"], owners);
        assert_eq!(sheet["terms"]["master"]["performers"], json!([{ "party": 1, "part": "bass" }]));
        assert_eq!(sheet["terms"]["composition"]["title"], "First Light");
        let text = prefill_logged_split_sheet(&world.db, &house(&shop), &PlainDocuments, other).await.unwrap();
        let sheet: Value = serde_json::from_str(&text).unwrap();
        let performers = json!([{ "name": "Orson", "part": "piano" }]);
        assert_eq!(sheet["terms"]["master"]["performers"], performers, "who has no share is named, and signs nothing");
    })
    .await;
}

#[tokio::test]
async fn a_sheet_begins_with_whom_the_project_names_where_nobody_has_a_part_by_the_log() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let first = song(&shop, "First Light").await;
        let [nova, orson] = shop.makers;
        let row = song::Entity::find_by_id(first).one(&shop.services.db).await.unwrap().unwrap();
        let planned = person::Model {
            id: shop.services.env.id(),
            studio_id: shop.studio,
            project_id: row.project_id,
            song_id: None,
            party_id: nova,
            role: PersonRole::Artist,
            detail: String::new(),
            created_at: shop.services.env.now(),
        };
        planned.into_active_model().insert(&shop.services.db).await.unwrap();
        let session = start(&shop, vocals()).await.unwrap().id;
        credit(&shop, session, &did(orson, SessionRole::MixingEngineer, Some(first))).await.unwrap();

        let text = prefill_logged_split_sheet(&world.db, &house(&shop), &PlainDocuments, first).await.unwrap();
        let sheet: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(sheet["parties"].as_array().unwrap().len(), 1, "{sheet}");
        assert_eq!((&sheet["parties"][0]["name"], &sheet["parties"][0]["role"]), (&json!("Nova"), &json!("artist")));
        assert_eq!(sheet["terms"]["master"]["mixers"], json!([{ "name": "Orson" }]));
    })
    .await;
}

#[tokio::test]
async fn what_is_known_of_a_bookings_client_stands_in_the_split_sheet() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let song = song(&shop, "First Light").await;
        let client = ClientFacts { name: "Lena Vogt".into(), email: "lena@example.com".into() };
        let booking = booked(&shop, Some(client)).await;
        let lena = booking.party_id.expect("she is in the books");
        let tx = shop.services.begin().await.unwrap();
        let change = ProfileChange { pro: Edit::To(Some("GEMA".into())), ..ProfileChange::default() };
        update_profile(&tx, &house(&shop), lena, change).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        let of_booking = NewSession {
            booking: Some(booking.id),
            title: None,
            started_at: None,
            rest: SessionChange::default(),
            ..vocals()
        };
        let session = start(&shop, of_booking).await.unwrap().id;
        credit(&shop, session, &did(lena, SessionRole::Composer, Some(song))).await.unwrap();

        let text = prefill_logged_split_sheet(&world.db, &house(&shop), &PlainDocuments, song).await.unwrap();
        let sheet: Value = serde_json::from_str(&text).unwrap();
        let party = &sheet["parties"][0];
        assert_eq!((&party["name"], &party["email"]), (&json!("Lena Vogt"), &json!("lena@example.com")));
        assert_eq!(
            (&party["pro"], &sheet["terms"]["composition"]["writers"][0]["pro"]),
            (&json!("GEMA"), &json!("GEMA"))
        );
    })
    .await;
}
