//! A room as a browser without JavaScript books it: chosen, held, paid or confirmed by mail, moved and called off.

use chrono::{Datelike, Days};
use domain::{
    booking::{
        commands::{EquipmentChange, EquipmentInput, RoomChange, RoomInput, create_equipment, create_room},
        entity::{BookingState, booking},
        queries::booking_url,
        rules::{Opening, Span},
    },
    edit::Edit,
    links::Purpose,
    money::{Currency, Money},
    portfolio::commands::{ProfileChange, update_profile},
    share::Share,
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QueryOrder};

use super::{
    assert_strict, on_each_database,
    support::{Browser, Seen, Shop},
};

fn rate(minor: i64) -> Edit<Option<Money>> {
    Edit::To(Some(Money::new(minor, Currency::EUR)))
}

/// A room that never closes, at 50 an hour and 350 a day, to be had an hour from now; 30 % are paid ahead, and half of that is kept of who cancels late.
async fn opened(shop: &Shop, name: &str, change: RoomChange) {
    let span = Span { opens_minute: 0, closes_minute: 1_440 };
    let rest = RoomChange {
        is_public: Edit::To(true),
        hour_rate: rate(5_000),
        day_rate: rate(35_000),
        notice_minutes: Edit::To(60),
        deposit_share: Edit::To(Share::from_ppm(300_000).unwrap()),
        kept_share: Edit::To(Share::from_ppm(500_000).unwrap()),
        address: Edit::To(Some("Lindenstrasse 1, Berlin".into())),
        ..change
    };
    let hours = (1..=7).map(|weekday| Opening { weekday, span }).collect();
    let input = RoomInput { name: name.into(), time_zone: "Europe/Berlin".into(), hours, rest };
    let owner = shop.owner().await;
    let tx = shop.services.begin().await.unwrap();
    create_room(&tx, &owner, shop.studio, input).await.unwrap();
    tx.commit().await.unwrap();
}

/// Cancelled for nothing until it begins.
fn lenient() -> RoomChange {
    RoomChange { free_cancel_hours: Edit::To(0), ..RoomChange::default() }
}

/// The first link of a page that leads where it says.
fn link(seen: &Seen, to: &str) -> String {
    let mut links = seen.text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let link = links.find(|link| link.contains(to)).unwrap_or_else(|| panic!("no link to {to} in {}", seen.text));
    link.replace("&#38;", "&").replace("&amp;", "&")
}

/// What the form of a slot sends.
fn filled(form: &Seen, name: &str, email: &str) -> Vec<(&'static str, String)> {
    let mut fields = vec![("name", name.to_owned()), ("email", email.to_owned()), ("notes", String::new())];
    fields.extend(["length", "at", "seen_minor", "seen_currency"].map(|field| (field, form.hidden(field))));
    fields
}

async fn send(browser: &Browser, path: &str, fields: &[(&'static str, String)]) -> Seen {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(path, &fields).await
}

async fn newest(shop: &Shop) -> booking::Model {
    booking::Entity::find().order_by_desc(booking::Column::Id).one(&shop.services.db).await.unwrap().unwrap()
}

const SLOT: &str = "/book/nova/room-a/slot";

#[actix_web::test]
async fn a_session_is_chosen_paid_ahead_and_called_off_without_javascript() {
    on_each_database(async |shop| {
        let browser = Browser::new(&shop.url);
        assert!(!browser.get("/s/nova").await.text.contains("/book/nova"), "there is nothing to book");
        assert!(browser.get("/book/nova").await.text.contains("No room can be booked here yet"));
        opened(shop, "Room A", lenient()).await;
        assert!(browser.get("/s/nova").await.text.contains("href=\"/book/nova\""));
        let rooms = browser.get("/book/nova").await;
        assert_strict(&rooms);
        assert!(
            rooms.text.contains("EUR\u{a0}50.00 an hour") && rooms.text.contains("Lindenstrasse 1"),
            "{}",
            rooms.text
        );
        let room = browser.get(&format!("{}?length=120m", link(&rooms, "/book/nova/room-a"))).await;
        assert_strict(&room);
        assert!(room.text.contains("selected>2 hours") && room.text.contains("Europe/Berlin"), "{}", room.text);
        let form = browser.get(&link(&room, SLOT)).await;
        assert_strict(&form);
        assert!(
            form.text.contains("EUR\u{a0}100.00") && form.text.contains("Go to the payment of EUR\u{a0}30.00"),
            "{}",
            form.text
        );

        let wrong = send(&browser, SLOT, &filled(&form, "Ada <b>", "nobody")).await;
        assert_strict(&wrong);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("aria-invalid") && !wrong.text.contains("Ada <b>"), "{}", wrong.text);
        let placed = send(&browser, SLOT, &filled(&form, "Ada", "ada@example.com")).await;
        assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
        let late = send(&browser, SLOT, &filled(&form, "Bob", "bob@example.com")).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.text.contains("Room A is taken") && late.text.contains("value=\"Bob\""), "{}", late.text);

        let own = booking_url(&shop.services, newest(shop).await.id);
        let waiting = browser.get(&own).await;
        assert_strict(&waiting);
        assert!(waiting.text.contains("Waiting for your payment") && waiting.header("cache-control") == "no-store");
        assert!(waiting.text.contains("Left to pay</dt><dd>EUR\u{a0}100.00"), "{}", waiting.text);
        let paid =
            browser.post(placed.header("location"), &[("card", "4242 4242 4242 4242"), ("outcome", "pay")]).await;
        let back = browser.get(paid.header("location")).await;
        assert_eq!(
            (back.status, back.header("location")),
            (StatusCode::SEE_OTHER, own.as_str()),
            "not to an order’s page"
        );
        let booked = browser.get(&own).await;
        assert_strict(&booked);
        assert!(
            booked.text.contains("Your booking is confirmed") && booked.text.contains("EUR\u{a0}70.00"),
            "{}",
            booked.text
        );
        let file = browser.get(&link(&booked, "booking.ics")).await;
        assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8");
        assert!(file.text.contains("BEGIN:VEVENT") && file.text.contains("Room A"), "{}", file.text);

        let asked = browser.get(&link(&booked, "/cancel")).await;
        assert_strict(&asked);
        assert!(asked.text.contains("Nothing is kept"), "{}", asked.text);
        assert_eq!(newest(shop).await.state, BookingState::Confirmed, "looking at it cancels nothing");
        let fields = [("seen_minor", asked.hidden("seen_minor")), ("seen_currency", asked.hidden("seen_currency"))];
        let cancelled = send(&browser, &format!("{own}/cancel"), &fields).await;
        assert_eq!(cancelled.status, StatusCode::SEE_OTHER, "{}", cancelled.text);
        let over = browser.get(&own).await;
        assert!(
            over.text.contains("This booking is cancelled")
                && !over.text.contains("Left to pay")
                && over.text.contains("All of the deposit"),
            "{}",
            over.text
        );
        assert_eq!(browser.get(&format!("{own}/cancel")).await.status, StatusCode::SEE_OTHER, "it is over");
        assert!(over.text.contains("Book another time"), "{}", over.text);
        shop.shut().await;
        let over = browser.get(&own).await;
        assert_strict(&over);
        assert!(!over.text.contains("Book another time"), "there is none: {}", over.text);
        assert!(!over.text.contains("/s/nova"), "nor a shop: {}", over.text);
    })
    .await;
}

#[actix_web::test]
async fn after_the_deadline_what_is_kept_is_told_first() {
    on_each_database(async |shop| {
        // The first slot begins within two days.
        opened(shop, "Room A", RoomChange::default()).await;
        let browser = Browser::new(&shop.url);
        let room = browser.get("/book/nova/room-a?length=120m").await;
        let form = browser.get(&link(&room, SLOT)).await;
        assert!(form.text.contains("50 % of the deposit are kept") && !form.text.contains("for nothing until"));
        let placed = send(&browser, SLOT, &filled(&form, "Ada", "ada@example.com")).await;
        let paid =
            browser.post(placed.header("location"), &[("card", "4242 4242 4242 4242"), ("outcome", "pay")]).await;
        browser.get(paid.header("location")).await;
        let own = booking_url(&shop.services, newest(shop).await.id);
        let booked = browser.get(&own).await;
        assert!(booked.text.contains("Your booking is confirmed"), "{}", booked.text);
        let moved = browser.get(&format!("{own}/move")).await;
        assert_eq!(moved.status, StatusCode::CONFLICT, "it is too late to move it");
        let asked = browser.get(&format!("{own}/cancel")).await;
        assert!(asked.text.contains("EUR\u{a0}15.00 of the deposit of EUR\u{a0}30.00 are kept"), "{}", asked.text);
        let blind = [("seen_minor", "0".to_owned()), ("seen_currency", "EUR".to_owned())];
        let refused = send(&browser, &format!("{own}/cancel"), &blind).await;
        assert_strict(&refused);
        assert_eq!((refused.status, refused.hidden("seen_minor").as_str()), (StatusCode::CONFLICT, "1500"));
        let seen = [("seen_minor", "1500".to_owned()), ("seen_currency", "EUR".to_owned())];
        assert_eq!(send(&browser, &format!("{own}/cancel"), &seen).await.status, StatusCode::SEE_OTHER);
        assert!(browser.get(&own).await.text.contains("EUR 15.00 of the deposit of EUR 30.00 are kept"));
    })
    .await;
}

#[actix_web::test]
async fn without_a_deposit_the_mailed_link_confirms_and_moves() {
    on_each_database(async |shop| {
        opened(shop, "Room A", lenient()).await;
        let (owner, db) = (shop.owner().await, &shop.services.db);
        let rooms = domain::booking::queries::public_rooms(db, shop.studio).await.unwrap();
        let free = RoomChange { deposit_share: Edit::To(Share::ZERO), ..RoomChange::default() };
        let tx = shop.services.begin().await.unwrap();
        domain::booking::commands::update_room(&tx, &owner, rooms[0].id, free).await.unwrap();
        let rest = EquipmentChange { is_public: Edit::To(true), hour_rate: rate(500), ..EquipmentChange::default() };
        let piece = EquipmentInput { name: "U 87".into(), category: "microphone".into(), rest };
        let piece = create_equipment(&tx, &owner, shop.studio, piece).await.unwrap();
        tx.commit().await.unwrap();

        let browser = Browser::new(&shop.url);
        let room = browser.get(&format!("/book/nova/room-a?length=120m&equipment={}", piece.id)).await;
        assert!(room.text.contains("checked> <span>U 87"), "{}", room.text);
        let form = browser.get(&link(&room, SLOT)).await;
        assert!(form.text.contains("EUR\u{a0}110.00") && form.text.contains("U 87"), "{}", form.text);
        let mut fields = filled(&form, "Ada", "ada@example.com");
        fields.push(("equipment", form.hidden("equipment")));
        let held = send(&browser, SLOT, &fields).await;
        assert_strict(&held);
        let own = booking_url(&shop.services, newest(shop).await.id);
        assert!(held.text.contains("Look into your mail") && held.text.contains("ada@example.com"), "{}", held.text);
        assert!(!held.text.contains("/bookings/"), "the link proves the address");

        let asked = browser.get(&own).await;
        assert_strict(&asked);
        assert_eq!(newest(shop).await.state, BookingState::Held, "looking at it confirms nothing");
        let confirmed = browser.post(&format!("{own}/confirm"), &[]).await;
        assert_eq!(confirmed.status, StatusCode::SEE_OTHER, "{}", confirmed.text);
        let booked = browser.get(&own).await;
        assert!(booked.text.contains("Your booking is confirmed") && booked.text.contains("U 87"), "{}", booked.text);
        let paying = browser.post(&format!("{own}/pay"), &[]).await;
        assert_eq!(paying.status, StatusCode::SEE_OTHER, "there is nothing to pay");

        let before = newest(shop).await;
        let choose = browser.get(&link(&booked, "/move")).await;
        assert_strict(&choose);
        let day = (before.starts_at + chrono::Duration::days(3)).date_naive();
        let later = browser.get(&format!("{own}/move?from={day}")).await;
        let ask = browser.get(&link(&later, "/move?at=")).await;
        assert_strict(&ask);
        assert_eq!(newest(shop).await, before, "looking at it moves nothing");
        let moved = browser.post(&format!("{own}/move"), &[("at", &ask.hidden("at"))]).await;
        assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
        let after = newest(shop).await;
        assert!(
            after.starts_at > before.starts_at && after.ends_at - after.starts_at == before.ends_at - before.starts_at
        );
        let past = browser.post(&format!("{own}/move"), &[("at", "2020-01-01T00:00:00Z")]).await;
        assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(past.text.contains("lies in the past"), "{}", past.text);
    })
    .await;
}

#[actix_web::test]
async fn whole_days_are_booked_too() {
    on_each_database(async |shop| {
        opened(shop, "Room A", lenient()).await;
        let browser = Browser::new(&shop.url);
        let room = browser.get("/book/nova/room-a?length=2d").await;
        assert_strict(&room);
        assert!(room.text.contains("selected>2 whole days") && room.text.contains("It can begin on"), "{}", room.text);
        let form = browser.get(&link(&room, SLOT)).await;
        assert!(form.text.contains("EUR\u{a0}700.00") && form.text.contains("all days from"), "{}", form.text);
        let placed = send(&browser, SLOT, &filled(&form, "Ada", "ada@example.com")).await;
        assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
    })
    .await;
}

#[actix_web::test]
async fn what_cannot_be_booked_says_why() {
    on_each_database(async |shop| {
        opened(shop, "Room A", lenient()).await;
        let browser = Browser::new(&shop.url);
        for path in
            ["/book/nobody", "/book/nova/nothing", "/book/nova/room%00", "/book/nova/nothing/slot?length=120m&at=x"]
        {
            let lost = browser.get(path).await;
            assert_eq!(lost.status, StatusCode::NOT_FOUND, "{path}");
        }
        for query in ["", "?length=120m", "?length=120m&at=tomorrow", "?length=2d&at=2026-02-30", "?length=120m&at=%00"]
        {
            let lost = browser.get(&format!("{SLOT}{query}")).await;
            assert_eq!(lost.status, StatusCode::NOT_FOUND, "{query}");
            assert!(lost.text.contains("See what is free"), "{query}");
        }
        let room = browser.get("/book/nova/room-a?length=7m&from=never&equipment=none").await;
        assert_eq!(room.status, StatusCode::OK, "what makes no sense chooses nothing");
        let form = browser.get(&link(&room, SLOT)).await;
        let otherwise = |field: &str, value: &str| -> Vec<(&'static str, String)> {
            let given =
                |(name, old): (&'static str, String)| (name, if name == field { value.to_owned() } else { old });
            filled(&form, "Ada", "ada@example.com").into_iter().map(given).collect()
        };
        for (field, value, status, said) in [
            ("at", "2020-01-01T00:00:00Z", StatusCode::UNPROCESSABLE_ENTITY, "lies in the past"),
            ("at", "2099-01-01T00:00:00Z", StatusCode::UNPROCESSABLE_ENTITY, "Bookings open"),
            ("seen_minor", "1", StatusCode::CONFLICT, "and you saw EUR 0.01"),
            ("seen_minor", "x", StatusCode::UNPROCESSABLE_ENTITY, "did not arrive as it should"),
            ("seen_currency", "euro", StatusCode::UNPROCESSABLE_ENTITY, "did not arrive as it should"),
            ("name", " ", StatusCode::UNPROCESSABLE_ENTITY, "a name has"),
        ] {
            let refused = send(&browser, SLOT, &otherwise(field, value)).await;
            assert_eq!(refused.status, status, "{field} {value}: {}", refused.text);
            assert!(refused.text.to_lowercase().contains(&said.to_lowercase()), "{field} {value}: {}", refused.text);
        }
        let foreign = shop.services.links.token(Purpose::Order, shop.services.env.id::<domain::ids::BookingId>(), None);
        let unknown =
            shop.services.links.token(Purpose::Booking, shop.services.env.id::<domain::ids::BookingId>(), None);
        for token in ["x", foreign.as_str(), unknown.as_str()] {
            for page in ["", "/cancel", "/move", "/booking.ics"] {
                let lost = browser.get(&format!("/bookings/{token}{page}")).await;
                assert_eq!(lost.status, StatusCode::NOT_FOUND, "{token}{page}");
            }
            assert_eq!(browser.post(&format!("/bookings/{token}/confirm"), &[]).await.status, StatusCode::NOT_FOUND);
        }
    })
    .await;
}

#[actix_web::test]
async fn where_nothing_is_free_the_page_says_why_and_what_to_do() {
    on_each_database(async |shop| {
        opened(shop, "Room A", lenient()).await;
        let (owner, browser) = (shop.owner().await, Browser::new(&shop.url));
        let room = domain::booking::queries::public_rooms(&shop.services.db, shop.studio).await.unwrap().remove(0);
        let change = async |change: RoomChange| {
            let tx = shop.services.begin().await.unwrap();
            domain::booking::commands::update_room(&tx, &owner, room.id, change).await.unwrap();
            tx.commit().await.unwrap();
        };
        let today = room.time_zone.day(shop.services.env.now());
        let (near, only) = (today + Days::new(8), today + Days::new(11));

        // Ten days ahead at the latest.
        change(RoomChange { notice_minutes: Edit::To(14_400), ..RoomChange::default() }).await;
        let early = browser.get("/book/nova/room-a?length=120m").await;
        assert_strict(&early);
        assert!(early.text.contains("Bookings of this room close 240 hours ahead"), "{}", early.text);
        let next = browser.get(&link(&early, "from=")).await;
        assert!(early.text.contains("The next free time is on") && next.text.contains(SLOT), "{}", next.text);
        let week = browser.get(&format!("/book/nova/room-a?length=120m&from={near}")).await;
        assert!(week.text.contains("Too short notice") && week.text.contains(SLOT), "{}", week.text);

        // On one day alone, and for four hours.
        let span = Span { opens_minute: 600, closes_minute: 840 };
        let weekday = i32::try_from(only.weekday().number_from_monday()).unwrap();
        let hours = Edit::To(vec![Opening { weekday, span }]);
        let ahead = RoomChange { horizon_days: Edit::To(12), max_minutes: Edit::To(720), ..RoomChange::default() };
        change(RoomChange { hours, ..ahead }).await;
        let long = browser.get("/book/nova/room-a?length=300m").await;
        assert!(long.text.contains("The room is not open for 5 hours at a stretch"), "{}", long.text);
        let late = browser.get(&format!("/book/nova/room-a?length=120m&from={}", only + Days::new(1))).await;
        assert!(late.text.contains("The first free time is on"), "{}", late.text);
        let back = browser.get(&link(&late, &format!("from={only}"))).await;
        assert!(back.text.contains(SLOT), "{}", back.text);

        change(RoomChange { hours: Edit::To(Vec::new()), ..RoomChange::default() }).await;
        let closed = browser.get("/book/nova/room-a?length=120m").await;
        assert_strict(&closed);
        assert!(
            closed.text.contains(">Nothing is free for 2 hours, ")
                && closed.text.contains("The room is closed on these days")
                && closed.text.contains("Ask Nova Sound for another"),
            "{}",
            closed.text
        );
        assert!(!closed.text.contains("mailto:"), "the studio shows no address");
        let shown =
            ProfileChange { is_public: Edit::To(true), shows_email: Edit::To(true), ..ProfileChange::default() };
        let tx = shop.services.begin().await.unwrap();
        update_profile(&tx, &owner, shop.studio, shown).await.unwrap();
        tx.commit().await.unwrap();
        let closed = browser.get("/book/nova/room-a?length=120m").await;
        assert!(closed.text.contains("href=\"mailto:nova@example.com\""), "{}", closed.text);
    })
    .await;
}

#[actix_web::test]
async fn a_hold_that_is_over_says_so() {
    on_each_database(async |shop| {
        opened(shop, "Room A", lenient()).await;
        let browser = Browser::new(&shop.url);
        let room = browser.get("/book/nova/room-a?length=120m").await;
        let form = browser.get(&link(&room, SLOT)).await;
        send(&browser, SLOT, &filled(&form, "Ada", "ada@example.com")).await;
        let held = newest(shop).await;
        let over =
            booking::ActiveModel { id: Set(held.id), held_until: Set(Some(held.created_at)), ..Default::default() };
        over.update(&shop.services.db).await.unwrap();
        let own = booking_url(&shop.services, held.id);
        let page = browser.get(&own).await;
        assert_strict(&page);
        assert!(page.text.contains("The time to keep it is over") && !page.text.contains("/pay\""), "{}", page.text);
        let paying = browser.post(&format!("{own}/pay"), &[]).await;
        assert_eq!(paying.status, StatusCode::CONFLICT);
        assert!(paying.text.contains("The hold has run out"), "{}", paying.text);
        domain::booking::commands::tend(&shop.services).await.unwrap();
        assert_eq!(newest(shop).await.state, BookingState::Lapsed);
    })
    .await;
}
