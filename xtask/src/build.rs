//! Builds: front end, server, distribution.

use crate::step::{Result, command, root, run, timed};
use crate::tools;
use std::fs;
use std::path::Path;

/// Scripts, styles and static files into `target/site`, optimised and split. The front end is always
/// a release build: a development build of WebAssembly is too large to use.
pub fn front_end() -> Result {
    tools::front_end()?;
    copy_charts()?;
    let mut leptos = command("cargo", &["leptos", "build", "--frontend-only", "--release", "--split", "--precompress"]);
    run("front end", &mut leptos, "See the compiler's messages above.")
}

/// ECharts is served from our own origin, and only loaded by pages with charts.
fn copy_charts() -> Result {
    let folder = root().join("public/vendor");
    let copied = fs::create_dir_all(&folder)
        .and_then(|()| fs::copy(root().join("node_modules/echarts/dist/echarts.min.js"), folder.join("echarts.min.js")));
    copied.map(drop).map_err(|e| format!("ECharts could not be copied: {e}"))
}

/// The server, as a development build.
pub fn server() -> Result {
    run("server", &mut command("cargo", &["build", "--package", "server"]), "See the compiler's messages above.")?;
    place_hashes("debug")
}

/// The list of hashed file names must lie beside the executable.
pub fn place_hashes(profile: &str) -> Result {
    let target = root().join("target");
    let made = ["release/hash.txt", "debug/hash.txt", "site/hash.txt"].map(|p| target.join(p));
    let newest = made
        .iter()
        .filter_map(|path| Some((fs::metadata(path).ok()?.modified().ok()?, path)))
        .max_by_key(|(modified, _)| *modified);
    let (_, source) = newest.ok_or("the front end left no hash.txt: build it first")?;
    copy(source, &target.join(profile).join("hash.txt"))
}

fn copy(from: &Path, to: &Path) -> Result {
    if from == to {
        return Ok(());
    }
    fs::copy(from, to).map(drop).map_err(|e| format!("{} → {}: {e}", from.display(), to.display()))
}

/// Release build into `dist/`: runs from any folder with nothing else installed.
pub fn dist() -> Result {
    front_end()?;
    let mut server = command("cargo", &["build", "--release", "--package", "server"]);
    run("server, release", &mut server, "See the compiler's messages above.")?;
    place_hashes("release")?;
    timed("dist/", || {
        let (target, dist) = (root().join("target"), root().join("dist"));
        if dist.exists() {
            fs::remove_dir_all(&dist).map_err(|e| format!("dist/: {e}"))?;
        }
        fs::create_dir_all(&dist).map_err(|e| format!("dist/: {e}"))?;
        copy(&target.join("release/belanjain"), &dist.join("belanjain"))?;
        copy(&target.join("release/hash.txt"), &dist.join("hash.txt"))?;
        copy_folder(&target.join("site"), &dist.join("site"))
    })?;
    println!("\ndist/belanjain serve    # http://127.0.0.1:3000");
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result {
    let failed = |e: std::io::Error| format!("{}: {e}", from.display());
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}
