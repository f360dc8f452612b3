//! The tax on quotes and invoices: the studio's rate of the client's country, or the client's own to pay; within each payment as much as it is of the invoice.

use domain::{
    invoices::{
        InvoiceError,
        commands::{self, BillTo, IssueInvoice, QuoteDraft, issue_invoice},
        content::{InvoiceContent, read},
        entity::invoice,
        queries::settings_of,
        rules::{Fault, settings::Settings, standing::InvoiceState},
    },
    ledger::entity::AccountKind,
    money::Currency,
    pricing::{Country, commands::settings::set_tax_rates, rules::settings::TaxSettings},
};

use super::{Desk, bill_to, share};
use crate::{
    books::{assert_proved, balance},
    support::{World, on_each_database},
};

fn country(code: &str) -> Country {
    code.parse().unwrap()
}

/// Sets the studio's rate for Germany.
async fn set_rate(desk: &Desk, ppm: u32) {
    let rate = TaxSettings { country: country("DE"), name: "USt".into(), rate: share(ppm), included: false };
    let tx = desk.services().begin().await.unwrap();
    set_tax_rates(&tx, &desk.owner, desk.shop.studio, &[rate]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Sets where the studio is, and its number.
async fn settle_in(world: &World, desk: &Desk, code: &str, vat_id: Option<&str>) {
    let settings = Settings {
        country: Some(country(code)),
        vat_id: vat_id.map(str::to_owned),
        ..settings_of(&world.db, desk.shop.studio).await.unwrap()
    };
    commands::set_settings(desk.services(), &desk.owner, desk.shop.studio, &settings).await.unwrap();
}

fn in_germany() -> BillTo {
    BillTo { country: Some(country("DE")), ..bill_to() }
}

async fn issue(desk: &Desk, new: &IssueInvoice) -> Result<invoice::Model, InvoiceError> {
    issue_invoice(desk.services(), &desk.owner, new).await
}

#[tokio::test]
async fn the_rate_of_the_clients_country_comes_on_top_and_each_payment_has_its_part_of_it() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        set_rate(&desk, 190_000).await;
        let nowhere = issue(&desk, &desk.asking(100_000, Currency::EUR)).await.unwrap_err();
        assert!(matches!(nowhere, InvoiceError::Fault(Fault::CountryNeeded)), "{nowhere:?}");
        let new = IssueInvoice { bill_to: in_germany(), ..desk.asking(100_000, Currency::EUR) };
        let invoice = issue(&desk, &new).await.unwrap();
        assert_eq!((invoice.net_minor, invoice.tax_minor, invoice.total_minor), (100_000, 19_000, 119_000));
        let said: InvoiceContent = read(&invoice.content).unwrap();
        assert_eq!(said.tax.unwrap().to_string(), "USt 19 % (Germany)");
        let tax = async || balance(world, &desk.shop, AccountKind::TaxDue).await;

        let half = desk.receive(&invoice, &desk.transferred(59_500)).await.unwrap();
        assert_eq!((half.tax_minor, tax().await), (9_500, -9_500));
        let order = desk.pay(&invoice).await;
        assert_eq!(tax().await, -19_000, "all that was paid has all of the tax");
        assert_eq!(balance(world, &desk.shop, AccountKind::Services).await, -100_000);
        assert_proved(world).await;

        let payment = desk.shop.payment(order).await;
        desk.shop.give_back(payment.id, Some(11_900)).await.unwrap();
        assert_eq!(tax().await, -17_100, "and what goes back takes its part along");
        let note = desk.credit(&invoice, Some(11_900)).await.unwrap();
        assert_eq!((note.net_minor, note.tax_minor), (10_000, 1_900));
        assert_eq!(desk.standing(&invoice).await.state(), InvoiceState::Paid);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn who_charges_tax_in_the_union_has_a_number() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        set_rate(&desk, 190_000).await;
        settle_in(world, &desk, "DE", None).await;
        let new = IssueInvoice { bill_to: in_germany(), ..desk.asking(100_000, Currency::EUR) };
        assert!(matches!(issue(&desk, &new).await, Err(InvoiceError::SellerNumber)));
        settle_in(world, &desk, "DE", Some("DE123456789")).await;
        assert_eq!(issue(&desk, &new).await.unwrap().tax_minor, 19_000);
    })
    .await;
}

#[tokio::test]
async fn a_company_elsewhere_in_the_union_owes_it_by_itself() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        set_rate(&desk, 190_000).await;
        settle_in(world, &desk, "DE", Some("DE 123456789")).await;
        let company = |code: &str, vat_id: Option<&str>| BillTo {
            country: Some(country(code)),
            vat_id: vat_id.map(str::to_owned),
            ..bill_to()
        };
        let asked = |bill_to| IssueInvoice { bill_to, reverse_charge: true, ..desk.asking(100_000, Currency::EUR) };
        let invoice = issue(&desk, &asked(company("FR", Some("fr12 345678901")))).await.unwrap();
        assert_eq!((invoice.tax_minor, invoice.total_minor), (0, 100_000));
        let said: InvoiceContent = read(&invoice.content).unwrap();
        assert!(said.tax.unwrap().reverse_charge);
        assert_eq!(
            (said.seller.vat_id.as_deref(), said.client.vat_id.as_deref()),
            (Some("DE123456789"), Some("FR12345678901"))
        );
        let greek = issue(&desk, &asked(company("GR", Some("EL123456789")))).await.unwrap();
        assert_eq!(greek.tax_minor, 0, "Greece writes its own name");
        for wrong in [
            company("FR", None),
            company("DE", Some("DE999999999")),
            company("FR", Some("DE999999999")),
            company("US", Some("US123456789")),
        ] {
            let refused = issue(&desk, &asked(wrong)).await.unwrap_err();
            assert!(matches!(refused, InvoiceError::Fault(Fault::ReverseCharge)), "{refused:?}");
        }
        settle_in(world, &desk, "DE", None).await;
        assert!(issue(&desk, &asked(company("FR", Some("FR12345678901")))).await.is_err(), "both need a number");
        desk.pay(&invoice).await;
        assert_eq!(balance(world, &desk.shop, AccountKind::TaxDue).await, 0);
        assert_proved(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_quote_is_not_sent_with_a_rate_that_is_none_any_more() {
    on_each_database(async |world| {
        let desk = Desk::open(world, Currency::EUR).await;
        set_rate(&desk, 190_000).await;
        let draft = QuoteDraft { client: in_germany(), ..desk.draft(100_000) };
        let quote = commands::create_quote(desk.services(), &desk.owner, desk.project, &draft).await.unwrap();
        assert_eq!(quote.total_minor, 119_000);
        set_rate(&desk, 160_000).await;
        assert!(matches!(desk.send(&quote).await, Err(InvoiceError::TaxChanged)));
        let saved = commands::change_quote(desk.services(), &desk.owner, quote.id, &draft).await.unwrap();
        assert_eq!((saved.version, saved.total_minor), (1, 116_000));
        desk.send(&saved).await.unwrap();
        desk.accept(&saved, 1).await.unwrap();
        // What was agreed stays agreed.
        set_rate(&desk, 190_000).await;
        let rest = desk.reach(&saved, 2).await.unwrap();
        assert_eq!((rest.net_minor, rest.tax_minor), (50_000, 8_000));
        assert_proved(world).await;
    })
    .await;
}
