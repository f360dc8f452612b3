//! A shop on a real server: SQLite or PostgreSQL, files in a folder, the sandbox gateway, the local mailbox, all over loopback HTTP.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use actix_web::{dev::ServerHandle, web};
use adapters::{
    agreements::AgreementTypesetter,
    contracts::ContractTypesetter,
    files::ObjectFiles,
    mail::{Mailbox, Sender},
    mixes::EngineMixes,
    sandbox::{SandboxConfig, SandboxKeys, SandboxServer},
    seals::{SealConfig, StudioSeals},
    stripe::StripeGateway,
};
use domain::{
    actor::{Actor, Ctx, Role},
    catalog::entity::{
        AssetKind, AssetState, BeatState, LabelKind, Samples, asset, beat, beat_label, collaborator, recording, stem,
        work,
    },
    domains::testing::TestDns,
    email::EmailAddress,
    env::Env,
    identity::entity::{UnsignedSplits, closure, studio, user},
    ids::{AssetId, BeatId, PartyId, RecordingId, StudioId, UserId, WorkId},
    licensing::commands::seed_default_tiers,
    links::LinkKey,
    money::Currency,
    parties::entity as party,
    ports::{Scanner, Wake},
    services::Services,
    share::Share,
    store,
    webhooks::testing::TestReceiver,
};
use migrations::testing::TestDatabase;
use reqwest::{StatusCode, header};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

/// Nobody waits to be woken: tests do by hand what jobs would.
struct NoRelay;

impl Wake for NoRelay {
    fn jobs_written(&self) {}
}

/// The address of a shop that TLS is spoken before.
pub(crate) const OVER_TLS: &str = "https://beats.example";

/// A running shop.
pub(crate) struct Shop {
    pub(crate) url: String,
    pub(crate) services: Services,
    pub(crate) mailbox: Mailbox,
    pub(crate) studio: StudioId,
    sandbox: SandboxServer,
    server: ServerHandle,
    _folder: tempfile::TempDir,
}

impl Shop {
    /// Opens the shop of the studio `nova`, empty.
    pub(crate) async fn open(database: &TestDatabase) -> Self {
        Self::open_at(database, TcpListener::bind("127.0.0.1:0").unwrap()).await
    }

    /// The same on a listener.
    pub(crate) async fn open_at(database: &TestDatabase, listener: TcpListener) -> Self {
        Self::open_in(database, listener, Env::system()).await
    }

    /// The same in other surroundings, the sandbox's among them.
    pub(crate) async fn open_in(database: &TestDatabase, listener: TcpListener, env: Env) -> Self {
        Self::open_beside(database, listener, env, None).await
    }

    /// The same beside a scanner for malware.
    pub(crate) async fn open_beside(
        database: &TestDatabase,
        listener: TcpListener,
        env: Env,
        scanner: Option<Arc<dyn Scanner>>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let links = LinkKey::new([3; 32]);
        let keys = SandboxKeys::derive(&links);
        let config = SandboxConfig {
            database_url: format!("sqlite:{}", folder.path().join("sandbox.db").display()),
            public_url: url.clone(),
            webhook_url: format!("{url}/webhooks/sandbox"),
            keys: keys.clone(),
            first_retry_ms: 50,
        };
        let sandbox = SandboxServer::open(config, env.clone()).await.unwrap();
        let sender = Sender { from: "post@shop.example".parse().unwrap(), env: env.clone() };
        let mailbox = Mailbox::new(folder.path().join("mail"), sender);
        let gateway = StripeGateway::sandbox(&url, &keys, env.clone()).unwrap();
        let services = Services {
            db: store::connect(&database.url, 8).await.unwrap(),
            seals: Arc::new(
                StudioSeals::open(&SealConfig::in_folder(&folder.path().join("seals")), env.clone()).unwrap(),
            ),
            env,
            links,
            files: Arc::new(ObjectFiles::local(&folder.path().join("files")).unwrap()),
            mailer: Arc::new(mailbox.clone()),
            gateway: Arc::new(gateway),
            contracts: Arc::new(ContractTypesetter),
            agreements: Arc::new(AgreementTypesetter),
            mixes: Arc::new(EngineMixes),
            dns: Arc::new(TestDns::default()),
            scanner,
            webhooks: Arc::new(TestReceiver::default()),
            wake: Arc::new(NoRelay),
            public_url: url.clone().into(),
            home: None,
        };
        let (beside_sandbox, beside_mailbox) = (sandbox.clone(), mailbox.clone());
        let beside = move |app: &mut web::ServiceConfig| {
            beside_sandbox.configure(app);
            app.app_data(web::Data::new(beside_mailbox.clone()));
        };
        let server = api::serve(listener, services.clone(), api::ApiConfig::default(), beside).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        let studio = services.env.id();
        let shop = Self { url, services, mailbox, studio, sandbox, server: handle, _folder: folder };
        shop.found(studio, "nova", "Nova Sound").await;
        shop
    }

    /// Founds a studio with the default tiers.
    pub(crate) async fn found(&self, id: StudioId, slug: &str, name: &str) {
        let row = studio::Model {
            id,
            slug: slug.into(),
            name: name.into(),
            currency: Currency::EUR,
            contact_email: "nova@example.com".parse().unwrap(),
            legal_name: Some("Nova Sound Ltd".into()),
            address: None,
            governing_law: "England and Wales".into(),
            created_at: self.services.env.now(),
            unsigned_splits: UnsignedSplits::Refuse,
            accent: None,
        };
        row.into_active_model().insert(&self.services.db).await.unwrap();
        let tx = self.services.begin().await.unwrap();
        let ctx = Ctx::system(self.services.env.clone());
        seed_default_tiers(&tx, &ctx, id, Currency::EUR, "Nova").await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A published beat with preview, waveform, stems, labels and one maker.
    pub(crate) async fn beat(&self, title: &str, slug: &str, bpm_milli: i32) -> BeatId {
        let (env, db, now) = (&self.services.env, &self.services.db, self.services.env.now());
        let (work, recording, party): (WorkId, RecordingId, PartyId) = (env.id(), env.id(), env.id());
        let row = work::Model { id: work, studio_id: self.studio, title: title.into(), iswc: None, created_at: now };
        row.into_active_model().insert(db).await.unwrap();
        let row = recording::Model {
            id: recording,
            studio_id: self.studio,
            work_id: work,
            title: title.into(),
            isrc: None,
            created_at: now,
        };
        row.into_active_model().insert(db).await.unwrap();
        let source = self.asset(AssetKind::Source, "audio/wav", title.as_bytes()).await;
        let preview = self.asset(AssetKind::Preview, "audio/mpeg", &vec![7; 5_000]).await;
        let waveform = self.asset(AssetKind::Waveform, "application/octet-stream", &waveform(slug)).await;
        let drums = self.asset(AssetKind::Stem, "audio/wav", b"drums").await;
        let beat = beat::Model {
            id: env.id(),
            studio_id: self.studio,
            work_id: work,
            recording_id: recording,
            state: BeatState::Published,
            title: title.into(),
            slug: slug.into(),
            description: "Late trains, wet streets, a choir that never quite arrives.".into(),
            bpm_milli: Some(bpm_milli),
            musical_key: Some("A minor".into()),
            source_asset_id: Some(source),
            artwork_asset_id: None,
            preview_asset_id: Some(preview),
            waveform_asset_id: Some(waveform),
            samples: Samples::default(),
            published_at: Some(now),
            created_at: now,
            updated_at: now,
        };
        let id = beat.id;
        beat.into_active_model().insert(db).await.unwrap();
        let row = stem::Model { beat_id: id, position: 0, asset_id: drums, name: "Drums".into() };
        row.into_active_model().insert(db).await.unwrap();
        for (kind, label) in [(LabelKind::Mood, "dark"), (LabelKind::Tag, "trap"), (LabelKind::Tag, slug)] {
            let row = beat_label::Model { beat_id: id, kind, label: label.into() };
            row.into_active_model().insert(db).await.unwrap();
        }
        let row = party::Model {
            id: party,
            studio_id: self.studio,
            kind: party::PartyKind::Person,
            name: "Nova".into(),
            legal_name: None,
            email: None,
            ipi: None,
            isni: None,
            created_at: now,
        };
        row.into_active_model().insert(db).await.unwrap();
        let row = collaborator::Model {
            beat_id: id,
            party_id: party,
            position: 0,
            role: "producer".into(),
            share: Share::WHOLE,
        };
        row.into_active_model().insert(db).await.unwrap();
        id
    }

    /// An owner of the studio, whose address is confirmed.
    pub(crate) async fn owner(&self) -> Ctx {
        let (env, db) = (&self.services.env, &self.services.db);
        let id: UserId = env.id();
        let email: EmailAddress = format!("{id}@example.com").parse().unwrap();
        let row = user::Model {
            id,
            email_key: email.account_key(),
            email,
            name: "Nova Reyes".into(),
            password_hash: "none: this account signs in by no password".into(),
            email_verified_at: Some(env.now()),
            created_at: env.now(),
        };
        row.into_active_model().insert(db).await.unwrap();
        self.services.ctx(Actor::User { user: id, memberships: vec![(self.studio, Role::Owner)], closed: Vec::new() })
    }

    /// Closes the studio, whatever it owes.
    pub(crate) async fn shut(&self) {
        let closed_at = self.services.env.now();
        let row = closure::Model { studio_id: self.studio, closed_at, closed_by: None, reason: None };
        row.into_active_model().insert(&self.services.db).await.unwrap();
    }

    /// Opens it again.
    pub(crate) async fn reopen(&self) {
        closure::Entity::delete_by_id(self.studio).exec(&self.services.db).await.unwrap();
    }

    /// A stored file.
    pub(crate) async fn asset(&self, kind: AssetKind, media_type: &str, content: &[u8]) -> AssetId {
        let stored = self.services.files.put_bytes(content.to_vec().into()).await.unwrap();
        let row = asset::Model {
            id: self.services.env.id(),
            studio_id: self.studio,
            kind,
            state: AssetState::Ready,
            refusal: None,
            sha256: stored.sha256,
            bytes: i64::try_from(stored.bytes).unwrap(),
            media_type: media_type.into(),
            file_name: "file".into(),
            duration_ms: Some(151_000),
            sample_rate_hz: Some(44_100),
            channels: Some(2),
            bits_per_sample: Some(24),
            measurement: None,
            created_at: self.services.env.now(),
        };
        let id = row.id;
        row.into_active_model().insert(&self.services.db).await.unwrap();
        id
    }

    /// Sends the sandbox's events until the future is done.
    pub(crate) async fn with_events<T>(&self, action: impl Future<Output = T>) -> T {
        tokio::select! {
            done = action => done,
            () = self.sandbox.run_sender(std::future::pending()) => unreachable!("it runs until it is dropped"),
        }
    }

    /// Another server of the shop's, which people reach at [`OVER_TLS`]: where it listens, and what stops it.
    pub(crate) fn over_tls(&self) -> (String, ServerHandle) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let services = Services { public_url: OVER_TLS.into(), ..self.services.clone() };
        let server = api::serve(listener, services, api::ApiConfig::default(), |_| {}).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        (url, handle)
    }

    /// Stops the server and leaves the database to be dropped.
    pub(crate) async fn close(self, database: TestDatabase) {
        self.server.stop(true).await;
        database.drop(self.services.db).await;
    }
}

/// A waveform that swells, in the `.dat` format.
fn waveform(seed: &str) -> Vec<u8> {
    let words = [2_u32, 1, 44_100, 256, 2_400, 1];
    let mut state = seed.bytes().fold(17_u32, |state, byte| state.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let data = (0..2_400_u32).flat_map(|place| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let swell = 40 + (place / 75 % 2) * 45 + (place / 300) * 4;
        let high = u8::try_from((swell + state % 30).min(127)).unwrap();
        [high.wrapping_neg(), high]
    });
    words.iter().flat_map(|word| word.to_le_bytes()).chain(data).collect()
}

/// A browser without JavaScript: it keeps cookies, follows no redirect by itself, and says where its forms come from.
pub(crate) struct Browser {
    http: reqwest::Client,
    pub(crate) base: String,
}

/// What it sees.
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) text: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let field = format!("name=\"{name}\" value=\"");
        let rest = self.text.split_once(&field).unwrap_or_else(|| panic!("no field {name} in {}", self.text)).1;
        rest.split_once('"').unwrap().0.to_owned()
    }
}

impl Browser {
    pub(crate) fn new(base: &str) -> Self {
        Self { http: plain().build().unwrap(), base: base.to_owned() }
    }

    /// One whose reader wants German.
    pub(crate) fn in_german(base: &str) -> Self {
        let wish = (header::ACCEPT_LANGUAGE, header::HeaderValue::from_static("de"));
        let http = plain().default_headers(header::HeaderMap::from_iter([wish]));
        Self { http: http.build().unwrap(), base: base.to_owned() }
    }

    /// One for which another host leads to a server as well.
    pub(crate) fn under(host: &str, base: &str) -> Self {
        let address: SocketAddr = base.trim_start_matches("http://").parse().unwrap();
        let http = plain().resolve(host, address).build().unwrap();
        Self { http, base: format!("http://{host}:{}", address.port()) }
    }

    fn at(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) }
    }

    pub(crate) async fn get(&self, path: &str) -> Seen {
        seen(self.http.get(self.at(path)).header("Accept", "text/html")).await
    }

    /// Follows a link, or is led, from another page.
    pub(crate) async fn get_from(&self, page: &str, path: &str) -> Seen {
        seen(self.http.get(self.at(path)).header("Accept", "text/html").header("Referer", page)).await
    }

    /// Asks whether a page is there.
    pub(crate) async fn head(&self, path: &str) -> Seen {
        seen(self.http.head(self.at(path)).header("Accept", "text/html")).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Seen {
        self.post_from(&self.base, path, form).await
    }

    /// Sends a file as a form does.
    pub(crate) async fn post_file(&self, path: &str, name: &str, bytes: &[u8]) -> Seen {
        let part = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("file", part);
        seen(self.http.post(self.at(path)).header("Origin", &self.base).multipart(form)).await
    }

    /// Sends a form of parts as a browser does, with a file in one of them: its field, its name and its bytes.
    pub(crate) async fn post_parts(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &str, Vec<u8>)>,
    ) -> Seen {
        let mut form = reqwest::multipart::Form::new();
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        if let Some((field, name, bytes)) = file {
            let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
            form = form.part(field.to_owned(), part);
        }
        seen(self.http.post(self.at(path)).header("Origin", &self.base).multipart(form)).await
    }

    pub(crate) async fn post_from(&self, origin: &str, path: &str, form: &[(&str, &str)]) -> Seen {
        seen(self.http.post(self.at(path)).header("Origin", origin).form(form)).await
    }
}

fn plain() -> reqwest::ClientBuilder {
    reqwest::Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).no_proxy()
}

async fn seen(request: reqwest::RequestBuilder) -> Seen {
    let response = request.send().await.unwrap();
    Seen { status: response.status(), headers: response.headers().clone(), text: response.text().await.unwrap() }
}
