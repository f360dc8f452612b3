//! `docs/data.md` says which data there are and how each is kept: every table of the schema stands in one class, what is erased of a party is what the domain
//! erases, and what goes by itself goes as it says.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use domain::parties::DataClass;
use sea_orm::Iterable;
use tests::{program, quoted, root, sources, table};

fn document() -> String {
    fs::read_to_string(root().join("docs/data.md")).expect("the classes")
}

/// The tables that the steps of the schema make and leave.
fn tables() -> BTreeSet<String> {
    let steps = sources(&root().join("migrations/src"));
    let named = |statement: &str| -> BTreeSet<String> {
        let texts = steps.values().flat_map(|step| step.split(statement).skip(1));
        let is_end = |c: char| !c.is_ascii_alphanumeric() && c != '_';
        texts.filter_map(|text| Some(text[..text.find(is_end)?].to_owned())).collect()
    };
    &named("CREATE TABLE ") - &named("DROP TABLE ")
}

/// The tables of each class.
fn classes(document: &str) -> BTreeMap<String, Vec<String>> {
    let rows = table(document, "| Class | Level | Tables |");
    rows.into_iter().map(|row| (row[0].clone(), quoted(&row[2]).map(str::to_owned).collect())).collect()
}

#[test]
fn every_table_stands_in_one_class() {
    let document = document();
    let classed: Vec<String> = classes(&document).into_values().flatten().collect();
    let named: BTreeSet<String> = classed.iter().cloned().collect();
    assert_eq!(classed.len(), named.len(), "a table stands in two classes: {classed:#?}");
    let tables = tables();
    assert!(tables.len() > 200 && !tables.contains("royalty_run_activities"), "tables are found");
    let unclassed: Vec<_> = tables.difference(&named).collect();
    assert!(unclassed.is_empty(), "tables without a class in docs/data.md: {unclassed:#?}");
    let gone: Vec<_> = named.difference(&tables).collect();
    assert!(gone.is_empty(), "docs/data.md names tables that are not there: {gone:#?}");
}

#[test]
fn every_class_says_its_level_who_reads_it_and_how_long_it_is_kept() {
    let document = document();
    let levels: BTreeSet<String> =
        table(&document, "| Level |").iter().map(|row| row[0].trim_matches('*').to_owned()).collect();
    let all = table(&document, "| Class | Level | Tables |");
    for row in &all {
        assert!(levels.contains(&row[1]), "{}: there is no level {}", row[0], row[1]);
    }
    let named: Vec<&String> = all.iter().map(|row| &row[0]).collect();
    for heading in ["| Class | Who reads it |", "| Class | Kept |"] {
        let told = table(&document, heading);
        assert_eq!(told.iter().map(|row| &row[0]).collect::<Vec<_>>(), named, "{heading}");
    }
}

#[test]
fn what_is_erased_of_a_party_is_what_the_domain_erases() {
    let source = fs::read_to_string(root().join("domain/src/parties/classes.rs")).expect("the classes of a party");
    // The lists that begin with a name, each to its end.
    let listed = |name: &str| -> String {
        let begins = format!("const {name}");
        source.split(&begins).skip(1).filter_map(|list| Some(list.split_once("\n];")?.0)).collect()
    };
    let (erased, kept) = (listed("ERASED"), listed("KEPT"));
    let document = document();
    let classes = classes(&document);
    let rows = table(&document, "| Known of a party |").into_iter();
    let mut told: BTreeMap<String, Vec<String>> = rows.map(|row| (row[0].trim_matches('`').to_owned(), row)).collect();
    for class in DataClass::iter() {
        let row = told.remove(class.word()).unwrap_or_else(|| panic!("docs/data.md does not tell of {class}"));
        assert!(classes.contains_key(&row[1]), "{class}: there is no class {}", row[1]);
        let is_of = |list: &str| list.contains(&format!("DataClass::{class:?},"));
        match (is_of(&erased), is_of(&kept)) {
            (true, false) => assert_eq!(row[2], "erased", "{class}"),
            (false, true) => assert_eq!(row[2], "kept", "{class}"),
            (false, false) => assert!(["erased", "by case"].contains(&row[2].as_str()), "{class}: {}", row[2]),
            (true, true) => assert_eq!(row[2], "by case", "{class}"),
        }
    }
    assert!(told.is_empty(), "docs/data.md tells of classes that are not there: {told:#?}");
}

#[test]
fn what_goes_by_itself_goes_as_it_says() {
    let document = document();
    let program = program();
    let source = |place: &str| program.get(place).unwrap_or_else(|| panic!("{place} is gone"));
    let rows = table(&document, "| What goes |");
    assert!(rows.len() > 5, "what goes by itself is told");
    for row in rows {
        let by: Vec<&str> = quoted(&row[2]).collect();
        assert!(source(by[1]).contains(&format!("fn {}(", by[0])), "{} has no {}", by[1], by[0]);
        let after: Vec<&str> = quoted(&row[1]).collect();
        let [name, place] = after[..] else { continue };
        let constant = format!("const {name}: ");
        let value = source(place).lines().find_map(|line| Some(line.split_once(&constant)?.1.split_once(" = ")?.1));
        let value = value.unwrap_or_else(|| panic!("{place} has no {name}"));
        let number: String = value.chars().filter(|c| c.is_ascii_digit() || *c == '_').collect();
        assert_eq!(row[1].split_whitespace().next(), Some(number.as_str()), "{name}");
    }
}
