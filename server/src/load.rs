//! How many requests are being answered, so that work nobody waits for lets them go first.

use crate::AppState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;

/// The requests under way of one process.
#[derive(Clone)]
pub struct Load(Arc<Inner>);

struct Inner {
    running: AtomicUsize,
    /// More than these wait for a processor.
    limit: usize,
    calmed: Notify,
}

/// A request under way, until it is dropped.
struct Running(Load);

impl Default for Load {
    fn default() -> Self {
        Self::new(2 * available_parallelism().map_or(1, usize::from))
    }
}

impl Load {
    fn new(limit: usize) -> Self {
        Self(Arc::new(Inner { running: AtomicUsize::new(0), limit, calmed: Notify::new() }))
    }

    fn enter(&self) -> Running {
        self.0.running.fetch_add(1, Ordering::Relaxed);
        Running(self.clone())
    }

    fn is_high(&self) -> bool {
        self.0.running.load(Ordering::Relaxed) > self.0.limit
    }

    /// Waits for a moment in which no request waits for a processor, but not longer than `patience`.
    pub async fn calm(&self, patience: Duration) {
        let calm = async {
            loop {
                let calmed = self.0.calmed.notified();
                if !self.is_high() {
                    return;
                }
                calmed.await;
            }
        };
        let _ = timeout(patience, calm).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.running.fetch_sub(1, Ordering::Relaxed);
        if !self.0.is_high() {
            self.0.0.calmed.notify_waiters();
        }
    }
}

/// Counts a request until its answer begins: event streams go on for hours and cost nothing.
pub async fn count(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let _running = state.load.enter();
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::Load;
    use std::time::Duration;
    use tokio::time::{Instant, timeout};

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn work_waits_for_a_calm_moment_but_not_for_ever() {
        let load = Load::new(1);
        let one = load.enter();
        load.calm(LONG).await;
        let two = load.enter();
        let started = Instant::now();
        load.calm(SHORT).await;
        assert!(started.elapsed() >= SHORT);
        let waiting = {
            let load = load.clone();
            tokio::spawn(async move { load.calm(LONG).await })
        };
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(two);
        assert!(timeout(Duration::from_secs(60), waiting).await.is_ok(), "goes on when one ends");
        drop(one);
    }
}
