//! A catalogue as a list for spreadsheets: a row for each recording, and for each work that nothing was recorded of.
//!
//! In UTF-8 with the mark by which spreadsheets know it, cells quoted as RFC 4180 says. Several people of one cell stand with a semicolon between them.

use chrono::NaiveDate;

use crate::spreadsheet::push_row;

/// A work with what was recorded of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// The studio's own identifier.
    pub id: String,
    /// The title.
    pub title: String,
    /// ISWC, as printed.
    pub iswc: Option<String>,
    /// Who wrote it.
    pub writers: Vec<Share>,
    /// Who publishes it.
    pub publishers: Vec<Share>,
    /// What was recorded of it.
    pub recordings: Vec<Recording>,
}

/// Somebody's share of a work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Share {
    /// Who.
    pub name: String,
    /// IPI name number.
    pub ipi_name_number: Option<String>,
    /// How much they own, in parts per million, if that is known.
    pub share_ppm: Option<u32>,
}

/// A recording of a work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// The studio's own identifier.
    pub id: String,
    /// The title.
    pub title: String,
    /// How the artists are shown together.
    pub artist_name: String,
    /// ISRC, as printed.
    pub isrc: Option<String>,
    /// How long it is, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Who owns it.
    pub owners: Vec<Share>,
    /// The release that it is on.
    pub release_title: Option<String>,
    /// The release's UPC or EAN.
    pub ean: Option<String>,
    /// The label.
    pub label: Option<String>,
    /// When it was released.
    pub released_on: Option<NaiveDate>,
}

/// The headings.
const HEADINGS: [&str; 15] = [
    "Work ID",
    "Work title",
    "ISWC",
    "Writers",
    "Publishers",
    "Recording ID",
    "Recording title",
    "Artist",
    "ISRC",
    "Duration",
    "Owners",
    "Release title",
    "UPC/EAN",
    "Label",
    "Release date",
];

/// Writes a catalogue.
pub fn write(works: &[Work]) -> String {
    let mut out = String::from("\u{feff}");
    push_row(&mut out, HEADINGS.into_iter());
    for work in works {
        let (writers, publishers) = (shares(&work.writers), shares(&work.publishers));
        let of_work: [&str; 5] =
            [&work.id, &work.title, work.iswc.as_deref().unwrap_or_default(), writers.as_str(), publishers.as_str()];
        if work.recordings.is_empty() {
            push_row(&mut out, of_work.into_iter().chain([""; HEADINGS.len() - 5]));
        }
        for recording in &work.recordings {
            let duration = recording.duration_ms.map(clock).unwrap_or_default();
            let owners = shares(&recording.owners);
            let released_on = recording.released_on.map(|date| date.to_string()).unwrap_or_default();
            let of_recording: [&str; 10] = [
                &recording.id,
                &recording.title,
                &recording.artist_name,
                recording.isrc.as_deref().unwrap_or_default(),
                duration.as_str(),
                owners.as_str(),
                recording.release_title.as_deref().unwrap_or_default(),
                recording.ean.as_deref().unwrap_or_default(),
                recording.label.as_deref().unwrap_or_default(),
                released_on.as_str(),
            ];
            push_row(&mut out, of_work.into_iter().chain(of_recording));
        }
    }
    out
}

/// `Ada King [00045620792] 50 %; Bob`.
fn shares(shares: &[Share]) -> String {
    let said = shares.iter().map(|Share { name, ipi_name_number, share_ppm }| {
        let ipi = ipi_name_number.as_ref().map(|ipi| format!(" [{ipi}]")).unwrap_or_default();
        let share = share_ppm.map(|ppm| format!(" {} %", crate::ddex::decimal(ppm, 4))).unwrap_or_default();
        format!("{name}{ipi}{share}")
    });
    said.collect::<Vec<_>>().join("; ")
}

/// `3:25`, or `1:03:25`, to the nearest second.
fn clock(millis: u64) -> String {
    let seconds = (millis + 500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(name: &str, share_ppm: Option<u32>) -> Share {
        Share { name: name.to_owned(), share_ppm, ..Share::default() }
    }

    #[test]
    fn each_recording_has_a_row_and_so_has_a_work_without_any() {
        let ada = Share { ipi_name_number: Some("00045620792".to_owned()), ..share("Ada, King", Some(666_667)) };
        let drive = Work {
            id: "wrk_1".to_owned(),
            title: "Night \"Drive\"".to_owned(),
            iswc: Some("T-034.524.680-1".to_owned()),
            writers: vec![ada, share("Bob", Some(333_333))],
            publishers: vec![share("Nova", None)],
            recordings: vec![
                Recording {
                    id: "rec_1".to_owned(),
                    title: "Night Drive".to_owned(),
                    artist_name: "Ada".to_owned(),
                    isrc: Some("AA-6Q7-20-00047".to_owned()),
                    duration_ms: Some(205_500),
                    owners: vec![share("Nova", Some(1_000_000))],
                    release_title: Some("EP".to_owned()),
                    ean: Some("036000291452".to_owned()),
                    label: Some("Nova".to_owned()),
                    released_on: NaiveDate::from_ymd_opt(2026, 3, 24),
                },
                Recording { title: "=Live".to_owned(), duration_ms: Some(3_805_000), ..Recording::default() },
            ],
        };
        let alone = Work { title: "Demo".to_owned(), ..Work::default() };
        let expected = "\u{feff}Work ID,Work title,ISWC,Writers,Publishers,Recording ID,Recording title,Artist,ISRC,Duration,Owners,\
                        Release title,UPC/EAN,Label,Release date\r\n\
                        wrk_1,\"Night \"\"Drive\"\"\",T-034.524.680-1,\"Ada, King [00045620792] 66.6667 %; Bob 33.3333 %\",Nova,rec_1,\
                        Night Drive,Ada,AA-6Q7-20-00047,3:26,Nova 100 %,EP,036000291452,Nova,2026-03-24\r\n\
                        wrk_1,\"Night \"\"Drive\"\"\",T-034.524.680-1,\"Ada, King [00045620792] 66.6667 %; Bob 33.3333 %\",Nova,,\
                        '=Live,,,1:03:25,,,,,\r\n\
                        ,Demo,,,,,,,,,,,,,\r\n";
        assert_eq!(write(&[drive, alone]), expected);
    }
}
