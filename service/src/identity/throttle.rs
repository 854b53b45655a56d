//! Throttling of log-in, registration and the like, per account and per address (ID-9).

/// Buckets of this process.
pub struct Limits {
    _enabled: bool,
}

impl Limits {
    pub fn new(enabled: bool) -> Self {
        Self { _enabled: enabled }
    }
}
