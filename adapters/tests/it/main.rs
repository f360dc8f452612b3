//! The adapters against the real thing or a faithful stand-in, over real connections on the loopback address.

mod mail;
mod sandbox;
