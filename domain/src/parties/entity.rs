//! Tables of the parties.

use sea_orm::entity::prelude::*;

use crate::{
    email::EmailAddress,
    env::Instant,
    ids::{PartyId, StudioId},
    text_enum,
};

text_enum! {
    /// What a party is in law.
    pub enum PartyKind {
        /// A natural person.
        Person = "person",
        /// A company or other legal person.
        Company = "company",
    }
}

/// A person or company.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "parties")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PartyId,
    /// Whose party it is.
    pub studio_id: StudioId,
    /// Person or company.
    pub kind: PartyKind,
    /// The name used in print: an artist's or company's name.
    pub name: String,
    /// The legal name for contracts, where it differs.
    pub legal_name: Option<String>,
    /// Where mail goes; none for a party that is only credited.
    pub email: Option<EmailAddress>,
    /// IPI name number, 11 digits, checked.
    pub ipi: Option<String>,
    /// ISNI, 16 characters, checked.
    pub isni: Option<String>,
    /// When it was entered.
    pub created_at: Instant,
}

crate::plain_entity!();
