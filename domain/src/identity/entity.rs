//! Tables of identity.

pub mod studio {
    //! Studios.
    use sea_orm::entity::prelude::*;

    use crate::{email::EmailAddress, env::Instant, ids::StudioId, money::Currency};

    /// A studio: the tenant.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "studios")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: StudioId,
        /// Its word in addresses.
        pub slug: String,
        /// Its name.
        pub name: String,
        /// What it sells in.
        pub currency: Currency,
        /// Where it is reached.
        pub contact_email: EmailAddress,
        /// Its legal name, where it differs.
        pub legal_name: Option<String>,
        /// Its postal address.
        pub address: Option<String>,
        /// Whose law governs.
        pub governing_law: String,
        /// When it was founded.
        pub created_at: Instant,
    }

    crate::plain_entity!();
}
