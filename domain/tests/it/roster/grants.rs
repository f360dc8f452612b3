//! Who has which studio on their roster, and up to which amount they approve.

use chrono::Duration;
use domain::{
    actor::{Actor, Role},
    identity::entity::member,
    ids::{StudioId, UserId},
    money::{Currency, Money},
    roster::{
        commands::{grant_roster, revoke_roster, set_limit},
        queries::{list_managers, list_roster, my_roster, require_limit},
    },
    royalties::RoyaltyError,
};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::{House, person};
use crate::support::on_each_database;

async fn grant(shop: &House, by: &Actor, studio: StudioId, user: UserId) -> Result<(), RoyaltyError> {
    let tx = shop.services.begin().await.unwrap();
    grant_roster(&tx, &shop.services.ctx(by.clone()), studio, user).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(())
}

async fn limit(shop: &House, by: &Actor, user: UserId, minor: i64) -> Result<(), RoyaltyError> {
    let tx = shop.services.begin().await.unwrap();
    set_limit(&tx, &shop.services.ctx(by.clone()), shop.studio, user, Money::new(minor, Currency::EUR)).await?;
    shop.services.commit(tx).await.unwrap();
    Ok(())
}

#[tokio::test]
async fn a_manager_sees_two_studios_and_not_the_third() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let (second, third) = (shop.another("Second").await, shop.another("Third").await);
        let mia = shop.member(Role::Manager, "Mia").await;
        for studio in [second, third] {
            shop.join(studio, mia, Role::Manager).await;
        }
        let everywhere = [shop.studio, second, third].map(|studio| (studio, Role::Manager));
        let manager = person(mia, &everywhere);
        let seen = async |actor: &Actor| my_roster(&shop.services.db, &shop.services.ctx(actor.clone())).await.unwrap();
        assert_eq!(seen(&manager).await, []);
        for studio in [shop.studio, second] {
            grant(&shop, &Actor::System, studio, mia).await.unwrap();
            // Twice is once.
            grant(&shop, &Actor::System, studio, mia).await.unwrap();
            shop.wait();
        }
        assert_eq!(seen(&manager).await, [shop.studio, second]);
        let listed = list_roster(&shop.services.db, &shop.services.ctx(manager.clone())).await.unwrap();
        let listed: Vec<_> = listed.into_iter().map(|row| (row.studio.name, row.open_alerts)).collect();
        assert_eq!(listed, [("Nova Sound".to_owned(), 0), ("Second".to_owned(), 0)]);

        // Whoever has left a studio, or may not see its royalties any more, does not see it, though the grant stands.
        assert_eq!(seen(&person(mia, &everywhere[1..])).await, [second]);
        assert_eq!(seen(&person(mia, &[(shop.studio, Role::Engineer), (second, Role::Manager)])).await, [second]);
        let tx = shop.services.begin().await.unwrap();
        let system = shop.services.ctx(Actor::System);
        assert!(revoke_roster(&tx, &system, second, mia).await.unwrap());
        assert!(!revoke_roster(&tx, &system, second, mia).await.unwrap());
        shop.services.commit(tx).await.unwrap();
        assert_eq!(seen(&manager).await, [shop.studio]);
    })
    .await;
}

#[tokio::test]
async fn owners_alone_grant_and_to_members_alone() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let (mia, stranger) = (shop.member(Role::Manager, "Mia").await, shop.account("Stranger").await);
        let owner = person(shop.member(Role::Owner, "Olu").await, &[(shop.studio, Role::Owner)]);
        let manager = person(mia, &[(shop.studio, Role::Manager)]);
        assert!(matches!(grant(&shop, &manager, shop.studio, mia).await, Err(RoyaltyError::Denied(_))));
        let refused = grant(&shop, &owner, shop.studio, stranger).await;
        assert!(matches!(refused, Err(RoyaltyError::NotFound { field: "user", .. })));
        grant(&shop, &owner, shop.studio, mia).await.unwrap();
        limit(&shop, &owner, mia, 50_000).await.unwrap();
        let managers = list_managers(&shop.services.db, &shop.services.ctx(owner), shop.studio).await.unwrap();
        assert_eq!(managers.len(), 1);
        assert_eq!((&*managers[0].name, &*managers[0].limits), ("Mia", &[Money::new(50_000, Currency::EUR)][..]));
        assert!(managers[0].granted_at.is_some());
        // The database lets nobody forget a grant, or take one up again.
        for change in ["DELETE FROM roster_grants", "UPDATE roster_grants SET studio_id = user_id"] {
            assert!(shop.services.db.execute_unprepared(change).await.is_err(), "{change}");
        }
    })
    .await;
}

#[tokio::test]
async fn approval_reaches_up_to_the_limit_in_its_currency() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let mia = shop.member(Role::Manager, "Mia").await;
        let owner = person(shop.member(Role::Owner, "Olu").await, &[(shop.studio, Role::Owner)]);
        let manager = person(mia, &[(shop.studio, Role::Manager)]);
        let may = async |actor: &Actor, asked: Money| {
            let ctx = shop.services.ctx(actor.clone());
            require_limit(&shop.services.db, &ctx, shop.studio, asked).await
        };
        let eur = |minor| Money::new(minor, Currency::EUR);
        assert!(matches!(may(&manager, eur(1)).await, Err(RoyaltyError::Limit { .. })), "there is no limit yet");
        limit(&shop, &owner, mia, 50_000).await.unwrap();
        for asked in [0, 49_999, 50_000] {
            may(&manager, eur(asked)).await.unwrap();
        }
        let above = may(&manager, eur(50_001)).await.unwrap_err();
        assert!(matches!(above, RoyaltyError::Limit { asked, limit } if asked == eur(50_001) && limit == eur(50_000)));
        assert!(may(&manager, Money::new(1, Currency::USD)).await.is_err(), "another currency has a limit of its own");
        may(&owner, eur(i64::MAX)).await.unwrap();
        let engineer = person(mia, &[(shop.studio, Role::Engineer)]);
        assert!(matches!(may(&engineer, eur(0)).await, Err(RoyaltyError::Denied(_))));

        assert!(matches!(limit(&shop, &owner, mia, -1).await, Err(RoyaltyError::LimitBelowZero { .. })));
        limit(&shop, &owner, mia, 0).await.unwrap();
        assert!(may(&manager, eur(1)).await.is_err(), "nothing takes the leave back");
        let limits = domain::royalties::entity::limit::Entity::find().all(&shop.services.db).await.unwrap();
        assert_eq!(limits.len(), 1, "there is one a currency");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_left_and_come_again_has_what_was_granted_since() {
    on_each_database(async |world| {
        let shop = House::open(world).await;
        let mia = shop.member(Role::Manager, "Mia").await;
        let owner = person(shop.member(Role::Owner, "Olu").await, &[(shop.studio, Role::Owner)]);
        let manager = shop.services.ctx(person(mia, &[(shop.studio, Role::Manager)]));
        let db = &shop.services.db;
        let asked = Money::new(1, Currency::EUR);
        grant(&shop, &owner, shop.studio, mia).await.unwrap();
        limit(&shop, &owner, mia, 50_000).await.unwrap();
        assert_eq!(my_roster(db, &manager).await.unwrap(), [shop.studio]);
        require_limit(db, &manager, shop.studio, asked).await.unwrap();
        shop.clock.advance(Duration::days(1));
        member::Entity::delete_by_id((shop.studio, mia)).exec(db).await.unwrap();
        shop.join(shop.studio, mia, Role::Manager).await;
        assert_eq!(my_roster(db, &manager).await.unwrap(), []);
        let above = require_limit(db, &manager, shop.studio, asked).await;
        assert!(matches!(above, Err(RoyaltyError::Limit { .. })), "{above:?}");
        let listed = async || list_managers(db, &shop.services.ctx(owner.clone()), shop.studio).await.unwrap();
        assert_eq!(listed().await, []);
        grant(&shop, &owner, shop.studio, mia).await.unwrap();
        limit(&shop, &owner, mia, 50_000).await.unwrap();
        assert_eq!(my_roster(db, &manager).await.unwrap(), [shop.studio]);
        require_limit(db, &manager, shop.studio, asked).await.unwrap();
        assert_eq!(listed().await.len(), 1);
    })
    .await;
}
