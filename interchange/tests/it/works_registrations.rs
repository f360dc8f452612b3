//! Works registrations, held record by record against those that the Python package django-music-publisher writes of the same works; and answers of
//! societies, read as it reads them.
//!
//! It writes what it has in a field and cuts the rest off, where ours names the field; and it leaves the end of the last line out. Nothing else differs.

use std::{fmt::Write as _, str::FromStr};

use chrono::{NaiveDate, NaiveDateTime};
use interchange::{
    cwr::{
        Agreement, Chain, Collection, Kind, Library, Link, Original, OtherTitle, Performer, Publisher, PublisherRole,
        Publishing, Recording, Reference, Registration, Sender, SenderKind, Shares, Societies, Status, TitleKind,
        Version, WORLD, Work, Writer, WriterRole, read_acknowledgements, write,
    },
    identifiers::{IpiNameNumber, Iswc},
};

use crate::{
    dice::Dice,
    judge::{asked_of, python},
};

/// Enters what the lines say, each checked as it is in its own forms, and prints the file that it makes of it.
const WRITES: &str = r#"
import datetime, decimal, sys
import django
from django.conf import settings
kind, publisher, *rows = [line.split("\t") for line in open(sys.argv[1], encoding="utf-8").read().splitlines()]
name, ipi, base, performing, mechanical, synchronisation = publisher
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "taggit", "music_publisher"], USE_TZ=False,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}, DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}], SOFTWARE="Ledgerline", SOFTWARE_VERSION="0.1.0",
    PUBLISHER_NAME=name, PUBLISHER_CODE="NVA", PUBLISHER_IPI_NAME=ipi, PUBLISHER_IPI_BASE=base, PUBLISHER_SOCIETY_PR=performing,
    PUBLISHER_SOCIETY_MR=mechanical, PUBLISHER_SOCIETY_SR=synchronisation, PUBLISHING_AGREEMENT_PUBLISHER_PR=decimal.Decimal("0.5"),
    PUBLISHING_AGREEMENT_PUBLISHER_MR=decimal.Decimal("1"), PUBLISHING_AGREEMENT_PUBLISHER_SR=decimal.Decimal("0.25"),
    OPTION_FORCE_CASE=None, OPTION_FILES=False, OPTION_CWR_SYNC_WORK_LIMIT=10**9, OPTION_CWR_WORKS_PER_FILE=10**9)
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, run_syncdb=True)
from music_publisher import models
def made(model, **fields):
    one = model(**{field: value for field, value in fields.items() if value not in ("", None)})
    one.full_clean()
    one.save()
    return one
def found(model, number):
    return model.objects.get(id=int(number)) if number else None
export = made(models.CWRExport, nwr_rev=kind[0])
for kind, *row in rows:
    if kind == "LIBRARY":
        library = made(models.LibraryRelease, cd_identifier=row[1], library=made(models.Library, name=row[0]))
    elif kind == "WRITER":
        made(models.Writer, id=int(row[0]), last_name=row[1], first_name=row[2], ipi_name=row[3], pr_society=row[4])
    elif kind == "ARTIST":
        made(models.Artist, id=int(row[0]), last_name=row[1], first_name=row[2])
    elif kind == "LABEL":
        made(models.Label, id=int(row[0]), name=row[1])
    elif kind == "WORK":
        work = made(models.Work, id=int(row[0]), title=row[1], iswc=row[2], original_title=row[3], library_release=library if row[4] else None)
        export.works.add(work)
    elif kind == "TITLE":
        made(models.AlternateTitle, work=work, title=row[0], title_type=row[1])
    elif kind == "PART":
        made(models.WriterInWork, work=work, writer=found(models.Writer, row[0]), capacity=row[1].ljust(2), relative_share=decimal.Decimal(row[2]),
            controlled=row[3] == "1", saan=row[4])
    elif kind == "PERFORMER":
        made(models.ArtistInWork, work=work, artist=found(models.Artist, row[0]))
    elif kind == "RECORDING":
        made(models.Recording, id=int(row[0]), work=work, version_title=row[1], isrc=row[2], artist=found(models.Artist, row[5]),
            record_label=found(models.Label, row[6]), release_date=datetime.date.fromisoformat(row[3]) if row[3] else None,
            duration=datetime.timedelta(seconds=int(row[4])) if row[4] else None)
    elif kind == "REFERENCE":
        made(models.WorkAcknowledgement, work=work, society_code=row[0], remote_work_id=row[1], date=datetime.date(2026, 1, 2), status="AS")
export.create_cwr()
sys.stdout.reconfigure(encoding="utf-8", newline="")
print(export.cwr, end="\r\n")
"#;

/// Reads answers by its own patterns.
const READS: &str = r#"
import re, sys
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.messages",
    "django.contrib.sessions", "taggit", "music_publisher"], TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    PUBLISHER_NAME="", PUBLISHER_CODE="", PUBLISHER_IPI_BASE="", PUBLISHER_IPI_NAME="", PUBLISHER_SOCIETY_PR="", PUBLISHER_SOCIETY_MR="",
    PUBLISHER_SOCIETY_SR="", PUBLISHING_AGREEMENT_PUBLISHER_PR=0.5, PUBLISHING_AGREEMENT_PUBLISHER_MR=1, PUBLISHING_AGREEMENT_PUBLISHER_SR=1,
    OPTION_FILES=False)
django.setup()
from music_publisher.admin import ACKImportAdmin
from music_publisher.forms import ACKImportForm
text = open(sys.argv[1], "rb").read().decode("latin1")
society, name, written, sent = re.match(ACKImportForm.RE_HDR_21, text).groups()
print(society.lstrip("0"), name.strip(), written, sep="|")
for kind, work, remote, date, status, rest in re.findall(ACKImportAdmin.RE_ACK_21, text):
    repeated = [line for line in rest.splitlines() if line[:3] in ("NWR", "REV")]
    print(kind, work.strip(), remote.strip(), date, status, repeated[0][95:106].strip() if repeated else "", sep="|")
for work, iswc in re.findall(ACKImportAdmin.RE_ISW_21, text):
    print(work.strip(), iswc, sep="|")
"#;

const MANY_WRITERS: usize = 12;
const MANY_ARTISTS: usize = 6;
const LABELS: [&str; 3] = ["Nova Records", "Night & Drive", "Ocean"];

fn ended<T: FromStr>(body: &str, count: usize) -> String {
    let width = (count - 1).to_string().len();
    let right = (0..count).map(|ending| format!("{body}{ending:0width$}")).find(|text| text.parse::<T>().is_ok());
    right.expect("one ending is right")
}

/// The same works, for ours and for theirs.
struct Both {
    registration: Registration,
    lines: String,
    recordings: usize,
}

fn shares(percent_hundredths: u32, (performing, mechanical, synchronisation): (u32, u32, u32)) -> Shares {
    // A hundredth of a percent is 100 parts per million; the agreement's parts are quarters.
    let part = |quarters: u32| percent_hundredths * 25 * quarters;
    Shares {
        performing_ppm: part(performing),
        mechanical_ppm: part(mechanical),
        synchronisation_ppm: part(synchronisation),
    }
}

/// What the publisher has of a controlled share, in quarters, and what is left.
const PUBLISHER: (u32, u32, u32) = (2, 4, 1);
const LEFT: (u32, u32, u32) = (2, 0, 3);
const ALL: (u32, u32, u32) = (4, 4, 4);

fn everywhere(shares: Shares) -> Vec<Collection> {
    vec![Collection { territory: WORLD, is_excluded: false, shares }]
}

fn publishing(is_controlled: bool, percent_hundredths: u32) -> Chain {
    let shares = shares(percent_hundredths, PUBLISHER);
    let link = Link {
        publisher: is_controlled.then_some(0),
        role: PublisherRole::Original,
        shares,
        collections: if is_controlled { everywhere(shares) } else { Vec::new() },
        agreement: None,
    };
    Chain { is_controlled, links: vec![link] }
}

/// A writer, without a part in anything.
fn writer(number: usize) -> Writer {
    let dice = &mut Dice(number as u64);
    Writer {
        id: format!("W{:06}", number + 1),
        last_name: format!("Writer {}", char::from(b"ABCDEFGHIJKLMNOP"[number])),
        first_name: if number.is_multiple_of(3) { String::new() } else { format!("Anna {number}") },
        ipi_name_number: Some(ended::<IpiNameNumber>(&format!("00{}", dice.digits(7)), 100)),
        societies: Societies { performing: Some(dice.pick(&[10, 21, 44, 52, 58])), ..Societies::default() },
        ..Writer::default()
    }
}

fn artist(number: usize) -> Performer {
    let first_name = if number.is_multiple_of(2) { String::new() } else { "The".to_owned() };
    Performer { last_name: format!("Artist {}", char::from(b"ABCDEFGHIJKLMNOP"[number])), first_name }
}

fn both(version: Version, kind: Kind) -> Both {
    let publisher = Publisher {
        id: "P000001".to_owned(),
        name: "Nova Music".to_owned(),
        ipi_name_number: Some("00045620792".to_owned()),
        ipi_base_number: Some("I-001068130-6".to_owned()),
        societies: Societies { performing: Some(52), mechanical: Some(44), synchronisation: None },
    };
    let code = match (version, kind) {
        (Version::V21, Kind::New) => "NWR",
        (Version::V21, Kind::Revised) => "REV",
        (Version::V22, Kind::New) => "NW2",
        (Version::V22, Kind::Revised) => "RE2",
    };
    let mut lines =
        format!("{code}\nNova Music\t00045620792\tI-001068130-6\t52\t44\t\nLIBRARY\tNova Library\tNL 001\n");
    for number in 0..MANY_WRITERS {
        let Writer { last_name, first_name, ipi_name_number, societies, .. } = writer(number);
        let (ipi, society) = (ipi_name_number.unwrap(), societies.performing.unwrap());
        let _ = writeln!(lines, "WRITER\t{}\t{last_name}\t{first_name}\t{ipi}\t{society}", number + 1);
    }
    for number in 0..MANY_ARTISTS {
        let Performer { last_name, first_name } = artist(number);
        let _ = writeln!(lines, "ARTIST\t{}\t{last_name}\t{first_name}", number + 1);
    }
    for (number, label) in (1..).zip(LABELS) {
        let _ = writeln!(lines, "LABEL\t{number}\t{label}");
    }
    let registration = Registration {
        version,
        kind,
        sender: Sender {
            kind: SenderKind::Publisher,
            name: "Nova Music".to_owned(),
            ipi_name_number: "045620792".to_owned(),
        },
        created_at: "2026-03-24T12:00:00Z".parse().unwrap(),
        software: ("Ledgerline".to_owned(), "0.1.0".to_owned()),
        publishers: vec![publisher],
        works: Vec::new(),
    };
    Both { registration, lines, recordings: 0 }
}

impl Both {
    /// Adds a work, with a part of everything that there may be.
    fn add(&mut self, dice: &mut Dice) {
        let number = self.registration.works.len() + 1;
        let title = format!("Night Drive {number}, \"{}\"", dice.pick(&["Dawn", "Dusk", "O'Clock"]));
        let iswc = (dice.roll(2) == 0).then(|| ended::<Iswc>(&format!("T{:09}", 1_000_000 + number * 7919), 10));
        let original = (dice.roll(4) == 0).then(|| format!("Old Song {number}"));
        let is_library = dice.roll(3) == 0;
        let _ = writeln!(
            self.lines,
            "WORK\t{number}\t{title}\t{}\t{}\t{}",
            iswc.as_deref().unwrap_or_default(),
            original.as_deref().unwrap_or_default(),
            if is_library { "1" } else { "" },
        );
        let mut work = Work {
            id: format!("NVA{number:06}"),
            title,
            iswc,
            library: is_library.then(|| Library { name: "Nova Library".to_owned(), album: "NL 001".to_owned() }),
            ..Work::default()
        };
        self.people(dice, &mut work, original.is_some());
        work.modified_from = original.map(|title| Original { title, iswc: None });
        self.others(dice, &mut work, number);
        self.registration.works.push(work);
    }

    fn people(&mut self, dice: &mut Dice, work: &mut Work, is_modified: bool) {
        let count = if is_modified { 2 + dice.roll(3) } else { 1 + dice.roll(4) };
        let controlled = 1 + dice.roll(count);
        let mut left = 10_000_u32;
        let mut of_publisher = 0;
        let first = dice.roll(MANY_WRITERS - count);
        for place in 0..count {
            let is_last = place + 1 == count;
            let share = if is_last { left } else { 1 + u32::try_from(dice.roll(left as usize / 2)).unwrap() };
            left -= share;
            let (role, code) = match place {
                0 => dice.pick(&[(WriterRole::ComposerAuthor, "CA"), (WriterRole::Composer, "C")]),
                _ if is_last && is_modified => dice.pick(&[
                    (WriterRole::Arranger, "AR"),
                    (WriterRole::Adaptor, "AD"),
                    (WriterRole::Translator, "TR"),
                ]),
                _ => dice.pick(&[(WriterRole::Author, "A"), (WriterRole::Composer, "C")]),
            };
            let is_controlled = place < controlled;
            let agreement = (is_controlled && dice.roll(2) == 0).then(|| format!("S{}", dice.digits(6)));
            // Of those that others control, one that is alone may be unknown.
            let is_known = is_controlled || controlled + 1 < count || dice.roll(2) == 0;
            let _ = writeln!(
                self.lines,
                "PART\t{}\t{code}\t{}.{:02}\t{}\t{}",
                if is_known { (first + place + 1).to_string() } else { String::new() },
                share / 100,
                share % 100,
                u8::from(is_controlled),
                agreement.as_deref().unwrap_or_default(),
            );
            let known = if is_known { writer(first + place) } else { Writer::default() };
            let shares = shares(share, if is_controlled { LEFT } else { ALL });
            let agreement = agreement.map(|number| Agreement { society_number: Some(number), ..Agreement::default() });
            work.writers.push(Writer {
                role,
                shares,
                is_controlled,
                collections: if is_controlled { everywhere(shares) } else { Vec::new() },
                publishers: if is_controlled { vec![Publishing { chain: 0, agreement }] } else { Vec::new() },
                ..known
            });
            if is_controlled {
                of_publisher += share;
            }
        }
        work.chains.push(publishing(true, of_publisher));
    }

    fn others(&mut self, dice: &mut Dice, work: &mut Work, number: usize) {
        let mut titles = Vec::new();
        if dice.roll(2) == 0 {
            let _ = writeln!(self.lines, "TITLE\tMidnight {number}\tFT");
            titles.push(OtherTitle { title: format!("Midnight {number}"), kind: TitleKind::Formal });
        }
        let mut artists = Vec::new();
        if dice.roll(2) == 0 {
            artists.push(dice.roll(MANY_ARTISTS));
            let _ = writeln!(self.lines, "PERFORMER\t{}", artists[0] + 1);
        }
        let mut recordings = Vec::new();
        for _ in 0..dice.roll(4) {
            self.recordings += 1;
            let id = self.recordings;
            let version_title = if dice.roll(2) == 0 { format!("Radio Edit {id}") } else { String::new() };
            let isrc = if dice.roll(3) == 0 { String::new() } else { format!("AA6Q7{id:07}") };
            let released_on = (dice.roll(3) > 0).then(|| NaiveDate::from_ymd_opt(2026, 3, 24)).flatten();
            let duration_s = (dice.roll(3) > 0).then(|| u32::try_from(60 + dice.roll(5000)).unwrap());
            let by = (dice.roll(3) > 0).then(|| dice.roll(MANY_ARTISTS));
            let label = dice.roll(LABELS.len());
            let _ = writeln!(
                self.lines,
                "RECORDING\t{id}\t{version_title}\t{isrc}\t{}\t{}\t{}\t{}",
                released_on.map(|date| date.to_string()).unwrap_or_default(),
                duration_s.map(|seconds| seconds.to_string()).unwrap_or_default(),
                by.map(|by| (by + 1).to_string()).unwrap_or_default(),
                label + 1,
            );
            if !version_title.is_empty() {
                titles.push(OtherTitle { title: version_title.clone(), kind: TitleKind::Alternative });
            }
            let display = by.map(artist).map(|Performer { last_name, first_name }| format!("{first_name} {last_name}"));
            recordings.push((
                by,
                Recording {
                    id: format!("NVA{id:06}R"),
                    released_on,
                    duration_s,
                    isrc: Some(isrc).filter(|isrc| !isrc.is_empty()),
                    title: work.title.clone(),
                    version_title,
                    display_artist: display.unwrap_or_default().trim().to_owned(),
                    label: LABELS[label].to_owned(),
                },
            ));
        }
        if dice.roll(3) == 0 {
            let _ = writeln!(self.lines, "REFERENCE\t10\tX{number}");
            work.references.push(Reference { society: 10, identifier: format!("X{number}") });
        }
        // Titles by their letters, and the latest recording first, as theirs are.
        titles.sort_by(|one, other| one.title.cmp(&other.title));
        work.other_titles = titles;
        for (by, recording) in recordings.into_iter().rev() {
            artists.extend(by);
            work.recordings.push(recording);
        }
        let mut told = Vec::new();
        for number in artists {
            if !told.contains(&number) {
                told.push(number);
                work.performers.push(artist(number));
            }
        }
    }

    /// A writer whom two publishers share, of which the sender knows its own alone.
    fn add_shared(&mut self) {
        let number = self.registration.works.len() + 1;
        let _ = writeln!(
            self.lines,
            "WORK\t{number}\tShared\t\t\t\nPART\t1\tCA\t30.00\t1\t\nPART\t1\tCA\t30.00\t0\t\nPART\t2\tA\t40.00\t0\t"
        );
        let shares_of_first = shares(6000, LEFT);
        self.registration.works.push(Work {
            id: format!("NVA{number:06}"),
            title: "Shared".to_owned(),
            // The sender's own chains are written first, wherever they stand.
            chains: vec![publishing(false, 3000), publishing(true, 3000)],
            writers: vec![
                Writer { role: WriterRole::Author, shares: shares(4000, ALL), ..writer(1) },
                Writer {
                    shares: shares_of_first,
                    is_controlled: true,
                    collections: everywhere(shares_of_first),
                    publishers: vec![Publishing { chain: 1, agreement: None }],
                    ..writer(0)
                },
            ],
            ..Work::default()
        });
    }
}

#[test]
fn another_program_writes_the_same_records_of_the_same_works() {
    let Some(python) = python("music_publisher, django, taggit") else { return };
    for (seed, version, kind) in [
        (1, Version::V21, Kind::New),
        (2, Version::V21, Kind::Revised),
        (3, Version::V22, Kind::New),
        (4, Version::V22, Kind::Revised),
    ] {
        let mut dice = Dice(seed);
        let mut both = both(version, kind);
        for _ in 0..60 {
            both.add(&mut dice);
        }
        both.add_shared();
        let theirs = asked_of(&python, WRITES, both.lines.as_bytes());
        // Theirs takes the time from the clock.
        let written = NaiveDateTime::parse_from_str(&theirs[64..78], "%Y%m%d%H%M%S").unwrap();
        both.registration.created_at = written.and_utc();
        let ours = write(&both.registration).unwrap();
        for (number, (ours, theirs)) in (1..).zip(ours.split("\r\n").zip(theirs.split("\r\n"))) {
            assert_eq!(ours, theirs, "line {number} of {version:?}, {kind:?}");
        }
        assert_eq!(ours.len(), theirs.len());
    }
}

#[test]
fn another_program_reads_the_same_answers() {
    let Some(python) = python("music_publisher, django, taggit") else { return };
    let mut dice = Dice(5);
    let (society, title, remark) = ("BMI", "NIGHT DRIVE", "The writer is unknown");
    let mut file = format!("HDRSO000000021{society:<45}01.102026032412000020260324\r\nGRHACK0000102.100020260324\r\n");
    let statuses = ["RA", "AS", "AC", "SR", "CR", "CO", "DU", "RJ", "NP", "RC", "NA", "WA"];
    let mut count = 0;
    for number in 0..200 {
        let kind = dice.pick(&["NWR", "REV"]);
        let work = format!("NVA{number:06}");
        let remote = if dice.roll(2) == 0 { dice.digits(9) } else { String::new() };
        let status = dice.pick(&statuses);
        let (accented, day) = (format!("Zoë {number}"), 1 + dice.roll(28));
        let _ = write!(
            file,
            "ACK{number:08}000000002026032309105100001{number:08}{kind}{accented:<60}{work:<20}{remote:<20}202603{day:02}{status}\r\n",
        );
        count += 1;
        if dice.roll(3) == 0 {
            let _ = write!(file, "MSG{number:08}00000001F00000002SWRF123{remark:<150}\r\n");
            count += 1;
        }
        if dice.roll(2) == 0 {
            let iswc = ended::<Iswc>(&format!("T{:09}", 100 + number), 10);
            let _ = write!(file, "{kind}{number:08}00000002{title:<62}{work:<14}{iswc}\r\n");
            count += 1;
        }
    }
    let iswc = ended::<Iswc>("T034524680", 10);
    let _ = write!(file, "GRT0000100000200{:08}\r\nGRHISW0000202.100020260324\r\n", count + 2);
    let _ = write!(file, "ISW0000000000000000{title:<62}NVA000007     {iswc}\r\nGRT000020000000100000003\r\n");
    let _ = write!(file, "TRL0000200000201{:08}\r\n", count + 7);
    let bytes: Vec<u8> = file.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let read = read_acknowledgements(&bytes).unwrap();
    assert!(read.faults.is_empty(), "{:?}", read.faults);
    assert_eq!(read.answers[7].title, "Zoë 7");
    let mut ours = format!("{}|{}|{}\n", read.society.unwrap(), read.sender, read.created_on.format("%Y%m%d"));
    for answer in &read.answers {
        let _ = writeln!(
            ours,
            "{}|{}|{}|{}|{}|{}",
            if answer.kind == Kind::New { "NWR" } else { "REV" },
            answer.work_id,
            answer.society_work_id.as_deref().unwrap_or_default(),
            answer.processed_on.format("%Y%m%d"),
            answer.status.code(),
            answer.iswc.as_deref().unwrap_or_default(),
        );
    }
    for notice in &read.notices {
        let _ = writeln!(ours, "{}|{}", notice.work_id, notice.iswc);
    }
    assert_eq!(ours, asked_of(&python, READS, &bytes));
    assert!(read.answers.iter().any(|answer| answer.status == Status::Accepted && !answer.messages.is_empty()));
}
