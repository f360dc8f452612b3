//! What a signed-in device is, in two words, from what its program calls itself. For its owner to know it again; nothing is decided by it, for a program may
//! call itself anything.

/// Programs by a word of theirs; those that name others for old pages' sake stand before them.
const PROGRAMS: [(&str, &str); 10] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("ledgerline", "Ledgerline"),
];

/// Systems likewise.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

fn first_of(words: &[(&str, &'static str)], user_agent: &str) -> Option<&'static str> {
    words.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| *name)
}

/// The program, such as a browser; none if it is not known.
pub fn program_of(user_agent: &str) -> Option<&'static str> {
    first_of(&PROGRAMS, user_agent)
}

/// What it runs on; none if it does not say.
pub fn system_of(user_agent: &str) -> Option<&'static str> {
    first_of(&SYSTEMS, user_agent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_by_program_and_system() {
        for (user_agent, program, system) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Some("Firefox"), Some("Linux")),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                Some("Edge"),
                Some("Windows"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
                Some("Safari"),
                Some("iPhone"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                Some("Chrome"),
                Some("Android"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
                Some("Safari"),
                Some("macOS"),
            ),
            ("curl/8.10.1", Some("curl"), None),
            ("", None, None),
        ] {
            assert_eq!((program_of(user_agent), system_of(user_agent)), (program, system), "{user_agent}");
        }
    }
}
