//! Files of registrations for societies.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::Datelike;
use interchange::{
    cwr::{self, Kind, Reference, Registration, Sender, SenderKind, Version},
    fault::Fault,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::{hold_studio, keep_file, works::give_codes};
use crate::{
    actor::Ctx,
    catalog::entity::{beat, collaborator, recording, work},
    env::Instant,
    ids::{CwrFileId, PartyId, StudioId, WorkId},
    parties::{self, entity as party, records::detail},
    policy::{self, Action},
    ports::Stored,
    registrations::{
        RegistrationError,
        entity::{acknowledgement, cwr_file, cwr_file_work, settings, work_registration},
        facts::WorkFacts,
        recordings,
        works::{self, Publishers, Told},
    },
    services::Services,
    share::Share,
    splits,
    store::Tx,
};

/// The most works of a file.
const MAX_WORKS: usize = 5000;
/// The most files of a year: their number has four digits.
const MAX_FILES: i32 = 9999;
/// The most characters that a file has for what a society calls a work.
const MAX_REFERENCE_CHARS: usize = 14;
/// The most characters of a key.
const MAX_KEY_CHARS: usize = 255;
/// What societies say of works that stand with them.
const STANDING: [&str; 5] = ["RA", "AS", "AC", "SR", "CR"];

/// Writes works for a society into a file, new ones or such as it knows already; with every fault if there is any. Under the same key it is written once.
pub async fn export_cwr(
    services: &Services,
    ctx: &Ctx,
    studio: StudioId,
    works: &[WorkId],
    version: Version,
    recipient: &str,
    key: Option<&str>,
) -> Result<cwr_file::Model, RegistrationError> {
    policy::require(&ctx.actor, Action::ManageRegistrations, studio)?;
    let asked = Asked::new(studio, works, version, recipient, key)?;
    if let Some(standing) = asked.standing(&services.db).await? {
        return Ok(standing);
    }
    let tx = services.begin().await?;
    hold_studio(&tx, studio).await?;
    asked.check_works(&tx).await?;
    give_codes(&tx, ctx, studio, works).await?;
    let written = asked.write(&tx, services.env.now()).await?;
    services.commit(tx).await?;
    let stored = services.files.put_bytes(written.text.clone().into()).await?;
    let tx = services.begin().await?;
    let row = asked.record(&tx, ctx, &written, stored).await?;
    services.commit(tx).await?;
    Ok(row)
}

/// What is asked for.
struct Asked<'a> {
    studio: StudioId,
    works: &'a [WorkId],
    version: Version,
    recipient: String,
    key: Option<&'a str>,
}

/// A file that was written.
struct Written {
    text: String,
    sender: String,
    at: Instant,
    /// The works' codes, in their order.
    codes: Vec<String>,
}

const fn word(version: Version) -> &'static str {
    match version {
        Version::V21 => "2.1",
        Version::V22 => "2.2",
    }
}

impl<'a> Asked<'a> {
    fn new(
        studio: StudioId,
        works: &'a [WorkId],
        version: Version,
        recipient: &str,
        key: Option<&'a str>,
    ) -> Result<Self, RegistrationError> {
        let recipient = recipient.trim().to_uppercase();
        if !(2..=3).contains(&recipient.len()) || !recipient.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let remedy = "write CISAC's number of the society with three digits, such as 052, or 000 for everybody";
            return Err(RegistrationError::of("recipient", "it is no code of a recipient", remedy));
        }
        if works.is_empty() || works.len() > MAX_WORKS {
            let problem = format!("a file has 1 to {MAX_WORKS} works");
            return Err(RegistrationError::of("works", problem, "name at least one, and the others in another file"));
        }
        if works.iter().collect::<BTreeSet<_>>().len() < works.len() {
            return Err(RegistrationError::of("works", "a work is named twice", "name each work once"));
        }
        if key.is_some_and(|key| key.is_empty() || key.len() > MAX_KEY_CHARS) {
            let problem = format!("a key has 1 to {MAX_KEY_CHARS} characters");
            return Err(RegistrationError::of("idempotencyKey", problem, "use another, or none"));
        }
        Ok(Self { studio, works, version, recipient, key })
    }

    /// The file that was written under the key, if it is the same.
    async fn standing(&self, db: &impl ConnectionTrait) -> Result<Option<cwr_file::Model>, RegistrationError> {
        let Some(key) = self.key else { return Ok(None) };
        let of_key = cwr_file::Entity::find()
            .filter(cwr_file::Column::StudioId.eq(self.studio))
            .filter(cwr_file::Column::RequestKey.eq(key));
        let Some(found) = of_key.one(db).await? else { return Ok(None) };
        let rows = cwr_file_work::Entity::find()
            .filter(cwr_file_work::Column::FileId.eq(found.id))
            .order_by_asc(cwr_file_work::Column::Position)
            .all(db)
            .await?;
        let is_same = found.version == word(self.version)
            && found.recipient == self.recipient
            && rows.iter().map(|row| row.work_id).eq(self.works.iter().copied());
        if is_same { Ok(Some(found)) } else { Err(RegistrationError::KeyTaken) }
    }

    async fn check_works(&self, tx: &Tx) -> Result<(), RegistrationError> {
        let known = work::Entity::find()
            .filter(work::Column::StudioId.eq(self.studio))
            .filter(work::Column::Id.is_in(self.works.iter().copied()))
            .all(tx)
            .await?;
        if known.len() < self.works.len() {
            return Err(RegistrationError::NotFound { what: "work", field: "works" });
        }
        Ok(())
    }

    async fn write(&self, tx: &Tx, at: Instant) -> Result<Written, RegistrationError> {
        let settings = settings::Entity::find_by_id(self.studio).one(tx).await?;
        let settings = settings.filter(|settings| {
            settings.sender_name.is_some() && settings.sender_ipi.is_some() && settings.sender_code.is_some()
        });
        let Some(settings) = settings else {
            let problem = "nobody has said under which name, IPI number and code the studio registers";
            return Err(RegistrationError::of("settings", problem, "enter them in its settings for registrations"));
        };
        let mut faults = Vec::new();
        let mut publishers = Publishers::new(&settings);
        let mut told = Vec::with_capacity(self.works.len());
        let (mut codes, mut places) = (Vec::with_capacity(self.works.len()), Vec::with_capacity(self.works.len()));
        for (place, id) in self.works.iter().enumerate() {
            let path = format!("works[{place}]");
            let Some(one) = read(tx, *id, at, (path.as_str(), &mut faults)).await? else { continue };
            codes.push(one.registration.code.clone());
            places.push(place);
            told.push(works::work_of((&settings, &mut publishers), &one, (path.as_str(), &mut faults)));
        }
        let kind = self.kind(tx, &mut faults).await?;
        let is_publisher = told.iter().any(|work| work.chains.iter().any(|chain| chain.is_controlled));
        let registration = Registration {
            version: self.version,
            kind,
            sender: Sender {
                kind: if is_publisher { SenderKind::Publisher } else { SenderKind::Writer },
                name: settings.sender_name.clone().unwrap_or_default(),
                ipi_name_number: settings.sender_ipi.clone().unwrap_or_default(),
            },
            created_at: at,
            software: ("Ledgerline".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            publishers: publishers.list,
            works: told,
        };
        let text = match cwr::write(&registration) {
            Ok(text) if faults.is_empty() => text,
            Ok(_) => return Err(RegistrationError::Faults(works::entered(faults))),
            Err(mut more) => {
                // That there is none is said of those that are missing.
                more.retain(|fault| fault.field != "works" || faults.is_empty());
                faults.extend(works::named(more, &registration.works, &places));
                return Err(RegistrationError::Faults(works::entered(faults)));
            }
        };
        Ok(Written { text, sender: settings.sender_code.unwrap_or_default(), at, codes })
    }

    /// Whether the works are new to the recipient, or revised: a file says one of all of them.
    async fn kind(&self, tx: &Tx, faults: &mut Vec<Fault>) -> Result<Kind, RegistrationError> {
        let answers = acknowledgement::Entity::find()
            .filter(acknowledgement::Column::WorkId.is_in(self.works.iter().copied()))
            .filter(acknowledgement::Column::Status.is_in(STANDING))
            .all(tx)
            .await?;
        let society = self.recipient.parse::<i32>().ok().filter(|number| *number > 0);
        let of_recipient = answers.iter().filter(|answer| society.is_none_or(|number| answer.society == number));
        let known: BTreeSet<WorkId> = of_recipient.filter_map(|answer| answer.work_id).collect();
        if known.is_empty() {
            return Ok(Kind::New);
        }
        for (place, _) in self.works.iter().enumerate().filter(|(_, work)| !known.contains(*work)) {
            faults.push(Fault {
                field: format!("works[{place}]"),
                problem: "it is new to the society, and others of the file were registered before".to_owned(),
                remedy: "write new works into one file, and those that were registered into another".to_owned(),
            });
        }
        Ok(Kind::Revised)
    }

    /// Keeps a file that was written, under the next number of its year.
    async fn record(
        &self,
        tx: &Tx,
        ctx: &Ctx,
        written: &Written,
        stored: Stored,
    ) -> Result<cwr_file::Model, RegistrationError> {
        hold_studio(tx, self.studio).await?;
        // Somebody else may have been first.
        if let Some(standing) = self.standing(tx).await? {
            return Ok(standing);
        }
        let year = written.at.year();
        let last = cwr_file::Entity::find()
            .filter(cwr_file::Column::StudioId.eq(self.studio))
            .filter(cwr_file::Column::Year.eq(year))
            .order_by_desc(cwr_file::Column::Number)
            .one(tx)
            .await?;
        let number = last.map_or(0, |file| file.number) + 1;
        if number > MAX_FILES {
            let problem = format!("{MAX_FILES} files were written this year, and a file's number has four digits");
            return Err(RegistrationError::of("works", problem, "write more works into one file, next year"));
        }
        let (short_year, short_number) =
            (u16::try_from(year).unwrap_or_default(), u16::try_from(number).unwrap_or_default());
        let file_name = cwr::file_name(self.version, short_year, short_number, &written.sender, &self.recipient);
        let sha256 = stored.sha256.clone();
        let asset = keep_file(tx, ctx, self.studio, (file_name.as_str(), "text/plain", stored)).await?;
        let id: CwrFileId = ctx.env.id();
        let row = cwr_file::Model {
            id,
            studio_id: self.studio,
            year,
            number,
            version: word(self.version).to_owned(),
            recipient: self.recipient.clone(),
            file_name,
            asset_id: asset.id,
            sha256,
            request_key: self.key.map(str::to_owned),
            made_at: written.at,
            made_by: ctx.actor.user(),
        };
        let row = row.into_active_model().insert(tx).await?;
        for (position, (work, code)) in (0..).zip(self.works.iter().zip(&written.codes)) {
            let of_file = cwr_file_work::Model {
                file_id: id,
                position,
                studio_id: self.studio,
                work_id: *work,
                code: code.clone(),
            };
            of_file.into_active_model().insert(tx).await?;
        }
        Ok(row)
    }
}

/// Reads all that is told of a work; nothing, and why, if nobody has signed who has written it.
async fn read(
    tx: &Tx,
    id: WorkId,
    at: Instant,
    (path, faults): (&str, &mut Vec<Fault>),
) -> Result<Option<Told>, RegistrationError> {
    let (work, registration) =
        (work::Entity::find_by_id(id).one(tx).await?, work_registration::Entity::find_by_id(id).one(tx).await?);
    let (Some(work), Some(registration)) = (work, registration) else {
        return Err(RegistrationError::NotFound { what: "work", field: "works" });
    };
    let shares = match splits::rule_at(tx, id, at).await? {
        Some(rule) => rule.composition,
        None => sole_maker(tx, id).await?.into_iter().map(|party| (party, Share::WHOLE)).collect(),
    };
    if shares.is_empty() {
        faults.push(Fault {
            field: format!("{path}.writers"),
            problem: format!("{}: no split of it was signed that holds today", work.title),
            remedy: "have its split sheet signed by all who have written it".to_owned(),
        });
        return Ok(None);
    }
    let ids: Vec<PartyId> = shares.iter().map(|(party, _)| *party).collect();
    let named = party::Entity::find().filter(party::Column::Id.is_in(ids.iter().copied())).all(tx).await?;
    let mut named: HashMap<PartyId, party::Model> = named.into_iter().map(|party| (party.id, party)).collect();
    let details = detail::Entity::find().filter(detail::Column::PartyId.is_in(ids)).all(tx).await?;
    let mut details: HashMap<PartyId, detail::Model> = details.into_iter().map(|row| (row.party_id, row)).collect();
    let composition = shares
        .into_iter()
        .filter_map(|(party, share)| Some((named.remove(&party)?, details.remove(&party), share)))
        .collect();
    let rows = recording::Entity::find()
        .filter(recording::Column::WorkId.eq(id))
        .order_by_asc(recording::Column::Id)
        .all(tx)
        .await?;
    let mut facts: WorkFacts = serde_json::from_value(registration.facts.clone())?;
    let successors = parties::successors_of(tx, facts.parties.iter().map(|facts| facts.party)).await?;
    for facts in &mut facts.parties {
        facts.party = successors.get(&facts.party).copied().unwrap_or(facts.party);
    }
    let recordings = recordings::known(tx, rows).await?;
    let references = references(tx, id).await?;
    Ok(Some(Told { work, registration, facts, composition, recordings, references }))
}

/// The one maker of all of a work's beats, who needs to sign nothing.
async fn sole_maker(tx: &Tx, work: WorkId) -> Result<Option<PartyId>, RegistrationError> {
    let beats = beat::Entity::find().filter(beat::Column::WorkId.eq(work)).all(tx).await?;
    let makers = collaborator::Entity::find()
        .filter(collaborator::Column::BeatId.is_in(beats.iter().map(|beat| beat.id)))
        .all(tx)
        .await?;
    let makers: BTreeSet<PartyId> = makers.into_iter().map(|row| row.party_id).collect();
    let successors = parties::successors_of(tx, makers.iter().copied()).await?;
    let makers: BTreeSet<PartyId> =
        makers.into_iter().map(|party| successors.get(&party).copied().unwrap_or(party)).collect();
    Ok(makers.first().copied().filter(|_| makers.len() == 1))
}

/// What societies call a work, by what each has said last; a name that a file has no place for is left out, for half of it would be another's.
async fn references(tx: &Tx, work: WorkId) -> Result<Vec<Reference>, RegistrationError> {
    let rows = acknowledgement::Entity::find()
        .filter(acknowledgement::Column::WorkId.eq(work))
        .filter(acknowledgement::Column::SocietyCode.is_not_null())
        .order_by_asc(acknowledgement::Column::ReceivedAt)
        .order_by_asc(acknowledgement::Column::Id)
        .all(tx)
        .await?;
    let mut last: BTreeMap<u16, String> = BTreeMap::new();
    for row in rows {
        if let (Ok(society), Some(code)) = (u16::try_from(row.society), row.society_code)
            && society > 0
        {
            last.insert(society, code);
        }
    }
    let fits = |code: &str| {
        code.len() <= MAX_REFERENCE_CHARS && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-./".contains(&b))
    };
    last.retain(|_, code| fits(code));
    Ok(last.into_iter().map(|(society, identifier)| Reference { society, identifier }).collect())
}
