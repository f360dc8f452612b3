mod analyses;
mod files;
mod samples;

use domain::{
    actor::{Actor, Ctx, Role},
    catalog::{
        self, BeatChange, BeatFilter, BeginUpload, CatalogError, Facts, NewBeat, NewFile, NewStem, Sha256,
        entity::{AssetKind, AssetState, BeatState, asset, beat},
        rules::{
            shares::{ShareLine, ShareTableError},
            stems::StemSetError,
        },
    },
    edit::Edit,
    identity::commands::{StudioSettings, close_studio_of, update_studio},
    ids::{AssetId, PartyId, StudioId, TypedId, UserId},
    licensing::{
        entity::{exclusive_claim, tier},
        queries::effective_tiers,
        rules::default_tiers,
        terms::{AtCap, TierCode},
    },
    money::Currency,
    outbox::entity::job,
    page::PageRequest,
    parties::{self, PartyError, PartyInput, entity::PartyKind},
    policy::Denied,
    ports::Stored,
    report::Explain,
    sales::entity::{OrderState, cart, cart_line, order},
    share::Share,
    store::{self, Tx},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::Query};

use crate::support::{World, on_each_database};

const WAV: &[u8] = b"RIFF\x24\x00\x00\x00WAVEfmt ";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR";

/// A studio with its owner's party, and the owner.
struct Studio {
    id: StudioId,
    owner: Ctx,
    party: PartyId,
}

/// A studio's row alone, as every schema knows it.
async fn studio_row(world: &World, slug: &str) -> StudioId {
    let id: StudioId = world.ctx.env.id();
    let insert = Query::insert()
        .into_table("studios")
        .columns(["id", "slug", "name", "currency", "contact_email", "governing_law", "created_at"])
        .values_panic([
            id.uuid().into(),
            slug.into(),
            slug.into(),
            "EUR".into(),
            "studio@example.com".into(),
            "Germany".into(),
            world.ctx.env.now().into(),
        ])
        .take();
    world.db.execute(&insert).await.unwrap();
    id
}

async fn studio(world: &World, slug: &str) -> Studio {
    let id = studio_row(world, slug).await;
    let user: UserId = world.ctx.env.id();
    let owner = world.as_actor(Actor::User { user, memberships: vec![(id, Role::Owner)], closed: Vec::new() });
    let tx = begin(world).await;
    let party = parties::create_party(&tx, &owner, id, person("Nova")).await.unwrap().id;
    tx.commit().await.unwrap();
    Studio { id, owner, party }
}

fn person(name: &str) -> PartyInput {
    PartyInput { kind: PartyKind::Person, name: name.into(), legal_name: None, email: None, ipi: None, isni: None }
}

async fn begin(world: &World) -> Tx {
    store::begin(&world.db).await.unwrap()
}

fn file(kind: AssetKind, name: &str) -> NewFile {
    let head = if kind == AssetKind::Artwork { PNG } else { WAV };
    NewFile {
        kind,
        file_name: name.into(),
        declared: None,
        stored: Stored { sha256: Sha256::of(name.as_bytes()), bytes: 1_000 },
        head: head.to_vec(),
    }
}

fn facts(duration_ms: i64, sample_rate_hz: i32) -> Facts {
    Facts { duration_ms, sample_rate_hz, channels: 2, bits_per_sample: Some(24), measurement: None }
}

impl Studio {
    async fn asset(&self, world: &World, kind: AssetKind, name: &str) -> asset::Model {
        let tx = begin(world).await;
        let row = catalog::add_asset(&tx, &self.owner, self.id, file(kind, name)).await.unwrap();
        tx.commit().await.unwrap();
        row
    }

    async fn ready(&self, world: &World, kind: AssetKind, name: &str) -> AssetId {
        let id = self.asset(world, kind, name).await.id;
        let tx = begin(world).await;
        catalog::record_inspection(&tx, &world.ctx, id, Ok(facts(180_000, 48_000))).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn beat(&self, world: &World, new: NewBeat) -> beat::Model {
        let tx = begin(world).await;
        let row = catalog::create_beat(&tx, &self.owner, self.id, new).await.unwrap();
        tx.commit().await.unwrap();
        row
    }

    async fn update(&self, world: &World, beat: &beat::Model, change: BeatChange) -> Result<beat::Model, CatalogError> {
        let tx = begin(world).await;
        let row = catalog::update_beat(&tx, &self.owner, beat.id, change).await?;
        tx.commit().await.unwrap();
        Ok(row)
    }

    async fn publish(&self, world: &World, beat: &beat::Model) -> Result<beat::Model, CatalogError> {
        let tx = begin(world).await;
        let row = catalog::publish_beat(&tx, &self.owner, beat.id).await?;
        tx.commit().await.unwrap();
        Ok(row)
    }

    async fn tier(&self, world: &World, code: TierCode, enabled: bool) {
        let row = tier::ActiveModel {
            id: Set(world.ctx.env.id()),
            studio_id: Set(self.id),
            beat_id: Set(None),
            code: Set(code),
            name: Set("A lease".into()),
            price_minor: Set(2_999),
            currency: Set(Currency::EUR),
            delivers_mp3: Set(true),
            delivers_wav: Set(true),
            delivers_stems: Set(code == TierCode::Trackout),
            max_streams: Set(None),
            max_copies: Set(None),
            max_music_videos: Set(None),
            max_radio_stations: Set(None),
            max_performances: Set(None),
            at_cap: Set(AtCap::Upgrade),
            term_months: Set(None),
            publishing_kept: Set(Share::from_ppm(500_000).unwrap()),
            credit_line: Set("prod. by Nova".into()),
            enabled: Set(enabled),
            updated_at: Set(world.ctx.env.now()),
        };
        row.insert(&world.db).await.unwrap();
    }
}

fn titled(title: &str) -> NewBeat {
    NewBeat { title: title.into(), ..NewBeat::default() }
}

async fn jobs(world: &World, kind: &str) -> usize {
    job::Entity::find().all(&world.db).await.unwrap().iter().filter(|job| job.kind == kind).count()
}

fn code(error: &CatalogError) -> (&'static str, Option<String>) {
    let report = error.explain();
    (report.code, report.field)
}

#[tokio::test]
async fn a_beat_goes_from_file_to_storefront() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let source = studio.asset(world, AssetKind::Source, "Night Drive 140bpm Am.wav").await;
        assert_eq!((source.state, source.media_type.as_str()), (AssetState::Checking, "audio/wav"));
        assert_eq!(jobs(world, "inspect_asset").await, 1);
        let artwork = studio.asset(world, AssetKind::Artwork, "cover.png").await;
        assert_eq!(artwork.state, AssetState::Ready);

        let new = NewBeat {
            source: Some(source.id),
            artwork: Some(artwork.id),
            bpm_milli: Some(140_000),
            musical_key: Some("Am".into()),
            moods: vec!["Dark".into()],
            tags: vec!["#Night".into(), "drive".into()],
            isrc: Some("AA-6Q7-20-00047".into()),
            iswc: Some("T-034.524.680-1".into()),
            ..titled("Night Drive")
        };
        let beat = studio.beat(world, new).await;
        assert_eq!((beat.slug.as_str(), beat.state), ("night-drive", BeatState::Draft));
        assert_eq!(beat.musical_key.as_deref(), Some("A minor"));
        assert_eq!(jobs(world, "render_preview").await, 0, "the source has not been looked through");

        let tx = begin(world).await;
        catalog::record_inspection(&tx, &world.ctx, source.id, Ok(facts(180_000, 48_000))).await.unwrap();
        catalog::record_inspection(&tx, &world.ctx, source.id, Err("a late answer".into())).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(jobs(world, "render_preview").await, 1);

        studio.tier(world, TierCode::Wav, true).await;
        let beat = studio.publish(world, &beat).await.unwrap();
        assert_eq!((beat.state, beat.published_at), (BeatState::Published, Some(world.ctx.env.now())));
        assert_eq!(jobs(world, "bounce_masters").await, 1);
        let words = BeatChange { description: Edit::To("dusk".into()), tags: Edit::Keep, ..Default::default() };
        studio.update(world, &beat, words).await.unwrap();
        assert_eq!(jobs(world, "bounce_masters").await, 1, "no tag of a master says this");
        let beat = studio
            .update(world, &beat, BeatChange { musical_key: Edit::To(Some("Cm".into())), ..Default::default() })
            .await
            .unwrap();
        assert_eq!(jobs(world, "bounce_masters").await, 2, "masters carry the key");
        let settings = |name: &str, law: &str| StudioSettings {
            name: name.into(),
            contact_email: "studio@example.com".parse().unwrap(),
            legal_name: None,
            address: None,
            governing_law: law.into(),
            unsigned_splits: Edit::Keep,
            accent: Edit::Keep,
        };
        for (changed, bounces) in [(settings("nova", "Austria"), 2), (settings("Nova Reyes", "Austria"), 3)] {
            let tx = begin(world).await;
            update_studio(&tx, &studio.owner, studio.id, changed).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(jobs(world, "bounce_masters").await, bounces, "masters carry the studio's name alone");
        }

        let credits = catalog::list_credits_of_beats(&world.db, &[beat.id]).await.unwrap();
        assert_eq!(credits[&beat.id][0].party.name, "Nova");
        assert_eq!(credits[&beat.id][0].line.share, Share::WHOLE);
        let labels = catalog::list_labels_of_beats(&world.db, &[beat.id]).await.unwrap();
        let labels: Vec<&str> = labels[&beat.id].iter().map(|row| row.label.as_str()).collect();
        assert_eq!(labels, ["dark", "drive", "night"]);

        let found = catalog::find_storefront_beat(&world.db, "nova", "night-drive").await.unwrap();
        assert_eq!(found.map(|beat| beat.id), Some(beat.id));
        let public = catalog::find_public_asset(&world.db, artwork.id).await.unwrap();
        assert_eq!(public.map(|asset| asset.id), Some(artwork.id));
        let is_public = async |id| catalog::find_public_asset(&world.db, id).await.unwrap().is_some();
        assert!(!is_public(source.id).await, "the source is nobody's");

        let preview = studio.asset(world, AssetKind::Source, "preview.wav").await.id;
        let rendered =
            beat::ActiveModel { id: Set(beat.id), preview_asset_id: Set(Some(preview)), ..Default::default() };
        rendered.update(&world.db).await.unwrap();
        assert!(is_public(preview).await);
        let tx = begin(world).await;
        close_studio_of(&tx, &world.ctx, "nova", "moving on").await.unwrap();
        tx.commit().await.unwrap();
        assert!(!is_public(preview).await, "nothing is played of a closed studio");
        assert!(is_public(artwork.id).await, "what was bought shows it");
    })
    .await;
}

#[tokio::test]
async fn a_share_table_is_the_exact_whole_or_nothing_changes() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let beat = studio.beat(world, titled("Shares")).await;
        let tx = begin(world).await;
        let other = parties::create_party(&tx, &studio.owner, studio.id, person("Ada")).await.unwrap().id;
        tx.commit().await.unwrap();
        let line = |party, share_ppm| ShareLine { party, role: "writer".into(), share_ppm };

        let tx = begin(world).await;
        let short = [line(studio.party, 500_000), line(other, 499_999)];
        let refusal = catalog::set_collaborators(&tx, &studio.owner, beat.id, &short).await.unwrap_err();
        drop(tx);
        let report = refusal.explain();
        assert_eq!((report.code, report.field.as_deref()), ("SHARES_NOT_WHOLE", Some("collaborators")));
        assert_eq!(report.message, "the shares total 99.9999 %, not 100 %");

        let tx = begin(world).await;
        let twice = [line(other, 500_000), line(other, 500_000)];
        let refusal = catalog::set_collaborators(&tx, &studio.owner, beat.id, &twice).await.unwrap_err();
        assert!(matches!(refusal, CatalogError::Shares(ShareTableError::Twice { line: 1 })));
        let stranger = [line(world.ctx.env.id(), 1_000_000)];
        let refusal = catalog::set_collaborators(&tx, &studio.owner, beat.id, &stranger).await.unwrap_err();
        assert_eq!(code(&refusal), ("NOT_FOUND", Some("collaborators.0.partyId".into())));
        catalog::set_collaborators(&tx, &studio.owner, beat.id, &[line(other, 333_333), line(studio.party, 666_667)])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let credits = catalog::list_credits_of_beats(&world.db, &[beat.id]).await.unwrap();
        let names: Vec<(&str, u32)> =
            credits[&beat.id].iter().map(|credit| (credit.party.name.as_str(), credit.line.share.ppm())).collect();
        assert_eq!(names, [("Ada", 333_333), ("Nova", 666_667)]);
    })
    .await;
}

#[tokio::test]
async fn an_exclusive_sale_withdraws_the_whole_family() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        studio.tier(world, TierCode::Wav, true).await;
        let source = studio.ready(world, AssetKind::Source, "a.wav").await;
        let first = studio.beat(world, NewBeat { source: Some(source), ..titled("Family") }).await;
        let second = studio.beat(world, NewBeat { alternate_of: Some(first.work_id), ..titled("Family") }).await;
        assert_eq!((second.work_id, second.slug.as_str()), (first.work_id, "family-2"));
        assert_ne!(second.recording_id, first.recording_id);
        studio.publish(world, &first).await.unwrap();
        let order = sold(world, &studio, &first).await;

        let tx = begin(world).await;
        exclusive_claim::ActiveModel {
            work_id: Set(first.work_id),
            order_id: Set(order),
            claimed_at: Set(world.ctx.env.now()),
        }
        .insert(&tx)
        .await
        .unwrap();
        catalog::withdraw_work(&tx, &world.ctx, first.work_id).await.unwrap();
        catalog::withdraw_work(&tx, &world.ctx, first.work_id).await.unwrap();
        tx.commit().await.unwrap();

        for beat in [&first, &second] {
            let row = catalog::find_beat(&world.db, &studio.owner, beat.id).await.unwrap().unwrap();
            assert_eq!(row.state, BeatState::Sold);
            assert!(matches!(studio.publish(world, &row).await, Err(CatalogError::Sold)));
        }
        let cart = cart_line::Entity::find().all(&world.db).await.unwrap();
        assert_eq!(cart.len(), 1, "a buyer's cart loses nothing in silence");
        let offers = effective_tiers(&world.db, studio.id, &[first.id]).await.unwrap();
        assert_eq!(offers[&first.id], []);
        let page = catalog::find_storefront_beat(&world.db, "nova", "family").await.unwrap().unwrap();
        assert_eq!(page.state, BeatState::Sold);
        let all = BeatFilter::default();
        let listed = catalog::list_storefront_beats(&world.db, studio.id, &all, PageRequest::default());
        assert_eq!(listed.await.unwrap().rows, []);

        let tx = begin(world).await;
        let third = NewBeat { alternate_of: Some(first.work_id), ..titled("Family again") };
        let refusal = catalog::create_beat(&tx, &studio.owner, studio.id, third).await.unwrap_err();
        drop(tx);
        assert_eq!(code(&refusal).0, "SOLD_EXCLUSIVELY");
        let change = BeatChange { source: Edit::To(source), ..Default::default() };
        assert!(matches!(studio.update(world, &second, change).await, Err(CatalogError::Sold)));
    })
    .await;
}

/// An order for the beat's exclusive, and the beat in another buyer's cart.
async fn sold(world: &World, studio: &Studio, beat: &beat::Model) -> domain::ids::OrderId {
    let now = world.ctx.env.now();
    let cart = cart::ActiveModel {
        id: Set(world.ctx.env.id()),
        studio_id: Set(studio.id),
        secret_fingerprint: Set("f".into()),
        coupon_id: Set(None),
        country: Set(None),
        currency: Set(Currency::EUR),
        created_at: Set(now),
        expires_at: Set(now),
    };
    let cart = cart.insert(&world.db).await.unwrap();
    let line = cart_line::ActiveModel {
        id: Set(world.ctx.env.id()),
        cart_id: Set(cart.id),
        beat_id: Set(beat.id),
        tier_code: Set(TierCode::Wav),
        price_minor: Set(2_999),
        currency: Set(Currency::EUR),
        terms: Set(default_tiers(Currency::EUR, "Nova").remove(1).terms),
        created_at: Set(now),
    };
    line.insert(&world.db).await.unwrap();
    let order = order::ActiveModel {
        id: Set(world.ctx.env.id()),
        studio_id: Set(studio.id),
        reference: Set("LL-7K3M9Q2X".into()),
        cart_id: Set(None),
        state: Set(OrderState::Paid),
        buyer_name: Set("Ada".into()),
        buyer_email: Set("ada@example.com".parse().unwrap()),
        total_minor: Set(100_000),
        currency: Set(Currency::EUR),
        gateway: Set("sandbox".into()),
        checkout_id: Set(None),
        pay_url: Set(None),
        placed_at: Set(now),
        paid_at: Set(Some(now)),
        delivered_at: Set(None),
        closed_reason: Set(None),
        buyer_ip: Set(None),
        buyer_user_agent: Set(None),
    };
    order.insert(&world.db).await.unwrap().id
}

#[tokio::test]
async fn another_studios_rows_look_like_none() {
    on_each_database(async |world| {
        let nova = studio(world, "nova").await;
        let rival = studio(world, "rival").await;
        let beat = nova.beat(world, titled("Mine")).await;
        let source = nova.ready(world, AssetKind::Source, "mine.wav").await;
        assert_eq!(catalog::find_beat(&world.db, &rival.owner, beat.id).await.unwrap(), None);
        assert_eq!(catalog::find_asset(&world.db, &rival.owner, source).await.unwrap(), None);
        let all = BeatFilter::default();
        let listed = catalog::list_beats(&world.db, &rival.owner, nova.id, &all, PageRequest::default());
        assert!(matches!(listed.await, Err(CatalogError::Denied(Denied::Stranger))));
        let nobody = world.as_actor(Actor::Anonymous);
        let hidden = catalog::find_beat(&world.db, &nobody, beat.id).await;
        assert!(matches!(hidden, Err(CatalogError::Denied(Denied::Unauthenticated))));

        let tx = begin(world).await;
        let publish = catalog::publish_beat(&tx, &rival.owner, beat.id).await.unwrap_err();
        assert_eq!(code(&publish), ("NOT_FOUND", Some("id".into())));
        let update = catalog::update_beat(&tx, &rival.owner, beat.id, BeatChange::default()).await.unwrap_err();
        assert_eq!(code(&update).0, "NOT_FOUND");
        let stolen = NewBeat { source: Some(source), ..titled("Stolen") };
        let create = catalog::create_beat(&tx, &rival.owner, rival.id, stolen).await.unwrap_err();
        assert_eq!(code(&create), ("NOT_FOUND", Some("sourceAssetId".into())));
        let alternate = NewBeat { alternate_of: Some(beat.work_id), ..titled("Stolen") };
        let create = catalog::create_beat(&tx, &rival.owner, rival.id, alternate).await.unwrap_err();
        assert_eq!(code(&create), ("NOT_FOUND", Some("alternateOf".into())));
        let viewer =
            Actor::User { user: world.ctx.env.id(), memberships: vec![(nova.id, Role::Viewer)], closed: Vec::new() };
        let forbidden = catalog::publish_beat(&tx, &world.as_actor(viewer), beat.id).await.unwrap_err();
        assert_eq!(code(&forbidden).0, "FORBIDDEN");
        let party =
            parties::update_party(&tx, &rival.owner, nova.party, parties::PartyChange::default()).await.unwrap_err();
        assert!(matches!(party, PartyError::NotFound));
    })
    .await;
}

#[tokio::test]
async fn codes_are_checked_and_unique_in_the_studio() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        let coded = |title: &str| NewBeat { isrc: Some("AA6Q72000047".into()), ..titled(title) };
        studio.beat(world, coded("One")).await;
        let two = studio.beat(world, titled("Two")).await;
        let tx = begin(world).await;
        let taken = catalog::create_beat(&tx, &studio.owner, studio.id, coded("Three")).await.unwrap_err();
        drop(tx);
        assert_eq!(code(&taken), ("CODE_TAKEN", Some("isrc".into())));
        let change = BeatChange { iswc: Edit::To(Some("T-034.524.680-2".into())), ..Default::default() };
        let wrong = studio.update(world, &two, change).await.unwrap_err();
        assert_eq!(code(&wrong), ("BAD_IDENTIFIER", Some("iswc".into())));
        assert!(wrong.explain().message.contains("would end in 1"));
        let tx = begin(world).await;
        let ipi = PartyInput { ipi: Some("00045620793".into()), ..person("Ada") };
        let refusal = parties::create_party(&tx, &studio.owner, studio.id, ipi).await.unwrap_err();
        assert_eq!(refusal.explain().field.as_deref(), Some("ipi"));
    })
    .await;
}

#[tokio::test]
async fn beats_are_found_by_what_is_known_of_them() {
    on_each_database(async |world| {
        let studio = studio(world, "nova").await;
        for (title, bpm, key, mood) in [
            ("100% Night", 140_000, "Am", "dark"),
            ("1000 Nights", 90_000, "Cm", "calm"),
            ("Day_One", 120_000, "Am", "dark"),
        ] {
            let new = NewBeat {
                bpm_milli: Some(bpm),
                musical_key: Some(key.into()),
                moods: vec![mood.into()],
                ..titled(title)
            };
            studio.beat(world, new).await;
        }
        let titles = async |filter: BeatFilter| {
            let page = catalog::list_beats(&world.db, &studio.owner, studio.id, &filter, PageRequest::default());
            let mut titles: Vec<String> = page.await.unwrap().rows.into_iter().map(|beat| beat.title).collect();
            titles.sort();
            titles
        };
        let by_title = |text: &str| BeatFilter { title: Some(text.into()), ..Default::default() };
        assert_eq!(titles(by_title(" night ")).await, ["100% Night", "1000 Nights"]);
        assert_eq!(titles(by_title("100%")).await, ["100% Night"]);
        assert_eq!(titles(by_title("y_o")).await, ["Day_One"]);
        let slow = BeatFilter { max_bpm_milli: Some(120_000), min_bpm_milli: Some(100_000), ..Default::default() };
        assert_eq!(titles(slow).await, ["Day_One"]);
        let dark = BeatFilter { mood: Some("Dark".into()), musical_key: Some("A minor".into()), ..Default::default() };
        assert_eq!(titles(dark).await, ["100% Night", "Day_One"]);
        let mixing = |key: &str, compatible_keys| BeatFilter {
            musical_key: Some(key.into()),
            compatible_keys,
            ..Default::default()
        };
        assert_eq!(titles(mixing("E minor", false)).await, [""; 0]);
        assert_eq!(titles(mixing("E minor", true)).await, ["100% Night", "Day_One"]);
        assert_eq!(titles(mixing("D# major", true)).await, ["1000 Nights"], "the relative major, as some write it");
        assert_eq!(titles(mixing("no key", true)).await, [""; 0]);
        let sold = BeatFilter { states: vec![BeatState::Sold], ..Default::default() };
        assert_eq!(titles(sold).await, [""; 0]);
    })
    .await;
}
