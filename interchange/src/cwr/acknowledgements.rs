//! What societies answer: acknowledgements with their remarks, and notices of the ISWC of a work.

use chrono::{NaiveDate, NaiveDateTime};

use super::codes::{Kind, Level, Status};
use crate::{fault::Fault, identifiers::Iswc, text::decode};

/// A file of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgements {
    /// Who answers.
    pub sender: String,
    /// The society's CISAC number, if it has given one.
    pub society: Option<u16>,
    /// When the file was written.
    pub created_on: NaiveDate,
    /// The answers.
    pub answers: Vec<Acknowledgement>,
    /// The notices.
    pub notices: Vec<IswcNotice>,
    /// What could not be read, with the lines that it stands in; the rest was read all the same.
    pub faults: Vec<Fault>,
}

/// A society's answer to a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// When the file that is answered was written, as its header says; nothing if the society does not repeat it.
    pub sent_at: Option<NaiveDateTime>,
    /// The number of the group in the file that is answered.
    pub group: u32,
    /// The number of the transaction in that group.
    pub transaction: u32,
    /// What was asked for.
    pub kind: Kind,
    /// The title of the work.
    pub title: String,
    /// The sender's own identifier of it.
    pub work_id: String,
    /// The society's identifier of it.
    pub society_work_id: Option<String>,
    /// When the society looked at it.
    pub processed_on: NaiveDate,
    /// What became of it.
    pub status: Status,
    /// The ISWC, if the society repeats the work with one.
    pub iswc: Option<String>,
    /// The society's remarks.
    pub messages: Vec<Message>,
}

/// A society's remark.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Message {
    /// What it refuses, if anything.
    pub level: Option<Level>,
    /// The number of the record in the transaction, from 0.
    pub record: u32,
    /// The kind of the record, such as `SWR`.
    pub record_kind: String,
    /// The number of the rule in the standard.
    pub rule: String,
    /// What is remarked.
    pub text: String,
}

/// A notice of the ISWC of a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IswcNotice {
    /// The title of the work.
    pub title: String,
    /// The sender's own identifier of it.
    pub work_id: String,
    /// The ISWC.
    pub iswc: String,
}

/// Reads a file of answers, in UTF-8 or Windows-1252.
///
/// # Errors
///
/// If it is no such file at all.
pub fn read_acknowledgements(bytes: &[u8]) -> Result<Acknowledgements, Fault> {
    let text = decode(bytes);
    let mut lines = (1..).zip(text.lines());
    let header = lines.next().map(|(_, line)| line).unwrap_or_default();
    let created_on =
        date(&field(header, 65, 8)).filter(|_| header.starts_with("HDR") && field(header, 60, 5) == "01.10");
    let Some(created_on) = created_on else {
        let remedy = "give the file as the society has sent it, in CWR 2.1 or 2.2";
        return Err(Fault::new("line 1", "it is not the header of a file of works registrations", remedy));
    };
    let society =
        field(header, 6, 9).trim_start_matches('0').parse::<u16>().ok().filter(|number| (1..1000).contains(number));
    let sender = field(header, 15, 45);
    let (answers, notices, faults) = (Vec::new(), Vec::new(), Vec::new());
    let mut file = Acknowledgements { sender, society, created_on, answers, notices, faults };
    let mut records = 1;
    let mut is_whole = false;
    // Whether what follows belongs to an acknowledgement that was read.
    let mut is_answer = false;
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        records += 1;
        let kind = field(line, 1, 3);
        match kind.as_str() {
            "ACK" => is_answer = file.keep(number, acknowledgement(line), |file| &mut file.answers),
            "ISW" => {
                is_answer = false;
                file.keep(number, notice(line), |file| &mut file.notices);
            }
            "TRL" => {
                is_whole = true;
                file.count(number, line, records);
            }
            "GRH" | "GRT" => is_answer = false,
            _ if is_answer => file.belonging(&kind, line),
            _ => {}
        }
    }
    if !is_whole {
        file.faults.push(Fault::new("TRL", "the file does not have its end", "ask the society for the whole file"));
    }
    Ok(file)
}

impl Acknowledgements {
    /// Keeps what was read of a line, or says why it could not be.
    fn keep<T>(
        &mut self,
        number: u32,
        read: Result<T, (&'static str, &'static str)>,
        list: fn(&mut Self) -> &mut Vec<T>,
    ) -> bool {
        match read {
            Ok(one) => {
                list(self).push(one);
                true
            }
            Err((what, remedy)) => {
                self.faults.push(Fault::new(format!("line {number}"), what, remedy));
                false
            }
        }
    }

    /// Adds a line that belongs to the last acknowledgement.
    fn belonging(&mut self, kind: &str, line: &str) {
        let Some(answer) = self.answers.last_mut() else { return };
        match kind {
            "MSG" => answer.messages.push(Message {
                level: Level::of(&field(line, 32, 1)),
                record: field(line, 21, 8).parse().unwrap_or_default(),
                record_kind: field(line, 29, 3),
                rule: field(line, 33, 3),
                text: field(line, 36, 150),
            }),
            "NWR" | "REV" => answer.iswc = iswc(line),
            _ => {}
        }
    }

    fn count(&mut self, number: u32, line: &str, records: u32) {
        if field(line, 17, 8).parse::<u32>() != Ok(records) {
            let problem = format!("the file has {records} lines, and its end tells another number");
            self.faults.push(Fault::new(
                format!("line {number}"),
                problem,
                "ask the society whether it is the whole file",
            ));
        }
    }
}

fn acknowledgement(line: &str) -> Result<Acknowledgement, (&'static str, &'static str)> {
    let ask = "ask the society what it means";
    let kind = Kind::of(&field(line, 47, 3)).ok_or(("it answers to something else than a work", ask))?;
    let processed_on = date(&field(line, 150, 8)).ok_or(("its date is none", ask))?;
    let status = Status::of(&field(line, 158, 2)).ok_or(("its status is none of the standard's", ask))?;
    let work_id = field(line, 110, 20);
    if work_id.is_empty() {
        return Err(("it names no work", ask));
    }
    Ok(Acknowledgement {
        sent_at: NaiveDateTime::parse_from_str(&field(line, 20, 14), "%Y%m%d%H%M%S").ok(),
        group: field(line, 34, 5).parse().map_err(|_| ("the number of the group is none", ask))?,
        transaction: field(line, 39, 8).parse().map_err(|_| ("the number of the transaction is none", ask))?,
        kind,
        title: field(line, 50, 60),
        work_id,
        society_work_id: Some(field(line, 130, 20)).filter(|id| !id.is_empty()),
        processed_on,
        status,
        iswc: None,
        messages: Vec::new(),
    })
}

fn notice(line: &str) -> Result<IswcNotice, (&'static str, &'static str)> {
    let ask = "ask the society for the ISWC";
    let iswc = iswc(line).ok_or(("its ISWC is none", ask))?;
    let work_id = field(line, 82, 14);
    if work_id.is_empty() {
        Err(("it names no work", ask))
    } else {
        Ok(IswcNotice { title: field(line, 20, 60), work_id, iswc })
    }
}

/// The ISWC of a work that is repeated, if it is one.
fn iswc(line: &str) -> Option<String> {
    field(line, 96, 11).parse::<Iswc>().ok().map(String::from)
}

/// The field that begins at a place, from 1, without the blanks around it.
fn field(line: &str, start: usize, length: usize) -> String {
    line.chars().skip(start - 1).take(length).collect::<String>().trim().to_owned()
}

fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y%m%d").ok()
}
