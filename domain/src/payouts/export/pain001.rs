//! ISO 20022 `pain.001.001.09`, as the European Payments Council's guidelines for SEPA credit transfers narrow it down: one order of the payer's with all
//! payments, each in euros. Payees' addresses, which they ask for where the payee's bank lies outside the EEA, are not known here and not in it: some banks refuse
//! such a payment.

use super::{Heading, Payment, total};
use crate::payouts::{PayoutError, rules::bank::SepaDebtor};

/// The largest amount of one transfer, in cents: 999,999,999.99 euros.
const MOST_MINOR: i64 = 99_999_999_999;

/// Writes the document.
pub fn document(heading: &Heading<'_, SepaDebtor>, payments: &[Payment]) -> Result<String, PayoutError> {
    let Heading { id, made_at, execute_on, debtor, .. } = *heading;
    let (sum, count) = (euros(total(payments)?), payments.len());
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.push_str("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n<CstmrCdtTrfInitn>\n<GrpHdr>\n");
    element(&mut xml, "MsgId", id);
    element(&mut xml, "CreDtTm", &made_at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    element(&mut xml, "NbOfTxs", &count.to_string());
    element(&mut xml, "CtrlSum", &sum);
    xml.push_str("<InitgPty>\n");
    element(&mut xml, "Nm", &debtor.name);
    xml.push_str("</InitgPty>\n</GrpHdr>\n<PmtInf>\n");
    element(&mut xml, "PmtInfId", &format!("{id}-1"));
    element(&mut xml, "PmtMtd", "TRF");
    element(&mut xml, "NbOfTxs", &count.to_string());
    element(&mut xml, "CtrlSum", &sum);
    xml.push_str("<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>\n<ReqdExctnDt>");
    element(&mut xml, "Dt", &execute_on.format("%Y-%m-%d").to_string());
    xml.push_str("</ReqdExctnDt>\n<Dbtr>\n");
    element(&mut xml, "Nm", &debtor.name);
    xml.push_str("</Dbtr>\n<DbtrAcct><Id>");
    element(&mut xml, "IBAN", &debtor.iban);
    xml.push_str("</Id><Ccy>EUR</Ccy></DbtrAcct>\n<DbtrAgt><FinInstnId>");
    match &debtor.bic {
        Some(bic) => element(&mut xml, "BICFI", bic),
        // The guidelines' word for a bank that the IBAN names.
        None => xml.push_str("<Othr><Id>NOTPROVIDED</Id></Othr>"),
    }
    xml.push_str("</FinInstnId></DbtrAgt>\n<ChrgBr>SLEV</ChrgBr>\n");
    for payment in payments {
        transfer(&mut xml, payment)?;
    }
    xml.push_str("</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n");
    Ok(xml)
}

fn transfer(xml: &mut String, payment: &Payment) -> Result<(), PayoutError> {
    if payment.amount_minor > MOST_MINOR {
        return Err(PayoutError::TooLarge);
    }
    xml.push_str("<CdtTrfTxInf>\n<PmtId>");
    element(xml, "EndToEndId", &payment.id);
    xml.push_str("</PmtId>\n<Amt><InstdAmt Ccy=\"EUR\">");
    xml.push_str(&euros(payment.amount_minor));
    xml.push_str("</InstdAmt></Amt>\n");
    if let Some(bic) = &payment.bank {
        xml.push_str("<CdtrAgt><FinInstnId>");
        element(xml, "BICFI", bic);
        xml.push_str("</FinInstnId></CdtrAgt>\n");
    }
    xml.push_str("<Cdtr>\n");
    element(xml, "Nm", &payment.holder);
    xml.push_str("</Cdtr>\n<CdtrAcct><Id>");
    element(xml, "IBAN", &payment.account);
    xml.push_str("</Id></CdtrAcct>\n<RmtInf>");
    element(xml, "Ustrd", &payment.text);
    xml.push_str("</RmtInf>\n</CdtTrfTxInf>\n");
    Ok(())
}

/// An element with a text. The characters that banks take need no escape in XML.
fn element(xml: &mut String, name: &str, text: &str) {
    for piece in ["<", name, ">", text, "</", name, ">\n"] {
        xml.push_str(piece);
    }
}

/// Cents as euros, with a point.
fn euros(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};

    use super::*;

    fn payment(id: &str, amount_minor: i64, bank: Option<&str>) -> Payment {
        Payment {
            id: id.into(),
            amount_minor,
            holder: "Orson Soehne".into(),
            account: "DE89370400440532013000".into(),
            bank: bank.map(str::to_owned),
            savings: false,
            company: false,
            text: format!("{id} Nova Sound"),
        }
    }

    fn written(bic: Option<&str>, payments: &[Payment]) -> Result<String, PayoutError> {
        let debtor = SepaDebtor {
            name: "Nova Sound".into(),
            iban: "FR1420041010050500013M02606".into(),
            bic: bic.map(str::to_owned),
        };
        let heading = Heading {
            id: "PB-7K3M9Q2X",
            modifier: 'A',
            made_at: DateTime::from_timestamp(1_795_435_200, 0).unwrap(),
            execute_on: NaiveDate::from_ymd_opt(2026, 12, 1).unwrap(),
            debtor: &debtor,
        };
        document(&heading, payments)
    }

    #[test]
    fn the_sums_are_of_the_transfers_and_the_elements_in_the_schemas_order() {
        let file = written(None, &[payment("PO-1", 12_345, Some("COBADEFF")), payment("PO-2", 5, None)]).unwrap();
        assert_eq!(file.matches("<NbOfTxs>2</NbOfTxs>").count(), 2);
        assert_eq!(file.matches("<CtrlSum>123.50</CtrlSum>").count(), 2);
        assert_eq!(file.matches("<CdtTrfTxInf>").count(), 2);
        assert_eq!(file.matches("<BICFI>").count(), 1, "a bank that is not known is not named");
        assert!(file.contains("<Othr><Id>NOTPROVIDED</Id></Othr>"));
        assert!(file.contains("<CreDtTm>2026-11-23T12:00:00Z</CreDtTm>"), "{file}");
        let places: Vec<_> = [
            "<MsgId>PB-7K3M9Q2X<",
            "<InitgPty>",
            "<PmtInfId>PB-7K3M9Q2X-1<",
            "<PmtMtd>TRF<",
            "<PmtTpInf>",
            "<ReqdExctnDt>",
            "<Dt>2026-12-01<",
            "<Dbtr>",
            "<DbtrAcct>",
            "<DbtrAgt>",
            "<ChrgBr>SLEV<",
            "<EndToEndId>PO-1<",
            "<InstdAmt Ccy=\"EUR\">123.45<",
            "<CdtrAgt>",
            "<Cdtr>",
            "<CdtrAcct>",
            "<Ustrd>PO-1 Nova Sound<",
            "<EndToEndId>PO-2<",
            "<InstdAmt Ccy=\"EUR\">0.05<",
        ]
        .iter()
        .map(|piece| file.find(piece).unwrap_or_else(|| panic!("{piece} in {file}")))
        .collect();
        assert!(places.is_sorted(), "{places:?}");
        for name in
            ["Document", "CstmrCdtTrfInitn", "GrpHdr", "PmtInf", "CdtTrfTxInf", "DbtrAcct", "CdtrAcct", "RmtInf"]
        {
            let (opened, closed) =
                (file.matches(&format!("<{name}")).count(), file.matches(&format!("</{name}>")).count());
            // `PmtInf` begins `PmtInfId`, too.
            assert!(opened == closed || name == "PmtInf", "{name}");
        }
        assert!(written(Some("BNPAFRPP"), &[payment("PO-1", 1, None)]).unwrap().contains("<BICFI>BNPAFRPP</BICFI>"));
    }

    #[test]
    fn what_no_file_can_say_is_refused() {
        for payments in [vec![payment("PO-1", MOST_MINOR + 1, None)], vec![payment("PO-1", i64::MAX, None); 2]] {
            assert!(matches!(written(None, &payments), Err(PayoutError::TooLarge)));
        }
    }
}
