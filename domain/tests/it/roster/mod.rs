//! Rosters, income, alerts and approvals in the database.

mod alerts;
mod grants;
mod income;

use domain::{
    actor::{Actor, Role},
    catalog::{
        Sha256,
        entity::{AssetKind, AssetState, asset, recording},
    },
    identity::entity::{UnsignedSplits, member, studio, user},
    ids::{RecordingId, StatementImportId, StudioId, UserId, WorkId},
    money::Currency,
    royalties::{
        entity::{Facet, ImportState, MatchedBy, RateSource, facet, import, item, subject_columns, sum, total},
        rules::{Channel, Exact, Subject},
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::json;

use crate::{shop::Shop, support::World};

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

/// One line of a statement: what it is of, where and by whom it was sold, in which month, and what for.
struct Sold {
    of: Option<Subject>,
    source: &'static str,
    territory: &'static str,
    month: &'static str,
    net: &'static str,
}

/// A studio whose royalties are looked after.
struct House(Shop);

impl std::ops::Deref for House {
    type Target = Shop;
    fn deref(&self) -> &Shop {
        &self.0
    }
}

impl House {
    async fn open(world: &World) -> Self {
        Self(Shop::open(world, Currency::EUR).await)
    }

    /// A moment passes: ids of one moment are in no order.
    fn wait(&self) {
        self.clock.advance(chrono::Duration::milliseconds(1));
    }

    /// An account in the studio.
    async fn member(&self, role: Role, name: &str) -> UserId {
        let id = self.account(name).await;
        self.join(self.studio, id, role).await;
        id
    }

    async fn account(&self, name: &str) -> UserId {
        let (id, now) = (self.services.env.id(), self.services.env.now());
        let email: domain::email::EmailAddress = format!("{}@example.com", name.to_lowercase()).parse().unwrap();
        let row = user::Model {
            id,
            email_key: email.account_key(),
            email,
            name: name.into(),
            password_hash: "none: this account signs in by no password".into(),
            email_verified_at: Some(now),
            created_at: now,
        };
        row.into_active_model().insert(&self.services.db).await.unwrap();
        id
    }

    async fn join(&self, studio_id: StudioId, user_id: UserId, role: Role) {
        let row = member::Model { studio_id, user_id, role, joined_at: self.services.env.now() };
        row.into_active_model().insert(&self.services.db).await.unwrap();
    }

    /// Another studio beside the shop's own.
    async fn another(&self, name: &str) -> StudioId {
        let id: StudioId = self.services.env.id();
        let row = studio::Model {
            id,
            slug: name.to_lowercase(),
            name: name.into(),
            currency: Currency::EUR,
            contact_email: format!("{}@studios.example", name.to_lowercase()).parse().unwrap(),
            legal_name: None,
            address: None,
            governing_law: "England and Wales".into(),
            created_at: self.services.env.now(),
            unsigned_splits: UnsignedSplits::Refuse,
            accent: None,
        };
        row.into_active_model().insert(&self.services.db).await.unwrap();
        id
    }

    /// A recording of a work; nobody has signed anything.
    async fn recording(&self, work: WorkId, title: &str) -> RecordingId {
        let row = recording::Model {
            id: self.services.env.id(),
            studio_id: self.studio,
            work_id: work,
            title: title.into(),
            isrc: None,
            created_at: self.services.env.now(),
        };
        row.into_active_model().insert(&self.services.db).await.unwrap().id
    }

    async fn file(&self, studio_id: StudioId, kind: AssetKind) -> asset::Model {
        let row = asset::Model {
            id: self.services.env.id(),
            studio_id,
            kind,
            state: AssetState::Ready,
            refusal: None,
            sha256: Sha256::of(self.services.env.secret().as_bytes()),
            bytes: 1,
            media_type: "text/plain".into(),
            file_name: "sales.tsv".into(),
            duration_ms: None,
            sample_rate_hz: None,
            channels: None,
            bits_per_sample: None,
            measurement: None,
            created_at: self.services.env.now(),
        };
        row.into_active_model().insert(&self.services.db).await.unwrap()
    }

    /// A statement that was taken in, and waits.
    async fn waiting(&self, studio: StudioId) -> import::Model {
        let kept = self.file(studio, AssetKind::Statement).await;
        let row = import::Model::waiting(self.services.env.id(), kept, self.services.env.now());
        row.into_active_model().insert(&self.services.db).await.unwrap()
    }

    /// A statement that was read to its end, in one currency, as its reader leaves it: an item and a sum a line, and the facets.
    async fn statement(&self, studio: StudioId, currency: Currency, sold: &[Sold]) -> StatementImportId {
        let (db, now) = (&self.services.db, self.services.env.now());
        let waiting = self.waiting(studio).await;
        let (id, lines) = (waiting.id, i64::try_from(sold.len()).unwrap());
        let row = total::Model {
            import_id: id,
            currency,
            studio_id: studio,
            lines,
            amount: Exact::sum(sold.iter().map(|line| exact(line.net))).unwrap(),
            stated: None,
            agreement: None,
            account_currency: Some(currency),
            rate_of: Some(exact("1")),
            rate_to: Some(exact("1")),
            rate_source: Some(RateSource::Same),
            bank_minor: None,
            bank_on: None,
            posted_minor: None,
            journal_id: None,
            receipt_journal_id: None,
            rated_at: Some(now),
            rated_by: None,
        };
        row.into_active_model().insert(db).await.unwrap();
        for (number, line) in (0..).zip(sold) {
            let (recording_id, work_id, release) = line.of.as_ref().map(subject_columns).unwrap_or_default();
            let is_matched = line.of.is_some();
            let row = item::Model {
                import_id: id,
                number,
                studio_id: studio,
                isrc: None,
                upc: None,
                iswc: None,
                code: None,
                release_code: None,
                title: "Night Drive".into(),
                artist: "Nova".into(),
                name_key: "night drive nova".into(),
                is_adjustment: false,
                recording_id,
                work_id,
                release,
                matched_by: is_matched.then_some(MatchedBy::Isrc),
                matched_at: is_matched.then_some(now),
                matched_user: None,
            };
            row.into_active_model().insert(db).await.unwrap();
            self.sum_of(id, studio, currency, (number, line)).await;
        }
        self.facets(id, studio, currency, sold).await;
        let days = sold.iter().map(|line| day(line.month));
        let ready = import::ActiveModel {
            state: Set(ImportState::Ready),
            format: Set(Some("distrokid".into())),
            layout: Set(Some(json!({}))),
            content_sha256: Set(Some(Sha256::of(id.to_string().as_bytes()))),
            index_asset_id: Set(Some(self.file(studio, AssetKind::StatementIndex).await.id)),
            period_from: Set(days.clone().min()),
            period_to: Set(days.max()),
            lines: Set(lines),
            lines_read: Set(lines),
            items: Set(i32::try_from(sold.len()).unwrap()),
            ended_at: Set(Some(now)),
            ..waiting.into_active_model()
        };
        ready.update(db).await.unwrap();
        id
    }

    async fn sum_of(
        &self,
        import_id: StatementImportId,
        studio_id: StudioId,
        currency: Currency,
        (number, line): (i32, &Sold),
    ) {
        let row = sum::Model {
            import_id,
            number,
            studio_id,
            item: number,
            currency,
            used_on: day(line.month),
            territory: None,
            channel: Some(Channel::Stream),
            format: None,
            source: None,
            returned: false,
            lines: 1,
            grossless: 1,
            units: Exact::whole(1),
            net: exact(line.net),
            gross: Exact::ZERO,
            run_id: None,
        };
        row.into_active_model().insert(&self.services.db).await.unwrap();
    }

    async fn facets(&self, import_id: StatementImportId, studio_id: StudioId, currency: Currency, sold: &[Sold]) {
        let mut rows: Vec<facet::Model> = Vec::new();
        for line in sold {
            let of = [(Facet::Source, line.source), (Facet::Territory, line.territory), (Facet::Channel, "stream")];
            for (facet, value) in of {
                let month = day(line.month);
                let same = |row: &&mut facet::Model| (row.facet, &*row.value, row.month) == (facet, value, month);
                if let Some(row) = rows.iter_mut().find(same) {
                    row.lines += 1;
                    row.units.accumulate(Exact::whole(1)).unwrap();
                    row.net.accumulate(exact(line.net)).unwrap();
                } else {
                    rows.push(facet::Model {
                        import_id,
                        facet,
                        value: value.into(),
                        month,
                        currency,
                        studio_id,
                        lines: 1,
                        units: Exact::whole(1),
                        net: exact(line.net),
                    });
                }
            }
        }
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
        facet::Entity::insert_many(rows).exec_without_returning(&self.services.db).await.unwrap();
    }
}

/// A signed-in person with their memberships.
fn person(user: UserId, memberships: &[(StudioId, Role)]) -> Actor {
    Actor::User { user, memberships: memberships.to_vec(), closed: Vec::new() }
}
