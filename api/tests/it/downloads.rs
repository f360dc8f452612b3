//! Downloads by signed links, over HTTP.

use domain::{
    actor::Ctx,
    catalog::entity::{AssetKind, beat},
    delivery::{
        commands::{owe, record_contract, record_masters},
        entity::{DeliverableKind, RenderOutputs, deliverable, download},
        inputs::find_render_inputs,
        rules,
    },
    licensing::{
        entity::licence,
        terms::{AtCap, Caps, Files, Terms, TierCode},
    },
    links::Purpose,
    money::Currency,
    sales::entity::{OrderState, order, order_line},
    share::Share,
};
use reqwest::{Client, StatusCode, header};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use crate::pages::support::Shop;

const MASTER: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A paid order of a trackout lease, every file ready but none to come.
pub(crate) async fn sold(shop: &Shop) -> order::Model {
    let (services, env) = (&shop.services, &shop.services.env);
    let id = shop.beat("Night Drive", "night-drive", 140_000).await;
    let beat = beat::Entity::find_by_id(id).one(&services.db).await.unwrap().unwrap();
    let terms = Terms {
        tier: TierCode::Trackout,
        tier_name: "Trackout lease".to_owned(),
        files: Files { mp3: true, wav: true, stems: true },
        caps: Caps::default(),
        at_cap: AtCap::Upgrade,
        term_months: None,
        publishing_kept: Share::from_ppm(500_000).unwrap(),
        credit_line: "prod. by Nova".to_owned(),
    };
    let order = order::Model {
        id: env.id(),
        studio_id: shop.studio,
        reference: "LL-7K3M9Q2X".to_owned(),
        cart_id: None,
        state: OrderState::Paid,
        buyer_name: "Ada".to_owned(),
        buyer_email: "ada@example.com".parse().unwrap(),
        total_minor: 9900,
        currency: Currency::EUR,
        gateway: "sandbox".to_owned(),
        checkout_id: None,
        pay_url: None,
        placed_at: env.now(),
        paid_at: Some(env.now()),
        delivered_at: None,
        closed_reason: None,
        buyer_ip: None,
        buyer_user_agent: None,
    };
    let line = order_line::Model {
        id: env.id(),
        order_id: order.id,
        position: 1,
        beat_id: id,
        work_id: beat.work_id,
        beat_title: beat.title.clone(),
        tier_code: TierCode::Trackout,
        terms: terms.clone(),
        price_minor: 9900,
        shown_text_sha256: None,
    };
    let licence = licence::Model {
        id: env.id(),
        studio_id: shop.studio,
        order_id: order.id,
        order_line_id: line.id,
        beat_id: id,
        work_id: beat.work_id,
        reference: "LL-7K3M9Q2X-1".to_owned(),
        licensee_name: "Ada".to_owned(),
        licensee_email: "ada@example.com".parse().unwrap(),
        exclusive: false,
        terms,
        price_minor: 9900,
        currency: Currency::EUR,
        granted_at: env.now(),
    };
    let inputs = find_render_inputs(&services.db, id).await.unwrap().unwrap();
    let outputs = RenderOutputs {
        source: inputs.source.id,
        tags: Some(inputs.tags_sha256()),
        wav: Some(shop.asset(AssetKind::Master, "audio/wav", MASTER).await),
        mp3: Some(shop.asset(AssetKind::Master, "audio/mpeg", b"mp3").await),
        preview: None,
        waveform: None,
        receipt: serde_json::json!({}),
    };
    let contract = shop.asset(AssetKind::Contract, "application/pdf", b"%PDF").await;
    let ctx = Ctx::system(env.clone());
    let tx = services.begin().await.unwrap();
    order.clone().into_active_model().insert(&tx).await.unwrap();
    line.into_active_model().insert(&tx).await.unwrap();
    licence.clone().into_active_model().insert(&tx).await.unwrap();
    owe(&tx, &ctx, &order, &licence).await.unwrap();
    record_masters(&tx, &ctx, id, &outputs).await.unwrap();
    record_contract(&tx, &ctx, &licence, contract).await.unwrap();
    services.commit(tx).await.unwrap();
    order
}

async fn link(shop: &Shop, kind: DeliverableKind, days: i64) -> String {
    let rows = deliverable::Entity::find().all(&shop.services.db).await.unwrap();
    let row = rows.into_iter().find(|row| row.kind == kind).unwrap();
    let expires_at = shop.services.env.now() + chrono::Duration::days(days);
    let token = shop.services.links.token(Purpose::Download, row.id, Some(expires_at));
    format!("{}{}", shop.url, rules::download_path(&token, &row.file_name))
}

async fn downloads(shop: &Shop) -> Vec<download::Model> {
    let mut rows = download::Entity::find().all(&shop.services.db).await.unwrap();
    rows.sort_by_key(|row| row.id);
    rows
}

async fn on_each_database(test: impl AsyncFn(&Shop, order::Model)) {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let shop = Shop::open(&database).await;
        let order = sold(&shop).await;
        test(&shop, order).await;
        shop.close(database).await;
    }
}

#[actix_web::test]
async fn a_file_comes_whole_in_parts_and_each_download_is_logged() {
    on_each_database(async |shop, _| {
        let (http, url) = (Client::builder().no_proxy().build().unwrap(), link(shop, DeliverableKind::Wav, 1).await);
        let head = http.head(&url).send().await.unwrap();
        assert_eq!((head.status(), head.headers()[header::CONTENT_LENGTH].to_str().unwrap()), (StatusCode::OK, "36"));
        assert_eq!(downloads(shop).await, [], "asking about it is no download");

        let whole = http.get(&url).send().await.unwrap();
        assert_eq!(whole.status(), StatusCode::OK);
        let named = whole.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(named.starts_with("attachment") && named.contains("LL-7K3M9Q2X-1.wav"), "{named}");
        assert!(whole.headers()["repr-digest"].to_str().unwrap().starts_with("sha-256=:"));
        let tag = whole.headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(whole.bytes().await.unwrap(), MASTER);

        let part = http.get(&url).header("Range", "bytes=10-15").header("If-Range", &tag).send().await.unwrap();
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(part.headers()[header::CONTENT_RANGE], "bytes 10-15/36");
        assert_eq!(part.bytes().await.unwrap(), "abcdef");
        let known = http.get(&url).header("If-None-Match", &tag).send().await.unwrap();
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        let beyond = http.get(&url).header("Range", "bytes=36-").send().await.unwrap();
        assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);

        let log = downloads(shop).await;
        assert_eq!(log.len(), 2, "one whole, one in part");
        assert_eq!((log[0].range_start, log[0].range_end), (None, None));
        assert_eq!((log[1].range_start, log[1].range_end), (Some(10), Some(16)));
        assert_eq!(log[0].ip, "127.0.0.1");
    })
    .await;
}

#[actix_web::test]
async fn stems_come_as_one_archive() {
    on_each_database(async |shop, _| {
        let http = Client::builder().no_proxy().build().unwrap();
        let answer = http.get(link(shop, DeliverableKind::Stems, 1).await).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/zip");
        let archive = answer.bytes().await.unwrap();
        assert!(archive.starts_with(b"PK\x03\x04"));
        let holds = |text: &[u8]| archive.windows(text.len()).any(|window| window == text);
        assert!(holds(b"01 Drums.wav") && holds(b"drums"), "stored as it is");
        assert_eq!(downloads(shop).await.len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn a_link_that_opens_nothing_says_why_to_people_and_programs() {
    on_each_database(async |shop, order| {
        let http = Client::builder().no_proxy().build().unwrap();
        let (good, late) = (link(shop, DeliverableKind::Wav, 1).await, link(shop, DeliverableKind::Wav, -1).await);
        let expired = http.get(&late).send().await.unwrap();
        assert_eq!(expired.status(), StatusCode::GONE);
        assert!(expired.text().await.unwrap().contains("LINK_EXPIRED"));
        let forged = http.get(good.replace("/d/download.", "/d/download.x")).send().await.unwrap();
        assert_eq!(forged.status(), StatusCode::NOT_FOUND);

        let refunded = order::ActiveModel {
            id: Set(order.id),
            state: Set(OrderState::Refunded),
            delivered_at: Set(None),
            ..Default::default()
        };
        refunded.update(&shop.services.db).await.unwrap();
        let revoked = http.get(&good).header("Accept", "text/html").send().await.unwrap();
        assert_eq!(revoked.status(), StatusCode::GONE);
        let page = revoked.text().await.unwrap();
        assert!(page.contains("This file cannot be downloaded") && page.contains("refunded"), "{page}");
        assert_eq!(downloads(shop).await, []);
    })
    .await;
}

#[actix_web::test]
async fn the_buyers_link_lists_the_files_in_graphql() {
    on_each_database(async |shop, order| {
        let http = Client::builder().no_proxy().build().unwrap();
        let token = shop.services.links.token(Purpose::Order, order.id, None);
        let ask = serde_json::json!({
            "query": "query($token: String!) { deliverablesByToken(token: $token) { kind fileName sizeBytes sha256 url } }",
            "variables": { "token": token },
        });
        let url = format!("{}/graphql", shop.url);
        let answer = http.post(&url).header("Content-Type", "application/json").body(ask.to_string());
        let answer: serde_json::Value = serde_json::from_str(&answer.send().await.unwrap().text().await.unwrap()).unwrap();
        let files = answer["data"]["deliverablesByToken"].as_array().unwrap_or_else(|| panic!("{answer}"));
        assert_eq!(files.len(), 4);
        let wav = files.iter().find(|file| file["kind"] == "WAV").unwrap();
        assert_eq!(wav["sizeBytes"], 36);
        let fetched = http.get(wav["url"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(fetched.bytes().await.unwrap(), MASTER);
    })
    .await;
}
