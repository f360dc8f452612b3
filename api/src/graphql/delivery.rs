//! Delivery: the files owed to licensees, their downloads, and how renders and orders come along.

use std::time::Duration;

use async_graphql::{Context, Enum, Object, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    delivery::{
        entity::{RenderState as DomainRenderState, download},
        queries::{self, DeliverableFile},
        renders::RenderProgress as DomainRenderProgress,
        rules,
    },
    ids::{BeatId, DeliverableId, DownloadId, LicenceId, OrderId},
    links::Purpose,
    sales::{entitlements::entitlement, entity::OrderState},
};
use futures::{Stream, StreamExt};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    limits::Slots,
    scalars::{Id, Int64},
};
use crate::caller::Caller;

/// What is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::delivery::entity::DeliverableKind")]
pub enum DeliverableKind {
    /// The licence contract, PDF.
    Contract,
    /// The 320 kbps MP3.
    #[graphql(name = "MP3")]
    Mp3,
    /// The 24-bit WAV master.
    Wav,
    /// The stems, in one zip.
    Stems,
}

/// What a render is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::delivery::entity::RenderPurpose")]
pub enum RenderPurpose {
    /// The tagged preview and the waveform.
    Preview,
    /// The masters for delivery.
    Masters,
}

/// Where a render stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::delivery::entity::RenderState")]
pub enum RenderState {
    /// A worker is on it.
    Running,
    /// Its files are there.
    Done,
    /// It could not be made.
    Failed,
}

/// A file owed to a licensee.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Deliverable {
    /// The id.
    pub id: Id<DeliverableId>,
    /// The licence that it is owed under.
    pub licence_id: Id<LicenceId>,
    /// What it is.
    pub kind: DeliverableKind,
    /// The name under which it is downloaded.
    pub file_name: String,
    /// When it could first be downloaded; absent while it is being made.
    pub ready_at: Option<DateTime<Utc>>,
    /// Its length in bytes; absent for an archive that is made as it is sent.
    pub size_bytes: Option<Int64>,
    /// Its SHA-256 in hexadecimal, as `sizeBytes`.
    pub sha256: Option<String>,
    /// A fresh link to it, good for seven days; absent while it is being made or the order does not stand.
    pub url: Option<String>,
}

/// One download. Where a bucket gives its files out itself it is the handing out of the address: whether it was fetched there, or how often, is not known here.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Download {
    /// The id.
    pub id: Id<DownloadId>,
    /// What was downloaded.
    pub deliverable_id: Id<DeliverableId>,
    /// When.
    pub at: DateTime<Utc>,
    /// From which network address.
    pub ip: String,
    /// With what program.
    pub user_agent: String,
    /// The first byte, if only a part was asked for.
    pub range_start: Option<Int64>,
    /// The byte behind the last, if only a part was asked for.
    pub range_end: Option<Int64>,
}

impl From<download::Model> for Download {
    fn from(row: download::Model) -> Self {
        Self {
            id: row.id.into(),
            deliverable_id: row.deliverable_id.into(),
            at: row.at,
            ip: row.ip,
            user_agent: row.user_agent,
            range_start: row.range_start.map(Int64),
            range_end: row.range_end.map(Int64),
        }
    }
}

/// How a render stands.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RenderProgress {
    /// The beat.
    pub beat_id: Id<BeatId>,
    /// What it is for.
    pub purpose: RenderPurpose,
    /// Where it stands.
    pub state: RenderState,
    /// How much is done, in parts per million.
    pub progress_ppm: i32,
    /// Why it failed, a sentence.
    pub failure: Option<String>,
}

impl From<DomainRenderProgress> for RenderProgress {
    fn from(progress: DomainRenderProgress) -> Self {
        Self {
            beat_id: progress.beat.into(),
            purpose: progress.purpose.into(),
            state: progress.state.into(),
            progress_ppm: i32::try_from(progress.progress_ppm).unwrap_or(1_000_000),
            failure: progress.failure,
        }
    }
}

/// How far an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrderStage {
    /// The gateway is collecting.
    AwaitingPayment,
    /// Paid; files are being made.
    Preparing,
    /// Every file is ready.
    Ready,
    /// Closed without files: not paid in time, or given back.
    Closed,
}

impl From<OrderState> for OrderStage {
    fn from(state: OrderState) -> Self {
        match state {
            OrderState::AwaitingPayment => Self::AwaitingPayment,
            OrderState::Paid => Self::Preparing,
            OrderState::Delivered => Self::Ready,
            OrderState::Expired | OrderState::Refunded => Self::Closed,
        }
    }
}

/// How an order comes along.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct OrderProgress {
    /// How far it is.
    pub stage: OrderStage,
    /// Files that are ready.
    pub files_ready: i32,
    /// Files that are owed; 0 before it is paid.
    pub files_owed: i32,
    /// The bounces of its beats.
    pub renders: Vec<RenderProgress>,
}

impl From<queries::OrderProgress> for OrderProgress {
    fn from(progress: queries::OrderProgress) -> Self {
        Self {
            stage: progress.order.state.into(),
            files_ready: i32::try_from(progress.ready).unwrap_or(i32::MAX),
            files_owed: i32::try_from(progress.owed).unwrap_or(i32::MAX),
            renders: progress.renders.into_iter().map(RenderProgress::from).collect(),
        }
    }
}

/// Queries about delivery.
#[derive(Debug, Default)]
pub struct DeliveryQuery;

#[Object]
impl DeliveryQuery {
    /// The files owed for an order, for its studio.
    async fn deliverables(&self, ctx: &Context<'_>, order_id: Id<OrderId>) -> Result<Vec<Deliverable>, Failure> {
        let caller = caller(ctx)?;
        list_deliverables(caller, &caller.ctx, order_id.named("orderId")?).await
    }

    /// The files owed for an order, for the buyer who holds its link.
    async fn deliverables_by_token(&self, ctx: &Context<'_>, token: String) -> Result<Vec<Deliverable>, Failure> {
        let caller = caller(ctx)?;
        let (order, buyer) = open_order(caller, &token)?;
        list_deliverables(caller, &buyer, order).await
    }

    /// The downloads under a licence, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn downloads(
        &self,
        ctx: &Context<'_>,
        licence_id: Id<LicenceId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Download>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let licence = licence_id.named("licenceId")?;
        let found = queries::list_downloads(&caller.services.db, &caller.ctx, licence, request).await?;
        Ok(connection(found, |row| row.id, Download::from))
    }

    /// How the latest renders of a beat stand: at most one for each purpose.
    async fn renders(&self, ctx: &Context<'_>, beat_id: Id<BeatId>) -> Result<Vec<RenderProgress>, Failure> {
        let caller = caller(ctx)?;
        let beat = beat_id.named("beatId")?;
        let found = queries::list_render_progress(&caller.services.db, &caller.ctx, beat).await?;
        Ok(found.into_iter().map(RenderProgress::from).collect())
    }
}

/// The order of a buyer's link, and the buyer as the one who asks.
fn open_order(caller: &Caller, token: &str) -> Result<(OrderId, domain::actor::Ctx), Failure> {
    let services = &caller.services;
    let opened = services.links.open::<OrderId>(Purpose::Order, token, services.env.now());
    let order = opened.map_err(domain::delivery::error::DeliveryError::from)?;
    Ok((order, services.ctx(Actor::Buyer { order })))
}

async fn list_deliverables(
    caller: &Caller,
    who: &domain::actor::Ctx,
    order: OrderId,
) -> Result<Vec<Deliverable>, Failure> {
    let services = &caller.services;
    let order = queries::find_order(&services.db, who, order).await?;
    let stands = rules::access(entitlement(&services.db, &order).await?).is_ok();
    let files = queries::list_of_order(&services.db, who, &order).await?;
    let expires_at = rules::download_link_expiry(services.env.now());
    let describe = |file: DeliverableFile| {
        let row = file.deliverable;
        let open = stands && row.ready_at.is_some();
        let url = open.then(|| {
            let token = services.links.token(Purpose::Download, row.id, Some(expires_at));
            format!("{}{}", services.public_url, rules::download_path(&token, &row.file_name))
        });
        Deliverable {
            id: row.id.into(),
            licence_id: row.licence_id.into(),
            kind: row.kind.into(),
            file_name: row.file_name,
            ready_at: row.ready_at,
            size_bytes: file.asset.as_ref().map(|asset| Int64(asset.bytes)),
            sha256: file.asset.map(|asset| asset.sha256.to_string()),
            url,
        }
    };
    Ok(files.into_iter().map(describe).collect())
}

/// How often a followed row is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// For how long something is followed at the most: one hour of looks. A follower who wants more asks again.
const MOST_LOOKS: u32 = 4 * 3600;

/// What delivery lets follow.
#[derive(Debug, Default)]
pub struct DeliverySubscription;

#[Subscription]
impl DeliverySubscription {
    /// How a beat's renders come along, each time something has changed; ends when there are some and all have ended.
    async fn render_progress(
        &self,
        ctx: &Context<'_>,
        beat_id: Id<BeatId>,
    ) -> Result<impl Stream<Item = Result<Vec<RenderProgress>, Failure>> + use<>, Failure> {
        let slot = Slots::take_one(ctx)?;
        let (caller, beat) = (caller(ctx)?.clone(), beat_id.named("beatId")?);
        queries::list_render_progress(&caller.services.db, &caller.ctx, beat).await?;
        let look = move || {
            let caller = caller.clone();
            async move {
                let found = queries::list_render_progress(&caller.services.db, &caller.ctx, beat).await?;
                let is_over = !found.is_empty() && found.iter().all(|one| one.state != DomainRenderState::Running);
                Ok((found.into_iter().map(RenderProgress::from).collect(), is_over))
            }
        };
        Ok(follow(look).inspect(move |_| _ = &slot))
    }

    /// How an order comes along, for the buyer who holds its link, each time something has changed; ends when its files are ready or it is closed.
    async fn order_progress(
        &self,
        ctx: &Context<'_>,
        token: String,
    ) -> Result<impl Stream<Item = Result<OrderProgress, Failure>> + use<>, Failure> {
        let slot = Slots::take_one(ctx)?;
        let caller = caller(ctx)?.clone();
        let (order, buyer) = open_order(&caller, &token)?;
        queries::find_order_progress(&caller.services.db, &buyer, order).await?;
        let look = move || {
            let (caller, buyer) = (caller.clone(), buyer.clone());
            async move {
                let found = queries::find_order_progress(&caller.services.db, &buyer, order).await?;
                let progress = OrderProgress::from(found);
                let is_over = matches!(progress.stage, OrderStage::Ready | OrderStage::Closed);
                Ok((progress, is_over))
            }
        };
        Ok(follow(look).inspect(move |_| _ = &slot))
    }
}

/// Looks again and again, yields what has changed, and ends behind what is final or a failure.
fn follow<T, Look, Looking>(look: Look) -> impl Stream<Item = Result<T, Failure>> + use<T, Look, Looking>
where
    T: PartialEq + Clone + Send + 'static,
    Look: Fn() -> Looking + Send + 'static,
    Looking: Future<Output = Result<(T, bool), Failure>> + Send + 'static,
{
    let begin = (look, None::<T>, 0_u32, false);
    futures::stream::unfold(begin, |(look, mut last, mut looks, is_over)| async move {
        while !is_over && looks < MOST_LOOKS {
            if looks > 0 {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            looks += 1;
            match look().await {
                Err(failure) => return Some((Err(failure), (look, last, looks, true))),
                Ok((now, ends)) if ends || last.as_ref() != Some(&now) => {
                    last = Some(now.clone());
                    return Some((Ok(now), (look, last, looks, ends)));
                }
                Ok(_) => {}
            }
        }
        None
    })
    .boxed()
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn only_changes_are_told_and_the_end_ends() {
        let looks = Arc::new(AtomicU32::new(0));
        let look = move || {
            let n = looks.fetch_add(1, Ordering::SeqCst);
            // 0, 0, 1, 1 and over.
            async move { Ok((n / 2, n == 3)) }
        };
        let told: Vec<_> = follow(look).collect().await;
        assert_eq!(told, [Ok(0), Ok(1), Ok(1)]);
    }
}
