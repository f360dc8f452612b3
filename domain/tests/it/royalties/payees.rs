//! What a payee's terms say is kept to whichever way they are paid, and nobody lets more be paid than they may.

use domain::{
    actor::{Actor, Ctx, Role},
    email::EmailAddress,
    identity::entity::{member, user},
    ids::PartyId,
    money::{Currency, Money},
    payouts::{
        PayoutError,
        commands::{AskPayout, PaidByHand, export_payouts, record_payout, request_payout, set_payee_bank},
        entity::{BankScheme, payout, payout_batch},
        queries::PayeeBalance,
        rules::{WaitsFor as Waits, bank::BankDetails},
    },
    roster::commands::set_limit,
    royalties::{
        RoyaltyError,
        commands::{
            payees::pay_royalties,
            terms::{NewRule, save_rule},
        },
        entity::WaitsFor,
        rules::{Hold, Payee, Rule, RuleId, payee::ORDER},
    },
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::{booked, day, of, open, posted, recording, split};
use crate::{
    payee_banks::sepa,
    payouts::{alone, ready, standing},
    shop::Shop,
    support::{World, on_each_database},
};

const fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// Writes the next version of a payee's terms.
async fn agree(shop: &Shop, payee: PartyId, minimum: Option<Money>, hold: Option<Hold>) {
    let new = NewRule {
        rule: RuleId(format!("payee:{payee}")),
        title: "How they are paid".into(),
        effective_on: day(1, 1),
        ends_on: None,
        content: Rule::Payee(Payee { payee, country: None, treaty: None, minimum, hold, order: ORDER }),
        document_sha256: None,
        agreement: None,
        request_key: None,
    };
    let tx = shop.services.begin().await.unwrap();
    save_rule(&tx, &shop.services.ctx(Actor::System), shop.studio, new).await.unwrap();
    shop.services.commit(tx).await.unwrap();
}

/// A studio that owes its first maker 60.00 by a run, can pay them by the gateway, and by its bank.
async fn owing(world: &World) -> Shop {
    let shop = open(world).await;
    let (work, song) = recording(&shop, "Song").await;
    split(&shop, work, &[(shop.makers[0], 1_000_000)], 1).await;
    booked(&shop, "a.csv", &[of(song, 7, "60")]).await;
    ready(world, &shop, shop.makers[0]).await;
    let details = BankDetails {
        scheme: BankScheme::Sepa,
        holder: "Nova Reyes".into(),
        account: "DE89370400440532013000".into(),
        bank: None,
        savings: false,
    };
    let party = shop.makers[0];
    alone(world, async |tx| set_payee_bank(tx, &world.ctx, shop.studio, party, details).await).await.unwrap();
    shop
}

async fn ask(world: &World, ctx: &Ctx, shop: &Shop) -> Result<payout::Model, PayoutError> {
    let asked = AskPayout { party: shop.makers[0], currency: Currency::EUR, amount: None, key: None };
    alone(world, async |tx| request_payout(tx, ctx, "test", shop.studio, asked).await).await
}

async fn record(
    world: &World,
    ctx: &Ctx,
    shop: &Shop,
    minor: i64,
    despite_terms: bool,
) -> Result<payout::Model, PayoutError> {
    let party = shop.makers[0];
    let paid = PaidByHand { party, amount: euros(minor), paid_at: None, note: "by wire", key: None, despite_terms };
    alone(world, async |tx| record_payout(tx, ctx, "test", shop.studio, paid).await).await
}

async fn export(world: &World, ctx: &Ctx, shop: &Shop) -> Result<payout_batch::Model, PayoutError> {
    let mut asked = sepa(world.ctx.env.now().date_naive());
    asked.key = None;
    alone(world, async |tx| export_payouts(tx, ctx, "test", shop.studio, asked).await).await
}

fn told(of: &PayeeBalance) -> (i64, i64, i64, Option<Waits>) {
    (of.payable.minor, of.held.minor, of.minimum.minor, of.waits_for)
}

#[tokio::test]
async fn a_minimum_and_a_hold_stand_against_every_way_of_paying() {
    on_each_database(async |world| {
        let shop = owing(world).await;
        let nova = shop.makers[0];
        posted(&shop, 7).await;
        let balance = async || told(&standing(world, &shop, 0).await);
        assert_eq!(balance().await, (6_000, 0, 0, None));

        // Of other currencies it says nothing.
        agree(&shop, nova, Some(Money::new(300_000, Currency::USD)), None).await;
        assert_eq!(balance().await, (6_000, 0, 0, None));
        agree(&shop, nova, Some(euros(300_000)), None).await;
        assert_eq!(balance().await, (0, 0, 300_000, Some(Waits::Minimum)));
        let asked = ask(world, &world.ctx, &shop).await;
        assert!(matches!(asked, Err(PayoutError::BelowMinimum { .. })), "{asked:?}");
        let file = export(world, &world.ctx, &shop).await;
        assert!(matches!(file, Err(PayoutError::NobodyPayable)), "{file:?}");
        let by_hand = record(world, &world.ctx, &shop, 6_000, false).await;
        assert!(matches!(by_hand, Err(PayoutError::AgainstTerms(_))), "{by_hand:?}");

        let hold = |through| Some(Hold { reason: "An audit".into(), through });
        agree(&shop, nova, None, hold(None)).await;
        assert_eq!(balance().await, (0, 6_000, 0, Some(Waits::Hold)));
        assert_eq!(standing(world, &shop, 0).await.hold.unwrap().reason, "An audit");
        let asked = ask(world, &world.ctx, &shop).await;
        assert!(matches!(&asked, Err(PayoutError::OnHold { reason, .. }) if reason == "An audit"), "{asked:?}");
        let file = export(world, &world.ctx, &shop).await;
        assert!(matches!(file, Err(PayoutError::NobodyPayable)), "{file:?}");
        let by_hand = record(world, &world.ctx, &shop, 1_000, false).await;
        assert!(matches!(by_hand, Err(PayoutError::AgainstTerms(_))), "{by_hand:?}");
        // What has left all the same is recorded, when that is said.
        record(world, &world.ctx, &shop, 1_000, true).await.unwrap();

        let today = world.ctx.env.now().date_naive();
        agree(&shop, nova, None, hold(Some(today))).await;
        assert_eq!(balance().await, (0, 5_000, 0, Some(Waits::Hold)));
        agree(&shop, nova, None, hold(today.pred_opt())).await;
        assert_eq!(balance().await, (5_000, 0, 0, None), "it is over");
        assert_eq!(export(world, &world.ctx, &shop).await.unwrap().total_minor, 5_000);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_not_paid_of_a_run_is_told_of_with_the_reason() {
    on_each_database(async |world| {
        let shop = open(world).await;
        let [nova, orson] = shop.makers;
        let (work, song) = recording(&shop, "Song").await;
        split(&shop, work, &[(nova, 500_000), (orson, 500_000)], 1).await;
        booked(&shop, "a.csv", &[of(song, 7, "60")]).await;
        agree(&shop, orson, None, Some(Hold { reason: "An audit".into(), through: None })).await;
        let run = posted(&shop, 7).await;
        let paying = pay_royalties(&shop.services, &world.ctx, run.id).await.unwrap();
        let [paid] = &paying.paid[..] else { panic!("{paying:?}") };
        assert!(paid.party == nova && matches!(paid.outcome, Err(PayoutError::NotReady)), "{paying:?}");
        let [waits] = &paying.waiting[..] else { panic!("{paying:?}") };
        assert_eq!((waits.party, waits.balance, waits.waits_for), (orson, euros(3_000), WaitsFor::Hold));
        assert_eq!(waits.reason.as_deref(), Some("An audit"));
    })
    .await;
}

/// A manager who may let so much be paid at once.
async fn manager(world: &World, shop: &Shop, limit: Money) -> Ctx {
    let (id, now) = (world.ctx.env.id(), world.ctx.env.now());
    let email: EmailAddress = "max@example.com".parse().unwrap();
    let row = user::Model {
        id,
        email_key: email.account_key(),
        email,
        name: "Max".into(),
        password_hash: "none: this account signs in by no password".into(),
        email_verified_at: None,
        created_at: now,
    };
    row.into_active_model().insert(&world.db).await.unwrap();
    let row = member::Model { studio_id: shop.studio, user_id: id, role: Role::Manager, joined_at: now };
    row.into_active_model().insert(&world.db).await.unwrap();
    let tx = shop.services.begin().await.unwrap();
    set_limit(&tx, &world.ctx, shop.studio, id, limit).await.unwrap();
    shop.services.commit(tx).await.unwrap();
    world.as_actor(Actor::User { user: id, memberships: vec![(shop.studio, Role::Manager)], closed: Vec::new() })
}

#[tokio::test]
async fn a_managers_limit_holds_for_every_way_of_paying() {
    on_each_database(async |world| {
        let shop = owing(world).await;
        let run = posted(&shop, 7).await;
        let max = manager(world, &shop, euros(5_000)).await;
        let asked = ask(world, &max, &shop).await;
        let beyond = |asked: &PayoutError, minor| {
            matches!(asked, PayoutError::Limit { asked, limit } if *asked == euros(minor) && *limit == euros(5_000))
        };
        assert!(asked.as_ref().is_err_and(|error| beyond(error, 6_000)), "{asked:?}");
        let file = export(world, &max, &shop).await;
        assert!(file.as_ref().is_err_and(|error| beyond(error, 6_000)), "{file:?}");
        for despite_terms in [false, true] {
            let by_hand = record(world, &max, &shop, 5_001, despite_terms).await;
            assert!(by_hand.as_ref().is_err_and(|error| beyond(error, 5_001)), "{by_hand:?}");
        }
        let paying = pay_royalties(&shop.services, &max, run.id).await;
        assert!(matches!(paying, Err(RoyaltyError::Limit { .. })), "{paying:?}");
        assert_eq!(standing(world, &shop, 0).await.payable, euros(6_000), "nothing has left");
        record(world, &max, &shop, 5_000, false).await.unwrap();
        assert_eq!(export(world, &max, &shop).await.unwrap().total_minor, 1_000);
    })
    .await;
}
