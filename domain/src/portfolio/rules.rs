//! Rules of the portfolio, all pure.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::{
    PortfolioError,
    entity::{Service, entry},
    error::LinkFault,
};
use crate::{licensing::rules::channel_url, production::entity::PersonRole, session_log::entity::SessionRole};

/// The most works in a portfolio.
pub const MAX_ENTRIES: usize = 1_000;
/// The most links of a studio.
pub const MAX_LINKS: usize = 20;
/// The longest headline, title and artist, in characters.
pub const MAX_LINE_CHARS: usize = 200;
/// The longest text about the studio, in characters.
pub const MAX_ABOUT_CHARS: usize = 5_000;

/// The services where work is listened to, by their hosts; `youtu.be` is `YouTube`'s short form.
const LISTENING: [(&str, Service); 8] = [
    ("spotify.com", Service::Spotify),
    ("music.apple.com", Service::AppleMusic),
    ("youtube.com", Service::Youtube),
    ("youtu.be", Service::Youtube),
    ("soundcloud.com", Service::Soundcloud),
    ("bandcamp.com", Service::Bandcamp),
    ("tidal.com", Service::Tidal),
    ("deezer.com", Service::Deezer),
];

/// Where else studios are found, by name.
const ELSEWHERE: [(&str, &str); 9] = [
    ("instagram.com", "Instagram"),
    ("tiktok.com", "TikTok"),
    ("facebook.com", "Facebook"),
    ("x.com", "X"),
    ("twitter.com", "X"),
    ("linkedin.com", "LinkedIn"),
    ("discogs.com", "Discogs"),
    ("allmusic.com", "AllMusic"),
    ("genius.com", "Genius"),
];

/// Whether a host is a service's, or lies below it.
fn is_on(host: &str, service: &str) -> bool {
    host == service || host.strip_suffix(service).is_some_and(|rest| rest.ends_with('.'))
}

fn host_of(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// The service that an address is on; none if it is on none where work is listened to.
pub fn service_of(url: &str) -> Option<Service> {
    let host = host_of(url);
    LISTENING.iter().find(|(service, _)| is_on(&host, service)).map(|(_, service)| *service)
}

/// What a link is called: the service that it leads to, or else its host.
pub fn link_name(url: &str) -> String {
    if let Some(service) = service_of(url) {
        return service.name().to_owned();
    }
    let host = host_of(url);
    let known = ELSEWHERE.iter().find(|(service, _)| is_on(&host, service));
    known.map_or_else(|| host.trim_start_matches("www.").to_owned(), |(_, name)| (*name).to_owned())
}

/// An address in its normal form: `https`, on a host with a name, without user or password.
fn address(place: usize, text: &str) -> Result<String, PortfolioError> {
    channel_url(text).map_err(|_| PortfolioError::Link { place, problem: LinkFault::Form })
}

/// Where a studio is found, in the order that was given, each once.
///
/// # Errors
/// [`PortfolioError`], with the link that is refused.
pub fn profile_links(given: &[String]) -> Result<Vec<String>, PortfolioError> {
    if given.len() > MAX_LINKS {
        return Err(PortfolioError::TooMany { what: "links", most: MAX_LINKS });
    }
    let (mut seen, mut accepted) = (BTreeSet::new(), Vec::with_capacity(given.len()));
    for (place, text) in given.iter().enumerate() {
        let url = address(place, text)?;
        if seen.insert(url.clone()) {
            accepted.push(url);
        }
    }
    Ok(accepted)
}

/// Where a work is listened to: one address a service.
///
/// # Errors
/// [`PortfolioError`], with the link that is refused.
pub fn entry_links(given: &[String]) -> Result<BTreeMap<Service, String>, PortfolioError> {
    let mut accepted = BTreeMap::new();
    for (place, text) in given.iter().enumerate() {
        let url = address(place, text)?;
        let refused = |problem| PortfolioError::Link { place, problem };
        let service = service_of(&url).ok_or_else(|| refused(LinkFault::Service))?;
        if accepted.insert(service, url).is_some() {
            return Err(refused(LinkFault::Twice));
        }
    }
    Ok(accepted)
}

/// What the studio did on a work, each role once: those by which a credit is known.
///
/// # Errors
/// [`PortfolioError::Role`], with its place.
pub fn roles(given: &[SessionRole]) -> Result<BTreeSet<SessionRole>, PortfolioError> {
    match given.iter().position(|role| !is_shown(*role)) {
        Some(place) => Err(PortfolioError::Role { place }),
        None => Ok(given.iter().copied().collect()),
    }
}

/// Whether a role is shown: not a visitor's, and not what only a note says, for notes are written for the studio.
pub const fn is_shown(role: SessionRole) -> bool {
    role.is_credited() && !matches!(role, SessionRole::Other)
}

/// What a role is called on the page.
pub fn role_name(role: SessionRole) -> String {
    match role {
        SessionRole::Dj => "DJ".to_owned(),
        SessionRole::CoProducer => "Co-producer".to_owned(),
        other => {
            let words = other.word().replace('_', " ");
            words[..1].to_uppercase() + &words[1..]
        }
    }
}

/// A project's role as the session log has it; none of those who made no sound.
pub const fn role_of(role: PersonRole) -> Option<SessionRole> {
    Some(match role {
        PersonRole::Producer => SessionRole::Producer,
        PersonRole::ExecutiveProducer => SessionRole::ExecutiveProducer,
        PersonRole::Artist => SessionRole::Artist,
        PersonRole::FeaturedArtist => SessionRole::FeaturedArtist,
        PersonRole::Writer => SessionRole::Songwriter,
        PersonRole::Performer => SessionRole::Performer,
        PersonRole::Engineer => SessionRole::Engineer,
        PersonRole::Mixer => SessionRole::MixingEngineer,
        PersonRole::MasteringEngineer => SessionRole::MasteringEngineer,
        PersonRole::ArtistsAndRepertoire | PersonRole::Label | PersonRole::Manager => return None,
    })
}

/// Refuses an entry that is to be shown before anybody has said when it is released.
///
/// # Errors
/// [`PortfolioError::NoRelease`].
pub fn require_release(entry: &entry::Model) -> Result<(), PortfolioError> {
    if entry.is_public && entry.released_on.is_none() { Err(PortfolioError::NoRelease) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    fn links(given: &[&str]) -> Vec<String> {
        given.iter().map(|link| (*link).to_owned()).collect()
    }

    fn fault<T>(outcome: &Result<T, PortfolioError>) -> Option<(usize, LinkFault)> {
        match outcome {
            Err(PortfolioError::Link { place, problem }) => Some((*place, *problem)),
            _ => None,
        }
    }

    #[test]
    fn links_are_known_by_their_host() {
        for (url, name) in [
            ("https://open.spotify.com/track/1", "Spotify"),
            ("https://youtu.be/abc", "YouTube"),
            ("https://music.apple.com/de/album/1", "Apple Music"),
            ("https://nova.bandcamp.com/track/x", "Bandcamp"),
            ("https://listen.tidal.com/track/1", "TIDAL"),
            ("https://www.instagram.com/nova", "Instagram"),
            ("https://www.nova.example/", "nova.example"),
            ("https://notspotify.com/", "notspotify.com"),
            ("https://spotify.com.evil.example/", "spotify.com.evil.example"),
        ] {
            assert_eq!(link_name(url), name, "{url}");
        }
        assert_eq!(service_of("https://apple.com/music"), None);
    }

    #[test]
    fn links_that_are_no_https_are_refused() {
        for wrong in [
            "http://open.spotify.com/a",
            "javascript:alert(1)",
            "nova",
            "https://a:b@spotify.com/",
            "https://localhost/",
        ] {
            let given = links(&["https://soundcloud.com/nova", wrong]);
            assert_eq!(fault(&profile_links(&given)), Some((1, LinkFault::Form)), "{wrong}");
            assert_eq!(fault(&entry_links(&given)), Some((1, LinkFault::Form)), "{wrong}");
        }
        let elsewhere = links(&["https://nova.example/song"]);
        assert_eq!(fault(&entry_links(&elsewhere)), Some((0, LinkFault::Service)));
        assert_eq!(profile_links(&elsewhere).unwrap(), elsewhere);
        let twice = links(&["https://youtu.be/a", "https://www.youtube.com/watch?v=a"]);
        assert_eq!(fault(&entry_links(&twice)), Some((1, LinkFault::Twice)));
        let same = links(&["https://nova.example", "HTTPS://nova.example/"]);
        assert_eq!(profile_links(&same).unwrap(), ["https://nova.example/"]);
        let many: Vec<String> = (0..=MAX_LINKS).map(|n| format!("https://nova.example/{n}")).collect();
        assert!(matches!(profile_links(&many), Err(PortfolioError::TooMany { what: "links", .. })));
    }

    #[test]
    fn roles_read_well_and_say_something() {
        assert_eq!(role_name(SessionRole::MixingEngineer), "Mixing engineer");
        assert_eq!(role_name(SessionRole::Dj), "DJ");
        assert!(SessionRole::iter().all(|role| role_name(role).starts_with(char::is_uppercase)));
        let given = [SessionRole::Producer, SessionRole::Producer, SessionRole::Songwriter];
        assert_eq!(roles(&given).unwrap().len(), 2);
        for wrong in [SessionRole::Visitor, SessionRole::Other] {
            assert!(matches!(roles(&[SessionRole::Producer, wrong]), Err(PortfolioError::Role { place: 1 })));
        }
        assert!(PersonRole::iter().filter_map(role_of).all(is_shown));
    }
}
