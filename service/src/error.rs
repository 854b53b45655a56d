//! What a service function can fail with: a refusal the user is told about, or a fault of ours.

use sea_orm::{DbErr, RuntimeErr};

/// A refusal ([`domain::Error`]) goes to the user as it is; the rest is logged with its cause and
/// shown as a reference only, where the answer is made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Domain(domain::Error),
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// Something outside (gateway, mail server, storage) failed or answered nonsense.
    #[error("{port}: {message}")]
    Port { port: &'static str, message: String },
    /// Something outside refused for good: asking again is no use.
    #[error("{port} refused: {message}")]
    Refused { port: &'static str, message: String },
    /// An invariant of ours does not hold.
    #[error("fault: {0}")]
    Fault(String),
}

pub type Result<T> = std::result::Result<T, Error>;

impl From<domain::Error> for Error {
    fn from(error: domain::Error) -> Self {
        Self::Domain(error)
    }
}

impl From<domain::Conflict> for Error {
    fn from(conflict: domain::Conflict) -> Self {
        Self::Domain(conflict.into())
    }
}

impl From<domain::MoneyError> for Error {
    fn from(error: domain::MoneyError) -> Self {
        Self::Domain(error.into())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Fault(format!("stored JSON does not fit: {error}"))
    }
}

impl Error {
    pub fn port(port: &'static str, message: impl ToString) -> Self {
        Self::Port { port, message: message.to_string() }
    }

    pub fn refused(port: &'static str, message: impl ToString) -> Self {
        Self::Refused { port, message: message.to_string() }
    }

    /// Whether trying again is no use.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    pub fn fault(message: impl Into<String>) -> Self {
        Self::Fault(message.into())
    }

    /// The refusal to show, logging the cause of a fault under a fresh reference.
    pub fn into_domain(self) -> domain::Error {
        match self {
            Self::Domain(error) => error,
            fault => {
                let reference = crate::identity::token::reference();
                tracing::error!(%reference, cause = %fault, "request failed");
                domain::Error::Internal { reference }
            }
        }
    }

    /// As [`Self::into_domain`], for who will ask again by itself: a failure outside is told apart
    /// from a fault of ours.
    pub fn into_domain_for_machine(self) -> domain::Error {
        let is_outside = matches!(self, Self::Port { .. } | Self::Refused { .. });
        match self.into_domain() {
            domain::Error::Internal { reference } if is_outside => domain::Error::Unavailable { reference },
            error => error,
        }
    }

    /// Whether the same transaction may succeed when it is tried again: serialization failure or
    /// deadlock on PostgreSQL, busy database on SQLite.
    pub fn is_retryable(&self) -> bool {
        let Self::Database(error) = self else { return false };
        let (DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause))
        | DbErr::Conn(RuntimeErr::SqlxError(cause))) = error
        else {
            return false;
        };
        let Some(refused) = cause.as_database_error() else { return false };
        // Two transfers drew the same suffix: the next draw sees the other.
        if refused.constraint() == Some("payment_transfer_open") {
            return true;
        }
        matches!(refused.code().unwrap_or_default().as_ref(), "40001" | "40P01" | "5" | "6" | "261" | "517")
    }
}
