//! Who is acting, and everything a command or query needs to know of its caller.

use std::collections::BTreeSet;

use crate::{
    env::Env,
    ids::{AgreementId, ApiKeyId, OrderId, SignerId, SigningSessionId, StudioId, UserId},
};

crate::text_enum! {
    /// A member's role in a studio, from most to least.
    pub enum Role {
        /// Owns the studio: everything, members and keys included.
        Owner = "owner",
        /// Runs the business: catalogue, prices, orders, money; not the members' roles.
        Manager = "manager",
        /// Makes the music: catalogue and files; no prices, no money.
        Engineer = "engineer",
        /// Sees what they take part in.
        Collaborator = "collaborator",
        /// Looks, changes nothing, sees no money and no buyers.
        Viewer = "viewer",
    }
}

/// What an API key may do; a key never manages members or keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Reads the catalogue.
    CatalogRead,
    /// Changes the catalogue and uploads files.
    CatalogWrite,
    /// Reads orders, licences and deliveries.
    SalesRead,
    /// Changes prices and tiers, retries deliveries; takes royalty statements in, writes terms and charges, and reckons runs.
    SalesWrite,
    /// Reads the ledger, and royalties.
    LedgerRead,
}

/// Who is acting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody we know.
    Anonymous,
    /// A signed-in person with all their memberships.
    User {
        /// The account.
        user: UserId,
        /// The studios they belong to, and as what.
        memberships: Vec<(StudioId, Role)>,
        /// Those of them that are closed: what is in them is read, and not changed.
        closed: Vec<StudioId>,
    },
    /// A program with a studio's key.
    ApiKey {
        /// The key.
        key: ApiKeyId,
        /// The studio it belongs to.
        studio: StudioId,
        /// What it may do.
        scopes: BTreeSet<Scope>,
    },
    /// Somebody who holds the signed link of an order.
    Buyer {
        /// The order.
        order: OrderId,
    },
    /// Somebody who has opened a signing link. What they may do without having entered a code is told by the session.
    Signer {
        /// The one agreement that they may see.
        agreement: AgreementId,
        /// Who they are in it.
        signer: SignerId,
        /// The browser's session.
        session: SigningSessionId,
    },
    /// The program itself: a job, a schedule, the gateway's event.
    System,
}

impl Actor {
    /// The account behind the actor, if it is a person's.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::User { user, .. } => Some(*user),
            _ => None,
        }
    }

    /// The actor's role in a studio.
    pub fn role_in(&self, studio: StudioId) -> Option<Role> {
        match self {
            Self::User { memberships, .. } => memberships.iter().find(|(of, _)| *of == studio).map(|(_, role)| *role),
            _ => None,
        }
    }

    /// Whether a studio of the actor's is closed. The program itself goes on with what was begun, and a closed studio's keys open nothing at all.
    pub fn is_shut_out_of(&self, studio: StudioId) -> bool {
        matches!(self, Self::User { closed, .. } if closed.contains(&studio))
    }
}

/// The caller of a use case and its surroundings.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Who is acting.
    pub actor: Actor,
    /// Time, ids and randomness.
    pub env: Env,
}

impl Ctx {
    /// A context for an actor.
    pub fn new(actor: Actor, env: Env) -> Self {
        Self { actor, env }
    }

    /// The program itself as the actor.
    pub fn system(env: Env) -> Self {
        Self::new(Actor::System, env)
    }
}
