//! Any bytes, as a file on disk: tags, broadcast chunks and the sound itself.
#![no_main]

use audio_engine::decode::{inspect, read_broadcast, read_tags};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: audio_engine_fuzz::let_codecs_give_up(), |bytes: &[u8]| {
    let path = std::env::temp_dir().join(format!("audio-engine-fuzz-{}", std::process::id()));
    std::fs::write(&path, bytes).expect("the temporary folder can be written");
    drop(inspect(&path));
    drop(read_tags(&path));
    drop(read_broadcast(&path));
});
