//! A split sheet from an empty studio to the cent: drafted, countered, signed from mails, sealed, verified, and a sale divided by it.

use std::{path::PathBuf, time::Duration};

use cli::client::{Guest, Producer, Signer, split_sheet, until};
use serde_json::Value;

use crate::{
    judges,
    program::{self, Server, free_port},
    pyhanko, timestamps,
};

/// How long the seal may take to be raised to the last level.
const PATIENCE: Duration = Duration::from_mins(1);

/// Shares that the third proposes, as fields of the form.
const PROPOSED: [(&str, &str); 4] =
    [("composition.0", "35"), ("composition.2", "25"), ("master.0", "35"), ("master.2", "25")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_sign_from_their_mails_and_a_sale_is_divided_as_signed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, port) = (folder.path().join("data"), free_port());
    std::fs::create_dir_all(&data).expect("a data folder");
    let (settings, tsa, _authority) = timestamps::start_authority(folder.path());
    tsa.allow(i64::MAX, true);
    let _server = Server::start(&data, port, &settings.each_ref().map(|(name, value)| (*name, value.as_str())));
    let base = format!("http://127.0.0.1:{port}");

    let mut producer = Producer::new(&base).expect("a producer");
    let studio = producer.sign_up("Nova Sound", "EUR").await.expect("a studio");
    let beat = producer.bring_in(&studio, &beat(folder.path())).await.expect("a beat");
    let document = split_sheet::among_four(producer.split_sheet_draft(&beat).await.expect("a draft"));

    let mut wrong = document.clone();
    wrong["terms"]["composition"]["writers"][3]["share_ppm"] = 99_999.into();
    let refused = producer.draft_agreement(&studio, &wrong).await.expect_err("99.9999 % is not the whole").to_string();
    assert!(refused.contains("document.terms.composition") && refused.contains("99.9999"), "{refused}");

    let drafted = producer.draft_agreement(&studio, &document).await.expect("it is drafted");
    assert_eq!((drafted.state.as_str(), &drafted.reference[..3]), ("DRAFT", "AG-"));
    let refused = producer.send_agreement(&drafted).await.expect_err("nobody knows whose address it is").to_string();
    assert!(refused.contains("confirmed their own e-mail address"), "{refused}");
    producer.confirm_address().await.expect("the address is confirmed");
    let sent = producer.send_agreement(&drafted).await.expect("it is sent");
    assert_eq!(sent.state, "SENT");

    let mut signers = Vec::new();
    for (name, email) in split_sheet::FOUR {
        let mut signer = Signer::new(&base, name, email).expect("a signer");
        let link = signer.wait_for_link().await.expect("a mail with a link");
        signers.push((signer, link));
    }
    // Mail scanners look at links, again and again: that spends none.
    let scanner = Signer::new(&base, "A scanner", "nobody@example.com").expect("a browser");
    for (_, link) in &signers {
        assert!(scanner.get(link).await.expect("a page").text.contains("Open the agreement"));
    }
    for place in [1, 3] {
        let (signer, link) = &mut signers[place];
        let page = signer.open(link).await.expect("it opens");
        assert!(page.text.contains("Amira Haddad") && page.text.contains("Żak"), "{}", page.text);
        let done = signer.sign().await.expect("signed");
        assert!(done.text.contains("You have signed"), "{}", done.text);
        // The link is spent, and what it opened is open in that browser alone.
        let again = scanner.get(link).await.expect("a page");
        assert!(again.status.is_client_error() && again.text.contains("Send me a new link"), "{}", again.text);
        let foreign = scanner.get(&signer.pages()).await.expect("a page");
        assert!(foreign.status.is_client_error() && !foreign.text.contains("Haddad"), "{}", foreign.text);
    }

    let (third, link) = &mut signers[2];
    third.open(link).await.expect("it opens");
    let off = third.counter(&[("composition.2", "25")], "Mine is more.").await.expect("an answer");
    assert!(off.status == 422 && off.text.contains("The composition totals 105 %, not 100 %"), "{}", off.text);
    let proposed = third.counter(&PROPOSED, "I wrote the bridge, too.").await.expect("an answer");
    assert!(proposed.status.is_redirection(), "{}", proposed.text);
    let countered = producer.agreement(&drafted.id).await.expect("the agreement");
    assert_eq!(countered.state, "COUNTERED");
    let accepted = producer.accept_counter(&countered).await.expect("it is taken");
    assert_eq!(accepted.state, "PARTLY_SIGNED", "those whose part is as it was have signed still");

    let (first, link) = &mut signers[0];
    let replaced = scanner.get(link).await.expect("a page");
    assert!(replaced.status.is_client_error() && replaced.text.contains("replaced"), "{}", replaced.text);
    *link = first.wait_for_link().await.expect("a mail with another link");
    let page = first.open(link).await.expect("it opens");
    assert!(page.text.contains("35%"), "{}", page.text);
    first.sign().await.expect("signed");
    assert_eq!(producer.agreement(&drafted.id).await.expect("the agreement").state, "PARTLY_SIGNED");
    let last = signers[2].0.sign().await.expect("signed");
    assert!(last.text.contains("Everybody has signed"), "{}", last.text);

    let sealed = until("the last timestamp", PATIENCE, async || {
        Ok(Some(producer.wait_for_seal(&drafted).await?).filter(|sealed| sealed.level == "B-LTA"))
    });
    let sealed = sealed.await.expect("the sealed file");
    let file = folder.path().join("split.pdf");
    signers[3].0.download_sealed(&file).await.expect("the download");
    let output = program::command().arg("verify").arg(&file).args(["--rebuild", "--json"]).output().expect("it starts");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(output.status.success() && report["sha256"] == sealed.sha256, "{report}");
    let attached: Vec<_> = report["attachments"].as_array().into_iter().flatten().map(|file| &file["name"]).collect();
    assert_eq!(attached, ["agreement.json", "evidence.json", "execution.json"], "{report}");
    assert_eq!(report["rebuilt"]["outcome"], "identical", "{report}");
    let guest = Guest::new(&base).expect("a guest");
    guest.save_seal_authority(&folder.path().join("root.pem")).await.expect("the root certificate");
    if let Some(python) = pyhanko::python() {
        let said = timestamps::judged(&python, folder.path(), &[(file.clone(), "B-LTA")]).remove(0);
        assert_eq!((&said["bottom_line"], &said["ades"]), (&true.into(), &"PASSED".into()), "{said}");
        // One rule asks that a seal cover even what the standard puts behind it, see the tests of `documents`; nothing else is held against it.
        assert_eq!(said["failures"], serde_json::json!(["PDFA3B-SIGNATURE-BYTERANGE-001"]), "{said}");
    }
    if judges::has("pdftotext") {
        let text = judges::pdf_text(&file);
        assert!(text.contains(&drafted.reference) && text.contains("Łukasz"), "{text}");
    }

    // A sale afterwards is divided as signed.
    let order = guest.place_order(&studio, &beat, "wav", "Ada Nowak", "ada@example.com").await.expect("an order");
    guest.pay(&order).await.expect("paid");
    guest.wait_for_delivery(&order).await.expect("delivered");
    let journal = producer.sale_journal(&studio, &order.reference).await.expect("the sale's journal");
    assert_eq!(journal.basis, [sealed.text_sha256.as_str()], "{}", journal.memo);
    split_sheet::check_parts(&journal).expect("divided as signed");
    assert_eq!(producer.ledger(&studio).await.expect("the books").trial_balance_minor, 0);
}

/// A short beat, composed.
fn beat(folder: &std::path::Path) -> PathBuf {
    use audio_engine::compose::{Style, compose};
    let folder = folder.join("beat");
    std::fs::create_dir_all(&folder).expect("a folder");
    compose(21, Style::Rnb).write(&folder, "Harbour Lights", 44_100).expect("it is written").mix
}
