//! The real binary as a process, on data that outlive it.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::disallowed_methods, reason = "the server under test runs on the real clock")]

use entity::{email, outbox};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::time::{Instant, interval};

pub const PASSWORD: &str = "kopi-tubruk-9431";

/// Where a shop lives, whether it runs or not.
pub struct Shop {
    pub data: tempfile::TempDir,
    pub listen: String,
    sandbox: String,
    /// Of PostgreSQL; otherwise SQLite in the data folder.
    database_url: Option<String>,
    /// What is logged, and where to; only errors, to the console, by default.
    pub log: Option<(&'static str, std::path::PathBuf)>,
}

/// The running process; killed when dropped.
pub struct Server(Child);

impl Server {
    /// `kill -9`.
    pub fn kill(self) {
        drop(self);
    }

    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|status| status.is_some())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Shop {
    pub fn new(database_url: Option<String>) -> Self {
        let data = tempfile::tempdir().unwrap();
        Self { data, listen: free_address(), sandbox: free_address(), database_url, log: None }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    pub fn command(&self) -> Command {
        // Another build, for long runs.
        let binary = std::env::var("BELANJAIN_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_belanjain").to_owned());
        let mut command = Command::new(binary);
        command
            .current_dir(self.data.path())
            .env_remove("DATABASE_URL")
            .env("BELANJAIN_DATA_DIR", self.data.path())
            .env("BELANJAIN_LISTEN", &self.listen)
            .env("BELANJAIN_SANDBOX_LISTEN", &self.sandbox)
            .env("BELANJAIN_RATE_LIMIT", "off")
            .env("BELANJAIN_ADMIN_PASSWORD", PASSWORD)
            // Requests that die with the server are no news.
            .env("BELANJAIN_LOG", self.log.as_ref().map_or("error", |(filter, _)| filter));
        if let Some(url) = &self.database_url {
            command.env("DATABASE_URL", url);
        }
        command
    }

    /// Starts the binary and waits until it answers.
    pub async fn start(&self) -> Server {
        let mut command = self.command();
        command.arg("serve").stdout(Stdio::null());
        if let Some((_, path)) = &self.log {
            let file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
            command.stdout(file.try_clone().unwrap()).stderr(file);
        }
        let server = Server(command.spawn().unwrap());
        self.ready().await;
        server
    }

    pub async fn ready(&self) {
        let mut tick = interval(Duration::from_millis(20));
        let started = Instant::now();
        while reqwest::get(format!("{}/readyz", self.url())).await.map_or(true, |a| !a.status().is_success()) {
            assert!(started.elapsed() < Duration::from_secs(60), "not ready");
            tick.tick().await;
        }
    }

    /// Runs a command of the binary to its good end; answers what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let done = self.command().args(arguments).output().unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert!(done.status.success(), "{arguments:?}: {text}");
        text
    }

    /// Runs a job as if it were some minutes later.
    pub fn job(&self, name: &str, minutes: i64) -> String {
        let later = (chrono::Utc::now() + chrono::TimeDelta::minutes(minutes)).to_rfc3339();
        self.run(&["jobs", "run", name, "--now", &later])
    }

    /// Has everything in the outbox handled: what is to be tried again later at once, what a killed process
    /// had in hand when that is taken for lost, after two minutes.
    pub async fn handle_events(&self) {
        let db = self.database().await;
        let open = outbox::Entity::find().filter(outbox::Column::DoneAt.is_null()).filter(outbox::Column::DeadAt.is_null());
        let (mut tick, started) = (interval(Duration::from_secs(5)), Instant::now());
        tick.tick().await;
        loop {
            self.job("cleanup", 120);
            let left = open.clone().count(&db).await.unwrap();
            if left == 0 {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(240), "{left} events are open still");
            tick.tick().await;
        }
    }

    pub fn database_url(&self) -> String {
        let file = || format!("sqlite://{}", self.data.path().join("belanjain.db").display());
        self.database_url.clone().unwrap_or_else(file)
    }

    pub async fn database(&self) -> DatabaseConnection {
        service::db::connect(&self.database_url()).await.unwrap()
    }

    /// Registers somebody; answers the token and the store's id.
    pub async fn register(&self, role: &str, name: &str) -> (String, Value) {
        let body = json!({
            "name": name, "email": format!("{}@contoh.id", name.replace(' ', "")), "password": PASSWORD, "role": role,
            "store_name": name, "store_location": "Bandung",
        });
        let made = self.post("/auth/register", "", &body).await;
        (made["access_token"].as_str().unwrap().to_owned(), made["user"]["store"]["id"].clone())
    }

    /// A member of staff, signed in.
    pub async fn staff(&self, role: &str, name: &str) -> String {
        let email = format!("{}@contoh.id", name.replace(' ', ""));
        self.run(&["user", "create-staff", "--role", role, "--name", name, "--email", &email]);
        let made = self.post("/auth/login", "", &json!({ "email": email, "password": PASSWORD })).await;
        made["access_token"].as_str().unwrap().to_owned()
    }

    /// Sends what must succeed.
    pub async fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        let request = reqwest::Client::new().post(format!("{}/api/v1{path}", self.url())).json(body);
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }
}

/// A multipart form of texts and one file: its content type and bytes.
pub fn form(texts: &[(&str, &str)], field: &str, name: &str, bytes: &[u8]) -> (&'static str, Vec<u8>) {
    let mut head = String::new();
    for (name, value) in texts {
        head += &format!("--grenze\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    head += &format!("--grenze\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
    ("multipart/form-data; boundary=grenze", [head.as_bytes(), bytes, b"\r\n--grenze--\r\n"].concat())
}

pub fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// What is wrong with events and emails: an event that nobody has handled, an email without its one
/// file, news told twice. Answers how many emails there are as well.
pub async fn mail_faults(db: &DatabaseConnection, data: &Path) -> (usize, Vec<String>) {
    let events = outbox::Entity::find().all(db).await.unwrap();
    let open = events.iter().filter(|e| e.done_at.is_none()).map(|e| format!("not handled: {e:?}"));
    let emails = email::Entity::find().all(db).await.unwrap();
    let unsent = emails.iter().filter(|e| e.sent_at.is_none() && e.failed_at.is_none());
    let unsent = unsent.map(|e| format!("not sent: {} {}, {:?}", e.template, e.id, e.last_error));
    let mut faults: Vec<String> = open.chain(unsent).collect();
    let files: BTreeSet<String> = std::fs::read_dir(data.join("mail"))
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".eml"))
        .collect();
    // One that was withdrawn after its worker had died may have gone before.
    let name = |e: &email::Model| format!("{}.eml", e.id);
    let all: BTreeSet<String> = emails.iter().map(name).collect();
    let expected: BTreeSet<String> = emails.iter().filter(|e| e.failed_at.is_none()).map(name).collect();
    faults.extend(expected.difference(&files).map(|name| format!("no file {name}")));
    faults.extend(files.difference(&all).map(|name| format!("file of no letter {name}")));
    // An email is written once per event; these may happen again to the same thing.
    let happens_once = |e: &&outbox::Model| !["proof_rejected", "stock_low"].contains(&e.kind.as_str());
    let mut news: Vec<String> = events.iter().filter(happens_once).map(|e| format!("{} {}", e.kind, e.payload)).collect();
    news.sort();
    let twice = news.windows(2).filter(|pair| pair[0] == pair[1]);
    faults.extend(twice.map(|pair| format!("the same news twice: {}", pair[0])));
    (emails.len(), faults)
}
