//! Small catalogues at random, through statements, charges and runs in the database: whatever comes, each decimal is somewhere, the books balance, and each run is
//! reckoned again to the same bytes.

use domain::{
    actor::Actor,
    ids::RecordingId,
    ledger::entity::AccountKind,
    money::{Currency, Money},
    royalties::{
        commands::{
            runs::post_statement,
            terms::{NewCharge, save_charge},
        },
        entity::{carried, run},
        queries::runs::{inputs_of, outcome_of},
        rules::{AccountKey, ChargedTo, Exact, Group, Subject, replay},
    },
};
use sea_orm::EntityTrait;

use super::{books, day, exact, open, posted, recording, split, statement};
use crate::{
    books::balance,
    shop::Shop,
    support::{World, on_each_database},
};

/// Numbers that look like any, the same each time.
struct Any(u64);

impl Any {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// Up to 30 units of a currency, sometimes below nothing, with 12 decimals.
    fn amount(&mut self) -> String {
        let sign = if self.below(7) == 0 { "-" } else { "" };
        format!("{sign}{}.{:06}{:06}", self.below(30), self.below(1_000_000), self.below(1_000_000))
    }
}

/// A statement of some lines, in euros or dollars. What it comes to in euros.
async fn arrives(shop: &Shop, any: &mut Any, name: &str, songs: &[RecordingId], month: u32) -> Exact {
    let (currency, rate) = if any.below(3) == 0 { (Currency::USD, ("1.1", "1")) } else { (Currency::EUR, ("1", "1")) };
    let mut sold = Vec::new();
    let mut total = Exact::ZERO;
    for _ in 0..=any.below(9) {
        let song = usize::try_from(any.below(songs.len() as u64 + 1)).unwrap();
        let net: &'static str = any.amount().leak();
        total = total.plus(exact(net)).unwrap();
        sold.push((songs.get(song).copied().map(Subject::Recording), month, 1, net));
    }
    let id = statement(shop, name, (currency, rate), &sold).await;
    post_statement(&shop.services, id).await.unwrap();
    total.over(exact(rate.1), exact(rate.0)).unwrap()
}

/// What a run has to hold.
async fn prove(shop: &Shop, made: &run::Model) {
    let (inputs, outcome) =
        (inputs_of(&shop.services, made).await.unwrap(), outcome_of(&shop.services, made).await.unwrap());
    assert_eq!(replay(&inputs.canonical()).unwrap().canonical(), outcome.canonical());
    let proof = outcome.proof;
    let minor = proof.accounts_minor + proof.suspense_minor + proof.costs_minor + proof.reserves_minor;
    assert_eq!(Exact::of_minor(minor, Currency::EUR).plus(proof.residue).unwrap(), made.received);
}

async fn play(world: &World, seed: u64) {
    let (shop, mut any) = (open(world).await, Any(seed));
    let [nova, orson] = shop.makers;
    let mut songs = Vec::new();
    for n in 0..5 {
        let (work, song) = recording(&shop, &format!("Song {n}")).await;
        let ppm = u32::try_from(any.below(999_999)).unwrap() + 1;
        // Of the last nobody signs before the end.
        if n < 4 {
            split(&shop, work, &[(nova, ppm), (orson, 1_000_000 - ppm)], 1).await;
        }
        songs.push((work, song));
    }
    let recordings: Vec<RecordingId> = songs.iter().map(|(_, song)| *song).collect();
    let mut due_minor = 0;
    let (mut all, mut given) = (Exact::ZERO, Exact::ZERO);
    for month in 6..=8 {
        for n in 0..2 {
            let name = format!("{month}-{n}.csv");
            let came = arrives(&shop, &mut any, &name, &recordings, month).await;
            all = all.plus(came).unwrap();
            due_minor += came.floor_minor(Currency::EUR).unwrap().0;
        }
        let account = AccountKey { payee: nova, group: Group::shares() };
        let to = match any.below(3) {
            0 => ChargedTo::Shared { subject: Subject::Recording(recordings[0]) },
            1 => ChargedTo::Cost { account },
            _ => ChargedTo::Advance { account, included_in: None },
        };
        let amount = Money::new(i64::try_from(any.below(900)).unwrap() + 1, Currency::EUR);
        let new = NewCharge { on: day(month, 2), amount, to, note: String::new(), request_key: None };
        let tx = shop.services.begin().await.unwrap();
        save_charge(&tx, &shop.services.ctx(Actor::System), shop.studio, new).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        let made = posted(&shop, month).await;
        prove(&shop, &made).await;
        given = given.plus(made.received).unwrap();
    }
    split(&shop, songs[4].0, &[(orson, 1_000_000)], 1).await;
    let last = posted(&shop, 9).await;
    prove(&shop, &last).await;
    given = given.plus(last.received).unwrap();
    assert!(carried::Entity::find().one(&world.db).await.unwrap().is_none(), "no release is spread here");

    let [in_due, in_suspense, ..] = books(world, &shop).await;
    assert_eq!(in_due, due_minor);
    let left = all.minus(given).unwrap();
    let (floor, _) = left.floor_minor(Currency::EUR).unwrap();
    // Converted sum by sum or as a whole, what is left is the same but for the last decimals.
    assert!((-in_suspense - floor).abs() <= 1, "{in_suspense} in suspense, {left} left");
    // No more than a cent for each of six statements, and two for each of four runs.
    let differences = balance(world, &shop, AccountKind::RoyaltyDifferences).await;
    assert!(differences.abs() <= 14, "{differences}");
    // What the books have to recoup is what is open.
    let closing = outcome_of(&shop.services, &last).await.unwrap().closing;
    let shared = Exact::sum(closing.costs.values().copied()).unwrap();
    let (mut open, _) = shared.floor_minor(Currency::EUR).unwrap();
    for line in &closing.accounts {
        let advances: i64 = line.standing.advances.iter().map(|advance| advance.open_minor).sum();
        open += line.standing.costs_minor + line.standing.deficit_minor + advances;
    }
    assert_eq!(balance(world, &shop, AccountKind::RoyaltyRecoupable).await, open);
}

#[tokio::test]
async fn every_decimal_of_a_small_catalogue_is_somewhere_and_the_books_balance() {
    for seed in 1..=4 {
        on_each_database(async |world| play(world, seed).await).await;
    }
}
