//! Who may do what: one pure, total function over actor, action and studio. Every command and every query of a studio's own data asks it first.
//!
//! To add an action, add a variant and give it its place in [`least_role`], [`needed_scope`] and [`changes_something`]; the compiler asks for each.

use crate::{
    actor::{Actor, Role, Scope},
    ids::StudioId,
    report::{Explain, Kind, Report},
};

/// What an actor can want of a studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sea_orm::EnumIter)]
pub enum Action {
    /// See the studio's name and settings from inside.
    ReadStudio,
    /// Change the studio's name, currency and settings, and say which domain is its own and where its events are sent.
    ManageStudio,
    /// See who the members are.
    ReadMembers,
    /// Invite, change and remove members.
    ManageMembers,
    /// See, make and revoke API keys.
    ManageApiKeys,
    /// See beats, works, recordings, parties and files, drafts included.
    ReadCatalog,
    /// Change beats, works, recordings, parties and upload files.
    WriteCatalog,
    /// Publish, unpublish and withdraw beats.
    PublishBeats,
    /// See tiers and prices from inside.
    ReadTiers,
    /// Change tiers and prices.
    ManageTiers,
    /// See orders, buyers, licences and contracts.
    ReadSales,
    /// Resend links, retry deliveries, give money back, answer disputes.
    ManageSales,
    /// See deliverables and the log of downloads.
    ReadDeliveries,
    /// See accounts, journals and balances.
    ReadLedger,
    /// Close periods of the books.
    CloseLedger,
    /// Pay payees up to one's limit, ask them where their money goes, and see where it does.
    ManagePayouts,
    /// Say to whose bank account a payee's money goes.
    SetPayeeBanks,
    /// See jobs and dead letters.
    ReadJobs,
    /// Retry dead letters.
    RetryJobs,
    /// Cancel renders and analyses that nobody has paid for.
    CancelJobs,
    /// See agreements, their signers and their evidence.
    ReadAgreements,
    /// Write, send, change and take back agreements.
    ManageAgreements,
    /// See clients with what is noted of them.
    ReadClients,
    /// Enter, change, merge and erase clients.
    ManageClients,
    /// See projects, songs, bookings, the session log, mixes, reviews and the portfolio.
    ReadProduction,
    /// Work on projects: tasks, takes, mixes, comments, bookings.
    WriteProduction,
    /// Open and close projects, see and change their budgets, quote, invoice, set rooms, rates and terms, and say what the portfolio shows.
    ManageProduction,
    /// See statements, terms, runs and what payees are told.
    ReadRoyalties,
    /// Take in and match statements, write terms and charges, reckon runs, answer disputes.
    ManageRoyalties,
    /// Approve and post runs, up to one's limit.
    ApproveRoyalties,
    /// Give out codes, write releases and registrations, and take in what societies answer.
    ManageRegistrations,
}

/// The actor may not do that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody is signed in.
    #[error("sign in first")]
    Unauthenticated,
    /// Signed in, but not a member of that studio: it must look as if it did not exist.
    #[error("there is no such studio")]
    Stranger,
    /// A member or key, whose role or scopes do not reach.
    #[error("your role or key does not allow this")]
    NotAllowed,
    /// The studio is closed: nothing is changed, sold or booked there.
    #[error("this studio is closed")]
    Closed,
}

/// The code of a refusal because a studio is closed.
pub const STUDIO_CLOSED: &str = "STUDIO_CLOSED";

impl Explain for Denied {
    fn explain(&self) -> Report {
        match self {
            Self::Unauthenticated => Report::new(Kind::Unauthenticated, "UNAUTHENTICATED", self.to_string())
                .remedy("sign in, or send an access token or API key"),
            Self::Stranger => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()),
            Self::NotAllowed => Report::new(Kind::Forbidden, "FORBIDDEN", self.to_string())
                .remedy("ask an owner of the studio for the role or scope"),
            Self::Closed => Report::new(Kind::Conflict, STUDIO_CLOSED, self.to_string()).remedy(
                "what was bought or signed here stays where its links lead; an owner opens the studio again in its settings",
            ),
        }
    }
}

/// The least role that may do it.
pub const fn least_role(action: Action) -> Role {
    match action {
        Action::ManageMembers
        | Action::ManageApiKeys
        | Action::ManageStudio
        | Action::CloseLedger
        | Action::SetPayeeBanks => Role::Owner,
        Action::ManageTiers
        | Action::ReadSales
        | Action::ManageSales
        | Action::ReadLedger
        | Action::ManagePayouts
        | Action::RetryJobs
        | Action::ReadAgreements
        | Action::ManageAgreements
        | Action::ReadClients
        | Action::ManageClients
        | Action::ManageProduction
        | Action::ReadRoyalties
        | Action::ManageRoyalties
        | Action::ApproveRoyalties
        | Action::ManageRegistrations
        | Action::PublishBeats => Role::Manager,
        Action::ReadProduction
        | Action::WriteProduction
        | Action::WriteCatalog
        | Action::ReadDeliveries
        | Action::ReadJobs
        | Action::CancelJobs => Role::Engineer,
        Action::ReadCatalog | Action::ReadTiers | Action::ReadMembers | Action::ReadStudio => Role::Viewer,
    }
}

/// The scope that lets a key do it; none if no key may.
pub const fn needed_scope(action: Action) -> Option<Scope> {
    match action {
        Action::ManageMembers
        | Action::ManageApiKeys
        | Action::ManageStudio
        | Action::ReadMembers
        | Action::ManagePayouts
        | Action::SetPayeeBanks
        | Action::ApproveRoyalties
        | Action::CloseLedger => None,
        Action::ReadCatalog | Action::ReadTiers | Action::ReadStudio | Action::ReadProduction => {
            Some(Scope::CatalogRead)
        }
        Action::WriteCatalog
        | Action::PublishBeats
        | Action::CancelJobs
        | Action::WriteProduction
        | Action::ManageRegistrations => Some(Scope::CatalogWrite),
        Action::ReadSales
        | Action::ReadDeliveries
        | Action::ReadJobs
        | Action::ReadAgreements
        | Action::ReadClients => Some(Scope::SalesRead),
        Action::ManageTiers
        | Action::ManageSales
        | Action::RetryJobs
        | Action::ManageAgreements
        | Action::ManageClients
        | Action::ManageProduction
        | Action::ManageRoyalties => Some(Scope::SalesWrite),
        Action::ReadLedger | Action::ReadRoyalties => Some(Scope::LedgerRead),
    }
}

/// Whether it changes something, which nobody does in a closed studio.
pub const fn changes_something(action: Action) -> bool {
    match action {
        Action::ReadStudio
        | Action::ReadMembers
        | Action::ReadCatalog
        | Action::ReadTiers
        | Action::ReadSales
        | Action::ReadDeliveries
        | Action::ReadLedger
        | Action::ReadJobs
        | Action::ReadAgreements
        | Action::ReadClients
        | Action::ReadProduction
        | Action::ReadRoyalties => false,
        Action::ManageStudio
        | Action::ManageMembers
        | Action::ManageApiKeys
        | Action::WriteCatalog
        | Action::PublishBeats
        | Action::ManageTiers
        | Action::ManageSales
        | Action::CloseLedger
        | Action::ManagePayouts
        | Action::SetPayeeBanks
        | Action::RetryJobs
        | Action::CancelJobs
        | Action::ManageAgreements
        | Action::ManageClients
        | Action::WriteProduction
        | Action::ManageProduction
        | Action::ManageRoyalties
        | Action::ApproveRoyalties
        | Action::ManageRegistrations => true,
    }
}

/// Decides. The program itself may do everything; a buyer's or signer's link opens nothing of the studio's own (orders and
/// agreements have queries of their own for them). Of a closed studio everything is read, and nothing is changed.
pub fn require(actor: &Actor, action: Action, studio: StudioId) -> Result<(), Denied> {
    require_standing(actor, action, studio)?;
    if changes_something(action) && actor.is_shut_out_of(studio) { Err(Denied::Closed) } else { Ok(()) }
}

/// Decides whether the studio is closed or not: over what is read by those alone who may change it, and over opening a studio again.
pub fn require_standing(actor: &Actor, action: Action, studio: StudioId) -> Result<(), Denied> {
    match actor {
        Actor::System => Ok(()),
        Actor::Anonymous | Actor::Buyer { .. } | Actor::Signer { .. } => Err(Denied::Unauthenticated),
        Actor::ApiKey { studio: own, scopes, .. } => match needed_scope(action) {
            _ if *own != studio => Err(Denied::Stranger),
            Some(scope) if scopes.contains(&scope) => Ok(()),
            _ => Err(Denied::NotAllowed),
        },
        Actor::User { .. } => match actor.role_in(studio) {
            None => Err(Denied::Stranger),
            // Roles are ordered from most to least.
            Some(role) if role <= least_role(action) => Ok(()),
            Some(_) => Err(Denied::NotAllowed),
        },
    }
}

/// Decides over a row that was found by its id alone: a row of a studio that the actor does not belong to looks as if it did not exist, and whoever
/// is nobody is told to sign in whether there is such a row or not.
pub fn visible<T>(
    actor: &Actor,
    action: Action,
    row: Option<T>,
    studio: impl FnOnce(&T) -> StudioId,
) -> Result<Option<T>, Denied> {
    decided(actor, row, |row| require(actor, action, studio(row)))
}

/// The same whether the studio is closed or not, as [`require_standing`] decides.
pub fn visible_standing<T>(
    actor: &Actor,
    action: Action,
    row: Option<T>,
    studio: impl FnOnce(&T) -> StudioId,
) -> Result<Option<T>, Denied> {
    decided(actor, row, |row| require_standing(actor, action, studio(row)))
}

fn decided<T>(
    actor: &Actor,
    row: Option<T>,
    decide: impl FnOnce(&T) -> Result<(), Denied>,
) -> Result<Option<T>, Denied> {
    let Some(row) = row else {
        return match actor {
            Actor::Anonymous | Actor::Buyer { .. } | Actor::Signer { .. } => Err(Denied::Unauthenticated),
            Actor::User { .. } | Actor::ApiKey { .. } | Actor::System => Ok(None),
        };
    };
    match decide(&row) {
        Ok(()) => Ok(Some(row)),
        Err(Denied::Stranger) => Ok(None),
        Err(denied) => Err(denied),
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{Iterable, prelude::Uuid};

    use super::*;
    use crate::ids::{AgreementId, OrderId, SignerId, SigningSessionId, TypedId, UserId};

    fn studio(n: u128) -> StudioId {
        StudioId::from_uuid(Uuid::from_u128(n))
    }

    fn member(role: Role) -> Actor {
        Actor::User { user: UserId(Uuid::nil()), memberships: vec![(studio(1), role)], closed: Vec::new() }
    }

    #[test]
    fn nobody_outside_reaches_anything() {
        for action in Action::iter() {
            assert_eq!(require(&Actor::Anonymous, action, studio(1)), Err(Denied::Unauthenticated));
            assert_eq!(
                require(&Actor::Buyer { order: OrderId(Uuid::nil()) }, action, studio(1)),
                Err(Denied::Unauthenticated)
            );
            let signer = Actor::Signer {
                agreement: AgreementId(Uuid::nil()),
                signer: SignerId(Uuid::nil()),
                session: SigningSessionId(Uuid::nil()),
            };
            assert_eq!(require(&signer, action, studio(1)), Err(Denied::Unauthenticated));
            assert_eq!(require(&member(Role::Owner), action, studio(2)), Err(Denied::Stranger));
        }
    }

    #[test]
    fn a_higher_role_may_all_that_a_lower_one_may() {
        let roles: Vec<Role> = Role::iter().collect();
        for action in Action::iter() {
            for pair in roles.windows(2) {
                let (higher, lower) =
                    (require(&member(pair[0]), action, studio(1)), require(&member(pair[1]), action, studio(1)));
                assert!(higher.is_ok() || lower.is_err(), "{action:?} {pair:?}");
            }
            assert!(require(&member(Role::Owner), action, studio(1)).is_ok());
        }
    }

    #[test]
    fn of_a_closed_studio_everything_is_read_and_nothing_is_changed() {
        let memberships = vec![(studio(1), Role::Owner), (studio(2), Role::Owner)];
        let owner = Actor::User { user: UserId(Uuid::nil()), memberships, closed: vec![studio(1)] };
        for action in Action::iter() {
            let reads = format!("{action:?}").starts_with("Read");
            let expected = if reads { Ok(()) } else { Err(Denied::Closed) };
            assert_eq!(require(&owner, action, studio(1)), expected, "{action:?}");
            assert_eq!(require(&owner, action, studio(2)), Ok(()), "another studio of theirs is open");
            assert_eq!(require_standing(&owner, action, studio(1)), Ok(()));
            assert_eq!(require(&owner, action, studio(3)), Err(Denied::Stranger));
        }
        assert_eq!(require(&Actor::System, Action::ManageSales, studio(1)), Ok(()), "what was begun is ended");
    }

    #[test]
    fn a_key_with_every_scope_still_manages_no_members() {
        let scopes =
            [Scope::CatalogRead, Scope::CatalogWrite, Scope::SalesRead, Scope::SalesWrite, Scope::LedgerRead].into();
        let key = Actor::ApiKey { key: crate::ids::ApiKeyId(Uuid::nil()), studio: studio(1), scopes };
        assert_eq!(require(&key, Action::ManageMembers, studio(1)), Err(Denied::NotAllowed));
        assert_eq!(require(&key, Action::ReadLedger, studio(1)), Ok(()));
        assert_eq!(require(&key, Action::ReadLedger, studio(2)), Err(Denied::Stranger));
    }

    #[test]
    fn a_strangers_row_looks_like_none() {
        let row = |actor: &Actor, found| visible(actor, Action::ReadCatalog, found, |_: &u8| studio(1));
        assert_eq!(row(&member(Role::Viewer), Some(7)), Ok(Some(7)));
        let stranger =
            Actor::User { user: UserId(Uuid::nil()), memberships: vec![(studio(2), Role::Owner)], closed: Vec::new() };
        assert_eq!(row(&stranger, Some(7)), row(&stranger, None));
        assert_eq!(row(&Actor::Anonymous, Some(7)), row(&Actor::Anonymous, None));
    }
}
