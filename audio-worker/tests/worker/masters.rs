//! Masters of approved mixes: each profile rendered once, tagged and measured.

use std::{collections::BTreeSet, time::Duration};

use audio_engine::{decode::read_tags, measure::measure};
use domain::{
    actor::Actor,
    catalog::entity::{AssetKind, AssetState, recording},
    delivery::entity::{RenderPurpose, render},
    ids::{MasterDeliveryId, SongId},
    masters::{
        commands::order_masters,
        entity::{MasterProfile, MasterState, master},
    },
    outbox::{Job, Queue, entity::job},
    parties::entity as party,
    production::entity::{PersonRole, person, song},
    reviews::{
        commands::{Device, Invitation, Say, decide, invite_reviewer, open_review},
        rules::{Terms, Verdict},
    },
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{House, on_each_database, stop, tones};

const PROFILES: [MasterProfile; 4] =
    [MasterProfile::Streaming, MasterProfile::Cd, MasterProfile::Flac, MasterProfile::Mp3];

impl House {
    /// A song with a code and a producer, whose mix of a few seconds is approved.
    async fn approved(&self) -> SongId {
        let (db, ctx) = (&self.services.db, self.services.ctx(Actor::System));
        let project = self.project().await;
        let id = self.song(project, "Night Drive", 1).await;
        let row = song::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        let coded = recording::ActiveModel {
            id: Set(row.recording_id),
            isrc: Set(Some("AA6Q72000047".to_owned())),
            ..Default::default()
        };
        coded.update(db).await.unwrap();
        let nova = party::Entity::find().one(db).await.unwrap().unwrap();
        for role in [PersonRole::Artist, PersonRole::Producer] {
            let person = person::Model {
                id: self.services.env.id(),
                studio_id: self.studio,
                project_id: project,
                song_id: None,
                party_id: nova.id,
                role,
                detail: String::new(),
                created_at: self.services.env.now(),
            };
            person.into_active_model().insert(db).await.unwrap();
        }
        let file = self.upload(AssetKind::Source, "mix.wav", tones(44_100, 6, 8000.0)).await;
        let version = self.file_version(id, file).await;
        self.idle().await;
        let tx = self.services.begin().await.unwrap();
        let review = open_review(&tx, &ctx, id, Some(Terms::default())).await.unwrap().id;
        let ada = Invitation { name: "Ada".to_owned(), email: "ada@example.com".to_owned(), decides: true };
        let ada = invite_reviewer(&tx, &ctx, review, &ada).await.unwrap().id;
        self.services.commit(tx).await.unwrap();
        self.send(version.id).await;
        self.idle().await;
        let say = Say {
            verdict: Verdict::Approve,
            version: version.number,
            words: String::new(),
            agreed: None,
            device: Device::default(),
        };
        let tx = self.services.begin().await.unwrap();
        decide(&tx, &self.services.ctx(Actor::Anonymous), ada, &say).await.unwrap();
        job::Entity::delete_many().filter(job::Column::Queue.eq(Queue::Office)).exec(&tx).await.unwrap();
        self.services.commit(tx).await.unwrap();
        id
    }

    async fn masters(&self, delivery: MasterDeliveryId) -> Vec<master::Model> {
        let mut rows = master::Entity::find()
            .filter(master::Column::DeliveryId.eq(delivery))
            .order_by_asc(master::Column::Number)
            .all(&self.services.db)
            .await
            .unwrap();
        rows.sort_by_key(|row| row.profile);
        rows
    }

    /// Waits until nothing is left for the audio worker; what the back office is to do goes, for there is none here.
    async fn rendered(&self) {
        let limit = Instant::now() + Duration::from_mins(2);
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        let waiting = || master::Entity::find().filter(master::Column::State.eq(MasterState::Waiting));
        while waiting().count(&self.services.db).await.unwrap() > 0 {
            assert!(Instant::now() < limit, "masters are still waited for");
            ticks.tick().await;
        }
        let office = job::Entity::delete_many().filter(job::Column::Queue.eq(Queue::Office));
        office.exec(&self.services.db).await.unwrap();
        self.idle().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_profile_is_rendered_once_tagged_and_measured() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let song = house.approved().await;
        let chosen: BTreeSet<MasterProfile> = PROFILES.into();
        let tx = house.services.begin().await.unwrap();
        let ctx = house.services.ctx(Actor::System);
        let delivery = order_masters(&tx, &ctx, song, Some(&chosen)).await.unwrap();
        house.services.commit(tx).await.unwrap();
        house.rendered().await;

        let masters = house.masters(delivery.id).await;
        assert_eq!(masters.iter().map(|row| row.profile).collect::<Vec<_>>(), PROFILES);
        let formats = [("wav", Some(24)), ("wav", Some(16)), ("flac", Some(24)), ("mp3", None)];
        for (row, (ending, bits)) in masters.iter().zip(formats) {
            let what = row.profile;
            assert_eq!((row.state, row.refusal.as_deref()), (MasterState::Ready, None), "{what}");
            let file = house.find_asset(row.asset_id.unwrap()).await;
            assert_eq!((file.kind, file.state, file.bits_per_sample), (AssetKind::Master, AssetState::Ready, bits));
            assert!(file.file_name.starts_with("Night Drive (") && file.file_name.ends_with(&format!(".{ending}")));
            let path = house.folder.path().join(format!("{what}.{ending}"));
            assert!(house.services.files.fetch(&file.sha256, &path).await.unwrap());
            let tags = read_tags(&path);
            assert_eq!((tags.title.as_deref(), tags.artist.as_deref()), (Some("Night Drive"), Some("Nova")), "{what}");
            assert_eq!((tags.album.as_deref(), tags.isrc.as_deref()), (Some("Night Album"), Some("AA6Q72000047")));
            let bytes = std::fs::read(&path).unwrap();
            let credit = b"producer: Nova";
            assert!(bytes.windows(credit.len()).any(|window| window == credit), "{what} carries the credits");
            let qc = row.qc.as_ref().unwrap();
            assert!(qc.passed, "{what}: {:?}", qc.checks);
            assert_eq!((qc.sha256.as_str(), qc.bytes), (file.sha256.as_str(), file.bytes));
            assert_eq!(qc.tags.credits, ["artist: Nova", "producer: Nova"]);
            let measured = measure(&path).unwrap().integrated_lufs.unwrap() * 1000.0;
            assert!((measured - f64::from(qc.measured.loudness_mlufs.unwrap())).abs() < 1.0, "{what}");
        }
        assert_eq!(masters[1].qc.as_ref().unwrap().measured.sample_rate_hz, 44_100);

        let renders = || render::Entity::find().filter(render::Column::Purpose.eq(RenderPurpose::Masters));
        assert_eq!(renders().count(&house.services.db).await.unwrap(), 4, "one for each profile");
        let files = house.count_assets(AssetKind::Master).await;
        for row in &masters {
            house.put(Job::RenderMaster { master: row.id }).await;
        }
        house.rendered().await;
        assert_eq!(house.masters(delivery.id).await, masters, "what is made stays as it is");
        assert_eq!(house.count_assets(AssetKind::Master).await, files);
        assert_eq!(renders().count(&house.services.db).await.unwrap(), 4);
        stop(token, tasks).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mix_whose_file_is_gone_says_so_and_can_be_ordered_again() {
    on_each_database(async |house| {
        let token = CancellationToken::new();
        let tasks = house.work(&token);
        let song = house.approved().await;
        std::fs::rename(house.folder.path().join("files"), house.folder.path().join("aside")).unwrap();
        let order = async || {
            let tx = house.services.begin().await.unwrap();
            let chosen: BTreeSet<MasterProfile> = [MasterProfile::Mp3].into();
            let ctx = house.services.ctx(Actor::System);
            let delivery = order_masters(&tx, &ctx, song, Some(&chosen)).await.unwrap();
            house.services.commit(tx).await.unwrap();
            house.rendered().await;
            house.masters(delivery.id).await
        };
        let failed = order().await;
        assert_eq!((failed.len(), failed[0].state), (1, MasterState::Refused));
        assert!(failed[0].refusal.as_ref().unwrap().contains("gone"), "{:?}", failed[0].refusal);
        std::fs::rename(house.folder.path().join("aside"), house.folder.path().join("files")).unwrap();
        let made = order().await;
        assert_eq!((made.len(), made[1].state, made[1].number), (2, MasterState::Ready, 2));
        stop(token, tasks).await;
    })
    .await;
}
