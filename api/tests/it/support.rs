//! A running server on each database, and callers of every kind.

use std::{
    io,
    net::TcpListener,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use actix_web::dev::ServerHandle;
use adapters::{
    agreements::AgreementTypesetter,
    contracts::ContractTypesetter,
    files::ObjectFiles,
    mail::{Mailbox, Sender},
    mixes::EngineMixes,
    sandbox::SandboxKeys,
    seals::{SealConfig, StudioSeals},
    stripe::StripeGateway,
};
use api::{ApiConfig, ApiState, Caller, auth::tokens::AccessTokens, caller::Credential, graphql};
use async_graphql::{Request, Variables};
use domain::{
    actor::{Actor, Role},
    domains::testing::TestDns,
    email::EmailAddress,
    env::testing::ManualClock,
    identity::{
        commands::{self, SignUp},
        entity::{member, sign_in, studio, user},
    },
    ids::{SignInId, StudioId, UserId},
    links::LinkKey,
    money::Currency,
    ports::Wake,
    services::Services,
    store::{self, Db},
    webhooks::testing::TestReceiver,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// No worker listens in these tests.
struct NobodyToWake;

impl Wake for NobodyToWake {
    fn jobs_written(&self) {}
}

/// A running server.
pub(crate) struct World {
    pub(crate) services: Services,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) state: ApiState,
    /// `http://127.0.0.1:<port>`.
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
    asked: Arc<AtomicUsize>,
}

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Runs a test against a server on each database at hand.
pub(crate) async fn on_each_database(test: impl AsyncFn(&World)) {
    with_config(ApiConfig::default(), "http://127.0.0.1", test).await;
}

/// The same under other settings and another public address.
pub(crate) async fn with_config(config: ApiConfig, public_url: &str, test: impl AsyncFn(&World)) {
    for database in migrations::testing::databases().await {
        eprintln!("on {}", database.name);
        let folder = tempfile::tempdir().unwrap();
        let db = store::connect(&database.url, 8).await.unwrap();
        let (world, handle, running) = start(db.clone(), folder.path(), config.clone(), public_url);
        test(&world).await;
        drop(world);
        handle.stop(false).await;
        running.await.unwrap().unwrap();
        database.drop(db).await;
    }
}

/// A server on a database, which keeps its files in a folder, with what stops it and what ends when it has stopped.
pub(crate) fn start(
    mut db: Db,
    folder: &Path,
    config: ApiConfig,
    public_url: &str,
) -> (World, ServerHandle, JoinHandle<io::Result<()>>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    db.set_metric_callback(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
    });
    let (env, clock) = domain::env::testing::env(42);
    let links = LinkKey::new([7; 32]);
    let sender = Sender { from: "post@ledgerline.example".parse().unwrap(), env: env.clone() };
    let keys = SandboxKeys::derive(&links);
    let gateway = StripeGateway::sandbox("http://127.0.0.1:1", &keys, env.clone()).unwrap();
    let services = Services {
        db,
        seals: Arc::new(StudioSeals::open(&SealConfig::in_folder(&folder.join("seals")), env.clone()).unwrap()),
        env,
        files: Arc::new(ObjectFiles::local(&folder.join("files")).unwrap()),
        mailer: Arc::new(Mailbox::new(folder.join("mail"), sender)),
        gateway: Arc::new(gateway),
        contracts: Arc::new(ContractTypesetter),
        agreements: Arc::new(AgreementTypesetter),
        mixes: Arc::new(EngineMixes),
        dns: Arc::new(TestDns::default()),
        scanner: None,
        webhooks: Arc::new(TestReceiver::default()),
        wake: Arc::new(NobodyToWake),
        public_url: public_url.into(),
        home: None,
        links,
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let config = ApiConfig { workers: Some(2), ..config };
    let state = ApiState::new(services.clone(), config.clone());
    let server = api::serve(listener, services.clone(), config, |_| {}).unwrap();
    let handle = server.handle();
    let running = tokio::spawn(server);
    (World { services, clock, state, base, http: reqwest::Client::new(), asked }, handle, running)
}

impl World {
    /// How many statements the server and the test have asked of the database so far.
    pub(crate) fn statements(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// A `POST /graphql` that can be added to.
    #[expect(clippy::needless_pass_by_value, reason = "its callers write the variables in place")]
    pub(crate) fn post(&self, document: &str, variables: Value) -> reqwest::RequestBuilder {
        self.http.post(format!("{}/graphql", self.base)).json(&json!({ "query": document, "variables": variables }))
    }

    /// The answer to a document, for the bearer of a token or for nobody.
    pub(crate) async fn ask(&self, token: Option<&str>, document: &str, variables: Value) -> Value {
        let request = self.post(document, variables);
        let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
        request.send().await.unwrap().json().await.unwrap()
    }

    /// The answer to a document, and how many statements it has asked of the database.
    pub(crate) async fn counted(&self, actor: Actor, document: &str, variables: Value) -> (Value, usize) {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let mut services = self.services.clone();
        services.db.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        let caller = Caller {
            ctx: services.ctx(actor),
            services,
            credential: Credential::Bearer,
            sign_in: None,
            refresh_cookie: None,
            request_id: "counted".into(),
            ip: "".into(),
            user_agent: "".into(),
        };
        let request = Request::new(document).variables(Variables::from_json(variables));
        let answer = graphql::execute(request, &self.state, caller).await;
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        (answer.data.into_json().unwrap(), asked.load(Ordering::SeqCst))
    }

    /// Signs a person up with a studio of their own.
    pub(crate) async fn sign_up(&self, name: &str) -> (UserId, StudioId) {
        let email = format!("{}@example.com", name.to_lowercase());
        let input = SignUp {
            name: name.to_owned(),
            email: email.clone(),
            password: PASSWORD.to_owned(),
            studio_name: format!("{name} Studio"),
            currency: Currency::EUR,
        };
        let accepted = commands::prepare_sign_up(&self.services.env, &input).unwrap();
        let nobody = self.services.ctx(Actor::Anonymous);
        commands::sign_up(&self.services, &nobody, accepted, "").await.unwrap();
        let key = email.parse::<EmailAddress>().unwrap().account_key();
        let user = user::Entity::find().filter(user::Column::EmailKey.eq(key)).one(&self.services.db).await.unwrap();
        let user = user.unwrap().id;
        let member =
            member::Entity::find().filter(member::Column::UserId.eq(user)).one(&self.services.db).await.unwrap();
        (user, member.unwrap().studio_id)
    }

    /// Puts a fresh account into a studio.
    pub(crate) async fn add_member(&self, studio: StudioId, role: Role, name: &str) -> UserId {
        let (env, id) = (&self.services.env, self.services.env.id());
        let email: EmailAddress = format!("{name}@example.com").parse().unwrap();
        let row = user::ActiveModel {
            id: Set(id),
            email_key: Set(email.account_key()),
            email: Set(email),
            name: Set(name.to_owned()),
            password_hash: Set("none: this account signs in by no password".to_owned()),
            email_verified_at: Set(Some(env.now())),
            created_at: Set(env.now()),
        };
        row.insert(&self.services.db).await.unwrap();
        let row = member::ActiveModel {
            studio_id: Set(studio),
            user_id: Set(id),
            role: Set(role),
            joined_at: Set(env.now()),
        };
        row.insert(&self.services.db).await.unwrap();
        id
    }

    /// An access token of a fresh sign-in.
    pub(crate) async fn token(&self, user: UserId) -> (SignInId, String) {
        let (env, id) = (&self.services.env, self.services.env.id());
        let row = sign_in::ActiveModel {
            id: Set(id),
            user_id: Set(user),
            user_agent: Set("test".to_owned()),
            ip: Set("127.0.0.1".to_owned()),
            created_at: Set(env.now()),
            last_seen_at: Set(env.now()),
            revoked_at: Set(None),
            revoked_reason: Set(None),
            proved_at: Set(None),
        };
        row.insert(&self.services.db).await.unwrap();
        (id, AccessTokens::new(&self.services.links).issue(user, id, env.now()).unwrap().text)
    }

    /// How many studios there are.
    pub(crate) async fn studios(&self) -> usize {
        studio::Entity::find().all(&self.services.db).await.unwrap().len()
    }
}
