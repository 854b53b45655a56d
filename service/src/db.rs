//! Connections and transactions. The only module that knows how the two databases differ in
//! these; SQL that differs lives in [`dialect`].

pub mod dialect;

use crate::{Ctx, Error, Result, idempotency};
use migration::{Migrator, MigratorTrait};
use rand::Rng;
use sea_orm::sea_query::{Expr, IntoCondition};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, EntityTrait, ExprTrait, Iterable,
    PrimaryKeyToColumn, QueryFilter, QuerySelect, QueryTrait, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use std::sync::Arc;
use std::time::Duration;

/// Rows removed by a statement: a fraction of a second.
pub(crate) const REMOVED_AT_ONCE: u64 = 1_000;

/// Tries of a transaction before a conflict is given up on.
const MAX_TRIES: u32 = 12;

/// Opens the database named by the URL (`sqlite://…` or `postgres://…`).
pub async fn connect(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).acquire_timeout(Duration::from_secs(20));
    // A connection used a moment ago is not asked whether it still lives: that would be one more way to
    // the database for every transaction.
    options.test_before_acquire_if_idle_for(Duration::from_secs(1));
    if url.starts_with("sqlite:") {
        // More than one: a query beside an open transaction must not wait for it.
        options.max_connections(8);
        options.map_sqlx_sqlite_opts(|sqlite| {
            use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // Money lives here: a commit must survive a power cut.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(15))
                // Per connection; the system keeps the file in memory anyway.
                .pragma("cache_size", "-8000")
        });
    } else {
        options.max_connections(20);
    }
    Ok(Database::connect(options).await?)
}

/// Brings the schema and the data every installation needs (roles, categories) up to date; safe to
/// repeat.
pub async fn migrate(db: &DatabaseConnection) -> Result<()> {
    Migrator::up(db, None).await?;
    crate::identity::role::seed_built_in(db).await?;
    crate::catalog::category::seed(db).await?;
    refresh_statistics(db).await
}

/// Lets SQLite look at its tables, so that it chooses the right index. PostgreSQL does it by itself.
pub async fn refresh_statistics(db: &DatabaseConnection) -> Result<()> {
    if !dialect::is_postgres(db) {
        db.execute_unprepared("PRAGMA analysis_limit = 1000; PRAGMA optimize = 0x10002").await?;
    }
    Ok(())
}

/// Begins a transaction that will write. On SQLite it takes the write lock at once: a transaction
/// that reads first and upgrades later fails when another writer was faster.
pub async fn begin_write(db: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let options =
        TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
    Ok(db.begin_with_options(options).await?)
}

/// Runs a whole command in one transaction and commits it; on a serialization failure, deadlock or
/// busy database everything is rolled back and run again, with jitter.
///
/// The command gets a shared handle, not a reference: a future that borrows its argument could not
/// be shown to be `Send`.
pub async fn transact<T, F, Fut>(ctx: &Ctx, command: F) -> Result<T>
where
    F: Fn(Tx) -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let mut tries = 0;
    loop {
        tries += 1;
        match attempt(ctx, &command).await {
            Err(error) if error.is_retryable() && tries < MAX_TRIES => {
                let pause = rand::rng().random_range(1..=10_u64 << Ord::min(tries, 5));
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            Err(error) if error.is_retryable() => {
                tracing::warn!(cause = %error, "transaction given up");
                return Err(Error::Domain(domain::Conflict::Busy.into()));
            }
            other => return other,
        }
    }
}

async fn attempt<T, F, Fut>(ctx: &Ctx, command: &F) -> Result<T>
where
    F: Fn(Tx) -> Fut,
    Fut: Future<Output = Result<T>>,
{
    // SQLite has one writer at a time, and who finds the database busy there sleeps and looks again: in
    // a queue nobody sleeps, and whoever came first is first.
    let _turn = if dialect::is_postgres(&ctx.db) { None } else { Some(ctx.write_turn.lock().await) };
    let tx = Arc::new(begin_write(&ctx.db).await?);
    let claim = idempotency::enter(ctx, &Tx(Arc::clone(&tx))).await?;
    let value = command(Tx(Arc::clone(&tx))).await?;
    let tx = Arc::into_inner(tx).ok_or_else(|| Error::fault("a command kept its transaction"))?;
    tx.commit().await?;
    idempotency::committed(claim);
    ctx.cache.end_shown();
    Ok(value)
}

/// The transaction of a running command; derefs to sea-orm's.
pub struct Tx(Arc<DatabaseTransaction>);

impl std::ops::Deref for Tx {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.0
    }
}

impl Tx {
    /// Runs a part and takes it back: the same statements, no effect.
    pub(crate) async fn take_back<T, Fut>(&self, part: impl FnOnce(Self) -> Fut) -> Result<T>
    where
        Fut: Future<Output = Result<T>>,
    {
        let savepoint = Arc::new(self.0.begin().await?);
        let value = part(Self(Arc::clone(&savepoint))).await?;
        let savepoint = Arc::into_inner(savepoint).ok_or_else(|| Error::fault("a part kept its transaction"))?;
        savepoint.rollback().await?;
        Ok(value)
    }
}

/// Removes old rows, some at a time: nobody waits long for a lock, and one that fails keeps what was removed.
/// Answers how many.
pub(crate) async fn remove<E: EntityTrait>(ctx: &Ctx, old: impl IntoCondition) -> Result<u64>
where
    E::PrimaryKey: PrimaryKeyToColumn<Column = E::Column>,
{
    let (old, keys) = (old.into_condition(), || E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column));
    let batch = E::find().select_only().columns(keys()).filter(old).limit(REMOVED_AT_ONCE).into_query();
    let mut removed = 0;
    loop {
        let key = Expr::tuple(keys().map(Expr::col));
        let done = E::delete_many().filter(key.in_subquery(batch.clone())).exec(&ctx.db).await?.rows_affected;
        removed += done;
        if done < REMOVED_AT_ONCE {
            return Ok(removed);
        }
    }
}

/// A fresh time-ordered identifier.
pub fn new_id<T: From<uuid::Uuid>>() -> T {
    uuid::Uuid::now_v7().into()
}
