//! Documents to begin with: a split sheet from a beat's collaborators and what they have signed before, or any document from an earlier
//! agreement. They are drafts for a person to read over; what is missing in them is named when they are read.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::{
    super::{
        AgreementError,
        document::Template,
        entity::{AgreementState, SignerState, agreement, signer},
    },
    find_agreement, find_version, mails, with_default_clauses,
};
use crate::{
    actor::Ctx,
    catalog::entity::{beat, collaborator, recording, work},
    identity::{entity::studio, rules::DEFAULT_GOVERNING_LAW},
    ids::{AgreementId, BeatId, PartyId, RecordingId, SongId, StudioId, WorkId},
    parties::{entity as party, entity::PartyKind, merged_into, records::detail},
    policy::{Action, visible},
    ports::AgreementDocuments,
    production::{
        self,
        entity::song,
        rules::people::{self, Maker},
    },
    session_log::{self, entity::SessionRole, queries::SongCredit, rules::Maker as LoggedMaker},
    share::Share,
    store::Db,
};

/// What a sheet begins with.
struct Beginning {
    studio: StudioId,
    work: WorkId,
    recording: RecordingId,
    /// Who made it, each once.
    credits: Vec<Credit>,
    /// Who took part in the recording without owning it.
    contributors: Vec<Contributor>,
}

/// What somebody contributed to a recording.
#[derive(PartialEq, Eq)]
struct Contributor {
    party: PartyId,
    name: String,
    /// Where the document lists them.
    group: &'static str,
    /// What it was, such as an instrument, if that is known.
    part: Option<String>,
}

/// A party's part.
struct Credit {
    party: PartyId,
    /// What they did, in words.
    role: String,
    /// What they did as a writer, by the societies' code.
    code: &'static str,
    /// Their part of the composition; none if they are no writer.
    composition: Option<Share>,
    /// Their part of the master; none if they do not own it.
    master: Option<Share>,
}

/// A split sheet's JSON from what the catalogue knows of a beat: work, recording, and its collaborators with their shares on both sides; of each
/// their society, and what their newest executed split sheet says besides, such as publishers; with the clauses that the studio's split sheets begin with,
/// for a person to see.
pub async fn prefill_split_sheet(
    db: &Db,
    ctx: &Ctx,
    documents: &dyn AgreementDocuments,
    id: BeatId,
) -> Result<String, AgreementError> {
    let found = beat::Entity::find_by_id(id).one(db).await?;
    let beat = visible(&ctx.actor, Action::ManageAgreements, found, |beat| beat.studio_id)?;
    let beat = beat.ok_or(AgreementError::NoBeat)?;
    let lines = collaborator::Entity::find()
        .filter(collaborator::Column::BeatId.eq(id))
        .order_by_asc(collaborator::Column::Position)
        .all(db)
        .await?;
    let credit = |line: collaborator::Model| Credit {
        party: line.party_id,
        role: line.role,
        code: "CA",
        composition: Some(line.share),
        master: Some(line.share),
    };
    let credits = lines.into_iter().map(credit).collect();
    let (studio, work, recording) = (beat.studio_id, beat.work_id, beat.recording_id);
    sheet(db, ctx, documents, &Beginning { studio, work, recording, credits, contributors: Vec::new() }).await
}

/// The same from the people of a song and of its project: writers and owners in equal parts.
pub async fn prefill_song_split_sheet(
    db: &Db,
    ctx: &Ctx,
    documents: &dyn AgreementDocuments,
    id: SongId,
) -> Result<String, AgreementError> {
    let found = song::Entity::find_by_id(id).one(db).await?;
    let song = visible(&ctx.actor, Action::ManageAgreements, found, |song| song.studio_id)?;
    let song = song.ok_or(AgreementError::NoSong)?;
    let credits = planned(db, &song).await?;
    let (studio, work, recording) = (song.studio_id, song.work_id, song.recording_id);
    sheet(db, ctx, documents, &Beginning { studio, work, recording, credits, contributors: Vec::new() }).await
}

/// Those who are planned to make a song, of its project and of itself, with equal parts of each side.
async fn planned(db: &Db, song: &song::Model) -> Result<Vec<Credit>, AgreementError> {
    let all = production::queries::people_of_projects(db, &[song.project_id]).await?.remove(&song.project_id);
    let all = all.unwrap_or_default();
    let people = production::queries::roles_of_song(db, &all, song.id).await?;
    let credit = |maker: Maker| Credit {
        party: maker.party,
        role: maker.roles.iter().map(|role| people::role_name(*role)).collect::<Vec<_>>().join(", "),
        code: "CA",
        composition: maker.composition,
        master: maker.master,
    };
    Ok(people::makers(&people).into_iter().map(credit).collect())
}

/// The same from what was logged of a song in the studio: writers and owners in equal parts, and who else performed or mixed. Where nobody has a part by
/// what was logged, such as those who mixed it, they are those of the project.
pub async fn prefill_logged_split_sheet(
    db: &Db,
    ctx: &Ctx,
    documents: &dyn AgreementDocuments,
    id: SongId,
) -> Result<String, AgreementError> {
    let found = song::Entity::find_by_id(id).one(db).await?;
    let song = visible(&ctx.actor, Action::ManageAgreements, found, |song| song.studio_id)?;
    let song = song.ok_or(AgreementError::NoSong)?;
    let logged = session_log::queries::song_credits(db, id).await?;
    let did: Vec<_> = logged.iter().map(|credit| (credit.party.id, credit.role)).collect();
    let makers = session_log::rules::makers(&did);
    let owns = |party: PartyId| makers.iter().any(|maker| maker.party == party && maker.master.is_some());
    let mut contributors: Vec<Contributor> = Vec::new();
    for contributor in logged.into_iter().filter(|credit| !owns(credit.party.id)).filter_map(contributor) {
        if !contributors.contains(&contributor) {
            contributors.push(contributor);
        }
    }
    let credit = |maker: LoggedMaker| Credit {
        party: maker.party,
        role: maker.roles.iter().map(|role| role.word().replace('_', " ")).collect::<Vec<_>>().join(", "),
        code: maker.code,
        composition: maker.composition,
        master: maker.master,
    };
    let credits = if makers.is_empty() { planned(db, &song).await? } else { makers.into_iter().map(credit).collect() };
    let (studio, work, recording) = (song.studio_id, song.work_id, song.recording_id);
    sheet(db, ctx, documents, &Beginning { studio, work, recording, credits, contributors }).await
}

/// What was logged of somebody, as a split sheet lists it; none of who neither performed nor mixed.
fn contributor(logged: SongCredit) -> Option<Contributor> {
    let group = match logged.role {
        SessionRole::FeaturedArtist => "featured",
        SessionRole::Performer
        | SessionRole::SessionMusician
        | SessionRole::LeadVocalist
        | SessionRole::BackgroundVocalist
        | SessionRole::Soloist
        | SessionRole::BandLeader
        | SessionRole::Conductor
        | SessionRole::Dj => "performers",
        SessionRole::MixingEngineer => "mixers",
        _ => return None,
    };
    // Of whom the list itself says what they were, the role would only be said again.
    let says_more = !matches!(
        logged.role,
        SessionRole::FeaturedArtist
            | SessionRole::Performer
            | SessionRole::SessionMusician
            | SessionRole::MixingEngineer
    );
    let part = logged.instrument.or_else(|| says_more.then(|| logged.role.word().replace('_', " ")));
    Some(Contributor { party: logged.party.id, name: logged.party.name, group, part })
}

async fn sheet(
    db: &Db,
    ctx: &Ctx,
    documents: &dyn AgreementDocuments,
    begun: &Beginning,
) -> Result<String, AgreementError> {
    let work = work::Entity::find_by_id(begun.work).one(db).await?.ok_or(AgreementError::NoWork)?;
    let recording = recording::Entity::find_by_id(begun.recording).one(db).await?;
    let studio = mails::studio(db, begun.studio).await?.ok_or(AgreementError::NoBeat)?;
    let ids: Vec<PartyId> = begun.credits.iter().map(|credit| credit.party).collect();
    let rows = party::Entity::find().filter(party::Column::Id.is_in(ids)).all(db).await?;
    let rows: HashMap<PartyId, party::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let known: Vec<_> = begun.credits.iter().filter_map(|credit| Some((credit, rows.get(&credit.party)?))).collect();
    let before = signed_before(db, begun.studio, &rows).await?;
    let details = detail::Entity::find().filter(detail::Column::PartyId.is_in(rows.keys().copied())).all(db).await?;
    // As with all else that is known of a party, what stands in the books now goes before what was signed once.
    let societies: HashMap<PartyId, String> =
        details.into_iter().filter_map(|row| Some((row.party_id, row.pro?))).collect();
    let society = |id: PartyId| societies.get(&id).map(String::as_str);
    let party = |(credit, row): &(&Credit, &party::Model)| {
        let mut party = party_of(&credit.role, row);
        put(&mut party, "pro", society(row.id));
        add(
            &mut party,
            before.get(&row.id).map(|signed| &signed.party),
            &["legal_name", "address", "ipi", "pro", "isni"],
        );
        party
    };
    let parties: Vec<Value> = known.iter().map(party).collect();
    let writer = |(index, (credit, row)): (usize, &(&Credit, &party::Model))| {
        let mut share = json!({ "party": index, "share_ppm": credit.composition?, "role": credit.code });
        let signed = before.get(&row.id).map(|signed| &signed.writer);
        put(&mut share, "pro", society(row.id));
        add(&mut share, signed, &["pro", "ipi", "publishers"]);
        Some(share)
    };
    let writers: Vec<Value> = known.iter().enumerate().filter_map(writer).collect();
    let owner = |(index, (credit, _)): (usize, &(&Credit, &party::Model))| {
        Some(json!({ "party": index, "share_ppm": credit.master? }))
    };
    let owners: Vec<Value> = known.iter().enumerate().filter_map(owner).collect();
    let mut composition = json!({ "title": work.title, "writers": writers });
    put(&mut composition, "iswc", work.iswc.as_deref());
    let mut master = json!({ "owners": owners });
    put(&mut master, "isrc", recording.and_then(|row| row.isrc).as_deref());
    for group in ["featured", "performers", "mixers"] {
        let listed = begun.contributors.iter().filter(|contributor| contributor.group == group);
        let row = |contributor: &Contributor| {
            let place = known.iter().position(|(_, row)| row.id == contributor.party);
            let name = || json!({ "name": contributor.name });
            let mut row = place.map_or_else(name, |index| json!({ "party": index }));
            put(&mut row, "part", contributor.part.as_deref());
            row
        };
        let rows: Vec<Value> = listed.map(row).collect();
        if !rows.is_empty() {
            master[group] = Value::from(rows);
        }
    }
    // The work's own title is the catalogue's and stands whatever it is; the sheet's may not hold what no document can show.
    let title = if documents.illegible(&work.title).is_empty() {
        format!("Split sheet for {}", work.title)
    } else {
        "Split sheet".to_owned()
    };
    let document = json!({
        "language": "en",
        "reference": { "work": work.id },
        "dated": ctx.env.now().date_naive(),
        "title": title,
        "parties": parties,
        "terms": { "template": "split_sheet", "composition": composition, "master": master },
        "general": {
            "payment_terms": { "due_days": 30 },
            "term": { "kind": "perpetual" },
            "territory": "the whole world",
            "governing_law": governing_law(&studio),
        },
    });
    Ok(with_default_clauses(db, begun.studio, document).await?.to_string())
}

/// What a party's newest executed split sheet says of it.
struct Signed {
    /// Its row among the parties.
    party: Value,
    /// Its row among the writers; null if it wrote nothing.
    writer: Value,
}

/// What parties, and those that were merged into them, have signed before, by party; of those who have.
async fn signed_before(
    db: &Db,
    studio: StudioId,
    parties: &HashMap<PartyId, party::Model>,
) -> Result<HashMap<PartyId, Signed>, AgreementError> {
    let ids: Vec<PartyId> = parties.keys().copied().collect();
    let merged = merged_into(db, &ids).await?.into_values().flatten();
    let merged: HashMap<PartyId, PartyId> = merged.map(|row| (row.party_id, row.successor_id)).collect();
    let signed = signer::Entity::find()
        .filter(signer::Column::PartyId.is_in(ids.into_iter().chain(merged.keys().copied())))
        .filter(signer::Column::State.eq(SignerState::Signed))
        .all(db)
        .await?;
    let sheets = agreement::Entity::find()
        .filter(agreement::Column::Id.is_in(signed.iter().map(|row| row.agreement_id)))
        .filter(agreement::Column::StudioId.eq(studio))
        .filter(agreement::Column::Template.eq(Template::SplitSheet))
        .filter(agreement::Column::State.eq(AgreementState::Executed))
        .order_by_desc(agreement::Column::ExecutedAt)
        .order_by_desc(agreement::Column::Id)
        .all(db)
        .await?;
    let mut found: HashMap<PartyId, Signed> = HashMap::new();
    for sheet in sheets {
        let of_sheet = signed.iter().filter(|row| row.agreement_id == sheet.id);
        let standing = |party: PartyId| merged.get(&party).copied().unwrap_or(party);
        let theirs = of_sheet.filter_map(|row| Some((standing(row.party_id?), row.party_index)));
        let new: Vec<(PartyId, i32)> = theirs.filter(|(id, _)| !found.contains_key(id)).collect();
        if new.is_empty() {
            continue;
        }
        let Some(version) = find_version(db, sheet.id, sheet.version).await? else { continue };
        let document: Value =
            serde_json::from_str(&version.document).map_err(|cause| sea_orm::DbErr::Json(cause.to_string()))?;
        found.extend(new.into_iter().map(|(id, index)| (id, said_of(&document, index))));
    }
    Ok(found)
}

/// What a split sheet says of the party at a place.
fn said_of(document: &Value, index: i32) -> Signed {
    let parties = &document["parties"];
    let party = usize::try_from(index).map_or(Value::Null, |place| parties[place].clone());
    let mut writers = document["terms"]["composition"]["writers"].as_array().into_iter().flatten();
    let mut writer = writers.find(|row| row["party"] == json!(index)).cloned().unwrap_or_default();
    for publisher in writer.get_mut("publishers").and_then(Value::as_array_mut).into_iter().flatten() {
        name(publisher, parties);
    }
    Signed { party, writer }
}

/// Names a publisher who is a party of the sheet: another sheet has other parties.
fn name(publisher: &mut Value, parties: &Value) {
    let index = publisher.get("party").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
    let (Some(index), Some(fields)) = (index, publisher.as_object_mut()) else { return };
    fields.remove("party");
    for key in ["name", "ipi", "pro"] {
        if let Some(value) = parties[index].get(key) {
            fields.entry(key).or_insert_with(|| value.clone());
        }
    }
}

/// Adds the named fields of a row to another that does not have them.
fn add(to: &mut Value, from: Option<&Value>, keys: &[&str]) {
    let (Some(fields), Some(from)) = (to.as_object_mut(), from) else { return };
    for key in keys {
        if let Some(value) = from.get(*key).filter(|value| !value.is_null()) {
            fields.entry(*key).or_insert_with(|| value.clone());
        }
    }
}

/// Whose law governs. Until a studio says so it is where the licensor is; no party of another document than a licence is called that, so that
/// it is named here.
fn governing_law(studio: &studio::Model) -> String {
    if studio.governing_law != DEFAULT_GOVERNING_LAW {
        return studio.governing_law.clone();
    }
    format!("the place where {} is established", studio.legal_name.as_deref().unwrap_or(&studio.name))
}

fn party_of(role: &str, row: &party::Model) -> Value {
    let kind = match row.kind {
        PartyKind::Person => "person",
        PartyKind::Company => "company",
    };
    let mut party = json!({ "name": row.name, "kind": kind, "role": part(role), "signs": true });
    put(&mut party, "legal_name", row.legal_name.as_deref());
    put(&mut party, "email", row.email.as_ref().map(crate::email::EmailAddress::as_str));
    put(&mut party, "ipi", row.ipi.as_deref());
    put(&mut party, "isni", row.isni.as_deref());
    party
}

/// The part that a document knows for a collaborator's role, which is free text.
fn part(role: &str) -> &'static str {
    const PARTS: [(&str, &str); 12] = [
        ("writ", "writer"),
        ("author", "writer"),
        ("compos", "writer"),
        ("produc", "producer"),
        ("mix", "engineer"),
        ("engineer", "engineer"),
        ("label", "label"),
        ("publish", "publisher"),
        ("perform", "performer"),
        ("artist", "artist"),
        ("manag", "manager"),
        ("lyric", "writer"),
    ];
    let role = role.to_lowercase();
    PARTS.iter().find(|(sign, _)| role.contains(sign)).map_or("collaborator", |(_, part)| part)
}

fn put(object: &mut Value, key: &str, value: Option<&str>) {
    if let (Some(fields), Some(value)) = (object.as_object_mut(), value) {
        fields.insert(key.to_owned(), Value::from(value));
    }
}

/// An earlier agreement's document, dated today: to amend it, or to write another like it. It keeps its own clauses, whatever the studio's
/// agreements begin with by now.
pub async fn prefill_from_agreement(db: &Db, ctx: &Ctx, id: AgreementId) -> Result<String, AgreementError> {
    let agreement = find_agreement(db, ctx, id).await?.ok_or(AgreementError::NotFound)?;
    let version = find_version(db, id, agreement.version).await?.ok_or(AgreementError::NotFound)?;
    let mut document: Value =
        serde_json::from_str(&version.document).map_err(|cause| sea_orm::DbErr::Json(cause.to_string()))?;
    if let Some(fields) = document.as_object_mut() {
        fields.insert("dated".to_owned(), json!(ctx.env.now().date_naive()));
        fields.entry("clauses").or_insert_with(|| json!({}));
        if let Some(reference) = fields.get_mut("reference").and_then(Value::as_object_mut) {
            reference.remove("number");
            reference.remove("supersedes");
        }
    }
    Ok(document.to_string())
}
