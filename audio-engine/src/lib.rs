//! audio-engine
