//! The evidence of all agreements, held against itself: for whoever runs the installation, so it is of no studio.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{entity::agreement, evidence::EvidenceFault, queries::checked_evidence};
use crate::{ids::AgreementId, report::StoreError};

/// How many agreements are looked at together.
const TOGETHER: u64 = 200;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chains {
    /// How many chains there are.
    pub count: u64,
    /// Those that do not hold: the agreement's reference, and the first entry that is wrong.
    pub broken: Vec<(String, EvidenceFault)>,
}

/// Verifies every chain to its end.
pub async fn verify_all(db: &impl ConnectionTrait) -> Result<Chains, StoreError> {
    let mut chains = Chains::default();
    let mut last: Option<AgreementId> = None;
    loop {
        let mut ask = agreement::Entity::find().order_by_asc(agreement::Column::Id).limit(TOGETHER);
        if let Some(last) = last {
            ask = ask.filter(agreement::Column::Id.gt(last));
        }
        let found = ask.all(db).await?;
        let Some(end) = found.last() else { return Ok(chains) };
        last = Some(end.id);
        for agreement in &found {
            chains.count += 1;
            if let Some(fault) = checked_evidence(db, agreement).await?.fault {
                chains.broken.push((agreement.reference.clone(), fault));
            }
        }
    }
}
