//! One table for every number of a document: its default, its range, and whether it may be automated.
//!
//! [`parameters!`] makes a struct of such a table; [`Parameters::visit`] walks the numbers with their paths. The check of
//! ranges and the automation are both such walks, so that a field cannot be in one and missing in the other.

use super::super::RenderError;
use std::fmt::Display;

/// A part of a document that holds numbers.
pub(in crate::render) trait Parameters {
    /// Shows every number to the visitor.
    fn visit(&mut self, visitor: &mut Visitor<'_>);
}

/// One number on the way.
pub(in crate::render) struct Number<'a> {
    /// Where it stands, such as `tracks[0].strip.fader_db`.
    pub(in crate::render) path: &'a str,
    /// The number itself.
    pub(in crate::render) value: &'a mut f64,
    /// What is accepted, both ends included.
    pub(in crate::render) range: (f64, f64),
    /// Whether it may change while a mix runs.
    pub(in crate::render) automatable: bool,
}

/// Keeps the path while a document is walked.
pub(in crate::render) struct Visitor<'a> {
    path: String,
    take: &'a mut dyn FnMut(Number<'_>),
}

impl<'a> Visitor<'a> {
    /// Starts below that path.
    pub(in crate::render) fn new(path: &str, take: &'a mut dyn FnMut(Number<'_>)) -> Self {
        Self { path: path.to_owned(), take }
    }

    /// A field that holds further fields.
    pub(in crate::render) fn field(&mut self, name: &str, inner: &mut dyn Parameters) {
        self.within(name, |visitor| inner.visit(visitor));
    }

    /// A list of parts.
    pub(in crate::render) fn list<T: Parameters>(&mut self, name: &str, items: &mut [T]) {
        for (i, item) in items.iter_mut().enumerate() {
            self.within(&format!("{name}[{i}]"), |visitor| item.visit(visitor));
        }
    }

    /// A number that may be automated.
    pub(in crate::render) fn number(&mut self, name: &str, value: &mut f64, low: f64, high: f64) {
        self.show(name, value, (low, high), true);
    }

    /// A number that stays as it is for a whole mix.
    pub(in crate::render) fn fixed(&mut self, name: &str, value: &mut f64, low: f64, high: f64) {
        self.show(name, value, (low, high), false);
    }

    fn show(&mut self, name: &str, value: &mut f64, range: (f64, f64), automatable: bool) {
        let len = self.path.len();
        self.push(name);
        (self.take)(Number { path: &self.path, value, range, automatable });
        self.path.truncate(len);
    }

    fn within(&mut self, name: &str, walk: impl FnOnce(&mut Self)) {
        let len = self.path.len();
        self.push(name);
        walk(self);
        self.path.truncate(len);
    }

    fn push(&mut self, name: &str) {
        if !self.path.is_empty() && !name.starts_with('[') {
            self.path.push('.');
        }
        self.path.push_str(name);
    }
}

/// Refuses the first number outside its range.
pub(in crate::render) fn check_ranges(path: &str, part: &mut dyn Parameters) -> Result<(), RenderError> {
    let mut found = Ok(());
    part.visit(&mut Visitor::new(path, &mut |number| {
        if found.is_ok() {
            found = in_range(number.path, *number.value, number.range.0, number.range.1);
        }
    }));
    found
}

/// Refuses a number outside its range; what is no number is in none.
pub(in crate::render) fn in_range(path: &str, value: f64, low: f64, high: f64) -> Result<(), RenderError> {
    if (low..=high).contains(&value) { Ok(()) } else { refuse(path, format!("{value} is outside {low} to {high}")) }
}

/// A refusal of that field.
pub(in crate::render) fn refuse<T>(path: impl Into<String>, reason: impl Display) -> Result<T, RenderError> {
    Err(RenderError::Document { path: path.into(), reason: reason.to_string() })
}

/// Makes a struct of numbers that have a default and a range: those that may move while a mix runs, and `fixed` ones; and
/// of other fields with their defaults.
macro_rules! parameters {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( moving { $( $(#[$note:meta])* $field:ident = $default:literal in $low:literal to $high:literal; )* } )?
            $( fixed { $( $(#[$fixed_note:meta])* $fixed:ident = $fixed_default:literal in $fixed_low:literal to $fixed_high:literal; )* } )?
            $( other { $( $(#[$other_note:meta])* $other:ident: $kind:ty = $other_default:expr; )* } )?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $($( $(#[$note])* #[schemars(range(min = $low, max = $high), extend("x-automatable" = true))] pub $field: f64, )*)?
            $($( $(#[$fixed_note])* #[schemars(range(min = $fixed_low, max = $fixed_high))] pub $fixed: f64, )*)?
            $($( $(#[$other_note])* pub $other: $kind, )*)?
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($( $field: $default, )*)?
                    $($( $fixed: $fixed_default, )*)?
                    $($( $other: $other_default, )*)?
                }
            }
        }

        impl $crate::render::document::parameters::Parameters for $name {
            fn visit(&mut self, visitor: &mut $crate::render::document::parameters::Visitor<'_>) {
                $($( visitor.number(stringify!($field), &mut self.$field, $low, $high); )*)?
                $($( visitor.fixed(stringify!($fixed), &mut self.$fixed, $fixed_low, $fixed_high); )*)?
                let _ = visitor;
            }
        }
    };
}

pub(in crate::render) use parameters;
