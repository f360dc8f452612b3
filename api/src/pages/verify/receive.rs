//! The file of the form, as it arrives; and how many may arrive at a time.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use domain::visible::is_steering;
use futures::TryStreamExt;

use crate::pages::texts::t;

/// The most bytes of a file that is judged.
pub(super) const MAX_BYTES: usize = 20 << 20;

/// The most bytes that are read of a file that is too large, so that its sender hears of it.
const MAX_READ_BYTES: usize = 4 * MAX_BYTES;

/// The most characters of a file's name that are shown.
const MAX_NAME: usize = 120;

/// The most files that arrive at a time.
const MOST_AT_ONCE: usize = 48;

/// The most of them from one address: whoever sends slowly keeps themselves waiting, and not everybody.
const MOST_OF_ONE: usize = 8;

/// Who is sending a file at this moment.
pub(super) static DOOR: Door = Door(Mutex::new(BTreeMap::new()));

/// How many files arrive from which address.
pub(super) struct Door(Mutex<BTreeMap<Arc<str>, usize>>);

/// The place of one who sends a file, held until it is dropped.
pub(super) struct Place<'a> {
    door: &'a Door,
    ip: Arc<str>,
}

impl Door {
    /// A place for somebody at that address; none if there is none left.
    pub(super) fn enter(&self, ip: &Arc<str>) -> Option<Place<'_>> {
        let mut taken = self.taken();
        let own = taken.get(ip).copied().unwrap_or_default();
        if own >= MOST_OF_ONE || taken.values().sum::<usize>() >= MOST_AT_ONCE {
            return None;
        }
        taken.insert(Arc::clone(ip), own + 1);
        Some(Place { door: self, ip: Arc::clone(ip) })
    }

    fn taken(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut taken = self.door.taken();
        match taken.get_mut(&self.ip) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(taken.remove(&self.ip)),
        }
    }
}

/// Why there is nothing to judge.
#[derive(Debug, Clone, Copy)]
pub(super) enum NoFile {
    None,
    Late,
    TooLarge,
    Broken,
}

impl NoFile {
    pub(super) fn sentence(self) -> String {
        match self {
            Self::None => t("verify-no-file").into(),
            Self::Late => t("verify-late").into(),
            Self::TooLarge => t("verify-too-large").with("most", &(MAX_BYTES >> 20)).into(),
            Self::Broken => t("verify-incomplete").into(),
        }
    }

    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::None => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Late => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }
}

/// The first file of a form, with its name.
pub(super) async fn receive(mut form: Multipart) -> Result<(String, Vec<u8>), NoFile> {
    let (mut file, mut read) = (None, 0);
    while let Some(mut field) = form.try_next().await.map_err(|_| NoFile::Broken)? {
        let name = field.content_disposition().and_then(|it| it.get_filename()).map(String::from);
        let mut bytes = Vec::new();
        while let Some(piece) = field.try_next().await.map_err(|_| NoFile::Broken)? {
            read += piece.len();
            if read > MAX_READ_BYTES {
                return Err(NoFile::TooLarge);
            }
            if read <= MAX_BYTES {
                bytes.extend_from_slice(&piece);
            }
        }
        if let (None, Some(name)) = (&file, name) {
            file = Some((name.chars().filter(|c| !is_steering(*c)).take(MAX_NAME).collect::<String>(), bytes));
        }
    }
    if read > MAX_BYTES {
        return Err(NoFile::TooLarge);
    }
    file.filter(|(_, bytes)| !bytes.is_empty()).ok_or(NoFile::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sends_slowly_closes_the_door_to_nobody_else() {
        let door = Door(Mutex::new(BTreeMap::new()));
        let (slow, other): (Arc<str>, Arc<str>) = (Arc::from("192.0.2.7"), Arc::from("198.51.100.1"));
        let mut places: Vec<Place<'_>> = (0..MOST_OF_ONE).map(|_| door.enter(&slow).unwrap()).collect();
        assert!(door.enter(&slow).is_none() && door.enter(&other).is_some());
        drop(places.pop());
        places.push(door.enter(&slow).unwrap());
        assert!(door.enter(&slow).is_none());
        places.clear();
        assert!(door.taken().is_empty());
        let many: Vec<_> = (0..MOST_AT_ONCE).map(|n| door.enter(&Arc::from(n.to_string())).unwrap()).collect();
        assert!(door.enter(&other).is_none());
        drop(many);
        assert!(door.enter(&other).is_some());
    }
}
