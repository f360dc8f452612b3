//! Lists written: the headings that Google's import takes, cells quoted as RFC 4180 says, and none that a spreadsheet takes for a formula.

use crate::{
    contact::{Address, Contact, Labelled},
    spreadsheet::push_row,
};

/// Writes a list with headings, in UTF-8 with the mark by which spreadsheets know it. It is as wide as the contact with the most addresses needs.
pub fn write(contacts: &[Contact]) -> String {
    let most = |count: fn(&Contact) -> usize| contacts.iter().map(count).max().unwrap_or_default().max(1);
    let mails = most(|contact| contact.mails.len());
    let phones = most(|contact| contact.phones.len());
    let urls = most(|contact| contact.urls.len());
    let addresses = most(|contact| contact.addresses.len());

    let mut headings: Vec<String> = [
        "Name",
        "Name Prefix",
        "First Name",
        "Middle Name",
        "Last Name",
        "Name Suffix",
        "Nickname",
        "Organization Name",
        "Organization Department",
        "Organization Title",
        "Notes",
        "Labels",
    ]
    .map(str::to_owned)
    .into();
    for (kind, count) in [("E-mail", mails), ("Phone", phones), ("Website", urls)] {
        for i in 1..=count {
            headings.extend([format!("{kind} {i} - Label"), format!("{kind} {i} - Value")]);
        }
    }
    for i in 1..=addresses {
        let part = |part: &str| format!("Address {i} - {part}");
        headings.extend(["Label", "Street", "City", "Region", "Postal Code", "Country"].map(part));
    }

    let mut out = String::from("\u{feff}");
    push_row(&mut out, headings.iter().map(String::as_str));
    for contact in contacts {
        let name = &contact.name;
        let categories = contact.categories.join("; ");
        let single: [&str; 12] = [
            &name.full,
            &name.prefix,
            &name.given,
            &name.additional,
            &name.family,
            &name.suffix,
            &contact.nickname,
            &contact.organisation,
            &contact.department,
            &contact.title,
            &contact.notes,
            &categories,
        ];
        let mut cells = single.to_vec();
        for (list, count) in [(&contact.mails, mails), (&contact.phones, phones), (&contact.urls, urls)] {
            for i in 0..count {
                cells.extend(list.get(i).map_or(["", ""], labelled));
            }
        }
        for i in 0..addresses {
            cells.extend(contact.addresses.get(i).map_or([""; 6], parts));
        }
        push_row(&mut out, cells.into_iter());
    }
    out
}

fn labelled(labelled: &Labelled) -> [&str; 2] {
    [labelled.label.as_deref().unwrap_or_default(), &labelled.value]
}

fn parts(address: &Address) -> [&str; 6] {
    let Address { label, street, locality, region, postal_code, country } = address;
    [label.as_deref().unwrap_or_default(), street, locality, region, postal_code, country]
}
