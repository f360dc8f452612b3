//! Bookings, sessions, quotes and invoices of clients: timelines tell them, they follow who takes a party's place, and what of them is open holds an
//! erasure up.

use chrono::Duration;
use domain::{
    booking::{
        commands::{
            ClientFacts, NewBooking, NewFeed, NewLength, RoomChange, RoomInput, create_booking, create_feed,
            create_room,
        },
        entity::{booking, booking_person, feed},
    },
    clients::{
        entity as client,
        timeline::{Event, EventKind, TimelinePage, list_events},
    },
    edit::Edit,
    identity::entity::studio,
    ids::{CalendarFeedId, ClientId, PartyId, ProjectId, RoomId, SessionId},
    invoices::{
        commands::{
            BillTo, CreditInvoice, IssueInvoice, QuoteDraft, create_quote, credit_invoice, issue_invoice, send_quote,
            withdraw_quote,
        },
        entity::{invoice, quote},
        queries::{InvoiceFilter, list_invoices},
        rules::lines::NewLine,
    },
    money::{Currency, Money},
    page::PageRequest,
    parties::{DataClass, ErasureError, erase_party, merge_parties, preview_erasure, records::erasure},
    production::entity::project::{self, ProjectKind, ProjectState},
    report::Explain,
    session_log::{
        commands::{CreditInput, NewSession, SessionChange, put_credit, start_session},
        entity::{SessionKind, SessionRole, credit},
    },
    share::Share,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait};

use super::{done, enter, party};
use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

/// What a client has booked, done and been asked for.
struct Work {
    room: RoomId,
    booking: booking::Model,
    session: SessionId,
    credit: credit::Model,
    feed: CalendarFeedId,
    quote: quote::Model,
    invoice: invoice::Model,
}

/// A session in December to which somebody comes as client and as singer.
fn booked(room: RoomId, party: PartyId) -> NewBooking {
    NewBooking {
        room,
        time: NewLength::Minutes { starts_at: "2026-12-03T13:00:00Z".parse().unwrap(), minutes: 120 },
        is_block: false,
        title: None,
        client: Some(ClientFacts { name: "Ada Lovelace".into(), email: "ada@example.com".into() }),
        party: Some(party),
        project: None,
        equipment: Vec::new(),
        people: vec![(party, "singer".into())],
        notes: "Brings the score".into(),
        price: None,
        hold: None,
        outside_hours: true,
    }
}

fn sang(party: PartyId) -> CreditInput {
    CreditInput {
        party,
        song: None,
        role: SessionRole::LeadVocalist,
        instrument: None,
        from: None,
        to: None,
        note: None,
    }
}

fn own_feed(party: PartyId) -> NewFeed {
    NewFeed { room: None, party: Some(party), shows_names: true }
}

fn bill_to() -> BillTo {
    BillTo { address: "Kanalstraße 5\n80538 München".into(), ..BillTo::default() }
}

fn lines() -> Vec<NewLine> {
    let unit = Money::new(50_000, Currency::EUR);
    vec![NewLine { what: "Mixing".into(), quantity_milli: 1_000, unit, recoupable: false }]
}

fn asking(client: ClientId) -> IssueInvoice {
    IssueInvoice {
        client,
        project: None,
        title: "Mix of Night Drive".into(),
        bill_to: bill_to(),
        currency: Currency::EUR,
        lines: lines(),
        supplied_on: None,
        reverse_charge: false,
        due_days: None,
        notes: String::new(),
        key: None,
    }
}

/// A quote for a project of theirs that came to nothing, of which nobody is told.
async fn drafted(world: &World, shop: &Shop, client: ClientId) -> quote::Model {
    let (ctx, project): (_, ProjectId) = (&world.ctx, world.ctx.env.id());
    let row = project::Model {
        id: project,
        studio_id: shop.studio,
        client_id: Some(client),
        kind: ProjectKind::Record,
        state: ProjectState::Cancelled,
        title: "Night Drive".into(),
        created_at: ctx.env.now(),
    };
    row.into_active_model().insert(&world.db).await.unwrap();
    let draft = QuoteDraft {
        title: "Mix of Night Drive".into(),
        client: bill_to(),
        currency: Currency::EUR,
        lines: lines(),
        valid_until: ctx.env.now() + Duration::days(60),
        deposit: Share::from_ppm(500_000).unwrap(),
        milestones: Vec::new(),
        late_fee: None,
        reverse_charge: false,
        requires_agreement: false,
        notes: String::new(),
    };
    create_quote(&shop.services, ctx, project, &draft).await.unwrap()
}

/// One that waits for its answer.
async fn quoted(world: &World, shop: &Shop, client: ClientId) -> quote::Model {
    let quote = drafted(world, shop, client).await;
    done(world, async |tx| send_quote(tx, &world.ctx, quote.id).await).await.unwrap()
}

async fn work(world: &World, shop: &Shop, ada: &client::Model) -> Work {
    let (ctx, studio) = (&world.ctx, shop.studio);
    let addressed = studio::ActiveModel {
        id: Set(studio),
        address: Set(Some("Hafenweg 1\n20457 Hamburg".into())),
        ..Default::default()
    };
    addressed.update(&world.db).await.unwrap();
    let rate = Edit::To(Some(Money::new(5_000, Currency::EUR)));
    let input = RoomInput {
        name: "Room A".into(),
        time_zone: "Europe/Berlin".into(),
        hours: Vec::new(),
        rest: RoomChange { hour_rate: rate, ..RoomChange::default() },
    };
    let room = done(world, async |tx| create_room(tx, ctx, studio, input).await).await.unwrap().id;
    let new = booked(room, ada.party_id);
    let booking = done(world, async |tx| create_booking(tx, ctx, &new).await).await.unwrap();
    let new = NewSession {
        booking: None,
        kind: SessionKind::Vocal,
        title: Some("Lead vocals".into()),
        started_at: Some(ctx.env.now()),
        rest: SessionChange::default(),
    };
    let session = done(world, async |tx| start_session(tx, ctx, studio, new).await).await.unwrap().id;
    let did = sang(ada.party_id);
    let credit = done(world, async |tx| put_credit(tx, ctx, (session, None), &did).await).await.unwrap();
    let feed = own_feed(ada.party_id);
    let feed = done(world, async |tx| create_feed(tx, ctx, studio, feed).await).await.unwrap().id;
    let quote = quoted(world, shop, ada.id).await;
    let invoice = issue_invoice(&shop.services, ctx, &asking(ada.id)).await.unwrap();
    Work { room, booking, session, credit, feed, quote, invoice }
}

/// What a client's timeline tells of work.
async fn told(world: &World, client: ClientId) -> Vec<Event> {
    let whole = TimelinePage::new(Some(100), None, None, None).unwrap();
    let mut events = list_events(&world.db, &world.ctx, client, whole).await.unwrap().rows;
    let of_work = [EventKind::Booking, EventKind::Session, EventKind::Quote, EventKind::Invoice];
    events.retain(|event| of_work.contains(&event.kind));
    events.sort_by_key(|event| event.kind.word());
    events
}

/// The code of a refusal and the field that it names.
fn refusal<T: std::fmt::Debug, E: Explain>(outcome: Result<T, E>) -> (&'static str, Option<String>) {
    let report = outcome.unwrap_err().explain();
    (report.code, report.field)
}

#[tokio::test]
async fn what_was_booked_done_and_asked_for_is_told() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter(world, &shop, "Ada Lovelace", Some("ada@example.com")).await.unwrap();
        let bo = enter(world, &shop, "Bo", Some("bo@example.com")).await.unwrap();
        let work = work(world, &shop, &ada).await;
        let events = told(world, ada.id).await;
        let said: Vec<_> = events
            .iter()
            .map(|event| (event.kind, event.title.as_str(), event.detail.as_deref(), event.amount))
            .collect();
        let euros = |minor| Some(Money::new(minor, Currency::EUR));
        let (sent, number) = (format!("{} sent", work.quote.reference), work.invoice.reference.as_str());
        assert_eq!(
            said,
            [
                (EventKind::Booking, "Ada Lovelace", Some("confirmed"), euros(10_000)),
                (EventKind::Invoice, number, Some("invoice"), euros(50_000)),
                (EventKind::Quote, "Mix of Night Drive", Some(sent.as_str()), euros(50_000)),
                (EventKind::Session, "Lead vocals", Some("lead_vocalist"), None),
            ]
        );
        assert!(told(world, bo.id).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_takes_a_partys_place_has_its_work_and_nobody_names_the_one_who_has_left() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter(world, &shop, "Ada Lovelace", Some("ada@example.com")).await.unwrap();
        let twin = enter(world, &shop, "A. Lovelace", None).await.unwrap();
        let work = work(world, &shop, &ada).await;
        done(world, async |tx| merge_parties(tx, &world.ctx, ada.party_id, twin.party_id).await).await.unwrap();

        let db = &world.db;
        let booking = booking::Entity::find_by_id(work.booking.id).one(db).await.unwrap().unwrap();
        let people = booking_person::Entity::find().all(db).await.unwrap();
        let people: Vec<PartyId> = people.into_iter().map(|row| row.party_id).collect();
        let credit = credit::Entity::find_by_id(work.credit.id).one(db).await.unwrap().unwrap();
        let feed = feed::Entity::find_by_id(work.feed).one(db).await.unwrap().unwrap();
        assert_eq!((booking.party_id, people), (Some(twin.party_id), vec![twin.party_id]));
        assert_eq!((credit.party_id, feed.party_id), (twin.party_id, Some(twin.party_id)));
        let quote = quote::Entity::find_by_id(work.quote.id).one(db).await.unwrap().unwrap();
        let invoice = invoice::Entity::find_by_id(work.invoice.id).one(db).await.unwrap().unwrap();
        assert_eq!((quote.client_id, invoice.client_id), (twin.id, ada.id), "what was issued does not change");
        let of_twin = InvoiceFilter { client: Some(twin.id), ..InvoiceFilter::default() };
        let listed = list_invoices(db, &world.ctx, shop.studio, of_twin, PageRequest::default()).await.unwrap();
        assert_eq!(listed.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [invoice.id], "and is found all the same");
        assert_eq!(told(world, twin.id).await.len(), 4, "each is told once");

        let (ctx, merged) = (&world.ctx, |field: &str| ("MERGED", Some(field.to_owned())));
        let new = booked(work.room, ada.party_id);
        assert_eq!(refusal(done(world, async |tx| create_booking(tx, ctx, &new).await).await), merged("party"));
        let asked = NewBooking { party: None, ..new };
        assert_eq!(refusal(done(world, async |tx| create_booking(tx, ctx, &asked).await).await), merged("people"));
        let did = sang(ada.party_id);
        let credited = done(world, async |tx| put_credit(tx, ctx, (work.session, None), &did).await).await;
        assert_eq!(refusal(credited), merged("party"));
        let feed = own_feed(ada.party_id);
        let fed = done(world, async |tx| create_feed(tx, ctx, shop.studio, feed).await).await;
        assert_eq!(refusal(fed), merged("party"));
        let issued = issue_invoice(&shop.services, ctx, &asking(ada.id)).await;
        assert_eq!(refusal(issued), merged("client"));
    })
    .await;
}

#[tokio::test]
async fn what_is_open_holds_an_erasure_up_and_what_was_agreed_stays() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter(world, &shop, "Ada Lovelace", Some("ada@example.com")).await.unwrap();
        let work = work(world, &shop, &ada).await;
        let draft = drafted(world, &shop, ada.id).await;
        let ctx = &world.ctx;
        let erase = async || -> Result<erasure::Model, ErasureError> {
            done(world, async |tx| erase_party(tx, ctx, ada.party_id, "Ada Lovelace").await).await
        };
        let open = erase().await;
        assert!(matches!(&open, Err(ErasureError::BookingToCome { room }) if room == "Room A"), "{open:?}");
        world.clock.advance(Duration::days(30));
        let open = erase().await;
        let number = &work.quote.reference;
        assert!(matches!(&open, Err(ErasureError::OpenQuote { reference }) if reference == number), "{open:?}");
        done(world, async |tx| withdraw_quote(tx, ctx, work.quote.id).await).await.unwrap();
        let open = erase().await;
        let number = &work.invoice.reference;
        assert!(matches!(&open, Err(ErasureError::OpenInvoice { reference }) if reference == number), "{open:?}");
        let credit = CreditInvoice { amount: None, reason: "It came to nothing".into(), key: None };
        credit_invoice(&shop.services, ctx, work.invoice.id, &credit).await.unwrap();

        let preview = preview_erasure(&world.db, ctx, ada.party_id).await.unwrap();
        let of = |class| preview.lines.iter().find(|line| line.class == class).map(|line| (line.erased, line.rows));
        // The booking, who comes to it, and their calendar; the invoice and what credits it.
        assert_eq!(of(DataClass::Bookings), Some((true, 3)));
        assert_eq!(of(DataClass::Sessions), Some((false, 1)));
        assert_eq!(of(DataClass::Quotes), Some((false, 2)));
        assert_eq!(of(DataClass::Invoices), Some((false, 2)));
        assert_eq!(of(DataClass::Identity), Some((false, 1)), "it is credited and was invoiced");
        erase().await.unwrap();

        let booking = booking::Entity::find_by_id(work.booking.id).one(&world.db).await.unwrap().unwrap();
        assert_eq!((booking.title.as_str(), booking.notes.as_str()), ("Booked", ""));
        assert_eq!((booking.client_name, booking.client_email), (None, None));
        assert_eq!(booking_person::Entity::find().count(&world.db).await.unwrap(), 0);
        assert_eq!(feed::Entity::find().count(&world.db).await.unwrap(), 0);
        let row = party(world, ada.party_id).await;
        assert_eq!((row.name.as_str(), row.email), ("Ada Lovelace", None));
        let did = sang(ada.party_id);
        let credited = done(world, async |tx| put_credit(tx, ctx, (work.session, None), &did).await).await;
        assert_eq!(refusal(credited), ("ERASED", Some("party".to_owned())));
        let sent = done(world, async |tx| send_quote(tx, ctx, draft.id).await).await;
        assert_eq!(refusal(sent), ("ERASED", Some("client".to_owned())), "who was erased is not mailed");
    })
    .await;
}
