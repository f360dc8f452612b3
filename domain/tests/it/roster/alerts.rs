//! What wants looking at is raised once, and settled when it is over or put aside.

use chrono::Duration;
use domain::{
    actor::{Actor, Role},
    ids::{PartyId, RoyaltyAlertId},
    money::Currency,
    outbox::{Job, entity::job},
    page::PageRequest,
    roster::alerts::{find_alert_letter, list_alerts, look_now, settle_alert, tend, told_of_alerts, words},
    royalties::{
        RoyaltyError,
        commands::terms::{NewRule, save_rule},
        entity::{AlertKind, ImportState, RateSource, alert, import, total},
        rules::{Base, Contract, Covers, Exact, Fraction, Payable, Rate, Rule, RuleId, Subject, When},
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, QueryOrder};
use serde_json::json;

use super::{House, Sold, person};
use crate::support::on_each_database;

async fn alerts(shop: &House) -> Vec<alert::Model> {
    alert::Entity::find().order_by_asc(alert::Column::Id).all(&shop.services.db).await.unwrap()
}

async fn open(shop: &House) -> Vec<(AlertKind, String)> {
    let rows = alerts(shop).await.into_iter().filter(|row| row.settled_at.is_none());
    rows.map(|row| (row.kind, row.subject)).collect()
}

async fn put_aside(shop: &House, id: RoyaltyAlertId) -> alert::Model {
    let tx = shop.services.begin().await.unwrap();
    let settled = settle_alert(&tx, &shop.services.ctx(Actor::System), id).await.unwrap();
    shop.services.commit(tx).await.unwrap();
    settled
}

/// How many mails about alerts are asked for.
async fn mails(shop: &House) -> usize {
    let rows = job::Entity::find().all(&shop.services.db).await.unwrap();
    let about = Job::MailRoyaltyAlerts { studio: shop.studio };
    rows.into_iter().filter(|row| serde_json::from_value::<Job>(row.payload.clone()).unwrap() == about).count()
}

/// Points of everything.
fn contract(payer: PartyId, payee: PartyId) -> Contract {
    let rate = Rate { when: When::default(), base: Base::NetReceipts, rate: Fraction::hundredths(300) };
    Contract {
        payer,
        payer_group: None,
        payee,
        group: None,
        covers: Covers::Everything,
        rates: vec![rate],
        escalation: None,
        payable: Payable::RecordOne,
        reserve: None,
    }
}

fn earned(of: Subject, month: &'static str) -> Sold {
    Sold { of: Some(of), source: "Spotify", territory: "DE", month, net: "1.5" }
}

#[tokio::test]
async fn what_earns_without_a_split_is_told_once_until_it_is_signed() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let work = shop.work("Night Drive").await;
        let recording = shop.recording(work, "Night Drive").await;
        let of = Subject::Recording(recording);
        shop.statement(shop.studio, Currency::EUR, &[earned(of.clone(), "2026-07-01"), earned(of, "2026-08-01")]).await;
        assert_eq!((tend(&shop.services).await.unwrap(), tend(&shop.services).await.unwrap()), (1, 0));
        assert_eq!(open(&shop).await, [(AlertKind::NoSplit, recording.to_string())]);
        assert_eq!(mails(&shop).await, 1);
        let letter = find_alert_letter(&shop.services.db, shop.studio).await.unwrap().unwrap();
        let [told] = &letter.alerts[..] else { panic!("{letter:?}") };
        let sentence = "“Night Drive” earns, and nobody has signed whose it is. Its money waits.";
        assert_eq!(words(told).unwrap(), sentence);
        let tx = shop.services.begin().await.unwrap();
        told_of_alerts(&tx, &shop.services.ctx(Actor::System), &[told.id]).await.unwrap();
        shop.services.commit(tx).await.unwrap();
        let letter = find_alert_letter(&shop.services.db, shop.studio).await.unwrap().unwrap();
        assert_eq!(letter.alerts, [], "a studio is told once");

        shop.sign(work, [600_000, 400_000], shop.services.env.now()).await;
        assert_eq!(tend(&shop.services).await.unwrap(), 0);
        assert_eq!(open(&shop).await, []);
        assert_eq!(alerts(&shop).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_asks_is_told_what_is_so_at_that_moment() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let work = shop.work("Night Drive").await;
        let recording = shop.recording(work, "Night Drive").await;
        shop.statement(shop.studio, Currency::EUR, &[earned(Subject::Recording(recording), "2026-07-01")]).await;
        let actor = |role| person(shop.services.env.id(), &[(shop.studio, role)]);
        let look = async |role| look_now(&shop.services, &shop.services.ctx(actor(role)), shop.studio).await;
        assert!(matches!(look(Role::Engineer).await, Err(RoyaltyError::Denied(_))));
        assert_eq!(open(&shop).await, []);
        for _ in 0..2 {
            look(Role::Manager).await.unwrap();
            assert_eq!(open(&shop).await, [(AlertKind::NoSplit, recording.to_string())]);
        }
        shop.sign(work, [600_000, 400_000], shop.services.env.now()).await;
        look(Role::Manager).await.unwrap();
        assert_eq!((open(&shop).await, mails(&shop).await), (vec![], 1));
    })
    .await;
}

#[tokio::test]
async fn what_was_put_aside_is_not_raised_again_and_what_comes_back_is() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let quarantine = async |state: ImportState, import: import::Model| {
            let mut row = import.into_active_model();
            row.state = Set(state);
            row.problem = Set(Some(json!([])));
            row.update(&shop.services.db).await.unwrap()
        };
        let import = shop.waiting(shop.studio).await;
        let import = quarantine(ImportState::Quarantined, import).await;
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
        shop.wait();
        // It is read anew, and is again of no format: that is told again.
        let import = quarantine(ImportState::Waiting, import).await;
        assert_eq!(tend(&shop.services).await.unwrap(), 0);
        assert_eq!(open(&shop).await, []);
        let import = quarantine(ImportState::Quarantined, import).await;
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
        let last = alerts(&shop).await.pop().unwrap();
        assert_eq!((last.kind, &last.subject), (AlertKind::FormatDrift, &import.id.to_string()));
        let settled = put_aside(&shop, last.id).await;
        assert_eq!(put_aside(&shop, last.id).await, settled, "twice is once");
        assert_eq!(tend(&shop.services).await.unwrap(), 0);
        assert_eq!((open(&shop).await, alerts(&shop).await.len()), (vec![], 2));

        let page = async |open_only| {
            let ctx = shop.services.ctx(Actor::System);
            list_alerts(&shop.services.db, &ctx, shop.studio, open_only, PageRequest::default()).await.unwrap()
        };
        assert_eq!((page(true).await.rows.len(), page(false).await.rows.len()), (0, 2));
        let engineer = person(shop.services.env.id(), &[(shop.studio, Role::Engineer)]);
        let tx = shop.services.begin().await.unwrap();
        let refused = settle_alert(&tx, &shop.services.ctx(engineer), last.id).await;
        assert!(matches!(refused, Err(RoyaltyError::Denied(_))));
    })
    .await;
}

#[tokio::test]
async fn a_statement_without_a_rate_is_told_until_it_has_one() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let sold = Sold { of: None, source: "Spotify", territory: "DE", month: "2026-07-01", net: "1.5" };
        let import = shop.statement(shop.studio, Currency::USD, &[sold]).await;
        let rated = async |rate: Option<Exact>| {
            let row = total::ActiveModel {
                import_id: Set(import),
                currency: Set(Currency::USD),
                account_currency: Set(rate.map(|_| Currency::EUR)),
                rate_of: Set(rate),
                rate_to: Set(rate),
                rate_source: Set(rate.map(|_| RateSource::Studio)),
                rated_at: Set(rate.map(|_| shop.services.env.now())),
                ..Default::default()
            };
            row.update(&shop.services.db).await.unwrap();
        };
        rated(None).await;
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
        assert_eq!(open(&shop).await, [(AlertKind::NoRate, format!("{import}/USD"))]);
        let told = words(&alerts(&shop).await[0]).unwrap();
        assert_eq!(told, "“sales.tsv” is in USD, and nobody has said at which rate. No run takes its money.");
        rated(Some(Exact::whole(1))).await;
        assert_eq!((tend(&shop.services).await.unwrap(), open(&shop).await), (0, vec![]));
    })
    .await;
}

#[tokio::test]
async fn two_who_look_at_once_raise_it_once() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let recording = shop.recording(shop.work("Night Drive").await, "Night Drive").await;
        shop.statement(shop.studio, Currency::EUR, &[earned(Subject::Recording(recording), "2026-07-01")]).await;
        let (one, other) = futures::join!(tend(&shop.services), tend(&shop.services));
        assert_eq!(one.unwrap() + other.unwrap(), 1);
        assert_eq!((alerts(&shop).await.len(), mails(&shop).await), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_share_that_never_arrived_is_told_where_others_do() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let (drive, dusk) = (shop.work("Night Drive").await, shop.work("Dusk").await);
        for work in [drive, dusk] {
            shop.sign(work, [600_000, 400_000], shop.services.env.now()).await;
        }
        let [of_drive, of_dusk] = [shop.recording(drive, "Night Drive").await, shop.recording(dusk, "Dusk").await];
        let month: &'static str = shop.services.env.now().format("%Y-%m-01").to_string().leak();
        let masters = [earned(Subject::Recording(of_drive), month), earned(Subject::Recording(of_dusk), month)];
        shop.statement(shop.studio, Currency::EUR, &masters).await;
        shop.clock.advance(Duration::days(250));
        // The studio gets no statements of compositions: their writers may be paid by their society.
        assert_eq!(tend(&shop.services).await.unwrap(), 0);
        shop.statement(shop.studio, Currency::EUR, &[earned(Subject::Work(drive), month)]).await;
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
        assert_eq!(open(&shop).await, [(AlertKind::ShareMissing, format!("{dusk}/composition"))]);
        shop.statement(shop.studio, Currency::EUR, &[earned(Subject::Work(dusk), month)]).await;
        assert_eq!((tend(&shop.services).await.unwrap(), open(&shop).await), (0, vec![]));
    })
    .await;
}

#[tokio::test]
async fn a_contract_is_told_of_within_sixty_days_of_its_end() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let [nova, orson] = shop.makers;
        let today = shop.services.env.now().date_naive();
        let save = async |end: chrono::NaiveDate| {
            let content = Rule::Contract(Box::new(contract(nova, orson)));
            let new = NewRule {
                rule: RuleId("deal:orson".into()),
                title: "Orson’s deal".into(),
                effective_on: today - Duration::days(400),
                ends_on: Some(end),
                content,
                document_sha256: None,
                agreement: None,
                request_key: None,
            };
            let tx = shop.services.begin().await.unwrap();
            save_rule(&tx, &shop.services.ctx(Actor::System), shop.studio, new).await.unwrap();
            shop.services.commit(tx).await.unwrap();
        };
        let end = today + Duration::days(61);
        save(end).await;
        assert_eq!(tend(&shop.services).await.unwrap(), 0);
        shop.clock.advance(Duration::days(1));
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
        assert_eq!(open(&shop).await, [(AlertKind::ContractEnds, format!("deal:orson@{end}"))]);
        // It is prolonged: that one is over, and the new end is told of in its time.
        save(end + Duration::days(365)).await;
        assert_eq!((tend(&shop.services).await.unwrap(), open(&shop).await), (0, vec![]));
        shop.clock.advance(Duration::days(365));
        assert_eq!(tend(&shop.services).await.unwrap(), 1);
    })
    .await;
}
