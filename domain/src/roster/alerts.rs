//! Alerts: what wants looking at is raised once, mailed to its studio, and settled when it is over, or when somebody puts it aside.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::LockType,
};

use super::findings::{Findings, findings};
use crate::{
    actor::{Actor, Ctx},
    identity::{entity::studio, queries::closed_studios},
    ids::{RoyaltyAlertId, StudioId},
    outbox::{self, Job},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    royalties::{
        RoyaltyError,
        entity::{AlertKind, alert, import, rule},
    },
    services::Services,
    store::{Db, Tx},
};

/// How many rows are written, or asked for, at once.
const AT_ONCE: usize = 500;

/// What is told of an alert.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Facts {
    /// What it is about, in words.
    pub title: String,
    /// Which side of a work has not arrived, or which currency has no rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// The day that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// Whether somebody has put it aside: it is not raised again.
    #[serde(default)]
    pub is_put_aside: bool,
}

impl Facts {
    /// What has a title and nothing else.
    pub(super) const fn of(title: String) -> Self {
        Self { title, side: None, on: None, is_put_aside: false }
    }
}

/// What an alert tells, in a sentence.
pub fn words(row: &alert::Model) -> Result<String, RoyaltyError> {
    let facts: Facts = serde_json::from_value(row.facts.clone())?;
    let title = &facts.title;
    Ok(match row.kind {
        AlertKind::NoSplit if row.subject.starts_with("ean_") => {
            format!("“{title}” earns, and nobody has said which recordings are on it. Its money waits.")
        }
        AlertKind::NoSplit => format!("“{title}” earns, and nobody has signed whose it is. Its money waits."),
        AlertKind::ShareMissing => {
            let side = facts.side.as_deref().unwrap_or("work");
            format!("“{title}” has been out for half a year, and no statement has told of its {side} yet.")
        }
        AlertKind::FormatDrift => format!("“{title}” has a header that no known format has. It waits to be taught."),
        AlertKind::NoRate => {
            let currency = facts.side.as_deref().unwrap_or("another currency");
            format!("“{title}” is in {currency}, and nobody has said at which rate. No run takes its money.")
        }
        AlertKind::ContractEnds => facts.on.map_or_else(
            || format!("“{title}” ends soon."),
            |end| format!("“{title}” ends on {}.", end.format("%-d %B %Y")),
        ),
    })
}

/// The studio's alerts, newest first; those alone that are open, if so asked.
pub async fn list_alerts(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    open_only: bool,
    page: PageRequest<RoyaltyAlertId>,
) -> Result<Page<alert::Model>, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    let query = alert::Entity::find()
        .filter(alert::Column::StudioId.eq(studio))
        .apply_if(open_only.then_some(()), |query, ()| query.filter(alert::Column::SettledAt.is_null()));
    Ok(page::fetch(db, query, alert::Column::Id, page).await?)
}

/// Puts an alert aside: it is settled, and not raised again. Doing so twice is doing so once.
pub async fn settle_alert(tx: &Tx, ctx: &Ctx, id: RoyaltyAlertId) -> Result<alert::Model, RoyaltyError> {
    let found = alert::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageRoyalties, found, |row| row.studio_id)?;
    let found = found.ok_or(RoyaltyError::NotFound { what: "alert", field: "alert" })?;
    let mut facts: Facts = serde_json::from_value(found.facts.clone())?;
    if found.settled_at.is_some() && facts.is_put_aside {
        return Ok(found);
    }
    facts.is_put_aside = true;
    let settled_at = found.settled_at.unwrap_or_else(|| ctx.env.now());
    let mut row = found.into_active_model();
    row.facts = Set(serde_json::to_value(&facts)?);
    row.settled_at = Set(Some(settled_at));
    Ok(row.update(tx).await?)
}

/// Raises what wants looking at, and settles what is over; one mail tells a studio of all that is new. How many were raised. For the program itself, now
/// and then.
pub async fn tend(services: &Services) -> Result<u64, RoyaltyError> {
    let mut raised = 0;
    for studio in concerned(&services.db).await? {
        raised += tend_studio(services, studio).await?;
    }
    Ok(raised)
}

/// Open studios that get statements or have contracts that end.
async fn concerned(db: &impl ConnectionTrait) -> Result<Vec<StudioId>, StoreError> {
    let with_contracts = rule::Entity::find()
        .select_only()
        .column(rule::Column::StudioId)
        .filter(rule::Column::EndsOn.is_not_null())
        .into_query();
    let with_statements = import::Entity::find().select_only().column(import::Column::StudioId).into_query();
    Ok(studio::Entity::find()
        .select_only()
        .column(studio::Column::Id)
        .filter(
            Condition::any()
                .add(studio::Column::Id.in_subquery(with_statements))
                .add(studio::Column::Id.in_subquery(with_contracts)),
        )
        .filter(studio::Column::Id.not_in_subquery(closed_studios()))
        .order_by_asc(studio::Column::Id)
        .into_tuple()
        .all(db)
        .await?)
}

/// Looks at once what a studio's alerts come to, for who has been asked what they are and may see them.
pub async fn look_now(services: &Services, ctx: &Ctx, studio: StudioId) -> Result<(), RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    tend_studio(services, studio).await?;
    Ok(())
}

async fn tend_studio(services: &Services, id: StudioId) -> Result<u64, RoyaltyError> {
    let (ctx, now) = (services.ctx(Actor::System), services.env.now());
    let found = findings(&services.db, id, now).await?;
    // Mostly nothing has changed; then nothing is held.
    if changes(&services.db, id, &found).await?.is_none() {
        return Ok(0);
    }
    let tx = services.begin().await?;
    // Of two who look at once, the later sees what the earlier has raised.
    let held = studio::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&tx).await?;
    held.ok_or(RoyaltyError::NotFound { what: "studio", field: "studio" })?;
    // What has changed until it was held is seen, too.
    let found = findings(&tx, id, now).await?;
    let Some(Changes { new, over }) = changes(&tx, id, &found).await? else { return Ok(0) };
    for some in over.chunks(AT_ONCE) {
        alert::Entity::update_many()
            .set(alert::ActiveModel { settled_at: Set(Some(now)), ..Default::default() })
            .filter(alert::Column::Id.is_in(some.iter().copied()))
            .exec(&tx)
            .await?;
    }
    let mut rows = Vec::with_capacity(new.len());
    for (kind, subject) in new {
        let Some(facts) = found.get(&(kind, subject.clone())) else { continue };
        let row = alert::Model {
            id: ctx.env.id(),
            studio_id: id,
            kind,
            subject,
            facts: serde_json::to_value(facts)?,
            raised_at: now,
            mailed_at: None,
            settled_at: None,
        };
        rows.push(row.into_active_model());
    }
    let raised = rows.len() as u64;
    for some in rows.chunks(AT_ONCE) {
        alert::Entity::insert_many(some.to_vec()).exec_without_returning(&tx).await?;
    }
    if raised > 0 {
        outbox::put(&tx, &ctx, Some(id), &Job::MailRoyaltyAlerts { studio: id }).await?;
    }
    services.commit(tx).await?;
    Ok(raised)
}

/// What is to be written.
struct Changes {
    /// What is found, and was neither raised nor put aside.
    new: Vec<(AlertKind, String)>,
    /// Alerts that are open and whose cause is gone.
    over: Vec<RoyaltyAlertId>,
}

/// What is to be written of what was found; none if all stands as it is.
async fn changes(
    db: &impl ConnectionTrait,
    studio: StudioId,
    found: &Findings,
) -> Result<Option<Changes>, RoyaltyError> {
    let of_studio = || alert::Entity::find().filter(alert::Column::StudioId.eq(studio));
    let open = of_studio().filter(alert::Column::SettledAt.is_null()).all(db).await?;
    let (mut raised, mut over) = (BTreeSet::new(), Vec::new());
    for row in open {
        let key = (row.kind, row.subject);
        if !found.contains_key(&key) {
            over.push(row.id);
        }
        raised.insert(key);
    }
    let mut new: Vec<(AlertKind, String)> = found.keys().filter(|key| !raised.contains(*key)).cloned().collect();
    let mut aside = BTreeSet::new();
    for some in new.chunks(AT_ONCE) {
        let subjects = some.iter().map(|(_, subject)| subject.as_str());
        let settled = of_studio().filter(alert::Column::SettledAt.is_not_null());
        for row in settled.filter(alert::Column::Subject.is_in(subjects)).all(db).await? {
            let facts: Facts = serde_json::from_value(row.facts)?;
            if facts.is_put_aside {
                aside.insert((row.kind, row.subject));
            }
        }
    }
    new.retain(|key| !aside.contains(key));
    Ok((!new.is_empty() || !over.is_empty()).then_some(Changes { new, over }))
}

/// What the mail about alerts says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertLetter {
    /// Whose they are.
    pub studio: studio::Model,
    /// The alerts that are open and of which it was not told, by kind and the oldest first.
    pub alerts: Vec<alert::Model>,
}

/// What the mail about a studio's alerts says; none if the studio is gone. For the program itself.
pub async fn find_alert_letter(db: &Db, id: StudioId) -> Result<Option<AlertLetter>, StoreError> {
    let Some(studio) = studio::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let alerts = alert::Entity::find()
        .filter(alert::Column::StudioId.eq(id))
        .filter(alert::Column::SettledAt.is_null())
        .filter(alert::Column::MailedAt.is_null())
        .order_by_asc(alert::Column::Kind)
        .order_by_asc(alert::Column::Id)
        .all(db)
        .await?;
    Ok(Some(AlertLetter { studio, alerts }))
}

/// Writes down that the studio was told of alerts. For the program itself.
pub async fn told_of_alerts(tx: &Tx, ctx: &Ctx, alerts: &[RoyaltyAlertId]) -> Result<(), StoreError> {
    for some in alerts.chunks(AT_ONCE) {
        alert::Entity::update_many()
            .set(alert::ActiveModel { mailed_at: Set(Some(ctx.env.now())), ..Default::default() })
            .filter(alert::Column::Id.is_in(some.iter().copied()))
            .filter(alert::Column::MailedAt.is_null())
            .exec(tx)
            .await?;
    }
    Ok(())
}
