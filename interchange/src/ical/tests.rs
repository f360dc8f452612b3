use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc, Weekday};
use chrono_tz::{Africa, America, Asia, Australia, Europe, Pacific, Tz};
use proptest::prelude::*;

use super::*;
use crate::content_line::unfold;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn event() -> Event {
    Event {
        uid: "ses_1@studio.example".to_owned(),
        sequence: 0,
        stamp: at("2026-01-01T12:00:00Z"),
        start: at("2026-03-24T09:00:00Z"),
        end: at("2026-03-24T11:00:00Z"),
        zone: Europe::Berlin,
        summary: "Vocals; Ada, take 2".to_owned(),
        description: None,
        location: None,
        url: None,
        status: Status::Confirmed,
        organizer: None,
        attendees: Vec::new(),
        recurrence: None,
        except: Vec::new(),
        instance_of: None,
    }
}

fn series(every: Every, ends: Ends) -> Event {
    Event { recurrence: Some(Recurrence { every, interval: 1, ends }), ..event() }
}

fn written(events: Vec<Event>) -> Vec<String> {
    let text = feed(&Feed { name: "Room A".to_owned(), refresh_minutes: 15, events }).unwrap();
    unfold(&text).into_iter().map(|(_, line)| line).collect()
}

/// The lines that begin with a name.
fn named<'a>(lines: &'a [String], name: &str) -> Vec<&'a str> {
    lines.iter().filter(|line| line.starts_with(name)).map(String::as_str).collect()
}

fn fields(faults: &[Fault]) -> Vec<&str> {
    faults.iter().map(|fault| fault.field.as_str()).collect()
}

#[test]
fn a_feed_is_written_in_utc() {
    let confirmed = Event {
        description: Some("Bring\nthe 1176".to_owned()),
        location: Some("Room A".to_owned()),
        url: Some("https://studio.example/s/1?a=1;b".to_owned()),
        attendees: vec![Attendee {
            person: Person { name: "Ada".to_owned(), mail: "ada@example.com".to_owned() },
            answer: Answer::Awaited,
            rsvp: true,
        }],
        ..event()
    };
    let cancelled = Event { status: Status::Cancelled, sequence: 2, uid: "ses_2@studio.example".to_owned(), ..event() };
    let text =
        feed(&Feed { name: "Room A".to_owned(), refresh_minutes: 15, events: vec![confirmed, cancelled] }).unwrap();
    let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Ledgerline//Ledgerline//EN\r\nCALSCALE:GREGORIAN\r\nNAME:Room A\r\n\
                    X-WR-CALNAME:Room A\r\nREFRESH-INTERVAL;VALUE=DURATION:PT15M\r\nX-PUBLISHED-TTL:PT15M\r\n\
                    BEGIN:VEVENT\r\nUID:ses_1@studio.example\r\nSEQUENCE:0\r\nDTSTAMP:20260101T120000Z\r\nDTSTART:20260324T090000Z\r\n\
                    DTEND:20260324T110000Z\r\nSUMMARY:Vocals\\; Ada\\, take 2\r\nDESCRIPTION:Bring\\nthe 1176\r\nLOCATION:Room A\r\n\
                    URL:https://studio.example/s/1?a=1;b\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n\
                    BEGIN:VEVENT\r\nUID:ses_2@studio.example\r\nSEQUENCE:2\r\nDTSTAMP:20260101T120000Z\r\nDTSTART:20260324T090000Z\r\n\
                    DTEND:20260324T110000Z\r\nSUMMARY:Vocals\\; Ada\\, take 2\r\nSTATUS:CANCELLED\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n\
                    END:VCALENDAR\r\n";
    assert_eq!(text, expected);
}

#[test]
fn a_series_is_written_in_local_time_with_the_rule_of_its_zone() {
    let mut weekly =
        series(Every::Week(vec![Weekday::Thu, Weekday::Tue, Weekday::Tue]), Ends::At(at("2026-04-30T21:59:59Z")));
    // After the clocks have changed, ten o'clock is an hour earlier in UTC.
    weekly.except = vec![at("2026-03-31T08:00:00Z")];
    let moved = Event {
        instance_of: Some(at("2026-04-02T08:00:00Z")),
        start: at("2026-04-02T12:00:00Z"),
        end: at("2026-04-02T14:00:00Z"),
        ..event()
    };
    let lines = written(vec![weekly, moved]);
    assert_eq!(
        named(&lines, "DTSTART;"),
        ["DTSTART;TZID=Europe/Berlin:20260324T100000", "DTSTART;TZID=Europe/Berlin:20260402T140000"]
    );
    assert_eq!(
        named(&lines, "DTEND"),
        ["DTEND;TZID=Europe/Berlin:20260324T120000", "DTEND;TZID=Europe/Berlin:20260402T160000"]
    );
    assert_eq!(named(&lines, "RRULE:FREQ=WEEKLY"), ["RRULE:FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20260430T215959Z"]);
    assert_eq!(named(&lines, "EXDATE"), ["EXDATE;TZID=Europe/Berlin:20260331T100000"]);
    assert_eq!(named(&lines, "RECURRENCE-ID"), ["RECURRENCE-ID;TZID=Europe/Berlin:20260402T100000"]);
    let from = lines.iter().position(|line| line == "BEGIN:VTIMEZONE").unwrap();
    let to = lines.iter().position(|line| line == "END:VTIMEZONE").unwrap();
    let zone = [
        "TZID:Europe/Berlin",
        "BEGIN:DAYLIGHT",
        "DTSTART:20250330T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "TZNAME:CEST",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20251026T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "TZNAME:CET",
        "END:STANDARD",
    ];
    assert_eq!(lines[from + 1..to], zone);
}

#[test]
fn new_york_has_the_rules_of_the_standards_own_example() {
    let lines = written(vec![Event { zone: America::New_York, ..series(Every::Day, Ends::After(5)) }]);
    assert_eq!(
        named(&lines, "RRULE"),
        ["RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", "RRULE:FREQ=DAILY;COUNT=5"]
    );
    assert_eq!(named(&lines, "TZOFFSETFROM"), ["TZOFFSETFROM:-0500", "TZOFFSETFROM:-0400"]);
    assert_eq!(named(&lines, "TZNAME"), ["TZNAME:EDT", "TZNAME:EST"]);
}

#[test]
fn zones_without_a_rule_are_written_change_by_change() {
    let tokyo = written(vec![Event { zone: Asia::Tokyo, ..series(Every::Month, Ends::Never) }]);
    assert_eq!(named(&tokyo, "TZOFFSETTO"), ["TZOFFSETTO:+0900"]);
    assert_eq!(named(&tokyo, "RRULE"), ["RRULE:FREQ=MONTHLY"]);
    let casablanca = written(vec![Event { zone: Africa::Casablanca, ..series(Every::Day, Ends::Never) }]);
    assert!(named(&casablanca, "TZOFFSETTO").len() > 20);
    assert_eq!(named(&casablanca, "TZNAME"), Vec::<&str>::new());
    // One zone stands once, whatever the number of its events; UTC needs none.
    let twice = written(vec![series(Every::Day, Ends::Never), series(Every::Month, Ends::Never)]);
    assert_eq!(named(&twice, "BEGIN:VTIMEZONE").len(), 1);
    let utc = written(vec![Event { zone: Tz::UTC, ..series(Every::Day, Ends::Never) }]);
    assert!(named(&utc, "BEGIN:VTIMEZONE").is_empty());
    assert_eq!(named(&utc, "DTSTART"), ["DTSTART:20260324T090000Z"]);
}

#[test]
fn the_hour_that_comes_twice_is_written_exactly() {
    // 02:30 in Berlin comes twice on 25 October 2026: at 00:30 and at 01:30 UTC.
    let single = Event { start: at("2026-10-25T01:30:00Z"), end: at("2026-10-25T03:00:00Z"), ..event() };
    assert_eq!(named(&written(vec![single]), "DTSTART"), ["DTSTART:20261025T013000Z"]);
    let second =
        Event { start: at("2026-10-25T01:30:00Z"), end: at("2026-10-25T03:00:00Z"), ..series(Every::Day, Ends::Never) };
    assert_eq!(fields(&check::events(&[second])), ["events[0].start"]);
    let first =
        Event { start: at("2026-10-25T00:30:00Z"), end: at("2026-10-25T01:30:00Z"), ..series(Every::Day, Ends::Never) };
    let lines = written(vec![first]);
    assert_eq!(named(&lines, "DTSTART;"), ["DTSTART;TZID=Europe/Berlin:20261025T023000"]);
    assert_eq!(named(&lines, "DURATION"), ["DURATION:PT3600S"]);
}

#[test]
fn invitations_name_who_invites_and_who_is_invited() {
    let person = |name: &str, mail: &str| Person { name: name.to_owned(), mail: mail.to_owned() };
    let mut invited = Event {
        organizer: Some(person("Studio: North, \"A\"", "studio@example.com")),
        attendees: vec![
            Attendee { person: person("Ada", "ada&co@example.com"), answer: Answer::Awaited, rsvp: true },
            Attendee { person: person("", "bob@example.com"), answer: Answer::Declined, rsvp: false },
        ],
        sequence: 3,
        ..event()
    };
    let text = invitation(Method::Request, std::slice::from_ref(&invited)).unwrap();
    let lines: Vec<String> = unfold(&text).into_iter().map(|(_, line)| line).collect();
    assert_eq!(lines[4], "METHOD:REQUEST");
    assert_eq!(named(&lines, "ORGANIZER"), ["ORGANIZER;CN=\"Studio: North, ^'A^'\":mailto:studio@example.com"]);
    assert_eq!(
        named(&lines, "ATTENDEE"),
        [
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Ada:mailto:ada%26co@example.com",
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;RSVP=FALSE:mailto:bob@example.com",
        ]
    );
    assert_eq!(fields(&invitation(Method::Cancel, std::slice::from_ref(&invited)).unwrap_err()), ["events[0].status"]);
    invited.status = Status::Cancelled;
    let text = invitation(Method::Cancel, std::slice::from_ref(&invited)).unwrap();
    assert!(text.contains("METHOD:CANCEL\r\n") && text.contains("STATUS:CANCELLED\r\n"));

    let other = Event { uid: "ses_2@studio.example".to_owned(), status: Status::Confirmed, ..invited.clone() };
    let faults = invitation(Method::Request, &[invited, other, event()]).unwrap_err();
    assert_eq!(fields(&faults), ["events[0].status", "events[1].uid", "events[2].organizer", "events[2].attendees"]);
    assert_eq!(fields(&invitation(Method::Request, &[]).unwrap_err()), ["events"]);
}

#[test]
fn what_cannot_be_written_is_named() {
    let bad = Event {
        uid: "a b".to_owned(),
        summary: " ".to_owned(),
        url: Some("https://a b".to_owned()),
        end: at("2026-03-24T09:00:00Z"),
        except: vec![at("2026-03-24T09:00:00Z")],
        attendees: vec![Attendee {
            person: Person { name: String::new(), mail: "nobody".to_owned() },
            answer: Answer::Awaited,
            rsvp: true,
        }],
        ..event()
    };
    let faults = feed(&Feed { name: String::new(), refresh_minutes: 0, events: vec![bad] }).unwrap_err();
    let expected =
        ["uid", "summary", "url", "end", "except", "attendees[0].mail"].map(|field| format!("events[0].{field}"));
    assert_eq!(fields(&faults)[..6], expected.each_ref().map(String::as_str));
    assert_eq!(faults[6].field, "refresh_minutes");
    assert_eq!(faults[3].to_string(), "events[0].end: it is not after the start; let the event last");

    for (event, field) in [
        (Event { end: at("2026-05-24T09:00:00Z"), ..series(Every::Day, Ends::Never) }, "end"),
        (series(Every::Day, Ends::After(0)), "recurrence.ends"),
        (series(Every::Day, Ends::At(at("2026-03-24T08:59:59Z"))), "recurrence.ends"),
        (series(Every::Week(vec![Weekday::Mon]), Ends::Never), "recurrence.every"),
        (series(Every::Week(Vec::new()), Ends::Never), "recurrence.every"),
        (Event { instance_of: Some(at("2026-03-24T09:00:00Z")), ..series(Every::Day, Ends::Never) }, "recurrence"),
        (Event { stamp: at("1969-12-31T00:00:00Z"), ..event() }, "stamp"),
        (Event { description: Some("a".repeat(10_001)), ..event() }, "description"),
        (Event { uid: "a".repeat(256), ..event() }, "uid"),
    ] {
        assert_eq!(fields(&check::events(&[event])), [format!("events[0].{field}")]);
    }
    let recurrence = Some(Recurrence { every: Every::Day, interval: 0, ends: Ends::Never });
    assert_eq!(fields(&check::events(&[Event { recurrence, ..event() }])), ["events[0].recurrence.interval"]);
}

/// Seconds east of Greenwich, as a calendar reads them from a `VTIMEZONE`.
fn offset_by(lines: &[String], moment: DateTime<Utc>) -> i32 {
    let seconds = |text: &str| {
        let size = text[1..3].parse::<i32>().unwrap() * 3600 + text[3..5].parse::<i32>().unwrap() * 60;
        if text.starts_with('-') { -size } else { size }
    };
    let mut onsets = Vec::new();
    let (mut start, mut rule, mut from) = (NaiveDateTime::default(), None, 0);
    for line in lines.iter().skip_while(|line| *line != "BEGIN:VTIMEZONE").take_while(|line| *line != "END:VTIMEZONE") {
        let (name, value) = line.split_once(':').unwrap();
        match name {
            "BEGIN" => rule = None,
            "DTSTART" => start = NaiveDateTime::parse_from_str(value, "%Y%m%dT%H%M%S").unwrap(),
            "RRULE" => rule = Some(value.to_owned()),
            "TZOFFSETFROM" => from = seconds(value),
            "TZOFFSETTO" => {
                let locals = rule.as_deref().map_or(vec![start], |rule| expanded(start, rule));
                let utc = |local: NaiveDateTime| (local - Duration::seconds(i64::from(from))).and_utc();
                onsets.extend(locals.into_iter().map(|local| (utc(local), seconds(value))));
            }
            _ => {}
        }
    }
    onsets.sort();
    onsets.iter().rfind(|(onset, _)| *onset <= moment).expect("an observance in force").1
}

/// Thirty years of a yearly rule.
fn expanded(start: NaiveDateTime, rule: &str) -> Vec<NaiveDateTime> {
    let part = |name: &str| rule.split(';').find_map(|part| part.strip_prefix(name)).unwrap();
    let (which, day) = part("BYDAY=").split_at(part("BYDAY=").len() - 2);
    let day = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun]
        ["MOTUWETHFRSASU".find(day).unwrap() / 2];
    let month = part("BYMONTH=").parse().unwrap();
    let date = |year, week| NaiveDate::from_weekday_of_month_opt(year, month, day, week);
    (start.year()..start.year() + 30)
        .map(|year| match which {
            "-1" => date(year, 5).or(date(year, 4)).unwrap(),
            week => date(year, week.parse().unwrap()).unwrap(),
        })
        .map(|date| date.and_time(start.time()))
        .collect()
}

#[test]
fn a_zone_reaches_as_far_as_its_series() {
    let holds = |event: Event, moment: DateTime<Utc>| {
        let zone = event.zone;
        let read = offset_by(&written(vec![event]), moment);
        read == zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc()
    };
    // Morocco leaves its summer time for Ramadan, a while earlier each year: 25 years on no change of the first ten tells when.
    for moment in ["2050-03-15T12:00:00Z", "2050-12-15T12:00:00Z", "2051-12-01T12:00:00Z"].map(at) {
        let days = u32::try_from((moment - event().start).num_days()).unwrap();
        for (every, count) in [
            (Every::Day, days + 2),
            (Every::Week(vec![Weekday::Tue, Weekday::Fri]), days / 7 * 2 + 4),
            (Every::Month, days / 30 + 1),
        ] {
            for ends in [Ends::Never, Ends::After(count), Ends::At(moment)] {
                let event = Event { zone: Africa::Casablanca, ..series(every.clone(), ends) };
                assert!(holds(event, moment), "{every:?} {ends:?} at {moment}");
            }
        }
    }
    // What never ends within the years that can be written is no endless work.
    let thirty_first = Event { start: at("2026-03-31T09:00:00Z"), end: at("2026-03-31T10:00:00Z"), ..event() };
    for every in [Every::Day, Every::Week(vec![Weekday::Tue]), Every::Month] {
        let recurrence = Some(Recurrence { every, interval: u16::MAX, ends: Ends::After(u32::MAX) });
        let lines = written(vec![Event { recurrence, zone: Africa::Casablanca, ..thirty_first.clone() }]);
        assert!(named(&lines, "TZOFFSETTO").len() < 300);
    }
}

proptest! {
    #[test]
    fn calendars_read_the_offsets_that_the_zone_has(
        zone in prop::sample::select(vec![
            Europe::Berlin, Europe::London, Europe::Dublin, America::New_York, America::Sao_Paulo, America::St_Johns, Asia::Kolkata,
            Asia::Tehran, Asia::Jerusalem, Australia::Sydney, Australia::Lord_Howe, Africa::Casablanca, Pacific::Chatham, Pacific::Apia,
        ]),
        start in 1_700_000_000_i64..1_900_000_000,
        later in prop::collection::vec(0_i64..9 * 365 * 86_400, 20),
    ) {
        let from = DateTime::from_timestamp(start, 0).unwrap();
        let mut out = String::new();
        zone::push(&mut out, zone, from, from);
        let lines: Vec<String> = unfold(&out).into_iter().map(|(_, line)| line).collect();
        for seconds in later {
            let moment = from + Duration::seconds(seconds);
            let expected = zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc();
            prop_assert_eq!(offset_by(&lines, moment), expected, "{} at {}", zone.name(), moment);
        }
    }

    #[test]
    fn any_text_is_written_in_lines_of_75_octets(summary in "[^\\p{Cc}]{1,200}", description in "\\PC{0,300}") {
        prop_assume!(!summary.trim().is_empty());
        let event = Event { summary: summary.clone(), description: Some(description), ..event() };
        let text = feed(&Feed { name: summary.clone(), refresh_minutes: 1, events: vec![event] }).unwrap();
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75));
        let lines: Vec<String> = unfold(&text).into_iter().map(|(_, line)| line).collect();
        let read = crate::content_line::unescape(named(&lines, "SUMMARY:")[0].strip_prefix("SUMMARY:").unwrap());
        prop_assert_eq!(read, summary);
    }
}
