//! The domain's contracts, typeset by the `documents` crate: their facts are carried over in `facts`, no word of the contract is written here.

mod facts;

use bytes::Bytes;
use documents::{
    DocumentError,
    certificate::{self, Certificate, certificate_text, dispute_text},
    licence::{accepted_pdf, offer_sha256, preview_html},
};
use domain::{
    catalog::{Sha256, card::Card},
    env::Instant,
    invoices::queries::InvoiceDocument,
    licensing::contract::{self, ClaimRelease, Contract, ContractClause},
    ports::{ContractPdf, Contracts, PortError},
    royalties::queries::payees::{LetterOfDirection, StatementDocument},
    sales::receipt::Receipt,
};
use facts::{checkout, document};

use crate::{cards, invoices, receipts, royalty_statements};

/// Why a contract could not be made; the source of the port's error, for the log.
#[derive(Debug, thiserror::Error)]
enum ContractError {
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error("a hash is malformed")]
    Hash,
}

/// The style sheet of [`preview_html`](Contracts::preview_html)'s fragment.
pub const PREVIEW_CSS: &str = documents::licence::CONTRACT_CSS;

/// Typesets with the bundled fonts, in English.
#[derive(Debug, Clone, Copy, Default)]
pub struct ContractTypesetter;

impl Contracts for ContractTypesetter {
    fn typeset(&self, contract: &Contract, acceptance: &contract::Acceptance) -> Result<ContractPdf, PortError> {
        let typeset = || -> Result<ContractPdf, ContractError> {
            let pdf = accepted_pdf(&document(contract)?, &checkout(acceptance))?;
            Ok(ContractPdf {
                template_sha256: hash(&pdf.template_sha256)?,
                text_sha256: hash(&pdf.text_sha256)?,
                bytes: pdf.bytes.into(),
                engine_version: pdf.engine_version,
            })
        };
        typeset().map_err(|cause| PortError::lasting("typesetting a contract", cause))
    }

    fn offer_sha256(&self, contract: &Contract) -> Result<Sha256, PortError> {
        let offered = || -> Result<Sha256, ContractError> { hash(&offer_sha256(&document(contract)?)?) };
        offered().map_err(|cause| PortError::lasting("fingerprinting an offer", cause))
    }

    fn preview_html(&self, contract: &Contract) -> Result<String, PortError> {
        let preview = || -> Result<String, ContractError> { Ok(preview_html(&document(contract)?)?) };
        preview().map_err(|cause| PortError::lasting("previewing a contract", cause))
    }

    fn claim_release(&self, contract: &Contract, verify_url: &str, now: Instant) -> Result<ClaimRelease, PortError> {
        let release = || -> Result<ClaimRelease, ContractError> {
            let certificate = Certificate { contract: document(contract)?, verify_url: verify_url.to_owned() };
            let text = certificate_text(&certificate)?;
            Ok(ClaimRelease {
                certificate: text.facts.into_iter().map(|fact| (fact.label, fact.value)).collect(),
                clause: ContractClause {
                    number: text.clause.number,
                    paragraphs: text.clause.sentences().map(str::to_owned).collect(),
                    heading: text.clause.heading,
                },
                dispute: dispute_text(&certificate, now.date_naive())?,
            })
        };
        release().map_err(|cause| PortError::lasting("writing what answers a claim", cause))
    }

    fn certificate(&self, contract: &Contract, verify_url: &str) -> Result<Bytes, PortError> {
        let typeset = || -> Result<Bytes, ContractError> {
            let certificate = Certificate { contract: document(contract)?, verify_url: verify_url.to_owned() };
            Ok(certificate::to_pdf(&certificate)?.into())
        };
        typeset().map_err(|cause| PortError::lasting("typesetting a certificate", cause))
    }

    fn receipt(&self, receipt: &Receipt) -> Result<Bytes, PortError> {
        let typeset = receipts::typeset(receipt).map(Bytes::from);
        typeset.map_err(|cause| PortError::lasting("typesetting a receipt", cause))
    }

    fn invoice(&self, invoice: &InvoiceDocument) -> Result<Bytes, PortError> {
        let typeset = invoices::typeset(invoice).map(Bytes::from);
        typeset.map_err(|cause| PortError::lasting("typesetting an invoice", cause))
    }

    fn royalty_statement(&self, statement: &StatementDocument) -> Result<Bytes, PortError> {
        let typeset = royalty_statements::typeset(statement).map(Bytes::from);
        typeset.map_err(|cause| PortError::lasting("typesetting a royalty statement", cause))
    }

    fn letter_of_direction(&self, letter: &LetterOfDirection) -> Result<Bytes, PortError> {
        let typeset = royalty_statements::typeset_direction(letter).map(Bytes::from);
        typeset.map_err(|cause| PortError::lasting("typesetting a letter of direction", cause))
    }

    fn card_sha256(&self, card: &Card) -> Result<Sha256, PortError> {
        let fingerprint = || -> Result<Sha256, ContractError> { hash(&cards::fingerprint(card)?) };
        fingerprint().map_err(|cause| PortError::lasting("fingerprinting a card", cause))
    }

    fn card(&self, card: &Card) -> Result<Bytes, PortError> {
        let painted = cards::paint(card).map(Bytes::from);
        painted.map_err(|cause| PortError::lasting("painting a card", cause))
    }
}

fn hash(hex: &str) -> Result<Sha256, ContractError> {
    hex.parse().map_err(|_| ContractError::Hash)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeZone, Utc};
    use documents::licence::Stage;
    use domain::{
        catalog::entity as catalog,
        licensing::terms::{self, Terms, TierCode},
        money::{Currency, Money},
        share::Share,
    };

    use super::*;

    fn instant(year: i32, month: u32, day: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(year, month, day, 23, 59, 59).unwrap()
    }

    fn contract(code: TierCode) -> Contract {
        let all = matches!(code, TierCode::Trackout | TierCode::Unlimited | TierCode::Exclusive);
        let capped = matches!(code, TierCode::Mp3 | TierCode::Wav | TierCode::Trackout);
        let cap = |value| capped.then_some(value);
        Contract {
            licensor: contract::Licensor {
                name: "Studio Żółta Łódź".into(),
                legal_name: Some("Żółta Łódź sp. z o.o.".into()),
                address: Some("ul. Piotrkowska 104\n90-926 Łódź".into()),
                email: "licences@zoltalodz.example".parse().unwrap(),
                governing_law: "England and Wales".into(),
                producers: vec![
                    contract::Producer {
                        name: "Noctua".into(),
                        legal_name: Some("Łucja Wiśniewska".into()),
                        role: "composer".into(),
                        share: Share::from_ppm(666_667).unwrap(),
                        ipi: Some("00412345678".into()),
                    },
                    contract::Producer {
                        name: "<script>José</script>".into(),
                        legal_name: None,
                        role: String::new(),
                        share: Share::from_ppm(333_333).unwrap(),
                        ipi: None,
                    },
                ],
            },
            grant: Some(contract::Grant {
                reference: "LL-7K3M9Q2X-1".into(),
                licensee_name: "Grzegorz Brzęczyszczykiewicz".into(),
                licensee_email: "grzegorz@example.org".parse().unwrap(),
                accepted_at: instant(2026, 11, 23),
            }),
            beat: contract::LicensedBeat {
                title: "Noc nad Wisłą".into(),
                work_title: "Noc nad Wisłą".into(),
                isrc: Some("PLA122600042".into()),
                iswc: None,
                bpm_milli: Some(140_000),
                musical_key: Some("A minor".into()),
                audio_sha256: Sha256::of(b"Noc nad Wisla"),
                samples: if code == TierCode::Trackout {
                    vec![declared(catalog::SampleClearance::NotCleared)]
                } else {
                    vec![]
                },
            },
            terms: Terms {
                tier: code,
                tier_name: format!("{code:?} tier"),
                files: terms::Files { mp3: true, wav: code != TierCode::Mp3, stems: all },
                caps: terms::Caps {
                    streams: cap(10_000),
                    copies: cap(2_000),
                    music_videos: cap(1),
                    radio_stations: cap(0),
                    performances: None,
                },
                at_cap: terms::AtCap::Upgrade,
                term_months: capped.then_some(36),
                publishing_kept: Share::from_ppm(500_000).unwrap(),
                credit_line: "prod. by Noctua".into(),
            },
            price: Money::new(4_999, Currency::EUR),
            earlier_leases: if code == TierCode::Exclusive { leases() } else { vec![] },
            replaces: None,
        }
    }

    fn declared(clearance: catalog::SampleClearance) -> catalog::Sample {
        catalog::Sample { title: "Tęsknota".into(), source: "Zespół Kalina, 1974".into(), clearance }
    }

    fn leases() -> Vec<contract::EarlierLease> {
        let lease = |reference: &str, ends_at| contract::EarlierLease {
            reference: reference.into(),
            tier_name: "MP3 lease".into(),
            granted_at: instant(2025, 4, 2),
            ends_at,
        };
        vec![lease("LL-AAAAAAAA-1", Some(instant(2028, 4, 2))), lease("LL-BBBBBBBB-2", None)]
    }

    const TIERS: [TierCode; 5] =
        [TierCode::Mp3, TierCode::Wav, TierCode::Trackout, TierCode::Unlimited, TierCode::Exclusive];

    #[test]
    fn every_tier_reads_before_paying_and_typesets_after() {
        for code in TIERS {
            let sold = contract(code);
            let accepted = contract::Acceptance {
                order: "LL-7K3M9Q2X".into(),
                placed_at: instant(2026, 11, 20),
                ip: None,
                user_agent: None,
                shown_text_sha256: Some(ContractTypesetter.offer_sha256(&sold).unwrap()),
            };
            let pdf = ContractTypesetter.typeset(&sold, &accepted).unwrap();
            assert!(pdf.bytes.starts_with(b"%PDF-") && !pdf.engine_version.is_empty(), "{code:?}");
            let told = documents::licence::accepted(&pdf.bytes).unwrap().unwrap();
            assert_eq!(told.is_as_shown, Some(true), "{code:?}");
            let offered = Contract { grant: None, ..sold };
            // What a sale adds is not in the fingerprint of the offer.
            assert_eq!(ContractTypesetter.offer_sha256(&offered).ok(), accepted.shown_text_sha256, "{code:?}");
            let html = ContractTypesetter.preview_html(&offered).unwrap();
            for said in ["Noc nad Wisłą", "Noctua", "49.99", "England and Wales", "trading as", "Łucja Wiśniewska"]
            {
                assert!(html.contains(said), "{code:?} does not say {said}");
            }
            assert!(!html.contains("<script>"), "{code:?}");
            assert!(ContractTypesetter.typeset(&offered, &accepted).is_err(), "an offer is never a PDF");
        }
    }

    #[test]
    fn a_certificate_and_a_claims_answer_are_of_the_signed_contract() {
        let url = "https://studio.example/verify/LL-7K3M9Q2X-1";
        for code in TIERS {
            let sold = contract(code);
            let release = ContractTypesetter.claim_release(&sold, url, instant(2026, 12, 1)).unwrap();
            assert!(release.dispute.starts_with("I have a licence") && release.dispute.contains(url), "{code:?}");
            assert!(release.certificate.contains(&("Licence reference".into(), "LL-7K3M9Q2X-1".into())), "{code:?}");
            let html = ContractTypesetter.preview_html(&sold).unwrap();
            assert!(html.contains(&release.clause.heading), "{code:?}");
            let own = release.clause.paragraphs.iter().all(|paragraph| html.contains(paragraph));
            assert!(own && !release.clause.paragraphs.is_empty(), "{code:?}: {:?}", release.clause);
            assert!(ContractTypesetter.certificate(&sold, url).unwrap().starts_with(b"%PDF-"), "{code:?}");
            let offered = Contract { grant: None, ..sold };
            assert!(ContractTypesetter.claim_release(&offered, url, instant(2026, 12, 1)).is_err());
        }
    }

    #[test]
    fn an_exclusive_discloses_the_earlier_leases_and_a_trackout_its_samples() {
        let html = ContractTypesetter.preview_html(&contract(TierCode::Exclusive)).unwrap();
        assert!(html.contains("LL-AAAAAAAA-1") && html.contains("LL-BBBBBBBB-2"));
        let without = Contract { earlier_leases: vec![], ..contract(TierCode::Exclusive) };
        assert!(ContractTypesetter.preview_html(&without).is_ok());
        let html = ContractTypesetter.preview_html(&contract(TierCode::Trackout)).unwrap();
        assert!(html.contains("“Tęsknota”, Zespół Kalina, 1974: not cleared; the Licensee clears it"));
        let html = ContractTypesetter.preview_html(&contract(TierCode::Wav)).unwrap();
        assert!(html.contains("contains no recording or composition of anybody else"));
    }

    #[test]
    fn an_upgrade_names_what_it_replaces_and_what_is_credited() {
        let sold = Contract {
            replaces: Some(contract::Replaced {
                reference: "LL-AAAAAAAA-1".into(),
                tier_name: "MP3 lease".into(),
                granted_at: instant(2026, 4, 2),
                full_price: Money::new(7_999, Currency::EUR),
                credited: Money::new(3_000, Currency::EUR),
            }),
            ..contract(TierCode::Wav)
        };
        let html = ContractTypesetter.preview_html(&sold).unwrap();
        for said in ["LL-AAAAAAAA-1", "“MP3 lease”", "April 2026", "79.99", "30.00", "is the difference"] {
            assert!(html.contains(said), "{said} in {html}");
        }
        let offered = Contract { grant: None, ..sold.clone() };
        let [before, after] = [&offered, &sold].map(|contract| ContractTypesetter.offer_sha256(contract).unwrap());
        assert_eq!(before, after);
    }

    #[test]
    fn every_clearance_is_typeset_and_a_shared_one_keeps_an_exclusive_from_content_id() {
        for code in TIERS {
            for (clearance, said) in [
                (catalog::SampleClearance::Cleared, "cleared by the Licensor for the uses in this licence"),
                (catalog::SampleClearance::ClearedForLeases, "for licences that are not exclusive"),
                (catalog::SampleClearance::RoyaltyFree, "free of royalties"),
                (catalog::SampleClearance::NotCleared, "not cleared; the Licensee clears it"),
            ] {
                let mut sold = contract(code);
                sold.beat.samples = vec![declared(clearance)];
                let html = ContractTypesetter.preview_html(&sold).unwrap();
                assert!(html.contains(said), "{code:?} {clearance}");
                let shared = clearance == catalog::SampleClearance::RoyaltyFree && code == TierCode::Exclusive;
                assert_eq!(html.contains("because others may use the same recordings"), shared, "{code:?} {clearance}");
                let registers = code == TierCode::Exclusive && !shared;
                assert_eq!(html.contains("The Licensee may register the Song"), registers, "{code:?} {clearance}");
            }
        }
    }

    #[test]
    fn facts_arrive_as_they_were_sold() {
        for code in TIERS {
            let made = document(&contract(code)).unwrap();
            let Stage::Sold(sale) = &made.stage else { panic!("it was sold") };
            assert_eq!(sale.acceptance.order_reference, "LL-7K3M9Q2X");
            assert_eq!(made.terms.writers.iter().map(|writer| writer.share_ppm).sum::<u32>(), 1_000_000);
            assert_eq!(made.terms.tier.is_exclusive(), code == TierCode::Exclusive);
            let count = made.terms.files.len();
            assert_eq!(
                count,
                if code == TierCode::Mp3 {
                    1
                } else if code == TierCode::Wav {
                    2
                } else {
                    3
                }
            );
            assert_eq!(made.terms.caps.radio_stations, contract(code).terms.caps.radio_stations.map(|_| 0));
        }
        let negative = Contract { price: Money::new(-1, Currency::EUR), ..contract(TierCode::Wav) };
        assert!(matches!(document(&negative), Err(ContractError::OutOfRange("the price"))));
    }
}
