//! Installs what is missing. Tools come ready-made where `cargo binstall` is at hand, else they are
//! built from source.

use crate::step::{Result, command, has, root, run};
use std::path::Path;
use std::process::{Command, Stdio};

const CARGO_LEPTOS: &str = "0.3.10";
/// The crates in which the tools spend their time: compressing and reading WebAssembly.
const BUSY: &[&str] =
    &["brotli", "libflate_lz77", "lightningcss", "walrus", "wasmparser", "wasm-bindgen-cli-support", "wasm_split_cli_support"];

/// What the front end is built with.
pub fn front_end() -> Result {
    wasm_target()?;
    npm(&root(), "npm packages of the front end")?;
    wasm_bindgen()?;
    cargo_leptos()
}

pub fn wasm_target() -> Result {
    let target = "wasm32-unknown-unknown";
    let listed = command("rustup", &["target", "list", "--installed"]).output();
    if listed.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains(target)) {
        return Ok(());
    }
    run("WebAssembly target", &mut command("rustup", &["target", "add", target]), "Is rustup installed?")
}

/// Installs what the lock file says, when it is newer than what is installed. Not `npm ci`: it wants
/// an entry for every platform's native package, and a lock file has those of the one it was made on.
pub fn npm(folder: &Path, title: &str) -> Result {
    let modified = |name: &str| std::fs::metadata(folder.join(name)).and_then(|m| m.modified()).ok();
    if let (Some(lock), Some(installed)) = (modified("package-lock.json"), modified("node_modules/.package-lock.json"))
        && installed >= lock
    {
        return Ok(());
    }
    let mut npm = command("npm", &["install", "--no-save", "--no-audit", "--no-fund"]);
    npm.current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    run(title, &mut npm, "Install Node.js 20 or newer (with npm) and try again.")
}

/// Python with the packages a file lists, in `target/python`: nothing of the system's is changed.
pub fn python(requirements: &Path) -> Result {
    let folder = root().join("target/python");
    let done = folder.join("requirements.txt");
    if std::fs::read(&done).ok().is_some_and(|installed| std::fs::read(requirements).is_ok_and(|wanted| wanted == installed)) {
        return Ok(());
    }
    let advice = "Install Python 3.9 or newer with venv and pip (Debian: python3-venv) and try again. Is PyPI reachable?";
    let place = folder.display().to_string();
    let make = || command("python3", &["-m", "venv", "--clear", &place]);
    // Debian ships Python without the part that brings pip.
    if !make().output().is_ok_and(|made| made.status.success()) {
        debian(&["python3", "python3-venv"])?;
        run("Python environment", &mut make(), advice)?;
    }
    let pip = folder.join("bin/pip").display().to_string();
    let list = requirements.display().to_string();
    let arguments = ["install", "--quiet", "--disable-pip-version-check", "-r", &list];
    run("Python packages of the browser tests", &mut command(&pip, &arguments), advice)?;
    std::fs::copy(requirements, &done).map(drop).map_err(|e| format!("{}: {e}", done.display()))
}

/// The version must be the one of the library in Cargo.lock.
fn wasm_bindgen() -> Result {
    let version = locked_version("wasm-bindgen")?;
    let present = command("wasm-bindgen", &["--version"]).output();
    if present.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains(&version)) {
        return Ok(());
    }
    install("wasm-bindgen-cli", &version, &[])
}

fn cargo_leptos() -> Result {
    let present = command("cargo", &["leptos", "--version"]).output();
    if present.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains(CARGO_LEPTOS)) {
        return Ok(());
    }
    install("cargo-leptos", CARGO_LEPTOS, &["--locked", "--features", "no_downloads"])
}

fn install(name: &str, version: &str, options: &[&str]) -> Result {
    let spec = format!("{name}@{version}");
    if has("cargo-binstall", "-V") {
        let mut quick = command("cargo", &["binstall", "--no-confirm", "--disable-strategies", "compile", &spec]);
        if run(&format!("{spec}, ready-made"), &mut quick, "Building from source instead.").is_ok() {
            return Ok(());
        }
    }
    let mut build = command("cargo", &["install", name, "--version", version]);
    // A tool that runs for seconds need not be optimised for minutes, but for the parts that work.
    for busy in BUSY {
        build.args(["--config", &format!("profile.release.package.{busy}.opt-level = 2")]);
    }
    build
        .args(options)
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "64")
        // Not into a folder that a CI system or a container may throw away between steps.
        .env("CARGO_TARGET_DIR", root().join("target/tools"));
    run(&format!("{spec}, from source (some minutes, once)"), &mut build, "Is crates.io reachable?")
}

fn locked_version(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).map_err(|e| format!("Cargo.lock: {e}"))?;
    let entry = lock.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{package}\"\n")));
    let version = entry.and_then(|entry| entry.split("version = \"").nth(1)).and_then(|rest| rest.split('"').next());
    version.map(str::to_owned).ok_or_else(|| format!("{package} is not in Cargo.lock"))
}

/// Installs Debian packages.
pub fn debian(packages: &[&str]) -> Result {
    let advice = format!("Install {} by hand and try again.", packages.join(" "));
    run("package lists", &mut privileged("apt-get", &["update", "-qq"]), &advice)?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    let mut install = privileged("apt-get", &arguments);
    install.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    run(&format!("install {}", packages.join(" ")), &mut install, &advice)
}

fn privileged(program: &str, arguments: &[&str]) -> Command {
    if is_root() {
        return command(program, arguments);
    }
    let mut sudo = command("sudo", &[program]);
    sudo.args(arguments);
    sudo
}

pub fn is_root() -> bool {
    command("id", &["-u"]).output().is_ok_and(|out| out.stdout.starts_with(b"0"))
}
