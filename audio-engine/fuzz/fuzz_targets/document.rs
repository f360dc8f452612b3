//! Any text as a document: what is accepted is written and read back the same.
#![no_main]

use audio_engine::render::Mix;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(mix) = Mix::from_json(text) else { return };
    let json = serde_json::to_string(&mix).expect("a document that was read can be written");
    assert_eq!(Mix::from_json(&json).expect("and read again"), mix);
});
