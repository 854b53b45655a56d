//! Everything the database holds, as text.

use crate::CARDS;
use crate::real::Shop;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// One of the cards that were sent, however it is written.
pub fn has_card(text: &str) -> bool {
    let all = digits(text);
    CARDS.iter().any(|card| all.contains(&digits(card)))
}

/// Every row of every table; of SQLite also what was deleted and overwritten, as far as its files
/// still hold it.
pub async fn texts(shop: &Shop) -> Vec<String> {
    let db = shop.database().await;
    if db.get_database_backend() == DbBackend::Postgres {
        return rows(&db).await;
    }
    let mut found = vec![];
    for file in ["belanjain.db", "belanjain.db-wal"] {
        let bytes = std::fs::read(shop.data.path().join(file)).unwrap_or_default();
        // In pieces that overlap, so that a card is not cut in two.
        found.extend((0..bytes.len()).step_by(4_000).map(|at| {
            let end = bytes.len().min(at + 4_100);
            String::from_utf8_lossy(&bytes[at..end]).into_owned()
        }));
    }
    found
}

async fn rows(db: &DatabaseConnection) -> Vec<String> {
    let ask = |sql: String| async move { db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap() };
    let tables = "SELECT table_schema || '.' || table_name FROM information_schema.tables \
                  WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')";
    let mut found = vec![];
    for table in ask(tables.to_owned()).await {
        let name: String = table.try_get_by_index(0).unwrap();
        let (schema, table) = name.split_once('.').unwrap();
        for row in ask(format!("SELECT CAST(t AS TEXT) FROM \"{schema}\".\"{table}\" t")).await {
            found.push(format!("{table}: {}", row.try_get_by_index::<String>(0).unwrap()));
        }
    }
    assert!(found.len() > 50, "{} rows", found.len());
    found
}
