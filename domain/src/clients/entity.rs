//! Tables of the clients.

use sea_orm::entity::prelude::*;

use crate::{
    env::Instant,
    ids::{ClientId, PartyId, StudioId},
    text_enum,
};

text_enum! {
    /// How far a client has come.
    pub enum ClientStage {
        /// Somebody who might.
        Lead = "lead",
        /// It is being talked about.
        Talking = "talking",
        /// The work is agreed.
        Agreed = "agreed",
        /// The work goes on.
        Active = "active",
        /// The work was delivered.
        Delivered = "delivered",
        /// Nothing has been heard for long.
        Dormant = "dormant",
    }
}

/// A client: a party of the studio, once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clients")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ClientId,
    /// Whose client it is.
    pub studio_id: StudioId,
    /// Who it is.
    pub party_id: PartyId,
    /// How far they have come.
    pub stage: ClientStage,
    /// Since when they are there.
    pub stage_since: Instant,
    /// When they were entered.
    pub created_at: Instant,
}

crate::plain_entity!();
