//! Terms are written as versions that never change, and are reckoned with beside what was executed.

use domain::{
    actor::{Actor, Role},
    ids::PartyId,
    money::{Currency, Money},
    royalties::{
        RoyaltyError,
        commands::terms::{NewRule, NewSplitTerms, save_rule, save_split_terms},
        entity::rule,
        queries::terms::{book_of, versions_of},
        rules::{Losses, Payee, Recoup, Rule, RuleId, RuleRef, Subject, payee::ORDER},
    },
    splits,
};
use sea_orm::ConnectionTrait;

use crate::{shop::Shop, support::on_each_database};

fn terms(payee: PartyId, minimum_minor: i64, key: Option<&str>) -> NewRule {
    let minimum = Some(Money::new(minimum_minor, Currency::EUR));
    let terms = Payee { payee, country: None, treaty: None, minimum, hold: None, order: ORDER };
    NewRule {
        rule: RuleId(format!("payee:{payee}")),
        title: "How they are paid".into(),
        effective_on: "2026-01-01".parse().unwrap(),
        ends_on: None,
        content: Rule::Payee(terms),
        document_sha256: None,
        agreement: None,
        request_key: key.map(str::to_owned),
    }
}

async fn save(shop: &Shop, new: NewRule) -> Result<rule::Model, RoyaltyError> {
    let tx = shop.services.begin().await.unwrap();
    let saved = save_rule(&tx, &shop.services.ctx(Actor::System), shop.studio, new).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(saved)
}

#[tokio::test]
async fn versions_follow_each_other_and_stay() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let [nova, _] = shop.makers;
        let first = save(&shop, terms(nova, 1_000, Some("k"))).await.unwrap();
        assert_eq!(save(&shop, terms(nova, 1_000, Some("k"))).await.unwrap(), first);
        let taken = save(&shop, terms(nova, 2_000, Some("k"))).await.unwrap_err();
        assert!(matches!(taken, RoyaltyError::KeyTaken), "{taken}");
        let second = save(&shop, terms(nova, 2_000, None)).await.unwrap();
        assert_eq!((first.number, second.number), (1, 2));
        let book = book_of(&shop.services.db, shop.studio).await.unwrap();
        let held = book.find(&RuleRef { rule: RuleId(second.rule.clone()), number: 2 }).unwrap();
        assert_eq!(held.rule, terms(nova, 2_000, None).content);
        for change in ["UPDATE royalty_rules SET title = 'x'", "DELETE FROM royalty_rules"] {
            assert!(shop.services.db.execute_unprepared(change).await.is_err(), "{change}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_reckoned_with_is_not_written() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let [nova, _] = shop.makers;
        let mut twice = terms(nova, 0, None);
        if let Rule::Payee(terms) = &mut twice.content {
            terms.order = [Recoup::Tax; 3];
        }
        assert!(matches!(save(&shop, twice).await, Err(RoyaltyError::Fault(_))));
        let mut ending = terms(nova, 0, None);
        ending.ends_on = Some(ending.effective_on);
        assert!(matches!(save(&shop, ending).await, Err(RoyaltyError::Ends)));
        let engineer = Actor::User {
            user: shop.services.env.id(),
            memberships: vec![(shop.studio, Role::Engineer)],
            closed: Vec::new(),
        };
        let tx = shop.services.begin().await.unwrap();
        let refused = save_rule(&tx, &shop.services.ctx(engineer), shop.studio, terms(nova, 0, None)).await;
        assert!(matches!(refused, Err(RoyaltyError::Denied(_))));
    })
    .await;
}

#[tokio::test]
async fn what_was_executed_is_in_the_book() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        shop.beat("Night Drive", false).await;
        let versions = versions_of(&shop.services.db, shop.studio).await.unwrap();
        // Of the work, and of its recording.
        assert_eq!(versions.len(), 2);
        assert!(versions.iter().all(|version| version.document_sha256.is_some()));
    })
    .await;
}

#[tokio::test]
async fn terms_beside_a_split_take_its_shares_and_document_from_what_was_signed() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let work = shop.work("Night Drive").await;
        let subject = Subject::Work(work);
        let ask = async |agreement| {
            let new = NewSplitTerms {
                subject: subject.clone(),
                agreement,
                title: "Losses at once".into(),
                losses: Losses::Flexible,
                reserve: None,
                request_key: None,
            };
            let tx = shop.services.begin().await.unwrap();
            let saved = save_split_terms(&tx, &shop.services.ctx(Actor::System), shop.studio, new).await;
            if saved.is_ok() {
                shop.services.commit(tx).await.unwrap();
            }
            saved
        };
        let unsigned = ask(None).await;
        assert!(matches!(unsigned, Err(RoyaltyError::NotFound { field: "subject", .. })), "{unsigned:?}");
        let first = shop.sheet(work, [600_000, 400_000], shop.services.env.now()).await;
        let tx = shop.services.begin().await.unwrap();
        splits::execute(&tx, &shop.services.ctx(Actor::System), &first).await.unwrap();
        tx.commit().await.unwrap();
        shop.clock.advance(chrono::Duration::seconds(1));
        let saved = ask(Some(first.agreement)).await.unwrap();
        assert_eq!((saved.rule, saved.agreement_id), (format!("split:{subject}"), Some(first.agreement)));
        assert_eq!(saved.document_sha256, Some(first.document_sha256.clone()));
        let version = versions_of(&shop.services.db, shop.studio).await.unwrap().remove(0);
        let Rule::Split(split) = version.rule else { panic!("{version:?}") };
        let shares: Vec<_> = split.parts.iter().map(|part| (part.payee, part.share)).collect();
        assert_eq!((split.losses, shares), (Losses::Flexible, first.composition));
        let other = ask(Some(shop.services.env.id())).await;
        assert!(matches!(other, Err(RoyaltyError::NotFound { field: "agreement", .. })), "{other:?}");
    })
    .await;
}
