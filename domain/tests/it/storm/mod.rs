//! Thousands of the gateway's messages over hundreds of orders: duplicated, held, overtaken and dropped, or none at all, they leave in the books what
//! calm ones leave.

mod plot;
mod state;
mod weather;

use std::{collections::BTreeMap, sync::atomic::Ordering, thread};

use chrono::Duration;
use domain::{
    env::Instant,
    money::Currency,
    ports::GatewayEvent,
    sales::{self, commands::reconcile::reconcile, entity::gateway_event, queries},
};
use futures::future::join_all;
use migrations::testing::{TestDatabase, databases, sqlite};
use plot::{Plot, ROUNDS_MIN};
use sea_orm::EntityTrait;
use weather::Weather;

use crate::{books::assert_proved, shop::Shop, support::World};

/// How many orders there are, unless `LEDGERLINE_TEST_STORM_ORDERS` says otherwise.
const ORDERS: usize = 500;

/// How many messages a storm has for each order, at the least.
const MESSAGES: usize = 20;

/// How many messages arrive at the same moment.
const AT_ONCE: usize = 4;

/// How long a storm is looked away from, in minutes.
const SLICE_MIN: i64 = 3 * 60;

/// How messages come.
#[derive(Debug, Clone, Copy)]
enum Sky {
    /// Each at once, in order, once.
    Calm,
    /// As the weather says; what is dropped is found by the reconciler in the end.
    Storm,
    /// None comes: the reconciler is alone.
    Silence,
}

/// What became of messages.
#[derive(Debug, Default)]
struct Count {
    /// Different ones.
    told: usize,
    /// Taken in, repeats counted.
    delivered: usize,
    /// Never sent.
    dropped: usize,
    /// Sent first after one that was told later.
    overtaken: usize,
}

#[test]
fn ten_thousand_messages_in_a_storm_leave_what_calm_ones_leave_and_so_does_the_reconciler_without_a_single_one() {
    let [calm, storms, silences] = thread::scope(|scope| {
        let skies = [Sky::Calm, Sky::Storm, Sky::Silence].map(|sky| scope.spawn(move || play_under(sky)));
        skies.map(|played| played.join().unwrap())
    });
    let [(calm, count)] = calm.as_slice() else { panic!("the calm one is played once") };
    assert_eq!((count.delivered, count.dropped, count.overtaken), (count.told, 0, 0));
    for (ending, count) in &storms {
        let orders = orders();
        assert!(count.delivered + count.dropped >= MESSAGES * orders || orders < ORDERS, "{count:?}");
        assert!(count.dropped > 0 && count.overtaken > 0 && count.delivered > 2 * count.told, "{count:?}");
        assert_same(ending, calm);
    }
    for (ending, count) in &silences {
        assert_eq!(count.delivered, 0);
        assert_same(ending, calm);
    }
}

fn orders() -> usize {
    let asked = std::env::var("LEDGERLINE_TEST_STORM_ORDERS").ok();
    asked.map_or(ORDERS, |text| text.parse().expect("LEDGERLINE_TEST_STORM_ORDERS is a number"))
}

/// Line by line, so that a difference is read.
fn assert_same(ending: &[String], calm: &[String]) {
    for (ending, calm) in ending.iter().zip(calm) {
        assert_eq!(ending, calm);
    }
    assert_eq!(ending.len(), calm.len());
}

/// Plays the history in this thread, for it is long, on each database at hand; the calm one, against which all others are held, on SQLite alone.
fn play_under(sky: Sky) -> Vec<(Vec<String>, Count)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let databases = if matches!(sky, Sky::Calm) { vec![sqlite().await] } else { databases().await };
        join_all(databases.into_iter().map(|database| play(database, sky))).await
    })
}

/// Plays the same history on a database of its own, and tells what it came to.
async fn play(database: TestDatabase, sky: Sky) -> (Vec<String>, Count) {
    let world = World::on(&database).await;
    let shop = Shop::open(&world, Currency::EUR).await;
    shop.gateway.events_a_page.store(1_000, Ordering::SeqCst);
    let plot = Plot::begin(shop, orders()).await;
    let count = match sky {
        Sky::Calm => in_calm(&world, &plot).await,
        Sky::Storm => in_a_storm(&world, &plot, &Weather { seed: 7 }).await,
        Sky::Silence => in_silence(&world, &plot).await,
    };
    // What a bank has let fail could be paid again till then, and nobody has.
    world.clock.advance(Duration::days(1));
    look_by_itself(&plot).await;
    eprintln!("{sky:?} on {}: {count:?}", database.name);
    assert_heard(&world, &count, sky).await;
    assert_proved(&world).await;
    let ending = state::tell(&world, &plot).await;
    drop(plot);
    let db = world.db.clone();
    drop(world);
    database.drop(db).await;
    (ending, count)
}

/// The inbox has every message once, with how often it came.
async fn assert_heard(world: &World, count: &Count, sky: Sky) {
    let heard = gateway_event::Entity::find().all(&world.db).await.unwrap();
    assert_eq!(heard.len(), count.told, "{sky:?}: each was heard of, by message or in the list");
    let times: i64 = heard.iter().map(|event| i64::from(event.deliveries)).sum();
    let expected = match sky {
        Sky::Calm | Sky::Storm => count.delivered + count.dropped,
        // Reading the list is no delivery.
        Sky::Silence => count.told,
    };
    assert_eq!(usize::try_from(times).unwrap(), expected, "{sky:?}");
}

async fn in_calm(world: &World, plot: &Plot) -> Count {
    let (mut count, mut round) = (Count::default(), 0);
    while round < ROUNDS_MIN.len() {
        while plot.is_due(round) {
            for event in plot.happens(round) {
                sales::receive_event(&plot.shop.services, &event).await.unwrap();
                (count.told, count.delivered) = (count.told + 1, count.delivered + 1);
            }
            plot.shop.do_jobs().await;
            round += 1;
        }
        world.clock.advance(Duration::minutes(SLICE_MIN));
    }
    count
}

/// A message on its way.
struct Message {
    number: u64,
    /// How often it was sent before.
    sent: u64,
    event: GatewayEvent,
}

/// Messages on their way: by when they arrive, and of those that arrive at once in the order in which they were sent.
#[derive(Default)]
struct Way {
    messages: BTreeMap<(Instant, u64), Message>,
    sent: u64,
}

impl Way {
    fn send(&mut self, arrives_at: Instant, message: Message) {
        self.messages.insert((arrives_at, self.sent), message);
        self.sent += 1;
    }

    /// Those that have arrived by an instant.
    fn arrived(&mut self, by: Instant) -> Vec<Message> {
        let later = self.messages.split_off(&(by, u64::MAX));
        std::mem::replace(&mut self.messages, later).into_values().collect()
    }
}

async fn in_a_storm(world: &World, plot: &Plot, weather: &Weather) -> Count {
    let services = &plot.shop.services;
    let (mut count, mut round, mut latest) = (Count::default(), 0, 0);
    let mut way = Way::default();
    while round < ROUNDS_MIN.len() || !way.messages.is_empty() {
        let now = services.env.now();
        while plot.is_due(round) {
            for event in plot.happens(round) {
                let number = u64::try_from(count.told).unwrap();
                count.told += 1;
                match weather.first(number) {
                    Some(wait) => way.send(now + wait, Message { number, sent: 0, event }),
                    None => count.dropped += 1,
                }
            }
            round += 1;
        }
        let arrived = way.arrived(now);
        for some in arrived.chunks(AT_ONCE) {
            let taken = join_all(some.iter().map(|message| sales::receive_event(services, &message.event))).await;
            for outcome in taken {
                outcome.unwrap();
            }
        }
        for message in arrived {
            count.delivered += 1;
            count.overtaken += usize::from(message.sent == 0 && message.number < latest);
            latest = latest.max(message.number);
            if let Some(wait) = weather.again(message.number, message.sent) {
                way.send(now + wait, Message { sent: message.sent + 1, ..message });
            }
        }
        plot.shop.do_jobs().await;
        world.clock.advance(Duration::minutes(SLICE_MIN));
    }
    look_by_itself(plot).await;
    count
}

async fn in_silence(world: &World, plot: &Plot) -> Count {
    let (mut count, mut round) = (Count::default(), 0);
    while round < ROUNDS_MIN.len() {
        while plot.is_due(round) {
            count.told += plot.happens(round).len();
            round += 1;
        }
        look_by_itself(plot).await;
        world.clock.advance(Duration::minutes(SLICE_MIN));
    }
    look_by_itself(plot).await;
    count
}

/// A round of the chores that ask the gateway by themselves, and the jobs that come of it.
async fn look_by_itself(plot: &Plot) {
    let services = &plot.shop.services;
    let unsettled = queries::list_unsettled(&services.db, "test", services.env.now()).await.unwrap();
    for order in unsettled {
        sales::settle_order(services, order).await.unwrap();
    }
    reconcile(services).await.unwrap();
    plot.shop.do_jobs().await;
}
