//! Identifiers, held against the Python packages django-music-publisher (which registers works) and python-stdnum.
//!
//! python-stdnum knows which countries give out ISRCs, and ours asks for two letters alone: the countries here are some that it knows.

use std::{fmt::Write as _, str::FromStr};

use interchange::identifiers::{Dpid, Ean, IpiBaseNumber, IpiNameNumber, Isni, Isrc, Iswc};

use crate::{
    dice::Dice,
    judge::{asked_of, python},
};

/// Says of each line whether both hold it right, and how it is printed. Numbers are filled up with zeros, as they are where they are typed in.
const PROGRAM: &str = r#"
import sys
from django.core.exceptions import ValidationError
from music_publisher.validators import CWRFieldValidator
from stdnum import ean, isni, isrc
from stdnum.iso7064 import mod_37_36
def holds(field, value):
    try:
        CWRFieldValidator(field)(value)
        return True
    except (ValidationError, ValueError, IndexError):
        return False
for line in open(sys.argv[1], encoding="utf-8").read().splitlines():
    kind, value = line.split(" ", 1)
    opinions = {
        "isrc": lambda: {holds("isrc", value), isrc.is_valid(value)},
        "iswc": lambda: {holds("iswc", value)},
        "isni": lambda: {holds("isni", value), isni.is_valid(value)},
        "ean": lambda: {holds("ean", value.rjust(13, "0")), ean.is_valid(value)},
        "ipi_name": lambda: {len(value) <= 11 and holds("ipi_name", value.rjust(11, "0"))},
        "ipi_base": lambda: {holds("ipi_base", value)},
        "dpid": lambda: {holds("dpid", value), len(value) == 18 and value.startswith("PADPIDA") and mod_37_36.is_valid(value)},
    }[kind]()
    printed = {"isrc": isrc.format, "isni": isni.format}.get(kind, lambda value: "")(value) if opinions == {True} else ""
    print(kind, value, "".join(sorted("+" if opinion else "-" for opinion in opinions)), printed)
"#;

/// The ending, of some, with which it is right.
fn ended<T: FromStr>(body: &str, endings: impl Iterator<Item = String>) -> String {
    let right = endings.map(|ending| format!("{body}{ending}")).find(|text| text.parse::<T>().is_ok());
    right.expect("one ending is right")
}

fn characters(all: &str) -> impl Iterator<Item = String> {
    all.chars().map(String::from)
}

/// A right one of some kind: its kind, the place from which on it may be spoiled, and itself.
fn right(dice: &mut Dice) -> (&'static str, usize, String) {
    let digits = "0123456789";
    match dice.roll(8) {
        0 => {
            let country = dice.pick(&["DE", "FR", "GB", "JP", "QM", "QZ", "US"]);
            ("isrc", 2, format!("{country}{}{}", dice.pick(&["6Q7", "NVA", "001"]), dice.digits(7)))
        }
        1 => ("iswc", 1, ended::<Iswc>(&format!("T{}", dice.digits(9)), characters(digits))),
        2 => ("isni", 0, ended::<Isni>(&dice.digits(15), characters("0123456789X"))),
        3 => ("ean", 0, ended::<Ean>(&dice.digits(12), characters(digits))),
        4 => ("ean", 0, ended::<Ean>(&dice.digits(11), characters(digits))),
        5 => {
            let endings = (0..100).map(|ending| format!("{ending:02}"));
            ("ipi_name", 0, ended::<IpiNameNumber>(&dice.digits(9), endings))
        }
        6 => ("ipi_base", 2, ended::<IpiBaseNumber>(&format!("I-{}-", dice.digits(9)), characters(digits))),
        _ => {
            let all = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
            ("dpid", 7, ended::<Dpid>(&format!("PADPIDA{}", dice.digits(10)), characters(all)))
        }
    }
}

/// Mistypes a digit, swaps two neighbours, or loses the last character.
fn spoil(dice: &mut Dice, text: &str, from: usize) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let place = from + dice.roll(characters.len() - from - 1);
    let is_code = |c: char| c.is_ascii_alphanumeric();
    match dice.roll(4) {
        0 if is_code(characters[place]) && is_code(characters[place + 1]) => characters.swap(place, place + 1),
        // A UPC that loses its last digit is no more a number of GS1, but may be one with zeros in front.
        1 if characters.len() != 12 || from > 0 => {
            characters.pop();
        }
        _ => characters[place] = char::from(b"0123456789"[dice.roll(10)]),
    }
    characters.into_iter().collect()
}

/// Whether ours holds it right, and how it prints what the other package prints as well.
fn ours(kind: &str, value: &str) -> (bool, String) {
    match kind {
        "isrc" => value.parse::<Isrc>().map_or((false, String::new()), |isrc| (true, isrc.printed())),
        "isni" => value.parse::<Isni>().map_or((false, String::new()), |isni| (true, isni.printed())),
        "iswc" => (value.parse::<Iswc>().is_ok(), String::new()),
        "ean" => (value.parse::<Ean>().is_ok(), String::new()),
        "ipi_name" => (value.parse::<IpiNameNumber>().is_ok(), String::new()),
        "ipi_base" => (value.parse::<IpiBaseNumber>().is_ok(), String::new()),
        _ => (value.parse::<Dpid>().is_ok(), String::new()),
    }
}

#[test]
fn ten_thousand_right_and_wrong_ones_are_judged_alike() {
    let Some(python) = python("music_publisher.validators, stdnum") else { return };
    let mut dice = Dice(7);
    let values: Vec<(&str, String)> = (0..10_000)
        .map(|_| {
            let (kind, from, right) = right(&mut dice);
            if dice.roll(2) == 0 { (kind, right) } else { (kind, spoil(&mut dice, &right, from)) }
        })
        .collect();
    let mut list = String::new();
    for (kind, value) in &values {
        let _ = writeln!(list, "{kind} {value}");
    }
    let theirs = asked_of(&python, PROGRAM, list.as_bytes());
    let mut wrong = 0;
    for ((kind, value), theirs) in values.iter().zip(theirs.lines()) {
        let (is_right, printed) = ours(kind, value);
        wrong += usize::from(!is_right);
        assert_eq!(theirs, format!("{kind} {value} {} {printed}", if is_right { "+" } else { "-" }));
    }
    assert_eq!(theirs.lines().count(), values.len());
    assert!((3000..6000).contains(&wrong), "{wrong} are wrong");
}
