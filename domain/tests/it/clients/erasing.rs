//! Erasing on request: what nothing needs goes for good, what law and contracts need stays, and nothing is erased while something is open.

use domain::{
    agreements::entity::{AgreementState, agreement},
    catalog::{CatalogError, rules::shares::ShareLine, set_collaborators},
    clients::{
        commands::move_client,
        entity::ClientStage,
        queries::{ClientFilter, ClientOrder, list_clients},
        records::stage_move,
        timeline::{EventKind, TimelinePage, list_events},
    },
    edit::Edit,
    free_downloads::entity::{consent, request},
    ids::PartyId,
    licensing::terms::TierCode,
    money::{Currency, Money},
    page::PageRequest,
    parties::{
        self, DataClass, ERASED_NAME, ErasureError, ErasureReport, PartyChange, PartyError, ProfileChange, add_note,
        details::Contact,
        erase_party, find_profile, index_parties, merge_parties, preview_erasure,
        records::{ContactKind, erasure, key, note},
        set_tax, update_party, update_profile,
    },
    payouts::{
        commands::{AskPayout, request_payout},
        entity::payee,
    },
    ports::Mail,
    production::{
        commands::{
            LineChange, LineInput, NewProject, PersonInput, ProjectChange, add_line, add_person, cancel_project,
            create_project, remove_person, update_line, update_project,
        },
        entity::{
            BudgetCategory, PersonRole, RateKind,
            project::{self, ProjectKind, ProjectState},
        },
    },
    report::Explain,
    reviews::rules::Terms,
    sales::entity::order,
    sent_mails,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

use super::{done, enter, enter_party, manager, merging::out_to_sign, party, person};
use crate::{
    payouts::{alone, past_the_hold, ready},
    reviews::House,
    shop::Shop,
    support::{World, on_each_database},
};

async fn erase(world: &World, party: PartyId, name: &str) -> Result<erasure::Model, ErasureError> {
    done(world, async |tx| erase_party(tx, &world.ctx, party, name).await).await
}

/// The classes of a report that are erased, or those that are kept.
fn classes(report: &ErasureReport, erased: bool) -> Vec<DataClass> {
    report.lines.iter().filter(|line| line.erased == erased).map(|line| line.class).collect()
}

/// A confirmed free download, with its consent.
async fn consents(world: &World, shop: &Shop, party: PartyId, email: &str) {
    let beat = shop.beat("Given Away", true).await;
    let asked = request::Model {
        id: world.ctx.env.id(),
        studio_id: shop.studio,
        beat_id: beat,
        email: email.parse().unwrap(),
        wording_version: "1".into(),
        asked_at: world.ctx.env.now(),
        expires_at: world.ctx.env.now(),
        confirmed_at: Some(world.ctx.env.now()),
    };
    let asked = asked.into_active_model().insert(&world.db).await.unwrap();
    let given = consent::Model {
        id: world.ctx.env.id(),
        studio_id: shop.studio,
        party_id: party,
        email: asked.email.clone(),
        email_key: asked.email.account_key(),
        wording_version: "1".into(),
        request_id: asked.id,
        given_at: world.ctx.env.now(),
        given_ip: None,
        withdrawn_at: None,
    };
    let given = given.into_active_model().insert(&world.db).await.unwrap();
    let forgotten = consent::Entity::delete_by_id(given.id).exec(&world.db).await;
    assert!(forgotten.is_err(), "a consent of who stands is not forgotten");
}

async fn mailed(world: &World, shop: &Shop, to: &str) {
    let mail = Mail {
        job: world.ctx.env.id(),
        to: to.parse().unwrap(),
        from_name: String::new(),
        reply_to: None,
        subject: "Your files".into(),
        text: String::new(),
        html: String::new(),
        calendar: None,
    };
    sent_mails::record(&world.db, &world.ctx, shop.studio, &mail).await.unwrap();
}

#[tokio::test]
async fn what_nothing_needs_goes_and_what_was_bought_stays() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter(world, &shop, "Ada Lovelace", Some("ada@example.com")).await.unwrap();
        let id = ada.party_id;
        let change = ProfileChange {
            pro: Edit::To(Some("PRS".into())),
            tags: Edit::To(vec!["vocals".into()]),
            contacts: Edit::To(vec![Contact {
                kind: ContactKind::Email,
                value: "mgmt@example.com".into(),
                label: None,
            }]),
            ..ProfileChange::default()
        };
        done(world, async |tx| update_profile(tx, &world.ctx, id, change).await).await.unwrap();
        done(world, async |tx| set_tax(tx, &world.ctx, id, Some(("GB 123", "GB"))).await).await.unwrap();
        done(world, async |tx| add_note(tx, &world.ctx, id, "Lives at 12 St. James's Square").await).await.unwrap();
        done(world, async |tx| move_client(tx, &world.ctx, ada.id, ClientStage::Talking, "Called me at home").await)
            .await
            .unwrap();
        consents(world, &shop, id, "ada@example.com").await;
        mailed(world, &shop, "ada@example.com").await;
        mailed(world, &shop, "mgmt@example.com").await;
        let beat = shop.beat("Night Drive", true).await;
        let bought = shop.sell(&[(beat, TierCode::Mp3)], 3_000).await;

        let preview = preview_erasure(&world.db, &world.ctx, id).await.unwrap();
        let gone = [
            DataClass::Identity,
            DataClass::Email,
            DataClass::Details,
            DataClass::Contacts,
            DataClass::Tags,
            DataClass::Notes,
            DataClass::StageWords,
            DataClass::Consents,
            DataClass::Mails,
            DataClass::Tax,
        ];
        assert_eq!(classes(&preview, true), gone);
        assert_eq!(classes(&preview, false), [DataClass::Orders]);
        let wrong = erase(world, id, "Ada").await;
        assert!(matches!(wrong, Err(ErasureError::OtherName)), "{wrong:?}");
        let (mona, monas) = manager(world, shop.studio, "mona").await;
        let done_at = world.ctx.env.now();
        let erased = done(world, async |tx| erase_party(tx, &monas, id, " Ada Lovelace ").await).await.unwrap();
        assert_eq!((&erased.report, erased.erased_by, erased.erased_at), (&preview, Some(mona), done_at));

        let row = party(world, id).await;
        assert_eq!((row.name.as_str(), row.email, row.legal_name), (ERASED_NAME, None, None));
        let (_, profile) = find_profile(&world.db, &world.ctx, id).await.unwrap();
        let expected = parties::Profile { erased_at: Some(done_at), ..parties::Profile::default() };
        assert_eq!(profile, expected, "it shows as erased, and as nothing else");
        assert_eq!(note::Entity::find().count(&world.db).await.unwrap(), 0);
        assert_eq!(consent::Entity::find().count(&world.db).await.unwrap(), 0);
        assert_eq!(request::Entity::find().count(&world.db).await.unwrap(), 0);
        assert_eq!(sent_mails::entity::Entity::find().count(&world.db).await.unwrap(), 0);
        let words = stage_move::Entity::find().filter(stage_move::Column::Words.ne("")).count(&world.db).await.unwrap();
        assert_eq!(
            (words, key::Entity::find().filter(key::Column::PartyId.eq(id)).count(&world.db).await.unwrap()),
            (0, 1)
        );
        let kept = order::Entity::find_by_id(bought.id).one(&world.db).await.unwrap().unwrap();
        assert_eq!(kept.buyer_email.as_str(), "ada@example.com", "a contract is kept");
        let whole = TimelinePage::new(None, None, None, None).unwrap();
        let events = list_events(&world.db, &world.ctx, ada.id, whole).await.unwrap().rows;
        assert!(events.iter().all(|event| event.kind == EventKind::Stage && event.detail.is_none()), "{events:?}");
        let log = serde_json::to_string(&erased.report).unwrap();
        for told in ["Ada", "example.com", "James", "vocals", "PRS"] {
            assert!(!log.contains(told), "{log}");
        }

        // For good: nothing comes back, nothing is found, nothing is written any more.
        index_parties(&shop.services).await.unwrap();
        let listed = ClientFilter { search: Some("ada".into()), ..ClientFilter::default() };
        let request = PageRequest::default();
        let found =
            list_clients(&world.db, &world.ctx, shop.studio, &listed, ClientOrder::Name, request).await.unwrap();
        assert!(found.rows.is_empty());
        let all =
            list_clients(&world.db, &world.ctx, shop.studio, &ClientFilter::default(), ClientOrder::Name, request)
                .await;
        assert_eq!(all.unwrap().rows.len(), 1, "the client shows as erased");
        let again = erase(world, id, ERASED_NAME).await;
        assert!(matches!(again, Err(ErasureError::Party(PartyError::Erased))), "{again:?}");
        assert_eq!(preview_erasure(&world.db, &world.ctx, id).await.unwrap(), preview);
        let change = PartyChange { email: Edit::To(Some("ada@example.com".into())), ..PartyChange::default() };
        let changed = done(world, async |tx| update_party(tx, &world.ctx, id, change).await).await;
        assert!(matches!(changed, Err(PartyError::Erased)), "{changed:?}");
        let forced = parties::entity::ActiveModel {
            id: sea_orm::ActiveValue::Set(id),
            email: sea_orm::ActiveValue::Set(Some("ada@example.com".parse().unwrap())),
            ..Default::default()
        };
        assert!(forced.update(&world.db).await.is_err(), "the database holds it, too");
        assert!(erasure::Entity::delete_by_id(id).exec(&world.db).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn who_is_owed_money_or_must_still_sign_or_is_worked_for_is_not_erased() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let [first, second] = shop.makers;
        let own = first.min(second);
        let other = first.max(second);
        let (own_name, other_name) = (party(world, own).await.name, party(world, other).await.name);
        let refused = erase(world, own, &own_name).await;
        assert!(matches!(refused, Err(ErasureError::OwnParty)), "{refused:?}");
        crate::payouts::sell(&shop, "Night Drive").await;
        let refused = erase(world, other, &other_name).await.unwrap_err();
        assert!(matches!(&refused, ErasureError::Owed { owed, .. } if owed.minor > 0), "{refused:?}");
        let report = refused.explain();
        assert_eq!(
            (report.code, report.remedy.as_deref()),
            ("STILL_OWED", Some("pay it first, and wait until disputes are decided"))
        );

        let ada = enter(world, &shop, "Ada", Some("ada@example.com")).await.unwrap();
        let open = project::Model {
            id: world.ctx.env.id(),
            studio_id: shop.studio,
            client_id: Some(ada.id),
            kind: ProjectKind::Record,
            state: ProjectState::Active,
            title: "First album".into(),
            created_at: world.ctx.env.now(),
        };
        let open = open.into_active_model().insert(&world.db).await.unwrap();
        let refused = erase(world, ada.party_id, "Ada").await;
        assert!(matches!(&refused, Err(ErasureError::OpenProject { title }) if title == "First album"), "{refused:?}");
        let over = project::ActiveModel {
            state: sea_orm::ActiveValue::Set(ProjectState::Delivered),
            ..open.into_active_model()
        };
        over.update(&world.db).await.unwrap();
        let agreement = out_to_sign(world, shop.studio, &["ADA@example.com", "bo@example.com"]).await;
        let refused = erase(world, ada.party_id, "Ada").await;
        assert!(matches!(&refused, Err(ErasureError::Signing { reference }) if reference == "AG-OUT"), "{refused:?}");
        let voided = agreement::ActiveModel {
            id: sea_orm::ActiveValue::Set(agreement),
            state: sea_orm::ActiveValue::Set(AgreementState::Voided),
            closed_at: sea_orm::ActiveValue::Set(Some(world.ctx.env.now())),
            ..Default::default()
        };
        voided.update(&world.db).await.unwrap();
        erase(world, ada.party_id, "Ada").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_payee_who_was_paid_keeps_a_name_and_who_still_earns_a_way_to_be_paid() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        // The studio's own party is the other.
        let payee = shop.makers[0].max(shop.makers[1]);
        ready(world, &shop, payee).await;
        done(world, async |tx| set_tax(tx, &world.ctx, payee, Some(("DE 123456789", "DE"))).await).await.unwrap();
        crate::payouts::sell(&shop, "Night Drive").await;
        past_the_hold(world);
        let asked = AskPayout { party: payee, currency: shop.currency, amount: None, key: None };
        alone(world, async |tx| request_payout(tx, &world.ctx, "test", shop.studio, asked).await).await.unwrap();
        let name = party(world, payee).await.name;
        let under_way = erase(world, payee, &name).await;
        assert!(matches!(under_way, Err(ErasureError::PayoutUnderWay { .. })), "{under_way:?}");
        shop.do_jobs().await;
        let erased = erase(world, payee, &name).await.unwrap();
        let kept =
            [DataClass::Identity, DataClass::Tax, DataClass::PayeeRoutes, DataClass::Credits, DataClass::Accounting];
        assert_eq!(classes(&erased.report, false), kept);
        assert_eq!(classes(&erased.report, true), [DataClass::Email]);
        let row = party(world, payee).await;
        assert_eq!((row.name, row.email), (name, None));
        assert_eq!(payee::Entity::find().filter(payee::Column::PartyId.eq(payee)).count(&world.db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_was_merged_is_erased_with_the_one_that_stayed() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let old = enter_party(world, &shop, person("Ada", Some("old@example.com"))).await.id;
        let new = enter_party(world, &shop, person("Ada Lovelace", Some("new@example.com"))).await.id;
        done(world, async |tx| merge_parties(tx, &world.ctx, old, new).await).await.unwrap();
        mailed(world, &shop, "old@example.com").await;
        erase(world, new, "Ada Lovelace").await.unwrap();
        for id in [old, new] {
            let row = party(world, id).await;
            assert_eq!((row.name.as_str(), row.email), (ERASED_NAME, None));
        }
        assert_eq!(sent_mails::entity::Entity::find().count(&world.db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn who_takes_part_in_an_open_project_is_not_erased_and_keeps_a_name_when_it_is_over() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter_party(world, &shop, person("Ada", None)).await.id;
        let new = NewProject {
            kind: ProjectKind::Record,
            title: "First album".into(),
            client: None,
            currency: None,
            starts_on: None,
            due_on: None,
        };
        let of = done(world, async |tx| create_project(tx, &world.ctx, shop.studio, new).await).await.unwrap().id;
        let refused = async || {
            let refused = erase(world, ada, "Ada").await;
            assert!(
                matches!(&refused, Err(ErasureError::OpenProject { title }) if title == "First album"),
                "{refused:?}"
            );
        };
        let plays =
            PersonInput { project: of, song: None, party: ada, role: PersonRole::Performer, detail: "bass".into() };
        let plays = async || done(world, async |tx| add_person(tx, &world.ctx, plays.clone()).await).await.unwrap().id;
        let first = plays().await;
        refused().await;
        done(world, async |tx| remove_person(tx, &world.ctx, first).await).await.unwrap();
        for (decider, decides) in [(Some(ada), true), (None, false)] {
            let change = ProjectChange { decider: Edit::To(decider), ..ProjectChange::default() };
            done(world, async |tx| update_project(tx, &world.ctx, of, change).await).await.unwrap();
            if decides {
                refused().await;
            }
        }
        let line = LineInput {
            project: of,
            category: BudgetCategory::Musician,
            title: "Bass".into(),
            hire: Some(ada),
            rate_kind: RateKind::Flat,
            rate: Money::new(20_000, Currency::EUR),
            quantity_milli: None,
            recoupable: false,
        };
        let line = done(world, async |tx| add_line(tx, &world.ctx, line).await).await.unwrap().id;
        refused().await;
        for hire in [None, Some(ada)] {
            let change = LineChange { hire: Edit::To(hire), ..LineChange::default() };
            done(world, async |tx| update_line(tx, &world.ctx, line, change).await).await.unwrap();
        }
        plays().await;
        done(world, async |tx| cancel_project(tx, &world.ctx, of, "They moved away").await).await.unwrap();
        let erased = erase(world, ada, "Ada").await.unwrap();
        assert_eq!(
            classes(&erased.report, false),
            [DataClass::Identity, DataClass::Credits, DataClass::Accounting],
            "nothing of it pays"
        );
        assert_eq!(party(world, ada).await.name, "Ada");
    })
    .await;
}

#[tokio::test]
async fn what_stands_under_an_address_of_another_stays_and_under_each_of_ones_own_goes() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let ada = enter_party(world, &shop, person("Ada", Some("band@example.com"))).await.id;
        enter_party(world, &shop, person("Bo", Some("Band@example.com"))).await;
        // Under this address the party has consented, and is written to nowhere else.
        consents(world, &shop, ada, "old@example.com").await;
        for to in ["band@example.com", "old@example.com"] {
            mailed(world, &shop, to).await;
        }
        erase(world, ada, "Ada").await.unwrap();
        let left = sent_mails::entity::Entity::find().all(&world.db).await.unwrap();
        assert_eq!(left.iter().map(|row| row.email_key.as_str()).collect::<Vec<_>>(), ["band@example.com"]);
    })
    .await;
}

#[tokio::test]
async fn what_a_reviewer_said_and_a_signer_was_sent_is_kept_and_told() {
    on_each_database(async |world| {
        let house = House::open(world).await;
        let ada = enter_party(world, &house.shop, person("Ada", Some("ada@example.com"))).await.id;
        let review = house.review(Terms::default()).await;
        house.invite(review.id, "Ada", true).await;
        out_to_sign(world, house.shop.studio, &["Ada@example.com", "bo@example.com"]).await;
        let report = preview_erasure(&world.db, &world.ctx, ada).await.unwrap();
        assert_eq!(classes(&report, false), [DataClass::Agreements, DataClass::Reviews]);
        assert!(report.lines.iter().filter(|line| !line.erased).all(|line| line.rows == 1), "{report:?}");
    })
    .await;
}

#[tokio::test]
async fn who_was_erased_is_credited_with_nothing_more_and_stays_where_they_are() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", true).await;
        let bo = enter_party(world, &shop, person("Bo", None)).await.id;
        let credited = shop.makers[0].max(shop.makers[1]);
        for gone in [bo, credited] {
            let name = party(world, gone).await.name;
            erase(world, gone, &name).await.unwrap();
        }
        let credit = async |party| {
            let whole = [ShareLine { party, role: "producer".into(), share_ppm: 1_000_000 }];
            done(world, async |tx| set_collaborators(tx, &world.ctx, beat, &whole).await).await
        };
        let refused = credit(bo).await.unwrap_err();
        assert!(matches!(refused, CatalogError::Erased { line: 0 }), "{refused:?}");
        assert_eq!(refused.explain().field.as_deref(), Some("collaborators.0.partyId"));
        credit(credited).await.unwrap();
    })
    .await;
}
