//! Domains: a claim holds nothing, and a record decides whose a name is.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    actor::{Actor, Ctx, Role},
    acts::{entity::Act, queries::list_acts},
    domains::{
        DomainError,
        commands::{claim_domain, remove_domain, verify_domain},
        entity::claim,
        looks::tend,
        queries::{Home, at_home_of, find_home, find_lost_domain, list_domains},
        rules::{HostFault, LOOK_EVERY, MAX_CLAIMS, MOST_MISSED, record_name},
        testing::TestDns,
    },
    identity::entity::studio,
    ids::{OrderId, StudioId},
    money::Currency,
    outbox::{Job, entity::job},
    page::PageRequest,
    policy::Denied,
    ports::{Dns, PortError},
    report::Explain,
    sales::commands::checkout::order_url,
    services::Services,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    shop::Shop,
    support::{World, on_each_database},
};

const HOST: &str = "beats.example";

/// Two studios of one installation, and the records that tests set.
struct House {
    services: Services,
    dns: Arc<TestDns>,
    nova: StudioId,
    other: StudioId,
}

impl House {
    async fn on(world: &World) -> Self {
        let shop = Shop::open(world, Currency::EUR).await;
        let nova = studio::Entity::find_by_id(shop.studio).one(&world.db).await.unwrap().unwrap();
        let other = studio::Model { id: world.ctx.env.id(), slug: "other".to_owned(), ..nova };
        let id = other.id;
        other.into_active_model().insert(&world.db).await.unwrap();
        let dns = Arc::new(TestDns::default());
        let services = Services { dns: dns.clone(), ..shop.services };
        Self { services, dns, nova: shop.studio, other: id }
    }

    fn member(&self, studio: StudioId, role: Role) -> Ctx {
        self.services.ctx(Actor::User {
            user: self.services.env.id(),
            memberships: vec![(studio, role)],
            closed: Vec::new(),
        })
    }

    async fn claim(&self, studio: StudioId, host: &str) -> Result<claim::Model, DomainError> {
        self.claim_as(&self.member(studio, Role::Owner), studio, host).await
    }

    async fn claim_as(&self, ctx: &Ctx, studio: StudioId, host: &str) -> Result<claim::Model, DomainError> {
        let tx = self.services.begin().await?;
        let claimed = claim_domain(&tx, ctx, studio, (host, self.services.platform_url())).await?;
        self.services.commit(tx).await?;
        Ok(claimed)
    }

    async fn verify(&self, claim: &claim::Model) -> Result<claim::Model, DomainError> {
        let ctx = self.member(claim.studio_id, Role::Owner);
        verify_domain(&self.services, &ctx, claim.studio_id, claim.id).await
    }

    async fn remove(&self, claim: &claim::Model) -> Result<claim::Model, DomainError> {
        let ctx = self.member(claim.studio_id, Role::Owner);
        let tx = self.services.begin().await?;
        let removed = remove_domain(&tx, &ctx, claim.studio_id, claim.id).await?;
        self.services.commit(tx).await?;
        Ok(removed)
    }

    /// Sets the record of a claim, as the holder of its name.
    fn publish(&self, claim: &claim::Model) {
        self.dns.set(record_name(&claim.host), claim.token.as_str());
    }

    async fn home(&self, host: &str) -> Option<StudioId> {
        find_home(&self.services.db, host).await.unwrap().map(|home| home.studio)
    }
}

#[tokio::test]
async fn of_all_who_claim_a_name_its_holder_gets_it() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let squatted = house.claim(house.other, "Beats.Example.").await.unwrap();
        let own = house.claim(house.nova, HOST).await.unwrap();
        assert_eq!((squatted.host.as_str(), own.host.as_str()), (HOST, HOST));
        assert_ne!(squatted.token, own.token);
        assert_eq!(house.claim(house.nova, HOST).await.unwrap(), own, "claimed twice, it is the same claim");
        for claim in [&squatted, &own] {
            assert!(matches!(house.verify(claim).await, Err(DomainError::NotProved { .. })));
        }
        assert_eq!(house.home(HOST).await, None);

        house.publish(&own);
        let refused = house.verify(&squatted).await.unwrap_err();
        assert!(refused.to_string().contains("_ledgerline.beats.example"), "{refused}");
        assert!(house.verify(&own).await.unwrap().verified_at.is_some());
        let found = find_home(&world.db, HOST).await.unwrap();
        assert_eq!(found, Some(Home { studio: house.nova, slug: "nova".to_owned() }));
        assert!(house.verify(&own).await.is_ok(), "what was proved stays so");

        // Even who could set the record does not take it from a studio that has it.
        house.publish(&squatted);
        assert!(matches!(house.verify(&squatted).await, Err(DomainError::Taken { .. })));
        house.remove(&squatted).await.unwrap();
        let late = house.claim(house.other, HOST).await.unwrap_err().explain();
        assert_eq!((late.code, late.field.as_deref()), ("DOMAIN_TAKEN", Some("host")));
    })
    .await;
}

#[tokio::test]
async fn a_shop_is_at_one_domain_until_it_is_given_up() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let (first, second) =
            (house.claim(house.nova, HOST).await.unwrap(), house.claim(house.nova, "nova.example").await.unwrap());
        house.publish(&first);
        house.publish(&second);
        house.verify(&first).await.unwrap();
        assert!(matches!(house.verify(&second).await, Err(DomainError::HasAnother { host }) if host == HOST));

        let nova = studio::Entity::find_by_id(house.nova).one(&world.db).await.unwrap().unwrap();
        let home = at_home_of(&house.services, house.nova).await.unwrap();
        let order: OrderId = world.ctx.env.id();
        assert!(order_url(&home, order).starts_with("http://beats.example/orders/"));
        assert_eq!(home.shop_url(&nova), "http://beats.example");
        assert_eq!(home.platform_url(), "http://shop.test");
        let away = at_home_of(&house.services, house.other).await.unwrap();
        assert_eq!(away.whole_shop_url(&nova), "http://shop.test/s/nova");

        house.remove(&first).await.unwrap();
        assert!(matches!(house.remove(&first).await, Err(DomainError::NotFound)));
        assert_eq!(house.home(HOST).await, None);
        house.verify(&second).await.unwrap();
        assert_eq!(house.home("nova.example").await, Some(house.nova));
        let theirs = house.claim(house.other, HOST).await.unwrap();
        house.publish(&theirs);
        house.verify(&theirs).await.unwrap();
        assert_eq!(house.home(HOST).await, Some(house.other));
    })
    .await;
}

#[tokio::test]
async fn owners_alone_say_where_their_shop_is() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let claim = house.claim(house.nova, HOST).await.unwrap();
        house.publish(&claim);
        for (ctx, denied) in [
            (house.member(house.nova, Role::Manager), Denied::NotAllowed),
            (house.member(house.other, Role::Owner), Denied::Stranger),
            (house.services.ctx(Actor::Anonymous), Denied::Unauthenticated),
        ] {
            let refused = [
                house.claim_as(&ctx, house.nova, "nova.example").await.err(),
                verify_domain(&house.services, &ctx, house.nova, claim.id).await.err(),
                list_domains(&world.db, &ctx, house.nova).await.err(),
            ];
            for error in refused {
                assert!(matches!(error, Some(DomainError::Denied(why)) if why == denied), "{error:?}");
            }
        }
        // A claim of another studio is none of one's own.
        let ctx = house.member(house.other, Role::Owner);
        let foreign = verify_domain(&house.services, &ctx, house.other, claim.id).await;
        assert!(matches!(foreign, Err(DomainError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn what_can_be_nobodys_is_refused() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        for (typed, fault) in [
            ("shop.test", HostFault::Ours),
            ("nova.shop.test", HostFault::Ours),
            ("127.0.0.1", HostFault::Address),
            ("https://beats.example/", HostFault::Form),
        ] {
            let refused = house.claim(house.nova, typed).await;
            assert!(matches!(refused, Err(DomainError::Host(why)) if why == fault), "{typed}: {refused:?}");
        }
        for number in 0..MAX_CLAIMS {
            house.claim(house.nova, &format!("beats-{number}.example")).await.unwrap();
        }
        assert!(matches!(house.claim(house.nova, HOST).await, Err(DomainError::TooMany)));
        let owner = house.member(house.nova, Role::Owner);
        let listed = list_domains(&world.db, &owner, house.nova).await.unwrap();
        assert_eq!(u64::try_from(listed.len()).unwrap(), MAX_CLAIMS);
    })
    .await;
}

/// A domain name system that does not answer.
struct Silent;

#[async_trait]
impl Dns for Silent {
    async fn texts(&self, _: &str) -> Result<Vec<String>, PortError> {
        Err(PortError::transient("looking up a domain's records", "nobody answers"))
    }
}

#[tokio::test]
async fn no_answer_proves_nothing_and_is_tried_again() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let claim = house.claim(house.nova, HOST).await.unwrap();
        let services = Services { dns: Arc::new(Silent), ..house.services.clone() };
        let owner = house.member(house.nova, Role::Owner);
        let refused = verify_domain(&services, &owner, house.nova, claim.id).await.unwrap_err();
        assert_eq!(refused.explain().code, "DNS_FAILED");
        assert_eq!(house.home(HOST).await, None);
    })
    .await;
}

/// The letters that tell studios of domains that are lost.
async fn lost_letters(world: &World) -> Vec<Job> {
    let rows = job::Entity::find().filter(job::Column::Kind.eq("mail_lost_domain")).all(&world.db).await.unwrap();
    rows.into_iter().map(|row| serde_json::from_value(row.payload).unwrap()).collect()
}

/// Looks again so many times, as often as is due; how many domains were lost.
async fn look_on(world: &World, services: &Services, times: i32) -> usize {
    let mut lost = 0;
    for _ in 0..times {
        world.clock.advance(LOOK_EVERY);
        lost += tend(services).await.unwrap();
    }
    lost
}

#[tokio::test]
async fn a_domain_whose_record_is_missing_for_seven_days_is_lost_and_can_be_shown_again() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let claim = house.claim(house.nova, HOST).await.unwrap();
        house.publish(&claim);
        house.verify(&claim).await.unwrap();
        // A mere claim is not looked at.
        house.claim(house.other, "other.example").await.unwrap();
        assert_eq!(look_on(world, &house.services, MOST_MISSED + 1).await, 0, "the record is there");

        house.dns.remove(&record_name(HOST));
        assert_eq!(tend(&house.services).await.unwrap(), 0, "it was looked for just now");
        assert_eq!(look_on(world, &house.services, MOST_MISSED).await, 0);
        house.publish(&claim);
        assert_eq!(look_on(world, &house.services, 1).await, 0, "found once more, the days are counted anew");
        house.dns.remove(&record_name(HOST));
        assert_eq!(look_on(world, &house.services, MOST_MISSED).await, 0);
        assert_eq!(house.home(HOST).await, Some(house.nova));
        assert_eq!(look_on(world, &house.services, 1).await, 1);

        assert_eq!(house.home(HOST).await, None);
        let elsewhere = at_home_of(&house.services, house.nova).await.unwrap();
        assert_eq!(&*elsewhere.public_url, "http://shop.test", "links lead to the platform again");
        assert_eq!(lost_letters(world).await, [Job::MailLostDomain { domain: claim.id }]);
        let told = find_lost_domain(&world.db, claim.id).await.unwrap().unwrap();
        assert_eq!((told.studio.id, told.claim.host.as_str()), (house.nova, HOST));
        assert_eq!(look_on(world, &house.services, 3).await, 0, "once");
        assert_eq!(lost_letters(world).await.len(), 1);
        let (owner, lost) = (house.member(house.nova, Role::Owner), [Act::DomainLost]);
        let acts = list_acts(&world.db, &owner, house.nova, Some(&lost), PageRequest::default()).await.unwrap().rows;
        let by: Vec<_> = acts.iter().map(|done| (done.act.user_id, done.act.api_key_id)).collect();
        assert_eq!(by, [(None, None)], "it was the program itself");

        // Its holder sets the record again, and nobody else can have it by the claim alone.
        assert!(matches!(house.verify(&claim).await, Err(DomainError::NotProved { .. })));
        house.publish(&claim);
        let shown = house.verify(&claim).await.unwrap();
        assert_eq!((shown.missed, house.home(HOST).await), (0, Some(house.nova)));
        assert_eq!(find_lost_domain(&world.db, claim.id).await.unwrap(), None, "there is nothing to tell any more");
    })
    .await;
}

#[tokio::test]
async fn no_answer_takes_no_domain_away() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let claim = house.claim(house.nova, HOST).await.unwrap();
        house.publish(&claim);
        house.verify(&claim).await.unwrap();
        house.dns.remove(&record_name(HOST));
        assert_eq!(look_on(world, &house.services, MOST_MISSED).await, 0);
        let silent = Services { dns: Arc::new(Silent), ..house.services.clone() };
        assert_eq!(look_on(world, &silent, 2 * MOST_MISSED).await, 0);
        assert_eq!(house.home(HOST).await, Some(house.nova));
        assert_eq!(look_on(world, &house.services, 1).await, 1, "what was seen before still counts");
    })
    .await;
}

#[tokio::test]
async fn two_who_look_at_once_count_one_look() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let claim = house.claim(house.nova, HOST).await.unwrap();
        house.publish(&claim);
        house.verify(&claim).await.unwrap();
        house.dns.remove(&record_name(HOST));
        look_on(world, &house.services, MOST_MISSED).await;
        world.clock.advance(LOOK_EVERY);
        let (one, other) = tokio::join!(tend(&house.services), tend(&house.services));
        assert_eq!(one.unwrap() + other.unwrap(), 1);
        assert_eq!(lost_letters(world).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_database_lets_one_studio_have_a_name() {
    on_each_database(async |world| {
        let house = House::on(world).await;
        let claims = [house.claim(house.nova, HOST).await.unwrap(), house.claim(house.other, HOST).await.unwrap()];
        let now = Set(Some(world.ctx.env.now()));
        let [first, second] =
            claims.map(|claim| claim::ActiveModel { verified_at: now.clone(), ..claim.into_active_model() });
        first.update(&world.db).await.unwrap();
        assert!(second.update(&world.db).await.is_err());
    })
    .await;
}
