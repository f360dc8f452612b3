//! Quotes: written, sent, changed and answered. What is accepted is what was read, once, and frozen.

use chrono::Duration;
use domain::{
    identity::entity::{studio, user},
    ids::QuoteId,
    invoices::{
        InvoiceError,
        commands::{self, QuoteDraft},
        content::QuoteContent,
        entity::{QuoteAct, QuoteNotice, QuoteState, answer, quote, stage, version},
        queries::{answers_of_quotes, find_quote_by_link, versions_of_quotes},
        rules::Fault,
    },
    links::{LinkError, Purpose},
    money::Currency,
    production::entity::project,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait};

use super::{Desk, bill_to, device, lines};
use crate::{books::assert_proved, support::on_each_database};

async fn change(desk: &Desk, quote: &quote::Model, draft: &QuoteDraft) -> Result<quote::Model, InvoiceError> {
    commands::change_quote(desk.services(), &desk.owner, quote.id, draft).await
}

async fn withdraw(desk: &Desk, quote: &quote::Model) -> Result<quote::Model, InvoiceError> {
    let tx = desk.services().begin().await?;
    let withdrawn = commands::withdraw_quote(&tx, &desk.owner, quote.id).await?;
    desk.services().commit(tx).await?;
    Ok(withdrawn)
}

async fn decline(desk: &Desk, quote: &quote::Model, reason: &str) -> Result<quote::Model, InvoiceError> {
    let tx = desk.services().begin().await?;
    let told = (quote.version, reason);
    let declined = commands::decline_quote(&tx, &desk.nobody(), quote.id, told, &device()).await?;
    desk.services().commit(tx).await?;
    Ok(declined)
}

/// What the client's link shows.
async fn seen(desk: &Desk, quote: &quote::Model) -> Result<(version::Model, QuoteContent), InvoiceError> {
    let services = desk.services();
    let token = services.links.token(Purpose::Quote, quote.id, None);
    let (_, version, content) = find_quote_by_link(&services.db, &services.links, &token, services.env.now()).await?;
    Ok((version, content))
}

#[tokio::test]
async fn what_was_changed_after_it_was_sent_is_read_again_before_it_is_accepted() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let draft = desk.draft(100_000);
        let quote = commands::create_quote(desk.services(), &desk.owner, desk.project, &draft).await.unwrap();
        assert!(matches!(seen(&desk, &quote).await, Err(InvoiceError::NoQuote)), "nobody is shown what was not sent");
        assert!(matches!(desk.accept(&quote, 1).await, Err(InvoiceError::QuoteChanging)));
        let quote = desk.send(&quote).await.unwrap();
        assert_eq!((quote.state, quote.version, quote.total_minor), (QuoteState::Sent, 1, 100_000));
        assert!(matches!(desk.send(&quote).await, Err(InvoiceError::MailedLately { .. })));

        let dearer = QuoteDraft { lines: lines(120_000, Currency::EUR), ..draft };
        let changed = change(&desk, &quote, &dearer).await.unwrap();
        assert_eq!((changed.state, changed.version), (QuoteState::Draft, 2));
        let (version, content) = seen(&desk, &quote).await.unwrap();
        assert_eq!((version.number, content.net_minor), (1, 100_000), "what was sent before");
        assert!(matches!(desk.accept(&quote, 1).await, Err(InvoiceError::QuoteChanging)));
        change(&desk, &quote, &QuoteDraft { title: "Mix and master".into(), ..dearer.clone() }).await.unwrap();
        let sent = desk.send(&quote).await.unwrap();
        assert_eq!((sent.version, sent.title.as_str()), (2, "Mix and master"), "a draft is changed in place");
        assert!(matches!(desk.accept(&quote, 1).await, Err(InvoiceError::QuoteChanged)));

        let accepted = desk.accept(&quote, 2).await.unwrap();
        assert_eq!((accepted.state, accepted.total_minor), (QuoteState::Accepted, 120_000));
        let answers = answers_of_quotes(&world.db, &[quote.id]).await.unwrap().remove(&quote.id).unwrap();
        let versions = versions_of_quotes(&world.db, &[quote.id]).await.unwrap().remove(&quote.id).unwrap();
        assert_eq!((answers.len(), answers[0].act, answers[0].version), (1, QuoteAct::Accepted, 2));
        assert_eq!((&answers[0].sha256, answers[0].name.as_deref()), (&versions[1].sha256, Some("Ada Lovelace")));
        assert_eq!(answers[0].ip.as_deref(), Some("127.0.0.1"));
        assert_eq!(desk.told_of_quote(QuoteNotice::Accepted).await, 1);
        assert_eq!(desk.accept(&quote, 2).await.unwrap(), accepted, "accepted again, nothing happens");
        assert!(matches!(desk.accept(&quote, 1).await, Err(InvoiceError::QuoteChanged)));
        assert!(matches!(change(&desk, &quote, &dearer).await, Err(InvoiceError::QuoteNotNow { .. })));
        assert!(matches!(withdraw(&desk, &quote).await, Err(InvoiceError::QuoteNotNow { .. })));
        assert!(matches!(decline(&desk, &accepted, "no").await, Err(InvoiceError::QuoteAnswered { .. })));

        // The database holds to it by itself.
        let other = version::ActiveModel {
            quote_id: Set(quote.id),
            number: Set(2),
            content: Set("{}".into()),
            ..Default::default()
        };
        assert!(other.update(&world.db).await.is_err());
        let cheaper = quote::ActiveModel { id: Set(quote.id), total_minor: Set(1), ..Default::default() };
        assert!(cheaper.update(&world.db).await.is_err());
        assert!(stage::Entity::delete_many().exec(&world.db).await.is_err());
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn accepted_twice_at_once_it_begins_once() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let quote = desk.sent(&desk.draft(100_000)).await;
        let (one, other) = tokio::join!(desk.accept(&quote, 1), desk.accept(&quote, 1));
        assert_eq!(one.unwrap(), other.unwrap());
        assert_eq!(answer::Entity::find().count(&world.db).await.unwrap(), 1);
        assert_eq!(stage::Entity::find().count(&world.db).await.unwrap(), 2);
        assert_eq!(domain::invoices::entity::invoice::Entity::find().count(&world.db).await.unwrap(), 1);
        assert_eq!(desk.told_of_quote(QuoteNotice::Confirmed).await, 1);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn accepting_and_withdrawing_at_once_one_of_them_is_too_late() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let quote = desk.sent(&desk.draft(100_000)).await;
        let (accepted, withdrawn) = tokio::join!(desk.accept(&quote, 1), withdraw(&desk, &quote));
        assert_ne!(accepted.is_ok(), withdrawn.is_ok());
        let stands = quote::Entity::find_by_id(quote.id).one(&world.db).await.unwrap().unwrap();
        let expected = if accepted.is_ok() { QuoteState::Accepted } else { QuoteState::Withdrawn };
        assert_eq!(stands.state, expected);
    })
    .await;
}

#[tokio::test]
async fn when_its_time_is_over_it_is_answered_no_more_unless_the_studio_gives_it_more() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let quote = desk.sent(&desk.draft(100_000)).await;
        world.clock.advance(Duration::days(14));
        assert!(quote.is_expired(world.ctx.env.now()));
        assert!(matches!(desk.accept(&quote, 1).await, Err(InvoiceError::QuoteExpired)));
        assert!(matches!(decline(&desk, &quote, "too late").await, Err(InvoiceError::QuoteExpired)));
        assert!(matches!(desk.send(&quote).await, Err(InvoiceError::QuoteExpired)));
        let late = QuoteDraft { valid_until: world.ctx.env.now(), ..desk.draft(100_000) };
        let refused = change(&desk, &quote, &late).await.unwrap_err();
        assert!(matches!(refused, InvoiceError::Fault(Fault::ValidUntilPast)), "{refused:?}");
        change(&desk, &quote, &desk.draft(100_000)).await.unwrap();
        desk.send(&quote).await.unwrap();
        assert_eq!(desk.accept(&quote, 2).await.unwrap().state, QuoteState::Accepted);
    })
    .await;
}

#[tokio::test]
async fn it_is_declined_for_a_reason_or_taken_back() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let quote = desk.sent(&desk.draft(100_000)).await;
        let mute = decline(&desk, &quote, " \u{200b} ").await.unwrap_err();
        assert!(matches!(mute, InvoiceError::Fault(Fault::Text { .. })), "{mute:?}");
        let declined = decline(&desk, &quote, "Too dear.\nMaybe next year").await.unwrap();
        assert_eq!(declined.state, QuoteState::Declined);
        assert_eq!(decline(&desk, &quote, "again").await.unwrap(), declined);
        assert_eq!(desk.told_of_quote(QuoteNotice::Declined).await, 1);
        let answers = answers_of_quotes(&world.db, &[quote.id]).await.unwrap().remove(&quote.id).unwrap();
        assert_eq!(answers[0].reason.as_deref(), Some("Too dear.\nMaybe next year"));
        assert!(matches!(desk.accept(&quote, 1).await, Err(InvoiceError::QuoteAnswered { .. })));

        let other = desk.sent(&desk.draft(50_000)).await;
        assert_eq!(withdraw(&desk, &other).await.unwrap().state, QuoteState::Withdrawn);
        withdraw(&desk, &other).await.unwrap();
        assert_eq!(desk.told_of_quote(QuoteNotice::Withdrawn).await, 1);
        assert!(matches!(desk.accept(&other, 1).await, Err(InvoiceError::QuoteAnswered { .. })));
        assert!(!desk.balance().await.is_asked, "nothing is owed for either");
        let unsent =
            commands::create_quote(desk.services(), &desk.owner, desk.project, &desk.draft(1_000)).await.unwrap();
        withdraw(&desk, &unsent).await.unwrap();
        assert_eq!(desk.told_of_quote(QuoteNotice::Withdrawn).await, 1, "nobody knew of it");
        assert!(quote::Entity::delete_by_id(unsent.id).exec(&world.db).await.is_err(), "it is not forgotten");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_known_well_enough_is_not_sent() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let draft = desk.draft(100_000);
        let create =
            async |draft: &QuoteDraft| commands::create_quote(desk.services(), &desk.owner, desk.project, draft).await;
        let quote = create(&draft).await.unwrap();
        let set_address = async |address: Option<&str>| {
            let row = studio::ActiveModel {
                id: Set(desk.shop.studio),
                address: Set(address.map(str::to_owned)),
                ..Default::default()
            };
            row.update(&world.db).await.unwrap();
        };
        set_address(None).await;
        assert!(matches!(desk.send(&quote).await, Err(InvoiceError::SellerUnknown)));
        set_address(Some("Hafenweg 1")).await;
        let confirm = async |at| {
            let id = desk.owner.actor.user().unwrap();
            let row = user::ActiveModel { id: Set(id), email_verified_at: Set(at), ..Default::default() };
            row.update(&world.db).await.unwrap();
        };
        confirm(None).await;
        assert!(matches!(desk.send(&quote).await, Err(InvoiceError::Unconfirmed { field: "quote" })));
        let beside = desk.asking(1_000, Currency::EUR);
        let refused = commands::issue_invoice(desk.services(), &desk.owner, &beside).await.unwrap_err();
        assert!(matches!(refused, InvoiceError::Unconfirmed { field: "client" }), "{refused:?}");
        confirm(Some(world.ctx.env.now())).await;
        desk.send(&quote).await.unwrap();
        assert_eq!(seen(&desk, &quote).await.unwrap().1.seller.address, "Hafenweg 1", "as it is when it is sent");

        let nowhere = QuoteDraft { client: commands::BillTo { address: " ".into(), ..bill_to() }, ..draft.clone() };
        let refused = create(&nowhere).await.unwrap_err();
        assert!(matches!(&refused, InvoiceError::Fault(Fault::Text { field, .. }) if field == "billTo.address"));
        let nobody = project::ActiveModel { id: Set(desk.project), client_id: Set(None), ..Default::default() };
        nobody.update(&world.db).await.unwrap();
        assert!(matches!(create(&draft).await, Err(InvoiceError::NoClient)));
    })
    .await;
}

#[tokio::test]
async fn a_link_opens_its_own_quote_alone() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let quote = desk.sent(&desk.draft(100_000)).await;
        let services = desk.services();
        assert!(seen(&desk, &quote).await.is_ok());
        let (links, now) = (&services.links, services.env.now());
        for token in ["x".to_owned(), links.token(Purpose::Invoice, quote.id, None)] {
            let refused = find_quote_by_link(&world.db, links, &token, now).await.unwrap_err();
            assert!(matches!(refused, InvoiceError::Link(LinkError::Forged)), "{refused:?}");
        }
        let unknown: QuoteId = services.env.id();
        let token = links.token(Purpose::Quote, unknown, None);
        assert!(matches!(find_quote_by_link(&world.db, links, &token, now).await, Err(InvoiceError::NoQuote)));
    })
    .await;
}
