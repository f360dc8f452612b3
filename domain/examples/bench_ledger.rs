//! Postings and checkouts per second on PostgreSQL, by the program's own commands, for `cargo xtask bench ledger`: on an empty database that it is given, it
//! prints one JSON object, the speeds of each kind of posting while many payees are posted to (cold), and while everybody posts to the same (hot), and of
//! whole checkouts at one studio, from the cart by way of a gateway that answers at once to the licence.
//!
//! `bench_ledger URL SECONDS CLIENTS`, so many seconds each.

#![expect(clippy::print_stdout, reason = "the speeds are the answer")]

#[path = "../tests/it/gateway/mod.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "the gateway of the tests, which do more with it")]
mod gateway;
#[path = "../tests/it/shop.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "the shop of the tests, which do more in it")]
mod shop;
#[path = "../tests/it/support.rs"]
#[expect(dead_code, reason = "the tests' own, who have databases made for them")]
mod support;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use domain::{
    actor::Ctx,
    env::{self, Env},
    identity::entity::{UnsignedSplits, studio},
    ids::{BeatId, PartyId, StudioId},
    ledger::{
        commands::{Event, Posting, book_sale, fold_balances, post},
        entity::{AccountKind, JournalKind, journal},
        queries::trial_balance_of_all,
        rules::{AccountRef, Division, Leg, SaleLine},
    },
    licensing::terms::TierCode,
    money::Currency,
    parties::entity as party,
    sales::{self, Settled},
    share::Share,
    store::{self, Db},
};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, PaginatorTrait};
use shop::Shop;
use support::World;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many studios and payees of each there are when it is cold.
const STUDIOS: usize = 32;
const PAYEES: usize = 16;

/// How many beats the checkouts are of, and what a lease of one costs, in minor units.
const BEATS: usize = 16;
const LEASE_MINOR: i64 = 3_000;

/// A studio and its payees.
struct House {
    studio: StudioId,
    payees: Vec<PartyId>,
}

#[derive(Clone, Copy)]
enum What {
    /// Four legs, one of them a payable.
    Post,
    /// A sale that two share, with its parts.
    Sale,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut next =
        |what: &str| arguments.next().ok_or_else(|| format!("give {what}: bench_ledger URL SECONDS CLIENTS"));
    let (url, seconds, clients) = (next("a database")?, next("seconds")?, next("clients")?);
    let (seconds, clients): (u64, u32) = (seconds.parse()?, clients.parse()?);
    let db = store::connect(&url, clients).await?;
    Migrator::up(&db, None).await?;
    let ctx = Ctx::system(Env::system());
    let mut houses = Vec::new();
    for _ in 0..STUDIOS {
        houses.push(found(&db, &ctx).await?);
    }
    let (mut told, mut posted) = (serde_json::Map::new(), 0);
    // Accounts are opened before anything is measured.
    for house in &houses {
        for payee in 0..PAYEES {
            for what in [What::Post, What::Sale] {
                one(&db, &ctx, house, payee, what).await?;
                posted += 1;
            }
        }
    }
    for (name, what, hot) in [
        ("post_cold", What::Post, false),
        ("post_hot", What::Post, true),
        ("sale_cold", What::Sale, false),
        ("sale_hot", What::Sale, true),
    ] {
        let (done, speed) = measured(clients, seconds, |turn| {
            let (house, payee) = if hot { (0, 0) } else { ((turn >> 33) % STUDIOS, (turn >> 40) % PAYEES) };
            one(&db, &ctx, &houses[house], payee, what)
        })
        .await?;
        posted += done;
        told.insert(name.to_owned(), serde_json::json!(speed));
        fold_balances(&db, &ctx).await?;
    }
    let (done, speed) = checkouts(&db, clients, seconds).await?;
    posted += done;
    told.insert("checkout".to_owned(), serde_json::json!(speed));
    let stand = journal::Entity::find().count(&db).await?;
    if stand != posted || trial_balance_of_all(&db).await?.iter().any(|sum| sum.minor != 0) {
        return Err(format!("{posted} were posted, {stand} stand, and they have to sum to zero").into());
    }
    println!("{}", serde_json::Value::Object(told));
    Ok(())
}

/// How often all clients together got through in so many seconds, and how often a second. What each turn is about follows from its number.
async fn measured<F>(clients: u32, seconds: u64, one: impl Fn(usize) -> F) -> Result<(u64, f64), Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let done = AtomicU64::new(0);
    let (begun, end) = (Instant::now(), Instant::now() + Duration::from_secs(seconds));
    let all = (0..clients).map(|client| {
        let (one, done) = (&one, &done);
        async move {
            let mut turn = client as usize * 7_919;
            while Instant::now() < end {
                turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                one(turn).await?;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, Failure>(())
        }
    });
    for outcome in futures::future::join_all(all).await {
        outcome?;
    }
    let done = done.into_inner();
    Ok((done, rate(done, begun.elapsed())))
}

/// Whole checkouts at one studio, whose two makers share every beat.
async fn checkouts(db: &Db, clients: u32, seconds: u64) -> Result<(u64, f64), Failure> {
    let (env, clock) = env::testing::env(1);
    let world = World { db: db.clone(), ctx: Ctx::system(env), clock };
    let shop = Shop::open(&world, Currency::EUR).await;
    let mut beats = Vec::with_capacity(BEATS);
    for number in 0..BEATS {
        beats.push(shop.beat(&format!("Night Drive {number}"), false).await);
    }
    measured(clients, seconds, |turn| check_out(&shop, beats[(turn >> 33) % BEATS])).await
}

/// From the cart to the licence.
async fn check_out(shop: &Shop, beat: BeatId) -> Result<(), Failure> {
    let order = shop.order(&[(beat, TierCode::Mp3)], LEASE_MINOR).await;
    shop.gateway.pay(order.id);
    match sales::settle_order(&shop.services, order.id).await? {
        Settled::Granted => Ok(()),
        other => Err(format!("a checkout ended as {other:?}").into()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52 postings")]
fn rate(done: u64, elapsed: Duration) -> f64 {
    done as f64 / elapsed.as_secs_f64()
}

async fn found(db: &Db, ctx: &Ctx) -> Result<House, Failure> {
    let id: StudioId = ctx.env.id();
    let row = studio::Model {
        id,
        slug: id.0.simple().to_string(),
        name: "Nova Sound".into(),
        currency: Currency::EUR,
        contact_email: "nova@example.com".parse()?,
        legal_name: None,
        address: None,
        governing_law: "England and Wales".into(),
        created_at: ctx.env.now(),
        unsigned_splits: UnsignedSplits::Refuse,
        accent: None,
    };
    row.into_active_model().insert(db).await?;
    let mut payees = Vec::new();
    for _ in 0..PAYEES {
        let row = party::Model {
            id: ctx.env.id(),
            studio_id: id,
            kind: party::PartyKind::Person,
            name: "Nova".into(),
            legal_name: None,
            email: None,
            ipi: None,
            isni: None,
            created_at: ctx.env.now(),
        };
        payees.push(row.into_active_model().insert(db).await?.id);
    }
    Ok(House { studio: id, payees })
}

/// One posting in a transaction of its own.
async fn one(db: &Db, ctx: &Ctx, house: &House, payee: usize, what: What) -> Result<(), Failure> {
    let external_id = ctx.env.id::<domain::ids::PaymentId>().to_string();
    let event = Event {
        studio: house.studio,
        source: "bench",
        external_id: &external_id,
        order: None,
        reference: "LL-BENCH000",
        memo: "Sale of Night Drive (MP3 lease)",
        currency: Currency::EUR,
        occurred_at: None,
    };
    let tx = store::begin(db).await?;
    match what {
        What::Post => {
            let leg = |account, amount_minor| Leg { account, amount_minor };
            let legs = vec![
                leg(AccountRef::own(AccountKind::GatewayClearing), 2_913),
                leg(AccountRef::own(AccountKind::GatewayFees), 87),
                leg(AccountRef::own(AccountKind::Sales), -87),
                leg(AccountRef::payable(house.payees[payee]), -2_913),
            ];
            post(&tx, ctx, &Posting::plain(event, JournalKind::Sale, legs)).await?;
        }
        What::Sale => {
            let half = Share::from_ppm(500_000)?;
            let shares = [payee, (payee + 1) % PAYEES].map(|n| (house.payees[n], half)).to_vec();
            let division = Division::Shared(shares);
            let line = SaleLine { line: None, price_minor: 3_000, tax_minor: 0, division };
            book_sale(&tx, ctx, event, 3_000, 87, &[line]).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
