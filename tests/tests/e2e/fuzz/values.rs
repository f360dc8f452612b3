//! Values that fit their types and little else.

use serde_json::{Value, json};

use crate::chance::Chance;

/// How many ids are kept.
const MOST_IDS: usize = 400;

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "Night Drive",
    "null",
    "0",
    "-1",
    "\u{0}",
    "a\u{0}b",
    "\n\r\t",
    "🎹🎛️👩‍🎤",
    "e\u{301}\u{301}\u{301}",
    "\u{202e}txt.exe",
    "مرحبا שלום",
    "\u{feff}\u{200b}",
    "\u{fffd}\u{10ffff}",
    "'; DROP TABLE studios; --",
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "%00%ff%n%s",
    "{{7*7}}",
    "=1+1",
    "EUR",
    "XXX",
    "eur",
    "DE",
    "ZZ",
    "ada@example.com",
    "@",
    "a@b@c",
    "https://example.com/a?b=c#d",
    "javascript:alert(1)",
    "http://[::1",
    "Europe/Berlin",
    "Mars/Olympus",
    "AA6Q72600001",
    "5901234123457",
    "DE89370400440532013000",
    "1.5",
    "1e309",
    "999999999999999999999999999999",
    "-0.000000000000000000001",
    "contract:points",
    "2026-02-30",
];

const IDS: &[&str] = &[
    "",
    "_",
    "studio",
    "studio_",
    "studio_00000000000000000000000000000000",
    "beat_ffffffffffffffffffffffffffffffff",
    "party_FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
    "order_0000",
    "user_0000000000000000000000000000000g",
    "00000000-0000-0000-0000-000000000000",
    "🎹_00000000000000000000000000000000",
    "song_\u{0}0000000000000000000000000000000",
];

const INTS: &[i32] =
    &[0, 1, -1, 2, 3, 7, 12, 31, 99, 100, 101, 255, 1_000, 9_999, 1_000_000, 1_000_001, i32::MAX, i32::MIN];

const LONGS: &[i64] = &[
    0,
    1,
    -1,
    99,
    100,
    5_000,
    120_000,
    2_147_483_648,
    -2_147_483_649,
    9_007_199_254_740_993,
    1_000_000_000_000,
    i64::MAX,
    i64::MAX - 1,
    i64::MIN,
    i64::MIN + 1,
];

const INSTANTS: &[&str] = &[
    "2026-11-30T12:00:00Z",
    "1970-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999999Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-12-31T23:59:60Z",
    "2027-03-28T02:30:00+01:00",
    "2028-02-29T00:00:00-12:00",
    "+262142-12-31T23:59:59Z",
    "+262142-12-31T23:59:59.999999999Z",
    "-262143-01-01T00:00:00Z",
];

const DAYS: &[&str] = &[
    "2026-11-30",
    "1970-01-01",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "2028-02-29",
    "2027-02-28",
    "+262142-12-31",
    "-262143-01-01",
];

/// The ids that the server has told, the newest of them.
#[derive(Default)]
pub(super) struct Pool {
    ids: Vec<String>,
    /// How many were told altogether.
    told: usize,
}

impl Pool {
    /// Keeps the ids of an answer.
    pub(super) fn learn(&mut self, answer: &str) {
        for (at, _) in answer.match_indices('_') {
            let prefix = answer[..at].bytes().rev().take_while(u8::is_ascii_lowercase).count();
            let Some(digits) = answer.get(at + 1..at + 33) else { continue };
            if prefix == 0 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                continue;
            }
            let id = format!("{}_{digits}", &answer[at - prefix..at]);
            if self.ids.contains(&id) {
                continue;
            }
            if self.ids.len() < MOST_IDS {
                self.ids.push(id);
            } else {
                self.ids[self.told % MOST_IDS] = id;
            }
            self.told += 1;
        }
    }

    /// An id for an argument of that name: mostly of its kind, else of another, else none at all.
    fn id(&self, chance: &mut Chance, name: &str) -> String {
        let (which, place) = (chance.below(10), chance.draw());
        let picked = |all: &[&str]| {
            let count = u64::try_from(all.len()).ok().filter(|count| *count > 0)?;
            all.get(usize::try_from(place % count).ok()?).map(|id| (*id).to_owned())
        };
        let of_its_kind = |id: &&str| id.split('_').next().is_some_and(|kind| name.to_lowercase().contains(kind));
        let all: Vec<&str> = self.ids.iter().map(String::as_str).collect();
        let fitting: Vec<&str> = all.iter().copied().filter(of_its_kind).collect();
        let told = match which {
            0..=5 => picked(&fitting).or_else(|| picked(&all)),
            6..=7 => picked(&all),
            _ => None,
        };
        told.or_else(|| picked(IDS)).unwrap_or_default()
    }
}

/// A value of a scalar, for an argument of that name.
pub(super) fn scalar(chance: &mut Chance, pool: &Pool, kind: &str, name: &str) -> Value {
    match kind {
        "Boolean" => json!(chance.below(2) == 0),
        "Int" => json!(chance.of(INTS)),
        "Int64" => json!(chance.of(LONGS)),
        "Float" => json!(chance.of(&[0.0, -1.5, 1e308, f64::MIN_POSITIVE])),
        "ID" => json!(pool.id(chance, name)),
        "DateTime" => json!(chance.of(INSTANTS)),
        "NaiveDate" => json!(chance.of(DAYS)),
        "JSON" => document(chance, 4),
        _ => json!(text(chance)),
    }
}

fn text(chance: &mut Chance) -> String {
    match chance.below(24) {
        0 => "x".repeat(100_000),
        1 => "ä🎹".repeat(300),
        _ => (*chance.of(TEXTS)).to_owned(),
    }
}

/// Words that the documents in JSON know, so that some get past the first look.
const KEYS: &[&str] = &[
    "version",
    "tracks",
    "name",
    "clips",
    "source",
    "outputs",
    "file",
    "format",
    "contract",
    "payer",
    "payee",
    "covers",
    "rates",
    "base",
    "rate",
    "parties",
    "terms",
    "template",
    "title",
    "dated",
    "general",
    "withholding",
    "countries",
    "id",
    "columns",
    "heading",
    "field",
    "",
    "\u{0}",
];

fn document(chance: &mut Chance, depth: usize) -> Value {
    match chance.below(if depth == 0 { 4 } else { 7 }) {
        0 => Value::Null,
        1 => json!(chance.of(LONGS)),
        2 => json!(text(chance)),
        3 => json!(chance.of(&[0.5, -0.0, 1e300])),
        4 => (0..chance.below(4)).map(|_| document(chance, depth - 1)).collect(),
        _ => {
            let fields = (0..chance.below(6)).map(|_| ((*chance.of(KEYS)).to_owned(), document(chance, depth - 1)));
            Value::Object(fields.collect())
        }
    }
}

#[test]
fn ids_are_learnt_from_answers() {
    let mut pool = Pool::default();
    let id = format!("beat_{:032x}", 7);
    pool.learn(&format!(r#"{{"a_b":"{id}","c":"{id}","d":"beat_12"}}"#));
    assert_eq!(pool.ids, [id]);
}
