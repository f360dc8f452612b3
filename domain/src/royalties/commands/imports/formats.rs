//! Formats that a studio teaches, beside those that are known.

use interchange::statements::{Description, Drift, Layout, fingerprint, known};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, sea_query::LockType,
};

use super::hold_studio;
use crate::{
    actor::Ctx,
    catalog::Sha256,
    ids::StudioId,
    outbox::{self, Job},
    policy::{self, Action},
    royalties::{
        RoyaltyError,
        entity::{ImportState, format, import},
    },
    store::Tx,
};

/// The formats by which a studio's statements are read, those first that it taught last.
#[derive(Debug, Clone)]
pub(in crate::royalties) struct Formats {
    all: Vec<(Option<i32>, Description)>,
}

impl Formats {
    pub(in crate::royalties) async fn of(db: &impl ConnectionTrait, studio: StudioId) -> Result<Self, RoyaltyError> {
        let taught = format::Entity::find()
            .filter(format::Column::StudioId.eq(studio))
            .order_by_desc(format::Column::Number)
            .order_by_asc(format::Column::Format)
            .all(db)
            .await?;
        let mut all = Vec::with_capacity(taught.len() + known().len());
        for row in taught {
            all.push((Some(row.number), serde_json::from_str(&row.description)?));
        }
        all.extend(known().iter().map(|description| (None, description.clone())));
        Ok(Self { all })
    }

    /// The descriptions, in the order in which they are asked.
    pub(in crate::royalties) fn descriptions(&self) -> Vec<Description> {
        self.all.iter().map(|(_, description)| description.clone()).collect()
    }

    /// The number of the description by which a file was read now, if the studio taught it.
    pub(super) fn number_of(&self, layout: &Layout) -> Option<i32> {
        let is_it = |description: &Description| description.id == layout.format && description.matches(&layout.header);
        self.all.iter().find(|(_, description)| is_it(description)).and_then(|(number, _)| *number)
    }

    /// The description by which a statement was read, in the very version.
    pub(in crate::royalties) fn of_import(&self, import: &import::Model) -> Option<&Description> {
        let is_it = |(number, description): &&(Option<i32>, Description)| {
            *number == import.format_number && Some(description.id.as_str()) == import.format.as_deref()
        };
        self.all.iter().find(is_it).map(|(_, description)| description)
    }
}

/// Teaches a format: its next version, unless the last one says the same. Statements that waited for one with such a header are read.
pub async fn teach_format(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    description: Description,
) -> Result<format::Model, RoyaltyError> {
    policy::require(&ctx.actor, Action::ManageRoyalties, studio)?;
    if let Err(faults) = description.check() {
        return Err(RoyaltyError::Format { faults });
    }
    if known().iter().any(|known| known.id == description.id) {
        return Err(RoyaltyError::FormatKnown { id: description.id });
    }
    hold_studio(tx, studio).await?;
    let text = serde_json::to_string(&description)?;
    let sha256 = Sha256::of(text.as_bytes());
    let last = format::Entity::find()
        .filter(format::Column::StudioId.eq(studio))
        .filter(format::Column::Format.eq(description.id.as_str()))
        .order_by_desc(format::Column::Number)
        .one(tx)
        .await?;
    let taught = match last {
        Some(last) if last.sha256 == sha256 => last,
        last => {
            let header: Vec<String> = description.columns.iter().map(|column| column.heading.clone()).collect();
            let row = format::Model {
                id: ctx.env.id(),
                studio_id: studio,
                format: description.id.clone(),
                number: last.map_or(1, |last| last.number.saturating_add(1)),
                fingerprint: fingerprint(&header),
                description: text,
                sha256,
                taught_at: ctx.env.now(),
                taught_by: ctx.actor.user(),
            };
            row.into_active_model().insert(tx).await?
        }
    };
    let waiting = import::Entity::find()
        .filter(import::Column::StudioId.eq(studio))
        .filter(import::Column::State.eq(ImportState::Quarantined))
        .order_by_asc(import::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    for statement in waiting {
        // A heading may leave room for a currency, so that fingerprints alone do not tell.
        let drift: Option<Drift> = statement.problem.clone().and_then(|problem| serde_json::from_value(problem).ok());
        if drift.is_some_and(|drift| description.matches(&drift.header)) {
            let id = statement.id;
            let again = import::ActiveModel {
                state: Set(ImportState::Waiting),
                problem: Set(None),
                ..statement.into_active_model()
            };
            again.update(tx).await?;
            outbox::put(tx, ctx, Some(studio), &Job::ImportStatement { import: id }).await?;
        }
    }
    Ok(taught)
}
