//! What is on sale, and what has been granted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    LicensingError,
    contract::{Contract, EarlierLease, Grant, LicensedBeat, Licensor, Producer},
    entity::{exclusive_claim, licence, tier},
    prices::prices_of_tiers,
    rules::{self, TierSettings},
    terms::{Caps, Files, Terms, TierCode},
    upgrades,
};
use crate::{
    actor::Ctx,
    catalog::entity::{AssetState, BeatState, asset, beat, collaborator, recording, stem, work},
    env::Instant,
    identity::entity::studio,
    ids::{BeatId, LicenceId, OrderId, PartyId, StudioId, TierId, WorkId},
    money::{Currency, Money},
    page::{self, Page, PageRequest},
    parties::entity as party,
    policy::{self, Action},
    report::StoreError,
    sales::{entitlements, entity::order},
    share::Share,
    splits,
    store::Db,
};

/// What a writer did who was signed for and is not credited.
const UNCREDITED_ROLE: &str = "writer";

/// A tier as it is on sale for one beat, now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The row that it comes from: the beat's own or the studio's default.
    pub tier: TierId,
    /// Whether it is the beat's own.
    pub own: bool,
    /// The price: in the studio's own currency, unless it was asked for in another ([`Offer::sold_in`]).
    pub price: Money,
    /// What it costs in each currency that it is sold in, the studio's own first, the others in the order of their codes.
    pub prices: Vec<Money>,
    /// The terms; what they deliver is there to be delivered.
    pub terms: Terms,
}

impl Offer {
    /// What it costs in a currency; none if it is not sold in it.
    pub fn price_in(&self, currency: Currency) -> Option<Money> {
        self.prices.iter().copied().find(|price| price.currency == currency)
    }

    /// The same at its price in a currency; none if it is not sold in it.
    pub fn sold_in(&self, currency: Currency) -> Option<Self> {
        self.price_in(currency).map(|price| Self { price, ..self.clone() })
    }
}

/// What of some tiers is sold in a currency, each at its price in it.
pub fn sold_in(offers: &[Offer], currency: Currency) -> Vec<Offer> {
    offers.iter().filter_map(|offer| offer.sold_in(currency)).collect()
}

/// A tier's row as the settings that it holds, with what it costs in further currencies.
pub fn settings(row: &tier::Model, further: Vec<Money>) -> TierSettings {
    TierSettings {
        price: Money::new(row.price_minor, row.currency),
        further,
        terms: terms_of(row),
        enabled: row.enabled,
    }
}

/// The terms that a tier's row holds.
pub fn terms_of(row: &tier::Model) -> Terms {
    Terms {
        tier: row.code,
        tier_name: row.name.clone(),
        files: Files { mp3: row.delivers_mp3, wav: row.delivers_wav, stems: row.delivers_stems },
        caps: Caps {
            streams: row.max_streams,
            copies: row.max_copies,
            music_videos: row.max_music_videos,
            radio_stations: row.max_radio_stations,
            performances: row.max_performances,
        },
        at_cap: row.at_cap,
        term_months: row.term_months,
        publishing_kept: row.publishing_kept,
        credit_line: row.credit_line.clone(),
    }
}

/// Which of these beats have a stem set whose every file has been looked through and found good.
pub async fn with_stems(db: &impl ConnectionTrait, beats: &[BeatId]) -> Result<BTreeSet<BeatId>, StoreError> {
    let stems = stem::Entity::find().filter(stem::Column::BeatId.is_in(beats.iter().copied())).all(db).await?;
    let unready: BTreeSet<_> = asset::Entity::find()
        .filter(asset::Column::Id.is_in(stems.iter().map(|stem| stem.asset_id)))
        .filter(asset::Column::State.ne(AssetState::Ready))
        .all(db)
        .await?
        .into_iter()
        .map(|asset| asset.id)
        .collect();
    let mut whole: BTreeSet<_> = stems.iter().map(|stem| stem.beat_id).collect();
    for stem in stems.iter().filter(|stem| unready.contains(&stem.asset_id)) {
        whole.remove(&stem.beat_id);
    }
    Ok(whole)
}

/// Which of these works have been sold exclusively.
pub async fn sold_exclusively(db: &impl ConnectionTrait, works: &[WorkId]) -> Result<BTreeSet<WorkId>, StoreError> {
    let claims = exclusive_claim::Entity::find()
        .filter(exclusive_claim::Column::WorkId.is_in(works.iter().copied()))
        .all(db)
        .await?;
    Ok(claims.into_iter().map(|claim| claim.work_id).collect())
}

/// What is on sale for each of these beats, at its prices in every currency, cheapest tier code first: a beat's own tier wins over the studio's default, switched-off tiers and those
/// that the beat's samples bar are left out, a trackout is offered only with stems, and a work that is sold, a beat withdrawn, or one whose split the
/// studio waits for offers nothing. The beats' publication is not looked at: that is for who lists them. In seven queries at the most, however many
/// beats; every beat of the studio has an answer.
pub async fn effective_tiers(
    db: &impl ConnectionTrait,
    studio: StudioId,
    beats: &[BeatId],
) -> Result<HashMap<BeatId, Vec<Offer>>, StoreError> {
    let beats = beat::Entity::find()
        .filter(beat::Column::StudioId.eq(studio))
        .filter(beat::Column::Id.is_in(beats.iter().copied()))
        .all(db)
        .await?;
    let ids: Vec<BeatId> = beats.iter().map(|beat| beat.id).collect();
    let works: Vec<WorkId> = beats.iter().map(|beat| beat.work_id).collect();
    let rows = tier::Entity::find()
        .filter(tier::Column::StudioId.eq(studio))
        .filter(tier::Column::BeatId.is_null().or(tier::Column::BeatId.is_in(ids.iter().copied())))
        .all(db)
        .await?;
    let further = prices_of_tiers(db, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let (stems, sold) = (with_stems(db, &ids).await?, sold_exclusively(db, &works).await?);
    let withheld = splits::withheld_beats(db, studio, &ids).await?;
    let mut offers = HashMap::with_capacity(beats.len());
    for beat in beats {
        let gone = beat.state == BeatState::Sold || sold.contains(&beat.work_id) || withheld.contains(&beat.id);
        let on_sale = if gone { Vec::new() } else { offers_of((&rows, &further), &beat, stems.contains(&beat.id)) };
        offers.insert(beat.id, on_sale);
    }
    Ok(offers)
}

fn offers_of(
    (rows, further): (&[tier::Model], &HashMap<TierId, Vec<Money>>),
    beat: &beat::Model,
    has_stems: bool,
) -> Vec<Offer> {
    let mut by_code: BTreeMap<TierCode, &tier::Model> = BTreeMap::new();
    for row in rows {
        if row.beat_id == Some(beat.id) {
            by_code.insert(row.code, row);
        } else if row.beat_id.is_none() {
            by_code.entry(row.code).or_insert(row);
        }
    }
    by_code
        .into_values()
        .filter(|row| row.enabled && !beat.samples.bar(row.code))
        .filter_map(|row| {
            let terms = terms_of(row);
            let files = rules::files_of(row.code, terms.files, has_stems)?;
            let price = Money::new(row.price_minor, row.currency);
            let others = further.get(&row.id).map_or(&[][..], Vec::as_slice);
            let prices = std::iter::once(price).chain(others.iter().copied()).collect();
            Some(Offer { tier: row.id, own: row.beat_id.is_some(), price, prices, terms: Terms { files, ..terms } })
        })
        .collect()
}

/// The tiers as they are set: the studio's defaults (`beat` none), or one beat's own versions alone.
pub async fn list_tiers(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    beat: Option<BeatId>,
) -> Result<Vec<tier::Model>, LicensingError> {
    policy::require(&ctx.actor, Action::ReadTiers, studio)?;
    let of_beat = beat.map_or_else(|| tier::Column::BeatId.is_null(), |beat| tier::Column::BeatId.eq(beat));
    let mut rows = tier::Entity::find().filter(tier::Column::StudioId.eq(studio)).filter(of_beat).all(db).await?;
    rows.sort_by_key(|row| row.code);
    Ok(rows)
}

/// One licence of the studio.
pub async fn find_licence(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    id: LicenceId,
) -> Result<Option<licence::Model>, LicensingError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    Ok(licence::Entity::find_by_id(id).filter(licence::Column::StudioId.eq(studio)).one(db).await?)
}

/// The studio's licences, newest first; of one beat, if one is named.
pub async fn list_licences(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    beat: Option<BeatId>,
    page: PageRequest<LicenceId>,
) -> Result<Page<licence::Model>, LicensingError> {
    policy::require(&ctx.actor, Action::ReadSales, studio)?;
    let mut query = licence::Entity::find().filter(licence::Column::StudioId.eq(studio));
    if let Some(beat) = beat {
        query = query.filter(licence::Column::BeatId.eq(beat));
    }
    Ok(page::fetch(db, query, licence::Column::Id, page).await?)
}

/// The licences that orders have bought, by order, in the order of their lines. For who may see the orders: it asks nothing itself.
pub async fn licences_of_orders(
    db: &impl ConnectionTrait,
    orders: &[OrderId],
) -> Result<HashMap<OrderId, Vec<licence::Model>>, StoreError> {
    let rows = licence::Entity::find()
        .filter(licence::Column::OrderId.is_in(orders.iter().copied()))
        .order_by_asc(licence::Column::Id)
        .all(db)
        .await?;
    let mut by_order: HashMap<OrderId, Vec<licence::Model>> = HashMap::new();
    for row in rows {
        by_order.entry(row.order_id).or_default().push(row);
    }
    for rows in by_order.values_mut() {
        rows.sort_by_key(|row| row.reference.rsplit_once('-').and_then(|(_, n)| n.parse::<u32>().ok()));
    }
    Ok(by_order)
}

/// The contract of a licence, its facts gathered; none if there is no such licence, or its beat has lost its source. For the program itself
/// and for who may see the licence: it asks nothing itself.
pub async fn contract(db: &impl ConnectionTrait, licence: LicenceId) -> Result<Option<Contract>, StoreError> {
    let Some(licence) = licence::Entity::find_by_id(licence).one(db).await? else { return Ok(None) };
    let (studio, beat, at) = (licence.studio_id, licence.beat_id, licence.granted_at);
    let Some((licensor, beat)) = licensor_and_beat(db, studio, beat, at).await? else { return Ok(None) };
    let earlier_leases = if licence.exclusive { earlier_leases(db, &licence).await? } else { Vec::new() };
    let replacement = upgrades::replacement_of_order(db, licence.order_id).await?;
    let contract = Contract {
        licensor,
        grant: Some(Grant {
            reference: licence.reference,
            licensee_name: licence.licensee_name,
            licensee_email: licence.licensee_email,
            accepted_at: licence.granted_at,
        }),
        beat,
        terms: licence.terms,
        price: Money::new(licence.price_minor, licence.currency),
        earlier_leases,
        replaces: None,
    };
    Ok(Some(match replacement {
        Some(replacement) => contract.replacing(replacement),
        None => contract,
    }))
}

/// The contract that a buyer reads before paying, on the terms of now, at the price in a currency, or the studio's own; none if that tier is not on sale
/// for that beat, or not in that currency. Public for a beat that is: who lists the beat decides that.
pub async fn offer_contract(
    db: &impl ConnectionTrait,
    studio: StudioId,
    beat: BeatId,
    code: TierCode,
    currency: Option<Currency>,
    now: Instant,
) -> Result<Option<Contract>, StoreError> {
    let offers = effective_tiers(db, studio, &[beat]).await?.remove(&beat).unwrap_or_default();
    let Some(offer) = offers.into_iter().find(|offer| offer.terms.tier == code) else { return Ok(None) };
    let price = currency.map_or(Some(offer.price), |currency| offer.price_in(currency));
    let Some(price) = price else { return Ok(None) };
    contract_on(db, studio, beat, offer.terms, price, now).await
}

/// The contract that a buyer is offered on these terms; none if the beat has lost its source. It asks nothing itself.
pub async fn contract_on(
    db: &impl ConnectionTrait,
    studio: StudioId,
    beat: BeatId,
    terms: Terms,
    price: Money,
    now: Instant,
) -> Result<Option<Contract>, StoreError> {
    let Some((licensor, licensed)) = licensor_and_beat(db, studio, beat, now).await? else { return Ok(None) };
    let earlier_leases = match beat::Entity::find_by_id(beat).one(db).await? {
        Some(beat) if terms.is_exclusive() => standing_leases(db, beat.work_id, None, now).await?,
        _ => Vec::new(),
    };
    Ok(Some(Contract { licensor, grant: None, beat: licensed, terms, price, earlier_leases, replaces: None }))
}

async fn licensor_and_beat(
    db: &impl ConnectionTrait,
    studio: StudioId,
    beat: BeatId,
    at: Instant,
) -> Result<Option<(Licensor, LicensedBeat)>, StoreError> {
    let beat = beat::Entity::find_by_id(beat).filter(beat::Column::StudioId.eq(studio)).one(db).await?;
    let Some(beat) = beat else { return Ok(None) };
    let Some(studio) = studio::Entity::find_by_id(studio).one(db).await? else { return Ok(None) };
    let work = work::Entity::find_by_id(beat.work_id).one(db).await?;
    let recording = recording::Entity::find_by_id(beat.recording_id).one(db).await?;
    let source = match beat.source_asset_id {
        Some(source) => asset::Entity::find_by_id(source).one(db).await?,
        None => None,
    };
    let (Some(work), Some(recording), Some(source)) = (work, recording, source) else { return Ok(None) };
    let licensor = Licensor {
        name: studio.name,
        legal_name: studio.legal_name,
        address: studio.address,
        email: studio.contact_email,
        governing_law: studio.governing_law,
        producers: producers(db, &beat, at).await?,
    };
    let licensed = LicensedBeat {
        title: beat.title,
        work_title: work.title,
        isrc: recording.isrc,
        iswc: work.iswc,
        bpm_milli: beat.bpm_milli,
        musical_key: beat.musical_key,
        audio_sha256: source.sha256,
        samples: beat.samples.0,
    };
    Ok(Some((licensor, licensed)))
}

/// Who made a beat, in the order of the credits, each with the part of the composition that was signed by then; where nothing was, with the part that
/// the credits say. Writers who were signed for and are not credited come last.
async fn producers(db: &impl ConnectionTrait, beat: &beat::Model, at: Instant) -> Result<Vec<Producer>, StoreError> {
    let mut credits: Vec<(PartyId, String, Share)> = collaborator::Entity::find()
        .filter(collaborator::Column::BeatId.eq(beat.id))
        .order_by_asc(collaborator::Column::Position)
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.party_id, row.role, row.share))
        .collect();
    let entered: Vec<_> = credits.iter().map(|(party, _, share)| (*party, *share)).collect();
    let mut signed = splits::writers_at(db, beat.work_id, &entered, at).await?;
    for (party, _, share) in &mut credits {
        let at = signed.iter().position(|(writer, _)| writer == party);
        *share = at.map_or(Share::ZERO, |at| signed.remove(at).1);
    }
    credits.extend(signed.into_iter().map(|(party, share)| (party, UNCREDITED_ROLE.to_owned(), share)));
    let mut parties: HashMap<_, _> = party::Entity::find()
        .filter(party::Column::Id.is_in(credits.iter().map(|(party, ..)| *party)))
        .all(db)
        .await?
        .into_iter()
        .map(|party| (party.id, party))
        .collect();
    Ok(credits
        .into_iter()
        .filter_map(|(party, role, share)| {
            let party = parties.remove(&party)?;
            Some(Producer { name: party.name, legal_name: party.legal_name, role, share, ipi: party.ipi })
        })
        .collect())
}

/// The leases of the same work, sold to others, that stood when an exclusive was granted.
async fn earlier_leases(
    db: &impl ConnectionTrait,
    exclusive: &licence::Model,
) -> Result<Vec<EarlierLease>, StoreError> {
    standing_leases(db, exclusive.work_id, Some(exclusive.order_id), exclusive.granted_at).await
}

/// The leases of a work that survive an exclusive of an instant: neither given back, nor upgraded, nor over by then. One that is disputed may.
async fn standing_leases(
    db: &impl ConnectionTrait,
    work: WorkId,
    but: Option<OrderId>,
    at: Instant,
) -> Result<Vec<EarlierLease>, StoreError> {
    let orders =
        order::Entity::find().select_only().column(order::Column::Id).filter(entitlements::not_revoked()).into_query();
    let mut query = licence::Entity::find()
        .filter(licence::Column::WorkId.eq(work))
        .filter(licence::Column::Exclusive.eq(false))
        .filter(licence::Column::OrderId.in_subquery(orders))
        .filter(entitlements::not_superseded());
    if let Some(order) = but {
        query = query.filter(licence::Column::OrderId.ne(order));
    }
    let rows = query.order_by_asc(licence::Column::GrantedAt).order_by_asc(licence::Column::Id).all(db).await?;
    Ok(rows
        .into_iter()
        .map(|row| EarlierLease {
            ends_at: ends_at(row.granted_at, &row.terms),
            reference: row.reference,
            tier_name: row.terms.tier_name,
            granted_at: row.granted_at,
        })
        .filter(|lease| lease.granted_at <= at && lease.ends_at.is_none_or(|end| end > at))
        .collect())
}

/// When a licence ends: so many calendar months after its grant, at the same time of day; where that day does not exist (29 February), the
/// last day of that month. None is perpetual.
pub fn ends_at(granted_at: Instant, terms: &Terms) -> Option<Instant> {
    let months = u32::try_from(terms.term_months?).ok()?;
    granted_at.checked_add_months(chrono::Months::new(months))
}
