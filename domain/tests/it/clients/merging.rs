//! Two entries of one party become one: nothing is lost, and what is signed and booked stays and is followed.

use domain::{
    agreements::entity::{AgreementState, SignerState, SigningOrder, agreement, signer},
    clients::{
        commands::{NewClient, create_client},
        entity::{self as client, ClientStage},
    },
    edit::Edit,
    ids::{AgreementId, OrderId, PartyId, StudioId},
    ledger::{
        entity::{JournalKind, journal},
        queries::{explain, list_payees},
    },
    licensing::terms::TierCode,
    money::{Currency, Money},
    page::PageRequest,
    parties::{
        self, MergeError, PartyError, ProfileChange, add_note,
        details::{Contact, Link},
        find_profile, list_likenesses, list_notes, list_parties, merge_parties,
        records::{ContactKind, KeyKind, successor},
        references::{self, Fate},
        update_profile,
    },
    payouts::{
        PayoutError,
        commands::{PaidByHand, record_payout, set_minimum},
        queries::{list_payee_balances, list_payouts, list_routes},
    },
    ports::DisputeStanding,
    production::entity::project::{self, ProjectKind, ProjectState},
    report::Explain,
    sales,
    store::is_postgres,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Statement};

use super::{done, enter, enter_party, party, person};
use crate::{
    books::assert_proved,
    payouts::{alone, ask, past_the_hold, ready},
    shop::Shop,
    support::{World, on_each_database},
};

async fn merge(world: &World, from: PartyId, into: PartyId) -> Result<parties::entity::Model, MergeError> {
    done(world, async |tx| merge_parties(tx, &world.ctx, from, into).await).await
}

/// What is owed to a party, in minor units.
async fn owed(world: &World, shop: &Shop, party: PartyId) -> i64 {
    let all = list_payees(&world.db, &world.ctx, shop.studio, None).await.unwrap();
    all.iter().filter(|payee| payee.party == party).map(|payee| payee.owed.minor).sum()
}

/// A duplicate of the first maker, who earns.
async fn twin(world: &World, shop: &Shop) -> PartyId {
    enter_party(world, shop, person("Nova", Some("nova@beats.example"))).await.id
}

async fn hear(world: &World, shop: &Shop, kind: &str, order: OrderId) {
    let told = shop.gateway.tell(kind, order, world.ctx.env.now());
    sales::receive_event(&shop.services, &told).await.unwrap();
    shop.do_jobs().await;
}

#[tokio::test]
async fn what_one_earned_is_owed_to_the_other_and_all_that_follows_is_too() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (from, into) = (shop.makers[0], twin(world, &shop).await);
        let beat = shop.beat("Night Drive", true).await;
        let first = shop.sell(&[(beat, TierCode::Mp3)], 3_000).await;
        let earned = owed(world, &shop, from).await;
        assert!(earned > 0);
        merge(world, from, into).await.unwrap();
        assert_eq!((owed(world, &shop, from).await, owed(world, &shop, into).await), (0, earned));
        let moved = journal::Entity::find().filter(journal::Column::Kind.eq(JournalKind::PartyMerge));
        let moved = moved.all(&world.db).await.unwrap();
        let merged = successor::Entity::find_by_id(from).one(&world.db).await.unwrap().unwrap();
        assert_eq!((moved.len(), &moved[0].reference), (1, &merged.reference));
        assert_proved(world).await;

        // The signed sheet names the one, and pays the other.
        shop.sell(&[(beat, TierCode::Mp3)], 3_000).await;
        assert_eq!((owed(world, &shop, from).await, owed(world, &shop, into).await), (0, 2 * earned));
        let balances = list_payee_balances(&world.db, &world.ctx, "test", shop.studio).await.unwrap();
        let balance = balances.iter().find(|row| row.party == into).unwrap();
        assert_eq!(
            (balance.payable.minor, balance.held.minor),
            (0, 2 * earned),
            "both sales are held back, whoever is named"
        );
        // What is given back of the first sale is taken of the other.
        shop.give_back(shop.payment(first.id).await.id, None).await.unwrap();
        assert_eq!((owed(world, &shop, from).await, owed(world, &shop, into).await), (0, earned));
        let refund = journal::Entity::find().filter(journal::Column::Kind.eq(JournalKind::Refund));
        let refund = refund.one(&world.db).await.unwrap().unwrap();
        let entries = domain::ledger::queries::entries_of_journals(&world.db, &[refund.id]).await.unwrap();
        let entry = entries[&refund.id].iter().find(|row| row.account.party_id == Some(into)).unwrap();
        let told = explain(&world.db, &world.ctx, entry.entry.id).await.unwrap().unwrap();
        assert_eq!(
            told.parts.iter().map(|part| part.part.party_id).collect::<Vec<_>>(),
            [Some(from)],
            "as it was signed"
        );
        assert_proved(world).await;

        let paid = |party| PaidByHand {
            party,
            amount: Money::new(100, Currency::EUR),
            paid_at: None,
            note: "",
            key: None,
            despite_terms: false,
        };
        let refused =
            alone(world, async |tx| record_payout(tx, &world.ctx, "test", shop.studio, paid(from)).await).await;
        assert!(matches!(&refused, Err(PayoutError::Merged { into: told }) if *told == into), "{refused:?}");
        alone(world, async |tx| record_payout(tx, &world.ctx, "test", shop.studio, paid(into)).await).await.unwrap();
        assert_eq!(owed(world, &shop, into).await, earned - 100);
        assert_proved(world).await;

        // Merged once more, what was booked to the one between is told as before.
        let third = enter_party(world, &shop, person("Nova", None)).await.id;
        merge(world, into, third).await.unwrap();
        let again = explain(&world.db, &world.ctx, entry.entry.id).await.unwrap().unwrap();
        assert_eq!(again.parts, told.parts);
    })
    .await;
}

#[tokio::test]
async fn what_a_payee_was_paid_before_stays_theirs_and_is_found_with_the_other() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (from, into) = (shop.makers[0], twin(world, &shop).await);
        ready(world, &shop, from).await;
        let minimum = Money::new(1_000, Currency::EUR);
        alone(world, async |tx| set_minimum(tx, &world.ctx, shop.studio, Some(from), minimum).await).await.unwrap();
        crate::payouts::sell(&shop, "Night Drive").await;
        past_the_hold(world);
        let payout = ask(world, &shop, Some(1_000)).await.unwrap();
        let under_way = merge(world, from, into).await;
        assert!(matches!(under_way, Err(MergeError::PayoutUnderWay { .. })), "{under_way:?}");
        shop.do_jobs().await;
        merge(world, from, into).await.unwrap();
        let listed =
            list_payouts(&world.db, &world.ctx, shop.studio, Some(into), PageRequest::default()).await.unwrap();
        assert_eq!(listed.rows.iter().map(|row| (row.id, row.party_id)).collect::<Vec<_>>(), [(payout.id, from)]);
        let routes = list_routes(&world.db, &world.ctx, "test", shop.studio).await.unwrap();
        assert_eq!(routes.iter().map(|route| route.party).collect::<Vec<_>>(), [into], "their account at the gateway");
        let balances = list_payee_balances(&world.db, &world.ctx, "test", shop.studio).await.unwrap();
        assert_eq!(balances.iter().find(|row| row.party == into).unwrap().minimum, minimum);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_known_of_both_is_known_of_the_one_that_stays() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let mut first = person("Ada", Some("ada@example.com"));
        first.ipi = Some("00045620792".into());
        let from = enter_party(world, &shop, first).await.id;
        let into = enter_party(world, &shop, person("Ada Lovelace", Some("lovelace@example.com"))).await.id;
        for (party, pro, tag) in [(from, "GEMA", "vocals"), (into, "PRS", "vocals")] {
            let change = ProfileChange {
                pro: Edit::To(Some(pro.into())),
                tags: Edit::To(vec![tag.into(), pro.into()]),
                links: Edit::To(vec![Link { kind: None, url: "https://ada.example/".into() }]),
                contacts: Edit::To(vec![Contact {
                    kind: ContactKind::Phone,
                    value: "+49 30 1234".into(),
                    label: None,
                }]),
                ..ProfileChange::default()
            };
            done(world, async |tx| update_profile(tx, &world.ctx, party, change).await).await.unwrap();
        }
        done(world, async |tx| add_note(tx, &world.ctx, from, "Met in Kraków").await).await.unwrap();
        let clients = async |party| {
            let who = NewClient::Known(party);
            done(world, async |tx| create_client(tx, &world.ctx, shop.studio, who, ClientStage::Active).await)
                .await
                .unwrap()
        };
        let (old, new) = (clients(from).await, clients(into).await);
        let project = project::Model {
            id: world.ctx.env.id(),
            studio_id: shop.studio,
            client_id: Some(old.id),
            kind: ProjectKind::Record,
            state: ProjectState::Active,
            title: "First album".into(),
            created_at: world.ctx.env.now(),
        };
        let project = project.into_active_model().insert(&world.db).await.unwrap();

        let merged = merge(world, from, into).await.unwrap();
        assert_eq!((merged.id, merged.ipi.as_deref()), (into, Some("00045620792")));
        assert_eq!(merge(world, from, into).await.unwrap().id, into, "twice is once");
        let (_, profile) = find_profile(&world.db, &world.ctx, into).await.unwrap();
        assert_eq!(profile.merged_from, [from]);
        assert_eq!((profile.tags.len(), profile.links.len()), (3, 1));
        assert_eq!(profile.details.and_then(|row| row.pro).as_deref(), Some("PRS"), "what stands stays");
        assert!(profile.contacts.iter().any(|row| row.value == "ada@example.com"), "{:?}", profile.contacts);
        let (_, before) = find_profile(&world.db, &world.ctx, from).await.unwrap();
        assert_eq!((before.merged_into, before.details.and_then(|row| row.pro).as_deref()), (Some(into), Some("GEMA")));
        let notes = list_notes(&world.db, &world.ctx, into, PageRequest::default()).await.unwrap();
        assert_eq!(notes.rows.len(), 1);
        let project = project::Entity::find_by_id(project.id).one(&world.db).await.unwrap().unwrap();
        assert_eq!(project.client_id, Some(new.id));
        let listed = list_parties(&world.db, &world.ctx, shop.studio, PageRequest::default()).await.unwrap();
        assert!(listed.rows.iter().all(|row| row.id != from));
        // The old one is changed no more, and its address leads to the new one.
        let changed =
            done(world, async |tx| update_profile(tx, &world.ctx, from, ProfileChange::default()).await).await;
        assert!(matches!(changed, Err(PartyError::Merged { into: told }) if told == into), "{changed:?}");
        let third = enter_party(world, &shop, person("Countess", None)).await.id;
        merge(world, into, third).await.unwrap();
        let (_, profile) = find_profile(&world.db, &world.ctx, third).await.unwrap();
        assert_eq!(profile.merged_from.len(), 2, "both lead to the last");
        let back = merge(world, third, from).await;
        assert!(matches!(back, Err(MergeError::Party(PartyError::Merged { into: told })) if told == third), "{back:?}");
        // It never was a client, so that nothing else refuses it.
        let spare = enter_party(world, &shop, person("Ada", None)).await.id;
        merge(world, spare, third).await.unwrap();
        let client = client::Model { id: world.ctx.env.id(), party_id: spare, ..old };
        assert!(client.into_active_model().insert(&world.db).await.is_err(), "who was merged becomes no client");
    })
    .await;
}

/// An agreement that these are to sign, each for a party of their own.
pub(super) async fn out_to_sign(world: &World, studio: StudioId, emails: &[&str]) -> AgreementId {
    let (env, db) = (&world.ctx.env, &world.db);
    let work = domain::catalog::entity::work::Entity::find().one(db).await.unwrap().unwrap().id;
    let executed = domain::splits::testing::signed_sheet(db, env, studio, work).await.unwrap();
    let like = agreement::Entity::find_by_id(executed).one(db).await.unwrap().unwrap();
    let row = agreement::Model {
        id: env.id(),
        reference: "AG-OUT".into(),
        state: AgreementState::Sent,
        work_id: None,
        supersedes_id: None,
        executed_at: None,
        ..like
    };
    let row = row.into_active_model().insert(db).await.unwrap();
    for (index, email) in (0..).zip(emails) {
        let signer = signer::Model {
            id: env.id(),
            agreement_id: row.id,
            party_index: index,
            party_key: (*email).into(),
            position: index + 1,
            name: "Somebody".into(),
            email: email.parse().unwrap(),
            state: SignerState::Waiting,
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
            mailed_at: None,
            reminders: 0,
            created_at: env.now(),
        };
        signer.into_active_model().insert(db).await.unwrap();
    }
    assert_eq!(row.signing_order, SigningOrder::Parallel);
    row.id
}

#[tokio::test]
async fn two_who_are_told_to_be_two_are_not_merged() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter_party(world, &shop, person("Ada", Some("ada@example.com"))).await.id;
        let same = merge(world, ada, ada).await;
        assert!(matches!(same, Err(MergeError::Itself)), "{same:?}");
        let nobody = merge(world, ada, world.ctx.env.id()).await;
        assert!(matches!(nobody, Err(MergeError::NoParty { field: "into" })), "{nobody:?}");

        let mut company = person("Ada", None);
        company.kind = parties::entity::PartyKind::Company;
        let company = enter_party(world, &shop, company).await.id;
        assert!(matches!(merge(world, ada, company).await, Err(MergeError::Kinds)));
        let mut numbered = [person("Bo", None), person("Bo", None)];
        numbered[0].isni = Some("0000 0001 2146 438X".into());
        numbered[1].isni = Some("0000 0001 2103 2683".into());
        let [one, other] = numbered;
        let (one, other) = (enter_party(world, &shop, one).await.id, enter_party(world, &shop, other).await.id);
        assert!(matches!(merge(world, one, other).await, Err(MergeError::Numbers { what: "ISNIs", .. })));

        let foreign = another_studio(world).await;
        let across = merge(world, ada, foreign).await;
        assert!(matches!(across, Err(MergeError::OtherStudio)), "{across:?}");
        let stranger = world.as_actor(shop.manager());
        let hidden = done(world, async |tx| merge_parties(tx, &stranger, ada, foreign).await).await;
        assert!(matches!(hidden, Err(MergeError::NoParty { field: "into" })), "to a stranger it does not exist");

        // Beside each other in what was signed, in credits, and in what is to be signed.
        let work = shop.work("Slow Tide").await;
        shop.sign(work, [600_000, 400_000], world.ctx.env.now()).await;
        let [nova, orson] = shop.makers;
        let signed = merge(world, nova, orson).await;
        assert!(matches!(signed, Err(MergeError::SignedTogether { .. })), "{signed:?}");
        let forced = successor::Model {
            party_id: nova,
            studio_id: shop.studio,
            successor_id: orson,
            reference: "PM-FORCED".into(),
            merged_at: world.ctx.env.now(),
            merged_by: None,
        };
        assert!(forced.into_active_model().insert(&world.db).await.is_err(), "the database holds it, too");
        shop.beat("Night Drive", true).await;
        let credited = merge(world, nova, orson).await;
        assert!(matches!(credited, Err(MergeError::CreditedTogether { .. })), "{credited:?}");
        let cleo = enter_party(world, &shop, person("Cleo", Some("cleo@example.com"))).await.id;
        out_to_sign(world, shop.studio, &["ADA@example.com", "cleo@example.com"]).await;
        let signing = merge(world, cleo, ada).await.unwrap_err();
        assert!(matches!(&signing, MergeError::SigningTogether { reference } if reference == "AG-OUT"), "{signing:?}");
        assert!(signing.explain().remedy.is_some());
    })
    .await;
}

#[tokio::test]
async fn two_who_signed_beside_each_other_are_not_merged_by_way_of_a_third() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let work = shop.work("Slow Tide").await;
        shop.sign(work, [600_000, 400_000], world.ctx.env.now()).await;
        let ([nova, orson], third) = (shop.makers, twin(world, &shop).await);
        merge(world, nova, third).await.unwrap();
        for (from, into) in [(third, orson), (orson, third)] {
            let refused = merge(world, from, into).await;
            assert!(matches!(refused, Err(MergeError::SignedTogether { .. })), "{refused:?}");
            let forced = successor::Model {
                party_id: from,
                studio_id: shop.studio,
                successor_id: into,
                reference: format!("PM-{from}"),
                merged_at: world.ctx.env.now(),
                merged_by: None,
            };
            assert!(forced.into_active_model().insert(&world.db).await.is_err(), "the database holds it, too");
        }
    })
    .await;
}

/// A party of another studio.
async fn another_studio(world: &World) -> PartyId {
    let like = domain::identity::entity::studio::Entity::find().one(&world.db).await.unwrap().unwrap();
    let studio = domain::identity::entity::studio::Model { id: world.ctx.env.id(), slug: "other".into(), ..like };
    let studio = studio.into_active_model().insert(&world.db).await.unwrap().id;
    done(world, async |tx| parties::create_party(tx, &world.ctx, studio, person("Ada", None)).await).await.unwrap().id
}

#[tokio::test]
async fn nobody_is_merged_while_what_they_earned_is_disputed() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let (from, into) = (shop.makers[0], twin(world, &shop).await);
        let order = crate::payouts::sell(&shop, "Night Drive").await;
        let earned = owed(world, &shop, from).await;
        let until = world.ctx.env.now() + chrono::Duration::days(7);
        let dispute = shop.gateway.dispute(order, 3_000, until);
        hear(world, &shop, "charge.dispute.created", order).await;
        let refused = merge(world, from, into).await;
        assert!(
            matches!(&refused, Err(MergeError::Disputed { suspended }) if suspended.minor == earned),
            "{refused:?}"
        );
        shop.gateway.decide(order, &dispute, DisputeStanding::Won);
        hear(world, &shop, "charge.dispute.closed", order).await;
        merge(world, from, into).await.unwrap();
        assert_eq!(owed(world, &shop, into).await, earned);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn who_may_be_one_is_found_by_address_number_and_name() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter(world, &shop, "Ada Łukasiewicz", Some("ada@example.com")).await.unwrap().party_id;
        let again = enter_party(world, &shop, person("ADA  Lukasiewicz", Some("a.l@example.com"))).await.id;
        let shared = enter_party(world, &shop, person("Countess", Some("ADA@example.com"))).await.id;
        let found = list_likenesses(&world.db, &world.ctx, shop.studio, None, 20).await.unwrap();
        let told: Vec<_> = found.iter().map(|row| (row.kind, row.key.as_str(), row.parties.clone())).collect();
        let expected = [
            (KeyKind::Email, "ada@example.com", vec![ada, shared]),
            (KeyKind::Name, "ada lukasiewicz", vec![ada, again]),
        ];
        assert_eq!(told, expected);
        let behind = Some((KeyKind::Email, "ada@example.com".to_owned()));
        let rest = list_likenesses(&world.db, &world.ctx, shop.studio, behind, 20).await.unwrap();
        assert_eq!(rest, found[1..]);
        merge(world, again, ada).await.unwrap();
        merge(world, shared, ada).await.unwrap();
        assert!(list_likenesses(&world.db, &world.ctx, shop.studio, None, 20).await.unwrap().is_empty());
        assert_eq!(party(world, shared).await.name, "Countess", "its row stays");
        for _ in 0..21 {
            enter_party(world, &shop, person("Somebody", None)).await;
        }
        let many = list_likenesses(&world.db, &world.ctx, shop.studio, None, 20).await.unwrap().remove(0);
        assert_eq!((many.key.as_str(), many.count, many.parties.len()), ("somebody", 21, 20));
    })
    .await;
}

/// Whoever adds a table that refers to parties or clients decides what becomes of it.
#[tokio::test]
async fn every_table_that_refers_to_parties_or_clients_has_its_fate() {
    on_each_database(async |world| {
        if is_postgres(&world.db) {
            return;
        }
        for (of, fates) in [("parties", references::OF_PARTIES), ("clients", references::OF_CLIENTS)] {
            let text = format!(
                "SELECT DISTINCT tables.name AS name FROM sqlite_master AS tables
                 JOIN pragma_foreign_key_list(tables.name) AS keys ON keys.\"table\" = '{of}'
                 WHERE tables.type = 'table' ORDER BY tables.name"
            );
            let statement = Statement::from_string(world.db.get_database_backend(), text);
            let rows = world.db.query_all_raw(statement).await.unwrap();
            let referring: Vec<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
            let decided: Vec<&str> = fates.iter().map(|(table, _)| *table).collect();
            assert_eq!(referring, decided, "say in parties/references.rs what becomes of it");
        }
        assert!(references::OF_PARTIES.iter().any(|(_, fate)| matches!(fate, Fate::Stays(why) if !why.is_empty())));
    })
    .await;
}
