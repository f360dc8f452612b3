//! By which indexes the queries that matter are answered. A plan that has changed is seen in its snapshot; a table that grows and is read from end to end
//! fails, unless `plans/seen.rs` says why it may.
//!
//! After a change that is meant, `INSTA_UPDATE=always` writes the snapshots anew.

mod seen;

use chrono::{NaiveDate, TimeDelta};
use domain::{
    booking::{
        self,
        commands::{EquipmentChange, NewBooking},
        queries::{BookingFilter, Wanted},
    },
    catalog::{self, BeatFilter},
    changes,
    clients::{
        entity::ClientStage,
        queries::{self as clients, ClientFilter, ClientOrder},
    },
    ids::{PayeeStatementId, ProjectId, SessionId, SongId},
    ledger::{
        entity::{entry, journal},
        queries as ledger,
    },
    licensing::{on_sale::OfferFilter, queries as licensing, terms::TierCode},
    money::Currency,
    outbox::{self, Job, Queue},
    page::PageRequest,
    parties,
    production::{
        entity::ProjectKind,
        queries::{self as production, DueFilter, ProjectFilter},
    },
    roster::income::{By, income},
    royalties::{
        RoyaltyError,
        commands::{
            imports::rematch,
            payees::issue_statements,
            runs::{Reckon, approve_run, post_run, post_statement, reckon},
        },
        entity::{payee_statement, run},
        queries::{imports, left, payees, runs},
        rules::Subject,
    },
    sales::queries::{self as sales, OrderFilter},
    services::Services,
    session_log::queries::{self as session_log, SessionFilter},
    webhooks::{entity::EventKind, queries as webhooks},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use self::seen::Plans;
use crate::{
    booking::{book, booked, free_terms, minutes, piece, room},
    clients::enter,
    production::desk,
    shop::Shop,
    statements,
    support::{World, on_each_database},
    webhooks::House,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[tokio::test]
async fn storefronts_and_orders_are_found_by_indexes() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let webhook = house.create(&[EventKind::OrderPaid, EventKind::LicenceGranted]).await.unwrap().webhook.id;
        let mut orders = Vec::new();
        for n in 0..4 {
            orders.push(house.sell(&format!("Night Drive {n}")).await);
            // Lists are in the order of time.
            world.clock.advance(TimeDelta::milliseconds(1));
        }
        house.work().await;
        let (studio, ctx) = (house.shop.studio, &world.ctx);
        let mut plans = Plans::of(world).await;
        let db = plans.db.clone();
        storefront(&mut plans, &house.shop).await;

        let (all, newest) = (OrderFilter::default(), PageRequest::default());
        plans.see("list_orders", sales::list_orders(&db, ctx, studio, &all, newest)).await;
        let behind = newest.behind(orders[2].id);
        plans.see("list_orders_behind", sales::list_orders(&db, ctx, studio, &all, behind)).await;
        let searched = OrderFilter { search: Some("night ada".into()), ..all };
        plans.see("list_orders_searched", sales::list_orders(&db, ctx, studio, &searched, newest)).await;
        plans.see("list_unsettled", sales::list_unsettled(&db, "test", ctx.env.now())).await;
        let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
        plans.see("lines_of_orders", sales::lines_of_orders(&db, &ids)).await;
        plans.see("payments_of_orders", sales::payments_of_orders(&db, &ids)).await;
        plans.see("licences_of_orders", licensing::licences_of_orders(&db, &ids)).await;
        let line = sales::lines_of_order(&world.db, ids[0]).await.unwrap().remove(0);
        let of_beat = licensing::list_licences(&db, ctx, studio, Some(line.beat_id), PageRequest::default());
        plans.see("list_licences_of_beat", of_beat).await;
        let sent = webhooks::list_deliveries(&db, ctx, (studio, webhook), PageRequest::default());
        plans.see("list_deliveries", sent).await;
        plans.see("marks", changes::marks(&db, studio)).await;
        plans.assert_none_whole();
    })
    .await;
}

async fn storefront(plans: &mut Plans, shop: &Shop) {
    let (db, studio, newest) = (plans.db.clone(), shop.studio, PageRequest::default());
    let all = BeatFilter::default();
    let beats = plans.see("list_storefront_beats", catalog::list_storefront_beats(&db, studio, &all, newest)).await;
    let behind = newest.behind(beats.rows[1].id);
    plans.see("list_storefront_beats_behind", catalog::list_storefront_beats(&db, studio, &all, behind)).await;
    let found = BeatFilter {
        title: Some("drive".into()),
        min_bpm_milli: Some(100_000),
        max_bpm_milli: Some(160_000),
        musical_key: Some("A minor".into()),
        compatible_keys: true,
        ..BeatFilter::default()
    };
    plans.see("list_storefront_beats_searched", catalog::list_storefront_beats(&db, studio, &found, newest)).await;
    let labelled = BeatFilter { mood: Some("dark".into()), tag: Some("trap".into()), ..BeatFilter::default() };
    plans.see("list_storefront_beats_labelled", catalog::list_storefront_beats(&db, studio, &labelled, newest)).await;
    let offer = OfferFilter { currency: shop.currency, tier: None, min_minor: Some(1_000), max_minor: Some(9_000) };
    let priced = BeatFilter { offer: Some(offer), ..BeatFilter::default() };
    plans.see("list_storefront_beats_priced", catalog::list_storefront_beats(&db, studio, &priced, newest)).await;
    plans.see("list_facets", catalog::list_facets(&db, studio, shop.currency)).await;
    plans.see("find_storefront_beat", catalog::find_storefront_beat(&db, "nova", "night-drive-1")).await;
    let ids: Vec<_> = beats.rows.iter().map(|beat| beat.id).collect();
    plans.see("effective_tiers", licensing::effective_tiers(&db, studio, &ids)).await;
    let source = beats.rows[0].source_asset_id.unwrap();
    plans.see("find_public_asset", catalog::find_public_asset(&db, source)).await;
}

#[tokio::test]
async fn the_books_are_read_by_indexes() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let mut orders = Vec::new();
        for n in 0..3 {
            let beat = shop.beat(&format!("Night Drive {n}"), true).await;
            orders.push(shop.sell(&[(beat, TierCode::Mp3)], 3_000).await);
        }
        shop.give_back(shop.payment(orders[0].id).await.id, None).await.unwrap();
        let (studio, ctx) = (shop.studio, &world.ctx);
        let mut plans = Plans::of(world).await;
        let db = plans.db.clone();

        plans.see("list_balances", ledger::list_balances(&db, ctx, studio, None)).await;
        plans.see("list_balances_at", ledger::list_balances(&db, ctx, studio, Some(ctx.env.now()))).await;
        let journals = ledger::list_journals(&db, ctx, studio, PageRequest::default());
        let journals = plans.see("list_journals", journals).await;
        let ids: Vec<_> = journals.rows.iter().map(|journal| journal.id).collect();
        plans.see("entries_of_journals", ledger::entries_of_journals(&db, &ids)).await;
        plans.see("journals_of_order", ledger::journals_of_order(&db, ctx, studio, orders[0].id)).await;
        let payment = shop.payment(orders[1].id).await;
        plans.see("find_sale", ledger::find_sale(&db, &payment.gateway, &payment.gateway_payment)).await;
        let sale = journal::Entity::find().filter(journal::Column::OrderId.eq(orders[1].id));
        let sale = sale.one(&world.db).await.unwrap().unwrap();
        let credits = entry::Entity::find().filter(entry::Column::JournalId.eq(sale.id));
        let credit = credits.filter(entry::Column::AmountMinor.lt(0_i64)).one(&world.db).await.unwrap().unwrap();
        // Why this cent is what it is.
        plans.see("explain", ledger::explain(&db, ctx, credit.id)).await.unwrap();
        let lately = Condition::all().add(journal::Column::PostedAt.gte(ctx.env.now() - TimeDelta::days(7)));
        plans.see("shares_of_sales", ledger::shares_of_sales(&db, studio, None, &lately)).await;
        plans.assert_none_whole();
    })
    .await;
}

#[tokio::test]
async fn jobs_are_found_by_indexes() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Mp3)], 3_000).await;
        let (studio, ctx, now) = (shop.studio, &world.ctx, world.ctx.env.now());
        let mut plans = Plans::of(world).await;
        let (db, queues) = (plans.db.clone(), [Queue::Audio, Queue::Office]);

        plans.see("list_waiting", outbox::queries::list_waiting(&db, &queues, now, 100)).await;
        plans.see("find_next_due", outbox::queries::find_next_due(&db, &queues)).await;
        plans.see("rescue_lost", outbox::work::rescue_lost(&db, ctx)).await;
        plans.see("list_dead", outbox::queries::list_dead(&db, ctx, studio, PageRequest::default())).await;
        plans.see("list_open", outbox::queries::list_open(&db, ctx, studio, PageRequest::default())).await;
        let wanted = Job::SettleOrder { order: order.id };
        plans.see("find_open", outbox::queries::find_open(&db, studio, &wanted)).await;
        plans.see("sweep_done", outbox::work::sweep_done(&db, now)).await;
        plans.assert_none_whole();
    })
    .await;
}

#[tokio::test]
async fn clients_are_found_by_indexes() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        for name in ["Ada Lovelace", "Bela Bartók", "Clara Schumann"] {
            enter(world, &shop, name, None).await.unwrap();
        }
        let (studio, ctx) = (shop.studio, &world.ctx);
        let mut plans = Plans::of(world).await;
        let (db, all) = (plans.db.clone(), ClientFilter::default());
        for (name, order) in [
            ("list_clients", ClientOrder::Newest),
            ("list_clients_by_name", ClientOrder::Name),
            ("list_clients_by_stage", ClientOrder::LongestAtStage),
        ] {
            let page = clients::list_clients(&db, ctx, studio, &all, order, PageRequest::default());
            let page = plans.see(name, page).await;
            assert_eq!(page.rows.len(), 3);
        }
        let first = clients::list_clients(&world.db, ctx, studio, &all, ClientOrder::Name, PageRequest::default());
        let behind = PageRequest::default().behind(first.await.unwrap().rows[0].id);
        let page = clients::list_clients(&db, ctx, studio, &all, ClientOrder::Name, behind);
        plans.see("list_clients_by_name_behind", page).await;
        let found =
            ClientFilter { stage: Some(ClientStage::Lead), tag: Some("vip".into()), search: Some("ada love".into()) };
        let page = clients::list_clients(&db, ctx, studio, &found, ClientOrder::Newest, PageRequest::default());
        plans.see("list_clients_searched", page).await;
        plans.see("list_parties", parties::list_parties(&db, ctx, studio, PageRequest::default())).await;
        plans.see("list_likenesses", parties::list_likenesses(&db, ctx, studio, None, 20)).await;
        plans.assert_none_whole();
    })
    .await;
}

#[tokio::test]
async fn projects_and_logs_are_found_by_indexes() {
    on_each_database(async |world| {
        let desk = desk::Desk::open(world, "nova").await;
        let mut projects: Vec<ProjectId> = Vec::new();
        for _ in 0..3 {
            projects.push(desk.active(ProjectKind::Beats).await.id);
        }
        let song: SongId = desk.song(projects[0], "Night Drive").await.id;
        let (studio, ctx, newest) = (desk.studio, &world.ctx, PageRequest::default());
        let mut plans = Plans::of(world).await;
        let db = plans.db.clone();

        let all = ProjectFilter::default();
        plans.see("list_projects", production::list_projects(&db, ctx, studio, &all, newest)).await;
        let found = ProjectFilter { late: true, title: Some("drive".into()), ..all };
        plans.see("list_projects_searched", production::list_projects(&db, ctx, studio, &found, newest)).await;
        let due = production::list_due(&db, ctx, studio, DueFilter::default(), PageRequest::default());
        plans.see("list_due", due).await;
        plans.see("list_history", production::list_history(&db, projects[0], PageRequest::default())).await;
        let today = ctx.env.now().date_naive();
        plans.see("progress_of_projects", production::progress_of_projects(&db, &projects, today)).await;

        let of_song = SessionFilter { song: Some(song), ..SessionFilter::default() };
        let sessions = session_log::list_sessions(&db, ctx, studio, of_song, PageRequest::default());
        plans.see("list_sessions_of_song", sessions).await;
        let session: SessionId = ctx.env.id();
        plans.see("edits_of_session", session_log::edits_of_session(&db, session, None, 100)).await;
        plans.see("takes_of_sessions", session_log::takes_of_sessions(&db, &[session])).await;
        plans.assert_none_whole();
    })
    .await;
}

#[tokio::test]
async fn free_times_are_found_by_indexes() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let room = room(&shop, "Room A", free_terms()).await;
        let microphone = piece(&shop, "U 87", EquipmentChange::default()).await.id;
        for start in ["2026-12-03T10:00:00Z", "2026-12-04T10:00:00Z"] {
            let people = vec![(shop.makers[0], "engineer".to_owned())];
            let new = NewBooking { people, ..booked(&room, minutes(start, 120)) };
            book(&shop, &world.ctx, &new).await.unwrap();
        }
        let (studio, ctx, now) = (shop.studio, &world.ctx, world.ctx.env.now());
        let mut plans = Plans::of(world).await;
        let db = plans.db.clone();

        let wanted = Wanted { room: &room, equipment: &[microphone], moving: None };
        let free = booking::queries::free_slots(&db, wanted, (day("2026-12-03"), 7), 60, now);
        assert!(!plans.see("free_slots", free).await.is_empty());
        let week = BookingFilter {
            room: Some(room.id),
            from: Some(now),
            to: Some(now + TimeDelta::days(30)),
            ..BookingFilter::default()
        };
        let bookings = booking::queries::list_bookings(&db, ctx, studio, week, PageRequest::default());
        let bookings = plans.see("list_bookings_of_room", bookings).await;
        let ids: Vec<_> = bookings.rows.iter().map(|booking| booking.id).collect();
        plans.see("people_of_bookings", booking::queries::people_of_bookings(&db, &ids)).await;
        plans.assert_none_whole();
    })
    .await;
}

/// A statement of two recordings that are the studio's, and of one that is nobody's yet.
const SOLD: [(&str, &str); 3] =
    [("Night Drive", "QZAB12600001"), ("Morning", "QZAB12600002"), ("Elsewhere", "QZAB12600003")];

#[tokio::test]
async fn royalties_lead_from_a_line_to_a_cent_by_indexes() {
    on_each_database(async |world| {
        let desk = statements::Desk::open(world, Currency::USD).await;
        let mut recordings = Vec::new();
        for (title, isrc) in SOLD.into_iter().take(2) {
            let id = desk.unsigned(title, Some(isrc)).await;
            let found = catalog::find_recordings_by_ids(&world.db, &[id]).await.unwrap();
            let signed_at = "2026-01-01T00:00:00Z".parse().unwrap();
            desk.shop.sign(found[&id].work_id, [600_000, 400_000], signed_at).await;
            recordings.push(id);
        }
        let rows: Vec<String> = SOLD.iter().map(|(title, isrc)| statements::row(title, isrc, "10", "12.50")).collect();
        let import = desk.ready(&statements::file(&rows)).await.id;
        let (studio, ctx) = (desk.shop.studio, &world.ctx);
        let mut plans = Plans::of(world).await;
        let db = plans.db.clone();
        let services = Services { db: db.clone(), ..desk.services.clone() };

        let matched = async {
            let tx = services.begin().await?;
            let found = rematch(&tx, ctx, studio).await?;
            tx.commit().await?;
            Ok::<_, RoyaltyError>(found)
        };
        plans.see("rematch", matched).await;
        plans.see("list_imports", imports::list_imports(&db, ctx, studio, None, PageRequest::default())).await;
        let waiting = plans.see("list_waiting_items", imports::list_waiting(&db, ctx, studio, None, 100)).await;
        let item = &waiting.rows[0].item;
        plans.see("suggestions", imports::suggestions(&db, ctx, item.import_id, item.number)).await;
        let months = (day("2026-01-01"), day("2026-12-31"));
        for (name, by) in [("income_by_work", By::Work), ("income_by_source", By::Source)] {
            plans.see(name, income(&db, ctx, &[studio], by, months.0, months.1)).await;
        }

        post_statement(&desk.services, import).await.unwrap();
        let new = Reckon { currency: Currency::USD, through: day("2026-10-31"), request_key: None };
        let run = plans.see("reckon", reckon(&services, ctx, studio, new)).await.id;
        plans.see("left_of", left::left_of(&db, studio, Currency::USD, day("2026-10-31"))).await;
        desk.done(async |tx, ctx| approve_run(tx, ctx, run).await).await.unwrap();
        post_run(&desk.services, ctx, run).await.unwrap();
        let told = desk.done(async |tx, ctx| issue_statements(tx, ctx, run).await).await.unwrap();
        plans.see("payees_of", runs::payees_of(&db, &[run])).await;
        plans.see("statement_view", payees::statement_view(&db, told[0])).await.unwrap();
        payee_lines(&mut plans, world, &services, told[0], &Subject::Recording(recordings[0])).await;
        plans.assert_none_whole();
    })
    .await;
}

/// From what a payee was told to the lines behind it, and from such a line to everybody's part of it.
async fn payee_lines(plans: &mut Plans, world: &World, services: &Services, told: PayeeStatementId, subject: &Subject) {
    let statement = payee_statement::Entity::find_by_id(told).one(&world.db).await.unwrap().unwrap();
    let run = run::Entity::find_by_id(statement.run_id).one(&world.db).await.unwrap().unwrap();
    let lines = payees::lines_of_subject(services, (&statement, &run), subject, None);
    let lines = plans.see("lines_of_subject", lines).await.lines;
    let (import, offset) = (lines[0].import, lines[0].place.offset);
    let line = payees::line_of_payee(services, (&statement, &run), import, offset);
    plans.see("line_of_payee", line).await.unwrap();
    plans.see("explain_line", runs::explain_line(services, &world.ctx, run.id, import, offset)).await;
    let (db, party) = (plans.db.clone(), Some(statement.party_id));
    let of_party = payees::list_statements(&db, &world.ctx, run.studio_id, party, PageRequest::default());
    plans.see("list_statements", of_party).await;
}
