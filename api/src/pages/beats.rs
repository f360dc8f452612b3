//! What the shop's pages show of beats: the list, a beat's own page, and the player that other sites embed.

use std::collections::HashMap;

use domain::{
    catalog::{
        self,
        entity::{BeatState, LabelKind, asset, beat},
    },
    identity::entity::studio,
    ids::{AssetId, BeatId},
    licensing::{
        queries::{Offer, effective_tiers, sold_in},
        terms::TierCode,
    },
    services::Services,
};
use futures::future::join_all;

use super::{cover, currencies::Showing, errors::PageError, texts::t, waveform, words};

/// Everything that a page shows of a beat.
pub(super) struct BeatView {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) description: String,
    /// The picture's address; empty if it has none, then `cover` is drawn.
    pub(super) picture: String,
    pub(super) cover: String,
    /// Tempo, key and length, each if known.
    pub(super) facts: Vec<String>,
    /// The preview's length in milliseconds; 0 if it is not known.
    pub(super) length_ms: i64,
    pub(super) moods: Vec<String>,
    pub(super) tags: Vec<String>,
    /// The preview's address and media type; empty if there is none yet.
    pub(super) preview: String,
    pub(super) preview_type: String,
    /// How high each bar of the waveform is, and their path; empty if there is none.
    pub(super) bars: Vec<u8>,
    pub(super) waveform: String,
    /// `From EUR 29.99`; empty if nothing is on sale.
    pub(super) from_price: String,
    pub(super) sold: bool,
}

/// Everything that pages show of some beats of one studio, in a fixed number of queries; the price is that of a tier, or if none is named of the cheapest.
pub(super) async fn view_beats(
    services: &Services,
    studio: &studio::Model,
    beats: &[beat::Model],
    (showing, tier): (&Showing, Option<TierCode>),
) -> Result<Vec<BeatView>, PageError> {
    let ids: Vec<BeatId> = beats.iter().map(|beat| beat.id).collect();
    let files: Vec<AssetId> = beats
        .iter()
        .flat_map(|beat| [beat.preview_asset_id, beat.waveform_asset_id, beat.artwork_asset_id])
        .flatten()
        .collect();
    let files = catalog::find_assets_by_ids(&services.db, &files).await?;
    let offers = effective_tiers(&services.db, studio.id, &ids).await?.into_iter();
    let shown = |offers: Vec<Offer>| {
        let mut shown = sold_in(&offers, showing.currency);
        shown.retain(|offer| tier.is_none_or(|tier| offer.terms.tier == tier));
        shown
    };
    let offers: HashMap<BeatId, Vec<Offer>> = offers.map(|(beat, offers)| (beat, shown(offers))).collect();
    let carry = showing.carry();
    let mut labels = catalog::list_labels_of_beats(&services.db, &ids).await?;
    let views = beats.iter().map(|beat| {
        let labels = labels.remove(&beat.id).unwrap_or_default();
        let named = |kind| labels.iter().filter(|label| label.kind == kind).map(|label| label.label.clone()).collect();
        let (moods, tags) = (named(LabelKind::Mood), named(LabelKind::Tag));
        let offers = offers.get(&beat.id).map_or(&[][..], Vec::as_slice);
        view_beat(services, (studio, carry.as_str()), beat, &files, offers, (moods, tags))
    });
    Ok(join_all(views).await)
}

async fn view_beat(
    services: &Services,
    (studio, carry): (&studio::Model, &str),
    beat: &beat::Model,
    files: &HashMap<AssetId, asset::Model>,
    offers: &[Offer],
    (moods, tags): (Vec<String>, Vec<String>),
) -> BeatView {
    let file = |id: Option<AssetId>| id.and_then(|id| files.get(&id));
    let href = |file: Option<&asset::Model>| file.map_or_else(String::new, |file| format!("/media/{}", file.id));
    let preview = file(beat.preview_asset_id);
    let bars = match file(beat.waveform_asset_id) {
        Some(file) => waveform::heard(services.files.as_ref(), &file.sha256).await.unwrap_or_default(),
        None => Vec::new(),
    };
    let duration = preview.and_then(|file| file.duration_ms).map(words::length);
    let key = beat.musical_key.as_deref().map(words::key);
    let cheapest = offers.iter().map(|offer| offer.price).min_by_key(|price| price.minor);
    BeatView {
        title: beat.title.clone(),
        href: format!("{}/{}{carry}", services.shop_url(studio), beat.slug),
        description: beat.description.clone(),
        picture: href(file(beat.artwork_asset_id)),
        cover: cover::svg(beat.id),
        length_ms: preview.and_then(|file| file.duration_ms).unwrap_or_default(),
        facts: [beat.bpm_milli.map(words::tempo), key, duration].into_iter().flatten().collect(),
        moods,
        tags,
        preview: href(preview),
        preview_type: preview.map_or_else(String::new, |file| file.media_type.clone()),
        waveform: waveform::path(&bars),
        bars,
        from_price: cheapest.map_or_else(String::new, |price| match offers {
            [_] => words::price(price),
            _ => t("shop-from-price").with("price", &words::price(price)).into(),
        }),
        sold: beat.state == BeatState::Sold,
    }
}
