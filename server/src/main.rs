//! `belanjain`: the command line.

mod cli;

use std::process::ExitCode;

/// The system's allocator keeps the 19 MiB of every password hash: small things settle in the gap it
/// leaves, and the next one needs another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
