//! Countries by ISO 3166-1 and languages by ISO 639-1, and what statements call places.

use std::{cmp::Ordering, sync::LazyLock};

/// What statements call some countries beside their codes and names.
const ALSO_CALLED: [(&str, &str); 19] = [
    ("UK", "GB"),
    ("USA", "US"),
    ("U.S.A.", "US"),
    ("U.S.", "US"),
    ("United States of America", "US"),
    ("Great Britain", "GB"),
    ("England", "GB"),
    ("Czechia", "CZ"),
    ("Eswatini", "SZ"),
    ("Hong Kong SAR", "HK"),
    ("Ivory Coast", "CI"),
    ("Korea, Republic of", "KR"),
    ("North Macedonia", "MK"),
    ("Russian Federation", "RU"),
    ("South Korea", "KR"),
    ("The Netherlands", "NL"),
    ("Türkiye", "TR"),
    ("United Kingdom", "GB"),
    ("Viet Nam", "VN"),
];

/// What statements call places that are no one country.
const REGIONS: [&str; 37] = [
    "africa",
    "all",
    "all countries",
    "americas",
    "asia",
    "asia pacific",
    "asia-pacific",
    "central america",
    "eu",
    "europe",
    "european union",
    "eurozone",
    "global",
    "international",
    "latin america",
    "middle east",
    "multiple",
    "n/a",
    "nordics",
    "north america",
    "oceania",
    "other",
    "others",
    "ou",
    "rest of asia",
    "rest of europe",
    "rest of the world",
    "rest of world",
    "row",
    "scandinavia",
    "south america",
    "unknown",
    "various",
    "world",
    "world wide",
    "worldwide",
    "ww",
];

/// What a text that is to name a place names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A country, by its position in [`COUNTRIES`].
    Country(usize),
    /// A place that is no one country, or nothing.
    Region,
    /// Nothing that is known.
    Unknown,
}

/// The position of a country in [`COUNTRIES`], by its code in capitals.
pub fn by_code(code: &str) -> Option<usize> {
    // Every line of a statement names one.
    #[expect(clippy::cast_possible_truncation, reason = "there are fewer, see below")]
    const BY_LETTERS: [u8; LETTERS * LETTERS] = {
        let mut places = [NOWHERE; LETTERS * LETTERS];
        let mut at = 0;
        while at < COUNTRIES.len() {
            let code = COUNTRIES[at].0.as_bytes();
            places[pair(code[0], code[1])] = at as u8;
            at += 1;
        }
        places
    };
    let &[one, other] = code.as_bytes() else { return None };
    if !(one.is_ascii_uppercase() && other.is_ascii_uppercase()) {
        return None;
    }
    Some(BY_LETTERS[pair(one, other)]).filter(|at| *at != NOWHERE).map(usize::from)
}

const LETTERS: usize = 26;
/// Where no country is: there are fewer.
const NOWHERE: u8 = u8::MAX;
const _: () = assert!(COUNTRIES.len() <= NOWHERE as usize, "a place of each fits into a byte");

/// The number of two capital letters.
const fn pair(one: u8, other: u8) -> usize {
    (one - b'A') as usize * LETTERS + (other - b'A') as usize
}

/// Whether it is the code of a country, two capital letters.
pub fn is_country(code: &str) -> bool {
    by_code(code).is_some()
}

/// Whether it is the code of a language, two small letters.
pub fn is_language(code: &str) -> bool {
    LANGUAGES.binary_search(&code).is_ok()
}

/// What a text names, by a country's code or name or by what statements call it, in either case.
pub fn place(text: &str) -> Place {
    let text = text.trim();
    if let [one, other] = text.as_bytes() {
        let code = [one.to_ascii_uppercase(), other.to_ascii_uppercase()];
        if let Some(at) = std::str::from_utf8(&code).ok().and_then(by_code) {
            return Place::Country(at);
        }
    }
    if text.is_empty() {
        return Place::Region;
    }
    let found = names().binary_search_by(|(name, _)| ordered(name, text));
    found.map_or(Place::Unknown, |at| names()[at].1)
}

/// Names of places in the order by which they are looked up.
fn names() -> &'static [(&'static str, Place)] {
    static NAMES: LazyLock<Vec<(&'static str, Place)>> = LazyLock::new(|| {
        let named = COUNTRIES.iter().enumerate().map(|(at, (_, name))| (*name, Place::Country(at)));
        let called = ALSO_CALLED.iter().filter_map(|(name, code)| Some((*name, Place::Country(by_code(code)?))));
        let mut all: Vec<(&str, Place)> =
            named.chain(called).chain(REGIONS.into_iter().map(|name| (name, Place::Region))).collect();
        all.sort_by(|(one, _), (other, _)| ordered(one, other));
        all.dedup_by(|(one, _), (other, _)| ordered(one, other) == Ordering::Equal);
        all
    });
    &NAMES
}

/// The order of two texts whatever the case of their Latin letters.
fn ordered(one: &str, other: &str) -> Ordering {
    one.bytes().map(|b| b.to_ascii_lowercase()).cmp(other.bytes().map(|b| b.to_ascii_lowercase()))
}

/// The languages of ISO 639-1 and those that DDEX takes beside them, in the order of the codes.
const LANGUAGES: [&str; 185] = [
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bh", "bi", "bm", "bn",
    "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de", "dv", "dz", "ee", "el", "en",
    "eo", "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr", "fy", "ga", "gd", "gl", "gn", "gu", "gv", "ha", "he",
    "hi", "ho", "hr", "ht", "hu", "hy", "hz", "ia", "id", "ie", "ig", "ii", "ik", "io", "is", "it", "iu", "ja", "jv",
    "ka", "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw", "ky", "la", "lb", "lg", "li",
    "ln", "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mo", "mr", "ms", "mt", "my", "na", "nb", "nd",
    "ne", "ng", "nl", "nn", "no", "nr", "nv", "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl", "ps", "pt", "qu",
    "rm", "rn", "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl", "sm", "sn", "so", "sq", "sr", "ss",
    "st", "su", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn", "to", "tr", "ts", "tt", "tw", "ty", "ug",
    "uk", "ur", "uz", "ve", "vi", "vo", "wa", "wo", "xh", "yi", "yo", "za", "zh", "zu",
];

/// The countries of ISO 3166-1: code and name in English, in the order of the codes.
pub const COUNTRIES: [(&str, &str); 249] = [
    ("AD", "Andorra"),
    ("AE", "United Arab Emirates"),
    ("AF", "Afghanistan"),
    ("AG", "Antigua & Barbuda"),
    ("AI", "Anguilla"),
    ("AL", "Albania"),
    ("AM", "Armenia"),
    ("AO", "Angola"),
    ("AQ", "Antarctica"),
    ("AR", "Argentina"),
    ("AS", "Samoa (American)"),
    ("AT", "Austria"),
    ("AU", "Australia"),
    ("AW", "Aruba"),
    ("AX", "Åland Islands"),
    ("AZ", "Azerbaijan"),
    ("BA", "Bosnia & Herzegovina"),
    ("BB", "Barbados"),
    ("BD", "Bangladesh"),
    ("BE", "Belgium"),
    ("BF", "Burkina Faso"),
    ("BG", "Bulgaria"),
    ("BH", "Bahrain"),
    ("BI", "Burundi"),
    ("BJ", "Benin"),
    ("BL", "St Barthelemy"),
    ("BM", "Bermuda"),
    ("BN", "Brunei"),
    ("BO", "Bolivia"),
    ("BQ", "Caribbean NL"),
    ("BR", "Brazil"),
    ("BS", "Bahamas"),
    ("BT", "Bhutan"),
    ("BV", "Bouvet Island"),
    ("BW", "Botswana"),
    ("BY", "Belarus"),
    ("BZ", "Belize"),
    ("CA", "Canada"),
    ("CC", "Cocos (Keeling) Islands"),
    ("CD", "Congo (Dem. Rep.)"),
    ("CF", "Central African Rep."),
    ("CG", "Congo (Rep.)"),
    ("CH", "Switzerland"),
    ("CI", "Côte d'Ivoire"),
    ("CK", "Cook Islands"),
    ("CL", "Chile"),
    ("CM", "Cameroon"),
    ("CN", "China"),
    ("CO", "Colombia"),
    ("CR", "Costa Rica"),
    ("CU", "Cuba"),
    ("CV", "Cape Verde"),
    ("CW", "Curaçao"),
    ("CX", "Christmas Island"),
    ("CY", "Cyprus"),
    ("CZ", "Czech Republic"),
    ("DE", "Germany"),
    ("DJ", "Djibouti"),
    ("DK", "Denmark"),
    ("DM", "Dominica"),
    ("DO", "Dominican Republic"),
    ("DZ", "Algeria"),
    ("EC", "Ecuador"),
    ("EE", "Estonia"),
    ("EG", "Egypt"),
    ("EH", "Western Sahara"),
    ("ER", "Eritrea"),
    ("ES", "Spain"),
    ("ET", "Ethiopia"),
    ("FI", "Finland"),
    ("FJ", "Fiji"),
    ("FK", "Falkland Islands"),
    ("FM", "Micronesia"),
    ("FO", "Faroe Islands"),
    ("FR", "France"),
    ("GA", "Gabon"),
    ("GB", "United Kingdom"),
    ("GD", "Grenada"),
    ("GE", "Georgia"),
    ("GF", "French Guiana"),
    ("GG", "Guernsey"),
    ("GH", "Ghana"),
    ("GI", "Gibraltar"),
    ("GL", "Greenland"),
    ("GM", "Gambia"),
    ("GN", "Guinea"),
    ("GP", "Guadeloupe"),
    ("GQ", "Equatorial Guinea"),
    ("GR", "Greece"),
    ("GS", "South Georgia & the South Sandwich Islands"),
    ("GT", "Guatemala"),
    ("GU", "Guam"),
    ("GW", "Guinea-Bissau"),
    ("GY", "Guyana"),
    ("HK", "Hong Kong"),
    ("HM", "Heard Island & McDonald Islands"),
    ("HN", "Honduras"),
    ("HR", "Croatia"),
    ("HT", "Haiti"),
    ("HU", "Hungary"),
    ("ID", "Indonesia"),
    ("IE", "Ireland"),
    ("IL", "Israel"),
    ("IM", "Isle of Man"),
    ("IN", "India"),
    ("IO", "British Indian Ocean Territory"),
    ("IQ", "Iraq"),
    ("IR", "Iran"),
    ("IS", "Iceland"),
    ("IT", "Italy"),
    ("JE", "Jersey"),
    ("JM", "Jamaica"),
    ("JO", "Jordan"),
    ("JP", "Japan"),
    ("KE", "Kenya"),
    ("KG", "Kyrgyzstan"),
    ("KH", "Cambodia"),
    ("KI", "Kiribati"),
    ("KM", "Comoros"),
    ("KN", "St Kitts & Nevis"),
    ("KP", "North Korea"),
    ("KR", "South Korea"),
    ("KW", "Kuwait"),
    ("KY", "Cayman Islands"),
    ("KZ", "Kazakhstan"),
    ("LA", "Laos"),
    ("LB", "Lebanon"),
    ("LC", "St Lucia"),
    ("LI", "Liechtenstein"),
    ("LK", "Sri Lanka"),
    ("LR", "Liberia"),
    ("LS", "Lesotho"),
    ("LT", "Lithuania"),
    ("LU", "Luxembourg"),
    ("LV", "Latvia"),
    ("LY", "Libya"),
    ("MA", "Morocco"),
    ("MC", "Monaco"),
    ("MD", "Moldova"),
    ("ME", "Montenegro"),
    ("MF", "St Martin (French)"),
    ("MG", "Madagascar"),
    ("MH", "Marshall Islands"),
    ("MK", "North Macedonia"),
    ("ML", "Mali"),
    ("MM", "Myanmar (Burma)"),
    ("MN", "Mongolia"),
    ("MO", "Macau"),
    ("MP", "Northern Mariana Islands"),
    ("MQ", "Martinique"),
    ("MR", "Mauritania"),
    ("MS", "Montserrat"),
    ("MT", "Malta"),
    ("MU", "Mauritius"),
    ("MV", "Maldives"),
    ("MW", "Malawi"),
    ("MX", "Mexico"),
    ("MY", "Malaysia"),
    ("MZ", "Mozambique"),
    ("NA", "Namibia"),
    ("NC", "New Caledonia"),
    ("NE", "Niger"),
    ("NF", "Norfolk Island"),
    ("NG", "Nigeria"),
    ("NI", "Nicaragua"),
    ("NL", "Netherlands"),
    ("NO", "Norway"),
    ("NP", "Nepal"),
    ("NR", "Nauru"),
    ("NU", "Niue"),
    ("NZ", "New Zealand"),
    ("OM", "Oman"),
    ("PA", "Panama"),
    ("PE", "Peru"),
    ("PF", "French Polynesia"),
    ("PG", "Papua New Guinea"),
    ("PH", "Philippines"),
    ("PK", "Pakistan"),
    ("PL", "Poland"),
    ("PM", "St Pierre & Miquelon"),
    ("PN", "Pitcairn"),
    ("PR", "Puerto Rico"),
    ("PS", "Palestine"),
    ("PT", "Portugal"),
    ("PW", "Palau"),
    ("PY", "Paraguay"),
    ("QA", "Qatar"),
    ("RE", "Réunion"),
    ("RO", "Romania"),
    ("RS", "Serbia"),
    ("RU", "Russia"),
    ("RW", "Rwanda"),
    ("SA", "Saudi Arabia"),
    ("SB", "Solomon Islands"),
    ("SC", "Seychelles"),
    ("SD", "Sudan"),
    ("SE", "Sweden"),
    ("SG", "Singapore"),
    ("SH", "St Helena"),
    ("SI", "Slovenia"),
    ("SJ", "Svalbard & Jan Mayen"),
    ("SK", "Slovakia"),
    ("SL", "Sierra Leone"),
    ("SM", "San Marino"),
    ("SN", "Senegal"),
    ("SO", "Somalia"),
    ("SR", "Suriname"),
    ("SS", "South Sudan"),
    ("ST", "Sao Tome & Principe"),
    ("SV", "El Salvador"),
    ("SX", "St Maarten (Dutch)"),
    ("SY", "Syria"),
    ("SZ", "Eswatini (Swaziland)"),
    ("TC", "Turks & Caicos Is"),
    ("TD", "Chad"),
    ("TF", "French S. Terr."),
    ("TG", "Togo"),
    ("TH", "Thailand"),
    ("TJ", "Tajikistan"),
    ("TK", "Tokelau"),
    ("TL", "East Timor"),
    ("TM", "Turkmenistan"),
    ("TN", "Tunisia"),
    ("TO", "Tonga"),
    ("TR", "Turkey"),
    ("TT", "Trinidad & Tobago"),
    ("TV", "Tuvalu"),
    ("TW", "Taiwan"),
    ("TZ", "Tanzania"),
    ("UA", "Ukraine"),
    ("UG", "Uganda"),
    ("UM", "US minor outlying islands"),
    ("US", "United States"),
    ("UY", "Uruguay"),
    ("UZ", "Uzbekistan"),
    ("VA", "Vatican City"),
    ("VC", "St Vincent"),
    ("VE", "Venezuela"),
    ("VG", "Virgin Islands (UK)"),
    ("VI", "Virgin Islands (US)"),
    ("VN", "Vietnam"),
    ("VU", "Vanuatu"),
    ("WF", "Wallis & Futuna"),
    ("WS", "Samoa (western)"),
    ("YE", "Yemen"),
    ("YT", "Mayotte"),
    ("ZA", "South Africa"),
    ("ZM", "Zambia"),
    ("ZW", "Zimbabwe"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order_and_nothing_is_called_two_things() {
        assert!(COUNTRIES.is_sorted_by(|one, other| one.0 < other.0));
        assert!(LANGUAGES.is_sorted_by(|one, other| one < other));
        assert!(ALSO_CALLED.iter().all(|(_, code)| is_country(code)));
        for (at, (code, name)) in COUNTRIES.iter().enumerate() {
            assert_eq!((place(code), place(name)), (Place::Country(at), Place::Country(at)), "{name}");
        }
    }

    #[test]
    fn places_go_by_code_and_by_name_and_regions_are_none() {
        let code = |text| match place(text) {
            Place::Country(at) => Some(COUNTRIES[at].0),
            Place::Region | Place::Unknown => None,
        };
        assert_eq!(
            (code("de"), code(" Germany "), code("UK"), code("usa")),
            (Some("DE"), Some("DE"), Some("GB"), Some("US"))
        );
        for region in ["", "OU", "Rest of World", "WORLDWIDE", "EU"] {
            assert_eq!(place(region), Place::Region, "{region}");
        }
        for unknown in ["Narnia", "XX", "Zz", "é"] {
            assert_eq!(place(unknown), Place::Unknown, "{unknown}");
        }
    }

    #[test]
    fn codes_are_those_that_there_are() {
        assert!(is_country("GB") && is_language("en"));
        for wrong in ["UK", "XX", "gb", "", "DEU"] {
            assert!(!is_country(wrong), "{wrong}");
        }
        for wrong in ["xx", "EN", "eng", ""] {
            assert!(!is_language(wrong), "{wrong}");
        }
    }
}
