//! Royalty statements: taken in once, read whole or not at all, matched, accepted, rated, and looked at line by line.

mod bad_input;
#[path = "../../../../interchange/tests/it/statements/cases.rs"]
#[expect(dead_code, reason = "the formats' own tests look at more of a case than these")]
mod cases;
mod matching;
mod reading;

use std::{
    collections::HashMap,
    io::Write,
    ops::Range,
    path::Path,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    actor::{Actor, Ctx},
    catalog::{
        self, NewFile, Sha256,
        entity::{AssetKind, recording},
    },
    ids::{AssetId, RecordingId, StatementImportId},
    money::Currency,
    ports::{FileStore, FileStream, PortError, Stored},
    royalties::{
        RoyaltyError,
        commands::imports::{TakeIn, Taken, read_import, take_in},
        entity::{ImportState, import, item, sum, total},
        rules::Exact,
    },
    services::Services,
    store::Tx,
};
use futures::StreamExt;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::{shop::Shop, support::World};

/// `DistroKid`'s header since July 2025.
pub(super) const DISTROKID: &str = "Date Inserted\tReporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSource Type\tCountry of Sale\tSongwriter Royalties Withheld (USD)\tEarnings (USD)\tRecoup (USD)";

/// A row of `DistroKid`'s.
pub(super) fn row(title: &str, isrc: &str, quantity: &str, earnings: &str) -> String {
    format!(
        "2026-10-05\t2026-10-01\t2026-07\tSpotify\tNova\t{title}\t{isrc}\t190000000012\t{quantity}\t100\tStreaming\tUS\t0\t{earnings}\t0"
    )
}

/// A file of `DistroKid`'s.
pub(super) fn file(rows: &[String]) -> Vec<u8> {
    let mut text = format!("{DISTROKID}\n");
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text.into_bytes()
}

/// The same, packed.
pub(super) fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

pub(super) fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

/// Files in memory.
#[derive(Default)]
struct Memory(Mutex<HashMap<String, Bytes>>);

impl Memory {
    fn put(&self, bytes: Bytes) -> Stored {
        let stored = Stored { sha256: Sha256::of(&bytes), bytes: bytes.len() as u64 };
        self.0.lock().unwrap().insert(stored.sha256.to_string(), bytes);
        stored
    }

    fn get(&self, sha256: &Sha256) -> Option<Bytes> {
        self.0.lock().unwrap().get(sha256.as_str()).cloned()
    }
}

#[async_trait]
impl FileStore for Memory {
    async fn put_file(&self, path: &Path) -> Result<Stored, PortError> {
        Ok(self.put(std::fs::read(path).unwrap().into()))
    }
    async fn put_bytes(&self, bytes: Bytes) -> Result<Stored, PortError> {
        Ok(self.put(bytes))
    }
    async fn read(&self, sha256: &Sha256, range: Option<Range<u64>>) -> Result<Option<FileStream>, PortError> {
        let Some(bytes) = self.get(sha256) else { return Ok(None) };
        let at = |place: u64| usize::try_from(place).unwrap();
        let part = range.map_or_else(|| bytes.clone(), |range| bytes.slice(at(range.start)..at(range.end)));
        Ok(Some(futures::stream::iter([Ok(part)]).boxed()))
    }
    async fn fetch(&self, sha256: &Sha256, to: &Path) -> Result<bool, PortError> {
        let Some(bytes) = self.get(sha256) else { return Ok(false) };
        std::fs::write(to, bytes).unwrap();
        Ok(true)
    }
    async fn exists(&self, sha256: &Sha256) -> Result<bool, PortError> {
        Ok(self.get(sha256).is_some())
    }
}

/// A studio that takes statements in.
pub(super) struct Desk {
    pub(super) shop: Shop,
    pub(super) services: Services,
}

impl Desk {
    pub(super) async fn open(world: &World, currency: Currency) -> Self {
        let shop = Shop::open(world, currency).await;
        let services = Services { files: Arc::new(Memory::default()), ..shop.services.clone() };
        Self { shop, services }
    }

    pub(super) fn system(&self) -> Ctx {
        self.services.ctx(Actor::System)
    }

    /// Does something in a transaction, which is committed if it was done.
    pub(super) async fn done<T>(
        &self,
        step: impl AsyncFnOnce(&Tx, &Ctx) -> Result<T, RoyaltyError>,
    ) -> Result<T, RoyaltyError> {
        let tx = self.services.begin().await?;
        let done = step(&tx, &self.system()).await;
        match &done {
            Ok(_) => tx.commit().await?,
            Err(_) => tx.rollback().await?,
        }
        done
    }

    /// A file of the studio's, uploaded as a statement.
    pub(super) async fn upload(&self, bytes: &[u8]) -> AssetId {
        let stored = self.services.files.put_bytes(Bytes::copy_from_slice(bytes)).await.unwrap();
        let file = NewFile {
            kind: AssetKind::Statement,
            file_name: "statement.tsv".into(),
            declared: None,
            stored,
            head: bytes[..bytes.len().min(1_000)].to_vec(),
        };
        let tx = self.services.begin().await.unwrap();
        let asset = catalog::add_asset(&tx, &self.system(), self.shop.studio, file).await.unwrap();
        tx.commit().await.unwrap();
        asset.id
    }

    pub(super) async fn taken(&self, bytes: &[u8], currency: Option<Currency>) -> Taken {
        let asset = self.upload(bytes).await;
        let new = TakeIn { asset, currency };
        self.done(async |tx, ctx| take_in(tx, ctx, self.shop.studio, new).await).await.unwrap()
    }

    /// Reads a statement that was taken in; where it stands then.
    pub(super) async fn read(&self, id: StatementImportId) -> import::Model {
        let state = read_import(&self.services, id).await.unwrap();
        let import = self.find(id).await;
        assert_eq!(import.state, state);
        import
    }

    /// Takes a file in and reads it.
    pub(super) async fn imported(&self, bytes: &[u8]) -> import::Model {
        let taken = self.taken(bytes, None).await;
        self.read(taken.import.id).await
    }

    /// As [`Self::imported`], of one that counts.
    pub(super) async fn ready(&self, bytes: &[u8]) -> import::Model {
        let import = self.imported(bytes).await;
        assert_eq!(import.state, ImportState::Ready, "{:?}", import.problem);
        import
    }

    pub(super) async fn find(&self, id: StatementImportId) -> import::Model {
        import::Entity::find_by_id(id).one(&self.services.db).await.unwrap().unwrap()
    }

    pub(super) async fn totals(&self, id: StatementImportId) -> Vec<total::Model> {
        let totals = total::Entity::find().filter(total::Column::ImportId.eq(id));
        totals.order_by_asc(total::Column::Currency).all(&self.services.db).await.unwrap()
    }

    pub(super) async fn items(&self, id: StatementImportId) -> Vec<item::Model> {
        let items = item::Entity::find().filter(item::Column::ImportId.eq(id));
        items.order_by_asc(item::Column::Number).all(&self.services.db).await.unwrap()
    }

    pub(super) async fn sums(&self, id: StatementImportId) -> Vec<sum::Model> {
        let sums = sum::Entity::find().filter(sum::Column::ImportId.eq(id));
        sums.order_by_asc(sum::Column::Number).all(&self.services.db).await.unwrap()
    }

    /// A recording of a new work; its makers have signed its split.
    pub(super) async fn recording(&self, title: &str, isrc: Option<&str>) -> RecordingId {
        let id = self.unsigned(title, isrc).await;
        let row = recording::Entity::find_by_id(id).one(&self.services.db).await.unwrap().unwrap();
        self.shop.sign(row.work_id, [600_000, 400_000], self.services.env.now()).await;
        id
    }

    /// A recording of a new work whose makers have signed nothing.
    pub(super) async fn unsigned(&self, title: &str, isrc: Option<&str>) -> RecordingId {
        let row = recording::Model {
            id: self.services.env.id(),
            studio_id: self.shop.studio,
            work_id: self.shop.work(title).await,
            title: title.into(),
            isrc: isrc.map(str::to_owned),
            created_at: self.services.env.now(),
        };
        row.into_active_model().insert(&self.services.db).await.unwrap().id
    }

    /// The codes of what holds a statement.
    pub(super) fn codes(import: &import::Model) -> Vec<String> {
        import.problems().into_iter().map(|problem| problem.code).collect()
    }
}
