//! From a payee's cent to the line, the share, the document and the payment behind it.

use domain::{
    actor::{Actor, Role},
    ledger::{
        LedgerError,
        commands::book_payout,
        entity::{AccountKind, JournalKind, PartHolder, journal},
        queries::{self, EntryOfAccount, Explanation},
        rules::payout::PaidFrom,
    },
    licensing::terms::TierCode,
    money::Currency,
    policy::Denied,
    sales,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{alone, event};
use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

async fn entries(world: &World, kind: JournalKind) -> Vec<EntryOfAccount> {
    let journal = journal::Entity::find().filter(journal::Column::Kind.eq(kind)).one(&world.db).await.unwrap().unwrap();
    queries::entries_of_journals(&world.db, &[journal.id]).await.unwrap().remove(&journal.id).unwrap()
}

async fn explain_payable(world: &World, shop: &Shop, kind: JournalKind, maker: usize) -> Explanation {
    let entries = entries(world, kind).await;
    let entry = entries
        .iter()
        .find(|row| row.account.kind == AccountKind::Payable && row.account.party_id == Some(shop.makers[maker]))
        .unwrap();
    queries::explain(&world.db, &world.ctx, entry.entry.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_payees_cent_leads_to_the_line_the_share_the_document_and_the_payment() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (night, day) = (shop.beat("Night Drive", false).await, shop.beat("Day Walk", false).await);
        let order = shop.order(&[(night, TierCode::Mp3), (day, TierCode::Wav)], 9000).await;
        let receipt = shop.gateway.pay(order.id);
        sales::settle_order(&shop.services, order.id).await.unwrap();

        let told = explain_payable(world, &shop, JournalKind::Sale, 0).await;
        assert_eq!(told.order.unwrap().reference, order.reference);
        let payment = told.payment.unwrap();
        assert_eq!((payment.gateway_payment, payment.amount_minor), (receipt.id, 9000));
        // Of 29.13 six tenths are 17.478, of 58.26 34.956: both are rounded up, and the others down.
        let parts: Vec<_> = told.parts.iter().map(|of| (of.part.live_minor, of.part.holds_cent)).collect();
        assert_eq!(parts, [(1748, true), (3496, true)]);
        assert_eq!(told.entry.entry.amount_minor, -1748 - 3496);
        for (of, title) in told.parts.iter().zip(["Night Drive", "Day Walk"]) {
            let line = of.line.as_ref().unwrap();
            assert_eq!((line.beat_title.as_str(), of.part.order_line_id), (title, Some(line.id)));
            let holders: Vec<_> = of.divided.iter().map(|part| (part.holder, part.holds_cent)).collect();
            let expected = [(PartHolder::Party, true), (PartHolder::Party, false), (PartHolder::Studio, false)];
            assert_eq!(holders, expected, "who holds the cent, and that the studio bears the fee");
            assert_eq!(of.divided.iter().map(|part| part.live_minor).sum::<i64>(), line.price_minor);
            assert_eq!(of.part.share.map(domain::share::Share::ppm), Some(600_000));
            let basis = of.basis.as_ref().unwrap();
            assert_eq!(basis.row.document_sha256, basis.version.document_sha256);
        }

        // What takes it back leads to the same.
        let id = shop.payment(order.id).await.id;
        shop.give_back(id, None).await.unwrap();
        let back = explain_payable(world, &shop, JournalKind::Refund, 1).await;
        assert_eq!((back.of.unwrap().kind, back.payment.unwrap().id), (JournalKind::Sale, id));
        assert_eq!(back.parts.iter().map(|of| of.part.live_minor).collect::<Vec<_>>(), [-1165, -2330]);
        assert!(back.parts.iter().all(|of| of.basis.is_some()));
    })
    .await;
}

#[tokio::test]
async fn a_payout_leads_to_the_income_that_it_was_paid_from() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        for (id, price) in [("pi_1", 100), ("pi_2", 60)] {
            super::sell(world, &shop, id, price, 0).await;
        }
        let pay = async |id, minor| {
            alone(world, async |tx, ctx| {
                book_payout(tx, ctx, event(&shop, id), shop.makers[0], minor, PaidFrom::Bank).await
            })
            .await
            .unwrap()
        };
        pay("po_1", 70).await;
        let told = explain_payable(world, &shop, JournalKind::PayoutByHand, 0).await;
        let funded: Vec<_> =
            told.funded_by.iter().map(|of| (of.journal.external_id.as_str(), of.amount_minor)).collect();
        assert_eq!(funded, [("pi_1", 50), ("pi_2", 20)]);
        assert!(told.payment.is_none() && told.parts.is_empty());
        let income = queries::explain(&world.db, &world.ctx, told.funded_by[0].entry.id).await.unwrap().unwrap();
        assert_eq!(income.journal.external_id, "pi_1");
    })
    .await;
}

#[tokio::test]
async fn an_entry_is_explained_to_who_may_read_the_books() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        super::sell(world, &shop, "pi_1", 100, 0).await;
        let entry = entries(world, JournalKind::Sale).await[0].entry.id;
        let as_who = async |actor| queries::explain(&world.db, &world.as_actor(actor), entry).await;
        assert!(as_who(shop.manager()).await.unwrap().is_some());
        let member = |studio| Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(studio, Role::Engineer)],
            closed: Vec::new(),
        };
        assert!(as_who(member(world.ctx.env.id())).await.unwrap().is_none(), "to a stranger there is no such entry");
        assert!(matches!(as_who(member(shop.studio)).await, Err(LedgerError::Denied(Denied::NotAllowed))));
        let none = queries::explain(&world.db, &world.ctx, world.ctx.env.id()).await.unwrap();
        assert!(none.is_none());
    })
    .await;
}
