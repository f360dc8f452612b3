//! Which column says what, by its heading.

/// What a column holds. The key tells columns of one value from those of another: `1` and `2`, or `home` and `work`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    Full,
    Prefix,
    Given,
    Additional,
    Family,
    Suffix,
    Nickname,
    Organisation,
    Department,
    Title,
    Notes,
    Categories,
    /// A value of a list, with the label that the heading gives.
    Value(List, String, Option<&'static str>),
    /// The label of a list's value.
    Label(List, String),
    /// A part of a postal address, with the label that the heading gives.
    Address(Part, String, Option<&'static str>),
    /// The label of a postal address.
    AddressLabel(String),
    /// A postal address in one cell, beside its parts.
    Formatted(String),
    /// None of these.
    Other,
}

/// Lists of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Mails,
    Phones,
    Urls,
}

/// Parts of a postal address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Street,
    Locality,
    Region,
    PostalCode,
    Country,
}

/// Words before a value's kind that say which one it is, and the label that they give.
const PLACES: [(&str, &str); 9] = [
    ("business", "work"),
    ("work", "work"),
    ("company", "work"),
    ("home", "home"),
    ("personal", "home"),
    ("private", "home"),
    ("primary", "main"),
    ("main", "main"),
    ("other", "other"),
];

/// What a heading means.
pub(super) fn recognise(heading: &str) -> Column {
    let key: String = heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if let Some(column) = single(&key) {
        return column;
    }
    let (place, rest) = PLACES
        .iter()
        .find_map(|(word, label)| Some((Some(*label), key.strip_prefix(*word)?)))
        .unwrap_or((None, key.as_str()));
    listed(rest, place).or_else(|| address(rest, place)).unwrap_or(Column::Other)
}

/// Columns that there is one of.
fn single(key: &str) -> Option<Column> {
    Some(match key {
        "name" | "fullname" | "displayname" | "fileas" | "contactname" => Column::Full,
        "nameprefix" | "prefix" | "honorificprefix" | "salutation" | "anrede" => Column::Prefix,
        "firstname" | "givenname" | "forename" | "vorname" | "prénom" => Column::Given,
        "middlename" | "additionalname" | "middlenames" => Column::Additional,
        "lastname" | "familyname" | "surname" | "nachname" | "nom" => Column::Family,
        "namesuffix" | "suffix" | "generationalsuffix" => Column::Suffix,
        "nickname" | "artistname" | "stagename" => Column::Nickname,
        "organization" | "organisation" | "organizationname" | "organization1name" | "company" | "companyname"
        | "firma" | "société" => Column::Organisation,
        "department" | "organizationdepartment" | "organization1department" | "abteilung" => Column::Department,
        "jobtitle" | "organizationtitle" | "organization1title" | "position" | "role" => Column::Title,
        "notes" | "note" | "comments" | "notizen" => Column::Notes,
        "categories" | "category" | "labels" | "groupmembership" | "groups" | "tags" | "kategorien" => {
            Column::Categories
        }
        _ => return None,
    })
}

/// Mail addresses, numbers and pages: `email1value`, `emailaddress`, `businessphone2`, `mobilephone`, `webpage`.
fn listed(key: &str, place: Option<&'static str>) -> Option<Column> {
    // The longer spelling first, for the shorter one begins it.
    const KINDS: [(&str, List, Option<&str>); 21] = [
        ("emailaddress", List::Mails, None),
        ("email", List::Mails, None),
        ("mailadresse", List::Mails, None),
        ("mail", List::Mails, None),
        ("mobilephone", List::Phones, Some("cell")),
        ("mobiltelefon", List::Phones, Some("cell")),
        ("mobile", List::Phones, Some("cell")),
        ("cellphone", List::Phones, Some("cell")),
        ("cell", List::Phones, Some("cell")),
        ("faxnumber", List::Phones, Some("fax")),
        ("fax", List::Phones, Some("fax")),
        ("pager", List::Phones, Some("pager")),
        ("phonenumber", List::Phones, None),
        ("phone", List::Phones, None),
        ("telephone", List::Phones, None),
        ("telefon", List::Phones, None),
        ("tel", List::Phones, None),
        ("webpage", List::Urls, None),
        ("website", List::Urls, None),
        ("homepage", List::Urls, None),
        ("url", List::Urls, None),
    ];
    // `homepage` has lost its beginning to the place; `eMailAdresse` is e-mail in German.
    let key = if key == "page" && place == Some("home") { "homepage" } else { key };
    let key = key.strip_prefix('e').filter(|rest| rest.starts_with("mailadresse")).unwrap_or(key);
    let (list, own, rest) = KINDS.iter().find_map(|(word, list, own)| Some((*list, *own, key.strip_prefix(*word)?)))?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let which = format!("{} {} {digits}", place.unwrap_or_default(), own.unwrap_or_default());
    match &rest[digits.len()..] {
        "" | "value" | "address" | "number" => Some(Column::Value(list, which, own.or(place))),
        "label" | "type" => Some(Column::Label(list, which)),
        _ => None,
    }
}

/// Postal addresses: `businessstreet2`, `address1city`, `homepostalcode`.
fn address(key: &str, place: Option<&'static str>) -> Option<Column> {
    let rest = key.strip_prefix("address").unwrap_or(key);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let which = format!("{} {digits}", place.unwrap_or_default());
    // `Street 2` is the second line of the same address.
    let part = match rest[digits.len()..].trim_end_matches(|c: char| c.is_ascii_digit()) {
        "street" | "pobox" | "extendedaddress" | "line" | "straße" | "strasse" => Part::Street,
        "city" | "locality" | "town" | "ort" => Part::Locality,
        "region" | "state" | "stateprovince" | "province" => Part::Region,
        "postalcode" | "zip" | "zipcode" | "postcode" | "plz" => Part::PostalCode,
        "country" | "countryregion" | "land" => Part::Country,
        // `Address` alone, which says all in one cell.
        "" if key.starts_with("address") => Part::Street,
        "label" | "type" if key.starts_with("address") => return Some(Column::AddressLabel(which)),
        "formatted" if key.starts_with("address") => return Some(Column::Formatted(which)),
        _ => return None,
    };
    Some(Column::Address(part, which, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(heading: &str) -> (List, String, Option<&'static str>) {
        match recognise(heading) {
            Column::Value(list, which, label) => (list, which, label),
            other => panic!("{heading}: {other:?}"),
        }
    }

    fn part(heading: &str) -> (Part, String, Option<&'static str>) {
        match recognise(heading) {
            Column::Address(part, which, label) => (part, which, label),
            other => panic!("{heading}: {other:?}"),
        }
    }

    #[test]
    fn headings_of_google_outlook_and_apple_are_known() {
        assert_eq!(recognise("First Name"), Column::Given);
        assert_eq!(recognise("Organization 1 - Name"), Column::Organisation);
        assert_eq!(recognise("Group Membership"), Column::Categories);
        assert_eq!(recognise("Company"), Column::Organisation);
        assert_eq!(recognise("Job Title"), Column::Title);
        assert_eq!(value("E-mail 1 - Value"), (List::Mails, "  1".to_owned(), None));
        assert_eq!(recognise("E-mail 1 - Label"), Column::Label(List::Mails, "  1".to_owned()));
        assert_eq!(recognise("Phone 2 - Type"), Column::Label(List::Phones, "  2".to_owned()));
        assert_eq!(value("E-mail Address"), (List::Mails, "  ".to_owned(), None));
        assert_eq!(value("E-mail 2 Address"), (List::Mails, "  2".to_owned(), None));
        assert_eq!(value("E-Mail-Adresse"), (List::Mails, "  ".to_owned(), None));
        assert_eq!(value("Mobile Phone").2, Some("cell"));
        assert_eq!(value("Business Phone 2"), (List::Phones, "work  2".to_owned(), Some("work")));
        assert_eq!(value("Business Fax").2, Some("fax"));
        assert_eq!(value("Personal Web Page").2, Some("home"));
        assert_eq!(value("Homepage").0, List::Urls);
        assert_eq!(value("Home Phone").2, Some("home"));
        assert_eq!(value("telephone"), (List::Phones, "  ".to_owned(), None));
        assert_eq!(part("Business Country/Region"), (Part::Country, "work ".to_owned(), Some("work")));
        assert_eq!(part("Home Street 2"), part("Home Street"));
        assert_eq!(part("Address 1 - Postal Code"), (Part::PostalCode, " 1".to_owned(), None));
        assert_eq!(part("Address 2 - Extended Address").1, " 2");
        assert_eq!(recognise("Address 1 - Label"), Column::AddressLabel(" 1".to_owned()));
        assert_eq!(recognise("Address 1 - Formatted"), Column::Formatted(" 1".to_owned()));
        for unknown in ["Birthday", "E-mail Display Name", "Mailing list", "", "Telegram"] {
            assert_eq!(recognise(unknown), Column::Other, "{unknown}");
        }
    }
}
