//! What every service function needs: nothing is global.

use crate::clock::Clock;
use crate::live::Live;
use crate::port::Ports;
use crate::settings::Settings;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;
use std::sync::Arc;

/// Database, clock, settings and ports. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    pub db: DatabaseConnection,
    pub clock: Arc<dyn Clock>,
    pub settings: Arc<Settings>,
    pub ports: Ports,
    pub live: Live,
    pub(crate) limits: Arc<crate::identity::throttle::Limits>,
    pub(crate) cache: Arc<crate::catalog::cache::Cache>,
    /// Held by the one transaction that writes to SQLite.
    pub(crate) write_turn: Arc<tokio::sync::Mutex<()>>,
}

impl Ctx {
    pub fn new(db: DatabaseConnection, clock: Arc<dyn Clock>, settings: Settings, ports: Ports) -> Self {
        let limits = Arc::new(crate::identity::throttle::Limits::new(settings.rate_limit));
        Self {
            db,
            clock,
            settings: Arc::new(settings),
            ports,
            live: Live::default(),
            limits,
            cache: Arc::default(),
            write_turn: Arc::default(),
        }
    }

    /// The present moment, to the microsecond PostgreSQL keeps.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The same context at another moment: jobs are run "for any moment".
    pub fn at(&self, now: DateTime<Utc>) -> Self {
        Self { clock: Arc::new(crate::clock::Fixed::new(now)), ..self.clone() }
    }
}
