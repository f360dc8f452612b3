//! Whose mails go to strangers, and how often.

use chrono::Duration;
use domain::{
    actor::{Actor, Ctx, Role, Scope},
    agreements::{
        AgreementError,
        commands::{self, AgreementEdit},
        entity::{AgreementState, EvidenceKind, SigningOrder},
    },
    identity::entity::{member, user},
    ids::{AgreementId, UserId},
    report::Explain,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

use super::table::{Table, account, device, sheet};
use crate::support::on_each_database;

#[tokio::test]
async fn who_has_not_confirmed_their_address_has_nothing_mailed_to_others() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id: UserId = world.ctx.env.id();
        account(world, id, None).await;
        let row =
            member::Model { studio_id: table.studio, user_id: id, role: Role::Owner, joined_at: world.ctx.env.now() };
        row.into_active_model().insert(&world.db).await.unwrap();
        let owner = world.as_actor(Actor::User {
            user: id,
            memberships: vec![(table.studio, Role::Owner)],
            closed: Vec::new(),
        });
        let key = world.as_actor(Actor::ApiKey {
            key: world.ctx.env.id(),
            studio: table.studio,
            scopes: [Scope::SalesWrite].into(),
        });
        let attempt = async |ctx: &Ctx, id: AgreementId| {
            table.run(async |tx| commands::send_agreement(tx, ctx, id, 1, None).await).await
        };
        let [first, second, sent] = [(); 3].map(|()| sheet(Some(table.work), &[500_000; 2]));
        let first = table.draft(&first, SigningOrder::Parallel).await.id;
        let second = table.draft(&second, SigningOrder::Parallel).await.id;
        for ctx in [&owner, &key] {
            let report = attempt(ctx, first).await.unwrap_err().explain();
            assert_eq!(report.code, "EMAIL_NOT_CONFIRMED");
            assert!(report.remedy.unwrap().contains("requestVerification"));
        }
        assert_eq!(table.row(first).await.state, AgreementState::Draft);
        assert!(!table.jobs().await.contains_key("mail_signer"));

        // Nor is what somebody else has sent used to mail more.
        let sent = table.draft(&sent, SigningOrder::Parallel).await.id;
        table.send(sent).await.unwrap();
        let edit = AgreementEdit {
            expected_version: 1,
            document: table.revised(sent, &sheet(Some(table.work), &[400_000, 600_000])).await,
            signing_order: None,
            note: None,
            expires_in_days: None,
        };
        world.clock.advance(Duration::days(2));
        let edited = table.run(async |tx| commands::edit_agreement(tx, &owner, sent, &edit).await).await;
        assert!(matches!(edited, Err(AgreementError::Unconfirmed)));
        let reminded = table.run(async |tx| commands::remind_signers(tx, &owner, sent).await).await;
        assert!(matches!(reminded, Err(AgreementError::Unconfirmed)));
        let first_signer = table.come_in(sent, 0).await;
        let proposal = table.proposal(sent, &sheet(Some(table.work), &[400_000, 600_000])).await;
        let counter = table.run(async |tx| commands::counter(tx, &first_signer, &proposal, &device()).await).await;
        let number = counter.unwrap();
        let accepted = table.run(async |tx| commands::accept_counter(tx, &owner, sent, number).await).await;
        assert!(matches!(accepted, Err(AgreementError::Unconfirmed)));
        let refused = table.run(async |tx| commands::refuse_counter(tx, &owner, sent, number, None).await).await;
        assert!(matches!(refused, Err(AgreementError::Unconfirmed)));

        let confirmed =
            user::ActiveModel { id: Set(id), email_verified_at: Set(Some(world.ctx.env.now())), ..Default::default() };
        confirmed.update(&world.db).await.unwrap();
        assert_eq!(attempt(&owner, first).await.unwrap().state, AgreementState::Sent);
        assert_eq!(attempt(&key, second).await.unwrap().state, AgreementState::Sent);
    })
    .await;
}

#[tokio::test]
async fn a_signer_is_reminded_by_hand_once_a_day_at_the_most() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let remind = async || table.run(async |tx| commands::remind_signers(tx, &table.manager, id).await).await;
        let refused = remind().await.unwrap_err();
        assert_eq!(refused.explain().code, "REMINDED_LATELY");
        assert_eq!(
            refused.to_string(),
            "Nova was mailed less than a day ago; a reminder is possible from 24 November 2026, 12:00 UTC on"
        );
        world.clock.advance(Duration::hours(23));
        // One has asked for another link meanwhile: that is a mail, too.
        table.come_in_again(id, 1).await;
        world.clock.advance(Duration::hours(1));
        assert_eq!(remind().await.unwrap(), 3, "those whom no mail has reached for a day");
        let AgreementError::RemindedLately { name, next_at } = remind().await.unwrap_err() else { panic!("mailed") };
        assert_eq!((name.as_str(), next_at), ("Orson", world.ctx.env.now() + Duration::hours(23)));
        let reminded = table.kinds(id).await.into_iter().filter(|kind| *kind == EvidenceKind::Reminded).count();
        assert_eq!(reminded, 3);
        table.assert_chain_holds(id).await;
    })
    .await;
}
