//! The program `ledgerline`; see the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
