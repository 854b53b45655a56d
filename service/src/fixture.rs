//! Builders for tests: a context on a database of its own with a fake clock, an in-memory mailbox,
//! picture store and gateway; people, stores, products.

mod gateway;
mod mailbox;
mod people;

pub use gateway::FakeGateway;
pub use mailbox::MemoryMailer;
pub use people::{Shop, Sold};

use crate::clock::Fixed;
use crate::port::{PaymentGateway, Ports};
use crate::{Ctx, Result, Settings, db};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs a test on every database there is: SQLite always, PostgreSQL when `TEST_POSTGRES_URL` names
/// a server (`cargo xtask test` always does). Each run has a fresh database, and whatever the test
/// was about, its books must agree at the end.
pub async fn on_each_database<F, Fut>(test: F)
where
    F: Fn(Shop) -> Fut,
    Fut: Future<Output = ()>,
{
    run_on_each(test, true).await;
}

/// The same for a test that leaves the books wrong on purpose, and says why.
pub async fn on_each_database_unverified<F, Fut>(because: &str, test: F)
where
    F: Fn(Shop) -> Fut,
    Fut: Future<Output = ()>,
{
    assert!(!because.is_empty(), "say why the books need not agree");
    run_on_each(test, false).await;
}

async fn run_on_each<F, Fut>(test: F, is_verified: bool)
where
    F: Fn(Shop) -> Fut,
    Fut: Future<Output = ()>,
{
    let mut shops = vec![sqlite().await.unwrap_or_else(|e| panic!("SQLite: {e}"))];
    if let Ok(url) = std::env::var("TEST_POSTGRES_URL") {
        shops.push(postgres(&url).await.unwrap_or_else(|e| panic!("PostgreSQL: {e}")));
    }
    for shop in shops {
        let ctx = shop.ctx.clone();
        test(shop).await;
        if is_verified {
            let found = crate::verify::books(&ctx).await.unwrap_or_else(|e| panic!("the books cannot be read: {e}"));
            assert!(found.is_empty(), "after the test the books disagree: {found:#?}");
        }
    }
}

/// A shop on SQLite, in a file of its own (a memory database would allow one connection only).
pub async fn sqlite() -> Result<Shop> {
    let path = std::env::temp_dir().join(format!("{}.db", unique_name()));
    let shop = shop_on(db::connect(&format!("sqlite://{}", path.display())).await?).await?;
    Ok(shop)
}

/// A shop in a new database of the server.
pub async fn postgres(server: &str) -> Result<Shop> {
    let name = unique_name();
    let admin = db::connect(server).await?;
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    let base = server.rsplit_once('/').map_or(server, |(base, _)| base);
    shop_on(db::connect(&format!("{base}/{name}")).await?).await
}

fn unique_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("belanjain_test_{}_{n}_{}", std::process::id(), uuid::Uuid::now_v7().simple())
}

/// A shop on a new database that the test has connected to in its own way.
pub async fn shop_on(connection: DatabaseConnection) -> Result<Shop> {
    db::migrate(&connection).await?;
    // A Saturday afternoon in Jakarta.
    let clock = Arc::new(Fixed::new("2026-11-21T07:00:00Z".parse().map_err(|_| crate::Error::fault("date"))?));
    let mailer = Arc::new(MemoryMailer::default());
    let gateway = Arc::new(FakeGateway::default());
    let gateways: BTreeMap<String, Arc<dyn PaymentGateway>> = [("sandbox".to_owned(), gateway.clone() as _)].into();
    let files = Arc::new(object_store::memory::InMemory::new());
    let ports = Ports { gateways: Arc::new(gateways), mailer: mailer.clone(), files };
    let ctx = Ctx::new(connection, clock.clone(), Settings::for_tests(), ports);
    Ok(Shop { ctx, clock, mailer, gateway })
}
