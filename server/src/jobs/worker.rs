//! The job queue in the shop's own database, and its workers. Settings follow what apalis was
//! observed to do: it must be polled, and the shop's pool must not be set up by it (that would
//! switch durability off). It carries each job once: when an event is tried again is the outbox'
//! decision, so that no worker waits.

use super::run::handle;
use super::wake::Steady;
use apalis::prelude::*;
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use domain::id::EventId;
use sea_orm::{DatabaseConnection, DbBackend};
use serde::{Deserialize, Serialize};
use service::{Ctx, Error, Result};
use std::time::Duration;
use tokio::sync::watch;

const QUEUE: &str = "events";
const POLL: Duration = Duration::from_millis(250);

/// One event to handle.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    pub event: EventId,
}

#[derive(Clone)]
pub enum Queue {
    Sqlite(SqliteStorage<Job>),
    Postgres(PostgresStorage<Job>),
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::port("queue", error)
}

/// Makes or alters the queue's tables. Before anything else uses the database: a SQLite connection
/// that saw a table half altered prepares `*` with too few columns, and sqlx ends on the row.
pub async fn migrate(db: &DatabaseConnection) -> Result<()> {
    if db.get_database_backend() == DbBackend::Postgres {
        return PostgresStorage::setup(db.get_postgres_connection_pool()).await.map_err(failed);
    }
    // Not `setup`: it turns `synchronous` off on the shop's own connections.
    let mut migrations = SqliteStorage::migrations();
    migrations.set_ignore_missing(true);
    migrations.run(db.get_sqlite_connection_pool()).await.map_err(failed)
}

impl Queue {
    /// The queue in the database; its tables are there ([`migrate`]).
    pub fn open(db: &DatabaseConnection) -> Self {
        if db.get_database_backend() == DbBackend::Postgres {
            let config = apalis_postgres::Config::default().queue(QUEUE).batch_size(50);
            return Self::Postgres(PostgresStorage::new(db.get_postgres_connection_pool()).with_config(config));
        }
        let config = apalis_sqlite::Config::default().queue(QUEUE).batch_size(50);
        Self::Sqlite(SqliteStorage::new(db.get_sqlite_connection_pool()).with_config(config))
    }

    /// Puts a job into the queue, once per key: one that is there already is as good as pushed.
    pub async fn push(&mut self, job: Job, key: &str) -> Result<()> {
        match self {
            Self::Sqlite(storage) => {
                let task = TaskBuilder::new(job).idempotency_key(key).max_attempts(1).build();
                known(storage.push_task(task).await)
            }
            Self::Postgres(storage) => {
                let task = TaskBuilder::new(job).idempotency_key(key).max_attempts(1).build();
                known(storage.push_task(task).await)
            }
        }
    }
}

/// PostgreSQL's queue refuses a key it knows, where SQLite's is silent. A relay that died between
/// pushing and marking would otherwise hold up everything behind that event.
fn known(pushed: std::result::Result<(), impl std::fmt::Display>) -> Result<()> {
    match pushed {
        Err(error) if !error.to_string().contains("idempotency_key") => Err(failed(error)),
        _ => Ok(()),
    }
}

async fn work(job: Job, ctx: Data<Ctx>) -> std::result::Result<(), BoxDynError> {
    handle(&ctx, job.event).await.map_err(Into::into)
}

/// Works until shutdown; a job in hand is finished first.
pub(super) async fn run(ctx: Ctx, queue: Queue, node: String, mut shutdown: watch::Receiver<bool>) {
    let stop = async move {
        while !*shutdown.borrow_and_update() {
            if shutdown.changed().await.is_err() {
                break;
            }
        }
        Ok(())
    };
    // Names are unique per process start: a quick restart must not meet its own ghost.
    macro_rules! monitor {
        ($storage:expr) => {
            Monitor::new()
                .register(move |run| {
                    WorkerBuilder::new(format!("events-{node}-{run}"))
                        .backend($storage.clone().poll_with_strategy(Steady::new(POLL)))
                        .concurrency(4)
                        .data(ctx.clone())
                        .build(work)
                })
                .shutdown_timeout(Duration::from_secs(20))
                .run_with_signal(stop)
                .await
        };
    }
    let ended = match queue {
        Queue::Sqlite(storage) => monitor!(storage),
        Queue::Postgres(storage) => monitor!(storage),
    };
    if let Err(error) = ended {
        tracing::error!(cause = %error, "workers stopped");
    }
}

#[cfg(test)]
mod tests {
    use super::{Job, Queue, migrate};
    use service::fixture::on_each_database;

    #[tokio::test]
    async fn a_job_that_is_there_already_is_pushed() {
        on_each_database(|shop| async move {
            migrate(&shop.ctx.db).await.unwrap();
            let mut queue = Queue::open(&shop.ctx.db);
            let event = service::db::new_id();
            for _ in 0..2 {
                queue.push(Job { event }, "k").await.unwrap();
            }
        })
        .await;
    }
}
