//! Buyers, sellers, the desk and finance at work on the real server, which is killed (`kill -9`) in
//! the middle of it, while PostgreSQL is stopped like by a crash. Whatever anybody was told is
//! written down; afterwards all of it must be there, in a state that follows from what was told,
//! nothing twice, and the books must balance.
//!
//! `BELANJAIN_HISTORY_SECONDS` makes it longer than the few seconds of a normal run.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::print_stderr, reason = "the figures of a long run")]
#![allow(clippy::disallowed_methods, reason = "the server under test runs on the real clock")]

mod buyer;
mod check;
mod client;
mod history;
#[path = "../real/postgres.rs"]
mod postgres;
#[path = "../real/mod.rs"]
mod real;
mod restart;
mod staff;

use client::Client;
use history::History;
use postgres::Postgres;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use real::Shop;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

const BUYERS: usize = 4;
const SECONDS: u64 = 15;

/// Something to buy. Of the scarce goods there are too few for everybody.
#[derive(Clone, Debug)]
pub struct Goods {
    pub store: String,
    pub variant: String,
    pub slug: String,
    pub stock: i64,
}

/// What everybody at work needs.
#[derive(Clone)]
pub struct Work {
    pub history: Arc<History>,
    pub stop: watch::Receiver<bool>,
    pub goods: Arc<Vec<Goods>>,
}

impl Work {
    pub fn is_over(&self) -> bool {
        *self.stop.borrow()
    }
}

async fn seller(shop: &Shop, name: &str) -> (Client, Vec<Goods>) {
    let (token, store) = shop.register("seller", name).await;
    let mut goods = vec![];
    for (price, stock) in [(75_000, 1_000_000), (120_000, 40)] {
        let body = json!({
            "name": format!("Sepatu {stock}"), "description": "", "category": "sepatu-lari", "weight_grams": 500,
            "price": price, "stock": stock, "status": "active",
        });
        let made = shop.post("/seller/products", &token, &body).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        goods.push(Goods { store: text(&store), variant: text(&made["variants"][0]["id"]), slug: text(&made["slug"]), stock });
    }
    (Client::new(shop, name, &token), goods)
}

/// Waits until the people have got something done, and then a random moment; or some seconds, when
/// they get nothing done. Whoever asks again for a checkout that died with its server waits three
/// seconds for the answer of the first: it must be possible to outlast that.
async fn some_work(history: &History, random: &mut StdRng) {
    let wanted = history.done() + random.random_range(5..40);
    let mut tick = tokio::time::interval(Duration::from_millis(5));
    let _ = timeout(Duration::from_secs(10), async {
        while history.done() < wanted {
            tick.tick().await;
        }
    })
    .await;
    let moment = Duration::from_millis(random.random_range(0..100));
    let _ = timeout(moment, std::future::pending::<()>()).await;
}

async fn run(database: &'static str, postgres: Option<Postgres>) {
    let seconds = std::env::var("BELANJAIN_HISTORY_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(SECONDS);
    let shop = Shop::new(postgres.as_ref().map(Postgres::url));
    let mut server = Some(shop.start().await);
    let history = Arc::new(History::default());
    let (end, stop) = watch::channel(false);
    let (one, mut goods) = seller(&shop, "Toko Satu").await;
    let (two, more) = seller(&shop, "Toko Dua").await;
    goods.extend(more);
    let work = Work { history: history.clone(), stop, goods: Arc::new(goods) };
    let mut people = vec![tokio::spawn(staff::seller(work.clone(), one)), tokio::spawn(staff::seller(work.clone(), two))];
    for n in 0..BUYERS {
        let name = format!("Pembeli {n}");
        let client = Client::new(&shop, &name, &shop.register("customer", &name).await.0);
        people.push(tokio::spawn(buyer::buyer(work.clone(), client, n)));
    }
    for name in ["Ayu", "Bayu"] {
        let client = Client::new(&shop, name, &shop.staff("cs1", name).await);
        people.push(tokio::spawn(staff::desk(work.clone(), client)));
    }
    let client = Client::new(&shop, "Fina", &shop.staff("finance", "Fina").await);
    people.push(tokio::spawn(staff::finance(work.clone(), client)));

    let mut random = StdRng::seed_from_u64(20_261_121);
    let (started, mut kills, mut restarts) = (Instant::now(), 0, 0);
    while started.elapsed() < Duration::from_secs(seconds) {
        some_work(&history, &mut random).await;
        // The database alone, the server alone, or both at once.
        let lot = random.random_range(0..3);
        if postgres.is_none() || lot > 0 {
            drop(server.take());
            kills += 1;
        }
        if let Some(postgres) = postgres.as_ref().filter(|_| lot < 2) {
            postgres.crash();
            restarts += 1;
        }
        match &mut server {
            Some(running) => assert!(!running.has_ended(), "the server lives through a restart of its database"),
            None => server = Some(shop.start().await),
        }
        shop.ready().await;
    }
    end.send(true).unwrap();
    for person in people {
        timeout(Duration::from_secs(120), person).await.expect("nobody waits forever").unwrap();
    }
    let load = started.elapsed();
    check::settle(&shop, &history).await;
    let found = check::all(&shop, &history, &work.goods).await;
    drop(server);
    eprintln!(
        "{database}: {} in {} s; {kills} kills of the server, {restarts} of the database; {} violations",
        history.figures(),
        load.as_secs(),
        found.len(),
    );
    assert!(kills > 0);
    // A short run may miss one of them, a long one that does so proves nothing.
    if seconds > SECONDS {
        let done = history.note(|told| [told.approved.len(), told.refunds.len()]);
        assert!(done.into_iter().all(|n| n > 0) && (postgres.is_none() || restarts > 0), "{done:?}, {restarts}");
    }
    assert!(restarts > 0 || history.faults().is_empty(), "answered with faults: {:#?}", history.faults());
    assert!(found.is_empty(), "{database}: {found:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_on_sqlite_is_there() {
    run("SQLite", None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_on_postgresql_is_there() {
    if let Some(postgres) = Postgres::start() {
        run("PostgreSQL", Some(postgres)).await;
    }
}
