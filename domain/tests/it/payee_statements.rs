//! Payees are told what a run came to, and nothing else, once, and a year adds it up.

mod directions;
mod paying;

use chrono::Duration;
use domain::{
    actor::{Actor, Role},
    catalog::{Sha256, entity::recording},
    ids::{PartyId, PayeeStatementId, RecordingId},
    links::{LinkError, LinkKey, Purpose},
    money::Currency,
    outbox::{Job, entity::job},
    parties::{DataClass, ErasureError, erase_party, merge_parties},
    ports::Stored,
    royalties::{
        RoyaltyError,
        commands::payees::{
            Documents, answer_dispute, issue_statements, mail_statement, note_seen, open_portal, record_documents,
            revoke_portal,
        },
        entity::{ChargeKind, LineDisputeState, WaitsFor, charge, line_dispute, payee_statement, portal_link, reserve},
        queries::payees::{
            COLUMNS, LINK_DAYS, StatementView, csv_of, enter_portal, find_portal, portal_url, statement_in_portal,
            statement_view,
            testing::{Earned, NewRun, Posted, post_run},
            year_totals,
        },
        rules::Kind,
    },
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    clients::{done, enter_party, person},
    shop::Shop,
    support::{World, on_each_database},
};

fn quarter(shop: &Shop) -> NewRun {
    NewRun {
        studio: shop.studio,
        currency: Currency::EUR,
        number: 1,
        opening: None,
        from: "2026-07-01".parse().unwrap(),
        through: "2026-09-30".parse().unwrap(),
    }
}

/// The recording of a beat that the makers share.
async fn recording(shop: &Shop) -> RecordingId {
    shop.beat("Night Drive", false).await;
    recording::Entity::find().one(&shop.services.db).await.unwrap().unwrap().id
}

/// A quarter in which the one maker recoups and is paid, and the other waits for the minimum.
async fn posted(shop: &Shop) -> Posted {
    let [nova, orson] = shop.makers;
    let of = recording(shop).await;
    let nova = Earned {
        opening_minor: 500,
        held_minor: 200,
        released_minor: 50,
        costs_minor: 300,
        tax_minor: 40,
        advances_minor: 100,
        closing_minor: 1_144,
        unrecouped_minor: 900,
        due_minor: 1_144,
        activities: vec![
            (Some(of), Kind::Share, "12.600000000001".parse().unwrap()),
            (None, Kind::Borne, "-0.25".parse().unwrap()),
        ],
        ..Earned::plain(nova, None, "0".parse().unwrap(), 0)
    };
    let orson = Earned { due_minor: 0, ..Earned::plain(orson, Some(of), "4.999".parse().unwrap(), 499) };
    post_run(&shop.services.db, &shop.services.env, quarter(shop), &[nova, orson]).await.unwrap()
}

/// The statements of a run, Nova's first.
async fn issued(world: &World, shop: &Shop, posted: Posted) -> [PayeeStatementId; 2] {
    done(world, async |tx| issue_statements(tx, &world.ctx, posted.run).await).await.unwrap();
    let mut ids = Vec::new();
    for party in shop.makers {
        let of = payee_statement::Entity::find().filter(payee_statement::Column::PartyId.eq(party));
        ids.push(of.one(&world.db).await.unwrap().unwrap().id);
    }
    [ids[0], ids[1]]
}

fn documents() -> Documents {
    let stored = |content: &str| Stored { sha256: Sha256::of(content.as_bytes()), bytes: 1 };
    Documents { pdf: stored("a document"), csv: stored("a table") }
}

async fn view(world: &World, id: PayeeStatementId) -> StatementView {
    statement_view(&world.db, id).await.unwrap().unwrap()
}

/// How often a job was written.
async fn count(world: &World, is_it: impl Fn(&Job) -> bool) -> usize {
    let rows = job::Entity::find().all(&world.db).await.unwrap();
    rows.into_iter().filter(|row| is_it(&serde_json::from_value(row.payload.clone()).unwrap())).count()
}

async fn portal(world: &World, party: PartyId) -> portal_link::Model {
    done(world, async |tx| open_portal(tx, &world.ctx, party).await).await.unwrap()
}

#[tokio::test]
async fn each_payee_is_told_once_however_often_it_is_begun() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let posted = posted(&shop).await;
        let first = done(world, async |tx| issue_statements(tx, &world.ctx, posted.run).await).await.unwrap();
        let again = done(world, async |tx| issue_statements(tx, &world.ctx, posted.run).await).await.unwrap();
        assert_eq!((first.len(), &again), (2, &first), "what has no documents is still to be made");
        for _ in 0..2 {
            for id in &first {
                done(world, async |tx| record_documents(tx, &world.ctx, *id, documents()).await).await.unwrap();
            }
        }
        assert_eq!(count(world, |job| matches!(job, Job::MailRoyalties { .. })).await, 2);
        let left = done(world, async |tx| issue_statements(tx, &world.ctx, posted.run).await).await.unwrap();
        assert!(left.is_empty(), "all is made");
        done(world, async |tx| mail_statement(tx, &world.ctx, first[0]).await).await.unwrap();
        assert_eq!(count(world, |job| *job == Job::MailRoyalties { statement: first[0] }).await, 2);
        assert_eq!(payee_statement::Entity::find().all(&world.db).await.unwrap().len(), 2);
        assert!(world.db.execute_unprepared("DELETE FROM payee_statements").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_statement_is_its_run_cent_by_cent_and_its_table_says_the_same() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let posted = posted(&shop).await;
        let [of_nova, of_orson] = issued(world, &shop, posted).await;
        let env = &world.ctx.env;
        let held = reserve::Model {
            run_id: posted.run,
            position: 0,
            studio_id: shop.studio,
            release_on: "2027-03-31".parse().unwrap(),
            party_id: Some(shop.makers[0]),
            account_group: Some("shares".into()),
            recording_id: None,
            work_id: None,
            rule: "contract:ana".into(),
            rule_number: 1,
            amount_minor: 200,
        };
        held.into_active_model().insert(&world.db).await.unwrap();
        let advance = charge::Model {
            id: env.id(),
            studio_id: shop.studio,
            kind: ChargeKind::Advance,
            on_date: "2026-07-03".parse().unwrap(),
            amount_minor: 1_000,
            currency: Currency::EUR,
            recording_id: None,
            work_id: None,
            release: None,
            party_id: Some(shop.makers[0]),
            account_group: Some("shares".into()),
            included_party_id: None,
            included_group: None,
            payout_id: None,
            reverses_id: None,
            note: "=second, \"single\"".into(),
            request_key: None,
            journal_id: None,
            recorded_at: env.now(),
            recorded_by: None,
            run_id: Some(posted.run),
        };
        advance.into_active_model().insert(&world.db).await.unwrap();
        let nova = view(world, of_nova).await;
        let [account] = &nova.accounts[..] else { panic!("{nova:?}") };
        assert_eq!((account.account.opening_minor, account.account.closing_minor), (500, 1_144));
        // 12.35 less 2.00 and with 0.50 is 10.85, less what is below a cent.
        assert_eq!((account.paid_minor().unwrap(), account.earned_minor().unwrap()), (0, 1_084));
        assert_eq!(account.adjusted(Currency::EUR).unwrap().to_string(), "-0.010000000001");
        assert_eq!((account.activities.len(), account.charges.len(), account.reserves.len()), (2, 1, 1));
        assert_eq!(nova.titles.values().collect::<Vec<_>>(), ["Night Drive"]);
        let orson = view(world, of_orson).await;
        assert_eq!((orson.payee.due_minor, orson.payee.waits_for), (0, Some(WaitsFor::Minimum)));

        let table = csv_of(&nova).unwrap();
        let mut lines = table.split("\r\n");
        assert_eq!(lines.next(), Some(COLUMNS.join(",").as_str()));
        let of = |entry: &str| {
            let found = table.split("\r\n").filter(|line| line.contains(&format!(",{entry},")));
            found.map(str::to_owned).collect::<Vec<_>>()
        };
        let reference = &nova.statement.reference;
        assert!(reference.starts_with("RS-"), "{reference}");
        let begin = format!("{reference},2026-07-01,2026-09-30,shares");
        assert_eq!(of("opening"), [format!("{begin},opening,,,,,5.00,EUR,")]);
        let subject = nova.titles.keys().next().unwrap();
        assert_eq!(of("share"), [format!("{begin},share,,{subject},Night Drive,1,12.600000000001,EUR,")]);
        assert_eq!(of("borne"), [format!("{begin},borne,,,,1,-0.25,EUR,")]);
        assert_eq!(of("adjusted"), [format!("{begin},adjusted,,,,,-0.010000000001,EUR,")]);
        assert_eq!(of("closing"), [format!("{begin},closing,,,,,11.44,EUR,")]);
        let note = "\"'=second, \"\"single\"\"\"";
        assert_eq!(of("advance"), [format!("{begin},advance,2026-07-03,,,,10.00,EUR,{note}")]);
        assert_eq!(of("reserve"), [format!("{begin},reserve,2027-03-31,,,,2.00,EUR,")]);
        assert_eq!(of("due"), [format!("{reference},2026-07-01,2026-09-30,,due,,,,,11.44,EUR,")]);
        let others = csv_of(&orson).unwrap();
        assert!(!others.contains("12.6") && others.contains(",due,,,,,0.00,EUR,minimum\r\n"), "{others}");
    })
    .await;
}

#[tokio::test]
async fn a_link_opens_the_payees_own_statements_until_it_is_revoked() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let posted = posted(&shop).await;
        let [of_nova, of_orson] = issued(world, &shop, posted).await;
        let (key, now) = (LinkKey::new([7; 32]), world.ctx.env.now());
        let link = portal(world, shop.makers[0]).await;
        assert_eq!(portal(world, shop.makers[0]).await, link, "one stands at a time");
        let token = key.token(Purpose::Royalties, link.id, None);
        let entered = enter_portal(&world.db, &key, &token, now).await.unwrap();
        let seen = find_portal(&world.db, "stripe", &entered).await.unwrap().unwrap();
        assert_eq!(seen.statements.iter().map(|row| row.statement.id).collect::<Vec<_>>(), [of_nova]);
        assert!(statement_in_portal(&world.db, &entered, of_nova).await.unwrap().is_some());
        assert!(statement_in_portal(&world.db, &entered, of_orson).await.unwrap().is_none(), "it is another's");
        for forged in [format!("{token}0"), token.replacen("royalties", "payee", 1), String::new()] {
            let refused = enter_portal(&world.db, &key, &forged, now).await;
            assert!(matches!(refused, Err(RoyaltyError::Link(LinkError::Forged))), "{refused:?}");
        }
        for _ in 0..2 {
            done(world, async |tx| note_seen(tx, &world.ctx, of_nova).await).await.unwrap();
        }
        assert!(view(world, of_nova).await.statement.seen_at.is_some());
        let (url, until) = portal_url(&shop.services, link.id);
        assert_eq!(until, world.ctx.env.now() + Duration::days(LINK_DAYS));
        let own = (&shop.services.links, url.rsplit('/').next().unwrap());
        assert_eq!(enter_portal(&world.db, own.0, own.1, until - Duration::seconds(1)).await.unwrap(), link);
        let over = enter_portal(&world.db, own.0, own.1, until).await;
        assert!(matches!(over, Err(RoyaltyError::Link(LinkError::Expired))), "{over:?}");
        let revoke = async || done(world, async |tx| revoke_portal(tx, &world.ctx, shop.makers[0]).await).await;
        assert_eq!((revoke().await.unwrap(), revoke().await.unwrap()), (true, false));
        let refused = enter_portal(&world.db, &key, &token, now).await;
        assert!(matches!(refused, Err(RoyaltyError::PortalRevoked)), "{refused:?}");
        assert_ne!(portal(world, shop.makers[0]).await.id, link.id);
    })
    .await;
}

#[tokio::test]
async fn the_link_of_who_was_merged_leads_on_to_their_successor() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter_party(world, &shop, person("Ada", None)).await.id;
        let lovelace = enter_party(world, &shop, person("Ada Lovelace", None)).await.id;
        let earned = [
            Earned { tax_minor: 40, ..Earned::plain(ada, None, "11.24".parse().unwrap(), 1_084) },
            Earned::plain(lovelace, None, "4.99".parse().unwrap(), 499),
        ];
        let run = post_run(&world.db, &world.ctx.env, quarter(&shop), &earned).await.unwrap().run;
        let told = done(world, async |tx| issue_statements(tx, &world.ctx, run).await).await.unwrap();
        let link = portal(world, ada).await;
        done(world, async |tx| merge_parties(tx, &world.ctx, ada, lovelace).await).await.unwrap();
        let seen = find_portal(&world.db, "stripe", &link).await.unwrap().unwrap();
        assert_eq!(seen.party.id, lovelace);
        let mut both: Vec<_> = seen.statements.iter().map(|row| row.statement.id).collect();
        both.sort_unstable();
        assert_eq!(both, told);
        for id in told {
            assert!(statement_in_portal(&world.db, &link, id).await.unwrap().is_some());
        }
        let totals = year_totals(&world.db, &world.ctx, shop.studio, 2026).await.unwrap();
        let [total] = &totals[..] else { panic!("{totals:?}") };
        assert_eq!((total.party, total.earned_minor, total.tax_minor), (lovelace, 1_084 + 40 + 499, 40));

        // Both links lead to the successor, whose statements neither opens once they are revoked.
        let (key, own) = (LinkKey::new([7; 32]), portal(world, lovelace).await);
        assert!(done(world, async |tx| revoke_portal(tx, &world.ctx, lovelace).await).await.unwrap());
        for link in [link.id, own.id] {
            let refused =
                enter_portal(&world.db, &key, &key.token(Purpose::Royalties, link, None), world.ctx.env.now()).await;
            assert!(matches!(refused, Err(RoyaltyError::PortalRevoked)), "{refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_year_is_the_sum_of_its_statements() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let first = posted(&shop).await;
        let statements = issued(world, &shop, first).await;
        let [nova, orson] = shop.makers;
        let next = NewRun {
            number: 2,
            opening: Some(first.run),
            from: "2026-10-01".parse().unwrap(),
            through: "2026-12-31".parse().unwrap(),
            ..quarter(&shop)
        };
        let earned = Earned { opening_minor: 1_144, ..Earned::plain(nova, None, "7".parse().unwrap(), 1_844) };
        let second = post_run(&world.db, &world.ctx.env, next, &[earned]).await.unwrap();
        let later = NewRun {
            number: 3,
            opening: Some(second.run),
            from: "2027-01-01".parse().unwrap(),
            through: "2027-03-31".parse().unwrap(),
            ..quarter(&shop)
        };
        let earned = Earned::plain(nova, None, "1".parse().unwrap(), 100);
        post_run(&world.db, &world.ctx.env, later, &[earned]).await.unwrap();
        let mut told = 0;
        for id in statements {
            told += view(world, id).await.accounts[0].earned_minor().unwrap();
        }
        let totals = year_totals(&world.db, &world.ctx, shop.studio, 2026).await.unwrap();
        assert_eq!(totals.iter().map(|total| total.earned_minor).sum::<i64>(), told + 700);
        let of = |party: PartyId| totals.iter().find(|total| total.party == party).unwrap();
        assert_eq!((of(nova).earned_minor, of(nova).tax_minor), (1_084 + 700, 40));
        assert_eq!((of(orson).earned_minor, of(orson).tax_minor, of(orson).paid_minor), (499, 0, 0));
        let other = year_totals(&world.db, &world.ctx, shop.studio, 2025).await.unwrap();
        assert!(other.is_empty(), "{other:?}");
        let none = year_totals(&world.db, &world.ctx, shop.studio, 99_999).await;
        assert!(matches!(none, Err(RoyaltyError::Year)));
        let engineer = Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(shop.studio, Role::Engineer)],
            closed: Vec::new(),
        };
        let denied = year_totals(&world.db, &world.as_actor(engineer), shop.studio, 2026).await;
        assert!(matches!(denied, Err(RoyaltyError::Denied(_))));
    })
    .await;
}

#[tokio::test]
async fn a_dispute_is_of_the_runs_own_files_and_is_answered_once() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let posted = posted(&shop).await;
        let [of_nova, _] = issued(world, &shop, posted).await;
        let env = &world.ctx.env;
        let row = line_dispute::Model {
            id: env.id(),
            studio_id: shop.studio,
            statement_id: of_nova,
            import_id: posted.import,
            line_offset: 64,
            line_bytes: 80,
            line_number: 2,
            state: LineDisputeState::Open,
            words: "That was ten times as many.".into(),
            answer: None,
            opened_at: env.now(),
            answered_at: None,
            answered_by: None,
        };
        let dispute = row.clone().into_active_model().insert(&world.db).await.unwrap();
        let twice = line_dispute::Model { id: env.id(), ..row.clone() };
        assert!(twice.into_active_model().insert(&world.db).await.is_err(), "a line is disputed once");
        let elsewhere = line_dispute::Model { id: env.id(), import_id: env.id(), ..row };
        assert!(elsewhere.into_active_model().insert(&world.db).await.is_err(), "no file of the run");
        let answer = async |accepted, words: &'static str| {
            done(world, async |tx| answer_dispute(tx, &world.ctx, dispute.id, accepted, words).await).await
        };
        assert!(matches!(answer(true, " ").await, Err(RoyaltyError::Text { field: "answer", .. })));
        let told = answer(true, "You are right.").await.unwrap();
        assert_eq!((told.state, told.answer.as_deref()), (LineDisputeState::Accepted, Some("You are right.")));
        assert_eq!(answer(true, "You are right.").await.unwrap(), told);
        let other = answer(false, "No.").await;
        assert!(matches!(other, Err(RoyaltyError::DisputeNotNow { state: LineDisputeState::Accepted })), "{other:?}");
        assert_eq!(count(world, |job| matches!(job, Job::MailLineDispute { .. })).await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_is_erased_loses_the_link_and_keeps_what_was_accounted_for() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter_party(world, &shop, person("Ada", Some("ada@example.com"))).await.id;
        let earned = [Earned::plain(ada, None, "1".parse().unwrap(), 100)];
        let run = post_run(&world.db, &world.ctx.env, quarter(&shop), &earned).await.unwrap().run;
        done(world, async |tx| issue_statements(tx, &world.ctx, run).await).await.unwrap();
        portal(world, ada).await;
        let erased = done(world, async |tx| erase_party(tx, &world.ctx, ada, "Ada").await).await.unwrap();
        let of =
            |class| erased.report.lines.iter().find(|line| line.class == class).map(|line| (line.erased, line.rows));
        assert_eq!(of(DataClass::RoyaltyPortal), Some((true, 1)));
        assert_eq!(of(DataClass::Royalties), Some((false, 2)), "a statement, and its account");
        assert_eq!(of(DataClass::Identity), Some((false, 1)), "it has to say of whom it is");
        assert!(portal_link::Entity::find().one(&world.db).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn who_waits_for_an_answer_is_not_erased() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter_party(world, &shop, person("Ada", None)).await.id;
        let earned = [Earned::plain(ada, None, "1".parse().unwrap(), 100)];
        let posted = post_run(&world.db, &world.ctx.env, quarter(&shop), &earned).await.unwrap();
        let told = done(world, async |tx| issue_statements(tx, &world.ctx, posted.run).await).await.unwrap();
        let env = &world.ctx.env;
        let row = line_dispute::Model {
            id: env.id(),
            studio_id: shop.studio,
            statement_id: told[0],
            import_id: posted.import,
            line_offset: 0,
            line_bytes: 1,
            line_number: 1,
            state: LineDisputeState::Open,
            words: "That is too little.".into(),
            answer: None,
            opened_at: env.now(),
            answered_at: None,
            answered_by: None,
        };
        let dispute = row.into_active_model().insert(&world.db).await.unwrap().id;
        let erase = async || done(world, async |tx| erase_party(tx, &world.ctx, ada, "Ada").await).await;
        let reference = view(world, told[0]).await.statement.reference;
        let refused = erase().await;
        assert!(
            matches!(&refused, Err(ErasureError::OpenDispute { reference: of }) if *of == reference),
            "{refused:?}"
        );
        done(world, async |tx| answer_dispute(tx, &world.ctx, dispute, false, "It is as it is.").await).await.unwrap();
        erase().await.unwrap();
    })
    .await;
}
