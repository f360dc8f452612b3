//! Who asks, who is asked, and how that is taxed, as it stands when something is written.

use sea_orm::{ConnectionTrait, EntityTrait};

use crate::{
    actor::Ctx,
    clients::entity as clients,
    email::EmailAddress,
    identity::entity::studio,
    ids::{ClientId, StudioId},
    invoices::{
        InvoiceError,
        content::{Side, TaxFacts},
        rules::{Fault, settings::Settings, texts},
    },
    legible::require_legible,
    parties,
    policy::Action,
    ports::AgreementDocuments,
    pricing::{
        Country,
        queries::{asks_country, tax_in},
    },
    share::Share,
    store::Tx,
};

/// Whom a quote or an invoice is for, as it is given; what is left out is taken from the client's party.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BillTo {
    /// The name.
    pub name: Option<String>,
    /// The postal address, in lines.
    pub address: String,
    /// The country.
    pub country: Option<Country>,
    /// Where they are reached.
    pub email: Option<String>,
    /// The VAT identification number.
    pub vat_id: Option<String>,
}

/// The studio as it is now.
pub(super) async fn seller(
    db: &impl ConnectionTrait,
    studio: StudioId,
    settings: &Settings,
) -> Result<Side, InvoiceError> {
    let row = studio::Entity::find_by_id(studio).one(db).await?.ok_or(InvoiceError::NoStudio)?;
    Ok(Side {
        name: row.name,
        legal_name: row.legal_name,
        address: row.address.unwrap_or_default(),
        country: settings.country.map(|country| country.code().to_owned()),
        email: row.contact_email,
        vat_id: settings.vat_id.clone(),
        tax_number: settings.tax_number.clone(),
    })
}

/// Refuses a studio that is not known well enough for an invoice.
pub(super) fn require_known(seller: &Side) -> Result<(), InvoiceError> {
    if seller.address.trim().is_empty() { Err(InvoiceError::SellerUnknown) } else { Ok(()) }
}

/// The client, as it is given and as it is known; its party is held from now on, and was neither merged into another nor erased.
pub(super) async fn client(
    tx: &Tx,
    ctx: &Ctx,
    documents: &dyn AgreementDocuments,
    client: ClientId,
    given: &BillTo,
) -> Result<Side, InvoiceError> {
    let row = clients::Entity::find_by_id(client).one(tx).await?.ok_or(InvoiceError::NoClient)?;
    let party = parties::lock_present(tx, ctx, Action::ManageProduction, row.party_id).await?;
    let name = match &given.name {
        Some(name) => texts::line("billTo.name", name, texts::MAX_NAME_CHARS)?,
        None => party.name.clone(),
    };
    let email = match &given.email {
        Some(email) => email.parse::<EmailAddress>().map_err(|_| InvoiceError::Email)?,
        None => party.email.ok_or(InvoiceError::NoEmail)?,
    };
    let address = texts::filled_block("billTo.address", &given.address, texts::MAX_ADDRESS_CHARS)?;
    require_legible(documents, "billTo.name", &name)?;
    require_legible(documents, "billTo.address", &address)?;
    Ok(Side {
        legal_name: party.legal_name.filter(|legal| *legal != name),
        name,
        address,
        country: given.country.map(|country| country.code().to_owned()),
        email,
        vat_id: texts::vat_id("billTo.vatId", given.vat_id.as_deref())?,
        tax_number: None,
    })
}

/// Whether that is whom a document is for, in what is given of them.
pub(super) fn is_for(side: &Side, given: &BillTo) -> Result<bool, InvoiceError> {
    let name = given.name.as_deref().map(|name| texts::line("billTo.name", name, texts::MAX_NAME_CHARS)).transpose()?;
    let email = given.email.as_deref().map(|email| email.parse::<EmailAddress>().map_err(|_| InvoiceError::Email));
    Ok(name.is_none_or(|name| side.name == name)
        && email.transpose()?.is_none_or(|email| side.email == email)
        && side.address == texts::filled_block("billTo.address", &given.address, texts::MAX_ADDRESS_CHARS)?
        && side.country() == given.country
        && side.vat_id == texts::vat_id("billTo.vatId", given.vat_id.as_deref())?)
}

/// How what a studio asks of a client is taxed now: by the studio's rate of the client's country, or by the client. Not at all, if the studio has no rates.
pub(super) async fn tax(
    db: &impl ConnectionTrait,
    studio: StudioId,
    (seller, client): (&Side, &Side),
    reverse_charge: bool,
) -> Result<Option<TaxFacts>, InvoiceError> {
    if reverse_charge {
        let (Some(from), Some(to)) = (seller.country(), client.country()) else {
            return Err(Fault::ReverseCharge.into());
        };
        let is_of_client = |number: &str| to.vat_prefix().is_some_and(|prefix| number.starts_with(prefix));
        if from == to || seller.vat_id.is_none() || !client.vat_id.as_deref().is_some_and(is_of_client) {
            return Err(Fault::ReverseCharge.into());
        }
        let country = to.code().to_owned();
        return Ok(Some(TaxFacts { country, name: "VAT".to_owned(), rate: Share::ZERO, reverse_charge }));
    }
    let Some(country) = client.country() else {
        return if asks_country(db, studio).await? { Err(Fault::CountryNeeded.into()) } else { Ok(None) };
    };
    let rule = tax_in(db, studio, country).await?;
    let is_taxed = rule.as_ref().is_some_and(|rule| rule.rate > Share::ZERO);
    let is_in_union = seller.country().and_then(Country::vat_prefix).is_some();
    if is_taxed && is_in_union && seller.vat_id.is_none() && seller.tax_number.is_none() {
        return Err(InvoiceError::SellerNumber);
    }
    Ok(rule.map(|rule| TaxFacts {
        country: country.code().to_owned(),
        name: rule.name,
        rate: rule.rate,
        reverse_charge,
    }))
}
