//! Runs commands with a heading, elapsed time and, on failure, advice.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

pub type Result<T = ()> = std::result::Result<T, String>;

/// The project's folder.
pub fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map_or_else(|| manifest.clone(), PathBuf::from)
}

/// A command in the project's folder, with the npm tools on its path.
pub fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    let tools = root().join("node_modules/.bin");
    let path = std::env::var("PATH").unwrap_or_default();
    command.args(arguments).current_dir(root()).env("PATH", format!("{}:{path}", tools.display()));
    command
}

/// Runs a command to its end. `advice` says what to do when it fails.
pub fn run(title: &str, command: &mut Command, advice: &str) -> Result {
    timed(title, || {
        let status = command.status().map_err(|e| format!("{title}: {e}\n  {advice}"))?;
        if status.success() { Ok(()) } else { Err(format!("{title} failed ({status})\n  {advice}")) }
    })
}

/// Prints the heading, does the work, prints the elapsed time.
pub fn timed<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("▸ {title}");
    let started = Instant::now();
    let result = work();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    println!("{mark} {title} ({:.1} s)", started.elapsed().as_secs_f32());
    result
}

/// Whether a program is on the path and starts.
pub fn has(program: &str, argument: &str) -> bool {
    let mut command = command(program, &[argument]);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
