use domain::{
    agreements::{
        entity::{AgreementNotice, AgreementState, LinkReason, SignerState, SigningOrder, link, signer},
        evidence::PaperRecord,
        queries::{AgreementMail, CodeMail, Compared, LinkMail, Proposal},
    },
    catalog::Sha256,
    env::testing,
    identity::entity::{UnsignedSplits, studio},
    ids::{StudioId, TypedId},
    links::LinkKey,
    money::Currency,
};
use sea_orm::{Iterable, prelude::Uuid};

use super::*;
use crate::letters::Letter;

const NOBODY: StudioId = StudioId(Uuid::nil());

fn id<T: TypedId>(n: u128) -> T {
    T::from_uuid(Uuid::from_u128(n))
}

fn now() -> Instant {
    testing::env(1).0.now()
}

fn agreement(state: AgreementState) -> agreement::Model {
    agreement::Model {
        id: id(1),
        studio_id: NOBODY,
        reference: "AG-7K3M9Q2X".to_owned(),
        template: Template::SplitSheet,
        title: "Noc nad Wisłą <b>".to_owned(),
        work_id: None,
        state,
        signing_order: SigningOrder::Parallel,
        version: 1,
        counter_version: None,
        counter_by: Some(id(2)),
        supersedes_id: None,
        expires_at: Some(now() + chrono::Duration::days(30)),
        term_ends_on: Some((now() + chrono::Duration::days(60)).date_naive()),
        term_announced_at: None,
        evidence_count: 1,
        evidence_head: Sha256::of(b"head"),
        created_at: now(),
        sent_at: Some(now()),
        executed_at: None,
        closed_at: None,
        closed_reason: Some("my part is larger".to_owned()),
    }
}

fn signer(n: u128, name: &str, state: SignerState) -> signer::Model {
    signer::Model {
        id: id(n),
        agreement_id: id(1),
        party_index: 0,
        party_key: "ada@example.com".to_owned(),
        position: 1,
        name: name.to_owned(),
        email: "ada@example.com".parse().unwrap(),
        state,
        delegated_by: None,
        replaced_by: None,
        reason: None,
        note: None,
        refusal: None,
        party_id: None,
        signed_version: None,
        signed_text_sha256: None,
        concerns_sha256: None,
        shown_sha256: None,
        consent_version: None,
        mark: None,
        signed_at: None,
        ip: None,
        user_agent: None,
        mailed_at: Some(now()),
        reminders: 0,
        created_at: now(),
    }
}

fn studio() -> studio::Model {
    studio::Model {
        id: NOBODY,
        slug: "nova".to_owned(),
        name: "Nova & Söhne".to_owned(),
        currency: Currency::EUR,
        contact_email: "nova@example.com".parse().unwrap(),
        legal_name: None,
        address: None,
        governing_law: "Germany".to_owned(),
        created_at: now(),
        unsigned_splits: UnsignedSplits::Refuse,
        accent: None,
    }
}

#[test]
fn each_link_says_why_it_is_mailed() {
    for reason in LinkReason::iter() {
        let link = link::Model {
            id: id(9),
            agreement_id: id(1),
            signer_id: id(2),
            reason,
            created_at: now(),
            expires_at: now() + chrono::Duration::days(7),
            mailed_at: None,
            used_at: None,
            voided_at: None,
        };
        let facts = LinkMail {
            link,
            agreement: agreement(AgreementState::Sent),
            studio: studio(),
            signer: signer(2, "Łucja <Żółć>", SignerState::Waiting),
            delegated_by: (reason == LinkReason::Delegated).then(|| "Orson".to_owned()),
            proposed_by: (reason == LinkReason::Changed).then(|| "Orson".to_owned()),
            said: matches!(reason, LinkReason::Delegated | LinkReason::CounterRefused | LinkReason::Changed)
                .then(|| "Look at the <credits>.".to_owned()),
            compared: (reason == LinkReason::Changed).then(|| Compared {
                before: String::new(),
                after: String::new(),
                same_text: false,
                had_signed: true,
            }),
        };
        let changes = (reason == LinkReason::Changed).then(changes);
        let letter = super::link(&facts, changes.as_deref(), "http://127.0.0.1:8080/sign/sign.slink_1.0.00ff");
        insta::assert_snapshot!(
            format!("link_{reason}"),
            format!("{}\n\n{}", letter.subject(), letter.text().unwrap())
        );
        if reason == LinkReason::Invited {
            insta::assert_snapshot!("link_invited_html", letter.html().unwrap());
        }
    }
}

/// What reads otherwise in another version.
fn changes() -> Vec<DocumentChange> {
    let change = |label: &str, before: Option<&str>, after: Option<&str>| DocumentChange {
        label: label.to_owned(),
        path: String::new(),
        before: before.map(String::from),
        after: after.map(String::from),
    };
    vec![
        change("Terms · Composition · Writers · Orson · Share", Some("40%"), Some("50%")),
        change("General terms · Territory", None, Some("the world")),
        change("General terms · Payment · Notes", Some("by bank"), None),
    ]
}

#[test]
fn words_alone_are_not_called_a_change() {
    let changed = LinkMail {
        link: link::Model {
            id: id(9),
            agreement_id: id(1),
            signer_id: id(2),
            reason: LinkReason::Changed,
            created_at: now(),
            expires_at: now() + chrono::Duration::days(7),
            mailed_at: None,
            used_at: None,
            voided_at: None,
        },
        agreement: agreement(AgreementState::Sent),
        studio: studio(),
        signer: signer(2, "Łucja", SignerState::Waiting),
        delegated_by: None,
        proposed_by: Some("Orson".to_owned()),
        said: Some("The bridge is mine.".to_owned()),
        compared: Some(Compared { before: String::new(), after: String::new(), same_text: true, had_signed: true }),
    };
    let letter = super::link(&changed, Some(&[]), "http://127.0.0.1:8080/sign/x");
    let text = letter.text().unwrap();
    assert!(text.contains("changes no word of it") && text.contains("Orson writes: “The bridge is mine.”"), "{text}");
    assert!(!text.contains("has changed") && !letter.subject().contains("Changed"), "{text}");
    // The same data read otherwise, or by the studio's own edit, was proposed by nobody.
    let otherwise = changed.compared.clone().map(|compared| Compared { same_text: false, ..compared });
    for facts in
        [LinkMail { compared: otherwise, ..changed.clone() }, LinkMail { proposed_by: None, said: None, ..changed }]
    {
        let letter = super::link(&facts, Some(&[]), "http://127.0.0.1:8080/sign/x");
        let text = letter.text().unwrap();
        assert!(letter.subject().starts_with("Changed, please sign again"), "{text}");
        assert!(text.contains("no longer counts.\n") && !text.contains("proposed about"), "{text}");
    }

    let facts = AgreementMail {
        agreement: agreement(AgreementState::Countered),
        studio: studio(),
        to: None,
        by: Some(signer(2, "Łucja", SignerState::Waiting)),
        successor: None,
        withdraw_until: None,
        recorded: None,
        proposal: Some(proposal()),
        on_paper: Vec::new(),
    };
    let links = LinkKey::new([7; 32]);
    let letter = notice(&facts, AgreementNotice::Countered, Some(&[]), ("http://127.0.0.1:8080", &links));
    let text = letter.text().unwrap();
    assert!(text.contains("asks in words for a change") && text.contains("/proposal/proposal.agr_"), "{text}");
    assert!(text.contains("Łucja writes: “I wrote the ‘bridge’, too.”"), "{text}");
}

fn proposal() -> Proposal {
    Proposal {
        version: 2,
        by: Some("Łucja".to_owned()),
        note: Some("I wrote the “bridge”, too.".to_owned()),
        before: String::new(),
        after: String::new(),
    }
}

#[test]
fn a_code_stands_in_the_subject() {
    let facts = CodeMail {
        code: "042137".to_owned(),
        number: 1,
        expires_at: now() + chrono::Duration::minutes(10),
        signer: signer(2, "Łucja", SignerState::Waiting),
        agreement: agreement(AgreementState::Sent),
        studio: studio(),
    };
    let letter = code(&facts);
    insta::assert_snapshot!("code", format!("{}\n\n{}", letter.subject(), letter.text().unwrap()));
}

#[test]
fn each_notice_says_what_has_happened_and_to_whom() {
    let links = LinkKey::new([7; 32]);
    for what in AgreementNotice::iter() {
        let (state, theirs) = match what {
            AgreementNotice::Executed
            | AgreementNotice::TermEnds
            | AgreementNotice::WithdrawalAsked
            | AgreementNotice::ConsentWithdrawn => (AgreementState::Executed, SignerState::Signed),
            AgreementNotice::Declined => (AgreementState::Declined, SignerState::Declined),
            AgreementNotice::Delegated => (AgreementState::Sent, SignerState::Replaced),
            AgreementNotice::PaperWanted => (AgreementState::Sent, SignerState::Paper),
            AgreementNotice::PaperRecorded => (AgreementState::PartlySigned, SignerState::Signed),
            _ => (AgreementState::Sent, SignerState::Waiting),
        };
        let first = signer(2, "Łucja", theirs);
        let second = signer(3, "Orson", SignerState::Waiting);
        for (to, whom) in [(Some(first.clone()), "signer"), (None, "studio")] {
            let facts = AgreementMail {
                agreement: agreement(state),
                studio: studio(),
                to,
                by: Some(first.clone()),
                successor: (what == AgreementNotice::Delegated).then(|| second.clone()),
                withdraw_until: (what == AgreementNotice::WithdrawalAsked).then(|| now() + chrono::Duration::days(7)),
                recorded: (what == AgreementNotice::PaperRecorded).then(|| PaperRecord {
                    recorded_by: "Mona".to_owned(),
                    signed_on: "23 November 2026".to_owned(),
                    version: 2,
                }),
                proposal: (what == AgreementNotice::Countered).then(proposal),
                on_paper: Vec::new(),
            };
            let changes = (what == AgreementNotice::Countered).then(changes);
            let letter = notice(&facts, what, changes.as_deref(), ("http://127.0.0.1:8080", &links));
            insta::assert_snapshot!(
                format!("{what}_to_{whom}"),
                format!("{}\n\n{}", letter.subject(), letter.text().unwrap())
            );
        }
    }
}

#[test]
fn the_studio_is_told_whom_it_must_tell_on_paper() {
    let facts = AgreementMail {
        agreement: agreement(AgreementState::Voided),
        studio: studio(),
        to: None,
        by: None,
        successor: None,
        withdraw_until: None,
        recorded: None,
        proposal: None,
        on_paper: vec!["Łucja".to_owned(), "Orson".to_owned()],
    };
    let letter = notice(&facts, AgreementNotice::Voided, None, ("http://127.0.0.1:8080", &LinkKey::new([7; 32])));
    let last = letter.paragraphs.last().unwrap();
    assert_eq!(last, "Not mailed, for they have chosen paper: Łucja, Orson. Tell them on paper.");
}

#[test]
fn quotation_marks_stay_beside_what_is_written_from_right_to_left() {
    assert_eq!(short("Harbour “Lights”"), "Harbour ‘Lights’");
    assert_eq!(short("ليلى"), "\u{2068}ليلى\u{2069}");
    let facts = AgreementMail {
        agreement: agreement(AgreementState::Declined),
        studio: studio(),
        to: None,
        by: Some(signer(2, "ليلى", SignerState::Declined)),
        successor: None,
        withdraw_until: None,
        recorded: None,
        proposal: None,
        on_paper: Vec::new(),
    };
    let links = LinkKey::new([7; 32]);
    let letter = notice(&facts, AgreementNotice::Declined, None, ("http://127.0.0.1:8080", &links));
    assert!(letter.paragraphs[1].starts_with("\u{2068}ليلى\u{2069} declined"), "{}", letter.paragraphs[1]);
}

#[test]
fn a_title_makes_no_path() {
    let agreement = agreement::Model { title: "../a/b: \"c\"\n".to_owned(), ..agreement(AgreementState::Executed) };
    assert_eq!(file_name(&agreement), ".. a b   c AG-7K3M9Q2X.pdf");
}
