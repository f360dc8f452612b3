//! Codes, releases and works are registered, and what is sent and comes back is kept.

mod codes;
mod releases;
mod works;

use std::{
    collections::HashMap,
    ops::Range,
    path::Path,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    actor::Actor,
    catalog::{
        Sha256,
        entity::{beat, recording, work},
    },
    edit::Edit,
    ids::{BeatId, PartyId, RecordingId, WorkId},
    money::Currency,
    parties::{entity as party, records::detail},
    ports::{FileStore, FileStream, PortError, Stored},
    registrations::commands::{SettingsChange, set_settings},
};
use futures::{StreamExt, stream};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use crate::{shop::Shop, support::World};

/// The studio's IPI name number, and those of its makers.
const OWN_IPI: &str = "00045620792";
const MAKERS: [&str; 2] = ["00123456790", "00765432134"];

/// Files in memory.
#[derive(Default)]
struct Kept(Mutex<HashMap<Sha256, Bytes>>);

impl Kept {
    fn text(&self, sha256: &Sha256) -> String {
        let bytes = self.0.lock().unwrap()[sha256].clone();
        String::from_utf8(bytes.to_vec()).unwrap()
    }
}

#[async_trait]
impl FileStore for Kept {
    async fn put_file(&self, path: &Path) -> Result<Stored, PortError> {
        Err(PortError::lasting("keeping a file", path.display().to_string()))
    }
    async fn put_bytes(&self, bytes: Bytes) -> Result<Stored, PortError> {
        let stored = Stored { sha256: Sha256::of(&bytes), bytes: bytes.len() as u64 };
        self.0.lock().unwrap().insert(stored.sha256.clone(), bytes);
        Ok(stored)
    }
    async fn read(&self, sha256: &Sha256, _: Option<Range<u64>>) -> Result<Option<FileStream>, PortError> {
        let found = self.0.lock().unwrap().get(sha256).cloned();
        Ok(found.map(|bytes| stream::once(async { Ok(bytes) }).boxed()))
    }
    async fn fetch(&self, _: &Sha256, _: &Path) -> Result<bool, PortError> {
        Ok(false)
    }
    async fn exists(&self, sha256: &Sha256) -> Result<bool, PortError> {
        Ok(self.0.lock().unwrap().contains_key(sha256))
    }
}

/// A studio that registers.
struct Desk {
    shop: Shop,
    files: Arc<Kept>,
}

impl Desk {
    async fn open(world: &World) -> Self {
        let mut shop = Shop::open(world, Currency::EUR).await;
        let files = Arc::new(Kept::default());
        shop.services.files = files.clone();
        let desk = Self { shop, files };
        let change = SettingsChange {
            sender_name: Edit::To(Some("Nova Publishing".into())),
            sender_ipi: Edit::To(Some(OWN_IPI.into())),
            sender_code: Edit::To(Some("nva".into())),
            society: Edit::To(Some(35)),
            dpid: Edit::To(Some("PA-DPIDA-2013020802-I".into())),
            isrc_prefix: Edit::To(Some("AA-6Q7".into())),
            first_isrc: None,
        };
        desk.set(change).await;
        desk
    }

    async fn set(&self, change: SettingsChange) {
        let tx = self.shop.services.begin().await.unwrap();
        set_settings(&tx, &self.shop.services.ctx(Actor::System), self.shop.studio, change).await.unwrap();
        self.shop.services.commit(tx).await.unwrap();
    }

    /// A beat, whose makers have signed 60 and 40 %: its work and its recording.
    async fn song(&self, title: &str) -> (WorkId, RecordingId) {
        let beat: BeatId = self.shop.beat(title, false).await;
        let row = beat::Entity::find_by_id(beat).one(&self.shop.services.db).await.unwrap().unwrap();
        (row.work_id, row.recording_id)
    }

    /// A recording of a work without a code.
    async fn recording(&self, work: WorkId, title: &str) -> RecordingId {
        let row = recording::Model {
            id: self.shop.services.env.id(),
            studio_id: self.shop.studio,
            work_id: work,
            title: title.into(),
            isrc: None,
            created_at: self.shop.services.env.now(),
        };
        row.into_active_model().insert(&self.shop.services.db).await.unwrap().id
    }

    /// Enters a code by hand, or takes it away.
    async fn code(&self, recording: RecordingId, isrc: Option<&str>) {
        let row =
            recording::ActiveModel { id: Set(recording), isrc: Set(isrc.map(str::to_owned)), ..Default::default() };
        row.update(&self.shop.services.db).await.unwrap();
    }

    async fn isrc(&self, recording: RecordingId) -> Option<String> {
        recording::Entity::find_by_id(recording).one(&self.shop.services.db).await.unwrap().unwrap().isrc
    }

    async fn iswc(&self, work: WorkId) -> Option<String> {
        work::Entity::find_by_id(work).one(&self.shop.services.db).await.unwrap().unwrap().iswc
    }

    /// Says the makers' numbers and societies, and that the first is published by the studio.
    async fn introduce(&self) {
        for (maker, ipi) in self.shop.makers.into_iter().zip(MAKERS) {
            self.number(maker, Some(ipi)).await;
        }
        let row = detail::Model {
            party_id: self.shop.makers[0],
            studio_id: self.shop.studio,
            pro: Some("gema".into()),
            publisher: Some("Nova Publishing".into()),
            publisher_ipi: Some(OWN_IPI.into()),
            street: None,
            city: None,
            region: None,
            postcode: None,
            country: None,
            updated_at: self.shop.services.env.now(),
        };
        row.into_active_model().insert(&self.shop.services.db).await.unwrap();
    }

    async fn number(&self, party: PartyId, ipi: Option<&str>) {
        let row = party::ActiveModel { id: Set(party), ipi: Set(ipi.map(str::to_owned)), ..Default::default() };
        row.update(&self.shop.services.db).await.unwrap();
    }
}
