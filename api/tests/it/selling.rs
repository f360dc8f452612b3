//! From the storefront to the ledger through GraphQL, the sandbox gateway collecting over HTTP.

mod currencies;

use std::{net::TcpListener, ops::Range, path::Path, sync::Arc};

use actix_web::{App, HttpServer};
use adapters::{
    agreements::AgreementTypesetter,
    contracts::ContractTypesetter,
    mail::{Mailbox, Sender},
    mixes::EngineMixes,
    sandbox::{SandboxConfig, SandboxKeys, SandboxServer},
    seals::{SealConfig, StudioSeals},
    stripe::StripeGateway,
};
use api::{ApiConfig, ApiState, Caller, caller::Credential, graphql::loaders::CallerLoader};
use async_graphql::{Request, Variables, dataloader::DataLoader};
use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    actor::{Actor, Ctx, Role},
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, BeatState, Samples, asset, beat, collaborator, recording, work},
    },
    domains::testing::TestDns,
    env::Env,
    identity::entity::{UnsignedSplits, studio},
    ids::{AssetId, BeatId, PartyId, StudioId},
    licensing::commands::seed_default_tiers,
    links::LinkKey,
    money::Currency,
    parties::entity as party,
    ports::{FileStore, FileStream, PortError, Stored, Wake},
    services::Services,
    share::Share,
    store,
    webhooks::testing::TestReceiver,
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::{Value, json};

/// Selling stores no file.
struct NoFiles;

fn untouched() -> PortError {
    PortError::lasting("using the file store", "selling stores no file")
}

#[async_trait]
impl FileStore for NoFiles {
    async fn put_file(&self, _: &Path) -> Result<Stored, PortError> {
        Err(untouched())
    }
    async fn put_bytes(&self, _: Bytes) -> Result<Stored, PortError> {
        Err(untouched())
    }
    async fn read(&self, _: &Sha256, _: Option<Range<u64>>) -> Result<Option<FileStream>, PortError> {
        Err(untouched())
    }
    async fn fetch(&self, _: &Sha256, _: &Path) -> Result<bool, PortError> {
        Err(untouched())
    }
    async fn exists(&self, _: &Sha256) -> Result<bool, PortError> {
        Err(untouched())
    }
}

struct NoRelay;

impl Wake for NoRelay {
    fn jobs_written(&self) {}
}

struct World {
    state: ApiState,
    studio: StudioId,
    beat: BeatId,
}

impl World {
    /// A studio with one beat, and a sandbox gateway that listens.
    async fn open(services: Services) -> Self {
        let (studio, beat) = furnish(&services).await;
        Self { state: ApiState::new(services, ApiConfig::default()), studio, beat }
    }

    fn manager(&self) -> Actor {
        let user = self.state.services.env.id();
        Actor::User { user, memberships: vec![(self.studio, Role::Manager)], closed: Vec::new() }
    }

    /// Runs a request; its data, which must come without errors.
    async fn ask(&self, actor: Actor, query: &str, variables: Value) -> Value {
        let answer = self.raw(actor, query, variables).await;
        assert_eq!(answer.get("errors"), None, "{query}");
        answer["data"].clone()
    }

    async fn raw(&self, actor: Actor, query: &str, variables: Value) -> Value {
        let caller = Caller {
            ctx: Ctx::new(actor, self.state.services.env.clone()),
            services: self.state.services.clone(),
            credential: Credential::None,
            sign_in: None,
            refresh_cookie: None,
            request_id: "test".into(),
            ip: "127.0.0.1".into(),
            user_agent: "test".into(),
        };
        let loader = DataLoader::new(CallerLoader { caller: caller.clone() }, tokio::spawn);
        let request = Request::new(query).variables(Variables::from_json(variables)).data(caller).data(loader);
        serde_json::to_value(self.state.schema.execute(request).await).unwrap()
    }
}

async fn furnish(services: &Services) -> (StudioId, BeatId) {
    let (env, db, now) = (&services.env, &services.db, services.env.now());
    let studio: StudioId = env.id();
    let row = studio::Model {
        id: studio,
        slug: "nova".into(),
        name: "Nova Sound".into(),
        currency: Currency::EUR,
        contact_email: "nova@example.com".parse().unwrap(),
        legal_name: None,
        address: None,
        governing_law: "England and Wales".into(),
        created_at: now,
        unsigned_splits: UnsignedSplits::Refuse,
        accent: None,
    };
    row.into_active_model().insert(db).await.unwrap();
    let maker: PartyId = env.id();
    let row = party::Model {
        id: maker,
        studio_id: studio,
        kind: party::PartyKind::Person,
        name: "Nova".into(),
        legal_name: None,
        email: None,
        ipi: None,
        isni: None,
        created_at: now,
    };
    row.into_active_model().insert(db).await.unwrap();
    let (work, recording, source): (_, _, AssetId) = (env.id(), env.id(), env.id());
    let title = "Night Drive".to_owned();
    let row = work::Model { id: work, studio_id: studio, title: title.clone(), iswc: None, created_at: now };
    row.into_active_model().insert(db).await.unwrap();
    let row = recording::Model {
        id: recording,
        studio_id: studio,
        work_id: work,
        title: title.clone(),
        isrc: None,
        created_at: now,
    };
    row.into_active_model().insert(db).await.unwrap();
    let row = asset::Model {
        id: source,
        studio_id: studio,
        kind: AssetKind::Source,
        state: AssetState::Ready,
        refusal: None,
        sha256: Sha256::of(b"night drive"),
        bytes: 1,
        media_type: "audio/wav".into(),
        file_name: "night-drive.wav".into(),
        duration_ms: None,
        sample_rate_hz: None,
        channels: None,
        bits_per_sample: None,
        measurement: None,
        created_at: now,
    };
    row.into_active_model().insert(db).await.unwrap();
    let beat: BeatId = env.id();
    let row = beat::Model {
        id: beat,
        studio_id: studio,
        work_id: work,
        recording_id: recording,
        state: BeatState::Published,
        title,
        slug: "night-drive".into(),
        description: String::new(),
        bpm_milli: Some(140_000),
        musical_key: None,
        source_asset_id: Some(source),
        artwork_asset_id: None,
        preview_asset_id: None,
        waveform_asset_id: None,
        samples: Samples::default(),
        published_at: Some(now),
        created_at: now,
        updated_at: now,
    };
    row.into_active_model().insert(db).await.unwrap();
    let row = collaborator::Model {
        beat_id: beat,
        party_id: maker,
        position: 0,
        role: "producer".into(),
        share: Share::WHOLE,
    };
    row.into_active_model().insert(db).await.unwrap();
    let tx = services.begin().await.unwrap();
    seed_default_tiers(&tx, &Ctx::system(env.clone()), studio, Currency::EUR, "Nova").await.unwrap();
    tx.commit().await.unwrap();
    (studio, beat)
}

/// Runs a test on each database at hand, each with a sandbox of its own.
async fn on_each_database(test: impl AsyncFn(&World)) {
    for database in migrations::testing::databases().await {
        let db = store::connect(&database.url, 8).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (env, links) = (Env::system(), LinkKey::new([7; 32]));
        let keys = SandboxKeys::derive(&links);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = SandboxConfig {
            database_url: format!("sqlite:{}", folder.path().join("sandbox.db").display()),
            public_url: url.clone(),
            webhook_url: format!("{url}/webhooks/sandbox"),
            keys: keys.clone(),
            first_retry_ms: 1,
        };
        let sandbox = SandboxServer::open(config, env.clone()).await.unwrap();
        let mounted = sandbox.clone();
        let server = HttpServer::new(move || App::new().configure(|app| mounted.configure(app)))
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
        let handle = server.handle();
        let running = tokio::spawn(server);
        let sender = Sender { from: "shop@example.com".parse().unwrap(), env: env.clone() };
        let gateway = StripeGateway::sandbox(&url, &keys, env.clone()).unwrap();
        let services = Services {
            db: db.clone(),
            seals: Arc::new(
                StudioSeals::open(&SealConfig::in_folder(&folder.path().join("seals")), env.clone()).unwrap(),
            ),
            env,
            links,
            files: Arc::new(NoFiles),
            mailer: Arc::new(Mailbox::new(folder.path().join("mail"), sender)),
            gateway: Arc::new(gateway),
            contracts: Arc::new(ContractTypesetter),
            agreements: Arc::new(AgreementTypesetter),
            mixes: Arc::new(EngineMixes),
            dns: Arc::new(TestDns::default()),
            scanner: None,
            webhooks: Arc::new(TestReceiver::default()),
            wake: Arc::new(NoRelay),
            public_url: "http://shop.test".into(),
            home: None,
        };
        let world = World::open(services).await;
        eprintln!("on {}", database.name);
        test(&world).await;
        handle.stop(false).await;
        running.await.unwrap().unwrap();
        drop(world);
        database.drop(db).await;
    }
}

const STOREFRONT: &str = r#"query {
  storefront(slug: "nova") { studioId name currency
    beats { edges { node { id title credits moods sold offers { price { minor } terms { tier files { stems } } } } } }
    beat(slug: "night-drive") { contractHtml(tier: WAV) missing: contractHtml(tier: TRACKOUT) } } }"#;

const ADD: &str = "mutation($input: AddToCartInput!) {
  addToCart(input: $input) { secret cart { total { minor } lines { id stale beat { slug } contractHtml } } userErrors { code field } } }";

const PLACE: &str = "mutation($input: PlaceOrderInput!) {
  placeOrder(input: $input) { placed { payUrl token order { reference state } } userErrors { code field message } } }";

const SETTLE: &str = "mutation($token: String!) { settleOrder(token: $token) { order { state } userErrors { code } } }";

#[tokio::test]
async fn a_guest_buys_a_lease_and_the_studio_sees_it_all() {
    on_each_database(async |world| {
        let shop = world.ask(Actor::Anonymous, STOREFRONT, json!({})).await["storefront"].clone();
        let node = &shop["beats"]["edges"][0]["node"];
        assert_eq!((&node["title"], &node["credits"][0], &node["sold"]), (&json!("Night Drive"), &json!("Nova"), &json!(false)));
        assert_eq!(node["offers"].as_array().unwrap().len(), 4, "no trackout without stems");
        assert!(shop["beat"]["contractHtml"].as_str().unwrap().contains("Night Drive"));
        assert_eq!(shop["beat"]["missing"], Value::Null);

        let input = json!({ "studio": shop["studioId"], "beat": node["id"], "tier": "WAV" });
        let added = world.ask(Actor::Anonymous, ADD, json!({ "input": input })).await["addToCart"].clone();
        assert_eq!(added["cart"]["total"]["minor"], 6000);
        assert_eq!(added["cart"]["lines"][0]["contractHtml"], shop["beat"]["contractHtml"], "nothing is taken off it");
        let place = |minor: i64, email: &str| {
            json!({ "input": { "studio": shop["studioId"], "secret": added["secret"], "buyerName": "Ada Lovelace",
                "buyerEmail": email, "seenTotal": { "minor": minor, "currency": "EUR" } } })
        };
        let refused = world.ask(Actor::Anonymous, PLACE, place(1, "ada@example.com")).await;
        assert_eq!(refused["placeOrder"]["userErrors"][0]["code"], "CART_STALE");
        let refused = world.ask(Actor::Anonymous, PLACE, place(6000, "nobody")).await;
        assert_eq!(refused["placeOrder"]["userErrors"][0]["field"], "buyerEmail");
        let placed = world.ask(Actor::Anonymous, PLACE, place(6000, "ada@example.com")).await;
        let placed = placed["placeOrder"]["placed"].clone();
        assert_eq!(placed["order"]["state"], "AWAITING_PAYMENT");
        let token = json!({ "token": placed["token"] });
        let waiting = world.ask(Actor::Anonymous, SETTLE, token.clone()).await;
        assert_eq!(waiting["settleOrder"]["order"]["state"], "AWAITING_PAYMENT");

        let paid = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let form = [("card", "4242 4242 4242 4242"), ("outcome", "pay")];
        let answer = paid.post(placed["payUrl"].as_str().unwrap()).form(&form).send().await.unwrap();
        let back = answer.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(back, format!("http://shop.test/orders/{}", placed["token"].as_str().unwrap()));
        let settled = world.ask(Actor::Anonymous, SETTLE, token.clone()).await;
        assert_eq!(settled["settleOrder"]["order"]["state"], "PAID");

        let mine = "query($token: String!) { buyerOrder(token: $token) { reference licences { reference terms { tierName } }
            lines { beatTitle price { formatted } } payments { state amount { minor } fee { minor } } } }";
        let mine = world.ask(Actor::Anonymous, mine, token).await["buyerOrder"].clone();
        assert_eq!(mine["licences"][0]["reference"], format!("{}-1", mine["reference"].as_str().unwrap()));
        assert_eq!(mine["lines"][0]["price"]["formatted"], "EUR 60.00");
        assert_eq!(mine["payments"][0]["fee"]["minor"], 109, "1.4 % and 25 cents");

        let books = "query($studio: ID!) { orders(studio: $studio) { edges { node { reference } } }
            licences(studio: $studio) { edges { node { reference } } } trialBalance(studio: $studio) { minor }
            balances(studio: $studio) { account { kind partyName } balance { minor } }
            journals(studio: $studio) { edges { node { kind reference entries { amount { minor } account { kind } } } } } }";
        let studio = json!({ "studio": world.studio.to_string() });
        let books = world.ask(world.manager(), books, studio).await;
        let journal = &books["journals"]["edges"][0]["node"];
        assert_eq!((&journal["kind"], &journal["reference"]), (&json!("sale"), &mine["reference"]));
        let sum: i64 =
            journal["entries"].as_array().unwrap().iter().map(|entry| entry["amount"]["minor"].as_i64().unwrap()).sum();
        assert_eq!((sum, &books["trialBalance"]), (0, &json!([{ "minor": 0 }])));
        let payable = books["balances"].as_array().unwrap().iter().find(|row| row["account"]["kind"] == "PAYABLE");
        let owed = json!({ "account": { "kind": "PAYABLE", "partyName": "Nova" }, "balance": { "minor": -5891 } });
        assert_eq!(payable, Some(&owed));
    })
    .await;
}

/// Pays at the sandbox's pay page and settles the order of a token.
async fn pay(world: &World, placed: &Value) {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let form = [("card", "4242 4242 4242 4242"), ("outcome", "pay")];
    http.post(placed["payUrl"].as_str().unwrap()).form(&form).send().await.unwrap();
    let settled = world.ask(Actor::Anonymous, SETTLE, json!({ "token": placed["token"] })).await;
    assert_eq!(settled["settleOrder"]["order"]["state"], "PAID");
}

#[tokio::test]
async fn a_lease_is_metered_and_upgraded_for_the_difference() {
    on_each_database(async |world| {
        let (studio, beat) = (world.studio.to_string(), world.beat.to_string());
        let input = json!({ "studio": studio, "beat": beat, "tier": "MP3" });
        let added = world.ask(Actor::Anonymous, ADD, json!({ "input": input })).await["addToCart"].clone();
        let place = json!({ "input": { "studio": studio, "secret": added["secret"], "buyerName": "Ada Lovelace",
            "buyerEmail": "ada@example.com", "seenTotal": { "minor": 3000, "currency": "EUR" } } });
        let placed = world.ask(Actor::Anonymous, PLACE, place).await["placeOrder"]["placed"].clone();
        pay(world, &placed).await;
        let token = placed["token"].clone();
        let order = "query($token: String!) { buyerOrder(token: $token) { licences { id reference
            meter { cap used limit percent sources { source side } } replaces { reference } supersededBy { reference } } } }";
        let licence = async |token: &Value| {
            let found = world.ask(Actor::Anonymous, order, json!({ "token": token })).await;
            found["buyerOrder"]["licences"][0].clone()
        };
        let lease = licence(&token).await;
        let caps: Vec<_> = lease["meter"].as_array().unwrap().iter().map(|meter| meter["cap"].clone()).collect();
        assert_eq!(caps, ["STREAMS", "COPIES", "MUSIC_VIDEOS", "RADIO_STATIONS", "PERFORMANCES"]);

        let report = "mutation($input: ReportUsageInput!) { reportUsage(input: $input) {
            report { total side } userErrors { code field remedy } } }";
        let today = world.state.services.env.now().date_naive().to_string();
        let told = |total: i64| {
            json!({ "input": { "studio": studio, "licence": lease["id"], "cap": "STREAMS", "source": "Spotify",
                "total": total, "asOf": today } })
        };
        let refused = world.ask(Actor::System, report, told(-1)).await["reportUsage"].clone();
        assert_eq!((&refused["report"], &refused["userErrors"][0]["code"]), (&Value::Null, &json!("USAGE_TOTAL")));
        let done = world.ask(Actor::System, report, told(8_500)).await["reportUsage"].clone();
        assert_eq!(done["report"], json!({ "total": 8_500, "side": "STUDIO" }));
        let streams = json!({ "cap": "STREAMS", "used": 8_500, "limit": 10_000, "percent": 85,
            "sources": [{ "source": "Spotify", "side": "STUDIO" }] });
        assert_eq!(licence(&token).await["meter"][0], streams);
        let reports = "query($studio: ID!, $licence: ID!) {
            usageReports(studio: $studio, licence: $licence) { nodes { source total } } }";
        let reports = world.ask(world.manager(), reports, json!({ "studio": studio, "licence": lease["id"] })).await;
        assert_eq!(reports["usageReports"]["nodes"], json!([{ "source": "Spotify", "total": 8_500 }]));

        let offers = "query($token: String!, $reference: String!) { upgradeOffers(token: $token, reference: $reference) {
            credited { minor } offers { price { minor } offer { price { minor } terms { tier } } } } }";
        let own = json!({ "token": token, "reference": lease["reference"] });
        let offers = world.ask(Actor::Anonymous, offers, own).await["upgradeOffers"].clone();
        assert_eq!(offers["credited"]["minor"], 3_000);
        let wav = json!({ "price": { "minor": 3_000 }, "offer": { "price": { "minor": 6_000 }, "terms": { "tier": "WAV" } } });
        assert_eq!(offers["offers"][0], wav);
        let upgrade = "mutation($input: UpgradeLicenceInput!) { upgradeLicence(input: $input) {
            placed { payUrl token order { total { minor } } } userErrors { code field } } }";
        let agreed = |minor: i64| {
            json!({ "input": { "token": token, "reference": lease["reference"], "tier": "WAV",
                "seenPrice": { "minor": minor, "currency": "EUR" } } })
        };
        let refused = world.ask(Actor::Anonymous, upgrade, agreed(1)).await["upgradeLicence"].clone();
        let error = json!({ "code": "UPGRADE_PRICE_CHANGED", "field": "seenPrice" });
        assert_eq!(refused, json!({ "placed": null, "userErrors": [error] }));
        let bought = world.ask(Actor::Anonymous, upgrade, agreed(3_000)).await["upgradeLicence"]["placed"].clone();
        assert_eq!(bought["order"]["total"]["minor"], 3_000);
        pay(world, &bought).await;

        let newer = licence(&bought["token"]).await;
        assert_eq!(newer["replaces"]["reference"], lease["reference"]);
        assert_eq!((&newer["meter"][0]["used"], &newer["meter"][0]["limit"]), (&json!(8_500), &json!(100_000)));
        assert_eq!(licence(&token).await["supersededBy"]["reference"], newer["reference"]);
    })
    .await;
}

#[tokio::test]
async fn what_a_sample_bars_is_not_offered_and_the_producer_sees_why() {
    on_each_database(async |world| {
        let update = "mutation($input: UpdateBeatInput!) { updateBeat(input: $input) {
            beat { samples { title source clearance } tiersBarredBySamples } userErrors { code field remedy } } }";
        let input = |samples: Value| json!({ "input": { "id": world.beat.to_string(), "samples": samples } });
        let sample = |title: &str, clearance: &str| {
            json!({ "title": title, "source": "Zespół Kalina, 1974", "clearance": clearance })
        };
        let wrong = json!([sample("Loop 12", "ROYALTY_FREE"), sample("Rain", "CLEARED"), sample(" ", "CLEARED")]);
        let refused = world.ask(world.manager(), update, input(wrong)).await["updateBeat"].clone();
        let error = &refused["userErrors"][0];
        assert_eq!((&error["code"], &error["field"]), (&json!("BAD_SAMPLE"), &json!("samples[2].title")));
        assert_ne!(error["remedy"], Value::Null);

        for (clearance, barred, offered) in [
            ("ROYALTY_FREE", json!([]), json!(["MP3", "WAV", "UNLIMITED", "EXCLUSIVE"])),
            ("CLEARED_FOR_LEASES", json!(["EXCLUSIVE"]), json!(["MP3", "WAV", "UNLIMITED"])),
            ("NOT_CLEARED", json!(["UNLIMITED", "EXCLUSIVE"]), json!(["MP3", "WAV"])),
        ] {
            let declared = json!([sample("Tęsknota", clearance)]);
            let made = world.ask(world.manager(), update, input(declared.clone())).await["updateBeat"]["beat"].clone();
            assert_eq!((&made["samples"], &made["tiersBarredBySamples"]), (&declared, &barred));
            let shop = r#"query { storefront(slug: "nova") { studioId beat(slug: "night-drive") { id
                samples { title source clearance } offers { terms { tier } }
                lease: contractHtml(tier: WAV) exclusive: contractHtml(tier: EXCLUSIVE) } } }"#;
            let shop = world.ask(Actor::Anonymous, shop, json!({})).await["storefront"].clone();
            let beat = &shop["beat"];
            assert_eq!(beat["samples"], declared);
            let tiers = beat["offers"].as_array().unwrap().iter().map(|offer| offer["terms"]["tier"].clone()).collect();
            assert_eq!(Value::Array(tiers), offered, "{clearance}");
            assert!(beat["lease"].as_str().unwrap().contains("Tęsknota"));
            assert_eq!(beat["exclusive"].is_null(), clearance != "ROYALTY_FREE", "{clearance}");
            if let Some(contract) = beat["exclusive"].as_str() {
                assert!(contract.contains("because others may use the same recordings"));
            }
        }
        let input = json!({ "studio": world.studio.to_string(), "beat": world.beat.to_string(), "tier": "UNLIMITED" });
        let refused = world.ask(Actor::Anonymous, ADD, json!({ "input": input })).await["addToCart"].clone();
        assert_eq!(refused["userErrors"][0]["code"], "TIER_NOT_OFFERED");
    })
    .await;
}

#[tokio::test]
async fn a_studio_sets_its_tiers_and_nobody_else_does() {
    on_each_database(async |world| {
        let set = "mutation($input: SetTierInput!) { setTier(input: $input) {
            tier { beatId price { formatted } terms { caps { streams } } } userErrors { code field remedy } } }";
        let input = |minor: i64| {
            json!({ "input": { "studio": world.studio.to_string(), "beat": world.beat.to_string(), "code": "MP3", "name": "MP3",
                "price": { "minor": minor, "currency": "EUR" }, "files": { "mp3": true, "wav": false, "stems": false },
                "caps": { "streams": "20000" }, "publishingKeptPpm": 500_000, "creditLine": "prod. by Nova" } })
        };
        let refused = world.ask(world.manager(), set, input(-1)).await["setTier"].clone();
        assert_eq!((&refused["tier"], &refused["userErrors"][0]["code"]), (&Value::Null, &json!("PRICE_BELOW_ZERO")));
        let done = world.ask(world.manager(), set, input(1999)).await["setTier"].clone();
        assert_eq!(done["tier"]["price"]["formatted"], "EUR 19.99");
        assert_eq!(done["tier"]["terms"]["caps"]["streams"], 20_000);

        let stranger = Actor::User { user: world.state.services.env.id(), memberships: Vec::new(), closed: Vec::new() };
        let viewer = Actor::User { user: world.state.services.env.id(), memberships: vec![(world.studio, Role::Viewer)], closed: Vec::new() };
        for (actor, code) in [(Actor::Anonymous, "UNAUTHENTICATED"), (stranger, "NOT_FOUND"), (viewer, "FORBIDDEN")] {
            let answer = world.raw(actor.clone(), set, input(1)).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], code);
            for field in ["orders", "licences", "journals"] {
                let query = format!("query($studio: ID!) {{ {field}(studio: $studio) {{ edges {{ node {{ id }} }} }} }}");
                let answer = world.raw(actor.clone(), &query, json!({ "studio": world.studio.to_string() })).await;
                assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{field}");
            }
        }
        let forged = "query { buyerOrder(token: \"order.order_00.0.ff\") { id } }";
        let answer = world.raw(Actor::Anonymous, forged, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_TOKEN");
    })
    .await;
}

#[tokio::test]
async fn a_studio_sets_a_coupon_and_a_rate_and_a_cart_says_what_comes_of_them() {
    on_each_database(async |world| {
        let set = "mutation($coupon: SetCouponInput!, $rates: SetTaxRatesInput!, $deals: SetBulkDealsInput!) {
            setCoupon(input: $coupon) { coupon { code uses partOff { percent } } userErrors { code field remedy } }
            setTaxRates(input: $rates) { rates { country rate { percent } } userErrors { code field } }
            setBulkDeals(input: $deals) { deals { buy free tiers } userErrors { code field } } }";
        let studio = world.studio.to_string();
        let variables = |coupon: Value, country: &str, tier: &str| {
            let rate = json!({ "country": country, "name": "VAT", "ratePpm": 190_000, "included": false });
            json!({ "coupon": coupon, "rates": { "studio": studio, "rates": [rate] },
                "deals": { "studio": studio, "deals": [{ "buy": 2, "free": 1, "tiers": [tier] }] } })
        };
        let wrong = json!({ "studio": studio, "code": "summer", "amountOff": { "minor": 5, "currency": "USD" } });
        let refused = world.ask(world.manager(), set, variables(wrong, "Germany", "EXCLUSIVE")).await;
        let error = |field: &str| refused[field]["userErrors"][0].clone();
        let coupon = error("setCoupon");
        assert_eq!((&coupon["code"], &coupon["field"]), (&json!("OTHER_CURRENCY"), &json!("amountOff.currency")));
        assert_eq!(error("setTaxRates")["field"], "rates.0.country");
        assert_eq!(error("setBulkDeals"), json!({ "code": "BULK_DEAL_TIERS", "field": "deals.0.tiers" }));

        let half = json!({ "studio": studio, "code": "summer", "percentOffPpm": 500_000, "maxUses": 1 });
        let done = world.ask(world.manager(), set, variables(half, "DE", "MP3")).await;
        let made = json!({ "code": "SUMMER", "uses": 0, "partOff": { "percent": "50" } });
        assert_eq!(done["setCoupon"]["coupon"], made);
        assert_eq!(done["setTaxRates"]["rates"], json!([{ "country": "DE", "rate": { "percent": "19" } }]));
        assert_eq!(done["setBulkDeals"]["deals"], json!([{ "buy": 2, "free": 1, "tiers": ["MP3"] }]));

        let input = json!({ "studio": studio, "beat": world.beat.to_string(), "tier": "WAV" });
        let added = world.ask(Actor::Anonymous, ADD, json!({ "input": input })).await["addToCart"].clone();
        let price = "mutation($coupon: EnterCouponInput!, $country: SetCartCountryInput!) {
            enterCoupon(input: $coupon) { cart { needsCountry } userErrors { code } }
            setCartCountry(input: $country) { cart { total { minor } needsCountry country coupon couponProblem
                discounts { name amount { minor } } tax { name included amount { minor } } lines { price { minor } } }
                userErrors { code field } } }";
        let own = |key: &str, value: &str| json!({ "studio": studio, "secret": added["secret"], key: value });
        let variables = json!({ "coupon": own("coupon", "Summer"), "country": own("country", "DE") });
        let priced = world.ask(Actor::Anonymous, price, variables).await;
        assert_eq!(priced["enterCoupon"]["cart"]["needsCountry"], true);
        let expected = json!({ "total": { "minor": 3570 }, "needsCountry": false, "country": "DE", "coupon": "SUMMER",
            "couponProblem": null, "discounts": [{ "name": "Coupon SUMMER", "amount": { "minor": 3000 } }],
            "tax": { "name": "VAT", "included": false, "amount": { "minor": 570 } },
            "lines": [{ "price": { "minor": 3570 } }] });
        assert_eq!(priced["setCartCountry"]["cart"], expected);

        let order = json!({ "input": { "studio": studio, "secret": added["secret"], "buyerName": "Ada Lovelace",
            "buyerEmail": "ada@example.com", "seenTotal": { "minor": 3570, "currency": "EUR" } } });
        let placed = world.ask(Actor::Anonymous, PLACE, order).await["placeOrder"]["placed"].clone();
        let mine = "query($token: String!) { buyerOrder(token: $token) { total { minor } lines { price { minor }
            listPrice { minor } discounts { name } tax { country amount { minor } } } } }";
        let mine = world.ask(Actor::Anonymous, mine, json!({ "token": placed["token"] })).await["buyerOrder"].clone();
        let line = json!({ "price": { "minor": 3570 }, "listPrice": { "minor": 6000 },
            "discounts": [{ "name": "Coupon SUMMER" }], "tax": { "country": "DE", "amount": { "minor": 570 } } });
        assert_eq!((&mine["total"]["minor"], &mine["lines"][0]), (&json!(3570), &line));
        let coupons = "query($studio: ID!) { coupons(studio: $studio) { nodes { code uses maxUses } } }";
        let coupons = world.ask(world.manager(), coupons, json!({ "studio": studio })).await["coupons"].clone();
        assert_eq!(coupons["nodes"], json!([{ "code": "SUMMER", "uses": 1, "maxUses": 1 }]));
    })
    .await;
}
