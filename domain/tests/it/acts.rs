//! Who has done what in a studio: each command leaves its act, what is refused leaves none, and nobody changes one or reads another studio's.

use std::collections::BTreeSet;

use chrono::Duration;
use domain::{
    actor::{Actor, Ctx, Role, Scope},
    acts::{
        ActError,
        entity::Act,
        queries::{Done, list_acts},
    },
    agreements::{
        commands::{PreparedClauses, set_clause_defaults},
        document::Template,
        testing::PlainDocuments,
    },
    domains::commands::{claim_domain, remove_domain},
    edit::Edit,
    first_refusal::commands::set_first_refusal,
    identity::{
        IdentityError,
        commands::{
            self, StudioSettings, accept_invitation, change_role, close_studio, create_api_key, invite, remove_member,
            reopen_studio, revoke_api_key, revoke_invitation, update_studio,
        },
        entity::{Accent, invitation},
    },
    ids::StudioId,
    invoices::{self, rules::settings::Settings},
    licensing::{
        commands::{reset_tier, set_tier, set_tier_enabled},
        rules::{TierSettings, default_tiers},
        terms::TierCode,
    },
    links::Purpose,
    money::{Currency, Money},
    offers::commands::{OfferSettings, set_offers},
    page::PageRequest,
    payouts::commands::{set_hold_days, set_minimum},
    policy::Denied,
    pricing::{
        commands::settings::{remove_bundle, set_bulk_deals, set_bundle, set_coupon, set_tax_rates},
        rules::{
            Off,
            settings::{BulkSettings, BundleSettings, CouponSettings, TaxSettings},
        },
    },
    roster::commands::{grant_roster, revoke_roster, set_limit},
    services::Services,
    share::Share,
    store::Tx,
    webhooks::{
        commands::{accept_receiver, change_webhook, create_webhook, remove_webhook, rotate_secret, switch_webhook},
        entity::EventKind,
    },
};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::{
    identity::{owner_of, services},
    shop::Shop,
    support::{World, on_each_database},
};

/// A studio, and whoever owns it.
struct House<'a> {
    world: &'a World,
    services: Services,
    owner: Ctx,
    studio: StudioId,
}

impl<'a> House<'a> {
    /// A studio that somebody has signed up with.
    async fn founded(world: &'a World) -> Self {
        let services = services(world).await;
        let (owner, _, studio) = owner_of(&services, "ada@example.com").await;
        Self { world, services, owner, studio }
    }

    /// A studio that sells.
    fn selling(world: &'a World, shop: &Shop) -> Self {
        let (user, studio) = (world.ctx.env.id(), shop.studio);
        let owner = Actor::User { user, memberships: vec![(studio, Role::Owner)], closed: Vec::new() };
        Self { world, services: shop.services.clone(), owner: world.as_actor(owner), studio }
    }

    /// Does something by itself. A moment passes: ids of one moment are in no order.
    async fn done<T, E>(&self, work: impl AsyncFnOnce(&Tx) -> Result<T, E>) -> Result<T, E> {
        self.world.clock.advance(Duration::milliseconds(1));
        let tx = self.services.begin().await.unwrap();
        let done = work(&tx).await?;
        self.services.commit(tx).await.unwrap();
        Ok(done)
    }

    async fn of_kinds(&self, kinds: Option<&[Act]>) -> Vec<Done> {
        let page = list_acts(&self.services.db, &self.owner, self.studio, kinds, PageRequest::largest());
        page.await.unwrap().rows
    }

    /// All that was done, the first first.
    async fn acts(&self) -> Vec<Done> {
        let mut acts = self.of_kinds(None).await;
        acts.reverse();
        acts
    }

    async fn kinds(&self) -> Vec<Act> {
        self.acts().await.iter().map(|done| done.act.act).collect()
    }
}

/// What has become of what by an act.
fn changes(done: &Done) -> Vec<(&str, Option<&str>, Option<&str>)> {
    let changes = done.act.changes.0.iter();
    changes.map(|change| (change.field.as_str(), change.old.as_deref(), change.new.as_deref())).collect()
}

async fn accept(house: &House<'_>, ctx: &Ctx, invitation: &invitation::Model) {
    let links = &house.services.links;
    let token = links.token(Purpose::Invitation, invitation.id, Some(invitation.expires_at));
    house.done(async |tx| accept_invitation(tx, ctx, links, &token).await).await.unwrap();
}

#[tokio::test]
async fn who_changes_members_and_keys_is_written_down() {
    on_each_database(async |world| {
        let house = House::founded(world).await;
        let (owner, studio) = (&house.owner, house.studio);
        let (bob, bob_id, _) = owner_of(&house.services, "bob@example.com").await;
        let ask = async |email: &str| {
            let email = email.parse().unwrap();
            house.done(async |tx| invite(tx, owner, studio, email, Role::Viewer).await).await.unwrap()
        };
        let invitation = ask("bob@example.com").await;
        let unwanted = ask("carol@example.com").await;
        house.done(async |tx| revoke_invitation(tx, owner, studio, unwanted.id).await).await.unwrap();
        accept(&house, &bob, &invitation).await;
        house.done(async |tx| change_role(tx, owner, studio, bob_id, Role::Manager).await).await.unwrap();
        house.done(async |tx| grant_roster(tx, owner, studio, bob_id).await).await.unwrap();
        house.done(async |tx| grant_roster(tx, owner, studio, bob_id).await).await.unwrap();
        let limit = Money::new(50_000, Currency::USD);
        house.done(async |tx| set_limit(tx, owner, studio, bob_id, limit).await).await.unwrap();
        house.done(async |tx| revoke_roster(tx, owner, studio, bob_id).await).await.unwrap();
        house.done(async |tx| remove_member(tx, owner, studio, bob_id).await).await.unwrap();
        let scopes = [Scope::CatalogRead, Scope::SalesRead];
        let made = house.done(async |tx| create_api_key(tx, owner, studio, "The website", scopes).await).await.unwrap();
        house.done(async |tx| revoke_api_key(tx, owner, studio, made.key.id).await).await.unwrap();
        house.done(async |tx| revoke_api_key(tx, owner, studio, made.key.id).await).await.unwrap();

        let acts = house.acts().await;
        let told: Vec<_> = acts.iter().map(|done| (done.act.act, done.to.as_deref())).collect();
        // Whoever signs up here is called Ada.
        assert_eq!(
            told,
            [
                (Act::MemberInvited, Some("bob@example.com")),
                (Act::MemberInvited, Some("carol@example.com")),
                (Act::InvitationRevoked, Some("carol@example.com")),
                (Act::MemberJoined, Some("Ada")),
                (Act::RoleChanged, Some("Ada")),
                (Act::RosterGranted, Some("Ada")),
                (Act::ApprovalLimitSet, Some("Ada")),
                (Act::RosterRevoked, Some("Ada")),
                (Act::MemberRemoved, Some("Ada")),
                (Act::ApiKeyCreated, Some("The website")),
                (Act::ApiKeyRevoked, Some("The website")),
            ]
        );
        let by = |done: &Done| (done.act.user_id, done.act.api_key_id, done.by.clone());
        assert_eq!(by(&acts[3]), (Some(bob_id), None, Some("Ada".to_owned())));
        assert_eq!(by(&acts[4]), (owner.actor.user(), None, Some("Ada".to_owned())));
        assert_eq!(acts[4].act.subject, Some(bob_id.to_string()));
        assert_eq!(changes(&acts[4]), [("role", Some("viewer"), Some("manager"))]);
        assert_eq!(changes(&acts[6]), [("limit", None, Some("USD 500.00"))]);
        assert_eq!(changes(&acts[8]), [("role", Some("manager"), None)]);
        assert_eq!(
            changes(&acts[9]),
            [("name", None, Some("The website")), ("scopes", None, Some("catalog_read, sales_read"))]
        );
        let wanted = [Act::RoleChanged, Act::ApiKeyCreated];
        let wanted: Vec<Act> = house.of_kinds(Some(&wanted)).await.iter().map(|done| done.act.act).collect();
        assert_eq!(wanted, [Act::ApiKeyCreated, Act::RoleChanged], "the newest first");
        let kept = format!("{:?}", acts.iter().map(|done| &done.act).collect::<Vec<_>>());
        assert!(!kept.contains("example.com") && !kept.contains("\"Ada\"") && !kept.contains(&made.secret), "{kept}");
    })
    .await;
}

#[tokio::test]
async fn whoever_closes_their_account_has_left_its_studios() {
    on_each_database(async |world| {
        let house = House::founded(world).await;
        let (owner, studio) = (&house.owner, house.studio);
        let (bob, bob_id, _) = owner_of(&house.services, "bob@example.com").await;
        let email = "bob@example.com".parse().unwrap();
        let invited = house.done(async |tx| invite(tx, owner, studio, email, Role::Engineer).await).await.unwrap();
        accept(&house, &bob, &invited).await;
        let (ada, heir) = ("ada@example.com".parse().unwrap(), "bob@example.com".parse().unwrap());
        // Nobody else owns it: what was written down of leaving it is undone.
        let refused = house.done(async |tx| commands::close_account(tx, owner, &ada).await).await;
        assert!(matches!(refused, Err(IdentityError::OnlyOwner { .. })), "{refused:?}");
        assert_eq!(house.kinds().await, [Act::MemberInvited, Act::MemberJoined]);
        let program = &world.ctx;
        house.done(async |tx| commands::close_account_of(tx, program, &ada, Some(&heir)).await).await.unwrap();
        let mut acts = house.acts().await.split_off(2);
        // They are of one moment.
        acts.sort_by_key(|done| done.act.act);
        let told: Vec<_> = acts.iter().map(|done| (done.act.act, done.by.clone(), done.act.subject.clone())).collect();
        let gone = owner.actor.user().map(|user| user.to_string());
        assert_eq!(told, [(Act::MemberRemoved, None, gone), (Act::RoleChanged, None, Some(bob_id.to_string()))]);
        assert_eq!(acts[0].to.as_deref(), Some("Closed account"));
        assert_eq!(changes(&acts[1]), [("role", Some("engineer"), Some("owner"))]);
    })
    .await;
}

#[tokio::test]
async fn who_sets_licences_is_written_down_be_it_a_key() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beat = shop.beat("Night Drive", false).await;
        let house = House::selling(world, &shop);
        let (owner, studio) = (&house.owner, house.studio);
        let made = house.done(async |tx| create_api_key(tx, owner, studio, "The till", [Scope::SalesWrite]).await);
        let key = made.await.unwrap().key.id;
        let program = &world.as_actor(Actor::ApiKey { key, studio, scopes: [Scope::SalesWrite].into() });

        let tiers = default_tiers(Currency::EUR, "Nova");
        let standing = tiers.into_iter().find(|tier| tier.terms.tier == TierCode::Mp3).unwrap();
        let was = standing.price.to_string();
        let dearer = TierSettings {
            price: Money::new(4_500, Currency::EUR),
            further: vec![Money::new(5_000, Currency::USD)],
            ..standing
        };
        house.done(async |tx| set_tier(tx, program, studio, None, &dearer).await).await.unwrap();
        let of = Some(beat);
        house.done(async |tx| set_tier_enabled(tx, owner, studio, of, TierCode::Wav, false).await).await.unwrap();
        for is_own in [true, false] {
            let reset = house.done(async |tx| reset_tier(tx, owner, studio, beat, TierCode::Wav).await);
            assert_eq!(reset.await.unwrap(), is_own);
        }

        assert_eq!(house.kinds().await, [Act::ApiKeyCreated, Act::TierSet, Act::TierSet, Act::TierReset]);
        let acts = house.acts().await;
        let by = (acts[1].act.user_id, acts[1].act.api_key_id, acts[1].by.as_deref());
        assert_eq!(by, (None, Some(key), Some("The till")));
        assert_eq!(
            changes(&acts[1]),
            [
                ("tier", None, Some("mp3")),
                ("price", Some(was.as_str()), Some("EUR 45.00")),
                ("prices", None, Some("USD 50.00")),
            ]
        );
        assert_eq!(acts[2].act.subject, Some(beat.to_string()));
        assert!(changes(&acts[2]).contains(&("enabled", None, Some("false"))));
        assert_eq!(changes(&acts[3]), [("tier", None, Some("wav"))]);
    })
    .await;
}

#[tokio::test]
async fn who_sets_offers_and_what_is_taken_off_is_written_down() {
    on_each_database(async |world| {
        let shop = Shop::open(world, Currency::EUR).await;
        let beats = vec![shop.beat("Night Drive", false).await, shop.beat("Dusk", false).await];
        let house = House::selling(world, &shop);
        let (owner, studio) = (&house.owner, house.studio);
        let offers = OfferSettings { tier: TierCode::Exclusive, takes_offers: true, minimum: None, answer_days: 1 };
        house.done(async |tx| set_offers(tx, owner, studio, None, &offers).await).await.unwrap();
        house.done(async |tx| set_first_refusal(tx, owner, studio, true).await).await.unwrap();
        house.done(async |tx| set_first_refusal(tx, owner, studio, true).await).await.unwrap();
        let coupon = CouponSettings {
            code: "summer".into(),
            off: Off::Amount(Money::new(500, Currency::EUR)),
            minimum: None,
            beats: BTreeSet::new(),
            tiers: BTreeSet::new(),
            starts_at: None,
            ends_at: None,
            max_uses: Some(3),
            enabled: true,
        };
        house.done(async |tx| set_coupon(tx, owner, studio, &coupon).await).await.unwrap();
        let deals = [BulkSettings { buy: 2, free: 1, tiers: [TierCode::Mp3].into() }];
        house.done(async |tx| set_bulk_deals(tx, owner, studio, &deals).await).await.unwrap();
        let bundle = BundleSettings {
            name: "Nights".into(),
            tier: TierCode::Mp3,
            beats,
            price: Money::new(6_000, Currency::EUR),
            further: Vec::new(),
            enabled: true,
        };
        let bundle = house.done(async |tx| set_bundle(tx, owner, studio, None, &bundle).await).await.unwrap().bundle.id;
        for is_there in [true, false] {
            let removed = house.done(async |tx| remove_bundle(tx, owner, studio, bundle).await);
            assert_eq!(removed.await.unwrap(), is_there);
        }
        let rate = Share::from_ppm(190_000).unwrap();
        let rates = [TaxSettings { country: "DE".parse().unwrap(), name: "USt".into(), rate, included: true }];
        house.done(async |tx| set_tax_rates(tx, owner, studio, &rates).await).await.unwrap();

        assert_eq!(
            house.kinds().await,
            [
                Act::OffersSet,
                Act::FirstRefusalSet,
                Act::CouponSet,
                Act::BulkDealsSet,
                Act::BundleSet,
                Act::BundleRemoved,
                Act::TaxRatesSet,
            ]
        );
        let acts = house.acts().await;
        assert_eq!(
            changes(&acts[0]),
            [("tier", None, Some("exclusive")), ("takesOffers", None, Some("true")), ("answerDays", None, Some("1"))]
        );
        assert_eq!(changes(&acts[1]), [("on", Some("false"), Some("true"))]);
        assert_eq!(
            changes(&acts[2]),
            [
                ("code", None, Some("SUMMER")),
                ("off", None, Some("EUR 5.00")),
                ("maxUses", None, Some("3")),
                ("enabled", None, Some("true")),
            ]
        );
        assert_eq!(changes(&acts[3]), [("deals", None, Some("2 + 1"))]);
        assert_eq!(changes(&acts[5]), [("name", None, Some("Nights"))]);
        assert_eq!(changes(&acts[6]), [("rates", None, Some("DE 19 %"))]);
    })
    .await;
}

fn settings(name: &str) -> StudioSettings {
    StudioSettings {
        name: name.into(),
        contact_email: "secret.desk@example.com".parse().unwrap(),
        legal_name: Some("Ada King".into()),
        address: Some("1 Hidden Lane".into()),
        governing_law: "Germany".into(),
        unsigned_splits: Edit::Keep,
        accent: Edit::To(Some(Accent::Moss)),
    }
}

#[tokio::test]
async fn who_sets_the_studio_is_written_down_and_nothing_that_is_private() {
    on_each_database(async |world| {
        let house = House::founded(world).await;
        let (owner, studio, services) = (&house.owner, house.studio, &house.services);
        house.done(async |tx| update_studio(tx, owner, studio, settings("Nova Sound")).await).await.unwrap();
        let host = ("beats.example", services.platform_url());
        let claim = house.done(async |tx| claim_domain(tx, owner, studio, host).await).await.unwrap();
        house.done(async |tx| claim_domain(tx, owner, studio, host).await).await.unwrap();
        house.done(async |tx| remove_domain(tx, owner, studio, claim.id).await).await.unwrap();

        let url = "https://hooks.example.com/in/a-secret-path";
        let wanted = (accept_receiver(services, owner, studio, url).await.unwrap(), [EventKind::OrderPaid]);
        let made = house.done(async |tx| create_webhook(tx, owner, &services.links, studio, wanted).await);
        let (made, links) = (made.await.unwrap(), &services.links);
        let hook = (studio, made.webhook.id);
        let wanted = (accept_receiver(services, owner, studio, url).await.unwrap(), [EventKind::OrderRefunded]);
        house.done(async |tx| change_webhook(tx, owner, hook, wanted).await).await.unwrap();
        house.done(async |tx| switch_webhook(tx, owner, hook, false).await).await.unwrap();
        house.done(async |tx| switch_webhook(tx, owner, hook, false).await).await.unwrap();
        let other = house.done(async |tx| rotate_secret(tx, owner, links, hook).await).await.unwrap().secret;
        house.done(async |tx| remove_webhook(tx, owner, studio, hook.1).await).await.unwrap();

        world.clock.advance(Duration::milliseconds(1));
        let bank = "DE89 3704 0044 0532 0130 00";
        let invoicing = Settings { prefix: "NOVA".into(), bank_details: Some(bank.into()), ..Settings::default() };
        invoices::commands::set_settings(services, owner, studio, &invoicing).await.unwrap();
        house.done(async |tx| set_hold_days(tx, owner, studio, 3).await).await.unwrap();
        let least = Money::new(2_500, Currency::USD);
        house.done(async |tx| set_minimum(tx, owner, studio, None, least).await).await.unwrap();
        let edits = json!({ "off": ["disputes"] }).to_string();
        let clauses = PreparedClauses::new(&PlainDocuments, Template::SplitSheet, &edits).unwrap();
        house.done(async |tx| set_clause_defaults(tx, owner, studio, &clauses).await).await.unwrap();
        house.done(async |tx| close_studio(tx, owner, studio, "Nova Sound", Some("Moving")).await).await.unwrap();
        house.done(async |tx| reopen_studio(tx, owner, studio).await).await.unwrap();
        house.done(async |tx| reopen_studio(tx, owner, studio).await).await.unwrap();

        assert_eq!(
            house.kinds().await,
            [
                Act::StudioChanged,
                Act::DomainClaimed,
                Act::DomainRemoved,
                Act::WebhookCreated,
                Act::WebhookChanged,
                Act::WebhookSwitched,
                Act::WebhookSecretRotated,
                Act::WebhookRemoved,
                Act::InvoicingSet,
                Act::HoldDaysSet,
                Act::PayoutMinimumSet,
                Act::ClausesSet,
                Act::StudioClosed,
                Act::StudioReopened,
            ]
        );
        let acts = house.acts().await;
        let set = changes(&acts[0]);
        assert_eq!(set[0], ("name", Some("Ada’s Beats"), Some("Nova Sound")));
        assert_eq!(&set[1..4], [("contactEmail", None, None), ("legalName", None, None), ("address", None, None)]);
        assert_eq!(set.last(), Some(&("accent", None, Some("moss"))));
        assert_eq!(changes(&acts[4]), [("kinds", Some("order.paid"), Some("order.refunded"))]);
        assert_eq!(changes(&acts[8]), [("prefix", Some("INV"), Some("NOVA")), ("bankDetails", None, None)]);
        assert_eq!(changes(&acts[10]), [("minimum", None, Some("USD 25.00"))]);
        let kept = format!("{acts:?}");
        for private in ["secret.desk", "Ada King", "Hidden Lane", "secret-path", bank, &made.secret, &other] {
            assert!(!kept.contains(private), "{private}: {kept}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_leaves_no_act_and_owners_alone_read_those_of_their_own() {
    on_each_database(async |world| {
        let house = House::founded(world).await;
        let (owner, studio) = (&house.owner, house.studio);
        let (stranger, _, elsewhere) = owner_of(&house.services, "bob@example.com").await;
        let member = |role| {
            let user = world.ctx.env.id();
            world.as_actor(Actor::User { user, memberships: vec![(studio, role)], closed: Vec::new() })
        };
        let manager = &member(Role::Manager);
        for ctx in [manager, &stranger] {
            let refused = house.done(async |tx| update_studio(tx, ctx, studio, settings("Mine")).await).await;
            assert!(matches!(refused, Err(IdentityError::Denied(_))), "{refused:?}");
        }
        let refused = house.done(async |tx| change_role(tx, owner, studio, world.ctx.env.id(), Role::Viewer).await);
        assert!(matches!(refused.await, Err(IdentityError::NoMember)));
        house.done(async |tx| set_hold_days(tx, owner, studio, -1).await).await.unwrap_err();
        let nameless = StudioSettings { governing_law: String::new(), ..settings("Nova") };
        house.done(async |tx| update_studio(tx, owner, studio, nameless).await).await.unwrap_err();
        assert_eq!(house.kinds().await, []);

        house.done(async |tx| update_studio(tx, owner, studio, settings("Nova")).await).await.unwrap();
        assert_eq!(house.kinds().await, [Act::StudioChanged]);
        let read = async |ctx: &Ctx, of| list_acts(&house.services.db, ctx, of, None, PageRequest::default()).await;
        assert_eq!(read(&stranger, elsewhere).await.unwrap().rows, []);
        let refused = read(&stranger, studio).await;
        assert!(matches!(refused, Err(ActError::Denied(Denied::Stranger))), "{refused:?}");
        let refused = read(manager, studio).await;
        assert!(matches!(refused, Err(ActError::Denied(Denied::NotAllowed))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn an_act_stays_as_it_was_written() {
    on_each_database(async |world| {
        let house = House::founded(world).await;
        let (owner, studio) = (&house.owner, house.studio);
        house.done(async |tx| update_studio(tx, owner, studio, settings("Nova")).await).await.unwrap();
        for statement in ["UPDATE studio_acts SET act = 'studio_closed'", "DELETE FROM studio_acts"] {
            let refused = world.db.execute_unprepared(statement).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{statement}: {refused}");
        }
        // Nobody is a person and a key.
        let both = "INSERT INTO studio_acts SELECT id, studio_id, at, user_id, user_id, act, subject, changes FROM studio_acts";
        assert!(world.db.execute_unprepared(both).await.unwrap_err().to_string().to_lowercase().contains("check"));
        assert_eq!(house.kinds().await, [Act::StudioChanged]);
    })
    .await;
}
