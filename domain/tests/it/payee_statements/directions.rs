//! Letters of direction: kept once of their words, and naming who is there.

use domain::{
    actor::{Actor, Role},
    ids::PartyId,
    money::Currency,
    page::PageRequest,
    parties::{DataClass, erase_party, merge_parties},
    ports::Stored,
    royalties::{
        RoyaltyError,
        commands::{
            payees::{Documents, keep_direction},
            terms::{NewRule, save_rule},
        },
        queries::payees::{letter_of_direction, list_directions},
        rules::{Base, Contract, Covers, Fraction, Payable, Rate, Rule, RuleId, When},
    },
};
use sea_orm::ConnectionTrait;

use super::documents;
use crate::{
    clients::{done, enter_party, person},
    shop::Shop,
    support::{World, on_each_database},
};

/// A contract that pays so many of fifteen parts of a base.
async fn contract(
    world: &World,
    shop: &Shop,
    name: &str,
    (payer, payee): (PartyId, PartyId),
    (base, part): (Base, u64),
) {
    let contract = Contract {
        payer,
        payer_group: None,
        payee,
        group: None,
        covers: Covers::Everything,
        rates: vec![Rate { when: When::default(), base, rate: Fraction::new(part, 15).unwrap() }],
        escalation: None,
        payable: Payable::RecordOne,
        reserve: None,
    };
    let new = NewRule {
        rule: RuleId(name.into()),
        title: name.into(),
        effective_on: "2026-01-01".parse().unwrap(),
        ends_on: None,
        content: Rule::Contract(Box::new(contract)),
        document_sha256: None,
        agreement: None,
        request_key: None,
    };
    done(world, async |tx| save_rule(tx, &world.ctx, shop.studio, new).await).await.unwrap();
}

#[tokio::test]
async fn a_letter_of_direction_is_kept_once_of_its_words_and_names_who_is_there() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let [nova, _] = shop.makers;
        let mut parties = Vec::new();
        for name in ["Ana Flores", "Orson", "Orson Vale"] {
            parties.push(enter_party(world, &shop, person(name, None)).await.id);
        }
        let [ana, orson, vale] = parties[..] else { unreachable!() };
        let points = Base::RoyaltyOf(RuleId("contract:ana".into()));
        contract(world, &shop, "contract:ana", (nova, ana), (Base::NetReceipts, 5)).await;
        contract(world, &shop, "contract:orson", (ana, orson), (points.clone(), 2)).await;
        contract(world, &shop, "contract:orson", (ana, orson), (points, 3)).await;
        let letter = async |name: &'static str| letter_of_direction(&world.db, &world.ctx, shop.studio, name).await;

        let first = letter("contract:orson").await.unwrap();
        assert_eq!((first.payer.name.as_str(), first.payee.name.as_str()), ("Ana Flores", "Orson"));
        assert_eq!((first.rule.to_string(), first.part.to_string()), ("contract:orson v2".into(), "3/15".into()));
        assert_eq!((&first.titles, &first.agreed), (&None, &None));
        assert!(matches!(letter("contract:ana").await, Err(RoyaltyError::NoDirection)), "it is of no other royalty");
        assert!(matches!(letter("contract:x").await, Err(RoyaltyError::NotFound { field: "rule", .. })));
        let engineer = Actor::User {
            user: world.ctx.env.id(),
            memberships: vec![(shop.studio, Role::Engineer)],
            closed: Vec::new(),
        };
        let denied =
            letter_of_direction(&world.db, &world.as_actor(engineer.clone()), shop.studio, "contract:orson").await;
        assert!(matches!(denied, Err(RoyaltyError::Denied(_))));
        let denied =
            done(world, async |tx| keep_direction(tx, &world.as_actor(engineer), &first, documents().pdf).await).await;
        assert!(matches!(denied, Err(RoyaltyError::Denied(_))));

        let Documents { pdf, csv } = documents();
        let keep = async |stored: Stored| {
            done(world, async |tx| keep_direction(tx, &world.ctx, &first, stored).await).await.unwrap()
        };
        let (made, again, other) = (keep(pdf.clone()).await, keep(pdf).await, keep(csv).await);
        assert_eq!((&made, made.payer_id, made.payee_id, made.rule_number), (&again, ana, orson, 2));
        assert_ne!(made.id, other.id, "other words are another letter");
        let listed = list_directions(&world.db, &world.ctx, shop.studio, PageRequest::default()).await.unwrap();
        assert_eq!(listed.rows.len(), 2);
        assert!(world.db.execute_unprepared("DELETE FROM letters_of_direction").await.is_err());

        done(world, async |tx| merge_parties(tx, &world.ctx, orson, vale).await).await.unwrap();
        assert_eq!(letter("contract:orson").await.unwrap().payee.name, "Orson Vale");
        let erased = done(world, async |tx| erase_party(tx, &world.ctx, ana, "Ana Flores").await).await.unwrap();
        let of =
            |class| erased.report.lines.iter().find(|line| line.class == class).map(|line| (line.erased, line.rows));
        assert_eq!(of(DataClass::Agreements), Some((false, 5)), "two letters, and three versions of contracts");
        assert_eq!(of(DataClass::Identity), Some((false, 1)), "it has to say of whom it is");
    })
    .await;
}
