//! Masters as a client meets them by a mailed link, without an account and without JavaScript: made, locked, open, and locked again.

use domain::{
    clients::entity::{self as clients, ClientStage},
    identity::entity::studio,
    ids::{ClientId, PartyId, ProjectId},
    invoices::{
        commands::{BillTo, IssueInvoice, RecordTransfer, issue_invoice, record_transfer, reverse_transfer},
        entity::invoice,
        queries::invoice_url,
        rules::lines::NewLine,
    },
    links::Purpose,
    masters::{
        commands::{order_masters, settle_masters},
        entity::{download, master},
        queries::masters_url,
    },
    money::{Currency, Money},
    parties::entity as party,
    production::entity::project,
};
use reqwest::StatusCode;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{
    assert_strict, on_each_database,
    support::{Browser, Seen, Shop},
};
use crate::mixes::desk::Desk;

const MASTER: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// An invoice of a project, which is its client's from now on.
async fn invoiced(shop: &Shop, project: ProjectId) -> invoice::Model {
    let (env, db) = (&shop.services.env, &shop.services.db);
    let addressed = studio::ActiveModel {
        id: Set(shop.studio),
        address: Set(Some("Hafenweg 1\n20457 Hamburg".into())),
        ..Default::default()
    };
    addressed.update(db).await.unwrap();
    let (party_id, client): (PartyId, ClientId) = (env.id(), env.id());
    let row = party::Model {
        id: party_id,
        studio_id: shop.studio,
        kind: party::PartyKind::Person,
        name: "Ada Lovelace".into(),
        legal_name: None,
        email: Some("ada@example.com".parse().unwrap()),
        ipi: None,
        isni: None,
        created_at: env.now(),
    };
    row.into_active_model().insert(db).await.unwrap();
    let row = clients::Model {
        id: client,
        studio_id: shop.studio,
        party_id,
        stage: ClientStage::Active,
        stage_since: env.now(),
        created_at: env.now(),
    };
    row.into_active_model().insert(db).await.unwrap();
    let of_client = project::ActiveModel { id: Set(project), client_id: Set(Some(client)), ..Default::default() };
    of_client.update(db).await.unwrap();
    let line = NewLine {
        what: "Mixing".into(),
        quantity_milli: 1_000,
        unit: Money::new(50_000, Currency::EUR),
        recoupable: false,
    };
    let new = IssueInvoice {
        client,
        project: Some(project),
        title: "Mix of Night Drive".into(),
        bill_to: BillTo { address: "Kanalstraße 5\n80538 München".into(), ..BillTo::default() },
        currency: Currency::EUR,
        lines: vec![line],
        reverse_charge: false,
        supplied_on: None,
        due_days: None,
        notes: String::new(),
        key: None,
    };
    issue_invoice(&shop.services, &shop.owner().await, &new).await.unwrap()
}

fn says(seen: &Seen, all: &[&str]) {
    assert_strict(seen);
    for said in all {
        assert!(seen.text.contains(said), "{said} in {}", seen.text);
    }
}

#[actix_web::test]
async fn masters_open_with_the_balance_and_close_with_it() {
    on_each_database(async |shop| {
        let (services, owner) = (&shop.services, shop.owner().await);
        let desk = Desk::open(services, shop.studio).await;
        let page = masters_url(services, desk.project).replace(&shop.url, "");
        let browser = Browser::new(&shop.url);
        says(&browser.get(&page).await, &["There are no masters yet", "Night Album"]);
        let invoice = invoiced(shop, desk.project).await;
        let song = desk.approved_song("Night <i>Drive", 1).await;
        let tx = services.begin().await.unwrap();
        let delivery = order_masters(&tx, &owner, song, None).await.unwrap();
        services.commit(tx).await.unwrap();
        says(&browser.get(&page).await, &["Your masters are being made", "Being made", "CD, WAV 16 bit"]);

        desk.make_masters(MASTER).await;
        settle_masters(services, desk.project).await.unwrap();
        let locked = browser.get(&page).await;
        let pay = invoice_url(services, invoice.id);
        says(
            &locked,
            &[
                "Your masters are ready",
                "EUR\u{a0}500.00 can be paid now",
                &pay,
                "-14.0 LUFS, -1.0 dBTP · all checks passed",
            ],
        );
        assert!(!locked.text.contains("/files/") && !locked.text.contains("<i>"), "{}", locked.text);
        assert_eq!(locked.header("cache-control"), "no-store");
        let first = master::Entity::find().one(&services.db).await.unwrap().unwrap();
        let file = format!("{page}/files/{}/master.wav", first.id);
        let refused = browser.get(&file).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.text.contains("once the balance of the project is paid"), "{}", refused.text);
        assert_eq!(download::Entity::find().all(&services.db).await.unwrap(), []);
        let report = browser.get(&format!("{page}/qc/{}", delivery.id)).await;
        let report: serde_json::Value = serde_json::from_str(&report.text).unwrap();
        assert_eq!((&report["version"], report["masters"].as_array().unwrap().len()), (&serde_json::json!(1), 3));
        let text = browser.get(&format!("{page}/qc/{}/report.txt", delivery.id)).await;
        assert!(
            text.text.starts_with("Masters of Night <i>Drive") && text.header("content-type").contains("text/plain")
        );

        let given = RecordTransfer {
            amount: Money::new(50_000, Currency::EUR),
            happened_on: services.env.now().date_naive(),
            note: String::new(),
            key: None,
        };
        let tx = services.begin().await.unwrap();
        let transfer = record_transfer(&tx, &owner, invoice.id, &given).await.unwrap();
        services.commit(tx).await.unwrap();
        settle_masters(services, desk.project).await.unwrap();
        let open = browser.get(&page).await;
        says(&open, &["Your masters are here", "Download"]);
        let (_, rest) = open.text.split_once("href=\"/masters/").unwrap();
        let shown = format!("/masters/{}", rest.split_once('"').unwrap().0);
        let whole = browser.get(&shown).await;
        assert_eq!((whole.status, whole.text.as_bytes()), (StatusCode::OK, MASTER));
        assert!(
            whole.header("content-disposition").starts_with("attachment") && !whole.header("repr-digest").is_empty()
        );
        let log = download::Entity::find().all(&services.db).await.unwrap();
        assert_eq!((log.len(), log[0].ip.as_str(), log[0].range_start), (1, "127.0.0.1", None));

        let tx = services.begin().await.unwrap();
        reverse_transfer(&tx, &owner, transfer.id, "it has bounced").await.unwrap();
        services.commit(tx).await.unwrap();
        assert_eq!(browser.get(&shown).await.status, StatusCode::FORBIDDEN, "at once");
        settle_masters(services, desk.project).await.unwrap();
        let again = browser.get(&page).await;
        says(&again, &["Your masters are withheld", &pay]);
        assert!(!again.text.contains("/files/"), "{}", again.text);
        assert_eq!(
            download::Entity::find().all(&services.db).await.unwrap().len(),
            1,
            "what is refused is no download"
        );
    })
    .await;
}

#[actix_web::test]
async fn links_of_other_things_open_no_masters() {
    on_each_database(async |shop| {
        let desk = Desk::open(&shop.services, shop.studio).await;
        let links = &shop.services.links;
        let browser = Browser::new(&shop.url);
        let unknown: ProjectId = shop.services.env.id();
        for path in [
            format!("/masters/{}", links.token(Purpose::Quote, desk.project, None)),
            format!("/masters/{}", links.token(Purpose::Masters, unknown, None)),
            format!("/masters/{}x", links.token(Purpose::Masters, desk.project, None)),
        ] {
            let refused = browser.get(&path).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{path}");
            assert_strict(&refused);
        }
        let good = format!("/masters/{}", links.token(Purpose::Masters, desk.project, None));
        for path in [format!("{good}/qc/mdlv_1"), format!("{good}/files/master_1/a.wav")] {
            assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    })
    .await;
}
