//! Finding masters: for the studio, for whoever holds a project's link, and for the program itself.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    MasterError,
    entity::{MasterProfile, MasterState, MasterStepKind, choice, delivery, download, master, step},
    qc::{Report, Tags},
    rules::{self, DeliveryState, Facts},
};
use crate::{
    actor::Ctx,
    catalog::{
        Sha256,
        entity::{AssetState, asset, recording},
    },
    clients::entity as clients,
    email::EmailAddress,
    env::Instant,
    identity::entity::studio,
    ids::{AssetId, MasterDeliveryId, MasterId, MasterNoticeId, MixVersionId, PartyId, ProjectId, SongId},
    invoices::{
        self,
        entity::{InvoiceKind, invoice},
        queries::ProjectBalance,
    },
    links::{LinkKey, Purpose},
    mixes::{self, entity::sound},
    money::Money,
    page::{self, Page, PageRequest},
    parties::{self, entity as party},
    policy::{Action, visible},
    production::{
        self,
        entity::{PersonRole, person, project, song},
        rules::people::role_name,
    },
    report::StoreError,
    reviews,
    services::Services,
    session_log,
    store::Db,
};

/// A delivery with all that decides how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The delivery.
    pub delivery: delivery::Model,
    /// The song's title.
    pub song: String,
    /// The number of the version that was approved.
    pub version: i32,
    /// All masters that were ordered, by profile and number.
    pub masters: Vec<master::Model>,
    /// What the client was told, in its order.
    pub steps: Vec<step::Model>,
    /// Whether the approval that it is of stands.
    pub is_current: bool,
}

impl View {
    /// What decides how it stands, of a project of which so much is owed.
    pub fn facts(&self, balance: &ProjectBalance) -> Facts {
        Facts {
            is_current: self.is_current,
            told: self.steps.last().map(|last| last.kind),
            is_paid: balance.is_paid(),
            may_keep: balance.may_keep(),
        }
    }

    /// How it stands, of a project of which so much is owed.
    pub fn state(&self, balance: &ProjectBalance) -> DeliveryState {
        rules::state(rules::standing(&self.masters), self.facts(balance))
    }

    /// Whether the client may open one of its masters, once it is ready. What was made after it was delivered opens with the balance, as everything did.
    pub fn opens(&self, row: &master::Model, balance: &ProjectBalance) -> bool {
        let is_given = self.steps.last().zip(row.settled_at).is_some_and(|(told, made_at)| made_at <= told.at);
        rules::may_open(self.facts(balance)) && (balance.is_paid() || is_given)
    }

    /// The reports on the masters that count and are ready.
    pub fn reports(&self) -> Vec<&Report> {
        rules::standing(&self.masters).into_iter().filter_map(|row| row.qc.as_ref()).collect()
    }
}

/// Deliveries with what decides how they stand, in the same order. For who may see them: it asks nothing itself.
pub async fn views(db: &impl ConnectionTrait, deliveries: Vec<delivery::Model>) -> Result<Vec<View>, StoreError> {
    let ids: Vec<MasterDeliveryId> = deliveries.iter().map(|row| row.id).collect();
    let songs: Vec<SongId> = deliveries.iter().map(|row| row.song_id).collect();
    let versions: Vec<MixVersionId> = deliveries.iter().map(|row| row.version_id).collect();
    let rows = master::Entity::find()
        .filter(master::Column::DeliveryId.is_in(ids.iter().copied()))
        .order_by_asc(master::Column::Number)
        .all(db)
        .await?;
    let mut masters: HashMap<MasterDeliveryId, Vec<master::Model>> = HashMap::new();
    for row in rows {
        masters.entry(row.delivery_id).or_default().push(row);
    }
    let rows = step::Entity::find()
        .filter(step::Column::DeliveryId.is_in(ids))
        .order_by_asc(step::Column::Number)
        .all(db)
        .await?;
    let mut steps: HashMap<MasterDeliveryId, Vec<step::Model>> = HashMap::new();
    for row in rows {
        steps.entry(row.delivery_id).or_default().push(row);
    }
    let titles = session_log::queries::titles_of_songs(db, &songs).await?;
    let numbers = mixes::queries::find_versions_by_ids(db, &versions).await?;
    let standing = reviews::queries::standing_approvals(db, &songs).await?;
    let view = |delivery: delivery::Model| {
        let mut masters = masters.remove(&delivery.id).unwrap_or_default();
        masters.sort_by_key(|row| (row.profile, row.number));
        View {
            song: titles.get(&delivery.song_id).cloned().unwrap_or_default(),
            version: numbers.get(&delivery.version_id).map_or(0, |version| version.number),
            masters,
            steps: steps.remove(&delivery.id).unwrap_or_default(),
            is_current: standing.get(&delivery.song_id) == Some(&delivery.round_id),
            delivery,
        }
    };
    Ok(deliveries.into_iter().map(view).collect())
}

/// Deliveries by ids that stand in rows which the caller has been shown, with what decides how they stand.
pub async fn views_by_ids(
    db: &impl ConnectionTrait,
    ids: &[MasterDeliveryId],
) -> Result<HashMap<MasterDeliveryId, View>, StoreError> {
    let rows = delivery::Entity::find().filter(delivery::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(views(db, rows).await?.into_iter().map(|view| (view.delivery.id, view)).collect())
}

/// A delivery by its id; none if there is none that the caller may see.
pub async fn find_delivery(db: &Db, ctx: &Ctx, id: MasterDeliveryId) -> Result<Option<delivery::Model>, MasterError> {
    let found = delivery::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadProduction, found, |row| row.studio_id)?)
}

/// A project that the caller may see.
pub async fn find_project(db: &Db, ctx: &Ctx, id: ProjectId) -> Result<project::Model, MasterError> {
    let found = project::Entity::find_by_id(id).one(db).await?;
    let found = visible(&ctx.actor, Action::ReadProduction, found, |row| row.studio_id)?;
    found.ok_or(MasterError::NotFound { what: "project", field: "project" })
}

/// The deliveries of a project, newest first; of one song, if one is named.
pub async fn list_deliveries(
    db: &Db,
    ctx: &Ctx,
    project: ProjectId,
    song: Option<SongId>,
    request: PageRequest<MasterDeliveryId>,
) -> Result<Page<delivery::Model>, MasterError> {
    let project = find_project(db, ctx, project).await?;
    let mut query = delivery::Entity::find().filter(delivery::Column::ProjectId.eq(project.id));
    if let Some(song) = song {
        query = query.filter(delivery::Column::SongId.eq(song));
    }
    Ok(page::fetch(db, query, delivery::Column::Id, request).await?)
}

/// The profiles to which each mix of a project is mastered by itself. For who may see the project: it asks nothing itself.
pub async fn profiles_of(db: &impl ConnectionTrait, project: ProjectId) -> Result<Vec<MasterProfile>, StoreError> {
    let rows = choice::Entity::find().filter(choice::Column::ProjectId.eq(project)).all(db).await?;
    let mut profiles: Vec<MasterProfile> = rows.into_iter().map(|row| row.profile).collect();
    profiles.sort_unstable();
    Ok(profiles)
}

/// Where a client finds the masters of a project.
pub fn masters_url(services: &Services, project: ProjectId) -> String {
    format!("{}/masters/{}", services.public_url, services.links.token(Purpose::Masters, project, None))
}

/// The project of a client's link. For whoever holds it: the client.
///
/// # Errors
/// If the link opens nothing.
pub async fn find_by_link(
    db: &impl ConnectionTrait,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<project::Model, MasterError> {
    let id: ProjectId = links.open(Purpose::Masters, token, now)?;
    let found = project::Entity::find_by_id(id).one(db).await?;
    found.ok_or(MasterError::NotFound { what: "project", field: "token" })
}

/// An invoice of which something is left to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvoice {
    /// The invoice.
    pub invoice: invoice::Model,
    /// What is left to pay.
    pub open: Money,
}

/// What a client sees of a project's masters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// The project.
    pub project: project::Model,
    /// The studio.
    pub studio: studio::Model,
    /// What is owed.
    pub balance: ProjectBalance,
    /// The invoices of which something is left to pay, oldest first.
    pub invoices: Vec<OpenInvoice>,
    /// Of each song the deliveries that are current or were the client's, oldest first.
    pub deliveries: Vec<View>,
    /// The files of masters that are ready.
    pub files: HashMap<AssetId, asset::Model>,
}

/// What a client sees of a project's masters, and what a letter about them says; none if project or studio are gone. For whoever holds the project's link, and
/// for the program itself.
pub async fn find_desk(db: &impl ConnectionTrait, id: ProjectId) -> Result<Option<Desk>, StoreError> {
    let Some(project) = project::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let Some(studio) = studio::Entity::find_by_id(project.studio_id).one(db).await? else { return Ok(None) };
    let balance = invoices::queries::balance_of_project(db, id).await?;
    let rows = invoice::Entity::find()
        .filter(invoice::Column::ProjectId.eq(id))
        .filter(invoice::Column::Kind.eq(InvoiceKind::Invoice))
        .order_by_asc(invoice::Column::Id)
        .all(db)
        .await?;
    let standings = invoices::queries::standings(db, &rows).await?;
    let left = |invoice: invoice::Model| {
        let open = invoice.money(standings.get(&invoice.id)?.open_minor());
        (open.minor > 0).then_some(OpenInvoice { invoice, open })
    };
    let open = rows.into_iter().filter_map(left).collect();
    let of_project = delivery::Entity::find().filter(delivery::Column::ProjectId.eq(id));
    let mut deliveries = views(db, of_project.order_by_asc(delivery::Column::Id).all(db).await?).await?;
    // What was superseded before anybody had it is the studio's own affair, unless nothing has taken its place.
    let current: HashSet<SongId> =
        deliveries.iter().filter(|view| view.is_current).map(|view| view.delivery.song_id).collect();
    deliveries.retain(|view| view.is_current || !view.steps.is_empty() || !current.contains(&view.delivery.song_id));
    let ids = deliveries.iter().flat_map(|view| &view.masters).filter_map(|row| row.asset_id);
    let files = asset::Entity::find().filter(asset::Column::Id.is_in(ids)).all(db).await?;
    let files = files.into_iter().map(|row| (row.id, row)).collect();
    Ok(Some(Desk { project, studio, balance, invoices: open, deliveries, files }))
}

/// A master that a client may open now, and its file. For whoever holds the project's link.
///
/// # Errors
/// If there is no such master in the project, it is not ready, it is superseded, or the balance is not paid.
pub async fn find_file(
    db: &impl ConnectionTrait,
    project: ProjectId,
    id: MasterId,
) -> Result<(master::Model, asset::Model), MasterError> {
    let none = || MasterError::NotFound { what: "master", field: "master" };
    let row = master::Entity::find_by_id(id).one(db).await?.ok_or_else(none)?;
    let mut found = views_by_ids(db, &[row.delivery_id]).await?;
    let view = found.remove(&row.delivery_id).filter(|view| view.delivery.project_id == project);
    let view = view.ok_or_else(none)?;
    let balance = invoices::queries::balance_of_project(db, project).await?;
    let facts = view.facts(&balance);
    if !facts.is_current && !facts.is_out() {
        return Err(MasterError::Superseded);
    }
    if !view.opens(&row, &balance) {
        return Err(MasterError::Unpaid);
    }
    let file = match row.asset_id {
        Some(asset) => asset::Entity::find_by_id(asset).one(db).await?,
        None => None,
    };
    Ok((row, file.ok_or(MasterError::NotReady)?))
}

/// A delivery of a project, with its reports. For whoever holds the project's link: reports say what a file is, and open before it does.
///
/// # Errors
/// If there is no such delivery in the project.
pub async fn find_reported(
    db: &impl ConnectionTrait,
    project: ProjectId,
    id: MasterDeliveryId,
) -> Result<View, MasterError> {
    let mut found = views_by_ids(db, &[id]).await?;
    let view = found.remove(&id).filter(|view| view.delivery.project_id == project);
    view.ok_or(MasterError::NotFound { what: "delivery", field: "delivery" })
}

/// Whom masters are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Their name.
    pub name: String,
    /// Where they are mailed.
    pub email: EmailAddress,
}

/// Whom a project's masters are for: its client, or, where none is known by an address, who decides on one of its mixes. For the program itself.
pub async fn recipient(db: &impl ConnectionTrait, project: &project::Model) -> Result<Option<Recipient>, StoreError> {
    if let Some(client) = client_of(db, project).await?
        && let Some(email) = client.email
    {
        return Ok(Some(Recipient { name: client.name, email }));
    }
    let deliveries = delivery::Entity::find()
        .filter(delivery::Column::ProjectId.eq(project.id))
        .order_by_desc(delivery::Column::Id)
        .all(db)
        .await?;
    let songs: Vec<SongId> = deliveries.iter().map(|row| row.song_id).collect();
    let decider = reviews::queries::decider_of_songs(db, &songs).await?;
    Ok(decider.map(|decider| Recipient { name: decider.name, email: decider.email }))
}

async fn client_of(db: &impl ConnectionTrait, project: &project::Model) -> Result<Option<party::Model>, StoreError> {
    let Some(client) = project.client_id else { return Ok(None) };
    let Some(client) = clients::Entity::find_by_id(client).one(db).await? else { return Ok(None) };
    let present = parties::present(db, client.party_id).await?;
    Ok(party::Entity::find_by_id(present).one(db).await?)
}

/// What the tags of a song's masters say now: its title, whose record it is, its project, its ISRC, and who did what by the project's people and the log of
/// its sessions. For the program itself.
pub async fn tags_of(db: &impl ConnectionTrait, song: &song::Model) -> Result<Tags, StoreError> {
    let project = project::Entity::find_by_id(song.project_id).one(db).await?;
    let recording = recording::Entity::find_by_id(song.recording_id).one(db).await?;
    let people = person::Entity::find()
        .filter(person::Column::ProjectId.eq(song.project_id))
        .order_by_asc(person::Column::CreatedAt)
        .order_by_asc(person::Column::Id)
        .all(db)
        .await?;
    let roles = production::queries::roles_of_song(db, &people, song.id).await?;
    let rows = party::Entity::find()
        .filter(party::Column::Id.is_in(roles.iter().map(|(party, _)| *party).collect::<HashSet<PartyId>>()))
        .all(db)
        .await?;
    let names: HashMap<PartyId, String> = rows.into_iter().map(|row| (row.id, row.name)).collect();
    let of_role = |role: PersonRole| -> Vec<String> {
        let of_role = roles.iter().filter(|(_, known)| *known == role);
        of_role.filter_map(|(party, _)| names.get(party)).map(|name| rules::one_line(name)).collect()
    };
    let mut credits: Vec<String> = Vec::new();
    let mut credit = |role: &str, name: &str| {
        let line = format!("{}: {}", rules::one_line(role), rules::one_line(name));
        if !credits.contains(&line) {
            credits.push(line);
        }
    };
    for (party, role) in &roles {
        if let Some(name) = names.get(party) {
            credit(role_name(*role), name);
        }
    }
    for logged in session_log::queries::song_credits(db, song.id).await? {
        let role = logged.note.unwrap_or_else(|| logged.role.word().replace('_', " "));
        let role = logged.instrument.map_or_else(|| role.clone(), |instrument| format!("{role} ({instrument})"));
        credit(&role, &logged.party.name);
    }
    let artists = of_role(PersonRole::Artist);
    let artist = if artists.is_empty() { whose(db, project.as_ref()).await? } else { artists.join(", ") };
    Ok(Tags {
        title: rules::one_line(&song.title),
        artist,
        album: project.map_or_else(String::new, |project| rules::one_line(&project.title)),
        isrc: recording.and_then(|recording| recording.isrc),
        credits,
    })
}

/// The SHA-256 of what the tags of songs' masters say now, by song. For who may see the songs: it asks nothing itself.
pub async fn tags_of_songs(db: &impl ConnectionTrait, songs: &[SongId]) -> Result<HashMap<SongId, Sha256>, StoreError> {
    let rows = song::Entity::find().filter(song::Column::Id.is_in(songs.iter().copied())).all(db).await?;
    let mut tags = HashMap::new();
    for row in rows {
        tags.insert(row.id, tags_of(db, &row).await?.sha256());
    }
    Ok(tags)
}

/// Whose record it is where no artist is named: the client's, or the studio's own.
async fn whose(db: &impl ConnectionTrait, project: Option<&project::Model>) -> Result<String, StoreError> {
    let Some(project) = project else { return Ok(String::new()) };
    if let Some(client) = client_of(db, project).await? {
        return Ok(rules::one_line(&client.name));
    }
    let studio = studio::Entity::find_by_id(project.studio_id).one(db).await?;
    Ok(studio.map_or_else(String::new, |studio| rules::one_line(&studio.name)))
}

/// A master that is to be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendering {
    /// The master.
    pub master: master::Model,
    /// The approved mix at full quality; none if its file is there no more.
    pub audio: Option<asset::Model>,
    /// What its tags are to say.
    pub tags: Tags,
    /// What the file is called.
    pub file_name: String,
}

/// What a master is to be rendered from; none if it is settled. For the program itself.
pub async fn find_rendering(db: &Db, id: MasterId) -> Result<Option<Rendering>, StoreError> {
    let found = master::Entity::find_by_id(id).one(db).await?;
    let Some(master) = found.filter(|row| row.state == MasterState::Waiting) else { return Ok(None) };
    let Some(delivery) = delivery::Entity::find_by_id(master.delivery_id).one(db).await? else { return Ok(None) };
    let Some(song) = song::Entity::find_by_id(delivery.song_id).one(db).await? else { return Ok(None) };
    let sound = sound::Entity::find_by_id(delivery.version_id).one(db).await?;
    let audio = match sound.and_then(|sound| sound.audio_asset_id) {
        Some(audio) => {
            let ready = asset::Entity::find_by_id(audio).filter(asset::Column::State.eq(AssetState::Ready));
            ready.one(db).await?
        }
        None => None,
    };
    let tags = tags_of(db, &song).await?;
    let file_name = rules::file_name(&song.title, master.profile);
    Ok(Some(Rendering { master, audio, tags, file_name }))
}

/// The latest downloads of a project's masters, oldest first, each with its file's name. For who may see what the project has paid: it asks nothing itself.
pub(crate) async fn downloads_of_project(
    db: &impl ConnectionTrait,
    project: ProjectId,
    most: u64,
) -> Result<Vec<(download::Model, String)>, StoreError> {
    let deliveries = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::Id)
        .filter(delivery::Column::ProjectId.eq(project));
    let masters =
        master::Entity::find().filter(master::Column::DeliveryId.in_subquery(deliveries.into_query())).all(db).await?;
    let mut rows = download::Entity::find()
        .filter(download::Column::MasterId.is_in(masters.iter().map(|row| row.id)))
        .order_by_desc(download::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    rows.reverse();
    let names: HashMap<MasterId, String> = masters.into_iter().filter_map(|row| Some((row.id, row.qc?.file))).collect();
    let downloaded = |row: download::Model| {
        let name = names.get(&row.master_id).cloned().unwrap_or_default();
        (row, name)
    };
    Ok(rows.into_iter().map(downloaded).collect())
}

/// The deliveries of a notice of which what it told is still so: what has changed since is told by another. For the program itself.
pub async fn deliveries_of_notice(
    db: &impl ConnectionTrait,
    notice: MasterNoticeId,
    kind: MasterStepKind,
) -> Result<Vec<View>, StoreError> {
    let steps = step::Entity::find().filter(step::Column::NoticeId.eq(notice)).all(db).await?;
    let rows = delivery::Entity::find()
        .filter(delivery::Column::Id.is_in(steps.iter().map(|row| row.delivery_id)))
        .order_by_asc(delivery::Column::Id)
        .all(db)
        .await?;
    let mut views = views(db, rows).await?;
    views.retain(|view| view.steps.last().is_some_and(|last| last.notice_id == notice && last.kind == kind));
    Ok(views)
}
