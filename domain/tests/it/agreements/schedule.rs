//! What comes round by itself, and what is kept of the sealed file.

use chrono::Duration;
use domain::{
    actor::Ctx,
    agreements::{
        AgreementError,
        commands::{self, AgreementEdit, Tended},
        entity::{AgreementState, SigningOrder},
        evidence::sentence,
        queries::{self, LinkStanding},
        rules::{Fault, MAX_REMINDERS},
    },
    policy::Denied,
    report::Explain,
    seals, store,
};
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{
    forgery::literal,
    table::{Table, device, sheet},
};
use crate::support::on_each_database;

#[tokio::test]
async fn who_does_not_answer_is_reminded_and_in_the_end_it_expires() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        table.signs(id, 0).await;
        assert_eq!(commands::tend(&table.services).await.unwrap(), Tended::default());
        for round in 0..=MAX_REMINDERS {
            world.clock.advance(Duration::days(3) + Duration::hours(1));
            let tended = commands::tend(&table.services).await.unwrap();
            assert_eq!(tended.reminded, if round < MAX_REMINDERS { 3 } else { 0 });
            assert_eq!(commands::tend(&table.services).await.unwrap().reminded, 0, "twice at once");
        }
        let by_hand = table.run(async |tx| commands::remind_signers(tx, &table.manager, id).await).await.unwrap();
        assert_eq!(by_hand, 3);
        world.clock.advance(Duration::days(30));
        assert_eq!(commands::tend(&table.services).await.unwrap(), Tended { expired: 1, ..Tended::default() });
        assert_eq!(table.row(id).await.state, AgreementState::Expired);
        assert_eq!(commands::tend(&table.services).await.unwrap(), Tended::default());
        let remind = table.run(async |tx| commands::remind_signers(tx, &table.manager, id).await).await;
        assert!(matches!(remind, Err(AgreementError::Fault(Fault::Final(AgreementState::Expired)))));
        table.assert_chain_holds(id).await;
    })
    .await;
}

#[tokio::test]
async fn an_agreement_whose_evidence_is_broken_keeps_the_schedule_from_no_other() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let broken = table.sent(SigningOrder::Parallel).await;
        world.clock.advance(Duration::hours(1));
        let whole = table.sent(SigningOrder::Parallel).await;
        // Cut off at its end, so that no further entry follows from the last.
        let may_delete = if store::is_postgres(&world.db) {
            "ALTER TABLE agreement_evidence DISABLE TRIGGER agreement_evidence_append_only"
        } else {
            "DROP TRIGGER agreement_evidence_no_DELETE"
        };
        world.db.execute_unprepared(may_delete).await.unwrap();
        let (own, count) = (literal(world, broken), table.row(broken).await.evidence_count);
        let cut = format!("DELETE FROM agreement_evidence WHERE agreement_id = {own} AND seq = {count}");
        world.db.execute_unprepared(&cut).await.unwrap();

        world.clock.advance(Duration::days(4));
        assert_eq!(commands::tend(&table.services).await.unwrap(), Tended { reminded: 4, ..Tended::default() });
        world.clock.advance(Duration::days(30));
        assert_eq!(commands::tend(&table.services).await.unwrap(), Tended { expired: 1, ..Tended::default() });
        assert_eq!(table.row(broken).await.state, AgreementState::Sent);
        assert_eq!(table.row(whole).await.state, AgreementState::Expired);
    })
    .await;
}

#[tokio::test]
async fn nobody_signs_once_the_time_is_over_however_late_the_schedule_is() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await.id;
        table.run(async |tx| commands::send_agreement(tx, &table.manager, id, 1, Some(1)).await).await.unwrap();
        let end = table.row(id).await.expires_at.unwrap();
        world.clock.advance(Duration::hours(23));
        table.signs(id, 0).await;
        let ctx = table.come_in(id, 1).await;
        let seen = table.read(id, &ctx).await;
        // One second passes with each signature.
        world.clock.advance(end - world.ctx.env.now() - Duration::seconds(1));
        let late = table.sign(&ctx, &seen).await.unwrap_err();
        assert!(matches!(late, AgreementError::Over(AgreementState::Expired)), "{late}");
        assert_eq!(late.explain().code, "AGREEMENT_OVER");
        let declined = table.run(async |tx| commands::decline(tx, &ctx, "Too late", &device()).await).await;
        assert!(matches!(declined, Err(AgreementError::Over(AgreementState::Expired))));
        assert_eq!(table.row(id).await.state, AgreementState::PartlySigned);
        assert_eq!(commands::tend(&table.services).await.unwrap().expired, 1);
        let over = table.sign(&ctx, &seen).await;
        assert!(matches!(over, Err(AgreementError::Over(AgreementState::Expired))), "{over:?}");
    })
    .await;
}

#[tokio::test]
async fn the_end_of_a_term_is_announced_once() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let mut document = sheet(None, &[500_000; 2]);
        document["general"]["term"] = json!({ "ends_on": "2027-03-01" });
        let draft = table.draft(&document, SigningOrder::Parallel).await;
        table.send(draft.id).await.unwrap();
        table.signs(draft.id, 0).await;
        table.signs(draft.id, 1).await;
        assert_eq!(commands::tend(&table.services).await.unwrap().announced, 0);
        world.clock.advance(Duration::days(70));
        assert_eq!(commands::tend(&table.services).await.unwrap().announced, 1);
        assert_eq!(commands::tend(&table.services).await.unwrap().announced, 0);
        // To both and to the studio.
        assert_eq!(table.jobs().await["mail_agreement"], 3);
    })
    .await;
}

#[tokio::test]
async fn the_sealed_file_is_remembered_once_and_all_are_mailed() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.draft(&sheet(None, &[500_000; 2]), SigningOrder::Parallel).await.id;
        let file = table.sealed_file().await;
        let record = async |ctx: &Ctx| table.record_sealed(ctx, id, &file, true).await;
        assert!(matches!(record(&world.ctx).await, Err(AgreementError::NotExecuted(_))));
        table.send(id).await.unwrap();
        table.signs(id, 0).await;
        table.signs(id, 1).await;
        assert!(matches!(record(&table.manager).await, Err(AgreementError::Denied(Denied::NotAllowed))));
        let seal = record(&world.ctx).await.unwrap();
        assert_eq!(record(&world.ctx).await.unwrap(), seal);
        // Both signers and the studio.
        assert_eq!((table.jobs().await["mail_agreement"], table.jobs().await["raise_seal"]), (3, 1));
        let found = seals::queries::find(&world.db, seal.id).await.unwrap().unwrap();
        assert_eq!((found.0.id, found.1.id), (seal.id, file.id));
        // What is embedded ends with the execution, however long the chain grows.
        let executed = queries::find_execution(&world.db, "http://shop.test", id).await.unwrap().unwrap();
        assert!(executed.agreement.evidence_count > executed.execution.evidence.last().unwrap().seq);

        let signer = table.signer(id, 0).await.id;
        let url = queries::agreement_url("http://shop.test", &table.services.links, signer);
        let token = url.rsplit_once("/agreement/").unwrap().1;
        let (mine, own) =
            queries::find_signed(&world.db, &table.services.links, token, world.ctx.env.now()).await.unwrap();
        assert_eq!((mine.id, own.id), (id, signer));
    })
    .await;
}

#[tokio::test]
async fn once_its_time_has_passed_nothing_is_signed_whether_or_not_the_schedule_came_round() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await.id;
        table.run(async |tx| commands::send_agreement(tx, &table.manager, id, 1, Some(1)).await).await.unwrap();
        world.clock.advance(Duration::hours(23));
        let first = table.come_in(id, 0).await;
        let seen = table.read(id, &first).await;
        let token = table.token(&table.link(table.signer(id, 1).await.id).await.unwrap()).await;
        assert!(queries::signer_view(&world.db, &first).await.unwrap().may_sign);
        world.clock.advance(Duration::hours(1));

        assert!(!queries::signer_view(&world.db, &first).await.unwrap().may_sign);
        assert!(matches!(table.sign(&first, &seen).await, Err(AgreementError::Over(AgreementState::Expired))));
        let decline = table.run(async |tx| commands::decline(tx, &first, "too late", &device()).await).await;
        assert!(matches!(decline, Err(AgreementError::Over(AgreementState::Expired))));
        for refused in [table.open(&token).await.map(drop), table.request(&token).await] {
            assert!(matches!(refused, Err(AgreementError::Over(AgreementState::Expired))));
        }
        let link = queries::find_link(&world.db, &table.services.links, &token, world.ctx.env.now()).await.unwrap();
        assert_eq!(link.standing, LinkStanding::Over(AgreementState::Expired));
        assert_eq!(table.row(id).await.state, AgreementState::Sent);
        assert_eq!(commands::tend(&table.services).await.unwrap().expired, 1);
    })
    .await;
}

#[tokio::test]
async fn the_studio_gives_more_time_while_there_is_some_and_does_nothing_once_it_is_over() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let same = sheet(Some(table.work), &[500_000; 2]);
        let id = table.draft(&same, SigningOrder::Parallel).await.id;
        let edit = async |ppm: [u32; 2], expires_in_days| {
            let edit = AgreementEdit {
                expected_version: 1,
                document: table.revised(id, &sheet(Some(table.work), &ppm)).await,
                signing_order: None,
                note: None,
                expires_in_days,
            };
            table.run(async |tx| commands::edit_agreement(tx, &table.manager, id, &edit).await).await
        };
        let early = edit([500_000; 2], Some(10)).await;
        assert!(matches!(early, Err(AgreementError::Fault(Fault::NotSent))), "{early:?}");
        table.run(async |tx| commands::send_agreement(tx, &table.manager, id, 1, Some(1)).await).await.unwrap();
        table.signs(id, 0).await;
        assert!(matches!(edit([500_000; 2], Some(0)).await, Err(AgreementError::Expiry)));
        assert!(matches!(edit([500_000; 2], None).await, Err(AgreementError::EditSame)));
        // More time, and nothing else: what was signed stands, and nobody is mailed.
        let mails = table.jobs().await["mail_signer"];
        let row = edit([500_000; 2], Some(10)).await.unwrap();
        assert_eq!((row.state, row.version), (AgreementState::PartlySigned, 1));
        assert_eq!(row.expires_at, Some(world.ctx.env.now() + Duration::days(10)));
        assert_eq!(table.jobs().await["mail_signer"], mails);
        let rows = queries::evidence_of(&world.db, id).await.unwrap();
        let said = sentence(rows.last().unwrap());
        assert_eq!(said, "set anew until when it can be signed: 3 December 2026, 12:00 UTC");

        world.clock.advance(Duration::days(2));
        let second = table.come_in(id, 1).await;
        let proposal = table.proposal(id, &sheet(Some(table.work), &[400_000, 600_000])).await;
        table.run(async |tx| commands::counter(tx, &second, &proposal, &device()).await).await.unwrap();
        world.clock.advance(Duration::days(8));
        let by = &table.manager;
        let accepted = table.run(async |tx| commands::accept_counter(tx, by, id, 2).await).await.map(drop);
        let refused = table.run(async |tx| commands::refuse_counter(tx, by, id, 2, None).await).await.map(drop);
        let reminded = table.run(async |tx| commands::remind_signers(tx, by, id).await).await.map(drop);
        let edited = edit([300_000, 700_000], Some(10)).await.map(drop);
        for late in [accepted, refused, reminded, edited] {
            assert!(matches!(late, Err(AgreementError::Over(AgreementState::Expired))), "{late:?}");
        }
        assert_eq!(table.row(id).await.state, AgreementState::Countered);
        assert_eq!(commands::tend(&table.services).await.unwrap().expired, 1);
        table.assert_chain_holds(id).await;
    })
    .await;
}
