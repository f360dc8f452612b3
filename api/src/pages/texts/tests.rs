use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use actix_web::{cookie::Cookie, test::TestRequest};
use domain::pricing::Country;

use super::{super::cart::countries, *};

/// Messages by their key, each with the variables that it takes. Countries are not among them: their keys are codes, in capitals, which no source says one by
/// one; they are held to the domain's list instead.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::new();
    for file in files(language) {
        let (_, faults) =
            FluentResource::try_new((*file).to_owned()).map_or_else(|broken| broken, |whole| (whole, Vec::new()));
        assert!(faults.is_empty(), "{}: {faults:?}", language.tag());
        let mut key = String::new();
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) =
                line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
            {
                name.clone_into(&mut key);
                assert!(
                    messages.insert(key.clone(), BTreeSet::new()).is_none(),
                    "{}: {key} is there twice",
                    language.tag()
                );
            }
            let names = line
                .split('$')
                .skip(1)
                .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""));
            if let Some(taken) = messages.get_mut(&key) {
                taken.extend(names.map(str::to_owned));
            }
        }
    }
    messages
}

/// What stands in these folders, as seen from the crate's: code and templates.
fn sources(folders: [&str; 2]) -> Vec<(String, String)> {
    fn read(folder: &Path, into: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, into);
            } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "html")
                && !["pages/texts.rs", "texts/tests.rs"].iter().any(|own| path.ends_with(own))
            {
                into.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut sources = Vec::new();
    for folder in folders {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut sources);
    }
    sources
}

/// What follows the bracket that closes the one before `after`.
fn behind_bracket(after: &str) -> &str {
    let (mut depth, mut in_text, mut escaped) = (1, false, false);
    for (at, c) in after.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '(' if !in_text => depth += 1,
            ')' if !in_text => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &after[at + 1..];
        }
    }
    panic!("a bracket is not closed in {}", &after[..after.len().min(40)]);
}

/// Each message that a source says, with the names of what it gives to it.
fn said(source: &str) -> Vec<(&str, BTreeSet<String>)> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut said = Vec::new();
    for (at, _) in source.match_indices("t(\"").filter(|(at, _)| !source[..*at].ends_with(is_name)) {
        let key = source[at..].split('"').nth(1).unwrap();
        let (mut rest, mut given) = (behind_bracket(&source[at + 2..]), BTreeSet::new());
        while let Some(more) = rest.trim_start().strip_prefix(".with(") {
            given.insert(more.split('"').nth(1).unwrap().to_owned());
            rest = behind_bracket(more);
        }
        said.push((key, given));
    }
    said
}

/// What a source has between quotation marks, as far as it could be a key.
fn literals(source: &str) -> impl Iterator<Item = &str> {
    let is_key =
        |text: &&str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    source.match_indices('"').filter_map(|(at, _)| source[at + 1..].split('"').next()).filter(is_key)
}

#[test]
fn every_language_has_the_messages_of_english() {
    let english = messages(Language::English);
    for language in Language::iter() {
        assert_eq!(messages(language), english, "{}", language.tag());
    }
}

#[test]
fn every_message_is_said_with_what_it_takes_and_none_is_left_over() {
    let (messages, sources) = (messages(Language::English), sources(["src", "templates"]));
    let all: Vec<_> =
        sources.iter().flat_map(|(file, text)| said(text).into_iter().map(move |one| (file, one))).collect();
    assert!(!all.is_empty(), "no page says anything");
    for (file, (key, given)) in all {
        let taken = messages.get(key).unwrap_or_else(|| panic!("{file}: no message is called {key}"));
        assert_eq!(&given, taken, "{file}: {key}");
    }
    let named: BTreeSet<&str> = sources.iter().flat_map(|(_, text)| literals(text)).collect();
    let unsaid: Vec<_> = messages.keys().filter(|key| !named.contains(key.as_str())).collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
}

#[test]
fn every_country_has_a_name_and_in_english_the_domains() {
    let codes: Vec<&str> = Country::all().map(Country::code).collect();
    for language in Language::iter() {
        let lines = files(language).iter().flat_map(|file| file.lines());
        let named: Vec<(&str, &str)> = lines
            .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
            .filter_map(|line| line.split_once(" = "))
            .filter(|(code, _)| code.len() == 2)
            .collect();
        let keys: Vec<&str> = named.iter().map(|(code, _)| *code).collect();
        assert_eq!(keys, codes, "{}", language.tag());
        let names: BTreeSet<&str> = named.iter().map(|(_, name)| *name).collect();
        assert_eq!(names.len(), codes.len(), "{}: two are called the same", language.tag());
    }
    for country in Country::all() {
        assert_eq!(t(country.code()).to_string(), country.name());
    }
}

#[test]
fn every_refusal_that_has_words_can_happen_and_has_them_once() {
    let sources = sources(["src", "../domain/src"]);
    let keys = |language| -> Vec<&'static str> {
        let lines = files(language).iter().flat_map(|file| file.lines());
        let keys = lines.filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
        keys.filter(|key| key.len() > 2 && key.starts_with(|c: char| c.is_ascii_uppercase())).collect()
    };
    assert!(keys(Language::English).is_empty(), "the domain speaks English itself");
    let codes = keys(Language::German);
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "a code is there twice");
    for code in codes {
        let literal = format!("\"{code}\"");
        assert!(sources.iter().any(|(_, text)| text.contains(&literal)), "nothing is refused by {code}");
        in_german(|| assert!(find_refusal(code).is_some_and(|(message, _)| message.ends_with('.')), "{code}"));
    }
    assert_eq!(find_refusal("NOT_ON_SALE"), None);
}

#[test]
fn countries_are_listed_as_their_reader_looks_them_up() {
    let listed = || -> Vec<String> { countries(true, None).into_iter().map(|choice| choice.name).collect() };
    let follow = |names: &[String], some: &[&str]| {
        assert!(names.windows(some.len()).any(|names| names == some), "{some:?} in {names:?}");
    };
    follow(&listed(), &["Afghanistan", "Åland Islands", "Albania"]);
    in_german(|| {
        let names = listed();
        follow(&names, &["Afghanistan", "Ägypten", "Ålandinseln", "Albanien"]);
        follow(&names, &["Costa Rica", "Côte d’Ivoire", "Curaçao", "Dänemark", "Deutschland"]);
        follow(&names, &["Oman", "Österreich", "Pakistan"]);
        follow(&names, &["San Marino", "São Tomé und Príncipe", "Saudi-Arabien"]);
    });
}

#[test]
fn the_reader_decides_first_and_then_the_browser() {
    let wanted = |accepts: &str, chosen: Option<&'static str>| {
        let request = TestRequest::default().insert_header((header::ACCEPT_LANGUAGE, accepts));
        let request = chosen.into_iter().fold(request, |request, tag| request.cookie(Cookie::new("language", tag)));
        super::wanted(&request.to_http_request(), "http://beats.example")
    };
    assert_eq!(wanted("de-AT,de;q=0.9,en;q=0.5", None), Language::German);
    assert_eq!(wanted("pl,en;q=0.5,de;q=0.7", None), Language::German);
    assert_eq!(wanted("ja", None), Language::English);
    assert_eq!(wanted("pl,de;q=0", None), Language::English);
    assert_eq!(wanted("*", None), Language::English);
    assert_eq!(wanted("de", Some("en")), Language::English);
    assert_eq!(wanted("de", Some("nonsense")), Language::German);
    let over_tls = |name: &'static str| {
        let request = TestRequest::default().cookie(Cookie::new(name, "de")).to_http_request();
        super::wanted(&request, "https://beats.example")
    };
    assert_eq!((over_tls("__Host-language"), over_tls("language")), (Language::German, Language::English));
}

#[test]
fn figures_are_those_of_the_language() {
    assert_eq!(figure(&FluentValue::from(1_234_567), Language::English).as_deref(), Some("1,234,567"));
    assert_eq!(figure(&FluentValue::from(1_234.5), Language::German).as_deref(), Some("1.234,5"));
    assert_eq!(figure(&FluentValue::from("1234"), Language::German), None);
    assert_eq!(Language::English.figures("-1234567.890"), "−1,234,567.890");
    assert_eq!(["-999", "1000.", "0.5"].map(|plain| Language::German.figures(plain)), ["−999", "1.000", "0,5"]);
}
