//! Lines of a statement, as the file has them and as they are reckoned with.

use std::io::Cursor;

use interchange::statements::{Description, Layout, Packing, Place, raw_line, raw_lines};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    catalog::entity::asset,
    ids::StatementImportId,
    money::Currency,
    ports::PortError,
    royalties::{
        RoyaltyError,
        commands::imports::{
            Formats,
            index::{Entry, Index, beside, gone, opened, read},
            line_of,
            lines::first_of_month,
        },
        entity::{import, item},
        rules::Line,
    },
    services::Services,
};

/// A line that was found in a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundLine {
    /// The line as royalties are reckoned with it, of what its item is matched to now.
    pub line: Line,
    /// By whom it was sold or played, as the file calls them.
    pub store: Option<String>,
    /// What it is of, by the item's number.
    pub item: i32,
    /// The currency of its amounts.
    pub currency: Currency,
    /// Where it is in the unpacked file.
    pub place: Place,
    /// How the file has it, in Unicode.
    pub raw: String,
}

/// The line of a statement that begins at a place of the unpacked file. For who has been shown the statement: it asks nothing itself.
pub async fn line_at(
    services: &Services,
    import: StatementImportId,
    offset: u64,
) -> Result<Option<FoundLine>, RoyaltyError> {
    let Some(kept) = KeptFile::open(services, import).await? else { return Ok(None) };
    let Some(entry) = kept.index(services).await?.at(offset).await? else { return Ok(None) };
    Ok(kept.lines(services, &[entry]).await?.pop())
}

/// Lines of an item of a statement in the order of the file, from behind a place on. For who has been shown the statement: it asks nothing itself.
pub async fn lines_of_item(
    services: &Services,
    import: StatementImportId,
    item: i32,
    behind: Option<u64>,
    limit: usize,
) -> Result<Vec<FoundLine>, RoyaltyError> {
    let Some(kept) = KeptFile::open(services, import).await? else { return Ok(Vec::new()) };
    let Ok(item) = u32::try_from(item) else { return Ok(Vec::new()) };
    let entries = kept.index(services).await?.of_item(item, behind, limit).await?;
    kept.lines(services, &entries).await
}

/// A statement that was read, with what it takes to read of it again.
struct KeptFile {
    import: import::Model,
    index: asset::Model,
    layout: Layout,
    description: Description,
}

impl KeptFile {
    /// None of a statement that was not read to its end.
    async fn open(services: &Services, id: StatementImportId) -> Result<Option<Self>, RoyaltyError> {
        let found = import::Entity::find_by_id(id).one(&services.db).await?;
        let Some(import) = found else { return Ok(None) };
        let (Some(layout), Some(index)) = (import.layout.clone(), import.index_asset_id) else { return Ok(None) };
        let layout: Layout = serde_json::from_value(layout)?;
        let index = asset::Entity::find_by_id(index).one(&services.db).await?.ok_or_else(gone)?;
        let formats = Formats::of(&services.db, import.studio_id).await?;
        let description = formats.of_import(&import).ok_or_else(unknown)?.clone();
        Ok(Some(Self { import, index, layout, description }))
    }

    async fn index<'s>(&'s self, services: &'s Services) -> Result<Index<'s>, PortError> {
        Index::open(&*services.files, &self.index.sha256, self.index.bytes.unsigned_abs()).await
    }

    async fn lines(&self, services: &Services, entries: &[Entry]) -> Result<Vec<FoundLine>, RoyaltyError> {
        let numbers = entries.iter().map(|entry| entry.item.cast_signed());
        let items = item::Entity::find()
            .filter(item::Column::ImportId.eq(self.import.id))
            .filter(item::Column::Number.is_in(numbers))
            .all(&services.db)
            .await?;
        let given = self.import.given_currency;
        let given = given.and_then(|currency| interchange::statements::Currency::read(currency.code()));
        let undated_on = first_of_month(self.import.created_at.date_naive());
        let mut found = Vec::with_capacity(entries.len());
        for (entry, raw) in entries.iter().zip(self.raw(services, entries).await?) {
            let line = line_of(&self.description, &self.layout, &raw, (given, undated_on));
            let Some((line, store, code)) = line.map_err(RoyaltyError::Unreadable)? else {
                return Err(unknown().into());
            };
            let number = entry.item.cast_signed();
            let of = items.iter().find(|item| item.number == number);
            found.push(FoundLine {
                line: Line { subject: of.and_then(item::Model::subject), ..line },
                store,
                item: number,
                currency: code.as_str().parse().map_err(|_| unknown())?,
                place: entry.place,
                raw,
            });
        }
        Ok(found)
    }

    /// Lines as the file has them: of a plain file by their bytes alone; one that is packed is unpacked once, up to the last.
    async fn raw(&self, services: &Services, entries: &[Entry]) -> Result<Vec<String>, RoyaltyError> {
        let (files, sha256) = (&*services.files, &self.import.sha256);
        let mut lines = Vec::with_capacity(entries.len());
        if self.layout.packing == Packing::Plain {
            for Entry { place, .. } in entries {
                let bytes = read(files, sha256, place.offset..place.offset + place.bytes).await?;
                let alone = Place { offset: 0, ..*place };
                lines.push(raw_line(Cursor::new(bytes), &self.layout, alone).map_err(RoyaltyError::Unreadable)?);
            }
            return Ok(lines);
        }
        let (file, folder) = opened(files, &self.import).await?;
        let (layout, places) = (self.layout.clone(), entries.iter().map(|entry| entry.place).collect::<Vec<Place>>());
        let unpack = move || {
            let lines = raw_lines(file, &layout, &places);
            drop(folder);
            lines
        };
        beside(unpack).await?.map_err(RoyaltyError::Unreadable)
    }
}

fn unknown() -> PortError {
    PortError::lasting("reading a line of a statement", "no format reads it any more")
}
