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
        rules::Fault,
    },
    catalog::Sha256,
    ids::AgreementId,
    outbox::{Job, entity::job},
    report::Explain,
    splits,
};
use sea_orm::EntityTrait;
use serde_json::json;

use super::table::{Table, device, sheet};
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

    async fn withdraw_consent(&self, id: AgreementId, party: usize) -> Result<(), AgreementError> {
        let (links, nobody) = (&self.services.links, self.services.ctx(Actor::Anonymous));
        let url = queries::agreement_url("", links, self.signer(id, party).await.id);
        let token = url.trim_start_matches("/agreement/");
        self.run(async |tx| commands::withdraw_consent(tx, &nobody, links, token, &device()).await).await
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
