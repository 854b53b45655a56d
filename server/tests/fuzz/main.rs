//! Webhooks as no gateway should send them and some do: in any order, twice, late, with another
//! amount, another currency, no signature, a forged one, for unknown payments, between cancellations
//! and expiries. Thousands of random sequences of raw signed bodies go through the real adapters;
//! after each one the database must look as a small model of the rules says, and at the end the books
//! must balance.
//!
//! A failure prints the shortest sequence found and the seed. `BELANJAIN_FUZZ_SEED` repeats a run,
//! `BELANJAIN_FUZZ_CASES` makes it longer.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod lane;
mod model;
mod sequence;
mod supply;
mod wire;

use lane::Lane;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use service::fixture::{self, Shop};
use std::sync::Arc;
use tokio::runtime::Runtime;
use wire::{GATEWAYS, Gateways};

/// Sequences of one run, over all gateways and databases.
const SEQUENCES: u32 = 10_400;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// SQLite, and PostgreSQL when there is a server.
async fn shops() -> Vec<(&'static str, Shop)> {
    let file = std::env::temp_dir().join(format!("belanjain_fuzz_{}.db", uuid::Uuid::now_v7().simple()));
    let mut options = sea_orm::ConnectOptions::new(format!("sqlite://{}?mode=rwc", file.display()));
    options.sqlx_logging(false).max_connections(8).test_before_acquire(false);
    options.map_sqlx_sqlite_opts(|sqlite| {
        use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
        let patience = std::time::Duration::from_secs(30);
        // Power cuts are not what is tested here.
        sqlite.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Off).busy_timeout(patience)
    });
    let sqlite = sea_orm::Database::connect(options).await.unwrap();
    let mut shops = vec![("SQLite", fixture::shop_on(sqlite).await.unwrap())];
    if let Ok(url) = std::env::var("TEST_POSTGRES_URL") {
        shops.push(("PostgreSQL", fixture::postgres(&url).await.unwrap()));
    }
    shops
}

#[test]
fn whatever_gateways_report_the_database_follows_the_model() {
    let seed = number("BELANJAIN_FUZZ_SEED").unwrap_or_else(rand::random);
    let runtime = Runtime::new().unwrap();
    let shops = runtime.block_on(shops());
    let wanted = number("BELANJAIN_FUZZ_CASES").and_then(|n| u32::try_from(n).ok()).unwrap_or(SEQUENCES);
    let cases = wanted.div_ceil((shops.len() * GATEWAYS.len()) as u32);
    let gateways = Arc::new(runtime.block_on(Gateways::start()));
    let mut lanes = vec![];
    for (database, shop) in &shops {
        for gateway in GATEWAYS {
            lanes.push((database, runtime.block_on(Lane::open(shop, gateways.clone(), gateway))));
        }
    }
    std::thread::scope(|scope| {
        for (n, (database, lane)) in lanes.iter().enumerate() {
            let runtime = &runtime;
            scope.spawn(move || {
                let config = Config {
                    cases,
                    rng_seed: RngSeed::Fixed(seed.wrapping_add(n as u64)),
                    failure_persistence: None,
                    max_shrink_iters: 500,
                    ..Config::default()
                };
                let play = |steps| runtime.block_on(lane.play(steps)).map_err(TestCaseError::fail);
                if let Err(failure) = TestRunner::new(config).run(&sequence::any(), play) {
                    panic!("{} on {database}; repeat with BELANJAIN_FUZZ_SEED={seed}\n{failure}", lane.gateway);
                }
                runtime.block_on(lane.finish(cases));
            });
        }
    });
    for (database, shop) in &shops {
        let found = runtime.block_on(service::verify::books(&shop.ctx)).unwrap();
        assert!(found.is_empty(), "{database}, seed {seed}: {found:#?}");
    }
}
