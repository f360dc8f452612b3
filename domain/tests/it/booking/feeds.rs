//! Calendar feeds: what they hold, and that a revoked one is read no more.

use domain::{
    booking::{
        BookingError,
        calendar::{FileFor, Invited, feed_text, file, invitation},
        commands::{ClientFacts, NewBooking, NewFeed, StudioCancel, cancel_as_studio, create_feed, revoke_feed},
        entity::feed,
        queries::{feed_url, find_feed_by_link, find_seen},
    },
    email::EmailAddress,
    ids::{CalendarFeedId, RoomId},
    links::Purpose,
    money::Currency,
    ports::CalendarMethod,
};

use super::{book, booked, house, minutes, refusal, room, terms};
use crate::{shop::Shop, support::on_each_database};

async fn feed(shop: &Shop, new: NewFeed) -> Result<feed::Model, BookingError> {
    let tx = shop.services.begin().await.unwrap();
    let feed = create_feed(&tx, &house(shop), shop.studio, new).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(feed)
}

/// What a feed says to whoever has its link.
async fn read(shop: &Shop, id: CalendarFeedId) -> Result<String, BookingError> {
    let services = &shop.services;
    let url = feed_url(services, id);
    let token = url.trim_start_matches("http://shop.test/calendars/").trim_end_matches(".ics");
    let view = find_feed_by_link(&services.db, &services.links, token, services.env.now()).await?;
    feed_text(services, &view).await
}

/// Unfolds the lines of a calendar.
fn unfolded(text: &str) -> String {
    text.replace("\r\n ", "")
}

#[tokio::test]
async fn feeds_hold_what_is_theirs_and_names_only_where_they_may() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (first, second) = (room(&shop, "Room A", terms()).await, room(&shop, "Room B", terms()).await);
        let client = Some(ClientFacts { name: "Ada Lovelace".into(), email: "ada@example.com".into() });
        let people = vec![(shop.makers[0], "engineer".to_owned())];
        let here = NewBooking { client, people, ..booked(&first, minutes("2026-12-03T13:00:00Z", 60)) };
        let here = book(&shop, &house(&shop), &here).await.unwrap();
        let elsewhere =
            book(&shop, &house(&shop), &booked(&second, minutes("2026-12-03T13:00:00Z", 60))).await.unwrap();

        let all = NewFeed { room: None, party: None, shows_names: false };
        let whole = feed(&shop, all).await.unwrap();
        let text = unfolded(&read(&shop, whole.id).await.unwrap());
        assert_eq!(text.matches("BEGIN:VEVENT").count(), 2);
        assert!(text.contains(&format!("UID:{}@shop.test", here.id)) && text.contains("SUMMARY:Booked"), "{text}");
        assert!(!text.contains("Lovelace") && !text.contains("ada@"), "{text}");
        assert_eq!(unfolded(&read(&shop, whole.id).await.unwrap()), text, "the same each time");

        let of_room = feed(&shop, NewFeed { room: Some(first.id), shows_names: true, ..all }).await.unwrap();
        let text = unfolded(&read(&shop, of_room.id).await.unwrap());
        assert!(text.contains("SUMMARY:Ada Lovelace") && text.contains("Room A"), "{text}");
        assert!(!text.contains(&elsewhere.id.to_string()));
        let of_person = feed(&shop, NewFeed { party: Some(shop.makers[0]), ..all }).await.unwrap();
        let text = read(&shop, of_person.id).await.unwrap();
        assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "what they are asked to");
        let nobodys = feed(&shop, NewFeed { party: Some(shop.makers[1]), ..all }).await.unwrap();
        assert_eq!(read(&shop, nobodys.id).await.unwrap().matches("BEGIN:VEVENT").count(), 0);

        let off = StudioCancel { note: "", by_client: false };
        cancel_as_studio(&shop.services, &house(&shop), here.id, off).await.unwrap();
        assert_eq!(read(&shop, of_room.id).await.unwrap().matches("BEGIN:VEVENT").count(), 0, "it stands no more");
    })
    .await;
}

#[tokio::test]
async fn a_revoked_feed_is_read_no_more() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let all = NewFeed { room: None, party: None, shows_names: true };
        let made = feed(&shop, all).await.unwrap();
        let other = feed(&shop, all).await.unwrap();
        for _ in 0..2 {
            let tx = shop.services.begin().await.unwrap();
            revoke_feed(&tx, &house(&shop), made.id).await.unwrap();
            shop.services.commit(tx).await.unwrap();
        }
        assert_eq!(refusal(read(&shop, made.id).await).0, "FEED_REVOKED");
        assert!(read(&shop, other.id).await.is_ok());

        let services = &shop.services;
        for token in ["x".to_owned(), services.links.token(Purpose::Booking, made.id, None)] {
            let lost = find_feed_by_link(&services.db, &services.links, &token, services.env.now()).await;
            assert_eq!(refusal(lost).0, "LINK_INVALID");
        }
        let both = NewFeed { room: Some(room.id), party: Some(shop.makers[0]), ..all };
        assert_eq!(refusal(feed(&shop, both).await), ("FEED_OF_BOTH", "party".to_owned()));
        let unknown: RoomId = services.env.id();
        assert_eq!(
            refusal(feed(&shop, NewFeed { room: Some(unknown), ..all }).await),
            ("NOT_FOUND", "room".to_owned())
        );
    })
    .await;
}

#[tokio::test]
async fn who_is_invited_is_asked_and_told_when_it_is_off() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", terms()).await;
        let client = Some(ClientFacts { name: "Ada, Countess".into(), email: "ada@example.com".into() });
        let new = NewBooking { client, ..booked(&room, minutes("2026-12-03T13:00:00Z", 60)) };
        let made = book(&shop, &house(&shop), &new).await.unwrap();
        let told = async |invited: Invited<'_>| {
            let seen = find_seen(&world.db, made.id).await.unwrap().unwrap();
            let calendar = invitation(&shop.services, &seen, invited).unwrap().unwrap();
            (calendar.method, calendar.file_name, unfolded(&calendar.text))
        };
        let orson: EmailAddress = "orson@example.com".parse().unwrap();
        let (method, file_name, text) = told(Invited::Person("Orson", &orson)).await;
        assert_eq!((method, file_name.as_str()), (Some(CalendarMethod::Request), "invitation.ics"));
        for part in [
            "METHOD:REQUEST",
            "SEQUENCE:0",
            "DTSTART:20261203T130000Z",
            "mailto:nova@example.com",
            "mailto:orson@example.com",
            "RSVP=TRUE",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("/bookings/"), "the link is the client’s alone");
        let (_, _, text) = told(Invited::Client { has_booked: true }).await;
        assert!(text.contains("/bookings/") && text.contains("PARTSTAT=ACCEPTED"), "{text}");
        let seen = [find_seen(&world.db, made.id).await.unwrap().unwrap()];
        let of = |reader| unfolded(&file(&shop.services, "Room A", &seen, reader).unwrap().text);
        assert!(of(FileFor::Client).contains("/bookings/"));
        assert!(!of(FileFor::Person).contains("/bookings/"), "not even in a file");
        let (method, _, text) = told(Invited::Dropped("Orson", &orson)).await;
        assert_eq!(method, Some(CalendarMethod::Cancel), "of what stands, for one who is asked no more");
        assert!(text.contains("STATUS:CANCELLED") && !text.contains("/bookings/"), "{text}");

        let off = StudioCancel { note: "", by_client: false };
        cancel_as_studio(&shop.services, &house(&shop), made.id, off).await.unwrap();
        let (method, file_name, text) = told(Invited::Client { has_booked: false }).await;
        assert_eq!((method, file_name.as_str()), (Some(CalendarMethod::Cancel), "cancelled.ics"));
        for part in ["METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:1"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(text.contains(&format!("UID:{}@shop.test", made.id)), "the same event");
    })
    .await;
}
