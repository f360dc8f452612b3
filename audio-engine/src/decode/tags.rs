//! Tags that an importer wants: title, artist, tempo, key, genre.

use super::guard::guarded;
use lofty::config::ParseOptions;
use lofty::file::TaggedFileExt;
use lofty::probe::Probe;
use lofty::tag::{Accessor, ItemKey};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The longest text that is taken from a tag, in characters.
const MAX_TEXT: usize = 200;

/// What the tags inside a file say; all of it is the file's claim and none of it is checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EmbeddedTags {
    /// Title.
    pub title: Option<String>,
    /// Artist.
    pub artist: Option<String>,
    /// Album.
    pub album: Option<String>,
    /// Genre.
    pub genre: Option<String>,
    /// Tempo in beats per minute, 20 to 400.
    pub bpm: Option<f64>,
    /// Musical key as written, such as `Am` or `F#m`.
    pub key: Option<String>,
    /// ISRC as written.
    pub isrc: Option<String>,
}

/// Reads the tags; a file without any, or with damaged ones, gives none: tags never decide whether audio is accepted.
pub(super) fn read(path: &Path) -> EmbeddedTags {
    guarded(|| try_read(path)).flatten().unwrap_or_default()
}

fn try_read(path: &Path) -> Option<EmbeddedTags> {
    let options = ParseOptions::new().read_properties(false).read_cover_art(false);
    let file = Probe::open(path).ok()?.options(options).guess_file_type().ok()?.read().ok()?;
    let mut found = EmbeddedTags::default();
    for tag in file.primary_tag().into_iter().chain(file.tags()) {
        let text = |key: ItemKey| tag.get_string(key).and_then(clean);
        found.title = found.title.or_else(|| tag.title().and_then(|s| clean(&s)));
        found.artist = found.artist.or_else(|| tag.artist().and_then(|s| clean(&s)));
        found.album = found.album.or_else(|| tag.album().and_then(|s| clean(&s)));
        found.genre = found.genre.or_else(|| tag.genre().and_then(|s| clean(&s)));
        found.key = found.key.or_else(|| text(ItemKey::InitialKey));
        found.isrc = found.isrc.or_else(|| text(ItemKey::Isrc));
        found.bpm = found.bpm.or_else(|| {
            let written = text(ItemKey::Bpm).or_else(|| text(ItemKey::IntegerBpm))?;
            written.replace(',', ".").parse::<f64>().ok().filter(|bpm| (20.0..=400.0).contains(bpm))
        });
    }
    Some(found)
}

fn clean(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
