//! What payees are told, for the studio and for themselves. Every number is one of the run's: nothing is reckoned anew.

mod csv;
mod direction;
mod disputes;
mod letters;
mod lines;
mod portal;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod view;
mod years;

pub use csv::{COLUMNS, csv_of};
pub use direction::{Agreed, LetterOfDirection, find_direction, letter_of_direction, list_directions};
pub use disputes::{disputed_line, disputes_of_statements, list_disputes, party_of_statement};
pub use letters::{DisputeLetter, StatementLetter, find_dispute_letter, find_statement_letter};
pub use lines::{Behind, LINES, LinePage, PayeeLine, line_of_payee, lines_of_subject};
pub use portal::{
    LINK_DAYS, Listed, MOST_STATEMENTS, Portal, enter_portal, find_portal, portal_url, statement_in_portal,
};
pub use view::{
    AccountView, Figures, StatementDocument, StatementView, figures_of, statement_document, statement_view,
};
pub use years::{YearTotal, year_csv, year_totals};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait};

use crate::{
    actor::Ctx,
    ids::{PartyId, PayeeStatementId, StudioId},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    royalties::{RoyaltyError, entity::payee_statement},
    store::Db,
};

/// One payee's statement, for who sees the studio's royalties, or for the program itself.
pub async fn find_statement(
    db: &Db,
    ctx: &Ctx,
    id: PayeeStatementId,
) -> Result<Option<payee_statement::Model>, RoyaltyError> {
    let found = payee_statement::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadRoyalties, found, |row| row.studio_id)?)
}

/// What payees of a studio were told, newest first; one of them, if one is named.
pub async fn list_statements(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    party: Option<PartyId>,
    page: PageRequest<PayeeStatementId>,
) -> Result<Page<payee_statement::Model>, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    let query = payee_statement::Entity::find()
        .filter(payee_statement::Column::StudioId.eq(studio))
        .apply_if(party, |query, party| query.filter(payee_statement::Column::PartyId.eq(party)));
    Ok(page::fetch(db, query, payee_statement::Column::Id, page).await?)
}
