//! What lines are of: found by codes that are ours, then by what was learned, never by a guess. What is found later is found for all statements that wait
//! for it.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{LockType, OnConflict},
};

use super::{hold_studio, lock};
use crate::{
    actor::Ctx,
    catalog::entity::{recording, work},
    env::Instant,
    identifiers::Ean,
    ids::{RecordingId, StatementImportId, StudioId, WorkId},
    parties::folded,
    policy::{self, Action},
    registrations::entity::{release, track, work_registration},
    royalties::{
        RoyaltyError,
        entity::{AliasKind, ImportState, MatchedBy, RuleKind, alias, item, rule, subject_columns, sum},
        rules::{Rule, Subject},
    },
    store::Tx,
};

/// Characters of a key that are kept.
const MAX_KEY: usize = 1_000;
/// Things that are looked at in one go.
const BATCH: u64 = 2_000;

/// Title and artist in the form by which they are compared; nothing if neither has a letter.
pub(super) fn name_key(title: &str, artist: &str) -> String {
    let (title, artist) = (folded(title), folded(artist));
    if title.is_empty() {
        return String::new();
    }
    format!("{title}\t{artist}").chars().take(MAX_KEY).collect()
}

impl item::Model {
    /// Says what it is of.
    pub(super) fn say(&mut self, subject: &Subject, by: MatchedBy, now: Instant) {
        (self.recording_id, self.work_id, self.release) = subject_columns(subject);
        self.matched_by = Some(by);
        self.matched_at = Some(now);
    }

    /// The names by which it may have been learned, the surest first.
    fn names(&self) -> impl Iterator<Item = (AliasKind, &str)> {
        let names = [
            (AliasKind::Isrc, self.isrc.as_deref()),
            (AliasKind::Iswc, self.iswc.as_deref()),
            (AliasKind::Upc, self.upc.as_deref()),
            (AliasKind::Code, self.code.as_deref()),
            (AliasKind::ReleaseCode, self.release_code.as_deref().filter(|_| self.isrc.is_none())),
            (AliasKind::Name, Some(self.name_key.as_str()).filter(|key| !key.is_empty())),
        ];
        names.into_iter().filter_map(|(kind, name)| Some((kind, name?)))
    }

    /// By which of its names it is learned what it is of: a number of a release tells nothing of one of its tracks.
    fn learned_by(&self, subject: &Subject) -> Option<(AliasKind, &str)> {
        let of_release = matches!(subject, Subject::Release(_));
        self.names().find(|(kind, _)| match kind {
            AliasKind::Isrc => matches!(subject, Subject::Recording(_)),
            AliasKind::Iswc => matches!(subject, Subject::Work(_)),
            AliasKind::Upc => of_release && self.isrc.is_none(),
            AliasKind::ReleaseCode => of_release,
            AliasKind::Code | AliasKind::Name => true,
        })
    }
}

/// What a studio's own codes mean, and what it has learned of others.
#[derive(Default)]
pub(super) struct Catalogue {
    recordings: HashMap<String, RecordingId>,
    works: HashMap<String, Subject>,
    /// Each release by its EAN; one with a single track is that track, if that has no code of its own.
    releases: HashMap<String, Release>,
    /// Each release's EAN by its catalogue number.
    numbers: HashMap<String, String>,
    /// Works by the codes that they were registered under.
    codes: HashMap<String, Subject>,
    aliases: HashMap<(AliasKind, String), Subject>,
}

struct Release {
    subject: Subject,
    /// Its one track, and whether that has an ISRC.
    single: Option<(RecordingId, bool)>,
}

impl Catalogue {
    pub(super) async fn load(db: &impl ConnectionTrait, studio: StudioId) -> Result<Self, RoyaltyError> {
        let mut known = Self::default();
        let recordings = recording::Entity::find()
            .select_only()
            .columns([recording::Column::Isrc, recording::Column::Id])
            .filter(recording::Column::StudioId.eq(studio))
            .filter(recording::Column::Isrc.is_not_null());
        known.recordings.extend(recordings.into_tuple::<(String, RecordingId)>().all(db).await?);
        let works = work::Entity::find()
            .select_only()
            .columns([work::Column::Iswc, work::Column::Id])
            .filter(work::Column::StudioId.eq(studio))
            .filter(work::Column::Iswc.is_not_null());
        for (iswc, id) in works.into_tuple::<(String, WorkId)>().all(db).await? {
            known.works.insert(iswc, Subject::Work(id));
        }
        known.load_releases(db, studio).await?;
        let registered = work_registration::Entity::find().filter(work_registration::Column::StudioId.eq(studio));
        for row in registered.all(db).await? {
            known.codes.insert(row.code, Subject::Work(row.work_id));
        }
        for row in alias::Entity::find().filter(alias::Column::StudioId.eq(studio)).all(db).await? {
            if let Some(subject) = row.subject() {
                known.aliases.insert((row.kind, row.key), subject);
            }
        }
        Ok(known)
    }

    /// Releases as they were entered, and those of which rules say the tracks.
    async fn load_releases(&mut self, db: &impl ConnectionTrait, studio: StudioId) -> Result<(), RoyaltyError> {
        let mut tracks: HashMap<Ean, Vec<RecordingId>> = HashMap::new();
        let albums = rule::Entity::find()
            .filter(rule::Column::StudioId.eq(studio))
            .filter(rule::Column::Kind.eq(RuleKind::Album))
            .order_by_asc(rule::Column::Number);
        for row in albums.all(db).await? {
            if let Rule::Album(album) = serde_json::from_str(&row.content)? {
                let recordings = album.tracks.iter().map(|(recording, _)| *recording).collect();
                tracks.insert(album.release, recordings);
            }
        }
        let of_release = track::Entity::find().filter(track::Column::StudioId.eq(studio));
        let mut entered: HashMap<_, Vec<RecordingId>> = HashMap::new();
        for row in of_release.all(db).await? {
            entered.entry(row.release_id).or_default().push(row.recording_id);
        }
        let releases = release::Entity::find().filter(release::Column::StudioId.eq(studio));
        for row in releases.all(db).await? {
            let Some(Ok(ean)) = row.ean.map(|ean| ean.parse::<Ean>()) else { continue };
            if let Some(number) = row.catalogue_number {
                self.numbers.insert(number, ean.to_string());
            }
            tracks.entry(ean).or_insert_with(|| entered.remove(&row.id).unwrap_or_default());
        }
        let coded: HashSet<RecordingId> = self.recordings.values().copied().collect();
        for (ean, recordings) in tracks {
            let single = match recordings[..] {
                [only] => Some((only, coded.contains(&only))),
                _ => None,
            };
            self.releases.insert(ean.to_string(), Release { subject: Subject::Release(ean), single });
        }
        Ok(())
    }

    /// Of the codes that a line has, the one that is ours; else the first.
    pub(super) fn known_code<'c>(&self, codes: &'c [(String, String)]) -> Option<&'c (String, String)> {
        codes.iter().find(|(_, code)| self.codes.contains_key(code)).or(codes.first())
    }

    /// The same of those of the release.
    pub(super) fn known_release_code<'c>(&self, codes: &'c [(String, String)]) -> Option<&'c (String, String)> {
        codes.iter().find(|(_, code)| self.numbers.contains_key(code)).or(codes.first())
    }

    /// What something is of, and by what that is known.
    pub(super) fn find(&self, item: &item::Model) -> Option<(Subject, MatchedBy)> {
        let by_isrc = item.isrc.as_ref().and_then(|isrc| self.recordings.get(isrc));
        if let Some(id) = by_isrc {
            return Some((Subject::Recording(*id), MatchedBy::Isrc));
        }
        // What was learned of the very recording tells more than the release that it is on.
        let learned = |kind: AliasKind, name: &str| self.aliases.get(&(kind, name.to_owned()));
        if let Some(subject) = item.isrc.as_deref().and_then(|isrc| learned(AliasKind::Isrc, isrc)) {
            return Some((subject.clone(), MatchedBy::Isrc));
        }
        if let Some(subject) = item.upc.as_ref().and_then(|upc| self.releases.get(upc)?.of(item)) {
            return Some((subject, MatchedBy::Upc));
        }
        if let Some(subject) = item.iswc.as_ref().and_then(|iswc| self.works.get(iswc)) {
            return Some((subject.clone(), MatchedBy::Iswc));
        }
        if let Some(subject) = bare(item.code.as_deref()).and_then(|code| self.codes.get(code)) {
            return Some((subject.clone(), MatchedBy::Code));
        }
        let ean = bare(item.release_code.as_deref()).and_then(|number| self.numbers.get(number));
        if let Some(subject) = ean.and_then(|ean| self.releases.get(ean)?.of(item)) {
            return Some((subject, MatchedBy::Code));
        }
        item.names().find_map(|(kind, name)| Some((learned(kind, name)?.clone(), by(kind))))
    }
}

/// The code itself, which stands behind the format and the heading.
fn bare(code: Option<&str>) -> Option<&str> {
    code?.splitn(3, '\t').nth(2)
}

impl Release {
    /// What a line with its number is of: its one track; or all of it, unless the line names a recording, which is then none that is known.
    fn of(&self, item: &item::Model) -> Option<Subject> {
        match self.single {
            Some((_, true)) if item.isrc.is_some() => None,
            Some((only, _)) => Some(Subject::Recording(only)),
            None => Some(self.subject.clone()).filter(|_| item.isrc.is_none()),
        }
    }
}

const fn by(kind: AliasKind) -> MatchedBy {
    match kind {
        AliasKind::Isrc => MatchedBy::Isrc,
        AliasKind::Upc => MatchedBy::Upc,
        AliasKind::Iswc => MatchedBy::Iswc,
        AliasKind::Code | AliasKind::ReleaseCode => MatchedBy::Code,
        AliasKind::Name => MatchedBy::Name,
    }
}

/// Says what lines are of. If that is to be learned, all that waits under the same name is of it, too, now and later. What was accounted for stays.
pub async fn match_item(
    tx: &Tx,
    ctx: &Ctx,
    id: StatementImportId,
    number: i32,
    subject: &Subject,
    learn: bool,
) -> Result<item::Model, RoyaltyError> {
    let import = lock(tx, ctx, id).await?;
    if !matches!(import.state, ImportState::Ready | ImportState::Held) {
        return Err(RoyaltyError::StatementNotNow { state: import.state });
    }
    require_subject(tx, import.studio_id, subject).await?;
    let found = item::Entity::find_by_id((id, number)).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = found.ok_or(RoyaltyError::NotFound { what: "item of the statement", field: "item" })?;
    let matched = if found.subject().as_ref() == Some(subject) {
        found
    } else {
        require_open(tx, id, number).await?;
        let (recording, work, release) = subject_columns(subject);
        let row = item::ActiveModel {
            recording_id: Set(recording),
            work_id: Set(work),
            release: Set(release),
            matched_by: Set(Some(MatchedBy::Hand)),
            matched_at: Set(Some(ctx.env.now())),
            matched_user: Set(ctx.actor.user()),
            ..found.into_active_model()
        };
        row.update(tx).await?
    };
    if learn && let Some((kind, key)) = matched.learned_by(subject) {
        learn_alias(tx, ctx, import.studio_id, (kind, key), subject).await?;
        let same = match kind {
            AliasKind::Isrc => item::Column::Isrc,
            AliasKind::Upc => item::Column::Upc,
            AliasKind::Iswc => item::Column::Iswc,
            AliasKind::Code => item::Column::Code,
            AliasKind::ReleaseCode => item::Column::ReleaseCode,
            AliasKind::Name => item::Column::NameKey,
        };
        rematch_those(tx, ctx, import.studio_id, Condition::all().add(same.eq(key))).await?;
    }
    Ok(matched)
}

async fn learn_alias(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    (kind, key): (AliasKind, &str),
    subject: &Subject,
) -> Result<(), RoyaltyError> {
    let (recording_id, work_id, release) = subject_columns(subject);
    let row = alias::Model {
        studio_id: studio,
        kind,
        key: key.to_owned(),
        recording_id,
        work_id,
        release,
        learned_at: ctx.env.now(),
        learned_by: ctx.actor.user(),
    };
    let anew = OnConflict::columns([alias::Column::StudioId, alias::Column::Kind, alias::Column::Key])
        .update_columns([
            alias::Column::RecordingId,
            alias::Column::WorkId,
            alias::Column::Release,
            alias::Column::LearnedAt,
            alias::Column::LearnedBy,
        ])
        .to_owned();
    alias::Entity::insert(row.into_active_model()).on_conflict(anew).exec_without_returning(tx).await?;
    Ok(())
}

/// Looks anew what all that waits in a studio is of, after its catalogue has changed; how much was found.
pub async fn rematch(tx: &Tx, ctx: &Ctx, studio: StudioId) -> Result<u64, RoyaltyError> {
    policy::require(&ctx.actor, Action::ManageRoyalties, studio)?;
    hold_studio(tx, studio).await?;
    rematch_those(tx, ctx, studio, Condition::all()).await
}

async fn rematch_those(tx: &Tx, ctx: &Ctx, studio: StudioId, those: Condition) -> Result<u64, RoyaltyError> {
    let catalogue = Catalogue::load(tx, studio).await?;
    let (mut behind, mut count) = (None, 0);
    loop {
        let mut waiting = item::Entity::find()
            .filter(item::Column::StudioId.eq(studio))
            .filter(item::Column::MatchedBy.is_null())
            .filter(those.clone())
            .order_by_asc(item::Column::ImportId)
            .order_by_asc(item::Column::Number)
            .limit(BATCH);
        if let Some((import, number)) = behind {
            let later = Condition::all().add(item::Column::ImportId.eq(import)).add(item::Column::Number.gt(number));
            waiting = waiting.filter(Condition::any().add(item::Column::ImportId.gt(import)).add(later));
        }
        let waiting = waiting.lock(LockType::NoKeyUpdate).all(tx).await?;
        let Some(last) = waiting.last() else { return Ok(count) };
        behind = Some((last.import_id, last.number));
        let found = waiting.iter().filter_map(|item| Some((item, catalogue.find(item)?)));
        // Much that waits is often of the same.
        let mut groups: HashMap<(StatementImportId, Subject, MatchedBy), Vec<i32>> = HashMap::new();
        for (item, (subject, by)) in found {
            groups.entry((item.import_id, subject, by)).or_default().push(item.number);
        }
        for ((import, subject, by), numbers) in groups {
            count += numbers.len() as u64;
            let (recording, work, release) = subject_columns(&subject);
            item::Entity::update_many()
                .set(item::ActiveModel {
                    recording_id: Set(recording),
                    work_id: Set(work),
                    release: Set(release),
                    matched_by: Set(Some(by)),
                    matched_at: Set(Some(ctx.env.now())),
                    ..Default::default()
                })
                .filter(item::Column::ImportId.eq(import))
                .filter(item::Column::Number.is_in(numbers))
                .exec(tx)
                .await?;
        }
    }
}

/// Refuses what the studio has not.
async fn require_subject(tx: &Tx, studio: StudioId, subject: &Subject) -> Result<(), RoyaltyError> {
    let is_known = match subject {
        Subject::Recording(id) => {
            recording::Entity::find_by_id(*id).one(tx).await?.is_some_and(|row| row.studio_id == studio)
        }
        Subject::Work(id) => work::Entity::find_by_id(*id).one(tx).await?.is_some_and(|row| row.studio_id == studio),
        Subject::Release(ean) => {
            let mut known = Catalogue::default();
            known.load_releases(tx, studio).await?;
            known.releases.contains_key(ean.as_str())
        }
    };
    if is_known { Ok(()) } else { Err(RoyaltyError::NotFound { what: "recording, work or release", field: "subject" }) }
}

async fn require_open(tx: &Tx, import: StatementImportId, number: i32) -> Result<(), RoyaltyError> {
    let taken = sum::Entity::find()
        .filter(sum::Column::ImportId.eq(import))
        .filter(sum::Column::Item.eq(number))
        .filter(sum::Column::RunId.is_not_null());
    if taken.count(tx).await? > 0 { Err(RoyaltyError::Accounted) } else { Ok(()) }
}
