//! Payees who are paid by the studio's bank: files for it, and who set which account.

use chrono::{Days, Duration};
use domain::{
    actor::{Actor, Ctx, Role},
    email::EmailAddress,
    identity::entity::user,
    ids::{PartyId, PayeeBankChangeId},
    ledger::entity::AccountKind,
    money::{Currency, Money},
    outbox::{Job, entity::job},
    page::PageRequest,
    parties::merge_parties,
    payouts::{
        PayoutError,
        commands::{AskBatch, export_payouts, return_payout, set_minimum, set_payee_bank},
        entity::{
            BankScheme, PayoutNotice, PayoutSide, PayoutState, payee_bank, payee_bank_change, payout, payout_batch,
        },
        letters::find_bank_letter,
        queries::list_bank_changes,
        rules::bank::{BankDetails, Debtor, SepaDebtor},
    },
    store,
};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryOrder};

use crate::{
    books::{assert_proved, balance},
    clients::{done, enter_party, person},
    payouts::{alone, past_the_hold, sell, standing, told},
    shop::Shop,
    support::{World, on_each_database},
};

pub(crate) fn sepa(today: chrono::NaiveDate) -> AskBatch<'static> {
    let debtor = SepaDebtor { name: "Nova Sound".into(), iban: "FR14 2004 1010 0505 0001 3M02 606".into(), bic: None };
    AskBatch { debtor: Debtor::Sepa(debtor), execute_on: today, parties: None, key: Some("batch-1") }
}

#[tokio::test]
async fn a_file_for_the_bank_is_written_once_and_a_second_pays_nobody() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let bank = async |maker: usize, account: &str| {
            let (party, details) = (shop.makers[maker], details(account));
            alone(world, async |tx| set_payee_bank(tx, &world.ctx, shop.studio, party, details).await).await
        };
        let mistyped = bank(0, "DE88370400440532013000").await;
        assert!(matches!(mistyped, Err(PayoutError::Bank { field: "account", .. })), "{mistyped:?}");
        for maker in 0..2 {
            bank(maker, "DE89370400440532013000").await.unwrap();
        }
        let export = async |asked: AskBatch<'static>| {
            alone(world, async |tx| export_payouts(tx, &world.ctx, "test", shop.studio, asked).await).await
        };
        sell(&shop, "Night Drive").await;
        let today = world.ctx.env.now().date_naive();
        assert!(matches!(export(sepa(today)).await, Err(PayoutError::NobodyPayable)), "all is held back");
        past_the_hold(world);
        let (yesterday, today) = (today, world.ctx.env.now().date_naive());
        assert!(matches!(export(sepa(yesterday)).await, Err(PayoutError::ExecuteOn)));
        let later = today.checked_add_days(Days::new(32)).unwrap();
        assert!(matches!(export(sepa(later)).await, Err(PayoutError::ExecuteOn)));
        let owed = [standing(world, &shop, 0).await.payable, standing(world, &shop, 1).await.payable];
        // The second maker's is too little to be paid.
        let least = Money::new(owed[1].minor + 1, shop.currency);
        let party = Some(shop.makers[1]);
        alone(world, async |tx| set_minimum(tx, &world.ctx, shop.studio, party, least).await).await.unwrap();
        let first = export(sepa(today)).await.unwrap();
        assert_eq!((first.payouts, first.total_minor), (1, owed[0].minor));
        assert!(
            first.file.contains("<NbOfTxs>1</NbOfTxs>") && first.file.contains("DE89370400440532013000"),
            "{}",
            first.file
        );
        assert_eq!(export(sepa(today)).await.unwrap(), first, "the same key gives the same file");
        let another = AskBatch { key: None, ..sepa(today) };
        assert!(matches!(export(another.clone()).await, Err(PayoutError::NobodyPayable)));
        let none = Money::zero(shop.currency);
        alone(world, async |tx| set_minimum(tx, &world.ctx, shop.studio, party, none).await).await.unwrap();
        let second = export(another).await.unwrap();
        assert_eq!((second.payouts, second.total_minor), (1, owed[1].minor));
        assert_eq!(balance(world, &shop, AccountKind::Bank).await, -(owed[0].minor + owed[1].minor));
        let rows = payout::Entity::find().all(&world.db).await.unwrap();
        assert!(rows.iter().all(|row| row.state == PayoutState::Exported
            && second.file.contains(&row.reference) == (row.batch_id == Some(second.id))));
        let returned = rows[0].id;
        assert_eq!(told(world, returned).await, [PayoutNotice::Left]);
        alone(world, async |tx| return_payout(tx, &world.ctx, returned, "account closed").await).await.unwrap();
        assert_eq!(told(world, returned).await, [PayoutNotice::Left, PayoutNotice::Returned]);
        assert_proved(world).await;
        let changed = world.db.execute_unprepared("UPDATE payout_batches SET file = ''").await.unwrap_err();
        assert!(changed.to_string().contains("append-only"), "{changed}");
        assert_eq!(payout_batch::Entity::find().all(&world.db).await.unwrap().len(), 2);
    })
    .await;
}

fn details(account: &str) -> BankDetails {
    BankDetails {
        scheme: BankScheme::Sepa,
        holder: "Nova Reyes".into(),
        account: account.into(),
        bank: None,
        savings: false,
    }
}

async fn set(world: &World, ctx: &Ctx, shop: &Shop, account: &str) -> Result<payee_bank::Model, PayoutError> {
    let party = shop.makers[0];
    alone(world, async |tx| set_payee_bank(tx, ctx, shop.studio, party, details(account)).await).await
}

/// An owner of the studio, with an account.
async fn owner(world: &World, shop: &Shop) -> Ctx {
    let id = world.ctx.env.id();
    let actor = Actor::User { user: id, memberships: vec![(shop.studio, Role::Owner)], closed: Vec::new() };
    let email: EmailAddress = format!("{id}@example.com").parse().unwrap();
    let row = user::Model {
        id,
        email_key: email.account_key(),
        email,
        name: "Mira Kolb".into(),
        password_hash: "none: this account signs in by no password".into(),
        email_verified_at: None,
        created_at: world.ctx.env.now(),
    };
    row.into_active_model().insert(&world.db).await.unwrap();
    world.as_actor(actor)
}

/// Who is told of which changes of bank details, sorted.
async fn told_of_banks(world: &World) -> Vec<(PayeeBankChangeId, PayoutSide)> {
    let rows = job::Entity::find().all(&world.db).await.unwrap();
    let jobs = rows.into_iter().map(|row| serde_json::from_value::<Job>(row.payload).unwrap());
    let mut told: Vec<_> = jobs
        .filter_map(|job| match job {
            Job::MailPayeeBank { change, to } => Some((change, to)),
            _ => None,
        })
        .collect();
    told.sort_unstable();
    told
}

#[tokio::test]
async fn a_swapped_account_is_traced_to_who_swapped_it_and_told_of() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let owner = owner(world, &shop).await;
        let first = set(world, &world.ctx, &shop, "DE89 3704 0044 0532 0130 00").await.unwrap();
        world.clock.advance(Duration::days(1));
        let same = set(world, &owner, &shop, "DE89370400440532013000").await.unwrap();
        assert_eq!(same, first, "what stands is no change");
        let second = set(world, &owner, &shop, "FR1420041010050500013M02606").await.unwrap();

        let page = PageRequest::default();
        let rows = list_bank_changes(&world.db, &owner, shop.studio, Some(shop.makers[0]), page).await.unwrap().rows;
        let seen: Vec<_> =
            rows.iter().map(|row| (row.change.id, row.change.masked_account.as_str(), row.set_by.as_deref())).collect();
        let (first, second) = (first.change_id.unwrap(), second.change_id.unwrap());
        assert_eq!(seen, [(second, "FR…2606", Some("Mira Kolb")), (first, "DE…3000", None)]);
        assert_eq!(rows[0].change.set_at, world.ctx.env.now());
        let (payee, studio) = (PayoutSide::Payee, PayoutSide::Studio);
        let told = told_of_banks(world).await;
        assert_eq!(told, [(first, payee), (first, studio), (second, payee), (second, studio)], "once each");
        let letter = find_bank_letter(&world.db, second).await.unwrap().unwrap();
        let before = letter.before.as_ref().map(|before| before.masked_account.as_str());
        assert_eq!(
            (before, letter.set_by.as_deref(), letter.party_name.as_str()),
            (Some("DE…3000"), Some("Mira Kolb"), "Nova")
        );
        assert_eq!(find_bank_letter(&world.db, first).await.unwrap().unwrap().before, None);

        // Whoever pays up to a limit does not say whose account it goes to.
        let manager = world.as_actor(shop.manager());
        let theirs = set(world, &manager, &shop, "DE89 3704 0044 0532 0130 00").await;
        assert!(matches!(theirs, Err(PayoutError::Denied(_))), "{theirs:?}");
        let engineer = Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(shop.studio, Role::Engineer)],
            closed: Vec::new(),
        };
        let denied = list_bank_changes(&world.db, &world.as_actor(engineer), shop.studio, None, page).await;
        assert!(matches!(denied, Err(PayoutError::Denied(_))), "{denied:?}");
        for (statement, said) in [
            ("UPDATE payee_banks SET account = 'DE02120300000000202051'", "a row of their history"),
            ("UPDATE payee_banks SET change_id = NULL, holder = 'Eve'", "a row of their history"),
            ("UPDATE payee_bank_changes SET masked_account = 'DE…3000'", "append-only"),
            ("DELETE FROM payee_bank_changes", "append-only"),
        ] {
            let error = world.db.execute_unprepared(statement).await.unwrap_err();
            assert!(error.to_string().contains(said), "{statement}: {error}");
        }
        // A row of the history that tells of another holder, or was told before, does not do.
        world.clock.advance(Duration::milliseconds(1));
        let of_nova = payee_bank_change::Model { id: world.ctx.env.id(), ..rows[0].change.clone() };
        of_nova.into_active_model().insert(&world.db).await.unwrap();
        for (swapped, order) in [("holder = 'Eve'", "DESC"), ("account = 'DE89370400440532013000'", "ASC")] {
            let told = format!("(SELECT id FROM payee_bank_changes ORDER BY id {order} LIMIT 1)");
            let swap = format!("UPDATE payee_banks SET {swapped}, change_id = {told}");
            let error = world.db.execute_unprepared(&swap).await.unwrap_err();
            assert!(error.to_string().contains("a row of their history"), "{swap}: {error}");
        }
        // Merged into another, they have the same history.
        let twin = enter_party(world, &shop, person("Nova", None)).await.id;
        done(world, async |tx| merge_parties(tx, &world.ctx, shop.makers[0], twin).await).await.unwrap();
        let of_twin = list_bank_changes(&world.db, &owner, shop.studio, Some(twin), page).await.unwrap().rows;
        assert_eq!(of_twin.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_short_number_is_not_shown_by_half() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ach = |account: &str| BankDetails {
            scheme: BankScheme::Ach,
            holder: "Nova".into(),
            account: account.into(),
            bank: Some("021000021".into()),
            savings: false,
        };
        let party: PartyId = shop.makers[0];
        let mut masked = Vec::new();
        for account in ["1", "12345", "123456789"] {
            let details = ach(account);
            // A later change has a later id.
            world.clock.advance(Duration::milliseconds(1));
            let set = alone(world, async |tx| set_payee_bank(tx, &world.ctx, shop.studio, party, details).await).await;
            let id = set.unwrap().change_id.unwrap();
            masked
                .push(payee_bank_change::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap().masked_account);
        }
        assert_eq!(masked, ["…", "…45", "…6789"]);
    })
    .await;
}

/// A studio with two payees whose bank details were set before there was a history.
fn before(postgres: bool) -> String {
    let id = |n: u32| {
        let digits = format!("01935a8e7b4c7def81234567000{n:05}");
        if postgres { format!("'{digits}'") } else { format!("x'{digits}'") }
    };
    let no = if postgres { "FALSE" } else { "0" };
    let at = "2026-11-02T00:00:00+00:00";
    let payee = |n: u32, scheme: &str, account: &str, bank: &str| {
        format!(
            "INSERT INTO parties (id, studio_id, kind, name, created_at) VALUES ({party}, {studio}, 'person', 'P{n}', '{at}');
             INSERT INTO payee_banks (party_id, studio_id, scheme, holder, account, bank, savings, set_at)
             VALUES ({party}, {studio}, '{scheme}', 'P{n}', '{account}', {bank}, {no}, '{at}');",
            party = id(n),
            studio = id(1),
        )
    };
    format!(
        "INSERT INTO studios (id, slug, name, currency, contact_email, governing_law, created_at)
         VALUES ({}, 'nova', 'Nova', 'EUR', 'a@example.com', 'E', '{at}'); {} {}",
        id(1),
        payee(10, "sepa", "DE89370400440532013000", "NULL"),
        payee(11, "ach", "12345", "'021000021'"),
    )
}

#[tokio::test]
async fn what_was_set_before_is_the_first_row_of_the_history() {
    for database in migrations::testing::databases_before("m20261201_b_payee_banks").await {
        let db = store::connect(&database.url, 4).await.unwrap();
        db.execute_unprepared(&before(store::is_postgres(&db))).await.unwrap();
        Migrator::up(&db, None).await.unwrap();
        let changes =
            payee_bank_change::Entity::find().order_by_asc(payee_bank_change::Column::Id).all(&db).await.unwrap();
        let masked: Vec<_> = changes.iter().map(|row| row.masked_account.as_str()).collect();
        assert_eq!(masked, ["DE…3000", "…45"]);
        let banks = payee_bank::Entity::find().order_by_asc(payee_bank::Column::PartyId).all(&db).await.unwrap();
        for (bank, change) in banks.iter().zip(&changes) {
            assert_eq!((bank.change_id, bank.party_id, bank.set_at), (Some(change.id), change.party_id, change.set_at));
        }
        database.drop(db).await;
    }
}
