//! `kill -9` of the real server while orders come in: whatever was acknowledged is there, whole;
//! nothing is there by half; the books agree; each email was written once.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::disallowed_methods, reason = "the server under test runs on the real clock")]

use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{Instant, interval, timeout};

const CYCLES: usize = 30;
const BUYERS: usize = 4;

struct Server {
    process: Child,
    url: String,
}

impl Server {
    /// Starts the binary and waits until it answers.
    async fn start(data: &Path, listen: &str, sandbox: &str) -> Self {
        let process = belanjain(data, listen, sandbox).arg("serve").stdout(Stdio::null()).spawn().unwrap();
        let server = Self { process, url: format!("http://{listen}") };
        let mut tick = interval(Duration::from_millis(20));
        let started = Instant::now();
        while reqwest::get(format!("{}/readyz", server.url)).await.map_or(true, |a| !a.status().is_success()) {
            assert!(started.elapsed() < Duration::from_secs(30), "not ready");
            tick.tick().await;
        }
        server
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn belanjain(data: &Path, listen: &str, sandbox: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_belanjain"));
    command
        .current_dir(data)
        .env_remove("DATABASE_URL")
        .env("BELANJAIN_DATA_DIR", data)
        .env("BELANJAIN_LISTEN", listen)
        .env("BELANJAIN_SANDBOX_LISTEN", sandbox)
        .env("BELANJAIN_RATE_LIMIT", "off")
        // Requests that die with the server are no news.
        .env("BELANJAIN_LOG", "error");
    command
}

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

async fn post(client: &reqwest::Client, url: String, token: &str, key: Option<String>, body: &Value) -> Option<Value> {
    let mut request = client.post(url).json(body);
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let answer = request.send().await.ok()?;
    let status = answer.status();
    let body: Value = answer.json().await.ok()?;
    assert!(!status.is_server_error(), "{status}: {body}");
    status.is_success().then_some(body)
}

async fn register(url: &str, role: &str, name: &str) -> (String, Value) {
    let client = reqwest::Client::new();
    let body = json!({
        "name": name, "email": format!("{}@contoh.id", name.replace(' ', "")), "password": "kopi-tubruk-9431", "role": role,
        "store_name": name, "store_location": "Bandung",
    });
    let made = post(&client, format!("{url}/api/v1/auth/register"), "", None, &body).await.unwrap();
    (made["access_token"].as_str().unwrap().to_owned(), made["user"]["store"]["id"].clone())
}

/// Buys and pays until the server is gone, and says so at each checkout; answers what was
/// acknowledged: order numbers and the key.
async fn buy(
    url: String,
    token: String,
    goods: Vec<(Value, Value)>,
    name: String,
    done: UnboundedSender<()>,
) -> Vec<(String, Vec<String>)> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut acknowledged = vec![];
    for n in 0.. {
        let mut shipping = vec![];
        for (store, variant) in &goods {
            let line = json!({ "variant_id": variant, "quantity": 1 });
            if post(&client, format!("{url}/api/v1/cart/items"), &token, None, &line).await.is_none() {
                return acknowledged;
            }
            shipping.push(json!({ "store_id": store, "service": "jne_reg" }));
        }
        let address = json!({
            "recipient": "Budi", "phone": "081234567890", "street": "Jl. Melati 5", "district": "Tebet",
            "regency": "Jakarta Selatan", "province": "DKI Jakarta", "postal_code": "12810",
        });
        let body = json!({ "address": address, "shipping": shipping, "payment_method": "sandbox" });
        let key = format!("{name}-{n}");
        let placed = post(&client, format!("{url}/api/v1/checkout"), &token, Some(key.clone()), &body).await;
        let Some(placed) = placed else { return acknowledged };
        let numbers = placed["orders"].as_array().unwrap().iter().map(|o| o["number"].as_str().unwrap().to_owned()).collect();
        acknowledged.push((key, numbers));
        let _ = done.send(());
        if n % 2 == 0
            && let Some(page) = placed["payment"]["redirect_url"].as_str()
        {
            let _ = client.post(page).form(&[("outcome", "paid")]).send().await;
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_is_half_written() {
    let data = tempfile::tempdir().unwrap();
    let (listen, sandbox) = (free_address(), free_address());
    let server = Server::start(data.path(), &listen, &sandbox).await;
    let url = server.url.clone();
    let mut goods = vec![];
    for name in ["Toko Satu", "Toko Dua"] {
        let (token, store) = register(&url, "seller", name).await;
        let body = json!({
            "name": "Sepatu", "description": "", "category": "sepatu-lari", "weight_grams": 500,
            "price": 75_000, "stock": 100_000, "status": "active",
        });
        let client = reqwest::Client::new();
        let product = post(&client, format!("{url}/api/v1/seller/products"), &token, None, &body).await.unwrap();
        goods.push((store, product["variants"][0]["id"].clone()));
    }
    let mut buyers = vec![];
    for n in 0..BUYERS {
        buyers.push(register(&url, "customer", &format!("Pembeli {n}")).await.0);
    }
    let mut random = rand::rngs::StdRng::seed_from_u64(20_261_121);
    let mut acknowledged: BTreeMap<usize, Vec<(String, Vec<String>)>> = BTreeMap::new();
    let mut server = Some(server);
    for cycle in 0..CYCLES {
        let running = match server.take() {
            Some(running) => running,
            None => Server::start(data.path(), &listen, &sandbox).await,
        };
        let (done, mut checkouts) = unbounded_channel();
        let load: Vec<_> = (0..BUYERS)
            .map(|n| tokio::spawn(buy(url.clone(), buyers[n].clone(), goods.clone(), format!("{cycle}-{n}"), done.clone())))
            .collect();
        // In the middle of the load, on a slow machine as well.
        for _ in 0..random.random_range(1..8) {
            timeout(Duration::from_secs(30), checkouts.recv()).await.unwrap().unwrap();
        }
        let moment = Duration::from_millis(random.random_range(0..150));
        let _ = timeout(moment, std::future::pending::<()>()).await;
        running.kill();
        for (n, buyer) in load.into_iter().enumerate() {
            acknowledged.entry(n).or_default().extend(buyer.await.unwrap());
        }
    }
    let total: usize = acknowledged.values().map(Vec::len).sum();
    assert!(total > CYCLES, "{total} checkouts are too few to prove anything");

    let server = Server::start(data.path(), &listen, &sandbox).await;
    let client = reqwest::Client::new();
    for (n, groups) in &acknowledged {
        for (key, numbers) in groups {
            assert_eq!(numbers.len(), 2, "{key}");
            let mut group = None;
            for number in numbers {
                let order = client.get(format!("{url}/api/v1/orders/{number}")).bearer_auth(&buyers[*n]).send().await.unwrap();
                assert_eq!(order.status(), 200, "{key} {number}");
                let order: Value = order.json().await.unwrap();
                assert_eq!(order["items"].as_array().unwrap().len(), 1);
                let first = group.get_or_insert_with(|| order["group_id"].clone());
                assert_eq!(*first, order["group_id"], "{key}");
            }
        }
    }
    server.kill();
    // What was in somebody's hands when the server died is taken up again after a while.
    let later = (chrono::Utc::now() + chrono::TimeDelta::hours(1)).to_rfc3339();
    let drained = belanjain(data.path(), &listen, &sandbox).args(["jobs", "run", "cleanup", "--now", &later]).output().unwrap();
    assert!(drained.status.success(), "{}", String::from_utf8_lossy(&drained.stderr));
    let verified = belanjain(data.path(), &listen, &sandbox).arg("verify").output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    mails_are_written_once(data.path()).await;
}

/// One file for every email there is, and one email per order and kind of news.
async fn mails_are_written_once(data: &Path) {
    use sea_orm::EntityTrait;
    let db = service::db::connect(&format!("sqlite://{}", data.join("belanjain.db").display())).await.unwrap();
    let open = entity::outbox::Entity::find().all(&db).await.unwrap().into_iter().filter(|e| e.done_at.is_none()).count();
    assert_eq!(open, 0, "every event is handled");
    let emails = entity::email::Entity::find().all(&db).await.unwrap();
    assert!(emails.iter().all(|e| e.sent_at.is_some()));
    let mut files: Vec<String> = std::fs::read_dir(data.join("mail"))
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".eml"))
        .collect();
    let mut expected: Vec<String> = emails.iter().map(|e| format!("{}.eml", e.id)).collect();
    files.sort();
    expected.sort();
    let missing: Vec<_> = expected.iter().filter(|name| !files.contains(name)).collect();
    let unknown: Vec<_> = files.iter().filter(|name| !expected.contains(name)).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "of {}: missing {missing:?}, unknown {unknown:?}", expected.len());
    let mut news: Vec<(String, String)> = emails.iter().map(|e| (e.recipient.clone(), e.body.clone())).collect();
    let all = news.len();
    news.sort();
    news.dedup();
    assert_eq!(news.len(), all, "the same email twice");
    assert!(all > 10, "{all} emails");
}
