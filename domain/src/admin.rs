//! What keeps an installation running is looked at here.

use crate::id::EventId;
use crate::macros::view;
use chrono::{DateTime, Utc};

view! {
    /// An event that was given up after repeated failures.
    pub struct DeadLetter {
        pub id: EventId,
        /// `order_paid`, `refund_requested` …
        pub kind: String,
        pub last_error: String,
        pub dead_at: DateTime<Utc>,
    }
}
