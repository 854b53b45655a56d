//! The job queue in the shop's own database, and its workers. Settings follow what apalis was
//! observed to do: it must be polled, and the shop's pool must not be set up by it (that would
//! switch durability off). It carries each job once: when an event is tried again is the outbox'
//! decision, so that no worker waits.

use super::run::handle;
use super::wake::Steady;
use crate::load::Load;
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
/// Between a worker that ended and the next.
const PAUSE: Duration = Duration::from_secs(1);
/// How long an event lets requests go first. Letters are still sent under a load that never ends.
const PATIENCE: Duration = Duration::from_millis(500);

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

    /// Puts jobs into the queue, each once per key: one that is there already is as good as pushed.
    /// PostgreSQL's queue refuses a key it knows, and all that come with it, where SQLite's is silent;
    /// a relay that died between pushing and marking would hold up everything behind that event.
    pub async fn push(&mut self, jobs: &[(EventId, String)]) -> Result<()> {
        let Err(error) = self.push_together(jobs).await else { return Ok(()) };
        if !error.contains("idempotency_key") {
            return Err(failed(error));
        }
        for job in jobs {
            match self.push_together(std::slice::from_ref(job)).await {
                Err(error) if !error.contains("idempotency_key") => return Err(failed(error)),
                _ => {}
            }
        }
        Ok(())
    }

    async fn push_together(&mut self, jobs: &[(EventId, String)]) -> std::result::Result<(), String> {
        macro_rules! push {
            ($storage:expr) => {{
                let task = |(event, key): &(EventId, String)| {
                    TaskBuilder::new(Job { event: *event }).idempotency_key(key).max_attempts(1).build()
                };
                let tasks: Vec<_> = jobs.iter().map(task).collect();
                $storage.push_all(&mut futures::stream::iter(tasks)).await.map_err(|error| error.to_string())
            }};
        }
        match self {
            Self::Sqlite(storage) => push!(storage),
            Self::Postgres(storage) => push!(storage),
        }
    }
}

async fn work(job: Job, ctx: Data<Ctx>, load: Data<Load>) -> std::result::Result<(), BoxDynError> {
    load.calm(PATIENCE).await;
    handle(&ctx, job.event).await.map_err(Into::into)
}

/// Works until shutdown. A worker ends when the database fails it once, as in a restart: another one takes
/// its place. What the one before had in hand is handed out again when it is taken for lost.
pub(super) async fn run(ctx: Ctx, load: Load, queue: Queue, node: String, mut shutdown: watch::Receiver<bool>) {
    // Names are unique: a restart must not meet its own ghost.
    for number in 0_u64.. {
        let name = format!("events-{node}-{number}");
        run_one(&ctx, &load, queue.clone(), name, shutdown.clone()).await;
        if *shutdown.borrow() {
            return;
        }
        tracing::error!(number, "the worker of the events ended, another one begins");
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = shutdown.changed() => {}
        }
    }
}

/// Works until shutdown, or the first failure to read the queue; at shutdown a job in hand is finished first.
async fn run_one(ctx: &Ctx, load: &Load, queue: Queue, name: String, mut shutdown: watch::Receiver<bool>) {
    let (ctx, load) = (ctx.clone(), load.clone());
    let stop = async move {
        while !*shutdown.borrow_and_update() {
            if shutdown.changed().await.is_err() {
                break;
            }
        }
        Ok(())
    };
    macro_rules! monitor {
        ($storage:expr) => {
            Monitor::new()
                .register(move |_| {
                    WorkerBuilder::new(name.clone())
                        .backend($storage.clone().poll_with_strategy(Steady::new(POLL)))
                        .concurrency(4)
                        .data(ctx.clone())
                        .data(load.clone())
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
    use super::{Queue, migrate};
    use sea_orm::{ConnectionTrait, Statement};
    use service::fixture::on_each_database;

    #[tokio::test]
    async fn a_job_that_is_there_already_is_pushed_and_holds_up_none() {
        on_each_database(|shop| async move {
            migrate(&shop.ctx.db).await.unwrap();
            let mut queue = Queue::open(&shop.ctx.db);
            let job = |key: &str| (service::db::new_id(), key.to_owned());
            queue.push(&[job("a"), job("b")]).await.unwrap();
            queue.push(&[job("b"), job("c")]).await.unwrap();
            let table = if service::db::dialect::is_postgres(&shop.ctx.db) { "apalis.jobs" } else { "Jobs" };
            let sql = format!("SELECT count(*) AS n FROM {table} WHERE idempotency_key IN ('a', 'b', 'c')");
            let counted = shop.ctx.db.query_one_raw(Statement::from_string(shop.ctx.db.get_database_backend(), sql)).await;
            assert_eq!(counted.unwrap().unwrap().try_get::<i64>("", "n").unwrap(), 3);
        })
        .await;
    }

    #[tokio::test]
    async fn what_the_queue_has_ended_is_forgotten_after_a_day() {
        on_each_database(|shop| async move {
            migrate(&shop.ctx.db).await.unwrap();
            let jobs: Vec<_> = ["a", "b"].map(|key| (service::db::new_id(), key.to_owned())).into();
            Queue::open(&shop.ctx.db).push(&jobs).await.unwrap();
            let at = shop.ctx.now();
            let (table, done) = match service::db::dialect::is_postgres(&shop.ctx.db) {
                true => ("apalis.jobs", format!("'{}'", at.to_rfc3339())),
                false => ("Jobs", at.timestamp().to_string()),
            };
            let ended = format!("UPDATE {table} SET status = 'Done', done_at = {done} WHERE idempotency_key = 'a'");
            shop.ctx.db.execute_unprepared(&ended).await.unwrap();
            let left = async |hours| {
                let later = shop.ctx.at(at + chrono::TimeDelta::hours(hours));
                service::job::run(&later, "cleanup").await.unwrap();
                let count = Statement::from_string(later.db.get_database_backend(), format!("SELECT count(*) AS n FROM {table}"));
                later.db.query_one_raw(count).await.unwrap().unwrap().try_get::<i64>("", "n").unwrap()
            };
            assert_eq!((left(23).await, left(25).await), (2, 1));
        })
        .await;
    }
}
