//! Accepted quotes that the studio ends: what was invoiced stays, and the rest is owed no more.

use domain::{
    invoices::{
        InvoiceError,
        commands::{QuoteDraft, end_quote, set_quote_agreement, tend, tend_quote},
        entity::{InvoiceNotice, QuoteNotice, QuoteState, invoice, quote},
        rules::Fault,
    },
    money::{Currency, Money},
    report::Explain,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait};

use super::Desk;
use crate::{books::assert_proved, support::on_each_database};

async fn end(desk: &Desk, quote: &quote::Model, reason: &str) -> Result<quote::Model, InvoiceError> {
    let tx = desk.services().begin().await?;
    let ended = end_quote(&tx, &desk.owner, quote.id, reason).await?;
    desk.services().commit(tx).await?;
    Ok(ended)
}

#[tokio::test]
async fn what_was_invoiced_of_a_quote_that_is_ended_stays_and_the_rest_is_owed_no_more() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let quote = desk.sent(&desk.draft(100_000)).await;
        assert!(matches!(end(&desk, &quote, "no").await, Err(InvoiceError::QuoteNotNow { state: QuoteState::Sent })));
        desk.accept(&quote, 1).await.unwrap();
        let mute = end(&desk, &quote, " \u{200b} ").await.unwrap_err();
        assert!(matches!(mute, InvoiceError::Fault(Fault::Text { .. })), "{mute:?}");
        assert_eq!(desk.balance().await.unissued, [Money::new(50_000, Currency::EUR)]);

        let ended = end(&desk, &quote, "The band has split up").await.unwrap();
        assert_eq!((ended.state, ended.end_reason.as_deref()), (QuoteState::Ended, Some("The band has split up")));
        assert!(ended.ended_at.is_some() && ended.accepted_at.is_some());
        assert_eq!(end(&desk, &quote, "again").await.unwrap(), ended, "ended again, it is as it was");
        assert_eq!(desk.told_of_quote(QuoteNotice::Ended).await, 1);

        let balance = desk.balance().await;
        assert_eq!((balance.unissued, balance.open), (Vec::new(), vec![Money::new(50_000, Currency::EUR)]));
        assert!(matches!(desk.reach(&quote, 2).await, Err(InvoiceError::QuoteNotNow { state: QuoteState::Ended })));
        assert!(matches!(desk.accept(&quote, 1).await, Err(InvoiceError::QuoteAnswered { .. })));
        let tx = desk.services().begin().await.unwrap();
        let named = set_quote_agreement(&tx, &desk.owner, quote.id, None).await;
        assert!(matches!(named, Err(InvoiceError::QuoteNotNow { .. })), "{named:?}");
        tx.rollback().await.unwrap();
        assert_eq!(tend_quote(desk.services(), quote.id).await.unwrap(), 0);
        assert_eq!(tend(desk.services()).await.unwrap().issued, 0);
        let deposit = invoice::Entity::find().one(&world.db).await.unwrap().unwrap();
        desk.pay(&deposit).await;
        assert!(desk.balance().await.is_paid());
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn of_a_quote_that_is_ended_before_anything_was_invoiced_nothing_is_owed() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let draft = QuoteDraft { requires_agreement: true, ..desk.draft(100_000) };
        let quote = desk.sent(&draft).await;
        desk.accept(&quote, 1).await.unwrap();
        assert!(!desk.balance().await.is_paid());
        end(&desk, &quote, "The agreement came to nothing").await.unwrap();
        let balance = desk.balance().await;
        assert!(balance.is_paid() && !balance.is_asked);
        assert_eq!(desk.told(InvoiceNotice::Issued).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_quote_all_of_which_is_invoiced_is_not_ended() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let quote = desk.sent(&desk.draft(100_000)).await;
        desk.accept(&quote, 1).await.unwrap();
        desk.reach(&quote, 2).await.unwrap();
        let refused = end(&desk, &quote, "too late").await.unwrap_err();
        assert_eq!(refused.explain().code, "QUOTE_INVOICED");
        assert_eq!(desk.told_of_quote(QuoteNotice::Ended).await, 0);
    })
    .await;
}

#[tokio::test]
async fn ending_and_reaching_at_once_one_of_them_is_too_late() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let quote = desk.sent(&desk.draft(100_000)).await;
        desk.accept(&quote, 1).await.unwrap();
        let (ended, reached) = tokio::join!(end(&desk, &quote, "over"), desk.reach(&quote, 2));
        assert_ne!(ended.is_ok(), reached.is_ok(), "{ended:?} {reached:?}");
        let issued = invoice::Entity::find().count(&world.db).await.unwrap();
        assert_eq!(issued, if reached.is_ok() { 2 } else { 1 });
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_ends_nothing_that_was_not_accepted_and_takes_no_end_back() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        let now = world.ctx.env.now();
        let sent = desk.sent(&desk.draft(100_000)).await;
        let ended = quote::ActiveModel {
            id: Set(sent.id),
            state: Set(QuoteState::Ended),
            accepted_at: Set(Some(now)),
            ended_at: Set(Some(now)),
            end_reason: Set(Some("over".into())),
            ..Default::default()
        };
        assert!(ended.update(&world.db).await.is_err(), "nobody has accepted it");
        desk.accept(&sent, 1).await.unwrap();
        end(&desk, &sent, "over").await.unwrap();
        let back = quote::ActiveModel {
            id: Set(sent.id),
            state: Set(QuoteState::Accepted),
            ended_at: Set(None),
            end_reason: Set(None),
            ..Default::default()
        };
        assert!(back.update(&world.db).await.is_err());
        let other = quote::ActiveModel { id: Set(sent.id), end_reason: Set(Some("mine".into())), ..Default::default() };
        assert!(other.update(&world.db).await.is_err());
    })
    .await;
}
