//! What an executed agreement shows beside its text: who signed, when and how, and the evidence of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::model::Agreement;
use super::text::AgreementText;
use crate::error::DocumentError;
use crate::faults::{Faults, MAX_LINE_CHARS};
use crate::format;
use crate::legible::breakable_between_hyphens as breakable;
use crate::qr::{QrView, check_url, qr};
use crate::words::{Fact, Voice, clean};
use crate::world::Typesetter;

/// Most points of a drawn signature.
pub const MAX_MARK_POINTS: usize = 5_000;
/// Most lines of evidence on the page; the whole of it is attached.
const MAX_EVIDENCE: usize = 500;
/// Stands in a sentence where an address comes.
const URL_PLACE: &str = "{url}";

/// How far the agreement has come.
#[derive(Debug, Clone, Copy)]
pub enum Stage<'a> {
    /// To be read and signed.
    Unsigned,
    /// Signed by all.
    Executed(&'a Execution),
}

/// How the agreement was executed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Execution {
    /// Its number.
    pub reference: String,
    /// When the last of the signers had signed.
    pub executed_at: DateTime<Utc>,
    /// Where anybody can check it.
    pub verify_url: String,
    /// One signature of each party that signs.
    pub signatures: Vec<Signature>,
    /// The evidence for machines; travels in the document as a file of its own, `evidence.json`.
    #[serde(skip)]
    pub evidence_json: String,
    /// The evidence for people.
    pub evidence: Vec<EvidenceLine>,
    /// Hash of the last link of the evidence's chain, 64 hexadecimal digits.
    pub evidence_head: String,
    /// SHA-256 of the text that this agreement replaces.
    pub supersedes: Option<String>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Position of the party that it binds.
    pub party: usize,
    /// Who signed.
    pub name: String,
    /// Whether somebody signed for the party.
    pub on_behalf: bool,
    /// The person by whom the company signed that the party is; none of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub representative: Option<Representative>,
    /// The name by which they signed, if it is another than `name`, which was asked, and was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_name: Option<String>,
    /// What is to be seen.
    pub mark: Mark,
    /// When; of one on paper: when it was recorded.
    pub signed_at: DateTime<Utc>,
    /// From which address.
    pub ip: String,
    /// With which browser.
    pub user_agent: String,
    /// Which version of the agreement.
    pub version: i32,
    /// SHA-256 of what was shown; empty of what was signed on paper.
    pub shown_sha256: String,
    /// Which version of the consent to electronic records; empty of what was signed on paper.
    pub consent_version: String,
}

/// A person who signs for a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Representative {
    /// The name.
    pub name: String,
    /// What they are there, such as managing director.
    pub capacity: String,
}

/// What is to be seen of a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A name that was typed.
    Typed(String),
    /// Strokes that were drawn, each a line through points; right and down.
    Drawn(Vec<Vec<(u16, u16)>>),
    /// Nothing: it is on paper.
    Paper {
        /// The day that stands beside it there.
        signed_on: NaiveDate,
        /// SHA-256 of a scan of it.
        scan_sha256: Option<String>,
    },
}

/// A line of the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceLine {
    /// Its number in the chain, from 1.
    pub seq: i32,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened, in words.
    pub what: String,
    /// Who did it; empty if nobody.
    pub who: String,
    /// From which address, where one is known.
    pub ip: Option<String>,
    /// Its link in the chain, hexadecimal.
    pub hash: String,
}

/// The execution as the template lays it out: every string is printed as it stands.
#[derive(Serialize)]
pub(super) struct Executed {
    marks: Vec<MarkView>,
    heading: String,
    intro: String,
    verify_heading: String,
    /// What stands before the address where it is verified, and behind it.
    verify_how: [String; 2],
    /// The address, whole, so that it can be followed and copied; and as the fonts can show it.
    verify_url: String,
    verify_shown: String,
    qr: QrView,
    facts: Vec<Fact>,
    signers_heading: String,
    signers: Vec<SignerView>,
    log_heading: String,
    log: Vec<[String; 4]>,
    attached: String,
}

#[derive(Serialize)]
struct MarkView {
    party: usize,
    typed: Option<String>,
    drawn: Option<DrawnView>,
    /// What stands where a mark would, of a signature on paper.
    paper: Option<String>,
    lines: Vec<String>,
}

/// Strokes in thousandths of a centimetre.
#[derive(Serialize)]
struct DrawnView {
    width: u32,
    height: u32,
    strokes: Vec<Vec<(u32, u32)>>,
}

#[derive(Serialize)]
struct SignerView {
    name: String,
    facts: Vec<Fact>,
}

impl Executed {
    pub(super) fn new(
        agreement: &Agreement,
        text: &AgreementText,
        execution: &Execution,
    ) -> Result<Self, DocumentError> {
        check(agreement, execution)?;
        let language = agreement.language;
        let voice = Voice::new(language.agreement_texts());
        let fact = |label: &str, value: String| fact(&voice, label, &value);
        let mut facts = vec![
            fact("evidence.reference", shown(&execution.reference))?,
            fact("evidence.executed", format::instant(execution.executed_at, language))?,
            fact("evidence.text", text.sha256())?,
            fact("evidence.head", execution.evidence_head.clone())?,
        ];
        if let Some(hash) = &execution.supersedes {
            facts.push(fact("evidence.supersedes", hash.clone())?);
        }
        let (mut marks, mut signers) = (Vec::new(), Vec::new());
        for signature in &execution.signatures {
            let (mark, signer) = signed(agreement, &voice, signature)?;
            marks.push(mark);
            signers.push(signer);
        }
        let log = execution
            .evidence
            .iter()
            .take(MAX_EVIDENCE)
            .map(|line| {
                let mut what = shown(&line.what);
                for more in
                    [Some(line.who.as_str()), line.ip.as_deref()].into_iter().flatten().filter(|more| !more.is_empty())
                {
                    what.extend([" · \u{2068}", &shown(more), "\u{2069}"]);
                }
                let hash = line.hash.chars().take(16).collect();
                let at = line.at.format("%Y-%m-%d %H:%M:%S").to_string();
                [line.seq.to_string(), at, breakable(&what, 30), hash]
            })
            .collect();
        // The address itself stands between the two, without a chance to break that whoever copies it would copy along.
        let how = voice.say_with("evidence.verify.how", &[("url", URL_PLACE)])?;
        let (before, behind) = how.split_once(URL_PLACE).unwrap_or((how.as_str(), ""));
        Ok(Self {
            marks,
            heading: voice.say("evidence.heading")?,
            intro: voice.say("evidence.intro")?,
            verify_heading: voice.say("evidence.verify")?,
            verify_how: [before.to_owned(), behind.to_owned()],
            verify_url: execution.verify_url.clone(),
            verify_shown: shown(&execution.verify_url),
            qr: qr("execution.verify_url", &execution.verify_url)?,
            facts,
            signers_heading: voice.say("evidence.signers")?,
            signers,
            log_heading: voice.say("evidence.log")?,
            log,
            attached: voice.say("evidence.attached")?,
        })
    }
}

/// What others wrote, as the fonts can show it.
fn shown(value: &str) -> String {
    Typesetter::worldwide().legible(&clean(value))
}

fn fact(voice: &Voice, label: &str, value: &str) -> Result<Fact, DocumentError> {
    Ok(Fact { label: voice.say(label)?, value: breakable(value, 30) })
}

/// A signature upon its line, and what the evidence page tells of it.
fn signed(
    agreement: &Agreement,
    voice: &Voice,
    signature: &Signature,
) -> Result<(MarkView, SignerView), DocumentError> {
    let language = agreement.language;
    let at = format::instant(signature.signed_at, language);
    let name = shown(&signature.name);
    let party = agreement.parties.get(signature.party).map(|party| shown(&party.name)).unwrap_or_default();
    let own = signature.confirmed_name.as_deref().map(shown);
    let by = match (&signature.representative, &own) {
        (Some(person), _) => {
            let (person, capacity) = (shown(&person.name), shown(&person.capacity));
            voice.say_with("executed.for_company", &[("name", &person), ("capacity", &capacity), ("party", &party)])?
        }
        (None, Some(own)) if signature.on_behalf => {
            let key = "executed.confirmed_on_behalf";
            voice.say_with(key, &[("name", own), ("asked", &name), ("party", &party)])?
        }
        (None, Some(own)) => voice.say_with("executed.confirmed", &[("name", own), ("asked", &name)])?,
        (None, None) if signature.on_behalf => {
            voice.say_with("executed.on_behalf", &[("name", &name), ("party", &party)])?
        }
        (None, None) => voice.say_with("executed.by", &[("name", &name)])?,
    };
    let mut mark = MarkView { party: signature.party, typed: None, drawn: None, paper: None, lines: Vec::new() };
    let (mut day, mut scan, mut keys) = (String::new(), String::new(), ["executed.at", "evidence.signer.at"]);
    match &signature.mark {
        Mark::Typed(typed) => mark.typed = Some(breakable(&shown(typed), 16)),
        Mark::Drawn(strokes) => mark.drawn = Some(drawn(strokes)),
        Mark::Paper { signed_on, scan_sha256 } => {
            day = format::date(*signed_on, language);
            scan = scan_sha256.clone().unwrap_or_default();
            mark.paper = Some(voice.say_with("executed.paper", &[("day", &day)])?);
            keys = ["executed.paper.at", "evidence.signer.recorded"];
        }
    }
    mark.lines = vec![breakable(&by, 24), voice.say_with(keys[0], &[("at", &at)])?];
    let facts = [
        ("evidence.signer.paper", day),
        (keys[1], at),
        ("evidence.signer.scan", scan),
        ("evidence.signer.ip", shown(&signature.ip)),
        ("evidence.signer.agent", shown(&signature.user_agent)),
        ("evidence.signer.version", signature.version.to_string()),
        ("evidence.signer.shown", signature.shown_sha256.clone()),
        ("evidence.signer.consent", shown(&signature.consent_version)),
    ];
    let facts = facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| fact(voice, label, &value))
        .collect::<Result<_, _>>()?;
    let is_bare = !signature.on_behalf && signature.representative.is_none() && own.is_none();
    let heading = if is_bare { name } else { by };
    Ok((mark, SignerView { name: breakable(&heading, 30), facts }))
}

fn check(agreement: &Agreement, execution: &Execution) -> Result<(), DocumentError> {
    let mut faults = Faults::default();
    faults.line("execution.reference", &execution.reference);
    faults.sha256("execution.evidence_head", &execution.evidence_head);
    if let Some(hash) = &execution.supersedes {
        faults.sha256("execution.supersedes", hash);
    }
    check_url(&mut faults, "execution.verify_url", &execution.verify_url);
    for (index, party) in agreement.parties.iter().enumerate() {
        let count = execution.signatures.iter().filter(|signature| signature.party == index).count();
        if count != usize::from(party.signs) {
            let problem = format!("holds {count} signatures of parties[{index}]");
            let remedy = "give exactly one of each party that signs, and none of the others";
            faults.add_as("signatures", "execution.signatures", problem, remedy);
        }
    }
    for (index, signature) in execution.signatures.iter().enumerate() {
        let path = format!("execution.signatures[{index}]");
        if signature.party >= agreement.parties.len() {
            let remedy = "give the position of a party that signs";
            faults.add_as("range", format!("{path}.party"), format!("is {}", signature.party), remedy);
        }
        faults.line(format!("{path}.name"), &signature.name);
        if let Some(person) = &signature.representative {
            faults.line(format!("{path}.representative.name"), &person.name);
            faults.line(format!("{path}.representative.capacity"), &person.capacity);
        }
        faults.optional(format!("{path}.confirmed_name"), signature.confirmed_name.as_deref());
        if !matches!(signature.mark, Mark::Paper { .. }) {
            faults.sha256(format!("{path}.shown_sha256"), &signature.shown_sha256);
        }
        match &signature.mark {
            Mark::Paper { scan_sha256, .. } => {
                if let Some(hash) = scan_sha256 {
                    faults.sha256(format!("{path}.mark.scan_sha256"), hash);
                }
            }
            Mark::Typed(typed) => faults.text(format!("{path}.mark"), typed, MAX_LINE_CHARS),
            Mark::Drawn(strokes) => {
                let points: usize = strokes.iter().map(Vec::len).sum();
                if points == 0 || points > MAX_MARK_POINTS {
                    let remedy = format!("draw a signature of 1 to {MAX_MARK_POINTS} points");
                    faults.add_as("mark", format!("{path}.mark"), format!("has {points} points"), remedy);
                }
            }
        }
    }
    faults.done()
}

/// Fits strokes into the room of a signature, keeping their proportions.
fn drawn(strokes: &[Vec<(u16, u16)>]) -> DrawnView {
    const WIDTH: u32 = 6_400;
    const HEIGHT: u32 = 1_500;
    let points = || strokes.iter().flatten();
    let range = |values: &mut dyn Iterator<Item = u16>| {
        values.fold((u16::MAX, 0), |(least, most), value| (least.min(value), most.max(value)))
    };
    let (left, right) = range(&mut points().map(|point| point.0));
    let (top, bottom) = range(&mut points().map(|point| point.1));
    let wide = u32::from(right.saturating_sub(left)).max(1);
    let high = u32::from(bottom.saturating_sub(top)).max(1);
    // The side that is tighter decides; each product fits, for both factors have 16 bits.
    let by_width = WIDTH * high <= HEIGHT * wide;
    let scale = |value: u32| if by_width { value * WIDTH / wide } else { value * HEIGHT / high };
    let strokes = strokes
        .iter()
        .filter(|stroke| !stroke.is_empty())
        .map(|stroke| {
            let mut points: Vec<(u32, u32)> = Vec::with_capacity(stroke.len());
            for (x, y) in stroke {
                let point = (scale(u32::from(x - left)), scale(u32::from(y - top)));
                if points.last() != Some(&point) {
                    points.push(point);
                }
            }
            points
        })
        .collect();
    DrawnView { width: scale(wide), height: scale(high), strokes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_keep_their_proportions() {
        let wide = drawn(&[vec![(0, 0), (65_535, 100)]]);
        assert_eq!((wide.width, wide.strokes[0].len()), (6_400, 2));
        let high = drawn(&[vec![(10, 0), (20, 65_535)], vec![]]);
        assert_eq!((high.height, high.strokes.len()), (1_500, 1));
        let dot = drawn(&[vec![(7, 7), (7, 7)]]);
        assert_eq!(dot.strokes, [[(0, 0)]]);
        let even = drawn(&[vec![(100, 100), (300, 200)]]);
        assert_eq!((even.width, even.height), (3_000, 1_500));
    }
}
