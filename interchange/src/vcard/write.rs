//! Cards written, as RFC 6350 says.

use crate::{
    contact::Contact,
    content_line::{escape, push_folded},
};

/// Types that RFC 6350 knows: for everything (5.6), and for telephones besides (6.4.1).
const TYPES: [&str; 2] = ["home", "work"];
const PHONE_TYPES: [&str; 9] = ["home", "work", "cell", "fax", "pager", "text", "textphone", "video", "voice"];

/// Writes cards of version 4.0, one after the other.
pub fn write(contacts: &[Contact]) -> String {
    let mut out = String::new();
    for contact in contacts {
        card(contact, &mut out);
    }
    out
}

fn card(contact: &Contact, out: &mut String) {
    push_folded(out, "BEGIN:VCARD");
    push_folded(out, "VERSION:4.0");
    if contact.name.full.is_empty() && !contact.organisation.is_empty() {
        push_folded(out, "KIND:org");
    }
    push_folded(out, &format!("FN:{}", escape(contact.display_name())));
    let name = &contact.name;
    let parts = [&name.family, &name.given, &name.additional, &name.prefix, &name.suffix];
    if parts.iter().any(|part| !part.is_empty()) {
        push_folded(out, &format!("N:{}", structured(&parts)));
    }
    push_text(out, "NICKNAME", &contact.nickname);
    if !contact.organisation.is_empty() || !contact.department.is_empty() {
        push_folded(out, &format!("ORG:{}", structured(&[&contact.organisation, &contact.department])));
    }
    push_text(out, "TITLE", &contact.title);

    let mut groups = 0;
    for mail in &contact.mails {
        push_labelled(out, &mut groups, "EMAIL", mail.label.as_deref(), &TYPES, &escape(&mail.value));
    }
    for phone in &contact.phones {
        push_labelled(out, &mut groups, "TEL", phone.label.as_deref(), &PHONE_TYPES, &escape(&phone.value));
    }
    for url in &contact.urls {
        // The value is an address, in which nothing is escaped.
        let value: String = url.value.chars().filter(|c| !c.is_control()).collect();
        push_labelled(out, &mut groups, "URL", url.label.as_deref(), &TYPES, &value);
    }
    for address in &contact.addresses {
        let rest =
            structured(&[&address.street, &address.locality, &address.region, &address.postal_code, &address.country]);
        // Box and floor stand empty: RFC 6350 recommends it, and the street has them.
        push_labelled(out, &mut groups, "ADR", address.label.as_deref(), &TYPES, &format!(";;{rest}"));
    }
    push_text(out, "NOTE", &contact.notes);
    if !contact.categories.is_empty() {
        let categories: Vec<String> = contact.categories.iter().map(|category| escape(category)).collect();
        push_folded(out, &format!("CATEGORIES:{}", categories.join(",")));
    }
    push_folded(out, "END:VCARD");
}

fn structured(parts: &[&String]) -> String {
    parts.iter().map(|part| escape(part)).collect::<Vec<_>>().join(";")
}

fn push_text(out: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        push_folded(out, &format!("{name}:{}", escape(value)));
    }
}

/// A value with its type, or in a group with what its owner calls it, as Apple's and many other address books do.
fn push_labelled(out: &mut String, groups: &mut u32, name: &str, label: Option<&str>, types: &[&str], value: &str) {
    match label {
        None => push_folded(out, &format!("{name}:{value}")),
        Some(label) if types.contains(&label) => push_folded(out, &format!("{name};TYPE={label}:{value}")),
        Some(label) => {
            *groups += 1;
            push_folded(out, &format!("item{groups}.{name}:{value}"));
            push_folded(out, &format!("item{groups}.X-ABLabel:{}", escape(label)));
        }
    }
}
