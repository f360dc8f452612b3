//! What waits in suspense: by what lines are of, how much it is, and why.

use std::collections::{BTreeMap, HashSet};

use interchange::statements::Field;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    actor::Ctx,
    catalog::entity::{recording, work},
    ids::{StatementImportId, StudioId},
    money::Currency,
    parties::folded,
    policy::{self, Action},
    registrations::entity::{release, track},
    royalties::{
        RoyaltyError,
        commands::imports::Formats,
        entity::{ImportState, import, item, sum},
        queries::terms::book_of,
        rules::{Exact, Rule, Subject, Why},
    },
    store::Db,
};

/// Things that are looked at in one go.
const BATCH: usize = 1_000;
/// The most suggestions for one thing.
const MAX_SUGGESTIONS: usize = 10;

/// Something whose lines wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What the lines are of, as the statement says it.
    pub item: item::Model,
    /// How many wait.
    pub lines: i64,
    /// What they come to, by currency.
    pub net: Vec<(Currency, Exact)>,
    /// Why they wait.
    pub why: Why,
}

/// A page of what waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingPage {
    /// What waits, that of the newest statement first.
    pub rows: Vec<Waiting>,
    /// Whether there is more behind it.
    pub has_next: bool,
}

/// What waits in a studio's statements that count, from behind one thing on. It keeps nothing else from being accounted for.
pub async fn list_waiting(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    behind: Option<(StatementImportId, i32)>,
    limit: usize,
) -> Result<WaitingPage, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    let book = book_of(db, studio).await?;
    let placed: HashSet<Subject> = book.versions().iter().filter_map(|version| placed_by(&version.rule)).collect();
    let ready: Vec<StatementImportId> = import::Entity::find()
        .select_only()
        .column(import::Column::Id)
        .filter(import::Column::StudioId.eq(studio))
        .filter(import::Column::State.eq(ImportState::Ready))
        .order_by_desc(import::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let mut rows = Vec::new();
    for id in ready.into_iter().filter(|id| behind.is_none_or(|(import, _)| *id <= import)) {
        let mut last = behind.filter(|(import, _)| *import == id).map_or(-1, |(_, number)| number);
        loop {
            let items = item::Entity::find()
                .filter(item::Column::ImportId.eq(id))
                .filter(item::Column::Number.gt(last))
                .order_by_asc(item::Column::Number)
                .limit(BATCH as u64)
                .all(db)
                .await?;
            let Some(end) = items.last() else { break };
            last = end.number;
            let waiting = items.into_iter().filter_map(|item| Some((why(&item, &placed)?, item)));
            rows.extend(open_of(db, id, waiting.collect()).await?);
            if rows.len() > limit {
                rows.truncate(limit);
                return Ok(WaitingPage { rows, has_next: true });
            }
        }
    }
    Ok(WaitingPage { rows, has_next: false })
}

/// How much of a statement belongs somewhere, and how much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The currency of the lines.
    pub currency: Currency,
    /// What is of a recording, work or release that has its split or tracks.
    pub matched: Exact,
    /// The rest.
    pub waiting: Exact,
}

/// How much of a statement's lines belongs somewhere, by currency. For who has been shown the statement: it asks nothing itself.
pub async fn placed_of(db: &Db, import: &import::Model) -> Result<Vec<Placed>, RoyaltyError> {
    let book = book_of(db, import.studio_id).await?;
    let placed: HashSet<Subject> = book.versions().iter().filter_map(|version| placed_by(&version.rule)).collect();
    let mut waiting = HashSet::new();
    let mut last = -1;
    loop {
        let items = item::Entity::find()
            .filter(item::Column::ImportId.eq(import.id))
            .filter(item::Column::Number.gt(last))
            .order_by_asc(item::Column::Number)
            .limit(BATCH as u64)
            .all(db)
            .await?;
        let Some(end) = items.last() else { break };
        last = end.number;
        waiting.extend(items.iter().filter(|item| why(item, &placed).is_some()).map(|item| item.number));
    }
    let mut all: Vec<Placed> = Vec::new();
    last = -1;
    loop {
        let sums = sum::Entity::find()
            .filter(sum::Column::ImportId.eq(import.id))
            .filter(sum::Column::Number.gt(last))
            .order_by_asc(sum::Column::Number)
            .limit(BATCH as u64)
            .all(db)
            .await?;
        let Some(end) = sums.last() else { return Ok(all) };
        last = end.number;
        for sum in sums {
            let at = all.iter().position(|row| row.currency == sum.currency).unwrap_or_else(|| {
                all.push(Placed { currency: sum.currency, matched: Exact::ZERO, waiting: Exact::ZERO });
                all.len() - 1
            });
            let row = &mut all[at];
            let side = if waiting.contains(&sum.item) { &mut row.waiting } else { &mut row.matched };
            side.accumulate(sum.net)?;
        }
    }
}

/// What a rule says where to: the split of a recording or work, the tracks of a release.
fn placed_by(rule: &Rule) -> Option<Subject> {
    match rule {
        Rule::Split(split) => Some(split.subject.clone()),
        Rule::Album(album) => Some(Subject::Release(album.release.clone())),
        Rule::Contract(_) | Rule::Payee(_) | Rule::Withholding(_) => None,
    }
}

/// Why something waits; nothing of what does not.
fn why(item: &item::Model, placed: &HashSet<Subject>) -> Option<Why> {
    match item.subject() {
        None => Some(Why::Unmatched),
        Some(subject) if placed.contains(&subject) => None,
        Some(Subject::Release(_)) => Some(Why::NoTracks),
        Some(_) => Some(Why::NoSplit),
    }
}

/// What of some things is not accounted for.
async fn open_of(
    db: &Db,
    import: StatementImportId,
    waiting: Vec<(Why, item::Model)>,
) -> Result<Vec<Waiting>, RoyaltyError> {
    let sums = sum::Entity::find()
        .filter(sum::Column::ImportId.eq(import))
        .filter(sum::Column::Item.is_in(waiting.iter().map(|(_, item)| item.number)))
        .filter(sum::Column::RunId.is_null())
        .all(db)
        .await?;
    let mut open: BTreeMap<i32, (i64, Vec<(Currency, Exact)>)> = BTreeMap::new();
    for sum in sums {
        let (lines, net) = open.entry(sum.item).or_default();
        *lines = lines.saturating_add(sum.lines);
        match net.iter_mut().find(|(currency, _)| *currency == sum.currency) {
            Some((_, amount)) => amount.accumulate(sum.net)?,
            None => net.push((sum.currency, sum.net)),
        }
    }
    let row = |(why, item): (Why, item::Model)| {
        let (lines, net) = open.remove(&item.number)?;
        Some(Waiting { item, lines, net, why })
    };
    Ok(waiting.into_iter().filter_map(row).collect())
}

/// What something might be. Nobody has said so, and nothing follows by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What it might be.
    pub subject: Subject,
    /// Its title.
    pub title: String,
    /// How much alike they are, in percent.
    pub likeness: u8,
}

/// What something that waits might be, by its title and artist, the likeliest first.
pub async fn suggestions(
    db: &Db,
    ctx: &Ctx,
    id: StatementImportId,
    number: i32,
) -> Result<Vec<Suggestion>, RoyaltyError> {
    let found = super::find_item(db, ctx, id, number).await?;
    let item = found.ok_or(RoyaltyError::NotFound { what: "item of the statement", field: "item" })?;
    let said = Name::of(&item.title);
    if said.words.is_empty() {
        return Ok(Vec::new());
    }
    let of_works = tells_of_works(db, id).await?;
    let by_artist =
        if of_works { HashSet::new() } else { recordings_by(db, item.studio_id, &folded(&item.artist)).await? };
    let mut all = Vec::new();
    if item.iswc.is_none() {
        let recordings =
            recording::Entity::find().filter(recording::Column::StudioId.eq(item.studio_id)).all(db).await?;
        all.extend(recordings.into_iter().map(|row| (Subject::Recording(row.id), row.title)));
    }
    if item.isrc.is_none() {
        let works = work::Entity::find().filter(work::Column::StudioId.eq(item.studio_id)).all(db).await?;
        all.extend(works.into_iter().map(|row| (Subject::Work(row.id), row.title)));
    }
    let like = |(subject, title): (Subject, String)| {
        // Of the performance of a work no recording's share is paid.
        let is_likelier = by_artist.contains(&subject) || (of_works && matches!(subject, Subject::Work(_)));
        let more = if is_likelier { 5 } else { 0 };
        let likeness = said.likeness(&Name::of(&title))? + more;
        Some(Suggestion { subject, title, likeness })
    };
    let mut likely: Vec<Suggestion> = all.into_iter().filter_map(like).collect();
    likely.sort_by(|one, other| (other.likeness, &one.subject).cmp(&(one.likeness, &other.subject)));
    likely.truncate(MAX_SUGGESTIONS);
    Ok(likely)
}

/// Whether a statement is in a format that tells of works: of who wrote them, or their codes, and of no recording's.
async fn tells_of_works(db: &Db, id: StatementImportId) -> Result<bool, RoyaltyError> {
    let Some(import) = import::Entity::find_by_id(id).one(db).await? else { return Ok(false) };
    let formats = Formats::of(db, import.studio_id).await?;
    let Some(description) = formats.of_import(&import) else { return Ok(false) };
    let has = |field: Field| description.columns.iter().any(|column| column.field == Some(field));
    Ok((has(Field::Writer) || has(Field::Iswc)) && !has(Field::Isrc))
}

/// The recordings on releases of an artist.
async fn recordings_by(db: &Db, studio: StudioId, artist: &str) -> Result<HashSet<Subject>, RoyaltyError> {
    let releases = release::Entity::find().filter(release::Column::StudioId.eq(studio)).all(db).await?;
    let theirs = releases.iter().filter(|row| !artist.is_empty() && folded(&row.artist) == artist).map(|row| row.id);
    let tracks = track::Entity::find().filter(track::Column::ReleaseId.is_in(theirs)).all(db).await?;
    Ok(tracks.into_iter().map(|row| Subject::Recording(row.recording_id)).collect())
}

/// A title as titles are compared.
struct Name {
    whole: String,
    /// Without what stands in brackets, such as guests and versions.
    words: HashSet<String>,
}

impl Name {
    fn of(title: &str) -> Self {
        let (mut plain, mut depth) = (String::new(), 0_u32);
        for c in title.chars() {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                c if depth == 0 => plain.push(c),
                _ => {}
            }
        }
        let words = folded(&plain).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Self { whole: folded(title), words }
    }

    /// How much alike two titles are, in percent; nothing if they are not.
    fn likeness(&self, other: &Self) -> Option<u8> {
        if self.whole == other.whole {
            return Some(95);
        }
        let shared = self.words.intersection(&other.words).count();
        let both = self.words.union(&other.words).count();
        if shared == both {
            return Some(90);
        }
        // Half of the words of both, at least.
        let percent = u8::try_from(shared * 80 / both.max(1)).ok()?;
        Some(percent).filter(|percent| *percent >= 40)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_alike_without_guests_versions_and_case() {
        let likeness = |one: &str, other: &str| Name::of(one).likeness(&Name::of(other));
        assert_eq!(likeness("Night Drive", "NIGHT DRIVE"), Some(95));
        assert_eq!(likeness("Night Drive (feat. Cléo)", "Night Drive"), Some(90));
        assert_eq!(likeness("Night Drive", "Drive"), Some(40));
        assert_eq!(likeness("Night Drive", "Morning Walk"), None);
    }
}
