//! Signatures on paper that the studio records, and records that are to come on paper.

use chrono::{Duration, NaiveDate};
use domain::{
    actor::{Actor, Ctx},
    agreements::{
        AgreementError,
        commands::{self, PaperSignature},
        document::{Mark, PaperMark},
        entity::{AgreementNotice, AgreementState, EvidenceKind, SignerState, SigningOrder, agreement},
        evidence::sentence,
        queries,
        rules::{Fault, WITHDRAWAL_AGAIN_AFTER, WITHDRAWAL_LIFE},
    },
    catalog::Sha256,
    identity::entity::studio,
    ids::{AgreementId, SignerId},
    links::{LinkError, Purpose},
    outbox::{Job, entity::job},
    report::Explain,
    splits,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use serde_json::json;

use super::table::{FOUR, Table, address, device, sheet};
use crate::support::on_each_database;

impl Table {
    async fn wants_paper(&self, ctx: &Ctx) {
        let why = Some("by hand, please");
        self.run(async |tx| commands::withdraw(tx, ctx, why, &device()).await).await.unwrap();
    }

    /// The first party's signature, on the day that the clock shows.
    async fn on_paper(&self, id: AgreementId) -> PaperSignature {
        PaperSignature {
            signer: self.signer(id, 0).await.id,
            version: self.row(id).await.version,
            signed_on: self.services.env.now().date_naive(),
            scan_sha256: Some(Sha256::of(b"scan")),
            note: Some("came by post".to_owned()),
        }
    }

    async fn record(&self, id: AgreementId, paper: &PaperSignature) -> Result<agreement::Model, AgreementError> {
        self.run(async |tx| commands::record_paper_signature(tx, &self.manager, id, paper).await).await
    }

    /// What the lasting link of a party can do.
    async fn ask_withdrawal(&self, id: AgreementId, party: usize) -> Result<(), AgreementError> {
        let (links, nobody) = (&self.services.links, self.services.ctx(Actor::Anonymous));
        let token = links.token(Purpose::Agreement, self.signer(id, party).await.id, None);
        let forged = self.run(async |tx| commands::withdraw_consent(tx, &nobody, links, &token, &device()).await).await;
        assert!(matches!(forged, Err(AgreementError::Link(LinkError::Forged))));
        self.run(async |tx| commands::ask_withdrawal(tx, &nobody, links, &token, &device()).await).await
    }

    /// Withdraws by the link that is mailed for this.
    async fn withdraw_consent(&self, id: AgreementId, party: usize) -> Result<SignerId, AgreementError> {
        let (links, nobody) = (&self.services.links, self.services.ctx(Actor::Anonymous));
        let until = self.services.env.now() + WITHDRAWAL_LIFE;
        let token = links.token(Purpose::WithdrawConsent, self.signer(id, party).await.id, Some(until));
        self.run(async |tx| commands::withdraw_consent(tx, &nobody, links, &token, &device()).await).await
    }

    /// An executed agreement between two whose term ends on a day.
    async fn ending(&self, on: NaiveDate) -> AgreementId {
        let mut document = sheet(None, &[500_000; 2]);
        document["general"]["term"] = json!({ "ends_on": on });
        let id = self.draft(&document, SigningOrder::Parallel).await.id;
        self.send(id).await.unwrap();
        self.signs(id, 0).await;
        self.signs(id, 1).await;
        id
    }

    /// The names of those whom the studio is to tell something on paper.
    async fn to_tell_on_paper(&self, id: AgreementId, notice: AgreementNotice) -> Vec<String> {
        let mail = queries::find_agreement_mail(&self.services.db, id, None, notice, None).await;
        mail.unwrap().unwrap().on_paper
    }

    /// Remembers the sealed file.
    async fn seal(&self, id: AgreementId) {
        let (file, ctx) = (self.sealed_file().await, self.services.ctx(Actor::System));
        self.record_sealed(&ctx, id, &file, false).await.unwrap();
    }

    /// Who is told something of an agreement: the places of signers, none for the studio.
    async fn told(&self, id: AgreementId, notice: AgreementNotice) -> Vec<Option<i32>> {
        let signers = queries::signers_of(&self.services.db, id).await.unwrap();
        let mut told = Vec::new();
        for row in job::Entity::find().all(&self.services.db).await.unwrap() {
            match serde_json::from_value(row.payload).unwrap() {
                Job::MailAgreement { agreement, signer, what, .. } if agreement == id && what == notice => {
                    let place = |id| signers.iter().find(|row| row.id == id).unwrap().party_index;
                    told.push(signer.map(place));
                }
                _ => {}
            }
        }
        told.sort_unstable();
        told
    }
}

#[tokio::test]
async fn a_signature_on_paper_is_recorded_by_the_studio_and_executes_like_any() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await.id;
        table.send(id).await.unwrap();
        let first = table.come_in(id, 0).await;
        let paper = table.on_paper(id).await;
        let early = table.record(id, &paper).await.unwrap_err();
        assert!(matches!(early, AgreementError::Fault(Fault::NotOnPaper)), "{early}");
        table.wants_paper(&first).await;

        let stale = PaperSignature { version: 2, ..paper.clone() };
        assert!(matches!(table.record(id, &stale).await, Err(AgreementError::Changed { current: 1 })));
        for days in [-2, 2] {
            let other = PaperSignature { signed_on: paper.signed_on + Duration::days(days), ..paper.clone() };
            assert_eq!(table.record(id, &other).await.unwrap_err().explain().code, "BAD_DAY");
        }
        let foreign = table.sent(SigningOrder::Parallel).await;
        let theirs = PaperSignature { signer: table.signer(foreign, 0).await.id, ..paper.clone() };
        assert!(matches!(table.record(id, &theirs).await, Err(AgreementError::Fault(Fault::NotASigner))));

        assert_eq!(table.record(id, &paper).await.unwrap().state, AgreementState::PartlySigned);
        assert!(matches!(table.record(id, &paper).await, Err(AgreementError::Fault(Fault::AlreadySigned))));
        // What stands on paper rests on no consent to electronic records, and is not withdrawn with it.
        let again = table.run(async |tx| commands::withdraw(tx, &first, None, &device()).await).await;
        assert!(matches!(again, Err(AgreementError::Fault(Fault::AlreadySigned))));
        let row = table.signer(id, 0).await;
        let on: NaiveDate = paper.signed_on;
        assert_eq!((row.state, row.paper().map(|paper| paper.signed_on)), (SignerState::Signed, Some(on)));
        assert_eq!((row.consent_version, row.shown_sha256, row.ip), (None, None, None));
        let rows = queries::evidence_of(&world.db, id).await.unwrap();
        let entry = rows.iter().find(|row| row.kind == EvidenceKind::SignedOnPaper).unwrap();
        assert_eq!(sentence(entry), "signed version 1 on paper on 23 November 2026, as Mona recorded");
        assert!(entry.event.contains(&table.manager.actor.user().unwrap().to_string()));
        assert!(entry.event.contains(Sha256::of(b"scan").as_str()) && entry.event.contains("came by post"));
        // Whose signature it is said to be is told who said so.
        assert_eq!(table.told(id, AgreementNotice::PaperRecorded).await, [Some(0)]);
        let mail = queries::find_agreement_mail(&world.db, id, Some(row.id), AgreementNotice::PaperRecorded, None)
            .await
            .unwrap()
            .unwrap();
        let recorded = mail.recorded.unwrap();
        assert_eq!((recorded.recorded_by.as_str(), recorded.version), ("Mona", 1));
        assert_eq!(recorded.signed_on, "23 November 2026");

        assert_eq!(table.signs(id, 1).await.state, AgreementState::Executed);
        table.assert_chain_holds(id).await;
        assert_eq!(table.jobs().await["seal_agreement"], 1);
        let executed = queries::find_execution(&world.db, "http://shop.test", id).await.unwrap().unwrap();
        let made = &executed.execution.signatures[0];
        let mark = PaperMark { signed_on: on, scan_sha256: Some(Sha256::of(b"scan")) };
        assert_eq!((&made.mark, &made.consent_version), (&Mark::Paper(mark), &None));
        let rule = splits::rule_at(&world.db, table.work, world.ctx.env.now()).await.unwrap().unwrap();
        assert_eq!(rule.version.agreement_id, id);
    })
    .await;
}

#[tokio::test]
async fn the_last_signature_may_be_on_paper_and_none_comes_too_late() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let sent = async || {
            let id = table.draft(&sheet(None, &[500_000; 2]), SigningOrder::Parallel).await.id;
            table.run(async |tx| commands::send_agreement(tx, &table.manager, id, 1, Some(1)).await).await.unwrap();
            table.signs(id, 1).await;
            table.wants_paper(&table.come_in(id, 0).await).await;
            id
        };
        let (executed, late) = (sent().await, sent().await);
        let paper = table.on_paper(executed).await;
        assert_eq!(table.record(executed, &paper).await.unwrap().state, AgreementState::Executed);
        assert!(matches!(table.record(executed, &paper).await, Err(AgreementError::Fault(Fault::Final(_)))));
        assert!(matches!(table.withdraw_consent(executed, 0).await, Err(AgreementError::NoRecords)));

        world.clock.advance(Duration::days(1));
        let paper = table.on_paper(late).await;
        assert!(matches!(table.record(late, &paper).await, Err(AgreementError::Over(AgreementState::Expired))));
    })
    .await;
}

#[tokio::test]
async fn who_signs_at_the_studios_own_address_is_mailed_the_executed_copy_once() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let own = Set(address(0).parse().unwrap());
        let studio = studio::ActiveModel { id: Set(table.studio), contact_email: own, ..Default::default() };
        studio.update(&world.db).await.unwrap();
        let id = table.draft(&sheet(None, &[500_000; 2]), SigningOrder::Parallel).await.id;
        table.send(id).await.unwrap();
        table.signs(id, 0).await;
        table.signs(id, 1).await;
        table.seal(id).await;
        assert_eq!(table.told(id, AgreementNotice::Executed).await, [Some(0), Some(1)]);
    })
    .await;
}

#[tokio::test]
async fn who_has_chosen_paper_is_mailed_the_executed_copy_and_nothing_else() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        // One signs on paper, the other withdraws the consent before the file is sealed.
        let soon = (world.ctx.env.now() + Duration::days(9)).date_naive();
        let mut document = sheet(None, &[500_000; 2]);
        document["general"]["term"] = json!({ "ends_on": soon });
        let id = table.draft(&document, SigningOrder::Parallel).await.id;
        table.send(id).await.unwrap();
        table.wants_paper(&table.come_in(id, 0).await).await;
        let paper = table.on_paper(id).await;
        table.record(id, &paper).await.unwrap();
        table.signs(id, 1).await;
        table.withdraw_consent(id, 1).await.unwrap();
        table.seal(id).await;
        assert_eq!(table.told(id, AgreementNotice::Executed).await, [None, Some(0), Some(1)]);
        assert!(table.to_tell_on_paper(id, AgreementNotice::Executed).await.is_empty());
        assert_eq!(commands::tend(&table.services).await.unwrap().announced, 1);
        assert_eq!(table.told(id, AgreementNotice::TermEnds).await, [None]);
        assert_eq!(table.to_tell_on_paper(id, AgreementNotice::TermEnds).await, [FOUR[0], FOUR[1]]);

        // Taken back, of which the studio knows: it is mailed only whom to tell on paper.
        for paper in [false, true] {
            let id = table.draft(&sheet(None, &[500_000; 2]), SigningOrder::Parallel).await.id;
            table.send(id).await.unwrap();
            if paper {
                table.wants_paper(&table.come_in(id, 0).await).await;
            }
            table.run(async |tx| commands::void_agreement(tx, &table.manager, id, "a mistake").await).await.unwrap();
            let told = if paper { [None, Some(1)] } else { [Some(0), Some(1)] };
            assert_eq!(table.told(id, AgreementNotice::Voided).await, told);
            let names = table.to_tell_on_paper(id, AgreementNotice::Voided).await;
            assert_eq!(names, &FOUR[..usize::from(paper)]);
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_is_shown_an_executed_agreement_can_do_no_more_than_have_its_signer_mailed() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await.id;
        table.send(id).await.unwrap();
        table.signs(id, 0).await;
        let early = table.ask_withdrawal(id, 0).await;
        assert!(matches!(early, Err(AgreementError::NotExecuted(AgreementState::PartlySigned))));
        table.signs(id, 1).await;
        let links = &table.services.links;
        let signer = table.signer(id, 0).await;
        let mail = async || {
            let found =
                queries::find_agreement_mail(&world.db, id, Some(signer.id), AgreementNotice::WithdrawalAsked, None)
                    .await;
            found.unwrap().unwrap().withdraw_url("", links)
        };
        assert_eq!(mail().await, None);
        for _ in 0..3 {
            table.ask_withdrawal(id, 0).await.unwrap();
        }
        assert_eq!(table.told(id, AgreementNotice::WithdrawalAsked).await, [Some(0)], "one a day");
        world.clock.advance(WITHDRAWAL_AGAIN_AFTER);
        table.ask_withdrawal(id, 0).await.unwrap();
        assert_eq!(table.told(id, AgreementNotice::WithdrawalAsked).await, [Some(0), Some(0)]);
        assert!(!table.kinds(id).await.contains(&EvidenceKind::ConsentWithdrawn));
        let rows = queries::evidence_of(&world.db, id).await.unwrap();
        let said =
            format!("was to be mailed, at {}, a link to withdraw the consent to electronic records", signer.email);
        assert_eq!(sentence(rows.last().unwrap()), said);

        // The link withdraws as long as it holds, and then is asked for anew.
        let url = mail().await.unwrap();
        let token = url.strip_prefix("/agreement/").and_then(|rest| rest.strip_suffix("/consent/confirm")).unwrap();
        let found = queries::find_withdrawing(&world.db, links, token, world.ctx.env.now()).await.unwrap();
        assert_eq!((found.0.id, found.1.id), (id, signer.id));
        let late = world.ctx.env.now() + WITHDRAWAL_LIFE;
        let expired = queries::find_withdrawing(&world.db, links, token, late).await;
        assert!(matches!(expired, Err(AgreementError::LinkExpired)));
        let nobody = table.services.ctx(Actor::Anonymous);
        let withdrawn =
            table.run(async |tx| commands::withdraw_consent(tx, &nobody, links, token, &device()).await).await;
        assert_eq!(withdrawn.unwrap(), signer.id);
        assert_eq!(mail().await, None);
        world.clock.advance(WITHDRAWAL_AGAIN_AFTER);
        table.ask_withdrawal(id, 0).await.unwrap();
        assert_eq!(table.told(id, AgreementNotice::WithdrawalAsked).await, [Some(0), Some(0)]);
        table.assert_chain_holds(id).await;
    })
    .await;
}

#[tokio::test]
async fn who_withdraws_the_consent_afterwards_has_signed_and_is_mailed_nothing_more() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await.id;
        table.send(id).await.unwrap();
        table.signs(id, 0).await;
        let early = table.withdraw_consent(id, 0).await;
        assert!(matches!(early, Err(AgreementError::NotExecuted(AgreementState::PartlySigned))));
        table.signs(id, 1).await;
        for _ in 0..2 {
            table.withdraw_consent(id, 0).await.unwrap();
        }
        assert_eq!(table.row(id).await.state, AgreementState::Executed);
        assert_eq!(table.states(id).await, [SignerState::Signed; 2]);
        let count = table.kinds(id).await.into_iter().filter(|kind| *kind == EvidenceKind::ConsentWithdrawn).count();
        assert_eq!(count, 1);
        assert_eq!(table.told(id, AgreementNotice::ConsentWithdrawn).await, [None]);

        // Of the end of the term the studio hears, and the other; this one the studio tells on paper.
        let soon = (world.ctx.env.now() + Duration::days(9)).date_naive();
        let other = table.ending(soon).await;
        table.withdraw_consent(other, 1).await.unwrap();
        assert_eq!(commands::tend(&table.services).await.unwrap().announced, 1);
        assert_eq!(table.told(other, AgreementNotice::TermEnds).await, [None, Some(0)]);
        table.assert_chain_holds(id).await;
        table.assert_chain_holds(other).await;
    })
    .await;
}
