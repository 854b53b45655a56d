//! A PostgreSQL of the test's own, to be stopped without warning. Settings that a power cut would
//! forgive are left as they are: what was committed must be there.

use crate::real::free_address;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    port: String,
}

/// The newest version's programs, where Debian puts them.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> =
        versions.filter_map(|v| Some(v.ok()?.path().join("bin"))).filter(|bin| bin.join("initdb").exists()).collect();
    found.sort();
    found.pop()
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0"))
}

impl Postgres {
    /// `None` where PostgreSQL is not installed. Where the other tests have one, this one needs one.
    pub fn start() -> Option<Self> {
        let Some(bin) = programs() else {
            assert!(std::env::var("TEST_POSTGRES_URL").is_err(), "the programs of PostgreSQL are not where Debian puts them");
            return None;
        };
        let folder = std::env::temp_dir().join(format!("belanjain-history-{}", uuid::Uuid::now_v7().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        if is_root() {
            assert!(Command::new("chown").arg("postgres").arg(&folder).status().unwrap().success());
        }
        let (_, port) = free_address().rsplit_once(':').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let postgres = Self { bin, folder, port };
        let data = postgres.data();
        postgres.program("initdb", &["-D", &data, "-U", "postgres", "--auth=trust"]);
        postgres.control(&["-w", "start"]);
        Some(postgres)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops it as a crash would, and starts it again.
    pub fn crash(&self) {
        self.control(&["-m", "immediate", "-w", "restart"]);
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    fn control(&self, what: &[&str]) {
        let (data, log) = (self.data(), self.folder.join("log").display().to_string());
        let options =
            format!("-p {} -k {} -c listen_addresses=127.0.0.1 -c max_connections=100", self.port, self.folder.display());
        let mut arguments = vec!["-D", &data, "-l", &log, "-o", &options];
        arguments.extend(what);
        self.program("pg_ctl", &arguments);
    }

    /// PostgreSQL refuses to run as root.
    fn program(&self, name: &str, arguments: &[&str]) {
        let path = self.bin.join(name);
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(&path) };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(&path);
        }
        // A server that is started keeps a pipe open.
        let status = command.args(arguments).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.success(), "{name} {arguments:?}: {}", log(&self.folder));
    }
}

fn log(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap_or_default()
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stop = |mut command: Command| command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(self.bin.join("pg_ctl")) };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(self.bin.join("pg_ctl"));
        }
        command.args(["-D", &self.data(), "-m", "immediate", "stop"]).current_dir("/");
        let _ = stop(command);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
