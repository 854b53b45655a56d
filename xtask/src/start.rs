//! Runs the shop.

use crate::build;
use crate::step::{Result, command, root, run};
use crate::tools;

/// Builds, migrates, and serves the shop with jobs and the sandbox gateway.
pub fn start() -> Result {
    build::front_end()?;
    build::server()?;
    let belanjain = root().join("target/debug/belanjain").display().to_string();
    run("database", &mut command(&belanjain, &["migrate"]), "Is BELANJAIN_DATA_DIR writable?")?;
    run("demo data, when the shop is empty", &mut command(&belanjain, &["seed-demo"]), "See the message above.")?;
    println!("\nThe shop is at http://127.0.0.1:3000 – Ctrl-C stops it.");
    let mut serve = command(&belanjain, &["serve"]);
    run("serve", &mut serve, "Is the port free? BELANJAIN_LISTEN chooses another one.")
}

/// Rebuilds and restarts on every change.
pub fn dev() -> Result {
    tools::front_end()?;
    run("watch", &mut command("cargo", &["leptos", "watch", "--split"]), "See the compiler's messages above.")
}
