//! A PostgreSQL server of the tests' own, in a temporary folder.

use crate::step::{Result, command, run, timed};
use crate::tools;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

/// Stopped and removed when dropped.
pub struct Postgres {
    folder: PathBuf,
    pub url: String,
}

impl Postgres {
    pub fn start() -> Result<Self> {
        let bin = match binaries() {
            Some(bin) => bin,
            None => {
                // The folder alone may be a client's.
                tools::debian(&["postgresql"])?;
                binaries().ok_or("PostgreSQL is installed, but initdb is not where Debian puts it")?
            }
        };
        timed("PostgreSQL for the tests", || {
            let folder = std::env::temp_dir().join(format!("belanjain-postgres-{}", std::process::id()));
            fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
            if tools::is_root() {
                quiet(&mut command("chown", &["postgres", &folder.display().to_string()]))?;
            }
            let data = folder.join("data").display().to_string();
            let program = |name: &str| bin.join(name).display().to_string();
            quiet(&mut as_postgres(&program("initdb"), &["-D", &data, "-U", "postgres", "--auth=trust"]))?;
            let port = free_port()?;
            // Nothing here must survive a power cut.
            let options = format!(
                "-p {port} -k {} -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300",
                folder.display()
            );
            let log = folder.join("log").display().to_string();
            quiet(&mut as_postgres(&program("pg_ctl"), &["-D", &data, "-l", &log, "-w", "-o", &options, "start"]))?;
            Ok(Self { folder, url: format!("postgres://postgres@127.0.0.1:{port}/postgres") })
        })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(bin) = binaries() {
            let data = self.folder.join("data").display().to_string();
            let program = bin.join("pg_ctl").display().to_string();
            let _ = run("stop PostgreSQL", &mut as_postgres(&program, &["-D", &data, "-m", "immediate", "-s", "stop"]), "");
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The newest version's programs.
fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> =
        versions.filter_map(|v| Some(v.ok()?.path().join("bin"))).filter(|bin| bin.join("initdb").exists()).collect();
    found.sort();
    found.pop()
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: &str, arguments: &[&str]) -> Command {
    if !tools::is_root() {
        return command(program, arguments);
    }
    let mut command = command("runuser", &["-u", "postgres", "--", program]);
    command.args(arguments).current_dir("/");
    command
}

/// Output only when it fails. Output goes to a file: a server that is started keeps a pipe open.
fn quiet(command: &mut Command) -> Result {
    let log = std::env::temp_dir().join(format!("belanjain-postgres-{}.log", std::process::id()));
    let file = fs::File::create(&log).map_err(|e| e.to_string())?;
    let copy = file.try_clone().map_err(|e| e.to_string())?;
    let status = command.stdout(file).stderr(copy).status().map_err(|e| e.to_string())?;
    if status.success() { Ok(()) } else { Err(fs::read_to_string(&log).unwrap_or_default()) }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    Ok(listener.local_addr().map_err(|e| e.to_string())?.port())
}
