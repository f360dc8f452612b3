//! What comes round by itself, and what is kept of the sealed file.

use chrono::Duration;
use domain::{
    agreements::{
        AgreementError,
        commands::{self, NewFile, Tended},
        entity::{AgreementState, SigningOrder},
        queries,
        rules::{Fault, MAX_REMINDERS},
    },
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset},
    },
    ids::AssetId,
    policy::Denied,
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;

use super::table::{Table, sheet};
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
async fn every_revision_of_the_file_is_kept_and_all_are_mailed_with_the_first() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let draft = table.draft(&sheet(None, &[500_000; 2]), SigningOrder::Parallel).await;
        let id = draft.id;
        let asset: AssetId = world.ctx.env.id();
        let row = asset::Model {
            id: asset,
            studio_id: table.studio,
            kind: AssetKind::Contract,
            state: AssetState::Ready,
            refusal: None,
            sha256: Sha256::of(b"pdf"),
            bytes: 3,
            media_type: "application/pdf".into(),
            file_name: "agreement.pdf".into(),
            duration_ms: None,
            sample_rate_hz: None,
            channels: None,
            bits_per_sample: None,
            measurement: None,
            created_at: world.ctx.env.now(),
        };
        row.into_active_model().insert(&world.db).await.unwrap();
        let file = |bytes: &[u8], level: &str| NewFile {
            asset,
            sha256: Sha256::of(bytes),
            level: level.into(),
            waits_for: None,
            renew_before: Some(world.ctx.env.now() + Duration::days(300)),
            template_sha256: Sha256::of(b"template"),
            engine_version: "0.15.1".into(),
        };
        let record = async |ctx: &domain::actor::Ctx, new: NewFile| {
            table.run(async |tx| commands::record_file(tx, ctx, id, &new).await).await
        };
        assert!(matches!(record(&world.ctx, file(b"one", "B-B")).await, Err(AgreementError::NotExecuted(_))));
        table.send(id).await.unwrap();
        table.signs(id, 0).await;
        table.signs(id, 1).await;
        let denied = record(&table.manager, file(b"one", "B-B")).await;
        assert!(matches!(denied, Err(AgreementError::Denied(Denied::NotAllowed))));
        let first = record(&world.ctx, file(b"one", "B-B")).await.unwrap();
        assert_eq!(record(&world.ctx, file(b"one", "B-B")).await.unwrap(), first);
        assert_eq!(table.jobs().await["mail_agreement"], 3);
        let second = record(&world.ctx, file(b"two", "B-T")).await.unwrap();
        assert_eq!((first.revision, second.revision), (1, 2));
        assert_eq!(table.jobs().await["mail_agreement"], 3);
        let renew = queries::list_files_to_renew(&world.db, world.ctx.env.now() + Duration::days(400)).await.unwrap();
        assert_eq!(renew, [second]);
        // What is embedded ends with the execution, however long the chain grows.
        let executed = queries::find_execution(&world.db, "http://shop.test", id).await.unwrap().unwrap();
        assert!(executed.agreement.evidence_count > executed.execution.evidence.last().unwrap().seq);

        let signer = table.signer(id, 0).await.id;
        let url = queries::agreement_url("http://shop.test", &table.services.links, signer);
        let token = url.split_once("token=").unwrap().1;
        let (found, own, files) =
            queries::find_signed(&world.db, &table.services.links, token, world.ctx.env.now()).await.unwrap();
        assert_eq!((found.id, own.id, files.len()), (id, signer, 2));
        let facts = queries::find_public(&world.db, &found.reference).await.unwrap().unwrap();
        assert_eq!(facts.evidence_head, executed.execution.evidence_head);
        assert_eq!(queries::find_public(&world.db, "AG-00000000").await.unwrap(), None);
    })
    .await;
}
