//! Any bytes, as a file of whatever kind they look like.
#![no_main]

use audio_engine::decode::Decoder;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(init: audio_engine_fuzz::let_codecs_give_up(), |bytes: &[u8]| {
    let Ok(mut decoder) = Decoder::from_reader(Cursor::new(bytes.to_vec())) else { return };
    while let Ok(Some(block)) = decoder.next_block() {
        assert!(block.iter().all(|channel| channel.len() == block[0].len()));
        assert!(block.iter().flatten().all(|x| x.is_finite()));
    }
});
