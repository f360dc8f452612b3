//! What the fuzz targets share.

/// The engine's entries turn a codec's panic into an error, which the fuzzer must let them do: its hook would end the
/// process before they can. A panic that leaves an entry still ends it, as every failed assertion of a target.
pub fn let_codecs_give_up() {
    std::panic::set_hook(Box::new(|_| ()));
}
