//! `ledgerline listen` alone; see [`audio_worker::listener`].

fn main() -> std::process::ExitCode {
    audio_worker::listener::main()
}
