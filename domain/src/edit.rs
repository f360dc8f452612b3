//! What a change says of one field.

/// Leave a field as it is, or set it; for a field that may be empty, `To(None)` empties it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Edit<T> {
    /// Leave it.
    #[default]
    Keep,
    /// Set it.
    To(T),
}

impl<T> Edit<T> {
    /// The field's value after the change.
    pub fn or(self, present: T) -> T {
        match self {
            Self::Keep => present,
            Self::To(value) => value,
        }
    }

    /// The same change with its value checked or converted.
    pub fn try_map<U, E>(self, check: impl FnOnce(T) -> Result<U, E>) -> Result<Edit<U>, E> {
        match self {
            Self::Keep => Ok(Edit::Keep),
            Self::To(value) => check(value).map(Edit::To),
        }
    }
}

impl<T> From<Option<T>> for Edit<T> {
    fn from(given: Option<T>) -> Self {
        given.map_or(Self::Keep, Self::To)
    }
}
