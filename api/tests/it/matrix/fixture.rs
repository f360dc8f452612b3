//! One studio with everything, another with an owner, and a caller for each column of the matrix.

mod agreements;
mod booking;
mod catalog;
mod clients;
mod identity;
mod jobs;
mod ledger;
mod production;
mod reviews;
mod sales;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    actor::{Actor, Role, Scope},
    env::fingerprint,
    identity::entity::api_key,
    ids::{ApiKeyId, StudioId, UserId},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::{Map, Value, json};

use crate::support::World;

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
    /// Studio A with everything, studio B with an owner. To give rows another variable, name it in the file of its aggregate under `fixture/`.
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
