//! Clients and parties: who they are, how they move, what has happened with them, and what becomes of two entries of one or of one who asks to be erased.

mod erasing;
mod imports;
mod lists;
mod merging;
mod profiles;
mod stages;
mod timeline;
mod work;

use chrono::Duration;
use domain::{
    actor::{Actor, Ctx, Role},
    clients::{
        ClientError,
        commands::{NewClient, create_client},
        entity::{self as client, ClientStage},
    },
    ids::{PartyId, StudioId, UserId},
    parties::{self, PartyInput, entity::PartyKind},
    store::{self, Tx},
};
use sea_orm::EntityTrait;

use crate::{shop::Shop, support::World};

/// Does something in a transaction, which stands if it was not refused.
pub(crate) async fn done<T, E: From<domain::report::StoreError>>(
    world: &World,
    act: impl AsyncFnOnce(&Tx) -> Result<T, E>,
) -> Result<T, E> {
    let tx = store::begin(&world.db).await?;
    let done = act(&tx).await?;
    tx.commit().await.unwrap();
    Ok(done)
}

/// A person of that name and address.
pub(crate) fn person(name: &str, email: Option<&str>) -> PartyInput {
    PartyInput {
        kind: PartyKind::Person,
        name: name.to_owned(),
        legal_name: None,
        email: email.map(str::to_owned),
        ipi: None,
        isni: None,
    }
}

/// A person who has an account, and is a manager of the studio.
pub(crate) async fn manager(world: &World, studio: StudioId, name: &str) -> (UserId, Ctx) {
    let env = &world.ctx.env;
    let id: UserId = env.id();
    let email: domain::email::EmailAddress = format!("{name}@studio.example").parse().unwrap();
    let row = domain::identity::entity::user::ActiveModel {
        id: sea_orm::ActiveValue::Set(id),
        email_key: sea_orm::ActiveValue::Set(email.account_key()),
        email: sea_orm::ActiveValue::Set(email),
        name: sea_orm::ActiveValue::Set(name.to_owned()),
        password_hash: sea_orm::ActiveValue::Set("none".to_owned()),
        email_verified_at: sea_orm::ActiveValue::Set(Some(env.now())),
        created_at: sea_orm::ActiveValue::Set(env.now()),
    };
    sea_orm::ActiveModelTrait::insert(row, &world.db).await.unwrap();
    (id, world.as_actor(Actor::User { user: id, memberships: vec![(studio, Role::Manager)], closed: Vec::new() }))
}

/// Enters a client, a lead.
pub(crate) async fn enter(
    world: &World,
    shop: &Shop,
    name: &str,
    email: Option<&str>,
) -> Result<client::Model, ClientError> {
    // Who is entered later has the later id.
    world.clock.advance(Duration::milliseconds(1));
    let who = NewClient::New(person(name, email));
    done(world, async |tx| create_client(tx, &world.ctx, shop.studio, who, ClientStage::Lead).await).await
}

/// Enters a party that is no client.
pub(crate) async fn enter_party(world: &World, shop: &Shop, input: PartyInput) -> parties::entity::Model {
    world.clock.advance(Duration::milliseconds(1));
    done(world, async |tx| parties::create_party(tx, &world.ctx, shop.studio, input).await).await.unwrap()
}

/// A party as it stands.
pub(crate) async fn party(world: &World, id: PartyId) -> parties::entity::Model {
    parties::entity::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap()
}
