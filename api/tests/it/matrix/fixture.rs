//! One studio with everything, another with an owner, and a caller for each column of the matrix.

mod booking;
mod production;
mod reviews;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    actor::{Actor, Ctx, Role, Scope},
    agreements::{
        Prepared,
        commands::{self as agreements, Device, NewAgreement},
        entity::{SigningOrder, link},
        queries,
    },
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, BeatState, asset, beat},
    },
    clients::{
        commands::{NewClient, create_client},
        entity::ClientStage,
        imports::stage_import,
        records::ImportFormat,
    },
    domains::commands::claim_domain,
    env::fingerprint,
    identity::{
        commands,
        entity::{PasskeyBackup, api_key, passkey, studio, user},
        passkeys::RelyingParty,
    },
    ids::{
        AgreementId, ApiKeyId, AssetId, BeatId, BundleId, CartLineId, LicenceId, OrderId, PartyId, StudioId, UserId,
        WorkId,
    },
    ledger::{
        commands::{Event, Posting, post},
        entity::{AccountKind, JournalKind},
        queries::entries_of_journals,
        rules::{AccountRef, Leg},
    },
    licensing::{entity::licence, rules::default_tiers},
    links::Purpose,
    money::{Currency, Money},
    offers::entity::{OfferState, offer},
    outbox::{
        self, Job,
        entity::{JobState, job},
    },
    parties::{self, PartyInput, entity::PartyKind, records::note},
    payouts::commands::{PaidByHand, record_payout},
    sales::entity::{DisputeState, OrderState, PaymentState, dispute, order, order_line, payment},
    share::Share,
    splits::{self, ExecutedSplit, testing::signed_sheet},
    webhooks::{commands as webhooks, entity::EventKind},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Map, Value, json};

use crate::{pages::signing::sheet, support::World};

/// Who stands behind a column.
enum Column {
    Nobody,
    Person(UserId, StudioId, Role),
    Key { id: ApiKeyId, secret: String, scopes: BTreeSet<Scope> },
    Signer { actor: Actor, secret: String },
}

/// The studios and the callers.
pub(crate) struct Fixture {
    studio: StudioId,
    /// What its names have at their end that stand once in a database.
    mark: &'static str,
    columns: Vec<Column>,
    variables: BTreeMap<&'static str, Value>,
}

impl Fixture {
    /// Studio A with everything, studio B with an owner. To give rows another variable, add it here.
    pub(crate) async fn new(world: &World) -> Self {
        Self::marked(world, "").await
    }

    /// The same once more in the same database, under names that end in a mark.
    pub(crate) async fn marked(world: &World, mark: &'static str) -> Self {
        let (owner, studio) = world.sign_up(&format!("Owner{mark}")).await;
        let (stranger, other) = world.sign_up(&format!("Stranger{mark}")).await;
        let mut columns = vec![
            Column::Nobody,
            Column::Person(stranger, other, Role::Owner),
            Column::Person(owner, studio, Role::Owner),
        ];
        for role in [Role::Manager, Role::Engineer, Role::Collaborator, Role::Viewer] {
            let member = world.add_member(studio, role, &format!("{}{mark}", role.word())).await;
            columns.push(Column::Person(member, studio, role));
        }
        let every = [Scope::CatalogRead, Scope::CatalogWrite, Scope::SalesRead, Scope::SalesWrite, Scope::LedgerRead];
        columns.push(key(world, studio, every.into()).await);
        columns.push(key(world, studio, BTreeSet::new()).await);
        let mut fixture = Self { studio, mark, columns, variables: BTreeMap::new() };
        fixture.set("studio", studio.to_string());
        fixture.identity(world, owner).await;
        fixture.catalog(world, owner).await;
        fixture.sales(world).await;
        fixture.ledger(world).await;
        fixture.booking(world).await;
        super::rows::quoted(&mut fixture, world).await;
        super::rows::stated(&mut fixture, world).await;
        super::rows::reckoned(&mut fixture, world).await;
        super::rows::registered(&mut fixture, world).await;
        super::rows::told(&mut fixture, world).await;
        fixture.jobs(world).await;
        fixture.agreement(world).await;
        fixture.production(world).await;
        // Ids of one moment are in no order, and the studio's own party is the one that was first.
        world.clock.advance(chrono::Duration::seconds(1));
        fixture.clients(world).await;
        fixture.reviews(world).await;
        super::rows::on_rosters(&mut fixture, world).await;
        let signer = fixture.signs_another(world).await;
        fixture.columns.push(signer);
        fixture
    }

    /// The studio with everything.
    pub(crate) fn studio(&self) -> StudioId {
        self.studio
    }

    /// A variable that was named.
    pub(crate) fn value(&self, name: &str) -> &Value {
        &self.variables[name]
    }

    /// All that was named.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.variables.values()
    }

    /// A variable that was named, as text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.variables[name].as_str().unwrap()
    }

    /// Names a variable for the rows' documents.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.variables.insert(name, value.into());
    }

    async fn identity(&mut self, world: &World, owner: UserId) {
        let services = &world.services;
        let confirmed = user::ActiveModel {
            id: Set(owner),
            email_verified_at: Set(Some(services.env.now())),
            ..Default::default()
        };
        confirmed.update(&services.db).await.unwrap();
        let spare = world.add_member(self.studio, Role::Viewer, &format!("spare{}", self.mark)).await;
        self.set("spareMember", spare.to_string());
        self.set("ownersSignIn", world.token(owner).await.0.to_string());
        let Column::Key { id, .. } = key(world, self.studio, [Scope::LedgerRead].into()).await else { unreachable!() };
        self.set("spareKey", id.to_string());
        let ctx = services.ctx(self.actor(2));
        self.passkeys(world, owner, &ctx).await;
        let tx = services.begin().await.unwrap();
        let invite = async |email: &str| {
            commands::invite(&tx, &ctx, self.studio, email.parse().unwrap(), Role::Viewer).await.unwrap()
        };
        let (invited, taken_back) = (invite("invited@example.com").await, invite("taken-back@example.com").await);
        let claimed = ("spare.example.com", services.platform_url());
        let claim = claim_domain(&tx, &ctx, self.studio, claimed).await.unwrap();
        let receiver =
            webhooks::accept_receiver(services, &ctx, self.studio, "https://hooks.example.com").await.unwrap();
        let wanted = (receiver, [EventKind::RoyaltyRunIssued]);
        let hook = webhooks::create_webhook(&tx, &ctx, &services.links, self.studio, wanted).await.unwrap().webhook;
        let sent = webhooks::send_test(&tx, &ctx, self.studio, hook.id).await.unwrap();
        tx.commit().await.unwrap();
        self.set("domain", claim.id.to_string());
        self.set("webhook", hook.id.to_string());
        self.set("webhookDelivery", sent.id.to_string());
        self.set("spareInvitation", taken_back.id.to_string());
        let token = services.links.token(Purpose::Invitation, invited.id, Some(invited.expires_at));
        self.set("invitationToken", token);
    }

    /// A passkey of the owner's, and what they have begun to do with another.
    async fn passkeys(&mut self, world: &World, owner: UserId, ctx: &Ctx) {
        let services = &world.services;
        let row = passkey::Model {
            id: services.env.id(),
            user_id: owner,
            name: "Telephone".to_owned(),
            // Sixteen bytes, as the shortest that devices make.
            credential_id: format!("{:A<22}", ["matrix", self.mark].concat()),
            public_key: String::new(),
            transports: 0,
            sign_count: 0,
            backup: PasskeyBackup::NotEligible,
            created_at: services.env.now(),
            last_used_at: None,
        };
        let rp = RelyingParty::of(services.platform_url()).unwrap();
        let proof = commands::begin_passkey_proof(services, ctx, &rp).await.unwrap();
        let tx = services.begin().await.unwrap();
        let begun = commands::begin_passkey(&tx, ctx, &rp).await.unwrap();
        tx.commit().await.unwrap();
        let row = row.into_active_model().insert(&services.db).await.unwrap();
        self.set("ownersPasskey", row.id.to_string());
        self.set("ownersCeremony", begun.id.to_string());
        self.set("ownersProof", proof.id.to_string());
    }

    async fn catalog(&mut self, world: &World, owner: UserId) {
        let (services, token) = (&world.services, world.token(owner).await.1);
        let asset: AssetId = services.env.id();
        let row = asset::Model {
            id: asset,
            studio_id: self.studio,
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
            created_at: services.env.now(),
        };
        row.into_active_model().insert(&services.db).await.unwrap();
        let parties = "query($studio: ID!) { parties(studio: $studio) { nodes { id } } }";
        let studio = json!({ "studio": self.studio.to_string() });
        let answer = world.ask(Some(&token), parties, studio).await;
        let party = answer["data"]["parties"]["nodes"][0]["id"].clone();
        let create = "mutation($input: CreateBeatInput!) { createBeat(input: $input) { beat { id work { id } } userErrors { code } } }";
        let input =
            json!({ "studio": self.studio.to_string(), "title": "Night Drive", "sourceAssetId": asset.to_string() });
        let answer = world.ask(Some(&token), create, json!({ "input": input })).await;
        let made = answer["data"]["createBeat"]["beat"].clone();
        let id: BeatId = made["id"].as_str().unwrap_or_else(|| panic!("{answer}")).parse().unwrap();
        let published = beat::ActiveModel {
            id: Set(id),
            state: Set(BeatState::Published),
            published_at: Set(Some(services.env.now())),
            ..Default::default()
        };
        published.update(&services.db).await.unwrap();
        self.set("asset", asset.to_string());
        self.set("party", party);
        self.set("beat", made["id"].clone());
        self.set("work", made["work"]["id"].clone());
        self.split(world).await;
    }

    /// The signed split of the fixture's work.
    async fn split(&self, world: &World) {
        let services = &world.services;
        let work: WorkId = self.variables["work"].as_str().unwrap().parse().unwrap();
        let party: PartyId = self.variables["party"].as_str().unwrap().parse().unwrap();
        let split = ExecutedSplit {
            studio: self.studio,
            work,
            agreement: signed_sheet(&services.db, &services.env, self.studio, work).await.unwrap(),
            document_sha256: Sha256::of(b"split sheet"),
            effective_at: services.env.now(),
            composition: vec![(party, Share::WHOLE)],
            master: vec![(party, Share::WHOLE)],
        };
        let tx = services.begin().await.unwrap();
        splits::execute(&tx, &services.ctx(Actor::System), &split).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn sales(&mut self, world: &World) {
        let services = &world.services;
        let studio = studio::Entity::find_by_id(self.studio).one(&services.db).await.unwrap().unwrap();
        self.set("slug", studio.slug);
        let order: OrderId = services.env.id();
        let row = order::Model {
            id: order,
            studio_id: self.studio,
            reference: format!("LL-MATRIX{}", self.mark),
            cart_id: None,
            state: OrderState::Delivered,
            buyer_name: "Ada".into(),
            buyer_email: "ada@example.com".parse().unwrap(),
            total_minor: 6_000,
            currency: studio.currency,
            gateway: "sandbox".into(),
            checkout_id: None,
            pay_url: None,
            placed_at: services.env.now(),
            paid_at: Some(services.env.now()),
            delivered_at: Some(services.env.now()),
            closed_reason: None,
            buyer_ip: None,
            buyer_user_agent: None,
        };
        row.into_active_model().insert(&services.db).await.unwrap();
        self.set("order", order.to_string());
        self.set("orderToken", services.links.token(Purpose::Order, order, None));
        self.disputed(world, order, studio.currency).await;
        let licence = self.licence(world, order, studio.currency).await;
        self.set("licence", licence.to_string());
        self.set("licenceReference", format!("LL-MATRIX{}-1", self.mark));
        self.offer(world, studio.currency).await;
        self.set("unknownLine", services.env.id::<CartLineId>().to_string());
        self.set("unknownBundle", services.env.id::<BundleId>().to_string());
    }

    /// A payment of the fixture's order about which the buyer's bank asks.
    async fn disputed(&mut self, world: &World, order: OrderId, currency: Currency) {
        let (db, env) = (&world.services.db, &world.services.env);
        let payment = payment::Model {
            id: env.id(),
            studio_id: self.studio,
            order_id: order,
            gateway: "sandbox".into(),
            gateway_payment: format!("pi_disputed{}", self.mark),
            state: PaymentState::Captured,
            amount_minor: 6_000,
            fee_minor: 0,
            currency,
            received_at: env.now(),
            capture_before: None,
            checked_at: None,
        };
        let dispute = dispute::Model {
            id: env.id(),
            studio_id: self.studio,
            payment_id: payment.id,
            gateway: "sandbox".into(),
            gateway_dispute: format!("dp_matrix{}", self.mark),
            state: DisputeState::Inquiry,
            amount_minor: 6_000,
            fee_minor: 0,
            currency,
            reason: "fraudulent".into(),
            evidence_by: None,
            learned_at: env.now(),
            statement: None,
            answered_by: None,
            answer_requested_at: None,
            answered_at: None,
            told_state: None,
            told_fee_minor: None,
            evidence: None,
            opened_journal: None,
            closed_journal: None,
        };
        self.set("payment", payment.id.to_string());
        self.set("dispute", dispute.id.to_string());
        payment.into_active_model().insert(db).await.unwrap();
        dispute.into_active_model().insert(db).await.unwrap();
    }

    /// A licence of the fixture's order, for its beat.
    async fn licence(&self, world: &World, order: OrderId, currency: Currency) -> LicenceId {
        let (db, env) = (&world.services.db, &world.services.env);
        let beat: BeatId = self.variables["beat"].as_str().unwrap().parse().unwrap();
        let work: WorkId = self.variables["work"].as_str().unwrap().parse().unwrap();
        let terms = default_tiers(currency, "Owner").swap_remove(0).terms;
        let line = order_line::Model {
            id: env.id(),
            order_id: order,
            position: 1,
            beat_id: beat,
            work_id: work,
            beat_title: "Night Drive".into(),
            tier_code: terms.tier,
            terms: terms.clone(),
            price_minor: 6_000,
            shown_text_sha256: None,
        };
        let line = line.into_active_model().insert(db).await.unwrap();
        let licence = licence::Model {
            id: env.id(),
            studio_id: self.studio,
            order_id: order,
            order_line_id: line.id,
            beat_id: beat,
            work_id: work,
            reference: format!("LL-MATRIX{}-1", self.mark),
            licensee_name: "Ada".into(),
            licensee_email: "ada@example.com".parse().unwrap(),
            exclusive: false,
            terms,
            price_minor: 6_000,
            currency,
            granted_at: env.now(),
        };
        licence.into_active_model().insert(db).await.unwrap().id
    }

    /// An offer for the fixture's beat that waits to be answered.
    async fn offer(&mut self, world: &World, currency: Currency) {
        let (db, env) = (&world.services.db, &world.services.env);
        let terms = default_tiers(currency, "Owner").swap_remove(0).terms;
        let row = offer::Model {
            id: env.id(),
            studio_id: self.studio,
            beat_id: self.variables["beat"].as_str().unwrap().parse().unwrap(),
            work_id: self.variables["work"].as_str().unwrap().parse().unwrap(),
            beat_title: "Night Drive".into(),
            tier_code: terms.tier,
            terms,
            buyer_email: "ada@example.com".parse().unwrap(),
            buyer_key: "ada@example.com".into(),
            state: OfferState::Open,
            amount_minor: 2_000,
            currency,
            below_minimum: false,
            answer_days: 7,
            steps: 1,
            made_at: env.now(),
            expires_at: env.now() + chrono::Duration::days(7),
            decline_at: None,
            order_id: None,
        };
        self.set("offer", row.id.to_string());
        row.into_active_model().insert(db).await.unwrap();
    }

    /// A journal of two entries, and a payout of what it makes owed.
    async fn ledger(&mut self, world: &World) {
        let services = &world.services;
        let party: PartyId = self.variables["party"].as_str().unwrap().parse().unwrap();
        let external_id = format!("pi_matrix{}", self.mark);
        let event = Event {
            studio: self.studio,
            source: "matrix",
            external_id: &external_id,
            order: None,
            reference: "LL-MATRIX",
            memo: "Sale of Night Drive",
            currency: Currency::EUR,
            occurred_at: None,
        };
        let legs = vec![
            Leg { account: AccountRef::own(AccountKind::GatewayClearing), amount_minor: 6_000 },
            Leg { account: AccountRef::payable(party), amount_minor: -6_000 },
        ];
        let tx = services.begin().await.unwrap();
        let posting = Posting::plain(event, JournalKind::Sale, legs);
        let journal = post(&tx, &services.ctx(Actor::System), &posting).await.unwrap();
        tx.commit().await.unwrap();
        let entries = entries_of_journals(&services.db, &[journal.id]).await.unwrap();
        self.set("entry", entries[&journal.id][1].entry.id.to_string());
        let paid = PaidByHand {
            party,
            amount: Money::new(1_000, Currency::EUR),
            paid_at: None,
            note: "by wire",
            key: None,
            despite_terms: false,
        };
        let tx = services.begin().await.unwrap();
        let payout =
            record_payout(&tx, &services.ctx(Actor::System), services.gateway.name(), self.studio, paid).await.unwrap();
        tx.commit().await.unwrap();
        self.set("payout", payout.id.to_string());
    }

    /// A client with another's note, a company of the same name, and a list that was sent.
    async fn clients(&mut self, world: &World) {
        let (services, ctx) = (&world.services, world.services.ctx(Actor::System));
        let named = |kind: PartyKind| PartyInput {
            kind,
            name: "Cleo".to_owned(),
            legal_name: None,
            email: None,
            ipi: None,
            isni: None,
        };
        let tx = services.begin().await.unwrap();
        let new = NewClient::New(named(PartyKind::Person));
        let client = create_client(&tx, &ctx, self.studio, new, ClientStage::Lead).await.unwrap();
        // Those who look by age find the person first.
        world.clock.advance(chrono::Duration::seconds(1));
        let twin = parties::create_party(&tx, &ctx, self.studio, named(PartyKind::Company)).await.unwrap();
        let written = parties::add_note(&tx, &ctx, client.party_id, "Met in Kraków").await.unwrap();
        tx.commit().await.unwrap();
        let writer: UserId = self.variables["spareMember"].as_str().unwrap().parse().unwrap();
        let anothers = note::ActiveModel { id: Set(written.id), written_by: Set(Some(writer)), ..Default::default() };
        anothers.update(&services.db).await.unwrap();
        let list = b"Name,E-mail\nDora,dora@example.com\n";
        let read = interchange::people_csv::read(list).unwrap();
        let sha256 = Sha256::of(list);
        let import = stage_import(services, &ctx, self.studio, ImportFormat::Csv, sha256, read).await.unwrap();
        self.set("client", client.id.to_string());
        self.set("clientParty", client.party_id.to_string());
        self.set("twin", twin.id.to_string());
        self.set("note", written.id.to_string());
        self.set("clientImport", import.id.to_string());
    }

    /// An agreement that waits to be signed.
    async fn agreement(&mut self, world: &World) {
        let id = self.sent(world).await;
        let signers = queries::signers_of(&world.services.db, id).await.unwrap();
        self.set("signer", signers[0].id.to_string());
        self.set("agreement", id.to_string());
        self.set("document", sheet(500_000));
    }

    async fn sent(&self, world: &World) -> AgreementId {
        let (services, owner) = (&world.services, world.services.ctx(self.actor(2)));
        let document = sheet(500_000);
        let read = Prepared::new(services.agreements.as_ref(), &services.env, &document.to_string()).unwrap();
        let new = NewAgreement { document: read, signing_order: SigningOrder::Parallel };
        let tx = services.begin().await.unwrap();
        let id = agreements::create_agreement(&tx, &owner, self.studio, &new).await.unwrap().id;
        agreements::send_agreement(&tx, &owner, id, 1, None).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Somebody who has come in by link and code to sign another agreement.
    async fn signs_another(&self, world: &World) -> Column {
        let (services, id) = (&world.services, self.sent(world).await);
        let signer = queries::signers_of(&services.db, id).await.unwrap()[0].id;
        let link = link::Entity::find().filter(link::Column::SignerId.eq(signer)).one(&services.db).await;
        let mail = queries::find_link_mail(&services.db, link.unwrap().unwrap().id).await.unwrap().unwrap();
        let (url, device) = (mail.url("", &services.links), Device { user_agent: String::new(), ip: String::new() });
        let (token, nobody) = (url.trim_start_matches("/sign/"), services.ctx(Actor::Anonymous));
        let tx = services.begin().await.unwrap();
        let opened = agreements::open_link(&tx, &nobody, &services.links, token, &device).await.unwrap();
        let ctx = services.ctx(opened.actor.clone());
        agreements::ask_code(&tx, &ctx, &services.links, &device).await.unwrap();
        tx.commit().await.unwrap();
        let now = services.env.now();
        let mail = queries::find_code_mail(&services.db, &services.links, opened.session, now).await.unwrap().unwrap();
        agreements::enter_code(services, &ctx, &mail.code, &device).await.unwrap();
        assert!(queries::signer_view(&services.db, &ctx).await.unwrap().version.is_some(), "the session holds");
        Column::Signer { actor: opened.actor, secret: opened.secret }
    }

    async fn jobs(&mut self, world: &World) {
        let (services, ctx) = (&world.services, world.services.ctx(Actor::System));
        let beat = self.variables["beat"].as_str().unwrap().parse().unwrap();
        let tx = services.begin().await.unwrap();
        let id = outbox::put(&tx, &ctx, Some(self.studio), &Job::RenderPreview { beat }).await.unwrap();
        let open = outbox::put(&tx, &ctx, Some(self.studio), &Job::RenderPreview { beat }).await.unwrap();
        tx.commit().await.unwrap();
        let dead = job::ActiveModel {
            id: Set(id),
            state: Set(JobState::Dead),
            finished_at: Set(Some(services.env.now())),
            ..Default::default()
        };
        dead.update(&services.db).await.unwrap();
        self.set("deadJob", id.to_string());
        self.set("openJob", open.to_string());
    }

    /// Somebody who signs the fixture's agreement.
    pub(crate) async fn signer(&self, world: &World) -> Actor {
        let agreement = self.variables["agreement"].as_str().unwrap().parse().unwrap();
        let signers = queries::signers_of(&world.services.db, agreement).await.unwrap();
        Actor::Signer { agreement, signer: signers[0].id, session: world.services.env.id() }
    }

    /// The actor of a column.
    pub(crate) fn actor(&self, column: usize) -> Actor {
        match &self.columns[column] {
            Column::Nobody => Actor::Anonymous,
            Column::Person(user, studio, role) => {
                Actor::User { user: *user, memberships: vec![(*studio, *role)], closed: Vec::new() }
            }
            Column::Signer { actor, .. } => actor.clone(),
            Column::Key { id, scopes, .. } => Actor::ApiKey { key: *id, studio: self.studio, scopes: scopes.clone() },
        }
    }

    /// A token for a column: of a fresh sign-in, so that one row's signing out is no other's.
    pub(crate) async fn token(&self, world: &World, column: usize) -> Option<String> {
        match &self.columns[column] {
            Column::Nobody | Column::Signer { .. } => None,
            Column::Person(user, ..) => Some(world.token(*user).await.1),
            Column::Key { secret, .. } => Some(secret.clone()),
        }
    }

    /// The cookie of a column that has one.
    pub(crate) fn cookie(&self, column: usize) -> Option<String> {
        match &self.columns[column] {
            Column::Signer { secret, .. } => Some(format!("ll_signing={secret}")),
            _ => None,
        }
    }

    /// A path with the fixture's own in place of what stands in braces.
    pub(crate) fn path_of(&self, path: &str) -> String {
        self.variables.iter().fold(path.to_owned(), |path, (name, value)| {
            value.as_str().map_or(path.clone(), |value| path.replace(&format!("{{{name}}}"), value))
        })
    }

    /// The variables that a document declares, by name.
    pub(crate) fn variables_of(&self, document: &str) -> Value {
        let declared = |name: &str| document.contains(&format!("${name}:"));
        let chosen: Map<String, Value> = self
            .variables
            .iter()
            .filter(|(name, _)| declared(name))
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        json!(chosen)
    }
}

async fn key(world: &World, studio: StudioId, scopes: BTreeSet<Scope>) -> Column {
    let env = &world.services.env;
    let (id, secret) = (env.id(), format!("ll_{}", env.secret()));
    let row = api_key::ActiveModel {
        id: Set(id),
        studio_id: Set(studio),
        name: Set("matrix".to_owned()),
        fingerprint: Set(fingerprint(&secret)),
        scopes: Set(serde_json::to_value(&scopes).unwrap()),
        created_at: Set(env.now()),
        revoked_at: Set(None),
    };
    row.insert(&world.services.db).await.unwrap();
    Column::Key { id, secret, scopes }
}
