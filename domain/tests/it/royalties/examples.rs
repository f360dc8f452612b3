//! The worked examples of the trade, through terms, charges, runs and the books: what everybody is owed, to the cent, and what the studio still recoups.

use domain::{
    actor::Actor,
    identifiers::Ean,
    ids::PartyId,
    ledger::entity::AccountKind,
    money::{Currency, Money},
    royalties::{
        RoyaltyError,
        commands::terms::{NewCharge, NewRule, save_charge, save_rule},
        entity::{account, reserve},
        queries::terms::versions_of,
        rules::{
            AccountKey, Album, Base, ChargedTo, Contract, Covers, Fraction, Group, HeldAt, Losses, Payable, Rate,
            RecoupedAt, Release, Reserve, Rule, RuleId, Subject, Version, When,
        },
    },
    share::Share,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{booked, books, day, exact, of, open, party, posted, recording, split};
use crate::{
    books::balance,
    shop::Shop,
    support::{World, on_each_database},
};

fn rate(base: Base, numerator: u64, denominator: u64) -> Rate {
    Rate { when: When::default(), base, rate: Fraction::new(numerator, denominator).unwrap() }
}

fn contract(from: PartyId, to: PartyId, rate: Rate) -> Contract {
    Contract {
        payer: from,
        payer_group: None,
        payee: to,
        group: None,
        covers: Covers::Everything,
        rates: vec![rate],
        escalation: None,
        payable: Payable::RecordOne,
        reserve: None,
    }
}

fn account(payee: PartyId, group: &str) -> AccountKey {
    AccountKey { payee, group: Group(group.into()) }
}

async fn try_save(shop: &Shop, name: &str, content: Rule, of: Option<&Version>) -> Result<(), RoyaltyError> {
    let new = NewRule {
        rule: RuleId(name.into()),
        title: name.into(),
        effective_on: day(1, 1),
        ends_on: None,
        content,
        document_sha256: of.and_then(|version| version.document_sha256.clone()),
        agreement: None,
        request_key: None,
    };
    let tx = shop.services.begin().await.unwrap();
    save_rule(&tx, &shop.services.ctx(Actor::System), shop.studio, new).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(())
}

async fn agree(shop: &Shop, name: &str, contract: Contract) {
    try_save(shop, name, Rule::Contract(Box::new(contract)), None).await.unwrap();
}

async fn try_charge(shop: &Shop, minor: i64, to: ChargedTo) -> Result<(), RoyaltyError> {
    let amount = Money::new(minor, Currency::EUR);
    let new = NewCharge { on: day(1, 1), amount, to, note: String::new(), request_key: None };
    let tx = shop.services.begin().await.unwrap();
    save_charge(&tx, &shop.services.ctx(Actor::System), shop.studio, new).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(())
}

async fn charge(shop: &Shop, euros: i64, to: ChargedTo) {
    try_charge(shop, euros * 100, to).await.unwrap();
}

/// What an account stands at after the last run, in minor units.
async fn stands(shop: &Shop, of: AccountKey) -> i64 {
    let rows = account::Entity::find()
        .filter(account::Column::PartyId.eq(of.payee))
        .filter(account::Column::AccountGroup.eq(of.group.0))
        .all(&shop.services.db)
        .await
        .unwrap();
    rows.into_iter().max_by_key(|row| row.run_id).map_or(0, |row| row.closing_minor)
}

/// All-in 0.60 a unit, of which the producer has 0.10; costs of 120,000, among them an advance of 10,000 to the producer. What the producer is owed after so many
/// units at 3.00.
async fn producer_after(world: &World, payable: Payable, units: i64, net: &'static str) -> (Shop, i64) {
    let shop = open(world).await;
    let [label, artist] = shop.makers;
    let producer = party(&shop, "Producer").await;
    let (work, song) = recording(&shop, "Song").await;
    split(&shop, work, &[(label, 1_000_000)], 1).await;
    agree(&shop, "artist", contract(label, artist, rate(Base::PerUnit(exact("0.60")), 1, 1))).await;
    let deal = Contract {
        payer_group: Some(Group("artist".into())),
        payable,
        ..contract(artist, producer, rate(Base::PerUnit(exact("0.10")), 1, 1))
    };
    agree(&shop, "producer", deal).await;
    charge(&shop, 120_000, ChargedTo::Cost { account: account(artist, "artist") }).await;
    let included_in = Some(account(artist, "artist"));
    charge(&shop, 10_000, ChargedTo::Advance { account: account(producer, "producer"), included_in }).await;
    booked(&shop, "units.csv", &[(Some(Subject::Recording(song)), 8, units, net)]).await;
    posted(&shop, 9).await;
    let owed = stands(&shop, account(producer, "producer")).await;
    (shop, owed)
}

fn after_costs(recouped_at: RecoupedAt) -> Payable {
    Payable::AfterCosts { of: RuleId("artist".into()), recouped_at, retroactive: true }
}

#[tokio::test]
async fn a_record_one_producer_is_paid_while_the_artist_is_unrecouped() {
    on_each_database(async |world| {
        let (shop, producer) = producer_after(world, Payable::RecordOne, 150_000, "450000").await;
        assert_eq!(producer, 500_000);
        // The label has 360,000, the producer 5,000; of the costs 35,000 are open, and they were paid once.
        assert_eq!(books(world, &shop).await, [45_000_000, 0, 0, 3_500_000, 0, -36_500_000]);
        assert_eq!(balance(world, &shop, AccountKind::Bank).await, -12_000_000);
    })
    .await;
}

#[tokio::test]
async fn a_producer_after_the_combined_rate_is_paid_at_200_000_units() {
    on_each_database(async |world| {
        let (_, producer) = producer_after(world, after_costs(RecoupedAt::CombinedRate), 200_000, "600000").await;
        assert_eq!(producer, 1_000_000);
    })
    .await;
}

#[tokio::test]
async fn a_producer_after_the_net_rate_is_paid_at_240_000_units() {
    on_each_database(async |world| {
        let (_, producer) = producer_after(world, after_costs(RecoupedAt::NetRate), 240_000, "720000").await;
        assert_eq!(producer, 1_400_000);
    })
    .await;
}

#[tokio::test]
async fn a_letter_of_direction_pays_three_of_fifteen_points() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [label, artist] = shop.makers;
        let (other, producer) = (party(&shop, "Other").await, party(&shop, "Producer").await);
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(label, 500_000), (artist, 450_000), (other, 50_000)], 1).await;
        let master = RuleId(format!("split:{song}"));
        agree(&shop, "letter", contract(artist, producer, rate(Base::RoyaltyOf(master), 3, 15))).await;
        booked(&shop, "a.csv", &[of(song, 8, "10000")]).await;
        posted(&shop, 8).await;
        assert_eq!(stands(&shop, account(producer, "letter")).await, 90_000);
        assert_eq!(stands(&shop, account(artist, "shares")).await, 360_000);
        assert_eq!(books(world, &shop).await, [1_000_000, 0, 0, 0, 0, -1_000_000]);
    })
    .await;
}

#[tokio::test]
async fn a_reserve_is_held_and_given_out() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [label, artist] = shop.makers;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(label, 1_000_000)], 1).await;
        let reserve = Reserve {
            rate: Share::from_ppm(200_000).unwrap(),
            held_at: HeldAt::AfterRate,
            channels: [].into(),
            releases: vec![Release { after_months: 1, share: Share::WHOLE }],
        };
        let deal = Contract { reserve: Some(reserve), ..contract(label, artist, rate(Base::NetReceipts, 1, 4)) };
        agree(&shop, "artist", deal).await;
        booked(&shop, "a.csv", &[of(song, 1, "100")]).await;
        posted(&shop, 1).await;
        // Of 100 at 25 %, a reserve of 20 % of the royalty is 5.
        assert_eq!(stands(&shop, account(artist, "artist")).await, 2_000);
        assert_eq!(books(world, &shop).await, [10_000, 0, -500, 0, 0, -9_500]);
        assert_eq!(reserve::Entity::find().count(&shop.services.db).await.unwrap(), 1);
        posted(&shop, 3).await;
        assert_eq!(stands(&shop, account(artist, "artist")).await, 2_500);
        assert_eq!(books(world, &shop).await, [10_000, 0, 0, 0, 0, -10_000]);
    })
    .await;
}

/// The version that was executed of a recording's split, with its losses treated otherwise.
async fn flexible(shop: &Shop, subject: &Subject) -> (Version, Rule) {
    let versions = versions_of(&shop.services.db, shop.studio).await.unwrap();
    let signed = versions.into_iter().find(|version| version.id.0 == format!("split:{subject}")).unwrap();
    let Rule::Split(mut split) = signed.rule.clone() else { unreachable!("an executed split is one") };
    split.losses = Losses::Flexible;
    (signed, Rule::Split(split))
}

#[tokio::test]
async fn a_loss_is_everybodys_where_the_terms_beside_the_split_say_so() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [label, artist] = shop.makers;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(artist, 800_000), (label, 200_000)], 1).await;
        let subject = Subject::Recording(song);
        let (signed, terms) = flexible(&shop, &subject).await;
        let name = signed.id.0.clone();
        // Nobody's share is another than was signed, and there is no other document.
        let mut other = terms.clone();
        if let Rule::Split(split) = &mut other {
            split.parts[0].share = Share::WHOLE;
            split.parts.truncate(1);
        }
        for (content, of) in [(other, Some(&signed)), (terms.clone(), None)] {
            let refused = try_save(&shop, &name, content, of).await.unwrap_err();
            assert!(matches!(refused, RoyaltyError::NotSigned { .. }), "{refused}");
        }
        try_save(&shop, &name, terms, Some(&signed)).await.unwrap();
        charge(&shop, 1_000, ChargedTo::Shared { subject }).await;
        posted(&shop, 7).await;
        assert_eq!(stands(&shop, account(artist, "shares")).await, -80_000);
        assert_eq!(books(world, &shop).await, [0, 0, 0, 100_000, 0, 0]);
        booked(&shop, "a.csv", &[of(song, 8, "2000")]).await;
        posted(&shop, 8).await;
        assert_eq!(stands(&shop, account(artist, "shares")).await, 80_000);
        assert_eq!(books(world, &shop).await, [200_000, 0, 0, 0, 0, -100_000]);
    })
    .await;
}

#[tokio::test]
async fn a_loss_waits_for_later_income_where_nothing_is_said() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [label, artist] = shop.makers;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(artist, 800_000), (label, 200_000)], 1).await;
        charge(&shop, 1_000, ChargedTo::Shared { subject: Subject::Recording(song) }).await;
        booked(&shop, "a.csv", &[of(song, 7, "400")]).await;
        posted(&shop, 7).await;
        assert_eq!(stands(&shop, account(artist, "shares")).await, 0);
        assert_eq!(books(world, &shop).await, [40_000, 0, 0, 60_000, 0, 0]);
        booked(&shop, "b.csv", &[of(song, 8, "1600")]).await;
        posted(&shop, 8).await;
        assert_eq!(stands(&shop, account(artist, "shares")).await, 80_000);
        assert_eq!(books(world, &shop).await, [200_000, 0, 0, 0, 0, -100_000]);
    })
    .await;
}

#[tokio::test]
async fn half_of_one_of_two_tracks_is_a_quarter_of_the_album() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [label, artist] = shop.makers;
        let ((one, first), (two, second)) = (recording(&shop, "One").await, recording(&shop, "Two").await);
        split(&shop, one, &[(label, 500_000), (artist, 500_000)], 1).await;
        split(&shop, two, &[(label, 1_000_000)], 1).await;
        let release: Ean = "5901234123457".parse().unwrap();
        let album = Album { release: release.clone(), tracks: vec![(first, 1), (second, 1)] };
        try_save(&shop, &format!("album:{release}"), Rule::Album(album), None).await.unwrap();
        booked(&shop, "a.csv", &[(Some(Subject::Release(release)), 8, 1, "10")]).await;
        posted(&shop, 8).await;
        assert_eq!(stands(&shop, account(artist, "shares")).await, 250);
        assert_eq!(stands(&shop, account(label, "shares")).await, 750);
    })
    .await;
}

#[tokio::test]
async fn costs_of_a_release_wait_until_its_tracks_are_said() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
        let release: Ean = "5901234123457".parse().unwrap();
        charge(&shop, 10, ChargedTo::Shared { subject: Subject::Release(release.clone()) }).await;
        booked(&shop, "a.csv", &[of(song, 7, "30")]).await;
        // Nobody waits for who is to bear them.
        posted(&shop, 7).await;
        assert_eq!(books(world, &shop).await, [3_000, 0, 0, 1_000, 0, -3_000]);
        let album = Album { release: release.clone(), tracks: vec![(song, 1)] };
        try_save(&shop, &format!("album:{release}"), Rule::Album(album), None).await.unwrap();
        booked(&shop, "b.csv", &[of(song, 8, "14")]).await;
        posted(&shop, 8).await;
        assert_eq!(books(world, &shop).await, [4_400, 0, 0, 0, 0, -3_400]);
    })
    .await;
}

#[tokio::test]
async fn terms_and_charges_name_what_is_the_studios_own() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [label, artist] = shop.makers;
        let stranger: PartyId = shop.services.env.id();
        let deal = |from, to| Rule::Contract(Box::new(contract(from, to, rate(Base::NetReceipts, 1, 4))));
        let refused = try_save(&shop, "deal", deal(label, stranger), None).await.unwrap_err();
        assert!(matches!(refused, RoyaltyError::NotFound { what: "party", .. }), "{refused}");
        let refused = try_save(&shop, "deal", deal(label, label), None).await.unwrap_err();
        assert!(matches!(refused, RoyaltyError::Fault(_)), "{refused}");
        let cost = |payee| ChargedTo::Cost { account: account(payee, "shares") };
        let refused = try_charge(&shop, 100, cost(stranger)).await.unwrap_err();
        assert!(matches!(refused, RoyaltyError::NotFound { what: "party", .. }), "{refused}");
        assert!(matches!(try_charge(&shop, 0, cost(artist)).await, Err(RoyaltyError::NoCharge)));
        let payment = ChargedTo::Payment { account: account(artist, "shares") };
        assert!(matches!(try_charge(&shop, 100, payment).await, Err(RoyaltyError::PaidOut)));
        let own = account(artist, "shares");
        let in_itself = ChargedTo::Advance { account: own.clone(), included_in: Some(own) };
        assert!(matches!(try_charge(&shop, 100, in_itself).await, Err(RoyaltyError::IncludedInItself)));
        let (_, song) = recording(&shop, "Song").await;
        let refused = try_save(&shop, &format!("split:{song}"), deal(label, artist), None).await.unwrap_err();
        assert!(matches!(refused, RoyaltyError::Fault(_)), "{refused}");
        let elsewhere = ChargedTo::Shared { subject: Subject::Recording(shop.services.env.id()) };
        assert!(matches!(try_charge(&shop, 100, elsewhere).await, Err(RoyaltyError::NotFound { .. })));
        assert_eq!(books(world, &shop).await, [0; 6]);
    })
    .await;
}
