//! What a line of a statement says, as royalties are reckoned with it.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate};
use interchange::statements::{Decimal, Field, Line as Said, PLACES};

use crate::royalties::rules::{Channel, Exact};

/// One, in the smallest steps of a decimal.
const ONE: i128 = 10_i128.pow(PLACES);

/// Characters of a text that are kept.
const MAX_CHARS: usize = 500;

/// Whole words of a line's kind, subscription or product that say how it was used. The first in this order that is found holds: a video stream is a video.
const CHANNELS: [(&str, Channel); 36] = [
    ("sync", Channel::Sync),
    ("synchronization", Channel::Sync),
    ("synchronisation", Channel::Sync),
    ("licence", Channel::Licence),
    ("license", Channel::Licence),
    ("licensing", Channel::Licence),
    ("mechanical", Channel::Mechanical),
    ("mechanicals", Channel::Mechanical),
    ("performance", Channel::Performance),
    ("performances", Channel::Performance),
    ("broadcast", Channel::Performance),
    ("radio", Channel::Performance),
    ("neighbouring", Channel::Performance),
    ("neighboring", Channel::Performance),
    ("video", Channel::Video),
    ("videos", Channel::Video),
    ("ugc", Channel::Video),
    ("vinyl", Channel::Physical),
    ("cd", Channel::Physical),
    ("cassette", Channel::Physical),
    ("physical", Channel::Physical),
    ("package", Channel::Physical),
    ("download", Channel::Download),
    ("downloads", Channel::Download),
    ("dl", Channel::Download),
    ("permanent", Channel::Download),
    ("purchase", Channel::Download),
    ("stream", Channel::Stream),
    ("streams", Channel::Stream),
    ("streaming", Channel::Stream),
    ("subscription", Channel::Stream),
    ("premium", Channel::Stream),
    ("freemium", Channel::Stream),
    ("supported", Channel::Stream),
    ("tethered", Channel::Stream),
    ("cloud", Channel::Stream),
];

/// How the lines of a format were used that do not say it themselves, for it reports nothing else.
const OF_FORMATS: [(&str, Channel); 4] = [
    ("ascap", Channel::Performance),
    ("prs", Channel::Performance),
    ("youtube", Channel::Video),
    ("bandcamp", Channel::Download),
];

/// A text of a line, as far as it is kept.
pub(super) fn cut(text: &str) -> String {
    if text.len() <= MAX_CHARS { text.to_owned() } else { text.chars().take(MAX_CHARS).collect() }
}

/// How something was used, by what lines say of it: first their kind, then the part of the store, then the product.
pub(super) fn channel_of(says: [&str; 3]) -> Channel {
    let told = |text: &str| {
        let lower = text.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
        CHANNELS.iter().find(|(word, _)| words.contains(word)).map(|(_, channel)| *channel)
    };
    says.into_iter().find_map(told).unwrap_or(Channel::Other)
}

/// The same, where the format says more than the line.
pub(in crate::royalties) fn in_format(format: &str, channel: Channel) -> Channel {
    let own = OF_FORMATS.iter().find(|(known, _)| channel == Channel::Other && *known == format);
    own.map_or(channel, |(_, own)| *own)
}

/// A store or format as rules call it: in lower case, with one space between its words; none if nothing is said.
pub(super) fn as_called(text: &str) -> Option<String> {
    as_named(&text.to_lowercase())
}

/// A store as the file calls it, with one space between its words; none if nothing is said.
pub(super) fn as_named(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" ").chars().take(200).collect())
}

/// When it was used: the first day of the month; none if the line says no day at all.
pub(super) fn used_on(line: &Said<'_>) -> Option<NaiveDate> {
    let day = line.sold.or(line.period)?.from;
    Some(first_of_month(day))
}

/// The first day of a day's month.
pub(in crate::royalties) fn first_of_month(day: NaiveDate) -> NaiveDate {
    // Every month has a first day.
    day.with_day(1).unwrap_or(day)
}

/// An amount as it is reckoned with: both have 18 decimals.
pub(in crate::royalties) const fn exact(number: Decimal) -> Exact {
    Exact::from_raw(number.units())
}

/// How many, in whole ones.
pub(super) fn units_of(line: &Said<'_>) -> i64 {
    let whole = line.quantity.map_or(0, |quantity| quantity.units() / ONE);
    i64::try_from(whole).unwrap_or_default()
}

/// What it is called: the recording or work, or the release where the line is of all of it.
pub(super) fn title_of<'l>(line: &Said<'l>) -> Cow<'l, str> {
    let title = line.text(Field::Title);
    if title.is_empty() { line.text(Field::Release) } else { title }
}

/// Who performs it, or wrote it where nobody is said to perform.
pub(super) fn artist_of<'l>(line: &Said<'l>) -> Cow<'l, str> {
    let artist = line.text(Field::Artist);
    if artist.is_empty() { line.text(Field::Writer) } else { artist }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_how_it_was_used() {
        let kind = |text| channel_of([text, "", ""]);
        assert_eq!(kind("Streaming"), Channel::Stream);
        assert_eq!(kind("Video stream"), Channel::Video);
        assert_eq!(kind("Track download"), Channel::Download);
        assert_eq!(kind("Ad-Supported"), Channel::Stream);
        assert_eq!(kind("Abcd"), Channel::Other);
        assert_eq!(channel_of(["", "Premium", "Vinyl"]), Channel::Stream);
        assert_eq!(in_format("ascap", Channel::Other), Channel::Performance);
        assert_eq!(in_format("ascap", Channel::Stream), Channel::Stream);
        assert_eq!(in_format("distrokid", Channel::Other), Channel::Other);
    }
}
