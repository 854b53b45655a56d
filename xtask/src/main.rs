//! `cargo xtask`: everything a developer or a CI machine runs. Installs what is missing, says what
//! it does and how long it took; a step that fails says what to do.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks to a person")]

mod build;
mod postgres;
mod start;
mod step;
mod test;
mod tools;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, run and test Belanjain")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything, migrate, seed when empty, and serve the shop at http://127.0.0.1:3000.
    Start,
    /// Check and test everything; `--only` runs a part.
    Test {
        /// Parts, separated by commas: fmt, clippy, unit, browser.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
    },
    /// Release build into `dist/`: the binary and its site.
    Dist,
    /// Rebuild and restart on every change.
    Dev,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Start => start::start(),
        Command::Test { only } => test::test(&only),
        Command::Dist => build::dist(),
        Command::Dev => start::dev(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n✗ {error}");
            ExitCode::FAILURE
        }
    }
}
