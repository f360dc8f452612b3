//! From a title on a statement down to the lines of files that it is made of. A payee sees their own part of a line, and of no line more than that.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    str::FromStr,
};

use chrono::{Datelike, NaiveDate};
use interchange::statements::Place;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    ids::{PartyId, StatementImportId},
    money::Currency,
    pricing::Country,
    royalties::{
        RoyaltyError,
        entity::{carried, import, item, line_dispute, payee_statement, run, run_import, sum},
        queries::{
            imports::{FoundLine, line_at, lines_of_item, totals_of},
            runs::{applied_of_run, book_of_run},
        },
        rules::{
            Applied, Channel, Exact, Line, LineKey, Period, Rule, RuleBook, Subject, Totals, explain::trace_under,
        },
    },
    services::Services,
    store::Db,
};

/// How many lines a page has.
pub const LINES: usize = 50;

/// How many lines of files are looked at for one page, whether anything of them is the payee's or not.
const LOOKED_AT: usize = 1_000;

/// Behind which line a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Behind {
    /// The file.
    pub import: StatementImportId,
    /// What the line is of, in that file.
    pub item: i32,
    /// Where it begins.
    pub offset: u64,
}

/// `simport_…:3:1024`.
impl fmt::Display for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.import, self.item, self.offset)
    }
}

impl FromStr for Behind {
    type Err = RoyaltyError;
    fn from_str(text: &str) -> Result<Self, RoyaltyError> {
        let none = || RoyaltyError::NotFound { what: "line", field: "behind" };
        let mut words = text.split(':');
        let (Some(import), Some(item), Some(offset), None) = (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(none());
        };
        Ok(Self {
            import: import.parse().map_err(|_| none())?,
            item: item.parse().map_err(|_| none())?,
            offset: offset.parse().map_err(|_| none())?,
        })
    }
}

/// A line of a file, as far as it concerns a payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayeeLine {
    /// The file.
    pub import: StatementImportId,
    /// Where the line is in it.
    pub place: Place,
    /// The first day of the period in which it was used.
    pub used_on: NaiveDate,
    /// By whom it was sold or played.
    pub source: Option<String>,
    /// Where.
    pub territory: Option<Country>,
    /// How.
    pub channel: Channel,
    /// How many.
    pub units: i64,
    /// What was received for it, before it was divided.
    pub received: Exact,
    /// In which currency that was.
    pub currency: Currency,
    /// What of it is the payee's, in the currency of the run; less than nothing, what they bear.
    pub part: Exact,
    /// What they have said to it.
    pub dispute: Option<line_dispute::Model>,
}

/// A page of lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinePage {
    /// The lines, file by file, each in its order.
    pub lines: Vec<PayeeLine>,
    /// Behind which line the next page begins; none at the end.
    pub next: Option<Behind>,
    /// Whether some of it waited from an earlier run, whose lines are not among these.
    pub has_carried: bool,
}

/// What the lines of a run are traced by.
struct Desk {
    book: RuleBook,
    period: Period,
    contracts: Vec<Applied>,
    /// So much of the lines' currency is so much of the run's.
    rates: HashMap<(StatementImportId, Currency), (Exact, Exact)>,
}

impl Desk {
    async fn open(services: &Services, run: &run::Model) -> Result<Self, RoyaltyError> {
        let imports: Vec<StatementImportId> = run_import::Entity::find()
            .filter(run_import::Column::RunId.eq(run.id))
            .all(&services.db)
            .await?
            .into_iter()
            .map(|row| row.import_id)
            .collect();
        let mut rates = HashMap::new();
        for total in totals_of(&services.db, &imports).await? {
            if let Some(rate) = total.rate_of.zip(total.rate_to) {
                rates.insert((total.import_id, total.currency), rate);
            }
        }
        let book = book_of_run(services, run).await?;
        let contracts = applied_of_run(services, run, &book).await?;
        Ok(Self { book, period: Period { from: run.from_on, through: run.through_on }, contracts, rates })
    }

    /// What of a line is a payee's: of one subject, if one is named. None if nothing is.
    fn part(
        &self,
        import: StatementImportId,
        found: &FoundLine,
        party: PartyId,
        subject: Option<&Subject>,
    ) -> Result<Option<Exact>, RoyaltyError> {
        let Some((of, to)) = self.rates.get(&(import, found.currency)) else { return Ok(None) };
        let line = Line {
            net: found.line.net.over(*to, *of)?,
            gross: found.line.gross.map(|gross| gross.over(*to, *of)).transpose()?,
            ..found.line.clone()
        };
        let traced = trace_under(&self.book, self.period, &self.contracts, &line)?;
        let mut own = traced
            .parts
            .into_iter()
            .filter(|part| part.account.payee == party && subject.is_none_or(|subject| part.subject == *subject))
            .map(|part| part.amount)
            .peekable();
        if own.peek().is_none() {
            return Ok(None);
        }
        Ok(Some(Exact::sum(own)?))
    }

    /// The releases over whose tracks a recording's income is spread.
    fn releases_with(&self, subject: &Subject) -> BTreeSet<String> {
        let Subject::Recording(recording) = subject else { return BTreeSet::new() };
        let albums = self
            .book
            .versions()
            .iter()
            .filter_map(|version| if let Rule::Album(album) = &version.rule { Some(album) } else { None });
        let with = albums.filter(|album| album.tracks.iter().any(|(track, _)| track == recording));
        with.map(|album| album.release.to_string()).collect()
    }
}

/// Which months of an item a run has taken, by the currency of the lines.
type Months = BTreeSet<(&'static str, NaiveDate)>;

/// The month of a day, by its first.
fn month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// What a run has taken of each item that is one of these.
async fn taken(
    db: &Db,
    run: &run::Model,
    items: Condition,
) -> Result<BTreeMap<(StatementImportId, i32), Months>, RoyaltyError> {
    let rows: Vec<(StatementImportId, i32, Currency, NaiveDate)> = sum::Entity::find()
        .select_only()
        .column(sum::Column::ImportId)
        .column(sum::Column::Item)
        .column(sum::Column::Currency)
        .column(sum::Column::UsedOn)
        .distinct()
        .filter(sum::Column::RunId.eq(run.id))
        .filter(items)
        .order_by_asc(sum::Column::ImportId)
        .order_by_asc(sum::Column::Item)
        .into_tuple()
        .all(db)
        .await?;
    let mut taken: BTreeMap<(StatementImportId, i32), Months> = BTreeMap::new();
    for (import, item, currency, used_on) in rows {
        taken.entry((import, item)).or_default().insert((currency.code(), month(used_on)));
    }
    Ok(taken)
}

/// The items of a run that are of a subject, or of a release that it is on.
async fn items_of(db: &Db, run: &run::Model, desk: &Desk, subject: &Subject) -> Result<Condition, RoyaltyError> {
    let is_it = match subject {
        Subject::Recording(id) => {
            let of_recording = Condition::any().add(item::Column::RecordingId.eq(*id));
            let releases = desk.releases_with(subject);
            // One of no releases is never it, but SQLite, told so beside the recording, looks at every item to find that out.
            if releases.is_empty() { of_recording } else { of_recording.add(item::Column::Release.is_in(releases)) }
        }
        Subject::Work(id) => Condition::any().add(item::Column::WorkId.eq(*id)),
        Subject::Release(ean) => Condition::any().add(item::Column::Release.eq(ean.to_string())),
    };
    let rows: Vec<(StatementImportId, i32)> = item::Entity::find()
        .select_only()
        .column(item::Column::ImportId)
        .column(item::Column::Number)
        .filter(item::Column::StudioId.eq(run.studio_id))
        .filter(is_it)
        .into_tuple()
        .all(db)
        .await?;
    let mut items: BTreeMap<StatementImportId, Vec<i32>> = BTreeMap::new();
    for (import, number) in rows {
        items.entry(import).or_default().push(number);
    }
    // None of nothing: an empty condition would be all of them.
    let mut any = Condition::any().add(sum::Column::Item.eq(-1));
    for (import, numbers) in items {
        let of_file = Condition::all().add(sum::Column::ImportId.eq(import)).add(sum::Column::Item.is_in(numbers));
        any = any.add(of_file);
    }
    Ok(any)
}

/// The lines of a subject of which a payee has a part, in the run of a statement of theirs, a page at a time. For who may see the statement: it asks nothing
/// itself.
pub async fn lines_of_subject(
    services: &Services,
    (statement, run): (&payee_statement::Model, &run::Model),
    subject: &Subject,
    behind: Option<Behind>,
) -> Result<LinePage, RoyaltyError> {
    let db = &services.db;
    let desk = Desk::open(services, run).await?;
    let of_run = taken(db, run, items_of(db, run, &desk, subject).await?).await?;
    let said = super::disputes_of_statements(db, &[statement.id]).await?;
    let has_carried = has_carried(db, run, &desk, subject).await?;
    let mut page = LinePage { has_carried, ..LinePage::default() };
    let mut looked_at = 0;
    let first = behind.map(|behind| (behind.import, behind.item));
    for ((import, item), months) in of_run.iter().filter(|(key, _)| first.is_none_or(|first| **key >= first)) {
        let is_first = first == Some((*import, *item));
        let mut offset = behind.filter(|_| is_first).map(|behind| behind.offset);
        loop {
            let found = lines_of_item(services, *import, *item, offset, LINES).await?;
            let is_last = found.len() < LINES;
            for line in found {
                offset = Some(line.place.offset);
                looked_at += 1;
                if !months.contains(&(line.currency.code(), month(line.line.used_on))) {
                    continue;
                }
                if let Some(part) = desk.part(*import, &line, statement.party_id, Some(subject))? {
                    page.lines.push(seen(*import, line, part, &said));
                }
                if page.lines.len() == LINES {
                    break;
                }
            }
            if page.lines.len() == LINES || looked_at >= LOOKED_AT {
                page.next = offset.map(|offset| Behind { import: *import, item: *item, offset });
                return Ok(page);
            }
            if is_last {
                break;
            }
        }
    }
    Ok(page)
}

fn seen(import: StatementImportId, found: FoundLine, part: Exact, said: &[line_dispute::Model]) -> PayeeLine {
    let is_it = |row: &&line_dispute::Model| {
        row.import_id == import && u64::try_from(row.line_offset).is_ok_and(|offset| offset == found.place.offset)
    };
    let dispute = said.iter().find(is_it).cloned();
    PayeeLine {
        import,
        dispute,
        place: found.place,
        used_on: found.line.used_on,
        source: found.store,
        territory: found.line.territory,
        channel: found.line.channel,
        units: found.line.units,
        received: found.line.net,
        currency: found.currency,
        part,
    }
}

/// Whether a run has taken what waited from an earlier one of a subject, or of a release that it is on.
async fn has_carried(db: &Db, run: &run::Model, desk: &Desk, subject: &Subject) -> Result<bool, RoyaltyError> {
    let of_run = carried::Entity::find().filter(carried::Column::RunId.eq(run.id));
    let is_it = match subject {
        Subject::Recording(id) => carried::Column::RecordingId.eq(*id),
        Subject::Work(id) => carried::Column::WorkId.eq(*id),
        Subject::Release(_) => return Ok(false),
    };
    if of_run.clone().filter(is_it).one(db).await?.is_some() {
        return Ok(true);
    }
    let releases = desk.releases_with(subject);
    if releases.is_empty() {
        return Ok(false);
    }
    // Of a release there is no column: what was carried says itself what it is of.
    let of_releases =
        of_run.filter(carried::Column::RecordingId.is_null()).filter(carried::Column::WorkId.is_null()).all(db).await?;
    for row in of_releases {
        let (key, _): (LineKey, Totals) = serde_json::from_str(&row.content)?;
        if matches!(&key.subject, Some(Subject::Release(ean)) if releases.contains(&ean.to_string())) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A line of a file of a statement's run, if a part of it is the payee's. For who may see the statement: it asks nothing itself.
pub async fn line_of_payee(
    services: &Services,
    (statement, run): (&payee_statement::Model, &run::Model),
    import: StatementImportId,
    offset: u64,
) -> Result<Option<PayeeLine>, RoyaltyError> {
    let db = &services.db;
    let file = import::Entity::find_by_id(import).one(db).await?;
    if file.is_none_or(|file| file.studio_id != run.studio_id) {
        return Ok(None);
    }
    let Some(found) = line_at(services, import, offset).await? else { return Ok(None) };
    let of_item = Condition::all().add(sum::Column::ImportId.eq(import)).add(sum::Column::Item.eq(found.item));
    let months = taken(db, run, of_item).await?.remove(&(import, found.item)).unwrap_or_default();
    if !months.contains(&(found.currency.code(), month(found.line.used_on))) {
        return Ok(None);
    }
    let part = Desk::open(services, run).await?.part(import, &found, statement.party_id, None)?;
    let said = super::disputes_of_statements(db, &[statement.id]).await?;
    Ok(part.map(|part| seen(import, found, part, &said)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing;

    #[test]
    fn a_place_in_a_list_reads_as_it_prints() {
        let (env, _) = testing::env(1);
        let behind = Behind { import: env.id(), item: 3, offset: 1_024 };
        assert_eq!(behind.to_string().parse::<Behind>().unwrap(), behind);
        for text in ["", "simport_1:2:3", "a:b:c", "::", &format!("{behind}:4"), &format!("{}:1:-1", behind.import)] {
            assert!(matches!(text.parse::<Behind>(), Err(RoyaltyError::NotFound { .. })), "{text:?}");
        }
    }
}
