//! Live updates to open pages: a signal says "look again", never what there is to see, so that
//! reading stays behind the permission checks.

use domain::id::{OrderId, PaymentId};
use tokio::sync::broadcast;

/// Something an open page may show has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Payment(PaymentId),
    Order(OrderId),
}

/// In-process broadcast. A reader that falls behind misses signals and should look again.
#[derive(Clone, Debug)]
pub struct Live(broadcast::Sender<Signal>);

impl Default for Live {
    fn default() -> Self {
        Self(broadcast::Sender::new(256))
    }
}

impl Live {
    /// Call after the commit. Nobody listening is fine.
    pub fn send(&self, signal: Signal) {
        let _ = self.0.send(signal);
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.0.subscribe()
    }
}
