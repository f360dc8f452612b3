//! Who is asked, told and let in.

use chrono::Duration;
use domain::{
    agreements::{
        AgreementError,
        commands::{self, AgreementEdit, Delegation, Tended},
        entity::{AgreementNotice, LinkReason, SignerState, SigningOrder, link, signer},
        evidence::sentence,
        queries::{self, LinkStanding},
        rules::{Fault, MAX_REMINDERS},
    },
    ids::{AgreementId, SignerId},
    outbox::{Job, entity::job},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::Value;

use super::table::{FOUR, Table, device, sheet};
use crate::support::on_each_database;

impl Table {
    /// The link that a signer can open, and what its mail says besides.
    async fn open_link_of(&self, signer: SignerId) -> (link::Model, Option<String>) {
        let link = self.link(signer).await.unwrap();
        let mail = queries::find_link_mail(&self.services.db, link.id).await.unwrap().unwrap();
        assert!(mail.is_open(self.services.env.now()), "{link:?}");
        (link, mail.said)
    }

    async fn edited(&self, id: AgreementId, document: &Value) {
        let edit = AgreementEdit {
            expected_version: self.row(id).await.version,
            document: self.revised(id, document).await,
            signing_order: None,
            note: None,
            expires_in_days: None,
        };
        self.run(async |tx| commands::edit_agreement(tx, &self.manager, id, &edit).await).await.unwrap();
    }

    async fn hands_on(&self, ctx: &domain::actor::Ctx, name: &str, email: &str, note: Option<&str>) -> SignerId {
        let to = Delegation { name: name.into(), email: email.into(), note: note.map(String::from) };
        self.run(async |tx| commands::delegate(tx, ctx, &to, &device()).await).await.unwrap()
    }

    /// As if a signer had never been mailed.
    async fn forget_mail(&self, id: AgreementId, party: usize) {
        let row = self.signer(id, party).await.into_active_model();
        signer::ActiveModel { mailed_at: Set(None), ..row }.update(&self.services.db).await.unwrap();
    }
}

#[tokio::test]
async fn a_refused_change_leaves_nobody_unasked_and_says_what_was_said() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let (first, second) = (table.come_in(id, 0).await, table.come_in(id, 1).await);
        let proposal = table.proposal(id, &sheet(Some(table.work), &[400_000, 200_000, 200_000, 200_000])).await;
        let number = table.run(async |tx| commands::counter(tx, &first, &proposal, &device()).await).await.unwrap();
        let ivana = table.hands_on(&second, "Ivana", "ivana@example.com", Some("Look at\r\nthe credits")).await;
        assert!(table.link(ivana).await.is_none(), "nobody is asked while a change is open");

        let why = Some("The hook is yours already");
        table.run(async |tx| commands::refuse_counter(tx, &table.manager, id, number, why).await).await.unwrap();
        let mut found = Vec::new();
        for party in 0..4 {
            let (link, said) = table.open_link_of(table.signer(id, party).await.id).await;
            found.push((link.reason, said));
        }
        assert_eq!(
            found,
            [
                (LinkReason::CounterRefused, why.map(String::from)),
                (LinkReason::Delegated, Some("Look at\nthe credits".to_owned())),
                (LinkReason::Reminded, None),
                (LinkReason::Reminded, None),
            ]
        );
        // The entry names who proposed, and it was the studio that refused.
        let rows = queries::evidence_of(&world.db, id).await.unwrap();
        let refusal = rows.iter().find(|row| sentence(row).starts_with("did not take")).unwrap();
        let signers = queries::signers_of(&world.db, id).await.unwrap();
        assert_eq!(refusal.signer_id, Some(table.signer(id, 0).await.id));
        assert_eq!(domain::agreements::evidence::who(refusal, &signers, "Nova Sound"), "Nova Sound");
    })
    .await;
}

#[tokio::test]
async fn whose_turn_it_is_and_who_was_never_mailed_is_asked_by_the_schedule() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let (together, in_order) = (table.sent(SigningOrder::Parallel).await, table.sent(SigningOrder::InOrder).await);
        let due = async || queries::list_due(&world.db, world.ctx.env.now()).await.unwrap().unanswered;
        assert_eq!(due().await, [], "who comes later is not late");
        table.forget_mail(together, 2).await;
        table.forget_mail(in_order, 0).await;
        let late = due().await;
        assert!(late.len() == 2 && late.contains(&together) && late.contains(&in_order), "{late:?}");
        let asked = Tended { reminded: 2, ..Tended::default() };
        assert_eq!(commands::tend(&table.services).await.unwrap(), asked);
        for (id, party) in [(together, 2), (in_order, 0)] {
            let signer = table.signer(id, party).await;
            assert!(signer.mailed_at.is_some());
            assert_eq!(table.open_link_of(signer.id).await.0.reason, LinkReason::Invited);
        }
        assert_eq!(commands::tend(&table.services).await.unwrap(), Tended::default());
    })
    .await;
}

#[tokio::test]
async fn whose_turn_it_is_no_longer_is_not_looked_after_in_vain() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::InOrder).await;
        table.signs(id, 0).await;
        // Now the second signs first, and does not answer; the first has been silent for longer, and it is not their turn.
        let mut document = sheet(Some(table.work), &[250_000; 4]);
        document["parties"].as_array_mut().unwrap().swap(0, 1);
        table.edited(id, &document).await;
        for _ in 0..MAX_REMINDERS {
            world.clock.advance(Duration::days(4));
            assert_eq!(commands::tend(&table.services).await.unwrap().reminded, 1);
        }
        world.clock.advance(Duration::days(4));
        assert_eq!(queries::list_due(&world.db, world.ctx.env.now()).await.unwrap().unanswered, []);
    })
    .await;
}

#[tokio::test]
async fn who_is_new_is_invited_and_who_signs_no_longer_opens_nothing() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await.id;
        table.send(id).await.unwrap();
        table.edited(id, &sheet(Some(table.work), &[400_000, 300_000, 300_000])).await;
        for (party, reason) in [LinkReason::Changed, LinkReason::Changed, LinkReason::Invited].into_iter().enumerate() {
            assert_eq!(table.open_link_of(table.signer(id, party).await.id).await.0.reason, reason);
        }
        let third = table.signer(id, 2).await.id;
        let released = table.open_link_of(third).await.0;
        table.edited(id, &sheet(Some(table.work), &[500_000; 2])).await;

        // The first has a link that was not opened when it is handed on.
        let first = table.come_in(id, 0).await;
        let (one, used) = (table.signer(id, 0).await.id, table.link(table.signer(id, 0).await.id).await.unwrap());
        table.request(&table.token(&used).await).await.unwrap();
        let replaced = table.open_link_of(one).await.0;
        table.hands_on(&first, "Ivana", "ivana@example.com", None).await;
        for link in [released, replaced] {
            let mail = queries::find_link_mail(&world.db, link.id).await.unwrap().unwrap();
            assert!(mail.link.voided_at.is_some() && !mail.is_open(world.ctx.env.now()));
            let token = table.token(&link).await;
            let view = queries::find_link(&world.db, &table.services.links, &token, world.ctx.env.now()).await;
            assert_eq!(view.unwrap().standing, LinkStanding::NotASigner);
            for refused in [table.open(&token).await.map(drop), table.request(&token).await] {
                assert!(matches!(refused, Err(AgreementError::Fault(Fault::NotASigner))));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn each_notice_names_the_signer_whose_doing_it_is() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let (first, second) = (table.come_in(id, 0).await, table.come_in(id, 1).await);
        table.hands_on(&first, "Ivana", "ivana@example.com", None).await;
        table.hands_on(&second, "Jo", "jo@example.com", None).await;
        let third = table.come_in(id, 2).await;
        table.run(async |tx| commands::withdraw(tx, &third, None, &device()).await).await.unwrap();

        let mut told = Vec::new();
        for row in job::Entity::find().all(&world.db).await.unwrap() {
            if let Job::MailAgreement { agreement, signer, what, by } = serde_json::from_value(row.payload).unwrap() {
                let mail = queries::find_agreement_mail(&world.db, agreement, signer, what, by).await.unwrap().unwrap();
                let name = |row: Option<signer::Model>| row.map_or_else(String::new, |row| row.name);
                told.push((what, name(mail.by), name(mail.successor)));
            }
        }
        told.sort();
        let expected = [
            (AgreementNotice::Delegated, FOUR[0], "Ivana"),
            (AgreementNotice::Delegated, FOUR[1], "Jo"),
            (AgreementNotice::PaperWanted, FOUR[2], ""),
        ];
        assert_eq!(told, expected.map(|(what, by, successor)| (what, by.to_owned(), successor.to_owned())));
        assert_eq!(table.signer(id, 2).await.state, SignerState::Paper);
    })
    .await;
}
