//! What societies answer.

use std::collections::{BTreeSet, HashMap};

use chrono::Duration;
use interchange::{
    cwr::{Acknowledgement, read_acknowledgements},
    fault::Fault,
    identifiers::Iswc,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::Expr,
};

use super::{hold_studio, rematch};
use crate::{
    actor::Ctx,
    catalog::{Sha256, entity::work},
    ids::{StudioId, WorkId},
    policy::{self, Action},
    registrations::{
        RegistrationError,
        entity::{acknowledgement, cwr_file, cwr_file_work, work_registration},
    },
    store::Tx,
};

/// How many codes are looked up at once.
const CODES_AT_ONCE: usize = 500;

/// A file of answers that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// The answers, in their order.
    pub acknowledgements: Vec<acknowledgement::Model>,
    /// What of the file could not be read.
    pub faults: Vec<Fault>,
}

/// Takes a society's file of answers in. The same file again is known; a code that no work has is kept all the same. A work without an ISWC gets the one
/// that the society tells, unless another work has it.
pub async fn take_acknowledgements(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    bytes: &[u8],
) -> Result<Answers, RegistrationError> {
    policy::require(&ctx.actor, Action::ManageRegistrations, studio)?;
    let file = read_acknowledgements(bytes).map_err(RegistrationError::Fault)?;
    if file.answers.is_empty() && file.notices.is_empty() {
        let nothing = RegistrationError::of(
            "file",
            "there is no answer in it",
            "give the acknowledgement as the society has sent it",
        );
        return Err(if file.faults.is_empty() { nothing } else { RegistrationError::Faults(file.faults) });
    }
    hold_studio(tx, studio).await?;
    let sha256 = Sha256::of(bytes);
    let known = acknowledgement::Entity::find()
        .filter(acknowledgement::Column::StudioId.eq(studio))
        .filter(acknowledgement::Column::Sha256.eq(sha256.as_str()))
        .order_by_asc(acknowledgement::Column::Position)
        .all(tx)
        .await?;
    if !known.is_empty() {
        return Ok(Answers { acknowledgements: known, faults: file.faults });
    }
    let codes = file.answers.iter().map(|answer| answer.work_id.as_str());
    let codes = codes.chain(file.notices.iter().map(|notice| notice.work_id.as_str())).collect();
    let works = works_of_codes(tx, studio, &codes).await?;
    let society = i32::from(file.society.unwrap_or_default());
    let mut told_codes = false;
    let mut acknowledgements = Vec::with_capacity(file.answers.len());
    for (position, answer) in (0..).zip(&file.answers) {
        let answered = answered(tx, studio, answer).await?;
        // The code may be another work's since.
        let work = answered.as_ref().map(|row| row.work_id).or_else(|| works.get(&answer.work_id).copied());
        let row = acknowledgement::Model {
            id: ctx.env.id(),
            studio_id: studio,
            sha256: sha256.clone(),
            position,
            society,
            code: answer.work_id.clone(),
            work_id: work,
            file_id: answered.map(|row| row.file_id),
            status: answer.status.code().to_owned(),
            society_code: answer.society_work_id.clone(),
            messages: serde_json::to_value(&answer.messages)?,
            received_at: ctx.env.now(),
            received_by: ctx.actor.user(),
        };
        acknowledgements.push(row.into_active_model().insert(tx).await?);
        if let (Some(work), Some(iswc)) = (work, &answer.iswc) {
            told_codes |= keep_iswc(tx, (studio, work), iswc).await?;
        }
    }
    for notice in &file.notices {
        if let Some(work) = works.get(&notice.work_id) {
            told_codes |= keep_iswc(tx, (studio, *work), &notice.iswc).await?;
        }
    }
    if told_codes {
        rematch(tx, ctx, studio).await?;
    }
    Ok(Answers { acknowledgements, faults: file.faults })
}

/// The studio's works by those of their codes that are named, as they are, and as they were when files were written.
async fn works_of_codes(
    tx: &Tx,
    studio: StudioId,
    codes: &BTreeSet<&str>,
) -> Result<HashMap<String, WorkId>, RegistrationError> {
    let codes: Vec<&str> = codes.iter().copied().collect();
    let mut works = HashMap::new();
    for some in codes.chunks(CODES_AT_ONCE) {
        let sent = cwr_file_work::Entity::find()
            .filter(cwr_file_work::Column::StudioId.eq(studio))
            .filter(cwr_file_work::Column::Code.is_in(some.iter().copied()))
            .order_by_asc(cwr_file_work::Column::FileId)
            .all(tx)
            .await?;
        works.extend(sent.into_iter().map(|row| (row.code, row.work_id)));
        let present = work_registration::Entity::find()
            .filter(work_registration::Column::StudioId.eq(studio))
            .filter(work_registration::Column::Code.is_in(some.iter().copied()))
            .all(tx)
            .await?;
        works.extend(present.into_iter().map(|row| (row.code, row.work_id)));
    }
    Ok(works)
}

/// The work in the file that is answered: the one with that code at that place, in a file that was written in the second that the society repeats.
async fn answered(
    tx: &Tx,
    studio: StudioId,
    answer: &Acknowledgement,
) -> Result<Option<cwr_file_work::Model>, RegistrationError> {
    let (Ok(position), Some(sent_at)) = (i32::try_from(answer.transaction), answer.sent_at) else { return Ok(None) };
    let from = sent_at.and_utc();
    let sent = cwr_file::Entity::find()
        .select_only()
        .column(cwr_file::Column::Id)
        .filter(cwr_file::Column::StudioId.eq(studio))
        .filter(cwr_file::Column::MadeAt.gte(from))
        .filter(cwr_file::Column::MadeAt.lt(from + Duration::seconds(1)))
        .into_query();
    let found = cwr_file_work::Entity::find()
        .filter(cwr_file_work::Column::Code.eq(answer.work_id.as_str()))
        .filter(cwr_file_work::Column::Position.eq(position))
        .filter(cwr_file_work::Column::FileId.in_subquery(sent))
        .order_by_desc(cwr_file_work::Column::FileId)
        .one(tx)
        .await?;
    Ok(found)
}

/// Keeps an ISWC on a work that has none, unless another work of the studio has it; whether it was kept. Whoever calls holds the studio.
async fn keep_iswc(tx: &Tx, (studio, work): (StudioId, WorkId), iswc: &str) -> Result<bool, RegistrationError> {
    let Ok(iswc) = iswc.parse::<Iswc>() else { return Ok(false) };
    let of_iswc =
        work::Entity::find().filter(work::Column::StudioId.eq(studio)).filter(work::Column::Iswc.eq(iswc.as_str()));
    if of_iswc.one(tx).await?.is_some() {
        return Ok(false);
    }
    let kept = work::Entity::update_many()
        .col_expr(work::Column::Iswc, Expr::value(iswc.as_str()))
        .filter(work::Column::Id.eq(work))
        .filter(work::Column::Iswc.is_null())
        .exec(tx)
        .await?;
    Ok(kept.rows_affected > 0)
}
