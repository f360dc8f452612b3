//! Masters of approved mixes: ordered to profiles, measured, and delivered while the balance is paid. Clients have a page of their own, by their mailed link.

use std::collections::{BTreeSet, HashMap};

use async_graphql::{ComplexObject, Context, Enum, InputObject, Json, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    catalog::Sha256,
    ids::{AssetId, MasterDeliveryId, MasterId, MixVersionId, ProjectId, SongId},
    invoices::queries::{ProjectBalance, balance_of_project},
    masters::{
        commands,
        entity::{delivery, master, step},
        qc::Report,
        queries::{self, Recipient, View},
        rules,
    },
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    loaders::CallerLoader,
    scalars::{Id, Int64},
};
use crate::{caller::Caller, payload};

/// What a master is made for: a loudness, a true peak and a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::masters::entity::MasterProfile")]
pub enum MasterProfile {
    /// Streaming: WAV of 24 bits at -14 LUFS and -1 dBTP.
    Streaming,
    /// Apple Music: WAV of 24 bits at -16 LUFS and -1 dBTP.
    Apple,
    /// Clubs: WAV of 24 bits at -8 LUFS and -0.5 dBTP.
    Club,
    /// Compact disc: WAV of 16 bits and 44.1 kHz at -9 LUFS and -0.3 dBTP.
    Cd,
    /// Broadcast: WAV of 24 bits and 48 kHz at -23 LUFS and -1 dBTP, as EBU R 128 has it.
    Broadcast,
    /// FLAC of 24 bits at -14 LUFS and -1 dBTP.
    Flac,
    /// MP3 of 320 kbit/s at -14 LUFS and -1 dBTP.
    #[graphql(name = "MP3")]
    Mp3,
}

/// What became of a master.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::masters::entity::MasterState")]
pub enum MasterState {
    /// It is being made.
    Waiting,
    /// It was made and measured.
    Ready,
    /// It cannot be made; `refusal` says why.
    Refused,
}

/// What the client was told of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::masters::entity::MasterStepKind")]
pub enum MasterStepKind {
    /// It is theirs.
    Delivered,
    /// It is theirs no more, for what was paid for it is gone.
    Recalled,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::masters::rules::DeliveryState")]
pub enum MasterDeliveryState {
    /// Masters are being made.
    Making,
    /// One of them cannot be made.
    Failed,
    /// A later version was sent before the client was given these: they are given to nobody any more.
    Superseded,
    /// They are there, and open for the client once the project's balance is paid.
    Locked,
    /// They are there, and open for the client.
    Open,
}

/// To which profiles the mixes of a project are mastered by themselves.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct MasterPlan {
    /// The project.
    pub project_id: Id<ProjectId>,
    /// The profiles that are made as soon as a mix is approved; empty, if nothing is made by itself.
    pub profiles: Vec<MasterProfile>,
}

/// The masters of a song's approved mix.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct MasterDelivery {
    /// The id.
    pub id: Id<MasterDeliveryId>,
    /// The project.
    pub project_id: Id<ProjectId>,
    /// The song.
    pub song_id: Id<SongId>,
    /// The version that was approved.
    pub version_id: Id<MixVersionId>,
    /// When they were ordered.
    pub ordered_at: DateTime<Utc>,
    #[graphql(skip)]
    row: delivery::Model,
}

impl From<delivery::Model> for MasterDelivery {
    fn from(row: delivery::Model) -> Self {
        Self {
            id: row.id.into(),
            project_id: row.project_id.into(),
            song_id: row.song_id.into(),
            version_id: row.version_id.into(),
            ordered_at: row.ordered_at,
            row,
        }
    }
}

/// A master of one profile.
#[derive(Debug, Clone, PartialEq, SimpleObject)]
#[graphql(complex)]
pub struct Master {
    /// The id.
    pub id: Id<MasterId>,
    /// What it is made for.
    pub profile: MasterProfile,
    /// Its number among those of its profile, from 1: the last that is ready is the one that counts.
    pub number: i32,
    /// What became of it.
    pub state: MasterState,
    /// Why it cannot be made, a sentence.
    pub refusal: Option<String>,
    /// Its name, once it is ready.
    pub file_name: Option<String>,
    /// The file, once it is ready; `GET /media/{asset}` gives it to members.
    pub asset_id: Option<Id<AssetId>>,
    /// Its integrated loudness in thousandths of LUFS.
    pub loudness_mlufs: Option<i32>,
    /// Its true peak in thousandths of dBTP.
    pub true_peak_mdbtp: Option<i32>,
    /// Its length in milliseconds.
    pub duration_ms: Option<Int64>,
    /// Its SHA-256 in hexadecimal.
    pub sha256: Option<String>,
    /// Whether all that was looked at is as the profile wants it.
    pub passed: Option<bool>,
    /// The whole report: what was measured, wanted and found, and what its tags say.
    pub qc: Option<Json<Report>>,
    /// When it was ordered.
    pub ordered_at: DateTime<Utc>,
    /// When it was made, or refused.
    pub made_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    song: SongId,
    #[graphql(skip)]
    row: master::Model,
}

impl Master {
    fn of(song: SongId, row: master::Model) -> Self {
        let qc = row.qc.as_ref();
        Self {
            id: row.id.into(),
            profile: row.profile.into(),
            number: row.number,
            state: row.state.into(),
            refusal: row.refusal.clone(),
            file_name: qc.map(|qc| qc.file.clone()),
            asset_id: row.asset_id.map(Id::from),
            loudness_mlufs: qc.and_then(|qc| qc.measured.loudness_mlufs),
            true_peak_mdbtp: qc.and_then(|qc| qc.measured.true_peak_mdbtp),
            duration_ms: qc.map(|qc| Int64(qc.measured.duration_ms)),
            sha256: qc.map(|qc| qc.sha256.clone()),
            passed: qc.map(|qc| qc.passed),
            ordered_at: row.ordered_at,
            made_at: row.settled_at,
            qc: row.qc.clone().map(Json),
            song,
            row,
        }
    }
}

#[ComplexObject]
impl Master {
    /// Whether its tags say what is true now, such as the ISRC and the credits, or it is being made with them. Of one that says something else, or has
    /// failed, `orderMasters` makes another.
    #[graphql(complexity = 10)]
    async fn is_current(&self, ctx: &Context<'_>) -> Result<bool, Failure> {
        let tags = loader(ctx)?.load_one(TagsOf(self.song)).await?;
        Ok(tags.is_some_and(|tags| rules::is_current(&self.row, &tags)))
    }
}

/// What the client was told of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct MasterStep {
    /// Its number in the delivery, from 1.
    pub number: i32,
    /// What it was.
    pub kind: MasterStepKind,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<step::Model> for MasterStep {
    fn from(row: step::Model) -> Self {
        Self { number: row.number, kind: row.kind.into(), at: row.at }
    }
}

/// Whom masters are for.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct MasterRecipient {
    /// Their name.
    pub name: String,
    /// Where they are mailed.
    pub email: String,
}

impl From<Recipient> for MasterRecipient {
    fn from(recipient: Recipient) -> Self {
        Self { name: recipient.name, email: recipient.email.to_string() }
    }
}

#[ComplexObject]
impl MasterDelivery {
    /// How it stands, derived from the approval, the masters and the money each time.
    async fn state(&self, ctx: &Context<'_>) -> Result<MasterDeliveryState, Failure> {
        let view = self.view(ctx).await?;
        let balance = loader(ctx)?.load_one(BalanceOf(self.row.project_id)).await?;
        let balance = balance.ok_or_else(|| Failure::not_found("project"))?;
        Ok(view.state(&balance).into())
    }

    /// Whether a later version was sent since, or the approval stands no more for another reason.
    async fn superseded(&self, ctx: &Context<'_>) -> Result<bool, Failure> {
        Ok(!self.view(ctx).await?.is_current)
    }

    /// All masters that were ordered, by profile and number.
    async fn masters(&self, ctx: &Context<'_>) -> Result<Vec<Master>, Failure> {
        let masters = self.view(ctx).await?.masters.into_iter();
        Ok(masters.map(|row| Master::of(self.row.song_id, row)).collect())
    }

    /// What the client was told, in its order.
    async fn steps(&self, ctx: &Context<'_>) -> Result<Vec<MasterStep>, Failure> {
        Ok(self.view(ctx).await?.steps.into_iter().map(MasterStep::from).collect())
    }

    /// The client's page, with the masters of the whole project.
    #[expect(clippy::unused_async, reason = "a resolver is asynchronous whether it waits or not")]
    async fn url(&self, ctx: &Context<'_>) -> Result<String, Failure> {
        Ok(queries::masters_url(&caller(ctx)?.services, self.row.project_id))
    }
}

impl MasterDelivery {
    async fn view(&self, ctx: &Context<'_>) -> Result<View, Failure> {
        let view = loader(ctx)?.load_one(ViewOf(self.row.id)).await?;
        view.ok_or_else(|| Failure::not_found("delivery"))
    }
}

/// Loads a delivery with what decides how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ViewOf(pub MasterDeliveryId);

/// Loads the SHA-256 of what the tags of a song's masters say now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TagsOf(pub SongId);

/// Loads what is owed for a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BalanceOf(pub ProjectId);

impl Loader<ViewOf> for CallerLoader {
    type Value = View;
    type Error = Failure;

    async fn load(&self, keys: &[ViewOf]) -> Result<HashMap<ViewOf, Self::Value>, Failure> {
        let ids: Vec<MasterDeliveryId> = keys.iter().map(|key| key.0).collect();
        let found = queries::views_by_ids(&self.caller.services.db, &ids).await?;
        Ok(found.into_iter().map(|(id, view)| (ViewOf(id), view)).collect())
    }
}

impl Loader<TagsOf> for CallerLoader {
    type Value = Sha256;
    type Error = Failure;

    async fn load(&self, keys: &[TagsOf]) -> Result<HashMap<TagsOf, Self::Value>, Failure> {
        let songs: Vec<SongId> = keys.iter().map(|key| key.0).collect();
        let found = queries::tags_of_songs(&self.caller.services.db, &songs).await?;
        Ok(found.into_iter().map(|(song, tags)| (TagsOf(song), tags)).collect())
    }
}

impl Loader<BalanceOf> for CallerLoader {
    type Value = ProjectBalance;
    type Error = Failure;

    // The deliveries of one answer are of one project: that is what they are listed by.
    async fn load(&self, keys: &[BalanceOf]) -> Result<HashMap<BalanceOf, Self::Value>, Failure> {
        let mut balances = HashMap::new();
        for key in keys {
            balances.insert(*key, balance_of_project(&self.caller.services.db, key.0).await?);
        }
        Ok(balances)
    }
}

/// Queries about masters.
#[derive(Debug, Default)]
pub struct MastersQuery;

#[Object]
impl MastersQuery {
    /// To which profiles the mixes of a project are mastered by themselves.
    async fn master_plan(&self, ctx: &Context<'_>, project: Id<ProjectId>) -> Result<MasterPlan, Failure> {
        let caller = caller(ctx)?;
        let project = queries::find_project(&caller.services.db, &caller.ctx, project.named("project")?).await?;
        plan_of(caller, project.id).await
    }

    /// The masters of an approved mix.
    async fn master_delivery(
        &self,
        ctx: &Context<'_>,
        id: Id<MasterDeliveryId>,
    ) -> Result<Option<MasterDelivery>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_delivery(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        Ok(found.map(MasterDelivery::from))
    }

    /// The masters of a project's approved mixes, newest first; of one song, if one is named.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn master_deliveries(
        &self,
        ctx: &Context<'_>,
        project: Id<ProjectId>,
        song: Option<Id<SongId>>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<MasterDelivery>, Failure> {
        let caller = caller(ctx)?;
        let song = song.map(|song| song.named("song")).transpose()?;
        let (project, request) = (project.named("project")?, page(first, after, last, before)?);
        let rows = queries::list_deliveries(&caller.services.db, &caller.ctx, project, song, request).await?;
        Ok(connection(rows, |row| row.id, MasterDelivery::from))
    }
}

/// The profiles that a project wants.
#[derive(Debug, InputObject)]
pub struct SetMasterPlanInput {
    /// The project.
    pub project: Id<ProjectId>,
    /// The profiles that are made as soon as a mix is approved; empty ends that.
    pub profiles: Vec<MasterProfile>,
}

/// Masters to be made.
#[derive(Debug, InputObject)]
pub struct OrderMastersInput {
    /// The song; a version of its mix is approved.
    pub song: Id<SongId>,
    /// The profiles; left out, those of the project's plan, or streaming, CD and MP3.
    pub profiles: Option<Vec<MasterProfile>>,
}

/// A link to be mailed.
#[derive(Debug, InputObject)]
pub struct SendMastersInput {
    /// The project.
    pub project: Id<ProjectId>,
}

payload! {
    /// What came of `setMasterPlan`.
    pub struct SetMasterPlanPayload {
        /// The plan as it is now.
        plan: MasterPlan
    }
}

payload! {
    /// What came of `orderMasters`.
    pub struct OrderMastersPayload {
        /// The delivery.
        delivery: MasterDelivery
    }
}

payload! {
    /// What came of `sendMasters`.
    pub struct SendMastersPayload {
        /// Who is mailed.
        recipient: MasterRecipient
    }
}

/// Mutations of masters.
#[derive(Debug, Default)]
pub struct MastersMutation;

#[Object]
impl MastersMutation {
    /// Chooses the profiles to which each mix of a project is mastered by itself as soon as it is approved.
    async fn set_master_plan(
        &self,
        ctx: &Context<'_>,
        input: SetMasterPlanInput,
    ) -> Result<SetMasterPlanPayload, Failure> {
        SetMasterPlanPayload::of(set_plan(caller(ctx)?, input).await)
    }

    /// Orders the masters of a song's approved mix. They go to the client by themselves once they are made and the project's balance is paid. Ordered again, what failed
    /// is made again, and what says something else in its tags by now (title, artist, credits, ISRC) is made anew; the rest stays.
    async fn order_masters(&self, ctx: &Context<'_>, input: OrderMastersInput) -> Result<OrderMastersPayload, Failure> {
        OrderMastersPayload::of(order(caller(ctx)?, input).await)
    }

    /// Mails the project's client, or who decides on its mixes, the link to the masters once more.
    async fn send_masters(&self, ctx: &Context<'_>, input: SendMastersInput) -> Result<SendMastersPayload, Failure> {
        SendMastersPayload::of(send(caller(ctx)?, input).await)
    }
}

async fn plan_of(caller: &Caller, project: ProjectId) -> Result<MasterPlan, Failure> {
    let profiles = queries::profiles_of(&caller.services.db, project).await?;
    Ok(MasterPlan { project_id: project.into(), profiles: profiles.into_iter().map(MasterProfile::from).collect() })
}

async fn set_plan(caller: &Caller, input: SetMasterPlanInput) -> Result<MasterPlan, Failure> {
    let project = input.project.named("project")?;
    let profiles: BTreeSet<_> = input.profiles.into_iter().map(Into::into).collect();
    let tx = caller.services.begin().await?;
    commands::set_plan(&tx, &caller.ctx, project, &profiles).await?;
    caller.services.commit(tx).await?;
    plan_of(caller, project).await
}

async fn order(caller: &Caller, input: OrderMastersInput) -> Result<delivery::Model, Failure> {
    let song = input.song.named("song")?;
    let profiles = input.profiles.map(|profiles| profiles.into_iter().map(Into::into).collect::<BTreeSet<_>>());
    let tx = caller.services.begin().await?;
    let delivery = commands::order_masters(&tx, &caller.ctx, song, profiles.as_ref()).await?;
    caller.services.commit(tx).await?;
    Ok(delivery)
}

async fn send(caller: &Caller, input: SendMastersInput) -> Result<Recipient, Failure> {
    let project = input.project.named("project")?;
    let tx = caller.services.begin().await?;
    let recipient = commands::send_link(&tx, &caller.ctx, project).await?;
    caller.services.commit(tx).await?;
    Ok(recipient)
}
