//! Nothing crosses from one studio to another: whatever takes an id answers for one of another studio exactly as for one that exists nowhere, and the
//! other studio's rows stay as they are.
//!
//! Where the schema takes ids is found by introspection, down into input objects; the rest of the arguments are the caller's own, as the matrix's rows
//! have them. To cover a new field, write its row; if an id among its arguments is named by no row, say in [`kinds`] of what it is. What names another's things
//! by a text, or further down than a root field, stands in [`named`]; what is not crossed, with its reason, in [`kinds`].

mod calls;
mod kinds;
mod named;
mod rest;
mod schema;
mod tables;

use std::collections::BTreeSet;

use chrono::Duration;
use domain::{
    actor::Actor,
    ids::{BeatId, ProjectId},
    licensing::terms::TierCode,
    links::Purpose,
    masters::entity::master,
    money::{Currency, Money},
    pricing::entity::bundle,
    production::commands::{CostInput, record_cost},
    roster::alerts::look_now,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

use self::{calls::Call, named::NAMED, schema::Schema};
use super::{ACTORS, ask, fixture::Fixture, rows, sign};
use crate::support::{World, on_each_database};

/// Who tries, of the one studio: nobody, its owner, its manager, its key, and somebody who came in by a link to sign.
const INTRUDERS: [usize; 5] = [0, 2, 3, 7, 9];
const OWNER: usize = 2;

/// The variables that name something of a studio and are no ids.
const NAMES: [&str; 3] = ["slug", "file", "licenceReference"];

/// Two studios with the same of everything, and an id that neither has.
struct Studios {
    ours: Fixture,
    theirs: Fixture,
    /// The digits of that id.
    nowhere: String,
    /// All rows as the tables begin, and those of them that came with the other studio.
    begun: BTreeSet<String>,
    written: BTreeSet<String>,
}

/// A request to the API.
struct Asked {
    document: String,
    variables: Value,
}

/// An answer, by its sign in the matrix, its text, and how many statements it took.
struct Answered {
    sign: char,
    text: String,
    statements: usize,
}

/// Two requests that must be answered alike.
struct Probe {
    what: String,
    theirs: Asked,
    nowhere: Asked,
}

impl Studios {
    async fn open(world: &World) -> Self {
        let ours = furnished(world, "").await;
        let without = tables::rows(&world.services.db).await;
        // Ids of one moment are in no order: the other studio's are later than all of ours, and the one that is nowhere later than both.
        world.clock.advance(Duration::seconds(1));
        let theirs = furnished(world, "2").await;
        // Who lists alerts has them looked at first; here that is done.
        let program = world.services.ctx(Actor::System);
        look_now(&world.services, &program, theirs.studio()).await.expect("alerts are looked at");
        world.clock.advance(Duration::seconds(1));
        let begun = tables::rows(&world.services.db).await;
        let written = begun.difference(&without).cloned().collect();
        let nowhere = world.services.env.id::<BeatId>().0.simple().to_string();
        Self { ours, theirs, nowhere, begun, written }
    }

    /// A text of the same form that names nothing.
    fn nowhere(&self, text: &str) -> String {
        match text.rsplit_once('_') {
            Some((prefix, digits)) if is_id(digits) => format!("{prefix}_{}", self.nowhere),
            _ => text.to_owned(),
        }
    }

    /// What names nothing in the place of a variable.
    fn of_nowhere(&self, variable: &str) -> Value {
        match variable {
            "slug" => json!("no-such-studio"),
            "file" => json!("NO-1.pdf"),
            "licenceReference" => json!("LL-NOWHERE-1"),
            _ => match self.theirs.value(variable) {
                Value::String(text) => json!(self.nowhere(text)),
                other => other.clone(),
            },
        }
    }

    /// Every place of a row that takes an id with theirs in it, and all of a row's places at once.
    fn probes_of(&self, call: &Call, schema: &Schema) -> Vec<Probe> {
        let own = call.filled(|name| self.ours.value(name).clone());
        let asked = |variables: Value| Asked { document: call.document(schema, &variables, call.selection), variables };
        let mut probes = Vec::new();
        let mut is_whole = true;
        for way in schema.ways(&call.field) {
            let named = schema::named(&way);
            let what = format!("{} {named}", call.field);
            if kinds::is_left_out(&what) {
                is_whole = false;
                continue;
            }
            let variable = kinds::variable(call.variable(&way), &named);
            let id = self.theirs.text(variable.unwrap_or_else(|| panic!("say in kinds.rs of what this id is: {what}")));
            let with = |id: &str| {
                let mut arguments = own.clone();
                schema::put(&mut arguments, &way, id);
                asked(arguments)
            };
            probes.push(Probe { what, theirs: with(id), nowhere: with(&self.nowhere(id)) });
        }
        if is_whole && !probes.is_empty() {
            let theirs = asked(call.filled(|name| self.theirs.value(name).clone()));
            let nowhere = asked(call.filled(|name| self.of_nowhere(name)));
            probes.push(Probe { what: format!("{} as a whole", call.field), theirs, nowhere });
        }
        probes
    }

    /// The answer as whoever asks can tell it from another: without its own number, and whatever ids it has.
    async fn answer(&self, world: &World, column: usize, asked: &Asked) -> Answered {
        let before = world.statements();
        let mut answer = ask(world, &self.ours, column, &asked.document, asked.variables.clone()).await;
        let statements = world.statements() - before;
        for error in answer["errors"].as_array_mut().into_iter().flatten() {
            if let Some(extensions) = error["extensions"].as_object_mut() {
                extensions.remove("requestId");
            }
        }
        Answered { sign: sign(&answer), text: self.masked(&answer.to_string()), statements }
    }

    /// A text without what was asked for in it, which may be said again.
    fn masked(&self, text: &str) -> String {
        NAMES.iter().fold(masked(text), |text, name| {
            let nowhere = self.of_nowhere(name);
            text.replace(self.theirs.text(name), "…").replace(nowhere.as_str().unwrap_or_default(), "…")
        })
    }

    /// What is wrong with the answers to a probe.
    async fn told_apart(&self, world: &World, probe: &Probe) -> Vec<String> {
        let mut wrong = Vec::new();
        for column in INTRUDERS {
            let unknown = self.answer(world, column, &probe.nowhere).await;
            let known = self.answer(world, column, &probe.theirs).await;
            let what = format!("{} as {}", probe.what, ACTORS[column]);
            if known.sign == '!' || unknown.sign == '!' {
                wrong.push(format!("{what} proves nothing: {}, {}", known.text, unknown.text));
            // By asking, something of their own may have become otherwise.
            } else if known.text != unknown.text && known.text != self.answer(world, column, &probe.nowhere).await.text
            {
                wrong.push(format!("{what}: {}, but of what is nowhere {}", known.text, unknown.text));
            } else if known.statements != unknown.statements {
                wrong.extend(self.told_apart_by_time(world, column, probe).await.map(|how| format!("{what}: {how}")));
            }
        }
        wrong
    }

    /// How the work of the two answers differs, as whoever has a watch can tell: by the statements that they take. What looks after itself beside them may ask in
    /// the same moment, so that they are compared a few times.
    async fn told_apart_by_time(&self, world: &World, column: usize, probe: &Probe) -> Option<String> {
        let mut how = None;
        for _ in 0..3 {
            let known = self.answer(world, column, &probe.theirs).await.statements;
            let unknown = self.answer(world, column, &probe.nowhere).await.statements;
            if known == unknown {
                return None;
            }
            how = Some(format!("{known} statements, but of what is nowhere {unknown}"));
        }
        how
    }

    /// What has become of the other studio: its rows that are gone or changed, and new ones that name something of it.
    async fn touched(&self, world: &World) -> Vec<String> {
        let now = tables::rows(&world.services.db).await;
        let ours: Vec<&Value> = self.ours.values().collect();
        let ids = self.theirs.values().filter(|value| !ours.contains(value)).filter_map(|value| {
            let (_, digits) = value.as_str()?.rsplit_once('_')?;
            is_id(digits).then(|| digits.to_owned())
        });
        let ids: BTreeSet<String> = ids.collect();
        let lost = self.written.difference(&now).map(|line| format!("not as it was: {line}"));
        let gained = now.difference(&self.begun).filter(|line| tables::names_any(line, &ids));
        lost.chain(gained.map(|line| format!("names something of the other studio: {line}"))).collect()
    }
}

/// Whether this is what follows the prefix of an id.
fn is_id(digits: &str) -> bool {
    digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// A text without the digits of the ids in it.
fn masked(text: &str) -> String {
    let (mut masked, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('_') {
        let (before, after) = rest.split_at(at + 1);
        masked.push_str(before);
        rest = match after.get(..32) {
            Some(digits) if is_id(digits) => &after[32..],
            _ => after,
        };
    }
    masked + rest
}

/// A studio with everything, and what the matrix needs nothing of.
async fn furnished(world: &World, mark: &'static str) -> Fixture {
    let mut fixture = Fixture::marked(world, mark).await;
    let (services, owner) = (&world.services, world.services.ctx(fixture.actor(OWNER)));
    let cost = CostInput {
        line: fixture.text("line").parse().unwrap(),
        amount: Money::new(100, Currency::EUR),
        incurred_on: None,
        note: String::new(),
        corrects: None,
        key: None,
    };
    let tx = services.begin().await.unwrap();
    let cost = record_cost(&tx, &owner, cost).await.unwrap();
    tx.commit().await.unwrap();
    let bundle = bundle::Model {
        id: services.env.id(),
        studio_id: fixture.studio(),
        name: "Both".into(),
        tier_code: TierCode::Mp3,
        price_minor: 1_000,
        currency: Currency::EUR,
        enabled: false,
        updated_at: services.env.now(),
    };
    let bundle = bundle.into_active_model().insert(&services.db).await.unwrap();
    let of_studio = master::Column::StudioId.eq(fixture.studio());
    let master = master::Entity::find().filter(of_studio).one(&services.db).await.unwrap().unwrap();
    let project: ProjectId = fixture.text("reviewProject").parse().unwrap();
    fixture.set("cost", cost.id.to_string());
    fixture.set("bundle", bundle.id.to_string());
    fixture.set("master", master.id.to_string());
    fixture.set("mastersToken", services.links.token(Purpose::Masters, project, None));
    fixture
}

#[tokio::test]
async fn whatever_takes_an_id_answers_for_anothers_as_for_one_that_is_nowhere() {
    on_each_database(async |world| {
        let (studios, schema) = (Studios::open(world).await, Schema::read().await);
        let mut tried = BTreeSet::new();
        let mut wrong = Vec::new();
        for row in rows::all() {
            let call = Call::of(row.document);
            for probe in studios.probes_of(&call, &schema) {
                wrong.extend(studios.told_apart(world, &probe).await);
            }
            tried.insert(call.field);
        }
        let missing: Vec<&str> = schema.with_ids(true).into_iter().filter(|field| !tried.contains(*field)).collect();
        assert!(missing.is_empty(), "these fields need a row in the authorization matrix: {missing:#?}");
        wrong.extend(studios.touched(world).await);
        assert!(wrong.is_empty(), "{} answers or rows:\n{}", wrong.len(), wrong.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn nor_do_texts_json_and_fields_further_down_tell_of_another() {
    on_each_database(async |world| {
        let studios = Studios::open(world).await;
        let mut wrong = Vec::new();
        for named in NAMED {
            let asked = |other: &Value| {
                let document = named.document.replace("{other}", other.as_str().unwrap());
                Asked { document: studios.ours.path_of(&document), variables: json!({}) }
            };
            let (theirs, nowhere) = (studios.theirs.value(named.other), studios.of_nowhere(named.other));
            let probe = Probe { what: named.field.to_owned(), theirs: asked(theirs), nowhere: asked(&nowhere) };
            wrong.extend(studios.told_apart(world, &probe).await);
        }
        wrong.extend(studios.touched(world).await);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn a_cursor_of_anothers_list_is_one_of_no_list() {
    on_each_database(async |world| {
        let (studios, schema) = (Studios::open(world).await, Schema::read().await);
        let (mut tried, mut wrong) = (0, Vec::new());
        for row in rows::all() {
            let call = Call::of(row.document);
            if !call.field.starts_with("Query.") || !schema.takes(&call.field, "after") {
                continue;
            }
            let listed = call.filled(|name| studios.theirs.value(name).clone());
            let document = call.document(&schema, &listed, "{ pageInfo { endCursor } }");
            let answer = ask(world, &studios.theirs, OWNER, &document, listed).await;
            let Some(cursor) = answer["data"][call.name()]["pageInfo"]["endCursor"].as_str() else { continue };
            for argument in ["after", "before"] {
                let asked = |cursor: String| {
                    let mut variables = call.filled(|name| studios.ours.value(name).clone());
                    variables[argument] = json!(cursor);
                    Asked { document: call.document(&schema, &variables, call.selection), variables }
                };
                let what = format!("{} {argument}", call.field);
                let nowhere = asked(studios.nowhere(cursor));
                let probe = Probe { what, theirs: asked(cursor.to_owned()), nowhere };
                wrong.extend(studios.told_apart(world, &probe).await);
            }
            tried += 1;
        }
        assert!(tried > 20, "only {tried} lists of the other studio have anything in them");
        wrong.extend(studios.touched(world).await);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn what_is_left_out_is_still_there() {
    let schema = Schema::read().await;
    let ways: BTreeSet<String> = schema
        .with_ids(true)
        .into_iter()
        .flat_map(|field| schema.ways(field).into_iter().map(move |way| format!("{field} {}", schema::named(&way))))
        .collect();
    let gone: Vec<&str> =
        kinds::NOT_CROSSED.iter().map(|(known, _)| *known).filter(|known| !ways.contains(*known)).collect();
    assert!(gone.is_empty(), "the schema takes no such ids: {gone:?}");
    assert!(kinds::NOT_CROSSED.iter().chain(kinds::PATHS_NOT_CROSSED).all(|(_, why)| !why.is_empty()));
    let further_down: Vec<&str> =
        schema.with_ids(false).into_iter().filter(|field| !NAMED.iter().any(|named| named.field == *field)).collect();
    assert!(further_down.is_empty(), "these fields take an id, and are not in named.rs: {further_down:?}");
}

#[test]
fn ids_are_masked_and_nothing_else() {
    let id = format!("beat_{:032x}", 255);
    assert_eq!(masked(&format!("there is no {id}, _")), "there is no beat_, _");
    assert_eq!(masked("no_such_thing"), "no_such_thing");
    assert_eq!(masked("_é"), "_é");
}
