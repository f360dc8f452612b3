//! The domain's agreements, read and typeset by the `documents` crate: values are carried over here, no word is written here.

use documents::{
    DocumentError, Language,
    agreement::{
        self, Agreement, EvidenceLine, Execution, Mark, Representative, RoyaltyBase, Signature, Stage, Terms, from_json,
    },
    legible::unshown,
};
use domain::{
    agreements::document::{
        self, DocumentChange, DocumentProblem, DocumentStage, PartyReading, Reading, SplitReading, Template,
        TemplateClause, TemplateFacts,
    },
    catalog::Sha256,
    ids::WorkId,
    parties::{PartyFacts, entity::PartyKind},
    ports::{AgreementDocuments, ContractPdf, PortError},
    share::{Share, ShareError},
    splits::rules,
};
use serde_json::{Map, Value};

/// Why an agreement could not be made; the source of the port's error, for the log.
#[derive(Debug, thiserror::Error)]
enum AgreementFault {
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error("a hash is malformed")]
    Hash,
    #[error(transparent)]
    Share(#[from] ShareError),
}

/// What to do about a document that cannot be read at all.
const AS_THE_SCHEMA_SAYS: &str = "write it as the schema says; `ledgerline schema agreement` prints it";

/// A hundredth of a point, which is a hundredth of a per cent.
const PPM_PER_HUNDREDTH: u32 = 100;

/// The style sheet of [`html`](AgreementDocuments::html)'s fragment.
pub const AGREEMENT_CSS: &str = agreement::AGREEMENT_CSS;

/// What the part of a writer is called whose code is given: `composer (C)` for `C`; the code itself where no text names it.
pub fn writer_role(code: &str) -> String {
    Language::default().agreement_texts().say(&format!("writer.{code}"), &[]).unwrap_or_else(|_| code.to_owned())
}

/// Reads and typesets agreements in the languages that their texts are written in.
#[derive(Debug, Clone, Copy, Default)]
pub struct AgreementTypesetter;

impl AgreementDocuments for AgreementTypesetter {
    fn read(&self, json: &str) -> Result<Reading, Vec<DocumentProblem>> {
        let agreement = from_json(json).map_err(problems)?;
        let mut found = Vec::new();
        let work = agreement.reference.work.as_deref().map(str::parse::<WorkId>).transpose().unwrap_or_else(|cause| {
            found.push(problem("reference.work", "form", cause.to_string(), "give the id of a work, `work_…`"));
            None
        });
        let emails: Vec<_> = agreement
            .parties
            .iter()
            .enumerate()
            .map(|(index, party)| {
                party.email.as_deref().map(str::parse).transpose().unwrap_or_else(|cause: domain::email::EmailError| {
                    let path = format!("parties[{index}].email");
                    found.push(problem(&path, "form", cause.to_string(), "correct the address"));
                    None
                })
            })
            .collect();
        if !found.is_empty() {
            return Err(found);
        }
        reading(&agreement, work, emails).map_err(|fault| match fault {
            AgreementFault::Document(error) => problems(error),
            other => vec![problem("", "document", other.to_string(), AS_THE_SCHEMA_SAYS)],
        })
    }

    fn illegible(&self, text: &str) -> Vec<char> {
        unshown(text)
    }

    fn template(&self, template: Template) -> Result<TemplateFacts, PortError> {
        let facts = || -> Result<TemplateFacts, AgreementFault> {
            let (own, language) = (own_template(template), Language::default());
            let clause = |clause: agreement::TemplateClause| TemplateClause {
                id: clause.id.to_owned(),
                heading: clause.heading,
                text: clause.text,
                summary: clause.summary,
                essential: clause.essential,
            };
            Ok(TemplateFacts {
                name: agreement::template_name(own, language)?,
                clauses: agreement::template_clauses(own, language)?.into_iter().map(clause).collect(),
            })
        };
        facts().map_err(|cause| PortError::lasting("listing a template's clauses", cause))
    }

    fn read_edits(&self, template: Template, json: &str) -> Result<Map<String, Value>, Vec<DocumentProblem>> {
        let edits = agreement::edits_from_json(own_template(template), json).map_err(problems)?;
        serde_json::to_value(&edits).and_then(serde_json::from_value).map_err(|cause| problems(cause.into()))
    }

    fn html(&self, json: &str) -> Result<String, PortError> {
        let html = || -> Result<String, AgreementFault> { Ok(agreement::html(&from_json(json)?)?) };
        html().map_err(|cause| PortError::lasting("showing an agreement", cause))
    }

    fn diff(&self, before: &str, after: &str) -> Result<Vec<DocumentChange>, PortError> {
        let diff = || -> Result<Vec<DocumentChange>, AgreementFault> {
            let changes = agreement::diff(&from_json(before)?, &from_json(after)?)?;
            let change = |change: agreement::Change| DocumentChange {
                label: change.label,
                path: change.path,
                before: change.before,
                after: change.after,
            };
            Ok(changes.into_iter().map(change).collect())
        };
        diff().map_err(|cause| PortError::lasting("comparing agreements", cause))
    }

    fn typeset(&self, json: &str, stage: DocumentStage<'_>) -> Result<ContractPdf, PortError> {
        let typeset = || -> Result<ContractPdf, AgreementFault> {
            let agreement = from_json(json)?;
            let pdf = match stage {
                DocumentStage::Unsigned => agreement::typeset(&agreement, Stage::Unsigned)?,
                DocumentStage::Executed(signed) => agreement::typeset(&agreement, Stage::Executed(&execution(signed)))?,
            };
            Ok(ContractPdf {
                template_sha256: hash(&pdf.template_sha256)?,
                text_sha256: hash(&pdf.text_sha256)?,
                bytes: pdf.bytes.into(),
                engine_version: pdf.engine_version,
            })
        };
        typeset().map_err(|cause| PortError::lasting("typesetting an agreement", cause))
    }
}

fn hash(hex: &str) -> Result<Sha256, AgreementFault> {
    hex.parse().map_err(|_| AgreementFault::Hash)
}

fn problem(path: &str, code: &str, message: String, remedy: &str) -> DocumentProblem {
    DocumentProblem { path: path.to_owned(), code: code.to_uppercase(), message, remedy: remedy.to_owned() }
}

fn problems(error: DocumentError) -> Vec<DocumentProblem> {
    match error {
        DocumentError::Invalid(faults) => faults
            .into_iter()
            .map(|fault| {
                // What is wrong with the whole has no path in it: whoever reads it gives the path that the document has there.
                let path = if fault.field == "document" { "" } else { fault.field.as_str() };
                problem(path, fault.code, fault.problem, &fault.remedy)
            })
            .collect(),
        other => vec![problem("", "document", other.to_string(), AS_THE_SCHEMA_SAYS)],
    }
}

fn reading(
    agreement: &Agreement,
    work: Option<WorkId>,
    emails: Vec<Option<domain::email::EmailAddress>>,
) -> Result<Reading, AgreementFault> {
    let parties = agreement
        .parties
        .iter()
        .zip(emails)
        .enumerate()
        .map(|(index, (party, email))| {
            Ok(PartyReading {
                name: party.name.trim().to_owned(),
                email,
                signs: party.signs,
                concerns_sha256: hash(&agreement::concerns(agreement, index)?)?,
                facts: PartyFacts {
                    kind: Some(match party.kind {
                        agreement::PartyKind::Person => PartyKind::Person,
                        agreement::PartyKind::Company => PartyKind::Company,
                    }),
                    legal_name: party.legal_name.clone(),
                    ipi: party.ipi.clone(),
                    isni: party.isni.clone(),
                },
            })
        })
        .collect::<Result<_, AgreementFault>>()?;
    Ok(Reading {
        template: template(agreement.template()),
        title: agreement.title.trim().to_owned(),
        canonical_json: agreement.canonical_json()?,
        text_sha256: hash(&agreement::text(agreement)?.sha256())?,
        parties,
        term_ends_on: agreement.term_ends_on(),
        splits: splits(agreement, work)?,
    })
}

const fn template(template: agreement::Template) -> Template {
    match template {
        agreement::Template::SplitSheet => Template::SplitSheet,
        agreement::Template::Producer => Template::Producer,
        agreement::Template::MixMaster => Template::MixMaster,
        agreement::Template::WorkForHire => Template::WorkForHire,
        agreement::Template::Collaboration => Template::Collaboration,
        agreement::Template::ComposerForHire => Template::ComposerForHire,
    }
}

const fn own_template(template: Template) -> agreement::Template {
    match template {
        Template::SplitSheet => agreement::Template::SplitSheet,
        Template::Producer => agreement::Template::Producer,
        Template::MixMaster => agreement::Template::MixMaster,
        Template::WorkForHire => agreement::Template::WorkForHire,
        Template::Collaboration => agreement::Template::Collaboration,
        Template::ComposerForHire => agreement::Template::ComposerForHire,
    }
}

/// The shares that a split sheet executes. Other templates state ownership too, but of things still to be made.
fn splits(agreement: &Agreement, work: Option<WorkId>) -> Result<Option<SplitReading>, AgreementFault> {
    let Terms::SplitSheet(sheet) = &agreement.terms else { return Ok(None) };
    let owners = sheet.master.owners.iter().map(|owner| (owner.party, owner.share_ppm));
    // Points on other bases have no part in the sale of a licence, which has neither a dealer's price nor an artist's royalty.
    let points = sheet.master.points.iter().filter(|points| points.base == RoyaltyBase::NetReceipts);
    let points = points.map(|points| (points.party, points.hundredths.saturating_mul(PPM_PER_HUNDREDTH)));
    let writers = sheet.composition.writers.iter().map(|writer| (writer.party, writer.share_ppm));
    Ok(Some(SplitReading {
        work,
        title: sheet.composition.title.trim().to_owned(),
        effective_on: sheet.effective_on,
        composition: shares(writers)?,
        master: rules::income(&shares(points)?, &shares(owners.clone())?)?,
        owners: shares(owners)?,
    }))
}

fn shares(shares: impl Iterator<Item = (usize, u32)>) -> Result<Vec<(usize, Share)>, AgreementFault> {
    shares.map(|(party, ppm)| Ok((party, Share::from_ppm(ppm)?))).collect()
}

fn execution(signed: &document::Execution) -> Execution {
    Execution {
        reference: signed.reference.clone(),
        executed_at: signed.executed_at,
        verify_url: signed.verify_url.clone(),
        signatures: signed.signatures.iter().map(signature).collect(),
        evidence_json: signed.evidence_json.clone(),
        evidence: signed
            .evidence
            .iter()
            .map(|line| EvidenceLine {
                seq: line.seq,
                at: line.at,
                what: line.what.clone(),
                who: line.who.clone(),
                ip: line.ip.clone(),
                hash: line.hash.as_str().to_owned(),
            })
            .collect(),
        evidence_head: signed.evidence_head.as_str().to_owned(),
        supersedes: signed.supersedes.as_ref().map(|hash| hash.as_str().to_owned()),
    }
}

fn signature(signed: &document::Signature) -> Signature {
    Signature {
        party: signed.party,
        name: signed.name.clone(),
        on_behalf: signed.on_behalf,
        representative: signed
            .representative
            .as_ref()
            .map(|person| Representative { name: person.name.clone(), capacity: person.capacity.clone() }),
        confirmed_name: signed.confirmed_name.clone(),
        mark: match &signed.mark {
            document::Mark::Typed(name) => Mark::Typed(name.clone()),
            document::Mark::Drawn(strokes) => Mark::Drawn(strokes.clone()),
            document::Mark::Paper(paper) => Mark::Paper {
                signed_on: paper.signed_on,
                scan_sha256: paper.scan_sha256.as_ref().map(|hash| hash.as_str().to_owned()),
            },
        },
        signed_at: signed.signed_at,
        ip: signed.ip.clone(),
        user_agent: signed.user_agent.clone(),
        version: signed.version,
        shown_sha256: signed.shown_sha256.as_ref().map_or_else(String::new, |hash| hash.as_str().to_owned()),
        consent_version: signed.consent_version.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    const SPLIT: &str = include_str!("../../documents/examples/agreements/split_sheet.json");
    const PRODUCER: &str = include_str!("../../documents/examples/agreements/producer.json");

    fn read(json: &str) -> Reading {
        AgreementTypesetter.read(json).unwrap()
    }

    fn with_work(work: &str) -> String {
        SPLIT.replacen(r#""number": "AG-7K3M9Q2X""#, &format!(r#""number": "AG-7K3M9Q2X", "work": "{work}""#), 1)
    }

    #[test]
    fn points_on_net_receipts_alone_have_a_part_in_sales() {
        let mut document: Value = serde_json::from_str(&with_work("work_019ac0000000700080000000000000aa")).unwrap();
        let sold = |document: &Value| read(&document.to_string()).splits.unwrap().master;
        document["terms"]["master"]["points"] = serde_json::json!([]);
        let owners = sold(&document);
        document["terms"]["master"]["points"] =
            serde_json::json!([{ "party": 0, "hundredths": 300, "base": "dealer_price" }]);
        assert_eq!(sold(&document), owners);
        document["terms"]["master"]["points"][0]["base"] = "net_receipts".into();
        let paid = sold(&document);
        assert_eq!(paid[0], (0, Share::from_ppm(30_000).unwrap()));
        assert_eq!(paid.iter().map(|(_, share)| share.ppm()).sum::<u32>(), 1_000_000);
        assert_eq!(paid.len(), owners.len() + 1);
    }

    fn signed_by_all(reading: &Reading) -> document::Execution {
        let at = Utc.with_ymd_and_hms(2026, 11, 28, 9, 0, 0).unwrap();
        let signature = |(party, reader): (usize, &PartyReading)| document::Signature {
            party,
            name: reader.name.clone(),
            on_behalf: false,
            representative: None,
            confirmed_name: None,
            mark: if party == 0 {
                document::Mark::Drawn(vec![vec![(0, 0), (900, 250)], vec![(450, 20)]])
            } else {
                document::Mark::Typed(reader.name.clone())
            },
            signed_at: at,
            ip: String::new(),
            user_agent: "Browser".to_owned(),
            version: 1,
            shown_sha256: Some(reading.text_sha256.clone()),
            consent_version: Some("1".to_owned()),
        };
        document::Execution {
            reference: "AG-7K3M9Q2X".to_owned(),
            executed_at: at,
            verify_url: "https://studio.example/verify/AG-7K3M9Q2X".to_owned(),
            signatures: reading.parties.iter().enumerate().map(signature).collect(),
            evidence_json: r#"{"format":"ledgerline-evidence/1"}"#.to_owned(),
            evidence: vec![document::EvidenceLine {
                seq: 1,
                at,
                what: "signed version 1".to_owned(),
                who: "Noctua".to_owned(),
                ip: None,
                hash: Sha256::of(b"1"),
            }],
            evidence_head: Sha256::of(b"1"),
            supersedes: None,
        }
    }

    #[test]
    fn a_mark_that_can_be_made_can_be_printed() {
        assert_eq!(domain::agreements::rules::MAX_MARK_POINTS, agreement::MAX_MARK_POINTS);
    }

    #[test]
    fn a_split_sheet_says_what_it_executes() {
        let reading = read(SPLIT);
        assert_eq!(reading.template, Template::SplitSheet);
        assert_eq!(reading.parties.len(), 4);
        assert!(reading.parties.iter().all(|party| party.signs && party.email.is_some()));
        let facts = reading.parties[0].facts.accepted();
        assert_eq!(facts.legal_name.as_deref(), Some("Łucja Wiśniewska-Błażejczyk"));
        assert_eq!((facts.ipi.as_deref(), facts.isni.as_deref()), (Some("41234567806"), Some("0000000004050620")));
        let splits = reading.splits.clone().unwrap();
        assert_eq!((splits.work, splits.title.as_str()), (None, "Noc nad Wisłą"));
        assert_eq!(splits.effective_on.unwrap().to_string(), "2026-12-01");
        for side in [&splits.composition, &splits.master] {
            assert_eq!(side.iter().map(|(_, share)| share.ppm()).sum::<u32>(), 1_000_000);
        }
        // What is kept can be read again, and says the same.
        assert_eq!(read(&reading.canonical_json), reading);
        assert_eq!(read(PRODUCER).splits, None);
    }

    #[test]
    fn what_cannot_stand_is_named() {
        let problems = AgreementTypesetter.read(&SPLIT.replace("266667", "266666")).unwrap_err();
        assert_eq!(problems.len(), 1);
        assert_eq!((problems[0].path.as_str(), problems[0].code.as_str()), ("terms.composition.writers", "TOTAL"));
        assert!(problems[0].message.contains("99.9999%") && !problems[0].remedy.is_empty(), "{problems:?}");
        let problems = AgreementTypesetter.read(&with_work("beat_nonsense")).unwrap_err();
        assert_eq!(problems[0].path, "reference.work");
        let problems = AgreementTypesetter.read("{").unwrap_err();
        assert_eq!((problems[0].path.as_str(), problems[0].code.as_str()), ("", "JSON"));
        assert!(AgreementTypesetter.html("{}").is_err());
    }

    #[test]
    fn scripts_without_a_font_are_told_from_those_with_one() {
        let illegible = |text: &str| AgreementTypesetter.illegible(text);
        for shown in
            ["Łukasz Żółć", "Ελένη", "Юлия", "ليلى", "שרה", "夜子", "two\nlines", "e\u{301}", "שרה\u{200f}", ""]
        {
            assert_eq!(illegible(shown), [] as [char; 0], "{shown}");
        }
        for (text, first) in [("김민수", '김'), ("ทราย", 'ท'), ("आशा", 'आ'), ("Ada 🔥", '🔥')]
        {
            assert_eq!(illegible(text).first(), Some(&first), "{text}");
        }
    }

    #[test]
    fn what_may_be_typed_as_a_signature_can_be_printed() {
        let agreement = from_json(SPLIT).unwrap();
        let mut signed = execution(&signed_by_all(&read(SPLIT)));
        let model = signed.signatures[0].clone();
        // Of the further planes only the tags have no shape.
        let characters = (0..=0xffff).chain(0x000e_0000..=0x000e_0fff).filter_map(char::from_u32).map(String::from);
        let typed = characters.filter(|text| domain::identity::rules::name(text, 200).is_ok());
        signed.signatures = typed.map(|text| Signature { mark: Mark::Typed(text), ..model.clone() }).collect();
        assert!(signed.signatures.len() > 50_000);
        let Err(DocumentError::Invalid(faults)) = agreement::typeset(&agreement, Stage::Executed(&signed)) else {
            panic!("so many have not signed");
        };
        let empty: Vec<_> = faults.iter().filter(|fault| fault.code == "empty").map(|fault| &fault.field).collect();
        assert_eq!(empty, Vec::<&String>::new());
    }

    #[test]
    fn edits_of_clauses_are_read_without_a_document() {
        let facts = AgreementTypesetter.template(Template::Producer).unwrap();
        assert_eq!(facts.name, "Producer agreement");
        let clause = |id: &str| facts.clauses.iter().find(|clause| clause.id == id).unwrap();
        assert!(clause("fee").essential && clause("fee").text.is_none());
        assert_eq!(clause("disputes").summary.as_deref(), Some("Talk first, then a mediator, then a court."));
        assert!(clause("disputes").text.as_ref().unwrap()[0].starts_with("Parties who disagree talk first"));

        let read = |json: &str| AgreementTypesetter.read_edits(Template::Producer, json);
        let edits = read(r#"{ "off": ["disputes"], "added": [] }"#).unwrap();
        assert_eq!(Value::Object(edits).to_string(), r#"{"off":["disputes"]}"#);
        assert_eq!(read(r#"{ "off": [], "replaced": {} }"#).unwrap(), Map::new());
        let refused = read(r#"{ "off": ["disputes", "fee"] }"#).unwrap_err();
        assert_eq!((refused[0].path.as_str(), refused[0].code.as_str()), ("clauses.off[1]", "ESSENTIAL"));
        assert!(refused[0].message.contains("‘fee’"), "{refused:?}");
        assert_eq!(read(r#"{ "of": [] }"#).unwrap_err()[0].path, "clauses.of");
    }

    #[test]
    fn it_is_shown_compared_and_typeset() {
        let html = AgreementTypesetter.html(SPLIT).unwrap();
        assert!(html.contains("Noc nad Wisłą") && html.contains("In plain words"));
        let changes = AgreementTypesetter.diff(SPLIT, &SPLIT.replace("Prod. by Noctua", "Produced by Noctua")).unwrap();
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].path, "general.credit[0].line");
        assert_eq!(changes[0].after.as_deref(), Some("Produced by Noctua"));
        let reading = read(SPLIT);
        let unsigned = AgreementTypesetter.typeset(&reading.canonical_json, DocumentStage::Unsigned).unwrap();
        let execution = signed_by_all(&reading);
        let stage = DocumentStage::Executed(&execution);
        let executed = AgreementTypesetter.typeset(&reading.canonical_json, stage).unwrap();
        assert!(unsigned.bytes.starts_with(b"%PDF-") && executed.bytes.len() > unsigned.bytes.len());
        assert_eq!(unsigned.template_sha256, executed.template_sha256);
        let mut short = execution.clone();
        short.signatures.pop();
        assert!(AgreementTypesetter.typeset(&reading.canonical_json, DocumentStage::Executed(&short)).is_err());
    }
}
