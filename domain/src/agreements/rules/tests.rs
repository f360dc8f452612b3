use proptest::prelude::*;
use sea_orm::prelude::Uuid;

use super::*;

fn id(n: u128) -> SignerId {
    SignerId(Uuid::from_u128(n))
}

fn words(n: u8) -> Sha256 {
    Sha256::of(&[n])
}

/// Seats of parties 0, 1, … with what concerns each.
fn seats(concerns: &[u8]) -> Vec<Seat> {
    let seat = |(party, concern): (usize, &u8)| Seat {
        party,
        key: format!("party{party}@example.com"),
        concerns: words(*concern),
        fresh: id(party as u128 + 1),
    };
    concerns.iter().enumerate().map(seat).collect()
}

fn sent(order: SigningOrder, concerns: &[u8]) -> Standing {
    Standing::draft(order).apply(&Step::Send(seats(concerns))).unwrap()
}

fn sign(standing: &Standing, n: u128, concern: u8) -> Result<Standing, Fault> {
    standing.apply(&Step::Sign { by: id(n), concerns: words(concern) })
}

fn states(standing: &Standing) -> Vec<SignerState> {
    standing.signers.iter().map(|signer| signer.state).collect()
}

use AgreementState::{Countered, Declined, Draft, Executed, Expired, PartlySigned, Sent, Voided};
use SignerState::{Paper, Released, Replaced, Signed, Waiting};

#[test]
fn it_is_executed_exactly_when_all_have_signed() {
    let one = sign(&sent(SigningOrder::Parallel, &[1, 2, 3]), 2, 2).unwrap();
    assert_eq!((one.state, one.turn()), (PartlySigned, vec![id(1), id(3)]));
    let two = sign(&one, 1, 1).unwrap();
    assert_eq!(sign(&two, 1, 1), Err(Fault::AlreadySigned));
    let all = sign(&two, 3, 3).unwrap();
    assert_eq!((all.state, all.turn()), (Executed, vec![]));
    assert_eq!(sign(&all, 3, 3), Err(Fault::Final(Executed)));
    assert_eq!(sign(&two, 9, 3), Err(Fault::NotASigner));
}

#[test]
fn a_document_takes_default_clauses_only_if_it_says_nothing_of_any() {
    use serde_json::json;
    let takes = |document: Value| takes_default_clauses(&document);
    assert_eq!(takes(json!({ "terms": { "template": "mix_master" } })), Some(Template::MixMaster));
    for own in [json!({}), json!({ "off": ["law"] }), Value::Null] {
        assert_eq!(takes(json!({ "terms": { "template": "mix_master" }, "clauses": own })), None);
    }
    for none in [json!({}), json!([]), json!({ "terms": { "template": "handshake" } }), json!({ "terms": 7 })] {
        assert_eq!(takes(none), None);
    }
}

#[test]
fn what_steers_is_found_wherever_it_stands() {
    use serde_json::json;
    let mut found = steering(&json!({
        "title": "Harbour\nLights",
        "parties": [{ "name": "Ada", "address": "1 Quay\nHarbour" }, { "name": "\u{202e}adA", "pro": "\u{2066}PRS" }],
        "terms": { "services": "Arrange\u{7}.", "results": ["takes", "\u{9b}"] },
        "general": { "governing_law": "שרה\u{200f} and می\u{200c}خواهم", "due_days": 30, "credit": null },
    }));
    found.sort_by(|one, other| one.path.cmp(&other.path));
    let paths: Vec<&str> = found.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["parties[1].name", "parties[1].pro", "terms.results[1]", "terms.services", "title"]);
    assert!(found[0].message.contains("U+202E") && found[0].code == "STEERING", "{found:?}");
}

#[test]
fn what_no_font_shows_is_found_wherever_it_stands_but_in_the_title_of_the_catalogue() {
    use serde_json::json;
    let hangul = |text: &str| text.chars().filter(|c| ('\u{ac00}'..='\u{d7a3}').contains(c)).collect();
    let found = illegible(
        &json!({
            "title": "Harbour",
            "parties": [{ "name": "Ada" }, { "name": "김민수" }],
            "terms": { "composition": { "title": "항구" } },
        }),
        &hangul,
    );
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].path.as_str(), found[0].code.as_str()), ("parties[1].name", "ILLEGIBLE"));
    assert!(found[0].message.contains("김 (U+AE40)") && found[0].remedy.contains("Latin"), "{found:?}");
}

#[test]
fn a_draft_is_sent_once_and_to_somebody() {
    let draft = Standing::draft(SigningOrder::Parallel);
    assert_eq!(draft.apply(&Step::Send(vec![])), Err(Fault::NobodySigns));
    assert_eq!(draft.apply(&Step::Expire), Err(Fault::NotSent));
    assert_eq!(draft.apply(&Step::Edit(vec![])).unwrap().state, Draft);
    assert_eq!(draft.apply(&Step::Void).unwrap().state, Voided);
    let out = sent(SigningOrder::Parallel, &[1]);
    assert_eq!(out.apply(&Step::Send(seats(&[1]))), Err(Fault::AlreadySent));
    assert_eq!(out.apply(&Step::RefuseCounter), Err(Fault::NoCounter));
}

#[test]
fn in_order_nobody_signs_before_those_in_front() {
    let out = sent(SigningOrder::InOrder, &[1, 2, 3]);
    assert_eq!(out.turn(), [id(1)]);
    assert_eq!(sign(&out, 2, 2), Err(Fault::NotYourTurn));
    let one = sign(&out, 1, 1).unwrap();
    assert_eq!(one.turn(), [id(2)]);
    // Who wants paper holds up those behind.
    assert_eq!(one.apply(&Step::Withdraw(id(2))).unwrap().turn(), []);
    // To whom it is handed on takes the place.
    let handed = one.apply(&Step::Delegate { by: id(2), to: id(9) }).unwrap();
    assert_eq!(handed.turn(), [id(9)]);
    assert_eq!(states(&handed), [Signed, Replaced, Waiting, Waiting]);
    assert_eq!(sign(&handed, 2, 2), Err(Fault::NotASigner));
    assert_eq!(sign(&sign(&handed, 9, 2).unwrap(), 3, 3).unwrap().state, Executed);
}

#[test]
fn an_edit_voids_every_signature_and_an_accepted_counter_only_those_it_concerns() {
    let two = sign(&sign(&sent(SigningOrder::Parallel, &[1, 2, 3]), 1, 1).unwrap(), 2, 2).unwrap();
    let edited = two.apply(&Step::Edit(seats(&[1, 2, 3]))).unwrap();
    assert_eq!((edited.state, states(&edited)), (Sent, vec![Waiting; 3]));

    let countered = two.apply(&Step::Counter(id(3))).unwrap();
    assert_eq!((countered.state, countered.turn()), (Countered, vec![]));
    assert_eq!(sign(&countered, 3, 3), Err(Fault::CounterOpen));
    let accepted = countered.apply(&Step::AcceptCounter(seats(&[1, 7, 8]))).unwrap();
    assert_eq!((accepted.state, states(&accepted)), (PartlySigned, vec![Signed, Waiting, Waiting]));
    assert_eq!(accepted.turn(), [id(2), id(3)]);
    let refused = countered.apply(&Step::RefuseCounter).unwrap();
    assert_eq!((refused.state, states(&refused)), (PartlySigned, vec![Signed, Signed, Waiting]));
    let edited = countered.apply(&Step::Edit(seats(&[1, 2, 3]))).unwrap();
    assert_eq!((edited.state, edited.counter_by), (Sent, None));
}

#[test]
fn one_counter_at_a_time_and_none_by_who_has_signed() {
    let one = sign(&sent(SigningOrder::Parallel, &[1, 2, 3]), 1, 1).unwrap();
    assert_eq!(one.apply(&Step::Counter(id(1))), Err(Fault::AlreadySigned));
    let countered = one.apply(&Step::Counter(id(2))).unwrap();
    assert_eq!(countered.apply(&Step::Counter(id(3))), Err(Fault::CounterOpen));
    assert_eq!(countered.apply(&Step::Counter(id(2))).unwrap(), countered);
    assert_eq!(countered.apply(&Step::Decline(id(3))).unwrap().state, Declined);
    assert_eq!(countered.apply(&Step::Expire).unwrap().state, Expired);
}

#[test]
fn whoever_the_document_no_longer_names_signs_no_longer_and_a_delegate_keeps_the_seat() {
    let out = sent(SigningOrder::Parallel, &[1, 2]).apply(&Step::Delegate { by: id(1), to: id(9) }).unwrap();
    let mut other = seats(&[1, 2, 3]);
    // Rows move: the party that was first is second now, and the one that was second is gone.
    other.remove(1);
    other[0].party = 1;
    other[1].party = 0;
    other.reverse();
    let edited = out.apply(&Step::Edit(other)).unwrap();
    let find = |n| edited.signers.iter().find(|signer| signer.id == id(n)).unwrap();
    assert_eq!((find(1).state, find(2).state), (Replaced, Released));
    assert_eq!((find(9).state, find(9).party, find(9).position), (Waiting, 1, 2));
    assert_eq!((find(3).state, find(3).party, find(3).position), (Waiting, 0, 1));
}

#[test]
fn who_withdraws_is_waited_for_until_the_document_changes() {
    let two = sign(&sign(&sent(SigningOrder::Parallel, &[1, 2, 3]), 1, 1).unwrap(), 2, 2).unwrap();
    let paper = two.apply(&Step::Withdraw(id(1))).unwrap();
    assert_eq!((paper.state, states(&paper)), (PartlySigned, vec![Paper, Signed, Waiting]));
    assert_eq!(paper.apply(&Step::Withdraw(id(1))), Err(Fault::WantsPaper));
    assert_eq!(sign(&paper, 1, 1), Err(Fault::WantsPaper));
    assert_eq!(sign(&paper, 3, 3).unwrap().state, PartlySigned);
    assert_eq!(states(&paper.apply(&Step::Edit(seats(&[1, 2, 3]))).unwrap()), [Waiting; 3]);
}

#[test]
fn who_wanted_paper_signs_on_paper_in_their_place() {
    let on_paper =
        |standing: &Standing, n, concern| standing.apply(&Step::SignOnPaper { by: id(n), concerns: words(concern) });
    let out = sent(SigningOrder::InOrder, &[1, 2]);
    assert_eq!(on_paper(&out, 1, 1), Err(Fault::NotOnPaper));
    let both = out.apply(&Step::Withdraw(id(2))).unwrap().apply(&Step::Withdraw(id(1))).unwrap();
    assert_eq!(on_paper(&both, 2, 2), Err(Fault::OthersFirst));
    assert_eq!(on_paper(&both, 9, 2), Err(Fault::NotASigner));
    let one = on_paper(&both, 1, 1).unwrap();
    assert_eq!((one.state, states(&one)), (PartlySigned, vec![Signed, Paper]));
    assert_eq!(on_paper(&one, 1, 1), Err(Fault::AlreadySigned));
    assert_eq!(on_paper(&one, 2, 2).unwrap().state, Executed);

    // Beside each other they need not wait; while a change is proposed nobody signs.
    let out = sent(SigningOrder::Parallel, &[1, 2]).apply(&Step::Withdraw(id(2))).unwrap();
    let countered = out.apply(&Step::Counter(id(1))).unwrap();
    assert_eq!(on_paper(&countered, 2, 2), Err(Fault::CounterOpen));
    assert_eq!(on_paper(&out, 2, 2).unwrap().state, PartlySigned);
}

#[test]
fn a_signature_on_paper_that_an_accepted_change_voids_is_waited_for_on_paper_again() {
    let wanted = sent(SigningOrder::Parallel, &[1, 2, 3]).apply(&Step::Withdraw(id(1))).unwrap();
    let one = wanted.apply(&Step::SignOnPaper { by: id(1), concerns: words(1) }).unwrap();
    let countered = sign(&one, 2, 2).unwrap().apply(&Step::Counter(id(3))).unwrap();
    let other = countered.apply(&Step::AcceptCounter(seats(&[7, 8, 3]))).unwrap();
    assert_eq!((other.state, states(&other)), (Sent, vec![Paper, Waiting, Waiting]));
    assert_eq!(other.turn(), [id(2), id(3)], "who signs on paper is not asked online");
    assert_eq!(sign(&other, 1, 7), Err(Fault::WantsPaper));
    let again = other.apply(&Step::SignOnPaper { by: id(1), concerns: words(7) }).unwrap();
    assert_eq!((again.state, states(&again)), (PartlySigned, vec![Signed, Waiting, Waiting]));
    // What concerns them reads as it did: the signature stands.
    let same = countered.apply(&Step::AcceptCounter(seats(&[1, 8, 3]))).unwrap();
    assert_eq!(states(&same), [Signed, Waiting, Waiting]);
    // The studio's own edit asks everybody anew, and by mail.
    assert_eq!(states(&one.apply(&Step::Edit(seats(&[1, 2, 3]))).unwrap()), [Waiting; 3]);
}

/// Any step by anybody, as a client or a race could ask for it.
fn steps() -> impl Strategy<Value = Step> {
    let who = || (1_u128..8).prop_map(id);
    let table = || prop::collection::vec(0_u8..3, 0..5).prop_map(|concerns| seats(&concerns));
    prop_oneof![
        1 => table().prop_map(Step::Send),
        1 => table().prop_map(Step::Edit),
        1 => who().prop_map(Step::Counter),
        1 => table().prop_map(Step::AcceptCounter),
        1 => Just(Step::RefuseCounter),
        6 => (who(), 0_u8..3).prop_map(|(by, concern)| Step::Sign { by, concerns: words(concern) }),
        3 => (who(), 0_u8..3).prop_map(|(by, concern)| Step::SignOnPaper { by, concerns: words(concern) }),
        1 => who().prop_map(Step::Decline),
        1 => who().prop_map(|by| Step::Delegate { by, to: by }),
        1 => who().prop_map(Step::Withdraw),
        1 => Just(Step::Void),
        1 => Just(Step::Expire),
    ]
}

proptest! {
    #[test]
    fn whatever_is_asked_for_the_standing_is_sound(
        concerns in prop::collection::vec(0_u8..3, 1..5),
        in_order in any::<bool>(),
        steps in prop::collection::vec(steps(), 0..40),
    ) {
        let order = if in_order { SigningOrder::InOrder } else { SigningOrder::Parallel };
        let mut standing = sent(order, &concerns);
        for (turn, step) in (1000_u128..).zip(steps) {
            // Whoever it is handed on to is somebody new.
            let step = match step {
                Step::Delegate { by, .. } => Step::Delegate { by, to: id(turn) },
                step => step,
            };
            let before = standing.clone();
            let Ok(next) = standing.apply(&step) else { continue };
            prop_assert!(!before.state.is_final(), "{step:?} changed what is {}", before.state);
            let counting: Vec<&Signer> = next.signers.iter().filter(|signer| signer.counts()).collect();
            let all_signed = !counting.is_empty() && counting.iter().all(|signer| signer.state == Signed);
            if next.state == Executed {
                prop_assert!(all_signed, "executed by {step:?} without all");
            }
            if all_signed && next.state.is_out() {
                // Only a change of who counts can leave nobody to wait for; whoever signs last executes.
                let signing = matches!(step, Step::Sign { .. } | Step::SignOnPaper { .. });
                prop_assert!(!signing, "the last signature did not execute");
            }
            prop_assert_eq!(next.state == Countered, next.counter_by.is_some());
            let signed = next.signers.iter().any(|signer| signer.state == Signed);
            prop_assert!(next.state != Sent || !signed);
            prop_assert!(next.state != PartlySigned || signed);
            for signer in &next.signers {
                prop_assert_eq!(signer.state == Signed, signer.signed.is_some());
                prop_assert!(signer.state != Paper || signer.on_paper);
                prop_assert!(signer.state != Waiting || !signer.on_paper);
            }
            if matches!(step, Step::AcceptCounter(_)) {
                let on_paper = |signer: &&Signer| signer.on_paper && signer.counts();
                for old in before.signers.iter().filter(on_paper) {
                    let new = next.signers.iter().find(|new| new.id == old.id);
                    let asked_online = new.is_some_and(|new| new.state == Waiting);
                    prop_assert!(!asked_online, "an accepted proposal asks online who signs on paper");
                }
            }
            if matches!(step, Step::Edit(_)) {
                prop_assert!(!signed, "an edit left a signature");
            }
            for turn in next.turn() {
                let words = words(0);
                let signed = next.apply(&Step::Sign { by: turn, concerns: words });
                prop_assert!(signed.is_ok(), "whose turn it is could not sign");
            }
            prop_assert!(before.signers.iter().all(|old| next.signers.iter().any(|new| new.id == old.id)), "somebody vanished");
            standing = next;
        }
    }
}
