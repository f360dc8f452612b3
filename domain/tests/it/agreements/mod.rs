//! Agreements from draft to execution: four who sign, one who counters, one who hands it on, and all who come too late.

mod changes;
mod clauses;
mod door;
mod forgery;
mod paper;
mod people;
mod quotes;
mod rule;
mod schedule;
mod sending;
mod table;
mod turns;
mod words;

use domain::{
    actor::{Actor, Role},
    agreements::{
        AgreementError, Prepared,
        commands::{self, AgreementEdit, CONSENT_VERSION, CounterProposal, Delegation, NewAgreement, Seen},
        entity::{AgreementState, EvidenceKind, SignerState, SigningOrder},
        queries,
        rules::Fault,
        testing::PlainDocuments,
    },
    catalog::Sha256,
    identity::{entity::studio, rules::DEFAULT_GOVERNING_LAW},
    ids::StudioId,
    page::PageRequest,
    parties,
    policy::Denied,
    report::Explain,
    splits,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::json;
use table::{FOUR, Table, address, device, sheet};

use crate::support::on_each_database;

use AgreementState::{Countered, Declined, Executed, PartlySigned, Sent, Voided};
use SignerState::{Paper, Signed, Waiting};

#[tokio::test]
async fn four_sign_one_counters_and_the_shares_become_the_rule() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        assert_eq!(table.jobs().await["mail_signer"], 4);
        assert_eq!(table.signs(id, 0).await.state, PartlySigned);
        assert_eq!(table.signs(id, 1).await.state, PartlySigned);

        // The third wants more, at the fourth's cost.
        let third = table.come_in(id, 2).await;
        table.read(id, &third).await;
        let proposed = sheet(Some(table.work), &[250_000, 250_000, 300_000, 200_000]);
        let proposal = table.proposal(id, &proposed).await;
        let number = table.run(async |tx| commands::counter(tx, &third, &proposal, &device()).await).await.unwrap();
        assert_eq!((number, table.row(id).await.state), (2, Countered));
        let fourth = table.come_in(id, 3).await;
        let seen = table.read(id, &fourth).await;
        assert!(matches!(table.sign(&fourth, &seen).await, Err(AgreementError::Fault(Fault::CounterOpen))));

        let row = table.run(async |tx| commands::accept_counter(tx, &table.manager, id, number).await).await.unwrap();
        assert_eq!((row.state, row.version), (PartlySigned, 2));
        // Those whose rows read as before stand; the others read again.
        assert_eq!(table.states(id).await, [Signed, Signed, Waiting, Waiting]);
        assert!(matches!(table.sign(&fourth, &seen).await, Err(AgreementError::Changed { current: 2 })));
        let seen = table.read(id, &fourth).await;
        assert_eq!(table.sign(&fourth, &seen).await.unwrap().state, PartlySigned);
        let last = table.signs(id, 2).await;
        assert_eq!(last.state, Executed);
        table.assert_chain_holds(id).await;
        assert_eq!(table.jobs().await["seal_agreement"], 1);

        // Nothing is typed twice: the shares are the rule, by the parties' rows in the books.
        let rule = splits::rule_at(&world.db, table.work, world.ctx.env.now()).await.unwrap().unwrap();
        assert_eq!(
            (rule.version.agreement_id, &rule.version.document_sha256),
            (id, &table.current(id).await.text_sha256)
        );
        let ppm: Vec<u32> = rule.master.iter().map(|(_, share)| share.ppm()).collect();
        assert_eq!(ppm, [250_000, 250_000, 300_000, 200_000]);
        let ids: Vec<_> = rule.master.iter().map(|(party, _)| *party).collect();
        let booked = parties::find_parties_by_ids(&world.db, &ids).await.unwrap();
        for (id, name) in ids.iter().zip(FOUR) {
            assert_eq!(booked[id].name, name);
        }

        let executed = queries::find_execution(&world.db, "http://shop.test", id).await.unwrap().unwrap();
        let versions: Vec<_> = executed.execution.signatures.iter().map(|made| (made.party, made.version)).collect();
        assert_eq!(versions, [(0, 1), (1, 1), (3, 2), (2, 2)]);
        assert!(executed.execution.evidence_json.contains(executed.execution.evidence_head.as_str()));
        let last = executed.execution.evidence.last().unwrap();
        assert_eq!(last.what, "recorded that all have signed: the agreement is executed in version 2");
        assert!(executed.document.contains(&executed.agreement.reference), "the number is part of what was signed");
        let kinds = table.kinds(id).await;
        for kind in [EvidenceKind::CodeEntered, EvidenceKind::Shown, EvidenceKind::Consented, EvidenceKind::Countered] {
            assert!(kinds.contains(&kind), "{kind}");
        }
    })
    .await;
}

#[tokio::test]
async fn two_browsers_of_one_signer_sign_once() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let draft = table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await;
        table.send(draft.id).await.unwrap();
        let (id, first) = (draft.id, table.come_in(draft.id, 0).await);
        let second = table.come_in_again(id, 0).await;
        let (seen, _) = (table.read(id, &first).await, table.read(id, &second).await);
        let (one, two) = tokio::join!(table.sign(&first, &seen), table.sign(&second, &seen));
        let refused = [one, two].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        assert!(matches!(refused[..], [AgreementError::Fault(Fault::AlreadySigned)]), "{refused:?}");
        let signed = table.kinds(id).await.into_iter().filter(|kind| *kind == EvidenceKind::Signed).count();
        assert_eq!(signed, 1);
        assert_eq!(table.signs(id, 1).await.state, Executed);
        table.assert_chain_holds(id).await;
    })
    .await;
}

#[tokio::test]
async fn the_last_two_at_the_same_moment_execute_once() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        table.signs(id, 0).await;
        table.signs(id, 1).await;
        let (third, fourth) = (table.come_in(id, 2).await, table.come_in(id, 3).await);
        let (seen, _) = (table.read(id, &third).await, table.read(id, &fourth).await);
        let (one, two) = tokio::join!(table.sign(&third, &seen), table.sign(&fourth, &seen));
        let mut states = [one.unwrap().state, two.unwrap().state];
        states.sort_unstable();
        assert_eq!(states, [PartlySigned, Executed]);
        assert_eq!(table.jobs().await["seal_agreement"], 1);
        table.assert_chain_holds(id).await;
    })
    .await;
}

#[tokio::test]
async fn of_two_sheets_of_a_work_at_the_same_moment_one_is_executed() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let mut last = Vec::new();
        for ppm in [[500_000; 2], [900_000, 100_000]] {
            let id = table.draft(&sheet(Some(table.work), &ppm), SigningOrder::Parallel).await.id;
            table.send(id).await.unwrap();
            table.signs(id, 0).await;
            let ctx = table.come_in(id, 1).await;
            let seen = table.read(id, &ctx).await;
            last.push((id, ctx, seen));
        }
        let [(first, one, seen_one), (second, two, seen_two)] = &last[..] else { panic!("there are two") };
        let (one, two) = tokio::join!(table.sign(one, seen_one), table.sign(two, seen_two));
        let (executed, refused) = match (one, two) {
            (Ok(_), Err(refused)) => (*first, refused),
            (Err(refused), Ok(_)) => (*second, refused),
            both => panic!("one executes: {both:?}"),
        };
        assert!(matches!(refused, AgreementError::SplitStands { .. }), "{refused}");
        let rule = splits::rule_at(&world.db, table.work, world.ctx.env.now()).await.unwrap().unwrap();
        assert_eq!((rule.version.number, rule.version.agreement_id), (1, executed));
    })
    .await;
}

#[tokio::test]
async fn an_edit_while_somebody_signs_voids_what_was_signed_and_is_named_to_who_signs() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        table.signs(id, 0).await;
        let second = table.come_in(id, 1).await;
        let seen = table.read(id, &second).await;
        let edit = AgreementEdit {
            expected_version: 1,
            document: table.revised(id, &sheet(Some(table.work), &[100_000, 300_000, 300_000, 300_000])).await,
            signing_order: None,
            note: None,
            expires_in_days: None,
        };
        let edit_it =
            async || table.run(async |tx| commands::edit_agreement(tx, &table.manager, id, &edit).await).await;
        let row = edit_it().await.unwrap();
        assert_eq!((row.state, row.version), (Sent, 2));
        assert_eq!(table.states(id).await, [Waiting; 4]);
        let refused = table.sign(&second, &seen).await.unwrap_err();
        assert_eq!(refused.explain().code, "AGREEMENT_CHANGED");
        assert_eq!(refused.to_string(), "the agreement has changed while you read: version 2 is current");
        // The studio's other window edits what is no longer there.
        assert!(matches!(edit_it().await, Err(AgreementError::Changed { current: 2 })));
        // A version that was never shown cannot be signed, even if its number and hash are known.
        let current = table.seen(id).await;
        assert!(matches!(table.sign(&second, &current).await, Err(AgreementError::NotShown)));
        let lie = Seen { text_sha256: Sha256::of(b"another text"), ..current.clone() };
        let shown = table.run(async |tx| commands::shown(tx, &second, &lie, &device()).await).await;
        assert!(matches!(shown, Err(AgreementError::WordsChanged { version: 2 })));
        let seen = table.read(id, &second).await;
        assert_eq!(table.sign(&second, &seen).await.unwrap().state, PartlySigned);
        table.assert_chain_holds(id).await;
    })
    .await;
}

#[tokio::test]
async fn in_order_each_is_mailed_when_it_is_their_turn() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::InOrder).await;
        assert_eq!(table.jobs().await["mail_signer"], 1);
        assert!(table.link(table.signer(id, 1).await.id).await.is_none());
        table.signs(id, 0).await;
        assert_eq!(table.jobs().await["mail_signer"], 2);
        // The second hands it on; the delegate takes the place and signs on behalf.
        let second = table.come_in(id, 1).await;
        let to = |email: &str| Delegation { name: "Mgr. Ivana".into(), email: email.into(), note: None };
        let hand =
            async |to: Delegation| table.run(async |tx| commands::delegate(tx, &second, &to, &device()).await).await;
        assert!(matches!(hand(to(&address(3).to_lowercase())).await, Err(AgreementError::DelegateSigns)));
        assert!(matches!(hand(to("nobody")).await, Err(AgreementError::Email(_))));
        let delegate = hand(to("ivana@example.com")).await.unwrap();
        assert!(matches!(
            queries::signer_view(&world.db, &second).await,
            Err(AgreementError::Fault(Fault::NotASigner))
        ));
        assert_eq!(table.signer(id, 1).await.id, delegate);
        table.signs(id, 1).await;
        table.signs(id, 2).await;
        assert_eq!(table.signs(id, 3).await.state, Executed);
        let executed = queries::find_execution(&world.db, "http://shop.test", id).await.unwrap().unwrap();
        let made = &executed.execution.signatures[1];
        assert_eq!((made.party, made.name.as_str(), made.on_behalf), (1, "Mgr. Ivana", true));
        // The party in the books is whom the document names, not who signed for them.
        let rule = splits::rule_at(&world.db, table.work, world.ctx.env.now()).await.unwrap().unwrap();
        let booked = parties::find_parties_by_ids(&world.db, &[rule.master[1].0]).await.unwrap();
        assert_eq!(booked[&rule.master[1].0].name, FOUR[1]);
    })
    .await;
}

#[tokio::test]
async fn who_declines_ends_it_and_who_wants_paper_holds_it_up() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        table.signs(id, 0).await;
        let first = table.come_in_again(id, 0).await;
        let paper =
            table.run(async |tx| commands::withdraw(tx, &first, Some("by hand, please"), &device()).await).await;
        assert_eq!(paper.unwrap().state, Sent);
        assert_eq!(table.states(id).await[0], Paper);
        for party in 1..4 {
            assert_ne!(table.signs(id, party).await.state, Executed);
        }
        let again = table.run(async |tx| commands::consent(tx, &first, CONSENT_VERSION, &device()).await).await;
        assert!(matches!(again, Err(AgreementError::Fault(Fault::WantsPaper))));
        // A new version asks everybody anew, who wanted paper too.
        let edit = AgreementEdit {
            expected_version: 1,
            document: table.revised(id, &sheet(Some(table.work), &[400_000, 200_000, 200_000, 200_000])).await,
            signing_order: None,
            note: None,
            expires_in_days: None,
        };
        table.run(async |tx| commands::edit_agreement(tx, &table.manager, id, &edit).await).await.unwrap();
        assert_eq!(table.states(id).await, [Waiting; 4]);

        let other = table.sent(SigningOrder::Parallel).await;
        let third = table.come_in(other, 2).await;
        let decline = async |why: &str| table.run(async |tx| commands::decline(tx, &third, why, &device()).await).await;
        assert_eq!(decline("  ").await.unwrap_err().explain().field.as_deref(), Some("reason"));
        let row = decline("My share is 30 %").await.unwrap();
        assert_eq!((row.state, row.closed_reason.as_deref()), (Declined, Some("My share is 30 %")));
        assert!(matches!(decline("again").await, Err(AgreementError::Fault(Fault::Final(Declined)))));
        let fourth = table.token(&table.link(table.signer(other, 3).await.id).await.unwrap()).await;
        assert!(matches!(table.open(&fourth).await, Err(AgreementError::Over(Declined))));
        table.assert_chain_holds(id).await;
        table.assert_chain_holds(other).await;
    })
    .await;
}

#[tokio::test]
async fn a_counter_changes_neither_parties_nor_nothing_and_may_be_refused() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let first = table.come_in(id, 0).await;
        let counter = async |document: &serde_json::Value| {
            let proposal = table.proposal(id, document).await;
            table.run(async |tx| commands::counter(tx, &first, &proposal, &device()).await).await
        };
        let same = sheet(Some(table.work), &[250_000; 4]);
        let nothing = CounterProposal { note: None, ..table.proposal(id, &same).await };
        let refused = table.run(async |tx| commands::counter(tx, &first, &nothing, &device()).await).await;
        assert!(matches!(refused, Err(AgreementError::CounterSame)));
        let mut other = sheet(Some(table.work), &[400_000, 200_000, 200_000, 200_000]);
        other["parties"][1]["email"] = json!("mallory@example.com");
        assert!(matches!(counter(&other).await, Err(AgreementError::CounterParties)));
        let other = sheet(None, &[400_000, 200_000, 200_000, 200_000]);
        assert!(matches!(counter(&other).await, Err(AgreementError::CounterParties)));
        let mut own_name = sheet(Some(table.work), &[400_000, 200_000, 200_000, 200_000]);
        own_name["parties"][0]["name"] = json!("Nova King");
        let number = counter(&own_name).await.unwrap();

        let answer = async |number| {
            table.run(async |tx| commands::refuse_counter(tx, &table.manager, id, number, Some("no")).await).await
        };
        assert!(matches!(answer(number + 1).await, Err(AgreementError::Changed { .. })));
        let row = answer(number).await.unwrap();
        assert_eq!((row.state, row.version, row.counter_version), (Sent, 1, None));
        assert!(matches!(answer(number).await, Err(AgreementError::Fault(Fault::NoCounter))));
        // A later proposal takes the next number: what was refused stays on record.
        assert_eq!(counter(&own_name).await.unwrap(), number + 1);
        let versions = queries::versions_of_agreements(&world.db, &[id]).await.unwrap().remove(&id).unwrap();
        assert_eq!(versions.iter().map(|row| row.proposed_by.is_some()).collect::<Vec<_>>(), [false, true, true]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_by_name() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let env = &table.services.env;
        let read = |document: &serde_json::Value| Prepared::new(&PlainDocuments, env, &document.to_string());
        let short = read(&sheet(Some(table.work), &[500_000, 499_999])).unwrap_err();
        assert_eq!(short.explain().code, "BAD_DOCUMENT");
        assert!(short.to_string().contains("99.9999 %"), "{short}");
        let mut turned = sheet(Some(table.work), &[500_000; 2]);
        turned["parties"][1]["name"] = json!("\u{202e}nosrO");
        let turned = read(&turned).unwrap_err();
        assert!(turned.to_string().contains("parties[1].name: has a character that is not seen"), "{turned}");
        let mut hangul = sheet(Some(table.work), &[500_000; 2]);
        hangul["parties"][1]["name"] = json!("김민수");
        let hangul = read(&hangul).unwrap_err();
        assert!(hangul.to_string().contains("parties[1].name: the document cannot show this"), "{hangul}");

        let create = async |document: &serde_json::Value| {
            let new = NewAgreement { document: read(document).unwrap(), signing_order: SigningOrder::Parallel };
            table.run(async |tx| commands::create_agreement(tx, &table.manager, table.studio, &new).await).await
        };
        let foreign = create(&sheet(Some(env.id()), &[500_000; 2])).await;
        assert!(matches!(foreign, Err(AgreementError::NoWork)));
        let mut silent = sheet(None, &[500_000; 2]);
        silent["parties"][1]["email"] = json!(null);
        let draft = create(&silent).await.unwrap();
        let refused = table.send(draft.id).await.unwrap_err();
        assert!(matches!(&refused, AgreementError::NoAddress { name } if name == "Orson"), "{refused}");
        for party in 0..2 {
            silent["parties"][party]["signs"] = json!(false);
        }
        let draft = create(&silent).await.unwrap();
        assert!(matches!(table.send(draft.id).await, Err(AgreementError::Fault(Fault::NobodySigns))));
        let void = async |why: &str| {
            table.run(async |tx| commands::void_agreement(tx, &table.manager, draft.id, why).await).await
        };
        assert_eq!(void("a mistake").await.unwrap().state, Voided);
        assert!(matches!(void("again").await, Err(AgreementError::Fault(Fault::Final(Voided)))));
    })
    .await;
}

#[tokio::test]
async fn an_amendment_needs_all_who_signed_and_replaces_what_they_signed() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let draft = table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await;
        table.send(draft.id).await.unwrap();
        table.signs(draft.id, 0).await;
        table.signs(draft.id, 1).await;
        let earlier = table.current(draft.id).await;
        let amend = async |document: &serde_json::Value| {
            let document =
                Prepared::amending(&PlainDocuments, &table.services.env, &document.to_string(), &earlier, &json!(null));
            let new = NewAgreement { document: document.unwrap(), signing_order: SigningOrder::Parallel };
            table.run(async |tx| commands::amend_agreement(tx, &table.manager, draft.id, &new).await).await
        };
        let alone = amend(&sheet(Some(table.work), &[1_000_000])).await.unwrap_err();
        assert!(matches!(&alone, AgreementError::AmendmentLeavesOut { name } if name == "Orson"), "{alone}");
        let mut later = sheet(Some(table.work), &[300_000, 300_000, 400_000]);
        later["terms"]["effective_on"] = json!("2027-01-01");
        let amendment = amend(&later).await.unwrap();
        assert!(matches!(amend(&later).await, Err(AgreementError::AmendedElsewhere)));
        table.send(amendment.id).await.unwrap();
        for party in 0..3 {
            table.signs(amendment.id, party).await;
        }
        let now = world.ctx.env.now();
        let rule = async |at| splits::rule_at(&world.db, table.work, at).await.unwrap().unwrap().version.agreement_id;
        assert_eq!(rule(now).await, draft.id);
        assert_eq!(rule(now + chrono::Duration::days(60)).await, amendment.id);
        let executed = queries::find_execution(&world.db, "http://shop.test", amendment.id).await.unwrap().unwrap();
        assert_eq!(executed.execution.supersedes, Some(earlier.text_sha256.clone()));
        assert!(executed.document.contains(earlier.text_sha256.as_str()));
        let replacement = async |of: &str| queries::find_replacement(&world.db, of).await.unwrap();
        let by = replacement(&draft.reference).await.unwrap();
        assert_eq!(
            (by.reference, by.from.to_string().as_str()),
            (amendment.reference.clone(), "2027-01-01 00:00:00 UTC")
        );
        for none in [&*amendment.reference, "AG-00000000", "AG\0"] {
            assert_eq!(replacement(none).await, None);
        }
    })
    .await;
}

#[tokio::test]
async fn a_studio_sees_and_changes_its_own_agreements_alone() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let member = |studio: StudioId, role| {
            world.as_actor(Actor::User {
                user: world.ctx.env.id(),
                memberships: vec![(studio, role)],
                closed: Vec::new(),
            })
        };
        let stranger = member(world.ctx.env.id(), Role::Owner);
        assert_eq!(queries::find_agreement(&world.db, &stranger, id).await.unwrap(), None);
        let void = table.run(async |tx| commands::void_agreement(tx, &stranger, id, "mine now").await).await;
        assert!(matches!(void, Err(AgreementError::NotFound)));
        let engineer = member(table.studio, Role::Engineer);
        assert!(matches!(
            queries::find_agreement(&world.db, &engineer, id).await,
            Err(AgreementError::Denied(Denied::NotAllowed))
        ));
        let signer = table.come_in(id, 0).await;
        assert!(matches!(
            queries::find_agreement(&world.db, &signer, id).await,
            Err(AgreementError::Denied(Denied::Unauthenticated))
        ));
        let filter = queries::AgreementFilter { work: Some(table.work), state: Some(Sent) };
        let page = queries::list_agreements(&world.db, &table.manager, table.studio, filter, PageRequest::default());
        assert_eq!(page.await.unwrap().rows.len(), 1);
        let page = queries::list_agreements(&world.db, &signer, table.studio, filter, PageRequest::default()).await;
        assert!(page.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_split_sheet_begins_with_what_the_catalogue_knows() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let work = table.shop.work("Day Walk").await;
        let beat = table.shop.unsigned_beat_of(work, "Day Walk", false).await;
        let text = queries::prefill_split_sheet(&world.db, &table.manager, &PlainDocuments, beat).await.unwrap();
        let sheet: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(sheet["general"]["governing_law"], json!("England and Wales"));
        // Until the studio says whose law governs: nobody is a licensor here.
        let law = studio::ActiveModel {
            id: Set(table.studio),
            governing_law: Set(DEFAULT_GOVERNING_LAW.to_owned()),
            ..Default::default()
        };
        let name = law.update(&world.db).await.unwrap().legal_name.unwrap();
        let unsaid = queries::prefill_split_sheet(&world.db, &table.manager, &PlainDocuments, beat).await.unwrap();
        let unsaid: serde_json::Value = serde_json::from_str(&unsaid).unwrap();
        assert_eq!(unsaid["general"]["governing_law"], json!(format!("the place where {name} is established")));
        assert_eq!(sheet["parties"][1]["name"], json!("Orson"));
        assert_eq!(sheet["parties"][1]["role"], json!("producer"));
        assert_eq!(
            sheet["terms"]["composition"]["writers"][0],
            json!({ "party": 0, "role": "CA", "share_ppm": 600_000 })
        );
        assert_eq!(sheet["terms"]["master"]["owners"][1], json!({ "party": 1, "share_ppm": 400_000 }));
        let draft = table.draft(&sheet, SigningOrder::Parallel).await;
        let again = queries::prefill_from_agreement(&world.db, &table.manager, draft.id).await.unwrap();
        let again: serde_json::Value = serde_json::from_str(&again).unwrap();
        assert_eq!((&again["terms"], &again["reference"]["number"]), (&sheet["terms"], &json!(null)));
        assert_eq!(sheet["title"], json!("Split sheet for Day Walk"));

        // A title that no document can show is the work's alone.
        let work = table.shop.work("Fire 🔥").await;
        let beat = table.shop.unsigned_beat_of(work, "Fire", false).await;
        let text = queries::prefill_split_sheet(&world.db, &table.manager, &PlainDocuments, beat).await.unwrap();
        let sheet: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(sheet["title"], json!("Split sheet"));
        assert_eq!(sheet["terms"]["composition"]["title"], json!("Fire 🔥"));
        table.draft(&sheet, SigningOrder::Parallel).await;
    })
    .await;
}
