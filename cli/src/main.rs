//! The program `ledgerline`; see the library beside it.

use std::process::ExitCode;

#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    cli::main()
}
