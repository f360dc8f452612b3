//! How signers come in, and who does not.

use chrono::Duration;
use domain::{
    actor::Actor,
    agreements::{
        AgreementError,
        commands::{self, CONSENT_VERSION, Signing},
        document::Mark,
        entity::{EvidenceKind, SigningOrder},
        evidence::sentence,
        queries::{self, LinkStanding},
        rules::{CODE_ATTEMPTS, LINK_PAUSE, LINKS_PER_DAY, LINKS_PER_WINDOW, LINKS_WINDOW},
    },
    links::LinkKey,
    policy::Denied,
    secrets::{Secret, Secrets},
    services::Services,
};

use super::table::{FOUR, Table, device, sheet};
use crate::support::on_each_database;

#[tokio::test]
async fn a_link_opens_once_and_reading_its_page_uses_nothing_up() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let token = table.token(&table.link(table.signer(id, 0).await.id).await.unwrap()).await;
        let look = async || queries::find_link(&world.db, &table.services.links, &token, world.ctx.env.now()).await;
        for _ in 0..3 {
            let view = look().await.unwrap();
            assert_eq!((view.standing, view.masked_email.as_str()), (LinkStanding::Open, "P…@example.com"));
        }
        // Two at once: one opens it.
        let (one, two) = tokio::join!(table.open(&token), table.open(&token));
        let refused: Vec<_> = [one, two].into_iter().filter_map(Result::err).collect();
        assert!(matches!(refused[..], [AgreementError::LinkUsed]), "{refused:?}");
        assert_eq!(look().await.unwrap().standing, LinkStanding::Used);

        // Whoever comes late asks for another, a few times an hour; a later link replaces the earlier.
        for round in 0..LINKS_PER_DAY {
            if round == LINKS_PER_WINDOW {
                assert!(matches!(table.request(&token).await, Err(AgreementError::TooManyLinks)));
                world.clock.advance(LINKS_WINDOW);
            }
            table.request(&token).await.unwrap();
            // One that is on its way is not made void by whoever asks at the same moment.
            let (mails, fresh) = (table.jobs().await["mail_signer"], table.link(table.signer(id, 0).await.id).await);
            table.request(&token).await.unwrap();
            assert_eq!(table.jobs().await["mail_signer"], mails);
            assert_eq!(table.link(table.signer(id, 0).await.id).await, fresh);
            world.clock.advance(LINK_PAUSE);
        }
        world.clock.advance(LINKS_WINDOW);
        assert!(matches!(table.request(&token).await, Err(AgreementError::TooManyLinks)));
        let fresh = table.link(table.signer(id, 0).await.id).await.unwrap();
        let fresh = table.token(&fresh).await;
        world.clock.advance(Duration::days(15));
        assert!(matches!(table.open(&fresh).await, Err(AgreementError::LinkExpired)));
        table.request(&fresh).await.unwrap();
        assert!(matches!(table.open(&fresh).await, Err(AgreementError::LinkReplaced)));
    })
    .await;
}

#[tokio::test]
async fn anothers_link_or_session_opens_nothing() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let (id, other) = (table.sent(SigningOrder::Parallel).await, table.sent(SigningOrder::Parallel).await);
        let token = table.token(&table.link(table.signer(id, 0).await.id).await.unwrap()).await;
        let changed = token.replace('1', "2");
        assert!(matches!(table.open(&changed).await, Err(AgreementError::Link(_))));
        let forged = LinkKey::new([9; 32]);
        let nobody = table.services.ctx(Actor::Anonymous);
        let open = table.run(async |tx| commands::open_link(tx, &nobody, &forged, &token, &device()).await).await;
        assert!(matches!(open, Err(AgreementError::Link(_))));

        // A session of one agreement is none of another's, nor of another signer of the same.
        let mine = table.come_in(id, 0).await;
        let Actor::Signer { agreement, signer, session } = mine.actor else { panic!("not a signer") };
        let theirs = table.signer(id, 1).await.id;
        for actor in [
            Actor::Signer { agreement: other, signer, session },
            Actor::Signer { agreement, signer: theirs, session },
            Actor::Signer { agreement, signer, session: world.ctx.env.id() },
        ] {
            let ctx = world.as_actor(actor);
            assert!(matches!(queries::signer_view(&world.db, &ctx).await, Err(AgreementError::NoSession)));
            let seen = table.seen(id).await;
            assert!(matches!(table.sign(&ctx, &seen).await, Err(AgreementError::NoSession)));
        }
        let seen = table.seen(id).await;
        assert!(matches!(table.sign(&nobody, &seen).await, Err(AgreementError::Denied(Denied::Unauthenticated))));
        world.clock.advance(Duration::hours(13));
        assert!(matches!(queries::signer_view(&world.db, &mine).await, Err(AgreementError::NoSession)));
        assert_eq!(queries::find_session(&world.db, "no secret", world.ctx.env.now()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn without_the_code_nothing_is_read_and_nothing_signed() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let ctx = table.at_the_door(id, 0).await;
        let view = queries::signer_view(&world.db, &ctx).await.unwrap();
        assert_eq!((view.version, view.counter), (None, None));
        let seen = table.seen(id).await;
        let shown = table.run(async |tx| commands::shown(tx, &ctx, &seen, &device()).await).await;
        assert!(matches!(shown, Err(AgreementError::NotVerified)));
        assert!(matches!(table.sign(&ctx, &seen).await, Err(AgreementError::NotVerified)));

        let enter = async |code: &str| commands::enter_code(&table.services, &ctx, code, &device()).await;
        assert!(matches!(enter("123456").await, Err(AgreementError::NoCode)));
        let code = table.code(&ctx).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for left in (0..CODE_ATTEMPTS).rev() {
            assert!(matches!(enter(wrong).await, Err(AgreementError::WrongCode { left: said }) if said == left));
        }
        // After the fifth even the right one is none.
        assert!(matches!(enter(&code).await, Err(AgreementError::NoCode)));
        let second = table.code(&ctx).await;
        assert_ne!(code, second);
        world.clock.advance(Duration::minutes(10));
        assert!(matches!(enter(&second).await, Err(AgreementError::NoCode)));
        let third = table.code(&ctx).await;
        let spaced = format!(" {} {} ", &third[..3], &third[3..]);
        enter(&spaced).await.unwrap();
        assert!(matches!(enter(&third).await, Err(AgreementError::AlreadyVerified)));
        assert!(queries::signer_view(&world.db, &ctx).await.unwrap().version.is_some());
        let refused = table.kinds(id).await.into_iter().filter(|kind| *kind == EvidenceKind::CodeRefused).count();
        assert_eq!(refused, 5);
        table.assert_chain_holds(id).await;
    })
    .await;
}

#[tokio::test]
async fn a_code_in_somebodys_mail_outlives_a_change_of_secrets() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let ctx = table.at_the_door(id, 0).await;
        let code = table.code(&ctx).await;
        let secrets = table.services.links.secrets().followed_by(Secret::make(&table.services.env));
        let with = |secrets: Secrets| Services { links: LinkKey::of(secrets), ..table.services.clone() };
        let without = with(secrets.without(table.services.links.current().id()));
        let gone = commands::enter_code(&without, &ctx, &code, &device()).await;
        assert!(matches!(gone, Err(AgreementError::NoCode)), "{gone:?}");
        commands::enter_code(&with(secrets), &ctx, &code, &device()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_session_gets_so_many_codes_and_no_more() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let ctx = table.at_the_door(id, 0).await;
        let more =
            async || table.run(async |tx| commands::ask_code(tx, &ctx, &table.services.links, &device()).await).await;
        for _ in 0..5 {
            table.code(&ctx).await;
            // A second click sends no second mail.
            let AgreementError::CodeOnItsWay { next_at } = more().await.unwrap_err() else { panic!("sent twice") };
            assert_eq!(next_at, world.ctx.env.now() + Duration::minutes(1));
            world.clock.advance(Duration::minutes(1));
        }
        assert_eq!(table.jobs().await["mail_code"], 5);
        assert!(matches!(more().await, Err(AgreementError::TooManyCodes)));
    })
    .await;
}

#[tokio::test]
async fn a_mail_is_noted_when_it_was_handed_over_and_once() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let link = table.link(table.signer(id, 0).await.id).await.unwrap();
        let office = &world.ctx;
        for _ in 0..2 {
            table.run(async |tx| commands::record_link_mailed(tx, office, link.id).await).await.unwrap();
        }
        let mail = queries::find_link_mail(&world.db, link.id).await.unwrap().unwrap();
        assert!(!mail.is_open(world.ctx.env.now()));
        let ctx = table.at_the_door(id, 0).await;
        table.code(&ctx).await;
        let Actor::Signer { session, .. } = ctx.actor else { panic!("not a signer") };
        for _ in 0..2 {
            table.run(async |tx| commands::record_code_mailed(tx, office, session, 1).await).await.unwrap();
        }
        let links = &table.services.links;
        assert!(queries::find_code_mail(&world.db, links, session, world.ctx.env.now()).await.unwrap().is_none());
        let kinds = table.kinds(id).await;
        for kind in [EvidenceKind::LinkMailed, EvidenceKind::CodeMailed] {
            assert_eq!(kinds.iter().filter(|noted| **noted == kind).count(), 1, "{kind}");
        }
        let denied = table.run(async |tx| commands::record_link_mailed(tx, &table.manager, link.id).await).await;
        assert!(matches!(denied, Err(AgreementError::Denied(Denied::NotAllowed))));
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_is_noted_late_is_noted_whatever_became_of_the_agreement() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let (executed, voided) = (
            table.draft(&sheet(Some(table.work), &[500_000; 2]), SigningOrder::Parallel).await.id,
            table.draft(&sheet(None, &[500_000; 2]), SigningOrder::Parallel).await.id,
        );
        for id in [executed, voided] {
            table.send(id).await.unwrap();
        }
        let links =
            [table.link(table.signer(executed, 0).await.id).await, table.link(table.signer(voided, 0).await.id).await];
        let first = table.come_in(executed, 0).await;
        let Actor::Signer { session, .. } = first.actor else { panic!("not a signer") };
        let seen = table.read(executed, &first).await;
        table.sign(&first, &seen).await.unwrap();
        table.signs(executed, 1).await;
        table.run(async |tx| commands::void_agreement(tx, &table.manager, voided, "Not now").await).await.unwrap();
        let office = &world.ctx;
        for link in links.into_iter().flatten() {
            table.run(async |tx| commands::record_link_mailed(tx, office, link.id).await).await.unwrap();
        }
        table.run(async |tx| commands::record_code_mailed(tx, office, session, 1).await).await.unwrap();
        for (id, noted) in [
            (executed, vec![EvidenceKind::LinkMailed, EvidenceKind::CodeMailed]),
            (voided, vec![EvidenceKind::LinkMailed]),
        ] {
            let kinds = table.kinds(id).await;
            assert!(kinds.ends_with(&noted), "{kinds:?}");
            table.assert_chain_holds(id).await;
        }
    })
    .await;
}

#[tokio::test]
async fn signing_takes_consent_to_the_current_text_and_a_mark_that_prints() {
    on_each_database(async |world| {
        let table = Table::laid(world).await;
        let id = table.sent(SigningOrder::Parallel).await;
        let ctx = table.come_in(id, 0).await;
        let seen = table.seen(id).await;
        table.run(async |tx| commands::shown(tx, &ctx, &seen, &device()).await).await.unwrap();
        assert!(matches!(table.sign(&ctx, &seen).await, Err(AgreementError::NoConsent)));
        let consent = async |text: &str| table.run(async |tx| commands::consent(tx, &ctx, text, &device()).await).await;
        assert!(matches!(consent("2020-01-01").await, Err(AgreementError::ConsentChanged { .. })));
        consent(CONSENT_VERSION).await.unwrap();
        let sign = async |mark: Mark, name: &str, confirmed: Option<&str>| {
            let (version, text_sha256) = (seen.version, seen.text_sha256.clone());
            let (typed_name, confirmed_name) = (name.into(), confirmed.map(String::from));
            let signing = Signing { version, text_sha256, typed_name, capacity: None, confirmed_name, mark };
            table.run(async |tx| commands::sign(tx, &ctx, &signing, &device()).await).await
        };
        for bad in [
            Mark::Typed("  ".into()),
            Mark::Typed("a\u{0}b".into()),
            Mark::Typed("\u{200b}".into()),
            Mark::Typed("x".repeat(10_000)),
            Mark::Drawn(vec![]),
            Mark::Drawn(vec![vec![(1, 1)]]),
            Mark::Drawn(vec![vec![(1, 1), (Mark::WIDTH + 1, 1)]]),
            Mark::Drawn(vec![vec![(1, 1); 5001]]),
        ] {
            assert!(matches!(sign(bad, "Ada Lovelace", None).await, Err(AgreementError::Mark)));
        }
        // The name that was typed beside a drawing is asked for, and kept.
        let drawing = || Mark::Drawn(vec![vec![(1, 1), (20, 30)], vec![(5, 5)]]);
        assert!(matches!(sign(drawing(), " ", None).await, Err(AgreementError::Text { field: "name", .. })));
        // Another name than the one that was asked is signed with only once both were seen, and the evidence has both.
        let refused = sign(drawing(), " Ada Lovelace", Some("Somebody")).await.unwrap_err();
        assert!(matches!(&refused, AgreementError::AnotherName { asked, .. } if asked == FOUR[0]), "{refused}");
        sign(drawing(), " Ada Lovelace", Some("Ada Lovelace")).await.unwrap();
        let rows = queries::evidence_of(&table.services.db, id).await.unwrap();
        let said = format!("signed version 1 as Ada Lovelace, having confirmed that name instead of {}", FOUR[0]);
        assert_eq!(sentence(rows.last().unwrap()), said);
    })
    .await;
}
