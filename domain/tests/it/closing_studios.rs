//! Studios that are closed, by an owner or by whoever operates the program, and opened again.

use domain::{
    actor::{Actor, Ctx, Role, Scope},
    catalog::list_shops,
    delivery::entity::deliverable,
    email::EmailAddress,
    identity::{
        IdentityError, InTheWay, commands,
        entity::{closure, member, user},
        queries,
    },
    ids::{OrderId, PartyId, StudioId, UserId},
    ledger::queries::{find_owed, list_balances},
    licensing::terms::TierCode,
    money::{Currency, Money},
    page::PageRequest,
    parties::entity as party,
    payouts::{
        commands::{PaidByHand, record_payout},
        rules::DEFAULT_HOLD_DAYS,
    },
    policy::Denied,
    report::Explain,
    sales::{self, SalesError, Settled, entity::OrderState},
    services::Services,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    identity::{PASSWORD, in_tx, owner_of, services, try_sign_in_with},
    shop::Shop,
    support::{World, on_each_database},
};

const ADA: &str = "ada@example.com";
const NAME: &str = "Nova Sound";

/// An owner of the shop.
async fn owner_of_shop(shop: &Shop) -> (Ctx, UserId) {
    let (_, user, _) = owner_of(&shop.services, ADA).await;
    let joined_at = Set(shop.services.env.now());
    let row =
        member::ActiveModel { studio_id: Set(shop.studio), user_id: Set(user), role: Set(Role::Owner), joined_at };
    row.insert(&shop.services.db).await.unwrap();
    let memberships = vec![(shop.studio, Role::Owner)];
    (shop.services.ctx(Actor::User { user, memberships, closed: Vec::new() }), user)
}

/// Whoever has signed in under an address, as their next request finds them.
async fn signed_in(services: &Services, user: UserId) -> Ctx {
    let id = try_sign_in_with(services, ADA, PASSWORD, None, "").await.unwrap().sign_in;
    services.ctx(queries::find_signed_in(&services.db, user, id).await.unwrap().unwrap())
}

async fn close(services: &Services, ctx: &Ctx, studio: StudioId, name: &str) -> Result<closure::Model, IdentityError> {
    in_tx(services, async |tx| commands::close_studio(tx, ctx, studio, name, Some(" Moving on ")).await).await
}

async fn reopen(services: &Services, ctx: &Ctx, studio: StudioId) -> Result<(), IdentityError> {
    in_tx(services, async |tx| commands::reopen_studio(tx, ctx, studio).await).await
}

/// What is said to stand in the way of closing a studio.
async fn in_the_way(shop: &Shop, ctx: &Ctx) -> Vec<InTheWay> {
    match close(&shop.services, ctx, shop.studio, NAME).await {
        Err(IdentityError::InTheWay(standing)) => standing,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_only_owner_of_a_closed_studio_can_go() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ada, user, studio) = owner_of(&services, ADA).await;
        let address: EmailAddress = ADA.parse().unwrap();
        let leave =
            async |ctx: &Ctx| in_tx(&services, async |tx| commands::close_account(tx, ctx, &address).await).await;
        assert!(matches!(leave(&ada).await, Err(IdentityError::OnlyOwner { .. })));
        let other = close(&services, &ada, studio, "Ada").await;
        assert!(matches!(other, Err(IdentityError::OtherStudioName)), "{other:?}");
        close(&services, &ada, studio, "Ada’s Beats").await.unwrap();
        let again = close(&services, &ada, studio, "Ada’s Beats").await;
        assert!(matches!(again, Err(IdentityError::Denied(Denied::Closed))), "{again:?}");
        leave(&signed_in(&services, user).await).await.unwrap();
        let left = member::Entity::find().filter(member::Column::UserId.eq(user)).all(&services.db).await.unwrap();
        assert!(left.is_empty(), "{left:?}");
    })
    .await;
}

#[tokio::test]
async fn a_studio_that_nobody_owns_is_opened_again_with_another_owner() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ada, user, studio) = owner_of(&services, ADA).await;
        let (_, bob, _) = owner_of(&services, "bob@example.com").await;
        close(&services, &ada, studio, "Ada’s Beats").await.unwrap();
        let (ada, address): (Ctx, EmailAddress) = (signed_in(&services, user).await, ADA.parse().unwrap());
        in_tx(&services, async |tx| commands::close_account(tx, &ada, &address).await).await.unwrap();
        let system = services.ctx(Actor::System);
        let reopen_with = async |heir: Option<&str>| {
            let heir: Option<EmailAddress> = heir.map(|email| email.parse().unwrap());
            in_tx(&services, async |tx| commands::reopen_studio_of(tx, &system, "adas-beats", heir.as_ref()).await)
                .await
        };
        let is_open = async || queries::require_open(&services.db, studio).await.unwrap().is_ok();
        match reopen_with(None).await {
            Err(orphaned @ IdentityError::NoOwner { .. }) => {
                let said = orphaned.explain();
                assert_eq!((said.code, said.message.as_str()), ("NO_OWNER", "nobody owns Ada’s Beats any more"));
                assert!(said.remedy.is_some(), "{said:?}");
            }
            other => panic!("{other:?}"),
        }
        assert!(matches!(reopen_with(Some(ADA)).await, Err(IdentityError::NoAccount(_))), "it is gone");
        assert!(!is_open().await);
        assert_eq!(reopen_with(Some("bob@example.com")).await.unwrap().id, studio);
        assert!(is_open().await);
        let of_studio = member::Entity::find().filter(member::Column::StudioId.eq(studio));
        let members = of_studio.all(&services.db).await.unwrap();
        assert_eq!(members.iter().map(|row| (row.user_id, row.role)).collect::<Vec<_>>(), [(bob, Role::Owner)]);
    })
    .await;
}

#[tokio::test]
async fn a_closed_studio_is_handed_over_to_whoever_is_named() {
    on_each_database(async |world| {
        let services = services(world).await;
        let (ada, _, studio) = owner_of(&services, ADA).await;
        let (_, bob, _) = owner_of(&services, "bob@example.com").await;
        close(&services, &ada, studio, "Ada’s Beats").await.unwrap();
        let (address, heir): (EmailAddress, EmailAddress) = (ADA.parse().unwrap(), "bob@example.com".parse().unwrap());
        let system = services.ctx(Actor::System);
        let handed_over =
            in_tx(&services, async |tx| commands::close_account_of(tx, &system, &address, Some(&heir)).await).await;
        assert_eq!(handed_over.unwrap(), [studio]);
        let of_studio = member::Entity::find().filter(member::Column::StudioId.eq(studio));
        let members = of_studio.all(&services.db).await.unwrap();
        assert_eq!(members.iter().map(|row| (row.user_id, row.role)).collect::<Vec<_>>(), [(bob, Role::Owner)]);
    })
    .await;
}

/// Pays by hand what some makers are owed.
async fn pay_out(world: &World, shop: &Shop, makers: &[PartyId]) {
    let mut owed = find_owed(&world.db, shop.studio, shop.currency).await.unwrap();
    owed.retain(|party, _| makers.contains(party));
    for (party, minor) in owed {
        let amount = Money::new(minor, shop.currency);
        let paid = PaidByHand { party, amount, paid_at: None, note: "by wire", key: None, despite_terms: true };
        let tx = shop.services.begin().await.unwrap();
        record_payout(&tx, &world.ctx, "test", shop.studio, paid).await.unwrap();
        shop.services.commit(tx).await.unwrap();
    }
}

/// Says of the files that an order waits for that they are made.
async fn make_files(world: &World, order: OrderId) {
    deliverable::Entity::update_many()
        .col_expr(deliverable::Column::ReadyAt, Expr::value(world.ctx.env.now()))
        .filter(deliverable::Column::OrderId.eq(order))
        .exec(&world.db)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_studio_that_owes_money_or_files_is_not_closed() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, user) = owner_of_shop(&shop).await;
        let beat = shop.beat("Night Drive", false).await;
        let order = shop.sell(&[(beat, TierCode::Mp3)], 3_000).await;
        let owed: i64 = find_owed(&world.db, shop.studio, shop.currency).await.unwrap().values().sum();
        assert!(owed > 0);
        let money = InTheWay::Owed { amounts: vec![Money::new(owed, shop.currency)], hold_days: DEFAULT_HOLD_DAYS };
        let files = InTheWay::Orders { count: 1, first: order.reference.clone() };
        assert_eq!(in_the_way(&shop, &ada).await, [money.clone(), files.clone()]);
        let said = IdentityError::InTheWay(vec![money, files.clone()]).explain();
        assert_eq!((said.code, said.more.len(), said.more[0].code), ("MONEY_OWED", 1, "ORDERS_UNFINISHED"));
        let remedy = said.remedy.as_deref().unwrap();
        assert!(remedy.contains("owed to the owner") && remedy.contains("for 14 days"), "{remedy}");
        assert!(said.more[0].message.contains(&order.reference) && said.more[0].remedy.is_some(), "{said:?}");

        pay_out(world, &shop, &shop.makers).await;
        assert_eq!(in_the_way(&shop, &ada).await, [files]);
        make_files(world, order.id).await;
        let closed = close(&shop.services, &ada, shop.studio, NAME).await.unwrap();
        assert_eq!((closed.closed_by, closed.reason.as_deref()), (Some(user), Some("Moving on")));
    })
    .await;
}

#[tokio::test]
async fn what_is_owed_to_the_owner_who_closes_is_theirs_already() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, user) = owner_of_shop(&shop).await;
        let [nova, orson] = shop.makers;
        // Another spelling of the address that she signs in with.
        for (party, email) in [(nova, "Ada@Example.com"), (orson, "orson@example.com")] {
            let row =
                party::ActiveModel { id: Set(party), email: Set(Some(email.parse().unwrap())), ..Default::default() };
            row.update(&world.db).await.unwrap();
        }
        let beat = shop.beat("Night Drive", false).await;
        let order = shop.sell(&[(beat, TierCode::Mp3)], 3_000).await;
        make_files(world, order.id).await;
        let owed = find_owed(&world.db, shop.studio, shop.currency).await.unwrap();
        assert!(owed[&nova] > 0 && owed[&orson] > 0, "{owed:?}");
        let owing =
            |minor| [InTheWay::Owed { amounts: vec![Money::new(minor, shop.currency)], hold_days: DEFAULT_HOLD_DAYS }];
        let of_both = owing(owed[&nova] + owed[&orson]);
        assert_eq!(in_the_way(&shop, &ada).await, of_both, "she has not shown that the address is hers");
        let row = user::ActiveModel {
            id: Set(user),
            email_verified_at: Set(Some(world.ctx.env.now())),
            ..Default::default()
        };
        row.update(&world.db).await.unwrap();
        assert_eq!(in_the_way(&shop, &ada).await, owing(owed[&orson]));

        // An operator closes for the only owner, and of several for none.
        let system = shop.services.ctx(Actor::System);
        let stands_for_operator = async || {
            let closed =
                in_tx(&shop.services, async |tx| commands::close_studio_of(tx, &system, "nova", "gone").await).await;
            match closed {
                Err(IdentityError::InTheWay(standing)) => standing,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(stands_for_operator().await, owing(owed[&orson]));
        let (_, bob, _) = owner_of(&shop.services, "bob@example.com").await;
        let joined_at = Set(shop.services.env.now());
        let row =
            member::ActiveModel { studio_id: Set(shop.studio), user_id: Set(bob), role: Set(Role::Owner), joined_at };
        row.insert(&world.db).await.unwrap();
        assert_eq!(stands_for_operator().await, of_both);

        pay_out(world, &shop, &[orson]).await;
        close(&shop.services, &ada, shop.studio, NAME).await.unwrap();
        let after = find_owed(&world.db, shop.studio, shop.currency).await.unwrap();
        assert_eq!(after[&nova], owed[&nova], "the books say on what it is");
    })
    .await;
}

#[tokio::test]
async fn a_studio_whose_buyer_is_being_charged_is_not_closed() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, _) = owner_of_shop(&shop).await;
        let beat = shop.beat("Night Drive", true).await;
        let order = shop.order(&[(beat, TierCode::Exclusive)], 90_000).await;
        shop.gateway.pay(order.id);
        assert_eq!(sales::settle_order(&shop.services, order.id).await.unwrap(), Settled::Capturing);
        assert_eq!(in_the_way(&shop, &ada).await, [InTheWay::Orders { count: 1, first: order.reference }]);
    })
    .await;
}

#[tokio::test]
async fn a_closed_studio_is_read_and_sells_nothing_until_it_is_opened_again() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let services = &shop.services;
        let (ada, user) = owner_of_shop(&shop).await;
        let beat = shop.beat("Night Drive", false).await;
        let placed = shop.place(&shop.cart(&[(beat, TierCode::Mp3)]).await.unwrap(), 3_000).await.unwrap();
        let opened = shop.order(&[(beat, TierCode::Mp3)], 3_000).await;
        let paid_before = shop.order(&[(beat, TierCode::Mp3)], 3_000).await;
        let cart = shop.cart(&[(beat, TierCode::Mp3)]).await.unwrap();
        let make_key = async |ctx: &Ctx| {
            let scopes = [Scope::CatalogRead];
            in_tx(services, async |tx| commands::create_api_key(tx, ctx, shop.studio, "shop", scopes).await).await
        };
        let key = make_key(&ada).await.unwrap().secret;
        let shops = async || list_shops(&world.db).await.unwrap().len();
        let opens = async || queries::find_api_key_actor(&world.db, &key).await.unwrap().is_some();
        assert!(shops().await == 1 && opens().await);
        shop.gateway.pay(paid_before.id);
        close(services, &ada, shop.studio, NAME).await.unwrap();

        let ada = signed_in(services, user).await;
        assert!(shops().await == 0 && !opens().await);
        let ordered = shop.place(&cart, 3_000).await;
        assert!(matches!(ordered, Err(SalesError::Denied(Denied::Closed))), "{ordered:?}");
        for order in [&placed, &opened] {
            let paid = sales::open_checkout(services, order.id).await;
            assert!(matches!(paid, Err(SalesError::Denied(Denied::Closed))), "{paid:?}");
        }
        shop.do_jobs().await;
        assert!(shop.gateway.is_expired(opened.id), "nobody pays on a page that was opened before");
        let expired = shop.found(opened.id).await;
        assert_eq!(expired.state, OrderState::Expired);
        assert_eq!(expired.closed_reason.as_deref(), Some("the shop has closed, and nothing was charged"));
        assert_eq!(shop.found(paid_before.id).await.state, OrderState::Paid, "what was paid a moment before is");
        let begun = shop.cart(&[(beat, TierCode::Mp3)]).await;
        assert!(matches!(begun, Err(SalesError::Denied(Denied::Closed))), "{begun:?}");
        let made = make_key(&ada).await.map(|key| key.key);
        assert!(matches!(made, Err(IdentityError::Denied(Denied::Closed))), "{made:?}");
        list_balances(&world.db, &ada, shop.studio, None).await.unwrap();
        let keys = queries::list_api_keys(&world.db, &ada, shop.studio, PageRequest::default()).await.unwrap();
        assert_eq!(keys.rows.len(), 1, "what only owners see is read on");
        let found = queries::find_closure(&world.db, &ada, shop.studio).await.unwrap().unwrap();
        assert_eq!(found.closed_at, world.ctx.env.now());

        let manager = services.ctx(shop.manager());
        let denied = reopen(services, &manager, shop.studio).await;
        assert!(matches!(denied, Err(IdentityError::Denied(Denied::NotAllowed))), "{denied:?}");
        reopen(services, &ada, shop.studio).await.unwrap();
        reopen(services, &ada, shop.studio).await.unwrap();
        let ada = signed_in(services, user).await;
        assert!(shops().await == 1 && opens().await);
        shop.place(&cart, 3_000).await.unwrap();
        sales::open_checkout(services, placed.id).await.unwrap();
        make_key(&ada).await.unwrap();
        assert_eq!(queries::find_closure(&world.db, &ada, shop.studio).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn whoever_operates_the_program_closes_a_studio_and_opens_it_again() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (ada, _) = owner_of_shop(&shop).await;
        let close_as = async |ctx: &Ctx, slug: &str, reason: &str| {
            in_tx(&shop.services, async |tx| commands::close_studio_of(tx, ctx, slug, reason).await).await
        };
        let denied = close_as(&ada, "nova", "gone").await;
        assert!(matches!(denied, Err(IdentityError::Denied(Denied::NotAllowed))), "{denied:?}");
        let system = shop.services.ctx(Actor::System);
        assert!(matches!(close_as(&system, "nowhere", "gone").await, Err(IdentityError::NoStudio(_))));
        let silent = close_as(&system, "nova", " ").await;
        assert!(matches!(silent, Err(IdentityError::Name { field: "reason", .. })), "{silent:?}");
        assert_eq!(close_as(&system, "nova", "Nobody pays").await.unwrap().id, shop.studio);
        let again = close_as(&system, "nova", "Nobody pays").await;
        assert!(matches!(again, Err(IdentityError::Denied(Denied::Closed))), "{again:?}");
        let closed = closure::Entity::find_by_id(shop.studio).one(&world.db).await.unwrap().unwrap();
        assert_eq!((closed.closed_by, closed.reason.as_deref()), (None, Some("Nobody pays")));

        let reopen_as = async |ctx: &Ctx, slug: &str| {
            in_tx(&shop.services, async |tx| commands::reopen_studio_of(tx, ctx, slug, None).await).await
        };
        let denied = reopen_as(&ada, "nova").await;
        assert!(matches!(denied, Err(IdentityError::Denied(Denied::NotAllowed))), "{denied:?}");
        assert!(matches!(reopen_as(&system, "nowhere").await, Err(IdentityError::NoStudio(_))));
        assert_eq!(reopen_as(&system, "nova").await.unwrap().id, shop.studio);
        assert_eq!(closure::Entity::find_by_id(shop.studio).one(&world.db).await.unwrap(), None);
    })
    .await;
}
