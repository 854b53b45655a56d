//! Everything that must hold before a change lands.

use crate::postgres::Postgres;
use crate::step::{Result, command, root, run, timed};
use crate::{build, tools};
use std::path::Path;

const PARTS: &[&str] = &["fmt", "clippy", "unit", "browser"];

pub fn test(only: &[String]) -> Result {
    if let Some(unknown) = only.iter().find(|part| !PARTS.contains(&part.as_str())) {
        return Err(format!("no part `{unknown}`; there are: {}", PARTS.join(", ")));
    }
    let wanted = |part: &str| only.is_empty() || only.iter().any(|o| o == part);
    timed("cargo xtask test", || {
        if wanted("fmt") {
            run("format", &mut command("cargo", &["fmt", "--all", "--check"]), "Run `cargo fmt --all`.")?;
        }
        if wanted("clippy") {
            clippy()?;
        }
        if wanted("unit") {
            unit()?;
        }
        if wanted("browser") {
            browser(wanted("unit"))?;
        }
        Ok(())
    })
}

/// Server side and browser side apart: the features of one would break the other.
fn clippy() -> Result {
    tools::wasm_target()?;
    let server: &[&str] = &["clippy", "--workspace", "--exclude", "frontend", "--all-targets", "--quiet", "--", "-D", "warnings"];
    run("clippy, server", &mut command("cargo", server), "Fix what clippy says.")?;
    let browser: &[&str] =
        &["clippy", "--package", "frontend", "--target", "wasm32-unknown-unknown", "--quiet", "--", "-D", "warnings"];
    run("clippy, browser", &mut command("cargo", browser), "Fix what clippy says.")
}

/// Unit, service (SQLite and PostgreSQL), HTTP and wire tests.
fn unit() -> Result {
    let postgres = Postgres::start()?;
    let mut tests = command("cargo", &["test", "--workspace", "--exclude", "frontend"]);
    tests.env("TEST_POSTGRES_URL", &postgres.url);
    run("tests", &mut tests, "Run the failing test alone: cargo test -p <crate> --test <file>.")
}

/// `is_built`: the tests before have just built the server. Alone it would be built anew, from its
/// dependencies on, since their features are others without those of the tests.
fn browser(is_built: bool) -> Result {
    if !Path::new("/usr/bin/chromium").exists() {
        tools::debian(&["chromium"])?;
    }
    tools::npm(&root().join("end2end"), "npm packages of the browser tests")?;
    tools::python(&root().join("end2end/python/requirements.txt"))?;
    build::front_end()?;
    if is_built {
        build::place_hashes("debug")?;
    } else {
        build::server()?;
    }
    let mut playwright = command("npx", &["playwright", "test"]);
    playwright.current_dir(root().join("end2end"));
    run("browser tests", &mut playwright, "See end2end/playwright-report.")
}

#[cfg(test)]
mod tests {
    use crate::step::{command, root};

    /// `server → app → service → entity → domain`; `gateway → service`; nothing imports `server`.
    #[test]
    fn dependencies_point_one_way() {
        let allowed: &[(&str, &[&str])] = &[
            ("domain", &[]),
            ("entity", &["domain"]),
            ("migration", &[]),
            ("service", &["domain", "entity", "migration", "service"]),
            ("gateway", &["domain", "service"]),
            ("app", &["domain", "service"]),
            ("frontend", &["app"]),
            ("server", &["app", "domain", "entity", "gateway", "migration", "service"]),
            ("xtask", &[]),
        ];
        for (name, may) in allowed {
            let manifest = std::fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap_or_default();
            assert!(!manifest.is_empty(), "{name} has a manifest");
            for (other, _) in allowed {
                let depends = manifest
                    .lines()
                    .any(|line| line.starts_with(&format!("{other}.")) || line.starts_with(&format!("{other} = {{")));
                assert!(!depends || may.contains(other), "{name} must not depend on {other}");
            }
        }
    }

    #[test]
    fn commands_run_in_the_project() {
        assert_eq!(command("true", &[]).get_current_dir(), Some(root().as_path()));
    }
}
