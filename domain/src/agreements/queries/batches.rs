//! What several agreements have, fetched at once. For who may see them: it asks nothing itself.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::super::entity::version;
use crate::{ids::AgreementId, report::StoreError};

/// The versions of agreements, by agreement, the first first.
pub async fn versions_of_agreements(
    db: &impl ConnectionTrait,
    ids: &[AgreementId],
) -> Result<HashMap<AgreementId, Vec<version::Model>>, StoreError> {
    let rows = version::Entity::find()
        .filter(version::Column::AgreementId.is_in(ids.iter().copied()))
        .order_by_asc(version::Column::Number)
        .all(db)
        .await?;
    let mut by_agreement: HashMap<AgreementId, Vec<version::Model>> = HashMap::new();
    for row in rows {
        by_agreement.entry(row.agreement_id).or_default().push(row);
    }
    Ok(by_agreement)
}
