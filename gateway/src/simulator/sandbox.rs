//! The sandbox gateway: API, hosted payment page, signed webhooks with retries.

mod api;
mod book;
mod page;
mod webhook;

use axum::Router;
use axum::routing::{get, post};
use book::Book;
use service::{Error, Result};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

#[derive(Clone)]
pub struct SimulatorOptions {
    /// Loopback only; port 0 picks a free one.
    pub listen: SocketAddr,
    pub server_key: String,
    pub webhook_secret: String,
    /// File in which payments survive a restart.
    pub journal: Option<PathBuf>,
    /// Pauses before each repetition of a webhook that was not answered with 2xx.
    pub retry_delays: Vec<Duration>,
}

impl SimulatorOptions {
    /// Patient enough for a shop that is being restarted.
    pub fn default_retries() -> Vec<Duration> {
        [200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000].map(Duration::from_millis).to_vec()
    }
}

/// A running simulator; stops when dropped.
pub struct Running {
    pub address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

#[derive(Clone)]
struct Sim {
    book: Arc<Book>,
    options: Arc<SimulatorOptions>,
    base_url: String,
    client: reqwest::Client,
}

/// The sandbox gateway alone.
pub async fn start(options: SimulatorOptions) -> Result<Running> {
    start_with(options, |_, _| Router::new()).await
}

/// The sandbox gateway, and others on the same address (given its URL).
pub(super) async fn start_with(
    options: SimulatorOptions,
    others: impl FnOnce(&str, &reqwest::Client) -> Router,
) -> Result<Running> {
    if !options.listen.ip().is_loopback() {
        return Err(Error::port("sandbox simulator", "listens on loopback addresses only"));
    }
    let failed = |e: std::io::Error| Error::port("sandbox simulator", format!("{}: {e}", options.listen));
    let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let client = super::client()?;
    let others = others(&format!("http://{address}"), &client);
    let sim = Sim {
        book: Arc::new(Book::open(options.journal.clone())),
        options: Arc::new(options),
        base_url: format!("http://{address}"),
        client,
    };
    let router = Router::new()
        .route("/v1/payments", post(api::create))
        .route("/v1/payments/{id}", get(api::show))
        .route("/v1/payments/{id}/refunds", post(api::refund))
        .route("/pay/{id}", get(page::show).post(page::settle))
        .with_state(sim)
        .merge(others);
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        if let Err(error) = served.await {
            tracing::error!(cause = %error, "sandbox simulator stopped");
        }
    });
    Ok(Running { address, _stop: stop })
}
