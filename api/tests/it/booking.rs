//! Booking over the API: what anybody sees of a studio's rooms and equipment.

use serde_json::json;

use crate::{matrix::fixture::Fixture, support::on_each_database};

/// The column of the studio's owner.
const OWNER: usize = 2;

#[tokio::test]
async fn the_makers_number_of_a_piece_is_the_studios_own_business() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let token = fixture.token(world, OWNER).await.unwrap();
        let change = r#"mutation($equipment: ID!) { updateEquipment(input: { equipment: $equipment, isPublic: true, serial: "87-0042" }) { equipment { serial } } }"#;
        let changed = world.ask(Some(&token), change, fixture.variables_of(change)).await;
        assert_eq!(changed["data"]["updateEquipment"]["equipment"]["serial"], "87-0042", "{changed}");
        let shown = "query($slug: String!) { bookableRooms(studio: $slug) { equipment { name serial } } }";
        let answer = world.ask(None, shown, fixture.variables_of(shown)).await;
        assert_eq!(
            answer["data"]["bookableRooms"],
            json!([{ "equipment": [{ "name": "U 87", "serial": null }] }]),
            "{answer}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_day_that_no_calendar_has_is_answered_as_any_other() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let shown = r#"query($slug: String!) { bookableRooms(studio: $slug) { slots(first: "+262142-12-31", minutes: 120) { startsAt } lockouts(first: "-262143-01-01", length: 1) } }"#;
        let answer = world.ask(None, shown, fixture.variables_of(shown)).await;
        // Whether the scalar takes such a day or not, it is answered, and nothing is free then.
        let is_refused = answer["errors"].as_array().is_some_and(|errors| !errors.is_empty());
        assert!(is_refused || answer["data"]["bookableRooms"] == json!([{ "slots": [], "lockouts": [] }]), "{answer}");
    })
    .await;
}
